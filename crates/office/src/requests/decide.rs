//! Answers: grant, refuse, extend, withdraw.
//!
//! What a grant does beyond the answer: rectification and restriction change the customer first (both
//! can be repeated), access and portability ask a job for the package, erasure asks a job to begin.

use super::jobs::{BeginErasure, ProducePackage};
use super::model::{Closing, Person, Reasons, Request, RequestId, RequestKind, RequestState};
use super::texts::{self, Outcome};
use super::{ExtensionRefused, store};
use crate::accounts::{Role, Session};
use crate::customers::{CustomerId, PreparedProfile, PreparedRestriction, Profile, Restriction};
use crate::form::{Problem, Problems};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::{self, TEXT_CHARS_MAX, require_active, text_block};
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::Tx;
use base::Sensitive;
use keys::purpose::Rights;

/// How long an erasure waits for the answer to leave, in seconds: its mail is under the keys that go.
const ERASURE_WAIT_SECONDS: i64 = 60;
/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 2_000;

/// What staff write in an answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The text. It may be empty for a grant whose kind says what is done; a refusal has reasons, and
    /// a complaint or objection gets an answer in words.
    pub text: Sensitive<String>,
    /// Why the answer comes late; asked for when the term has passed.
    pub late_reason: Sensitive<String>,
}

/// The values that staff put in place for a customer who asked for correction.
#[derive(Debug, Clone)]
pub struct Rectification {
    /// The revision of the customer that the values were made from.
    pub revision: u32,
    /// The profile as it is to be.
    pub profile: Profile,
}

/// Grants a request and does what that means.
///
/// # Errors
/// [`OfficeError::Forbidden`] before the identity is verified; [`OfficeError::Conflict`] when somebody
/// answered first; [`OfficeError::Invalid`] for the texts, or `profile` when a customer's rectification
/// comes without values; [`OfficeError::Erased`].
pub async fn grant(
    office: &Office,
    by: By,
    id: RequestId,
    answer: &Answer,
    rectification: Option<&Rectification>,
) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    let closing = Closing { at: office.now(), named_authority: false };
    request.state.grant(request.kind, closing)?;
    let need = match request.kind {
        RequestKind::Complaint | RequestKind::Objection => TextNeed::Required,
        _ => TextNeed::Optional,
    };
    let words = Words::parse(office, &request, answer, need)?;
    let effect = Effect::of(&request, rectification)?;
    let prepared = prepare(office, by, &request, Outcome::Granted, &words).await?;
    let effect = effect.prepare(office, by).await?;
    let tx = prepared.put(office, &request).await?;
    effect.put(office, &tx).await?;
    match request.kind {
        RequestKind::Access | RequestKind::Portability => {
            tx.enqueue(&ProducePackage { request: id }, office.now(), &*office.clock, &*office.random)
                .await?;
        }
        RequestKind::Erasure => {
            let at = office.now().plus_seconds(ERASURE_WAIT_SECONDS);
            tx.enqueue(&BeginErasure { request: id }, at, &*office.clock, &*office.random).await?;
        }
        _ => {}
    }
    tx.commit().await?;
    effect.committed(office);
    Ok(())
}

/// What needs nobody's judgement once the identity is verified: a copy of the data.
pub(crate) async fn grant_at_once(office: &Office, id: RequestId) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    match request.kind {
        RequestKind::Access | RequestKind::Portability => {
            grant(office, By::System("requests"), id, &Answer::default(), None).await
        }
        _ => Ok(()),
    }
}

/// Refuses a request, with reasons.
///
/// # Errors
/// As [`grant`].
pub async fn refuse(office: &Office, by: By, id: RequestId, answer: &Answer) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    request.state.refuse(Closing { at: office.now(), named_authority: false })?;
    let words = Words::parse(office, &request, answer, TextNeed::Required)?;
    let prepared = prepare(office, by, &request, Outcome::Refused, &words).await?;
    let tx = prepared.put(office, &request).await?;
    Ok(tx.commit().await?)
}

/// Whether an answer must have a text of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextNeed {
    Required,
    Optional,
}

/// The texts of an answer, checked.
struct Words {
    text: Option<String>,
    late: Option<String>,
}

impl Words {
    fn parse(
        office: &Office,
        request: &Request,
        answer: &Answer,
        need: TextNeed,
    ) -> Result<Self, OfficeError> {
        let mut problems = Problems::new();
        let mut take =
            |field, value: &Sensitive<String>, max, needed: bool| match text_block(value.expose(), max) {
                Err(Problem::Missing) if !needed => None,
                other => problems.take(field, other),
            };
        let text = take("text", &answer.text, TEXT_CHARS_MAX, need == TextNeed::Required);
        let is_late = request.deadline.is_late(office.now());
        let late = take("late_reason", &answer.late_reason, REASON_CHARS_MAX, is_late).filter(|_| is_late);
        if problems.is_empty() { Ok(Self { text, late }) } else { Err(problems.into()) }
    }
}

/// What a grant changes in the customer's data.
enum Effect<'a> {
    None,
    Rectify(CustomerId, &'a Rectification),
    Restrict(CustomerId),
}

impl<'a> Effect<'a> {
    fn of(request: &Request, rectification: Option<&'a Rectification>) -> Result<Self, OfficeError> {
        let customer = request.customer.filter(|_| request.reaches_customer());
        match (request.kind, customer, rectification) {
            (RequestKind::Rectification, Some(customer), Some(values)) => Ok(Self::Rectify(customer, values)),
            (RequestKind::Rectification, Some(_), None) => {
                Err(Problems::one("profile", Problem::Missing).into())
            }
            (RequestKind::Restriction, Some(customer), _) => Ok(Self::Restrict(customer)),
            (RequestKind::Restriction, None, _) => {
                Err(OfficeError::Forbidden { why: "only a customer's data can be restricted" })
            }
            // A visitor's data are the letters themselves; staff say in the answer what was corrected.
            _ => Ok(Self::None),
        }
    }

    async fn prepare(&self, office: &Office, by: By) -> Result<PreparedEffect, OfficeError> {
        Ok(match self {
            Self::None => PreparedEffect::None,
            Self::Rectify(customer, values) => PreparedEffect::Rectify(Box::new(
                PreparedProfile::new(office, by, *customer, values.revision, &values.profile).await?,
            )),
            Self::Restrict(customer) => PreparedEffect::Restrict(
                PreparedRestriction::new(office, by, *customer, Restriction::Restricted).await?,
            ),
        })
    }
}

/// An effect that waits for the answer's transaction.
enum PreparedEffect {
    None,
    Rectify(Box<PreparedProfile>),
    Restrict(PreparedRestriction),
}

impl PreparedEffect {
    async fn put(&self, office: &Office, tx: &Tx) -> Result<(), OfficeError> {
        match self {
            Self::None => Ok(()),
            Self::Rectify(change) => change.put(office, tx).await,
            Self::Restrict(change) => change.put(office, tx).await,
        }
    }

    fn committed(self, office: &Office) {
        if let Self::Rectify(change) = self {
            change.committed(office);
        }
    }
}

/// An answer that waits for its transaction.
struct PreparedAnswer {
    state: RequestState,
    person: Person,
    mail: PreparedMail,
    answer: Vec<u8>,
    reason: Option<Vec<u8>>,
    entry: crate::Prepared,
}

async fn prepare(
    office: &Office,
    by: By,
    request: &Request,
    outcome: Outcome,
    words: &Words,
) -> Result<PreparedAnswer, OfficeError> {
    let subject = request.living_subject()?;
    require_active(office, subject).await?;
    let person = super::person(office, request).await?.ok_or(OfficeError::Erased)?;
    let policy = office.policy();
    let (language, now) = (person.language, office.now());
    let (title, body) = texts::answered(
        language,
        request.kind,
        request.number,
        request.deadline.received_at,
        outcome,
        words.text.as_deref().unwrap_or_default(),
    );
    let body = match &words.late {
        Some(reason) => format!("{body}\n\n{}", texts::late(language, reason)),
        None => body,
    };
    let whole = mailing::signed(office, language, &texts::with_remedies(language, &body, &policy));
    // Asked of the text that leaves, so that a change of the words cannot make the record untrue.
    let named_authority = texts::names_remedies(language, whole.expose(), &policy);
    let closing = Closing { at: now, named_authority };
    let state = match outcome {
        Outcome::Granted => request.state.grant(request.kind, closing)?,
        Outcome::Refused => request.state.refuse(closing)?,
    };
    let kind = match outcome {
        Outcome::Granted => "request-granted",
        Outcome::Refused => "request-refused",
    };
    let record = Record::new(kind, by)
        .about(subject)
        .with("number", request.number.to_string())
        .with("kind", request.kind.as_str())
        .with("in_time", !request.deadline.is_late(now))
        .with("named_authority", named_authority);
    let entry = office.prepare(record).await?;
    let key = office.vault.ensure::<Rights>(subject).await?;
    let answer = store::seal_answer(&key, request.id, whole.expose(), &*office.random);
    let late = words.late.clone().map(Sensitive::new);
    let reasons = Reasons { late, ..request.reasons.clone() };
    let reason = store::seal_reasons(&key, request.id, &reasons, &*office.random)?;
    let mail = NewMail {
        subject: person.subject,
        to: &person.email,
        kind: MailKind::RequestAnswered,
        language,
        title,
        body: whole,
    };
    let mail = mailing::prepare(office, mail).await?;
    Ok(PreparedAnswer { state, person, mail, answer, reason, entry })
}

impl PreparedAnswer {
    /// Begins the transaction and puts everything into it but the commit.
    async fn put(self, office: &Office, request: &Request) -> Result<Tx, OfficeError> {
        let subject = request.living_subject()?;
        let tx = office.store.begin().await?;
        subjects::lock_active(&tx, subject).await?;
        if self.person.subject != subject {
            subjects::lock_active(&tx, self.person.subject).await?;
        }
        store::transition(&tx, request, &self.state, request.identity).await?;
        store::set_texts(&tx, request.id, Some(self.answer), self.reason).await?;
        store::end_tokens(&tx, request.id).await?;
        if let Some(thread) = request.thread {
            messages::settle(&tx, thread, office.now()).await?;
        }
        self.mail.queue(office, &tx).await?;
        self.entry.append(&tx).await?;
        Ok(tx)
    }
}

/// Extends the term once, within the first term, and tells the person why (art. 12(3)).
///
/// # Errors
/// [`OfficeError::Invalid`] for the field `reason`; [`OfficeError::Conflict`] when it was extended or
/// answered; [`OfficeError::Forbidden`] after the first term.
pub async fn extend(
    office: &Office,
    by: By,
    id: RequestId,
    reason: &Sensitive<String>,
) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    if !request.state.standing().is_open() {
        return Err(OfficeError::Conflict { what: "the request" });
    }
    let policy = office.policy();
    let deadline = request.deadline.extend(office.now(), policy.law()).map_err(|error| match error {
        ExtensionRefused::Twice => OfficeError::Conflict { what: "the request" },
        ExtensionRefused::TooLate => {
            OfficeError::Forbidden { why: "the term has passed; it is extended within it" }
        }
        ExtensionRefused::Time(error) => OfficeError::Other(error.to_string()),
    })?;
    let reason = text_block(reason.expose(), REASON_CHARS_MAX)
        .map_err(|problem| OfficeError::Invalid(Problems::one("reason", problem)))?;
    let subject = request.living_subject()?;
    require_active(office, subject).await?;
    let person = super::person(office, &request).await?.ok_or(OfficeError::Erased)?;
    let (title, text) =
        texts::extended(person.language, request.kind, request.number, deadline.due_at, &reason);
    let mail = NewMail {
        subject: person.subject,
        to: &person.email,
        kind: MailKind::RequestExtended,
        language: person.language,
        title,
        body: mailing::signed(office, person.language, &text),
    };
    let mail = mailing::prepare(office, mail).await?;
    let record = Record::new("request-extended", by)
        .about(subject)
        .with("number", request.number.to_string())
        .with("due", deadline.due_at.rfc3339());
    let entry = office.prepare(record).await?;
    let key = office.vault.ensure::<Rights>(subject).await?;
    let reasons = Reasons { extension: Some(reason.into()), ..request.reasons.clone() };
    let sealed = store::seal_reasons(&key, id, &reasons, &*office.random)?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    if person.subject != subject {
        subjects::lock_active(&tx, person.subject).await?;
    }
    store::extend(&tx, id, &deadline, sealed).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Staff note that the person took the request back.
///
/// # Errors
/// [`OfficeError::Conflict`] when it was answered or withdrawn already.
pub async fn withdraw(office: &Office, by: By, id: RequestId) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    withdraw_as(office, by, &request).await
}

/// An owner of the customer takes a request back in the panel.
///
/// # Errors
/// [`OfficeError::NotFound`] unless it is the customer's; [`OfficeError::Conflict`] when it was closed.
pub async fn withdraw_own(office: &Office, session: &Session, id: RequestId) -> Result<(), OfficeError> {
    let customer = super::acting(session, Role::Owner)?;
    let request = super::own_request(office, customer, id).await?;
    withdraw_as(office, session.by(), &request).await
}

pub(crate) async fn withdraw_as(office: &Office, by: By, request: &Request) -> Result<(), OfficeError> {
    let now = office.now();
    let state = request.state.withdraw(now)?;
    let subject = request.living_subject()?;
    require_active(office, subject).await?;
    let record =
        Record::new("request-withdrawn", by).about(subject).with("number", request.number.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    store::transition(&tx, request, &state, request.identity).await?;
    store::end_tokens(&tx, request.id).await?;
    if let Some(thread) = request.thread {
        messages::settle(&tx, thread, now).await?;
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
