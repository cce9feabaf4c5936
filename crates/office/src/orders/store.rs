//! SQL of orders, of what was accepted with them, and of the texts by version.

use super::model::LineId;
use super::quote::QuotedLine;
use super::{AcceptanceKind, EarlyStart, Order, OrderId, OrderLine, OrderState, TermsKind, TermsVersion};
use crate::OfficeError;
use crate::accounts::LoginId;
use crate::agreements::AgreementId;
use crate::catalogue::{CodeId, PlanId, Vat};
use crate::customers::CustomerId;
use crate::services::terms::{Buyer, TermMonths};
use crate::services::{Chosen, ServiceId};
use ::store::{Store, StoreError, Tx};
use base::{Language, Money, Random, Sensitive, SubjectId, Timestamp};
use keys::{Cell, DataKey, Sealed, purpose::Account};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// The counter that hands out numbers of orders, and the number before the first.
const NUMBER_COUNTER: &str = "order";
const FIRST_NUMBER: i64 = 200_000;
/// How many versions of a text are read at most.
const VERSIONS_MAX: u32 = 500;

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "terms_version",
        &[
            Column::plain("kind"),
            Column::plain("version"),
            Column::public("text_nl"),
            Column::public("text_en"),
            Column::secret("hash"),
            Column::plain("in_force_from"),
        ],
    ),
    Table::new(
        "customer_order",
        &[
            Column::plain("id"),
            Column::plain("number"),
            Column::plain("customer_id"),
            Column::plain("subject_id"),
            Column::plain("login_id"),
            Column::plain("state"),
            Column::plain("consumer"),
            Column::plain("language"),
            Column::plain("discount_code_id"),
            Column::plain("net_cents"),
            Column::plain("vat_cents"),
            Column::plain("agreement_id"),
            Column::plain("placed_at"),
            Column::plain("closed_at"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "order_line",
        &[
            Column::plain("id"),
            Column::plain("order_id"),
            Column::plain("subject_id"),
            Column::plain("plan_id"),
            Column::personal("label", "account"),
            Column::plain("options"),
            Column::plain("term_months"),
            Column::plain("amount_cents"),
            Column::plain("setup_cents"),
            Column::plain("discount_cents"),
            Column::plain("discount_terms"),
            Column::plain("vat"),
            Column::plain("position"),
            Column::plain("service_id"),
        ],
    )
    .deleted_with("subject_id"),
    Table::new(
        "acceptance",
        &[
            Column::plain("order_id"),
            Column::plain("subject_id"),
            Column::plain("kind"),
            Column::plain("version"),
            Column::secret("hash"),
            Column::plain("accepted_at"),
        ],
    )
    .cleared_with("subject_id"),
];

/// Which orders a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderFilter {
    /// In this state.
    pub state: Option<OrderState>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
}

pub(super) async fn latest_terms(store: &Store, kind: TermsKind) -> Result<Option<TermsVersion>, StoreError> {
    let sql = "SELECT * FROM terms_version WHERE kind = $1 ORDER BY version DESC LIMIT 1";
    store.query_one(sql, [kind.as_str().into()]).await?.as_ref().map(read_terms).transpose()
}

pub(super) async fn latest_terms_in(tx: &Tx, kind: TermsKind) -> Result<u32, StoreError> {
    let sql = "SELECT COALESCE(MAX(version), 0) AS n FROM terms_version WHERE kind = $1";
    let row = tx.query_one(sql, [kind.as_str().into()]).await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    u32::try_from(n).map_err(|_| StoreError::inconsistent("a wild version of a text"))
}

pub(super) async fn terms(store: &Store, kind: TermsKind) -> Result<Vec<TermsVersion>, StoreError> {
    let sql =
        format!("SELECT * FROM terms_version WHERE kind = $1 ORDER BY version DESC LIMIT {VERSIONS_MAX}");
    store.query(&sql, [kind.as_str().into()]).await?.iter().map(read_terms).collect()
}

pub(super) async fn insert_terms(tx: &Tx, version: &TermsVersion) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO terms_version (kind, version, text_nl, text_en, hash, in_force_from) VALUES ($1, $2, $3, $4, $5, $6)",
        [
            version.kind.as_str().into(),
            i64::from(version.version).into(),
            version.nl.clone().into(),
            version.en.clone().into(),
            version.hash.to_vec().into(),
            version.in_force_from.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

fn read_terms(row: &QueryResult) -> Result<TermsVersion, StoreError> {
    Ok(TermsVersion {
        kind: word(row, "kind", TermsKind::parse)?,
        version: number(row, "version")?,
        nl: row.try_get("", "text_nl")?,
        en: row.try_get("", "text_en")?,
        hash: hash(row)?,
        in_force_from: Timestamp::from_micros(row.try_get("", "in_force_from")?),
    })
}

/// An order to be.
pub(super) struct NewRow {
    pub id: OrderId,
    pub customer: CustomerId,
    pub subject: SubjectId,
    pub login: Option<LoginId>,
    pub buyer: Buyer,
    pub language: Language,
    pub code: Option<CodeId>,
    pub net: Money,
    pub vat: Money,
}

pub(super) async fn insert(tx: &Tx, new: &NewRow, number: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO customer_order (id, number, customer_id, subject_id, login_id, state, consumer, language, \
         discount_code_id, net_cents, vat_cents, placed_at) VALUES ($1, $2, $3, $4, $5, 'placed', $6, $7, $8, $9, $10, $11)",
        [
            new.id.uuid().into(),
            number.into(),
            new.customer.uuid().into(),
            new.subject.uuid().into(),
            new.login.map(LoginId::uuid).into(),
            new.buyer.is_consumer().into(),
            new.language.tag().into(),
            new.code.map(CodeId::uuid).into(),
            new.net.cents().into(),
            new.vat.cents().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// The counter of orders and the number before the first.
pub(super) const fn numbers() -> (&'static str, i64) {
    (NUMBER_COUNTER, FIRST_NUMBER)
}

const fn line_cell(id: LineId, subject: SubjectId) -> Cell {
    Cell { table: "order_line", column: "label", row: id.bytes(), revision: None, subject }
}

/// A line with its label sealed.
pub(super) struct SealedLine(Vec<Value>);

pub(super) fn seal_line(
    order: OrderId,
    subject: SubjectId,
    position: usize,
    line: &QuotedLine,
    id: LineId,
    (key, random): (&DataKey<Account>, &dyn Random),
) -> SealedLine {
    let label = line
        .form
        .label
        .as_ref()
        .map(|label| key.seal(&line_cell(id, subject), label.expose().as_bytes(), random).into_bytes());
    SealedLine(vec![
        id.uuid().into(),
        order.uuid().into(),
        subject.uuid().into(),
        line.form.plan.uuid().into(),
        label.into(),
        line.form.chosen.to_json().into(),
        i64::from(line.form.months.value()).into(),
        line.amount.cents().into(),
        line.setup.cents().into(),
        line.discount.cents().into(),
        i64::from(line.discount_terms).into(),
        line.vat.as_str().into(),
        i64::try_from(position).unwrap_or(i64::MAX).into(),
    ])
}

pub(super) async fn insert_line(tx: &Tx, line: SealedLine) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO order_line (id, order_id, subject_id, plan_id, label, options, term_months, amount_cents, \
         setup_cents, discount_cents, discount_terms, vat, position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         $12, $13)",
        line.0,
    )
    .await?;
    Ok(())
}

pub(super) async fn insert_acceptance(
    tx: &Tx,
    order: OrderId,
    subject: SubjectId,
    (kind, version, hash): &(AcceptanceKind, String, [u8; 32]),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO acceptance (order_id, subject_id, kind, version, hash, accepted_at) VALUES ($1, $2, $3, $4, $5, $6)",
        [
            order.uuid().into(),
            subject.uuid().into(),
            kind.as_str().into(),
            version.clone().into(),
            hash.to_vec().into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Accepts or cancels an order that is placed.
pub(super) async fn close(
    tx: &Tx,
    id: OrderId,
    state: OrderState,
    agreement: Option<AgreementId>,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE customer_order SET state = $1, agreement_id = $2, closed_at = $3 WHERE id = $4 AND state = 'placed'",
            [
                state.as_str().into(),
                agreement.map(AgreementId::uuid).into(),
                now.as_micros().into(),
                id.uuid().into(),
            ],
        )
        .await?;
    if touched == 0 { Err(OfficeError::Conflict { what: "the order" }) } else { Ok(()) }
}

pub(super) async fn set_service(tx: &Tx, line: LineId, service: ServiceId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE order_line SET service_id = $1 WHERE id = $2",
        [service.uuid().into(), line.uuid().into()],
    )
    .await?;
    Ok(())
}

/// Lets the term of the account data run for somebody who ordered, was refused, and has no agreement.
pub(super) async fn note_no_customer(tx: &Tx, id: CustomerId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE customer SET agreement_ended_at = $1, updated_at = $1 WHERE id = $2 AND agreement_ended_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM agreement a WHERE a.customer_id = customer.id) \
         AND NOT EXISTS (SELECT 1 FROM customer_order o WHERE o.customer_id = customer.id AND o.state = 'placed')",
        [now.as_micros().into(), id.uuid().into()],
    )
    .await?;
    Ok(())
}

/// What the order of a service said: whether to begin at once, and what setting up costs.
pub(super) async fn beginnings(store: &Store, service: ServiceId) -> Result<(EarlyStart, Money), StoreError> {
    let sql = "SELECT l.setup_cents, (SELECT COUNT(*) FROM acceptance a WHERE a.order_id = l.order_id \
               AND a.kind = 'early_start') AS early FROM order_line l WHERE l.service_id = $1";
    let Some(row) = store.query_one(sql, [service.uuid().into()]).await? else {
        return Ok((EarlyStart::NotAsked, Money::ZERO));
    };
    let early: i64 = row.try_get("", "early")?;
    let early = if early > 0 { EarlyStart::Asked } else { EarlyStart::NotAsked };
    Ok((early, Money::from_cents(row.try_get("", "setup_cents")?)))
}

fn conditions(filter: OrderFilter) -> String {
    let mut sql = String::new();
    if let Some(state) = filter.state {
        sql.push_str(" AND state = '");
        sql.push_str(state.as_str());
        sql.push('\'');
    }
    sql
}

pub(super) async fn page(
    store: &Store,
    filter: OrderFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<Order>, StoreError> {
    let nil = base::__uuid::Uuid::nil();
    let sql = format!(
        "SELECT * FROM customer_order WHERE ($1 = $2 OR customer_id = $1){} ORDER BY number DESC LIMIT $3 OFFSET $4",
        conditions(filter)
    );
    let customer = filter.customer.map_or(nil, CustomerId::uuid);
    let rows = store
        .query(&sql, [customer.into(), nil.into(), i64::from(limit).into(), offset.cast_signed().into()])
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn count(store: &Store, filter: OrderFilter) -> Result<u64, StoreError> {
    let nil = base::__uuid::Uuid::nil();
    let sql = format!(
        "SELECT COUNT(*) AS n FROM customer_order WHERE ($1 = $2 OR customer_id = $1){}",
        conditions(filter)
    );
    let customer = filter.customer.map_or(nil, CustomerId::uuid);
    let row = store.query_one(&sql, [customer.into(), nil.into()]).await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

/// An order without its lines.
pub(super) async fn by_id(store: &Store, id: OrderId) -> Result<Option<Order>, StoreError> {
    let row = store.query_one("SELECT * FROM customer_order WHERE id = $1", [id.uuid().into()]).await?;
    row.as_ref().map(read).transpose()
}

/// The lines of an order, opened with the key when there is one.
pub(super) async fn lines(
    store: &Store,
    order: &Order,
    key: Option<&DataKey<Account>>,
) -> Result<Vec<OrderLine>, OfficeError> {
    let sql = "SELECT * FROM order_line WHERE order_id = $1 ORDER BY position";
    let rows = store.query(sql, [order.id.uuid().into()]).await?;
    rows.iter().map(|row| read_line(row, order.subject, key)).collect()
}

pub(super) async fn acceptances(
    store: &Store,
    order: OrderId,
) -> Result<Vec<(AcceptanceKind, String, [u8; 32])>, StoreError> {
    let sql = "SELECT * FROM acceptance WHERE order_id = $1 ORDER BY kind";
    let rows = store.query(sql, [order.uuid().into()]).await?;
    rows.iter()
        .map(|row| Ok((word(row, "kind", AcceptanceKind::parse)?, row.try_get("", "version")?, hash(row)?)))
        .collect()
}

fn word<T>(row: &QueryResult, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let text: String = row.try_get("", column)?;
    parse(&text).ok_or_else(|| StoreError::inconsistent(format!("an unknown word in {column}")))
}

fn number(row: &QueryResult, column: &str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64>("", column)?)
        .map_err(|_| StoreError::inconsistent(format!("a wild number in {column}")))
}

fn hash(row: &QueryResult) -> Result<[u8; 32], StoreError> {
    let bytes: Vec<u8> = row.try_get("", "hash")?;
    bytes.try_into().map_err(|_| StoreError::inconsistent("a hash of another length"))
}

fn read(row: &QueryResult) -> Result<Order, StoreError> {
    let consumer: bool = row.try_get("", "consumer")?;
    Ok(Order {
        id: OrderId::from_uuid(row.try_get("", "id")?),
        number: row.try_get("", "number")?,
        customer: CustomerId::from_uuid(row.try_get("", "customer_id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        state: word(row, "state", OrderState::parse)?,
        buyer: if consumer { Buyer::Consumer } else { Buyer::Business },
        language: word(row, "language", Language::from_tag)?,
        code: row.try_get::<Option<uuid::Uuid>>("", "discount_code_id")?.map(CodeId::from_uuid),
        net: Money::from_cents(row.try_get("", "net_cents")?),
        vat: Money::from_cents(row.try_get("", "vat_cents")?),
        agreement: row.try_get::<Option<uuid::Uuid>>("", "agreement_id")?.map(AgreementId::from_uuid),
        placed_at: Timestamp::from_micros(row.try_get("", "placed_at")?),
        closed_at: row.try_get::<Option<i64>>("", "closed_at")?.map(Timestamp::from_micros),
        lines: Vec::new(),
        accepted: Vec::new(),
    })
}

fn read_line(
    row: &QueryResult,
    subject: SubjectId,
    key: Option<&DataKey<Account>>,
) -> Result<OrderLine, OfficeError> {
    let id = LineId::from_uuid(row.try_get("", "id")?);
    let sealed: Option<Vec<u8>> = row.try_get("", "label")?;
    let label = match (sealed, key) {
        (Some(bytes), Some(key)) => {
            let value = key.open(&line_cell(id, subject), &Sealed::from_bytes(bytes)?)?;
            Some(Sensitive::new(value.text()?.to_owned()))
        }
        _ => None,
    };
    Ok(OrderLine {
        id,
        plan: PlanId::from_uuid(row.try_get("", "plan_id")?),
        label,
        chosen: word(row, "options", Chosen::from_json)?,
        months: TermMonths::new(number(row, "term_months")?)
            .ok_or_else(|| StoreError::inconsistent("an order with a wild term"))?,
        amount: Money::from_cents(row.try_get("", "amount_cents")?),
        setup: Money::from_cents(row.try_get("", "setup_cents")?),
        discount: Money::from_cents(row.try_get("", "discount_cents")?),
        discount_terms: number(row, "discount_terms")?,
        vat: word(row, "vat", Vat::parse)?,
        service: row.try_get::<Option<uuid::Uuid>>("", "service_id")?.map(ServiceId::from_uuid),
    })
}
