//! Import of customers from a CSV file: all of it or nothing of it.
//!
//! Rows are staged in chunks: written with the id of the import, which every query of the office leaves
//! out, and with negative numbers. One transaction at the end makes all of them visible, gives them
//! their numbers and writes one ledger entry. An import that falls silent for half a minute is
//! abandoned by [`sweep`]: its staged rows and their keys go, whenever the process was killed. Keys of
//! a chunk whose rows were never written are orphans, which the daily collection takes.
//!
//! Each customer gets an owner: the login that has its address already, or a new one without a
//! password, who gets in by recovering access.

mod plan;
mod store;

#[cfg(test)]
mod tests;

use super::service::{FIRST_NUMBER, NUMBER_COUNTER, refresh_names};
use super::store::{NewRow, insert as insert_customers};
use super::{CustomerId, CustomerNumber};
use crate::accounts::{self, LoginId, Membership, NewLogin, Officer, Role};
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, Record};
use base::{Sensitive, SubjectId, Timestamp};
use core::slice::Chunks;
use keys::purpose::{self, Account};
use keys::tombstones::Tombstone;
use keys::{BlindIndex, DataKey, KeyError, Purpose as _};
use std::collections::HashMap;

pub use plan::{Plan, PlanError, ROWS_MAX, Row, RowProblem, WrongRow, plan};
pub use store::TABLES;

base::id_type!(
    /// The id of an import.
    ImportId,
    "import"
);

/// How many rows are staged at a time: a transaction each, and a sign of life.
const CHUNK: usize = 2_500;
/// How many rows one statement inserts. SQLite looks each `$n` up in a list of all of them, so that long
/// statements cost the square of their length: 500 rows of 19 values took a second.
const STATEMENT_ROWS: usize = 25;
/// How many staged rows are undone at a time; the key store takes 500 keys in one call.
const UNDO: u32 = 500;
/// After how many seconds of silence an import is abandoned.
const SILENCE_SECONDS: i64 = 30;
/// How many abandoned imports one sweep undoes.
const SWEEP_MAX: u32 = 20;
/// The counter of files that are taken in at once; its row keeps two such apart.
const WHOLE_COUNTER: &str = "import-whole";
/// The counter of staged numbers.
const STAGED_COUNTER: &str = "import-row";

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows staged.
    pub done: u64,
    /// Rows in the file.
    pub total: u64,
}

/// A finished import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Its id.
    pub id: ImportId,
    /// How many customers it made.
    pub customers: u64,
    /// How many of them joined a login that was there.
    pub joined: u64,
}

/// How many rows of a plan have an address that somebody signs in with already: their customers join
/// that login.
///
/// # Errors
/// When a store fails.
pub async fn joining(office: &Office, plan: &Plan) -> Result<u64, OfficeError> {
    let mut joining = 0;
    for rows in plan.rows.chunks(CHUNK) {
        joining += known(office, rows).await?.len() as u64;
    }
    Ok(joining)
}

async fn known(office: &Office, rows: &[Row]) -> Result<HashMap<String, (LoginId, SubjectId)>, OfficeError> {
    let addresses: Vec<String> = rows.iter().map(|row| row.address.expose().clone()).collect();
    accounts::logins_of_addresses(office, &addresses).await
}

/// Carries a plan out. `progress` is told after every chunk.
///
/// # Errors
/// [`OfficeError::Forbidden`] when the plan has wrong rows. When anything fails, nothing of the file is
/// left, at the latest after the next [`sweep`].
pub async fn run(
    office: &Office,
    by: By,
    plan: &Plan,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Imported, OfficeError> {
    run_in_chunks(office, by, plan, CHUNK, progress).await
}

async fn run_in_chunks(
    office: &Office,
    by: By,
    plan: &Plan,
    chunk: usize,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Imported, OfficeError> {
    if !plan.wrong.is_empty() || plan.rows.is_empty() {
        return Err(OfficeError::Forbidden {
            why: "a file with wrong rows, or without rows, is not imported",
        });
    }
    let import = begin(office, plan).await?;
    match stage_and_finish(office, by, plan.rows.chunks(chunk), &import, progress).await {
        Ok(joined) => Ok(Imported { id: import.id, customers: import.total, joined }),
        Err(error) => {
            if let Err(undoing) = abandon(office, import.id).await {
                tracing::error!(import.id = %import.id, error = %undoing, "staged rows are left to the sweep");
            }
            Err(error)
        }
    }
}

/// An import under way.
struct Import {
    id: ImportId,
    total: u64,
    /// Row `i` of the file is staged under the number `-(base + i)`.
    base: i64,
}

async fn begin(office: &Office, plan: &Plan) -> Result<Import, OfficeError> {
    let id = ImportId::new(&*office.clock, &*office.random);
    let count = u32::try_from(plan.rows.len())
        .map_err(|_| OfficeError::Forbidden { why: "a file has at most 500,000 rows" })?;
    let tx = office.store.begin().await?;
    let base = tx.next_number(STAGED_COUNTER, 0, count).await?;
    store::insert(&tx, id, &plan.sha256, i64::from(count), office.now()).await?;
    tx.commit().await?;
    Ok(Import { id, total: u64::from(count), base })
}

async fn stage_and_finish(
    office: &Office,
    by: By,
    chunks: Chunks<'_, Row>,
    import: &Import,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<u64, OfficeError> {
    let mut joined = 0;
    let mut done = 0;
    for rows in chunks {
        let staged = Staged::prepare(office, import, rows, done).await?;
        if let Err(error) = staged.write(office, import).await {
            // The rows are not there; their keys are nobody's.
            destroy_keys(office, &staged.new_subjects()).await?;
            return Err(error);
        }
        joined += staged.joined;
        done += rows.len() as u64;
        progress(Progress { done, total: import.total });
    }
    let began = finish(office, by, import, joined).await?;
    refresh_names(office, began).await?;
    Ok(joined)
}

/// A chunk with its keys, ready to be written.
struct Staged<'a> {
    customers: Vec<(CustomerId, SubjectId, CustomerNumber, &'a Row)>,
    logins: Vec<(LoginId, SubjectId, BlindIndex, &'a Row)>,
    memberships: Vec<Membership>,
    keys: HashMap<SubjectId, DataKey<Account>>,
    joined: u64,
    now: Timestamp,
}

impl<'a> Staged<'a> {
    async fn prepare(
        office: &Office,
        import: &Import,
        rows: &'a [Row],
        done: u64,
    ) -> Result<Self, OfficeError> {
        let now = office.now();
        let (clock, random) = (&*office.clock, &*office.random);
        let known = known(office, rows).await?;
        let mut staged = Self {
            customers: Vec::with_capacity(rows.len()),
            logins: Vec::with_capacity(rows.len()),
            memberships: Vec::with_capacity(rows.len()),
            keys: HashMap::new(),
            joined: known.len() as u64,
            now,
        };
        for (number, row) in (import.base + done.cast_signed()..).zip(rows) {
            let customer = CustomerId::new(clock, random);
            let subject = SubjectId::new(clock, random);
            staged.customers.push((customer, subject, CustomerNumber(-number), row));
            let (login, login_subject) = match known.get(row.address.expose()) {
                Some(known) => *known,
                None => {
                    let new = (LoginId::new(clock, random), SubjectId::new(clock, random));
                    let index = office.vault.blind_index("login", "email", row.address.expose()).await?;
                    staged.logins.push((new.0, new.1, index, row));
                    new
                }
            };
            let role = Role::Owner;
            staged.memberships.push(Membership {
                login,
                customer,
                subject: login_subject,
                role,
                created_at: now,
            });
        }
        let subjects = staged.new_subjects();
        // The salt of the ledger is made when a first entry tells of the subject.
        let wanted: Vec<(SubjectId, &[&'static str])> =
            subjects.iter().map(|s| (*s, &[Account::NAME][..])).collect();
        office.vault.create(&wanted).await?;
        staged.keys = office.vault.keys::<Account>(&subjects).await?;
        Ok(staged)
    }

    fn new_subjects(&self) -> Vec<SubjectId> {
        self.customers.iter().map(|c| c.1).chain(self.logins.iter().map(|l| l.1)).collect()
    }

    fn key(&self, subject: SubjectId) -> Result<&DataKey<Account>, OfficeError> {
        self.keys.get(&subject).ok_or(OfficeError::Keys(KeyError::Missing { purpose: Account::NAME }))
    }

    async fn write(&self, office: &Office, import: &Import) -> Result<(), OfficeError> {
        let mut customers = Vec::with_capacity(self.customers.len());
        for (id, subject, number, row) in &self.customers {
            let key = self.key(*subject)?;
            let import = Some(import.id);
            customers.push(NewRow {
                id: *id,
                subject: *subject,
                number: *number,
                profile: &row.profile,
                key,
                import,
            });
        }
        let mut logins = Vec::with_capacity(self.logins.len());
        for (id, subject, index, row) in &self.logins {
            logins.push(NewLogin {
                id: *id,
                subject: *subject,
                name: &row.profile.name,
                email: &row.profile.email,
                index: *index,
                password_hash: None,
                language: row.profile.language,
                staff: None,
                officer: Officer::None,
                key: self.key(*subject)?,
                import: Some(import.id),
            });
        }
        let subjects = |all: &[SubjectId], kind| (all.to_vec(), kind);
        let of_customers: Vec<_> = self.customers.iter().map(|c| c.1).collect();
        let of_logins: Vec<_> = self.logins.iter().map(|l| l.1).collect();
        let tx = office.store.begin().await?;
        if store::beat(&tx, import.id, office.now()).await? == 0 {
            return Err(OfficeError::Conflict { what: "the import" });
        }
        for (ids, kind) in
            [subjects(&of_customers, SubjectKind::Customer), subjects(&of_logins, SubjectKind::Login)]
        {
            for ids in ids.chunks(STATEMENT_ROWS) {
                subjects::create_many(&tx, ids, kind, self.now).await?;
            }
        }
        for customers in customers.chunks(STATEMENT_ROWS) {
            insert_customers(&tx, customers, self.now, &*office.random).await?;
        }
        accounts::insert_many(&tx, &logins, self.now, &*office.random).await?;
        accounts::insert_memberships(&tx, &self.memberships).await?;
        Ok(tx.commit().await?)
    }
}

/// Makes all staged rows visible at once. Gives the time from which the names index must catch up.
async fn finish(office: &Office, by: By, import: &Import, joined: u64) -> Result<Timestamp, OfficeError> {
    let record = Record::new("customers-imported", by).with("count", import.total).with("joined", joined);
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    if store::mark_done(&tx, import.id, now).await? == 0 {
        return Err(OfficeError::Conflict { what: "the import" });
    }
    let count = u32::try_from(import.total).unwrap_or(u32::MAX);
    let first = tx.next_number(NUMBER_COUNTER, FIRST_NUMBER, count).await?;
    let shown = store::show_customers(&tx, import.id, first - import.base, now, import.base).await?;
    if shown != import.total {
        return Err(OfficeError::Conflict { what: "the import" });
    }
    store::show_logins(&tx, import.id).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(now)
}

/// Undoes imports whose process died, and goes on with those that were being undone. For start-up, and
/// for a job that runs every minute. Tells how many imports there were.
///
/// # Errors
/// When a store fails; the next sweep goes on where this one stopped.
pub async fn sweep(office: &Office) -> Result<u64, OfficeError> {
    let now = office.now();
    let silent = store::silent(&office.store, now, SILENCE_SECONDS, SWEEP_MAX).await?;
    let mut undone = 0;
    for id in silent {
        undone += u64::from(abandon(office, id).await?);
    }
    Ok(undone)
}

/// Whether a file with this hash was taken in before.
pub(crate) async fn was_taken_over(office: &Office, sha256: &[u8; 32]) -> Result<bool, OfficeError> {
    Ok(store::is_done(&office.store, sha256).await?)
}

/// Notes that a file is taken in with this transaction, for imports that need no staging.
///
/// # Errors
/// [`OfficeError::Forbidden`] when it was taken in before.
pub(crate) async fn note_taken_over(
    office: &Office,
    tx: &::store::Tx,
    sha256: &[u8; 32],
    rows: u64,
) -> Result<(), OfficeError> {
    // Whoever takes the same file in at the same moment waits here, and then sees it noted.
    tx.next_number(WHOLE_COUNTER, 0, 1).await?;
    if store::is_done_in(tx, sha256).await? {
        return Err(OfficeError::Forbidden { why: "this file was taken over before" });
    }
    let (id, now) = (ImportId::new(&*office.clock, &*office.random), office.now());
    store::insert(tx, id, sha256, rows.cast_signed(), now).await?;
    store::mark_done(tx, id, now).await?;
    Ok(())
}

/// Undoes an import: no row and no key of it is left. It may be repeated. False when it was finished
/// after all.
async fn abandon(office: &Office, id: ImportId) -> Result<bool, OfficeError> {
    let tx = office.store.begin().await?;
    let ours = store::mark_abandoned(&tx, id).await?;
    tx.commit().await?;
    if ours == 0 {
        return Ok(false);
    }
    loop {
        let staged = store::staged(&office.store, id, UNDO).await?;
        if staged.is_empty() {
            break;
        }
        // Keys first: the rows are how they are found again after a crash.
        destroy_keys(office, &staged.subjects()).await?;
        let tx = office.store.begin().await?;
        store::delete_staged(&tx, &staged).await?;
        tx.commit().await?;
    }
    let tx = office.store.begin().await?;
    store::note_undone(&tx, id, office.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Destroys all keys of subjects that nobody has seen yet, as [`keys::Vault::destroy`] does for one: the
/// list of destroyed keys first, some hundreds of keys at a time.
async fn destroy_keys(office: &Office, subjects: &[SubjectId]) -> Result<(), OfficeError> {
    let vault = &office.vault;
    for chunk in subjects.chunks(UNDO as usize) {
        let mut rows = Vec::new();
        for name in purpose::ALL {
            rows.extend(vault.store().find_many(name, chunk).await.map_err(KeyError::from)?);
        }
        let dead: Vec<_> =
            rows.iter().map(|row| Tombstone { key_id: row.key_id, epoch: row.epoch }).collect();
        vault.tombstones().append(&dead).map_err(KeyError::from)?;
        for ids in dead.iter().map(|dead| dead.key_id).collect::<Vec<_>>().chunks(UNDO as usize) {
            vault.store().delete(ids).await.map_err(KeyError::from)?;
        }
        for subject in chunk {
            vault.forget(*subject);
        }
    }
    Ok(())
}

/// An address as two rows of a file, or a row and a login, are compared by.
fn normalised(email: &Sensitive<String>) -> Option<Sensitive<String>> {
    keys::normalise_email(email.expose()).ok().map(Sensitive::new)
}
