//! What machines push: first the data of a segment, then its keys, with which it counts.
//!
//! Every step may be repeated with the same bytes. An object with other bytes under a name that is taken is refused
//! and stays out.

use super::model::{Node, SegmentRow};
use super::store::{self, NewSegment};
use crate::{By, Office, OfficeError, Record};
use base::Day;
use jiff::ToSpan as _;
use keys::seal::Block;
use std::io::Write as _;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use traffic::segment::{KeyObject, Manifest, verify_manifest};
use traffic::store::{Arrived, Arriving, StoreError as FileError, Stored};

/// The most bytes of a data object.
pub const DATA_BYTES_MAX: u64 = 16 << 30;
/// The most bytes of a key object.
pub const KEYS_BYTES_MAX: usize = 256 << 20;
/// Chunks that wait for the disk.
const CHUNKS_WAITING: usize = 16;
/// A day that begins so much later than now was named by a wrong clock.
const DAYS_AHEAD: i64 = 1;

/// Why a push is refused.
#[derive(Debug, Error)]
pub enum ReceiveError {
    /// The object is another machine's.
    #[error("this machine does not push for another")]
    OtherNode,
    /// Longer than an object may be.
    #[error("the object is too long")]
    TooLong,
    /// There is another object of that name.
    #[error("there is another object of that name, and objects are never replaced")]
    Other,
    /// The key object cannot be read, or does not belong to its name.
    #[error("the key object is refused: {0}")]
    Object(String),
    /// The manifest is not signed by the machine.
    #[error("the manifest is not signed with the machine's key")]
    Signature,
    /// The data did not come, or is not the data that the manifest states.
    #[error("the data object is not there, or is not the one that the manifest states: push it first")]
    Data,
    /// Sealed with a key that is no month's of this office's officers.
    #[error("the segment is sealed with a key that the officers did not make for that month")]
    Group,
    /// The day has not come.
    #[error("the segment is of a day that has not come: is the machine's clock right?")]
    Day,
    /// The disk is full.
    #[error("the disk of the log is full")]
    Full,
    /// A store failed.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

impl From<::store::StoreError> for ReceiveError {
    fn from(error: ::store::StoreError) -> Self {
        Self::Office(error.into())
    }
}

impl From<FileError> for ReceiveError {
    fn from(error: FileError) -> Self {
        match &error {
            FileError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Office(OfficeError::Other(error.to_string())),
        }
    }
}

/// Whether a push made something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It is here now.
    Made,
    /// It was here.
    Same,
}

fn pushed(arrived: Arrived) -> Result<Pushed, ReceiveError> {
    match arrived {
        Arrived::Made => Ok(Pushed::Made),
        Arrived::Same => Ok(Pushed::Same),
        Arrived::Other => Err(ReceiveError::Other),
    }
}

/// A data object while it comes in.
#[derive(Debug)]
pub struct Receiving {
    chunks: mpsc::Sender<Vec<u8>>,
    task: JoinHandle<Result<Arriving, FileError>>,
    length: u64,
}

/// Begins to take in the data of a segment.
///
/// # Errors
/// [`ReceiveError::OtherNode`]; when the disk refuses.
pub fn receive_data(office: &Office, node: &Node, stored: Stored) -> Result<Receiving, ReceiveError> {
    if stored.node != node.id {
        return Err(ReceiveError::OtherNode);
    }
    let mut arriving = office.log()?.store.arriving_data(&stored)?;
    let (chunks, mut waiting) = mpsc::channel::<Vec<u8>>(CHUNKS_WAITING);
    let task = tokio::task::spawn_blocking(move || {
        while let Some(chunk) = waiting.blocking_recv() {
            arriving
                .write_all(&chunk)
                .map_err(|source| FileError::Io { path: "a data object".into(), source })?;
        }
        Ok(arriving)
    });
    Ok(Receiving { chunks, task, length: 0 })
}

impl Receiving {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`ReceiveError::TooLong`]; when the disk refuses.
    pub async fn write(&mut self, chunk: Vec<u8>) -> Result<(), ReceiveError> {
        self.length += chunk.len() as u64;
        if self.length > DATA_BYTES_MAX {
            return Err(ReceiveError::TooLong);
        }
        // A closed channel is a failed disk, which `settle` tells.
        let _ = self.chunks.send(chunk).await;
        Ok(())
    }

    /// All bytes came: the object gets its name.
    ///
    /// # Errors
    /// [`ReceiveError::Other`]; [`ReceiveError::Full`]; when the disk refuses.
    pub async fn settle(self) -> Result<Pushed, ReceiveError> {
        let Self { chunks, task, .. } = self;
        drop(chunks);
        let arriving = task.await.map_err(|error| OfficeError::Other(error.to_string()))??;
        let arrived = tokio::task::spawn_blocking(move || arriving.settle())
            .await
            .map_err(|error| OfficeError::Other(error.to_string()))??;
        pushed(arrived)
    }
}

/// Takes in the keys of a segment, checks everything that can be checked without opening it, and enters it in the
/// ledger.
///
/// # Errors
/// [`ReceiveError`]; nothing is kept then but the data object.
pub async fn receive_keys(
    office: &Office,
    node: &Node,
    stored: Stored,
    bytes: Vec<u8>,
) -> Result<Pushed, ReceiveError> {
    if stored.node != node.id {
        return Err(ReceiveError::OtherNode);
    }
    if bytes.len() > KEYS_BYTES_MAX {
        return Err(ReceiveError::TooLong);
    }
    let keys = KeyObject::parse(&bytes).map_err(|error| ReceiveError::Object(error.to_string()))?;
    if Stored::from(&keys.name) != stored {
        return Err(ReceiveError::Object("it is of another segment than its name says".into()));
    }
    if !verify_manifest(&node.sign_key, &keys.manifest, &keys.signature) {
        return Err(ReceiveError::Signature);
    }
    let manifest = keys.stated().map_err(|error| ReceiveError::Object(error.to_string()))?;
    check_day(office, stored.day)?;
    let chain = crate::seal::chain(office).await?.ok_or(ReceiveError::Group)?;
    let group = chain.epoch(keys.name.epoch).map(|group| group.key());
    let is_ours = |key: &std::sync::Arc<keys::seal::GroupKey>| {
        key.line() == keys.name.line && *key.public().bytes() == manifest.group_key
    };
    if !group.is_some_and(is_ours) {
        return Err(ReceiveError::Group);
    }
    let sites = check_data(office, &keys, &manifest).await?;

    let files = std::sync::Arc::clone(&office.log()?.store);
    let arrived = tokio::task::spawn_blocking(move || {
        let mut arriving = files.arriving_keys(&stored)?;
        arriving.write_all(&bytes).map_err(|source| FileError::Io { path: "a key object".into(), source })?;
        arriving.settle()
    })
    .await
    .map_err(|error| OfficeError::Other(error.to_string()))??;
    let made = pushed(arrived)?;
    enter(office, &keys, &manifest, sites).await?;
    Ok(made)
}

fn check_day(office: &Office, day: Day) -> Result<(), ReceiveError> {
    let latest = office.now().day().plus_span(DAYS_AHEAD.days());
    if latest.is_ok_and(|latest| day <= latest) { Ok(()) } else { Err(ReceiveError::Day) }
}

/// Compares the data object with the manifest, and names its sites.
async fn check_data(
    office: &Office,
    keys: &KeyObject,
    manifest: &Manifest,
) -> Result<Vec<keys::seal::SiteId>, ReceiveError> {
    let files = std::sync::Arc::clone(&office.log()?.store);
    let (keys, stated) = (keys.clone(), (manifest.data_bytes, manifest.data_hash));
    tokio::task::spawn_blocking(move || {
        if files.data_hash(&Stored::from(&keys.name))? != Some(stated) {
            return Err(ReceiveError::Data);
        }
        let segment = files.segment(&keys).map_err(|_| ReceiveError::Data)?;
        if segment.entries().len() != keys.records.len() {
            return Err(ReceiveError::Object("it has other records than the data object has blocks".into()));
        }
        let sites = segment.entries().iter().filter_map(|entry| match entry.block {
            Block::Rows(site) | Block::Spool(site) => Some(site),
            Block::Addresses(_) | Block::Dictionary | Block::Canary => None,
        });
        Ok(sites.collect())
    })
    .await
    .map_err(|error| OfficeError::Other(error.to_string()))?
}

/// The row and the entry in the ledger, unless a push before this one made them.
async fn enter(
    office: &Office,
    keys: &KeyObject,
    manifest: &Manifest,
    sites: Vec<keys::seal::SiteId>,
) -> Result<(), ReceiveError> {
    let name = keys.name;
    if store::segment(&office.store, name.day, name.node, name.seq).await?.is_some() {
        return Ok(());
    }
    let segment_id = *name.id().bytes();
    let hash = manifest.hash();
    let record = Record::new("sealed", By::System("node"))
        .with("segment", hex::encode(segment_id))
        .with("day", name.day.to_string())
        .with("node", name.node.to_string())
        .with("seq", name.seq)
        .with("manifest", hex::encode(hash));
    let entry = office.prepare(record).await?;
    let row = SegmentRow {
        day: name.day,
        node: name.node,
        seq: name.seq,
        epoch: name.epoch,
        manifest_hash: hash,
        previous_hash: manifest.previous,
        data_bytes: manifest.data_bytes,
        records: manifest.records,
        received_at: office.now(),
        destroyed_at: None,
    };
    let new = NewSegment { row, segment_id, sites, leaf: *entry.entry().leaf_hash().as_bytes() };
    let tx = office.store.begin().await?;
    match store::insert_segment(&tx, &new).await {
        // The same push, twice at once.
        Err(::store::StoreError::Duplicate) => return Ok(tx.rollback().await?),
        other => other?,
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
