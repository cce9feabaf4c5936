//! Tests of content grants on both databases.

use super::*;
use crate::accounts::{Officer, Role, Session, StaffRole};
use crate::form::Problem;
use crate::incidents::tests::opened;
use crate::incidents::{self, IncidentRole, Regime};
use crate::mailing::MailKind;
use crate::promises::{self, Outcome, Recording};
use crate::requests::testkit::{STAFF, SignIn, customer, drain, ledger, problem, session};
use crate::testing::office_test;
use crate::{Office, OfficeError};

const REASON: &str = "Pluimvaren: de winkel geeft een fout bij afrekenen.";
const HOUR: i64 = 3_600;

fn staff(office: &Office, customer: &crate::customers::Customer, role: StaffRole) -> Session {
    let signed_in = session(office, customer, Role::Owner, SignIn::SecondFactor);
    Session { staff: Some(role), officer: Officer::None, acting_for: None, ..signed_in }
}

fn form() -> AskForm {
    AskForm {
        scopes: vec!["files".into(), "databases".into()],
        hours: "24".into(),
        reason: REASON.into(),
        ..AskForm::default()
    }
}

fn look(scope: &str) -> SessionForm {
    SessionForm { scope: scope.into(), purpose: "Het foutenlogboek van de winkel lezen".into() }
}

fn forbidden<T: core::fmt::Debug>(result: Result<T, OfficeError>) {
    assert!(matches!(result, Err(OfficeError::Forbidden { .. })), "{result:?}");
}

fn conflict<T: core::fmt::Debug>(result: Result<T, OfficeError>) {
    assert!(matches!(result, Err(OfficeError::Conflict { .. })), "{result:?}");
}

#[test]
fn what_is_asked_is_parsed_or_refused() {
    let wrong = AskForm { scopes: vec![], hours: "169".into(), reason: " ".into(), ..AskForm::default() };
    let problems = wrong.parse().err().expect("wrong");
    let expected = [("scopes", Problem::Missing), ("hours", Problem::Number), ("reason", Problem::Missing)];
    assert_eq!(problems.all(), expected);
    for (word, hours) in [("everything", "24"), ("files", "0"), ("files", "-1"), ("files", "1.5")] {
        let one = AskForm { scopes: vec![word.into()], hours: hours.into(), ..form() };
        assert!(one.parse().is_err(), "{word} {hours}");
    }
    let other = AskForm { service: "no id".into(), incident: "no id".into(), ..form() };
    let problems = other.parse().err().expect("wrong");
    assert_eq!(problems.all(), [("service", Problem::Choice), ("incident", Problem::Choice)]);
    assert!(form().parse().is_ok());
    let scopes = Scopes::new([Scope::Mail, Scope::Files]).expect("two");
    assert_eq!(Scopes::parse(&scopes.to_string()), Some(scopes));
    assert_eq!(Scopes::parse(""), None);
}

office_test! {
    async fn asked_given_used_and_withdrawn(t: &TestOffice) {
        let office = &*t.office;
        let fenna = customer(office, "fenna@klant.example").await;
        let noor = staff(office, &fenna, StaffRole::Support);
        let owner = session(office, &fenna, Role::Owner, SignIn::SecondFactor);
        let id = ask(office, &noor, fenna.id, &form()).await.expect("asked");
        let mail = drain(office).await.one(MailKind::ContentAccess);
        assert!(mail.body.expose().contains("/panel/content-access"));
        assert!(!mail.body.expose().contains("Pluimvaren"), "the reason does not leave by mail");

        forbidden(open_session(office, &noor, id, &look("files")).await);
        let manager = session(office, &fenna, Role::Manager, SignIn::SecondFactor);
        forbidden(answer(office, &manager, id, Answer::Give { hours: 2 }).await);
        let stranger = customer(office, "ander@klant.example").await;
        let stranger = session(office, &stranger, Role::Owner, SignIn::SecondFactor);
        let not_theirs = answer(office, &stranger, id, Answer::Give { hours: 2 }).await;
        assert!(matches!(not_theirs, Err(OfficeError::NotFound { .. })), "{not_theirs:?}");
        let longer = answer(office, &owner, id, Answer::Give { hours: 25 }).await;
        assert_eq!(problem(longer, "hours"), Some(Problem::Number));

        answer(office, &owner, id, Answer::Give { hours: 2 }).await.expect("given");
        conflict(answer(office, &owner, id, Answer::Refuse).await);
        let until = office.now().plus_seconds(2 * HOUR);
        let given = grant(office, id).await.expect("there");
        assert_eq!((given.standing(office.now()), given.reason.expose().as_str()), (Standing::InForce(until), REASON));
        assert_eq!(problem(open_session(office, &noor, id, &look("mail")).await, "scope"), Some(Problem::Choice));
        let first = open_session(office, &noor, id, &look("files")).await.expect("opened");
        drain(office).await.one(MailKind::ContentAccess);
        let other = staff(office, &fenna, StaffRole::Support);
        forbidden(end_session(office, &other, id, first, "Niets gezien").await);
        end_session(office, &noor, id, first, "Het logboek gelezen; een regel in config.php hersteld").await.expect("told");
        conflict(end_session(office, &noor, id, first, "Nog iets").await);

        let second = open_session(office, &noor, id, &look("databases")).await.expect("opened");
        t.clock.advance_seconds(HOUR);
        withdraw(office, &owner, id).await.expect("withdrawn");
        let withdrawn = grant(office, id).await.expect("there").standing(office.now());
        assert_eq!(withdrawn, Standing::Ended(EndedBy::Customer));
        let looks = sessions(office, id).await.expect("looks");
        let ended = looks.iter().find(|look| look.id == second).expect("the second").state(office.now());
        assert_eq!(ended, SessionState::Ended(office.now()), "it ends with its grant");
        forbidden(open_session(office, &noor, id, &look("files")).await);
        conflict(end(office, &noor, id).await);

        let (kinds, bytes) = ledger(office).await;
        let kinds: Vec<_> = kinds.iter().map(String::as_str).filter(|kind| kind.starts_with("content")).collect();
        assert_eq!(kinds, [
            "content-grant-asked", "content-grant-given", "content-session-opened", "content-session-ended",
            "content-session-opened", "content-grant-ended",
        ]);
        for word in ["Pluimvaren", "config.php", "foutenlogboek"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word} in the ledger");
        }
    }
}

office_test! {
    async fn time_ends_a_grant_and_its_looks(t: &TestOffice) {
        let office = &*t.office;
        let fenna = customer(office, "fenna@klant.example").await;
        let noor = staff(office, &fenna, StaffRole::Privacy);
        let owner = session(office, &fenna, Role::Owner, SignIn::SecondFactor);
        let given = ask(office, &noor, fenna.id, &form()).await.expect("asked");
        let waits = ask(office, &noor, fenna.id, &form()).await.expect("asked");
        answer(office, &owner, given, Answer::Give { hours: 24 }).await.expect("given");
        let began = office.now();
        open_session(office, &noor, given, &look("files")).await.expect("opened");
        t.clock.advance_seconds(9 * HOUR);
        let looks = sessions(office, given).await.expect("looks");
        assert_eq!(looks[0].state(office.now()), SessionState::Ended(began.plus_seconds(8 * HOUR)), "a working day");
        open_session(office, &noor, given, &look("files")).await.expect("opened again");

        t.clock.advance_seconds(15 * HOUR);
        // The clock decides, before any sweep.
        forbidden(open_session(office, &noor, given, &look("files")).await);
        assert_eq!(grant(office, given).await.expect("there").standing(office.now()), Standing::Ended(EndedBy::Time));
        assert_eq!(sweep(office).await.expect("swept"), 1);
        assert_eq!(sweep(office).await.expect("swept"), 0);
        let ended = grant(office, given).await.expect("there");
        assert_eq!(ended.ended_at, Some(began.plus_seconds(24 * HOUR)), "when its time was over, not when it was seen");

        t.clock.advance_seconds(ANSWER_DAYS * 24 * HOUR);
        conflict(answer(office, &owner, waits, Answer::Give { hours: 1 }).await);
        assert_eq!(sweep(office).await.expect("swept"), 1);
        let over = page(office, GrantFilter::Over, 0, 10).await.expect("a page");
        assert_eq!((over.total, over.grants.len()), (2, 2));
        assert_eq!(page(office, GrantFilter::Asked, 0, 10).await.expect("a page").total, 0);
    }
}

office_test! {
    async fn a_leak_is_a_ground_only_while_it_is_open_and_touches_the_customer(t: &TestOffice) {
        let office = &*t.office;
        let (fenna, other) = (customer(office, "fenna@klant.example").await, customer(office, "ander@klant.example").await);
        let privacy = staff(office, &fenna, StaffRole::Privacy);
        let case = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
        let scope = incidents::Scope { customers: vec![fenna.id], ..incidents::Scope::default() };
        incidents::set_scope(office, STAFF, case.id, case.revision, scope).await.expect("scoped");
        let because = AskForm { incident: case.id.to_string(), ..form() };
        let support = staff(office, &fenna, StaffRole::Support);
        forbidden(ask(office, &support, fenna.id, &because).await);
        assert_eq!(problem(ask(office, &privacy, other.id, &because).await, "incident"), Some(Problem::Choice));
        let id = ask(office, &privacy, fenna.id, &because).await.expect("in force at once");
        let mail = drain(office).await.one(MailKind::ContentAccess);
        assert!(mail.title.expose().contains("datalek"), "{}", mail.title.expose());
        open_session(office, &privacy, id, &look("files")).await.expect("opened");
        let owner = session(office, &fenna, Role::Owner, SignIn::SecondFactor);
        forbidden(withdraw(office, &owner, id).await);
        end(office, &privacy, id).await.expect("ended");
    }
}

office_test! {
    async fn the_verdict_finds_a_look_without_a_grant(t: &TestOffice) {
        let office = &*t.office;
        let fenna = customer(office, "fenna@klant.example").await;
        let noor = staff(office, &fenna, StaffRole::Support);
        let owner = session(office, &fenna, Role::Owner, SignIn::SecondFactor);
        let verdict = async || {
            let run = promises::attest(office, STAFF, Recording::DryRun).await.expect("attested");
            run.verdicts.into_iter().find(|verdict| verdict.promise.to_string() == "P09").expect("P09")
        };
        assert_eq!(verdict().await.outcome, Outcome::NotProvable, "nothing to look at yet");
        let id = ask(office, &noor, fenna.id, &form()).await.expect("asked");
        answer(office, &owner, id, Answer::Give { hours: 24 }).await.expect("given");
        let look = open_session(office, &noor, id, &look("files")).await.expect("opened");
        let kept = verdict().await;
        assert_eq!((kept.outcome, kept.checked, kept.broken), (Outcome::Kept, 1, 0));
        assert!(kept.evidence.not_shown.iter().any(|word| word.contains("administrators")));
        // As if somebody had looked before it was given, or at what was not.
        for change in ["opened_at = opened_at - 1", "scope = 'mail'", "until_at = until_at + 1000000000000"] {
            let tx = office.store.begin().await.expect("begun");
            let sql = format!("UPDATE content_session SET {change} WHERE id = $1");
            assert_eq!(tx.execute(&sql, [look.uuid().into()]).await.expect("changed"), 1);
            tx.commit().await.expect("changed");
            assert_eq!(verdict().await.outcome, Outcome::Broken, "{change}");
            let tx = office.store.begin().await.expect("begun");
            tx.execute(
                "UPDATE content_session SET scope = 'files', opened_at = (SELECT given_at FROM content_grant), \
                 until_at = (SELECT given_at FROM content_grant) + 1",
                [],
            )
            .await
            .expect("mended");
            tx.commit().await.expect("mended");
            assert_eq!(verdict().await.outcome, Outcome::Kept, "mended");
        }
    }
}
