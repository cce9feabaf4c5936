//! Officers: the keys that an officer's own program makes, and the digits by which people compare them. The office
//! only carries rosters and messages; that two people read the same digits to each other is what keeps it from
//! inventing officers.

use super::secret::{self, SecretError};
use age::secrecy::ExposeSecret;
use base::{Random, Transcript, label};
use core::fmt;
use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// The longest name of an officer or an organisation, in bytes.
pub const NAME_BYTES_MAX: usize = 100;

/// Why something is no officer.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfficerError {
    /// Empty, too long, or with characters that do not show.
    #[error("a name has 1 to {NAME_BYTES_MAX} bytes, no control characters and no space around it")]
    Name,
    /// Not an Ed25519 key, or a weak one.
    #[error("the signing key of {name:?} is not usable")]
    SignKey {
        /// Whose.
        name: String,
    },
    /// Not an age X25519 recipient in its one spelling.
    #[error("the recipient of {name:?} is not an age recipient")]
    Recipient {
        /// Whose.
        name: String,
    },
}

/// Thirty digits in six groups of five, for people to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits(String);

impl Digits {
    /// From a hash: its first 16 bytes as a number, modulo 10^30.
    pub(crate) fn of(hash: &[u8; 32]) -> Self {
        let mut first = [0; 16];
        first.copy_from_slice(&hash[..16]);
        let digits = format!("{:030}", u128::from_be_bytes(first) % 10u128.pow(30));
        let groups: Vec<&str> = (0..6).map(|at| &digits[5 * at..][..5]).collect();
        Self(groups.join(" "))
    }

    /// The last group: what one officer types of another's digits.
    #[must_use]
    pub fn last_group(&self) -> &str {
        &self.0[30..]
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What everybody knows of an officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    name: String,
    sign: VerifyingKey,
    recipient: String,
}

impl Officer {
    /// Reads an officer.
    ///
    /// # Errors
    /// When the name or a key is not usable.
    pub fn new(name: &str, sign: &[u8; 32], recipient: &str) -> Result<Self, OfficerError> {
        check_name(name)?;
        // The library takes other spellings of a point too; a key has one here. Under a weak key (small order) one
        // signature fits many messages.
        let canonical =
            CompressedEdwardsY(*sign).decompress().is_some_and(|point| point.compress().0 == *sign);
        let sign = VerifyingKey::from_bytes(sign)
            .ok()
            .filter(|key| canonical && !key.is_weak())
            .ok_or_else(|| OfficerError::SignKey { name: name.to_owned() })?;
        secret::recipient(recipient).map_err(|_| OfficerError::Recipient { name: name.to_owned() })?;
        Ok(Self { name: name.to_owned(), sign, recipient: recipient.to_owned() })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Ed25519 key.
    #[must_use]
    pub fn sign_key(&self) -> &[u8; 32] {
        self.sign.as_bytes()
    }

    /// The age recipient.
    #[must_use]
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    /// The digits to compare in person or by voice.
    #[must_use]
    pub fn fingerprint(&self) -> Digits {
        let transcript = Transcript::new(label::OFFICER_ID)
            .text(&self.name)
            .bytes(self.sign.as_bytes())
            .text(&self.recipient);
        Digits::of(&Sha256::digest(transcript.finish()).into())
    }

    /// Whether the signature is this officer's: strictly, so that there is one signature per message and key.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.sign.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

pub(crate) fn check_name(name: &str) -> Result<(), OfficerError> {
    let right = !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && name.trim() == name
        && !name.chars().any(char::is_control);
    if right { Ok(()) } else { Err(OfficerError::Name) }
}

/// An officer's own keys: wiped when dropped, never printed.
pub struct OfficerIdentity {
    officer: Officer,
    sign: SigningKey,
    decrypt: age::x25519::Identity,
}

impl fmt::Debug for OfficerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficerIdentity({:?}, [withheld])", self.officer.name)
    }
}

impl OfficerIdentity {
    /// Fresh keys. The age key comes from the operating system's source, whatever `random` is.
    ///
    /// # Errors
    /// When the name is not usable.
    pub fn generate(name: &str, random: &dyn Random) -> Result<Self, OfficerError> {
        let mut seed = Zeroizing::new([0u8; 32]);
        random.fill(seed.as_mut_slice());
        Self::from_parts(name, &seed, age::x25519::Identity::generate())
    }

    fn from_parts(name: &str, seed: &[u8; 32], decrypt: age::x25519::Identity) -> Result<Self, OfficerError> {
        let sign = SigningKey::from_bytes(seed);
        let officer = Officer::new(name, sign.verifying_key().as_bytes(), &decrypt.to_public().to_string())?;
        Ok(Self { officer, sign, decrypt })
    }

    /// From what a share file holds.
    pub(crate) fn restore(name: &str, seed: &[u8; 32], age: &str) -> Result<Self, OfficerError> {
        let decrypt = age.parse().map_err(|_| OfficerError::Recipient { name: name.to_owned() })?;
        Self::from_parts(name, seed, decrypt)
    }

    /// The secrets, for the share file alone.
    pub(crate) fn secrets(&self) -> (Zeroizing<[u8; 32]>, Zeroizing<String>) {
        let age = self.decrypt.to_string();
        (Zeroizing::new(self.sign.to_bytes()), Zeroizing::new(age.expose_secret().to_owned()))
    }

    /// What everybody may know.
    #[must_use]
    pub const fn officer(&self) -> &Officer {
        &self.officer
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.sign.sign(message).to_bytes()
    }

    pub(crate) fn decrypt(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        secret::decrypt(&self.decrypt, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SeededRandom;

    #[test]
    fn digits_are_thirty_and_keep_their_zeros() {
        assert_eq!(Digits::of(&[0; 32]).to_string(), "00000 00000 00000 00000 00000 00000");
        let mut hash = [0; 32];
        hash[15] = 7;
        hash[16] = 0xff;
        assert_eq!(Digits::of(&hash).last_group(), "00007");
        // 2^128 − 1 mod 10^30
        assert_eq!(Digits::of(&[0xff; 32]).to_string(), "92093 84634 63374 60743 17682 11455");
    }

    #[test]
    fn names_and_keys_are_checked() {
        let me = OfficerIdentity::generate("A. Officer", &SeededRandom::new(1)).expect("a name");
        let (key, recipient) = (*me.officer().sign_key(), me.officer().recipient().to_owned());
        assert_eq!(Officer::new("A. Officer", &key, &recipient).as_ref(), Ok(me.officer()));
        for bad in ["", " a", "a\n", "a\u{7}b", &"x".repeat(NAME_BYTES_MAX + 1)] {
            assert_eq!(Officer::new(bad, &key, &recipient), Err(OfficerError::Name), "{bad:?}");
        }
        assert!(Officer::new(&"x".repeat(NAME_BYTES_MAX), &key, &recipient).is_ok());
        let name = "B".to_owned();
        // Small order: every message has a signature under it.
        let mut weak = [0; 32];
        weak[0] = 1;
        for bad in [weak, [0xff; 32]] {
            assert_eq!(
                Officer::new("B", &bad, &recipient),
                Err(OfficerError::SignKey { name: name.clone() })
            );
        }
        for bad in [recipient.to_uppercase(), format!("{recipient} "), "age1".into(), String::new()] {
            assert_eq!(Officer::new("B", &key, &bad), Err(OfficerError::Recipient { name: name.clone() }));
        }
        let digits = me.officer().fingerprint();
        assert_ne!(Officer::new("A. Other", &key, &recipient).expect("fits").fingerprint(), digits);
        let (seed, age) = me.secrets();
        let again = OfficerIdentity::restore("A. Officer", &seed, &age).expect("restores");
        assert_eq!((again.officer(), again.officer().fingerprint()), (me.officer(), digits));
        assert!(OfficerIdentity::restore("A. Officer", &seed, "AGE-SECRET-KEY-1").is_err());
        assert_eq!(format!("{me:?}"), "OfficerIdentity(\"A. Officer\", [withheld])");
    }
}
