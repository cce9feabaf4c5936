//! The pages of the product, a folder per audience; each registers its own routes.

use crate::routes::Routes;
use crate::state::State;

mod auth;
mod public;

/// Registers every page.
pub fn register(routes: &mut Routes<State>) {
    public::register(routes);
    auth::register(routes);
}
