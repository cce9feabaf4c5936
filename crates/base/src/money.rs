//! Money: whole cents and their currency.
//!
//! Nothing here divides without saying where the rest goes: [`Money::share`] rounds half away from
//! zero, and callers that split an amount give the last part what is left.

use core::fmt;
use core::iter::Sum;
use core::ops::{Add, AddAssign, Neg, Sub};

/// A currency, by its ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Currency {
    /// Euro.
    #[default]
    Eur,
}

impl Currency {
    /// The ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
        }
    }
}

/// An amount of euros in cents; negative where it is owed the other way.
///
/// The sums of a business stay far below what 64 bits hold (92 million milliard cents); every amount
/// that comes from outside is checked against [`Money::LIMIT`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount that is accepted from outside: a hundred million euros.
    pub const LIMIT: Self = Self(10_000_000_000);

    /// From cents.
    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    /// In cents.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        Currency::Eur
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// So many times this.
    #[must_use]
    pub const fn times(self, count: i64) -> Self {
        Self(self.0 * count)
    }

    /// The `part` out of `whole` equal parts, rounded half away from zero to a cent. The same part of
    /// the opposite amount is the opposite.
    ///
    /// # Panics
    /// When `whole` is not positive.
    #[must_use]
    pub const fn share(self, part: i64, whole: i64) -> Self {
        assert!(whole > 0, "a share of nothing");
        let product = self.0 as i128 * part as i128;
        let whole = whole as i128;
        let half = if product < 0 { -(whole / 2) } else { whole / 2 };
        // An odd whole has no half to round: (2p ± w) / 2w says the same without one.
        let rounded = if whole % 2 == 0 {
            (product + half) / whole
        } else {
            (2 * product + if product < 0 { -whole } else { whole }) / (2 * whole)
        };
        Self(rounded as i64)
    }

    /// What somebody typed: `12`, `12,5`, `12.50`, `1.234,56`, `-3,00`, with or without `€`. None when
    /// it is no amount, has more than two decimals, or passes [`Money::LIMIT`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String =
            text.trim().trim_start_matches('€').chars().filter(|c| !c.is_whitespace()).collect();
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest.trim_start_matches('€').to_owned()),
            None => (1, text),
        };
        let (whole, cents, separator) = match text.rfind([',', '.']) {
            // `1.234` is a thousand and something: one kind of separator, and three digits.
            Some(at) if text.len() - at - 1 == 3 => (text.as_str(), "", text[at..].chars().next()),
            // What stands before a decimal comma is grouped by points, and the other way round.
            Some(at) => {
                (&text[..at], &text[at + 1..], Some(if text[at..].starts_with(',') { '.' } else { ',' }))
            }
            None => (text.as_str(), "", None),
        };
        let groups: Vec<&str> = separator.map_or_else(|| vec![whole], |mark| whole.split(mark).collect());
        let grouped = groups.iter().enumerate().all(|(i, group)| {
            let right = if i == 0 {
                (1..=if groups.len() > 1 { 3 } else { 9 }).contains(&group.len())
            } else {
                group.len() == 3
            };
            right && group.bytes().all(|b| b.is_ascii_digit())
        });
        if !grouped || cents.len() > 2 || !cents.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let euros: i64 = groups.concat().parse().ok()?;
        let cents: i64 = if cents.is_empty() { 0 } else { format!("{cents:0<2}").parse().ok()? };
        let amount = Self(sign * euros.checked_mul(100)?.checked_add(cents)?);
        (amount.0.abs() <= Self::LIMIT.0).then_some(amount)
    }

    /// As it is written in Dutch and, with the marks swapped, in English: `€ 1.234,56`, `€1,234.56`.
    #[must_use]
    pub fn in_words(self, language: crate::Language) -> String {
        let (group, decimal, mark) = match language {
            crate::Language::Nl => ('.', ',', "€\u{a0}"),
            crate::Language::En => (',', '.', "€"),
        };
        let sign = if self.0 < 0 { "-" } else { "" };
        let (euros, cents) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let digits = euros.to_string();
        let mut grouped = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i) % 3 == 0 {
                grouped.push(group);
            }
            grouped.push(digit);
        }
        match language {
            crate::Language::Nl => format!("{mark}{sign}{grouped}{decimal}{cents:02}"),
            crate::Language::En => format!("{sign}{mark}{grouped}{decimal}{cents:02}"),
        }
    }
}

impl fmt::Display for Money {
    /// `1234.56`, as files and machines read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} {}", self.currency().code())
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn shares_round_half_away_from_zero_and_mirror() {
        for (cents, part, whole, expected) in [
            (100, 1, 3, 33),
            (100, 2, 3, 67),
            (5, 1, 2, 3),
            (-5, 1, 2, -3),
            (15, 1, 10, 2),
            (14, 1, 10, 1),
            (999, 31, 31, 999),
            (1, 1, 3, 0),
        ] {
            assert_eq!(
                Money::from_cents(cents).share(part, whole).cents(),
                expected,
                "{cents} {part}/{whole}"
            );
            assert_eq!(
                Money::from_cents(-cents).share(part, whole),
                -Money::from_cents(cents).share(part, whole)
            );
        }
    }

    #[test]
    fn what_is_typed() {
        for (text, cents) in [
            ("12", 1_200),
            ("12,5", 1_250),
            ("12.50", 1_250),
            ("€ 1.234,56", 123_456),
            ("1,234.56", 123_456),
            ("-3,00", -300),
            ("1.234", 123_400),
            ("0,05", 5),
            (" € 7 ", 700),
        ] {
            assert_eq!(Money::parse(text), Some(Money::from_cents(cents)), "{text}");
        }
        for text in
            ["", "€", "1,2,3", "12,345,6", "1e5", "abc", "12,3.4", "--1", "100000001", ",50", "1234.567,00"]
        {
            assert_eq!(Money::parse(text), None, "{text}");
        }
    }

    #[test]
    fn in_both_languages() {
        let money = Money::from_cents(-123_456_789);
        assert_eq!(money.in_words(Language::Nl), "€\u{a0}-1.234.567,89");
        assert_eq!(money.in_words(Language::En), "-€1,234,567.89");
        assert_eq!(money.to_string(), "-1234567.89");
    }
}
