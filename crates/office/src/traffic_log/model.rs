//! What the office knows of machines, sites, segments and destructions.

use crate::customers::CustomerId;
use crate::services::ServiceId;
use base::{Day, Sensitive, SubjectId, Timestamp};
use core::fmt;
use core::str::FromStr;
use keys::seal::{EpochId, NodeId, SiteId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use traffic::segment::Limits;
use traffic::store::LocalStore;

base::id_type!(
    /// The id of a destruction.
    DestructionId,
    "destruction"
);

/// Where the files of the log lie, and what machines may put into a segment.
#[derive(Debug, Clone)]
pub struct Log {
    /// The two folders.
    pub store: Arc<LocalStore>,
    /// What machines are told.
    pub caps: Caps,
}

/// The most that a segment holds of each kind of text; what comes beyond it is sealed without that text. A machine
/// never goes beyond what its own memory allows, whatever it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Caps {
    /// Distinct hosts that are not registered.
    pub hosts_max: usize,
    /// Distinct paths of all sites together.
    pub paths_max: usize,
    /// Distinct browser ids.
    pub agents_max: usize,
}

impl Default for Caps {
    fn default() -> Self {
        let Limits { hosts_max, paths_max, agents_max, .. } = Limits::default();
        Self { hosts_max, paths_max, agents_max }
    }
}

impl Caps {
    /// These limits, none of them above the caps.
    #[must_use]
    pub fn under(self, limits: Limits) -> Limits {
        Limits {
            hosts_max: limits.hosts_max.min(self.hosts_max),
            paths_max: limits.paths_max.min(self.paths_max),
            agents_max: limits.agents_max.min(self.agents_max),
            ..limits
        }
    }
}

/// The state of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeState {
    /// One staff member named it; it may not push yet.
    Proposed,
    /// A second one confirmed its key.
    Enrolled,
    /// Its token and its manifests count no more.
    Revoked,
}

impl NodeState {
    /// The word in the database and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Enrolled => "enrolled",
            Self::Revoked => "revoked",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Proposed, Self::Enrolled, Self::Revoked].into_iter().find(|state| state.as_str() == text)
    }
}

/// A machine that seals traffic.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its id, as in the names of its segments.
    pub id: NodeId,
    /// What staff call it.
    pub name: String,
    /// Its Ed25519 key, which signs manifests.
    pub sign_key: [u8; 32],
    /// Where it stands.
    pub state: NodeState,
    /// Who named it.
    pub proposed_by: SubjectId,
    /// Who confirmed its key.
    pub confirmed_by: Option<SubjectId>,
    /// SHA-256 of its last manifest here.
    pub last_manifest: Option<[u8; 32]>,
    /// The number of its last segment here.
    pub last_seq: Option<u32>,
    /// When it last pushed or asked something.
    pub last_seen_at: Option<Timestamp>,
    /// When it was named.
    pub created_at: Timestamp,
}

/// What a machine tells of itself to be enrolled: `node <id> <key>`, both in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    /// The machine's own random id.
    pub id: NodeId,
    /// Its Ed25519 key.
    pub sign_key: [u8; 32],
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} {}", self.id, hex::encode(self.sign_key))
    }
}

impl FromStr for PublicKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.split_whitespace();
        let (Some("node"), Some(id), Some(key), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(());
        };
        let mut sign_key = [0; 32];
        hex::decode_to_slice(key, &mut sign_key).map_err(|_| ())?;
        Ok(Self { id: id.parse().map_err(|_| ())?, sign_key })
    }
}

/// A domain of a customer whose visits are recorded.
#[derive(Debug, Clone)]
pub struct LogSite {
    /// The random id that segments name it by.
    pub id: SiteId,
    /// Whose.
    pub customer: CustomerId,
    /// Under whose keys the domain is.
    pub subject: SubjectId,
    /// The hosting service.
    pub service: ServiceId,
    /// The domain.
    pub domain: Sensitive<String>,
    /// What opens the commitment in the ledger.
    pub opening: Sensitive<[u8; 32]>,
    /// The first and the last day of which something came in.
    pub days: Option<(Day, Day)>,
    /// When the service ended.
    pub ended_at: Option<Timestamp>,
}

/// A segment that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRow {
    /// The day of its rows, in UTC.
    pub day: Day,
    /// Which machine sealed it.
    pub node: NodeId,
    /// Its number there.
    pub seq: u32,
    /// The month's key that sealed it.
    pub epoch: EpochId,
    /// SHA-256 of its manifest.
    pub manifest_hash: [u8; 32],
    /// SHA-256 of the machine's manifest before it.
    pub previous_hash: [u8; 32],
    /// Bytes of its data object.
    pub data_bytes: u64,
    /// Records of its key object when it came in.
    pub records: u32,
    /// When it came in.
    pub received_at: Timestamp,
    /// When its keys were destroyed.
    pub destroyed_at: Option<Timestamp>,
}

/// What is kept, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Segments whose keys are there.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The oldest day.
    pub first: Option<Day>,
    /// The latest day.
    pub last: Option<Day>,
    /// Segments that were destroyed.
    pub destroyed: u64,
}

/// Why a destruction is one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestructionReason {
    /// Days whose term has passed, as every day.
    Term,
    /// More days at once than usual.
    Many,
    /// The clock is not where the ledger says it should be.
    Clock,
}

impl DestructionReason {
    /// The word in the database and the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Term => "term",
            Self::Many => "many",
            Self::Clock => "clock",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Term, Self::Many, Self::Clock].into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Where a destruction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestructionState {
    /// For two staff members.
    Waiting,
    /// Files are being removed, or were when the program stopped.
    Running,
    /// All is gone.
    Done,
    /// A staff member stopped it.
    Refused,
}

impl DestructionState {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Done, Self::Refused]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A run that destroys days, or asks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destruction {
    /// Its id.
    pub id: DestructionId,
    /// Where it stands.
    pub state: DestructionState,
    /// Why it is one of its own.
    pub reason: DestructionReason,
    /// The first day of those that go.
    pub first: Day,
    /// The last.
    pub last: Day,
    /// How many days of these hold something.
    pub days: u32,
    /// The first who confirmed.
    pub confirmed_by: Option<SubjectId>,
    /// Key objects that went.
    pub key_objects: u64,
    /// Data objects that went.
    pub data_objects: u64,
    /// Since when.
    pub created_at: Timestamp,
}
