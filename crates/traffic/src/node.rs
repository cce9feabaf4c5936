//! A machine that seals: its name, its signing key, the numbers of its segments and the chain of its manifests.
//!
//! ```text
//! <folder>/node.key      seed of the signing key, mode 0400
//!          node.json     name, next number, hash of the last manifest, what is being sealed
//!          segments/     the store ([`LocalStore`])
//! ```
//!
//! Invariants
//! - A number is noted as used before anything bears it; it is never used twice.
//! - Each manifest names the one before it, also across a crash between a segment and the note of it: what was
//!   being sealed is noted first, and looked for at the next start.
//! - Two processes may share a node (an import beside the shipper): whoever seals holds the lock.

use crate::segment::name::{EpochId, NodeId, SegmentName};
use crate::segment::{
    Canary, Gatherer, ManifestSigner, NodeKey, ObjectError, Reason, SealOptions, Sealed, SealingError,
    SegmentKeys, seal,
};
use crate::spool::{HandOverError, LeftSpool, hand_over};
use crate::store::{LocalStore, Present, StoreError, Stored};
use base::{Day, Random};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

const VERSION: u32 = 1;
const STATE_BYTES_MAX: u64 = 64 * 1024;

/// Why a node cannot do what was asked.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The disk.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is a node in the folder.
    #[error("{0} holds a node already")]
    Exists(PathBuf),
    /// There is none.
    #[error("{0} holds no node; make one with `waarborg traffic enroll`")]
    Missing(PathBuf),
    /// A file of the node's state cannot be understood.
    #[error("{path}: {what}")]
    State {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealing.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// A spool.
    #[error(transparent)]
    HandOver(#[from] HandOverError),
    /// All numbers are used: 2³² segments.
    #[error("the node has used all its numbers")]
    Numbers,
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> NodeError + use<> {
    let path = path.to_owned();
    move |source| NodeError::Io { path, source }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    v: u32,
    node: NodeId,
    next: u32,
    #[serde(with = "hash_text")]
    previous: [u8; 32],
    sealing: Option<Sealing>,
    /// The epoch whose canary was sealed last.
    #[serde(default)]
    canary: Option<EpochId>,
    /// Of all the rest, so that a damaged disk cannot make a number be used twice; files of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sum: Option<String>,
}

impl State {
    /// The first eight bytes of the SHA-256 of everything else.
    fn sum_of_rest(&self) -> String {
        let rest = Self { sum: None, ..self.clone() };
        let text = serde_json::to_vec(&rest).expect("a structure of numbers and texts writes");
        hex::encode(&Sha256::digest(text)[..8])
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealing {
    day: u32,
    seq: u32,
}

/// A node.
#[derive(Debug)]
pub struct Node {
    folder: PathBuf,
    id: NodeId,
    key: NodeKey,
    store: LocalStore,
}

impl Node {
    /// Makes a node in a folder, which is made when it is not there.
    ///
    /// # Errors
    /// When there is one, or the disk refuses.
    pub fn create(folder: &Path, random: &dyn Random) -> Result<Self, NodeError> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        if state_path(folder).try_exists().map_err(at(folder))? {
            return Err(NodeError::Exists(folder.to_owned()));
        }
        let path = folder.join("node.key");
        // Left by an attempt that did not come as far as the state.
        let _ = fs::remove_file(&path);
        let key = NodeKey::generate(random);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path).map_err(at(&path))?;
        file.write_all(key.seed()).and_then(|()| file.sync_all()).map_err(at(&path))?;
        let node = NodeId::from_bytes(random.bytes());
        let state =
            State { v: VERSION, node, next: 1, previous: [0; 32], sealing: None, canary: None, sum: None };
        write_state(folder, &state)?;
        Self::open(folder)
    }

    /// The node of a folder. What a crash left half sealed is put right.
    ///
    /// # Errors
    /// When there is none, or its files cannot be read.
    pub fn open(folder: &Path) -> Result<Self, NodeError> {
        let state = read_state(folder)?;
        let path = folder.join("node.key");
        let mut seed = zeroize::Zeroizing::new(Vec::with_capacity(33));
        File::open(&path).and_then(|file| file.take(33).read_to_end(&mut seed)).map_err(at(&path))?;
        let seed: &[u8; 32] = seed
            .as_slice()
            .try_into()
            .map_err(|_| NodeError::State { path: path.clone(), what: "the key has 32 bytes".into() })?;
        let segments = folder.join("segments");
        let store = LocalStore::open(segments.join("data"), segments.join("keys"))?;
        let node = Self { folder: folder.to_owned(), id: state.node, key: NodeKey::from_seed(seed), store };
        let _lock = node.lock()?;
        node.settled()?;
        Ok(node)
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> NodeId {
        self.id
    }

    /// The public half of its signing key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.public()
    }

    /// Where its segments are.
    #[must_use]
    pub const fn store(&self) -> &LocalStore {
        &self.store
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The number that the next segment gets; for showing it.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn next(&self) -> Result<u32, NodeError> {
        Ok(read_state(&self.folder)?.next)
    }

    /// The segments of this node that may leave it, by number: sealed, noted as the predecessor of what is sealed next,
    /// and not in a spool any more.
    ///
    /// # Errors
    /// When the store or the state cannot be read.
    pub fn to_push(&self) -> Result<Vec<Stored>, NodeError> {
        let _lock = self.lock()?;
        self.settled()?;
        let mut all = self.store.segments()?;
        all.retain(|stored| stored.node == self.id && !crate::ship::has_spool(&self.folder, stored));
        // Nothing is being sealed and its keys are gone: a crash while it was removed.
        for stored in &all {
            if self.store.has(stored)? == Present::Unfinished {
                self.store.discard(stored)?;
            }
        }
        all.retain(|stored| self.store.has(stored).is_ok_and(|present| present == Present::Whole));
        all.sort_unstable_by_key(|stored| stored.seq);
        Ok(all)
    }

    /// Takes a number.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub fn take_seq(&self) -> Result<u32, NodeError> {
        let _lock = self.lock()?;
        let mut state = read_state(&self.folder)?;
        let seq = state.next;
        state.next = seq.checked_add(1).ok_or(NodeError::Numbers)?;
        write_state(&self.folder, &state)?;
        Ok(seq)
    }

    /// The name of a segment of this node under a number.
    #[must_use]
    pub fn name(&self, key: &keys::seal::GroupKey, day: Day, seq: u32) -> SegmentName {
        SegmentName { line: key.line(), epoch: key.epoch(), day, node: self.id, seq }
    }

    /// Seals what was gathered, and makes it durable.
    ///
    /// # Errors
    /// When it could not be sealed or stored. The gathered rows are gone then.
    pub fn seal(
        &self,
        gathered: Gatherer,
        name: &SegmentName,
        keys: &dyn SegmentKeys,
        how: How,
    ) -> Result<Sealed, NodeError> {
        self.sealing(name, |state| {
            // One for each month; a second one, after a crash, does no harm.
            let canary = if state.canary == Some(name.epoch) { Canary::Without } else { Canary::With };
            let options = SealOptions {
                threads: how.threads,
                level: how.level,
                reason: how.reason,
                previous: state.previous,
                canary,
            };
            let mut writing = self.store.begin(name)?;
            let sealed = seal(gathered, name, keys, &self.key, options, &mut writing);
            let sealed = sealed.map_err(|error| match error {
                // Whoever reads of a full disk has to know which.
                SealingError::Write(source) => at(writing.path())(source),
                other => other.into(),
            })?;
            writing.finish(&sealed)?;
            state.canary = Some(name.epoch);
            Ok(sealed)
        })
    }

    /// Makes a segment of what a crash left.
    ///
    /// # Errors
    /// When it could not be read or stored; the spool stays.
    pub fn hand_over(&self, left: &LeftSpool) -> Result<Sealed, NodeError> {
        self.sealing(left.name(), |state| {
            let scratch = self.folder.join("handing-over");
            let mut writing = self.store.begin(left.name())?;
            let sealed = hand_over(left, &self.key, state.previous, &scratch, &mut writing);
            let _ = fs::remove_file(&scratch);
            let sealed = sealed?;
            writing.finish(&sealed)?;
            Ok(sealed)
        })
    }

    fn sealing(
        &self,
        name: &SegmentName,
        work: impl FnOnce(&mut State) -> Result<Sealed, NodeError>,
    ) -> Result<Sealed, NodeError> {
        let _lock = self.lock()?;
        let mut state = self.settled()?;
        state.sealing = Some(Sealing { day: name.day.number(), seq: name.seq });
        write_state(&self.folder, &state)?;
        let sealed = work(&mut state)?;
        state.previous = sealed.manifest.hash();
        state.sealing = None;
        write_state(&self.folder, &state)?;
        Ok(sealed)
    }

    /// The state, after what was being sealed when the program ended: whole and its manifest the last one, or gone.
    fn settled(&self) -> Result<State, NodeError> {
        let mut state = read_state(&self.folder)?;
        let Some(sealing) = state.sealing else { return Ok(state) };
        let stored = Stored { day: Day::from_number(sealing.day), node: self.id, seq: sealing.seq };
        match self.store.has(&stored)? {
            Present::Whole => {
                let path = state_path(&self.folder);
                let wrong = |error: ObjectError| NodeError::State { path, what: error.to_string() };
                state.previous = self.store.key_object(&stored)?.stated().map_err(wrong)?.hash();
            }
            Present::Unfinished => self.store.discard(&stored)?,
            Present::No => {}
        }
        state.sealing = None;
        write_state(&self.folder, &state)?;
        Ok(state)
    }

    /// Held while numbers and manifests are made.
    fn lock(&self) -> Result<File, NodeError> {
        let path = self.folder.join("node.lock");
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
        file.lock().map_err(at(&path))?;
        Ok(file)
    }
}

/// How to seal a day.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Threads.
    pub threads: NonZeroUsize,
    /// zstd level.
    pub level: i32,
    /// Why.
    pub reason: Reason,
}

impl ManifestSigner for Node {
    fn sign(&self, manifest: &[u8]) -> Vec<u8> {
        self.key.sign(manifest)
    }
}

/// A hash as hexadecimal digits.
mod hash_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(hash))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let mut hash = [0; 32];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut hash).map_err(D::Error::custom)?;
        Ok(hash)
    }
}

fn state_path(folder: &Path) -> PathBuf {
    folder.join("node.json")
}

fn read_state(folder: &Path) -> Result<State, NodeError> {
    let path = state_path(folder);
    let mut text = String::new();
    match File::open(&path).and_then(|file| file.take(STATE_BYTES_MAX).read_to_string(&mut text)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(NodeError::Missing(folder.to_owned()));
        }
        other => other.map_err(at(&path))?,
    };
    let wrong = |what: String| NodeError::State { path: path.clone(), what };
    let state: State = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if state.v != VERSION {
        return Err(wrong(format!("it has version {}, this program reads version {VERSION}", state.v)));
    }
    if state.sum.as_ref().is_some_and(|sum| *sum != state.sum_of_rest()) {
        return Err(wrong("it is damaged: its sum is another".into()));
    }
    Ok(state)
}

fn write_state(folder: &Path, state: &State) -> Result<(), NodeError> {
    let state = State { sum: Some(state.sum_of_rest()), ..state.clone() };
    let text = serde_json::to_vec_pretty(&state).expect("a structure of numbers and texts writes");
    write_whole(&state_path(folder), &text).map_err(at(&state_path(folder)))
}

/// Replaces a file: the old one or the new one is there whenever the power goes.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(path.parent().unwrap_or(path))?.sync_all()
}
