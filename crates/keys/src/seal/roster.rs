//! The roster of a ceremony: who the officers are, how many must agree, and which epochs get a key. Its hash is the
//! session to which every message and share of the ceremony is bound.

use super::group::check_numbers;
use super::id::{DocumentHash, EpochId, Hex, Line, SessionId};
use super::officer::{Digits, Officer, OfficerError, OfficerIdentity, check_name};
use super::{GroupError, OFFICERS_MAX};
use base::{Day, Random, Transcript, label};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The most epochs of one ceremony; fourteen months are usual.
pub const EPOCHS_MAX: usize = 24;
/// The longest epoch, in days: a month. A leaked quorum reaches no further.
pub const EPOCH_DAYS_MAX: u32 = 31;
/// The longest roster, in bytes.
pub const ROSTER_BYTES_MAX: usize = 32 * 1024;

/// Why a roster was refused.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RosterError {
    /// Not the JSON of a roster.
    #[error("the roster cannot be read: {0}")]
    Json(String),
    /// Longer than any roster.
    #[error("the roster has more than {ROSTER_BYTES_MAX} bytes")]
    TooLong,
    /// A version that this program does not know.
    #[error("the roster has version {0}, this program reads version 1")]
    Version(u32),
    /// Threshold, count or a number of an officer is not possible.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// `n` is not the number of officers.
    #[error("the roster says n = {said} and lists {listed} officers")]
    Count {
        /// What it says.
        said: u16,
        /// How many it lists.
        listed: usize,
    },
    /// Numbers that are not ascending, or with gaps in a first roster.
    #[error("officer {0} is out of order; numbers ascend, and a first roster has no gaps")]
    Order(u16),
    /// Two officers with one name or key: one person would hold two shares.
    #[error("officer {0} has the name or a key of another one")]
    Twice(u16),
    /// An officer's name or key is not usable.
    #[error(transparent)]
    Officer(#[from] OfficerError),
    /// No epochs, too many, too long, overlapping, or one id twice.
    #[error("the epochs are not 1 to {EPOCHS_MAX} periods of at most {EPOCH_DAYS_MAX} days in order")]
    Epochs,
    /// A first roster names its own ceremony as the line, a later one names the document before it.
    #[error("line and previous document do not fit each other")]
    Line,
    /// This identity is not on the roster.
    #[error("this officer is not on the roster")]
    NotListed,
    /// The digits that were typed are not those of the officer: somebody shows two rosters, or a mistake.
    #[error("the digits typed for officer {0} are not the ones on this roster: stop and ask")]
    Digits(u16),
    /// The digits of the session are not those that the others see.
    #[error("the digits typed for the ceremony are not the ones of this roster: stop and ask")]
    SessionDigits,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RosterJson {
    v: u32,
    organisation: String,
    line: Line,
    k: u16,
    n: u16,
    officers: Vec<OfficerJson>,
    epochs: Vec<EpochJson>,
    ceremony: Hex<32>,
    previous: Option<DocumentHash>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficerJson {
    i: u16,
    name: String,
    sign_pk: Hex<32>,
    recipient: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochJson {
    id: EpochId,
    first_day: u32,
    last_day: u32,
}

/// One epoch of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// Its id.
    pub id: EpochId,
    /// Its first day, in UTC.
    pub first_day: Day,
    /// Its last day.
    pub last_day: Day,
}

/// What a new roster is made of.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// Whose traffic log it is.
    pub organisation: &'a str,
    /// How many officers open something together.
    pub threshold: u16,
    /// The officers with their numbers.
    pub officers: &'a [(u16, Officer)],
    /// The epochs: new ones for a yearly ceremony, running ones for a refresh.
    pub epochs: &'a [Epoch],
    /// The line and the last document, unless this is the very first roster.
    pub previous: Option<(Line, DocumentHash)>,
}

/// A roster, with the bytes that everybody hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    text: String,
    session: SessionId,
    organisation: String,
    line: Line,
    threshold: u16,
    officers: BTreeMap<u16, Officer>,
    epochs: Vec<Epoch>,
    previous: Option<DocumentHash>,
}

impl Roster {
    /// Writes a new roster, with a fresh ceremony.
    ///
    /// # Errors
    /// When the plan is not a possible roster.
    pub fn compose(plan: &Plan<'_>, random: &dyn Random) -> Result<Self, RosterError> {
        let ceremony: [u8; 32] = random.bytes();
        let json = RosterJson {
            v: 1,
            organisation: plan.organisation.to_owned(),
            line: plan.previous.map_or(Line::from_bytes(ceremony), |(line, _)| line),
            k: plan.threshold,
            n: u16::try_from(plan.officers.len()).unwrap_or(u16::MAX),
            officers: plan
                .officers
                .iter()
                .map(|(i, officer)| OfficerJson {
                    i: *i,
                    name: officer.name().to_owned(),
                    sign_pk: Hex(*officer.sign_key()),
                    recipient: officer.recipient().to_owned(),
                })
                .collect(),
            epochs: plan
                .epochs
                .iter()
                .map(|epoch| EpochJson {
                    id: epoch.id,
                    first_day: epoch.first_day.number(),
                    last_day: epoch.last_day.number(),
                })
                .collect(),
            ceremony: Hex(ceremony),
            previous: plan.previous.map(|(_, document)| document),
        };
        let text = serde_json::to_string(&json).map_err(|error| RosterError::Json(error.to_string()))?;
        Self::parse(&text)
    }

    /// Reads a roster and keeps its bytes.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, RosterError> {
        if text.len() > ROSTER_BYTES_MAX {
            return Err(RosterError::TooLong);
        }
        let json: RosterJson =
            serde_json::from_str(text).map_err(|error| RosterError::Json(error.to_string()))?;
        if json.v != 1 {
            return Err(RosterError::Version(json.v));
        }
        check_name(&json.organisation)?;
        check_numbers(json.k, json.officers.len())?;
        if usize::from(json.n) != json.officers.len() {
            return Err(RosterError::Count { said: json.n, listed: json.officers.len() });
        }
        if json.previous.is_none() != (json.line.bytes() == &json.ceremony.0) {
            return Err(RosterError::Line);
        }
        let officers = read_officers(&json.officers, json.previous)?;
        let epochs = read_epochs(&json.epochs)?;
        let session = Sha256::digest(Transcript::new(label::ROSTER).text(text).finish());
        Ok(Self {
            text: text.to_owned(),
            session: SessionId::from_bytes(session.into()),
            organisation: json.organisation,
            line: json.line,
            threshold: json.k,
            officers,
            epochs,
            previous: json.previous,
        })
    }

    /// The bytes that everybody has.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The ceremony.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The digits of the ceremony, to compare.
    #[must_use]
    pub fn digits(&self) -> Digits {
        Digits::of(self.session.bytes())
    }

    /// Whose traffic log it is.
    #[must_use]
    pub fn organisation(&self) -> &str {
        &self.organisation
    }

    /// The line of ceremonies.
    #[must_use]
    pub const fn line(&self) -> Line {
        self.line
    }

    /// How many officers open something together.
    #[must_use]
    pub const fn threshold(&self) -> u16 {
        self.threshold
    }

    /// The officers by number.
    #[must_use]
    pub const fn officers(&self) -> &BTreeMap<u16, Officer> {
        &self.officers
    }

    /// The epochs in order.
    #[must_use]
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// The document before the one that this ceremony makes.
    #[must_use]
    pub const fn previous(&self) -> Option<DocumentHash> {
        self.previous
    }

    /// The number that an officer has here.
    #[must_use]
    pub fn number_of(&self, officer: &Officer) -> Option<u16> {
        self.officers.iter().find(|(_, listed)| *listed == officer).map(|(number, _)| *number)
    }

    /// Says that the officers compared their digits, in person or by voice: `session` is the last group of the ceremony's
    /// digits as another officer read it out, `typed` that of each other officer. Only this lets a ceremony begin; it is the only
    /// defence against an office that shows each officer another roster.
    ///
    /// # Errors
    /// Names the officer whose digits are not those of this roster, or are missing.
    pub fn compare(
        self,
        own: &OfficerIdentity,
        session: &str,
        typed: &BTreeMap<u16, String>,
    ) -> Result<Compared, RosterError> {
        let number = self.number_of(own.officer()).ok_or(RosterError::NotListed)?;
        if session.trim() != self.digits().last_group() {
            return Err(RosterError::SessionDigits);
        }
        for (other, officer) in self.officers.iter().filter(|(other, _)| **other != number) {
            let digits = officer.fingerprint();
            if typed.get(other).map(|typed| typed.trim()) != Some(digits.last_group()) {
                return Err(RosterError::Digits(*other));
            }
        }
        Ok(Compared { roster: self, own: number })
    }
}

/// A roster that its officers compared.
#[derive(Debug, Clone)]
pub struct Compared {
    pub(crate) roster: Roster,
    pub(crate) own: u16,
}

fn read_officers(
    list: &[OfficerJson],
    previous: Option<DocumentHash>,
) -> Result<BTreeMap<u16, Officer>, RosterError> {
    let mut officers = BTreeMap::new();
    let (mut names, mut keys, mut recipients) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut last = 0;
    for json in list {
        if json.i > OFFICERS_MAX {
            return Err(RosterError::Group(GroupError::Officer { officer: json.i }));
        }
        if json.i <= last || (previous.is_none() && json.i != last + 1) {
            return Err(RosterError::Order(json.i));
        }
        last = json.i;
        let new = [
            names.insert(json.name.as_str()),
            keys.insert(json.sign_pk.0),
            recipients.insert(json.recipient.as_str()),
        ];
        if new.contains(&false) {
            return Err(RosterError::Twice(json.i));
        }
        officers.insert(json.i, Officer::new(&json.name, &json.sign_pk.0, &json.recipient)?);
    }
    Ok(officers)
}

fn read_epochs(list: &[EpochJson]) -> Result<Vec<Epoch>, RosterError> {
    let ids: BTreeSet<EpochId> = list.iter().map(|json| json.id).collect();
    let in_order = list.windows(2).all(|pair| pair[0].last_day < pair[1].first_day);
    let lengths = list
        .iter()
        .all(|json| json.first_day <= json.last_day && json.last_day - json.first_day < EPOCH_DAYS_MAX);
    if list.is_empty() || list.len() > EPOCHS_MAX || ids.len() != list.len() || !in_order || !lengths {
        return Err(RosterError::Epochs);
    }
    let epoch = |json: &EpochJson| Epoch {
        id: json.id,
        first_day: Day::from_number(json.first_day),
        last_day: Day::from_number(json.last_day),
    };
    Ok(list.iter().map(epoch).collect())
}
