//! The contracts with customers.
//!
//! An agreement is concluded when an order is accepted, and dissolved with its last service. A customer
//! whose last agreement is dissolved is a former customer from that moment, and the term of the account
//! data begins to run (P01).

mod model;
mod service;
mod store;

pub use model::{Agreement, AgreementId};
pub use service::agreements_of;
pub(crate) use service::{dissolve_for_erasure, prepare_dissolution};
pub use store::TABLES;
pub(crate) use store::{NewAgreement, insert};
