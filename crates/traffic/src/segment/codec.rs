//! Numbers of variable length, byte planes, and compressed pieces: what columns and dictionaries are made of.
//!
//! Everything that is read here was authenticated before, but by whoever sealed it: a machine that was broken
//! into can seal nonsense. So reading is bounded and gives errors, never panics, and allocates no more than the
//! limit that the caller states.

use thiserror::Error;
use zstd::bulk::{Compressor, Decompressor};

/// What a block holds is not what its format says.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("the block is authentic but malformed: {what}")]
pub struct Malformed {
    /// The piece.
    pub what: &'static str,
}

pub(crate) const fn malformed(what: &'static str) -> Malformed {
    Malformed { what }
}

/// LEB128, least significant group first.
pub fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Bytes that are read from the front.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    #[inline]
    pub fn varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0u64;
        for (index, &byte) in self.rest.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.rest = &self.rest[index + 1..];
                return Ok(number);
            }
        }
        Err(malformed("a number"))
    }

    /// A number that may not pass a limit.
    #[inline]
    pub fn limited(&mut self, max: usize, what: &'static str) -> Result<usize, Malformed> {
        usize::try_from(self.varint()?).ok().filter(|number| *number <= max).ok_or(malformed(what))
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(malformed("its end"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(malformed("its end"))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    pub const fn len(&self) -> usize {
        self.rest.len()
    }
}

/// Appends the bytes of numbers plane by plane, most significant first: neighbours in a plane resemble each
/// other more than neighbours in a number.
pub fn put_planes(out: &mut Vec<u8>, width: usize, numbers: impl Iterator<Item = u128> + Clone) {
    for plane in (0..width).rev() {
        out.extend(numbers.clone().map(|number| (number >> (8 * plane)) as u8));
    }
}

/// Reads planes of `count` numbers of at most 32 bits, plane by plane.
pub fn planes32(planes: &[u8], count: usize) -> Vec<u32> {
    let mut numbers = vec![0u32; count];
    for plane in planes.chunks_exact(count.max(1)) {
        for (number, byte) in numbers.iter_mut().zip(plane) {
            *number = *number << 8 | u32::from(*byte);
        }
    }
    numbers
}

/// Reads planes of `count` numbers.
pub fn planes128(planes: &[u8], count: usize) -> Vec<u128> {
    let mut numbers = vec![0u128; count];
    for plane in planes.chunks_exact(count.max(1)) {
        for (number, byte) in numbers.iter_mut().zip(plane) {
            *number = *number << 8 | u128::from(*byte);
        }
    }
    numbers
}

/// Bytes that a number of this size takes in planes; none for zero.
pub const fn width_of(max: u64) -> usize {
    (64 - max.leading_zeros() as usize).div_ceil(8)
}

/// Where a piece lies, and whether it is compressed: pieces that zstd does not make smaller stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Piece {
    /// Length as stored.
    pub length: usize,
    /// How it is stored.
    pub form: Form,
}

/// How a piece is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// As it is.
    #[default]
    Plain,
    /// One zstd frame.
    Zstd,
}

impl Piece {
    pub fn put(self, out: &mut Vec<u8>) {
        put_varint(out, (self.length as u64) << 1 | u64::from(self.form == Form::Zstd));
    }

    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let number = reader.varint()?;
        let length = usize::try_from(number >> 1).map_err(|_| malformed("a length"))?;
        Ok(Self { length, form: if number & 1 == 1 { Form::Zstd } else { Form::Plain } })
    }
}

/// Writes pieces; one per thread, because its tables are large.
pub struct Packer {
    zstd: Compressor<'static>,
    level: i32,
}

impl Packer {
    /// A packer of this zstd level.
    pub fn new(level: i32) -> Self {
        Self { zstd: Compressor::default(), level }
    }

    /// Appends a piece.
    pub fn put(&mut self, out: &mut Vec<u8>, plain: &[u8]) -> Piece {
        // A frame has some ten bytes of its own.
        if plain.len() > 24 {
            let from = out.len();
            out.resize(from + zstd::zstd_safe::compress_bound(plain.len()), 0);
            let packed = self
                .zstd
                .set_compression_level(self.level)
                .and_then(|()| self.zstd.compress_to_buffer(plain, &mut out[from..]));
            if let Ok(length) = packed
                && length < plain.len()
            {
                out.truncate(from + length);
                return Piece { length, form: Form::Zstd };
            }
            out.truncate(from);
        }
        out.extend_from_slice(plain);
        Piece { length: plain.len(), form: Form::Plain }
    }
}

/// Reads pieces; one per thread.
#[derive(Default)]
pub struct Unpacker(Decompressor<'static>);

impl Unpacker {
    /// Reads a piece of at most `max` bytes into a buffer, whose former content goes.
    ///
    /// # Errors
    /// When it is longer, or damaged.
    pub fn read(
        &mut self,
        piece: Piece,
        stored: &[u8],
        max: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Malformed> {
        out.clear();
        match piece.form {
            Form::Plain if stored.len() <= max => out.extend_from_slice(stored),
            Form::Plain => return Err(malformed("a piece is too long")),
            Form::Zstd => {
                let said = zstd::zstd_safe::get_frame_content_size(stored).ok().flatten();
                let length = said.and_then(|length| usize::try_from(length).ok());
                let length =
                    length.filter(|length| *length <= max).ok_or(malformed("a piece is too long"))?;
                out.reserve(length);
                let read = self.0.decompress_to_buffer(stored, out).map_err(|_| malformed("a piece"))?;
                if read != length {
                    return Err(malformed("a piece"));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(numbers: Vec<u64>) {
            let mut out = Vec::new();
            numbers.iter().for_each(|number| put_varint(&mut out, *number));
            let mut reader = Reader::new(&out);
            for number in numbers {
                prop_assert_eq!(reader.varint(), Ok(number));
            }
            prop_assert!(reader.is_empty() && reader.varint().is_err());
        }

        #[test]
        fn planes_come_back(numbers in proptest::collection::vec(0u64..1 << 24, 1..50)) {
            let width = width_of(*numbers.iter().max().expect("one"));
            let mut planes = Vec::new();
            put_planes(&mut planes, width, numbers.iter().map(|number| u128::from(*number)));
            prop_assert!(planes32(&planes, numbers.len()).into_iter().map(u64::from).eq(numbers.iter().copied()));
            prop_assert!(planes128(&planes, numbers.len()).into_iter().eq(numbers.iter().map(|number| u128::from(*number))));
        }

        #[test]
        fn pieces_come_back(bytes in proptest::collection::vec(0u8..4, 0..3000), level in 1i32..10) {
            let mut out = b"before".to_vec();
            let piece = Packer::new(level).put(&mut out, &bytes);
            prop_assert_eq!(out.len(), 6 + piece.length);
            let mut read = Vec::new();
            Unpacker::default().read(piece, &out[6..], 3000, &mut read).expect("reads");
            prop_assert_eq!(&read, &bytes);
            if !bytes.is_empty() {
                let short = Unpacker::default().read(piece, &out[6..], bytes.len() - 1, &mut read);
                prop_assert!(short.is_err());
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let mut out = Vec::new();
            let piece = Piece { length: bytes.len(), form: Form::Zstd };
            let _ = Unpacker::default().read(piece, &bytes, 1 << 16, &mut out);
            let _ = Reader::new(&bytes).varint();
        }
    }

    #[test]
    fn widths() {
        for (max, width) in [(0, 0), (1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 3), (u64::MAX, 8)] {
            assert_eq!(width_of(max), width);
        }
    }
}
