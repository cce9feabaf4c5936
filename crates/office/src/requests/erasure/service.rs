//! The steps of an erasure.

use super::store::{self, ErasureRow, Finished, NewErasure};
use super::{Begun, ErasureId, ErasureState, RECEIPT_PATH, TakeBack, Whom, texts};
use crate::accounts::{self, Role, Session, Token};
use crate::customers::{self, CustomerId};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::require_active;
use crate::requests::{
    self, Answer, Channel, PanelForm, Person, Request, RequestFilter, RequestId, RequestKind, RequestNumber,
    RequestState, Standing, Which,
};
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, Record, schema};
use ::store::{Job, Tx};
use base::{Sensitive, SubjectId, Timestamp};
use keys::purpose::Ledger;
use keys::{DestroyedKey, KeyId, Phase};
use ledger::{Actor, Entry, EntryBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How long an announced erasure waits at most for the last mails to leave, in seconds.
const FAREWELL_SECONDS_MAX: i64 = 86_400;
/// How long between two looks at them, in seconds.
const FAREWELL_LOOK_SECONDS: i64 = 10;
/// How long after the destruction other processes may hold a key, in seconds.
const HELD_SECONDS: i64 = 60;
/// How many days a receipt can be fetched after the second date.
const RECEIPT_DAYS: i64 = 30;
/// How many subjects the entry `erased` tells of; an erasure with more lists the keys of the rest in
/// entries of their own.
const TOLD_MAX: usize = 200;
/// How many key ids one entry lists, to stay within its length.
const KEYS_PER_ENTRY: usize = 1_400;
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
    if !subjects::row(&office.store, subject).await?.is_some_and(|row| row.state == subjects::SubjectState::Active) {
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
    if let Some(row) = store::by_subject(&office.store, principal.subject).await? {
        return Ok(Begun { id: row.id, token: None });
    }
    require_active(office, principal.subject).await?;
    let now = office.now();
    let token = Token::new(&*office.random);
    let mail = match person {
        Some(person) => Some(farewell(office, person, &token).await?),
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
        let row = store::by_subject(&office.store, principal.subject).await?;
        let row = row.ok_or(OfficeError::Conflict { what: "the erasure" })?;
        return Ok(Begun { id: row.id, token: None });
    }
    if let Some(mail) = &mail {
        mail.queue(office, &tx).await?;
    }
    tx.enqueue(&EraseSubject { erasure: id }, now, &*office.clock, &*office.random).await?;
    tx.commit().await?;
    Ok(Begun { id, token: Some(token) })
}

async fn farewell(office: &Office, person: &Person, token: &Token) -> Result<PreparedMail, OfficeError> {
    let address = receipt_address(office, token);
    let (title, text) = texts::farewell(person.language, address.expose(), &super::holds(office), &office.policy());
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

/// Step begin: from here on nobody writes about these subjects, and nobody of them is signed in.
pub(super) async fn begin_row(office: &Office, by: By, row: &ErasureRow) -> Result<(), OfficeError> {
    if row.state != ErasureState::Announced {
        return Ok(());
    }
    let entry = office.prepare(Record::new("erasure-begun", by).about(row.subject)).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    if store::begin(&tx, row.id, now).await? == 0 {
        tx.rollback().await?;
        return Ok(());
    }
    if subjects::mark_erasing(&tx, row.subject, now).await? == 0 {
        return Err(OfficeError::Erased);
    }
    store::add_subject(&tx, row.id, row.subject).await?;
    store::end_sessions(&tx, row.subject).await?;
    if let Some(customer) = row.customer {
        // Asked after the customer's subject is locked: nobody can join any more.
        for subject in others(office, customer).await? {
            // One that is being erased for itself is left to that erasure.
            if subjects::mark_erasing(&tx, subject, now).await? == 1 {
                store::add_subject(&tx, row.id, subject).await?;
                store::end_sessions(&tx, subject).await?;
            }
        }
        accounts::release_customer(&tx, customer, now).await?;
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    if let Some(customer) = row.customer {
        office.names.remove(customer);
    }
    Ok(())
}

/// The subjects that go with a customer, in order of id, so that two erasures lock alike.
async fn others(office: &Office, customer: CustomerId) -> Result<BTreeSet<SubjectId>, OfficeError> {
    let logins = accounts::logins_only_of(office, customer).await?;
    let mut others: BTreeSet<SubjectId> = logins.into_iter().map(|(_, subject)| subject).collect();
    others.extend(requests::linked_subjects(office, customer).await?);
    Ok(others)
}

/// The steps after begin.
pub(super) async fn carry_out(office: &Office, id: ErasureId, take_back: &dyn TakeBack) -> Result<(), OfficeError> {
    let Some(row) = store::by_id(&office.store, id).await?.filter(|row| row.state == ErasureState::Erasing) else {
        return Ok(());
    };
    let mut subjects = store::subjects(&office.store, id).await?;
    subjects.sort_by_key(|subject| (*subject != row.subject, *subject));
    note(office, &row, &subjects).await?;
    take_mails_back(office, &subjects, take_back).await?;
    let destroyed = destroy(office, &subjects).await?;
    finish(office, id, &subjects, &destroyed).await
}

/// Step note: the entry of the erasure is made while its salts are still there. The commitments stand
/// on the entry's nonce and not on its time, which it gets when it is told.
pub(super) async fn note(office: &Office, row: &ErasureRow, subjects: &[SubjectId]) -> Result<(), OfficeError> {
    if row.entry.is_some() {
        return Ok(());
    }
    let told = &subjects[..subjects.len().min(TOLD_MAX)];
    let origin = &office.settings.origin;
    let mut builder = EntryBuilder::new("erased", origin, office.now(), &*office.random)
        .actor(Actor::System("erasure"));
    let mut opening = None;
    for subject in told {
        let key = office.vault.ensure::<Ledger>(*subject).await?;
        builder = builder.subject(key.salt(), *subject);
        if *subject == row.subject {
            opening = Some(builder.opening(key.salt()));
        }
    }
    let opening = opening.ok_or_else(|| OfficeError::Other("an erasure without its subject".into()))?;
    let mut keys = Vec::new();
    for subject in told {
        keys.extend(office.vault.keys_of(*subject).await?);
    }
    keys.truncate(KEYS_PER_ENTRY);
    let purposes: BTreeSet<&str> = keys.iter().map(|key| key.purpose.as_str()).collect();
    let mut data = Map::new();
    data.insert("purposes".into(), purposes.into_iter().map(Value::from).collect());
    data.insert("keys".into(), key_ids(keys.iter().map(|key| key.key_id)));
    let entry = builder.data(data).build()?;
    let tx = office.store.begin().await?;
    store::note(&tx, row.id, entry.bytes(), opening.expose()).await?;
    Ok(tx.commit().await?)
}

fn key_ids(ids: impl Iterator<Item = KeyId>) -> Value {
    ids.map(|id| Value::from(id.to_string())).collect()
}

async fn take_mails_back(office: &Office, subjects: &[SubjectId], take_back: &dyn TakeBack) -> Result<(), OfficeError> {
    for subject in subjects {
        let mails = mailing::of_subject(office, *subject).await?;
        if !mails.is_empty() {
            take_back.mails(&mails).await?;
        }
    }
    Ok(())
}

/// Step destroy.
pub(super) async fn destroy(office: &Office, subjects: &[SubjectId]) -> Result<Vec<DestroyedKey>, OfficeError> {
    let mut destroyed = Vec::new();
    for subject in subjects {
        destroyed.extend(office.vault.destroy(*subject).await?);
    }
    Ok(destroyed)
}

/// Step finish: the rows go, and the ledger says so.
async fn finish(
    office: &Office,
    id: ErasureId,
    subjects: &[SubjectId],
    destroyed: &[DestroyedKey],
) -> Result<(), OfficeError> {
    let row = store::by_id(&office.store, id).await?.filter(|row| row.state == ErasureState::Erasing);
    let Some(row) = row else { return Ok(()) };
    let noted = row.entry.as_deref().ok_or_else(|| OfficeError::Other("an erasure without its entry".into()))?;
    let now = office.now();
    let entry = at_time(noted, now)?;
    let unlisted = unlisted(office, &entry, destroyed, now)?;
    let backup_due = backup_due(office, now)?;
    let end = Finished {
        leaf: *entry.leaf_hash().as_bytes(),
        live: now.plus_seconds(HELD_SECONDS),
        backup_due,
        epoch: newest_epoch(office).await?,
    };
    let tables = schema::tables();
    let tx = office.store.begin().await?;
    if store::finish(&tx, id, &end).await? == 0 {
        tx.rollback().await?;
        return Ok(());
    }
    if let Some(customer) = row.customer {
        accounts::release_customer(&tx, customer, now).await?;
    }
    // The logins before the customer: what refers to a row goes before the row.
    for subject in subjects.iter().rev() {
        store::erase_rows(&tx, &tables, *subject).await?;
        subjects::mark_erased(&tx, *subject, now).await?;
    }
    // Linked to nobody: whom they are about is in the commitments alone.
    tx.append(&entry, &[]).await?;
    for entry in &unlisted {
        tx.append(entry, &[]).await?;
    }
    tx.commit().await?;
    if let Some(customer) = row.customer {
        office.names.remove(customer);
    }
    Ok(())
}

/// The noted entry, told now: everything but its time stays.
fn at_time(noted: &[u8], now: Timestamp) -> Result<Entry, OfficeError> {
    let entry = Entry::from_bytes(noted)?;
    let strange = || OfficeError::Other("the noted entry of an erasure does not begin like one".into());
    let head = |at: Timestamp| format!("{{\"v\":1,\"t\":\"{}\"", at.rfc3339());
    let rest = noted.strip_prefix(head(entry.time()).as_bytes()).ok_or_else(strange)?;
    let mut bytes = head(now).into_bytes();
    bytes.extend_from_slice(rest);
    Ok(Entry::from_bytes(bytes)?)
}

/// Entries with the destroyed keys that the entry of the erasure does not list: made by a writer that
/// was slower than the beginning of the erasure, or beyond what one entry holds.
fn unlisted(
    office: &Office,
    entry: &Entry,
    destroyed: &[DestroyedKey],
    now: Timestamp,
) -> Result<Vec<Entry>, OfficeError> {
    let data = entry.data();
    let listed: BTreeSet<&str> =
        data.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let rest: Vec<KeyId> =
        destroyed.iter().map(|key| key.key_id).filter(|id| !listed.contains(id.to_string().as_str())).collect();
    rest.chunks(KEYS_PER_ENTRY)
        .map(|ids| {
            let mut data = Map::new();
            data.insert("keys".into(), key_ids(ids.iter().copied()));
            let builder = EntryBuilder::new("keys-destroyed", &office.settings.origin, now, &*office.random);
            Ok(builder.actor(Actor::System("erasure")).data(data).build()?)
        })
        .collect()
}

/// By when the last backup is to be unreadable: the term that the policy promises.
fn backup_due(office: &Office, now: Timestamp) -> Result<Timestamp, OfficeError> {
    let day = office.policy().erasure().backups_within.after_instant(now);
    day.map(base::Day::start).map_err(|error| OfficeError::Other(error.to_string()))
}

/// The newest epoch that can have wrapped the destroyed keys: a backup made during a rotation may hold
/// them in the epoch that is coming.
async fn newest_epoch(office: &Office) -> Result<u32, OfficeError> {
    let state = office.vault.state().await?;
    Ok(match state.phase {
        Phase::Steady => state.epoch,
        Phase::Both | Phase::Retiring => state.epoch.saturating_add(1),
    })
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

/// Finishes what a restored backup brought back: the keys are gone by their tombstones, the rows go
/// here. The subject gets no second receipt.
pub(super) async fn erase_again(office: &Office, subject: SubjectId) -> Result<(), OfficeError> {
    let customer = store::customer_of(&office.store, subject).await?;
    let now = office.now();
    let tables = schema::tables();
    let record = EntryBuilder::new("erasure-replayed", &office.settings.origin, now, &*office.random);
    let entry = record.actor(Actor::System("erasure")).build()?;
    office.vault.destroy(subject).await?;
    let tx: Tx = office.store.begin().await?;
    subjects::mark_erasing(&tx, subject, now).await?;
    if let Some(customer) = customer {
        accounts::release_customer(&tx, customer, now).await?;
    }
    store::erase_rows(&tx, &tables, subject).await?;
    subjects::mark_erased(&tx, subject, now).await?;
    tx.append(&entry, &[]).await?;
    tx.commit().await?;
    if let Some(customer) = customer {
        office.names.remove(customer);
    }
    Ok(())
}
