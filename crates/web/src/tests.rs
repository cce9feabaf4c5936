//! The shell as a whole: requests go in, responses come out.

use crate::session::CustomerRole;
use crate::shell::{Config, Gallery, Limiter, Parts, Scheme};
use crate::testing::Tokens;
use crate::{
    Access, CONTENT_SECURITY_POLICY, Flash, Form, PageError, PageResult, Routes, Section, T, Visit, app,
    see_other,
};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::IntoResponse;
use base::ManualClock;
use http::{HeaderMap, Request, StatusCode};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    text: String,
}

struct Never;

impl Limiter for Never {
    fn count(&self, _: &'static str, _: crate::ClientAddress) -> crate::session::Answer<'_, Result<(), u32>> {
        Box::pin(async { Err(90) })
    }
}

async fn hello(visit: Visit) -> String {
    format!("hello {}", visit.session().map_or("stranger", |session| session.login.as_str()))
}

async fn save(visit: Visit, Form(note): Form<Note>) -> PageResult {
    assert!(note.text.len() < 10_000);
    Ok(see_other("/_gallery").done(&visit, Flash::Saved).into())
}

async fn panics(_: Visit) -> PageResult {
    panic!("a secret in a panic")
}

async fn slow(_: Visit) -> &'static str {
    tokio::time::sleep(Duration::from_secs(5)).await;
    "late"
}

async fn fails(_: Visit) -> PageResult {
    Err(PageError::Internal("the disk is full".to_owned()))
}

async fn by_number(_: Visit, crate::PathId(number): crate::PathId<u32>) -> String {
    number.to_string()
}

async fn conflict(_: Visit) -> PageResult {
    Err(PageError::Conflict)
}

async fn limited(visit: Visit) -> PageResult {
    visit.limit("test").await?;
    Ok("through".into_response())
}

fn router(scheme: Scheme) -> Router {
    let mut routes = Routes::<()>::new();
    routes
        .get("/", Access::PUBLIC, hello)
        .get("/me", Access::SIGNED_IN, hello)
        .get("/panel", Access::customer(CustomerRole::Reader), hello)
        .get("/panel/own/{id}", Access::customer(CustomerRole::Owner), hello)
        .post("/panel/own/{id}", Access::customer(CustomerRole::Owner), save)
        .get("/panel/erase", Access::customer(CustomerRole::Owner).fresh(), hello)
        .get("/staff", Access::STAFF, hello)
        .get("/sign-in", Access::PUBLIC, hello)
        .post("/sign-out", Access::SIGNED_IN, hello)
        .post("/save", Access::PUBLIC, save)
        .get("/panics", Access::PUBLIC, panics)
        .get("/slow", Access::PUBLIC, slow)
        .get("/fails", Access::PUBLIC, fails)
        .get("/conflict", Access::PUBLIC, conflict)
        .get("/number/{number}", Access::PUBLIC, by_number)
        .get("/limited", Access::PUBLIC, limited)
        .nav(Section::Public, "/", "house", T::nav_home);
    let config = Config {
        scheme,
        provider: "Voorbeeld <Hosting>".to_owned(),
        timeout: Duration::from_millis(200),
        body_bytes_max: 1000,
        gallery: Gallery::Shown,
        ..Config::default()
    };
    let parts = Parts {
        config,
        sessions: Arc::new(Tokens),
        limiter: Arc::new(Never),
        clock: Arc::new(ManualClock::at_second(2)),
        ..Parts::default()
    };
    app(routes, parts, ()).expect("the table is right")
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn cookies(&self) -> String {
        self.headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

async fn ask(router: &Router, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let (method, uri) = line.split_once(' ').expect("METHOD /path");
    let mut request = Request::builder().method(method).uri(uri).header("host", "waarborg.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    let response = router.clone().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

async fn get(line: &str, headers: &[(&str, &str)]) -> Answer {
    ask(&router(Scheme::Http), &format!("GET {line}"), headers, "").await
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OURS: (&str, &str) = ("origin", "http://waarborg.example");

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    for line in ["/", "/_gallery", "/nothing", "/panics", "/me", "/assets/nothing.css"] {
        let answer = get(line, &[]).await;
        assert_eq!(answer.header("content-security-policy"), CONTENT_SECURITY_POLICY, "{line}");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(answer.header("x-request-id").len(), 12);
        assert_eq!(answer.header("strict-transport-security"), "", "not on plain http");
    }
    let tls = ask(&router(Scheme::Https), "GET /", &[], "").await;
    assert!(tls.header("strict-transport-security").starts_with("max-age=31536000"));
    assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none';"));
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe") && !CONTENT_SECURITY_POLICY.contains('*'));
}

#[tokio::test]
async fn pages_of_the_signed_in_are_not_kept() {
    assert_eq!(get("/", &[]).await.header("cache-control"), "private, no-cache");
    assert_eq!(get("/", &[("cookie", "session=viewer")]).await.header("cache-control"), "no-store");
    assert_eq!(get("/nothing", &[("cookie", "session=viewer")]).await.header("cache-control"), "no-store");
    let gzip = [("accept-encoding", "gzip"), ("cookie", "session=viewer")];
    assert_eq!(get("/_gallery", &gzip).await.header("content-encoding"), "");
    assert_eq!(get("/_gallery", &gzip[..1]).await.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn routes_are_refused_as_declared() {
    for (path, cookie, expected, to) in [
        ("/me", "", 303, "/sign-in?next=/me"),
        ("/me", "session=unknown", 303, "/sign-in?next=/me"),
        ("/me", "session=viewer", 200, ""),
        ("/panel", "", 303, "/sign-in?next=/panel"),
        ("/panel?page=2", "", 303, "/sign-in?next=/panel%3Fpage%3D2"),
        ("/panel", "session=viewer", 200, ""),
        ("/panel", "session=support", 403, ""),
        ("/panel/own/7", "session=viewer", 403, ""),
        ("/panel/own/7", "session=owner", 200, ""),
        ("/panel/erase", "session=owner", 303, "/sign-in/confirm?next=/panel/erase"),
        ("/panel/erase", "session=viewer", 403, ""),
        ("/staff", "session=owner", 403, ""),
        ("/staff", "session=half", 303, "/sign-in/confirm?next=/staff"),
        ("/staff", "session=support", 200, ""),
        ("/me", "session=broken", 500, ""),
        ("/", "session=broken", 500, ""),
    ] {
        let answer = get(path, &[("cookie", cookie)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (expected, to), "{path} {cookie}");
    }
}

#[tokio::test]
async fn over_https_only_the_host_bound_cookie_signs_in() {
    let router = router(Scheme::Https);
    assert_eq!(ask(&router, "GET /me", &[("cookie", "session=owner")], "").await.status, 303);
    assert_eq!(ask(&router, "GET /me", &[("cookie", "__Host-session=owner")], "").await.status, 200);
}

#[tokio::test]
async fn a_handler_cannot_be_reached_around_the_table() {
    let bare: Router = Router::new().route("/", axum::routing::get(hello));
    assert_eq!(ask(&bare, "GET /", &[], "").await.status, 500);
}

#[tokio::test]
async fn changes_from_elsewhere_are_refused() {
    for (headers, expected) in [
        (vec![OURS], 303),
        (vec![("sec-fetch-site", "same-origin")], 303),
        (vec![("sec-fetch-site", "same-origin"), OURS], 303),
        (vec![], 403),
        (vec![("sec-fetch-site", "none")], 303),
        (vec![("origin", "http://WAARBORG.example")], 303),
        (vec![("origin", "http://waarborg.example:8080")], 403),
        (vec![("origin", "http://waarborg.example.evil.example")], 403),
        (vec![("sec-fetch-site", "same-origin"), ("origin", "https://waarborg.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "http://evil.example")], 403),
        (vec![("origin", "https://waarborg.example")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("sec-fetch-site", "cross-site"), OURS], 403),
    ] {
        let mut all = headers.clone();
        all.push(FORM);
        let answer = ask(&router(Scheme::Http), "POST /save", &all, "text=a").await;
        assert_eq!(answer.status.as_u16(), expected, "{headers:?}");
    }
    let tls = router(Scheme::Https);
    assert_eq!(ask(&tls, "POST /save", &[OURS, FORM], "text=a").await.status, 403);
    assert_eq!(
        ask(&tls, "POST /save", &[("origin", "https://waarborg.example"), FORM], "text=a").await.status,
        303
    );
}

#[tokio::test]
async fn every_failure_is_a_page_in_the_visitors_language() {
    let nl = T::new(base::Language::Nl);
    let en = T::new(base::Language::En);
    let big = "text=".to_owned() + &"a".repeat(2000);
    for (line, body, status, text) in [
        ("POST /save", "%%%=\u{1}", 303, None),
        ("GET /nothing", "", 404, Some((nl.error_404(), en.error_404()))),
        ("POST /sign-in", "", 405, Some((nl.error_405(), en.error_405()))),
        ("DELETE /", "", 405, Some((nl.error_405(), en.error_405()))),
        ("GET /conflict", "", 409, Some((nl.error_409(), en.error_409()))),
        ("POST /save", big.as_str(), 413, Some((nl.error_413(), en.error_413()))),
        ("GET /limited", "", 429, Some((nl.error_429(), en.error_429()))),
        ("GET /panics", "", 500, Some((nl.error_500(), en.error_500()))),
        ("GET /fails", "", 500, Some((nl.error_500(), en.error_500()))),
        ("GET /slow", "", 503, Some((nl.error_503(), en.error_503()))),
    ] {
        for (language, nth) in [("nl", 0), ("en", 1)] {
            let headers = [("accept-language", language), OURS, FORM];
            let answer = ask(&router(Scheme::Http), line, &headers, body).await;
            assert_eq!(answer.status.as_u16(), status, "{line}");
            let Some(words) = &text else { continue };
            let word = if nth == 0 { &words.0 } else { &words.1 };
            assert!(answer.header("content-type").starts_with("text/html"), "{line}");
            assert!(answer.body.contains(&format!("<h1>{word}</h1>")), "{line} {language}: {}", answer.body);
            assert!(answer.body.contains(&format!("<html lang=\"{language}\"")));
            assert!(!answer.body.contains("secret") && !answer.body.contains("disk"));
            // A fault of ours has a reference, the same as the log's.
            assert_eq!(answer.body.contains(answer.header("x-request-id")), status >= 500, "{line}");
        }
    }
    let forbidden = get("/staff", &[("cookie", "session=owner")]).await;
    assert!(forbidden.body.contains(&*nl.error_403()) && forbidden.body.contains("Noor Voorbeeld"));
    let unreadable =
        ask(&router(Scheme::Http), "POST /save", &[OURS, ("content-type", "text/plain")], "a").await;
    assert_eq!(unreadable.status, 400);
    assert!(unreadable.body.contains(&*nl.error_400()));
    assert_eq!(get("/limited", &[]).await.header("retry-after"), "90");
    let not_allowed = ask(&router(Scheme::Http), "DELETE /", &[OURS], "").await;
    assert!(not_allowed.header("allow").contains("GET"));
}

#[tokio::test]
async fn the_language_can_be_chosen_and_is_kept() {
    let answer = get("/_gallery?lang=en&x=1", &[("accept-language", "nl")]).await;
    assert!(answer.body.contains("<html lang=\"en\""));
    assert_eq!(answer.cookies(), "lang=en; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    assert!(answer.body.contains("href=\"?x=1&#38;lang=nl\""), "the rest of the query stays");
    let kept = get("/_gallery", &[("cookie", "lang=en")]).await;
    assert!(kept.body.contains("<html lang=\"en\"") && kept.cookies().is_empty());
    let unknown = get("/_gallery?lang=%22%3E%3Cscript%3E", &[]).await;
    assert!(unknown.body.contains("<html lang=\"nl\"") && !unknown.body.contains("\"><script>"));
    let tls = ask(&router(Scheme::Https), "GET /?lang=en", &[], "").await;
    assert!(tls.cookies().ends_with("; Secure"));
}

#[tokio::test]
async fn the_theme_can_be_chosen_and_is_kept() {
    let router = router(Scheme::Http);
    let choose = |body: &'static str| ask(&router, "POST /preferences", &[OURS, FORM], body);
    let dark = choose("theme=dark&next=%2F_gallery%3Fa%3D1").await;
    assert_eq!((dark.status.as_u16(), dark.header("location")), (303, "/_gallery?a=1"));
    assert_eq!(dark.cookies(), "theme=dark; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    assert_eq!(choose("theme=light&next=//evil.example").await.header("location"), "/");
    assert_eq!(choose("theme=pink").await.status, 400);
    assert!(get("/_gallery", &[("cookie", "theme=dark")]).await.body.contains("data-theme=\"dark\""));
    assert!(get("/_gallery", &[("cookie", "theme=pink")]).await.body.contains("data-theme=\"system\""));
}

#[tokio::test]
async fn a_flash_is_shown_once() {
    let router = router(Scheme::Http);
    let saved = ask(&router, "POST /save", &[OURS, FORM], "text=a").await;
    assert!(saved.cookies().starts_with("flash=done.saved; Path=/; HttpOnly; SameSite=Lax; Max-Age="));
    let text = Flash::Saved.text(T::new(base::Language::Nl));
    let shown = ask(&router, "GET /_gallery/staff", &[("cookie", "flash=done.saved")], "").await;
    assert!(shown.body.contains(&*text) && shown.cookies().contains("flash=; Path=/"));
    let asset = ask(&router, "GET /", &[("cookie", "flash=done.saved")], "").await;
    assert!(asset.cookies().is_empty(), "only a page takes it");
    assert!(!ask(&router, "GET /_gallery/staff", &[], "").await.body.contains(&*text));
}

#[tokio::test]
async fn values_are_escaped_everywhere() {
    let answer = get("/_gallery", &[]).await;
    assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
    assert_eq!(answer.body.matches("&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;").count(), 2);
    assert!(answer.body.contains("Voorbeeld &#60;Hosting&#62;"));
    let list = get("/_gallery/staff?q=%22%3E%3Cscript%3E&sort=%22onload", &[]).await;
    assert!(!list.body.contains("\"><script>") && list.body.contains("value=\"&#34;&#62;&#60;script&#62;\""));
}

#[tokio::test]
async fn pages_hold_nothing_that_the_policy_refuses_and_nothing_from_elsewhere() {
    for path in ["/_gallery", "/_gallery/public", "/_gallery/staff", "/nothing"] {
        let body = get(path, &[]).await.body;
        assert!(
            !body.contains(" style=") && !body.contains("<style") && !body.contains(" onclick="),
            "{path}"
        );
        assert_eq!(body.matches("<script").count(), 1, "{path}");
        for attribute in ["src=\"", "href=\"", "action=\""] {
            for address in
                body.split(attribute).skip(1).filter_map(|rest| rest.split_once('"')).map(|(a, _)| a)
            {
                let ours = (address.starts_with('/') && !address.starts_with("//"))
                    || address.starts_with(['#', '?']);
                assert!(ours, "{path}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn failed_forms_say_so_at_every_place() {
    let body = get("/_gallery/public", &[]).await.body;
    assert!(body.contains("<title>Fout: Contact"));
    assert!(body.contains("role=\"alert\" tabindex=\"-1\" data-error-summary"));
    for field in ["email", "about", "message"] {
        assert!(body.contains(&format!("<a href=\"#{field}\">")), "{field}");
        assert!(body.contains(&format!("id=\"{field}\"")), "{field}");
        assert!(body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    assert!(body.contains("aria-describedby=\"email-hint email-error\" aria-invalid=\"true\""));
    // No id is there twice.
    let mut ids: Vec<&str> =
        body.split(" id=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[tokio::test]
async fn navigation_marks_the_page_and_hides_what_is_refused() {
    let body = get("/_gallery/staff", &[]).await.body;
    assert!(body.contains("href=\"/_gallery/staff\" aria-current=\"page\""));
    let visitor = get("/_gallery/public", &[]).await.body;
    assert!(
        visitor.contains("href=\"/sign-in\"")
            && !visitor.contains("href=\"/staff\"")
            && !visitor.contains("/sign-out")
    );
    let staff = get("/_gallery/public", &[("cookie", "session=support")]).await.body;
    assert!(
        staff.contains("href=\"/staff\"")
            && !staff.contains("href=\"/panel\"")
            && staff.contains("action=\"/sign-out\"")
    );
    let owner = get("/_gallery/public", &[("cookie", "session=owner")]).await.body;
    assert!(
        owner.contains("href=\"/panel\"")
            && owner.contains("Voorbeeld BV")
            && !owner.contains("href=\"/sign-in\"")
    );
}

#[tokio::test]
async fn assets_are_served_for_ever() {
    let page = get("/_gallery", &[]).await.body;
    for (kind, content_type) in [
        (".css", "text/css"),
        (".js", "text/javascript"),
        (".woff2", "font/woff2"),
        (".svg", "image/svg+xml"),
    ] {
        let address =
            page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(kind)).expect(kind);
        let asset = get(address, &[("accept-encoding", "gzip")]).await;
        assert_eq!(asset.status, 200);
        assert!(asset.header("content-type").starts_with(content_type));
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        let zipped = if kind == ".woff2" || address.contains("favicon") { "" } else { "gzip" };
        assert_eq!(asset.header("content-encoding"), zipped, "{address}");
        let again = get(address, &[("if-none-match", asset.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    }
    assert_eq!(get("/assets/app.0000000000000000.css", &[]).await.status, 404);
    assert_eq!(get("/assets/..%2FCargo.toml", &[]).await.status, 404);
}

#[tokio::test]
async fn a_slash_too_many_and_head() {
    let answer = get("/sign-in/?a=1", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (308, "/sign-in?a=1"));
    assert_eq!(get("//evil.example/", &[]).await.status, 404);
    let head = ask(&router(Scheme::Http), "HEAD /_gallery", &[], "").await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-security-policy"), CONTENT_SECURITY_POLICY);
}

#[tokio::test]
async fn what_is_no_id_is_not_found() {
    assert_eq!(get("/number/7", &[]).await.body, "7");
    for wrong in ["/number/x", "/number/-1", "/number/%ff"] {
        assert_eq!(get(wrong, &[]).await.status, 404, "{wrong}");
    }
}

#[tokio::test]
async fn the_gallery_is_hidden_by_default() {
    let router = app(Routes::<()>::new(), Parts::default(), ()).expect("the table is right");
    assert_eq!(ask(&router, "GET /_gallery", &[], "").await.status, 404);
}

/// Keeps everything that is logged on this thread.
struct Log(Arc<std::sync::Mutex<String>>);

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        use std::fmt::Write as _;
        let mut text = self.0.lock().expect("not poisoned");
        writeln!(text, "{field}={value:?}").expect("a String takes all");
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        attributes.record(&mut Self(Arc::clone(&self.0)));
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Self(Arc::clone(&self.0)));
    }
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Self(Arc::clone(&self.0)));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn the_log_says_what_happened_and_not_to_whom() {
    let headers =
        [("cookie", "session=owner"), ("x-forwarded-for", "192.0.2.77"), ("user-agent", "Verklikker/1")];
    let paths = [
        "/panel/own/tokenvalue?q=noor%40voorbeeld.example",
        "/tokenvalue/tokenvalue?q=noor",
        "/fails?q=noor",
    ];
    // A log line that another test meets for the first time at the moment when somebody begins to listen can
    // stay unheard for ever: so each was met before, and then asked again whether somebody listens.
    for path in paths {
        get(path, &headers).await;
    }
    let log = Arc::new(std::sync::Mutex::new(String::new()));
    let guard = tracing::subscriber::set_default(Log(Arc::clone(&log)));
    tracing::callsite::rebuild_interest_cache();
    let page = get(paths[0], &headers).await;
    let lost = get(paths[1], &headers).await;
    let failed = get(paths[2], &headers).await;
    drop(guard);
    let log = log.lock().expect("not poisoned").clone();
    for expected in
        ["/panel/own/{id}", "http.status=200", "http.status=404", "http.status=500", "the disk is full"]
    {
        assert!(log.contains(expected), "{expected} is missing in {log}");
    }
    for answer in [&page, &lost, &failed] {
        assert!(log.contains(answer.header("x-request-id")), "{log}");
    }
    for personal in ["tokenvalue", "noor", "Noor", "Voorbeeld", "owner", "192.0.2.77", "Verklikker"] {
        assert!(!log.contains(personal), "{personal} in {log}");
    }
}
