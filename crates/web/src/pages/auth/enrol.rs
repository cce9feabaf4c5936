//! Enrolling a second factor: for staff who must before anything else, and the parts that the page of
//! one's own account shares.
//!
//! The secret is shown once and travels in the form to the next page, so that a mistyped code does not
//! make a new one necessary. The server believes its own copy only.

use super::sign_in::onward;
use crate::cookie;
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::{SIGN_IN, Section};
use crate::state::{Halfway, Me, State};
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use axum::response::Response;
use base::Sensitive;
use http::{HeaderValue, header};
use office::accounts::{self, Enrolment, Stage, Token};
use office::form::Problem;
use office::{Office, OfficeError};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;
use std::fmt::Write as _;

/// The longest address of an enrolment that is drawn.
const ADDRESS_BYTES_MAX: usize = 800;
/// White around the code, in modules: the standard asks for four.
const QUIET: i32 = 4;

/// A QR code as one path of an SVG.
pub(super) struct Drawing {
    pub size: i32,
    pub path: String,
}

impl Drawing {
    /// None for what is no address of an enrolment.
    pub(super) fn of(address: &Sensitive<String>) -> Option<Self> {
        let text = address.expose();
        if !text.starts_with("otpauth://totp/") || text.len() > ADDRESS_BYTES_MAX {
            return None;
        }
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).ok()?;
            }
        }
        Some(Self { size: code.size() + 2 * QUIET, path })
    }
}

/// What the form of the first code sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct FirstCode {
    pub code: Sensitive<String>,
    pub secret: Sensitive<String>,
    pub address: Sensitive<String>,
    pub next: String,
}

/// The page with the secret and the field for its first code.
#[derive(Template)]
#[template(path = "pages/auth/enrol_code.html")]
pub(super) struct EnrolPage {
    pub t: T,
    pub page: Page,
    pub errors: Errors,
    pub secret: Sensitive<String>,
    pub address: Sensitive<String>,
    pub drawing: Option<Drawing>,
    pub action: &'static str,
    pub next: String,
}

impl EnrolPage {
    pub(super) fn new(t: T, page: Page, enrolment: Enrolment, action: &'static str, next: String) -> Self {
        let drawing = Drawing::of(&enrolment.address);
        let Enrolment { secret, address } = enrolment;
        Self { t, page, errors: Errors::none(), secret, address, drawing, action, next }
    }

    pub(super) fn again(t: T, page: Page, errors: Errors, form: FirstCode, action: &'static str) -> Self {
        let FirstCode { secret, address, next, .. } = form;
        let page = page.failed(&errors);
        let drawing = Drawing::of(&address);
        Self { errors, ..Self { t, page, errors: Errors::none(), secret, address, drawing, action, next } }
    }
}

/// The recovery codes, shown once.
#[derive(Template)]
#[template(path = "pages/auth/codes.html")]
pub(super) struct CodesPage {
    pub t: T,
    pub page: Page,
    pub codes: Sensitive<String>,
    pub onward: String,
}

impl CodesPage {
    pub(super) fn new(t: T, page: Page, codes: &[Sensitive<String>], onward: String) -> Self {
        let lines: Vec<&str> = codes.iter().map(|code| code.expose().as_str()).collect();
        Self { t, page, codes: Sensitive::new(lines.join("\n")), onward }
    }
}

/// A page that is shown once, with the new token of the session.
pub(super) fn with_token(mut response: Response, visit: &Visit, token: &Token) -> Response {
    let cookie = cookie::session_cookie(&token.text(), visit.shell().scheme());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    once(response)
}

/// Secrets are not kept by the browser.
pub(super) fn once(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Confirms the first code, or says what was wrong with it.
pub(super) async fn try_first_code(
    office: &Office,
    t: T,
    me: &Me,
    code: &Sensitive<String>,
) -> Result<Result<(Token, Vec<Sensitive<String>>), Errors>, PageError> {
    match accounts::confirm_enrolment(office, &me.session, &me.token, code).await {
        Ok(done) => Ok(Ok(done)),
        Err(error) => {
            let problems = problems(error)?;
            let mut errors = Errors::none();
            let expired = problems.of("code") == Some(Problem::Expired);
            errors.add("code", if expired { t.enrol_expired() } else { t.code_wrong() });
            Ok(Err(errors))
        }
    }
}

/// The page that says why, with the button that begins.
#[derive(Template)]
#[template(path = "pages/auth/enrol.html")]
struct Explain {
    t: T,
    page: Page,
    next: String,
}

/// Somebody who must enrol, or where to go instead.
fn must_enrol(halfway: Halfway) -> Result<Me, Box<Response>> {
    match halfway.0 {
        None => Err(Box::new(see_other(SIGN_IN).into())),
        Some(me) if me.session.stage == Stage::MustEnrol => Ok(me),
        Some(me) => Err(Box::new(see_other(&onward(Some(&me.session), me.session.stage, "")).into())),
    }
}

pub(super) async fn show(
    visit: Visit,
    halfway: Halfway,
    axum::extract::Query(form): axum::extract::Query<FirstCode>,
) -> PageResult {
    let t = visit.t();
    match must_enrol(halfway) {
        Ok(_) => ok(&Explain { t, page: visit.page(Section::Public, t.enrol_must_title()), next: form.next }),
        Err(elsewhere) => Ok(*elsewhere),
    }
}

pub(super) async fn begin(
    visit: Visit,
    state: State,
    halfway: Halfway,
    Form(form): Form<FirstCode>,
) -> PageResult {
    let t = visit.t();
    let me = match must_enrol(halfway) {
        Ok(me) => me,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let enrolment = accounts::begin_enrolment(&state.office, &me.session).await?;
    let page = visit.page(Section::Public, t.enrol_title());
    Ok(once(ok(&EnrolPage::new(t, page, enrolment, "/sign-in/enrol/code", form.next))?))
}

pub(super) async fn confirm(
    visit: Visit,
    state: State,
    halfway: Halfway,
    Form(form): Form<FirstCode>,
) -> PageResult {
    let t = visit.t();
    let me = match must_enrol(halfway) {
        Ok(me) => me,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    match try_first_code(&state.office, t, &me, &form.code).await? {
        Ok((token, codes)) => {
            let page = visit.page(Section::Public, t.codes_title());
            let to = onward(Some(&me.session), Stage::Complete, &form.next);
            Ok(with_token(ok(&CodesPage::new(t, page, &codes, to))?, &visit, &token))
        }
        Err(errors) => {
            let page = visit.page(Section::Public, t.enrol_title());
            Ok(once(unprocessable(&EnrolPage::again(t, page, errors, form, "/sign-in/enrol/code"))?))
        }
    }
}

/// Whether the business asks for a fresh sign-in, which a page that was open too long no longer has.
pub(super) const fn is_stale(error: &OfficeError) -> bool {
    matches!(error, OfficeError::Forbidden { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_enrolments_are_drawn() {
        let drawing =
            Drawing::of(&"otpauth://totp/Voorbeeld:a%40b.example?secret=ABC&issuer=Voorbeeld".into());
        let drawing = drawing.expect("a drawing");
        assert!(
            drawing.size >= 21 + 2 * QUIET && drawing.path.starts_with("M4 4h1v1h-1z"),
            "{}",
            drawing.path
        );
        assert!(Drawing::of(&"https://elders.example".into()).is_none());
        assert!(Drawing::of(&format!("otpauth://totp/{}", "x".repeat(900)).into()).is_none());
    }
}
