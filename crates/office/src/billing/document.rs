//! What an invoice says: the data that is kept with it, sealed, as JSON. Its form is a stored format:
//! docs/formats/invoice.md. The PDF and the page are made from it and from nothing else.

use super::wire;
use base::{Day, Language, Money, Sensitive};
use serde::{Deserialize, Serialize};

/// The version of the data that this release writes.
pub const FORMAT_VERSION: u16 = 1;

/// What a document of sale is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// Asks for payment.
    Invoice,
    /// Takes an invoice, or part of it, back.
    CreditNote,
}

impl InvoiceKind {
    /// The word in the database and in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invoice, Self::CreditNote].into_iter().find(|kind| kind.as_str() == text)
    }
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
    /// What to write with the payment, such as [`super::reference::creditor_reference`] makes.
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
