//! What lies between the connection and the library that speaks SMTP over it.
//!
//! Invariants: at most [`READ_BYTES_MAX`] bytes are read from one connection, so a relay that never
//! ends its line cannot fill the memory; a read never goes past the end of a line, so what an
//! attacker in between slips in behind the answer to STARTTLS is not taken for an answer inside
//! TLS, but spoils the handshake.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes that are read from one connection: a TLS handshake and a conversation take some
/// twenty thousand.
const READ_BYTES_MAX: usize = 256 * 1024;
const CHUNK_BYTES: usize = 4 * 1024;

/// A connection read line by line, up to a limit.
pub(super) struct Limited<S> {
    inner: S,
    peer: SocketAddr,
    /// Read from `inner` and not yet handed on: `buffer[from..to]`.
    buffer: Box<[u8; CHUNK_BYTES]>,
    from: usize,
    to: usize,
    budget: usize,
}

impl<S> Limited<S> {
    pub(super) fn new(inner: S, peer: SocketAddr) -> Self {
        Self { inner, peer, buffer: Box::new([0; CHUNK_BYTES]), from: 0, to: 0, budget: READ_BYTES_MAX }
    }
}

impl<S> fmt::Debug for Limited<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The buffer may hold what the other side said, and that may hold an address.
        f.debug_struct("Limited").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.from == this.to {
            if this.budget == 0 {
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the other side says too much",
                )));
            }
            let room = this.budget.min(CHUNK_BYTES);
            let mut chunk = ReadBuf::new(&mut this.buffer[..room]);
            match Pin::new(&mut this.inner).poll_read(cx, &mut chunk) {
                Poll::Ready(Ok(())) => {}
                other => return other,
            }
            (this.from, this.to) = (0, chunk.filled().len());
            this.budget -= this.to;
        }
        let waiting = &this.buffer[this.from..this.to];
        let line = waiting.iter().position(|byte| *byte == b'\n').map_or(waiting.len(), |end| end + 1);
        let handed = line.min(out.remaining());
        out.put_slice(&waiting[..handed]);
        this.from += handed;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Limited<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    fn limited(bytes: &[u8]) -> Limited<&[u8]> {
        Limited::new(bytes, SocketAddr::from(([127, 0, 0, 1], 25)))
    }

    #[tokio::test]
    async fn a_read_ends_at_the_end_of_a_line() {
        let mut stream = limited(b"220 go ahead\r\n250 slipped in\r\n\nx");
        let mut buffer = [0; 100];
        for expected in ["220 go ahead\r\n", "250 slipped in\r\n", "\n", "x", ""] {
            let read = stream.read(&mut buffer).await.expect("read");
            assert_eq!(&buffer[..read], expected.as_bytes());
        }
    }

    #[tokio::test]
    async fn short_reads_lose_nothing() {
        let text: Vec<u8> =
            (0..20_000u32).map(|i| if i % 77 == 0 { b'\n' } else { b'a' + (i % 26) as u8 }).collect();
        let mut stream = limited(&text);
        let mut all = Vec::new();
        let mut small = [0; 5];
        loop {
            let read = stream.read(&mut small).await.expect("read");
            if read == 0 {
                break;
            }
            all.extend_from_slice(&small[..read]);
        }
        assert_eq!(all, text);
    }

    #[tokio::test]
    async fn a_line_without_end_runs_into_the_limit() {
        let endless = vec![b'a'; READ_BYTES_MAX + 1];
        let mut all = Vec::new();
        let error = limited(&endless).read_to_end(&mut all).await.expect_err("too much");
        assert_eq!((error.kind(), all.len()), (io::ErrorKind::InvalidData, READ_BYTES_MAX));
    }
}
