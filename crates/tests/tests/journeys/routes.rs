//! Every route, called by everyone: allowed or refused exactly as declared, and as the file
//! `routes.snapshot` says, so that whoever changes who may call a route is seen to do it. And every
//! record, asked for by somebody else: not found.

use base::{Language, Sensitive};
use http::Method;
use office::By;
use office::accounts::{self, ClientInfo, LoginId, NewMember, Officer, Role, Stage, Token};
use office::customers::{CustomerFilter, CustomerId};
use office::messages::{self, ContactForm};
use office::requests::{self, About, Answer, OnBehalf, RequestId, RequestKind};
use std::collections::BTreeSet;
use tests::harness::{Site, Visitor, count};
use web::session::{CustomerRole, StaffRole};
use web::{Access, FRESH_SECONDS, Freshness, Route, Routes, State, Who};

const BY: By = By::System("test");
const PASSWORD: &str = "vier losse paarden";
/// An id that nothing has.
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";
/// A token that was never given out.
const NO_TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn routes() -> Vec<Route> {
    let mut routes = Routes::<State>::new();
    web::pages::register(&mut routes);
    let mut list = routes.list().to_vec();
    list.sort_by(|a, b| (a.path, a.method.as_str()).cmp(&(b.path, b.method.as_str())));
    list
}

fn in_words(access: Access) -> String {
    let who = match access.who {
        Who::Public => "everyone".to_owned(),
        Who::SignedIn => "signed in".to_owned(),
        Who::Customer(CustomerRole::Reader) => "customer: reader, manager, owner".to_owned(),
        Who::Customer(CustomerRole::Manager) => "customer: manager, owner".to_owned(),
        Who::Customer(CustomerRole::Owner) => "customer: owner".to_owned(),
        Who::Staff(roles) => {
            let words = StaffRole::ALL.iter().filter(|role| roles.contains(role)).map(|role| match role {
                StaffRole::Support => "support",
                StaffRole::Privacy => "privacy",
                StaffRole::Auditor => "auditor",
                StaffRole::Admin => "admin",
            });
            format!("staff: {}", words.collect::<Vec<_>>().join(", "))
        }
    };
    match access.freshness {
        Freshness::Session => who,
        Freshness::SecondFactor => format!("{who}, proved just now"),
    }
}

#[test]
fn who_may_call_what_is_written_down() {
    let declared: BTreeSet<String> = routes()
        .iter()
        .map(|route| format!("{} {} = {}", route.path, route.method, in_words(route.access)))
        .collect();
    let written: BTreeSet<String> = include_str!("routes.snapshot").lines().map(str::to_owned).collect();
    let new: Vec<_> = declared.difference(&written).map(|line| format!("+{line}")).collect();
    let gone: Vec<_> = written.difference(&declared).map(|line| format!("-{line}")).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "routes.snapshot says otherwise; change it if this is meant:\n{}\n{}",
        gone.join("\n"),
        new.join("\n")
    );
}

/// What somebody is, as this test knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Nobody,
    Customer(CustomerRole),
    Staff(StaffRole),
}

/// Somebody who calls.
struct Caller {
    name: &'static str,
    is: Is,
    /// Signs in; the visitor has none.
    login: Option<(String, Option<Sensitive<String>>)>,
    /// How far the sign-in goes.
    stage: Stage,
    visitor: Visitor,
}

/// What came of a call. Whoever is told to wait, or that a form is wrong, had got in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Allowed,
    SignIn,
    Confirm,
    Refused,
}

/// What a declaration means for a caller, written here once more.
fn expected(access: Access, is: Is, fresh: bool) -> Outcome {
    if is == Is::Nobody {
        let open = access.who == Who::Public && access.freshness == Freshness::Session;
        return if open { Outcome::Allowed } else { Outcome::SignIn };
    }
    let may = match (access.who, is) {
        (Who::Public | Who::SignedIn, _) => true,
        (Who::Customer(least), Is::Customer(has)) => has >= least,
        (Who::Staff(roles), Is::Staff(StaffRole::Admin)) => !roles.is_empty(),
        (Who::Staff(roles), Is::Staff(has)) => roles.contains(&has),
        _ => false,
    };
    match may {
        false => Outcome::Refused,
        true if access.freshness == Freshness::SecondFactor && !fresh => Outcome::Confirm,
        true => Outcome::Allowed,
    }
}

/// The records of a customer with everything a customer can have.
struct World {
    site: Site,
    customer: CustomerId,
    other: CustomerId,
    thread: String,
    request: RequestId,
    member: LoginId,
    staff: LoginId,
}

async fn member(site: &Site, customer: CustomerId, name: &'static str, role: Role) -> (LoginId, String) {
    let office = &site.app.office;
    let email = format!("{}@leden.example", name.replace(' ', "."));
    let new = NewMember { name: name.into(), email: email.as_str().into(), role, language: Language::Nl };
    accounts::invite(office, BY, customer, &new).await.unwrap();
    let path = site.letter(&email, "/invitation/").await.path(&site.url, "/invitation/");
    let token = Token::parse(path.rsplit('/').next().unwrap()).unwrap();
    let login = accounts::accept_invitation(office, &token, Some(&PASSWORD.into())).await.unwrap();
    (login, email)
}

async fn staff(site: &Site, name: &'static str, role: accounts::StaffRole) -> (LoginId, String) {
    let office = &site.app.office;
    let email = format!("{name}@voorbeeldhost.example");
    let new = accounts::NewStaff {
        name: name.into(),
        email: email.as_str().into(),
        role,
        officer: Officer::None,
        language: Language::Nl,
    };
    let login = accounts::add_staff(office, BY, &new).await.unwrap().login;
    accounts::set_password(office, BY, login, &PASSWORD.into()).await.unwrap();
    (login, email)
}

async fn world() -> World {
    let site = Site::start(8).await;
    let office = &site.app.office;
    let page = office::customers::page(office, CustomerFilter::default(), 0, 20).await.unwrap();
    let login = accounts::login_by_email(office, &site.login("customer").email).await.unwrap().unwrap();
    let customer = accounts::memberships(office, login.id).await.unwrap()[0].0;
    let other = page.customers.iter().find(|found| found.id != customer).unwrap().id;
    let (member_login, email) = member(&site, customer, "een schrijver", Role::Owner).await;
    let signed =
        accounts::sign_in(office, &email.as_str().into(), &PASSWORD.into(), &client()).await.unwrap();
    let session = accounts::authenticate(office, &signed.token).await.unwrap().unwrap();
    let form = ContactForm {
        topic: "question".to_owned(),
        title: "Een vraag".into(),
        text: "Waar staat mijn site?".into(),
        ..ContactForm::default()
    };
    let thread = messages::write_as_customer(office, &session, &form).await.unwrap().thread.to_string();
    let new = OnBehalf {
        about: About::Customer(customer),
        kind: RequestKind::Access,
        purpose: None,
        text: "Graag een kopie.".into(),
        received_at: None,
    };
    let (request, _) = requests::open_on_behalf(office, BY, &new).await.unwrap();
    requests::verify_by_staff(office, BY, request).await.unwrap();
    requests::grant(office, BY, request, &Answer::default(), None).await.unwrap();
    for _ in 0..200 {
        if requests::access::package_of_request(office, request).await.unwrap().is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let (staff, _) = staff(&site, "lokvogel", accounts::StaffRole::Support).await;
    World { customer, other, thread, request, member: member_login, staff, site }
}

fn client() -> ClientInfo {
    ClientInfo { address: None, agent: "test".into() }
}

impl World {
    async fn callers(&self) -> Vec<Caller> {
        let site = &self.site;
        let nobody = |name| Caller {
            name,
            is: Is::Nobody,
            login: None,
            stage: Stage::Complete,
            visitor: Visitor::new(&site.url),
        };
        let mut callers = vec![nobody("visitor")];
        for (name, customer, role, is) in [
            ("een ander", self.other, Role::Owner, CustomerRole::Owner),
            ("een lezer", self.customer, Role::Reader, CustomerRole::Reader),
            ("een beheerder", self.customer, Role::Manager, CustomerRole::Manager),
            ("een eigenaar", self.customer, Role::Owner, CustomerRole::Owner),
        ] {
            let (_, email) = member(site, customer, name, role).await;
            callers.push(Caller { is: Is::Customer(is), login: Some((email, None)), ..nobody(name) });
        }
        for (name, role, is) in [
            ("support", accounts::StaffRole::Support, StaffRole::Support),
            ("privacy", accounts::StaffRole::Privacy, StaffRole::Privacy),
            ("auditor", accounts::StaffRole::Auditor, StaffRole::Auditor),
            ("admin", accounts::StaffRole::Admin, StaffRole::Admin),
        ] {
            let (login, email) = staff(site, name, role).await;
            let enrolment = accounts::enrol_outright(&site.app.office, BY, login).await.unwrap();
            let login = Some((email.clone(), Some(enrolment.secret)));
            callers.push(Caller { is: Is::Staff(is), login: login.clone(), ..nobody(name) });
            // With the password alone nobody is staff.
            let half = match role {
                accounts::StaffRole::Support => "support without the second factor",
                accounts::StaffRole::Privacy => "privacy without the second factor",
                accounts::StaffRole::Auditor => "auditor without the second factor",
                accounts::StaffRole::Admin => "admin without the second factor",
            };
            callers.push(Caller { login, stage: Stage::NeedsSecondFactor, ..nobody(half) });
        }
        let (_, email) = staff(site, "zonder", accounts::StaffRole::Admin).await;
        let login = Some((email, None));
        callers.push(Caller { login, stage: Stage::MustEnrol, ..nobody("admin who has yet to enrol") });
        for caller in &mut callers {
            self.sign_in(caller).await;
        }
        callers
    }

    async fn sign_in(&self, caller: &mut Caller) {
        let office = &self.site.app.office;
        let Some((email, secret)) = &caller.login else { return };
        let email = Sensitive::new(email.clone());
        let mut signed = accounts::sign_in(office, &email, &PASSWORD.into(), &client()).await.unwrap();
        if caller.stage == Stage::Complete
            && let Some(secret) = secret
        {
            self.site.clock.shift_seconds(30);
            let session = accounts::authenticate(office, &signed.token).await.unwrap().unwrap();
            let code = accounts::code_at(secret, office.now()).unwrap();
            signed = accounts::give_second_factor(office, &session, &signed.token, &code).await.unwrap();
        }
        assert_eq!(signed.stage, caller.stage, "{}", caller.name);
        caller.visitor.cookies.insert("session".to_owned(), signed.token.text().expose().clone());
    }

    /// Signs in again when the last call ended the session, or when it is not fresh any more.
    async fn stay_signed_in(&self, caller: &mut Caller) {
        let token = caller.visitor.cookies.get("session").and_then(|token| Token::parse(token));
        let session = match token {
            Some(token) => accounts::authenticate(&self.site.app.office, &token).await.unwrap(),
            None => None,
        };
        let now = self.site.app.office.now();
        let good = session.is_some_and(|session| {
            session.stage == caller.stage && (caller.stage != Stage::Complete || session.is_fresh(now))
        });
        if !good {
            self.sign_in(caller).await;
        }
    }

    /// The path with records that are there for a page, and with none for a deed: what is asked here
    /// is who gets in.
    fn path(&self, route: &Route) -> String {
        let parts = route.path.split('/').enumerate().map(|(at, part)| {
            if !part.starts_with('{') {
                return part.to_owned();
            }
            let before = route.path.split('/').nth(at - 1).unwrap();
            let real = match (part, before) {
                ("{token}", _) => NO_TOKEN.to_owned(),
                ("{act}", _) => "facts".to_owned(),
                ("{right}", _) => if route.method == Method::GET { "access" } else { "nothing" }.to_owned(),
                ("{*name}", _) => "0/000".to_owned(),
                ("{position}", _) => "0".to_owned(),
                ("{version}", _) => "1".to_owned(),
                ("{hash}", _) => self.site.app.office.policy().hash_hex(),
                ("{key}", _) => NOBODY.replace('-', ""),
                ("{agreement}" | "{look}", _) => NOBODY.to_owned(),
                ("{kind}", "mail-templates") => "invoice".to_owned(),
                ("{kind}", _) => "terms".to_owned(),
                ("{language}", _) => "nl".to_owned(),
                ("{id}", "promises") => "P12".to_owned(),
                ("{thread}" | "{id}", "messages") => self.thread.clone(),
                ("{request}" | "{id}", "requests") => self.request.to_string(),
                ("{login}", "logins") => self.member.to_string(),
                ("{id}", "team") => self.staff.to_string(),
                ("{id}", "customers") => self.customer.to_string(),
                ("{id}", _) => NOBODY.to_owned(),
                _ => panic!("{}: what is {part}?", route.path),
            };
            let is_id = matches!(part, "{id}" | "{thread}" | "{request}" | "{login}" | "{agreement}");
            if route.method == Method::GET || !is_id || before == "promises" {
                real
            } else {
                NOBODY.to_owned()
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// What is asked by more than the declaration: the deed itself asks for something.
fn asked_by_the_deed(route: &Route, caller: &Caller, got: Outcome) -> bool {
    match (route.path, caller.is, got) {
        // Staff keep their second factor.
        ("/account/second-factor/remove", Is::Staff(_), Outcome::Refused) => true,
        // There are no codes to renew without a second factor.
        ("/account/second-factor/codes", Is::Customer(_), Outcome::Confirm) => true,
        // For whoever is halfway through signing in.
        ("/sign-in/code" | "/sign-in/enrol" | "/sign-in/enrol/code", _, Outcome::Refused) => true,
        _ => false,
    }
}

async fn call(world: &World, route: &Route, caller: &mut Caller) -> Result<Outcome, String> {
    let path = world.path(route);
    let answer = match route.method {
        Method::GET => caller.visitor.get(&path).await,
        _ => caller.visitor.post(&path, &[]).await,
    };
    let status = answer.status.as_u16();
    if status >= 500 || status == 401 {
        return Err(format!("{} {path} as {}: {status}", route.method, caller.name));
    }
    let to = answer.to();
    let is = |place: &str| to == place || to.starts_with(&format!("{place}?"));
    Ok(match status {
        403 => Outcome::Refused,
        303 if is("/sign-in/confirm") => Outcome::Confirm,
        303 if is("/sign-in") && route.access.who != Who::Public => Outcome::SignIn,
        _ => Outcome::Allowed,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_gets_what_is_declared_and_nothing_else() {
    let world = world().await;
    let mut callers = world.callers().await;
    let (mut wrong, mut calls) = (Vec::new(), 0);
    for route in &routes() {
        for caller in &mut callers {
            if !matches!(caller.is, Is::Nobody) || caller.login.is_some() {
                world.stay_signed_in(caller).await;
            }
            calls += 1;
            let wanted = expected(route.access, caller.is, true);
            match call(&world, route, caller).await {
                Err(failed) => wrong.push(failed),
                Ok(got) if got == wanted => {}
                Ok(got) if wanted == Outcome::Allowed && asked_by_the_deed(route, caller, got) => {}
                Ok(got) => {
                    wrong.push(format!(
                        "{} {} as {}: {got:?}, declared {wanted:?}",
                        route.method, route.path, caller.name
                    ));
                }
            }
        }
    }
    // Ten minutes later nobody has proved anything just now.
    for caller in &mut callers {
        world.stay_signed_in(caller).await;
    }
    world.site.clock.shift_seconds(FRESH_SECONDS + 60);
    for route in routes().iter().filter(|route| route.access.freshness == Freshness::SecondFactor) {
        for caller in &mut callers {
            calls += 1;
            let wanted = expected(route.access, caller.is, false);
            match call(&world, route, caller).await {
                Err(failed) => wrong.push(failed),
                Ok(got) if got == wanted => {}
                Ok(got) => {
                    wrong.push(format!(
                        "{} {} as {}, ten minutes later: {got:?}, declared {wanted:?}",
                        route.method, route.path, caller.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {calls} calls:\n{}", wrong.len(), wrong.join("\n"));
    assert!(calls > 1_000, "{calls} calls");
    world.site.stop().await;
}

/// The ids in the path of a route of the panel, filled with the records of another customer.
fn of_another<'a>(world: &World, route: &'a Route) -> Option<(&'a Route, String)> {
    let named = ["{thread}", "{request}", "{login}", "{position}"];
    if !route.path.starts_with("/panel") || !named.iter().any(|name| route.path.contains(name)) {
        return None;
    }
    let path = route
        .path
        .replace("{thread}", &world.thread)
        .replace("{request}", &world.request.to_string())
        .replace("{login}", &world.member.to_string());
    Some((route, path))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_records_of_another_customer_are_not_found() {
    let world = world().await;
    let office = &world.site.app.office;
    let (_, email) = member(&world.site, world.other, "een ander", Role::Owner).await;
    let mut other = Caller {
        name: "een ander",
        is: Is::Customer(CustomerRole::Owner),
        login: Some((email, None)),
        stage: Stage::Complete,
        visitor: Visitor::new(&world.site.url),
    };
    world.sign_in(&mut other).await;
    let mut owner = {
        let (_, email) = member(&world.site, world.customer, "een eigenaar", Role::Owner).await;
        let visitor = Visitor::new(&world.site.url);
        Caller { name: "een eigenaar", login: Some((email, None)), visitor, ..other_like(&other) }
    };
    world.sign_in(&mut owner).await;
    // An entry that tells of the customer, and that its owner can have a receipt of.
    let history = owner.visitor.get("/panel/history").await.is(200).text();
    let position = history.split("/panel/history/").nth(1).expect("an entry");
    let position: String = position.chars().take_while(char::is_ascii_digit).collect();
    let held = world.held().await;

    let list = routes();
    let mut tried = 0;
    for (route, path) in list.iter().filter_map(|route| of_another(&world, route)) {
        let path = path.replace("{position}", &position);
        let fields = [("title", "x"), ("text", "Van een ander"), ("role", "owner"), ("confirm", "x")];
        let answer = match route.method {
            Method::GET => other.visitor.get(&path).await,
            _ => other.visitor.post(&path, &fields).await,
        };
        assert_eq!(answer.status.as_u16(), 404, "{} {path}: {}", route.method, answer.text());
        if route.method == Method::GET {
            // The customer's own owner finds it: it is there.
            let own = owner.visitor.get(&path).await.status.as_u16();
            assert!(own != 404, "{path} is not there for its owner either");
        }
        tried += 1;
    }
    assert!(tried >= 12, "{tried} routes");
    // Nor can one act for another customer, end another's session, or open another's receipt.
    let chosen = other.visitor.post("/panel/customers", &[("customer", &world.customer.to_string())]).await;
    assert!(matches!(chosen.status.as_u16(), 403 | 404), "{}", chosen.text());
    let token = Token::parse(&owner.visitor.cookies["session"]).unwrap();
    let session = accounts::authenticate(office, &token).await.unwrap().unwrap();
    let ended = other.visitor.post(&format!("/account/sessions/{}/end", session.id), &[]).await;
    assert!(accounts::authenticate(office, &token).await.unwrap().is_some(), "{}", ended.text());
    for path in [format!("/receipt/{NO_TOKEN}/file"), format!("/receipt/{NO_TOKEN}")] {
        let answer = other.visitor.get(&path).await;
        assert!(!answer.text().contains("c2sp.org/tlog-proof"), "{path}");
    }
    // Pages for staff show nothing to customers, whatever the id.
    for path in [
        format!("/staff/messages/{}", world.thread),
        format!("/staff/requests/{}", world.request),
        format!("/staff/customers/{}", world.customer),
    ] {
        let answer = owner.visitor.get(&path).await.is(403);
        assert!(!answer.text().contains("Een vraag"), "{path}");
    }
    assert_eq!(world.held().await, held);
    world.site.stop().await;
}

fn other_like(caller: &Caller) -> Caller {
    Caller {
        name: caller.name,
        is: caller.is,
        login: None,
        stage: caller.stage,
        visitor: caller.visitor.clone(),
    }
}

impl World {
    /// What the customer has, counted.
    async fn held(&self) -> [i64; 4] {
        let store = &self.site.app.office.store;
        let customer = || -> [sea_orm::Value; 1] { [self.customer.uuid().into()] };
        [
            count(store, "SELECT COUNT(*) AS n FROM message", []).await,
            count(store, "SELECT COUNT(*) AS n FROM membership WHERE customer_id = $1", customer()).await,
            count(
                store,
                "SELECT COUNT(*) AS n FROM request WHERE customer_id = $1 AND state = 'granted'",
                customer(),
            )
            .await,
            count(
                store,
                "SELECT COUNT(*) AS n FROM membership WHERE customer_id = $1 AND role = 'owner'",
                customer(),
            )
            .await,
        ]
    }
}
