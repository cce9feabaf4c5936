//! Taking services over, on both databases.

use super::*;
use crate::billing;
use crate::customers::Customer;
use crate::orders::tests::{customer, shop};
use crate::processor_agreements;
use crate::services::terms::{plus_days, plus_months};
use crate::services::{Ending, TaskFilter, cancel, count_tasks, end_due, services_of};
use crate::testing::office_test;
use base::Money;

const BY: By = By::System("test");
const HEAD: &str = "customer,plan,label,months,price,began,charged_until\n";

async fn read(office: &Office, rows: &str) -> Checked {
    let plan = plan(format!("{HEAD}{rows}").as_bytes()).expect("a plan");
    check(office, plan).await.expect("checked")
}

fn wrong(checked: &Checked) -> Vec<String> {
    checked.wrong.iter().map(ToString::to_string).collect()
}

fn rows(fenna: &Customer, began: Day, until: Day) -> String {
    let number = fenna.number;
    let year = plus_months(began, 12).expect("a day");
    format!(
        "{number},hosting-start,Bakkerij.Example,1,,{began},{until}\n\
         {number},vps-2,,1,12.34,{began},{until}\n\
         {number},domain-nl,bakkerij.example,12,,{began},{year}\n"
    )
}

office_test! {
    async fn what_is_taken_over_runs_and_nothing_is_made_or_charged(t: &TestOffice) {
        let office = &*t.office;
        shop(office).await;
        let fenna = customer(office, "person").await;
        let today = office.today();
        let (began, until) = (minus_days(today, 40), plus_days(today, 20));
        let checked = read(office, &rows(&fenna, began, until)).await;
        assert_eq!((wrong(&checked), checked.count(), checked.customers()), (vec![], 3, 1));
        let mut told = Vec::new();
        let done = run(office, BY, &checked, &mut |at| told.push(at.done)).await.expect("taken over");
        assert_eq!((done.services, done.customers, told.last().copied()), (3, 1, Some(3)));

        let found = services_of(office, fenna.id).await.expect("services");
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|one| one.state == ServiceState::Active && one.charged_until >= Some(until)));
        let vps = found.iter().find(|one| one.kind == ProductKind::Vps).expect("a VPS");
        assert_eq!((vps.price.amount, vps.anchor, vps.began), (Money::from_cents(1_234), Some(began), Some(began)));
        assert_eq!(vps.first_term_until, plus_months(began, 1).ok());
        let hosting = found.iter().find(|one| one.kind == ProductKind::Hosting).expect("hosting");
        assert_eq!(hosting.label.as_ref().map(|label| label.expose().as_str()), Some("bakkerij.example"));
        assert_eq!(hosting.price.amount, Money::from_cents(495), "the price of the catalogue");
        let agreements = crate::agreements::agreements_of(office, fenna.id).await.expect("agreements");
        assert_eq!((agreements.len(), agreements[0].order, agreements[0].began), (1, None, began));
        assert_eq!(count_tasks(office, TaskFilter::default()).await.expect("tasks"), 0);
        assert!(crate::mailing::of_subject(office, fenna.subject).await.expect("mails").is_empty());

        // Nothing is billed for what was paid elsewhere; the first day that was not is.
        billing::run(office, BY, today).await.expect("a run");
        let of = billing::InvoiceFilter { customer: Some(fenna.id), ..billing::InvoiceFilter::default() };
        assert_eq!(billing::page(office, of, 0, 10).await.expect("invoices").total, 0);
        t.clock.set(until.start().plus_seconds(12 * 3_600));
        billing::run(office, BY, until).await.expect("a run");
        assert_eq!(billing::page(office, of, 0, 10).await.expect("invoices").total, 1);
        let vps = crate::services::service(office, vps.id).await.expect("a VPS");
        assert!(vps.charged_until > Some(until));

        // They end like others, and the processor agreement comes by itself.
        assert_eq!(processor_agreements::catch_up(office).await.expect("a round"), 1);
        cancel(office, BY, vps.id, vps.revision, Ending::Now).await.expect("cancelled");
        assert_eq!(end_due(office).await.expect("a round"), 0);
    }
}

office_test! {
    async fn a_file_is_taken_over_once_and_whole(t: &TestOffice) {
        let office = &*t.office;
        shop(office).await;
        let fenna = customer(office, "organisation").await;
        let today = office.today();
        let text = rows(&fenna, minus_days(today, 40), plus_days(today, 20));
        let first = read(office, &text).await;
        let (mut hear, mut listen) = (|_| (), |_| ());
        let (one, two) =
            tokio::join!(run(office, BY, &first, &mut hear), run(office, BY, &first, &mut listen));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
        assert_eq!(services_of(office, fenna.id).await.expect("services").len(), 3);
        let again = read(office, &text).await;
        assert!(again.is_repeat);
        assert_eq!(wrong(&again), ["line 2: the customer has this already", "line 4: the customer has this already"]);
        assert!(matches!(run(office, BY, &again, &mut |_| ()).await, Err(OfficeError::Forbidden { .. })));
    }
}

office_test! {
    async fn each_wrong_row_is_named(t: &TestOffice) {
        let office = &*t.office;
        shop(office).await;
        let fenna = customer(office, "person").await;
        let today = office.today();
        let (number, soon) = (fenna.number, plus_days(today, 20));
        let checked = read(office, &format!(
            "K999999,vps-2,,1,,{today},{soon}\n\
             {number},vps-9,,1,,{today},{soon}\n\
             {number},hosting-start,,1,,{today},{soon}\n\
             {number},hosting-start,geen domein,1,,{today},{soon}\n\
             {number},vps-2,,7,,{today},{soon}\n\
             {number},vps-2,,1,,{soon},{soon}\n\
             {number},vps-2,,1,,2015-01-01,2016-01-01\n\
             {number},domain-nl,a.example,12,,{today},{soon}\n\
             {number},domain-nl,A.example,12,,{today},{soon}\n"
        )).await;
        assert_eq!(wrong(&checked), [
            "line 2: customer names something that there is not",
            "line 3: plan names something that there is not",
            "line 4: label is missing",
            "line 5: label is not a domain name such as example.org",
            "line 6: price is missing",
            "line 7: began is not a possible date such as 31-12-2026",
            "line 8: charged_until is not a possible date such as 31-12-2026",
            "line 10: the customer has this already",
        ]);
        assert_eq!((checked.wrong_count, checked.count()), (8, 1));
        assert!(matches!(run(office, BY, &checked, &mut |_| ()).await, Err(OfficeError::Forbidden { .. })));
        assert!(services_of(office, fenna.id).await.expect("services").is_empty());
    }
}

office_test! {
    async fn a_customer_is_found_by_the_address_of_the_owner(t: &TestOffice) {
        let office = &*t.office;
        shop(office).await;
        let profile = "name,email,kind\nFenna,Fenna@klant.example,person\n";
        let customers = customers::import::plan(profile.as_bytes()).expect("a plan");
        customers::import::run(office, BY, &customers, &mut |_| ()).await.expect("imported");
        let today = office.today();
        let text = format!("email,plan,months,began,charged_until\nfenna@KLANT.example,vps-2,1,{today},{today}\nx@y.example,vps-2,1,{today},{today}\n");
        let checked = check(office, plan(text.as_bytes()).expect("a plan")).await.expect("checked");
        assert_eq!(wrong(&checked), ["line 3: email names something that there is not"]);
        assert_eq!(checked.count(), 1);
    }
}
