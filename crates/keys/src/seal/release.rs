//! Messages of a release (CRYPTO section 9): an officer's approval of a request, and the partial results that go to the
//! session that asked. What an officer's program checks before either, in the ledger and the policy, is not here.

use super::id::{Hex, RequestHash};
use super::message::{Message, MessageError, MessageKind, Place};
use super::officer::OfficerIdentity;
use super::partial::{PARTIAL_BYTES, Partial, PartialError};
use super::roster::Roster;
use super::secret::{self, SecretError};
use base::{Transcript, label};
use core::fmt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// The most labels of one release.
pub const LABELS_MAX: usize = 20_000;
const APPROVAL_BYTES_MAX: usize = 1024;

impl RequestHash {
    /// The hash of a release request, over the bytes as they were sent.
    #[must_use]
    pub fn of(request: &[u8]) -> Self {
        let transcript = Transcript::new(label::RELEASE_REQUEST).bytes(request);
        Self::from_bytes(Sha256::digest(transcript.finish()).into())
    }
}

/// Why an approval or an answer was refused.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReleaseError {
    /// Not an approval.
    #[error("the approval cannot be read: {0}")]
    Json(String),
    /// A version that this program does not know.
    #[error("the approval has version {0}, this program reads version 1")]
    Version(u32),
    /// There is no such officer.
    #[error("there is no officer {0} on the roster")]
    UnknownOfficer(u16),
    /// Not signed by that officer.
    #[error("the approval was not signed by officer {0}")]
    Signature(u16),
    /// The approval is of another request.
    #[error("officer {officer} approved request {found}")]
    OtherRequest {
        /// Who.
        officer: u16,
        /// Which.
        found: RequestHash,
    },
    /// The message around an answer.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The message is no answer.
    #[error("the message of officer {0} is not an answer to a release")]
    NotAnAnswer(u16),
    /// The answer is for another session, or was changed.
    #[error("the answer of officer {officer}: {source}")]
    Secret {
        /// Who.
        officer: u16,
        /// Why.
        source: SecretError,
    },
    /// What the answer holds is of another request or officer, or has another form.
    #[error("the answer of officer {0} is for another request, or has another form")]
    OtherAnswer(u16),
    /// More labels than a release has.
    #[error("a release has at most {LABELS_MAX} labels")]
    TooMany,
    /// A partial result cannot be read.
    #[error(transparent)]
    Partial(#[from] PartialError),
}

/// An officer's signature under a request, as of a checkpoint of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    officer: u16,
    request: RequestHash,
    root: [u8; 32],
    signature: [u8; 64],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalJson {
    v: u32,
    officer: u16,
    request: RequestHash,
    root: Hex<32>,
    sig: Hex<64>,
}

fn approval_bytes(request: RequestHash, root: &[u8; 32], officer: u16) -> Vec<u8> {
    Transcript::new(label::RELEASE_APPROVE).bytes(request.bytes()).bytes(root).u16(officer).finish()
}

impl Approval {
    /// Signs a request under the root of the checkpoint that the officer's program checked. None when the identity is not
    /// on the roster.
    #[must_use]
    pub fn sign(
        own: &OfficerIdentity,
        roster: &Roster,
        request: RequestHash,
        root: [u8; 32],
    ) -> Option<Self> {
        let officer = roster.number_of(own.officer())?;
        let signature = own.sign(&approval_bytes(request, &root, officer));
        Some(Self { officer, request, root, signature })
    }

    /// Reads an approval; the signature is not checked.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(text: &str) -> Result<Self, ReleaseError> {
        if text.len() > APPROVAL_BYTES_MAX {
            return Err(ReleaseError::Json("too long".to_owned()));
        }
        let json: ApprovalJson =
            serde_json::from_str(text).map_err(|error| ReleaseError::Json(error.to_string()))?;
        if json.v != 1 {
            return Err(ReleaseError::Version(json.v));
        }
        let ApprovalJson { officer, request, root, sig, .. } = json;
        Ok(Self { officer, request, root: root.0, signature: sig.0 })
    }

    /// As a file.
    #[must_use]
    pub fn text(&self) -> String {
        let json = ApprovalJson {
            v: 1,
            officer: self.officer,
            request: self.request,
            root: Hex(self.root),
            sig: Hex(self.signature),
        };
        serde_json::to_string(&json).expect("a structure of texts writes")
    }

    /// Checks that an officer of the roster approved this request.
    ///
    /// # Errors
    /// Says what it is instead.
    pub fn verify(&self, roster: &Roster, request: RequestHash) -> Result<(), ReleaseError> {
        let officer = roster.officers().get(&self.officer);
        let officer = officer.ok_or(ReleaseError::UnknownOfficer(self.officer))?;
        if !officer.signed(&approval_bytes(self.request, &self.root, self.officer), &self.signature) {
            return Err(ReleaseError::Signature(self.officer));
        }
        if self.request != request {
            return Err(ReleaseError::OtherRequest { officer: self.officer, found: self.request });
        }
        Ok(())
    }

    /// Who approved.
    #[must_use]
    pub const fn officer(&self) -> u16 {
        self.officer
    }

    /// The root of the checkpoint.
    #[must_use]
    pub const fn root(&self) -> &[u8; 32] {
        &self.root
    }
}

/// The receiving end of a release: a key that exists in the memory of one process only. After a restart the
/// officers are asked again.
pub struct ReleaseSession(pub(crate) age::x25519::Identity);

impl fmt::Debug for ReleaseSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReleaseSession([withheld])")
    }
}

impl Default for ReleaseSession {
    fn default() -> Self {
        Self::generate()
    }
}

impl ReleaseSession {
    /// A fresh session, from the operating system's source of randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// What goes into the request: answers are encrypted to it.
    #[must_use]
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// Opens an officer's answer: checks signature, request and form. The roster is the one of the shares that were
    /// used ([`Chain::roster`](super::Chain::roster)): one answer holds partial results of one ceremony. The partial results are in the order of the
    /// request's labels; their proofs are still to be checked
    /// ([`EpochGroup::verify_answer`](super::EpochGroup::verify_answer)).
    ///
    /// # Errors
    /// Names the officer and what is wrong.
    pub fn open(
        &self,
        roster: &Roster,
        request: RequestHash,
        answer: &Message,
    ) -> Result<(u16, Vec<Partial>), ReleaseError> {
        let officer = answer.place().from;
        answer.verify(roster)?;
        if answer.place() != place(officer) {
            return Err(ReleaseError::NotAnAnswer(officer));
        }
        let text = secret::decrypt(&self.0, answer.body())
            .map_err(|source| ReleaseError::Secret { officer, source })?;
        let head = head(request, officer);
        let tail = text.strip_prefix(head.as_slice()).ok_or(ReleaseError::OtherAnswer(officer))?;
        let (fields, rest) = tail.as_chunks::<FIELD>();
        if !rest.is_empty() || fields.len() > LABELS_MAX {
            return Err(ReleaseError::OtherAnswer(officer));
        }
        let mut partials = Vec::with_capacity(fields.len());
        for field in fields {
            let (length, bytes) = field.split_at(4);
            if length != (PARTIAL_BYTES as u32).to_be_bytes() {
                return Err(ReleaseError::OtherAnswer(officer));
            }
            let partial = Partial::parse(bytes)?;
            if partial.officer() != officer {
                return Err(ReleaseError::OtherAnswer(officer));
            }
            partials.push(partial);
        }
        Ok((officer, partials))
    }
}

/// One partial result with its length before it.
const FIELD: usize = 4 + PARTIAL_BYTES;

const fn place(officer: u16) -> Place {
    Place { kind: MessageKind::Answer, round: 1, from: officer, to: 0 }
}

fn head(request: RequestHash, officer: u16) -> Vec<u8> {
    Transcript::new(label::RELEASE_PARTIALS).bytes(request.bytes()).u16(officer).finish()
}

/// Encrypts an officer's partial results to the session that asked, and signs around it. The roster is the one of
/// the shares that were used; a request that spans two ceremonies is answered twice.
///
/// # Errors
/// When there are too many, the recipient is none, or the identity is not on the roster.
pub fn seal_answer(
    own: &OfficerIdentity,
    roster: &Roster,
    request: RequestHash,
    recipient: &str,
    partials: &[Partial],
) -> Result<Message, ReleaseError> {
    if partials.len() > LABELS_MAX {
        return Err(ReleaseError::TooMany);
    }
    let officer = roster.number_of(own.officer()).ok_or(ReleaseError::UnknownOfficer(0))?;
    let head = head(request, officer);
    let mut text = Zeroizing::new(Vec::with_capacity(head.len() + partials.len() * FIELD));
    text.extend_from_slice(&head);
    for partial in partials {
        base::lp(&mut text, partial.bytes().as_slice());
    }
    let body =
        secret::encrypt(recipient, &text).map_err(|source| ReleaseError::Secret { officer, source })?;
    Ok(Message::sign(own, roster.session(), place(officer), body))
}
