//! SQL of this slice.

use policy::schema::{Column, Table};

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "service",
        &[
            Column::plain("id"),
            Column::plain("agreement_id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("plan_id"),
            Column::plain("kind"),
            Column::personal("label", "account"),
            Column::plain("options"),
            Column::plain("state"),
            Column::plain("revision"),
            Column::plain("term_months"),
            Column::plain("amount_cents"),
            Column::plain("discount_cents"),
            Column::plain("discount_terms"),
            Column::plain("vat"),
            Column::plain("began_day"),
            Column::plain("anchor_day"),
            Column::plain("terms_charged"),
            Column::plain("first_term_until_day"),
            Column::plain("charged_until_day"),
            Column::plain("due_day"),
            Column::plain("ends_day"),
            Column::plain("ended_reason"),
            Column::plain("suspended_reason"),
            Column::plain("suspended_at"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    )
    .cleared_with("subject_id"),
    Table::new(
        "task",
        &[
            Column::plain("id"),
            Column::plain("number"),
            Column::plain("kind"),
            Column::plain("service_id"),
            Column::plain("customer_id"),
            Column::plain("state"),
            Column::plain("due_at"),
            Column::plain("created_at"),
            Column::plain("closed_at"),
            Column::plain("closed_by"),
        ],
    ),
];
