//! Words every other crate shares: typed ids, instants and days, the clock and the source of
//! randomness, the wrapper for values that must not print, and the injective encoding on which all
//! hashes, signatures and associated data stand.
//!
//! Invariants: no I/O except reading the system clock ([`SystemClock`]) and the system's random
//! source ([`SystemRandom`]), each in exactly one place; nothing here knows a database, a
//! network or a page.

mod id;
mod language;
mod money;
mod random;
mod sensitive;
mod time;
mod transcript;

pub mod label;

pub use id::{IdParseError, SubjectId};
pub use language::Language;
pub use money::{Currency, Money};
pub use random::{Random, SeededRandom, SystemRandom};
pub use sensitive::Sensitive;
pub use time::{Clock, Day, ManualClock, ShiftedClock, SystemClock, TimeError, Timestamp, amsterdam};
pub use transcript::{Transcript, lp};

#[doc(hidden)]
pub use uuid as __uuid;
