//! Another plan or other options for a service that runs.

use super::bill::{Bill, calendar};
use super::store::{self, ServiceRow};
use super::terms::{Correction, Price};
use super::{Chosen, Service, ServiceId, ServiceState, TaskKind};
use crate::billing::charges;
use crate::catalogue::{self, Catalogue, PlanId};
use crate::form::{Problem, Problems};
use crate::orders::price_of;
use crate::{By, Office, OfficeError, Record, subjects};
use base::{Day, Money};

/// What a change comes to, before it is made.
#[derive(Debug, Clone)]
pub struct ChangeQuote {
    /// What a term costs from now on.
    pub price: Price,
    /// What is given back and what is charged for the days that were charged already.
    pub correction: Correction,
}

/// What it costs to give a service another plan or other options today, at the prices of today. The
/// term stays as long as it is.
///
/// # Errors
/// [`OfficeError::Conflict`] for a service that does not run or that ends;
/// [`OfficeError::Invalid`] at `plan` for a plan of another product or without this term.
pub fn quote_change(
    catalogue: &Catalogue,
    service: &Service,
    plan: PlanId,
    chosen: &Chosen,
    today: Day,
) -> Result<ChangeQuote, OfficeError> {
    const CHANGED: OfficeError = OfficeError::Conflict { what: "the service" };
    if !matches!(service.state, ServiceState::Active | ServiceState::Suspended) {
        return Err(CHANGED);
    }
    let billed = service.billed().ok_or(CHANGED)?;
    let choice = || OfficeError::from(Problems::one("plan", Problem::Choice));
    let (old, _) = catalogue.plan(service.plan).ok_or_else(choice)?;
    let (new, _) = match plan == service.plan {
        true => catalogue.plan(plan),
        false => catalogue.offered(plan, today),
    }
    .ok_or_else(choice)?;
    if old.id != new.id {
        return Err(choice());
    }
    let amount = price_of(catalogue, plan, chosen, service.months, today)?.amount;
    let price = Price { amount, discount: service.price.discount.min(amount), ..service.price };
    // What is due and not charged yet is charged by the old price first.
    let mut billed = billed;
    while let Some(renewal) = billed.renewal().map_err(calendar)?.filter(|renewal| renewal.due <= today) {
        billed.charged_until = renewal.part.until;
    }
    Ok(ChangeQuote { price, correction: billed.reprice(price, today).map_err(calendar)? })
}

/// Gives a service another plan or other options from today on. `price` is what the person saw.
///
/// # Errors
/// As [`quote_change`]; [`OfficeError::Conflict`] when the service or its price changed meanwhile;
/// [`OfficeError::Erased`].
pub async fn change(
    office: &Office,
    by: By,
    id: ServiceId,
    revision: u32,
    plan: PlanId,
    chosen: &Chosen,
    price: Money,
) -> Result<(), OfficeError> {
    let today = office.today();
    let mut row = ServiceRow::at(office, id, revision).await?;
    let catalogue = catalogue::load(office).await?;
    let quote = quote_change(&catalogue, &row.service(None), plan, chosen, today)?;
    if quote.price.amount != price {
        return Err(OfficeError::Conflict { what: "the price" });
    }
    if plan == row.plan && *chosen == row.chosen {
        return Ok(());
    }
    let subject = row.subject.ok_or(OfficeError::Erased)?;
    let mut bill = Bill::new(office, &row).await?;
    let before = row.clone();
    bill.catch_up(&mut row)?;
    bill.correction(&quote.correction, plan)?;
    row.plan = plan;
    row.chosen = chosen.clone();
    row.price = quote.price;
    let record = Record::new("service-changed", by)
        .about(subject)
        .with("service", id.to_string())
        .with("from", before.plan.to_string())
        .with("to", plan.to_string());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    store::save(&tx, &before, &row, now).await?;
    charges::insert(&tx, &bill.charges, now).await?;
    store::open_task(office, &tx, TaskKind::Change, &row, now).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
