//! What stops a document.

use base::Sensitive;
use thiserror::Error;

/// Why there is no document. No message holds a value of the document, for that may be personal.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// More of something than a document takes.
    #[error("the document has {count} {what}, more than {max}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// A text that is longer than a document takes.
    #[error("the {what} is longer than {max} characters")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// How long it may be.
        max: usize,
    },
    /// Something that must be there is not.
    #[error("the {what} is missing")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// Something is there that is not what it should be.
    #[error("the {what} is not valid")]
    Invalid {
        /// What.
        what: &'static str,
    },
    /// Amounts that do not add up.
    #[error("the {what} do not add up")]
    Unbalanced {
        /// Which amounts.
        what: &'static str,
    },
    /// Data of a version that this release does not know.
    #[error("version {0} of the document's data is not known")]
    Version(u16),
    /// The template cannot be set. What the typesetter says may quote the data, so that it does not print.
    #[error("the template fails{}", line.map(|line| format!(" at line {line}")).unwrap_or_default())]
    Template {
        /// The line of the template, where it is known.
        line: Option<usize>,
        /// What the typesetter says, for whoever edits the template and tries it on made-up data.
        message: Sensitive<String>,
    },
}
