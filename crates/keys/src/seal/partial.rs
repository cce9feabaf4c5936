//! Partial results: what one officer's program answers for one checked record, with a proof that it used that
//! officer's share on that record, for that label, under that request and in that generation.

use super::curve::{self, CurveError, Point, hash_to_scalar, parse_scalar};
use super::group::EpochGroup;
use super::id::{EpochId, RequestHash};
use super::record::Checked;
use base::{Random, Transcript, label};
use core::fmt;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of a partial result.
pub const PARTIAL_BYTES: usize = 2 + 4 + 3 * curve::BYTES;

/// Why a share cannot be used.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShareError {
    /// Not a canonical scalar.
    #[error("the share is damaged: {0}")]
    Curve(#[from] CurveError),
    /// The group has no such officer.
    #[error("officer {officer} holds no share of epoch {epoch}")]
    UnknownOfficer {
        /// The number.
        officer: u16,
        /// The epoch.
        epoch: EpochId,
    },
    /// The share is not the one that the group document names.
    #[error("the share of officer {officer} is not the one of epoch {epoch} in generation {generation}")]
    OtherShare {
        /// The number.
        officer: u16,
        /// The epoch.
        epoch: EpochId,
        /// The generation.
        generation: u32,
    },
    /// The record was sealed under another group key.
    #[error("the record belongs to epoch {found}, the share to epoch {expected}")]
    OtherEpoch {
        /// The record's epoch.
        found: EpochId,
        /// The share's epoch.
        expected: EpochId,
    },
}

/// What a partial result that was refused really is, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Nothing it was held against fits: forged, damaged, of another request or another generation.
    Forged,
    /// It answers another label of the same request, at this place in the list.
    OtherLabel {
        /// The place, from 0.
        place: usize,
    },
    /// The proof is right for the point at this place in the list: somebody swapped points.
    SwappedPoint {
        /// The place, from 0.
        place: usize,
    },
    /// It is the work of another officer.
    OtherOfficer {
        /// Whose.
        officer: u16,
    },
    /// It was made with the officer's share of another epoch.
    OtherEpoch {
        /// Which.
        epoch: EpochId,
    },
    /// It was made with a share of another generation, under a false number.
    FalseGeneration {
        /// Which.
        generation: u32,
    },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forged => f.write_str("forged, or of another request"),
            Self::OtherLabel { place } => write!(f, "it belongs to label {place} of the request"),
            Self::SwappedPoint { place } => write!(f, "its point was swapped with that of label {place}"),
            Self::OtherOfficer { officer } => write!(f, "it is the work of officer {officer}"),
            Self::OtherEpoch { epoch } => write!(f, "it was made with the share of epoch {epoch}"),
            Self::FalseGeneration { generation } => {
                write!(f, "it was made with the share of generation {generation}")
            }
        }
    }
}

/// Why a partial result was refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartialError {
    /// Another length than a partial result has.
    #[error("a partial result has {PARTIAL_BYTES} bytes, not {length}")]
    Length {
        /// The length found.
        length: usize,
    },
    /// A point or scalar is not canonical, or the identity.
    #[error("the partial result holds bad bytes: {0}")]
    Curve(#[from] CurveError),
    /// The group has no such officer.
    #[error("officer {officer} holds no share of epoch {epoch}")]
    UnknownOfficer {
        /// The number.
        officer: u16,
        /// The epoch.
        epoch: EpochId,
    },
    /// Shares of different generations do not combine.
    #[error("officer {officer} answered with a share of generation {found}, expected {expected}")]
    OtherGeneration {
        /// The officer.
        officer: u16,
        /// The generation in the partial result.
        found: u32,
        /// The generation of the group.
        expected: u32,
    },
    /// The record was checked under another group key.
    #[error("the record belongs to epoch {found}, the group to epoch {expected}")]
    OtherGroup {
        /// The record's epoch.
        found: EpochId,
        /// The group's epoch.
        expected: EpochId,
    },
    /// The proof does not hold.
    #[error("the partial result of officer {officer} is refused: {cause}")]
    Proof {
        /// The officer.
        officer: u16,
        /// What it really is.
        cause: Cause,
    },
}

/// An officer's partial result for one record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Partial {
    pub(crate) officer: u16,
    pub(crate) generation: u32,
    pub(crate) u: Point,
    pub(crate) c: Scalar,
    pub(crate) f: Scalar,
}

impl fmt::Debug for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // k of them together are the key of a block, so the point stays out.
        write!(f, "Partial(officer {}, generation {})", self.officer, self.generation)
    }
}

impl Partial {
    /// Reads a partial result; the proof is not checked.
    ///
    /// # Errors
    /// When length, point or scalars are not those of a partial result.
    pub fn parse(bytes: &[u8]) -> Result<Self, PartialError> {
        let bytes: &[u8; PARTIAL_BYTES] =
            bytes.try_into().map_err(|_| PartialError::Length { length: bytes.len() })?;
        let field = |at: usize| {
            let mut field = [0; 32];
            field.copy_from_slice(&bytes[6 + 32 * at..][..32]);
            field
        };
        Ok(Self {
            officer: u16::from_be_bytes([bytes[0], bytes[1]]),
            generation: u32::from_be_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]),
            u: Point::parse(&field(0))?,
            c: parse_scalar(field(1))?,
            f: parse_scalar(field(2))?,
        })
    }

    /// Its bytes. They are secret towards everybody but the session that asked: k of them open the block.
    #[must_use]
    pub fn bytes(&self) -> Zeroizing<[u8; PARTIAL_BYTES]> {
        let mut out = Zeroizing::new([0; PARTIAL_BYTES]);
        out[..2].copy_from_slice(&self.officer.to_be_bytes());
        out[2..6].copy_from_slice(&self.generation.to_be_bytes());
        out[6..38].copy_from_slice(self.u.bytes());
        out[38..70].copy_from_slice(&self.c.to_bytes());
        out[70..].copy_from_slice(&self.f.to_bytes());
        out
    }

    /// Whose it is.
    #[must_use]
    pub const fn officer(&self) -> u16 {
        self.officer
    }

    /// The generation of the share.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }
}

/// One officer's secret share of one epoch: wiped when dropped, never printed.
pub struct OfficerShare {
    group: Arc<EpochGroup>,
    officer: u16,
    x: Zeroizing<Scalar>,
}

impl fmt::Debug for OfficerShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficerShare(officer {} of {:?}, [withheld])", self.officer, self.group)
    }
}

impl OfficerShare {
    /// A share from its bytes, held against the group document.
    ///
    /// # Errors
    /// When it is damaged, or not the share that the document names.
    pub fn new(
        group: Arc<EpochGroup>,
        officer: u16,
        bytes: &Zeroizing<[u8; 32]>,
    ) -> Result<Self, ShareError> {
        let epoch = group.epoch();
        let verifying = group.verifying(officer).ok_or(ShareError::UnknownOfficer { officer, epoch })?;
        let x = Zeroizing::new(parse_scalar(**bytes)?);
        let own = RistrettoPoint::mul_base(&x).compress();
        if !bool::from(own.as_bytes().ct_eq(verifying.bytes())) {
            return Err(ShareError::OtherShare { officer, epoch, generation: group.generation() });
        }
        Ok(Self { group, officer, x })
    }

    /// The group it belongs to.
    #[must_use]
    pub const fn group(&self) -> &Arc<EpochGroup> {
        &self.group
    }

    /// Whose share it is.
    #[must_use]
    pub const fn officer(&self) -> u16 {
        self.officer
    }

    pub(crate) fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.x.to_bytes())
    }

    /// The officer's answer for one record.
    ///
    /// # Errors
    /// When the record was sealed under another group key.
    pub fn answer(
        &self,
        checked: &Checked,
        request: RequestHash,
        random: &dyn Random,
    ) -> Result<Partial, ShareError> {
        if checked.key() != &**self.group.key() {
            let (found, expected) = (checked.key().epoch(), self.group.epoch());
            return Err(ShareError::OtherEpoch { found, expected });
        }
        Ok(self.answer_with(checked, request, &self.nonce(checked, request, random)))
    }

    pub(crate) fn answer_with(&self, checked: &Checked, request: RequestHash, w: &Scalar) -> Partial {
        let u = Point::of(*self.x * checked.e().element());
        let a = Point::of(w * checked.e().element());
        let d = Point::of(RistrettoPoint::mul_base(w));
        let claim = Claim { officer: self.officer, generation: self.group.generation(), request };
        let verifying = self.group.verifying(self.officer).expect("`new` found the officer in this group");
        let c = claim.challenge(checked, verifying, &u, &a, &d);
        let f = w + *self.x * c;
        Partial { officer: self.officer, generation: self.group.generation(), u, c, f }
    }

    /// The proof's nonce. Two proofs under one nonce give the share away, and a program can be restored from a
    /// snapshot or have a weak source: so the nonce is hashed from the share, the question and fresh bytes (as
    /// Ed25519 does without the fresh bytes, RFC 8032 section 5.1.6) and repeats only where the proof does.
    fn nonce(&self, checked: &Checked, request: RequestHash, random: &dyn Random) -> Zeroizing<Scalar> {
        let mut fresh = Zeroizing::new([0u8; 32]);
        random.fill(fresh.as_mut_slice());
        let question = Transcript::new(label::SEAL_NONCE)
            .bytes(request.bytes())
            .bytes(checked.encoded())
            .u16(self.officer)
            .u32(self.group.generation())
            .bytes(checked.e().bytes())
            .bytes(checked.ebar().bytes())
            .finish();
        // Secrets first: the transcript has room for them without moving, so no copy is left behind.
        let transcript = Transcript::new(label::SEAL_NONCE)
            .bytes(self.secret().as_slice())
            .bytes(fresh.as_slice())
            .bytes(&Sha256::digest(&question));
        Zeroizing::new(hash_to_scalar(transcript))
    }
}

/// What a proof is about, beside the record and the point.
#[derive(Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) officer: u16,
    pub(crate) generation: u32,
    pub(crate) request: RequestHash,
}

impl Claim {
    fn challenge(&self, checked: &Checked, verifying: &Point, u: &Point, a: &Point, d: &Point) -> Scalar {
        hash_to_scalar(
            Transcript::new(label::SEAL_PART)
                .bytes(checked.key().public().bytes())
                .bytes(self.request.bytes())
                .bytes(checked.encoded())
                .u16(self.officer)
                .u32(self.generation)
                .bytes(checked.e().bytes())
                .bytes(checked.ebar().bytes())
                .bytes(verifying.bytes())
                .bytes(u.bytes())
                .bytes(a.bytes())
                .bytes(d.bytes()),
        )
    }

    /// Whether the proof (c, f) shows that u is the share behind `verifying`, times E.
    pub(crate) fn holds(&self, checked: &Checked, verifying: &Point, u: &Point, partial: &Partial) -> bool {
        // Public values; the challenge form again rules out checking a batch as one.
        let minus_c = -partial.c;
        let a = RistrettoPoint::vartime_multiscalar_mul(
            [partial.f, minus_c],
            [checked.e().element(), u.element()],
        );
        let d =
            RistrettoPoint::vartime_double_scalar_mul_basepoint(&minus_c, verifying.element(), &partial.f);
        self.challenge(checked, verifying, u, &Point::of(a), &Point::of(d)) == partial.c
    }
}

#[cfg(test)]
impl OfficerShare {
    /// A share that the document does not name: a forgery.
    pub(crate) fn forced(group: Arc<EpochGroup>, officer: u16, bytes: &Zeroizing<[u8; 32]>) -> Self {
        let x = Zeroizing::new(parse_scalar(**bytes).expect("a scalar"));
        Self { group, officer, x }
    }

    /// An answer whose proof is made for another verifying share.
    pub(crate) fn answer_as(
        &self,
        checked: &Checked,
        request: RequestHash,
        verifying: &Point,
        random: &dyn Random,
    ) -> Partial {
        let w = curve::random_scalar(random);
        let u = Point::of(*self.x * checked.e().element());
        let (a, d) = (Point::of(*w * checked.e().element()), Point::of(RistrettoPoint::mul_base(&w)));
        let claim = Claim { officer: self.officer, generation: self.group.generation(), request };
        let c = claim.challenge(checked, verifying, &u, &a, &d);
        Partial { officer: self.officer, generation: claim.generation, u, c, f: *w + *self.x * c }
    }
}
