//! The forms of plans and of their options.

use super::super::ADMIN;
use super::super::catalogue::PATH;
use super::{Field, Kind, Sent, Shape, code_field, number, place_fields, plan_crumb, wording_fields};
use crate::error::{PageError, PageResult};
use crate::form::Form;
use crate::page::see_other;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use office::OfficeError;
use office::catalogue::{self, Catalogue, OptionForm, OptionId, PlanForm, PlanId, ProductId};

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/catalogue/products/{id}/plan", ADMIN, new_plan)
        .post("/staff/catalogue/products/{id}/plan", ADMIN, add_plan)
        .get("/staff/catalogue/plans/{id}/change", ADMIN, plan)
        .post("/staff/catalogue/plans/{id}/change", ADMIN, save_plan)
        .get("/staff/catalogue/plans/{id}/option", ADMIN, new_option)
        .post("/staff/catalogue/plans/{id}/option", ADMIN, add_option)
        .get("/staff/catalogue/options/{id}", ADMIN, option)
        .post("/staff/catalogue/options/{id}", ADMIN, save_option);
}

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
