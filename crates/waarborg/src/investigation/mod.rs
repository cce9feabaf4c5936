//! Questions of `waarborg investigate` to the process that holds the keys of a release.
//!
//! The keys exist in the memory of the `serve` that asked for the release, and must stay there; a command that opened the
//! log by itself would need the officers' answers a second time, and would be a second place with keys. So the command
//! talks to `serve`, over a socket in the installation's folder that only the user of `serve` can open. That user alone is
//! nobody: each question is asked by a member of staff, who proves that with password and second factor as on the pages.
//!
//! Invariants
//! - Who asks is checked for each question, with the same limits on attempts as at the door; nothing stays signed in.
//! - A question goes through `office::releases`: it is in the ledger before the first byte is read.
//! - One request on a connection, of limited length and time; connections at once are limited.

mod server;
mod wire;

pub use server::{serve, socket_path};
pub use wire::{Asked, Found, Line, REQUEST_BYTES_MAX, Want};
