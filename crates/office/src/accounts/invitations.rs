//! Invitations: to act for a customer, or as staff to choose the first password.
//!
//! Somebody without a login is invited with their name and address sealed in the link; a login is made
//! when they accept, and they are forgotten if they do not.

use super::links::{LinkKind, LinkRow, NewLink, forget_stranger, open_link, take_link, value_cell};
use super::logins::{self, Change};
use super::store::members::{self as rows, MembershipRow};
use super::store::{self, LoginRow, NewLogin};
use super::{LoginId, Officer, Role, Token, texts};
use crate::customers::{self, CustomerId, single_line};
use crate::form::{Problem, Problems};
use crate::mailing::MailKind;
use crate::messages::require_active;
use crate::subjects::{self, SubjectKind};
use crate::{By, Office, OfficeError, Record};
use ::store::StoreError;
use base::{Language, Sensitive, SubjectId, Timestamp};
use keys::Sealed;
use keys::purpose::Account;

/// How long an invitation lasts, in seconds.
pub(super) const INVITATION_SECONDS: i64 = 7 * 86_400;
/// How many members and open invitations a customer has at most.
const MEMBERS_MAX: usize = 100;

/// Somebody to invite.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Their name; a login that exists keeps its own.
    pub name: Sensitive<String>,
    /// Their address.
    pub email: Sensitive<String>,
    /// Their role.
    pub role: Role,
    /// The language of the mail, and of the login to be.
    pub language: Language,
}

/// What somebody sees who follows an invitation.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The customer they would act for; none for staff.
    pub customer: Option<Sensitive<String>>,
    /// In which role.
    pub role: Option<Role>,
    /// Their name.
    pub name: Sensitive<String>,
    /// Their address.
    pub email: Sensitive<String>,
    /// Whether a password must be chosen.
    pub needs_password: bool,
}

/// An invitation that was not accepted yet, as members see it.
#[derive(Debug, Clone)]
pub struct PendingInvitation {
    /// What withdraws it: not what accepts it.
    pub key: String,
    /// Whom it was sent to.
    pub name: Sensitive<String>,
    /// Their address.
    pub email: Sensitive<String>,
    /// The role offered.
    pub role: Role,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

/// What an invitation of somebody without a login holds.
#[derive(serde::Serialize, serde::Deserialize)]
struct Stranger {
    name: String,
    email: String,
    language: Language,
}

impl Drop for Stranger {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.name);
        zeroize::Zeroize::zeroize(&mut self.email);
    }
}

/// Invites somebody to act for a customer. It is mailed to them; a login they have joins, else they get
/// one when they accept.
///
/// # Errors
/// [`OfficeError::Invalid`] at `name` or `email` ([`Problem::Taken`]: a member already);
/// [`OfficeError::NotFound`].
pub async fn invite(
    office: &Office,
    by: By,
    customer: CustomerId,
    new: &NewMember,
) -> Result<(), OfficeError> {
    let customer = customers::customer(office, customer).await?;
    let mut problems = Problems::new();
    let name = problems.take("name", single_line(new.name.expose(), 120));
    let email = problems.take("email", customers::email(new.email.expose()));
    let (Some(name), Some(email)) = (name, email) else { return Err(problems.into()) };
    logins::index_of(office, &email).await?;
    let members = rows::of_customer(&office.store, customer.id).await?;
    let pending = store::links::invitations(&office.store, customer.id).await?;
    if members.len() + pending.len() >= MEMBERS_MAX {
        return Err(OfficeError::Forbidden {
            why: "a customer has at most a hundred members and invitations",
        });
    }
    let known = logins::row_by_email(office, &email).await?;
    if let Some(known) = &known
        && members.iter().any(|m| m.login == known.id)
    {
        return Err(Problems::one("email", Problem::Taken).into());
    }
    let (subject, is_new) = match &known {
        Some(login) => {
            require_active(office, login.subject).await?;
            (login.subject, false)
        }
        None => (SubjectId::new(&*office.clock, &*office.random), true),
    };
    let key = office.vault.ensure::<Account>(subject).await?;
    let mut link = NewLink::new(office, LinkKind::Invitation, subject, INVITATION_SECONDS)
        .with_customer(customer.id, new.role);
    let stranger = Stranger { name, email, language: new.language };
    let to = match &known {
        Some(login) => {
            link = link.of_login(login.id);
            logins::open(office, login).await?.email
        }
        None => {
            let value = Sensitive::new(serde_json::to_string(&stranger).map_err(|_| damaged())?);
            link = link.with_value(&key, value.expose(), office);
            Sensitive::new(stranger.email.clone())
        }
    };
    let language = known.as_ref().map_or(new.language, |login| login.language);
    let address = link.address(office, "invitation");
    let text = texts::invitation(language, customer.display_name().expose(), new.role, address.expose());
    let mail = logins::mail(office, subject, &to, language, MailKind::Invitation, text).await?;
    let record = Record::new("member-invited", by).about(customer.subject).with("role", new.role.as_str());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, customer.subject).await?;
    if is_new {
        subjects::create(&tx, subject, SubjectKind::Login, office.now()).await?;
    } else {
        subjects::lock_active(&tx, subject).await?;
    }
    link.insert(&tx).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

fn damaged() -> OfficeError {
    StoreError::inconsistent("an invitation that cannot be read").into()
}

async fn stranger(office: &Office, link: &LinkRow) -> Result<Option<Stranger>, OfficeError> {
    let Some(value) = link.value.clone() else { return Ok(None) };
    let key = office.vault.key::<Account>(link.subject).await?;
    let value = key.open(&value_cell(link.row_id(), link.subject), &Sealed::from_bytes(value)?)?;
    serde_json::from_str(value.text()?).map(Some).map_err(|_| damaged())
}

/// What an invitation offers, for the page behind the link. It is not used up.
///
/// # Errors
/// [`OfficeError::NotFound`] when the link does not work (any more).
pub async fn invitation(office: &Office, token: &Token) -> Result<Invitation, OfficeError> {
    let link = open_link(office, LinkKind::Invitation, token).await?;
    let customer = match link.customer {
        Some(id) => Some(customers::customer(office, id).await?.display_name().clone()),
        None => None,
    };
    let (name, email, needs_password) = match link.login {
        Some(id) => {
            let login = logins::login(office, id).await?;
            (login.name.clone(), login.email.clone(), link.customer.is_none() && !login.has_password)
        }
        None => {
            let stranger = stranger(office, &link).await?.ok_or_else(damaged)?;
            (stranger.name.as_str().into(), stranger.email.as_str().into(), true)
        }
    };
    Ok(Invitation { customer, role: link.role, name, email, needs_password })
}

/// The invitations to a customer that wait.
///
/// # Errors
/// When a store fails.
pub async fn pending_invitations(
    office: &Office,
    customer: CustomerId,
) -> Result<Vec<PendingInvitation>, OfficeError> {
    let mut pending = Vec::new();
    for link in store::links::invitations(&office.store, customer).await? {
        let (Some(role), true) = (link.role, link.expires_at > office.now()) else { continue };
        let (name, email) = match (link.login, stranger(office, &link).await?) {
            (Some(id), _) => {
                let login = logins::login(office, id).await?;
                (login.name, login.email)
            }
            (None, Some(stranger)) => (stranger.name.as_str().into(), stranger.email.as_str().into()),
            (None, None) => continue,
        };
        pending.push(PendingInvitation {
            key: hex::encode(link.row_id()),
            name,
            email,
            role,
            expires_at: link.expires_at,
        });
    }
    Ok(pending)
}

/// Withdraws an invitation. Somebody without a login is forgotten.
///
/// # Errors
/// [`OfficeError::NotFound`] when it was accepted, withdrawn or never there.
pub async fn withdraw_invitation(
    office: &Office,
    by: By,
    customer: CustomerId,
    key: &str,
) -> Result<(), OfficeError> {
    let links = store::links::invitations(&office.store, customer).await?;
    let link = links.iter().find(|link| hex::encode(link.row_id()) == key);
    let link = link.ok_or(OfficeError::NotFound { what: "the invitation" })?;
    let subject = customers::customer(office, customer).await?.subject;
    let entry = office.prepare(Record::new("invitation-withdrawn", by).about(subject)).await?;
    if link.login.is_none() {
        return forget_stranger(office, link, &entry).await;
    }
    let tx = office.store.begin().await?;
    if store::links::end_invitation(&tx, link).await? == 0 {
        return Err(OfficeError::NotFound { what: "the invitation" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Accepts an invitation. Whoever has no password yet chooses one with it. It signs nobody in.
///
/// # Errors
/// [`OfficeError::NotFound`] when the link does not work (any more); [`OfficeError::Invalid`] at
/// `password`, after which it still works, or at `email` when the address has become another login's.
pub async fn accept_invitation(
    office: &Office,
    token: &Token,
    password: Option<&Sensitive<String>>,
) -> Result<LoginId, OfficeError> {
    let link = open_link(office, LinkKind::Invitation, token).await?;
    match (link.login, link.customer.zip(link.role)) {
        (Some(id), Some((customer, role))) => {
            let row = logins::row(office, id).await?;
            join(office, token, &link, customer, role, Joiner::Known(&row)).await
        }
        (Some(id), None) => choose_first_password(office, token, &link, id, password).await,
        (None, Some((customer, role))) => {
            let stranger = stranger(office, &link).await?.ok_or_else(damaged)?;
            let password = password.ok_or_else(|| Problems::one("password", Problem::Missing))?;
            let hash = logins::checked_hash(office, &stranger.email, &stranger.name, password).await?;
            join(office, token, &link, customer, role, Joiner::Stranger(&stranger, hash)).await
        }
        (None, None) => Err(OfficeError::NotFound { what: "the link" }),
    }
}

enum Joiner<'a> {
    Known(&'a LoginRow),
    Stranger(&'a Stranger, String),
}

async fn join(
    office: &Office,
    token: &Token,
    link: &LinkRow,
    customer: CustomerId,
    role: Role,
    joiner: Joiner<'_>,
) -> Result<LoginId, OfficeError> {
    let customer = customers::customer(office, customer).await?;
    let now = office.now();
    let key = office.vault.key::<Account>(link.subject).await?;
    let texts = match &joiner {
        Joiner::Known(_) => None,
        Joiner::Stranger(s, _) => Some((Sensitive::from(s.name.as_str()), Sensitive::from(s.email.as_str()))),
    };
    let (id, new) = match (&joiner, &texts) {
        (Joiner::Stranger(stranger, hash), Some((name, email))) => {
            let id = LoginId::new(&*office.clock, &*office.random);
            let new = NewLogin {
                id,
                subject: link.subject,
                name,
                email,
                index: logins::index_of(office, email.expose()).await?,
                password_hash: Some(hash.clone()),
                language: stranger.language,
                staff: None,
                officer: Officer::None,
                key: &key,
                import: None,
            };
            (id, Some(new))
        }
        (Joiner::Known(row), _) => (row.id, None),
        (Joiner::Stranger(..), None) => return Err(damaged()),
    };
    let by = By::Login(link.subject);
    let record = Record::new("member-joined", by).about(customer.subject).with("role", role.as_str());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    take_link(&tx, LinkKind::Invitation, token, now).await?;
    subjects::lock_active(&tx, customer.subject).await?;
    subjects::lock_active(&tx, link.subject).await?;
    if let Some(new) = new {
        match store::insert_many(&tx, &[new], now, &*office.random).await {
            Err(StoreError::Duplicate) => return Err(Problems::one("email", Problem::Taken).into()),
            other => other?,
        }
    }
    let membership =
        MembershipRow { login: id, customer: customer.id, subject: link.subject, role, created_at: now };
    match rows::insert_many(&tx, &[membership]).await {
        Err(StoreError::Duplicate) => return Err(OfficeError::Conflict { what: "the membership" }),
        other => other?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

async fn choose_first_password(
    office: &Office,
    token: &Token,
    link: &LinkRow,
    id: LoginId,
    password: Option<&Sensitive<String>>,
) -> Result<LoginId, OfficeError> {
    let change = Change::begin(office, id).await?;
    if change.row.password_hash.is_some() || change.row.disabled_at.is_some() {
        return Err(OfficeError::NotFound { what: "the link" });
    }
    let password = password.ok_or_else(|| Problems::one("password", Problem::Missing))?;
    let hash = logins::new_hash(office, &change.contents, password).await?;
    let entry =
        office.prepare(Record::new("password-changed", By::Login(link.subject)).about(link.subject)).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    take_link(&tx, LinkKind::Invitation, token, now).await?;
    subjects::lock_active(&tx, link.subject).await?;
    store::set_password(&tx, id, &hash, now).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}
