//! Looking at requests: one, a page, the work queue, a customer's own, the evidence of the clock.

use super::model::{
    Detail, Identity, Person, Reasons, Request, RequestDetail, RequestFilter, RequestId, RequestPage, Which,
};
use super::store::{self, ClockEvidence, QueueCounts};
use crate::accounts::{Role, Session, Stage};
use crate::customers::{self, CustomerId};
use crate::{Office, OfficeError};
use base::SubjectId;
use keys::KeyError;
use keys::purpose::Rights;
use policy::Ground;

/// The largest page of a list.
const PAGE_MAX: u32 = 200;
/// How much of the ledger a detail page shows.
const HISTORY_MAX: u32 = 100;
/// How many visitors can turn out to be one customer, as far as an erasure looks.
const LINKED_MAX: u32 = 1_000;
/// What counts as due soon, in days.
pub(crate) const SOON_DAYS: i64 = 7;

/// The customer a session acts for, in at least a role.
///
/// # Errors
/// [`OfficeError::Forbidden`].
pub(crate) fn acting(session: &Session, at_least: Role) -> Result<CustomerId, OfficeError> {
    match session.acting_for {
        Some((customer, role)) if session.stage == Stage::Complete && role >= at_least => Ok(customer),
        _ => Err(OfficeError::Forbidden { why: "this login may not do this for the customer" }),
    }
}

/// One request, opened. After an erasure what is personal in it is empty.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn request(office: &Office, id: RequestId) -> Result<Request, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the request" })?;
    let key = match row.subject {
        None => None,
        Some(subject) => match office.vault.key::<Rights>(subject).await {
            Ok(key) => Some(key),
            // The subject is being erased at this moment.
            Err(KeyError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        },
    };
    row.open(key.as_ref())
}

/// One request of a customer. A letter that was matched to the customer but not yet proved to be theirs
/// shows that it is there, so that they can own or disown it, and nothing of what it says.
///
/// # Errors
/// [`OfficeError::NotFound`] also when it is somebody else's.
pub async fn own_request(
    office: &Office,
    customer: CustomerId,
    id: RequestId,
) -> Result<Request, OfficeError> {
    let mut request = request(office, id).await?;
    if request.customer != Some(customer) {
        return Err(OfficeError::NotFound { what: "the request" });
    }
    let proved = matches!(request.identity, Identity::TwoChannels | Identity::Staff);
    if request.detail.contact.is_some() && !proved {
        request.detail = Detail::default();
        request.reasons = Reasons::default();
        request.answer = None;
    }
    Ok(request)
}

/// Whom an answer goes to; none after an erasure.
///
/// # Errors
/// When a store fails.
pub async fn person(office: &Office, request: &Request) -> Result<Option<Person>, OfficeError> {
    let Some(subject) = request.subject else { return Ok(None) };
    match (&request.detail.contact, request.customer) {
        (contact, Some(customer)) if contact.is_none() || request.reaches_customer() => {
            let customer = customers::customer(office, customer).await?;
            Ok(Some(Person {
                subject: customer.subject,
                name: customer.display_name().clone(),
                email: customer.profile.email.clone(),
                phone: customer.profile.phone.clone(),
                language: customer.profile.language,
            }))
        }
        (Some(contact), _) => Ok(Some(Person {
            subject,
            name: contact.name.clone(),
            email: contact.email.clone(),
            phone: None,
            language: request.language,
        })),
        (None, _) => Ok(None),
    }
}

/// A request with whom it is from and what the ledger tells, for staff.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn detail(office: &Office, id: RequestId) -> Result<RequestDetail, OfficeError> {
    let request = request(office, id).await?;
    let person = person(office, &request).await?;
    let history = match request.subject {
        Some(subject) => ::store::entries_of_subject(&office.store, subject, HISTORY_MAX).await?,
        None => Vec::new(),
    };
    Ok(RequestDetail { request, person, history })
}

/// A page of requests for staff: open ones by deadline, the most pressing first.
///
/// # Errors
/// When a store fails.
pub async fn page(
    office: &Office,
    filter: RequestFilter,
    offset: u64,
    limit: u32,
) -> Result<RequestPage, OfficeError> {
    let (requests, total) = store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    Ok(RequestPage { requests, total })
}

/// A page of a customer's own requests, the latest first.
///
/// # Errors
/// When a store fails.
pub async fn of_customer(
    office: &Office,
    customer: CustomerId,
    offset: u64,
    limit: u32,
) -> Result<RequestPage, OfficeError> {
    let filter = RequestFilter { which: Which::All, customer: Some(customer), ..RequestFilter::default() };
    page(office, filter, offset, limit).await
}

/// How many requests wait, are due within seven days, and are overdue.
///
/// # Errors
/// When a store fails.
pub async fn queue_counts(office: &Office) -> Result<QueueCounts, OfficeError> {
    let now = office.now();
    Ok(store::queue_counts(&office.store, now, now.plus_days(SOON_DAYS)).await?)
}

/// What the promises P12 (no request past due) and P14 (each answer names the authority) rest on.
///
/// # Errors
/// When a store fails.
pub async fn clock_evidence(office: &Office) -> Result<ClockEvidence, OfficeError> {
    Ok(store::clock_evidence(&office.store, office.now()).await?)
}

/// The visitors who turned out, by two channels or a staff member's word, to be a customer: what is
/// held of them belongs to the customer's access and erasure too.
///
/// # Errors
/// When a store fails.
pub async fn linked_subjects(office: &Office, customer: CustomerId) -> Result<Vec<SubjectId>, OfficeError> {
    Ok(store::linked_subjects(&office.store, customer, LINKED_MAX).await?)
}

/// The purposes that somebody can object to, by name: those that stand on a legitimate interest.
#[must_use]
pub fn objectionable_purposes(office: &Office) -> Vec<String> {
    let policy = office.policy();
    let open = |purpose: &&policy::Purpose| matches!(purpose.ground, Ground::LegitimateInterest { .. });
    policy.purposes().iter().filter(open).map(|purpose| purpose.name.clone()).collect()
}
