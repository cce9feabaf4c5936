//! What a change of a service puts on its bill.

use super::store::ServiceRow;
use super::terms::{Correction, Part, Renewal};
use crate::billing::ChargeId;
use crate::billing::charges::{ChargeKind, NewCharge, seal_label};
use crate::catalogue::PlanId;
use crate::{Office, OfficeError};
use base::{Day, Money, Sensitive, TimeError};
use keys::DataKey;
use keys::purpose::Account;

/// How many terms that nobody charged are made good at a change: a service that is by the month for ten
/// years.
const CATCH_UP_MAX: usize = 120;

/// Charges of one service, collected before the transaction begins.
pub(super) struct Bill<'a> {
    office: &'a Office,
    row: ServiceRow,
    key: DataKey<Account>,
    label: Option<Sensitive<String>>,
    today: Day,
    pub charges: Vec<NewCharge>,
}

pub(super) fn calendar(_: TimeError) -> OfficeError {
    OfficeError::Other("a service whose terms leave the calendar".into())
}

impl<'a> Bill<'a> {
    /// A bill for a service whose subject is active.
    pub(super) async fn new(office: &'a Office, row: &ServiceRow) -> Result<Self, OfficeError> {
        let subject = row.subject.ok_or(OfficeError::Erased)?;
        let key = office.vault.key::<Account>(subject).await?;
        let label = row.open_label(&key)?;
        Ok(Self { office, row: row.clone(), key, label, today: office.today(), charges: Vec::new() })
    }

    fn add(
        &mut self,
        kind: ChargeKind,
        seq: u32,
        plan: PlanId,
        span: (Day, Option<Day>),
        (unit, discount): (Money, Money),
    ) -> Result<(), OfficeError> {
        if unit.is_zero() && discount.is_zero() {
            return Ok(());
        }
        let office = self.office;
        let id = ChargeId::new(&*office.clock, &*office.random);
        let subject = self.row.subject.ok_or(OfficeError::Erased)?;
        let label = self
            .label
            .as_ref()
            .map(|label| seal_label(&self.key, id, subject, label.expose(), &*office.random));
        self.charges.push(NewCharge {
            id,
            customer: self.row.customer,
            subject,
            service: Some(self.row.id),
            kind,
            seq,
            plan: Some(plan),
            label,
            from: Some(span.0),
            until: span.1,
            quantity: 1,
            unit,
            amount: unit - discount,
            discount,
            vat: self.row.vat,
            due: self.today,
        });
        Ok(())
    }

    /// A term, or the rest of one, by the plan that the service has.
    pub(super) fn term(&mut self, part: &Part) -> Result<(), OfficeError> {
        let span = (part.from, Some(part.until));
        self.add(ChargeKind::Term, 0, self.row.plan, span, (part.amount, part.discount))
    }

    /// What setting up costs.
    pub(super) fn setup(&mut self, day: Day, amount: Money) -> Result<(), OfficeError> {
        self.add(ChargeKind::Setup, 0, self.row.plan, (day, None), (amount, Money::ZERO))
    }

    /// Gives the cost of setting up back.
    pub(super) fn setup_back(&mut self, day: Day, amount: Money) -> Result<(), OfficeError> {
        let seq = self.next_seq() + 1;
        self.add(ChargeKind::Credit, seq, self.row.plan, (day, None), (-amount, Money::ZERO))
    }

    /// A correction: what is given back of the old plan, and what the new one costs.
    pub(super) fn correction(&mut self, correction: &Correction, new: PlanId) -> Result<(), OfficeError> {
        let (seq, old) = (self.next_seq(), self.row.plan);
        for part in &correction.credited {
            let span = (part.from, Some(part.until));
            self.add(ChargeKind::Credit, seq, old, span, (-part.amount, -part.discount))?;
        }
        for part in &correction.charged {
            let span = (part.from, Some(part.until));
            self.add(ChargeKind::Change, seq, new, span, (part.amount, part.discount))?;
        }
        Ok(())
    }

    /// Two numbers for each revision, so that no two changes of a service share one.
    const fn next_seq(&self) -> u32 {
        (self.row.revision + 1) * 2
    }

    /// Charges every term that is due by today, by the price that holds until now: what a change does
    /// first, so that it changes only days that are charged or to come.
    pub(super) fn catch_up(&mut self, row: &mut ServiceRow) -> Result<(), OfficeError> {
        for _ in 0..CATCH_UP_MAX {
            let Some(renewal) = due_now(row, self.today)? else { return Ok(()) };
            self.term(&renewal.part)?;
            row.renewed(&renewal);
        }
        Err(OfficeError::Other("a service with more than ten years of terms that were not charged".into()))
    }

    /// Charges again what was given back for a cancellation that is taken back: the rest of the term
    /// that was cut, and every term that is due. They are changes and not terms, for of a term there is
    /// one charge only.
    pub(super) fn charge_again(&mut self, row: &mut ServiceRow) -> Result<(), OfficeError> {
        let seq = self.next_seq();
        for _ in 0..CATCH_UP_MAX {
            let Some(billed) = row.billed() else { return Ok(()) };
            let Some(renewal) = billed.renewal().map_err(calendar)? else { return Ok(()) };
            let begins = super::terms::term(billed.anchor, billed.months, renewal.part.index);
            let whole = begins.map_err(calendar)?.from == renewal.part.from;
            if whole && renewal.due > self.today {
                return Ok(());
            }
            let part = renewal.part;
            let span = (part.from, Some(part.until));
            self.add(ChargeKind::Change, seq, self.row.plan, span, (part.amount, part.discount))?;
            row.renewed(&renewal);
        }
        Err(OfficeError::Other("a service with more than ten years of terms that were not charged".into()))
    }
}

fn due_now(row: &ServiceRow, today: Day) -> Result<Option<Renewal>, OfficeError> {
    let Some(billed) = row.billed() else { return Ok(None) };
    Ok(billed.renewal().map_err(calendar)?.filter(|renewal| renewal.due <= today))
}
