//! The books after their customer: what stays when a customer is erased, and the end of a book year.

use super::store::books as store;
use super::store::invoices::{self, InvoiceFilter, InvoiceRow, Standing};
use super::{InvoiceId, invoice_customer};
use crate::customers::CustomerId;
use crate::{By, Office, OfficeError, Record, promises};
use ::store::{StoreError, Tx};
use base::{Day, SubjectId, Timestamp};
use keys::Purpose as _;
use keys::purpose::Invoicing;
use policy::Moment;
use policy::versions::{History, InForce};

/// How many books end in one round.
const ROUND: u32 = 200;
/// How many unpaid invoices an erasure names.
const NAMED_MAX: u32 = 50;

/// Makes a last invoice of what a customer owes, before they are erased. What cannot be invoiced is
/// dropped with the customer: an erasure waits for nothing.
pub(crate) async fn close(office: &Office, customer: CustomerId) -> Vec<InvoiceId> {
    match invoice_customer(office, By::System("erasure"), customer).await {
        Ok(issued) => issued,
        Err(error) => {
            tracing::warn!(error = %error, customer.id = %customer, "what an erased customer still owed was not invoiced");
            Vec::new()
        }
    }
}

/// Drops what was never invoiced, in the transaction that begins an erasure.
pub(crate) async fn drop_open_charges(tx: &Tx, customer: CustomerId) -> Result<u64, StoreError> {
    store::drop_open_charges(tx, customer).await
}

/// The invoices of a customer that are not paid; at most fifty, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn unpaid(office: &Office, customer: CustomerId) -> Result<Vec<InvoiceRow>, OfficeError> {
    let filter = InvoiceFilter {
        customer: Some(customer),
        standing: Some(Standing::Open),
        ..InvoiceFilter::default()
    };
    Ok(invoices::page(&office.store, filter, 0, NAMED_MAX).await?)
}

/// When the last of a customer's books is destroyed; none when there are none.
///
/// # Errors
/// When the database fails.
pub async fn books_end(office: &Office, customer: CustomerId) -> Result<Option<Timestamp>, OfficeError> {
    let books = store::of_customer(&office.store, customer).await?;
    Ok(books.into_iter().map(|(_, _, ends)| ends).max())
}

/// Destroys the books whose term has passed: first the key, then the rows. By the shortest term of all
/// versions of the policy that count, as all retention.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn end_books(office: &Office) -> Result<u64, OfficeError> {
    let due = past_term(office).await?;
    for books in &due {
        destroy(office, *books).await?;
    }
    Ok(due.len() as u64)
}

/// The books whose term has passed and that are still there.
///
/// # Errors
/// When a store fails.
pub async fn past_term(office: &Office) -> Result<Vec<SubjectId>, OfficeError> {
    let parsed = promises::parsed_versions(office).await?;
    let versions = parsed.iter().map(|(policy, from)| InForce { policy, from: *from }).collect();
    let Ok(history) = History::new(versions) else { return Ok(Vec::new()) };
    let today = office.now().day();
    let Some(latest) = history.shortest_term(Invoicing::NAME).and_then(|term| term.latest_start(today))
    else {
        return Ok(Vec::new());
    };
    let candidates = store::up_to_year(&office.store, latest.date().year(), ROUND).await?;
    let due = candidates.into_iter().filter(|(_, year, opened)| {
        let ended = jiff::civil::Date::new(year + 1, 1, 1).ok().and_then(Day::of_date);
        history.is_due(Invoicing::NAME, opened.day(), today, |moment| {
            ended.filter(|_| moment == Moment::BookYearEnded)
        })
    });
    Ok(due.map(|(subject, ..)| subject).collect())
}

async fn destroy(office: &Office, books: SubjectId) -> Result<(), OfficeError> {
    let destroyed = office.vault.destroy(books).await?;
    let keys: Vec<String> = destroyed.iter().map(|key| key.key_id.to_string()).collect();
    let entry =
        office.prepare(Record::new("books-destroyed", By::System("retention")).with("keys", keys)).await?;
    let tx = office.store.begin().await?;
    store::destroy(&tx, books, office.now()).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
