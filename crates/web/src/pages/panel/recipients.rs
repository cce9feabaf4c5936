//! Who has my data: the recipients that the policy names for the data we hold, and each contact in
//! which something of this customer, or of the person who looks, went out or should have.

use super::disclosures::{self, Had};
use super::{Acting, READER, capital, page, words};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::page::{Page, ok};
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Language, SubjectId, Timestamp};
use office::customers;
use outbound::{ContactRow, contacts_of_subject};
use policy::{PURPOSES_IN_USE, Policy, Recipient, Role};
use std::cmp::Reverse;

pub(super) const PATH: &str = "/panel/recipients";
/// How many contacts the page shows, and how many the CSV holds.
const SHOWN_MAX: usize = 100;
const CSV_ROWS_MAX: u32 = 1_000;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, READER, show).get("/panel/recipients.csv", READER, csv);
}

/// A recipient of the policy.
struct Declared {
    name: String,
    text: String,
    role: Text,
    country: Text,
    data: String,
    purposes: String,
    keeps: String,
    transfer: String,
}

impl Declared {
    fn of(t: T, policy: &Policy, recipient: &Recipient) -> Self {
        let language = t.language();
        let category = |name: &String| {
            policy
                .data_categories()
                .iter()
                .find(|category| category.name == *name)
                .map_or_else(|| name.clone(), |category| category.text.of(language).to_owned())
        };
        Self {
            name: recipient.name.clone(),
            text: recipient.text.of(language).to_owned(),
            role: match recipient.role {
                Role::Controller => t.panel_recipients_controller(),
                Role::Processor => t.panel_recipients_processor(),
            },
            country: t.panel_country(&recipient.country),
            data: capital(&recipient.data.iter().map(category).collect::<Vec<_>>().join("; ")),
            purposes: recipient
                .purposes
                .iter()
                .map(|name| title(policy, name, language))
                .collect::<Vec<_>>()
                .join("; "),
            keeps: recipient.retention.of(language).to_owned(),
            transfer: recipient
                .transfer
                .as_ref()
                .map_or_else(String::new, |text| text.of(language).to_owned()),
        }
    }
}

/// The title of a purpose; its bare name when the policy does not have it any more.
fn title(policy: &Policy, name: &str, language: Language) -> String {
    policy.purpose(name).map_or_else(|| name.to_owned(), |purpose| purpose.title.of(language).to_owned())
}

/// A contact that was made, or was to be.
struct Actual {
    at: Timestamp,
    about: Text,
    recipient: String,
    purpose: String,
    fields: String,
    outcome: words::Badge,
}

impl Actual {
    fn of(t: T, policy: &Policy, you: SubjectId, row: &ContactRow) -> Self {
        let recipient = match policy.recipient(&row.recipient) {
            Some(recipient) => recipient.name.clone(),
            None if row.recipient.is_empty() => t.panel_recipients_unregistered().into_owned(),
            None => row.recipient.clone(),
        };
        // A key of Fluent holds no dot.
        let field = |name: &String| t.panel_sent(name.replace('.', "-")).into_owned();
        Self {
            at: row.started_at,
            about: if row.subject == Some(you) {
                t.panel_recipients_about_you()
            } else {
                t.panel_recipients_about_customer()
            },
            recipient,
            purpose: title(policy, &row.purpose, t.language()),
            fields: row
                .fields
                .iter()
                .filter(|name| !name.is_empty())
                .map(field)
                .collect::<Vec<_>>()
                .join(", "),
            outcome: words::outcome(t, row.state),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/panel/recipients.html")]
struct Show {
    t: T,
    page: Page,
    declared: Vec<Declared>,
    had: Vec<Had>,
    actual: Vec<Actual>,
    is_cut: bool,
}

/// The contacts about the customer and about the person who looks, the latest first.
async fn contacts(t: T, state: &State, acting: &Acting) -> Result<Vec<Actual>, PageError> {
    let office = &state.office;
    let you = acting.session.subject;
    let customer = customers::customer(office, acting.customer).await?.subject;
    let mut rows = Vec::new();
    for subject in [customer, you] {
        let found = contacts_of_subject(&office.store, subject, CSV_ROWS_MAX).await;
        rows.extend(found.map_err(PageError::internal)?);
    }
    rows.sort_by_key(|row| Reverse(row.started_at));
    let policy = office.policy();
    Ok(rows.iter().map(|row| Actual::of(t, &policy, you, row)).collect())
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let policy = state.office.policy();
    let had = disclosures::had(t, &state, &acting).await?;
    let declared = policy
        .recipients()
        .iter()
        .filter(|recipient| {
            let used = |name: &String| PURPOSES_IN_USE.contains(&name.as_str());
            recipient.purposes.iter().any(used) || had.iter().any(|one| one.supplier == recipient.name)
        })
        .map(|recipient| Declared::of(t, &policy, recipient))
        .collect();
    let mut actual = contacts(t, &state, &acting).await?;
    let is_cut = actual.len() > SHOWN_MAX;
    actual.truncate(SHOWN_MAX);
    ok(&Show { t, page: page(&visit, t.panel_recipients()), declared, had, actual, is_cut })
}

async fn csv(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let heads = [
        t.panel_recipients_when(),
        t.panel_recipients_about(),
        t.panel_recipients_name(),
        t.panel_recipients_purpose(),
        t.panel_recipients_fields(),
        t.panel_recipients_outcome(),
    ];
    let rows = contacts(t, &state, &acting).await?.into_iter().map(|row| {
        let outcome = row.outcome.1.into_owned();
        vec![row.at.rfc3339(), row.about.into_owned(), row.recipient, row.purpose, row.fields, outcome]
    });
    Ok(csv_file("recipients", &heads.each_ref().map(AsRef::as_ref), rows))
}
