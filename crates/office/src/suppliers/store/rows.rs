//! Reading: rows of disclosures and withdrawals, lists, counts.

use super::super::model::{
    Disclosure, DisclosureId, DisclosureState, Ground, Withdrawal, WithdrawalId, WithdrawalReason,
    WithdrawalState,
};
use super::super::{DisclosureFilter, WithdrawalFilter};
use super::{VERSION, answer_cell, reference_cell, value_cell};
use crate::OfficeError;
use crate::customers::CustomerId;
use crate::services::ServiceId;
use ::store::{Store, StoreError, Tx};
use base::{Day, Sensitive, SubjectId, Timestamp};
use keys::purpose::Disclosures;
use keys::{DataKey, Sealed};
use sea_orm::prelude::Uuid;
use sea_orm::{QueryResult, Value};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The longest list of disclosures of one customer.
const OF_CUSTOMER_MAX: u32 = 1_000;

/// A disclosure whose envelopes are closed.
pub(in super::super) struct DisclosureRow {
    pub disclosure: Disclosure,
    reference: Option<Vec<u8>>,
    values: Option<(SubjectId, Vec<u8>)>,
}

/// Fields and values, by name.
pub(in super::super) type Values = BTreeMap<String, Sensitive<String>>;

/// As sealed: docs/formats/disclosure.md.
#[derive(Deserialize)]
struct Stored {
    v: u16,
    #[serde(flatten)]
    values: Values,
}

impl DisclosureRow {
    /// Under whose keys the values are.
    pub(in super::super) fn values_subject(&self) -> Option<SubjectId> {
        self.values.as_ref().map(|(subject, _)| *subject)
    }

    pub(in super::super) fn open_reference(
        &self,
        key: &DataKey<Disclosures>,
    ) -> Result<Option<Sensitive<String>>, OfficeError> {
        let Some(bytes) = &self.reference else { return Ok(None) };
        let cell = reference_cell(self.disclosure.id, self.disclosure.subject);
        let value = key.open(&cell, &Sealed::from_bytes(bytes.clone())?)?;
        Ok(Some(Sensitive::new(value.text()?.to_owned())))
    }

    pub(in super::super) fn open_values(&self, key: &DataKey<Disclosures>) -> Result<Values, OfficeError> {
        let Some((subject, bytes)) = &self.values else { return Ok(Values::new()) };
        let cell = value_cell(self.disclosure.id, *subject);
        let value = key.open(&cell, &Sealed::from_bytes(bytes.clone())?)?;
        let strange = || StoreError::inconsistent("the values of a disclosure");
        let stored: Stored = serde_json::from_slice(value.bytes()).map_err(|_| strange())?;
        if stored.v == VERSION { Ok(stored.values) } else { Err(strange().into()) }
    }
}

/// A withdrawal whose answer is closed.
pub(in super::super) struct WithdrawalRow {
    pub withdrawal: Withdrawal,
    answer: Option<Vec<u8>>,
}

impl WithdrawalRow {
    pub(in super::super) fn open(mut self, key: &DataKey<Disclosures>) -> Result<Withdrawal, OfficeError> {
        if let Some(bytes) = self.answer {
            let cell = answer_cell(self.withdrawal.id, self.withdrawal.subject);
            let value = key.open(&cell, &Sealed::from_bytes(bytes)?)?;
            self.withdrawal.answer = Some(Sensitive::new(value.text()?.to_owned()));
        }
        Ok(self.withdrawal)
    }
}

const DISCLOSURES: &str = "SELECT d.id, d.subject_id, d.customer_id, d.supplier, d.purpose, d.fields, d.reference, \
                           d.state, d.created_at, d.given_at, d.ended_at, v.subject_id AS value_subject, \
                           v.detail FROM disclosure d LEFT JOIN disclosure_value v ON v.id = d.id";
const WITHDRAWALS: &str = "SELECT w.* FROM withdrawal w";

pub(in super::super) async fn disclosure(
    store: &Store,
    id: DisclosureId,
) -> Result<Option<DisclosureRow>, StoreError> {
    let sql = format!("{DISCLOSURES} WHERE d.id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read_disclosure).transpose()
}

/// Those of a customer, the latest first.
pub(in super::super) async fn of_customer(
    store: &Store,
    customer: CustomerId,
) -> Result<Vec<DisclosureRow>, StoreError> {
    let sql = format!("{DISCLOSURES} WHERE d.customer_id = $1 ORDER BY d.created_at DESC LIMIT $2");
    let rows = store.query(&sql, [customer.uuid().into(), i64::from(OF_CUSTOMER_MAX).into()]).await?;
    rows.iter().map(read_disclosure).collect()
}

fn disclosures_where(filter: &DisclosureFilter) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut sql = "TRUE".to_owned();
    if let Some(supplier) = &filter.supplier {
        values.push(supplier.clone().into());
        sql.push_str(&format!(" AND d.supplier = ${}", values.len()));
    }
    if let Some(state) = filter.state {
        values.push(state.as_str().into());
        sql.push_str(&format!(" AND d.state = ${}", values.len()));
    }
    if let Some(customer) = filter.customer {
        values.push(customer.uuid().into());
        sql.push_str(&format!(" AND d.customer_id = ${}", values.len()));
    }
    (sql, values)
}

/// Disclosures that a filter lets through, the latest first, and how many there are.
pub(in super::super) async fn disclosures(
    store: &Store,
    filter: &DisclosureFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<DisclosureRow>, u64), StoreError> {
    let (condition, mut values) = disclosures_where(filter);
    let count = format!("SELECT COUNT(*) AS n FROM disclosure d WHERE {condition}");
    let total = number(store, &count, values.clone()).await?;
    let at = values.len();
    values.extend([i64::from(limit).into(), offset.cast_signed().into()]);
    let sql = format!(
        "{DISCLOSURES} WHERE {condition} ORDER BY d.created_at DESC, d.id DESC LIMIT ${} OFFSET ${}",
        at + 1,
        at + 2
    );
    let rows = store.query(&sql, values).await?;
    Ok((rows.iter().map(read_disclosure).collect::<Result<_, _>>()?, total))
}

/// The services that use a disclosure, or used it.
pub(in super::super) async fn uses(store: &Store, id: DisclosureId) -> Result<Vec<ServiceId>, StoreError> {
    let sql = "SELECT service_id FROM disclosure_use WHERE disclosure_id = $1 ORDER BY began_at LIMIT 1000";
    let rows = store.query(sql, [id.uuid().into()]).await?;
    rows.iter().map(|row| Ok(ServiceId::from_uuid(row.try_get("", "service_id")?))).collect()
}

pub(in super::super) async fn withdrawal(
    store: &Store,
    id: WithdrawalId,
) -> Result<Option<WithdrawalRow>, StoreError> {
    let sql = format!("{WITHDRAWALS} WHERE w.id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read_withdrawal).transpose()
}

pub(in super::super) async fn withdrawal_of(
    store: &Store,
    id: DisclosureId,
) -> Result<Option<WithdrawalRow>, StoreError> {
    let sql = format!("{WITHDRAWALS} WHERE w.disclosure_id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read_withdrawal).transpose()
}

fn withdrawals_where(filter: &WithdrawalFilter, now: Timestamp) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut sql = "TRUE".to_owned();
    if let Some(supplier) = &filter.supplier {
        values.push(supplier.clone().into());
        sql.push_str(&format!(" AND w.supplier = ${}", values.len()));
    }
    if let Some(state) = filter.state {
        values.push(state.as_str().into());
        sql.push_str(&format!(" AND w.state = ${}", values.len()));
    }
    if let Some(customer) = filter.customer {
        values.push(customer.uuid().into());
        sql.push_str(&format!(" AND w.customer_id = ${}", values.len()));
    }
    if filter.is_overdue() {
        values.push(now.as_micros().into());
        let at = values.len();
        sql.push_str(&format!(
            " AND w.due_at <= ${at} AND w.state IN ('due', 'requested', 'linked', 'failed')"
        ));
    }
    (sql, values)
}

/// Withdrawals that a filter lets through, those due first on top, and how many there are.
pub(in super::super) async fn withdrawals(
    store: &Store,
    filter: &WithdrawalFilter,
    now: Timestamp,
    offset: u64,
    limit: u32,
) -> Result<(Vec<WithdrawalRow>, u64), StoreError> {
    let (condition, mut values) = withdrawals_where(filter, now);
    let count = format!("SELECT COUNT(*) AS n FROM withdrawal w WHERE {condition}");
    let total = number(store, &count, values.clone()).await?;
    let at = values.len();
    values.extend([i64::from(limit).into(), offset.cast_signed().into()]);
    let sql = format!(
        "{WITHDRAWALS} WHERE {condition} ORDER BY w.due_at, w.id LIMIT ${} OFFSET ${}",
        at + 1,
        at + 2
    );
    let rows = store.query(&sql, values).await?;
    Ok((rows.iter().map(read_withdrawal).collect::<Result<_, _>>()?, total))
}

/// How many withdrawals each supplier has in each state, and disclosures that live: supplier, state, count.
pub(in super::super) async fn counts(store: &Store) -> Result<Vec<(String, String, u64)>, StoreError> {
    let sql = "SELECT supplier, state, COUNT(*) AS n FROM withdrawal GROUP BY supplier, state UNION ALL \
               SELECT supplier, 'held' AS state, COUNT(*) AS n FROM disclosure \
               WHERE ended_at IS NULL AND state <> 'not_given' GROUP BY supplier ORDER BY 1, 2";
    let rows = store.query(sql, []).await?;
    rows.iter()
        .map(|row| {
            let n: i64 = row.try_get("", "n")?;
            Ok((row.try_get("", "supplier")?, row.try_get("", "state")?, n.unsigned_abs()))
        })
        .collect()
}

/// What is to be withdrawn.
pub(in super::super) struct Unused {
    pub id: DisclosureId,
    pub subject: SubjectId,
    pub customer: CustomerId,
    pub supplier: String,
    pub purpose: String,
}

fn read_unused(row: &QueryResult) -> Result<Unused, StoreError> {
    Ok(Unused {
        id: DisclosureId::from_uuid(row.try_get("", "id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        supplier: row.try_get("", "supplier")?,
        purpose: row.try_get("", "purpose")?,
    })
}

const UNUSED: &str = "SELECT d.id, d.subject_id, d.customer_id, d.supplier, d.purpose FROM disclosure d \
                      WHERE d.ended_at IS NULL AND d.state <> 'not_given' \
                      AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.disclosure_id = d.id)";

/// Disclosures that nothing uses any more and nobody withdrew, from after an id.
pub(in super::super) async fn unused(
    store: &Store,
    after: Option<DisclosureId>,
    limit: u32,
) -> Result<Vec<Unused>, StoreError> {
    let sql = format!(
        "{UNUSED} AND NOT EXISTS (SELECT 1 FROM disclosure_use u WHERE u.disclosure_id = d.id AND u.ended_at IS NULL) \
         AND d.id > $1 ORDER BY d.id LIMIT $2"
    );
    let after = after.map_or(Uuid::nil(), DisclosureId::uuid);
    store.query(&sql, [after.into(), i64::from(limit).into()]).await?.iter().map(read_unused).collect()
}

/// What of a customer is not being withdrawn.
pub(in super::super) async fn not_withdrawn(
    tx: &Tx,
    customer: CustomerId,
) -> Result<Vec<Unused>, StoreError> {
    let sql = format!("{UNUSED} AND d.customer_id = $1 ORDER BY d.id");
    tx.query(&sql, [customer.uuid().into()]).await?.iter().map(read_unused).collect()
}

/// Disclosures that ended before an instant: subject, since when known, when ended.
pub(in super::super) async fn ended(
    store: &Store,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<(SubjectId, Timestamp, Timestamp)>, StoreError> {
    let sql = "SELECT subject_id, created_at, ended_at FROM disclosure WHERE ended_at < $1 ORDER BY ended_at LIMIT $2";
    let rows = store.query(sql, [before.as_micros().into(), i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| {
            Ok((
                SubjectId::from_uuid(row.try_get("", "subject_id")?),
                Timestamp::from_micros(row.try_get("", "created_at")?),
                Timestamp::from_micros(row.try_get("", "ended_at")?),
            ))
        })
        .collect()
}

pub(in super::super) async fn number(
    store: &Store,
    sql: &str,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    let n: i64 =
        store.query_one(sql, values).await?.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

/// Disclosures that no service under an agreement asks for, some of them.
pub(in super::super) async fn without_order(
    store: &Store,
    limit: u32,
) -> Result<Vec<DisclosureId>, StoreError> {
    let sql = "SELECT d.id FROM disclosure d WHERE NOT EXISTS (SELECT 1 FROM disclosure_use u \
               JOIN service s ON s.id = u.service_id JOIN agreement a ON a.id = s.agreement_id \
               WHERE u.disclosure_id = d.id) ORDER BY d.id LIMIT $1";
    let rows = store.query(sql, [i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(DisclosureId::from_uuid(row.try_get("", "id")?))).collect()
}

/// What was disclosed, by kind: supplier, purpose, fields, how often.
pub(in super::super) async fn kinds(store: &Store) -> Result<Vec<(String, String, String, u64)>, StoreError> {
    let sql = "SELECT supplier, purpose, fields, COUNT(*) AS n FROM disclosure GROUP BY supplier, purpose, fields \
               ORDER BY supplier, purpose, fields";
    let rows = store.query(sql, []).await?;
    rows.iter()
        .map(|row| {
            let n: i64 = row.try_get("", "n")?;
            let text = |column| row.try_get::<String>("", column);
            Ok((text("supplier")?, text("purpose")?, text("fields")?, n.unsigned_abs()))
        })
        .collect()
}

/// Disclosures of a purpose that services use, from after an id, whose customer changed nothing since `before`.
pub(in super::super) async fn in_use(
    store: &Store,
    purpose: &str,
    before: Timestamp,
    after: Option<DisclosureId>,
    limit: u32,
) -> Result<Vec<DisclosureRow>, StoreError> {
    let sql = format!(
        "{DISCLOSURES} JOIN customer c ON c.id = d.customer_id WHERE d.purpose = $1 AND d.ended_at IS NULL \
         AND d.state <> 'not_given' AND c.updated_at < $2 AND d.id > $3 AND EXISTS (SELECT 1 FROM disclosure_use u \
         WHERE u.disclosure_id = d.id AND u.ended_at IS NULL) ORDER BY d.id LIMIT $4"
    );
    let after = after.map_or(Uuid::nil(), DisclosureId::uuid);
    let values = [purpose.into(), before.as_micros().into(), after.into(), i64::from(limit).into()];
    store.query(&sql, values).await?.iter().map(read_disclosure).collect()
}

/// Open withdrawals past their date.
pub(in super::super) async fn overdue(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM withdrawal WHERE due_at <= $1 \
               AND state IN ('due', 'requested', 'linked', 'failed')";
    number(store, sql, vec![now.as_micros().into()]).await
}

/// Disclosures whose last use ended before an instant and that nobody withdraws.
pub(in super::super) async fn forgotten(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM disclosure d WHERE d.ended_at IS NULL AND d.state <> 'not_given' \
               AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.disclosure_id = d.id) \
               AND NOT EXISTS (SELECT 1 FROM disclosure_use u JOIN service s ON s.id = u.service_id \
               WHERE u.disclosure_id = d.id AND (u.ended_at IS NULL OR u.ended_at > $1) \
               AND (s.state <> 'ended' OR s.updated_at > $1))";
    number(store, sql, vec![before.as_micros().into()]).await
}

/// How many disclosures are in a state.
pub(in super::super) async fn in_state(store: &Store, state: DisclosureState) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM disclosure WHERE state = $1 AND ended_at IS NULL";
    number(store, sql, vec![state.as_str().into()]).await
}

/// Running domain names that no disclosure says anything of.
pub(in super::super) async fn domains_without(store: &Store) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM service s WHERE s.kind = 'domain' \
               AND s.state IN ('active', 'suspended', 'ending') \
               AND NOT EXISTS (SELECT 1 FROM disclosure_use u WHERE u.service_id = s.id AND u.ended_at IS NULL)";
    number(store, sql, vec![]).await
}

fn word<T>(row: &QueryResult, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let text: String = row.try_get("", column)?;
    parse(&text).ok_or_else(|| StoreError::inconsistent(format!("an unknown word in {column}")))
}

fn moment(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
}

fn always(row: &QueryResult, column: &str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(row.try_get("", column)?))
}

fn small(row: &QueryResult, column: &str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64>("", column)?)
        .map_err(|_| StoreError::inconsistent(format!("a wild number in {column}")))
}

fn read_disclosure(row: &QueryResult) -> Result<DisclosureRow, StoreError> {
    let fields: String = row.try_get("", "fields")?;
    let value_subject: Option<Uuid> = row.try_get("", "value_subject")?;
    let detail: Option<Vec<u8>> = row.try_get("", "detail")?;
    Ok(DisclosureRow {
        disclosure: Disclosure {
            id: DisclosureId::from_uuid(row.try_get("", "id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
            customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
            supplier: row.try_get("", "supplier")?,
            purpose: row.try_get("", "purpose")?,
            fields: fields.split(',').filter(|f| !f.is_empty()).map(str::to_owned).collect(),
            reference: None,
            state: word(row, "state", DisclosureState::parse)?,
            created_at: always(row, "created_at")?,
            given_at: moment(row, "given_at")?,
            ended_at: moment(row, "ended_at")?,
            uses: Vec::new(),
            values: Vec::new(),
            withdrawal: None,
        },
        reference: row.try_get("", "reference")?,
        values: value_subject.map(SubjectId::from_uuid).zip(detail),
    })
}

fn read_withdrawal(row: &QueryResult) -> Result<WithdrawalRow, StoreError> {
    let ground: Option<String> = row.try_get("", "ground")?;
    let kept: Option<i64> = row.try_get("", "kept_until_day")?;
    let proof: Option<Vec<u8>> = row.try_get("", "proof_sha256")?;
    let strange = || StoreError::inconsistent("a withdrawal");
    Ok(WithdrawalRow {
        withdrawal: Withdrawal {
            id: WithdrawalId::from_uuid(row.try_get("", "id")?),
            disclosure: DisclosureId::from_uuid(row.try_get("", "disclosure_id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
            customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
            supplier: row.try_get("", "supplier")?,
            purpose: row.try_get("", "purpose")?,
            reason: word(row, "reason", WithdrawalReason::parse)?,
            state: word(row, "state", WithdrawalState::parse)?,
            changes: small(row, "changes")?,
            attempts: small(row, "attempts")?,
            due_at: always(row, "due_at")?,
            next_at: moment(row, "next_at")?,
            created_at: always(row, "created_at")?,
            requested_at: moment(row, "requested_at")?,
            answered_at: moment(row, "answered_at")?,
            ended_at: moment(row, "ended_at")?,
            ground: ground.map(|text| Ground::parse(&text).ok_or_else(strange)).transpose()?,
            kept_until: kept
                .map(|day| u32::try_from(day).map(Day::from_number).map_err(|_| strange()))
                .transpose()?,
            answer: None,
            proof_sha256: proof.map(|hash| hash.try_into().map_err(|_| strange())).transpose()?,
        },
        answer: row.try_get("", "answer")?,
    })
}
