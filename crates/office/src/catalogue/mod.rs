//! What is sold, in which plans, for how much.
//!
//! A product has plans; a plan has limits, options and prices per term. Nothing here is personal data.
//!
//! Invariants: the prices of one plan, option and term never overlap; a price that holds, or held, is
//! never changed: another follows it; a change of what somebody else changed first is refused by its
//! revision.

mod defaults;
mod form;
mod ids;
mod model;
mod service;
mod store;
mod vat;

#[cfg(test)]
mod tests;

pub use defaults::fill as fill_defaults;
pub use form::{CodeForm, OptionForm, PlanForm, PriceForm, ProductForm};
pub use ids::{CodeId, OptionId, PlanId, PriceId, ProductId};
pub use model::{
    Catalogue, Discount, DiscountCode, Limit, Limits, Measure, Plan, PlanOption, Price, Product, ProductKind,
    Unit, Visibility, Wording,
};
pub use service::{Saved, load, save_code, save_option, save_plan, save_product, set_price};
pub use store::TABLES;
pub(crate) use store::use_code;
pub use vat::Vat;
