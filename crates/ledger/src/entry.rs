//! Entries: one line of JSON each, built once and never re-serialised (docs/formats/ledger-entry.md).
//!
//! Invariants: an [`Entry`] holds the exact bytes that are hashed; they were read strictly, whoever
//! made them. No names, addresses or domains belong in an entry: people appear as commitments, and
//! the nonce keeps a guess about the rest from being tested against its hash.

use crate::{
    commitment::{Commitment, Opening, commit, opening},
    hash::{Hash, leaf_hash},
    json::StrictObject,
};
use base::{Random, Sensitive, SubjectId, Timestamp};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use std::borrow::Cow;
use thiserror::Error;

/// Longest entry, in bytes: the limit of an entry bundle's 16-bit length.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// Most subjects that one entry tells of.
pub const SUBJECTS_MAX: usize = 256;
/// Longest kind and longest name of a program, in bytes.
const WORD_BYTES_MAX: usize = 64;
const VISITOR: &str = "visitor";
const SYSTEM: &str = "system:";

/// Why bytes are not an entry, or an entry could not be built.
#[derive(Debug, Error)]
pub enum EntryError {
    /// Longer than [`ENTRY_BYTES_MAX`].
    #[error("the entry has {0} bytes; at most 65535 are allowed")]
    TooLong(usize),
    /// Not one line that begins with `{` and ends with `}`.
    #[error("the entry is not one line holding one object")]
    NotOneLine,
    /// Not the JSON object of an entry.
    #[error("the entry is not strict JSON of version 1")]
    Json(#[source] serde_json::Error),
    /// A version that this program does not know.
    #[error("the entry has version {0}; only 1 is known")]
    Version(u64),
    /// A time that is not RFC 3339 in UTC with milliseconds.
    #[error("the time of the entry is not RFC 3339 in UTC with milliseconds")]
    Time,
    /// A kind that is not a lower-case word.
    #[error("the kind of the entry is not a word of lower-case letters, digits, '-', '.', '_'")]
    Kind,
    /// A nonce that is not the base64 of 16 bytes.
    #[error("the nonce of the entry is not the base64 of 16 bytes")]
    Nonce,
    /// An actor that is neither a program, a commitment nor a visitor.
    #[error("the actor of the entry is neither a program, a commitment nor a visitor")]
    Actor,
    /// A subject that is not a commitment.
    #[error("subject {0} of the entry is not the base64 of 32 bytes")]
    Subject(usize),
    /// More than [`SUBJECTS_MAX`].
    #[error("the entry tells of {0} subjects; at most 256 are allowed")]
    TooManySubjects(usize),
}

/// Who did what the entry tells of, as given to the builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A job or program, by its name.
    System(&'static str),
    /// A person, as a commitment made like those of the subjects: [`EntryBuilder::actor_subject`]
    /// makes one with the nonce of the entry.
    Committed(Commitment),
    /// Somebody who was not signed in.
    Visitor,
}

/// Who did it, as read back from an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedActor {
    /// A job or program.
    System(String),
    /// A person.
    Committed(Commitment),
    /// Somebody who was not signed in.
    Visitor,
}

/// An entry: its bytes, read strictly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    bytes: Vec<u8>,
    time: Timestamp,
    kind: String,
    nonce: [u8; 16],
    actor: RecordedActor,
    subjects: Vec<Commitment>,
}

impl Entry {
    /// Reads an entry.
    ///
    /// # Errors
    /// When the bytes are anything but one line of strict JSON with exactly the fields of version 1.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, EntryError> {
        let bytes = bytes.into();
        let line = Line::parse(&bytes)?;
        let entry = Self {
            time: line.time,
            kind: line.kind.into_owned(),
            nonce: line.nonce,
            actor: line.actor,
            subjects: line.subjects,
            bytes: Vec::new(),
        };
        Ok(Self { bytes, ..entry })
    }

    /// The bytes that are stored and hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, for a store that keeps them.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The hash of the entry's leaf.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.bytes)
    }

    /// The business time, in whole milliseconds.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The nonce.
    #[must_use]
    pub const fn nonce(&self) -> &[u8; 16] {
        &self.nonce
    }

    /// Who did it.
    #[must_use]
    pub const fn actor(&self) -> &RecordedActor {
        &self.actor
    }

    /// The commitments to the people it is about.
    #[must_use]
    pub fn subjects(&self) -> &[Commitment] {
        &self.subjects
    }

    /// The particulars: always an object. Read anew at each call.
    #[must_use]
    pub fn data(&self) -> Value {
        #[derive(Deserialize)]
        struct Particulars {
            d: Value,
        }
        serde_json::from_slice::<Particulars>(&self.bytes).map_or(Value::Null, |line| line.d)
    }
}

/// The fields in the order in which they are written.
#[derive(Serialize)]
struct Written<'a> {
    v: u8,
    t: &'a str,
    k: &'a str,
    n: &'a str,
    a: &'a str,
    s: &'a [String],
    d: &'a Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    v: u64,
    #[serde(borrow)]
    t: Cow<'a, str>,
    #[serde(borrow)]
    k: Cow<'a, str>,
    #[serde(borrow)]
    n: Cow<'a, str>,
    #[serde(borrow)]
    a: Cow<'a, str>,
    #[serde(borrow)]
    s: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    d: &'a RawValue,
}

/// What is in a line; borrows where it can, for the check of a whole ledger.
pub(crate) struct Line<'a> {
    pub(crate) time: Timestamp,
    pub(crate) kind: Cow<'a, str>,
    nonce: [u8; 16],
    actor: RecordedActor,
    subjects: Vec<Commitment>,
}

impl<'a> Line<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLong(bytes.len()));
        }
        // A control character (a line break too) can only stand unescaped as white space between
        // the fields; one line has none.
        if bytes.first() != Some(&b'{') || bytes.last() != Some(&b'}') || bytes.iter().any(|b| *b < 0x20) {
            return Err(EntryError::NotOneLine);
        }
        let fields: Fields<'a> = serde_json::from_slice(bytes).map_err(EntryError::Json)?;
        if fields.v != 1 {
            return Err(EntryError::Version(fields.v));
        }
        serde_json::from_str::<StrictObject>(fields.d.get()).map_err(EntryError::Json)?;
        if !is_word(&fields.k) {
            return Err(EntryError::Kind);
        }
        if fields.s.len() > SUBJECTS_MAX {
            return Err(EntryError::TooManySubjects(fields.s.len()));
        }
        let subjects = fields
            .s
            .iter()
            .enumerate()
            .map(|(i, text)| Commitment::parse(text).ok_or(EntryError::Subject(i)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            time: parse_time(&fields.t).ok_or(EntryError::Time)?,
            nonce: parse_nonce(&fields.n).ok_or(EntryError::Nonce)?,
            actor: RecordedActor::parse(&fields.a).ok_or(EntryError::Actor)?,
            kind: fields.k,
            subjects,
        })
    }
}

impl RecordedActor {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(SYSTEM) {
            Some(name) => is_word(name).then(|| Self::System(name.to_owned())),
            None if text == VISITOR => Some(Self::Visitor),
            None => Commitment::parse(text).map(Self::Committed),
        }
    }
}

fn is_word(text: &str) -> bool {
    text.len() <= WORD_BYTES_MAX
        && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b))
}

/// One spelling of an instant: what [`Timestamp::rfc3339`] writes.
fn parse_time(text: &str) -> Option<Timestamp> {
    let time = Timestamp::parse_rfc3339(text).ok()?;
    (time.rfc3339() == text).then_some(time)
}

fn parse_nonce(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0u8; 18];
    match STANDARD.decode_slice(text, &mut bytes) {
        Ok(16) => bytes.first_chunk::<16>().copied(),
        _ => None,
    }
}

/// Builds an entry. The nonce is drawn at once, because the commitments stand on it.
///
/// ```
/// # use base::{SeededRandom, Timestamp};
/// use ledger::{Actor, Entry, EntryBuilder};
/// let entry = EntryBuilder::new("started", "example.org/waarborg/ledger/1", Timestamp::from_seconds(0), &SeededRandom::new(1))
///     .actor(Actor::System("serve"))
///     .build()
///     .expect("small");
/// assert_eq!(Entry::from_bytes(entry.bytes()).expect("strict"), entry);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct EntryBuilder {
    kind: &'static str,
    origin: String,
    now: Timestamp,
    nonce: [u8; 16],
    actor: Actor,
    subjects: Vec<Commitment>,
    data: Map<String, Value>,
}

impl EntryBuilder {
    /// Begins an entry of this kind in the ledger with this origin. The actor is a visitor until
    /// [`Self::actor`] says otherwise.
    pub fn new(kind: &'static str, origin: &str, now: Timestamp, random: &dyn Random) -> Self {
        Self {
            kind,
            origin: origin.to_owned(),
            now,
            nonce: random.bytes(),
            actor: Actor::Visitor,
            subjects: Vec::new(),
            data: Map::new(),
        }
    }

    /// Who did it.
    pub const fn actor(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// Who did it: a person, by a commitment that only this entry has.
    pub fn actor_subject(self, salt: &Sensitive<[u8; 32]>, person: SubjectId) -> Self {
        let commitment = commit(&self.opening(salt), person);
        self.actor(Actor::Committed(commitment))
    }

    /// Whom it is about; once for each person.
    pub fn subject(mut self, salt: &Sensitive<[u8; 32]>, subject: SubjectId) -> Self {
        let commitment = commit(&self.opening(salt), subject);
        self.subjects.push(commitment);
        self
    }

    /// The particulars: nothing that tells who somebody is.
    pub fn data(mut self, data: Map<String, Value>) -> Self {
        self.data = data;
        self
    }

    /// The nonce of this entry.
    #[must_use]
    pub const fn nonce(&self) -> &[u8; 16] {
        &self.nonce
    }

    /// What a receipt needs to open the commitment of the subject with this salt.
    #[must_use]
    pub fn opening(&self, salt: &Sensitive<[u8; 32]>) -> Opening {
        opening(salt, &self.origin, &self.nonce)
    }

    /// The entry.
    ///
    /// # Errors
    /// When it would break a rule that [`Entry::from_bytes`] holds: length, words, depth, time.
    pub fn build(self) -> Result<Entry, EntryError> {
        let time = self.now.rfc3339();
        // Outside the calendar the text falls back to 1970; such an entry must not be made.
        if parse_time(&time).map(Timestamp::as_millis) != Some(self.now.as_millis()) {
            return Err(EntryError::Time);
        }
        let actor = match self.actor {
            Actor::System(name) => format!("{SYSTEM}{name}"),
            Actor::Committed(commitment) => commitment.to_string(),
            Actor::Visitor => VISITOR.to_owned(),
        };
        let subjects: Vec<String> = self.subjects.iter().map(ToString::to_string).collect();
        let written = Written {
            v: 1,
            t: &time,
            k: self.kind,
            n: &STANDARD.encode(self.nonce),
            a: &actor,
            s: &subjects,
            d: &self.data,
        };
        // What was written is read again with the strict reader: one set of rules.
        Entry::from_bytes(serde_json::to_vec(&written).map_err(EntryError::Json)?)
    }
}
