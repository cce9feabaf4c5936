//! Granting an erasure: a page of its own that says what will happen and what stays, a name that is
//! typed, a second factor that is fresh.

use super::PRIVACY;
use super::decisions::{AnswerForm, Decision, crumbs, decidable};
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales;
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use askama::Template;
use base::Sensitive;
use office::OfficeError;
use office::accounts;
use office::requests::{self, Person, Request, RequestId, RequestKind};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/staff/requests/{id}/erase", PRIVACY.fresh(), show).post(
        "/staff/requests/{id}/erase",
        PRIVACY.fresh(),
        erase,
    );
}

#[derive(Default, Deserialize)]
struct EraseForm {
    #[serde(default)]
    confirm: Sensitive<String>,
    #[serde(flatten)]
    answer: AnswerForm,
}

/// Something that stays.
struct Stays {
    what: String,
    ground: String,
    until: String,
}

#[derive(Template)]
#[template(path = "pages/staff/request_erase.html")]
struct ErasePage {
    t: T,
    page: Page,
    errors: Errors,
    request: Request,
    person: Person,
    /// Whoever signs in for this customer and nobody else.
    gone: Vec<Sensitive<String>>,
    /// Members who stay because they sign in for others too, or are staff.
    stay: Vec<Sensitive<String>>,
    services: Vec<sales::Ending>,
    stays: Vec<Stays>,
    backups: String,
    preview: Sensitive<String>,
    is_late: bool,
    form: EraseForm,
}

async fn erase_page(
    visit: &Visit,
    state: &State,
    id: RequestId,
    form: EraseForm,
    errors: Errors,
) -> Result<ErasePage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let request = decidable(state, id, Decision::Grant).await?;
    if request.kind != RequestKind::Erasure {
        return Err(PageError::NotFound);
    }
    let person = requests::person(office, &request).await?.ok_or(PageError::NotFound)?;
    let (mut gone, mut stay) = (Vec::new(), Vec::new());
    if let Some(customer) = request.customer.filter(|_| request.reaches_customer()) {
        for member in accounts::logins_of_customer(office, customer).await? {
            let login = member.login;
            let others = accounts::memberships(office, login.id).await?.len() > 1;
            let place = if others || login.staff.is_some() { &mut stay } else { &mut gone };
            place.push(login.name.clone());
        }
    }
    let of = request.customer.filter(|_| request.reaches_customer());
    let holds = requests::erasure::holds_of(office, of).await?.into_iter().map(|hold| Stays {
        what: hold.what.of(t.language()).to_owned(),
        ground: hold.ground.of(t.language()).to_owned(),
        until: hold.until.in_words(t.language()),
    });
    let services = match of {
        Some(customer) => sales::endings(office, t, customer).await?,
        None => Vec::new(),
    };
    let page = crumbs(visit, &request, super::page(visit, t.staff_erase())).failed(&errors);
    Ok(ErasePage {
        t,
        page,
        errors,
        person,
        gone,
        stay,
        services,
        stays: holds.collect(),
        preview: requests::answer_preview(office, &request, requests::Decided::Granted).await?,
        backups: office.policy().erasure().backups_within.in_words(t.language()),
        is_late: request.deadline.is_late(visit.now()),
        form,
        request,
    })
}

async fn show(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    let answer = AnswerForm::new(&visit);
    let form = EraseForm { confirm: Sensitive::default(), answer };
    ok(&erase_page(&visit, &state, id, form, Errors::none()).await?)
}

async fn erase(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<RequestId>,
    Form(form): Form<EraseForm>,
) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let request = requests::request(office, id).await?;
    if request.kind != RequestKind::Erasure {
        return Err(PageError::NotFound);
    }
    // Sent twice: the first has done it, and the name cannot be compared any more.
    let person = requests::person(office, &request).await?.ok_or(PageError::Conflict)?;
    if form.confirm.expose().trim() != person.name.expose().trim() {
        let mut errors = Errors::none();
        errors.add("confirm", t.staff_erase_name_wrong());
        return unprocessable(&erase_page(&visit, &state, id, form, errors).await?);
    }
    let answer = form.answer.answer();
    let deed = async {
        requests::grant(office, me.session.by(), id, &answer, None).await?;
        Ok::<_, OfficeError>(format!("/staff/requests/{id}"))
    };
    match state.once.act("erase", &form.answer.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::StaffErasureBegun).into()),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&erase_page(&visit, &state, id, form, errors).await?)
        }
    }
}
