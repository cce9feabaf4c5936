//! How services end: cancelled at the end of a term or now, withdrawn, terminated, erased.

use super::bill::{Bill, calendar};
use super::store::{self, ServiceRow};
use super::terms::{Billed, Correction, may_withdraw, ordinary_end};
use super::{EndReason, Service, ServiceId, ServiceState, SuspendReason, TaskKind};
use crate::agreements;
use crate::billing::charges;
use crate::customers::CustomerId;
use crate::orders;
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::Tx;
use base::{Day, Money, Timestamp};

/// How many services one round ends at most.
const ROUND: u32 = 500;

/// In what way a service is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As soon as the agreement and the law allow.
    Ordinary,
    /// Today, without getting anything back that the law does not give.
    Now,
    /// By a consumer within the days of reflection.
    Withdrawal,
}

impl Ending {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ordinary, Self::Now, Self::Withdrawal];

    /// The word in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Now => "now",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// What a cancellation comes to, before it is made.
#[derive(Debug, Clone)]
pub struct EndQuote {
    /// The first day the service is no longer there.
    pub ends: Day,
    /// What is given back of what was charged.
    pub correction: Correction,
    /// What is given back of setting up.
    pub setup: Money,
}

impl EndQuote {
    /// What the customer gets back, without VAT.
    #[must_use]
    pub fn back(&self) -> Money {
        self.setup - self.correction.net()
    }
}

const CHANGED: OfficeError = OfficeError::Conflict { what: "the service" };

/// What a cancellation today comes to. `setup` is what setting up cost.
///
/// Who ends today what was paid until later gets back what lies after the day on which an ordinary
/// cancellation would end it.
///
/// # Errors
/// [`OfficeError::Conflict`] for a service that ends or has ended; [`OfficeError::Forbidden`] for a
/// withdrawal that is too late, or not a consumer's.
pub fn quote_end(
    service: &Service,
    how: Ending,
    begun: orders::EarlyStart,
    setup: Money,
    today: Day,
) -> Result<EndQuote, OfficeError> {
    let nothing = |ends| EndQuote { ends, correction: Correction::default(), setup: Money::ZERO };
    if how == Ending::Withdrawal && !may_withdraw(service.buyer, service.concluded, today) {
        return Err(OfficeError::Forbidden { why: "the days of reflection are over, or this is a business" });
    }
    if matches!(service.state, ServiceState::Ordered | ServiceState::Provisioning) {
        return Ok(nothing(today));
    }
    let can = match how {
        // Who cancelled may still withdraw.
        Ending::Withdrawal => service.state.is_running(),
        Ending::Ordinary | Ending::Now => {
            matches!(service.state, ServiceState::Active | ServiceState::Suspended)
        }
    };
    let (Some(billed), Some(first), true) = (service.billed(), service.first_term_until, can) else {
        return Err(CHANGED);
    };
    let billed = Billed { ends: None, ..billed };
    let charged = caught_up(billed, today)?;
    match how {
        Ending::Withdrawal if begun == orders::EarlyStart::Asked => Ok(EndQuote {
            ends: today,
            correction: charged.end(today).map_err(calendar)?,
            setup: Money::ZERO,
        }),
        Ending::Withdrawal => {
            Ok(EndQuote { ends: today, correction: charged.end(charged.anchor).map_err(calendar)?, setup })
        }
        Ending::Ordinary | Ending::Now => {
            let bound = ordinary_end(&charged, first, service.buyer, today).map_err(calendar)?;
            let correction = charged.end(bound).map_err(calendar)?;
            let ends = if how == Ending::Now { today } else { bound };
            Ok(EndQuote { ends, correction, setup: Money::ZERO })
        }
    }
}

/// The service as it is billed once everything that is due is charged.
fn caught_up(mut billed: Billed, today: Day) -> Result<Billed, OfficeError> {
    while let Some(renewal) = billed.renewal().map_err(calendar)?.filter(|renewal| renewal.due <= today) {
        billed.charged_until = renewal.part.until;
    }
    Ok(billed)
}

/// Cancels a service.
///
/// # Errors
/// As [`quote_end`]; [`OfficeError::Conflict`] when it changed since `revision`; [`OfficeError::Erased`].
pub async fn cancel(
    office: &Office,
    by: By,
    id: ServiceId,
    revision: u32,
    how: Ending,
) -> Result<EndQuote, OfficeError> {
    end(office, by, id, revision, How::Cancelled(how)).await
}

/// What it comes to when the provider ends a service today: as [`Ending::Now`], and of a service that was
/// cancelled already nothing more is given back.
///
/// # Errors
/// [`OfficeError::Conflict`] for a service that has ended.
pub fn quote_termination(service: &Service, today: Day) -> Result<EndQuote, OfficeError> {
    if service.state == ServiceState::Ending {
        return Ok(EndQuote { ends: today, correction: Correction::default(), setup: Money::ZERO });
    }
    quote_end(service, Ending::Now, orders::EarlyStart::Asked, Money::ZERO, today)
}

/// Ends a service by the provider, today, for a reason that the ledger tells: what was charged for the
/// days after the term that runs is given back.
///
/// # Errors
/// [`OfficeError::Conflict`] when it changed since `revision` or has ended; [`OfficeError::Erased`].
pub async fn terminate(
    office: &Office,
    by: By,
    id: ServiceId,
    revision: u32,
    why: SuspendReason,
) -> Result<EndQuote, OfficeError> {
    end(office, by, id, revision, How::Terminated(why)).await
}

/// What it comes to when a service ends today because its customer is being erased. A consumer gets what a
/// withdrawal gives where that is still possible; anybody else what [`Ending::Now`] gives.
///
/// # Errors
/// [`OfficeError::Conflict`] for a service that has ended.
pub fn quote_erasure(
    service: &Service,
    begun: orders::EarlyStart,
    setup: Money,
    today: Day,
) -> Result<EndQuote, OfficeError> {
    match quote_end(service, Ending::Withdrawal, begun, setup, today) {
        Err(OfficeError::Forbidden { .. }) => quote_termination(service, today),
        quote => quote,
    }
}

/// What ending each service of a customer comes to when the customer is erased today.
///
/// # Errors
/// When a store fails.
pub async fn quotes_for_erasure(
    office: &Office,
    customer: CustomerId,
) -> Result<Vec<(Service, EndQuote)>, OfficeError> {
    let mut quotes = Vec::new();
    for service in super::services_of(office, customer).await? {
        if service.state != ServiceState::Ended {
            let (begun, setup) = orders::beginnings(office, service.id).await?;
            let quote = quote_erasure(&service, begun, setup, office.today())?;
            quotes.push((service, quote));
        }
    }
    Ok(quotes)
}

/// Ends the services of a customer before an erasure, so that what was paid for days that do not bind the
/// customer is given back while it can still be invoiced. What fails here does not hold an erasure up:
/// [`stop_for_erasure`] ends what is left.
pub(crate) async fn end_for_erasure(office: &Office, by: By, customer: CustomerId) {
    let ended = async {
        for service in super::services_of(office, customer).await? {
            if service.state != ServiceState::Ended {
                end(office, by, service.id, service.revision, How::Erased).await?;
            }
        }
        Ok::<(), OfficeError>(())
    };
    if let Err(error) = ended.await {
        tracing::warn!(error = %error, customer.id = %customer, "what an erased customer paid ahead was not given back");
    }
}

/// Who ends a service, and how.
#[derive(Clone, Copy)]
enum How {
    Cancelled(Ending),
    Terminated(SuspendReason),
    Erased,
}

impl How {
    const fn reason(self) -> EndReason {
        match self {
            Self::Cancelled(Ending::Withdrawal) => EndReason::Withdrawn,
            Self::Cancelled(_) => EndReason::Cancelled,
            Self::Terminated(_) => EndReason::Terminated,
            Self::Erased => EndReason::Erased,
        }
    }

    /// Whether what was cancelled already is left at that: nothing more is given back of it.
    fn keeps_its_last_day(self, service: &Service, today: Day) -> bool {
        let is_ending = service.state == ServiceState::Ending;
        match self {
            Self::Cancelled(_) => false,
            Self::Terminated(_) => is_ending,
            Self::Erased => is_ending && !may_withdraw(service.buyer, service.concluded, today),
        }
    }
}

async fn end(
    office: &Office,
    by: By,
    id: ServiceId,
    revision: u32,
    how: How,
) -> Result<EndQuote, OfficeError> {
    let (today, reason) = (office.today(), how.reason());
    let mut row = ServiceRow::at(office, id, revision).await?;
    let subject = row.subject.ok_or(OfficeError::Erased)?;
    let (begun, setup) = orders::beginnings(office, id).await?;
    let quote = match how {
        How::Cancelled(how) => quote_end(&row.service(None), how, begun, setup, today)?,
        How::Terminated(_) => quote_termination(&row.service(None), today)?,
        How::Erased => quote_erasure(&row.service(None), begun, setup, today)?,
    };
    let before = row.clone();
    let mut bill = Bill::new(office, &row).await?;
    // What was cancelled already is charged until its last day and no further.
    if !how.keeps_its_last_day(&before.service(None), today) {
        row.ends = None;
    }
    bill.catch_up(&mut row)?;
    bill.correction(&quote.correction, row.plan)?;
    if let Some(anchor) = row.anchor {
        bill.setup_back(anchor, quote.setup)?;
        let from = quote.correction.credited.iter().map(|part| part.from).min();
        row.charged_until = row.charged_until.map(|until| from.map_or(until, |from| from.min(until)));
    }
    row.ends = Some(quote.ends);
    row.ended_reason = Some(reason);
    let over = quote.ends <= today;
    row.state = if over { ServiceState::Ended } else { ServiceState::Ending };
    row.due = if over { None } else { row.next_due()? };
    if !before.state.may_become(row.state) {
        return Err(CHANGED);
    }
    let record = Record::new("service-cancelled", by)
        .about(subject)
        .with("service", id.to_string())
        .with("reason", reason.as_str())
        .with("ends", quote.ends.to_string());
    let record = match how {
        How::Cancelled(_) | How::Erased => record,
        How::Terminated(why) => record.with("why", why.as_str()),
    };
    let entry = office.prepare(record).await?;
    let dissolved = agreements::prepare_dissolution(office, by, subject, row.agreement, reason).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    store::save(&tx, &before, &row, now).await?;
    charges::insert(&tx, &bill.charges, now).await?;
    store::cancel_tasks(&tx, id, now).await?;
    if before.anchor.is_some() {
        store::open_task(office, &tx, TaskKind::End, &row, quote.ends.start().max(now)).await?;
    }
    entry.append(&tx).await?;
    if over {
        dissolved.if_empty(&tx, today, now).await?;
    }
    tx.commit().await?;
    Ok(quote)
}

/// Takes a cancellation back while the service still runs: what was given back is charged again.
///
/// # Errors
/// [`OfficeError::Conflict`] unless it is ending.
pub async fn take_back(office: &Office, by: By, id: ServiceId, revision: u32) -> Result<(), OfficeError> {
    let mut row = ServiceRow::at(office, id, revision).await?;
    let subject = row.subject.ok_or(OfficeError::Erased)?;
    if row.state != ServiceState::Ending {
        return Err(CHANGED);
    }
    let before = row.clone();
    let mut bill = Bill::new(office, &row).await?;
    row.ends = None;
    row.ended_reason = None;
    row.state = if row.suspended.is_some() { ServiceState::Suspended } else { ServiceState::Active };
    bill.charge_again(&mut row)?;
    row.due = row.next_due()?;
    let record =
        Record::new("service-cancellation-undone", by).about(subject).with("service", id.to_string());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    store::save(&tx, &before, &row, now).await?;
    charges::insert(&tx, &bill.charges, now).await?;
    store::cancel_tasks(&tx, id, now).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Ends the services whose last day has passed; daily. Tells how many there were.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn end_due(office: &Office) -> Result<u64, OfficeError> {
    let by = By::System("services-ended");
    let today = office.today();
    let mut count = 0;
    for before in store::ending_by(&office.store, today, ROUND).await? {
        let Some(subject) = before.subject else { continue };
        let reason = before.ended_reason.unwrap_or(EndReason::Cancelled);
        let mut row = before.clone();
        row.state = ServiceState::Ended;
        row.due = None;
        let record = Record::new("service-ended", by).about(subject).with("service", row.id.to_string());
        let entry = match office.prepare(record).await {
            // It is being erased, which ends it too.
            Err(OfficeError::Keys(keys::KeyError::Missing { .. }) | OfficeError::Erased) => continue,
            prepared => prepared?,
        };
        let dissolved = agreements::prepare_dissolution(office, by, subject, row.agreement, reason).await?;
        let now = office.now();
        let tx = office.store.begin().await?;
        match store::save(&tx, &before, &row, now).await {
            // Somebody changed it meanwhile: the next round looks again.
            Err(OfficeError::Conflict { .. }) => {
                tx.rollback().await?;
                continue;
            }
            saved => saved?,
        }
        entry.append(&tx).await?;
        dissolved.if_empty(&tx, today, now).await?;
        tx.commit().await?;
        count += 1;
    }
    Ok(count)
}

/// Ends every service of a customer who is being erased, and the agreements with them (P13). What staff
/// must take away they are asked to by tasks, which know the service by its number only.
pub(crate) async fn stop_for_erasure(
    office: &Office,
    tx: &Tx,
    customer: CustomerId,
    today: Day,
    now: Timestamp,
) -> Result<u64, OfficeError> {
    let running = store::of_customer_in(tx, customer).await?;
    let mut count = 0;
    for before in running.iter().filter(|row| row.state != ServiceState::Ended) {
        let mut row = before.clone();
        row.state = ServiceState::Ended;
        row.due = None;
        row.ends = Some(today);
        row.ended_reason = Some(EndReason::Erased);
        store::save(tx, before, &row, now).await?;
        store::cancel_tasks(tx, row.id, now).await?;
        if row.anchor.is_some() {
            store::open_task(office, tx, TaskKind::End, &row, now).await?;
        }
        count += 1;
    }
    agreements::dissolve_for_erasure(tx, customer, today, now).await?;
    Ok(count)
}
