//! SQL of services; that of tasks is in `tasks`.

mod tasks;

use super::terms::{Billed, Buyer, Price, Renewal, TermMonths};
use super::{Chosen, EndReason, Service, ServiceId, ServiceState, SuspendReason};
use crate::agreements::AgreementId;
use crate::catalogue::{PlanId, ProductKind, Vat};
use crate::customers::CustomerId;
use crate::{Office, OfficeError};
use ::store::{Store, StoreError, Tx};
use base::{Day, Money, Sensitive, SubjectId, Timestamp};
use keys::{Cell, DataKey, Sealed, purpose::Account};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

pub use tasks::TaskFilter;
pub(super) use tasks::{cancel_task, cancel_tasks, close_task, count_tasks, has_open_task, task, tasks};
pub(crate) use tasks::{new_task, open_task};

/// How many services of one customer are read at most.
const OF_CUSTOMER_MAX: u32 = 1_000;

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "service",
        &[
            Column::plain("id"),
            Column::plain("agreement_id"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("plan_id"),
            Column::plain("kind"),
            Column::personal("label", "account"),
            Column::plain("options"),
            Column::plain("state"),
            Column::plain("changes"),
            Column::plain("term_months"),
            Column::plain("amount_cents"),
            Column::plain("discount_cents"),
            Column::plain("discount_terms"),
            Column::plain("vat"),
            Column::plain("began_day"),
            Column::plain("anchor_day"),
            Column::plain("terms_charged"),
            Column::plain("first_term_until_day"),
            Column::plain("charged_until_day"),
            Column::plain("due_day"),
            Column::plain("ends_day"),
            Column::plain("ended_reason"),
            Column::plain("suspended_reason"),
            Column::plain("suspended_at"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    )
    .cleared_with("subject_id"),
    Table::new(
        "task",
        &[
            Column::plain("id"),
            Column::plain("number"),
            Column::plain("kind"),
            Column::plain("service_id"),
            Column::plain("customer_id"),
            Column::plain("state"),
            Column::plain("due_at"),
            Column::plain("created_at"),
            Column::plain("closed_at"),
            Column::plain("closed_by"),
        ],
    ),
];

/// A service as stored, its label still sealed.
#[derive(Debug, Clone)]
pub(crate) struct ServiceRow {
    pub id: ServiceId,
    pub agreement: AgreementId,
    agreement_number: i64,
    concluded: Day,
    buyer: Buyer,
    pub customer: CustomerId,
    pub subject: Option<SubjectId>,
    pub plan: PlanId,
    pub kind: ProductKind,
    label: Option<Vec<u8>>,
    pub chosen: Chosen,
    pub state: ServiceState,
    pub revision: u32,
    pub months: TermMonths,
    pub price: Price,
    pub vat: Vat,
    pub began: Option<Day>,
    pub anchor: Option<Day>,
    terms_charged: u32,
    pub first_term_until: Option<Day>,
    pub charged_until: Option<Day>,
    pub due: Option<Day>,
    pub ends: Option<Day>,
    pub ended_reason: Option<EndReason>,
    pub suspended: Option<(SuspendReason, Timestamp)>,
    created_at: Timestamp,
}

/// Where the label of a service is sealed. Not at a revision: a service changes often, its label never, so
/// the count of its changes (`changes`) is no part of the envelope.
pub(crate) const fn label_cell(id: ServiceId, subject: SubjectId) -> Cell {
    Cell { table: "service", column: "label", row: id.bytes(), revision: None, subject }
}

impl ServiceRow {
    /// The service, unless somebody changed it since `revision`.
    pub(super) async fn at(office: &Office, id: ServiceId, revision: u32) -> Result<Self, OfficeError> {
        let row = by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the service" })?;
        if row.revision == revision { Ok(row) } else { Err(OfficeError::Conflict { what: "the service" }) }
    }

    pub(super) fn open_label(
        &self,
        key: &DataKey<Account>,
    ) -> Result<Option<Sensitive<String>>, OfficeError> {
        let (Some(bytes), Some(subject)) = (&self.label, self.subject) else { return Ok(None) };
        let value = key.open(&label_cell(self.id, subject), &Sealed::from_bytes(bytes.clone())?)?;
        Ok(Some(Sensitive::new(value.text()?.to_owned())))
    }

    pub(super) fn billed(&self) -> Option<Billed> {
        Some(Billed {
            anchor: self.anchor?,
            months: self.months,
            price: self.price,
            charged_until: self.charged_until?,
            ends: self.ends,
        })
    }

    /// The row after a renewal.
    pub(super) const fn renewed(&mut self, renewal: &Renewal) {
        self.charged_until = Some(renewal.part.until);
        self.terms_charged = renewal.terms_charged;
        self.due = renewal.next_due;
    }

    /// When its next term is due.
    pub(super) fn next_due(&self) -> Result<Option<Day>, OfficeError> {
        self.billed().map_or(Ok(None), |billed| billed.due().map_err(super::bill::calendar))
    }

    pub(super) fn service(&self, label: Option<Sensitive<String>>) -> Service {
        Service {
            id: self.id,
            agreement: self.agreement,
            agreement_number: self.agreement_number,
            concluded: self.concluded,
            buyer: self.buyer,
            customer: self.customer,
            subject: self.subject,
            plan: self.plan,
            kind: self.kind,
            label,
            chosen: self.chosen.clone(),
            state: self.state,
            revision: self.revision,
            months: self.months,
            price: self.price,
            vat: self.vat,
            began: self.began,
            anchor: self.anchor,
            first_term_until: self.first_term_until,
            charged_until: self.charged_until,
            due: self.due,
            ends: self.ends,
            ended_reason: self.ended_reason,
            suspended: self.suspended,
            created_at: self.created_at,
        }
    }
}

/// A service to be: provisioned from now on, or as it is taken over from elsewhere.
pub(crate) struct NewService {
    pub id: ServiceId,
    pub agreement: AgreementId,
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub plan: PlanId,
    pub kind: ProductKind,
    pub label: Option<Vec<u8>>,
    pub chosen: Chosen,
    pub months: TermMonths,
    pub price: Price,
    pub vat: Vat,
    /// How it runs already, when it is taken over.
    pub running: Option<Running>,
}

/// What is known of a service that is taken over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Running {
    pub anchor: Day,
    pub first_term_until: Day,
    pub charged_until: Day,
    pub terms_charged: u32,
    pub due: Option<Day>,
}

pub(crate) async fn insert(tx: &Tx, new: &NewService, now: Timestamp) -> Result<(), StoreError> {
    let state = if new.running.is_some() { ServiceState::Active } else { ServiceState::Provisioning };
    let running = |of: fn(&Running) -> Option<Day>| days(new.running.as_ref().and_then(of));
    let values: Vec<Value> = vec![
        new.id.uuid().into(),
        new.agreement.uuid().into(),
        new.customer.uuid().into(),
        new.subject.uuid().into(),
        new.plan.uuid().into(),
        new.kind.as_str().into(),
        new.label.clone().into(),
        new.chosen.to_json().into(),
        state.as_str().into(),
        i64::from(new.months.value()).into(),
        new.price.amount.cents().into(),
        new.price.discount.cents().into(),
        i64::from(new.price.discount_terms).into(),
        new.vat.as_str().into(),
        i64::from(new.running.map_or(0, |running| running.terms_charged)).into(),
        running(|running| Some(running.anchor)),
        running(|running| Some(running.first_term_until)),
        running(|running| Some(running.charged_until)),
        running(|running| running.due),
        now.as_micros().into(),
    ];
    tx.execute(
        "INSERT INTO service (id, agreement_id, customer_id, subject_id, plan_id, kind, label, options, state, changes, \
         term_months, amount_cents, discount_cents, discount_terms, vat, terms_charged, anchor_day, began_day, \
         first_term_until_day, charged_until_day, due_day, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, \
         $8, $9, 1, $10, $11, $12, $13, $14, $15, $16, $16, $17, $18, $19, $20, $20)",
        values,
    )
    .await?;
    Ok(())
}

fn days(day: Option<Day>) -> Value {
    day.map(|day| i64::from(day.number())).into()
}

/// Writes what changed, unless somebody changed the service, or what is charged of it, since `before`.
pub(super) async fn save(
    tx: &Tx,
    before: &ServiceRow,
    row: &ServiceRow,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let values: Vec<Value> = vec![
        row.plan.uuid().into(),
        row.chosen.to_json().into(),
        row.state.as_str().into(),
        row.price.amount.cents().into(),
        row.price.discount.cents().into(),
        i64::from(row.price.discount_terms).into(),
        days(row.began),
        days(row.anchor),
        i64::from(row.terms_charged).into(),
        days(row.first_term_until),
        days(row.charged_until),
        days(row.due),
        days(row.ends),
        row.ended_reason.map(EndReason::as_str).into(),
        row.suspended.map(|(reason, _)| reason.as_str()).into(),
        row.suspended.map(|(_, at)| at.as_micros()).into(),
        now.as_micros().into(),
        row.id.uuid().into(),
        i64::from(before.revision).into(),
        before.charged_until.map_or(-1, |day| i64::from(day.number())).into(),
        before.state.as_str().into(),
    ];
    let touched = tx
        .execute(
            "UPDATE service SET plan_id = $1, options = $2, state = $3, amount_cents = $4, discount_cents = $5, \
             discount_terms = $6, began_day = $7, anchor_day = $8, terms_charged = $9, first_term_until_day = $10, \
             charged_until_day = $11, due_day = $12, ends_day = $13, ended_reason = $14, suspended_reason = $15, \
             suspended_at = $16, updated_at = $17, changes = changes + 1 \
             WHERE id = $18 AND changes = $19 AND COALESCE(charged_until_day, -1) = $20 AND state = $21",
            values,
        )
        .await?;
    if touched == 0 { Err(OfficeError::Conflict { what: "the service" }) } else { Ok(()) }
}

const FROM: &str = "SELECT s.*, a.consumer, a.began_day AS concluded_day, a.number AS agreement_number \
                    FROM service s JOIN agreement a ON a.id = s.agreement_id";

pub(super) async fn by_id(store: &Store, id: ServiceId) -> Result<Option<ServiceRow>, StoreError> {
    let sql = format!("{FROM} WHERE s.id = $1");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(super) async fn of_customer(store: &Store, customer: CustomerId) -> Result<Vec<ServiceRow>, StoreError> {
    let sql = format!("{FROM} WHERE s.customer_id = $1 ORDER BY s.id LIMIT {OF_CUSTOMER_MAX}");
    store.query(&sql, [customer.uuid().into()]).await?.iter().map(read).collect()
}

pub(super) async fn of_customer_in(tx: &Tx, customer: CustomerId) -> Result<Vec<ServiceRow>, StoreError> {
    let sql = format!("{FROM} WHERE s.customer_id = $1 ORDER BY s.id");
    tx.query(&sql, [customer.uuid().into()]).await?.iter().map(read).collect()
}

/// Services that end by a day and have not.
pub(super) async fn ending_by(store: &Store, day: Day, limit: u32) -> Result<Vec<ServiceRow>, StoreError> {
    let sql =
        format!("{FROM} WHERE s.state = 'ending' AND s.ends_day <= $1 ORDER BY s.ends_day, s.id LIMIT $2");
    let rows = store.query(&sql, [i64::from(day.number()).into(), i64::from(limit).into()]).await?;
    rows.iter().map(read).collect()
}

fn number(row: &QueryResult, column: &str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64>("", column)?)
        .map_err(|_| StoreError::inconsistent(format!("a wild number in {column}")))
}

fn day(row: &QueryResult, column: &str) -> Result<Option<Day>, StoreError> {
    row.try_get::<Option<i64>>("", column)?
        .map(|number| u32::try_from(number).map(Day::from_number))
        .transpose()
        .map_err(|_| StoreError::inconsistent(format!("a wild day in {column}")))
}

fn word<T>(row: &QueryResult, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let text: String = row.try_get("", column)?;
    parse(&text).ok_or_else(|| StoreError::inconsistent(format!("an unknown word in {column}")))
}

fn optional_word<T>(
    row: &QueryResult,
    column: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.try_get("", column)?;
    text.map(|text| {
        parse(&text).ok_or_else(|| StoreError::inconsistent(format!("an unknown word in {column}")))
    })
    .transpose()
}

fn read(row: &QueryResult) -> Result<ServiceRow, StoreError> {
    let consumer: bool = row.try_get("", "consumer")?;
    let suspended_at: Option<i64> = row.try_get("", "suspended_at")?;
    let suspended = optional_word(row, "suspended_reason", SuspendReason::parse)?;
    Ok(ServiceRow {
        id: ServiceId::from_uuid(row.try_get("", "id")?),
        agreement: AgreementId::from_uuid(row.try_get("", "agreement_id")?),
        agreement_number: row.try_get("", "agreement_number")?,
        concluded: Day::from_number(number(row, "concluded_day")?),
        buyer: if consumer { Buyer::Consumer } else { Buyer::Business },
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        subject: row.try_get::<Option<uuid::Uuid>>("", "subject_id")?.map(SubjectId::from_uuid),
        plan: PlanId::from_uuid(row.try_get("", "plan_id")?),
        kind: word(row, "kind", ProductKind::parse)?,
        label: row.try_get("", "label")?,
        chosen: word(row, "options", Chosen::from_json)?,
        state: word(row, "state", ServiceState::parse)?,
        revision: number(row, "changes")?,
        months: TermMonths::new(number(row, "term_months")?)
            .ok_or_else(|| StoreError::inconsistent("a service with a wild term"))?,
        price: Price {
            amount: Money::from_cents(row.try_get("", "amount_cents")?),
            discount: Money::from_cents(row.try_get("", "discount_cents")?),
            discount_terms: number(row, "discount_terms")?,
        },
        vat: word(row, "vat", Vat::parse)?,
        began: day(row, "began_day")?,
        anchor: day(row, "anchor_day")?,
        terms_charged: number(row, "terms_charged")?,
        first_term_until: day(row, "first_term_until_day")?,
        charged_until: day(row, "charged_until_day")?,
        due: day(row, "due_day")?,
        ends: day(row, "ends_day")?,
        ended_reason: optional_word(row, "ended_reason", EndReason::parse)?,
        suspended: suspended.zip(suspended_at.map(Timestamp::from_micros)),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}

/// Kind, first day and amount of every charge, as they were made.
#[cfg(test)]
pub(super) async fn charges_for_tests(store: &Store) -> Result<Vec<(String, Day, i64)>, StoreError> {
    let rows = store.query("SELECT kind, from_day, amount_cents FROM charge ORDER BY id", []).await?;
    rows.iter()
        .map(|row| {
            let from = day(row, "from_day")?.ok_or_else(|| StoreError::inconsistent("no day"))?;
            Ok((row.try_get("", "kind")?, from, row.try_get("", "amount_cents")?))
        })
        .collect()
}
