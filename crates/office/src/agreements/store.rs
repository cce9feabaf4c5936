//! SQL of agreements.

use super::{Agreement, AgreementId};
use crate::customers::CustomerId;
use crate::orders::OrderId;
use crate::services::EndReason;
use crate::services::terms::Buyer;
use ::store::{Store, StoreError, Tx};
use base::{Day, SubjectId, Timestamp};
use policy::schema::{Column, Table};
use sea_orm::QueryResult;

/// How many agreements of one customer are read at most.
const OF_CUSTOMER_MAX: u32 = 1_000;
/// The counter that hands out numbers, and the number before the first.
const NUMBER_COUNTER: &str = "agreement";
const FIRST_NUMBER: i64 = 100_000;

/// The tables of this slice.
pub const TABLES: &[Table] = &[Table::new(
    "agreement",
    &[
        Column::plain("id"),
        Column::plain("number"),
        Column::plain("customer_id"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("state"),
        Column::plain("consumer"),
        Column::secret("policy_hash"),
        Column::plain("began_day"),
        Column::plain("ended_day"),
        Column::plain("ended_reason"),
        Column::plain("created_at"),
        Column::plain("updated_at"),
    ],
)
.cleared_with("subject_id")];

/// An agreement to be.
pub(crate) struct NewAgreement {
    pub id: AgreementId,
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub order: Option<OrderId>,
    pub buyer: Buyer,
    pub policy_hash: [u8; 32],
    pub began: Day,
}

/// Concludes an agreement and gives its number. Whoever was a former customer is one no more.
pub(crate) async fn insert(tx: &Tx, new: &NewAgreement, now: Timestamp) -> Result<i64, StoreError> {
    let number = tx.next_number(NUMBER_COUNTER, FIRST_NUMBER, 1).await?;
    tx.execute(
        "INSERT INTO agreement (id, number, customer_id, subject_id, order_id, state, consumer, policy_hash, began_day, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $9, $9)",
        [
            new.id.uuid().into(),
            number.into(),
            new.customer.uuid().into(),
            new.subject.uuid().into(),
            new.order.map(OrderId::uuid).into(),
            new.buyer.is_consumer().into(),
            new.policy_hash.to_vec().into(),
            i64::from(new.began.number()).into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    tx.execute(
        "UPDATE customer SET agreement_ended_at = NULL, updated_at = $1 \
         WHERE id = $2 AND agreement_ended_at IS NOT NULL",
        [now.as_micros().into(), new.customer.uuid().into()],
    )
    .await?;
    Ok(number)
}

/// Dissolves an agreement of which no service is left.
pub(super) async fn dissolve_empty(
    tx: &Tx,
    id: AgreementId,
    reason: EndReason,
    today: Day,
    now: Timestamp,
) -> Result<u64, StoreError> {
    // Of two last services that end at once, one waits here for the other and then sees it ended.
    tx.query_one(&format!("SELECT id FROM agreement WHERE id = $1{}", tx.for_update()), [id.uuid().into()])
        .await?;
    tx.execute(
        "UPDATE agreement SET state = 'dissolved', ended_day = $1, ended_reason = $2, updated_at = $3 \
         WHERE id = $4 AND state = 'active' \
         AND NOT EXISTS (SELECT 1 FROM service s WHERE s.agreement_id = $4 AND s.state <> 'ended')",
        [i64::from(today.number()).into(), reason.as_str().into(), now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// Notes that the customer of a dissolved agreement has none left.
pub(super) async fn note_former(tx: &Tx, id: AgreementId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE customer SET agreement_ended_at = $1, updated_at = $1 \
         WHERE id = (SELECT customer_id FROM agreement WHERE id = $2) AND agreement_ended_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM agreement a WHERE a.customer_id = customer.id AND a.state = 'active')",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await?;
    Ok(())
}

/// Dissolves every agreement of a customer.
pub(super) async fn dissolve_all(
    tx: &Tx,
    customer: CustomerId,
    today: Day,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE agreement SET state = 'dissolved', ended_day = $1, ended_reason = 'erased', updated_at = $2 \
         WHERE customer_id = $3 AND state = 'active'",
        [i64::from(today.number()).into(), now.as_micros().into(), customer.uuid().into()],
    )
    .await
}

pub(super) async fn of_customer(store: &Store, customer: CustomerId) -> Result<Vec<Agreement>, StoreError> {
    let sql = format!(
        "SELECT * FROM agreement WHERE customer_id = $1 ORDER BY number DESC LIMIT {OF_CUSTOMER_MAX}"
    );
    store.query(&sql, [customer.uuid().into()]).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Agreement, StoreError> {
    let strange = |what: &str| StoreError::inconsistent(format!("an agreement with a wild {what}"));
    let day = |number: i64| u32::try_from(number).map(Day::from_number).map_err(|_| strange("day"));
    let consumer: bool = row.try_get("", "consumer")?;
    let ended_day: Option<i64> = row.try_get("", "ended_day")?;
    let reason: Option<String> = row.try_get("", "ended_reason")?;
    let reason = reason.map(|text| EndReason::parse(&text).ok_or_else(|| strange("reason"))).transpose()?;
    let hash: Vec<u8> = row.try_get("", "policy_hash")?;
    Ok(Agreement {
        id: AgreementId::from_uuid(row.try_get("", "id")?),
        number: row.try_get("", "number")?,
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        order: row.try_get::<Option<uuid::Uuid>>("", "order_id")?.map(OrderId::from_uuid),
        buyer: if consumer { Buyer::Consumer } else { Buyer::Business },
        policy_hash: hash.try_into().map_err(|_| strange("hash"))?,
        began: day(row.try_get("", "began_day")?)?,
        ended: ended_day.map(day).transpose()?.zip(reason),
    })
}
