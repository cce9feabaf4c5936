//! What the integration tests stand on. The tests themselves are one binary, `tests/all.rs`, for
//! each binary costs a link of everything.

#![expect(
    clippy::disallowed_methods,
    reason = "tests wait for other processes and measure by the machine's clock"
)]

pub mod harness;
