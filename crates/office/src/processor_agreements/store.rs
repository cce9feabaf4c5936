//! SQL of this slice; the customer's part is an envelope.

use super::model::KeptText;
use super::{AgreementNumber, Filter, IssueReason, ProcessorAgreement, ProcessorAgreementId};
use crate::OfficeError;
use crate::customers::CustomerId;
use crate::messages::ThreadId;
use ::store::{Store, StoreError, Tx};
use base::{Language, Random, Sensitive, SubjectId, Timestamp};
use keys::{Cell, DataKey, Sealed, purpose::Account};
use policy::schema::{Column, Table};
use sea_orm::prelude::Uuid;
use sea_orm::{QueryResult, Value};

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "processor_text",
        &[
            Column::public("hash"),
            Column::public("substance"),
            Column::public("policy_hash"),
            Column::plain("language"),
            Column::public("body"),
            Column::plain("created_at"),
        ],
    ),
    Table::new(
        "processor_agreement",
        &[
            Column::plain("id"),
            Column::plain("number"),
            Column::plain("version"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("thread_id"),
            Column::plain("reason"),
            Column::public("text_hash"),
            Column::personal("body", "account"),
            Column::plain("issued_at"),
            Column::plain("objection_until"),
            Column::plain("objected_at"),
            Column::plain("replaced_at"),
        ],
    )
    .cleared_with("subject_id"),
];

const SELECT: &str = "SELECT a.id, a.number, a.version, a.customer_id, a.subject_id, a.thread_id, a.reason, \
                      t.language, a.text_hash, t.substance, t.policy_hash, a.body, a.issued_at, a.objection_until, \
                      a.objected_at, a.replaced_at FROM processor_agreement a JOIN processor_text t ON t.hash = a.text_hash";

/// A row whose envelope is closed.
pub(super) struct AgreementRow {
    pub agreement: ProcessorAgreement,
    pub substance: [u8; 32],
    body: Option<Vec<u8>>,
}

const fn cell(id: ProcessorAgreementId, subject: SubjectId) -> Cell {
    Cell { table: "processor_agreement", column: "body", row: id.bytes(), revision: None, subject }
}

impl AgreementRow {
    /// The customer as party, as JSON.
    pub(super) fn open(&self, key: &DataKey<Account>) -> Result<Sensitive<String>, OfficeError> {
        let (Some(body), Some(subject)) = (&self.body, self.agreement.subject) else {
            return Err(OfficeError::Erased);
        };
        let value = key.open(&cell(self.agreement.id, subject), &Sealed::from_bytes(body.clone())?)?;
        Ok(Sensitive::new(value.text()?.to_owned()))
    }
}

/// A version to be, with the customer's part in the clear.
pub(super) struct NewAgreement<'a> {
    pub id: ProcessorAgreementId,
    pub number: AgreementNumber,
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub thread: Option<ThreadId>,
    pub reason: IssueReason,
    pub text_hash: [u8; 32],
    pub party: &'a Sensitive<String>,
    pub issued_at: Timestamp,
    pub objection_until: Option<Timestamp>,
}

/// Values of a row, sealed and ready for a transaction.
#[derive(Debug)]
pub(super) struct SealedRow(Vec<Value>);

pub(super) fn seal(new: &NewAgreement<'_>, key: &DataKey<Account>, random: &dyn Random) -> SealedRow {
    let body = key.seal(&cell(new.id, new.subject), new.party.expose().as_bytes(), random);
    SealedRow(vec![
        new.id.uuid().into(),
        new.number.number.into(),
        new.number.version.into(),
        new.customer.uuid().into(),
        new.subject.uuid().into(),
        new.thread.map(ThreadId::uuid).into(),
        new.reason.as_str().into(),
        new.text_hash.to_vec().into(),
        body.into_bytes().into(),
        new.issued_at.as_micros().into(),
        new.objection_until.map(Timestamp::as_micros).into(),
    ])
}

/// Puts the version in the place of the one before; whoever issued in between has the same number and
/// version, and then this one fails as a duplicate.
pub(super) async fn insert(
    tx: &Tx,
    row: SealedRow,
    customer: CustomerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE processor_agreement SET replaced_at = $1 WHERE customer_id = $2 AND replaced_at IS NULL",
        [now.as_micros().into(), customer.uuid().into()],
    )
    .await?;
    tx.execute(
        "INSERT INTO processor_agreement (id, number, version, customer_id, subject_id, thread_id, reason, text_hash, \
         body, issued_at, objection_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.0,
    )
    .await?;
    Ok(())
}

/// Keeps a text, unless it is there.
pub(super) async fn keep_text(
    tx: &Tx,
    text: &KeptText,
    policy: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO processor_text (hash, substance, policy_hash, language, body, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING",
        [
            text.hash.to_vec().into(),
            text.substance.to_vec().into(),
            policy.to_vec().into(),
            text.text.language.tag().into(),
            text.body.clone().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn text(store: &Store, hash: &[u8; 32]) -> Result<String, StoreError> {
    let row =
        store.query_one("SELECT body FROM processor_text WHERE hash = $1", [hash.to_vec().into()]).await?;
    let row =
        row.ok_or_else(|| StoreError::inconsistent("the text of a processor agreement is not there"))?;
    Ok(row.try_get("", "body")?)
}

pub(super) async fn by_id(
    store: &Store,
    id: ProcessorAgreementId,
) -> Result<Option<AgreementRow>, StoreError> {
    let row = store.query_one(&format!("{SELECT} WHERE a.id = $1"), [id.uuid().into()]).await?;
    row.as_ref().map(read).transpose()
}

/// The versions of a customer, the latest first.
pub(super) async fn of_customer(
    store: &Store,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<AgreementRow>, StoreError> {
    let sql = format!("{SELECT} WHERE a.customer_id = $1 ORDER BY a.version DESC LIMIT $2");
    let rows = store.query(&sql, [customer.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(read).collect()
}

/// Versions that hold, the latest first, with how many there are.
pub(super) async fn page(
    store: &Store,
    filter: Filter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<AgreementRow>, u64), StoreError> {
    let condition = match filter {
        Filter::Current => "a.replaced_at IS NULL AND a.subject_id IS NOT NULL",
        Filter::Objected => {
            "a.replaced_at IS NULL AND a.subject_id IS NOT NULL AND a.objected_at IS NOT NULL"
        }
    };
    let sql =
        format!("{SELECT} WHERE {condition} ORDER BY a.issued_at DESC, a.number DESC LIMIT $1 OFFSET $2");
    let rows = store.query(&sql, [i64::from(limit).into(), offset.cast_signed().into()]).await?;
    let total = format!("SELECT COUNT(*) AS n FROM processor_agreement a WHERE {condition}");
    let total = count(store, &total, vec![]).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// Customers whose agreement does not say what it would say today, some of them. The customer's language
/// decides which text it is held against.
pub(super) async fn outdated(
    store: &Store,
    substances: &[[u8; 32]; 2],
    after: Option<CustomerId>,
    limit: u32,
) -> Result<Vec<CustomerId>, StoreError> {
    let sql = format!(
        "SELECT a.customer_id AS id FROM processor_agreement a JOIN processor_text t ON t.hash = a.text_hash {ACTIVE} \
         WHERE {OUTDATED} AND a.customer_id > $3 ORDER BY a.customer_id LIMIT $4"
    );
    let values = [
        substances[0].to_vec().into(),
        substances[1].to_vec().into(),
        after.map_or(Uuid::nil(), CustomerId::uuid).into(),
        i64::from(limit).into(),
    ];
    let rows = store.query(&sql, values).await?;
    rows.iter().map(|row| Ok(CustomerId::from_uuid(row.try_get("", "id")?))).collect()
}

/// Customers with a service that holds their data, or soon will, and without an agreement, some of them.
pub(super) async fn missing(store: &Store, limit: u32) -> Result<Vec<CustomerId>, StoreError> {
    let sql = format!(
        "SELECT DISTINCT x.customer_id AS id FROM service x JOIN subject s ON s.id = x.subject_id AND s.state = 'active' \
         WHERE x.kind IN ('hosting', 'vps') AND x.state IN ('ordered', 'provisioning', 'active', 'suspended', 'ending') \
         AND NOT {HAS} ORDER BY x.customer_id LIMIT $1"
    );
    store
        .query(&sql, [i64::from(limit).into()])
        .await?
        .iter()
        .map(|row| Ok(CustomerId::from_uuid(row.try_get("", "id")?)))
        .collect()
}

/// Whether the customer of a row `x` has an agreement that holds.
const HAS: &str = "EXISTS (SELECT 1 FROM processor_agreement a WHERE a.customer_id = x.customer_id \
                   AND a.replaced_at IS NULL)";
const ACTIVE: &str = "JOIN subject s ON s.id = a.subject_id AND s.state = 'active'";
/// An agreement that holds and does not say what the policy in force makes it say in its language.
const OUTDATED: &str = "a.replaced_at IS NULL AND t.substance <> $1 AND t.substance <> $2";

/// Records an objection, once, while its term runs. Tells whether it was recorded.
pub(super) async fn object(
    tx: &Tx,
    id: ProcessorAgreementId,
    customer: CustomerId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE processor_agreement SET objected_at = $1 WHERE id = $2 AND customer_id = $3 \
             AND objected_at IS NULL AND replaced_at IS NULL AND objection_until > $1",
            [now.as_micros().into(), id.uuid().into(), customer.uuid().into()],
        )
        .await?;
    Ok(touched == 1)
}

/// What the verdict on the promise rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Customers who have an agreement that holds.
    pub with_agreement: u64,
    /// Of those, the ones whose agreement does not say what it would say today.
    pub outdated: u64,
    /// Customers with a running hosting service.
    pub hosting: u64,
    /// Of those, the ones without an agreement.
    pub hosting_without: u64,
    /// Customers who asked and were given none, for longer than the answer may take.
    pub asked_without: u64,
    /// Customers who asked lately and wait.
    pub waiting: u64,
}

/// Counts what the verdict rests on. `asked_before` is when a question has waited too long.
pub(crate) async fn evidence(
    store: &Store,
    substances: &[[u8; 32]; 2],
    asked_before: Timestamp,
) -> Result<Evidence, StoreError> {
    let hosting = "SELECT COUNT(DISTINCT x.customer_id) AS n FROM service x JOIN subject s ON s.id = x.subject_id \
                   AND s.state = 'active' WHERE x.kind IN ('hosting', 'vps') AND x.state IN ('active', 'suspended', 'ending')";
    let asked = "SELECT COUNT(DISTINCT x.customer_id) AS n FROM thread x JOIN subject s ON s.id = x.subject_id \
                 AND s.state = 'active' WHERE x.kind = 'processor_agreement' AND x.customer_id IS NOT NULL";
    let before = || vec![Value::from(asked_before.as_micros())];
    Ok(Evidence {
        with_agreement: count(
            store,
            &format!("SELECT COUNT(*) AS n FROM processor_agreement a {ACTIVE} WHERE a.replaced_at IS NULL"),
            vec![],
        )
        .await?,
        outdated: count(
            store,
            &format!(
                "SELECT COUNT(*) AS n FROM processor_agreement a JOIN processor_text t ON t.hash = a.text_hash {ACTIVE} \
                 WHERE {OUTDATED}"
            ),
            vec![substances[0].to_vec().into(), substances[1].to_vec().into()],
        )
        .await?,
        hosting: count(store, hosting, vec![]).await?,
        hosting_without: count(store, &format!("{hosting} AND NOT {HAS}"), vec![]).await?,
        asked_without: count(store, &format!("{asked} AND x.created_at < $1 AND NOT {HAS}"), before()).await?,
        waiting: count(store, &format!("{asked} AND x.created_at >= $1 AND NOT {HAS}"), before()).await?,
    })
}

async fn count(store: &Store, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    let row = store.query_one(sql, values).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0).unsigned_abs())
}

fn read(row: &QueryResult) -> Result<AgreementRow, StoreError> {
    let at = |column| -> Result<Option<Timestamp>, StoreError> {
        Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
    };
    let hash = |column| -> Result<[u8; 32], StoreError> {
        let bytes: Vec<u8> = row.try_get("", column)?;
        bytes.try_into().map_err(|_| StoreError::inconsistent(format!("{column} is no hash")))
    };
    let (reason, language): (String, String) = (row.try_get("", "reason")?, row.try_get("", "language")?);
    Ok(AgreementRow {
        agreement: ProcessorAgreement {
            id: ProcessorAgreementId::from_uuid(row.try_get("", "id")?),
            number: AgreementNumber {
                number: row.try_get("", "number")?,
                version: row.try_get("", "version")?,
            },
            customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
            subject: row.try_get::<Option<_>>("", "subject_id")?.map(SubjectId::from_uuid),
            thread: row.try_get::<Option<_>>("", "thread_id")?.map(ThreadId::from_uuid),
            reason: IssueReason::parse(&reason)
                .ok_or_else(|| StoreError::inconsistent("the reason of a processor agreement"))?,
            language: Language::from_tag(&language)
                .ok_or_else(|| StoreError::inconsistent("the language of a processor agreement"))?,
            text_hash: hash("text_hash")?,
            policy_hash: hash("policy_hash")?,
            issued_at: Timestamp::from_micros(row.try_get("", "issued_at")?),
            objection_until: at("objection_until")?,
            objected_at: at("objected_at")?,
            replaced_at: at("replaced_at")?,
        },
        substance: hash("substance")?,
        body: row.try_get("", "body")?,
    })
}
