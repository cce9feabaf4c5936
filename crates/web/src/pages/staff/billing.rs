//! The billing run: what it would make, making it, and what came of it.

use super::DESK;
use super::invoices::names;
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::Form;
use crate::page::{Page, ok, see_other};
use crate::pages::sheet;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use office::OfficeError;
use office::billing::{self, Outcome, Problem, RunId, RunRow};
use office::customers::CustomerId;
use office::payments;
use serde::Deserialize;

/// How many customers are looked at before a run.
const LOOKED_AT: u64 = 1_000;
/// How many earlier runs are shown.
const RUNS: u32 = 20;
/// How many the file has.
const RUNS_IN_FILE: u32 = 200;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/billing", DESK, show)
        .get("/staff/billing.csv", DESK, csv)
        .post("/staff/billing", DESK, post)
        .get("/staff/billing/{id}", DESK, result);
}

/// A customer that waits for staff.
struct Waiting {
    customer: CustomerId,
    name: String,
    why: Text,
}

struct Coming {
    customer: CustomerId,
    name: String,
    lines: usize,
    net: String,
    vat: String,
}

struct RunView {
    id: RunId,
    at: String,
    through: String,
    state: (&'static str, Text),
    invoices: u64,
    failures: u64,
    net: String,
}

#[derive(Template)]
#[template(path = "pages/billing/run.html")]
struct RunPage {
    t: T,
    page: Page,
    lead: Text,
    more: Option<Text>,
    outcome: Outcome,
    net: String,
    vat: String,
    coming: Vec<Coming>,
    failed: Vec<Waiting>,
    ending: Vec<(CustomerId, String)>,
    runs: Vec<RunView>,
    once: String,
}

fn problem(t: T, word: &str) -> Text {
    match Problem::parse(word) {
        Some(Problem::Address) => t.bill_problem_address(),
        Some(Problem::Service) => t.bill_problem_service(),
        Some(Problem::Plan) => t.bill_problem_plan(),
        Some(Problem::Sealed) => t.bill_problem_sealed(),
        Some(Problem::Amount) => t.bill_problem_amount(),
        Some(Problem::Store) | None => t.bill_problem_store(),
    }
}

fn view(t: T, run: &RunRow) -> RunView {
    RunView {
        id: run.id,
        at: t.date_time(run.started_at),
        through: sheet::day(t, run.through),
        state: match run.finished_at {
            Some(_) => ("ok", t.bill_run_done()),
            None => ("warn", t.bill_run_running()),
        },
        invoices: run.invoices,
        failures: run.failures,
        net: run.net.in_words(t.language()),
    }
}

async fn waiting(t: T, state: &State, found: Vec<(CustomerId, String)>) -> Result<Vec<Waiting>, PageError> {
    let ids: Vec<CustomerId> = found.iter().map(|(customer, _)| *customer).collect();
    let names = names(state, &ids).await?;
    let waiting = found.into_iter().map(|(customer, word)| Waiting {
        customer,
        name: names.get(&customer).cloned().unwrap_or_else(|| t.bill_customer_gone().into_owned()),
        why: problem(t, &word),
    });
    Ok(waiting.collect())
}

async fn show(visit: Visit, state: State) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let today = office.today();
    let preview = billing::preview(office, today, LOOKED_AT).await?;
    let more = match preview.more {
        true => Some(t.bill_run_more(billing::services_due(office, today).await?)),
        false => None,
    };
    let ids: Vec<CustomerId> = preview.invoices.iter().map(|one| one.customer).collect();
    let known = names(&state, &ids).await?;
    let coming = preview.invoices.iter().map(|one| Coming {
        customer: one.customer,
        name: known.get(&one.customer).cloned().unwrap_or_default(),
        lines: one.lines,
        net: one.net.in_words(t.language()),
        vat: one.vat.in_words(t.language()),
    });
    let failures = billing::failures(office).await?;
    let mut failed: Vec<(CustomerId, String)> =
        failures.into_iter().map(|one| (one.customer, one.problem)).collect();
    failed.extend(preview.failed.iter().map(|(customer, why)| (*customer, why.as_str().to_owned())));
    failed.sort();
    failed.dedup_by_key(|(customer, _)| *customer);
    let ending = payments::due_for_termination(office).await?;
    let ending_names = names(&state, &ending).await?;
    ok(&RunPage {
        t,
        page: super::page(&visit, t.bill_run_title()),
        lead: t.bill_run_lead(sheet::day(t, today)),
        more,
        outcome: preview.outcome,
        net: preview.outcome.net.in_words(t.language()),
        vat: preview.outcome.vat.in_words(t.language()),
        coming: coming.collect(),
        failed: waiting(t, &state, failed).await?,
        ending: ending
            .into_iter()
            .map(|id| {
                (id, ending_names.get(&id).cloned().unwrap_or_else(|| t.bill_customer_gone().into_owned()))
            })
            .collect(),
        runs: billing::runs(office, RUNS).await?.iter().map(|run| view(t, run)).collect(),
        once: visit.idempotency_key(),
    })
}

async fn csv(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let head = [
        t.bill_issued(),
        t.bill_run_through(),
        t.bill_run_state(),
        t.bill_run_services(),
        t.bill_run_invoices(),
        t.bill_run_failures(),
        t.bill_run_net(),
        t.bill_run_vat(),
    ];
    let rows = billing::runs(&state.office, RUNS_IN_FILE).await?.into_iter().map(|run| {
        vec![
            run.started_at.to_string(),
            run.through.to_string(),
            view(t, &run).state.1.into_owned(),
            run.services.to_string(),
            run.invoices.to_string(),
            run.failures.to_string(),
            run.net.to_string(),
            run.vat.to_string(),
        ]
    });
    Ok(csv_file("billing-runs", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OnceForm {
    once: String,
}

async fn post(visit: Visit, state: State, me: Me, Form(form): Form<OnceForm>) -> PageResult {
    let office = &*state.office;
    let deed = async {
        let id = billing::order(office, me.session.by(), office.today()).await?;
        Ok::<_, OfficeError>(format!("/staff/billing/{id}"))
    };
    let to = state.once.act("billing-run", &form.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::BillPosted).into())
}

#[derive(Template)]
#[template(path = "pages/billing/run_result.html")]
struct ResultPage {
    t: T,
    page: Page,
    run: RunView,
    services: u64,
    /// How many services are still to be renewed, of a run that goes on.
    to_do: Option<u64>,
    vat: String,
    failed: Vec<Waiting>,
}

async fn result(visit: Visit, state: State, PathId(id): PathId<RunId>) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let run = billing::run_row(office, id).await?;
    let failures = billing::failures(office).await?;
    let failed = failures.into_iter().map(|one| (one.customer, one.problem)).collect();
    let to_do = match run.finished_at {
        None => Some(billing::services_due(office, run.through).await?),
        Some(_) => None,
    };
    let page = super::page(&visit, t.bill_run_of(t.date_time(run.started_at)))
        .crumb("/staff/billing", t.bill_run_title());
    ok(&ResultPage {
        t,
        page,
        services: run.services,
        to_do,
        vat: run.vat.in_words(t.language()),
        run: view(t, &run),
        failed: waiting(t, &state, failed).await?,
    })
}
