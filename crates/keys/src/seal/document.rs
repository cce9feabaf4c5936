//! The group document: what a ceremony made, signed by everybody who took part. Nodes and officers take group keys and
//! verifying shares from here alone.

use super::group::{EpochGroup, GroupError};
use super::id::{DocumentHash, EpochId, Hex};
use super::officer::OfficerIdentity;
use super::roster::{Roster, RosterError};
use super::{CurveError, GroupKey, Point};
use base::{Transcript, label};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// The longest group document with its signatures, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 512 * 1024;
/// Signatures of the officers and of those before them.
const SIGNATURES_MAX: usize = 64;

/// Why a group document was refused.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentError {
    /// Longer than any.
    #[error("the group document is too long")]
    TooLong,
    /// Not the JSON of a group document.
    #[error("the group document cannot be read: {0}")]
    Json(String),
    /// A version that this program does not know.
    #[error("the group document has version {0}, this program reads version 1")]
    Version(u32),
    /// Its roster.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// A point.
    #[error(transparent)]
    Curve(#[from] CurveError),
    /// Keys and shares that do not belong together.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// Other epochs or officers than its roster.
    #[error("the group document does not list the epochs and officers of its roster")]
    OtherThanRoster,
    /// An officer of its roster did not sign, or not this.
    #[error("officer {0} has not signed the group document")]
    NotSigned(u16),
    /// Not the document that was pinned.
    #[error("the group document is {found}, not the pinned {pinned}")]
    NotPinned {
        /// Its hash.
        found: DocumentHash,
        /// What was pinned.
        pinned: DocumentHash,
    },
    /// A successor that does not name this document as the one before it, or is of another line.
    #[error("the group document does not follow the last one of this line")]
    NotSuccessor,
    /// Too few officers of the roster before signed.
    #[error("{signed} officers of the roster before signed, {needed} are needed")]
    TooFewBefore {
        /// How many signed.
        signed: usize,
        /// How many are needed.
        needed: u16,
    },
    /// A refresh that changes the key, the days, the threshold, or who the officers are.
    #[error("the refresh of epoch {0} changes more than shares")]
    Refresh(EpochId),
    /// New epochs and running ones in one ceremony, or a running epoch under a wrong generation.
    #[error("the generation or the mix of epochs is not possible")]
    Generation,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentJson {
    v: u32,
    roster: String,
    r1: Hex<32>,
    generation: u32,
    epochs: Vec<EpochJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochJson {
    id: EpochId,
    pk: Hex<32>,
    shares: Vec<ShareJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareJson {
    i: u16,
    v: Hex<32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedJson {
    document: String,
    signatures: Vec<SignatureJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureJson {
    key: Hex<32>,
    sig: Hex<64>,
}

/// A group document, with the bytes that are hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDocument {
    text: String,
    roster: Roster,
    generation: u32,
    groups: Vec<Arc<EpochGroup>>,
}

impl GroupDocument {
    /// Writes a document. All officers of a ceremony write the same bytes.
    pub(crate) fn compose(
        roster: &Roster,
        r1: [u8; 32],
        generation: u32,
        groups: &[Arc<EpochGroup>],
    ) -> Result<Self, DocumentError> {
        let epoch = |group: &Arc<EpochGroup>| EpochJson {
            id: group.epoch(),
            pk: Hex(*group.key().public().bytes()),
            shares: group
                .all_verifying()
                .iter()
                .map(|(i, point)| ShareJson { i: *i, v: Hex(*point.bytes()) })
                .collect(),
        };
        let json = DocumentJson {
            v: 1,
            roster: roster.text().to_owned(),
            r1: Hex(r1),
            generation,
            epochs: groups.iter().map(epoch).collect(),
        };
        let text = serde_json::to_string(&json).map_err(|error| DocumentError::Json(error.to_string()))?;
        Self::parse(&text)
    }

    /// Reads a document. Each epoch's verifying shares must be those of one secret under its key.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLong);
        }
        let json: DocumentJson =
            serde_json::from_str(text).map_err(|error| DocumentError::Json(error.to_string()))?;
        if json.v != 1 {
            return Err(DocumentError::Version(json.v));
        }
        let roster = Roster::parse(&json.roster)?;
        if json.epochs.len() != roster.epochs().len() {
            return Err(DocumentError::OtherThanRoster);
        }
        let mut groups = Vec::with_capacity(json.epochs.len());
        for (epoch, listed) in json.epochs.iter().zip(roster.epochs()) {
            let numbers = epoch.shares.iter().map(|share| share.i);
            if epoch.id != listed.id || !numbers.eq(roster.officers().keys().copied()) {
                return Err(DocumentError::OtherThanRoster);
            }
            let mut verifying = BTreeMap::new();
            for share in &epoch.shares {
                verifying.insert(share.i, Point::parse(&share.v.0)?);
            }
            let key = GroupKey::new(roster.line(), epoch.id, Point::parse(&epoch.pk.0)?);
            let days = (listed.first_day, listed.last_day);
            let group = EpochGroup::new(Arc::new(key), days, roster.threshold(), json.generation, verifying)?;
            groups.push(Arc::new(group));
        }
        Ok(Self { text: text.to_owned(), roster, generation: json.generation, groups })
    }

    /// The bytes that are hashed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its hash: what nodes pin, and what the next roster names.
    #[must_use]
    pub fn hash(&self) -> DocumentHash {
        DocumentHash::from_bytes(Sha256::digest(&self.text).into())
    }

    /// Its roster.
    #[must_use]
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The generation of its shares.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Its epochs, in order.
    #[must_use]
    pub fn groups(&self) -> &[Arc<EpochGroup>] {
        &self.groups
    }

    fn signed_bytes(&self) -> Vec<u8> {
        Transcript::new(label::GROUP).bytes(self.hash().bytes()).finish()
    }

    /// An officer's signature under the document.
    pub(crate) fn sign(&self, own: &OfficerIdentity) -> [u8; 64] {
        own.sign(&self.signed_bytes())
    }

    /// Whether this is the signature of an officer of its roster.
    pub(crate) fn is_signed_by(&self, officer: u16, signature: &[u8; 64]) -> bool {
        self.roster
            .officers()
            .get(&officer)
            .is_some_and(|officer| officer.signed(&self.signed_bytes(), signature))
    }
}

/// A group document with the signatures of its officers, and of those of the roster before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDocument {
    document: GroupDocument,
    signatures: BTreeMap<[u8; 32], [u8; 64]>,
}

impl SignedDocument {
    pub(crate) fn new(document: GroupDocument, signatures: &BTreeMap<u16, [u8; 64]>) -> Self {
        let by_key = signatures.iter().filter_map(|(officer, signature)| {
            Some((*document.roster().officers().get(officer)?.sign_key(), *signature))
        });
        Self { signatures: by_key.collect(), document }
    }

    /// Reads a signed document. Who must have signed is for [`Chain`](super::Chain) to say.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLong);
        }
        let json: SignedJson =
            serde_json::from_str(text).map_err(|error| DocumentError::Json(error.to_string()))?;
        let count = json.signatures.len();
        let signatures: BTreeMap<_, _> = json.signatures.iter().map(|s| (s.key.0, s.sig.0)).collect();
        if count > SIGNATURES_MAX || signatures.len() != count {
            return Err(DocumentError::Json("too many signatures, or one key twice".to_owned()));
        }
        Ok(Self { document: GroupDocument::parse(&json.document)?, signatures })
    }

    /// As a file.
    #[must_use]
    pub fn text(&self) -> String {
        let signatures = self.signatures.iter();
        let json = SignedJson {
            document: self.document.text.clone(),
            signatures: signatures
                .map(|(key, sig)| SignatureJson { key: Hex(*key), sig: Hex(*sig) })
                .collect(),
        };
        serde_json::to_string(&json).expect("a structure of texts writes")
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &GroupDocument {
        &self.document
    }

    /// Adds the signature of an officer of the roster before, who is no longer on this one.
    pub fn endorse(&mut self, own: &OfficerIdentity) {
        self.signatures.insert(*own.officer().sign_key(), self.document.sign(own));
    }

    /// The officers of a roster who signed this document.
    pub(crate) fn signers(&self, roster: &Roster) -> Vec<u16> {
        let message = self.document.signed_bytes();
        let signed = |(number, officer): (&u16, &super::Officer)| {
            let signature = self.signatures.get(officer.sign_key())?;
            officer.signed(&message, signature).then_some(*number)
        };
        roster.officers().iter().filter_map(signed).collect()
    }

    /// Refuses a document that an officer of its own roster did not sign.
    pub(crate) fn check_own(&self) -> Result<(), DocumentError> {
        let signers = self.signers(self.document.roster());
        let missing = self.document.roster().officers().keys().find(|number| !signers.contains(number));
        missing.map_or(Ok(()), |number| Err(DocumentError::NotSigned(*number)))
    }
}
