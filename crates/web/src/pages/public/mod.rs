//! Pages for everyone.

use crate::access::Access;
use crate::routes::Routes;
use crate::state::State;

/// Registers them.
pub(super) fn register(routes: &mut Routes<State>) {
    let _ = (routes, Access::PUBLIC);
}
