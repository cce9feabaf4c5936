//! The staff panel: the work queue, customers, messages, requests, promises, the policy, the ledger,
//! imports, staff and the health of the system.
//!
//! Who may what: support and privacy see customers, messages and requests; privacy decides requests
//! and puts a policy in force; auditors see promises, policy, ledger, contacts outward and health,
//! and on those pages nobody is named to them; an admin may do everything.
//!
//! Searching is a form that is posted: what somebody searches for is a name or an address, and does
//! not belong in addresses and logs.

mod agreements;
mod billing;
mod catalogue;
mod catalogue_forms;
mod customer;
mod customers;
mod decisions;
mod erase;
mod health;
mod identity;
mod imports;
mod invoices;
mod ledger;
mod log_alarms;
mod mail_templates;
mod messages;
mod open;
mod orders;
mod outbound;
mod payment_new;
mod payments;
mod policy;
mod promises;
mod queue;
mod receivables;
mod releases;
mod requests;
mod seal;
mod seal_rosters;
mod search;
mod services;
mod suppliers;
mod team;
#[cfg(test)]
mod tests;
mod traffic_log;
mod view;
mod withdrawals;
mod words;

pub use imports::Imports;

use crate::access::Access;
use crate::page::Page;
use crate::routes::{Routes, Section};
use crate::session::StaffRole;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;

/// Who helps customers.
const DESK: Access = Access::staff(&[StaffRole::Support, StaffRole::Privacy, StaffRole::Admin]);
/// Who decides about rights.
const PRIVACY_ROLES: &[StaffRole] = &[StaffRole::Privacy, StaffRole::Admin];
const PRIVACY: Access = Access::staff(PRIVACY_ROLES);
/// Who looks whether what is promised is done.
const AUDIT_ROLES: &[StaffRole] = &[StaffRole::Privacy, StaffRole::Auditor, StaffRole::Admin];
const AUDIT: Access = Access::staff(AUDIT_ROLES);
/// Who sees how the system fares.
const HEALTH_ROLES: &[StaffRole] = &[StaffRole::Auditor, StaffRole::Admin];
const HEALTH: Access = Access::staff(HEALTH_ROLES);
/// Who helps customers, as a list.
const DESK_ROLES: &[StaffRole] = &[StaffRole::Support, StaffRole::Privacy, StaffRole::Admin];
/// Who decides about staff, imports and jobs.
const ADMIN_ROLES: &[StaffRole] = &[StaffRole::Admin];
const ADMIN: Access = Access::staff(ADMIN_ROLES);

/// Registers them.
pub(super) fn register(routes: &mut Routes<State>) {
    queue::register(routes);
    search::register(routes);
    customers::register(routes);
    customer::register(routes);
    messages::register(routes);
    invoices::register(routes);
    billing::register(routes);
    payments::register(routes);
    payment_new::register(routes);
    receivables::register(routes);
    mail_templates::register(routes);
    requests::register(routes);
    super::leaks::register_staff(routes);
    super::content::register_staff(routes);
    open::register(routes);
    orders::register(routes);
    services::register(routes);
    catalogue::register(routes);
    catalogue_forms::register(routes);
    identity::register(routes);
    decisions::register(routes);
    erase::register(routes);
    promises::register(routes);
    agreements::register(routes);
    policy::register(routes);
    seal::register(routes);
    seal_rosters::register(routes);
    ledger::register(routes);
    traffic_log::register(routes);
    releases::register(routes);
    outbound::register(routes);
    suppliers::register(routes);
    withdrawals::register(routes);
    imports::register(routes);
    team::register(routes);
    health::register(routes);
    routes
        .nav(Section::Staff, "/staff", "list-todo", T::staff_nav_queue)
        .nav(Section::Staff, "/staff/search", "search", T::staff_nav_search)
        .nav(Section::Staff, "/staff/customers", "users", T::staff_nav_customers)
        .nav(Section::Staff, "/staff/orders", "receipt", T::staff_nav_orders)
        .nav(Section::Staff, "/staff/tasks", "list-checks", T::staff_nav_tasks)
        .nav(Section::Staff, catalogue::PATH, "package", T::staff_nav_catalogue)
        .nav(Section::Staff, "/staff/invoices", "file-text", T::bill_nav_invoices)
        .nav(Section::Staff, "/staff/billing", "list-checks", T::bill_nav_billing)
        .nav(Section::Staff, "/staff/payments", "arrow-up-down", T::bill_nav_payments)
        .nav(Section::Staff, "/staff/receivables", "activity", T::bill_nav_receivables)
        .nav(Section::Staff, "/staff/mail-templates", "mail", T::bill_nav_templates)
        .nav(Section::Staff, "/staff/messages", "message-square", T::staff_nav_messages)
        .nav(Section::Staff, "/staff/requests", "scale", T::staff_nav_requests)
        .nav(Section::Staff, super::content::STAFF_PATH, "eye", T::content_title)
        .nav(Section::Staff, agreements::PATH, "file-check", T::staff_agreements)
        .nav(Section::Staff, "/staff/promises", "handshake", T::staff_nav_promises)
        .nav(Section::Staff, "/staff/policy", "file-text", T::staff_nav_policy)
        .nav(Section::Staff, traffic_log::PATH, "lock", T::traffic_nav)
        .nav(Section::Staff, seal::PATH, "key-round", T::seal_nav)
        .nav(Section::Staff, "/staff/ledger", "scroll-text", T::staff_nav_ledger)
        .nav(Section::Staff, suppliers::PATH, "network", T::staff_suppliers)
        .nav(Section::Staff, withdrawals::PATH, "history", T::staff_withdrawals)
        .nav(Section::Staff, "/staff/outbound", "external-link", T::staff_nav_outbound)
        .nav(Section::Staff, "/staff/imports", "import", T::staff_nav_imports)
        .nav(Section::Staff, "/staff/team", "briefcase", T::staff_nav_team)
        .nav(Section::Staff, "/staff/health", "activity", T::staff_nav_health);
}

/// Whether whoever visits has one of the roles.
fn has(visit: &Visit, roles: &[StaffRole]) -> bool {
    visit.session().is_some_and(|session| session.staff.iter().any(|role| roles.contains(role)))
}

/// A page of the staff panel, with the work queue as its first step.
fn page(visit: &Visit, title: impl Into<Text>) -> Page {
    visit.page(Section::Staff, title.into()).crumb("/staff", visit.t().staff_nav_queue())
}
