//! The file somebody asked for who has no login: behind the link of a mail, given by a button.
//! Opening the page gives nothing and writes nothing: programs that look at mail open links too.

use super::links::dead;
use crate::error::{PageError, PageResult};
use crate::page::{Page, ok};
use crate::routes::Section;
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Timestamp;
use http::{HeaderValue, header};
use office::By;
use office::accounts::Token;
use office::requests::access::{self, PackageSummary};

#[derive(Template)]
#[template(path = "pages/auth/package.html")]
struct Ready {
    t: T,
    page: Page,
    until: Timestamp,
    size: String,
    sha256: String,
    action: String,
}

fn dead_link(visit: &Visit) -> PageResult {
    let t = visit.t();
    dead(visit, t.link_dead_package(), "/contact", t.contact_title())
}

async fn package(state: &State, token: &str) -> Result<Option<PackageSummary>, PageError> {
    match Token::parse(token) {
        Some(token) => Ok(access::by_token(&state.office, &token).await?),
        None => Ok(None),
    }
}

/// Neither the page nor the file stays in a browser that others use too.
fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(super) async fn show(visit: Visit, state: State, Path(token): Path<String>) -> PageResult {
    let t = visit.t();
    let Some(package) = package(&state, &token).await? else { return dead_link(&visit) };
    Ok(private(ok(&Ready {
        t,
        page: visit.page(Section::Public, t.package_title()),
        until: package.expires_at,
        size: t.package_kilobytes(t.number(package.size_bytes.div_ceil(1000))).into_owned(),
        sha256: hex::encode(package.sha256),
        action: visit.path().to_owned(),
    })?))
}

pub(super) async fn download(visit: Visit, state: State, Path(token): Path<String>) -> PageResult {
    let Some(package) = package(&state, &token).await? else { return dead_link(&visit) };
    let bytes = match access::download(&state.office, By::Visitor, package.id).await {
        Ok(bytes) => bytes,
        // It expired, or was erased, between looking and pressing.
        Err(office::OfficeError::NotFound { .. } | office::OfficeError::Erased) => return dead_link(&visit),
        Err(error) => return Err(error.into()),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        // The name says what it is, and of whom nothing.
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.zip\"")),
    ];
    Ok(private((headers, bytes.to_vec()).into_response()))
}
