//! Why an officer's program does not help: one name for each thing that is not as it must be.

use base::{Day, Timestamp};
use core::fmt;
use keys::seal::{EpochId, LABELS_MAX, Label, NodeId, RecordError, ReleaseError, SiteId};
use ledger::{CheckpointError, ProofError};
use thiserror::Error;

/// Why an officer's program does not help.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The checkpoint is not signed by the pinned key, or of another ledger.
    #[error("the checkpoint is not one of the ledger that this program knows: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// No witness has cosigned.
    #[error("no witness that this program knows has cosigned the checkpoint")]
    Unwitnessed,
    /// The ledger is shorter than it was.
    #[error("the ledger has {found} entries and had {seen} before: something was taken out")]
    Shorter {
        /// How many it has.
        found: u64,
        /// How many it had.
        seen: u64,
    },
    /// There is no proof from the checkpoint that was seen last.
    #[error(
        "the dossier does not show that the ledger continues the one of {seen} entries that this program has seen"
    )]
    NotContinued {
        /// How many entries it had.
        seen: u64,
    },
    /// The proof does not hold: this is another history.
    #[error("the ledger is not the one this program has seen before: its history was rewritten ({0})")]
    Rewritten(ProofError),
    /// A ledger entry is not in the ledger.
    #[error("entry {kind} at {index} is not in the ledger: {source}")]
    NotIncluded {
        /// Its kind.
        kind: String,
        /// Where it should be.
        index: u64,
        /// Why.
        source: ProofError,
    },
    /// The incident or order is not among the entries.
    #[error("the dossier does not hold the ledger entry of the {0} that the request stands on")]
    NoGround(&'static str),
    /// The request is not in the ledger.
    #[error("the ledger does not tell of this request, or tells of another ground")]
    NotRequested,
    /// It has ended.
    #[error("the request ended on {0}")]
    Ended(Timestamp),
    /// It would end too late.
    #[error("the request would be open until {0}, which is more than 14 days")]
    TooLong(Timestamp),
    /// The officer is on no roster in force.
    #[error("this officer is not on the last roster")]
    NotOnRoster,
    /// The officer asks.
    #[error("whoever asks does not decide: this officer made the request")]
    OwnRequest,
    /// An approval that is none.
    #[error(transparent)]
    Approval(#[from] ReleaseError),
    /// The officer who asked approved as well.
    #[error("officer {0} made the request and approved it as well")]
    AskerApproved(u16),
    /// An approval of which the ledger does not tell.
    #[error("the ledger does not tell of the approval by officer {0}")]
    ApprovalNotRecorded(u16),
    /// Not enough officers approved.
    #[error("{found} officers have approved, {needed} are needed")]
    TooFewApprovals {
        /// How many did.
        found: usize,
        /// How many must.
        needed: u16,
    },
    /// A site in the scope whose domain is not shown.
    #[error("the dossier does not say which domain site {0} is")]
    UnknownSite(SiteId),
    /// A domain that is not what the ledger holds.
    #[error("site {0} is not {1} according to the ledger")]
    OtherDomain(SiteId, String),
    /// A manifest that cannot be read.
    #[error("the manifest of segment {0} of the dossier cannot be read")]
    Manifest(usize),
    /// A manifest of which the ledger does not tell.
    #[error("the ledger does not tell of the segment of {day}, number {seq} of machine {node}")]
    NotSealed {
        /// Its day.
        day: Day,
        /// Its machine.
        node: NodeId,
        /// Its number.
        seq: u32,
    },
    /// Of another line of ceremonies.
    #[error("the segment of {0} belongs to another line of ceremonies")]
    OtherLine(Day),
    /// Of an epoch that no group document has.
    #[error("no group document of this officer has epoch {0}")]
    UnknownEpoch(EpochId),
    /// Sealed with a key that the officers did not make.
    #[error("the segment of {day} was sealed with a key that is not the group key of epoch {epoch}")]
    OtherGroupKey {
        /// Its day.
        day: Day,
        /// The epoch it names.
        epoch: EpochId,
    },
    /// A record that is not in its segment's manifest.
    #[error("record {place} of the segment of {day} is not under the root of its manifest")]
    NotUnderRoot {
        /// Its day.
        day: Day,
        /// Its place.
        place: u32,
    },
    /// A record whose bytes or proof are wrong.
    #[error("record {place} of the segment of {day}: {source}")]
    Record {
        /// Its day.
        day: Day,
        /// Its place.
        place: u32,
        /// Why.
        source: RecordError,
    },
    /// A label that nobody asked about.
    #[error("the dossier asks for more than the request: {0}")]
    OutOfScope(ShownLabel),
    /// A day that must be gone.
    #[error("the traffic of {0} is due for destruction")]
    Due(Day),
    /// Nothing to open, or too much.
    #[error("the dossier has {0} labels; a release opens 1 to {LABELS_MAX}")]
    Labels(usize),
    /// One label twice.
    #[error("the dossier asks twice for {0}")]
    Twice(ShownLabel),
    /// The same label was answered with another record.
    #[error("under this request another record was answered for {0}")]
    AnsweredOtherwise(ShownLabel),
}

/// A label as a message shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownLabel(pub Label);

impl fmt::Display for ShownLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Label { day, node, seq, block } = self.0;
        write!(f, "block {block:?} of {day}, number {seq} of machine {node}")
    }
}
