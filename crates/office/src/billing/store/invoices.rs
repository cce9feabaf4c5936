//! SQL of invoices.

use super::{day, id_places, places, to_day};
use crate::billing::{InvoiceId, InvoiceKind, RunId, kind_word, parse_kind};
use crate::customers::CustomerId;
use ::store::{Store, StoreError, Tx};
use base::{Day, Language, Money, SubjectId, Timestamp};
use sea_orm::{QueryResult, Value};

const COLUMNS: usize = 21;
const ROWS: usize = 200;

/// A row to be, sealed.
pub(crate) struct NewInvoice {
    pub id: InvoiceId,
    pub kind: InvoiceKind,
    pub series: String,
    pub number: i64,
    pub customer: CustomerId,
    pub books: SubjectId,
    pub credits: Option<(InvoiceId, String)>,
    pub run: Option<RunId>,
    pub issued: Day,
    pub due: Day,
    pub year: i16,
    pub language: Language,
    pub net: Money,
    pub vat: Money,
    pub reverse_charge: bool,
    pub snapshot: Vec<u8>,
    pub sha256: [u8; 32],
    pub remind: Option<Day>,
}

pub(crate) async fn insert(tx: &Tx, invoices: &[NewInvoice], now: Timestamp) -> Result<(), StoreError> {
    for chunk in invoices.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO invoice (id, kind, series, number, customer_id, subject_id, credits_id, credits_lines, run_id, \
             issued_day, due_day, book_year, language, net_cents, vat_cents, open_cents, reverse_charge, snapshot, \
             snapshot_sha256, remind_day, created_at, reminder_step) VALUES {}",
            places(chunk.len(), COLUMNS).replace(')', ", 0)")
        );
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * COLUMNS);
        for new in chunk {
            values.extend([
                new.id.uuid().into(),
                kind_word(new.kind).into(),
                new.series.clone().into(),
                new.number.into(),
                new.customer.uuid().into(),
                new.books.uuid().into(),
                new.credits.as_ref().map(|(id, _)| id.uuid()).into(),
                new.credits.as_ref().map(|(_, lines)| lines.clone()).into(),
                new.run.map(|run| run.uuid()).into(),
                day(new.issued).into(),
                day(new.due).into(),
                i64::from(new.year).into(),
                new.language.tag().into(),
                new.net.cents().into(),
                new.vat.cents().into(),
                (new.net + new.vat).cents().into(),
                new.reverse_charge.into(),
                new.snapshot.clone().into(),
                new.sha256.to_vec().into(),
                new.remind.map(day).into(),
                now.as_micros().into(),
            ]);
        }
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

/// An invoice without what it says.
#[derive(Debug, Clone)]
pub struct InvoiceRow {
    /// Its id.
    pub id: InvoiceId,
    /// Invoice or credit note.
    pub kind: InvoiceKind,
    /// Its series.
    pub series: String,
    /// Its number in the series.
    pub number: i64,
    /// Whose it is.
    pub customer: CustomerId,
    /// Under whose key it lies.
    pub books: SubjectId,
    /// What it credits.
    pub credits: Option<InvoiceId>,
    /// The day it was issued.
    pub issued: Day,
    /// The last day to pay.
    pub due: Day,
    /// Its language.
    pub language: Language,
    /// Without VAT.
    pub net: Money,
    /// The VAT.
    pub vat: Money,
    /// What is still open; negative when it is owed to the customer.
    pub open: Money,
    /// How many reminders went.
    pub reminder_step: i64,
    /// When the mail about it was made.
    pub mailed_at: Option<Timestamp>,
    pub(crate) snapshot: Vec<u8>,
    /// The SHA-256 of the sealed snapshot, which the ledger has too.
    pub sha256: [u8; 32],
}

impl InvoiceRow {
    /// The number as people read it.
    #[must_use]
    pub fn number_text(&self) -> String {
        crate::billing::number_text(&self.series, self.number)
    }

    /// Whether another administration issued it and only the claim is here.
    #[must_use]
    pub fn is_taken_over(&self) -> bool {
        crate::billing::import::their_number(&self.series).is_some()
    }

    /// With VAT.
    #[must_use]
    pub fn total(&self) -> Money {
        self.net + self.vat
    }
}

const ALL: &str = "id, kind, series, number, customer_id, subject_id, credits_id, issued_day, due_day, language, \
                   net_cents, vat_cents, open_cents, reminder_step, mailed_at, snapshot, snapshot_sha256";

pub(crate) async fn by_id(store: &Store, id: InvoiceId) -> Result<Option<InvoiceRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM invoice WHERE id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

/// By number, such as `F2026` and 42.
pub(crate) async fn by_number(
    store: &Store,
    series: &str,
    number: i64,
) -> Result<Option<InvoiceRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM invoice WHERE series = $1 AND number = $2");
    store.query_one(&sql, [series.into(), number.into()]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn by_ids(store: &Store, ids: &[InvoiceId]) -> Result<Vec<InvoiceRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {ALL} FROM invoice WHERE id IN ({}) ORDER BY series, number",
        id_places(1, ids.len())
    );
    store.query(&sql, ids.iter().map(|id| id.uuid().into())).await?.iter().map(read).collect()
}

/// The lines of an invoice that credit notes took, read inside the transaction of another.
pub(crate) async fn credited_lines(tx: &Tx, id: InvoiceId) -> Result<Vec<usize>, StoreError> {
    // The invoice is locked first, so that two credit notes of it follow each other.
    tx.query_one(&format!("SELECT id FROM invoice WHERE id = $1{}", tx.for_update()), [id.uuid().into()])
        .await?;
    lines_of(&tx.query("SELECT credits_lines FROM invoice WHERE credits_id = $1", [id.uuid().into()]).await?)
}

/// The same, to show.
pub(crate) async fn lines_credited(store: &Store, id: InvoiceId) -> Result<Vec<usize>, StoreError> {
    lines_of(
        &store.query("SELECT credits_lines FROM invoice WHERE credits_id = $1", [id.uuid().into()]).await?,
    )
}

fn lines_of(rows: &[QueryResult]) -> Result<Vec<usize>, StoreError> {
    let mut lines = Vec::new();
    for row in rows {
        let text: Option<String> = row.try_get("", "credits_lines")?;
        let parsed: Vec<usize> = serde_json::from_str(text.as_deref().unwrap_or("[]"))
            .map_err(|_| StoreError::inconsistent("a credit note with strange lines"))?;
        lines.extend(parsed);
    }
    Ok(lines)
}

/// Which invoices a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InvoiceFilter {
    /// Of one customer only.
    pub customer: Option<CustomerId>,
    /// Only invoices or only credit notes.
    pub kind: Option<InvoiceKind>,
    /// By what is open.
    pub standing: Option<Standing>,
    /// Issued on this day or later.
    pub from: Option<Day>,
    /// Issued before this day.
    pub until: Option<Day>,
}

/// Whether an invoice is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Something is open.
    Open,
    /// Something is open and was due before this day.
    Overdue(Day),
    /// Nothing is open.
    Settled,
}

fn conditions(filter: InvoiceFilter) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (String::from(" WHERE 1 = 1"), Vec::new());
    let mut add = |text: &str, value: Option<Value>| {
        values.extend(value);
        sql.push_str(&text.replace('?', &format!("${}", values.len())));
    };
    if let Some(customer) = filter.customer {
        add(" AND customer_id = ?", Some(customer.uuid().into()));
    }
    if let Some(kind) = filter.kind {
        add(" AND kind = ?", Some(kind_word(kind).into()));
    }
    match filter.standing {
        Some(Standing::Open) => add(" AND open_cents > 0", None),
        Some(Standing::Overdue(today)) => add(" AND open_cents > 0 AND due_day < ?", Some(day(today).into())),
        Some(Standing::Settled) => add(" AND open_cents = 0", None),
        None => {}
    }
    if let Some(from) = filter.from {
        add(" AND issued_day >= ?", Some(day(from).into()));
    }
    if let Some(until) = filter.until {
        add(" AND issued_day < ?", Some(day(until).into()));
    }
    (sql, values)
}

/// How many invoices a filter lets through, and what is open of them.
pub(crate) async fn count(store: &Store, filter: InvoiceFilter) -> Result<(u64, Money), StoreError> {
    let (conditions, values) = conditions(filter);
    let sql = format!(
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(open_cents), 0) AS BIGINT) AS open FROM invoice{conditions}"
    );
    let Some(row) = store.query_one(&sql, values).await? else { return Ok((0, Money::ZERO)) };
    let n: i64 = row.try_get("", "n")?;
    Ok((n.unsigned_abs(), Money::from_cents(row.try_get("", "open")?)))
}

/// A page of a list, the newest first.
pub(crate) async fn page(
    store: &Store,
    filter: InvoiceFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<InvoiceRow>, StoreError> {
    let (conditions, mut values) = conditions(filter);
    let n = values.len();
    values.extend([i64::from(limit).into(), offset.cast_signed().into()]);
    let sql = format!(
        "SELECT {ALL} FROM invoice{conditions} ORDER BY issued_day DESC, id DESC LIMIT ${} OFFSET ${}",
        n + 1,
        n + 2
    );
    store.query(&sql, values).await?.iter().map(read).collect()
}

/// Notes that the mail about an invoice is made. Zero rows: it was.
pub(crate) async fn mark_mailed(tx: &Tx, id: InvoiceId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE invoice SET mailed_at = $1 WHERE id = $2 AND mailed_at IS NULL",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await
}

fn read(row: &QueryResult) -> Result<InvoiceRow, StoreError> {
    let kind: String = row.try_get("", "kind")?;
    let language: String = row.try_get("", "language")?;
    let sha256: Vec<u8> = row.try_get("", "snapshot_sha256")?;
    let money = |column| -> Result<Money, StoreError> { Ok(Money::from_cents(row.try_get("", column)?)) };
    Ok(InvoiceRow {
        id: InvoiceId::from_uuid(row.try_get("", "id")?),
        kind: parse_kind(&kind).ok_or_else(|| StoreError::inconsistent("an invoice of an unknown kind"))?,
        series: row.try_get("", "series")?,
        number: row.try_get("", "number")?,
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        books: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        credits: row.try_get::<Option<_>>("", "credits_id")?.map(InvoiceId::from_uuid),
        issued: to_day(row.try_get("", "issued_day")?)?,
        due: to_day(row.try_get("", "due_day")?)?,
        language: Language::from_tag(&language)
            .ok_or_else(|| StoreError::inconsistent("an invoice in an unknown language"))?,
        net: money("net_cents")?,
        vat: money("vat_cents")?,
        open: money("open_cents")?,
        reminder_step: row.try_get("", "reminder_step")?,
        mailed_at: row.try_get::<Option<i64>>("", "mailed_at")?.map(Timestamp::from_micros),
        snapshot: row.try_get("", "snapshot")?,
        sha256: sha256
            .try_into()
            .map_err(|_| StoreError::inconsistent("an invoice with a hash of a strange length"))?,
    })
}
