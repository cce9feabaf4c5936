//! SQL of the books: one subject per customer and book year.

use super::{id_places, places};
use crate::customers::CustomerId;
use crate::subjects::{self, SubjectKind};
use ::store::{Store, StoreError, Tx};
use base::{SubjectId, Timestamp};
use sea_orm::Value;
use std::collections::HashMap;

/// The books subjects of customers in a year, as far as there are.
pub(crate) async fn of_year(
    store: &Store,
    customers: &[CustomerId],
    year: i16,
) -> Result<HashMap<CustomerId, SubjectId>, StoreError> {
    let mut found = HashMap::with_capacity(customers.len());
    for chunk in customers.chunks(500) {
        let sql = format!(
            "SELECT customer_id, subject_id FROM book_file WHERE book_year = $1 AND customer_id IN ({})",
            id_places(2, chunk.len())
        );
        let values =
            core::iter::once(Value::from(i64::from(year))).chain(chunk.iter().map(|id| id.uuid().into()));
        for row in store.query(&sql, values).await? {
            found.insert(
                CustomerId::from_uuid(row.try_get("", "customer_id")?),
                SubjectId::from_uuid(row.try_get("", "subject_id")?),
            );
        }
    }
    Ok(found)
}

/// A book file to be.
#[derive(Clone)]
pub(crate) struct NewFile {
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub year: i16,
    pub ends_at: Timestamp,
}

/// Opens the books of customers. Fails with [`StoreError::Duplicate`] when somebody else did meanwhile.
pub(crate) async fn insert(tx: &Tx, files: &[NewFile], now: Timestamp) -> Result<(), StoreError> {
    let subjects: Vec<SubjectId> = files.iter().map(|file| file.subject).collect();
    subjects::create_many(tx, &subjects, SubjectKind::Books, now).await?;
    for chunk in files.chunks(500) {
        let sql = format!(
            "INSERT INTO book_file (subject_id, customer_id, book_year, ends_at) VALUES {}",
            places(chunk.len(), 4)
        );
        let values = chunk.iter().flat_map(|file| -> [Value; 4] {
            [
                file.subject.uuid().into(),
                file.customer.uuid().into(),
                i64::from(file.year).into(),
                file.ends_at.as_micros().into(),
            ]
        });
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

/// Every books subject of a customer, the oldest year first.
pub(crate) async fn of_customer(
    store: &Store,
    customer: CustomerId,
) -> Result<Vec<(SubjectId, i64, Timestamp)>, StoreError> {
    let sql = "SELECT b.subject_id, b.book_year, b.ends_at FROM book_file b WHERE b.customer_id = $1 ORDER BY b.book_year";
    let rows = store.query(sql, [customer.uuid().into()]).await?;
    rows.iter()
        .map(|row| {
            Ok((
                SubjectId::from_uuid(row.try_get("", "subject_id")?),
                row.try_get("", "book_year")?,
                Timestamp::from_micros(row.try_get("", "ends_at")?),
            ))
        })
        .collect()
}

/// Books of years up to one, the oldest first: subject, year, when they were opened.
pub(crate) async fn up_to_year(
    store: &Store,
    year: i16,
    limit: u32,
) -> Result<Vec<(SubjectId, i16, Timestamp)>, StoreError> {
    let sql = "SELECT b.subject_id, b.book_year, s.created_at FROM book_file b JOIN subject s ON s.id = b.subject_id \
               WHERE b.book_year <= $1 ORDER BY b.book_year, b.subject_id LIMIT $2";
    let rows = store.query(sql, [i64::from(year).into(), i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| {
            let year = i16::try_from(row.try_get::<i64>("", "book_year")?)
                .map_err(|_| StoreError::inconsistent("books of a strange year"))?;
            Ok((
                SubjectId::from_uuid(row.try_get("", "subject_id")?),
                year,
                Timestamp::from_micros(row.try_get("", "created_at")?),
            ))
        })
        .collect()
}

/// Deletes the rows of books whose key is gone, with what hangs on them.
pub(crate) async fn destroy(tx: &Tx, books: SubjectId, now: Timestamp) -> Result<(), StoreError> {
    subjects::mark_erasing(tx, books, now).await?;
    for sql in [
        "DELETE FROM settlement WHERE invoice_id IN (SELECT id FROM invoice WHERE subject_id = $1)",
        "DELETE FROM settlement WHERE credit_note_id IN (SELECT id FROM invoice WHERE subject_id = $1)",
        "DELETE FROM settlement WHERE payment_id IN (SELECT id FROM payment WHERE subject_id = $1)",
        "DELETE FROM settlement WHERE refund_id IN (SELECT id FROM payment WHERE subject_id = $1)",
        "DELETE FROM reminder WHERE invoice_id IN (SELECT id FROM invoice WHERE subject_id = $1)",
        "DELETE FROM payment WHERE subject_id = $1",
        "DELETE FROM invoice WHERE subject_id = $1",
        "DELETE FROM book_file WHERE subject_id = $1",
    ] {
        tx.execute(sql, [books.uuid().into()]).await?;
    }
    subjects::mark_erased(tx, books, now).await?;
    Ok(())
}

/// Drops the charges of a customer that are on no invoice.
pub(crate) async fn drop_open_charges(tx: &Tx, customer: CustomerId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM charge WHERE customer_id = $1 AND invoice_id IS NULL", [customer.uuid().into()])
        .await
}
