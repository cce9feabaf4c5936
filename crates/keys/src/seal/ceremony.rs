//! A ceremony, as one officer's program goes through it (CRYPTO section 7): new group keys, or new shares of running
//! ones. The program gives and takes messages; who carries them does not matter.
//!
//! ```text
//! 1  commitments to all          ► with all of them: R1, their hash
//! 2  shares, one to each officer ► each says R1: whoever was shown other commitments stops
//! -  the share file is written and read back
//! 3  signatures under the group document ► the signed document
//! ```
//!
//! Any failure ends the ceremony: the error names who is to blame, secrets are wiped, and a new ceremony begins.

use super::ceremony_error::CeremonyError;
use super::chain::{Chain, Work, next_generation};
use super::dkg::{self, DkgError, Flow, RoundThree, Share};
use super::document::{GroupDocument, SignedDocument};
use super::id::DocumentHash;
use super::message::{Message, MessageKind, Place};
use super::roster::{Compared, Roster};
use super::{EpochGroup, GroupKey, OfficerIdentity, OfficerShare, ShareError, secret};
use base::{Random, Transcript, label};
use core::fmt;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Wait for these officers' messages of a round.
    Wait {
        /// The round.
        round: u8,
        /// Who is missing.
        missing: Vec<u16>,
    },
    /// Store the share file with this state, then send these.
    Send(Vec<Message>),
    /// Store the share file, read it back, then [`Ceremony::sign`].
    Store,
    /// The signed document: let the share file adopt it, and give it to the ledger and the nodes.
    Done(Box<SignedDocument>),
}

/// The proof that the shares of a ceremony are on disk and were read back. Only
/// [`ShareFile::store`](super::ShareFile::store) makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadBack(pub(crate) DocumentHash);

/// How far it is. Secrets of a round are gone when the next one begins.
pub(crate) enum Stage {
    /// Round 1 was sent.
    Committed(Vec<Zeroizing<Vec<u8>>>),
    /// Round 2 was sent.
    Dealt(Vec<Zeroizing<Vec<u8>>>),
    /// The shares are there, in the order of the epochs.
    Made(Box<GroupDocument>, Vec<Share>),
    /// It failed.
    Stopped(String),
}

/// A ceremony in progress.
pub struct Ceremony {
    pub(crate) roster: Roster,
    pub(crate) own: u16,
    /// The groups that are refreshed; empty when keys are made.
    pub(crate) old: Vec<Arc<EpochGroup>>,
    pub(crate) messages: BTreeMap<Place, Message>,
    pub(crate) stage: Stage,
}

impl fmt::Debug for Ceremony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match &self.stage {
            Stage::Committed(_) => "committed",
            Stage::Dealt(_) => "dealt",
            Stage::Made(..) => "made",
            Stage::Stopped(why) => why,
        };
        write!(f, "Ceremony({}, officer {}, {stage})", self.roster.session(), self.own)
    }
}

/// The groups that a ceremony with this roster refreshes.
pub(crate) fn groups_before(
    roster: &Roster,
    chain: Option<&Chain>,
) -> Result<Vec<Arc<EpochGroup>>, CeremonyError> {
    match (roster.previous(), chain) {
        (None, None) => Ok(Vec::new()),
        (Some(_), Some(chain)) => match chain.work(roster)? {
            Work::Generate => Ok(Vec::new()),
            Work::Refresh(old) => Ok(old),
        },
        // A first roster for somebody who already has documents would begin a line of its own.
        _ => Err(CeremonyError::NoChain),
    }
}

impl Ceremony {
    /// Begins with a roster that its officers compared. Store the share file, then send the message.
    ///
    /// # Errors
    /// When the roster does not follow the last document, or the identity is not the one that compared.
    pub(crate) fn begin(
        compared: Compared,
        identity: &OfficerIdentity,
        chain: Option<&Chain>,
        random: &dyn Random,
    ) -> Result<(Self, Message), CeremonyError> {
        let Compared { roster, own } = compared;
        let old = groups_before(&roster, chain)?;
        let mut ceremony =
            Self { roster, own, old, messages: BTreeMap::new(), stage: Stage::Committed(Vec::new()) };
        let count = u16::try_from(ceremony.roster.officers().len()).unwrap_or(u16::MAX);
        let (mut secrets, mut body) = (Vec::new(), Vec::new());
        for _ in ceremony.roster.epochs() {
            let numbers = (ceremony.roster.threshold(), count);
            let (secret, package) = dkg::round_one(ceremony.flow(), own, numbers, random)?;
            secrets.push(secret);
            body.extend(package);
        }
        ceremony.stage = Stage::Committed(secrets);
        let message = ceremony.message(identity, 1, 0, body);
        Ok((ceremony, message))
    }

    /// The roster.
    #[must_use]
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Messages of this officer that were sent, to send again when one was lost.
    pub fn sent(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().filter(|message| message.place().from == self.own)
    }

    /// Takes a message. The same one may come again.
    ///
    /// # Errors
    /// When it is refused; of these only [`CeremonyError::Equivocation`] ends the ceremony.
    pub fn receive(&mut self, message: Message) -> Result<(), CeremonyError> {
        self.going()?;
        message.verify(&self.roster)?;
        let place = message.place();
        let expected = match place.round {
            1 => place.kind == self.kind() && place.to == 0,
            // What is dealt to others is none of our business.
            2 => place.kind == self.kind() && (place.to == self.own || place.from == self.own),
            3 => place.kind == MessageKind::Group && place.to == 0,
            _ => false,
        };
        if !expected || place.from == place.to {
            return Err(CeremonyError::NotOurs { from: place.from });
        }
        match self.messages.get(&place) {
            Some(first) if first.body() != message.body() => {
                let (first, second) = (Box::new(first.clone()), Box::new(message));
                Err(self.stop(CeremonyError::Equivocation { first, second }))
            }
            Some(_) => Ok(()),
            None => {
                self.messages.insert(place, message);
                Ok(())
            }
        }
    }

    /// Goes as far as the messages allow. `old` gives the officer's shares that a refresh replaces.
    ///
    /// # Errors
    /// Ends the ceremony, and names who is to blame where that can be told.
    pub(crate) fn advance(
        &mut self,
        identity: &OfficerIdentity,
        old: &[OfficerShare],
    ) -> Result<Step, CeremonyError> {
        self.going()?;
        let round = match self.stage {
            Stage::Committed(_) => 1,
            Stage::Dealt(_) => 2,
            Stage::Made(..) if self.place_of(3, 0).is_none() => return Ok(Step::Store),
            _ => 3,
        };
        let missing: Vec<u16> = self.others().filter(|from| self.from(round, *from).is_none()).collect();
        if !missing.is_empty() {
            return Ok(Step::Wait { round, missing });
        }
        let step = match round {
            1 => self.deal(identity).map(Step::Send),
            2 => self.make(identity, old).map(|()| Step::Store),
            _ => self.finish().map(|signed| Step::Done(Box::new(signed))),
        };
        step.map_err(|error| self.stop(error))
    }

    /// Signs the group document, once the share file was stored and read back.
    ///
    /// # Errors
    /// When the shares are not made yet, or something else was read back.
    pub fn sign(&mut self, identity: &OfficerIdentity, stored: ReadBack) -> Result<Message, CeremonyError> {
        self.going()?;
        let Stage::Made(document, _) = &self.stage else { return Err(CeremonyError::NotStored) };
        if document.hash() != stored.0 {
            return Err(CeremonyError::NotStored);
        }
        let mut body = document.hash().bytes().to_vec();
        body.extend(document.sign(identity));
        Ok(self.message(identity, 3, 0, body))
    }

    fn going(&self) -> Result<(), CeremonyError> {
        match &self.stage {
            Stage::Stopped(why) => Err(CeremonyError::Stopped(why.clone())),
            _ => Ok(()),
        }
    }

    fn stop(&mut self, error: CeremonyError) -> CeremonyError {
        // The secrets of the stage are wiped as it is replaced.
        self.stage = Stage::Stopped(error.to_string());
        error
    }

    fn flow(&self) -> Flow {
        if self.old.is_empty() { Flow::Generate } else { Flow::Refresh }
    }

    fn kind(&self) -> MessageKind {
        match self.flow() {
            Flow::Generate => MessageKind::Generate,
            Flow::Refresh => MessageKind::Refresh,
        }
    }

    fn others(&self) -> impl Iterator<Item = u16> + '_ {
        self.roster.officers().keys().copied().filter(|number| *number != self.own)
    }

    fn kind_of(&self, round: u8) -> MessageKind {
        if round == 3 { MessageKind::Group } else { self.kind() }
    }

    /// Our own message of a round, if it was sent.
    fn place_of(&self, round: u8, to: u16) -> Option<&Message> {
        self.messages.get(&Place { kind: self.kind_of(round), round, from: self.own, to })
    }

    /// What an officer sent us in a round.
    fn from(&self, round: u8, from: u16) -> Option<&Message> {
        let to = if round == 2 { self.own } else { 0 };
        self.messages.get(&Place { kind: self.kind_of(round), round, from, to })
    }

    fn message(&mut self, identity: &OfficerIdentity, round: u8, to: u16, body: Vec<u8>) -> Message {
        let place = Place { kind: self.kind_of(round), round, from: self.own, to };
        let message = Message::sign(identity, self.roster.session(), place, body);
        self.messages.insert(place, message.clone());
        message
    }

    /// R1: over all round-1 messages as they were signed, in the order of the officers.
    fn round1_hash(&self) -> [u8; 32] {
        let all = self.roster.officers().keys().filter_map(|from| self.from(1, *from));
        let transcript = all.fold(Transcript::new(label::DKG_ROUND1), |transcript, message| {
            transcript.bytes(&message.signed_bytes())
        });
        Sha256::digest(transcript.finish()).into()
    }

    /// The round-1 packages of the others for one epoch.
    fn packages(&self, epoch: usize) -> Result<BTreeMap<u16, Vec<u8>>, CeremonyError> {
        let length = self.flow().package_bytes(self.roster.threshold());
        let package = |from: u16| {
            let body = self.from(1, from).map(Message::body).unwrap_or_default();
            if body.len() != length * self.roster.epochs().len() {
                return Err(CeremonyError::Dkg(DkgError::Package(from)));
            }
            Ok((from, body[epoch * length..][..length].to_vec()))
        };
        self.others().map(package).collect()
    }

    /// Round 2: checks the commitments, and deals to each of the others.
    fn deal(&mut self, identity: &OfficerIdentity) -> Result<Vec<Message>, CeremonyError> {
        let Stage::Committed(secrets) = &self.stage else { return Ok(Vec::new()) };
        let r1 = self.round1_hash();
        let (mut kept, mut dealt) = (Vec::new(), BTreeMap::<u16, Vec<Share>>::new());
        for (epoch, secret) in secrets.iter().enumerate() {
            let (secret, shares) =
                dkg::round_two(self.flow(), self.roster.threshold(), secret, &self.packages(epoch)?)?;
            kept.push(secret);
            for (to, share) in shares {
                dealt.entry(to).or_default().push(share);
            }
        }
        let mut messages = Vec::new();
        for (to, shares) in dealt {
            let text = self.dealt_text(self.own, to, &r1, &shares);
            let recipient =
                self.roster.officers().get(&to).map(super::Officer::recipient).unwrap_or_default();
            let body = secret::encrypt(recipient, &text)?;
            messages.push(self.message(identity, 2, to, body));
        }
        self.stage = Stage::Dealt(kept);
        Ok(messages)
    }

    /// What is encrypted to one officer. The transcript is made with room for all, so that it does not move.
    fn dealt_text(&self, from: u16, to: u16, r1: &[u8; 32], shares: &[Share]) -> Zeroizing<Vec<u8>> {
        let head = Transcript::new(label::DKG_SHARE)
            .bytes(self.roster.session().bytes())
            .u16(from)
            .u16(to)
            .bytes(r1)
            .finish();
        let mut text = Zeroizing::new(Vec::with_capacity(head.len() + shares.len() * 36));
        text.extend_from_slice(&head);
        for share in shares {
            base::lp(&mut text, share.as_slice());
        }
        text
    }

    /// What an officer dealt to us, for each epoch.
    fn dealt_by(
        &self,
        identity: &OfficerIdentity,
        from: u16,
        r1: &[u8; 32],
    ) -> Result<Vec<Share>, CeremonyError> {
        let body = self.from(2, from).map(Message::body).unwrap_or_default();
        let text = identity.decrypt(body).map_err(|source| CeremonyError::Unreadable { from, source })?;
        let count = self.roster.epochs().len();
        let head = self.dealt_text(from, self.own, r1, &[]);
        // The fields have fixed lengths, so the text is exactly the head and the shares, or it is another one.
        let tail = text.strip_prefix(head.as_slice());
        let Some(tail) = tail.filter(|tail| tail.len() == count * 36) else {
            return Err(self.misdirected(from, &text, head.len()));
        };
        let mut shares = Vec::with_capacity(count);
        for field in tail.chunks_exact(36) {
            if field[..4] != 32u32.to_be_bytes() {
                return Err(CeremonyError::Misdirected { from });
            }
            let mut share = Zeroizing::new([0; 32]);
            share.copy_from_slice(&field[4..]);
            shares.push(share);
        }
        Ok(shares)
    }

    /// Whether a text that is not for us differs only in its R1, which ends the head.
    fn misdirected(&self, from: u16, text: &[u8], head: usize) -> CeremonyError {
        let r1: Option<[u8; 32]> = text.get(head - 32..head).and_then(|field| field.try_into().ok());
        let same_else = r1.is_some_and(|r1| text.starts_with(&self.dealt_text(from, self.own, &r1, &[])));
        if same_else && text.len() == head + self.roster.epochs().len() * 36 {
            CeremonyError::OtherRound1 { from }
        } else {
            CeremonyError::Misdirected { from }
        }
    }

    /// Round 3: takes what was dealt, and makes shares and document. Everything is checked again without frost.
    fn make(&mut self, identity: &OfficerIdentity, old: &[OfficerShare]) -> Result<(), CeremonyError> {
        let Stage::Dealt(secrets) = &self.stage else { return Ok(()) };
        let r1 = self.round1_hash();
        let mut dealt = BTreeMap::new();
        for from in self.others() {
            dealt.insert(from, self.dealt_by(identity, from, &r1)?);
        }
        let generation = if self.old.is_empty() { 0 } else { next_generation(&self.old) };
        let (mut groups, mut shares) = (Vec::new(), Vec::new());
        for (at, (epoch, secret)) in self.roster.epochs().iter().zip(secrets).enumerate() {
            let old_group = self.old.get(at);
            let old_share = old_group.map(|group| own_share(old, group)).transpose()?;
            let outcome = dkg::round_three(&RoundThree {
                flow: self.flow(),
                own: self.own,
                threshold: self.roster.threshold(),
                secret,
                others: &self.packages(at)?,
                dealt: &dealt.iter().map(|(from, shares)| (*from, shares[at].clone())).collect(),
                old: old_share,
            })?;
            let key = GroupKey::new(self.roster.line(), epoch.id, outcome.public);
            if old_group.is_some_and(|group| **group.key() != key) {
                return Err(CeremonyError::Result("the refresh changed the group key".to_owned()));
            }
            let days = (epoch.first_day, epoch.last_day);
            let threshold = self.roster.threshold();
            let group = EpochGroup::new(Arc::new(key), days, threshold, generation, outcome.verifying)
                .map_err(|error| CeremonyError::Result(error.to_string()))?;
            let group = Arc::new(group);
            OfficerShare::new(Arc::clone(&group), self.own, &outcome.share)
                .map_err(|error: ShareError| CeremonyError::Result(error.to_string()))?;
            groups.push(group);
            shares.push(outcome.share);
        }
        let document = GroupDocument::compose(&self.roster, r1, generation, &groups)?;
        self.stage = Stage::Made(Box::new(document), shares);
        Ok(())
    }

    /// Puts the signatures of all officers together.
    fn finish(&self) -> Result<SignedDocument, CeremonyError> {
        let Stage::Made(document, _) = &self.stage else { return Err(CeremonyError::NotStored) };
        let mut signatures = BTreeMap::new();
        for from in self.roster.officers().keys().copied() {
            let error = CeremonyError::OtherDocument { from };
            let body = self.from(3, from).map(Message::body).unwrap_or_default();
            let Some((hash, signature)) = body.split_at_checked(32) else { return Err(error) };
            let Ok(signature) = <[u8; 64]>::try_from(signature) else { return Err(error) };
            if hash != document.hash().bytes() || !document.is_signed_by(from, &signature) {
                return Err(error);
            }
            signatures.insert(from, signature);
        }
        Ok(SignedDocument::new((**document).clone(), &signatures))
    }
}

fn own_share<'a>(
    shares: &'a [OfficerShare],
    group: &Arc<EpochGroup>,
) -> Result<&'a OfficerShare, CeremonyError> {
    shares
        .iter()
        .find(|share| share.group() == group)
        .ok_or_else(|| CeremonyError::OldShare(format!("epoch {}", group.epoch())))
}
