//! Asking for an erasure, going on with it, and what follows later.

use super::steps::{begin_row, carry_out};
use super::store::{self, NewErasure};
use super::{Begun, ErasureId, ErasureState, RECEIPT_PATH, TakeBack, Whom, texts};
use crate::accounts::{self, Role, Session, Token};
use crate::customers::{self, CustomerId};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::require_active;
use crate::requests::{
    self, Answer, Channel, PanelForm, Person, Request, RequestFilter, RequestId, RequestKind, RequestNumber,
    RequestState, Standing, Which,
};
use crate::services;
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, billing};
use ::store::Job;
use base::{Sensitive, SubjectId, Timestamp};
use keys::Phase;
use serde::{Deserialize, Serialize};

/// How long an announced erasure waits at most for the last mails to leave, in seconds.
const FAREWELL_SECONDS_MAX: i64 = 86_400;
/// How long between two looks at them, in seconds.
const FAREWELL_LOOK_SECONDS: i64 = 10;
/// How many days a receipt can be fetched after the second date.
const RECEIPT_DAYS: i64 = 30;
/// How many open requests for erasure of one customer are looked at.
const OPEN_MAX: u32 = 50;
/// How many erasures one look at the table takes.
const PAGE: u32 = 200;

/// Carries an erasure through its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseSubject {
    /// Which.
    pub erasure: ErasureId,
}

impl Job for EraseSubject {
    const KIND: &'static str = "erasure.run";
    // With pauses of six hours, weeks: what is asked here is owed to somebody.
    const ATTEMPTS_MAX: u32 = 100;
}

/// The address of a receipt's page.
#[must_use]
pub fn receipt_address(office: &Office, token: &Token) -> Sensitive<String> {
    Sensitive::new(format!("{}/{RECEIPT_PATH}/{}", office.settings.base_url, token.text().expose()))
}

/// Erases at once, without a farewell mail: for retention and for staff who know what they do.
/// Somebody who is being erased already stays so: the same erasure is given, without its token.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Forbidden`] for a staff login and the last owner of a
/// customer; when a store fails.
pub async fn begin(
    office: &Office,
    by: By,
    whom: Whom,
    request: Option<RequestId>,
) -> Result<Begun, OfficeError> {
    let begun = announce(office, by, whom, request, None).await?;
    if let Some(row) = store::by_id(&office.store, begun.id).await? {
        begin_row(office, by, &row).await?;
    }
    Ok(begun)
}

/// The erasure of a granted request: the person gets a last mail with the link to the receipt, and
/// the erasure begins when their mails have left.
///
/// # Errors
/// [`OfficeError::Conflict`] unless the request is a granted erasure; as [`begin`].
pub async fn begin_granted(office: &Office, by: By, id: RequestId) -> Result<Option<Begun>, OfficeError> {
    let request = requests::request(office, id).await?;
    let granted = matches!(request.state, RequestState::Granted(_));
    if request.kind != RequestKind::Erasure || !granted {
        return Err(OfficeError::Conflict { what: "the request" });
    }
    // An erased subject's request names nobody any more: it was done before.
    let Some(subject) = request.subject else { return Ok(None) };
    if !subjects::row(&office.store, subject)
        .await?
        .is_some_and(|row| row.state == subjects::SubjectState::Active)
    {
        return Ok(None);
    }
    let whom = whom_of(office, &request, subject).await?;
    let person = requests::person(office, &request).await?;
    announce(office, by, whom, Some(id), person.as_ref()).await.map(Some)
}

async fn whom_of(office: &Office, request: &Request, subject: SubjectId) -> Result<Whom, OfficeError> {
    if let Some(customer) = request.customer.filter(|_| request.reaches_customer()) {
        return Ok(Whom::Customer(customer));
    }
    if let Some(customer) = store::customer_of(&office.store, subject).await? {
        return Ok(Whom::Customer(customer));
    }
    Ok(match accounts::login_of_subject(office, subject).await? {
        Some(login) => Whom::Login(login.id),
        None => Whom::Visitor(subject),
    })
}

/// What came of an owner's wish to have the customer erased.
#[derive(Debug, Clone)]
pub enum OwnErasure {
    /// It is announced: the token is for the page that follows.
    Begun(Begun),
    /// Without a second factor the link to the known address must be followed first; then the same
    /// step is taken again.
    LinkSent(RequestNumber),
}

/// The owner of a customer has the customer erased in the panel: the request is written down, granted
/// and announced. Sessions end when the last mails have left, within seconds as a rule.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless the session acts as owner and was confirmed within the last
/// minutes; as [`begin`].
pub async fn erase_own(office: &Office, session: &Session) -> Result<OwnErasure, OfficeError> {
    let customer = requests::acting(session, Role::Owner)?;
    if !session.is_fresh(office.now()) {
        return Err(OfficeError::Forbidden { why: "confirm first that it is you" });
    }
    let subject = customers::customer(office, customer).await?.subject;
    if let Some(row) = store::by_subject(&office.store, subject).await? {
        return Ok(OwnErasure::Begun(Begun { id: row.id, token: None }));
    }
    let (id, number) = match open_erasure(office, customer).await? {
        Some(open) => open,
        None => {
            let form = PanelForm { right: RequestKind::Erasure.as_str().to_owned(), ..PanelForm::default() };
            requests::open_in_panel(office, session, &form).await?
        }
    };
    let request = requests::request(office, id).await?;
    if !matches!(request.state, RequestState::Verified(_)) {
        return Ok(OwnErasure::LinkSent(number));
    }
    requests::grant(office, session.by(), id, &Answer::default(), None).await?;
    let request = requests::request(office, id).await?;
    let person = requests::person(office, &request).await?;
    let whom = Whom::Customer(customer);
    announce(office, session.by(), whom, Some(id), person.as_ref()).await.map(OwnErasure::Begun)
}

/// The customer's own request for erasure that waits for an answer, the verified one first.
async fn open_erasure(
    office: &Office,
    customer: CustomerId,
) -> Result<Option<(RequestId, RequestNumber)>, OfficeError> {
    let filter = RequestFilter {
        kind: Some(RequestKind::Erasure),
        which: Which::Open,
        customer: Some(customer),
        ..RequestFilter::default()
    };
    let page = requests::page(office, filter, 0, OPEN_MAX).await?;
    let own = page.requests.iter().filter(|request| request.channel == Channel::Panel);
    let best = own.max_by_key(|request| request.standing == Standing::Verified);
    Ok(best.map(|request| (request.id, request.number)))
}

/// Who a [`Whom`] is in the database.
struct Principal {
    subject: SubjectId,
    customer: Option<CustomerId>,
}

async fn principal(office: &Office, by: By, whom: Whom) -> Result<Principal, OfficeError> {
    match whom {
        Whom::Customer(id) => {
            let customer = customers::customer(office, id).await?;
            Ok(Principal { subject: customer.subject, customer: Some(id) })
        }
        Whom::Visitor(subject) => {
            let row = subjects::row(&office.store, subject).await?;
            let visitor = row.is_some_and(|row| row.kind == SubjectKind::Visitor);
            if !visitor {
                return Err(OfficeError::NotFound { what: "the visitor" });
            }
            Ok(Principal { subject, customer: None })
        }
        Whom::Login(id) => {
            let login = accounts::login(office, id).await?;
            if login.staff.is_some() {
                return Err(OfficeError::Forbidden { why: "take the staff role of this login away first" });
            }
            // Each leaves by the door that keeps a customer from losing its last owner.
            for (customer, ..) in accounts::customers_of_login(office, id).await? {
                match accounts::remove_member(office, by, customer, id).await {
                    Ok(()) | Err(OfficeError::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(Principal { subject: login.subject, customer: None })
        }
    }
}

/// Step announce.
async fn announce(
    office: &Office,
    by: By,
    whom: Whom,
    request: Option<RequestId>,
    person: Option<&Person>,
) -> Result<Begun, OfficeError> {
    let principal = principal(office, by, whom).await?;
    match announce_new(office, &principal, request, person).await {
        // Already there, or made by another process since.
        Err(OfficeError::Erased | OfficeError::Conflict { .. }) => {
            let row = store::by_subject(&office.store, principal.subject).await?;
            Ok(Begun { id: row.ok_or(OfficeError::Erased)?.id, token: None })
        }
        other => other,
    }
}

async fn announce_new(
    office: &Office,
    principal: &Principal,
    request: Option<RequestId>,
    person: Option<&Person>,
) -> Result<Begun, OfficeError> {
    require_active(office, principal.subject).await?;
    if let Some(customer) = principal.customer {
        services::end_for_erasure(office, By::System("erasure"), customer).await;
        billing::close(office, customer).await;
    }
    let now = office.now();
    let token = Token::new(&*office.random);
    let mail = match person {
        Some(person) => Some(farewell(office, principal.customer, person, &token).await?),
        None => None,
    };
    let id = ErasureId::new(&*office.clock, &*office.random);
    let new = NewErasure {
        id,
        request,
        customer: principal.customer,
        subject: principal.subject,
        token_hash: token.hash(),
    };
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, principal.subject).await?;
    if store::insert(&tx, &new, now).await? == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the erasure" });
    }
    if let Some(mail) = &mail {
        mail.queue(office, &tx).await?;
    }
    tx.enqueue(&EraseSubject { erasure: id }, now, &*office.clock, &*office.random).await?;
    tx.commit().await?;
    Ok(Begun { id, token: Some(token) })
}

async fn farewell(
    office: &Office,
    customer: Option<CustomerId>,
    person: &Person,
    token: &Token,
) -> Result<PreparedMail, OfficeError> {
    let address = receipt_address(office, token);
    let holds = super::holds_of(office, customer).await?;
    let (title, text) = texts::farewell(person.language, address.expose(), &holds, &office.policy());
    let mail = NewMail {
        subject: person.subject,
        to: &person.email,
        kind: MailKind::RequestAnswered,
        language: person.language,
        title,
        body: mailing::signed(office, person.language, &text),
    };
    mailing::prepare(office, mail).await
}

/// The job: goes on with an erasure until it is done.
///
/// # Errors
/// When a store or the taking back fails; the job is run again then.
pub async fn run(office: &Office, job: EraseSubject, take_back: &dyn TakeBack) -> Result<(), OfficeError> {
    let Some(row) = store::by_id(&office.store, job.erasure).await? else { return Ok(()) };
    if row.state == ErasureState::Announced {
        let now = office.now();
        let waited = now.seconds_since(row.announced_at) >= FAREWELL_SECONDS_MAX;
        if !waited && store::mails_waiting(&office.store, row.subject).await? > 0 {
            let tx = office.store.begin().await?;
            let at = now.plus_seconds(FAREWELL_LOOK_SECONDS);
            tx.enqueue(&job, at, &*office.clock, &*office.random).await?;
            return Ok(tx.commit().await?);
        }
        begin_row(office, By::System("erasure"), &row).await?;
    }
    carry_out(office, job.erasure, take_back).await
}

/// Goes on with every erasure that a crash interrupted; at start, before anything is served. Tells how
/// many there were.
///
/// # Errors
/// When a store or the taking back fails.
pub async fn resume(office: &Office, take_back: &dyn TakeBack) -> Result<u64, OfficeError> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = store::in_state(&office.store, ErasureState::Erasing, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some(*last);
        for id in &page {
            carry_out(office, *id, take_back).await?;
            count += 1;
        }
    }
}

/// The second date of the erasures of an epoch whose key is destroyed everywhere; called when the
/// ledger says `epoch-destroyed`. Their receipts name it from then on, and can be fetched for 30 days
/// more. Tells how many there were; it may be repeated.
///
/// # Errors
/// [`OfficeError::Conflict`] while the epoch's key lives; when a store fails.
pub async fn finalise(office: &Office, epoch: u32) -> Result<u64, OfficeError> {
    let state = office.vault.state().await?;
    let gone = state.epoch > epoch || (state.epoch == epoch && state.phase == Phase::Retiring);
    if !gone {
        return Err(OfficeError::Conflict { what: "the epoch" });
    }
    let now = office.now();
    let tx = office.store.begin().await?;
    let count = store::finalise(&tx, epoch, now, now.plus_days(RECEIPT_DAYS)).await?;
    tx.commit().await?;
    Ok(count)
}

/// Lets go of receipts 30 days after their second date; daily.
///
/// # Errors
/// When the database fails.
pub async fn sweep(office: &Office) -> Result<u64, OfficeError> {
    let tx = office.store.begin().await?;
    let count = store::delete_expired(&tx, office.now()).await?;
    tx.commit().await?;
    Ok(count)
}

/// Takes the names of customers out of this process's index whose erasure another process began at or
/// after an instant; every few seconds.
///
/// # Errors
/// When the database fails.
pub async fn drop_names(office: &Office, since: Timestamp) -> Result<u64, OfficeError> {
    let customers = store::customers_since(&office.store, since).await?;
    for customer in &customers {
        office.names.remove(*customer);
    }
    Ok(customers.len() as u64)
}
