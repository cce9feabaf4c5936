//! Running things under an agreement, their lifecycle, and the tasks by which staff fulfil them.

mod ids;
mod store;

pub mod terms;

pub use ids::{ServiceId, TaskId};
pub use store::TABLES;
