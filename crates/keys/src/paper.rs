//! Paper shares of the root key (docs/formats/paper-share.md): any k of n sheets give it back, fewer say
//! nothing at all about it.
//!
//! Shamir's scheme over the scalar field of curve25519-dalek (prime order ℓ ≈ 2^252), whose arithmetic is
//! constant-time. The 32 bytes do not fit one scalar, so each half of 16 bytes is the constant term of a
//! polynomial of its own. A reconstruction that is not below 2^128 in both halves is refused: wrong or
//! forged shares are found but for odds of 2^-248.

use crate::RootKey;
use crate::checksum::{self, CHECK};
use base::Random;
use core::fmt::{self, Write as _};
use core::str::FromStr;
use curve25519_dalek::scalar::Scalar;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

const VERSION: u8 = 1;
const LINES: usize = 5;
const LINE_BYTES: usize = 16;
/// 16 bytes in five-bit symbols, the last two bits zero.
const LINE_SYMBOLS: usize = 26;
const GROUP: usize = 4;
/// The most characters of a typed sheet.
const TEXT_BYTES_MAX: usize = 8_192;
/// The fewest sheets that give the key back.
pub const THRESHOLD_MIN: u8 = 2;
/// The most sheets of a set.
pub const SHARES_MAX: u8 = 32;

/// Why sheets do not give a key.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaperError {
    /// k and n do not fit: 2 ≤ k ≤ n ≤ 32.
    #[error("a set needs between 2 and {SHARES_MAX} sheets, and at least 2 but not more than all to open")]
    Numbers,
    /// A line has a typing error, or belongs to another sheet.
    #[error("line {line} has a typing error, or belongs to another sheet")]
    Line {
        /// Which coded line, 1 to 5.
        line: u8,
    },
    /// A coded line is absent.
    #[error("line {line} is missing")]
    LineMissing {
        /// Which coded line, 1 to 5.
        line: u8,
    },
    /// A coded line is there twice.
    #[error("line {line} is there twice")]
    LineTwice {
        /// Which coded line, 1 to 5.
        line: u8,
    },
    /// Text that is neither a coded line nor a remark.
    #[error("the sheet holds a line that is not one of its five; begin remarks with #")]
    Stray,
    /// Longer than any sheet.
    #[error("the text is too long for a sheet")]
    TooLong,
    /// A sheet of a later version.
    #[error("the sheet has version {version}, this program reads version 1")]
    Version {
        /// The version found.
        version: u8,
    },
    /// The sheets are of different sets.
    #[error("the sheets are of different sets")]
    MixedSets,
    /// The same sheet twice.
    #[error("sheet {index} is there twice")]
    Twice {
        /// Its number.
        index: u8,
    },
    /// Not enough sheets.
    #[error("{needed} sheets are needed, {found} are there")]
    TooFew {
        /// How many the set asks for.
        needed: u8,
        /// How many were given.
        found: usize,
    },
    /// The sheets do not belong together, though they say so: one is forged or was made wrongly.
    #[error("the sheets do not fit together: at least one is not what it says")]
    Inconsistent,
}

/// One sheet: secret as far as k of them are the key. Its text is [`Share::text`].
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    set: [u8; 12],
    threshold: u8,
    count: u8,
    index: u8,
    halves: [Scalar; 2],
}

impl Drop for Share {
    fn drop(&mut self) {
        self.halves.zeroize();
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of {}, any {} open)", self.index, self.count, self.threshold)
    }
}

/// Splits a root key into `count` sheets, any `threshold` of which give it back.
///
/// # Errors
/// [`PaperError::Numbers`].
pub fn split(
    root: &RootKey,
    threshold: u8,
    count: u8,
    random: &dyn Random,
) -> Result<Vec<Share>, PaperError> {
    check_numbers(threshold, count)?;
    let set = random.bytes();
    let mut shares: Vec<_> =
        (1..=count).map(|index| Share { set, threshold, count, index, halves: [Scalar::ZERO; 2] }).collect();
    for (half, secret) in root.secret().chunks_exact(LINE_BYTES).enumerate() {
        let mut constant = Zeroizing::new([0u8; 32]);
        constant[..LINE_BYTES].copy_from_slice(secret);
        let mut coefficients = Zeroizing::new(vec![Scalar::from_bytes_mod_order(*constant)]);
        for _ in 1..threshold {
            let mut wide = Zeroizing::new([0u8; 64]);
            random.fill(wide.as_mut_slice());
            coefficients.push(Scalar::from_bytes_mod_order_wide(&wide));
        }
        for share in &mut shares {
            share.halves[half] = evaluate(&coefficients, Scalar::from(share.index));
        }
    }
    Ok(shares)
}

/// Puts a root key together. More sheets than needed are used to check each other.
pub(crate) fn combine(shares: &[Share]) -> Result<RootKey, PaperError> {
    let first = shares.first().ok_or(PaperError::TooFew { needed: THRESHOLD_MIN, found: 0 })?;
    for (at, share) in shares.iter().enumerate() {
        if (share.set, share.threshold, share.count) != (first.set, first.threshold, first.count) {
            return Err(PaperError::MixedSets);
        }
        if shares[..at].iter().any(|other| other.index == share.index) {
            return Err(PaperError::Twice { index: share.index });
        }
    }
    let needed = usize::from(first.threshold);
    if shares.len() < needed {
        return Err(PaperError::TooFew { needed: first.threshold, found: shares.len() });
    }
    let (used, spare) = shares.split_at(needed);
    let mut key = Zeroizing::new([0u8; 32]);
    for half in 0..2 {
        for share in spare {
            if interpolate(used, half, Scalar::from(share.index)) != share.halves[half] {
                return Err(PaperError::Inconsistent);
            }
        }
        let secret = Zeroizing::new(interpolate(used, half, Scalar::ZERO).to_bytes());
        let (low, high) = secret.split_at(LINE_BYTES);
        if high.iter().any(|byte| *byte != 0) {
            return Err(PaperError::Inconsistent);
        }
        key[half * LINE_BYTES..][..LINE_BYTES].copy_from_slice(low);
    }
    Ok(RootKey::from_secret(key))
}

fn check_numbers(threshold: u8, count: u8) -> Result<(), PaperError> {
    if threshold < THRESHOLD_MIN || count < threshold || count > SHARES_MAX {
        return Err(PaperError::Numbers);
    }
    Ok(())
}

/// The polynomial at a point, by Horner.
fn evaluate(coefficients: &[Scalar], at: Scalar) -> Scalar {
    coefficients.iter().rev().fold(Scalar::ZERO, |sum, coefficient| sum * at + coefficient)
}

/// The polynomial through the shares, at a point that need not be one of theirs.
fn interpolate(shares: &[Share], half: usize, at: Scalar) -> Scalar {
    let mut sum = Scalar::ZERO;
    for share in shares {
        let own = Scalar::from(share.index);
        let (mut above, mut below) = (Scalar::ONE, Scalar::ONE);
        for other in shares.iter().filter(|other| other.index != share.index) {
            let point = Scalar::from(other.index);
            above *= at - point;
            below *= own - point;
        }
        // Indexes are distinct and at least 1, so `below` is not zero.
        sum += share.halves[half] * above * below.invert();
    }
    sum
}

impl Share {
    /// Its number in the set, from 1.
    #[must_use]
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// How many sheets give the key back.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// How many sheets the set has.
    #[must_use]
    pub const fn count(&self) -> u8 {
        self.count
    }

    /// The id of the set, in hexadecimal: printed on the sheet, not secret.
    #[must_use]
    pub fn set(&self) -> String {
        hex::encode(self.set)
    }

    fn lines(&self) -> Zeroizing<[[u8; LINE_BYTES]; LINES]> {
        let mut lines = Zeroizing::new([[0u8; LINE_BYTES]; LINES]);
        lines[0][0] = VERSION;
        lines[0][1..13].copy_from_slice(&self.set);
        lines[0][13..].copy_from_slice(&[self.threshold, self.count, self.index]);
        for (half, scalar) in self.halves.iter().enumerate() {
            let bytes = Zeroizing::new(scalar.to_bytes());
            lines[1 + 2 * half].copy_from_slice(&bytes[..LINE_BYTES]);
            lines[2 + 2 * half].copy_from_slice(&bytes[LINE_BYTES..]);
        }
        lines
    }

    /// The text of the sheet: remarks, and five lines of eight groups of four, each with its own check.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(512));
        let (index, count, threshold) = (self.index, self.count, self.threshold);
        let _ = writeln!(out, "# waarborg root key, sheet {index} of {count}; any {threshold} give the key");
        let _ = writeln!(out, "# set {}", self.set());
        let lines = self.lines();
        let head = symbols_of(&lines[0]);
        for (at, bytes) in lines.iter().enumerate() {
            let symbols = symbols_of(bytes);
            let check = check_of(at, &head, &symbols);
            let _ = write!(out, "{}:", at + 1);
            for (i, symbol) in symbols.iter().chain(&check).enumerate() {
                if i % GROUP == 0 {
                    out.push(' ');
                }
                out.push(checksum::letter(*symbol));
            }
            out.push('\n');
        }
        out
    }
}

impl FromStr for Share {
    type Err = PaperError;

    /// Reads a typed sheet. Case, spaces and hyphens inside a line do not matter; remarks and empty lines
    /// are passed over; the lines may come in any order.
    fn from_str(text: &str) -> Result<Self, PaperError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(PaperError::TooLong);
        }
        let lines = collect_lines(text)?;
        let head = read_line(0, &lines[0], None)?;
        let head_symbols = symbols_of(&head);
        if head[0] != VERSION {
            return Err(PaperError::Version { version: head[0] });
        }
        let (threshold, count, index) = (head[13], head[14], head[15]);
        check_numbers(threshold, count)?;
        if index == 0 || index > count {
            return Err(PaperError::Numbers);
        }
        let mut halves = Zeroizing::new([Scalar::ZERO; 2]);
        for half in 0..2 {
            let mut bytes = Zeroizing::new([0u8; 32]);
            for part in 0..2 {
                let at = 1 + 2 * half + part;
                let line = read_line(at, &lines[at], Some(&head_symbols))?;
                bytes[part * LINE_BYTES..][..LINE_BYTES].copy_from_slice(&*line);
            }
            // Not below ℓ: nothing that was printed.
            halves[half] =
                Option::from(Scalar::from_canonical_bytes(*bytes)).ok_or(PaperError::Inconsistent)?;
        }
        let mut set = [0u8; 12];
        set.copy_from_slice(&head[1..13]);
        Ok(Self { set, threshold, count, index, halves: *halves })
    }
}

type Typed = Zeroizing<Vec<u8>>;

/// The symbols of the five coded lines, each there once.
fn collect_lines(text: &str) -> Result<[Typed; LINES], PaperError> {
    let mut found: [Option<Typed>; LINES] = Default::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (number, rest) = line.split_once(':').ok_or(PaperError::Stray)?;
        let at = match number.trim() {
            "1" => 0usize,
            "2" => 1,
            "3" => 2,
            "4" => 3,
            "5" => 4,
            _ => return Err(PaperError::Stray),
        };
        let number = number_of(at);
        let mut symbols = Zeroizing::new(Vec::with_capacity(LINE_SYMBOLS + CHECK));
        for letter in rest.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            if symbols.len() == LINE_SYMBOLS + CHECK {
                return Err(PaperError::Line { line: number });
            }
            symbols.push(checksum::symbol(letter).ok_or(PaperError::Line { line: number })?);
        }
        if found[at].replace(symbols).is_some() {
            return Err(PaperError::LineTwice { line: number });
        }
    }
    let mut lines: [Typed; LINES] = Default::default();
    for (at, line) in found.into_iter().enumerate() {
        lines[at] = line.ok_or(PaperError::LineMissing { line: number_of(at) })?;
    }
    Ok(lines)
}

const fn number_of(at: usize) -> u8 {
    // There are five lines.
    at as u8 + 1
}

/// Checks one line and gives its bytes. The check covers the line's number and, after the first, the
/// head of the sheet: a line of another sheet, or in another place, is refused.
fn read_line(
    at: usize,
    typed: &[u8],
    head: Option<&[u8; LINE_SYMBOLS]>,
) -> Result<Zeroizing<[u8; LINE_BYTES]>, PaperError> {
    let error = PaperError::Line { line: number_of(at) };
    let (symbols, check) = typed.split_first_chunk::<LINE_SYMBOLS>().ok_or(error)?;
    if check_of(at, head.unwrap_or(symbols), symbols) != check {
        return Err(error);
    }
    let mut bytes = Zeroizing::new([0u8; LINE_BYTES]);
    let (mut bits, mut held, mut out) = (0u32, 0u32, 0usize);
    for symbol in symbols {
        bits = (bits << 5 | u32::from(*symbol)) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            if let Some(byte) = bytes.get_mut(out) {
                *byte = ((bits >> held) & 0xff) as u8;
            }
            out += 1;
        }
    }
    // 26 symbols are 130 bits: the last two are zero.
    if bits & 0b11 != 0 {
        return Err(error);
    }
    Ok(bytes)
}

fn symbols_of(bytes: &[u8; LINE_BYTES]) -> [u8; LINE_SYMBOLS] {
    core::array::from_fn(|i| {
        (0..5).fold(0, |symbol, bit| {
            let at = i * 5 + bit;
            let value = bytes.get(at / 8).map_or(0, |byte| (byte >> (7 - at % 8)) & 1);
            symbol << 1 | value
        })
    })
}

/// The check of a line: over its number, the head, and itself unless it is the head.
fn check_of(at: usize, head: &[u8; LINE_SYMBOLS], symbols: &[u8; LINE_SYMBOLS]) -> [u8; CHECK] {
    let mut all = Zeroizing::new(Vec::with_capacity(1 + 2 * LINE_SYMBOLS));
    all.push(number_of(at));
    all.extend_from_slice(head);
    if at > 0 {
        all.extend_from_slice(symbols);
    }
    checksum::check(&all)
}

#[cfg(test)]
impl Share {
    /// This sheet with the secret of another: a forgery.
    pub(crate) fn with_body_of(&self, other: &Self) -> Self {
        Self { halves: other.halves, ..self.clone() }
    }

    /// This sheet with other numbers on it.
    pub(crate) fn with_numbers(&self, threshold: u8, index: u8) -> Self {
        Self { threshold, index, ..self.clone() }
    }

    /// A coded line of this sheet whose two spare bits are set, with a check that is right.
    pub(crate) fn line_with_spare_bits(&self, at: usize) -> String {
        let lines = self.lines();
        let head = symbols_of(&lines[0]);
        let mut symbols = symbols_of(&lines[at]);
        symbols[LINE_SYMBOLS - 1] |= 0b11;
        let check = check_of(at, if at == 0 { &symbols } else { &head }, &symbols);
        let letters: String = symbols.iter().chain(&check).map(|symbol| checksum::letter(*symbol)).collect();
        format!("{}: {letters}", at + 1)
    }

    /// This sheet as it would be if the others were of another key.
    pub(crate) fn completing(&self, others: &[Self], root: &RootKey) -> Self {
        let mut made = self.clone();
        for half in 0..2 {
            let mut constant = [0u8; 32];
            constant[..LINE_BYTES].copy_from_slice(&root.secret()[half * LINE_BYTES..][..LINE_BYTES]);
            // the polynomial through the others and (0, constant), at this sheet's own point
            let mut points: Vec<_> = others.to_vec();
            points.push(Self {
                index: 0,
                halves: [Scalar::from_bytes_mod_order(constant); 2],
                ..self.clone()
            });
            made.halves[half] = interpolate(&points, half, Scalar::from(self.index));
        }
        made
    }
}
