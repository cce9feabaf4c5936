//! Which customers a leak touches: computed from the scope, never typed.

use super::model::{IncidentId, Scope};
use super::{SCOPE_MAX, store};
use crate::customers::CustomerId;
use crate::form::{Problem, Problems};
use crate::{Office, OfficeError};
use base::{SubjectId, Timestamp};

/// How many customers a page of them shows at most.
const PAGE_MAX: u32 = 500;
/// How many customers one case touches at most.
const AFFECTED_MAX: u32 = 200_000;

/// How many customers a case touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Affected {
    /// All of them.
    pub total: u64,
    /// Those who were told.
    pub told: u64,
    /// Those who were erased before they were told.
    pub gone: u64,
}

impl Affected {
    /// How many are to be told.
    #[must_use]
    pub const fn untold(self) -> u64 {
        self.total - self.told - self.gone
    }
}

/// An affected customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AffectedCustomer {
    /// Who; the id stays when the customer is erased.
    pub customer: CustomerId,
    /// Whose keys; none once erased.
    pub subject: Option<SubjectId>,
    /// When the customer was told.
    pub told_at: Option<Timestamp>,
}

/// The affected customers of a case, in order of id, from after a given one.
///
/// # Errors
/// When the database fails.
pub async fn affected(
    office: &Office,
    id: IncidentId,
    after: Option<CustomerId>,
    limit: u32,
) -> Result<Vec<AffectedCustomer>, OfficeError> {
    Ok(store::affected_after(&office.store, id, after, limit.min(PAGE_MAX)).await?)
}

/// Whether a case touches a customer.
///
/// # Errors
/// When the database fails.
pub async fn touches(office: &Office, id: IncidentId, customer: CustomerId) -> Result<bool, OfficeError> {
    Ok(store::touches(&office.store, id, customer).await?)
}

/// How many customers a scope would name.
///
/// # Errors
/// As [`of_scope`].
pub async fn preview(office: &Office, scope: &Scope) -> Result<u64, OfficeError> {
    Ok(of_scope(office, scope).await?.len() as u64)
}

/// The customers that a scope names.
///
/// # Errors
/// [`OfficeError::Invalid`] for a scope beyond the limit; when the database fails.
pub(super) async fn of_scope(
    office: &Office,
    scope: &Scope,
) -> Result<Vec<(CustomerId, SubjectId)>, OfficeError> {
    if scope.len() > SCOPE_MAX {
        return Err(Problems::one("scope", Problem::TooLong { max: SCOPE_MAX }).into());
    }
    Ok(store::customers_of_scope(&office.store, scope, AFFECTED_MAX).await?)
}
