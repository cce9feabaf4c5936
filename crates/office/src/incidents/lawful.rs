//! Orders of a court or a competent authority to open traffic: a ground of its own, and no leak.

use super::store;
use crate::customers::single_line;
use crate::form::{Problem, Problems};
use crate::messages::{take_number, text_block};
use crate::subjects::{self, SubjectKind};
use crate::words::words;
use crate::{By, Office, OfficeError, Record};
use base::{Day, Sensitive, SubjectId, Timestamp};
use core::fmt;
use keys::Purpose as _;
use keys::purpose::{Incidents, Ledger};

/// The counter that hands out numbers, and the number before the first.
const NUMBER_COUNTER: &str = "lawful_order";
const FIRST_NUMBER: i64 = 100_000;
const LINE_CHARS_MAX: usize = 200;
const TEXT_CHARS_MAX: usize = 4_000;
/// The largest page of a list.
const PAGE_MAX: u32 = 100;

base::id_type!(
    /// The id of a lawful order.
    LawfulOrderId,
    "lawful order"
);

/// The number an order is known by, such as `B100001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LawfulOrderNumber(pub(crate) i64);

impl fmt::Display for LawfulOrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B{}", self.0)
    }
}

words! {
    /// Where an order is.
    LawfulOrderState {
        /// To be complied with.
        Open = "open",
        /// Done with.
        Closed = "closed",
    }
}

/// An order, opened.
#[derive(Debug, Clone)]
pub struct LawfulOrder {
    /// Its id.
    pub id: LawfulOrderId,
    /// The subject whose keys its texts are under.
    pub subject: SubjectId,
    /// Its number.
    pub number: LawfulOrderNumber,
    /// Counts its changes.
    pub revision: u32,
    /// Where it is.
    pub state: LawfulOrderState,
    /// The date it bears.
    pub given: Day,
    /// When it was received.
    pub received_at: Timestamp,
    /// Who gave it.
    pub authority: Sensitive<String>,
    /// Its reference.
    pub reference: Sensitive<String>,
    /// What it orders.
    pub text: Sensitive<String>,
    /// When it was recorded.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// What staff type of an order.
#[derive(Debug, Clone, Default)]
pub struct NewLawfulOrder {
    /// Who gave it.
    pub authority: Sensitive<String>,
    /// Its reference.
    pub reference: Sensitive<String>,
    /// The date it bears.
    pub given: String,
    /// What it orders.
    pub text: Sensitive<String>,
}

/// Records an order.
///
/// # Errors
/// [`OfficeError::Invalid`]; when a store fails.
pub async fn open_order(office: &Office, by: By, new: &NewLawfulOrder) -> Result<LawfulOrder, OfficeError> {
    let mut problems = Problems::new();
    let authority = problems.take("authority", single_line(new.authority.expose(), LINE_CHARS_MAX));
    let reference = problems.take("reference", single_line(new.reference.expose(), LINE_CHARS_MAX));
    let given = problems.take("given", crate::form::day(&new.given));
    let text = problems.take("text", text_block(new.text.expose(), TEXT_CHARS_MAX));
    if given.is_some_and(|day| day > office.today()) {
        problems.add("given", Problem::Date);
    }
    let (Some(authority), Some(reference), Some(given), Some(text), true) =
        (authority, reference, given, text, problems.is_empty())
    else {
        return Err(problems.into());
    };
    let (clock, random, now) = (&*office.clock, &*office.random, office.now());
    let subject = SubjectId::new(clock, random);
    office.vault.create(&[(subject, &[Incidents::NAME, Ledger::NAME])]).await?;
    let order = LawfulOrder {
        id: LawfulOrderId::new(clock, random),
        subject,
        number: LawfulOrderNumber(take_number(office, NUMBER_COUNTER, FIRST_NUMBER).await?),
        revision: 1,
        state: LawfulOrderState::Open,
        given,
        received_at: now,
        authority: authority.into(),
        reference: reference.into(),
        text: text.into(),
        opened_at: now,
        closed_at: None,
    };
    let record = Record::new("lawful-order", by).about(subject).with("number", order.number.to_string());
    let entry = office.prepare(record).await?;
    let key = office.vault.key::<Incidents>(subject).await?;
    let tx = office.store.begin().await?;
    subjects::create(&tx, subject, SubjectKind::Incident, now).await?;
    store::insert_order(&tx, &order, &key, entry.entry().leaf_hash().as_bytes(), random).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(order)
}

/// Closes an order: no release stands on it any more.
///
/// # Errors
/// [`OfficeError::Conflict`] when it is closed.
pub async fn close_order(office: &Office, by: By, id: LawfulOrderId) -> Result<(), OfficeError> {
    let row = store::order_by_id(&office.store, id).await?.ok_or(NOT_THERE)?;
    let entry = office.prepare(Record::new("lawful-order-closed", by).about(row.subject())).await?;
    let tx = office.store.begin().await?;
    if !store::close_order(&tx, id, office.now()).await? {
        return Err(OfficeError::Conflict { what: "the lawful order" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

const NOT_THERE: OfficeError = OfficeError::NotFound { what: "the lawful order" };

/// One order.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn order(office: &Office, id: LawfulOrderId) -> Result<LawfulOrder, OfficeError> {
    let row = store::order_by_id(&office.store, id).await?.ok_or(NOT_THERE)?;
    let key = office.vault.key::<Incidents>(row.subject()).await?;
    row.open(&key)
}

/// A page of orders, the latest first, with how many there are.
///
/// # Errors
/// When a store fails.
pub async fn orders(
    office: &Office,
    offset: u64,
    limit: u32,
) -> Result<(Vec<LawfulOrder>, u64), OfficeError> {
    let (rows, total) = store::orders(&office.store, offset, limit.min(PAGE_MAX)).await?;
    let mut orders = Vec::with_capacity(rows.len());
    for row in rows {
        let key = office.vault.key::<Incidents>(row.subject()).await?;
        orders.push(row.open(&key)?);
    }
    Ok((orders, total))
}

/// Whether an order is there and not closed: what a release stands on.
///
/// # Errors
/// When the database fails.
pub async fn is_order_open(office: &Office, id: LawfulOrderId) -> Result<bool, OfficeError> {
    let row = store::order_by_id(&office.store, id).await?;
    Ok(row.is_some_and(|row| row.state() == LawfulOrderState::Open))
}

/// The leaf hash of the ledger entry `lawful-order`.
///
/// # Errors
/// [`OfficeError::NotFound`]; when the database fails.
pub async fn order_entry(office: &Office, id: LawfulOrderId) -> Result<[u8; 32], OfficeError> {
    let row = store::order_by_id(&office.store, id).await?.ok_or(NOT_THERE)?;
    Ok(row.leaf)
}
