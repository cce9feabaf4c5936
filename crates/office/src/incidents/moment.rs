//! Moments as people type and read them: the wall clock of Europe/Amsterdam.

use crate::form::{self, Problem};
use base::{Timestamp, amsterdam};

/// A moment that was typed as `31-12-2026 14:30`. In the hour that a day has twice, the first is meant; one
/// that a day lacks counts from the hour before it.
///
/// # Errors
/// [`Problem::Missing`] or [`Problem::Date`].
pub fn moment(text: &str) -> Result<Timestamp, Problem> {
    let mut parts = text.split_whitespace();
    let day = form::day(parts.next().unwrap_or_default())?;
    let time = parts.next().ok_or(Problem::Date)?;
    let (hour, minute) = time.split_once([':', '.']).ok_or(Problem::Date)?;
    let number = |text: &str| {
        let fine = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fine.then(|| text.parse::<i8>().ok()).flatten().ok_or(Problem::Date)
    };
    let time = jiff::civil::Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| Problem::Date)?;
    if parts.next().is_some() {
        return Err(Problem::Date);
    }
    let zoned = day.date().to_datetime(time).to_zoned(amsterdam()).map_err(|_| Problem::Date)?;
    Ok(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

/// A moment as it would be typed.
#[must_use]
pub fn typed(at: Timestamp) -> String {
    let at = at.in_amsterdam();
    format!("{:02}-{:02}-{:04} {:02}:{:02}", at.day(), at.month(), at.year(), at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_the_wall_clock() {
        for (text, utc) in [
            ("23-11-2026 12:00", "2026-11-23T11:00:00Z"),
            (" 1-7-2026  9.05 ", "2026-07-01T07:05:00Z"),
            ("25-10-2026 02:30", "2026-10-25T00:30:00Z"),
            ("29-3-2026 02:30", "2026-03-29T01:30:00Z"),
        ] {
            assert_eq!(moment(text), Ok(Timestamp::parse_rfc3339(utc).expect("an instant")), "{text}");
        }
        for text in
            ["", "23-11-2026", "23-11-2026 25:00", "23-11-2026 1:2:3", "23-11-2026 12:00 x", "x 12:00"]
        {
            assert!(moment(text).is_err(), "{text}");
        }
        assert_eq!(
            moment(&typed(Timestamp::from_seconds(1_800_000_000))).map(Timestamp::as_seconds),
            Ok(1_800_000_000)
        );
    }
}
