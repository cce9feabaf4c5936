//! Searching everywhere: customers by name, e-mail address, place or number; requests and threads by
//! number.

use super::{DESK, view, words};
use crate::error::PageResult;
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Sensitive;
use office::customers::{self, CustomerSummary};
use serde::Deserialize;
use view::Badge;

/// The longest query, in characters.
const QUERY_CHARS_MAX: usize = 200;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/staff/search", DESK, show).post("/staff/search", DESK, find);
}

#[derive(Default, Deserialize)]
struct SearchForm {
    #[serde(default)]
    q: Sensitive<String>,
}

/// A customer that was found.
struct Found {
    customer: CustomerSummary,
    kind: Text,
    restricted: Option<Badge>,
}

#[derive(Template)]
#[template(path = "pages/staff/search.html")]
struct SearchPage {
    t: T,
    page: Page,
    errors: Errors,
    form: SearchForm,
    searched: bool,
    /// Whether the names of all customers were read since the start.
    complete: bool,
    found: Vec<Found>,
}

fn page(visit: &Visit, state: &State, form: SearchForm, errors: Errors) -> SearchPage {
    let t = visit.t();
    let page = super::page(visit, t.staff_nav_search()).failed(&errors);
    let complete = state.office.names.is_complete();
    SearchPage { t, page, errors, form, searched: false, complete, found: Vec::new() }
}

async fn show(visit: Visit, state: State) -> PageResult {
    ok(&page(&visit, &state, SearchForm::default(), Errors::none()))
}

async fn find(visit: Visit, state: State, Form(form): Form<SearchForm>) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let query = form.q.expose().trim().to_owned();
    if query.is_empty() || query.chars().count() > QUERY_CHARS_MAX {
        let mut errors = Errors::none();
        errors.add("q", t.staff_search_missing());
        return unprocessable(&page(&visit, &state, form, errors));
    }
    if let Some(id) = office::requests::by_number(office, &query).await? {
        return Ok(see_other(&format!("/staff/requests/{id}")).into());
    }
    if let Some(id) = office::messages::by_number(office, &query).await? {
        return Ok(see_other(&format!("/staff/messages/{id}")).into());
    }
    let found = customers::search(office, &query).await?;
    let exactly = |customer: &&CustomerSummary| customer.number.to_string().eq_ignore_ascii_case(&query);
    if let Some(customer) = found.iter().find(exactly) {
        return Ok(see_other(&format!("/staff/customers/{}", customer.id)).into());
    }
    let row = |customer: CustomerSummary| Found {
        kind: words::customer_kind(t, customer.kind),
        restricted: customer.restricted_at.map(|_| Badge::new("warn", t.staff_restricted())),
        customer,
    };
    let found = found.into_iter().map(row).collect();
    ok(&SearchPage { searched: true, found, ..page(&visit, &state, form, Errors::none()) })
}
