//! From lines to totals to a document, and from a document to the credit notes that take it back. Pure.
//!
//! Invariants: the totals are the sums of the rates, the rates the sums of the lines; the tax of a rate
//! is rounded once over all its lines; all credit notes of an invoice together are never more than
//! the invoice, and when every line is credited they are exactly its opposite.

use super::vat::{VatRate, tax};
use base::{Day, Money};
use core::fmt;
use documents::{Credited, FORMAT_VERSION, InvoiceDocument, InvoiceKind, InvoiceLine, Payment, RateTotal};
use std::collections::BTreeMap;
use thiserror::Error;

/// How many lines one invoice has at most; a customer with more gets several.
pub const LINES_MAX: usize = 500;

/// The word of a kind in the database and in files.
#[must_use]
pub const fn kind_word(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Invoice => "invoice",
        InvoiceKind::CreditNote => "credit_note",
    }
}

/// Reads the word.
#[must_use]
pub fn parse_kind(text: &str) -> Option<InvoiceKind> {
    [InvoiceKind::Invoice, InvoiceKind::CreditNote].into_iter().find(|kind| kind_word(*kind) == text)
}

/// A series of numbers: invoices and credit notes of one book year each have their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    letter: char,
    year: i16,
}

impl Series {
    /// The series of a kind in the year of a day.
    #[must_use]
    pub fn on(kind: InvoiceKind, day: Day) -> Self {
        let letter = match kind {
            InvoiceKind::Invoice => 'F',
            InvoiceKind::CreditNote => 'C',
        };
        Self { letter, year: day.date().year() }
    }

    /// The name of its counter.
    #[must_use]
    pub fn counter(self) -> String {
        format!("invoice-{self}")
    }

    /// A number of the series as people read it: `F2026-00042`.
    #[must_use]
    pub fn number(self, number: i64) -> String {
        number_text(&self.to_string(), number)
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter, self.year)
    }
}

/// A series and a number as people read them; of what was taken over, the number of whoever issued it.
#[must_use]
pub fn number_text(series: &str, number: i64) -> String {
    match super::import::their_number(series) {
        Some(theirs) => theirs.to_owned(),
        None => format!("{series}-{number:05}"),
    }
}

/// What the lines of an invoice come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// By rate, the highest first.
    pub rates: Vec<RateTotal>,
    /// Without VAT.
    pub net: Money,
    /// The VAT.
    pub vat: Money,
    /// With VAT.
    pub total: Money,
}

/// Adds lines up: per rate, the tax rounded once.
#[must_use]
pub fn totals(lines: &[InvoiceLine]) -> Totals {
    of_rates(sums(lines).into_iter().map(|(rate, net)| RateTotal { rate, net, vat: tax(rate, net) }))
}

fn sums<'a>(lines: impl IntoIterator<Item = &'a InvoiceLine>) -> BTreeMap<VatRate, Money> {
    let mut sums = BTreeMap::new();
    for line in lines {
        *sums.entry(line.vat).or_insert(Money::ZERO) += line.net;
    }
    sums
}

fn of_rates(rates: impl DoubleEndedIterator<Item = RateTotal>) -> Totals {
    let rates: Vec<RateTotal> = rates.rev().collect();
    let net = rates.iter().map(|rate| rate.net).sum();
    let vat = rates.iter().map(|rate| rate.vat).sum();
    Totals { net, vat, total: net + vat, rates }
}

/// Why lines cannot be credited.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CreditError {
    /// No line was chosen.
    #[error("no line is credited")]
    Nothing,
    /// A line that is not there, or is chosen twice.
    #[error("line {0} cannot be chosen")]
    NoLine(usize),
    /// A line that an earlier credit note took back.
    #[error("line {0} is credited already")]
    Again(usize),
    /// A credit note cannot be credited.
    #[error("a credit note cannot be credited")]
    Kind,
}

/// The document of a credit note that takes back lines of an invoice, `before` being the lines that
/// earlier ones took. Its number is still to be given.
///
/// The tax of each rate is what is owed to the customer for all lines credited so far, less what earlier
/// credit notes gave: so no cent stays behind however the lines are spread over notes.
///
/// # Errors
/// [`CreditError`].
pub fn credit(
    invoice: &InvoiceDocument,
    before: &[usize],
    lines: &[usize],
    issued_on: Day,
) -> Result<InvoiceDocument, CreditError> {
    if invoice.kind != InvoiceKind::Invoice {
        return Err(CreditError::Kind);
    }
    if lines.is_empty() {
        return Err(CreditError::Nothing);
    }
    for (i, line) in lines.iter().enumerate() {
        if *line >= invoice.lines.len() || lines[..i].contains(line) {
            return Err(CreditError::NoLine(*line));
        }
        if before.contains(line) {
            return Err(CreditError::Again(*line));
        }
    }
    let at = |line: &usize| &invoice.lines[*line];
    let earlier = taken(invoice, before);
    let mut all: Vec<usize> = before.to_vec();
    all.extend(lines);
    let now = taken(invoice, &all);
    let rates = sums(lines.iter().map(at)).into_iter().map(|(rate, net)| {
        let of = |taken: &BTreeMap<VatRate, Money>| taken.get(&rate).copied().unwrap_or(Money::ZERO);
        RateTotal { rate, net: -net, vat: of(&earlier) - of(&now) }
    });
    let totals = of_rates(rates);
    let opposite = |line: &InvoiceLine| InvoiceLine {
        unit: -line.unit,
        discount: -line.discount,
        net: -line.net,
        ..line.clone()
    };
    Ok(InvoiceDocument {
        version: FORMAT_VERSION,
        kind: InvoiceKind::CreditNote,
        number: String::new(),
        issued_on,
        lines: lines.iter().map(|line| opposite(at(line))).collect(),
        rates: totals.rates,
        net: totals.net,
        vat: totals.vat,
        total: totals.total,
        credits: Some(Credited { number: invoice.number.clone(), issued_on: invoice.issued_on }),
        payment: Payment::SetOff,
        ..invoice.clone()
    })
}

/// The tax per rate of some lines of an invoice: of all its lines it is the invoice's own.
fn taken(invoice: &InvoiceDocument, lines: &[usize]) -> BTreeMap<VatRate, Money> {
    let nets = sums(lines.iter().filter_map(|line| invoice.lines.get(*line)));
    nets.into_iter().map(|(rate, net)| (rate, tax(rate, net))).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use base::Language;
    use documents::Party;
    use proptest::prelude::*;

    pub(crate) fn line(cents: i64, quantity: i64, discount: i64, rate: u32) -> InvoiceLine {
        InvoiceLine {
            description: "Webhosting".into(),
            period: None,
            quantity,
            unit: Money::from_cents(cents),
            discount: Money::from_cents(discount),
            net: Money::from_cents(cents * quantity - discount),
            vat: VatRate(rate),
        }
    }

    fn document(lines: Vec<InvoiceLine>) -> InvoiceDocument {
        let totals = totals(&lines);
        InvoiceDocument {
            version: FORMAT_VERSION,
            kind: InvoiceKind::Invoice,
            number: "F2026-00001".into(),
            issued_on: Day::from_number(20_000),
            language: Language::Nl,
            seller: Party::default(),
            buyer: Party::default(),
            customer_number: "K100001".into(),
            buyer_reference: None,
            lines,
            rates: totals.rates,
            net: totals.net,
            vat: totals.vat,
            total: totals.total,
            reverse_charge: false,
            credits: None,
            payment: Payment::SetOff,
        }
    }

    fn lines() -> impl Strategy<Value = Vec<InvoiceLine>> {
        let one =
            (-50_000_i64..500_000, 1_i64..20, 0_i64..1_000, prop::sample::select(vec![0, 600, 900, 2_100]))
                .prop_map(|(cents, quantity, discount, rate)| line(cents, quantity, discount, rate));
        prop::collection::vec(one, 1..20)
    }

    proptest! {
        #[test]
        fn totals_are_the_sums_of_rates_and_rates_of_lines(lines in lines()) {
            let totals = totals(&lines);
            prop_assert_eq!(totals.net, lines.iter().map(|line| line.net).sum());
            prop_assert_eq!(totals.net, totals.rates.iter().map(|rate| rate.net).sum());
            prop_assert_eq!(totals.vat, totals.rates.iter().map(|rate| rate.vat).sum());
            prop_assert_eq!(totals.total, totals.net + totals.vat);
            for rate in &totals.rates {
                // Within half a cent of the exact tax, per rate and not per line.
                let exact = rate.net.cents() * i64::from(rate.rate.0);
                prop_assert!((rate.vat.cents() * 10_000 - exact).abs() <= 5_000);
            }
        }

        #[test]
        fn credit_notes_over_any_division_of_the_lines_cancel_the_invoice(
            (lines, cuts) in lines().prop_flat_map(|lines| {
                let count = lines.len();
                (Just(lines), prop::collection::vec(0_usize..4, count))
            })
        ) {
            let invoice = document(lines);
            let mut before: Vec<usize> = Vec::new();
            let (mut net, mut vat) = (invoice.net, invoice.vat);
            for part in 0..4 {
                let chosen: Vec<usize> = (0..invoice.lines.len()).filter(|i| cuts[*i] == part).collect();
                if chosen.is_empty() {
                    prop_assert_eq!(credit(&invoice, &before, &chosen, invoice.issued_on), Err(CreditError::Nothing));
                    continue;
                }
                let note = credit(&invoice, &before, &chosen, invoice.issued_on).expect("free lines");
                prop_assert_eq!(note.net, note.lines.iter().map(|line| line.net).sum());
                prop_assert_eq!(note.total, note.net + note.vat);
                net += note.net;
                vat += note.vat;
                let again = credit(&invoice, &[before.clone(), chosen.clone()].concat(), &chosen, invoice.issued_on);
                prop_assert_eq!(again, Err(CreditError::Again(chosen[0])));
                before.extend(chosen);
            }
            prop_assert_eq!((net, vat), (Money::ZERO, Money::ZERO));
        }

        #[test]
        fn one_note_of_the_whole_is_the_opposite(lines in lines()) {
            let invoice = document(lines);
            let all: Vec<usize> = (0..invoice.lines.len()).collect();
            let note = credit(&invoice, &[], &all, invoice.issued_on).expect("all lines");
            prop_assert_eq!((note.net, note.vat, note.total), (-invoice.net, -invoice.vat, -invoice.total));
            let sums = totals(&note.lines);
            prop_assert_eq!((sums.net, sums.vat), (note.net, note.vat));
        }
    }

    #[test]
    fn what_cannot_be_credited() {
        let invoice = document(vec![line(1_000, 1, 0, 2_100)]);
        let day = invoice.issued_on;
        assert_eq!(credit(&invoice, &[], &[1], day), Err(CreditError::NoLine(1)));
        assert_eq!(credit(&invoice, &[], &[0, 0], day), Err(CreditError::NoLine(0)));
        let note = credit(&invoice, &[], &[0], day).expect("a note");
        assert_eq!(credit(&note, &[], &[0], day), Err(CreditError::Kind));
        assert_eq!(note.credits.map(|credited| credited.number).as_deref(), Some("F2026-00001"));
    }

    #[test]
    fn numbers_read_as_series_and_number() {
        let day = Day::of_date(jiff::civil::date(2026, 11, 23)).expect("a day");
        assert_eq!(Series::on(InvoiceKind::Invoice, day).number(42), "F2026-00042");
        assert_eq!(Series::on(InvoiceKind::CreditNote, day).number(123_456), "C2026-123456");
    }
}
