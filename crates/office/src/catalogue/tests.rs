//! The catalogue on both databases.

use super::*;
use crate::form::Problem;
use crate::services::terms::{TermMonths, plus_days};
use crate::testing::office_test;
use crate::{By, OfficeError};
use base::Money;

const BY: By = By::System("test");

fn problem(error: OfficeError, field: &str) -> Option<Problem> {
    match error {
        OfficeError::Invalid(problems) => problems.of(field),
        other => panic!("{other}"),
    }
}

fn price(months: &str, amount: &str, from: String) -> PriceForm {
    PriceForm { months: months.into(), amount: amount.into(), from, ..PriceForm::default() }
}

office_test! {
    async fn a_price_follows_another_and_none_is_changed(t: &TestOffice) {
        fill_defaults(&t.office, BY).await.expect("a catalogue");
        let today = t.office.today();
        let (later, month) = (plus_days(today, 10), TermMonths::MONTH);
        let catalogue = load(&t.office).await.expect("a catalogue");
        let (_, plan) = catalogue.plan_of_code("hosting-start").expect("a plan");
        let (id, revision) = (plan.id, plan.revision);
        assert_eq!(revision, 3);

        // Not in the past, and not instead of the one that began today.
        for from in [plus_days(today, 0), crate::services::terms::minus_days(today, 1)] {
            let form = price("1", "6,00", from.to_string());
            let error = set_price(&t.office, BY, id, revision, &form).await.expect_err("refused");
            assert_eq!(problem(error, "from"), Some(Problem::Date));
        }
        let form = price("1", "6,00", later.to_string());
        set_price(&t.office, BY, id, revision, &form).await.expect("announced");
        let stale = set_price(&t.office, BY, id, revision, &form).await.expect_err("stale");
        assert!(matches!(stale, OfficeError::Conflict { .. }));
        // What was announced can be announced otherwise, also for an earlier day.
        let earlier = plus_days(today, 5);
        let form = price("1", "7,00", earlier.to_string());
        set_price(&t.office, BY, id, revision + 1, &form).await.expect("announced again");

        let catalogue = load(&t.office).await.expect("a catalogue");
        for (day, cents) in [(today, 495), (plus_days(today, 4), 495), (earlier, 700), (later, 700)] {
            let held: Vec<_> = catalogue
                .prices
                .iter()
                .filter(|p| p.plan == id && p.option.is_none() && p.months == month && p.holds_on(day))
                .collect();
            assert_eq!(held.len(), 1, "{day}");
            assert_eq!(held[0].amount, Money::from_cents(cents), "{day}");
        }
        assert_eq!(catalogue.price(id, None, TermMonths::YEAR, later).map(|p| p.amount.cents()), Some(4_950));
        assert_eq!(catalogue.terms(id, today).len(), 2);
    }
}

office_test! {
    async fn who_changes_what_somebody_changed_is_told(t: &TestOffice) {
        fill_defaults(&t.office, BY).await.expect("a catalogue");
        let catalogue = load(&t.office).await.expect("a catalogue");
        let product = catalogue.products[0].clone();
        let mut form = ProductForm::of(&product);
        form.name_nl = "Hosting".into();
        let at = Some((product.id, product.revision));
        save_product(&t.office, BY, at, &form).await.expect("saved");
        let error = save_product(&t.office, BY, at, &form).await.expect_err("stale");
        assert!(matches!(error, OfficeError::Conflict { .. }));
        let error = save_product(&t.office, BY, None, &form).await.expect_err("taken");
        assert_eq!(problem(error, "code"), Some(Problem::Taken));
        form.code = "met spatie".into();
        form.kind = "boat".into();
        let error = save_product(&t.office, BY, None, &form).await.expect_err("wrong");
        assert_eq!(problem(error, "code"), Some(Problem::Characters));

        let plan = catalogue.plans[0].clone();
        let mut form = PlanForm::of(&plan);
        form.limits = "storage many GB".into();
        let at = Some((plan.id, plan.revision));
        let error = save_plan(&t.office, BY, plan.product, at, &form).await.expect_err("wrong");
        assert_eq!(problem(error, "limits"), Some(Problem::Wrong));
        form.limits = "storage 7 GB\nmailboxes 3".into();
        form.state = "hidden".into();
        save_plan(&t.office, BY, plan.product, at, &form).await.expect("saved");
        let catalogue = load(&t.office).await.expect("a catalogue");
        assert_eq!(catalogue.plan(plan.id).expect("a plan").1.limits.all().len(), 2);
        assert!(catalogue.offered(plan.id, t.office.today()).is_none());
        assert!(catalogue.code("welkom").is_some_and(|code| code.is_usable(t.office.today())));
    }
}

#[test]
fn limits_as_typed_and_as_stored() {
    let limits = Limits::parse("storage 10 GB\n\n mailboxes 25 \n").expect("limits");
    assert_eq!(limits.to_string(), "storage 10 GB\nmailboxes 25\n");
    assert_eq!(Limits::from_json(&limits.to_json()), Some(limits));
    for wrong in ["storage", "storage ten", "boats 3", "storage 1 XB", "storage 1 GB\nstorage 2 GB"] {
        assert_eq!(Limits::parse(wrong), None, "{wrong}");
    }
    for wrong in ["", "{}", r#"[{"what":"storage","value":-1,"unit":"GB"}]"#] {
        assert_eq!(Limits::from_json(wrong), None, "{wrong}");
    }
}

#[test]
fn a_discount_takes_no_more_than_the_price() {
    let price = Money::from_cents(999);
    for (discount, cents) in [
        (Discount::Percent(20), 200),
        (Discount::Percent(100), 999),
        (Discount::Amount(Money::from_cents(500)), 500),
        (Discount::Amount(Money::from_cents(5_000)), 999),
    ] {
        assert_eq!(discount.of(price).cents(), cents, "{discount:?}");
    }
}
