//! Retention: what has passed its term goes, by itself.
//!
//! Terms come from every version of the policy that was in force for the data: a longer term never
//! reaches back (policy::versions). Keys that nothing uses are destroyed after a day.

mod service;
mod store;

pub use service::{Swept, collect_orphan_keys, epoch_began, run};
