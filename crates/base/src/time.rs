//! Instants, days and the clock.
//!
//! Instants are whole microseconds since 1970-01-01T00:00:00Z: the finest step that SQLite and
//! PostgreSQL keep alike. Calendar work (terms, deadlines) goes through `jiff` in
//! Europe/Amsterdam; retention counts UTC days.

use core::fmt;
use jiff::{Span, ToSpan, Unit, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};
use thiserror::Error;

/// A calendar calculation that left the years the calendar knows.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("the date is out of range")]
pub struct TimeError;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// The time zone of deadlines and of what people see.
#[must_use]
pub fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").expect("the time zone database is part of the program")
}

impl Timestamp {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant moved by seconds (negative: back), held at the ends of the scale.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// This instant moved by days of 24 hours.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// Seconds from `earlier` to this instant; negative when this one is the earlier.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1_000_000)
    }

    /// The same wall-clock time in Europe/Amsterdam a calendar span later. A month after 31
    /// January is the last day of February (Regulation 1182/71 art. 3(2)(c)).
    ///
    /// # Errors
    /// When the result leaves the calendar.
    pub fn plus_span_in_amsterdam(self, span: Span) -> Result<Self, TimeError> {
        let zoned = self.jiff().to_zoned(amsterdam());
        let later = zoned.checked_add(span).map_err(|_| TimeError)?;
        Ok(Self(later.timestamp().as_microsecond()))
    }

    /// A calendar month later in Europe/Amsterdam.
    ///
    /// # Errors
    /// When the result leaves the calendar.
    pub fn plus_months(self, months: i32) -> Result<Self, TimeError> {
        self.plus_span_in_amsterdam(months.months())
    }

    /// The UTC day this instant lies in.
    #[must_use]
    pub fn day(self) -> Day {
        Day(u32::try_from(self.as_seconds().div_euclid(86_400)).unwrap_or(0))
    }

    /// RFC 3339 in UTC with milliseconds, as ledger entries carry it.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let stamp =
            jiff::Timestamp::from_millisecond(self.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        format!("{stamp:.3}")
    }

    /// Reads RFC 3339.
    ///
    /// # Errors
    /// When the text is not an instant.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_microsecond())).map_err(|_| TimeError)
    }

    /// The date and wall-clock time in Europe/Amsterdam.
    #[must_use]
    pub fn in_amsterdam(self) -> civil::DateTime {
        self.jiff().to_zoned(amsterdam()).datetime()
    }

    fn jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

/// A UTC day: days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(u32);

impl Day {
    /// From days since 1970-01-01.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The instant the day begins.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        Timestamp::from_seconds(self.0 as i64 * 86_400)
    }

    /// The calendar date.
    #[must_use]
    pub fn date(self) -> civil::Date {
        civil::date(1970, 1, 1).checked_add(i64::from(self.0).days()).unwrap_or(civil::Date::MAX)
    }

    /// The day of a calendar date; none before 1970.
    #[must_use]
    pub fn of_date(date: civil::Date) -> Option<Self> {
        let days = civil::date(1970, 1, 1).until((Unit::Day, date)).ok()?.get_days();
        u32::try_from(days).ok().map(Self)
    }

    /// The day a calendar span later; a day that the month lacks becomes the month's last.
    ///
    /// # Errors
    /// When the result leaves the calendar or lies before 1970.
    pub fn plus_span(self, span: Span) -> Result<Self, TimeError> {
        self.date().checked_add(span).ok().and_then(Self::of_date).ok_or(TimeError)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.date(), f)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.date(), f)
    }
}

/// The clock, passed in everywhere.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock; the one place it is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }
}

/// The machine's clock, put forward or back.
#[derive(Debug, Default)]
pub struct ShiftedClock(AtomicI64);

impl ShiftedClock {
    /// Moves it further, back when negative.
    pub fn shift_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Moves it further by days of 86,400 seconds, back when negative.
    pub fn shift_days(&self, days: i64) {
        self.shift_seconds(days * 86_400);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// A clock that a test sets and moves.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at an instant.
    #[must_use]
    pub const fn at(instant: Timestamp) -> Self {
        Self(AtomicI64::new(instant.0))
    }

    /// A clock that stands at a number of seconds since the epoch.
    #[must_use]
    pub const fn at_second(second: i64) -> Self {
        Self::at(Timestamp::from_seconds(second))
    }

    /// Puts the clock at an instant, forward or back.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.0, Ordering::SeqCst);
    }

    /// Moves the clock by seconds.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_has_three_decimals_and_reads_back() {
        let t = Timestamp::from_micros(1_763_812_800_123_456);
        assert_eq!(t.rfc3339(), "2025-11-22T12:00:00.123Z");
        assert_eq!(
            Timestamp::parse_rfc3339("2025-11-22T12:00:00.123Z").map(Timestamp::as_millis),
            Ok(t.as_millis())
        );
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), Err(TimeError));
    }

    #[test]
    fn a_month_keeps_the_wall_clock_over_daylight_saving() {
        // 28 September 2026 10:00 in Amsterdam is summer time, 28 October is winter time.
        let summer = Timestamp::parse_rfc3339("2026-09-28T08:00:00Z").expect("valid");
        assert_eq!(summer.plus_months(1).expect("valid").rfc3339(), "2026-10-28T09:00:00.000Z");
        let january = Timestamp::parse_rfc3339("2027-01-31T11:00:00Z").expect("valid");
        assert_eq!(january.plus_months(1).expect("valid").rfc3339(), "2027-02-28T11:00:00.000Z");
    }

    #[test]
    fn days_are_utc() {
        let t = Timestamp::parse_rfc3339("2026-11-22T23:30:00Z").expect("valid");
        assert_eq!(t.day().to_string(), "2026-11-22");
        assert_eq!(t.day().start().rfc3339(), "2026-11-22T00:00:00.000Z");
        assert_eq!(Day::of_date(t.day().date()), Some(t.day()));
        assert_eq!(t.day().plus_span(2.years()).expect("valid").to_string(), "2028-11-22");
        let leap = Day::of_date(jiff::civil::date(2028, 2, 29)).expect("valid");
        assert_eq!(leap.plus_span(1.year()).expect("valid").to_string(), "2029-02-28");
    }
}
