//! What machines ask of the office: they push sealed segments of the traffic log, and ask for keys and sites.
//!
//! Beside the pages, because nothing of a page fits: no session, no form, no language, bodies of gigabytes. Who calls is
//! said by a token, which creates and reads what the machine itself needs, and nothing else. Answers are one line of
//! text, for the log of the machine's program.

use crate::state::State;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, put};
use base::Day;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::civil::Date;
use keys::seal::NodeId;
use office::OfficeError;
use office::traffic_log::{self, KEYS_BYTES_MAX, Node, Pushed, ReceiveError};
use std::time::Duration;
use tower_http::timeout::RequestBodyTimeoutLayer;
use traffic::store::Stored;

/// A machine that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// The routes.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/traffic/segments/{day}/{name}", put(data))
        .route("/traffic/keys/{day}/{name}", put(keys))
        .route("/traffic/node", get(node))
        // Each reads its body itself, up to its own limit.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(SILENCE))
        .with_state(state)
}

struct Refusal(StatusCode, String);

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, [(header::CACHE_CONTROL, "no-store")], format!("{}\n", self.1)).into_response()
    }
}

impl From<ReceiveError> for Refusal {
    fn from(error: ReceiveError) -> Self {
        let status = match &error {
            ReceiveError::OtherNode => StatusCode::FORBIDDEN,
            ReceiveError::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            ReceiveError::Other => StatusCode::CONFLICT,
            ReceiveError::Object(_)
            | ReceiveError::Signature
            | ReceiveError::Data
            | ReceiveError::Group
            | ReceiveError::Day => StatusCode::UNPROCESSABLE_ENTITY,
            ReceiveError::Full => StatusCode::INSUFFICIENT_STORAGE,
            ReceiveError::Office(inner) => return fault(inner),
        };
        tracing::warn!(error = %error, "a push of a machine was refused");
        Self(status, error.to_string())
    }
}

fn fault(error: &OfficeError) -> Refusal {
    tracing::error!(error = %error, "a machine could not be answered");
    Refusal(StatusCode::SERVICE_UNAVAILABLE, "the office failed; try again later".into())
}

/// Which machine asks.
async fn who(state: &State, headers: &HeaderMap) -> Result<Node, Refusal> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let found = traffic_log::authenticate(&state.office, token).await.map_err(|error| fault(&error))?;
    found.ok_or_else(|| Refusal(StatusCode::UNAUTHORIZED, "this token is no machine's, or no longer".into()))
}

/// `day=2026-11-22` and `<node>-<seq>.segment`, in their one spelling.
fn stored(day: &str, name: &str, extension: &str) -> Option<Stored> {
    let date: Date = day.strip_prefix("day=")?.parse().ok()?;
    let (node, seq) = name.strip_suffix(extension)?.split_once('-')?;
    let node: NodeId = node.parse().ok()?;
    let found = Stored { day: Day::of_date(date)?, node, seq: seq.parse().ok()? };
    let spelled = format!("{node}-{:010}{extension}", found.seq);
    (spelled == name && day == format!("day={}", found.day)).then_some(found)
}

fn no_name() -> Refusal {
    Refusal(StatusCode::NOT_FOUND, "this is no name of an object of the traffic log".into())
}

fn answer(pushed: Pushed) -> Response {
    match pushed {
        Pushed::Made => (StatusCode::CREATED, "made\n").into_response(),
        Pushed::Same => (StatusCode::OK, "here already\n").into_response(),
    }
}

async fn data(
    Shared(state): Shared<State>,
    Path((day, name)): Path<(String, String)>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, Refusal> {
    let node = who(&state, &headers).await?;
    let stored = stored(&day, &name, ".segment").ok_or_else(no_name)?;
    let mut receiving = traffic_log::receive_data(&state.office, &node, stored)?;
    while let Some(chunk) = next_chunk(&mut body).await? {
        receiving.write(chunk.to_vec()).await?;
    }
    Ok(answer(receiving.settle().await?))
}

/// The next bytes of an object; none at its end. One that broke off is refused, and what came of it is thrown away.
async fn next_chunk(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal(StatusCode::BAD_REQUEST, "the object broke off".into()))?;
        if let Ok(chunk) = frame.into_data() {
            return Ok(Some(chunk));
        }
    }
    Ok(None)
}

async fn keys(
    Shared(state): Shared<State>,
    Path((day, name)): Path<(String, String)>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, Refusal> {
    let node = who(&state, &headers).await?;
    let stored = stored(&day, &name, ".keys").ok_or_else(no_name)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = next_chunk(&mut body).await? {
        if bytes.len() + chunk.len() > KEYS_BYTES_MAX {
            return Err(ReceiveError::TooLong.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(answer(traffic_log::receive_keys(&state.office, &node, stored, bytes).await?))
}

/// What a machine needs to seal: the officers' documents, which domains have which ids, and what a segment may hold.
async fn node(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, Refusal> {
    who(&state, &headers).await?;
    let chain = office::seal::chain(&state.office).await.map_err(|error| fault(&error))?;
    let sites = traffic_log::site_list(&state.office).await.map_err(|error| fault(&error))?;
    let documents: Vec<String> =
        chain.iter().flat_map(|chain| chain.documents()).map(keys::seal::SignedDocument::text).collect();
    let mut sites: Vec<_> = sites.into_iter().collect();
    sites.sort();
    let sites: Vec<_> = sites
        .into_iter()
        .map(|(domain, id)| serde_json::json!({ "id": id.to_string(), "domain": domain }))
        .collect();
    let caps = state.office.log().map_err(|error| fault(&error))?.caps;
    let told = serde_json::json!({ "v": 1, "documents": documents, "sites": sites, "caps": caps });
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(told)).into_response())
}

#[cfg(test)]
mod tests;
