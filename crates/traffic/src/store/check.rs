//! Looking whether a store holds what it should: pairs of objects, whole and within the term.

use super::{Kind, LocalStore, StoreError, Stored, hash_file};
use base::Day;
use std::path::PathBuf;

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Data that nobody can open any more: left by a crash, or its destruction is not finished.
    DataWithoutKeys(Stored),
    /// Keys of a data object that is gone.
    KeysWithoutData(Stored),
    /// Its day is past the term.
    PastTerm(Stored),
    /// An object is damaged, or the two do not belong together.
    Damaged(Stored, String),
    /// A file that is no object: left by a crash while it was written.
    Stray(PathBuf),
    /// Numbers of a node that are not there.
    Gap {
        /// The first one.
        from: u32,
        /// The last one.
        to: u32,
    },
    /// A manifest that does not follow the one before it, or follows one that another follows too.
    Chain(Stored),
    /// A manifest that the node did not sign.
    Signature(Stored),
    /// The month that this segment is of has no canary for the officers' drill.
    NoCanary(Stored),
}

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Names, key objects, directories.
    Objects,
    /// Every byte: data objects against the hash in their manifest.
    Bytes,
}

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Segments with both objects.
    pub segments: usize,
    /// The oldest day that has a key object.
    pub oldest: Option<Day>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

impl LocalStore {
    /// Looks at everything: each data object has its key object, they belong together, and no day is before
    /// `oldest`, the first that the term still allows.
    ///
    /// # Errors
    /// When the folders cannot be read; what is wrong with an object is a finding.
    pub fn verify(&self, oldest: Day, depth: Depth) -> Result<Verified, StoreError> {
        let mut verified = Verified::default();
        let (data, strays) = self.list(Kind::Data)?;
        let (keys, more) = self.list(Kind::Keys)?;
        verified.findings.extend(strays.into_iter().chain(more).map(Finding::Stray));
        verified.oldest = keys.iter().map(|stored| stored.day).min();
        for stored in &keys {
            if !data.contains(stored) {
                verified.findings.push(Finding::KeysWithoutData(*stored));
            }
        }
        for stored in data {
            if stored.day < oldest {
                verified.findings.push(Finding::PastTerm(stored));
            }
            if !keys.contains(&stored) {
                verified.findings.push(Finding::DataWithoutKeys(stored));
                continue;
            }
            match self.check(&stored, depth) {
                Ok(()) => verified.segments += 1,
                Err(why) => verified.findings.push(Finding::Damaged(stored, why)),
            }
        }
        let late = keys.into_iter().filter(|stored| stored.day < oldest).map(Finding::PastTerm);
        let late: Vec<Finding> = late.filter(|finding| !verified.findings.contains(finding)).collect();
        verified.findings.extend(late);
        Ok(verified)
    }

    fn check(&self, stored: &Stored, depth: Depth) -> Result<(), String> {
        let keys = self.key_object(stored).map_err(|error| error.to_string())?;
        let segment = self.segment(&keys).map_err(|error| error.to_string())?;
        if segment.entries().len() != keys.records.len() {
            return Err("the data object has other blocks than the key object has records".into());
        }
        if depth == Depth::Objects {
            return Ok(());
        }
        let stated = keys.stated().map_err(|error| error.to_string())?;
        let path = self.path(Kind::Data, stored);
        let (length, hash) = hash_file(&path).map_err(|error| error.to_string())?;
        let same = length == stated.data_bytes && hash == stated.data_hash;
        if same { Ok(()) } else { Err("the data object is not the one that the manifest states".into()) }
    }
}
