//! Content grants: customers answer and see each look; staff ask, and say so before they look.

mod panel;
mod staff;

pub(super) use panel::{PATH as PANEL_PATH, register as register_panel};
pub(super) use staff::{PATH as STAFF_PATH, register as register_staff};

use crate::error::PageError;
use crate::pages::sales::Badge;
use crate::state::State;
use crate::text::{T, Text};
use base::Timestamp;
use office::content_grants::{
    self, ContentSession, ContentSessionId, EndedBy, Grant, Scope, SessionState, Standing,
};
use office::services;

fn scope_words(t: T, scope: Scope) -> Text {
    match scope {
        Scope::Files => t.content_scope_files(),
        Scope::Databases => t.content_scope_databases(),
        Scope::Mail => t.content_scope_mail(),
        Scope::Backups => t.content_scope_backups(),
        Scope::Server => t.content_scope_server(),
    }
}

fn standing_badge(t: T, standing: Standing) -> Badge {
    match standing {
        Standing::Asked(_) => ("warn", t.content_standing_asked()),
        Standing::InForce(_) => ("danger", t.content_standing_given()),
        Standing::Refused => ("muted", t.content_standing_refused()),
        Standing::Ended(EndedBy::Time) => ("muted", t.content_standing_time()),
        Standing::Ended(EndedBy::Customer) => ("muted", t.content_standing_customer()),
        Standing::Ended(EndedBy::Staff) => ("muted", t.content_standing_staff()),
    }
}

/// What a grant is about, in words.
fn what(t: T, grant: &Grant) -> String {
    grant.scopes.iter().map(|scope| scope_words(t, scope).into_owned()).collect::<Vec<_>>().join(", ")
}

/// The name of the service that a grant is about.
async fn service_words(t: T, state: &State, grant: &Grant) -> Result<String, PageError> {
    let Some(id) = grant.service else { return Ok(t.content_all_services().into_owned()) };
    let label = services::service(&state.office, id).await?.label;
    Ok(label.map_or_else(|| id.to_string(), |label| label.expose().clone()))
}

/// A grant in a list.
struct Row {
    href: String,
    asked_at: Timestamp,
    what: String,
    standing: Badge,
    until: Option<Timestamp>,
}

impl Row {
    fn of(t: T, path: &str, grant: &Grant, now: Timestamp) -> Self {
        let standing = grant.standing(now);
        Self {
            href: format!("{path}/{}", grant.id),
            asked_at: grant.asked_at,
            what: what(t, grant),
            standing: standing_badge(t, standing),
            until: match standing {
                Standing::InForce(until) => Some(until),
                _ => grant.ended_at,
            },
        }
    }
}

/// A look in a list.
struct Look {
    id: ContentSessionId,
    scope: Text,
    at: Timestamp,
    ended: Option<Timestamp>,
    purpose: String,
    report: Option<String>,
}

impl Look {
    fn of(t: T, look: &ContentSession, now: Timestamp) -> Self {
        Self {
            id: look.id,
            scope: scope_words(t, look.scope),
            at: look.opened_at,
            ended: match look.state(now) {
                SessionState::Open(_) => None,
                SessionState::Ended(at) => Some(at),
            },
            purpose: look.purpose.expose().clone(),
            report: look.report.as_ref().map(|report| report.expose().clone()),
        }
    }
}

async fn looks(state: &State, grant: &Grant) -> Result<Vec<ContentSession>, PageError> {
    Ok(content_grants::sessions(&state.office, grant.id).await?)
}
