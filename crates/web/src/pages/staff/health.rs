//! How the system fares: jobs and failed items, what runs by the clock, keys, database, versions.
//! Nothing on it is about anybody.

use super::log_alarms::{LogAlarm, log_alarms};
use super::view::Badge;
use super::{ADMIN, ADMIN_ROLES, HEALTH, has, words};
use crate::error::{PageError, PageResult};
use crate::page::{Page, ok, see_other};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use keys::{KeyState, Phase};
use office::OfficeError;
use store::{Backend, JobCounts, JobId, JobRow, JobState, ScheduleRow, StoreError};

/// How many failed jobs are shown.
const SHOWN: u32 = 100;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/staff/health", HEALTH, show).post("/staff/health/jobs/{id}/retry", ADMIN, retry);
}

/// Something that runs by the clock.
struct Task {
    row: ScheduleRow,
    does: Text,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "pages/staff/health.html")]
struct HealthPage {
    t: T,
    page: Page,
    alarms: Vec<LogAlarm>,
    may_retry: bool,
    jobs: JobCounts,
    failed: Vec<JobRow>,
    tasks: Vec<Task>,
    keys: KeyState,
    phase: Text,
    copies: usize,
    database: &'static str,
    entries: u64,
    pending: u64,
    signed: Option<office::checkpoints::CheckpointRow>,
    version: &'static str,
    names: usize,
}

fn failed(error: StoreError) -> PageError {
    OfficeError::from(error).into()
}

async fn show(visit: Visit, state: State) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let data = &office.store;
    let keys = office.vault.state().await.map_err(OfficeError::from)?;
    let task = |row: ScheduleRow| Task {
        does: words::task(t, &row.name),
        badge: match row.outcome.as_deref() {
            Some("done") => Badge::new("ok", t.staff_task_done()),
            Some("failed") => Badge::new("danger", t.staff_task_failed()),
            _ => Badge::new("info", t.staff_task_running()),
        },
        row,
    };
    let page = super::page(&visit, t.staff_nav_health());
    ok(&HealthPage {
        t,
        page,
        alarms: log_alarms(t, &state).await?,
        may_retry: has(&visit, ADMIN_ROLES),
        jobs: store::counts(data).await.map_err(failed)?,
        failed: store::jobs_in_state(data, JobState::Failed, SHOWN).await.map_err(failed)?,
        tasks: store::schedules(data).await.map_err(failed)?.into_iter().map(task).collect(),
        phase: match keys.phase {
            Phase::Steady => t.staff_phase_steady(),
            Phase::Both => t.staff_phase_both(),
            Phase::Retiring => t.staff_phase_retiring(),
        },
        keys,
        copies: office.vault.epochs().copies().len(),
        database: match data.backend() {
            Backend::Sqlite => "SQLite",
            Backend::Postgres => "PostgreSQL",
        },
        entries: store::head(data).await.map_err(failed)?.frontier.size(),
        pending: store::pending_count(data).await.map_err(failed)?,
        signed: office::checkpoints::latest(data).await.map_err(failed)?,
        version: if state.program.version.is_empty() {
            env!("CARGO_PKG_VERSION")
        } else {
            state.program.version
        },
        names: office.names.len(),
    })
}

async fn retry(visit: Visit, state: State, me: Me, PathId(id): PathId<JobId>) -> PageResult {
    let office = &*state.office;
    let tx = office.store.begin().await.map_err(failed)?;
    match store::retry_now(&tx, id, visit.now()).await {
        Ok(()) => tx.commit().await.map_err(failed)?,
        Err(StoreError::Conflict { .. }) => return Err(PageError::Conflict),
        Err(error) => return Err(failed(error)),
    }
    tracing::info!(job.id = %id, by = %me.session.login, "a failed job is tried again");
    Ok(see_other("/staff/health").done(&visit, Flash::StaffRetried).into())
}
