//! One epoch's key generation or refresh, over frost-ristretto255 (Komlo and Goldberg 2020/852; RFC 9591, appendix C):
//! its packages in our own encoding, and checks that name who is to blame.
//!
//! What comes out is checked here again without frost ([`EpochGroup::new`](super::EpochGroup::new) and
//! [`OfficerShare::new`](super::OfficerShare::new)), so a mistake in the library shows as a refusal.

use super::OfficerShare;
use super::curve::{BYTES, Point, parse_scalar};
use base::Random;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use curve25519_dalek::{RistrettoPoint, Scalar};
use frost_ristretto255::keys::dkg::{round1, round2};
use frost_ristretto255::keys::{
    KeyPackage, PublicKeyPackage, SigningShare, VerifiableSecretSharingCommitment, VerifyingShare, dkg,
    refresh,
};
use frost_ristretto255::rand_core::{CryptoRng, Error as RandError, RngCore};
use frost_ristretto255::{Identifier, Signature, VerifyingKey};
use std::collections::BTreeMap;
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of the proof that a dealer knows its polynomial.
const PROOF: usize = 64;

/// Why a key generation or refresh failed, and through whom.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DkgError {
    /// A package that is not one: points, scalars or length.
    #[error("the package of officer {0} is damaged or of another size")]
    Package(u16),
    /// The dealer does not know the polynomial it committed to.
    #[error("the proof of knowledge of officer {0} does not hold")]
    Proof(u16),
    /// What was dealt is not what was committed to.
    #[error("the share that officer {0} dealt does not fit what they committed to")]
    Dealt(u16),
    /// The library refused for a reason that names nobody.
    #[error("key generation failed: {0}")]
    Failed(String),
}

type Secret = Zeroizing<Vec<u8>>;
/// What is dealt to one officer for one epoch.
pub(crate) type Share = Zeroizing<[u8; BYTES]>;

/// What is done for one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// A new key.
    Generate,
    /// New shares of the same key.
    Refresh,
}

impl Flow {
    /// Bytes of a round-1 package. A longer one would raise the threshold in silence, a shorter one lower it.
    pub(crate) fn package_bytes(self, threshold: u16) -> usize {
        let points = match self {
            Self::Generate => usize::from(threshold),
            // The constant of a refreshing polynomial is zero, and its commitment is not sent.
            Self::Refresh => usize::from(threshold) - 1,
        };
        points * BYTES + PROOF
    }
}

/// frost's source of randomness, from ours.
struct Source<'a>(&'a dyn Random);

impl RngCore for Source<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }

    fn fill_bytes(&mut self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), RandError> {
        self.0.fill(buffer);
        Ok(())
    }
}

impl CryptoRng for Source<'_> {}

fn failed(error: impl core::fmt::Display) -> DkgError {
    DkgError::Failed(error.to_string())
}

fn identifier(number: u16) -> Result<Identifier, DkgError> {
    Identifier::try_from(number).map_err(failed)
}

/// Round 1: the secret to keep, and the package for all.
pub(crate) fn round_one(
    flow: Flow,
    own: u16,
    (threshold, count): (u16, u16),
    random: &dyn Random,
) -> Result<(Secret, Vec<u8>), DkgError> {
    let own = identifier(own)?;
    let (secret, package) = match flow {
        Flow::Generate => dkg::part1(own, count, threshold, Source(random)),
        Flow::Refresh => refresh::refresh_dkg_part1(own, count, threshold, Source(random)),
    }
    .map_err(failed)?;
    let mut bytes = package.commitment().serialize_whole().map_err(failed)?;
    bytes.extend(package.proof_of_knowledge().serialize().map_err(failed)?);
    Ok((Zeroizing::new(secret.serialize().map_err(failed)?), bytes))
}

/// The packages of the others, as frost wants them.
fn packages(
    flow: Flow,
    threshold: u16,
    others: &BTreeMap<u16, Vec<u8>>,
) -> Result<BTreeMap<Identifier, round1::Package>, DkgError> {
    let read = |from: u16, bytes: &[u8]| {
        if bytes.len() != flow.package_bytes(threshold) {
            return Err(DkgError::Package(from));
        }
        let (points, proof) = bytes.split_at(bytes.len() - PROOF);
        let commitment = VerifiableSecretSharingCommitment::deserialize_whole(points)
            .map_err(|_| DkgError::Package(from))?;
        let proof = Signature::deserialize(proof).map_err(|_| DkgError::Package(from))?;
        Ok((identifier(from)?, round1::Package::new(commitment, proof)))
    };
    others.iter().map(|(from, bytes)| read(*from, bytes)).collect()
}

/// Round 2: the secret to keep, and what each of the others is dealt.
pub(crate) fn round_two(
    flow: Flow,
    threshold: u16,
    secret: &Secret,
    others: &BTreeMap<u16, Vec<u8>>,
) -> Result<(Secret, BTreeMap<u16, Share>), DkgError> {
    let secret = round1::SecretPackage::deserialize(secret).map_err(failed)?;
    let read = packages(flow, threshold, others)?;
    let (secret, dealt) = match flow {
        Flow::Generate => dkg::part2(secret, &read),
        Flow::Refresh => refresh::refresh_dkg_part2(secret, &read),
    }
    .map_err(|error| {
        let culprit = others
            .keys()
            .find(|from| identifier(**from).is_ok_and(|identifier| error.culprits().contains(&identifier)));
        culprit.map_or_else(|| failed(&error), |from| DkgError::Proof(*from))
    })?;
    let mut out = BTreeMap::new();
    for to in others.keys() {
        let package = dealt.get(&identifier(*to)?).ok_or_else(|| failed("nothing was dealt"))?;
        let bytes = Zeroizing::new(package.signing_share().serialize());
        let mut share = Zeroizing::new([0; BYTES]);
        if bytes.len() != BYTES {
            return Err(failed("a share of another size"));
        }
        share.copy_from_slice(&bytes);
        out.insert(*to, share);
    }
    Ok((Zeroizing::new(secret.serialize().map_err(failed)?), out))
}

/// What an officer has at the end, before it is checked as a group.
pub(crate) struct Outcome {
    pub(crate) share: Share,
    pub(crate) public: Point,
    pub(crate) verifying: BTreeMap<u16, Point>,
}

/// What round 3 needs.
pub(crate) struct RoundThree<'a> {
    pub(crate) flow: Flow,
    pub(crate) own: u16,
    pub(crate) threshold: u16,
    pub(crate) secret: &'a Secret,
    pub(crate) others: &'a BTreeMap<u16, Vec<u8>>,
    pub(crate) dealt: &'a BTreeMap<u16, Share>,
    /// The share that is refreshed.
    pub(crate) old: Option<&'a OfficerShare>,
}

/// Round 3: checks what was dealt to this officer, and adds it up.
pub(crate) fn round_three(round: &RoundThree<'_>) -> Result<Outcome, DkgError> {
    for (from, package) in round.others {
        let share = round.dealt.get(from).ok_or(DkgError::Dealt(*from))?;
        check_dealt(round, *from, package, share)?;
    }
    let secret = round2::SecretPackage::deserialize(round.secret).map_err(failed)?;
    let read = packages(round.flow, round.threshold, round.others)?;
    let mut dealt = BTreeMap::new();
    for (from, share) in round.dealt {
        let share = SigningShare::deserialize(share.as_slice()).map_err(|_| DkgError::Dealt(*from))?;
        dealt.insert(identifier(*from)?, round2::Package::new(share));
    }
    let (own, group) = match round.old {
        None => dkg::part3(&secret, &read, &dealt),
        Some(old) => {
            let (own, group) = old_packages(round, old)?;
            refresh::refresh_dkg_shares(&secret, &read, &dealt, group, own)
        }
    }
    .map_err(failed)?;
    outcome(round, &own, &group)
}

/// `share·B = Σ φ_e·i^e`: what was dealt lies on the polynomial committed to. frost checks it too, but in a refresh
/// it does not say whose it was.
fn check_dealt(round: &RoundThree<'_>, from: u16, package: &[u8], share: &Share) -> Result<(), DkgError> {
    let share = Zeroizing::new(parse_scalar(**share).map_err(|_| DkgError::Dealt(from))?);
    let points = package.len().checked_sub(PROOF).ok_or(DkgError::Package(from))?;
    let at = Scalar::from(round.own);
    let mut power = match round.flow {
        Flow::Generate => Scalar::ONE,
        Flow::Refresh => at,
    };
    let (mut powers, mut commitments) = (Vec::new(), Vec::new());
    for bytes in package[..points].chunks_exact(BYTES) {
        let mut field = [0; BYTES];
        field.copy_from_slice(bytes);
        commitments.push(*Point::parse(&field).map_err(|_| DkgError::Package(from))?.element());
        powers.push(power);
        power *= at;
    }
    if RistrettoPoint::mul_base(&share) == RistrettoPoint::vartime_multiscalar_mul(powers, commitments) {
        Ok(())
    } else {
        Err(DkgError::Dealt(from))
    }
}

/// The share to be refreshed, and the group of those who stay, as frost wants them.
fn old_packages(
    round: &RoundThree<'_>,
    old: &OfficerShare,
) -> Result<(KeyPackage, PublicKeyPackage), DkgError> {
    let key = VerifyingKey::deserialize(old.group().key().public().bytes()).map_err(failed)?;
    let share = SigningShare::deserialize(old.secret().as_slice()).map_err(failed)?;
    let mut verifying = BTreeMap::new();
    for number in round.others.keys().copied().chain([round.own]) {
        let point = old.group().verifying(number).ok_or(DkgError::Package(number))?;
        verifying.insert(identifier(number)?, VerifyingShare::deserialize(point.bytes()).map_err(failed)?);
    }
    let own = identifier(round.own)?;
    let package = KeyPackage::new(own, share, VerifyingShare::from(share), key, round.threshold);
    Ok((package, PublicKeyPackage::new(verifying, key, Some(round.threshold))))
}

fn outcome(round: &RoundThree<'_>, own: &KeyPackage, group: &PublicKeyPackage) -> Result<Outcome, DkgError> {
    let point = |bytes: Vec<u8>| {
        let bytes: [u8; BYTES] = bytes.try_into().map_err(|_| failed("a point of another size"))?;
        // All dealers together could cancel each other out; then there is no key, and nobody to name.
        Point::parse(&bytes).map_err(failed)
    };
    let mut verifying = BTreeMap::new();
    for number in round.others.keys().copied().chain([round.own]) {
        let share = group.verifying_shares().get(&identifier(number)?);
        let share = share.ok_or_else(|| failed("a verifying share is missing"))?;
        verifying.insert(number, point(share.serialize().map_err(failed)?)?);
    }
    let bytes = Zeroizing::new(own.signing_share().serialize());
    let mut share = Zeroizing::new([0; BYTES]);
    if bytes.len() != BYTES {
        return Err(failed("a share of another size"));
    }
    share.copy_from_slice(&bytes);
    let public = point(group.verifying_key().serialize().map_err(failed)?)?;
    Ok(Outcome { share, public, verifying })
}
