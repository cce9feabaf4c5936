//! The first page: what can be done here, and how the promises stand today.

use super::promises::Tally;
use crate::error::PageResult;
use crate::page::{Page, ok};
use crate::routes::Section;
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;

#[derive(Template)]
#[template(path = "pages/public/home.html")]
struct Home {
    t: T,
    page: Page,
    provider: String,
    tally: Option<Tally>,
}

pub(super) async fn show(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let provider = state.office.policy().provider().name.clone();
    let verdicts = office::promises::latest(&state.office, state.stale_after_seconds()).await?;
    ok(&Home {
        t,
        page: visit.page(Section::Public, t.home_title(&provider)),
        provider,
        tally: Tally::of(&verdicts),
    })
}
