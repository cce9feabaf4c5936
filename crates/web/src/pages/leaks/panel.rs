//! For customers: is it a leak, the clock, a prepared dossier; and leaks on our side they were told of.
//!
//! The customer comes from the session; another's report is not found.

use super::{FormPage, Input, Look, Sent, TextRow, json_file, sent_of, text_rows};
use crate::access::Access;
use crate::error::{PageError, PageResult};
use crate::form::Errors;
use crate::format::Clock;
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other};
use crate::param::PathId;
use crate::pdf::pdf_file;
use crate::problems::problems;
use crate::routes::{Routes, Section};
use crate::session::CustomerRole;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::OfficeError;
use office::accounts::Role;
use office::customers::{self, CustomerId};
use office::form::{Problem, Problems};
use office::incidents::{
    self, Dossier, Field, LeakChange, LeakFilter, LeakReport, LeakReportId, LeakReportState, MayLook,
    NewLeakReport, Outcome, Texts, ToldLeak, Topic, moment, typed, word,
};

pub(in super::super) const PATH: &str = "/panel/leaks";
const READER: Access = Access::customer(CustomerRole::Reader);
const MANAGER: Access = Access::customer(CustomerRole::Manager);

/// What is asked at once: the guide, and what a first report needs.
const FIRST: [Field; 9] = [
    Field::GuidePersonal,
    Field::GuideEffects,
    Field::GuideRisk,
    Field::Summary,
    Field::Systems,
    Field::People,
    Field::PersonsMax,
    Field::DataTypes,
    Field::MeasuresTaken,
];

pub(in super::super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, list)
        .get("/panel/leaks/new", MANAGER, new_form)
        .post("/panel/leaks/new", MANAGER, new)
        .get("/panel/leaks/{id}", READER, show)
        .get("/panel/leaks/{id}/texts", MANAGER, texts_form)
        .post("/panel/leaks/{id}/texts", MANAGER, texts)
        .get("/panel/leaks/{id}/notified", MANAGER, notified_form)
        .post("/panel/leaks/{id}/notified", MANAGER, notified)
        .get("/panel/leaks/{id}/dossier.json", READER, json)
        .get("/panel/leaks/{id}/dossier.pdf", READER, pdf)
        .nav(Section::Panel, PATH, "shield-alert", T::leak_nav_panel);
}

fn page(visit: &Visit, title: Text) -> Page {
    visit.page(Section::Panel, title).crumb("/panel", visit.t().panel_nav_overview())
}

fn acting(me: &Me) -> Result<(CustomerId, Role), PageError> {
    me.session.acting_for.ok_or(PageError::Forbidden)
}

struct Row {
    href: String,
    number: String,
    outcome: &'static str,
    clock: Option<Clock>,
    created_at: Timestamp,
    is_open: bool,
}

struct ToldRow {
    number: String,
    told_at: Timestamp,
    title: String,
    body: String,
}

#[derive(Template)]
#[template(path = "pages/leaks/panel.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    told: Vec<ToldRow>,
    is_manager: bool,
}

fn clock(report: &LeakReport, now: Timestamp) -> Option<Clock> {
    let clock = Clock { began: report.discovered_at, deadline: report.due_at, now };
    report.clock_runs().then_some(clock)
}

async fn list(visit: Visit, state: State, me: Me, mut list: List) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let (id, role) = acting(&me)?;
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let filter = LeakFilter { customer: Some(id), ..LeakFilter::default() };
    let (found, total) = incidents::leaks(office, filter, list.offset(), limit).await?;
    list.set_total(total);
    let customer = customers::customer(office, id).await?;
    let told = incidents::told_leaks(office, &customer).await?;
    let told = told.into_iter().map(|ToldLeak { number, told_at, notice }| ToldRow {
        number: number.to_string(),
        told_at,
        title: notice.title,
        body: notice.body.expose().clone(),
    });
    let rows = found.iter().map(|report| Row {
        href: format!("{PATH}/{}", report.id),
        number: report.number.to_string(),
        outcome: word(report.outcome.as_str(), t.language()),
        clock: clock(report, visit.now()),
        created_at: report.created_at,
        is_open: report.state == LeakReportState::Open,
    });
    let (rows, told) = (rows.collect(), told.collect());
    ok(&ListPage {
        t,
        page: page(&visit, t.leak_nav_panel()),
        list,
        rows,
        told,
        is_manager: role >= Role::Manager,
    })
}

fn first_inputs(t: T, sent: &Sent) -> Vec<Input> {
    let hint = |field: Field| match field {
        Field::GuidePersonal => t.leak_guide_personal_hint(),
        Field::GuideEffects => t.leak_guide_effects_hint(),
        Field::GuideRisk => t.leak_guide_risk_hint(),
        Field::Summary => t.leak_guide_summary_hint(),
        _ => Text::default(),
    };
    let mut inputs: Vec<Input> = FIRST
        .iter()
        .map(|field| {
            let input = Input::of(t, *field, sent).hint(hint(*field));
            let needed = matches!(field, Field::Summary)
                || !matches!(input.look, Look::Block | Look::Line | Look::Short);
            if needed { input } else { input.optional() }
        })
        .collect();
    let discovered =
        Input::new("discovered", t.leak_discovered_own(), Look::Short, sent).hint(t.leak_moment_hint());
    inputs.insert(3, discovered);
    inputs.push(Input::new("may_look", t.leak_may_look_ask(), Look::Box, sent).hint(t.leak_may_look_hint()));
    inputs
}

fn new_page(visit: &Visit, sent: &Sent, once: String, errors: Errors) -> FormPage {
    let t = visit.t();
    FormPage {
        t,
        page: page(visit, t.leak_report_new()).crumb(PATH, t.leak_nav_panel()).failed(&errors),
        errors,
        is_staff: false,
        action: format!("{PATH}/new"),
        back: PATH.to_owned(),
        once,
        revision: 0,
        lead: vec![t.leak_guide_lead().into_owned(), t.leak_guide_duty().into_owned()],
        inputs: first_inputs(t, sent),
        submit: t.leak_report_send(),
        check: None,
        has_check: true,
    }
}

async fn new_form(visit: Visit) -> PageResult {
    let sent = Sent(vec![("discovered".into(), typed(visit.now()).into())]);
    ok(&new_page(&visit, &sent, visit.idempotency_key(), Errors::none()))
}

fn read_new(sent: &Sent, now: Timestamp) -> Result<NewLeakReport, Problems> {
    let mut wrong = Problems::new();
    let mut texts = Texts::default();
    let fields = sent.fields(&FIRST);
    if let Err(found) = texts.write(fields.iter().map(|(field, text)| (*field, text.as_str()))) {
        wrong = found;
    }
    for field in &FIRST[..4] {
        if fields.iter().any(|(known, text)| known == field && text.trim().is_empty()) {
            wrong.add(field.as_str(), Problem::Missing);
        }
    }
    let discovered = wrong.take("discovered", moment(sent.get("discovered")));
    if discovered.is_some_and(|at| at > now) {
        wrong.add("discovered", Problem::Date);
    }
    let may_look = if sent.get("may_look") == "yes" { MayLook::Yes } else { MayLook::No };
    match discovered {
        Some(discovered_at) if wrong.is_empty() => Ok(NewLeakReport { discovered_at, texts, may_look }),
        _ => Err(wrong),
    }
}

/// What the guide says, and what follows.
fn advice(t: T, outcome: Outcome) -> Vec<Text> {
    match outcome {
        Outcome::Report => vec![t.leak_advice_report(), t.leak_advice_form()],
        Outcome::Record => vec![t.leak_advice_record()],
        Outcome::NoLeak => vec![t.leak_advice_no_leak()],
        Outcome::Unclear => vec![t.leak_advice_unclear(), t.leak_advice_form()],
    }
}

async fn new(visit: Visit, state: State, me: Me, sent: Sent) -> PageResult {
    let (t, once) = (visit.t(), sent.get("once").to_owned());
    if sent.get("change") == "yes" {
        return ok(&new_page(&visit, &sent, once, Errors::none()));
    }
    let new = match read_new(&sent, visit.now()) {
        Ok(new) => new,
        Err(wrong) => {
            let errors = super::raw(t, &wrong);
            return super::refused(new_page(&visit, &sent, once, errors));
        }
    };
    if !sent.is_checked() {
        let outcome = Outcome::of(&new.texts);
        let mut lines = vec![t.leak_guide_says(word(outcome.as_str(), t.language())).into_owned()];
        lines.extend(advice(t, outcome).into_iter().map(Text::into_owned));
        let shown = new_page(&visit, &sent, once, Errors::none());
        return ok(&FormPage { check: Some(lines), ..shown });
    }
    let deed = async {
        let made = incidents::report_leak(&state.office, &me.session, &new).await?;
        Ok::<_, OfficeError>(format!("{PATH}/{}", made.id))
    };
    match state.once.act("leak-new", &once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::LeakReported).into()),
        Err(error) => {
            let errors = super::raw(t, &problems(error)?);
            super::refused(new_page(&visit, &sent, once, errors))
        }
    }
}

#[derive(Template)]
#[template(path = "pages/leaks/report.html")]
struct ShowPage {
    t: T,
    page: Page,
    report: LeakReport,
    outcome: &'static str,
    advice: Vec<Text>,
    clock: Option<Clock>,
    rows: Vec<TextRow>,
    missing: usize,
    may_look: bool,
    can_change: bool,
    authority: String,
    authority_site: String,
}

async fn own(state: &State, me: &Me, id: LeakReportId) -> Result<LeakReport, PageError> {
    let (customer, _) = acting(me)?;
    Ok(incidents::own_leak(&state.office, customer, id).await?)
}

async fn dossier(visit: &Visit, state: &State, me: &Me, id: LeakReportId) -> Result<Dossier, PageError> {
    let report = own(state, me, id).await?;
    let customer = customers::customer(&state.office, report.customer).await?;
    Ok(incidents::leak_dossier(&state.office, &customer, &report, visit.language()).await?)
}

async fn show(visit: Visit, state: State, me: Me, PathId(id): PathId<LeakReportId>) -> PageResult {
    let t = visit.t();
    let (_, role) = acting(&me)?;
    let report = own(&state, &me, id).await?;
    let missing = dossier(&visit, &state, &me, id).await?.missing().len();
    let policy = state.office.policy();
    let authority = &policy.provider().authority;
    ok(&ShowPage {
        t,
        page: page(&visit, t.leak_report(report.number.to_string())).crumb(PATH, t.leak_nav_panel()),
        outcome: word(report.outcome.as_str(), t.language()),
        advice: advice(t, report.outcome),
        clock: clock(&report, visit.now()),
        rows: text_rows(t, &report.texts, Field::ALL.iter().copied()),
        missing,
        may_look: report.may_look == MayLook::Yes,
        can_change: role >= Role::Manager && report.state == LeakReportState::Open,
        authority: authority.name.clone(),
        authority_site: authority.website.clone(),
        report,
    })
}

async fn json(visit: Visit, state: State, me: Me, PathId(id): PathId<LeakReportId>) -> PageResult {
    let dossier = dossier(&visit, &state, &me, id).await?;
    Ok(json_file(dossier.reference(), dossier.json()))
}

async fn pdf(visit: Visit, state: State, me: Me, PathId(id): PathId<LeakReportId>) -> PageResult {
    let dossier = dossier(&visit, &state, &me, id).await?;
    Ok(pdf_file(dossier.reference(), dossier.pdf().await?))
}

/// The fields of the whole dossier, after the guide.
fn all_fields() -> Vec<Field> {
    let guide = [Field::GuidePersonal, Field::GuideEffects, Field::GuideRisk];
    guide.into_iter().chain(Topic::ALL.iter().flat_map(|topic| Field::of_topic(*topic))).collect()
}

fn own_form(
    visit: &Visit,
    report: &LeakReport,
    title: Text,
    name: &str,
    inputs: Vec<Input>,
    errors: Errors,
) -> FormPage {
    let t = visit.t();
    let back = format!("{PATH}/{}", report.id);
    FormPage {
        t,
        page: page(visit, title)
            .crumb(PATH, t.leak_nav_panel())
            .crumb(back.clone(), t.leak_report(report.number.to_string()))
            .failed(&errors),
        errors,
        is_staff: false,
        action: format!("{back}/{name}"),
        back,
        once: visit.idempotency_key(),
        revision: report.revision,
        lead: Vec::new(),
        inputs,
        submit: t.leak_save(),
        check: None,
        has_check: false,
    }
}

fn texts_page(visit: &Visit, report: &LeakReport, sent: &Sent, errors: Errors) -> FormPage {
    let t = visit.t();
    let input = |field: Field| {
        let input = Input::of(t, field, sent);
        if matches!(input.look, Look::Choice | Look::Choices) || field == Field::Summary {
            input
        } else {
            input.optional()
        }
    };
    let inputs = all_fields().into_iter().map(input).collect();
    own_form(visit, report, t.leak_fill_in(), "texts", inputs, errors)
}

async fn texts_form(visit: Visit, state: State, me: Me, PathId(id): PathId<LeakReportId>) -> PageResult {
    let report = own(&state, &me, id).await?;
    let sent = sent_of(&report.texts, all_fields().into_iter());
    ok(&texts_page(&visit, &report, &sent, Errors::none()))
}

async fn texts(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<LeakReportId>,
    sent: Sent,
) -> PageResult {
    let report = own(&state, &me, id).await?;
    let change = LeakChange { texts: sent.fields(&all_fields()), ..LeakChange::default() };
    match incidents::change_own_leak(&state.office, &me.session, id, sent.revision(), &change).await {
        Ok(_) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::LeakSaved).into()),
        Err(error) => {
            let errors = super::raw(visit.t(), &problems(error)?);
            super::refused(texts_page(&visit, &report, &sent, errors))
        }
    }
}

fn notified_page(visit: &Visit, report: &LeakReport, sent: &Sent, errors: Errors) -> FormPage {
    let t = visit.t();
    let input = Input::new("notified", t.leak_notified(), Look::Short, sent).hint(t.leak_moment_hint());
    own_form(visit, report, t.leak_note_notified(), "notified", vec![input], errors)
}

async fn notified_form(visit: Visit, state: State, me: Me, PathId(id): PathId<LeakReportId>) -> PageResult {
    let report = own(&state, &me, id).await?;
    let sent = Sent(vec![("notified".into(), typed(visit.now()).into())]);
    ok(&notified_page(&visit, &report, &sent, Errors::none()))
}

async fn notified(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<LeakReportId>,
    sent: Sent,
) -> PageResult {
    let report = own(&state, &me, id).await?;
    let at = moment(sent.get("notified")).map_err(|problem| Problems::one("notified", problem));
    let outcome = match at {
        Ok(at) => {
            let change = LeakChange { notified_at: Some(at), ..LeakChange::default() };
            incidents::change_own_leak(&state.office, &me.session, id, sent.revision(), &change).await
        }
        Err(wrong) => Err(wrong.into()),
    };
    match outcome {
        Ok(_) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::LeakSaved).into()),
        Err(error) => {
            let errors = super::raw(visit.t(), &problems(error)?);
            super::refused(notified_page(&visit, &report, &sent, errors))
        }
    }
}
