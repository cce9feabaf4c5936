//! Running things under an agreement, their lifecycle, and the tasks by which staff fulfil them.
//!
//! A service is provisioned by staff until something of ours can: a task says what to do, and done is
//! when the service begins, its terms are counted from that day, and its first term is charged.
//!
//! Invariants: a change is guarded by the revision and by what is charged, so that a change and the
//! billing run never both believe the same old row; each day of service is charged once (`terms`); a
//! service that ended has no due day; the last service that ends dissolves its agreement in the same
//! transaction.

mod bill;
mod change;
mod end;
mod ids;
mod model;
mod service;
mod store;
mod tasks;

pub mod import;
pub mod terms;

#[cfg(test)]
pub(crate) mod tests;

pub use change::{ChangeQuote, change, quote_change};
pub use end::{
    EndQuote, Ending, cancel, end_due, quote_end, quote_termination, quotes_for_erasure, take_back, terminate,
};
pub(crate) use end::{end_for_erasure, stop_for_erasure};
pub use ids::{ServiceId, TaskId};
pub use model::{Chosen, EndReason, Service, ServiceState, SuspendReason, Task, TaskKind, TaskState, domain};
pub use service::{own, request_transfer, resume, service, services_of, suspend};
pub(crate) use store::{NewService, insert, label_cell, new_task};
pub use store::{TABLES, TaskFilter};
pub use tasks::{complete, complete_at, count_tasks, task, tasks};
