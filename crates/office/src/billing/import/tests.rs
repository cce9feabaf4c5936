//! Open invoices taken over, on both databases.

use super::*;
use crate::billing::{self, Credit, InvoiceFilter};
use crate::orders::tests::customer;
use crate::payments;
use crate::services::terms::{minus_days, plus_days};
use crate::testing::office_test;

const BY: By = By::System("test");
const HEAD: &str = "customer,number,issued,due,open\n";

async fn read(office: &Office, rows: &str) -> Checked {
    check(office, plan(format!("{HEAD}{rows}").as_bytes()).expect("a plan")).await.expect("checked")
}

fn wrong(checked: &Checked) -> Vec<String> {
    checked.wrong.iter().map(ToString::to_string).collect()
}

office_test! {
    async fn a_claim_is_taken_over_and_paid(t: &TestOffice) {
        let office = &*t.office;
        let fenna = customer(office, "organisation").await;
        let (today, number) = (office.today(), fenna.number);
        let (issued, due) = (minus_days(today, 400), minus_days(today, 386));
        let text = format!("{number},2025-0042,{issued},{due},\"121,00\"\n{number},A/7,{today},{},10.50\n", plus_days(today, 14));
        let checked = read(office, &text).await;
        assert_eq!((wrong(&checked), checked.count(), checked.open()), (vec![], 2, Money::from_cents(13_150)));
        let (mut hear, mut listen) = (|_| (), |_| ());
        let (one, two) =
            tokio::join!(run(office, BY, &checked, &mut hear), run(office, BY, &checked, &mut listen));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
        let again = read(office, &text).await;
        assert_eq!(wrong(&again), ["line 2: the customer has this already", "line 3: the customer has this already"]);

        let of = InvoiceFilter { customer: Some(fenna.id), ..InvoiceFilter::default() };
        let page = billing::page(office, of, 0, 10).await.expect("invoices");
        assert_eq!((page.total, page.open), (2, Money::from_cents(13_150)));
        let old = page.invoices.iter().find(|row| row.issued == issued).expect("the old one");
        assert_eq!((old.number_text(), old.due, old.is_taken_over()), ("2025-0042".to_owned(), due, true));
        let invoice = billing::invoice_by_number(office, "2025-0042").await.expect("by their number");
        assert_eq!(invoice.document.buyer.name.as_ref().map(|name| name.expose().as_str()), Some("Fenna de Vries"));
        // It is no revenue of ours, and nothing of it can be issued again.
        let overview = payments::overview(office, 24).await.expect("an overview");
        assert!(overview.months.iter().all(|month| month.revenue.is_zero() && month.vat.is_zero()));
        assert_eq!(overview.overdue_more, Money::from_cents(12_100));
        let credited = billing::credit_note(office, BY, old.id, &Credit::Whole).await;
        assert!(matches!(credited, Err(OfficeError::Forbidden { .. })));
        assert!(matches!(billing::resend(office, BY, old.id).await, Err(OfficeError::Forbidden { .. })));

        // A payment settles what was due first; reminders go for the rest.
        let (_, credit) = payments::balance(office, fenna.id).await.expect("a balance");
        assert!(credit.is_zero());
        assert_eq!(payments::remind(office).await.expect("a round").sent, 1);
    }
}

office_test! {
    async fn wrong_rows_are_named(t: &TestOffice) {
        let office = &*t.office;
        let fenna = customer(office, "person").await;
        let (today, number) = (office.today(), fenna.number);
        let checked = read(office, &format!(
            "K999999,1,{today},{today},1\n\
             {number},2,2015-01-01,2015-02-01,1\n\
             {number},3,{today},{},1\n\
             {number},4,{today},{today},-1\n\
             {number},a b,{today},{today},1\n\
             {number},5,{today},{today},1\n\
             {number},5,{today},{today},1\n",
            minus_days(today, 1),
        )).await;
        assert_eq!(wrong(&checked), [
            "line 2: customer names something that there is not",
            "line 3: issued is not a possible date such as 31-12-2026",
            "line 4: due is not a possible date such as 31-12-2026",
            "line 5: open is not an amount such as 12.50",
            "line 6: number holds characters that do not belong there",
            "line 8: number is the same as in line 7",
        ]);
        let refused = run(office, BY, &checked, &mut |_| ()).await;
        assert!(matches!(refused, Err(OfficeError::Forbidden { .. })));
    }
}
