//! Checkpoints: entries get their place, tiles are published, heads are signed, receipts are made.
//!
//! One process does this for a ledger: the signer holds a lock on its state file. The order is:
//! number what is pending, publish its tiles, sign the head, publish the checkpoint. Killed
//! anywhere, the next round continues: numbering is a transaction, publishing compares what is
//! there, the signer's state moves before a signature exists.

mod store;
mod timeline;

use crate::{Office, OfficeError};
use ::store::{Sequencer, StoreError, head, index_of_leaf};
use base::{Random, SubjectId};
use ledger::{
    Checkpoint, Entry, Evidence, Hash, Opening, Receipt, SignedCheckpoint, Signer, SigningKey, TileDir,
    TreeHead, VerifyingKey,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use store::{CheckpointRow, latest};
pub use timeline::{actor_among, kind_in_words};

/// How many entries are published between two looks at the clock.
const PUBLISH_MAX: u32 = 5_000;

/// Where a ledger's files are.
#[derive(Debug, Clone)]
pub struct LedgerFiles {
    /// The folder of tiles and checkpoint; may be served to anyone (hashes) and auditors (entries).
    pub tiles: PathBuf,
    /// The signing key.
    pub key: PathBuf,
    /// The signer's state: outside the database, so that a restored database is noticed.
    pub state: PathBuf,
}

/// Publishes the ledger of an office.
pub struct Publisher {
    office: Arc<Office>,
    tiles: TileDir,
    key: VerifyingKey,
    signer: Option<Signer>,
}

impl core::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Publisher({})", self.tiles.path().display())
    }
}

fn fault(error: impl core::fmt::Display) -> OfficeError {
    OfficeError::Other(format!("ledger: {error}"))
}

impl Publisher {
    /// Makes the signing key and the signer's state of a new ledger.
    ///
    /// # Errors
    /// When either exists already or cannot be written.
    pub fn create(
        origin: &str,
        random: &dyn Random,
        files: &LedgerFiles,
    ) -> Result<VerifyingKey, OfficeError> {
        let origin = origin.parse().map_err(fault)?;
        let key = SigningKey::generate(origin, random);
        key.write_new(&files.key).map_err(fault)?;
        let public = key.verifying_key();
        Signer::create(&files.state, key).map_err(fault)?;
        Ok(public)
    }

    /// Takes up the ledger; refused while another process has it.
    ///
    /// # Errors
    /// When the key or the state cannot be read, or another process holds the state, or the database
    /// is behind what was signed: then an old database was put back, and nothing may be served from it.
    pub async fn open(office: Arc<Office>, files: &LedgerFiles) -> Result<Self, OfficeError> {
        let key = SigningKey::read(&files.key).map_err(fault)?;
        let public = key.verifying_key();
        let signer = Signer::open(&files.state, key).map_err(fault)?;
        let numbered = head(&office.store).await?.frontier.size();
        let signed = signer.state().size;
        if numbered < signed {
            return Err(OfficeError::Store(StoreError::Version(format!(
                "the ledger in the database ends at {numbered}, but {signed} entries were signed: an older database \
                 was put back; `waarborg restore` repairs it from the published tiles"
            ))));
        }
        Ok(Self { office, tiles: TileDir::new(&files.tiles), key: public, signer: Some(signer) })
    }

    /// The public key of the ledger.
    #[must_use]
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The folder of tiles.
    #[must_use]
    pub const fn tiles(&self) -> &TileDir {
        &self.tiles
    }

    /// Gives committed entries their place, without publishing them yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn number(&self) -> Result<u64, OfficeError> {
        Ok(Sequencer::new(self.office.store.clone()).run().await?)
    }

    /// One round: numbers, publishes, and signs when the ledger has grown. Gives the new checkpoint.
    ///
    /// # Errors
    /// When a store or a file fails, or the ledger does not continue what was signed.
    pub async fn round(&mut self) -> Result<Option<SignedCheckpoint>, OfficeError> {
        self.number().await?;
        let wanted = head(&self.office.store).await?.frontier.head();
        let signed = self.signer.as_ref().map_or(0, |signer| signer.state().size);
        if wanted.size == signed && latest(&self.office.store).await?.is_some_and(|row| row.size == signed) {
            return Ok(None);
        }
        let mut from = signed;
        loop {
            from = self.publish_from(from).await?;
            if from >= wanted.size {
                break;
            }
        }
        if from == 0 {
            return Ok(None);
        }
        self.sign(from).await.map(Some)
    }

    async fn publish_from(&self, from: u64) -> Result<u64, OfficeError> {
        let rows = ::store::entries_from(&self.office.store, from, PUBLISH_MAX).await?;
        if rows.is_empty() {
            return Ok(from);
        }
        let tiles = self.tiles.clone();
        let count = rows.len() as u64;
        let published = tokio::task::spawn_blocking(move || {
            tiles.publish(from, rows.iter().map(|row| row.body.as_slice()))
        })
        .await
        .map_err(fault)?
        .map_err(fault)?;
        debug_assert_eq!(published.size, from + count);
        Ok(published.size)
    }

    async fn sign(&mut self, size: u64) -> Result<SignedCheckpoint, OfficeError> {
        let mut signer =
            self.signer.take().ok_or_else(|| fault("the signer is gone after a failure; start again"))?;
        let tiles = self.tiles.clone();
        let (signer, outcome) = tokio::task::spawn_blocking(move || {
            let outcome = sign_and_write(&mut signer, &tiles, size);
            (signer, outcome)
        })
        .await
        .map_err(fault)?;
        self.signer = Some(signer);
        let signed = outcome?;
        store::insert(&self.office.store, size, &signed.to_note(), self.office.now()).await?;
        Ok(signed)
    }
}

fn sign_and_write(signer: &mut Signer, tiles: &TileDir, size: u64) -> Result<SignedCheckpoint, OfficeError> {
    let head = tiles.head_at(size).map_err(fault)?;
    let checkpoint = Checkpoint { origin: signer.origin().clone(), size: head.size, root: head.root };
    let signed = signer.sign(checkpoint, Evidence::Tiles(tiles)).map_err(fault)?;
    tiles.write_checkpoint(&signed).map_err(fault)?;
    Ok(signed)
}

/// Puts entries back that the database has lost but the published tiles still have: after the restore
/// of an older copy. Every entry is checked against the signed checkpoint. Tells how many.
///
/// # Errors
/// When the files do not lead to the checkpoint, or the database holds other entries than they do.
pub async fn repair(office: &Office, files: &LedgerFiles) -> Result<u64, OfficeError> {
    let key = SigningKey::read(&files.key).map_err(fault)?.verifying_key();
    let tiles = TileDir::new(&files.tiles);
    let Some(checkpoint) = tiles.read_checkpoint(&key).map_err(fault)? else { return Ok(0) };
    let signed = TreeHead { size: checkpoint.unverified().size, root: checkpoint.unverified().root };
    let have = head(&office.store).await?.frontier;
    if have.size() >= signed.size {
        return Ok(0);
    }
    if have.size() > 0 {
        let proof = tiles.consistency_proof(have.head(), signed).map_err(fault)?;
        proof.verify(have.root(), signed.root).map_err(|_| {
            fault("the database holds another ledger than the published one; it cannot be repaired from it")
        })?;
    }
    let mut next = have.size();
    while next < signed.size {
        let last = signed.size.min(next + u64::from(PUBLISH_MAX));
        let dir = tiles.clone();
        let bodies = tokio::task::spawn_blocking(move || {
            (next..last).map(|place| dir.entry(place, signed)).collect::<Result<Vec<_>, _>>()
        })
        .await
        .map_err(fault)?
        .map_err(fault)?;
        ::store::adopt(&office.store, next, &bodies).await?;
        next = last;
    }
    Ok(signed.size - have.size())
}

/// The published checkpoint of a ledger, checked with its key.
///
/// # Errors
/// When the files cannot be read or are not what the key has signed.
pub fn published(tiles: &Path, key: &VerifyingKey) -> Result<Option<SignedCheckpoint>, OfficeError> {
    TileDir::new(tiles).read_checkpoint(key).map_err(fault)
}

/// A receipt for one subject of an entry, once a checkpoint covers the entry; none before that.
///
/// # Errors
/// When the files do not fit the database.
pub async fn receipt(
    office: &Office,
    tiles: &Path,
    key: &VerifyingKey,
    leaf: Hash,
    opening: Opening,
    subject: SubjectId,
    words: &str,
) -> Result<Option<Receipt>, OfficeError> {
    let Some(position) = index_of_leaf(&office.store, leaf.as_bytes()).await? else { return Ok(None) };
    let Some(row) = ::store::entry_at(&office.store, position).await? else { return Ok(None) };
    let dir = TileDir::new(tiles);
    let Some(checkpoint) = dir.read_checkpoint(key).map_err(fault)? else { return Ok(None) };
    let signed = checkpoint.unverified();
    if signed.size <= position {
        return Ok(None);
    }
    let entry = Entry::from_bytes(row.body).map_err(fault)?;
    let head = TreeHead { size: signed.size, root: signed.root };
    let proof = dir.inclusion_proof(position, head).map_err(fault)?;
    Receipt::build(&entry, opening, subject, words, proof, checkpoint).map(Some).map_err(fault)
}
