//! The work queue: what waits, the most pressing first.

use super::log_alarms::{LogAlarm, log_alarms};
use super::orders::{TaskRow, task_rows};
use super::view::{self, Badge, RequestRow, ThreadRow};
use super::{AUDIT_ROLES, DESK_ROLES, HEALTH_ROLES, has, words};
use crate::access::Access;
use crate::error::PageResult;
use crate::page::{Page, ok};
use crate::routes::{Routes, Section};
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use office::messages::{self, ThreadFilter, ThreadKind, ThreadState};
use office::orders::{self, OrderFilter, OrderState};
use office::promises::{self, Outcome};
use office::requests::{self, QueueCounts, RequestFilter};
use office::services::{self, TaskFilter, TaskState};
use store::JobRow;

/// How many of each are shown here; the lists have the others.
const SHOWN: u32 = 8;
/// Among how many threads the ones to show are looked for.
const LOOKED_AT: u32 = 50;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/staff", Access::STAFF, show);
}

/// A broken promise.
struct Broken {
    id: String,
    title: String,
    badge: Badge,
    count: u64,
}

#[derive(Template)]
#[template(path = "pages/staff/queue.html")]
struct QueuePage {
    t: T,
    page: Page,
    is_desk: bool,
    counts: QueueCounts,
    requests: Vec<RequestRow>,
    threads: Vec<ThreadRow>,
    open_threads: u64,
    new_orders: u64,
    tasks: Vec<TaskRow>,
    open_tasks: u64,
    late_tasks: u64,
    leaks: Vec<crate::pages::leaks::QueueRow>,
    broken: Vec<Broken>,
    alarms: Vec<LogAlarm>,
    failed: Vec<JobRow>,
    failed_count: u64,
}

impl QueuePage {
    /// The kind of badge of a count: `kind` when there are any.
    const fn kind(&self, count: &u64, kind: &'static str) -> &'static str {
        if *count > 0 { kind } else { "ok" }
    }
}

async fn show(visit: Visit, state: State) -> PageResult {
    let (t, now, office) = (visit.t(), visit.now(), &*state.office);
    let mut shown = QueuePage {
        t,
        page: visit.page(Section::Staff, t.staff_nav_queue()),
        is_desk: has(&visit, DESK_ROLES),
        counts: QueueCounts::default(),
        requests: Vec::new(),
        threads: Vec::new(),
        open_threads: 0,
        new_orders: 0,
        tasks: Vec::new(),
        open_tasks: 0,
        late_tasks: 0,
        leaks: crate::pages::leaks::queue_rows(&visit, &state, SHOWN).await?,
        broken: Vec::new(),
        alarms: Vec::new(),
        failed: Vec::new(),
        failed_count: 0,
    };
    if shown.is_desk {
        shown.counts = requests::queue_counts(office).await?;
        let page = requests::page(office, RequestFilter::default(), 0, SHOWN).await?;
        shown.requests = view::request_rows(&state, t, now, &page.requests).await?;
        let filter = ThreadFilter { state: Some(ThreadState::Open), kind: None };
        let page = messages::page(office, filter, 0, LOOKED_AT).await?;
        shown.open_threads = page.total;
        // What came with a request is answered there, and stands in the list above.
        let mut threads = page.threads;
        threads.retain(|thread| !matches!(thread.kind, ThreadKind::Request | ThreadKind::Complaint));
        threads.truncate(SHOWN as usize);
        shown.threads = view::thread_rows(&state, t, &threads).await?;
        let placed = OrderFilter { state: Some(OrderState::Placed), ..OrderFilter::default() };
        shown.new_orders = orders::count(office, placed).await?;
        let open = TaskFilter { state: Some(TaskState::Open), ..TaskFilter::default() };
        shown.open_tasks = services::count_tasks(office, open).await?;
        shown.late_tasks =
            services::count_tasks(office, TaskFilter { due_before: Some(now), ..open }).await?;
        let tasks = services::tasks(office, open, 0, SHOWN).await?;
        shown.tasks = task_rows(&state, t, &tasks).await?;
    }
    if has(&visit, AUDIT_ROLES) {
        shown.alarms = log_alarms(t, &state).await?;
        let policy = office.policy();
        let verdicts = promises::latest(office, state.stale_after_seconds()).await?;
        for verdict in verdicts.into_iter().filter(|verdict| verdict.outcome == Outcome::Broken) {
            let id = verdict.promise.to_string();
            let title = policy.promise(&id).map(|promise| promise.title.of(t.language()).to_owned());
            shown.broken.push(Broken {
                title: title.unwrap_or_default(),
                badge: words::outcome(t, verdict.outcome),
                count: verdict.broken,
                id,
            });
        }
    }
    if has(&visit, HEALTH_ROLES) {
        let counts = store::counts(&office.store).await.map_err(office::OfficeError::from)?;
        shown.failed_count = counts.failed;
        shown.failed = store::jobs_in_state(&office.store, store::JobState::Failed, SHOWN)
            .await
            .map_err(office::OfficeError::from)?;
    }
    ok(&shown)
}
