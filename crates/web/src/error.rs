//! What a handler returns when it cannot show its page. The layer [`crate::layers`] turns it into
//! an error page in the visitor's language; what went wrong inside is logged there, once, under
//! the reference that the visitor sees.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// What a handler returns.
pub type PageResult = Result<Response, PageError>;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The request cannot be read.
    #[error("the request cannot be read")]
    BadRequest,
    /// Not for this visitor.
    #[error("not for this visitor")]
    Forbidden,
    /// There is no such thing, or not for this visitor (they look alike on purpose).
    #[error("not found")]
    NotFound,
    /// Somebody else changed it meanwhile.
    #[error("changed meanwhile")]
    Conflict,
    /// More bytes than a request may hold.
    #[error("the request is too large")]
    TooLarge,
    /// Tried too often.
    #[error("tried too often, again after {retry_after_seconds} s")]
    TooMany {
        /// When it may be tried again.
        retry_after_seconds: u32,
    },
    /// Not now: starting, stopping or overloaded.
    #[error("not available now")]
    Unavailable,
    /// Our fault. The text is for the log and must hold no personal data.
    #[error("{0}")]
    Internal(String),
}

/// What the log says about a failed request; travels with the response.
#[derive(Debug, Clone)]
pub(crate) struct Detail(pub String);

impl PageError {
    /// An error of ours, with its causes. Uses `Display` only: the debug form of a database error
    /// can hold the offending value.
    pub fn internal(error: impl std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        // An error that is its own cause would go on for ever.
        for _ in 0..8 {
            let Some(cause) = source else { break };
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::Internal(text)
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        match self {
            Self::TooMany { retry_after_seconds } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds));
            }
            Self::Internal(text) => {
                response.extensions_mut().insert(Detail(text));
            }
            _ => {}
        }
        response
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}
