//! Envelopes: one sealed personal value (docs/formats/envelope.md), and the plain sealing step that
//! epoch keys and key rows share with it.
//!
//! `01 ‖ 01 ‖ key_id(16) ‖ nonce(12) ‖ ciphertext ‖ tag(16)`: version, suite AES-256-GCM-SIV. The
//! cell it belongs to is associated data, so an envelope moved to another row, column, subject,
//! purpose or revision does not open.

use crate::{KeyId, Purpose};
use aes_gcm_siv::{AeadInOut, Aes256GcmSiv, KeyInit, Nonce, Tag};
use base::{Random, SubjectId, Transcript, label};
use core::{fmt, marker::PhantomData};
use thiserror::Error;
use zeroize::Zeroizing;

pub(crate) const VERSION: u8 = 1;
pub(crate) const SUITE: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;
const KEY_ID_AT: usize = 2;
const NONCE_AT: usize = KEY_ID_AT + 16;
const TEXT_AT: usize = NONCE_AT + NONCE;
/// What an envelope adds to its value.
const OVERHEAD: usize = TEXT_AT + TAG;

/// The longest value one envelope holds; far above any request body the program accepts.
pub const FIELD_BYTES_MAX: usize = 67_108_864;
/// The longest envelope.
pub const ENVELOPE_BYTES_MAX: usize = FIELD_BYTES_MAX + OVERHEAD;

/// Why a value did not open. None of these tells an attacker which part was wrong: whatever fails
/// authentication is [`OpenError::Refused`].
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// Shorter than any envelope, or longer than the longest.
    #[error("the envelope has {length} bytes, which no envelope has")]
    Length {
        /// The length found.
        length: usize,
    },
    /// A version this program does not know: written by a newer program, or damaged.
    #[error("the envelope has version {version}, this program reads version 1")]
    Version {
        /// The version found.
        version: u8,
    },
    /// A suite this program does not know.
    #[error("the envelope has suite {suite}, this program reads suite 1")]
    Suite {
        /// The suite found.
        suite: u8,
    },
    /// Sealed with another key than the one offered.
    #[error("the envelope was sealed with key {found}, not with key {offered}")]
    OtherKey {
        /// The key id in the envelope.
        found: KeyId,
        /// The key that was offered.
        offered: KeyId,
    },
    /// The key belongs to another subject than the cell.
    #[error("key {offered} belongs to another subject than the cell")]
    OtherSubject {
        /// The key that was offered.
        offered: KeyId,
    },
    /// Not what was sealed here: changed, moved from another cell, or another key under this id.
    #[error("the envelope is not the one that was sealed for this cell")]
    Refused,
    /// The opened value is not text.
    #[error("the opened value is not valid text")]
    NotText,
}

/// The place a value belongs to. It is not stored in the envelope; who opens must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The table's name.
    pub table: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// The row's id, made by the application before the insert.
    pub row: [u8; 16],
    /// The row's revision, for rows where putting back an older value must not go unseen.
    pub revision: Option<u32>,
    /// Whose data it is.
    pub subject: SubjectId,
}

impl Cell {
    /// The associated data of an envelope in this cell.
    pub(crate) fn associated_data(&self, purpose: &str, key_id: KeyId) -> Vec<u8> {
        let mut row = [0u8; 20];
        row[..16].copy_from_slice(&self.row);
        let row_id = match self.revision {
            None => &row[..16],
            Some(revision) => {
                row[16..].copy_from_slice(&revision.to_be_bytes());
                &row[..]
            }
        };
        Transcript::new(label::FIELD)
            .bytes(&[VERSION, SUITE])
            .text(self.table)
            .text(self.column)
            .bytes(row_id)
            .bytes(&self.subject.bytes())
            .text(purpose)
            .bytes(&key_id.bytes())
            .finish()
    }
}

/// A sealed value of one purpose: what the data store holds.
pub struct Sealed<P>(Vec<u8>, PhantomData<fn() -> P>);

impl<P> Clone for Sealed<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<P> PartialEq for Sealed<P> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<P> Eq for Sealed<P> {}

impl<P: Purpose> fmt::Debug for Sealed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed<{}>({} bytes)", P::NAME, self.0.len())
    }
}

impl<P: Purpose> Sealed<P> {
    /// Reads an envelope from a store: length, version and suite are checked, the contents are not.
    ///
    /// # Errors
    /// [`OpenError::Length`], [`OpenError::Version`], [`OpenError::Suite`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, OpenError> {
        if !(OVERHEAD..=ENVELOPE_BYTES_MAX).contains(&bytes.len()) {
            return Err(OpenError::Length { length: bytes.len() });
        }
        check_head(&bytes)?;
        Ok(Self(bytes, PhantomData))
    }

    /// The envelope's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The envelope's bytes, for a store.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The key it was sealed with.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        let mut id = [0u8; 16];
        id.copy_from_slice(&self.0[KEY_ID_AT..NONCE_AT]);
        KeyId::from_bytes(id)
    }

    pub(crate) fn seal(
        cipher: &Aes256GcmSiv,
        key_id: KeyId,
        cell: &Cell,
        value: &[u8],
        random: &dyn Random,
    ) -> Self {
        assert!(value.len() <= FIELD_BYTES_MAX, "requests are bounded far below the longest field");
        let mut out = Vec::with_capacity(OVERHEAD + value.len());
        out.extend_from_slice(&[VERSION, SUITE]);
        out.extend_from_slice(&key_id.bytes());
        seal_onto(cipher, &cell.associated_data(P::NAME, key_id), value, random, &mut out);
        Self(out, PhantomData)
    }

    pub(crate) fn open(
        &self,
        cipher: &Aes256GcmSiv,
        key_id: KeyId,
        cell: &Cell,
    ) -> Result<Personal<P>, OpenError> {
        if self.key_id() != key_id {
            return Err(OpenError::OtherKey { found: self.key_id(), offered: key_id });
        }
        let value = open_from(cipher, &cell.associated_data(P::NAME, key_id), &self.0[NONCE_AT..])?;
        Ok(Personal(value, PhantomData))
    }
}

/// An opened value of one purpose. It never prints, and is wiped when dropped.
pub struct Personal<P>(Zeroizing<Vec<u8>>, PhantomData<fn() -> P>);

impl<P> Personal<P> {
    /// The value.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The value as text.
    ///
    /// # Errors
    /// [`OpenError::NotText`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str, OpenError> {
        core::str::from_utf8(&self.0).map_err(|_| OpenError::NotText)
    }
}

impl<P: Purpose> fmt::Debug for Personal<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal<{}>([withheld])", P::NAME)
    }
}

/// Checks version and suite. The caller has checked that there are two bytes.
fn check_head(bytes: &[u8]) -> Result<(), OpenError> {
    match (bytes[0], bytes[1]) {
        (VERSION, SUITE) => Ok(()),
        (VERSION, suite) => Err(OpenError::Suite { suite }),
        (version, _) => Err(OpenError::Version { version }),
    }
}

/// Appends `nonce ‖ ciphertext ‖ tag`.
fn seal_onto(
    cipher: &Aes256GcmSiv,
    associated_data: &[u8],
    value: &[u8],
    random: &dyn Random,
    out: &mut Vec<u8>,
) {
    let nonce: [u8; NONCE] = random.bytes();
    out.extend_from_slice(&nonce);
    let text_at = out.len();
    out.extend_from_slice(value);
    let tag = cipher
        .encrypt_inout_detached(&Nonce::from(nonce), associated_data, (&mut out[text_at..]).into())
        .expect("the value is shorter than the 64 GiB that the cipher takes");
    out.extend_from_slice(&tag);
}

/// Opens `nonce ‖ ciphertext ‖ tag`.
fn open_from(
    cipher: &Aes256GcmSiv,
    associated_data: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(OpenError::Refused)?;
    let (text, tag) = rest.split_last_chunk::<TAG>().ok_or(OpenError::Refused)?;
    let mut value = Zeroizing::new(text.to_vec());
    cipher
        .decrypt_inout_detached(
            &Nonce::from(*nonce),
            associated_data,
            value.as_mut_slice().into(),
            &Tag::from(*tag),
        )
        .map_err(|_| OpenError::Refused)?;
    Ok(value)
}

/// The length of a wrapped 32-byte key: `01 ‖ 01 ‖ nonce(12) ‖ ciphertext(32) ‖ tag(16)`.
pub(crate) const WRAPPED_KEY: usize = 2 + NONCE + 32 + TAG;

/// A cipher for a 32-byte key.
pub(crate) fn cipher(key: &[u8; 32]) -> Aes256GcmSiv {
    Aes256GcmSiv::new(key.into())
}

/// Wraps a 32-byte key: an envelope without key id.
pub(crate) fn wrap_key(
    cipher: &Aes256GcmSiv,
    associated_data: &[u8],
    key: &[u8; 32],
    random: &dyn Random,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(WRAPPED_KEY);
    out.extend_from_slice(&[VERSION, SUITE]);
    seal_onto(cipher, associated_data, key, random, &mut out);
    out
}

/// Unwraps a 32-byte key.
pub(crate) fn unwrap_key(
    cipher: &Aes256GcmSiv,
    associated_data: &[u8],
    wrapped: &[u8],
) -> Result<Zeroizing<[u8; 32]>, OpenError> {
    if wrapped.len() != WRAPPED_KEY {
        return Err(OpenError::Length { length: wrapped.len() });
    }
    check_head(wrapped)?;
    let value = open_from(cipher, associated_data, &wrapped[2..])?;
    let mut key = Zeroizing::new([0u8; 32]);
    key.copy_from_slice(&value);
    Ok(key)
}
