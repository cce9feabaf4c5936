//! The mailbox between officers' programs: what they get, and what they give back.

use super::files::{Answer, Bundle, CanaryPart, FileError};
use super::model::has_place;
use super::rosters::open;
use super::service::{by, chain};
use super::store::{self, Kept, NewDocument, RosterRow};
use crate::accounts::Session;
use crate::{Office, OfficeError, Prepared, Record, subjects};
use ::store::StoreError;
use keys::purpose::Account;
use keys::seal::{Chain, DocumentError, EpochId, Message, MessageError, MessageKind, Roster, SignedDocument};
use ledger::VerifyingKey;
use thiserror::Error;

/// Why an answer was refused. Nothing of it was kept.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Not an answer.
    #[error(transparent)]
    File(#[from] FileError),
    /// Nothing is in it.
    #[error("the file holds nothing")]
    Empty,
    /// Of a ceremony that is not held.
    #[error("a message belongs to a ceremony that is not being held")]
    NoCeremony,
    /// Not signed by an officer of the roster.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// For a place that the ceremony does not have.
    #[error("a message of officer {0} belongs to no round of this ceremony")]
    NoPlace(u16),
    /// A document of another roster.
    #[error("the group document is not of the roster that was confirmed")]
    OtherRoster,
    /// A document that does not continue the chain.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The office failed.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

impl From<StoreError> for AnswerError {
    fn from(error: StoreError) -> Self {
        Self::Office(error.into())
    }
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Messages that were new.
    pub new: usize,
    /// Messages that were there.
    pub known: usize,
    /// Messages that differ from what the same officer signed for the same place.
    pub equivocations: usize,
    /// Whether a group document was adopted.
    pub adopted: bool,
}

/// Everything that officers' programs need now: the last ceremony that was confirmed, its messages, the documents, and
/// canaries for the drill.
///
/// # Errors
/// When a store fails.
pub async fn bundle(office: &Office, ledger: Option<VerifyingKey>) -> Result<Bundle, OfficeError> {
    let documents = chain(office).await?.map(|chain| chain.documents().to_vec()).unwrap_or_default();
    let begun = |row: &RosterRow| row.confirmed_by.is_some() && row.state != super::RosterState::Stopped;
    let row = match store::running(&office.store).await? {
        Some(row) => Some(row),
        None => store::rosters(&office.store).await?.into_iter().find(begun),
    };
    let (roster, messages) = match row {
        None => (None, Vec::new()),
        Some(row) => {
            let messages = store::messages(&office.store, row.session, 0).await?;
            (Some(open(office, &row).await?), messages)
        }
    };
    let canaries = crate::traffic_log::canaries(office).await?;
    let canaries = canaries.into_iter().map(|one| CanaryPart { manifest: one.manifest, record: one.record });
    Ok(Bundle { ledger, roster, messages, documents, canaries: canaries.collect() })
}

/// Takes an answer of an officer's program: messages of the ceremony that is held, words that shares were deleted,
/// and the document that a ceremony ended with. All of it or nothing.
///
/// # Errors
/// Says what is wrong with it.
pub async fn take_answer(office: &Office, session: &Session, text: &str) -> Result<Taken, AnswerError> {
    if session.staff.is_none() {
        return Err(OfficeError::Forbidden { why: "only staff see to the officers" }.into());
    }
    let answer = Answer::parse(text)?;
    if answer.messages.is_empty() && answer.document.is_none() {
        return Err(AnswerError::Empty);
    }
    let chain = chain(office).await?;
    let running = match store::running(&office.store).await? {
        Some(row) => Some((open(office, &row).await?, row)),
        None => None,
    };
    let mut messages = Vec::with_capacity(answer.messages.len());
    for message in &answer.messages {
        messages.push((message, check_message(message, running.as_ref(), chain.as_ref())?));
    }
    let adoption = match &answer.document {
        Some(signed) => adoption(office, session, signed, running.as_ref(), chain.as_ref()).await?,
        None => None,
    };
    let prepared = prepare(office, session, &messages).await?;
    let mut taken = Taken::default();
    let now = office.now();
    let tx = office.store.begin().await?;
    for ((message, _), entries) in messages.iter().zip(&prepared) {
        let kept = store::keep(&tx, message, now).await?;
        match kept {
            Kept::First => taken.new += 1,
            Kept::Same => taken.known += 1,
            Kept::Second | Kept::Further => taken.equivocations += 1,
        }
        let entry = match kept {
            Kept::First => &entries.deleted,
            Kept::Second => &entries.equivocation,
            Kept::Same | Kept::Further => &None,
        };
        if let Some(entry) = entry {
            entry.append(&tx).await?;
        }
    }
    if let Some(Adoption { row, document, key, entry, position, text }) = &adoption {
        subjects::lock_active(&tx, row.subject).await?;
        let hash = document.document().hash();
        let new = NewDocument { position: *position, roster: row.id, subject: row.subject, hash, text };
        match store::insert_document(&tx, &new, key, &*office.random, now).await {
            Err(StoreError::Duplicate) => return Err(conflict()),
            other => other?,
        }
        if !store::finish(&tx, row.id, now).await? {
            return Err(conflict());
        }
        entry.append(&tx).await?;
        taken.adopted = true;
    }
    tx.commit().await?;
    Ok(taken)
}

fn conflict() -> AnswerError {
    OfficeError::Conflict { what: "the roster" }.into()
}

/// The epoch whose share a message says is deleted, if it is such a message.
fn check_message(
    message: &Message,
    running: Option<&(Roster, RosterRow)>,
    chain: Option<&Chain>,
) -> Result<Option<EpochId>, AnswerError> {
    let place = message.place();
    if place.kind == MessageKind::Deleted {
        let roster =
            chain.and_then(|chain| chain.roster(message.session())).ok_or(AnswerError::NoCeremony)?;
        message.verify(roster)?;
        let epoch = usize::from(place.round).checked_sub(1).and_then(|at| roster.epochs().get(at));
        return match epoch {
            Some(epoch) if place.to == 0 && message.body() == epoch.id.bytes() => Ok(Some(epoch.id)),
            _ => Err(AnswerError::NoPlace(place.from)),
        };
    }
    let (roster, flow) = match running {
        Some((roster, row)) if roster.session() == message.session() => (roster, row.flow),
        // Programs send again what they sent: after the end that is no news, and no mistake.
        _ => {
            let roster = chain.and_then(|chain| chain.roster(message.session()));
            let roster = roster.ok_or(AnswerError::NoCeremony)?;
            message.verify(roster)?;
            return Ok(None);
        }
    };
    message.verify(roster)?;
    if has_place(flow, place) { Ok(None) } else { Err(AnswerError::NoPlace(place.from)) }
}

/// Ledger entries that a message may need.
#[derive(Default)]
struct Entries {
    deleted: Option<Prepared>,
    equivocation: Option<Prepared>,
}

async fn prepare(
    office: &Office,
    session: &Session,
    messages: &[(&Message, Option<EpochId>)],
) -> Result<Vec<Entries>, OfficeError> {
    let mut all = Vec::with_capacity(messages.len());
    for (message, epoch) in messages {
        let place = message.place();
        let record = |kind| {
            Record::new(kind, by(session))
                .with("session", message.session().to_string())
                .with("officer", place.from)
        };
        let deleted = match epoch {
            Some(epoch) => {
                Some(office.prepare(record("seal-share-deleted").with("epoch", epoch.to_string())).await?)
            }
            None => None,
        };
        let record =
            record("seal-equivocation").with("round", place.round).with("kind", place.kind.to_string());
        all.push(Entries { deleted, equivocation: Some(office.prepare(record).await?) });
    }
    Ok(all)
}

/// A document that may be adopted, made ready.
struct Adoption<'a> {
    row: &'a RosterRow,
    document: &'a SignedDocument,
    key: keys::DataKey<Account>,
    entry: Prepared,
    position: usize,
    text: String,
}

async fn adoption<'a>(
    office: &Office,
    session: &Session,
    signed: &'a SignedDocument,
    running: Option<&'a (Roster, RosterRow)>,
    chain: Option<&Chain>,
) -> Result<Option<Adoption<'a>>, AnswerError> {
    let document = signed.document();
    let there = chain.is_some_and(|chain| {
        chain.documents().iter().any(|known| known.document().hash() == document.hash())
    });
    if there {
        return Ok(None);
    }
    let (roster, row) = running.ok_or(AnswerError::NoCeremony)?;
    if document.roster() != roster {
        return Err(AnswerError::OtherRoster);
    }
    match chain {
        Some(chain) => chain.clone().append(signed.clone())?,
        // What two staff members confirmed, signed by all its officers: that is what is pinned.
        None => {
            Chain::begin(signed.clone(), document.hash())?;
        }
    }
    let record = Record::new("seal-group", by(session))
        .with("document", document.hash().to_string())
        .with("line", roster.line().to_string())
        .with("session", roster.session().to_string())
        .with("generation", document.generation());
    let key = office.vault.ensure::<Account>(row.subject).await.map_err(OfficeError::from)?;
    let position = chain.map_or(0, |chain| chain.documents().len());
    let entry = office.prepare(record).await?;
    Ok(Some(Adoption { row, document: signed, key, entry, position, text: signed.text() }))
}
