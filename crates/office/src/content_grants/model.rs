//! What a content grant is, and when it is in force.

use crate::accounts::LoginId;
use crate::customers::CustomerId;
use crate::incidents::IncidentId;
use crate::services::ServiceId;
use base::{Sensitive, SubjectId, Timestamp};
use core::fmt;
use std::collections::BTreeSet;

base::id_type!(
    /// The id of a content grant.
    GrantId,
    "content-grant"
);
base::id_type!(
    /// The id of a look at content.
    ContentSessionId,
    "content-session"
);

/// The longest a grant lasts, in hours: a week.
pub const HOURS_MAX: u32 = 168;

/// A kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Files of sites.
    Files,
    /// Databases.
    Databases,
    /// Mailboxes.
    Mail,
    /// Backups of any of these.
    Backups,
    /// The console and disks of a server.
    Server,
}

impl Scope {
    /// All, in the order of forms.
    pub const ALL: [Self; 5] = [Self::Files, Self::Databases, Self::Mail, Self::Backups, Self::Server];

    /// The word in the database, the ledger and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Databases => "databases",
            Self::Mail => "mail",
            Self::Backups => "backups",
            Self::Server => "server",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// What a grant is about: at least one kind of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// From the kinds chosen; none when there are none.
    #[must_use]
    pub fn new(chosen: impl IntoIterator<Item = Scope>) -> Option<Self> {
        let chosen: BTreeSet<Scope> = chosen.into_iter().collect();
        (!chosen.is_empty()).then_some(Self(chosen))
    }

    /// Each of them, in the order of forms.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// Whether this kind is among them.
    #[must_use]
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        text.split(' ').map(Scope::parse).collect::<Option<Vec<_>>>().and_then(Self::new)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, scope) in self.0.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { "" } else { " " }, scope.as_str())?;
        }
        Ok(())
    }
}

/// Why staff may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The customer allowed it.
    Permission,
    /// An open case of a leak that touches the customer.
    Incident(IncidentId),
}

/// Who ended a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// Its time was over, or nobody answered in time.
    Time,
    /// The customer.
    Customer,
    /// Staff.
    Staff,
}

impl EndedBy {
    /// The word in the database and the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Customer => "customer",
            Self::Staff => "staff",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Time, Self::Customer, Self::Staff].into_iter().find(|by| by.as_str() == text)
    }
}

/// How a grant stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waits for the customer, until then at most.
    Asked(Timestamp),
    /// In force until then.
    InForce(Timestamp),
    /// The customer refused.
    Refused,
    /// Over.
    Ended(EndedBy),
}

/// What the customer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// For so many hours, no more than were asked.
    Give {
        /// From now.
        hours: u32,
    },
    /// No.
    Refuse,
}

/// What the row holds of the life of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Asked,
    Given { at: Timestamp, until: Timestamp },
    Refused,
    Ended(EndedBy),
}

/// A content grant.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Of whom.
    pub customer: CustomerId,
    /// Under whose keys the texts are.
    pub subject: SubjectId,
    /// One service; none when it is about all of the customer's.
    pub service: Option<ServiceId>,
    /// What it is about.
    pub scopes: Scopes,
    /// Why it is allowed.
    pub ground: Ground,
    /// Why staff asked.
    pub reason: Sensitive<String>,
    /// For how many hours was asked.
    pub hours: u32,
    /// Who asked.
    pub asked_by: LoginId,
    /// When.
    pub asked_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    pub(super) life: Life,
}

impl Grant {
    /// How it stands at an instant, whether or not a sweep has run.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        let answer_by = self.asked_at.plus_days(super::ANSWER_DAYS);
        match self.life {
            Life::Asked if now < answer_by => Standing::Asked(answer_by),
            // A clock that was set back gives no time before the permission.
            Life::Given { at, until } if now < until && now >= at => Standing::InForce(until),
            Life::Asked | Life::Given { .. } => Standing::Ended(EndedBy::Time),
            Life::Refused => Standing::Refused,
            Life::Ended(by) => Standing::Ended(by),
        }
    }

    /// Since when and until when it was given, if it was and has not been ended early.
    #[must_use]
    pub const fn given(&self) -> Option<(Timestamp, Timestamp)> {
        match self.life {
            Life::Given { at, until } => Some((at, until)),
            Life::Asked | Life::Refused | Life::Ended(_) => None,
        }
    }
}

/// Whether a look goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// Until then at most.
    Open(Timestamp),
    /// Since then.
    Ended(Timestamp),
}

/// A look at content.
#[derive(Debug, Clone)]
pub struct ContentSession {
    /// Its id.
    pub id: ContentSessionId,
    /// Under which grant.
    pub grant: GrantId,
    /// At what.
    pub scope: Scope,
    /// Who.
    pub login: LoginId,
    /// What for.
    pub purpose: Sensitive<String>,
    /// What was seen and done, told at the end.
    pub report: Option<Sensitive<String>>,
    /// Since when.
    pub opened_at: Timestamp,
    pub(super) until: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
}

impl ContentSession {
    /// Whether it goes on at an instant.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> SessionState {
        match self.ended_at {
            Some(at) => SessionState::Ended(at),
            None if now >= self.until => SessionState::Ended(self.until),
            None => SessionState::Open(self.until),
        }
    }
}
