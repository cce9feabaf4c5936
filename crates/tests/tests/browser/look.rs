//! Looking at a page as every visitor may see it: both languages, both schemes, wide and narrow.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tests::harness::{self, Browser, Options, Scheme, Site, Viewport, Visitor};
use web::{Routes, State};

/// How each page is looked at in a language: together every pair of language, scheme and width.
const LOOKS: [(&str, [(Scheme, Viewport); 2]); 2] = [
    ("nl", [(Scheme::Light, Viewport::WIDE), (Scheme::Dark, Viewport::NARROW)]),
    ("en", [(Scheme::Dark, Viewport::WIDE), (Scheme::Light, Viewport::NARROW)]),
];

/// What reaches past the right edge of the page, if it can be scrolled sideways.
const SIDEWAYS: &str = "
const page = document.documentElement;
if (page.scrollWidth <= page.clientWidth) { return []; }
return [...document.querySelectorAll('body *')]
  .filter((e) => e.getBoundingClientRect().right > page.clientWidth + 1)
  .slice(0, 5)
  .map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`);
";

/// Routes that give no page but a file or a word for a program.
const NO_PAGES: [&str; 14] = [
    "/privacy/text",
    "/privacy/{version}/text",
    "/receipt/{token}/file",
    "/ledger/checkpoint",
    "/ledger/key",
    "/ledger/tile/{*name}",
    "/ledger/tile/entries/{*name}",
    "/robots.txt",
    "/.well-known/security.txt",
    "/healthz",
    "/metrics",
    "/staff/ledger/export",
    "/staff/seal/bundle",
    "/panel/history/{position}",
];

/// A page to look at.
#[derive(Debug, Clone)]
pub struct Stop {
    /// The route as it is declared.
    pub route: &'static str,
    /// The path that is opened.
    pub path: String,
    /// What the server answers.
    pub status: u16,
}

/// A page of a route, at a path of its own.
pub fn at(route: &'static str, path: impl Into<String>) -> Stop {
    Stop { route, path: path.into(), status: 200 }
}

/// A page whose route has nothing that varies.
pub fn page(route: &'static str) -> Stop {
    at(route, route)
}

impl Stop {
    /// The same, when the server answers so.
    pub fn is(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// Somebody who looks at pages, and notes what is wrong with them.
pub struct Looker<'a> {
    pub browser: Browser,
    site: &'a Site,
    /// The pages as the server sent them, for the HTML checker.
    pages: TempDir,
    files: Vec<PathBuf>,
    wrong: Vec<String>,
    seen: BTreeSet<&'static str>,
    pictures: Option<PathBuf>,
}

static PICTURE: AtomicUsize = AtomicUsize::new(0);

impl<'a> Looker<'a> {
    /// Starts a browser for it. With `WAARBORG_PICTURES` a picture of every page goes into the folder
    /// of that name.
    pub async fn new(site: &'a Site) -> Option<Self> {
        let browser = harness::browser(&Options::default()).await?;
        let pages = TempDir::with_prefix("waarborg-pages-").unwrap();
        let pictures = std::env::var_os("WAARBORG_PICTURES").map(PathBuf::from);
        let (files, wrong, seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        Some(Self { browser, site, pages, files, wrong, seen, pictures })
    }

    /// Looks at pages as somebody who is signed in so far as these cookies say.
    pub async fn walk(&mut self, who: &Visitor, stops: &[Stop]) {
        for (language, looks) in LOOKS {
            let mut who = who.clone();
            who.cookies.insert("lang".to_owned(), language.to_owned());
            self.be(&who).await;
            for stop in stops {
                self.seen.insert(stop.route);
                let name = format!("{language} {}", stop.path);
                self.read(&mut who, stop, language).await;
                self.browser.open(&format!("{}{}", self.site.url, stop.path)).await;
                let path = self.browser.path().await;
                if path != stop.path {
                    self.wrong.push(format!("{name}: leads to {path}"));
                }
                self.look(&name, &looks, stop.status).await;
            }
        }
    }

    /// Looks at the page on which the browser is: one that comes of sending a form.
    pub async fn look_here(&mut self, name: &str, status: u16) {
        let looks: Vec<_> = LOOKS.iter().flat_map(|(_, looks)| looks).copied().collect();
        self.look(name, &looks, status).await;
        // As the browser has it: there is no other way to read what was sent once.
        let source = format!("<!DOCTYPE html>\n{}", self.browser.client().source().await.unwrap());
        self.keep(&source);
    }

    /// Takes the cookies of somebody, and no others.
    pub async fn be(&self, who: &Visitor) {
        self.browser.devtools("Network.clearBrowserCookies", serde_json::json!({})).await;
        for (name, value) in &who.cookies {
            let cookie = serde_json::json!({ "name": name, "value": value, "url": self.site.url });
            self.browser.devtools("Network.setCookie", cookie).await;
        }
    }

    async fn read(&mut self, who: &mut Visitor, stop: &Stop, language: &str) {
        let answer = who.get(&stop.path).await;
        let (kind, text) = (answer.header("content-type").to_owned(), answer.text());
        let (found, path) = (answer.status.as_u16(), &stop.path);
        if found != stop.status || kind != "text/html; charset=utf-8" {
            self.wrong.push(format!("{language} {path}: {found} {kind}, leads to {:?}", answer.to()));
        } else if !text.contains(&format!("<html lang=\"{language}\"")) {
            self.wrong.push(format!("{language} {path}: in another language"));
        } else {
            self.keep(&text);
        }
    }

    fn keep(&mut self, html: &str) {
        let file = self.pages.path().join(format!("{}.html", self.files.len()));
        std::fs::write(&file, html).unwrap();
        self.files.push(file);
    }

    async fn look(&mut self, name: &str, looks: &[(Scheme, Viewport)], status: u16) {
        let title = self.browser.title().await;
        if title.trim().is_empty() || !self.browser.has("h1").await {
            self.wrong.push(format!("{name}: no title or no heading"));
        }
        for (scheme, viewport) in looks {
            let name = format!("{name} {scheme:?} {}", viewport.width);
            self.browser.prefer(*scheme).await;
            self.browser.resize(*viewport).await;
            self.picture(&name).await;
            for violation in self.browser.axe().await.unwrap_or_default() {
                self.wrong.push(format!("{name}: {violation}"));
            }
            let sideways = self.browser.client().execute(SIDEWAYS, Vec::new()).await.unwrap();
            if sideways.as_array().is_none_or(|list| !list.is_empty()) {
                self.wrong.push(format!("{name}: scrolls sideways: {sideways}"));
            }
        }
        for line in self.browser.console().await {
            // Chromium notes every answer of 4xx, also the ones that are meant.
            let meant = status >= 400 && line.message.contains(&format!("status of {status} "));
            // What helps whoever writes pages is no mistake of one.
            let hint = ["DEBUG", "INFO"].contains(&line.level.as_str());
            if !meant && !hint {
                self.wrong.push(format!("{name}: console: {} {}", line.level, line.message));
            }
        }
        for url in self.browser.requests().await {
            if !url.starts_with(&self.site.url) {
                self.wrong.push(format!("{name}: asks {url}"));
            }
        }
    }

    async fn picture(&self, name: &str) {
        let Some(folder) = &self.pictures else { return };
        let number = PICTURE.fetch_add(1, Ordering::Relaxed);
        let short: String =
            name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(90).collect();
        self.browser.screenshot(&folder.join(format!("{number:04}{short}.png"))).await;
    }

    /// Every page of these areas was looked at, none was wrong, and the HTML of each is valid.
    pub fn finish(mut self, areas: &[&str]) {
        let mut routes = Routes::<State>::new();
        web::pages::register(&mut routes);
        for route in routes.list().iter().filter(|route| route.method == "GET") {
            let first = route.path.split('/').nth(1).unwrap_or_default();
            let area = if ["panel", "account", "staff"].contains(&first) { first } else { "" };
            let is_file =
                [".csv", ".json", ".pdf", "/file", "/pdf"].iter().any(|end| route.path.ends_with(end));
            let is_page = !is_file && !NO_PAGES.contains(&route.path);
            if areas.contains(&area) && is_page && !self.seen.contains(route.path) {
                self.wrong.push(format!("{}: nobody looked at it", route.path));
            }
        }
        if let Some(found) = harness::vnu(&self.files) {
            for message in found {
                let html = std::fs::read_to_string(self.pages.path().join(&message.file)).unwrap_or_default();
                let title = html.split("<title>").nth(1).and_then(|rest| rest.split('<').next());
                self.wrong.push(format!("{}: {message}", title.unwrap_or("a style sheet").trim()));
            }
        }
        assert!(self.wrong.is_empty(), "{} things are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }

    /// Has the style sheets checked too.
    pub async fn style_sheets(&mut self, who: &mut Visitor) {
        let html = who.get("/").await.text();
        let sheets: Vec<_> = html.split('"').filter(|part| part.ends_with(".css")).collect();
        assert!(!sheets.is_empty(), "a page has a style sheet");
        for (index, path) in sheets.into_iter().enumerate() {
            let css = who.get(path).await.is(200);
            let file = self.pages.path().join(format!("{index}.css"));
            std::fs::write(&file, &css.bytes).unwrap();
            self.files.push(file);
        }
    }
}
