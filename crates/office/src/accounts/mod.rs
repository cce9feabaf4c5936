//! Accounts: logins and their passwords, second factors, sessions, links in mails, members of a
//! customer, staff, and the counting of attempts.
//!
//! Invariants
//! - Of a session, a link or a recovery code only a hash is stored; each link and code works once.
//! - Whether an address has a login is told to nobody who is not that login, a fellow member or staff:
//!   neither in words nor in work done.
//! - Staff without a confirmed second factor can do nothing but enrol one.
//! - Every customer that had an owner keeps one, and there is always an admin.
//! - Failed sign-ins leave counts under keyed hashes, never a name or address.

mod attempts;
mod email;
mod invitations;
mod links;
mod logins;
mod members;
mod model;
mod passwords;
mod recovery;
mod second_factor;
mod sessions;
mod sign_in;
mod staff;
mod store;
mod texts;

#[cfg(test)]
mod tests;

pub use attempts::{Limit, count_attempt};
pub use email::{confirm_email_change, request_email_change};
pub use invitations::{
    Invitation, NewMember, PendingInvitation, accept_invitation, invitation, invite, pending_invitations,
    withdraw_invitation,
};
pub use links::sweep;
pub(crate) use links::{LinkKind, NewLink, peek_link};
pub(crate) use logins::{NewLogin, insert_many, logins_of_addresses};
pub use logins::{
    change_password, clear_email_index, fill_email_index, login, login_by_email, login_of_subject,
    rebuild_email_index, rename, set_language, set_password,
};
pub use members::{
    Member, change_role, customers_of_login, logins_of_customer, memberships, remove_member, role_of,
};
pub(crate) use members::{Membership, insert_memberships, logins_only_of, release_customer};
pub use model::{
    ClientInfo, FRESH_SECONDS, Login, LoginId, Officer, Role, Session, SessionId, SessionSummary, StaffRole,
    Stage, Token,
};
pub use passwords::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, check_new};
pub use recovery::{recover, recovery_is_open, request_recovery};
pub use second_factor::{
    Enrolment, begin_enrolment, code_at, codes_left, confirm_enrolment, disable_second_factor,
    enrol_outright, renew_recovery_codes, reset_second_factor, reset_second_factor_by,
};
pub use sessions::{act_for, authenticate, end_other_sessions, end_session, sessions, sign_out};
pub use sign_in::{Proof, SignedIn, give_second_factor, reauthenticate, sign_in};
pub use staff::{NewStaff, StaffAdded, add_staff, change_staff, disable_login, enable_login, staff};
pub use store::TABLES;
