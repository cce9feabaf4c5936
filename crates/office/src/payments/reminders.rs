//! The ladder of reminders: what is overdue climbs it, a step a time.

use super::store::money;
use super::store::reminders::{self as store, DueReminder};
use super::templates::{self, Facts, TemplateKind};
use super::{Reminder, Step, settle};
use crate::billing::{self, InvoiceId, ReminderDays};
use crate::customers::{self, Customer, CustomerKind};
use crate::mailing::{self, MailKind, NewMail};
use crate::{By, Office, OfficeError, Record};
use base::Day;
use core::fmt;
use jiff::ToSpan as _;

/// How many reminders are looked at in one go.
const ROUND: u32 = 200;
/// How many customers are settled in one round.
const SETTLED_MAX: u32 = 1_000;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reminded {
    /// Reminders that went.
    pub sent: u64,
    /// Of those, notices of suspension.
    pub suspensions: u64,
    /// Invoices whose customer is gone.
    pub left: u64,
}

impl fmt::Display for Reminded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, suspensions, left } = self;
        write!(
            f,
            "{sent} reminders, of which {suspensions} of suspension; {left} invoices of customers that are gone"
        )
    }
}

/// Sends the reminders that are due. Credit that waits is settled first, so that nobody is reminded of what
/// they paid.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn remind(office: &Office) -> Result<Reminded, OfficeError> {
    for customer in money::unsettled(&office.store, SETTLED_MAX).await? {
        let tx = office.store.begin().await?;
        settle::settle_credit(office, &tx, &[customer]).await?;
        tx.commit().await?;
    }
    let today = office.today();
    let mut reminded = Reminded::default();
    let mut after = None;
    loop {
        let due = store::due(&office.store, today, after, ROUND).await?;
        let Some(last) = due.last() else { return Ok(reminded) };
        after = Some(last.invoice);
        for one in &due {
            step(office, today, one, &mut reminded).await?;
        }
    }
}

async fn step(
    office: &Office,
    today: Day,
    due: &DueReminder,
    done: &mut Reminded,
) -> Result<(), OfficeError> {
    let position = usize::try_from(due.step).unwrap_or(usize::MAX);
    let customer = match customers::customer(office, due.customer).await {
        Err(OfficeError::NotFound { .. } | OfficeError::Keys(keys::KeyError::Missing { .. })) => None,
        found => Some(found?),
    };
    let (Some(step), Some(customer)) = (Step::ALL.get(position).copied(), customer) else {
        let tx = office.store.begin().await?;
        store::leave(&tx, due.invoice).await?;
        tx.commit().await?;
        done.left += 1;
        return Ok(());
    };
    let settings = &office.settings.billing;
    let kind = match (step, customer.profile.kind) {
        (Step::First, CustomerKind::Person) if settings.statutory_costs => TemplateKind::FourteenDays,
        _ => TemplateKind::from(step),
    };
    let mail = mail(office, due.invoice, &customer, kind).await?;
    let next =
        Step::ALL.get(position + 1).and_then(|next| on(due.due, today, step, *next, settings.reminder_days));
    let record = Record::new("payment-reminded", By::System("billing"))
        .about(customer.subject)
        .with("step", step.as_str());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    if store::climb(&tx, due.invoice, due.step, next).await? == 0 {
        return Ok(tx.rollback().await?);
    }
    let mail = mail.queue(office, &tx).await?;
    let reminder = Reminder { invoice: due.invoice, step, sent: today };
    store::insert(&tx, reminder, due.customer, mail, now).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    done.sent += 1;
    done.suspensions += u64::from(step == Step::Suspension);
    Ok(())
}

/// When a step goes: so many days after the due date, and never sooner after the step before it than the
/// ladder says, also when that one was late.
fn on(due: Day, today: Day, step: Step, next: Step, days: ReminderDays) -> Option<Day> {
    let planned = due.plus_span(i64::from(after(next, days)).days()).ok()?;
    let between = after(next, days).saturating_sub(after(step, days));
    Some(planned.max(today.plus_span(i64::from(between).days()).ok()?))
}

const fn after(step: Step, days: ReminderDays) -> u32 {
    match step {
        Step::Friendly => days.friendly,
        Step::First => days.first,
        Step::Final => days.r#final,
        Step::Suspension => days.suspension,
    }
}

async fn mail(
    office: &Office,
    id: InvoiceId,
    customer: &Customer,
    kind: TemplateKind,
) -> Result<mailing::PreparedMail, OfficeError> {
    let language = customer.profile.language;
    let rows = billing::rows(office, &[id]).await?;
    let row = rows.first().ok_or(OfficeError::NotFound { what: "the invoice" })?;
    let template = templates::template(office, kind, language).await?;
    let (title, text) = template.fill(&Facts::of(office, row, customer.display_name().expose()));
    let body = mailing::signed(office, language, text.expose());
    let new = NewMail {
        subject: customer.subject,
        to: &customer.profile.email,
        kind: MailKind::PaymentReminder,
        language,
        title,
        body,
    };
    mailing::prepare(office, new).await
}
