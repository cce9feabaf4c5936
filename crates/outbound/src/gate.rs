//! The gate: the one place in the product that opens connections outward.
//!
//! Invariants: no connection is opened that the register does not admit; the intent of each is
//! committed before the first packet leaves; what is opened is the host and port that were asked
//! about and no other. What the gate cannot do stands in docs/adr/0001-one-gate-outward.md.

use crate::register::{Contact, Refusal, Register};
use crate::store::{ContactId, Outcome, Recorder};
use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use store::StoreError;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// How long a contact may last, in seconds: below the lease of a job, so that nobody else takes
/// the job over while the contact still runs.
pub const CONTACT_SECONDS_MAX: u64 = 240;
/// How many addresses of one host are tried.
const ADDRESSES_MAX: usize = 4;

/// A contact that could not be made.
#[derive(Debug, Error)]
pub enum GateError {
    /// The policy does not allow it; a retry does not help until the policy names it.
    #[error("{0}")]
    Refused(Refusal),
    /// The subject is erased or unknown: nothing leaves about it any more.
    #[error("no contact: the subject it is about is erased")]
    SubjectErased,
    /// The contact could not be recorded, so it was not made; a retry may help.
    #[error("the contact could not be recorded, and was not made: {0}")]
    Record(#[from] StoreError),
    /// The host could not be reached; a retry may help.
    #[error("{host}:{port} cannot be reached: {reason}")]
    Unreachable {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the system said.
        reason: String,
    },
}

impl GateError {
    /// Whether trying again later may succeed without anybody changing anything.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Refused(_) | Self::SubjectErased => false,
            Self::Record(error) => error.is_transient(),
            Self::Unreachable { .. } => true,
        }
    }
}

/// How long opening a connection may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectLimits {
    /// For one address.
    pub each: Duration,
    /// For finding the addresses and trying them, together.
    pub total: Duration,
}

impl Default for ConnectLimits {
    fn default() -> Self {
        Self { each: Duration::from_secs(10), total: Duration::from_secs(30) }
    }
}

/// A contact under way. Whoever holds it tells how it ended; dropped without that, it stays
/// `intended` until [`Recorder::mark_interrupted`] finds it.
#[derive(Debug)]
#[must_use = "tell how the contact ended"]
pub struct OpenContact {
    id: ContactId,
    recorder: Recorder,
}

impl OpenContact {
    /// The id of its row.
    #[must_use]
    pub const fn id(&self) -> ContactId {
        self.id
    }

    /// Records how it ended. The note names no person.
    ///
    /// # Errors
    /// When the database fails, or the contact was marked as interrupted meanwhile.
    pub async fn finish(self, outcome: Outcome, note: &str) -> Result<(), StoreError> {
        self.recorder.finish(self.id, outcome, note).await
    }
}

/// A connection that the gate opened, and the contact it belongs to.
#[derive(Debug)]
pub struct Passage {
    /// The connection.
    pub stream: TcpStream,
    /// The contact.
    pub contact: OpenContact,
}

/// The gate.
#[derive(Debug)]
pub struct Gate {
    register: RwLock<Arc<Register>>,
    recorder: Recorder,
    limits: ConnectLimits,
}

impl Gate {
    /// A gate that admits what the register names.
    #[must_use]
    pub fn new(register: Register, recorder: Recorder, limits: ConnectLimits) -> Self {
        Self { register: RwLock::new(Arc::new(register)), recorder, limits }
    }

    /// Puts another register in force: what is opened from now on is asked of that one.
    pub fn replace_register(&self, register: Register) {
        *self.register.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(register);
    }

    /// The recorder behind the gate.
    #[must_use]
    pub const fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Opens a connection to a host of a recipient: asks the register, commits the intent, connects.
    ///
    /// # Errors
    /// [`GateError`]; a refusal is in the record and in the ledger by then, and nothing has left.
    pub async fn tcp(&self, host: &str, port: u16, contact: &Contact<'_>) -> Result<Passage, GateError> {
        let register = Arc::clone(&self.register.read().unwrap_or_else(PoisonError::into_inner));
        let recipient = match register.admit(host, port, contact) {
            Ok(recipient) => recipient,
            Err(refusal) => {
                let id = self.recorder.refuse(&refusal, contact).await?;
                tracing::warn!(contact.id = %id, reason = refusal.reason.as_str(), "a contact was refused");
                return Err(GateError::Refused(refusal));
            }
        };
        let Some(id) = self.recorder.intend(&recipient.id, host, port, contact).await? else {
            return Err(GateError::SubjectErased);
        };
        let open = OpenContact { id, recorder: self.recorder.clone() };
        match connect(host, port, self.limits).await {
            Ok(stream) => Ok(Passage { stream, contact: open }),
            Err(error) => {
                let reason = error.kind().to_string();
                open.finish(Outcome::Failed, &format!("not reached: {reason}")).await?;
                Err(GateError::Unreachable { host: host.to_owned(), port, reason })
            }
        }
    }
}

/// Connects to the first address that answers. The host is looked up here, once, so that the name
/// that was asked about is the one that is reached.
pub(crate) async fn connect(host: &str, port: u16, limits: ConnectLimits) -> io::Result<TcpStream> {
    let deadline = Instant::now() + limits.total;
    let name = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let found = timeout_at(deadline, tokio::net::lookup_host((name, port))).await??;
    let addresses: Vec<SocketAddr> = found.take(ADDRESSES_MAX).collect();
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        let by = deadline.min(Instant::now() + limits.each);
        match timeout_at(by, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(late) => last = late.into(),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ContactState, contacts_in_state};
    use crate::testing::{Behaviour, Relay, TestStore, add_subject, db_test, gate, recipient};
    use store::Store;
    use tokio::net::TcpListener;

    const CONTACT: Contact<'static> =
        Contact { purpose: "account", subject: None, fields: &["contact.email"] };

    async fn in_state(store: &Store, state: ContactState) -> usize {
        contacts_in_state(store, state, 10).await.expect("read").len()
    }

    db_test! {
        async fn what_is_not_registered_is_refused_and_no_packet_leaves(store: &Store) {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let elsewhere = gate(store, "mail.example.org", port);
            let other_port = gate(store, "127.0.0.1", port.wrapping_add(1));
            let right = gate(store, "127.0.0.1", port);
            let purpose = Contact { purpose: "marketing", ..CONTACT };
            let data = Contact { fields: &["traffic.address"], ..CONTACT };
            for (gate, contact) in [(elsewhere, CONTACT), (other_port, CONTACT), (right.clone(), purpose), (right, data)] {
                // Each gate of this test draws the same ids; the rows of the previous one go first.
                let tx = store.begin().await.expect("begun");
                tx.execute("DELETE FROM outbound_contact", []).await.expect("deleted");
                tx.commit().await.expect("committed");
                let refused = gate.tcp("127.0.0.1", port, &contact).await;
                let Err(error @ GateError::Refused(_)) = refused else { panic!("{refused:?}") };
                assert!(!error.is_transient());
                assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
                assert_eq!(in_state(store, ContactState::Refused).await, 1);
                assert_eq!(in_state(store, ContactState::Intended).await, 0);
            }
            // Connections wait in the queue of the listener until they are accepted: there is none.
            let waiting = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
            assert!(waiting.is_err(), "a connection was opened");
        }
    }

    #[tokio::test]
    async fn what_is_dropped_half_way_stays_intended_until_it_is_marked() {
        let test = TestStore::sqlite().await;
        let relay = Relay::start(Behaviour::default()).await;
        let gate = gate(&test.store, "127.0.0.1", relay.address.port());
        let passage = gate.tcp("127.0.0.1", relay.address.port(), &CONTACT).await.expect("opened");
        drop(passage);
        assert_eq!(in_state(&test.store, ContactState::Intended).await, 1);
        let later = gate.recorder().now().plus_seconds(CONTACT_SECONDS_MAX.cast_signed());
        assert_eq!(gate.recorder().mark_interrupted(later).await.expect("marked"), 1);
        assert_eq!(in_state(&test.store, ContactState::Failed).await, 1);
    }

    #[tokio::test]
    async fn a_host_that_does_not_answer_is_recorded_as_failed() {
        let test = TestStore::sqlite().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let gate = gate(&test.store, "localhost", port);
        let error = gate.tcp("localhost", port, &CONTACT).await.expect_err("nobody listens");
        assert!(matches!(error, GateError::Unreachable { .. }) && error.is_transient(), "{error:?}");
        let failed = contacts_in_state(&test.store, ContactState::Failed, 10).await.expect("read");
        assert_eq!(failed[0].note.as_deref(), Some("not reached: connection refused"));
    }

    #[tokio::test]
    async fn nothing_leaves_about_an_erased_subject() {
        let test = TestStore::sqlite().await;
        let relay = Relay::start(Behaviour::default()).await;
        let gate = gate(&test.store, "127.0.0.1", relay.address.port());
        let subject = Some(add_subject(&test.store, "erased", 4).await);
        let contact = Contact { subject, ..CONTACT };
        let error = gate.tcp("127.0.0.1", relay.address.port(), &contact).await.expect_err("erased");
        assert!(matches!(error, GateError::SubjectErased) && !error.is_transient());
        assert_eq!(relay.connections(), 0);
    }

    #[tokio::test]
    async fn without_a_record_there_is_no_contact() {
        let test = TestStore::sqlite().await;
        let relay = Relay::start(Behaviour::default()).await;
        let gate = gate(&test.store, "127.0.0.1", relay.address.port());
        test.store.clone().close().await.expect("closed");
        let error = gate.tcp("127.0.0.1", relay.address.port(), &CONTACT).await.expect_err("no database");
        assert!(matches!(error, GateError::Record(_)), "{error:?}");
        assert_eq!(relay.connections(), 0);
    }

    #[tokio::test]
    async fn another_register_counts_from_then_on() {
        let test = TestStore::sqlite().await;
        let relay = Relay::start(Behaviour::default()).await;
        let port = relay.address.port();
        let gate = gate(&test.store, "mail.example.org", port);
        assert!(gate.tcp("127.0.0.1", port, &CONTACT).await.is_err());
        gate.replace_register(Register::from_recipients(vec![recipient("relay", "127.0.0.1", Some(port))]));
        let passage = gate.tcp("127.0.0.1", port, &CONTACT).await.expect("admitted");
        passage.contact.finish(Outcome::Done, "tried").await.expect("recorded");
        gate.replace_register(Register::default());
        assert!(gate.tcp("127.0.0.1", port, &CONTACT).await.is_err());
        assert_eq!(in_state(&test.store, ContactState::Refused).await, 2);
    }
}
