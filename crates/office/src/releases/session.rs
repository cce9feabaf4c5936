//! The open release: answers combine to keys, which exist in the memory of this process and nowhere else, and end with
//! the release, with its time, or with the process.
//!
//! Invariants: every question is in the database and in the ledger before the first byte is read for it; nothing is read
//! after the end; what a process forgot, only the officers can give again.

use super::ask::{AskError, On, Part};
use super::model::{Query as Asked, QueryId, Release, ReleaseState};
use super::question::{Answer, Question, Row};
use super::request::ReleaseId;
use super::{build, store};
use crate::accounts::Session;
use crate::{By, Office, OfficeError, Record, seal, traffic_log};
use keys::purpose::Incidents;
use keys::seal::{Chain, Checked, EpochGroup, Label, Partial, ReleaseSession, RequestHash, SessionId};
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use traffic::scan::{Cancel, End, scan, touched};
use traffic::segment::name::SegmentName;
use traffic::segment::{Manifest, Released};
use traffic::store::LocalStore;

/// Threads that read for one question.
const THREADS: usize = 2;

/// What a process holds of a release.
#[derive(Debug)]
pub(super) struct Live {
    session: ReleaseSession,
    keys: Option<Arc<Released>>,
    cancel: Cancel,
}

impl Live {
    pub(super) fn new(session: ReleaseSession) -> Self {
        Self { session, keys: None, cancel: Cancel::default() }
    }
}

/// The releases that this process asked for. Dropping it wipes their keys.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<ReleaseId, Live>>);

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<ReleaseId, Live>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, id: ReleaseId, live: Live) {
        self.lock().insert(id, live);
    }

    /// Wipes the keys of a release, and ends what reads with them.
    pub(super) fn end(&self, id: ReleaseId) {
        if let Some(live) = self.lock().remove(&id) {
            live.cancel.cancel();
        }
    }

    /// Whether this process can open, or has opened, a release.
    #[must_use]
    pub fn holds(&self, id: ReleaseId) -> bool {
        self.lock().contains_key(&id)
    }

    /// Whether its keys are here.
    #[must_use]
    pub fn is_open(&self, id: ReleaseId) -> bool {
        self.lock().get(&id).is_some_and(|live| live.keys.is_some())
    }

    fn keys(&self, id: ReleaseId) -> Option<(Arc<Released>, Cancel)> {
        let live = self.lock();
        let live = live.get(&id)?;
        Some((Arc::clone(live.keys.as_ref()?), live.cancel.clone()))
    }
}

/// How far the answers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Approvals so far.
    pub approvals: Vec<u16>,
    /// Officers who answered.
    pub answers: Vec<u16>,
    /// How many it needs of each.
    pub needed: u16,
}

/// Who has approved and answered.
///
/// # Errors
/// When a store fails.
pub async fn ready(office: &Office, id: ReleaseId) -> Result<Ready, OfficeError> {
    let needed = seal::chain(office).await?.map_or(0, |chain| chain.last().roster().threshold());
    let approvals = store::approvals(&office.store, id).await?.iter().map(|one| one.officer).collect();
    let mut answers: Vec<u16> =
        store::answers(&office.store, id).await?.into_iter().map(|(_, officer, _)| officer).collect();
    answers.sort_unstable();
    answers.dedup();
    Ok(Ready { approvals, answers, needed })
}

/// A block that is to be opened.
struct ToOpen {
    name: SegmentName,
    group: Arc<EpochGroup>,
    session: SessionId,
    checked: Checked,
}

/// Combines the answers to keys. Partial results that do not hold are left out and named in the log of the program.
///
/// # Errors
/// [`AskError::TooEarly`] while answers are missing; [`AskError::Over`]; when this process did not ask.
pub async fn open(office: &Office, session: &Session, id: ReleaseId) -> Result<usize, AskError> {
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the release" })?;
    if row.release.state != ReleaseState::Requested || row.release.not_after <= office.now() {
        return Err(AskError::Over);
    }
    if !On::of(&row.release).is_open(office).await? {
        return Err(AskError::GroundClosed);
    }
    let chain = seal::chain(office).await?.ok_or(AskError::NoOfficers)?;
    let needed = chain.last().roster().threshold();
    let approved = store::approvals(&office.store, id).await?.len();
    let answers = store::answers(&office.store, id).await?;
    let mut per_session = BTreeMap::<SessionId, usize>::new();
    for (session, _, _) in &answers {
        *per_session.entry(*session).or_default() += 1;
    }
    let fewest = per_session.values().copied().min().unwrap_or(0).min(approved);
    if fewest < usize::from(needed) {
        return Err(AskError::TooEarly { found: fewest, needed });
    }
    let parts: Vec<Part> =
        serde_json::from_slice(&row.parts).map_err(|error| OfficeError::Other(error.to_string()))?;
    let blocks = blocks(office, &chain, &parts).await?;
    let partials = partials(office, &chain, id, row.release.hash, &answers)?;
    let hash = row.release.hash;
    let keys = tokio::task::spawn_blocking(move || combine(&blocks, &partials, hash))
        .await
        .map_err(|error| OfficeError::Other(error.to_string()))??;
    let opened = keys.len();

    let record = Record::new("release-opened", By::Login(session.subject))
        .with("request", row.release.hash.to_string())
        .with("labels", opened)
        .with("officers", answers.iter().map(|(_, officer, _)| u64::from(*officer)).collect::<Vec<_>>());
    let entry = office.prepare(record).await?;
    let leaf = *entry.entry().leaf_hash().as_bytes();
    let tx = office.store.begin().await?;
    if store::set_open(&tx, id, &leaf, office.now()).await? == 0 {
        tx.rollback().await?;
        return Err(AskError::Over);
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    // Only now may anything be read: the ledger tells of it.
    if let Some(live) = office.sessions.lock().get_mut(&id) {
        live.keys = Some(Arc::new(keys));
    }
    Ok(opened)
}

async fn blocks(office: &Office, chain: &Chain, parts: &[Part]) -> Result<Vec<ToOpen>, AskError> {
    let fault = |error: &dyn core::fmt::Display| OfficeError::Other(format!("the release: {error}"));
    let mut blocks = Vec::new();
    for (part, segment) in parts.iter().zip(build::segments(office, parts).await?) {
        let manifest = Manifest::parse(&segment.manifest).map_err(|error| fault(&error))?;
        let epoch = manifest.name.epoch;
        let (group, document) =
            chain.epoch(epoch).zip(chain.document_of(epoch)).ok_or(AskError::NoOfficers)?;
        for record in &segment.records {
            let record = keys::seal::Record::parse(&record.record).map_err(|error| fault(&error))?;
            let label: Label = super::ask::label(&part.stored(), record.block());
            let checked = group.key().check(&label, &record).map_err(|error| fault(&error))?;
            let session = document.roster().session();
            blocks.push(ToOpen { name: manifest.name, group: Arc::clone(group), session, checked });
        }
    }
    Ok(blocks)
}

/// The partial results of each officer and ceremony, in the order of that ceremony's blocks.
type Partials = BTreeMap<SessionId, BTreeMap<u16, Vec<Partial>>>;

fn partials(
    office: &Office,
    chain: &Chain,
    id: ReleaseId,
    hash: RequestHash,
    answers: &[(SessionId, u16, String)],
) -> Result<Partials, AskError> {
    let live = office.sessions.lock();
    let live = live.get(&id).ok_or(OfficeError::Forbidden {
        why: "the keys of this release were in a process that stopped, or in another one: ask again",
    })?;
    let mut found = Partials::new();
    for (session, officer, text) in answers {
        let roster = chain.roster(*session).ok_or(AskError::NoOfficers)?;
        let message = keys::seal::Message::parse(text).map_err(|error| AskError::File(error.to_string()))?;
        let (_, partials) = live.session.open(roster, hash, &message)?;
        found.entry(*session).or_default().insert(*officer, partials);
    }
    Ok(found)
}

fn combine(blocks: &[ToOpen], partials: &Partials, hash: RequestHash) -> Result<Released, AskError> {
    let mut next = BTreeMap::<SessionId, usize>::new();
    let mut released = Released::default();
    for block in blocks {
        let at = next.entry(block.session).or_default();
        let mine = partials.get(&block.session);
        let of_block: Vec<Partial> =
            mine.into_iter().flat_map(BTreeMap::values).filter_map(|all| all.get(*at)).cloned().collect();
        *at += 1;
        let opened = block
            .group
            .combine(&block.checked, hash, &of_block)
            .map_err(|error| OfficeError::Other(format!("a block does not open: {error}")))?;
        for refused in &opened.refused {
            tracing::warn!(error = %refused, "a partial result was refused");
        }
        released.insert(block.name, block.checked.label().block, opened.key);
    }
    Ok(released)
}

/// Asks a question under an open release. It is in the ledger before anything is read.
///
/// # Errors
/// [`AskError::Over`] when the release is not open in this process or its time is over; when a store fails.
pub async fn ask(
    office: &Office,
    session: &Session,
    id: ReleaseId,
    question: &Question,
) -> Result<Answer, AskError> {
    ask_watched(office, session, id, question, &Arc::default()).await
}

/// How far a question has been read.
#[derive(Debug, Default)]
pub struct Scanned {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Scanned {
    /// Segments that were read, and how many there are.
    #[must_use]
    pub fn now(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// As [`ask`], for who wants to see how far it is.
///
/// # Errors
/// As [`ask`].
pub async fn ask_watched(
    office: &Office,
    session: &Session,
    id: ReleaseId,
    question: &Question,
    scanned: &Arc<Scanned>,
) -> Result<Answer, AskError> {
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the release" })?;
    let release = row.release.clone();
    if release.not_after <= office.now() {
        office.sessions.end(id);
        return Err(AskError::Over);
    }
    let (released, cancel) = office.sessions.keys(id).ok_or(AskError::Over)?;
    if release.state != ReleaseState::Open || !On::of(&release).is_open(office).await? {
        office.sessions.end(id);
        return Err(AskError::Over);
    }
    let scope = super::ask::request(office, id).await?.scope().sites();
    // Under a release of addresses the index is asked, which has every site.
    if !scope.is_empty() && question.sites.iter().any(|site| !scope.contains(site)) {
        return Err(AskError::OutOfScope);
    }
    let query = note(office, session, &row, question).await?;
    let names = names(office, &release).await?;
    let log = office.log()?.store.clone();
    let (question, segments) = (question.clone(), released.segments());
    let scanned = Arc::clone(scanned);
    scanned.total.store(segments.len(), Ordering::Relaxed);
    let read = move || read(&log, &segments, (&released, &cancel), &question, &names, &scanned);
    let answer =
        tokio::task::spawn_blocking(read).await.map_err(|error| OfficeError::Other(error.to_string()))??;
    store::set_found(&office.store, query, answer.found).await?;
    Ok(answer)
}

async fn note(
    office: &Office,
    session: &Session,
    row: &store::Row,
    question: &Question,
) -> Result<QueryId, AskError> {
    let id = QueryId::new(&*office.clock, &*office.random);
    let text = serde_json::to_string(question).map_err(|error| OfficeError::Other(error.to_string()))?;
    let record = Record::new("query", By::Login(session.subject))
        .with("request", row.release.hash.to_string())
        .with("query", id.to_string());
    let entry = office.prepare(record).await?;
    let key = office.vault.key::<Incidents>(row.subject).await?;
    let new = store::NewQuery {
        id,
        release: row.release.id,
        subject: row.subject,
        question: &text,
        asked_by: session.subject,
        leaf: *entry.entry().leaf_hash().as_bytes(),
    };
    let tx = office.store.begin().await?;
    if !store::lock(&tx, row.release.id, ReleaseState::Open).await? {
        return Err(AskError::Over);
    }
    store::insert_query(&tx, &new, &key, &*office.random, office.now()).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Domains of the sites that a release may show. Sites that an address touched are named too, when they are ours.
async fn names(
    office: &Office,
    release: &Release,
) -> Result<HashMap<keys::seal::SiteId, String>, OfficeError> {
    let scope = super::ask::request(office, release.id).await?;
    let mut names = HashMap::new();
    let sites: Vec<_> = scope.scope().sites().into_iter().collect();
    for site in traffic_log::of_ids(office, &sites).await? {
        names.insert(site.id, site.domain.expose().clone());
    }
    if sites.is_empty() {
        for (domain, site) in traffic_log::site_list(office).await? {
            names.insert(site, domain);
        }
    }
    Ok(names)
}

fn read(
    log: &LocalStore,
    segments: &[SegmentName],
    (released, cancel): (&Released, &Cancel),
    question: &Question,
    names: &HashMap<keys::seal::SiteId, String>,
    scanned: &Scanned,
) -> Result<Answer, OfficeError> {
    let fault = |error: &dyn core::fmt::Display| OfficeError::Other(format!("the log: {error}"));
    let threads = NonZeroUsize::new(THREADS).unwrap_or(NonZeroUsize::MIN);
    let mut answer = Answer::new(question);
    let host = |site: &keys::seal::SiteId| names.get(site).cloned().unwrap_or_else(|| site.to_string());
    for one in segments {
        if answer.is_full() {
            break;
        }
        scanned.done.fetch_add(1, Ordering::Relaxed);
        let segment = log.sealed(one).map_err(|error| fault(&error))?;
        if question.is_about_sites() {
            for prefix in question.prefixes() {
                let sites = touched(&segment, released, &prefix).map_err(|error| fault(&error))?;
                match sites {
                    Some(sites) => sites.iter().for_each(|site| answer.touched(one.day, *site, host(site))),
                    None => answer.incomplete(),
                }
            }
            continue;
        }
        let Some(query) = question.query(one.day, answer.room()) else { continue };
        let mut broken = None;
        let mut take = |batch: &traffic::scan::Batch<'_>| {
            let site = host(&batch.site());
            for row in batch.rows() {
                let shown = batch.path(row).and_then(|path| Ok((path, batch.agent(row)?)));
                let ((named, path), agent) = match shown {
                    Ok(shown) => shown,
                    Err(error) => {
                        broken = Some(error);
                        return ControlFlow::Break(());
                    }
                };
                let site = if named.is_empty() { site.clone() } else { lossy(named) };
                answer.take(Row {
                    time: one.day.start().as_seconds() + i64::from(row.second),
                    site,
                    path: lossy(path),
                    agent: lossy(agent),
                    address: row.address.ip(),
                });
            }
            if answer.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let ended =
            scan(&segment, released, &query, threads, cancel, &mut take).map_err(|error| fault(&error))?;
        if let Some(error) = broken {
            return Err(fault(&error));
        }
        if ended.end == End::Stopped && !answer.is_full() {
            return Err(OfficeError::Forbidden { why: "the release ended while it was read" });
        }
    }
    answer.finish();
    Ok(answer)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The questions that were asked under a release.
///
/// # Errors
/// When a store fails.
pub async fn questions(office: &Office, id: ReleaseId) -> Result<Vec<Asked>, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the release" })?;
    let key = office.vault.key::<Incidents>(row.subject).await?;
    store::queries(&office.store, id, &key).await
}

/// Releases that opened something of a customer's sites, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn of_customer(
    office: &Office,
    customer: crate::customers::CustomerId,
) -> Result<Vec<(keys::seal::SiteId, Release)>, OfficeError> {
    Ok(store::of_customer(&office.store, customer).await?)
}
