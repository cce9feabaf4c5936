//! Withdrawals: what suppliers must delete, what they answered, and what staff write down or try again.

use super::suppliers::{CSV_ROWS, choices};
use super::{AUDIT, PRIVACY, PRIVACY_ROLES, has};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales::Badge;
use crate::pages::suppliers as words;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::OfficeError;
use office::suppliers::{
    self, AnswerForm, Answered, DisclosureId, Ground, Lateness, Withdrawal, WithdrawalFilter, WithdrawalId,
    WithdrawalState,
};
use serde::Deserialize;

pub(super) const PATH: &str = "/staff/withdrawals";

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, AUDIT, list)
        .get("/staff/withdrawals.csv", AUDIT, csv)
        .get("/staff/withdrawals/{id}", PRIVACY, one)
        .post("/staff/withdrawals/{id}/answer", PRIVACY, answer)
        .post("/staff/withdrawals/{id}/retry", PRIVACY, retry);
}

/// A withdrawal on the list.
struct Row {
    id: WithdrawalId,
    supplier: String,
    purpose: String,
    reason: Text,
    due_at: Timestamp,
    badge: Badge,
    kept: String,
    is_overdue: bool,
}

impl Row {
    fn of(t: T, state: &State, one: &Withdrawal) -> Self {
        let policy = state.office.policy();
        let kept = one.ground.zip(one.kept_until);
        Self {
            id: one.id,
            supplier: words::name(&policy, &one.supplier),
            purpose: words::purpose(t, &policy, &one.purpose),
            reason: words::reason(t, one.reason),
            due_at: one.due_at,
            badge: words::state(t, one.state),
            kept: kept.map_or_else(String::new, |(ground, until)| {
                format!("{}: {}", t.day(&until), words::ground(t, ground))
            }),
            is_overdue: one.is_overdue(state.office.now()),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/withdrawals.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    late: u64,
    suppliers: Vec<Choice>,
    states: Vec<Choice>,
    lateness: Vec<Choice>,
    may_open: bool,
}

fn filter(list: &List) -> WithdrawalFilter {
    let supplier = list.filter("supplier");
    WithdrawalFilter {
        supplier: (!supplier.is_empty()).then(|| supplier.to_owned()),
        state: WithdrawalState::parse(list.filter("state")),
        customer: None,
        lateness: if list.filter("date") == "overdue" { Lateness::Overdue } else { Lateness::Any },
    }
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let (found, total) = suppliers::withdrawals(&state.office, &filter(&list), list.offset(), limit).await?;
    let overdue = WithdrawalFilter { lateness: Lateness::Overdue, ..WithdrawalFilter::default() };
    let (_, late) = suppliers::withdrawals(&state.office, &overdue, 0, 1).await?;
    list.set_total(total);
    let states =
        WithdrawalState::ALL.iter().map(|s| Choice::new(s.as_str(), words::state(t, *s).1)).collect();
    ok(&ListPage {
        t,
        page: super::page(&visit, t.staff_withdrawals()).crumb(super::suppliers::PATH, t.staff_suppliers()),
        rows: found.iter().map(|one| Row::of(t, &state, one)).collect(),
        late,
        suppliers: choices(&state),
        states,
        lateness: vec![Choice::new("overdue", t.staff_withdrawal_overdue())],
        may_open: has(&visit, PRIVACY_ROLES),
        list,
    })
}

async fn csv(visit: Visit, state: State, list: List) -> PageResult {
    let (t, filter) = (visit.t(), filter(&list));
    let mut rows = Vec::new();
    let mut offset = 0;
    loop {
        let (found, _) = suppliers::withdrawals(&state.office, &filter, offset, CSV_ROWS).await?;
        offset += found.len() as u64;
        let done = found.len() < CSV_ROWS as usize;
        rows.extend(found.iter().map(|one| {
            let row = Row::of(t, &state, one);
            vec![
                row.id.to_string(),
                row.supplier,
                row.purpose,
                row.reason.into_owned(),
                row.badge.1.into_owned(),
                row.due_at.rfc3339(),
                row.kept,
            ]
        }));
        if done {
            break;
        }
    }
    let head = [
        t.staff_withdrawal(),
        t.staff_disclosure_supplier(),
        t.staff_disclosure_purpose(),
        t.staff_withdrawal_reason(),
        t.staff_withdrawal_state(),
        t.staff_withdrawal_due(),
        t.staff_withdrawal_until(),
    ];
    Ok(csv_file("withdrawals", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SentForm {
    once: String,
    changes: u32,
    answered: String,
    ground: String,
    until: String,
    proof: String,
}

#[derive(Template)]
#[template(path = "pages/staff/withdrawal.html")]
struct OnePage {
    t: T,
    page: Page,
    errors: Errors,
    form: SentForm,
    row: Row,
    disclosure: DisclosureId,
    reference: String,
    created_at: Timestamp,
    requested_at: Option<Timestamp>,
    answered_at: Option<Timestamp>,
    next_at: Option<Timestamp>,
    attempts: u32,
    answer: String,
    proof: String,
    waits: bool,
    has_failed: bool,
    answers: Vec<Choice>,
    grounds: Vec<Choice>,
}

async fn one_page(
    visit: &Visit,
    state: &State,
    id: WithdrawalId,
    form: Option<SentForm>,
    errors: Errors,
) -> Result<OnePage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let one = suppliers::withdrawal(office, id).await?;
    let disclosure = suppliers::disclosure(office, one.disclosure).await?;
    let has_failed = one.state == WithdrawalState::Failed;
    let answers = Answered::ALL.iter().map(|answered| {
        let label = match answered {
            Answered::Gone => t.staff_withdrawal_answered_gone(),
            Answered::Linked => t.staff_withdrawal_answered_linked(),
            Answered::Kept => t.staff_withdrawal_answered_kept(),
            Answered::Refused => t.staff_withdrawal_answered_refused(),
        };
        Choice::new(answered.as_str(), label)
    });
    let form = form.unwrap_or_else(|| SentForm {
        once: visit.idempotency_key(),
        changes: one.changes,
        ..SentForm::default()
    });
    Ok(OnePage {
        t,
        page: super::page(visit, t.staff_withdrawal()).crumb(PATH, t.staff_withdrawals()).failed(&errors),
        errors,
        form,
        row: Row::of(t, state, &one),
        disclosure: one.disclosure,
        reference: disclosure.reference.map_or_else(String::new, |text| text.expose().clone()),
        created_at: one.created_at,
        requested_at: one.requested_at,
        answered_at: one.answered_at,
        next_at: one.next_at,
        attempts: one.attempts,
        answer: one.answer.as_ref().map_or_else(String::new, |text| text.expose().clone()),
        proof: one.proof_sha256.map_or_else(String::new, hex::encode),
        waits: has_failed || (one.state == WithdrawalState::Requested && one.next_at.is_none()),
        has_failed,
        answers: answers.collect(),
        grounds: Ground::ALL.iter().map(|g| Choice::new(g.as_str(), words::ground(t, *g))).collect(),
    })
}

async fn one(visit: Visit, state: State, PathId(id): PathId<WithdrawalId>) -> PageResult {
    ok(&one_page(&visit, &state, id, None, Errors::none()).await?)
}

async fn answer(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<WithdrawalId>,
    Form(form): Form<SentForm>,
) -> PageResult {
    let deed = async {
        let answer = AnswerForm {
            answered: form.answered.clone(),
            ground: form.ground.clone(),
            until: form.until.clone(),
            proof: form.proof.clone(),
        };
        suppliers::answer(&state.office, me.session.by(), id, form.changes, &answer).await?;
        Ok::<_, OfficeError>(format!("{PATH}/{id}"))
    };
    match state.once.act("withdrawal-answer", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::SupplierAnswered).into()),
        Err(OfficeError::Invalid(found)) => {
            let errors = Errors::of_problems(visit.t(), &found);
            unprocessable(&one_page(&visit, &state, id, Some(form), errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn retry(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<WithdrawalId>,
    Form(form): Form<SentForm>,
) -> PageResult {
    let deed = async {
        suppliers::retry(&state.office, me.session.by(), id, form.changes).await?;
        Ok::<_, OfficeError>(format!("{PATH}/{id}"))
    };
    let to = state.once.act("withdrawal-retry", &form.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::SupplierRetried).into())
}

#[cfg(test)]
mod tests {
    use crate::testing_office::{TestSite, site};
    use base::Sensitive;
    use office::accounts::StaffRole;
    use office::customers::Customer;
    use office::services::terms::TermMonths;
    use office::services::{self, Chosen, SuspendReason, TaskFilter, TaskKind};
    use office::suppliers::{self, Withdraw};
    use office::{By, catalogue, orders, processor_agreements};
    use store::Job as _;

    const BY: By = By::System("test");

    /// A customer whose domain name runs.
    async fn holder(site: &TestSite) -> Customer {
        let office = &*site.office;
        catalogue::fill_defaults(office, BY).await.expect("a catalogue");
        orders::fill_defaults(office, BY).await.expect("the texts");
        let catalogue = catalogue::load(office).await.expect("a catalogue");
        let customer = site.customer("Fenna de Vries", "fenna@klant.example").await;
        let lines = [orders::LineForm {
            plan: catalogue.plan_of_code("domain-nl").expect("a plan").1.id,
            months: TermMonths::new(12).expect("a term"),
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
        let placed = orders::place(office, BY, &new).await.expect("placed");
        orders::accept(office, BY, placed.id).await.expect("accepted");
        let filter = TaskFilter { kind: Some(TaskKind::Fulfil), ..TaskFilter::default() };
        let task = services::tasks(office, filter, 0, 1).await.expect("tasks")[0].id;
        services::complete(office, BY, None, task).await.expect("made");
        customer
    }

    /// Runs the jobs of withdrawals that are due.
    async fn drain(site: &TestSite) {
        let store = &site.office.store;
        while let Some(job) = store::claim(store, site.office.now()).await.expect("claimed") {
            if job.kind == Withdraw::KIND {
                suppliers::run(&site.office, &job).await.expect("run");
            }
            store::finish(store, job.id, site.office.now()).await.expect("finished");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn staff_answer_for_a_supplier_and_lists_name_nobody() {
        let site = site().await;
        let customer = holder(&site).await;
        let privacy = site.staff("Pim", "pim@voorbeeldhost.example", StaffRole::Privacy).await;
        let mut staff = site.signed_in(&privacy).await;
        staff.get("/staff/suppliers").await.is(200).has("Registrar Voorbeeld").has("één verstrekking");
        staff.get("/staff/suppliers.csv").await.is(200).has("Registrar Voorbeeld");
        staff.get("/staff/disclosures").await.is(200).has("Registrar Voorbeeld").lacks("Fenna");
        staff.get("/staff/disclosures.csv").await.is(200).has("e-mailadres").lacks("Fenna");
        let given = suppliers::of_customer(&site.office, customer.id).await.expect("disclosures").remove(0);
        let path = format!("/staff/disclosures/{}", given.id);
        let one = staff.get(&path).await;
        one.is(200).has("Fenna de Vries").has("voorbeeld.example").has("fenna@klant.example");
        let once = one.value("once");
        let empty = [("once", once.as_str()), ("reference", "")];
        staff.post(&format!("{path}/reference"), &empty).await.is(422).has("id=\"reference-error\"");
        let sent = [("once", once.as_str()), ("reference", "HANDLE-7")];
        staff.post(&format!("{path}/reference"), &sent).await.is(303);

        let service = services::services_of(&site.office, customer.id).await.expect("services").remove(0);
        let abuse = SuspendReason::Abuse;
        services::terminate(&site.office, BY, service.id, service.revision, abuse).await.expect("ended");
        suppliers::follow(&site.office).await.expect("followed");
        drain(&site).await;
        staff.get("/staff/withdrawals").await.is(200).has("gevraagd te wissen").lacks("Fenna");
        staff.get("/staff/withdrawals?state=confirmed").await.is(200).lacks("gevraagd te wissen</span>");
        let given = suppliers::disclosure(&site.office, given.id).await.expect("read");
        let path = format!("/staff/withdrawals/{}", given.withdrawal.expect("a withdrawal").id);
        let form = staff.get(&path).await;
        form.is(200).has("HANDLE-7").has("Antwoord vastleggen");
        let (once, changes) = (form.value("once"), form.value("changes"));
        let mut sent = vec![("once", once.as_str()), ("changes", changes.as_str()), ("answered", "gone")];
        staff.post(&format!("{path}/answer"), &sent).await.is(422).has("id=\"proof-error\"");
        sent.push(("proof", "Mail van 1 december; in het portaal nagekeken"));
        staff.post(&format!("{path}/answer"), &sent).await.is(303);
        staff.post(&format!("{path}/answer"), &sent).await.is(303);
        staff
            .get(&path)
            .await
            .is(200)
            .has("gewist")
            .has("Mail van 1 december")
            .lacks("Antwoord vastleggen</h2>");
        let sent = [("once", "another"), ("changes", changes.as_str())];
        staff.post(&format!("{path}/retry"), &sent).await.is(409);
    }
}
