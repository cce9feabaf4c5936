//! Typed ids. Each entity has its own type, so that a customer's id cannot be handed in where a
//! login's is asked. All are UUIDv7 made by the application before the row is inserted, because
//! the id takes part in the associated data of the row's envelopes.

use thiserror::Error;

/// A text that is not an id.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("not a valid {what} id")]
pub struct IdParseError {
    /// The entity whose id was expected.
    pub what: &'static str,
}

/// Declares an id type: a `Copy` newtype over a UUID, printed in its hyphenated form.
///
/// ```
/// base::id_type!(
///     /// The id of a lamp.
///     LampId, "lamp"
/// );
/// let id = LampId::new(&base::ManualClock::at_second(0), &base::SeededRandom::new(1));
/// assert_eq!(id.to_string().parse::<LampId>(), Ok(id));
/// ```
#[macro_export]
macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($crate::__uuid::Uuid);

        impl $name {
            /// A fresh id whose order follows the clock (UUIDv7, RFC 9562 section 5.7).
            #[must_use]
            pub fn new(clock: &dyn $crate::Clock, random: &dyn $crate::Random) -> Self {
                let mut tail = [0u8; 10];
                random.fill(&mut tail);
                let millis = u64::try_from(clock.now().as_millis()).unwrap_or(0);
                Self($crate::__uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid())
            }

            /// The id that a database row holds.
            #[must_use]
            pub const fn from_uuid(uuid: $crate::__uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The form a database row holds.
            #[must_use]
            pub const fn uuid(self) -> $crate::__uuid::Uuid {
                self.0
            }

            /// The 16 bytes that take part in associated data and hashes.
            #[must_use]
            pub const fn bytes(self) -> [u8; 16] {
                *self.0.as_bytes()
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&self.0, f)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!($what, "-{}"), self.0)
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::IdParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::__uuid::Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| $crate::IdParseError { what: $what })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

crate::id_type!(
    /// The id of a subject: the person (or customer) whose data it is, and whose keys they are.
    SubjectId,
    "subject"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, SeededRandom};

    #[test]
    fn ids_follow_the_clock_and_survive_their_text() {
        let random = SeededRandom::new(7);
        let early = SubjectId::new(&ManualClock::at_second(10), &random);
        let late = SubjectId::new(&ManualClock::at_second(11), &random);
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(SubjectId::from_uuid(early.uuid()), early);
        assert_eq!("no".parse::<SubjectId>(), Err(IdParseError { what: "subject" }));
    }
}
