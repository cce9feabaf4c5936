//! The policy: what is in force, what the file says, the register of processing, the retention
//! schedule and the statement.

use super::view::Badge;
use super::{AUDIT, PRIVACY, PRIVACY_ROLES, has};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::Errors;
use crate::list::List;
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use ::policy::Policy;
use ::policy::diff::{self, Change, Kind};
use ::policy::register::{self, Register};
use ::policy::schedule::{self, Schedule};
use ::policy::statement::{self, Block, Statement};
use askama::Template;
use base::{Language, Timestamp};
use office::promises::{self, PolicyVersion};

/// The largest file that is read.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/policy", AUDIT, show)
        .get("/staff/policy/publish", PRIVACY.fresh(), publish)
        .post("/staff/policy/publish", PRIVACY.fresh(), do_publish)
        .get("/staff/policy/versions/{hash}", AUDIT, version)
        .get("/staff/policy/statement", AUDIT, statement)
        .get("/staff/policy/controller", AUDIT, controller)
        .get("/staff/policy/controller.csv", AUDIT, controller_csv)
        .get("/staff/policy/processor", AUDIT, processor)
        .get("/staff/policy/processor.csv", AUDIT, processor_csv)
        .get("/staff/policy/retention", AUDIT, retention)
        .get("/staff/policy/retention.csv", AUDIT, retention_csv);
}

/// A version of the policy that was put in force.
struct VersionRow {
    label: String,
    hash: String,
    statement_nl: String,
    statement_en: String,
    from: Timestamp,
    in_force: bool,
}

/// A version as shown, beside the latest, which is the one in force.
fn version_row(version: &PolicyVersion, latest: Option<&PolicyVersion>) -> VersionRow {
    let label =
        Policy::parse(&version.body).map_or_else(|_| String::new(), |policy| policy.version().to_owned());
    VersionRow {
        label,
        hash: hex::encode(version.hash),
        statement_nl: hex::encode(version.statement_nl),
        statement_en: hex::encode(version.statement_en),
        from: version.in_force_from,
        in_force: latest.is_some_and(|latest| latest.hash == version.hash),
    }
}

/// What the file says against what is in force.
enum FileState {
    /// The running program did not say where the file is.
    Unknown,
    /// It cannot be read.
    Unreadable,
    /// It says something that cannot be.
    Wrong(Vec<String>),
    /// It says what is in force.
    Same,
    /// It says something else.
    Other(Box<Policy>, Vec<ChangeRow>),
}

/// A difference.
struct ChangeRow {
    path: String,
    badge: Badge,
    words: String,
}

fn change_row(t: T, change: Change) -> ChangeRow {
    let badge = match change.kind {
        Kind::Added => Badge::new("ok", t.staff_change_added()),
        Kind::Removed => Badge::new("danger", t.staff_change_removed()),
        Kind::Changed => Badge::new("info", t.staff_change_changed()),
        Kind::Lengthened => Badge::new("warn", t.staff_change_lengthened()),
        Kind::Shortened => Badge::new("ok", t.staff_change_shortened()),
    };
    ChangeRow { path: change.path, badge, words: change.words }
}

async fn file(t: T, state: &State) -> FileState {
    let Some(path) = state.program.policy_file.clone() else { return FileState::Unknown };
    match tokio::fs::metadata(&*path).await {
        Ok(found) if found.len() <= FILE_BYTES_MAX => {}
        _ => return FileState::Unreadable,
    }
    let Ok(text) = tokio::fs::read_to_string(&*path).await else { return FileState::Unreadable };
    let running = state.office.policy();
    match Policy::parse(&text) {
        Err(errors) => FileState::Wrong(errors.to_string().lines().map(str::to_owned).collect()),
        Ok(policy) if policy.hash() == running.hash() => FileState::Same,
        Ok(policy) => {
            let changes = diff::diff(&running, &policy, t.language());
            let rows = changes.into_iter().map(|change| change_row(t, change)).collect();
            FileState::Other(Box::new(policy), rows)
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/policy.html")]
struct PolicyPage {
    t: T,
    page: Page,
    current: Option<VersionRow>,
    versions: Vec<VersionRow>,
    file: FileState,
    may_publish: bool,
    publishable: bool,
    unfinished: usize,
}

async fn show(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let versions = promises::versions(&state.office).await?;
    let rows: Vec<VersionRow> =
        versions.iter().map(|version| version_row(version, versions.last())).rev().collect();
    let page = super::page(&visit, t.staff_nav_policy());
    ok(&PolicyPage {
        t,
        page,
        current: versions.last().map(|version| version_row(version, Some(version))),
        versions: rows,
        file: file(t, &state).await,
        may_publish: has(&visit, PRIVACY_ROLES),
        publishable: state.program.publish_policy.is_some(),
        unfinished: state.office.policy().unfinished_lines().len(),
    })
}

#[derive(Template)]
#[template(path = "pages/staff/policy_publish.html")]
struct PublishPage {
    t: T,
    page: Page,
    errors: Errors,
    file: FileState,
    trouble: String,
}

async fn publish_page(visit: &Visit, state: &State, trouble: String) -> PublishPage {
    let t = visit.t();
    let page = super::page(visit, t.staff_publish()).crumb("/staff/policy", t.staff_nav_policy());
    PublishPage { t, page, errors: Errors::none(), file: file(t, state).await, trouble }
}

async fn publish(visit: Visit, state: State) -> PageResult {
    if state.program.publish_policy.is_none() {
        return Err(PageError::NotFound);
    }
    ok(&publish_page(&visit, &state, String::new()).await)
}

async fn do_publish(visit: Visit, state: State, me: Me) -> PageResult {
    let publish = state.program.publish_policy.clone().ok_or(PageError::NotFound)?;
    match publish(me.session.by()).await {
        Ok(true) => Ok(see_other("/staff/policy").done(&visit, Flash::StaffPublished).into()),
        Ok(false) => Ok(see_other("/staff/policy").warning(&visit, Flash::StaffPublishedSame).into()),
        Err(trouble) => unprocessable(&publish_page(&visit, &state, trouble).await),
    }
}

#[derive(Template)]
#[template(path = "pages/staff/policy_version.html")]
struct VersionPage {
    t: T,
    page: Page,
    version: VersionRow,
    body: String,
    changes: Vec<ChangeRow>,
    first: bool,
}

async fn version(visit: Visit, state: State, PathId(hash): PathId<String>) -> PageResult {
    let t = visit.t();
    let versions = promises::versions(&state.office).await?;
    let at = versions.iter().position(|known| hex::encode(known.hash) == hash).ok_or(PageError::NotFound)?;
    let found = &versions[at];
    let before = at.checked_sub(1).map(|before| &versions[before]);
    let changes = match (before.map(|before| Policy::parse(&before.body)), Policy::parse(&found.body)) {
        (Some(Ok(old)), Ok(new)) => diff::diff(&old, &new, t.language()),
        _ => Vec::new(),
    };
    let row = version_row(found, versions.last());
    let page =
        super::page(&visit, t.staff_version(row.label.clone())).crumb("/staff/policy", t.staff_nav_policy());
    ok(&VersionPage {
        t,
        page,
        version: row,
        body: found.body.clone(),
        changes: changes.into_iter().map(|change| change_row(t, change)).collect(),
        first: before.is_none(),
    })
}

#[derive(Template)]
#[template(path = "pages/staff/policy_statement.html")]
struct StatementPage {
    t: T,
    page: Page,
    statement: Statement,
    hash: String,
    of_file: bool,
    other_of: String,
}

/// `?of=file` shows what the file would publish; anything else what is in force. The language is that
/// of the page.
async fn statement(visit: Visit, state: State, list: List) -> PageResult {
    let t = visit.t();
    let of_file = list.filter("of") == "file";
    let rendered = if of_file {
        match file(t, &state).await {
            FileState::Other(policy, _) => statement::render(&policy, t.language()),
            FileState::Same => statement::render(&state.office.policy(), t.language()),
            _ => return Err(PageError::NotFound),
        }
    } else {
        statement::render(&state.office.policy(), t.language())
    };
    let page = super::page(&visit, t.staff_statement_title()).crumb("/staff/policy", t.staff_nav_policy());
    let other_of = if of_file { String::new() } else { "?of=file".to_owned() };
    let hash = hex::encode(rendered.hash());
    ok(&StatementPage { t, page, statement: rendered, hash, of_file, other_of })
}

#[derive(Template)]
#[template(path = "pages/staff/policy_register.html")]
struct RegisterPage {
    t: T,
    page: Page,
    register: Register,
    csv: &'static str,
}

type Make = fn(&Policy, Language) -> Register;

fn register_page(visit: &Visit, state: &State, make: Make, csv: &'static str) -> PageResult {
    let t = visit.t();
    let register = make(&state.office.policy(), t.language());
    let page = super::page(visit, register.title.clone()).crumb("/staff/policy", t.staff_nav_policy());
    ok(&RegisterPage { t, page, register, csv })
}

async fn controller(visit: Visit, state: State) -> PageResult {
    register_page(&visit, &state, register::controller, "/staff/policy/controller.csv")
}

async fn processor(visit: Visit, state: State) -> PageResult {
    register_page(&visit, &state, register::processor, "/staff/policy/processor.csv")
}

async fn controller_csv(visit: Visit, state: State) -> PageResult {
    let register = register::controller(&state.office.policy(), visit.language());
    let head: Vec<&str> = register.table.head.iter().map(String::as_str).collect();
    Ok(csv_file("register-controller", &head, register.table.rows.clone()))
}

async fn processor_csv(visit: Visit, state: State) -> PageResult {
    let register = register::processor(&state.office.policy(), visit.language());
    let head: Vec<&str> = register.table.head.iter().map(String::as_str).collect();
    Ok(csv_file("register-processor", &head, register.table.rows.clone()))
}

#[derive(Template)]
#[template(path = "pages/staff/policy_retention.html")]
struct RetentionPage {
    t: T,
    page: Page,
    schedule: Schedule,
}

async fn retention(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let schedule = schedule::schedule(&state.office.policy(), t.language());
    let page = super::page(&visit, t.staff_retention()).crumb("/staff/policy", t.staff_nav_policy());
    ok(&RetentionPage { t, page, schedule })
}

async fn retention_csv(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let schedule = schedule::schedule(&state.office.policy(), t.language());
    let head = [
        t.staff_column_purpose(),
        t.staff_column_data(),
        t.staff_column_ground(),
        t.staff_column_retention(),
        t.staff_column_why(),
    ];
    let rows = schedule
        .lines
        .into_iter()
        .map(|line| vec![line.title, line.data, line.ground, line.retention_in_words, line.reason]);
    Ok(csv_file("retention", &head.each_ref().map(AsRef::as_ref), rows))
}
