//! Who may act for the customer: the logins with their roles, invitations, and the rule that an
//! owner remains.

use super::{Acting, OWNER, READER, page};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Language, Sensitive, Timestamp};
use office::OfficeError;
use office::accounts::{self, LoginId, Member, NewMember, PendingInvitation, Role};
use serde::Deserialize;

pub(super) const PATH: &str = "/panel/logins";

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, show)
        .get("/panel/logins.csv", READER, csv)
        .get("/panel/logins/invite", OWNER, invite_form)
        .post("/panel/logins/invite", OWNER, invite)
        .post("/panel/logins/withdraw", OWNER, withdraw)
        .get("/panel/logins/{login}", OWNER, member_form)
        .post("/panel/logins/{login}", OWNER, change_role)
        .get("/panel/logins/{login}/remove", OWNER, remove_form)
        .post("/panel/logins/{login}/remove", OWNER, remove);
}

/// A login as the list shows it.
struct Row {
    id: LoginId,
    name: String,
    email: String,
    role: Text,
    has_second_factor: bool,
    since: Timestamp,
    signed_in_at: Option<Timestamp>,
    is_you: bool,
}

impl Row {
    fn of(t: T, member: &Member, you: LoginId) -> Self {
        Self {
            id: member.login.id,
            name: member.login.name.expose().clone(),
            email: member.login.email.expose().clone(),
            role: t.role(member.role),
            has_second_factor: member.login.has_second_factor,
            since: member.since,
            signed_in_at: member.login.signed_in_at,
            is_you: member.login.id == you,
        }
    }
}

struct Invited {
    key: String,
    name: String,
    email: String,
    role: Text,
    until: Timestamp,
}

impl Invited {
    fn of(t: T, invitation: &PendingInvitation) -> Self {
        Self {
            key: invitation.key.clone(),
            name: invitation.name.expose().clone(),
            email: invitation.email.expose().clone(),
            role: t.role(invitation.role),
            until: invitation.expires_at,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/panel/logins.html")]
struct Show {
    t: T,
    page: Page,
    rows: Vec<Row>,
    invited: Vec<Invited>,
    role: Text,
    is_owner: bool,
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let members = accounts::logins_of_customer(&state.office, acting.customer).await?;
    let invited = accounts::pending_invitations(&state.office, acting.customer).await?;
    ok(&Show {
        t,
        page: page(&visit, t.panel_logins()),
        rows: members.iter().map(|member| Row::of(t, member, acting.session.login)).collect(),
        invited: invited.iter().map(|invitation| Invited::of(t, invitation)).collect(),
        role: t.role(acting.role),
        is_owner: acting.is_owner(),
    })
}

async fn csv(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let members = accounts::logins_of_customer(&state.office, acting.customer).await?;
    let heads = [
        t.panel_logins_name(),
        t.panel_logins_email(),
        t.panel_logins_role(),
        t.panel_logins_second_factor(),
        t.panel_logins_since(),
        t.panel_logins_signed_in(),
    ];
    let rows = members.iter().map(|member| {
        let row = Row::of(t, member, acting.session.login);
        let second = if row.has_second_factor { t.panel_yes() } else { t.panel_no() };
        let signed_in = row.signed_in_at.map(Timestamp::rfc3339).unwrap_or_default();
        vec![row.name, row.email, row.role.into_owned(), second.into_owned(), row.since.rfc3339(), signed_in]
    });
    Ok(csv_file("logins", &heads.each_ref().map(AsRef::as_ref), rows))
}

fn roles(t: T) -> Vec<Choice> {
    let hint = |role| match role {
        Role::Reader => t.panel_logins_reader_hint(),
        Role::Manager => t.panel_logins_manager_hint(),
        Role::Owner => t.panel_logins_owner_hint(),
    };
    Role::ALL.map(|role| Choice::new(role.as_str(), t.role(role)).hint(hint(role))).to_vec()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Invite {
    once: String,
    name: Sensitive<String>,
    email: Sensitive<String>,
    role: String,
    language: String,
}

#[derive(Template)]
#[template(path = "pages/panel/logins_invite.html")]
struct InvitePage {
    t: T,
    page: Page,
    errors: Errors,
    form: Invite,
    roles: Vec<Choice>,
    languages: Vec<Choice>,
    key: String,
}

impl InvitePage {
    fn new(visit: &Visit, form: Invite, errors: Errors) -> Self {
        let t = visit.t();
        let languages = vec![
            Choice::new(Language::Nl.tag(), t.panel_profile_dutch()),
            Choice::new(Language::En.tag(), t.panel_profile_english()),
        ];
        let page = page(visit, t.panel_logins_invite()).crumb(PATH, t.panel_logins()).failed(&errors);
        Self { t, page, errors, form, roles: roles(t), languages, key: visit.idempotency_key() }
    }
}

async fn invite_form(visit: Visit) -> PageResult {
    let language = visit.language().tag().to_owned();
    let form = Invite { role: Role::Reader.as_str().to_owned(), language, ..Invite::default() };
    ok(&InvitePage::new(&visit, form, Errors::none()))
}

async fn invite(visit: Visit, state: State, acting: Acting, Form(form): Form<Invite>) -> PageResult {
    let t = visit.t();
    let mut errors = Errors::none();
    let (role, language) = (Role::parse(&form.role), Language::from_tag(&form.language));
    if role.is_none() {
        errors.add("role", t.problem_choice());
    }
    if language.is_none() {
        errors.add("language", t.problem_choice());
    }
    let (Some(role), Some(language)) = (role, language) else {
        return unprocessable(&InvitePage::new(&visit, form, errors));
    };
    let new = NewMember { name: form.name.clone(), email: form.email.clone(), role, language };
    let office = &state.office;
    let deed = async {
        accounts::invite(office, acting.session.by(), acting.customer, &new).await.map(|()| PATH.to_owned())
    };
    match state.once.act("panel-invite", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::MemberInvited).into()),
        Err(OfficeError::Forbidden { .. }) => {
            errors.add("email", t.panel_logins_full());
            unprocessable(&InvitePage::new(&visit, form, errors))
        }
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&InvitePage::new(&visit, form, errors))
        }
    }
}

#[derive(Default, Deserialize)]
struct Withdraw {
    #[serde(default)]
    key: String,
}

async fn withdraw(visit: Visit, state: State, acting: Acting, Form(form): Form<Withdraw>) -> PageResult {
    accounts::withdraw_invitation(&state.office, acting.session.by(), acting.customer, &form.key).await?;
    Ok(see_other(PATH).done(&visit, Flash::InvitationWithdrawn).into())
}

/// One of the customer's members; another's is not found.
async fn member(state: &State, acting: &Acting, login: LoginId) -> Result<Member, PageError> {
    let members = accounts::logins_of_customer(&state.office, acting.customer).await?;
    members.into_iter().find(|member| member.login.id == login).ok_or(PageError::NotFound)
}

#[derive(Default, Deserialize)]
struct RoleForm {
    #[serde(default)]
    role: String,
}

#[derive(Template)]
#[template(path = "pages/panel/logins_member.html")]
struct MemberPage {
    t: T,
    page: Page,
    errors: Errors,
    row: Row,
    roles: Vec<Choice>,
    chosen: String,
}

impl MemberPage {
    fn new(visit: &Visit, row: Row, chosen: String, errors: Errors) -> Self {
        let t = visit.t();
        let page =
            page(visit, t.panel_logins_role_of(&row.name)).crumb(PATH, t.panel_logins()).failed(&errors);
        Self { t, page, errors, row, roles: roles(t), chosen }
    }
}

async fn member_form(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(login): PathId<LoginId>,
) -> PageResult {
    let member = member(&state, &acting, login).await?;
    let row = Row::of(visit.t(), &member, acting.session.login);
    ok(&MemberPage::new(&visit, row, member.role.as_str().to_owned(), Errors::none()))
}

async fn change_role(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(login): PathId<LoginId>,
    Form(form): Form<RoleForm>,
) -> PageResult {
    let t = visit.t();
    let member = member(&state, &acting, login).await?;
    let row = Row::of(t, &member, acting.session.login);
    let mut errors = Errors::none();
    let Some(role) = Role::parse(&form.role) else {
        errors.add("role", t.problem_choice());
        return unprocessable(&MemberPage::new(&visit, row, form.role, errors));
    };
    match accounts::change_role(&state.office, acting.session.by(), acting.customer, login, role).await {
        Ok(()) => Ok(see_other(PATH).done(&visit, Flash::MemberChanged).into()),
        Err(OfficeError::Forbidden { .. }) => {
            errors.add("role", t.panel_logins_last_owner());
            unprocessable(&MemberPage::new(&visit, row, form.role, errors))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "pages/panel/logins_remove.html")]
struct RemovePage {
    t: T,
    page: Page,
    errors: Errors,
    row: Row,
}

impl RemovePage {
    fn new(visit: &Visit, row: Row, errors: Errors) -> Self {
        let t = visit.t();
        let page =
            page(visit, t.panel_logins_remove_of(&row.name)).crumb(PATH, t.panel_logins()).failed(&errors);
        Self { t, page, errors, row }
    }
}

async fn remove_form(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(login): PathId<LoginId>,
) -> PageResult {
    let member = member(&state, &acting, login).await?;
    ok(&RemovePage::new(&visit, Row::of(visit.t(), &member, acting.session.login), Errors::none()))
}

async fn remove(visit: Visit, state: State, acting: Acting, PathId(login): PathId<LoginId>) -> PageResult {
    let t = visit.t();
    let member = member(&state, &acting, login).await?;
    match accounts::remove_member(&state.office, acting.session.by(), acting.customer, login).await {
        Ok(()) => {
            // Who removed themselves has no list of logins here any more.
            let to = if login == acting.session.login { super::overview::PATH } else { PATH };
            Ok(see_other(to).done(&visit, Flash::MemberRemoved).into())
        }
        Err(OfficeError::Forbidden { .. }) => {
            let mut errors = Errors::none();
            errors.add("remove", t.panel_logins_last_owner());
            unprocessable(&RemovePage::new(&visit, Row::of(t, &member, acting.session.login), errors))
        }
        Err(error) => Err(error.into()),
    }
}
