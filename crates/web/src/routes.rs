//! The table of routes. A route cannot be registered without saying who may call it: there is no
//! other way from a handler to the router than [`Routes`], and the check runs before the handler
//! and before the body is read. Navigation is declared beside the routes and shows a visitor only
//! where that visitor may go.
//!
//! Invariants, checked by [`Routes::check`]: a path is registered once per method and has no
//! trailing slash; `/staff` is for staff and `/panel` for the signed-in; what the navigation names
//! exists.

use crate::access::{Access, Decision, Who};
use crate::assets::ICONS;
use crate::error::PageError;
use crate::page::{SafePath, see_other};
use crate::text::{T, Text};
use crate::visit::{Admitted, Visit};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http::Method;

/// Where a visitor signs in.
pub const SIGN_IN: &str = "/sign-in";
/// Where a signed-in visitor proves the second factor (again).
pub const CONFIRM: &str = "/sign-in/confirm";
/// Where the sign-out form is sent.
pub const SIGN_OUT: &str = "/sign-out";

/// A registered route.
#[derive(Debug, Clone)]
pub struct Route {
    /// The method; GET also answers HEAD.
    pub method: Method,
    /// The path, with `{name}` where it varies.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

/// Which part of the site a page belongs to, and so which navigation it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// For everyone.
    Public,
    /// For customers.
    Panel,
    /// For staff.
    Staff,
    /// The footer of every page.
    Footer,
}

/// An entry of the navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavEntry {
    pub(crate) section: Section,
    pub(crate) path: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) label: fn(&T) -> Text,
}

/// What is wrong with a table of routes.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RouteError {
    /// Registered before.
    #[error("{0} {1} is registered twice")]
    Twice(Method, &'static str),
    /// A path that visitors cannot reach as it stands.
    #[error("{0} must begin with a slash and not end with one")]
    Path(&'static str),
    /// A path under `/staff` or `/panel` that lets others in.
    #[error("{0} {1} lies in an area that its declared access does not fit")]
    Area(Method, &'static str),
    /// Navigation to nothing.
    #[error("navigation names {0}, for which there is no GET route")]
    Nav(&'static str),
    /// An icon that is not in the sprite.
    #[error("navigation to {0} names an icon that is not in the sprite: {1}")]
    Icon(&'static str, &'static str),
}

/// The table, while it is being filled.
pub struct Routes<S> {
    router: Router<S>,
    list: Vec<Route>,
    nav: Vec<NavEntry>,
    problems: Vec<RouteError>,
    /// The most bytes that any of them takes, when that is more than the others may.
    body_bytes_max: usize,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Begins an empty table.
    #[must_use]
    pub fn new() -> Self {
        Self {
            router: Router::new(),
            list: Vec::new(),
            nav: Vec::new(),
            problems: Vec::new(),
            body_bytes_max: 0,
        }
    }

    /// Registers a page. Answers HEAD as well.
    pub fn get<H, X>(&mut self, path: &'static str, access: Access, handler: H) -> &mut Self
    where
        H: Handler<X, S>,
        X: 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, access, handler)
    }

    /// Registers what a form is sent to.
    pub fn post<H, X>(&mut self, path: &'static str, access: Access, handler: H) -> &mut Self
    where
        H: Handler<X, S>,
        X: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, access, handler)
    }

    /// Registers what a form with a file is sent to, which may be larger than other requests.
    pub fn post_file<H, X>(
        &mut self,
        path: &'static str,
        access: Access,
        bytes_max: usize,
        handler: H,
    ) -> &mut Self
    where
        H: Handler<X, S>,
        X: 'static,
    {
        self.body_bytes_max = self.body_bytes_max.max(bytes_max);
        let handler = handler.layer(DefaultBodyLimit::max(bytes_max));
        self.add(Method::POST, MethodFilter::POST, path, access, handler)
    }

    fn add<H, X>(
        &mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> &mut Self
    where
        H: Handler<X, S>,
        X: 'static,
    {
        if !path.starts_with('/') || (path != "/" && path.ends_with('/')) {
            self.problems.push(RouteError::Path(path));
            return self;
        }
        if self.list.iter().any(|route| route.method == method && route.path == path) {
            self.problems.push(RouteError::Twice(method, path));
            return self;
        }
        let fits = match area(path) {
            Section::Staff => matches!(access.who, Who::Staff(_)),
            Section::Panel => matches!(access.who, Who::Customer(_) | Who::SignedIn),
            _ => true,
        };
        if !fits {
            self.problems.push(RouteError::Area(method, path));
            return self;
        }
        let guarded = on(filter, handler).layer(from_fn_with_state(access, admit));
        self.router = std::mem::take(&mut self.router).route(path, guarded);
        self.list.push(Route { method, path, access });
        self
    }

    /// Adds an entry to the navigation of a section, after those that are there. It is shown to
    /// whom the route of that path allows.
    pub fn nav(
        &mut self,
        section: Section,
        path: &'static str,
        icon: &'static str,
        label: fn(&T) -> Text,
    ) -> &mut Self {
        self.nav.push(NavEntry { section, path, icon, label });
        self
    }

    /// Every route with its declared access, for tests that walk them.
    #[must_use]
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    /// Checks the table.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(mut self) -> Result<Checked<S>, RouteError> {
        for entry in &self.nav {
            if !self.list.iter().any(|route| route.method == Method::GET && route.path == entry.path) {
                self.problems.push(RouteError::Nav(entry.path));
            }
            if !ICONS.iter().any(|icon| icon == entry.icon) {
                self.problems.push(RouteError::Icon(entry.path, entry.icon));
            }
        }
        match self.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(Checked {
                router: self.router,
                list: self.list,
                nav: self.nav,
                body_bytes_max: self.body_bytes_max,
            }),
        }
    }
}

/// A table that was checked.
pub struct Checked<S> {
    pub(crate) router: Router<S>,
    pub(crate) list: Vec<Route>,
    pub(crate) nav: Vec<NavEntry>,
    pub(crate) body_bytes_max: usize,
}

fn area(path: &str) -> Section {
    let first = path.split('/').nth(1).unwrap_or_default();
    match first {
        "staff" => Section::Staff,
        "panel" => Section::Panel,
        _ => Section::Public,
    }
}

/// Runs before each handler: decides by the declared access.
async fn admit(State(access): State<Access>, mut request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>() else {
        return PageError::Internal("a route was reached around the shell".to_owned()).into_response();
    };
    let to = match access.decide(visit.session(), visit.now()) {
        Decision::Allow => {
            request.extensions_mut().insert(Admitted);
            return next.run(request).await;
        }
        Decision::Refuse => return PageError::Forbidden.into_response(),
        Decision::SignIn => SIGN_IN,
        Decision::Confirm => CONFIRM,
    };
    // What was posted is gone, so only a page that was asked for is worth going back to.
    let back = matches!(*request.method(), Method::GET | Method::HEAD)
        .then(|| request.uri().path_and_query().and_then(|path| SafePath::parse(path.as_str())))
        .flatten();
    match back {
        Some(back) => see_other(&format!("{to}?next={}", back.encoded())).into_response(),
        None => see_other(to).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::CustomerRole;

    async fn page() -> &'static str {
        "page"
    }

    fn problem(fill: impl FnOnce(&mut Routes<()>)) -> Option<RouteError> {
        let mut routes = Routes::new();
        fill(&mut routes);
        routes.check().err()
    }

    #[test]
    fn a_table_is_checked() {
        assert_eq!(
            problem(|routes| {
                routes.get("/", Access::PUBLIC, page).nav(Section::Public, "/", "house", T::nav_home);
            }),
            None
        );
        assert_eq!(
            problem(|routes| {
                routes.get("/a", Access::PUBLIC, page).get("/a", Access::SIGNED_IN, page);
            }),
            Some(RouteError::Twice(Method::GET, "/a"))
        );
        assert_eq!(
            problem(|routes| {
                routes.get("/a/", Access::PUBLIC, page);
            }),
            Some(RouteError::Path("/a/"))
        );
        assert_eq!(
            problem(|routes| {
                routes.nav(Section::Public, "/a", "house", T::nav_home);
            }),
            Some(RouteError::Nav("/a"))
        );
        assert_eq!(
            problem(|routes| {
                routes.get("/", Access::PUBLIC, page).nav(Section::Public, "/", "unicorn", T::nav_home);
            }),
            Some(RouteError::Icon("/", "unicorn"))
        );
    }

    #[test]
    fn areas_keep_others_out() {
        for (path, access, fits) in [
            ("/staff", Access::STAFF, true),
            ("/staff/customers", Access::PUBLIC, false),
            ("/staff/customers", Access::SIGNED_IN, false),
            ("/staff/customers", Access::customer(CustomerRole::Owner), false),
            ("/panel", Access::customer(CustomerRole::Reader), true),
            ("/panel", Access::SIGNED_IN, true),
            ("/panel", Access::STAFF, false),
            ("/panel/x", Access::PUBLIC, false),
            ("/staffing", Access::PUBLIC, true),
        ] {
            let found = problem(|routes| {
                routes.get(path, access, page);
            });
            assert_eq!(found, (!fits).then_some(RouteError::Area(Method::GET, path)), "{path} {access:?}");
        }
    }
}
