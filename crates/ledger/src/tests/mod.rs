//! Tests that go across the modules, and the little ledgers that they share.

mod damage;
mod files;
mod receipts;
mod signing;
mod speed;
mod strict;
mod tree;
mod vectors;

use crate::*;
use base::{ManualClock, Random, SeededRandom, Sensitive, SubjectId, Timestamp};
use serde_json::json;

pub const ORIGIN: &str = "example.org/waarborg/ledger/1";
/// 2026-11-22T12:00:00Z.
pub const NOON: i64 = 1_795_348_800;

pub fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

pub fn subject(seed: u64) -> (Sensitive<[u8; 32]>, SubjectId) {
    let random = SeededRandom::new(seed);
    let salt = Sensitive::new((&random as &dyn Random).bytes());
    (salt, SubjectId::new(&ManualClock::at_second(NOON), &random))
}

/// Entry `i` of the ledger that most tests use: about the subject with seed `i % 7`.
pub fn entry(i: u64) -> Entry {
    let random = SeededRandom::new(1_000_000 + i);
    let (salt, id) = subject(i % 7);
    let now = Timestamp::from_seconds(NOON + i64::try_from(i).unwrap());
    let data = json!({"number": i, "what": "tested"});
    EntryBuilder::new("tested", ORIGIN, now, &random)
        .actor(Actor::System("test"))
        .subject(&salt, id)
        .data(data.as_object().unwrap().clone())
        .build()
        .unwrap()
}

pub fn entries(range: core::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(|i| entry(i).into_bytes()).collect()
}

pub fn key() -> SigningKey {
    SigningKey::generate(origin(), &SeededRandom::new(42))
}

pub fn witness() -> WitnessSigningKey {
    WitnessSigningKey::generate("witness.example/one", &SeededRandom::new(43)).unwrap()
}

pub fn sign(head: TreeHead) -> SignedCheckpoint {
    Checkpoint::new(origin(), head).sign(&key()).unwrap()
}

/// A folder for a test: in memory where the system has such a place, because these tests write
/// thousands of files that are each made durable.
pub fn scratch() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made =
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { Err(std::io::ErrorKind::NotFound.into()) };
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

/// A published and signed ledger, made in steps of these sizes.
pub fn ledger(steps: &[u64]) -> (tempfile::TempDir, TileDir, TreeHead) {
    let folder = scratch();
    let tiles = TileDir::new(folder.path());
    let mut head = TreeHead::EMPTY;
    for &size in steps {
        head = tiles.publish(head.size, entries(head.size..size)).unwrap();
        tiles.write_checkpoint(&sign(head)).unwrap();
    }
    (folder, tiles, head)
}

/// The files below a folder, by their names relative to it.
pub fn files(folder: &std::path::Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for item in std::fs::read_dir(inner).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The tree hash as RFC 6962 section 2.1 defines it, word for word.
pub fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY_TREE,
        [leaf] => *leaf,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            node_hash(mth(&leaves[..k]), mth(&leaves[k..]))
        }
    }
}
