//! The id of a data key: 16 random bytes, in every envelope made with the key. It says nothing about
//! the subject, so it may stay in the ledger and in the tombstone list after the key is gone.

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
