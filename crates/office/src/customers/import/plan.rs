//! The rows of a file of customers.
//!
//! The header holds names of [`ProfileForm`]'s fields, in any order; `name` and `email` must be among
//! them. An empty `kind` is `organisation` when an organisation is named, else `person`. What holds of any
//! file stands in [`crate::table`].

use super::normalised;
use crate::customers::{Profile, ProfileForm};
use crate::form::Problem;
use crate::table::{self, Shape};
use base::Sensitive;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Read;

pub use crate::table::{RowProblem, TableError as PlanError, WrongRow};

/// The most rows of a file.
pub const ROWS_MAX: usize = 500_000;
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
const SHAPE: Shape = Shape { columns: &COLUMNS, needed: &NEEDED, rows_max: ROWS_MAX };

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

/// Reads a whole file and checks every row.
///
/// # Errors
/// [`PlanError`] when it is no list of customers. Wrong rows are no error: they are in the plan.
pub fn plan(reader: impl Read) -> Result<Plan, PlanError> {
    let mut plan = Plan { rows: Vec::new(), wrong: Vec::new(), wrong_count: 0, sha256: [0; 32] };
    let mut addresses = HashMap::new();
    plan.sha256 = table::read(reader, SHAPE, |line, fields| {
        let read = match fields {
            Ok(fields) => read_row(&fields, line, &mut addresses),
            Err(problem) => Err(vec![problem]),
        };
        match read {
            Ok(row) => plan.rows.push(row),
            Err(problems) => {
                plan.wrong_count += 1;
                if plan.wrong.len() < WRONG_MAX {
                    plan.wrong.push(WrongRow { line, problems });
                }
            }
        }
    })?;
    Ok(plan)
}

fn read_row(
    fields: &[(usize, &[u8])],
    line: u64,
    addresses: &mut HashMap<[u8; 32], u64>,
) -> Result<Row, Vec<RowProblem>> {
    let mut problems = Vec::new();
    let mut form = ProfileForm::default();
    for (index, field) in fields {
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
            problems.push(RowProblem::Repeats { column: "email", line: first });
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
