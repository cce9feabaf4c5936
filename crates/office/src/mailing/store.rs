//! SQL of the outbox.

use super::{MailId, MailKind};
use ::store::{Store, StoreError, Tx};
use base::{Language, SubjectId, Timestamp};
use policy::schema::{Column, Table};

/// The declared table.
pub const TABLES: &[Table] = &[Table::new(
    "mail",
    &[
        Column::plain("id"),
        Column::plain("subject_id"),
        Column::plain("kind"),
        Column::plain("language"),
        Column::personal("recipient", "support"),
        Column::personal("title", "support"),
        Column::personal("body", "support"),
        Column::plain("created_at"),
        Column::plain("sent_at"),
    ],
)
.deleted_with("subject_id")];

/// A mail whose envelopes are closed.
#[derive(Debug)]
pub(crate) struct MailRow {
    pub id: MailId,
    pub subject: SubjectId,
    pub kind: MailKind,
    pub language: Language,
    pub recipient: Vec<u8>,
    pub title: Vec<u8>,
    pub body: Vec<u8>,
    pub created_at: Timestamp,
}

pub(crate) async fn insert(tx: &Tx, row: &MailRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mail (id, subject_id, kind, language, recipient, title, body, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            row.id.uuid().into(),
            row.subject.uuid().into(),
            row.kind.as_str().into(),
            row.language.tag().into(),
            row.recipient.clone().into(),
            row.title.clone().into(),
            row.body.clone().into(),
            row.created_at.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn by_id(store: &Store, id: MailId) -> Result<Option<MailRow>, StoreError> {
    let sql = "SELECT m.subject_id, m.kind, m.language, m.recipient, m.title, m.body, m.created_at FROM mail m \
               JOIN subject s ON s.id = m.subject_id WHERE m.id = $1 AND m.sent_at IS NULL AND s.state = 'active'";
    let Some(row) = store.query_one(sql, [id.uuid().into()]).await? else { return Ok(None) };
    let kind: String = row.try_get("", "kind")?;
    let language: String = row.try_get("", "language")?;
    Ok(Some(MailRow {
        id,
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        kind: MailKind::parse(&kind).ok_or_else(|| StoreError::inconsistent("a mail of an unknown kind"))?,
        language: Language::from_tag(&language)
            .ok_or_else(|| StoreError::inconsistent("a mail in an unknown language"))?,
        recipient: row.try_get("", "recipient")?,
        title: row.try_get("", "title")?,
        body: row.try_get("", "body")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    }))
}

/// Empties a mail that has left. The row stays until its subject is erased, so that a delivery into
/// the provider's own mail folder can be taken back then. Zero rows once that erasure has begun.
pub(crate) async fn mark_sent(tx: &Tx, id: MailId, now: Timestamp) -> Result<u64, StoreError> {
    // The subject is locked first: an erasure that begins now finds the mail sent, or this finds the erasure.
    let sql = format!(
        "SELECT s.state FROM subject s JOIN mail m ON m.subject_id = s.id WHERE m.id = $1{}",
        if tx.for_share().is_empty() { "" } else { " FOR SHARE OF s" }
    );
    let row = tx.query_one(&sql, [id.uuid().into()]).await?;
    let state: Option<String> = row.map(|row| row.try_get("", "state")).transpose()?;
    if state.as_deref() != Some("active") {
        return Ok(0);
    }
    tx.execute(
        "UPDATE mail SET recipient = NULL, title = NULL, body = NULL, sent_at = $1 WHERE id = $2",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

pub(crate) async fn of_subject(
    store: &Store,
    subject: SubjectId,
    limit: u32,
) -> Result<Vec<MailId>, StoreError> {
    let sql = "SELECT id FROM mail WHERE subject_id = $1 ORDER BY id LIMIT $2";
    let rows = store.query(sql, [subject.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(|row| Ok(MailId::from_uuid(row.try_get("", "id")?))).collect()
}
