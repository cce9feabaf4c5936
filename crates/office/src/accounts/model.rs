//! What a login, a session and a role are. Pure: no database, no clock, no mail.

use crate::By;
use crate::customers::CustomerId;
use base::{Language, Random, Sensitive, SubjectId, Timestamp};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use core::fmt;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

base::id_type!(
    /// The id of a login.
    LoginId,
    "login"
);

base::id_type!(
    /// The id of a session; not its token.
    SessionId,
    "session"
);

/// For how many seconds a password or second factor counts as fresh.
pub const FRESH_SECONDS: i64 = 600;
/// The longest description of a browser that is kept, in characters.
const AGENT_CHARS_MAX: usize = 200;

/// What a login may do for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sees everything, changes nothing.
    Reader,
    /// Changes contact data and writes messages.
    Manager,
    /// Also rights, members and the end of the agreement.
    Owner,
}

impl Role {
    /// All, the least first.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Manager, Self::Owner];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// What a staff member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffRole {
    /// Everything, also staff and settings.
    Admin,
    /// Rights requests, customers, promises.
    Privacy,
    /// Messages and customers.
    Support,
    /// Reads the ledger, promises and registers.
    Auditor,
}

impl StaffRole {
    /// All.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Privacy, Self::Support, Self::Auditor];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Privacy => "privacy",
            Self::Support => "support",
            Self::Auditor => "auditor",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Whether a staff member holds a share of the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Officer {
    /// Holds one.
    Holder,
    /// Holds none.
    None,
}

/// A login, opened.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its id.
    pub id: LoginId,
    /// The subject whose keys its data is under.
    pub subject: SubjectId,
    /// The person.
    pub name: Sensitive<String>,
    /// The address it signs in with.
    pub email: Sensitive<String>,
    /// The language of its pages and mails.
    pub language: Language,
    /// What it may do as staff, if it is staff.
    pub staff: Option<StaffRole>,
    /// Whether it holds a share of the seal.
    pub officer: Officer,
    /// Whether it has chosen a password yet.
    pub has_password: bool,
    /// Whether its second factor is confirmed.
    pub has_second_factor: bool,
    /// Since when it may not sign in, if it may not.
    pub disabled_at: Option<Timestamp>,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub signed_in_at: Option<Timestamp>,
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; a code of the second factor must follow.
    NeedsSecondFactor,
    /// Staff without a second factor: nothing but enrolling one is allowed.
    MustEnrol,
    /// Signed in.
    Complete,
}

/// Somebody who has a session.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub login: LoginId,
    /// The subject of the login.
    pub subject: SubjectId,
    /// The language of the login.
    pub language: Language,
    /// What the login may do as staff.
    pub staff: Option<StaffRole>,
    /// Whether it holds a share of the seal.
    pub officer: Officer,
    /// The customer it acts for at present, and in which role. None when that role was taken away.
    pub acting_for: Option<(CustomerId, Role)>,
    /// How far it has come.
    pub stage: Stage,
    /// When the password was last given.
    pub password_at: Timestamp,
    /// When the second factor was last given.
    pub second_factor_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
}

impl Session {
    /// Whether the person proved who they are within the last ten minutes: what a binding act asks.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let last = self.second_factor_at.map_or(self.password_at, |at| at.max(self.password_at));
        self.stage == Stage::Complete && (0..=FRESH_SECONDS).contains(&now.seconds_since(last))
    }

    /// The person, as the ledger tells of what they do.
    #[must_use]
    pub const fn by(&self) -> By {
        By::Login(self.subject)
    }
}

/// A session as its owner sees it in the list.
#[derive(Debug, Clone)]
pub struct SessionSummary {
    /// Its id.
    pub id: SessionId,
    /// What the browser called itself.
    pub agent: Option<Sensitive<String>>,
    /// The address it signed in from.
    pub address: Option<Sensitive<String>>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

/// Where a sign-in or form comes from.
#[derive(Clone)]
pub struct ClientInfo {
    /// The address; none over a local socket.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub agent: Sensitive<String>,
}

impl fmt::Debug for ClientInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientInfo([withheld])")
    }
}

impl ClientInfo {
    /// What counts as one place when attempts are counted: an IPv4 address, or the /64 that one
    /// connection of IPv6 gets.
    #[must_use]
    pub fn place(&self) -> Sensitive<String> {
        Sensitive::new(match self.address {
            None => "local".to_owned(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(mapped) => mapped.to_string(),
                None => {
                    let s = address.segments();
                    format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
                }
            },
        })
    }

    /// The agent as it is kept: printable and not too long.
    pub(crate) fn agent_kept(&self) -> Sensitive<String> {
        let kept = self.agent.expose().chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX);
        Sensitive::new(kept.collect())
    }
}

/// 256 random bits that stand for a right: a session's cookie, or the end of a link in a mail. Only
/// the SHA-256 of it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Sensitive<[u8; 32]>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([withheld])")
    }
}

impl Token {
    /// A fresh one.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(Sensitive::new(random.bytes()))
    }

    /// Reads the text of a cookie or link.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(Sensitive::new(bytes.try_into().ok()?)))
    }

    /// The text for a cookie or link: 43 letters, digits, `-` and `_`.
    #[must_use]
    pub fn text(&self) -> Sensitive<String> {
        Sensitive::new(URL_SAFE_NO_PAD.encode(self.0.expose()))
    }

    /// What is stored. A look-up by it tells nothing about near misses of the token.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{SeededRandom, SystemRandom};
    use proptest::prelude::*;

    #[test]
    fn tokens_survive_their_text_and_do_not_print() {
        let token = Token::new(&SeededRandom::new(5));
        let text = token.text();
        assert_eq!(text.expose().len(), 43);
        assert_eq!(Token::parse(text.expose()), Some(token.clone()));
        assert!(!format!("{token:?}").contains(text.expose().as_str()));
        assert_ne!(Token::new(&SystemRandom).hash(), token.hash());
    }

    #[test]
    fn one_connection_is_one_place() {
        let place = |text: &str| {
            let client = ClientInfo { address: Some(text.parse().expect("an address")), agent: "x".into() };
            client.place().expose().clone()
        };
        assert_eq!(place("2001:db8:1:2:3::4"), place("2001:db8:1:2:ffff::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
    }

    proptest! {
        #[test]
        fn no_cookie_makes_it_fall_over(text in "\\PC{0,60}", near in "[A-Za-z0-9_-]{43}") {
            let _ = Token::parse(&text);
            if let Some(token) = Token::parse(&near) {
                let token = token.text();
                prop_assert_eq!(token.expose().as_str(), near.as_str());
            }
        }
    }
}
