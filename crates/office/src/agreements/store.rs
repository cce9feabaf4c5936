//! SQL of this slice.

use policy::schema::{Column, Table};

/// The tables of this slice.
pub const TABLES: &[Table] = &[Table::new(
    "agreement",
    &[
        Column::plain("id"),
        Column::plain("number"),
        Column::plain("customer_id"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("state"),
        Column::plain("consumer"),
        Column::secret("policy_hash"),
        Column::plain("began_day"),
        Column::plain("ended_day"),
        Column::plain("ended_reason"),
        Column::plain("created_at"),
        Column::plain("updated_at"),
    ],
)
.cleared_with("subject_id")];
