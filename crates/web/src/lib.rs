//! The pages: shell and design system, and the public, panel and staff pages that stand on them.
//!
//! This crate authorises, parses, calls the business and renders; it holds no business rule, knows
//! no SQL and opens no connection. Pages work without JavaScript and load nothing from elsewhere.
//!
//! # How to write a page
//!
//! Four things: texts, a template, a handler, a route. A complete page with a form:
//!
//! **1. Texts** in a file of your own, `i18n/nl/greetings.ftl` and `i18n/en/greetings.ftl` (same
//! keys, same arguments, or the build fails and says which):
//!
//! ```text
//! greeting-title = Groet
//! greeting-name = Naam
//! greeting-name-missing = Vul een naam in
//! greeting-count = { $count -> [one] één groet *[other] { $count } groeten }
//! flash-greeted = De groet is verstuurd.
//! ```
//!
//! Each message is a method of [`T`]: `t.greeting_title()`, `t.greeting_count(3)`; arguments come in
//! the order in which the Dutch text first names them. A key beginning with `flash-` also becomes a
//! variant, [`Flash`]`::Greeted`. No markup in texts, no message that refers to another (use terms,
//! `-term`), and no Rust keyword as a key. Names and roles of our own are never concatenated from
//! pieces: write whole sentences.
//!
//! **2. A template**, `templates/pages/greeting.html`. Extend `layouts/public.html`,
//! `layouts/panel.html` or `layouts/staff.html`, and import the components (`components.html` has
//! all of them with their arguments; `/_gallery` shows them):
//!
//! ```text
//! {%- extends "layouts/public.html" -%}
//! {%- import "components.html" as c -%}
//! {% block content %}
//! {{ c::error_summary(errors) }}
//! <h1>{{ page.title }}</h1>
//! <form method="post" action="/greeting" novalidate>
//! {{ c::field("name", t.greeting_name(), form.name, errors, autocomplete="name") }}
//! <div class="actions">{{ c::button(t.send()) }}</div>
//! </form>
//! {% endblock %}
//! ```
//!
//! A component with content is `{% call c::card(title) %} … {% endcall %}`; one without is
//! `{{ c::badge("ok", word) }}` (askama 0.16 wants `endcall` after every `call`). Inside a Rust macro
//! (`format!(…)`) askama does not rewrite names: avoid those in templates. Everything is escaped;
//! never use `|safe`. No inline style or script: the CSP refuses them.
//!
//! **3. A handler.** The struct has the fields `t` and `page`, which layouts and components use:
//!
//! ```
//! use askama::Template;
//! use serde::Deserialize;
//! use web::{Errors, Flash, Form, Page, PageResult, Section, T, Visit, ok, see_other, unprocessable};
//!
//! #[derive(Default, Deserialize)]
//! struct Greeting {
//!     #[serde(default)] // every field: what is missing is for us to report
//!     name: String,
//! }
//!
//! #[derive(Template)]
//! # #[template(ext = "html", source = r#"{%- extends "layouts/public.html" -%}
//! # {%- import "components.html" as c -%}
//! # {% block content %}
//! # {{ c::error_summary(errors) }}
//! # <h1>{{ page.title }}</h1>
//! # {{ c::field("name", t.send(), form.name, errors, autocomplete="name") }}
//! # {% endblock %}"#)]
//! # /*
//! #[template(path = "pages/greeting.html")]
//! # */
//! struct GreetingPage {
//!     t: T,
//!     page: Page,
//!     form: Greeting,
//!     errors: Errors,
//! }
//!
//! fn page(visit: &Visit, form: Greeting, errors: Errors) -> GreetingPage {
//!     let t = visit.t();
//!     # /*
//!     let page = visit.page(Section::Public, t.greeting_title()).failed(&errors);
//!     # */
//!     # let page = visit.page(Section::Public, t.send()).failed(&errors);
//!     GreetingPage { t, page, form, errors }
//! }
//!
//! async fn show(visit: Visit) -> PageResult {
//!     ok(&page(&visit, Greeting::default(), Errors::none()))
//! }
//!
//! async fn send(visit: Visit, Form(form): Form<Greeting>) -> PageResult {
//!     let t = visit.t();
//!     let mut errors = Errors::none();
//!     if form.name.trim().is_empty() {
//!         # /*
//!         errors.add("name", t.greeting_name_missing());
//!         # */
//!         # errors.add("name", t.send());
//!     }
//!     if !errors.is_empty() {
//!         return unprocessable(&page(&visit, form, errors)); // 422, values kept
//!     }
//!     visit.limit("greeting").await?; // counters per address; 429 with Retry-After
//!     // … call the business; its errors become `PageError::internal(error)` or `PageError::Conflict`
//!     Ok(see_other("/greeting").done(&visit, Flash::Sent).into())
//! }
//!
//! // 4. The routes: each says who may call it, and the navigation names them.
//! use web::{Access, Routes};
//! fn register<S: Clone + Send + Sync + 'static>(routes: &mut Routes<S>) {
//!     routes
//!         .get("/greeting", Access::PUBLIC, show)
//!         .post("/greeting", Access::PUBLIC, send)
//!         .nav(Section::Public, "/greeting", "mail", T::nav_home);
//! }
//! # let mut routes = Routes::<()>::new();
//! # register(&mut routes);
//! # assert!(web::app(routes, web::shell::Parts::default(), ()).is_ok());
//! ```
//!
//! # What you get without asking
//!
//! - Access is decided before the handler and before the body is read: [`Access`] on the route
//!   (`/staff` takes staff only, `/panel` the signed-in only). Whether *this* customer's record may be
//!   seen is yours to check; answer [`PageError::NotFound`] when not. `.fresh()` asks for a second
//!   factor of at most ten minutes old; who has none gives the password.
//! - Language, theme, header, navigation, breadcrumbs ([`Page::crumb`]), flash messages, footer.
//! - Error pages in the visitor's language for anything that fails, with a reference for faults of
//!   ours; the log has the same reference, the route's pattern and [`PageError::Internal`]'s text, and
//!   no path, query, name or address. So keep personal data out of error texts.
//! - `no-store` for the signed-in; strict security headers; CSRF refusal; limits on size and time.
//! - Lists: take a [`List`] argument for filter, sort and page; `c::filters`, `c::th_sort`,
//!   `c::pagination`; write `data-label` on each cell for narrow screens, `c::empty` when there is
//!   nothing yet and `c::no_match(list)` when `list.is_filtered()`. [`csv_file`] at the path plus
//!   `.csv` is what the link of `c::pagination` leads to.
//! - Ids in paths: [`PathId`]; what is not an id is 404.
//! - Dates and numbers: `t.date(at)`, `t.date_time(at)`, `t.number(n)`, deadlines with [`Clock`].
//! - Changes always redirect ([`see_other`]); forms that must act once carry
//!   `{{ c::once(key) }}` with [`Visit::idempotency_key`].
//!
//! # Pages on the office
//!
//! Handlers of [`pages`] take [`State`] as an argument (`state: State`, no wrapper), and [`Me`] for who
//! is signed in as the business knows them (`me.session.by()`, `me.session.acting_for`). The office's
//! errors become error pages by `?`; in a handler of a form, first let [`problems`] take what is
//! wrong with the form: `Errors::of_problems(t, &problems(error)?)`. Deeds that must happen once go
//! through `state.once.act("form-name", &form.once, visit.now(), async { … })`, which gives the path
//! to go to; use `act_in_memory` when that path holds a secret, such as the token of a receipt.
//!
//! # Rules of the screen
//!
//! One primary button a page. A status is icon, word and colour (`c::badge`). Icons by name from
//! `assets/icons.svg`, only beside a word; a test refuses names that are not there. What cannot be
//! undone has a page of its own with `c::confirm`. Text stays within 68 characters by itself.
//!
//! # Adding an asset
//!
//! Put it in `assets/` with its licence beside it; its address is `page.asset("name.ext")`, hashed.

mod access;
mod address;
mod assets;
pub mod cookie;
mod csv;
mod error;
mod form;
mod format;
mod gallery;
mod layers;
mod list;
pub mod machines;
mod once;
mod page;
pub mod pages;
mod param;
mod pdf;
mod preferences;
mod problems;
mod routes;
pub mod session;
pub mod shell;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod testing_office;
#[cfg(test)]
mod tests;
mod text;
mod visit;

pub use access::{Access, Decision, FRESH_SECONDS, Freshness, Who};
pub use address::{AddressRange, AddressRangeError, ClientAddress};
pub use csv::csv_file;
pub use error::{PageError, PageResult};
pub use form::{Choice, Errors, Form};
pub use format::{At, Clock, Count};
pub use layers::{CONTENT_SECURITY_POLICY, app};
pub use list::{List, Order, PAGE_ROWS};
pub use once::Once;
pub use page::{
    Crumb, FlashKind, FlashMessage, LanguageLink, NavLink, Page, SafePath, SeeOther, ok, see_other,
    unprocessable, with_status,
};
pub use param::PathId;
pub use pdf::pdf_file;
pub use preferences::Theme;
pub use problems::problems;
pub use routes::{CONFIRM, NavEntry, Route, RouteError, Routes, SIGN_IN, SIGN_OUT, Section};
pub use state::{
    Client, Me, Metrics, MetricsFor, OfficeSessions, Program, PublishPolicy, State, customer_role,
    staff_roles,
};
pub use text::{Arg, Flash, T, Text};
pub use visit::Visit;
