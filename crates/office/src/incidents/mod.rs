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
mod fields;
mod lawful;
mod model;
mod service;
mod store;

#[cfg(test)]
pub(crate) mod tests;

pub use affected::{Affected, AffectedCustomer, affected, preview};
pub use clock::{Clock, ClockEnd, ClockKind};
pub use fields::{DataType, Field, FieldKind, Texts, Topic};
pub use lawful::{
    LawfulOrder, LawfulOrderId, LawfulOrderNumber, LawfulOrderState, NewLawfulOrder, close_order,
    is_order_open, open_order, order, order_entry, orders,
};
pub use model::{
    Decision, Effects, Incident, IncidentFilter, IncidentId, IncidentNumber, IncidentRole, IncidentState,
    IncidentSummary, NotAllowed, Regime, Report, ReportId, ReportKind, Scope, Telling, Times, Which,
};
pub use service::{
    Facts, NewIncident, NewReport, become_aware, change_facts, close, closing_blocker, decide,
    decide_telling, incident, is_open, open, opened_entry, page, reason, report, reports, set_scope,
    set_texts, timeline,
};
pub use store::TABLES;

/// How many customers a scope names at most.
pub const SCOPE_MAX: usize = 5_000;
/// How many reports of one case there are at most.
pub const REPORTS_MAX: u32 = 100;
