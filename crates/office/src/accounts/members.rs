//! Members of a customer: who may act for it, in which role, and the rule that an owner remains.

use super::store::{self, members as rows};
use super::{LoginId, Role, logins};
use crate::customers::{self, CustomerId};
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::{StoreError, Tx};
use base::{Sensitive, SubjectId, Timestamp};

pub(crate) use rows::MembershipRow as Membership;

/// A login that may act for a customer.
#[derive(Debug, Clone)]
pub struct Member {
    /// The login.
    pub login: super::Login,
    /// Its role.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// The logins that may act for a customer, the oldest first.
///
/// # Errors
/// When a store fails.
pub async fn logins_of_customer(office: &Office, customer: CustomerId) -> Result<Vec<Member>, OfficeError> {
    let mut members = Vec::new();
    for membership in rows::of_customer(&office.store, customer).await? {
        let Some(row) = store::by_id(&office.store, membership.login).await? else { continue };
        let login = logins::open(office, &row).await?;
        members.push(Member { login, role: membership.role, since: membership.created_at });
    }
    Ok(members)
}

/// The customers a login may act for, with their names, the oldest membership first.
///
/// # Errors
/// When a store fails.
pub async fn customers_of_login(
    office: &Office,
    login: LoginId,
) -> Result<Vec<(CustomerId, Sensitive<String>, Role)>, OfficeError> {
    let mut all = Vec::new();
    for membership in rows::of_login(&office.store, login).await? {
        let customer = customers::customer(office, membership.customer).await?;
        all.push((customer.id, customer.display_name().clone(), membership.role));
    }
    Ok(all)
}

/// The customers a login may act for and its role for each, the oldest membership first.
///
/// # Errors
/// When the database fails.
pub async fn memberships(office: &Office, login: LoginId) -> Result<Vec<(CustomerId, Role)>, OfficeError> {
    let rows = rows::of_login(&office.store, login).await?;
    Ok(rows.iter().map(|m| (m.customer, m.role)).collect())
}

/// The role of a login for a customer, if it has one.
///
/// # Errors
/// When the database fails.
pub async fn role_of(
    office: &Office,
    login: LoginId,
    customer: CustomerId,
) -> Result<Option<Role>, OfficeError> {
    Ok(memberships(office, login).await?.into_iter().find(|(id, _)| *id == customer).map(|(_, role)| role))
}

/// The logins that belong to this customer alone and are not staff: they are erased with it.
pub(crate) async fn logins_only_of(
    office: &Office,
    customer: CustomerId,
) -> Result<Vec<(LoginId, SubjectId)>, OfficeError> {
    Ok(rows::only_of(&office.store, customer).await?)
}

/// Lets go of all members of a customer that is erased: memberships, sessions that act for it, and
/// invitations. The logins stay.
pub(crate) async fn release_customer(
    tx: &Tx,
    customer: CustomerId,
    now: Timestamp,
) -> Result<(), OfficeError> {
    rows::delete_of_customer(tx, customer).await?;
    store::sessions::stop_acting(tx, customer, None).await?;
    store::links::end_of_customer(tx, customer, now).await?;
    Ok(())
}

/// Makes memberships, for the import.
pub(crate) async fn insert_memberships(tx: &Tx, memberships: &[Membership]) -> Result<(), StoreError> {
    rows::insert_many(tx, memberships).await
}

/// What is done to a member.
#[derive(Clone, Copy)]
enum Deed {
    SetRole(Role),
    Remove,
}

/// Gives a member another role.
///
/// # Errors
/// [`OfficeError::Forbidden`] when no owner would remain; [`OfficeError::NotFound`].
pub async fn change_role(
    office: &Office,
    by: By,
    customer: CustomerId,
    login: LoginId,
    role: Role,
) -> Result<(), OfficeError> {
    change_member(office, by, customer, login, Deed::SetRole(role)).await
}

/// Takes a member's right to act for a customer away. The login stays.
///
/// # Errors
/// [`OfficeError::Forbidden`] when no owner would remain; [`OfficeError::NotFound`].
pub async fn remove_member(
    office: &Office,
    by: By,
    customer: CustomerId,
    login: LoginId,
) -> Result<(), OfficeError> {
    change_member(office, by, customer, login, Deed::Remove).await
}

async fn change_member(
    office: &Office,
    by: By,
    customer: CustomerId,
    login: LoginId,
    deed: Deed,
) -> Result<(), OfficeError> {
    let subject = customers::customer(office, customer).await?.subject;
    let record = match deed {
        Deed::SetRole(role) => Record::new("member-role-changed", by).with("role", role.as_str()),
        Deed::Remove => Record::new("member-removed", by),
    };
    let entry = office.prepare(record.about(subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    let members = rows::lock_of_customer(&tx, customer).await?;
    let member =
        members.iter().find(|m| m.login == login).ok_or(OfficeError::NotFound { what: "the member" })?;
    let others_own = members.iter().any(|m| m.login != login && m.role == Role::Owner);
    let stays_owner = matches!(deed, Deed::SetRole(Role::Owner));
    if member.role == Role::Owner && !stays_owner && !others_own {
        return Err(OfficeError::Forbidden { why: "a customer keeps an owner" });
    }
    match deed {
        Deed::SetRole(role) => {
            rows::set_role(&tx, login, customer, role).await?;
        }
        Deed::Remove => {
            rows::delete(&tx, login, customer).await?;
            store::sessions::stop_acting(&tx, customer, Some(login)).await?;
        }
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
