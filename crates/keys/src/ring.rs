//! The ring: the epoch keys that live at this moment, and what is derived from them. It wraps and
//! unwraps data keys and computes blind indexes.

use crate::data_key::Material;
use crate::envelope::{cipher, unwrap_key, wrap_key};
use crate::epoch::EpochDir;
use crate::root::derive;
use crate::store::UnwrapError;
use crate::{FileError, KeyId, KeyRow, KeyState, OpenError, Rewrap, RootKey};
use aes_gcm_siv::Aes256GcmSiv;
use base::{Random, SubjectId, Transcript, label};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// One living epoch.
pub(crate) struct Epoch {
    secret: Zeroizing<[u8; 32]>,
    wrap: Aes256GcmSiv,
}

impl Epoch {
    pub(crate) fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        let wrap = cipher(&derive(&secret, &Transcript::new(label::EPOCH_WRAP).finish()));
        Self { secret, wrap }
    }

    /// `HMAC(X, value)[..16]`, X the index key of one column in this epoch.
    pub(crate) fn blind_index(&self, table: &str, column: &str, normalised: &str) -> [u8; 16] {
        let info = Transcript::new(label::EPOCH_INDEX).text(table).text(column).finish();
        let key = derive(&self.secret, &info);
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length");
        mac.update(normalised.as_bytes());
        let full = mac.finalize().into_bytes();
        let mut index = [0u8; 16];
        index.copy_from_slice(&full[..16]);
        index
    }
}

/// The living epochs and the state they were read for.
pub(crate) struct Ring {
    pub(crate) state: KeyState,
    epochs: BTreeMap<u32, Epoch>,
}

impl Ring {
    /// Reads the keys that a state calls for. A key that should be there and is not stops it here,
    /// before anything is served.
    pub(crate) fn read(dir: &EpochDir, root: &RootKey, state: KeyState) -> Result<Self, FileError> {
        let mut epochs = BTreeMap::new();
        for epoch in state.living_epochs() {
            epochs.insert(epoch, Epoch::new(dir.read(root, epoch)?));
        }
        Ok(Self { state, epochs })
    }

    pub(crate) fn epoch(&self, epoch: u32) -> Option<&Epoch> {
        self.epochs.get(&epoch)
    }

    /// Makes a fresh data key, wrapped, with an id; none when the epoch that new keys go into is not
    /// alive here.
    pub(crate) fn create(
        &self,
        key_id: KeyId,
        subject: SubjectId,
        purpose: &str,
        random: &dyn Random,
    ) -> Option<KeyRow> {
        let epoch = self.state.writing_epoch();
        let living = self.epochs.get(&epoch)?;
        let mut secret = Zeroizing::new([0u8; 32]);
        random.fill(secret.as_mut_slice());
        let mut row = KeyRow { key_id, subject, purpose: purpose.to_owned(), epoch, wrapped: Vec::new() };
        row.wrapped = wrap_key(&living.wrap, &row.associated_data(epoch), &secret, random);
        Some(row)
    }

    fn unwrap_secret(&self, row: &KeyRow) -> Option<Result<Zeroizing<[u8; 32]>, UnwrapError>> {
        let living = self.epochs.get(&row.epoch)?;
        let key = unwrap_key(&living.wrap, &row.associated_data(row.epoch), &row.wrapped);
        Some(key.map_err(|source| UnwrapError { key_id: row.key_id, epoch: row.epoch, source }))
    }

    /// Unwraps a data key; none when its epoch is not alive here.
    pub(crate) fn unwrap(&self, row: &KeyRow) -> Option<Result<Material, UnwrapError>> {
        let secret = self.unwrap_secret(row)?;
        Some(secret.map(|secret| Material::new(row.key_id, row.subject, row.epoch, &secret)))
    }

    /// Checks that a row unwraps.
    pub(crate) fn check(&self, row: &KeyRow) -> Result<(), UnwrapError> {
        let gone = UnwrapError { key_id: row.key_id, epoch: row.epoch, source: OpenError::Refused };
        self.unwrap_secret(row).ok_or(gone)?.map(|_| ())
    }

    /// Wraps the key of a row in another living epoch.
    pub(crate) fn rewrap(&self, row: &KeyRow, to: u32, random: &dyn Random) -> Result<Rewrap, UnwrapError> {
        let gone = |epoch| UnwrapError { key_id: row.key_id, epoch, source: OpenError::Refused };
        let secret = self.unwrap_secret(row).ok_or_else(|| gone(row.epoch))??;
        let target = self.epochs.get(&to).ok_or_else(|| gone(to))?;
        let wrapped = wrap_key(&target.wrap, &row.associated_data(to), &secret, random);
        Ok(Rewrap { key_id: row.key_id, from: row.epoch, to, wrapped })
    }
}
