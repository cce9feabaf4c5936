//! The pages behind links in our mails: a new password, an invitation, a new address. A link is used up
//! by a button, never by opening it: programs that look at mail open links too.

use super::account::check_again;
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable, with_status};
use crate::problems::problems;
use crate::routes::{SIGN_IN, Section};
use crate::state::{Client, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use base::Sensitive;
use http::StatusCode;
use office::OfficeError;
use office::accounts::{self, Invitation, PASSWORD_CHARS_MIN, Token};
use serde::Deserialize;

/// A link that does not work (any more).
#[derive(Template)]
#[template(path = "pages/auth/dead_link.html")]
pub(super) struct DeadLink {
    t: T,
    page: Page,
    text: Text,
    href: &'static str,
    action: Text,
}

/// The page for a link that does not work, with what to do instead.
pub(super) fn dead(visit: &Visit, text: Text, href: &'static str, action: Text) -> PageResult {
    let t = visit.t();
    let page = visit.page(Section::Public, t.link_dead_title());
    with_status(StatusCode::NOT_FOUND, &DeadLink { t, page, text, href, action })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RecoverForm {
    email: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/auth/recover.html")]
struct Recover {
    t: T,
    page: Page,
    errors: Errors,
    email: Sensitive<String>,
}

fn recover_page(visit: &Visit, errors: Errors, email: Sensitive<String>) -> Recover {
    let t = visit.t();
    let page = visit.page(Section::Public, t.recover_title()).crumb(SIGN_IN, t.sign_in_title());
    Recover { t, page: page.failed(&errors), errors, email }
}

pub(super) async fn show_recover(visit: Visit) -> PageResult {
    ok(&recover_page(&visit, Errors::none(), Sensitive::default()))
}

pub(super) async fn send_recover(
    visit: Visit,
    state: State,
    Client(client): Client,
    Form(form): Form<RecoverForm>,
) -> PageResult {
    // The form of an address says nothing about who has a login here; the rest is answered alike.
    if office::customers::email(form.email.expose()).is_err() {
        let mut errors = Errors::none();
        errors.add("email", visit.t().problem_email());
        return unprocessable(&recover_page(&visit, errors, form.email));
    }
    accounts::request_recovery(&state.office, &form.email, &client).await?;
    Ok(see_other("/recover/sent").into())
}

#[derive(Template)]
#[template(path = "pages/auth/recover_sent.html")]
struct RecoverSent {
    t: T,
    page: Page,
}

pub(super) async fn recover_sent(visit: Visit) -> PageResult {
    let t = visit.t();
    let page = visit.page(Section::Public, t.recover_sent_title()).crumb("/recover", t.recover_title());
    ok(&RecoverSent { t, page })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PasswordForm {
    password: Sensitive<String>,
    again: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/auth/recovery.html")]
struct Recovery {
    t: T,
    page: Page,
    errors: Errors,
    min: usize,
    action: String,
}

fn recovery_page(visit: &Visit, errors: Errors) -> Recovery {
    let t = visit.t();
    let page = visit.page(Section::Public, t.recovery_title()).failed(&errors);
    Recovery { t, page, errors, min: PASSWORD_CHARS_MIN, action: visit.path().to_owned() }
}

fn dead_recovery(visit: &Visit) -> PageResult {
    let t = visit.t();
    dead(visit, t.link_dead_recovery(), "/recover", t.recover_title())
}

pub(super) async fn show_recovery(visit: Visit, state: State, Path(token): Path<String>) -> PageResult {
    let Some(token) = Token::parse(&token) else { return dead_recovery(&visit) };
    if accounts::recovery_is_open(&state.office, &token).await? {
        ok(&recovery_page(&visit, Errors::none()))
    } else {
        dead_recovery(&visit)
    }
}

pub(super) async fn send_recovery(
    visit: Visit,
    state: State,
    Path(token): Path<String>,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let t = visit.t();
    let Some(token) = Token::parse(&token) else { return dead_recovery(&visit) };
    let errors = check_again(t, &form.password, &form.again);
    if !errors.is_empty() {
        return unprocessable(&recovery_page(&visit, errors));
    }
    match accounts::recover(&state.office, &token, &form.password).await {
        Ok(_) => Ok(see_other(SIGN_IN).done(&visit, Flash::PasswordChanged).into()),
        Err(OfficeError::NotFound { .. }) => dead_recovery(&visit),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&recovery_page(&visit, errors))
        }
    }
}

#[derive(Template)]
#[template(path = "pages/auth/invitation.html")]
struct InvitationPage {
    t: T,
    page: Page,
    errors: Errors,
    invitation: Invitation,
    role: Option<Text>,
    min: usize,
    action: String,
}

fn dead_invitation(visit: &Visit) -> PageResult {
    let t = visit.t();
    dead(visit, t.link_dead_invitation(), "/contact", t.contact_title())
}

async fn invitation_page(
    visit: &Visit,
    state: &State,
    token: &Token,
    errors: Errors,
) -> Result<Option<InvitationPage>, PageError> {
    let t = visit.t();
    let invitation = match accounts::invitation(&state.office, token).await {
        Ok(invitation) => invitation,
        Err(OfficeError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let page = visit.page(Section::Public, t.invitation_title()).failed(&errors);
    let role = invitation.role.map(|role| t.role(role));
    let action = visit.path().to_owned();
    Ok(Some(InvitationPage { t, page, errors, invitation, role, min: PASSWORD_CHARS_MIN, action }))
}

pub(super) async fn show_invitation(visit: Visit, state: State, Path(token): Path<String>) -> PageResult {
    let Some(token) = Token::parse(&token) else { return dead_invitation(&visit) };
    match invitation_page(&visit, &state, &token, Errors::none()).await? {
        Some(page) => ok(&page),
        None => dead_invitation(&visit),
    }
}

pub(super) async fn accept_invitation(
    visit: Visit,
    state: State,
    Path(token): Path<String>,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let t = visit.t();
    let Some(token) = Token::parse(&token) else { return dead_invitation(&visit) };
    let Some(mut page) = invitation_page(&visit, &state, &token, Errors::none()).await? else {
        return dead_invitation(&visit);
    };
    if page.invitation.needs_password {
        page.errors = check_again(t, &form.password, &form.again);
        if !page.errors.is_empty() {
            page.page = page.page.failed(&page.errors);
            return unprocessable(&page);
        }
    }
    let password = page.invitation.needs_password.then_some(&form.password);
    match accounts::accept_invitation(&state.office, &token, password).await {
        Ok(_) => Ok(see_other(SIGN_IN).done(&visit, Flash::InvitationAccepted).into()),
        Err(OfficeError::NotFound { .. }) => dead_invitation(&visit),
        Err(error) => {
            page.errors = Errors::of_problems(t, &problems(error)?);
            page.page = page.page.failed(&page.errors);
            unprocessable(&page)
        }
    }
}

#[derive(Template)]
#[template(path = "pages/auth/new_email.html")]
struct NewEmail {
    t: T,
    page: Page,
    errors: Errors,
    action: String,
}

fn new_email_page(visit: &Visit, errors: Errors) -> NewEmail {
    let t = visit.t();
    let page = visit.page(Section::Public, t.new_email_title()).failed(&errors);
    NewEmail { t, page, errors, action: visit.path().to_owned() }
}

/// Whether the link still works is not told before the button: looking must not differ from trying.
pub(super) async fn show_new_email(visit: Visit) -> PageResult {
    ok(&new_email_page(&visit, Errors::none()))
}

pub(super) async fn confirm_new_email(visit: Visit, state: State, Path(token): Path<String>) -> PageResult {
    let t = visit.t();
    let gone = || dead(&visit, t.link_dead_new_email(), "/account/email", t.account_email_title());
    let Some(token) = Token::parse(&token) else { return gone() };
    match accounts::confirm_email_change(&state.office, &token).await {
        Ok(_) => {
            let to = if visit.session().is_some() { "/account" } else { SIGN_IN };
            Ok(see_other(to).done(&visit, Flash::EmailChanged).into())
        }
        Err(OfficeError::NotFound { .. }) => gone(),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&new_email_page(&visit, errors))
        }
    }
}
