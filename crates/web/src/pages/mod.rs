//! The pages of the product, a folder per audience; each registers its own routes.

use crate::routes::Routes;
use crate::state::State;

mod auth;
mod content;
mod leaks;
mod panel;
mod public;
mod sales;
mod sheet;
mod staff;
mod suppliers;

pub use staff::Imports;

/// Registers every page.
pub fn register(routes: &mut Routes<State>) {
    public::register(routes);
    auth::register(routes);
    panel::register(routes);
    staff::register(routes);
    // One's own login comes last in each navigation.
    auth::register_nav(routes);
}
