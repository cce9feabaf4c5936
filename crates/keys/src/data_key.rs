//! A data key in use: the key of one subject for one purpose.
//!
//! The cipher is expanded once and shared by all clones; a clone is a reference count. A handle is
//! meant to live for one request: what a process keeps longer is the vault's cache, at most 60 s.

use crate::purpose::{KeyUse, Ledger};
use crate::{Cell, KeyId, OpenError, Personal, Purpose, Sealed};
use aes_gcm_siv::Aes256GcmSiv;
use base::{Random, Sensitive, SubjectId};
use core::{fmt, marker::PhantomData};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What all clones of a key share.
pub(crate) struct Material {
    pub(crate) key_id: KeyId,
    pub(crate) subject: SubjectId,
    pub(crate) epoch: u32,
    cipher: Aes256GcmSiv,
    secret: Sensitive<[u8; 32]>,
}

impl Material {
    pub(crate) fn new(key_id: KeyId, subject: SubjectId, epoch: u32, secret: &Zeroizing<[u8; 32]>) -> Self {
        let cipher = crate::envelope::cipher(secret);
        Self { key_id, subject, epoch, cipher, secret: Sensitive::new(**secret) }
    }
}

/// The key of one subject for one purpose.
pub struct DataKey<P>(Arc<Material>, PhantomData<fn() -> P>);

impl<P> Clone for DataKey<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<P: Purpose> fmt::Debug for DataKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey<{}>({})", P::NAME, self.0.key_id)
    }
}

impl<P: Purpose> DataKey<P> {
    pub(crate) const fn new(material: Arc<Material>) -> Self {
        Self(material, PhantomData)
    }

    /// Seals a value for a cell. It compiles only for purposes whose keys seal fields.
    ///
    /// # Panics
    /// When the cell is of another subject than the key, which would tie the value to an erasure that
    /// is not its own, or the value is longer than [`crate::FIELD_BYTES_MAX`]: both are errors of
    /// the calling code, never of input.
    #[must_use]
    pub fn seal(&self, cell: &Cell, value: &[u8], random: &dyn Random) -> Sealed<P> {
        const { assert!(matches!(P::USE, KeyUse::Fields), "the key of this purpose is a salt and seals nothing") };
        assert!(cell.subject == self.0.subject, "a value is sealed with a key of its own subject");
        Sealed::seal(&self.0.cipher, self.0.key_id, cell, value, random)
    }

    /// Opens the envelope of a cell.
    ///
    /// # Errors
    /// [`OpenError`]; whatever was changed or moved is [`OpenError::Refused`].
    pub fn open(&self, cell: &Cell, sealed: &Sealed<P>) -> Result<Personal<P>, OpenError> {
        const { assert!(matches!(P::USE, KeyUse::Fields), "the key of this purpose is a salt and opens nothing") };
        if cell.subject != self.0.subject {
            return Err(OpenError::OtherSubject { offered: self.0.key_id });
        }
        sealed.open(&self.0.cipher, self.0.key_id, cell)
    }

    /// The key's id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.0.key_id
    }

    /// Whose key it is.
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        self.0.subject
    }

    /// The epoch that wrapped it when it was read; a rotation may have moved it since.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.0.epoch
    }
}

impl DataKey<Ledger> {
    /// The salt of the subject's ledger commitments.
    #[must_use]
    pub fn salt(&self) -> &Sensitive<[u8; 32]> {
        &self.0.secret
    }
}
