//! Staff: logins of the provider. There is always an admin who can sign in.
//!
//! The handlers and commands that call this have checked that an admin, or whoever may run commands
//! on the machine, asks for it.

use super::invitations::INVITATION_SECONDS;
use super::links::{LinkKind, NewLink};
use super::logins::{self, Change};
use super::store::{self, NewLogin};
use super::texts::{self, Notice};
use super::{Login, LoginId, Officer, StaffRole, sessions};
use crate::customers::{self, single_line};
use crate::form::{Problem, Problems};
use crate::mailing::MailKind;
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, Record};
use ::store::{StoreError, Tx};
use base::{Language, Sensitive, SubjectId};
use keys::Purpose as _;
use keys::purpose::{Account, Ledger, Security};

/// A staff member to be.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Their name; a login that exists keeps its own.
    pub name: Sensitive<String>,
    /// Their address.
    pub email: Sensitive<String>,
    /// What they may do.
    pub role: StaffRole,
    /// Whether they hold a share of the seal.
    pub officer: Officer,
    /// The language of their pages and mails.
    pub language: Language,
}

/// What came of adding a staff member.
#[derive(Debug, Clone)]
pub struct StaffAdded {
    /// The login.
    pub login: LoginId,
    /// The link by which they choose a password, which was mailed too; none for a login that has one.
    pub link: Option<Sensitive<String>>,
}

/// All staff, the oldest first, the disabled among them.
///
/// # Errors
/// When a store fails.
pub async fn staff(office: &Office) -> Result<Vec<Login>, OfficeError> {
    let mut all = Vec::new();
    for row in store::staff(&office.store).await? {
        all.push(logins::open(office, &row).await?);
    }
    Ok(all)
}

/// Adds a staff member: a new login that gets a link by mail, or a login that becomes staff.
///
/// # Errors
/// [`OfficeError::Invalid`] at `name` or `email` ([`Problem::Taken`]: staff already).
pub async fn add_staff(office: &Office, by: By, new: &NewStaff) -> Result<StaffAdded, OfficeError> {
    let mut problems = Problems::new();
    let name = problems.take("name", single_line(new.name.expose(), 120)).map(Sensitive::new);
    let email = problems.take("email", customers::email(new.email.expose())).map(Sensitive::new);
    let (Some(name), Some(email)) = (name, email) else { return Err(problems.into()) };
    if let Some(known) = logins::row_by_email(office, email.expose()).await? {
        if known.staff.is_some() {
            return Err(Problems::one("email", Problem::Taken).into());
        }
        set_role(office, by, known.id, Some(new.role), new.officer, "staff-added").await?;
        return Ok(StaffAdded { login: known.id, link: None });
    }
    let id = LoginId::new(&*office.clock, &*office.random);
    let subject = SubjectId::new(&*office.clock, &*office.random);
    let index = logins::index_of(office, email.expose()).await?;
    office.vault.create(&[(subject, &[Account::NAME, Security::NAME, Ledger::NAME])]).await?;
    let key = office.vault.key::<Account>(subject).await?;
    let link = NewLink::new(office, LinkKind::Invitation, subject, INVITATION_SECONDS).of_login(id);
    let address = link.address(office, "invitation");
    let text = texts::staff_invitation(new.language, new.role, address.expose());
    let mail = logins::mail(office, subject, &email, new.language, MailKind::Invitation, text).await?;
    let entry = office.prepare(record("staff-added", by, subject, Some(new.role), new.officer)).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::create(&tx, subject, SubjectKind::Login, now).await?;
    let row = NewLogin {
        id,
        subject,
        name: &name,
        email: &email,
        index,
        password_hash: None,
        language: new.language,
        staff: Some(new.role),
        officer: new.officer,
        key: &key,
        import: None,
    };
    match store::insert_many(&tx, &[row], now, &*office.random).await {
        Err(StoreError::Duplicate) => return Err(Problems::one("email", Problem::Taken).into()),
        other => other?,
    }
    link.insert(&tx).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(StaffAdded { login: id, link: Some(address) })
}

fn record(
    kind: &'static str,
    by: By,
    subject: SubjectId,
    role: Option<StaffRole>,
    officer: Officer,
) -> Record {
    Record::new(kind, by)
        .about(subject)
        .with("role", role.map_or("none", StaffRole::as_str))
        .with("officer", officer == Officer::Holder)
}

/// Changes what a login may do as staff (none: it is staff no more) and whether it holds a share of the
/// seal. Ends its sessions.
///
/// # Errors
/// [`OfficeError::Forbidden`] when no admin would remain; [`OfficeError::NotFound`].
pub async fn change_staff(
    office: &Office,
    by: By,
    id: LoginId,
    role: Option<StaffRole>,
    officer: Officer,
) -> Result<(), OfficeError> {
    set_role(office, by, id, role, officer, "staff-changed").await
}

async fn set_role(
    office: &Office,
    by: By,
    id: LoginId,
    role: Option<StaffRole>,
    officer: Officer,
    kind: &'static str,
) -> Result<(), OfficeError> {
    if role.is_none() && officer == Officer::Holder {
        return Err(OfficeError::Forbidden { why: "only staff hold a share of the seal" });
    }
    let change = Change::begin(office, id).await?;
    let subject = change.row.subject;
    let notice = change.notice(office, Notice::StaffRoleChanged).await?;
    let entry = office.prepare(record(kind, by, subject, role, officer)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    if role != Some(StaffRole::Admin) {
        keep_an_admin(&tx, id).await?;
    }
    store::set_staff(&tx, id, role, officer, office.now()).await?;
    sessions::end_all(&tx, id).await?;
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Refuses when this login is the only admin who can sign in.
async fn keep_an_admin(tx: &Tx, leaving: LoginId) -> Result<(), OfficeError> {
    let admins = store::lock_admins(tx).await?;
    if admins.contains(&leaving) && admins.len() == 1 {
        return Err(OfficeError::Forbidden { why: "at least one admin remains" });
    }
    Ok(())
}

/// Shuts a login out: it cannot sign in, and its sessions end.
///
/// # Errors
/// [`OfficeError::Forbidden`] when no admin would remain; [`OfficeError::NotFound`].
pub async fn disable_login(office: &Office, by: By, id: LoginId) -> Result<(), OfficeError> {
    let row = logins::row(office, id).await?;
    if row.disabled_at.is_some() {
        return Ok(());
    }
    let entry = office.prepare(Record::new("login-disabled", by).about(row.subject)).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await?;
    keep_an_admin(&tx, id).await?;
    store::set_disabled(&tx, id, Some(now), now).await?;
    sessions::end_all(&tx, id).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Lets a login in again.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn enable_login(office: &Office, by: By, id: LoginId) -> Result<(), OfficeError> {
    let row = logins::row(office, id).await?;
    if row.disabled_at.is_none() {
        return Ok(());
    }
    let entry = office.prepare(Record::new("login-enabled", by).about(row.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await?;
    store::set_disabled(&tx, id, None, office.now()).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
