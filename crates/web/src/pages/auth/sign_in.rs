//! Signing in: password, then the second factor; proving it again before something binding; signing
//! out.

use crate::cookie;
use crate::error::PageResult;
use crate::form::{Errors, Form};
use crate::page::{Page, SafePath, SeeOther, ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::{CONFIRM, SIGN_IN, Section};
use crate::state::{Client, Halfway, Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use base::Sensitive;
use office::accounts::{self, Proof, Session, SignedIn, Stage, Token};
use office::{Office, OfficeError};
use serde::Deserialize;

/// Where somebody wanted to go.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Next {
    next: String,
}

/// The longest code that is looked at, in characters: a recovery code with room for hyphens.
const CODE_CHARS_MAX: usize = 40;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    email: Sensitive<String>,
    password: Sensitive<String>,
    next: String,
}

#[derive(Template)]
#[template(path = "pages/auth/sign_in.html")]
struct SignInPage {
    t: T,
    page: Page,
    errors: Errors,
    email: Sensitive<String>,
    next: String,
}

/// What comes after a session has come so far.
pub(super) fn onward(session: Option<&Session>, stage: Stage, next: &str) -> String {
    let next = SafePath::parse(next);
    let query = next.as_ref().map(|next| format!("?next={}", next.encoded())).unwrap_or_default();
    match (stage, next) {
        (Stage::NeedsSecondFactor, _) => format!("/sign-in/code{query}"),
        (Stage::MustEnrol, _) => format!("/sign-in/enrol{query}"),
        (Stage::Complete, Some(next)) => next.as_str().to_owned(),
        (Stage::Complete, None) => match session {
            Some(session) if session.staff.is_some() => "/staff".to_owned(),
            Some(session) if session.acting_for.is_some() => "/panel".to_owned(),
            _ => "/account".to_owned(),
        },
    }
}

/// Sets the new token and sends on.
async fn signed(
    visit: &Visit,
    office: &Office,
    token: &Token,
    stage: Stage,
    next: &str,
) -> Result<SeeOther, OfficeError> {
    let session = accounts::authenticate(office, token).await?;
    let to = onward(session.as_ref(), stage, next);
    Ok(see_other(&to).cookie(cookie::session_cookie(&token.text(), visit.shell().scheme())))
}

fn sign_in_page(visit: &Visit, errors: Errors, email: Sensitive<String>, next: String) -> SignInPage {
    let t = visit.t();
    let page = visit.page(Section::Public, t.sign_in_title()).failed(&errors);
    SignInPage { t, page, errors, email, next }
}

pub(super) async fn show(visit: Visit, halfway: Halfway, Query(to): Query<Next>) -> PageResult {
    if let Halfway(Some(me)) = halfway
        && me.session.stage == Stage::Complete
    {
        return Ok(see_other(&onward(Some(&me.session), Stage::Complete, &to.next)).into());
    }
    ok(&sign_in_page(&visit, Errors::none(), Sensitive::default(), to.next))
}

pub(super) async fn send(
    visit: Visit,
    state: State,
    Client(client): Client,
    Form(form): Form<SignInForm>,
) -> PageResult {
    let t = visit.t();
    let mut errors = Errors::none();
    if form.email.expose().trim().is_empty() {
        errors.add("email", t.missing("email"));
    }
    if form.password.expose().is_empty() {
        errors.add("password", t.missing("password"));
    }
    if !errors.is_empty() {
        return unprocessable(&sign_in_page(&visit, errors, form.email, form.next));
    }
    match accounts::sign_in(&state.office, &form.email, &form.password, &client).await {
        Ok(SignedIn { token, stage }) => {
            let to = signed(&visit, &state.office, &token, stage, &form.next).await?;
            Ok(if stage == Stage::Complete { to.done(&visit, Flash::SignedIn) } else { to }.into())
        }
        Err(error) => {
            problems(error)?;
            // Which of the two was wrong is nobody's business.
            errors.add("email", t.sign_in_wrong());
            unprocessable(&sign_in_page(&visit, errors, form.email, form.next))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    code: Sensitive<String>,
    next: String,
}

impl CodeForm {
    fn code(&self) -> Sensitive<String> {
        Sensitive::new(self.code.expose().chars().take(CODE_CHARS_MAX).collect())
    }
}

#[derive(Template)]
#[template(path = "pages/auth/code.html")]
struct CodePage {
    t: T,
    page: Page,
    errors: Errors,
    next: String,
}

fn code_page(visit: &Visit, errors: Errors, next: String) -> CodePage {
    let t = visit.t();
    let page = visit.page(Section::Public, t.code_title()).failed(&errors);
    CodePage { t, page, errors, next }
}

/// Somebody whose second factor is to come, or where to go instead.
fn awaiting(halfway: Halfway, next: &str) -> Result<Me, Box<Response>> {
    match halfway.0 {
        None => Err(Box::new(see_other(SIGN_IN).into())),
        Some(me) if me.session.stage == Stage::NeedsSecondFactor => Ok(me),
        Some(me) => Err(Box::new(see_other(&onward(Some(&me.session), me.session.stage, next)).into())),
    }
}

pub(super) async fn show_code(visit: Visit, halfway: Halfway, Query(to): Query<Next>) -> PageResult {
    match awaiting(halfway, &to.next) {
        Ok(_) => ok(&code_page(&visit, Errors::none(), to.next)),
        Err(elsewhere) => Ok(*elsewhere),
    }
}

pub(super) async fn send_code(
    visit: Visit,
    state: State,
    halfway: Halfway,
    Form(form): Form<CodeForm>,
) -> PageResult {
    let me = match awaiting(halfway, &form.next) {
        Ok(me) => me,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    match accounts::give_second_factor(&state.office, &me.session, &me.token, &form.code()).await {
        Ok(SignedIn { token, stage }) => {
            let to = signed(&visit, &state.office, &token, stage, &form.next).await?;
            Ok(to.done(&visit, Flash::SignedIn).into())
        }
        Err(error) => {
            problems(error)?;
            let mut errors = Errors::none();
            errors.add("code", visit.t().code_wrong());
            unprocessable(&code_page(&visit, errors, form.next))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfirmForm {
    code: Sensitive<String>,
    password: Sensitive<String>,
    next: String,
}

#[derive(Template)]
#[template(path = "pages/auth/confirm.html")]
struct ConfirmPage {
    t: T,
    page: Page,
    errors: Errors,
    next: String,
    by_code: bool,
}

/// Whether the login has a second factor: a complete session without a code has none.
pub(super) const fn has_second_factor(session: &Session) -> bool {
    session.second_factor_at.is_some()
}

fn confirm_page(visit: &Visit, me: &Me, errors: Errors, next: String) -> ConfirmPage {
    let t = visit.t();
    let page = visit.page(Section::Public, t.confirm_title()).failed(&errors);
    ConfirmPage { t, page, errors, next, by_code: has_second_factor(&me.session) }
}

pub(super) async fn show_confirm(visit: Visit, me: Me, Query(to): Query<Next>) -> PageResult {
    ok(&confirm_page(&visit, &me, Errors::none(), to.next))
}

pub(super) async fn send_confirm(
    visit: Visit,
    state: State,
    me: Me,
    Form(form): Form<ConfirmForm>,
) -> PageResult {
    let by_code = has_second_factor(&me.session);
    let proof = if by_code {
        Proof::Code(CodeForm { code: form.code, next: String::new() }.code())
    } else {
        Proof::Password(form.password)
    };
    match accounts::reauthenticate(&state.office, &me.session, &me.token, &proof).await {
        Ok(token) => Ok(signed(&visit, &state.office, &token, Stage::Complete, &form.next).await?.into()),
        Err(error) => {
            problems(error)?;
            let t = visit.t();
            let mut errors = Errors::none();
            if by_code {
                errors.add("code", t.code_wrong());
            } else {
                errors.add("password", t.confirm_wrong());
            }
            unprocessable(&confirm_page(&visit, &me, errors, form.next))
        }
    }
}

pub(super) async fn sign_out(visit: Visit, state: State, Halfway(found): Halfway) -> PageResult {
    if let Some(me) = found {
        accounts::sign_out(&state.office, &me.session).await?;
    }
    let ended = cookie::ended_session_cookie(visit.shell().scheme());
    Ok(see_other("/").cookie(ended).done(&visit, Flash::SignedOut).into())
}

/// The address of the page that proves anew and comes back.
#[must_use]
pub(super) fn confirm_and_back(to: &str) -> String {
    SafePath::parse(to).map_or_else(|| CONFIRM.to_owned(), |to| format!("{CONFIRM}?next={}", to.encoded()))
}
