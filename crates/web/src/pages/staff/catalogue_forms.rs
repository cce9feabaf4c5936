//! The forms of the catalogue: products, plans, options, prices and discount codes. Each names the revision
//! it was made from; whoever is second sees that, and keeps what they typed.

mod money;
mod plans;

use super::ADMIN;
use super::catalogue::{PATH, kinds, states, vat};
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
use office::catalogue::{self, Catalogue, PlanId, ProductForm, ProductId, Vat};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/catalogue/products/new", ADMIN, new_product)
        .post("/staff/catalogue/products/new", ADMIN, add_product)
        .get("/staff/catalogue/products/{id}", ADMIN, product)
        .post("/staff/catalogue/products/{id}", ADMIN, save_product);
    plans::register(routes);
    money::register(routes);
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

/// A plan as a step of the way to a page below it.
fn plan_crumb(t: T, catalogue: &Catalogue, id: PlanId) -> (String, String) {
    (format!("{PATH}/plans/{id}"), sales::plan_name(t, catalogue, id))
}

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
