//! SQL of this slice.

pub(crate) mod books;
pub(crate) mod charges;
pub(crate) mod due;
pub(crate) mod invoices;
#[cfg(test)]
pub(crate) mod testkit;

use ::store::StoreError;
use base::Day;
use policy::schema::{Column, Table};

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "charge",
        &[
            Column::plain("id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("service_id"),
            Column::plain("kind"),
            Column::plain("seq"),
            Column::plain("plan_id"),
            Column::personal("label", "account"),
            Column::plain("from_day"),
            Column::plain("until_day"),
            Column::plain("quantity"),
            Column::plain("unit_cents"),
            Column::plain("amount_cents"),
            Column::plain("discount_cents"),
            Column::plain("vat"),
            Column::plain("due_day"),
            Column::plain("invoice_id"),
            Column::plain("created_at"),
        ],
    )
    .cleared_with("subject_id"),
    Table::new(
        "book_file",
        &[
            Column::plain("subject_id"),
            Column::plain("customer_id"),
            Column::plain("book_year"),
            Column::plain("ends_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "invoice",
        &[
            Column::plain("id"),
            Column::plain("kind"),
            Column::plain("series"),
            Column::plain("number"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("credits_id"),
            Column::plain("credits_lines"),
            Column::plain("run_id"),
            Column::plain("issued_day"),
            Column::plain("due_day"),
            Column::plain("book_year"),
            Column::plain("language"),
            Column::plain("net_cents"),
            Column::plain("vat_cents"),
            Column::plain("open_cents"),
            Column::plain("reverse_charge"),
            Column::personal("snapshot", "invoicing"),
            Column::secret("snapshot_sha256"),
            Column::plain("reminder_step"),
            Column::plain("remind_day"),
            Column::plain("mailed_at"),
            Column::plain("created_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "billing_run",
        &[
            Column::plain("id"),
            Column::plain("through_day"),
            Column::plain("state"),
            Column::plain("started_by"),
            Column::plain("started_at"),
            Column::plain("seen_at"),
            Column::plain("finished_at"),
            Column::plain("cursor_id"),
            Column::plain("services"),
            Column::plain("invoices"),
            Column::plain("net_cents"),
            Column::plain("vat_cents"),
            Column::plain("failures"),
        ],
    ),
    Table::new(
        "billing_failure",
        &[
            Column::plain("id"),
            Column::plain("run_id"),
            Column::plain("customer_id"),
            Column::plain("problem"),
            Column::plain("failed_at"),
            Column::plain("resolved_at"),
        ],
    ),
];

/// A day as the database holds it.
pub(crate) fn day(day: Day) -> i64 {
    i64::from(day.number())
}

/// `($1, $2), ($3, $4)` for so many rows and columns.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let row = |r: usize| (1..=columns).map(|c| format!("${}", r * columns + c)).collect::<Vec<_>>().join(",");
    (0..rows).map(|r| format!("({})", row(r))).collect::<Vec<_>>().join(", ")
}

/// A day from the database.
pub(crate) fn to_day(number: i64) -> Result<Day, StoreError> {
    let number = u32::try_from(number).map_err(|_| StoreError::inconsistent("a day outside the calendar"))?;
    Ok(Day::from_number(number))
}

/// `$3,$4,$5` for so many values from a place on; a list that nothing is in when there are none.
pub(crate) fn id_places(from: usize, count: usize) -> String {
    if count == 0 {
        return "NULL".into();
    }
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}
