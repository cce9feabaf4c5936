//! A service as staff see it, holding it up, letting it run again, and ending it. Each of these has a page
//! of its own that says what it means before it is done.

use super::DESK;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Day, Timestamp};
use office::catalogue::{self, Catalogue};
use office::customers::{self, CustomerId};
use office::services::{self, Service, ServiceId, ServiceState, SuspendReason, TaskFilter};
use office::{OfficeError, agreements};
use serde::Deserialize;

/// How many tasks of a service the page shows.
const TASKS: u32 = 50;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/services/{id}", DESK, show)
        .get("/staff/services/{id}/suspend", DESK, suspend)
        .post("/staff/services/{id}/suspend", DESK, do_suspend)
        .get("/staff/services/{id}/resume", DESK, resume)
        .post("/staff/services/{id}/resume", DESK, do_resume)
        .get("/staff/services/{id}/terminate", DESK, terminate)
        .post("/staff/services/{id}/terminate", DESK, do_terminate);
}

/// A service in the list of a customer.
pub(super) struct ServiceRow {
    pub id: ServiceId,
    pub name: String,
    pub plan: String,
    pub state: sales::Badge,
    pub term: String,
    pub next: String,
}

/// An agreement in the list of a customer.
pub(super) struct AgreementRow {
    pub number: String,
    pub state: sales::Badge,
    pub began: String,
    pub ended: String,
}

fn day(t: T, day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| t.day(&day))
}

fn price(t: T, service: &Service) -> String {
    format!("{} {}", t.money(&service.price.amount), t.per_term(&service.months))
}

/// What is next for a service: the day it ends, else the day its next term is charged.
fn next(t: T, service: &Service) -> String {
    match (service.state, service.ends, service.due) {
        (ServiceState::Ended, ends, _) => day(t, ends),
        (_, Some(ends), _) => t.staff_service_next_ends(t.day(&ends)).into_owned(),
        (_, None, Some(due)) => t.staff_service_next_charged(t.day(&due)).into_owned(),
        (_, None, None) => String::new(),
    }
}

/// The services of a customer.
pub(super) async fn rows(state: &State, t: T, customer: CustomerId) -> Result<Vec<ServiceRow>, PageError> {
    let catalogue = catalogue::load(&state.office).await?;
    let row = |service: &Service| ServiceRow {
        id: service.id,
        name: sales::service_name(t, &catalogue, service),
        plan: sales::plan_name(t, &catalogue, service.plan),
        state: sales::service_state(t, service.state),
        term: price(t, service),
        next: next(t, service),
    };
    Ok(services::services_of(&state.office, customer).await?.iter().map(row).collect())
}

/// The agreements with a customer.
pub(super) async fn agreement_rows(
    state: &State,
    t: T,
    customer: CustomerId,
) -> Result<Vec<AgreementRow>, PageError> {
    let row = |agreement: &agreements::Agreement| AgreementRow {
        number: format!("O{}", agreement.number),
        state: match agreement.ended {
            None => ("ok", t.staff_contract_runs()),
            Some(_) => ("muted", t.staff_contract_dissolved()),
        },
        began: t.day(&agreement.began),
        ended: agreement.ended.map_or_else(String::new, |(day, reason)| {
            t.staff_contract_why(t.day(&day), sales::end_reason(t, reason)).into_owned()
        }),
    };
    Ok(agreements::agreements_of(&state.office, customer).await?.iter().map(row).collect())
}

/// A service with what a page about it needs.
struct Found {
    service: Service,
    catalogue: Catalogue,
    name: String,
    customer: String,
}

async fn find(state: &State, t: T, id: ServiceId) -> Result<Found, PageError> {
    let office = &state.office;
    let service = services::service(office, id).await?;
    let catalogue = catalogue::load(office).await?;
    let found = customers::summaries(office, &[service.customer]).await?;
    let customer = found.first().map_or_else(String::new, |one| one.name.expose().clone());
    Ok(Found { name: sales::service_name(t, &catalogue, &service), service, catalogue, customer })
}

fn page(visit: &Visit, found: &Found, title: Text) -> Page {
    let t = visit.t();
    let page = super::page(visit, title).crumb("/staff/customers", t.staff_nav_customers());
    if found.customer.is_empty() {
        return page;
    }
    page.crumb(format!("/staff/customers/{}", found.service.customer), found.customer.clone())
}

struct TaskRow {
    number: i64,
    kind: Text,
    state: sales::Badge,
    due_at: Timestamp,
}

#[derive(Template)]
#[template(path = "pages/staff/service.html")]
struct ShowPage {
    t: T,
    page: Page,
    id: ServiceId,
    customer: CustomerId,
    customer_name: String,
    plan: String,
    state: sales::Badge,
    price: String,
    options: Vec<String>,
    agreement: Text,
    began: String,
    charged: String,
    next: String,
    ended: Option<Text>,
    suspended: Option<Text>,
    can_suspend: bool,
    can_resume: bool,
    can_terminate: bool,
    tasks: Vec<TaskRow>,
}

/// Whether a service runs and is not held up.
fn can_suspend(service: &Service) -> bool {
    matches!(service.state, ServiceState::Active | ServiceState::Ending) && service.suspended.is_none()
}

fn can_resume(service: &Service) -> bool {
    service.state.is_running() && service.suspended.is_some()
}

async fn show(visit: Visit, state: State, PathId(id): PathId<ServiceId>) -> PageResult {
    let t = visit.t();
    let found = find(&state, t, id).await?;
    let filter = TaskFilter { service: Some(id), ..TaskFilter::default() };
    let tasks = services::tasks(&state.office, filter, 0, TASKS).await?;
    let task = |task: &services::Task| TaskRow {
        number: task.number,
        kind: sales::task_kind(t, task.kind),
        state: sales::task_state(t, task.state),
        due_at: task.due_at,
    };
    let service = &found.service;
    let ended = service.ends.zip(service.ended_reason);
    ok(&ShowPage {
        t,
        page: page(&visit, &found, found.name.clone().into()),
        id,
        customer: service.customer,
        customer_name: found.customer.clone(),
        plan: sales::plan_name(t, &found.catalogue, service.plan),
        state: sales::service_state(t, service.state),
        price: price(t, service),
        options: sales::options(t, &found.catalogue, &service.chosen),
        agreement: t.panel_service_agreement_since(
            format!("O{}", service.agreement_number),
            t.day(&service.concluded),
        ),
        began: day(t, service.began),
        charged: day(t, service.charged_until),
        next: next(t, service),
        ended: ended.map(|(ends, reason)| t.staff_contract_why(t.day(&ends), sales::end_reason(t, reason))),
        suspended: service
            .suspended
            .filter(|_| service.state.is_running())
            .map(|(reason, at)| t.staff_service_suspended(t.date(at), sales::suspend_reason(t, reason))),
        can_suspend: can_suspend(service),
        can_resume: can_resume(service),
        can_terminate: service.state != ServiceState::Ended,
        tasks: tasks.iter().map(task).collect(),
    })
}

/// What is sent to hold a service up, let it run again or end it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Sent {
    revision: u32,
    once: String,
    reason: String,
    confirm: String,
}

/// The page before a service is held up, let go or ended.
#[derive(Template)]
#[template(path = "pages/staff/service_act.html")]
struct ActPage {
    t: T,
    page: Page,
    errors: Errors,
    id: ServiceId,
    /// `suspend`, `resume` or `terminate`.
    act: &'static str,
    revision: u32,
    once: String,
    means: Vec<Text>,
    /// The reasons to choose from; none where it needs none.
    reasons: Vec<Choice>,
    reason: String,
    /// The name to type where it cannot be undone.
    name: String,
    typed: String,
    submit: Text,
}

fn reasons(t: T) -> Vec<Choice> {
    SuspendReason::ALL
        .iter()
        .map(|reason| Choice::new(reason.as_str(), sales::suspend_reason(t, *reason)))
        .collect()
}

/// What happens to the data of a service and what is charged, as far as it is the same for all.
fn act_page(
    visit: &Visit,
    found: &Found,
    act: &'static str,
    means: Vec<Text>,
    sent: Sent,
    errors: Errors,
) -> ActPage {
    let t = visit.t();
    let (title, submit) = match act {
        "suspend" => (t.staff_service_suspend_title(&found.name), t.staff_service_suspend()),
        "resume" => (t.staff_service_resume_title(&found.name), t.staff_service_resume()),
        _ => (t.staff_service_terminate_title(&found.name), t.staff_service_terminate()),
    };
    let id = found.service.id;
    ActPage {
        t,
        page: page(visit, found, title)
            .crumb(format!("/staff/services/{id}"), found.name.clone())
            .failed(&errors),
        errors,
        id,
        act,
        revision: if sent.revision == 0 { found.service.revision } else { sent.revision },
        once: if sent.once.is_empty() { visit.idempotency_key() } else { sent.once },
        means,
        reasons: if act == "resume" { Vec::new() } else { reasons(t) },
        reason: sent.reason,
        name: if act == "terminate" { found.name.clone() } else { String::new() },
        typed: sent.confirm,
        submit,
    }
}

fn suspend_page(visit: &Visit, found: &Found, sent: Sent, errors: Errors) -> Result<ActPage, PageError> {
    let t = visit.t();
    if !can_suspend(&found.service) {
        return Err(PageError::Conflict);
    }
    let means = vec![
        t.staff_service_suspend_task(),
        t.staff_service_suspend_charged(),
        t.staff_service_suspend_data(),
        t.staff_service_suspend_seen(),
    ];
    Ok(act_page(visit, found, "suspend", means, sent, errors))
}

fn resume_page(visit: &Visit, found: &Found, sent: Sent) -> Result<ActPage, PageError> {
    let t = visit.t();
    if !can_resume(&found.service) {
        return Err(PageError::Conflict);
    }
    let mut means = vec![t.staff_service_resume_task()];
    if let Some((SuspendReason::Unpaid, _)) = found.service.suspended {
        means.push(t.staff_service_resume_unpaid());
    }
    if found.service.state == ServiceState::Ending {
        means.push(t.staff_service_resume_ending());
    }
    Ok(act_page(visit, found, "resume", means, sent, Errors::none()))
}

fn terminate_page(
    visit: &Visit,
    state: &State,
    found: &Found,
    sent: Sent,
    errors: Errors,
) -> Result<ActPage, PageError> {
    let t = visit.t();
    let quote = services::quote_termination(&found.service, state.office.today())?;
    let back = quote.back();
    let money = if back.is_zero() {
        t.staff_service_terminate_nothing()
    } else {
        t.staff_service_terminate_back(t.money(&back))
    };
    let means = vec![
        t.staff_service_terminate_today(),
        money,
        t.staff_service_terminate_data(),
        t.staff_service_terminate_last(),
    ];
    Ok(act_page(visit, found, "terminate", means, sent, errors))
}

async fn suspend(visit: Visit, state: State, PathId(id): PathId<ServiceId>) -> PageResult {
    let found = find(&state, visit.t(), id).await?;
    ok(&suspend_page(&visit, &found, Sent::default(), Errors::none())?)
}

async fn resume(visit: Visit, state: State, PathId(id): PathId<ServiceId>) -> PageResult {
    let found = find(&state, visit.t(), id).await?;
    ok(&resume_page(&visit, &found, Sent::default())?)
}

async fn terminate(visit: Visit, state: State, PathId(id): PathId<ServiceId>) -> PageResult {
    let found = find(&state, visit.t(), id).await?;
    ok(&terminate_page(&visit, &state, &found, Sent::default(), Errors::none())?)
}

async fn do_suspend(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ServiceId>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let Some(reason) = SuspendReason::parse(&sent.reason) else {
        let mut errors = Errors::none();
        errors.add("reason", visit.t().problem_choice());
        let found = find(&state, visit.t(), id).await?;
        return unprocessable(&suspend_page(&visit, &found, sent, errors)?);
    };
    let deed = async {
        services::suspend(&state.office, me.session.by(), id, sent.revision, reason).await?;
        Ok::<_, OfficeError>(format!("/staff/services/{id}"))
    };
    let to = state.once.act("service", &sent.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::StaffServiceSuspended).into())
}

async fn do_resume(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ServiceId>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let deed = async {
        services::resume(&state.office, me.session.by(), id, sent.revision).await?;
        Ok::<_, OfficeError>(format!("/staff/services/{id}"))
    };
    let to = state.once.act("service", &sent.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::StaffServiceResumed).into())
}

async fn do_terminate(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ServiceId>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let t = visit.t();
    let found = find(&state, t, id).await?;
    let mut errors = Errors::none();
    let reason = SuspendReason::parse(&sent.reason);
    if reason.is_none() {
        errors.add("reason", t.problem_choice());
    }
    if sent.confirm.trim() != found.name.trim() {
        errors.add("confirm", t.staff_service_name_wrong());
    }
    let Some(why) = reason.filter(|_| errors.is_empty()) else {
        return unprocessable(&terminate_page(&visit, &state, &found, sent, errors)?);
    };
    let deed = async {
        services::terminate(&state.office, me.session.by(), id, sent.revision, why).await?;
        Ok::<_, OfficeError>(format!("/staff/services/{id}"))
    };
    let to = state.once.act("service", &sent.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::StaffServiceTerminated).into())
}

#[cfg(test)]
mod tests {
    use crate::testing_office::{TestSite, site};
    use base::Sensitive;
    use office::accounts::StaffRole;
    use office::customers::Customer;
    use office::services::terms::TermMonths;
    use office::services::{self, Chosen, TaskFilter, TaskKind};
    use office::{By, catalogue, orders, processor_agreements};

    /// A customer whose hosting runs.
    async fn running(site: &TestSite) -> Customer {
        let (office, by) = (&*site.office, By::System("test"));
        catalogue::fill_defaults(office, by).await.expect("a catalogue");
        orders::fill_defaults(office, by).await.expect("the texts");
        let catalogue = catalogue::load(office).await.expect("a catalogue");
        let customer = site.customer("Fenna de Vries", "fenna@klant.example").await;
        let lines = [orders::LineForm {
            plan: catalogue.plan_of_code("hosting-start").expect("a plan").1.id,
            months: TermMonths::new(1).expect("a term"),
            chosen: Chosen::default(),
            label: Some(Sensitive::new("voorbeeld.example".to_owned())),
        }];
        let treatment = orders::treatment(office, &customer.profile);
        let quote = orders::quote(&catalogue, &lines, None, treatment, office.today()).expect("a quote");
        let offered = processor_agreements::offered(office, customer.profile.language);
        let new = orders::NewOrder {
            customer: customer.id,
            login: None,
            lines: &lines,
            code: None,
            accepted: orders::Accepted {
                terms: 1,
                responsibility: 1,
                processor_agreement: Some(offered.hash),
                early_start: orders::EarlyStart::Asked,
            },
            total: quote.total(),
        };
        let placed = orders::place(office, by, &new).await.expect("placed");
        orders::accept(office, by, placed.id).await.expect("accepted");
        let filter = TaskFilter { kind: Some(TaskKind::Fulfil), ..TaskFilter::default() };
        let task = services::tasks(office, filter, 0, 1).await.expect("tasks")[0].id;
        services::complete(office, by, None, task).await.expect("made");
        customer
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn staff_hold_a_service_up_let_it_go_and_end_it() {
        let site = site().await;
        let customer = running(&site).await;
        let support = site.staff("Sam", "sam@voorbeeldhost.example", StaffRole::Support).await;
        let mut staff = site.signed_in(&support).await;
        let page = format!("/staff/customers/{}", customer.id);
        site.publish().await;
        let seen = staff.get(&page).await;
        seen.is(200).has("voorbeeld.example").has("actief").has("O100001").has("Bestelling geplaatst");
        let id = services::services_of(&site.office, customer.id).await.expect("services")[0].id;
        let path = format!("/staff/services/{id}");
        staff.get(&path).await.is(200).has("Webhosting Start").has("Opschorten").has("Dienst klaarmaken");

        let form = staff.get(&format!("{path}/suspend")).await;
        form.is(200).has("Wat dit betekent").has("De overeenkomst loopt door");
        let (once, revision) = (form.value("once"), form.value("revision"));
        let mut sent = vec![("once", once.as_str()), ("revision", revision.as_str())];
        staff.post(&format!("{path}/suspend"), &sent).await.is(422).has("id=\"reason-error\"");
        sent.push(("reason", "abuse"));
        staff.post(&format!("{path}/suspend"), &sent).await.is(303);
        staff.post(&format!("{path}/suspend"), &sent).await.is(303);
        let held = staff.get(&path).await;
        held.is(200).has("opgeschort").has("gaf overlast").has("Hervatten");
        staff.get(&format!("{path}/suspend")).await.is(409);

        let form = staff.get(&format!("{path}/resume")).await;
        form.is(200).has("weer aan te zetten");
        let (once, revision) = (form.value("once"), form.value("revision"));
        let sent = [("once", once.as_str()), ("revision", revision.as_str())];
        staff.post(&format!("{path}/resume"), &sent).await.is(303);
        let late = [("once", "another"), ("revision", revision.as_str())];
        staff.post(&format!("{path}/resume"), &late).await.is(409);

        let form = staff.get(&format!("{path}/terminate")).await;
        form.is(200).has("De dienst stopt vandaag").has("Dit kan niet ongedaan");
        let (once, revision) = (form.value("once"), form.value("revision"));
        let mut sent = vec![("once", once.as_str()), ("revision", revision.as_str()), ("confirm", "iets")];
        staff.post(&format!("{path}/terminate"), &sent).await.is(422).has("precies zoals");
        sent.retain(|(name, _)| *name != "confirm");
        sent.extend([("reason", "abuse"), ("confirm", "voorbeeld.example")]);
        staff.post(&format!("{path}/terminate"), &sent).await.is(303);
        staff.get(&path).await.is(200).has("beëindigd door ons");
        staff.get(&page).await.is(200).has("ontbonden").has("beëindigd door ons");
        staff.get(&format!("{path}/terminate")).await.is(409);
    }
}
