//! The job queue: rows written in the business transaction, so that nothing is lost between a change
//! and its effect. A job is claimed under a lease; a worker that dies loses the lease and another
//! takes over, so every job must be idempotent. A job ends in done, a later retry, or failed, never
//! silently; failed ones wait on a page of their own.
//!
//! Payloads carry ids, never personal data: they stand in plain text and outlive their subject.

use crate::{Backend, Store, StoreError, Tx};
use base::{Clock, Random, Timestamp};
use sea_orm::QueryResult;
use serde::{Serialize, de::DeserializeOwned};

base::id_type!(
    /// The id of a job.
    JobId,
    "job"
);

/// How long a worker may be silent before another takes its job over, in seconds.
const LEASE_SECONDS: i64 = 300;
/// The longest wait between two attempts, in seconds.
const BACKOFF_SECONDS_MAX: i64 = 6 * 3_600;
/// The longest error text that is kept, in characters.
const ERROR_CHARS_MAX: usize = 500;

/// Something to do after the transaction commits.
pub trait Job: Serialize + DeserializeOwned + Send + Sync {
    /// The word by which workers know it.
    const KIND: &'static str;
    /// After how many attempts it lands among the failed items.
    const ATTEMPTS_MAX: u32 = 10;
}

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Waits for its time.
    Queued,
    /// A worker has it.
    Running,
    /// Done.
    Done,
    /// Out of attempts, or refused for good; staff must look.
    Failed,
}

impl JobState {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        [Self::Queued, Self::Running, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| StoreError::inconsistent("a job in an unknown state"))
    }
}

/// A job that this worker holds.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// Its id.
    pub id: JobId,
    /// Its kind, see [`Job::KIND`].
    pub kind: String,
    /// Its payload as JSON.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// After how many it fails.
    pub attempts_max: u32,
}

impl ClaimedJob {
    /// The job itself.
    ///
    /// # Errors
    /// When the payload is not one of this kind.
    pub fn decode<J: Job>(&self) -> Result<J, StoreError> {
        serde_json::from_str(&self.payload)
            .map_err(|_| StoreError::inconsistent(format!("the payload of a {} job", self.kind)))
    }
}

/// A job as staff see it.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: JobState,
    /// When it is due.
    pub run_at: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// What went wrong last; never personal data.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// How many jobs there are in each state, and how old the oldest due one is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting.
    pub queued: u64,
    /// Held by a worker.
    pub running: u64,
    /// Done and not yet pruned.
    pub done: u64,
    /// Failed.
    pub failed: u64,
}

impl Tx {
    /// Puts a job in the queue, to run when this transaction has committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue<J: Job>(
        &self,
        job: &J,
        run_at: Timestamp,
        clock: &dyn Clock,
        random: &dyn Random,
    ) -> Result<JobId, StoreError> {
        self.insert_job(job, run_at, None, clock, random).await
    }

    /// Puts a job in the queue unless one with the same key waits or runs already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue_once<J: Job>(
        &self,
        key: &str,
        job: &J,
        run_at: Timestamp,
        clock: &dyn Clock,
        random: &dyn Random,
    ) -> Result<(), StoreError> {
        self.insert_job(job, run_at, Some(key), clock, random).await.map(|_| ())
    }

    async fn insert_job<J: Job>(
        &self,
        job: &J,
        run_at: Timestamp,
        dedupe: Option<&str>,
        clock: &dyn Clock,
        random: &dyn Random,
    ) -> Result<JobId, StoreError> {
        let id = JobId::new(clock, random);
        let payload = serde_json::to_string(job)
            .map_err(|_| StoreError::inconsistent(format!("a {} job that cannot be written", J::KIND)))?;
        self.execute(
            "INSERT INTO job (id, kind, payload, state, run_at, attempts, attempts_max, dedupe, created_at) \
             VALUES ($1, $2, $3, 'queued', $4, 0, $5, $6, $7) ON CONFLICT (dedupe) DO NOTHING",
            [
                id.uuid().into(),
                J::KIND.into(),
                payload.into(),
                run_at.as_micros().into(),
                i64::from(J::ATTEMPTS_MAX).into(),
                dedupe.map(str::to_owned).into(),
                clock.now().as_micros().into(),
            ],
        )
        .await?;
        Ok(id)
    }
}

/// Claims the due job that has waited longest. Two workers never claim the same one.
///
/// # Errors
/// When the database fails.
pub async fn claim(store: &Store, now: Timestamp) -> Result<Option<ClaimedJob>, StoreError> {
    let skip = match store.backend() {
        Backend::Sqlite => "",
        Backend::Postgres => " FOR UPDATE SKIP LOCKED",
    };
    // A look through the readers first: an idle worker does not take the one writer of SQLite.
    let due = store
        .query_one(
            "SELECT 1 AS one FROM job WHERE state = 'queued' AND run_at <= $1 LIMIT 1",
            [now.as_micros().into()],
        )
        .await?;
    if due.is_none() {
        return Ok(None);
    }
    let tx = store.begin().await?;
    let row = tx
        .query_one(
            &format!(
                "UPDATE job SET state = 'running', attempts = attempts + 1, lease_until = $1 WHERE id = \
                 (SELECT id FROM job WHERE state = 'queued' AND run_at <= $2 ORDER BY run_at, id LIMIT 1{skip}) \
                 RETURNING id, kind, payload, attempts, attempts_max"
            ),
            [now.plus_seconds(LEASE_SECONDS).as_micros().into(), now.as_micros().into()],
        )
        .await?;
    tx.commit().await?;
    row.map(|row| {
        Ok(ClaimedJob {
            id: JobId::from_uuid(row.try_get("", "id")?),
            kind: row.try_get("", "kind")?,
            payload: row.try_get("", "payload")?,
            attempt: count(&row, "attempts")?,
            attempts_max: count(&row, "attempts_max")?,
        })
    })
    .transpose()
}

/// Puts jobs whose worker died back in the queue; at start and every minute.
///
/// # Errors
/// When the database fails.
pub async fn release_expired(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    let tx = store.begin().await?;
    let released = tx
        .execute(
            "UPDATE job SET state = 'queued', lease_until = NULL WHERE state = 'running' AND lease_until <= $1",
            [now.as_micros().into()],
        )
        .await?;
    tx.commit().await?;
    Ok(released)
}

/// The job is done.
///
/// # Errors
/// When the database fails.
pub async fn finish(store: &Store, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    end(store, id, "done", None, now).await
}

/// The job cannot be done; staff must look.
///
/// # Errors
/// When the database fails.
pub async fn fail(store: &Store, id: JobId, error: &str, now: Timestamp) -> Result<(), StoreError> {
    end(store, id, "failed", Some(clip(error)), now).await
}

/// The attempt failed: try again later with growing pauses, or give up when attempts are used up.
///
/// # Errors
/// When the database fails.
pub async fn retry_later(
    store: &Store,
    job: &ClaimedJob,
    error: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if job.attempt >= job.attempts_max {
        return fail(store, job.id, error, now).await;
    }
    let pause = 10_i64.saturating_mul(1 << job.attempt.min(12)).min(BACKOFF_SECONDS_MAX);
    let tx = store.begin().await?;
    tx.execute(
        "UPDATE job SET state = 'queued', lease_until = NULL, last_error = $1, run_at = $2 \
         WHERE id = $3 AND state = 'running'",
        [clip(error).into(), now.plus_seconds(pause).as_micros().into(), job.id.uuid().into()],
    )
    .await?;
    tx.commit().await
}

/// Staff ask for another try of a failed job.
///
/// # Errors
/// [`StoreError::Conflict`] when it is not failed any more.
pub async fn retry_now(tx: &Tx, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let touched = tx
        .execute(
            "UPDATE job SET state = 'queued', attempts = 0, run_at = $1, finished_at = NULL \
             WHERE id = $2 AND state = 'failed'",
            [now.as_micros().into(), id.uuid().into()],
        )
        .await?;
    if touched == 0 { Err(StoreError::Conflict { what: "the job" }) } else { Ok(()) }
}

async fn end(
    store: &Store,
    id: JobId,
    state: &'static str,
    error: Option<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    // The key is freed, so that the same work can be asked for again.
    tx.execute(
        "UPDATE job SET state = $1, last_error = $2, finished_at = $3, lease_until = NULL, dedupe = NULL \
         WHERE id = $4 AND state = 'running'",
        [state.into(), error.into(), now.as_micros().into(), id.uuid().into()],
    )
    .await?;
    tx.commit().await
}

/// Jobs in one state, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn jobs_in_state(store: &Store, state: JobState, limit: u32) -> Result<Vec<JobRow>, StoreError> {
    let rows = store
        .query(
            "SELECT id, kind, state, run_at, attempts, last_error, created_at, finished_at FROM job \
             WHERE state = $1 ORDER BY created_at DESC LIMIT $2",
            [state.as_str().into(), i64::from(limit.min(1_000)).into()],
        )
        .await?;
    rows.iter().map(job_row).collect()
}

fn job_row(row: &QueryResult) -> Result<JobRow, StoreError> {
    let state: String = row.try_get("", "state")?;
    Ok(JobRow {
        id: JobId::from_uuid(row.try_get("", "id")?),
        kind: row.try_get("", "kind")?,
        state: JobState::parse(&state)?,
        run_at: Timestamp::from_micros(row.try_get("", "run_at")?),
        attempts: count(row, "attempts")?,
        last_error: row.try_get("", "last_error")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        finished_at: row.try_get::<Option<i64>>("", "finished_at")?.map(Timestamp::from_micros),
    })
}

/// How many jobs there are in each state.
///
/// # Errors
/// When the database fails.
pub async fn counts(store: &Store) -> Result<JobCounts, StoreError> {
    let mut counts = JobCounts::default();
    for row in store.query("SELECT state, COUNT(*) AS n FROM job GROUP BY state", []).await? {
        let n = u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0);
        match JobState::parse(&row.try_get::<String>("", "state")?)? {
            JobState::Queued => counts.queued = n,
            JobState::Running => counts.running = n,
            JobState::Done => counts.done = n,
            JobState::Failed => counts.failed = n,
        }
    }
    Ok(counts)
}

/// Deletes done jobs that ended before an instant.
///
/// # Errors
/// When the database fails.
pub async fn prune_done(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let tx = store.begin().await?;
    let pruned = tx
        .execute("DELETE FROM job WHERE state = 'done' AND finished_at < $1", [before.as_micros().into()])
        .await?;
    tx.commit().await?;
    Ok(pruned)
}

/// The last run of a scheduled task.
#[derive(Debug, Clone)]
pub struct ScheduleRow {
    /// Its name.
    pub name: String,
    /// When it last began.
    pub started_at: Option<Timestamp>,
    /// When it last ended.
    pub finished_at: Option<Timestamp>,
    /// `done` or `failed`.
    pub outcome: Option<String>,
    /// What it did, or what went wrong.
    pub note: Option<String>,
    /// How often it has run.
    pub runs: u64,
}

/// Every schedule that has run, by name.
///
/// # Errors
/// When the database fails.
pub async fn schedules(store: &Store) -> Result<Vec<ScheduleRow>, StoreError> {
    let rows = store
        .query("SELECT name, started_at, finished_at, outcome, note, runs FROM schedule ORDER BY name", [])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ScheduleRow {
                name: row.try_get("", "name")?,
                started_at: row.try_get::<Option<i64>>("", "started_at")?.map(Timestamp::from_micros),
                finished_at: row.try_get::<Option<i64>>("", "finished_at")?.map(Timestamp::from_micros),
                outcome: row.try_get("", "outcome")?,
                note: row.try_get("", "note")?,
                runs: u64::try_from(row.try_get::<i64>("", "runs")?).unwrap_or(0),
            })
        })
        .collect()
}

/// Takes the turn of a scheduled task, unless it began less than `every_seconds` ago: of several
/// processes one gets it.
///
/// # Errors
/// When the database fails.
pub async fn record_run_start(
    store: &Store,
    name: &str,
    every_seconds: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    tx.execute(
        "INSERT INTO schedule (name, runs) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING",
        [name.into()],
    )
    .await?;
    let taken = tx
        .execute(
            "UPDATE schedule SET started_at = $1, runs = runs + 1 \
             WHERE name = $2 AND (started_at IS NULL OR started_at <= $3 OR started_at > $1)",
            [now.as_micros().into(), name.into(), now.plus_seconds(-every_seconds).as_micros().into()],
        )
        .await?;
    tx.commit().await?;
    Ok(taken == 1)
}

/// Records how a scheduled task ended.
///
/// # Errors
/// When the database fails.
pub async fn record_run_end(
    store: &Store,
    name: &str,
    outcome: Result<String, String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (word, note) = match outcome {
        Ok(note) => ("done", note),
        Err(note) => ("failed", note),
    };
    let tx = store.begin().await?;
    tx.execute(
        "UPDATE schedule SET finished_at = $1, outcome = $2, note = $3 WHERE name = $4",
        [now.as_micros().into(), word.into(), clip(&note).into(), name.into()],
    )
    .await?;
    tx.commit().await
}

fn count(row: &QueryResult, column: &str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64>("", column)?)
        .map_err(|_| StoreError::inconsistent("a job with a wild count"))
}

fn clip(text: &str) -> String {
    text.chars().take(ERROR_CHARS_MAX).collect()
}
