//! Tests of processor agreements on both databases.

use super::store::evidence as counted;
use super::*;
use crate::accounts::Role;
use crate::mailing::MailKind;
use crate::messages::{self, ContactForm, ThreadState};
use crate::requests::testkit::*;
use crate::testing::office_test;
use crate::{Office, OfficeError, promises};
use ::store::Job as _;
use base::Language;
use policy::Policy;
use std::sync::Arc;

/// The demo policy with another measure of security.
fn changed(text: &str) -> Arc<Policy> {
    let text = policy::DEMO_POLICY.replace("Wij maken back-ups,", text);
    Arc::new(Policy::parse(&text).expect("a policy"))
}

async fn latest(office: &Office, customer: crate::customers::CustomerId) -> ProcessorAgreement {
    of_customer(office, customer).await.expect("versions").remove(0)
}

fn question() -> ContactForm {
    ContactForm {
        topic: "processor_agreement".into(),
        title: "Verwerkersovereenkomst".into(),
        text: "Graag ontvang ik een verwerkersovereenkomst.".into(),
        ..ContactForm::default()
    }
}

#[test]
fn a_text_says_what_the_policy_says_and_its_label_changes_nothing() {
    let demo = Policy::parse(policy::DEMO_POLICY).expect("a policy");
    let other = Policy::parse(&format!("{}\n# a remark\n", policy::DEMO_POLICY)).expect("a policy");
    for language in Language::ALL {
        let kept = model::KeptText::of(&demo, language);
        kept.text.check().expect("complete");
        assert_eq!(kept.text.services.len(), demo.services().len());
        assert_eq!(model::read_text(&kept.body, &kept.hash).expect("read"), kept.text);
        assert!(model::read_text(&kept.body.replace("28(3)(a)", ""), &kept.hash).is_err());
        let again = model::KeptText::of(&other, language);
        assert_eq!((kept.substance, kept.hash == again.hash), (again.substance, false));
    }
    let [nl, en] = Language::ALL.map(|language| model::KeptText::of(&demo, language).substance);
    assert_ne!(nl, en);
    assert_ne!(nl, model::KeptText::of(&changed("Wij maken elke dag back-ups,"), Language::Nl).substance);
}

office_test! {
    async fn issued_once_and_anew_when_it_changes(t: &TestOffice) {
        let office = &*t.office;
        promises::put_in_force(office, STAFF).await.expect("in force");
        let fenna = customer(office, EMAIL).await;
        drain(office).await;
        let first = issue(office, STAFF, fenna.id, IssueReason::Order).await.expect("issued");
        assert_eq!(first.to_string(), "V100001-1");
        let letter = drain(office).await.one(MailKind::ProcessorAgreement);
        assert!(letter.body.expose().contains("/panel/processor-agreement"), "{}", letter.body.expose());
        assert_eq!(issue(office, STAFF, fenna.id, IssueReason::Asked).await.expect("is there"), first);
        assert_eq!(of_customer(office, fenna.id).await.expect("versions").len(), 1);
        assert!(drain(office).await.kinds().is_empty(), "nothing new, no mail");
        let held = latest(office, fenna.id).await;
        assert_eq!(held.text_hash, offered(office, Language::Nl).hash, "what was offered is what was issued");
        assert!(!held.can_object(office.now()));
        let pdf = pdf(office, fenna.id, held.id).await.expect("a PDF");
        assert!(pdf.starts_with(b"%PDF"));
        assert!(pdf == super::pdf(office, fenna.id, held.id).await.expect("again"), "equal bytes");

        // Another policy, another version; a second run of the job changes nothing.
        office.replace_policy(changed("Wij maken elke dag back-ups,"));
        let now = evidence(office).await.expect("evidence");
        assert_eq!((now.with_agreement, now.outdated), (1, 1));
        promises::put_in_force(office, STAFF).await.expect("in force");
        let jobs = drain(office).await.jobs;
        let job = jobs.iter().find(|job| job.kind == Reissue::KIND).expect("the job");
        for _ in 0..2 {
            assert!(run(office, job).await.expect("run"));
        }
        let versions = of_customer(office, fenna.id).await.expect("versions");
        assert_eq!(versions.iter().map(|v| v.number.to_string()).collect::<Vec<_>>(), ["V100001-2", "V100001-1"]);
        assert_eq!(versions[0].reason, IssueReason::Changed);
        assert_eq!((versions[0].state(), versions[1].state()), (AgreementState::Current, AgreementState::Replaced));
        let letter = drain(office).await.one(MailKind::ProcessorAgreement);
        assert!(letter.body.expose().contains("binnen 30 dagen bezwaar"), "{}", letter.body.expose());
        assert_eq!(evidence(office).await.expect("evidence").outdated, 0);
        // The first version says what it said then.
        assert_ne!(versions[0].text_hash, versions[1].text_hash);
        super::pdf(office, fenna.id, versions[1].id).await.expect("the first version");
        let (kinds, bytes) = ledger(office).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "processor-agreement-issued").count(), 2);
        assert!(!String::from_utf8_lossy(&bytes).contains("Fenna"));
    }
}

office_test! {
    async fn objections(t: &TestOffice) {
        let office = &*t.office;
        let (fenna, other) = (customer(office, EMAIL).await, customer(office, "ander@klant.example").await);
        issue(office, STAFF, fenna.id, IssueReason::Order).await.expect("issued");
        let owner = session(office, &fenna, Role::Owner, SignIn::Password);
        let first = latest(office, fenna.id).await.id;
        let refused = object(office, &owner, first).await;
        assert!(matches!(refused, Err(OfficeError::Conflict { .. })), "what was ordered is not objected to");
        office.replace_policy(changed("Wij maken elk uur back-ups,"));
        issue(office, STAFF, fenna.id, IssueReason::Changed).await.expect("issued");
        let id = latest(office, fenna.id).await.id;
        let reader = session(office, &fenna, Role::Manager, SignIn::Password);
        assert!(matches!(object(office, &reader, id).await, Err(OfficeError::Forbidden { .. })));
        let stranger = session(office, &other, Role::Owner, SignIn::Password);
        assert!(matches!(object(office, &stranger, id).await, Err(OfficeError::NotFound { .. })));
        assert!(matches!(pdf(office, other.id, id).await, Err(OfficeError::NotFound { .. })));
        object(office, &owner, id).await.expect("recorded");
        assert_eq!(latest(office, fenna.id).await.state(), AgreementState::Objected);
        assert!(matches!(object(office, &owner, id).await, Err(OfficeError::Conflict { .. })), "once");
        let (page, total) = page(office, Filter::Objected, 0, 10).await.expect("a page");
        assert_eq!((page[0].id, total), (id, 1));
        assert_eq!(messages::of_customer(office, fenna.id, 0, 10).await.expect("threads").total, 1);
        // Too late.
        office.replace_policy(changed("Wij maken elke week back-ups,"));
        issue(office, STAFF, fenna.id, IssueReason::Changed).await.expect("issued");
        let id = latest(office, fenna.id).await.id;
        t.clock.advance_seconds(i64::from(OBJECTION_DAYS) * 86_400);
        let owner = session(office, &fenna, Role::Owner, SignIn::Password);
        assert!(matches!(object(office, &owner, id).await, Err(OfficeError::Conflict { .. })));
    }
}

office_test! {
    async fn staff_answer_who_asked(t: &TestOffice) {
        let office = &*t.office;
        let fenna = customer(office, EMAIL).await;
        let owner = session(office, &fenna, Role::Owner, SignIn::Password);
        let thread = messages::write_as_customer(office, &owner, &question()).await.expect("written").thread;
        t.clock.advance_seconds(60);
        let substances = super::jobs::substances(office);
        let at = |before| counted(&office.store, &substances, before);
        let waits = at(office.now().plus_days(-1)).await.expect("counted");
        assert_eq!((waits.waiting, waits.asked_without), (1, 0));
        let late = at(office.now()).await.expect("counted");
        assert_eq!((late.waiting, late.asked_without), (0, 1));
        drain(office).await;
        let seen = messages::thread(office, thread).await.expect("the thread").summary.updated_at;
        let stale = answer(office, STAFF, None, thread, seen.plus_seconds(-1)).await;
        assert!(matches!(stale, Err(OfficeError::Conflict { .. })));
        let number = answer(office, STAFF, None, thread, seen).await.expect("answered");
        let summary = messages::thread(office, thread).await.expect("the thread").summary;
        assert_eq!(summary.state, ThreadState::Answered);
        let letter = drain(office).await.one(MailKind::Answer);
        assert!(letter.body.expose().contains(&number.to_string()));
        assert_eq!(latest(office, fenna.id).await.thread, Some(thread));
        assert_eq!(at(office.now()).await.expect("counted").asked_without, 0);
        // Somebody who is no customer, and another subject of conversation.
        let form = ContactForm { name: NAME.into(), email: EMAIL.into(), ..question() };
        let visitor = messages::contact(office, Language::Nl, &form).await.expect("written").thread;
        let seen = messages::thread(office, visitor).await.expect("the thread").summary.updated_at;
        let refused = answer(office, STAFF, None, visitor, seen).await;
        assert!(matches!(refused, Err(OfficeError::Forbidden { .. })));
    }
}

/// A running service of a customer, put there as an import would.
async fn service(office: &Office, customer: &crate::customers::Customer, kind: &str) {
    let id = || base::SubjectId::new(&*office.clock, &*office.random).uuid();
    let agreement = id();
    let tx = office.store.begin().await.expect("tx");
    let subject = customer.subject.uuid();
    let agreement_row = "INSERT INTO agreement (id, number, customer_id, subject_id, state, consumer, policy_hash, began_day, \
                         created_at, updated_at) VALUES ($1, $2, $3, $4, 'active', $5, $6, 0, 0, 0)";
    let number = i64::from(rand_number(office));
    let values = [
        agreement.into(),
        number.into(),
        customer.id.uuid().into(),
        subject.into(),
        true.into(),
        vec![0_u8].into(),
    ];
    tx.execute(agreement_row, values).await.expect("an agreement");
    let service_row = "INSERT INTO service (id, agreement_id, customer_id, subject_id, plan_id, kind, options, state, changes, \
                       term_months, amount_cents, discount_cents, discount_terms, vat, terms_charged, created_at, updated_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, '[]', 'active', 0, 1, 0, 0, 0, 'standard', 0, 0, 0)";
    let values =
        [id().into(), agreement.into(), customer.id.uuid().into(), subject.into(), id().into(), kind.into()];
    tx.execute(service_row, values).await.expect("a service");
    tx.commit().await.expect("written");
}

fn rand_number(office: &Office) -> u32 {
    let mut bytes = [0; 4];
    office.random.fill(&mut bytes);
    u32::from_le_bytes(bytes)
}

office_test! {
    async fn whoever_has_hosting_gets_one(t: &TestOffice) {
        let office = &*t.office;
        promises::put_in_force(office, STAFF).await.expect("in force");
        let (fenna, other) = (customer(office, EMAIL).await, customer(office, "ander@klant.example").await);
        service(office, &fenna, "hosting").await;
        service(office, &fenna, "vps").await;
        service(office, &other, "domain").await;
        let before = evidence(office).await.expect("evidence");
        assert_eq!((before.hosting, before.hosting_without, before.with_agreement), (1, 1, 0));
        let verdict = |run: promises::Run| run.verdicts.into_iter().find(|v| v.promise.to_string() == "P15");
        let look = || promises::attest(office, STAFF, promises::Recording::DryRun);
        assert_eq!(verdict(look().await.expect("a run")).expect("P15").outcome, promises::Outcome::Broken);
        assert_eq!(catch_up(office).await.expect("caught up"), 1);
        assert_eq!(catch_up(office).await.expect("caught up"), 0);
        assert!(of_customer(office, other.id).await.expect("versions").is_empty(), "a domain holds no data");
        let after = evidence(office).await.expect("evidence");
        assert_eq!((after.hosting, after.hosting_without, after.with_agreement), (1, 0, 1));
        assert_eq!(verdict(look().await.expect("a run")).expect("P15").outcome, promises::Outcome::Kept);
    }
}
