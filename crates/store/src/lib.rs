//! The database: connections, transactions, migrations, the job queue, the ledger's tables and the
//! key store, on SQLite and on PostgreSQL alike.
//!
//! Invariants: dialect branches live in this crate alone; every write goes through [`Store::begin`]
//! (BEGIN IMMEDIATE on SQLite, so that a transaction that reads before it writes cannot fail half
//! way); an error never carries a value from a row, because rows hold what must not reach a log.

mod connect;
mod counter;
mod error;
mod jobs;
mod keystore;
mod ledger;
mod migrations;
mod schema;
#[cfg(test)]
mod tests;

pub use connect::{Backend, DatabaseUrl, Store, Tx, db_statement};
pub use counter::{prune_submissions, submission};
pub use error::{RowError, StoreError};
pub use jobs::{
    ClaimedJob, Job, JobCounts, JobId, JobRow, JobState, ScheduleRow, claim, counts, fail, finish,
    jobs_in_state, prune_done, record_run_end, record_run_start, release_expired, retry_later, retry_now,
    schedules,
};
pub use keystore::SqlKeyStore;
pub use ledger::{
    LedgerHead, LedgerRow, NumberedEntry, Sequencer, adopt, entries_from, entries_of_kind,
    entries_of_subject, entries_page, entry_at, entry_kinds, head, index_of_leaf, pending_count,
};
pub use schema::{CORE_TABLES, live_columns};
