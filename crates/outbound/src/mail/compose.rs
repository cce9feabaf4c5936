//! A mail written out (RFC 5322): the same bytes at every attempt.

use super::{InvalidMail, Mail, MailError, Part, address, line};
use base::Sensitive;
use core::time::Duration;
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use std::error::Error as StdError;
use std::time::SystemTime;

/// Who mail comes from: the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    name: String,
    address: Address,
}

impl Sender {
    /// A sender with a name and an address.
    ///
    /// # Errors
    /// When either cannot stand in a header.
    pub fn new(name: &str, sender: &str) -> Result<Self, InvalidMail> {
        line(name, Part::Sender)?;
        Ok(Self { name: name.to_owned(), address: address(sender, Part::Sender)? })
    }

    /// The domain of its address.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address.domain()
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }
}

/// A mail written out.
#[derive(Debug)]
pub(super) struct Written {
    /// The bytes, with CRLF line endings.
    pub bytes: Sensitive<Vec<u8>>,
}

/// That a program wrote it, so that no program answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The language of the text (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

impl Mail {
    /// Its Message-ID in the domain of the sender.
    pub(super) fn message_id(&self, sender: &Sender) -> String {
        format!("<{}@{}>", self.draft.id, sender.domain())
    }

    /// The address it goes to, in the form that goes over the wire.
    pub(super) fn to(&self) -> Result<Address, MailError> {
        self.recipient.expose().parse().map_err(|_| MailError::Compose("the recipient does not parse"))
    }

    pub(super) fn write(&self, sender: &Sender) -> Result<Written, MailError> {
        let seconds = u64::try_from(self.draft.date.as_seconds()).unwrap_or(0);
        let body = self.draft.body.expose().replace("\r\n", "\n").replace('\r', "\n");
        let message = Message::builder()
            .from(Mailbox::new(Some(sender.name.clone()), sender.address.clone()))
            .to(Mailbox::new(None, self.to()?))
            .subject(self.draft.title.expose().clone())
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(self.message_id(sender)))
            .header(AutoSubmitted)
            .header(ContentLanguage(self.draft.language.tag().to_owned()))
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body))
            // The error is not kept: it may hold what it could not write.
            .map_err(|_| MailError::Compose("a header or the body does not fit"))?;
        Ok(Written { bytes: Sensitive::new(message.formatted()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{draft, sender};

    fn text(mail: &Mail) -> String {
        let written = mail.write(&sender()).expect("written");
        String::from_utf8(written.bytes.expose().clone()).expect("ascii")
    }

    #[test]
    fn a_mail_has_its_headers_and_is_the_same_each_time() {
        let mail = Mail::new(draft()).expect("valid");
        let written = text(&mail);
        let message_id = format!("Message-ID: <{}@example.net>\r\n", mail.id());
        for header in [
            "From: Voorbeeldhoster <info@example.net>\r\n",
            "To: person@example.org\r\n",
            "Subject: Uw verzoek is ontvangen\r\n",
            "Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Language: nl\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "MIME-Version: 1.0\r\n",
            &message_id,
        ] {
            assert!(written.contains(header), "{header} in {written}");
        }
        assert!(!written.contains("List-") && !written.contains("User-Agent"), "{written}");
        assert_eq!(written, text(&mail));
    }

    #[test]
    fn every_line_is_short_ascii_and_ends_in_crlf() {
        let mut draft = draft();
        draft.title = "Zoë, uw gegevens zijn gewijzigd ".repeat(10).trim().into();
        draft.body = format!("é\n.\n..\nFrom x\r\nline\rline\n{}\n", "x".repeat(2_000)).into();
        let written = text(&Mail::new(draft).expect("valid"));
        assert!(written.is_ascii());
        for line in written.split("\r\n") {
            assert!(line.len() <= 998 && !line.contains(['\r', '\n']), "{line:?}");
        }
    }

    #[test]
    fn a_sender_without_sense_is_refused() {
        assert!(Sender::new("a\r\nBcc: b", "info@example.net").is_err());
        assert!(Sender::new("a", "info").is_err());
        assert!(Sender::new("", "info@example.net").is_err());
    }
}
