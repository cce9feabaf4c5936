//! The share file: everything that an officer's own program keeps, under the officer's passphrase
//! (docs/formats/officers.md). It is an age file, so it opens without this program too.

use super::ceremony::{Ceremony, ReadBack, Stage, Step};
use super::ceremony_error::CeremonyError;
use super::chain::Chain;
use super::document::{DocumentError, SignedDocument};
use super::id::EpochId;
use super::message::{Message, MessageError, MessageKind, Place};
use super::officer::{OfficerError, OfficerIdentity};
use super::partial::{OfficerShare, ShareError};
use super::passphrase::Passphrase;
use super::roster::Compared;
use super::secret::{self, SecretError, WORK_FACTOR};
use crate::FileError;
use crate::files::{Readers, check_private, read_limited, write_durably};
use base::Random;
use core::fmt;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;

/// The largest share file, in bytes: a chain of documents, and the messages of one ceremony.
pub const SHARE_FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why a share file cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ShareFileError {
    /// The file system.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no such file.
    #[error("there is no share file at this place")]
    Missing,
    /// Larger than any share file.
    #[error("the share file is too large")]
    TooLarge,
    /// It does not open.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It opens, and is not what this program wrote. The text is not repeated: it is secret.
    #[error("the share file opens but cannot be read: {0}")]
    Contents(&'static str),
    /// A version that this program does not know.
    #[error("the share file has version {0}, this program reads version 1")]
    Version(u32),
    /// The identity in it.
    #[error(transparent)]
    Officer(#[from] OfficerError),
    /// A group document in it, or one that it was to adopt.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A share in it.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// A message in it.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Its ceremony.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// What was read back is not what was written.
    #[error("what was read back is not what was written: do not go on with this disk")]
    ReadBack,
    /// A ceremony is going on; end or give it up first.
    #[error("a ceremony is going on already")]
    Busy,
    /// No ceremony is going on.
    #[error("no ceremony is going on")]
    Idle,
    /// The document to adopt is not the one that this ceremony made.
    #[error("this is not the group document of the ceremony that is going on")]
    OtherDocument,
    /// No share of this epoch is here.
    #[error("there is no share of epoch {0} here")]
    NoShare(EpochId),
}

/// An officer's share file, opened.
pub struct ShareFile {
    pub(crate) identity: OfficerIdentity,
    pub(crate) chain: Option<Chain>,
    pub(crate) shares: Vec<OfficerShare>,
    pub(crate) ceremony: Option<Ceremony>,
}

impl fmt::Debug for ShareFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShareFile({:?}, {} shares, {:?})", self.identity, self.shares.len(), self.ceremony)
    }
}

impl ShareFile {
    /// A file with an identity and nothing else.
    #[must_use]
    pub fn new(identity: OfficerIdentity) -> Self {
        Self { identity, chain: None, shares: Vec::new(), ceremony: None }
    }

    /// The identity.
    #[must_use]
    pub const fn identity(&self) -> &OfficerIdentity {
        &self.identity
    }

    /// The group documents.
    #[must_use]
    pub const fn chain(&self) -> Option<&Chain> {
        self.chain.as_ref()
    }

    /// The shares, one per epoch.
    #[must_use]
    pub fn shares(&self) -> &[OfficerShare] {
        &self.shares
    }

    /// The share of an epoch.
    ///
    /// # Errors
    /// When there is none: never made, or deleted.
    pub fn share(&self, epoch: EpochId) -> Result<&OfficerShare, ShareFileError> {
        let share = self.shares.iter().find(|share| share.group().epoch() == epoch);
        share.ok_or(ShareFileError::NoShare(epoch))
    }

    /// The ceremony that is going on.
    #[must_use]
    pub const fn ceremony(&self) -> Option<&Ceremony> {
        self.ceremony.as_ref()
    }

    /// Takes the documents that were there before this officer came. The officer compares the hash of the first one
    /// with another officer, who pinned it ([`Chain::begin`]).
    ///
    /// # Errors
    /// When there are documents here already.
    pub fn follow(&mut self, chain: Chain) -> Result<(), ShareFileError> {
        if self.chain.is_some() || self.ceremony.is_some() {
            return Err(ShareFileError::Busy);
        }
        self.chain = Some(chain);
        Ok(())
    }

    /// Takes a document of a ceremony that this officer had no part in. Shares that are here stay as they are.
    ///
    /// # Errors
    /// When a ceremony is going on, there are no documents yet, or the chain refuses it; then nothing changes.
    pub fn observe(&mut self, signed: SignedDocument) -> Result<(), ShareFileError> {
        if self.ceremony.is_some() {
            return Err(ShareFileError::Busy);
        }
        Ok(self.chain.as_mut().ok_or(ShareFileError::Idle)?.append(signed)?)
    }

    /// Begins a ceremony. Store the file, then send the message.
    ///
    /// # Errors
    /// When one is going on, or the roster does not follow the documents here.
    pub fn begin(&mut self, compared: Compared, random: &dyn Random) -> Result<Message, ShareFileError> {
        if self.ceremony.is_some() {
            return Err(ShareFileError::Busy);
        }
        let (ceremony, message) = Ceremony::begin(compared, &self.identity, self.chain.as_ref(), random)?;
        self.ceremony = Some(ceremony);
        Ok(message)
    }

    /// Gives a ceremony up: its secrets are wiped.
    pub fn give_up(&mut self) {
        self.ceremony = None;
    }

    /// Takes a message of the ceremony.
    ///
    /// # Errors
    /// As [`Ceremony::receive`].
    pub fn receive(&mut self, message: Message) -> Result<(), ShareFileError> {
        Ok(self.ceremony.as_mut().ok_or(ShareFileError::Idle)?.receive(message)?)
    }

    /// Goes on with the ceremony as far as its messages allow.
    ///
    /// # Errors
    /// Ends the ceremony, and names who is to blame where that can be told.
    pub fn advance(&mut self) -> Result<Step, ShareFileError> {
        let ceremony = self.ceremony.as_mut().ok_or(ShareFileError::Idle)?;
        Ok(ceremony.advance(&self.identity, &self.shares)?)
    }

    /// Signs the document of the ceremony, once the shares were stored and read back.
    ///
    /// # Errors
    /// When they were not.
    pub fn sign(&mut self, stored: ReadBack) -> Result<Message, ShareFileError> {
        let ceremony = self.ceremony.as_mut().ok_or(ShareFileError::Idle)?;
        Ok(ceremony.sign(&self.identity, stored)?)
    }

    /// Ends the ceremony with the document that all signed: its shares take the place of older ones of the same
    /// epochs. When officers left, add their endorsements first ([`SignedDocument::endorse`]).
    ///
    /// # Errors
    /// When it is another document, or one that the chain refuses; then nothing changes.
    pub fn adopt(&mut self, signed: SignedDocument) -> Result<(), ShareFileError> {
        let ceremony = self.ceremony.as_ref().ok_or(ShareFileError::Idle)?;
        let Stage::Made(document, secrets) = &ceremony.stage else {
            return Err(ShareFileError::OtherDocument);
        };
        if **document != *signed.document() {
            return Err(ShareFileError::OtherDocument);
        }
        let mut made = Vec::new();
        for (group, secret) in document.groups().iter().zip(secrets) {
            made.push(OfficerShare::new(Arc::clone(group), ceremony.own, secret)?);
        }
        match &mut self.chain {
            Some(chain) => chain.append(signed)?,
            // Its own program made and signed this very document: that is what is pinned.
            None => self.chain = Some(Chain::begin(signed, document.hash())?),
        }
        self.shares.retain(|old| made.iter().all(|new| new.group().epoch() != old.group().epoch()));
        self.shares.append(&mut made);
        self.ceremony = None;
        Ok(())
    }

    /// Deletes the share of an epoch whose days are destroyed. Store the file, then send the message: it says so to the
    /// others and to the ledger. Copies of the file that the officer made are beyond this program.
    ///
    /// # Errors
    /// When there is no share of this epoch.
    pub fn delete(&mut self, epoch: EpochId) -> Result<Message, ShareFileError> {
        let at = self.shares.iter().position(|share| share.group().epoch() == epoch);
        let share = self.shares.remove(at.ok_or(ShareFileError::NoShare(epoch))?);
        let documents = self.chain.iter().flat_map(|chain| chain.documents().iter().rev());
        let mut groups = documents.map(SignedDocument::document);
        let document = groups
            .find(|document| document.groups().contains(share.group()))
            .ok_or(ShareFileError::NoShare(epoch))?;
        let place = document.roster().epochs().iter().position(|listed| listed.id == epoch).unwrap_or(0);
        // At most 24 epochs.
        let round = u8::try_from(place + 1).unwrap_or(u8::MAX);
        let place = Place { kind: MessageKind::Deleted, round, from: share.officer(), to: 0 };
        let session = document.roster().session();
        Ok(Message::sign(&self.identity, session, place, epoch.bytes().to_vec()))
    }

    /// Encrypts the file under the passphrase.
    ///
    /// # Errors
    /// When it is too large or age fails.
    pub fn seal(&self, passphrase: &Passphrase) -> Result<Vec<u8>, ShareFileError> {
        self.seal_with(passphrase, WORK_FACTOR)
    }

    pub(crate) fn seal_with(
        &self,
        passphrase: &Passphrase,
        work_factor: u8,
    ) -> Result<Vec<u8>, ShareFileError> {
        let text = self.text()?;
        let sealed = secret::lock(passphrase, work_factor, text.as_bytes())?;
        if sealed.len() > SHARE_FILE_BYTES_MAX { Err(ShareFileError::TooLarge) } else { Ok(sealed) }
    }

    /// Opens a file.
    ///
    /// # Errors
    /// When the passphrase is another one, or the contents do not hold together.
    pub fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<Self, ShareFileError> {
        if sealed.len() > SHARE_FILE_BYTES_MAX {
            return Err(ShareFileError::TooLarge);
        }
        Self::parse(&secret::unlock(passphrase, sealed)?)
    }

    /// Writes the file (temporary file, sync, rename, sync), reads it back and opens it. The result is what
    /// [`Self::sign`] asks for; it is empty-handed when no shares were just made.
    ///
    /// # Errors
    /// When the disk fails, or gives back something else.
    pub fn store(&self, path: &Path, passphrase: &Passphrase) -> Result<Option<ReadBack>, ShareFileError> {
        self.store_with(path, passphrase, WORK_FACTOR)
    }

    pub(crate) fn store_with(
        &self,
        path: &Path,
        passphrase: &Passphrase,
        work_factor: u8,
    ) -> Result<Option<ReadBack>, ShareFileError> {
        write_durably(path, &self.seal_with(passphrase, work_factor)?)?;
        let back = Self::load(path, passphrase)?;
        if back.text()? != self.text()? {
            return Err(ShareFileError::ReadBack);
        }
        Ok(match back.ceremony.map(|ceremony| ceremony.stage) {
            Some(Stage::Made(document, _)) => Some(ReadBack(document.hash())),
            _ => None,
        })
    }

    /// Reads and opens the file at a place. Others than its owner may not read it.
    ///
    /// # Errors
    /// When it is not there, not private, or does not open.
    pub fn load(path: &Path, passphrase: &Passphrase) -> Result<Self, ShareFileError> {
        let sealed = read_limited(path, SHARE_FILE_BYTES_MAX)?.ok_or(ShareFileError::Missing)?;
        check_private(path, Readers::Owner)?;
        Self::open(&sealed, passphrase)
    }
}
