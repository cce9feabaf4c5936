//! An invoice as a page shows it, to the customer and to staff; and its PDF, made when somebody asks.

use crate::error::PageError;
use crate::text::{T, Text};
use axum::response::{IntoResponse, Response};
use base::{Day, Language, Money};
use documents::PaymentCode;
use http::{HeaderValue, header};
use office::billing::{Invoice, InvoiceDocument, InvoiceKind, InvoiceRow, Party, Payment};

/// One side of a sale.
pub(super) struct PartyView {
    pub names: Vec<String>,
    pub lines: Vec<String>,
    pub kvk: Option<Text>,
    pub vat: Option<Text>,
}

/// One line.
pub(super) struct LineView {
    pub number: usize,
    pub description: String,
    pub period: Option<Text>,
    pub quantity: i64,
    pub unit: String,
    pub discount: Option<String>,
    pub rate: Text,
    pub net: String,
    pub credited: bool,
}

/// The whole.
pub(super) struct Sheet {
    pub number: String,
    pub issued: String,
    pub due: Option<String>,
    pub customer_number: String,
    pub seller: PartyView,
    pub buyer: PartyView,
    pub lines: Vec<LineView>,
    pub discounts: bool,
    pub net: String,
    pub rates: Vec<(Text, String)>,
    pub total: String,
    pub open: String,
    pub reverse_charge: bool,
    pub credits: Option<Text>,
    pub pay: Text,
    /// The code for what is still open, as the PDF has it for the whole.
    pub code: Option<PaymentCode>,
}

/// A day in the visitor's language.
pub(super) fn day(t: T, day: Day) -> String {
    t.date(day.start())
}

fn party(t: T, party: &Party) -> PartyView {
    let names = [&party.organisation, &party.name];
    let text = |text: &Option<base::Sensitive<String>>| text.as_ref().map(|text| text.expose().clone());
    PartyView {
        names: names.into_iter().filter_map(text).collect(),
        lines: party.address.expose().clone(),
        kvk: text(&party.kvk).map(|number| t.bill_kvk(number)),
        vat: text(&party.vat).map(|number| t.bill_vat_number(number)),
    }
}

/// What a rate is in percent, as the language writes it.
fn percent(rate: u32, language: Language) -> String {
    let (whole, rest) = (rate / 100, rate % 100);
    let mark = if language == Language::Nl { ',' } else { '.' };
    if rest == 0 { whole.to_string() } else { format!("{whole}{mark}{rest:02}") }
}

impl Sheet {
    pub(super) fn of(t: T, invoice: &Invoice, credited: &[usize]) -> Self {
        let (document, row, language) = (&invoice.document, &invoice.row, t.language());
        let money = |money: Money| money.in_words(language);
        let lines = document.lines.iter().enumerate().map(|(number, line)| LineView {
            number,
            description: line.description.expose().clone(),
            period: line.period.map(|(from, until)| {
                let last = Day::from_number(until.number().saturating_sub(1));
                t.bill_period_text(day(t, from), day(t, last))
            }),
            quantity: line.quantity,
            unit: money(line.unit),
            discount: (!line.discount.is_zero()).then(|| money(-line.discount)),
            rate: if document.reverse_charge {
                t.bill_reversed()
            } else {
                t.bill_rate_percent(percent(line.vat.0, language))
            },
            net: money(line.net),
            credited: credited.contains(&number),
        });
        let rates = document
            .rates
            .iter()
            .map(|rate| (t.bill_sum_rate(percent(rate.rate.0, language), money(rate.net)), money(rate.vat)));
        Self {
            number: document.number.clone(),
            issued: day(t, document.issued_on),
            due: (document.kind == InvoiceKind::Invoice).then(|| day(t, row.due)),
            customer_number: document.customer_number.clone(),
            seller: party(t, &document.seller),
            buyer: party(t, &document.buyer),
            lines: lines.collect(),
            discounts: document.lines.iter().any(|line| !line.discount.is_zero()),
            net: money(document.net),
            rates: if document.reverse_charge { Vec::new() } else { rates.collect() },
            total: money(document.total),
            open: money(row.open),
            reverse_charge: document.reverse_charge,
            credits: document
                .credits
                .as_ref()
                .map(|of| t.bill_credits(of.number.clone(), day(t, of.issued_on))),
            pay: pay(t, document, row),
            code: match &document.payment {
                Payment::Transfer(transfer) => documents::payment_code(transfer, row.open),
                Payment::Agreed { .. } | Payment::Paid { .. } | Payment::SetOff => None,
            },
        }
    }
}

fn pay(t: T, document: &InvoiceDocument, row: &InvoiceRow) -> Text {
    if document.kind == InvoiceKind::Invoice && row.open.is_zero() {
        return t.bill_paid_text();
    }
    match &document.payment {
        Payment::Transfer(transfer) => t.bill_pay_text(
            row.open.in_words(t.language()),
            transfer.iban.expose().clone(),
            transfer.holder.expose().clone(),
            transfer.reference.clone(),
            day(t, transfer.due_on),
        ),
        Payment::Paid { .. } => t.bill_paid_text(),
        Payment::Agreed { due_on } => t.bill_agreed_text(row.open.in_words(t.language()), day(t, *due_on)),
        Payment::SetOff => t.bill_set_off(),
    }
}

/// What an invoice is called.
pub(super) fn title(t: T, row: &InvoiceRow) -> Text {
    match row.kind {
        InvoiceKind::Invoice => t.bill_invoice(row.number_text()),
        InvoiceKind::CreditNote => t.bill_credit_note(row.number_text()),
    }
}

/// The kind of an invoice in words.
pub(super) fn kind(t: T, kind: InvoiceKind) -> Text {
    match kind {
        InvoiceKind::Invoice => t.bill_kind_invoice(),
        InvoiceKind::CreditNote => t.bill_kind_credit_note(),
    }
}

/// Colour and word of how an invoice stands.
pub(super) fn standing(t: T, row: &InvoiceRow, today: Day) -> (&'static str, Text) {
    if row.open.is_zero() {
        ("ok", t.bill_state_paid())
    } else if row.open < Money::ZERO {
        ("info", t.bill_state_credit())
    } else if row.due < today {
        ("danger", t.bill_state_overdue())
    } else {
        ("warn", t.bill_state_open())
    }
}

/// The PDF of an invoice.
pub(super) async fn pdf(invoice: Invoice) -> Result<Response, PageError> {
    // The invoice itself is where it was issued.
    if invoice.row.is_taken_over() {
        return Err(PageError::NotFound);
    }
    let name = format!("attachment; filename=\"{}.pdf\"", invoice.row.number_text());
    let made = tokio::task::spawn_blocking(move || documents::invoice_pdf(&invoice.document)).await;
    let bytes = made.map_err(PageError::internal)?.map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(PageError::internal)?),
    ];
    Ok((headers, bytes).into_response())
}
