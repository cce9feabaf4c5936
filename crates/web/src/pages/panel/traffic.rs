//! What is kept about traffic on a customer's sites, until when, and who opened it.

use super::{Acting, READER};
use crate::error::PageResult;
use crate::page::{Page, ok};
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::releases::{self, Ground};
use office::traffic_log;

pub(super) const PATH: &str = "/panel/traffic";

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, READER, show);
}

struct SiteRow {
    domain: String,
    since: String,
    last: String,
    until: String,
}

struct OpenedRow {
    at: Timestamp,
    domain: String,
    why: Text,
    days: String,
}

#[derive(Template)]
#[template(path = "pages/panel/traffic.html")]
struct ShowPage {
    t: T,
    page: Page,
    sites: Vec<SiteRow>,
    opened: Vec<OpenedRow>,
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let sites = traffic_log::of_customer(office, acting.customer).await?;
    let oldest = traffic_log::kept(office).await?.first;
    let term = office.policy().purpose("traffic").map(|purpose| purpose.retention.term);
    let row = |site: &traffic_log::LogSite| {
        // A day before the oldest that is kept is gone.
        let days = site.days.map(|(first, last)| (oldest.map_or(first, |oldest| oldest.max(first)), last));
        let days = days.filter(|(first, last)| first <= last);
        let nothing = || t.panel_traffic_nothing_yet().into_owned();
        SiteRow {
            domain: site.domain.expose().clone(),
            since: days.map_or_else(nothing, |(first, _)| t.day(&first)),
            last: days.map_or_else(String::new, |(_, last)| t.day(&last)),
            until: days
                .and_then(|(first, _)| term?.after(first).ok())
                .map_or_else(String::new, |day| t.day(&day)),
        }
    };
    let found = releases::of_customer(office, acting.customer).await?;
    let name = |id| {
        sites.iter().find(|site| site.id == id).map_or_else(String::new, |site| site.domain.expose().clone())
    };
    let opened = found.iter().filter_map(|(site, release)| {
        let (first, last) = release.days;
        Some(OpenedRow {
            at: release.opened_at?,
            domain: name(*site),
            why: match release.ground {
                Ground::Incident => t.release_ground_incident(),
                Ground::LawfulOrder => t.release_ground_order(),
            },
            days: if first == last {
                t.day(&first)
            } else {
                format!("{} – {}", t.day(&first), t.day(&last))
            },
        })
    });
    ok(&ShowPage {
        t,
        page: super::page(&visit, t.panel_traffic()),
        opened: opened.collect(),
        sites: sites.iter().map(row).collect(),
    })
}
