//! Tests of the stores, on both databases.

mod harness;
mod schedule;
