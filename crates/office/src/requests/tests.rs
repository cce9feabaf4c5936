//! Tests of requests on both databases.

use super::testkit::*;
use super::*;
use crate::accounts::{NewStaff, Officer, Role, StaffRole, Token, add_staff};
use crate::customers::{self, Customer, ProfileForm};
use crate::form::Problem;
use crate::mailing::MailKind;
use crate::messages::{self, ThreadState};
use crate::subjects;
use crate::testing::office_test;
use crate::{Office, OfficeError};
use ::store::Job as _;
use base::{Language, Sensitive, SubjectId};

fn panel(right: &str) -> PanelForm {
    PanelForm { right: right.into(), text: TEXT.into(), ..PanelForm::default() }
}

fn answer(text: &str) -> Answer {
    Answer { text: text.into(), ..Answer::default() }
}

/// A customer's verified request.
async fn verified(office: &Office, customer: &Customer, right: &str) -> RequestId {
    let session = session(office, customer, Role::Owner, SignIn::SecondFactor);
    open_in_panel(office, &session, &panel(right)).await.expect("opened").0
}

/// A visitor's request and the token of its link.
async fn letter(office: &Office, right: &str, claim: &str) -> (RequestId, Token) {
    let mut form = form("my_data", right);
    form.claim = claim.into();
    let written = messages::contact(office, Language::Nl, &form).await.expect("written");
    let mail = drain(office).await.one(MailKind::IdentityLink);
    assert_eq!(mail.to.expose(), EMAIL);
    (written.request.expect("a request").0, token_in(&mail, IDENTITY_PATH))
}

async fn erase(office: &Office, subject: SubjectId) {
    let tx = office.store.begin().await.expect("tx");
    assert_eq!(subjects::mark_erasing(&tx, subject, office.now()).await.expect("marked"), 1);
    tx.commit().await.expect("committed");
}

macro_rules! assert_err {
    ($result:expr, $pattern:pat) => {
        match $result {
            Err($pattern) => {}
            other => panic!("expected {}, got {other:?}", stringify!($pattern)),
        }
    };
}

office_test! {
    async fn a_fresh_second_factor_is_enough_and_a_copy_is_granted_at_once(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let session = session(office, &klant, Role::Owner, SignIn::SecondFactor);
        let (id, number) = open_in_panel(office, &session, &panel("access")).await.expect("opened");
        let drained = drain(office).await;
        assert_eq!(drained.kinds(), [MailKind::RequestAnswered, MailKind::RequestReceived]);
        assert!(drained.letters.iter().all(|letter| letter.title.expose().contains(&number.to_string())));
        assert!(drained.letters.iter().all(|letter| !letter.title.expose().contains("Fenna")));
        let jobs: Vec<ProducePackage> = drained.jobs.iter().map(|job| job.decode().expect("a package job")).collect();
        assert_eq!(jobs, [ProducePackage { request: id }]);
        assert_eq!(drained.jobs[0].kind, ProducePackage::KIND);
        let request = request(office, id).await.expect("the request");
        assert_eq!(request.identity, Identity::SecondFactor);
        assert_eq!(request.state, RequestState::Granted(Closing { at: office.now(), named_authority: true }));
        assert_eq!(request.detail.text.expect("the text").expose(), TEXT);
        // Monday 23 November and a month: Wednesday 23 December, the whole day.
        assert_eq!(request.deadline.due_at, at("2026-12-23T22:59:59Z"));
        let sent = request.answer.expect("the answer");
        assert_eq!(sent.expose(), drained.one(MailKind::RequestAnswered).body.expose());
        for part in ["Autoriteit Persoonsgegevens", "rechtbank", "Neem dan eerst contact met ons op"] {
            assert!(sent.expose().contains(part), "{part}");
        }
        let (kinds, bytes) = ledger(office).await;
        assert_eq!(kinds, ["customer-created", "request-received", "request-granted"]);
        let text = String::from_utf8(bytes).expect("text");
        assert!(!text.contains("Fenna") && !text.contains("klant.example"), "{text}");

        // Portability too; erasure waits for a person's answer.
        let other = verified(office, &klant, "portability").await;
        assert_eq!(standing(office, other).await, "granted");
        let erasure = verified(office, &klant, "erasure").await;
        assert_eq!(standing(office, erasure).await, "verified");
        drain(office).await;
        grant(office, STAFF, erasure, &Answer::default(), None).await.expect("granted");
        let drained = drain(office).await;
        assert_eq!(drained.kinds(), [MailKind::RequestAnswered]);
        assert_eq!(drained.jobs[0].decode::<BeginErasure>().expect("an erasure job"), BeginErasure { request: erasure });
        let waits = ::store::claim(&office.store, office.now()).await.expect("the queue");
        assert!(waits.is_none());
    }
}

office_test! {
    async fn a_password_alone_asks_for_the_link(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        for sign_in in [SignIn::Password, SignIn::Stale] {
            let session = session(office, &klant, Role::Owner, sign_in);
            let (id, _) = open_in_panel(office, &session, &panel("portability")).await.expect("opened");
            assert_err!(grant(office, STAFF, id, &answer("Ja."), None).await, OfficeError::Forbidden { .. });
            let mail = drain(office).await.one(MailKind::IdentityLink);
            assert_eq!((mail.to.expose().as_str(), mail.subject), (EMAIL, klant.subject));
            let token = token_in(&mail, IDENTITY_PATH);
            let followed = follow_link(office, &token).await.expect("followed");
            assert_eq!((followed.next, followed.kind), (Next::Answer, RequestKind::Portability));
            let request = request(office, id).await.expect("the request");
            assert_eq!((request.identity, request.state.standing()), (Identity::KnownAddress, Standing::Granted));
            assert_err!(follow_link(office, &token).await, OfficeError::NotFound { .. });
            drain(office).await;
        }
    }
}

office_test! {
    async fn a_letter_is_verified_by_the_link_to_where_it_came_from(t: &TestOffice) {
        let office = &*t.office;
        // A customer with the same address: without a claim nothing is matched.
        let klant = customer(office, EMAIL).await;
        member(office, &klant, EMAIL, Role::Owner).await;
        let (id, token) = letter(office, "access", "").await;
        assert_err!(grant(office, STAFF, id, &Answer::default(), None).await, OfficeError::Forbidden { .. });
        assert_err!(follow_link(office, &Token::new(&*office.random)).await, OfficeError::NotFound { .. });
        let followed = follow_link(office, &token).await.expect("followed");
        assert_eq!(followed.next, Next::Answer);
        let seen = request(office, id).await.expect("the request");
        assert_eq!((seen.state, seen.customer), (RequestState::Verified(Identity::KnownAddress), None));
        assert!(!seen.reaches_customer());
        assert_err!(follow_link(office, &token).await, OfficeError::NotFound { .. });
        grant(office, STAFF, id, &Answer::default(), None).await.expect("granted");
        let drained = drain(office).await;
        assert_eq!(drained.jobs.len(), 1);
        assert_eq!(drained.one(MailKind::RequestAnswered).to.expose(), EMAIL);
        let thread = messages::thread(office, seen.thread.expect("its thread")).await.expect("the thread");
        assert_eq!(thread.summary.state, ThreadState::Closed);
        // Restriction is of a customer's data, and this is none.
        let (other, token) = letter(office, "restriction", "").await;
        follow_link(office, &token).await.expect("followed");
        assert_err!(grant(office, STAFF, other, &Answer::default(), None).await, OfficeError::Forbidden { .. });

        // A link ends after a week; a new one ends the one before it.
        let (late, token) = letter(office, "erasure", "").await;
        t.clock.advance_seconds(7 * 86_400);
        assert_err!(follow_link(office, &token).await, OfficeError::NotFound { .. });
        resend_link(office, STAFF, late).await.expect("sent again");
        let first = token_in(&drain(office).await.one(MailKind::IdentityLink), IDENTITY_PATH);
        resend_link(office, STAFF, late).await.expect("and again");
        let second = token_in(&drain(office).await.one(MailKind::IdentityLink), IDENTITY_PATH);
        assert_err!(follow_link(office, &first).await, OfficeError::NotFound { .. });
        assert_eq!(withdraw_by_link(office, &second).await.expect("withdrawn"), request(office, late).await.expect("it").number);
        assert_eq!(standing(office, late).await, "withdrawn");
        assert_err!(follow_link(office, &second).await, OfficeError::NotFound { .. });
        assert_err!(resend_link(office, STAFF, late).await, OfficeError::Conflict { .. });
    }
}

office_test! {
    async fn who_says_to_be_a_customer_needs_two_channels(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "facturen@klant.example").await;
        member(office, &klant, EMAIL, Role::Owner).await;
        let (id, token) = letter(office, "access", "customer").await;
        assert_eq!(request(office, id).await.expect("it").customer, None, "matched before the link was followed");
        assert_err!(second_channel_code(office, STAFF, id).await, OfficeError::Forbidden { .. });
        for _ in 0..2 {
            assert_eq!(follow_link(office, &token).await.expect("followed").next, Next::SecondChannel);
        }
        let seen = request(office, id).await.expect("it");
        assert_eq!((seen.state, seen.customer), (RequestState::Received(Identity::KnownAddress), Some(klant.id)));
        assert_err!(grant(office, STAFF, id, &Answer::default(), None).await, OfficeError::Forbidden { .. });
        assert!(linked_subjects(office, klant.id).await.expect("linked").is_empty());
        // The customer sees that there is a letter, and nothing of what it says.
        let own = own_request(office, klant.id, id).await.expect("own");
        assert!(own.detail.text.is_none() && own.detail.contact.is_none());

        assert_eq!(problem(confirm_code(office, &token, &"".into()).await, "code"), Some(Problem::Missing));
        let code = second_channel_code(office, STAFF, id).await.expect("a code");
        assert_eq!(code.expose().len(), 11);
        assert_eq!(problem(confirm_code(office, &token, &"23456-789AB".into()).await, "code"), Some(Problem::Wrong));
        let longer = Sensitive::new(format!("{}2", code.expose()));
        assert_eq!(problem(confirm_code(office, &token, &longer).await, "code"), Some(Problem::Wrong));
        t.clock.advance_seconds(3_600);
        assert_eq!(problem(confirm_code(office, &token, &code).await, "code"), Some(Problem::Wrong), "too old");
        let code = second_channel_code(office, STAFF, id).await.expect("another");
        let typed = Sensitive::new(code.expose().to_lowercase().replace('-', " "));
        // A code is for its own request.
        let (other, other_token) = letter(office, "erasure", "customer").await;
        follow_link(office, &other_token).await.expect("followed");
        assert_eq!(problem(confirm_code(office, &other_token, &typed).await, "code"), Some(Problem::Wrong));
        assert_eq!(confirm_code(office, &token, &typed).await.expect("confirmed").next, Next::Answer);
        let seen = request(office, id).await.expect("it");
        assert_eq!(seen.state, RequestState::Verified(Identity::TwoChannels));
        assert!(seen.reaches_customer());
        assert_err!(confirm_code(office, &token, &typed).await, OfficeError::NotFound { .. });
        assert_eq!(linked_subjects(office, klant.id).await.expect("linked"), [seen.subject.expect("a subject")]);
        assert_eq!(own_request(office, klant.id, id).await.expect("own").detail.text.expect("the text").expose(), TEXT);
        assert_eq!(person(office, &seen).await.expect("a person").expect("living").subject, klant.subject);

        // The panel is a second channel as well, for an owner with a fresh sign-in.
        let reader = session(office, &klant, Role::Manager, SignIn::SecondFactor);
        assert_err!(confirm_in_panel(office, &reader, other).await, OfficeError::Forbidden { .. });
        let stale = session(office, &klant, Role::Owner, SignIn::Stale);
        assert_err!(confirm_in_panel(office, &stale, other).await, OfficeError::Forbidden { .. });
        let owner = session(office, &klant, Role::Owner, SignIn::Password);
        confirm_in_panel(office, &owner, other).await.expect("confirmed");
        assert_eq!(request(office, other).await.expect("it").state, RequestState::Verified(Identity::TwoChannels));
        assert_err!(confirm_in_panel(office, &owner, other).await, OfficeError::Conflict { .. });
    }
}

office_test! {
    async fn staff_name_the_customer_of_a_letter(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, "bekend@klant.example").await;
        let vreemde = customer(office, "vreemde@klant.example").await;
        let (id, token) = letter(office, "rectification", "customer").await;
        assert_eq!(follow_link(office, &token).await.expect("followed").next, Next::SecondChannel);
        assert_eq!(request(office, id).await.expect("it").customer, None);
        assert_err!(second_channel_code(office, STAFF, id).await, OfficeError::Forbidden { .. });
        attach_customer(office, STAFF, id, klant.id).await.expect("attached");
        let mail = drain(office).await.one(MailKind::IdentityLink);
        assert_eq!((mail.to.expose().as_str(), mail.subject), ("bekend@klant.example", klant.subject));
        let seen = request(office, id).await.expect("it");
        assert_eq!(seen.state, RequestState::Received(Identity::Unverified), "the first link proved another address");
        assert_err!(follow_link(office, &token).await, OfficeError::NotFound { .. });
        let token = token_in(&mail, IDENTITY_PATH);
        assert_eq!(follow_link(office, &token).await.expect("followed").next, Next::SecondChannel);
        let stranger = session(office, &vreemde, Role::Owner, SignIn::SecondFactor);
        assert_err!(confirm_in_panel(office, &stranger, id).await, OfficeError::NotFound { .. });
        assert_err!(withdraw_own(office, &stranger, id).await, OfficeError::NotFound { .. });
        verify_by_staff(office, STAFF, id).await.expect("verified");
        assert_err!(verify_by_staff(office, STAFF, id).await, OfficeError::Conflict { .. });
        assert_err!(attach_customer(office, STAFF, id, vreemde.id).await, OfficeError::Conflict { .. });

        // A refusal before anything was proved goes to where the letter came from.
        let (other, _) = letter(office, "access", "customer").await;
        refuse(office, STAFF, other, &answer("Wij konden niet vaststellen dat u het bent.")).await.expect("refused");
        assert_eq!(drain(office).await.one(MailKind::RequestAnswered).to.expose(), EMAIL);
        let own = verified(office, &klant, "objection").await;
        assert_err!(attach_customer(office, STAFF, own, vreemde.id).await, OfficeError::Forbidden { .. });
    }
}

office_test! {
    async fn written_down_by_staff(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let received_at = at("2026-11-20T09:00:00Z");
        let mut new = OnBehalf {
            about: About::Customer(klant.id),
            kind: RequestKind::Access,
            purpose: None,
            text: TEXT.into(),
            received_at: Some(received_at),
        };
        let (id, _) = open_on_behalf(office, STAFF, &new).await.expect("opened");
        let token = token_in(&drain(office).await.one(MailKind::IdentityLink), IDENTITY_PATH);
        let seen = request(office, id).await.expect("it");
        assert_eq!((seen.deadline.received_at, seen.channel), (received_at, Channel::Staff));
        // 20 December 2026 is a Sunday.
        assert_eq!(seen.deadline.due_at, at("2026-12-21T22:59:59Z"));
        assert_eq!(follow_link(office, &token).await.expect("followed").next, Next::SecondChannel);
        let code = second_channel_code(office, STAFF, id).await.expect("a code");
        confirm_code(office, &token, &code).await.expect("confirmed");
        assert!(request(office, id).await.expect("it").reaches_customer());

        for wrong in [office.now().plus_seconds(1), office.now().plus_days(-367)] {
            new.received_at = Some(wrong);
            assert_eq!(problem(open_on_behalf(office, STAFF, &new).await, "received_at"), Some(Problem::Choice));
        }
        new.received_at = None;
        new.about = About::Somebody { name: NAME.into(), email: "geen adres".into(), language: Language::En };
        assert_eq!(problem(open_on_behalf(office, STAFF, &new).await, "email"), Some(Problem::Email));
        new.about = About::Somebody { name: NAME.into(), email: EMAIL.into(), language: Language::En };
        new.kind = RequestKind::Complaint;
        let (id, number) = open_on_behalf(office, STAFF, &new).await.expect("opened");
        let mail = drain(office).await.one(MailKind::RequestReceived);
        assert_eq!(mail.title.expose(), &format!("We have received your request ({number})"));
        // A complaint is answered without any check; its answer is in words.
        assert_eq!(problem(grant(office, STAFF, id, &Answer::default(), None).await, "text"), Some(Problem::Missing));
        grant(office, STAFF, id, &answer("You were right."), None).await.expect("answered");
        let mail = drain(office).await.one(MailKind::RequestAnswered);
        assert!(mail.body.expose().contains("district court") && mail.body.expose().contains("Autoriteit Persoonsgegevens"));
    }
}

office_test! {
    async fn of_two_answers_one_wins(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        for _ in 0..5 {
            let id = verified(office, &klant, "objection").await;
            let words = answer("Wij hebben uw bezwaar gewogen.");
            let (granted, refused) =
                tokio::join!(grant(office, STAFF, id, &words, None), refuse(office, STAFF, id, &words));
            let expected = match (&granted, &refused) {
                (Ok(()), Err(OfficeError::Conflict { .. })) => "granted",
                (Err(OfficeError::Conflict { .. }), Ok(())) => "refused",
                other => panic!("not exactly one: {other:?}"),
            };
            assert_eq!(standing(office, id).await, expected);
            let mails = drain(office).await;
            assert_eq!(mails.kinds(), [MailKind::RequestAnswered, MailKind::RequestReceived]);
        }
        // What was read before a change does not pass the database after it.
        let id = verified(office, &klant, "objection").await;
        let read = request(office, id).await.expect("it");
        withdraw(office, STAFF, id).await.expect("withdrawn");
        let tx = office.store.begin().await.expect("tx");
        let to = read.state.withdraw(office.now()).expect("allowed from what was read");
        assert_err!(super::store::transition(&tx, &read, &to, read.identity).await, OfficeError::Conflict { .. });
        tx.rollback().await.expect("rolled back");
    }
}

office_test! {
    async fn a_closed_request_is_closed_for_every_action(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let owner = session(office, &klant, Role::Owner, SignIn::SecondFactor);
        let words = answer("Ons antwoord.");
        for closing in ["granted", "refused", "withdrawn"] {
            let id = verified(office, &klant, "objection").await;
            match closing {
                "granted" => grant(office, STAFF, id, &words, None).await.expect("granted"),
                "refused" => refuse(office, STAFF, id, &words).await.expect("refused"),
                _ => withdraw_own(office, &owner, id).await.expect("withdrawn"),
            }
            assert_eq!(standing(office, id).await, closing);
            assert_err!(grant(office, STAFF, id, &words, None).await, OfficeError::Conflict { .. });
            assert_err!(refuse(office, STAFF, id, &words).await, OfficeError::Conflict { .. });
            assert_err!(withdraw(office, STAFF, id).await, OfficeError::Conflict { .. });
            assert_err!(withdraw_own(office, &owner, id).await, OfficeError::Conflict { .. });
            assert_err!(extend(office, STAFF, id, &"Veel werk.".into()).await, OfficeError::Conflict { .. });
            assert_err!(verify_by_staff(office, STAFF, id).await, OfficeError::Conflict { .. });
            assert_err!(confirm_in_panel(office, &owner, id).await, OfficeError::Conflict { .. });
            assert_err!(resend_link(office, STAFF, id).await, OfficeError::Conflict { .. });
            assert_err!(second_channel_code(office, STAFF, id).await, OfficeError::Forbidden { .. });
            assert_eq!(standing(office, id).await, closing);
        }
        let unknown = RequestId::new(&*office.clock, &*office.random);
        assert_err!(grant(office, STAFF, unknown, &words, None).await, OfficeError::NotFound { .. });
    }
}

office_test! {
    async fn the_clock_and_its_evidence(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        assert_eq!(clock_evidence(office).await.expect("evidence"), ClockEvidence::default());
        let (first, second, third, fourth) = (
            verified(office, &klant, "objection").await,
            verified(office, &klant, "objection").await,
            verified(office, &klant, "restriction").await,
            verified(office, &klant, "erasure").await,
        );
        let counts = queue_counts(office).await.expect("counts");
        assert_eq!((counts.open, counts.due_soon, counts.overdue, counts.unverified), (4, 0, 0, 0));
        drain(office).await;
        assert_eq!(problem(extend(office, STAFF, second, &" ".into()).await, "reason"), Some(Problem::Missing));
        extend(office, STAFF, second, &"Uw bezwaar raakt veel gegevens.".into()).await.expect("extended");
        let mail = drain(office).await.one(MailKind::RequestExtended);
        assert!(mail.body.expose().contains("23 februari 2027") && mail.body.expose().contains("raakt veel gegevens"));
        let seen = request(office, second).await.expect("it");
        assert_eq!(seen.deadline.due_at, at("2027-02-23T22:59:59Z"));
        assert_eq!(seen.reasons.extension.expect("a reason").expose(), "Uw bezwaar raakt veel gegevens.");
        assert_err!(extend(office, STAFF, second, &"Nog meer.".into()).await, OfficeError::Conflict { .. });

        t.clock.set(at("2026-12-20T12:00:00Z"));
        grant(office, STAFF, first, &answer("Akkoord."), None).await.expect("granted");
        assert_eq!(queue_counts(office).await.expect("counts").due_soon, 2);
        // The last second of the term is in time, the next one is late.
        t.clock.set(at("2026-12-23T22:59:59Z"));
        assert_eq!(clock_evidence(office).await.expect("evidence").overdue, 0);
        withdraw(office, STAFF, fourth).await.expect("withdrawn");
        t.clock.advance_seconds(1);
        let evidence = clock_evidence(office).await.expect("evidence");
        assert_eq!((evidence.open, evidence.overdue, evidence.closed_in_time, evidence.closed_late), (2, 1, 1, 0));
        assert_err!(extend(office, STAFF, third, &"Te laat bedacht.".into()).await, OfficeError::Forbidden { .. });
        let page = page(office, RequestFilter { due_until: Some(office.now()), ..Default::default() }, 0, 50);
        let overdue: Vec<_> = page.await.expect("a page").requests.iter().map(|request| request.id).collect();
        assert_eq!(overdue, [third]);
        assert_eq!(problem(grant(office, STAFF, third, &Answer::default(), None).await, "late_reason"), Some(Problem::Missing));
        let late = Answer { late_reason: "Een medewerker was ziek.".into(), ..Answer::default() };
        drain(office).await;
        grant(office, STAFF, third, &late, None).await.expect("granted");
        assert!(drain(office).await.one(MailKind::RequestAnswered).body.expose().contains("was ziek"));
        let seen = request(office, third).await.expect("it");
        assert_eq!(seen.reasons.late.expect("a reason").expose(), "Een medewerker was ziek.");
        // The extended one is still in time; a reason for being late is not kept then.
        refuse(office, STAFF, second, &Answer { late_reason: "x".into(), ..answer("Nee.") }).await.expect("refused");
        let seen = request(office, second).await.expect("it");
        assert!(seen.reasons.late.is_none() && seen.reasons.extension.is_some());
        let evidence = clock_evidence(office).await.expect("evidence");
        let expected = ClockEvidence { closed_in_time: 2, closed_late: 1, ..ClockEvidence::default() };
        assert_eq!(evidence, expected);
        let tx = office.store.begin().await.expect("tx");
        let values = [false.into(), second.uuid().into()];
        tx.execute("UPDATE request SET answer_named_authority = $1 WHERE id = $2", values).await.expect("changed");
        tx.commit().await.expect("committed");
        assert_eq!(clock_evidence(office).await.expect("evidence").answers_without_authority, 1);
    }
}

office_test! {
    async fn rectification(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let changed = ProfileForm { name: "Fenna van Proef".into(), ..ProfileForm::of(&klant.profile) };
        let changed = changed.parse().expect("a profile");
        let id = verified(office, &klant, "rectification").await;
        assert_eq!(problem(grant(office, STAFF, id, &Answer::default(), None).await, "profile"), Some(Problem::Missing));
        let stale = Rectification { revision: 9, profile: changed.clone() };
        assert_err!(grant(office, STAFF, id, &Answer::default(), Some(&stale)).await, OfficeError::Conflict { .. });
        assert_eq!(standing(office, id).await, "verified");
        drain(office).await;
        let values = Rectification { revision: klant.revision, profile: changed.clone() };
        grant(office, STAFF, id, &Answer::default(), Some(&values)).await.expect("granted");
        assert!(drain(office).await.one(MailKind::RequestAnswered).body.expose().contains("aangepast"));
        let now = customers::customer(office, klant.id).await.expect("the customer");
        assert_eq!(now.profile, changed);

        // By the customer's own hand: done at once, recorded, and told at both addresses.
        let moved = ProfileForm { email: "nieuw@klant.example".into(), ..ProfileForm::of(&changed) };
        let moved = moved.parse().expect("a profile");
        let reader = session(office, &klant, Role::Reader, SignIn::SecondFactor);
        assert_err!(rectify_in_panel(office, &reader, now.revision, &moved).await, OfficeError::Forbidden { .. });
        let manager = session(office, &klant, Role::Manager, SignIn::Password);
        assert_eq!(rectify_in_panel(office, &manager, now.revision, &changed).await.expect("nothing to do"), None);
        assert_err!(rectify_in_panel(office, &manager, 1, &moved).await, OfficeError::Conflict { .. });
        let done = rectify_in_panel(office, &manager, now.revision, &moved).await.expect("rectified");
        let (id, _) = done.expect("recorded");
        let mut told: Vec<String> = drain(office).await.letters.iter().map(|mail| mail.to.expose().clone()).collect();
        told.sort();
        assert_eq!(told, [EMAIL, "nieuw@klant.example"]);
        let seen = request(office, id).await.expect("it");
        assert_eq!(seen.identity, Identity::SignedIn);
        assert_eq!(seen.state, RequestState::Granted(Closing { at: office.now(), named_authority: true }));
        assert_eq!(of_customer(office, klant.id, 0, 10).await.expect("a page").total, 2);
        assert_eq!(customers::customer(office, klant.id).await.expect("the customer").profile, moved);
    }
}

office_test! {
    async fn restriction_and_its_lifting(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let restricted = || async { customers::customer(office, klant.id).await.expect("it").restricted_at.is_some() };
        assert_err!(announce_lifting(office, STAFF, klant.id, &"x".into()).await, OfficeError::Conflict { .. });
        let id = verified(office, &klant, "restriction").await;
        grant(office, STAFF, id, &Answer::default(), None).await.expect("granted");
        assert!(restricted().await);
        drain(office).await;
        assert_eq!(problem(announce_lifting(office, STAFF, klant.id, &"".into()).await, "reason"), Some(Problem::Missing));
        let on = announce_lifting(office, STAFF, klant.id, &"De gegevens kloppen nu.".into()).await.expect("announced");
        announce_lifting(office, STAFF, klant.id, &"Nogmaals.".into()).await.expect("told again");
        assert_eq!(on, office.now().plus_days(7));
        let not_yet = ::store::claim(&office.store, on.plus_seconds(-1)).await.expect("the queue");
        assert_eq!(not_yet.map(|job| job.kind), Some("mail.send".to_owned()));
        let drained = drain(office).await;
        assert!(restricted().await);
        assert_eq!(drained.jobs.len(), 1);
        let job = &drained.jobs[0];
        let lift: LiftRestriction = job.decode().expect("a lifting");

        // Another restriction was granted since: the announced lifting is off.
        t.clock.advance_seconds(86_400);
        let again = verified(office, &klant, "restriction").await;
        grant(office, STAFF, again, &Answer::default(), None).await.expect("granted");
        assert!(jobs::run(office, job).await.expect("run"));
        assert!(restricted().await);
        let later = LiftRestriction { announced_at: office.now(), ..lift };
        for _ in 0..2 {
            lift_restriction(office, later).await.expect("lifted");
            assert!(!restricted().await);
        }
        drain(office).await;
    }
}

office_test! {
    async fn an_erased_subject_takes_nothing_more(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let owner = session(office, &klant, Role::Owner, SignIn::SecondFactor);
        let id = verified(office, &klant, "objection").await;
        let waiting = {
            let session = session(office, &klant, Role::Owner, SignIn::Password);
            open_in_panel(office, &session, &panel("access")).await.expect("opened").0
        };
        let token = token_in(&drain(office).await.one(MailKind::IdentityLink), IDENTITY_PATH);
        let changed = ProfileForm { name: "Iemand Anders".into(), ..ProfileForm::of(&klant.profile) };
        let changed = changed.parse().expect("a profile");
        erase(office, klant.subject).await;
        let words = answer("Ons antwoord.");
        assert_err!(open_in_panel(office, &owner, &panel("access")).await, OfficeError::Erased);
        assert_err!(grant(office, STAFF, id, &words, None).await, OfficeError::Erased);
        assert_err!(refuse(office, STAFF, id, &words).await, OfficeError::Erased);
        assert_err!(withdraw(office, STAFF, id).await, OfficeError::Erased);
        assert_err!(extend(office, STAFF, id, &"Veel werk.".into()).await, OfficeError::Erased);
        assert_err!(follow_link(office, &token).await, OfficeError::Erased);
        assert_err!(verify_by_staff(office, STAFF, waiting).await, OfficeError::Erased);
        assert_err!(resend_link(office, STAFF, waiting).await, OfficeError::Erased);
        assert_err!(rectify_in_panel(office, &owner, 1, &changed).await, OfficeError::Erased);
        let drained = drain(office).await;
        assert!(drained.letters.is_empty() && drained.jobs.is_empty());
        // Emptied, the row stays and opens as proof.
        let tx = office.store.begin().await.expect("tx");
        let sql = "UPDATE request SET subject_id = NULL, detail = NULL, reason = NULL, answer = NULL WHERE id = $1";
        tx.execute(sql, [id.uuid().into()]).await.expect("cleared");
        tx.commit().await.expect("committed");
        office.vault.destroy(klant.subject).await.expect("destroyed");
        let detail = detail(office, id).await.expect("the detail");
        assert!(detail.request.detail.text.is_none() && detail.person.is_none() && detail.history.is_empty());
        assert_err!(refuse(office, STAFF, id, &words).await, OfficeError::Erased);
        assert!(request(office, waiting).await.expect("keys are gone, the row not yet").detail.text.is_none());
    }
}

office_test! {
    async fn what_is_typed_is_checked(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let owner = session(office, &klant, Role::Owner, SignIn::SecondFactor);
        let long = "x".repeat(10_001);
        let table = [
            ("", TEXT, "", "right", Problem::Missing),
            ("everything", TEXT, "", "right", Problem::Choice),
            ("objection", "", "support", "text", Problem::Missing),
            ("objection", TEXT, "account", "purpose", Problem::Choice),
            ("objection", TEXT, "nothing-known", "purpose", Problem::Choice),
            ("access", long.as_str(), "", "text", Problem::TooLong { max: 10_000 }),
            ("access", "a\u{202e}b", "", "text", Problem::Characters),
        ];
        for (right, text, purpose, field, expected) in table {
            let form = PanelForm { right: right.into(), purpose: purpose.into(), text: text.into() };
            assert_eq!(problem(open_in_panel(office, &owner, &form).await, field), Some(expected), "{right} {purpose}");
        }
        assert!(objectionable_purposes(office).contains(&"support".to_owned()));
        assert!(!objectionable_purposes(office).contains(&"account".to_owned()));
        let form = PanelForm { right: "objection".into(), purpose: "support".into(), text: TEXT.into() };
        let (id, _) = open_in_panel(office, &owner, &form).await.expect("opened");
        assert_eq!(request(office, id).await.expect("it").detail.purpose.as_deref(), Some("support"));
        for role in [Role::Reader, Role::Manager] {
            let session = session(office, &klant, role, SignIn::SecondFactor);
            assert_err!(open_in_panel(office, &session, &form).await, OfficeError::Forbidden { .. });
        }
        let mut nobody = owner;
        nobody.acting_for = None;
        assert_err!(open_in_panel(office, &nobody, &form).await, OfficeError::Forbidden { .. });
        let words = answer(&"x".repeat(10_001));
        assert_eq!(problem(refuse(office, STAFF, id, &words).await, "text"), Some(Problem::TooLong { max: 10_000 }));
        assert_eq!(problem(refuse(office, STAFF, id, &Answer::default()).await, "text"), Some(Problem::Missing));
    }
}

office_test! {
    async fn the_queue_and_its_pages(t: &TestOffice) {
        let office = &*t.office;
        let (klant, other) = (customer(office, EMAIL).await, customer(office, "ander@klant.example").await);
        let mut ids = Vec::new();
        for (n, right) in ["erasure", "objection", "restriction", "erasure"].into_iter().enumerate() {
            ids.push(verified(office, if n < 3 { &klant } else { &other }, right).await);
            t.clock.advance_seconds(86_400);
        }
        refuse(office, STAFF, ids[1], &answer("Nee.")).await.expect("refused");
        let list = |filter, offset, limit| async move {
            let page = page(office, filter, offset, limit).await.expect("a page");
            (page.requests.iter().map(|request| request.id).collect::<Vec<_>>(), page.total)
        };
        let open = RequestFilter::default();
        assert_eq!(list(open, 0, 50).await, (vec![ids[0], ids[2], ids[3]], 3));
        assert_eq!(list(open, 1, 1).await, (vec![ids[2]], 3));
        assert_eq!(list(open, 9, 50).await, (vec![], 3));
        let erasures = RequestFilter { kind: Some(RequestKind::Erasure), ..open };
        assert_eq!(list(erasures, 0, 50).await, (vec![ids[0], ids[3]], 2));
        let refused = RequestFilter { which: Which::In(Standing::Refused), ..open };
        assert_eq!(list(refused, 0, 50).await, (vec![ids[1]], 1));
        let all = RequestFilter { which: Which::All, ..open };
        assert_eq!(list(all, 0, 50).await.0, [ids[3], ids[2], ids[1], ids[0]]);
        let theirs = RequestFilter { customer: Some(other.id), ..open };
        assert_eq!(list(theirs, 0, 50).await, (vec![ids[3]], 1));
        let own: Vec<_> = of_customer(office, klant.id, 0, 50).await.expect("a page").requests;
        assert_eq!(own.iter().map(|request| request.id).collect::<Vec<_>>(), [ids[2], ids[1], ids[0]]);
        assert_err!(own_request(office, other.id, ids[0]).await, OfficeError::NotFound { .. });
        ledger(office).await;
        let detail = detail(office, ids[1]).await.expect("the detail");
        assert_eq!(detail.person.expect("a person").phone.expect("on file").expose(), "+31200000000");
        assert!(detail.history.iter().any(|entry| entry.kind == "request-refused"));
    }
}

office_test! {
    async fn the_daily_reminder(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        for (email, role) in [
            ("privacy@host.example", StaffRole::Privacy),
            ("steun@host.example", StaffRole::Support),
            ("baas@host.example", StaffRole::Admin),
        ] {
            let new = NewStaff { name: NAME.into(), email: email.into(), role, officer: Officer::None, language: Language::Nl };
            add_staff(office, STAFF, &new).await.expect("added");
        }
        verified(office, &klant, "erasure").await;
        drain(office).await;
        assert_eq!(daily(office).await.expect("looked"), Daily { due_soon: 0, overdue: 0, reminded: 0 });
        assert!(drain(office).await.letters.is_empty());
        t.clock.set(at("2026-12-18T06:00:00Z"));
        assert_eq!(daily(office).await.expect("looked"), Daily { due_soon: 1, overdue: 0, reminded: 1 });
        let mail = drain(office).await.one(MailKind::StaffReminder);
        assert_eq!(mail.to.expose(), "privacy@host.example");
        assert!(!mail.body.expose().contains("Fenna"));
        t.clock.set(at("2026-12-24T06:00:00Z"));
        assert_eq!(daily(office).await.expect("looked").overdue, 1);
    }
}

office_test! {
    async fn nothing_personal_lies_open_in_the_files(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let id = verified(office, &klant, "objection").await;
        letter(office, "access", "customer").await;
        extend(office, STAFF, id, &"Fenna vraagt veel.".into()).await.expect("extended");
        refuse(office, STAFF, id, &answer("Nee, Fenna.")).await.expect("refused");
        for file in std::fs::read_dir(t.folder.path()).expect("the folder") {
            let path = file.expect("an entry").path();
            let bytes = if path.is_file() { std::fs::read(&path).expect("readable") } else { continue };
            for needle in ["Fenna", "klant.example", "over mij bewaart"] {
                let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
                assert!(!found, "{needle} lies open in {}", path.display());
            }
        }
    }
}
