//! What can be asked under a release, and what comes of it.

use base::Day;
use keys::seal::SiteId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use thiserror::Error;
use traffic::hit::Address;
use traffic::scan::{Pattern, Prefix, Query};

/// Rows of one answer at most.
pub const ROWS_MAX: u64 = 1_000_000;
/// Rows that a page shows.
pub const SHOWN_MAX: u64 = 500;
/// Sites, addresses or pairs of these that a summary counts.
const COUNTED_MAX: usize = 100_000;
/// The longest pattern, in characters.
const PATTERN_CHARS_MAX: usize = 500;
/// Addresses of one question at most.
const ADDRESSES_MAX: usize = 100;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The rows.
    Rows,
    /// How many per hour, per site, and the addresses and paths that occur most.
    Summary,
    /// Which sites the addresses touched, by the index.
    Sites,
}

/// A question. What is not said asks for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is asked.
    pub shape: Shape,
    /// Addresses, or networks such as `192.0.2.0/24`.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// These sites only.
    #[serde(default)]
    pub sites: Vec<SiteId>,
    /// Seconds since 1970: from here.
    #[serde(default)]
    pub from: Option<i64>,
    /// Seconds since 1970: to before here.
    #[serde(default)]
    pub until: Option<i64>,
    /// Occurs in the path.
    #[serde(default)]
    pub path: Option<String>,
    /// Occurs in the browser id.
    #[serde(default)]
    pub agent: Option<String>,
    /// Rows at most.
    pub rows_max: u64,
}

/// Why a question is none.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum QuestionError {
    /// Not an address or network.
    #[error("\"{0}\" is not an address or a network such as 192.0.2.0/24")]
    Address(String),
    /// Too many addresses.
    #[error("a question names {ADDRESSES_MAX} addresses at most")]
    Addresses,
    /// A pattern that is too long.
    #[error("a pattern has {PATTERN_CHARS_MAX} characters at most")]
    Pattern,
    /// The time runs backwards.
    #[error("the end is before the beginning")]
    Times,
    /// The index is asked without an address.
    #[error("which sites were touched is asked of an address")]
    NoAddress,
    /// More rows than an answer has.
    #[error("an answer has 1 to {ROWS_MAX} rows")]
    Rows,
}

fn prefix(text: &str) -> Option<Prefix> {
    match text.split_once('/') {
        None => Some(Prefix::exactly(text.parse::<IpAddr>().ok()?.into())),
        Some((address, length)) => {
            Prefix::network(Address::from(address.parse::<IpAddr>().ok()?), length.parse().ok()?)
        }
    }
}

impl Question {
    /// A question about rows, of everything in scope.
    #[must_use]
    pub const fn all(shape: Shape) -> Self {
        Self {
            shape,
            addresses: Vec::new(),
            sites: Vec::new(),
            from: None,
            until: None,
            path: None,
            agent: None,
            rows_max: SHOWN_MAX,
        }
    }

    /// Checks what was typed.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), QuestionError> {
        if self.addresses.len() > ADDRESSES_MAX {
            return Err(QuestionError::Addresses);
        }
        if let Some(wrong) = self.addresses.iter().find(|text| prefix(text).is_none()) {
            return Err(QuestionError::Address(wrong.clone()));
        }
        let long = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| text.chars().count() > PATTERN_CHARS_MAX)
        };
        if long(&self.path) || long(&self.agent) {
            return Err(QuestionError::Pattern);
        }
        if self.from.zip(self.until).is_some_and(|(from, until)| until <= from) {
            return Err(QuestionError::Times);
        }
        if self.shape == Shape::Sites && self.addresses.is_empty() {
            return Err(QuestionError::NoAddress);
        }
        if self.rows_max == 0 || self.rows_max > ROWS_MAX {
            return Err(QuestionError::Rows);
        }
        Ok(())
    }

    pub(super) fn is_about_sites(&self) -> bool {
        self.shape == Shape::Sites
    }

    pub(super) fn prefixes(&self) -> Vec<Prefix> {
        self.addresses.iter().filter_map(|text| prefix(text)).collect()
    }

    /// The question to one day; none when the time leaves it out.
    pub(super) fn query(&self, day: Day, room: u64) -> Option<Query> {
        let start = day.start().as_seconds();
        let second = |at: i64| u32::try_from((at - start).clamp(0, 86_400)).unwrap_or(0);
        let seconds = match (self.from, self.until) {
            (None, None) => None,
            (from, until) => {
                let (from, until) = (from.map_or(0, second), until.map_or(86_400, second));
                if from >= until {
                    return None;
                }
                Some((from, until))
            }
        };
        let sites: BTreeSet<SiteId> = self.sites.iter().copied().collect();
        Some(Query {
            sites: (!sites.is_empty()).then_some(sites),
            addresses: (!self.addresses.is_empty()).then(|| self.prefixes()),
            seconds,
            path: self.path.as_ref().map(Pattern::contains),
            agent: self.agent.as_ref().map(Pattern::contains),
            rows_max: Some(room),
            ..Query::default()
        })
    }
}

/// A visit, under a release. It does not print.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Seconds since 1970.
    pub time: i64,
    /// The domain.
    pub site: String,
    /// The path.
    pub path: String,
    /// The browser id.
    pub agent: String,
    /// The visitor.
    pub address: IpAddr,
}

impl core::fmt::Debug for Row {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Row([withheld])")
    }
}

/// Counts by word, the most first.
pub type Counts = Vec<(String, u64)>;

/// What a question gave.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The rows, in order of time.
    pub rows: Vec<Row>,
    /// Rows found, or sites.
    pub found: u64,
    /// Whether there is more than the limit let through, or an index that could not say.
    pub is_partial: bool,
    /// Days and sites that were touched.
    pub touched: BTreeSet<(Day, SiteId, String)>,
    /// Rows per hour (seconds since 1970).
    pub hours: BTreeMap<i64, u64>,
    /// Rows per site.
    pub sites: Counts,
    /// The addresses that occur most.
    pub addresses: Counts,
    /// The paths that occur most.
    pub paths: Counts,
    counting: [BTreeMap<String, u64>; 3],
    keeps_rows: bool,
    rows_max: u64,
}

impl core::fmt::Debug for Answer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Answer({} found)", self.found)
    }
}

/// How many of each a summary names.
const TOP: usize = 20;

impl Answer {
    pub(super) fn new(question: &Question) -> Self {
        Self {
            keeps_rows: question.shape == Shape::Rows,
            rows_max: match question.shape {
                Shape::Rows => question.rows_max,
                Shape::Summary | Shape::Sites => u64::MAX,
            },
            ..Self::default()
        }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.found >= self.rows_max
    }

    /// How many rows more it takes; one is asked beyond it, so that "there is more" is known.
    pub(super) const fn room(&self) -> u64 {
        self.rows_max.saturating_sub(self.found).saturating_add(1)
    }

    pub(super) fn take(&mut self, row: Row) {
        if self.is_full() {
            self.is_partial = true;
            return;
        }
        self.found += 1;
        if self.keeps_rows {
            self.rows.push(row);
            return;
        }
        *self.hours.entry(row.time - row.time.rem_euclid(3_600)).or_default() += 1;
        let words = [row.site, row.address.to_string(), row.path];
        for (counts, word) in self.counting.iter_mut().zip(words) {
            if let Some(count) = counts.get_mut(&word) {
                *count += 1;
            } else if counts.len() < COUNTED_MAX {
                counts.insert(word, 1);
            } else {
                self.is_partial = true;
            }
        }
    }

    pub(super) fn touched(&mut self, day: Day, site: SiteId, domain: String) {
        if self.touched.len() < COUNTED_MAX {
            self.touched.insert((day, site, domain));
        } else {
            self.is_partial = true;
        }
        self.found = self.touched.len() as u64;
    }

    pub(super) const fn incomplete(&mut self) {
        self.is_partial = true;
    }

    pub(super) fn finish(&mut self) {
        self.rows.sort_by(|one, other| {
            (one.time, &one.site, &one.path).cmp(&(other.time, &other.site, &other.path))
        });
        let counting = core::mem::take(&mut self.counting);
        let [sites, addresses, paths] = counting.map(|counts| {
            let mut all: Counts = counts.into_iter().collect();
            all.sort_by(|(word, count), (other, than)| than.cmp(count).then_with(|| word.cmp(other)));
            all.truncate(TOP);
            all
        });
        (self.sites, self.addresses, self.paths) = (sites, addresses, paths);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_checked() {
        let fine = Question {
            addresses: vec!["192.0.2.0/24".into(), "2001:db8::1".into()],
            ..Question::all(Shape::Rows)
        };
        assert_eq!(fine.check(), Ok(()));
        let wrong = |change: &dyn Fn(&mut Question)| {
            let mut question = fine.clone();
            change(&mut question);
            question.check()
        };
        assert_eq!(
            wrong(&|q| q.addresses.push("192.0.2.0/33".into())),
            Err(QuestionError::Address("192.0.2.0/33".into()))
        );
        assert_eq!(wrong(&|q| q.addresses = vec!["::1".into(); 101]), Err(QuestionError::Addresses));
        assert_eq!(wrong(&|q| q.path = Some("x".repeat(501))), Err(QuestionError::Pattern));
        assert_eq!(wrong(&|q| (q.from, q.until) = (Some(5), Some(5))), Err(QuestionError::Times));
        assert_eq!(wrong(&|q| q.rows_max = 0), Err(QuestionError::Rows));
        assert_eq!(Question::all(Shape::Sites).check(), Err(QuestionError::NoAddress));
    }

    #[test]
    fn a_day_outside_the_time_is_not_asked() {
        let day = Day::from_number(20_000);
        let start = day.start().as_seconds();
        let asked = |from: i64, until: i64| {
            let question = Question { from: Some(from), until: Some(until), ..Question::all(Shape::Rows) };
            question.query(day, 1).map(|query| query.seconds)
        };
        assert_eq!(asked(start + 10, start + 20), Some(Some((10, 20))));
        assert_eq!(asked(start - 10, start + 20), Some(Some((0, 20))));
        assert_eq!(asked(start - 20, start), None);
        assert_eq!(asked(start + 86_400, start + 90_000), None);
    }

    #[test]
    fn a_summary_counts_and_an_answer_stops_at_its_limit() {
        let row = |time: i64, path: &str| Row {
            time,
            site: "voorbeeld.example".into(),
            path: path.into(),
            agent: "x".into(),
            address: IpAddr::from([192, 0, 2, 1]),
        };
        let mut summary = Answer::new(&Question::all(Shape::Summary));
        for (time, path) in [(10, "/a"), (3_700, "/b"), (3_800, "/b")] {
            summary.take(row(time, path));
        }
        summary.finish();
        assert_eq!((summary.found, summary.rows.len()), (3, 0));
        assert_eq!(summary.hours.into_iter().collect::<Vec<_>>(), [(0, 1), (3_600, 2)]);
        assert_eq!(summary.paths, [("/b".into(), 2), ("/a".into(), 1)]);
        let mut rows = Answer::new(&Question { rows_max: 2, ..Question::all(Shape::Rows) });
        for time in [3, 1, 2] {
            rows.take(row(time, "/"));
        }
        rows.finish();
        assert_eq!(rows.rows.iter().map(|row| row.time).collect::<Vec<_>>(), [1, 3]);
        assert!(rows.is_partial && rows.is_full());
    }
}
