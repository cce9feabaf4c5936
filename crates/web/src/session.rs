//! Who is visiting, as far as the pages need to know: a seam. The business says who a session token
//! belongs to ([`SessionSource`]); nothing here knows how it found out.

use base::{Language, Sensitive, Timestamp};
use std::future::Future;
use std::pin::Pin;

/// A future that a trait object can return.
pub type Answer<'a, V> = Pin<Box<dyn Future<Output = V> + Send + 'a>>;

/// What a login may do for a customer. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CustomerRole {
    /// Sees everything of the customer, changes nothing.
    Reader,
    /// Orders, changes and answers for the customer.
    Manager,
    /// Also decides who may act for the customer, and may have its data erased.
    Owner,
}

impl CustomerRole {
    /// All of them, for tests that walk every role.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Manager, Self::Owner];
}

/// What a staff member does at the provider. A staff member can have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StaffRole {
    /// Answers customers and keeps their records.
    Support,
    /// Handles rights requests and incidents.
    Privacy,
    /// Reads ledger and verdicts, changes nothing.
    Auditor,
    /// Decides on staff, settings and jobs.
    Admin,
}

impl StaffRole {
    /// All of them, for tests that walk every role.
    pub const ALL: [Self; 4] = [Self::Support, Self::Privacy, Self::Auditor, Self::Admin];
}

/// The customer a login acts for at present.
#[derive(Debug, Clone)]
pub struct Acting {
    /// The customer's id, as it stands in the database.
    pub customer: String,
    /// The name on screen.
    pub name: Sensitive<String>,
    /// What the login may do for it.
    pub role: CustomerRole,
}

/// One signed-in session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The id of the session itself (not its token), as the list of sessions shows it.
    pub id: String,
    /// The login's id.
    pub login: String,
    /// The name on screen.
    pub name: Sensitive<String>,
    /// The language the login chose, if any; it goes before the browser's.
    pub language: Option<Language>,
    /// When this session last proved a second factor.
    pub second_factor_at: Option<Timestamp>,
    /// The customer the login acts for.
    pub acting: Option<Acting>,
    /// Staff roles; empty for anyone who is no staff member.
    pub staff: Vec<StaffRole>,
}

/// Finds the session of a token. The implementation hashes the token, checks that the session has
/// not ended, and notes that it was used.
pub trait SessionSource: Send + Sync {
    /// The session, or none when the token is unknown or has ended.
    ///
    /// # Errors
    /// When the answer cannot be had; the visitor then sees an error page, never a page as if
    /// signed out.
    fn resolve<'a>(
        &'a self,
        token: &'a Sensitive<String>,
    ) -> Answer<'a, Result<Option<Session>, SourceError>>;
}

/// The session could not be looked up.
#[derive(Debug, thiserror::Error)]
#[error("the session could not be looked up: {0}")]
pub struct SourceError(pub String);

/// Nobody is ever signed in: for the pages of a provider that has not been set up yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSessions;

impl SessionSource for NoSessions {
    fn resolve<'a>(&'a self, _: &'a Sensitive<String>) -> Answer<'a, Result<Option<Session>, SourceError>> {
        Box::pin(async { Ok(None) })
    }
}
