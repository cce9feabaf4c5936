//! Answering a request: grant, refuse, put off, note that it was taken back. An erasure has a page of
//! its own.

use super::{PRIVACY, view, words};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable, with_status};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Sensitive;
use http::StatusCode;
use office::OfficeError;
use office::customers::{self, Customer, ProfileForm};
use office::form::Problems;
use office::requests::{self, Answer, Rectification, Request, RequestId, RequestKind, RequestState};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/requests/{id}/grant", PRIVACY, grant)
        .post("/staff/requests/{id}/grant", PRIVACY, do_grant)
        .get("/staff/requests/{id}/refuse", PRIVACY, refuse)
        .post("/staff/requests/{id}/refuse", PRIVACY, do_refuse)
        .get("/staff/requests/{id}/extend", PRIVACY, extend)
        .post("/staff/requests/{id}/extend", PRIVACY, do_extend)
        .get("/staff/requests/{id}/withdraw", PRIVACY, withdraw)
        .post("/staff/requests/{id}/withdraw", PRIVACY, do_withdraw);
}

/// What staff decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Grant,
    Refuse,
}

#[derive(Default, Deserialize)]
pub(super) struct AnswerForm {
    #[serde(default)]
    pub text: Sensitive<String>,
    #[serde(default)]
    pub late_reason: Sensitive<String>,
    #[serde(default)]
    pub once: String,
    /// For a rectification: the customer as it is to be, and the revision it was made from.
    #[serde(flatten)]
    profile: ProfileForm,
    #[serde(default)]
    revision: String,
}

impl AnswerForm {
    /// An empty one that acts once.
    pub(super) fn new(visit: &Visit) -> Self {
        Self { once: visit.idempotency_key(), ..Self::default() }
    }

    pub(super) fn answer(&self) -> Answer {
        Answer { text: self.text.clone(), late_reason: self.late_reason.clone() }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/request_answer.html")]
struct AnswerPage {
    t: T,
    page: Page,
    errors: Errors,
    request: Request,
    grants: bool,
    needs_text: bool,
    is_late: bool,
    does: Text,
    preview: Sensitive<String>,
    text: Sensitive<String>,
    late_reason: Sensitive<String>,
    once: String,
    /// For a rectification of a customer: the form of its profile.
    rectifies: Option<Customer>,
    form: ProfileForm,
    revision: String,
    conflict: bool,
    kinds: Vec<Choice>,
    languages: Vec<Choice>,
}

pub(super) fn crumbs(visit: &Visit, request: &Request, page: Page) -> Page {
    page.crumb("/staff/requests", visit.t().staff_nav_requests())
        .crumb(format!("/staff/requests/{}", request.id), request.number.to_string())
}

/// The request, if it may be decided so now; a conflict when it was answered meanwhile.
pub(super) async fn decidable(
    state: &State,
    id: RequestId,
    decision: Decision,
) -> Result<Request, PageError> {
    let request = requests::request(&state.office, id).await?;
    let verified =
        matches!(request.state, RequestState::Verified(_)) || request.kind == RequestKind::Complaint;
    if !request.state.standing().is_open() {
        return Err(PageError::Conflict);
    }
    if decision == Decision::Grant && !verified {
        return Err(PageError::Forbidden);
    }
    Ok(request)
}

async fn answer_page(
    visit: &Visit,
    state: &State,
    request: Request,
    decision: Decision,
    form: AnswerForm,
    errors: Errors,
) -> Result<AnswerPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let grants = decision == Decision::Grant;
    let rectifies = match request.customer {
        Some(id) if grants && request.kind == RequestKind::Rectification && request.reaches_customer() => {
            Some(customers::customer(office, id).await?)
        }
        _ => None,
    };
    let title = if grants { t.staff_grant() } else { t.staff_refuse() };
    let page = crumbs(visit, &request, super::page(visit, title)).failed(&errors);
    let outcome = if grants { requests::Decided::Granted } else { requests::Decided::Refused };
    Ok(AnswerPage {
        t,
        page,
        errors,
        grants,
        needs_text: !grants || matches!(request.kind, RequestKind::Complaint | RequestKind::Objection),
        is_late: request.deadline.is_late(visit.now()),
        does: words::grant_does(t, request.kind),
        preview: requests::answer_preview(office, &request, outcome).await?,
        text: form.text,
        late_reason: form.late_reason,
        once: form.once,
        form: form.profile,
        revision: form.revision,
        rectifies,
        conflict: false,
        kinds: view::customer_kinds(t),
        languages: view::languages(t),
        request,
    })
}

async fn grant(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    let request = decidable(&state, id, Decision::Grant).await?;
    if request.kind == RequestKind::Erasure {
        return Ok(see_other(&format!("/staff/requests/{id}/erase")).into());
    }
    let mut form = AnswerForm::new(&visit);
    if let (RequestKind::Rectification, Some(customer)) = (request.kind, request.customer) {
        let customer = customers::customer(&state.office, customer).await?;
        form.profile = ProfileForm::of(&customer.profile);
        form.revision = customer.revision.to_string();
    }
    ok(&answer_page(&visit, &state, request, Decision::Grant, form, Errors::none()).await?)
}

async fn do_grant(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<RequestId>,
    Form(form): Form<AnswerForm>,
) -> PageResult {
    let t = visit.t();
    let request = requests::request(&state.office, id).await?;
    if request.kind == RequestKind::Erasure {
        return Err(PageError::BadRequest);
    }
    let rectification = match rectification(&request, &form) {
        Ok(rectification) => rectification,
        Err(found) => {
            let errors = Errors::of_problems(t, &found);
            return unprocessable(
                &answer_page(&visit, &state, request, Decision::Grant, form, errors).await?,
            );
        }
    };
    let deed = async {
        let by = me.session.by();
        requests::grant(&state.office, by, id, &form.answer(), rectification.as_ref()).await?;
        Ok(format!("/staff/requests/{id}"))
    };
    let outcome = state.once.act("grant", &form.once, visit.now(), deed).await;
    after(&visit, &state, outcome, id, Decision::Grant, form).await
}

/// The values of a customer's rectification; none for any other request.
fn rectification(request: &Request, form: &AnswerForm) -> Result<Option<Rectification>, Problems> {
    if request.kind != RequestKind::Rectification || !request.reaches_customer() {
        return Ok(None);
    }
    let profile = form.profile.parse()?;
    // A revision that is no number is that of no customer: the answer is a conflict.
    Ok(Some(Rectification { revision: form.revision.parse().unwrap_or(0), profile }))
}

async fn after(
    visit: &Visit,
    state: &State,
    outcome: Result<String, OfficeError>,
    id: RequestId,
    decision: Decision,
    form: AnswerForm,
) -> PageResult {
    match outcome {
        Ok(to) => Ok(see_other(&to).done(visit, Flash::StaffRequestAnswered).into()),
        Err(OfficeError::Conflict { what: "the customer" }) => {
            let request = decidable(state, id, decision).await?;
            let current = match request.customer {
                Some(customer) => customers::customer(&state.office, customer).await?.revision,
                None => 0,
            };
            let form = AnswerForm { revision: current.to_string(), ..form };
            let page = answer_page(visit, state, request, decision, form, Errors::none()).await?;
            with_status(StatusCode::CONFLICT, &AnswerPage { conflict: true, ..page })
        }
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            let request = decidable(state, id, decision).await?;
            unprocessable(&answer_page(visit, state, request, decision, form, errors).await?)
        }
    }
}

async fn refuse(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    let request = decidable(&state, id, Decision::Refuse).await?;
    let form = AnswerForm::new(&visit);
    ok(&answer_page(&visit, &state, request, Decision::Refuse, form, Errors::none()).await?)
}

async fn do_refuse(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<RequestId>,
    Form(form): Form<AnswerForm>,
) -> PageResult {
    let deed = async {
        requests::refuse(&state.office, me.session.by(), id, &form.answer()).await?;
        Ok(format!("/staff/requests/{id}"))
    };
    let outcome = state.once.act("refuse", &form.once, visit.now(), deed).await;
    after(&visit, &state, outcome, id, Decision::Refuse, form).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExtendForm {
    reason: Sensitive<String>,
    once: String,
}

#[derive(Template)]
#[template(path = "pages/staff/request_extend.html")]
struct ExtendPage {
    t: T,
    page: Page,
    errors: Errors,
    request: Request,
    term: String,
    form: ExtendForm,
}

async fn extend_page(
    visit: &Visit,
    state: &State,
    id: RequestId,
    form: ExtendForm,
    errors: Errors,
) -> Result<ExtendPage, PageError> {
    let t = visit.t();
    let request = decidable(state, id, Decision::Refuse).await?;
    let page = crumbs(visit, &request, super::page(visit, t.staff_extend())).failed(&errors);
    let term = state.office.policy().law().request_extension.in_words(t.language());
    Ok(ExtendPage { t, page, errors, request, term, form })
}

async fn extend(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    let form = ExtendForm { once: visit.idempotency_key(), ..ExtendForm::default() };
    ok(&extend_page(&visit, &state, id, form, Errors::none()).await?)
}

async fn do_extend(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<RequestId>,
    Form(form): Form<ExtendForm>,
) -> PageResult {
    let deed = async {
        requests::extend(&state.office, me.session.by(), id, &form.reason).await?;
        Ok(format!("/staff/requests/{id}"))
    };
    match state.once.act("extend", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::StaffExtended).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&extend_page(&visit, &state, id, form, errors).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/request_withdraw.html")]
struct WithdrawPage {
    t: T,
    page: Page,
    request: Request,
}

async fn withdraw(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    let t = visit.t();
    let request = decidable(&state, id, Decision::Refuse).await?;
    let page = crumbs(&visit, &request, super::page(&visit, t.staff_withdraw()));
    ok(&WithdrawPage { t, page, request })
}

async fn do_withdraw(visit: Visit, state: State, me: Me, PathId(id): PathId<RequestId>) -> PageResult {
    requests::withdraw(&state.office, me.session.by(), id).await?;
    Ok(see_other(&format!("/staff/requests/{id}")).done(&visit, Flash::StaffWithdrawn).into())
}
