//! The pages about looking at the content of customers: asked, given, used, withdrawn.

use super::look::{Looker, Stop, at, page};
use super::visits::{FENNA, customer_of};
use office::accounts::{Role, Session};
use office::content_grants::{self, AskForm, GrantId, SessionForm};
use tests::harness::{Site, Visitor};
use waarborg::commands::demo;

async fn asked(site: &Site) -> GrantId {
    let office = &site.app.office;
    let admin = demo::log::session(&site.app, demo::log::ADMIN).await.expect("a member of staff");
    let form = AskForm {
        scopes: vec!["files".into(), "databases".into()],
        hours: "24".into(),
        reason: "Wij zoeken waarom uw winkel een fout geeft.".into(),
        ..AskForm::default()
    };
    content_grants::ask(office, &admin, customer_of(office, FENNA).await, &form).await.expect("asked")
}

/// A customer reads what is asked, allows it, sees that somebody looked, and takes it back.
pub(super) async fn answering(looker: &mut Looker<'_>, site: &Site, customer: &Visitor) {
    looker.walk(customer, &[page("/panel/content-access")]).await;
    let id = asked(site).await;
    let path = format!("/panel/content-access/{id}");
    looker
        .walk(customer, &[page("/panel/content-access"), at("/panel/content-access/{id}", path.clone())])
        .await;
    looker.be(customer).await;
    looker.browser.open(&format!("{}{path}", site.url)).await;
    looker.browser.fill("hours", "25").await;
    looker.browser.press("main form[action$=\"/give\"] button").await;
    looker.look_here("a grant for longer than was asked", 422).await;
    looker.browser.fill("hours", "2").await;
    looker.browser.press("main form[action$=\"/give\"] button").await;
    looker.look_here("a grant in force", 200).await;
    let admin = demo::log::session(&site.app, demo::log::ADMIN).await.expect("a member of staff");
    let look = SessionForm { scope: "files".into(), purpose: "Het foutenlogboek lezen".into() };
    content_grants::open_session(&site.app.office, &admin, id, &look).await.expect("looked");
    looker.browser.open(&format!("{}{path}", site.url)).await;
    assert!(looker.browser.text("main").await.contains("Het foutenlogboek lezen"), "each look is shown");
    looker.look_here("a look that goes on", 200).await;
    looker.browser.press("main form[action$=\"/end\"] button").await;
    looker.look_here("a grant that was withdrawn", 200).await;
    let again = content_grants::open_session(&site.app.office, &admin, id, &look).await;
    assert!(again.is_err(), "nobody looks under a grant that was withdrawn");
    // One to refuse.
    let id = asked(site).await;
    looker.browser.open(&format!("{}/panel/content-access/{id}", site.url)).await;
    looker.browser.press("main form[action$=\"/refuse\"] button").await;
    looker.look_here("a grant that was refused", 200).await;
}

/// Staff ask, and say so before they look.
pub(super) async fn staff(site: &Site) -> Vec<Stop> {
    let customer = customer_of(&site.app.office, FENNA).await;
    let id = asked(site).await;
    vec![
        page("/staff/content-access"),
        at("/staff/content-access", "/staff/content-access?state=over"),
        at("/staff/content-access/{id}", format!("/staff/content-access/{id}")),
        at("/staff/customers/{id}/content-access", format!("/staff/customers/{customer}/content-access")),
    ]
}

/// The forms of staff, with mistakes and without.
pub(super) async fn looking(looker: &mut Looker<'_>, site: &Site, staff: &Visitor) {
    let office = &site.app.office;
    let customer = customer_of(office, FENNA).await;
    looker.be(staff).await;
    looker.browser.open(&format!("{}/staff/customers/{customer}/content-access", site.url)).await;
    looker.browser.press("main form[action$=\"/content-access\"] button[type=submit]").await;
    looker.look_here("a question without a reason", 422).await;
    looker.browser.choose("scopes", "files").await;
    looker.browser.fill("reason", "Wij zoeken een fout.").await;
    looker.browser.press("main form[action$=\"/content-access\"] button[type=submit]").await;
    looker.look_here("a question that waits", 200).await;
    let path = looker.browser.path().await;
    let id: GrantId = path.rsplit('/').next().unwrap().parse().expect("the id of a grant");
    let owner = demo::log::session(&site.app, FENNA).await.expect("the owner");
    let owner = Session { staff: None, acting_for: Some((customer, Role::Owner)), ..owner };
    content_grants::answer(office, &owner, id, content_grants::Answer::Give { hours: 1 })
        .await
        .expect("given");
    looker.browser.open(&format!("{}{path}", site.url)).await;
    looker.look_here("a grant in force, to staff", 200).await;
    looker.browser.press("main form[action$=\"/looks\"] button[type=submit]").await;
    looker.look_here("a look without a purpose", 422).await;
    looker.browser.choose("scope", "files").await;
    looker.browser.fill("purpose", "Het foutenlogboek lezen").await;
    looker.browser.press("main form[action$=\"/looks\"] button[type=submit]").await;
    looker.look_here("a look that was begun", 200).await;
    looker.browser.fill("report", "Een regel in de instellingen hersteld.").await;
    looker.browser.press("main form[action*=\"/looks/\"] button[type=submit]").await;
    looker.look_here("a look that was told of", 200).await;
}
