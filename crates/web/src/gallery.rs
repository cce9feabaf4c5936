//! `/_gallery`: every component in all its states, in the visitor's language. Only there when the
//! configuration shows it; for tests, screenshots and whoever designs a page. The examples are of
//! plainly fictional people, and their texts are made here, not translated: they are samples.

use crate::access::Access;
use crate::error::PageResult;
use crate::form::{Choice, Errors};
use crate::format::Clock;
use crate::list::List;
use crate::page::{Page, ok};
use crate::routes::{Routes, Section};
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use base::{Language, Timestamp};

/// Registers the gallery.
pub(crate) fn register<S: Clone + Send + Sync + 'static>(routes: &mut Routes<S>) {
    routes.get("/_gallery", Access::PUBLIC, components).get("/_gallery/public", Access::PUBLIC, public).get(
        "/_gallery/staff",
        Access::PUBLIC,
        staff,
    );
    for (path, icon, label) in [
        ("/_gallery", "layout-dashboard", (|t: &T| pick(*t, "Overzicht", "Overview").into()) as fn(&T) -> _),
        ("/_gallery/public", "file-text", |t: &T| pick(*t, "Formulier", "Form").into()),
        ("/_gallery/staff", "users", |t: &T| pick(*t, "Klanten", "Customers").into()),
    ] {
        routes.nav(Section::Panel, path, icon, label).nav(Section::Staff, path, icon, label);
    }
    for (path, label) in [
        ("/_gallery", (|t: &T| pick(*t, "Privacyverklaring", "Privacy statement").into()) as fn(&T) -> _),
        ("/_gallery/public", |t: &T| pick(*t, "Onze beloften", "Our promises").into()),
        ("/_gallery/staff", |t: &T| pick(*t, "Toegankelijkheid", "Accessibility").into()),
    ] {
        routes.nav(Section::Footer, path, "info", label).nav(Section::Public, path, "info", label);
    }
}

const fn pick(t: T, nl: &'static str, en: &'static str) -> &'static str {
    match t.language() {
        Language::Nl => nl,
        Language::En => en,
    }
}

/// A made-up row of a list.
struct Row {
    number: &'static str,
    name: &'static str,
    since: Timestamp,
    open: u32,
    kind: &'static str,
    word: &'static str,
}

/// The page of all components.
#[derive(Template)]
#[template(path = "pages/gallery.html")]
struct Gallery {
    t: T,
    page: Page,
    errors: Errors,
    none: Errors,
    choices: Vec<Choice>,
    chosen: Vec<String>,
    clocks: Vec<Clock>,
    at: Timestamp,
    markup: &'static str,
}

impl Gallery {
    const fn pick(&self, nl: &'static str, en: &'static str) -> &'static str {
        pick(self.t, nl, en)
    }
}

fn errors(t: T) -> Errors {
    let mut errors = Errors::none();
    errors.add(
        "email",
        pick(
            t,
            "Vul een e-mailadres in, zoals naam@voorbeeld.example",
            "Enter an e-mail address, like name@sample.example",
        )
        .into(),
    );
    errors
        .add("about", pick(t, "Kies waar uw bericht over gaat", "Choose what your message is about").into());
    errors.add("message", pick(t, "Schrijf een bericht", "Write a message").into());
    errors
}

fn choices(t: T) -> Vec<Choice> {
    vec![
        Choice::new("question", pick(t, "Een vraag", "A question")),
        Choice::new("right", pick(t, "Een verzoek over mijn gegevens", "A request about my data"))
            .hint(pick(t, "Inzage, correctie of verwijdering", "Access, rectification or erasure")),
        Choice::new("complaint", pick(t, "Een klacht", "A complaint")),
    ]
}

async fn components(visit: Visit) -> PageResult {
    let t = visit.t();
    let now = Timestamp::from_seconds(1_795_348_800);
    let clock = |passed_hours: i64| Clock {
        began: now.plus_seconds(-passed_hours * 3600),
        deadline: now.plus_seconds((72 - passed_hours) * 3600),
        now,
    };
    let errors = errors(t);
    let title = pick(t, "Onderdelen van de pagina’s", "Components of the pages");
    let page = visit.page(Section::Panel, title.into()).crumb("/_gallery", pick(t, "Overzicht", "Overview"));
    ok(&Gallery {
        t,
        page,
        errors,
        none: Errors::none(),
        choices: choices(t),
        chosen: vec!["right".to_owned()],
        clocks: vec![clock(10), clock(65), clock(80)],
        at: now,
        markup: "<script>alert(\"x\")</script>",
    })
}

/// A public form that failed.
#[derive(Template)]
#[template(path = "pages/gallery_form.html")]
struct FormPage {
    t: T,
    page: Page,
    errors: Errors,
    choices: Vec<Choice>,
}

impl FormPage {
    const fn pick(&self, nl: &'static str, en: &'static str) -> &'static str {
        pick(self.t, nl, en)
    }
}

async fn public(visit: Visit) -> PageResult {
    let t = visit.t();
    let errors = errors(t);
    let page = visit.page(Section::Public, "Contact".into()).failed(&errors);
    ok(&FormPage { t, page, errors, choices: choices(t) })
}

/// A list in the staff panel.
#[derive(Template)]
#[template(path = "pages/gallery_list.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    choices: Vec<Choice>,
}

impl ListPage {
    const fn pick(&self, nl: &'static str, en: &'static str) -> &'static str {
        pick(self.t, nl, en)
    }
}

async fn staff(visit: Visit, mut list: List) -> PageResult {
    let t = visit.t();
    list.set_total(if list.filter("q") == "none" { 0 } else { 1284 });
    let row = |number, name, day: i64, open, kind, word| Row {
        number,
        name,
        since: Timestamp::from_seconds(1_700_000_000).plus_days(day),
        open,
        kind,
        word,
    };
    let rows = vec![
        row("K-10023", "Voorbeeld Bakkerij BV", 3, 0, "ok", pick(t, "Actief", "Active")),
        row(
            "K-10024",
            "Stichting Fictief Erfgoed van de Lage Landen",
            44,
            2,
            "warn",
            pick(t, "Wacht op antwoord", "Awaiting answer"),
        ),
        row("K-10025", "Noor Voorbeeld", 301, 1, "danger", pick(t, "Termijn verstreken", "Overdue")),
        row("K-10026", "Verzonnen Fietsen VOF", 512, 0, "info", pick(t, "Nieuw", "New")),
        row("K-10027", "Dummy & Zonen", 730, 0, "muted", pick(t, "Beëindigd", "Ended")),
    ];
    let rows = if list.total() == 0 { Vec::new() } else { rows };
    let page = visit.page(Section::Staff, pick(t, "Klanten", "Customers").into());
    ok(&ListPage { t, page, list, rows, choices: choices(t) })
}
