//! For staff: leaks that customers reported, and lawful orders.

use super::staff::{ACCESS, page};
use super::{Badge, FormPage, Input, Look, Sent, TextRow, text_rows};
use crate::csv_file;
use crate::error::PageResult;
use crate::form::{Choice, Errors};
use crate::format::Clock;
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use askama::Template;
use base::{Day, Sensitive, Timestamp};
use office::OfficeError;
use office::form::{Problem, Problems};
use office::incidents::{
    self, Field, IncidentFilter, IncidentId, LawfulOrder, LawfulOrderId, LawfulOrderState, LeakFilter,
    LeakReport, LeakReportId, LeakReportState, MayLook, NewLawfulOrder, word,
};

const REPORTS: &str = "/staff/leaks";
const ORDERS: &str = "/staff/lawful-orders";
/// How many open cases are offered to tie a report to.
const CASES_SHOWN: u32 = 50;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(REPORTS, ACCESS, list)
        .get("/staff/leaks.csv", ACCESS, csv)
        .get("/staff/leaks/{id}", ACCESS, show)
        .post("/staff/leaks/{id}/tie", ACCESS, tie)
        .post("/staff/leaks/{id}/close", ACCESS, close)
        .get(ORDERS, ACCESS, orders)
        .get("/staff/lawful-orders/new", ACCESS, order_form)
        .post("/staff/lawful-orders/new", ACCESS, new_order)
        .post("/staff/lawful-orders/{id}/close", ACCESS, close_order);
}

struct Row {
    href: String,
    number: String,
    customer: String,
    outcome: &'static str,
    state: Badge,
    clock: Option<Clock>,
    created_at: Timestamp,
}

#[derive(Template)]
#[template(path = "pages/leaks/reports.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    states: Vec<Choice>,
}

fn badge(t: T, state: LeakReportState) -> Badge {
    let kind = if state == LeakReportState::Open { "warn" } else { "ok" };
    Badge { kind, word: word(state.as_str(), t.language()) }
}

fn clock(report: &LeakReport, now: Timestamp) -> Option<Clock> {
    let clock = Clock { began: report.discovered_at, deadline: report.due_at, now };
    report.clock_runs().then_some(clock)
}

fn filter(list: &List) -> LeakFilter {
    LeakFilter { customer: None, state: LeakReportState::parse(list.filter("state")) }
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let (found, total) = incidents::leaks(office, filter(&list), list.offset(), limit).await?;
    list.set_total(total);
    let ids: Vec<_> = found.iter().map(|report| report.customer).collect();
    let known = office::customers::summaries(office, &ids).await?;
    let rows = found.iter().map(|report| Row {
        href: format!("{REPORTS}/{}", report.id),
        number: report.number.to_string(),
        customer: known
            .iter()
            .find(|customer| customer.id == report.customer)
            .map_or_else(String::new, |customer| customer.name.expose().clone()),
        outcome: word(report.outcome.as_str(), t.language()),
        state: badge(t, report.state),
        clock: clock(report, visit.now()),
        created_at: report.created_at,
    });
    let rows = rows.collect();
    let states = super::choices(t, ["open", "closed"]);
    ok(&ListPage { t, page: page(&visit, t.leak_nav_reports()), list, rows, states })
}

async fn csv(visit: Visit, state: State, list: List) -> PageResult {
    let t = visit.t();
    let (mut rows, mut offset) = (Vec::new(), 0);
    while offset < 10_000 {
        let found = incidents::leaks(&state.office, filter(&list), offset, 200).await?.0;
        if found.is_empty() {
            break;
        }
        offset += 200;
        rows.extend(found.iter().map(|report| {
            vec![
                report.number.to_string(),
                report.state.as_str().to_owned(),
                report.outcome.as_str().to_owned(),
                report.discovered_at.rfc3339(),
                report.due_at.rfc3339(),
                report.notified_at.map(Timestamp::rfc3339).unwrap_or_default(),
            ]
        }));
    }
    let head = [
        t.leak_number(),
        t.leak_state(),
        t.leak_outcome(),
        t.leak_discovered(),
        t.leak_due(),
        t.leak_notified(),
    ];
    Ok(csv_file("leaks", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Template)]
#[template(path = "pages/leaks/report_staff.html")]
struct ShowPage {
    t: T,
    page: Page,
    report: LeakReport,
    customer: Option<(String, Sensitive<String>)>,
    badge: Badge,
    outcome: &'static str,
    clock: Option<Clock>,
    rows: Vec<TextRow>,
    may_look: bool,
    cases: Vec<Choice>,
    case: Option<String>,
    errors: Errors,
}

impl ShowPage {
    fn is_open(&self) -> bool {
        self.report.state == LeakReportState::Open && self.report.subject.is_some()
    }
}

async fn show(visit: Visit, state: State, PathId(id): PathId<LeakReportId>) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let report = incidents::leak(office, id).await?;
    let customer = office::customers::summaries(office, &[report.customer]).await?.pop();
    let case = match report.incident {
        Some(id) => Some(incidents::incident(office, id).await?.number.to_string()),
        None => None,
    };
    let cases = incidents::page(office, IncidentFilter::default(), 0, CASES_SHOWN).await?.0;
    ok(&ShowPage {
        t,
        page: page(&visit, t.leak_report(report.number.to_string())).crumb(REPORTS, t.leak_nav_reports()),
        customer: customer.map(|found| (format!("/staff/customers/{}", found.id), found.name)),
        badge: badge(t, report.state),
        outcome: word(report.outcome.as_str(), t.language()),
        clock: clock(&report, visit.now()),
        rows: text_rows(t, &report.texts, Field::ALL.iter().copied()),
        may_look: report.may_look == MayLook::Yes,
        cases: super::acts::cases_to_choose(&cases),
        case,
        errors: Errors::none(),
        report,
    })
}

async fn tie(visit: Visit, state: State, me: Me, PathId(id): PathId<LeakReportId>, sent: Sent) -> PageResult {
    let back = format!("{REPORTS}/{id}");
    let Ok(case) = sent.get("incident").parse::<IncidentId>() else {
        return Ok(see_other(&back).warning(&visit, Flash::LeakChooseCase).into());
    };
    incidents::tie_leak(&state.office, me.session.by(), id, sent.revision(), case).await?;
    Ok(see_other(&back).done(&visit, Flash::LeakSaved).into())
}

async fn close(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<LeakReportId>,
    sent: Sent,
) -> PageResult {
    incidents::close_leak(&state.office, me.session.by(), id, sent.revision()).await?;
    Ok(see_other(&format!("{REPORTS}/{id}")).done(&visit, Flash::LeakSaved).into())
}

struct OrderRow {
    id: LawfulOrderId,
    number: String,
    authority: Sensitive<String>,
    reference: Sensitive<String>,
    text: Sensitive<String>,
    given: Day,
    received_at: Timestamp,
    state: Badge,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "pages/leaks/orders.html")]
struct OrdersPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<OrderRow>,
}

async fn orders(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let (found, total) = incidents::orders(&state.office, list.offset(), limit).await?;
    list.set_total(total);
    let row = |order: LawfulOrder| OrderRow {
        id: order.id,
        number: order.number.to_string(),
        authority: order.authority,
        reference: order.reference,
        text: order.text,
        given: order.given,
        received_at: order.received_at,
        state: Badge {
            kind: if order.state == LawfulOrderState::Open { "warn" } else { "ok" },
            word: word(order.state.as_str(), t.language()),
        },
        is_open: order.state == LawfulOrderState::Open,
    };
    let rows = found.into_iter().map(row).collect();
    ok(&OrdersPage { t, page: page(&visit, t.leak_nav_orders()), list, rows })
}

fn order_page(visit: &Visit, sent: &Sent, once: String, errors: Errors) -> FormPage {
    let t = visit.t();
    FormPage {
        t,
        page: page(visit, t.leak_order_new()).crumb(ORDERS, t.leak_nav_orders()).failed(&errors),
        errors,
        is_staff: true,
        action: format!("{ORDERS}/new"),
        back: ORDERS.to_owned(),
        once,
        revision: 0,
        lead: vec![t.leak_order_lead().into_owned()],
        inputs: vec![
            Input::new("authority", t.leak_order_authority(), Look::Line, sent),
            Input::new("reference", t.leak_reference(), Look::Line, sent),
            Input::new("given", t.leak_order_given(), Look::Short, sent).hint(t.date_hint()),
            Input::new("text", t.leak_order_text(), Look::Block, sent),
        ],
        submit: t.leak_order_new(),
        check: None,
        has_check: true,
    }
}

async fn order_form(visit: Visit) -> PageResult {
    ok(&order_page(&visit, &Sent::default(), visit.idempotency_key(), Errors::none()))
}

async fn new_order(visit: Visit, state: State, me: Me, sent: Sent) -> PageResult {
    let (t, once) = (visit.t(), sent.get("once").to_owned());
    if sent.get("change") == "yes" {
        return ok(&order_page(&visit, &sent, once, Errors::none()));
    }
    if !sent.is_checked() {
        let mut wrong = Problems::new();
        for field in ["authority", "reference", "text"] {
            if sent.get(field).trim().is_empty() {
                wrong.add(field, Problem::Missing);
            }
        }
        wrong.take("given", office::form::day(sent.get("given")));
        let errors = super::raw(t, &wrong);
        if !errors.is_empty() {
            return super::refused(order_page(&visit, &sent, once, errors));
        }
        let shown = order_page(&visit, &sent, once, Errors::none());
        return ok(&FormPage { check: Some(vec![t.leak_order_check().into_owned()]), ..shown });
    }
    let new = NewLawfulOrder {
        authority: sent.text("authority"),
        reference: sent.text("reference"),
        given: sent.get("given").to_owned(),
        text: sent.text("text"),
    };
    let deed = async {
        incidents::open_order(&state.office, me.session.by(), &new).await?;
        Ok::<_, OfficeError>(ORDERS.to_owned())
    };
    match state.once.act("lawful-order", &once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::LeakSaved).into()),
        Err(error) => {
            let errors = super::raw(t, &problems(error)?);
            super::refused(order_page(&visit, &sent, once, errors))
        }
    }
}

async fn close_order(visit: Visit, state: State, me: Me, PathId(id): PathId<LawfulOrderId>) -> PageResult {
    incidents::close_order(&state.office, me.session.by(), id).await?;
    Ok(see_other(ORDERS).done(&visit, Flash::LeakSaved).into())
}
