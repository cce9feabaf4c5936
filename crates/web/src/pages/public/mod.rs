//! Pages for everyone: what the provider offers, contact, the privacy statement, the promises with
//! today's verdicts, the ledger's public files, receipts, and what programs ask of a site.

use crate::access::Access;
use crate::routes::{Routes, Section};
use crate::session::StaffRole;
use crate::state::State;
use crate::text::T;

mod accessibility;
mod basket;
mod contact;
mod home;
mod ledger;
mod order;
mod order_pages;
mod privacy;
mod promises;
mod receipt;
mod shop;
mod site;
#[cfg(test)]
mod tests;

/// Registers them.
pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/", Access::PUBLIC, home::show)
        .get("/contact", Access::PUBLIC, contact::show)
        .post("/contact", Access::PUBLIC, contact::send)
        .get("/contact/sent", Access::PUBLIC, contact::sent)
        .get("/privacy", Access::PUBLIC, privacy::show)
        .get("/privacy/{version}", Access::PUBLIC, privacy::version)
        .get("/privacy/text", Access::PUBLIC, privacy::text)
        .get("/privacy/{version}/text", Access::PUBLIC, privacy::version_text)
        .get("/promises", Access::PUBLIC, promises::list)
        .get("/promises.json", Access::PUBLIC, promises::json)
        .get("/promises/{id}", Access::PUBLIC, promises::one)
        .get("/promises/{id}/evidence.json", Access::PUBLIC, promises::evidence)
        .get("/accessibility", Access::PUBLIC, accessibility::show)
        .get("/receipt/{token}", Access::PUBLIC, receipt::show)
        .get("/receipt/{token}/file", Access::PUBLIC, receipt::file)
        .get("/ledger/checkpoint", Access::PUBLIC, ledger::checkpoint)
        .get("/ledger/key", Access::PUBLIC, ledger::key)
        .get("/ledger/tile/{*name}", Access::PUBLIC, ledger::tile)
        .get(
            "/ledger/tile/entries/{*name}",
            Access::staff(&[StaffRole::Auditor, StaffRole::Privacy, StaffRole::Admin]),
            ledger::entries,
        )
        .get("/robots.txt", Access::PUBLIC, site::robots)
        .get("/.well-known/security.txt", Access::PUBLIC, site::security)
        .get("/healthz", Access::PUBLIC, site::health)
        .get("/metrics", Access::PUBLIC, site::metrics);
    shop::register(routes);
    routes.nav(Section::Public, "/products", "package", T::sales_nav);
    for (path, icon, label) in [
        ("/promises", "shield-check", T::promises_nav as fn(&T) -> _),
        ("/privacy", "file-text", T::privacy_nav),
        ("/contact", "mail", T::contact_nav),
    ] {
        routes.nav(Section::Public, path, icon, label).nav(Section::Footer, path, icon, label);
    }
    routes.nav(Section::Footer, "/accessibility", "accessibility", T::accessibility_nav).nav(
        Section::Footer,
        "/.well-known/security.txt",
        "shield-alert",
        T::security_nav,
    );
}
