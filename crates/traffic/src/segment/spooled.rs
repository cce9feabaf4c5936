//! Rows as a spool holds them (kind 5): whole and in the order of their coming. A frame stands alone, so that what was
//! written before a crash is read without what was to follow.
//!
//! ```text
//! frame = varint length of the rows ‖ piece of the rows ‖ zeros up to the Padmé length
//! row   = varint second ‖ 04 address(4) or 06 address(16) ‖ varint length, path ‖ varint length, browser id
//! ```

use super::codec::{Malformed, Packer, Piece, Reader, Unpacker, malformed, put_varint};
use super::frames::{FRAME_BYTES, padded_len};
use super::row::DAY_SECONDS;
use crate::hit::{AGENT_BYTES_MAX, Address, HOST_BYTES_MAX, Hit, PATH_BYTES_MAX};
use std::ops::Range;

/// A frame of so many bytes of rows is closed.
pub const ROWS_BYTES_FULL: usize = 48 * 1024;
/// One row more may still come in.
const ROWS_BYTES_MAX: usize = ROWS_BYTES_FULL + PATH_BYTES_MAX + HOST_BYTES_MAX + AGENT_BYTES_MAX + 64;
/// With padding and what a piece that does not compress takes, it still is one frame.
const _: () = assert!(ROWS_BYTES_MAX + ROWS_BYTES_MAX / 8 + 64 < FRAME_BYTES);

/// Whether a row's site is registered: of others the host is kept with the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// It is; its id stands for the host.
    Yes,
    /// It is not.
    No,
}

/// Appends a row.
pub fn put_row(out: &mut Vec<u8>, hit: &Hit<'_>, second: u32, registered: Registered) {
    put_varint(out, u64::from(second));
    match hit.address.as_v4() {
        Some(bits) => {
            out.push(4);
            out.extend_from_slice(&bits.to_be_bytes());
        }
        None => {
            out.push(6);
            out.extend_from_slice(&hit.address.bits().to_be_bytes());
        }
    }
    match registered {
        Registered::Yes => put_varint(out, hit.path.len() as u64),
        Registered::No => {
            put_varint(out, (hit.host.len() + 1 + hit.path.len()) as u64);
            out.extend_from_slice(&hit.host);
            out.push(b' ');
        }
    }
    out.extend_from_slice(&hit.path);
    put_varint(out, hit.agent.len() as u64);
    out.extend_from_slice(&hit.agent);
}

/// The plaintext of a frame with these rows.
pub fn frame(packer: &mut Packer, rows: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let piece = packer.put(&mut packed, rows);
    let mut frame = Vec::with_capacity(packed.len() + packed.len() / 8 + 16);
    put_varint(&mut frame, rows.len() as u64);
    piece.put(&mut frame);
    frame.append(&mut packed);
    frame.resize(padded_len(frame.len()), 0);
    frame
}

/// The rows of one frame. They do not print.
#[derive(Default)]
pub struct SpooledRows {
    rows: Vec<Row>,
    bytes: Vec<u8>,
}

struct Row {
    second: u32,
    address: Address,
    path: Range<usize>,
    agent: Range<usize>,
}

impl SpooledRows {
    /// Reads a frame's plaintext; rows that were there before go.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(&mut self, unpacker: &mut Unpacker, frame: &[u8]) -> Result<(), Malformed> {
        self.rows.clear();
        let mut head = Reader::new(frame);
        let length = head.limited(ROWS_BYTES_MAX, "rows of a spool")?;
        let piece = Piece::read(&mut head)?;
        unpacker.read(piece, head.take(piece.length)?, length, &mut self.bytes)?;
        if self.bytes.len() != length {
            return Err(malformed("rows of a spool"));
        }
        let mut reader = Reader::new(&self.bytes);
        while !reader.is_empty() {
            let second = reader.limited(DAY_SECONDS as usize - 1, "a second")? as u32;
            let address = match reader.array::<1>()? {
                [4] => Address::v4(u32::from_be_bytes(reader.array()?)),
                [6] => Address::from_bits(u128::from_be_bytes(reader.array()?)),
                _ => return Err(malformed("an address")),
            };
            let mut text = || -> Result<Range<usize>, Malformed> {
                let length = reader.limited(ROWS_BYTES_MAX, "a text of a spool")?;
                let from = self.bytes.len() - reader.len();
                reader.take(length).map(|_| from..from + length)
            };
            let (path, agent) = (text()?, text()?);
            self.rows.push(Row { second, address, path, agent });
        }
        Ok(())
    }

    /// How many rows there are.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Second and address of a row.
    pub fn row(&self, number: usize) -> Option<(u32, Address)> {
        self.rows.get(number).map(|row| (row.second, row.address))
    }

    /// The path of a row; host, space, path for hosts that are not registered.
    pub fn path(&self, number: usize) -> Option<&[u8]> {
        self.bytes.get(self.rows.get(number)?.path.clone())
    }

    /// The browser id of a row.
    pub fn agent(&self, number: usize) -> Option<&[u8]> {
        self.bytes.get(self.rows.get(number)?.agent.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hit::Cut;
    use proptest::prelude::*;

    fn hit(host: &[u8], path: &[u8], agent: &[u8], bits: u128) -> Hit<'static> {
        Hit {
            seconds: 0,
            host: host.to_vec().into(),
            path: path.to_vec().into(),
            agent: agent.to_vec().into(),
            address: Address::from_bits(bits),
            cut: Cut::Whole,
        }
    }

    proptest! {
        #[test]
        fn rows_come_back(
            rows in proptest::collection::vec((0..DAY_SECONDS, any::<u128>(), any::<u32>(), any::<bool>(), any::<Vec<u8>>(), any::<Vec<u8>>()), 0..40)
        ) {
            let (mut bytes, mut expected) = (Vec::new(), Vec::new());
            for (second, wide, narrow, v4, path, agent) in rows {
                let bits = if v4 { Address::v4(narrow).bits() } else { wide };
                let registered = if v4 { Registered::Yes } else { Registered::No };
                put_row(&mut bytes, &hit(b"a.example", &path, &agent, bits), second, registered);
                let path = if v4 { path } else { [b"a.example ", &path[..]].concat() };
                expected.push((second, Address::from_bits(bits), path, agent));
            }
            let frame = frame(&mut Packer::new(1), &bytes);
            prop_assert_eq!(frame.len(), padded_len(frame.len()));
            let mut read = SpooledRows::default();
            read.read(&mut Unpacker::default(), &frame).expect("reads");
            prop_assert_eq!(read.len(), expected.len());
            for (number, (second, address, path, agent)) in expected.into_iter().enumerate() {
                prop_assert_eq!(read.row(number), Some((second, address)));
                prop_assert_eq!(read.path(number), Some(&path[..]));
                prop_assert_eq!(read.agent(number), Some(&agent[..]));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = SpooledRows::default().read(&mut Unpacker::default(), &bytes);
        }
    }
}
