//! What a customer asked for, before it binds, and what was accepted with it.
//!
//! The catalogue of the day says what an order costs; a form never does. An order that is accepted becomes
//! an agreement with its services in one transaction.
//!
//! Invariants: nothing is ordered without the terms, the responsibility clause (P09) and, where the
//! provider processes data for the customer, the processor agreement, each with its version and hash; an
//! order is accepted or cancelled once; a text that was accepted is kept for ever.

mod model;
mod quote;
mod service;
mod store;
mod terms_text;
mod texts;

#[cfg(test)]
pub(crate) mod tests;

pub use model::{AcceptanceKind, Accepted, EarlyStart, LineForm, Order, OrderId, OrderLine, OrderState};
pub use quote::{Quote, QuotedLine, TermPrice, price_of, quote};
pub use service::{
    NewOrder, Placed, accept, beginnings, cancel, count, label_of, order, orders, orders_of, place, treatment,
};
pub use store::{OrderFilter, TABLES};
pub use terms_text::{
    CurrentTerms, TermsForm, TermsKind, TermsVersion, current, default_form, fill_defaults, publish, versions,
};
