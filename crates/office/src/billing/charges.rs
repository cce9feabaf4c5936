//! Charges: what is owed and not on an invoice yet. Whoever sells something inserts them in the
//! transaction of the sale; the billing run collects them.

use super::ChargeId;
use super::store::charges as store;
use crate::catalogue::{PlanId, Vat};
use crate::customers::CustomerId;
use crate::services::ServiceId;
use ::store::{StoreError, Tx};
use base::{Day, Money, SubjectId, Timestamp};
use keys::purpose::Account;
use keys::{Cell, DataKey, OpenError, Sealed};

/// What is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeKind {
    /// A term of a service.
    Term,
    /// Setting up.
    Setup,
    /// The difference that a change of plan makes for the rest of a term.
    Change,
    /// What is given back; its amount is negative.
    Credit,
    /// Something else.
    Other,
}

impl ChargeKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Term, Self::Setup, Self::Change, Self::Credit, Self::Other];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Term => "term",
            Self::Setup => "setup",
            Self::Change => "change",
            Self::Credit => "credit",
            Self::Other => "other",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A charge to be. Of one service, kind, first day and `seq` there is one charge at most, so that a
/// use case that runs twice charges once.
#[derive(Debug, Clone)]
pub struct NewCharge {
    /// Its id.
    pub id: ChargeId,
    /// Who owes it.
    pub customer: CustomerId,
    /// Whose keys the label is sealed with.
    pub subject: SubjectId,
    /// The service it is for.
    pub service: Option<ServiceId>,
    /// What is charged.
    pub kind: ChargeKind,
    /// Tells charges of one service, kind and day apart.
    pub seq: u32,
    /// The plan, whose name the invoice shows.
    pub plan: Option<PlanId>,
    /// What only this customer's line says, such as a domain name: made by [`seal_label`].
    pub label: Option<Vec<u8>>,
    /// The first day of the period.
    pub from: Option<Day>,
    /// The first day after the period.
    pub until: Option<Day>,
    /// How many.
    pub quantity: i64,
    /// The price of one, without VAT; negative on what is given back.
    pub unit: Money,
    /// What the line comes to without VAT: `unit` × `quantity` − `discount`.
    pub amount: Money,
    /// What is taken off.
    pub discount: Money,
    /// The VAT category.
    pub vat: Vat,
    /// From which day on it goes on an invoice.
    pub due: Day,
}

const fn cell(id: ChargeId, subject: SubjectId) -> Cell {
    Cell { table: "charge", column: "label", row: id.bytes(), revision: None, subject }
}

/// Seals the label of a charge, before the transaction begins.
#[must_use]
pub fn seal_label(
    key: &DataKey<Account>,
    id: ChargeId,
    subject: SubjectId,
    label: &str,
    random: &dyn base::Random,
) -> Vec<u8> {
    key.seal(&cell(id, subject), label.as_bytes(), random).into_bytes()
}

pub(crate) fn open_label(
    key: &DataKey<Account>,
    id: ChargeId,
    subject: SubjectId,
    sealed: Vec<u8>,
) -> Result<base::Sensitive<String>, OpenError> {
    let value = key.open(&cell(id, subject), &Sealed::from_bytes(sealed)?)?;
    Ok(base::Sensitive::new(value.text()?.to_owned()))
}

/// Puts charges in; those that are there already stay as they are. Tells how many were new.
///
/// # Errors
/// When an amount does not follow from its parts, or the database fails.
pub async fn insert(tx: &Tx, charges: &[NewCharge], now: Timestamp) -> Result<u64, StoreError> {
    for charge in charges {
        let sum = charge.unit.cents().checked_mul(charge.quantity).map(Money::from_cents);
        if sum != Some(charge.amount + charge.discount) {
            return Err(StoreError::inconsistent("a charge whose amount does not follow from its parts"));
        }
    }
    let open: Vec<_> = charges.iter().map(|charge| (charge, None)).collect();
    store::insert(tx, &open, now).await
}
