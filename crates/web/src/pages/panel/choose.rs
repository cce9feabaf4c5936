//! Which customer a login acts for, when it may act for several.

use super::page;
use crate::access::Access;
use crate::error::{PageError, PageResult};
use crate::form::Form;
use crate::page::{Page, ok, see_other};
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use office::accounts;
use serde::Deserialize;

pub(super) const PATH: &str = "/panel/customers";

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, Access::SIGNED_IN, show).post(PATH, Access::SIGNED_IN, choose);
}

struct Row {
    id: String,
    name: String,
    role: Text,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "pages/panel/choose.html")]
struct Choose {
    t: T,
    page: Page,
    rows: Vec<Row>,
}

async fn show(visit: Visit, state: State, me: Me) -> PageResult {
    let t = visit.t();
    let chosen = me.session.acting_for.map(|(customer, _)| customer);
    let customers = accounts::customers_of_login(&state.office, me.session.login).await?;
    let rows = customers
        .into_iter()
        .map(|(id, name, role)| Row {
            id: id.to_string(),
            name: name.expose().clone(),
            role: t.role(role),
            is_chosen: chosen == Some(id),
        })
        .collect();
    ok(&Choose { t, page: page(&visit, t.panel_choose()), rows })
}

#[derive(Default, Deserialize)]
struct Choice {
    #[serde(default)]
    customer: String,
}

async fn choose(visit: Visit, state: State, me: Me, Form(form): Form<Choice>) -> PageResult {
    let customer = form.customer.parse().map_err(|_| PageError::NotFound)?;
    accounts::act_for(&state.office, &me.session, customer).await?;
    Ok(see_other(super::overview::PATH).done(&visit, Flash::CustomerChosen).into())
}
