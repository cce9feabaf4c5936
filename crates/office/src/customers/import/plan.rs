//! Reading a CSV file into rows that can be imported, and telling what is wrong with the others.
//!
//! The header holds names of [`ProfileForm`]'s fields, in any order; `name` and `email` must be among
//! them. The separator is a comma or a semicolon, whichever the header uses. UTF-8, with or without a
//! byte order mark. An empty `kind` is `organisation` when an organisation is named, else `person`.
//! Everything has a limit, and no bytes make it panic.

use super::normalised;
use crate::customers::{Profile, ProfileForm};
use crate::form::Problem;
use base::Sensitive;
use core::fmt;
use csv::{ByteRecord, ReaderBuilder};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use thiserror::Error;

/// The most rows of a file.
pub const ROWS_MAX: usize = 500_000;
/// The most bytes of a file.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The most bytes of a row; one quote that is not closed makes a row of the rest of the file.
const ROW_BYTES_MAX: usize = 8 * 1024;
/// The most bytes of the header.
const HEADER_BYTES_MAX: u64 = 4 * 1024;
/// How many wrong rows are described; more are counted.
const WRONG_MAX: usize = 1_000;
/// The columns there are, as the fields of [`ProfileForm`].
const COLUMNS: [&str; 12] = [
    "kind",
    "name",
    "organisation",
    "kvk",
    "vat",
    "email",
    "phone",
    "street",
    "postcode",
    "city",
    "country",
    "language",
];
/// The columns there must be.
const NEEDED: [&str; 2] = ["name", "email"];

/// Why a file cannot be read as a list of customers at all.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// No header.
    #[error("the file is empty; its first line must name the columns: {}", COLUMNS.join(", "))]
    Empty,
    /// A header that is too long to be one, or is not text.
    #[error(
        "line 1 is not a header: it must name the columns, in UTF-8, in at most {HEADER_BYTES_MAX} bytes"
    )]
    Header,
    /// A column that there is not.
    #[error("line 1 names the column \"{name}\", which there is not; there are: {}", COLUMNS.join(", "))]
    UnknownColumn {
        /// The name found.
        name: String,
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
    #[error("the file has more than {ROWS_MAX} rows: split it")]
    TooManyRows,
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
    /// The address is that of an earlier row.
    Repeats {
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
    /// Longer than a row may be; perhaps a quote is not closed.
    TooLong,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { column, problem } => write!(f, "{column} {problem}"),
            Self::NotUtf8 { column } => write!(f, "{column} is not text in UTF-8"),
            Self::Repeats { line } => write!(f, "email is the same as in line {line}"),
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

/// A row that can be imported.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line of the file where it begins.
    pub line: u64,
    /// The customer.
    pub profile: Profile,
    /// Its address in the form by which logins are found.
    pub(super) address: Sensitive<String>,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The rows that can be imported.
    pub rows: Vec<Row>,
    /// The first thousand that cannot.
    pub wrong: Vec<WrongRow>,
    /// How many cannot.
    pub wrong_count: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
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

fn read_error(error: io::Error) -> PlanError {
    if error.kind() == io::ErrorKind::FileTooLarge { PlanError::TooLarge } else { PlanError::Read(error) }
}

/// Reads a whole file and checks every row.
///
/// # Errors
/// [`PlanError`] when it is no list of customers. Wrong rows are no error: they are in the plan.
pub fn plan(reader: impl Read) -> Result<Plan, PlanError> {
    let hashing = Hashing { inner: reader, hash: Sha256::new(), left: FILE_BYTES_MAX };
    let lines =
        Lines { inner: BufReader::with_capacity(64 * 1024, hashing), last: b'\n', after_return: false };
    let mut input = BufReader::with_capacity(64 * 1024, lines);
    let header = read_header(&mut input)?;
    let columns = read_columns(&header)?;
    // The header goes through the reader again, so that its lines are counted.
    let whole = Cursor::new(header.bytes).chain(&mut input);
    let mut csv =
        ReaderBuilder::new().delimiter(header.separator).flexible(true).has_headers(true).from_reader(whole);
    let mut plan = Plan { rows: Vec::new(), wrong: Vec::new(), wrong_count: 0, sha256: [0; 32] };
    let mut addresses = HashMap::new();
    let mut record = ByteRecord::new();
    let mut count = 0usize;
    while csv.read_byte_record(&mut record).map_err(csv_error)? {
        count += 1;
        if count > ROWS_MAX {
            return Err(PlanError::TooManyRows);
        }
        let line = first_line(&record, csv.position().line());
        match read_row(&record, &columns, line, &mut addresses) {
            Ok(row) => plan.rows.push(row),
            Err(problems) => {
                plan.wrong_count += 1;
                if plan.wrong.len() < WRONG_MAX {
                    plan.wrong.push(WrongRow { line, problems });
                }
            }
        }
    }
    drop(csv);
    plan.sha256 = input.into_inner().inner.into_inner().hash.finalize().into();
    Ok(plan)
}

/// The line a record begins in: the parser tells where it was before it skipped empty lines, and where
/// it is after the record.
fn first_line(record: &ByteRecord, line_after: u64) -> u64 {
    let inside = record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
    let before = record.position().map_or(0, csv::Position::line);
    before.max(line_after.saturating_sub(inside + 1))
}

fn csv_error(error: csv::Error) -> PlanError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => read_error(error),
        // Byte records with any number of fields have no other error.
        other => PlanError::Read(io::Error::other(format!("{other:?}"))),
    }
}

/// The first line that is not empty.
struct Header {
    bytes: Vec<u8>,
    separator: u8,
}

fn read_header(input: &mut impl BufRead) -> Result<Header, PlanError> {
    let mut bytes = Vec::new();
    input.take(HEADER_BYTES_MAX).read_until(b'\n', &mut bytes).map_err(read_error)?;
    if bytes.len() as u64 == HEADER_BYTES_MAX && !bytes.ends_with(b"\n") {
        return Err(PlanError::Header);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        bytes = rest.to_vec();
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(PlanError::Empty);
    }
    let count = |separator| bytes.iter().filter(|b| **b == separator).count();
    let separator = if count(b';') > count(b',') { b';' } else { b',' };
    Ok(Header { bytes, separator })
}

/// For each field of a row, the column it belongs to.
fn read_columns(header: &Header) -> Result<Vec<usize>, PlanError> {
    let mut csv = ReaderBuilder::new()
        .delimiter(header.separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(header.bytes.as_slice());
    let mut record = ByteRecord::new();
    csv.read_byte_record(&mut record).map_err(csv_error)?;
    let mut columns = Vec::with_capacity(record.len());
    for field in &record {
        let name = core::str::from_utf8(field).map_err(|_| PlanError::Header)?.trim();
        let index = COLUMNS.iter().position(|known| name.eq_ignore_ascii_case(known));
        let index = index.ok_or_else(|| PlanError::UnknownColumn { name: shown(name) })?;
        if columns.contains(&index) {
            return Err(PlanError::RepeatedColumn { name: COLUMNS[index] });
        }
        columns.push(index);
    }
    match NEEDED.iter().find(|needed| !columns.iter().any(|index| COLUMNS[*index] == **needed)) {
        Some(name) => Err(PlanError::MissingColumn { name }),
        None => Ok(columns),
    }
}

/// A name as a message may show it.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn read_row(
    record: &ByteRecord,
    columns: &[usize],
    line: u64,
    addresses: &mut HashMap<[u8; 32], u64>,
) -> Result<Row, Vec<RowProblem>> {
    if record.as_slice().len() > ROW_BYTES_MAX {
        return Err(vec![RowProblem::TooLong]);
    }
    if record.len() != columns.len() {
        return Err(vec![RowProblem::Fields { found: record.len(), expected: columns.len() }]);
    }
    let mut problems = Vec::new();
    let mut form = ProfileForm::default();
    for (field, index) in record.iter().zip(columns) {
        match core::str::from_utf8(field) {
            Ok(text) => set(&mut form, COLUMNS[*index], text),
            Err(_) => problems.push(RowProblem::NotUtf8 { column: COLUMNS[*index] }),
        }
    }
    if form.kind.trim().is_empty() {
        let named = !form.organisation.expose().trim().is_empty();
        form.kind = if named { "organisation" } else { "person" }.to_owned();
    }
    // An address repeats another whatever else is wrong with either row.
    let address = normalised(&form.email);
    if let Some(address) = &address {
        let first = *addresses.entry(Sha256::digest(address.expose()).into()).or_insert(line);
        if first != line {
            problems.push(RowProblem::Repeats { line: first });
        }
    }
    match (form.parse(), address) {
        (Ok(profile), Some(address)) if problems.is_empty() => Ok(Row { line, profile, address }),
        (Ok(_), address) => {
            if address.is_none() {
                problems.push(RowProblem::Field { column: "email", problem: Problem::Email });
            }
            Err(problems)
        }
        (Err(wrong), _) => {
            let unread = |column: &str| {
                problems.iter().any(|p| matches!(p, RowProblem::NotUtf8 { column: c } if *c == column))
            };
            let fields: Vec<_> = wrong.all().iter().filter(|(column, _)| !unread(column)).copied().collect();
            problems
                .extend(fields.into_iter().map(|(column, problem)| RowProblem::Field { column, problem }));
            Err(problems)
        }
    }
}

fn set(form: &mut ProfileForm, column: &str, text: &str) {
    let value = text.to_owned();
    match column {
        "kind" => form.kind = value.trim().to_ascii_lowercase(),
        "name" => form.name = value.into(),
        "organisation" => form.organisation = value.into(),
        "kvk" => form.kvk = value.into(),
        "vat" => form.vat = value.into(),
        "email" => form.email = value.into(),
        "phone" => form.phone = value.into(),
        "street" => form.street = value.into(),
        "postcode" => form.postcode = value.into(),
        "city" => form.city = value.into(),
        "country" => form.country = value.into(),
        _ => form.language = value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Plan {
        plan(text.as_bytes()).expect("a plan")
    }

    fn wrong(text: &str) -> Vec<String> {
        read(text).wrong.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn both_separators_and_a_byte_order_mark() {
        let comma = read(
            "name,email,city,street,postcode\nFenna de Proef,fenna@klant.example,Proefstad,Kade 1,1234AB\n",
        );
        let semicolon = read(
            "\u{feff}Email ; NAME;street;postcode;city\r\n fenna@klant.example;\"Fenna de Proef\";\"Kade 1\";1234 AB;Proefstad\r\n",
        );
        assert_eq!((comma.wrong_count, semicolon.wrong_count), (0, 0));
        assert_eq!(comma.rows[0].profile, semicolon.rows[0].profile);
        assert_eq!(comma.rows[0].line, 2);
        assert_ne!(comma.sha256, semicolon.sha256);
        let sha256: [u8; 32] = Sha256::digest("name,email\na,b").into();
        assert_eq!(read("name,email\na,b").sha256, sha256);
    }

    #[test]
    fn the_kind_follows_from_the_organisation() {
        let plan = read("name,email,organisation\nA,a@klant.example,\nB,b@klant.example,Bakkerij Proef\n");
        let kinds: Vec<_> = plan.rows.iter().map(|row| row.profile.kind.as_str()).collect();
        assert_eq!(kinds, ["person", "organisation"]);
    }

    #[test]
    fn each_wrong_row_is_named_with_its_line_and_all_its_problems() {
        let text = "name,email,kvk\n\
                    A,a@klant.example,\n\
                    ,b,1234567\n\
                    \"C\nCC\",c@klant.example,12345678\n\
                    D,A@klant.EXAMPLE,\n\
                    \n\
                    E,e@klant.example\n\
                    F,f@klant.example,x,y\n";
        assert_eq!(
            wrong(text),
            [
                "line 3: name is missing; kvk is not a KvK number of eight digits; email is not an e-mail address",
                "line 6: email is the same as in line 2",
                "line 8: there are 2 fields where the header has 3",
                "line 9: there are 4 fields where the header has 3",
            ]
        );
        for ends in ["\n", "\r\n", "\r"] {
            let plan = read(&text.replace('\n', ends));
            let lines = |plan: &Plan| plan.rows.iter().map(|row| row.line).collect::<Vec<_>>();
            assert_eq!(lines(&plan), [2, 4]);
            assert_eq!(plan.wrong, read(text).wrong, "{ends:?}");
            assert_eq!(
                lines(&read(&text.replace("D,A@", "D,d@").replace("\n\n", &format!("{ends}{ends}")))),
                [2, 4, 6]
            );
        }
        let latin1 = b"name,email\nRen\xe9,rene@klant.example\n";
        let plan = plan_of(latin1);
        assert_eq!(plan.wrong[0].to_string(), "line 2: name is not text in UTF-8");
        let unclosed = format!("name,email\nA,a@klant.example\n\"B,{}", "x".repeat(9_000));
        assert_eq!(
            wrong(&unclosed),
            ["line 3: the row has more than 8192 bytes; perhaps a quote is not closed"]
        );
    }

    fn plan_of(bytes: &[u8]) -> Plan {
        plan(bytes).expect("a plan")
    }

    #[test]
    fn headers_that_are_none() {
        let error = |text: &str| plan(text.as_bytes()).expect_err(text).to_string();
        assert!(error("").starts_with("the file is empty"));
        assert!(error("\u{feff}\n").starts_with("the file is empty"));
        assert!(error("naam,email\n").starts_with("line 1 names the column \"naam\", which there is not"));
        assert_eq!(error("name,email,Name\n"), "line 1 names the column \"name\" twice");
        assert_eq!(
            error("name,kind\n"),
            "line 1 does not name the column \"email\", which every file must have"
        );
        assert!(error(&"x".repeat(5_000)).starts_with("line 1 is not a header"));
        assert!(plan(&b"\xff\xfe,email\n"[..]).is_err());
    }

    #[test]
    fn wrong_rows_beyond_a_thousand_are_counted() {
        let mut text = String::from("name,email\n");
        text.push_str(&"A,nobody\n".repeat(1_500));
        let plan = read(&text);
        assert_eq!((plan.wrong.len(), plan.wrong_count), (WRONG_MAX, 1_500));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = plan(bytes.as_slice());
            let mut headed = b"name,email,kind,postcode,country,street,city\n".to_vec();
            headed.extend_from_slice(&bytes);
            let plan = plan(headed.as_slice()).expect("the header is right");
            prop_assert_eq!(plan.wrong.len() as u64, plan.wrong_count);
        }

        #[test]
        fn every_row_is_either_right_or_wrong(rows in prop::collection::vec("[a-z,;\"@. ]{1,30}", 0..20)) {
            let text = format!("name;email\n{}\n", rows.join("\n"));
            let read = plan(text.as_bytes()).expect("the header is right");
            let lines: std::collections::BTreeSet<u64> =
                read.rows.iter().map(|r| r.line).chain(read.wrong.iter().map(|w| w.line)).collect();
            prop_assert_eq!(lines.len(), read.rows.len() + read.wrong.len());
            prop_assert!(lines.iter().all(|line| *line >= 2));
        }
    }
}
