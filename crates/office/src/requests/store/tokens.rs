//! SQL of the codes and links that verify who asks. Links are made and looked at by `accounts`.

use crate::requests::RequestId;
use ::store::{Store, StoreError, Tx};
use base::{SubjectId, Timestamp};

/// A token that proves something about who asks: the end of a link, or a code.
pub(crate) struct TokenRow {
    pub request: RequestId,
    pub subject: SubjectId,
}

pub(crate) async fn insert_token(
    tx: &Tx,
    hash: [u8; 32],
    token: &TokenRow,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO link_token (token_hash, subject_id, kind, request_id, created_at, expires_at) \
         VALUES ($1, $2, 'identity', $3, $4, $5)",
        [
            hash.to_vec().into(),
            token.subject.uuid().into(),
            token.request.uuid().into(),
            now.as_micros().into(),
            expires_at.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn token(
    store: &Store,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<TokenRow>, StoreError> {
    let sql = "SELECT subject_id, request_id FROM link_token \
               WHERE token_hash = $1 AND kind = 'identity' AND request_id IS NOT NULL AND expires_at > $2";
    let row = store.query_one(sql, [hash.to_vec().into(), now.as_micros().into()]).await?;
    row.map(|row| {
        Ok(TokenRow {
            request: RequestId::from_uuid(row.try_get("", "request_id")?),
            subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        })
    })
    .transpose()
}

/// Ends one token; tells whether it was there.
pub(crate) async fn use_token(tx: &Tx, hash: [u8; 32]) -> Result<bool, StoreError> {
    let gone = tx
        .execute("DELETE FROM link_token WHERE token_hash = $1 AND kind = 'identity'", [hash.to_vec().into()])
        .await?;
    Ok(gone > 0)
}

/// Ends all tokens of a request: links and codes that were given out earlier work no longer.
pub(crate) async fn end_tokens(tx: &Tx, request: RequestId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM link_token WHERE request_id = $1 AND kind = 'identity'", [request.uuid().into()])
        .await?;
    Ok(())
}
