//! SQL of sessions.

use super::{hash, language, subject, time, time_if};
use crate::accounts::{LoginId, Officer, Role, SessionId, StaffRole};
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{Language, SubjectId, Timestamp};
use sea_orm::QueryResult;

/// A session with what must be known of its login at every request.
pub(crate) struct SessionRow {
    pub id: SessionId,
    pub login: LoginId,
    pub subject: SubjectId,
    pub token_hash: [u8; 32],
    pub language: Language,
    pub staff: Option<StaffRole>,
    pub officer: Officer,
    pub has_second_factor: bool,
    pub disabled_at: Option<Timestamp>,
    pub acting_for: Option<(CustomerId, Role)>,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub password_at: Timestamp,
    pub second_factor_at: Option<Timestamp>,
}

/// A session as its owner's list needs it, envelopes closed.
pub(crate) struct ListedRow {
    pub id: SessionId,
    pub agent: Option<Vec<u8>>,
    pub address: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

/// A session to be.
pub(crate) struct NewSession {
    pub id: SessionId,
    pub subject: SubjectId,
    pub login: LoginId,
    pub customer: Option<CustomerId>,
    pub token_hash: [u8; 32],
    pub expires_at: Timestamp,
    pub agent: Vec<u8>,
    pub address: Option<Vec<u8>>,
}

pub(crate) async fn insert(tx: &Tx, new: &NewSession, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO session (id, subject_id, login_id, customer_id, token_hash, created_at, seen_at, expires_at, \
         password_at, agent, address) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $6, $8, $9)",
        [
            new.id.uuid().into(),
            new.subject.uuid().into(),
            new.login.uuid().into(),
            new.customer.map(CustomerId::uuid).into(),
            new.token_hash.to_vec().into(),
            now.as_micros().into(),
            new.expires_at.as_micros().into(),
            new.agent.clone().into(),
            new.address.clone().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn by_token(store: &Store, token_hash: &[u8; 32]) -> Result<Option<SessionRow>, StoreError> {
    let row = store
        .query_one(
            "SELECT s.id, s.subject_id, s.login_id, s.customer_id, s.token_hash, s.created_at, s.seen_at, s.expires_at, \
             s.password_at, s.second_factor_at, l.language, l.staff_role, l.officer, l.disabled_at, m.role, \
             CAST(CASE WHEN l.totp_secret IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_totp \
             FROM session s JOIN login l ON l.id = s.login_id \
             LEFT JOIN membership m ON m.login_id = s.login_id AND m.customer_id = s.customer_id \
             WHERE s.token_hash = $1 AND l.import_id IS NULL",
            [token_hash.to_vec().into()],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<SessionRow, StoreError> {
    let staff: Option<String> = row.try_get("", "staff_role")?;
    let customer = row.try_get::<Option<base::__uuid::Uuid>>("", "customer_id")?.map(CustomerId::from_uuid);
    let role: Option<String> = row.try_get("", "role")?;
    Ok(SessionRow {
        id: SessionId::from_uuid(row.try_get("", "id")?),
        login: LoginId::from_uuid(row.try_get("", "login_id")?),
        subject: subject(row)?,
        token_hash: hash(row, "token_hash")?,
        language: language(row)?,
        staff: staff.as_deref().map(super::logins::staff_role).transpose()?,
        officer: if row.try_get("", "officer")? { Officer::Holder } else { Officer::None },
        has_second_factor: row.try_get::<i64>("", "has_totp")? == 1,
        disabled_at: time_if(row, "disabled_at")?,
        acting_for: customer.zip(role.as_deref().map(super::members::role).transpose()?),
        created_at: time(row, "created_at")?,
        seen_at: time(row, "seen_at")?,
        expires_at: time(row, "expires_at")?,
        password_at: time(row, "password_at")?,
        second_factor_at: time_if(row, "second_factor_at")?,
    })
}

/// What a proof of identity changes in a session; the token is always a new one.
pub(crate) struct Renewal {
    pub token_hash: [u8; 32],
    pub expires_at: Timestamp,
    pub password_at: Timestamp,
    pub second_factor_at: Option<Timestamp>,
}

/// Renews a session, if its token is still the one that was presented.
pub(crate) async fn renew(
    tx: &Tx,
    id: SessionId,
    presented: &[u8; 32],
    new: &Renewal,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE session SET token_hash = $1, expires_at = $2, password_at = $3, second_factor_at = $4, seen_at = $5 \
         WHERE id = $6 AND token_hash = $7",
        [
            new.token_hash.to_vec().into(),
            new.expires_at.as_micros().into(),
            new.password_at.as_micros().into(),
            new.second_factor_at.map(Timestamp::as_micros).into(),
            now.as_micros().into(),
            id.uuid().into(),
            presented.to_vec().into(),
        ],
    )
    .await
}

pub(crate) async fn note_seen(tx: &Tx, id: SessionId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE session SET seen_at = $1 WHERE id = $2 AND seen_at < $1",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

pub(crate) async fn set_customer(tx: &Tx, id: SessionId, customer: CustomerId) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE session SET customer_id = $1 WHERE id = $2",
        [customer.uuid().into(), id.uuid().into()],
    )
    .await
}

/// The sessions of a login that have not run out, the last used first.
pub(crate) async fn of_login(
    store: &Store,
    login: LoginId,
    now: Timestamp,
) -> Result<Vec<ListedRow>, StoreError> {
    let rows = store
        .query(
            "SELECT id, agent, address, created_at, seen_at FROM session WHERE login_id = $1 AND expires_at > $2 \
             ORDER BY seen_at DESC LIMIT 100",
            [login.uuid().into(), now.as_micros().into()],
        )
        .await?;
    let listed = |row: &QueryResult| {
        Ok(ListedRow {
            id: SessionId::from_uuid(row.try_get("", "id")?),
            agent: row.try_get("", "agent")?,
            address: row.try_get("", "address")?,
            created_at: time(row, "created_at")?,
            seen_at: time(row, "seen_at")?,
        })
    };
    rows.iter().map(listed).collect()
}

pub(crate) async fn end(tx: &Tx, id: SessionId, login: LoginId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM session WHERE id = $1 AND login_id = $2", [id.uuid().into(), login.uuid().into()])
        .await
}

pub(crate) async fn end_all(tx: &Tx, login: LoginId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM session WHERE login_id = $1", [login.uuid().into()]).await
}

pub(crate) async fn end_others(tx: &Tx, login: LoginId, keep: SessionId) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM session WHERE login_id = $1 AND id <> $2",
        [login.uuid().into(), keep.uuid().into()],
    )
    .await
}

/// The oldest sessions beyond `keep` end, so that a robot with a password cannot fill the table.
pub(crate) async fn end_surplus(tx: &Tx, login: LoginId, keep: u32) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE login_id = $1 ORDER BY created_at DESC, id DESC \
         LIMIT 1000 OFFSET $2)",
        [login.uuid().into(), i64::from(keep).into()],
    )
    .await
}

pub(crate) async fn delete_expired(
    tx: &Tx,
    now: Timestamp,
    idle_before: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2",
        [now.as_micros().into(), idle_before.as_micros().into()],
    )
    .await
}

/// No session acts for the customer any more, of one login or of all.
pub(crate) async fn stop_acting(
    tx: &Tx,
    customer: CustomerId,
    login: Option<LoginId>,
) -> Result<u64, StoreError> {
    match login {
        Some(login) => {
            let values = [customer.uuid().into(), login.uuid().into()];
            tx.execute(
                "UPDATE session SET customer_id = NULL WHERE customer_id = $1 AND login_id = $2",
                values,
            )
            .await
        }
        None => {
            tx.execute(
                "UPDATE session SET customer_id = NULL WHERE customer_id = $1",
                [customer.uuid().into()],
            )
            .await
        }
    }
}
