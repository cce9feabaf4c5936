//! Receipts: a proof that a person can keep and check without the provider, as the text of a C2SP
//! tlog-proof (docs/formats/receipt.md).
//!
//! Invariants: a receipt has one spelling, so that what is parsed is written back byte for byte; the
//! verifier hashes the entry itself; nothing of a receipt is to be believed before
//! [`Receipt::verify`]. **The words are not authenticated**: a sum guards them against damage, not
//! against the one who made the receipt.

use crate::{
    checkpoint::{CHECKPOINT_BYTES_MAX, Checkpoint, CheckpointError, CosignedBy, SignedCheckpoint},
    commitment::Opening,
    entry::{Entry, EntryError},
    hash::{Hash, TREE_SIZE_MAX},
    key::{VerifyingKey, WitnessKey},
    proof::{InclusionProof, PROOF_HASHES_MAX, ProofError},
};
use base::SubjectId;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Longest receipt, in bytes.
pub const RECEIPT_BYTES_MAX: usize = 512 * 1024;
/// Longest words, in bytes.
pub const WORDS_BYTES_MAX: usize = 16 * 1024;
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Why a receipt proves nothing.
#[derive(Debug, Error)]
pub enum ReceiptError {
    /// Not the text of a receipt.
    #[error("not a receipt: {0}")]
    Malformed(&'static str),
    /// The entry in it is not an entry.
    #[error("the entry in the receipt is not a ledger entry")]
    Entry(#[from] EntryError),
    /// The checkpoint in it is not to be believed.
    #[error("the checkpoint in the receipt is not to be believed")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the ledger of the checkpoint.
    #[error("the receipt does not prove that the entry is in the ledger")]
    Proof(#[from] ProofError),
    /// The proof is of another size than the checkpoint.
    #[error("the proof is of size {proof}, the checkpoint of size {checkpoint}")]
    Size {
        /// The size of the proof.
        proof: u64,
        /// The size of the checkpoint.
        checkpoint: u64,
    },
    /// The entry is not about the subject.
    #[error("the entry in the receipt is not about the subject that the receipt names")]
    Subject,
    /// The words are too long.
    #[error("the words have {0} bytes; at most 16384 are allowed")]
    WordsTooLong(usize),
    /// The words were damaged.
    #[error("the words in the receipt were damaged")]
    Words,
}

/// A receipt; not to be believed before [`Self::verify`].
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    entry: Vec<u8>,
    opening: Opening,
    subject: SubjectId,
    words: String,
    index: u64,
    hashes: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    /// The entry, which is in the ledger.
    pub entry: Entry,
    /// Its place in the ledger.
    pub index: u64,
    /// The subject, whom the entry is about.
    pub subject_id: SubjectId,
    /// The checkpoint, signed by the ledger's key.
    pub checkpoint: Checkpoint,
    /// What the provider wrote beside it for the reader. **Proves nothing**: what is proved is in
    /// the entry.
    pub words: String,
    /// The known witnesses that have seen this checkpoint, with their times. When there are none,
    /// the provider can still have shown others another ledger.
    pub cosigned_by: Vec<CosignedBy>,
    /// Names under signatures of unknown keys, which prove nothing.
    pub unknown_signatures: Vec<String>,
}

/// The extra data, in the order in which it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    v: u8,
    entry: String,
    o: String,
    subject_id: SubjectId,
    words: String,
    sum: String,
}

impl Receipt {
    /// Makes a receipt for one of the subjects of an entry.
    ///
    /// # Errors
    /// When the entry is not about the subject, the proof is not that of the entry under the
    /// checkpoint, or the words are too long.
    pub fn build(
        entry: &Entry,
        opening: Opening,
        subject: SubjectId,
        words: &str,
        proof: InclusionProof,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, ReceiptError> {
        if words.len() > WORDS_BYTES_MAX {
            return Err(ReceiptError::WordsTooLong(words.len()));
        }
        let size = checkpoint.unverified().size;
        if proof.size != size {
            return Err(ReceiptError::Size { proof: proof.size, checkpoint: size });
        }
        let receipt = Self {
            entry: entry.bytes().to_vec(),
            opening,
            subject,
            words: words.to_owned(),
            index: proof.index,
            hashes: proof.hashes,
            checkpoint,
        };
        receipt.check_entry(entry)?;
        Ok(receipt)
    }

    /// The place in the ledger, **not verified**.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The checkpoint, **not verified**: its origin tells which key to look for.
    #[must_use]
    pub const fn unverified_checkpoint(&self) -> &Checkpoint {
        self.checkpoint.unverified()
    }

    /// Checks everything with the ledger's public key and those of the witnesses one trusts.
    ///
    /// # Errors
    /// When any of it is wrong; a wrong cosignature under a known key is wrong too.
    pub fn verify(
        &self,
        key: &VerifyingKey,
        witnesses: &[WitnessKey],
    ) -> Result<VerifiedReceipt, ReceiptError> {
        let checkpoint = self.checkpoint.verify(key)?.clone();
        let cosigned_by = self.checkpoint.cosigned_by(witnesses)?;
        let entry = Entry::from_bytes(self.entry.as_slice())?;
        self.check_entry(&entry)?;
        Ok(VerifiedReceipt {
            entry,
            index: self.index,
            subject_id: self.subject,
            checkpoint,
            words: self.words.clone(),
            cosigned_by,
            unknown_signatures: self.checkpoint.unknown_signatures(key, witnesses),
        })
    }

    /// That the entry is about the subject and stands under the checkpoint.
    fn check_entry(&self, entry: &Entry) -> Result<(), ReceiptError> {
        if !entry.subjects().iter().any(|commitment| commitment.opens(&self.opening, self.subject)) {
            return Err(ReceiptError::Subject);
        }
        let checkpoint = self.checkpoint.unverified();
        let proof = InclusionProof { index: self.index, size: checkpoint.size, hashes: self.hashes.clone() };
        Ok(proof.verify(entry.leaf_hash(), checkpoint.root)?)
    }

    /// The text, to be kept in a file `….tlog-proof`.
    ///
    /// # Panics
    /// Never: the parts are UTF-8 and can be written.
    #[must_use]
    pub fn to_text(&self) -> String {
        let extra = Extra {
            v: 1,
            entry: String::from_utf8_lossy(&self.entry).into_owned(),
            o: STANDARD.encode(self.opening.expose()),
            subject_id: self.subject,
            words: self.words.clone(),
            sum: sum(&self.words),
        };
        let extra = serde_json::to_vec(&extra).expect("texts and numbers can be written as JSON");
        let mut text = format!("{FIRST_LINE}\nextra {}\nindex {}\n", STANDARD.encode(extra), self.index);
        for hash in &self.hashes {
            text.push_str(&format!("{hash}\n"));
        }
        text.push('\n');
        text.push_str(&self.checkpoint.to_note());
        text
    }

    /// Reads a receipt. **Nothing of it is to be believed yet.**
    ///
    /// # Errors
    /// When the bytes are not a receipt in its one spelling, or parts are too long.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        use ReceiptError::Malformed;
        if bytes.len() > RECEIPT_BYTES_MAX {
            return Err(Malformed("too long"));
        }
        let text = core::str::from_utf8(bytes).map_err(|_| Malformed("not UTF-8"))?;
        let (proof, note) =
            text.split_once("\n\n").ok_or(Malformed("no empty line before the checkpoint"))?;
        if note.len() > CHECKPOINT_BYTES_MAX {
            return Err(Malformed("the checkpoint is too long"));
        }
        let mut lines = proof.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(Malformed("the first line"));
        }
        let extra =
            lines.next().and_then(|line| line.strip_prefix("extra ")).ok_or(Malformed("no extra data"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).ok_or(Malformed("no index"))?;
        let index: u64 = index.parse().map_err(|_| Malformed("the index"))?;
        if index >= TREE_SIZE_MAX {
            return Err(Malformed("the index"));
        }
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == PROOF_HASHES_MAX {
                return Err(Malformed("too many hashes"));
            }
            hashes.push(line.parse().map_err(|_| Malformed("a hash"))?);
        }
        let extra = Extra::parse(extra)?;
        let opening = STANDARD.decode(&extra.o).ok().and_then(|o| <[u8; 32]>::try_from(o).ok());
        let receipt = Self {
            entry: extra.entry.into_bytes(),
            opening: Opening::from_bytes(opening.ok_or(Malformed("the opening"))?),
            subject: extra.subject_id,
            words: extra.words,
            index,
            hashes,
            checkpoint: Checkpoint::parse(note.as_bytes())?,
        };
        // One spelling: base64, JSON, numbers and ids all have several, of which one is ours.
        if receipt.to_text() == text { Ok(receipt) } else { Err(Malformed("another spelling")) }
    }
}

impl Extra {
    fn parse(base64: &str) -> Result<Self, ReceiptError> {
        let malformed = ReceiptError::Malformed("the extra data");
        let Ok(json) = STANDARD.decode(base64) else { return Err(malformed) };
        let Ok(extra) = serde_json::from_slice::<Self>(&json) else { return Err(malformed) };
        if extra.v != 1 {
            return Err(malformed);
        }
        if extra.words.len() > WORDS_BYTES_MAX {
            return Err(ReceiptError::WordsTooLong(extra.words.len()));
        }
        if extra.sum != sum(&extra.words) {
            return Err(ReceiptError::Words);
        }
        Ok(extra)
    }
}

/// Guards against damage only: whoever changes the words can make the sum anew.
fn sum(words: &str) -> String {
    STANDARD.encode(Sha256::digest(words.as_bytes()))
}
