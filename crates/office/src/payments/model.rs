//! Words of payments and reminders.

use crate::billing::InvoiceId;
use crate::customers::CustomerId;
use base::{Day, Money, Sensitive, Timestamp};

base::id_type!(
    /// The id of a payment, refund, write-off or reversal.
    PaymentId,
    "payment"
);

/// What an entry of money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentKind {
    /// The customer paid.
    Payment,
    /// The customer got money back.
    Refund,
    /// What is given up.
    WriteOff,
    /// The contra entry of a payment that was recorded by mistake.
    Reversal,
}

impl PaymentKind {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::WriteOff => "write_off",
            Self::Reversal => "reversal",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Payment, Self::Refund, Self::WriteOff, Self::Reversal]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// How money came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Bank transfer.
    Bank,
    /// Cash.
    Cash,
    /// Card.
    Card,
    /// Direct debit.
    DirectDebit,
    /// Another way.
    Other,
}

impl Method {
    /// All of them, the usual one first.
    pub const ALL: [Self; 5] = [Self::Bank, Self::Card, Self::Cash, Self::DirectDebit, Self::Other];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Cash => "cash",
            Self::Card => "card",
            Self::DirectDebit => "direct_debit",
            Self::Other => "other",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }
}

/// Which invoices money is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation {
    /// Those that were due first.
    Oldest,
    /// This one first, then those that were due first.
    Invoice(InvoiceId),
}

/// Money that came in.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// From whom.
    pub customer: CustomerId,
    /// How.
    pub method: Method,
    /// On which day.
    pub received: Day,
    /// How much; more than nothing.
    pub amount: Money,
    /// What the bank says with it.
    pub reference: Option<Sensitive<String>>,
    /// What for.
    pub allocation: Allocation,
}

/// An entry of money as stored, opened.
#[derive(Debug, Clone)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// Whose.
    pub customer: CustomerId,
    /// What it is.
    pub kind: PaymentKind,
    /// The payment it takes back.
    pub reverses: Option<PaymentId>,
    /// How.
    pub method: Method,
    /// On which day.
    pub received: Day,
    /// How much.
    pub amount: Money,
    /// What of it has settled nothing yet.
    pub open: Money,
    /// What the bank said with it; none when there was nothing, or its books are destroyed.
    pub reference: Option<Sensitive<String>>,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// A step of the ladder of reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// It may have been overlooked.
    Friendly,
    /// The first reminder proper; to consumers the letter that gives them fourteen days.
    First,
    /// The last one.
    Final,
    /// Services are suspended.
    Suspension,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Friendly, Self::First, Self::Final, Self::Suspension];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Friendly => "friendly",
            Self::First => "first",
            Self::Final => "final",
            Self::Suspension => "suspension",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// A reminder that went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// Of which invoice.
    pub invoice: InvoiceId,
    /// Which step.
    pub step: Step,
    /// On which day.
    pub sent: Day,
}
