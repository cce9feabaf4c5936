//! Asking for a release, and what comes back from officers: approvals and answers.

use super::model::{EndReason, Release, ReleaseFilter, ReleaseState};
use super::request::{Ground, NewRequest, ReleaseId, Request, RequestError, ScopeItem, Target};
use super::session::Live;
use super::store::{self, NewRelease};
use crate::accounts::{Officer as Holder, Session, StaffRole};
use crate::form::{Problem, Problems};
use crate::incidents::{self, IncidentId, LawfulOrderId};
use crate::{By, Office, OfficeError, Record, seal, traffic_log};
use base::{Day, SubjectId, Timestamp};
use keys::purpose::Incidents;
use keys::seal::{
    Approval, Block, Chain, LABELS_MAX, Label, Message, MessageKind, ReleaseError, ReleaseSession, SiteId,
};
use std::collections::BTreeSet;
use thiserror::Error;
use traffic::hit::Address;
use traffic::segment::bucket;
use traffic::store::Stored;

/// The longest a release may be asked for, in hours.
pub const HOURS_MAX: u32 = super::RELEASE_DAYS_MAX * 24;
/// Segments of one scope at most.
const SEGMENTS_MAX: u32 = 20_000;
/// Days of one scope at most.
const DAYS_MAX: u32 = 800;
const NO_RELEASE: OfficeError = OfficeError::NotFound { what: "the release" };

/// Why something about a release is refused.
#[derive(Debug, Error)]
pub enum AskError {
    /// The form.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The incident is closed, or the order.
    #[error("the incident or the order is not open")]
    GroundClosed,
    /// No group key yet.
    #[error("the officers have not made their keys yet")]
    NoOfficers,
    /// Nothing in scope is kept.
    #[error("nothing is kept of these sites on these days")]
    Nothing,
    /// Too much at once.
    #[error("this opens {found} blocks; a release opens {LABELS_MAX} at most: ask for fewer sites or days")]
    TooMuch {
        /// How many blocks.
        found: usize,
    },
    /// It cannot be written as a request.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A file of an officer is refused.
    #[error(transparent)]
    Officer(#[from] ReleaseError),
    /// A file that is no such file.
    #[error("this is no approval and no answer: {0}")]
    File(String),
    /// Whoever asked does not approve.
    #[error("officer {0} asked for this release, and does not approve it")]
    AskerApproves(u16),
    /// Seen already.
    #[error("officer {0} has done this already")]
    Twice(u16),
    /// An approval under a checkpoint that is none of this ledger.
    #[error("officer {0} looked at a checkpoint that is none of this ledger")]
    OtherLedger(u16),
    /// Answers come after approvals.
    #[error("{found} of {needed} needed approvals are there: answers come after them")]
    TooEarly {
        /// Approvals so far.
        found: usize,
        /// How many it needs.
        needed: u16,
    },
    /// It is over.
    #[error("the release is over")]
    Over,
    /// A question about what is not released.
    #[error("the question is about a site that this release does not open")]
    OutOfScope,
    /// The ledger's next signature is not there yet.
    #[error("the ledger was not signed in time: try again in a minute")]
    Unsigned,
}

impl From<::store::StoreError> for AskError {
    fn from(error: ::store::StoreError) -> Self {
        Self::Office(error.into())
    }
}

impl From<keys::KeyError> for AskError {
    fn from(error: keys::KeyError) -> Self {
        Self::Office(error.into())
    }
}

impl From<Problems> for AskError {
    fn from(problems: Problems) -> Self {
        Self::Office(problems.into())
    }
}

/// What a release stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// A leak that is being looked into.
    Incident(IncidentId),
    /// The order of a court.
    Order(LawfulOrderId),
}

impl On {
    /// The ground, as requests name it.
    #[must_use]
    pub const fn ground(self) -> Ground {
        match self {
            Self::Incident(_) => Ground::Incident,
            Self::Order(_) => Ground::LawfulOrder,
        }
    }

    /// Its id.
    #[must_use]
    pub fn uuid(self) -> uuid::Uuid {
        match self {
            Self::Incident(id) => id.uuid(),
            Self::Order(id) => id.uuid(),
        }
    }

    /// Back from what a release keeps.
    #[must_use]
    pub fn of(release: &Release) -> Self {
        match release.ground {
            Ground::Incident => Self::Incident(IncidentId::from_uuid(release.ground_id)),
            Ground::LawfulOrder => Self::Order(LawfulOrderId::from_uuid(release.ground_id)),
        }
    }

    pub(super) async fn is_open(self, office: &Office) -> Result<bool, OfficeError> {
        match self {
            Self::Incident(id) => incidents::is_open(office, id).await,
            Self::Order(id) => incidents::is_order_open(office, id).await,
        }
    }

    async fn entry(self, office: &Office) -> Result<[u8; 32], OfficeError> {
        match self {
            Self::Incident(id) => incidents::opened_entry(office, id).await,
            Self::Order(id) => incidents::order_entry(office, id).await,
        }
    }

    pub(super) async fn subject(self, office: &Office) -> Result<SubjectId, OfficeError> {
        match self {
            Self::Incident(id) => Ok(incidents::incident(office, id).await?.subject),
            Self::Order(id) => Ok(incidents::order(office, id).await?.subject),
        }
    }
}

/// What of the log is to be opened.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Rows of these sites.
    Sites(BTreeSet<SiteId>),
    /// Which sites these addresses touched, by the index alone.
    Addresses(Vec<Address>),
}

/// What somebody asks.
#[derive(Debug, Clone)]
pub struct NewAsk {
    /// The ground.
    pub on: On,
    /// What.
    pub wanted: Wanted,
    /// The first day, in UTC.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// Why; officers read it.
    pub reason: String,
    /// For how long, in hours.
    pub hours: u32,
}

/// The blocks of one segment that a release opens: their places in the key object.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Part {
    pub day: u32,
    pub node: keys::seal::NodeId,
    pub seq: u32,
    pub places: Vec<u32>,
}

impl Part {
    pub(super) const fn stored(&self) -> Stored {
        Stored { day: Day::from_number(self.day), node: self.node, seq: self.seq }
    }
}

/// Asks for a release. The key that receives the answers is made here and stays in the memory of this process.
///
/// # Errors
/// [`AskError`]; nothing is kept then.
pub async fn ask(office: &Office, session: &Session, new: &NewAsk) -> Result<ReleaseId, AskError> {
    let mut problems = Problems::new();
    if new.first > new.last || new.last.number() - new.first.number() >= DAYS_MAX {
        problems.add("last", Problem::Date);
    }
    if new.hours == 0 || new.hours > HOURS_MAX {
        problems.add("hours", Problem::Number);
    }
    if new.reason.trim().is_empty() {
        problems.add("reason", Problem::Missing);
    } else if new.reason.chars().count() > super::REASON_CHARS_MAX {
        problems.add("reason", Problem::TooLong { max: super::REASON_CHARS_MAX });
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    if !new.on.is_open(office).await? {
        return Err(AskError::GroundClosed);
    }
    seal::chain(office).await?.ok_or(AskError::NoOfficers)?;
    let (parts, scope) = parts_of(office, new).await?;
    let labels: usize = parts.iter().map(|part| part.places.len()).sum();
    let live = ReleaseSession::generate();
    let asker = match session.officer {
        Holder::Holder => seal::officers(office).await?.into_iter().find(|one| one.login == session.login),
        _ => None,
    };
    let now = office.now();
    let release = ReleaseId::new(&*office.clock, &*office.random);
    let request = Request::compose(&NewRequest {
        release,
        ground: new.on.ground(),
        entry: new.on.entry(office).await?,
        scope: &scope,
        reason: new.reason.trim(),
        asked_by: asker.as_ref().map(|one| &one.officer),
        recipient: &live.recipient(),
        not_after: Timestamp::from_seconds(now.as_seconds() + i64::from(new.hours) * 3_600),
    })?;
    let subject = new.on.subject(office).await?;
    let key = office.vault.key::<Incidents>(subject).await?;
    let record = Record::new("release-requested", By::Login(session.subject))
        .with("request", request.hash().to_string())
        .with("entry", hex::encode(request.entry()))
        .with("labels", labels);
    let entry = office.prepare(record).await?;
    let row = NewRelease {
        subject,
        ground_id: new.on.uuid(),
        request: &request,
        parts: serde_json::to_vec(&parts).map_err(|error| OfficeError::Other(error.to_string()))?,
        labels: labels as u64,
        days: (new.first, new.last),
        asked_by: session.subject,
        asked_at: now,
        leaf: *entry.entry().leaf_hash().as_bytes(),
    };
    let tx = office.store.begin().await?;
    store::insert(&tx, &row, &key, &*office.random).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    office.sessions.begin(release, Live::new(live));
    Ok(release)
}

/// Which blocks of what is kept are in scope, and the scope itself: exactly the machines that hold some.
async fn parts_of(office: &Office, new: &NewAsk) -> Result<(Vec<Part>, Vec<ScopeItem>), AskError> {
    let rows = traffic_log::segments_between(&office.store, new.first, new.last, SEGMENTS_MAX).await?;
    let log = office.log()?.store.clone();
    let wanted = new.wanted.clone();
    let work = move || -> Result<(Vec<Part>, BTreeSet<u8>), OfficeError> {
        let fault = |error: &dyn core::fmt::Display| OfficeError::Other(error.to_string());
        let (mut parts, mut buckets) = (Vec::new(), BTreeSet::new());
        for row in rows {
            let stored = Stored { day: row.day, node: row.node, seq: row.seq };
            let keys = log.key_object(&stored).map_err(|error| fault(&error))?;
            let segment = log.segment(&keys).map_err(|error| fault(&error))?;
            let mine: BTreeSet<u8> = match &wanted {
                Wanted::Addresses(all) => all.iter().map(|one| bucket(keys.name.id(), *one)).collect(),
                Wanted::Sites(_) => BTreeSet::new(),
            };
            let in_scope = |block: Block| match (&wanted, block) {
                (Wanted::Sites(sites), Block::Rows(site) | Block::Spool(site)) => sites.contains(&site),
                (Wanted::Addresses(_), Block::Addresses(bucket)) => mine.contains(&bucket),
                _ => false,
            };
            let entries = segment.entries();
            let there = |place: &usize| matches!(keys.record(*place), Some(Ok(_)));
            let mut places: Vec<usize> =
                (0..entries.len()).filter(|place| in_scope(entries[*place].block)).filter(there).collect();
            // Rows name browser ids by the dictionary of their segment.
            if !places.is_empty() && matches!(wanted, Wanted::Sites(_)) {
                places.extend(
                    (0..entries.len())
                        .filter(|place| entries[*place].block == Block::Dictionary)
                        .filter(there),
                );
            }
            if !places.is_empty() {
                buckets.extend(mine);
                let places = places.into_iter().filter_map(|place| u32::try_from(place).ok()).collect();
                parts.push(Part { day: row.day.number(), node: row.node, seq: row.seq, places });
            }
        }
        Ok((parts, buckets))
    };
    let (parts, buckets) =
        tokio::task::spawn_blocking(work).await.map_err(|error| OfficeError::Other(error.to_string()))??;
    let labels = parts.iter().map(|part| part.places.len()).sum();
    if labels == 0 {
        return Err(AskError::Nothing);
    }
    if labels > LABELS_MAX {
        return Err(AskError::TooMuch { found: labels });
    }
    let target = match &new.wanted {
        Wanted::Sites(sites) => Target::Sites(sites.clone()),
        Wanted::Addresses(_) => Target::Addresses(buckets),
    };
    let nodes = parts.iter().map(|part| part.node).collect();
    let item = ScopeItem { target, first_day: new.first, last_day: new.last, nodes };
    Ok((parts, vec![item]))
}

/// A release.
///
/// # Errors
/// [`OfficeError::NotFound`].
pub async fn release(office: &Office, id: ReleaseId) -> Result<Release, OfficeError> {
    Ok(store::by_id(&office.store, id).await?.ok_or(NO_RELEASE)?.release)
}

/// Its request, opened.
///
/// # Errors
/// [`OfficeError::NotFound`]; when the keys of its case are gone.
pub async fn request(office: &Office, id: ReleaseId) -> Result<Request, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(NO_RELEASE)?;
    let key = office.vault.key::<Incidents>(row.subject).await?;
    row.open(&key)
}

/// A page of releases, the latest first, and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn page(
    office: &Office,
    filter: ReleaseFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<Release>, u64), OfficeError> {
    Ok(store::list(&office.store, filter, offset, limit).await?)
}

/// What a file of an officer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// An approval of this officer.
    Approval(u16),
    /// Partial results of this officer.
    Answer(u16),
}

/// Takes a file that an officer's program wrote: an approval, or answers (one for each ceremony).
///
/// # Errors
/// [`AskError`].
pub async fn take_file(
    office: &Office,
    session: &Session,
    id: ReleaseId,
    text: &str,
) -> Result<Vec<Brought>, AskError> {
    if session.staff.is_none_or(|role| role == StaffRole::Auditor) {
        return Err(OfficeError::Forbidden { why: "an auditor only reads" }.into());
    }
    let found = release(office, id).await?;
    if found.state == ReleaseState::Ended || found.not_after <= office.now() {
        return Err(AskError::Over);
    }
    let chain = seal::chain(office).await?.ok_or(AskError::NoOfficers)?;
    if let Ok(approval) = Approval::parse(text) {
        return Ok(vec![take_approval(office, session, &found, &chain, &approval).await?]);
    }
    let mut brought = Vec::new();
    let answers = seal::Answer::parse(text).map_err(|error| AskError::File(error.to_string()))?;
    for message in &answers.messages {
        brought.push(take_answer(office, session, &found, &chain, message).await?);
    }
    if brought.is_empty() { Err(AskError::File("it is empty".into())) } else { Ok(brought) }
}

async fn take_approval(
    office: &Office,
    session: &Session,
    release: &Release,
    chain: &Chain,
    approval: &Approval,
) -> Result<Brought, AskError> {
    let roster = chain.last().roster();
    approval.verify(roster, release.hash)?;
    let officer = approval.officer();
    let request = request(office, release.id).await?;
    let asked = request
        .asked_by()
        .is_some_and(|key| roster.officers().get(&officer).is_some_and(|one| one.sign_key() == key));
    if asked {
        return Err(AskError::AskerApproves(officer));
    }
    if !store::was_shown(&office.store, approval.root()).await? {
        return Err(AskError::OtherLedger(officer));
    }
    let record = Record::new("release-approved", By::Login(session.subject))
        .with("request", release.hash.to_string())
        .with("officer", officer)
        .with("root", hex::encode(approval.root()));
    let entry = office.prepare(record).await?;
    let leaf = *entry.entry().leaf_hash().as_bytes();
    let tx = office.store.begin().await?;
    if !store::lock(&tx, release.id, ReleaseState::Requested).await? {
        return Err(AskError::Over);
    }
    let now = office.now();
    match store::insert_approval(&tx, release.id, officer, &approval.text(), &leaf, session.subject, now)
        .await
    {
        Err(::store::StoreError::Duplicate) => return Err(AskError::Twice(officer)),
        other => other?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(Brought::Approval(officer))
}

async fn take_answer(
    office: &Office,
    session: &Session,
    release: &Release,
    chain: &Chain,
    answer: &Message,
) -> Result<Brought, AskError> {
    let needed = chain.last().roster().threshold();
    let found = store::approvals(&office.store, release.id).await?.len();
    if found < usize::from(needed) {
        return Err(AskError::TooEarly { found, needed });
    }
    let officer = answer.place().from;
    let roster = chain.roster(answer.session()).ok_or(ReleaseError::UnknownOfficer(officer))?;
    answer.verify(roster).map_err(ReleaseError::from)?;
    if answer.place().kind != MessageKind::Answer {
        return Err(AskError::File("it is a message of a ceremony".into()));
    }
    let tx = office.store.begin().await?;
    if !store::lock(&tx, release.id, ReleaseState::Requested).await? {
        return Err(AskError::Over);
    }
    let now = office.now();
    let (place, text) = (answer.session(), answer.text());
    match store::insert_answer(&tx, release.id, place, officer, &text, session.subject, now).await {
        Err(::store::StoreError::Duplicate) => return Err(AskError::Twice(officer)),
        other => other?,
    }
    tx.commit().await?;
    Ok(Brought::Answer(officer))
}

/// Ends a release: its keys are wiped in this process.
///
/// # Errors
/// [`OfficeError::Conflict`] when it is over.
pub async fn end(office: &Office, by: By, id: ReleaseId, why: EndReason) -> Result<(), OfficeError> {
    let found = release(office, id).await?;
    // First the keys: whatever the database says afterwards, nothing opens any more.
    office.sessions.end(id);
    let record =
        Record::new("release-ended", by).with("request", found.hash.to_string()).with("reason", why.as_str());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    if store::set_ended(&tx, id, why, office.now()).await? == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the release" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Ends releases whose time is over. Says how many.
///
/// # Errors
/// When a store fails.
pub async fn sweep(office: &Office) -> Result<u64, OfficeError> {
    let mut ended = 0;
    for id in store::past(&office.store, office.now()).await? {
        match end(office, By::System("releases"), id, EndReason::Expired).await {
            Ok(()) => ended += 1,
            Err(OfficeError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ended)
}

/// The label of a record in a key object.
pub(super) fn label(stored: &Stored, block: Block) -> Label {
    Label { day: stored.day, node: stored.node, seq: stored.seq, block }
}
