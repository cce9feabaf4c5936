//! The sealed traffic log as the office knows it: machines that push segments, the sites of customers, what came in,
//! and its destruction when the term has passed.
//!
//! Invariants
//! - Nothing here opens anything: the office stores what machines sealed, and reads names, days, hashes and sizes.
//! - A machine counts from the moment that a second staff member confirmed its key; its token creates, and nothing else.
//! - A segment counts when its manifest is in the ledger. The files come first, the row and the entry after them, so
//!   that a crash leaves files that the next push of the same bytes completes.
//! - Which domain a site id stands for is known here and, as a commitment, in the ledger; never in a file of the log.
//! - A day is destroyed once, keys first. More than three days at once, and every run after a jump of the clock, wait
//!   for two staff members.

mod canaries;
mod destroy;
mod model;
mod nodes;
mod receive;
mod sites;
mod store;
mod verdicts;

pub use destroy::{Round, confirm as confirm_destruction, destruction, refuse as refuse_destruction, run};
pub use model::{
    Caps, Destruction, DestructionId, DestructionReason, DestructionState, Kept, Log, LogSite, Node,
    NodeState, PublicKey, SegmentRow,
};
pub use nodes::{
    Token, authenticate, confirm as confirm_node, kept, node, nodes, propose as propose_node,
    revoke as revoke_node,
};
pub use receive::{KEYS_BYTES_MAX, Pushed, ReceiveError, Receiving, receive_data, receive_keys};
pub use sites::{follow_services, of_customer, of_ids, searchable, site_list};
pub use store::TABLES;

pub(crate) use canaries::canaries;
#[cfg(test)]
pub(crate) use sites::begin as begin_site;
pub(crate) use store::{leaf_of_segment, leaf_of_site, segments_between};
pub(crate) use verdicts::{fields, term};
