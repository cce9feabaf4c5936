//! Reading the catalogue.

use super::ROWS_MAX;
use crate::catalogue::{
    Catalogue, CodeId, Discount, DiscountCode, Limits, OptionId, Plan, PlanId, PlanOption, Price, PriceId,
    Product, ProductId, ProductKind, Vat, Visibility, Wording,
};
use crate::services::terms::TermMonths;
use ::store::{Store, StoreError};
use base::{Day, Money};
use sea_orm::QueryResult;

pub(in crate::catalogue) async fn load(store: &Store) -> Result<Catalogue, StoreError> {
    let all = async |table: &str, order: &str| {
        store.query(&format!("SELECT * FROM {table} ORDER BY {order} LIMIT {ROWS_MAX}"), []).await
    };
    let products = all("product", "position, code").await?;
    let plans = all("plan", "position, code").await?;
    let options = all("plan_option", "position, code").await?;
    let prices = all("price", "from_day, id").await?;
    let codes = all("discount_code", "code").await?;
    Ok(Catalogue {
        products: products.iter().map(product).collect::<Result<_, _>>()?,
        plans: plans.iter().map(plan).collect::<Result<_, _>>()?,
        options: options.iter().map(option).collect::<Result<_, _>>()?,
        prices: prices.iter().map(price).collect::<Result<_, _>>()?,
        codes: codes.iter().map(code).collect::<Result<_, _>>()?,
    })
}

fn word<T>(row: &QueryResult, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let text: String = row.try_get("", column)?;
    parse(&text).ok_or_else(|| StoreError::inconsistent(format!("an unknown word in {column}")))
}

fn number(row: &QueryResult, column: &str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64>("", column)?)
        .map_err(|_| StoreError::inconsistent(format!("a wild number in {column}")))
}

fn optional_number(row: &QueryResult, column: &str) -> Result<Option<u32>, StoreError> {
    row.try_get::<Option<i64>>("", column)?
        .map(u32::try_from)
        .transpose()
        .map_err(|_| StoreError::inconsistent(format!("a wild number in {column}")))
}

fn wording(row: &QueryResult, nl: &str, en: &str) -> Result<Wording, StoreError> {
    Ok(Wording { nl: row.try_get("", nl)?, en: row.try_get("", en)? })
}

fn months(row: &QueryResult) -> Result<TermMonths, StoreError> {
    TermMonths::new(number(row, "term_months")?)
        .ok_or_else(|| StoreError::inconsistent("a term of no or too many months"))
}

fn product(row: &QueryResult) -> Result<Product, StoreError> {
    Ok(Product {
        id: ProductId::from_uuid(row.try_get("", "id")?),
        code: row.try_get("", "code")?,
        kind: word(row, "kind", ProductKind::parse)?,
        vat: word(row, "vat", Vat::parse)?,
        name: wording(row, "name_nl", "name_en")?,
        text: wording(row, "text_nl", "text_en")?,
        visibility: word(row, "state", Visibility::parse)?,
        position: number(row, "position")?,
        revision: number(row, "revision")?,
    })
}

fn plan(row: &QueryResult) -> Result<Plan, StoreError> {
    Ok(Plan {
        id: PlanId::from_uuid(row.try_get("", "id")?),
        product: ProductId::from_uuid(row.try_get("", "product_id")?),
        code: row.try_get("", "code")?,
        name: wording(row, "name_nl", "name_en")?,
        text: wording(row, "text_nl", "text_en")?,
        limits: word(row, "limits", Limits::from_json)?,
        visibility: word(row, "state", Visibility::parse)?,
        position: number(row, "position")?,
        revision: number(row, "revision")?,
    })
}

fn option(row: &QueryResult) -> Result<PlanOption, StoreError> {
    Ok(PlanOption {
        id: OptionId::from_uuid(row.try_get("", "id")?),
        plan: PlanId::from_uuid(row.try_get("", "plan_id")?),
        code: row.try_get("", "code")?,
        name: wording(row, "name_nl", "name_en")?,
        units_max: number(row, "units_max")?,
        visibility: word(row, "state", Visibility::parse)?,
        position: number(row, "position")?,
        revision: number(row, "revision")?,
    })
}

fn price(row: &QueryResult) -> Result<Price, StoreError> {
    Ok(Price {
        id: PriceId::from_uuid(row.try_get("", "id")?),
        plan: PlanId::from_uuid(row.try_get("", "plan_id")?),
        option: row.try_get::<Option<uuid::Uuid>>("", "option_id")?.map(OptionId::from_uuid),
        months: months(row)?,
        amount: Money::from_cents(row.try_get("", "amount_cents")?),
        setup: Money::from_cents(row.try_get("", "setup_cents")?),
        from: Day::from_number(number(row, "from_day")?),
        until: optional_number(row, "until_day")?.map(Day::from_number),
    })
}

fn code(row: &QueryResult) -> Result<DiscountCode, StoreError> {
    let value: i64 = row.try_get("", "value")?;
    let kind: String = row.try_get("", "kind")?;
    let discount = match (kind.as_str(), u32::try_from(value)) {
        ("percent", Ok(percent)) => Discount::Percent(percent),
        ("amount", _) => Discount::Amount(Money::from_cents(value)),
        _ => return Err(StoreError::inconsistent("a discount code of an unknown kind")),
    };
    Ok(DiscountCode {
        id: CodeId::from_uuid(row.try_get("", "id")?),
        code: row.try_get("", "code")?,
        discount,
        terms: number(row, "terms")?,
        product: row.try_get::<Option<uuid::Uuid>>("", "product_id")?.map(ProductId::from_uuid),
        uses_max: optional_number(row, "uses_max")?,
        uses: number(row, "uses")?,
        from: Day::from_number(number(row, "from_day")?),
        until: optional_number(row, "until_day")?.map(Day::from_number),
        revision: number(row, "revision")?,
    })
}
