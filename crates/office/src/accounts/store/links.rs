//! SQL of the links in mails. A link is found by the hash of its token, and taking it deletes it:
//! none works twice.

use super::{hash, subject, time};
use crate::accounts::{LoginId, Role};
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::__uuid::Uuid;
use base::{SubjectId, Timestamp};
use sea_orm::{QueryResult, Value};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkKind {
    /// To join a customer, or as staff to choose the first password.
    Invitation,
    /// To choose a new password.
    Recovery,
    /// To show who reads mail at an address (requests).
    Identity,
    /// To confirm a new e-mail address.
    NewEmail,
}

impl LinkKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Recovery => "recovery",
            Self::Identity => "identity",
            Self::NewEmail => "new_email",
        }
    }
}

/// A link.
#[derive(Clone)]
pub(crate) struct LinkRow {
    pub token_hash: [u8; 32],
    pub subject: SubjectId,
    pub login: Option<LoginId>,
    /// The request that it identifies somebody for.
    pub request: Option<Uuid>,
    pub customer: Option<CustomerId>,
    pub role: Option<Role>,
    pub value: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl LinkRow {
    /// The part of the hash that stands for the row in associated data.
    pub(crate) fn row_id(&self) -> [u8; 16] {
        row_id(&self.token_hash)
    }
}

/// See [`LinkRow::row_id`].
pub(crate) fn row_id(token_hash: &[u8; 32]) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&token_hash[..16]);
    id
}

const ALL: &str =
    "token_hash, subject_id, login_id, request_id, customer_id, role, value, created_at, expires_at";

pub(crate) async fn insert(tx: &Tx, kind: LinkKind, link: &LinkRow) -> Result<(), StoreError> {
    tx.execute(
        &format!("INSERT INTO link_token ({ALL}, kind) VALUES {}", super::places(1, 10)),
        [
            link.token_hash.to_vec().into(),
            link.subject.uuid().into(),
            link.login.map(LoginId::uuid).into(),
            link.request.into(),
            link.customer.map(CustomerId::uuid).into(),
            link.role.map(Role::as_str).into(),
            link.value.clone().into(),
            link.created_at.as_micros().into(),
            link.expires_at.as_micros().into(),
            kind.as_str().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Looks at a link without using it up: for the page behind it.
pub(crate) async fn peek(
    store: &Store,
    kind: LinkKind,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<LinkRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM link_token WHERE token_hash = $1 AND kind = $2 AND expires_at > $3");
    let row = store.query_one(&sql, key(kind, token_hash, now)).await?;
    row.as_ref().map(read).transpose()
}

/// Uses a link up.
pub(crate) async fn take(
    tx: &Tx,
    kind: LinkKind,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<LinkRow>, StoreError> {
    let sql = format!(
        "DELETE FROM link_token WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 RETURNING {ALL}"
    );
    let row = tx.query_one(&sql, key(kind, token_hash, now)).await?;
    row.as_ref().map(read).transpose()
}

fn key(kind: LinkKind, token_hash: &[u8; 32], now: Timestamp) -> [Value; 3] {
    [token_hash.to_vec().into(), kind.as_str().into(), now.as_micros().into()]
}

/// The open links of a kind that a login has end.
pub(crate) async fn end_of_login(tx: &Tx, kind: LinkKind, login: LoginId) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM link_token WHERE login_id = $1 AND kind = $2",
        [login.uuid().into(), kind.as_str().into()],
    )
    .await
}

/// The invitations to a customer, the latest first; also those that have run out and wait for the sweep.
pub(crate) async fn invitations(store: &Store, customer: CustomerId) -> Result<Vec<LinkRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM link_token WHERE customer_id = $1 AND kind = 'invitation' ORDER BY created_at DESC LIMIT 200"
    );
    store.query(&sql, [customer.uuid().into()]).await?.iter().map(read).collect()
}

/// Deletes an invitation by its row id, before it was used.
pub(crate) async fn end_invitation(tx: &Tx, link: &LinkRow) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM link_token WHERE token_hash = $1 AND kind = 'invitation'",
        [link.token_hash.to_vec().into()],
    )
    .await
}

/// Expired links of people who never became a login: their subject ends with them.
pub(crate) async fn expired_strangers(
    store: &Store,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<LinkRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM link_token WHERE kind = 'invitation' AND login_id IS NULL AND expires_at <= $1 LIMIT $2"
    );
    store.query(&sql, [now.as_micros().into(), i64::from(limit).into()]).await?.iter().map(read).collect()
}

/// Deletes expired links, but not those of [`expired_strangers`].
pub(crate) async fn delete_expired(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM link_token WHERE expires_at <= $1 AND NOT (kind = 'invitation' AND login_id IS NULL)",
        [now.as_micros().into()],
    )
    .await
}

fn read(row: &QueryResult) -> Result<LinkRow, StoreError> {
    let role: Option<String> = row.try_get("", "role")?;
    Ok(LinkRow {
        token_hash: hash(row, "token_hash")?,
        subject: subject(row)?,
        login: row.try_get::<Option<Uuid>>("", "login_id")?.map(LoginId::from_uuid),
        request: row.try_get("", "request_id")?,
        customer: row.try_get::<Option<Uuid>>("", "customer_id")?.map(CustomerId::from_uuid),
        role: role.as_deref().map(super::members::role).transpose()?,
        value: row.try_get("", "value")?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

/// Deletes a subject's rows of a declared table: names come from declarations in code, never from input.
pub(crate) async fn delete_of_subject(
    tx: &Tx,
    table: &'static str,
    column: &'static str,
    subject: SubjectId,
) -> Result<u64, StoreError> {
    tx.execute(&format!("DELETE FROM {table} WHERE {column} = $1"), [subject.uuid().into()]).await
}

/// No link leads to the customer any more; strangers among the invited are left to the next sweep.
pub(crate) async fn end_of_customer(
    tx: &Tx,
    customer: CustomerId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE link_token SET expires_at = $1 WHERE customer_id = $2 AND expires_at > $1",
        [now.as_micros().into(), customer.uuid().into()],
    )
    .await
}
