//! SQL of requests and of the tokens that verify who asks; personal columns are envelopes.

mod evidence;
mod lookup;
mod tokens;

pub use evidence::{ClockEvidence, QueueCounts};
pub(crate) use evidence::{clock_evidence, linked_subjects, queue_counts, restricted_since};
pub(crate) use lookup::{by_number, of_thread};
pub(crate) use tokens::{TokenRow, end_tokens, insert_token, token, use_token};

use super::clock::Deadline;
use super::model::{
    Channel, Claim, Closing, Contact, Detail, Identity, Reasons, Request, RequestFilter, RequestId,
    RequestKind, RequestNumber, RequestState, RequestSummary, Standing, Which,
};
use crate::OfficeError;
use crate::accounts::LoginId;
use crate::customers::CustomerId;
use crate::messages::ThreadId;
use ::store::{Store, StoreError, Tx};
use base::{Language, Random, Sensitive, SubjectId, Timestamp};
use keys::{Cell, DataKey, Sealed, purpose::Rights};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The declared table. Its rows are proof of what was asked and answered: an erasure empties them.
pub const TABLES: &[Table] = &[Table::new(
    "request",
    &[
        Column::plain("id"),
        Column::plain("number"),
        Column::plain("kind"),
        Column::plain("state"),
        Column::plain("subject_id"),
        Column::plain("customer_id"),
        Column::plain("thread_id"),
        Column::plain("login_id"),
        Column::plain("channel"),
        Column::plain("language"),
        Column::plain("identity"),
        Column::plain("received_at"),
        Column::plain("due_at"),
        Column::plain("extended_at"),
        Column::plain("closed_at"),
        Column::plain("answer_named_authority"),
        Column::personal("detail", "rights"),
        Column::personal("reason", "rights"),
        Column::personal("answer", "rights"),
    ],
)
.cleared_with("subject_id")];

const ALL: &str = "id, number, kind, state, subject_id, customer_id, thread_id, login_id, channel, language, identity, \
                   received_at, due_at, extended_at, closed_at, answer_named_authority, detail, reason, answer";

const fn cell(column: &'static str, id: RequestId, subject: SubjectId) -> Cell {
    Cell { table: "request", column, row: id.bytes(), revision: None, subject }
}

/// What is written in the envelope of `detail`; see docs/formats/request.md.
#[derive(Serialize)]
struct DetailOut<'a> {
    v: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    customer_claimed: bool,
}

#[derive(Deserialize)]
struct DetailIn {
    v: u8,
    text: Option<Sensitive<String>>,
    purpose: Option<String>,
    name: Option<Sensitive<String>>,
    email: Option<Sensitive<String>>,
    customer_claimed: bool,
}

/// What is written in the envelope of `reason`; see docs/formats/request.md.
#[derive(Serialize)]
struct ReasonsOut<'a> {
    v: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<&'a str>,
}

#[derive(Deserialize)]
struct ReasonsIn {
    v: u8,
    extension: Option<Sensitive<String>>,
    late: Option<Sensitive<String>>,
}

fn json<T: Serialize>(value: &T) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    serde_json::to_vec(value)
        .map(Zeroizing::new)
        .map_err(|_| StoreError::inconsistent("a request that cannot be written"))
}

pub(crate) fn seal_detail(
    key: &DataKey<Rights>,
    id: RequestId,
    detail: &Detail,
    random: &dyn Random,
) -> Result<Vec<u8>, StoreError> {
    let contact = detail.contact.as_ref();
    let out = DetailOut {
        v: 1,
        text: detail.text.as_ref().map(|text| text.expose().as_str()),
        purpose: detail.purpose.as_deref(),
        name: contact.map(|contact| contact.name.expose().as_str()),
        email: contact.map(|contact| contact.email.expose().as_str()),
        customer_claimed: detail.claim == Claim::Customer,
    };
    Ok(key.seal(&cell("detail", id, key.subject()), &json(&out)?, random).into_bytes())
}

pub(crate) fn seal_reasons(
    key: &DataKey<Rights>,
    id: RequestId,
    reasons: &Reasons,
    random: &dyn Random,
) -> Result<Option<Vec<u8>>, StoreError> {
    let text = |value: &Option<Sensitive<String>>| value.as_ref().map(|text| text.expose().clone());
    let (extension, late) =
        (text(&reasons.extension).map(Zeroizing::new), text(&reasons.late).map(Zeroizing::new));
    if extension.is_none() && late.is_none() {
        return Ok(None);
    }
    let out = ReasonsOut {
        v: 1,
        extension: extension.as_ref().map(|t| t.as_str()),
        late: late.as_ref().map(|t| t.as_str()),
    };
    Ok(Some(key.seal(&cell("reason", id, key.subject()), &json(&out)?, random).into_bytes()))
}

pub(crate) fn seal_answer(
    key: &DataKey<Rights>,
    id: RequestId,
    answer: &str,
    random: &dyn Random,
) -> Vec<u8> {
    key.seal(&cell("answer", id, key.subject()), answer.as_bytes(), random).into_bytes()
}

/// A request whose envelopes are closed.
pub(crate) struct RequestRow {
    pub summary: RequestSummary,
    pub subject: Option<SubjectId>,
    thread: Option<ThreadId>,
    login: Option<LoginId>,
    language: Language,
    named_authority: Option<bool>,
    detail: Option<Vec<u8>>,
    reason: Option<Vec<u8>>,
    answer: Option<Vec<u8>>,
}

impl RequestRow {
    /// The request, opened; with no key (after an erasure) what is personal stays empty.
    pub(crate) fn open(&self, key: Option<&DataKey<Rights>>) -> Result<Request, OfficeError> {
        let s = &self.summary;
        let open = |column: &'static str, bytes: &Option<Vec<u8>>| -> Result<_, OfficeError> {
            let (Some(key), Some(bytes)) = (key, bytes) else { return Ok(None) };
            Ok(Some(
                key.open(&cell(column, s.id, key.subject()), &Sealed::<Rights>::from_bytes(bytes.clone())?)?,
            ))
        };
        let damaged = || StoreError::inconsistent("the contents of a request");
        let detail = match open("detail", &self.detail)? {
            None => Detail::default(),
            Some(value) => {
                let read: DetailIn = serde_json::from_slice(value.bytes()).map_err(|_| damaged())?;
                if read.v != 1 {
                    return Err(damaged().into());
                }
                let contact = read.name.zip(read.email).map(|(name, email)| Contact { name, email });
                let claim = if read.customer_claimed { Claim::Customer } else { Claim::Nothing };
                Detail { text: read.text, purpose: read.purpose, contact, claim }
            }
        };
        let reasons = match open("reason", &self.reason)? {
            None => Reasons::default(),
            Some(value) => {
                let read: ReasonsIn = serde_json::from_slice(value.bytes()).map_err(|_| damaged())?;
                if read.v != 1 {
                    return Err(damaged().into());
                }
                Reasons { extension: read.extension, late: read.late }
            }
        };
        let answer =
            open("answer", &self.answer)?.map(|value| value.text().map(str::to_owned)).transpose()?;
        Ok(Request {
            id: s.id,
            number: s.number,
            kind: s.kind,
            state: self.state()?,
            identity: s.identity,
            channel: s.channel,
            language: self.language,
            subject: self.subject,
            customer: s.customer,
            thread: self.thread,
            login: self.login,
            deadline: s.deadline,
            closed_at: s.closed_at,
            detail,
            reasons,
            answer: answer.map(Sensitive::new),
        })
    }

    fn state(&self) -> Result<RequestState, StoreError> {
        let s = &self.summary;
        let closed =
            || s.closed_at.ok_or_else(|| StoreError::inconsistent("a closed request without its moment"));
        let closing = || -> Result<Closing, StoreError> {
            Ok(Closing { at: closed()?, named_authority: self.named_authority.unwrap_or(false) })
        };
        Ok(match s.standing {
            Standing::Received => RequestState::Received(s.identity),
            Standing::Verified => RequestState::Verified(s.identity),
            Standing::Granted => RequestState::Granted(closing()?),
            Standing::Refused => RequestState::Refused(closing()?),
            Standing::Withdrawn => RequestState::Withdrawn(closed()?),
        })
    }
}

/// A row to be.
pub(crate) struct NewRow {
    pub id: RequestId,
    pub number: RequestNumber,
    pub kind: RequestKind,
    pub state: RequestState,
    pub identity: Identity,
    pub subject: SubjectId,
    pub customer: Option<CustomerId>,
    pub thread: Option<ThreadId>,
    pub login: Option<LoginId>,
    pub channel: Channel,
    pub language: Language,
    pub deadline: Deadline,
    pub detail: Vec<u8>,
    pub answer: Option<Vec<u8>>,
}

pub(crate) async fn insert(tx: &Tx, row: &NewRow) -> Result<(), StoreError> {
    let (closed_at, named) = ends_of(&row.state);
    tx.execute(
        "INSERT INTO request (id, number, kind, state, subject_id, customer_id, thread_id, login_id, channel, language, \
         identity, received_at, due_at, closed_at, answer_named_authority, detail, answer) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        [
            row.id.uuid().into(),
            row.number.0.into(),
            row.kind.as_str().into(),
            row.state.standing().as_str().into(),
            row.subject.uuid().into(),
            row.customer.map(CustomerId::uuid).into(),
            row.thread.map(ThreadId::uuid).into(),
            row.login.map(LoginId::uuid).into(),
            row.channel.as_str().into(),
            row.language.tag().into(),
            row.identity.as_str().into(),
            row.deadline.received_at.as_micros().into(),
            row.deadline.due_at.as_micros().into(),
            closed_at.into(),
            named.into(),
            row.detail.clone().into(),
            row.answer.clone().into(),
        ],
    )
    .await?;
    Ok(())
}

const fn ends_of(state: &RequestState) -> (Option<i64>, Option<bool>) {
    match state {
        RequestState::Received(_) | RequestState::Verified(_) => (None, None),
        RequestState::Granted(closing) | RequestState::Refused(closing) => {
            (Some(closing.at.as_micros()), Some(closing.named_authority))
        }
        RequestState::Withdrawn(at) => (Some(at.as_micros()), None),
    }
}

const CONFLICT: OfficeError = OfficeError::Conflict { what: "the request" };

/// Moves a request from the state it was read in to another: of two that read the same state, one
/// passes. Identity and deadline are asked again as well, because the change was made from them.
pub(crate) async fn transition(
    tx: &Tx,
    read: &Request,
    to: &RequestState,
    identity: Identity,
) -> Result<(), OfficeError> {
    let (closed_at, named) = ends_of(to);
    let touched = tx
        .execute(
            "UPDATE request SET state = $1, identity = $2, closed_at = $3, answer_named_authority = $4 \
             WHERE id = $5 AND state = $6 AND identity = $7 AND due_at = $8",
            [
                to.standing().as_str().into(),
                identity.as_str().into(),
                closed_at.into(),
                named.into(),
                read.id.uuid().into(),
                read.state.standing().as_str().into(),
                read.identity.as_str().into(),
                read.deadline.due_at.as_micros().into(),
            ],
        )
        .await?;
    if touched == 0 { Err(CONFLICT) } else { Ok(()) }
}

/// Names the customer a request is about. Only while its identity is not verified.
pub(crate) async fn set_customer(tx: &Tx, id: RequestId, customer: CustomerId) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE request SET customer_id = $1 WHERE id = $2 AND state = 'received'",
            [customer.uuid().into(), id.uuid().into()],
        )
        .await?;
    if touched == 0 { Err(CONFLICT) } else { Ok(()) }
}

/// Stores the sealed answer and reasons of a request whose state has just changed.
pub(crate) async fn set_texts(
    tx: &Tx,
    id: RequestId,
    answer: Option<Vec<u8>>,
    reason: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE request SET answer = $1, reason = $2 WHERE id = $3",
        [answer.into(), reason.into(), id.uuid().into()],
    )
    .await?;
    Ok(())
}

/// Extends the term of an open request that was not extended before.
pub(crate) async fn extend(
    tx: &Tx,
    id: RequestId,
    deadline: &Deadline,
    reason: Option<Vec<u8>>,
) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE request SET due_at = $1, extended_at = $2, reason = $3 \
             WHERE id = $4 AND state IN ('received', 'verified') AND extended_at IS NULL",
            [
                deadline.due_at.as_micros().into(),
                deadline.extended_at.map(Timestamp::as_micros).into(),
                reason.into(),
                id.uuid().into(),
            ],
        )
        .await?;
    if touched == 0 { Err(CONFLICT) } else { Ok(()) }
}

pub(crate) async fn by_id(store: &Store, id: RequestId) -> Result<Option<RequestRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM request WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

/// Requests of a filter: open ones by deadline, closed ones the latest first.
pub(crate) async fn page(
    store: &Store,
    filter: RequestFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<RequestSummary>, u64), StoreError> {
    let (conditions, values) = conditions(filter);
    let order = match filter.which {
        Which::Open | Which::In(Standing::Received | Standing::Verified) => "due_at, number",
        Which::In(_) => "closed_at DESC, number DESC",
        Which::All => "number DESC",
    };
    let n = values.len();
    let sql =
        format!("SELECT {ALL} FROM request{conditions} ORDER BY {order} LIMIT ${} OFFSET ${}", n + 1, n + 2);
    let paging: [Value; 2] = [i64::from(limit).into(), offset.cast_signed().into()];
    let rows = store.query(&sql, values.iter().cloned().chain(paging)).await?;
    let total = store.query_one(&format!("SELECT COUNT(*) AS n FROM request{conditions}"), values).await?;
    let requests = rows.iter().map(|row| read(row).map(|row| row.summary)).collect::<Result<_, _>>()?;
    Ok((requests, number(total.as_ref(), "n")?))
}

fn conditions(filter: RequestFilter) -> (String, Vec<Value>) {
    let mut all: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    match filter.which {
        Which::Open => all.push("state IN ('received', 'verified')".into()),
        Which::In(standing) => all.push(format!("state = '{}'", standing.as_str())),
        Which::All => {}
    }
    if let Some(kind) = filter.kind {
        all.push(format!("kind = '{}'", kind.as_str()));
    }
    if let Some(customer) = filter.customer {
        values.push(customer.uuid().into());
        all.push(format!("customer_id = ${}", values.len()));
    }
    if let Some(until) = filter.due_until {
        values.push(until.as_micros().into());
        all.push(format!("due_at <= ${}", values.len()));
    }
    let sql = if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) };
    (sql, values)
}

fn number(row: Option<&QueryResult>, column: &str) -> Result<u64, StoreError> {
    Ok(row.map(|row| row.try_get::<i64>("", column)).transpose()?.unwrap_or(0).unsigned_abs())
}

fn read(row: &QueryResult) -> Result<RequestRow, StoreError> {
    let word = |column| row.try_get::<String>("", column);
    let strange = |what: &str| StoreError::inconsistent(format!("a request {what}"));
    let moment = |column| -> Result<Option<Timestamp>, StoreError> {
        Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
    };
    let always =
        |column| -> Result<Timestamp, StoreError> { Ok(Timestamp::from_micros(row.try_get("", column)?)) };
    Ok(RequestRow {
        summary: RequestSummary {
            id: RequestId::from_uuid(row.try_get("", "id")?),
            number: RequestNumber(row.try_get("", "number")?),
            kind: RequestKind::parse(&word("kind")?).ok_or_else(|| strange("of an unknown kind"))?,
            standing: Standing::parse(&word("state")?).ok_or_else(|| strange("in an unknown state"))?,
            identity: Identity::parse(&word("identity")?)
                .ok_or_else(|| strange("with an unknown identity"))?,
            channel: Channel::parse(&word("channel")?).ok_or_else(|| strange("of an unknown channel"))?,
            customer: row.try_get::<Option<_>>("", "customer_id")?.map(CustomerId::from_uuid),
            deadline: Deadline {
                received_at: always("received_at")?,
                due_at: always("due_at")?,
                extended_at: moment("extended_at")?,
            },
            closed_at: moment("closed_at")?,
        },
        subject: row.try_get::<Option<_>>("", "subject_id")?.map(SubjectId::from_uuid),
        thread: row.try_get::<Option<_>>("", "thread_id")?.map(ThreadId::from_uuid),
        login: row.try_get::<Option<_>>("", "login_id")?.map(LoginId::from_uuid),
        language: Language::from_tag(&word("language")?).ok_or_else(|| strange("in an unknown language"))?,
        named_authority: row.try_get("", "answer_named_authority")?,
        detail: row.try_get("", "detail")?,
        reason: row.try_get("", "reason")?,
        answer: row.try_get("", "answer")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of docs/formats/request.md: what version 1 wrote is read for ever.
    #[test]
    fn version_1_is_written_and_read_as_documented() {
        let page = include_str!("../../../../docs/formats/request.md");
        let detail = r#"{"v":1,"text":"Wat bewaart u van mij?","name":"F. de Proef","email":"fenna@klant.example","customer_claimed":false}"#;
        let reason = r#"{"v":1,"extension":"Uw verzoek raakt veel gegevens."}"#;
        for example in [detail, reason] {
            assert!(page.contains(example), "{example}");
        }
        let read: DetailIn = serde_json::from_str(detail).expect("a detail");
        let out = DetailOut {
            v: read.v,
            text: read.text.as_ref().map(|text| text.expose().as_str()),
            purpose: read.purpose.as_deref(),
            name: read.name.as_ref().map(|name| name.expose().as_str()),
            email: read.email.as_ref().map(|email| email.expose().as_str()),
            customer_claimed: read.customer_claimed,
        };
        assert_eq!(json(&out).expect("written").as_slice(), detail.as_bytes());
        let read: ReasonsIn = serde_json::from_str(reason).expect("reasons");
        assert!(read.late.is_none());
        let extension = read.extension.as_ref().map(|text| text.expose().as_str());
        let out = ReasonsOut { v: read.v, extension, late: None };
        assert_eq!(json(&out).expect("written").as_slice(), reason.as_bytes());
    }
}
