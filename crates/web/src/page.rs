//! What the layouts need to know ([`Page`]), how a template becomes a response ([`ok`],
//! [`unprocessable`]) and how a handler sends the visitor on after a change ([`see_other`]).

use crate::assets;
use crate::cookie;
use crate::error::{PageError, PageResult};
use crate::form::Errors;
use crate::preferences::Theme;
use crate::routes::{SIGN_IN, SIGN_OUT, Section};
use crate::shell::Scheme;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use base::Language;
use http::{HeaderValue, Method, StatusCode, header};

/// How long a flash message waits to be shown.
const FLASH_SECONDS: u32 = 120;

/// Shows a page.
///
/// # Errors
/// When the template cannot be rendered.
pub fn ok(template: &impl Template) -> PageResult {
    with_status(StatusCode::OK, template)
}

/// Shows a form again, with what is wrong: status 422.
///
/// # Errors
/// When the template cannot be rendered.
pub fn unprocessable(template: &impl Template) -> PageResult {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// Shows a page with another status, such as 409 with an explanation of its own.
///
/// # Errors
/// When the template cannot be rendered.
pub fn with_status(status: StatusCode, template: &impl Template) -> PageResult {
    Ok((status, Html(template.render()?)).into_response())
}

/// How a flash message looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// It was done.
    Done,
    /// It was not done, or only in part.
    Warning,
}

/// Something to say once, after a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlashMessage {
    /// How it looks.
    pub kind: FlashKind,
    /// What it says.
    pub flash: Flash,
}

impl FlashMessage {
    /// The name of its cookie.
    pub(crate) const COOKIE: &'static str = "flash";

    fn cookie(self, scheme: Scheme) -> HeaderValue {
        let kind = if self.kind == FlashKind::Done { "done" } else { "warning" };
        cookie::set(Self::COOKIE, &format!("{kind}.{}", self.flash.code()), Some(FLASH_SECONDS), scheme)
    }

    /// Anyone can write a cookie; only what we know is shown.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (kind, code) = value.split_once('.')?;
        let kind = match kind {
            "done" => FlashKind::Done,
            "warning" => FlashKind::Warning,
            _ => return None,
        };
        let flash = Flash::ALL.iter().copied().find(|flash| flash.code() == code)?;
        Some(Self { kind, flash })
    }

    /// The text on screen.
    #[must_use]
    pub fn text(&self, t: &T) -> Text {
        self.flash.text(*t)
    }

    /// The kind of notice panel.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self.kind {
            FlashKind::Done => "ok",
            FlashKind::Warning => "warn",
        }
    }
}

/// A redirect after a change (post/redirect/get): status 303.
#[derive(Debug, Clone)]
#[must_use]
pub struct SeeOther {
    to: String,
    cookies: Vec<HeaderValue>,
}

/// Sends the visitor on to a path of ours.
pub fn see_other(to: &str) -> SeeOther {
    SeeOther { to: to.to_owned(), cookies: Vec::new() }
}

impl SeeOther {
    /// Says there that it was done.
    pub fn done(self, visit: &Visit, flash: Flash) -> Self {
        self.cookie(FlashMessage { kind: FlashKind::Done, flash }.cookie(visit.shell().scheme()))
    }

    /// Says there that it was not, or only in part.
    pub fn warning(self, visit: &Visit, flash: Flash) -> Self {
        self.cookie(FlashMessage { kind: FlashKind::Warning, flash }.cookie(visit.shell().scheme()))
    }

    /// Sets a cookie on the way, such as [`cookie::session_cookie`].
    pub fn cookie(mut self, cookie: HeaderValue) -> Self {
        self.cookies.push(cookie);
        self
    }
}

impl IntoResponse for SeeOther {
    fn into_response(self) -> Response {
        let Ok(to) = HeaderValue::try_from(self.to) else {
            return PageError::Internal("a redirect to something that is no path".to_owned()).into_response();
        };
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
        for cookie in self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl From<SeeOther> for Response {
    fn from(redirect: SeeOther) -> Self {
        redirect.into_response()
    }
}

/// A path of this site to go back to, as it may come from outside (`?next=`): it cannot lead to
/// another site. The default is the home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafePath(String);

impl Default for SafePath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl SafePath {
    /// The longest that is believed.
    const BYTES_MAX: usize = 1024;

    /// Reads a path with or without query. None when a browser could take it for another site.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let ours = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= Self::BYTES_MAX
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        ours.then(|| Self(text.to_owned()))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as the value of a query parameter.
    #[must_use]
    pub fn encoded(&self) -> String {
        encode(&self.0)
    }
}

/// Percent-encodes everything but unreserved characters and `/`.
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String takes all");
        }
    }
    out
}

/// A link in header, navigation or footer.
#[derive(Debug, Clone)]
pub struct NavLink {
    /// Where to.
    pub href: &'static str,
    /// The icon in front.
    pub icon: &'static str,
    /// The words.
    pub label: Text,
    /// Whether the visitor is there: the value of `aria-current`, or empty.
    pub current: &'static str,
}

/// A step on the way to the page.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// Where to.
    pub href: String,
    /// The words.
    pub label: Text,
}

/// A language to switch to.
#[derive(Debug, Clone)]
pub struct LanguageLink {
    /// The same page in that language.
    pub href: String,
    /// The tag.
    pub tag: &'static str,
    /// Its name in itself.
    pub name: &'static str,
    /// Whether the page is in it now: the value of `aria-current`, or empty.
    pub current: &'static str,
}

/// What the layouts need to know about a page. Templates have it in the field `page`.
#[derive(Debug, Clone)]
pub struct Page {
    /// The texts; the same as the template's own field `t`.
    pub t: T,
    /// The title, also the heading.
    pub title: Text,
    /// Where in the site.
    pub section: Section,
    /// The provider's name.
    pub provider: String,
    /// The theme, for the form.
    pub theme: Theme,
    /// The navigation of the section.
    pub nav: Vec<NavLink>,
    /// The links of the footer.
    pub footer: Vec<NavLink>,
    /// The steps above the title.
    pub crumbs: Vec<Crumb>,
    /// Something to say once.
    pub flash: Option<FlashMessage>,
    /// The languages.
    pub languages: Vec<LanguageLink>,
    /// The name of who is signed in; empty when nobody is.
    pub signed_in: String,
    /// The customer that the login acts for; empty when none.
    pub acting: String,
    /// Whether the header offers to sign in.
    pub sign_in: Option<&'static str>,
    /// Where the sign-out button posts, if it is there.
    pub sign_out: Option<&'static str>,
    /// The visitor's own areas: panel and staff.
    pub areas: Vec<NavLink>,
    /// This page, to come back to after choosing a theme.
    pub here: String,
    /// Whether a form on it failed, which the title then begins with.
    pub failed: Option<Text>,
}

impl Page {
    pub(crate) fn new(visit: &Visit, section: Section, title: Text) -> Self {
        let t = visit.t();
        let session = visit.session();
        let here = visit
            .0
            .query
            .as_ref()
            .map_or_else(|| visit.path().to_owned(), |query| format!("{}?{query}", visit.path()));
        let reaches = |path: &'static str| visit.shell().reaches(&Method::GET, path, session);
        let area = |href, icon, label: Text, of: Section| NavLink {
            href,
            icon,
            label,
            current: if section == of { "true" } else { "" },
        };
        let mut areas = Vec::new();
        if reaches("/panel") && session.is_some_and(|session| session.acting.is_some()) {
            areas.push(area("/panel", "house", t.area_panel(), Section::Panel));
        }
        if reaches("/staff") {
            areas.push(area("/staff", "briefcase", t.area_staff(), Section::Staff));
        }
        let is_registered = |method, path| visit.shell().route(&method, path).is_some();
        Self {
            t,
            title,
            section,
            provider: visit.shell().config().provider.clone(),
            theme: visit.theme(),
            nav: nav(visit, section),
            footer: nav(visit, Section::Footer),
            crumbs: Vec::new(),
            flash: visit.0.flash,
            languages: languages(visit),
            signed_in: session.map(|session| session.name.expose().clone()).unwrap_or_default(),
            acting: session
                .and_then(|session| session.acting.as_ref())
                .map(|acting| acting.name.expose().clone())
                .unwrap_or_default(),
            sign_in: (session.is_none() && is_registered(Method::GET, SIGN_IN)).then_some(SIGN_IN),
            sign_out: (session.is_some() && is_registered(Method::POST, SIGN_OUT)).then_some(SIGN_OUT),
            areas,
            here: SafePath::parse(&here).unwrap_or_default().0,
            failed: None,
        }
    }

    /// Adds a step above the title; call it from the outermost inwards.
    #[must_use]
    pub fn crumb(mut self, href: impl Into<String>, label: impl Into<Text>) -> Self {
        self.crumbs.push(Crumb { href: href.into(), label: label.into() });
        self
    }

    /// Says in the title that the form on the page failed, if it did.
    #[must_use]
    pub fn failed(mut self, errors: &Errors) -> Self {
        self.failed = (!errors.is_empty()).then(|| self.t.error_prefix());
        self
    }

    /// The title of the document.
    #[must_use]
    pub fn document_title(&self) -> String {
        let title = self.t.shell_title(&self.title, &self.provider);
        self.failed.as_ref().map_or_else(|| title.to_string(), |prefix| format!("{prefix} {title}"))
    }

    /// Whether the page is at this path, whatever its query.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.here.split('?').next() == Some(path)
    }

    /// The language tag of the document.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.t.language().tag()
    }

    /// The hashed address of an asset.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// The three themes with their words, for the form.
    #[must_use]
    pub fn themes(&self) -> [(Theme, Text, &'static str); 3] {
        [
            (Theme::System, self.t.theme_system(), "monitor"),
            (Theme::Light, self.t.theme_light(), "sun"),
            (Theme::Dark, self.t.theme_dark(), "moon"),
        ]
    }
}

/// The navigation of a section: what this visitor may reach, the nearest to this page marked.
fn nav(visit: &Visit, section: Section) -> Vec<NavLink> {
    let shown = visit.shell().nav().iter().filter(|entry| {
        entry.section == section && visit.shell().reaches(&Method::GET, entry.path, visit.session())
    });
    let mut links: Vec<NavLink> = shown
        .map(|entry| NavLink {
            href: entry.path,
            icon: entry.icon,
            label: (entry.label)(&visit.t()),
            current: "",
        })
        .collect();
    let here = visit.path();
    let nearest = links
        .iter_mut()
        .filter(|link| {
            here == link.href
                || (link.href != "/"
                    && here.strip_prefix(link.href).is_some_and(|rest| rest.starts_with('/')))
        })
        .max_by_key(|link| link.href.len());
    if let Some(link) = nearest {
        link.current = if here == link.href { "page" } else { "true" };
    }
    links
}

/// The same page in each language: the query is kept, but for `lang`.
fn languages(visit: &Visit) -> Vec<LanguageLink> {
    let kept: Vec<&str> = visit
        .0
        .query
        .iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .collect();
    let link = |language: Language| {
        let mut pairs = kept.clone();
        let lang = format!("lang={}", language.tag());
        pairs.push(&lang);
        LanguageLink {
            href: format!("?{}", pairs.join("&")),
            tag: language.tag(),
            name: match language {
                Language::Nl => "Nederlands",
                Language::En => "English",
            },
            current: if language == visit.language() { "true" } else { "" },
        }
    };
    Language::ALL.into_iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_to_go_back_to_stays_here() {
        for ok in ["/", "/panel", "/panel/x?q=a%20b&page=2"] {
            assert_eq!(SafePath::parse(ok).map(|path| path.0), Some(ok.to_owned()));
        }
        let long = format!("/{}", "a".repeat(2000));
        for bad in [
            "",
            "panel",
            "//example.org",
            "/\\example.org",
            "https://example.org",
            "/a b",
            "/a\r\nb",
            "/é",
            &long,
        ] {
            assert_eq!(SafePath::parse(bad), None, "{bad}");
        }
        assert_eq!(SafePath::parse("/a?b=c&d").map(|path| path.encoded()), Some("/a%3Fb%3Dc%26d".to_owned()));
    }

    #[test]
    fn a_flash_survives_its_cookie_and_nothing_else_does() {
        for flash in Flash::ALL {
            for kind in [FlashKind::Done, FlashKind::Warning] {
                let message = FlashMessage { kind, flash: *flash };
                let cookie = message.cookie(Scheme::Http);
                let value =
                    cookie.to_str().expect("text").split([';', '=']).nth(1).expect("a value").to_owned();
                assert_eq!(FlashMessage::parse(&value), Some(message));
            }
        }
        for wrong in ["", "done", "done.unknown", "other.saved", "<script>.saved"] {
            assert_eq!(FlashMessage::parse(wrong), None);
        }
    }
}
