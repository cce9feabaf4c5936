//! The billing run: everything that is due up to a day becomes invoices, a batch of customers at a time.
//!
//! Invariants: a batch is one transaction, with the cursor of the run in it, so that a run that was
//! killed goes on where it was and nobody is taken twice; a service moves on only from the day that was
//! read and a charge goes on an invoice only once, so that runs side by side do not charge double; a
//! customer that cannot be invoiced is noted and the run goes on; memory is bounded by the batch.

use super::RunId;
use super::calculate::{Account, Bill, Problem, Scene, bill, seller};
use super::charges::NewCharge;
use super::issue::{Books, ToIssue, issue};
use super::jobs::{MailInvoices, RunBilling};
use super::store::charges;
use super::store::due::{self as store, DueService, OpenCharge, Progress, RunRow};
use crate::catalogue::PlanId;
use crate::customers::{self, Customer, CustomerId};
use crate::{By, Office, OfficeError, Record, payments};
use ::store::StoreError;
use base::{Day, Money, SubjectId};
use core::fmt;
use keys::DataKey;
use std::collections::{HashMap, HashSet};

/// How many customers one transaction takes.
const BATCH: u32 = 200;
/// How often a batch is tried again when somebody was first.
const TRIES: u32 = 8;
/// How many customers a preview names.
const SHOWN: usize = 100;
/// How many runs that a crash left are taken up in one go.
const UNFINISHED: u32 = 20;

/// What a run made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many services were renewed.
    pub services: u64,
    /// How many invoices and credit notes.
    pub invoices: u64,
    /// Without VAT.
    pub net: Money,
    /// The VAT.
    pub vat: Money,
    /// How many customers could not be invoiced.
    pub failures: u64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { services, invoices, failures, .. } = self;
        write!(f, "{services} services renewed, {invoices} invoices issued, {failures} customers failed")
    }
}

/// What a run would make.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// The sums.
    pub outcome: Outcome,
    /// Whether there are more customers than were looked at.
    pub more: bool,
    /// The first of the invoices.
    pub invoices: Vec<PreviewInvoice>,
    /// The first of the customers that could not be invoiced.
    pub failed: Vec<(CustomerId, Problem)>,
}

/// One invoice of a preview.
#[derive(Debug, Clone, Copy)]
pub struct PreviewInvoice {
    /// Whose.
    pub customer: CustomerId,
    /// How many lines it has.
    pub lines: usize,
    /// Without VAT.
    pub net: Money,
    /// The VAT.
    pub vat: Money,
}

/// Makes invoices of everything that is due up to a day. Any number may run at once, and any number of
/// times: one that was killed is taken up.
///
/// # Errors
/// When a store fails; the run may be repeated.
pub async fn run(office: &Office, by: By, through: Day) -> Result<(RunId, Outcome), OfficeError> {
    run_told(office, by, through, &mut |_| {}).await
}

/// The same, telling after each batch what is made so far.
///
/// # Errors
/// As [`run`].
pub async fn run_told(
    office: &Office,
    by: By,
    through: Day,
    tell: &mut (dyn FnMut(Outcome) + Send),
) -> Result<(RunId, Outcome), OfficeError> {
    let id = match store::running(&office.store, through).await? {
        Some(run) => run.id,
        None => begin(office, by, through, Doer::Caller).await?,
    };
    Ok((id, go_on(office, id, tell).await?))
}

/// Begins a run and leaves the invoices to a worker; one that is under way up to that day is taken instead.
///
/// # Errors
/// When a store fails.
pub async fn order(office: &Office, by: By, through: Day) -> Result<RunId, OfficeError> {
    match store::running(&office.store, through).await? {
        Some(run) => Ok(run.id),
        None => begin(office, by, through, Doer::Worker).await,
    }
}

/// Goes on with a run from where it is, until it is finished.
pub(super) async fn go_on(
    office: &Office,
    id: RunId,
    tell: &mut (dyn FnMut(Outcome) + Send),
) -> Result<Outcome, OfficeError> {
    let mut tries = 0;
    loop {
        let run = found(office, id).await?;
        if run.finished_at.is_some() {
            return Ok(outcome(&run));
        }
        tell(outcome(&run));
        let through = run.through;
        let customers = store::customers_due(&office.store, run.cursor, through, BATCH).await?;
        if customers.is_empty() {
            finish(office, &run).await?;
            continue;
        }
        match batch(office, &run, &customers).await {
            Ok(()) => tries = 0,
            Err(error) if was_first(&error) && tries < TRIES => tries += 1,
            Err(error) => {
                // One of them breaks it: each alone, and what fails is noted.
                tracing::warn!(error = %error, "a batch of the billing run failed; its customers go one by one");
                tries = 0;
                one_by_one(office, id, &customers).await?;
            }
        }
    }
}

/// Takes up runs that a crash left.
///
/// # Errors
/// When a store fails.
pub async fn resume(office: &Office) -> Result<u64, OfficeError> {
    let days = store::unfinished(&office.store, UNFINISHED).await?;
    for day in &days {
        run(office, By::System("billing"), *day).await?;
    }
    Ok(days.len() as u64)
}

/// How many services have a term that is due up to a day.
///
/// # Errors
/// When the database fails.
pub async fn services_due(office: &Office, through: Day) -> Result<u64, OfficeError> {
    Ok(store::count_due(&office.store, through).await?)
}

/// What [`run`] would make, of so many customers or a few more; nothing is written.
///
/// # Errors
/// When a store fails.
pub async fn preview(office: &Office, through: Day, customers_max: u64) -> Result<Preview, OfficeError> {
    let mut preview = Preview::default();
    let (mut after, mut looked_at) = (None, 0);
    loop {
        let customers = store::customers_due(&office.store, after, through, BATCH).await?;
        let Some(last) = customers.last() else { return Ok(preview) };
        if looked_at >= customers_max {
            preview.more = true;
            return Ok(preview);
        }
        looked_at += customers.len() as u64;
        after = Some(*last);
        let gathered = Gathered::read(office, &customers, through).await?;
        for (customer, result) in gathered.bills(office, through) {
            match result {
                Ok(bill) => preview.add(customer, &bill),
                Err(problem) => {
                    preview.outcome.failures += 1;
                    if preview.failed.len() < SHOWN {
                        preview.failed.push((customer, problem));
                    }
                }
            }
        }
    }
}

impl Preview {
    fn add(&mut self, customer: CustomerId, bill: &Bill) {
        self.outcome.services += bill.moves.len() as u64;
        for invoice in &bill.invoices {
            self.outcome.invoices += 1;
            self.outcome.net += invoice.document.net;
            self.outcome.vat += invoice.document.vat;
            if self.invoices.len() < SHOWN {
                let document = &invoice.document;
                let (lines, net, vat) = (document.lines.len(), document.net, document.vat);
                self.invoices.push(PreviewInvoice { customer, lines, net, vat });
            }
        }
    }
}

/// Who makes the invoices of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doer {
    Caller,
    Worker,
}

async fn begin(office: &Office, by: By, through: Day, doer: Doer) -> Result<RunId, OfficeError> {
    let id = RunId::new(&*office.clock, &*office.random);
    let record =
        Record::new("billing-run-begun", by).with("run", id.to_string()).with("through", through.to_string());
    let entry = office.prepare(record).await?;
    let who = match by {
        By::Login(subject) => Some(subject),
        By::Visitor | By::System(_) => None,
    };
    let tx = office.store.begin().await?;
    store::begin_run(&tx, id, through, who, office.now()).await?;
    entry.append(&tx).await?;
    if doer == Doer::Worker {
        tx.enqueue(&RunBilling { run: id }, office.now(), &*office.clock, &*office.random).await?;
    }
    tx.commit().await?;
    Ok(id)
}

async fn finish(office: &Office, run: &RunRow) -> Result<(), OfficeError> {
    let record = Record::new("billing-run-ended", By::System("billing"))
        .with("run", run.id.to_string())
        .with("services", run.services)
        .with("invoices", run.invoices)
        .with("net_cents", run.net.cents())
        .with("vat_cents", run.vat.cents())
        .with("failures", run.failures);
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    if store::end_run(&tx, run.id, office.now()).await? == 0 {
        return Ok(tx.rollback().await?);
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

async fn found(office: &Office, id: RunId) -> Result<RunRow, OfficeError> {
    store::run_by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the billing run" })
}

fn outcome(run: &RunRow) -> Outcome {
    let RunRow { services, invoices, net, vat, failures, .. } = *run;
    Outcome { services, invoices, net, vat, failures }
}

/// Whether somebody else was first, so that looking again helps.
fn was_first(error: &OfficeError) -> bool {
    matches!(
        error,
        OfficeError::Conflict { .. }
            | OfficeError::Store(StoreError::Duplicate | StoreError::Conflict { .. })
    )
}

async fn one_by_one(office: &Office, id: RunId, customers: &[CustomerId]) -> Result<(), OfficeError> {
    for customer in customers {
        for attempt in 0..=TRIES {
            let run = found(office, id).await?;
            if run.finished_at.is_some() || run.cursor >= Some(*customer) {
                break;
            }
            match batch(office, &run, &[*customer]).await {
                Ok(()) => break,
                Err(error) if was_first(&error) && attempt < TRIES => {}
                Err(error) => {
                    tracing::error!(error = %error, customer.id = %customer, "a customer cannot be invoiced");
                    set_aside(office, &run, *customer).await?;
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Passes a customer by, whose batch the database refused.
async fn set_aside(office: &Office, run: &RunRow, customer: CustomerId) -> Result<(), OfficeError> {
    let now = office.now();
    let tx = office.store.begin().await?;
    if store::take_batch(&tx, run, customer, now).await? == 0 {
        return Ok(tx.rollback().await?);
    }
    store::resolve_failures(&tx, &[customer], now).await?;
    let id = RunId::new(&*office.clock, &*office.random).uuid();
    store::note_failures(&tx, run.id, &[(id, customer, Problem::Store.as_str())], now).await?;
    store::add_progress(&tx, run.id, Progress { failures: 1, ..Progress::default() }).await?;
    Ok(tx.commit().await?)
}

/// What is due of some customers, read before their transaction.
pub(super) struct Gathered {
    customers: Vec<(Customer, DataKey<keys::purpose::Account>)>,
    /// Customers whose data does not open.
    closed: Vec<CustomerId>,
    services: HashMap<CustomerId, Vec<DueService>>,
    charges: HashMap<CustomerId, Vec<OpenCharge>>,
    plans: HashMap<PlanId, [String; 2]>,
}

impl Gathered {
    pub(super) async fn read(office: &Office, ids: &[CustomerId], through: Day) -> Result<Self, OfficeError> {
        let (mut services, mut charges) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        let mut plans = HashSet::new();
        for service in store::services(&office.store, ids, through).await? {
            plans.insert(service.plan);
            services.entry(service.customer).or_default().push(service);
        }
        for charge in store::charges(&office.store, ids, through).await? {
            plans.extend(charge.plan);
            charges.entry(charge.customer).or_default().push(charge);
        }
        let plans = store::plan_names(&office.store, &plans).await?;
        let opened = customers::open_many(office, ids).await?;
        let present: HashSet<CustomerId> = opened.iter().map(|(customer, _)| customer.id).collect();
        let closed = ids.iter().copied().filter(|id| !present.contains(id)).collect();
        Ok(Self { customers: opened, closed, services, charges, plans })
    }

    /// The bill of each customer.
    pub(super) fn bills(&self, office: &Office, through: Day) -> Vec<(CustomerId, Result<Bill, Problem>)> {
        let policy = office.policy();
        let scene = Scene {
            seller: seller(policy.provider()),
            seller_vat: policy.provider().vat.clone(),
            today: office.today(),
            through,
            plans: &self.plans,
            clock: &*office.clock,
            random: &*office.random,
        };
        let mut bills: Vec<(CustomerId, Result<Bill, Problem>)> = self
            .customers
            .iter()
            .map(|(customer, key)| {
                let account = Account {
                    customer,
                    key,
                    services: self
                        .services
                        .get(&customer.id)
                        .map_or_else(Vec::new, |all| all.iter().collect()),
                    charges: self.charges.get(&customer.id).map_or_else(Vec::new, |all| all.iter().collect()),
                };
                (customer.id, bill(&scene, &account))
            })
            .collect();
        bills.extend(self.closed.iter().map(|id| (*id, Err(Problem::Sealed))));
        bills
    }

    pub(super) fn subjects(&self) -> HashMap<CustomerId, SubjectId> {
        self.customers.iter().map(|(customer, _)| (customer.id, customer.subject)).collect()
    }
}

/// One transaction: the customers' invoices, their services moved on, and the run's cursor.
async fn batch(office: &Office, run: &RunRow, ids: &[CustomerId]) -> Result<(), OfficeError> {
    let Some(last) = ids.last() else { return Ok(()) };
    let gathered = Gathered::read(office, ids, run.through).await?;
    let subjects = gathered.subjects();
    let (mut bills, mut failures) = (Vec::new(), Vec::new());
    for (customer, result) in gathered.bills(office, run.through) {
        match result {
            Ok(bill) => bills.push((customer, bill)),
            Err(problem) => {
                let id = RunId::new(&*office.clock, &*office.random).uuid();
                failures.push((id, customer, problem.as_str()));
            }
        }
    }
    let with_invoices: Vec<CustomerId> =
        bills.iter().filter(|(_, bill)| !bill.invoices.is_empty()).map(|(customer, _)| *customer).collect();
    let books = Books::of(office, &with_invoices, office.today()).await?;
    let record = Record::new("invoices-issued", By::System("billing")).with("run", run.id.to_string());
    let entry = office.draft(record).await?;
    let now = office.now();

    let tx = office.store.begin().await?;
    if store::take_batch(&tx, run, *last, now).await? == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the billing run" });
    }
    let mut locked: Vec<SubjectId> = subjects.values().copied().collect();
    locked.sort_unstable();
    let active = store::lock_active(&tx, &locked).await?;
    // Whose erasure began meanwhile is not invoiced any more.
    let living =
        |customer: CustomerId| subjects.get(&customer).is_some_and(|subject| active.contains(subject));
    bills.retain(|(customer, _)| living(*customer));
    let taken = take(&tx, &bills, now).await?;
    store::resolve_failures(&tx, ids, now).await?;
    store::note_failures(&tx, run.id, &failures, now).await?;
    let mut progress = Progress { services: taken, failures: failures.len() as u64, ..Progress::default() };
    let to_issue: Vec<ToIssue> = bills.into_iter().flat_map(to_issue).collect();
    if !to_issue.is_empty() {
        let invoices = to_issue.iter().map(|one| one.id).collect();
        let of: Vec<CustomerId> = with_invoices.into_iter().filter(|customer| living(*customer)).collect();
        books.open(&tx, living, now).await?;
        let issued = issue(office, &tx, to_issue, &books, Some(run.id), entry).await?;
        payments::settle_credit(office, &tx, &of).await?;
        tx.enqueue(&MailInvoices { invoices }, now, &*office.clock, &*office.random).await?;
        progress.invoices = issued.invoices;
        progress.net = issued.net;
        progress.vat = issued.vat;
    }
    store::add_progress(&tx, run.id, progress).await?;
    Ok(tx.commit().await?)
}

fn to_issue((customer, bill): (CustomerId, Bill)) -> impl Iterator<Item = ToIssue> {
    bill.invoices.into_iter().map(move |one| ToIssue {
        id: one.id,
        customer,
        document: one.document,
        credits: None,
    })
}

/// Takes the bill of one customer: what [`take`] does for a batch.
pub(super) async fn take_bill(
    tx: &::store::Tx,
    customer: CustomerId,
    bill: Bill,
    now: base::Timestamp,
) -> Result<Vec<ToIssue>, OfficeError> {
    let bills = [(customer, bill)];
    take(tx, &bills, now).await?;
    Ok(bills.into_iter().flat_map(to_issue).collect())
}

/// Moves services on and puts charges on their invoices; all of them, or the batch is looked at again.
async fn take(
    tx: &::store::Tx,
    bills: &[(CustomerId, Bill)],
    now: base::Timestamp,
) -> Result<u64, OfficeError> {
    let moves: Vec<_> = bills.iter().flat_map(|(_, bill)| bill.moves.iter().copied()).collect();
    let open: Vec<_> = bills.iter().flat_map(|(_, bill)| bill.open.iter().copied()).collect();
    let new: Vec<(&NewCharge, _)> =
        bills.iter().flat_map(|(_, bill)| bill.charges.iter().map(|(new, id)| (new, Some(*id)))).collect();
    let conflict = || OfficeError::Conflict { what: "what is due" };
    if store::advance(tx, &moves, now).await? != moves.len() as u64 {
        return Err(conflict());
    }
    if store::put_on_invoice(tx, &open).await? != open.len() as u64 {
        return Err(conflict());
    }
    if charges::insert(tx, &new, now).await? != new.len() as u64 {
        return Err(conflict());
    }
    Ok(moves.len() as u64)
}
