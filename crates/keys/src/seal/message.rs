//! Messages between officers (docs/formats/officers.md). The office carries them and can read, withhold and delay
//! them; it cannot change one, make one, or pass one off in another ceremony.

use super::id::SessionId;
use super::officer::OfficerIdentity;
use super::roster::Roster;
use base::{Transcript, label};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The longest message, in bytes of text: an answer of 20,000 partial results.
pub const MESSAGE_BYTES_MAX: usize = 3 * 1024 * 1024;
/// The longest body of a message of a ceremony.
const CEREMONY_BODY_MAX: usize = 64 * 1024;
/// The longest body of an answer.
const ANSWER_BODY_MAX: usize = 2_200_000;

/// Why a message was refused.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageError {
    /// Longer than any message.
    #[error("the message is too long")]
    TooLong,
    /// Not the JSON of a message.
    #[error("the message cannot be read: {0}")]
    Json(String),
    /// A version that this program does not know.
    #[error("the message has version {0}, this program reads version 1")]
    Version(u32),
    /// Of another ceremony.
    #[error("the message belongs to ceremony {found}, expected {expected}")]
    OtherSession {
        /// Its ceremony.
        found: SessionId,
        /// The one expected.
        expected: SessionId,
    },
    /// Sender or recipient is not on the roster.
    #[error("there is no officer {0} on the roster")]
    UnknownOfficer(u16),
    /// Not signed by its sender.
    #[error("the message was not signed by officer {0}, or it was changed")]
    Signature(u16),
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MessageKind {
    /// Making group keys.
    #[serde(rename = "dkg")]
    Generate,
    /// Refreshing shares.
    #[serde(rename = "refresh")]
    Refresh,
    /// The signature under a group document.
    #[serde(rename = "group")]
    Group,
    /// An officer says that the shares of an epoch are deleted.
    #[serde(rename = "deleted")]
    Deleted,
    /// Partial results for a release.
    #[serde(rename = "partials")]
    Answer,
}

impl MessageKind {
    const fn text(self) -> &'static str {
        match self {
            Self::Generate => "dkg",
            Self::Refresh => "refresh",
            Self::Group => "group",
            Self::Deleted => "deleted",
            Self::Answer => "partials",
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Where a message belongs. Of a ceremony there is one message per place: a second, different one is equivocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What it is about.
    pub kind: MessageKind,
    /// The round, or for deletions the place of the epoch in the roster, from 1.
    pub round: u8,
    /// The sender's number.
    pub from: u16,
    /// The recipient's number, 0 for all.
    pub to: u16,
}

/// A signed message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    session: SessionId,
    place: Place,
    body: Vec<u8>,
    signature: [u8; 64],
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { kind, round, from, to } = self.place;
        write!(f, "Message({kind} round {round} from {from} to {to}, {} bytes)", self.body.len())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageJson {
    v: u32,
    session: SessionId,
    kind: MessageKind,
    round: u8,
    from: u16,
    to: u16,
    body: String,
    sig: String,
}

impl Message {
    /// Signs a message.
    pub(crate) fn sign(own: &OfficerIdentity, session: SessionId, place: Place, body: Vec<u8>) -> Self {
        let signature = own.sign(&signed_bytes(session, place, &body));
        Self { session, place, body, signature }
    }

    /// Reads a message. The signature is not checked: that needs the roster ([`Self::verify`]).
    ///
    /// # Errors
    /// When it is too long or not a message.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        if text.len() > MESSAGE_BYTES_MAX {
            return Err(MessageError::TooLong);
        }
        let json: MessageJson =
            serde_json::from_str(text).map_err(|error| MessageError::Json(error.to_string()))?;
        if json.v != 1 {
            return Err(MessageError::Version(json.v));
        }
        let place = Place { kind: json.kind, round: json.round, from: json.from, to: json.to };
        let decode = |text: &str, what: &str| {
            STANDARD.decode(text).map_err(|_| MessageError::Json(format!("{what} is not base64")))
        };
        let body = decode(&json.body, "body")?;
        let longest = if place.kind == MessageKind::Answer { ANSWER_BODY_MAX } else { CEREMONY_BODY_MAX };
        if body.len() > longest {
            return Err(MessageError::TooLong);
        }
        let signature = decode(&json.sig, "sig")?
            .try_into()
            .map_err(|_| MessageError::Json("sig has another length than a signature".to_owned()))?;
        Ok(Self { session: json.session, place, body, signature })
    }

    /// The message as a file or in the mailbox.
    #[must_use]
    pub fn text(&self) -> String {
        let Place { kind, round, from, to } = self.place;
        let json = MessageJson {
            v: 1,
            session: self.session,
            kind,
            round,
            from,
            to,
            body: STANDARD.encode(&self.body),
            sig: STANDARD.encode(self.signature),
        };
        serde_json::to_string(&json).expect("a structure of texts and numbers writes")
    }

    /// Checks session, sender, recipient and signature.
    ///
    /// # Errors
    /// Says which is wrong.
    pub fn verify(&self, roster: &Roster) -> Result<(), MessageError> {
        if self.session != roster.session() {
            return Err(MessageError::OtherSession { found: self.session, expected: roster.session() });
        }
        let Place { from, to, .. } = self.place;
        let sender = roster.officers().get(&from).ok_or(MessageError::UnknownOfficer(from))?;
        if to != 0 && !roster.officers().contains_key(&to) {
            return Err(MessageError::UnknownOfficer(to));
        }
        if !sender.signed(&self.signed_bytes(), &self.signature) {
            return Err(MessageError::Signature(from));
        }
        Ok(())
    }

    /// The ceremony.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Where it belongs.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What the signature is over.
    pub(crate) fn signed_bytes(&self) -> Vec<u8> {
        signed_bytes(self.session, self.place, &self.body)
    }
}

fn signed_bytes(session: SessionId, place: Place, body: &[u8]) -> Vec<u8> {
    Transcript::new(label::MAILBOX)
        .bytes(session.bytes())
        .text(place.kind.text())
        .u8(place.round)
        .u16(place.from)
        .u16(place.to)
        .bytes(&Sha256::digest(body))
        .finish()
}
