//! Tests of the seal. Here a dealer makes the shares, so that a test can look at what nobody else ever has.

mod ceremony;
mod files;
mod opening;
mod people;
mod vectors;

use super::curve::{Point, random_scalar};
use super::{
    Block, Checked, EpochGroup, EpochId, GroupKey, Label, Line, NodeId, OfficerShare, RequestHash, SiteId,
};
use base::{Day, Random, SeededRandom};
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::sync::Arc;
use zeroize::Zeroizing;

pub(crate) const REQUEST: RequestHash = RequestHash::from_bytes([5; 32]);

pub(crate) fn label(seq: u32) -> Label {
    Label {
        day: Day::from_number(20_779),
        node: NodeId::from_bytes([3; 16]),
        seq,
        block: Block::Rows(SiteId::from_bytes([4; 16])),
    }
}

/// A group whose shares a dealer made.
pub(crate) struct Dealt {
    pub(crate) group: Arc<EpochGroup>,
    pub(crate) shares: Vec<OfficerShare>,
    pub(crate) polynomial: Vec<Scalar>,
}

pub(crate) fn value(polynomial: &[Scalar], at: u16) -> Scalar {
    polynomial.iter().rev().fold(Scalar::ZERO, |sum, a| sum * Scalar::from(at) + a)
}

impl Dealt {
    pub(crate) fn new(k: u16, n: u16, epoch: u8, random: &dyn Random) -> Self {
        Self::of((0..k).map(|_| *random_scalar(random)).collect(), n, epoch, 0)
    }

    pub(crate) fn of(polynomial: Vec<Scalar>, n: u16, epoch: u8, generation: u32) -> Self {
        let public = Point::of(RistrettoPoint::mul_base(&polynomial[0]));
        let key = GroupKey::new(Line::from_bytes([1; 32]), EpochId::from_bytes([epoch; 16]), public);
        let verifying =
            (1..=n).map(|i| (i, Point::of(RistrettoPoint::mul_base(&value(&polynomial, i))))).collect();
        let days = (Day::from_number(20_773), Day::from_number(20_803));
        let k = u16::try_from(polynomial.len()).expect("small");
        let group =
            Arc::new(EpochGroup::new(Arc::new(key), days, k, generation, verifying).expect("one polynomial"));
        let share = |i| {
            let bytes = Zeroizing::new(value(&polynomial, i).to_bytes());
            OfficerShare::new(Arc::clone(&group), i, &bytes).expect("the share of the group")
        };
        let shares = (1..=n).map(share).collect();
        Self { group, shares, polynomial }
    }

    /// The same key with other shares.
    pub(crate) fn refreshed(&self, random: &dyn Random) -> Self {
        let zero =
            [Scalar::ZERO].into_iter().chain((1..self.polynomial.len()).map(|_| *random_scalar(random)));
        let polynomial = self.polynomial.iter().zip(zero).map(|(a, b)| a + b).collect();
        let n = u16::try_from(self.shares.len()).expect("small");
        Self::of(polynomial, n, self.group.epoch().bytes()[0], self.group.generation() + 1)
    }

    pub(crate) fn sealed(&self, label: &Label, random: &dyn Random) -> (Checked, super::BlockKey) {
        let (record, key) = self.group.key().seal(label, random);
        (self.group.key().check(label, &record).expect("what was sealed checks"), key)
    }
}

pub(crate) fn random(seed: u64) -> SeededRandom {
    SeededRandom::new(seed)
}
