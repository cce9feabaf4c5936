//! What can be wrong with what somebody typed: named problems, which pages put into words and the
//! command line prints. They never repeat the value.

use base::Day;
use core::fmt;

/// What is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was filled in.
    Missing,
    /// Longer than allowed, in characters.
    TooLong {
        /// The limit.
        max: usize,
    },
    /// Shorter than allowed, in characters.
    TooShort {
        /// The limit.
        min: usize,
    },
    /// Not an e-mail address.
    Email,
    /// Not a telephone number.
    Phone,
    /// Not a Dutch postcode.
    Postcode,
    /// Not a country of ISO 3166-1.
    Country,
    /// Not a KvK number: eight digits.
    Kvk,
    /// Not a VAT number of the country it names.
    Vat,
    /// Holds characters that do not belong there.
    Characters,
    /// Not one of the choices.
    Choice,
    /// Somebody else has it already.
    Taken,
    /// Does not match.
    Mismatch,
    /// A password that is among the first to be tried.
    Guessable,
    /// Not right (a code or password).
    Wrong,
    /// No longer valid.
    Expired,
    /// Not a domain name.
    Domain,
    /// Not an amount of money.
    Amount,
    /// Not a date, or not one that can be meant.
    Date,
    /// Not a number, or out of bounds.
    Number,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::TooLong { max } => write!(f, "is longer than {max} characters"),
            Self::TooShort { min } => write!(f, "is shorter than {min} characters"),
            Self::Email => f.write_str("is not an e-mail address"),
            Self::Phone => f.write_str("is not a telephone number"),
            Self::Postcode => f.write_str("is not a postcode such as 1234 AB"),
            Self::Country => f.write_str("is not a country code of two letters such as NL"),
            Self::Kvk => f.write_str("is not a KvK number of eight digits"),
            Self::Vat => f.write_str("is not a VAT number such as NL123456782B90"),
            Self::Characters => f.write_str("holds characters that do not belong there"),
            Self::Choice => f.write_str("is not one of the choices"),
            Self::Taken => f.write_str("is in use already"),
            Self::Mismatch => f.write_str("does not match"),
            Self::Guessable => f.write_str("is too easy to guess"),
            Self::Wrong => f.write_str("is not right"),
            Self::Expired => f.write_str("has expired"),
            Self::Domain => f.write_str("is not a domain name such as example.org"),
            Self::Amount => f.write_str("is not an amount such as 12.50"),
            Self::Date => f.write_str("is not a possible date such as 31-12-2026"),
            Self::Number => f.write_str("is not a number within bounds"),
        }
    }
}

/// A day as people type it, `31-12-2026`, or as files have it, `2026-12-31`.
///
/// # Errors
/// [`Problem::Missing`] or [`Problem::Date`].
pub fn day(text: &str) -> Result<Day, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [a, b, c] = parts[..] else { return Err(Problem::Date) };
    let (year, month, date) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let number = |text: &str, digits: core::ops::RangeInclusive<usize>| {
        let fine = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fine.then(|| text.parse::<i16>().ok()).flatten().ok_or(Problem::Date)
    };
    let small = |n: i16| i8::try_from(n).map_err(|_| Problem::Date);
    let date = jiff::civil::Date::new(
        number(year, 4..=4)?,
        small(number(month, 1..=2)?)?,
        small(number(date, 1..=2)?)?,
    );
    date.ok().and_then(Day::of_date).ok_or(Problem::Date)
}

/// Fields and what is wrong with each, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<(&'static str, Problem)>);

impl Problems {
    /// None so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// A single one.
    #[must_use]
    pub fn one(field: &'static str, problem: Problem) -> Self {
        Self(vec![(field, problem)])
    }

    /// Adds one.
    pub fn add(&mut self, field: &'static str, problem: Problem) {
        self.0.push((field, problem));
    }

    /// Keeps the value of a field, or notes its problem.
    pub fn take<T>(&mut self, field: &'static str, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(field, problem)).ok()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[(&'static str, Problem)] {
        &self.0
    }

    /// What is wrong with a field, if anything.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<Problem> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, problem)| *problem)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (field, problem)) in self.0.iter().enumerate() {
            write!(f, "{}{field} {problem}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_typed_and_as_in_files() {
        for text in ["31-12-2026", "2026-12-31", " 31/12/2026 ", "31.12.2026"] {
            assert_eq!(day(text).map(|day| day.to_string()), Ok("2026-12-31".to_owned()), "{text}");
        }
        for text in ["31-2-2026", "12-31-2026", "2026", "1-1-26", "a-b-2026", "-1-1-2026", "1-1-1960"] {
            assert_eq!(day(text), Err(Problem::Date), "{text}");
        }
        assert_eq!(day(" "), Err(Problem::Missing));
    }
}
