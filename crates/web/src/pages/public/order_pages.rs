//! The pages of ordering: choosing a line, the order so far, who orders, and the check of all that.

use super::basket::Basket;
use super::order::{Fields, Orderer, hex, quote_of};
use crate::error::PageError;
use crate::form::{Choice, Errors};
use crate::page::Page;
use crate::pages::sales;
use crate::routes::Section;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Money;
use documents::AgreementText;
use office::billing::vat::Treatment;
use office::catalogue::{Catalogue, Visibility};
use office::customers::ProfileForm;
use office::orders::{self, CurrentTerms, Quote};
use office::{OfficeError, processor_agreements};
use std::collections::HashMap;

/// An option as the form of a line asks for it.
struct OptionField {
    id: String,
    name: String,
    hint: Text,
    value: String,
}

#[derive(Template)]
#[template(path = "pages/public/order_line.html")]
pub(super) struct LinePage {
    t: T,
    page: Page,
    errors: Errors,
    basket: String,
    code: String,
    plan: String,
    terms: Vec<Choice>,
    months: String,
    typed: String,
    is_domain: bool,
    options: Vec<OptionField>,
}

pub(super) fn line_page(
    visit: &Visit,
    state: &State,
    catalogue: &Catalogue,
    fields: &Fields,
    errors: Errors,
) -> Result<LinePage, PageError> {
    let (t, today) = (visit.t(), state.office.today());
    let (_, plan) = catalogue.plan_of_code(fields.get("plan")).ok_or(PageError::NotFound)?;
    let (product, plan) = catalogue.offered(plan.id, today).ok_or(PageError::NotFound)?;
    let prices = catalogue.terms(plan.id, today);
    let terms = prices.iter().map(|price| {
        let hint = format!(
            "{} · {}",
            t.sales_excluding(t.money(&price.amount)),
            t.sales_including(t.money(&sales::with_vat(price.amount, product.vat, today)))
        );
        Choice::new(price.months.value().to_string(), t.term(&price.months)).hint(hint)
    });
    let shown = catalogue.options_of(plan.id).filter(|option| option.visibility == Visibility::Offered);
    let options = shown.map(|option| {
        let price = prices
            .iter()
            .find_map(|price| Some((price, catalogue.price(plan.id, Some(option.id), price.months, today)?)));
        let hint = match price {
            Some((term, price)) => t.sales_line_options_hint(
                t.number(option.units_max),
                format!("{} {}", t.money(&price.amount), t.per_term(&term.months)),
            ),
            None => t.sales_line_options_none(t.number(option.units_max)),
        };
        let id = format!("option-{}", option.id);
        OptionField {
            name: option.name.of(t.language()).to_owned(),
            hint,
            value: fields.get(&id).to_owned(),
            id,
        }
    });
    let months = match fields.get("months") {
        "" => prices.first().map(|price| price.months.value().to_string()).unwrap_or_default(),
        months => months.to_owned(),
    };
    Ok(LinePage {
        t,
        page: visit
            .page(Section::Public, t.sales_line_title(sales::plan_name(t, catalogue, plan.id)))
            .crumb("/products", t.sales_title())
            .failed(&errors),
        errors,
        basket: fields.get("basket").to_owned(),
        code: fields.get("code").to_owned(),
        plan: plan.code.clone(),
        terms: terms.collect(),
        months,
        typed: fields.get("label").to_owned(),
        is_domain: product.kind.has_domain(),
        options: options.collect(),
    })
}

/// A line of the basket with its price.
struct BasketRow {
    name: String,
    label: String,
    options: Vec<String>,
    term: Text,
    amount: Money,
    setup: Money,
    discount: Text,
}

/// What the order comes to, as every step shows it.
struct Sum {
    rows: Vec<BasketRow>,
    net: Money,
    vat: Money,
    total: Money,
    is_reverse: bool,
}

fn sum(t: T, catalogue: &Catalogue, quote: &Quote, treatment: Treatment) -> Sum {
    let row = |line: &orders::QuotedLine| BasketRow {
        name: sales::plan_name(t, catalogue, line.form.plan),
        label: line.form.label.as_ref().map_or_else(String::new, |label| label.expose().clone()),
        options: sales::options(t, catalogue, &line.form.chosen),
        term: t.term(&line.form.months),
        amount: line.amount,
        setup: line.setup,
        discount: if line.discount.is_zero() {
            Text::Borrowed("")
        } else {
            t.sales_basket_discount_terms(line.discount_terms, t.money(&line.discount))
        },
    };
    Sum {
        rows: quote.lines.iter().map(row).collect(),
        net: quote.net,
        vat: quote.vat,
        total: quote.total(),
        is_reverse: treatment == Treatment::ReverseCharge,
    }
}

#[derive(Template)]
#[template(path = "pages/public/order_basket.html")]
pub(super) struct BasketPage {
    t: T,
    page: Page,
    errors: Errors,
    notice: Option<Text>,
    basket: String,
    code: String,
    sum: Option<Sum>,
    more: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "pages/public/order_details.html")]
pub(super) struct DetailsPage {
    t: T,
    page: Page,
    errors: Errors,
    basket: String,
    code: String,
    form: ProfileForm,
    kinds: Vec<Choice>,
    languages: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "pages/public/order_check.html")]
pub(super) struct CheckPage {
    t: T,
    page: Page,
    errors: Errors,
    once: String,
    basket: String,
    code: String,
    form: ProfileForm,
    is_visitor: bool,
    is_consumer: bool,
    is_processing: bool,
    sum: Sum,
    terms: CurrentTerms,
    agreement: AgreementText,
    agreement_hash: String,
    ticked: HashMap<&'static str, String>,
}

impl CheckPage {
    fn is_ticked(&self, name: &str) -> &str {
        self.ticked.get(name).map_or("", String::as_str)
    }
}

pub(super) fn basket_page(
    visit: &Visit,
    state: &State,
    catalogue: &Catalogue,
    basket: &Basket,
    who: &Orderer,
    fields: &Fields,
    notice: Option<Text>,
) -> BasketPage {
    let (t, code) = (visit.t(), fields.get("code"));
    let mut errors = Errors::none();
    let quote = quote_of(state, catalogue, basket, who, code).or_else(|error| {
        if let OfficeError::Invalid(found) = &error
            && found.of("code").is_some()
        {
            errors.add("code", t.sales_basket_code_wrong());
            return quote_of(state, catalogue, basket, who, "");
        }
        Err(error)
    });
    let today = state.office.today();
    let more = catalogue
        .plans
        .iter()
        .filter(|plan| catalogue.offered(plan.id, today).is_some())
        .map(|plan| (plan.code.clone(), sales::plan_name(t, catalogue, plan.id)));
    BasketPage {
        t,
        page: visit
            .page(Section::Public, t.sales_basket_title())
            .crumb("/products", t.sales_title())
            .failed(&errors),
        errors,
        notice,
        basket: basket.to_string(),
        code: code.to_owned(),
        sum: quote.ok().map(|quote| sum(t, catalogue, &quote, who.treatment)),
        more: more.collect(),
    }
}

pub(super) fn details_page(visit: &Visit, basket: &Basket, fields: &Fields, errors: Errors) -> DetailsPage {
    let t = visit.t();
    let mut form = fields.profile();
    if form.kind.is_empty() {
        form.kind = "person".to_owned();
        form.language = visit.language().tag().to_owned();
        form.country = "NL".to_owned().into();
    }
    DetailsPage {
        t,
        page: visit
            .page(Section::Public, t.sales_details_title())
            .crumb("/products", t.sales_title())
            .failed(&errors),
        errors,
        basket: basket.to_string(),
        code: fields.get("code").to_owned(),
        form,
        kinds: vec![
            Choice::new("person", t.panel_profile_person()).hint(t.panel_profile_kind_person_hint()),
            Choice::new("organisation", t.panel_profile_organisation())
                .hint(t.panel_profile_kind_organisation_hint()),
        ],
        languages: vec![
            Choice::new("nl", t.panel_profile_dutch()),
            Choice::new("en", t.panel_profile_english()),
        ],
    }
}

pub(super) fn closed(
    visit: &Visit,
    state: &State,
    catalogue: &Catalogue,
    basket: &Basket,
    who: &Orderer,
    fields: &Fields,
) -> BasketPage {
    let notice = Some(visit.t().sales_check_closed_text());
    basket_page(visit, state, catalogue, basket, who, fields, notice)
}

/// The page that asks for the last word; none while nothing can be ordered, or when the order cannot be
/// priced any more.
pub(super) async fn check_page(
    visit: &Visit,
    state: &State,
    catalogue: &Catalogue,
    basket: &Basket,
    who: &Orderer,
    fields: &Fields,
    errors: Errors,
) -> Result<Option<CheckPage>, PageError> {
    let t = visit.t();
    let Some(terms) = orders::current(&state.office).await? else { return Ok(None) };
    let Ok(quote) = quote_of(state, catalogue, basket, who, fields.get("code")) else { return Ok(None) };
    let ticked = ["terms", "responsibility", "processor", "early"]
        .into_iter()
        .map(|name| (name, fields.get(name).to_owned()))
        .collect();
    let once = match fields.get("once") {
        "" => visit.idempotency_key(),
        once => once.to_owned(),
    };
    Ok(Some(CheckPage {
        t,
        page: visit
            .page(Section::Public, t.sales_check_title())
            .crumb("/products", t.sales_title())
            .failed(&errors),
        errors,
        once,
        basket: basket.to_string(),
        code: fields.get("code").to_owned(),
        form: fields.profile(),
        is_visitor: who.customer.is_none(),
        is_consumer: who.is_consumer,
        is_processing: basket.is_processing(catalogue),
        sum: sum(t, catalogue, &quote, who.treatment),
        terms,
        agreement_hash: hex(&processor_agreements::offered(&state.office, who.language).hash),
        agreement: processor_agreements::text(&state.office, who.language),
        ticked,
    }))
}
