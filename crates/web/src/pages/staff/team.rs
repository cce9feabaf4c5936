//! Staff and roles. There is always an admin who can sign in.

use super::ADMIN;
use super::view::{self, Badge};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Language, Sensitive};
use office::OfficeError;
use office::accounts::{self, Login, LoginId, NewStaff, Officer, StaffRole};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/team", ADMIN, list)
        .get("/staff/team/new", ADMIN.fresh(), new)
        .post("/staff/team/new", ADMIN.fresh(), add)
        .get("/staff/team/{id}", ADMIN.fresh(), show)
        .post("/staff/team/{id}", ADMIN.fresh(), change)
        .post("/staff/team/{id}/disable", ADMIN.fresh(), disable)
        .post("/staff/team/{id}/enable", ADMIN.fresh(), enable)
        .post("/staff/team/{id}/second-factor", ADMIN.fresh(), reset);
}

/// A staff member in the list.
struct Row {
    login: Login,
    role: Text,
    officer: bool,
    state: Badge,
    factor: Badge,
}

fn row(t: T, login: Login) -> Row {
    let state = match (login.disabled_at, login.has_password) {
        (Some(_), _) => Badge::new("danger", t.staff_member_disabled()),
        (None, false) => Badge::new("warn", t.staff_member_invited()),
        (None, true) => Badge::new("ok", t.staff_member_active()),
    };
    let factor = if login.has_second_factor {
        Badge::new("ok", t.staff_factor_on())
    } else {
        Badge::new("warn", t.staff_factor_off())
    };
    Row {
        role: login.staff.map_or_else(|| t.staff_role_none(), |role| t.staff_role(role)),
        officer: login.officer == Officer::Holder,
        state,
        factor,
        login,
    }
}

#[derive(Template)]
#[template(path = "pages/staff/team.html")]
struct ListPage {
    t: T,
    page: Page,
    rows: Vec<Row>,
}

async fn list(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let staff = accounts::staff(&state.office).await?;
    let page = super::page(&visit, t.staff_nav_team());
    ok(&ListPage { t, page, rows: staff.into_iter().map(|login| row(t, login)).collect() })
}

fn roles(t: T) -> Vec<Choice> {
    let hint = |role| match role {
        StaffRole::Admin => t.staff_role_admin_hint(),
        StaffRole::Privacy => t.staff_role_privacy_hint(),
        StaffRole::Support => t.staff_role_support_hint(),
        StaffRole::Auditor => t.staff_role_auditor_hint(),
    };
    StaffRole::ALL
        .into_iter()
        .map(|role| Choice::new(role.as_str(), t.staff_role(role)).hint(hint(role)))
        .collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NewForm {
    name: Sensitive<String>,
    email: Sensitive<String>,
    role: String,
    officer: String,
    language: String,
    once: String,
}

#[derive(Template)]
#[template(path = "pages/staff/team_new.html")]
struct NewPage {
    t: T,
    page: Page,
    errors: Errors,
    form: NewForm,
    roles: Vec<Choice>,
    languages: Vec<Choice>,
}

fn new_page(visit: &Visit, form: NewForm, errors: Errors) -> NewPage {
    let t = visit.t();
    let page =
        super::page(visit, t.staff_team_new()).crumb("/staff/team", t.staff_nav_team()).failed(&errors);
    NewPage { t, page, errors, form, roles: roles(t), languages: view::languages(t) }
}

async fn new(visit: Visit) -> PageResult {
    let form = NewForm { language: "nl".into(), once: visit.idempotency_key(), ..NewForm::default() };
    ok(&new_page(&visit, form, Errors::none()))
}

fn officer(value: &str) -> Officer {
    if value == "yes" { Officer::Holder } else { Officer::None }
}

async fn add(visit: Visit, state: State, me: Me, Form(form): Form<NewForm>) -> PageResult {
    let t = visit.t();
    let (Some(role), Some(language)) = (StaffRole::parse(&form.role), Language::from_tag(&form.language))
    else {
        let mut errors = Errors::none();
        errors.add("role", t.problem_choice());
        return unprocessable(&new_page(&visit, form, errors));
    };
    let new = NewStaff {
        name: form.name.clone(),
        email: form.email.clone(),
        role,
        officer: officer(&form.officer),
        language,
    };
    let deed = async {
        accounts::add_staff(&state.office, me.session.by(), &new).await?;
        Ok::<_, OfficeError>("/staff/team".to_owned())
    };
    match state.once.act("team-new", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::StaffAdded).into()),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&new_page(&visit, form, errors))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ChangeForm {
    role: String,
    officer: String,
}

#[derive(Template)]
#[template(path = "pages/staff/team_member.html")]
struct MemberPage {
    t: T,
    page: Page,
    errors: Errors,
    row: Row,
    is_me: bool,
    form: ChangeForm,
    roles: Vec<Choice>,
}

async fn member(state: &State, id: LoginId) -> Result<Login, PageError> {
    let login = accounts::login(&state.office, id).await?;
    // Logins of customers are none of this page's business.
    if login.staff.is_some() { Ok(login) } else { Err(PageError::NotFound) }
}

fn member_page(visit: &Visit, me: &Me, login: Login, form: ChangeForm, errors: Errors) -> MemberPage {
    let t = visit.t();
    let mut roles = roles(t);
    roles.push(Choice::new("none", t.staff_role_none()).hint(t.staff_role_none_hint()));
    let page = super::page(visit, login.name.expose().clone())
        .crumb("/staff/team", t.staff_nav_team())
        .failed(&errors);
    let is_me = login.id == me.session.login;
    MemberPage { t, page, errors, row: row(t, login), is_me, form, roles }
}

async fn show(visit: Visit, state: State, me: Me, PathId(id): PathId<LoginId>) -> PageResult {
    let login = member(&state, id).await?;
    let form = ChangeForm {
        role: login.staff.map_or("none", StaffRole::as_str).to_owned(),
        officer: if login.officer == Officer::Holder { "yes".to_owned() } else { String::new() },
    };
    ok(&member_page(&visit, &me, login, form, Errors::none()))
}

async fn change(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<LoginId>,
    Form(form): Form<ChangeForm>,
) -> PageResult {
    let t = visit.t();
    let login = member(&state, id).await?;
    let role = match form.role.as_str() {
        "none" => None,
        word => match StaffRole::parse(word) {
            Some(role) => Some(role),
            None => {
                let mut errors = Errors::none();
                errors.add("role", t.problem_choice());
                return unprocessable(&member_page(&visit, &me, login, form, errors));
            }
        },
    };
    // Who is staff no more holds no share.
    let officer = if role.is_some() { officer(&form.officer) } else { Officer::None };
    let outcome = accounts::change_staff(&state.office, me.session.by(), id, role, officer).await;
    match outcome {
        Err(OfficeError::Forbidden { .. }) => {
            let mut errors = Errors::none();
            errors.add("role", t.staff_last_admin());
            unprocessable(&member_page(&visit, &me, login, form, errors))
        }
        other => {
            other?;
            Ok(see_other("/staff/team").done(&visit, Flash::Saved).into())
        }
    }
}

async fn disable(visit: Visit, state: State, me: Me, PathId(id): PathId<LoginId>) -> PageResult {
    member(&state, id).await?;
    match accounts::disable_login(&state.office, me.session.by(), id).await {
        Err(OfficeError::Forbidden { .. }) => {
            Ok(see_other("/staff/team").warning(&visit, Flash::StaffLastAdmin).into())
        }
        other => {
            other?;
            Ok(see_other("/staff/team").done(&visit, Flash::StaffDisabled).into())
        }
    }
}

async fn enable(visit: Visit, state: State, me: Me, PathId(id): PathId<LoginId>) -> PageResult {
    member(&state, id).await?;
    accounts::enable_login(&state.office, me.session.by(), id).await?;
    Ok(see_other("/staff/team").done(&visit, Flash::StaffEnabled).into())
}

async fn reset(visit: Visit, state: State, me: Me, PathId(id): PathId<LoginId>) -> PageResult {
    member(&state, id).await?;
    accounts::reset_second_factor(&state.office, &me.session, id).await?;
    Ok(see_other("/staff/team").done(&visit, Flash::StaffFactorReset).into())
}
