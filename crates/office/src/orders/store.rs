//! SQL of this slice.

use policy::schema::{Column, Table};

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "terms_version",
        &[
            Column::plain("kind"),
            Column::plain("version"),
            Column::public("text_nl"),
            Column::public("text_en"),
            Column::secret("hash"),
            Column::plain("in_force_from"),
        ],
    ),
    Table::new(
        "customer_order",
        &[
            Column::plain("id"),
            Column::plain("number"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("login_id"),
            Column::plain("state"),
            Column::plain("consumer"),
            Column::plain("language"),
            Column::plain("discount_code_id"),
            Column::plain("net_cents"),
            Column::plain("vat_cents"),
            Column::plain("agreement_id"),
            Column::plain("placed_at"),
            Column::plain("closed_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "order_line",
        &[
            Column::plain("id"),
            Column::plain("order_id"),
            Column::plain("subject_id"),
            Column::plain("plan_id"),
            Column::personal("label", "account"),
            Column::plain("options"),
            Column::plain("term_months"),
            Column::plain("amount_cents"),
            Column::plain("setup_cents"),
            Column::plain("discount_cents"),
            Column::plain("discount_terms"),
            Column::plain("vat"),
            Column::plain("position"),
            Column::plain("service_id"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "acceptance",
        &[
            Column::plain("order_id"),
            Column::plain("subject_id"),
            Column::plain("kind"),
            Column::plain("version"),
            Column::secret("hash"),
            Column::plain("accepted_at"),
        ],
    )
    .cleared_with("subject_id"),
];
