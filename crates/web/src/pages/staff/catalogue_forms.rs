//! The forms of the catalogue: products, plans, options, prices and discount codes. Each names the revision
//! it was made from; whoever is second sees that, and keeps what they typed.

use super::ADMIN;
use super::catalogue::{CODES, PATH, kinds, states, vat};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable, with_status};
use crate::pages::sales;
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use http::StatusCode;
use office::OfficeError;
use office::catalogue::{
    self, Catalogue, CodeForm, CodeId, OptionForm, OptionId, PlanForm, PlanId, PriceForm, ProductForm,
    ProductId, Vat,
};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/catalogue/products/new", ADMIN, new_product)
        .post("/staff/catalogue/products/new", ADMIN, add_product)
        .get("/staff/catalogue/products/{id}", ADMIN, product)
        .post("/staff/catalogue/products/{id}", ADMIN, save_product)
        .get("/staff/catalogue/products/{id}/plan", ADMIN, new_plan)
        .post("/staff/catalogue/products/{id}/plan", ADMIN, add_plan)
        .get("/staff/catalogue/plans/{id}/change", ADMIN, plan)
        .post("/staff/catalogue/plans/{id}/change", ADMIN, save_plan)
        .get("/staff/catalogue/plans/{id}/option", ADMIN, new_option)
        .post("/staff/catalogue/plans/{id}/option", ADMIN, add_option)
        .get("/staff/catalogue/options/{id}", ADMIN, option)
        .post("/staff/catalogue/options/{id}", ADMIN, save_option)
        .get("/staff/catalogue/plans/{id}/price", ADMIN, new_price)
        .post("/staff/catalogue/plans/{id}/price", ADMIN, set_price)
        .get("/staff/catalogue/codes/new", ADMIN, new_code)
        .post("/staff/catalogue/codes/new", ADMIN, add_code)
        .get("/staff/catalogue/codes/{id}", ADMIN, code)
        .post("/staff/catalogue/codes/{id}", ADMIN, save_code);
}

/// How a field is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Short,
    Lines,
    Date,
    Select,
    Radios,
}

/// A field of a form.
struct Field {
    id: &'static str,
    label: Text,
    value: String,
    hint: Text,
    kind: Kind,
    choices: Vec<Choice>,
    is_optional: bool,
}

impl Field {
    fn new(kind: Kind, id: &'static str, label: Text, value: &str) -> Self {
        let hint = Text::Borrowed("");
        Self { id, label, value: value.to_owned(), hint, kind, choices: Vec::new(), is_optional: false }
    }

    fn choices(self, choices: Vec<Choice>) -> Self {
        Self { choices, ..self }
    }

    fn hint(self, hint: Text) -> Self {
        Self { hint, ..self }
    }

    fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    fn all(&self) -> &[Choice] {
        &self.choices
    }

    fn is(&self, kind: &str) -> bool {
        kind == match self.kind {
            Kind::Line => "line",
            Kind::Short => "short",
            Kind::Lines => "lines",
            Kind::Date => "date",
            Kind::Select => "select",
            Kind::Radios => "radios",
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/catalogue_form.html")]
struct FormPage {
    t: T,
    page: Page,
    errors: Errors,
    action: String,
    back: String,
    lead: Option<Text>,
    once: String,
    revision: u32,
    is_conflict: bool,
    fields: Vec<Field>,
    submit: Text,
}

/// A form with what every one of them carries: the revision that it was made from, and the key by which
/// sending it twice does it once.
#[derive(Default, Deserialize)]
struct Sent<F> {
    #[serde(flatten)]
    form: F,
    #[serde(default)]
    revision: String,
    #[serde(default)]
    once: String,
}

/// What differs between the forms.
struct Shape {
    title: Text,
    action: String,
    back: String,
    crumb: Option<(String, String)>,
    lead: Option<Text>,
    submit: Text,
    /// The revision as it is stored now; 0 for what is new.
    revision: u32,
    fields: Vec<Field>,
}

impl Shape {
    fn page(self, visit: &Visit, errors: Errors, (once, revision): (&str, u32)) -> FormPage {
        let t = visit.t();
        let mut page = super::page(visit, self.title).crumb(PATH, t.staff_nav_catalogue());
        if let Some((href, label)) = self.crumb {
            page = page.crumb(href, label);
        }
        FormPage {
            t,
            page: page.failed(&errors),
            errors,
            action: self.action,
            back: self.back,
            lead: self.lead,
            once: if once.is_empty() { visit.idempotency_key() } else { once.to_owned() },
            revision,
            is_conflict: false,
            fields: self.fields,
            submit: self.submit,
        }
    }

    /// The form as it is asked for.
    fn fresh(self, visit: &Visit) -> PageResult {
        let revision = self.revision;
        ok(&self.page(visit, Errors::none(), ("", revision)))
    }

    /// The form again, with what was wrong with it; or, when somebody changed the thing first, with the
    /// revision of now, so that the next try replaces that.
    fn failed(self, visit: &Visit, once: &str, revision: u32, error: OfficeError) -> PageResult {
        if matches!(error, OfficeError::Conflict { .. }) {
            let revision = self.revision;
            let page = self.page(visit, Errors::none(), ("", revision));
            return with_status(StatusCode::CONFLICT, &FormPage { is_conflict: true, ..page });
        }
        let found = problems(error)?;
        let t = visit.t();
        let mut errors = Errors::none();
        for field in &self.fields {
            if let Some(problem) = found.of(field.id) {
                errors.add(field.id, t.staff_catalogue_problem(&field.label, t.problem(problem)));
            }
        }
        if errors.is_empty() {
            errors = Errors::of_problems(t, &found);
        }
        unprocessable(&self.page(visit, errors, (once, revision)))
    }
}

fn number(text: &str) -> Result<u32, PageError> {
    text.trim().parse().map_err(|_| PageError::BadRequest)
}

fn wording_fields(t: T, names: [&str; 2], texts: Option<[&str; 2]>) -> Vec<Field> {
    let mut fields = vec![
        Field::new(Kind::Line, "name_nl", t.staff_catalogue_name_nl(), names[0]),
        Field::new(Kind::Line, "name_en", t.staff_catalogue_name_en(), names[1]),
    ];
    if let Some(texts) = texts {
        fields.push(Field::new(Kind::Lines, "text_nl", t.staff_catalogue_text_nl(), texts[0]).optional());
        fields.push(Field::new(Kind::Lines, "text_en", t.staff_catalogue_text_en(), texts[1]).optional());
    }
    fields
}

fn code_field(t: T, value: &str) -> Field {
    Field::new(Kind::Line, "code", t.staff_catalogue_code(), value).hint(t.staff_catalogue_code_hint())
}

fn place_fields(t: T, state: &str, position: &str) -> Vec<Field> {
    let state = if state.is_empty() { "hidden" } else { state };
    vec![
        Field::new(Kind::Radios, "state", t.staff_catalogue_state(), state)
            .choices(states(t))
            .hint(t.staff_catalogue_state_hint()),
        Field::new(Kind::Short, "position", t.staff_catalogue_position(), position).optional(),
    ]
}

// Products.

fn product_shape(
    t: T,
    catalogue: &Catalogue,
    id: Option<ProductId>,
    form: &ProductForm,
) -> Result<Shape, PageError> {
    let stored = id.map(|id| catalogue.product(id).ok_or(PageError::NotFound)).transpose()?;
    let vats = Vat::ALL.iter().map(|one| Choice::new(one.as_str(), vat(t, *one))).collect();
    let mut fields = wording_fields(t, [&form.name_nl, &form.name_en], Some([&form.text_nl, &form.text_en]));
    fields.push(code_field(t, &form.code));
    fields.push(Field::new(Kind::Select, "kind", t.staff_catalogue_kind(), &form.kind).choices(kinds(t)));
    fields.push(
        Field::new(Kind::Radios, "vat", t.staff_catalogue_vat(), &form.vat)
            .choices(vats)
            .hint(t.staff_catalogue_vat_hint()),
    );
    fields.extend(place_fields(t, &form.state, &form.position));
    Ok(Shape {
        title: stored.map_or_else(
            || t.staff_catalogue_product_new(),
            |product| product.name.of(t.language()).to_owned().into(),
        ),
        action: match id {
            Some(id) => format!("{PATH}/products/{id}"),
            None => format!("{PATH}/products/new"),
        },
        back: PATH.to_owned(),
        crumb: None,
        lead: None,
        submit: t.save(),
        revision: stored.map_or(0, |product| product.revision),
        fields,
    })
}

async fn new_product(visit: Visit, state: State) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    product_shape(visit.t(), &catalogue, None, &ProductForm::default())?.fresh(&visit)
}

async fn product(visit: Visit, state: State, PathId(id): PathId<ProductId>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    let form = ProductForm::of(catalogue.product(id).ok_or(PageError::NotFound)?);
    product_shape(visit.t(), &catalogue, Some(id), &form)?.fresh(&visit)
}

async fn add_product(visit: Visit, state: State, me: Me, Form(sent): Form<Sent<ProductForm>>) -> PageResult {
    write_product(&visit, &state, &me, None, &sent).await
}

async fn save_product(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ProductId>,
    Form(sent): Form<Sent<ProductForm>>,
) -> PageResult {
    write_product(&visit, &state, &me, Some(id), &sent).await
}

async fn write_product(
    visit: &Visit,
    state: &State,
    me: &Me,
    id: Option<ProductId>,
    sent: &Sent<ProductForm>,
) -> PageResult {
    let revision = number(&sent.revision)?;
    let at = id.map(|id| (id, revision));
    let deed = async {
        catalogue::save_product(&state.office, me.session.by(), at, &sent.form).await?;
        Ok::<_, OfficeError>(PATH.to_owned())
    };
    match state.once.act("product", &sent.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(visit, Flash::Saved).into()),
        Err(error) => {
            let catalogue = catalogue::load(&state.office).await?;
            product_shape(visit.t(), &catalogue, id, &sent.form)?.failed(visit, &sent.once, revision, error)
        }
    }
}

// Plans.

/// Which plan a form is about.
#[derive(Clone, Copy)]
enum PlanAt {
    New(ProductId),
    Old(PlanId),
}

fn plan_shape(t: T, catalogue: &Catalogue, at: PlanAt, form: &PlanForm) -> Result<Shape, PageError> {
    let mut fields = wording_fields(t, [&form.name_nl, &form.name_en], Some([&form.text_nl, &form.text_en]));
    fields.push(code_field(t, &form.code));
    fields.push(
        Field::new(Kind::Lines, "limits", t.staff_catalogue_limits(), &form.limits)
            .hint(t.staff_catalogue_limits_hint())
            .optional(),
    );
    fields.extend(place_fields(t, &form.state, &form.position));
    let shape = Shape {
        title: t.staff_catalogue_plan_new(),
        action: String::new(),
        back: PATH.to_owned(),
        crumb: None,
        lead: None,
        submit: t.save(),
        revision: 0,
        fields,
    };
    match at {
        PlanAt::New(id) => {
            let product = catalogue.product(id).ok_or(PageError::NotFound)?;
            Ok(Shape {
                title: t.staff_catalogue_plan_new_of(product.name.of(t.language())),
                action: format!("{PATH}/products/{id}/plan"),
                ..shape
            })
        }
        PlanAt::Old(id) => {
            let (_, plan) = catalogue.plan(id).ok_or(PageError::NotFound)?;
            let (href, name) = plan_crumb(t, catalogue, id);
            Ok(Shape {
                title: t.staff_catalogue_plan_change(),
                action: format!("{PATH}/plans/{id}/change"),
                back: href.clone(),
                crumb: Some((href, name)),
                revision: plan.revision,
                ..shape
            })
        }
    }
}

fn plan_crumb(t: T, catalogue: &Catalogue, id: PlanId) -> (String, String) {
    (format!("{PATH}/plans/{id}"), sales::plan_name(t, catalogue, id))
}

async fn new_plan(visit: Visit, state: State, PathId(id): PathId<ProductId>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    plan_shape(visit.t(), &catalogue, PlanAt::New(id), &PlanForm::default())?.fresh(&visit)
}

async fn plan(visit: Visit, state: State, PathId(id): PathId<PlanId>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    let form = PlanForm::of(catalogue.plan(id).ok_or(PageError::NotFound)?.1);
    plan_shape(visit.t(), &catalogue, PlanAt::Old(id), &form)?.fresh(&visit)
}

async fn add_plan(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ProductId>,
    Form(sent): Form<Sent<PlanForm>>,
) -> PageResult {
    write_plan(&visit, &state, &me, PlanAt::New(id), &sent).await
}

async fn save_plan(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<PlanId>,
    Form(sent): Form<Sent<PlanForm>>,
) -> PageResult {
    write_plan(&visit, &state, &me, PlanAt::Old(id), &sent).await
}

async fn write_plan(visit: &Visit, state: &State, me: &Me, at: PlanAt, sent: &Sent<PlanForm>) -> PageResult {
    let revision = number(&sent.revision)?;
    let catalogue = catalogue::load(&state.office).await?;
    let (product, old) = match at {
        PlanAt::New(product) => (product, None),
        PlanAt::Old(id) => (catalogue.plan(id).ok_or(PageError::NotFound)?.0.id, Some((id, revision))),
    };
    let deed = async {
        let id = catalogue::save_plan(&state.office, me.session.by(), product, old, &sent.form).await?;
        Ok::<_, OfficeError>(format!("{PATH}/plans/{id}"))
    };
    match state.once.act("plan", &sent.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(visit, Flash::Saved).into()),
        Err(error) => {
            let catalogue = catalogue::load(&state.office).await?;
            plan_shape(visit.t(), &catalogue, at, &sent.form)?.failed(visit, &sent.once, revision, error)
        }
    }
}

// Options.

/// Which option a form is about.
#[derive(Clone, Copy)]
enum OptionAt {
    New(PlanId),
    Old(OptionId),
}

impl OptionAt {
    /// The plan, and the option when there is one.
    fn find(self, catalogue: &Catalogue) -> Result<(PlanId, Option<OptionId>), PageError> {
        match self {
            Self::New(plan) => Ok((plan, None)),
            Self::Old(id) => {
                let option = catalogue.options.iter().find(|option| option.id == id);
                let option = option.ok_or(PageError::NotFound)?;
                Ok((option.plan, Some(id)))
            }
        }
    }
}

fn option_shape(t: T, catalogue: &Catalogue, at: OptionAt, form: &OptionForm) -> Result<Shape, PageError> {
    let (plan, option) = at.find(catalogue)?;
    let (_, stored) = catalogue.plan(plan).ok_or(PageError::NotFound)?;
    let mut fields = wording_fields(t, [&form.name_nl, &form.name_en], None);
    fields.push(code_field(t, &form.code));
    fields.push(Field::new(Kind::Short, "units_max", t.staff_catalogue_option_units(), &form.units_max));
    fields.extend(place_fields(t, &form.state, &form.position));
    let (href, name) = plan_crumb(t, catalogue, plan);
    Ok(Shape {
        title: match option {
            None => t.staff_catalogue_option_new(),
            Some(_) => t.staff_catalogue_option_change(),
        },
        action: match option {
            None => format!("{PATH}/plans/{plan}/option"),
            Some(id) => format!("{PATH}/options/{id}"),
        },
        back: href.clone(),
        crumb: Some((href, name)),
        lead: Some(t.staff_catalogue_option_lead()),
        submit: t.save(),
        revision: stored.revision,
        fields,
    })
}

async fn new_option(visit: Visit, state: State, PathId(id): PathId<PlanId>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    let form = OptionForm { units_max: "1".to_owned(), ..OptionForm::default() };
    option_shape(visit.t(), &catalogue, OptionAt::New(id), &form)?.fresh(&visit)
}

async fn option(visit: Visit, state: State, PathId(id): PathId<OptionId>) -> PageResult {
    let catalogue = catalogue::load(&state.office).await?;
    let stored = catalogue.options.iter().find(|option| option.id == id).ok_or(PageError::NotFound)?;
    let form = OptionForm::of(stored);
    option_shape(visit.t(), &catalogue, OptionAt::Old(id), &form)?.fresh(&visit)
}

async fn add_option(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<PlanId>,
    Form(sent): Form<Sent<OptionForm>>,
) -> PageResult {
    write_option(&visit, &state, &me, OptionAt::New(id), &sent).await
}

async fn save_option(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<OptionId>,
    Form(sent): Form<Sent<OptionForm>>,
) -> PageResult {
    write_option(&visit, &state, &me, OptionAt::Old(id), &sent).await
}

async fn write_option(
    visit: &Visit,
    state: &State,
    me: &Me,
    at: OptionAt,
    sent: &Sent<OptionForm>,
) -> PageResult {
    let revision = number(&sent.revision)?;
    let catalogue = catalogue::load(&state.office).await?;
    let (plan, option) = at.find(&catalogue)?;
    let deed = async {
        let by = me.session.by();
        catalogue::save_option(&state.office, by, plan, revision, option, &sent.form).await?;
        Ok::<_, OfficeError>(format!("{PATH}/plans/{plan}"))
    };
    match state.once.act("option", &sent.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(visit, Flash::Saved).into()),
        Err(error) => {
            let catalogue = catalogue::load(&state.office).await?;
            option_shape(visit.t(), &catalogue, at, &sent.form)?.failed(visit, &sent.once, revision, error)
        }
    }
}

// Prices.

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

// Discount codes.

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
