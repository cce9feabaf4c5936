//! Every page there is, as whoever may see it.

use super::log;
use super::look::{Looker, Stop, at, page};
use super::visits::{
    BY, FENNA, PASSWORD, customer_of, give_password, letter, login_of, number_of, post, send, sign_in,
};
use super::{content, incidents, seal, sold, suppliers};
use base::Language;
use office::Office;
use office::accounts::{self, NewMember, NewStaff, Officer, Role, StaffRole};
use office::customers::{CustomerFilter, CustomerId};
use office::processor_agreements::{self, IssueReason};
use office::requests::erasure::{self, Whom};
use office::requests::{self, RequestFilter, RequestId, RequestKind};
use policy::Policy;
use std::sync::Arc;
use tests::harness::{Site, Visitor};

#[tokio::test(flavor = "multi_thread")]
async fn pages_for_everyone() {
    let site = Site::start(12).await;
    let Some(mut looker) = Looker::new(&site).await else { return };
    let mut visitor = Visitor::new(&site.url);
    looker.style_sheets(&mut visitor).await;
    looker.walk(&visitor, &public(&site).await).await;
    looker.walk(&visitor, &signing_in()).await;
    looker.walk(&visitor, &sold::public()).await;
    sold::ordering(&mut looker, &site, &visitor).await;
    looker.walk(&visitor, &links(&site).await).await;
    let halfway = give_password(&site, FENNA, &site.login("customer").password).await;
    looker.walk(&halfway, &[page("/sign-in/code")]).await;
    let must_enrol = must_enrol(&site).await;
    looker.walk(&must_enrol, &[page("/sign-in/enrol")]).await;
    let customer = sign_in(&site, site.login("customer")).await;
    looker.walk(&customer, &[page("/"), page("/contact"), page("/sign-in/confirm")]).await;
    looker.walk(&customer, &[at("", "/staff").is(403), at("", "/panel/nergens").is(404)]).await;
    forms_that_fail(&mut looker, &site, &visitor).await;
    enrolling(&mut looker, &site, &must_enrol).await;
    following(&mut looker, &site).await;
    looker.finish(&[""]);
    site.stop().await;
}

async fn public(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let policy = office.policy().hash_hex();
    let erased =
        erasure::begin(office, BY, Whom::Customer(customer_of(office, "klant7@domein7.example").await), None);
    let token = erased.await.unwrap().token.expect("an address of the receipt");
    let receipt = format!("/receipt/{}", token.text().expose());
    let mut visitor = Visitor::new(&site.url);
    while !visitor.get(&receipt).await.is(200).text().contains("/file\"") {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let mut stops = vec![
        page("/"),
        page("/contact"),
        at("/contact", "/contact?topic=my_data&right=erasure"),
        at("/contact/sent", "/contact/sent?message=B100001"),
        at("/contact/sent", "/contact/sent?message=B100001&request=R100001"),
        page("/privacy"),
        at("/privacy/{version}", format!("/privacy/{policy}")),
        page("/promises"),
        page("/accessibility"),
        at("/receipt/{token}", receipt),
        at("/receipt/{token}", "/receipt/verlopen").is(404),
        at("", "/nergens").is(404),
    ];
    // What is kept, what is not built, and what no program can show look different.
    stops.extend(
        ["P01", "P02", "P12", "P13", "P15"].map(|id| at("/promises/{id}", format!("/promises/{id}"))),
    );
    stops
}

fn signing_in() -> [Stop; 4] {
    [page("/sign-in"), at("/sign-in", "/sign-in?next=%2Fpanel"), page("/recover"), page("/recover/sent")]
}

/// The pages behind the links of mails, those that work and those that do not.
async fn links(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    send(&mut Visitor::new(&site.url), "/recover", &[("email", "klant5@domein5.example")]).await;
    let recovery = site.letter("klant5@domein5.example", "/recover/").await.path(&site.url, "/recover/");
    let new = NewMember {
        name: "Nieuw Gezicht".into(),
        email: "nieuw@klant.example".into(),
        role: Role::Manager,
        language: Language::Nl,
    };
    accounts::invite(office, BY, customer_of(office, FENNA).await, &new).await.unwrap();
    let invitation = site.letter("nieuw@klant.example", "/invitation/").await.path(&site.url, "/invitation/");
    let (number, identity) = letter(site, "wim@bezoeker.example", "access", "").await;
    post(&mut Visitor::new(&site.url), &identity, &[], 200).await;
    let id = number_of(office, &number).await;
    requests::grant(office, BY, id, &requests::Answer::default(), None).await.unwrap();
    let package = site.letter("wim@bezoeker.example", "/package/").await.path(&site.url, "/package/");
    let token = recovery.rsplit('/').next().unwrap().to_owned();
    vec![
        at("/recover/{token}", recovery),
        at("/recover/{token}", "/recover/verlopen").is(404),
        at("/invitation/{token}", invitation),
        at("/invitation/{token}", "/invitation/verlopen").is(404),
        at("/new-email/{token}", format!("/new-email/{token}")),
        at("/identity/{token}", identity),
        at("/identity/{token}", "/identity/verlopen").is(404),
        at("/package/{token}", package),
        at("/package/{token}", "/package/verlopen").is(404),
    ]
}

/// A member of staff who has no second factor yet.
async fn must_enrol(site: &Site) -> Visitor {
    let office = &site.app.office;
    let email = "vers@voorbeeldhost.example";
    let new = NewStaff {
        name: "Vera Vers".into(),
        email: email.into(),
        role: StaffRole::Support,
        officer: Officer::None,
        language: Language::Nl,
    };
    let added = accounts::add_staff(office, BY, &new).await.unwrap();
    accounts::set_password(office, BY, added.login, &PASSWORD.into()).await.unwrap();
    give_password(site, email, PASSWORD).await
}

async fn forms_that_fail(looker: &mut Looker<'_>, site: &Site, visitor: &Visitor) {
    looker.be(visitor).await;
    for (path, field) in [("/contact", "email"), ("/sign-in", "email"), ("/recover", "email")] {
        looker.browser.open(&format!("{}{path}", site.url)).await;
        looker.browser.fill(field, "geen adres").await;
        looker.browser.send(path).await;
        assert!(looker.browser.has("[data-error-summary]").await, "{path}");
        looker.look_here(&format!("{path} with mistakes"), 422).await;
    }
}

async fn enrolling(looker: &mut Looker<'_>, site: &Site, who: &Visitor) {
    looker.be(who).await;
    looker.browser.open(&format!("{}/sign-in/enrol", site.url)).await;
    looker.browser.send("/sign-in/enrol").await;
    looker.look_here("the secret of a second factor", 200).await;
    let secret = looker.browser.text("#secret-text").await;
    let secret: String = secret.split_whitespace().collect();
    looker.browser.fill("code", "000000").await;
    looker.browser.send("/sign-in/enrol/code").await;
    looker.look_here("a wrong first code", 422).await;
    let now = base::Clock::now(&*site.clock);
    let code = accounts::code_at(&secret.as_str().into(), now).unwrap();
    looker.browser.fill("code", code.expose()).await;
    looker.browser.send("/sign-in/enrol/code").await;
    assert!(looker.browser.has("main pre").await, "recovery codes are shown");
    looker.look_here("recovery codes", 200).await;
}

/// After the button of the link in a mail: when that is enough, and when it is not.
async fn following(looker: &mut Looker<'_>, site: &Site) {
    looker.be(&Visitor::new(&site.url)).await;
    for (email, claim) in [("wies@bezoeker.example", ""), (FENNA, "customer")] {
        let (_, link) = letter(site, email, "access", claim).await;
        looker.browser.open(&format!("{}{link}", site.url)).await;
        looker.browser.send(&link).await;
        assert_eq!(looker.browser.has("main [name=code]").await, claim == "customer");
        looker.look_here(&format!("an identity link that was followed, {email}"), 200).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_for_customers() {
    let site = Site::start(12).await;
    let Some(mut looker) = Looker::new(&site).await else { return };
    let mut customer = sign_in(&site, site.login("customer")).await;
    let stops = panel(&site, &mut customer).await;
    looker.walk(&customer, &stops).await;
    looker.walk(&customer, &account()).await;
    looker.walk(&customer, &sold::panel(&site).await).await;
    looker.walk(&customer, &log::panel()).await;
    looker.walk(&customer, &incidents::panel(&site).await).await;
    incidents::reporting(&mut looker, &site, &customer).await;
    content::answering(&mut looker, &site, &customer).await;
    // Somebody for whom nothing happened yet, with a password and nothing more.
    let email = "klant9@domein9.example";
    let office = &site.app.office;
    accounts::set_password(office, BY, login_of(office, email).await, &PASSWORD.into()).await.unwrap();
    let fresh = give_password(&site, email, PASSWORD).await;
    let empty = [
        "/panel",
        "/panel/messages",
        "/panel/requests",
        "/panel/recipients",
        "/panel/processor-agreement",
        "/panel/history",
    ];
    looker.walk(&fresh, &empty.map(page)).await;
    looker.walk(&fresh, &["/account", "/account/second-factor", "/panel/rights/erasure"].map(page)).await;
    panel_forms(&mut looker, &site, &customer).await;
    looker.finish(&["panel", "account"]);
    site.stop().await;
}

fn account() -> Vec<Stop> {
    let pages = [
        "/account",
        "/account/name",
        "/account/language",
        "/account/email",
        "/account/password",
        "/account/second-factor",
        "/account/second-factor/remove",
    ];
    pages.map(page).to_vec()
}

/// A processor agreement that was changed, so that the customer can object to it; gives where.
async fn changed_agreement(office: &Office, customer: CustomerId) -> String {
    let demo = office.policy();
    let text = demo.text().replace("Wij maken back-ups,", "Wij maken elke dag back-ups,");
    processor_agreements::issue(office, BY, customer, IssueReason::Order).await.unwrap();
    office.replace_policy(Arc::new(Policy::parse(&text).unwrap()));
    processor_agreements::issue(office, BY, customer, IssueReason::Changed).await.unwrap();
    office.replace_policy(demo);
    let versions = processor_agreements::of_customer(office, customer).await.unwrap();
    format!("/panel/processor-agreement/{}/object", versions[0].id)
}

async fn panel(site: &Site, who: &mut Visitor) -> Vec<Stop> {
    let office = &site.app.office;
    let customer = customer_of(office, FENNA).await;
    let thread = [("topic", "question"), ("title", "Trage site"), ("text", "Waarom is mijn site traag?")];
    let thread = send(who, "/panel/messages/new", &thread).await;
    let copy = send(who, "/panel/rights/access", &[("text", "")]).await;
    while !who.get(&copy).await.is(200).text().contains("/file\"") {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let open = send(who, "/panel/rights/restriction", &[("text", "Er loopt een geschil.")]).await;
    let (number, link) = letter(site, FENNA, "rectification", "customer").await;
    post(&mut Visitor::new(&site.url), &link, &[], 200).await;
    let claimed = format!("/panel/requests/{}", number_of(office, &number).await);
    for (name, email) in [("Marie Meelezer", "marie@klant.example"), ("Wacht Nog", "wacht@klant.example")] {
        let new =
            NewMember { name: name.into(), email: email.into(), role: Role::Reader, language: Language::Nl };
        accounts::invite(office, BY, customer, &new).await.unwrap();
    }
    let invitation = site.letter("marie@klant.example", "/invitation/").await;
    let invitation = invitation.path(&site.url, "/invitation/");
    let accepted = [("password", PASSWORD), ("again", PASSWORD)];
    post(&mut Visitor::new(&site.url), &invitation, &accepted, 303).await;
    let member = format!("/panel/logins/{}", login_of(office, "marie@klant.example").await);
    let object = changed_agreement(office, customer).await;
    let mut stops = vec![
        at("/panel/processor-agreement/{agreement}/object", object),
        at("/panel/messages/{thread}", thread),
        at("/panel/requests/{request}", copy),
        at("/panel/requests/{request}", open.clone()),
        at("/panel/requests/{request}/withdraw", format!("{open}/withdraw")),
        at("/panel/requests/{request}", claimed.clone()),
        at("/panel/requests/{request}/confirm", format!("{claimed}/confirm")),
        at("/panel/logins/{login}", member.clone()),
        at("/panel/logins/{login}/remove", format!("{member}/remove")),
    ];
    stops.extend(
        [
            "/panel",
            "/panel/customers",
            "/panel/profile",
            "/panel/profile/edit",
            "/panel/messages",
            "/panel/messages/new",
            "/panel/rights",
            "/panel/rights/erasure",
            "/panel/requests",
            "/panel/data",
            "/panel/recipients",
            "/panel/processor-agreement",
            "/panel/history",
            "/panel/logins",
            "/panel/logins/invite",
        ]
        .map(page),
    );
    let rights = ["access", "rectification", "portability", "restriction", "objection", "complaint"];
    stops.extend(rights.map(|right| at("/panel/rights/{right}", format!("/panel/rights/{right}"))));
    stops
}

async fn panel_forms(looker: &mut Looker<'_>, site: &Site, who: &Visitor) {
    looker.be(who).await;
    for (path, field) in [("/panel/profile/edit", "email"), ("/panel/rights/erasure", "confirm")] {
        looker.browser.open(&format!("{}{path}", site.url)).await;
        looker.browser.fill(field, "iets anders").await;
        looker.browser.send(path).await;
        assert!(looker.browser.has("[data-error-summary]").await, "{path}");
        looker.look_here(&format!("{path} with mistakes"), 422).await;
    }
    looker.browser.open(&format!("{}/account/second-factor", site.url)).await;
    looker.browser.send("/account/second-factor/codes").await;
    looker.look_here("new recovery codes", 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_for_staff() {
    // More than one page of a list.
    let site = Site::start(60).await;
    let Some(mut looker) = Looker::new(&site).await else { return };
    let admin = sign_in(&site, site.login("staff, administrator")).await;
    let stops = staff(&site).await;
    looker.walk(&admin, &stops).await;
    looker.walk(&admin, &[page("/account")]).await;
    looker.walk(&admin, &sold::staff(&site).await).await;
    suppliers::looks(&mut looker, &site, &admin).await;
    let failed = suppliers::failed(&site).await;
    looker.walk(&admin, &[failed]).await;
    seal::looks(&mut looker, &site, &admin).await;
    looker.walk(&admin, &log::staff(&site).await).await;
    looker.walk(&admin, &incidents::staff(&site).await).await;
    looker.walk(&admin, &content::staff(&site).await).await;
    content::looking(&mut looker, &site, &admin).await;
    let auditor = sign_in(&site, site.login("staff, auditor")).await;
    looker.walk(&auditor, &["/staff", "/staff/ledger"].map(page)).await;
    looker.walk(&auditor, &[at("", "/staff/customers").is(403)]).await;
    staff_forms(&mut looker, &site, &admin).await;
    looker.finish(&["staff"]);
    site.stop().await;
}

/// A request of a kind among those of the demo.
async fn of_kind(office: &Office, kind: RequestKind) -> RequestId {
    let filter = RequestFilter { kind: Some(kind), ..RequestFilter::default() };
    let found = requests::page(office, filter, 0, 100).await.unwrap().requests;
    found.iter().find(|request| request.customer.is_some()).expect("a request of a customer").id
}

async fn staff(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let fenna = format!("/staff/customers/{}", customer_of(office, FENNA).await);
    let all = office::customers::page(office, CustomerFilter::default(), 0, 50).await.unwrap();
    let organisation = all.customers.iter().find(|c| c.name.expose().contains(' ')).expect("a customer").id;
    let (erasure, rectification) =
        (of_kind(office, RequestKind::Erasure).await, of_kind(office, RequestKind::Rectification).await);
    for id in [erasure, rectification] {
        requests::verify_by_staff(office, BY, id).await.unwrap();
    }
    let unverified = format!("/staff/requests/{}", of_kind(office, RequestKind::Access).await);
    let (number, link) = letter(site, "wim@bezoeker.example", "erasure", "customer").await;
    post(&mut Visitor::new(&site.url), &link, &[], 200).await;
    let claimed = format!("/staff/requests/{}", number_of(office, &number).await);
    let thread =
        office::messages::page(office, office::messages::ThreadFilter::default(), 0, 1).await.unwrap();
    let thread = format!("/staff/messages/{}", thread.threads[0].id);
    let member = format!("/staff/team/{}", login_of(office, "sanne@voorbeeldhost.example").await);
    let own = format!("/staff/team/{}", login_of(office, "ada@voorbeeldhost.example").await);
    let mut stops = vec![
        at("/staff/customers", "/staff/customers?page=2"),
        at("/staff/customers", "/staff/customers?kind=organisation"),
        at("/staff/requests", "/staff/requests?kind=objection"),
        at("/staff/customers/{id}", fenna.clone()),
        at("/staff/customers/{id}", format!("/staff/customers/{organisation}")),
        at("/staff/messages/{id}", thread),
        at("/staff/requests/{id}", unverified.clone()),
        at("/staff/requests/{id}", claimed.clone()),
        at("/staff/requests/{id}", format!("/staff/requests/{erasure}")),
        at("/staff/requests/{id}/customer", format!("{claimed}/customer")),
        at("/staff/requests/{id}/erase", format!("/staff/requests/{erasure}/erase")),
        at("/staff/requests/{id}/grant", format!("/staff/requests/{rectification}/grant")),
        at("/staff/policy/versions/{hash}", format!("/staff/policy/versions/{}", office.policy().hash_hex())),
        at("/staff/ledger/{position}", "/staff/ledger/3"),
        at("/staff/promises/{id}", "/staff/promises/P13"),
        at("/staff/promises/{id}", "/staff/promises/P02"),
        at("/staff/team/{id}", member),
        at("/staff/team/{id}", own),
    ];
    for (route, below) in [
        ("/staff/customers/{id}/change", "change"),
        ("/staff/customers/{id}/invite", "invite"),
        ("/staff/customers/{id}/restriction", "restriction"),
        ("/staff/customers/{id}/request", "request"),
    ] {
        stops.push(at(route, format!("{fenna}/{below}")));
    }
    for (route, below) in [
        ("/staff/requests/{id}/vouch", "vouch"),
        ("/staff/requests/{id}/refuse", "refuse"),
        ("/staff/requests/{id}/extend", "extend"),
        ("/staff/requests/{id}/withdraw", "withdraw"),
    ] {
        stops.push(at(route, format!("{unverified}/{below}")));
    }
    stops.extend(STAFF.map(page));
    stops
}

/// The pages of the staff panel whose address does not vary.
const STAFF: [&str; 22] = [
    "/staff",
    "/staff/search",
    "/staff/customers",
    "/staff/customers/new",
    "/staff/messages",
    "/staff/processor-agreements",
    "/staff/requests",
    "/staff/requests/new",
    "/staff/promises",
    "/staff/policy",
    "/staff/policy/publish",
    "/staff/policy/statement",
    "/staff/policy/controller",
    "/staff/policy/processor",
    "/staff/policy/retention",
    "/staff/ledger",
    "/staff/ledger/verify",
    "/staff/outbound",
    "/staff/imports",
    "/staff/team",
    "/staff/team/new",
    "/staff/health",
];

async fn staff_forms(looker: &mut Looker<'_>, site: &Site, who: &Visitor) {
    looker.be(who).await;
    for (query, what) in [("proefwerk", "found"), ("bestaat niet", "nothing found")] {
        looker.browser.open(&format!("{}/staff/search", site.url)).await;
        looker.browser.fill("q", query).await;
        looker.browser.send("/staff/search").await;
        looker.look_here(&format!("search: {what}"), 200).await;
    }
    // A file with mistakes, then one without.
    let folder = tempfile::tempdir().unwrap();
    let head = "kind,name,organisation,kvk,vat,email,phone,street,postcode,city,country,language";
    let good = "person,Nieuwe Klant,,,,nieuwe@klant.example,,,,,,nl";
    let bad = "person,Foute Klant,,,,geen adres,,,,,,nl\norganisation,,,1,,x,,,,,,xx";
    for (name, rows) in [("with mistakes", bad), ("without mistakes", good)] {
        let file = folder.path().join("klanten.csv");
        std::fs::write(&file, format!("{head}\n{rows}\n")).unwrap();
        looker.browser.open(&format!("{}/staff/imports", site.url)).await;
        looker
            .browser
            .element("main input[type=file]")
            .await
            .send_keys(&file.to_string_lossy())
            .await
            .unwrap();
        looker.browser.send("/staff/imports").await;
        let path = looker.browser.path().await;
        assert!(path.starts_with("/staff/imports/"), "{path}");
        looker.look_here(&format!("an import {name}"), 200).await;
        let mut stop = at("/staff/imports/{key}", path);
        stop.status = 200;
        looker.walk(who, &[stop]).await;
        looker.be(who).await;
    }
    looker.browser.open(&format!("{}/staff/requests/new", site.url)).await;
    looker.browser.send("/staff/requests/new").await;
    looker.look_here("/staff/requests/new with mistakes", 422).await;
}
