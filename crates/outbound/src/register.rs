//! The register of recipients, and the question that is asked of it before anything leaves: may
//! this host be reached, for this purpose, with these data?
//!
//! Pure: no I/O. Invariants: whatever the policy does not name is refused; a [`Refusal`] holds
//! words that are fit for a log (a host, a port, words of the policy), never a value of a person.

use core::fmt;
use policy::Policy;
use policy::Recipient;

/// The longest host name that is kept (RFC 1035 section 2.3.4).
const HOST_CHARS_MAX: usize = 253;
/// The longest purpose or field that is kept.
const WORD_CHARS_MAX: usize = 64;

/// What a contact is for, as the code that makes it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact<'a> {
    /// The purpose, by its name in the policy.
    pub purpose: &'a str,
    /// Whose data leaves, if it is somebody's.
    pub subject: Option<base::SubjectId>,
    /// What leaves: data categories of the policy, each alone (`contact`) or with the field within
    /// it (`contact.email`).
    pub fields: &'a [&'a str],
}

/// Why a contact was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No recipient names the host.
    HostNotRegistered,
    /// The recipient names the host, and not this port.
    PortNotRegistered,
    /// The purpose does not name this recipient.
    PurposeNotAllowed,
    /// The recipient does not receive this category of data.
    DataNotAllowed,
}

impl Reason {
    /// The word in the ledger and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HostNotRegistered => "host-not-registered",
            Self::PortNotRegistered => "port-not-registered",
            Self::PurposeNotAllowed => "purpose-not-allowed",
            Self::DataNotAllowed => "data-not-allowed",
        }
    }
}

/// A contact that was not made: which one, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The host that was asked for.
    pub host: String,
    /// The port that was asked for.
    pub port: u16,
    /// The recipient that names the host; none when no recipient does.
    pub recipient: Option<String>,
    /// The purpose that was given.
    pub purpose: String,
    /// The field that may not leave, when that is the reason.
    pub field: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, purpose, .. } = self;
        let recipient = self.recipient.as_deref().unwrap_or_default();
        match self.reason {
            Reason::HostNotRegistered => write!(
                f,
                "no contact with {host}:{port}: no recipient in the policy has this host; \
                 add the recipient to policy.toml, with this host, and put that policy in force"
            ),
            Reason::PortNotRegistered => write!(
                f,
                "no contact with {host}:{port}: recipient {recipient} has this host on another port; \
                 correct the port in the settings, or add it to the recipient in policy.toml"
            ),
            Reason::PurposeNotAllowed => write!(
                f,
                "no contact with {host}:{port}: purpose {purpose} does not name recipient {recipient}; \
                 add the recipient to the purpose in policy.toml, if that is what is promised"
            ),
            Reason::DataNotAllowed => write!(
                f,
                "no contact with {host}:{port}: recipient {recipient} does not receive {}; \
                 add the data category to the recipient in policy.toml, if that is what is promised",
                self.field.as_deref().unwrap_or_default()
            ),
        }
    }
}

/// The recipients of the policy in force.
#[derive(Debug, Clone, Default)]
pub struct Register {
    recipients: Vec<Recipient>,
}

impl Register {
    /// The recipients that a policy names.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        Self::from_recipients(policy.recipients().to_vec())
    }

    /// A register of these recipients.
    #[must_use]
    pub const fn from_recipients(recipients: Vec<Recipient>) -> Self {
        Self { recipients }
    }

    /// The recipient that may be contacted so.
    ///
    /// # Errors
    /// The refusal, when the policy does not name the host and port, the purpose and every field.
    pub fn admit(&self, host: &str, port: u16, contact: &Contact<'_>) -> Result<&Recipient, Refusal> {
        let refusal = |reason, recipient: Option<&Recipient>, field: Option<&str>| Refusal {
            reason,
            host: host_in_words(host),
            port,
            recipient: recipient.map(|r| r.id.clone()),
            purpose: word(contact.purpose),
            field: field.map(word),
        };
        let Some(found) = self.recipients.iter().find(|r| r.hosts.iter().any(|own| own.admits(host, port)))
        else {
            let elsewhere = self
                .recipients
                .iter()
                .find(|r| r.hosts.iter().any(|own| own.port.is_some_and(|on| own.admits(host, on))));
            let reason =
                if elsewhere.is_some() { Reason::PortNotRegistered } else { Reason::HostNotRegistered };
            return Err(refusal(reason, elsewhere, None));
        };
        if !found.purposes.iter().any(|own| own == contact.purpose) {
            return Err(refusal(Reason::PurposeNotAllowed, Some(found), None));
        }
        for field in contact.fields {
            let category = field.split_once('.').map_or(*field, |(category, _)| category);
            if !is_field(field) || !found.data.iter().any(|own| own == category) {
                return Err(refusal(Reason::DataNotAllowed, Some(found), Some(field)));
            }
        }
        Ok(found)
    }
}

fn is_field(text: &str) -> bool {
    text.len() <= WORD_CHARS_MAX && text.chars().all(is_word_char)
}

const fn is_word_char(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_')
}

/// A word as it may stand in a row and a message: what is no word shows as `?`.
fn word(text: &str) -> String {
    text.chars().take(WORD_CHARS_MAX).map(|c| if is_word_char(c) { c } else { '?' }).collect()
}

/// A host as it may stand in a row and a message.
pub(crate) fn host_in_words(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.chars().take(HOST_CHARS_MAX).map(|c| if is_word_char(c) || c == ':' { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::recipient;

    fn contact<'a>(purpose: &'a str, fields: &'a [&'a str]) -> Contact<'a> {
        Contact { purpose, subject: None, fields }
    }

    #[test]
    fn only_what_the_policy_names_is_admitted() {
        let register = Register::from_recipients(vec![
            recipient("relay", "mail.example.org", Some(587)),
            recipient("registry", "epp.example.net", None),
        ]);
        let ask = |host, port, purpose, fields| {
            register.admit(host, port, &contact(purpose, fields)).map(|r| r.id.clone()).map_err(|r| r.reason)
        };
        let email: &[&str] = &["contact.email"];
        for (host, port, purpose, fields, expected) in [
            ("mail.example.org", 587, "account", email, Ok("relay")),
            ("MAIL.example.org.", 587, "account", &["contact"], Ok("relay")),
            ("mail.example.org", 587, "account", &[], Ok("relay")),
            ("epp.example.net", 700, "account", email, Ok("registry")),
            ("mail.example.org", 25, "account", email, Err(Reason::PortNotRegistered)),
            ("mail.example.com", 587, "account", email, Err(Reason::HostNotRegistered)),
            ("xmail.example.org", 587, "account", email, Err(Reason::HostNotRegistered)),
            ("mail.example.org.example.com", 587, "account", email, Err(Reason::HostNotRegistered)),
            ("", 587, "account", email, Err(Reason::HostNotRegistered)),
            ("mail.example.org", 587, "marketing", email, Err(Reason::PurposeNotAllowed)),
            ("mail.example.org", 587, "", email, Err(Reason::PurposeNotAllowed)),
            ("mail.example.org", 587, "account", &["contact.email", "traffic"], Err(Reason::DataNotAllowed)),
            ("mail.example.org", 587, "account", &["contacts.email"], Err(Reason::DataNotAllowed)),
            ("mail.example.org", 587, "account", &["contact.A Person"], Err(Reason::DataNotAllowed)),
        ] {
            assert_eq!(
                ask(host, port, purpose, fields),
                expected.map(str::to_owned),
                "{host}:{port} {purpose} {fields:?}"
            );
        }
    }

    #[test]
    fn an_empty_register_admits_nothing() {
        let refusal =
            Register::default().admit("localhost", 25, &contact("account", &[])).expect_err("empty");
        assert_eq!(refusal.reason, Reason::HostNotRegistered);
        assert!(refusal.to_string().contains("localhost:25") && refusal.to_string().contains("policy.toml"));
    }

    #[test]
    fn a_refusal_repeats_no_foreign_text() {
        let refusal = Register::default()
            .admit("a\r\nb <person@example.org>", 25, &contact("A Person\n", &[]))
            .expect_err("empty");
        assert_eq!(refusal.host, "a??b??person?example.org?");
        assert_eq!(refusal.purpose, "???erson?");
    }
}
