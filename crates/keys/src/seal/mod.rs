//! The seal of the traffic log: what machines seal, only k of n officers together open (CRYPTO sections 6, 7, 9).
//!
//! ```text
//! roster ──ceremony──► group document ──► EpochGroup ──► GroupKey      public: nodes seal with it
//!                  └─► share file     ──► OfficerShare                 secret: one officer each
//!
//! node      GroupKey::seal(label)                  ► Record (stored), BlockKey (used for one block, then gone)
//! officer   GroupKey::check(label, record)         ► Checked
//!           OfficerShare::answer(checked, request) ► Partial
//! release   EpochGroup::combine(checked, request, partials of k officers) ► BlockKey
//! ```
//!
//! Invariants
//! - Nothing secret is computed from a record before its proof was checked: only [`Checked`] goes in.
//! - The group's secret key exists nowhere, at no time: not in the ceremony, not when something is opened.
//! - A partial result opens one block under one request; its proof is checked before it is used.
//! - Bytes from outside give typed errors, have one spelling each, and are limited in size. Nothing secret prints.
//! - No network, no database; the share file is the only I/O.

mod ceremony;
mod ceremony_error;
mod chain;
mod curve;
mod dkg;
mod document;
mod group;
mod id;
mod label;
mod message;
mod officer;
mod open;
mod partial;
mod passphrase;
mod record;
mod release;
mod roster;
mod secret;
mod share_file;
mod share_json;

pub use ceremony::{Ceremony, ReadBack, Step};
pub use ceremony_error::CeremonyError;
pub use chain::{Chain, DOCUMENTS_MAX, OVERDUE_DAYS_MAX, Sealing, WARNING_DAYS};
pub use curve::{CurveError, Point};
pub use dkg::DkgError;
pub use document::{DOCUMENT_BYTES_MAX, DocumentError, GroupDocument, SignedDocument};
pub use group::{EpochGroup, GroupError, OFFICERS_MAX, THRESHOLD_MIN};
pub use id::{DocumentHash, EpochId, IdError, Line, NodeId, RequestHash, SessionId, SiteId};
pub use label::{Block, BlockError, Label};
pub use message::{MESSAGE_BYTES_MAX, Message, MessageError, MessageKind, Place};
pub use officer::{Digits, NAME_BYTES_MAX, Officer, OfficerError, OfficerIdentity};
pub use open::{CombineError, Opened};
pub use partial::{Cause, OfficerShare, PARTIAL_BYTES, Partial, PartialError, ShareError};
pub use passphrase::{Passphrase, PassphraseError};
pub use record::{BlockKey, Checked, GroupKey, RECORD_BYTES, Record, RecordError};
pub use release::{Approval, LABELS_MAX, ReleaseError, ReleaseSession, seal_answer};
pub use roster::{Compared, EPOCH_DAYS_MAX, EPOCHS_MAX, Epoch, Plan, ROSTER_BYTES_MAX, Roster, RosterError};
pub use secret::{SecretError, WORK_FACTOR};
pub use share_file::{SHARE_FILE_BYTES_MAX, ShareFile, ShareFileError};

#[cfg(test)]
mod tests;
