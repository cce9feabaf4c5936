//! Revenue and receivables at a glance: a chart drawn here, and the same figures in a table and a file.

use super::DESK;
use crate::csv_file;
use crate::error::PageResult;
use crate::page::{Page, ok};
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use office::payments::{self, Month};

/// How many months are shown.
const MONTHS: u32 = 12;
/// The chart's plot, in its own units.
const HEIGHT: i64 = 160;
const STEP: usize = 50;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/staff/receivables", DESK, show).get("/staff/receivables.csv", DESK, csv);
}

/// A bar of the chart.
struct Bar {
    x: usize,
    y: i64,
    height: i64,
    label: String,
}

struct Row {
    month: String,
    revenue: String,
    vat: String,
    received: String,
}

#[derive(Template)]
#[template(path = "pages/billing/receivables.html")]
struct ShowPage {
    t: T,
    page: Page,
    bars: Vec<Bar>,
    width: usize,
    rows: Vec<Row>,
    ages: Vec<(Text, String)>,
}

fn month(month: &Month) -> String {
    let date = month.first.date();
    format!("{:02}-{}", date.month(), date.year())
}

async fn show(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let overview = payments::overview(&state.office, MONTHS).await?;
    let highest = overview.months.iter().map(|month| month.revenue.cents()).max().unwrap_or(0).max(1);
    let bars = overview.months.iter().enumerate().map(|(i, one)| {
        let height = one.revenue.cents().max(0) * HEIGHT / highest;
        let label = format!("{:02}", one.first.date().month());
        Bar { x: i * STEP + 10, y: HEIGHT - height + 10, height, label }
    });
    let money = |money: base::Money| money.in_words(t.language());
    let rows = overview.months.iter().rev().map(|one| Row {
        month: month(one),
        revenue: money(one.revenue),
        vat: money(one.vat),
        received: money(one.received),
    });
    ok(&ShowPage {
        t,
        page: super::page(&visit, t.bill_nav_receivables()),
        width: overview.months.len() * STEP + 10,
        bars: bars.collect(),
        rows: rows.collect(),
        ages: vec![
            (t.bill_age_not_due(), money(overview.not_due)),
            (t.bill_age_30(), money(overview.overdue_30)),
            (t.bill_age_60(), money(overview.overdue_60)),
            (t.bill_age_more(), money(overview.overdue_more)),
            (t.bill_age_credit(), money(overview.credit)),
        ],
    })
}

async fn csv(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let overview = payments::overview(&state.office, MONTHS).await?;
    let head = [t.bill_month(), t.bill_revenue(), t.bill_run_vat(), t.bill_income()];
    let rows = overview.months.iter().map(|one| {
        vec![one.first.to_string(), one.revenue.to_string(), one.vat.to_string(), one.received.to_string()]
    });
    Ok(csv_file("revenue", &head.each_ref().map(AsRef::as_ref), rows))
}
