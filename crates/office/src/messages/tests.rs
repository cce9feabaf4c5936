//! Tests of messages on both databases.

use super::*;
use crate::accounts::Role;
use crate::form::Problem;
use crate::mailing::MailKind;
use crate::requests::testkit::*;
use crate::requests::{self, RequestKind, Standing};
use crate::subjects::{self, SubjectKind};
use crate::testing::office_test;
use crate::{Office, OfficeError};
use base::Language;

macro_rules! assert_err {
    ($result:expr, $pattern:pat) => {
        match $result {
            Err($pattern) => {}
            other => panic!("expected {}, got {other:?}", stringify!($pattern)),
        }
    };
}

async fn rows(office: &Office, table: &str) -> i64 {
    let row =
        office.store.query_one(&format!("SELECT COUNT(*) AS n FROM {table}"), []).await.expect("a count");
    row.expect("a row").try_get("", "n").expect("a number")
}

#[test]
fn the_topics() {
    let table = [
        ("question", "", Ok(Topic::Question)),
        ("question", "access", Ok(Topic::Question)),
        ("abuse", "", Ok(Topic::Abuse)),
        ("complaint", "", Ok(Topic::Complaint)),
        (" processor_agreement ", "", Ok(Topic::ProcessorAgreement)),
        ("my_data", "erasure", Ok(Topic::MyData(RequestKind::Erasure))),
        ("my_data", "complaint", Err(("right", Problem::Choice))),
        ("my_data", "", Err(("right", Problem::Missing))),
        ("my_data", "all", Err(("right", Problem::Choice))),
        ("", "", Err(("topic", Problem::Missing))),
        ("spam", "", Err(("topic", Problem::Choice))),
    ];
    for (topic, right, expected) in table {
        assert_eq!(Topic::parse(topic, right), expected, "{topic} {right}");
    }
}

#[test]
fn blocks_of_text() {
    let table = [
        ("  een\r\ntwee\rdrie\n\n", Ok("een\ntwee\ndrie")),
        ("a\tb", Ok("a\tb")),
        (" \r\n ", Err(Problem::Missing)),
        ("nul\u{0}", Err(Problem::Characters)),
        ("om\u{202e}gekeerd", Err(Problem::Characters)),
        ("ééééé", Ok("ééééé")),
        ("zesses", Err(Problem::TooLong { max: 15 })),
    ];
    for (text, expected) in table {
        let text = if text == "zesses" { "x".repeat(16) } else { text.to_owned() };
        assert_eq!(text_block(&text, 15).as_deref().map_err(|problem| *problem), expected, "{text:?}");
    }
}

office_test! {
    async fn a_visitor_asks_and_is_answered_by_mail(t: &TestOffice) {
        let office = &*t.office;
        let written = contact(office, Language::En, &form("question", "")).await.expect("written");
        assert_eq!((written.number.to_string().as_str(), written.request), ("B100001", None));
        let mail = drain(office).await.one(MailKind::ContactReceived);
        assert_eq!((mail.to.expose().as_str(), mail.language), (EMAIL, Language::En));
        assert_eq!(mail.title.expose(), "We have received your message (B100001)");
        assert!(!mail.body.expose().contains(TEXT), "a form must not send a stranger's words to anybody");
        let seen = thread(office, written.thread).await.expect("the thread");
        assert_eq!((seen.summary.state, seen.summary.kind, seen.summary.customer), (ThreadState::Open, ThreadKind::Question, None));
        assert_eq!(seen.email.expect("an address").expose(), EMAIL);
        assert_eq!(seen.summary.name.expect("a name").expose(), NAME);
        assert_eq!(seen.messages.iter().map(|m| (m.author, m.body.expose().as_str())).collect::<Vec<_>>(), [(Author::Customer, TEXT)]);
        let subject = subjects::row(&office.store, seen.summary.subject).await.expect("stores").expect("a subject");
        assert_eq!(subject.kind, SubjectKind::Visitor);

        t.clock.advance_seconds(60);
        let first_seen = seen.summary.updated_at;
        let no_text = answer(office, STAFF, None, written.thread, first_seen, &" ".into()).await;
        assert_eq!(problem(no_text, "text"), Some(Problem::Missing));
        answer(office, STAFF, None, written.thread, first_seen, &"Here it is.".into()).await.expect("answered");
        let mail = drain(office).await.one(MailKind::Answer);
        assert_eq!((mail.to.expose().as_str(), mail.title.expose().as_str()), (EMAIL, "Answer to your message B100001"));
        assert!(mail.body.expose().contains("Here it is.") && mail.body.expose().contains("/contact"));
        // Somebody else answers what they saw before: too late.
        let second = answer(office, STAFF, None, written.thread, first_seen, &"And mine.".into()).await;
        assert_err!(second, OfficeError::Conflict { .. });
        assert!(drain(office).await.letters.is_empty());
        let seen = thread(office, written.thread).await.expect("the thread");
        assert_eq!((seen.summary.state, seen.messages.len()), (ThreadState::Answered, 2));
        // In the same instant as the last change the next one still tells itself apart.
        let seen_at = seen.summary.updated_at;
        answer(office, STAFF, None, written.thread, seen_at, &"One more thing.".into()).await.expect("answered");
        let again = answer(office, STAFF, None, written.thread, seen_at, &"Too late.".into()).await;
        assert_err!(again, OfficeError::Conflict { .. });

        change_state(office, STAFF, written.thread, Action::Close).await.expect("closed");
        assert_err!(change_state(office, STAFF, written.thread, Action::Close).await, OfficeError::Conflict { .. });
        let seen = thread(office, written.thread).await.expect("the thread").summary;
        assert_eq!(seen.closed_at, Some(office.now()));
        let closed = answer(office, STAFF, None, written.thread, seen.updated_at, &"Late.".into()).await;
        assert_err!(closed, OfficeError::Conflict { .. });
        change_state(office, STAFF, written.thread, Action::Reopen).await.expect("reopened");
        let seen = thread(office, written.thread).await.expect("the thread").summary;
        assert_eq!((seen.state, seen.closed_at), (ThreadState::Open, None));
        assert_err!(change_state(office, STAFF, written.thread, Action::Answer).await, OfficeError::Forbidden { .. });
        let (kinds, bytes) = ledger(office).await;
        assert_eq!(kinds, ["thread-opened", "thread-answered", "thread-answered", "thread-closed", "thread-reopened"]);
        assert!(!String::from_utf8(bytes).expect("text").contains("Fenna"));
    }
}

office_test! {
    async fn a_letter_about_data_opens_a_request_with_it(t: &TestOffice) {
        let office = &*t.office;
        for (topic, right, kind, standing, mail) in [
            ("my_data", "erasure", RequestKind::Erasure, Standing::Received, MailKind::IdentityLink),
            ("complaint", "", RequestKind::Complaint, Standing::Received, MailKind::RequestReceived),
        ] {
            let written = contact(office, Language::Nl, &form(topic, right)).await.expect("written");
            let request = requests::request(office, written.request.expect("a request").0).await.expect("it");
            assert_eq!((request.kind, request.state.standing(), request.thread), (kind, standing, Some(written.thread)));
            assert_eq!(request.channel, requests::Channel::ContactForm);
            assert_eq!(request.detail.contact.expect("a writer").email.expose(), EMAIL);
            assert_eq!(drain(office).await.kinds(), [mail]);
        }
        // A wrong purpose of an objection changes nothing.
        let before = (rows(office, "thread").await, rows(office, "subject").await);
        let mut wrong = form("my_data", "objection");
        wrong.purpose = "account".into();
        assert_eq!(problem(contact(office, Language::Nl, &wrong).await, "purpose"), Some(Problem::Choice));
        assert_eq!((rows(office, "thread").await, rows(office, "subject").await), before);
        assert_eq!(rows(office, "request").await, 2);

        // Signed in with a fresh second factor, the copy of the data is granted at once.
        let klant = customer(office, "klant@klant.example").await;
        let owner = session(office, &klant, Role::Owner, SignIn::SecondFactor);
        let written = write_as_customer(office, &owner, &form("my_data", "access")).await.expect("written");
        let request = requests::request(office, written.request.expect("a request").0).await.expect("it");
        assert_eq!((request.state.standing(), request.customer), (Standing::Granted, Some(klant.id)));
        let thread = own_thread(office, klant.id, written.thread).await.expect("the thread");
        assert_eq!(thread.summary.state, ThreadState::Closed);
        let manager = session(office, &klant, Role::Manager, SignIn::SecondFactor);
        assert_err!(write_as_customer(office, &manager, &form("my_data", "access")).await, OfficeError::Forbidden { .. });
        drain(office).await;
    }
}

office_test! {
    async fn a_customer_writes_and_reads_in_the_panel(t: &TestOffice) {
        let office = &*t.office;
        let (klant, other) = (customer(office, EMAIL).await, customer(office, "ander@klant.example").await);
        let manager = session(office, &klant, Role::Manager, SignIn::Stale);
        let written = write_as_customer(office, &manager, &form("question", "")).await.expect("written");
        assert_eq!(drain(office).await.one(MailKind::ContactReceived).subject, klant.subject);
        let seen = own_thread(office, klant.id, written.thread).await.expect("the thread");
        assert!(seen.email.is_none() && seen.summary.name.is_none(), "contact data lives in the profile");
        answer(office, STAFF, None, written.thread, seen.summary.updated_at, &"Zo.".into()).await.expect("answered");
        let mail = drain(office).await.one(MailKind::Answer);
        assert_eq!((mail.to.expose().as_str(), mail.subject), (EMAIL, klant.subject));
        t.clock.advance_seconds(60);
        reply(office, &manager, written.thread, &"Dank u.".into()).await.expect("replied");
        let seen = own_thread(office, klant.id, written.thread).await.expect("the thread");
        assert_eq!((seen.summary.state, seen.messages.len()), (ThreadState::Open, 3));
        change_state(office, STAFF, written.thread, Action::Close).await.expect("closed");
        reply(office, &manager, written.thread, &"Toch nog iets.".into()).await.expect("replied");
        assert_eq!(own_thread(office, klant.id, written.thread).await.expect("it").summary.state, ThreadState::Open);

        let reader = session(office, &klant, Role::Reader, SignIn::SecondFactor);
        assert_err!(reply(office, &reader, written.thread, &"x".into()).await, OfficeError::Forbidden { .. });
        assert_err!(write_as_customer(office, &reader, &form("question", "")).await, OfficeError::Forbidden { .. });
        let stranger = session(office, &other, Role::Owner, SignIn::SecondFactor);
        assert_err!(reply(office, &stranger, written.thread, &"x".into()).await, OfficeError::NotFound { .. });
        assert_err!(own_thread(office, other.id, written.thread).await, OfficeError::NotFound { .. });
        let visitor = contact(office, Language::Nl, &form("abuse", "")).await.expect("written");
        assert_err!(reply(office, &manager, visitor.thread, &"x".into()).await, OfficeError::NotFound { .. });
        assert_eq!(of_customer(office, klant.id, 0, 10).await.expect("a page").total, 1);
        assert_eq!(of_customer(office, other.id, 0, 10).await.expect("a page").total, 0);
        drain(office).await;
    }
}

office_test! {
    async fn every_state_and_action_in_the_database(t: &TestOffice) {
        let office = &*t.office;
        let written = contact(office, Language::Nl, &form("question", "")).await.expect("written");
        for state in ThreadState::ALL {
            for action in Action::ALL {
                let tx = office.store.begin().await.expect("tx");
                let values = [state.as_str().into(), written.thread.uuid().into()];
                tx.execute("UPDATE thread SET state = $1 WHERE id = $2", values).await.expect("set");
                let done = super::store::act(&tx, written.thread, action, None, office.now()).await;
                match (state.after(action), done) {
                    (Some(expected), Ok(())) => {
                        let sql = "SELECT state FROM thread WHERE id = $1";
                        let row = tx.query_one(sql, [written.thread.uuid().into()]).await.expect("read");
                        let word: String = row.expect("a row").try_get("", "state").expect("a word");
                        assert_eq!(ThreadState::parse(&word), Some(expected), "{state:?} {action:?}");
                    }
                    (None, Err(OfficeError::Conflict { .. })) => {}
                    other => panic!("{state:?} {action:?}: {other:?}"),
                }
                tx.rollback().await.expect("rolled back");
            }
        }
    }
}

office_test! {
    async fn the_queue_and_its_pages(t: &TestOffice) {
        let office = &*t.office;
        assert_eq!(counts(&office.store).await.expect("counts"), ThreadCounts::default());
        let mut threads = Vec::new();
        for topic in ["question", "abuse", "question", "processor_agreement"] {
            threads.push(contact(office, Language::Nl, &form(topic, "")).await.expect("written").thread);
            t.clock.advance_seconds(60);
        }
        let list = |filter, offset, limit| async move {
            let page = page(office, filter, offset, limit).await.expect("a page");
            (page.threads.iter().map(|thread| thread.id).collect::<Vec<_>>(), page.total)
        };
        let open = ThreadFilter { state: Some(ThreadState::Open), kind: None };
        assert_eq!(list(open, 0, 50).await, (threads.clone(), 4));
        assert_eq!(list(open, 1, 2).await, (threads[1..3].to_vec(), 4));
        let questions = ThreadFilter { kind: Some(ThreadKind::Question), ..open };
        assert_eq!(list(questions, 0, 50).await, (vec![threads[0], threads[2]], 2));
        for id in [threads[0], threads[3]] {
            change_state(office, STAFF, id, Action::Close).await.expect("closed");
            t.clock.advance_seconds(60);
        }
        let closed = ThreadFilter { state: Some(ThreadState::Closed), kind: None };
        assert_eq!(list(closed, 0, 50).await, (vec![threads[3], threads[0]], 2));
        let counted = counts(&office.store).await.expect("counts");
        assert_eq!((counted.open, counted.answered), (2, 0));
        assert!(counted.oldest_open_at.expect("one is open") < office.now());
        // Whose key is gone is left out of the list.
        let seen = thread(office, threads[1]).await.expect("the thread").summary;
        office.vault.destroy(seen.subject).await.expect("destroyed");
        assert_eq!(list(open, 0, 50).await.0, [threads[2]]);
    }
}

office_test! {
    async fn limits_and_what_is_wrong(t: &TestOffice) {
        let office = &*t.office;
        type Spoil = fn(&mut ContactForm);
        let table: [(Spoil, &str, Problem); 8] = [
            (|f| f.name = "".into(), "name", Problem::Missing),
            (|f| f.name = "x".repeat(121).into(), "name", Problem::TooLong { max: 120 }),
            (|f| f.email = "geen adres".into(), "email", Problem::Email),
            (|f| f.title = "x".repeat(151).into(), "title", Problem::TooLong { max: 150 }),
            (|f| f.text = "x".repeat(10_001).into(), "text", Problem::TooLong { max: 10_000 }),
            (|f| f.text = "\n\n".into(), "text", Problem::Missing),
            (|f| f.claim = "yes".into(), "claim", Problem::Choice),
            (|f| f.topic = String::new(), "topic", Problem::Missing),
        ];
        for (spoil, field, expected) in table {
            let mut form = form("question", "");
            spoil(&mut form);
            assert_eq!(problem(contact(office, Language::Nl, &form).await, field), Some(expected), "{field}");
        }
        assert_eq!((rows(office, "thread").await, rows(office, "subject").await), (0, 0));
        let mut longest = form("question", "");
        longest.text = "é".repeat(10_000).into();
        contact(office, Language::Nl, &longest).await.expect("the longest text is taken");

        let klant = customer(office, EMAIL).await;
        let owner = session(office, &klant, Role::Owner, SignIn::Password);
        let written = write_as_customer(office, &owner, &form("question", "")).await.expect("written");
        for _ in 1..MESSAGES_MAX {
            reply(office, &owner, written.thread, &"Nog iets.".into()).await.expect("replied");
        }
        assert_err!(reply(office, &owner, written.thread, &"Eén te veel.".into()).await, OfficeError::Forbidden { .. });
        let seen = own_thread(office, klant.id, written.thread).await.expect("the thread");
        assert_eq!(seen.messages.len(), MESSAGES_MAX as usize);
        drain(office).await;
    }
}

office_test! {
    async fn an_erased_subject_takes_no_messages(t: &TestOffice) {
        let office = &*t.office;
        let klant = customer(office, EMAIL).await;
        let owner = session(office, &klant, Role::Owner, SignIn::Password);
        let written = write_as_customer(office, &owner, &form("question", "")).await.expect("written");
        let seen = own_thread(office, klant.id, written.thread).await.expect("the thread").summary;
        drain(office).await;
        let tx = office.store.begin().await.expect("tx");
        subjects::mark_erasing(&tx, klant.subject, office.now()).await.expect("marked");
        tx.commit().await.expect("committed");
        assert_err!(write_as_customer(office, &owner, &form("question", "")).await, OfficeError::Erased);
        assert_err!(reply(office, &owner, written.thread, &"x".into()).await, OfficeError::Erased);
        let answered = answer(office, STAFF, None, written.thread, seen.updated_at, &"x".into()).await;
        assert_err!(answered, OfficeError::Erased);
        assert_err!(change_state(office, STAFF, written.thread, Action::Close).await, OfficeError::Erased);
        // The rule is asked again inside the transaction, where a writer that was slower than the erasure stands.
        let tx = office.store.begin().await.expect("tx");
        assert_err!(subjects::lock_active(&tx, klant.subject).await, OfficeError::Erased);
        tx.rollback().await.expect("rolled back");
        assert!(drain(office).await.letters.is_empty());
        assert_eq!(rows(office, "message").await, 1);
    }
}
