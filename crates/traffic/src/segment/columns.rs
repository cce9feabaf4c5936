//! The columns of a chunk: up to [`CHUNK_ROWS`] rows of one site that are read together.
//!
//! Rows come sorted by address (IPv4 before IPv6), second, browser id, path. A *run* is a stretch of rows with one
//! address and browser id. Columns, each a piece of its own so that a scan reads only what it asks about:
//!
//! | column | what |
//! |---|---|
//! | runs | per run: rows × 2 + 1 when its address is another than before |
//! | v4, v6 | the distinct addresses: differences in four planes; sixteen planes |
//! | agents | per run: number of the browser id, in planes |
//! | first | per address: second of its first row, in three planes |
//! | steps, leaps | per later row of an address: seconds since the row before; long ones in two pieces |
//! | path low, path high | per row: number of the path, its lowest byte apart |

use super::codec::{
    Malformed, Packer, Piece, Reader, Unpacker, malformed, planes32, planes128, put_planes, put_varint,
    width_of,
};
use super::row::{AGENT_BITS, DAY_SECONDS, PATH_BITS, Rest, Row4, Row6, Rows};
use crate::hit::Address;

/// Rows of a chunk at most: an address is looked up by reading one chunk of each site.
pub const CHUNK_ROWS: usize = 8_192;
/// Columns of a chunk.
pub const COLUMNS: usize = 9;
/// Steps below this are one byte; from it on a byte holds the high part of a leap.
const LEAP: u32 = 240;
const LEAP_BITS: u32 = 13;

/// The columns in the order in which they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Runs,
    V4,
    V6,
    Agents,
    First,
    Steps,
    Leaps,
    PathLow,
    PathHigh,
}

/// What is known of a chunk without reading it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChunkHead {
    pub rows: usize,
    /// First and last address in the order of rows.
    pub first: Address,
    pub last: Address,
    /// First and last second that occurs.
    pub seconds: (u32, u32),
    pub columns: [Piece; COLUMNS],
}

/// The order of addresses in a segment: IPv4 before IPv6.
pub const fn order(address: Address) -> (bool, u128) {
    (address.as_v4().is_none(), address.bits())
}

impl ChunkHead {
    /// Whether an address can be among the rows.
    pub fn spans(&self, address: Address) -> bool {
        order(self.first) <= order(address) && order(address) <= order(self.last)
    }

    /// Bytes of all columns.
    pub fn length(&self) -> usize {
        self.columns.iter().map(|piece| piece.length).sum()
    }

    /// Where a column begins within the chunk.
    pub fn offset(&self, column: Column) -> usize {
        self.columns[..column as usize].iter().map(|piece| piece.length).sum()
    }

    pub fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.rows as u64);
        for address in [self.first, self.last] {
            match address.as_v4() {
                Some(bits) => {
                    out.push(4);
                    out.extend_from_slice(&bits.to_be_bytes());
                }
                None => {
                    out.push(6);
                    out.extend_from_slice(&address.bits().to_be_bytes());
                }
            }
        }
        put_varint(out, u64::from(self.seconds.0));
        put_varint(out, u64::from(self.seconds.1));
        self.columns.iter().for_each(|piece| piece.put(out));
    }

    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let rows = reader.limited(CHUNK_ROWS, "rows of a chunk")?;
        let mut address = || -> Result<Address, Malformed> {
            match reader.array::<1>()? {
                [4] => reader.array().map(u32::from_be_bytes).map(Address::v4),
                [6] => reader.array().map(u128::from_be_bytes).map(Address::from_bits),
                _ => Err(malformed("an address")),
            }
        };
        let (first, last) = (address()?, address()?);
        let mut second = || reader.limited(DAY_SECONDS as usize - 1, "a second").map(|second| second as u32);
        let seconds = (second()?, second()?);
        let mut columns = [Piece::default(); COLUMNS];
        for column in &mut columns {
            *column = Piece::read(reader)?;
        }
        if rows == 0 {
            return Err(malformed("a chunk without rows"));
        }
        Ok(Self { rows, first, last, seconds, columns })
    }
}

/// Buffers of [`put_chunk`], used again and again.
#[derive(Default)]
pub struct Scratch {
    plain: [Vec<u8>; COLUMNS],
    v4: Vec<u32>,
    v6: Vec<u128>,
    agents: Vec<u32>,
    first: Vec<u32>,
    paths: Vec<u32>,
}

/// Writes one chunk of sorted rows, at least one.
pub fn put_chunk(
    packer: &mut Packer,
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
    v4: &[Row4],
    v6: &[Row6],
) -> ChunkHead {
    scratch.plain.iter_mut().for_each(Vec::clear);
    scratch.v4.clear();
    scratch.v6.clear();
    scratch.agents.clear();
    scratch.first.clear();
    scratch.paths.clear();
    let mut seconds = (u32::MAX, 0);
    let mut before: Option<(u128, Rest)> = None;
    let mut run = 0u64;
    let rows4 = v4.iter().map(|row| (Address::v4(row.address()).bits(), row.rest()));
    for (address, rest) in rows4.chain(v6.iter().map(|row| (row.address, row.rest))) {
        let second = rest.second();
        seconds = (seconds.0.min(second), seconds.1.max(second));
        scratch.paths.push(rest.path());
        match before {
            Some((same, earlier)) if same == address => {
                if earlier.agent() != rest.agent() {
                    put_varint(&mut scratch.plain[Column::Runs as usize], run);
                    run = 0;
                    scratch.agents.push(rest.agent());
                }
                put_step(&mut scratch.plain, second - earlier.second());
            }
            _ => {
                if before.is_some() {
                    put_varint(&mut scratch.plain[Column::Runs as usize], run);
                }
                run = 1;
                scratch.agents.push(rest.agent());
                scratch.first.push(second);
                match Address::from_bits(address).as_v4() {
                    Some(bits) => scratch.v4.push(bits),
                    None => scratch.v6.push(address),
                }
            }
        }
        run += 2;
        before = Some((address, rest));
    }
    put_varint(&mut scratch.plain[Column::Runs as usize], run);
    fill_planes(scratch);
    let mut columns = [Piece::default(); COLUMNS];
    for (piece, plain) in columns.iter_mut().zip(&scratch.plain) {
        *piece = packer.put(out, plain);
    }
    let address4 = |row: Option<&Row4>| row.map(|row| Address::v4(row.address()));
    let address6 = |row: Option<&Row6>| row.map(|row| Address::from_bits(row.address));
    let none = Address::from_bits(0);
    ChunkHead {
        rows: v4.len() + v6.len(),
        first: address4(v4.first()).or(address6(v6.first())).unwrap_or(none),
        last: address6(v6.last()).or(address4(v4.last())).unwrap_or(none),
        seconds,
        columns,
    }
}

#[inline]
fn put_step(plain: &mut [Vec<u8>; COLUMNS], step: u32) {
    if step < LEAP {
        plain[Column::Steps as usize].push(step as u8);
    } else {
        plain[Column::Steps as usize].push((LEAP + (step >> LEAP_BITS)) as u8);
        plain[Column::Leaps as usize]
            .extend_from_slice(&((step & ((1 << LEAP_BITS) - 1)) as u16).to_be_bytes());
    }
}

fn fill_planes(scratch: &mut Scratch) {
    let Scratch { plain, v4, v6, agents, first, paths } = scratch;
    let steps = v4.iter().scan(0, |before, bits| Some(bits - core::mem::replace(before, *bits)));
    put_planes(&mut plain[Column::V4 as usize], 4, steps.map(u128::from));
    put_planes(&mut plain[Column::V6 as usize], 16, v6.iter().copied());
    let width = width_of(u64::from(agents.iter().copied().max().unwrap_or(0)));
    put_planes(&mut plain[Column::Agents as usize], width, agents.iter().map(|agent| u128::from(*agent)));
    put_planes(&mut plain[Column::First as usize], 3, first.iter().map(|second| u128::from(*second)));
    plain[Column::PathLow as usize].extend(paths.iter().map(|path| *path as u8));
    let width = width_of(u64::from(paths.iter().copied().max().unwrap_or(0) >> 8));
    put_planes(&mut plain[Column::PathHigh as usize], width, paths.iter().map(|path| u128::from(*path >> 8)));
}

/// A stretch of rows with one address and browser id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The place of its address among those of the chunk.
    pub place: usize,
    pub address: Address,
    pub agent: u32,
    /// Place of its first row.
    pub from: usize,
    pub rows: usize,
}

/// A chunk being read: its head and the bytes of its columns.
pub struct ChunkReader<'a> {
    pub head: &'a ChunkHead,
    pub stored: &'a [u8],
}

impl ChunkReader<'_> {
    fn column(
        &self,
        unpacker: &mut Unpacker,
        column: Column,
        max: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Malformed> {
        let piece = self.head.columns[column as usize];
        let from = self.head.offset(column);
        let stored = self.stored.get(from..from + piece.length).ok_or(malformed("a column"))?;
        unpacker.read(piece, stored, max, out)
    }

    /// All runs.
    pub fn runs(&self, unpacker: &mut Unpacker) -> Result<Vec<Run>, Malformed> {
        let rows = self.head.rows;
        let (mut plain, mut v4, mut v6, mut agents) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        self.column(unpacker, Column::Runs, rows * 3, &mut plain)?;
        self.column(unpacker, Column::V4, rows * 4, &mut v4)?;
        self.column(unpacker, Column::V6, rows * 16, &mut v6)?;
        self.column(unpacker, Column::Agents, rows * 3, &mut agents)?;
        let addresses = addresses(&v4, &v6)?;
        let mut runs = Vec::with_capacity(addresses.len() + 16);
        let mut reader = Reader::new(&plain);
        let (mut from, mut next) = (0, 0);
        while !reader.is_empty() {
            let number = reader.limited(rows * 2 + 1, "a run")?;
            next += number & 1;
            let place = next.checked_sub(1).ok_or(malformed("a run without address"))?;
            let address = *addresses.get(place).ok_or(malformed("an address is missing"))?;
            runs.push(Run { place, address, agent: 0, from, rows: number >> 1 });
            from += number >> 1;
        }
        if from != rows || next != addresses.len() || !agents.len().is_multiple_of(runs.len()) {
            return Err(malformed("runs"));
        }
        let count = runs.len();
        for (run, agent) in runs.iter_mut().zip(planes32(&agents, count)) {
            run.agent = agent;
        }
        Ok(runs)
    }

    /// The second of each row.
    pub fn seconds(&self, unpacker: &mut Unpacker, runs: &[Run]) -> Result<Vec<u32>, Malformed> {
        let rows = self.head.rows;
        let addresses = runs.last().map_or(0, |run| run.place + 1);
        let (mut first, mut steps, mut leaps) = (Vec::new(), Vec::new(), Vec::new());
        self.column(unpacker, Column::First, addresses * 3, &mut first)?;
        self.column(unpacker, Column::Steps, rows, &mut steps)?;
        self.column(unpacker, Column::Leaps, rows * 2, &mut leaps)?;
        if first.len() != addresses * 3 || steps.len() + addresses != rows {
            return Err(malformed("seconds"));
        }
        let first = planes32(&first, addresses);
        let mut seconds = Vec::with_capacity(rows);
        let (mut leaps, mut steps, mut now, mut met) = (leaps.as_slice(), steps.iter(), 0u32, None);
        for run in runs {
            let mut left = run.rows;
            if met != Some(run.place) && left > 0 {
                met = Some(run.place);
                now = first[run.place];
                seconds.push(now);
                left -= 1;
            }
            for &step in steps.by_ref().take(left) {
                if u32::from(step) < LEAP {
                    now += u32::from(step);
                } else {
                    let (low, after) = leaps.split_first_chunk::<2>().ok_or(malformed("seconds"))?;
                    leaps = after;
                    now += (u32::from(step) - LEAP) << LEAP_BITS | u32::from(u16::from_be_bytes(*low));
                }
                seconds.push(now);
            }
            // Checked once per run: steps only go forward, and a run cannot make the number overflow.
            if now >= DAY_SECONDS {
                return Err(malformed("a second"));
            }
        }
        if seconds.len() == rows { Ok(seconds) } else { Err(malformed("seconds")) }
    }

    /// The number of the path of each row.
    pub fn paths(&self, unpacker: &mut Unpacker) -> Result<Vec<u32>, Malformed> {
        let rows = self.head.rows;
        let (mut low, mut high) = (Vec::new(), Vec::new());
        self.column(unpacker, Column::PathLow, rows, &mut low)?;
        self.column(unpacker, Column::PathHigh, rows * 3, &mut high)?;
        if low.len() != rows || !high.len().is_multiple_of(rows) {
            return Err(malformed("paths"));
        }
        let mut paths: Vec<u32> = low.iter().map(|byte| u32::from(*byte)).collect();
        for (plane, shift) in high.chunks_exact(rows).rev().zip([8, 16, 24]) {
            for (path, byte) in paths.iter_mut().zip(plane) {
                *path |= u32::from(*byte) << shift;
            }
        }
        Ok(paths)
    }

    /// All rows, as they were gathered.
    pub fn rows(&self, unpacker: &mut Unpacker, out: &mut Rows) -> Result<(), Malformed> {
        let runs = self.runs(unpacker)?;
        let (seconds, paths) = (self.seconds(unpacker, &runs)?, self.paths(unpacker)?);
        for run in runs {
            for row in run.from..run.from + run.rows {
                if run.agent >> AGENT_BITS != 0 || paths[row] >> PATH_BITS != 0 {
                    return Err(malformed("a number of a row"));
                }
                let rest = Rest::new(seconds[row], run.agent, paths[row]);
                match run.address.as_v4() {
                    Some(bits) => out.v4.push(Row4::new(bits, rest)),
                    None => out.v6.push(Row6 { address: run.address.bits(), rest }),
                }
            }
        }
        Ok(())
    }
}

fn addresses(v4: &[u8], v6: &[u8]) -> Result<Vec<Address>, Malformed> {
    if !v4.len().is_multiple_of(4) || !v6.len().is_multiple_of(16) {
        return Err(malformed("addresses"));
    }
    let (count4, count6) = (v4.len() / 4, v6.len() / 16);
    let mut addresses = Vec::with_capacity(count4 + count6);
    let mut bits = 0u32;
    for step in planes32(v4, count4) {
        bits = bits.checked_add(step).ok_or(malformed("addresses"))?;
        addresses.push(Address::v4(bits));
    }
    addresses.extend(planes128(v6, count6).into_iter().map(Address::from_bits));
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows() -> impl Strategy<Value = Rows> {
        let v4 = (0u32..40, 0..DAY_SECONDS, 0u32..5, 0u32..70_000);
        let v6 = (1u128..9, 0..DAY_SECONDS, 0u32..1 << AGENT_BITS, 0u32..1 << PATH_BITS);
        let v4 = proptest::collection::vec(v4, 0..300);
        (v4, proptest::collection::vec(v6, 0..60)).prop_map(|(v4, v6)| {
            let mut rows = Rows {
                v4: v4
                    .into_iter()
                    .map(|(a, s, g, p)| Row4::new(a * 0x0101_0101, Rest::new(s, g, p)))
                    .collect(),
                v6: v6
                    .into_iter()
                    .map(|(a, s, g, p)| Row6 { address: a << 90 | 1, rest: Rest::new(s, g, p) })
                    .collect(),
            };
            rows.sort();
            rows
        })
    }

    proptest! {
        #[test]
        fn chunks_come_back(rows in rows()) {
            prop_assume!(rows.len() > 0);
            let mut stored = Vec::new();
            let head = put_chunk(&mut Packer::new(3), &mut Scratch::default(), &mut stored, &rows.v4, &rows.v6);
            let mut bytes = Vec::new();
            head.put(&mut bytes);
            let read = ChunkHead::read(&mut Reader::new(&bytes)).expect("reads");
            prop_assert!(read == head && head.length() == stored.len());
            let mut again = Rows::default();
            let chunk = ChunkReader { head: &head, stored: &stored };
            chunk.rows(&mut Unpacker::default(), &mut again).expect("reads");
            prop_assert!(again == rows);
            let spans = rows.iter().all(|(address, rest)| {
                head.spans(Address::from_bits(address)) && head.seconds.0 <= rest.second() && rest.second() <= head.seconds.1
            });
            prop_assert!(spans);
        }

        #[test]
        fn damaged_chunks_give_errors_or_rows(rows in rows(), column in 0usize..COLUMNS, length in 0usize..50, byte: u8, at: usize) {
            prop_assume!(rows.len() > 0);
            let mut stored = Vec::new();
            let mut head = put_chunk(&mut Packer::new(1), &mut Scratch::default(), &mut stored, &rows.v4, &rows.v6);
            let at = at % stored.len();
            stored[at] ^= byte;
            head.columns[column].length = head.columns[column].length.min(length);
            let _ = ChunkReader { head: &head, stored: &stored }.rows(&mut Unpacker::default(), &mut Rows::default());
        }
    }
}
