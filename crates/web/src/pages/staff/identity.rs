//! Establishing who asks: the link, the code by telephone, the customer on file, a staff member's word.

use super::{PRIVACY, requests as pages};
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use askama::Template;
use base::Sensitive;
use office::customers::{self, CustomerNumber};
use office::requests::{self, Person, Request, RequestId};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .post("/staff/requests/{id}/link", PRIVACY, resend)
        .post("/staff/requests/{id}/code", PRIVACY, code)
        .get("/staff/requests/{id}/customer", PRIVACY, choose)
        .post("/staff/requests/{id}/customer", PRIVACY, attach)
        .get("/staff/requests/{id}/vouch", PRIVACY, vouch)
        .post("/staff/requests/{id}/vouch", PRIVACY, verify);
}

async fn resend(visit: Visit, state: State, me: Me, PathId(id): PathId<RequestId>) -> PageResult {
    requests::resend_link(&state.office, me.session.by(), id).await?;
    Ok(see_other(&format!("/staff/requests/{id}")).done(&visit, Flash::StaffLinkSent).into())
}

/// The code is shown by the answer itself and kept nowhere: asking again makes another.
async fn code(visit: Visit, state: State, me: Me, PathId(id): PathId<RequestId>) -> PageResult {
    let code = requests::second_channel_code(&state.office, me.session.by(), id).await?;
    ok(&pages::page(&visit, &state, id, Some(code)).await?)
}

fn crumbs(visit: &Visit, request: &Request, page: Page) -> Page {
    page.crumb("/staff/requests", visit.t().staff_nav_requests())
        .crumb(format!("/staff/requests/{}", request.id), request.number.to_string())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AttachForm {
    number: String,
}

#[derive(Template)]
#[template(path = "pages/staff/request_customer.html")]
struct AttachPage {
    t: T,
    page: Page,
    errors: Errors,
    id: RequestId,
    form: AttachForm,
}

async fn attach_page(
    visit: &Visit,
    state: &State,
    id: RequestId,
    form: AttachForm,
    errors: Errors,
) -> Result<AttachPage, PageError> {
    let t = visit.t();
    let request = requests::request(&state.office, id).await?;
    let page = crumbs(visit, &request, super::page(visit, t.staff_attach())).failed(&errors);
    Ok(AttachPage { t, page, errors, id, form })
}

async fn choose(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    ok(&attach_page(&visit, &state, id, AttachForm::default(), Errors::none()).await?)
}

async fn attach(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<RequestId>,
    Form(form): Form<AttachForm>,
) -> PageResult {
    let office = &*state.office;
    let found = match CustomerNumber::parse(&form.number) {
        Some(number) => customers::search(office, &number.to_string())
            .await?
            .into_iter()
            .find(|customer| customer.number == number),
        None => None,
    };
    let Some(customer) = found else {
        let mut errors = Errors::none();
        errors.add("number", visit.t().staff_attach_unknown());
        return unprocessable(&attach_page(&visit, &state, id, form, errors).await?);
    };
    requests::attach_customer(office, me.session.by(), id, customer.id).await?;
    Ok(see_other(&format!("/staff/requests/{id}")).done(&visit, Flash::StaffLinkSent).into())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct VouchForm {
    sure: String,
}

#[derive(Template)]
#[template(path = "pages/staff/request_vouch.html")]
struct VouchPage {
    t: T,
    page: Page,
    errors: Errors,
    id: RequestId,
    person: Option<Person>,
    phone: Option<Sensitive<String>>,
    form: VouchForm,
}

async fn vouch_page(
    visit: &Visit,
    state: &State,
    id: RequestId,
    form: VouchForm,
    errors: Errors,
) -> Result<VouchPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let request = requests::request(office, id).await?;
    let person = requests::person(office, &request).await?;
    let phone = match request.customer {
        Some(customer) => customers::customer(office, customer).await?.profile.phone,
        None => None,
    };
    let page = crumbs(visit, &request, super::page(visit, t.staff_vouch())).failed(&errors);
    Ok(VouchPage { t, page, errors, id, person, phone, form })
}

async fn vouch(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    ok(&vouch_page(&visit, &state, id, VouchForm::default(), Errors::none()).await?)
}

async fn verify(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<RequestId>,
    Form(form): Form<VouchForm>,
) -> PageResult {
    if form.sure != "yes" {
        let mut errors = Errors::none();
        errors.add("sure", visit.t().staff_vouch_missing());
        return unprocessable(&vouch_page(&visit, &state, id, form, errors).await?);
    }
    requests::verify_by_staff(&state.office, me.session.by(), id).await?;
    Ok(see_other(&format!("/staff/requests/{id}")).done(&visit, Flash::StaffVerified).into())
}
