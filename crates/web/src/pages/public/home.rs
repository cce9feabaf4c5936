//! The first page: what can be done here, and how the promises stand today.

use super::promises::Tally;
use crate::error::PageResult;
use crate::page::{Page, ok};
use crate::pages::sales;
use crate::routes::Section;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Day;
use office::catalogue::{self, Catalogue, Product, Visibility};

/// A product with its lowest price per month or term, VAT included.
struct Offer {
    code: String,
    name: String,
    text: String,
    from: Text,
}

#[derive(Template)]
#[template(path = "pages/public/home.html")]
struct Home {
    t: T,
    page: Page,
    provider: String,
    offers: Vec<Offer>,
    tally: Option<Tally>,
}

/// None when nothing of the product can be ordered today.
fn offer(t: T, catalogue: &Catalogue, product: &Product, today: Day) -> Option<Offer> {
    let plans = catalogue.plans_of(product.id).filter(|plan| catalogue.offered(plan.id, today).is_some());
    let prices = plans.flat_map(|plan| catalogue.terms(plan.id, today));
    let lowest = prices.min_by_key(|price| (price.months, price.amount))?;
    let gross = sales::with_vat(lowest.amount, product.vat, today);
    Some(Offer {
        code: product.code.clone(),
        name: product.name.of(t.language()).to_owned(),
        text: product.text.of(t.language()).to_owned(),
        from: t.home_offer_from(t.money(&gross), t.per_term(&lowest.months)),
    })
}

pub(super) async fn show(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let provider = state.office.policy().provider().name.clone();
    let verdicts = office::promises::latest(&state.office, state.stale_after_seconds()).await?;
    let (catalogue, today) = (catalogue::load(&state.office).await?, state.office.today());
    let offered = catalogue.products.iter().filter(|product| product.visibility == Visibility::Offered);
    ok(&Home {
        t,
        offers: offered.filter_map(|product| offer(t, &catalogue, product, today)).collect(),
        page: visit.page(Section::Public, t.home_title(&provider)),
        provider,
        tally: Tally::of(&verdicts),
    })
}
