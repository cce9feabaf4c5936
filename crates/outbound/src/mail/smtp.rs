//! Mail through a relay: SMTP over the gate, one connection and one recorded contact per mail.
//!
//! Invariants: the connection comes from the gate, so only the configured relay is ever contacted,
//! and only if the policy names it; nothing personal is sent before TLS stands, or the connection
//! is seen to stay on this machine; a mail counts as taken only after the relay's own 250. What
//! the relay says in words is dropped: it repeats addresses there.

use super::limited::Limited;
use super::{Cause, Delivery, Mail, MailError, Mailer, Sender, Step, What};
use crate::gate::{CONTACT_SECONDS_MAX, Gate, Passage};
use crate::register::Contact;
use crate::store::Outcome;
use crate::tls::{self, Roots, names_loopback, server_name};
use async_trait::async_trait;
use base::Sensitive;
use core::future::Future;
use core::time::Duration;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials as LettreCredentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

/// How long saying goodbye may take; nothing hangs on it.
const QUIT_WAIT: Duration = Duration::from_secs(2);
/// What of the longest contact the gate's own connecting is left.
const CONNECT_SECONDS: u64 = 60;

/// How the connection to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Plain greeting, then STARTTLS, which the relay must offer (usually port 587).
    StartTls,
    /// TLS from the first byte (usually port 465).
    Implicit,
    /// No protection, to a relay on this machine only.
    PlainOnLoopback,
}

/// How the program signs in at the relay.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Sensitive<String>,
}

/// How long the steps may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmtpTimeouts {
    /// Each command and its answer, and the start of TLS.
    pub step: Duration,
    /// Handing the content over, and the answer to it.
    pub content: Duration,
    /// Everything after the connection stands, together.
    pub total: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        Self {
            step: Duration::from_secs(30),
            content: Duration::from_secs(120),
            total: Duration::from_secs(CONTACT_SECONDS_MAX - CONNECT_SECONDS),
        }
    }
}

/// Which relay, and how.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The host, as a recipient in the policy names it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Whose word counts for the certificate.
    pub roots: Roots,
    /// How to sign in, if the relay asks for it.
    pub credentials: Option<Credentials>,
    /// How long the steps may take.
    pub timeouts: SmtpTimeouts,
}

/// Settings that cannot work.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum SmtpSettingsError {
    /// Plain text to another machine.
    #[error(
        "mail to {0} would be in plain text, which is allowed to localhost, 127.0.0.0/8 and ::1 only; use starttls or tls"
    )]
    PlainToElsewhere(String),
    /// A host that no certificate can be for.
    #[error("{0} is no host name or address")]
    Host(String),
    /// A root certificate that cannot be read.
    #[error("root certificate {0} of the relay cannot be read")]
    Root(usize),
    /// Limits with which one job could be taken over by another while it still runs.
    #[error("the time limits for mail exceed {0} seconds together")]
    Timeouts(u64),
}

#[derive(Clone)]
enum Protection {
    StartTls(TlsParameters),
    Implicit(TlsConnector, ServerName<'static>),
    PlainOnLoopback,
}

/// Sends mail through a relay.
pub struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    timeouts: SmtpTimeouts,
    hello: ClientId,
    sender: Sender,
    gate: Arc<Gate>,
}

impl core::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Smtp {
    /// A mailer to this relay. Connects to nothing yet.
    ///
    /// # Errors
    /// What in the settings cannot work.
    pub fn new(settings: SmtpSettings, sender: Sender, gate: Arc<Gate>) -> Result<Self, SmtpSettingsError> {
        let SmtpSettings { host, port, security, roots, credentials, timeouts } = settings;
        if timeouts.total > Duration::from_secs(CONTACT_SECONDS_MAX - CONNECT_SECONDS) {
            return Err(SmtpSettingsError::Timeouts(CONTACT_SECONDS_MAX - CONNECT_SECONDS));
        }
        let protection = match security {
            Security::StartTls => Protection::StartTls(parameters(&host, &roots)?),
            Security::Implicit => implicit(&host, &roots)?,
            Security::PlainOnLoopback if names_loopback(&host) => Protection::PlainOnLoopback,
            Security::PlainOnLoopback => return Err(SmtpSettingsError::PlainToElsewhere(host)),
        };
        // The name of the machine is nobody's business: the sender's domain stands in for it.
        let hello = ClientId::Domain(sender.domain().to_owned());
        Ok(Self { host, port, protection, credentials, timeouts, hello, sender, gate })
    }

    async fn converse(&self, stream: TcpStream, mail: &Mail) -> Result<(), MailError> {
        let written = mail.write(&self.sender)?;
        let to = mail.to()?;
        let clock = StepClock { step: self.timeouts.step, end: Instant::now() + self.timeouts.total };
        let mut smtp = self.introduce(stream, &clock).await?;
        if let Some(Credentials { user, password }) = &self.credentials {
            let credentials = LettreCredentials::new(user.clone(), password.expose().clone());
            let signed_in = smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            clock.run(Step::SignIn, signed_in).await?;
        }
        let from = MailFrom::new(Some(self.sender.address().clone()), Vec::new());
        clock.run(Step::Sender, smtp.command(from)).await?;
        clock.run(Step::Recipient, smtp.command(Rcpt::new(to, Vec::new()))).await?;
        let announced = clock.run(Step::Announcement, smtp.command(Data)).await?;
        if !announced.has_code(354) {
            return Err(MailError::Later(Cause { step: Step::Announcement, what: What::Broken }));
        }
        let by = clock.end.min(Instant::now() + self.timeouts.content);
        let answer = match timeout_at(by, smtp.message(written.bytes.expose())).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(content_failed(&error)),
            Err(_) => return Err(MailError::Unknown(Cause { step: Step::Content, what: What::TimedOut })),
        };
        if !answer.has_code(250) {
            return Err(MailError::Unknown(Cause { step: Step::Content, what: What::Broken }));
        }
        // The mail is the relay's now; how it says goodbye changes nothing.
        timeout(QUIT_WAIT, smtp.quit()).await.ok();
        Ok(())
    }

    /// Greets, and brings the connection to where it may carry a mail.
    async fn introduce(
        &self,
        stream: TcpStream,
        clock: &StepClock,
    ) -> Result<AsyncSmtpConnection, MailError> {
        let broken = |step| MailError::Later(Cause { step, what: What::Broken });
        let peer = stream.peer_addr().map_err(|_| broken(Step::Greeting))?;
        match &self.protection {
            Protection::Implicit(connector, name) => {
                let by = clock.next();
                let tls = match timeout_at(by, connector.connect(name.clone(), stream)).await {
                    Ok(Ok(tls)) => tls,
                    Ok(Err(_)) => {
                        return Err(MailError::Later(Cause { step: Step::Tls, what: What::Handshake }));
                    }
                    Err(_) => return Err(MailError::Later(Cause { step: Step::Tls, what: What::TimedOut })),
                };
                let stream = Box::new(Limited::new(tls, peer));
                let greeted = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
                clock.run(Step::Greeting, greeted).await
            }
            Protection::StartTls(parameters) => {
                let stream = Box::new(Limited::new(stream, peer));
                let greeted = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
                let mut smtp = clock.run(Step::Greeting, greeted).await?;
                if !smtp.can_starttls() {
                    return Err(MailError::Later(Cause { step: Step::Tls, what: What::NotOffered }));
                }
                clock.run(Step::Tls, smtp.starttls(parameters.clone(), &self.hello)).await?;
                if smtp.is_encrypted() { Ok(smtp) } else { Err(broken(Step::Tls)) }
            }
            Protection::PlainOnLoopback => {
                // The name was checked; where it led is checked too.
                if !peer.ip().to_canonical().is_loopback() {
                    return Err(MailError::Later(Cause { step: Step::Greeting, what: What::NotLoopback }));
                }
                let stream = Box::new(Limited::new(stream, peer));
                let greeted = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
                clock.run(Step::Greeting, greeted).await
            }
        }
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<Delivery, MailError> {
        let fields: Vec<&str> = mail.draft.fields.iter().map(String::as_str).collect();
        let contact = Contact { purpose: &mail.draft.purpose, subject: mail.draft.subject, fields: &fields };
        let Passage { stream, contact } = self.gate.tcp(&self.host, self.port, &contact).await?;
        let sent = self.converse(stream, mail).await;
        let (outcome, note) = match &sent {
            Ok(()) => (Outcome::Done, format!("mail {} taken by the relay", mail.id())),
            Err(error) => (Outcome::Failed, format!("mail {}: {error}", mail.id())),
        };
        let id = contact.id();
        // A mail that was taken is not sent again because its record could not be completed: the
        // row stays `intended` and is found as interrupted.
        if let Err(error) = contact.finish(outcome, &note).await {
            tracing::error!(contact.id = %id, %error, "the outcome of a contact could not be recorded");
        }
        sent.map(|()| Delivery::Accepted)
    }
}

/// Gives each step its time, within the time of the whole.
struct StepClock {
    step: Duration,
    end: Instant,
}

impl StepClock {
    fn next(&self) -> Instant {
        self.end.min(Instant::now() + self.step)
    }

    async fn run<T>(
        &self,
        step: Step,
        work: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, MailError> {
        match timeout_at(self.next(), work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(declined(step, &error)),
            Err(_) => Err(MailError::Later(Cause { step, what: What::TimedOut })),
        }
    }
}

/// What a failure before the content means. A final "no" counts against the mail only when it came
/// in answer to something of the mail; before that it is about us, and settings can be mended.
fn declined(step: Step, error: &SmtpError) -> MailError {
    let what = match reply(error) {
        Some(reply) => reply,
        None if error.is_tls() => What::Handshake,
        None if error.is_client() => What::NotOffered,
        None if step == Step::Tls => What::Handshake,
        None => What::Broken,
    };
    let about_the_mail = matches!(step, Step::Sender | Step::Recipient | Step::Announcement);
    if error.is_permanent() && about_the_mail {
        MailError::Permanent(Cause { step, what })
    } else {
        MailError::Later(Cause { step, what })
    }
}

/// What a failure after the content began to leave means: only an answer tells that it was not taken.
fn content_failed(error: &SmtpError) -> MailError {
    let cause = |what| Cause { step: Step::Content, what };
    match reply(error) {
        Some(what) if error.is_permanent() => MailError::Permanent(cause(what)),
        Some(what) => MailError::Later(cause(what)),
        None => MailError::Unknown(cause(What::Broken)),
    }
}

/// The codes of a declining reply; its words stay behind.
fn reply(error: &SmtpError) -> Option<What> {
    let code = error.status()?.to_string().parse().ok()?;
    let words = std::error::Error::source(error).map(ToString::to_string);
    Some(What::Reply { code, enhanced: words.as_deref().and_then(enhanced_code) })
}

/// `5.1.1` at the beginning of a reply's words (RFC 3463).
fn enhanced_code(words: &str) -> Option<String> {
    let first = words.split([' ', '\r', '\n']).next()?;
    let parts: Vec<&str> = first.split('.').collect();
    let digits = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(digits)).then(|| first.to_owned())
}

fn named(host: &str) -> Result<ServerName<'static>, SmtpSettingsError> {
    server_name(host).ok_or_else(|| SmtpSettingsError::Host(host.to_owned()))
}

fn parameters(host: &str, roots: &Roots) -> Result<TlsParameters, SmtpSettingsError> {
    let name = named(host)?.to_str().into_owned();
    let mut builder = TlsParametersBuilder::new(name);
    match roots {
        Roots::Public => builder = builder.certificate_store(CertificateStore::WebpkiRoots),
        Roots::Only(certificates) => {
            builder = builder.certificate_store(CertificateStore::None);
            for (i, der) in certificates.iter().enumerate() {
                let root = Certificate::from_der(der.clone()).map_err(|_| SmtpSettingsError::Root(i))?;
                builder = builder.add_root_certificate(root);
            }
        }
    }
    // The only thing left to go wrong here is a root that does not parse.
    builder.build_rustls().map_err(|_| SmtpSettingsError::Root(0))
}

fn implicit(host: &str, roots: &Roots) -> Result<Protection, SmtpSettingsError> {
    let connector = tls::connector(roots).map_err(|bad| SmtpSettingsError::Root(bad.0))?;
    Ok(Protection::Implicit(connector, named(host)?))
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
