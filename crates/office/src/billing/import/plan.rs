//! The rows of a file of open invoices.

use super::{SERIES, is_recent};
use crate::customers::Whose;
use crate::form::{self, Problem};
use crate::table::{self, RowProblem, Shape, TableError, WrongRow};
use base::{Day, Money};
use std::collections::HashMap;
use std::io::Read;

/// The most rows of a file: it is taken over in one transaction.
pub const ROWS_MAX: usize = 10_000;
/// How many wrong rows are described; more are counted.
const WRONG_MAX: usize = 1_000;
/// The longest number of another administration.
const NUMBER_CHARS_MAX: usize = 40;

const COLUMNS: [&str; 6] = ["customer", "email", "number", "issued", "due", "open"];
const NEEDED: [&str; 4] = ["number", "issued", "due", "open"];
const SHAPE: Shape = Shape { columns: &COLUMNS, needed: &NEEDED, rows_max: ROWS_MAX };

/// A row whose fields can be read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub line: u64,
    pub whose: Whose,
    pub number: String,
    pub issued: Day,
    pub due: Day,
    pub open: Money,
}

impl Row {
    /// The series that its row has.
    pub(super) fn series(&self) -> String {
        format!("{SERIES}{}", self.number)
    }

    /// Whether it can be a claim on a day.
    pub(super) fn on(&self, today: Day) -> Result<(), RowProblem> {
        if is_recent(self.issued, today) {
            Ok(())
        } else {
            Err(RowProblem::Field { column: "issued", problem: Problem::Date })
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) rows: Vec<Row>,
    /// The first thousand rows that cannot be taken over.
    pub wrong: Vec<WrongRow>,
    /// How many cannot.
    pub wrong_count: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

impl Plan {
    pub(super) fn refuse(&mut self, line: u64, problems: Vec<RowProblem>) {
        self.wrong_count += 1;
        if self.wrong.len() < WRONG_MAX {
            self.wrong.push(WrongRow { line, problems });
        }
    }
}

/// Reads a whole file and checks every row by itself.
///
/// # Errors
/// [`TableError`] when it is no list of invoices. Wrong rows are no error: they are in the plan.
pub fn plan(reader: impl Read) -> Result<Plan, TableError> {
    let mut plan = Plan { rows: Vec::new(), wrong: Vec::new(), wrong_count: 0, sha256: [0; 32] };
    let mut numbers = HashMap::new();
    plan.sha256 = table::read(reader, SHAPE, |line, fields| {
        let read = match fields {
            Ok(fields) => read_row(&fields, line, &mut numbers),
            Err(problem) => Err(vec![problem]),
        };
        match read {
            Ok(row) => plan.rows.push(row),
            Err(problems) => plan.refuse(line, problems),
        }
    })?;
    Ok(plan)
}

fn read_row(
    fields: &[(usize, &[u8])],
    line: u64,
    numbers: &mut HashMap<String, u64>,
) -> Result<Row, Vec<RowProblem>> {
    let mut texts = [""; COLUMNS.len()];
    let mut problems = Vec::new();
    for (index, field) in fields {
        match core::str::from_utf8(field) {
            Ok(text) => texts[*index] = text.trim(),
            Err(_) => problems.push(RowProblem::NotUtf8 { column: COLUMNS[*index] }),
        }
    }
    let [customer, email, number, issued, due, open] = texts;
    let whose = Whose::read(customer, email).map_err(|problem| problems.push(problem)).ok();
    let mut take = |column, problem| problems.push(RowProblem::Field { column, problem });
    let number = their_number(number).map_err(|problem| take("number", problem)).ok();
    let issued = form::day(issued).map_err(|problem| take("issued", problem)).ok();
    let due = form::day(due).map_err(|problem| take("due", problem)).ok();
    let open = Money::parse(open).filter(|open| *open > Money::ZERO);
    if open.is_none() {
        take("open", Problem::Amount);
    }
    if issued.zip(due).is_some_and(|(issued, due)| due < issued) {
        take("due", Problem::Date);
    }
    if let Some(number) = &number {
        let first = *numbers.entry(number.clone()).or_insert(line);
        if first != line {
            problems.push(RowProblem::Repeats { column: "number", line: first });
        }
    }
    match (whose, number, issued, due, open) {
        (Some(whose), Some(number), Some(issued), Some(due), Some(open)) if problems.is_empty() => {
            Ok(Row { line, whose, number, issued, due, open })
        }
        _ => Err(problems),
    }
}

/// A number as others write them: it stands in names of files and in references.
fn their_number(text: &str) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    if text.len() > NUMBER_CHARS_MAX {
        return Err(Problem::TooLong { max: NUMBER_CHARS_MAX });
    }
    let fine = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b));
    if fine { Ok(text.to_owned()) } else { Err(Problem::Characters) }
}
