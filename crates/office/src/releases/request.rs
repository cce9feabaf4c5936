//! What somebody asks to open: release, ground, scope, reason, to whom the answers go and until when
//! (docs/formats/release.md). A request is its bytes; its hash goes into the ledger, into approvals and into answers.

use base::{Day, Timestamp};
use core::fmt;
use keys::seal::{Block, LABELS_MAX, Label, NodeId, Officer, RequestHash, SiteId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

base::id_type!(
    /// The id of a release.
    ReleaseId,
    "release"
);

/// The longest request, in bytes.
pub const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;
/// For how many days a release may be open.
pub const RELEASE_DAYS_MAX: u32 = 14;
/// The longest run of days of one item of a scope: more than is ever kept.
const ITEM_DAYS_MAX: u32 = 800;
const VERSION: u32 = 1;

/// Why a text is no request.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// Longer than any request.
    #[error("the request has more than {REQUEST_BYTES_MAX} bytes")]
    TooLong,
    /// Not the JSON of a request.
    #[error("the request cannot be read: {0}")]
    Json(String),
    /// A version that this program does not know.
    #[error("the request has version {0}, this program reads version 1")]
    Version(u32),
    /// The scope is empty, or an item of it is none.
    #[error("item {0} of the scope is empty, too long or of an unknown kind")]
    Item(usize),
    /// Nothing is asked.
    #[error("the scope is empty, or has more than {LABELS_MAX} items")]
    Scope,
    /// No reason, or too long.
    #[error("a reason has 1 to {REASON_CHARS_MAX} characters")]
    Reason,
    /// Nobody could answer it.
    #[error("the recipient is not an age recipient")]
    Recipient,
    /// Another spelling of a request: then one request would have two hashes.
    #[error("the request is not in its one spelling")]
    Spelling,
}

/// On which ground a release is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ground {
    /// A data breach that is being looked into.
    #[serde(rename = "incident")]
    Incident,
    /// The order of a court.
    #[serde(rename = "lawful-order")]
    LawfulOrder,
}

impl Ground {
    /// The kind of the ledger entry that the request stands on.
    #[must_use]
    pub const fn entry_kind(self) -> &'static str {
        match self {
            Self::Incident => "incident-opened",
            Self::LawfulOrder => "lawful-order",
        }
    }
}

/// Of what an item of a scope opens the blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Rows of these sites, also where a spool left them; and the dictionaries of their segments.
    Sites(BTreeSet<SiteId>),
    /// These buckets of the address index.
    Addresses(BTreeSet<u8>),
}

/// One item of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeItem {
    /// What is opened.
    pub target: Target,
    /// The first day, in UTC.
    pub first_day: Day,
    /// The last day.
    pub last_day: Day,
    /// On which machines.
    pub nodes: BTreeSet<NodeId>,
}

impl ScopeItem {
    fn covers(&self, label: &Label) -> bool {
        let here = (self.first_day..=self.last_day).contains(&label.day) && self.nodes.contains(&label.node);
        here && match (&self.target, label.block) {
            (Target::Sites(sites), Block::Rows(site) | Block::Spool(site)) => sites.contains(&site),
            (Target::Addresses(buckets), Block::Addresses(bucket)) => buckets.contains(&bucket),
            // Rows name their browser ids by the segment's dictionary, so it comes with them.
            (Target::Sites(_), Block::Dictionary) => true,
            _ => false,
        }
    }
}

/// Everything that a release may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Vec<ScopeItem>);

impl Scope {
    /// The items.
    #[must_use]
    pub fn items(&self) -> &[ScopeItem] {
        &self.0
    }

    /// Whether the block of a label may be opened.
    #[must_use]
    pub fn covers(&self, label: &Label) -> bool {
        self.0.iter().any(|item| item.covers(label))
    }

    /// The sites that are named, without the one that unregistered hosts share.
    #[must_use]
    pub fn sites(&self) -> BTreeSet<SiteId> {
        let sites = self.0.iter().filter_map(|item| match &item.target {
            Target::Sites(sites) => Some(sites),
            Target::Addresses(_) => None,
        });
        sites.flatten().copied().filter(|site| *site != SiteId::UNREGISTERED).collect()
    }

    /// The first and the last day.
    #[must_use]
    pub fn days(&self) -> Option<(Day, Day)> {
        let first = self.0.iter().map(|item| item.first_day).min()?;
        Some((first, self.0.iter().map(|item| item.last_day).max()?))
    }
}

/// What a new request is made of.
#[derive(Debug, Clone)]
pub struct NewRequest<'a> {
    /// The release.
    pub release: ReleaseId,
    /// The ground.
    pub ground: Ground,
    /// The leaf hash of the ledger entry of that ground.
    pub entry: [u8; 32],
    /// What is to be opened.
    pub scope: &'a [ScopeItem],
    /// Why.
    pub reason: &'a str,
    /// The officer who asks, when an officer asks: they do not approve it themselves.
    pub asked_by: Option<&'a Officer>,
    /// The age recipient of the session ([`keys::seal::ReleaseSession::recipient`]).
    pub recipient: &'a str,
    /// When the release ends.
    pub not_after: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestJson {
    v: u32,
    release: ReleaseId,
    ground: Ground,
    entry: Hex32,
    scope: Vec<ItemJson>,
    reason: String,
    asked_by: Option<Hex32>,
    recipient: String,
    /// Seconds since 1970.
    not_after: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemJson {
    kind: u8,
    first_day: u32,
    last_day: u32,
    /// Sites, or buckets as numbers of 16 bytes: what stands in labels.
    parts: Vec<SiteId>,
    nodes: Vec<NodeId>,
}

/// 32 bytes in JSON, as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Hex32(pub [u8; 32]);

impl Serialize for Hex32 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&RequestHash::from_bytes(self.0))
    }
}

impl<'de> Deserialize<'de> for Hex32 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Any of the fixed names of the seal has the one spelling that is wanted here.
        RequestHash::deserialize(deserializer).map(|hash| Self(*hash.bytes()))
    }
}

/// A request, with the bytes that everybody hashes.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    text: String,
    release: ReleaseId,
    ground: Ground,
    entry: [u8; 32],
    scope: Scope,
    reason: String,
    asked_by: Option<[u8; 32]>,
    recipient: String,
    not_after: Timestamp,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {} items, until {})", self.release, self.scope.0.len(), self.not_after)
    }
}

impl Request {
    /// Writes a request.
    ///
    /// # Errors
    /// When it would not be one.
    pub fn compose(new: &NewRequest<'_>) -> Result<Self, RequestError> {
        let text = write(&RequestJson {
            v: VERSION,
            release: new.release,
            ground: new.ground,
            entry: Hex32(new.entry),
            scope: new.scope.iter().map(item_json).collect(),
            reason: new.reason.to_owned(),
            asked_by: new.asked_by.map(|officer| Hex32(*officer.sign_key())),
            recipient: new.recipient.to_owned(),
            not_after: new.not_after.as_seconds(),
        });
        Self::parse(&text)
    }

    /// Reads a request and keeps its bytes.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        if text.len() > REQUEST_BYTES_MAX {
            return Err(RequestError::TooLong);
        }
        let json: RequestJson =
            serde_json::from_str(text).map_err(|error| RequestError::Json(error.to_string()))?;
        if json.v != VERSION {
            return Err(RequestError::Version(json.v));
        }
        if json.scope.is_empty() || json.scope.len() > LABELS_MAX {
            return Err(RequestError::Scope);
        }
        let read = |(at, item)| read_item(item).ok_or(RequestError::Item(at + 1));
        let scope: Vec<ScopeItem> = json.scope.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let chars = json.reason.chars().count();
        if json.reason.trim().is_empty() || chars > REASON_CHARS_MAX {
            return Err(RequestError::Reason);
        }
        if !json.recipient.starts_with("age1") || json.recipient.len() > 100 {
            return Err(RequestError::Recipient);
        }
        let request = Self {
            text: text.to_owned(),
            release: json.release,
            ground: json.ground,
            entry: json.entry.0,
            scope: Scope(scope),
            reason: json.reason.clone(),
            asked_by: json.asked_by.map(|key| key.0),
            recipient: json.recipient.clone(),
            not_after: Timestamp::from_seconds(json.not_after.clamp(0, SECONDS_MAX)),
        };
        let spelled = RequestJson {
            scope: request.scope.0.iter().map(item_json).collect(),
            not_after: request.not_after.as_seconds(),
            ..json
        };
        if write(&spelled) == text { Ok(request) } else { Err(RequestError::Spelling) }
    }

    /// The bytes that are hashed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hash: what the ledger, approvals and answers name.
    #[must_use]
    pub fn hash(&self) -> RequestHash {
        RequestHash::of(self.text.as_bytes())
    }

    /// The release.
    #[must_use]
    pub const fn release(&self) -> ReleaseId {
        self.release
    }

    /// The ground.
    #[must_use]
    pub const fn ground(&self) -> Ground {
        self.ground
    }

    /// The leaf hash of the ledger entry of the ground.
    #[must_use]
    pub const fn entry(&self) -> &[u8; 32] {
        &self.entry
    }

    /// What is to be opened.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The signing key of the officer who asks.
    #[must_use]
    pub const fn asked_by(&self) -> Option<&[u8; 32]> {
        self.asked_by.as_ref()
    }

    /// To whom answers are encrypted.
    #[must_use]
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    /// When the release ends.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }
}

/// The end of the year 9999.
const SECONDS_MAX: i64 = 253_402_300_799;

fn write(json: &RequestJson) -> String {
    serde_json::to_string(json).expect("a structure of texts and numbers writes")
}

fn item_json(item: &ScopeItem) -> ItemJson {
    let (kind, parts) = match &item.target {
        Target::Sites(sites) => (1, sites.iter().copied().collect()),
        Target::Addresses(buckets) => {
            let part = |bucket: &u8| SiteId::from_bytes(Block::Addresses(*bucket).part());
            (2, buckets.iter().map(part).collect())
        }
    };
    ItemJson {
        kind,
        first_day: item.first_day.number(),
        last_day: item.last_day.number(),
        parts,
        nodes: item.nodes.iter().copied().collect(),
    }
}

fn read_item(json: &ItemJson) -> Option<ScopeItem> {
    let days = json.first_day <= json.last_day && json.last_day - json.first_day < ITEM_DAYS_MAX;
    if !days || json.parts.is_empty() || json.nodes.is_empty() {
        return None;
    }
    let target = match json.kind {
        1 => Target::Sites(json.parts.iter().copied().collect()),
        2 => {
            let bucket = |part: &SiteId| match Block::parse(2, *part.bytes()) {
                Ok(Block::Addresses(bucket)) => Some(bucket),
                _ => None,
            };
            Target::Addresses(json.parts.iter().map(bucket).collect::<Option<_>>()?)
        }
        _ => return None,
    };
    Some(ScopeItem {
        target,
        first_day: Day::from_number(json.first_day),
        last_day: Day::from_number(json.last_day),
        nodes: json.nodes.iter().copied().collect(),
    })
}
