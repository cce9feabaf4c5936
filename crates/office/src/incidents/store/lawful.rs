//! SQL of lawful orders.

use super::super::lawful::{LawfulOrder, LawfulOrderId, LawfulOrderNumber, LawfulOrderState};
use crate::OfficeError;
use ::store::{Store, StoreError, Tx};
use base::{Day, Random, Sensitive, SubjectId, Timestamp};
use keys::purpose::Incidents;
use keys::{Cell, DataKey, Sealed};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const VERSION: u16 = 1;

const fn cell(id: LawfulOrderId, subject: SubjectId, revision: u32) -> Cell {
    Cell { table: "lawful_order", column: "detail", row: id.bytes(), revision: Some(revision), subject }
}

#[derive(Serialize)]
struct Out<'a> {
    v: u16,
    authority: &'a str,
    reference: &'a str,
    text: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct In {
    v: u16,
    authority: Sensitive<String>,
    reference: Sensitive<String>,
    text: Sensitive<String>,
}

/// An order whose texts are closed.
pub(in super::super) struct OrderRow {
    order: LawfulOrder,
    detail: Option<Vec<u8>>,
    pub leaf: [u8; 32],
}

impl OrderRow {
    pub(in super::super) const fn subject(&self) -> SubjectId {
        self.order.subject
    }

    pub(in super::super) const fn state(&self) -> LawfulOrderState {
        self.order.state
    }

    /// The order, opened.
    pub(in super::super) fn open(mut self, key: &DataKey<Incidents>) -> Result<LawfulOrder, OfficeError> {
        let damaged = || StoreError::inconsistent("a lawful order");
        let Some(bytes) = self.detail else { return Ok(self.order) };
        let cell = cell(self.order.id, self.order.subject, self.order.revision);
        let value = key.open(&cell, &Sealed::from_bytes(bytes)?)?;
        let read: In = serde_json::from_slice(value.bytes()).map_err(|_| damaged())?;
        if read.v != VERSION {
            return Err(damaged().into());
        }
        self.order.authority = read.authority;
        self.order.reference = read.reference;
        self.order.text = read.text;
        Ok(self.order)
    }
}

pub(in super::super) async fn insert_order(
    tx: &Tx,
    order: &LawfulOrder,
    key: &DataKey<Incidents>,
    leaf: &[u8; 32],
    random: &dyn Random,
) -> Result<(), OfficeError> {
    let out = Out {
        v: VERSION,
        authority: order.authority.expose(),
        reference: order.reference.expose(),
        text: order.text.expose(),
    };
    let json = Zeroizing::new(serde_json::to_vec(&out).map_err(|e| OfficeError::Other(e.to_string()))?);
    let detail = key.seal(&cell(order.id, order.subject, order.revision), &json, random).into_bytes();
    tx.execute(
        "INSERT INTO lawful_order (id, subject_id, number, revision, state, given_day, received_at, detail, leaf, opened_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [
            order.id.uuid().into(),
            order.subject.uuid().into(),
            order.number.0.into(),
            i64::from(order.revision).into(),
            order.state.as_str().into(),
            i64::from(order.given.number()).into(),
            order.received_at.as_micros().into(),
            detail.into(),
            leaf.to_vec().into(),
            order.opened_at.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Closes an order, once. Tells whether it did.
pub(in super::super) async fn close_order(
    tx: &Tx,
    id: LawfulOrderId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE lawful_order SET state = 'closed', closed_at = $1 WHERE id = $2 AND state = 'open'";
    Ok(tx.execute(sql, [now.as_micros().into(), id.uuid().into()]).await? == 1)
}

const ALL: &str =
    "id, subject_id, number, revision, state, given_day, received_at, detail, leaf, opened_at, closed_at";

pub(in super::super) async fn order_by_id(
    store: &Store,
    id: LawfulOrderId,
) -> Result<Option<OrderRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM lawful_order WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

/// Orders, the latest first.
pub(in super::super) async fn orders(
    store: &Store,
    offset: u64,
    limit: u32,
) -> Result<(Vec<OrderRow>, u64), StoreError> {
    let sql = format!("SELECT {ALL} FROM lawful_order ORDER BY number DESC LIMIT $1 OFFSET $2");
    let rows = store.query(&sql, [i64::from(limit).into(), offset.cast_signed().into()]).await?;
    let total = super::count(store, "SELECT COUNT(*) AS n FROM lawful_order", vec![]).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

fn read(row: &QueryResult) -> Result<OrderRow, StoreError> {
    let strange = || StoreError::inconsistent("a lawful order");
    let (state, leaf): (String, Vec<u8>) = (row.try_get("", "state")?, row.try_get("", "leaf")?);
    let (revision, given): (i64, i64) = (row.try_get("", "revision")?, row.try_get("", "given_day")?);
    Ok(OrderRow {
        order: LawfulOrder {
            id: LawfulOrderId::from_uuid(row.try_get("", "id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
            number: LawfulOrderNumber(row.try_get("", "number")?),
            revision: u32::try_from(revision).map_err(|_| strange())?,
            state: LawfulOrderState::parse(&state).ok_or_else(strange)?,
            given: Day::from_number(u32::try_from(given).map_err(|_| strange())?),
            received_at: super::always(row, "received_at")?,
            authority: Sensitive::default(),
            reference: Sensitive::default(),
            text: Sensitive::default(),
            opened_at: super::always(row, "opened_at")?,
            closed_at: super::moment(row, "closed_at")?,
        },
        detail: row.try_get("", "detail")?,
        leaf: leaf.try_into().map_err(|_| strange())?,
    })
}
