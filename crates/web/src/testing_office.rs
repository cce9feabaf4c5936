//! Offices for tests of pages: real stores in a temporary folder, a clock that the test moves, the
//! whole site on top, and visitors that keep their cookies.

use crate::pages;
use crate::routes::Routes;
use crate::shell::{Config, Parts};
use crate::state::State;
use axum::Router;
use axum::body::{Body, to_bytes};
use base::{Clock, Language, ManualClock, Random, Sensitive, SystemRandom, Timestamp};
use http::{HeaderMap, Method, Request, StatusCode, header};
use keys::epoch::EpochDir;
use keys::tombstones::Tombstones;
use keys::{RootKey, Vault, VaultConfig};
use office::accounts::{self, ClientInfo, Enrolment, LoginId, Officer, Role, StaffRole};
use office::checkpoints::{LedgerFiles, Publisher};
use office::customers::{self, Customer, CustomerKind, NewCustomer, Profile, ProfileForm};
use office::{By, Office, Settings};
use policy::Policy;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{DatabaseUrl, SqlKeyStore, Store};
use tower::ServiceExt as _;

/// Noon on a Monday, in winter time.
pub(crate) const START: &str = "2026-11-23T11:00:00Z";
/// The password of every login in tests.
pub(crate) const PASSWORD: &str = "vier losse paarden";

/// An office with its site, in a temporary folder.
pub(crate) struct TestSite {
    pub state: State,
    pub office: Arc<Office>,
    pub clock: Arc<ManualClock>,
    pub router: Router,
    pub publisher: tokio::sync::Mutex<Publisher>,
    _folder: tempfile::TempDir,
}

/// A site on SQLite.
pub(crate) async fn site() -> TestSite {
    site_with(|state| state).await
}

/// A site on SQLite whose state a test changes before the routes are made.
pub(crate) async fn site_with(change: impl FnOnce(State) -> State) -> TestSite {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clock = Arc::new(ManualClock::at(Timestamp::parse_rfc3339(START).expect("an instant")));
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let url = |name: &str| DatabaseUrl::Sqlite(folder.path().join(name));
    let store = Store::open(&url("data.db")).await.expect("the data store");
    store.migrate().await.expect("migrations");
    let key_store = Store::open(&url("keys.db")).await.expect("the key store");
    key_store.migrate_keys().await.expect("key migrations");
    let vault_config = VaultConfig {
        store: Arc::new(SqlKeyStore::new(key_store, Arc::clone(&clock) as Arc<dyn Clock>)),
        epochs: EpochDir::open(folder.path().join("epochs"), vec![folder.path().join("copies")])
            .expect("a place for epoch keys"),
        root: RootKey::generate(&*random),
        tombstones: Tombstones::at(folder.path().join("destroyed.list")),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        random: Arc::clone(&random),
    };
    Vault::initialise(&vault_config).await.expect("a first epoch");
    let vault = Arc::new(Vault::open(vault_config).await.expect("a vault"));
    let policy = Arc::new(Policy::parse(policy::DEMO_POLICY).expect("the demo policy"));
    let settings = Settings {
        base_url: "https://mijn.voorbeeldhost.example".into(),
        origin: "mijn.voorbeeldhost.example/waarborg/ledger/1".into(),
        language: Language::Nl,
        billing: office::billing::BillingSettings::default(),
    };
    let origin = settings.origin.clone();
    let clock_of_office = Arc::clone(&clock) as Arc<dyn Clock>;
    let log = traffic::store::LocalStore::open(folder.path().join("log"), folder.path().join("log-keys"))
        .expect("a place for the traffic log");
    let office = Office::new(store, vault, policy, clock_of_office, Arc::clone(&random), settings).with_log(
        office::traffic_log::Log { store: Arc::new(log), caps: office::traffic_log::Caps::default() },
    );
    let office = Arc::new(office);
    office::promises::put_in_force(&office, By::System("test")).await.expect("a policy in force");

    let files = LedgerFiles {
        tiles: folder.path().join("ledger"),
        key: folder.path().join("ledger.key"),
        state: folder.path().join("ledger.state"),
    };
    let ledger_key = Publisher::create(&origin, &*random, &files).expect("a ledger");
    let publisher = Publisher::open(Arc::clone(&office), &files).await.expect("a publisher");
    let state = change(State::new(Arc::clone(&office), files, ledger_key, 6));
    let mut routes = Routes::new();
    pages::register(&mut routes);
    let sessions = state.sessions();
    let parts = Parts {
        config: Config { provider: "Voorbeeldhost".to_owned(), ..Config::default() },
        sessions: Arc::clone(&sessions) as Arc<dyn crate::session::SessionSource>,
        limiter: sessions,
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        random,
    };
    let router = crate::app(routes, parts, state.clone()).expect("a table of routes in order");
    TestSite { state, office, clock, router, publisher: tokio::sync::Mutex::new(publisher), _folder: folder }
}

/// A person with a login in tests.
pub(crate) struct Person {
    pub login: LoginId,
    pub email: String,
    pub enrolment: Option<Enrolment>,
}

/// A mail that would have left.
#[derive(Debug)]
pub(crate) struct TestMail {
    pub to: String,
    pub body: String,
}

impl TestMail {
    /// The path of the first link to the site in it.
    pub(crate) fn path(&self) -> String {
        let base = "https://mijn.voorbeeldhost.example";
        let from = self.body.find(&format!("{base}/")).expect("a link") + base.len();
        self.body[from..].split_whitespace().next().expect("a path").trim_end_matches('.').to_owned()
    }
}

/// The profile of a private customer.
pub(crate) fn profile(name: &str, email: &str) -> Profile {
    let form = ProfileForm {
        kind: CustomerKind::Person.as_str().to_owned(),
        name: name.into(),
        email: email.into(),
        phone: "020 123 45 67".into(),
        street: "Dorpsstraat 1".into(),
        postcode: "1234 AB".into(),
        city: "Voorbeeldstad".into(),
        ..ProfileForm::default()
    };
    form.parse().expect("a profile")
}

impl TestSite {
    /// A customer.
    pub(crate) async fn customer(&self, name: &str, email: &str) -> Customer {
        let new = NewCustomer { profile: profile(name, email) };
        customers::create(&self.office, By::System("test"), &new).await.expect("a customer")
    }

    /// Somebody who signs in for a customer, with [`PASSWORD`].
    pub(crate) async fn member(&self, customer: &Customer, name: &str, email: &str, role: Role) -> Person {
        let new =
            accounts::NewMember { name: name.into(), email: email.into(), role, language: Language::Nl };
        accounts::invite(&self.office, By::System("test"), customer.id, &new).await.expect("an invitation");
        let mail = self.mails().await.into_iter().find(|mail| mail.to == email).expect("the invitation");
        let path = mail.path();
        let token = path.rsplit('/').next().and_then(accounts::Token::parse).expect("a token");
        let login = accounts::accept_invitation(&self.office, &token, Some(&PASSWORD.into()))
            .await
            .expect("a member");
        Person { login, email: email.to_owned(), enrolment: None }
    }

    /// A staff member with a second factor.
    pub(crate) async fn staff(&self, name: &str, email: &str, role: StaffRole) -> Person {
        let mut person = self.staff_to_enrol(name, email, role).await;
        person.enrolment = Some(
            accounts::enrol_outright(&self.office, By::System("test"), person.login)
                .await
                .expect("a second factor"),
        );
        person
    }

    /// A staff member who has no second factor yet.
    pub(crate) async fn staff_to_enrol(&self, name: &str, email: &str, role: StaffRole) -> Person {
        let new = accounts::NewStaff {
            name: name.into(),
            email: email.into(),
            role,
            officer: Officer::None,
            language: Language::Nl,
        };
        let added =
            accounts::add_staff(&self.office, By::System("test"), &new).await.expect("a staff member");
        accounts::set_password(&self.office, By::System("test"), added.login, &PASSWORD.into())
            .await
            .expect("a password");
        Person { login: added.login, email: email.to_owned(), enrolment: None }
    }

    /// Gives somebody a second factor.
    pub(crate) async fn enrol(&self, person: &mut Person) {
        let by = By::System("test");
        person.enrolment =
            Some(accounts::enrol_outright(&self.office, by, person.login).await.expect("a second factor"));
    }

    /// The code that the person's app shows now.
    pub(crate) fn code(&self, person: &Person) -> String {
        let enrolment = person.enrolment.as_ref().expect("a second factor");
        accounts::code_at(&enrolment.secret, self.office.now()).expect("a code").expose().clone()
    }

    /// A browser that has signed somebody in, with a second factor where there is one. The clock
    /// moves on by half a minute, for a code works once.
    pub(crate) async fn signed_in(&self, person: &Person) -> Browser<'_> {
        let client = ClientInfo { address: None, agent: "test".into() };
        let (email, password) = (Sensitive::from(person.email.as_str()), Sensitive::from(PASSWORD));
        let mut signed =
            accounts::sign_in(&self.office, &email, &password, &client).await.expect("signed in");
        if person.enrolment.is_some() {
            self.clock.advance_seconds(30);
            let session = accounts::authenticate(&self.office, &signed.token)
                .await
                .expect("the database answers")
                .expect("a session");
            let code = Sensitive::from(self.code(person));
            signed = accounts::give_second_factor(&self.office, &session, &signed.token, &code)
                .await
                .expect("a second factor");
        }
        let mut browser = self.browser();
        browser.cookies.insert("session".to_owned(), signed.token.text().expose().clone());
        browser
    }

    /// A browser without cookies.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookies: BTreeMap::new(), language: "nl" }
    }

    /// The mails that wait, taken from the queue; other jobs stay as they are.
    pub(crate) async fn mails(&self) -> Vec<TestMail> {
        let mut mails = Vec::new();
        let store = &self.office.store;
        let (mut others, now) = (Vec::new(), self.office.now());
        while let Some(job) = store::claim(store, now).await.expect("the queue") {
            let Ok(send) = job.decode::<office::mailing::SendMail>() else {
                others.push(job);
                continue;
            };
            if let Some(letter) = office::mailing::letter(&self.office, send.mail).await.expect("a letter") {
                office::mailing::mark_sent(&self.office, send.mail).await.expect("noted");
                mails.push(TestMail { to: letter.to.expose().clone(), body: letter.body.expose().clone() });
            }
            store::finish(store, job.id, now).await.expect("done");
        }
        for job in others {
            store::retry_later(store, &job, "later", now).await.expect("put back");
        }
        mails
    }

    /// Publishes what the ledger has.
    pub(crate) async fn publish(&self) {
        self.publisher.lock().await.round().await.expect("a round");
    }
}

/// A visitor who keeps cookies and follows nothing.
pub(crate) struct Browser<'a> {
    site: &'a TestSite,
    pub cookies: BTreeMap<String, String>,
    pub language: &'static str,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Where it sends the visitor; empty when nowhere.
    pub(crate) fn to(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
    }

    /// The value of a hidden or other input.
    pub(crate) fn value(&self, name: &str) -> String {
        let from = self.body.find(&format!("name=\"{name}\"")).expect("the input is there");
        let tag = &self.body[from..];
        let from = tag.find("value=\"").expect("a value") + 7;
        tag[from..].split('"').next().expect("a value").to_owned()
    }

    /// Fails with the page when a text is not on it.
    #[track_caller]
    pub(crate) fn has(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{text:?} is not on the page ({}):\n{}", self.status, self.body);
        self
    }

    /// Fails when a text is on the page.
    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text:?} is on the page ({}):\n{}", self.status, self.body);
        self
    }

    /// Fails when the status is another.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "to {:?}: {}", self.to(), self.body);
        self
    }
}

impl Browser<'_> {
    /// Asks for a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", crate::page::encode(name), crate::page::encode(value)))
            .collect();
        self.send(Method::POST, path, Some(body.join("&"))).await
    }

    async fn send(&mut self, method: Method, path: &str, form: Option<String>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::COOKIE, cookies.join("; "));
        if form.is_some() {
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ORIGIN, "http://localhost");
        }
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 4711));
        let mut request = request.body(form.map_or_else(Body::empty, Body::from)).expect("a request");
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let response = self.site.router.clone().oneshot(request).await.expect("an answer");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (name, rest) = cookie.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 16 * 1024 * 1024).await.expect("a body").to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body, bytes }
    }
}
