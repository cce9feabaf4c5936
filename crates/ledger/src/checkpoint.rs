//! Checkpoints (C2SP tlog-checkpoint) in signed notes, and cosignatures of witnesses
//! (C2SP tlog-cosignature, Ed25519). See docs/formats/checkpoint.md.
//!
//! Invariants: what [`Checkpoint::parse`] accepts has one spelling, so that the text is rebuilt byte
//! for byte; nothing of it is to be believed before [`SignedCheckpoint::verify`]. Signatures of
//! unknown keys are allowed and ignored, as C2SP requires; a wrong signature under a known key is an
//! error.

use crate::{
    hash::{Hash, TREE_SIZE_MAX, TreeHead},
    key::{SigningKey, VerifyingKey, WitnessKey, WitnessSigningKey},
    origin::Origin,
};
use base::Timestamp;
use signed_note::Signature;
use std::collections::BTreeSet;
use thiserror::Error;

/// Longest signed checkpoint, in bytes.
pub const CHECKPOINT_BYTES_MAX: usize = 64 * 1024;
/// Most signatures under one checkpoint (C2SP asks for at least 16).
const SIGNATURES_MAX: usize = 32;

/// Why a checkpoint is not to be believed.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum CheckpointError {
    /// Not the text of a signed checkpoint.
    #[error("not a signed checkpoint: {0}")]
    Malformed(&'static str),
    /// Of another ledger or generation.
    #[error("the checkpoint is of {found}, not of {expected}")]
    Origin {
        /// The origin in the checkpoint.
        found: Origin,
        /// The origin of the key.
        expected: Origin,
    },
    /// The ledger's key has not signed it.
    #[error("the checkpoint is not signed by the ledger's key")]
    Unsigned,
    /// A signature under a known key is wrong.
    #[error("the signature of {0} is wrong")]
    Signature(String),
    /// The cosignature is of another checkpoint.
    #[error("the cosignature does not belong to this checkpoint")]
    Cosignature,
}

/// The head of a ledger at one moment: what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger.
    pub origin: Origin,
    /// Number of entries.
    pub size: u64,
    /// Root hash over all of them.
    pub root: Hash,
}

impl Checkpoint {
    /// The checkpoint of a ledger at a head.
    #[must_use]
    pub const fn new(origin: Origin, head: TreeHead) -> Self {
        Self { origin, size: head.size, root: head.root }
    }

    /// Size and root.
    #[must_use]
    pub const fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// The text that is signed: three lines.
    #[must_use]
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads a signed checkpoint. **It is not to be believed yet**: see [`SignedCheckpoint::verify`].
    ///
    /// # Errors
    /// When the bytes are not a signed checkpoint without extension lines, in its one spelling.
    pub fn parse(note: &[u8]) -> Result<SignedCheckpoint, CheckpointError> {
        use CheckpointError::Malformed;
        if note.len() > CHECKPOINT_BYTES_MAX {
            return Err(Malformed("too long"));
        }
        let text = core::str::from_utf8(note).map_err(|_| Malformed("not UTF-8"))?;
        let (body, lines) =
            text.rsplit_once("\n\n").ok_or(Malformed("no empty line before the signatures"))?;
        let body = format!("{body}\n");
        let checkpoint = Self::parse_body(&body)?;
        let lines = lines.strip_suffix('\n').ok_or(Malformed("no line break at the end"))?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == SIGNATURES_MAX {
                return Err(Malformed("too many signatures"));
            }
            let signature =
                Signature::from_bytes(line.as_bytes()).map_err(|_| Malformed("a signature line"))?;
            if signature.name().chars().any(char::is_control) || line_of(&signature) != line {
                return Err(Malformed("a signature line"));
            }
            signatures.push(signature);
        }
        let mut seen = BTreeSet::new();
        if !signatures.iter().all(|s| seen.insert((s.name(), s.id()))) {
            return Err(Malformed("two signatures of one key"));
        }
        Ok(SignedCheckpoint { checkpoint, signatures })
    }

    fn parse_body(body: &str) -> Result<Self, CheckpointError> {
        use CheckpointError::Malformed;
        let parsed = tlog_tiles::Checkpoint::from_bytes(body.as_bytes())
            .map_err(|_| Malformed("origin, size or root"))?;
        let checkpoint = Self {
            origin: parsed.origin().parse().map_err(|_| Malformed("the origin"))?,
            size: parsed.size(),
            root: Hash::from_tlog(*parsed.hash()),
        };
        if checkpoint.size > TREE_SIZE_MAX {
            return Err(Malformed("the size"));
        }
        if checkpoint.body() != body {
            return Err(Malformed("extension lines, or another spelling"));
        }
        Ok(checkpoint)
    }

    /// Signs without any check of what was signed before. Only [`crate::Signer`] may do that.
    pub(crate) fn sign(self, key: &SigningKey) -> Result<SignedCheckpoint, CheckpointError> {
        if self.origin != *key.origin() {
            return Err(CheckpointError::Origin { found: self.origin, expected: key.origin().clone() });
        }
        let public = key.verifying_key();
        let bytes = key.sign(self.body().as_bytes()).to_vec();
        let signature = Signature::new(self.origin.to_string(), public.key_id(), bytes)
            .map_err(|_| CheckpointError::Malformed("the origin"))?;
        let signed = SignedCheckpoint { checkpoint: self, signatures: vec![signature] };
        // A fault in memory while signing would give the key away or a note that nobody accepts.
        signed.verify(&public)?;
        Ok(signed)
    }
}

/// A checkpoint with its signatures, as published.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    signatures: Vec<Signature>,
}

/// A witness whose cosignature was verified, and when it says it cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedBy {
    /// The witness.
    pub name: String,
    /// The time in the cosignature, which is the witness's and not the provider's.
    pub time: Timestamp,
}

/// A cosignature, to be added to the checkpoint it was made for.
#[derive(Debug, Clone, PartialEq)]
pub struct Cosignature(Signature);

impl SignedCheckpoint {
    /// The checkpoint, **not verified**.
    #[must_use]
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint, after the ledger's signature was checked.
    ///
    /// # Errors
    /// When it is of another ledger, not signed by the key, or wrongly signed.
    pub fn verify(&self, key: &VerifyingKey) -> Result<&Checkpoint, CheckpointError> {
        if self.checkpoint.origin != *key.origin() {
            return Err(CheckpointError::Origin {
                found: self.checkpoint.origin.clone(),
                expected: key.origin().clone(),
            });
        }
        let signature =
            self.signature(key.origin().as_str(), key.key_id()).ok_or(CheckpointError::Unsigned)?;
        if !key.verify(self.checkpoint.body().as_bytes(), signature.signature()) {
            return Err(CheckpointError::Signature(key.origin().to_string()));
        }
        Ok(&self.checkpoint)
    }

    /// Reads and verifies.
    ///
    /// # Errors
    /// As [`Checkpoint::parse`] and [`Self::verify`].
    pub fn open(note: &[u8], key: &VerifyingKey) -> Result<Self, CheckpointError> {
        let signed = Checkpoint::parse(note)?;
        signed.verify(key)?;
        Ok(signed)
    }

    /// The known witnesses that have cosigned.
    ///
    /// # Errors
    /// When a cosignature under one of these keys is wrong.
    pub fn cosigned_by(&self, witnesses: &[WitnessKey]) -> Result<Vec<CosignedBy>, CheckpointError> {
        let mut found = Vec::new();
        for witness in witnesses {
            let Some(signature) = self.signature(witness.name(), witness.key_id()) else { continue };
            let time = cosignature_time(&self.checkpoint, witness, signature.signature())
                .ok_or_else(|| CheckpointError::Signature(witness.name().to_owned()))?;
            found.push(CosignedBy { name: witness.name().to_owned(), time });
        }
        Ok(found)
    }

    /// The names under signatures of keys other than these: nothing is known about them.
    #[must_use]
    pub fn unknown_signatures(&self, key: &VerifyingKey, witnesses: &[WitnessKey]) -> Vec<String> {
        let known = |s: &&Signature| {
            (s.name() == key.origin().as_str() && s.id() == key.key_id())
                || witnesses.iter().any(|w| s.name() == w.name() && s.id() == w.key_id())
        };
        self.signatures.iter().filter(|s| !known(s)).map(|s| s.name().to_owned()).collect()
    }

    /// Cosigns as a witness. The witness must first have verified the checkpoint and its
    /// consistency with the last one it has seen: a cosignature says exactly that.
    ///
    /// # Errors
    /// When the time is before 1970.
    pub fn cosign(&self, key: &WitnessSigningKey, now: Timestamp) -> Result<Cosignature, CheckpointError> {
        let public = key.verifying_key();
        let time = u64::try_from(now.as_seconds()).map_err(|_| CheckpointError::Cosignature)?;
        let mut bytes = time.to_be_bytes().to_vec();
        bytes.extend_from_slice(&key.sign(&cosigned_message(&self.checkpoint, time)));
        Signature::new(public.name().to_owned(), public.key_id(), bytes)
            .map(Cosignature)
            .map_err(|_| CheckpointError::Cosignature)
    }

    /// Adds a cosignature of a known witness, in place of an older one of the same witness.
    ///
    /// # Errors
    /// When it is not a cosignature of this checkpoint by that witness, or there is no more room.
    pub fn add_cosignature(
        &mut self,
        cosignature: Cosignature,
        witness: &WitnessKey,
    ) -> Result<(), CheckpointError> {
        let new = cosignature.0;
        if new.name() != witness.name()
            || new.id() != witness.key_id()
            || cosignature_time(&self.checkpoint, witness, new.signature()).is_none()
        {
            return Err(CheckpointError::Cosignature);
        }
        self.signatures.retain(|old| (old.name(), old.id()) != (new.name(), new.id()));
        if self.signatures.len() == SIGNATURES_MAX {
            return Err(CheckpointError::Malformed("too many signatures"));
        }
        self.signatures.push(new);
        Ok(())
    }

    /// The text as published: the body, an empty line, the signatures.
    #[must_use]
    pub fn to_note(&self) -> String {
        let mut text = self.checkpoint.body();
        text.push('\n');
        for signature in &self.signatures {
            text.push_str(&line_of(signature));
            text.push('\n');
        }
        text
    }

    fn signature(&self, name: &str, id: u32) -> Option<&Signature> {
        self.signatures.iter().find(|s| s.name() == name && s.id() == id)
    }
}

impl Cosignature {
    /// Reads a signature line (without the line break), as a witness answers with.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(line: &str) -> Result<Self, CheckpointError> {
        let signature = Signature::from_bytes(line.as_bytes()).map_err(|_| CheckpointError::Cosignature)?;
        if signature.name().chars().any(char::is_control) || line_of(&signature) != line {
            return Err(CheckpointError::Cosignature);
        }
        Ok(Self(signature))
    }

    /// The signature line, without the line break.
    #[must_use]
    pub fn to_line(&self) -> String {
        line_of(&self.0)
    }
}

fn line_of(signature: &Signature) -> String {
    let bytes = signature.to_bytes();
    String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
}

fn cosigned_message(checkpoint: &Checkpoint, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{}", checkpoint.body()).into_bytes()
}

/// The time of a cosignature (u64 seconds ‖ 64 bytes) that is right; none when it is wrong.
fn cosignature_time(checkpoint: &Checkpoint, witness: &WitnessKey, bytes: &[u8]) -> Option<Timestamp> {
    let (time, signature) = bytes.split_first_chunk::<8>()?;
    let time = u64::from_be_bytes(*time);
    if !witness.verify(&cosigned_message(checkpoint, time), signature) {
        return None;
    }
    // C2SP allows times up to 2^63 - 1; those that a Timestamp cannot hold are held at its end.
    let seconds = i64::try_from(time).ok()?;
    Some(Timestamp::from_seconds(seconds.min(i64::MAX / 1_000_000)))
}
