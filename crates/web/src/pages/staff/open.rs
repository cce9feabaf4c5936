//! Writing a request down that came by letter, by telephone or at the desk.

use super::{DESK, view};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use askama::Template;
use base::{Language, Sensitive};
use office::OfficeError;
use office::customers::{self, CustomerId};
use office::requests::{self, About, OnBehalf, RequestKind};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/requests/new", DESK, new)
        .post("/staff/requests/new", DESK, create)
        .get("/staff/customers/{id}/request", DESK, new_for_customer)
        .post("/staff/customers/{id}/request", DESK, create_for_customer);
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OpenForm {
    name: Sensitive<String>,
    email: Sensitive<String>,
    language: String,
    kind: String,
    purpose: String,
    text: Sensitive<String>,
    received_at: String,
    once: String,
}

#[derive(Template)]
#[template(path = "pages/staff/request_new.html")]
struct OpenPage {
    t: T,
    page: Page,
    errors: Errors,
    form: OpenForm,
    /// The customer it is about, and where the form is sent.
    customer: Option<(CustomerId, String)>,
    action: String,
    kinds: Vec<Choice>,
    purposes: Vec<Choice>,
    languages: Vec<Choice>,
}

async fn open_page(
    visit: &Visit,
    state: &State,
    customer: Option<CustomerId>,
    form: OpenForm,
    errors: Errors,
) -> Result<OpenPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let page = super::page(visit, t.staff_request_new()).failed(&errors);
    let (page, customer, action) = match customer {
        Some(id) => {
            let found = customers::customer(office, id).await?;
            let page = page
                .crumb("/staff/customers", t.staff_nav_customers())
                .crumb(format!("/staff/customers/{id}"), found.number.to_string());
            let name = found.display_name().expose().clone();
            (page, Some((id, name)), format!("/staff/customers/{id}/request"))
        }
        None => {
            let page = page.crumb("/staff/requests", t.staff_nav_requests());
            (page, None, "/staff/requests/new".to_owned())
        }
    };
    let policy = office.policy();
    let purposes = requests::objectionable_purposes(office)
        .into_iter()
        .filter_map(|name| {
            let title = policy.purpose(&name)?.title.of(t.language()).to_owned();
            Some(Choice::new(name, title))
        })
        .collect();
    let (kinds, languages) = (view::request_kinds(t), view::languages(t));
    Ok(OpenPage { t, page, errors, form, customer, action, kinds, purposes, languages })
}

async fn new(visit: Visit, state: State) -> PageResult {
    let form = OpenForm { once: visit.idempotency_key(), language: "nl".into(), ..OpenForm::default() };
    ok(&open_page(&visit, &state, None, form, Errors::none()).await?)
}

async fn new_for_customer(visit: Visit, state: State, PathId(id): PathId<CustomerId>) -> PageResult {
    let form = OpenForm { once: visit.idempotency_key(), ..OpenForm::default() };
    ok(&open_page(&visit, &state, Some(id), form, Errors::none()).await?)
}

async fn create(visit: Visit, state: State, me: Me, Form(form): Form<OpenForm>) -> PageResult {
    record(&visit, &state, &me, None, form).await
}

async fn create_for_customer(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<CustomerId>,
    Form(form): Form<OpenForm>,
) -> PageResult {
    record(&visit, &state, &me, Some(id), form).await
}

async fn record(
    visit: &Visit,
    state: &State,
    me: &Me,
    customer: Option<CustomerId>,
    form: OpenForm,
) -> PageResult {
    let t = visit.t();
    let new = match read(t, visit, customer, &form) {
        Ok(new) => new,
        Err(errors) => return unprocessable(&open_page(visit, state, customer, form, errors).await?),
    };
    let deed = async {
        let (id, _) = requests::open_on_behalf(&state.office, me.session.by(), &new).await?;
        Ok::<_, OfficeError>(format!("/staff/requests/{id}"))
    };
    match state.once.act("request-new", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(visit, Flash::StaffRequestOpened).into()),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&open_page(visit, state, customer, form, errors).await?)
        }
    }
}

fn read(t: T, visit: &Visit, customer: Option<CustomerId>, form: &OpenForm) -> Result<OnBehalf, Errors> {
    let mut errors = Errors::none();
    let about = match (customer, Language::from_tag(&form.language)) {
        (Some(id), _) => Some(About::Customer(id)),
        (None, Some(language)) => {
            Some(About::Somebody { name: form.name.clone(), email: form.email.clone(), language })
        }
        (None, None) => {
            errors.add("language", t.problem_choice());
            None
        }
    };
    let kind = RequestKind::parse(&form.kind);
    if kind.is_none() {
        errors.add("kind", t.problem_choice());
    }
    let received_at = match form.received_at.trim() {
        "" => None,
        text => match view::day(text) {
            // Noon of today may be still to come.
            Some(noon) if noon.day() == visit.now().day() => Some(noon.min(visit.now())),
            Some(noon) => Some(noon),
            None => {
                errors.add("received_at", t.staff_date_wrong());
                None
            }
        },
    };
    let purpose = Some(form.purpose.clone())
        .filter(|purpose| !purpose.is_empty() && kind == Some(RequestKind::Objection));
    match (about, kind) {
        (Some(about), Some(kind)) if errors.is_empty() => {
            Ok(OnBehalf { about, kind, purpose, text: form.text.clone(), received_at })
        }
        _ => Err(errors),
    }
}
