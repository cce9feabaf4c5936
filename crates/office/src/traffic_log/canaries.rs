//! Canaries for the officers' drill: of each machine and month one that is kept.

use super::store;
use crate::{Office, OfficeError};
use base::Day;
use keys::seal::{Block, EpochId, NodeId};
use std::collections::BTreeSet;
use traffic::segment::Record;
use traffic::store::Stored;

/// How far a drill looks back: a quarter, and the month in which it began.
const DRILL_DAYS: u32 = 123;
/// Segments that are looked at, at most.
const SEGMENTS_MAX: u32 = 50_000;
/// Canaries, at most: as many as a bundle takes.
const CANARIES_MAX: usize = 10_000;

/// A canary as it is kept: the manifest of its segment, and its record.
pub(crate) struct Canary {
    /// The manifest.
    pub manifest: Vec<u8>,
    /// The key record.
    pub record: Vec<u8>,
}

/// One canary of each machine and month of the last quarter. A machine that has none is missing here, and officers see
/// it: their program names the machines that it tried.
///
/// # Errors
/// When a store fails, or a key object cannot be read.
pub(crate) async fn canaries(office: &Office) -> Result<Vec<Canary>, OfficeError> {
    let today = office.now().day();
    let first = Day::from_number(today.number().saturating_sub(DRILL_DAYS));
    let rows = store::segments_between(&office.store, first, today, SEGMENTS_MAX).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let log = office.log()?.store.clone();
    let look = move || -> Result<Vec<Canary>, OfficeError> {
        let mut tried: BTreeSet<(NodeId, EpochId)> = BTreeSet::new();
        let mut found = Vec::new();
        for row in rows {
            if found.len() >= CANARIES_MAX || tried.contains(&(row.node, row.epoch)) {
                continue;
            }
            let stored = Stored { day: row.day, node: row.node, seq: row.seq };
            let keys = log.key_object(&stored).map_err(|error| OfficeError::Other(error.to_string()))?;
            let record = keys.place(Block::Canary).and_then(|place| keys.records.get(place));
            if let Some(Record::Present(bytes)) = record {
                tried.insert((row.node, row.epoch));
                found.push(Canary { manifest: keys.manifest.clone(), record: bytes.to_vec() });
            }
        }
        Ok(found)
    };
    tokio::task::spawn_blocking(look).await.map_err(|error| OfficeError::Other(error.to_string()))?
}
