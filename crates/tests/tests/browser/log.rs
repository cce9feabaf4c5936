//! The pages of the sealed traffic log and its releases.

use super::look::{Stop, at, page};
use office::incidents::{self, IncidentFilter};
use office::releases::{self, NewAsk, On, Wanted};
use office::seal::{self, RosterState};
use office::traffic_log;
use tests::harness::Site;
use waarborg::commands::demo;

/// A customer's page of what is kept.
pub(super) fn panel() -> Vec<Stop> {
    vec![page("/panel/traffic")]
}

/// Officers, a machine and a release that somebody asked for.
pub(super) async fn staff(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let admin = demo::log::session(&site.app, demo::log::ADMIN).await.expect("a member of staff");
    // The ceremony that was looked at before this one does not end.
    for roster in seal::rosters(office).await.unwrap() {
        if roster.state == RosterState::Running {
            seal::stop(office, &admin, roster.id).await.unwrap();
        }
    }
    demo::log::make(&site.app, &site.home()).await.expect("officers and a machine");
    let (open, _) = incidents::page(office, IncidentFilter::default(), 0, 1).await.unwrap();
    let sites = traffic_log::site_list(office).await.unwrap();
    let today = office.now().day();
    let asked = NewAsk {
        on: On::Incident(open.first().expect("an open incident").incident.id),
        wanted: Wanted::Sites(sites.values().take(2).copied().collect()),
        first: base::Day::from_number(today.number() - 1),
        last: today,
        reason: "Wie kwam er binnen?".into(),
        hours: 24,
    };
    let id = releases::ask(office, &admin, &asked).await.expect("asked");
    vec![
        page("/staff/log"),
        page("/staff/releases"),
        at("/staff/releases", "/staff/releases?state=open"),
        page("/staff/releases/new"),
        at("/staff/releases/{id}", format!("/staff/releases/{id}")),
    ]
}
