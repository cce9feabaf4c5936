//! SQL of the templates of mails.

use ::store::{Store, StoreError, Tx};
use base::{Language, Timestamp};

/// A template that staff wrote.
pub(crate) struct TemplateRow {
    pub title: String,
    pub body: String,
    pub revision: i64,
}

pub(crate) async fn template(
    store: &Store,
    kind: &str,
    language: Language,
) -> Result<Option<TemplateRow>, StoreError> {
    let sql = "SELECT title, body, revision FROM mail_template WHERE kind = $1 AND language = $2";
    let row = store.query_one(sql, [kind.into(), language.tag().into()]).await?;
    row.map(|row| {
        Ok(TemplateRow {
            title: row.try_get("", "title")?,
            body: row.try_get("", "body")?,
            revision: row.try_get("", "revision")?,
        })
    })
    .transpose()
}

/// Puts a template in place of the one of a revision; 0 is the text of the program. Zero rows: somebody
/// else changed it.
pub(crate) async fn replace(
    tx: &Tx,
    (kind, language): (&str, Language),
    (title, body): (&str, &str),
    revision: i64,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let now = now.as_micros();
    if revision == 0 {
        return tx
            .execute(
                "INSERT INTO mail_template (kind, language, title, body, revision, updated_at) \
                 VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (kind, language) DO NOTHING",
                [kind.into(), language.tag().into(), title.into(), body.into(), now.into()],
            )
            .await;
    }
    tx.execute(
        "UPDATE mail_template SET title = $1, body = $2, revision = revision + 1, updated_at = $3 \
         WHERE kind = $4 AND language = $5 AND revision = $6",
        [title.into(), body.into(), now.into(), kind.into(), language.tag().into(), revision.into()],
    )
    .await
}

/// Goes back to the text of the program.
pub(crate) async fn delete(tx: &Tx, kind: &str, language: Language) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM mail_template WHERE kind = $1 AND language = $2",
        [kind.into(), language.tag().into()],
    )
    .await
}
