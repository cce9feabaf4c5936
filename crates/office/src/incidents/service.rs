//! Use cases of cases: opened, known, scoped, decided, reported, closed.

use super::clock::{self, ClockKind};
use super::fields::{Field, Texts};
use super::model::{
    Decision, Effects, Incident, IncidentFilter, IncidentId, IncidentNumber, IncidentRole, IncidentState,
    IncidentSummary, NotAllowed, Regime, Report, ReportId, ReportKind, Scope, Telling, Times,
};
use super::{REPORTS_MAX, affected, store};
use crate::customers::single_line;
use crate::form::{Problem, Problems};
use crate::messages::take_number;
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, Prepared, Record};
use ::store::{LedgerRow, Tx};
use base::{Sensitive, SubjectId, Timestamp};
use keys::purpose::{Incidents, Ledger};
use keys::{DataKey, Purpose as _};

/// The counter that hands out numbers, and the number before the first.
const NUMBER_COUNTER: &str = "incident";
const FIRST_NUMBER: i64 = 100_000;
/// The largest page of a list.
const PAGE_MAX: u32 = 200;
/// How much of the ledger a page of a case shows.
const TIMELINE_MAX: u32 = 500;
/// The longest reference of an authority, in characters.
const REFERENCE_CHARS_MAX: usize = 100;

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// What it does to data.
    pub effects: Effects,
    /// In what quality the provider has to do with it.
    pub role: IncidentRole,
    /// Which law asks for reports.
    pub regime: Regime,
    /// When it happened and was seen.
    pub times: Times,
}

impl Facts {
    /// Those of a case.
    #[must_use]
    pub const fn of(incident: &Incident) -> Self {
        Self {
            effects: incident.effects,
            role: incident.role,
            regime: incident.regime,
            times: incident.times,
        }
    }

    fn check(&self, now: Timestamp) -> Result<(), Problems> {
        let Times { occurred_from, occurred_until, ongoing, discovered_at } = self.times;
        let mut problems = Problems::new();
        if self.effects.is_none() {
            problems.add("effects", Problem::Missing);
        }
        if discovered_at > now {
            problems.add("discovered", Problem::Date);
        }
        if occurred_from.is_some_and(|from| from > discovered_at) {
            problems.add("occurred_from", Problem::Date);
        }
        let before = occurred_from.zip(occurred_until).is_some_and(|(from, until)| until < from);
        if before || occurred_until.is_some_and(|until| until > now || ongoing) {
            problems.add("occurred_until", Problem::Date);
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// A case to be.
#[derive(Debug, Clone)]
pub struct NewIncident {
    /// What it is about.
    pub facts: Facts,
    /// What is known in words; a title at least.
    pub texts: Texts,
}

/// What staff record of something that was sent.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// What it was.
    pub kind: ReportKind,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The reference that the authority gave, if any.
    pub reference: Sensitive<String>,
    /// Why it was sent after the end of its clock; needed then.
    pub late_reason: Sensitive<String>,
}

pub(super) fn refused(error: NotAllowed) -> OfficeError {
    let field = |field, problem| OfficeError::Invalid(Problems::one(field, problem));
    match error {
        NotAllowed::Late => field("late_reason", Problem::Missing),
        NotAllowed::NoGround => field("ground", Problem::Missing),
        NotAllowed::Moment => field("at", Problem::Date),
        NotAllowed::Closed | NotAllowed::AwareBefore | NotAllowed::Twice => {
            OfficeError::Conflict { what: "the case" }
        }
        NotAllowed::NotAware => OfficeError::Forbidden { why: "nobody is aware of a leak yet" },
        NotAllowed::NotDecided => {
            OfficeError::Forbidden { why: "it was not decided to notify the authority" }
        }
        NotAllowed::NotReported => {
            OfficeError::Forbidden { why: "a notification that is due was not recorded" }
        }
        NotAllowed::Reported => OfficeError::Forbidden { why: "a notification is withdrawn, not undecided" },
        NotAllowed::OtherRegime => {
            OfficeError::Forbidden { why: "the law that asks for this does not apply" }
        }
        NotAllowed::NotTold => OfficeError::Forbidden { why: "affected customers have not been told" },
        NotAllowed::Provisional => OfficeError::Forbidden { why: "the last notification is provisional" },
        NotAllowed::Time(error) => OfficeError::Other(error.to_string()),
    }
}

/// Opens a case.
///
/// # Errors
/// [`OfficeError::Invalid`]; when a store fails.
pub async fn open(office: &Office, by: By, new: &NewIncident) -> Result<Incident, OfficeError> {
    let (clock, random, now) = (&*office.clock, &*office.random, office.now());
    new.facts.check(now)?;
    require_law(office, new.facts.regime)?;
    if new.texts.get(Field::Title).is_none() {
        return Err(Problems::one(Field::Title.as_str(), Problem::Missing).into());
    }
    let subject = SubjectId::new(clock, random);
    office.vault.create(&[(subject, &[Incidents::NAME, Ledger::NAME])]).await?;
    let key = office.vault.key::<Incidents>(subject).await?;
    let incident = Incident {
        id: IncidentId::new(clock, random),
        subject,
        number: IncidentNumber(take_number(office, NUMBER_COUNTER, FIRST_NUMBER).await?),
        revision: 1,
        state: IncidentState::Suspected,
        effects: new.facts.effects,
        role: new.facts.role,
        regime: new.facts.regime,
        times: new.facts.times,
        aware_at: None,
        scope: Scope::default(),
        decision: None,
        telling: None,
        postponed_until: None,
        texts: new.texts.clone(),
        clocks: Vec::new(),
        opened_at: now,
        updated_at: now,
        closed_at: None,
    };
    let record = record("incident-opened", by, &incident)
        .with("effects", incident.effects.words())
        .with("role", incident.role.as_str())
        .with("regime", incident.regime.as_str())
        .with("discovered", incident.times.discovered_at.rfc3339());
    let entry = office.prepare(record).await?;
    let detail = store::seal_texts(&incident, &key, random)?;
    let tx = office.store.begin().await?;
    subjects::create(&tx, subject, SubjectKind::Incident, now).await?;
    store::insert(&tx, &incident, detail, entry.entry().leaf_hash().as_bytes()).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(incident)
}

/// A regime whose terms the policy lacks cannot be chosen.
fn require_law(office: &Office, regime: Regime) -> Result<(), OfficeError> {
    let policy = office.policy();
    let kinds = [ClockKind::EarlyWarning, ClockKind::Nis2Notification, ClockKind::Nis2Report];
    if regime.has_nis2() && kinds.iter().any(|kind| policy.law().fact(kind.fact()).is_none()) {
        return Err(Problems::one("regime", Problem::Choice).into());
    }
    Ok(())
}

fn record(kind: &'static str, by: By, incident: &Incident) -> Record {
    Record::new(kind, by).about(incident.subject).with("number", incident.number.to_string())
}

/// A change that waits for its transaction.
pub(super) struct Change {
    read: Incident,
    pub next: Incident,
    detail: Vec<u8>,
    entry: Prepared,
}

impl Change {
    pub(super) async fn new(
        office: &Office,
        read: Incident,
        mut next: Incident,
        record: Record,
    ) -> Result<Self, OfficeError> {
        next.revision = read.revision + 1;
        next.updated_at = office.now();
        let key = office.vault.key::<Incidents>(next.subject).await?;
        let detail = store::seal_texts(&next, &key, &*office.random)?;
        let entry = office.prepare(record).await?;
        Ok(Self { read, next, detail, entry })
    }

    /// Puts it into the transaction: of two changes of one revision, one passes.
    pub(super) async fn put(&self, tx: &Tx) -> Result<(), OfficeError> {
        store::replace(tx, &self.read, &self.next, self.detail.clone()).await?;
        Ok(self.entry.append(tx).await?)
    }

    async fn commit(self, office: &Office) -> Result<Incident, OfficeError> {
        let tx = office.store.begin().await?;
        self.put(&tx).await?;
        tx.commit().await?;
        Ok(self.next)
    }
}

/// The case as somebody saw it.
pub(super) async fn at(office: &Office, id: IncidentId, revision: u32) -> Result<Incident, OfficeError> {
    let incident = incident(office, id).await?;
    if incident.revision == revision { Ok(incident) } else { Err(OfficeError::Conflict { what: "the case" }) }
}

/// Corrects what the case is about. Once the clocks run, a law that applies after all begins its clocks, and
/// one that does not ends them.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`] when somebody changed the case since `revision`.
pub async fn change_facts(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    facts: Facts,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    facts.check(office.now())?;
    require_law(office, facts.regime)?;
    let next = restated(read.clone(), facts, office).map_err(refused)?;
    let record = record("incident-changed", by, &read)
        .with("effects", next.effects.words())
        .with("role", next.role.as_str())
        .with("regime", next.regime.as_str());
    Change::new(office, read, next, record).await?.commit(office).await
}

fn restated(incident: Incident, facts: Facts, office: &Office) -> Result<Incident, NotAllowed> {
    let texts = incident.texts.clone();
    let mut next = incident.written(texts)?;
    if next.aware_at.is_some_and(|aware| aware < facts.times.discovered_at) {
        return Err(NotAllowed::Moment);
    }
    next.effects = facts.effects;
    next.role = facts.role;
    next.regime = facts.regime;
    next.times = facts.times;
    if let Some(aware) = next.aware_at {
        let wanted = clock::begin(aware, next.role, next.regime, office.policy().law())?;
        let now = office.now();
        let goes =
            |kind: ClockKind| kind != ClockKind::Nis2Report && !wanted.iter().any(|clock| clock.kind == kind);
        // A clock that is late without a reason does not go by saying that it never ran.
        if next.clocks.iter().any(|clock| goes(clock.kind) && clock.lacks_reason(now)) {
            return Err(NotAllowed::Late);
        }
        next.clocks.retain(|clock| clock.ended.is_some() || !goes(clock.kind));
        for clock in wanted {
            if next.clock(clock.kind).is_none() {
                next.clocks.push(clock);
            }
        }
    }
    Ok(next)
}

/// Writes texts of the case; an empty one empties.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`].
pub async fn set_texts<'a>(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    typed: impl IntoIterator<Item = (Field, &'a str)>,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let mut texts = read.texts.clone();
    texts.write(typed)?;
    if texts.get(Field::Title).is_none() {
        return Err(Problems::one(Field::Title.as_str(), Problem::Missing).into());
    }
    let changed = texts.changed(&read.texts);
    if changed.is_empty() {
        return Ok(read);
    }
    let next = read.clone().written(texts).map_err(refused)?;
    let record = record("incident-changed", by, &read).with("fields", changed);
    Change::new(office, read, next, record).await?.commit(office).await
}

/// Somebody knows that it is a leak: the clocks begin.
///
/// # Errors
/// [`OfficeError::Invalid`] for a moment that cannot be; [`OfficeError::Conflict`] when it was known before.
pub async fn become_aware(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    aware_at: Timestamp,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let policy = office.policy();
    let next = read.clone().aware(aware_at, office.now(), policy.law()).map_err(refused)?;
    let due: Vec<String> = next
        .clocks
        .iter()
        .map(|clock| format!("{} {}", clock.kind.as_str(), clock.due_at.rfc3339()))
        .collect();
    let record = record("incident-aware", by, &read).with("aware", aware_at.rfc3339()).with("due", due);
    Change::new(office, read, next, record).await?.commit(office).await
}

/// Whom it touches; the customers are computed anew. Who was told stays in the list.
///
/// # Errors
/// [`OfficeError::Invalid`] for a scope beyond the limit; [`OfficeError::Conflict`].
pub async fn set_scope(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    scope: Scope,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let customers = affected::of_scope(office, &scope).await?;
    let next = read.clone().scoped(scope).map_err(refused)?;
    let record = record("incident-scope", by, &read)
        .with("things", next.scope.len())
        .with("everybody", next.scope.everybody)
        .with("customers", customers.len());
    let change = Change::new(office, read, next, record).await?;
    let tx = office.store.begin().await?;
    change.put(&tx).await?;
    store::replace_customers(&tx, id, &customers, office.now()).await?;
    tx.commit().await?;
    Ok(change.next)
}

/// Whether the authority is told. `ground` is needed when it is not.
///
/// # Errors
/// [`OfficeError::Invalid`] without grounds, or when the clock is late and nobody said why;
/// [`OfficeError::Forbidden`]; [`OfficeError::Conflict`].
pub async fn decide(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    decision: Decision,
    ground: &Sensitive<String>,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let next = with_text(&read, Field::DecisionGround, ground, "ground")?;
    let reports = reports(office, &read).await?;
    let next = next.decided(decision, &reports, office.now()).map_err(refused)?;
    let record = record("incident-decided", by, &read).with("authority", decision.as_str());
    Change::new(office, read, next, record).await?.commit(office).await
}

/// Whether the people whose data it is are told. `ground` is needed when they are not.
///
/// # Errors
/// As [`decide`].
pub async fn decide_telling(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    telling: Telling,
    ground: &Sensitive<String>,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let next = with_text(&read, Field::TellingGround, ground, "ground")?;
    let next = next.told_people(telling).map_err(refused)?;
    let record = record("incident-decided", by, &read).with("people", telling.as_str());
    Change::new(office, read, next, record).await?.commit(office).await
}

/// The case with one more text. The problem, if any, is that of the form's own field.
pub(super) fn with_text(
    read: &Incident,
    field: Field,
    text: &Sensitive<String>,
    name: &'static str,
) -> Result<Incident, OfficeError> {
    let mut texts = read.texts.clone();
    texts.write([(field, text.expose().as_str())]).map_err(|problems| {
        Problems::one(name, problems.of(field.as_str()).unwrap_or(Problem::Characters))
    })?;
    read.clone().written(texts).map_err(refused)
}

/// Says why a clock is late, while what it waits for was not sent.
///
/// # Errors
/// [`OfficeError::Invalid`] without a reason; [`OfficeError::Forbidden`] when there is no such clock.
pub async fn reason(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    kind: ClockKind,
    why: &Sensitive<String>,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let next = with_text(&read, Field::of_reason(kind), why, "late_reason")?;
    let next = next.reasoned(kind, office.now()).map_err(|error| match error {
        NotAllowed::NoGround => Problems::one("late_reason", Problem::Missing).into(),
        other => refused(other),
    })?;
    let record = record("incident-late", by, &read).with("clock", kind.as_str());
    Change::new(office, read, next, record).await?.commit(office).await
}

/// Records what somebody sent to an authority. Nothing is sent from here.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Forbidden`]; [`OfficeError::Conflict`].
pub async fn report(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    new: &NewReport,
) -> Result<Incident, OfficeError> {
    let (read, now) = (at(office, id, revision).await?, office.now());
    if new.sent_at > now {
        return Err(Problems::one("sent_at", Problem::Date).into());
    }
    let reference = Some(new.reference.expose().trim()).filter(|text| !text.is_empty());
    let reference = reference.map(|text| single_line(text, REFERENCE_CHARS_MAX)).transpose();
    let reference = reference.map_err(|problem| Problems::one("reference", problem))?;
    let reports = reports(office, &read).await?;
    if reports.len() >= REPORTS_MAX as usize {
        return Err(OfficeError::Forbidden { why: "this case has too many reports" });
    }
    let mut next = read.clone();
    if let Some(kind) = new.kind.ends()
        && !new.late_reason.expose().trim().is_empty()
        && next.clock(kind).is_some_and(|clock| new.sent_at > clock.due_at)
    {
        next = with_text(&next, Field::of_reason(kind), &new.late_reason, "late_reason")?;
        next = next.reasoned(kind, now).map_err(refused)?;
    }
    let policy = office.policy();
    let next = next.reported(new.kind, new.sent_at, &reports, policy.law()).map_err(|error| match error {
        NotAllowed::Moment => Problems::one("sent_at", Problem::Date).into(),
        other => refused(other),
    })?;
    let report = Report {
        id: ReportId::new(&*office.clock, &*office.random),
        kind: new.kind,
        sent_at: new.sent_at,
        recorded_at: now,
        reference: reference.map(Sensitive::new),
    };
    let key = office.vault.key::<Incidents>(read.subject).await?;
    let body = store::seal_report(&report, &key, &*office.random);
    let record = record("incident-notified", by, &read)
        .with("report", new.kind.as_str())
        .with("sent", new.sent_at.rfc3339());
    let change = Change::new(office, read, next, record).await?;
    let tx = office.store.begin().await?;
    change.put(&tx).await?;
    store::insert_report(&tx, &change.next, &report, body).await?;
    tx.commit().await?;
    Ok(change.next)
}

/// Closes a case when everything that was decided was done.
///
/// # Errors
/// [`OfficeError::Invalid`] without the closing text; [`OfficeError::Forbidden`] with what is still to be
/// done; [`OfficeError::Conflict`].
pub async fn close(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    closing: &Sensitive<String>,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let next = with_text(&read, Field::Closing, closing, "closing")?;
    if next.texts.get(Field::Closing).is_none() {
        return Err(Problems::one("closing", Problem::Missing).into());
    }
    let untold = store::affected(&office.store, id).await?.untold();
    let reports = reports(office, &read).await?;
    let next = next.closed(untold, &reports, office.now()).map_err(refused)?;
    let record = record("incident-closed", by, &read);
    Change::new(office, read, next, record).await?.commit(office).await
}

/// What keeps a case from being closed now, if anything but the closing text.
///
/// # Errors
/// When a store fails.
pub async fn closing_blocker(
    office: &Office,
    incident: &Incident,
) -> Result<Option<NotAllowed>, OfficeError> {
    let untold = store::affected(&office.store, incident.id).await?.untold();
    let reports = reports(office, incident).await?;
    let mut tried = incident.clone();
    tried.texts = tried.texts.with(Field::Closing, "-");
    Ok(tried.closed(untold, &reports, office.now()).err())
}

/// One case, opened.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn incident(office: &Office, id: IncidentId) -> Result<Incident, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(NOT_THERE)?;
    let key = key(office, row.incident.subject).await?;
    row.open(&key)
}

const NOT_THERE: OfficeError = OfficeError::NotFound { what: "the case" };

async fn key(office: &Office, subject: SubjectId) -> Result<DataKey<Incidents>, OfficeError> {
    Ok(office.vault.key::<Incidents>(subject).await?)
}

/// Whether a case is there and not closed: what a release stands on.
///
/// # Errors
/// When the database fails.
pub async fn is_open(office: &Office, id: IncidentId) -> Result<bool, OfficeError> {
    let row = store::by_id(&office.store, id).await?;
    Ok(row.is_some_and(|row| row.incident.state != IncidentState::Closed))
}

/// The leaf hash of the ledger entry `incident-opened`.
///
/// # Errors
/// [`OfficeError::NotFound`]; when the database fails.
pub async fn opened_entry(office: &Office, id: IncidentId) -> Result<[u8; 32], OfficeError> {
    Ok(store::by_id(&office.store, id).await?.ok_or(NOT_THERE)?.opened_leaf)
}

/// What was sent to authorities about a case, the first first.
///
/// # Errors
/// When a store fails.
pub async fn reports(office: &Office, incident: &Incident) -> Result<Vec<Report>, OfficeError> {
    let key = key(office, incident.subject).await?;
    store::reports(&office.store, incident.id, &key, REPORTS_MAX).await
}

/// A page of cases, with how many there are.
///
/// # Errors
/// When a store fails.
pub async fn page(
    office: &Office,
    filter: IncidentFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<IncidentSummary>, u64), OfficeError> {
    let (rows, total) = store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let key = key(office, row.incident.subject).await?;
        let affected = store::affected(&office.store, row.incident.id).await?;
        cases.push(IncidentSummary {
            incident: row.open(&key)?,
            affected: affected.total,
            untold: affected.untold(),
        });
    }
    Ok((cases, total))
}

/// What the ledger tells of a case, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn timeline(office: &Office, incident: &Incident) -> Result<Vec<LedgerRow>, OfficeError> {
    Ok(::store::entries_of_subject(&office.store, incident.subject, TIMELINE_MAX).await?)
}

/// What the verdicts on P10 and P11 rest on.
///
/// # Errors
/// When the database fails.
pub async fn evidence(office: &Office) -> Result<store::Evidence, OfficeError> {
    Ok(store::evidence(&office.store, office.now(), office.today()).await?)
}

/// How many customers a case touches.
///
/// # Errors
/// When the database fails.
pub async fn counts(office: &Office, id: IncidentId) -> Result<super::Affected, OfficeError> {
    Ok(store::affected(&office.store, id).await?)
}
