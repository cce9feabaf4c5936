//! The books after their customer, on both databases: what an erasure leaves, and the end of a book year.

use super::*;
use crate::payments::{self, Allocation, Method, NewPayment};
use crate::promises;
use crate::requests::erasure::tests::seed::Asked;
use crate::requests::erasure::{self, EraseSubject, Hold, Until, Whom, holds, holds_of};
use crate::subjects::{self, SubjectState};
use base::Timestamp;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant")
}

async fn erase(office: &Office, customer: CustomerId) {
    let begun = erasure::begin(office, BY, Whom::Customer(customer), None).await.expect("begun");
    erasure::run(office, EraseSubject { erasure: begun.id }, &Asked::default()).await.expect("erased");
}

fn paid(office: &Office, customer: CustomerId, cents: i64) -> NewPayment {
    NewPayment {
        customer,
        method: Method::Bank,
        received: office.today(),
        amount: Money::from_cents(cents),
        reference: Some("Overboeking van Klant 0".into()),
        allocation: Allocation::Oldest,
    }
}

/// The holds that are about the books.
async fn of_books(office: &Office, customer: CustomerId) -> Vec<Hold> {
    let all = holds_of(office, Some(customer)).await.expect("holds");
    let every = holds(office);
    assert_eq!(&all[all.len() - every.len()..], &every[..], "what stays of everybody stays of this one");
    all[..all.len() - every.len()].to_vec()
}

office_test! {
    async fn an_erasure_says_what_stays_of_invoices_and_until_when(t: &TestOffice) {
        let office = &*t.office;
        let (customers, _) = scene(office, 2).await;
        let [owes, pays] = [customers[0].id, customers[1].id];
        let none = customer(office, "Zonder factuur", "").await;
        run(office, BY, office.today()).await.expect("a run");
        payments::record(office, BY, &paid(office, pays, 1_210)).await.expect("paid");

        assert!(of_books(office, none.id).await.is_empty());
        let kept = of_books(office, pays).await;
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].what.nl.contains("facturen") && kept[0].ground.nl.contains("artikel 52 AWR"));
        assert!(matches!(kept[0].until, Until::Retention(_)));

        let number = only_invoice(office, owes).await.row.number_text();
        let claimed = of_books(office, owes).await;
        assert_eq!(claimed.len(), 2, "{claimed:?}");
        assert!(claimed[1].what.nl.ends_with(&format!(": {number}")) && claimed[1].what.en.ends_with(&number));
        assert!(claimed[1].ground.en.contains("article 17(3)(e)"));
        // Seven years after the end of 2026.
        assert_eq!(claimed[1].until, Until::Day(at("2034-01-01T00:00:00Z")));
    }
}

office_test! {
    async fn an_unpaid_invoice_outlives_its_customer_and_can_be_paid(t: &TestOffice) {
        let office = &*t.office;
        let (customers, services) = scene(office, 1).await;
        let one = &customers[0];
        erase(office, one.id).await;
        assert_eq!(subjects::row(&office.store, one.subject).await.expect("read").expect("there").state, SubjectState::Erased);

        // What was owed on the day of the erasure is on a last invoice.
        let invoice = only_invoice(office, one.id).await;
        assert_eq!(invoice.document.buyer.name.as_ref().map(|name| name.expose().as_str()), Some("Klant 0"));
        assert_eq!(testkit::charged(office, services[0]).await.1, None, "nothing is due of an ended service");
        let open = unpaid(office, one.id).await.expect("read");
        assert_eq!(open.iter().map(|row| row.open.cents()).collect::<Vec<_>>(), [1_210]);
        assert_eq!(books_end(office, one.id).await.expect("read"), Some(at("2034-01-01T00:00:00Z")));

        // Nobody is reminded who has no address any more, and no run makes more of it.
        t.clock.set(at("2027-03-01T12:00:00Z"));
        let reminded = payments::remind(office).await.expect("a round");
        assert_eq!((reminded.sent, reminded.left), (0, 1));
        assert_eq!(run(office, BY, office.today()).await.expect("a run").1, Outcome::default());
        payments::record(office, BY, &paid(office, one.id, 1_210)).await.expect("paid at last");
        assert!(unpaid(office, one.id).await.expect("read").is_empty());
        assert_eq!(holds_of(office, Some(one.id)).await.expect("holds").len(), 1 + holds(office).len());
    }
}

/// What is left of a customer's books: files, invoices, payments, settlements, reminders.
async fn left(office: &Office, customer: CustomerId) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["book_file", "invoice", "payment", "settlement", "reminder"] {
        counts.push(testkit::rows_of(office, table, customer).await);
    }
    counts
}

office_test! {
    async fn books_end_seven_years_after_their_year(t: &TestOffice) {
        let office = &*t.office;
        promises::put_in_force(office, BY).await.expect("in force");
        let (customers, _) = scene(office, 2).await;
        let (one, other) = (customers[0].id, customers[1].id);
        run(office, BY, office.today()).await.expect("a run");
        let due = only_invoice(office, one).await.row;
        t.clock.set(due.due.start().plus_days(5));
        payments::remind(office).await.expect("a round");
        payments::record(office, BY, &paid(office, one, 1_000)).await.expect("a part");
        // The next year has books of its own.
        t.clock.set(at("2027-01-15T12:00:00Z"));
        run(office, BY, office.today()).await.expect("a run");
        erase(office, one).await;
        let years = books_of(office, one).await.expect("books");
        assert_eq!(years.iter().map(|(_, year, _)| *year).collect::<Vec<_>>(), [2026, 2027]);
        let [first, second] = [years[0].0, years[1].0];
        let before = left(office, one).await;
        assert_eq!((before[0], before[2]), (2, 1));
        assert!(before[1] >= 2 && before[3] >= 1 && before[4] == 1, "{before:?}");

        t.clock.set(at("2033-12-31T12:00:00Z"));
        assert_eq!(past_term(office).await.expect("read"), []);
        assert_eq!(end_books(office).await.expect("a round"), 0);
        assert!(invoice(office, due.id).await.is_ok(), "still there on the last day");

        t.clock.set(at("2034-01-01T12:00:00Z"));
        assert_eq!(past_term(office).await.expect("read").len(), 2, "of both customers");
        assert_eq!(end_books(office).await.expect("a round"), 2);
        assert_eq!(end_books(office).await.expect("a round"), 0);
        assert!(matches!(invoice(office, due.id).await, Err(OfficeError::NotFound { .. })));
        assert_eq!(office.vault.keys_of(first).await.expect("read"), [], "the key went");
        assert_eq!(subjects::row(&office.store, first).await.expect("read").expect("there").state, SubjectState::Erased);
        let after = left(office, one).await;
        assert_eq!((after[0], after[1], after[2], after[4]), (1, before[1] - 1, 0, 0));
        // What the year's payment settled went with it; the next year's books stay as they were.
        assert_eq!(office.vault.keys_of(second).await.expect("read").len(), 1);
        let later = page(office, InvoiceFilter { customer: Some(one), ..InvoiceFilter::default() }, 0, 10).await.expect("a page");
        for row in later.invoices {
            assert_eq!(row.books, second);
            invoice(office, row.id).await.expect("opens");
        }
        // The other customer was not erased, and loses the books of that year alone.
        assert_eq!(left(office, other).await[0], 1);
        assert_eq!(testkit::told(office, "books-destroyed").await, 2);

        t.clock.set(at("2035-01-01T12:00:00Z"));
        assert_eq!(end_books(office).await.expect("a round"), 2);
        assert_eq!(left(office, one).await, [0, 0, 0, 0, 0]);
    }
}
