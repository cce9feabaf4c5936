//! Versions of the policy over time, and the rule that a later version never lengthens a term for
//! data already held.
//!
//! For data collected on a day, the version in force on that day and every later one that has come
//! into force each set an end. The earliest end counts: a longer term never reaches back, a shorter
//! one applies at once.
//!
//! Invariant: adding a version to a history never moves an end to a later day.

use crate::policy::Policy;
use crate::term::{Moment, Retention, Term};
use base::Day;
use thiserror::Error;

/// A policy and the day from which it holds.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The first day on which it holds.
    pub from: Day,
}

/// Versions in the order in which they came into force.
#[derive(Debug, Clone)]
pub struct History<'a> {
    versions: Vec<InForce<'a>>,
}

/// A history that cannot be.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum HistoryError {
    /// There is no version at all.
    #[error("the history of the policy is empty: record the policy that is in force first")]
    Empty,
}

/// When data of a purpose must be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// On this day it may no longer be there.
    On(Day),
    /// None of the moments that the terms run from has come.
    NotYet,
    /// No version that counts knows the purpose: the data has no reason to be there.
    NoPurpose,
}

impl<'a> History<'a> {
    /// A history of versions, in any order. Of two that begin on one day the later in the list holds.
    ///
    /// # Errors
    /// When there is no version.
    pub fn new(mut versions: Vec<InForce<'a>>) -> Result<Self, HistoryError> {
        if versions.is_empty() {
            return Err(HistoryError::Empty);
        }
        versions.sort_by_key(|version| version.from);
        Ok(Self { versions })
    }

    /// The version in force on a day. Before the first one, the first: data that is older than the
    /// oldest policy (an import, say) is held under its terms.
    #[must_use]
    pub fn in_force(&self, day: Day) -> InForce<'a> {
        self.versions[self.index_in_force(day)]
    }

    /// What each version that counts says about the data of a purpose collected on a day: the version
    /// in force on that day and every later one until today.
    pub fn retentions(&self, purpose: &str, collected: Day, today: Day) -> impl Iterator<Item = Retention> {
        let first = self.index_in_force(collected);
        let begun = move |version: &&InForce<'a>| version.from <= today;
        // The version of the day of collection counts in any case, also when the clock stepped back.
        let later = self.versions[first + 1..].iter().take_while(begun);
        let of_purpose = |version: &InForce<'a>| version.policy.purpose(purpose).map(|found| found.retention);
        core::iter::once(&self.versions[first]).chain(later).filter_map(of_purpose)
    }

    /// When the data of a purpose, collected on a day, must be gone; `when` knows on what day a moment
    /// came for this data, if it has come.
    pub fn end(
        &self,
        purpose: &str,
        collected: Day,
        today: Day,
        when: impl Fn(Moment) -> Option<Day>,
    ) -> End {
        let mut known = false;
        let mut earliest: Option<Day> = None;
        for retention in self.retentions(purpose, collected, today) {
            known = true;
            let began = when(retention.from);
            // A sum that leaves the calendar is an end that never comes.
            let end = began.and_then(|began| retention.term.after(began).ok());
            earliest = match (earliest, end) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        match (known, earliest) {
            (false, _) => End::NoPurpose,
            (true, None) => End::NotYet,
            (true, Some(day)) => End::On(day),
        }
    }

    /// Whether data must be gone today: its end has come, or it has no purpose.
    pub fn is_due(
        &self,
        purpose: &str,
        collected: Day,
        today: Day,
        when: impl Fn(Moment) -> Option<Day>,
    ) -> bool {
        match self.end(purpose, collected, today, when) {
            End::On(day) => day <= today,
            End::NotYet => false,
            End::NoPurpose => true,
        }
    }

    /// The term that counts for data collected on a day: of all that count, the one that ends first
    /// when each is begun on that day.
    #[must_use]
    pub fn effective_term(&self, purpose: &str, collected: Day, today: Day) -> Option<Term> {
        let terms = self.retentions(purpose, collected, today).map(|retention| retention.term);
        terms.min_by_key(|term| term.after(collected).unwrap_or(Day::from_number(u32::MAX)))
    }

    /// The shortest term that any version gives a purpose. A sieve for queries: what began after its
    /// [`Term::latest_start`] is not due; what it lets through is asked of [`History::is_due`].
    #[must_use]
    pub fn shortest_term(&self, purpose: &str) -> Option<Term> {
        let terms = self.versions.iter().filter_map(|version| version.policy.purpose(purpose));
        let epoch = Day::from_number(0);
        terms.map(|found| found.retention.term).min_by_key(|term| term.after(epoch).ok())
    }

    fn index_in_force(&self, day: Day) -> usize {
        self.versions.partition_point(|version| version.from <= day).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::of_date(text.parse().expect("a date")).expect("after 1970")
    }

    /// The demo policy with another term (and moment) for visitor logs.
    fn policy(term: &str, from: &str) -> Policy {
        let mut before = true;
        let mut lines = Vec::new();
        for line in crate::DEMO_POLICY.lines() {
            before &= line != "[purposes.traffic]";
            let line = match line.split_once('=') {
                Some((key, _)) if !before && key.trim() == "retention" => format!("retention = \"{term}\""),
                Some((key, _)) if !before && key.trim() == "from" => {
                    before = true;
                    format!("from = \"{from}\"")
                }
                _ => line.to_owned(),
            };
            lines.push(line);
        }
        Policy::parse(&lines.join("\n")).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn end_of_traffic(versions: &[(&Policy, &str)], collected: &str, today: &str) -> End {
        let versions = versions.iter().map(|(policy, from)| InForce { policy, from: day(from) }).collect();
        let history = History::new(versions).expect("not empty");
        history.end("traffic", day(collected), day(today), |moment| {
            (moment == Moment::Collected).then(|| day(collected))
        })
    }

    #[test]
    fn a_longer_term_never_reaches_back() {
        let (two, five) = (policy("2 years", "collected"), policy("5 years", "collected"));
        let versions = [(&two, "2026-01-01"), (&five, "2027-01-01")];
        // Collected under the first version: two years, whatever came later.
        assert_eq!(end_of_traffic(&versions, "2026-06-01", "2027-06-01"), End::On(day("2028-06-01")));
        assert_eq!(end_of_traffic(&versions, "2026-12-31", "2030-01-01"), End::On(day("2028-12-31")));
        // Collected on the day of the second version, or after: five.
        assert_eq!(end_of_traffic(&versions, "2027-01-01", "2027-06-01"), End::On(day("2032-01-01")));
    }

    #[test]
    fn a_shorter_term_applies_at_once_and_not_before() {
        let (two, one) = (policy("2 years", "collected"), policy("1 year", "collected"));
        let versions = [(&two, "2026-01-01"), (&one, "2027-01-01")];
        assert_eq!(end_of_traffic(&versions, "2026-06-01", "2026-12-31"), End::On(day("2028-06-01")));
        assert_eq!(end_of_traffic(&versions, "2026-06-01", "2027-01-01"), End::On(day("2027-06-01")));
    }

    #[test]
    fn shorter_and_then_longer_again_stays_short() {
        let (two, one) = (policy("2 years", "collected"), policy("1 year", "collected"));
        let versions = [(&two, "2026-01-01"), (&one, "2026-03-01"), (&two, "2026-04-01")];
        assert_eq!(end_of_traffic(&versions, "2026-02-01", "2026-06-01"), End::On(day("2027-02-01")));
        assert_eq!(end_of_traffic(&versions, "2026-03-15", "2026-06-01"), End::On(day("2027-03-15")));
        assert_eq!(end_of_traffic(&versions, "2026-04-01", "2026-06-01"), End::On(day("2028-04-01")));
    }

    #[test]
    fn data_older_than_the_first_version_is_held_under_it() {
        let (two, one) = (policy("2 years", "collected"), policy("1 year", "collected"));
        let versions = [(&one, "2027-01-01"), (&two, "2026-01-01")];
        assert_eq!(end_of_traffic(&versions, "2025-06-01", "2026-06-01"), End::On(day("2027-06-01")));
    }

    #[test]
    fn another_moment_counts_when_it_comes_first() {
        let (two, ended) = (policy("2 years", "collected"), policy("1 month", "service-ended"));
        let versions = vec![
            InForce { policy: &two, from: day("2026-01-01") },
            InForce { policy: &ended, from: day("2026-02-01") },
        ];
        let history = History::new(versions).expect("not empty");
        let (collected, today) = (day("2026-01-15"), day("2026-07-01"));
        let when = |ended: Option<Day>| {
            move |moment| match moment {
                Moment::Collected => Some(collected),
                Moment::ServiceEnded => ended,
                _ => None,
            }
        };
        assert_eq!(history.end("traffic", collected, today, when(None)), End::On(day("2028-01-15")));
        let soon = Some(day("2026-06-01"));
        assert_eq!(history.end("traffic", collected, today, when(soon)), End::On(day("2026-07-01")));
        assert!(history.is_due("traffic", collected, today, when(soon)));
        assert!(!history.is_due("traffic", collected, day("2026-06-30"), when(soon)));
        // Under the second version alone nothing has begun yet.
        assert_eq!(history.end("traffic", day("2026-02-02"), today, |_| None), End::NotYet);
    }

    #[test]
    fn what_has_no_purpose_is_due() {
        let two = policy("2 years", "collected");
        let history =
            History::new(vec![InForce { policy: &two, from: day("2026-01-01") }]).expect("not empty");
        let (collected, today) = (day("2026-02-01"), day("2026-02-01"));
        assert_eq!(history.end("gone", collected, today, |_| None), End::NoPurpose);
        assert!(history.is_due("gone", collected, today, |_| None));
        assert_eq!(History::new(Vec::new()).err(), Some(HistoryError::Empty));
    }

    #[test]
    fn the_effective_term_and_the_sieve() {
        let (two, one) = (policy("2 years", "collected"), policy("370 days", "collected"));
        let versions = vec![
            InForce { policy: &two, from: day("2026-01-01") },
            InForce { policy: &one, from: day("2027-01-01") },
        ];
        let history = History::new(versions).expect("not empty");
        let term = |today| history.effective_term("traffic", day("2026-02-01"), day(today));
        assert_eq!(term("2026-12-31"), Some(Term::years(2)));
        assert_eq!(term("2027-01-01"), Some(Term::days(370)));
        assert_eq!(history.shortest_term("traffic"), Some(Term::days(370)));
        assert_eq!(history.shortest_term("gone"), None);
    }

    proptest! {
        #[test]
        fn no_later_version_moves_an_end_back(
            years in proptest::collection::vec(0u16..9, 1..6),
            starts in proptest::collection::vec(20_000u32..24_000, 6),
            collected in 19_000u32..24_000,
            today in 20_000u32..26_000,
        ) {
            let base = Policy::parse(crate::DEMO_POLICY).expect("well-formed");
            let policies: Vec<Policy> = years
                .iter()
                .map(|years| {
                    let mut policy = base.clone();
                    for purpose in &mut policy.purposes {
                        purpose.retention = Retention { term: Term::years(*years), from: Moment::Collected };
                    }
                    policy
                })
                .collect();
            let mut starts = starts[..policies.len()].to_vec();
            starts.sort_unstable();
            let versions: Vec<InForce<'_>> = policies
                .iter()
                .zip(&starts)
                .map(|(policy, from)| InForce { policy, from: Day::from_number(*from) })
                .collect();
            let (collected, today) = (Day::from_number(collected), Day::from_number(today));
            let end = |count: usize| {
                let history = History::new(versions[..count].to_vec()).expect("not empty");
                history.end("traffic", collected, today, |_| Some(collected))
            };
            // Only a version that was in force on the day of collection may set the end at will.
            let first = starts.iter().filter(|from| **from <= collected.number()).count().max(1);
            for count in first..versions.len() {
                let (End::On(before), End::On(after)) = (end(count), end(count + 1)) else {
                    panic!("every version has an end")
                };
                prop_assert!(after <= before);
            }
        }
    }
}
