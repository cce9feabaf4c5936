//! What all pages share while the program runs: who the provider is, where sessions and counters
//! are looked up, the clock, and how visitors reach us.

use crate::access::Decision;
use crate::address::{AddressRange, ClientAddress};
use crate::routes::{NavEntry, Route};
use crate::session::{Answer, NoSessions, SessionSource};
use base::{Clock, Random, SystemClock, SystemRandom};
use http::Method;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How the visitor's browser reaches the pages, whether or not a proxy ends the TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain, for a demo on this machine.
    Http,
    /// Over TLS: cookies are `Secure`, and browsers are told to stay on https.
    Https,
}

/// Whether `/_gallery` shows every component. Never on in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gallery {
    /// There is no such page.
    Hidden,
    /// For tests and for whoever designs pages.
    Shown,
}

/// What is set when the program starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// The provider's name, in titles and header.
    pub provider: String,
    /// As the visitor's browser sees it.
    pub scheme: Scheme,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// The largest request body.
    pub body_bytes_max: usize,
    /// The longest a request may take.
    pub timeout: Duration,
    /// The page of components.
    pub gallery: Gallery,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            provider: "Waarborg".to_owned(),
            scheme: Scheme::Http,
            trusted_proxies: Vec::new(),
            body_bytes_max: 256 * 1024,
            timeout: Duration::from_secs(30),
            gallery: Gallery::Hidden,
        }
    }
}

/// Counts tries, so that nobody can go on guessing. The implementation counts in the database: it
/// survives a restart and holds over several processes.
pub trait Limiter: Send + Sync {
    /// Counts one try of `action` from the address. `Err` says after how many seconds the next one
    /// is allowed.
    fn count(&self, action: &'static str, address: ClientAddress) -> Answer<'_, Result<(), u32>>;
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLimits;

impl Limiter for NoLimits {
    fn count(&self, _: &'static str, _: ClientAddress) -> Answer<'_, Result<(), u32>> {
        Box::pin(async { Ok(()) })
    }
}

/// What the shell is built from.
pub struct Parts {
    /// Set when the program starts.
    pub config: Config,
    /// Where a session token is looked up.
    pub sessions: Arc<dyn SessionSource>,
    /// Where tries are counted.
    pub limiter: Arc<dyn Limiter>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of references and keys.
    pub random: Arc<dyn Random>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            config: Config::default(),
            sessions: Arc::new(NoSessions),
            limiter: Arc::new(NoLimits),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }
}

/// The shell itself; cheap to clone.
#[derive(Clone)]
pub struct Shell(Arc<Inner>);

struct Inner {
    parts: Parts,
    nav: Vec<NavEntry>,
    routes: Vec<Route>,
}

impl fmt::Debug for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shell").field("config", &self.0.parts.config).finish_non_exhaustive()
    }
}

impl Shell {
    pub(crate) fn new(parts: Parts, nav: Vec<NavEntry>, routes: Vec<Route>) -> Self {
        Self(Arc::new(Inner { parts, nav, routes }))
    }

    /// Set when the program starts.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.parts.config
    }

    /// How the visitor's browser reaches the pages.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.config().scheme
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.parts.clock
    }

    /// The source of randomness.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        &*self.0.parts.random
    }

    pub(crate) fn sessions(&self) -> &dyn SessionSource {
        &*self.0.parts.sessions
    }

    pub(crate) fn limiter(&self) -> &dyn Limiter {
        &*self.0.parts.limiter
    }

    pub(crate) fn nav(&self) -> &[NavEntry] {
        &self.0.nav
    }

    /// The route of a method and path, if it is registered.
    pub(crate) fn route(&self, method: &Method, path: &str) -> Option<&Route> {
        self.0.routes.iter().find(|route| route.method == *method && route.path == path)
    }

    /// Whether this visitor would be let through to a registered route.
    pub(crate) fn reaches(
        &self,
        method: &Method,
        path: &str,
        session: Option<&crate::session::Session>,
    ) -> bool {
        self.route(method, path)
            .is_some_and(|route| route.access.decide(session, self.clock().now()) == Decision::Allow)
    }
}
