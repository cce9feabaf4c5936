//! Destruction when the term has passed: the keys of a day first, then its data.

use super::model::{Destruction, DestructionId, DestructionReason, DestructionState};
use super::{store, verdicts};
use crate::{By, Office, OfficeError, Record};
use base::{Day, SubjectId, Timestamp};
use core::fmt;

/// More days than this at once wait for two people.
const DAYS_AT_ONCE: usize = 3;
/// A clock that is so far from the last time in the ledger has jumped.
const JUMP_DAYS: i64 = 2;
const NO_RUN: OfficeError = OfficeError::NotFound { what: "the destruction" };
const CHANGED: OfficeError = OfficeError::Conflict { what: "the destruction" };

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Days destroyed.
    pub days: u64,
    /// Key objects removed.
    pub keys: u64,
    /// Data objects removed.
    pub data: u64,
    /// Days that wait for two people.
    pub waiting: u64,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { days, keys, data, waiting } = self;
        write!(
            f,
            "{days} days destroyed ({keys} key objects, {data} data objects), {waiting} days wait for two people"
        )
    }
}

/// One round: begins a destruction when days are due, and carries out the one that may run.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn run(office: &Office) -> Result<Round, OfficeError> {
    let mut round = Round::default();
    match store::open_destruction(&office.store).await? {
        Some(open) if open.state == DestructionState::Running => carry_out(office, &open, &mut round).await?,
        Some(open) => round.waiting = u64::from(open.days),
        None => {}
    }
    if round.waiting == 0 && store::open_destruction(&office.store).await?.is_none() {
        begin(office, &mut round).await?;
    }
    Ok(round)
}

/// Today as destruction counts it: a clock that was set back does not make data younger.
fn today(now: Timestamp, last: Option<Timestamp>) -> Day {
    last.map_or(now, |last| last.max(now)).day()
}

/// Whether the clock is not where the ledger says it was.
fn has_jumped(now: Timestamp, last: Option<Timestamp>) -> bool {
    let span = JUMP_DAYS * 86_400 * 1_000_000;
    last.is_some_and(|last| (now.as_micros() - last.as_micros()).abs() > span)
}

async fn begin(office: &Office, round: &mut Round) -> Result<(), OfficeError> {
    let now = office.now();
    let last = store::last_ledger_time(&office.store).await?;
    let today = today(now, last);
    let due = verdicts::due(office, store::days_kept(&office.store).await?, today).await?;
    let (Some(first), Some(last_day)) = (due.iter().min(), due.iter().max()) else { return Ok(()) };
    let reason = if has_jumped(now, last) {
        DestructionReason::Clock
    } else if due.len() > DAYS_AT_ONCE {
        DestructionReason::Many
    } else {
        DestructionReason::Term
    };
    let state = match reason {
        DestructionReason::Term => DestructionState::Running,
        DestructionReason::Many | DestructionReason::Clock => DestructionState::Waiting,
    };
    let new = Destruction {
        id: DestructionId::new(&*office.clock, &*office.random),
        state,
        reason,
        first: *first,
        last: *last_day,
        days: u32::try_from(due.len()).unwrap_or(u32::MAX),
        confirmed_by: None,
        key_objects: 0,
        data_objects: 0,
        created_at: now,
    };
    let record = Record::new("destruction-begun", By::System("retention"))
        .with("run", new.id.to_string())
        .with("reason", reason.as_str())
        .with("first", first.to_string())
        .with("last", last_day.to_string())
        .with("days", due.len());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    match store::insert_destruction(&tx, &new).await {
        // Another process began one.
        Err(::store::StoreError::Duplicate) => return Ok(tx.rollback().await?),
        other => other?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    if state == DestructionState::Waiting {
        round.waiting = u64::from(new.days);
        return Ok(());
    }
    carry_out(office, &new, round).await
}

/// Destroys what a run names. It may be repeated: a day that is gone is passed by.
async fn carry_out(office: &Office, run: &Destruction, round: &mut Round) -> Result<(), OfficeError> {
    let log = office.log()?;
    let today = today(office.now(), store::last_ledger_time(&office.store).await?);
    // Never one whose term has not passed after all, and none that nobody was asked about.
    let due = verdicts::due(office, store::days_kept(&office.store).await?, today).await?;
    for day in due.into_iter().filter(|day| (run.first..=run.last).contains(day)) {
        let files = std::sync::Arc::clone(&log.store);
        let destroyed = tokio::task::spawn_blocking(move || files.destroy_day(day))
            .await
            .map_err(|error| OfficeError::Other(error.to_string()))?
            .map_err(|error| OfficeError::Other(error.to_string()))?;
        let record = Record::new("destroyed", By::System("retention"))
            .with("run", run.id.to_string())
            .with("day", day.to_string())
            .with("keys", destroyed.keys)
            .with("data", destroyed.data);
        let entry = office.prepare(record).await?;
        let now = office.now();
        let (keys, data) = (destroyed.keys as u64, destroyed.data as u64);
        let tx = office.store.begin().await?;
        if store::mark_destroyed(&tx, day, now).await? > 0 {
            store::add_destroyed(&tx, run.id, keys, data, now).await?;
            entry.append(&tx).await?;
        }
        tx.commit().await?;
        round.days += 1;
        round.keys += keys;
        round.data += data;
    }
    let tx = office.store.begin().await?;
    store::set_destruction(&tx, run.id, DestructionState::Running, DestructionState::Done, office.now())
        .await?;
    Ok(tx.commit().await?)
}

/// The destruction that waits or runs, and those before it, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn destruction(office: &Office) -> Result<(Option<Destruction>, Vec<Destruction>), OfficeError> {
    Ok((store::open_destruction(&office.store).await?, store::destructions(&office.store, 100).await?))
}

async fn waiting(office: &Office, id: DestructionId) -> Result<Destruction, OfficeError> {
    let open = store::open_destruction(&office.store).await?.filter(|open| open.id == id).ok_or(NO_RUN)?;
    if open.state == DestructionState::Waiting { Ok(open) } else { Err(CHANGED) }
}

/// Confirms a destruction that waits; the second who does sets it going.
///
/// # Errors
/// [`OfficeError::Forbidden`] to who confirmed it already; [`OfficeError::Conflict`].
pub async fn confirm(
    office: &Office,
    by: SubjectId,
    id: DestructionId,
) -> Result<DestructionState, OfficeError> {
    let open = waiting(office, id).await?;
    if open.confirmed_by == Some(by) {
        return Err(OfficeError::Forbidden { why: "a second person confirms a destruction" });
    }
    let record = Record::new("destruction-confirmed", By::Login(by)).with("run", id.to_string());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    let (touched, state) = match open.confirmed_by {
        None => (store::confirm_first(&tx, id, by, now).await?, DestructionState::Waiting),
        Some(_) => (store::confirm_second(&tx, id, by, now).await?, DestructionState::Running),
    };
    if touched == 0 {
        tx.rollback().await?;
        return Err(CHANGED);
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(state)
}

/// Stops a destruction that waits: the clock was wrong. The next round looks again.
///
/// # Errors
/// [`OfficeError::Conflict`].
pub async fn refuse(office: &Office, by: SubjectId, id: DestructionId) -> Result<(), OfficeError> {
    waiting(office, id).await?;
    let record = Record::new("destruction-refused", By::Login(by)).with("run", id.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    let to = DestructionState::Refused;
    if store::set_destruction(&tx, id, DestructionState::Waiting, to, office.now()).await? == 0 {
        tx.rollback().await?;
        return Err(CHANGED);
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Today as destruction counts it.
pub(super) async fn counted_today(office: &Office) -> Result<Day, OfficeError> {
    Ok(today(office.now(), store::last_ledger_time(&office.store).await?))
}
