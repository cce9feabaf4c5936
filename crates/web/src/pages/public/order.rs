//! Ordering: as a visitor, for whom an account is made on the way, or as a customer.
//!
//! The order travels from page to page in hidden fields, so that nothing is stored about anybody who
//! stops half-way and the flow works without JavaScript. What it costs and what must be accepted is asked
//! of the office at each step; the last one compares what the person saw with what holds then.

use super::basket::Basket;
use super::order_pages::{basket_page, check_page, closed, details_page, line_page};
use crate::Access;
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Halfway, Me, State};
use crate::text::Flash;
use crate::visit::Visit;
use axum::extract::Query;
use base::{Language, Money, Sensitive};
use office::accounts::{self, NewMember, Role, Stage};
use office::billing::vat::Treatment;
use office::catalogue::{self, Catalogue};
use office::customers::{self, CustomerId, NewCustomer, ProfileForm};
use office::orders::{self, Accepted, EarlyStart, NewOrder, Quote};
use office::{By, Office, OfficeError, processor_agreements};
use serde::Deserialize;
use std::collections::HashMap;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/order", Access::PUBLIC, line).post("/order", Access::PUBLIC, step);
}

/// The fields of any step, as they were sent.
pub(super) struct Fields(pub HashMap<String, String>);

impl Fields {
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub fn profile(&self) -> ProfileForm {
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

/// The customer that somebody acts for, when they may order for it.
fn acting(found: Option<Me>) -> Option<(CustomerId, Me)> {
    let me = found.filter(|me| me.session.stage == Stage::Complete)?;
    let (customer, role) = me.session.acting_for?;
    (role >= Role::Manager).then_some((customer, me))
}

/// Who orders, as far as is known at a step.
pub(super) struct Orderer {
    pub customer: Option<(CustomerId, Me)>,
    pub treatment: Treatment,
    pub is_consumer: bool,
    /// The language of the agreement.
    pub language: Language,
}

async fn orderer(
    visit: &Visit,
    state: &State,
    found: Option<Me>,
    fields: &Fields,
) -> Result<Orderer, PageError> {
    let customer = acting(found);
    let profile = match &customer {
        Some((id, _)) => Some(customers::customer(&state.office, *id).await?.profile),
        None => fields.profile().parse().ok(),
    };
    let is_consumer = profile.as_ref().is_none_or(|p| p.kind == customers::CustomerKind::Person);
    let language = profile.as_ref().map_or_else(|| visit.language(), |profile| profile.language);
    let treatment = profile.map_or(Treatment::Domestic, |profile| orders::treatment(&state.office, &profile));
    Ok(Orderer { customer, treatment, is_consumer, language })
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
    let offered = processor_agreements::offered(office, who.language).hash;
    let is_offered = fields.get("processor") == "yes" && fields.get("agreement") == hex(&offered);
    let new = NewOrder {
        customer,
        login,
        lines: basket.lines(),
        code: Some(code).filter(|code| !code.is_empty()),
        accepted: Accepted {
            terms: number("terms_version"),
            responsibility: number("responsibility_version"),
            processor_agreement: is_offered.then_some(offered),
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

/// A profile with the address that an invoice needs.
fn complete(form: ProfileForm) -> Result<customers::Profile, office::form::Problems> {
    let profile = form.parse()?;
    if profile.address.is_none() {
        return Err(office::form::Problems::one("street", office::form::Problem::Missing));
    }
    Ok(profile)
}

pub(super) fn quote_of(
    state: &State,
    catalogue: &Catalogue,
    basket: &Basket,
    who: &Orderer,
    code: &str,
) -> Result<Quote, OfficeError> {
    let code = Some(code).filter(|code| !code.trim().is_empty());
    orders::quote(catalogue, basket.lines(), code, who.treatment, state.office.today())
}

/// A hash as forms carry it.
pub(super) fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
