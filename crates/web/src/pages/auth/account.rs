//! One's own login: name, address, language, password, and where it is signed in.

use super::second_factor::state_of;
use super::sign_in::confirm_and_back;
use crate::cookie;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::preferences;
use crate::problems::problems;
use crate::routes::Section;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Language, Sensitive};
use office::accounts::{self, Login, PASSWORD_CHARS_MIN, SessionId, SessionSummary};
use office::{Office, OfficeError};
use serde::Deserialize;

/// Staff see their own login in the staff area, everybody else in the panel.
pub(super) fn section(visit: &Visit) -> Section {
    let is_staff = visit.session().is_some_and(|session| !session.staff.is_empty());
    let acts = visit.session().is_some_and(|session| session.acting.is_some());
    if is_staff && !acts { Section::Staff } else { Section::Panel }
}

fn page(visit: &Visit, title: Text) -> Page {
    let t = visit.t();
    visit.page(section(visit), title).crumb("/account", t.account_title())
}

/// Who is signed in, opened.
pub(super) struct Own {
    pub login: Login,
    pub sessions: Vec<SessionSummary>,
}

impl Own {
    async fn load(office: &Office, me: &Me) -> Result<Self, OfficeError> {
        let login = accounts::login(office, me.session.login).await?;
        let sessions = accounts::sessions(office, &me.session).await?;
        Ok(Self { login, sessions })
    }
}

#[derive(Template)]
#[template(path = "pages/auth/account.html")]
struct Account {
    t: T,
    page: Page,
    own: Own,
    this: SessionId,
    factor: (&'static str, Text),
    language: Text,
    role: Option<Text>,
    customers: Vec<Acts>,
}

/// A customer that the login acts for.
struct Acts {
    name: Sensitive<String>,
    role: Text,
}

fn language_word(t: T, language: Language) -> Text {
    match language {
        Language::Nl => t.account_language_nl(),
        Language::En => t.account_language_en(),
    }
}

pub(super) async fn show(visit: Visit, state: State, me: Me) -> PageResult {
    let t = visit.t();
    let own = Own::load(&state.office, &me).await?;
    let customers = accounts::customers_of_login(&state.office, me.session.login).await?;
    let factor = state_of(t, &own);
    ok(&Account {
        t,
        page: visit.page(section(&visit), t.account_title()),
        this: me.session.id,
        factor,
        language: language_word(t, own.login.language),
        role: own.login.staff.map(|role| t.staff_role(role)),
        customers: customers.into_iter().map(|(_, name, role)| Acts { name, role: t.role(role) }).collect(),
        own,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NameForm {
    name: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/auth/account_name.html")]
struct NamePage {
    t: T,
    page: Page,
    errors: Errors,
    name: Sensitive<String>,
}

fn name_page(visit: &Visit, errors: Errors, name: Sensitive<String>) -> NamePage {
    let t = visit.t();
    NamePage { t, page: page(visit, t.account_name_title()).failed(&errors), errors, name }
}

pub(super) async fn show_name(visit: Visit, state: State, me: Me) -> PageResult {
    let login = accounts::login(&state.office, me.session.login).await?;
    ok(&name_page(&visit, Errors::none(), login.name))
}

pub(super) async fn send_name(visit: Visit, state: State, me: Me, Form(form): Form<NameForm>) -> PageResult {
    match accounts::rename(&state.office, me.session.by(), me.session.login, &form.name).await {
        Ok(()) => Ok(see_other("/account").done(&visit, Flash::Saved).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&name_page(&visit, errors, form.name))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LanguageForm {
    language: String,
}

#[derive(Template)]
#[template(path = "pages/auth/account_language.html")]
struct LanguagePage {
    t: T,
    page: Page,
    errors: Errors,
    choices: Vec<Choice>,
    chosen: String,
}

fn language_page(visit: &Visit, errors: Errors, chosen: String) -> LanguagePage {
    let t = visit.t();
    let choices = Language::ALL.map(|language| Choice::new(language.tag(), language_word(t, language)));
    let page = page(visit, t.account_language_title()).failed(&errors);
    LanguagePage { t, page, errors, choices: choices.into(), chosen }
}

pub(super) async fn show_language(visit: Visit, me: Me) -> PageResult {
    ok(&language_page(&visit, Errors::none(), me.session.language.tag().to_owned()))
}

pub(super) async fn send_language(
    visit: Visit,
    state: State,
    me: Me,
    Form(form): Form<LanguageForm>,
) -> PageResult {
    let Some(language) = Language::ALL.into_iter().find(|language| language.tag() == form.language) else {
        let mut errors = Errors::none();
        errors.add("language", visit.t().problem_choice());
        return unprocessable(&language_page(&visit, errors, String::new()));
    };
    accounts::set_language(&state.office, &me.session, language).await?;
    // What this browser chose before would go on hiding the choice.
    let cookie = preferences::kept("lang", language.tag(), visit.shell().scheme());
    Ok(see_other("/account").cookie(cookie).done(&visit, Flash::Saved).into())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct EmailForm {
    email: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/auth/account_email.html")]
struct EmailPage {
    t: T,
    page: Page,
    errors: Errors,
    email: Sensitive<String>,
}

fn email_page(visit: &Visit, errors: Errors, email: Sensitive<String>) -> EmailPage {
    let t = visit.t();
    EmailPage { t, page: page(visit, t.account_email_title()).failed(&errors), errors, email }
}

pub(super) async fn show_email(visit: Visit, _me: Me) -> PageResult {
    ok(&email_page(&visit, Errors::none(), Sensitive::default()))
}

pub(super) async fn send_email(
    visit: Visit,
    state: State,
    me: Me,
    Form(form): Form<EmailForm>,
) -> PageResult {
    match accounts::request_email_change(&state.office, &me.session, &form.email).await {
        Ok(()) => Ok(see_other("/account").done(&visit, Flash::EmailLinkSent).into()),
        Err(OfficeError::Forbidden { .. }) => Ok(see_other(&confirm_and_back("/account/email")).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&email_page(&visit, errors, form.email))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PasswordForm {
    current: Sensitive<String>,
    password: Sensitive<String>,
    again: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/auth/account_password.html")]
struct PasswordPage {
    t: T,
    page: Page,
    errors: Errors,
    min: usize,
    /// For the browser that keeps passwords.
    email: Sensitive<String>,
}

async fn password_page(
    visit: &Visit,
    state: &State,
    me: &Me,
    errors: Errors,
) -> Result<PasswordPage, PageError> {
    let t = visit.t();
    let page = page(visit, t.account_password_title()).failed(&errors);
    let email = accounts::login(&state.office, me.session.login).await?.email;
    Ok(PasswordPage { t, page, errors, min: PASSWORD_CHARS_MIN, email })
}

pub(super) async fn show_password(visit: Visit, state: State, me: Me) -> PageResult {
    ok(&password_page(&visit, &state, &me, Errors::none()).await?)
}

/// What is wrong with a new password before anything is asked of the business.
pub(super) fn check_again(t: T, password: &Sensitive<String>, again: &Sensitive<String>) -> Errors {
    let mut errors = Errors::none();
    if password.expose().is_empty() {
        errors.add("password", t.missing("password"));
    } else if password != again {
        errors.add("again", t.password_mismatch());
    }
    errors
}

pub(super) async fn send_password(
    visit: Visit,
    state: State,
    me: Me,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let t = visit.t();
    let mut errors = check_again(t, &form.password, &form.again);
    if form.current.expose().is_empty() {
        errors.add("current", t.missing("current"));
    }
    if !errors.is_empty() {
        return unprocessable(&password_page(&visit, &state, &me, errors).await?);
    }
    let changed =
        accounts::change_password(&state.office, &me.session, &me.token, &form.current, &form.password);
    match changed.await {
        Ok(token) => {
            let cookie = cookie::session_cookie(&token.text(), visit.shell().scheme());
            Ok(see_other("/account").cookie(cookie).done(&visit, Flash::PasswordChanged).into())
        }
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&password_page(&visit, &state, &me, errors).await?)
        }
    }
}

pub(super) async fn end_session(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<SessionId>,
) -> PageResult {
    accounts::end_session(&state.office, &me.session, id).await?;
    if id == me.session.id {
        let ended = cookie::ended_session_cookie(visit.shell().scheme());
        return Ok(see_other("/").cookie(ended).done(&visit, Flash::SignedOut).into());
    }
    Ok(see_other("/account").done(&visit, Flash::SessionEnded).into())
}

pub(super) async fn end_others(visit: Visit, state: State, me: Me) -> PageResult {
    accounts::end_other_sessions(&state.office, &me.session).await?;
    Ok(see_other("/account").done(&visit, Flash::OthersEnded).into())
}
