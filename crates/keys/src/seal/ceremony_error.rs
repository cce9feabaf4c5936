//! Why a ceremony cannot go on, and through whom.

use super::dkg::DkgError;
use super::document::DocumentError;
use super::message::{Message, MessageError};
use super::secret::SecretError;
use thiserror::Error;

/// Why a ceremony cannot go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CeremonyError {
    /// A message that cannot be read or is not signed. It is left aside; the ceremony goes on.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A message that belongs to no round of this ceremony. It is left aside; the ceremony goes on.
    #[error("officer {from} sent a message that belongs to no round of this ceremony")]
    NotOurs {
        /// The sender.
        from: u16,
    },
    /// One officer signed two messages for one place. Show both to everybody.
    #[error("officer {} signed two different messages of round {}", .first.place().from, .first.place().round)]
    Equivocation {
        /// The one that came first.
        first: Box<Message>,
        /// The other one.
        second: Box<Message>,
    },
    /// What was dealt to this officer cannot be read.
    #[error("what officer {from} dealt cannot be read: {source}")]
    Unreadable {
        /// The sender.
        from: u16,
        /// Why.
        source: SecretError,
    },
    /// What was dealt is for another ceremony or officer, or has another form.
    #[error("what officer {from} dealt is not for this officer in this ceremony")]
    Misdirected {
        /// The sender.
        from: u16,
    },
    /// An officer saw other commitments than this one: somebody showed two versions.
    #[error("officer {from} has other round-1 messages than this program")]
    OtherRound1 {
        /// Who saw others.
        from: u16,
    },
    /// Key generation failed.
    #[error(transparent)]
    Dkg(#[from] DkgError),
    /// What came out is not the share of the group that came out, or the refresh changed a key.
    #[error("the result does not hold together: {0}")]
    Result(String),
    /// An officer made another group document, or did not sign it.
    #[error("officer {from} did not sign this group document")]
    OtherDocument {
        /// Who.
        from: u16,
    },
    /// The roster does not follow the last group document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A later roster needs the documents before it; a first one has none.
    #[error("this roster needs the group documents before it")]
    NoChain,
    /// A share that is to be refreshed is missing.
    #[error("the share that is to be refreshed is missing: {0}")]
    OldShare(String),
    /// Something could not be encrypted.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The share file was not stored and read back yet.
    #[error("store the share file and read it back before signing")]
    NotStored,
    /// It failed before; only a new ceremony helps.
    #[error("this ceremony has failed: {0}")]
    Stopped(String),
}
