//! The catalogue as staff see it: products with their plans, a plan with its prices and options, and the
//! discount codes. The forms are in `catalogue_forms`.

use super::{ADMIN_ROLES, DESK, has};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::Choice;
use crate::list::List;
use crate::page::{Page, ok};
use crate::pages::sales;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::response::Response;
use base::{Day, Money};
use office::catalogue::{
    self, Catalogue, CodeId, Discount, DiscountCode, OptionId, Plan, PlanId, Price, Product, ProductId,
    ProductKind, Vat, Visibility,
};

pub(super) const PATH: &str = "/staff/catalogue";
pub(super) const CODES: &str = "/staff/catalogue/codes";

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, DESK, list)
        .get("/staff/catalogue.csv", DESK, csv)
        .get("/staff/catalogue/plans/{id}", DESK, plan)
        .get(CODES, DESK, codes)
        .get("/staff/catalogue/codes.csv", DESK, codes_csv);
}

pub(super) fn kind(t: T, kind: ProductKind) -> Text {
    match kind {
        ProductKind::Hosting => t.sales_kind_hosting(),
        ProductKind::Domain => t.sales_kind_domain(),
        ProductKind::Vps => t.sales_kind_vps(),
        ProductKind::Certificate => t.sales_kind_certificate(),
        ProductKind::Other => t.sales_kind_other(),
    }
}

pub(super) fn vat(t: T, vat: Vat) -> Text {
    match vat {
        Vat::Standard => t.staff_catalogue_vat_standard(),
        Vat::Reduced => t.staff_catalogue_vat_reduced(),
        Vat::Zero => t.staff_catalogue_vat_zero(),
    }
}

pub(super) fn visibility(t: T, visibility: Visibility) -> sales::Badge {
    match visibility {
        Visibility::Offered => ("ok", t.staff_catalogue_offered()),
        Visibility::Hidden => ("muted", t.staff_catalogue_hidden()),
    }
}

struct PlanRow {
    id: PlanId,
    code: String,
    name: String,
    state: sales::Badge,
    prices: Vec<String>,
    /// Offered, but without a price that holds: nobody can order it.
    is_priceless: bool,
}

struct ProductRow {
    id: ProductId,
    name: String,
    kind: Text,
    vat: Text,
    state: sales::Badge,
    plans: Vec<PlanRow>,
}

#[derive(Template)]
#[template(path = "pages/staff/catalogue.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    may_change: bool,
    rows: Vec<ProductRow>,
}

fn in_term(t: T, price: &Price) -> String {
    format!("{} {}", t.money(&price.amount), t.per_term(&price.months))
}

fn plan_row(t: T, catalogue: &Catalogue, plan: &Plan, today: Day) -> PlanRow {
    let prices = catalogue.terms(plan.id, today);
    PlanRow {
        id: plan.id,
        code: plan.code.clone(),
        name: plan.name.of(t.language()).to_owned(),
        state: visibility(t, plan.visibility),
        is_priceless: plan.visibility == Visibility::Offered && prices.is_empty(),
        prices: prices.into_iter().map(|price| in_term(t, price)).collect(),
    }
}

/// The products that the filters of a list let through.
fn filtered<'c>(catalogue: &'c Catalogue, list: &List) -> Vec<&'c Product> {
    let (state, kind) = (Visibility::parse(list.filter("state")), ProductKind::parse(list.filter("kind")));
    let fits = |product: &&Product| {
        state.is_none_or(|state| product.visibility == state) && kind.is_none_or(|kind| product.kind == kind)
    };
    catalogue.products.iter().filter(fits).collect()
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let (t, today) = (visit.t(), state.office.today());
    let catalogue = catalogue::load(&state.office).await?;
    let products = filtered(&catalogue, &list);
    list.set_total(u64::try_from(products.len()).unwrap_or(u64::MAX));
    let row = |product: &&Product| ProductRow {
        id: product.id,
        name: product.name.of(t.language()).to_owned(),
        kind: kind(t, product.kind),
        vat: vat(t, product.vat),
        state: visibility(t, product.visibility),
        plans: catalogue.plans_of(product.id).map(|plan| plan_row(t, &catalogue, plan, today)).collect(),
    };
    ok(&ListPage {
        t,
        page: super::page(&visit, t.staff_nav_catalogue()),
        states: states(t),
        kinds: kinds(t),
        may_change: has(&visit, ADMIN_ROLES),
        rows: products.iter().map(row).collect(),
        list,
    })
}

pub(super) fn states(t: T) -> Vec<Choice> {
    Visibility::ALL.iter().map(|one| Choice::new(one.as_str(), visibility(t, *one).1)).collect()
}

pub(super) fn kinds(t: T) -> Vec<Choice> {
    ProductKind::ALL.iter().map(|one| Choice::new(one.as_str(), kind(t, *one))).collect()
}

/// A line for each price, also those that held and those that are announced.
async fn csv(visit: Visit, state: State, list: List) -> Result<Response, PageError> {
    let t = visit.t();
    let catalogue = catalogue::load(&state.office).await?;
    let mut rows = Vec::new();
    for product in filtered(&catalogue, &list) {
        for plan in catalogue.plans_of(product.id) {
            for price in catalogue.prices.iter().filter(|price| price.plan == plan.id) {
                let option = catalogue.options.iter().find(|option| Some(option.id) == price.option);
                rows.push(vec![
                    product.code.clone(),
                    plan.code.clone(),
                    option.map(|option| option.code.clone()).unwrap_or_default(),
                    product.vat.as_str().to_owned(),
                    price.months.value().to_string(),
                    plain(price.amount),
                    plain(price.setup),
                    price.from.to_string(),
                    price.until.map(|day| day.to_string()).unwrap_or_default(),
                ]);
            }
        }
    }
    let head = [
        t.staff_catalogue_column_product(),
        t.panel_services_plan(),
        t.staff_catalogue_price_option(),
        t.staff_catalogue_vat(),
        t.staff_catalogue_price_months(),
        t.staff_catalogue_price_amount(),
        t.staff_catalogue_price_setup(),
        t.staff_catalogue_price_from(),
        t.staff_catalogue_price_until(),
    ];
    Ok(csv_file("catalogue", &head.iter().map(AsRef::as_ref).collect::<Vec<_>>(), rows))
}

/// An amount for a spreadsheet.
pub(super) fn plain(amount: Money) -> String {
    let cents = amount.cents();
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}

struct PriceRow {
    of: String,
    term: Text,
    amount: Money,
    setup: Money,
    from: String,
    until: String,
    state: sales::Badge,
}

struct OptionRow {
    id: OptionId,
    code: String,
    name: String,
    units_max: u32,
    state: sales::Badge,
}

#[derive(Template)]
#[template(path = "pages/staff/catalogue_plan.html")]
struct PlanPage {
    t: T,
    page: Page,
    id: PlanId,
    code: String,
    text: String,
    state: sales::Badge,
    limits: Vec<Text>,
    may_change: bool,
    prices: Vec<PriceRow>,
    options: Vec<OptionRow>,
}

fn price_row(t: T, catalogue: &Catalogue, price: &Price, today: Day) -> PriceRow {
    let option = catalogue.options.iter().find(|option| Some(option.id) == price.option);
    PriceRow {
        of: option.map_or_else(
            || t.staff_catalogue_price_plan().into_owned(),
            |option| option.name.of(t.language()).to_owned(),
        ),
        term: t.term(&price.months),
        amount: price.amount,
        setup: price.setup,
        from: t.day(&price.from),
        until: price.until.map_or_else(String::new, |day| t.day(&day)),
        state: if price.holds_on(today) {
            ("ok", t.staff_catalogue_price_holds())
        } else if price.from > today {
            ("info", t.staff_catalogue_price_announced())
        } else {
            ("muted", t.staff_catalogue_price_held())
        },
    }
}

async fn plan(visit: Visit, state: State, PathId(id): PathId<PlanId>) -> PageResult {
    let (t, today) = (visit.t(), state.office.today());
    let catalogue = catalogue::load(&state.office).await?;
    let (_, plan) = catalogue.plan(id).ok_or(PageError::NotFound)?;
    let mut prices: Vec<&Price> = catalogue.prices.iter().filter(|price| price.plan == id).collect();
    prices.sort_by_key(|price| (price.option, price.months, std::cmp::Reverse(price.from)));
    let option = |option: &catalogue::PlanOption| OptionRow {
        id: option.id,
        code: option.code.clone(),
        name: option.name.of(t.language()).to_owned(),
        units_max: option.units_max,
        state: visibility(t, option.visibility),
    };
    ok(&PlanPage {
        t,
        page: super::page(&visit, sales::plan_name(t, &catalogue, id)).crumb(PATH, t.staff_nav_catalogue()),
        id,
        code: plan.code.clone(),
        text: plan.text.of(t.language()).to_owned(),
        state: visibility(t, plan.visibility),
        limits: sales::limits(t, &plan.limits),
        may_change: has(&visit, ADMIN_ROLES),
        prices: prices.into_iter().map(|price| price_row(t, &catalogue, price, today)).collect(),
        options: catalogue.options_of(id).map(option).collect(),
    })
}

struct CodeRow {
    id: CodeId,
    code: String,
    discount: String,
    terms: u32,
    product: String,
    uses: Text,
    from: String,
    through: String,
    state: sales::Badge,
}

#[derive(Template)]
#[template(path = "pages/staff/catalogue_codes.html")]
struct CodesPage {
    t: T,
    page: Page,
    list: List,
    states: Vec<Choice>,
    may_change: bool,
    rows: Vec<CodeRow>,
}

/// Whether a code can be used today, as the filter names it.
fn code_state(code: &DiscountCode, today: Day) -> &'static str {
    if code.is_usable(today) {
        "usable"
    } else if code.from > today {
        "announced"
    } else {
        "over"
    }
}

fn code_badge(t: T, state: &str) -> sales::Badge {
    match state {
        "usable" => ("ok", t.staff_catalogue_code_usable()),
        "announced" => ("info", t.staff_catalogue_price_announced()),
        _ => ("muted", t.staff_catalogue_code_over()),
    }
}

fn code_rows(t: T, catalogue: &Catalogue, list: &List, today: Day) -> Vec<CodeRow> {
    let wanted = list.filter("state");
    let fits = |code: &&DiscountCode| wanted.is_empty() || code_state(code, today) == wanted;
    let row = |code: &DiscountCode| CodeRow {
        id: code.id,
        code: code.code.clone(),
        discount: match code.discount {
            Discount::Percent(percent) => format!("{percent}%"),
            Discount::Amount(amount) => t.money(&amount),
        },
        terms: code.terms,
        product: code.product.and_then(|id| catalogue.product(id)).map_or_else(
            || t.staff_catalogue_code_all().into_owned(),
            |product| product.name.of(t.language()).to_owned(),
        ),
        uses: match code.uses_max {
            Some(max) => t.staff_catalogue_code_uses_of(code.uses, max),
            None => t.staff_catalogue_code_uses(code.uses),
        },
        from: t.day(&code.from),
        through: code.last_day().map_or_else(String::new, |day| t.day(&day)),
        state: code_badge(t, code_state(code, today)),
    };
    catalogue.codes.iter().filter(fits).map(row).collect()
}

async fn codes(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let catalogue = catalogue::load(&state.office).await?;
    let rows = code_rows(t, &catalogue, &list, state.office.today());
    list.set_total(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    ok(&CodesPage {
        t,
        page: super::page(&visit, t.staff_catalogue_codes()).crumb(PATH, t.staff_nav_catalogue()),
        list,
        states: ["usable", "announced", "over"].map(|one| Choice::new(one, code_badge(t, one).1)).to_vec(),
        may_change: has(&visit, ADMIN_ROLES),
        rows,
    })
}

async fn codes_csv(visit: Visit, state: State, list: List) -> Result<Response, PageError> {
    let t = visit.t();
    let catalogue = catalogue::load(&state.office).await?;
    let row = |row: CodeRow| {
        vec![
            row.code,
            row.discount,
            row.terms.to_string(),
            row.product,
            row.uses.into_owned(),
            row.from,
            row.through,
            row.state.1.into_owned(),
        ]
    };
    let head = [
        t.staff_catalogue_code(),
        t.staff_catalogue_code_value(),
        t.staff_catalogue_code_terms(),
        t.staff_catalogue_code_product(),
        t.staff_catalogue_code_used(),
        t.staff_catalogue_code_from(),
        t.staff_catalogue_code_through(),
        t.staff_orders_state(),
    ];
    let rows = code_rows(t, &catalogue, &list, state.office.today()).into_iter().map(row);
    Ok(csv_file("discount-codes", &head.iter().map(AsRef::as_ref).collect::<Vec<_>>(), rows))
}

#[cfg(test)]
mod tests {
    use crate::testing_office::site;
    use office::accounts::StaffRole;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_admin_fills_the_catalogue_and_visitors_see_it() {
        let site = site().await;
        let admin = site.staff("Anna", "anna@voorbeeldhost.example", StaffRole::Admin).await;
        let mut admin = site.signed_in(&admin).await;
        admin.get("/staff/catalogue").await.is(200).has("De catalogus is leeg");
        let form = admin.get("/staff/catalogue/products/new").await;
        let (once, none) = (form.value("once"), form.value("revision"));
        let mut sent = vec![("once", once.as_str()), ("revision", none.as_str()), ("name_nl", "Opslag")];
        let wrong = admin.post("/staff/catalogue/products/new", &sent).await;
        wrong.is(422).has("Naam in het Engels: ").has("Opslag").has("Btw: ");
        sent.extend([("name_en", "Storage"), ("code", "opslag"), ("kind", "other")]);
        sent.extend([("vat", "standard"), ("state", "offered")]);
        admin.post("/staff/catalogue/products/new", &sent).await.is(303);
        admin.post("/staff/catalogue/products/new", &sent).await.is(303);
        let list = admin.get("/staff/catalogue").await;
        list.is(200).has("Opslag").has("Nog geen pakketten");
        assert_eq!(list.body.matches("<h2>Opslag</h2>").count(), 1, "sent twice, made once");
        admin.get("/staff/catalogue?kind=domain").await.is(200).lacks("<h2>Opslag</h2>");
        let product = after(&list.body, "/staff/catalogue/products/", 1);

        let path = format!("/staff/catalogue/products/{product}/plan");
        let mut sent = vec![("revision", "0"), ("name_nl", "Klein"), ("name_en", "Small")];
        sent.extend([("code", "opslag-klein"), ("limits", "storage 10 XB"), ("state", "offered")]);
        admin.post(&path, &sent).await.is(422).has("Grenzen: ");
        sent.retain(|(name, _)| *name != "limits");
        sent.push(("limits", "storage 10 GB"));
        let made = admin.post(&path, &sent).await;
        made.is(303);
        let plan = made.to().to_owned();
        admin.get("/staff/catalogue").await.is(200).has("geen prijs");
        let mut visitor = site.browser();
        visitor.get("/products").await.is(200).lacks("Klein");

        let price = [("revision", "1"), ("months", "1"), ("amount", "2,50")];
        admin.post(&format!("{plan}/price"), &price).await.is(303);
        admin.get(&plan).await.is(200).has("2,50").has("geldt").has("10 GB");
        visitor.get("/products").await.is(200).has("Klein").has("2,50");
        // A price is made from what somebody saw; who is late sees the page of now and what they typed.
        let late = [("revision", "1"), ("months", "1"), ("amount", "9,99"), ("from", "1-12-2026")];
        let late = admin.post(&format!("{plan}/price"), &late).await;
        late.is(409).has("Iemand anders heeft dit intussen gewijzigd").has("9,99");
        let revision = late.value("revision");
        let past = [("revision", revision.as_str()), ("months", "1"), ("amount", "3"), ("from", "1-1-2020")];
        admin.post(&format!("{plan}/price"), &past).await.is(422).has("Geldt vanaf: ");
        let next = [("revision", revision.as_str()), ("months", "1"), ("amount", "3"), ("from", "1-12-2026")];
        admin.post(&format!("{plan}/price"), &next).await.is(303);
        admin.get(&plan).await.is(200).has("nog niet in gang").has("2,50").has("3,00");
        visitor.get("/products").await.is(200).has("2,50").lacks("3,00");
        let csv = admin.get("/staff/catalogue.csv").await;
        csv.is(200).has("opslag-klein").has("2.50").has("3.00");

        let option = admin.get(&format!("{plan}/option")).await;
        let revision = option.value("revision");
        let sent = [
            ("revision", revision.as_str()),
            ("name_nl", "Tien GB extra"),
            ("name_en", "Ten GB more"),
            ("code", "meer"),
            ("units_max", "5"),
            ("state", "offered"),
        ];
        admin.post(&format!("{plan}/option"), &sent).await.is(303);
        let shown = admin.get(&plan).await;
        shown.is(200).has("Tien GB extra");
        let option = after(&shown.body, "/staff/catalogue/options/", 0);
        admin.get(&format!("/staff/catalogue/options/{option}")).await.is(200).has("Ten GB more");
        admin.get(&format!("{plan}/price")).await.is(200).has("Tien GB extra");

        let code = [("revision", "0"), ("code", "WELKOM"), ("kind", "percent"), ("value", "101")];
        admin.post("/staff/catalogue/codes/new", &code).await.is(422).has("Hoeveel: ");
        let code = [("revision", "0"), ("code", "WELKOM"), ("kind", "percent"), ("value", "20")];
        admin.post("/staff/catalogue/codes/new", &code).await.is(303);
        let codes = admin.get("/staff/catalogue/codes?state=usable").await;
        codes.is(200).has("WELKOM").has("20%").has("alle producten");
        admin.get("/staff/catalogue/codes?state=over").await.is(200).lacks("WELKOM");
        admin.get("/staff/catalogue/codes.csv").await.is(200).has("WELKOM");
        let code = after(&codes.body, "/staff/catalogue/codes/", 1);
        admin.get(&format!("/staff/catalogue/codes/{code}")).await.is(200).has("WELKOM");

        // Whoever helps customers looks and changes nothing.
        let support = site.staff("Sam", "sam@voorbeeldhost.example", StaffRole::Support).await;
        let mut support = site.signed_in(&support).await;
        support.get(&plan).await.is(200).lacks("/price");
        support.get("/staff/catalogue").await.is(200).lacks("Product toevoegen");
        support.get(&format!("{plan}/price")).await.is(403);
        support.post(&format!("{plan}/price"), &price).await.is(403);
    }

    /// What follows a text for the nth time, up to a quote or a slash.
    fn after(body: &str, text: &str, nth: usize) -> String {
        let rest = body.split(text).nth(nth + 1).unwrap_or_else(|| panic!("{text} is missing"));
        rest.split(['"', '/']).next().unwrap_or_default().to_owned()
    }
}
