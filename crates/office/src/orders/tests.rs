//! Orders on both databases.

use super::*;
use crate::catalogue::{self, Catalogue};
use crate::customers::{self, Customer, NewCustomer, ProfileForm};
use crate::form::Problem;
use crate::processor_agreements::{self, IssueReason};
use crate::services::terms::TermMonths;
use crate::services::{self, Chosen, ServiceState, TaskFilter, TaskKind};
use crate::testing::office_test;
use crate::{By, Office, OfficeError};
use base::{Language, Money, Sensitive};

const BY: By = By::System("test");

/// A catalogue and the texts.
pub(crate) async fn shop(office: &Office) -> Catalogue {
    catalogue::fill_defaults(office, BY).await.expect("a catalogue");
    fill_defaults(office, BY).await.expect("the texts");
    catalogue::load(office).await.expect("a catalogue")
}

/// A customer of a kind.
pub(crate) async fn customer(office: &Office, kind: &str) -> Customer {
    let form = ProfileForm {
        kind: kind.into(),
        name: "Fenna de Vries".to_owned().into(),
        organisation: "Bakkerij De Vries".to_owned().into(),
        email: "fenna@klant.example".to_owned().into(),
        ..ProfileForm::default()
    };
    let new = NewCustomer { profile: form.parse().expect("a profile") };
    customers::create(office, BY, &new).await.expect("a customer")
}

/// A line of a plan.
pub(crate) fn line(catalogue: &Catalogue, code: &str, months: u32, label: &str) -> LineForm {
    LineForm {
        plan: catalogue.plan_of_code(code).expect("a plan").1.id,
        months: TermMonths::new(months).expect("a term"),
        chosen: Chosen::default(),
        label: (!label.is_empty()).then(|| Sensitive::new(label.to_owned())),
    }
}

/// What is accepted when everything is.
pub(crate) fn accepted(office: &Office, early_start: EarlyStart) -> Accepted {
    let processor_agreement = Some(processor_agreements::offered(office, Language::Nl).hash);
    Accepted { terms: 1, responsibility: 1, processor_agreement, early_start }
}

/// Places an order at its price.
pub(crate) async fn place_at_price(
    office: &Office,
    customer: &Customer,
    lines: &[LineForm],
    code: Option<&str>,
    early_start: EarlyStart,
) -> Result<Placed, OfficeError> {
    let catalogue = catalogue::load(office).await?;
    let quoted = quote(&catalogue, lines, code, treatment(office, &customer.profile), office.today())?;
    let new = NewOrder {
        customer: customer.id,
        login: None,
        lines,
        code,
        accepted: accepted(office, early_start),
        total: quoted.total(),
    };
    place(office, BY, &new).await
}

fn problem(error: OfficeError, field: &str) -> Option<Problem> {
    match error {
        OfficeError::Invalid(problems) => problems.of(field),
        other => panic!("{other}"),
    }
}

office_test! {
    async fn an_order_becomes_an_agreement_once(t: &TestOffice) {
        let office = &*t.office;
        let catalogue = shop(office).await;
        let fenna = customer(office, "person").await;
        let lines =
            [line(&catalogue, "hosting-plus", 12, "devries.example"), line(&catalogue, "vps-2", 1, "")];
        let placed = place_at_price(office, &fenna, &lines, Some("welkom"), EarlyStart::Asked)
            .await
            .expect("placed");
        let order = order(office, placed.id).await.expect("an order");
        assert_eq!(order.state, OrderState::Placed);
        // 99,50 less a fifth; 14,95 less a fifth, and 10 for setting up.
        assert_eq!(order.net, Money::from_cents(9_950 - 1_990 + 1_495 - 299 + 1_000));
        assert_eq!(order.vat, Money::from_cents(2_133));
        assert_eq!(order.lines[0].label.as_ref().map(|l| l.expose().as_str()), Some("devries.example"));
        let kinds: Vec<_> = order.accepted.iter().map(|(kind, ..)| *kind).collect();
        assert_eq!(kinds.len(), 4);
        let uses = catalogue::load(office).await.expect("a catalogue").code("WELKOM").map(|c| c.uses);
        assert_eq!(uses, Some(1));

        let (one, two) = tokio::join!(accept(office, BY, placed.id), accept(office, BY, placed.id));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        let found = services::services_of(office, fenna.id).await.expect("services");
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|service| service.state == ServiceState::Provisioning));
        assert!(found.iter().any(|s| s.label.as_ref().is_some_and(|l| l.expose() == "devries.example")));
        let filter = TaskFilter { kind: Some(TaskKind::Fulfil), ..TaskFilter::default() };
        assert_eq!(services::count_tasks(office, filter).await.expect("tasks"), 2);
        assert!(matches!(cancel(office, BY, placed.id).await, Err(OfficeError::Conflict { .. })));
        let mails = crate::mailing::of_subject(office, fenna.subject).await.expect("mails");
        assert_eq!(mails.len(), 3, "placed, accepted, and the processor agreement");
    }
}

office_test! {
    async fn what_is_processed_for_a_customer_comes_with_a_processor_agreement(t: &TestOffice) {
        let office = &*t.office;
        let catalogue = shop(office).await;
        let fenna = customer(office, "person").await;
        let accept_line = async |plan: &str, name: &str| {
            let lines = [line(&catalogue, plan, 12, name)];
            let placed = place_at_price(office, &fenna, &lines, None, EarlyStart::NotAsked).await;
            let placed = placed.expect("placed").id;
            accept(office, BY, placed).await.expect("accepted");
            (placed, processor_agreements::of_customer(office, fenna.id).await.expect("agreements"))
        };
        let (_, held) = accept_line("domain-nl", "devries.example").await;
        assert!(held.is_empty(), "a domain name alone is no processing");
        let (placed, held) = accept_line("hosting-start", "devries.example").await;
        assert_eq!(held.iter().map(|one| one.reason).collect::<Vec<_>>(), [IssueReason::Order]);
        let order = order(office, placed).await.expect("an order");
        let accepted = order.accepted.iter().find(|(kind, ..)| *kind == AcceptanceKind::ProcessorAgreement);
        let (_, version, hash) = accepted.expect("accepted");
        assert_eq!(*hash, held[0].text_hash, "what was accepted is what was issued");
        assert_eq!(version, office.policy().version());
        // Another order brings no other agreement, for it says the same.
        let (_, held) = accept_line("hosting-plus", "bakkerij.example").await;
        assert_eq!(held.len(), 1);
    }
}

office_test! {
    async fn what_was_not_seen_is_not_ordered(t: &TestOffice) {
        let office = &*t.office;
        let fenna = customer(office, "organisation").await;
        let catalogue = shop(office).await;
        let lines = [line(&catalogue, "hosting-start", 1, "devries.example")];
        let new = |total: i64, terms: u32| NewOrder {
            customer: fenna.id,
            login: None,
            lines: &lines,
            code: None,
            accepted: Accepted { terms, ..accepted(office, EarlyStart::Asked) },
            total: Money::from_cents(total),
        };
        let wrong = place(office, BY, &new(598, 1)).await.expect_err("another price");
        assert!(matches!(wrong, OfficeError::Conflict { what: "the price" }));
        let wrong = place(office, BY, &new(599, 2)).await.expect_err("another text");
        assert!(matches!(wrong, OfficeError::Conflict { what: "the terms" }));
        place(office, BY, &new(599, 1)).await.expect("as it was seen");
        let form = TermsForm { nl: "Nieuw".into(), en: "New".into() };
        publish(office, BY, TermsKind::Terms, 1, &form).await.expect("published");
        let late = publish(office, BY, TermsKind::Terms, 1, &form).await.expect_err("late");
        assert!(matches!(late, OfficeError::Conflict { .. }));
        let wrong = place(office, BY, &new(599, 1)).await.expect_err("an old text");
        assert!(matches!(wrong, OfficeError::Conflict { what: "the terms" }));
        let placed = place(office, BY, &new(599, 2)).await.expect("the new text");
        // A business does not ask for an early start: it has no days of reflection.
        let order = order(office, placed.id).await.expect("an order");
        assert!(order.accepted.iter().all(|(kind, ..)| *kind != AcceptanceKind::EarlyStart));
    }
}

office_test! {
    async fn what_is_wrong_with_an_order_is_named(t: &TestOffice) {
        let office = &*t.office;
        let catalogue = shop(office).await;
        let fenna = customer(office, "person").await;
        let good = line(&catalogue, "hosting-start", 1, "devries.example");
        for (lines, code, field, expected) in [
            (vec![], None, "lines", Problem::Missing),
            (vec![good.clone(); 21], None, "lines", Problem::Number),
            (vec![line(&catalogue, "hosting-start", 1, "")], None, "label", Problem::Missing),
            (vec![line(&catalogue, "hosting-start", 7, "a.example")], None, "months", Problem::Choice),
            (vec![good.clone()], Some("GEEN"), "code", Problem::Wrong),
        ] {
            let error = place_at_price(office, &fenna, &lines, code, EarlyStart::NotAsked).await;
            assert_eq!(problem(error.expect_err("refused"), field), Some(expected));
        }
        let placed = place_at_price(office, &fenna, &[good], None, EarlyStart::NotAsked).await;
        let placed = placed.expect("placed");
        cancel(office, BY, placed.id).await.expect("cancelled");
        // Nothing came of it: the term of the account data runs.
        let fenna = customers::customer(office, fenna.id).await.expect("a customer");
        assert!(fenna.agreement_ended_at.is_some());
    }
}
