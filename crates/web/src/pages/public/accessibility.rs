//! The accessibility statement.

use crate::error::PageResult;
use crate::page::{Page, ok};
use crate::routes::Section;
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;

#[derive(Template)]
#[template(path = "pages/public/accessibility.html")]
struct Accessibility {
    t: T,
    page: Page,
    provider: String,
}

pub(super) async fn show(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let provider = state.office.policy().provider().name.clone();
    ok(&Accessibility { t, page: visit.page(Section::Public, t.accessibility_title()), provider })
}
