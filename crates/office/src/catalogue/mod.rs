//! What is sold, in which plans, for how much.

mod store;

pub use store::TABLES;
