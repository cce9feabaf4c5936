//! SQL of the catalogue: its tables and changing them. Reading it whole is in `read`.

mod read;

use super::form::{ParsedCode, ParsedOption, ParsedPlan, ParsedPrice, ParsedProduct};
use super::{CodeId, OptionId, PlanId, PriceId, ProductId};
use crate::OfficeError;
use ::store::{StoreError, Tx};
use base::{Day, Timestamp};
use policy::schema::{Column, Table};
use sea_orm::Value;

pub(super) use read::load;

/// How many rows of each table are read at most; the pages refuse to add more.
pub(super) const ROWS_MAX: usize = 5_000;

/// The tables of this slice.
pub const TABLES: &[Table] = &[
    Table::new(
        "product",
        &[
            Column::plain("id"),
            Column::plain("code"),
            Column::plain("kind"),
            Column::plain("vat"),
            Column::public("name_nl"),
            Column::public("name_en"),
            Column::public("text_nl"),
            Column::public("text_en"),
            Column::plain("state"),
            Column::plain("position"),
            Column::plain("revision"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    ),
    Table::new(
        "plan",
        &[
            Column::plain("id"),
            Column::plain("product_id"),
            Column::plain("code"),
            Column::public("name_nl"),
            Column::public("name_en"),
            Column::public("text_nl"),
            Column::public("text_en"),
            Column::public("limits"),
            Column::plain("state"),
            Column::plain("position"),
            Column::plain("revision"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    ),
    Table::new(
        "plan_option",
        &[
            Column::plain("id"),
            Column::plain("plan_id"),
            Column::plain("code"),
            Column::public("name_nl"),
            Column::public("name_en"),
            Column::plain("units_max"),
            Column::plain("state"),
            Column::plain("position"),
            Column::plain("revision"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    ),
    Table::new(
        "price",
        &[
            Column::plain("id"),
            Column::plain("plan_id"),
            Column::plain("option_id"),
            Column::plain("term_months"),
            Column::plain("amount_cents"),
            Column::plain("setup_cents"),
            Column::plain("from_day"),
            Column::plain("until_day"),
            Column::plain("created_at"),
        ],
    ),
    Table::new(
        "discount_code",
        &[
            Column::plain("id"),
            Column::plain("code"),
            Column::plain("kind"),
            Column::plain("value"),
            Column::plain("terms"),
            Column::plain("product_id"),
            Column::plain("uses_max"),
            Column::plain("uses"),
            Column::plain("from_day"),
            Column::plain("until_day"),
            Column::plain("revision"),
            Column::plain("created_at"),
            Column::plain("updated_at"),
        ],
    ),
];

pub(super) async fn insert_product(
    tx: &Tx,
    id: ProductId,
    new: &ParsedProduct,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO product (id, code, kind, vat, name_nl, name_en, text_nl, text_en, state, position, revision, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11)",
        [
            id.uuid().into(),
            new.code.clone().into(),
            new.kind.as_str().into(),
            new.vat.as_str().into(),
            new.name.nl.clone().into(),
            new.name.en.clone().into(),
            new.text.nl.clone().into(),
            new.text.en.clone().into(),
            new.visibility.as_str().into(),
            i64::from(new.position).into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn update_product(
    tx: &Tx,
    id: ProductId,
    revision: u32,
    new: &ParsedProduct,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE product SET code = $1, kind = $2, vat = $3, name_nl = $4, name_en = $5, text_nl = $6, \
             text_en = $7, state = $8, position = $9, revision = revision + 1, updated_at = $10 \
             WHERE id = $11 AND revision = $12",
            [
                new.code.clone().into(),
                new.kind.as_str().into(),
                new.vat.as_str().into(),
                new.name.nl.clone().into(),
                new.name.en.clone().into(),
                new.text.nl.clone().into(),
                new.text.en.clone().into(),
                new.visibility.as_str().into(),
                i64::from(new.position).into(),
                now.as_micros().into(),
                id.uuid().into(),
                i64::from(revision).into(),
            ],
        )
        .await?;
    changed(touched, "the product")
}

pub(super) async fn insert_plan(
    tx: &Tx,
    id: PlanId,
    product: ProductId,
    new: &ParsedPlan,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO plan (id, product_id, code, name_nl, name_en, text_nl, text_en, limits, state, position, \
         revision, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11)",
        [
            id.uuid().into(),
            product.uuid().into(),
            new.code.clone().into(),
            new.name.nl.clone().into(),
            new.name.en.clone().into(),
            new.text.nl.clone().into(),
            new.text.en.clone().into(),
            new.limits.to_json().into(),
            new.visibility.as_str().into(),
            i64::from(new.position).into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn update_plan(
    tx: &Tx,
    id: PlanId,
    revision: u32,
    new: &ParsedPlan,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE plan SET code = $1, name_nl = $2, name_en = $3, text_nl = $4, text_en = $5, limits = $6, \
             state = $7, position = $8, revision = revision + 1, updated_at = $9 WHERE id = $10 AND revision = $11",
            [
                new.code.clone().into(),
                new.name.nl.clone().into(),
                new.name.en.clone().into(),
                new.text.nl.clone().into(),
                new.text.en.clone().into(),
                new.limits.to_json().into(),
                new.visibility.as_str().into(),
                i64::from(new.position).into(),
                now.as_micros().into(),
                id.uuid().into(),
                i64::from(revision).into(),
            ],
        )
        .await?;
    changed(touched, "the plan")
}

/// Takes the plan for a change of its prices or options, unless somebody changed it since.
pub(super) async fn take_plan(tx: &Tx, id: PlanId, revision: u32, now: Timestamp) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE plan SET revision = revision + 1, updated_at = $1 WHERE id = $2 AND revision = $3",
            [now.as_micros().into(), id.uuid().into(), i64::from(revision).into()],
        )
        .await?;
    changed(touched, "the plan")
}

pub(super) async fn insert_option(
    tx: &Tx,
    id: OptionId,
    plan: PlanId,
    new: &ParsedOption,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO plan_option (id, plan_id, code, name_nl, name_en, units_max, state, position, revision, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
        [
            id.uuid().into(),
            plan.uuid().into(),
            new.code.clone().into(),
            new.name.nl.clone().into(),
            new.name.en.clone().into(),
            i64::from(new.units_max).into(),
            new.visibility.as_str().into(),
            i64::from(new.position).into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn update_option(
    tx: &Tx,
    id: OptionId,
    new: &ParsedOption,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let touched = tx
        .execute(
            "UPDATE plan_option SET code = $1, name_nl = $2, name_en = $3, units_max = $4, state = $5, position = $6, \
             revision = revision + 1, updated_at = $7 WHERE id = $8",
            [
                new.code.clone().into(),
                new.name.nl.clone().into(),
                new.name.en.clone().into(),
                i64::from(new.units_max).into(),
                new.visibility.as_str().into(),
                i64::from(new.position).into(),
                now.as_micros().into(),
                id.uuid().into(),
            ],
        )
        .await?;
    changed(touched, "the option")
}

/// Prices of the same thing that were announced for the day or later and do not hold yet.
pub(super) async fn delete_announced(
    tx: &Tx,
    plan: PlanId,
    new: &ParsedPrice,
    today: Day,
) -> Result<u64, StoreError> {
    let sql = format!(
        "DELETE FROM price WHERE plan_id = $1 AND term_months = $2 AND from_day >= $3 AND from_day > $4{}",
        same_option(new, 5)
    );
    let values = vec![
        plan.uuid().into(),
        i64::from(new.months.value()).into(),
        i64::from(new.from.number()).into(),
        i64::from(today.number()).into(),
    ];
    tx.execute(&sql, with_option(values, new)).await
}

/// Ends the price that runs into the day. A price that began on it or later stays: it is refused.
pub(super) async fn end_price(tx: &Tx, plan: PlanId, new: &ParsedPrice) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE price SET until_day = $1 WHERE plan_id = $2 AND term_months = $3 AND from_day < $1 \
         AND (until_day IS NULL OR until_day > $1){}",
        same_option(new, 4)
    );
    let values =
        vec![i64::from(new.from.number()).into(), plan.uuid().into(), i64::from(new.months.value()).into()];
    tx.execute(&sql, with_option(values, new)).await
}

/// Whether a price of the same thing begins on the day or later.
pub(super) async fn price_from(tx: &Tx, plan: PlanId, new: &ParsedPrice) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT id FROM price WHERE plan_id = $1 AND term_months = $2 AND from_day >= $3{} LIMIT 1",
        same_option(new, 4)
    );
    let values =
        vec![plan.uuid().into(), i64::from(new.months.value()).into(), i64::from(new.from.number()).into()];
    Ok(tx.query_one(&sql, with_option(values, new)).await?.is_some())
}

/// The condition on the option, whose value is the last parameter.
fn same_option(new: &ParsedPrice, parameter: usize) -> String {
    match new.option {
        Some(_) => format!(" AND option_id = ${parameter}"),
        None => " AND option_id IS NULL".to_owned(),
    }
}

fn with_option(mut values: Vec<Value>, new: &ParsedPrice) -> Vec<Value> {
    values.extend(new.option.map(|id| Value::from(id.uuid())));
    values
}

pub(super) async fn insert_price(
    tx: &Tx,
    id: PriceId,
    plan: PlanId,
    new: &ParsedPrice,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO price (id, plan_id, option_id, term_months, amount_cents, setup_cents, from_day, until_day, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)",
        [
            id.uuid().into(),
            plan.uuid().into(),
            new.option.map(OptionId::uuid).into(),
            i64::from(new.months.value()).into(),
            new.amount.cents().into(),
            new.setup.cents().into(),
            i64::from(new.from.number()).into(),
            now.as_micros().into(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn insert_code(
    tx: &Tx,
    id: CodeId,
    new: &ParsedCode,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut values = code_values(new);
    values.extend([id.uuid().into(), now.as_micros().into()]);
    tx.execute(
        "INSERT INTO discount_code (code, kind, value, terms, product_id, uses_max, from_day, until_day, id, uses, \
         revision, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1, $10, $10)",
        values,
    )
    .await?;
    Ok(())
}

pub(super) async fn update_code(
    tx: &Tx,
    id: CodeId,
    revision: u32,
    new: &ParsedCode,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let mut values = code_values(new);
    values.extend([now.as_micros().into(), id.uuid().into(), i64::from(revision).into()]);
    let touched = tx
        .execute(
            "UPDATE discount_code SET code = $1, kind = $2, value = $3, terms = $4, product_id = $5, uses_max = $6, \
             from_day = $7, until_day = $8, revision = revision + 1, updated_at = $9 WHERE id = $10 AND revision = $11",
            values,
        )
        .await?;
    changed(touched, "the discount code")
}

fn code_values(new: &ParsedCode) -> Vec<Value> {
    vec![
        new.code.clone().into(),
        new.discount.as_str().into(),
        new.discount.value().into(),
        i64::from(new.terms).into(),
        new.product.map(ProductId::uuid).into(),
        new.uses_max.map(i64::from).into(),
        i64::from(new.from.number()).into(),
        new.until.map(|day| i64::from(day.number())).into(),
    ]
}

/// Counts a use of a code, if one is left.
pub(crate) async fn use_code(tx: &Tx, id: CodeId) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE discount_code SET uses = uses + 1 WHERE id = $1 AND (uses_max IS NULL OR uses < uses_max)",
        [id.uuid().into()],
    )
    .await
}

const fn changed(touched: u64, what: &'static str) -> Result<(), OfficeError> {
    if touched == 0 { Err(OfficeError::Conflict { what }) } else { Ok(()) }
}
