//! Declarations of database columns, and their comparison with the living schema and the policy.
//!
//! Every column of every table is declared in code as personal, with its purpose, or as something
//! that holds no personal data. A column that nobody declared stops start-up: this is how personal
//! data cannot come into the house without a purpose.
//!
//! Invariant: this module compares; it does not read a database.

use crate::policy::Policy;
use std::collections::BTreeSet;
use thiserror::Error;

/// The columns of a table, as declared beside the code that uses it.
///
/// ```
/// use policy::schema::{Column, Table};
/// static LAMPS: Table = Table::new("lamps", &[
///     Column::plain("id"),
///     Column::personal("owner_name", "account"),
///     Column::blind_index("owner_email_even", "account"),
/// ]).deleted_with("id");
/// assert_eq!(LAMPS.columns.len(), 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// The name of the table.
    pub name: &'static str,
    /// All its columns.
    pub columns: &'static [Column],
    /// What an erasure does with its rows.
    pub erasure: OnErasure,
}

/// What the erasure of a subject does with the rows of a table. Erasure follows the declarations, so
/// that a new table cannot be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnErasure {
    /// Nothing: the rows belong to no subject. Refused for a table with personal columns.
    Keep,
    /// The subject's rows are deleted.
    Delete {
        /// The column that names the subject.
        subject: &'static str,
    },
    /// The subject's rows stay as proof that something was asked and done: their personal columns and
    /// the column that names the subject are emptied.
    Clear {
        /// The column that names the subject.
        subject: &'static str,
    },
}

impl Table {
    /// A declaration of a table whose rows belong to no subject.
    #[must_use]
    pub const fn new(name: &'static str, columns: &'static [Column]) -> Self {
        Self { name, columns, erasure: OnErasure::Keep }
    }

    /// The same table, whose rows an erasure deletes.
    #[must_use]
    pub const fn deleted_with(self, subject: &'static str) -> Self {
        Self { erasure: OnErasure::Delete { subject }, ..self }
    }

    /// The same table, whose rows an erasure empties of what is personal.
    #[must_use]
    pub const fn cleared_with(self, subject: &'static str) -> Self {
        Self { erasure: OnErasure::Clear { subject }, ..self }
    }
}

/// A declared column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name of the column.
    pub name: &'static str,
    /// What it holds.
    pub content: Content,
}

impl Column {
    /// A column that holds no personal data: ids, states, times, counts.
    #[must_use]
    pub const fn plain(name: &'static str) -> Self {
        Self { name, content: Content::Plain }
    }

    /// A column of sealed envelopes with personal data of a purpose.
    #[must_use]
    pub const fn personal(name: &'static str, purpose: &'static str) -> Self {
        Self { name, content: Content::Personal { purpose } }
    }

    /// A column of keyed hashes by which personal data of a purpose is found.
    #[must_use]
    pub const fn blind_index(name: &'static str, purpose: &'static str) -> Self {
        Self { name, content: Content::BlindIndex { purpose } }
    }

    /// A column of hashes or wrapped keys.
    #[must_use]
    pub const fn secret(name: &'static str) -> Self {
        Self { name, content: Content::Secret }
    }

    /// A column whose content is published.
    #[must_use]
    pub const fn public(name: &'static str) -> Self {
        Self { name, content: Content::Public }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing personal: ids, states, times, counts.
    Plain,
    /// A sealed envelope with personal data.
    Personal {
        /// The purpose whose key seals it.
        purpose: &'static str,
    },
    /// A keyed hash of personal data.
    BlindIndex {
        /// The purpose of the data it finds.
        purpose: &'static str,
    },
    /// A hash or a wrapped key; no personal data.
    Secret,
    /// What anybody may read.
    Public,
}

impl Content {
    /// The purpose, where there is one.
    #[must_use]
    pub const fn purpose(self) -> Option<&'static str> {
        match self {
            Self::Personal { purpose } | Self::BlindIndex { purpose } => Some(purpose),
            Self::Plain | Self::Secret | Self::Public => None,
        }
    }
}

/// A column as a database reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The type, in the database's own words.
    pub ty: String,
}

/// A disagreement between declaration, living schema and policy.
#[derive(Debug, Error, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchemaFinding {
    /// The database has a column that no declaration names.
    #[error(
        "column {table}.{column} is in the database but not declared: declare it beside the code that uses it, \
         as personal (with its purpose) or as plain"
    )]
    Undeclared {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A declared column is not in the database.
    #[error(
        "column {table}.{column} is declared but not in the database: run the migrations, or drop the declaration"
    )]
    Missing {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A column is declared more than once.
    #[error("column {table}.{column} is declared more than once: keep one declaration")]
    DeclaredTwice {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A column names a purpose that the policy does not have.
    #[error(
        "column {table}.{column} holds personal data for the purpose \"{purpose}\", which the policy does not \
         declare: add [purposes.{purpose}] to policy.toml; it declares {known}"
    )]
    UnknownPurpose {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The purpose.
        purpose: &'static str,
        /// The purposes there are.
        known: String,
    },
    /// A table with personal columns does not say which subject its rows belong to.
    #[error(
        "table {table} holds personal data but does not say what an erasure does with it: declare it \
         with deleted_with or cleared_with and the column that names the subject"
    )]
    NotErasable {
        /// The table.
        table: &'static str,
    },
    /// A column that should hold envelopes or keyed hashes has a type that is not bytes.
    #[error(
        "column {table}.{column} holds sealed or keyed personal data but its type is {ty}: only bytes (blob, \
         bytea) can be an envelope or a keyed hash"
    )]
    NotBytes {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The type the database reports.
        ty: String,
    },
}

/// Compares the declarations with the living schema and the policy.
///
/// # Errors
/// Every disagreement, ordered by kind, table and column.
pub fn check(declared: &[&Table], live: &[LiveColumn], policy: &Policy) -> Result<(), Vec<SchemaFinding>> {
    let mut findings = BTreeSet::new();
    let mut names = BTreeSet::new();
    let known = policy.purposes().iter().map(|purpose| purpose.name.as_str()).collect::<Vec<_>>().join(", ");
    for table in declared {
        let personal = table.columns.iter().any(|column| column.content.purpose().is_some());
        let named = match table.erasure {
            OnErasure::Keep => false,
            OnErasure::Delete { subject } | OnErasure::Clear { subject } => {
                table.columns.iter().any(|column| column.name == subject)
            }
        };
        if personal && !named {
            findings.insert(SchemaFinding::NotErasable { table: table.name });
        }
    }
    let columns =
        declared.iter().flat_map(|table| table.columns.iter().map(move |column| (table.name, column)));
    for (table, column) in columns {
        if !names.insert((table, column.name)) {
            findings.insert(SchemaFinding::DeclaredTwice { table, column: column.name });
        }
        let living = live.iter().find(|living| living.table == table && living.column == column.name);
        if living.is_none() {
            findings.insert(SchemaFinding::Missing { table, column: column.name });
        }
        let Some(purpose) = column.content.purpose() else { continue };
        if policy.purpose(purpose).is_none() {
            let known = known.clone();
            findings.insert(SchemaFinding::UnknownPurpose { table, column: column.name, purpose, known });
        }
        if let Some(living) = living.filter(|living| !is_bytes(&living.ty)) {
            let ty = living.ty.clone();
            findings.insert(SchemaFinding::NotBytes { table, column: column.name, ty });
        }
    }
    for living in live {
        if !names.contains(&(living.table.as_str(), living.column.as_str())) {
            let (table, column) = (living.table.clone(), living.column.clone());
            findings.insert(SchemaFinding::Undeclared { table, column });
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(findings.into_iter().collect()) }
}

/// The types that hold bytes in SQLite and PostgreSQL, with or without a length.
fn is_bytes(ty: &str) -> bool {
    let name = ty.split('(').next().unwrap_or_default().trim();
    ["blob", "bytea", "binary", "varbinary"].iter().any(|bytes| name.eq_ignore_ascii_case(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    static PEOPLE: Table = Table::new(
        "people",
        &[
            Column::plain("id"),
            Column::personal("name", "account"),
            Column::blind_index("email_even", "account"),
            Column::secret("password_hash"),
            Column::public("handle"),
        ],
    )
    .deleted_with("id");

    fn live(ty_of_name: &str) -> Vec<LiveColumn> {
        [
            ("id", "uuid"),
            ("name", ty_of_name),
            ("email_even", "BLOB"),
            ("password_hash", "text"),
            ("handle", "text"),
        ]
        .map(|(column, ty)| LiveColumn { table: "people".into(), column: column.into(), ty: ty.into() })
        .to_vec()
    }

    fn policy() -> Policy {
        Policy::parse(crate::DEMO_POLICY).expect("the demo policy is well-formed")
    }

    #[test]
    fn agreement_passes_on_both_databases() {
        for ty in ["blob", "BLOB", "bytea", "varbinary(4096)"] {
            assert_eq!(check(&[&PEOPLE], &live(ty), &policy()), Ok(()), "{ty}");
        }
    }

    #[test]
    fn an_undeclared_column_is_found() {
        let mut live = live("blob");
        live.push(LiveColumn { table: "people".into(), column: "shoe_size".into(), ty: "text".into() });
        live.push(LiveColumn { table: "shoes".into(), column: "id".into(), ty: "uuid".into() });
        let findings = check(&[&PEOPLE], &live, &policy()).expect_err("two columns are undeclared");
        let undeclared = |table: &str, column: &str| SchemaFinding::Undeclared {
            table: table.into(),
            column: column.into(),
        };
        assert_eq!(findings, [undeclared("people", "shoe_size"), undeclared("shoes", "id")]);
        assert!(
            findings[0]
                .to_string()
                .starts_with("column people.shoe_size is in the database but not declared")
        );
    }

    #[test]
    fn a_missing_column_is_found() {
        let live: Vec<_> = live("blob").into_iter().filter(|living| living.column != "handle").collect();
        let findings = check(&[&PEOPLE], &live, &policy()).expect_err("a column is missing");
        assert_eq!(findings, [SchemaFinding::Missing { table: "people", column: "handle" }]);
    }

    #[test]
    fn personal_data_in_a_text_column_is_found() {
        let findings = check(&[&PEOPLE], &live("text"), &policy()).expect_err("text is not bytes");
        assert_eq!(
            findings,
            [SchemaFinding::NotBytes { table: "people", column: "name", ty: "text".into() }]
        );
    }

    #[test]
    fn an_unknown_purpose_is_found_and_named() {
        static STRAY: Table =
            Table::new("stray", &[Column::personal("note", "marketing")]).deleted_with("note");
        let live = [LiveColumn { table: "stray".into(), column: "note".into(), ty: "bytea".into() }];
        let findings = check(&[&STRAY], &live, &policy()).expect_err("nothing declares marketing");
        assert_eq!(findings.len(), 1);
        let message = findings[0].to_string();
        assert!(message.contains("add [purposes.marketing] to policy.toml"), "{message}");
        assert!(message.contains("account, support"), "{message}");
    }

    #[test]
    fn personal_data_that_no_erasure_reaches_is_found() {
        static STRAY: Table = Table::new("stray", &[Column::personal("note", "account")]);
        let live = [LiveColumn { table: "stray".into(), column: "note".into(), ty: "bytea".into() }];
        assert_eq!(
            check(&[&STRAY], &live, &policy()),
            Err(vec![SchemaFinding::NotErasable { table: "stray" }])
        );
        static WRONG: Table =
            Table::new("stray", &[Column::personal("note", "account")]).cleared_with("owner");
        assert_eq!(
            check(&[&WRONG], &live, &policy()),
            Err(vec![SchemaFinding::NotErasable { table: "stray" }])
        );
    }

    #[test]
    fn a_double_declaration_is_found() {
        let findings = check(&[&PEOPLE, &PEOPLE], &live("blob"), &policy()).expect_err("declared twice");
        assert_eq!(findings.len(), PEOPLE.columns.len());
        assert!(findings.iter().all(|finding| matches!(finding, SchemaFinding::DeclaredTwice { .. })));
    }
}
