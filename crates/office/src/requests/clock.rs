//! The clock of a request (GDPR art. 12(3)): the term of the policy's facts of law, counted as
//! Regulation 1182/71 counts, and its one extension.
//!
//! The day of receipt does not count; the term ends with the last hour of the day of the same date,
//! or of the month's last day where the month lacks that date; a term that would end on a Saturday or
//! Sunday ends with the next working day (article 3(4)). Public holidays are not known here: a term
//! that ends on one ends earlier than the law asks, never later.

use base::{Day, TimeError, Timestamp, amsterdam};
use policy::{Law, Term};
use thiserror::Error;

const SATURDAY: i8 = 6;
const SUNDAY: i8 = 7;

/// When an answer is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// When the request was received.
    pub received_at: Timestamp,
    /// The last second in which an answer is in time.
    pub due_at: Timestamp,
    /// When the term was extended, if it was.
    pub extended_at: Option<Timestamp>,
}

/// Why a term is not extended.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionRefused {
    /// It was extended before.
    #[error("the term was extended before; it is extended once")]
    Twice,
    /// The first term has passed.
    #[error("the term has passed; it can be extended within the first term only")]
    TooLate,
    /// The calendar ended.
    #[error(transparent)]
    Time(#[from] TimeError),
}

/// What is left of the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Whole calendar days until the last day.
    Days(i64),
    /// It ends today.
    Today,
    /// It ended this many calendar days ago.
    Late(i64),
}

impl Deadline {
    /// The deadline of a request received at an instant.
    ///
    /// # Errors
    /// When the calendar ends first.
    pub fn begin(received_at: Timestamp, law: &Law) -> Result<Self, TimeError> {
        let due_at = end_of_term(law.request_answer.after(day_in_amsterdam(received_at)?)?)?;
        Ok(Self { received_at, due_at, extended_at: None })
    }

    /// The same, extended. Only once, and only while the first term runs.
    ///
    /// # Errors
    /// [`ExtensionRefused`].
    pub fn extend(self, now: Timestamp, law: &Law) -> Result<Self, ExtensionRefused> {
        if self.extended_at.is_some() {
            return Err(ExtensionRefused::Twice);
        }
        if now > self.due_at {
            return Err(ExtensionRefused::TooLate);
        }
        // Counted on from the end of the first term by date, before any weekend moved it.
        let first: Term = law.request_answer;
        let end = law.request_extension.after(first.after(day_in_amsterdam(self.received_at)?)?)?;
        Ok(Self { due_at: end_of_term(end)?, extended_at: Some(now), ..self })
    }

    /// Whether the term has passed.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        now > self.due_at
    }

    /// What is left, in calendar days of Europe/Amsterdam.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Left {
        let days = |at: Timestamp| day_in_amsterdam(at).map_or(0, |day| i64::from(day.number()));
        match days(self.due_at) - days(now) {
            0 if !self.is_late(now) => Left::Today,
            0 => Left::Late(0),
            left if left > 0 => Left::Days(left),
            late => Left::Late(-late),
        }
    }
}

/// The calendar day in Europe/Amsterdam that an instant lies in.
fn day_in_amsterdam(at: Timestamp) -> Result<Day, TimeError> {
    Day::of_date(at.in_amsterdam().date()).ok_or(TimeError)
}

/// The last second of a day in Europe/Amsterdam, or of the Monday after it when it is in a weekend.
fn end_of_term(day: Day) -> Result<Timestamp, TimeError> {
    let rest = match day.date().weekday().to_monday_one_offset() {
        SATURDAY => 2,
        SUNDAY => 1,
        _ => 0,
    };
    let day = Day::from_number(day.number() + rest);
    let end = day.date().at(23, 59, 59, 0).to_zoned(amsterdam()).map_err(|_| TimeError)?;
    Ok(Timestamp::from_micros(end.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law() -> Law {
        policy::Policy::parse(policy::DEMO_POLICY).expect("the demo policy is well-formed").law().clone()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("an instant")
    }

    #[test]
    fn a_term_ends_with_the_same_date_of_the_next_month() {
        // Received (UTC) and due (UTC); Amsterdam is one hour ahead in winter and two in summer.
        let table = [
            ("a plain month", "2026-11-25T10:00:00Z", "2026-12-25T22:59:59.000Z"),
            ("31 January: the month lacks the date", "2029-01-31T10:00:00Z", "2029-02-28T22:59:59.000Z"),
            ("31 January in a leap year", "2028-01-31T10:00:00Z", "2028-02-29T22:59:59.000Z"),
            ("28 February 2027 is a Sunday", "2027-01-31T10:00:00Z", "2027-03-01T22:59:59.000Z"),
            ("into summer time", "2026-03-10T10:00:00Z", "2026-04-10T21:59:59.000Z"),
            ("out of summer time", "2026-10-05T10:00:00Z", "2026-11-05T22:59:59.000Z"),
            (
                "the last hour of the Amsterdam day is the next day in UTC",
                "2026-06-09T22:30:00Z",
                "2026-07-10T21:59:59.000Z",
            ),
            ("22 December 2026 is a Tuesday", "2026-11-22T12:00:00Z", "2026-12-22T22:59:59.000Z"),
            ("ends on a Saturday", "2026-11-12T12:00:00Z", "2026-12-14T22:59:59.000Z"),
            ("ends on a Sunday", "2026-11-13T12:00:00Z", "2026-12-14T22:59:59.000Z"),
            ("over the turn of the year", "2026-12-15T12:00:00Z", "2027-01-15T22:59:59.000Z"),
        ];
        for (what, received, due) in table {
            let deadline = Deadline::begin(at(received), &law()).expect("within the calendar");
            assert_eq!(deadline.due_at.rfc3339(), due, "{what}");
        }
    }

    #[test]
    fn an_extension_adds_two_months_once_and_in_time() {
        let law = law();
        let deadline = Deadline::begin(at("2026-11-12T12:00:00Z"), &law).expect("begun");
        // 12 December is a Saturday; the two months count from the 12th and end on Friday 12 February.
        let last_moment = deadline.extend(deadline.due_at, &law).expect("the last second is in time");
        assert_eq!(last_moment.due_at.rfc3339(), "2027-02-12T22:59:59.000Z");
        assert_eq!(last_moment.extend(deadline.due_at, &law), Err(ExtensionRefused::Twice));
        assert_eq!(deadline.extend(deadline.due_at.plus_seconds(1), &law), Err(ExtensionRefused::TooLate));
    }

    #[test]
    fn what_is_left_is_counted_in_days_of_amsterdam() {
        let deadline = Deadline::begin(at("2026-11-25T10:00:00Z"), &law()).expect("begun");
        let table = [
            ("2026-11-25T10:00:00Z", Left::Days(30)),
            ("2026-12-24T22:59:59Z", Left::Days(1)),
            ("2026-12-24T23:00:00Z", Left::Today),
            ("2026-12-25T22:59:59Z", Left::Today),
            ("2026-12-25T23:00:00Z", Left::Late(1)),
            ("2026-12-31T12:00:00Z", Left::Late(6)),
        ];
        for (now, left) in table {
            assert_eq!(deadline.left(at(now)), left, "{now}");
        }
        assert!(!deadline.is_late(deadline.due_at) && deadline.is_late(deadline.due_at.plus_seconds(1)));
    }
}
