//! What we hold: per purpose of the policy what there is of this customer at present, on what ground
//! and for how long.

use super::{Acting, READER, capital, page};
use crate::error::{PageError, PageResult};
use crate::page::{Page, ok};
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use office::{accounts, customers, messages, requests};
use policy::PURPOSES_IN_USE;
use policy::schedule::schedule;

pub(super) const PATH: &str = "/panel/data";
/// How many entries of the ledger are counted at most.
const ENTRIES_MAX: u32 = 1_000;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, READER, show);
}

/// A purpose with what is held for it.
struct Held {
    title: String,
    text: String,
    now: Text,
    kinds: String,
    ground: String,
    retention: String,
    reason: String,
    recipients: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/panel/data.html")]
struct Show {
    t: T,
    page: Page,
    held: Vec<Held>,
    can_ask: bool,
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let (t, language) = (visit.t(), visit.language());
    let policy = state.office.policy();
    let schedule = schedule(&policy, language);
    let mut held = Vec::new();
    for name in PURPOSES_IN_USE {
        let (Some(purpose), Some(line)) =
            (policy.purpose(name), schedule.lines.iter().find(|line| line.purpose == name))
        else {
            continue;
        };
        let recipients = purpose.recipients.iter().filter_map(|id| policy.recipient(id));
        held.push(Held {
            title: line.title.clone(),
            text: purpose.text.of(language).split("\n\n").collect::<Vec<_>>().join(" "),
            now: count(t, &state, &acting, name).await?,
            kinds: capital(&line.data),
            ground: capital(&line.ground),
            retention: capital(&line.retention_in_words),
            reason: line.reason.clone(),
            recipients: recipients.map(|recipient| recipient.name.clone()).collect(),
        });
    }
    ok(&Show { t, page: page(&visit, t.panel_data()), held, can_ask: acting.is_owner() })
}

/// What there is at present for a purpose that this version holds data for.
async fn count(t: T, state: &State, acting: &Acting, purpose: &str) -> Result<Text, PageError> {
    let (office, customer) = (&state.office, acting.customer);
    Ok(match purpose {
        "account" => t.panel_data_account(accounts::logins_of_customer(office, customer).await?.len()),
        "support" => t.panel_data_support(messages::of_customer(office, customer, 0, 1).await?.total),
        "rights" => t.panel_data_rights(requests::of_customer(office, customer, 0, 1).await?.total),
        "security" => t.panel_data_security(accounts::sessions(office, &acting.session).await?.len()),
        "ledger" => {
            let subject = customers::customer(office, customer).await?.subject;
            let entries = store::entries_of_subject(&office.store, subject, ENTRIES_MAX).await;
            t.panel_data_ledger(entries.map_err(PageError::internal)?.len())
        }
        _ => t.panel_unknown(),
    })
}
