//! The forms of prices and of discount codes.

use super::super::ADMIN;
use super::super::catalogue::{CODES, PATH};
use super::{Field, Kind, Sent, Shape, code_field, number, plan_crumb};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Form};
use crate::page::see_other;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use office::OfficeError;
use office::catalogue::{self, Catalogue, CodeForm, CodeId, PlanId, PriceForm};

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/catalogue/plans/{id}/price", ADMIN, new_price)
        .post("/staff/catalogue/plans/{id}/price", ADMIN, set_price)
        .get("/staff/catalogue/codes/new", ADMIN, new_code)
        .post("/staff/catalogue/codes/new", ADMIN, add_code)
        .get("/staff/catalogue/codes/{id}", ADMIN, code)
        .post("/staff/catalogue/codes/{id}", ADMIN, save_code);
}

fn price_shape(t: T, catalogue: &Catalogue, plan: PlanId, form: &PriceForm) -> Result<Shape, PageError> {
    let (_, stored) = catalogue.plan(plan).ok_or(PageError::NotFound)?;
    let options = catalogue
        .options_of(plan)
        .map(|option| Choice::new(option.id.to_string(), option.name.of(t.language()).to_owned()));
    let options: Vec<Choice> = options.collect();
    let mut fields = Vec::new();
    if !options.is_empty() {
        fields.push(
            Field::new(Kind::Select, "option", t.staff_catalogue_price_option(), &form.option)
                .choices(options)
                .hint(t.staff_catalogue_price_option_hint())
                .optional(),
        );
    }
    fields.extend([
        Field::new(Kind::Short, "months", t.staff_catalogue_price_months(), &form.months),
        Field::new(Kind::Short, "amount", t.staff_catalogue_price_amount(), &form.amount),
        Field::new(Kind::Short, "setup", t.staff_catalogue_price_setup(), &form.setup).optional(),
        Field::new(Kind::Date, "from", t.staff_catalogue_price_from(), &form.from)
            .hint(t.staff_catalogue_price_from_hint())
            .optional(),
    ]);
    let (href, name) = plan_crumb(t, catalogue, plan);
    Ok(Shape {
        title: t.staff_catalogue_price_new(),
        action: format!("{PATH}/plans/{plan}/price"),
        back: href.clone(),
        crumb: Some((href, name)),
        lead: Some(t.staff_catalogue_price_lead()),
        submit: t.staff_catalogue_price_submit(),
        revision: stored.revision,
        fields,
    })
}

async fn new_price(visit: Visit, state: State, PathId(id): PathId<PlanId>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    price_shape(visit.t(), &catalogue, id, &PriceForm::default())?.fresh(&visit)
}

async fn set_price(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<PlanId>,
    Form(sent): Form<Sent<PriceForm>>,
) -> PageResult {
    let revision = number(&sent.revision)?;
    let deed = async {
        catalogue::set_price(&state.office, me.session.by(), id, revision, &sent.form).await?;
        Ok::<_, OfficeError>(format!("{PATH}/plans/{id}"))
    };
    match state.once.act("price", &sent.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::StaffPriceSet).into()),
        Err(error) => {
            let catalogue = catalogue::load(&state.office).await?;
            let shape = price_shape(visit.t(), &catalogue, id, &sent.form)?;
            shape.failed(&visit, &sent.once, revision, error)
        }
    }
}

fn code_shape(t: T, catalogue: &Catalogue, id: Option<CodeId>, form: &CodeForm) -> Result<Shape, PageError> {
    let stored = id
        .map(|id| catalogue.codes.iter().find(|code| code.id == id).ok_or(PageError::NotFound))
        .transpose()?;
    let products = catalogue
        .products
        .iter()
        .map(|product| Choice::new(product.id.to_string(), product.name.of(t.language()).to_owned()))
        .collect();
    let discounts = vec![
        Choice::new("percent", t.staff_catalogue_code_percent()),
        Choice::new("amount", t.staff_catalogue_code_amount()),
    ];
    let fields = vec![
        code_field(t, &form.code),
        Field::new(Kind::Radios, "kind", t.staff_catalogue_code_kind(), &form.kind).choices(discounts),
        Field::new(Kind::Short, "value", t.staff_catalogue_code_value(), &form.value),
        Field::new(Kind::Short, "terms", t.staff_catalogue_code_terms(), &form.terms),
        Field::new(Kind::Select, "product", t.staff_catalogue_code_product(), &form.product)
            .choices(products)
            .hint(t.staff_catalogue_code_product_hint())
            .optional(),
        Field::new(Kind::Short, "uses_max", t.staff_catalogue_code_uses_max(), &form.uses_max).optional(),
        Field::new(Kind::Date, "from", t.staff_catalogue_code_from(), &form.from).optional(),
        Field::new(Kind::Date, "through", t.staff_catalogue_code_through(), &form.through).optional(),
    ];
    Ok(Shape {
        title: stored.map_or_else(|| t.staff_catalogue_code_new(), |code| code.code.clone().into()),
        action: match id {
            Some(id) => format!("{CODES}/{id}"),
            None => format!("{CODES}/new"),
        },
        back: CODES.to_owned(),
        crumb: Some((CODES.to_owned(), t.staff_catalogue_codes().into_owned())),
        lead: Some(t.staff_catalogue_code_lead()),
        submit: t.save(),
        revision: stored.map_or(0, |code| code.revision),
        fields,
    })
}

async fn new_code(visit: Visit, state: State) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    let form = CodeForm { kind: "percent".to_owned(), terms: "1".to_owned(), ..CodeForm::default() };
    code_shape(visit.t(), &catalogue, None, &form)?.fresh(&visit)
}

async fn code(visit: Visit, state: State, PathId(id): PathId<CodeId>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    let stored = catalogue.codes.iter().find(|code| code.id == id).ok_or(PageError::NotFound)?;
    code_shape(visit.t(), &catalogue, Some(id), &CodeForm::of(stored))?.fresh(&visit)
}

async fn add_code(visit: Visit, state: State, me: Me, Form(sent): Form<Sent<CodeForm>>) -> PageResult {
    write_code(&visit, &state, &me, None, &sent).await
}

async fn save_code(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<CodeId>,
    Form(sent): Form<Sent<CodeForm>>,
) -> PageResult {
    write_code(&visit, &state, &me, Some(id), &sent).await
}

async fn write_code(
    visit: &Visit,
    state: &State,
    me: &Me,
    id: Option<CodeId>,
    sent: &Sent<CodeForm>,
) -> PageResult {
    let revision = number(&sent.revision)?;
    let at = id.map(|id| (id, revision));
    let deed = async {
        catalogue::save_code(&state.office, me.session.by(), at, &sent.form).await?;
        Ok::<_, OfficeError>(CODES.to_owned())
    };
    match state.once.act("discount-code", &sent.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(visit, Flash::Saved).into()),
        Err(error) => {
            let catalogue = catalogue::load(&state.office).await?;
            code_shape(visit.t(), &catalogue, id, &sent.form)?.failed(visit, &sent.once, revision, error)
        }
    }
}
