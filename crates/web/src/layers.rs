//! The layers around every route, and the program's one way to build the router ([`app`]).
//!
//! From the outside in: arrival (reference, language, log line, headers) · compression · error
//! pages · size limit · where the request comes from (CSRF) · panics · timeout · session ·
//! declared access · handler.
//!
//! On CSRF: a change is accepted only when the browser says that it comes from our own pages, by
//! `Sec-Fetch-Site`, or else by an `Origin` of our scheme and host; a request that says neither is
//! refused, and the cookies are `SameSite=Lax` besides. tower-http's layer does the same check but
//! lets through what has neither header, compares no scheme, and writes paths to the log.
//! `Origin` is compared with `Host`, so a proxy must pass `Host` on. `Referrer-Policy` must stay
//! `same-origin`: with `no-referrer` browsers send `Origin: null`, which is refused.

use crate::address::client_address;
use crate::assets;
use crate::cookie;
use crate::error::{Detail, PageError};
use crate::gallery;
use crate::page::{FlashMessage, Page, SafePath};
use crate::preferences::{self, Preferences};
use crate::routes::{Checked, RouteError, Routes, Section};
use crate::shell::{Config, Gallery, Parts, Scheme, Shell};
use crate::text::{T, Text};
use crate::visit::{Inner, Visit};
use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Everything may come from this site only, and nothing is allowed that is not named.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Builds the router of all pages.
///
/// # Errors
/// When the table of routes is wrong.
pub fn app<S: Clone + Send + Sync + 'static>(
    mut routes: Routes<S>,
    parts: Parts,
    state: S,
) -> Result<Router, RouteError> {
    routes.post("/preferences", crate::Access::PUBLIC, preferences::choose);
    if parts.config.gallery == Gallery::Shown {
        gallery::register(&mut routes);
    }
    let Checked { router, list, nav, body_bytes_max: file_bytes_max } = routes.check()?;
    let Config { body_bytes_max, timeout, .. } = parts.config;
    let shell = Shell::new(parts, nav, list);
    let compressed = SizeAbove::new(512)
        .and(NotForContentType::new("font/"))
        .and(NotForContentType::const_new("application/zip"))
        .and(is_cacheable as fn(StatusCode, http::Version, &HeaderMap, &http::Extensions) -> bool);
    Ok(router
        .fallback(no_route)
        .layer(from_fn_with_state(shell.clone(), session))
        .route("/assets/{name}", get(assets::serve))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(shell.clone(), origin))
        .layer(DefaultBodyLimit::max(body_bytes_max))
        // What takes files has a limit of its own within this one.
        .layer(RequestBodyLimitLayer::new(body_bytes_max.max(file_bytes_max)))
        .layer(from_fn(error_pages))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(from_fn_with_state(shell, arrival))
        .with_state(state))
}

/// Pages of someone who is signed in are not compressed: their length would tell about secrets
/// on them when part of the page can be chosen from outside (BREACH).
fn is_cacheable(_: StatusCode, _: http::Version, headers: &HeaderMap, _: &http::Extensions) -> bool {
    headers.get(header::CACHE_CONTROL).is_none_or(|value| value != NO_STORE)
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The visit before the session is known.
#[derive(Clone)]
struct Arrival(Visit);

/// The outermost layer.
async fn arrival(State(shell): State<Shell>, mut request: Request, next: Next) -> Response {
    let began = tokio::time::Instant::now();
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let preferences = Preferences::of(request.headers(), request.uri().query());
    let flash = (request.method() == Method::GET)
        .then(|| cookie::value(request.headers(), FlashMessage::COOKIE))
        .flatten()
        .and_then(FlashMessage::parse);
    let reference = hex::encode(shell.random().bytes::<6>());
    let visit = Visit(Arc::new(Inner {
        preferences,
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        address: client_address(peer, request.headers(), &shell.config().trusted_proxies),
        reference: reference.clone(),
        now: shell.clock().now(),
        session: None,
        flash,
        shell: shell.clone(),
    }));
    request.extensions_mut().insert(Arrival(visit));
    // The pattern, not the path: a path can hold an id or a token. A query is never logged.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let mut response = next.run(request).await;
    let status = response.status();
    let detail = response.extensions_mut().remove::<Detail>();
    security_headers(response.headers_mut(), shell.scheme(), &reference);
    if preferences.keep
        && let Some(language) = preferences.chosen
    {
        let kept = preferences::kept("lang", language.tag(), shell.scheme());
        response.headers_mut().append(header::SET_COOKIE, kept);
    }
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(is_html);
    if flash.is_some() && is_page {
        let shown = cookie::set(FlashMessage::COOKIE, "", Some(0), shell.scheme());
        response.headers_mut().append(header::SET_COOKIE, shown);
    }
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (method, status) = (method.as_str(), status.as_u16());
    match detail {
        Some(Detail(detail)) => tracing::error!(
            request.reference = reference,
            http.method = method,
            http.route = route,
            http.status = status,
            http.took_ms = took_ms,
            error = detail,
            "request failed"
        ),
        None => tracing::info!(
            request.reference = reference,
            http.method = method,
            http.route = route,
            http.status = status,
            http.took_ms = took_ms,
            "request"
        ),
    }
    response
}

fn is_html(value: &HeaderValue) -> bool {
    value.as_bytes().starts_with(b"text/html")
}

fn security_headers(headers: &mut HeaderMap, scheme: Scheme, reference: &str) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if scheme == Scheme::Https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    if headers.get(header::CONTENT_TYPE).is_some_and(is_html) {
        headers.append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
    if let Ok(reference) = HeaderValue::from_str(reference) {
        headers.insert(HeaderName::from_static("x-request-id"), reference);
    }
}

/// Replaces every failure that is not a page yet by one in the visitor's language.
async fn error_pages(request: Request, next: Next) -> Response {
    let arrival = request.extensions().get::<Arrival>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || response.headers().get(header::CONTENT_TYPE).is_some_and(is_html) {
        return response;
    }
    let Some(Arrival(arrived)) = arrival else { return response };
    let visit = response.extensions().get::<Visit>().unwrap_or(&arrived);
    let page = match ErrorPage::of(visit, status).render() {
        Ok(page) => page,
        Err(error) => return PageError::internal(error).into_response(),
    };
    let (mut parts, _) = response.into_parts();
    // `Allow` and `Retry-After` stay, and so do the extensions that the log reads.
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, page.into())
}

/// The page of an error.
#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage {
    t: T,
    page: Page,
    status: u16,
    text: Text,
    hint: Text,
    reference: String,
}

impl ErrorPage {
    fn of(visit: &Visit, status: StatusCode) -> Self {
        let t = visit.t();
        let (title, text, hint) = match status.as_u16() {
            401 | 403 => (t.error_403(), t.error_403_text(), t.error_403_hint()),
            404 => (t.error_404(), t.error_404_text(), t.error_404_hint()),
            405 => (t.error_405(), t.error_405_text(), t.error_405_hint()),
            409 => (t.error_409(), t.error_409_text(), t.error_409_hint()),
            413 => (t.error_413(), t.error_413_text(), t.error_413_hint()),
            422 => (t.error_422(), t.error_422_text(), t.error_422_hint()),
            429 => (t.error_429(), t.error_429_text(), t.error_429_hint()),
            503 => (t.error_503(), t.error_503_text(), t.error_503_hint()),
            code if code >= 500 => (t.error_500(), t.error_500_text(), t.error_500_hint()),
            _ => (t.error_400(), t.error_400_text(), t.error_400_hint()),
        };
        let page = visit.page(Section::Public, title);
        let reference = if status.is_server_error() { visit.reference().to_owned() } else { String::new() };
        Self { t, page, status: status.as_u16(), text, hint, reference }
    }
}

/// Refuses a change that does not come from a page of ours.
async fn origin(State(shell): State<Shell>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe
        || is_ours(
            request.headers(),
            request.uri().authority().map(http::uri::Authority::as_str),
            shell.scheme(),
        )
    {
        next.run(request).await
    } else {
        PageError::Forbidden.into_response()
    }
}

/// Whether the headers say that one of our own pages sent it. `authority` is where HTTP/2 has what
/// HTTP/1 has in `Host`.
fn is_ours(headers: &HeaderMap, authority: Option<&str>, scheme: Scheme) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("null"));
    let host = authority.or_else(|| text("host")).unwrap_or_default();
    let prefix = if scheme == Scheme::Https { "https://" } else { "http://" };
    let of_our_scheme = text("origin").map(|origin| origin.strip_prefix(prefix));
    match (text("sec-fetch-site"), of_our_scheme) {
        (Some("same-origin" | "none"), None | Some(Some(_))) => true,
        (None, Some(Some(sender))) => !host.is_empty() && sender.eq_ignore_ascii_case(host),
        _ => false,
    }
}

/// Finds out who is signed in.
async fn session(State(shell): State<Shell>, mut request: Request, next: Next) -> Response {
    let Some(Arrival(arrived)) = request.extensions().get::<Arrival>().cloned() else {
        return PageError::Internal("a request came in around the shell".to_owned()).into_response();
    };
    let found = match cookie::session_token(request.headers(), shell.scheme()) {
        Some(token) => match shell.sessions().resolve(&token).await {
            Ok(found) => found,
            Err(error) => return PageError::internal(error).into_response(),
        },
        None => None,
    };
    let private = found.is_some() || !matches!(*request.method(), Method::GET | Method::HEAD);
    let visit = arrived.with_session(found);
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(visit);
    if private && !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    }
    response
}

/// Nothing is registered here; a slash at the end is forgiven.
async fn no_route(request: Request) -> Response {
    let path = request.uri().path();
    let trimmed = path.trim_end_matches('/');
    let forgiven = trimmed.len() < path.len()
        && !trimmed.is_empty()
        && matches!(*request.method(), Method::GET | Method::HEAD);
    if !forgiven {
        return PageError::NotFound.into_response();
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let to = SafePath::parse(&format!("{trimmed}{query}"));
    match to.and_then(|to| HeaderValue::from_str(to.as_str()).ok()) {
        Some(to) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response(),
        None => PageError::NotFound.into_response(),
    }
}

/// What a panic said may hold personal data, so it is not repeated.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    PageError::Internal("a handler panicked".to_owned()).into_response()
}
