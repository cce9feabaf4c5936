//! SQL of what follows from not paying.

use crate::billing::store::day;
use crate::customers::CustomerId;
use crate::services::ServiceId;
use ::store::{Store, StoreError};
use base::Day;
use sea_orm::{QueryResult, Value};

/// A service, as it was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub service: ServiceId,
    pub revision: u32,
}

/// Services that run although the notice of their suspension went and the invoice is still open; not
/// those that were held up after it, for who let them run again meant it.
pub(crate) async fn noticed(
    store: &Store,
    after: Option<ServiceId>,
    limit: u32,
) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT DISTINCT s.id, s.changes FROM reminder r JOIN invoice i ON i.id = r.invoice_id \
               JOIN service s ON s.customer_id = i.customer_id WHERE r.step = 'suspension' AND i.open_cents > 0 \
               AND s.state = 'active' AND s.subject_id IS NOT NULL AND s.id > $1 AND NOT EXISTS (SELECT 1 FROM task t \
               WHERE t.service_id = s.id AND t.kind = 'suspend' AND t.created_at >= r.created_at) ORDER BY s.id LIMIT $2";
    found(&store.query(sql, [from(after), i64::from(limit).into()]).await?)
}

/// Services held up for not paying of customers who have nothing overdue, of all or of one.
pub(crate) async fn paid_up(
    store: &Store,
    customer: Option<CustomerId>,
    today: Day,
    after: Option<ServiceId>,
    limit: u32,
) -> Result<Vec<Found>, StoreError> {
    let of_one = if customer.is_some() { " AND s.customer_id = $4" } else { "" };
    let sql = format!(
        "SELECT s.id, s.changes FROM service s WHERE s.state IN ('suspended', 'ending') AND s.suspended_reason = 'unpaid' \
         AND s.subject_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.customer_id = s.customer_id \
         AND i.open_cents > 0 AND i.due_day < $1) AND s.id > $2{of_one} ORDER BY s.id LIMIT $3"
    );
    let mut values: Vec<Value> = vec![day(today).into(), from(after), i64::from(limit).into()];
    values.extend(customer.map(|customer| Value::from(customer.uuid())));
    found(&store.query(&sql, values).await?)
}

/// Services of a customer that are held up for not paying.
pub(crate) async fn held_up(
    store: &Store,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT id, changes FROM service WHERE customer_id = $1 AND state IN ('suspended', 'ending') \
               AND suspended_reason = 'unpaid' AND subject_id IS NOT NULL ORDER BY id LIMIT $2";
    found(&store.query(sql, [customer.uuid().into(), i64::from(limit).into()]).await?)
}

fn from(after: Option<ServiceId>) -> Value {
    after.map_or_else(base::__uuid::Uuid::nil, |id| id.uuid()).into()
}

fn found(rows: &[QueryResult]) -> Result<Vec<Found>, StoreError> {
    rows.iter()
        .map(|row| {
            let revision = u32::try_from(row.try_get::<i64>("", "changes")?)
                .map_err(|_| StoreError::inconsistent("a service with a wild number of changes"))?;
            Ok(Found { service: ServiceId::from_uuid(row.try_get("", "id")?), revision })
        })
        .collect()
}
