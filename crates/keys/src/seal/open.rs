//! Opening: partial results are checked, and k of them combine to the key of a block. The secret key of the group
//! is never put together, here or anywhere.

use super::curve::lagrange;
use super::group::EpochGroup;
use super::id::RequestHash;
use super::partial::{Cause, Claim, Partial, PartialError};
use super::record::{BlockKey, Checked};
use curve25519_dalek::RistrettoPoint;
use curve25519_dalek::traits::MultiscalarMul;
use std::collections::BTreeMap;
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a block did not open.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CombineError {
    /// Two partial results of one officer.
    #[error("officer {officer} is there twice")]
    Twice {
        /// Whose.
        officer: u16,
    },
    /// Not enough good partial results.
    #[error("{} of {needed} needed partial results are good, {} were refused", .good.len(), .refused.len())]
    TooFew {
        /// The officers whose were good.
        good: Vec<u16>,
        /// How many are needed.
        needed: u16,
        /// Why the others were refused.
        refused: Vec<PartialError>,
    },
    /// All proofs hold, and still the key is not the one that the record commits to.
    #[error("the record does not hold the key it commits to: the node that sealed it lied")]
    Commitment,
}

/// A block's key, and what was refused on the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The key.
    pub key: BlockKey,
    /// Partial results that were not used, each naming its officer. Somebody should be asked about them.
    pub refused: Vec<PartialError>,
}

impl EpochGroup {
    /// Checks one partial result for one record under one request.
    ///
    /// # Errors
    /// Names the officer and what is wrong. A proof that does not hold is [`Cause::Forged`] here, as there is
    /// nothing else to hold it against; [`Self::verify_answer`] tells more.
    pub fn verify(
        &self,
        checked: &Checked,
        request: RequestHash,
        partial: &Partial,
    ) -> Result<(), PartialError> {
        let (officer, epoch) = (partial.officer, self.epoch());
        if checked.key() != &**self.key() {
            return Err(PartialError::OtherGroup { found: checked.key().epoch(), expected: epoch });
        }
        let verifying = self.verifying(officer).ok_or(PartialError::UnknownOfficer { officer, epoch })?;
        if partial.generation != self.generation() {
            let (found, expected) = (partial.generation, self.generation());
            return Err(PartialError::OtherGeneration { officer, found, expected });
        }
        let claim = Claim { officer, generation: self.generation(), request };
        if claim.holds(checked, verifying, &partial.u, partial) {
            return Ok(());
        }
        Err(PartialError::Proof { officer, cause: Cause::Forged })
    }

    /// Checks an officer's whole answer: one partial result for each record, in the same order. The result has one
    /// verdict for each. `others` are groups whose shares the officer also holds or held, to tell what a refused
    /// one really is.
    #[must_use]
    pub fn verify_answer(
        &self,
        records: &[Checked],
        request: RequestHash,
        partials: &[Partial],
        others: &[&Self],
    ) -> Vec<Result<(), PartialError>> {
        let mut told = 0;
        let verdict = |(place, (checked, partial))| match self.verify(checked, request, partial) {
            Err(PartialError::Proof { officer, .. }) => {
                told += 1;
                let cause = if told <= DIAGNOSED_MAX {
                    self.cause(records, request, partials, others, place)
                } else {
                    Cause::Forged
                };
                Err(PartialError::Proof { officer, cause })
            }
            verdict => verdict,
        };
        records.iter().zip(partials).enumerate().map(verdict).collect()
    }

    /// What the partial result at a place really is. Each guess is a proof that holds, so a cause that is named is
    /// certain (up to forging the proof).
    fn cause(
        &self,
        records: &[Checked],
        request: RequestHash,
        partials: &[Partial],
        others: &[&Self],
        place: usize,
    ) -> Cause {
        let (Some(partial), Some(checked)) = (partials.get(place), records.get(place)) else {
            return Cause::Forged;
        };
        let Some(verifying) = self.verifying(partial.officer) else { return Cause::Forged };
        let claim = Claim { officer: partial.officer, generation: partial.generation, request };
        for (officer, verifying) in self.all_verifying() {
            if (Claim { officer: *officer, ..claim }).holds(checked, verifying, &partial.u, partial) {
                return Cause::OtherOfficer { officer: *officer };
            }
        }
        for other in others {
            let Some(verifying) = other.verifying(partial.officer) else { continue };
            for generation in [partial.generation, other.generation()] {
                if (Claim { generation, ..claim }).holds(checked, verifying, &partial.u, partial) {
                    return if other.epoch() == self.epoch() {
                        Cause::FalseGeneration { generation: other.generation() }
                    } else {
                        Cause::OtherEpoch { epoch: other.epoch() }
                    };
                }
            }
        }
        for (place, other) in records.iter().enumerate() {
            if claim.holds(other, verifying, &partial.u, partial) {
                return Cause::OtherLabel { place };
            }
        }
        for (place, other) in partials.iter().enumerate() {
            if other.u != partial.u && claim.holds(checked, verifying, &other.u, partial) {
                return Cause::SwappedPoint { place };
            }
        }
        Cause::Forged
    }

    /// The key of a block, from partial results of at least k officers. Every one is checked first, and bad ones
    /// do not stand in the way while k good ones are left.
    ///
    /// # Errors
    /// When an officer is there twice, fewer than k are good, or the record does not hold what it commits to.
    pub fn combine(
        &self,
        checked: &Checked,
        request: RequestHash,
        partials: &[Partial],
    ) -> Result<Opened, CombineError> {
        let mut seen = BTreeMap::new();
        let mut refused = Vec::new();
        for partial in partials {
            let verdict = self.verify(checked, request, partial);
            if seen.insert(partial.officer, verdict.is_ok().then_some(partial)).is_some() {
                return Err(CombineError::Twice { officer: partial.officer });
            }
            refused.extend(verdict.err());
        }
        let good: BTreeMap<u16, &Partial> =
            seen.into_iter().filter_map(|(officer, partial)| Some((officer, partial?))).collect();
        if good.len() < usize::from(self.threshold()) {
            let good = good.into_keys().collect();
            return Err(CombineError::TooFew { good, needed: self.threshold(), refused });
        }
        let used: BTreeMap<u16, &Partial> = good.into_iter().take(usize::from(self.threshold())).collect();
        let key = combine_unchecked(checked, &used).ok_or(CombineError::Commitment)?;
        Ok(Opened { key, refused })
    }
}

/// How many refused partial results of one answer are looked into: each costs up to two proofs for each label, and
/// whoever sends 20,000 bad ones has said enough with the first.
pub(crate) const DIAGNOSED_MAX: usize = 8;

/// Z = Σ λ_i·U_i, and the key if it is the one committed to.
pub(crate) fn combine_unchecked(checked: &Checked, partials: &BTreeMap<u16, &Partial>) -> Option<BlockKey> {
    let numbers = partials.keys().copied().collect();
    let points = partials.values().map(|partial| *partial.u.element());
    // Constant time: Z is what everything here protects.
    let z = RistrettoPoint::multiscalar_mul(lagrange(&numbers, 0), points);
    checked.key_from(&Zeroizing::new(z.compress().to_bytes()))
}
