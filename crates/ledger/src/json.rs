//! Strict JSON: what is hashed or proved must mean one thing to every reader. Repeated fields are
//! refused at every depth (readers differ in which of the two they take), and so is deep nesting.

use core::fmt;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;

/// How deep objects and lists may lie in each other.
pub const DEPTH_MAX: u8 = 16;

/// An object that was read and found strict; its content is dropped.
pub struct StrictObject;

impl<'de> Deserialize<'de> for StrictObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object { depth: DEPTH_MAX })?;
        Ok(Self)
    }
}

struct Object {
    depth: u8,
}

impl<'de> Visitor<'de> for Object {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        walk_map(map, self.depth)
    }
}

#[derive(Clone, Copy)]
struct Value {
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Value {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let depth = deeper::<A::Error>(self.depth)?;
        while seq.next_element_seed(Self { depth })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        walk_map(map, deeper::<A::Error>(self.depth)?)
    }
}

fn deeper<E: de::Error>(depth: u8) -> Result<u8, E> {
    depth.checked_sub(1).ok_or_else(|| E::custom("nested too deep"))
}

fn walk_map<'de, A: MapAccess<'de>>(mut map: A, depth: u8) -> Result<(), A::Error> {
    let mut seen: HashSet<std::borrow::Cow<'de, str>> = HashSet::new();
    while let Some(key) = map.next_key::<Key<'de>>()? {
        if !seen.insert(key.0) {
            return Err(de::Error::custom("repeated field"));
        }
        map.next_value_seed(Value { depth })?;
    }
    Ok(())
}

/// A field name, borrowed where it has no escapes.
struct Key<'de>(std::borrow::Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(text.to_owned().into()))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict(text: &str) -> bool {
        serde_json::from_str::<StrictObject>(text).is_ok()
    }

    #[test]
    fn repeated_fields_and_deep_nesting_are_refused_everywhere() {
        assert!(strict(r#"{}"#));
        assert!(strict(r#"{"a":1,"b":{"a":[1,-2,3.5,"x",null,true,{"a":1}]}}"#));
        assert!(!strict(r#"{"a":1,"a":1}"#));
        assert!(!strict(r#"{"a":1,"\u0061":1}"#));
        assert!(!strict(r#"{"b":{"a":1,"a":1}}"#));
        assert!(!strict(r#"{"b":[{"a":1,"a":1}]}"#));
        assert!(!strict("[]"));
        assert!(!strict("1"));
        let nested = |n: usize| format!("{{\"a\":{}1{}}}", "[".repeat(n), "]".repeat(n));
        assert!(strict(&nested(DEPTH_MAX.into())));
        assert!(!strict(&nested(usize::from(DEPTH_MAX) + 1)));
        assert!(!strict(&nested(10_000)));
    }
}
