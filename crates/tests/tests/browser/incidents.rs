//! The pages of leaks: cases and lawful orders for staff, reports for customers.

use super::look::{Looker, Stop, at, page};
use super::visits::{BY, FENNA, customer_of};
use office::incidents::{
    self, Effects, Facts, Field, IncidentFilter, IncidentRole, LeakFilter, NewIncident, NewLawfulOrder,
    Regime, Scope, Texts, Times, Which,
};
use tests::harness::{Site, Visitor};

pub(super) async fn panel(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let filter = LeakFilter { customer: Some(customer_of(office, FENNA).await), ..LeakFilter::default() };
    let report = incidents::leaks(office, filter, 0, 1).await.unwrap().0.remove(0).id;
    let report = format!("/panel/leaks/{report}");
    vec![
        page("/panel/leaks"),
        page("/panel/leaks/new"),
        at("/panel/leaks/{id}", report.clone()),
        at("/panel/leaks/{id}/texts", format!("{report}/texts")),
        at("/panel/leaks/{id}/notified", format!("{report}/notified")),
    ]
}

/// A report with mistakes, and one to check.
pub(super) async fn reporting(looker: &mut Looker<'_>, site: &Site, who: &Visitor) {
    looker.be(who).await;
    looker.browser.open(&format!("{}/panel/leaks/new", site.url)).await;
    looker.browser.send("/panel/leaks/new").await;
    looker.look_here("a leak with mistakes", 422).await;
    looker.browser.fill("summary", "Een lijst met adressen stond open.").await;
    looker.browser.choose("guide_personal", "yes").await;
    looker.browser.choose("guide_effects", "confidentiality").await;
    looker.browser.choose("guide_risk", "risk").await;
    looker.browser.send("/panel/leaks/new").await;
    looker.look_here("a leak to check", 200).await;
}

pub(super) async fn staff(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let discovered_at = office.now().plus_seconds(-7_200);
    let times = Times { occurred_from: None, occurred_until: None, ongoing: true, discovered_at };
    let facts = Facts {
        effects: Effects { confidentiality: true, integrity: true, availability: false },
        role: IncidentRole::Controller,
        regime: Regime::Both,
        times,
    };
    let mut texts = Texts::default();
    texts.write([(Field::Title, "Inbraak op een webserver")]).unwrap();
    let suspected = incidents::open(office, BY, &NewIncident { facts, texts: texts.clone() }).await.unwrap();
    let case = incidents::open(office, BY, &NewIncident { facts, texts }).await.unwrap();
    let case = incidents::become_aware(office, BY, case.id, case.revision, discovered_at).await.unwrap();
    let scope = Scope { customers: vec![customer_of(office, FENNA).await], ..Scope::default() };
    let case = incidents::set_scope(office, BY, case.id, case.revision, scope).await.unwrap();
    let closed = IncidentFilter { which: Which::Closed, ..IncidentFilter::default() };
    let closed = incidents::page(office, closed, 0, 1).await.unwrap().0.remove(0).incident.id;
    let order = NewLawfulOrder {
        authority: "Rechtbank Proefstad".into(),
        reference: "RC-1".into(),
        given: "1-11-2026".into(),
        text: "Het verkeer van een site op een dag.".into(),
    };
    incidents::open_order(office, BY, &order).await.unwrap();
    let report = incidents::leaks(office, LeakFilter::default(), 0, 1).await.unwrap().0.remove(0).id;
    let base = format!("/staff/incidents/{}", case.id);
    let mut stops: Vec<Stop> = [
        "/staff/incidents",
        "/staff/incidents/new",
        "/staff/leaks",
        "/staff/lawful-orders",
        "/staff/lawful-orders/new",
    ]
    .map(page)
    .to_vec();
    stops.extend([
        at("/staff/incidents", "/staff/incidents?state=closed"),
        at("/staff/incidents/{id}", base.clone()),
        at("/staff/incidents/{id}", format!("/staff/incidents/{}", suspected.id)),
        at("/staff/incidents/{id}/{act}", format!("/staff/incidents/{}/aware", suspected.id)),
        at("/staff/incidents/{id}", format!("/staff/incidents/{closed}")),
        at("/staff/leaks/{id}", format!("/staff/leaks/{report}")),
    ]);
    let acts = [
        "facts",
        "scope",
        "decide",
        "people",
        "report",
        "late-authority",
        "notice",
        "tell",
        "postpone",
        "close",
        "texts-organisation",
        "texts-event",
        "texts-data",
        "texts-consequences",
        "texts-measures",
        "texts-told",
        "texts-elsewhere",
    ];
    stops.extend(acts.map(|act| at("/staff/incidents/{id}/{act}", format!("{base}/{act}"))));
    stops
}
