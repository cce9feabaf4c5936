//! The id of a data key: 16 random bytes, in every envelope made with the key. It says nothing about
//! the subject, so it may stay in the ledger and in the tombstone list after the key is gone.
//!
//! Keys that are made together share the first byte. An index of ids then takes a thousand new keys on
//! the pages of one 256th of it instead of on a thousand pages; a byte that one in 256 keys has anyway
//! does not tell which were made together. 15 random bytes keep ids apart.

use base::Random;
use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A text that is not a key id.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("a key id is 32 lower-case hexadecimal digits")]
pub struct KeyIdParseError;

/// The id of a data key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// A fresh id.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    /// A fresh id near this one in their order: with the same first byte.
    #[must_use]
    pub fn beside(self, random: &dyn Random) -> Self {
        let mut bytes: [u8; 16] = random.bytes();
        bytes[0] = self.0[0];
        Self(bytes)
    }

    /// From the 16 bytes that a row or an envelope holds.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key-{self}")
    }
}

impl FromStr for KeyId {
    type Err = KeyIdParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // One text per id: upper case is refused.
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(KeyIdParseError);
        }
        let mut bytes = [0u8; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| KeyIdParseError)?;
        Ok(Self(bytes))
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_together_share_the_first_byte_alone() {
        let random = base::SeededRandom::new(9);
        let first = KeyId::new(&random);
        let others: Vec<KeyId> = (0..1_000).map(|_| first.beside(&random)).collect();
        assert!(others.iter().all(|id| id.bytes()[0] == first.bytes()[0]));
        let rest: std::collections::BTreeSet<[u8; 16]> = others.iter().map(|id| id.bytes()).collect();
        assert_eq!(rest.len(), others.len());
        let second_bytes: std::collections::BTreeSet<u8> = others.iter().map(|id| id.bytes()[1]).collect();
        assert!(second_bytes.len() > 200, "the other bytes are random");
    }

    #[test]
    fn text_is_one_to_one() {
        let id = KeyId::new(&base::SeededRandom::new(3));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(KeyId::from_bytes(id.bytes()), id);
        let zero = KeyId::from_bytes([0xab; 16]).to_string();
        assert_eq!(zero, "ab".repeat(16));
        for bad in ["", "ab", &"AB".repeat(16), &"ab".repeat(17), &"xy".repeat(16)] {
            assert_eq!(bad.parse::<KeyId>(), Err(KeyIdParseError), "{bad}");
        }
        let json = serde_json::to_string(&id).expect("writes");
        assert_eq!(serde_json::from_str::<KeyId>(&json).expect("reads"), id);
        assert_eq!(format!("{id:?}"), format!("key-{id}"));
    }
}
