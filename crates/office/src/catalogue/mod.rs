//! What is sold, in which plans, for how much.

mod ids;
mod store;
mod vat;

pub use ids::{OptionId, PlanId, ProductId};
pub use store::TABLES;
pub use vat::Vat;
