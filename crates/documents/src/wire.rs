//! How the data of a document is written as JSON: amounts as whole cents, days as ISO 8601, withheld
//! values in the clear, for the whole is sealed by whoever stores it.

use base::{Day, Money, Sensitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroize;

/// Amounts as cents.
pub(crate) mod cents {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(money.cents())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        i64::deserialize(deserializer).map(Money::from_cents)
    }
}

/// Days as `2026-11-22`.
pub(crate) mod day {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        read(&String::deserialize(deserializer)?)
    }

    pub(super) fn read<E: serde::de::Error>(text: &str) -> Result<Day, E> {
        let date = text.parse::<jiff::civil::Date>().ok();
        date.and_then(Day::of_date).ok_or_else(|| E::custom("not a day from 1970 on"))
    }
}

/// A day that may be absent.
pub(crate) mod day_option {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(day: &Option<Day>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.collect_str(day),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
        Option::<String>::deserialize(deserializer)?.map(|text| day::read(&text)).transpose()
    }
}

/// The first day of a period and the first day after it.
pub(crate) mod period {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        period: &Option<(Day, Day)>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        period.map(|(from, until)| [from.to_string(), until.to_string()]).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<(Day, Day)>, D::Error> {
        let Some([from, until]) = Option::<[String; 2]>::deserialize(deserializer)? else { return Ok(None) };
        let (from, until) = (day::read(&from)?, day::read(&until)?);
        if from < until { Ok(Some((from, until))) } else { Err(D::Error::custom("a period without a day")) }
    }
}

/// A withheld value in the clear.
pub(crate) fn exposed<T: Zeroize + Serialize, S: Serializer>(
    value: &Sensitive<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.expose().serialize(serializer)
}

/// A withheld value, or none, in the clear.
pub(crate) fn exposed_option<T: Zeroize + Serialize, S: Serializer>(
    value: &Option<Sensitive<T>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_ref().map(Sensitive::expose).serialize(serializer)
}
