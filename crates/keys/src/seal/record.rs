//! Sealing: TDH2 as a key encapsulation (Shoup and Gennaro 2002, section 5; CRYPTO section 6). A node needs the
//! group key and nothing secret. Whoever holds a [`Record`] learns nothing of its [`BlockKey`] without k officers.
//!
//! The second power Ē and the proof that E and Ē hide one r are what makes it safe to answer for records that an
//! attacker chose; a proof of r alone would not be. So nothing is computed from a record before [`GroupKey::check`].

use super::curve::{self, CurveError, Point, hash_to_point, hash_to_scalar, parse_scalar, random_scalar};
use super::id::{EpochId, Line};
use super::label::{Block, BlockError, Label};
use base::{Random, Transcript, label};
use core::fmt;
use curve25519_dalek::ristretto::{RistrettoBasepointTable, VartimeRistrettoPrecomputation};
use curve25519_dalek::traits::VartimePrecomputedMultiscalarMul;
use curve25519_dalek::{RistrettoPoint, Scalar};
use hkdf::Hkdf;
use sha2::Sha256;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;

/// Bytes of a key record.
pub const RECORD_BYTES: usize = 1 + 1 + 16 + 4 * curve::BYTES + KEY_BYTES;

/// Why a key record was refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// Another length than a record has.
    #[error("a key record has {RECORD_BYTES} bytes, not {length}")]
    Length {
        /// The length found.
        length: usize,
    },
    /// Written by a newer program, or damaged.
    #[error("the key record has version {version}, this program reads version 1")]
    Version {
        /// The version found.
        version: u8,
    },
    /// Kind and part name no block.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A point or scalar is not canonical, or the identity.
    #[error("the key record holds bad bytes: {0}")]
    Curve(#[from] CurveError),
    /// The record is of another block than the label.
    #[error("the key record is of another block than the one asked for")]
    OtherBlock,
    /// The proof does not hold: another label or group key, or the record was changed.
    #[error("the proof of the key record does not hold under this label and group key")]
    Proof,
}

/// The key of one block: wiped when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct BlockKey([u8; KEY_BYTES]);

impl BlockKey {
    /// The 32 bytes, for the cipher of the block.
    #[must_use]
    pub const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockKey([withheld])")
    }
}

impl PartialEq for BlockKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for BlockKey {}

/// The public key of one share epoch, made ready for sealing and checking. It costs two tables of 30 KB, so
/// make it once and share it.
pub struct GroupKey {
    line: Line,
    epoch: EpochId,
    public: Point,
    public_table: RistrettoBasepointTable,
    gbar_table: RistrettoBasepointTable,
    gbar_vartime: VartimeRistrettoPrecomputation,
}

impl fmt::Debug for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupKey({} of epoch {})", hex::encode(self.public.bytes()), self.epoch)
    }
}

impl PartialEq for GroupKey {
    fn eq(&self, other: &Self) -> bool {
        (self.line, self.epoch, self.public) == (other.line, other.epoch, other.public)
    }
}

impl Eq for GroupKey {}

impl GroupKey {
    /// The group key of an epoch. Take it from a group document, never from a server's word.
    #[must_use]
    pub fn new(line: Line, epoch: EpochId, public: Point) -> Self {
        let gbar = hash_to_point(Transcript::new(label::SEAL_GBAR).bytes(public.bytes()));
        Self {
            line,
            epoch,
            public,
            public_table: RistrettoBasepointTable::create(public.element()),
            gbar_table: RistrettoBasepointTable::create(gbar.element()),
            gbar_vartime: VartimeRistrettoPrecomputation::new([gbar.element()]),
        }
    }

    /// The line of ceremonies.
    #[must_use]
    pub const fn line(&self) -> Line {
        self.line
    }

    /// The epoch.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// The public key.
    #[must_use]
    pub const fn public(&self) -> &Point {
        &self.public
    }

    /// Makes a fresh key for a block, and the record that opens it for the officers.
    #[must_use]
    pub fn seal(&self, label: &Label, random: &dyn Random) -> (Record, BlockKey) {
        // Zero comes up with odds of 2⁻²⁵²; such a record would not parse.
        self.seal_with(label, &random_scalar(random), &random_scalar(random))
    }

    pub(crate) fn seal_with(&self, label: &Label, r: &Scalar, s: &Scalar) -> (Record, BlockKey) {
        let encoded = label.encode(self.line, self.epoch, &self.public);
        let e = Point::of(RistrettoPoint::mul_base(r));
        let ebar = Point::of(r * &self.gbar_table);
        let w = Point::of(RistrettoPoint::mul_base(s));
        let wbar = Point::of(s * &self.gbar_table);
        let c = self.challenge(&encoded, &e, &ebar, &w, &wbar);
        let f = s + r * c;
        let z = Zeroizing::new((r * &self.public_table).compress().to_bytes());
        let (key, commit) = self.derive(&encoded, &e, &ebar, &z);
        (Record { block: label.block, e, ebar, c, f, commit }, key)
    }

    /// Checks the proof of a record under a label. Only what this gives can be answered or opened.
    ///
    /// # Errors
    /// When the record is of another block, or was not made for this label under this group key.
    pub fn check(self: &Arc<Self>, label: &Label, record: &Record) -> Result<Checked, RecordError> {
        if record.block != label.block {
            return Err(RecordError::OtherBlock);
        }
        let encoded = label.encode(self.line, self.epoch, &self.public);
        // All of this is public, so variable time is fine. The challenge is in the record instead of W and W̄
        // (178 bytes, not 242); the price is that records cannot be checked as one batch.
        let minus_c = -record.c;
        let w = RistrettoPoint::vartime_double_scalar_mul_basepoint(&minus_c, record.e.element(), &record.f);
        let wbar =
            self.gbar_vartime.vartime_mixed_multiscalar_mul([record.f], [minus_c], [record.ebar.element()]);
        let (w, wbar) = (Point::of(w), Point::of(wbar));
        if self.challenge(&encoded, &record.e, &record.ebar, &w, &wbar) != record.c {
            return Err(RecordError::Proof);
        }
        Ok(Checked { key: Arc::clone(self), label: *label, encoded, record: record.clone() })
    }

    fn challenge(&self, label: &[u8], e: &Point, ebar: &Point, w: &Point, wbar: &Point) -> Scalar {
        hash_to_scalar(
            Transcript::new(label::SEAL_CT)
                .bytes(self.public.bytes())
                .bytes(label)
                .bytes(e.bytes())
                .bytes(w.bytes())
                .bytes(ebar.bytes())
                .bytes(wbar.bytes()),
        )
    }

    /// K ‖ commit from Z. The commitment makes a wrong Z, and a second key for one record, visible before
    /// anything is decrypted: the cipher itself does not commit to its key.
    fn derive(&self, label: &[u8], e: &Point, ebar: &Point, z: &[u8; 32]) -> (BlockKey, [u8; KEY_BYTES]) {
        let info = Transcript::new(label::SEAL_KEY)
            .bytes(self.public.bytes())
            .bytes(e.bytes())
            .bytes(ebar.bytes())
            .bytes(label)
            .finish();
        let mut out = Zeroizing::new([0u8; 2 * KEY_BYTES]);
        Hkdf::<Sha256>::new(Some(label::SEAL.as_bytes()), z)
            .expand(&info, out.as_mut_slice())
            .expect("64 bytes is a length HKDF gives");
        let (mut key, mut commit) = (BlockKey([0; KEY_BYTES]), [0; KEY_BYTES]);
        key.0.copy_from_slice(&out[..KEY_BYTES]);
        commit.copy_from_slice(&out[KEY_BYTES..]);
        (key, commit)
    }
}

/// A key record: what the key object of a segment holds for one block (docs/formats/key-record.md).
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    block: Block,
    e: Point,
    ebar: Point,
    c: Scalar,
    f: Scalar,
    commit: [u8; KEY_BYTES],
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({:?})", self.block)
    }
}

impl Record {
    /// Reads a record. The proof is not checked: that needs the label ([`GroupKey::check`]).
    ///
    /// # Errors
    /// When length, version, block, points or scalars are not those of a record.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        let bytes: &[u8; RECORD_BYTES] =
            bytes.try_into().map_err(|_| RecordError::Length { length: bytes.len() })?;
        if bytes[0] != VERSION {
            return Err(RecordError::Version { version: bytes[0] });
        }
        let mut part = [0; 16];
        part.copy_from_slice(&bytes[2..18]);
        let block = Block::parse(bytes[1], part)?;
        let field = |at: usize| {
            let mut field = [0; 32];
            field.copy_from_slice(&bytes[18 + 32 * at..][..32]);
            field
        };
        Ok(Self {
            block,
            e: Point::parse(&field(0))?,
            ebar: Point::parse(&field(1))?,
            c: parse_scalar(field(2))?,
            f: parse_scalar(field(3))?,
            commit: field(4),
        })
    }

    /// The record's bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; RECORD_BYTES] {
        let mut out = [0; RECORD_BYTES];
        out[..2].copy_from_slice(&[VERSION, self.block.kind()]);
        out[2..18].copy_from_slice(&self.block.part());
        let fields = [*self.e.bytes(), *self.ebar.bytes(), self.c.to_bytes(), self.f.to_bytes(), self.commit];
        for (at, field) in fields.iter().enumerate() {
            out[18 + 32 * at..][..32].copy_from_slice(field);
        }
        out
    }

    /// The block it is of.
    #[must_use]
    pub const fn block(&self) -> Block {
        self.block
    }
}

/// A record whose proof holds under its label.
#[derive(Clone)]
pub struct Checked {
    key: Arc<GroupKey>,
    label: Label,
    encoded: Vec<u8>,
    record: Record,
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checked({:?})", self.label)
    }
}

impl Checked {
    /// The group key it was checked under.
    #[must_use]
    pub fn key(&self) -> &GroupKey {
        &self.key
    }

    /// Its label.
    #[must_use]
    pub const fn label(&self) -> &Label {
        &self.label
    }

    /// `L`.
    pub(crate) fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    pub(crate) const fn e(&self) -> &Point {
        &self.record.e
    }

    pub(crate) const fn ebar(&self) -> &Point {
        &self.record.ebar
    }

    /// The key that belongs to Z, if Z is what the node committed to.
    pub(crate) fn key_from(&self, z: &[u8; 32]) -> Option<BlockKey> {
        let (key, commit) = self.key.derive(&self.encoded, &self.record.e, &self.record.ebar, z);
        bool::from(commit.ct_eq(&self.record.commit)).then_some(key)
    }
}
