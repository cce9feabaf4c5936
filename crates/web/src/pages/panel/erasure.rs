//! Having everything erased: a page of its own that says what will happen, what stays and when it is
//! final; a typed name and a fresh proof; and then the page of the receipt.
//!
//! Nothing of the deed travels but the receipt's address, and the visitor is signed out with it.

use super::{Acting, OWNER, capital, page};
use crate::cookie;
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales;
use crate::routes::{CONFIRM, Routes};
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::OfficeError;
use office::accounts;
use office::customers;
use office::requests::erasure::{self, OwnErasure, RECEIPT_PATH};
use serde::Deserialize;

pub(super) const PATH: &str = "/panel/rights/erasure";

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, OWNER.fresh(), show).post(PATH, OWNER.fresh(), erase);
}

/// Something that stays.
struct Stays {
    what: String,
    ground: String,
    until: String,
}

#[derive(Default, Deserialize)]
struct Confirmed {
    #[serde(default)]
    confirm: String,
}

#[derive(Template)]
#[template(path = "pages/panel/erasure.html")]
struct Show {
    t: T,
    page: Page,
    errors: Errors,
    name: String,
    typed: String,
    logins: Text,
    final_at: Timestamp,
    services: Vec<sales::Ending>,
    stays: Vec<Stays>,
    /// The address a link goes to first; empty when a second factor makes that needless.
    link_to: String,
}

impl Show {
    async fn new(
        visit: &Visit,
        state: &State,
        acting: &Acting,
        name: String,
        (typed, errors): (String, Errors),
    ) -> Result<Self, PageError> {
        let (t, office) = (visit.t(), &state.office);
        let language = visit.language();
        let policy = office.policy();
        let final_day = policy.erasure().backups_within.after(visit.now().day());
        let final_day = final_day.map_err(PageError::internal)?;
        let stays = erasure::holds_of(office, Some(acting.customer)).await?.into_iter().map(|hold| Stays {
            what: capital(hold.what.of(language)),
            ground: capital(hold.ground.of(language)),
            until: capital(&hold.until.in_words(language)),
        });
        let logins = only_here(state, acting).await?;
        let login = accounts::login(office, acting.session.login).await?;
        let customer = customers::customer(office, acting.customer).await?;
        let link_to = if login.has_second_factor { "" } else { customer.profile.email.expose() };
        Ok(Self {
            t,
            page: page(visit, t.panel_erasure()).crumb(super::rights::PATH, t.panel_rights()).failed(&errors),
            errors,
            name,
            typed,
            logins: t.panel_erasure_logins(logins),
            final_at: final_day.start(),
            services: sales::endings(office, t, acting.customer).await?,
            stays: stays.collect(),
            link_to: link_to.to_owned(),
        })
    }
}

/// How many logins belong to this customer alone: they are erased with it.
async fn only_here(state: &State, acting: &Acting) -> Result<usize, PageError> {
    let mut count = 0;
    for member in accounts::logins_of_customer(&state.office, acting.customer).await? {
        let elsewhere = accounts::memberships(&state.office, member.login.id).await?.len() > 1;
        if member.login.staff.is_none() && !elsewhere {
            count += 1;
        }
    }
    Ok(count)
}

async fn name(state: &State, acting: &Acting) -> Result<String, PageError> {
    let customer = customers::customer(&state.office, acting.customer).await?;
    Ok(customer.display_name().expose().clone())
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let name = name(&state, &acting).await?;
    ok(&Show::new(&visit, &state, &acting, name, (String::new(), Errors::none())).await?)
}

async fn erase(visit: Visit, state: State, acting: Acting, Form(form): Form<Confirmed>) -> PageResult {
    let t = visit.t();
    let name = name(&state, &acting).await?;
    if form.confirm.trim() != name {
        let mut errors = Errors::none();
        errors.add("confirm", t.panel_erasure_typed());
        return unprocessable(&Show::new(&visit, &state, &acting, name, (form.confirm, errors)).await?);
    }
    let begun = match erasure::erase_own(&state.office, &acting.session).await {
        Ok(OwnErasure::Begun(begun)) => begun,
        Ok(OwnErasure::LinkSent(_)) => {
            return Ok(see_other(super::requests::PATH).warning(&visit, Flash::ErasureLinkSent).into());
        }
        // The office's proof lasts shorter than the route's: it went by while the page was read.
        Err(OfficeError::Forbidden { .. }) => return Ok(see_other(&format!("{CONFIRM}?next={PATH}")).into()),
        Err(error) => return Err(error.into()),
    };
    let Some(token) = begun.token else {
        // Another window, or another owner, was first; the address of the receipt was theirs to keep.
        let mut errors = Errors::none();
        errors.add("confirm", t.panel_erasure_running());
        return unprocessable(&Show::new(&visit, &state, &acting, name, (form.confirm, errors)).await?);
    };
    // The job ends every session; this one ends now. It is no reason to lose the receipt's address.
    if let Err(error) = accounts::sign_out(&state.office, &acting.session).await {
        tracing::warn!(%error, "the session of an erasure ends with its job");
    }
    Ok(see_other(&format!("/{RECEIPT_PATH}/{}", token.text().expose()))
        .done(&visit, Flash::ErasureBegun)
        .cookie(cookie::ended_session_cookie(visit.shell().scheme()))
        .into())
}
