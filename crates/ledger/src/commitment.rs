//! Commitments to subjects: how an entry tells of a person without saying who (CRYPTO section 10).
//!
//! For each entry the opening is `o = HKDF(salt, T("ledger/v1/open", origin, n))` and the
//! commitment `C = HMAC(o, T("ledger/v1/subject", subject_id))`. The salt is one of the subject's
//! keys, the nonce `n` is the entry's own: two entries about one person share nothing that shows.
//! Whoever holds `o` of one entry can check that entry alone. When the salt is destroyed nobody can
//! link any more.

use base::{Sensitive, SubjectId, Transcript, label};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::fmt;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// What opens the commitment of one subject in one entry. Whoever has it can tell whom the entry is
/// about: it belongs in that person's receipt and nowhere else.
#[derive(Clone)]
pub struct Opening([u8; 32]);

/// A commitment to a subject, as an entry carries it.
#[derive(Clone, Copy)]
pub struct Commitment([u8; 32]);

/// The opening of a subject's commitment in the entry with this nonce.
///
/// # Panics
/// Never: HKDF gives 32 bytes for every input.
#[must_use]
pub fn opening(salt: &Sensitive<[u8; 32]>, origin: &str, nonce: &[u8; 16]) -> Opening {
    let info = Transcript::new(label::LEDGER_OPEN).text(origin).bytes(nonce).finish();
    let mut opening = Opening([0; 32]);
    Hkdf::<Sha256>::new(None, salt.expose())
        .expand(&info, &mut opening.0)
        .expect("HKDF-SHA-256 gives up to 8160 bytes");
    opening
}

/// The commitment to a subject under an opening.
///
/// # Panics
/// Never: HMAC takes keys of every length.
#[must_use]
pub fn commit(opening: &Opening, subject: SubjectId) -> Commitment {
    let mut mac = Hmac::<Sha256>::new_from_slice(&opening.0).expect("HMAC takes keys of every length");
    mac.update(&Transcript::new(label::LEDGER_SUBJECT).bytes(&subject.bytes()).finish());
    Commitment(mac.finalize().into_bytes().into())
}

impl Opening {
    /// From the bytes a receipt holds.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes a receipt holds.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Opening {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Opening {}

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[withheld]")
    }
}

impl Commitment {
    /// From the bytes an entry holds.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes an entry holds.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether this commits to the subject under the opening; compared in constant time.
    #[must_use]
    pub fn opens(&self, opening: &Opening, subject: SubjectId) -> bool {
        *self == commit(opening, subject)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 33]; // decode_slice asks for room for the padding too
        match STANDARD.decode_slice(text, &mut bytes) {
            Ok(32) => bytes.first_chunk::<32>().copied().map(Self),
            _ => None,
        }
    }
}

impl PartialEq for Commitment {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Commitment {}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{ManualClock, SeededRandom};

    #[test]
    fn every_input_counts() {
        let clock = ManualClock::at_second(1);
        let random = SeededRandom::new(1);
        let (one, other) = (SubjectId::new(&clock, &random), SubjectId::new(&clock, &random));
        let salt = Sensitive::new([7u8; 32]);
        let origin = "example.org/waarborg/ledger/1";
        let o = opening(&salt, origin, &[1; 16]);
        let c = commit(&o, one);
        assert!(c.opens(&o, one));
        assert!(!c.opens(&o, other));
        assert!(!c.opens(&opening(&Sensitive::new([8; 32]), origin, &[1; 16]), one));
        assert!(!c.opens(&opening(&salt, "example.org/waarborg/ledger/2", &[1; 16]), one));
        assert!(!c.opens(&opening(&salt, origin, &[2; 16]), one));
        assert_eq!(Commitment::parse(&c.to_string()), Some(c));
        assert_eq!(Commitment::parse("AAAA"), None);
        assert_eq!(Commitment::parse(&STANDARD.encode([0u8; 33])), None);
        assert_eq!(format!("{o:?}"), "[withheld]");
    }
}
