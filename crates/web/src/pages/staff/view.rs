//! What several staff pages show: badges, choices, timelines, names beside ids.

use super::words;
use crate::error::PageError;
use crate::form::Choice;
use crate::format::Clock;
use crate::state::State;
use crate::text::{T, Text};
use base::{Sensitive, Timestamp};
use ledger::Entry;
use office::customers::{self, CustomerId, CustomerSummary};
use office::messages::ThreadSummary;
use office::requests::{RequestKind, RequestSummary};
use serde_json::Value;
use std::collections::HashMap;
use store::LedgerRow;

/// A state as a badge.
#[derive(Debug, Clone)]
pub(super) struct Badge {
    /// Its colour and icon.
    pub kind: &'static str,
    /// Its word.
    pub word: Text,
}

impl Badge {
    pub(super) const fn new(kind: &'static str, word: Text) -> Self {
        Self { kind, word }
    }
}

/// One thing that happened.
#[derive(Debug)]
pub(super) struct Event {
    pub at: Timestamp,
    pub title: String,
    pub text: String,
    /// The ledger entry; empty for who may not see the ledger.
    pub href: String,
}

/// What a kind of ledger entry is called.
pub(super) fn kind_words(t: T, kind: &str) -> String {
    let words = office::checkpoints::kind_in_words(kind, t.language()).unwrap_or(kind);
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Whether the events lead to the pages of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LedgerLinks {
    Shown,
    Hidden,
}

/// Entries as a timeline.
pub(super) fn timeline(t: T, rows: &[LedgerRow], links: LedgerLinks) -> Vec<Event> {
    let event = |row: &LedgerRow| {
        let data = Entry::from_bytes(row.body.clone()).map_or(Value::Null, |entry| entry.data());
        let mut title = kind_words(t, &row.kind);
        if let Some(number) = data.get("number").and_then(Value::as_str) {
            title = format!("{title} ({number})");
        }
        let fields: Vec<&str> = data
            .get("fields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let fields: Vec<Text> = fields.into_iter().map(|field| words::profile_field(t, field)).collect();
        let text =
            if fields.is_empty() { String::new() } else { t.staff_fields(fields.join(", ")).into_owned() };
        let href = match links {
            LedgerLinks::Shown => format!("/staff/ledger/{}", row.position),
            LedgerLinks::Hidden => String::new(),
        };
        Event { at: row.at, title, text, href }
    };
    rows.iter().map(event).collect()
}

/// Names of customers, for lists whose rows hold ids.
pub(super) async fn names(
    state: &State,
    ids: impl Iterator<Item = CustomerId>,
) -> Result<HashMap<CustomerId, CustomerSummary>, PageError> {
    let mut ids: Vec<CustomerId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let found = customers::summaries(&state.office, &ids).await?;
    Ok(found.into_iter().map(|summary| (summary.id, summary)).collect())
}

/// A request in a list.
pub(super) struct RequestRow {
    pub href: String,
    pub number: String,
    pub kind: Text,
    pub state: Badge,
    pub who: String,
    pub received_at: Timestamp,
    pub due_at: Timestamp,
    /// While an answer is owed.
    pub clock: Option<Clock>,
    pub closed_at: Option<Timestamp>,
}

/// The clock of a request that is owed an answer.
pub(super) fn clock(deadline: &office::requests::Deadline, now: Timestamp) -> Clock {
    Clock { began: deadline.received_at, deadline: deadline.due_at, now }
}

/// Requests with the names of the customers.
pub(super) async fn request_rows(
    state: &State,
    t: T,
    now: Timestamp,
    requests: &[RequestSummary],
) -> Result<Vec<RequestRow>, PageError> {
    let names = names(state, requests.iter().filter_map(|request| request.customer)).await?;
    let row = |request: &RequestSummary| RequestRow {
        href: format!("/staff/requests/{}", request.id),
        number: request.number.to_string(),
        kind: words::request_kind(t, request.kind),
        state: words::standing(t, request.kind, request.standing),
        who: request
            .customer
            .and_then(|id| names.get(&id))
            .map_or_else(|| t.staff_no_customer().into_owned(), |customer| customer.name.expose().clone()),
        received_at: request.deadline.received_at,
        due_at: request.deadline.due_at,
        clock: request.standing.is_open().then(|| clock(&request.deadline, now)),
        closed_at: request.closed_at,
    };
    Ok(requests.iter().map(row).collect())
}

/// A thread in a list.
pub(super) struct ThreadRow {
    pub href: String,
    pub number: String,
    pub title: Sensitive<String>,
    pub who: String,
    pub kind: Text,
    pub state: Badge,
    pub updated_at: Timestamp,
}

/// Threads with the names of who writes.
pub(super) async fn thread_rows(
    state: &State,
    t: T,
    threads: &[ThreadSummary],
) -> Result<Vec<ThreadRow>, PageError> {
    let names = names(state, threads.iter().filter_map(|thread| thread.customer)).await?;
    let row = |thread: &ThreadSummary| {
        let customer = thread.customer.and_then(|id| names.get(&id)).map(|customer| &customer.name);
        ThreadRow {
            href: format!("/staff/messages/{}", thread.id),
            number: thread.number.to_string(),
            title: thread.title.clone(),
            who: customer.or(thread.name.as_ref()).map(|name| name.expose().clone()).unwrap_or_default(),
            kind: words::thread_kind(t, thread.kind),
            state: words::thread_state(t, thread.state),
            updated_at: thread.updated_at,
        }
    };
    Ok(threads.iter().map(row).collect())
}

/// The kinds of requests to choose from.
pub(super) fn request_kinds(t: T) -> Vec<Choice> {
    RequestKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), words::request_kind(t, *kind))).collect()
}

/// The two languages to choose from.
pub(super) fn languages(t: T) -> Vec<Choice> {
    vec![Choice::new("nl", t.staff_language_nl()), Choice::new("en", t.staff_language_en())]
}

/// Persons and organisations to choose from.
pub(super) fn customer_kinds(t: T) -> Vec<Choice> {
    vec![
        Choice::new("person", t.staff_customer_person()),
        Choice::new("organisation", t.staff_customer_organisation()),
    ]
}

/// The noon of a day that was typed as 31-12-2026.
pub(super) fn day(text: &str) -> Option<Timestamp> {
    let mut parts = text.trim().split(['-', '/', '.']);
    let mut number = || parts.next().and_then(|part| part.trim().parse::<u16>().ok());
    let (day, month, year) = (number()?, number()?, number()?);
    if parts.next().is_some() {
        return None;
    }
    Timestamp::parse_rfc3339(&format!("{year:04}-{month:02}-{day:02}T12:00:00Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_day_is_read() {
        let noon = Timestamp::parse_rfc3339("2026-11-03T12:00:00Z").ok();
        assert_eq!((day("3-11-2026"), day(" 03/11/2026 ")), (noon, noon));
        for wrong in ["", "31-02-2026", "2026-11-03", "3-11", "3-11-2026-1", "x-y-z"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
