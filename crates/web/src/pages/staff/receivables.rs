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
/// The chart in its own units: the height of the plot, the room of a month, what is left of and above
/// the plot.
const HEIGHT: i64 = 160;
const STEP: usize = 54;
const LEFT: usize = 64;
const TOP: i64 = 10;
/// How many lines across there are at most.
const LINES_MAX: i64 = 4;

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

/// A line across the chart.
struct Line {
    y: i64,
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
    heading: Text,
    bars: Vec<Bar>,
    lines: Vec<Line>,
    width: usize,
    rows: Vec<Row>,
    ages: Vec<(Text, String)>,
}

fn month(month: &Month) -> String {
    let date = month.first.date();
    format!("{:02}-{}", date.month(), date.year())
}

/// The distance between the lines across, in cents: one, two or five and noughts.
fn distance(highest: i64) -> i64 {
    let mut power = 100;
    loop {
        for one in [1, 2, 5] {
            if highest <= power * one * LINES_MAX {
                return power * one;
            }
        }
        power *= 10;
    }
}

async fn show(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let overview = payments::overview(&state.office, MONTHS).await?;
    let highest = overview.months.iter().map(|month| month.revenue.cents()).max().unwrap_or(0).max(1);
    let distance = distance(highest);
    let top = (highest + distance - 1) / distance * distance;
    let at = |cents: i64| TOP + HEIGHT - cents * HEIGHT / top;
    let bars = overview.months.iter().enumerate().map(|(i, one)| {
        let y = at(one.revenue.cents().max(0));
        let label = format!("{:02}", one.first.date().month());
        Bar { x: LEFT + i * STEP + 8, y, height: TOP + HEIGHT - y, label }
    });
    let lines = (0..=top / distance).map(|i| {
        let cents = i * distance;
        Line { y: at(cents), label: format!("€ {}", cents / 100) }
    });
    let money = |money: base::Money| money.in_words(t.language());
    let revenue = overview.months.iter().map(|month| month.revenue).sum();
    let rows = overview.months.iter().rev().map(|one| Row {
        month: month(one),
        revenue: money(one.revenue),
        vat: money(one.vat),
        received: money(one.received),
    });
    ok(&ShowPage {
        t,
        page: super::page(&visit, t.bill_nav_receivables()),
        heading: t.bill_chart_heading(money(revenue), overview.months.len()),
        width: LEFT + overview.months.len() * STEP,
        bars: bars.collect(),
        lines: lines.collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_across_stand_at_round_amounts_and_are_few() {
        for (highest, expected) in [(1, 100), (400, 100), (401, 200), (149_030, 50_000), (200_001, 100_000)] {
            assert_eq!(distance(highest), expected, "{highest}");
        }
    }
}
