//! Payments on both databases.

use super::*;
use crate::billing::store::testkit;
use crate::billing::tests::{BY, customer};
use crate::billing::{self, Credit, InvoiceFilter, InvoiceId, InvoiceRow};
use crate::customers::Customer;
use crate::services::{self, ServiceState, SuspendReason};
use crate::testing::{TestOffice, office_test};
use crate::{Office, OfficeError};
use base::{Day, Money};
use jiff::ToSpan as _;

/// A customer with two invoices: one of 2,420 cents and then one of 1,210.
async fn owing(office: &Office) -> (Customer, Vec<InvoiceId>) {
    let plan = testkit::plan(office).await;
    let one = customer(office, "Betaler", "").await;
    let month = |month: i8| Day::of_date(jiff::civil::date(2026, month, 1)).expect("a day");
    let mut ids = Vec::new();
    for (from, cents) in [(month(11), 2_000), (month(11), 1_000)] {
        testkit::service(office, &one, plan, from, cents).await;
        ids.extend(billing::invoice_customer(office, BY, one.id).await.expect("invoiced"));
    }
    (one, ids)
}

fn pay(customer: &Customer, office: &Office, cents: i64, allocation: Allocation) -> NewPayment {
    NewPayment {
        customer: customer.id,
        method: Method::Bank,
        received: office.today(),
        amount: Money::from_cents(cents),
        reference: Some("Overboeking".into()),
        allocation,
    }
}

async fn open(office: &Office, ids: &[InvoiceId]) -> Vec<i64> {
    let rows = billing::rows(office, ids).await.expect("rows");
    rows.iter().map(|row: &InvoiceRow| row.open.cents()).collect()
}

async fn balance_of(office: &Office, customer: &Customer) -> (i64, i64) {
    let (owed, credit) = balance(office, customer.id).await.expect("a balance");
    (owed.cents(), credit.cents())
}

office_test! {
    async fn money_settles_what_was_due_first_and_what_is_over_waits(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids) = owing(office).await;
        assert_eq!(open(office, &ids).await, [2_420, 1_210]);
        record(office, BY, &pay(&one, office, 1_000, Allocation::Invoice(ids[1]))).await.expect("a part");
        assert_eq!(open(office, &ids).await, [2_420, 210]);
        record(office, BY, &pay(&one, office, 3_000, Allocation::Oldest)).await.expect("more than that");
        assert_eq!(open(office, &ids).await, [0, 0]);
        assert_eq!(balance_of(office, &one).await, (0, 370));

        // The next invoice is paid from it at once.
        let plan = testkit::plan(office).await;
        testkit::service(office, &one, plan, office.today(), 1_000).await;
        let next = billing::invoice_customer(office, BY, one.id).await.expect("invoiced");
        assert_eq!(open(office, &next).await, [840]);
        assert_eq!(balance_of(office, &one).await, (840, 0));
        assert!(testkit::settlements_add_up(office, one.id).await);
        let account = account(office, one.id).await.expect("an account");
        assert_eq!(account.payments.len(), 2);
        assert_eq!(account.payments[0].reference.as_ref().map(|text| text.expose().as_str()), Some("Overboeking"));
    }
}

office_test! {
    async fn refunds_give_back_credit_and_no_more(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids) = owing(office).await;
        record(office, BY, &pay(&one, office, 3_630, Allocation::Oldest)).await.expect("all");
        billing::credit_note(office, BY, ids[1], &Credit::Whole).await.expect("a note");
        assert_eq!(balance_of(office, &one).await, (0, 1_210));
        let more = refund(office, BY, &pay(&one, office, 1_211, Allocation::Oldest)).await.expect_err("too much");
        assert!(matches!(more, OfficeError::Invalid(_)));
        assert_eq!(balance_of(office, &one).await, (0, 1_210), "nothing changed");
        let paid_out = refund(office, BY, &pay(&one, office, 1_210, Allocation::Oldest)).await.expect("paid out");
        assert_eq!(balance_of(office, &one).await, (0, 0));
        assert!(matches!(reverse(office, BY, paid_out).await, Err(OfficeError::Forbidden { .. })));
        assert!(testkit::settlements_add_up(office, one.id).await);
    }
}

office_test! {
    async fn a_mistake_is_taken_back_once_by_a_contra_entry(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids) = owing(office).await;
        let mistaken = record(office, BY, &pay(&one, office, 5_000, Allocation::Oldest)).await.expect("recorded");
        assert_eq!(balance_of(office, &one).await, (0, 1_370));
        reverse(office, BY, mistaken).await.expect("taken back");
        assert_eq!(open(office, &ids).await, [2_420, 1_210]);
        assert_eq!(balance_of(office, &one).await, (3_630, 0));
        assert!(matches!(reverse(office, BY, mistaken).await, Err(OfficeError::Conflict { .. })));
        let account = account(office, one.id).await.expect("an account");
        assert_eq!(account.payments.len(), 2, "both stay");
        assert!(testkit::settlements_add_up(office, one.id).await);

        let given_up = write_off(office, BY, ids[0]).await.expect("written off");
        assert_eq!(open(office, &ids).await, [0, 1_210]);
        assert!(matches!(write_off(office, BY, ids[0]).await, Err(OfficeError::Conflict { .. })));
        reverse(office, BY, given_up).await.expect("not given up after all");
        assert_eq!(open(office, &ids).await, [2_420, 1_210]);
    }
}

office_test! {
    async fn the_ladder_is_climbed_step_by_step_until_paid(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids) = owing(office).await;
        let invoice = billing::invoice(office, ids[0]).await.expect("an invoice").row;
        let at = |days: i64| invoice.due.plus_span(days.days()).expect("a day").start().plus_seconds(12 * 3_600);
        assert_eq!(remind(office).await.expect("a round").sent, 0, "not due");
        t.clock.set(at(3));
        assert_eq!(remind(office).await.expect("a round").sent, 2);
        assert_eq!(remind(office).await.expect("a round").sent, 0, "each step goes once");
        record(office, BY, &pay(&one, office, 1_210, Allocation::Invoice(ids[1]))).await.expect("one is paid");
        // A round that comes late does not skip the days between the steps.
        t.clock.set(at(40));
        assert_eq!(remind(office).await.expect("a round").sent, 1);
        t.clock.set(at(50));
        assert_eq!(remind(office).await.expect("a round").sent, 0);
        t.clock.set(at(56));
        assert_eq!(remind(office).await.expect("a round").sent, 1);
        t.clock.set(at(70));
        let last = remind(office).await.expect("a round");
        assert_eq!((last.sent, last.suspensions), (1, 1));
        let steps: Vec<Step> = reminders_of(office, ids[0]).await.expect("reminders").iter().map(|r| r.step).collect();
        assert_eq!(steps, Step::ALL);
        t.clock.set(at(120));
        assert_eq!(remind(office).await.expect("a round").sent, 0);
        assert_eq!(due_for_termination(office).await.expect("customers"), [one.id]);
        record(office, BY, &pay(&one, office, 2_420, Allocation::Oldest)).await.expect("paid at last");
        assert!(due_for_termination(office).await.expect("customers").is_empty());
    }
}

/// A customer who owes, after the notice of suspension. Gives the instant so many days after the due date.
async fn noticed(t: &TestOffice) -> (Customer, Vec<InvoiceId>, impl Fn(i64) -> base::Timestamp) {
    let office = &*t.office;
    let (one, ids) = owing(office).await;
    let due = billing::invoice(office, ids[0]).await.expect("an invoice").row.due;
    let at = move |days: i64| due.plus_span(days.days()).expect("a day").start().plus_seconds(12 * 3_600);
    for days in [3, 12, 28] {
        t.clock.set(at(days));
        remind(office).await.expect("a round");
        assert_eq!(enforce(office).await.expect("a round"), Enforced::default(), "no notice went");
    }
    t.clock.set(at(42));
    assert_eq!(remind(office).await.expect("a round").suspensions, 2);
    (one, ids, at)
}

async fn states(office: &Office, customer: &Customer) -> Vec<(ServiceState, Option<SuspendReason>)> {
    let mut services = services::services_of(office, customer.id).await.expect("services");
    services.sort_by_key(|service| service.id);
    services.iter().map(|service| (service.state, service.suspended.map(|(reason, _)| reason))).collect()
}

const UNPAID: (ServiceState, Option<SuspendReason>) = (ServiceState::Suspended, Some(SuspendReason::Unpaid));
const RUNS: (ServiceState, Option<SuspendReason>) = (ServiceState::Active, None);

office_test! {
    async fn who_does_not_pay_is_suspended_once_and_who_pays_has_it_back(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids, at) = noticed(t).await;
        let other = customer(office, "Betaalt", "").await;
        testkit::service(office, &other, testkit::plan(office).await, office.today(), 1_000).await;
        assert_eq!(enforce(office).await.expect("a round").suspended, 2);
        assert_eq!(states(office, &one).await, [UNPAID, UNPAID]);
        assert_eq!(states(office, &other).await, [RUNS], "who owes nothing overdue");
        assert_eq!(enforce(office).await.expect("a round"), Enforced::default(), "once");

        // Staff let one run again: it is not held up for the same notice.
        let mut held = services::services_of(office, one.id).await.expect("services");
        held.sort_by_key(|service| service.id);
        t.clock.set(at(43));
        services::resume(office, BY, held[0].id, held[0].revision).await.expect("resumed");
        assert_eq!(enforce(office).await.expect("a round"), Enforced::default(), "staff meant it");
        assert_eq!(states(office, &one).await, [RUNS, UNPAID]);

        record(office, BY, &pay(&one, office, 2_420, Allocation::Invoice(ids[0]))).await.expect("one of two");
        assert_eq!(states(office, &one).await, [RUNS, UNPAID], "one is still overdue");
        record(office, BY, &pay(&one, office, 1_210, Allocation::Oldest)).await.expect("the other");
        assert_eq!(states(office, &one).await, [RUNS, RUNS], "at once");
        assert_eq!(enforce(office).await.expect("a round"), Enforced::default());
    }
}

office_test! {
    async fn only_what_was_suspended_for_not_paying_comes_back(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids, _) = noticed(t).await;
        let mut own = services::services_of(office, one.id).await.expect("services");
        own.sort_by_key(|service| service.id);
        services::suspend(office, BY, own[0].id, own[0].revision, SuspendReason::Abuse).await.expect("abuse");
        assert_eq!(enforce(office).await.expect("a round").suspended, 1);
        let abuse = (ServiceState::Suspended, Some(SuspendReason::Abuse));
        assert_eq!(states(office, &one).await, [abuse, UNPAID]);
        billing::credit_note(office, BY, ids[0], &Credit::Whole).await.expect("credited");
        assert_eq!(states(office, &one).await, [abuse, UNPAID]);
        write_off(office, BY, ids[1]).await.expect("given up");
        assert_eq!(states(office, &one).await, [abuse, RUNS]);
    }
}

office_test! {
    async fn what_stays_unpaid_is_ended_when_its_time_has_come(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids, at) = noticed(t).await;
        enforce(office).await.expect("a round");
        assert!(due_for_termination(office).await.expect("customers").is_empty(), "not yet");
        t.clock.set(at(91));
        assert_eq!(due_for_termination(office).await.expect("customers"), [one.id]);
        assert_eq!(enforce(office).await.expect("a round").terminated, 0, "left to staff");
        assert_eq!(terminate(office, BY, one.id).await.expect("ended"), 2);
        let ended: Vec<ServiceState> = states(office, &one).await.iter().map(|(state, _)| *state).collect();
        assert_eq!(ended, [ServiceState::Ended, ServiceState::Ended]);
        assert_eq!(terminate(office, BY, one.id).await.expect("again"), 0);
        // What is paid afterwards brings nothing back.
        record(office, BY, &pay(&one, office, 3_630, Allocation::Oldest)).await.expect("paid");
        assert_eq!(open(office, &ids).await, [0, 0]);
        assert_eq!(states(office, &one).await.len(), 2);
        assert_eq!(enforce(office).await.expect("a round"), Enforced::default());
    }
}

office_test! {
    async fn the_overview_adds_up(t: &TestOffice) {
        let office = &*t.office;
        let (one, ids) = owing(office).await;
        record(office, BY, &pay(&one, office, 3_000, Allocation::Oldest)).await.expect("paid");
        billing::credit_note(office, BY, ids[1], &Credit::Whole).await.expect("a note");
        let overview = overview(office, 12).await.expect("an overview");
        assert_eq!(overview.months.len(), 12);
        let this = overview.months.last().expect("this month");
        assert_eq!((this.revenue.cents(), this.vat.cents(), this.received.cents()), (2_000, 420, 3_000));
        assert_eq!((overview.not_due.cents(), overview.credit.cents()), (0, 580));
        let filter = InvoiceFilter { customer: Some(one.id), ..InvoiceFilter::default() };
        assert_eq!(billing::page(office, filter, 0, 10).await.expect("a page").total, 3);
    }
}

office_test! {
    async fn templates_are_changed_by_revision_and_go_back(t: &TestOffice) {
        use templates::{Template, TemplateKind, replace, restore, template};
        let office = &*t.office;
        let (kind, language) = (TemplateKind::Invoice, base::Language::Nl);
        let text = ("Uw factuur {number}", "Hier: {number} {link}");
        let own = Template::parse(kind, language, text, 0).expect("a template");
        replace(office, BY, &own).await.expect("replaced");
        assert!(matches!(replace(office, BY, &own).await, Err(OfficeError::Conflict { .. })));
        let stored = template(office, kind, language).await.expect("read");
        assert_eq!((stored.title.as_str(), stored.revision), ("Uw factuur {number}", 1));
        replace(office, BY, &stored).await.expect("again");
        restore(office, BY, kind, language).await.expect("restored");
        assert_eq!(template(office, kind, language).await.expect("read"), templates::builtin(kind, language));
    }
}
