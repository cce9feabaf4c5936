//! Signing in and out, proving it again, recovering access, the links in our mails, and the security
//! of one's own login.

use crate::access::Access;
use crate::routes::{CONFIRM, Routes, SIGN_IN, SIGN_OUT, Section};
use crate::state::State;
use crate::text::T;

mod account;
mod enrol;
mod identity;
mod links;
mod package;
mod second_factor;
mod sign_in;
#[cfg(test)]
mod tests;

/// Registers them.
pub(super) fn register(routes: &mut Routes<State>) {
    let signed_in = Access::SIGNED_IN;
    routes
        .get(SIGN_IN, Access::PUBLIC, sign_in::show)
        .post(SIGN_IN, Access::PUBLIC, sign_in::send)
        .get("/sign-in/code", Access::PUBLIC, sign_in::show_code)
        .post("/sign-in/code", Access::PUBLIC, sign_in::send_code)
        .get("/sign-in/enrol", Access::PUBLIC, enrol::show)
        .post("/sign-in/enrol", Access::PUBLIC, enrol::begin)
        .post("/sign-in/enrol/code", Access::PUBLIC, enrol::confirm)
        .get(CONFIRM, signed_in, sign_in::show_confirm)
        .post(CONFIRM, signed_in, sign_in::send_confirm)
        .post(SIGN_OUT, Access::PUBLIC, sign_in::sign_out)
        .get("/recover", Access::PUBLIC, links::show_recover)
        .post("/recover", Access::PUBLIC, links::send_recover)
        .get("/recover/sent", Access::PUBLIC, links::recover_sent)
        .get("/recover/{token}", Access::PUBLIC, links::show_recovery)
        .post("/recover/{token}", Access::PUBLIC, links::send_recovery)
        .get("/invitation/{token}", Access::PUBLIC, links::show_invitation)
        .post("/invitation/{token}", Access::PUBLIC, links::accept_invitation)
        .get("/new-email/{token}", Access::PUBLIC, links::show_new_email)
        .post("/new-email/{token}", Access::PUBLIC, links::confirm_new_email)
        .get("/identity/{token}", Access::PUBLIC, identity::show)
        .post("/identity/{token}", Access::PUBLIC, identity::follow)
        .post("/identity/{token}/code", Access::PUBLIC, identity::code)
        .post("/identity/{token}/withdraw", Access::PUBLIC, identity::withdraw)
        .get("/package/{token}", Access::PUBLIC, package::show)
        .post("/package/{token}", Access::PUBLIC, package::download)
        .get("/account", signed_in, account::show)
        .get("/account/name", signed_in, account::show_name)
        .post("/account/name", signed_in, account::send_name)
        .get("/account/language", signed_in, account::show_language)
        .post("/account/language", signed_in, account::send_language)
        .get("/account/email", signed_in.fresh(), account::show_email)
        .post("/account/email", signed_in.fresh(), account::send_email)
        .get("/account/password", signed_in, account::show_password)
        .post("/account/password", signed_in, account::send_password)
        .post("/account/sessions/{id}/end", signed_in, account::end_session)
        .post("/account/sessions/end-others", signed_in, account::end_others)
        .get("/account/second-factor", signed_in.fresh(), second_factor::show)
        .post("/account/second-factor", signed_in.fresh(), second_factor::begin)
        .post("/account/second-factor/code", signed_in.fresh(), second_factor::confirm)
        .post("/account/second-factor/codes", signed_in.fresh(), second_factor::renew_codes)
        .get("/account/second-factor/remove", signed_in.fresh(), second_factor::show_remove)
        .post("/account/second-factor/remove", signed_in.fresh(), second_factor::remove);
}

/// The last entry of both side navigations: one's own login.
pub(super) fn register_nav(routes: &mut Routes<State>) {
    for section in [Section::Panel, Section::Staff] {
        routes.nav(section, "/account", "lock", T::account_nav);
    }
}
