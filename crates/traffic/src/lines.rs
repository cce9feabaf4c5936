//! Bytes cut into lines, many at a time, with a limit on the longest.

use crate::parse::Bad;
use memchr::memrchr;
use std::io::{self, Read};

/// Longest line that is read; the rest of a longer one is skipped.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Cuts a source into blocks of whole lines.
pub struct Blocks<R> {
    source: R,
    /// What was read beyond the last line feed.
    rest: Vec<u8>,
    /// Inside a line that is too long: skipped up to its end.
    skipping: bool,
    ended: bool,
}

/// Some lines, and what could not be one.
#[derive(Default)]
pub struct Lines {
    /// Whole lines with their line feeds; the last line of a source may lack its own.
    pub bytes: Vec<u8>,
    /// The beginning of a line that was too long.
    pub too_long: Option<Vec<u8>>,
}

impl<R: Read> Blocks<R> {
    /// Lines of this source.
    pub const fn new(source: R) -> Self {
        Self { source, rest: Vec::new(), skipping: false, ended: false }
    }

    /// The next lines, up to about `size` bytes of them; none at the end.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn next(&mut self, size: usize) -> io::Result<Option<Lines>> {
        let size = size.max(LINE_BYTES_MAX * 2);
        let mut lines = Lines::default();
        loop {
            if self.ended && self.rest.is_empty() {
                return Ok(None);
            }
            let mut bytes = core::mem::take(&mut self.rest);
            if !self.ended {
                let room = size.saturating_sub(bytes.len()).max(1);
                bytes.reserve(room);
                let read = (&mut self.source).take(room as u64).read_to_end(&mut bytes)?;
                self.ended = read < room;
            }
            if self.skipping {
                match memchr::memchr(b'\n', &bytes) {
                    Some(at) => {
                        bytes.drain(..=at);
                        self.skipping = false;
                    }
                    None => {
                        self.skipping = !self.ended;
                        continue;
                    }
                }
            }
            let whole = if self.ended { bytes.len() } else { memrchr(b'\n', &bytes).map_or(0, |at| at + 1) };
            self.rest = bytes.split_off(whole);
            if self.rest.len() > LINE_BYTES_MAX {
                lines.too_long = Some(core::mem::take(&mut self.rest));
                self.skipping = true;
            }
            if !bytes.is_empty() || lines.too_long.is_some() {
                lines.bytes = bytes;
                return Ok(Some(lines));
            }
        }
    }
}

impl Lines {
    /// Calls for each line, too long ones as an error.
    pub fn each<'a>(&'a self, mut line: impl FnMut(Result<&'a [u8], (Bad, &'a [u8])>)) {
        let mut rest = &self.bytes[..];
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let text = &rest[..end];
            line(if text.len() > LINE_BYTES_MAX { Err((Bad::TooLong, text)) } else { Ok(text) });
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        if let Some(text) = &self.too_long {
            line(Err((Bad::TooLong, text)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A source that gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(buffer.len()).min(self.0.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn read(source: impl Read) -> (Vec<Vec<u8>>, usize) {
        let mut blocks = Blocks::new(source);
        let (mut all, mut long) = (Vec::new(), 0);
        while let Some(lines) = blocks.next(0).expect("reads") {
            lines.each(|line| match line {
                Ok(line) => all.push(line.to_vec()),
                Err(_) => long += 1,
            });
        }
        (all, long)
    }

    #[test]
    fn lines_of_every_length() {
        let max = LINE_BYTES_MAX;
        for lengths in [
            vec![],
            vec![0],
            vec![1, 0, 2],
            vec![max, max + 1, 3],
            vec![max * 5, 1, max * 2 + 1, max, 0, 9],
            vec![max * 9],
        ] {
            for end in ["", "\n"] {
                let lines: Vec<String> = lengths.iter().map(|length| "x".repeat(*length)).collect();
                let text = if lines.is_empty() { String::new() } else { lines.join("\n") + end };
                let (read, long) = read(Drops(text.as_bytes(), 70_001));
                let mut expected: Vec<&str> = text.split('\n').collect();
                if expected.last() == Some(&"") {
                    expected.pop();
                }
                let good: Vec<usize> =
                    expected.iter().map(|line| line.len()).filter(|length| *length <= max).collect();
                assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), good, "{lengths:?} {end:?}");
                assert_eq!(long, expected.len() - good.len(), "{lengths:?} {end:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn lines_come_back(lines in proptest::collection::vec("[a-z\r]{0,9}", 0..50), drops in 1usize..40) {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let (read, long) = read(Drops(text.as_bytes(), drops));
            prop_assert_eq!(long, 0);
            prop_assert!(read.iter().map(Vec::as_slice).eq(lines.iter().map(String::as_bytes)));
        }
    }
}
