//! Taking services over from elsewhere, from a CSV file: all of it or nothing of it.
//!
//! Nothing is made and nothing is charged: a service that is taken over runs already, and its days are paid
//! for until the day that the file names; from that day on it is charged here like any other. Each
//! customer of a file gets one agreement, concluded on the first day of the earliest service. The
//! processor agreement that comes with hosting is issued by the daily task that looks for those missing.
//!
//! A file is written in one transaction, and its hash is kept: the same file is not taken over twice.

mod plan;

#[cfg(test)]
mod tests;

use super::store;
use super::terms::{Billed, Buyer, Price, TermMonths, minus_days, term, term_of};
use super::{Chosen, NewService, ServiceId, ServiceState, label_cell};
use crate::agreements::{self, AgreementId, NewAgreement};
use crate::catalogue::{self, Catalogue, OptionId, PlanId, ProductKind, Vat};
use crate::customers::{self, Customer, CustomerId, CustomerKind, Owners};
use crate::form::Problem;
use crate::orders::price_of;
use crate::{By, Office, OfficeError, Record, subjects};
use base::{Day, Sensitive, SubjectId};
use core::ops::ControlFlow;
use keys::purpose::Account;
use plan::{Row, label_for};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

pub use plan::{Plan, ROWS_MAX, RowProblem, TableError, WrongRow, plan};

/// How long ago the days that are paid for may have ended: more would be a bill of years at once.
const ARREARS_DAYS_MAX: u32 = 366;
/// After how many services the caller hears how far it is.
const TELL_EVERY: usize = 250;

/// A service as it will be.
#[derive(Debug, Clone)]
struct Found {
    customer: CustomerId,
    subject: SubjectId,
    buyer: Buyer,
    plan: PlanId,
    kind: ProductKind,
    label: Option<Sensitive<String>>,
    chosen: Chosen,
    months: TermMonths,
    price: Price,
    vat: Vat,
    running: store::Running,
}

/// A file whose rows were compared with the catalogue and the customers.
#[derive(Debug, Clone)]
pub struct Checked {
    services: Vec<Found>,
    /// The first thousand rows that cannot be taken over.
    pub wrong: Vec<WrongRow>,
    /// How many cannot.
    pub wrong_count: u64,
    /// Whether this very file was taken over before.
    pub is_repeat: bool,
    sha256: [u8; 32],
}

impl Checked {
    /// How many services it brings.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.services.len() as u64
    }

    /// How many customers have them.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.services.iter().map(|found| found.customer).collect::<HashSet<_>>().len() as u64
    }
}

/// How far taking over has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Services written.
    pub done: u64,
    /// Services in the file.
    pub total: u64,
}

/// What was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many services.
    pub services: u64,
    /// Of how many customers.
    pub customers: u64,
}

/// Compares a file with the catalogue and the customers of now. It changes nothing.
///
/// # Errors
/// When a store fails.
pub async fn check(office: &Office, mut plan: Plan) -> Result<Checked, OfficeError> {
    let catalogue = catalogue::load(office).await?;
    let today = office.today();
    let mut owners = Owners::of(office, plan.rows.iter().map(|row| &row.whose)).await?;
    let mut there: HashMap<CustomerId, HashSet<(PlanId, String)>> = HashMap::new();
    let mut services = Vec::with_capacity(plan.rows.len());
    for row in core::mem::take(&mut plan.rows) {
        let owner = owners.find(office, &row.whose).await?;
        let line = row.line;
        match resolve(&catalogue, today, row, owner.as_deref()) {
            Err(problems) => plan.refuse(line, problems),
            Ok(found) => {
                let names = match there.entry(found.customer) {
                    Entry::Occupied(names) => names.into_mut(),
                    Entry::Vacant(place) => place.insert(names_of(office, found.customer).await?),
                };
                let name = found.label.as_ref().map(|label| (found.plan, label.expose().to_lowercase()));
                if name.is_none_or(|name| names.insert(name)) {
                    services.push(found);
                } else {
                    plan.refuse(line, vec![RowProblem::There]);
                }
            }
        }
    }
    plan.wrong.sort_by_key(|row| row.line);
    let is_repeat = customers::import::was_taken_over(office, &plan.sha256).await?;
    let Plan { wrong, wrong_count, sha256, .. } = plan;
    Ok(Checked { services, wrong, wrong_count, is_repeat, sha256 })
}

/// The plans and labels of the services that a customer has.
async fn names_of(office: &Office, id: CustomerId) -> Result<HashSet<(PlanId, String)>, OfficeError> {
    let services = super::services_of(office, id).await?;
    let running = services.into_iter().filter(|service| service.state != ServiceState::Ended);
    Ok(running.filter_map(|service| Some((service.plan, service.label?.expose().to_lowercase()))).collect())
}

/// Goes on with a value, or notes what is wrong with a column.
fn take<V>(
    problems: &mut Vec<RowProblem>,
    column: &'static str,
    value: Result<V, Problem>,
) -> ControlFlow<(), V> {
    match value {
        Ok(value) => ControlFlow::Continue(value),
        Err(problem) => {
            problems.push(RowProblem::Field { column, problem });
            ControlFlow::Break(())
        }
    }
}

/// The options of a plan by their codes, as many of each as it takes; what is wrong is noted.
fn options_of(
    catalogue: &Catalogue,
    plan: PlanId,
    codes: &[(String, u32)],
    problems: &mut Vec<RowProblem>,
) -> Vec<(OptionId, u32)> {
    let mut options = Vec::with_capacity(codes.len());
    for (code, units) in codes {
        match catalogue.options_of(plan).find(|option| option.code == *code) {
            Some(option) if *units <= option.units_max => options.push((option.id, *units)),
            Some(_) => problems.push(RowProblem::Field { column: "options", problem: Problem::Number }),
            None => problems.push(RowProblem::Unknown { column: "options" }),
        }
    }
    options
}

fn resolve(
    catalogue: &Catalogue,
    today: Day,
    row: Row,
    owner: Option<&Customer>,
) -> Result<Found, Vec<RowProblem>> {
    let mut problems = Vec::new();
    if owner.is_none() {
        problems.push(RowProblem::Unknown { column: row.whose.column() });
    }
    let Some((product, plan)) = catalogue.plan_of_code(&row.plan) else {
        problems.push(RowProblem::Unknown { column: "plan" });
        return Err(problems);
    };
    let label = take(&mut problems, "label", label_for(product.kind, row.label));
    let options = options_of(catalogue, plan.id, &row.options, &mut problems);
    let chosen = take(&mut problems, "options", Chosen::new(options).ok_or(Problem::Choice));
    let amount = match (row.price, &chosen) {
        (Some(price), _) => ControlFlow::Continue(price),
        (None, ControlFlow::Continue(chosen)) => {
            let price = price_of(catalogue, plan.id, chosen, row.months, today);
            take(&mut problems, "price", price.map(|price| price.amount).map_err(|_| Problem::Missing))
        }
        (None, ControlFlow::Break(())) => ControlFlow::Break(()),
    };
    if row.began > today {
        problems.push(RowProblem::Field { column: "began", problem: Problem::Date });
    }
    if row.charged_until < minus_days(today, ARREARS_DAYS_MAX) {
        problems.push(RowProblem::Field { column: "charged_until", problem: Problem::Date });
    }
    let (
        Some(owner),
        ControlFlow::Continue(label),
        ControlFlow::Continue(chosen),
        ControlFlow::Continue(amount),
    ) = (owner, label, chosen, amount)
    else {
        return Err(problems);
    };
    let price = Price { amount, discount: base::Money::ZERO, discount_terms: 0 };
    let running = take(
        &mut problems,
        "charged_until",
        running(row.began, row.months, price, row.charged_until).ok_or(Problem::Date),
    );
    match running {
        ControlFlow::Continue(running) if problems.is_empty() => Ok(Found {
            customer: owner.id,
            subject: owner.subject,
            buyer: match owner.profile.kind {
                CustomerKind::Person => Buyer::Consumer,
                CustomerKind::Organisation => Buyer::Business,
            },
            plan: plan.id,
            kind: product.kind,
            label,
            chosen,
            months: row.months,
            price,
            vat: product.vat,
            running,
        }),
        _ => Err(problems),
    }
}

/// How a service runs that began on a day and is paid for until another; none where the calendar ends.
fn running(anchor: Day, months: TermMonths, price: Price, charged_until: Day) -> Option<store::Running> {
    let billed = Billed { anchor, months, price, charged_until, ends: None };
    let terms_charged = if charged_until <= anchor {
        0
    } else {
        term_of(anchor, months, minus_days(charged_until, 1)).ok()?.index + 1
    };
    Some(store::Running {
        anchor,
        first_term_until: term(anchor, months, 0).ok()?.until,
        charged_until,
        terms_charged,
        due: billed.due().ok()?,
    })
}

/// The agreement of a customer and its services, sealed and not stored; none without services.
async fn agreement_with(
    office: &Office,
    services: &[&Found],
) -> Result<Option<(NewAgreement, Vec<NewService>)>, OfficeError> {
    let (clock, random) = (&*office.clock, &*office.random);
    let Some(first) = services.first() else { return Ok(None) };
    let agreement = NewAgreement {
        id: AgreementId::new(clock, random),
        customer: first.customer,
        subject: first.subject,
        order: None,
        buyer: first.buyer,
        policy_hash: office.policy().hash(),
        began: services.iter().map(|one| one.running.anchor).min().unwrap_or(first.running.anchor),
    };
    let key = office.vault.ensure::<Account>(first.subject).await?;
    let rows = services.iter().map(|found| {
        let id = ServiceId::new(clock, random);
        let label = found.label.as_ref().map(|label| {
            key.seal(&label_cell(id, found.subject), label.expose().as_bytes(), random).into_bytes()
        });
        NewService {
            id,
            agreement: agreement.id,
            customer: found.customer,
            subject: found.subject,
            plan: found.plan,
            kind: found.kind,
            label,
            chosen: found.chosen.clone(),
            months: found.months,
            price: found.price,
            vat: found.vat,
            running: Some(found.running),
        }
    });
    let rows = rows.collect();
    Ok(Some((agreement, rows)))
}

/// Takes a file over. `progress` hears now and then how far it is.
///
/// # Errors
/// [`OfficeError::Forbidden`] for a file with wrong rows, without rows, or that was taken over before;
/// [`OfficeError::Erased`] when a customer of it went meanwhile. When anything fails, nothing of the file is
/// left.
pub async fn run(
    office: &Office,
    by: By,
    checked: &Checked,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Imported, OfficeError> {
    if checked.wrong_count > 0 || checked.services.is_empty() {
        return Err(OfficeError::Forbidden {
            why: "a file with wrong rows, or without rows, is not taken over",
        });
    }
    let now = office.now();
    let mut by_customer: BTreeMap<CustomerId, Vec<&Found>> = BTreeMap::new();
    for found in &checked.services {
        by_customer.entry(found.customer).or_default().push(found);
    }
    let mut new = Vec::with_capacity(by_customer.len());
    for services in by_customer.values() {
        new.extend(agreement_with(office, services).await?);
    }
    let imported = Imported { services: checked.count(), customers: new.len() as u64 };
    let record = Record::new("services-imported", by)
        .with("services", imported.services)
        .with("customers", imported.customers)
        .with("file", hex::encode(checked.sha256));
    let entry = office.prepare(record).await?;
    let mut done = 0;
    let tx = office.store.begin().await?;
    customers::import::note_taken_over(office, &tx, &checked.sha256, checked.count()).await?;
    for (agreement, services) in &new {
        subjects::lock_active(&tx, agreement.subject).await?;
        agreements::insert(&tx, agreement, now).await?;
        for service in services {
            store::insert(&tx, service, now).await?;
            done += 1;
            if done % TELL_EVERY == 0 {
                progress(Progress { done: done as u64, total: imported.services });
            }
        }
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    progress(Progress { done: imported.services, total: imported.services });
    Ok(imported)
}
