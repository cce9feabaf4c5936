//! Customers: persons and organisations with an agreement.
//!
//! Contact data lives once, under the purpose `account`; what other purposes need they copy when
//! they use it. A customer has logins with roles (slice `accounts`). A customer whose import has
//! not finished is nobody's business yet: every query here leaves it out.

mod model;
mod names;
mod service;
mod store;
mod whose;

pub mod import;

pub use model::{
    Address, Customer, CustomerId, CustomerKind, CustomerNumber, Profile, ProfileForm, email, single_line,
};
pub use names::{Match, Names};
pub(crate) use service::open_many;
pub use service::{
    EXPORT_MAX, NewCustomer, Restriction, create, customer, customer_of_subject, export, id_of_number,
    load_names, page, refresh_names, replace_profile, search, set_restriction, summaries,
};
pub(crate) use service::{PreparedProfile, PreparedRestriction};
pub use store::{CustomerFilter, CustomerOrder, CustomerPage, CustomerSummary, TABLES, count};
pub(crate) use whose::{Owners, Whose};
