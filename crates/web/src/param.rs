//! What stands in the path.

use crate::error::PageError;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use std::str::FromStr;

/// The one variable part of a path, read as an id: `/staff/customers/{id}` with
/// `PathId(customer): PathId<CustomerId>`. What is not an id is not found, like an id that nothing
/// has.
#[derive(Debug, Clone, Copy)]
pub struct PathId<I>(pub I);

impl<S: Send + Sync, I: FromStr + Send> FromRequestParts<S> for PathId<I> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| PageError::NotFound)?;
        text.parse().map(Self).map_err(|_| PageError::NotFound)
    }
}
