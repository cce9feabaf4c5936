//! What the demo's provider did in the last year: orders, agreements, invoices, payments, reminders,
//! changes and cancellations, day by day and by the same use cases as real business.

use super::{BY, CUSTOMER, ERASED};
use crate::app::App;
use crate::{schedule, worker};
use anyhow::{Context, Result};
use base::{Money, Sensitive, ShiftedClock};
use office::accounts;
use office::billing::{self, InvoiceFilter, InvoiceRow, Standing};
use office::catalogue::{self, Catalogue};
use office::customers::{self, CustomerFilter, CustomerId};
use office::orders::{self, Accepted, EarlyStart, LineForm, NewOrder};
use office::payments::{self, Allocation, Method, NewPayment};
use office::services::terms::TermMonths;
use office::services::{self, Chosen, Ending, ServiceState, TaskFilter, TaskState};
use std::collections::HashMap;

/// How many days the demo looks back: a year, and the weeks in which yearly terms are renewed.
pub(super) const DAYS: i64 = 396;
/// How many customers have an agreement, at most.
const AGREEMENTS_MAX: u32 = 300;
/// Of how many one order, the newest, still waits for staff.
const WAITING_OF: usize = 20;
/// How many days before the last tasks of staff stay open.
const LEFT_OPEN: i64 = 2;
/// How many days ago there was a leak.
const LEAK: i64 = 168;
/// How often mail goes out, in days.
const WEEK: i64 = 7;
/// How often the periodic tasks run, in days.
const MONTH: i64 = 28;
/// These tasks, by the names of the schedule.
const MONTHLY: [&str; 3] = ["retention", "epoch-rotation", "attest"];
/// How many invoices or tasks are looked at in one go.
const LOOKED_AT: u32 = 200;

/// What is ordered, in turn: the plan, the months of a term, and whether it is about a domain name.
const ORDERED: [(&str, u32, bool); 7] = [
    ("hosting-start", 1, true),
    ("hosting-plus", 12, true),
    ("domain-nl", 12, true),
    ("hosting-plus", 3, true),
    ("vps-2", 1, false),
    ("hosting-pro", 12, true),
    ("domain-com", 12, true),
];

/// How somebody pays.
#[derive(Debug, Clone, Copy)]
enum Payer {
    /// So many days after the invoice.
    After(i64),
    /// Half at first, the rest when reminded.
    InHalves,
    /// Ten euros too much, once.
    TooMuch,
    /// Until so many days before the end of the year, and then no more.
    Until(i64),
}

/// What becomes of what was ordered.
#[derive(Debug, Clone, Copy)]
enum Course {
    /// It runs.
    Runs,
    /// Another plan, so many days after the order.
    Becomes(&'static str, i64),
    /// Cancelled, so many days after the order.
    Cancelled(i64),
    /// The same, and it ends that day.
    Stopped(i64),
}

/// One customer's year.
#[derive(Debug, Clone)]
struct Story {
    customer: CustomerId,
    plan: &'static str,
    months: u32,
    label: Option<String>,
    /// How many days before the end of the year it was ordered.
    ordered: i64,
    payer: Payer,
    course: Course,
}

/// Lets the year pass; the clock stands at its beginning before and at the present after.
pub(super) async fn pass(app: &App, clock: &ShiftedClock, count: u32) -> Result<()> {
    let office = &*app.office;
    catalogue::fill_defaults(office, BY).await?;
    orders::fill_defaults(office, BY).await?;
    let stories = stories(app, count.min(AGREEMENTS_MAX)).await?;
    let payers: HashMap<_, _> = stories.iter().map(|story| (story.customer, story.payer)).collect();
    for left in (0..=DAYS).rev() {
        day(app, &stories, &payers, left).await?;
        if left == LEAK {
            super::leaks::past(app).await?;
        }
        if left % WEEK == 0 {
            super::suppliers::week(app).await?;
            worker::drain(app).await?;
        }
        if left % MONTH == 0 {
            for task in MONTHLY {
                schedule::perform(app, task).await?;
            }
        }
        if left > 0 {
            clock.shift_days(1);
        }
    }
    Ok(())
}

async fn story_of(app: &App, address: &str) -> Result<CustomerId> {
    let login = accounts::login_by_email(&app.office, address).await?.context("a login of the demo")?;
    let customers = accounts::customers_of_login(&app.office, login.id).await?;
    Ok(customers.first().context("a customer of the demo")?.0)
}

/// The years of the two whom the demo tells about.
fn named(fenna: CustomerId, gerrit: CustomerId) -> Vec<Story> {
    vec![
        Story {
            customer: fenna,
            plan: "hosting-start",
            months: 1,
            label: Some("fenna-proefwerk.example".into()),
            ordered: 200,
            payer: Payer::After(6),
            course: Course::Becomes("hosting-plus", 120),
        },
        Story {
            customer: fenna,
            plan: "domain-nl",
            months: 12,
            label: Some("proefwerk.example".into()),
            ordered: DAYS - 2,
            payer: Payer::After(6),
            course: Course::Runs,
        },
        Story {
            customer: gerrit,
            plan: "vps-2",
            months: 1,
            label: None,
            ordered: 130,
            payer: Payer::Until(40),
            course: Course::Runs,
        },
        Story {
            customer: gerrit,
            plan: "domain-nl",
            months: 12,
            label: Some("proefbedrijf.example".into()),
            ordered: 130,
            payer: Payer::Until(40),
            course: Course::Runs,
        },
    ]
}

async fn stories(app: &App, count: u32) -> Result<Vec<Story>> {
    let (fenna, gerrit) = (story_of(app, CUSTOMER).await?, story_of(app, ERASED).await?);
    let mut stories = named(fenna, gerrit);
    let found = customers::page(&app.office, CustomerFilter::default(), 0, count).await?.customers;
    let others: Vec<_> = found.iter().filter(|one| one.id != fenna && one.id != gerrit).collect();
    let waiting = others.len() / WAITING_OF;
    let span = DAYS - 1;
    for (i, summary) in others.iter().enumerate() {
        let (plan, months, named) = ORDERED[i % ORDERED.len()];
        // The newest customers order last.
        let ordered = match i < waiting {
            true => 0,
            false => 1 + span * i64::try_from(i - waiting)? / i64::try_from(others.len() - waiting)?,
        };
        let days = i64::try_from(i)?;
        stories.push(Story {
            customer: summary.id,
            plan,
            months,
            label: named.then(|| format!("klant-{}.example", i + 1)),
            ordered,
            payer: match i % 16 {
                3 => Payer::InHalves,
                7 => Payer::TooMuch,
                11 => Payer::Until(20 + days % 90),
                14 => Payer::After(22 + days % 15),
                _ => Payer::After(1 + days % 13),
            },
            course: match i % 18 {
                2 if plan.starts_with("domain") => Course::Stopped(30 + days % 50),
                5 | 15 => {
                    Course::Becomes(if plan == "vps-2" { "vps-4" } else { "hosting-pro" }, 40 + days % 50)
                }
                10 => Course::Cancelled(70 + days % 60),
                _ => Course::Runs,
            },
        });
    }
    Ok(stories)
}

/// One day; `left` days before the present.
async fn day(app: &App, stories: &[Story], payers: &HashMap<CustomerId, Payer>, left: i64) -> Result<()> {
    let office = &*app.office;
    for story in stories.iter().filter(|story| story.ordered == left) {
        order(app, story, left).await?;
    }
    if left >= LEFT_OPEN {
        let open = TaskFilter { state: Some(TaskState::Open), ..TaskFilter::default() };
        for task in services::tasks(office, open, 0, LOOKED_AT).await? {
            services::complete(office, BY, None, task.id).await?;
        }
    }
    for story in stories {
        turn(app, story, story.ordered - left).await?;
    }
    services::end_due(office).await?;
    billing::run(office, BY, office.today()).await?;
    let open = InvoiceFilter { standing: Some(Standing::Open), ..InvoiceFilter::default() };
    for invoice in billing::page(office, open, 0, LOOKED_AT).await?.invoices {
        if let Some(payer) = payers.get(&invoice.customer) {
            pay(app, &invoice, *payer, left).await?;
        }
    }
    payments::remind(office).await?;
    Ok(())
}

/// Somebody orders; staff accept what did not come in today.
async fn order(app: &App, story: &Story, left: i64) -> Result<()> {
    let office = &*app.office;
    let catalogue = catalogue::load(office).await?;
    let customer = customers::customer(office, story.customer).await?;
    let (_, plan) = catalogue.plan_of_code(story.plan).context("a plan of the catalogue")?;
    let line = LineForm {
        plan: plan.id,
        months: TermMonths::new(story.months).context("a term")?,
        chosen: Chosen::default(),
        label: story.label.clone().map(Sensitive::new),
    };
    let treatment = orders::treatment(office, &customer.profile);
    let quote = orders::quote(&catalogue, std::slice::from_ref(&line), None, treatment, office.today())?;
    let accepted = Accepted {
        terms: 1,
        responsibility: 1,
        processor_agreement: Some(
            office::processor_agreements::offered(office, customer.profile.language).hash,
        ),
        early_start: EarlyStart::Asked,
    };
    let new = NewOrder {
        customer: customer.id,
        login: None,
        lines: &[line],
        code: None,
        accepted,
        total: quote.total(),
    };
    let placed = orders::place(office, BY, &new).await?;
    if left > 0 {
        orders::accept(office, BY, placed.id).await?;
    }
    Ok(())
}

/// What happens to a service so many days after it was ordered.
async fn turn(app: &App, story: &Story, after: i64) -> Result<()> {
    let office = &*app.office;
    let at = match story.course {
        Course::Becomes(_, at) | Course::Cancelled(at) | Course::Stopped(at) => at,
        Course::Runs => return Ok(()),
    };
    if after != at {
        return Ok(());
    }
    let catalogue = catalogue::load(office).await?;
    let (_, plan) = catalogue.plan_of_code(story.plan).context("a plan of the catalogue")?;
    let mut services = services::services_of(office, story.customer).await?;
    services.retain(|service| service.plan == plan.id && service.state == ServiceState::Active);
    let Some(service) = services.first() else { return Ok(()) };
    match story.course {
        Course::Becomes(other, _) => become_plan(app, &catalogue, service, other).await,
        Course::Cancelled(_) => {
            services::cancel(office, BY, service.id, service.revision, Ending::Ordinary).await?;
            Ok(())
        }
        Course::Stopped(_) => {
            services::cancel(office, BY, service.id, service.revision, Ending::Now).await?;
            Ok(())
        }
        Course::Runs => Ok(()),
    }
}

/// Another plan of the same product; nothing when there is none by that code.
async fn become_plan(
    app: &App,
    catalogue: &Catalogue,
    service: &services::Service,
    other: &str,
) -> Result<()> {
    let office = &*app.office;
    let (product, plan) = catalogue.plan_of_code(other).context("a plan of the catalogue")?;
    let has_term = catalogue.price(plan.id, None, service.months, office.today()).is_some();
    if product.kind != service.kind || !has_term {
        return Ok(());
    }
    let quote = services::quote_change(catalogue, service, plan.id, &service.chosen, office.today())?;
    let (id, revision) = (service.id, service.revision);
    services::change(office, BY, id, revision, plan.id, &service.chosen, quote.price.amount).await?;
    Ok(())
}

/// Pays an invoice when its customer would.
async fn pay(app: &App, invoice: &InvoiceRow, payer: Payer, left: i64) -> Result<()> {
    let office = &*app.office;
    if invoice.open <= Money::ZERO {
        return Ok(());
    }
    let today = office.today();
    let age = i64::from(today.number()) - i64::from(invoice.issued.number());
    let is_whole = invoice.open == invoice.net + invoice.vat;
    let ten = Money::from_cents(1_000);
    let amount = match payer {
        Payer::After(days) if age >= days => invoice.open,
        Payer::Until(until) if left > until && age >= 8 => invoice.open,
        Payer::InHalves if age >= 20 => invoice.open,
        Payer::InHalves if age >= 10 && is_whole => invoice.open.share(1, 2),
        Payer::TooMuch if age >= 4 && left % 5 == 0 => invoice.open + ten,
        Payer::TooMuch if age >= 9 => invoice.open,
        _ => return Ok(()),
    };
    let new = NewPayment {
        customer: invoice.customer,
        method: Method::Bank,
        received: today,
        amount,
        reference: Some(Sensitive::new(invoice.number_text())),
        allocation: Allocation::Invoice(invoice.id),
    };
    payments::record(office, BY, &new).await?;
    Ok(())
}
