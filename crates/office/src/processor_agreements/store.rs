//! SQL of this slice.

use policy::schema::{Column, Table};

/// The tables of this slice.
pub const TABLES: &[Table] = &[Table::new(
    "processor_agreement",
    &[
        Column::plain("id"),
        Column::plain("number"),
        Column::plain("version"),
        Column::plain("customer_id"),
        Column::plain("subject_id"),
        Column::plain("thread_id"),
        Column::plain("reason"),
        Column::secret("policy_hash"),
        Column::plain("language"),
        Column::personal("body", "account"),
        Column::secret("pdf_sha256"),
        Column::plain("issued_at"),
        Column::plain("objection_until"),
        Column::plain("objected_at"),
        Column::plain("replaced_at"),
    ],
)
.cleared_with("subject_id")];
