//! Releases of the traffic log: asking for one, carrying files to and from officers, searching while it is open, ending it.

use super::{AUDIT, PRIVACY, PRIVACY_ROLES, has};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use base::{Day, Sensitive, Timestamp};
use http::header;
use jiff::civil::{Date, DateTime};
use office::incidents::{self, Field, IncidentFilter, IncidentId, LawfulOrderId, LawfulOrderState};
use office::releases::{
    self, Answer, AskError, EndReason, Ground, HOURS_MAX, NewAsk, On, Question, Ready, Release,
    ReleaseFilter, ReleaseId, ReleaseState, SHOWN_MAX, Shape, Wanted,
};
use office::{OfficeError, traffic_log};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::IpAddr;

pub(super) const PATH: &str = "/staff/releases";
/// The most bytes of an officer's file: partial results for every label.
const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Rows of an export.
const EXPORT_ROWS: u64 = 100_000;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, AUDIT, list)
        .get("/staff/releases/new", PRIVACY, new)
        .post("/staff/releases/new", PRIVACY.fresh(), create)
        .get("/staff/releases/{id}", AUDIT, show)
        .get("/staff/releases/{id}/dossier.json", PRIVACY, dossier)
        .post_file("/staff/releases/{id}/file", PRIVACY, FILE_BYTES_MAX, bring)
        .post("/staff/releases/{id}/open", PRIVACY.fresh(), open)
        .post("/staff/releases/{id}/search", PRIVACY, search)
        .post("/staff/releases/{id}/export", PRIVACY, export)
        .post("/staff/releases/{id}/evidence", PRIVACY, evidence)
        .post("/staff/releases/{id}/end", PRIVACY, end);
}

fn state_badge(t: T, state: ReleaseState) -> sales::Badge {
    match state {
        ReleaseState::Requested => ("warn", t.release_requested()),
        ReleaseState::Open => ("danger", t.release_open()),
        ReleaseState::Ended => ("muted", t.release_ended()),
    }
}

fn ground_words(t: T, ground: Ground) -> Text {
    match ground {
        Ground::Incident => t.release_ground_incident(),
        Ground::LawfulOrder => t.release_ground_order(),
    }
}

struct Row {
    id: ReleaseId,
    asked_at: Timestamp,
    ground: Text,
    days: String,
    labels: u64,
    state: sales::Badge,
}

fn days(t: T, release: &Release) -> String {
    let (first, last) = release.days;
    if first == last { t.day(&first) } else { format!("{} – {}", t.day(&first), t.day(&last)) }
}

#[derive(Template)]
#[template(path = "pages/staff/releases.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    states: Vec<Choice>,
    may_ask: bool,
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let filter = ReleaseFilter { state: ReleaseState::parse(list.filter("state")), ground_id: None };
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let (found, total) = releases::page(&state.office, filter, list.offset(), limit).await?;
    list.set_total(total);
    let row = |release: &Release| Row {
        id: release.id,
        asked_at: release.asked_at,
        ground: ground_words(t, release.ground),
        days: days(t, release),
        labels: release.labels,
        state: state_badge(t, release.state),
    };
    let choice = |state: ReleaseState| Choice::new(state.as_str(), state_badge(t, state).1);
    let page = super::page(&visit, t.release_title()).crumb("/staff/log", t.traffic_nav());
    ok(&ListPage {
        t,
        page,
        rows: found.iter().map(row).collect(),
        states: ReleaseState::ALL.into_iter().map(choice).collect(),
        may_ask: has(&visit, PRIVACY_ROLES),
        list,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NewForm {
    ground: String,
    sites: Sensitive<String>,
    addresses: Sensitive<String>,
    first: String,
    last: String,
    reason: Sensitive<String>,
    hours: String,
    once: String,
}

#[derive(Template)]
#[template(path = "pages/staff/release_new.html")]
struct NewPage {
    t: T,
    page: Page,
    errors: Errors,
    form: NewForm,
    grounds: Vec<Choice>,
}

async fn new_page(visit: &Visit, state: &State, form: NewForm, errors: Errors) -> Result<NewPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let mut grounds = Vec::new();
    // Of all cases those that are not closed, which is what the filter says when it says nothing.
    for found in incidents::page(office, IncidentFilter::default(), 0, 100).await?.0 {
        let incident = found.incident;
        let title = incident.texts.get(Field::Title).unwrap_or_default();
        let label = format!("{}: {} {title}", t.release_ground_incident(), incident.number);
        grounds.push(Choice::new(format!("incident:{}", incident.id), label));
    }
    let orders = incidents::orders(office, 0, 100).await?.0;
    for order in orders.into_iter().filter(|order| order.state == LawfulOrderState::Open) {
        let label = format!("{}: {} {}", t.release_ground_order(), order.number, order.reference.expose());
        grounds.push(Choice::new(format!("order:{}", order.id), label));
    }
    let page = super::page(visit, t.release_ask())
        .crumb("/staff/log", t.traffic_nav())
        .crumb(PATH, t.release_title())
        .failed(&errors);
    Ok(NewPage { t, page, errors, form, grounds })
}

async fn new(visit: Visit, state: State) -> PageResult {
    let today = state.office.now().day().to_string();
    let form = NewForm {
        first: today.clone(),
        last: today,
        hours: "24".into(),
        once: visit.idempotency_key(),
        ..NewForm::default()
    };
    ok(&new_page(&visit, &state, form, Errors::none()).await?)
}

fn day(text: &str) -> Option<Day> {
    Day::of_date(text.trim().parse::<Date>().ok()?)
}

fn lines(text: &Sensitive<String>) -> Vec<String> {
    text.expose()
        .split([',', '\n', ' '])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// What the form asks; its mistakes go into `errors`.
async fn read(t: T, state: &State, form: &NewForm, errors: &mut Errors) -> Result<Option<NewAsk>, PageError> {
    let on = match form.ground.split_once(':') {
        Some(("incident", id)) => id.parse::<IncidentId>().ok().map(On::Incident),
        Some(("order", id)) => id.parse::<LawfulOrderId>().ok().map(On::Order),
        _ => None,
    };
    if on.is_none() {
        errors.add("ground", t.problem_choice());
    }
    let (domains, addresses) = (lines(&form.sites), lines(&form.addresses));
    let mut wanted = None;
    if domains.is_empty() == addresses.is_empty() {
        errors.add("sites", t.release_either());
    } else if addresses.is_empty() {
        let found = traffic_log::searchable(&state.office, &domains).await?;
        let known: BTreeSet<_> = found.iter().map(|site| site.domain.expose().clone()).collect();
        if let Some(unknown) = domains.iter().find(|domain| !known.contains(*domain)) {
            errors.add("sites", t.release_unknown_domain(unknown.clone()));
        }
        wanted = Some(Wanted::Sites(found.iter().map(|site| site.id).collect()));
    } else {
        let parsed: Result<Vec<_>, _> =
            addresses.iter().map(|text| text.parse::<IpAddr>().map_err(|_| text.clone())).collect();
        match parsed {
            Ok(all) => wanted = Some(Wanted::Addresses(all.into_iter().map(Into::into).collect())),
            Err(wrong) => errors.add("addresses", t.release_bad_address(wrong)),
        }
    }
    let (first, last) = (day(&form.first), day(&form.last));
    for (name, found) in [("first", first), ("last", last)] {
        if found.is_none() {
            errors.add(name, t.problem_date());
        }
    }
    let hours: Option<u32> = form.hours.trim().parse().ok().filter(|hours| (1..=HOURS_MAX).contains(hours));
    if hours.is_none() {
        errors.add("hours", t.problem_number());
    }
    let (Some(on), Some(wanted), Some(first), Some(last), Some(hours), true) =
        (on, wanted, first, last, hours, errors.is_empty())
    else {
        return Ok(None);
    };
    Ok(Some(NewAsk { on, wanted, first, last, reason: form.reason.expose().clone(), hours }))
}

/// Words for what a release refuses; none for what is no answer to a person.
fn refusal(t: T, error: &AskError) -> Option<(&'static str, Text)> {
    Some(match error {
        AskError::GroundClosed => ("ground", t.release_ground_closed()),
        AskError::NoOfficers => ("ground", t.release_no_officers()),
        AskError::Nothing => ("sites", t.release_nothing()),
        AskError::TooMuch { .. } => ("last", t.release_too_much()),
        AskError::AskerApproves(_) => ("file", t.release_refused_own()),
        AskError::Twice(_) => ("file", t.release_refused_twice()),
        AskError::OtherLedger(_) => ("file", t.release_refused_ledger()),
        AskError::TooEarly { .. } => ("file", t.release_refused_early()),
        AskError::Officer(_) | AskError::File(_) | AskError::Request(_) => ("file", t.release_refused_file()),
        AskError::Over => ("file", t.release_over()),
        AskError::OutOfScope => ("file", t.evidence_out_of_scope()),
        AskError::Unsigned => ("file", t.evidence_unsigned()),
        AskError::Office(_) => return None,
    })
}

fn internal(error: AskError) -> PageError {
    match error {
        AskError::Office(error) => error.into(),
        other => PageError::internal(other),
    }
}

async fn create(visit: Visit, state: State, me: Me, Form(form): Form<NewForm>) -> PageResult {
    let t = visit.t();
    let mut errors = Errors::none();
    let Some(asked) = read(t, &state, &form, &mut errors).await? else {
        return unprocessable(&new_page(&visit, &state, form, errors).await?);
    };
    match releases::ask(&state.office, &me.session, &asked).await {
        Ok(id) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ReleaseAsked).into()),
        Err(AskError::Office(OfficeError::Invalid(found))) => {
            let errors = Errors::of_problems(t, &found);
            unprocessable(&new_page(&visit, &state, form, errors).await?)
        }
        Err(error) => match refusal(t, &error) {
            Some((field, words)) => {
                errors.add(field, words);
                unprocessable(&new_page(&visit, &state, form, errors).await?)
            }
            None => Err(internal(error)),
        },
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SearchForm {
    shape: String,
    addresses: Sensitive<String>,
    path: Sensitive<String>,
    agent: Sensitive<String>,
    from: String,
    to: String,
}

struct Asked {
    at: Timestamp,
    question: String,
    found: String,
}

#[derive(Template)]
#[template(path = "pages/staff/release.html")]
struct ShowPage {
    t: T,
    page: Page,
    errors: Errors,
    release: Release,
    state: sales::Badge,
    ground: Text,
    ground_path: String,
    days: String,
    reason: String,
    sites: Vec<String>,
    ready: Ready,
    /// Whether the visitor may carry files and search.
    may_act: bool,
    covered: bool,
    /// Whether this process can open it.
    held: bool,
    is_open: bool,
    form: SearchForm,
    shapes: Vec<Choice>,
    answer: Option<Answer>,
    asked: Vec<Asked>,
}

impl ShowPage {
    fn at(&self, seconds: &i64) -> String {
        utc(*seconds)
    }

    fn enough(&self) -> bool {
        let needed = usize::from(self.ready.needed);
        self.ready.answers.len() >= needed && self.ready.approvals.len() >= needed
    }
}

/// A question as a person reads it; one that another version wrote stays as it is.
fn in_words(t: T, text: &str) -> String {
    let Ok(asked) = serde_json::from_str::<Question>(text) else { return text.to_owned() };
    let shape = match asked.shape {
        Shape::Rows => t.release_shape_rows(),
        Shape::Summary => t.release_shape_summary(),
        Shape::Sites => t.release_shape_sites(),
    };
    let labelled = |label: Text, value: String| format!("{label}: {value}");
    let mut parts = vec![shape.into_owned()];
    if !asked.addresses.is_empty() {
        parts.push(labelled(t.release_addresses(), asked.addresses.join(", ")));
    }
    parts.extend(asked.path.map(|path| labelled(t.release_path(), path)));
    parts.extend(asked.agent.map(|agent| labelled(t.release_agent(), agent)));
    parts.extend(asked.from.map(|from| labelled(t.release_from(), utc(from))));
    parts.extend(asked.until.map(|until| labelled(t.release_to(), utc(until))));
    parts.join("; ")
}

/// The instant of a row, in UTC.
fn utc(seconds: i64) -> String {
    let at = Timestamp::from_seconds(seconds).to_string();
    at.get(..19).unwrap_or(&at).replace('T', " ")
}

async fn show_page(
    visit: &Visit,
    state: &State,
    id: ReleaseId,
    form: SearchForm,
    errors: Errors,
    answer: Option<Answer>,
) -> Result<ShowPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let release = releases::release(office, id).await?;
    let request = releases::request(office, id).await?;
    let sites: Vec<_> = request.scope().sites().into_iter().collect();
    let sites = traffic_log::of_ids(office, &sites).await?;
    let may_act = has(visit, PRIVACY_ROLES);
    let covered = release.state == ReleaseState::Requested
        && releases::dossier(office, &state.ledger.tiles, &state.ledger_key, id).await?.is_some();
    let asked = match may_act {
        true => releases::questions(office, id).await?,
        false => Vec::new(),
    };
    let ground_path = match release.ground {
        Ground::Incident => format!("/staff/incidents/{}", release.ground_id),
        Ground::LawfulOrder => format!("/staff/lawful-orders/{}", release.ground_id),
    };
    let shapes = [
        ("rows", t.release_shape_rows()),
        ("summary", t.release_shape_summary()),
        ("sites", t.release_shape_sites()),
    ];
    Ok(ShowPage {
        t,
        page: super::page(visit, t.release_one())
            .crumb("/staff/log", t.traffic_nav())
            .crumb(PATH, t.release_title())
            .failed(&errors),
        errors,
        state: state_badge(t, release.state),
        ground: ground_words(t, release.ground),
        ground_path,
        days: days(t, &release),
        reason: if may_act { request.reason().to_owned() } else { String::new() },
        sites: if may_act {
            sites.iter().map(|site| site.domain.expose().clone()).collect()
        } else {
            Vec::new()
        },
        ready: releases::ready(office, id).await?,
        may_act,
        covered,
        held: office.sessions.holds(id),
        is_open: release.state == ReleaseState::Open && office.sessions.is_open(id),
        form,
        shapes: shapes.into_iter().map(|(value, label)| Choice::new(value, label)).collect(),
        answer,
        asked: asked
            .into_iter()
            .map(|one| Asked {
                at: one.asked_at,
                question: in_words(t, one.question.expose()),
                found: one.found.map_or_else(String::new, |found| found.to_string()),
            })
            .collect(),
        release,
    })
}

async fn show(visit: Visit, state: State, PathId(id): PathId<ReleaseId>) -> PageResult {
    let form = SearchForm { shape: "rows".into(), ..SearchForm::default() };
    ok(&show_page(&visit, &state, id, form, Errors::none(), None).await?)
}

async fn dossier(state: State, PathId(id): PathId<ReleaseId>) -> PageResult {
    let made = releases::dossier(&state.office, &state.ledger.tiles, &state.ledger_key, id).await?;
    let text = made.ok_or(PageError::Conflict)?.text();
    let name = format!("attachment; filename=\"release-{id}.json\"");
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

async fn fail(visit: &Visit, state: &State, id: ReleaseId, error: AskError) -> PageResult {
    let Some((_, words)) = refusal(visit.t(), &error) else { return Err(internal(error)) };
    let mut errors = Errors::none();
    errors.add("file", words);
    unprocessable(&show_page(visit, state, id, SearchForm::default(), errors, None).await?)
}

async fn bring(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ReleaseId>,
    request: Request,
) -> PageResult {
    let Some(bytes) = super::imports::file(request, &state).await? else {
        let mut errors = Errors::none();
        errors.add("file", visit.t().release_file_missing());
        return unprocessable(&show_page(&visit, &state, id, SearchForm::default(), errors, None).await?);
    };
    let text = String::from_utf8_lossy(&bytes);
    match releases::take_file(&state.office, &me.session, id, &text).await {
        Ok(_) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ReleaseBrought).into()),
        Err(error) => fail(&visit, &state, id, error).await,
    }
}

async fn open(visit: Visit, state: State, me: Me, PathId(id): PathId<ReleaseId>) -> PageResult {
    match releases::open(&state.office, &me.session, id).await {
        Ok(_) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ReleaseOpened).into()),
        Err(error) => fail(&visit, &state, id, error).await,
    }
}

async fn end(visit: Visit, state: State, me: Me, PathId(id): PathId<ReleaseId>) -> PageResult {
    let why = match releases::release(&state.office, id).await?.state {
        ReleaseState::Requested => EndReason::Withdrawn,
        _ => EndReason::Done,
    };
    releases::end(&state.office, me.session.by(), id, why).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ReleaseEnded).into())
}

fn instant(text: &str) -> Option<i64> {
    let text = text.trim().replace(' ', "T");
    let at: DateTime = text.parse().ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// The question of the form; its mistakes go into `errors`.
fn question(t: T, form: &SearchForm, rows_max: u64, errors: &mut Errors) -> Question {
    let shape = match form.shape.as_str() {
        "summary" => Shape::Summary,
        "sites" => Shape::Sites,
        _ => Shape::Rows,
    };
    let mut times = [None, None];
    for ((name, text), time) in [("from", &form.from), ("to", &form.to)].into_iter().zip(&mut times) {
        if !text.trim().is_empty() {
            *time = instant(text);
            if time.is_none() {
                errors.add(name, t.release_bad_time());
            }
        }
    }
    let pattern = |text: &Sensitive<String>| Some(text.expose().clone()).filter(|text| !text.is_empty());
    let [from, until] = times;
    let asked = Question {
        shape,
        addresses: lines(&form.addresses),
        sites: Vec::new(),
        from,
        until,
        path: pattern(&form.path),
        agent: pattern(&form.agent),
        rows_max,
    };
    if let Err(error) = asked.check() {
        use releases::QuestionError as Wrong;
        let (name, words) = match error {
            Wrong::Address(text) => ("addresses", t.release_bad_address(text)),
            Wrong::Addresses | Wrong::NoAddress => ("addresses", t.problem_missing()),
            Wrong::Pattern | Wrong::Rows => ("path", t.problem_too_long(500)),
            Wrong::Times => ("to", t.release_bad_time()),
        };
        errors.add(name, words);
    }
    asked
}

async fn search(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ReleaseId>,
    Form(form): Form<SearchForm>,
) -> PageResult {
    let mut errors = Errors::none();
    let asked = question(visit.t(), &form, SHOWN_MAX, &mut errors);
    if !errors.is_empty() {
        return unprocessable(&show_page(&visit, &state, id, form, errors, None).await?);
    }
    match releases::ask_question(&state.office, &me.session, id, &asked).await {
        Ok(answer) => ok(&show_page(&visit, &state, id, form, Errors::none(), Some(answer)).await?),
        Err(error) => fail(&visit, &state, id, error).await,
    }
}

/// The evidence package of a question; it waits until the ledger was signed with the question in it.
async fn evidence(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ReleaseId>,
    Form(form): Form<SearchForm>,
) -> PageResult {
    let mut errors = Errors::none();
    let asked = Question { shape: Shape::Rows, ..question(visit.t(), &form, EXPORT_ROWS, &mut errors) };
    if !errors.is_empty() {
        return unprocessable(&show_page(&visit, &state, id, form, errors, None).await?);
    }
    let ledger = (state.ledger.tiles.as_path(), &*state.ledger_key);
    match releases::evidence(&state.office, &me.session, id, &asked, ledger).await {
        Ok(made) => {
            let name = format!("attachment; filename=\"evidence-{id}.zip\"");
            let headers = [
                (header::CONTENT_TYPE, "application/zip".to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            Ok((headers, made.bytes).into_response())
        }
        Err(error) => fail(&visit, &state, id, error).await,
    }
}

async fn export(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ReleaseId>,
    Form(form): Form<SearchForm>,
) -> PageResult {
    let mut errors = Errors::none();
    let asked = Question { shape: Shape::Rows, ..question(visit.t(), &form, EXPORT_ROWS, &mut errors) };
    if !errors.is_empty() {
        return unprocessable(&show_page(&visit, &state, id, form, errors, None).await?);
    }
    let answer = match releases::ask_question(&state.office, &me.session, id, &asked).await {
        Ok(answer) => answer,
        Err(error) => return fail(&visit, &state, id, error).await,
    };
    let rows = answer
        .rows
        .into_iter()
        .map(|row| vec![utc(row.time), row.site, row.path, row.agent, row.address.to_string()]);
    Ok(csv_file("release", &["time", "domain", "path", "browser", "address"], rows))
}
