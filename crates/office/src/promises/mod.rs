//! Promises P01–P16 and their verdicts, computed from the living data.
//!
//! A run looks at everything once, writes one ledger entry that holds each outcome and the hash of
//! its evidence, and keeps the evidence beside it. A verdict that is older than two runs is stale
//! and counts as not provable. What the software does not do yet is said so, never called kept.

mod checks;
mod model;
mod service;
mod store;
mod suppliers;
mod traffic;
mod versions;

pub use model::{Evidence, Fact, Outcome, Unprovable, Verdict};
pub use service::{Recording, Run, attest, history, latest, stale_after_seconds};
pub use store::{PolicyVersion, TABLES};
pub(crate) use versions::parsed as parsed_versions;
pub use versions::{in_force, put_in_force, versions};
