//! Importing customers from a CSV file: first a look at every row that changes nothing, then a
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
use crate::text::{Flash, T};
use crate::visit::Visit;
use askama::Template;
use axum::extract::{FromRequest, Multipart, Request};
use base::Timestamp;
use office::By;
use office::customers::import::{self, Imported, Plan, PlanError, Progress, RowProblem, WrongRow};
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
        .get("/staff/imports/{key}", ADMIN, look)
        .post("/staff/imports/{key}", ADMIN, run)
        .post("/staff/imports/{key}/forget", ADMIN, forget);
}

/// Where a file stands.
enum Stage {
    /// Read; waits for a confirmation.
    Waiting(Arc<Plan>),
    /// Being imported.
    Running(Progress),
    /// Done.
    Done(Imported),
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
    fn take(&self, key: &str, plan: Arc<Plan>, now: Timestamp) -> bool {
        let mut held = self.held();
        held.retain(|_, held| {
            matches!(held.stage, Stage::Running(_)) || now.seconds_since(held.at) < WAIT_SECONDS
        });
        let room = held.len() < FILES_MAX;
        if room {
            held.insert(key.to_owned(), Held { at: now, stage: Stage::Waiting(plan) });
        }
        room
    }

    /// The file, if it waits still; from then on it is being imported.
    fn start(&self, key: &str) -> Option<Arc<Plan>> {
        let mut held = self.held();
        let found = held.get_mut(key)?;
        let Stage::Waiting(plan) = &found.stage else { return None };
        let plan = Arc::clone(plan);
        let progress = Progress { done: 0, total: plan.rows.len() as u64 };
        found.stage = Stage::Running(progress);
        Some(plan)
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
    megabytes: usize,
}

fn upload_page(visit: &Visit, errors: Errors) -> UploadPage {
    let t = visit.t();
    let page = super::page(visit, t.staff_nav_imports()).failed(&errors);
    UploadPage { t, page, errors, megabytes: FILE_BYTES_MAX / 1024 / 1024 }
}

async fn show(visit: Visit) -> PageResult {
    ok(&upload_page(&visit, Errors::none()))
}

/// The bytes of the field `file`; none when there is none.
async fn file(request: Request, state: &State) -> Result<Option<Vec<u8>>, PageError> {
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
    let t = visit.t();
    let fail = |message| {
        let mut errors = Errors::none();
        errors.add("file", message);
        unprocessable(&upload_page(&visit, errors))
    };
    let Some(bytes) = file(request, &state).await? else { return fail(t.staff_import_missing()) };
    let planned = tokio::task::spawn_blocking(move || import::plan(bytes.as_slice()))
        .await
        .map_err(PageError::internal)?;
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => return fail(plan_words(t, &error)),
    };
    let key = visit.idempotency_key();
    if !state.imports.take(&key, Arc::new(plan), visit.now()) {
        return fail(t.staff_import_busy());
    }
    Ok(see_other(&format!("/staff/imports/{key}")).into())
}

fn plan_words(t: T, error: &PlanError) -> crate::text::Text {
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
    Waiting { rows: u64, joining: u64, wrong: Vec<Wrong>, wrong_count: u64 },
    Running(Progress),
    Done(Imported),
    Failed,
}

#[derive(Template)]
#[template(path = "pages/staff/import.html")]
struct FilePage {
    t: T,
    page: Page,
    key: String,
    shown: Shown,
}

async fn look(visit: Visit, state: State, PathId(key): PathId<String>) -> PageResult {
    let t = visit.t();
    let waiting = {
        let held = state.imports.held();
        match &held.get(&key).ok_or(PageError::NotFound)?.stage {
            Stage::Waiting(plan) => Err(Arc::clone(plan)),
            Stage::Running(progress) => Ok(Shown::Running(*progress)),
            Stage::Done(imported) => Ok(Shown::Done(*imported)),
            Stage::Failed => Ok(Shown::Failed),
        }
    };
    let shown = match waiting {
        Ok(shown) => shown,
        Err(plan) => Shown::Waiting {
            rows: plan.rows.len() as u64,
            joining: import::joining(&state.office, &plan).await?,
            wrong: plan.wrong.iter().take(WRONG_SHOWN).map(|row| wrong(t, row)).collect(),
            wrong_count: plan.wrong_count,
        },
    };
    let title = match &shown {
        Shown::Waiting { .. } => t.staff_import_look(),
        Shown::Running(_) => t.staff_import_running(),
        Shown::Done(_) => t.staff_import_done(),
        Shown::Failed => t.staff_import_failed(),
    };
    let page = super::page(&visit, title).crumb("/staff/imports", t.staff_nav_imports());
    ok(&FilePage { t, page, key, shown })
}

async fn run(visit: Visit, state: State, me: Me, PathId(key): PathId<String>) -> PageResult {
    let to = see_other(&format!("/staff/imports/{key}"));
    // Confirmed twice, it runs once.
    let Some(plan) = state.imports.start(&key) else { return Ok(to.into()) };
    tokio::spawn(carry_out(state, me.session.by(), key, plan));
    Ok(to.done(&visit, Flash::StaffImportBegun).into())
}

async fn carry_out(state: State, by: By, key: String, plan: Arc<Plan>) {
    let (imports, office) = (Arc::clone(&state.imports), &*state.office);
    let mut progress = |progress: Progress| {
        imports.set(&key, Stage::Running(progress), office.now());
    };
    let outcome = import::run(office, by, &plan, &mut progress).await;
    let stage = match outcome {
        Ok(imported) => Stage::Done(imported),
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
