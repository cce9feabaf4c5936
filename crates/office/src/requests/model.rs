//! What a request is and how it moves from state to state.

use super::clock::Deadline;
use crate::accounts::LoginId;
use crate::customers::CustomerId;
use crate::messages::ThreadId;
use ::store::LedgerRow;
use base::{Language, Sensitive, SubjectId, Timestamp};
use core::fmt;
use thiserror::Error;

base::id_type!(
    /// The id of a request.
    RequestId,
    "request"
);

/// The number a request is known by, such as `R100042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestNumber(pub(crate) i64);

impl RequestNumber {
    /// The plain number.
    #[must_use]
    pub const fn value(self) -> i64 {
        self.0
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R{}", self.0)
    }
}

/// Declares an enum whose variants are words in the database.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All of them, in the order of lists.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the database and in addresses.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Which right, or a complaint.
    RequestKind {
        /// A copy of the data, and what is done with it (art. 15).
        Access = "access",
        /// Correction (art. 16).
        Rectification = "rectification",
        /// Erasure (art. 17).
        Erasure = "erasure",
        /// Restriction of processing (art. 18).
        Restriction = "restriction",
        /// The data in a form to take along (art. 20).
        Portability = "portability",
        /// Objection to a purpose (art. 21).
        Objection = "objection",
        /// A complaint about us.
        Complaint = "complaint",
    }
}

words! {
    /// How a request came in.
    Channel {
        /// From the customer panel.
        Panel = "panel",
        /// Through the contact form.
        ContactForm = "contact_form",
        /// By letter, telephone or at the desk; staff wrote it down.
        Staff = "staff",
    }
}

words! {
    /// How it was established who asks. The verdict only: evidence is not kept.
    Identity {
        /// Not yet.
        Unverified = "unverified",
        /// Signed in, for what a signed-in person may change anyway.
        SignedIn = "signed_in",
        /// Signed in with a fresh second factor.
        SecondFactor = "second_factor",
        /// The link to the known address was followed.
        KnownAddress = "known_address",
        /// The link was followed and a second known channel confirmed it.
        TwoChannels = "two_channels",
        /// A staff member knows, and answers for it.
        Staff = "staff",
    }
}

words! {
    /// The word for a state, as the database and lists have it.
    Standing {
        /// Received; the identity is not verified.
        Received = "received",
        /// The identity is verified; an answer is awaited.
        Verified = "verified",
        /// Granted.
        Granted = "granted",
        /// Refused, with reasons.
        Refused = "refused",
        /// Taken back by the person.
        Withdrawn = "withdrawn",
    }
}

impl Standing {
    /// Whether an answer is still owed.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Verified)
    }
}

/// How an answered request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: Timestamp,
    /// Whether the text that was sent named the authority, the court and the way to us first.
    pub named_authority: bool,
}

/// Where a request is in its life. Each transition consumes the old state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Received. The identity is not verified; `KnownAddress` here means that the link was followed
    /// and a second channel is awaited.
    Received(Identity),
    /// The identity is verified.
    Verified(Identity),
    /// Granted.
    Granted(Closing),
    /// Refused, with reasons.
    Refused(Closing),
    /// Taken back by the person.
    Withdrawn(Timestamp),
}

/// A transition that the state does not have.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NotAllowed {
    /// The identity must be verified first.
    #[error("the identity of the person has not been verified")]
    Unverified,
    /// It was verified already.
    #[error("the identity was verified already")]
    AlreadyVerified,
    /// It was answered or withdrawn already.
    #[error("the request was answered or withdrawn already")]
    Closed,
}

impl RequestState {
    /// The word for it.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        match self {
            Self::Received(_) => Standing::Received,
            Self::Verified(_) => Standing::Verified,
            Self::Granted(_) => Standing::Granted,
            Self::Refused(_) => Standing::Refused,
            Self::Withdrawn(_) => Standing::Withdrawn,
        }
    }

    /// The link was followed; a second channel must confirm it.
    ///
    /// # Errors
    /// [`NotAllowed`] unless the request is received.
    pub const fn follow(self) -> Result<Self, NotAllowed> {
        match self {
            Self::Received(_) => Ok(Self::Received(Identity::KnownAddress)),
            Self::Verified(_) => Err(NotAllowed::AlreadyVerified),
            _ => Err(NotAllowed::Closed),
        }
    }

    /// The identity is established.
    ///
    /// # Errors
    /// [`NotAllowed`] unless the request is received; `Unverified` is no verdict.
    pub const fn verify(self, identity: Identity) -> Result<Self, NotAllowed> {
        match (self, identity) {
            (_, Identity::Unverified) => Err(NotAllowed::Unverified),
            (Self::Received(_), _) => Ok(Self::Verified(identity)),
            (Self::Verified(_), _) => Err(NotAllowed::AlreadyVerified),
            _ => Err(NotAllowed::Closed),
        }
    }

    /// It is granted. A complaint needs no identity: its answer discloses nothing.
    ///
    /// # Errors
    /// [`NotAllowed`] unless the identity is verified and the request open.
    pub const fn grant(self, kind: RequestKind, closing: Closing) -> Result<Self, NotAllowed> {
        match (self, kind) {
            (Self::Verified(_), _) | (Self::Received(_), RequestKind::Complaint) => {
                Ok(Self::Granted(closing))
            }
            (Self::Received(_), _) => Err(NotAllowed::Unverified),
            _ => Err(NotAllowed::Closed),
        }
    }

    /// It is refused; also when it could not be established who asks (art. 12(2) and 12(6)).
    ///
    /// # Errors
    /// [`NotAllowed::Closed`] unless the request is open.
    pub const fn refuse(self, closing: Closing) -> Result<Self, NotAllowed> {
        if self.standing().is_open() { Ok(Self::Refused(closing)) } else { Err(NotAllowed::Closed) }
    }

    /// The person takes it back.
    ///
    /// # Errors
    /// [`NotAllowed::Closed`] unless the request is open.
    pub const fn withdraw(self, at: Timestamp) -> Result<Self, NotAllowed> {
        if self.standing().is_open() { Ok(Self::Withdrawn(at)) } else { Err(NotAllowed::Closed) }
    }
}

impl From<NotAllowed> for crate::OfficeError {
    fn from(error: NotAllowed) -> Self {
        match error {
            NotAllowed::Unverified => {
                Self::Forbidden { why: "the identity of the person has not been verified" }
            }
            NotAllowed::AlreadyVerified | NotAllowed::Closed => Self::Conflict { what: "the request" },
        }
    }
}

/// Whether the writer of the contact form says to be a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Claim {
    /// Says nothing of the kind.
    #[default]
    Nothing,
    /// Says to be a customer; proved by following the link and a second channel.
    Customer,
}

/// Somebody who is no customer, or not yet known to be one.
#[derive(Debug, Clone)]
pub struct Contact {
    /// The name they gave.
    pub name: Sensitive<String>,
    /// The address they wrote from.
    pub email: Sensitive<String>,
}

/// What was asked.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// In the person's own words.
    pub text: Option<Sensitive<String>>,
    /// For an objection: the purpose objected to, by its name in the policy.
    pub purpose: Option<String>,
    /// The person, unless a customer asked.
    pub contact: Option<Contact>,
    /// Whether the person says to be a customer.
    pub claim: Claim,
}

/// Reasons that the law asks for.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    /// Why the term was extended.
    pub extension: Option<Sensitive<String>>,
    /// Why the answer came after the term.
    pub late: Option<Sensitive<String>>,
}

/// A request, opened.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Its number.
    pub number: RequestNumber,
    /// Which right.
    pub kind: RequestKind,
    /// Where it is in its life.
    pub state: RequestState,
    /// How it was established who asks.
    pub identity: Identity,
    /// How it came in.
    pub channel: Channel,
    /// The language of the person.
    pub language: Language,
    /// Whose keys it is under; none after the subject's erasure.
    pub subject: Option<SubjectId>,
    /// The customer it is about, if any. For a visitor's request it says so only when the visitor
    /// was matched; nothing of the customer is shown before the identity is verified.
    pub customer: Option<CustomerId>,
    /// The thread it came with.
    pub thread: Option<ThreadId>,
    /// The login that asked in the panel.
    pub login: Option<LoginId>,
    /// Its clock.
    pub deadline: Deadline,
    /// When it was answered or withdrawn.
    pub closed_at: Option<Timestamp>,
    /// What was asked.
    pub detail: Detail,
    /// Reasons that the law asks for.
    pub reasons: Reasons,
    /// The answer as it was sent.
    pub answer: Option<Sensitive<String>>,
}

impl Request {
    /// The subject, unless it was erased.
    ///
    /// # Errors
    /// [`crate::OfficeError::Erased`].
    pub fn living_subject(&self) -> Result<SubjectId, crate::OfficeError> {
        self.subject.ok_or(crate::OfficeError::Erased)
    }

    /// Whether what was established lets the customer's own data be disclosed or changed. A letter
    /// that was matched to a customer by its address alone does not.
    #[must_use]
    pub fn reaches_customer(&self) -> bool {
        let established = matches!(self.identity, Identity::TwoChannels | Identity::Staff);
        self.customer.is_some()
            && matches!(self.state, RequestState::Verified(_) | RequestState::Granted(_))
            && (self.detail.contact.is_none() || established)
    }
}

/// Whom an answer goes to.
#[derive(Debug, Clone)]
pub struct Person {
    /// Whose address it is.
    pub subject: SubjectId,
    /// The name.
    pub name: Sensitive<String>,
    /// The address.
    pub email: Sensitive<String>,
    /// The telephone number known of a customer, for the second channel.
    pub phone: Option<Sensitive<String>>,
    /// The language to write in.
    pub language: Language,
}

/// A request as a list shows it.
#[derive(Debug, Clone)]
pub struct RequestSummary {
    /// Its id.
    pub id: RequestId,
    /// Its number.
    pub number: RequestNumber,
    /// Which right.
    pub kind: RequestKind,
    /// Where it is in its life.
    pub standing: Standing,
    /// How it was established who asks.
    pub identity: Identity,
    /// How it came in.
    pub channel: Channel,
    /// The customer, if any.
    pub customer: Option<CustomerId>,
    /// Its clock.
    pub deadline: Deadline,
    /// When it was answered or withdrawn.
    pub closed_at: Option<Timestamp>,
}

/// A page of requests.
#[derive(Debug, Clone)]
pub struct RequestPage {
    /// The requests of this page.
    pub requests: Vec<RequestSummary>,
    /// How many there are in all.
    pub total: u64,
}

/// Which states a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// Those that are owed an answer.
    #[default]
    Open,
    /// Those in one state.
    In(Standing),
    /// All.
    All,
}

/// Which requests a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Only those of a kind.
    pub kind: Option<RequestKind>,
    /// Which states.
    pub which: Which,
    /// Only those of a customer.
    pub customer: Option<CustomerId>,
    /// Only those due at this instant or earlier.
    pub due_until: Option<Timestamp>,
}

/// A request with everything staff need to answer it.
#[derive(Debug, Clone)]
pub struct RequestDetail {
    /// The request.
    pub request: Request,
    /// Whom the answer goes to; none after an erasure.
    pub person: Option<Person>,
    /// What the ledger tells of the subject, the latest first.
    pub history: Vec<LedgerRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_seconds(1_000);
    const CLOSING: Closing = Closing { at: AT, named_authority: true };

    /// Every state with every action: what comes of it, by the word of the state reached.
    #[test]
    fn the_transition_table() {
        use RequestState::{Granted, Received, Refused, Verified, Withdrawn};
        let unverified = Err(NotAllowed::Unverified);
        let again = Err(NotAllowed::AlreadyVerified);
        let closed = Err(NotAllowed::Closed);
        let (received, verified) = (Ok(Standing::Received), Ok(Standing::Verified));
        let (granted, refused, withdrawn) =
            (Ok(Standing::Granted), Ok(Standing::Refused), Ok(Standing::Withdrawn));
        // State; follow, verify, grant, grant a complaint, refuse, withdraw.
        let table = [
            (Received(Identity::Unverified), [received, verified, unverified, granted, refused, withdrawn]),
            (Received(Identity::KnownAddress), [received, verified, unverified, granted, refused, withdrawn]),
            (Verified(Identity::TwoChannels), [again, again, granted, granted, refused, withdrawn]),
            (Granted(CLOSING), [closed; 6]),
            (Refused(CLOSING), [closed; 6]),
            (Withdrawn(AT), [closed; 6]),
        ];
        for (state, expected) in table {
            let reached = [
                state.follow(),
                state.verify(Identity::KnownAddress),
                state.grant(RequestKind::Access, CLOSING),
                state.grant(RequestKind::Complaint, CLOSING),
                state.refuse(CLOSING),
                state.withdraw(AT),
            ]
            .map(|result| result.map(|state| state.standing()));
            assert_eq!(reached, expected, "{state:?}");
        }
        assert_eq!(Received(Identity::Unverified).verify(Identity::Unverified), Err(NotAllowed::Unverified));
    }

    #[test]
    fn words_are_read_back() {
        for kind in RequestKind::ALL {
            assert_eq!(RequestKind::parse(kind.as_str()), Some(*kind));
        }
        for identity in Identity::ALL {
            assert_eq!(Identity::parse(identity.as_str()), Some(*identity));
        }
        assert_eq!(Standing::parse("open"), None);
        assert_eq!(RequestNumber(100_042).to_string(), "R100042");
    }
}
