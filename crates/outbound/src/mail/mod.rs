//! Mail: what it is, how it is written, and the two ways it leaves.
//!
//! Invariants: a [`Mail`] exists only after every check passed, so no header can be slipped in by a
//! name or a title; recipient, title and body are [`Sensitive`] and appear in no error; the
//! Message-ID follows from the mail's id alone, so the same mail sent twice is recognisable.

mod compose;
mod limited;
mod maildir;
mod smtp;

use crate::GateError;
use base::{Language, Sensitive, SubjectId, Timestamp};
use core::fmt;
use lettre::Address;
use std::path::PathBuf;
use thiserror::Error;

pub use crate::tls::Roots;
pub use compose::Sender;
pub use maildir::Maildir;
pub use smtp::{Credentials, Security, Smtp, SmtpSettings, SmtpSettingsError, SmtpTimeouts};

base::id_type!(
    /// The id of a mail; its Message-ID follows from it.
    MailId,
    "mail"
);

/// The longest address (RFC 5321 section 4.5.3.1.3, without the brackets).
const ADDRESS_BYTES_MAX: usize = 254;
/// The longest part before the `@`.
const LOCAL_PART_BYTES_MAX: usize = 64;
/// The longest title or name of a sender, in bytes.
const TITLE_BYTES_MAX: usize = 400;
/// The longest body, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// A mail as the business writes it, still unchecked.
#[derive(Debug, Clone)]
pub struct MailDraft {
    /// Its id: that of its row, the same at every attempt.
    pub id: MailId,
    /// When it was written; the same at every attempt.
    pub date: Timestamp,
    /// Whose data it holds.
    pub subject: Option<SubjectId>,
    /// The purpose, by its name in the policy.
    pub purpose: String,
    /// What leaves with it: data categories, each alone or with a field (`contact.email`).
    pub fields: Vec<String>,
    /// The language of its text.
    pub language: Language,
    /// The address it goes to.
    pub recipient: Sensitive<String>,
    /// Its subject line.
    pub title: Sensitive<String>,
    /// Its text.
    pub body: Sensitive<String>,
}

/// A mail that can be sent.
#[derive(Debug, Clone)]
pub struct Mail {
    draft: MailDraft,
    recipient: Sensitive<String>,
}

/// Why a mail cannot be sent at all. Names the part, never its value.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum InvalidMail {
    /// Not an address that mail can go to.
    #[error("the {0} is not a mail address")]
    Address(Part),
    /// A character that has no place there: a line break in a header, a control character.
    #[error("the {0} holds a line break or a control character")]
    Character(Part),
    /// Too long.
    #[error("the {0} is longer than {1} bytes")]
    TooLong(Part, usize),
    /// Nothing there.
    #[error("the {0} is empty")]
    Empty(Part),
}

/// A part of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The address it goes to.
    Recipient,
    /// The address or the name it comes from.
    Sender,
    /// The subject line.
    Title,
    /// The text.
    Body,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recipient => "recipient",
            Self::Sender => "sender",
            Self::Title => "title",
            Self::Body => "body",
        })
    }
}

impl Mail {
    /// Checks a draft.
    ///
    /// # Errors
    /// What is wrong with it, by part.
    pub fn new(draft: MailDraft) -> Result<Self, InvalidMail> {
        let recipient = Sensitive::new(address(draft.recipient.expose(), Part::Recipient)?.to_string());
        line(draft.title.expose(), Part::Title)?;
        let body = draft.body.expose();
        if body.trim().is_empty() {
            return Err(InvalidMail::Empty(Part::Body));
        }
        if body.len() > BODY_BYTES_MAX {
            return Err(InvalidMail::TooLong(Part::Body, BODY_BYTES_MAX));
        }
        if body.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(InvalidMail::Character(Part::Body));
        }
        Ok(Self { draft, recipient })
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> MailId {
        self.draft.id
    }
}

/// A line of a header: not empty, not too long, without control characters.
fn line(text: &str, part: Part) -> Result<(), InvalidMail> {
    if text.trim().is_empty() {
        return Err(InvalidMail::Empty(part));
    }
    if text.len() > TITLE_BYTES_MAX {
        return Err(InvalidMail::TooLong(part, TITLE_BYTES_MAX));
    }
    // The line and paragraph separators of Unicode are no control characters, and some readers of
    // mail break lines at them.
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(InvalidMail::Character(part));
    }
    Ok(())
}

/// An address whose domain is in ASCII. Quoted local parts and literal domains are not taken: no
/// form of the product asks for them, and they are where injections hide.
fn address(text: &str, part: Part) -> Result<Address, InvalidMail> {
    if text.len() > ADDRESS_BYTES_MAX {
        return Err(InvalidMail::TooLong(part, ADDRESS_BYTES_MAX));
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidMail::Character(part));
    }
    let (local, domain) = text.rsplit_once('@').ok_or(InvalidMail::Address(part))?;
    let plain = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '<' | '>' | '(' | ')' | ',' | ':' | ';' | '@')
    };
    if local.len() > LOCAL_PART_BYTES_MAX || !local.chars().all(plain) || domain.starts_with('[') {
        return Err(InvalidMail::Address(part));
    }
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidMail::Address(part))?;
    let address = Address::new(local, &domain).map_err(|_| InvalidMail::Address(part))?;
    if address.to_string().len() > ADDRESS_BYTES_MAX {
        return Err(InvalidMail::TooLong(part, ADDRESS_BYTES_MAX));
    }
    Ok(address)
}

/// That a mail was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Taken now.
    Accepted,
    /// It was there already: an earlier attempt had come through.
    AlreadyThere,
}

/// What a job does with a mail that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try again later.
    Retry,
    /// Show it to staff: trying again changes nothing.
    GiveUp,
    /// It may have arrived. Trying again is allowed, and may deliver it twice under one Message-ID.
    Unknown,
}

/// A mail that was not taken, or not known to be. Names no address and no text, also not what the
/// other side said in words, for it repeats addresses there.
#[derive(Debug, Error)]
pub enum MailError {
    /// The gate did not let it through, or the relay could not be reached.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The relay did not take it now.
    #[error("the relay did not take the mail: {0}; a retry may help")]
    Later(Cause),
    /// The relay refused this mail for good.
    #[error("the relay refused the mail: {0}; a retry does not help")]
    Permanent(Cause),
    /// The mail was handed over and no answer came back.
    #[error("the mail was handed over and the relay did not answer: {0}; it may have arrived")]
    Unknown(Cause),
    /// The mail folder could not be written.
    #[error("{path}: {reason}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The mail could not be written out.
    #[error("the mail could not be written out: {0}")]
    Compose(&'static str),
}

impl MailError {
    /// What to do next.
    #[must_use]
    pub const fn next(&self) -> Next {
        match self {
            Self::Gate(error) if error.is_transient() => Next::Retry,
            Self::Gate(_) | Self::Permanent(_) | Self::Compose(_) => Next::GiveUp,
            Self::Later(_) | Self::Folder { .. } => Next::Retry,
            Self::Unknown(_) => Next::Unknown,
        }
    }
}

/// In which step of the conversation something went wrong, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The step.
    pub step: Step,
    /// What happened.
    pub what: What,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at the {}", self.what, self.step)
    }
}

/// A step of the conversation with a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The greeting and the exchange of abilities.
    Greeting,
    /// The start of TLS.
    Tls,
    /// Signing in.
    SignIn,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Announcing the content.
    Announcement,
    /// Handing the content over.
    Content,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "greeting",
            Self::Tls => "start of TLS",
            Self::SignIn => "sign-in",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Announcement => "announcement of the content",
            Self::Content => "content",
        })
    }
}

/// What went wrong in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A reply that declines.
    Reply {
        /// The code of three digits.
        code: u16,
        /// The enhanced code (RFC 3463), when there was one.
        enhanced: Option<String>,
    },
    /// The time was up.
    TimedOut,
    /// The connection broke, or the other side spoke no SMTP.
    Broken,
    /// The other side lacks what was asked of it: STARTTLS, a way to sign in.
    NotOffered,
    /// The certificate or the handshake was not accepted.
    Handshake,
    /// The connection would be in plain text and does not stay on this machine.
    NotLoopback,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply { code, enhanced: Some(enhanced) } => write!(f, "reply {code} {enhanced}"),
            Self::Reply { code, enhanced: None } => write!(f, "reply {code}"),
            Self::TimedOut => f.write_str("the time was up"),
            Self::Broken => f.write_str("the connection broke"),
            Self::NotOffered => f.write_str("the relay does not offer it"),
            Self::Handshake => f.write_str("the certificate or the handshake was not accepted"),
            Self::NotLoopback => f.write_str("plain text outside this machine is not allowed"),
        }
    }
}

/// A way for mail to leave.
#[async_trait::async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a mail. Safe to call again with the same mail.
    ///
    /// # Errors
    /// [`MailError`]; [`MailError::next`] tells what to do.
    async fn send(&self, mail: &Mail) -> Result<Delivery, MailError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::draft;

    #[test]
    fn addresses() {
        for good in ["person@example.org", "p.e+r@sub.example.net", "a@xn--mnchen-3ya.example"] {
            assert!(address(good, Part::Recipient).is_ok(), "{good}");
        }
        let german = address("a@münchen.example", Part::Recipient).expect("an address");
        assert_eq!(german.to_string(), "a@xn--mnchen-3ya.example");
        let long = format!("{}@example.org", "a".repeat(65));
        let longer = format!("a@{}.example", "a.".repeat(140));
        for bad in [
            "",
            "person",
            "@example.org",
            "person@",
            "per son@example.org",
            "\"a b\"@example.org",
            "a@[192.0.2.1]",
            "a@example.org\r\nBcc: b@example.org",
            "a\n@example.org",
            "a@example.org>",
            "<a@example.org>",
            "a@example.org,b@example.org",
            "a@b@example.org",
            "a@exa mple.org",
            "jé@example.org",
            "a\0@example.org",
            &long,
            &longer,
        ] {
            assert!(address(bad, Part::Recipient).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused_by_part() {
        let with = |change: &dyn Fn(&mut MailDraft)| {
            let mut draft = draft();
            change(&mut draft);
            Mail::new(draft).map(|_| ())
        };
        assert_eq!(with(&|_| ()), Ok(()));
        for title in ["a\r\nBcc: b@example.org", "a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{85}b"] {
            assert_eq!(
                with(&|d| d.title = title.into()),
                Err(InvalidMail::Character(Part::Title)),
                "{title:?}"
            );
        }
        assert_eq!(with(&|d| d.title = " ".into()), Err(InvalidMail::Empty(Part::Title)));
        assert_eq!(
            with(&|d| d.title = "é".repeat(201).into()),
            Err(InvalidMail::TooLong(Part::Title, TITLE_BYTES_MAX))
        );
        assert_eq!(with(&|d| d.body = "\n\n".into()), Err(InvalidMail::Empty(Part::Body)));
        assert_eq!(with(&|d| d.body = "a\u{1b}[2Jb".into()), Err(InvalidMail::Character(Part::Body)));
        assert_eq!(
            with(&|d| d.body = "a".repeat(BODY_BYTES_MAX + 1).into()),
            Err(InvalidMail::TooLong(Part::Body, BODY_BYTES_MAX))
        );
    }

    #[test]
    fn a_mail_prints_nothing_of_itself() {
        let mail = Mail::new(draft()).expect("valid");
        let printed = format!("{mail:?}");
        for part in ["person@example.org", "Uw verzoek", "Beste"] {
            assert!(!printed.contains(part), "{printed}");
        }
    }
}
