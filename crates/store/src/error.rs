//! What can go wrong in the database.

use sea_orm::{DbErr, SqlErr};
use thiserror::Error;

/// What reading a column of a row can answer; it becomes a [`StoreError`] wherever it passes.
pub type RowError = DbErr;

/// A failure of the database. The text never holds a value of a row: PostgreSQL puts offending
/// values into the detail of an error, and only `Debug` of the driver's error shows that detail.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// The row is there already (a unique constraint refused it).
    #[error("already there: the database refused a second row of the same kind")]
    Duplicate,
    /// The guarded change found the row in another state: somebody was first.
    #[error("{what} has changed in the meantime; look again and repeat")]
    Conflict {
        /// The thing that was to change.
        what: &'static str,
    },
    /// A row that should be there is not.
    #[error("{what} not found")]
    NotFound {
        /// The thing that was looked for.
        what: &'static str,
    },
    /// A row holds what no writer of this program writes.
    #[error("inconsistent data: {what}")]
    Inconsistent {
        /// Which rule the row breaks; never its value.
        what: String,
    },
    /// The database was made by a newer program, or lacks migrations.
    #[error("the database does not fit this program: {0}")]
    Version(String),
    /// The address of the database cannot be understood.
    #[error("database address: {0}")]
    Address(String),
    /// The database failed or could not be reached; a retry may help.
    #[error("database: {0}")]
    Database(String),
    /// A file beside the database could not be used.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl StoreError {
    /// An inconsistency, named.
    pub fn inconsistent(what: impl Into<String>) -> Self {
        Self::Inconsistent { what: what.into() }
    }

    /// Whether trying again later may succeed without anybody changing anything.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Database(_) | Self::Conflict { .. })
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Duplicate,
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
                Self::inconsistent("a row names another that is not there")
            }
            // Display only: Debug of a PostgreSQL error shows the values of the row.
            _ => Self::Database(error.to_string()),
        }
    }
}
