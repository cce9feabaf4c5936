//! The chain of group documents. A node or an officer's program pins the hash of the first one and then follows
//! signatures: no server can put a key of its own in between.

use super::document::{DocumentError, GroupDocument, SignedDocument};
use super::group::EpochGroup;
use super::id::{DocumentHash, EpochId, SessionId};
use super::roster::Roster;
use base::Day;
use std::sync::Arc;

/// The most documents of one line: a ceremony a year, and a refresh now and then.
pub const DOCUMENTS_MAX: usize = 256;
/// How long a node goes on sealing with the last key when no ceremony came in time.
pub const OVERDUE_DAYS_MAX: u32 = 31;
/// From how many days before the last key's end a node says that a ceremony is due.
pub const WARNING_DAYS: u32 = 60;

/// What a ceremony does, by the epochs of its roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    /// New epochs.
    Generate,
    /// Running epochs, with the groups whose shares are refreshed.
    Refresh(Vec<Arc<EpochGroup>>),
}

/// With which key a node seals on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealing {
    /// With this group's, and there is time.
    Valid(Arc<EpochGroup>),
    /// With this group's; in so many days there is no key any more.
    EndsSoon(Arc<EpochGroup>, u32),
    /// There is no key for today: with the last one, ended so many days ago. Somebody must be told.
    Overdue(Arc<EpochGroup>, u32),
    /// Not at all: recording stops. Nothing is ever kept in plain text instead.
    Stop,
}

/// Verified group documents of one line, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    documents: Vec<SignedDocument>,
}

impl Chain {
    /// Begins with the very first document of a line, whose hash was pinned.
    ///
    /// # Errors
    /// When it is another document, not the first, or not signed by all of its officers.
    pub fn begin(first: SignedDocument, pinned: DocumentHash) -> Result<Self, DocumentError> {
        let found = first.document().hash();
        if found != pinned {
            return Err(DocumentError::NotPinned { found, pinned });
        }
        if first.document().roster().previous().is_some() || first.document().generation() != 0 {
            return Err(DocumentError::NotSuccessor);
        }
        first.check_own()?;
        Ok(Self { documents: vec![first] })
    }

    /// Adds a successor: signed by all of its officers, and by at least k of the roster before it.
    ///
    /// # Errors
    /// Says why it is none; the chain stays as it was.
    pub fn append(&mut self, next: SignedDocument) -> Result<(), DocumentError> {
        if self.documents.len() >= DOCUMENTS_MAX {
            return Err(DocumentError::TooLong);
        }
        let document = next.document();
        let before = self.last().roster();
        match self.work(document.roster())? {
            Work::Generate if document.generation() == 0 => {}
            Work::Refresh(old) if document.generation() == next_generation(&old) => {
                for (old, new) in old.iter().zip(document.groups()) {
                    if old.key() != new.key() {
                        return Err(DocumentError::Refresh(new.epoch()));
                    }
                }
            }
            _ => return Err(DocumentError::Generation),
        }
        next.check_own()?;
        let signed = next.signers(before).len();
        if signed < usize::from(before.threshold()) {
            return Err(DocumentError::TooFewBefore { signed, needed: before.threshold() });
        }
        self.documents.push(next);
        Ok(())
    }

    /// What a ceremony with this roster would do after the last document.
    pub(crate) fn work(&self, roster: &Roster) -> Result<Work, DocumentError> {
        let last = self.last();
        if roster.line() != last.roster().line() || roster.previous() != Some(last.hash()) {
            return Err(DocumentError::NotSuccessor);
        }
        let old: Vec<_> = roster.epochs().iter().filter_map(|epoch| self.found(epoch.id)).collect();
        if old.is_empty() {
            return Ok(Work::Generate);
        }
        if old.len() != roster.epochs().len() {
            return Err(DocumentError::Generation);
        }
        for ((document, group), epoch) in old.iter().zip(roster.epochs()) {
            // Only shares change: days and threshold stay, and each officer was there under the same number and keys.
            let same = group.days() == (epoch.first_day, epoch.last_day)
                && group.threshold() == roster.threshold()
                && roster
                    .officers()
                    .iter()
                    .all(|(number, officer)| document.roster().officers().get(number) == Some(officer));
            if !same {
                return Err(DocumentError::Refresh(epoch.id));
            }
        }
        Ok(Work::Refresh(old.into_iter().map(|(_, group)| Arc::clone(group)).collect()))
    }

    /// The last document.
    #[must_use]
    pub fn last(&self) -> &GroupDocument {
        self.documents.last().expect("a chain begins with a document").document()
    }

    /// All documents, the first one first.
    #[must_use]
    pub fn documents(&self) -> &[SignedDocument] {
        &self.documents
    }

    /// The group of an epoch in its last generation.
    #[must_use]
    pub fn epoch(&self, epoch: EpochId) -> Option<&Arc<EpochGroup>> {
        self.found(epoch).map(|(_, group)| group)
    }

    /// The document that holds an epoch's last generation.
    #[must_use]
    pub fn document_of(&self, epoch: EpochId) -> Option<&GroupDocument> {
        self.found(epoch).map(|(document, _)| document)
    }

    /// The roster of a ceremony of this line: messages name the ceremony they belong to.
    #[must_use]
    pub fn roster(&self, session: SessionId) -> Option<&Roster> {
        let rosters = self.documents.iter().map(|signed| signed.document().roster());
        rosters.rev().find(|roster| roster.session() == session)
    }

    /// Every generation of an epoch, the last one first: to tell what a refused partial result really is.
    pub fn generations(&self, epoch: EpochId) -> impl Iterator<Item = &Arc<EpochGroup>> {
        let groups = self.documents.iter().rev().flat_map(|signed| signed.document().groups());
        groups.filter(move |group| group.epoch() == epoch)
    }

    fn found(&self, epoch: EpochId) -> Option<(&GroupDocument, &Arc<EpochGroup>)> {
        let documents = self.documents.iter().rev().map(SignedDocument::document);
        documents
            .flat_map(|document| document.groups().iter().map(move |group| (document, group)))
            .find(|(_, group)| group.epoch() == epoch)
    }

    /// With which key to seal on a day. Where epochs of two ceremonies cover a day, the later ceremony's is used.
    #[must_use]
    pub fn sealing(&self, today: Day) -> Sealing {
        let groups = || self.documents.iter().rev().flat_map(|signed| signed.document().groups());
        let Some(last) = groups().max_by_key(|group| group.days().1) else { return Sealing::Stop };
        let ends = last.days().1.number();
        let today_number = today.number();
        let valid = groups().find(|group| group.days().0 <= today && today <= group.days().1);
        match valid {
            Some(group) if ends.saturating_sub(today_number) < WARNING_DAYS => {
                Sealing::EndsSoon(Arc::clone(group), ends - today_number)
            }
            Some(group) => Sealing::Valid(Arc::clone(group)),
            None => match today_number.checked_sub(ends) {
                Some(late) if late <= OVERDUE_DAYS_MAX => Sealing::Overdue(Arc::clone(last), late),
                // Too late, before the first epoch, or in a gap between epochs.
                _ => Sealing::Stop,
            },
        }
    }
}

/// One more than the highest generation among the groups that are refreshed together.
pub(crate) fn next_generation(old: &[Arc<EpochGroup>]) -> u32 {
    old.iter().map(|group| group.generation()).max().unwrap_or(0).saturating_add(1)
}
