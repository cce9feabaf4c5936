//! What requests leave for later: the package, the erasure, the lifting of a restriction, and the
//! daily look at the clock. Payloads carry ids only.

use super::model::RequestId;
use super::{access, erasure, store, texts};
use crate::accounts::{self, StaffRole};
use crate::customers::{self, CustomerId, Restriction};
use crate::form::Problems;
use crate::mailing::{self, MailKind, NewMail};
use crate::messages::{require_active, text_block};
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::{ClaimedJob, Job};
use base::{Sensitive, Timestamp};
use serde::{Deserialize, Serialize};

/// How long before a restriction is lifted the person hears of it, in days.
const NOTICE_DAYS: i64 = 7;
/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 2_000;
/// How many staff members are reminded at most.
const REMINDED_MAX: usize = 50;

/// Makes the package of a granted access or portability request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProducePackage {
    /// The request.
    pub request: RequestId,
}

impl Job for ProducePackage {
    const KIND: &'static str = "request.produce-package";
}

/// Begins the erasure of a granted erasure request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginErasure {
    /// The request.
    pub request: RequestId,
}

impl Job for BeginErasure {
    const KIND: &'static str = "request.begin-erasure";
}

/// Lifts a restriction whose lifting was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftRestriction {
    /// The customer.
    pub customer: CustomerId,
    /// When it was announced: a restriction granted since then stays.
    pub announced_at: Timestamp,
}

impl Job for LiftRestriction {
    const KIND: &'static str = "request.lift-restriction";
}

/// Carries out a claimed job of this slice; tells whether it was one. All of them can be repeated. The
/// job of an erasure that has begun is not among them: it needs what lies outside the databases.
///
/// # Errors
/// When a store fails; a retry helps.
pub async fn run(office: &Office, job: &ClaimedJob) -> Result<bool, OfficeError> {
    match job.kind.as_str() {
        LiftRestriction::KIND => lift_restriction(office, job.decode()?).await?,
        ProducePackage::KIND => {
            let ProducePackage { request } = job.decode()?;
            access::produce(office, request).await?;
        }
        BeginErasure::KIND => {
            let BeginErasure { request } = job.decode()?;
            erasure::begin_granted(office, By::System("requests"), request).await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Staff announce that a restriction will be lifted, with the reason; a job lifts it a week later
/// (GDPR art. 18(3): the person hears of it first). Tells when.
///
/// # Errors
/// [`OfficeError::Conflict`] unless the customer is restricted; [`OfficeError::Invalid`] for `reason`.
pub async fn announce_lifting(
    office: &Office,
    by: By,
    id: CustomerId,
    reason: &Sensitive<String>,
) -> Result<Timestamp, OfficeError> {
    let customer = customers::customer(office, id).await?;
    if customer.restricted_at.is_none() {
        return Err(OfficeError::Conflict { what: "the restriction" });
    }
    let reason = text_block(reason.expose(), REASON_CHARS_MAX)
        .map_err(|problem| OfficeError::Invalid(Problems::one("reason", problem)))?;
    require_active(office, customer.subject).await?;
    let now = office.now();
    let on = now.plus_days(NOTICE_DAYS);
    let language = customer.profile.language;
    let (title, text) = texts::lifting(language, on, &reason);
    let mail = NewMail {
        subject: customer.subject,
        to: &customer.profile.email,
        kind: MailKind::RequestAnswered,
        language,
        title,
        body: mailing::signed(office, language, &text),
    };
    let mail = mailing::prepare(office, mail).await?;
    let record =
        Record::new("restriction-lifting-announced", by).about(customer.subject).with("on", on.rfc3339());
    let entry = office.prepare(record).await?;
    let job = LiftRestriction { customer: id, announced_at: now };
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, customer.subject).await?;
    mail.queue(office, &tx).await?;
    // Announced twice, it is lifted at the first date.
    let key = format!("{}-{id}", LiftRestriction::KIND);
    tx.enqueue_once(&key, &job, on, &*office.clock, &*office.random).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(on)
}

/// The job: lifts the restriction unless another was granted since the announcement, or the customer
/// is gone. It may be repeated.
///
/// # Errors
/// When a store fails.
pub async fn lift_restriction(office: &Office, job: LiftRestriction) -> Result<(), OfficeError> {
    if store::restricted_since(&office.store, job.customer, job.announced_at).await? {
        return Ok(());
    }
    match customers::set_restriction(office, By::System("requests"), job.customer, Restriction::Free).await {
        Err(OfficeError::NotFound { .. } | OfficeError::Erased) => Ok(()),
        other => other,
    }
}

/// What the daily look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Daily {
    /// Open and due within seven days.
    pub due_soon: u64,
    /// Open past the term.
    pub overdue: u64,
    /// How many staff members were reminded.
    pub reminded: usize,
}

/// The daily look at the clock: reminds the staff of the privacy role (the administrators, when there
/// is nobody with that role) of requests that are due within seven days or overdue.
///
/// # Errors
/// When a store fails.
pub async fn daily(office: &Office) -> Result<Daily, OfficeError> {
    let counts = super::queue_counts(office).await?;
    let mut daily = Daily { due_soon: counts.due_soon, overdue: counts.overdue, reminded: 0 };
    if counts.due_soon == 0 && counts.overdue == 0 {
        return Ok(daily);
    }
    let staff = accounts::staff(office).await?;
    let living =
        |role| staff.iter().filter(move |login| login.staff == Some(role) && login.disabled_at.is_none());
    let mut addressed: Vec<_> = living(StaffRole::Privacy).collect();
    if addressed.is_empty() {
        addressed = living(StaffRole::Admin).collect();
    }
    for login in addressed.into_iter().take(REMINDED_MAX) {
        let (title, text) =
            texts::reminder(login.language, counts.due_soon, counts.overdue, &office.settings.base_url);
        let mail = NewMail {
            subject: login.subject,
            to: &login.email,
            kind: MailKind::StaffReminder,
            language: login.language,
            title,
            body: mailing::signed(office, login.language, &text),
        };
        let mail = mailing::prepare(office, mail).await?;
        let tx = office.store.begin().await?;
        subjects::lock_active(&tx, login.subject).await?;
        mail.queue(office, &tx).await?;
        tx.commit().await?;
        daily.reminded += 1;
    }
    Ok(daily)
}
