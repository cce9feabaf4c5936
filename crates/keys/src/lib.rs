//! Keys of personal data: purpose limitation and erasure by cryptography (CRYPTO sections 1 to 5), and the
//! seal of the traffic log ([`seal`]).
//!
//! ```text
//! root key R                       a file or credential, recoverable from paper shares
//!   └ epoch key EK_n               random, in a file of its own, wrapped by R, destroyed by rotation
//!       ├ W_n                      wraps data keys
//!       ├ X_n,column               blind index of one column
//!       └ data key D               one per subject and purpose, wrapped, a row in the key store
//!           └ field envelope       one per personal value, in the data store
//! ```
//!
//! Invariants
//! - A value sealed for one purpose opens with a [`DataKey`] of that purpose and no other: the type
//!   parameter says so, the associated data enforces it.
//! - An envelope opens only in the cell (table, column, row, revision, subject) it was made for.
//! - Key rows are inserted by [`Vault::create`] and [`Vault::ensure`] alone. Rotation only updates, so an
//!   erased key cannot come back; erased ids are in the tombstone list before they leave the store.
//! - Bytes from outside never panic here: they give typed errors. Nothing secret prints.
//! - No database, no network; the only I/O is the small files of epoch keys, root key and tombstones.

pub mod epoch;
pub mod paper;
pub mod purpose;
pub mod rotation;
pub mod seal;
pub mod tombstones;

mod cache;
mod checksum;
mod data_key;
mod email;
mod envelope;
mod files;
mod id;
mod key_error;
mod memory;
mod ring;
mod root;
mod store;
mod vault;

pub use data_key::DataKey;
pub use email::{EmailError, normalise_email};
pub use envelope::{Cell, ENVELOPE_BYTES_MAX, FIELD_BYTES_MAX, OpenError, Personal, Sealed};
pub use files::FileError;
pub use id::{KeyId, KeyIdParseError};
pub use key_error::KeyError;
pub use memory::MemoryKeyStore;
pub use purpose::Purpose;
pub use root::RootKey;
pub use store::{BATCH_MAX, KeyRow, KeyState, KeyStore, KeyStoreError, Parity, Phase, Rewrap, UnwrapError};
pub use vault::{BlindIndex, CREATE_MAX, DestroyedKey, Vault, VaultConfig, Verified};

#[cfg(test)]
mod tests;
