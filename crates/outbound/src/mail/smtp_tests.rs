//! What the mailer over SMTP does when the relay is kind, unkind, silent or somebody else. No sleeps:
//! the relay on loopback behaves as told.

use super::*;
use crate::mail::Next;
use crate::store::{ContactRow, ContactState, contacts_in_state};
use crate::testing::{Behaviour, Hook, RELAY_CERTIFICATE, Relay, TestStore, db_test, draft, gate, sender};
use std::sync::Mutex;
use store::Store;

const STATES: [ContactState; 4] =
    [ContactState::Intended, ContactState::Done, ContactState::Failed, ContactState::Refused];

fn settings(relay: &Relay, security: Security) -> SmtpSettings {
    let host = if security == Security::PlainOnLoopback { "127.0.0.1" } else { "localhost" };
    SmtpSettings {
        host: host.into(),
        port: relay.address.port(),
        security,
        roots: Roots::Only(vec![RELAY_CERTIFICATE.to_vec()]),
        credentials: None,
        timeouts: SmtpTimeouts {
            step: Duration::from_millis(800),
            content: Duration::from_millis(800),
            total: Duration::from_secs(5),
        },
    }
}

fn smtp(store: &Store, settings: SmtpSettings) -> Smtp {
    let gate = gate(store, &settings.host, settings.port);
    Smtp::new(settings, sender(), gate).expect("settings that work")
}

fn mail() -> Mail {
    Mail::new(draft()).expect("valid")
}

async fn contacts(store: &Store) -> Vec<ContactRow> {
    let mut all = Vec::new();
    for state in STATES {
        all.extend(contacts_in_state(store, state, 10).await.expect("read"));
    }
    all
}

/// Nothing personal, and nothing the relay said in words, may be in a text that is kept or shown.
fn assert_discreet(text: &str) {
    for secret in ["person", "example.org", "Uw verzoek", "Beste", "hunter", "unknown to us"] {
        assert!(!text.contains(secret), "{text}");
    }
}

db_test! {
    async fn a_mail_is_recorded_before_the_relay_hears_of_it(store: &Store) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (into, from) = (seen.clone(), store.clone());
        let look = Hook(Arc::new(move || {
            let (into, from) = (into.clone(), from.clone());
            Box::pin(async move {
                let rows = contacts(&from).await;
                into.lock().expect("seen").extend(rows);
            })
        }));
        let relay = Relay::start(Behaviour { on_accept: Some(look), ..Behaviour::default() }).await;
        let smtp = smtp(store, settings(&relay, Security::PlainOnLoopback));
        assert_eq!(smtp.send(&mail()).await.expect("sent"), Delivery::Accepted);

        let before: Vec<_> = seen.lock().expect("seen").clone();
        assert_eq!((before.len(), before[0].state), (1, ContactState::Intended));
        let after = contacts(store).await;
        assert_eq!((after.len(), after[0].state, after[0].id), (1, ContactState::Done, before[0].id));
        assert_eq!(after[0].fields, ["contact.email", "message"]);
        assert!(after[0].note.as_deref().is_some_and(|note| note.contains(&mail().id().to_string())));
        assert_discreet(&format!("{after:?}"));

        let mails = relay.mails();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains(&format!("Message-ID: <{}@example.net>", mail().id())), "{}", mails[0]);
        let lines = relay.lines();
        assert!(lines.contains(&"EHLO example.net".to_owned()), "{lines:?}");
        assert!(lines.contains(&"MAIL FROM:<info@example.net>".to_owned()), "{lines:?}");
        assert!(lines.contains(&"RCPT TO:<person@example.org>".to_owned()), "{lines:?}");
    }
}

#[tokio::test]
async fn a_line_with_one_dot_does_not_end_the_mail() {
    let test = TestStore::sqlite().await;
    let relay = Relay::start(Behaviour::default()).await;
    let mut draft = draft();
    draft.body = "Begin\n.\nRCPT TO:<b@example.org>\n..\nEinde\n".into();
    let mail = Mail::new(draft).expect("valid");
    let smtp = smtp(&test.store, settings(&relay, Security::PlainOnLoopback));
    smtp.send(&mail).await.expect("sent");
    let mails = relay.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Begin\r\n..\r\nRCPT TO:<b@example.org>\r\n...\r\nEinde\r\n"), "{}", mails[0]);
}

#[tokio::test]
async fn a_sender_that_dies_half_way_leaves_an_intent_that_is_found() {
    let test = TestStore::sqlite().await;
    let reached = Arc::new(tokio::sync::Notify::new());
    let tell = reached.clone();
    let hook = Hook(Arc::new(move || {
        let tell = tell.clone();
        Box::pin(async move { tell.notify_one() })
    }));
    let silent = Behaviour { on_accept: Some(hook), replies: vec![("MAIL", "-")], ..Behaviour::default() };
    let relay = Relay::start(silent).await;
    let mut settings = settings(&relay, Security::PlainOnLoopback);
    settings.timeouts.step = Duration::from_secs(60);
    let gate = gate(&test.store, &settings.host, settings.port);
    let smtp = Smtp::new(settings, sender(), gate.clone()).expect("settings that work");
    let task = tokio::spawn(async move { smtp.send(&mail()).await });
    reached.notified().await;
    task.abort();
    assert!(task.await.is_err_and(|error| error.is_cancelled()));

    let rows = contacts(&test.store).await;
    assert_eq!((rows.len(), rows[0].state), (1, ContactState::Intended));
    assert_eq!(
        gate.recorder().mark_interrupted(gate.recorder().now().plus_seconds(1)).await.expect("marked"),
        1
    );
    let rows = contacts(&test.store).await;
    assert_eq!((rows.len(), rows[0].state), (1, ContactState::Failed));
    assert!(rows[0].note.as_deref().is_some_and(|note| note.contains("not known")), "{rows:?}");
}

#[tokio::test]
async fn answers_and_what_to_do_next() {
    let cases: &[(&str, &str, Next, &str)] = &[
        (
            "RCPT",
            "451 4.7.1 person@example.org is unknown to us for now",
            Next::Retry,
            "reply 451 4.7.1 at the recipient",
        ),
        (
            "RCPT",
            "550 5.1.1 <person@example.org> is unknown to us",
            Next::GiveUp,
            "reply 550 5.1.1 at the recipient",
        ),
        ("RCPT", "550 person@example.org is unknown to us", Next::GiveUp, "reply 550 at the recipient"),
        ("MAIL", "553 5.7.1 no", Next::GiveUp, "reply 553 5.7.1 at the sender"),
        ("MAIL", "421 later", Next::Retry, "reply 421 at the sender"),
        ("DATA", "554 5.7.0 no", Next::GiveUp, "reply 554 5.7.0 at the announcement"),
        ("DATA", "250 fine", Next::Retry, "broke at the announcement"),
        (".", "452 4.3.1 full", Next::Retry, "reply 452 4.3.1 at the content"),
        (".", "554 5.6.0 spam about person@example.org", Next::GiveUp, "reply 554 5.6.0 at the content"),
        (".", "", Next::Unknown, "broke at the content"),
        (".", "251 perhaps", Next::Unknown, "broke at the content"),
        (".", "-", Next::Unknown, "time was up at the content"),
        (".", "nonsense person@example.org", Next::Unknown, "broke at the content"),
        ("EHLO", "554 5.3.2 not you", Next::Retry, "reply 554 5.3.2 at the greeting"),
        ("RCPT", "", Next::Retry, "broke at the recipient"),
        ("RCPT", "-", Next::Retry, "time was up at the recipient"),
    ];
    for (command, reply, next, told) in cases {
        let test = TestStore::sqlite().await;
        let relay = Relay::start(Behaviour { replies: vec![(command, reply)], ..Behaviour::default() }).await;
        let error = smtp(&test.store, settings(&relay, Security::PlainOnLoopback))
            .send(&mail())
            .await
            .expect_err("not taken");
        assert_eq!(error.next(), *next, "{command} {reply}: {error}");
        assert!(error.to_string().contains(told), "{command} {reply}: {error}");
        let rows = contacts(&test.store).await;
        assert_eq!((rows.len(), rows[0].state), (1, ContactState::Failed), "{command} {reply}");
        assert_discreet(&format!("{error} {error:?} {rows:?}"));
        assert!(rows[0].note.as_deref().is_some_and(|note| note.contains(told)), "{rows:?}");
    }
}

#[tokio::test]
async fn tls_in_both_ways_and_signing_in_inside_it() {
    for (security, behaviour) in [
        (Security::StartTls, Behaviour { starttls: true, ..Behaviour::default() }),
        (Security::Implicit, Behaviour { implicit: true, ..Behaviour::default() }),
    ] {
        let test = TestStore::sqlite().await;
        let relay = Relay::start(behaviour).await;
        let mut settings = settings(&relay, security);
        settings.credentials = Some(Credentials { user: "relay-user".into(), password: "hunter2".into() });
        assert_discreet(&format!("{settings:?}"));
        assert_eq!(
            smtp(&test.store, settings).send(&mail()).await.expect("sent"),
            Delivery::Accepted,
            "{security:?}"
        );
        assert_eq!(relay.mails().len(), 1);
        let lines = relay.lines();
        let position = |word: &str| lines.iter().position(|line| line.starts_with(word));
        assert!(position("AUTH PLAIN ") < position("MAIL FROM") && position("AUTH").is_some(), "{lines:?}");
        assert!(position("STARTTLS") < position("AUTH"), "{lines:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_about_us_and_not_about_the_mail() {
    let test = TestStore::sqlite().await;
    let relay = Relay::start(Behaviour {
        replies: vec![("AUTH", "535 5.7.8 hunter2 is wrong")],
        ..Behaviour::default()
    })
    .await;
    let mut settings = settings(&relay, Security::PlainOnLoopback);
    settings.credentials = Some(Credentials { user: "relay-user".into(), password: "hunter2".into() });
    let error = smtp(&test.store, settings).send(&mail()).await.expect_err("refused");
    assert_eq!(error.next(), Next::Retry);
    assert_discreet(&error.to_string());
    assert!(!relay.lines().iter().any(|line| line.starts_with("MAIL")));
}

#[tokio::test]
async fn without_tls_nothing_of_the_mail_is_said() {
    let stranger = || Behaviour { starttls: true, ..Behaviour::default() };
    let slipped = "250-localhost\r\n250 AUTH PLAIN\r\n250 a\r\n250 b\r\n354 c\r\n250 taken\r\n";
    let cases = [
        (
            Security::StartTls,
            Roots::Only(vec![RELAY_CERTIFICATE.to_vec()]),
            Behaviour::default(),
            "does not offer",
        ),
        (Security::StartTls, Roots::Public, stranger(), "handshake"),
        (Security::StartTls, Roots::Only(Vec::new()), stranger(), "handshake"),
        (
            Security::Implicit,
            Roots::Public,
            Behaviour { implicit: true, ..Behaviour::default() },
            "handshake",
        ),
        (
            Security::Implicit,
            Roots::Only(vec![RELAY_CERTIFICATE.to_vec()]),
            Behaviour::default(),
            "handshake",
        ),
        (
            Security::StartTls,
            Roots::Only(vec![RELAY_CERTIFICATE.to_vec()]),
            Behaviour { slipped_in: slipped, ..stranger() },
            "handshake",
        ),
    ];
    for (i, (security, roots, behaviour, told)) in cases.into_iter().enumerate() {
        let test = TestStore::sqlite().await;
        let relay = Relay::start(behaviour).await;
        let settings = SmtpSettings { roots, ..settings(&relay, security) };
        let error = smtp(&test.store, settings).send(&mail()).await.expect_err("no TLS");
        assert!(error.to_string().contains(told), "{i}: {error}");
        assert_eq!(error.next(), Next::Retry, "{i}");
        assert!(!relay.lines().iter().any(|line| line.starts_with("MAIL")), "{i}: {:?}", relay.lines());
        assert_eq!(contacts(&test.store).await[0].state, ContactState::Failed, "{i}");
    }
}

#[tokio::test]
async fn a_relay_outside_the_register_hears_nothing() {
    let test = TestStore::sqlite().await;
    let relay = Relay::start(Behaviour::default()).await;
    let settings = settings(&relay, Security::PlainOnLoopback);
    let smtp = Smtp::new(settings, sender(), gate(&test.store, "mail.example.org", 587)).expect("settings");
    let error = smtp.send(&mail()).await.expect_err("refused");
    assert_eq!(error.next(), Next::GiveUp);
    assert!(error.to_string().contains("add the recipient to policy.toml"), "{error}");
    assert_eq!(relay.connections(), 0);
    assert_eq!(contacts(&test.store).await[0].state, ContactState::Refused);
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let test = TestStore::sqlite().await;
    let relay = Relay::start(Behaviour::default()).await;
    let refused = |settings: SmtpSettings| {
        let gate = gate(&test.store, "mail.example.org", 587);
        Smtp::new(settings, sender(), gate).err()
    };
    let usual = |security| settings(&relay, security);
    for host in
        ["mail.example.org", "192.0.2.1", "localhost.example.org", "127.0.0.1.example.org", "0.0.0.0", "::"]
    {
        let settings = SmtpSettings { host: host.into(), ..usual(Security::PlainOnLoopback) };
        assert_eq!(refused(settings), Some(SmtpSettingsError::PlainToElsewhere(host.into())));
    }
    for host in ["localhost", "127.0.0.9", "::1", "[::1]", "::ffff:127.0.0.1"] {
        assert_eq!(
            refused(SmtpSettings { host: host.into(), ..usual(Security::PlainOnLoopback) }),
            None,
            "{host}"
        );
    }
    for security in [Security::StartTls, Security::Implicit] {
        let settings = SmtpSettings { host: "a b".into(), ..usual(security) };
        assert_eq!(refused(settings), Some(SmtpSettingsError::Host("a b".into())));
        let settings =
            SmtpSettings { roots: Roots::Only(vec![b"no certificate".to_vec()]), ..usual(security) };
        assert_eq!(refused(settings), Some(SmtpSettingsError::Root(0)));
    }
    let mut slow = usual(Security::StartTls);
    slow.timeouts.total = Duration::from_secs(CONTACT_SECONDS_MAX);
    assert!(matches!(refused(slow), Some(SmtpSettingsError::Timeouts(_))));
}

#[test]
fn enhanced_codes() {
    for (words, expected) in [
        ("5.1.1 no such user", Some("5.1.1")),
        ("4.7.100", Some("4.7.100")),
        ("person@example.org", None),
        ("5.1", None),
        ("5.1.1.1 x", None),
        ("5.1.1000 x", None),
        ("a.b.c", None),
        ("", None),
    ] {
        assert_eq!(enhanced_code(words).as_deref(), expected, "{words}");
    }
}
