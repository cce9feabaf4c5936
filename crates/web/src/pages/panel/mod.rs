//! The customer panel: what somebody sees and does who acts for a customer.
//!
//! Invariants: the customer comes from the session, never from the address, and every record is asked
//! for as that customer's, so that another customer's is not found. Readers see, managers change
//! details and write messages, owners also decide on logins, rights and erasure; the routes declare
//! it and the office asks again.

mod agreements;
mod choose;
mod data;
mod disclosures;
mod erasure;
mod history;
mod invoices;
mod logins;
mod messages;
mod overview;
mod profile;
mod recipients;
mod requests;
mod rights;
mod services;
#[cfg(test)]
mod tests;
mod traffic;
mod words;

use crate::access::Access;
use crate::error::PageError;
use crate::page::Page;
use crate::routes::{Routes, Section};
use crate::session::CustomerRole;
use crate::state::{Me, State};
use crate::text::{T, Text};
use crate::visit::Visit;
use axum::extract::FromRequestParts;
use http::request::Parts;
use office::accounts::{Role, Session};
use office::customers::CustomerId;

/// Who sees.
const READER: Access = Access::customer(CustomerRole::Reader);
/// Who changes details and writes.
const MANAGER: Access = Access::customer(CustomerRole::Manager);
/// Who decides on logins, rights and erasure.
const OWNER: Access = Access::customer(CustomerRole::Owner);

/// Registers the panel.
pub(super) fn register(routes: &mut Routes<State>) {
    overview::register(routes);
    choose::register(routes);
    profile::register(routes);
    services::register(routes);
    messages::register(routes);
    rights::register(routes);
    erasure::register(routes);
    requests::register(routes);
    data::register(routes);
    recipients::register(routes);
    disclosures::register(routes);
    agreements::register(routes);
    history::register(routes);
    invoices::register(routes);
    traffic::register(routes);
    logins::register(routes);
    super::leaks::register_panel(routes);
    super::content::register_panel(routes);
    routes
        .nav(Section::Panel, overview::PATH, "layout-dashboard", T::panel_nav_overview)
        .nav(Section::Panel, services::PATH, "server", T::panel_nav_services)
        .nav(Section::Panel, profile::PATH, "user", T::panel_nav_profile)
        .nav(Section::Panel, invoices::PATH, "file-text", T::bill_nav_invoices)
        .nav(Section::Panel, messages::PATH, "message-square", T::panel_nav_messages)
        .nav(Section::Panel, rights::PATH, "scale", T::panel_nav_rights)
        .nav(Section::Panel, requests::PATH, "list-checks", T::panel_requests)
        .nav(Section::Panel, data::PATH, "database", T::panel_nav_data)
        .nav(Section::Panel, recipients::PATH, "network", T::panel_nav_recipients)
        .nav(Section::Panel, traffic::PATH, "lock", T::panel_traffic)
        .nav(Section::Panel, super::content::PANEL_PATH, "eye", T::content_nav)
        .nav(Section::Panel, agreements::PATH, "file-check", T::agreement)
        .nav(Section::Panel, history::PATH, "history", T::panel_nav_history)
        .nav(Section::Panel, logins::PATH, "users", T::panel_nav_logins);
}

/// Somebody who acts for a customer.
#[derive(Debug, Clone, Copy)]
struct Acting {
    /// Who.
    session: Session,
    /// For whom.
    customer: CustomerId,
    /// As what.
    role: Role,
}

impl FromRequestParts<State> for Acting {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, PageError> {
        let me = Me::from_request_parts(parts, state).await?;
        let (customer, role) = me.session.acting_for.ok_or(PageError::Forbidden)?;
        Ok(Self { session: me.session, customer, role })
    }
}

impl Acting {
    /// Whether details may be changed and messages written.
    fn is_manager(&self) -> bool {
        self.role >= Role::Manager
    }

    /// Whether logins, rights and erasure may be decided on.
    fn is_owner(&self) -> bool {
        self.role >= Role::Owner
    }
}

/// A page of the panel below the overview.
fn page(visit: &Visit, title: Text) -> Page {
    visit.page(Section::Panel, title).crumb(overview::PATH, visit.t().panel_nav_overview())
}

/// What somebody wrote, as paragraphs of lines: the templates put the breaks in.
fn paragraphs(text: &str) -> Vec<Vec<String>> {
    text.split("\n\n")
        .map(|paragraph| paragraph.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|lines| lines.iter().any(|line| !line.trim().is_empty()))
        .collect()
}

/// The same with a capital in front: the policy writes terms and grounds as parts of sentences.
fn capital(text: &str) -> String {
    // "één" becomes "Eén": the capital loses its accent in Dutch.
    if let Some(rest) = text.strip_prefix("éé") {
        return format!("Eé{rest}");
    }
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
