//! What a customer asked for, before it binds, and what was accepted with it.

mod store;

pub use store::TABLES;
