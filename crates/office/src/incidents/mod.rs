//! Leaks: the provider's own cases, orders of a court, and what customers report of their own sites
//! (GDPR art. 33 and 34; promises P10 and P11).
//!
//! A case is a subject of its own: what people write about it is one envelope under its own keys, and goes
//! with them when the term of the purpose `incidents` has passed. Customers appear in a case by id, and lose
//! it when they are erased. What a customer reports is under the customer's keys.
//!
//! Invariants: a clock begins with awareness and counts hours as they pass, whatever the wall clock does; a
//! clock that has passed its end is not ended without a reason; a case is changed by the consuming
//! transitions of [`Incident`] alone, guarded again in SQL by revision and state; nothing is filed with an
//! authority from here: what is recorded is what somebody sent. A lawful order is no leak and no state of one.

mod affected;
mod clock;
mod dossier;
mod fields;
mod labels;
mod lawful;
mod leaks;
mod model;
mod moment;
mod notices;
mod service;
mod store;
mod term;

#[cfg(test)]
pub(crate) mod tests;

pub use affected::{Affected, AffectedCustomer, affected, preview, touches};
pub use clock::{Clock, ClockEnd, ClockKind};
pub use dossier::{Dossier, FORMAT, FORMAT_VERSION, dossier, leak_dossier};
pub use fields::{DataType, Field, FieldKind, Texts, Topic};
pub use labels::word;
pub use lawful::{
    LawfulOrder, LawfulOrderId, LawfulOrderNumber, LawfulOrderState, NewLawfulOrder, close_order,
    is_order_open, open_order, order, order_entry, orders,
};
pub use leaks::{
    LeakChange, LeakFilter, LeakReport, LeakReportId, LeakReportNumber, LeakReportState, MayLook,
    NewLeakReport, Outcome, ToldLeak, change_own_leak, close_leak, leak, leaks, own_leak, report_leak,
    report_leak_for, tie_leak, told_leaks,
};
pub use model::{
    Decision, Effects, Incident, IncidentFilter, IncidentId, IncidentNumber, IncidentRole, IncidentState,
    IncidentSummary, NotAllowed, Regime, Report, ReportId, ReportKind, Scope, Telling, Times, Which,
};
pub use moment::{moment, typed};
pub use notices::{
    NoticeText, TellCustomers, fill_notice, notice, postpone, run, set_notice, tell_customers,
};
pub use service::{
    Facts, NewIncident, NewReport, become_aware, change_facts, close, closing_blocker, counts, decide,
    decide_telling, evidence, incident, is_open, open, opened_entry, page, reason, report, reports,
    set_scope, set_texts, timeline,
};
pub use store::{Evidence, TABLES};
pub use term::end_past_term;

/// How many customers a scope names at most.
pub const SCOPE_MAX: usize = 5_000;
/// How many reports of one case there are at most.
pub const REPORTS_MAX: u32 = 100;
