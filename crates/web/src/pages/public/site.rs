//! What programs ask of a site: robots.txt, security.txt, whether it works, and its measurements.

use crate::error::{PageError, PageResult};
use crate::state::State;
use crate::visit::Visit;
use axum::response::IntoResponse;
use http::{HeaderValue, header};

/// How long what security.txt says counts, in days; RFC 9116 asks for less than a year.
const SECURITY_DAYS: i64 = 180;

const TEXT: (http::HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));

/// Programs that gather pages need not look where only people with a link or a login go.
const ROBOTS: &str = "User-agent: *\nDisallow: /account\nDisallow: /identity\nDisallow: /invitation\n\
     Disallow: /new-email\nDisallow: /package\nDisallow: /panel\nDisallow: /receipt\n\
     Disallow: /recover\nDisallow: /sign-in\nDisallow: /staff\n";

pub(super) async fn robots() -> PageResult {
    Ok(([TEXT], ROBOTS).into_response())
}

pub(super) async fn security(visit: Visit, state: State) -> PageResult {
    let policy = state.office.policy();
    let base = &state.office.settings.base_url;
    let expires = visit.now().plus_days(SECURITY_DAYS).rfc3339();
    let text = format!(
        "Contact: {base}/contact?topic=abuse\nContact: mailto:{}\nExpires: {expires}\n\
         Preferred-Languages: nl, en\nCanonical: {base}/.well-known/security.txt\n",
        policy.provider().email
    );
    Ok(([TEXT], text).into_response())
}

/// `ok` when the database answers.
pub(super) async fn health(state: State) -> PageResult {
    match store::head(&state.office.store).await {
        Ok(_) => {
            Ok(([TEXT, (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], "ok\n")
                .into_response())
        }
        Err(error) => {
            tracing::error!(%error, "the database does not answer a health check");
            Err(PageError::Unavailable)
        }
    }
}

/// The measurements, for whom the configuration names; for anybody else there is no such page.
pub(super) async fn metrics(visit: Visit, state: State) -> PageResult {
    let Some((render, shown_to)) = &state.program.metrics else { return Err(PageError::NotFound) };
    if !shown_to(visit.address().expose()) {
        return Err(PageError::NotFound);
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], render()).into_response())
}
