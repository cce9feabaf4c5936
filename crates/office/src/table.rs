//! Files with columns (CSV) that somebody gives to be taken in: reading them, and telling what is wrong.
//!
//! The header names the columns, in any order. The separator is a comma or a semicolon, whichever the header
//! uses. UTF-8, with or without a byte order mark. Everything has a limit, and no bytes make it panic.

use crate::form::Problem;
use core::fmt;
use csv::{ByteRecord, ReaderBuilder};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use thiserror::Error;

/// The most bytes of a file.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The most bytes of a row; one quote that is not closed makes a row of the rest of the file.
const ROW_BYTES_MAX: usize = 8 * 1024;
/// The most bytes of the header.
const HEADER_BYTES_MAX: u64 = 4 * 1024;

/// What a file may and must have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// The columns there are.
    pub columns: &'static [&'static str],
    /// The columns there must be.
    pub needed: &'static [&'static str],
    /// The most rows.
    pub rows_max: usize,
}

/// Why a file cannot be read at all.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// No header.
    #[error("the file is empty; its first line must name the columns: {}", columns.join(", "))]
    Empty {
        /// Those there are.
        columns: &'static [&'static str],
    },
    /// A header that is too long to be one, or is not text.
    #[error(
        "line 1 is not a header: it must name the columns, in UTF-8, in at most {HEADER_BYTES_MAX} bytes"
    )]
    Header,
    /// A column that there is not.
    #[error("line 1 names the column \"{name}\", which there is not; there are: {}", columns.join(", "))]
    UnknownColumn {
        /// The name found.
        name: String,
        /// Those there are.
        columns: &'static [&'static str],
    },
    /// A column named twice.
    #[error("line 1 names the column \"{name}\" twice")]
    RepeatedColumn {
        /// The column.
        name: &'static str,
    },
    /// A column that must be there.
    #[error("line 1 does not name the column \"{name}\", which every file must have")]
    MissingColumn {
        /// The column.
        name: &'static str,
    },
    /// More rows than the limit.
    #[error("the file has more than {max} rows: split it")]
    TooManyRows {
        /// The limit.
        max: usize,
    },
    /// More bytes than the limit.
    #[error("the file has more than {FILE_BYTES_MAX} bytes: split it")]
    TooLarge,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowProblem {
    /// A field is wrong.
    Field {
        /// Its column.
        column: &'static str,
        /// What is wrong with it.
        problem: Problem,
    },
    /// A field is not text in UTF-8.
    NotUtf8 {
        /// Its column.
        column: &'static str,
    },
    /// Says what an earlier row says, where that cannot be.
    Repeats {
        /// Its column.
        column: &'static str,
        /// Where the earlier row begins.
        line: u64,
    },
    /// Not as many fields as the header has.
    Fields {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// Names something that there is not.
    Unknown {
        /// The column.
        column: &'static str,
    },
    /// What it says is there already.
    There,
    /// Longer than a row may be; perhaps a quote is not closed.
    TooLong,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { column, problem } => write!(f, "{column} {problem}"),
            Self::NotUtf8 { column } => write!(f, "{column} is not text in UTF-8"),
            Self::Repeats { column, line } => write!(f, "{column} is the same as in line {line}"),
            Self::Unknown { column } => write!(f, "{column} names something that there is not"),
            Self::There => write!(f, "the customer has this already"),
            Self::Fields { found, expected } => {
                write!(f, "there are {found} fields where the header has {expected}")
            }
            Self::TooLong => {
                write!(f, "the row has more than {ROW_BYTES_MAX} bytes; perhaps a quote is not closed")
            }
        }
    }
}

/// A row that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRow {
    /// The line of the file where it begins.
    pub line: u64,
    /// All that is wrong with it.
    pub problems: Vec<RowProblem>,
}

impl fmt::Display for WrongRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        for (i, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// Hashes what passes, and stops at the limit.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
    left: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.left =
            self.left.checked_sub(n as u64).ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.hash.update(&buffer[..n]);
        Ok(n)
    }
}

/// Makes every end of line one line feed, also the last: the parser then counts lines as people do.
struct Lines<R> {
    inner: R,
    last: u8,
    after_return: bool,
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let available = self.inner.fill_buf()?;
            let (mut used, mut written) = (0, 0);
            for byte in available.iter().take(out.len()) {
                used += 1;
                let second_half = *byte == b'\n' && self.after_return;
                self.after_return = *byte == b'\r';
                if !second_half {
                    out[written] = if self.after_return { b'\n' } else { *byte };
                    self.last = out[written];
                    written += 1;
                }
            }
            let ended = available.is_empty();
            self.inner.consume(used);
            if ended && self.last != b'\n' && !out.is_empty() {
                out[0] = b'\n';
                self.last = b'\n';
                return Ok(1);
            }
            if written > 0 || ended || out.is_empty() {
                return Ok(written);
            }
        }
    }
}

fn read_error(error: io::Error) -> TableError {
    if error.kind() == io::ErrorKind::FileTooLarge { TableError::TooLarge } else { TableError::Read(error) }
}

/// Reads a whole file: `row` gets the line in which a row begins and its fields, each with the index of its
/// column, or what is wrong with it as a row. Gives the SHA-256 of the file.
///
/// # Errors
/// [`TableError`] when it is no such file.
pub(crate) fn read(
    reader: impl Read,
    shape: Shape,
    mut row: impl FnMut(u64, Result<Vec<(usize, &[u8])>, RowProblem>),
) -> Result<[u8; 32], TableError> {
    let hashing = Hashing { inner: reader, hash: Sha256::new(), left: FILE_BYTES_MAX };
    let lines =
        Lines { inner: BufReader::with_capacity(64 * 1024, hashing), last: b'\n', after_return: false };
    let mut input = BufReader::with_capacity(64 * 1024, lines);
    let header = read_header(&mut input, shape)?;
    let columns = read_columns(&header, shape)?;
    // The header goes through the reader again, so that its lines are counted.
    let whole = Cursor::new(header.bytes).chain(&mut input);
    let mut csv =
        ReaderBuilder::new().delimiter(header.separator).flexible(true).has_headers(true).from_reader(whole);
    let mut record = ByteRecord::new();
    let mut count = 0usize;
    while csv.read_byte_record(&mut record).map_err(csv_error)? {
        count += 1;
        if count > shape.rows_max {
            return Err(TableError::TooManyRows { max: shape.rows_max });
        }
        let line = first_line(&record, csv.position().line());
        row(line, fields(&record, &columns));
    }
    drop(csv);
    Ok(input.into_inner().inner.into_inner().hash.finalize().into())
}

fn fields<'r>(record: &'r ByteRecord, columns: &[usize]) -> Result<Vec<(usize, &'r [u8])>, RowProblem> {
    if record.as_slice().len() > ROW_BYTES_MAX {
        return Err(RowProblem::TooLong);
    }
    if record.len() != columns.len() {
        return Err(RowProblem::Fields { found: record.len(), expected: columns.len() });
    }
    Ok(columns.iter().copied().zip(record.iter()).collect())
}

/// The line a record begins in: the parser tells where it was before it skipped empty lines, and where
/// it is after the record.
fn first_line(record: &ByteRecord, line_after: u64) -> u64 {
    let inside = record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
    let before = record.position().map_or(0, csv::Position::line);
    before.max(line_after.saturating_sub(inside + 1))
}

fn csv_error(error: csv::Error) -> TableError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => read_error(error),
        // Byte records with any number of fields have no other error.
        other => TableError::Read(io::Error::other(format!("{other:?}"))),
    }
}

/// The first line that is not empty.
struct Header {
    bytes: Vec<u8>,
    separator: u8,
}

fn read_header(input: &mut impl BufRead, shape: Shape) -> Result<Header, TableError> {
    let mut bytes = Vec::new();
    input.take(HEADER_BYTES_MAX).read_until(b'\n', &mut bytes).map_err(read_error)?;
    if bytes.len() as u64 == HEADER_BYTES_MAX && !bytes.ends_with(b"\n") {
        return Err(TableError::Header);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        bytes = rest.to_vec();
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(TableError::Empty { columns: shape.columns });
    }
    let count = |separator| bytes.iter().filter(|b| **b == separator).count();
    let separator = if count(b';') > count(b',') { b';' } else { b',' };
    Ok(Header { bytes, separator })
}

/// For each field of a row, the column it belongs to.
fn read_columns(header: &Header, shape: Shape) -> Result<Vec<usize>, TableError> {
    let mut csv = ReaderBuilder::new()
        .delimiter(header.separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(header.bytes.as_slice());
    let mut record = ByteRecord::new();
    csv.read_byte_record(&mut record).map_err(csv_error)?;
    let mut columns = Vec::with_capacity(record.len());
    for field in &record {
        let name = core::str::from_utf8(field).map_err(|_| TableError::Header)?.trim();
        let index = shape.columns.iter().position(|known| name.eq_ignore_ascii_case(known));
        let index =
            index.ok_or_else(|| TableError::UnknownColumn { name: shown(name), columns: shape.columns })?;
        if columns.contains(&index) {
            return Err(TableError::RepeatedColumn { name: shape.columns[index] });
        }
        columns.push(index);
    }
    match shape.needed.iter().find(|needed| !columns.iter().any(|index| shape.columns[*index] == **needed)) {
        Some(name) => Err(TableError::MissingColumn { name }),
        None => Ok(columns),
    }
}

/// A name as a message may show it.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
