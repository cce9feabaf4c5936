//! Our promises, with today's verdicts and what they rest on; for people, and as JSON for whoever
//! checks them.
//!
//! Invariant: what is shown is what was recorded in the ledger; a verdict that is too old is not shown
//! as kept.

use crate::error::{PageError, PageResult};
use crate::page::{Page, ok};
use crate::routes::Section;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Language, Timestamp};
use http::{HeaderValue, header};
use office::promises::{self as verdicts, Fact, Outcome, Unprovable, Verdict};
use policy::{Backing, PromiseId};
use serde_json::json;

/// How many earlier verdicts a page shows.
const EARLIER: usize = 20;

/// How the promises stand.
pub(super) struct Tally {
    pub kept: usize,
    pub broken: usize,
    pub not_provable: usize,
    pub checked_at: Timestamp,
}

impl Tally {
    /// None before the first run.
    pub(super) fn of(all: &[Verdict]) -> Option<Self> {
        let count = |outcome| all.iter().filter(|verdict| verdict.outcome == outcome).count();
        let checked_at = all.iter().map(|verdict| verdict.checked_at).min()?;
        Some(Self {
            kept: count(Outcome::Kept),
            broken: count(Outcome::Broken),
            not_provable: count(Outcome::NotProvable),
            checked_at,
        })
    }
}

impl T {
    /// The word of a verdict.
    #[must_use]
    pub fn outcome(self, outcome: Outcome) -> Text {
        match outcome {
            Outcome::Kept => self.outcome_kept(),
            Outcome::Broken => self.outcome_broken(),
            Outcome::NotProvable => self.outcome_not_provable(),
        }
    }

    /// Why something cannot be shown.
    #[must_use]
    pub fn unprovable(self, why: Unprovable) -> Text {
        match why {
            Unprovable::NotBuilt => self.unprovable_not_built(),
            Unprovable::NoCase => self.unprovable_no_case(),
            Unprovable::Stale => self.unprovable_stale(),
            Unprovable::Procedure => self.unprovable_procedure(),
        }
    }

    /// What was counted; a fact without words of its own keeps its name.
    #[must_use]
    pub fn fact(self, name: &str) -> Text {
        if let Some(column) = name.strip_prefix("envelopes:") {
            return self.fact_envelopes(column);
        }
        match name {
            "columns-declared" => self.fact_columns_declared(),
            "keys" => self.fact_keys(),
            "former-customers-past-term" => self.fact_former_customers_past_term(),
            "contacts-outward" => self.fact_contacts_outward(),
            "open" => self.fact_open(),
            "open-past-due" => self.fact_open_past_due(),
            "closed-in-time" => self.fact_closed_in_time(),
            "closed-late" => self.fact_closed_late(),
            "erased-subjects" => self.fact_erased_subjects(),
            "keys-of-erased" => self.fact_keys_of_erased(),
            "rows-of-erased" => self.fact_rows_of_erased(),
            "services-of-erased" => self.fact_services_of_erased(),
            "agreements-of-erased" => self.fact_agreements_of_erased(),
            "tasks-of-erased" => self.fact_tasks_of_erased(),
            "tasks-of-erased-late" => self.fact_tasks_of_erased_late(),
            "erasures-under-way" => self.fact_erasures_under_way(),
            "with-agreement" => self.fact_with_agreement(),
            "agreements-outdated" => self.fact_agreements_outdated(),
            "hosting-customers" => self.fact_hosting_customers(),
            "hosting-customers-without-agreement" => self.fact_hosting_customers_without_agreement(),
            "asked-without-answer" => self.fact_asked_without_answer(),
            "asked-and-waiting" => self.fact_asked_and_waiting(),
            "disclosures" => self.fact_disclosures(),
            "disclosures-unsettled" => self.fact_disclosures_unsettled(),
            "disclosures-outside-register" => self.fact_disclosures_outside_register(),
            "disclosures-without-order" => self.fact_disclosures_without_order(),
            "disclosures-past-term" => self.fact_disclosures_past_term(),
            "holders-at-suppliers" => self.fact_holders_at_suppliers(),
            "holders-that-differ" => self.fact_holders_that_differ(),
            "domains-without-disclosure" => self.fact_domains_without_disclosure(),
            "withdrawals" => self.fact_withdrawals(),
            "withdrawals-confirmed" => self.fact_withdrawals_confirmed(),
            "withdrawals-kept" => self.fact_withdrawals_kept(),
            "withdrawals-linked" => self.fact_withdrawals_linked(),
            "withdrawals-failed" => self.fact_withdrawals_failed(),
            "withdrawals-overdue" => self.fact_withdrawals_overdue(),
            "disclosures-forgotten" => self.fact_disclosures_forgotten(),
            "answers" => self.fact_answers(),
            "fields-recorded" => self.fact_fields_recorded(),
            "segments" => self.fact_segments(),
            "segments-destroyed" => self.fact_segments_destroyed(),
            "segments-astray" => self.fact_segments_astray(),
            "days-past-term" => self.fact_days_past_term(),
            "oldest-day-age-days" => self.fact_oldest_day_age_days(),
            "releases-opened" => self.fact_releases_opened(),
            "releases-not-opened" => self.fact_releases_not_opened(),
            "releases-by-lawful-order" => self.fact_releases_by_lawful_order(),
            "questions" => self.fact_questions(),
            "answers-without-authority" => self.fact_answers_without_authority(),
            other => other.to_owned().into(),
        }
    }

    /// What the numbers do not show.
    #[must_use]
    pub fn not_shown(self, name: &str) -> Text {
        match name {
            "what-a-supplier-made-of-it" => self.not_shown_supplier_made(),
            "domains-from-before" => self.not_shown_domains_before(),
            "whether-a-supplier-really-deleted" => self.not_shown_supplier_deleted(),
            "what-runs-outside-this-program" => self.not_shown_outside(),
            "requests-that-never-reached-this-program" => self.not_shown_requests(),
            "copies-of-disks-that-left-the-house" => self.not_shown_disks(),
            "backups-until-their-epoch-key-is-destroyed" => self.not_shown_backups(),
            "what-enough-officers-do-together-elsewhere" => self.not_shown_officers(),
            "whether-the-policy-itself-tells-the-truth" => self.not_shown_policy(),
            other => other.to_owned().into(),
        }
    }
}

/// The kind of badge of a verdict.
#[must_use]
pub(crate) const fn badge(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Kept => "ok",
        Outcome::Broken => "danger",
        Outcome::NotProvable => "muted",
    }
}

/// A promise with its verdict.
struct Row {
    id: PromiseId,
    title: String,
    kind: &'static str,
    word: Text,
    line: Text,
}

impl Row {
    fn line(t: T, verdict: &Verdict) -> Text {
        match (verdict.outcome, verdict.evidence.unprovable) {
            (Outcome::Kept, _) => t.promise_checked(verdict.checked),
            (Outcome::Broken, _) => t.promise_broken(t.number(verdict.broken), t.number(verdict.checked)),
            (Outcome::NotProvable, Some(why)) => t.unprovable(why),
            (Outcome::NotProvable, None) => t.unprovable_no_case(),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/public/promises.html")]
struct List {
    t: T,
    page: Page,
    rows: Vec<Row>,
    tally: Option<Tally>,
    checkpoint: Option<Checkpoint>,
    key: String,
}

/// The last checkpoint, in words.
struct Checkpoint {
    size: u64,
    root: String,
}

async fn checkpoint(state: &State) -> Result<Option<Checkpoint>, PageError> {
    let (tiles, key) = (state.ledger.tiles.clone(), std::sync::Arc::clone(&state.ledger_key));
    let read = tokio::task::spawn_blocking(move || office::checkpoints::published(&tiles, &key));
    let signed = read.await.map_err(PageError::internal)??;
    Ok(signed.map(|signed| {
        let checkpoint = signed.unverified();
        Checkpoint { size: checkpoint.size, root: hex::encode(checkpoint.root.as_bytes()) }
    }))
}

pub(super) async fn list(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let found = verdicts::latest(&state.office, state.stale_after_seconds()).await?;
    let policy = state.office.policy();
    let rows = policy.promises().iter().map(|promise| {
        let verdict = found.iter().find(|verdict| verdict.promise == promise.id);
        let (kind, word, line) = match verdict {
            Some(verdict) => (badge(verdict.outcome), t.outcome(verdict.outcome), Row::line(t, verdict)),
            None => ("muted", t.outcome_not_provable(), t.promise_never_checked()),
        };
        Row { id: promise.id, title: promise.title.of(visit.language()).to_owned(), kind, word, line }
    });
    ok(&List {
        t,
        page: visit.page(Section::Public, t.promises_title()),
        rows: rows.collect(),
        tally: Tally::of(&found),
        checkpoint: checkpoint(&state).await?,
        key: state.ledger_key.to_string(),
    })
}

#[derive(Template)]
#[template(path = "pages/public/promise.html")]
struct One {
    t: T,
    page: Page,
    id: PromiseId,
    text: String,
    how: String,
    by_software: bool,
    verdict: Option<Verdict>,
    kind: &'static str,
    word: Text,
    line: Text,
    facts: Vec<(Text, Text)>,
    /// Facts per column of the database, of which there are many.
    columns: Vec<(Text, Text)>,
    not_shown: Vec<Text>,
    earlier: Vec<Earlier>,
}

/// A verdict of an earlier run.
struct Earlier {
    at: Timestamp,
    kind: &'static str,
    word: Text,
    line: Text,
}

pub(super) async fn one(visit: Visit, state: State, Path(id): Path<String>) -> PageResult {
    let (t, language) = (visit.t(), visit.language());
    let id: PromiseId = id.parse().map_err(|_| PageError::NotFound)?;
    let found = verdicts::latest(&state.office, state.stale_after_seconds()).await?;
    let verdict = found.into_iter().find(|verdict| verdict.promise == id);
    let policy = state.office.policy();
    let promise = policy.promises().iter().find(|promise| promise.id == id).ok_or(PageError::NotFound)?;
    let (kind, word, line) = match &verdict {
        Some(verdict) => (badge(verdict.outcome), t.outcome(verdict.outcome), Row::line(t, verdict)),
        None => ("muted", t.outcome_not_provable(), t.promise_never_checked()),
    };
    let evidence = verdict.as_ref().map(|verdict| &verdict.evidence);
    let facts = evidence.into_iter().flat_map(|e| &e.facts);
    let (columns, others): (Vec<&Fact>, Vec<&Fact>) = facts.partition(|fact| fact.name.contains(':'));
    let in_words = |facts: Vec<&Fact>| {
        facts.into_iter().map(|fact| (t.fact(&fact.name), t.number(fact.value).into())).collect::<Vec<_>>()
    };
    let not_shown = evidence.into_iter().flat_map(|e| &e.not_shown).map(|name| t.not_shown(name));
    let earlier = verdicts::history(&state.office, id).await?;
    let earlier = earlier.iter().take(EARLIER).map(|verdict| Earlier {
        at: verdict.checked_at,
        kind: badge(verdict.outcome),
        word: t.outcome(verdict.outcome),
        line: Row::line(t, verdict),
    });
    let title = format!("{id} {}", promise.title.of(language));
    ok(&One {
        t,
        page: visit.page(Section::Public, title.into()).crumb("/promises", t.promises_title()),
        id,
        text: promise.text.of(language).to_owned(),
        how: promise.built.how.of(language).to_owned(),
        by_software: promise.built.by == Backing::Software,
        kind,
        word,
        line,
        facts: in_words(others),
        columns: in_words(columns),
        not_shown: not_shown.collect(),
        earlier: earlier.collect(),
        verdict,
    })
}

fn as_json(text: String) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// All verdicts of the last run, as they count now.
pub(super) async fn json(state: State) -> PageResult {
    let found = verdicts::latest(&state.office, state.stale_after_seconds()).await?;
    let policy = state.office.policy();
    let rows: Vec<_> = found
        .iter()
        .map(|verdict| {
            let title = policy.promises().iter().find(|promise| promise.id == verdict.promise);
            json!({
                "promise": verdict.promise.to_string(),
                "title": title.map(|promise| promise.title.of(Language::En)),
                "verdict": verdict.outcome,
                "unprovable": verdict.evidence.unprovable,
                "checked_at": verdict.checked_at.rfc3339(),
                "checked": verdict.checked,
                "broken": verdict.broken,
                "evidence": format!("/promises/{}/evidence.json", verdict.promise),
                "evidence_sha256": verdict.evidence_sha256,
                "ledger_leaf": verdict.leaf,
            })
        })
        .collect();
    Ok(as_json(json!({ "ledger_key": state.ledger_key.to_string(), "verdicts": rows }).to_string()))
}

/// The evidence of the last run, in the bytes whose hash the ledger holds.
pub(super) async fn evidence(state: State, Path(id): Path<String>) -> PageResult {
    let id: PromiseId = id.parse().map_err(|_| PageError::NotFound)?;
    // As it was recorded: growing stale changes what a verdict says, not what was seen.
    let found = verdicts::latest(&state.office, i64::MAX).await?;
    let verdict = found.into_iter().find(|verdict| verdict.promise == id).ok_or(PageError::NotFound)?;
    Ok(as_json(serde_json::to_string(&verdict.evidence).map_err(PageError::internal)?))
}
