//! Use cases of the catalogue, for staff.

use super::store;
use super::{
    Catalogue, CodeForm, CodeId, OptionForm, OptionId, PlanForm, PlanId, PriceForm, PriceId, ProductForm,
    ProductId,
};
use crate::form::{Problem, Problems};
use crate::{By, Office, OfficeError, Record};
use ::store::StoreError;

/// Which revision of something a change was made from; none for something new.
pub type Saved<I> = Option<(I, u32)>;

/// The whole catalogue.
///
/// # Errors
/// When the database fails.
pub async fn load(office: &Office) -> Result<Catalogue, OfficeError> {
    Ok(store::load(&office.store).await?)
}

/// Refuses a table that grew beyond what is ever read.
const fn room(rows: usize) -> Result<(), OfficeError> {
    if rows >= store::ROWS_MAX {
        Err(OfficeError::Forbidden { why: "the catalogue is full" })
    } else {
        Ok(())
    }
}

fn taken(error: StoreError) -> OfficeError {
    match error {
        StoreError::Duplicate => Problems::one("code", Problem::Taken).into(),
        error => error.into(),
    }
}

/// Makes a product, or changes the one of a revision.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`] when somebody changed it first.
pub async fn save_product(
    office: &Office,
    by: By,
    at: Saved<ProductId>,
    form: &ProductForm,
) -> Result<ProductId, OfficeError> {
    let new = form.parse()?;
    let catalogue = load(office).await?;
    room(catalogue.products.len())?;
    let id = at.map_or_else(|| ProductId::new(&*office.clock, &*office.random), |(id, _)| id);
    if catalogue.products.iter().any(|other| other.code == new.code && other.id != id) {
        return Err(Problems::one("code", Problem::Taken).into());
    }
    let entry = office
        .prepare(Record::new("product-saved", by).with("id", id.to_string()).with("code", new.code.as_str()))
        .await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    match at {
        None => store::insert_product(&tx, id, &new, now).await.map_err(taken)?,
        Some((_, revision)) => store::update_product(&tx, id, revision, &new, now).await?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes a plan of a product, or changes the one of a revision.
///
/// # Errors
/// [`OfficeError::NotFound`] without the product; [`OfficeError::Invalid`]; [`OfficeError::Conflict`].
pub async fn save_plan(
    office: &Office,
    by: By,
    product: ProductId,
    at: Saved<PlanId>,
    form: &PlanForm,
) -> Result<PlanId, OfficeError> {
    let new = form.parse()?;
    let catalogue = load(office).await?;
    room(catalogue.plans.len())?;
    catalogue.product(product).ok_or(OfficeError::NotFound { what: "the product" })?;
    let id = at.map_or_else(|| PlanId::new(&*office.clock, &*office.random), |(id, _)| id);
    if catalogue.plans.iter().any(|other| other.code == new.code && other.id != id) {
        return Err(Problems::one("code", Problem::Taken).into());
    }
    let entry = office
        .prepare(Record::new("plan-saved", by).with("id", id.to_string()).with("code", new.code.as_str()))
        .await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    match at {
        None => store::insert_plan(&tx, id, product, &new, now).await.map_err(taken)?,
        Some((_, revision)) => store::update_plan(&tx, id, revision, &new, now).await?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes an option of a plan, or changes one; `revision` is the plan's.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Invalid`]; [`OfficeError::Conflict`].
pub async fn save_option(
    office: &Office,
    by: By,
    plan: PlanId,
    revision: u32,
    option: Option<OptionId>,
    form: &OptionForm,
) -> Result<OptionId, OfficeError> {
    let new = form.parse()?;
    let catalogue = load(office).await?;
    room(catalogue.options.len())?;
    catalogue.plan(plan).ok_or(OfficeError::NotFound { what: "the plan" })?;
    if option.is_some_and(|id| !catalogue.options_of(plan).any(|option| option.id == id)) {
        return Err(OfficeError::NotFound { what: "the option" });
    }
    let id = option.unwrap_or_else(|| OptionId::new(&*office.clock, &*office.random));
    if catalogue.options_of(plan).any(|other| other.code == new.code && other.id != id) {
        return Err(Problems::one("code", Problem::Taken).into());
    }
    let record = Record::new("option-saved", by).with("id", id.to_string()).with("code", new.code.as_str());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    store::take_plan(&tx, plan, revision, now).await?;
    match option {
        None => store::insert_option(&tx, id, plan, &new, now).await.map_err(taken)?,
        Some(_) => store::update_option(&tx, id, &new, now).await?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Sets what a term of a plan, or a unit of an option in it, costs from a day on. The price that holds
/// until then ends there; one that was announced for the day or later is replaced. `revision` is the
/// plan's.
///
/// # Errors
/// [`OfficeError::Invalid`], at `from` for a day that has passed or on which a price begins to hold
/// already; [`OfficeError::NotFound`]; [`OfficeError::Conflict`].
pub async fn set_price(
    office: &Office,
    by: By,
    plan: PlanId,
    revision: u32,
    form: &PriceForm,
) -> Result<PriceId, OfficeError> {
    let today = office.today();
    let new = form.parse(today)?;
    if new.from < today {
        return Err(Problems::one("from", Problem::Date).into());
    }
    let catalogue = load(office).await?;
    room(catalogue.prices.len())?;
    catalogue.plan(plan).ok_or(OfficeError::NotFound { what: "the plan" })?;
    if new.option.is_some_and(|id| !catalogue.options_of(plan).any(|option| option.id == id)) {
        return Err(Problems::one("option", Problem::Choice).into());
    }
    let id = PriceId::new(&*office.clock, &*office.random);
    let record = Record::new("price-set", by)
        .with("plan", plan.to_string())
        .with("months", new.months.value())
        .with("cents", new.amount.cents())
        .with("setup-cents", new.setup.cents())
        .with("from", new.from.to_string());
    let record = match new.option {
        Some(option) => record.with("option", option.to_string()),
        None => record,
    };
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    store::take_plan(&tx, plan, revision, now).await?;
    store::delete_announced(&tx, plan, &new, today).await?;
    if store::price_from(&tx, plan, &new).await? {
        return Err(Problems::one("from", Problem::Date).into());
    }
    store::end_price(&tx, plan, &new).await?;
    store::insert_price(&tx, id, plan, &new, now).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes a discount code, or changes the one of a revision. Orders that used it keep what they got.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`].
pub async fn save_code(
    office: &Office,
    by: By,
    at: Saved<CodeId>,
    form: &CodeForm,
) -> Result<CodeId, OfficeError> {
    let new = form.parse(office.today())?;
    let catalogue = load(office).await?;
    room(catalogue.codes.len())?;
    if new.product.is_some_and(|id| catalogue.product(id).is_none()) {
        return Err(Problems::one("product", Problem::Choice).into());
    }
    let id = at.map_or_else(|| CodeId::new(&*office.clock, &*office.random), |(id, _)| id);
    if catalogue.code(&new.code).is_some_and(|other| other.id != id) {
        return Err(Problems::one("code", Problem::Taken).into());
    }
    let entry = office.prepare(Record::new("discount-code-saved", by).with("id", id.to_string())).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    match at {
        None => store::insert_code(&tx, id, &new, now).await.map_err(taken)?,
        Some((_, revision)) => store::update_code(&tx, id, revision, &new, now).await?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}
