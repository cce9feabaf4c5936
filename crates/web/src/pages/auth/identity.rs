//! The link of a request: whoever follows it reads the mail at the address, and may be asked for a
//! second channel before anything is granted.

use super::links::dead;
use crate::error::PageResult;
use crate::form::{Errors, Form};
use crate::format::Clock;
use crate::page::{Page, ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::Section;
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use base::Sensitive;
use office::OfficeError;
use office::accounts::Token;
use office::requests::{self, Followed, Next};
use serde::Deserialize;

fn dead_link(visit: &Visit) -> PageResult {
    let t = visit.t();
    dead(visit, t.link_dead_identity(), "/contact", t.contact_title())
}

/// The page before the button: it knows nothing yet but the link.
#[derive(Template)]
#[template(path = "pages/auth/identity.html")]
struct Ask {
    t: T,
    page: Page,
    action: String,
}

pub(super) async fn show(visit: Visit, Path(token): Path<String>) -> PageResult {
    if Token::parse(&token).is_none() {
        return dead_link(&visit);
    }
    let t = visit.t();
    let page = visit.page(Section::Public, t.identity_title());
    ok(&Ask { t, page, action: visit.path().to_owned() })
}

/// The page after the button.
#[derive(Template)]
#[template(path = "pages/auth/identity_followed.html")]
struct Done {
    t: T,
    page: Page,
    errors: Errors,
    number: String,
    kind: Text,
    clock: Clock,
    is_verified: bool,
    action: String,
}

fn done(visit: &Visit, token: &str, followed: &Followed, errors: Errors) -> Done {
    let t = visit.t();
    let is_verified = followed.next == Next::Answer;
    let title = if is_verified { t.identity_verified_title() } else { t.identity_second_title() };
    Done {
        t,
        page: visit.page(Section::Public, title).failed(&errors),
        errors,
        number: followed.number.to_string(),
        kind: t.right(followed.kind),
        clock: Clock { began: visit.now(), deadline: followed.due_at, now: visit.now() },
        is_verified,
        action: format!("/identity/{token}"),
    }
}

pub(super) async fn follow(visit: Visit, state: State, Path(text): Path<String>) -> PageResult {
    let Some(token) = Token::parse(&text) else { return dead_link(&visit) };
    match requests::follow_link(&state.office, &token).await {
        Ok(followed) => ok(&done(&visit, &text, &followed, Errors::none())),
        Err(OfficeError::NotFound { .. }) => dead_link(&visit),
        Err(error) => Err(error.into()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    code: Sensitive<String>,
}

pub(super) async fn code(
    visit: Visit,
    state: State,
    Path(text): Path<String>,
    Form(form): Form<CodeForm>,
) -> PageResult {
    let Some(token) = Token::parse(&text) else { return dead_link(&visit) };
    // The code is read out on the telephone: whoever has the link must not try them all.
    visit.limit("identity").await?;
    match requests::confirm_code(&state.office, &token, &form.code).await {
        Ok(followed) => ok(&done(&visit, &text, &followed, Errors::none())),
        Err(OfficeError::NotFound { .. }) => dead_link(&visit),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            // Followed before, so following it again changes nothing and says what the page needs.
            match requests::follow_link(&state.office, &token).await {
                Ok(followed) => unprocessable(&done(&visit, &text, &followed, errors)),
                Err(OfficeError::NotFound { .. }) => dead_link(&visit),
                Err(error) => Err(error.into()),
            }
        }
    }
}

pub(super) async fn withdraw(visit: Visit, state: State, Path(text): Path<String>) -> PageResult {
    let Some(token) = Token::parse(&text) else { return dead_link(&visit) };
    match requests::withdraw_by_link(&state.office, &token).await {
        Ok(_) => Ok(see_other("/").done(&visit, Flash::RequestWithdrawn).into()),
        Err(OfficeError::NotFound { .. }) => dead_link(&visit),
        Err(error) => Err(error.into()),
    }
}
