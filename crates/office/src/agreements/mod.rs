//! The contracts with customers.

mod store;

pub use store::TABLES;

base::id_type!(
    /// The id of an agreement.
    AgreementId,
    "agreement"
);
