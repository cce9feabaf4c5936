//! Dates, times and numbers as people here read them. Times are Europe/Amsterdam.

use crate::text::{T, Text};
use base::{Language, Timestamp};

const MONTHS_NL: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// An instant, or a reference to one: templates hand in either.
pub trait At {
    /// The instant.
    fn at(&self) -> Timestamp;
}

impl At for Timestamp {
    fn at(&self) -> Timestamp {
        *self
    }
}

impl<A: At + ?Sized> At for &A {
    fn at(&self) -> Timestamp {
        (**self).at()
    }
}

/// A count, or a reference to one.
pub trait Count {
    /// The count.
    fn count(&self) -> u64;
}

macro_rules! count {
    ($($number:ty)*) => { $(
        impl Count for $number {
            fn count(&self) -> u64 {
                u64::try_from(*self).unwrap_or(u64::MAX)
            }
        }
    )* };
}
count!(u8 u16 u32 u64 usize i32 i64);

impl<C: Count + ?Sized> Count for &C {
    fn count(&self) -> u64 {
        (**self).count()
    }
}

impl T {
    /// A day: `22 november 2026`, `22 November 2026`.
    #[must_use]
    pub fn date(self, at: impl At) -> String {
        let date = at.at().in_amsterdam().date();
        let months = match self.language() {
            Language::Nl => MONTHS_NL,
            Language::En => MONTHS_EN,
        };
        let month = usize::try_from(date.month()).unwrap_or(1).saturating_sub(1).min(11);
        format!("{} {} {}", date.day(), months[month], date.year())
    }

    /// A day and time: `22 november 2026 14:05`.
    #[must_use]
    pub fn date_time(self, at: impl At) -> String {
        let at = at.at();
        let time = at.in_amsterdam().time();
        format!("{} {:02}:{:02}", self.date(at), time.hour(), time.minute())
    }

    /// The instant for the `datetime` attribute of `<time>`.
    #[must_use]
    pub fn machine(self, at: impl At) -> String {
        at.at().rfc3339()
    }

    /// A whole number in groups of three: `12.345`, in English `12,345`.
    #[must_use]
    pub fn number(self, number: impl Count) -> String {
        let digits = number.count().to_string();
        let separator = if self.language() == Language::Nl { '.' } else { ',' };
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }

    /// A duration in words: days from a day on, hours below three days, minutes below a day.
    #[must_use]
    pub fn duration(self, seconds: i64) -> String {
        let minutes = seconds.unsigned_abs() / 60;
        let (days, hours) = (minutes / 1440, (minutes % 1440) / 60);
        let mut parts = Vec::new();
        if days > 0 {
            parts.push(format!(
                "{days} {}",
                if days == 1 { self.duration_day() } else { self.duration_days() }
            ));
        }
        if days < 3 {
            parts.push(format!("{hours} {}", self.duration_hours()));
        }
        if days == 0 {
            parts.push(format!("{} {}", minutes % 60, self.duration_minutes()));
        }
        parts.join(" ")
    }
}

/// A deadline as a page shows it: words first, then a meter. The server computes what is left.
#[derive(Debug, Clone)]
pub struct Clock {
    /// When it began.
    pub began: Timestamp,
    /// The deadline.
    pub deadline: Timestamp,
    /// The present.
    pub now: Timestamp,
}

impl Clock {
    /// Seconds left; negative when late.
    #[must_use]
    pub const fn left_seconds(&self) -> i64 {
        self.deadline.seconds_since(self.now)
    }

    /// What is left, in words.
    #[must_use]
    pub fn left(&self, t: &T) -> Text {
        let words = t.duration(self.left_seconds());
        if self.is_late() { t.clock_late(words) } else { t.clock_left(words) }
    }

    /// Whether the deadline has passed.
    #[must_use]
    pub const fn is_late(&self) -> bool {
        self.left_seconds() < 0
    }

    /// Whether less than a quarter of the time is left.
    #[must_use]
    pub const fn is_soon(&self) -> bool {
        !self.is_late() && self.left_seconds() * 4 < self.deadline.seconds_since(self.began)
    }

    /// How much of the time has passed, in per cent.
    #[must_use]
    pub fn passed_percent(&self) -> i64 {
        let whole = self.deadline.seconds_since(self.began).max(1);
        (self.now.seconds_since(self.began).saturating_mul(100) / whole).clamp(0, 100)
    }

    /// Class of the badge.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        if self.is_late() {
            "danger"
        } else if self.is_soon() {
            "warn"
        } else {
            "ok"
        }
    }

    /// The word of the badge.
    #[must_use]
    pub fn word(&self, t: &T) -> Text {
        match self.class() {
            "danger" => t.clock_overdue(),
            "warn" => t.clock_soon(),
            _ => t.clock_on_time(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NL: T = T::new(Language::Nl);
    const EN: T = T::new(Language::En);

    #[test]
    fn dates_are_those_of_amsterdam() {
        let at = Timestamp::parse_rfc3339("2026-07-31T22:30:00Z").expect("valid");
        assert_eq!(NL.date(at), "1 augustus 2026");
        assert_eq!(EN.date_time(at), "1 August 2026 00:30");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            (NL.number(0), NL.number(999), NL.number(1000)),
            ("0".into(), "999".into(), "1.000".into())
        );
        assert_eq!(EN.number(1_234_567), "1,234,567");
    }

    #[test]
    fn a_clock_says_what_is_left() {
        let began = Timestamp::from_seconds(0);
        let clock = |now| Clock {
            began,
            deadline: Timestamp::from_seconds(72 * 3600),
            now: Timestamp::from_seconds(now),
        };
        assert_eq!(clock(0).left(&NL), "nog 3 dagen");
        assert_eq!(clock(3600).left(&NL), "nog 2 dagen 23 uur");
        assert_eq!(clock(71 * 3600).left(&EN), "1 h 0 min left");
        assert_eq!(clock(73 * 3600).left(&NL), "1 uur 0 min te laat");
        assert_eq!(
            (clock(0).class(), clock(60 * 3600).class(), clock(73 * 3600).class()),
            ("ok", "warn", "danger")
        );
        assert_eq!((clock(36 * 3600).passed_percent(), clock(999 * 3600).passed_percent()), (50, 100));
    }
}
