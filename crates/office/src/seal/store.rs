//! SQL of officers, rosters, messages and group documents; names, rosters and documents are envelopes.

use super::model::{Flow, OfficerId, RosterId, RosterState};
use crate::OfficeError;
use crate::accounts::LoginId;
use ::store::{Store, StoreError, Tx};
use base::{Random, Sensitive, SubjectId, Timestamp};
use keys::seal::{DocumentHash, Message, Place, SessionId};
use keys::{Cell, DataKey, Sealed, purpose::Account};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// The declared tables.
pub const TABLES: &[Table] = &[
    Table::new(
        "seal_officer",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("login_id"),
            Column::personal("name", "account"),
            Column::public("sign_key"),
            Column::public("recipient"),
            Column::plain("enrolled_at"),
            Column::plain("withdrawn_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "seal_document",
        &[
            Column::plain("position"),
            Column::plain("roster_id"),
            Column::plain("subject_id"),
            Column::public("hash"),
            Column::personal("text", "account"),
            Column::plain("adopted_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "seal_roster",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::public("session"),
            Column::personal("text", "account"),
            Column::plain("flow"),
            Column::plain("state"),
            Column::plain("open_slot"),
            Column::plain("proposed_by"),
            Column::plain("confirmed_by"),
            Column::plain("created_at"),
            Column::plain("began_at"),
            Column::plain("ended_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "seal_message",
        &[
            Column::public("session"),
            Column::plain("kind"),
            Column::plain("round"),
            Column::plain("sender"),
            Column::plain("recipient"),
            Column::plain("version"),
            Column::plain("text"),
            Column::plain("received_at"),
        ],
    ),
];

/// The most rosters that a list shows.
const ROSTERS_MAX: i64 = 100;

const fn cell(table: &'static str, column: &'static str, row: [u8; 16], subject: SubjectId) -> Cell {
    Cell { table, column, row, revision: None, subject }
}

fn open(key: &DataKey<Account>, cell: &Cell, bytes: &[u8]) -> Result<Sensitive<String>, OfficeError> {
    let value = key.open(cell, &Sealed::from_bytes(bytes.to_vec())?)?;
    Ok(Sensitive::new(value.text()?.to_owned()))
}

/// An officer whose name is closed.
pub(super) struct OfficerRow {
    pub id: OfficerId,
    pub subject: SubjectId,
    pub login: LoginId,
    name: Vec<u8>,
    pub sign_key: [u8; 32],
    pub recipient: String,
    pub enrolled_at: Timestamp,
}

impl OfficerRow {
    pub(super) fn open_name(&self, key: &DataKey<Account>) -> Result<Sensitive<String>, OfficeError> {
        open(key, &cell("seal_officer", "name", self.id.bytes(), self.subject), &self.name)
    }
}

/// An officer to be.
pub(super) struct NewOfficer<'a> {
    pub id: OfficerId,
    pub subject: SubjectId,
    pub login: LoginId,
    pub officer: &'a keys::seal::Officer,
}

/// Takes an officer in. Keys that somebody enrolled with before make it [`StoreError::Duplicate`].
pub(super) async fn insert_officer(
    tx: &Tx,
    new: &NewOfficer<'_>,
    key: &DataKey<Account>,
    random: &dyn Random,
    now: Timestamp,
) -> Result<(), StoreError> {
    let cell = cell("seal_officer", "name", new.id.bytes(), new.subject);
    let name = key.seal(&cell, new.officer.name().as_bytes(), random).into_bytes();
    tx.execute(
        "INSERT INTO seal_officer (id, subject_id, login_id, name, sign_key, recipient, enrolled_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            new.id.uuid().into(),
            new.subject.uuid().into(),
            new.login.uuid().into(),
            name.into(),
            new.officer.sign_key().to_vec().into(),
            new.officer.recipient().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Ends the enrolments of a login.
pub(super) async fn withdraw_login(tx: &Tx, login: LoginId, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE seal_officer SET withdrawn_at = $1 WHERE login_id = $2 AND withdrawn_at IS NULL";
    tx.execute(sql, [now.as_micros().into(), login.uuid().into()]).await
}

/// Ends one enrolment. Tells whether it was there.
pub(super) async fn withdraw(tx: &Tx, id: OfficerId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE seal_officer SET withdrawn_at = $1 WHERE id = $2 AND withdrawn_at IS NULL";
    Ok(tx.execute(sql, [now.as_micros().into(), id.uuid().into()]).await? == 1)
}

/// Who is enrolled, the oldest first.
pub(super) async fn officers(store: &Store) -> Result<Vec<OfficerRow>, StoreError> {
    let sql = "SELECT id, subject_id, login_id, name, sign_key, recipient, enrolled_at FROM seal_officer \
               WHERE withdrawn_at IS NULL ORDER BY id LIMIT 200";
    let rows = store.query(sql, []).await?;
    let read = |row: &QueryResult| {
        Ok(OfficerRow {
            id: OfficerId::from_uuid(row.try_get("", "id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
            login: LoginId::from_uuid(row.try_get("", "login_id")?),
            name: row.try_get("", "name")?,
            sign_key: hash(row, "sign_key")?,
            recipient: row.try_get("", "recipient")?,
            enrolled_at: Timestamp::from_micros(row.try_get("", "enrolled_at")?),
        })
    };
    rows.iter().map(read).collect()
}

/// A roster whose text is closed.
pub(super) struct RosterRow {
    pub id: RosterId,
    pub subject: SubjectId,
    pub session: SessionId,
    text: Vec<u8>,
    pub flow: Flow,
    pub state: RosterState,
    pub proposed_by: LoginId,
    pub confirmed_by: Option<LoginId>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl RosterRow {
    pub(super) fn open_text(&self, key: &DataKey<Account>) -> Result<Sensitive<String>, OfficeError> {
        open(key, &cell("seal_roster", "text", self.id.bytes(), self.subject), &self.text)
    }
}

/// A roster to be.
pub(super) struct NewRosterRow<'a> {
    pub id: RosterId,
    pub subject: SubjectId,
    pub roster: &'a keys::seal::Roster,
    pub flow: Flow,
    pub proposed_by: LoginId,
}

/// Proposes a roster. Another one that is proposed or running makes it [`StoreError::Duplicate`].
pub(super) async fn insert_roster(
    tx: &Tx,
    new: &NewRosterRow<'_>,
    key: &DataKey<Account>,
    random: &dyn Random,
    now: Timestamp,
) -> Result<(), StoreError> {
    let cell = cell("seal_roster", "text", new.id.bytes(), new.subject);
    let text = key.seal(&cell, new.roster.text().as_bytes(), random).into_bytes();
    tx.execute(
        "INSERT INTO seal_roster (id, subject_id, session, text, flow, state, open_slot, proposed_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'proposed', 1, $6, $7)",
        [
            new.id.uuid().into(),
            new.subject.uuid().into(),
            new.roster.session().bytes().to_vec().into(),
            text.into(),
            new.flow.as_str().into(),
            new.proposed_by.uuid().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Lets the ceremony of a roster begin, confirmed by somebody else than who proposed it.
pub(super) async fn confirm(tx: &Tx, id: RosterId, by: LoginId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE seal_roster SET state = 'running', confirmed_by = $1, began_at = $2 \
               WHERE id = $3 AND state = 'proposed' AND proposed_by <> $1";
    Ok(tx.execute(sql, [by.uuid().into(), now.as_micros().into(), id.uuid().into()]).await? == 1)
}

/// Gives a roster up.
pub(super) async fn stop(tx: &Tx, id: RosterId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE seal_roster SET state = 'stopped', open_slot = NULL, ended_at = $1 \
               WHERE id = $2 AND state IN ('proposed', 'running')";
    Ok(tx.execute(sql, [now.as_micros().into(), id.uuid().into()]).await? == 1)
}

/// Ends the ceremony of a roster with its document.
pub(super) async fn finish(tx: &Tx, id: RosterId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE seal_roster SET state = 'finished', open_slot = NULL, ended_at = $1 \
               WHERE id = $2 AND state = 'running'";
    Ok(tx.execute(sql, [now.as_micros().into(), id.uuid().into()]).await? == 1)
}

const ROSTER: &str = "SELECT id, subject_id, session, text, flow, state, proposed_by, confirmed_by, created_at, \
                      ended_at FROM seal_roster";

/// The rosters, the last one first.
pub(super) async fn rosters(store: &Store) -> Result<Vec<RosterRow>, StoreError> {
    let rows =
        store.query(&format!("{ROSTER} ORDER BY created_at DESC, id DESC LIMIT {ROSTERS_MAX}"), []).await?;
    rows.iter().map(read_roster).collect()
}

/// A roster.
pub(super) async fn roster(store: &Store, id: RosterId) -> Result<Option<RosterRow>, StoreError> {
    let row = store.query_one(&format!("{ROSTER} WHERE id = $1"), [id.uuid().into()]).await?;
    row.as_ref().map(read_roster).transpose()
}

/// The roster whose ceremony is held.
pub(super) async fn running(store: &Store) -> Result<Option<RosterRow>, StoreError> {
    let row = store.query_one(&format!("{ROSTER} WHERE state = 'running'"), []).await?;
    row.as_ref().map(read_roster).transpose()
}

fn read_roster(row: &QueryResult) -> Result<RosterRow, StoreError> {
    let (flow, state): (String, String) = (row.try_get("", "flow")?, row.try_get("", "state")?);
    Ok(RosterRow {
        id: RosterId::from_uuid(row.try_get("", "id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        session: SessionId::from_bytes(hash(row, "session")?),
        text: row.try_get("", "text")?,
        flow: Flow::parse(&flow).ok_or_else(|| StoreError::inconsistent("the flow of a roster"))?,
        state: RosterState::parse(&state).ok_or_else(|| StoreError::inconsistent("the state of a roster"))?,
        proposed_by: LoginId::from_uuid(row.try_get("", "proposed_by")?),
        confirmed_by: row.try_get::<Option<_>>("", "confirmed_by")?.map(LoginId::from_uuid),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        ended_at: row.try_get::<Option<i64>>("", "ended_at")?.map(Timestamp::from_micros),
    })
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is the first for its place.
    First,
    /// It was there.
    Same,
    /// It is the second, different one for its place.
    Second,
    /// There are two different ones already.
    Further,
}

/// Keeps a message: the first for its place, and one that differs from it.
pub(super) async fn keep(tx: &Tx, message: &Message, now: Timestamp) -> Result<Kept, StoreError> {
    let place = message.place();
    let text = message.text();
    let key = |version: i64| -> [Value; 6] {
        [
            message.session().bytes().to_vec().into(),
            place.kind.to_string().into(),
            i64::from(place.round).into(),
            i64::from(place.from).into(),
            i64::from(place.to).into(),
            version.into(),
        ]
    };
    let insert = "INSERT INTO seal_message (session, kind, round, sender, recipient, version, text, received_at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let stored = "SELECT text FROM seal_message WHERE session = $1 AND kind = $2 AND round = $3 AND sender = $4 \
                  AND recipient = $5 AND version = $6";
    for version in 0..2 {
        let mut values = key(version).to_vec();
        values.extend([text.clone().into(), now.as_micros().into()]);
        if tx.execute(insert, values).await? == 1 {
            return Ok(if version == 0 { Kept::First } else { Kept::Second });
        }
        let row = tx.query_one(stored, key(version)).await?;
        let row = row.ok_or_else(|| StoreError::inconsistent("a message that is and is not there"))?;
        if row.try_get::<String>("", "text")? == text {
            return Ok(Kept::Same);
        }
    }
    Ok(Kept::Further)
}

/// The messages of a ceremony: those that count, or the second ones.
pub(super) async fn messages(
    store: &Store,
    session: SessionId,
    version: i64,
) -> Result<Vec<Message>, StoreError> {
    let sql = "SELECT text FROM seal_message WHERE session = $1 AND version = $2 AND kind <> 'deleted' \
               ORDER BY round, sender, recipient";
    let rows = store.query(sql, [session.bytes().to_vec().into(), version.into()]).await?;
    let read = |row: &QueryResult| {
        Message::parse(&row.try_get::<String>("", "text")?)
            .map_err(|_| StoreError::inconsistent("a message of an officer"))
    };
    rows.iter().map(read).collect()
}

/// The place of a message that has a second one.
pub(super) fn same_place(one: &Message, other: &Message) -> bool {
    let key = |place: Place| (place.kind, place.round, place.from, place.to);
    key(one.place()) == key(other.place())
}

/// A group document whose text is closed.
pub(super) struct DocumentRow {
    roster: RosterId,
    pub subject: SubjectId,
    text: Vec<u8>,
}

impl DocumentRow {
    pub(super) fn open_text(&self, key: &DataKey<Account>) -> Result<Sensitive<String>, OfficeError> {
        open(key, &cell("seal_document", "text", self.roster.bytes(), self.subject), &self.text)
    }
}

/// All group documents, the first one first.
pub(super) async fn documents(store: &Store) -> Result<Vec<DocumentRow>, StoreError> {
    let sql = "SELECT roster_id, subject_id, text FROM seal_document ORDER BY position";
    let rows = store.query(sql, []).await?;
    let read = |row: &QueryResult| {
        Ok(DocumentRow {
            roster: RosterId::from_uuid(row.try_get("", "roster_id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
            text: row.try_get("", "text")?,
        })
    };
    rows.iter().map(read).collect()
}

/// A group document to be.
pub(super) struct NewDocument<'a> {
    pub position: usize,
    pub roster: RosterId,
    pub subject: SubjectId,
    pub hash: DocumentHash,
    pub text: &'a str,
}

/// Adds a document to the chain. Another one at its place makes it [`StoreError::Duplicate`].
pub(super) async fn insert_document(
    tx: &Tx,
    new: &NewDocument<'_>,
    key: &DataKey<Account>,
    random: &dyn Random,
    now: Timestamp,
) -> Result<(), StoreError> {
    let cell = cell("seal_document", "text", new.roster.bytes(), new.subject);
    let text = key.seal(&cell, new.text.as_bytes(), random).into_bytes();
    let position = i64::try_from(new.position).unwrap_or(i64::MAX);
    tx.execute(
        "INSERT INTO seal_document (position, roster_id, subject_id, hash, text, adopted_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            position.into(),
            new.roster.uuid().into(),
            new.subject.uuid().into(),
            new.hash.bytes().to_vec().into(),
            text.into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

fn hash(row: &QueryResult, column: &str) -> Result<[u8; 32], StoreError> {
    let bytes: Vec<u8> = row.try_get("", column)?;
    bytes.try_into().map_err(|_| StoreError::inconsistent(format!("{column} has not 32 bytes")))
}
