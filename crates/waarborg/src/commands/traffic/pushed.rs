//! What the office took: numbers, months and hashes of segments that are not here any more, one in a line of
//! `pushed.log`, so that `verify` knows them from segments that are lost.

use anyhow::{Context, Result};
use keys::seal::EpochId;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use traffic::segment::name::SegmentName;

/// The longest file that is read: a node of ten years has some thousands of lines of 90 bytes.
const BYTES_MAX: u64 = 64 << 20;

/// What was pushed.
#[derive(Debug, Default)]
pub struct Pushed {
    /// Their numbers.
    pub numbers: BTreeSet<u32>,
    /// Their months.
    pub epochs: BTreeSet<EpochId>,
    /// SHA-256 of their manifests.
    pub manifests: BTreeSet<[u8; 32]>,
}

fn file(folder: &Path) -> PathBuf {
    folder.join("pushed.log")
}

/// Notes that the office has a segment, before it is removed here.
///
/// # Errors
/// When the disk refuses.
pub fn note(folder: &Path, name: &SegmentName, manifest: [u8; 32]) -> Result<()> {
    let path = file(folder);
    let line = format!("{} {} {}\n", name.seq, name.epoch, hex::encode(manifest));
    let place = || path.display().to_string();
    let mut file = OpenOptions::new().create(true).append(true).open(&path).with_context(place)?;
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).with_context(place)
}

/// What was noted. A line that a crash cut short is none: its segment was pushed again.
///
/// # Errors
/// When the file cannot be read.
pub fn read(folder: &Path) -> Result<Pushed> {
    let path = file(folder);
    let mut pushed = Pushed::default();
    if !path.exists() {
        return Ok(pushed);
    }
    let place = || path.display().to_string();
    if fs::metadata(&path).with_context(place)?.len() > BYTES_MAX {
        anyhow::bail!("{}: too long", place());
    }
    for line in fs::read_to_string(&path).with_context(place)?.lines() {
        let mut words = line.split(' ');
        let mut manifest = [0; 32];
        let (Some(Ok(seq)), Some(Ok(epoch)), Some(Ok(()))) = (
            words.next().map(str::parse::<u32>),
            words.next().map(str::parse::<EpochId>),
            words.next().map(|digits| hex::decode_to_slice(digits, &mut manifest)),
        ) else {
            continue;
        };
        pushed.numbers.insert(seq);
        pushed.epochs.insert(epoch);
        pushed.manifests.insert(manifest);
    }
    Ok(pushed)
}
