//! The checkers themselves: each must find what is planted and pass what is clean, or the tests
//! that lean on them prove nothing.

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::Html;
use axum::routing::get;
use fantoccini::Locator;
use tests::harness::{self, Browser, Javascript, Options, Scheme, Viewport};

const CLEAN: &str = r#"<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>Schoon</title><link rel="icon" href="data:,">
<style>@layer base { :root { color-scheme: light dark; } body { background: light-dark(#fff, #10161d); color: light-dark(#14202e, #e6ebf0); } }</style>
</head><body><main><h1>Schoon</h1><p id="script">zonder script</p></main>
<script>document.getElementById("script").textContent = "met script";</script></body></html>"#;

const FAULTY: &str = r#"<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Fout</title><link rel="icon" href="data:,"></head>
<body><main><h1>Fout</h1><p style="color:#eee;background:#fff">onleesbaar</p><input type="text"><p><div></p></main></body></html>"#;

const LOUD: &str = r#"<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>Luid</title><link rel="icon" href="data:,"></head>
<body><p>Luid</p><img src="http://elders.example/pixel.png" alt=""><script>console.error("kapot");</script></body></html>"#;

/// A page of its own for each test, on a free port, for as long as the test's runtime lives.
async fn site() -> String {
    let language = |headers: HeaderMap| async move {
        let asked =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("none");
        Html(format!("<!DOCTYPE html><html lang=en><title>Language</title><p id=asked>{asked}</p>"))
    };
    let strict = || async {
        let policy = [(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        )];
        (policy, Html(FAULTY))
    };
    let router = Router::new()
        .route("/clean", get(|| async { Html(CLEAN) }))
        .route("/faulty", get(|| async { Html(FAULTY) }))
        .route("/strict", get(strict))
        .route("/loud", get(|| async { Html(LOUD) }))
        .route("/language", get(language));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn text(browser: &Browser, selector: &str) -> String {
    browser.client().find(Locator::Css(selector)).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn axe_finds_what_is_planted_and_passes_what_is_clean() {
    let Some(browser) = harness::browser(&Options::default()).await else { return };
    let site = site().await;
    for scheme in [Scheme::Light, Scheme::Dark] {
        browser.prefer(scheme).await;
        browser.open(&format!("{site}/clean")).await;
        let Some(violations) = browser.axe().await else { return };
        assert!(violations.is_empty(), "{scheme:?}: {violations:#?}");
    }
    // Also where the page's policy forbids every script.
    for page in ["faulty", "strict"] {
        browser.open(&format!("{site}/{page}")).await;
        let Some(violations) = browser.axe().await else { return };
        let rules: Vec<&str> = violations.iter().map(|violation| violation.rule.as_str()).collect();
        assert_eq!(rules, ["color-contrast", "html-has-lang", "label"], "{page}");
        assert!(violations[0].elements[0].starts_with("p:nth-child(2): "), "{}", violations[0]);
    }
}

#[tokio::test]
async fn scripts_run_when_on_and_do_not_when_off() {
    let site = site().await;
    for (javascript, expected) in [(Javascript::On, "met script"), (Javascript::Off, "zonder script")] {
        let Some(browser) = harness::browser(&Options { javascript, ..Options::default() }).await else {
            return;
        };
        browser.open(&format!("{site}/clean")).await;
        assert_eq!(text(&browser, "#script").await, expected);
        // Finding, reading and following links works in both.
        assert_eq!(text(&browser, "h1").await, "Schoon");
    }
}

#[tokio::test]
async fn colour_scheme_size_and_language_are_as_asked() {
    let site = site().await;
    let options =
        Options { scheme: Scheme::Dark, viewport: Viewport::NARROW, language: "en", ..Options::default() };
    let Some(browser) = harness::browser(&options).await else { return };
    browser.open(&format!("{site}/clean")).await;
    let look = "return [matchMedia('(prefers-color-scheme: dark)').matches, innerWidth,
        getComputedStyle(document.body).backgroundColor]";
    let seen = browser.client().execute(look, Vec::new()).await.unwrap();
    assert_eq!(seen, serde_json::json!([true, 320, "rgb(16, 22, 29)"]));
    browser.prefer(Scheme::Light).await;
    browser.resize(Viewport::WIDE).await;
    let seen = browser.client().execute(look, Vec::new()).await.unwrap();
    assert_eq!(seen, serde_json::json!([false, 1280, "rgb(255, 255, 255)"]));
    browser.open(&format!("{site}/language")).await;
    let asked = text(&browser, "#asked").await;
    assert!(asked.starts_with("en"), "{asked}");
    assert!(!asked.contains("nl"), "{asked}");
}

#[tokio::test]
async fn the_console_and_requests_to_elsewhere_are_seen() {
    let Some(browser) = harness::browser(&Options::default()).await else { return };
    let site = site().await;
    browser.open(&format!("{site}/clean")).await;
    assert_eq!(browser.console().await, []);
    let requests = browser.requests().await;
    assert!(requests.contains(&format!("{site}/clean")), "{requests:?}");
    assert!(requests.iter().all(|url| url.starts_with(&site) || url.starts_with("data:")), "{requests:?}");
    browser.open(&format!("{site}/loud")).await;
    let console = browser.console().await;
    assert!(
        console.iter().any(|line| line.level == "SEVERE" && line.message.contains("kapot")),
        "{console:?}"
    );
    let requests = browser.requests().await;
    assert!(requests.contains(&"http://elders.example/pixel.png".to_owned()), "{requests:?}");
    // And each was said once.
    assert_eq!(browser.console().await, []);
}

#[tokio::test]
async fn a_screenshot_is_a_picture_of_the_whole_page() {
    let Some(browser) = harness::browser(&Options { viewport: Viewport::NARROW, ..Options::default() }).await
    else {
        return;
    };
    browser.open(&format!("{}/clean", site().await)).await;
    browser.client().execute("document.body.style.height = '2000px'", Vec::new()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/clean.png");
    browser.screenshot(&file).await;
    let png = std::fs::read(file).unwrap();
    assert_eq!(&png[1..4], b"PNG");
    // Width and height are the first two fields of the first chunk.
    assert_eq!(png[16..20], 320u32.to_be_bytes());
    assert!(u32::from_be_bytes(png[20..24].try_into().unwrap()) >= 2000);
}

#[test]
fn the_html_checker_finds_what_is_planted_and_passes_what_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let files = [
        write("clean.html", CLEAN),
        write("faulty.html", FAULTY),
        write("clean.css", "@layer a, b; @layer a { p { color: light-dark(#000, #fff); } }"),
        write("faulty.css", "p { colour: red; }"),
    ];
    let Some(messages) = harness::vnu(&files) else { return };
    let about = |name: &str| messages.iter().filter(|m| m.file == name).collect::<Vec<_>>();
    assert_eq!(about("clean.html"), Vec::<&harness::VnuMessage>::new());
    assert_eq!(about("clean.css"), Vec::<&harness::VnuMessage>::new());
    assert!(
        about("faulty.html").iter().any(|m| m.line == 3 && m.message.contains("No “p” element in scope")),
        "{messages:#?}"
    );
    assert_eq!(about("faulty.css").len(), 1, "{messages:#?}");
}
