//! What the pages of the product share, and the bridge from the business to the shell: whose a session
//! is, what its roles mean on the web, and how attempts are counted.
//!
//! Invariant: the shell knows complete sessions only. Somebody whose second factor is still to come
//! is nobody to every page but those of signing in, which ask [`Halfway`] for it.

use crate::address::ClientAddress;
use crate::cookie;
use crate::error::PageError;
use crate::once::Once;
use crate::pages::Imports;
use crate::session::{self, Acting, Answer, CustomerRole, Session, SessionSource, SourceError, StaffRole};
use crate::shell::Limiter;
use crate::text::T;
use crate::visit::Visit;
use axum::extract::FromRequestParts;
use base::Sensitive;
use http::request::Parts;
use http::{HeaderMap, header};
use ledger::VerifyingKey;
use office::accounts::{self, ClientInfo, Limit, Role, Stage, Token};
use office::checkpoints::LedgerFiles;
use office::{Office, OfficeError};
use std::convert::Infallible;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// After how many seconds a visitor may try again when the attempts cannot be counted.
const UNCOUNTED_SECONDS: u32 = 30;
/// The longest description of a browser that is looked at, in bytes.
const AGENT_BYTES_MAX: usize = 1024;

/// Writes the program's measurements in the text format of Prometheus.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;
/// Says whether the measurements may be shown to an address.
pub type MetricsFor = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;
/// Puts the policy of the file in force; tells whether it was new, or in words why not.
pub type PublishPolicy = Arc<dyn Fn(office::By) -> Answer<'static, Result<bool, String>> + Send + Sync>;

/// What the pages share. A handler takes it as an argument; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The business.
    pub office: Arc<Office>,
    /// Where the ledger's files are.
    pub ledger: Arc<LedgerFiles>,
    /// The ledger's public key.
    pub ledger_key: Arc<VerifyingKey>,
    /// Hours between two computations of all verdicts.
    pub attest_hours: u32,
    /// Forms that were sent already.
    pub once: Arc<Once>,
    /// Files of customers that wait to be imported, and imports under way.
    pub imports: Arc<Imports>,
    /// What only the running program can do.
    pub program: Program,
}

/// What only the running program can do; a page whose part is missing says so.
#[derive(Clone, Default)]
pub struct Program {
    /// The measurements, and who may see them.
    pub metrics: Option<(Metrics, MetricsFor)>,
    /// The file of the policy.
    pub policy_file: Option<Arc<PathBuf>>,
    /// Puts the policy of the file in force.
    pub publish_policy: Option<PublishPolicy>,
    /// The version of the program.
    pub version: &'static str,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("office", &self.office).finish_non_exhaustive()
    }
}

impl State {
    /// The state of the pages of an office.
    #[must_use]
    pub fn new(
        office: Arc<Office>,
        ledger: LedgerFiles,
        ledger_key: VerifyingKey,
        attest_hours: u32,
    ) -> Self {
        let once = Arc::new(Once::new(office.store.clone()));
        Self {
            office,
            ledger: Arc::new(ledger),
            ledger_key: Arc::new(ledger_key),
            attest_hours,
            once,
            imports: Arc::new(Imports::default()),
            program: Program::default(),
        }
    }

    /// The same, with what the running program can do.
    #[must_use]
    pub fn with_program(self, program: Program) -> Self {
        Self { program, ..self }
    }

    /// After how many seconds a verdict shows nothing any more.
    #[must_use]
    pub const fn stale_after_seconds(&self) -> i64 {
        office::promises::stale_after_seconds(self.attest_hours)
    }

    /// The shell's view on sessions and attempts, for [`crate::shell::Parts`].
    #[must_use]
    pub fn sessions(&self) -> Arc<OfficeSessions> {
        Arc::new(OfficeSessions(Arc::clone(&self.office)))
    }
}

impl FromRequestParts<Self> for State {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &Self) -> Result<Self, Infallible> {
        Ok(state.clone())
    }
}

/// Who is signed in, as the business knows them. Refuses a visitor who is not signed in.
#[derive(Debug, Clone)]
pub struct Me {
    /// The session.
    pub session: accounts::Session,
    /// The token it was presented with: a step that proves more replaces it.
    pub token: Token,
}

impl FromRequestParts<State> for Me {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, PageError> {
        let Halfway(found) = Halfway::from_request_parts(parts, state).await?;
        match found {
            Some(me) if me.session.stage == Stage::Complete => Ok(me),
            _ => Err(PageError::Forbidden),
        }
    }
}

/// Whoever has begun to sign in, however far they came: for the pages of signing in only.
#[derive(Debug, Clone)]
pub(crate) struct Halfway(pub Option<Me>);

impl FromRequestParts<State> for Halfway {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, PageError> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let name = cookie::session_name(visit.shell().scheme());
        let Some(token) = cookie::value(&parts.headers, name).and_then(Token::parse) else {
            return Ok(Self(None));
        };
        let session = accounts::authenticate(&state.office, &token).await?;
        Ok(Self(session.map(|session| Me { session, token })))
    }
}

/// Where a form comes from, as attempts are counted and sessions are described.
#[derive(Debug, Clone)]
pub struct Client(pub ClientInfo);

impl FromRequestParts<State> for Client {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, PageError> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let address = Some(visit.address().expose());
        Ok(Self(ClientInfo { address, agent: agent(&parts.headers) }))
    }
}

fn agent(headers: &HeaderMap) -> Sensitive<String> {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Sensitive::new(text.chars().take(AGENT_BYTES_MAX).collect())
}

/// Sessions and attempts of the office, as the shell asks for them.
#[derive(Debug)]
pub struct OfficeSessions(Arc<Office>);

/// What a role in the office means on the web.
#[must_use]
pub const fn customer_role(role: Role) -> CustomerRole {
    match role {
        Role::Reader => CustomerRole::Reader,
        Role::Manager => CustomerRole::Manager,
        Role::Owner => CustomerRole::Owner,
    }
}

/// What a staff role in the office means on the web: an admin may do what every other may.
#[must_use]
pub const fn staff_roles(role: accounts::StaffRole) -> &'static [StaffRole] {
    match role {
        accounts::StaffRole::Admin => &StaffRole::ALL,
        accounts::StaffRole::Privacy => &[StaffRole::Privacy],
        accounts::StaffRole::Support => &[StaffRole::Support],
        accounts::StaffRole::Auditor => &[StaffRole::Auditor],
    }
}

impl OfficeSessions {
    async fn find(&self, token: &Sensitive<String>) -> Result<Option<Session>, OfficeError> {
        let Some(token) = Token::parse(token.expose()) else { return Ok(None) };
        let Some(found) = accounts::authenticate(&self.0, &token).await? else { return Ok(None) };
        if found.stage != Stage::Complete {
            return Ok(None);
        }
        let login = match accounts::login(&self.0, found.login).await {
            Ok(login) => login,
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(Session {
            id: found.id.to_string(),
            login: found.login.to_string(),
            name: login.name.clone(),
            language: Some(found.language),
            // Who has no second factor proves with the password who they are; there is nothing else.
            second_factor_at: found.second_factor_at.or(Some(found.password_at)),
            acting: self.acting(&found).await?,
            staff: found.staff.map_or_else(Vec::new, |role| staff_roles(role).to_vec()),
        }))
    }

    async fn acting(&self, found: &accounts::Session) -> Result<Option<Acting>, OfficeError> {
        let Some((id, role)) = found.acting_for else { return Ok(None) };
        match office::customers::customer(&self.0, id).await {
            Ok(customer) => Ok(Some(Acting {
                customer: id.to_string(),
                name: customer.display_name().clone(),
                role: customer_role(role),
            })),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether somebody was erased while the request was on its way.
const fn is_gone(error: &OfficeError) -> bool {
    matches!(
        error,
        OfficeError::NotFound { .. }
            | OfficeError::Erased
            | OfficeError::Keys(keys::KeyError::Missing { .. })
    )
}

impl SessionSource for OfficeSessions {
    fn resolve<'a>(
        &'a self,
        token: &'a Sensitive<String>,
    ) -> Answer<'a, Result<Option<session::Session>, SourceError>> {
        Box::pin(async move { self.find(token).await.map_err(|error| SourceError(error.to_string())) })
    }
}

impl Limiter for OfficeSessions {
    /// `recover` has a counter of its own; every other form that anyone can send shares one.
    fn count(&self, action: &'static str, address: ClientAddress) -> Answer<'_, Result<(), u32>> {
        Box::pin(async move {
            let limit = if action == "recover" { Limit::RecoveryPlace } else { Limit::ContactForm };
            let client = ClientInfo { address: Some(address.expose()), agent: Sensitive::default() };
            match accounts::count_attempt(&self.0, limit, &client).await {
                Ok(()) => Ok(()),
                Err(OfficeError::TooMany { retry_seconds }) => Err(seconds(retry_seconds)),
                Err(error) => {
                    // Whoever could make the counter fail must gain nothing by it.
                    tracing::error!(%error, action, "attempts cannot be counted");
                    Err(UNCOUNTED_SECONDS)
                }
            }
        })
    }
}

fn seconds(wait: i64) -> u32 {
    u32::try_from(wait.max(1)).unwrap_or(u32::MAX)
}

impl From<OfficeError> for PageError {
    /// For `?`. A page with a form takes [`crate::problems`] first: what is left of
    /// [`OfficeError::Invalid`] is a form that no page of ours sends.
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::Invalid(_) => Self::BadRequest,
            OfficeError::NotFound { .. } | OfficeError::Erased => Self::NotFound,
            OfficeError::Conflict { .. } => Self::Conflict,
            OfficeError::Forbidden { .. } => Self::Forbidden,
            OfficeError::TooMany { retry_seconds } => {
                Self::TooMany { retry_after_seconds: seconds(retry_seconds) }
            }
            error => Self::internal(error),
        }
    }
}

impl T {
    /// The word for a role.
    #[must_use]
    pub fn role(self, role: Role) -> crate::text::Text {
        match role {
            Role::Reader => self.role_reader(),
            Role::Manager => self.role_manager(),
            Role::Owner => self.role_owner(),
        }
    }

    /// The word for a staff role.
    #[must_use]
    pub fn staff_role(self, role: accounts::StaffRole) -> crate::text::Text {
        match role {
            accounts::StaffRole::Admin => self.role_admin(),
            accounts::StaffRole::Privacy => self.role_privacy(),
            accounts::StaffRole::Support => self.role_support(),
            accounts::StaffRole::Auditor => self.role_auditor(),
        }
    }
}
