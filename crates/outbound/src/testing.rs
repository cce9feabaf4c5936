//! What the tests of this crate share: a relay on loopback that behaves as told, stores on both
//! databases, and a mail.

use crate::mail::{MailDraft, MailId, Sender};
use crate::{ConnectLimits, Gate, Recorder, Register};
use base::{Language, ManualClock, Random, SeededRandom, SubjectId, Timestamp};
use policy::{Host, Recipient, Role, Text};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{DatabaseUrl, Store};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The certificate of the test relay, which is its own root.
pub const RELAY_CERTIFICATE: &[u8] = include_bytes!("fixtures/relay-cert.der");
const RELAY_KEY: &[u8] = include_bytes!("fixtures/relay-key.der");
pub const NOW: &str = "2026-11-22T12:00:00Z";
pub const ORIGIN: &str = "example.net/waarborg/ledger/1";

pub fn now() -> Timestamp {
    Timestamp::parse_rfc3339(NOW).expect("an instant")
}

pub fn recipient(id: &str, host: &str, port: Option<u16>) -> Recipient {
    Recipient {
        id: id.into(),
        name: "A relay".into(),
        text: Text::default(),
        role: Role::Processor,
        country: "NL".into(),
        purposes: vec!["account".into(), "support".into()],
        data: vec!["contact".into(), "message".into()],
        hosts: vec![Host { name: host.into(), port }],
        transfer: None,
        retention: Text::default(),
    }
}

pub fn sender() -> Sender {
    Sender::new("Voorbeeldhoster", "info@example.net").expect("valid")
}

pub fn draft() -> MailDraft {
    MailDraft {
        id: MailId::new(&ManualClock::at(now()), &SeededRandom::new(5)),
        date: now(),
        subject: None,
        purpose: "account".into(),
        fields: vec!["contact.email".into(), "message".into()],
        language: Language::Nl,
        recipient: "person@example.org".into(),
        title: "Uw verzoek is ontvangen".into(),
        body: "Beste mevrouw Voorbeeld,\n\nWij hebben uw verzoek ontvangen.\n".into(),
    }
}

/// A store that is gone when the test ends.
pub struct TestStore {
    pub store: Store,
    _folder: Option<tempfile::TempDir>,
}

impl TestStore {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("test.db"))).await.expect("opened");
        store.migrate().await.expect("migrated");
        Self { store, _folder: Some(folder) }
    }

    /// None when no server is there to test on.
    pub async fn postgres() -> Option<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let Ok(url) = std::env::var("WAARBORG_TEST_POSTGRES") else {
            eprintln!("skipped: WAARBORG_TEST_POSTGRES is not set");
            return None;
        };
        let nonce = u32::from_be_bytes((&base::SystemRandom as &dyn Random).bytes());
        let schema = format!("outbound_{nonce:08x}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = Store::open(&url.parse().expect("an address")).await.expect("opened");
        let tx = admin.begin().await.expect("begun");
        tx.execute(&format!("CREATE SCHEMA {schema}"), []).await.expect("made");
        tx.commit().await.expect("committed");
        admin.close().await.expect("closed");
        let store = Store::open(&DatabaseUrl::Postgres { url, schema: Some(schema) }).await.expect("opened");
        store.migrate().await.expect("migrated");
        Some(Self { store, _folder: None })
    }
}

/// One body, both databases.
macro_rules! db_test {
    ($(#[$meta:meta])* async fn $name:ident($store:ident: &Store) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn body($store: &Store) $body

            #[tokio::test]
            async fn sqlite() {
                body(&$crate::testing::TestStore::sqlite().await.store).await;
            }

            #[tokio::test]
            async fn postgres() {
                let Some(test) = $crate::testing::TestStore::postgres().await else { return };
                body(&test.store).await;
                test.store.close().await.expect("closed");
            }
        }
    };
}
pub(crate) use db_test;

/// A recorder and the clock it reads.
pub fn recorder(store: &Store) -> (Recorder, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(now()));
    (Recorder::new(store.clone(), ORIGIN, clock.clone(), Arc::new(SeededRandom::new(1))), clock)
}

/// A gate that admits this host and port, and nothing else.
pub fn gate(store: &Store, host: &str, port: u16) -> Arc<Gate> {
    let register = Register::from_recipients(vec![recipient("relay", host, Some(port))]);
    let limits = ConnectLimits { each: Duration::from_secs(2), total: Duration::from_secs(4) };
    Arc::new(Gate::new(register, recorder(store).0, limits))
}

pub async fn add_subject(store: &Store, state: &str, seed: u64) -> SubjectId {
    let id = SubjectId::new(&ManualClock::at(now()), &SeededRandom::new(seed));
    let tx = store.begin().await.expect("begun");
    tx.execute(
        "INSERT INTO subject (id, kind, state, created_at) VALUES ($1, 'customer', $2, $3)",
        [id.uuid().into(), state.into(), now().as_micros().into()],
    )
    .await
    .expect("inserted");
    tx.commit().await.expect("committed");
    id
}

/// How the relay behaves.
#[derive(Debug, Clone, Default)]
pub struct Behaviour {
    /// Replies that replace the usual ones, by the beginning of the command: `EHLO`, `AUTH`,
    /// `MAIL`, `RCPT`, `DATA`, `.` for the end of the content. An empty reply closes the
    /// connection, `-` stays silent.
    pub replies: Vec<(&'static str, &'static str)>,
    /// Offers STARTTLS.
    pub starttls: bool,
    /// Speaks TLS from the first byte.
    pub implicit: bool,
    /// What it sends in plain text right behind its answer to STARTTLS.
    pub slipped_in: &'static str,
    /// Run when a connection is accepted, before a byte is sent.
    pub on_accept: Option<Hook>,
}

/// A future that yields nothing.
pub type BoxedFuture = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Something to run.
#[derive(Clone)]
pub struct Hook(pub Arc<dyn Fn() -> BoxedFuture + Send + Sync>);

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hook")
    }
}

/// A relay on loopback.
pub struct Relay {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    lines: Arc<Mutex<Vec<String>>>,
    mails: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Relay {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let (lines, mails) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let talk = Talk { behaviour, lines: lines.clone(), mails: mails.clone() };
        let counter = connections.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(talk.clone().connection(stream));
            }
        });
        Self { address, connections, lines, mails, task }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("lines").clone()
    }

    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("mails").clone()
    }
}

#[derive(Clone)]
struct Talk {
    behaviour: Behaviour,
    lines: Arc<Mutex<Vec<String>>>,
    mails: Arc<Mutex<Vec<String>>>,
}

enum Turn {
    Next,
    StartTls,
    End,
}

impl Talk {
    async fn connection(self, stream: TcpStream) {
        if let Some(Hook(hook)) = &self.behaviour.on_accept {
            hook().await;
        }
        if self.behaviour.implicit {
            if let Ok(tls) = acceptor().accept(stream).await {
                self.run(&mut BufReader::new(tls), true, true).await;
            }
            return;
        }
        let mut plain = BufReader::new(stream);
        if let Turn::StartTls = self.run(&mut plain, true, false).await
            && let Ok(tls) = acceptor().accept(plain.into_inner()).await
        {
            let mut tls = BufReader::new(tls);
            self.run(&mut tls, false, true).await;
        }
    }

    async fn run<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        greet: bool,
        tls: bool,
    ) -> Turn {
        if greet && stream.write_all(b"220 localhost ready\r\n").await.is_err() {
            return Turn::End;
        }
        for _ in 0..50 {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return Turn::End;
            }
            let line = line.trim_end().to_owned();
            self.lines.lock().expect("lines").push(line.clone());
            match self.answer(stream, &line, tls).await {
                Turn::Next => {}
                other => return other,
            }
        }
        Turn::End
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        line: &str,
        tls: bool,
    ) -> Turn {
        let usual = match line.split(' ').next().unwrap_or_default() {
            "EHLO" if self.behaviour.starttls && !tls => "250-localhost\r\n250-STARTTLS\r\n250 8BITMIME",
            "EHLO" => "250-localhost\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "AUTH" => "235 2.7.0 welcome",
            "MAIL" | "RCPT" => "250 2.1.0 fine",
            "DATA" => "354 go on",
            "STARTTLS" => "220 go on",
            "QUIT" => "221 bye",
            _ => "502 what",
        };
        if !self.say(stream, line, usual).await {
            return Turn::End;
        }
        match line {
            "STARTTLS" => Turn::StartTls,
            "DATA" if self.reply_to("DATA").is_none() => {
                let mut mail = Vec::new();
                while !mail.ends_with(b"\r\n.\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => mail.push(byte),
                        Err(_) => return Turn::End,
                    }
                }
                self.mails.lock().expect("mails").push(String::from_utf8_lossy(&mail).into_owned());
                if self.say(stream, ".", "250 2.0.0 taken").await { Turn::Next } else { Turn::End }
            }
            "QUIT" => Turn::End,
            _ => Turn::Next,
        }
    }

    fn reply_to(&self, line: &str) -> Option<&'static str> {
        self.behaviour.replies.iter().find(|(command, _)| line.starts_with(command)).map(|(_, reply)| *reply)
    }

    /// Whether the connection goes on.
    async fn say<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        line: &str,
        usual: &str,
    ) -> bool {
        let reply = self.reply_to(line).unwrap_or(usual);
        match reply {
            "" => return false,
            "-" => std::future::pending::<()>().await,
            _ => {}
        }
        // One write, so that what is slipped in may share a packet with it.
        let mut bytes = format!("{reply}\r\n");
        if line == "STARTTLS" && !self.behaviour.slipped_in.is_empty() {
            bytes.push_str(self.behaviour.slipped_in);
        }
        stream.write_all(bytes.as_bytes()).await.is_ok()
    }
}

pub fn acceptor() -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(RELAY_KEY));
    let certificates = vec![CertificateDer::from(RELAY_CERTIFICATE)];
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(certificates, key.clone_key())
            .expect("a certificate");
    TlsAcceptor::from(Arc::new(config))
}
