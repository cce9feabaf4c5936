//! A real browser: Debian's Chromium without a window, steered through chromedriver.

use super::axe::{self, Violation};
use super::driver::Driver;
use base64::Engine as _;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Browsers at the same time within one test program; more only make each other slow.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// Whether scripts run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Javascript {
    /// They run.
    On,
    /// They do not, as for a visitor who switched them off.
    Off,
}

/// What the visitor prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The size of the page in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewport {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Viewport {
    /// A desk.
    pub const WIDE: Self = Self { width: 1280, height: 900 };
    /// The narrowest that WCAG 2.2 (1.4.10) asks to work.
    pub const NARROW: Self = Self { width: 320, height: 640 };
}

/// How a browser begins.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether scripts run; cannot change later.
    pub javascript: Javascript,
    /// The preferred colour scheme.
    pub scheme: Scheme,
    /// The size of the page.
    pub viewport: Viewport,
    /// The language asked for, as in `Accept-Language`; cannot change later.
    pub language: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Self { javascript: Javascript::On, scheme: Scheme::Light, viewport: Viewport::WIDE, language: "nl" }
    }
}

/// One line of the browser's console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// `SEVERE`, `WARNING`, `INFO`, `DEBUG`.
    pub level: String,
    /// What it says, the place first.
    pub message: String,
}

/// A running browser. Stops when dropped, with its driver and its profile.
pub struct Browser {
    client: Client,
    javascript: Javascript,
    // Dropped in this order: the driver ends the browser, then its profile is removed.
    _driver: Driver,
    _profile: TempDir,
    _permit: SemaphorePermit<'static>,
}

/// Starts a browser; none, and the test noted as skipped, when the machine has no Chromium or no
/// chromedriver.
///
/// # Panics
/// When they are there but do not start.
pub async fn browser(options: &Options) -> Option<Browser> {
    let (chromium, chromedriver) = programs()?;
    let permit = BROWSERS.acquire().await.expect("the semaphore is never closed");
    Some(start(options, &chromium, &chromedriver, permit).await)
}

/// Starts two browsers, each with cookies of its own, for two people at the same time.
///
/// # Panics
/// As [`browser`].
pub async fn two_browsers(options: &Options) -> Option<[Browser; 2]> {
    let (chromium, chromedriver) = programs()?;
    // Both at once: two tests that hold one each would wait for each other.
    let mut permit = BROWSERS.acquire_many(2).await.expect("the semaphore is never closed");
    let second = permit.split(1).expect("two were acquired");
    Some([
        start(options, &chromium, &chromedriver, permit).await,
        start(options, &chromium, &chromedriver, second).await,
    ])
}

fn programs() -> Option<(PathBuf, PathBuf)> {
    let found = super::program("chromium").zip(super::program("chromedriver"));
    if found.is_none() {
        super::skipped("Chromium or its driver is not installed");
    }
    found
}

async fn start(
    options: &Options,
    chromium: &Path,
    chromedriver: &Path,
    permit: SemaphorePermit<'static>,
) -> Browser {
    let profile = TempDir::with_prefix("waarborg-browser-").expect("a temporary folder");
    let driver = Driver::start(chromedriver, profile.path());
    let capabilities = capabilities(options, chromium, profile.path());
    let Value::Object(capabilities) = capabilities else { unreachable!("an object was built") };
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&format!("http://127.0.0.1:{}", driver.port))
        .await
        .expect("chromedriver starts Chromium");
    let javascript = options.javascript;
    let browser = Browser { client, javascript, _driver: driver, _profile: profile, _permit: permit };
    browser.resize(options.viewport).await;
    browser.prefer(options.scheme).await;
    // What the browser's own first page asked for and said is no part of any test.
    browser.open("about:blank").await;
    browser.requests().await;
    browser.console().await;
    browser
}

fn capabilities(options: &Options, chromium: &Path, profile: &Path) -> Value {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        // The browser ends when the driver does, however the driver ends.
        "--remote-debugging-pipe",
        // A request to elsewhere cannot even find its way.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    ];
    let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--accept-lang={}", options.language));
    arguments.push(format!("--lang={}", options.language));
    let scripts = match options.javascript {
        Javascript::On => 1,
        Javascript::Off => 2,
    };
    json!({
        "browserName": "chrome",
        "pageLoadStrategy": "normal",
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "goog:chromeOptions": {
            "binary": chromium,
            "args": arguments,
            "prefs": {
                "profile.managed_default_content_settings.javascript": scripts,
                "credentials_enable_service": false,
                "profile.password_manager_enabled": false,
                "intl.accept_languages": options.language,
            },
        },
    })
}

impl Browser {
    /// The WebDriver client: going to pages, finding and filling in.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Goes to a page and waits until it has loaded.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Changes the preferred colour scheme.
    pub async fn prefer(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        // Without motion: a colour half way to another is no colour of the page.
        let features = json!([
            { "name": "prefers-color-scheme", "value": value },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Changes the size of the page.
    pub async fn resize(&self, viewport: Viewport) {
        let metrics = json!({
            "width": viewport.width,
            "height": viewport.height,
            "deviceScaleFactor": 1,
            "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A picture (PNG) of the whole page, also of what must be scrolled to.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub async fn screenshot(&self, file: &Path) {
        // Asking for the height makes the browser lay out what changed; its own idea of the page's
        // size can be that of the frame before.
        let size = "const root = document.documentElement; return [root.clientWidth, root.scrollHeight]";
        let size = self.client.execute(size, Vec::new()).await.expect("the size of the page");
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        let wish = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = self.devtools("Page.captureScreenshot", wish).await;
        let data = taken["data"].as_str().expect("a picture");
        let png = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).expect("a folder for pictures");
        }
        std::fs::write(file, png).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// What the console said since this was last asked.
    pub async fn console(&self) -> Vec<ConsoleLine> {
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = self.log("browser").await;
        entries
            .iter()
            .map(|entry| ConsoleLine { level: text(entry, "level"), message: text(entry, "message") })
            .collect()
    }

    /// The addresses that pages asked for since this was last asked: documents, styles, scripts,
    /// fonts, pictures; what the browser's own pages ask for is left out.
    ///
    /// # Panics
    /// When the driver's log is not as it is documented.
    pub async fn requests(&self) -> Vec<String> {
        let entries = self.log("performance").await;
        let messages = entries.iter().map(|entry| {
            let message = entry["message"].as_str().expect("a performance entry holds text");
            serde_json::from_str::<Value>(message).expect("the text is JSON")
        });
        messages
            .filter(|message| message["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|message| {
                let parameters = &message["message"]["params"];
                let own = parameters["documentURL"].as_str().is_some_and(|url| url.starts_with("chrome:"));
                parameters["request"]["url"].as_str().filter(|_| !own).map(str::to_owned)
            })
            .collect()
    }

    /// What axe-core finds wrong with the page as it stands, by WCAG 2.0 to 2.2, A and AA; none,
    /// and the test noted as skipped, when axe-core was not fetched.
    ///
    /// # Panics
    /// With scripts off: axe then never answers.
    pub async fn axe(&self) -> Option<Vec<Violation>> {
        assert!(self.javascript == Javascript::On, "axe needs scripts; run it in a browser that has them on");
        let Some(script) = super::tool("axe.min.js") else {
            super::skipped("axe-core is not there; run `cargo xtask setup`");
            return None;
        };
        Some(axe::run(&self.client, &script).await)
    }

    /// Sends a command of the Chrome DevTools Protocol.
    ///
    /// # Panics
    /// When the browser refuses it.
    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let path = "goog/cdp/execute";
        let body = json!({ "cmd": command, "params": parameters });
        self.client
            .issue_cmd(Extension { path, body })
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let answer = self.client.issue_cmd(Extension { path: "se/log", body: json!({ "type": kind }) }).await;
        match answer.unwrap_or_else(|error| panic!("the log {kind}: {error}")) {
            Value::Array(entries) => entries,
            other => panic!("the log {kind} is not a list: {other}"),
        }
    }
}

/// A command of chromedriver beyond the WebDriver standard.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
