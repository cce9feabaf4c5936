//! Names of fixed length that go into labels and documents: random or hashed, impersonal, printed as
//! hexadecimal, with one spelling each.

use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A text that is not such a name.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("expected {digits} lower-case hexadecimal digits")]
pub struct IdError {
    digits: usize,
}

pub(crate) fn read_hex<const N: usize>(text: &str) -> Result<[u8; N], IdError> {
    let error = IdError { digits: 2 * N };
    // One text per value: upper case is refused.
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(error);
    }
    let mut bytes = [0u8; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| error)?;
    Ok(bytes)
}

/// Bytes of fixed length in a JSON file, as hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hex<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        read_hex(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

macro_rules! fixed_id {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                read_hex(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fixed_id!(
    /// A line of ceremonies: the random name of its very first one. It stays when officers change.
    Line, 32);
fixed_id!(
    /// A share epoch: one month with a group key of its own.
    EpochId, 16);
fixed_id!(
    /// A machine that seals.
    NodeId, 16);
fixed_id!(
    /// A site, as it is named in segments: random, its domain stands elsewhere.
    SiteId, 16);
fixed_id!(
    /// One ceremony: the hash of its roster.
    SessionId, 32);
fixed_id!(
    /// The hash of a group document.
    DocumentHash, 32);
fixed_id!(
    /// The hash of a release request: partial results are bound to it.
    RequestHash, 32);

impl SiteId {
    /// Hosts that are not registered share this one.
    pub const UNREGISTERED: Self = Self([0xff; 16]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_one_to_one() {
        let id = EpochId::from_bytes([0xab; 16]);
        assert_eq!(id.to_string(), "ab".repeat(16));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(format!("{id:?}"), format!("EpochId({id})"));
        for bad in ["", "ab", &"AB".repeat(16), &"ab".repeat(17), &"xy".repeat(16)] {
            assert_eq!(bad.parse::<EpochId>(), Err(IdError { digits: 32 }), "{bad}");
        }
        let json = serde_json::to_string(&id).expect("writes");
        assert_eq!(serde_json::from_str::<EpochId>(&json).expect("reads"), id);
        assert_eq!(SiteId::UNREGISTERED.bytes(), &[0xff; 16]);
    }
}
