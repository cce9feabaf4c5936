//! SQL of requests and of the tokens that verify who asks; personal columns are envelopes.

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
/// passes. Identity is asked again as well, because it is part of the state.
pub(crate) async fn transition(
    tx: &Tx,
    id: RequestId,
    from: (Standing, Identity),
    to: &RequestState,
    identity: Identity,
) -> Result<(), OfficeError> {
    let (closed_at, named) = ends_of(to);
    let touched = tx
        .execute(
            "UPDATE request SET state = $1, identity = $2, closed_at = $3, answer_named_authority = $4 \
             WHERE id = $5 AND state = $6 AND identity = $7",
            [
                to.standing().as_str().into(),
                identity.as_str().into(),
                closed_at.into(),
                named.into(),
                id.uuid().into(),
                from.0.as_str().into(),
                from.1.as_str().into(),
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

/// How many requests wait, for the work queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Open in all.
    pub open: u64,
    /// Open past their term.
    pub overdue: u64,
    /// Open and due within seven days, not yet overdue.
    pub due_soon: u64,
    /// Open whose identity is not verified.
    pub unverified: u64,
}

pub(crate) async fn queue_counts(
    store: &Store,
    now: Timestamp,
    soon: Timestamp,
) -> Result<QueueCounts, StoreError> {
    let sql = "SELECT COUNT(*) AS total, COUNT(CASE WHEN due_at < $1 THEN 1 END) AS overdue, \
               COUNT(CASE WHEN due_at >= $1 AND due_at <= $2 THEN 1 END) AS soon, \
               COUNT(CASE WHEN state = 'received' THEN 1 END) AS unverified \
               FROM request WHERE state IN ('received', 'verified')";
    let row = store.query_one(sql, [now.as_micros().into(), soon.as_micros().into()]).await?;
    let row = row.as_ref();
    Ok(QueueCounts {
        open: number(row, "total")?,
        overdue: number(row, "overdue")?,
        due_soon: number(row, "soon")?,
        unverified: number(row, "unverified")?,
    })
}

/// What the promises P12 and P14 rest on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ClockEvidence {
    /// Open requests.
    pub open: u64,
    /// Open past their term.
    pub overdue: u64,
    /// Granted or refused within the term.
    pub closed_in_time: u64,
    /// Granted or refused after the term.
    pub closed_late: u64,
    /// Granted or refused with a text that did not name the authority, the court and the way to us.
    pub answers_without_authority: u64,
}

pub(crate) async fn clock_evidence(store: &Store, now: Timestamp) -> Result<ClockEvidence, StoreError> {
    let sql = "SELECT COUNT(CASE WHEN state IN ('received', 'verified') THEN 1 END) AS still_open, \
               COUNT(CASE WHEN state IN ('received', 'verified') AND due_at < $1 THEN 1 END) AS overdue, \
               COUNT(CASE WHEN state IN ('granted', 'refused') AND closed_at <= due_at THEN 1 END) AS in_time, \
               COUNT(CASE WHEN state IN ('granted', 'refused') AND closed_at > due_at THEN 1 END) AS late, \
               COUNT(CASE WHEN state IN ('granted', 'refused') \
                 AND COALESCE(answer_named_authority, $2) = $2 THEN 1 END) AS unnamed FROM request";
    let row = store.query_one(sql, [now.as_micros().into(), false.into()]).await?;
    let row = row.as_ref();
    Ok(ClockEvidence {
        open: number(row, "still_open")?,
        overdue: number(row, "overdue")?,
        closed_in_time: number(row, "in_time")?,
        closed_late: number(row, "late")?,
        answers_without_authority: number(row, "unnamed")?,
    })
}

/// The subjects other than the customer's own whose requests were established to be the customer's.
pub(crate) async fn linked_subjects(
    store: &Store,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<SubjectId>, StoreError> {
    let sql = "SELECT DISTINCT r.subject_id FROM request r JOIN subject s ON s.id = r.subject_id \
               WHERE r.customer_id = $1 AND r.identity IN ('two_channels', 'staff') AND s.kind = 'visitor' LIMIT $2";
    let rows = store.query(sql, [customer.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(SubjectId::from_uuid(row.try_get("", "subject_id")?))).collect()
}

/// Whether a restriction was granted to a customer after an instant.
pub(crate) async fn restricted_since(
    store: &Store,
    customer: CustomerId,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS one FROM request WHERE customer_id = $1 AND kind = 'restriction' AND state = 'granted' \
               AND closed_at > $2 LIMIT 1";
    Ok(store.query_one(sql, [customer.uuid().into(), since.as_micros().into()]).await?.is_some())
}

/// A token that proves something about who asks: the end of a link, or a code.
pub(crate) struct TokenRow {
    pub request: RequestId,
    pub subject: SubjectId,
}

pub(crate) async fn insert_token(
    tx: &Tx,
    hash: [u8; 32],
    token: &TokenRow,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO link_token (token_hash, subject_id, kind, request_id, created_at, expires_at) \
         VALUES ($1, $2, 'identity', $3, $4, $5)",
        [
            hash.to_vec().into(),
            token.subject.uuid().into(),
            token.request.uuid().into(),
            now.as_micros().into(),
            expires_at.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn token(
    store: &Store,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<TokenRow>, StoreError> {
    let sql = "SELECT subject_id, request_id FROM link_token \
               WHERE token_hash = $1 AND kind = 'identity' AND request_id IS NOT NULL AND expires_at > $2";
    let row = store.query_one(sql, [hash.to_vec().into(), now.as_micros().into()]).await?;
    row.map(|row| {
        Ok(TokenRow {
            request: RequestId::from_uuid(row.try_get("", "request_id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        })
    })
    .transpose()
}

/// Ends one token; tells whether it was there.
pub(crate) async fn use_token(tx: &Tx, hash: [u8; 32]) -> Result<bool, StoreError> {
    let gone = tx
        .execute("DELETE FROM link_token WHERE token_hash = $1 AND kind = 'identity'", [hash.to_vec().into()])
        .await?;
    Ok(gone > 0)
}

/// Ends all tokens of a request: links and codes that were given out earlier work no longer.
pub(crate) async fn end_tokens(tx: &Tx, request: RequestId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM link_token WHERE request_id = $1 AND kind = 'identity'", [request.uuid().into()])
        .await?;
    Ok(())
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
