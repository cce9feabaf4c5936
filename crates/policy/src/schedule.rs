//! The retention schedule: per purpose how long, from what moment, and why.

use crate::model::{Counsel, Role};
use crate::output::Table;
use crate::policy::Policy;
use crate::term::Retention;
use crate::words::{capital, categories, ground, pick};
use base::Language;
use serde::Serialize;

/// A line of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The name of the purpose.
    pub purpose: String,
    /// Its title.
    pub title: String,
    /// The data categories.
    pub data: String,
    /// The ground in law.
    pub ground: String,
    /// The term and the moment.
    pub retention: Retention,
    /// The same in words.
    pub retention_in_words: String,
    /// Why that long.
    pub reason: String,
}

/// The schedule in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// Its lines, in the order of the policy.
    pub lines: Vec<Line>,
    /// The facts of law behind the terms: name, term, source, date, and whether counsel confirmed.
    pub facts: Table,
    table: Table,
}

/// The schedule of a policy.
#[must_use]
pub fn schedule(policy: &Policy, language: Language) -> Schedule {
    let lines: Vec<Line> = policy
        .purposes()
        .iter()
        .map(|purpose| Line {
            purpose: purpose.name.clone(),
            title: purpose.title.of(language).to_owned(),
            data: categories(&purpose.data, policy.data_categories(), language),
            ground: ground(purpose, language),
            retention: purpose.retention,
            retention_in_words: purpose.retention.in_words(language),
            reason: purpose.retention_reason.of(language).to_owned(),
        })
        .collect();
    let heads = [
        pick(language, "Doel", "Purpose"),
        pick(language, "Gegevens", "Data"),
        pick(language, "Grondslag", "Ground"),
        pick(language, "Bewaartermijn", "Retention"),
        pick(language, "Waarom zo lang", "Why that long"),
    ];
    let row = |line: &Line| {
        vec![
            line.title.clone(),
            line.data.clone(),
            capital(&line.ground),
            capital(&line.retention_in_words),
            line.reason.clone(),
        ]
    };
    let table = Table {
        caption: pick(language, "Bewaartermijnen", "Retention schedule").to_owned(),
        head: heads.map(str::to_owned).to_vec(),
        rows: lines.iter().map(row).collect(),
    };
    Schedule { lines, facts: facts(policy, language), table }
}

/// The short form that the statement shows.
pub(crate) fn overview(policy: &Policy, language: Language) -> Table {
    let row = |purpose: &crate::model::Purpose| {
        let role = match purpose.role {
            Role::Controller => "",
            Role::Processor => pick(language, " (in opdracht van de klant)", " (on the customer's behalf)"),
        };
        let title = format!("{}{role}", purpose.title.of(language));
        vec![
            title,
            capital(&purpose.retention.in_words(language)),
            purpose.retention_reason.of(language).to_owned(),
        ]
    };
    Table {
        caption: pick(language, "Bewaartermijn per doel", "Retention per purpose").to_owned(),
        head: [
            pick(language, "Doel", "Purpose"),
            pick(language, "Bewaartermijn", "Retention"),
            pick(language, "Waarom zo lang", "Why that long"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: policy.purposes().iter().map(row).collect(),
    }
}

fn facts(policy: &Policy, language: Language) -> Table {
    let row = |fact: &crate::model::LegalFact| {
        let counsel = match fact.counsel {
            Counsel::Confirmed => pick(language, "bevestigd", "confirmed"),
            Counsel::ToConfirm => {
                pick(language, "nog te bevestigen door een jurist", "to be confirmed by counsel")
            }
        };
        let cells = [&fact.name, &fact.term.in_words(language), fact.source.of(language)].map(str::to_owned);
        cells.into_iter().chain([fact.as_of.to_string(), counsel.to_owned()]).collect()
    };
    Table {
        caption: pick(language, "Termijnen uit wet en voorwaarden", "Terms from law and conditions")
            .to_owned(),
        head: [
            pick(language, "Naam", "Name"),
            pick(language, "Termijn", "Term"),
            pick(language, "Bron", "Source"),
            pick(language, "Gelezen op", "Read on"),
            pick(language, "Stand", "State"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: policy.law().facts.iter().map(row).collect(),
    }
}

impl Schedule {
    /// The schedule as a table.
    #[must_use]
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// The schedule as CSV.
    #[must_use]
    pub fn to_csv(&self) -> String {
        self.table.to_csv()
    }

    /// The schedule and the facts of law as an HTML fragment.
    #[must_use]
    pub fn to_html(&self) -> String {
        format!("{}{}", self.table.to_html(), self.facts.to_html())
    }
}
