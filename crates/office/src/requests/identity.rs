//! Who asks: proportionate checks, of which the verdict is kept and the evidence is not.
//!
//! - signed in with a fresh second factor: enough by itself;
//! - signed in with a password: the link to the known address must be followed;
//! - a letter from somebody who says to be no customer: the link to the address they wrote from;
//!   what is held about them hangs on that address;
//! - a letter in a customer's name: the link, and a second channel known before: a code that staff
//!   read out by the telephone number on file, or a word from the panel.
//!
//! A visitor is matched to a customer after the link was followed, never before: otherwise anybody
//! could find out with somebody else's address who is a customer. Nobody is asked for a document.

use super::model::{Channel, Claim, Identity, Request, RequestId, RequestKind, RequestNumber, RequestState};
use super::store::{self, TokenRow};
use super::texts::{self, LinkReason};
use crate::accounts::{self, LinkKind, NewLink, Role, Session, Token};
use crate::customers::{self, CustomerId};
use crate::form::{Problem, Problems};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::require_active;
use crate::{By, Office, OfficeError, Record, subjects};
use base::{Language, Random, Sensitive, SubjectId, Timestamp};
use sha2::{Digest, Sha256};

/// The first part of the path of a link: `<base_url>/identity/<token>`.
pub const IDENTITY_PATH: &str = "identity";
/// How long a link works.
const LINK_DAYS: i64 = 7;
/// How long a code works that staff read out.
const CODE_SECONDS: i64 = 3_600;
/// Letters and digits of a code that nobody mistakes for each other on the telephone.
const CODE_ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// How many of them: 50 bits.
const CODE_LENGTH: usize = 10;

/// What following a link led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// The request's number.
    pub number: RequestNumber,
    /// Which right.
    pub kind: RequestKind,
    /// The language of the person.
    pub language: Language,
    /// When the answer is due.
    pub due_at: Timestamp,
    /// What is next.
    pub next: Next,
}

/// What the person has to do after following a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the identity is verified.
    Answer,
    /// A second channel must confirm it: a code that staff read out, or a word from the panel.
    SecondChannel,
}

/// What a link's mail is made of.
pub(crate) struct LinkMail<'a> {
    pub request: RequestId,
    pub number: RequestNumber,
    pub kind: RequestKind,
    pub due_at: Timestamp,
    /// The subject of the request, with whose erasure the link ends.
    pub keys_of: SubjectId,
    /// Whose address it goes to.
    pub subject: SubjectId,
    pub to: &'a Sensitive<String>,
    pub language: Language,
    pub reason: LinkReason,
}

impl LinkMail<'_> {
    pub(crate) async fn prepare(&self, office: &Office) -> Result<(NewLink, PreparedMail), OfficeError> {
        let link = NewLink::new(office, LinkKind::Identity, self.keys_of, LINK_DAYS * 86_400)
            .for_request(self.request.uuid());
        let address = link.address(office, IDENTITY_PATH);
        let (title, text) = texts::identity_link(
            self.language,
            self.kind,
            self.number,
            self.due_at,
            address.expose(),
            self.reason,
            LINK_DAYS,
        );
        let mail = NewMail {
            subject: self.subject,
            to: self.to,
            kind: MailKind::IdentityLink,
            language: self.language,
            title,
            body: mailing::signed(office, self.language, &text),
        };
        Ok((link, mailing::prepare(office, mail).await?))
    }
}

async fn by_token(office: &Office, token: &Token) -> Result<Request, OfficeError> {
    let link = accounts::peek_link(office, LinkKind::Identity, token).await?;
    let id = link.and_then(|link| link.request).map(RequestId::from_uuid).ok_or(NO_LINK)?;
    super::request(office, id).await
}

const NO_LINK: OfficeError = OfficeError::NotFound { what: "the link" };

/// The person follows the link (with a button on its page: programs that look at mail open links
/// too). It may be followed again until it has led to a verdict; after that it is gone.
///
/// # Errors
/// [`OfficeError::NotFound`] when the link is unknown, used or too old.
pub async fn follow_link(office: &Office, token: &Token) -> Result<Followed, OfficeError> {
    let request = by_token(office, token).await?;
    let matched = match (request.customer, request.detail.claim) {
        (None, Claim::Customer) => match_customer(office, &request).await?,
        (customer, _) => customer,
    };
    let needs_second = match request.channel {
        // The session was the first channel, the link the second.
        Channel::Panel => false,
        Channel::ContactForm | Channel::Staff => matched.is_some() || request.detail.claim == Claim::Customer,
    };
    let (state, identity) = if needs_second {
        (request.state.follow()?, Identity::KnownAddress)
    } else {
        (request.state.verify(Identity::KnownAddress)?, Identity::KnownAddress)
    };
    let next = if needs_second { Next::SecondChannel } else { Next::Answer };
    let followed = Followed {
        number: request.number,
        kind: request.kind,
        language: request.language,
        due_at: request.deadline.due_at,
        next,
    };
    // Followed before: nothing changes, the page asks for the second channel again.
    if needs_second && request.identity == Identity::KnownAddress && matched == request.customer {
        return Ok(followed);
    }
    let record = if needs_second { "request-link-followed" } else { "request-verified" };
    let change = Change { state, identity, by: By::Visitor, record };
    let newly = matched.filter(|_| request.customer.is_none());
    settle(office, &request, &change, newly, None).await?;
    if request.channel == Channel::Panel {
        super::decide::grant_at_once(office, request.id).await?;
    }
    Ok(followed)
}

/// The one customer that the login with the writer's address owns; none when there are several.
async fn match_customer(office: &Office, request: &Request) -> Result<Option<CustomerId>, OfficeError> {
    let Some(contact) = &request.detail.contact else { return Ok(None) };
    let Some(login) = accounts::login_by_email(office, contact.email.expose()).await? else {
        return Ok(None);
    };
    let owned: Vec<CustomerId> = accounts::customers_of_login(office, login.id)
        .await?
        .into_iter()
        .filter(|(_, _, role)| *role == Role::Owner)
        .map(|(customer, ..)| customer)
        .collect();
    match owned.as_slice() {
        [one] => Ok(Some(*one)),
        _ => Ok(None),
    }
}

/// A change of what is known about who asks.
struct Change {
    state: RequestState,
    identity: Identity,
    by: By,
    record: &'static str,
}

/// Commits a change with its ledger entry; a verdict ends all links and codes of the request.
async fn settle(
    office: &Office,
    request: &Request,
    change: &Change,
    customer: Option<CustomerId>,
    code: Option<[u8; 32]>,
) -> Result<(), OfficeError> {
    let subject = request.living_subject()?;
    require_active(office, subject).await?;
    let record = Record::new(change.record, change.by)
        .about(subject)
        .with("number", request.number.to_string())
        .with("identity", change.identity.as_str());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    if let Some(customer) = customer {
        store::set_customer(&tx, request.id, customer).await?;
    }
    store::transition(&tx, request, &change.state, change.identity).await?;
    if let Some(hash) = code {
        // Gone already: another try with the same code was first.
        if !store::use_token(&tx, hash).await? {
            return Err(OfficeError::Conflict { what: "the code" });
        }
    }
    if matches!(change.state, RequestState::Verified(_) | RequestState::Withdrawn(_)) {
        store::end_tokens(&tx, request.id).await?;
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Staff ask for a code to read out, by the telephone number that was on file before the request. It
/// works for an hour.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless the link was followed and a customer is named.
pub async fn second_channel_code(
    office: &Office,
    by: By,
    id: RequestId,
) -> Result<Sensitive<String>, OfficeError> {
    let request = super::request(office, id).await?;
    let subject = request.living_subject()?;
    if request.state != RequestState::Received(Identity::KnownAddress) || request.customer.is_none() {
        return Err(OfficeError::Forbidden { why: "the link must be followed and the customer known first" });
    }
    require_active(office, subject).await?;
    let code = new_code(&*office.random);
    let now = office.now();
    let record =
        Record::new("request-code-made", by).about(subject).with("number", request.number.to_string());
    let entry = office.prepare(record).await?;
    let token = TokenRow { request: id, subject };
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    store::insert_token(&tx, code_hash(id, code.expose()), &token, now, now.plus_seconds(CODE_SECONDS))
        .await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    let (first, rest) = code.expose().split_at(CODE_LENGTH / 2);
    Ok(Sensitive::new(format!("{first}-{rest}")))
}

/// The person types the code on the page of the link.
///
/// # Errors
/// [`OfficeError::NotFound`] for the link; [`OfficeError::Invalid`] for the field `code`.
pub async fn confirm_code(
    office: &Office,
    token: &Token,
    code: &Sensitive<String>,
) -> Result<Followed, OfficeError> {
    let request = by_token(office, token).await?;
    let wrong = |problem| OfficeError::Invalid(Problems::one("code", problem));
    let typed = normalise_code(code.expose());
    if typed.is_empty() {
        return Err(wrong(Problem::Missing));
    }
    let hash = code_hash(request.id, &typed);
    let found = store::token(&office.store, hash, office.now()).await?;
    if found.is_none_or(|row| row.request != request.id) {
        return Err(wrong(Problem::Wrong));
    }
    if request.state != RequestState::Received(Identity::KnownAddress) {
        return Err(OfficeError::Conflict { what: "the request" });
    }
    let state = request.state.verify(Identity::TwoChannels)?;
    let change =
        Change { state, identity: Identity::TwoChannels, by: By::Visitor, record: "request-verified" };
    settle(office, &request, &change, None, Some(hash)).await?;
    Ok(Followed {
        number: request.number,
        kind: request.kind,
        language: request.language,
        due_at: request.deadline.due_at,
        next: Next::Answer,
    })
}

/// An owner of the customer says in the panel that the request is theirs. With the followed link
/// that makes two channels.
///
/// # Errors
/// [`OfficeError::NotFound`] unless the request was matched to the customer; [`OfficeError::Conflict`]
/// unless its link was followed; [`OfficeError::Forbidden`] without a fresh sign-in.
pub async fn confirm_in_panel(office: &Office, session: &Session, id: RequestId) -> Result<(), OfficeError> {
    let customer = super::acting(session, Role::Owner)?;
    if !session.is_fresh(office.now()) {
        return Err(OfficeError::Forbidden { why: "this asks for a fresh sign-in" });
    }
    let request = super::own_request(office, customer, id).await?;
    if request.channel == Channel::Panel || request.state != RequestState::Received(Identity::KnownAddress) {
        return Err(OfficeError::Conflict { what: "the request" });
    }
    let state = request.state.verify(Identity::TwoChannels)?;
    let change =
        Change { state, identity: Identity::TwoChannels, by: session.by(), record: "request-verified" };
    settle(office, &request, &change, None, None).await
}

/// Staff know who asks, for instance because the person stands at the desk, and answer for it.
///
/// # Errors
/// [`OfficeError::Conflict`] unless the request waits for its identity check.
pub async fn verify_by_staff(office: &Office, by: By, id: RequestId) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    let state = request.state.verify(Identity::Staff)?;
    let change = Change { state, identity: Identity::Staff, by, record: "request-verified" };
    settle(office, &request, &change, None, None).await
}

/// Staff say which customer a letter is about, when the address it came from is not the one on file.
/// What was proved so far proves nothing about that customer: a new link goes to the address on file.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Forbidden`] for a request that a customer made or that was
/// written down for one; [`OfficeError::Conflict`] unless it waits for its identity check.
pub async fn attach_customer(
    office: &Office,
    by: By,
    id: RequestId,
    customer: CustomerId,
) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    if request.detail.contact.is_none() {
        return Err(OfficeError::Forbidden { why: "the request is a customer's own" });
    }
    send_link(office, by, &request, Some(customer)).await
}

/// Sends a new link; the one before it works no longer.
///
/// # Errors
/// [`OfficeError::Conflict`] unless the request waits for its identity check.
pub async fn resend_link(office: &Office, by: By, id: RequestId) -> Result<(), OfficeError> {
    let request = super::request(office, id).await?;
    send_link(office, by, &request, None).await
}

async fn send_link(
    office: &Office,
    by: By,
    request: &Request,
    attach: Option<CustomerId>,
) -> Result<(), OfficeError> {
    let subject = request.living_subject()?;
    require_active(office, subject).await?;
    let RequestState::Received(identity) = request.state else {
        return Err(OfficeError::Conflict { what: "the request" });
    };
    // To the address on file when it is about a customer, else to where the letter came from.
    let (to, owner, reason) = match (attach.or(request.customer), &request.detail.contact) {
        (Some(customer), _) => {
            let customer = customers::customer(office, customer).await?;
            (customer.profile.email, customer.subject, LinkReason::KnownAddress)
        }
        (None, Some(contact)) => (contact.email.clone(), subject, LinkReason::Letter),
        (None, None) => return Err(OfficeError::NotFound { what: "the address" }),
    };
    let mail = LinkMail {
        request: request.id,
        number: request.number,
        kind: request.kind,
        due_at: request.deadline.due_at,
        keys_of: subject,
        subject: owner,
        to: &to,
        language: request.language,
        reason,
    };
    let (link, mail) = mail.prepare(office).await?;
    let mut record =
        Record::new("request-link-sent", by).about(subject).with("number", request.number.to_string());
    if owner != subject {
        record = record.about(owner);
    }
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    if owner != subject {
        subjects::lock_active(&tx, owner).await?;
    }
    if let Some(customer) = attach {
        store::set_customer(&tx, request.id, customer).await?;
    }
    // What an earlier link proved was about another address when a customer is attached now.
    let after = if attach.is_some() { Identity::Unverified } else { identity };
    store::transition(&tx, request, &RequestState::Received(after), after).await?;
    store::end_tokens(&tx, request.id).await?;
    link.insert(&tx).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Who reads the mail at the address takes the request back: it was not theirs, or not meant.
///
/// # Errors
/// [`OfficeError::NotFound`] for the link.
pub async fn withdraw_by_link(office: &Office, token: &Token) -> Result<RequestNumber, OfficeError> {
    let request = by_token(office, token).await?;
    super::decide::withdraw_as(office, By::Visitor, &request).await?;
    Ok(request.number)
}

fn new_code(random: &dyn Random) -> Sensitive<String> {
    // Five bits of each byte: no letter is likelier than another.
    let bytes = Sensitive::new(random.bytes::<CODE_LENGTH>());
    Sensitive::new(
        bytes.expose().iter().map(|byte| char::from(CODE_ALPHABET[usize::from(byte & 31)])).collect(),
    )
}

/// Upper case, without the dashes and spaces people put in.
fn normalise_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .take(CODE_LENGTH + 1)
        .collect()
}

/// What is stored of a code. The request's id has a fixed length, so no two pairs hash alike.
fn code_hash(request: RequestId, code: &str) -> [u8; 32] {
    Sha256::new().chain_update(request.bytes()).chain_update(code.as_bytes()).finalize().into()
}
