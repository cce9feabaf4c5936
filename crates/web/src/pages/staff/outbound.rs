//! Contacts outward: to which recipient, for which purpose, what left; and what was refused. Nobody
//! is named here; a customer's page shows the contacts about that customer.

use super::customer::{ContactRow, contact_rows};
use super::view::Badge;
use super::{AUDIT, words};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::Choice;
use crate::list::List;
use crate::page::{Page, ok};
use crate::routes::Routes;
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::OfficeError;
use outbound::{ContactState, contacts_in_state, counts_since};

/// How many contacts in one state are shown.
const SHOWN: u32 = 200;
/// All there are to choose from.
const STATES: [ContactState; 4] =
    [ContactState::Refused, ContactState::Failed, ContactState::Intended, ContactState::Done];

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/staff/outbound", AUDIT, show).get("/staff/outbound.csv", AUDIT, csv);
}

/// How often what went where.
struct CountRow {
    recipient: String,
    host: String,
    purpose: String,
    state: Badge,
    count: u64,
}

#[derive(Template)]
#[template(path = "pages/staff/outbound.html")]
struct OutboundPage {
    t: T,
    page: Page,
    list: List,
    counts: Vec<CountRow>,
    refused: u64,
    states: Vec<Choice>,
    chosen: Badge,
    rows: Vec<ContactRow>,
}

fn chosen(list: &List) -> ContactState {
    let word = list.filter("state");
    STATES.into_iter().find(|state| state.as_str() == word).unwrap_or(ContactState::Refused)
}

async fn counts(t: T, state: &State) -> Result<Vec<CountRow>, PageError> {
    let policy = state.office.policy();
    let since = Timestamp::from_micros(i64::MIN);
    let counts = counts_since(&state.office.store, since).await.map_err(OfficeError::from)?;
    let row = |count: outbound::ContactCount| CountRow {
        recipient: policy
            .recipient(&count.recipient)
            .map_or_else(|| t.staff_outbound_nobody().into_owned(), |known| known.name.clone()),
        purpose: policy
            .purpose(&count.purpose)
            .map_or_else(|| count.purpose.clone(), |known| known.title.of(t.language()).to_owned()),
        host: count.host,
        state: words::contact(t, count.state),
        count: count.count,
    };
    Ok(counts.into_iter().map(row).collect())
}

async fn show(visit: Visit, state: State, list: List) -> PageResult {
    let t = visit.t();
    let counts = counts(t, &state).await?;
    let refused = counts.iter().filter(|row| row.state.kind == "danger").map(|row| row.count).sum();
    let contacts =
        contacts_in_state(&state.office.store, chosen(&list), SHOWN).await.map_err(OfficeError::from)?;
    let states = STATES.into_iter().map(|s| Choice::new(s.as_str(), words::contact(t, s).word)).collect();
    let page = super::page(&visit, t.staff_nav_outbound());
    ok(&OutboundPage {
        t,
        page,
        counts,
        refused,
        states,
        chosen: words::contact(t, chosen(&list)),
        rows: contact_rows(&state, t, contacts),
        list,
    })
}

async fn csv(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let rows = counts(t, &state).await?.into_iter().map(|row| {
        vec![row.recipient, row.host, row.purpose, row.state.word.into_owned(), row.count.to_string()]
    });
    let head = [
        t.staff_column_recipient(),
        t.staff_column_host(),
        t.staff_column_purpose(),
        t.staff_column_state(),
        t.staff_column_count(),
    ];
    Ok(csv_file("contacts", &head.each_ref().map(AsRef::as_ref), rows))
}
