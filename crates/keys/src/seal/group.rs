//! The public side of one share epoch: the group key, and what each officer's partial results are held against.

use super::curve::{Point, lagrange};
use super::id::EpochId;
use super::record::GroupKey;
use base::Day;
use core::fmt;
use curve25519_dalek::RistrettoPoint;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thiserror::Error;

/// The fewest officers that may open something: with one, a single person would.
pub const THRESHOLD_MIN: u16 = 2;
/// The most officers.
pub const OFFICERS_MAX: u16 = 32;

/// Numbers that are no group of officers.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupError {
    /// Threshold and count do not fit each other.
    #[error("{threshold} of {count} officers is not possible: at least 2, at most {OFFICERS_MAX}")]
    Numbers {
        /// How many must agree.
        threshold: u16,
        /// How many there are.
        count: usize,
    },
    /// An officer's number is zero or too large.
    #[error("{officer} is not the number of an officer")]
    Officer {
        /// The number.
        officer: u16,
    },
    /// The verifying shares are not those of one secret under this group key and threshold.
    #[error("the verifying share of officer {officer} does not belong to this group key and threshold")]
    Inconsistent {
        /// The first whose share does not fit.
        officer: u16,
    },
    /// The last day lies before the first.
    #[error("the epoch ends before it begins")]
    Days,
}

/// The public side of one epoch in one generation of shares.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochGroup {
    key: Arc<GroupKey>,
    days: (Day, Day),
    threshold: u16,
    generation: u32,
    verifying: BTreeMap<u16, Point>,
}

impl fmt::Debug for EpochGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (threshold, count, generation) = (self.threshold, self.verifying.len(), self.generation);
        write!(f, "EpochGroup({:?}, {threshold} of {count}, generation {generation})", self.key)
    }
}

impl EpochGroup {
    /// Puts a group together, and checks that all verifying shares lie on one polynomial of degree k−1 whose
    /// constant is the group key: then any k officers open the same thing, and fewer nothing.
    ///
    /// # Errors
    /// When the numbers are not possible or a share does not fit.
    pub fn new(
        key: Arc<GroupKey>,
        days: (Day, Day),
        threshold: u16,
        generation: u32,
        verifying: BTreeMap<u16, Point>,
    ) -> Result<Self, GroupError> {
        check_numbers(threshold, verifying.len())?;
        if let Some(officer) = verifying.keys().copied().find(|i| !(1..=OFFICERS_MAX).contains(i)) {
            return Err(GroupError::Officer { officer });
        }
        if days.1 < days.0 {
            return Err(GroupError::Days);
        }
        let first: BTreeSet<u16> = verifying.keys().copied().take(usize::from(threshold)).collect();
        let at = |at: u16| {
            // In the order of the numbers, as in `first`; a list, for dalek wants both lengths in advance.
            let points: Vec<_> = verifying.values().take(first.len()).map(|point| *point.element()).collect();
            RistrettoPoint::vartime_multiscalar_mul(lagrange(&first, at), points)
        };
        if at(0) != *key.public().element() {
            let officer = first.first().copied().unwrap_or(0);
            return Err(GroupError::Inconsistent { officer });
        }
        for (officer, point) in verifying.iter().filter(|(officer, _)| !first.contains(officer)) {
            if at(*officer) != *point.element() {
                return Err(GroupError::Inconsistent { officer: *officer });
            }
        }
        Ok(Self { key, days, threshold, generation, verifying })
    }

    /// The group key.
    #[must_use]
    pub const fn key(&self) -> &Arc<GroupKey> {
        &self.key
    }

    /// The epoch.
    #[must_use]
    pub fn epoch(&self) -> EpochId {
        self.key.epoch()
    }

    /// The first and the last day, in UTC.
    #[must_use]
    pub const fn days(&self) -> (Day, Day) {
        self.days
    }

    /// How many officers open something together.
    #[must_use]
    pub const fn threshold(&self) -> u16 {
        self.threshold
    }

    /// How often the shares were refreshed.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The officers who hold a share.
    pub fn officers(&self) -> impl Iterator<Item = u16> + '_ {
        self.verifying.keys().copied()
    }

    /// An officer's verifying share.
    #[must_use]
    pub fn verifying(&self, officer: u16) -> Option<&Point> {
        self.verifying.get(&officer)
    }

    pub(crate) const fn all_verifying(&self) -> &BTreeMap<u16, Point> {
        &self.verifying
    }
}

pub(crate) fn check_numbers(threshold: u16, count: usize) -> Result<(), GroupError> {
    let possible =
        threshold >= THRESHOLD_MIN && count >= usize::from(threshold) && count <= usize::from(OFFICERS_MAX);
    if possible { Ok(()) } else { Err(GroupError::Numbers { threshold, count }) }
}
