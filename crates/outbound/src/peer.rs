//! The one peer of a machine that has no database: its own office.
//!
//! The gate commits the intent of a contact to the office's database before the first packet. A machine that seals
//! the traffic log has no database, and no policy to ask. So what it may reach is decided once, where it is set up:
//! one address, over TLS, and nothing that an answer says leads elsewhere (no redirection is followed). What it
//! brings there is sealed, and the office tells of each object in its ledger.
//!
//! Invariants: plain text only to an address of this machine; every contact ends within its silence; the token is in
//! no error.

use crate::gate::{ConnectLimits, connect};
use crate::tls::{Roots, connector, names_loopback, server_name};
use base::Sensitive;
use core::pin::Pin;
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

/// How long nothing may happen; the office hashes a large object before it answers.
pub const SILENCE: Duration = Duration::from_secs(300);
/// How long the start of TLS may take.
const TLS_WAIT: Duration = Duration::from_secs(30);
/// Bytes that are read at once.
const CHUNK_BYTES: usize = 128 * 1024;
/// Chunks that wait for the network.
const CHUNKS_WAITING: usize = 4;
/// The most bytes of words in an answer.
const WORDS_BYTES_MAX: usize = 4096;

/// Why the office could not be asked.
#[derive(Debug, Error)]
pub enum PeerError {
    /// No address of an office.
    #[error("{0} is no address of an office: it is https://, a host, and perhaps a port and a path")]
    Address(String),
    /// Plain text over a network.
    #[error("{0} is not on this machine: without https only localhost, 127.0.0.0/8 and ::1 are reached")]
    PlainToElsewhere(String),
    /// A root certificate that cannot be read.
    #[error("root certificate {0} cannot be read")]
    Root(usize),
    /// A token that fits in no header.
    #[error("the token is no word of plain characters")]
    Token,
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
    /// TLS did not begin: the certificate is another's, or nobody speaks TLS there.
    #[error("{0} does not prove who it is: {1}")]
    Tls(String, String),
    /// The connection broke; a retry may help.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// Nothing happened for [`SILENCE`]; a retry may help.
    #[error("nothing happened for {} seconds", SILENCE.as_secs())]
    Silent,
    /// The answer is longer than it may be.
    #[error("the answer is too long")]
    TooLong,
    /// What was to be sent could not be read.
    #[error("the object could not be read: {0}")]
    Read(#[from] io::Error),
}

/// What the office answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Its first line, for a log.
    #[must_use]
    pub fn words(&self) -> String {
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(WORDS_BYTES_MAX)]);
        let line = text.lines().next().unwrap_or_default();
        line.chars().filter(|c| !c.is_control()).take(300).collect()
    }
}

/// The office of a machine.
#[derive(Clone)]
pub struct Peer {
    host: String,
    port: u16,
    /// What comes before every path.
    folder: String,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    token: HeaderValue,
}

impl core::fmt::Debug for Peer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Peer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Peer {
    /// The office at an address, to which this machine shows its token. Connects to nothing yet.
    ///
    /// # Errors
    /// What of the address, the roots or the token cannot work.
    pub fn new(address: &str, roots: &Roots, token: &Sensitive<String>) -> Result<Self, PeerError> {
        let bad = || PeerError::Address(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| bad())?;
        let authority =
            uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(bad)?;
        if uri.query().is_some() {
            return Err(bad());
        }
        let host = authority.host().to_owned();
        let tls = match uri.scheme_str() {
            Some("https") => {
                let name = server_name(&host).ok_or_else(bad)?;
                Some((connector(roots).map_err(|root| PeerError::Root(root.0))?, name))
            }
            Some("http") if names_loopback(&host) => None,
            Some("http") => return Err(PeerError::PlainToElsewhere(host)),
            _ => return Err(bad()),
        };
        let port = authority.port_u16().unwrap_or(if tls.is_some() { 443 } else { 80 });
        let mut token =
            HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| PeerError::Token)?;
        token.set_sensitive(true);
        Ok(Self { host, port, folder: uri.path().trim_end_matches('/').to_owned(), tls, token })
    }

    /// Asks for something.
    ///
    /// # Errors
    /// [`PeerError`]; any status is an answer.
    pub async fn ask(&self, path: &str, bytes_max: usize) -> Result<Answer, PeerError> {
        self.send(Method::GET, path, Sending::nothing(), bytes_max).await
    }

    /// Brings a file.
    ///
    /// # Errors
    /// [`PeerError`]; any status is an answer.
    pub async fn bring(&self, path: &str, file: File) -> Result<Answer, PeerError> {
        let sending = Sending::of(file)?;
        self.send(Method::PUT, path, sending, WORDS_BYTES_MAX).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Sending,
        bytes_max: usize,
    ) -> Result<Answer, PeerError> {
        let stream = self.connect().await?;
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.folder))
            .header(HOST, self.authority())
            .header(USER_AGENT, concat!("waarborg/", env!("CARGO_PKG_VERSION")))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(AUTHORIZATION, self.token.clone());
        let moved = Arc::clone(&body.moved);
        let request = request.body(body).map_err(|error| PeerError::Broken(error.to_string()))?;
        let work = async {
            match &self.tls {
                None => speak(stream, request, bytes_max).await,
                Some((connector, name)) => {
                    let failed = |why: String| PeerError::Tls(self.host.clone(), why);
                    let begun = timeout(TLS_WAIT, connector.connect(name.clone(), stream)).await;
                    let tls = begun
                        .map_err(|_| failed("no answer".into()))?
                        .map_err(|error| failed(error.to_string()))?;
                    speak(tls, request, bytes_max).await
                }
            }
        };
        watched(work, &moved).await
    }

    fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    async fn connect(&self) -> Result<TcpStream, PeerError> {
        let unreachable =
            |reason: String| PeerError::Unreachable { host: self.host.clone(), port: self.port, reason };
        let stream = connect(&self.host, self.port, ConnectLimits::default())
            .await
            .map_err(|error| unreachable(error.kind().to_string()))?;
        // The name was checked; where it led is checked too.
        let here = stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
        if self.tls.is_none() && !here {
            return Err(PeerError::PlainToElsewhere(self.host.clone()));
        }
        Ok(stream)
    }
}

/// One request over one connection.
async fn speak<S>(stream: S, request: Request<Sending>, bytes_max: usize) -> Result<Answer, PeerError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |error: hyper::Error| {
        let source =
            std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        PeerError::Broken(format!("{error}{source}"))
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with the request: dropped, the sender closes it.
    let driven = tokio::spawn(connection);
    let answered = async {
        let answer: Response<Incoming> = sender.send_request(request).await.map_err(broken)?;
        let (parts, mut incoming) = answer.into_parts();
        let mut body = Vec::new();
        while let Some(frame) = core::future::poll_fn(|cx| Pin::new(&mut incoming).poll_frame(cx)).await {
            if let Ok(data) = frame.map_err(broken)?.into_data() {
                if body.len() + data.len() > bytes_max {
                    return Err(PeerError::TooLong);
                }
                body.extend_from_slice(&data);
            }
        }
        Ok(Answer { status: parts.status.as_u16(), body })
    };
    let answered = answered.await;
    driven.abort();
    answered
}

/// Does the work, unless nothing moves for [`SILENCE`].
async fn watched<T>(
    work: impl Future<Output = Result<T, PeerError>>,
    moved: &AtomicU64,
) -> Result<T, PeerError> {
    tokio::pin!(work);
    let mut seen = moved.load(Ordering::Relaxed);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = sleep(SILENCE) => {
                let now = moved.load(Ordering::Relaxed);
                if now == seen {
                    return Err(PeerError::Silent);
                }
                seen = now;
            }
        }
    }
}

/// A file on its way, read by a thread that never runs far ahead of the network.
struct Sending {
    chunks: Option<mpsc::Receiver<io::Result<Bytes>>>,
    left: u64,
    moved: Arc<AtomicU64>,
}

impl Sending {
    fn nothing() -> Self {
        Self { chunks: None, left: 0, moved: Arc::default() }
    }

    fn of(mut file: File) -> io::Result<Self> {
        let left = file.metadata()?.len();
        let (chunks, waiting) = mpsc::channel(CHUNKS_WAITING);
        tokio::task::spawn_blocking(move || {
            loop {
                let mut chunk = vec![0; CHUNK_BYTES];
                let (last, sent) = match file.read(&mut chunk) {
                    Ok(0) => break,
                    Ok(read) => {
                        chunk.truncate(read);
                        (false, chunks.blocking_send(Ok(Bytes::from(chunk))))
                    }
                    Err(error) => (true, chunks.blocking_send(Err(error))),
                };
                // A closed channel: nobody waits for it any more.
                if last || sent.is_err() {
                    break;
                }
            }
        });
        Ok(Self { chunks: Some(waiting), left, moved: Arc::default() })
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some(chunks) = &mut self.chunks else { return Poll::Ready(None) };
        let Poll::Ready(next) = chunks.poll_recv(cx) else { return Poll::Pending };
        match next {
            None if self.left == 0 => Poll::Ready(None),
            None => Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            Some(Ok(chunk)) => match self.left.checked_sub(chunk.len() as u64) {
                Some(left) => {
                    self.left = left;
                    self.moved.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                    Poll::Ready(Some(Ok(Frame::data(chunk))))
                }
                None => Poll::Ready(Some(Err(io::Error::other("the object grew while it was sent")))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{RELAY_CERTIFICATE, acceptor};
    use std::io::Write as _;
    use std::sync::Mutex;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    fn token() -> Sensitive<String> {
        Sensitive::new("a-token".into())
    }

    /// An office that answers everything in one way; gives what it was sent.
    async fn office(
        tls: Option<tokio_rustls::TlsAcceptor>,
        answer: &'static str,
    ) -> (u16, Arc<Mutex<Vec<u8>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let ears = Arc::clone(&ears);
                match &tls {
                    None => answered(stream, &ears, answer).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            answered(stream, &ears, answer).await;
                        }
                    }
                }
            }
        });
        (port, heard)
    }

    async fn answered(mut stream: impl AsyncRead + AsyncWrite + Unpin, ears: &Mutex<Vec<u8>>, answer: &str) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a number"))];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        ears.lock().expect("ears").extend(head.into_iter().chain(body));
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }

    fn object(bytes: &[u8]) -> File {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("written");
        file.reopen().expect("opened")
    }

    #[tokio::test]
    async fn a_file_arrives_whole_over_plain_loopback_and_over_tls() {
        let bytes: Vec<u8> = (0..1_000_003_u32).map(|at| (at % 251) as u8).collect();
        for tls in [false, true] {
            let (port, heard) =
                office(tls.then(acceptor), "HTTP/1.1 201 Created\r\ncontent-length: 5\r\n\r\nmade\n").await;
            let scheme = if tls { "https" } else { "http" };
            let roots = Roots::Only(vec![RELAY_CERTIFICATE.to_vec()]);
            let peer =
                Peer::new(&format!("{scheme}://localhost:{port}/office/"), &roots, &token()).expect("a peer");
            let answer = peer.bring("/traffic/keys/x", object(&bytes)).await.expect("an answer");
            assert_eq!((answer.status, answer.words().as_str()), (201, "made"));
            let heard = heard.lock().expect("ears").clone();
            assert!(heard.ends_with(&bytes));
            let head = String::from_utf8_lossy(&heard[..heard.len() - bytes.len()]).into_owned();
            assert!(head.starts_with("PUT /office/traffic/keys/x HTTP/1.1\r\n"), "{head}");
            assert!(head.contains("authorization: Bearer a-token\r\n"), "{head}");
        }
    }

    #[tokio::test]
    async fn another_certificate_a_redirection_and_a_long_answer_lead_nowhere() {
        let (port, heard) = office(Some(acceptor()), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let stranger =
            Peer::new(&format!("https://localhost:{port}"), &Roots::Public, &token()).expect("a peer");
        let error = stranger.ask("/traffic/node", 10).await.expect_err("not trusted");
        assert!(matches!(error, PeerError::Tls(..)), "{error}");
        assert!(heard.lock().expect("ears").is_empty(), "the token left");
        let (port, _) =
            office(None, "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")
                .await;
        let peer = Peer::new(&format!("http://127.0.0.1:{port}"), &Roots::Public, &token()).expect("a peer");
        assert_eq!(peer.ask("/traffic/node", 10).await.expect("an answer").status, 302);
        let (port, _) = office(None, "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world").await;
        let peer = Peer::new(&format!("http://127.0.0.1:{port}"), &Roots::Public, &token()).expect("a peer");
        assert!(matches!(peer.ask("/traffic/node", 10).await, Err(PeerError::TooLong)));
        assert_eq!(peer.ask("/traffic/node", 11).await.expect("an answer").body, b"hello world");
        let (port, _) = office(None, "").await;
        let peer = Peer::new(&format!("http://127.0.0.1:{port}"), &Roots::Public, &token()).expect("a peer");
        assert!(matches!(peer.ask("/traffic/node", 10).await, Err(PeerError::Broken(_))));
    }

    #[tokio::test]
    async fn a_file_that_shrinks_is_not_sent_as_whole() {
        let (port, heard) = office(None, "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").await;
        let peer = Peer::new(&format!("http://127.0.0.1:{port}"), &Roots::Public, &token()).expect("a peer");
        let mut sending = Sending::of(object(&[7; 10])).expect("a file");
        sending.left = 20;
        let error = peer.send(Method::PUT, "/x", sending, 10).await.expect_err("broken off");
        assert!(matches!(error, PeerError::Broken(_)), "{error}");
        assert!(heard.lock().expect("ears").is_empty());
    }

    #[test]
    fn plain_text_stays_on_this_machine() {
        let made = |address: &str| Peer::new(address, &Roots::Public, &token());
        for (address, why) in [
            ("http://office.example", "not on this machine"),
            ("http://192.0.2.1:80", "not on this machine"),
            ("ftp://localhost", "no address"),
            ("localhost", "no address"),
            ("https://user@office.example", "no address"),
            ("https://office.example/?a=b", "no address"),
        ] {
            assert!(made(address).expect_err(address).to_string().contains(why), "{address}");
        }
        let peer = made("https://office.example").expect("an office");
        assert_eq!((peer.port, peer.folder.as_str()), (443, ""));
        assert!(!format!("{peer:?}").contains("a-token"));
        let bad = Peer::new("https://office.example", &Roots::Public, &Sensitive::new("a\nb".into()));
        assert_eq!(bad.expect_err("no header").to_string(), "the token is no word of plain characters");
    }
}
