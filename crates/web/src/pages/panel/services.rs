//! The customer's services and orders: what runs, what it costs, changing and cancelling it. What a change
//! costs or gives back is shown before it is made.

use super::{Acting, MANAGER, READER, page};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales;
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Query;
use base::Money;
use office::catalogue::{self, Catalogue, PlanId, ProductKind, Visibility};
use office::orders;
use office::services::{self, Chosen, Ending, Service, ServiceId, ServiceState};
use serde::Deserialize;
use std::collections::HashMap;

pub(super) const PATH: &str = "/panel/services";

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, list)
        .get("/panel/services/{id}", READER, show)
        .get("/panel/services/{id}/change", MANAGER, change)
        .post("/panel/services/{id}/change", MANAGER, do_change)
        .get("/panel/services/{id}/cancel", MANAGER, cancel)
        .post("/panel/services/{id}/cancel", MANAGER, do_cancel)
        .post("/panel/services/{id}/keep", MANAGER, keep)
        .post("/panel/services/{id}/transfer", MANAGER, transfer);
}

struct Row {
    id: ServiceId,
    name: String,
    plan: String,
    state: sales::Badge,
    price: String,
    next: String,
}

struct OrderRow {
    number: i64,
    state: sales::Badge,
    total: Money,
    placed_at: base::Timestamp,
}

#[derive(Template)]
#[template(path = "pages/panel/services.html")]
struct ListPage {
    t: T,
    page: Page,
    rows: Vec<Row>,
    orders: Vec<OrderRow>,
}

fn price(t: T, service: &Service) -> String {
    format!("{} {}", t.money(&service.price.amount), t.per_term(&service.months))
}

async fn list(visit: Visit, state: State, acting: Acting) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let catalogue = catalogue::load(office).await?;
    let rows = services::services_of(office, acting.customer).await?;
    let row = |service: &Service| Row {
        id: service.id,
        name: sales::service_name(t, &catalogue, service),
        plan: sales::plan_name(t, &catalogue, service.plan),
        state: sales::service_state(t, service.state),
        price: price(t, service),
        next: service.due.map_or_else(String::new, |day| t.day(&day)),
    };
    let orders = orders::orders_of(office, acting.customer).await?;
    let order = |order: &orders::Order| OrderRow {
        number: order.number,
        state: sales::order_state(t, order.state),
        total: order.net + order.vat,
        placed_at: order.placed_at,
    };
    ok(&ListPage {
        t,
        page: page(&visit, t.panel_nav_services()),
        rows: rows.iter().map(row).collect(),
        orders: orders.iter().map(order).collect(),
    })
}

#[derive(Template)]
#[template(path = "pages/panel/service.html")]
struct ShowPage {
    t: T,
    page: Page,
    id: ServiceId,
    revision: u32,
    plan: String,
    state: sales::Badge,
    price: String,
    options: Vec<String>,
    agreement: Text,
    began: String,
    charged: String,
    next: String,
    ending: Option<Text>,
    suspended: Option<Text>,
    can_change: bool,
    can_cancel: bool,
    can_keep: bool,
    can_transfer: bool,
}

async fn show(visit: Visit, state: State, acting: Acting, PathId(id): PathId<ServiceId>) -> PageResult {
    let t = visit.t();
    let service = services::own(&state.office, acting.customer, id).await?;
    let catalogue = catalogue::load(&state.office).await?;
    let day = |day: Option<base::Day>| day.map_or_else(String::new, |day| t.day(&day));
    let is_ending = service.state == ServiceState::Ending;
    let runs = matches!(service.state, ServiceState::Active | ServiceState::Suspended);
    let manager = acting.is_manager();
    ok(&ShowPage {
        t,
        page: page(&visit, sales::service_name(t, &catalogue, &service).into())
            .crumb(PATH, t.panel_nav_services()),
        id,
        revision: service.revision,
        plan: sales::plan_name(t, &catalogue, service.plan),
        state: sales::service_state(t, service.state),
        price: price(t, &service),
        options: sales::options(t, &catalogue, &service.chosen),
        agreement: t.panel_service_agreement_since(
            format!("O{}", service.agreement_number),
            t.day(&service.concluded),
        ),
        began: day(service.began),
        charged: day(service.charged_until),
        next: day(service.due),
        ending: service.ends.filter(|_| is_ending).map(|ends| t.panel_service_ending(t.day(&ends))),
        suspended: service
            .suspended
            .filter(|_| service.state == ServiceState::Suspended)
            .map(|(reason, _)| t.panel_service_suspended(sales::suspend_reason(t, reason))),
        can_change: manager && runs,
        can_cancel: manager && service.state != ServiceState::Ended,
        can_keep: manager && is_ending,
        can_transfer: manager && service.kind == ProductKind::Domain && (runs || is_ending),
    })
}

struct OptionField {
    id: String,
    name: String,
    value: String,
}

#[derive(Template)]
#[template(path = "pages/panel/service_change.html")]
struct ChangePage {
    t: T,
    page: Page,
    errors: Errors,
    id: ServiceId,
    revision: u32,
    plans: Vec<Choice>,
    plan: String,
    options: Vec<OptionField>,
    /// What the chosen plan costs: the price of a term, and what is settled now.
    costs: Option<(Money, String, Text)>,
}

/// The plan and the options that a form or an address names; those of the service where it names none.
fn wanted(
    catalogue: &Catalogue,
    service: &Service,
    fields: &HashMap<String, String>,
) -> Result<(PlanId, Chosen), PageError> {
    let Some(code) = fields.get("plan").filter(|code| !code.is_empty()) else {
        return Ok((service.plan, service.chosen.clone()));
    };
    let (_, plan) = catalogue.plan_of_code(code).ok_or(PageError::BadRequest)?;
    let mut chosen = Vec::new();
    for option in catalogue.options_of(plan.id) {
        let units = fields.get(&format!("option-{}", option.id)).map_or("", |text| text.trim());
        if !units.is_empty() {
            chosen.push((option.id, units.parse().map_err(|_| PageError::BadRequest)?));
        }
    }
    Ok((plan.id, Chosen::new(chosen).ok_or(PageError::BadRequest)?))
}

fn change_page(
    visit: &Visit,
    state: &State,
    catalogue: &Catalogue,
    service: &Service,
    (plan, chosen): &(PlanId, Chosen),
) -> Result<ChangePage, PageError> {
    let (t, today) = (visit.t(), state.office.today());
    let name = sales::service_name(t, catalogue, service);
    let (product, _) = catalogue.plan(service.plan).ok_or(PageError::NotFound)?;
    let mut errors = Errors::none();
    let is_same = *plan == service.plan && *chosen == service.chosen;
    let costs = if is_same {
        None
    } else {
        match services::quote_change(catalogue, service, *plan, chosen, today) {
            Ok(quote) => Some((
                quote.price.amount,
                format!("{} {}", t.money(&quote.price.amount), t.per_term(&service.months)),
                sales::correction(t, &quote.correction),
            )),
            Err(error) => {
                errors = Errors::of_problems(t, &problems(error)?);
                None
            }
        }
    };
    let plans = catalogue.plans_of(product.id).filter(|one| {
        one.id == service.plan
            || catalogue.price(one.id, None, service.months, today).is_some()
                && catalogue.offered(one.id, today).is_some()
    });
    let plans = plans.map(|one| {
        let price = catalogue.price(one.id, None, service.months, today);
        let hint = price.map_or_else(String::new, |price| {
            format!("{} {}", t.money(&price.amount), t.per_term(&service.months))
        });
        Choice::new(one.code.clone(), one.name.of(t.language()).to_owned()).hint(hint)
    });
    let options = catalogue.options_of(*plan).filter(|option| {
        option.visibility == Visibility::Offered
            && catalogue.price(*plan, Some(option.id), service.months, today).is_some()
    });
    Ok(ChangePage {
        t,
        page: page(visit, t.panel_change_title(&name))
            .crumb(PATH, t.panel_nav_services())
            .crumb(format!("{PATH}/{}", service.id), name.clone())
            .failed(&errors),
        errors,
        id: service.id,
        revision: service.revision,
        plans: plans.collect(),
        plan: catalogue.plan(*plan).map(|(_, plan)| plan.code.clone()).unwrap_or_default(),
        options: options
            .map(|option| OptionField {
                id: format!("option-{}", option.id),
                name: option.name.of(t.language()).to_owned(),
                value: match chosen.units(option.id) {
                    0 => String::new(),
                    units => units.to_string(),
                },
            })
            .collect(),
        costs,
    })
}

async fn change(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ServiceId>,
    Query(fields): Query<HashMap<String, String>>,
) -> PageResult {
    let service = services::own(&state.office, acting.customer, id).await?;
    let catalogue = catalogue::load(&state.office).await?;
    let wanted = wanted(&catalogue, &service, &fields)?;
    ok(&change_page(&visit, &state, &catalogue, &service, &wanted)?)
}

async fn do_change(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ServiceId>,
    Form(fields): Form<HashMap<String, String>>,
) -> PageResult {
    let service = services::own(&state.office, acting.customer, id).await?;
    let catalogue = catalogue::load(&state.office).await?;
    let wanted = wanted(&catalogue, &service, &fields)?;
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok());
    let (Some(revision), Some(price)) =
        (number("revision").and_then(|n| u32::try_from(n).ok()), number("price"))
    else {
        return ok(&change_page(&visit, &state, &catalogue, &service, &wanted)?);
    };
    let (plan, chosen) = &wanted;
    let by = acting.session.by();
    let price = Money::from_cents(price);
    match services::change(&state.office, by, id, revision, *plan, chosen, price).await {
        Ok(()) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ServiceChanged).into()),
        Err(error @ office::OfficeError::Invalid(_)) => {
            let _ = problems(error)?;
            unprocessable(&change_page(&visit, &state, &catalogue, &service, &wanted)?)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "pages/panel/service_cancel.html")]
struct CancelPage {
    t: T,
    page: Page,
    errors: Errors,
    id: ServiceId,
    revision: u32,
    ways: Vec<Choice>,
    how: String,
}

async fn cancel_page(
    visit: &Visit,
    state: &State,
    service: &Service,
    how: &str,
    errors: Errors,
) -> Result<CancelPage, PageError> {
    let (t, today) = (visit.t(), state.office.today());
    let catalogue = catalogue::load(&state.office).await?;
    let (begun, setup) = orders::beginnings(&state.office, service.id).await?;
    let mut ways = Vec::new();
    for way in Ending::ALL {
        // What is not possible is not offered.
        let Ok(quote) = services::quote_end(service, way, begun, setup, today) else { continue };
        let label = match way {
            Ending::Ordinary => t.panel_cancel_ordinary(),
            Ending::Now => t.panel_cancel_now(),
            Ending::Withdrawal => t.panel_cancel_withdrawal(),
        };
        let hint = t.panel_cancel_stops(t.day(&quote.ends), sales::comes_to(t, -quote.back()));
        ways.push(Choice::new(way.as_str(), label).hint(hint));
    }
    if ways.is_empty() {
        return Err(PageError::Conflict);
    }
    let name = sales::service_name(t, &catalogue, service);
    Ok(CancelPage {
        t,
        page: page(visit, t.panel_cancel_title(&name))
            .crumb(PATH, t.panel_nav_services())
            .crumb(format!("{PATH}/{}", service.id), name.clone())
            .failed(&errors),
        errors,
        id: service.id,
        revision: service.revision,
        ways,
        how: how.to_owned(),
    })
}

async fn cancel(visit: Visit, state: State, acting: Acting, PathId(id): PathId<ServiceId>) -> PageResult {
    let service = services::own(&state.office, acting.customer, id).await?;
    ok(&cancel_page(&visit, &state, &service, "", Errors::none()).await?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CancelForm {
    how: String,
    revision: u32,
}

async fn do_cancel(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ServiceId>,
    Form(form): Form<CancelForm>,
) -> PageResult {
    let service = services::own(&state.office, acting.customer, id).await?;
    let Some(how) = Ending::parse(&form.how) else {
        let mut errors = Errors::none();
        errors.add("how", visit.t().problem_choice());
        return unprocessable(&cancel_page(&visit, &state, &service, "", errors).await?);
    };
    services::cancel(&state.office, acting.session.by(), id, form.revision, how).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ServiceCancelled).into())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Revision {
    revision: u32,
}

async fn keep(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ServiceId>,
    Form(form): Form<Revision>,
) -> PageResult {
    services::own(&state.office, acting.customer, id).await?;
    services::take_back(&state.office, acting.session.by(), id, form.revision).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ServiceKept).into())
}

async fn transfer(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ServiceId>,
    Form(form): Form<Revision>,
) -> PageResult {
    services::own(&state.office, acting.customer, id).await?;
    services::request_transfer(&state.office, acting.session.by(), id, form.revision).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::TransferAsked).into())
}
