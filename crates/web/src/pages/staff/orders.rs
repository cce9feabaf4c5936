//! Orders, the tasks that come of them, and the texts that are accepted with them.

use super::{ADMIN, DESK};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales;
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Money, Timestamp};
use office::catalogue;
use office::customers::{self, CustomerId, CustomerSummary};
use office::orders::{
    self, AcceptanceKind, OrderFilter, OrderId, OrderState, TermsForm, TermsKind, TermsVersion,
};
use office::services::{self, ServiceId, TaskFilter, TaskId, TaskKind, TaskState};
use serde::Deserialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/orders", DESK, list)
        .get("/staff/orders.csv", DESK, orders_csv)
        .get("/staff/orders/{id}", DESK, show)
        .post("/staff/orders/{id}/accept", DESK, accept)
        .post("/staff/orders/{id}/cancel", DESK, cancel)
        .get("/staff/tasks", DESK, tasks)
        .get("/staff/tasks.csv", DESK, tasks_csv)
        .post("/staff/tasks/{id}/done", DESK, done)
        .get("/staff/terms/{kind}", ADMIN, terms)
        .post("/staff/terms/{kind}", ADMIN, publish);
}

const ROWS: u32 = 50;
/// How many rows of a CSV are read at once, and how many it has at most.
const CSV_ROWS: u32 = 200;
const CSV_ROWS_MAX: usize = 100_000;

/// The names of customers beside their ids; empty for who is gone.
async fn names(state: &State, ids: &[CustomerId]) -> Result<HashMap<CustomerId, String>, PageError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let found = customers::summaries(&state.office, &ids).await?;
    let name = |one: CustomerSummary| (one.id, format!("{} {}", one.number, one.name.expose()));
    Ok(found.into_iter().map(name).collect())
}

struct Row {
    id: OrderId,
    number: i64,
    customer: CustomerId,
    name: String,
    state: sales::Badge,
    total: Money,
    placed_at: Timestamp,
}

#[derive(Template)]
#[template(path = "pages/staff/orders.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    states: Vec<Choice>,
    rows: Vec<Row>,
}

fn order_filter(list: &List) -> OrderFilter {
    OrderFilter { state: OrderState::parse(list.filter("state")), ..OrderFilter::default() }
}

async fn order_rows(state: &State, t: T, found: Vec<orders::Order>) -> Result<Vec<Row>, PageError> {
    let names = names(state, &found.iter().map(|order| order.customer).collect::<Vec<_>>()).await?;
    let row = |order: orders::Order| Row {
        id: order.id,
        number: order.number,
        customer: order.customer,
        name: names.get(&order.customer).cloned().unwrap_or_default(),
        state: sales::order_state(t, order.state),
        total: order.net + order.vat,
        placed_at: order.placed_at,
    };
    Ok(found.into_iter().map(row).collect())
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let filter = order_filter(&list);
    list.set_total(orders::count(office, filter).await?);
    debug_assert_eq!(u64::from(ROWS), PAGE_ROWS, "a page of the list is a page of the office");
    let found = orders::orders(office, filter, list.offset(), ROWS).await?;
    ok(&ListPage {
        t,
        page: super::page(&visit, t.staff_nav_orders()),
        list,
        states: OrderState::ALL
            .iter()
            .map(|state| Choice::new(state.as_str(), sales::order_state(t, *state).1))
            .collect(),
        rows: order_rows(&state, t, found).await?,
    })
}

async fn orders_csv(visit: Visit, state: State, list: List) -> Result<Response, PageError> {
    let t = visit.t();
    let mut rows = Vec::new();
    let mut offset = 0;
    while rows.len() < CSV_ROWS_MAX {
        let found = orders::orders(&state.office, order_filter(&list), offset, CSV_ROWS).await?;
        let count = found.len();
        rows.extend(order_rows(&state, t, found).await?.into_iter().map(|row| {
            vec![
                row.number.to_string(),
                row.name,
                row.state.1.into_owned(),
                super::catalogue::plain(row.total),
                row.placed_at.to_string(),
            ]
        }));
        offset += u64::from(CSV_ROWS);
        if count < CSV_ROWS as usize {
            break;
        }
    }
    let head = [
        t.staff_orders_number(),
        t.staff_orders_customer(),
        t.staff_orders_state(),
        t.staff_orders_total(),
        t.staff_orders_placed(),
    ];
    Ok(csv_file("orders", &head.iter().map(AsRef::as_ref).collect::<Vec<_>>(), rows))
}

struct LineRow {
    name: String,
    label: String,
    options: Vec<String>,
    term: Text,
    amount: Money,
    setup: Money,
    discount: Money,
}

#[derive(Template)]
#[template(path = "pages/staff/order.html")]
struct ShowPage {
    t: T,
    page: Page,
    id: OrderId,
    customer: CustomerId,
    name: String,
    state: sales::Badge,
    is_open: bool,
    is_consumer: bool,
    net: Money,
    vat: Money,
    placed_at: Timestamp,
    lines: Vec<LineRow>,
    accepted: Vec<(Text, String, String)>,
}

async fn show(visit: Visit, state: State, PathId(id): PathId<OrderId>) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let order = orders::order(office, id).await?;
    let catalogue = catalogue::load(office).await?;
    let names = names(&state, &[order.customer]).await?;
    let line = |line: &orders::OrderLine| LineRow {
        name: sales::plan_name(t, &catalogue, line.plan),
        label: line.label.as_ref().map_or_else(String::new, |label| label.expose().clone()),
        options: sales::options(t, &catalogue, &line.chosen),
        term: t.term(&line.months),
        amount: line.amount,
        setup: line.setup,
        discount: line.discount,
    };
    let accepted = |(kind, version, hash): &(AcceptanceKind, String, [u8; 32])| {
        let word = match kind {
            AcceptanceKind::Terms => t.staff_accept_terms(),
            AcceptanceKind::Responsibility => t.staff_accept_responsibility(),
            AcceptanceKind::ProcessorAgreement => t.staff_accept_processor(),
            AcceptanceKind::EarlyStart => t.staff_accept_early(),
        };
        let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        (word, version.clone(), hash)
    };
    ok(&ShowPage {
        t,
        page: super::page(&visit, t.staff_order_title(order.number.to_string()))
            .crumb("/staff/orders", t.staff_nav_orders()),
        id,
        customer: order.customer,
        name: names.get(&order.customer).cloned().unwrap_or_default(),
        state: sales::order_state(t, order.state),
        is_open: order.state == OrderState::Placed,
        is_consumer: order.buyer.is_consumer(),
        net: order.net,
        vat: order.vat,
        placed_at: order.placed_at,
        lines: order.lines.iter().map(line).collect(),
        accepted: order.accepted.iter().map(accepted).collect(),
    })
}

async fn accept(visit: Visit, state: State, me: Me, PathId(id): PathId<OrderId>) -> PageResult {
    orders::accept(&state.office, me.session.by(), id).await?;
    Ok(see_other(&format!("/staff/orders/{id}")).done(&visit, Flash::OrderAccepted).into())
}

async fn cancel(visit: Visit, state: State, me: Me, PathId(id): PathId<OrderId>) -> PageResult {
    orders::cancel(&state.office, me.session.by(), id).await?;
    Ok(see_other(&format!("/staff/orders/{id}")).done(&visit, Flash::OrderCancelled).into())
}

/// A task in a list.
pub(super) struct TaskRow {
    pub id: TaskId,
    pub number: i64,
    pub kind: Text,
    pub service_id: ServiceId,
    pub service: String,
    pub customer: CustomerId,
    pub name: String,
    pub state: sales::Badge,
    pub due_at: Timestamp,
    pub is_open: bool,
}

/// Tasks with the names of their services and customers.
pub(super) async fn task_rows(
    state: &State,
    t: T,
    found: &[services::Task],
) -> Result<Vec<TaskRow>, PageError> {
    let office = &state.office;
    let names = names(state, &found.iter().map(|task| task.customer).collect::<Vec<_>>()).await?;
    let catalogue = catalogue::load(office).await?;
    let mut labels: HashMap<ServiceId, String> = HashMap::new();
    for task in found {
        if let Entry::Vacant(place) = labels.entry(task.service) {
            let service = services::service(office, task.service).await?;
            let plan = sales::plan_name(t, &catalogue, service.plan);
            place.insert(match service.label {
                Some(label) => format!("{plan} · {}", label.expose()),
                None => plan,
            });
        }
    }
    let row = |task: &services::Task| TaskRow {
        id: task.id,
        number: task.number,
        kind: sales::task_kind(t, task.kind),
        service_id: task.service,
        service: labels.get(&task.service).cloned().unwrap_or_default(),
        customer: task.customer,
        name: names.get(&task.customer).cloned().unwrap_or_default(),
        state: sales::task_state(t, task.state),
        due_at: task.due_at,
        is_open: task.state == TaskState::Open,
    };
    Ok(found.iter().map(row).collect())
}

#[derive(Template)]
#[template(path = "pages/staff/tasks.html")]
struct TasksPage {
    t: T,
    page: Page,
    list: List,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    rows: Vec<TaskRow>,
}

fn task_filter(list: &List) -> TaskFilter {
    TaskFilter {
        state: TaskState::parse(list.filter("state")),
        kind: TaskKind::parse(list.filter("kind")),
        ..TaskFilter::default()
    }
}

async fn tasks(visit: Visit, state: State, mut list: List) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let filter = task_filter(&list);
    list.set_total(services::count_tasks(office, filter).await?);
    let found = services::tasks(office, filter, list.offset(), ROWS).await?;
    ok(&TasksPage {
        t,
        page: super::page(&visit, t.staff_nav_tasks()),
        states: TaskState::ALL
            .iter()
            .map(|state| Choice::new(state.as_str(), sales::task_state(t, *state).1))
            .collect(),
        kinds: TaskKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.as_str(), sales::task_kind(t, *kind)))
            .collect(),
        rows: task_rows(&state, t, &found).await?,
        list,
    })
}

async fn tasks_csv(visit: Visit, state: State, list: List) -> Result<Response, PageError> {
    let t = visit.t();
    let mut rows = Vec::new();
    let mut offset = 0;
    while rows.len() < CSV_ROWS_MAX {
        let found = services::tasks(&state.office, task_filter(&list), offset, CSV_ROWS).await?;
        rows.extend(task_rows(&state, t, &found).await?.into_iter().map(|row| {
            vec![
                row.number.to_string(),
                row.kind.into_owned(),
                row.service,
                row.name,
                row.state.1.into_owned(),
                row.due_at.to_string(),
            ]
        }));
        offset += u64::from(CSV_ROWS);
        if found.len() < CSV_ROWS as usize {
            break;
        }
    }
    let head = [
        t.staff_orders_number(),
        t.staff_work_kind(),
        t.staff_work_service(),
        t.staff_orders_customer(),
        t.staff_orders_state(),
        t.staff_work_due(),
    ];
    Ok(csv_file("tasks", &head.iter().map(AsRef::as_ref).collect::<Vec<_>>(), rows))
}

async fn done(visit: Visit, state: State, me: Me, PathId(id): PathId<TaskId>) -> PageResult {
    services::complete(&state.office, me.session.by(), Some(me.session.login), id).await?;
    Ok(see_other("/staff/tasks?state=open").done(&visit, Flash::TaskDone).into())
}

#[derive(Template)]
#[template(path = "pages/staff/terms.html")]
struct TermsPage {
    t: T,
    page: Page,
    errors: Errors,
    kind: &'static str,
    versions: Vec<TermsVersion>,
    after: u32,
    form: TermsForm,
}

async fn terms_page(
    visit: &Visit,
    state: &State,
    kind: TermsKind,
    form: Option<TermsForm>,
    errors: Errors,
) -> Result<TermsPage, PageError> {
    let t = visit.t();
    let title = match kind {
        TermsKind::Terms => t.staff_terms_terms(),
        TermsKind::Responsibility => t.staff_terms_responsibility(),
    };
    let versions = orders::versions(&state.office, kind).await?;
    let form = form.unwrap_or_else(|| match versions.first() {
        Some(latest) => TermsForm { nl: latest.nl.clone(), en: latest.en.clone() },
        None => orders::default_form(&state.office, kind),
    });
    Ok(TermsPage {
        t,
        page: super::page(visit, title).crumb("/staff/orders", t.staff_nav_orders()).failed(&errors),
        errors,
        kind: kind.as_str(),
        after: versions.first().map_or(0, |latest| latest.version),
        versions,
        form,
    })
}

async fn terms(visit: Visit, state: State, Path(kind): Path<String>) -> PageResult {
    let kind = TermsKind::parse(&kind).ok_or(PageError::NotFound)?;
    ok(&terms_page(&visit, &state, kind, None, Errors::none()).await?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Published {
    #[serde(flatten)]
    form: TermsForm,
    after: String,
}

async fn publish(
    visit: Visit,
    state: State,
    me: Me,
    Path(kind): Path<String>,
    Form(sent): Form<Published>,
) -> PageResult {
    let kind = TermsKind::parse(&kind).ok_or(PageError::NotFound)?;
    let after = sent.after.parse().map_err(|_| PageError::BadRequest)?;
    match orders::publish(&state.office, me.session.by(), kind, after, &sent.form).await {
        Ok(_) => {
            let to = format!("/staff/terms/{}", kind.as_str());
            Ok(see_other(&to).done(&visit, Flash::Saved).into())
        }
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&terms_page(&visit, &state, kind, Some(sent.form), errors).await?)
        }
    }
}
