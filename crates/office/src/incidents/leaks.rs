//! Leaks that customers report of their own sites and servers (promise P10): a guide that tells whether it is
//! one, the customer's own clock, and what goes into the dossier. Whom the law asks to report is the customer.

use super::fields::{Field, Texts};
use super::model::IncidentId;
use super::store;
use crate::accounts::{LoginId, Role, Session};
use crate::customers::{self, CustomerId};
use crate::form::{Problem, Problems};
use crate::messages::{require_active, take_number};
use crate::words::words;
use crate::{By, Office, OfficeError, Record, requests, subjects};
use base::{SubjectId, Timestamp};
use core::fmt;
use keys::KeyError;
use keys::purpose::Incidents;

/// The counter that hands out numbers, and the number before the first.
const NUMBER_COUNTER: &str = "leak_report";
const FIRST_NUMBER: i64 = 100_000;
/// The largest page of a list.
const PAGE_MAX: u32 = 200;

base::id_type!(
    /// The id of a leak that a customer reported.
    LeakReportId,
    "leak report"
);

/// The number a report is known by, such as `L100001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeakReportNumber(pub(crate) i64);

impl fmt::Display for LeakReportNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L{}", self.0)
    }
}

words! {
    /// What the guide says.
    Outcome {
        /// A leak that must be reported, as far as the answers go.
        Report = "report",
        /// A leak that must be recorded and, a risk being unlikely, not reported.
        Record = "record",
        /// No leak of personal data.
        NoLeak = "no_leak",
        /// To be found out; until then it is wise to act as if it is one.
        Unclear = "unclear",
    }
}

impl Outcome {
    /// What follows from the answers (GDPR art. 4(12) and 33(1)). Doubt never ends in "no".
    #[must_use]
    pub fn of(texts: &Texts) -> Self {
        let personal = texts.get(Field::GuidePersonal);
        let effects: Vec<&str> = texts.words(Field::GuideEffects).collect();
        let harmed = effects.iter().any(|word| !matches!(*word, "none" | "unsure"));
        if personal == Some("no") || (effects == ["none"]) {
            return Self::NoLeak;
        }
        match (personal, harmed, texts.get(Field::GuideRisk)) {
            (Some("yes"), true, Some("unlikely")) => Self::Record,
            (Some("yes"), true, Some("risk" | "high_risk" | "unsure")) => Self::Report,
            _ => Self::Unclear,
        }
    }
}

words! {
    /// Where a report is.
    LeakReportState {
        /// The customer is busy with it.
        Open = "open",
        /// Done with.
        Closed = "closed",
    }
}

/// A reported leak, opened.
#[derive(Debug, Clone)]
pub struct LeakReport {
    /// Its id.
    pub id: LeakReportId,
    /// The customer's subject; none once erased.
    pub subject: Option<SubjectId>,
    /// Who reported.
    pub customer: CustomerId,
    /// Its number.
    pub number: LeakReportNumber,
    /// Counts its changes.
    pub revision: u32,
    /// Where it is.
    pub state: LeakReportState,
    /// What the guide said.
    pub outcome: Outcome,
    /// Whether the provider may look at the site to help.
    pub may_look: MayLook,
    /// The case of the provider that it belongs to.
    pub incident: Option<IncidentId>,
    /// When the customer found out.
    pub discovered_at: Timestamp,
    /// When the customer's own clock ends.
    pub due_at: Timestamp,
    /// When the guide was gone through.
    pub guided_at: Timestamp,
    /// When the dossier was made.
    pub dossier_at: Option<Timestamp>,
    /// When the customer told the authority, as the customer says.
    pub notified_at: Option<Timestamp>,
    /// What the customer filled in; empty once erased.
    pub texts: Texts,
    /// When it was reported to the provider.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl LeakReport {
    /// Whether the customer's clock runs: a report is due and was not sent.
    #[must_use]
    pub fn clock_runs(&self) -> bool {
        self.state == LeakReportState::Open
            && self.notified_at.is_none()
            && matches!(self.outcome, Outcome::Report | Outcome::Unclear)
    }
}

/// Whether the provider may look at the customer's site to help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MayLook {
    /// It may not.
    #[default]
    No,
    /// It may. How and how long is agreed on separately.
    Yes,
}

/// What a customer reports.
#[derive(Debug, Clone)]
pub struct NewLeakReport {
    /// When the customer found out.
    pub discovered_at: Timestamp,
    /// The answers of the guide, and what is known.
    pub texts: Texts,
    /// Whether the provider may look.
    pub may_look: MayLook,
}

/// Takes in a report: the guide's outcome, the customer's clock and the dossier are there with it.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless the login acts for a customer as manager or owner;
/// [`OfficeError::Invalid`]; when a store fails.
pub async fn report_leak(
    office: &Office,
    session: &Session,
    new: &NewLeakReport,
) -> Result<LeakReport, OfficeError> {
    let customer = requests::acting(session, Role::Manager)?;
    take_in(office, session.by(), Some(session.login), customer, new).await
}

/// Takes in a report that a customer made by telephone or at the desk; staff wrote it down.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::NotFound`]; [`OfficeError::Erased`]; when a store fails.
pub async fn report_leak_for(
    office: &Office,
    by: By,
    customer: CustomerId,
    new: &NewLeakReport,
) -> Result<LeakReport, OfficeError> {
    take_in(office, by, None, customer, new).await
}

async fn take_in(
    office: &Office,
    by: By,
    login: Option<LoginId>,
    customer: CustomerId,
    new: &NewLeakReport,
) -> Result<LeakReport, OfficeError> {
    let customer = customers::customer(office, customer).await?;
    require_active(office, customer.subject).await?;
    let now = office.now();
    let mut problems = Problems::new();
    if new.discovered_at > now {
        problems.add("discovered", Problem::Date);
    }
    for field in [Field::GuidePersonal, Field::GuideEffects, Field::GuideRisk, Field::Summary] {
        if new.texts.get(field).is_none() {
            problems.add(field.as_str(), Problem::Missing);
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let hours = i64::from(office.policy().law().breach_notification_hours);
    let report = LeakReport {
        id: LeakReportId::new(&*office.clock, &*office.random),
        subject: Some(customer.subject),
        customer: customer.id,
        number: LeakReportNumber(take_number(office, NUMBER_COUNTER, FIRST_NUMBER).await?),
        revision: 1,
        state: LeakReportState::Open,
        outcome: Outcome::of(&new.texts),
        may_look: new.may_look,
        incident: None,
        discovered_at: new.discovered_at,
        due_at: new.discovered_at.plus_seconds(hours * 3_600),
        guided_at: now,
        dossier_at: Some(now),
        notified_at: None,
        texts: new.texts.clone(),
        created_at: now,
        closed_at: None,
    };
    let record = Record::new("leak-reported", by)
        .about(customer.subject)
        .with("number", report.number.to_string())
        .with("outcome", report.outcome.as_str())
        .with("due", report.due_at.rfc3339());
    let entry = office.prepare(record).await?;
    let key = office.vault.ensure::<Incidents>(customer.subject).await?;
    let detail = store::seal_leak(&report, &key, &*office.random)?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, customer.subject).await?;
    store::insert_leak(&tx, &report, login, detail).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(report)
}

/// What a customer or staff add to a report.
#[derive(Debug, Clone, Default)]
pub struct LeakChange {
    /// Texts, the whole set of those that were on the form.
    pub texts: Vec<(Field, String)>,
    /// When the customer told the authority.
    pub notified_at: Option<Timestamp>,
    /// The case it belongs to.
    pub incident: Option<IncidentId>,
}

/// The customer adds to a report of their own, or says when the authority was told.
///
/// # Errors
/// [`OfficeError::NotFound`] when it is somebody else's; [`OfficeError::Forbidden`];
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`].
pub async fn change_own_leak(
    office: &Office,
    session: &Session,
    id: LeakReportId,
    revision: u32,
    change: &LeakChange,
) -> Result<LeakReport, OfficeError> {
    let customer = requests::acting(session, Role::Manager)?;
    let read = own_leak(office, customer, id).await?;
    let change = LeakChange { incident: None, ..change.clone() };
    change_leak(office, session.by(), read, revision, &change, LeakReportState::Open).await
}

/// Staff tie a report to a case.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Conflict`].
pub async fn tie_leak(
    office: &Office,
    by: By,
    id: LeakReportId,
    revision: u32,
    case: IncidentId,
) -> Result<LeakReport, OfficeError> {
    super::incident(office, case).await?;
    let change = LeakChange { incident: Some(case), ..LeakChange::default() };
    change_leak(office, by, leak(office, id).await?, revision, &change, LeakReportState::Open).await
}

/// Closes a report.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Conflict`].
pub async fn close_leak(
    office: &Office,
    by: By,
    id: LeakReportId,
    revision: u32,
) -> Result<LeakReport, OfficeError> {
    let change = LeakChange::default();
    change_leak(office, by, leak(office, id).await?, revision, &change, LeakReportState::Closed).await
}

async fn change_leak(
    office: &Office,
    by: By,
    read: LeakReport,
    revision: u32,
    change: &LeakChange,
    state: LeakReportState,
) -> Result<LeakReport, OfficeError> {
    const CONFLICT: OfficeError = OfficeError::Conflict { what: "the report" };
    let subject = read.subject.ok_or(OfficeError::Erased)?;
    if read.revision != revision || read.state == LeakReportState::Closed {
        return Err(CONFLICT);
    }
    let now = office.now();
    let mut next = read.clone();
    next.texts.write(change.texts.iter().map(|(field, text)| (*field, text.as_str())))?;
    if next.texts.get(Field::Summary).is_none() {
        return Err(Problems::one(Field::Summary.as_str(), Problem::Missing).into());
    }
    if let Some(at) = change.notified_at {
        if at > now || at < read.discovered_at {
            return Err(Problems::one("notified", Problem::Date).into());
        }
        next.notified_at = Some(at);
    }
    next.incident = change.incident.or(read.incident);
    next.outcome = Outcome::of(&next.texts);
    next.revision += 1;
    next.state = state;
    next.closed_at = (state == LeakReportState::Closed).then_some(now);
    let kind = if state == LeakReportState::Closed { "leak-report-closed" } else { "leak-report-changed" };
    let mut record = Record::new(kind, by)
        .about(subject)
        .with("number", next.number.to_string())
        .with("outcome", next.outcome.as_str())
        .with("fields", next.texts.changed(&read.texts));
    if let Some(at) = change.notified_at {
        record = record.with("notified", at.rfc3339());
    }
    let entry = office.prepare(record).await?;
    let key = office.vault.ensure::<Incidents>(subject).await?;
    let detail = store::seal_leak(&next, &key, &*office.random)?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    if !store::replace_leak(&tx, &read, &next, detail).await? {
        return Err(CONFLICT);
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(next)
}

/// One report, opened. After an erasure what the customer wrote is empty.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn leak(office: &Office, id: LeakReportId) -> Result<LeakReport, OfficeError> {
    let row = store::leak_by_id(&office.store, id).await?;
    open_row(office, row.ok_or(OfficeError::NotFound { what: "the report" })?).await
}

async fn open_row(office: &Office, row: store::LeakRow) -> Result<LeakReport, OfficeError> {
    let Some(subject) = row.subject() else { return row.open(None) };
    match office.vault.key::<Incidents>(subject).await {
        Ok(key) => row.open(Some(&key)),
        // The subject is being erased at this moment.
        Err(KeyError::Missing { .. }) => row.open(None),
        Err(error) => Err(error.into()),
    }
}

/// One report of a customer.
///
/// # Errors
/// [`OfficeError::NotFound`] also when it is somebody else's.
pub async fn own_leak(
    office: &Office,
    customer: CustomerId,
    id: LeakReportId,
) -> Result<LeakReport, OfficeError> {
    let report = leak(office, id).await?;
    if report.customer == customer { Ok(report) } else { Err(OfficeError::NotFound { what: "the report" }) }
}

/// Which reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeakFilter {
    /// Of one customer.
    pub customer: Option<CustomerId>,
    /// In one state.
    pub state: Option<LeakReportState>,
}

/// A page of reports, the latest first, with how many there are.
///
/// # Errors
/// When a store fails.
pub async fn leaks(
    office: &Office,
    filter: LeakFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<LeakReport>, u64), OfficeError> {
    let (rows, total) = store::leaks(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    let mut reports = Vec::with_capacity(rows.len());
    for row in rows {
        reports.push(open_row(office, row).await?);
    }
    Ok((reports, total))
}

/// A leak on the provider's side that a customer was told of.
#[derive(Debug, Clone)]
pub struct ToldLeak {
    /// Its number.
    pub number: super::IncidentNumber,
    /// When the customer was told.
    pub told_at: Timestamp,
    /// Title and text of the notice.
    pub notice: super::NoticeText,
}

/// The leaks on the provider's side that a customer was told of, the latest first; at most a hundred.
///
/// # Errors
/// When a store fails.
pub async fn told_leaks(
    office: &Office,
    customer: &customers::Customer,
) -> Result<Vec<ToldLeak>, OfficeError> {
    let mut told = Vec::new();
    for (id, told_at) in store::told_to(&office.store, customer.id, 100).await? {
        let case = super::incident(office, id).await?;
        let language = customer.profile.language;
        let text = super::notice(office, &case, language).await?;
        let name = customer.display_name();
        let (title, body) = super::fill_notice(office, &case, language, &text, name.expose())?;
        told.push(ToldLeak { number: case.number, told_at, notice: super::NoticeText { title, body } });
    }
    Ok(told)
}
