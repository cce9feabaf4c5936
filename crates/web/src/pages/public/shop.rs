//! What can be ordered, and ordering it: as a visitor, for whom an account is made on the way, or as a
//! customer.
//!
//! The order travels from page to page in hidden fields, so that nothing is stored about anybody who
//! stops half-way and the flow works without JavaScript. What it costs and what must be accepted is asked
//! of the office at each step; the last one compares what the person saw with what holds then.

use super::basket::Basket;
use crate::Access;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales;
use crate::problems::problems;
use crate::routes::{Routes, Section};
use crate::state::{Halfway, Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Query;
use base::{Day, Money, Sensitive};
use office::accounts::{self, NewMember, Role, Stage};
use office::billing::vat::Treatment;
use office::catalogue::{self, Catalogue, Plan, Product, Visibility};
use office::customers::{self, CustomerId, NewCustomer, ProfileForm};
use office::orders::{self, Accepted, CurrentTerms, EarlyStart, NewOrder, Quote};
use office::{By, Office, OfficeError};
use serde::Deserialize;
use std::collections::HashMap;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/products", Access::PUBLIC, products)
        .get("/order", Access::PUBLIC, line)
        .post("/order", Access::PUBLIC, step)
        .get("/order/thanks", Access::PUBLIC, thanks);
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
                setup: price.setup,
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

/// The fields of any step, as they were sent.
struct Fields(HashMap<String, String>);

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn profile(&self) -> ProfileForm {
        let secret = |name: &str| Sensitive::new(self.get(name).to_owned());
        ProfileForm {
            kind: self.get("kind").to_owned(),
            name: secret("name"),
            organisation: secret("organisation"),
            kvk: secret("kvk"),
            vat: secret("vat"),
            email: secret("email"),
            phone: secret("phone"),
            street: secret("street"),
            postcode: secret("postcode"),
            city: secret("city"),
            country: secret("country"),
            language: self.get("language").to_owned(),
        }
    }
}

/// An option as the form of a line asks for it.
struct OptionField {
    id: String,
    name: String,
    hint: Text,
    value: String,
}

#[derive(Template)]
#[template(path = "pages/public/order_line.html")]
struct LinePage {
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

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    plan: String,
}

async fn line(visit: Visit, state: State, Query(chosen): Query<Chosen>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    let fields = Fields(HashMap::from([("plan".to_owned(), chosen.plan)]));
    ok(&line_page(&visit, &state, &catalogue, &fields, Errors::none())?)
}

fn line_page(
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
struct BasketPage {
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
struct DetailsPage {
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
struct CheckPage {
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
    policy_hash: String,
    ticked: HashMap<&'static str, String>,
}

impl CheckPage {
    fn is_ticked(&self, name: &str) -> &str {
        self.ticked.get(name).map_or("", String::as_str)
    }
}

/// The customer that somebody acts for, when they may order for it.
async fn acting(visit: &Visit, found: Option<Me>) -> Option<(CustomerId, Me)> {
    let me = found.filter(|me| me.session.stage == Stage::Complete)?;
    let (customer, role) = me.session.acting_for?;
    let _ = visit;
    (role >= Role::Manager).then_some((customer, me))
}

/// Who orders, as far as is known at a step.
struct Orderer {
    customer: Option<(CustomerId, Me)>,
    treatment: Treatment,
    is_consumer: bool,
}

async fn orderer(
    visit: &Visit,
    state: &State,
    found: Option<Me>,
    fields: &Fields,
) -> Result<Orderer, PageError> {
    let customer = acting(visit, found).await;
    let profile = match &customer {
        Some((id, _)) => Some(customers::customer(&state.office, *id).await?.profile),
        None => fields.profile().parse().ok(),
    };
    let is_consumer = profile.as_ref().is_none_or(|p| p.kind == customers::CustomerKind::Person);
    let treatment = profile.map_or(Treatment::Domestic, |profile| orders::treatment(&state.office, &profile));
    Ok(Orderer { customer, treatment, is_consumer })
}

async fn step(
    visit: Visit,
    state: State,
    Halfway(found): Halfway,
    Form(sent): Form<HashMap<String, String>>,
) -> PageResult {
    let fields = Fields(sent);
    let catalogue = catalogue::load(&state.office).await?;
    let mut basket = Basket::read(fields.get("basket"), &catalogue);
    let who = orderer(&visit, &state, found, &fields).await?;
    let action = fields.get("action");
    match action {
        "choose" => ok(&line_page(&visit, &state, &catalogue, &fields, Errors::none())?),
        "add" => match basket.add(&catalogue, &fields.0, state.office.today()) {
            Ok(()) => ok(&basket_page(&visit, &state, &catalogue, &basket, &who, &fields, None)),
            Err(error) => {
                let errors = Errors::of_problems(visit.t(), &problems(error)?);
                unprocessable(&line_page(&visit, &state, &catalogue, &fields, errors)?)
            }
        },
        "details" if who.customer.is_none() && !basket.is_empty() => {
            ok(&details_page(&visit, &basket, &fields, Errors::none()))
        }
        "details" | "check" if !basket.is_empty() => {
            check(&visit, &state, &catalogue, &basket, &who, &fields).await
        }
        "place" if !basket.is_empty() => place(&visit, &state, &catalogue, &basket, &who, &fields).await,
        _ => {
            if let Some(line) = action.strip_prefix("remove-").and_then(|line| line.parse().ok()) {
                basket.remove(line);
            }
            ok(&basket_page(&visit, &state, &catalogue, &basket, &who, &fields, None))
        }
    }
}

fn quote_of(
    state: &State,
    catalogue: &Catalogue,
    basket: &Basket,
    who: &Orderer,
    code: &str,
) -> Result<Quote, OfficeError> {
    let code = Some(code).filter(|code| !code.trim().is_empty());
    orders::quote(catalogue, basket.lines(), code, who.treatment, state.office.today())
}

fn basket_page(
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

fn details_page(visit: &Visit, basket: &Basket, fields: &Fields, errors: Errors) -> DetailsPage {
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

async fn check(
    visit: &Visit,
    state: &State,
    catalogue: &Catalogue,
    basket: &Basket,
    who: &Orderer,
    fields: &Fields,
) -> PageResult {
    let t = visit.t();
    if who.customer.is_none()
        && let Err(found) = complete(fields.profile())
    {
        return unprocessable(&details_page(visit, basket, fields, Errors::of_problems(t, &found)));
    }
    match check_page(visit, state, catalogue, basket, who, fields, Errors::none()).await? {
        Some(page) => ok(&page),
        None => ok(&closed(visit, state, catalogue, basket, who, fields)),
    }
}

fn closed(
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

/// A profile with the address that an invoice needs.
fn complete(form: ProfileForm) -> Result<customers::Profile, office::form::Problems> {
    let profile = form.parse()?;
    if profile.address.is_none() {
        return Err(office::form::Problems::one("street", office::form::Problem::Missing));
    }
    Ok(profile)
}

/// The page that asks for the last word; none while nothing can be ordered, or when the order cannot be
/// priced any more.
async fn check_page(
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
        policy_hash: state.office.policy().hash_hex(),
        ticked,
    }))
}

async fn place(
    visit: &Visit,
    state: &State,
    catalogue: &Catalogue,
    basket: &Basket,
    who: &Orderer,
    fields: &Fields,
) -> PageResult {
    let t = visit.t();
    let mut errors = Errors::none();
    let needed = ["terms", "responsibility", "processor"];
    let count = if basket.is_processing(catalogue) { 3 } else { 2 };
    for name in needed.into_iter().take(count) {
        if fields.get(name) != "yes" {
            errors.add(name, t.sales_check_missing());
        }
    }
    if !errors.is_empty() {
        let page = check_page(visit, state, catalogue, basket, who, fields, errors).await?;
        return match page {
            Some(page) => unprocessable(&page),
            None => ok(&closed(visit, state, catalogue, basket, who, fields)),
        };
    }
    let deed = async { order(visit, &state.office, basket, who, fields).await };
    match state.once.act("order", fields.get("once"), visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(visit, Flash::Ordered).into()),
        // The price, a text or a code is no longer what they saw.
        Err(OfficeError::Conflict { .. }) => {
            let notice = Some(t.sales_check_changed());
            unprocessable(&basket_page(visit, state, catalogue, basket, who, fields, notice))
        }
        Err(error) => {
            let found = problems(error)?;
            if who.customer.is_none() && found.of("email").is_some() {
                return unprocessable(&details_page(visit, basket, fields, Errors::of_problems(t, &found)));
            }
            let notice = Some(t.sales_check_changed());
            unprocessable(&basket_page(visit, state, catalogue, basket, who, fields, notice))
        }
    }
}

/// Places the order, with the account made before it for whoever has none.
async fn order(
    visit: &Visit,
    office: &Office,
    basket: &Basket,
    who: &Orderer,
    fields: &Fields,
) -> Result<String, OfficeError> {
    let (customer, by, login) = match &who.customer {
        Some((customer, me)) => (*customer, me.session.by(), Some(me.session.login)),
        None => {
            let client =
                accounts::ClientInfo { address: Some(visit.address().expose()), agent: Sensitive::default() };
            let profile = complete(fields.profile())?;
            accounts::count_attempt(office, accounts::Limit::ContactForm, &client).await?;
            let new = NewCustomer { profile: profile.clone() };
            let customer = customers::create(office, By::Visitor, &new).await?;
            let member = NewMember {
                name: profile.name.clone(),
                email: profile.email.clone(),
                role: Role::Owner,
                language: profile.language,
            };
            accounts::invite(office, By::Visitor, customer.id, &member).await?;
            (customer.id, By::Visitor, None)
        }
    };
    let number = |name: &str| fields.get(name).parse().unwrap_or(0);
    let code = fields.get("code").trim();
    let new = NewOrder {
        customer,
        login,
        lines: basket.lines(),
        code: Some(code).filter(|code| !code.is_empty()),
        accepted: Accepted {
            terms: number("terms_version"),
            responsibility: number("responsibility_version"),
            processor_agreement: (fields.get("processor") == "yes"
                && fields.get("policy") == office.policy().hash_hex())
            .then(|| office.policy().hash()),
            early_start: if fields.get("early") == "yes" { EarlyStart::Asked } else { EarlyStart::NotAsked },
        },
        total: Money::from_cents(fields.get("total").parse().unwrap_or(-1)),
    };
    let placed = orders::place(office, by, &new).await?;
    Ok(match who.customer {
        Some(_) => "/panel/services".to_owned(),
        None => format!("/order/thanks?number={}", placed.number),
    })
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
