//! Services on both databases.

use super::terms::{plus_days, plus_months};
use super::*;
use crate::agreements::agreements_of;
use crate::customers::{self, Customer};
use crate::orders::tests::{customer, line, place_at_price, shop};
use crate::orders::{self, EarlyStart};
use crate::testing::{TestOffice, office_test};
use crate::{By, Office, OfficeError};
use base::{Clock as _, Day, Money};

const BY: By = By::System("test");

pub(crate) async fn running(
    office: &Office,
    kind: &str,
    plan: &str,
    months: u32,
    early: EarlyStart,
) -> (Customer, Service) {
    let catalogue = shop(office).await;
    let fenna = customer(office, kind).await;
    let lines = [line(&catalogue, plan, months, "devries.example")];
    let placed = place_at_price(office, &fenna, &lines, None, early).await.expect("placed");
    orders::accept(office, BY, placed.id).await.expect("accepted");
    let service = fulfil(office, &fenna).await;
    (fenna, service)
}

async fn fulfil(office: &Office, customer: &Customer) -> Service {
    let filter = TaskFilter { state: Some(TaskState::Open), ..TaskFilter::default() };
    let open = tasks(office, filter, 0, 10).await.expect("tasks");
    let task = open.iter().find(|task| task.kind == TaskKind::Fulfil).expect("a task");
    complete(office, BY, None, task.id).await.expect("done");
    let again = complete(office, BY, None, task.id).await.expect_err("done already");
    assert!(matches!(again, OfficeError::Conflict { .. }));
    only(office, customer).await
}

async fn only(office: &Office, customer: &Customer) -> Service {
    services_of(office, customer.id).await.expect("services").remove(0)
}

/// Kind, first day and amount of every charge, by these.
async fn charged(office: &Office) -> Vec<(String, Day, i64)> {
    let mut all = store::charges_for_tests(&office.store).await.expect("charges");
    all.sort();
    all
}

async fn net(office: &Office) -> Money {
    charged(office).await.into_iter().map(|(_, _, cents)| Money::from_cents(cents)).sum()
}

fn move_to(t: &TestOffice, day: Day) {
    // Noon, so that it is the same day in Amsterdam.
    t.clock.set(day.start().plus_seconds(12 * 3_600));
    assert_eq!(t.office.today(), day, "{}", t.clock.now());
}

office_test! {
    async fn what_is_made_is_charged_from_that_day(t: &TestOffice) {
        let office = &*t.office;
        let (_, service) = running(office, "person", "vps-2", 1, EarlyStart::Asked).await;
        let today = office.today();
        let until = plus_months(today, 1).expect("a day");
        assert_eq!(service.state, ServiceState::Active);
        assert_eq!((service.anchor, service.charged_until), (Some(today), Some(until)));
        assert_eq!(service.due, Some(super::terms::minus_days(until, 7)));
        assert_eq!(
            charged(office).await,
            [("setup".to_owned(), today, 1_000), ("term".to_owned(), today, 1_495)]
        );
    }
}

office_test! {
    async fn an_upgrade_charges_the_rest_of_the_term(t: &TestOffice) {
        let office = &*t.office;
        let (fenna, service) = running(office, "person", "hosting-start", 12, EarlyStart::Asked).await;
        let start = office.today();
        move_to(t, plus_days(start, 100));
        let catalogue = crate::catalogue::load(office).await.expect("a catalogue");
        let pro = catalogue.plan_of_code("hosting-pro").expect("a plan").1.id;
        let quote = quote_change(&catalogue, &service, pro, &Chosen::default(), office.today()).expect("a quote");
        let rest = |cents: i64| cents - Money::from_cents(cents).share(100, 365).cents();
        assert_eq!(quote.correction.net().cents(), rest(19_950) - rest(4_950));

        let none = Chosen::default();
        let wrong = change(office, BY, service.id, service.revision, pro, &none, Money::from_cents(1)).await;
        assert!(matches!(wrong, Err(OfficeError::Conflict { what: "the price" })));
        let domain = catalogue.plan_of_code("domain-nl").expect("a plan").1.id;
        let price = quote.price.amount;
        assert!(change(office, BY, service.id, service.revision, domain, &none, price).await.is_err());
        let (one, two) = tokio::join!(
            change(office, BY, service.id, service.revision, pro, &none, price),
            change(office, BY, service.id, service.revision, pro, &none, price),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        assert_eq!(net(office).await.cents(), 4_950 + rest(19_950) - rest(4_950));
        let changed = only(office, &fenna).await;
        assert_eq!((changed.plan, changed.price.amount.cents()), (pro, 19_950));
    }
}

office_test! {
    async fn a_cancellation_gives_back_and_can_be_taken_back(t: &TestOffice) {
        let office = &*t.office;
        let (fenna, service) = running(office, "person", "hosting-plus", 1, EarlyStart::Asked).await;
        let start = office.today();
        // The second term was due a week before it begins, and nobody ran the billing.
        let today = plus_days(plus_months(start, 1).expect("a day"), 25);
        move_to(t, today);
        let quote = cancel(office, BY, service.id, service.revision, Ending::Ordinary).await.expect("cancelled");
        // After the first term: a month, or the end of the term that runs, whichever is first.
        let second = plus_months(start, 2).expect("a day");
        assert_eq!(quote.ends, second);
        assert_eq!(net(office).await.cents(), 2 * 995);
        let ending = only(office, &fenna).await;
        assert_eq!((ending.state, ending.due, ending.charged_until), (ServiceState::Ending, None, Some(second)));

        for _ in 0..2 {
            let ending = only(office, &fenna).await;
            take_back(office, BY, ending.id, ending.revision).await.expect("taken back");
            let again = only(office, &fenna).await;
            assert_eq!((again.state, again.ends), (ServiceState::Active, None));
            assert_eq!(net(office).await.cents(), 3 * 995);
            cancel(office, BY, again.id, again.revision, Ending::Ordinary).await.expect("cancelled");
            assert_eq!(net(office).await.cents(), 2 * 995);
        }
        assert_eq!(end_due(office).await.expect("a round"), 0);
        move_to(t, second);
        assert_eq!(end_due(office).await.expect("a round"), 1);
        assert_eq!(end_due(office).await.expect("a round"), 0);
        assert_eq!(only(office, &fenna).await.state, ServiceState::Ended);
        let agreement = agreements_of(office, fenna.id).await.expect("agreements").remove(0);
        assert_eq!(agreement.ended, Some((second, EndReason::Cancelled)));
        let fenna = customers::customer(office, fenna.id).await.expect("a customer");
        assert!(fenna.agreement_ended_at.is_some());
        let filter = TaskFilter { kind: Some(TaskKind::End), state: Some(TaskState::Open), ..TaskFilter::default() };
        assert_eq!(count_tasks(office, filter).await.expect("tasks"), 1);
    }
}

office_test! {
    async fn who_withdraws_gets_everything_back_unless_they_asked_to_begin(t: &TestOffice) {
        let office = &*t.office;
        let (fenna, service) = running(office, "person", "vps-2", 1, EarlyStart::NotAsked).await;
        let start = office.today();
        move_to(t, plus_days(start, 14));
        let quote = cancel(office, BY, service.id, service.revision, Ending::Withdrawal).await.expect("withdrawn");
        assert_eq!(quote.back().cents(), 1_495 + 1_000);
        assert_eq!(net(office).await, Money::ZERO);
        assert_eq!(only(office, &fenna).await.ended_reason, Some(EndReason::Withdrawn));
        let agreement = agreements_of(office, fenna.id).await.expect("agreements").remove(0);
        assert_eq!(agreement.ended.map(|(_, reason)| reason), Some(EndReason::Withdrawn));
    }
}

office_test! {
    async fn who_asked_to_begin_pays_for_the_days_and_nobody_withdraws_late(t: &TestOffice) {
        let office = &*t.office;
        let (_, service) = running(office, "person", "hosting-plus", 12, EarlyStart::Asked).await;
        let start = office.today();
        move_to(t, plus_days(start, 15));
        let late = cancel(office, BY, service.id, service.revision, Ending::Withdrawal).await;
        assert!(matches!(late, Err(OfficeError::Forbidden { .. })));
        move_to(t, plus_days(start, 10));
        cancel(office, BY, service.id, service.revision, Ending::Withdrawal).await.expect("withdrawn");
        assert_eq!(net(office).await, Money::from_cents(9_950).share(10, 365));
    }
}

office_test! {
    async fn a_business_is_bound_for_the_term_and_can_be_held_up(t: &TestOffice) {
        let office = &*t.office;
        let (fenna, service) = running(office, "organisation", "hosting-plus", 3, EarlyStart::Asked).await;
        suspend(office, BY, service.id, service.revision, SuspendReason::Unpaid).await.expect("held up");
        let held = only(office, &fenna).await;
        assert_eq!(held.suspended.map(|(reason, _)| reason), Some(SuspendReason::Unpaid));
        let twice = suspend(office, BY, held.id, held.revision, SuspendReason::Abuse).await;
        assert!(matches!(twice, Err(OfficeError::Conflict { .. })));
        resume(office, BY, held.id, held.revision).await.expect("runs again");
        let service = only(office, &fenna).await;
        let never = cancel(office, BY, service.id, service.revision, Ending::Withdrawal).await;
        assert!(matches!(never, Err(OfficeError::Forbidden { .. })));
        let quote = cancel(office, BY, service.id, service.revision, Ending::Now).await.expect("cancelled");
        assert_eq!((quote.ends, quote.back()), (office.today(), Money::ZERO));
        assert_eq!(net(office).await.cents(), 2_850);
    }
}

office_test! {
    async fn what_is_held_up_and_cancelled_stays_both_until_the_provider_ends_it(t: &TestOffice) {
        let office = &*t.office;
        let (fenna, service) = running(office, "organisation", "hosting-plus", 12, EarlyStart::Asked).await;
        cancel(office, BY, service.id, service.revision, Ending::Ordinary).await.expect("cancelled");
        let ending = only(office, &fenna).await;
        let wrong = resume(office, BY, ending.id, ending.revision).await;
        assert!(matches!(wrong, Err(OfficeError::Conflict { .. })), "it is not held up");
        suspend(office, BY, ending.id, ending.revision, SuspendReason::Unpaid).await.expect("held up");
        let held = only(office, &fenna).await;
        assert_eq!((held.state, held.suspended.is_some()), (ServiceState::Ending, true));
        let late = resume(office, BY, held.id, ending.revision).await;
        assert!(matches!(late, Err(OfficeError::Conflict { .. })), "somebody changed it meanwhile");
        resume(office, BY, held.id, held.revision).await.expect("runs again");
        let again = only(office, &fenna).await;
        assert_eq!((again.state, again.suspended, again.ends), (ServiceState::Ending, None, held.ends));

        let filter = |kind| TaskFilter { kind: Some(kind), state: Some(TaskState::Open), ..TaskFilter::default() };
        assert_eq!(count_tasks(office, filter(TaskKind::Suspend)).await.expect("tasks"), 0, "it lapsed");
        assert_eq!(count_tasks(office, filter(TaskKind::Resume)).await.expect("tasks"), 1);

        let before = charged(office).await;
        let why = SuspendReason::Abuse;
        let (one, two) = tokio::join!(
            terminate(office, BY, again.id, again.revision, why),
            terminate(office, BY, again.id, again.revision, why),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        let ended = only(office, &fenna).await;
        assert_eq!((ended.state, ended.ended_reason), (ServiceState::Ended, Some(EndReason::Terminated)));
        assert_eq!((ended.ends, ended.due), (Some(office.today()), None));
        assert_eq!(charged(office).await, before, "the term that was begun is owed");
        let agreement = agreements_of(office, fenna.id).await.expect("agreements").remove(0);
        assert_eq!(agreement.ended.map(|(_, reason)| reason), Some(EndReason::Terminated));
        for refused in [
            suspend(office, BY, ended.id, ended.revision, why).await,
            resume(office, BY, ended.id, ended.revision).await,
            terminate(office, BY, ended.id, ended.revision, why).await.map(|_| ()),
        ] {
            assert!(matches!(refused, Err(OfficeError::Conflict { .. })));
        }
    }
}

office_test! {
    async fn erasure_stops_services_and_dissolves_the_agreement(t: &TestOffice) {
        use crate::requests::erasure::{self, TakeBack, Whom};

        struct Nothing;

        #[async_trait::async_trait]
        impl TakeBack for Nothing {
            async fn mails(&self, _: &[crate::mailing::MailId]) -> Result<u64, OfficeError> {
                Ok(0)
            }
        }

        let office = &*t.office;
        let (fenna, service) = running(office, "person", "domain-nl", 12, EarlyStart::Asked).await;
        request_transfer(office, BY, service.id, service.revision).await.expect("asked");
        let service = only(office, &fenna).await;
        let twice = request_transfer(office, BY, service.id, service.revision).await;
        assert!(matches!(twice, Err(OfficeError::Conflict { .. })));
        let begun = erasure::begin(office, BY, Whom::Customer(fenna.id), None).await.expect("begun");
        t.clock.advance_seconds(86_400);
        erasure::run(office, erasure::EraseSubject { erasure: begun.id }, &Nothing).await.expect("erased");

        let service = super::service(office, service.id).await.expect("the row stays");
        assert_eq!((service.state, service.ended_reason), (ServiceState::Ended, Some(EndReason::Erased)));
        assert!(service.label.is_none() && service.subject.is_none() && service.due.is_none());
        let agreement = agreements_of(office, fenna.id).await.expect("agreements").remove(0);
        assert_eq!(agreement.ended.map(|(_, reason)| reason), Some(EndReason::Erased));
        assert!(orders::orders_of(office, fenna.id).await.expect("orders").is_empty());
        // Staff still know by number what to take away, and that a name was to move.
        let filter = TaskFilter { state: Some(TaskState::Open), ..TaskFilter::default() };
        let mut kinds: Vec<_> =
            tasks(office, filter, 0, 10).await.expect("tasks").into_iter().map(|task| task.kind).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [TaskKind::End, TaskKind::TransferOut]);
    }
}

office_test! {
    async fn an_erasure_gives_back_what_was_paid_ahead(t: &TestOffice) {
        use crate::billing;
        use crate::requests::erasure::{self, Whom};

        let office = &*t.office;
        let (fenna, _) = running(office, "person", "hosting-plus", 12, EarlyStart::Asked).await;
        let start = office.today();
        billing::run(office, BY, start).await.expect("a run");
        // In the second year, paid ahead: a month's notice binds, the rest is given back.
        let today = plus_days(plus_months(start, 12).expect("a day"), 10);
        move_to(t, today);
        billing::run(office, BY, today).await.expect("a run");
        let quotes = quotes_for_erasure(office, fenna.id).await.expect("quotes");
        let back = quotes[0].1.back();
        let year = Money::from_cents(9_950);
        let bound = plus_months(today, 1).expect("a day");
        let second = plus_months(start, 12).expect("a day");
        let length = plus_months(start, 24).expect("a day").number() - second.number();
        let used = year.share(i64::from(bound.number() - second.number()), i64::from(length));
        assert_eq!((quotes[0].1.ends, back), (today, year - used));
        let begun = erasure::begin(office, BY, Whom::Customer(fenna.id), None).await.expect("begun");
        let of = billing::InvoiceFilter { customer: Some(fenna.id), ..billing::InvoiceFilter::default() };
        let page = billing::page(office, of, 0, 10).await.expect("invoices");
        let net: Money = page.invoices.iter().map(|invoice| invoice.net).sum();
        assert_eq!((page.total, net), (3, year + year - back), "{begun:?}");
        let service = only(office, &fenna).await;
        assert_eq!((service.state, service.ended_reason), (ServiceState::Ended, Some(EndReason::Erased)));
    }
}

#[test]
fn names_of_domains() {
    for (typed, expected) in [
        ("Voorbeeld.NL", Ok("voorbeeld.nl")),
        (" www.devries.example. ", Ok("devries.example")),
        ("café.example", Ok("xn--caf-dma.example")),
        ("", Err(crate::form::Problem::Missing)),
        ("localhost", Err(crate::form::Problem::Domain)),
        ("192.0.2.1", Err(crate::form::Problem::Domain)),
        ("-a.example", Err(crate::form::Problem::Domain)),
        ("a b.example", Err(crate::form::Problem::Domain)),
        ("a..example", Err(crate::form::Problem::Domain)),
    ] {
        assert_eq!(domain(typed), expected.map(str::to_owned), "{typed}");
    }
}

#[test]
fn a_service_that_ended_stays_ended() {
    for state in ServiceState::ALL {
        assert!(!ServiceState::Ended.may_become(*state));
        assert_eq!(state.may_become(ServiceState::Ended), *state != ServiceState::Ended);
        assert!(!state.may_become(*state));
    }
}
