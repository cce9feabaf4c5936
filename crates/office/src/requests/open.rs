//! How a request begins: in the panel, through the contact form, or written down by staff.

use super::clock::Deadline;
use super::model::{
    Channel, Claim, Contact, Detail, Identity, RequestId, RequestKind, RequestNumber, RequestState,
};
use super::texts::LinkReason;
use super::{identity, store, texts};
use crate::accounts::{FRESH_SECONDS, LoginId, NewLink, Role, Session};
use crate::customers::{self, CustomerId};
use crate::form::{Problem, Problems};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::{TEXT_CHARS_MAX, ThreadId, require_active, take_number, text_block};
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, Prepared, Record};
use ::store::Tx;
use base::{Language, Sensitive, SubjectId, Timestamp};
use keys::Purpose as _;
use keys::purpose::{Ledger, Rights, Support};
use policy::Ground;

/// The counter that hands out request numbers, and the number before the first.
pub(crate) const NUMBER_COUNTER: &str = "request";
pub(crate) const FIRST_NUMBER: i64 = 100_000;
/// How long ago a letter may have been received that staff write down, in days.
const RECEIVED_DAYS_MAX: i64 = 366;
/// The longest name of somebody who asks, in characters.
const NAME_CHARS_MAX: usize = 120;

/// How the identity is looked at when a request begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// A link goes to the known address.
    Link(LinkReason),
    /// It is verified already.
    Verified(Identity),
    /// It needs no verifying: a complaint discloses nothing.
    Unneeded,
}

impl Start {
    /// Of a letter from somebody who is not signed in.
    pub(crate) const fn of_letter(kind: RequestKind) -> Self {
        match kind {
            RequestKind::Complaint => Self::Unneeded,
            _ => Self::Link(LinkReason::Letter),
        }
    }

    /// Of a signed-in person: a fresh second factor is enough; a password alone asks for the link.
    pub(crate) fn of_session(kind: RequestKind, session: &Session, now: Timestamp) -> Self {
        match (kind, session_identity(session, now)) {
            (RequestKind::Complaint, _) => Self::Unneeded,
            (_, Identity::SecondFactor) => Self::Verified(Identity::SecondFactor),
            _ => Self::Link(LinkReason::KnownAddress),
        }
    }
}

/// What a session proves: a fresh second factor, or that somebody is signed in.
pub(crate) fn session_identity(session: &Session, now: Timestamp) -> Identity {
    let fresh = |at: Timestamp| (0..=FRESH_SECONDS).contains(&now.seconds_since(at));
    if session.second_factor_at.is_some_and(fresh) { Identity::SecondFactor } else { Identity::SignedIn }
}

/// A request to be.
pub(crate) struct NewRequest<'a> {
    pub kind: RequestKind,
    pub channel: Channel,
    pub language: Language,
    pub subject: SubjectId,
    pub customer: Option<CustomerId>,
    pub login: Option<LoginId>,
    pub thread: Option<ThreadId>,
    pub received_at: Timestamp,
    pub detail: Detail,
    pub start: Start,
    /// Where the confirmation or the link goes.
    pub to: &'a Sensitive<String>,
    pub by: By,
}

/// A request that waits for its transaction.
pub(crate) struct Opening {
    row: store::NewRow,
    entry: Prepared,
    link: Option<NewLink>,
    mail: PreparedMail,
}

impl Opening {
    pub(crate) const fn id(&self) -> RequestId {
        self.row.id
    }

    pub(crate) const fn number(&self) -> RequestNumber {
        self.row.number
    }

    /// Puts it into a transaction that has locked the subject.
    pub(crate) async fn put(&self, office: &Office, tx: &Tx) -> Result<(), OfficeError> {
        store::insert(tx, &self.row).await?;
        if let Some(link) = &self.link {
            link.insert(tx).await?;
        }
        self.mail.queue(office, tx).await?;
        Ok(self.entry.append(tx).await?)
    }

    /// What follows when the transaction has committed: who is verified already and asks for a copy of
    /// the data gets it without anybody's judgement. Should this fail, staff find the request open.
    pub(crate) async fn follow_up(&self, office: &Office) -> Result<(), OfficeError> {
        match self.row.state {
            RequestState::Verified(_) => super::decide::grant_at_once(office, self.row.id).await,
            _ => Ok(()),
        }
    }
}

/// Makes everything a request needs before its transaction begins: number, clock, envelopes, link,
/// mail and ledger entry.
pub(crate) async fn prepare_opening(office: &Office, new: NewRequest<'_>) -> Result<Opening, OfficeError> {
    let policy = office.policy();
    let deadline =
        Deadline::begin(new.received_at, policy.law()).map_err(|e| OfficeError::Other(e.to_string()))?;
    let id = RequestId::new(&*office.clock, &*office.random);
    let number = RequestNumber(take_number(office, NUMBER_COUNTER, FIRST_NUMBER).await?);
    let (state, identity) = match new.start {
        Start::Verified(identity) => (RequestState::Verified(identity), identity),
        Start::Link(_) | Start::Unneeded => {
            (RequestState::Received(Identity::Unverified), Identity::Unverified)
        }
    };
    let (link, mail) = match new.start {
        Start::Link(reason) => {
            let mail = identity::LinkMail {
                request: id,
                number,
                kind: new.kind,
                due_at: deadline.due_at,
                keys_of: new.subject,
                subject: new.subject,
                to: new.to,
                language: new.language,
                reason,
            };
            let (link, mail) = mail.prepare(office).await?;
            (Some(link), mail)
        }
        Start::Verified(_) | Start::Unneeded => {
            let (title, text) = texts::received(new.language, new.kind, number, deadline.due_at);
            let mail = NewMail {
                subject: new.subject,
                to: new.to,
                kind: MailKind::RequestReceived,
                language: new.language,
                title,
                body: mailing::signed(office, new.language, &text),
            };
            (None, mailing::prepare(office, mail).await?)
        }
    };
    let record = Record::new("request-received", new.by)
        .about(new.subject)
        .with("number", number.to_string())
        .with("kind", new.kind.as_str())
        .with("channel", new.channel.as_str())
        .with("identity", identity.as_str())
        .with("due", deadline.due_at.rfc3339());
    let entry = office.prepare(record).await?;
    let key = office.vault.ensure::<Rights>(new.subject).await?;
    let row = store::NewRow {
        id,
        number,
        kind: new.kind,
        state,
        identity,
        subject: new.subject,
        customer: new.customer,
        thread: new.thread,
        login: new.login,
        channel: new.channel,
        language: new.language,
        deadline,
        detail: store::seal_detail(&key, id, &new.detail, &*office.random)?,
        answer: None,
    };
    Ok(Opening { row, entry, link, mail })
}

/// What a signed-in customer asks, as typed.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct PanelForm {
    /// The kind of request.
    pub right: String,
    /// For an objection: the purpose objected to.
    pub purpose: String,
    /// In the person's own words; may be empty where the kind says it all.
    pub text: Sensitive<String>,
}

/// A customer's owner asks for something about the customer's data. With a fresh second factor the
/// request is verified at once, and a copy of the data is granted at once; otherwise a link goes to
/// the customer's known address.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless the login acts as owner; [`OfficeError::Invalid`]; when a store fails.
pub async fn open_in_panel(
    office: &Office,
    session: &Session,
    form: &PanelForm,
) -> Result<(RequestId, RequestNumber), OfficeError> {
    let (kind, detail) = parse_panel(office, form)?;
    let customer = customers::customer(office, super::acting(session, Role::Owner)?).await?;
    require_active(office, customer.subject).await?;
    let new = NewRequest {
        kind,
        channel: Channel::Panel,
        language: customer.profile.language,
        subject: customer.subject,
        customer: Some(customer.id),
        login: Some(session.login),
        thread: None,
        received_at: office.now(),
        detail,
        start: Start::of_session(kind, session, office.now()),
        to: &customer.profile.email,
        by: session.by(),
    };
    let opening = prepare_opening(office, new).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, customer.subject).await?;
    opening.put(office, &tx).await?;
    tx.commit().await?;
    opening.follow_up(office).await?;
    Ok((opening.id(), opening.number()))
}

fn parse_panel(office: &Office, form: &PanelForm) -> Result<(RequestKind, Detail), OfficeError> {
    let mut problems = Problems::new();
    let kind = RequestKind::parse(form.right.trim());
    if kind.is_none() {
        problems.add("right", if form.right.trim().is_empty() { Problem::Missing } else { Problem::Choice });
    }
    // What these ask is said by their kind alone; the others need words.
    let silent = matches!(kind, Some(RequestKind::Access | RequestKind::Portability | RequestKind::Erasure));
    let text = match text_block(form.text.expose(), TEXT_CHARS_MAX) {
        Err(Problem::Missing) if silent => None,
        other => problems.take("text", other),
    };
    let purpose = Some(form.purpose.trim().to_owned()).filter(|purpose| !purpose.is_empty());
    if let Err(OfficeError::Invalid(found)) = check_purpose(office, kind, purpose.as_deref()) {
        for (field, problem) in found.all() {
            problems.add(field, *problem);
        }
    }
    match kind {
        Some(kind) if problems.is_empty() => Ok((
            kind,
            Detail { text: text.map(Sensitive::new), purpose, contact: None, claim: Claim::Nothing },
        )),
        _ => Err(problems.into()),
    }
}

/// An objection names a purpose of the policy that stands on a legitimate interest (art. 21(1)).
/// From the contact form it may stay unnamed: the text says what is meant, and staff find out.
pub(crate) fn check_purpose(
    office: &Office,
    kind: Option<RequestKind>,
    purpose: Option<&str>,
) -> Result<(), OfficeError> {
    let (Some(RequestKind::Objection), Some(name)) = (kind, purpose) else { return Ok(()) };
    let policy = office.policy();
    let known = policy
        .purpose(name)
        .is_some_and(|purpose| matches!(purpose.ground, Ground::LegitimateInterest { .. }));
    if known { Ok(()) } else { Err(Problems::one("purpose", Problem::Choice).into()) }
}

/// About whom a request is that staff write down.
#[derive(Debug, Clone)]
pub enum About {
    /// A customer.
    Customer(CustomerId),
    /// Somebody who is no customer, or not known to be one.
    Somebody {
        /// The name they gave.
        name: Sensitive<String>,
        /// The address to write to.
        email: Sensitive<String>,
        /// The language to write in.
        language: Language,
    },
}

/// A request that came by letter, by telephone or at the desk.
#[derive(Debug, Clone)]
pub struct OnBehalf {
    /// About whom.
    pub about: About,
    /// Which right.
    pub kind: RequestKind,
    /// For an objection: the purpose objected to.
    pub purpose: Option<String>,
    /// What was asked.
    pub text: Sensitive<String>,
    /// When it was received, from which the clock runs; now when none is named.
    pub received_at: Option<Timestamp>,
}

/// Staff write a request down. A link goes to the known address, unless it is a complaint.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::NotFound`] for the customer; when a store fails.
pub async fn open_on_behalf(
    office: &Office,
    by: By,
    new: &OnBehalf,
) -> Result<(RequestId, RequestNumber), OfficeError> {
    let now = office.now();
    let mut problems = Problems::new();
    let text = problems.take("text", text_block(new.text.expose(), TEXT_CHARS_MAX));
    let received_at = new.received_at.unwrap_or(now);
    if received_at > now || received_at < now.plus_days(-RECEIVED_DAYS_MAX) {
        problems.add("received_at", Problem::Choice);
    }
    let (name, to) = match &new.about {
        About::Customer(_) => (None, None),
        About::Somebody { name, email, .. } => (
            problems.take("name", customers::single_line(name.expose(), NAME_CHARS_MAX)),
            problems.take("email", customers::email(email.expose())),
        ),
    };
    check_purpose(office, Some(new.kind), new.purpose.as_deref())?;
    let Some(text) = text.filter(|_| problems.is_empty()) else { return Err(problems.into()) };

    let customer = match new.about {
        About::Customer(id) => Some(customers::customer(office, id).await?),
        About::Somebody { .. } => None,
    };
    let contact = name.zip(to).map(|(name, email)| Contact { name: name.into(), email: email.into() });
    let (subject, language, to) = match (&customer, &contact, &new.about) {
        (Some(customer), ..) => {
            require_active(office, customer.subject).await?;
            (customer.subject, customer.profile.language, customer.profile.email.clone())
        }
        (None, Some(contact), About::Somebody { language, .. }) => {
            let subject = SubjectId::new(&*office.clock, &*office.random);
            office.vault.create(&[(subject, &[Support::NAME, Rights::NAME, Ledger::NAME])]).await?;
            (subject, *language, contact.email.clone())
        }
        _ => return Err(OfficeError::NotFound { what: "the person" }),
    };
    let reason = if customer.is_some() { LinkReason::KnownAddress } else { LinkReason::Letter };
    let start = if new.kind == RequestKind::Complaint { Start::Unneeded } else { Start::Link(reason) };
    let request = NewRequest {
        kind: new.kind,
        channel: Channel::Staff,
        language,
        subject,
        customer: customer.as_ref().map(|customer| customer.id),
        login: None,
        thread: None,
        received_at,
        detail: Detail {
            text: Some(text.into()),
            purpose: new.purpose.clone(),
            contact,
            claim: Claim::Nothing,
        },
        start,
        to: &to,
        by,
    };
    let opening = prepare_opening(office, request).await?;
    let tx = office.store.begin().await?;
    match customer {
        Some(customer) => subjects::lock_active(&tx, customer.subject).await?,
        None => subjects::create(&tx, subject, SubjectKind::Visitor, now).await?,
    }
    opening.put(office, &tx).await?;
    tx.commit().await?;
    Ok((opening.id(), opening.number()))
}
