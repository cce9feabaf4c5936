//! Billing on both databases.

use super::store::testkit;
use super::*;
use crate::customers::{self, Customer, CustomerId, NewCustomer, ProfileForm};
use crate::form::Problem as Field;
use crate::services::ServiceId;
use crate::testing::office_test;
use crate::{By, Office, OfficeError};
use ::store::{Job as _, JobState, jobs_in_state};
use base::{Day, Money};
use std::sync::Arc;

mod books;

pub(crate) const BY: By = By::System("test");

pub(crate) async fn customer(office: &Office, name: &str, vat: &str) -> Customer {
    let organisation = !vat.is_empty();
    let form = ProfileForm {
        kind: if organisation { "organisation" } else { "person" }.into(),
        name: name.into(),
        organisation: if organisation { format!("{name} BV").as_str().into() } else { "".into() },
        vat: vat.into(),
        email: "klant@klant.example".into(),
        street: "Dorpsstraat 1".into(),
        postcode: "1234 AB".into(),
        city: "Ons Dorp".into(),
        ..ProfileForm::default()
    };
    let profile = form.parse().expect("a profile");
    customers::create(office, BY, &NewCustomer { profile }).await.expect("a customer")
}

fn day(text: &str) -> Day {
    Day::of_date(text.parse().expect("a date")).expect("a day")
}

/// So many customers, each with a service by the month from the first of November.
async fn scene(office: &Office, count: usize) -> (Vec<Customer>, Vec<ServiceId>) {
    let plan = testkit::plan(office).await;
    let (mut all, mut services) = (Vec::new(), Vec::new());
    for n in 0..count {
        let one = customer(office, &format!("Klant {n}"), "").await;
        services.push(testkit::service(office, &one, plan, day("2026-11-01"), 1_000).await);
        all.push(one);
    }
    (all, services)
}

fn without_gap(numbers: &[(String, i64)]) -> bool {
    let mut last: Option<&(String, i64)> = None;
    numbers.iter().all(|next| {
        let right = match last {
            Some((series, number)) if *series == next.0 => next.1 == number + 1,
            _ => next.1 == 1,
        };
        last = Some(next);
        right
    })
}

async fn only_invoice(office: &Office, customer: CustomerId) -> Invoice {
    let filter = InvoiceFilter { customer: Some(customer), ..InvoiceFilter::default() };
    let found = page(office, filter, 0, 10).await.expect("a page");
    assert_eq!(found.total, 1);
    invoice(office, found.invoices[0].id).await.expect("opened")
}

office_test! {
    async fn a_run_invoices_what_is_due_once(t: &TestOffice) {
        let office = &*t.office;
        let (customers, services) = scene(office, 3).await;
        let through = office.today();
        let shown = preview(office, through, u64::MAX).await.expect("a preview");
        assert!(testkit::numbers(office).await.is_empty(), "a preview writes nothing");

        let (id, outcome) = run(office, BY, through).await.expect("a run");
        assert_eq!((outcome.services, outcome.invoices, outcome.failures), (3, 3, 0));
        assert_eq!((outcome.net.cents(), outcome.vat.cents()), (3_000, 630));
        assert_eq!(shown.outcome, outcome, "the preview said so");
        assert_eq!(run_row(office, id).await.expect("stored").invoices, 3);
        // Due seven days before the next month: not yet on the 23rd.
        assert_eq!(testkit::charged(office, services[0]).await, (day("2026-12-01"), Some(day("2026-11-24"))));

        let (_, again) = run(office, BY, through).await.expect("a second run");
        assert_eq!(again, Outcome::default(), "the second run issues none");
        assert_eq!(testkit::numbers(office).await, (1..=3).map(|n| ("F2026".to_owned(), n)).collect::<Vec<_>>());

        let invoice = only_invoice(office, customers[1].id).await;
        let document = &invoice.document;
        assert_eq!(document.number, invoice.row.number_text());
        assert_eq!(document.buyer.name.as_ref().map(|name| name.expose().as_str()), Some("Klant 1"));
        assert_eq!(document.lines[0].description.expose(), "Webhosting");
        assert_eq!(document.lines[0].period, Some((day("2026-11-01"), day("2026-12-01"))));
        assert_eq!((document.total.cents(), invoice.row.open.cents()), (1_210, 1_210));
        assert_eq!(invoice.row.due, day("2026-12-07"));
        let found = invoice_by_number(office, "f2026-2").await.expect("by number");
        assert_eq!(found.row.number, 2);

        testkit::tamper(office, invoice.row.id).await;
        assert!(super::super::invoice(office, invoice.row.id).await.is_err(), "a changed invoice does not open");
    }
}

office_test! {
    async fn a_run_that_staff_order_is_made_by_a_worker(t: &TestOffice) {
        let office = &*t.office;
        scene(office, 3).await;
        let through = office.today();
        let shown = preview(office, through, 1).await.expect("a preview");
        assert_eq!((shown.more, shown.outcome.invoices), (false, 3), "a batch is looked at as a whole");

        let id = order(office, BY, through).await.expect("ordered");
        assert_eq!(order(office, BY, through).await.expect("ordered again"), id, "it is under way");
        assert!(testkit::numbers(office).await.is_empty(), "nothing is made yet");
        assert_eq!(run_row(office, id).await.expect("stored").finished_at, None);
        let job = ::store::claim(&office.store, office.now()).await.expect("claimed").expect("one");
        assert_eq!(job.kind, jobs::RunBilling::KIND);
        assert!(jobs::run(office, &job).await.expect("done"));
        assert!(jobs::run(office, &job).await.expect("done again"), "a second time makes nothing");
        let run = run_row(office, id).await.expect("stored");
        assert_eq!((run.invoices, run.finished_at.is_some()), (3, true));
        assert_eq!(testkit::numbers(office).await.len(), 3);
    }
}

office_test! {
    async fn terms_that_were_missed_come_together_on_one_invoice(t: &TestOffice) {
        let office = &*t.office;
        let plan = testkit::plan(office).await;
        let one = customer(office, "Achter", "DE123456789").await;
        let service = testkit::service(office, &one, plan, day("2026-08-31"), 1_000).await;
        run(office, BY, office.today()).await.expect("a run");
        let invoice = only_invoice(office, one.id).await;
        let periods: Vec<String> = invoice
            .document
            .lines
            .iter()
            .filter_map(|line| line.period.map(|(from, until)| format!("{from}/{until}")))
            .collect();
        assert_eq!(periods, ["2026-08-31/2026-09-30", "2026-09-30/2026-10-31", "2026-10-31/2026-11-30", "2026-11-30/2026-12-31"]);
        assert!(invoice.document.reverse_charge);
        assert_eq!((invoice.document.vat, invoice.document.total.cents()), (Money::ZERO, 4_000));
        assert_eq!(testkit::charged(office, service).await.0, day("2026-12-31"));
    }
}

office_test! {
    async fn one_customer_that_fails_stops_nobody(t: &TestOffice) {
        let office = &*t.office;
        let (customers, services) = scene(office, 3).await;
        testkit::lose_plan(office, services[1]).await;
        let (_, outcome) = run(office, BY, office.today()).await.expect("a run");
        assert_eq!((outcome.invoices, outcome.failures), (2, 1));
        let failed = failures(office).await.expect("failures");
        assert_eq!(failed.iter().map(|f| (f.customer, f.problem.as_str())).collect::<Vec<_>>(), [(customers[1].id, "plan")]);
        let plan = testkit::plan(office).await;
        testkit::find_plan(office, services[1], plan).await;
        let (_, outcome) = run(office, BY, office.today()).await.expect("a second run");
        assert_eq!((outcome.invoices, outcome.failures), (1, 0));
        assert!(failures(office).await.expect("failures").is_empty());
        assert!(without_gap(&testkit::numbers(office).await));
    }
}

office_test! {
    async fn runs_side_by_side_charge_once(t: &TestOffice) {
        let office = &t.office;
        scene(office, 24).await;
        let through = office.today();
        let runs: Vec<_> = (0..4)
            .map(|n| {
                let office = Arc::clone(office);
                // Two of the same day, two of days of their own: each looks at the same services.
                let through = Day::from_number(through.number() + n / 2);
                tokio::spawn(async move { run(&office, BY, through).await.expect("a run") })
            })
            .collect();
        for run in runs {
            run.await.expect("joined");
        }
        // The later day's runs may have taken the next term too.
        let (terms, twice) = testkit::terms(office).await;
        assert!((24..=48).contains(&terms), "{terms}");
        assert_eq!(twice, 0);
        assert!(without_gap(&testkit::numbers(office).await));
    }
}

office_test! {
    async fn eight_writers_number_without_gap_or_double(t: &TestOffice) {
        let office = &t.office;
        let (customers, _) = scene(office, 16).await;
        let writers: Vec<_> = customers
            .chunks(2)
            .map(|own| {
                let office = Arc::clone(office);
                let own: Vec<CustomerId> = own.iter().map(|customer| customer.id).collect();
                tokio::spawn(async move {
                    for customer in own {
                        let issued = invoice_customer(&office, BY, customer).await.expect("invoiced");
                        credit_note(&office, BY, issued[0], &Credit::Whole).await.expect("credited");
                    }
                })
            })
            .collect();
        assert_eq!(writers.len(), 8);
        for writer in writers {
            writer.await.expect("joined");
        }
        let numbers = testkit::numbers(office).await;
        assert_eq!(numbers.len(), 32);
        assert!(without_gap(&numbers), "{numbers:?}");
    }
}

office_test! {
    async fn credit_notes_take_back_and_settle(t: &TestOffice) {
        let office = &*t.office;
        let plan = testkit::plan(office).await;
        let one = customer(office, "Terug", "").await;
        testkit::service(office, &one, plan, day("2026-10-01"), 1_003).await;
        run(office, BY, office.today()).await.expect("a run");
        let invoice = only_invoice(office, one.id).await;
        let id = invoice.row.id;
        assert_eq!(invoice.document.lines.len(), 2);

        let first = credit_note(office, BY, id, &Credit::Lines(vec![1])).await.expect("a line");
        let again = credit_note(office, BY, id, &Credit::Lines(vec![1])).await.expect_err("twice");
        assert!(matches!(again, OfficeError::Invalid(problems) if problems.of("lines") == Some(Field::Taken)));
        let rest = credit_note(office, BY, id, &Credit::Whole).await.expect("the rest");
        let none = credit_note(office, BY, id, &Credit::Whole).await.expect_err("nothing left");
        assert!(matches!(none, OfficeError::Invalid(_)));
        let of_note = credit_note(office, BY, first, &Credit::Whole).await.expect_err("a note of a note");
        assert!(matches!(of_note, OfficeError::Invalid(_)));

        let [first, rest, whole] = [first, rest, id];
        let rows = rows(office, &[first, rest, whole]).await.expect("rows");
        assert_eq!(rows.iter().map(InvoiceRow::total).sum::<Money>(), Money::ZERO);
        assert!(rows.iter().all(|row| row.open.is_zero()), "settled with each other: {rows:?}");
        assert!(testkit::settlements_add_up(office, one.id).await);
        assert!(without_gap(&testkit::numbers(office).await));
    }
}

office_test! {
    async fn each_invoice_is_mailed_once(t: &TestOffice) {
        let office = &*t.office;
        scene(office, 2).await;
        run(office, BY, office.today()).await.expect("a run");
        let jobs = jobs_in_state(&office.store, JobState::Queued, 10).await.expect("jobs");
        assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), [jobs::MailInvoices::KIND]);
        let job = ::store::claim(&office.store, office.now()).await.expect("claimed").expect("one");
        assert!(jobs::run(office, &job).await.expect("done"));
        assert!(jobs::run(office, &job).await.expect("done again"));
        let mails = jobs_in_state(&office.store, JobState::Queued, 10).await.expect("jobs");
        assert_eq!(mails.len(), 2, "one mail each");
        let job = ::store::claim(&office.store, office.now()).await.expect("claimed").expect("a mail");
        let send: crate::mailing::SendMail = job.decode().expect("a mail job");
        let letter = crate::mailing::letter(office, send.mail).await.expect("read").expect("there");
        assert!(letter.title.expose().starts_with("Factuur F2026-0000"));
        assert!(letter.body.expose().contains("https://mijn.voorbeeldhost.example/panel/invoices/"));
    }
}
