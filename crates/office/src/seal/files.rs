//! The files that officers and office exchange, through the staff panel or by hand (docs/formats/officers.md). Pure: an
//! officer's program reads and writes the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys::seal::{
    DOCUMENTS_MAX, DocumentError, MESSAGE_BYTES_MAX, Message, MessageError, Officer, OfficerError, Roster,
    RosterError, SignedDocument,
};
use ledger::VerifyingKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest identity file, in bytes.
pub const IDENTITY_BYTES_MAX: usize = 4 * 1024;
/// The longest bundle, in bytes.
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The longest answer, in bytes: those of a release that spans several ceremonies.
pub const ANSWER_BYTES_MAX: usize = 4 * MESSAGE_BYTES_MAX;
/// The most messages of a bundle: all of a ceremony of 32 officers.
const MESSAGES_MAX: usize = 32 * 33 + 32;
/// The most canaries: one of each machine and month of a quarter, and then some.
const CANARIES_MAX: usize = 10_000;
const VERSION: u32 = 1;

/// Why a file cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// Longer than any such file.
    #[error("the file has more than {0} bytes")]
    TooLong(usize),
    /// Not the JSON of such a file.
    #[error("the file cannot be read: {0}")]
    Json(String),
    /// A version that this program does not know.
    #[error("the file has version {0}, this program reads version 1")]
    Version(u32),
    /// More of something than there can be.
    #[error("the file has too many {0}")]
    TooMany(&'static str),
    /// An officer in it.
    #[error(transparent)]
    Officer(#[from] OfficerError),
    /// A roster in it.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// A message in it.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A group document in it.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The ledger's key in it.
    #[error("the ledger's key cannot be read: {0}")]
    LedgerKey(String),
    /// A canary in it.
    #[error("a canary of the file cannot be read")]
    Canary,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityJson {
    v: u32,
    name: String,
    sign_pk: String,
    recipient: String,
}

/// The public half of an officer, as `waarborg officer enroll` writes it.
#[must_use]
pub fn write_identity(officer: &Officer) -> String {
    let json = IdentityJson {
        v: VERSION,
        name: officer.name().to_owned(),
        sign_pk: hex::encode(officer.sign_key()),
        recipient: officer.recipient().to_owned(),
    };
    serde_json::to_string(&json).expect("a structure of texts writes")
}

/// Reads an officer.
///
/// # Errors
/// When it is none.
pub fn read_identity(text: &str) -> Result<Officer, FileError> {
    let json: IdentityJson = read(text, IDENTITY_BYTES_MAX)?;
    version(json.v)?;
    let mut key = [0; 32];
    hex::decode_to_slice(&json.sign_pk, &mut key)
        .map_err(|_| FileError::Json("sign_pk is not 64 hexadecimal digits".into()))?;
    Ok(Officer::new(&json.name, &key, &json.recipient)?)
}

/// A canary that officers rehearse on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryPart {
    /// The manifest of its segment.
    pub manifest: Vec<u8>,
    /// Its key record.
    pub record: Vec<u8>,
}

/// Everything that an officer's program needs of the office.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// The ledger's public key; a program keeps the first one it gets.
    pub ledger: Option<VerifyingKey>,
    /// The roster of the last ceremony, held or being held.
    pub roster: Option<Roster>,
    /// Its messages.
    pub messages: Vec<Message>,
    /// All group documents, the first one first.
    pub documents: Vec<SignedDocument>,
    /// Canaries to rehearse on.
    pub canaries: Vec<CanaryPart>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BundleJson {
    v: u32,
    ledger: Option<String>,
    roster: Option<String>,
    messages: Vec<String>,
    documents: Vec<String>,
    canaries: Vec<CanaryJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CanaryJson {
    manifest: String,
    record: String,
}

impl Bundle {
    /// Reads a bundle. Signatures and chain are for whoever uses it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let json: BundleJson = read(text, BUNDLE_BYTES_MAX)?;
        version(json.v)?;
        let limits = [
            ("messages", json.messages.len() <= MESSAGES_MAX),
            ("documents", json.documents.len() <= DOCUMENTS_MAX),
            ("canaries", json.canaries.len() <= CANARIES_MAX),
        ];
        within(&limits)?;
        let ledger = json.ledger.map(|text| text.parse().map_err(|_| FileError::LedgerKey(text)));
        let canary = |canary: &CanaryJson| {
            let decode = |text: &str| STANDARD.decode(text).map_err(|_| FileError::Canary);
            Ok(CanaryPart { manifest: decode(&canary.manifest)?, record: decode(&canary.record)? })
        };
        Ok(Self {
            ledger: ledger.transpose()?,
            roster: json.roster.as_deref().map(Roster::parse).transpose()?,
            messages: read_messages(&json.messages)?,
            documents: json
                .documents
                .iter()
                .map(|text| Ok(SignedDocument::parse(text)?))
                .collect::<Result<_, FileError>>()?,
            canaries: json.canaries.iter().map(canary).collect::<Result<_, FileError>>()?,
        })
    }

    /// As a file.
    #[must_use]
    pub fn text(&self) -> String {
        let json = BundleJson {
            v: VERSION,
            ledger: self.ledger.as_ref().map(ToString::to_string),
            roster: self.roster.as_ref().map(|roster| roster.text().to_owned()),
            messages: self.messages.iter().map(Message::text).collect(),
            documents: self.documents.iter().map(SignedDocument::text).collect(),
            canaries: self
                .canaries
                .iter()
                .map(|canary| CanaryJson {
                    manifest: STANDARD.encode(&canary.manifest),
                    record: STANDARD.encode(&canary.record),
                })
                .collect(),
        };
        serde_json::to_string(&json).expect("a structure of texts writes")
    }
}

/// What an officer's program gives back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Messages to the others, or partial results to a release.
    pub messages: Vec<Message>,
    /// The document that a ceremony ended with.
    pub document: Option<SignedDocument>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerJson {
    v: u32,
    messages: Vec<String>,
    document: Option<String>,
}

impl Answer {
    /// Reads an answer. Signatures are for whoever knows the roster.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let json: AnswerJson = read(text, ANSWER_BYTES_MAX)?;
        version(json.v)?;
        within(&[("messages", json.messages.len() <= MESSAGES_MAX)])?;
        Ok(Self {
            messages: read_messages(&json.messages)?,
            document: json.document.as_deref().map(SignedDocument::parse).transpose()?,
        })
    }

    /// As a file.
    #[must_use]
    pub fn text(&self) -> String {
        let json = AnswerJson {
            v: VERSION,
            messages: self.messages.iter().map(Message::text).collect(),
            document: self.document.as_ref().map(SignedDocument::text),
        };
        serde_json::to_string(&json).expect("a structure of texts writes")
    }
}

fn read<'a, J: Deserialize<'a>>(text: &'a str, longest: usize) -> Result<J, FileError> {
    if text.len() > longest {
        return Err(FileError::TooLong(longest));
    }
    serde_json::from_str(text).map_err(|error| FileError::Json(error.to_string()))
}

const fn version(version: u32) -> Result<(), FileError> {
    if version == VERSION { Ok(()) } else { Err(FileError::Version(version)) }
}

fn within(limits: &[(&'static str, bool)]) -> Result<(), FileError> {
    limits.iter().find(|(_, within)| !within).map_or(Ok(()), |(what, _)| Err(FileError::TooMany(what)))
}

fn read_messages(texts: &[String]) -> Result<Vec<Message>, FileError> {
    texts.iter().map(|text| Ok(Message::parse(text)?)).collect()
}
