//! The quarterly drill: an officer's program looks whether what machines seal with is what the officers made, and
//! whether its own share still works on it. Pure.

use super::files::CanaryPart;
use base::{Day, Random};
use keys::seal::{
    Block, EpochId, Label, NodeId, PartialError, Record, RecordError, RequestHash, ShareError, ShareFile,
    ShareFileError,
};
use thiserror::Error;
use traffic::segment::Manifest;

/// What is wrong with a canary.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CanaryFault {
    /// Its manifest cannot be read.
    #[error("the manifest cannot be read")]
    Manifest,
    /// Its epoch is none of this officer's documents.
    #[error("no group document of this officer has its epoch")]
    UnknownEpoch,
    /// The machine seals with a key that the officers did not make.
    #[error(
        "the machine seals with a key that is not the group key: take it out of service and look into it"
    )]
    OtherGroupKey,
    /// Its record is wrong.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The share of its epoch is not here.
    #[error(transparent)]
    NoShare(#[from] ShareFileError),
    /// The share does not work.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// What the share gives does not hold.
    #[error(transparent)]
    Partial(#[from] PartialError),
}

/// A canary that this officer could help to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsed {
    /// The machine.
    pub node: NodeId,
    /// The day.
    pub day: Day,
    /// The epoch.
    pub epoch: EpochId,
}

/// Tries an officer's share on a canary. Nothing of it leaves: that the result holds against the group document is
/// what the drill shows, of each of k officers.
///
/// # Errors
/// Says what is wrong with the machine, the record or the share.
pub fn rehearse(
    file: &ShareFile,
    canary: &CanaryPart,
    random: &dyn Random,
) -> Result<Rehearsed, CanaryFault> {
    let manifest = Manifest::parse(&canary.manifest).map_err(|_| CanaryFault::Manifest)?;
    let name = &manifest.name;
    let group = file.chain().and_then(|chain| chain.epoch(name.epoch)).ok_or(CanaryFault::UnknownEpoch)?;
    if group.key().public().bytes() != &manifest.group_key || group.key().line() != name.line {
        return Err(CanaryFault::OtherGroupKey);
    }
    let label = Label { day: name.day, node: name.node, seq: name.seq, block: Block::Canary };
    let checked = group.key().check(&label, &Record::parse(&canary.record)?)?;
    // No release has this hash: what is computed here helps nobody to open anything.
    let request = RequestHash::of(b"rehearsal");
    let partial = file.share(name.epoch)?.answer(&checked, request, random)?;
    group.verify(&checked, request, &partial)?;
    Ok(Rehearsed { node: name.node, day: name.day, epoch: name.epoch })
}
