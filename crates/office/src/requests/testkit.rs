//! What the tests of requests and messages share: customers, sessions, the mails that wait.

use super::{RequestId, request};
use crate::accounts::{
    self, LoginId, NewMember, Officer, Role, Session, SessionId, StaffRole, Stage, Token, accept_invitation,
};
use crate::customers::{self, Customer, NewCustomer, ProfileForm};
use crate::form::Problem;
use crate::mailing::{self, MailKind, SendMail};
use crate::messages::ContactForm;
use crate::{By, Office, OfficeError};
use ::store::{ClaimedJob, Job as _, claim};
use base::{Language, SubjectId, Timestamp};

pub(crate) const STAFF: By = By::System("test-staff");
pub(crate) const NAME: &str = "Fenna de Proef";
pub(crate) const EMAIL: &str = "fenna@klant.example";
pub(crate) const TEXT: &str = "Ik wil weten wat u over mij bewaart.";

pub(crate) async fn customer(office: &Office, email: &str) -> Customer {
    let form = ProfileForm {
        kind: "person".into(),
        name: NAME.into(),
        email: email.into(),
        phone: "+31 20 000 0000".into(),
        ..ProfileForm::default()
    };
    let profile = form.parse().expect("a profile");
    customers::create(office, STAFF, &NewCustomer { profile }).await.expect("a customer")
}

/// A login with an address that is a member of the customer, as people become one.
pub(crate) async fn member(office: &Office, customer: &Customer, email: &str, role: Role) -> LoginId {
    let new = NewMember { name: NAME.into(), email: email.into(), role, language: Language::Nl };
    accounts::invite(office, STAFF, customer.id, &new).await.expect("invited");
    let invitation = drain(office).await.one(MailKind::Invitation);
    let token = token_in(&invitation, "invitation");
    accept_invitation(office, &token, Some(&"vier losse paarden".into())).await.expect("accepted")
}

/// How a session was signed in to.
#[derive(Clone, Copy)]
pub(crate) enum SignIn {
    Password,
    SecondFactor,
    /// With a second factor, longer ago than counts as fresh.
    Stale,
}

/// A session of somebody who acts for a customer.
pub(crate) fn session(office: &Office, customer: &Customer, role: Role, sign_in: SignIn) -> Session {
    let now = office.now();
    let then = now.plus_seconds(-accounts::FRESH_SECONDS - 1);
    let (password_at, second_factor_at) = match sign_in {
        SignIn::Password => (now, None),
        SignIn::SecondFactor => (now, Some(now)),
        SignIn::Stale => (then, Some(then)),
    };
    Session {
        id: SessionId::new(&*office.clock, &*office.random),
        login: LoginId::new(&*office.clock, &*office.random),
        subject: SubjectId::new(&*office.clock, &*office.random),
        language: Language::Nl,
        staff: None::<StaffRole>,
        officer: Officer::None,
        acting_for: Some((customer.id, role)),
        stage: Stage::Complete,
        password_at,
        second_factor_at,
        created_at: password_at,
        expires_at: now.plus_days(1),
    }
}

pub(crate) fn form(topic: &str, right: &str) -> ContactForm {
    ContactForm {
        name: NAME.into(),
        email: EMAIL.into(),
        topic: topic.into(),
        right: right.into(),
        title: "Over mijn gegevens".into(),
        text: TEXT.into(),
        ..ContactForm::default()
    }
}

/// What waited in the queue.
pub(crate) struct Drained {
    pub letters: Vec<mailing::Letter>,
    pub jobs: Vec<ClaimedJob>,
}

impl Drained {
    /// The one mail of a kind.
    pub(crate) fn one(mut self, kind: MailKind) -> mailing::Letter {
        let found: Vec<_> = self.letters.iter().map(|letter| letter.kind).collect();
        self.letters.retain(|letter| letter.kind == kind);
        assert_eq!(self.letters.len(), 1, "one mail of {kind:?} among {found:?}");
        self.letters.remove(0)
    }

    /// Of what kinds the mails are, by their words: those of one millisecond have no order.
    pub(crate) fn kinds(&self) -> Vec<MailKind> {
        let mut kinds: Vec<_> = self.letters.iter().map(|letter| letter.kind).collect();
        kinds.sort_by_key(|kind| kind.as_str());
        kinds
    }
}

/// Takes everything out of the queue that is due within a month.
pub(crate) async fn drain(office: &Office) -> Drained {
    let mut drained = Drained { letters: Vec::new(), jobs: Vec::new() };
    while let Some(job) = claim(&office.store, office.now().plus_days(31)).await.expect("the queue") {
        if job.kind == SendMail::KIND {
            let send: SendMail = job.decode().expect("a mail job");
            drained.letters.extend(mailing::letter(office, send.mail).await.expect("the outbox"));
            mailing::mark_sent(office, send.mail).await.expect("sent");
        } else {
            drained.jobs.push(job.clone());
        }
        ::store::finish(&office.store, job.id, office.now()).await.expect("finished");
    }
    drained
}

pub(crate) fn token_in(letter: &mailing::Letter, path: &str) -> Token {
    let (_, rest) = letter.body.expose().split_once(&format!("/{path}/")).expect("a link");
    Token::parse(rest.split_whitespace().next().expect("a token")).expect("a token")
}

pub(crate) fn problem(result: Result<impl core::fmt::Debug, OfficeError>, field: &str) -> Option<Problem> {
    match result {
        Err(OfficeError::Invalid(problems)) => problems.of(field),
        other => panic!("expected a problem at {field}, got {other:?}"),
    }
}

/// The word for the state of a request.
pub(crate) async fn standing(office: &Office, id: RequestId) -> &'static str {
    request(office, id).await.expect("the request").state.standing().as_str()
}

/// The kinds of all ledger entries, in order, and their bytes.
pub(crate) async fn ledger(office: &Office) -> (Vec<String>, Vec<u8>) {
    ::store::Sequencer::new(office.store.clone()).run().await.expect("numbered");
    let rows = ::store::entries_from(&office.store, 0, 1_000).await.expect("entries");
    let bytes = rows.iter().flat_map(|row| row.body.clone()).collect();
    (rows.into_iter().map(|row| row.kind).collect(), bytes)
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant")
}
