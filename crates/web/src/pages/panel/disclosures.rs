//! What suppliers have of the customer, and what became of it: a part of "who has my data", and its file.

use super::{Acting, READER};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::pages::suppliers as words;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use base::Timestamp;
use office::suppliers::{self, Disclosure, WithdrawalState};

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/panel/disclosures.csv", READER, csv);
}

/// What one supplier has.
pub(super) struct Had {
    pub supplier: String,
    pub purpose: String,
    pub fields: String,
    pub since: Timestamp,
    pub state: words::Badge,
    /// What follows, in a sentence; may be empty.
    pub follows: Text,
}

impl Had {
    fn of(t: T, state: &State, one: &Disclosure) -> Self {
        let policy = state.office.policy();
        Self {
            supplier: words::name(&policy, &one.supplier),
            purpose: words::purpose(t, &policy, &one.purpose),
            fields: words::fields(t, &one.fields),
            since: one.given_at.unwrap_or(one.created_at),
            state: words::standing(t, one),
            follows: follows(t, one),
        }
    }
}

fn follows(t: T, one: &Disclosure) -> Text {
    let Some(withdrawal) = &one.withdrawal else { return Text::Borrowed("") };
    match (withdrawal.state, withdrawal.ground.zip(withdrawal.kept_until), withdrawal.ended_at) {
        (WithdrawalState::Kept, Some((ground, until)), _) => {
            t.panel_disclosures_kept(t.day(&until), words::ground(t, ground))
        }
        (WithdrawalState::Confirmed, _, Some(at)) => t.panel_disclosures_gone(t.date(at)),
        _ => t.panel_disclosures_answer_due(t.date(withdrawal.due_at)),
    }
}

/// All that suppliers have or had of the customer, the latest first.
pub(super) async fn had(t: T, state: &State, acting: &Acting) -> Result<Vec<Had>, PageError> {
    let all = suppliers::of_customer(&state.office, acting.customer).await?;
    Ok(all.iter().map(|one| Had::of(t, state, one)).collect())
}

async fn csv(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let heads = [
        t.panel_disclosures_since(),
        t.panel_recipients_name(),
        t.panel_recipients_purpose(),
        t.panel_recipients_fields(),
        t.panel_disclosures_state(),
    ];
    let rows = had(t, &state, &acting).await?.into_iter().map(|one| {
        let state = if one.follows.is_empty() {
            one.state.1.into_owned()
        } else {
            format!("{}. {}", one.state.1, one.follows)
        };
        vec![one.since.rfc3339(), one.supplier, one.purpose, one.fields, state]
    });
    Ok(csv_file("disclosures", &heads.each_ref().map(AsRef::as_ref), rows))
}
