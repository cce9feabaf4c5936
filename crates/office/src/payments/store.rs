//! SQL of this slice.

pub(crate) mod consequences;
pub(crate) mod money;
pub(crate) mod overview;
pub(crate) mod reminders;
pub(crate) mod texts;

use policy::schema::{Column, Table};

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "payment",
        &[
            Column::plain("id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("kind"),
            Column::plain("reverses_id"),
            Column::plain("method"),
            Column::plain("received_day"),
            Column::plain("amount_cents"),
            Column::plain("open_cents"),
            Column::personal("reference", "invoicing"),
            Column::plain("recorded_by"),
            Column::plain("created_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "settlement",
        &[
            Column::plain("id"),
            Column::plain("customer_id"),
            Column::plain("invoice_id"),
            Column::plain("refund_id"),
            Column::plain("payment_id"),
            Column::plain("credit_note_id"),
            Column::plain("amount_cents"),
            Column::plain("created_at"),
        ],
    ),
    Table::new(
        "reminder",
        &[
            Column::plain("invoice_id"),
            Column::plain("step"),
            Column::plain("customer_id"),
            Column::plain("mail_id"),
            Column::plain("sent_day"),
            Column::plain("created_at"),
        ],
    ),
    Table::new(
        "mail_template",
        &[
            Column::plain("kind"),
            Column::plain("language"),
            Column::plain("title"),
            Column::plain("body"),
            Column::plain("revision"),
            Column::plain("updated_at"),
        ],
    ),
];
