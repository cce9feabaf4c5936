//! Dictionaries of paths and browser ids as they are stored: sorted, so that each string is what it shares with
//! the one before it and a rest, in groups that are read by themselves.

use super::codec::{Malformed, Packer, Piece, Reader, Unpacker, malformed, put_varint};
use crate::hit::{HOST_BYTES_MAX, PATH_BYTES_MAX};
use core::fmt;

/// Strings in a group: enough to compress well, few enough to read one without the others.
pub const GROUP_STRINGS: usize = 4_096;
/// Longest string: a host, a space and a path.
pub const STRING_BYTES_MAX: usize = HOST_BYTES_MAX + 1 + PATH_BYTES_MAX;

/// Where the pieces of a group lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Group {
    lengths: Piece,
    rests: Piece,
}

impl Group {
    /// Bytes of the group.
    pub const fn length(&self) -> usize {
        self.lengths.length + self.rests.length
    }

    pub fn put(&self, out: &mut Vec<u8>) {
        self.lengths.put(out);
        self.rests.put(out);
    }

    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { lengths: Piece::read(reader)?, rests: Piece::read(reader)? })
    }
}

/// Writes one group of strings; the better they are sorted, the less it takes.
pub fn put_group(packer: &mut Packer, out: &mut Vec<u8>, strings: &[&[u8]]) -> Group {
    debug_assert!(strings.len() <= GROUP_STRINGS);
    let (mut shared, mut lengths, mut rests) = (Vec::new(), Vec::new(), Vec::new());
    let mut before: &[u8] = b"";
    for string in strings {
        let common = string.iter().zip(before).take_while(|(a, b)| a == b).count();
        put_varint(&mut shared, common as u64);
        put_varint(&mut lengths, (string.len() - common) as u64);
        rests.extend_from_slice(&string[common..]);
        before = string;
    }
    shared.extend_from_slice(&lengths);
    Group { lengths: packer.put(out, &shared), rests: packer.put(out, &rests) }
}

/// Reads one group of `count` strings and appends them.
pub fn read_group(
    unpacker: &mut Unpacker,
    group: Group,
    stored: &[u8],
    count: usize,
    out: &mut Strings,
) -> Result<(), Malformed> {
    let (lengths, rests) = stored.split_at_checked(group.lengths.length).ok_or(malformed("a dictionary"))?;
    let (mut plain, mut text) = (Vec::new(), Vec::new());
    unpacker.read(group.lengths, lengths, count * 4, &mut plain)?;
    unpacker.read(group.rests, rests, count * STRING_BYTES_MAX, &mut text)?;
    let mut shared = Reader::new(&plain);
    let mut numbers = shared.clone();
    for _ in 0..count {
        numbers.varint()?;
    }
    let mut rest = &text[..];
    let mut before = out.bytes.len();
    out.bytes.reserve(text.len() * 2);
    for _ in 0..count {
        let from = out.bytes.len();
        let common = shared.limited(from - before, "a shared beginning")?;
        let length = numbers.limited(STRING_BYTES_MAX - common.min(STRING_BYTES_MAX), "a string")?;
        let (own, after) = rest.split_at_checked(length).ok_or(malformed("a string"))?;
        out.bytes.extend_from_within(before..before + common);
        out.bytes.extend_from_slice(own);
        // Long chains of shared beginnings make much of little: what a group may become is limited too.
        let end = u32::try_from(out.bytes.len()).map_err(|_| malformed("a dictionary is too long"))?;
        out.ends.push(end);
        (rest, before) = (after, from);
    }
    if rest.is_empty() && numbers.is_empty() { Ok(()) } else { Err(malformed("a dictionary")) }
}

/// Strings one after another. They do not print.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Strings {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Strings {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The string at a place.
    #[must_use]
    #[inline]
    pub fn at(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        let from = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        Some(&self.bytes[from..end])
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|index| self.at(index))
    }

    /// Marks the strings in which the finder's bytes occur. All strings are searched at once, so that the search is
    /// as fast as memory; what is found across the end of a string does not count.
    pub(crate) fn mark_containing(&self, finder: &memchr::memmem::Finder<'_>, marks: &mut Vec<bool>) {
        let base = marks.len();
        let needle = finder.needle().len();
        marks.resize(base + self.len(), needle == 0);
        if needle == 0 {
            return;
        }
        let mut at = 0;
        while let Some(found) = self.bytes.get(at..).and_then(|rest| finder.find(rest)) {
            let from = at + found;
            let index = self.ends.partition_point(|end| *end as usize <= from);
            let end = self.ends[index] as usize;
            let within = from + needle <= end;
            marks[base + index] |= within;
            at = if within { end } else { from + 1 };
        }
    }

    /// Appends a string.
    #[cfg(test)]
    pub(crate) fn push(&mut self, string: &[u8]) {
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len() as u32);
    }
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Strings({} withheld)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(strings: &[&[u8]]) -> Strings {
        let mut out = Vec::new();
        let group = put_group(&mut Packer::new(3), &mut out, strings);
        assert_eq!(group.length(), out.len());
        let mut read = Strings::default();
        read.push(b"of an earlier group");
        read_group(&mut Unpacker::default(), group, &out, strings.len(), &mut read).expect("reads");
        read
    }

    proptest! {
        #[test]
        fn groups_come_back(mut strings in proptest::collection::vec("[a-c/\u{0}]{0,12}", 0..60)) {
            strings.sort();
            let strings: Vec<&[u8]> = strings.iter().map(String::as_bytes).collect();
            let read = round_trip(&strings);
            prop_assert_eq!(read.iter().skip(1).collect::<Vec<_>>(), strings);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, at in 0usize..200, count in 0usize..50) {
            let group = Group {
                lengths: Piece { length: at.min(bytes.len()), ..Piece::default() },
                rests: Piece { length: bytes.len().saturating_sub(at), ..Piece::default() },
            };
            let _ = read_group(&mut Unpacker::default(), group, &bytes, count, &mut Strings::default());
        }
    }

    proptest! {
        #[test]
        fn searching_all_is_searching_each(strings in proptest::collection::vec("[ab]{0,5}", 0..30), needle in "[ab]{0,3}") {
            let mut all = Strings::default();
            strings.iter().for_each(|string| all.push(string.as_bytes()));
            let mut marks = vec![true];
            all.mark_containing(&memchr::memmem::Finder::new(&needle), &mut marks);
            prop_assert!(marks[1..].iter().copied().eq(strings.iter().map(|string| string.contains(&needle))));
        }
    }

    #[test]
    fn strings_do_not_print() {
        let mut strings = Strings::default();
        strings.push(b"/secret");
        assert_eq!(format!("{strings:?}"), "Strings(1 withheld)");
        assert_eq!((strings.at(0), strings.at(1)), (Some(&b"/secret"[..]), None));
    }
}
