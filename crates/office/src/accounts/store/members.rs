//! SQL of memberships: which login may act for which customer.

use super::{subject, time};
use crate::accounts::{LoginId, Role};
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{SubjectId, Timestamp};
use sea_orm::{QueryResult, Value};

/// A membership.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MembershipRow {
    pub login: LoginId,
    pub customer: CustomerId,
    /// The subject of the login.
    pub subject: SubjectId,
    pub role: Role,
    pub created_at: Timestamp,
}

const ALL: &str = "m.login_id, m.customer_id, m.subject_id, m.role, m.created_at";

/// Rows of a multi-row insert; few, as for logins.
const INSERT_ROWS: usize = 50;

pub(crate) async fn insert_many(tx: &Tx, rows: &[MembershipRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(INSERT_ROWS) {
        let sql = format!(
            "INSERT INTO membership (login_id, customer_id, subject_id, role, created_at) VALUES {}",
            super::places(chunk.len(), 5)
        );
        let values = chunk.iter().flat_map(|row| -> [Value; 5] {
            [
                row.login.uuid().into(),
                row.customer.uuid().into(),
                row.subject.uuid().into(),
                row.role.as_str().into(),
                row.created_at.as_micros().into(),
            ]
        });
        tx.execute(&sql, values.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// The memberships of a customer, the oldest first.
pub(crate) async fn of_customer(
    store: &Store,
    customer: CustomerId,
) -> Result<Vec<MembershipRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM membership m JOIN customer c ON c.id = m.customer_id \
         WHERE m.customer_id = $1 AND c.import_id IS NULL ORDER BY m.created_at, m.login_id LIMIT 1000"
    );
    store.query(&sql, [customer.uuid().into()]).await?.iter().map(read).collect()
}

/// The memberships of a login, the oldest first.
pub(crate) async fn of_login(store: &Store, login: LoginId) -> Result<Vec<MembershipRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM membership m JOIN customer c ON c.id = m.customer_id \
         WHERE m.login_id = $1 AND c.import_id IS NULL ORDER BY m.created_at, m.customer_id LIMIT 1000"
    );
    store.query(&sql, [login.uuid().into()]).await?.iter().map(read).collect()
}

/// The memberships of a customer, locked until the transaction ends.
pub(crate) async fn lock_of_customer(
    tx: &Tx,
    customer: CustomerId,
) -> Result<Vec<MembershipRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM membership m WHERE m.customer_id = $1 ORDER BY m.login_id{}",
        tx.for_update()
    );
    tx.query(&sql, [customer.uuid().into()]).await?.iter().map(read).collect()
}

pub(crate) async fn set_role(
    tx: &Tx,
    login: LoginId,
    customer: CustomerId,
    role: Role,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE membership SET role = $1 WHERE login_id = $2 AND customer_id = $3",
        [role.as_str().into(), login.uuid().into(), customer.uuid().into()],
    )
    .await
}

pub(crate) async fn delete(tx: &Tx, login: LoginId, customer: CustomerId) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM membership WHERE login_id = $1 AND customer_id = $2",
        [login.uuid().into(), customer.uuid().into()],
    )
    .await
}

pub(crate) async fn delete_of_customer(tx: &Tx, customer: CustomerId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM membership WHERE customer_id = $1", [customer.uuid().into()]).await
}

/// The logins that belong to this customer and to no other, and are not staff.
pub(crate) async fn only_of(
    store: &Store,
    customer: CustomerId,
) -> Result<Vec<(LoginId, SubjectId)>, StoreError> {
    let rows = store
        .query(
            "SELECT l.id, l.subject_id FROM membership m JOIN login l ON l.id = m.login_id \
             WHERE m.customer_id = $1 AND l.staff_role IS NULL AND l.import_id IS NULL AND NOT EXISTS \
             (SELECT 1 FROM membership o WHERE o.login_id = m.login_id AND o.customer_id <> $1) ORDER BY l.id LIMIT 1000",
            [customer.uuid().into()],
        )
        .await?;
    rows.iter().map(|row| Ok((LoginId::from_uuid(row.try_get("", "id")?), subject(row)?))).collect()
}

pub(super) fn role(text: &str) -> Result<Role, StoreError> {
    Role::parse(text).ok_or_else(|| StoreError::inconsistent("a role that is not known"))
}

fn read(row: &QueryResult) -> Result<MembershipRow, StoreError> {
    Ok(MembershipRow {
        login: LoginId::from_uuid(row.try_get("", "login_id")?),
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        subject: subject(row)?,
        role: role(&row.try_get::<String>("", "role")?)?,
        created_at: time(row, "created_at")?,
    })
}
