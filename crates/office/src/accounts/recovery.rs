//! Recovering access: a link to the known address, and with it a new password. The second factor is
//! not touched: whoever reads the mail of a login still lacks it.

use super::attempts::{self, Limit};
use super::links::{LinkKind, NewLink, open_link, peek_link, take_link};
use super::logins::{self, Change};
use super::store;
use super::texts::{self, Notice};
use super::{ClientInfo, LoginId, Token, sessions};
use crate::mailing::MailKind;
use crate::messages::require_active;
use crate::{By, Office, OfficeError, Record, subjects};
use base::Sensitive;
use core::time::Duration;
use keys::normalise_email;

/// How long a link works, in seconds.
const LINK_SECONDS: i64 = 3_600;
/// No answer comes sooner, whether there is a login or not: more than writing a mail down takes.
const ANSWER_AFTER: Duration = Duration::from_millis(300);

/// Mails a link for a new password to the login of an address, if there is one. The answer is the same
/// if there is none, and takes as long.
///
/// # Errors
/// [`OfficeError::TooMany`], for known and unknown addresses alike; when a store fails.
pub async fn request_recovery(
    office: &Office,
    email: &Sensitive<String>,
    client: &ClientInfo,
) -> Result<(), OfficeError> {
    attempts::count(office, Limit::RecoveryPlace, client.place().expose()).await?;
    let Ok(normal) = normalise_email(email.expose()).map(Sensitive::new) else { return Ok(()) };
    attempts::count(office, Limit::RecoveryLogin, normal.expose()).await?;
    let (sent, ()) = tokio::join!(send_link(office, &normal), tokio::time::sleep(ANSWER_AFTER));
    match sent {
        Err(OfficeError::Erased) => Ok(()),
        other => other,
    }
}

async fn send_link(office: &Office, normal: &Sensitive<String>) -> Result<(), OfficeError> {
    let Some(row) = logins::row_by_email(office, normal.expose()).await? else { return Ok(()) };
    if row.disabled_at.is_some() {
        return Ok(());
    }
    require_active(office, row.subject).await?;
    let login = logins::open(office, &row).await?;
    let link = NewLink::new(office, LinkKind::Recovery, row.subject, LINK_SECONDS).of_login(row.id);
    let text = texts::recovery(row.language, link.address(office, "recover").expose());
    let mail =
        logins::mail(office, row.subject, &login.email, row.language, MailKind::Recovery, text).await?;
    let entry = office.prepare(Record::new("recovery-requested", By::Visitor).about(row.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await?;
    store::links::end_of_login(&tx, LinkKind::Recovery, row.id).await?;
    link.insert(&tx).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Whether a recovery link still works: for the page behind it.
///
/// # Errors
/// When the database fails.
pub async fn recovery_is_open(office: &Office, token: &Token) -> Result<bool, OfficeError> {
    Ok(peek_link(office, LinkKind::Recovery, token).await?.is_some())
}

/// Sets a new password with a recovery link, and ends all sessions. It signs nobody in.
///
/// # Errors
/// [`OfficeError::NotFound`] when the link does not work (any more); [`OfficeError::Invalid`] at
/// `password`, after which the link still works.
pub async fn recover(
    office: &Office,
    token: &Token,
    password: &Sensitive<String>,
) -> Result<LoginId, OfficeError> {
    let link = open_link(office, LinkKind::Recovery, token).await?;
    let id = link.login.ok_or(OfficeError::NotFound { what: "the link" })?;
    let change = Change::begin(office, id).await?;
    if change.row.disabled_at.is_some() {
        return Err(OfficeError::NotFound { what: "the link" });
    }
    let hash = logins::new_hash(office, &change.contents, password).await?;
    let notice = change.notice(office, Notice::PasswordChanged).await?;
    let entry = office
        .prepare(Record::new("access-recovered", By::Login(change.row.subject)).about(change.row.subject))
        .await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    take_link(&tx, LinkKind::Recovery, token, now).await?;
    subjects::lock_active(&tx, change.row.subject).await?;
    store::set_password(&tx, id, &hash, now).await?;
    sessions::end_all(&tx, id).await?;
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}
