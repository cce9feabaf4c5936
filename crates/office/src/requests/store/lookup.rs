//! SQL that finds a request by its number or its thread.

use crate::messages::ThreadId;
use crate::requests::RequestId;
use ::store::{Store, StoreError};

pub(crate) async fn by_number(store: &Store, number: i64) -> Result<Option<RequestId>, StoreError> {
    let row = store.query_one("SELECT id FROM request WHERE number = $1", [number.into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?.map(RequestId::from_uuid))
}

pub(crate) async fn of_thread(store: &Store, thread: ThreadId) -> Result<Option<RequestId>, StoreError> {
    let row = store.query_one("SELECT id FROM request WHERE thread_id = $1", [thread.uuid().into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?.map(RequestId::from_uuid))
}
