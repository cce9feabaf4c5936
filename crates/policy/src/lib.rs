//! Promises as data: the one file, `policy.toml`, from which the privacy statement is written and
//! by which everything else is bound.
//!
//! From a [`Policy`] come the [`statement`] in Dutch and English, the [`register`] of processing,
//! the retention [`schedule`], the check of the database's columns ([`mod@schema`]), the rule that a
//! later version never lengthens a term ([`versions`]) and the words for what changed ([`mod@diff`]).
//!
//! Invariants: pure — no database, no network, no clock, no files. Reading foreign text never
//! panics and is bounded in size and depth. Terms and other facts of law come from the file, dated
//! and with their source; the code holds none.

mod error;
mod model;
mod output;
mod policy;
mod read;
mod term;
mod words;

pub mod diff;
pub mod register;
pub mod schedule;
pub mod schema;
pub mod statement;
pub mod versions;

pub use error::{PolicyError, PolicyErrors};
pub use model::{
    Authority, Backing, Built, Category, Contact, Counsel, Erasure, Ground, Host, Infrastructure, Law,
    LegalFact, LegalTerm, Measure, Origin, Promise, PromiseId, PromiseIdError, Provider, Provision, Purpose,
    Recipient, Role, Service, StatementTexts, Text,
};
pub use policy::Policy;
pub use term::{Moment, Retention, Term, TermParseError};
pub use words::country;

/// The purposes that this version of the software holds data for. A policy may declare more.
pub const PURPOSES_IN_USE: [&str; 7] =
    ["account", "support", "rights", "disclosures", "security", "incidents", "ledger"];

/// The commented starting policy that `waarborg init` writes.
pub const STARTING_POLICY: &str = include_str!("../templates/policy.toml");

/// The policy of the plainly fictional provider of `waarborg demo`.
pub const DEMO_POLICY: &str = include_str!("../templates/demo-policy.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_templates_are_well_formed() {
        for text in [STARTING_POLICY, DEMO_POLICY] {
            let policy = Policy::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
            for name in PURPOSES_IN_USE {
                assert!(policy.purpose(name).is_some(), "{name}");
            }
        }
    }
}
