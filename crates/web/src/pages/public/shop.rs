//! What can be ordered, and what is said once it was.

use super::order;
use crate::Access;
use crate::error::{PageError, PageResult};
use crate::page::{Page, ok};
use crate::pages::sales;
use crate::routes::{Routes, Section};
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Query;
use base::{Day, Money};
use office::catalogue::{self, Catalogue, Plan, Product, Visibility};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/products", Access::PUBLIC, products).get("/order/thanks", Access::PUBLIC, thanks);
    order::register(routes);
}

/// A price as the list shows it.
struct PriceRow {
    net: Money,
    gross: Money,
    term: Text,
    setup: Money,
}

struct PlanRow {
    code: String,
    name: String,
    text: String,
    limits: Vec<Text>,
    prices: Vec<PriceRow>,
}

struct ProductRow {
    code: String,
    name: String,
    text: String,
    plans: Vec<PlanRow>,
}

#[derive(Template)]
#[template(path = "pages/public/products.html")]
struct Products {
    t: T,
    page: Page,
    products: Vec<ProductRow>,
}

async fn products(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let catalogue = catalogue::load(&state.office).await?;
    let today = state.office.today();
    let offered = catalogue.products.iter().filter(|product| product.visibility == Visibility::Offered);
    let products = offered
        .map(|product| product_row(t, &catalogue, product, today))
        .filter(|product| !product.plans.is_empty())
        .collect();
    ok(&Products { t, page: visit.page(Section::Public, t.sales_title()), products })
}

fn product_row(t: T, catalogue: &Catalogue, product: &Product, today: Day) -> ProductRow {
    let plans = catalogue.plans_of(product.id).filter(|plan| catalogue.offered(plan.id, today).is_some());
    let row = |plan: &Plan| PlanRow {
        code: plan.code.clone(),
        name: plan.name.of(t.language()).to_owned(),
        text: plan.text.of(t.language()).to_owned(),
        limits: sales::limits(t, &plan.limits),
        prices: catalogue
            .terms(plan.id, today)
            .into_iter()
            .map(|price| PriceRow {
                net: price.amount,
                gross: sales::with_vat(price.amount, product.vat, today),
                term: t.per_term(&price.months),
                setup: sales::with_vat(price.setup, product.vat, today),
            })
            .collect(),
    };
    ProductRow {
        code: product.code.clone(),
        name: product.name.of(t.language()).to_owned(),
        text: product.text.of(t.language()).to_owned(),
        plans: plans.map(row).collect(),
    }
}

#[derive(Template)]
#[template(path = "pages/public/order_thanks.html")]
struct Thanks {
    t: T,
    page: Page,
    number: u32,
}

#[derive(Deserialize)]
struct Number {
    #[serde(default)]
    number: String,
}

async fn thanks(visit: Visit, Query(number): Query<Number>) -> PageResult {
    let t = visit.t();
    let number = number.number.parse().map_err(|_| PageError::NotFound)?;
    ok(&Thanks {
        t,
        page: visit.page(Section::Public, t.sales_thanks_title()).crumb("/products", t.sales_title()),
        number,
    })
}
