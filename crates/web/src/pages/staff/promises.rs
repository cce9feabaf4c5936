//! Promises and their verdicts: what was found, on what evidence, and looking again now.

use super::view::Badge;
use super::{AUDIT, words};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::page::{Page, ok, see_other};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::promises::{self, Recording, Verdict};
use policy::PromiseId;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/promises", AUDIT, list)
        .get("/staff/promises.csv", AUDIT, csv)
        .post("/staff/promises/attest", AUDIT, attest)
        .get("/staff/promises/{id}", AUDIT, show);
}

/// A promise with its verdict, if there is one.
struct Row {
    id: PromiseId,
    title: String,
    badge: Badge,
    why: Text,
    verdict: Option<Verdict>,
}

#[derive(Template)]
#[template(path = "pages/staff/promises.html")]
struct ListPage {
    t: T,
    page: Page,
    rows: Vec<Row>,
    kept: usize,
    broken: usize,
    checked_at: Option<Timestamp>,
}

async fn rows(t: T, state: &State) -> Result<Vec<Row>, PageError> {
    let verdicts = promises::latest(&state.office, state.stale_after_seconds()).await?;
    let policy = state.office.policy();
    let row = |promise: &policy::Promise| {
        let verdict = verdicts.iter().find(|verdict| verdict.promise == promise.id).cloned();
        Row {
            id: promise.id,
            title: promise.title.of(t.language()).to_owned(),
            badge: badge(t, verdict.as_ref()),
            why: why(t, verdict.as_ref()),
            verdict,
        }
    };
    Ok(policy.promises().iter().map(row).collect())
}

fn badge(t: T, verdict: Option<&Verdict>) -> Badge {
    verdict.map_or_else(
        || Badge::new("muted", t.staff_verdict_none()),
        |verdict| words::outcome(t, verdict.outcome),
    )
}

fn why(t: T, verdict: Option<&Verdict>) -> Text {
    let why = verdict.and_then(|verdict| verdict.evidence.unprovable);
    why.map_or(Text::Borrowed(""), |why| t.unprovable(why))
}

async fn list(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let rows = rows(t, &state).await?;
    let count = |kind| rows.iter().filter(|row| row.badge.kind == kind).count();
    let page = super::page(&visit, t.staff_nav_promises());
    ok(&ListPage {
        t,
        page,
        kept: count("ok"),
        broken: count("danger"),
        checked_at: rows.iter().filter_map(|row| row.verdict.as_ref()).map(|v| v.checked_at).max(),
        rows,
    })
}

async fn csv(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let rows = rows(t, &state).await?.into_iter().map(|row| {
        let of = |read: fn(&Verdict) -> String| row.verdict.as_ref().map(read).unwrap_or_default();
        vec![
            row.id.to_string(),
            row.title.clone(),
            row.badge.word.to_string(),
            row.why.to_string(),
            of(|verdict| verdict.checked.to_string()),
            of(|verdict| verdict.broken.to_string()),
            of(|verdict| verdict.checked_at.rfc3339()),
            of(|verdict| verdict.evidence_sha256.clone()),
        ]
    });
    let head = [
        t.staff_column_number(),
        t.staff_column_promise(),
        t.staff_column_verdict(),
        t.staff_column_why(),
        t.staff_column_checked(),
        t.staff_column_broken(),
        t.staff_column_when(),
        "SHA-256".into(),
    ];
    Ok(csv_file("promises", &head.each_ref().map(AsRef::as_ref), rows))
}

async fn attest(visit: Visit, state: State, me: Me) -> PageResult {
    promises::attest(&state.office, me.session.by(), Recording::Recorded).await?;
    Ok(see_other("/staff/promises").done(&visit, Flash::StaffAttested).into())
}

/// A verdict of the past.
struct Past {
    badge: Badge,
    verdict: Verdict,
}

#[derive(Template)]
#[template(path = "pages/staff/promise.html")]
struct PromisePage {
    t: T,
    page: Page,
    text: String,
    how: String,
    by_software: bool,
    badge: Badge,
    why: Text,
    verdict: Option<Verdict>,
    leaf: String,
    history: Vec<Past>,
}

async fn show(visit: Visit, state: State, PathId(id): PathId<PromiseId>) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let policy = office.policy();
    let promise = policy.promise(&id.to_string()).ok_or(PageError::NotFound)?;
    let latest = promises::latest(office, state.stale_after_seconds()).await?;
    let verdict = latest.into_iter().find(|verdict| verdict.promise == id);
    let position = match verdict.as_ref().and_then(|verdict| leaf_bytes(&verdict.leaf)) {
        Some(leaf) => store::index_of_leaf(&office.store, &leaf).await.map_err(office::OfficeError::from)?,
        None => None,
    };
    let past = |verdict: Verdict| Past { badge: words::outcome(t, verdict.outcome), verdict };
    let title = format!("{id}: {}", promise.title.of(t.language()));
    let page = super::page(&visit, title).crumb("/staff/promises", t.staff_nav_promises());
    ok(&PromisePage {
        t,
        page,
        text: promise.text.of(t.language()).to_owned(),
        how: promise.built.how.of(t.language()).to_owned(),
        by_software: promise.built.by == policy::Backing::Software,
        badge: badge(t, verdict.as_ref()),
        why: why(t, verdict.as_ref()),
        verdict,
        leaf: position.map(|position| format!("/staff/ledger/{position}")).unwrap_or_default(),
        history: promises::history(office, id).await?.into_iter().map(past).collect(),
    })
}

fn leaf_bytes(text: &str) -> Option<[u8; 32]> {
    hex::decode(text).ok()?.try_into().ok()
}
