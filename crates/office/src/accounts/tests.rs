//! Tests of accounts on both databases.

use super::*;
use crate::customers::{self, Customer, NewCustomer, ProfileForm};
use crate::form::Problem;
use crate::mailing::{self, MailKind, SendMail};
use crate::testing::{TestOffice, office_test};
use crate::{By, Office, OfficeError};
use ::store::{Job as _, claim};
use base::{Language, Sensitive};
use keys::epoch::EpochDir;
use keys::{KeyState, Parity, Phase};
use std::net::{IpAddr, Ipv4Addr};

const SYSTEM: By = By::System("test");
const PASSWORD: &str = "vier losse paarden";

fn client() -> ClientInfo {
    ClientInfo { address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))), agent: "Proefbrowser/1.0".into() }
}

async fn customer(office: &Office, email: &str) -> Customer {
    let form = ProfileForm {
        kind: "person".into(),
        name: "Klant Proef".into(),
        email: email.into(),
        ..Default::default()
    };
    let profile = form.parse().expect("a profile");
    customers::create(office, SYSTEM, &NewCustomer { profile }).await.expect("a customer")
}

/// The mails that wait, the oldest first; each is seen once.
async fn mails(office: &Office) -> Vec<mailing::Letter> {
    let mut letters = Vec::new();
    while let Some(job) = claim(&office.store, office.now().plus_days(1)).await.expect("the queue") {
        if job.kind == SendMail::KIND {
            let send: SendMail = job.decode().expect("a mail job");
            letters.extend(mailing::letter(office, send.mail).await.expect("the outbox"));
        }
        ::store::finish(&office.store, job.id, office.now()).await.expect("finished");
    }
    letters.sort_by_key(|letter| letter.id);
    letters
}

fn token_in(letter: &mailing::Letter, path: &str) -> Token {
    let (_, rest) = letter.body.expose().split_once(&format!("/{path}/")).expect("a link");
    Token::parse(rest.split_whitespace().next().expect("a token")).expect("a token")
}

/// The one mail of a kind that waits.
async fn mail(office: &Office, kind: MailKind) -> mailing::Letter {
    let mut letters: Vec<_> = mails(office).await.into_iter().filter(|letter| letter.kind == kind).collect();
    assert_eq!(letters.len(), 1, "mails of kind {kind:?}");
    letters.remove(0)
}

async fn member(office: &Office, customer: &Customer, email: &str, role: Role) -> LoginId {
    let new = NewMember { name: "Fenna de Proef".into(), email: email.into(), role, language: Language::Nl };
    invite(office, SYSTEM, customer.id, &new).await.expect("invited");
    let token = token_in(&mail(office, MailKind::Invitation).await, "invitation");
    accept_invitation(office, &token, Some(&PASSWORD.into())).await.expect("accepted")
}

async fn staff_member(office: &Office, email: &str, role: StaffRole) -> LoginId {
    let new = NewStaff {
        name: "Medewerker Proef".into(),
        email: email.into(),
        role,
        officer: Officer::None,
        language: Language::Nl,
    };
    let added = add_staff(office, SYSTEM, &new).await.expect("added");
    let token = token_in(&mail(office, MailKind::Invitation).await, "invitation");
    assert!(added.link.expect("a link").expose().ends_with(token.text().expose().as_str()));
    assert_eq!(
        accept_invitation(office, &token, Some(&PASSWORD.into())).await.expect("accepted"),
        added.login
    );
    added.login
}

async fn enter(office: &Office, email: &str) -> (Token, Session) {
    let signed_in = sign_in(office, &email.into(), &PASSWORD.into(), &client()).await.expect("signed in");
    let session = authenticate(office, &signed_in.token).await.expect("stores").expect("a session");
    assert_eq!(session.stage, signed_in.stage);
    (signed_in.token, session)
}

async fn session(office: &Office, token: &Token) -> Session {
    authenticate(office, token).await.expect("stores").expect("a session")
}

/// Signs in, enrols a second factor, and gives its secret.
async fn enrol(t: &TestOffice, email: &str) -> (Token, Sensitive<String>, Vec<Sensitive<String>>) {
    let office = &*t.office;
    let (token, session) = enter(office, email).await;
    let enrolment = begin_enrolment(office, &session).await.expect("begun");
    let code = code_at(&enrolment.secret, office.now()).expect("a code");
    let (token, codes) = confirm_enrolment(office, &session, &token, &code).await.expect("confirmed");
    t.clock.advance_seconds(90);
    (token, enrolment.secret, codes)
}

fn problem(result: Result<impl core::fmt::Debug, OfficeError>, field: &str) -> Option<Problem> {
    match result {
        Err(OfficeError::Invalid(problems)) => problems.of(field),
        other => panic!("expected a problem at {field}, got {other:?}"),
    }
}

async fn kinds(t: &TestOffice) -> Vec<String> {
    ::store::Sequencer::new(t.office.store.clone()).run().await.expect("numbered");
    let rows = ::store::entries_from(&t.office.store, 0, 1_000).await.expect("entries");
    rows.into_iter().map(|row| row.kind).collect()
}

async fn count(office: &Office, table: &str) -> i64 {
    let row =
        office.store.query_one(&format!("SELECT COUNT(*) AS n FROM {table}"), []).await.expect("a count");
    row.expect("a row").try_get("", "n").expect("a number")
}

office_test! {
    async fn signing_in(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        let id = member(office, &klant, "Fenna@Klant.example", Role::Owner).await;
        let admin = staff_member(office, "beheer@host.example", StaffRole::Admin).await;
        let gone = staff_member(office, "weg@host.example", StaffRole::Support).await;
        disable_login(office, SYSTEM, gone).await.expect("disabled");
        assert!(admin != gone && admin != id);
        for (email, password, expected) in [
            ("fenna@klant.example", PASSWORD, Some(Stage::Complete)),
            (" FENNA@klant.EXAMPLE ", PASSWORD, Some(Stage::Complete)),
            ("beheer@host.example", PASSWORD, Some(Stage::MustEnrol)),
            ("fenna@klant.example", "vier losse paardeN", None),
            ("fenna@klant.example", "", None),
            ("niemand@klant.example", PASSWORD, None),
            ("weg@host.example", PASSWORD, None),
            ("geen adres", PASSWORD, None),
            ("", "", None),
        ] {
            let result = sign_in(office, &email.into(), &password.into(), &client()).await;
            match expected {
                Some(stage) => assert_eq!(result.expect(email).stage, stage, "{email}"),
                None => assert_eq!(problem(result, "password"), Some(Problem::Wrong), "{email}"),
            }
        }
        let (token, session) = enter(office, "fenna@klant.example").await;
        assert_eq!((session.login, session.acting_for), (id, Some((klant.id, Role::Owner))));
        assert!(session.is_fresh(office.now()));
        let login = login(office, id).await.expect("the login");
        assert_eq!(login.signed_in_at, Some(office.now()));
        assert_eq!(login.email.expose(), "Fenna@Klant.example");
        // Nothing else that looks like a token is one.
        assert!(authenticate(office, &Token::new(&*office.random)).await.expect("stores").is_none());
        sign_out(office, &session).await.expect("out");
        assert!(authenticate(office, &token).await.expect("stores").is_none());
    }
}

office_test! {
    async fn guessing_gets_slower_and_never_shuts_out(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        member(office, &klant, "fenna@klant.example", Role::Owner).await;
        let from = |n: u8| ClientInfo { address: Some(IpAddr::V4(Ipv4Addr::new(198, 51, 100, n))), agent: "x".into() };
        // Each guess from another place: the login's own count slows them.
        let mut refused = None;
        for n in 0..10 {
            match sign_in(office, &"fenna@klant.example".into(), &"fout fout fout".into(), &from(n)).await {
                Err(OfficeError::TooMany { retry_seconds }) => {
                    refused = Some((n, retry_seconds));
                    break;
                }
                other => assert_eq!(problem(other, "password"), Some(Problem::Wrong)),
            }
        }
        assert_eq!(refused, Some((8, 2)));
        // The right password must wait too, but never long.
        let right = sign_in(office, &"fenna@klant.example".into(), &PASSWORD.into(), &from(99)).await;
        assert!(matches!(right, Err(OfficeError::TooMany { retry_seconds: 2 })), "{right:?}");
        t.clock.advance_seconds(2);
        sign_in(office, &"fenna@klant.example".into(), &PASSWORD.into(), &from(99)).await.expect("signed in");
        // That was forgotten with it; one place that guesses at many logins is slowed for itself alone.
        let mut tries = 0;
        loop {
            let email = format!("niemand{tries}@klant.example");
            match sign_in(office, &email.as_str().into(), &"fout fout fout".into(), &from(1)).await {
                Err(OfficeError::TooMany { retry_seconds }) => {
                    assert_eq!(retry_seconds, 5);
                    break;
                }
                _ => tries += 1,
            }
        }
        assert_eq!(tries, 19, "one was made from this place before");
        sign_in(office, &"fenna@klant.example".into(), &PASSWORD.into(), &from(2)).await.expect("another place");
        assert!(count(office, "attempt").await > 10);
        t.clock.advance_seconds(25 * 3_600);
        sweep(office).await.expect("swept");
        assert_eq!(count(office, "attempt").await, 0);
    }
}

office_test! {
    async fn the_second_factor(t: &TestOffice) {
        let office = &*t.office;
        let id = staff_member(office, "beheer@host.example", StaffRole::Admin).await;
        let (token, session_now) = enter(office, "beheer@host.example").await;
        assert_eq!(session_now.stage, Stage::MustEnrol);
        // Nothing but enrolling is allowed.
        let refused = |error: &OfficeError| matches!(error, OfficeError::Forbidden { .. });
        let other = Sensitive::from("nog een lang wachtwoord");
        assert!(refused(&change_password(office, &session_now, &token, &PASSWORD.into(), &other).await.expect_err("no")));
        assert!(refused(&reauthenticate(office, &session_now, &token, &Proof::Password(PASSWORD.into())).await.expect_err("no")));
        assert!(refused(&give_second_factor(office, &session_now, &token, &"123456".into()).await.expect_err("no")));
        assert!(refused(&renew_recovery_codes(office, &session_now).await.expect_err("no")));
        let enrolment = begin_enrolment(office, &session_now).await.expect("begun");
        assert!(enrolment.address.expose().starts_with("otpauth://totp/"));
        assert_eq!(problem(confirm_enrolment(office, &session_now, &token, &"000000".into()).await, "code"), Some(Problem::Wrong));
        let code = code_at(&enrolment.secret, office.now()).expect("a code");
        let (renewed, codes) = confirm_enrolment(office, &session_now, &token, &code).await.expect("confirmed");
        assert!(authenticate(office, &token).await.expect("stores").is_none(), "the old token is dead");
        assert_eq!(session(office, &renewed).await.stage, Stage::Complete);
        assert_eq!((codes.len(), codes_left(office, &session_now).await.expect("a count")), (10, 10));

        let (half, waiting) = enter(office, "beheer@host.example").await;
        assert_eq!(waiting.stage, Stage::NeedsSecondFactor);
        assert!(!waiting.is_fresh(office.now()));
        // The code that confirmed the enrolment does not work a second time.
        assert_eq!(problem(give_second_factor(office, &waiting, &half, &code).await, "code"), Some(Problem::Wrong));
        t.clock.advance_seconds(30);
        let code = code_at(&enrolment.secret, office.now()).expect("a code");
        let done = give_second_factor(office, &waiting, &half, &code).await.expect("signed in");
        assert_eq!(session(office, &done.token).await.stage, Stage::Complete);
        let (half, waiting) = enter(office, "beheer@host.example").await;
        assert_eq!(problem(give_second_factor(office, &waiting, &half, &code).await, "code"), Some(Problem::Wrong), "a replay");
        // A recovery code works once.
        mails(office).await;
        let done = give_second_factor(office, &waiting, &half, &codes[3]).await.expect("signed in");
        assert_eq!(done.stage, Stage::Complete);
        assert_eq!(mail(office, MailKind::SecurityNotice).await.to.expose(), "beheer@host.example");
        let (half, waiting) = enter(office, "beheer@host.example").await;
        assert_eq!(problem(give_second_factor(office, &waiting, &half, &codes[3]).await, "code"), Some(Problem::Wrong));
        assert_eq!(codes_left(office, &waiting).await.expect("a count"), 9);
        // Staff keep it; only another admin takes it away.
        let own = session(office, &done.token).await;
        assert!(refused(&disable_second_factor(office, &own, &done.token).await.expect_err("no")));
        assert!(refused(&reset_second_factor(office, &own, id).await.expect_err("no")));
        let second = staff_member(office, "ander@host.example", StaffRole::Admin).await;
        let (other, _, _) = enrol(t, "ander@host.example").await;
        let other = session(office, &other).await;
        assert_eq!(other.login, second);
        reset_second_factor(office, &other, id).await.expect("reset");
        assert!(authenticate(office, &done.token).await.expect("stores").is_none(), "its sessions ended");
        assert_eq!(enter(office, "beheer@host.example").await.1.stage, Stage::MustEnrol);
        let told = kinds(t).await;
        for kind in ["second-factor-enrolled", "staff-signed-in", "recovery-code-used", "second-factor-removed"] {
            assert!(told.iter().any(|told| told == kind), "{kind} in {told:?}");
        }
    }
}

office_test! {
    async fn codes_of_the_second_factor_cannot_be_guessed(t: &TestOffice) {
        let office = &*t.office;
        staff_member(office, "beheer@host.example", StaffRole::Admin).await;
        let (_, secret, _) = enrol(t, "beheer@host.example").await;
        let (token, session) = enter(office, "beheer@host.example").await;
        for _ in 0..5 {
            assert_eq!(problem(give_second_factor(office, &session, &token, &"abcdef".into()).await, "code"), Some(Problem::Wrong));
        }
        let right = code_at(&secret, office.now()).expect("a code");
        let result = give_second_factor(office, &session, &token, &right).await;
        assert!(matches!(result, Err(OfficeError::TooMany { retry_seconds: 15 })), "{result:?}");
        t.clock.advance_seconds(15);
        let right = code_at(&secret, office.now()).expect("a code");
        give_second_factor(office, &session, &token, &right).await.expect("in time");
    }
}

office_test! {
    async fn sessions_run_out(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        member(office, &klant, "fenna@klant.example", Role::Owner).await;
        staff_member(office, "beheer@host.example", StaffRole::Admin).await;
        let (staff, _, _) = enrol(t, "beheer@host.example").await;
        let (token, first) = enter(office, "fenna@klant.example").await;
        let lives = async |token: &Token| authenticate(office, token).await.expect("stores").is_some();
        // Idle: an hour for staff, twelve for customers; each use begins it anew.
        t.clock.advance_seconds(3_500);
        assert!(lives(&staff).await && lives(&token).await);
        t.clock.advance_seconds(3_500);
        assert!(lives(&staff).await && lives(&token).await);
        t.clock.advance_seconds(3_600);
        assert!(!lives(&staff).await && lives(&token).await);
        t.clock.advance_seconds(12 * 3_600);
        assert!(!lives(&token).await);
        // However much it is used: thirty days for customers, twelve hours for staff.
        let (token, _) = enter(office, "fenna@klant.example").await;
        for _ in 0..(30 * 3) {
            t.clock.advance_seconds(8 * 3_600 - 1);
            assert!(lives(&token).await);
        }
        t.clock.advance_seconds(90);
        assert!(!lives(&token).await);
        // What waits for a second factor does not wait long.
        let (half, waiting) = enter(office, "beheer@host.example").await;
        assert_eq!(waiting.stage, Stage::NeedsSecondFactor);
        t.clock.advance_seconds(15 * 60);
        assert!(!lives(&half).await);
        // A clock that went back ends nothing early and prolongs nothing.
        t.clock.advance_seconds(-3_600);
        let (token, _) = enter(office, "fenna@klant.example").await;
        t.clock.advance_seconds(-1_800);
        assert!(lives(&token).await);
        t.clock.advance_seconds(40 * 86_400);
        assert!(!lives(&token).await);
        assert!(count(office, "session").await > 0);
        sweep(office).await.expect("swept");
        assert_eq!(count(office, "session").await, 0);
        assert!(!first.is_fresh(office.now()));
    }
}

office_test! {
    async fn sessions_are_listed_and_ended_by_their_owner(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        member(office, &klant, "fenna@klant.example", Role::Owner).await;
        member(office, &klant, "daan@klant.example", Role::Reader).await;
        let (token, own) = enter(office, "fenna@klant.example").await;
        let (second, other) = enter(office, "fenna@klant.example").await;
        let (third, _) = enter(office, "fenna@klant.example").await;
        let (foreign_token, foreign) = enter(office, "daan@klant.example").await;
        t.clock.advance_seconds(30);
        session(office, &token).await;
        let seen = |list: &[SessionSummary], id| list.iter().find(|s| s.id == id).map(|s| s.seen_at);
        let list = sessions(office, &own).await.expect("a list");
        assert_eq!(list.len(), 3);
        assert_eq!(seen(&list, own.id), Some(own.created_at), "written at most once a minute");
        assert_eq!(list[0].agent.as_ref().map(|a| a.expose().as_str()), Some("Proefbrowser/1.0"));
        assert_eq!(list[0].address.as_ref().map(|a| a.expose().as_str()), Some("192.0.2.7"));
        t.clock.advance_seconds(31);
        session(office, &token).await;
        assert_eq!(seen(&sessions(office, &own).await.expect("a list"), own.id), Some(office.now()));
        assert!(matches!(end_session(office, &foreign, other.id).await, Err(OfficeError::NotFound { .. })));
        end_session(office, &own, other.id).await.expect("ended");
        assert!(authenticate(office, &second).await.expect("stores").is_none());
        assert_eq!(end_other_sessions(office, &own).await.expect("ended"), 1);
        assert!(authenticate(office, &third).await.expect("stores").is_none());
        session(office, &token).await;
        session(office, &foreign_token).await;
        // A login that acts for several customers chooses which.
        let second_customer = customer(office, "tweede@klant.example").await;
        assert!(matches!(act_for(office, &own, second_customer.id).await, Err(OfficeError::NotFound { .. })));
        let new = NewMember { name: "x".into(), email: "fenna@klant.example".into(), role: Role::Reader, language: Language::Nl };
        invite(office, SYSTEM, second_customer.id, &new).await.expect("invited");
        let link = token_in(&mail(office, MailKind::Invitation).await, "invitation");
        let offered = invitation(office, &link).await.expect("the invitation");
        assert_eq!((offered.name.expose().as_str(), offered.needs_password), ("Fenna de Proef", false));
        accept_invitation(office, &link, None).await.expect("joined");
        assert!(matches!(accept_invitation(office, &link, None).await, Err(OfficeError::NotFound { .. })), "once");
        act_for(office, &own, second_customer.id).await.expect("acts");
        assert_eq!(session(office, &token).await.acting_for, Some((second_customer.id, Role::Reader)));
        remove_member(office, SYSTEM, second_customer.id, own.login).await.expect("a reader may go");
        assert_eq!(session(office, &token).await.acting_for, None, "at once");
    }
}

office_test! {
    async fn passwords_change_and_identity_is_proved_again(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        member(office, &klant, "fenna@klant.example", Role::Owner).await;
        let (token, own) = enter(office, "fenna@klant.example").await;
        let (elsewhere, _) = enter(office, "fenna@klant.example").await;
        let new = Sensitive::from("een ander lang wachtwoord");
        let change = async |current: &str, new: &str| {
            change_password(office, &own, &token, &current.into(), &new.into()).await
        };
        assert_eq!(problem(change("fout fout fout", new.expose()).await, "current"), Some(Problem::Wrong));
        assert_eq!(problem(change(PASSWORD, "kort").await, "password"), Some(Problem::TooShort { min: 12 }));
        assert_eq!(problem(change(PASSWORD, "fenna@klant.example").await, "password"), Some(Problem::Guessable));
        let renewed = change(PASSWORD, new.expose()).await.expect("changed");
        assert!(authenticate(office, &token).await.expect("stores").is_none());
        assert!(authenticate(office, &elsewhere).await.expect("stores").is_none());
        assert_eq!(problem(sign_in(office, &"fenna@klant.example".into(), &PASSWORD.into(), &client()).await, "password"), Some(Problem::Wrong));
        let own = session(office, &renewed).await;
        assert!(own.is_fresh(office.now()));
        t.clock.advance_seconds(FRESH_SECONDS + 1);
        let stale = session(office, &renewed).await;
        assert!(!stale.is_fresh(office.now()));
        assert!(matches!(begin_enrolment(office, &stale).await, Err(OfficeError::Forbidden { .. })));
        assert!(matches!(request_email_change(office, &stale, &"nieuw@klant.example".into()).await, Err(OfficeError::Forbidden { .. })));
        let proof = Proof::Password("fout fout fout".into());
        assert_eq!(problem(reauthenticate(office, &stale, &renewed, &proof).await, "password"), Some(Problem::Wrong));
        let fresh = reauthenticate(office, &stale, &renewed, &Proof::Password(new)).await.expect("proved");
        assert!(session(office, &fresh).await.is_fresh(office.now()));
        assert!(authenticate(office, &renewed).await.expect("stores").is_none());
        // A session whose token was renewed meanwhile cannot be renewed with the old one.
        assert!(matches!(
            reauthenticate(office, &stale, &renewed, &Proof::Password("een ander lang wachtwoord".into())).await,
            Err(OfficeError::Conflict { .. })
        ));
    }
}

office_test! {
    async fn access_is_recovered(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        let id = member(office, &klant, "fenna@klant.example", Role::Owner).await;
        let (signed_in, secret, _) = enrol(t, "fenna@klant.example").await;
        mails(office).await;
        request_recovery(office, &"niemand@klant.example".into(), &client()).await.expect("the same answer");
        request_recovery(office, &"geen adres".into(), &client()).await.expect("the same answer");
        assert!(mails(office).await.is_empty());
        request_recovery(office, &"FENNA@klant.example".into(), &client()).await.expect("the same answer");
        let first = token_in(&mail(office, MailKind::Recovery).await, "recover");
        request_recovery(office, &"fenna@klant.example".into(), &client()).await.expect("the same answer");
        let link = token_in(&mail(office, MailKind::Recovery).await, "recover");
        assert!(!recovery_is_open(office, &first).await.expect("stores"), "the next link ends the one before");
        assert!(recovery_is_open(office, &link).await.expect("stores"));
        assert_eq!(problem(recover(office, &link, &"kort".into()).await, "password"), Some(Problem::TooShort { min: 12 }));
        let new = Sensitive::from("een ander lang wachtwoord");
        assert_eq!(recover(office, &link, &new).await.expect("recovered"), id);
        assert!(matches!(recover(office, &link, &new).await, Err(OfficeError::NotFound { .. })), "once");
        assert!(authenticate(office, &signed_in).await.expect("stores").is_none(), "all sessions end");
        let half = sign_in(office, &"fenna@klant.example".into(), &new, &client()).await.expect("signed in");
        assert_eq!(half.stage, Stage::NeedsSecondFactor, "the second factor stays");
        let waiting = session(office, &half.token).await;
        let code = code_at(&secret, office.now()).expect("a code");
        give_second_factor(office, &waiting, &half.token, &code).await.expect("signed in");
        // Too late is too late, and a link is for its own purpose alone.
        mails(office).await;
        request_recovery(office, &"fenna@klant.example".into(), &client()).await.expect("the same answer");
        let link = token_in(&mail(office, MailKind::Recovery).await, "recover");
        assert!(matches!(accept_invitation(office, &link, Some(&new)).await, Err(OfficeError::NotFound { .. })));
        t.clock.advance_seconds(3_600);
        assert!(matches!(recover(office, &link, &new).await, Err(OfficeError::NotFound { .. })));
        // Known or unknown, the fourth in a row waits.
        for email in ["fenna@klant.example", "niemand@klant.example"] {
            let mut answers = Vec::new();
            for _ in 0..5 {
                let answer = request_recovery(office, &email.into(), &client()).await;
                answers.push(matches!(answer, Err(OfficeError::TooMany { .. })));
            }
            assert!(answers.contains(&true), "{email}");
        }
    }
}

office_test! {
    async fn another_address(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        let id = member(office, &klant, "fenna@klant.example", Role::Owner).await;
        member(office, &klant, "daan@klant.example", Role::Owner).await;
        let (token, own) = enter(office, "fenna@klant.example").await;
        assert_eq!(problem(request_email_change(office, &own, &"nieuw".into()).await, "email"), Some(Problem::Email));
        request_email_change(office, &own, &"Nieuw@klant.example".into()).await.expect("asked");
        let letters = mails(office).await;
        let to: Vec<_> = letters.iter().map(|l| (l.kind, l.to.expose().as_str())).collect();
        assert_eq!(to.len(), 2);
        assert!(to.contains(&(MailKind::NewEmail, "Nieuw@klant.example")) && to.contains(&(MailKind::SecurityNotice, "fenna@klant.example")));
        // Nothing has changed yet.
        assert!(login_by_email(office, "nieuw@klant.example").await.expect("stores").is_none());
        let link = letters.iter().find(|l| l.kind == MailKind::NewEmail).map(|l| token_in(l, "new-email")).expect("a link");
        assert_eq!(confirm_email_change(office, &link).await.expect("confirmed"), id);
        assert_eq!(mail(office, MailKind::SecurityNotice).await.to.expose(), "fenna@klant.example");
        assert!(matches!(confirm_email_change(office, &link).await, Err(OfficeError::NotFound { .. })), "once");
        assert!(login_by_email(office, "fenna@klant.example").await.expect("stores").is_none());
        assert_eq!(login_by_email(office, "nieuw@KLANT.example").await.expect("stores").expect("the login").id, id);
        session(office, &token).await;
        enter(office, "nieuw@klant.example").await;
        // An address that is taken gets the same answer and no link; one that is taken meanwhile is refused.
        request_email_change(office, &own, &"daan@klant.example".into()).await.expect("the same answer");
        assert_eq!(mails(office).await.iter().map(|l| l.kind).collect::<Vec<_>>(), [MailKind::SecurityNotice]);
        request_email_change(office, &own, &"vrij@klant.example".into()).await.expect("asked");
        let letters = mails(office).await;
        let link = letters.iter().find(|l| l.kind == MailKind::NewEmail).map(|l| token_in(l, "new-email")).expect("a link");
        member(office, &klant, "vrij@klant.example", Role::Reader).await;
        assert_eq!(problem(confirm_email_change(office, &link).await, "email"), Some(Problem::Taken));
        assert_eq!(login(office, id).await.expect("the login").email.expose(), "Nieuw@klant.example");
        rename(office, own.by(), id, &"Fenna Proef-Bos".into()).await.expect("renamed");
        assert_eq!(login(office, id).await.expect("the login").name.expose(), "Fenna Proef-Bos");
    }
}

office_test! {
    async fn an_owner_and_an_admin_remain(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        let owner = member(office, &klant, "fenna@klant.example", Role::Owner).await;
        let reader = member(office, &klant, "daan@klant.example", Role::Reader).await;
        let refused = |result: Result<(), OfficeError>| assert!(matches!(result, Err(OfficeError::Forbidden { .. })), "{result:?}");
        refused(remove_member(office, SYSTEM, klant.id, owner).await);
        refused(change_role(office, SYSTEM, klant.id, owner, Role::Manager).await);
        change_role(office, SYSTEM, klant.id, owner, Role::Owner).await.expect("stays what it is");
        let (token, _) = enter(office, "daan@klant.example").await;
        change_role(office, SYSTEM, klant.id, reader, Role::Owner).await.expect("a second owner");
        assert_eq!(session(office, &token).await.acting_for, Some((klant.id, Role::Owner)), "at once");
        // Both leave at the same moment: one of them stays.
        let (one, two) = tokio::join!(
            remove_member(office, SYSTEM, klant.id, owner),
            remove_member(office, SYSTEM, klant.id, reader),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let left = logins_of_customer(office, klant.id).await.expect("members");
        assert_eq!(left.iter().map(|m| m.role).collect::<Vec<_>>(), [Role::Owner]);
        if one.is_err() {
            assert_eq!(session(office, &token).await.acting_for, None);
        }
        assert_eq!(logins_only_of(office, klant.id).await.expect("logins").len(), 1);

        let admin = staff_member(office, "een@host.example", StaffRole::Admin).await;
        let second = staff_member(office, "twee@host.example", StaffRole::Admin).await;
        disable_login(office, SYSTEM, second).await.expect("one remains");
        refused(disable_login(office, SYSTEM, admin).await);
        refused(change_staff(office, SYSTEM, admin, Some(StaffRole::Support), Officer::None).await);
        refused(change_staff(office, SYSTEM, admin, None, Officer::None).await);
        change_staff(office, SYSTEM, admin, Some(StaffRole::Admin), Officer::Holder).await.expect("still an admin");
        enable_login(office, SYSTEM, second).await.expect("enabled");
        let (one, two) = tokio::join!(
            change_staff(office, SYSTEM, admin, Some(StaffRole::Auditor), Officer::None),
            change_staff(office, SYSTEM, second, Some(StaffRole::Auditor), Officer::None),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        assert_eq!(staff(office).await.expect("staff").iter().filter(|l| l.staff == Some(StaffRole::Admin)).count(), 1);
        // A customer's login that becomes staff is staff; that it must enrol, it learns at sign-in.
        let fenna = left[0].login.email.expose().clone();
        let new = NewStaff {
            name: "x".into(),
            email: fenna.as_str().into(),
            role: StaffRole::Support,
            officer: Officer::None,
            language: Language::Nl,
        };
        assert!(add_staff(office, SYSTEM, &new).await.expect("added").link.is_none());
        assert_eq!(enter(office, &fenna).await.1.stage, Stage::MustEnrol);
        assert!(logins_only_of(office, klant.id).await.expect("logins").is_empty(), "staff are not erased with a customer");
        assert_eq!(problem(add_staff(office, SYSTEM, &new).await, "email"), Some(Problem::Taken));
    }
}

office_test! {
    async fn whoever_does_not_come_is_forgotten(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        let invited = async |email: &str| {
            let new = NewMember { name: "Fenna".into(), email: email.into(), role: Role::Manager, language: Language::En };
            invite(office, SYSTEM, klant.id, &new).await.expect("invited");
            mail(office, MailKind::Invitation).await
        };
        let first = invited("fenna@klant.example").await;
        invited("daan@klant.example").await;
        assert!(login_by_email(office, "fenna@klant.example").await.expect("stores").is_none(), "no login yet");
        let pending = pending_invitations(office, klant.id).await.expect("a list");
        assert_eq!(pending.len(), 2);
        let fenna = pending.iter().find(|p| p.email.expose() == "fenna@klant.example").expect("in the list");
        let keys_left = async |subject| office.vault.keys_of(subject).await.expect("the key store").len();
        assert!(keys_left(first.subject).await > 0);
        withdraw_invitation(office, SYSTEM, klant.id, &fenna.key).await.expect("withdrawn");
        assert_eq!(keys_left(first.subject).await, 0);
        let link = token_in(&first, "invitation");
        assert!(matches!(accept_invitation(office, &link, Some(&PASSWORD.into())).await, Err(OfficeError::NotFound { .. })));
        let late = invited("laat@klant.example").await;
        t.clock.advance_seconds(7 * 86_400 - 1);
        invitation(office, &token_in(&late, "invitation")).await.expect("still open");
        t.clock.advance_seconds(1);
        assert!(matches!(invitation(office, &token_in(&late, "invitation")).await, Err(OfficeError::NotFound { .. })));
        assert!(keys_left(late.subject).await > 0);
        sweep(office).await.expect("swept");
        assert_eq!(keys_left(late.subject).await, 0);
        assert_eq!(count(office, "link_token").await, 0);
        assert_eq!(count(office, "mail WHERE subject_id NOT IN (SELECT id FROM subject WHERE state = 'active')").await, 0);
        assert_eq!(kinds(t).await.iter().filter(|kind| *kind == "invitation-expired").count(), 2);
        // Of a customer that is let go, nobody is left.
        member(office, &klant, "blijft@klant.example", Role::Owner).await;
        let (token, _) = enter(office, "blijft@klant.example").await;
        let open = invited("nog@klant.example").await;
        let tx = office.store.begin().await.expect("tx");
        release_customer(&tx, klant.id, office.now()).await.expect("released");
        tx.commit().await.expect("committed");
        assert_eq!(session(office, &token).await.acting_for, None);
        sweep(office).await.expect("swept");
        assert_eq!(keys_left(open.subject).await, 0);
    }
}

office_test! {
    async fn somebody_who_is_being_erased_is_unknown(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        let id = member(office, &klant, "fenna@klant.example", Role::Owner).await;
        let (_, own) = enter(office, "fenna@klant.example").await;
        let subject = login(office, id).await.expect("the login").subject;
        let tx = office.store.begin().await.expect("tx");
        crate::subjects::mark_erasing(&tx, subject, office.now()).await.expect("marked");
        tx.commit().await.expect("committed");
        office.vault.destroy(subject).await.expect("destroyed");
        mails(office).await;
        let signed_in = sign_in(office, &"fenna@klant.example".into(), &PASSWORD.into(), &client()).await;
        assert_eq!(problem(signed_in, "password"), Some(Problem::Wrong));
        request_recovery(office, &"fenna@klant.example".into(), &client()).await.expect("the same answer");
        assert!(mails(office).await.is_empty());
        assert!(matches!(begin_enrolment(office, &own).await, Err(OfficeError::Erased)));
        assert!(matches!(rename(office, SYSTEM, id, &"Andere Naam".into()).await, Err(OfficeError::Erased)));
        let again = NewMember { name: "x".into(), email: "fenna@klant.example".into(), role: Role::Reader, language: Language::Nl };
        let other = customer(office, "ander@klant.example").await;
        assert!(matches!(invite(office, SYSTEM, other.id, &again).await, Err(OfficeError::Erased)));
        assert!(office.vault.keys_of(subject).await.expect("the key store").is_empty(), "no key was made anew");
    }
}

async fn move_to(t: &TestOffice, state: KeyState) {
    let store = &t.vault_config.store;
    let present = store.state().await.expect("the state");
    store.set_state(present, state).await.expect("moved");
    t.office.vault.reload().await.expect("reloaded");
}

office_test! {
    async fn logins_are_found_through_a_rotation(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "klant@klant.example").await;
        let old = member(office, &klant, "voor@klant.example", Role::Owner).await;
        let found = async |email: &str| login_by_email(office, email).await.expect("stores").map(|login| login.id);
        let steady = t.vault_config.store.state().await.expect("the state");
        let (from, to) = (steady.epoch, steady.epoch + 1);
        let (old_parity, new_parity) = (Parity::of(from), Parity::of(to));
        assert!(matches!(fill_email_index(office, new_parity, 10).await, Err(OfficeError::Other(_))), "not in this phase");
        let epochs: &EpochDir = &t.vault_config.epochs;
        epochs.write_new(&t.vault_config.root, to, &*t.vault_config.random).expect("the next epoch");
        move_to(t, KeyState { phase: Phase::Both, ..steady }).await;
        assert_eq!(found("voor@klant.example").await, Some(old));
        let new = member(office, &klant, "tijdens@klant.example", Role::Reader).await;
        assert_eq!(found("tijdens@klant.example").await, Some(new));
        // The same address cannot be taken twice, whichever column says so.
        let twice = NewMember { name: "x".into(), email: "voor@klant.example".into(), role: Role::Reader, language: Language::Nl };
        assert_eq!(problem(invite(office, SYSTEM, klant.id, &twice).await, "email"), Some(Problem::Taken));
        rename(office, SYSTEM, new, &"Andere Naam".into()).await.expect("renamed");
        assert_eq!(fill_email_index(office, new_parity, 10).await.expect("filled"), 1, "the one from before");
        assert_eq!(fill_email_index(office, new_parity, 10).await.expect("filled"), 0);
        move_to(t, KeyState { phase: Phase::Retiring, generation: steady.generation + 1, ..steady }).await;
        assert_eq!(found("voor@klant.example").await, Some(old));
        assert_eq!(found("tijdens@klant.example").await, Some(new));
        assert_eq!(clear_email_index(office, old_parity, 10).await.expect("emptied"), 2);
        assert_eq!(clear_email_index(office, old_parity, 10).await.expect("emptied"), 0);
        move_to(t, KeyState { phase: Phase::Steady, epoch: to, generation: steady.generation + 1 }).await;
        assert_eq!(found("voor@klant.example").await, Some(old));
        enter(office, "tijdens@klant.example").await;
    }
}
