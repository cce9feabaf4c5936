//! The sealed traffic log: lines of web servers' logs, sealed as they come in, and read again only with keys that
//! officers released.
//!
//! ```text
//! log ─► parse ─► Gatherer (rows of a day, in memory) ─► seal ─► data object + key object
//!                                                   Segment ◄── released keys ─► scan ─► rows
//! ```
//!
//! Invariants
//! - Of a request only time, host, path without query string, browser id and address are carried over
//!   ([`hit::Hit`]); a line that cannot be read is counted and shown as a shape.
//! - Nothing leaves [`segment::seal`] unencrypted but names, ids and lengths. Addresses, paths and browser ids
//!   do not print.
//! - What can be read is what keys were handed in for: this crate knows neither officers nor shares.
//! - It knows no office and no database, and opens no connection.
//! - Bytes from outside give typed errors and never panic; every list that a client can make longer has a limit.

pub mod hit;
pub mod import;
pub mod lines;
pub mod node;
pub mod parse;
pub mod scan;
pub mod segment;
pub mod ship;
pub mod sites;
pub mod spool;
pub mod store;
pub mod verify;

#[cfg(test)]
mod tests;
