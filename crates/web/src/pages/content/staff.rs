//! For staff: asking for a grant, and saying so before each look at content.

use super::{Look, Row, scope_words, service_words, standing_badge, what};
use crate::access::Access;
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales::Badge;
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::{Routes, Section};
use crate::session::StaffRole;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::content_grants::{
    self, AskForm, ContentSessionId, Grant, GrantFilter, GrantId, Ground, Scope, SessionForm, Standing,
};
use office::customers::{self, CustomerId};
use office::incidents::{self, IncidentFilter};
use office::services;
use serde::Deserialize;
use std::collections::HashMap;

pub(in super::super) const PATH: &str = "/staff/content-access";
const DESK: Access = Access::staff(&[StaffRole::Support, StaffRole::Privacy, StaffRole::Admin]);
/// Auditors read what was asked and how often was looked.
const READERS: Access =
    Access::staff(&[StaffRole::Support, StaffRole::Privacy, StaffRole::Auditor, StaffRole::Admin]);
const PRIVACY_ROLES: [StaffRole; 2] = [StaffRole::Privacy, StaffRole::Admin];
/// How many rows a file has.
const FILE_ROWS: u32 = 10_000;
/// How many grants are read at a time.
const PAGE: u32 = 100;

pub(in super::super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READERS, list)
        .get("/staff/content-access.csv", READERS, csv)
        .get("/staff/customers/{id}/content-access", DESK, new)
        .post("/staff/customers/{id}/content-access", DESK, ask)
        .get("/staff/content-access/{id}", DESK, show)
        .post("/staff/content-access/{id}/end", DESK, end)
        .post("/staff/content-access/{id}/looks", DESK, begin_look)
        .post("/staff/content-access/{id}/looks/{look}", DESK, end_look);
}

fn page(visit: &Visit, title: Text) -> Page {
    visit.page(Section::Staff, title).crumb("/staff", visit.t().staff_nav_queue())
}

async fn names(state: &State, grants: &[Grant]) -> Result<HashMap<CustomerId, String>, PageError> {
    let ids: Vec<CustomerId> = grants.iter().map(|grant| grant.customer).collect();
    let found = customers::summaries(&state.office, &ids).await?;
    Ok(found.into_iter().map(|customer| (customer.id, customer.name.expose().clone())).collect())
}

fn filter(word: &str) -> GrantFilter {
    match word {
        "asked" => GrantFilter::Asked,
        "given" => GrantFilter::Given,
        "over" => GrantFilter::Over,
        _ => GrantFilter::All,
    }
}

#[derive(Template)]
#[template(path = "pages/content/staff.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    states: Vec<Choice>,
    rows: Vec<(Row, String)>,
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let found =
        content_grants::page(&state.office, filter(list.filter("state")), list.offset(), limit).await?;
    list.set_total(found.total);
    let names = names(&state, &found.grants).await?;
    let rows = found.grants.iter().map(|grant| {
        let name = names.get(&grant.customer).cloned().unwrap_or_default();
        (Row::of(t, PATH, grant, visit.now()), name)
    });
    let states = vec![
        Choice::new("asked", t.content_standing_asked()),
        Choice::new("given", t.content_standing_given()),
        Choice::new("over", t.content_standing_time()),
    ];
    ok(&ListPage { t, page: page(&visit, t.content_title()), rows: rows.collect(), states, list })
}

async fn csv(visit: Visit, state: State, list: List) -> PageResult {
    let (t, now) = (visit.t(), visit.now());
    let head =
        [t.content_asked_at(), t.content_what(), t.content_hours(), t.content_standing(), t.content_ground()];
    let mut rows = Vec::new();
    for offset in (0..FILE_ROWS).step_by(PAGE as usize) {
        let found =
            content_grants::page(&state.office, filter(list.filter("state")), offset.into(), PAGE).await?;
        if found.grants.is_empty() {
            break;
        }
        rows.extend(found.grants.iter().map(|grant| {
            vec![
                grant.asked_at.to_string(),
                grant.scopes.to_string(),
                grant.hours.to_string(),
                standing_badge(t, grant.standing(now)).1.into_owned(),
                ground(t, grant).into_owned(),
            ]
        }));
    }
    Ok(csv_file("content-access", &head.each_ref().map(AsRef::as_ref), rows))
}

fn ground(t: T, grant: &Grant) -> Text {
    match grant.ground {
        Ground::Permission => t.content_ground_permission(),
        Ground::Incident(_) => t.content_ground_leak(),
    }
}

/// The question as the form holds it.
#[derive(Default)]
struct Filled {
    ask: AskForm,
    once: String,
}

impl Filled {
    fn of(fields: &[(String, String)]) -> Self {
        let mut filled = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "service" => filled.ask.service.clone_from(value),
                "scopes" => filled.ask.scopes.push(value.clone()),
                "hours" => filled.ask.hours.clone_from(value),
                "reason" => filled.ask.reason.clone_from(value),
                "incident" => filled.ask.incident.clone_from(value),
                "once" => filled.once.clone_from(value),
                _ => {}
            }
        }
        filled
    }
}

#[derive(Template)]
#[template(path = "pages/content/staff_new.html")]
struct NewPage {
    t: T,
    page: Page,
    errors: Errors,
    customer: CustomerId,
    form: Filled,
    scopes: Vec<Choice>,
    services: Vec<Choice>,
    incidents: Vec<Choice>,
}

async fn new_page(
    visit: &Visit,
    state: &State,
    id: CustomerId,
    form: Filled,
    errors: Errors,
) -> Result<NewPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let customer = customers::customer(office, id).await?;
    let mut services = vec![Choice::new("", t.content_all_services())];
    for service in services::services_of(office, id).await? {
        if let Some(label) = &service.label {
            services.push(Choice::new(service.id.to_string(), label.expose().clone()));
        }
    }
    let mut grounds = Vec::new();
    if visit.session().is_some_and(|me| me.staff.iter().any(|role| PRIVACY_ROLES.contains(role))) {
        // Of all cases those that are not closed, which is what the filter says when it says nothing.
        for found in incidents::page(office, IncidentFilter::default(), 0, PAGE).await?.0 {
            if incidents::touches(office, found.incident.id, id).await? {
                let label = t.content_ask_incident_one(found.incident.number.to_string());
                grounds.push(Choice::new(found.incident.id.to_string(), label));
            }
        }
    }
    if !grounds.is_empty() {
        grounds.insert(0, Choice::new("", t.content_ask_incident_none()));
    }
    let page = page(visit, t.content_ask())
        .crumb("/staff/customers", t.staff_nav_customers())
        .crumb(format!("/staff/customers/{id}"), customer.display_name().expose().clone())
        .failed(&errors);
    let scopes = Scope::ALL.map(|scope| Choice::new(scope.as_str(), scope_words(t, scope)));
    Ok(NewPage { t, page, errors, customer: id, form, scopes: scopes.into(), services, incidents: grounds })
}

async fn new(visit: Visit, state: State, PathId(id): PathId<CustomerId>) -> PageResult {
    let ask = AskForm { hours: "24".into(), ..AskForm::default() };
    let form = Filled { ask, once: visit.idempotency_key() };
    ok(&new_page(&visit, &state, id, form, Errors::none()).await?)
}

async fn ask(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<CustomerId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> PageResult {
    let form = Filled::of(&fields);
    let office = &*state.office;
    let deed = async {
        let grant = content_grants::ask(office, &me.session, id, &form.ask).await?;
        Ok(format!("{PATH}/{grant}"))
    };
    match state.once.act("content-ask", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::ContentAsked).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&new_page(&visit, &state, id, form, errors).await?)
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LookForm {
    scope: String,
    purpose: String,
    report: String,
    once: String,
}

#[derive(Template)]
#[template(path = "pages/content/staff_grant.html")]
struct GrantPage {
    t: T,
    page: Page,
    errors: Errors,
    path: String,
    customer: CustomerId,
    name: String,
    standing: Badge,
    what: String,
    service: String,
    ground: Text,
    reason: String,
    hours_asked: Text,
    asked_at: Timestamp,
    until: Option<Timestamp>,
    is_in_force: bool,
    may_end: bool,
    form: LookForm,
    scopes: Vec<Choice>,
    to_report: Option<Look>,
    looks: Vec<Look>,
}

async fn grant_page(
    visit: &Visit,
    state: &State,
    me: &Me,
    id: GrantId,
    mut form: LookForm,
    errors: Errors,
) -> Result<GrantPage, PageError> {
    let (t, now, office) = (visit.t(), visit.now(), &*state.office);
    let grant = content_grants::grant(office, id).await?;
    let customer = customers::customer(office, grant.customer).await?;
    let standing = grant.standing(now);
    let looks = super::looks(state, &grant).await?;
    if form.once.is_empty() {
        form.once = visit.idempotency_key();
    }
    let scopes: Vec<Choice> =
        grant.scopes.iter().map(|scope| Choice::new(scope.as_str(), scope_words(t, scope))).collect();
    Ok(GrantPage {
        t,
        page: page(visit, t.content_one(t.date(grant.asked_at)))
            .crumb(PATH, t.content_title())
            .failed(&errors),
        errors,
        path: format!("{PATH}/{id}"),
        customer: grant.customer,
        name: customer.display_name().expose().clone(),
        standing: standing_badge(t, standing),
        what: what(t, &grant),
        service: service_words(t, state, &grant).await?,
        ground: ground(t, &grant),
        reason: grant.reason.expose().clone(),
        hours_asked: t.content_hours_count(grant.hours),
        asked_at: grant.asked_at,
        until: match standing {
            Standing::InForce(until) => Some(until),
            _ => grant.ended_at,
        },
        is_in_force: matches!(standing, Standing::InForce(_)),
        may_end: matches!(standing, Standing::InForce(_) | Standing::Asked(_)),
        form,
        scopes,
        // The last first, as they are listed: one form for a report at a time.
        to_report: looks
            .iter()
            .find(|look| look.login == me.session.login && look.report.is_none())
            .map(|look| Look::of(t, look, now)),
        looks: looks.iter().map(|look| Look::of(t, look, now)).collect(),
    })
}

async fn show(visit: Visit, state: State, me: Me, PathId(id): PathId<GrantId>) -> PageResult {
    ok(&grant_page(&visit, &state, &me, id, LookForm::default(), Errors::none()).await?)
}

async fn end(visit: Visit, state: State, me: Me, PathId(id): PathId<GrantId>) -> PageResult {
    content_grants::end(&state.office, &me.session, id).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ContentEnded).into())
}

async fn begin_look(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<GrantId>,
    Form(form): Form<LookForm>,
) -> PageResult {
    let asked = SessionForm { scope: form.scope.clone(), purpose: form.purpose.clone() };
    let office = &*state.office;
    let deed = async {
        content_grants::open_session(office, &me.session, id, &asked).await?;
        Ok(format!("{PATH}/{id}"))
    };
    match state.once.act("content-look", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::ContentLooking).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&grant_page(&visit, &state, &me, id, form, errors).await?)
        }
    }
}

/// The two ids in the path of a look.
#[derive(Deserialize)]
struct LookPath {
    id: String,
    look: String,
}

async fn end_look(
    visit: Visit,
    state: State,
    me: Me,
    axum::extract::Path(path): axum::extract::Path<LookPath>,
    Form(form): Form<LookForm>,
) -> PageResult {
    let id: GrantId = path.id.parse().map_err(|_| PageError::NotFound)?;
    let look: ContentSessionId = path.look.parse().map_err(|_| PageError::NotFound)?;
    match content_grants::end_session(&state.office, &me.session, id, look, &form.report).await {
        Ok(()) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ContentReported).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&grant_page(&visit, &state, &me, id, form, errors).await?)
        }
    }
}
