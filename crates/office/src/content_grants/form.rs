//! What staff type when they ask for a grant and when they look.

use super::TEXT_CHARS_MAX;
use super::model::{HOURS_MAX, Scope, Scopes};
use crate::form::{Problem, Problems};
use crate::incidents::IncidentId;
use crate::messages::text_block;
use crate::services::ServiceId;
use base::Sensitive;

/// The question for a grant, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskForm {
    /// The id of a service, or nothing for all of them.
    pub service: String,
    /// The words of the kinds of content.
    pub scopes: Vec<String>,
    /// For how many hours.
    pub hours: String,
    /// Why.
    pub reason: String,
    /// The id of a case of a leak, when that is the ground.
    pub incident: String,
}

/// A question that holds together.
pub(super) struct Ask {
    pub service: Option<ServiceId>,
    pub scopes: Scopes,
    pub hours: u32,
    pub reason: Sensitive<String>,
    pub incident: Option<IncidentId>,
}

/// Nothing, or an id.
fn id_or_nothing<I: core::str::FromStr>(text: &str) -> Result<Option<I>, Problem> {
    match text.trim() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Problem::Choice),
    }
}

pub(super) fn hours(text: &str, max: u32) -> Result<u32, Problem> {
    match text.trim() {
        "" => Err(Problem::Missing),
        number => number.parse().ok().filter(|hours| (1..=max).contains(hours)).ok_or(Problem::Number),
    }
}

impl AskForm {
    pub(super) fn parse(&self) -> Result<Ask, Problems> {
        let mut problems = Problems::new();
        let service = problems.take("service", id_or_nothing(&self.service));
        let scopes: Option<Vec<Scope>> = self.scopes.iter().map(|word| Scope::parse(word)).collect();
        let scopes = scopes.ok_or(Problem::Choice).and_then(|all| Scopes::new(all).ok_or(Problem::Missing));
        let scopes = problems.take("scopes", scopes);
        let hours = problems.take("hours", hours(&self.hours, HOURS_MAX));
        let reason = problems.take("reason", text_block(&self.reason, TEXT_CHARS_MAX));
        let incident = problems.take("incident", id_or_nothing(&self.incident));
        match (service, scopes, hours, reason, incident) {
            (Some(service), Some(scopes), Some(hours), Some(reason), Some(incident)) => {
                Ok(Ask { service, scopes, hours, reason: Sensitive::new(reason), incident })
            }
            _ => Err(problems),
        }
    }
}

/// A look, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionForm {
    /// The word of the kind of content.
    pub scope: String,
    /// What for.
    pub purpose: String,
}

impl SessionForm {
    pub(super) fn parse(&self) -> Result<(Scope, Sensitive<String>), Problems> {
        let mut problems = Problems::new();
        let scope = match self.scope.trim() {
            "" => Err(Problem::Missing),
            word => Scope::parse(word).ok_or(Problem::Choice),
        };
        let scope = problems.take("scope", scope);
        let purpose = problems.take("purpose", text_block(&self.purpose, TEXT_CHARS_MAX));
        match (scope, purpose) {
            (Some(scope), Some(purpose)) => Ok((scope, Sensitive::new(purpose))),
            _ => Err(problems),
        }
    }
}
