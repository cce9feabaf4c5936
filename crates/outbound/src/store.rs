//! The record of contacts: table `outbound_contact`.
//!
//! Invariants: the row of a contact is committed as `intended` before its connection is opened; it
//! goes to `done` or `failed` once; a refusal and its ledger entry are one transaction. Rows hold
//! words of the policy, a host and a subject's id, never a value of a person.

use crate::Contact;
use crate::register::{Refusal, host_in_words};
use base::{Clock, Random, SubjectId, Timestamp};
use core::fmt;
use ledger::{Actor, EntryBuilder};
use policy::schema::{Column, Table};
use sea_orm::QueryResult;
use serde_json::{Map, Value};
use std::sync::Arc;
use store::{Store, StoreError, Tx};

base::id_type!(
    /// The id of a contact with a recipient.
    ContactId,
    "contact"
);

/// The longest note that is kept, in characters.
const NOTE_CHARS_MAX: usize = 200;
/// The most rows that one read gives.
const ROWS_MAX: u32 = 1_000;
/// How many rows one statement of the upkeep touches.
const BATCH: i64 = 1_000;
/// The note of a contact whose process ended before it told the outcome.
const INTERRUPTED: &str = "interrupted: whether the data arrived is not known";
/// The kind of the ledger entry of a refusal.
pub const REFUSED_ENTRY_KIND: &str = "outbound-refused";

/// The table of this crate, for the check of the live schema.
pub const TABLES: &[Table] = &[Table::new(
    "outbound_contact",
    &[
        Column::plain("id"),
        Column::plain("recipient"),
        Column::plain("host"),
        Column::plain("purpose"),
        Column::plain("subject_id"),
        Column::plain("fields"),
        Column::plain("state"),
        Column::plain("started_at"),
        Column::plain("finished_at"),
        Column::plain("note"),
    ],
)
.deleted_with("subject_id")];

/// Where a contact is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContactState {
    /// About to be made, or being made.
    Intended,
    /// Made; the recipient has what was meant for it.
    Done,
    /// Not made, or not known to have come through.
    Failed,
    /// Not made, because the policy does not allow it.
    Refused,
}

impl ContactState {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        [Self::Intended, Self::Done, Self::Failed, Self::Refused]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| StoreError::inconsistent("an outbound contact in an unknown state"))
    }
}

/// How a contact ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The recipient has what was meant for it.
    Done,
    /// It has not, or that is not known.
    Failed,
}

impl Outcome {
    const fn state(self) -> ContactState {
        match self {
            Self::Done => ContactState::Done,
            Self::Failed => ContactState::Failed,
        }
    }
}

/// A contact as it stands in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// Its id.
    pub id: ContactId,
    /// The recipient's id in the policy; empty when a refused host belongs to none.
    pub recipient: String,
    /// Host and port.
    pub host: String,
    /// The purpose.
    pub purpose: String,
    /// Whose data it was.
    pub subject: Option<SubjectId>,
    /// What left, or was to leave.
    pub fields: Vec<String>,
    /// Where it is in its life.
    pub state: ContactState,
    /// When it was intended or refused.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What there is to say about its end.
    pub note: Option<String>,
}

/// What was in contact with what, counted: the evidence that no host outside the register was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactCount {
    /// The recipient's id; empty for refused hosts of nobody.
    pub recipient: String,
    /// Host and port.
    pub host: String,
    /// The purpose.
    pub purpose: String,
    /// The state.
    pub state: ContactState,
    /// How many.
    pub count: u64,
}

/// Writes the record of contacts.
#[derive(Clone)]
pub struct Recorder {
    store: Store,
    origin: String,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Recorder {
    /// A recorder in this database, whose ledger has this origin.
    #[must_use]
    pub fn new(
        store: Store,
        ledger_origin: impl Into<String>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self { store, origin: ledger_origin.into(), clock, random }
    }

    /// The present instant of this recorder's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Commits the intent of a contact. None when the subject is erased or unknown: then nothing
    /// may leave about it any more.
    pub(crate) async fn intend(
        &self,
        recipient: &str,
        host: &str,
        port: u16,
        contact: &Contact<'_>,
    ) -> Result<Option<ContactId>, StoreError> {
        let tx = self.store.begin().await?;
        if let Some(subject) = contact.subject
            && !holds_data(&tx, subject).await?
        {
            tx.rollback().await?;
            return Ok(None);
        }
        let id = ContactId::new(&*self.clock, &*self.random);
        let place = place(host, port);
        self.insert(&tx, id, recipient, &place, contact, ContactState::Intended, None).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Records how a contact ended. A contact that has ended already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the contact had ended already; otherwise when the database fails.
    pub async fn finish(&self, id: ContactId, outcome: Outcome, note: &str) -> Result<(), StoreError> {
        let note: String = note.chars().take(NOTE_CHARS_MAX).collect();
        let tx = self.store.begin().await?;
        let changed = tx
            .execute(
                "UPDATE outbound_contact SET state = $1, finished_at = $2, note = $3 \
                 WHERE id = $4 AND state = 'intended'",
                [
                    outcome.state().as_str().into(),
                    self.now().as_micros().into(),
                    note.into(),
                    id.uuid().into(),
                ],
            )
            .await?;
        if changed == 0 {
            return Err(StoreError::Conflict { what: "outbound contact" });
        }
        tx.commit().await
    }

    /// Commits a refusal together with its ledger entry. The entry names no host: what is in the
    /// ledger stays for ever, and a host may be somebody's.
    pub(crate) async fn refuse(
        &self,
        refusal: &Refusal,
        contact: &Contact<'_>,
    ) -> Result<ContactId, StoreError> {
        let id = ContactId::new(&*self.clock, &*self.random);
        let mut data = Map::new();
        data.insert("contact".into(), Value::String(id.to_string()));
        data.insert("reason".into(), Value::String(refusal.reason.as_str().into()));
        let entry = EntryBuilder::new(REFUSED_ENTRY_KIND, &self.origin, self.now(), &*self.random)
            .actor(Actor::System("outbound"))
            .data(data)
            .build()
            .map_err(|error| StoreError::inconsistent(format!("the ledger entry of a refusal: {error}")))?;
        let told = Contact { purpose: &refusal.purpose, fields: &[], ..*contact };
        let recipient = refusal.recipient.as_deref().unwrap_or_default();
        let place = place(&refusal.host, refusal.port);
        let note = Some(refusal.reason.as_str());
        let tx = self.store.begin().await?;
        self.insert(&tx, id, recipient, &place, &told, ContactState::Refused, note).await?;
        tx.append(&entry, &[]).await?;
        tx.commit().await?;
        Ok(id)
    }

    #[expect(clippy::too_many_arguments, reason = "one value per column")]
    async fn insert(
        &self,
        tx: &Tx,
        id: ContactId,
        recipient: &str,
        place: &str,
        contact: &Contact<'_>,
        state: ContactState,
        note: Option<&str>,
    ) -> Result<(), StoreError> {
        let now = self.now().as_micros();
        let finished = (state == ContactState::Refused).then_some(now);
        tx.execute(
            "INSERT INTO outbound_contact \
             (id, recipient, host, purpose, subject_id, fields, state, started_at, finished_at, note) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            [
                id.uuid().into(),
                recipient.into(),
                place.into(),
                contact.purpose.into(),
                contact.subject.map(SubjectId::uuid).into(),
                contact.fields.join(",").into(),
                state.as_str().into(),
                now.into(),
                finished.into(),
                note.map(str::to_owned).into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// Marks contacts that were intended before `before` and never told their outcome: their
    /// process ended half way. Tells how many there were. `before` must lie further back than the
    /// longest contact lasts ([`crate::CONTACT_SECONDS_MAX`]).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_interrupted(&self, before: Timestamp) -> Result<u64, StoreError> {
        let tx = self.store.begin().await?;
        let marked = tx
            .execute(
                "UPDATE outbound_contact SET state = 'failed', finished_at = $1, note = $2 \
                 WHERE state = 'intended' AND started_at < $3",
                [self.now().as_micros().into(), INTERRUPTED.into(), before.as_micros().into()],
            )
            .await?;
        tx.commit().await?;
        Ok(marked)
    }

    /// Deletes contacts that ended before `before`, at most a thousand at a time, and tells how
    /// many went.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_ended(&self, before: Timestamp) -> Result<u64, StoreError> {
        let tx = self.store.begin().await?;
        let gone = tx
            .execute(
                "DELETE FROM outbound_contact WHERE id IN (SELECT id FROM outbound_contact \
                 WHERE finished_at < $1 AND state <> 'intended' ORDER BY finished_at LIMIT $2)",
                [before.as_micros().into(), BATCH.into()],
            )
            .await?;
        tx.commit().await?;
        Ok(gone)
    }
}

/// Deletes the contacts of a subject, within the transaction that erases it.
///
/// # Errors
/// When the database fails.
pub async fn delete_of_subject(tx: &Tx, subject: SubjectId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM outbound_contact WHERE subject_id = $1", [subject.uuid().into()]).await
}

/// The contacts about a subject, the latest first: who has, or was about to have, what.
///
/// # Errors
/// When the database fails.
pub async fn contacts_of_subject(
    store: &Store,
    subject: SubjectId,
    limit: u32,
) -> Result<Vec<ContactRow>, StoreError> {
    let rows = store
        .query(
            "SELECT * FROM outbound_contact WHERE subject_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2",
            [subject.uuid().into(), i64::from(limit.min(ROWS_MAX)).into()],
        )
        .await?;
    rows.iter().map(contact_row).collect()
}

/// The contacts in a state, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn contacts_in_state(
    store: &Store,
    state: ContactState,
    limit: u32,
) -> Result<Vec<ContactRow>, StoreError> {
    let rows = store
        .query(
            "SELECT * FROM outbound_contact WHERE state = $1 ORDER BY started_at DESC, id DESC LIMIT $2",
            [state.as_str().into(), i64::from(limit.min(ROWS_MAX)).into()],
        )
        .await?;
    rows.iter().map(contact_row).collect()
}

/// What was in contact with what since an instant, counted; at most a thousand combinations.
///
/// # Errors
/// When the database fails.
pub async fn counts_since(store: &Store, since: Timestamp) -> Result<Vec<ContactCount>, StoreError> {
    let rows = store
        .query(
            "SELECT recipient, host, purpose, state, COUNT(*) AS n FROM outbound_contact WHERE started_at >= $1 \
             GROUP BY recipient, host, purpose, state ORDER BY recipient, host, purpose, state LIMIT $2",
            [since.as_micros().into(), i64::from(ROWS_MAX).into()],
        )
        .await?;
    let mut counts = Vec::with_capacity(rows.len());
    for row in rows {
        counts.push(ContactCount {
            recipient: row.try_get("", "recipient")?,
            host: row.try_get("", "host")?,
            purpose: row.try_get("", "purpose")?,
            state: ContactState::parse(&row.try_get::<String>("", "state")?)?,
            count: row.try_get::<i64>("", "n")?.unsigned_abs(),
        });
    }
    Ok(counts)
}

fn contact_row(row: &QueryResult) -> Result<ContactRow, StoreError> {
    let fields: String = row.try_get("", "fields")?;
    Ok(ContactRow {
        id: ContactId::from_uuid(row.try_get("", "id")?),
        recipient: row.try_get("", "recipient")?,
        host: row.try_get("", "host")?,
        purpose: row.try_get("", "purpose")?,
        subject: row.try_get::<Option<_>>("", "subject_id")?.map(SubjectId::from_uuid),
        fields: fields.split(',').filter(|field| !field.is_empty()).map(str::to_owned).collect(),
        state: ContactState::parse(&row.try_get::<String>("", "state")?)?,
        started_at: Timestamp::from_micros(row.try_get("", "started_at")?),
        finished_at: row.try_get::<Option<i64>>("", "finished_at")?.map(Timestamp::from_micros),
        note: row.try_get("", "note")?,
    })
}

/// Whether the subject is there and not erased; holds it in that state until the transaction ends.
async fn holds_data(tx: &Tx, subject: SubjectId) -> Result<bool, StoreError> {
    let sql = format!("SELECT state FROM subject WHERE id = $1{}", tx.for_share());
    let Some(row) = tx.query_one(&sql, [subject.uuid().into()]).await? else { return Ok(false) };
    Ok(row.try_get::<String>("", "state")? != "erased")
}

fn place(host: &str, port: u16) -> String {
    let host = host_in_words(host);
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Register;
    use crate::testing::{ORIGIN, add_subject, db_test, now, recipient, recorder};
    use base::ManualClock;

    fn contact<'a>(subject: Option<SubjectId>, fields: &'a [&'a str]) -> Contact<'a> {
        Contact { purpose: "account", subject, fields }
    }

    async fn intend(recorder: &Recorder, subject: Option<SubjectId>) -> ContactId {
        let contact = contact(subject, &["contact.email", "message"]);
        recorder
            .intend("relay", "mail.example.org", 587, &contact)
            .await
            .expect("recorded")
            .expect("admitted")
    }

    async fn ledger_kinds(store: &Store) -> Vec<(String, Value)> {
        store::Sequencer::new(store.clone()).run().await.expect("numbered");
        let rows = store::entries_from(store, 0, 100).await.expect("read");
        rows.into_iter()
            .map(|row| {
                let entry = ledger::Entry::from_bytes(row.body).expect("an entry");
                (entry.kind().to_owned(), entry.data())
            })
            .collect()
    }

    db_test! {
        async fn a_contact_goes_from_intended_to_one_end(store: &Store) {
            let (recorder, clock) = recorder(store);
            let subject = add_subject(store, "active", 1).await;
            let id = intend(&recorder, Some(subject)).await;
            let rows = contacts_of_subject(store, subject, 10).await.expect("read");
            let expected = ContactRow {
                id,
                recipient: "relay".into(),
                host: "mail.example.org:587".into(),
                purpose: "account".into(),
                subject: Some(subject),
                fields: vec!["contact.email".into(), "message".into()],
                state: ContactState::Intended,
                started_at: now(),
                finished_at: None,
                note: None,
            };
            assert_eq!(rows.as_slice(), std::slice::from_ref(&expected));

            clock.advance_seconds(3);
            recorder.finish(id, Outcome::Done, &"é".repeat(300)).await.expect("finished");
            let again = recorder.finish(id, Outcome::Failed, "late").await;
            assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
            let rows = contacts_of_subject(store, subject, 10).await.expect("read");
            let done = ContactRow {
                state: ContactState::Done,
                finished_at: Some(now().plus_seconds(3)),
                note: Some("é".repeat(NOTE_CHARS_MAX)),
                ..expected
            };
            assert_eq!(rows, [done]);
        }
    }

    db_test! {
        async fn nothing_is_intended_about_who_is_erased_or_unknown(store: &Store) {
            let (recorder, _) = recorder(store);
            let erased = add_subject(store, "erased", 1).await;
            let erasing = add_subject(store, "erasing", 2).await;
            let unknown = SubjectId::new(&ManualClock::at(now()), &base::SeededRandom::new(77));
            for (subject, admitted) in [(erased, false), (unknown, false), (erasing, true)] {
                let id = recorder.intend("relay", "h", 1, &contact(Some(subject), &[])).await.expect("asked");
                assert_eq!(id.is_some(), admitted);
                assert_eq!(contacts_of_subject(store, subject, 10).await.expect("read").len(), usize::from(admitted));
            }
            let tx = store.begin().await.expect("begun");
            assert_eq!(delete_of_subject(&tx, erasing).await.expect("deleted"), 1);
            tx.commit().await.expect("committed");
            assert_eq!(contacts_of_subject(store, erasing, 10).await.expect("read"), []);
        }
    }

    db_test! {
        async fn a_refusal_and_its_ledger_entry_are_one(store: &Store) {
            let (recorder, _) = recorder(store);
            let contact = contact(None, &["message"]);
            let refusal = Register::from_recipients(vec![recipient("relay", "mail.example.org", Some(587))])
                .admit("elsewhere.example", 25, &contact)
                .expect_err("not registered");
            let id = recorder.refuse(&refusal, &contact).await.expect("recorded");
            let rows = contacts_in_state(store, ContactState::Refused, 10).await.expect("read");
            assert_eq!((rows.len(), rows[0].id, rows[0].host.as_str()), (1, id, "elsewhere.example:25"));
            assert_eq!((rows[0].note.as_deref(), rows[0].fields.len()), (Some("host-not-registered"), 0));
            let data = serde_json::json!({ "contact": id.to_string(), "reason": "host-not-registered" });
            assert_eq!(ledger_kinds(store).await, [(REFUSED_ENTRY_KIND.to_owned(), data)]);

            // A second row under the same id cannot be written, so its entry is not there either.
            let again = Recorder::new(
                store.clone(),
                ORIGIN,
                Arc::new(ManualClock::at(now())),
                Arc::new(base::SeededRandom::new(1)),
            );
            assert_eq!(again.refuse(&refusal, &contact).await, Err(StoreError::Duplicate));
            assert_eq!(ledger_kinds(store).await.len(), 1);
        }
    }

    db_test! {
        async fn what_a_dead_process_left_is_marked_and_what_runs_is_not(store: &Store) {
            let (recorder, clock) = recorder(store);
            let dead = intend(&recorder, None).await;
            let done = intend(&recorder, None).await;
            recorder.finish(done, Outcome::Done, "taken").await.expect("finished");
            clock.advance_seconds(1_000);
            let running = intend(&recorder, None).await;
            assert_eq!(recorder.mark_interrupted(now().plus_seconds(500)).await.expect("marked"), 1);
            assert_eq!(recorder.mark_interrupted(now().plus_seconds(500)).await.expect("marked"), 0);
            let failed = contacts_in_state(store, ContactState::Failed, 10).await.expect("read");
            assert_eq!((failed.len(), failed[0].id, failed[0].note.as_deref()), (1, dead, Some(INTERRUPTED)));
            let intended = contacts_in_state(store, ContactState::Intended, 10).await.expect("read");
            assert_eq!((intended.len(), intended[0].id), (1, running));

            let counts = counts_since(store, now()).await.expect("counted");
            let told: Vec<_> = counts.iter().map(|c| (c.state.as_str(), c.count)).collect();
            assert_eq!(told, [("done", 1), ("failed", 1), ("intended", 1)]);
            assert_eq!(counts_since(store, now().plus_seconds(1)).await.expect("counted").len(), 1);

            // The dead one ended (was marked) at second 1,000, the other at second 0.
            assert_eq!(recorder.delete_ended(now().plus_seconds(10)).await.expect("deleted"), 1);
            assert_eq!(recorder.delete_ended(now().plus_seconds(2_000)).await.expect("deleted"), 1);
            assert_eq!(contacts_in_state(store, ContactState::Intended, 10).await.expect("read").len(), 1);
        }
    }
}
