//! Lines that cannot be read: counted by reason, with a few samples that show their shape and nothing of what
//! they say.

use core::fmt;
use thiserror::Error;

/// How many samples are kept.
pub const SAMPLES_MAX: usize = 16;
/// Longest sample.
const SHAPE_CHARS_MAX: usize = 160;

/// Why a line could not be read. As wide as a register, for it shares its place with the address of a line that could be read: were it
/// one byte, that address would be moved around in pieces of one and fifteen bytes, and each line wait for that several times.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u64)]
pub enum Bad {
    /// Longer than a line may be.
    #[error("the line is too long")]
    TooLong,
    /// A field is missing, or its end.
    #[error("a field is missing")]
    Fields,
    /// The time is not one, or lies before 1970.
    #[error("the time cannot be read")]
    Time,
    /// The address is a name, a socket, or damaged.
    #[error("the address cannot be read")]
    Address,
    /// Not an object of JSON.
    #[error("the line is not JSON")]
    Json,
}

impl Bad {
    /// All reasons, in the order of the counters.
    pub const ALL: [Self; 5] = [Self::TooLong, Self::Fields, Self::Time, Self::Address, Self::Json];
}

/// What was met of lines that cannot be read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BadLines {
    counts: [u64; Bad::ALL.len()],
    samples: Vec<(Bad, String)>,
}

impl BadLines {
    /// Counts a line.
    pub fn add(&mut self, bad: Bad, line: &[u8]) {
        self.counts[bad as usize] += 1;
        if self.samples.len() < SAMPLES_MAX {
            self.samples.push((bad, shape(line)));
        }
    }

    /// Takes over what another counter met.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            *mine += theirs;
        }
        let room = SAMPLES_MAX.saturating_sub(self.samples.len());
        self.samples.extend(other.samples.iter().take(room).cloned());
    }

    /// How many lines could not be read.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many for this reason.
    #[must_use]
    pub const fn count(&self, bad: Bad) -> u64 {
        self.counts[bad as usize]
    }

    /// The reason and the shape of the first of them.
    #[must_use]
    pub fn samples(&self) -> &[(Bad, String)] {
        &self.samples
    }
}

impl fmt::Debug for BadLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadLines").field("counts", &self.counts).field("samples", &self.samples).finish()
    }
}

/// The shape of a line: runs of letters as `a`, of digits as `9`, of bytes beyond ASCII and control
/// characters as `?`, punctuation as it is, each run as one character. No word and no number can be read back.
#[must_use]
pub fn shape(line: &[u8]) -> String {
    let mut out = String::new();
    let mut last = '\0';
    let mut chars = 0;
    for &byte in line {
        let class = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => 'a',
            b'0'..=b'9' => '9',
            0x20..=0x7e => byte as char,
            _ => '?',
        };
        if class == last {
            continue;
        }
        if chars == SHAPE_CHARS_MAX {
            out.push('…');
            break;
        }
        out.push(class);
        chars += 1;
        last = class;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_say_nothing() {
        let cases: [(&[u8], &str); 4] = [
            (b"198.51.100.7 - jan [x] \"GET /secret/17\"", "9.9.9.9 - a [a] \"a /a/9\""),
            (b"", ""),
            (b"\xff\xfe\x01abc", "?a"),
            (b"2001:db8::1", "9:a9:9"),
        ];
        for (line, expected) in cases {
            assert_eq!(shape(line), expected);
        }
        assert!(shape(&b"a1".repeat(10_000)).chars().count() <= SHAPE_CHARS_MAX + 1);
    }

    #[test]
    fn counts_go_on_when_samples_are_full() {
        let mut one = BadLines::default();
        for _ in 0..SAMPLES_MAX + 5 {
            one.add(Bad::Time, b"x");
        }
        let mut other = BadLines::default();
        other.add(Bad::TooLong, b"y");
        other.merge(&one);
        assert_eq!((other.total(), other.count(Bad::Time)), (SAMPLES_MAX as u64 + 6, SAMPLES_MAX as u64 + 5));
        assert_eq!(other.samples().len(), SAMPLES_MAX);
    }

    #[test]
    fn reasons_index_their_counters() {
        for (index, bad) in Bad::ALL.into_iter().enumerate() {
            assert_eq!(bad as usize, index);
        }
    }
}
