//! SQL of threads and messages; personal columns are envelopes.

use super::model::Author;
use super::{
    Action, Message, MessageId, Thread, ThreadFilter, ThreadId, ThreadKind, ThreadNumber, ThreadState,
    ThreadSummary,
};
use crate::OfficeError;
use crate::accounts::LoginId;
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{Language, Random, Sensitive, SubjectId, Timestamp};
use keys::{Cell, DataKey, Sealed, purpose::Support};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// The declared tables. Messages come first: an erasure deletes in this order, and they name their thread.
pub const TABLES: &[Table] = &[
    Table::new(
        "message",
        &[
            Column::plain("id"),
            Column::plain("thread_id"),
            Column::plain("subject_id"),
            Column::plain("author"),
            Column::plain("author_login_id"),
            Column::personal("body", "support"),
            Column::plain("created_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "thread",
        &[
            Column::plain("id"),
            Column::plain("number"),
            Column::plain("subject_id"),
            Column::plain("customer_id"),
            Column::plain("kind"),
            Column::plain("state"),
            Column::plain("language"),
            Column::personal("title", "support"),
            Column::personal("name", "support"),
            Column::personal("email", "support"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
            Column::plain("closed_at"),
        ],
    )
    .deleted_with("subject_id"),
];

const ALL: &str = "id, number, subject_id, customer_id, kind, state, language, title, name, email, created_at, \
                   updated_at, closed_at";

const fn thread_cell(column: &'static str, id: ThreadId, subject: SubjectId) -> Cell {
    Cell { table: "thread", column, row: id.bytes(), revision: None, subject }
}

const fn message_cell(id: MessageId, subject: SubjectId) -> Cell {
    Cell { table: "message", column: "body", row: id.bytes(), revision: None, subject }
}

fn open_text(
    key: &DataKey<Support>,
    cell: &Cell,
    bytes: Option<&Vec<u8>>,
) -> Result<Option<Sensitive<String>>, OfficeError> {
    let Some(bytes) = bytes else { return Ok(None) };
    let value = key.open(cell, &Sealed::from_bytes(bytes.clone())?)?;
    Ok(Some(Sensitive::new(value.text()?.to_owned())))
}

/// A thread whose envelopes are closed.
pub(crate) struct ThreadRow {
    pub id: ThreadId,
    pub number: ThreadNumber,
    pub subject: SubjectId,
    pub customer: Option<CustomerId>,
    pub kind: ThreadKind,
    pub state: ThreadState,
    pub language: Language,
    sealed_title: Vec<u8>,
    sealed_name: Option<Vec<u8>>,
    sealed_email: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

impl ThreadRow {
    /// Opens what a list shows.
    pub(crate) fn open(&self, key: &DataKey<Support>) -> Result<ThreadSummary, OfficeError> {
        let field = |column, bytes| open_text(key, &thread_cell(column, self.id, self.subject), bytes);
        Ok(ThreadSummary {
            id: self.id,
            number: self.number,
            subject: self.subject,
            customer: self.customer,
            kind: self.kind,
            state: self.state,
            language: self.language,
            title: field("title", Some(&self.sealed_title))?.unwrap_or_default(),
            name: field("name", self.sealed_name.as_ref())?,
            created_at: self.created_at,
            updated_at: self.updated_at,
            closed_at: self.closed_at,
        })
    }

    /// Opens the thread with its messages.
    pub(crate) fn open_with(
        &self,
        key: &DataKey<Support>,
        rows: &[MessageRow],
    ) -> Result<Thread, OfficeError> {
        Ok(Thread {
            summary: self.open(key)?,
            email: self.open_email(key)?,
            messages: rows.iter().map(|row| row.open(key, self.subject)).collect::<Result<_, _>>()?,
        })
    }

    /// Opens the address a visitor wrote from.
    pub(crate) fn open_email(
        &self,
        key: &DataKey<Support>,
    ) -> Result<Option<Sensitive<String>>, OfficeError> {
        open_text(key, &thread_cell("email", self.id, self.subject), self.sealed_email.as_ref())
    }
}

/// A message whose envelope is closed.
pub(crate) struct MessageRow {
    id: MessageId,
    author: Author,
    body: Vec<u8>,
    created_at: Timestamp,
}

impl MessageRow {
    fn open(&self, key: &DataKey<Support>, subject: SubjectId) -> Result<Message, OfficeError> {
        let body = open_text(key, &message_cell(self.id, subject), Some(&self.body))?.unwrap_or_default();
        Ok(Message { id: self.id, author: self.author, body, created_at: self.created_at })
    }
}

/// A thread to be, with its values in the clear.
pub(crate) struct NewThread<'a> {
    pub id: ThreadId,
    pub number: ThreadNumber,
    pub subject: SubjectId,
    pub customer: Option<CustomerId>,
    pub kind: ThreadKind,
    pub language: Language,
    pub title: &'a Sensitive<String>,
    pub name: Option<&'a Sensitive<String>>,
    pub email: Option<&'a Sensitive<String>>,
}

/// Values of a row, sealed and ready for a transaction.
pub(crate) struct SealedRow(Vec<Value>);

pub(crate) fn seal_thread(
    new: &NewThread<'_>,
    key: &DataKey<Support>,
    now: Timestamp,
    random: &dyn Random,
) -> SealedRow {
    let seal = |column, value: Option<&Sensitive<String>>| -> Value {
        let cell = thread_cell(column, new.id, new.subject);
        value.map(|value| key.seal(&cell, value.expose().as_bytes(), random).into_bytes()).into()
    };
    SealedRow(vec![
        new.id.uuid().into(),
        new.number.0.into(),
        new.subject.uuid().into(),
        new.customer.map(CustomerId::uuid).into(),
        new.kind.as_str().into(),
        new.language.tag().into(),
        seal("title", Some(new.title)),
        seal("name", new.name),
        seal("email", new.email),
        now.as_micros().into(),
    ])
}

pub(crate) async fn insert_thread(tx: &Tx, row: SealedRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO thread (id, number, subject_id, customer_id, kind, state, language, title, name, email, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $10)",
        row.0,
    )
    .await?;
    Ok(())
}

/// A message to be, with its text in the clear.
pub(crate) struct NewMessage<'a> {
    pub id: MessageId,
    pub thread: ThreadId,
    pub subject: SubjectId,
    pub author: Author,
    pub login: Option<LoginId>,
    pub body: &'a Sensitive<String>,
}

pub(crate) fn seal_message(
    new: &NewMessage<'_>,
    key: &DataKey<Support>,
    now: Timestamp,
    random: &dyn Random,
) -> SealedRow {
    let body = key.seal(&message_cell(new.id, new.subject), new.body.expose().as_bytes(), random);
    SealedRow(vec![
        new.id.uuid().into(),
        new.thread.uuid().into(),
        new.subject.uuid().into(),
        new.author.as_str().into(),
        new.login.map(LoginId::uuid).into(),
        body.into_bytes().into(),
        now.as_micros().into(),
    ])
}

pub(crate) async fn insert_message(tx: &Tx, row: SealedRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO message (id, thread_id, subject_id, author, author_login_id, body, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.0,
    )
    .await?;
    Ok(())
}

/// How many messages a thread holds.
pub(crate) async fn message_count(tx: &Tx, thread: ThreadId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM message WHERE thread_id = $1";
    let row = tx.query_one(sql, [thread.uuid().into()]).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

/// Carries out an action on a thread that nobody has touched since `seen`: the states it is allowed
/// in and the time of the last change are asked again here, where two at once cannot both pass.
pub(crate) async fn act(
    tx: &Tx,
    id: ThreadId,
    action: Action,
    seen: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let allowed: Vec<ThreadState> =
        ThreadState::ALL.into_iter().filter(|state| state.after(action).is_some()).collect();
    let to = allowed.first().and_then(|state| state.after(action));
    let to = to.ok_or(OfficeError::Conflict { what: "the thread" })?;
    let words = allowed.iter().map(|state| format!("'{}'", state.as_str())).collect::<Vec<_>>().join(", ");
    // The time of the last change always rises, so that it tells two changes apart.
    let sql = format!(
        "UPDATE thread SET state = $1, updated_at = CASE WHEN updated_at >= $2 THEN updated_at + 1 ELSE $2 END, \
         closed_at = $3 WHERE id = $4 AND state IN ({words}) AND (CAST($5 AS BIGINT) IS NULL OR updated_at = $5)"
    );
    let closed_at = (to == ThreadState::Closed).then_some(now.as_micros());
    let touched = tx
        .execute(
            &sql,
            [
                to.as_str().into(),
                now.as_micros().into(),
                closed_at.into(),
                id.uuid().into(),
                seen.map(Timestamp::as_micros).into(),
            ],
        )
        .await?;
    if touched == 0 { Err(OfficeError::Conflict { what: "the thread" }) } else { Ok(()) }
}

/// Closes the thread of a request that was answered or withdrawn, if it is still open.
pub(crate) async fn settle(tx: &Tx, id: ThreadId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE thread SET state = 'closed', closed_at = $1, \
         updated_at = CASE WHEN updated_at >= $1 THEN updated_at + 1 ELSE $1 END WHERE id = $2 AND state <> 'closed'",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await?;
    Ok(())
}

pub(crate) async fn by_id(store: &Store, id: ThreadId) -> Result<Option<ThreadRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM thread WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn by_number(store: &Store, number: i64) -> Result<Option<ThreadId>, StoreError> {
    let row = store.query_one("SELECT id FROM thread WHERE number = $1", [number.into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?.map(ThreadId::from_uuid))
}

pub(crate) async fn messages_of(
    store: &Store,
    id: ThreadId,
    limit: u32,
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = "SELECT id, author, body, created_at FROM message WHERE thread_id = $1 ORDER BY created_at, id LIMIT $2";
    let rows = store.query(sql, [id.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(read_message).collect()
}

/// Threads of a filter: what waits longest first; done ones the latest first.
pub(crate) async fn page(
    store: &Store,
    filter: ThreadFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<ThreadRow>, StoreError> {
    let order = if filter.state == Some(ThreadState::Closed) { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT {ALL} FROM thread{} ORDER BY updated_at {order}, number {order} LIMIT $1 OFFSET $2",
        conditions(filter)
    );
    let rows = store.query(&sql, [i64::from(limit).into(), offset.cast_signed().into()]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(store: &Store, filter: ThreadFilter) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) AS n FROM thread{}", conditions(filter));
    number(store.query_one(&sql, []).await?.as_ref(), "n")
}

pub(crate) async fn of_customer(
    store: &Store,
    customer: CustomerId,
    offset: u64,
    limit: u32,
) -> Result<(Vec<ThreadRow>, u64), StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM thread WHERE customer_id = $1 ORDER BY updated_at DESC, number DESC LIMIT $2 OFFSET $3"
    );
    let values = [customer.uuid().into(), i64::from(limit).into(), offset.cast_signed().into()];
    let rows = store.query(&sql, values).await?;
    let total = store
        .query_one("SELECT COUNT(*) AS n FROM thread WHERE customer_id = $1", [customer.uuid().into()])
        .await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, number(total.as_ref(), "n")?))
}

/// How many threads wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThreadCounts {
    /// Wait for an answer.
    pub open: u64,
    /// Answered, not closed.
    pub answered: u64,
    /// When the thread that has waited longest was last touched.
    pub oldest_open_at: Option<Timestamp>,
}

/// How many threads wait, for the work queue.
///
/// # Errors
/// When the database fails.
pub async fn counts(store: &Store) -> Result<ThreadCounts, StoreError> {
    let sql = "SELECT state, COUNT(*) AS n, MIN(updated_at) AS oldest FROM thread WHERE state <> 'closed' GROUP BY state";
    let mut counts = ThreadCounts::default();
    for row in store.query(sql, []).await? {
        let n = number(Some(&row), "n")?;
        match ThreadState::parse(&row.try_get::<String>("", "state")?) {
            Some(ThreadState::Open) => {
                counts.open = n;
                counts.oldest_open_at = row.try_get::<Option<i64>>("", "oldest")?.map(Timestamp::from_micros);
            }
            Some(ThreadState::Answered) => counts.answered = n,
            Some(ThreadState::Closed) | None => {}
        }
    }
    Ok(counts)
}

fn conditions(filter: ThreadFilter) -> String {
    let kind = filter.kind.map(|kind| format!("kind = '{}'", kind.as_str()));
    let state = filter.state.map(|state| format!("state = '{}'", state.as_str()));
    let all: Vec<String> = [kind, state].into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
}

fn number(row: Option<&QueryResult>, column: &str) -> Result<u64, StoreError> {
    Ok(row.map(|row| row.try_get::<i64>("", column)).transpose()?.unwrap_or(0).unsigned_abs())
}

fn read(row: &QueryResult) -> Result<ThreadRow, StoreError> {
    let word = |column| row.try_get::<String>("", column);
    let strange = |what: &str| StoreError::inconsistent(format!("a thread {what}"));
    Ok(ThreadRow {
        id: ThreadId::from_uuid(row.try_get("", "id")?),
        number: ThreadNumber(row.try_get("", "number")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        customer: row.try_get::<Option<_>>("", "customer_id")?.map(CustomerId::from_uuid),
        kind: ThreadKind::parse(&word("kind")?).ok_or_else(|| strange("of an unknown kind"))?,
        state: ThreadState::parse(&word("state")?).ok_or_else(|| strange("in an unknown state"))?,
        language: Language::from_tag(&word("language")?).ok_or_else(|| strange("in an unknown language"))?,
        sealed_title: row.try_get("", "title")?,
        sealed_name: row.try_get("", "name")?,
        sealed_email: row.try_get("", "email")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        updated_at: Timestamp::from_micros(row.try_get("", "updated_at")?),
        closed_at: row.try_get::<Option<i64>>("", "closed_at")?.map(Timestamp::from_micros),
    })
}

fn read_message(row: &QueryResult) -> Result<MessageRow, StoreError> {
    let author: String = row.try_get("", "author")?;
    Ok(MessageRow {
        id: MessageId::from_uuid(row.try_get("", "id")?),
        author: Author::parse(&author)
            .ok_or_else(|| StoreError::inconsistent("a message of an unknown author"))?,
        body: row.try_get("", "body")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}
