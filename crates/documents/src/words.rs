//! Days, periods and rates as people write them.

use base::{Day, Language};

const MONTHS: [[&str; 12]; 2] = [
    [
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
    ],
    [
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
    ],
];

/// `22 november 2026`, `22 November 2026`.
pub(crate) fn day(day: Day, language: Language) -> String {
    let date = day.date();
    let names = MONTHS[match language {
        Language::Nl => 0,
        Language::En => 1,
    }];
    let month = names[usize::try_from(date.month() - 1).unwrap_or(0)];
    format!("{}\u{a0}{month}\u{a0}{}", date.day(), date.year())
}

/// From the first day to the last one, the last included.
pub(crate) fn period(from: Day, until: Day, language: Language) -> String {
    let last = Day::from_number(until.number().saturating_sub(1));
    let to = match language {
        Language::Nl => "t/m",
        Language::En => "to",
    };
    if last <= from {
        return day(from, language);
    }
    format!("{} {to} {}", day(from, language), day(last, language))
}

/// A number of hundredths as a percentage: `21%`, `25,5%`.
pub(crate) fn percent(hundredths: u32, language: Language) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let mark = match language {
        Language::Nl => ',',
        Language::En => '.',
    };
    match rest {
        0 => format!("{whole}%"),
        rest if rest % 10 == 0 => format!("{whole}{mark}{}%", rest / 10),
        rest => format!("{whole}{mark}{rest:02}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write() {
        let of = |text: &str| Day::of_date(text.parse().expect("a date")).expect("a day");
        let (from, until) = (of("2026-01-31"), of("2026-02-28"));
        assert_eq!(
            period(from, until, Language::Nl),
            "31\u{a0}januari\u{a0}2026 t/m 27\u{a0}februari\u{a0}2026"
        );
        assert_eq!(period(from, of("2026-02-01"), Language::En), "31\u{a0}January\u{a0}2026");
        for (hundredths, expected) in [(2_100, "21%"), (0, "0%"), (2_550, "25,5%"), (905, "9,05%")] {
            assert_eq!(percent(hundredths, Language::Nl), expected);
        }
        assert_eq!(percent(2_550, Language::En), "25.5%");
    }
}
