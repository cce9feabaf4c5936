//! The live schema, and the declarations of this crate's own tables.

use crate::{Backend, Store, StoreError};
use policy::schema::{Column, LiveColumn, Table};

/// The live columns of the data store, without the migration's own bookkeeping.
///
/// # Errors
/// When the database fails.
pub async fn live_columns(store: &Store) -> Result<Vec<LiveColumn>, StoreError> {
    let sql = match store.backend() {
        Backend::Sqlite => {
            "SELECT m.name AS tbl, p.name AS col, p.type AS ty FROM sqlite_schema m \
             JOIN pragma_table_xinfo(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        }
        Backend::Postgres => {
            "SELECT table_name::text AS tbl, column_name::text AS col, data_type::text AS ty \
             FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2"
        }
    };
    let mut columns = Vec::new();
    for row in store.query(sql, []).await? {
        let table: String = row.try_get("", "tbl")?;
        if table == "seaql_migrations" {
            continue;
        }
        columns.push(LiveColumn { table, column: row.try_get("", "col")?, ty: row.try_get("", "ty")? });
    }
    Ok(columns)
}

/// The tables of this crate: jobs, schedules, the ledger. None holds personal data: payloads carry
/// ids, entries carry commitments, `ledger_link` dies with its subject.
pub const CORE_TABLES: &[Table] = &[
    Table::new(
        "job",
        &[
            Column::plain("id"),
            Column::plain("kind"),
            Column::plain("payload"),
            Column::plain("state"),
            Column::plain("run_at"),
            Column::plain("attempts"),
            Column::plain("attempts_max"),
            Column::plain("lease_until"),
            Column::plain("last_error"),
            Column::plain("dedupe"),
            Column::plain("created_at"),
            Column::plain("finished_at"),
        ],
    ),
    Table::new(
        "schedule",
        &[
            Column::plain("name"),
            Column::plain("started_at"),
            Column::plain("finished_at"),
            Column::plain("outcome"),
            Column::plain("note"),
            Column::plain("runs"),
        ],
    ),
    Table::new("ledger_pending", &[Column::plain("id"), Column::public("body")]),
    Table::new(
        "ledger_entry",
        &[
            Column::plain("position"),
            Column::plain("leaf"),
            Column::plain("kind"),
            Column::plain("at"),
            Column::public("body"),
        ],
    ),
    Table::new("ledger_head", &[Column::plain("id"), Column::plain("size"), Column::plain("frontier")]),
    Table::new("ledger_link", &[Column::plain("leaf"), Column::plain("subject_id")])
        .deleted_with("subject_id"),
    Table::new(
        "ledger_checkpoint",
        &[Column::plain("size"), Column::public("note"), Column::plain("signed_at")],
    ),
];
