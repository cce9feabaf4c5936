//! The steps of an erasure after it was announced.

use super::store::{self, ErasureRow, Finished};
use super::{ErasureId, ErasureState, TakeBack};
use crate::customers::CustomerId;
use crate::{
    By, Office, OfficeError, Record, accounts, billing, mailing, requests, schema, services, subjects,
    suppliers,
};
use base::{SubjectId, Timestamp};
use keys::purpose::Ledger;
use keys::{DestroyedKey, KeyId, Phase};
use ledger::{Actor, Entry, EntryBuilder};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How long after the destruction other processes may hold a key, in seconds.
const HELD_SECONDS: i64 = 60;
/// How many subjects the entry `erased` tells of; an erasure with more lists the keys of the rest in
/// entries of their own.
const TOLD_MAX: usize = 200;
/// How many key ids one entry lists, to stay within its length.
const KEYS_PER_ENTRY: usize = 1_400;

/// Step begin: from here on nobody writes about these subjects, and nobody of them is signed in.
pub(super) async fn begin_row(office: &Office, by: By, row: &ErasureRow) -> Result<(), OfficeError> {
    if row.state != ErasureState::Announced {
        return Ok(());
    }
    let entry = match office.prepare(Record::new("erasure-begun", by).about(row.subject)).await {
        // Another process began in the meantime.
        Err(OfficeError::Erased) => return Ok(()),
        prepared => prepared?,
    };
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock(&tx, row.subject).await?;
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
        services::stop_for_erasure(office, &tx, customer, office.today(), now).await?;
        billing::drop_open_charges(&tx, customer).await?;
        suppliers::withdraw_for_erasure(office, &tx, customer, now).await?;
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
pub(super) async fn carry_out(
    office: &Office,
    id: ErasureId,
    take_back: &dyn TakeBack,
) -> Result<(), OfficeError> {
    let Some(row) = store::by_id(&office.store, id).await?.filter(|row| row.state == ErasureState::Erasing)
    else {
        return Ok(());
    };
    let mut subjects = store::subjects(&office.store, id).await?;
    if !subjects.contains(&row.subject) {
        // Another worker came to the end between the two reads; else the rows contradict each other.
        return match store::by_id(&office.store, id).await? {
            Some(row) if row.state == ErasureState::Erasing => {
                Err(OfficeError::Other("an erasure without its subject".into()))
            }
            _ => Ok(()),
        };
    }
    subjects.sort_by_key(|subject| (*subject != row.subject, *subject));
    note(office, &row, &subjects).await?;
    take_mails_back(office, &subjects, take_back).await?;
    let destroyed = destroy(office, &subjects).await?;
    finish(office, id, &subjects, &destroyed).await
}

/// Step note: the entry of the erasure is made while its salts are still there. The commitments stand
/// on the entry's nonce and not on its time, which it gets when it is told.
pub(super) async fn note(
    office: &Office,
    row: &ErasureRow,
    subjects: &[SubjectId],
) -> Result<(), OfficeError> {
    if row.entry.is_some() {
        return Ok(());
    }
    let told = &subjects[..subjects.len().min(TOLD_MAX)];
    let origin = &office.settings.origin;
    let mut builder =
        EntryBuilder::new("erased", origin, office.now(), &*office.random).actor(Actor::System("erasure"));
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

async fn take_mails_back(
    office: &Office,
    subjects: &[SubjectId],
    take_back: &dyn TakeBack,
) -> Result<(), OfficeError> {
    for subject in subjects {
        let mails = mailing::of_subject(office, *subject).await?;
        if !mails.is_empty() {
            take_back.mails(&mails).await?;
        }
    }
    Ok(())
}

/// Step destroy.
pub(super) async fn destroy(
    office: &Office,
    subjects: &[SubjectId],
) -> Result<Vec<DestroyedKey>, OfficeError> {
    Ok(office.vault.destroy_all(subjects).await?)
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
    let noted =
        row.entry.as_deref().ok_or_else(|| OfficeError::Other("an erasure without its entry".into()))?;
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
    let rest: Vec<KeyId> = destroyed
        .iter()
        .map(|key| key.key_id)
        .filter(|id| !listed.contains(id.to_string().as_str()))
        .collect();
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

/// Finishes what a restored backup brought back: the keys are gone by their tombstones, the rows go
/// here. The subject gets no second receipt.
pub(super) async fn erase_again(office: &Office, subject: SubjectId) -> Result<(), OfficeError> {
    let customer = store::customer_of(&office.store, subject).await?;
    let now = office.now();
    let tables = schema::tables();
    let record = EntryBuilder::new("erasure-replayed", &office.settings.origin, now, &*office.random);
    let entry = record.actor(Actor::System("erasure")).build()?;
    office.vault.destroy(subject).await?;
    let tx = office.store.begin().await?;
    subjects::mark_erasing(&tx, subject, now).await?;
    if let Some(customer) = customer {
        accounts::release_customer(&tx, customer, now).await?;
        services::stop_for_erasure(office, &tx, customer, office.today(), now).await?;
        suppliers::withdraw_for_erasure(office, &tx, customer, now).await?;
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
