//! The second factor of one's own login: enrolling, replacing, removing, and recovery codes.

use super::account::{Own, section};
use super::enrol::{CodesPage, EnrolPage, FirstCode, is_stale, once, try_first_code, with_token};
use super::sign_in::{confirm_and_back, has_second_factor};
use crate::cookie;
use crate::error::{PageError, PageResult};
use crate::form::Form;
use crate::page::{Page, ok, see_other, unprocessable};
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use office::accounts;

const HERE: &str = "/account/second-factor";
const CODE: &str = "/account/second-factor/code";

fn page(visit: &Visit, title: Text) -> Page {
    let t = visit.t();
    visit.page(section(visit), title).crumb("/account", t.account_title())
}

#[derive(Template)]
#[template(path = "pages/auth/second_factor.html")]
struct Show {
    t: T,
    page: Page,
    has: bool,
    may_remove: bool,
    codes_left: u64,
}

pub(super) async fn show(visit: Visit, state: State, me: Me) -> PageResult {
    let t = visit.t();
    let has = has_second_factor(&me.session);
    ok(&Show {
        t,
        page: page(&visit, t.factor_title()),
        has,
        may_remove: has && me.session.staff.is_none(),
        codes_left: accounts::codes_left(&state.office, &me.session).await?,
    })
}

pub(super) async fn begin(visit: Visit, state: State, me: Me) -> PageResult {
    let t = visit.t();
    let enrolment = match accounts::begin_enrolment(&state.office, &me.session).await {
        Err(error) if is_stale(&error) => return Ok(see_other(&confirm_and_back(HERE)).into()),
        other => other?,
    };
    let page = page(&visit, t.enrol_title()).crumb(HERE, t.factor_title());
    Ok(once(ok(&EnrolPage::new(t, page, enrolment, CODE, HERE.to_owned()))?))
}

pub(super) async fn confirm(visit: Visit, state: State, me: Me, Form(form): Form<FirstCode>) -> PageResult {
    let t = visit.t();
    match try_first_code(&state.office, t, &me, &form.code).await? {
        Ok((token, codes)) => {
            let page = page(&visit, t.codes_title()).crumb(HERE, t.factor_title());
            Ok(with_token(ok(&CodesPage::new(t, page, &codes, "/account".to_owned()))?, &visit, &token))
        }
        Err(errors) => {
            let page = page(&visit, t.enrol_title()).crumb(HERE, t.factor_title());
            Ok(once(unprocessable(&EnrolPage::again(t, page, errors, form, CODE))?))
        }
    }
}

pub(super) async fn renew_codes(visit: Visit, state: State, me: Me) -> PageResult {
    let t = visit.t();
    let codes = match accounts::renew_recovery_codes(&state.office, &me.session).await {
        Err(error) if is_stale(&error) => return Ok(see_other(&confirm_and_back(HERE)).into()),
        other => other?,
    };
    let page = page(&visit, t.codes_title()).crumb(HERE, t.factor_title());
    Ok(once(ok(&CodesPage::new(t, page, &codes, "/account".to_owned()))?))
}

#[derive(Template)]
#[template(path = "pages/auth/remove_factor.html")]
struct Remove {
    t: T,
    page: Page,
}

/// Staff keep theirs, and what is not there cannot be removed.
fn may_remove(me: &Me) -> Result<(), PageError> {
    if me.session.staff.is_some() {
        return Err(PageError::Forbidden);
    }
    if has_second_factor(&me.session) { Ok(()) } else { Err(PageError::NotFound) }
}

pub(super) async fn show_remove(visit: Visit, me: Me) -> PageResult {
    may_remove(&me)?;
    let t = visit.t();
    ok(&Remove { t, page: page(&visit, t.factor_remove_title()).crumb(HERE, t.factor_title()) })
}

pub(super) async fn remove(visit: Visit, state: State, me: Me) -> PageResult {
    may_remove(&me)?;
    let token = match accounts::disable_second_factor(&state.office, &me.session, &me.token).await {
        Err(error) if is_stale(&error) => {
            return Ok(see_other(&confirm_and_back("/account/second-factor/remove")).into());
        }
        other => other?,
    };
    let cookie = cookie::session_cookie(&token.text(), visit.shell().scheme());
    Ok(see_other("/account").cookie(cookie).done(&visit, Flash::FactorRemoved).into())
}

/// What the account page says of the second factor.
pub(super) fn state_of(t: T, own: &Own) -> (&'static str, Text) {
    if own.login.has_second_factor { ("ok", t.factor_on()) } else { ("warn", t.factor_off()) }
}
