//! The ledger: its entries, its signed head, checking a receipt, taking the entries along.

use super::AUDIT;
use super::view::kind_words;
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, unprocessable};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use ::ledger::{Entry, Receipt, RecordedActor, VerifiedReceipt};
use askama::Template;
use axum::response::IntoResponse as _;
use base::Timestamp;
use http::{HeaderValue, header};
use office::OfficeError;
use office::checkpoints::{self, CheckpointRow};
use serde::Deserialize;
use store::LedgerRow;

/// How many entries one file holds at most.
const FILE_ROWS_MAX: u32 = 10_000;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/ledger", AUDIT, list)
        .get("/staff/ledger.csv", AUDIT, csv)
        .get("/staff/ledger/export", AUDIT, export)
        .get("/staff/ledger/verify", AUDIT, verify_form)
        .post("/staff/ledger/verify", AUDIT, verify)
        .get("/staff/ledger/{position}", AUDIT, show);
}

/// An entry in the list.
struct Row {
    position: u64,
    at: Timestamp,
    kind: String,
    actor: Text,
    text: String,
}

fn actor(t: T, actor: &RecordedActor) -> Text {
    match actor {
        RecordedActor::System(name) => t.staff_actor_system(name),
        RecordedActor::Committed(_) => t.staff_actor_person(),
        RecordedActor::Visitor => t.staff_actor_visitor(),
    }
}

fn row(t: T, row: &LedgerRow) -> Row {
    let entry = Entry::from_bytes(row.body.clone()).ok();
    let number = entry
        .as_ref()
        .and_then(|entry| entry.data().get("number").and_then(|number| number.as_str().map(str::to_owned)));
    Row {
        position: row.position,
        at: row.at,
        kind: kind_words(t, &row.kind),
        actor: entry.as_ref().map_or(Text::Borrowed(""), |entry| actor(t, entry.actor())),
        text: number.unwrap_or_default(),
    }
}

#[derive(Template)]
#[template(path = "pages/staff/ledger.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    size: u64,
    pending: u64,
    signed: Option<CheckpointRow>,
    root: String,
}

fn failed(error: store::StoreError) -> PageError {
    OfficeError::from(error).into()
}

/// The kind that the address asks for, if there are entries of it.
fn chosen<'a>(list: &List, kinds: &'a [(String, u64)]) -> Option<&'a (String, u64)> {
    kinds.iter().find(|(kind, _)| kind == list.filter("kind"))
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let (t, data) = (visit.t(), &state.office.store);
    let kinds = store::entry_kinds(data).await.map_err(failed)?;
    let size = store::head(data).await.map_err(failed)?.frontier.size();
    let chosen = chosen(&list, &kinds);
    let unknown = chosen.is_none() && !list.filter("kind").is_empty();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let rows = match unknown {
        true => Vec::new(),
        false => store::entries_page(data, chosen.map(|(kind, _)| kind.as_str()), list.offset(), limit)
            .await
            .map_err(failed)?,
    };
    let total = if unknown { 0 } else { chosen.map_or(size, |(_, count)| *count) };
    list.set_total(total);
    let choices = kinds.iter().map(|(kind, _)| Choice::new(kind.clone(), kind_words(t, kind))).collect();
    let signed = checkpoints::latest(data).await.map_err(failed)?;
    let root = signed.as_ref().and_then(|signed| signed.note.lines().nth(2)).unwrap_or_default().to_owned();
    let page = super::page(&visit, t.staff_nav_ledger());
    ok(&ListPage {
        t,
        page,
        list,
        rows: rows.iter().map(|found| row(t, found)).collect(),
        kinds: choices,
        size,
        pending: store::pending_count(data).await.map_err(failed)?,
        signed,
        root,
    })
}

async fn csv(visit: Visit, state: State, list: List) -> PageResult {
    let (t, data) = (visit.t(), &state.office.store);
    let kinds = store::entry_kinds(data).await.map_err(failed)?;
    let kind = chosen(&list, &kinds).map(|(kind, _)| kind.as_str());
    let found = store::entries_page(data, kind, 0, FILE_ROWS_MAX).await.map_err(failed)?;
    let rows = found.iter().map(|found| {
        let entry = Entry::from_bytes(found.body.clone()).ok();
        vec![
            found.position.to_string(),
            found.at.rfc3339(),
            found.kind.clone(),
            entry.as_ref().map(|entry| actor(t, entry.actor()).into_owned()).unwrap_or_default(),
            entry.as_ref().map(|entry| entry.leaf_hash().to_string()).unwrap_or_default(),
            entry.map(|entry| entry.data().to_string()).unwrap_or_default(),
        ]
    });
    let head = [
        t.staff_column_position(),
        t.staff_column_when(),
        t.staff_column_kind(),
        t.staff_column_actor(),
        t.staff_column_leaf(),
        t.staff_column_particulars(),
    ];
    Ok(csv_file("ledger", &head.each_ref().map(AsRef::as_ref), rows))
}

/// The entries as they are hashed, a line each, from `?from=` on.
async fn export(state: State, list: List) -> PageResult {
    let from = list.filter("from").parse().unwrap_or(0);
    let rows = store::entries_from(&state.office.store, from, FILE_ROWS_MAX).await.map_err(failed)?;
    let mut body = Vec::new();
    for row in rows {
        body.extend_from_slice(&row.body);
        body.push(b'\n');
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"ledger.ndjson\"")),
    ];
    Ok((headers, body).into_response())
}

#[derive(Template)]
#[template(path = "pages/staff/ledger_entry.html")]
struct EntryPage {
    t: T,
    page: Page,
    row: LedgerRow,
    kind: String,
    actor: Text,
    leaf: String,
    subjects: usize,
    data: String,
    raw: String,
    signed: Option<CheckpointRow>,
    covered: bool,
    previous: Option<u64>,
    next: Option<u64>,
}

async fn show(visit: Visit, state: State, PathId(position): PathId<u64>) -> PageResult {
    let (t, data) = (visit.t(), &state.office.store);
    let found = store::entry_at(data, position).await.map_err(failed)?.ok_or(PageError::NotFound)?;
    let entry = Entry::from_bytes(found.body.clone()).map_err(OfficeError::from)?;
    let size = store::head(data).await.map_err(failed)?.frontier.size();
    let signed = checkpoints::latest(data).await.map_err(failed)?;
    let kind = kind_words(t, &found.kind);
    let page =
        super::page(&visit, t.staff_entry(t.number(position))).crumb("/staff/ledger", t.staff_nav_ledger());
    ok(&EntryPage {
        t,
        page,
        kind,
        actor: actor(t, entry.actor()),
        leaf: entry.leaf_hash().to_string(),
        subjects: entry.subjects().len(),
        data: serde_json::to_string_pretty(&entry.data()).unwrap_or_default(),
        raw: String::from_utf8_lossy(&found.body).into_owned(),
        covered: signed.as_ref().is_some_and(|signed| signed.size > position),
        signed,
        previous: position.checked_sub(1),
        next: Some(position + 1).filter(|next| *next < size),
        row: found,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReceiptForm {
    receipt: String,
}

/// What came of checking a receipt.
struct Checked {
    receipt: VerifiedReceipt,
    kind: String,
    /// Whether the published checkpoint of today covers the entry's place too.
    published: bool,
}

#[derive(Template)]
#[template(path = "pages/staff/ledger_verify.html")]
struct VerifyPage {
    t: T,
    page: Page,
    errors: Errors,
    form: ReceiptForm,
    checked: Option<Checked>,
    key: String,
}

fn verify_page(visit: &Visit, state: &State, form: ReceiptForm, errors: Errors) -> VerifyPage {
    let t = visit.t();
    let page =
        super::page(visit, t.staff_verify()).crumb("/staff/ledger", t.staff_nav_ledger()).failed(&errors);
    VerifyPage { t, page, errors, form, checked: None, key: state.ledger_key.to_string() }
}

async fn verify_form(visit: Visit, state: State) -> PageResult {
    ok(&verify_page(&visit, &state, ReceiptForm::default(), Errors::none()))
}

async fn verify(visit: Visit, state: State, Form(form): Form<ReceiptForm>) -> PageResult {
    let t = visit.t();
    // A form turns the ends of lines into CR LF, and a file ends with exactly one.
    let mut text = form.receipt.replace("\r\n", "\n");
    text.truncate(text.trim_end().len());
    text.push('\n');
    let outcome = Receipt::parse(text.as_bytes()).and_then(|receipt| receipt.verify(&state.ledger_key, &[]));
    let receipt = match outcome {
        Ok(receipt) => receipt,
        Err(error) => {
            let mut errors = Errors::none();
            errors.add("receipt", t.staff_verify_wrong(error.to_string()));
            return unprocessable(&verify_page(&visit, &state, form, errors));
        }
    };
    let leaf = receipt.entry.leaf_hash();
    let place = store::index_of_leaf(&state.office.store, leaf.as_bytes()).await.map_err(failed)?;
    let checked = Checked {
        kind: kind_words(t, receipt.entry.kind()),
        published: place == Some(receipt.index),
        receipt,
    };
    ok(&VerifyPage { checked: Some(checked), ..verify_page(&visit, &state, form, Errors::none()) })
}
