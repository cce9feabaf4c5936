//! One request, as far as every page needs it. Handlers take a [`Visit`] as an argument; it can be
//! had only behind a route whose declared access let the visitor through.

use crate::address::ClientAddress;
use crate::error::PageError;
use crate::page::{FlashMessage, Page};
use crate::preferences::{Preferences, Theme};
use crate::routes::Section;
use crate::session::Session;
use crate::shell::Shell;
use crate::text::{T, Text};
use axum::extract::FromRequestParts;
use base::{Language, Timestamp};
use http::request::Parts;
use std::sync::Arc;

/// Set by the check of a route, and by nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admitted;

/// One request by one visitor.
#[derive(Debug, Clone)]
pub struct Visit(pub(crate) Arc<Inner>);

#[derive(Debug, Clone)]
pub(crate) struct Inner {
    pub shell: Shell,
    pub preferences: Preferences,
    pub path: String,
    pub query: Option<String>,
    pub address: ClientAddress,
    pub reference: String,
    pub now: Timestamp,
    pub session: Option<Session>,
    pub flash: Option<FlashMessage>,
}

impl Visit {
    /// The same visit, now that the session is known.
    pub(crate) fn with_session(&self, session: Option<Session>) -> Self {
        Self(Arc::new(Inner { session, ..(*self.0).clone() }))
    }

    /// What all pages share.
    #[must_use]
    pub fn shell(&self) -> &Shell {
        &self.0.shell
    }

    /// The texts in the visitor's language.
    #[must_use]
    pub fn t(&self) -> T {
        T::new(self.language())
    }

    /// The visitor's language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.0.preferences.language(self.session().and_then(|session| session.language))
    }

    /// The visitor's colours.
    #[must_use]
    pub fn theme(&self) -> Theme {
        self.0.preferences.theme
    }

    /// Who is signed in, if anyone.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.0.session.as_ref()
    }

    /// Who is signed in, on a route that declares that someone is.
    ///
    /// # Errors
    /// Internal, when the route did not declare so.
    pub fn signed_in(&self) -> Result<&Session, PageError> {
        self.session().ok_or_else(|| PageError::Internal("a public route asks who is signed in".to_owned()))
    }

    /// Where the request came from.
    #[must_use]
    pub fn address(&self) -> ClientAddress {
        self.0.address
    }

    /// The instant the request came in; one request has one present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// What the visitor can quote, and the log can be searched for.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.0.reference
    }

    /// The path of the request, without query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Counts a try of something that can be guessed or flooded.
    ///
    /// # Errors
    /// [`PageError::TooMany`] when it was tried too often from this address.
    pub async fn limit(&self, action: &'static str) -> Result<(), PageError> {
        let counted = self.shell().limiter().count(action, self.address()).await;
        counted.map_err(|retry_after_seconds| PageError::TooMany { retry_after_seconds })
    }

    /// A fresh key for a form, so that sending it twice acts once.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        hex::encode(self.shell().random().bytes::<16>())
    }

    /// What the layout needs to know; begin each page with it.
    #[must_use]
    pub fn page(&self, section: Section, title: Text) -> Page {
        Page::new(self, section, title)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        if parts.extensions.get::<Admitted>().is_none() {
            return Err(PageError::Internal("a handler was reached without declared access".to_owned()));
        }
        let visit = parts.extensions.get::<Self>().cloned();
        visit.ok_or_else(|| PageError::Internal("a handler was reached around the shell".to_owned()))
    }
}
