//! Sources that are read once: a finished log, plain or compressed, and standard input.

use super::positions::{FilePosition, FileState, Skipping, SourcePosition};
use super::{ShipError, Taken};
use crate::import::decompressed;
use crate::lines::{Blocks, Lines};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// Bytes that are read at once.
const READ_BYTES: usize = 1 << 20;
/// Pieces of standard input that wait.
const PIECES_MAX: usize = 4;

/// A finished log. Its position counts bytes of the plain text.
pub struct Archive {
    path: PathBuf,
    position: FilePosition,
    blocks: Option<Blocks<Box<dyn Read + Send>>>,
    /// Read, and refused by the receiver: given to it again.
    waiting: Option<Lines>,
}

impl Archive {
    /// Opens a finished log where it was read up to. A file that changed since is another one and is read anew.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path, before: Option<&SourcePosition>) -> Result<Self, ShipError> {
        let io = |source| ShipError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        let new = FilePosition {
            dev: metadata.dev(),
            ino: metadata.ino(),
            offset: 0,
            head: 0,
            // The length, as far as it fits: a finished file does not change.
            sum: metadata.len() as u32,
            state: FileState::Current,
            skipping: Skipping::No,
        };
        let same = |old: &&FilePosition| (old.dev, old.ino, old.sum) == (new.dev, new.ino, new.sum);
        let position = before.and_then(|before| before.files.iter().find(same)).copied().unwrap_or(new);
        let mut source = decompressed(file).map_err(io)?;
        let skipped = io::copy(&mut (&mut source).take(position.offset), &mut io::sink()).map_err(io)?;
        if skipped < position.offset {
            return Err(io(io::ErrorKind::UnexpectedEof.into()));
        }
        let blocks = (position.state != FileState::Done).then(|| Blocks::new(source));
        Ok(Self { path: path.to_owned(), position, blocks, waiting: None })
    }

    /// How far it was read.
    #[must_use]
    pub fn position(&self) -> SourcePosition {
        SourcePosition { files: vec![self.position], ..SourcePosition::default() }
    }

    /// Whether it was read to its end.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.position.state == FileState::Done
    }

    /// Reads on.
    ///
    /// # Errors
    /// When it cannot be read, or the receiver refuses.
    pub fn read(
        &mut self,
        take: &mut dyn FnMut(&[u8]) -> Result<Taken, ShipError>,
    ) -> Result<usize, ShipError> {
        let Some(blocks) = &mut self.blocks else { return Ok(0) };
        let io = |source| ShipError::Io { path: self.path.clone(), source };
        if self.waiting.is_none() {
            self.waiting = blocks.next(READ_BYTES).map_err(io)?;
        }
        let Some(lines) = &self.waiting else {
            self.position.state = FileState::Done;
            self.blocks = None;
            return Ok(0);
        };
        if lines.too_long.is_some() {
            // The rest of such a line is skipped within the reader: its length is not known here, so the
            // position stays before it, and a restart reads from there.
            return self.read_long(take);
        }
        take(&lines.bytes)?;
        let read = lines.bytes.len();
        self.position.offset += read as u64;
        self.waiting = None;
        Ok(read)
    }

    fn read_long(
        &mut self,
        take: &mut dyn FnMut(&[u8]) -> Result<Taken, ShipError>,
    ) -> Result<usize, ShipError> {
        let Some(lines) = self.waiting.take() else { return Ok(0) };
        let long = lines.too_long.unwrap_or_default();
        let bytes = [lines.bytes, long].concat();
        if let Err(error) = take(&bytes) {
            self.waiting = Some(Lines { bytes, too_long: None });
            return Err(error);
        }
        self.position.offset += bytes.len() as u64;
        Ok(bytes.len())
    }
}

/// Standard input, read by a thread of its own so that nothing waits for it.
pub struct Input {
    pieces: Receiver<io::Result<Vec<u8>>>,
    rest: Vec<u8>,
    waiting: Option<Vec<u8>>,
    totals: SourcePosition,
    ended: Ended,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    No,
    /// The source did; what was read waits to be taken.
    Yes,
}

impl Input {
    /// Reads from a source. A run before this one that did not see its end is a gap.
    pub fn new(mut source: impl Read + Send + 'static, before: Option<SourcePosition>) -> Self {
        let (give, pieces) = sync_channel(PIECES_MAX);
        std::thread::spawn(move || {
            loop {
                let mut piece = vec![0; 64 * 1024];
                let read = source.read(&mut piece);
                let end = matches!(&read, Ok(0) | Err(_));
                let piece = read.map(|read| {
                    piece.truncate(read);
                    piece
                });
                if give.send(piece).is_err() || end {
                    return;
                }
            }
        });
        let mut totals = before.unwrap_or_default();
        totals.gaps += totals.running;
        totals.running = 1;
        Self { pieces, rest: Vec::new(), waiting: None, totals, ended: Ended::No }
    }

    /// What is known of it.
    #[must_use]
    pub fn position(&self) -> SourcePosition {
        self.totals.clone()
    }

    /// Whether it ended and all was taken.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.ended == Ended::Yes && self.waiting.is_none() && self.rest.is_empty()
    }

    /// Reads what is there.
    ///
    /// # Errors
    /// When it cannot be read, or the receiver refuses.
    pub fn read(
        &mut self,
        take: &mut dyn FnMut(&[u8]) -> Result<Taken, ShipError>,
    ) -> Result<usize, ShipError> {
        let io = |source| ShipError::Io { path: PathBuf::from("-"), source };
        while self.waiting.is_none() && self.ended == Ended::No && self.rest.len() < READ_BYTES {
            match self.pieces.recv_timeout(Duration::ZERO) {
                Ok(Ok(piece)) if piece.is_empty() => self.ended = Ended::Yes,
                Ok(Ok(piece)) => self.rest.extend_from_slice(&piece),
                Ok(Err(error)) => return Err(io(error)),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => self.ended = Ended::Yes,
            }
        }
        if self.waiting.is_none() {
            let whole = match self.ended {
                Ended::Yes => self.rest.len(),
                Ended::No => memchr::memrchr(b'\n', &self.rest).map_or(0, |end| end + 1),
            };
            // A line that does not end within this is given as it is, and counts as too long.
            let whole = if whole == 0 && self.rest.len() >= READ_BYTES { self.rest.len() } else { whole };
            let after = self.rest.split_off(whole);
            let lines = core::mem::replace(&mut self.rest, after);
            self.waiting = (!lines.is_empty()).then_some(lines);
        }
        let Some(lines) = &self.waiting else {
            if self.is_done() {
                self.totals.running = 0;
            }
            return Ok(0);
        };
        take(lines)?;
        let read = lines.len();
        self.waiting = None;
        if self.is_done() {
            self.totals.running = 0;
        }
        Ok(read)
    }
}
