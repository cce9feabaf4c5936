//! What happened, from the ledger, in words; and a receipt for each entry.
//!
//! The ledger names nobody. Who did something is found by trying whether the entry's commitment is
//! that of somebody who acts for the customer; others stay unknown to the page, as they are to the
//! ledger.

use super::{Acting, READER, capital, page, words};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::Choice;
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, with_status};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::response::IntoResponse;
use base::{SubjectId, Timestamp};
use http::{HeaderValue, StatusCode, header};
use ledger::{Entry, RecordedActor};
use office::accounts::{self, Role};
use office::checkpoints::{actor_among, kind_in_words};
use office::customers;
use office::requests::{RequestKind, receipts};
use serde_json::Value;
use store::LedgerRow;

pub(super) const PATH: &str = "/panel/history";
/// How far back the page looks; the copy that can be asked for has everything.
const ENTRIES_MAX: u32 = 1_000;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, READER, show).get("/panel/history.csv", READER, csv).get(
        "/panel/history/{position}",
        READER,
        receipt,
    );
}

/// An event as pages show it.
pub(super) struct Event {
    pub position: u64,
    pub at: Timestamp,
    pub what: String,
    pub who: Text,
    pub details: Vec<Text>,
}

/// The people who act for the customer, by the subject the ledger commits to.
pub(super) struct People {
    you: SubjectId,
    others: Vec<(SubjectId, String)>,
    subjects: Vec<SubjectId>,
}

impl People {
    pub async fn of(state: &State, acting: &Acting) -> Result<Self, PageError> {
        let you = acting.session.subject;
        let members = accounts::logins_of_customer(&state.office, acting.customer).await?;
        let others: Vec<(SubjectId, String)> = members
            .into_iter()
            .filter(|member| member.login.subject != you)
            .map(|member| (member.login.subject, member.login.name.expose().clone()))
            .collect();
        let subjects = std::iter::once(you).chain(others.iter().map(|(subject, _)| *subject)).collect();
        Ok(Self { you, others, subjects })
    }

    async fn who(&self, t: T, state: &State, entry: &Entry) -> Result<Text, PageError> {
        Ok(match entry.actor() {
            RecordedActor::System(_) => t.panel_history_by_system(),
            RecordedActor::Visitor => t.panel_history_by_visitor(),
            RecordedActor::Committed(_) => match actor_among(&state.office, entry, &self.subjects).await? {
                Some(subject) if subject == self.you => t.panel_history_by_you(),
                Some(subject) => self
                    .others
                    .iter()
                    .find(|(known, _)| *known == subject)
                    .map_or_else(|| t.panel_history_by_other(), |(_, name)| name.clone().into()),
                None => t.panel_history_by_other(),
            },
        })
    }
}

/// The entries about the customer, the latest first.
pub(super) async fn entries(state: &State, acting: &Acting, limit: u32) -> Result<Vec<LedgerRow>, PageError> {
    let subject = customers::customer(&state.office, acting.customer).await?.subject;
    store::entries_of_subject(&state.office.store, subject, limit).await.map_err(PageError::internal)
}

/// An entry in words.
pub(super) async fn event(t: T, state: &State, people: &People, row: LedgerRow) -> Result<Event, PageError> {
    let entry = Entry::from_bytes(row.body).map_err(PageError::internal)?;
    Ok(Event {
        position: row.position,
        at: row.at,
        what: what(t, &row.kind),
        who: people.who(t, state, &entry).await?,
        details: details(t, &row.kind, &entry.data()),
    })
}

/// The kind in words, as a heading; its code when there are none yet.
fn what(t: T, kind: &str) -> String {
    capital(kind_in_words(kind, t.language()).unwrap_or(kind))
}

/// Of the particulars, those that say something to the person.
fn details(t: T, kind: &str, data: &Value) -> Vec<Text> {
    let mut details = Vec::new();
    // Of other entries `kind` means something else.
    let right = data.get("kind").and_then(Value::as_str).filter(|_| kind.starts_with("request-"));
    if let Some(right) = right.and_then(RequestKind::parse) {
        details.push(words::right(t, right));
    }
    if let Some(number) = data.get("number").and_then(Value::as_str) {
        details.push(t.panel_history_number(number));
    }
    if let Some(role) = data.get("role").and_then(Value::as_str).and_then(Role::parse) {
        details.push(t.panel_history_role(t.role(role)));
    }
    if let Some(fields) = data.get("fields").and_then(Value::as_array) {
        let words: Vec<Text> =
            fields.iter().filter_map(Value::as_str).map(|field| t.panel_field(field)).collect();
        details.push(t.panel_history_fields(words.join(", ")));
    }
    details
}

#[derive(Template)]
#[template(path = "pages/panel/history.html")]
struct Show {
    t: T,
    page: Page,
    list: List,
    events: Vec<Event>,
    kinds: Vec<Choice>,
    is_cut: bool,
}

async fn show(visit: Visit, state: State, acting: Acting, mut list: List) -> PageResult {
    let t = visit.t();
    let rows = entries(&state, &acting, ENTRIES_MAX).await?;
    let is_cut = rows.len() >= ENTRIES_MAX as usize;
    let mut kinds: Vec<Choice> = Vec::new();
    for row in &rows {
        if !kinds.iter().any(|choice| choice.is(&row.kind)) {
            kinds.push(Choice::new(row.kind.clone(), what(t, &row.kind)));
        }
    }
    kinds.sort_by(|a, b| a.label.cmp(&b.label));
    let wanted = list.filter("kind").to_owned();
    let matching: Vec<LedgerRow> =
        rows.into_iter().filter(|row| wanted.is_empty() || row.kind == wanted).collect();
    list.set_total(matching.len() as u64);
    let skipped = usize::try_from(list.offset()).unwrap_or(usize::MAX);
    let people = People::of(&state, &acting).await?;
    let mut events = Vec::new();
    for row in matching.into_iter().skip(skipped).take(usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX)) {
        events.push(event(t, &state, &people, row).await?);
    }
    ok(&Show { t, page: page(&visit, t.panel_history()), list, events, kinds, is_cut })
}

async fn csv(visit: Visit, state: State, acting: Acting, list: List) -> PageResult {
    let t = visit.t();
    let heads = [
        t.panel_history_place(),
        t.panel_history_when(),
        t.panel_history_what(),
        t.panel_history_who(),
        t.panel_history_details(),
    ];
    let people = People::of(&state, &acting).await?;
    let wanted = list.filter("kind");
    let mut rows = Vec::new();
    for row in entries(&state, &acting, ENTRIES_MAX).await? {
        if !wanted.is_empty() && row.kind != wanted {
            continue;
        }
        let event = event(t, &state, &people, row).await?;
        let (place, at) = (event.position.to_string(), event.at.rfc3339());
        rows.push(vec![place, at, event.what, event.who.into_owned(), event.details.join("; ")]);
    }
    Ok(csv_file("history", &heads.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Template)]
#[template(path = "pages/panel/receipt_waiting.html")]
struct Waiting {
    t: T,
    page: Page,
    href: String,
}

async fn receipt(visit: Visit, state: State, acting: Acting, PathId(position): PathId<u64>) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let subject = customers::customer(office, acting.customer).await?.subject;
    let row = store::entry_at(&office.store, position).await.map_err(PageError::internal)?;
    let row = row.ok_or(PageError::NotFound)?;
    let entry = Entry::from_bytes(row.body).map_err(PageError::internal)?;
    let words = receipts::entry_words(office, visit.language(), &row.kind);
    let (tiles, key) = (&state.ledger.tiles, &state.ledger_key);
    // An entry about somebody else is not found, like one that is not there.
    match receipts::for_entry(office, tiles, key, subject, entry.leaf_hash(), &words).await? {
        Some(text) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
                (
                    header::CONTENT_DISPOSITION,
                    HeaderValue::from_static("attachment; filename=\"receipt.tlog-proof\""),
                ),
            ];
            Ok((headers, text).into_response())
        }
        None => {
            let page = page(&visit, t.panel_history_not_yet()).crumb(PATH, t.panel_history());
            let href = format!("{PATH}/{position}");
            with_status(StatusCode::ACCEPTED, &Waiting { t, page, href })
        }
    }
}
