//! Invoices and credit notes: what one says, and its PDF.
//!
//! The amounts come from the caller, who knows the rules of rounding; here they must add up. The data is
//! the snapshot that is kept with an invoice, so its form is a stored format: docs/formats/invoice.md.

use crate::glyphs::showable;
use crate::typeset::{self, Sheet};
use crate::{ADDRESS_LINES_MAX, DocumentError, LINES_MAX, TEXT_CHARS_MAX, payment_code, wire, words};
use base::{Day, Language, Money, Sensitive};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version of the data that this release writes.
pub const FORMAT_VERSION: u16 = 1;

const TEMPLATE: &str = include_str!("../templates/invoice.typ");
/// Stands where a number or a name stands, not a text.
const SHORT_CHARS_MAX: usize = 100;

/// What a document of sale is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// Asks for payment.
    Invoice,
    /// Takes an invoice, or part of it, back.
    CreditNote,
}

/// One side of a sale, as it was when the document was issued.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The person's name; none where only an organisation is known.
    #[serde(default, serialize_with = "wire::exposed_option", skip_serializing_if = "Option::is_none")]
    pub name: Option<Sensitive<String>>,
    /// The organisation's name.
    #[serde(default, serialize_with = "wire::exposed_option", skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Sensitive<String>>,
    /// The lines of the address, the country last.
    #[serde(serialize_with = "wire::exposed")]
    pub address: Sensitive<Vec<String>>,
    /// The number in the trade register.
    #[serde(default, serialize_with = "wire::exposed_option", skip_serializing_if = "Option::is_none")]
    pub kvk: Option<Sensitive<String>>,
    /// The VAT number.
    #[serde(default, serialize_with = "wire::exposed_option", skip_serializing_if = "Option::is_none")]
    pub vat: Option<Sensitive<String>>,
    /// The address for mail.
    #[serde(default, serialize_with = "wire::exposed_option", skip_serializing_if = "Option::is_none")]
    pub email: Option<Sensitive<String>>,
}

/// A rate of VAT in hundredths of a percent: 21% is 2100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VatRate(pub u32);

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceLine {
    /// What was sold; it may name a domain.
    #[serde(serialize_with = "wire::exposed")]
    pub description: Sensitive<String>,
    /// The first day of the period, and the first day after it.
    #[serde(default, with = "wire::period", skip_serializing_if = "Option::is_none")]
    pub period: Option<(Day, Day)>,
    /// How many.
    pub quantity: i64,
    /// The price of one, without VAT.
    #[serde(with = "wire::cents")]
    pub unit: Money,
    /// What was taken off; negative on a credit note.
    #[serde(with = "wire::cents")]
    pub discount: Money,
    /// What the line comes to, without VAT.
    #[serde(with = "wire::cents")]
    pub net: Money,
    /// The rate.
    pub vat: VatRate,
}

/// What all lines of one rate come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateTotal {
    /// The rate.
    pub rate: VatRate,
    /// Without VAT.
    #[serde(with = "wire::cents")]
    pub net: Money,
    /// The VAT.
    #[serde(with = "wire::cents")]
    pub vat: Money,
}

/// The invoice that a credit note takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credited {
    /// Its number.
    pub number: String,
    /// The day it was issued.
    #[serde(with = "wire::day")]
    pub issued_on: Day,
}

/// Where to pay to, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The account.
    #[serde(serialize_with = "wire::exposed")]
    pub iban: Sensitive<String>,
    /// The account's bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// Whose account it is.
    #[serde(serialize_with = "wire::exposed")]
    pub holder: Sensitive<String>,
    /// What to write with the payment, such as [`crate::creditor_reference`] makes.
    pub reference: String,
    /// The last day to pay.
    #[serde(with = "wire::day")]
    pub due_on: Day,
}

/// How the total is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payment {
    /// By a transfer that the buyer makes.
    Transfer(Transfer),
    /// It has been paid.
    Paid {
        /// On which day, where it is known.
        #[serde(default, with = "wire::day_option")]
        on: Option<Day>,
    },
    /// By then, in a way that is not on the invoice: the seller names no account.
    Agreed {
        /// The last day to pay.
        #[serde(with = "wire::day")]
        due_on: Day,
    },
    /// It is set off against what is open, or paid back.
    SetOff,
}

/// An invoice or a credit note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceDocument {
    /// [`FORMAT_VERSION`].
    pub version: u16,
    /// Invoice or credit note.
    pub kind: InvoiceKind,
    /// The number, with its series.
    pub number: String,
    /// The day it was issued.
    #[serde(with = "wire::day")]
    pub issued_on: Day,
    /// The language it is written in.
    pub language: Language,
    /// Who sells.
    pub seller: Party,
    /// Who buys.
    pub buyer: Party,
    /// The buyer's number at the seller.
    pub customer_number: String,
    /// What the buyer wants to see on it, such as an order number of theirs.
    #[serde(default, serialize_with = "wire::exposed_option", skip_serializing_if = "Option::is_none")]
    pub buyer_reference: Option<Sensitive<String>>,
    /// The lines.
    pub lines: Vec<InvoiceLine>,
    /// What the lines come to, by rate.
    pub rates: Vec<RateTotal>,
    /// The sum without VAT.
    #[serde(with = "wire::cents")]
    pub net: Money,
    /// The VAT.
    #[serde(with = "wire::cents")]
    pub vat: Money,
    /// The sum.
    #[serde(with = "wire::cents")]
    pub total: Money,
    /// Whether the buyer owes the VAT (Directive 2006/112 art. 196): no VAT, and the document says why.
    pub reverse_charge: bool,
    /// What a credit note takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Credited>,
    /// How it is settled.
    pub payment: Payment,
}

/// The document as PDF, with the template that is part of the program.
///
/// # Errors
/// When the document breaks a limit, does not add up, or cannot be set.
pub fn invoice_pdf(document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
    invoice_pdf_with(TEMPLATE, document)
}

/// The document as PDF, with a template of the provider's own: Typst, which reads `/data.json`.
///
/// # Errors
/// As [`invoice_pdf`].
pub fn invoice_pdf_with(template: &str, document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
    document.check()?;
    let data = serde_json::to_vec(&document.view()).expect("a JSON value can be written");
    let ident = format!("waarborg-invoice-{}", document.number);
    typeset::pdf(Sheet { template, data, ident, day: document.issued_on })
}

impl InvoiceDocument {
    /// The amount that a transfer is for.
    fn to_pay(&self) -> Money {
        self.total
    }

    /// Limits, and amounts that add up.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), DocumentError> {
        if self.version != FORMAT_VERSION {
            return Err(DocumentError::Version(self.version));
        }
        required("number", &self.number)?;
        short("customer number", &self.customer_number)?;
        self.seller.check("seller")?;
        self.buyer.check("buyer")?;
        if let Some(reference) = &self.buyer_reference {
            short("reference of the buyer", reference.expose())?;
        }
        match (self.kind, &self.credits) {
            (InvoiceKind::Invoice, Some(_)) => {
                return Err(DocumentError::Invalid { what: "reference of an invoice to another" });
            }
            (InvoiceKind::CreditNote, Some(credited)) => required("number credited", &credited.number)?,
            (_, None) => {}
        }
        if let Payment::Transfer(transfer) = &self.payment {
            transfer.check()?;
        }
        self.check_amounts()
    }

    fn check_amounts(&self) -> Result<(), DocumentError> {
        if self.lines.is_empty() {
            return Err(DocumentError::Missing { what: "lines" });
        }
        for (what, count) in [("lines", self.lines.len()), ("rates", self.rates.len())] {
            if count > LINES_MAX {
                return Err(DocumentError::TooMany { what, count, max: LINES_MAX });
            }
        }
        // What stays within the limit cannot run over when a thousand of it are added.
        let amounts = self.lines.iter().flat_map(|line| [line.unit, line.discount, line.net]);
        let totals = self.rates.iter().flat_map(|rate| [rate.net, rate.vat]);
        let bounds = -Money::LIMIT..=Money::LIMIT;
        if amounts.chain(totals).chain([self.net, self.vat, self.total]).any(|money| !bounds.contains(&money))
        {
            return Err(DocumentError::Invalid { what: "amount" });
        }
        for line in &self.lines {
            required("description", line.description.expose())?;
            if line.unit.cents().checked_mul(line.quantity).map(Money::from_cents)
                != Some(line.net + line.discount)
            {
                return Err(DocumentError::Unbalanced { what: "amounts of a line" });
            }
        }
        let of_rate =
            |rate: VatRate| self.lines.iter().filter(move |line| line.vat == rate).map(|line| line.net);
        let each_rate = self.rates.iter().all(|rate| of_rate(rate.rate).sum::<Money>() == rate.net);
        let each_line = self.lines.iter().all(|l| self.rates.iter().filter(|r| r.rate == l.vat).count() == 1);
        if !each_rate || !each_line {
            return Err(DocumentError::Unbalanced { what: "totals of the rates" });
        }
        let sums = (
            self.rates.iter().map(|rate| rate.net).sum::<Money>(),
            self.rates.iter().map(|rate| rate.vat).sum::<Money>(),
        );
        if sums != (self.net, self.vat) || self.net + self.vat != self.total {
            return Err(DocumentError::Unbalanced { what: "totals" });
        }
        if self.reverse_charge && !self.vat.is_zero() {
            return Err(DocumentError::Unbalanced { what: "VAT and the reverse charge" });
        }
        Ok(())
    }

    /// What the template reads: finished texts, nothing to calculate.
    fn view(&self) -> Value {
        let language = self.language;
        let money = |money: Money| money.in_words(language);
        let lines: Vec<Value> = self.lines.iter().map(|line| self.line_view(line)).collect();
        let rates: Vec<Value> = self
            .rates
            .iter()
            .map(|rate| {
                json!({ "rate": words::percent(rate.rate.0, language), "net": money(rate.net), "vat": money(rate.vat) })
            })
            .collect();
        json!({
            "language": language.tag(),
            "kind": self.kind,
            "number": showable(&self.number),
            "issued_on": words::day(self.issued_on, language),
            "date": date_parts(self.issued_on),
            "customer_number": showable(&self.customer_number),
            "buyer_reference": self.buyer_reference.as_ref().map(|text| showable(text.expose())),
            "seller": self.seller.view(),
            "buyer": self.buyer.view(),
            "lines": lines,
            "discounts": self.lines.iter().any(|line| !line.discount.is_zero()),
            "rates": rates,
            "net": money(self.net),
            "vat": money(self.vat),
            "total": money(self.total),
            "reverse_charge": self.reverse_charge.then(|| reverse_charge_text(language)),
            "credits": self.credits.as_ref().map(|credited| json!({
                "number": showable(&credited.number), "issued_on": words::day(credited.issued_on, language),
            })),
            "payment": self.payment_view(),
        })
    }

    fn line_view(&self, line: &InvoiceLine) -> Value {
        let language = self.language;
        let discount = (!line.discount.is_zero()).then(|| (-line.discount).in_words(language));
        let vat = match (self.reverse_charge, language) {
            (true, Language::Nl) => "verlegd".to_owned(),
            (true, Language::En) => "reversed".to_owned(),
            (false, _) => words::percent(line.vat.0, language),
        };
        json!({
            "description": showable(line.description.expose()),
            "period": line.period.map(|(from, until)| words::period(from, until, language)),
            "quantity": line.quantity.to_string().replace('-', "\u{2212}"),
            "unit": line.unit.in_words(language),
            "discount": discount,
            "vat": vat,
            "net": line.net.in_words(language),
        })
    }

    fn payment_view(&self) -> Value {
        let language = self.language;
        match &self.payment {
            Payment::Transfer(transfer) => json!({
                "kind": "transfer",
                "iban": grouped(&payment_code::compact(transfer.iban.expose())),
                "bic": transfer.bic,
                "holder": showable(transfer.holder.expose()),
                "reference": showable(&transfer.reference),
                "due_on": words::day(transfer.due_on, language),
                "amount": self.to_pay().in_words(language),
                "code": payment_code::drawing(transfer, self.to_pay()),
            }),
            Payment::Paid { on } => json!({ "kind": "paid", "on": on.map(|day| words::day(day, language)) }),
            Payment::Agreed { due_on } => json!({ "kind": "agreed", "on": words::day(*due_on, language) }),
            Payment::SetOff => json!({ "kind": "set_off" }),
        }
    }
}

impl Transfer {
    fn check(&self) -> Result<(), DocumentError> {
        if !payment_code::is_iban(self.iban.expose()) {
            return Err(DocumentError::Invalid { what: "account number" });
        }
        if self.bic.as_deref().is_some_and(|bic| !payment_code::is_bic(bic)) {
            return Err(DocumentError::Invalid { what: "identifier of the bank" });
        }
        required("account holder", self.holder.expose())?;
        short("payment reference", &self.reference)
    }
}

impl Party {
    /// Limits; somebody must be named.
    pub(crate) fn check(&self, what: &'static str) -> Result<(), DocumentError> {
        if self.name.is_none() && self.organisation.is_none() {
            return Err(DocumentError::Missing { what });
        }
        let parts = [&self.name, &self.organisation, &self.kvk, &self.vat, &self.email];
        for text in parts.into_iter().flatten() {
            limited(what, text.expose(), TEXT_CHARS_MAX)?;
        }
        let lines = self.address.expose();
        if lines.len() > ADDRESS_LINES_MAX {
            return Err(DocumentError::TooMany {
                what: "lines of an address",
                count: lines.len(),
                max: ADDRESS_LINES_MAX,
            });
        }
        lines.iter().try_for_each(|line| limited("line of an address", line, TEXT_CHARS_MAX))
    }

    /// What a template reads: the organisation leads where there is one.
    pub(crate) fn view(&self) -> Value {
        let text = |text: &Option<Sensitive<String>>| text.as_ref().map(|text| showable(text.expose()));
        let (title, person) = match (text(&self.organisation), text(&self.name)) {
            (Some(organisation), name) => (Some(organisation), name),
            (None, name) => (name, None),
        };
        let address: Vec<String> = self.address.expose().iter().map(|line| showable(line)).collect();
        json!({
            "title": title, "person": person, "address": address,
            "kvk": text(&self.kvk), "vat": text(&self.vat), "email": text(&self.email),
        })
    }
}

/// Year, month and day, for the date in the file's own data.
pub(crate) fn date_parts(day: Day) -> Value {
    let date = day.date();
    json!({ "year": date.year(), "month": date.month(), "day": date.day() })
}

/// The words that the law asks for (Directive 2006/112 art. 226(11a); Wet OB 1968 art. 35a).
const fn reverse_charge_text(language: Language) -> &'static str {
    match language {
        Language::Nl => "Btw verlegd: de afnemer is de btw verschuldigd.",
        Language::En => "Reverse charge (btw verlegd): the buyer is liable for the VAT.",
    }
}

fn grouped(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("\u{a0}")
}

pub(crate) fn limited(what: &'static str, text: &str, max: usize) -> Result<(), DocumentError> {
    if text.chars().nth(max).is_some() { Err(DocumentError::TooLong { what, max }) } else { Ok(()) }
}

pub(crate) fn required(what: &'static str, text: &str) -> Result<(), DocumentError> {
    if text.trim().is_empty() {
        return Err(DocumentError::Missing { what });
    }
    limited(what, text, TEXT_CHARS_MAX)
}

fn short(what: &'static str, text: &str) -> Result<(), DocumentError> {
    limited(what, text, SHORT_CHARS_MAX)
}
