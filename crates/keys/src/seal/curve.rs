//! Points and scalars of ristretto255 (RFC 9496) as they go over the wire, and hashing to both.
//!
//! A [`Point`] is never the identity and keeps its one encoding: what is not canonical does not parse, so
//! equal bytes and equal points are the same thing. ristretto255 has prime order; there are no points of
//! small order to refuse beside the identity.

use base::Transcript;
use core::fmt;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest, Sha512};
use std::collections::BTreeSet;
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of a point and of a scalar.
pub(crate) const BYTES: usize = 32;

/// Why bytes are not a point or a scalar.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CurveError {
    /// Not the one encoding of a point.
    #[error("not the encoding of a point")]
    Point,
    /// The identity: it hides nothing, and nobody makes it by honest means.
    #[error("the identity is not accepted as a point")]
    Identity,
    /// Not a number below the order of the group.
    #[error("not the encoding of a scalar")]
    Scalar,
}

/// A point other than the identity, with its encoding.
#[derive(Clone, Copy)]
pub struct Point {
    point: RistrettoPoint,
    bytes: [u8; BYTES],
}

impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Point {}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.bytes))
    }
}

impl Point {
    /// Reads a point.
    ///
    /// # Errors
    /// When the bytes are not canonical, or are the identity.
    pub fn parse(bytes: &[u8; BYTES]) -> Result<Self, CurveError> {
        if *bytes == [0; BYTES] {
            return Err(CurveError::Identity);
        }
        let point = CompressedRistretto(*bytes).decompress().ok_or(CurveError::Point)?;
        Ok(Self { point, bytes: *bytes })
    }

    /// A computed point; the caller knows that it is not the identity, or compares it with one that is not.
    pub(crate) fn of(point: RistrettoPoint) -> Self {
        Self { point, bytes: point.compress().to_bytes() }
    }

    /// The one encoding.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; BYTES] {
        &self.bytes
    }

    pub(crate) const fn element(&self) -> &RistrettoPoint {
        &self.point
    }
}

/// Reads a scalar: little-endian and below the order of the group.
pub(crate) fn parse_scalar(bytes: [u8; BYTES]) -> Result<Scalar, CurveError> {
    Option::from(Scalar::from_canonical_bytes(bytes)).ok_or(CurveError::Scalar)
}

/// `Hs` of CRYPTO section 1.
pub(crate) fn hash_to_scalar(transcript: Transcript) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&wide(transcript))
}

/// `Hp` of CRYPTO section 1.
pub(crate) fn hash_to_point(transcript: Transcript) -> Point {
    Point::of(RistrettoPoint::from_uniform_bytes(&wide(transcript)))
}

fn wide(transcript: Transcript) -> Zeroizing<[u8; 64]> {
    // The nonce of a proof is hashed from a secret, so the input is wiped too.
    let input = Zeroizing::new(transcript.finish());
    Zeroizing::new(Sha512::digest(input.as_slice()).into())
}

/// A random scalar: 64 bytes reduced, so that the bias is below 2⁻²⁵⁰.
pub(crate) fn random_scalar(random: &dyn base::Random) -> Zeroizing<Scalar> {
    let mut bytes = Zeroizing::new([0u8; 64]);
    random.fill(bytes.as_mut_slice());
    Zeroizing::new(Scalar::from_bytes_mod_order_wide(&bytes))
}

/// Lagrange's coefficients of these distinct numbers, for the value at `at`.
pub(crate) fn lagrange(numbers: &BTreeSet<u16>, at: u16) -> Vec<Scalar> {
    let at = Scalar::from(at);
    let coefficient = |own: u16| {
        let (mut above, mut below) = (Scalar::ONE, Scalar::ONE);
        for other in numbers.iter().copied().filter(|other| *other != own) {
            above *= at - Scalar::from(other);
            below *= Scalar::from(own) - Scalar::from(other);
        }
        // The numbers are distinct, so `below` is not zero.
        above * below.invert()
    };
    numbers.iter().copied().map(coefficient).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_and_other_spellings_are_refused() {
        assert_eq!(Point::parse(&[0; 32]), Err(CurveError::Identity));
        // RFC 9496, appendix A.2: a field element above p, a negative one, and one that is no point.
        let mut above = [0xff; 32];
        above[31] = 0x7f;
        let mut negative = [0; 32];
        negative[0] = 1;
        let mut none = [0; 32];
        let text = "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371";
        hex::decode_to_slice(text, &mut none).expect("hexadecimal");
        for bytes in [above, negative, [0xff; 32], none] {
            assert_eq!(Point::parse(&bytes), Err(CurveError::Point));
        }
        let base = *Point::of(curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT).bytes();
        assert_eq!(Point::parse(&base).map(|point| *point.bytes()), Ok(base));
        assert!(format!("{:?}", Point::parse(&base)).contains("e2f2ae0a"));
    }

    #[test]
    fn scalars_above_the_order_are_refused() {
        let largest = -Scalar::ONE;
        assert_eq!(parse_scalar(largest.to_bytes()), Ok(largest));
        let mut order = largest.to_bytes();
        order[0] += 1;
        assert_eq!(parse_scalar(order), Err(CurveError::Scalar));
        assert_eq!(parse_scalar([0xff; 32]), Err(CurveError::Scalar));
    }

    #[test]
    fn interpolation_gives_the_polynomial_back() {
        let f = |x: u16| Scalar::from(7u8) + Scalar::from(5u8) * Scalar::from(x);
        let numbers = BTreeSet::from([2, 9]);
        for at in [0, 1, 2, 9, 30] {
            let sum: Scalar = lagrange(&numbers, at).iter().zip(&numbers).map(|(l, x)| l * f(*x)).sum();
            assert_eq!(sum, f(at));
        }
    }
}
