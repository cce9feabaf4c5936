//! The rows of a file of services, as far as they can be judged without the catalogue and the customers.

use crate::catalogue::ProductKind;
use crate::customers::{Whose, single_line};
use crate::form::{self, Problem};
use crate::services::domain;
use crate::services::terms::TermMonths;
use crate::table::{self, Shape};
use base::{Day, Money, Sensitive};
use std::io::Read;

pub use crate::table::{RowProblem, TableError, WrongRow};

/// The most rows of a file: it is taken over in one transaction.
pub const ROWS_MAX: usize = 10_000;
/// How many wrong rows are described; more are counted.
pub(super) const WRONG_MAX: usize = 1_000;
/// The longest label, in characters.
const LABEL_CHARS_MAX: usize = 80;
/// The most options in a row.
const OPTIONS_MAX: usize = 20;

const COLUMNS: [&str; 9] =
    ["customer", "email", "plan", "label", "months", "price", "options", "began", "charged_until"];
const NEEDED: [&str; 4] = ["plan", "months", "began", "charged_until"];
const SHAPE: Shape = Shape { columns: &COLUMNS, needed: &NEEDED, rows_max: ROWS_MAX };

/// A row whose fields can be read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub line: u64,
    pub whose: Whose,
    pub plan: String,
    pub label: Option<Sensitive<String>>,
    pub months: TermMonths,
    /// What a term costs when that is not what the catalogue says.
    pub price: Option<Money>,
    /// Codes of options with their units.
    pub options: Vec<(String, u32)>,
    pub began: Day,
    pub charged_until: Day,
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
/// [`TableError`] when it is no list of services. Wrong rows are no error: they are in the plan.
pub fn plan(reader: impl Read) -> Result<Plan, TableError> {
    let mut plan = Plan { rows: Vec::new(), wrong: Vec::new(), wrong_count: 0, sha256: [0; 32] };
    plan.sha256 = table::read(reader, SHAPE, |line, fields| {
        let read = match fields {
            Ok(fields) => read_row(&fields, line),
            Err(problem) => Err(vec![problem]),
        };
        match read {
            Ok(row) => plan.rows.push(row),
            Err(problems) => plan.refuse(line, problems),
        }
    })?;
    Ok(plan)
}

/// The fields of a row by column, and what is wrong with them.
struct Fields<'a> {
    texts: [&'a str; COLUMNS.len()],
    problems: Vec<RowProblem>,
}

impl<'a> Fields<'a> {
    fn text(&self, column: &'static str) -> &'a str {
        COLUMNS.iter().position(|known| *known == column).map_or("", |index| self.texts[index].trim())
    }

    fn take<V>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&'a str) -> Result<V, Problem>,
    ) -> Option<V> {
        match read(self.text(column)) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(RowProblem::Field { column, problem });
                None
            }
        }
    }
}

fn read_row(fields: &[(usize, &[u8])], line: u64) -> Result<Row, Vec<RowProblem>> {
    let mut row = Fields { texts: [""; COLUMNS.len()], problems: Vec::new() };
    for (index, field) in fields {
        match core::str::from_utf8(field) {
            Ok(text) => row.texts[*index] = text,
            Err(_) => row.problems.push(RowProblem::NotUtf8 { column: COLUMNS[*index] }),
        }
    }
    let whose = match Whose::read(row.text("customer"), row.text("email")) {
        Ok(whose) => Some(whose),
        Err(problem) => {
            row.problems.push(problem);
            None
        }
    };
    let plan = row.take("plan", |text| match text {
        "" => Err(Problem::Missing),
        text => Ok(text.to_owned()),
    });
    let label = row.take("label", |text| match text {
        "" => Ok(None),
        text => single_line(text, LABEL_CHARS_MAX).map(|text| Some(Sensitive::new(text))),
    });
    let months =
        row.take("months", |text| text.parse().ok().and_then(TermMonths::new).ok_or(Problem::Number));
    let price = row.take("price", |text| match text {
        "" => Ok(None),
        text => {
            let price = Money::parse(text).filter(|price| *price >= Money::ZERO);
            price.map(Some).ok_or(Problem::Amount)
        }
    });
    let options = row.take("options", options);
    let began = row.take("began", form::day);
    let charged_until = row.take("charged_until", form::day);
    if let (Some(began), Some(until)) = (began, charged_until)
        && until < began
    {
        row.problems.push(RowProblem::Field { column: "charged_until", problem: Problem::Date });
    }
    match (whose, plan, label, months, price, options, began, charged_until) {
        (
            Some(whose),
            Some(plan),
            Some(label),
            Some(months),
            Some(price),
            Some(options),
            Some(began),
            Some(charged_until),
        ) if row.problems.is_empty() => {
            Ok(Row { line, whose, plan, label, months, price, options, began, charged_until })
        }
        _ => Err(row.problems),
    }
}

/// Codes with their units, such as `storage=2 address`.
fn options(text: &str) -> Result<Vec<(String, u32)>, Problem> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let (code, units) = word.split_once('=').unwrap_or((word, "1"));
        found.push((code.to_owned(), units.parse().map_err(|_| Problem::Number)?));
    }
    if found.len() > OPTIONS_MAX { Err(Problem::Number) } else { Ok(found) }
}

/// The label of a service of a kind: a domain name where it has one.
pub(super) fn label_for(
    kind: ProductKind,
    label: Option<Sensitive<String>>,
) -> Result<Option<Sensitive<String>>, Problem> {
    match (kind.has_domain(), label) {
        (true, None) => Err(Problem::Missing),
        (true, Some(label)) => domain(label.expose()).map(|name| Some(Sensitive::new(name))),
        (false, label) => Ok(label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrong(text: &str) -> Vec<String> {
        plan(text.as_bytes()).expect("a plan").wrong.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_are_read_and_each_wrong_one_is_named() {
        let head = "customer;plan;label;months;price;options;began;charged_until\n";
        let right = "K100001;hosting-start;voorbeeld.nl;12;49,50;meer=2 ip;1-3-2024;2027-03-01\n";
        let read = plan(format!("{head}{right}").as_bytes()).expect("a plan");
        assert_eq!(read.wrong_count, 0);
        let row = &read.rows[0];
        assert_eq!(row.price, Some(Money::from_cents(4_950)));
        assert_eq!(row.options, [("meer".to_owned(), 2), ("ip".to_owned(), 1)]);
        assert_eq!((row.began.to_string(), row.charged_until.to_string()).0, "2024-03-01");
        for (row, said) in [
            (";a;;1;;;1-1-2024;1-2-2024", "customer is missing"),
            ("K1;;;0;;;1-1-2024;1-2-2024", "plan is missing; months is not a number within bounds"),
            ("K1;a;;1;-1;;1-1-2024;1-2-2024", "price is not an amount such as 12.50"),
            ("K1;a;;1;;x=y;1-1-2024;1-2-2024", "options is not a number within bounds"),
            ("K1;a;;1;;;1-1-2024;31-12-2023", "charged_until is not a possible date such as 31-12-2026"),
            ("K1;a;;1;;;;31-12-2023", "began is missing"),
        ] {
            assert_eq!(wrong(&format!("{head}{row}\n")), [format!("line 2: {said}")]);
        }
        let error = plan(&b"plan,months\n"[..]).expect_err("columns are missing").to_string();
        assert_eq!(error, "line 1 does not name the column \"began\", which every file must have");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut headed = b"email,plan,label,months,price,options,began,charged_until\n".to_vec();
            headed.extend_from_slice(&bytes);
            let read = plan(headed.as_slice()).expect("the header is right");
            prop_assert_eq!(read.wrong.len() as u64, read.wrong_count);
        }
    }
}
