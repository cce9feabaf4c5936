//! The rounds of retention.

use super::store::{self, Candidate, Rule};
use crate::requests::erasure::{self, Whom};
use crate::{By, Office, OfficeError, Record, billing, incidents, promises, suppliers};
use ::store::{entries_of_kind, entry_at};
use base::{Day, SubjectId, Timestamp};
use core::fmt;
use jiff::ToSpan as _;
use policy::Moment;
use policy::versions::{History, InForce};
use std::collections::BTreeSet;

/// How many rows of one kind go in one round.
const ROUND: u32 = 500;
/// How many keys are looked at in one go.
const KEYS: u32 = 500;

/// What a round removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Conversations past their term.
    pub threads: u64,
    /// Requests past their term.
    pub requests: u64,
    /// Sent mails whose ids were still kept.
    pub mails: u64,
    /// Packages and receipts past their date.
    pub expired: u64,
    /// Visitors of whom nothing was left.
    pub visitors: u64,
    /// Former customers whose erasure began.
    pub customers: u64,
    /// Books of a customer and year past their term.
    pub books: u64,
    /// Cases of leaks, lawful orders and reports of customers past their term.
    pub incidents: u64,
    /// Disclosures to suppliers that were over and past their term.
    pub disclosures: u64,
    /// Content grants past their term.
    pub content_grants: u64,
}

impl Swept {
    const fn anything(self) -> bool {
        self.threads
            + self.requests
            + self.mails
            + self.expired
            + self.visitors
            + self.customers
            + self.books
            + self.incidents
            + self.disclosures
            + self.content_grants
            > 0
    }
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            threads,
            requests,
            mails,
            expired,
            visitors,
            customers,
            books,
            incidents,
            disclosures,
            content_grants,
        } = self;
        write!(
            f,
            "{threads} conversations, {requests} requests, {mails} sent mails, {expired} expired packages and \
             receipts, {visitors} visitors, {books} books, {incidents} cases and reports of leaks, {disclosures} \
             disclosures, {content_grants} content grants removed; erasure of {customers} former customers begun"
        )
    }
}

const THREADS: Rule =
    Rule { table: "thread", began: "created_at", moment: "closed_at", when: " AND state = 'closed'" };
const REQUESTS: Rule = Rule { table: "request", began: "received_at", moment: "closed_at", when: "" };
const CONTENT_GRANTS: Rule = Rule { table: "content_grant", began: "asked_at", moment: "ended_at", when: "" };
const MAILS: Rule = Rule { table: "mail", began: "created_at", moment: "sent_at", when: "" };
const CUSTOMERS: Rule = Rule {
    table: "customer",
    began: "created_at",
    moment: "agreement_ended_at",
    when: " AND import_id IS NULL",
};

/// One round: removes what has passed its term, at most some hundreds of each kind.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn run(office: &Office) -> Result<Swept, OfficeError> {
    let parsed = promises::parsed_versions(office).await?;
    let versions = parsed.iter().map(|(policy, from)| InForce { policy, from: *from }).collect();
    let Ok(history) = History::new(versions) else { return Ok(Swept::default()) };
    let now = office.now();
    let due = Due { office, history: &history, today: now.day() };

    let threads = due.find(THREADS, "support", Moment::ConversationClosed).await?;
    let request_ids = due.find(REQUESTS, "rights", Moment::RequestClosed).await?;
    let grants = due.find(CONTENT_GRANTS, "support", Moment::ConversationClosed).await?;
    let mails = due.find(MAILS, "support", Moment::Sent).await?;
    let former = due.find(CUSTOMERS, "account", Moment::AgreementEnded).await?;

    let tx = office.store.begin().await?;
    store::delete(&tx, "access_package", "request_id", &request_ids).await?;
    let mut swept =
        Swept { requests: store::delete(&tx, "request", "id", &request_ids).await?, ..Swept::default() };
    store::delete(&tx, "message", "thread_id", &threads).await?;
    swept.threads = store::delete(&tx, "thread", "id", &threads).await?;
    store::delete(&tx, "content_session", "grant_id", &grants).await?;
    swept.content_grants = store::delete(&tx, "content_grant", "id", &grants).await?;
    swept.mails = store::delete(&tx, "mail", "id", &mails).await?;
    swept.expired = store::delete_expired(&tx, "access_package", now).await?;
    tx.commit().await?;
    swept.expired += erasure::sweep(office).await?;

    for subject in store::idle_visitors(&office.store, ROUND).await? {
        erasure::begin(office, By::System("retention"), Whom::Visitor(subject), None).await?;
        swept.visitors += 1;
    }
    for id in former {
        let customer = crate::customers::CustomerId::from_uuid(id);
        erasure::begin(office, By::System("retention"), Whom::Customer(customer), None).await?;
        swept.customers += 1;
    }
    swept.books = billing::end_books(office).await?;
    swept.incidents = incidents::end_past_term(office).await?;
    swept.disclosures = suppliers::end_past_term(office).await?;
    if swept.anything() {
        record(office, swept).await?;
    }
    Ok(swept)
}

async fn record(office: &Office, swept: Swept) -> Result<(), OfficeError> {
    let record = Record::new("retention-applied", By::System("retention"))
        .with("threads", swept.threads)
        .with("requests", swept.requests)
        .with("mails", swept.mails)
        .with("expired", swept.expired)
        .with("visitors", swept.visitors)
        .with("customers", swept.customers)
        .with("books", swept.books)
        .with("incidents", swept.incidents)
        .with("disclosures", swept.disclosures)
        .with("content_grants", swept.content_grants);
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

struct Due<'a> {
    office: &'a Office,
    history: &'a History<'a>,
    today: Day,
}

impl Due<'_> {
    /// What of a rule has passed its term, by the terms of all versions that count for it.
    async fn find(&self, rule: Rule, purpose: &str, moment: Moment) -> Result<Vec<uuid::Uuid>, OfficeError> {
        let sieve = self.history.shortest_term(purpose).and_then(|term| term.latest_start(self.today));
        let Some(latest) = sieve.and_then(|day| day.plus_span(1.day()).ok()) else { return Ok(Vec::new()) };
        let candidates = store::candidates(&self.office.store, rule, latest.start(), ROUND).await?;
        let due = candidates.into_iter().filter(|candidate| self.is_due(candidate, purpose, moment));
        Ok(due.map(|candidate| candidate.id).collect())
    }

    fn is_due(&self, candidate: &Candidate, purpose: &str, moment: Moment) -> bool {
        let when = |asked: Moment| match asked {
            Moment::Collected => Some(candidate.created_at.day()),
            other if other == moment => Some(candidate.ended_at.day()),
            _ => None,
        };
        self.history.is_due(purpose, candidate.created_at.day(), self.today, when)
    }
}

/// Destroys keys whose subject the data store does not know: a creation that a crash cut off before
/// its row was written. Only keys inserted before `before` are looked at.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn collect_orphan_keys(office: &Office, before: Timestamp) -> Result<u64, OfficeError> {
    let mut last = None;
    let mut destroyed = 0;
    loop {
        let rows = office.vault.store().page_older(before, last, KEYS).await.map_err(keys::KeyError::from)?;
        let Some(row) = rows.last() else { return Ok(destroyed) };
        last = Some(row.key_id);
        let subjects: BTreeSet<SubjectId> = rows.iter().map(|row| row.subject).collect();
        let subjects: Vec<SubjectId> = subjects.into_iter().collect();
        let known: BTreeSet<SubjectId> = store::known(&office.store, &subjects).await?.into_iter().collect();
        let orphans: Vec<SubjectId> = subjects.into_iter().filter(|s| !known.contains(s)).collect();
        destroyed += office.vault.destroy_all(&orphans).await?.len() as u64;
    }
}

/// When the living epoch began: when the one before it was destroyed, else with the first entry of
/// the ledger. None when there is no entry yet.
///
/// # Errors
/// When the database fails.
pub async fn epoch_began(office: &Office) -> Result<Option<Timestamp>, OfficeError> {
    if let Some(row) = entries_of_kind(&office.store, "epoch-destroyed", 1).await?.pop() {
        return Ok(Some(row.at));
    }
    Ok(entry_at(&office.store, 0).await?.map(|row| row.at))
}
