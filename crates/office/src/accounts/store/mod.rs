//! SQL of accounts: login rows here, the other tables in the files beside. Staged rows of an import
//! that has not finished are left out of every query.

pub(crate) mod attempts;
pub(crate) mod links;
mod logins;
pub(crate) mod members;
pub(crate) mod sessions;

pub(crate) use logins::*;

use ::store::StoreError;
use base::{Language, SubjectId, Timestamp};
use policy::schema::{Column, Table};
use sea_orm::QueryResult;

/// The declared tables.
pub const TABLES: &[Table] = &[
    Table::new(
        "login",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("revision"),
            Column::personal("name", "account"),
            Column::personal("email", "account"),
            Column::blind_index("email_even", "account"),
            Column::blind_index("email_odd", "account"),
            Column::secret("password_hash"),
            Column::personal("totp_secret", "security"),
            Column::personal("totp_pending", "security"),
            Column::plain("totp_step"),
            Column::plain("language"),
            Column::plain("staff_role"),
            Column::plain("officer"),
            Column::plain("disabled_at"),
            Column::plain("import_id"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
            Column::plain("signed_in_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "membership",
        &[
            Column::plain("login_id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("role"),
            Column::plain("created_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "session",
        &[
            Column::plain("id"),
            Column::plain("subject_id"),
            Column::plain("login_id"),
            Column::plain("customer_id"),
            Column::secret("token_hash"),
            Column::plain("created_at"),
            Column::plain("seen_at"),
            Column::plain("expires_at"),
            Column::plain("password_at"),
            Column::plain("second_factor_at"),
            Column::personal("agent", "security"),
            Column::personal("address", "security"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "recovery_code",
        &[
            Column::plain("login_id"),
            Column::plain("subject_id"),
            Column::secret("code_hash"),
            Column::plain("created_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "link_token",
        &[
            Column::secret("token_hash"),
            Column::plain("subject_id"),
            Column::plain("kind"),
            Column::plain("login_id"),
            Column::plain("request_id"),
            Column::plain("customer_id"),
            Column::plain("role"),
            Column::personal("value", "account"),
            Column::plain("created_at"),
            Column::plain("expires_at"),
        ],
    )
    .deleted_with("subject_id"),
    // The bucket is a keyed hash that dies with its epoch: an address cannot be told from it.
    Table::new("attempt", &[Column::secret("bucket"), Column::plain("window_from"), Column::plain("tries")]),
];

fn time(row: &QueryResult, column: &str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(row.try_get("", column)?))
}

fn time_if(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp::from_micros))
}

fn subject(row: &QueryResult) -> Result<SubjectId, StoreError> {
    Ok(SubjectId::from_uuid(row.try_get("", "subject_id")?))
}

fn language(row: &QueryResult) -> Result<Language, StoreError> {
    let tag: String = row.try_get("", "language")?;
    Language::from_tag(&tag).ok_or_else(|| StoreError::inconsistent("a login with an unknown language"))
}

fn hash(row: &QueryResult, column: &str) -> Result<[u8; 32], StoreError> {
    let bytes: Vec<u8> = row.try_get("", column)?;
    bytes.try_into().map_err(|_| StoreError::inconsistent("a token hash that is not 32 bytes"))
}

/// `($1, $2), ($3, $4)` for `rows` rows of `columns` values.
fn places(rows: usize, columns: usize) -> String {
    let row = |r: usize| {
        let row = (1..=columns).map(|c| format!("${}", r * columns + c)).collect::<Vec<_>>().join(",");
        format!("({row})")
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
