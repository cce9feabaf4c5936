//! What a verdict is.

use base::Timestamp;
use policy::PromiseId;
use serde::{Deserialize, Serialize};

/// The word of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every case that was checked is as promised.
    Kept,
    /// At least one is not.
    Broken,
    /// The living data cannot show it.
    NotProvable,
}

impl Outcome {
    /// The word in the database and the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::NotProvable => "not_provable",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Kept, Self::Broken, Self::NotProvable].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// Why something cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unprovable {
    /// This version of the software does not do what the promise is about.
    NotBuilt,
    /// There has been no case yet.
    NoCase,
    /// The last look is too long ago.
    Stale,
    /// The policy leaves it to a working procedure.
    Procedure,
}

/// One thing that was looked at: a word of the program's and a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What, as a stable word such as `columns-declared`.
    pub name: String,
    /// How many, or how many seconds, days, bytes: the name says it.
    pub value: i64,
}

/// What a verdict rests on: numbers, hashes and ids, never personal data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was counted.
    pub facts: Vec<Fact>,
    /// The first cases that are not as promised, by a random id or a column's name.
    pub broken: Vec<String>,
    /// Hashes that were compared, in hex.
    pub hashes: Vec<String>,
    /// Why it cannot be shown, if so.
    pub unprovable: Option<Unprovable>,
    /// Stable words for what these numbers do not show.
    pub not_shown: Vec<String>,
}

/// How many broken cases are named.
const NAMED_MAX: usize = 50;

impl Evidence {
    pub(super) fn fact(&mut self, name: &str, value: u64) {
        self.facts.push(Fact { name: name.to_owned(), value: i64::try_from(value).unwrap_or(i64::MAX) });
    }

    pub(super) fn name_broken(&mut self, case: impl Into<String>) {
        if self.broken.len() < NAMED_MAX {
            self.broken.push(case.into());
        }
    }

    pub(super) fn does_not_show(&mut self, word: &str) {
        self.not_shown.push(word.to_owned());
    }
}

/// The verdict on one promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Which promise.
    pub promise: PromiseId,
    /// The word.
    pub outcome: Outcome,
    /// When it was computed.
    pub checked_at: Timestamp,
    /// How many cases were looked at.
    pub checked: u64,
    /// How many of them are not as promised.
    pub broken: u64,
    /// What it rests on.
    pub evidence: Evidence,
    /// SHA-256 of the evidence as kept, in hex; the ledger has the same.
    pub evidence_sha256: String,
    /// The ledger entry that tells of it, as its leaf hash in hex.
    pub leaf: String,
}

impl Verdict {
    /// The verdict as it counts at an instant: one that is too old shows nothing any more.
    #[must_use]
    pub fn at(mut self, now: Timestamp, stale_after_seconds: i64) -> Self {
        if now.seconds_since(self.checked_at) > stale_after_seconds && self.outcome == Outcome::Kept {
            self.outcome = Outcome::NotProvable;
            self.evidence.unprovable = Some(Unprovable::Stale);
        }
        self
    }
}

/// What a check found, before it is recorded.
#[derive(Debug)]
pub(super) struct Finding {
    pub promise: PromiseId,
    pub outcome: Outcome,
    pub checked: u64,
    pub broken: u64,
    pub evidence: Evidence,
}

impl Finding {
    /// Kept when nothing is broken; not provable when there was nothing to look at.
    pub(super) fn of(promise: PromiseId, checked: u64, broken: u64, mut evidence: Evidence) -> Self {
        let outcome = if broken > 0 {
            Outcome::Broken
        } else if checked == 0 {
            evidence.unprovable = Some(Unprovable::NoCase);
            Outcome::NotProvable
        } else {
            Outcome::Kept
        };
        Self { promise, outcome, checked, broken, evidence }
    }

    pub(super) fn unprovable(promise: PromiseId, why: Unprovable) -> Self {
        let evidence = Evidence { unprovable: Some(why), ..Evidence::default() };
        Self { promise, outcome: Outcome::NotProvable, checked: 0, broken: 0, evidence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise() -> PromiseId {
        "P12".parse().expect("a promise")
    }

    #[test]
    fn nothing_checked_is_not_kept_and_one_broken_case_breaks() {
        assert_eq!(Finding::of(promise(), 0, 0, Evidence::default()).outcome, Outcome::NotProvable);
        assert_eq!(Finding::of(promise(), 9, 0, Evidence::default()).outcome, Outcome::Kept);
        assert_eq!(Finding::of(promise(), 9, 1, Evidence::default()).outcome, Outcome::Broken);
    }

    #[test]
    fn an_old_verdict_shows_nothing() {
        let at = |outcome| Verdict {
            promise: promise(),
            outcome,
            checked_at: Timestamp::from_seconds(0),
            checked: 1,
            broken: 0,
            evidence: Evidence::default(),
            evidence_sha256: String::new(),
            leaf: String::new(),
        };
        let later = Timestamp::from_seconds(101);
        assert_eq!(at(Outcome::Kept).at(Timestamp::from_seconds(100), 100).outcome, Outcome::Kept);
        assert_eq!(at(Outcome::Kept).at(later, 100).outcome, Outcome::NotProvable);
        assert_eq!(
            at(Outcome::Broken).at(later, 100).outcome,
            Outcome::Broken,
            "an old breach does not heal by waiting"
        );
    }
}
