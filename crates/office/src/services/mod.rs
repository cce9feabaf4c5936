//! Running things under an agreement, their lifecycle, and the tasks by which staff fulfil them.

mod store;

pub use store::TABLES;
