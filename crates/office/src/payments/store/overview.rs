//! Revenue and receivables at a glance, in SQL.

use crate::billing::store::day;
use crate::{Office, OfficeError};
use base::{Day, Money};
use jiff::ToSpan as _;

/// What was invoiced and what came in, in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Day,
    /// What was invoiced without VAT, credit notes taken off.
    pub revenue: Money,
    /// The VAT of it.
    pub vat: Money,
    /// What came in, reversals and refunds taken off.
    pub received: Money,
}

/// Revenue of the last months, and what is open by how long it is overdue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// The months, the oldest first.
    pub months: Vec<Month>,
    /// Open and not due yet.
    pub not_due: Money,
    /// Overdue by up to 30 days.
    pub overdue_30: Money,
    /// By 31 to 60 days.
    pub overdue_60: Money,
    /// By more.
    pub overdue_more: Money,
    /// What customers have to their credit.
    pub credit: Money,
}

/// The overview of so many months up to the present one; at most 36.
///
/// # Errors
/// When the database fails.
pub async fn overview(office: &Office, months: u32) -> Result<Overview, OfficeError> {
    let store = &office.store;
    let today = office.today();
    let this = today.date().first_of_month();
    let mut overview = Overview::default();
    for back in (0..months.min(36)).rev() {
        let bound = |months: i64| this.checked_add(months.months()).ok().and_then(Day::of_date);
        let Some((first, next)) = bound(-i64::from(back)).zip(bound(1 - i64::from(back))) else { continue };
        let span = [day(first).into(), day(next).into()];
        let sql = "SELECT CAST(COALESCE(SUM(net_cents), 0) AS BIGINT) AS net, CAST(COALESCE(SUM(vat_cents), 0) AS BIGINT) AS vat \
                   FROM invoice WHERE issued_day >= $1 AND issued_day < $2 AND series NOT LIKE 'X:%'";
        let (mut revenue, mut vat) = (0_i64, 0_i64);
        if let Some(row) = store.query_one(sql, span.clone()).await? {
            revenue = row.try_get("", "net")?;
            vat = row.try_get("", "vat")?;
        }
        let sql = "SELECT CAST(COALESCE(SUM(CASE kind WHEN 'payment' THEN amount_cents WHEN 'write_off' THEN 0 \
                   ELSE -amount_cents END), 0) AS BIGINT) AS received FROM payment WHERE received_day >= $1 AND received_day < $2";
        let row = store.query_one(sql, span).await?;
        let received: i64 = row.map(|row| row.try_get("", "received")).transpose()?.unwrap_or(0);
        let [revenue, vat, received] = [revenue, vat, received].map(Money::from_cents);
        overview.months.push(Month { first, revenue, vat, received });
    }
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN due_day >= $1 THEN open_cents ELSE 0 END), 0) AS BIGINT) AS not_due, \
               CAST(COALESCE(SUM(CASE WHEN due_day < $2 AND due_day >= $3 THEN open_cents ELSE 0 END), 0) AS BIGINT) AS d30, \
               CAST(COALESCE(SUM(CASE WHEN due_day < $4 AND due_day >= $5 THEN open_cents ELSE 0 END), 0) AS BIGINT) AS d60, \
               CAST(COALESCE(SUM(CASE WHEN due_day < $6 THEN open_cents ELSE 0 END), 0) AS BIGINT) AS more \
               FROM invoice WHERE open_cents > 0";
    let now = day(today);
    let ages = [now, now, now - 30, now - 30, now - 60, now - 60].map(Into::into);
    if let Some(row) = store.query_one(sql, ages).await? {
        let money =
            |column| -> Result<Money, OfficeError> { Ok(Money::from_cents(row.try_get("", column)?)) };
        overview.not_due = money("not_due")?;
        overview.overdue_30 = money("d30")?;
        overview.overdue_60 = money("d60")?;
        overview.overdue_more = money("more")?;
    }
    for sql in [
        "SELECT CAST(COALESCE(SUM(-open_cents), 0) AS BIGINT) AS n FROM invoice WHERE open_cents < 0",
        "SELECT CAST(COALESCE(SUM(open_cents), 0) AS BIGINT) AS n FROM payment WHERE open_cents > 0",
    ] {
        let row = store.query_one(sql, []).await?;
        let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
        overview.credit += Money::from_cents(n);
    }
    Ok(overview)
}
