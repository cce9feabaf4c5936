//! Forms: reading them, and saying what is wrong with them.
//!
//! The rule: every field of a form struct has `#[serde(default)]`, so that whatever is sent can be
//! read; the handler validates, and shows the page again with status 422, the values kept and the
//! [`Errors`] in the summary and at each field.

use crate::error::PageError;
use crate::text::Text;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use serde::de::DeserializeOwned;

/// A form that was posted. What cannot be read is 400, what is too large 413.
#[derive(Debug, Clone, Copy)]
pub struct Form<F>(pub F);

impl<S: Send + Sync, F: DeserializeOwned> FromRequest<S> for Form<F> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        match axum::Form::<F>::from_request(request, state).await {
            Ok(axum::Form(form)) => Ok(Self(form)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(PageError::TooLarge),
            // The rejection's own text can quote what was sent, so it goes nowhere.
            Err(_) => Err(PageError::BadRequest),
        }
    }
}

/// What is wrong with a form: a message per field, in the order of the page. A field has one
/// message at a time, the first.
#[derive(Debug, Clone, Default)]
pub struct Errors(Vec<(&'static str, Text)>);

impl Errors {
    /// Nothing wrong.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Notes what is wrong with the field of this id (the `name` of the input).
    pub fn add(&mut self, field: &'static str, message: Text) {
        if self.of(field).is_empty() {
            self.0.push((field, message));
        }
    }

    /// These, and then the others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Whether there is nothing wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message at a field; empty when it is right.
    #[must_use]
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == field).map_or("", |(_, message)| message.as_ref())
    }

    /// Each field with its message, for the summary.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, message)| (*field, message.as_ref()))
    }
}

/// One choice of a select, radio or checkbox group.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: Text,
    /// A line below it; may be empty.
    pub hint: Text,
}

impl Choice {
    /// A choice without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<Text>) -> Self {
        Self { value: value.into(), label: label.into(), hint: Text::Borrowed("") }
    }

    /// Whether this is the one chosen.
    #[must_use]
    pub fn is(&self, chosen: &str) -> bool {
        self.value == chosen
    }

    /// Whether this is among those chosen.
    #[must_use]
    pub fn is_in(&self, chosen: &[String]) -> bool {
        chosen.contains(&self.value)
    }

    /// The same with a line below it.
    #[must_use]
    pub fn hint(self, hint: impl Into<Text>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_of_a_field_stays() {
        let mut errors = Errors::none();
        assert!(errors.is_empty());
        errors.add("b", "first".into());
        errors.add("b", "second".into());
        errors.add("a", "third".into());
        assert_eq!(errors.iter().collect::<Vec<_>>(), [("b", "first"), ("a", "third")]);
        assert_eq!(errors.of("c"), "");
    }
}
