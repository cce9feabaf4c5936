//! Terms and the moments they run from: how long data is kept, said as a calendar term in whole
//! UTC days.
//!
//! Invariants: a term is a calendar term (two years after 29 February is 28 February), never a
//! number of seconds; adding one never panics, for terms are bounded when they are read.

use base::{Day, Language, TimeError, Timestamp};
use core::fmt;
use core::str::FromStr;
use serde::Serialize;
use thiserror::Error;

/// A text that is not a term.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("not a term such as \"7 years\", \"6 months\", \"90 days\" or \"1 year 6 months\"")]
pub struct TermParseError;

/// A calendar term: years, months and days, added in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Term {
    years: u16,
    months: u16,
    days: u16,
}

impl Term {
    /// The largest count of each unit: enough for every law, small enough for every calendar sum.
    const PART_MAX: u16 = 5_000;

    /// A term of whole years.
    #[must_use]
    pub const fn years(years: u16) -> Self {
        Self::of(years, 0, 0)
    }

    /// A term of whole months.
    #[must_use]
    pub const fn months(months: u16) -> Self {
        Self::of(0, months, 0)
    }

    /// A term of whole days; zero means "at once".
    #[must_use]
    pub const fn days(days: u16) -> Self {
        Self::of(0, 0, days)
    }

    /// A term of all three; a part beyond the limit is held at it.
    #[must_use]
    pub const fn of(years: u16, months: u16, days: u16) -> Self {
        const fn held(part: u16) -> u16 {
            if part > Term::PART_MAX { Term::PART_MAX } else { part }
        }
        Self { years: held(years), months: held(months), days: held(days) }
    }

    /// Whether the term is nothing at all: the data goes at the moment itself.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.years == 0 && self.months == 0 && self.days == 0
    }

    /// The first day on which the data may no longer be there: the moment's day plus the term.
    ///
    /// # Errors
    /// When the sum leaves the calendar.
    pub fn after(self, day: Day) -> Result<Day, TimeError> {
        day.plus_span(self.span())
    }

    /// As [`Term::after`], for an instant: counted from the UTC day the instant lies in.
    ///
    /// # Errors
    /// When the sum leaves the calendar.
    pub fn after_instant(self, instant: Timestamp) -> Result<Day, TimeError> {
        self.after(instant.day())
    }

    /// Whether the term, begun on `from`, has passed on `today`.
    #[must_use]
    pub fn has_passed(self, from: Day, today: Day) -> bool {
        self.after(from).is_ok_and(|end| end <= today)
    }

    /// A first sieve for queries: no term that began after the answer has passed on `today`. What
    /// began on it or before must still be asked of [`Term::has_passed`], for months differ in length.
    #[must_use]
    pub fn latest_start(self, today: Day) -> Option<Day> {
        // Four days of slack cover the shortest February against the longest month.
        let slack = jiff::Span::new().days(4);
        let date = today.date().checked_sub(self.span()).ok()?.checked_add(slack).ok()?;
        Day::of_date(date)
    }

    /// The term in words: "twee jaar", "six months", "één jaar en zes maanden", "90 dagen".
    #[must_use]
    pub fn in_words(self, language: Language) -> String {
        if self.is_zero() {
            return match language {
                Language::Nl => "direct",
                Language::En => "at once",
            }
            .to_owned();
        }
        let unit = |count: u16, nl: [&'static str; 2], en: [&'static str; 2]| {
            let names = if language == Language::Nl { nl } else { en };
            (count > 0)
                .then(|| format!("{} {}", number_in_words(count, language), names[usize::from(count != 1)]))
        };
        let parts: Vec<String> = [
            unit(self.years, ["jaar", "jaar"], ["year", "years"]),
            unit(self.months, ["maand", "maanden"], ["month", "months"]),
            unit(self.days, ["dag", "dagen"], ["day", "days"]),
        ]
        .into_iter()
        .flatten()
        .collect();
        let and = if language == Language::Nl { " en " } else { " and " };
        match parts.as_slice() {
            [first, middle, last] => format!("{first}, {middle}{and}{last}"),
            _ => parts.join(and),
        }
    }

    fn span(self) -> jiff::Span {
        // The limit on each part keeps the setters within their range.
        jiff::Span::new().years(self.years).months(self.months).days(self.days)
    }
}

/// Small numbers are written out, as running text does.
pub(crate) fn number_in_words(number: u16, language: Language) -> String {
    const NL: [&str; 12] =
        ["één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"];
    const EN: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let words = if language == Language::Nl { &NL } else { &EN };
    usize::from(number)
        .checked_sub(1)
        .and_then(|index| words.get(index))
        .map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

impl FromStr for Term {
    type Err = TermParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() || words.len() > 6 || !words.len().is_multiple_of(2) {
            return Err(TermParseError);
        }
        let mut parts: [Option<u16>; 3] = [None; 3];
        for pair in words.chunks_exact(2) {
            let digits = pair[0].bytes().all(|byte| byte.is_ascii_digit());
            let count = pair[0].parse::<u16>().ok().filter(|count| digits && *count <= Self::PART_MAX);
            let slot = match pair[1] {
                "year" | "years" => 0,
                "month" | "months" => 1,
                "day" | "days" => 2,
                _ => return Err(TermParseError),
            };
            // Each unit once, the larger before the smaller.
            if parts[slot..].iter().any(Option::is_some) {
                return Err(TermParseError);
            }
            parts[slot] = Some(count.ok_or(TermParseError)?);
        }
        let [years, months, days] = parts.map(Option::unwrap_or_default);
        Ok(Self { years, months, days })
    }
}

impl fmt::Display for Term {
    /// The form the policy file has: `7 years`, `1 year 6 months`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (count, name) in [(self.years, "year"), (self.months, "month"), (self.days, "day")] {
            if count > 0 || (name == "day" && first) {
                let gap = if first { "" } else { " " };
                let plural = if count == 1 { "" } else { "s" };
                write!(f, "{gap}{count} {name}{plural}")?;
                first = false;
            }
        }
        Ok(())
    }
}

/// The moment a retention term runs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// The data was collected or received.
    Collected,
    /// The agreement with the customer ended.
    AgreementEnded,
    /// A rights request was closed.
    RequestClosed,
    /// A thread of messages was closed.
    ConversationClosed,
    /// The book year in which the document falls ended.
    BookYearEnded,
    /// A certificate expired.
    CertificateExpired,
    /// A domain name was cancelled or transferred away.
    DomainEnded,
    /// A message was sent.
    Sent,
    /// A session or sign-in record was last used.
    LastUsed,
    /// The subject's data was erased.
    SubjectErased,
    /// The service for which the content was held ended.
    ServiceEnded,
    /// The case of a leak, or a report of one, was closed.
    IncidentClosed,
    /// A supplier's part came to its end: the withdrawal was answered, or nothing had left after all.
    WithdrawalEnded,
}

impl Moment {
    /// All of them, in the order the documentation lists them.
    pub const ALL: [Self; 13] = [
        Self::Collected,
        Self::AgreementEnded,
        Self::ServiceEnded,
        Self::RequestClosed,
        Self::ConversationClosed,
        Self::IncidentClosed,
        Self::BookYearEnded,
        Self::CertificateExpired,
        Self::DomainEnded,
        Self::WithdrawalEnded,
        Self::Sent,
        Self::LastUsed,
        Self::SubjectErased,
    ];

    /// The name in the policy file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::AgreementEnded => "agreement-ended",
            Self::RequestClosed => "request-closed",
            Self::ConversationClosed => "conversation-closed",
            Self::BookYearEnded => "book-year-ended",
            Self::CertificateExpired => "certificate-expired",
            Self::DomainEnded => "domain-ended",
            Self::Sent => "sent",
            Self::LastUsed => "last-used",
            Self::SubjectErased => "subject-erased",
            Self::ServiceEnded => "service-ended",
            Self::IncidentClosed => "incident-closed",
            Self::WithdrawalEnded => "withdrawal-ended",
        }
    }

    /// The moment as it follows "na" or "after": "het einde van de overeenkomst".
    #[must_use]
    pub const fn in_words(self, language: Language) -> &'static str {
        let (nl, en) = match self {
            Self::Collected => ("het moment van vastleggen", "the moment they are recorded"),
            Self::AgreementEnded => ("het einde van de overeenkomst", "the end of the agreement"),
            Self::RequestClosed => ("de afhandeling van het verzoek", "the request has been dealt with"),
            Self::ConversationClosed => ("het afsluiten van het gesprek", "the conversation is closed"),
            Self::BookYearEnded => ("het einde van het boekjaar", "the end of the book year"),
            Self::CertificateExpired => ("het verlopen van het certificaat", "the certificate expires"),
            Self::DomainEnded => {
                ("het opzeggen of verhuizen van de domeinnaam", "the domain name is cancelled or moved")
            }
            Self::Sent => ("het versturen", "sending"),
            Self::LastUsed => ("het laatste gebruik", "the last use"),
            Self::SubjectErased => ("het wissen van de andere gegevens", "the other data are erased"),
            Self::ServiceEnded => ("het einde van de dienst", "the end of the service"),
            Self::IncidentClosed => ("het afsluiten van het datalek", "the case of the leak is closed"),
            Self::WithdrawalEnded => ("de afronding bij de leverancier", "the supplier is done with them"),
        };
        match language {
            Language::Nl => nl,
            Language::En => en,
        }
    }
}

/// How long the data of a purpose is kept, and from what moment the term runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Retention {
    /// The term.
    pub term: Term,
    /// The moment it runs from.
    pub from: Moment,
}

impl Retention {
    /// "twee jaar na het einde van de overeenkomst"; for a zero term "direct na …".
    #[must_use]
    pub fn in_words(self, language: Language) -> String {
        let term = self.term.in_words(language);
        let moment = self.from.in_words(language);
        match language {
            Language::Nl => format!("{term} na {moment}"),
            Language::En => format!("{term} after {moment}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Timestamp::parse_rfc3339(&format!("{text}T12:00:00Z")).expect("a date").day()
    }

    #[test]
    fn terms_read_and_print() {
        for (text, term) in [
            ("7 years", Term::years(7)),
            ("1 year", Term::years(1)),
            ("6 months", Term::months(6)),
            ("90 days", Term::days(90)),
            ("1 year 6 months", Term::of(1, 6, 0)),
            ("2 years 1 month 3 days", Term::of(2, 1, 3)),
            ("0 days", Term::days(0)),
        ] {
            assert_eq!(text.parse(), Ok(term), "{text}");
            assert_eq!(term.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_term_is_refused() {
        for text in [
            "",
            "2",
            "years",
            "2 jaar",
            "2 jear",
            "-1 years",
            "+1 years",
            "1 month 1 year",
            "1 day 1 day",
            "2.5 years",
            "9999 years",
            "99999999 days",
            "2years",
            "1 year 1 month 1 day 1 day",
        ] {
            assert_eq!(text.parse::<Term>(), Err(TermParseError), "{text}");
        }
    }

    #[test]
    fn terms_are_calendar_terms() {
        for (term, from, end) in [
            ("2 years", "2026-11-22", "2028-11-22"),
            ("2 years", "2028-02-29", "2030-02-28"),
            ("1 month", "2027-01-31", "2027-02-28"),
            ("90 days", "2026-11-22", "2027-02-20"),
            ("1 year 6 months", "2026-08-31", "2028-02-29"),
            ("0 days", "2026-11-22", "2026-11-22"),
        ] {
            let term: Term = term.parse().expect("a term");
            let end = day(end);
            assert_eq!(term.after(day(from)), Ok(end), "{term} after {from}");
            assert!(term.has_passed(day(from), end));
            if !term.is_zero() {
                assert!(!term.has_passed(day(from), Day::from_number(end.number() - 1)));
            }
        }
    }

    #[test]
    fn the_sieve_never_drops_what_has_passed() {
        for term in [Term::months(1), Term::years(2), Term::of(1, 1, 1), Term::days(90), Term::days(0)] {
            for today in 20_500..21_300 {
                let today = Day::from_number(today);
                let latest = term.latest_start(today).expect("within the calendar");
                for start in latest.number() + 1..latest.number() + 6 {
                    assert!(!term.has_passed(Day::from_number(start), today), "{term} {start} {today}");
                }
            }
        }
    }

    #[test]
    fn the_longest_term_does_not_panic() {
        let longest = Term::of(u16::MAX, u16::MAX, u16::MAX);
        assert!(longest.after(day("2026-11-22")).is_ok());
        let late = Day::of_date(jiff::civil::date(9990, 1, 1)).expect("within the calendar");
        assert_eq!(longest.after(late), Err(TimeError));
        assert!(!longest.has_passed(late, Day::from_number(late.number() + 3_000)));
        assert_eq!(Term::years(5_000).latest_start(day("2026-11-22")), None);
    }

    #[test]
    fn words() {
        for (term, nl, en) in [
            (Term::years(2), "twee jaar", "two years"),
            (Term::months(1), "één maand", "one month"),
            (Term::days(90), "90 dagen", "90 days"),
            (Term::of(1, 6, 0), "één jaar en zes maanden", "one year and six months"),
            (
                Term::of(1, 2, 3),
                "één jaar, twee maanden en drie dagen",
                "one year, two months and three days",
            ),
            (Term::days(0), "direct", "at once"),
        ] {
            assert_eq!(term.in_words(Language::Nl), nl);
            assert_eq!(term.in_words(Language::En), en);
        }
    }
}
