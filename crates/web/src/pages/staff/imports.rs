//! Importing customers, services that run already, or invoices that are open, from a CSV file: first a look at every row that changes nothing, then a
//! confirmation, then a page with the progress.
//!
//! A file waits between look and confirmation in the memory of the process, for half an hour, and
//! never on a disk: it is full of names. So it is confirmed at the process that took it in.

use super::ADMIN;
use crate::error::{PageError, PageResult};
use crate::form::Errors;
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::{FromRequest, Multipart, Request};
use base::Timestamp;
use office::By;
use office::billing::import as invoices;
use office::customers::import::{self, Imported, Plan, PlanError, Progress, RowProblem, WrongRow};
use office::services::import as services;
use office::services::import::Checked;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long a file waits, in seconds.
const WAIT_SECONDS: i64 = 1_800;
/// How many files wait or are remembered at most.
const FILES_MAX: usize = 8;
/// The most bytes of a file on this page; larger ones go by the command.
const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What the form around the file takes.
const FORM_BYTES: usize = 16 * 1024;
/// How many wrong rows are shown.
const WRONG_SHOWN: usize = 100;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/imports", ADMIN, show)
        .post_file("/staff/imports", ADMIN, FILE_BYTES_MAX + FORM_BYTES, upload)
        .get("/staff/imports/services", ADMIN, show_services)
        .post_file("/staff/imports/services", ADMIN, FILE_BYTES_MAX + FORM_BYTES, upload_services)
        .get("/staff/imports/invoices", ADMIN, show_invoices)
        .post_file("/staff/imports/invoices", ADMIN, FILE_BYTES_MAX + FORM_BYTES, upload_invoices)
        .get("/staff/imports/{key}", ADMIN, look)
        .post("/staff/imports/{key}", ADMIN, run)
        .post("/staff/imports/{key}/forget", ADMIN, forget);
}

/// A file that was read.
#[derive(Clone)]
enum Read {
    Customers(Arc<Plan>),
    Services(Arc<Checked>),
    Invoices(Arc<invoices::Checked>),
}

impl Read {
    fn rows(&self) -> u64 {
        match self {
            Self::Customers(plan) => plan.rows.len() as u64,
            Self::Services(checked) => checked.count(),
            Self::Invoices(checked) => checked.count(),
        }
    }

    fn wrong(&self) -> (&[WrongRow], u64) {
        match self {
            Self::Customers(plan) => (&plan.wrong, plan.wrong_count),
            Self::Services(checked) => (&checked.wrong, checked.wrong_count),
            Self::Invoices(checked) => (&checked.wrong, checked.wrong_count),
        }
    }
}

/// What a file brought.
#[derive(Debug, Clone, Copy)]
enum Brought {
    Customers(Imported),
    Services(services::Imported),
    Invoices(invoices::Imported),
}

/// Where a file stands.
enum Stage {
    /// Read; waits for a confirmation.
    Waiting(Read),
    /// Being imported.
    Running(Progress),
    /// Done.
    Done(Brought),
    /// Not imported; nothing of it is left.
    Failed,
}

struct Held {
    at: Timestamp,
    stage: Stage,
}

/// Files that wait for a confirmation, and imports under way, in the memory of the process.
#[derive(Default)]
pub struct Imports(Mutex<HashMap<String, Held>>);

impl std::fmt::Debug for Imports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Imports([withheld])")
    }
}

impl Imports {
    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a file in; tells whether there was room.
    fn take(&self, key: &str, read: Read, now: Timestamp) -> bool {
        let mut held = self.held();
        held.retain(|_, held| {
            matches!(held.stage, Stage::Running(_)) || now.seconds_since(held.at) < WAIT_SECONDS
        });
        let room = held.len() < FILES_MAX;
        if room {
            held.insert(key.to_owned(), Held { at: now, stage: Stage::Waiting(read) });
        }
        room
    }

    /// The file, if it waits still; from then on it is being imported.
    fn start(&self, key: &str) -> Option<Read> {
        let mut held = self.held();
        let found = held.get_mut(key)?;
        let Stage::Waiting(read) = &found.stage else { return None };
        let read = read.clone();
        found.stage = Stage::Running(Progress { done: 0, total: read.rows() });
        Some(read)
    }

    fn set(&self, key: &str, stage: Stage, now: Timestamp) {
        if let Some(found) = self.held().get_mut(key) {
            *found = Held { at: now, stage };
        }
    }

    /// Drops a file that waits.
    fn forget(&self, key: &str) {
        let mut held = self.held();
        if held.get(key).is_some_and(|held| !matches!(held.stage, Stage::Running(_))) {
            held.remove(key);
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/imports.html")]
struct UploadPage {
    t: T,
    page: Page,
    errors: Errors,
    what: What,
    megabytes: usize,
}

/// What a page takes files of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Customers,
    Services,
    Invoices,
}

impl What {
    const fn path(self) -> &'static str {
        match self {
            Self::Customers => "/staff/imports",
            Self::Services => "/staff/imports/services",
            Self::Invoices => "/staff/imports/invoices",
        }
    }

    fn is(self, word: &str) -> bool {
        matches!((self, word), (Self::Services, "services") | (Self::Invoices, "invoices"))
    }
}

fn upload_page(visit: &Visit, what: What, errors: Errors) -> UploadPage {
    let t = visit.t();
    let page = match what {
        What::Customers => super::page(visit, t.staff_nav_imports()),
        What::Services => {
            super::page(visit, t.staff_import_services()).crumb("/staff/imports", t.staff_nav_imports())
        }
        What::Invoices => {
            super::page(visit, t.staff_import_invoices()).crumb("/staff/imports", t.staff_nav_imports())
        }
    };
    UploadPage { t, page: page.failed(&errors), errors, what, megabytes: FILE_BYTES_MAX / 1024 / 1024 }
}

async fn show(visit: Visit) -> PageResult {
    ok(&upload_page(&visit, What::Customers, Errors::none()))
}

async fn show_services(visit: Visit) -> PageResult {
    ok(&upload_page(&visit, What::Services, Errors::none()))
}

async fn show_invoices(visit: Visit) -> PageResult {
    ok(&upload_page(&visit, What::Invoices, Errors::none()))
}

/// The bytes of the field `file`; none when there is none.
pub(super) async fn file(request: Request, state: &State) -> Result<Option<Vec<u8>>, PageError> {
    let too_large = |error: axum::extract::multipart::MultipartError| {
        if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
            PageError::TooLarge
        } else {
            PageError::BadRequest
        }
    };
    let mut form = Multipart::from_request(request, state).await.map_err(|_| PageError::BadRequest)?;
    while let Some(mut field) = form.next_field().await.map_err(too_large)? {
        if field.name() != Some("file") {
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(too_large)? {
            if bytes.len() + chunk.len() > FILE_BYTES_MAX {
                return Err(PageError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        return Ok(Some(bytes).filter(|bytes| !bytes.is_empty()));
    }
    Ok(None)
}

async fn upload(visit: Visit, state: State, request: Request) -> PageResult {
    take_in(&visit, &state, What::Customers, request).await
}

async fn upload_services(visit: Visit, state: State, request: Request) -> PageResult {
    take_in(&visit, &state, What::Services, request).await
}

async fn upload_invoices(visit: Visit, state: State, request: Request) -> PageResult {
    take_in(&visit, &state, What::Invoices, request).await
}

async fn take_in(visit: &Visit, state: &State, what: What, request: Request) -> PageResult {
    let t = visit.t();
    let fail = |message| {
        let mut errors = Errors::none();
        errors.add("file", message);
        unprocessable(&upload_page(visit, what, errors))
    };
    let Some(bytes) = file(request, state).await? else { return fail(t.staff_import_missing()) };
    let read = match what {
        What::Customers => {
            let planned = tokio::task::spawn_blocking(move || import::plan(bytes.as_slice())).await;
            match planned.map_err(PageError::internal)? {
                Ok(plan) => Read::Customers(Arc::new(plan)),
                Err(error) => return fail(plan_words(t, &error)),
            }
        }
        What::Services => {
            let planned = tokio::task::spawn_blocking(move || services::plan(bytes.as_slice())).await;
            match planned.map_err(PageError::internal)? {
                Ok(plan) => Read::Services(Arc::new(services::check(&state.office, plan).await?)),
                Err(error) => return fail(plan_words(t, &error)),
            }
        }
        What::Invoices => {
            let planned = tokio::task::spawn_blocking(move || invoices::plan(bytes.as_slice())).await;
            match planned.map_err(PageError::internal)? {
                Ok(plan) => Read::Invoices(Arc::new(invoices::check(&state.office, plan).await?)),
                Err(error) => return fail(plan_words(t, &error)),
            }
        }
    };
    let key = visit.idempotency_key();
    if !state.imports.take(&key, read, visit.now()) {
        return fail(t.staff_import_busy());
    }
    Ok(see_other(&format!("/staff/imports/{key}")).into())
}

fn plan_words(t: T, error: &PlanError) -> Text {
    match error {
        PlanError::Read(_) => t.staff_import_unreadable(),
        PlanError::Empty { .. } => t.staff_import_empty(),
        PlanError::Header => t.staff_import_header(),
        PlanError::UnknownColumn { name, .. } => t.staff_import_unknown_column(name),
        PlanError::RepeatedColumn { name } => t.staff_import_repeated_column(name),
        PlanError::MissingColumn { name } => t.staff_import_missing_column(name),
        PlanError::TooManyRows { .. } | PlanError::TooLarge => t.staff_import_too_large(),
    }
}

fn problem_words(t: T, problem: &RowProblem) -> String {
    match problem {
        RowProblem::Field { column, problem } => format!("{column}: {}", t.problem(*problem)),
        RowProblem::NotUtf8 { column } => t.staff_import_not_utf8(column).into_owned(),
        RowProblem::Repeats { column, line } => {
            t.staff_import_repeats_of(*column, t.number(line)).into_owned()
        }
        RowProblem::Unknown { column } => t.staff_import_unknown(*column).into_owned(),
        RowProblem::There => t.staff_import_there().into_owned(),
        RowProblem::Fields { found, expected } => {
            t.staff_import_fields(t.number(found), t.number(expected)).into_owned()
        }
        RowProblem::TooLong => t.staff_import_row_too_long().into_owned(),
    }
}

/// A wrong row in words.
struct Wrong {
    line: u64,
    problems: Vec<String>,
}

fn wrong(t: T, row: &WrongRow) -> Wrong {
    Wrong { line: row.line, problems: row.problems.iter().map(|problem| problem_words(t, problem)).collect() }
}

/// What the page of a file shows.
enum Shown {
    Waiting { look: Look, wrong: Vec<Wrong>, wrong_count: u64 },
    Running(Progress),
    Done(Text),
    Failed,
}

/// What will happen with a file that is right.
struct Look {
    rows: u64,
    ready: Text,
    more: Vec<Text>,
    confirm: Text,
}

#[derive(Template)]
#[template(path = "pages/staff/import.html")]
struct FilePage {
    t: T,
    page: Page,
    key: String,
    again: &'static str,
    shown: Shown,
}

async fn look(visit: Visit, state: State, PathId(key): PathId<String>) -> PageResult {
    let t = visit.t();
    let waiting = {
        let held = state.imports.held();
        match &held.get(&key).ok_or(PageError::NotFound)?.stage {
            Stage::Waiting(read) => Err(read.clone()),
            Stage::Running(progress) => Ok(Shown::Running(*progress)),
            Stage::Done(Brought::Customers(done)) => {
                Ok(Shown::Done(t.staff_import_done_text(done.customers, done.joined)))
            }
            Stage::Done(Brought::Services(done)) => {
                Ok(Shown::Done(t.staff_import_services_done(done.services, done.customers)))
            }
            Stage::Done(Brought::Invoices(done)) => {
                Ok(Shown::Done(t.staff_import_invoices_done(done.invoices, t.money(&done.open))))
            }
            Stage::Failed => Ok(Shown::Failed),
        }
    };
    let again = match &waiting {
        Err(Read::Services(_)) => What::Services.path(),
        Err(Read::Invoices(_)) => What::Invoices.path(),
        _ => What::Customers.path(),
    };
    let shown = match waiting {
        Ok(shown) => shown,
        Err(read) => {
            let (wrong_rows, wrong_count) = read.wrong();
            Shown::Waiting {
                wrong: wrong_rows.iter().take(WRONG_SHOWN).map(|row| wrong(t, row)).collect(),
                wrong_count,
                look: look_at(t, &state, &read).await?,
            }
        }
    };
    let title = match &shown {
        Shown::Waiting { .. } => t.staff_import_look(),
        Shown::Running(_) => t.staff_import_running(),
        Shown::Done(_) => t.staff_import_done(),
        Shown::Failed => t.staff_import_failed(),
    };
    let page = super::page(&visit, title).crumb("/staff/imports", t.staff_nav_imports());
    ok(&FilePage { t, page, key, again, shown })
}

async fn look_at(t: T, state: &State, read: &Read) -> Result<Look, PageError> {
    let rows = read.rows();
    Ok(match read {
        Read::Customers(plan) => {
            let joining = import::joining(&state.office, plan).await?;
            let mut more = vec![t.staff_import_ready_text()];
            if joining > 0 {
                more.insert(0, t.staff_import_joining(joining));
            }
            Look { rows, ready: t.staff_import_ready(rows), more, confirm: t.staff_import_confirm(rows) }
        }
        Read::Services(checked) => {
            let mut more = vec![t.staff_import_services_ready_text()];
            if checked.is_repeat {
                more.insert(0, t.staff_import_services_repeat());
            }
            Look {
                rows,
                ready: t.staff_import_services_ready(rows, checked.customers()),
                more,
                confirm: t.staff_import_services_confirm(rows),
            }
        }
        Read::Invoices(checked) => Look {
            rows,
            ready: t.staff_import_invoices_ready(rows, t.money(&checked.open())),
            more: vec![t.staff_import_invoices_ready_text()],
            confirm: t.staff_import_invoices_confirm(rows),
        },
    })
}

async fn run(visit: Visit, state: State, me: Me, PathId(key): PathId<String>) -> PageResult {
    let to = see_other(&format!("/staff/imports/{key}"));
    // Confirmed twice, it runs once.
    let Some(read) = state.imports.start(&key) else { return Ok(to.into()) };
    tokio::spawn(carry_out(state, me.session.by(), key, read));
    Ok(to.done(&visit, Flash::StaffImportBegun).into())
}

async fn carry_out(state: State, by: By, key: String, read: Read) {
    let (imports, office) = (Arc::clone(&state.imports), &*state.office);
    let set = |done, total| imports.set(&key, Stage::Running(Progress { done, total }), office.now());
    let outcome = match read {
        Read::Customers(plan) => {
            import::run(office, by, &plan, &mut |at| set(at.done, at.total)).await.map(Brought::Customers)
        }
        Read::Services(checked) => {
            services::run(office, by, &checked, &mut |at| set(at.done, at.total)).await.map(Brought::Services)
        }
        Read::Invoices(checked) => {
            invoices::run(office, by, &checked, &mut |at| set(at.done, at.total)).await.map(Brought::Invoices)
        }
    };
    let stage = match outcome {
        Ok(brought) => Stage::Done(brought),
        Err(error) => {
            tracing::error!(%error, "an import failed; nothing of the file is left");
            Stage::Failed
        }
    };
    imports.set(&key, stage, office.now());
}

async fn forget(visit: Visit, state: State, PathId(key): PathId<String>) -> PageResult {
    state.imports.forget(&key);
    Ok(see_other("/staff/imports").done(&visit, Flash::StaffImportForgotten).into())
}
