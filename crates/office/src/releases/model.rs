//! What the office keeps of a release.

use super::request::{Ground, ReleaseId};
use base::{Day, Sensitive, SubjectId, Timestamp};
use keys::seal::RequestHash;

base::id_type!(
    /// The id of a question that was asked under a release.
    QueryId,
    "query"
);

/// Where a release stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseState {
    /// Asked; officers approve and answer.
    Requested,
    /// Keys are in the memory of one process.
    Open,
    /// Over; nothing opens by it any more.
    Ended,
}

impl ReleaseState {
    /// All, in order.
    pub const ALL: [Self; 3] = [Self::Requested, Self::Open, Self::Ended];

    /// The word in the database and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Why a release ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// The investigation was done.
    Done,
    /// Its time was over.
    Expired,
    /// The process that held the keys stopped.
    Restarted,
    /// It was taken back before it opened.
    Withdrawn,
}

impl EndReason {
    /// The word in the database and the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Expired => "expired",
            Self::Restarted => "restarted",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Expired, Self::Restarted, Self::Withdrawn]
            .into_iter()
            .find(|why| why.as_str() == text)
    }
}

/// A release, without its reason and scope, which are sealed.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its id.
    pub id: ReleaseId,
    /// On which ground.
    pub ground: Ground,
    /// The incident or order.
    pub ground_id: uuid::Uuid,
    /// The hash that the ledger, approvals and answers name.
    pub hash: RequestHash,
    /// How many blocks it opens.
    pub labels: u64,
    /// The first and the last day.
    pub days: (Day, Day),
    /// Where it stands.
    pub state: ReleaseState,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// Who asked.
    pub asked_by: SubjectId,
    /// When.
    pub asked_at: Timestamp,
    /// When it ends at the latest.
    pub not_after: Timestamp,
    /// When it opened.
    pub opened_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The ledger's leaf of `release-requested`.
    pub leaf: [u8; 32],
    /// The ledger's leaf of `release-opened`.
    pub opened_leaf: Option<[u8; 32]>,
}

/// Which releases to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReleaseFilter {
    /// In this state only.
    pub state: Option<ReleaseState>,
    /// Of this incident or order only.
    pub ground_id: Option<uuid::Uuid>,
}

/// An approval that came in.
#[derive(Debug, Clone)]
pub struct Approved {
    /// Which officer of the roster.
    pub officer: u16,
    /// The file.
    pub text: String,
    /// The ledger's leaf of `release-approved`.
    pub leaf: [u8; 32],
    /// When.
    pub at: Timestamp,
}

/// A question that was asked under a release.
#[derive(Debug, Clone)]
pub struct Query {
    /// Its id.
    pub id: QueryId,
    /// The question as JSON ([`super::Question`]).
    pub question: Sensitive<String>,
    /// Who asked.
    pub asked_by: SubjectId,
    /// When.
    pub asked_at: Timestamp,
    /// How many rows it gave; none when it broke off.
    pub found: Option<u64>,
    /// The ledger's leaf of `query`.
    pub leaf: [u8; 32],
}
