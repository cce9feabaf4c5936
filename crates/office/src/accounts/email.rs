//! Another e-mail address for a login: asked for by somebody fresh, told to the old address, in force
//! when confirmed from the new one.

use super::links::{LinkKind, NewLink, open_link, take_link, value_cell};
use super::logins::{self, Change};
use super::sign_in::only_fresh;
use super::store;
use super::texts::{self, Notice};
use super::{LoginId, Session, Token};
use crate::customers;
use crate::form::Problems;
use crate::mailing::MailKind;
use crate::{By, Office, OfficeError, Record, subjects};
use base::Sensitive;
use keys::purpose::Account;
use keys::{Sealed, normalise_email};

/// How long a link works, in seconds.
const LINK_SECONDS: i64 = 3_600;

/// Mails a link to the new address and a notice to the old one. If another login has the address, no
/// link is sent, and the answer is the same.
///
/// # Errors
/// [`OfficeError::Invalid`] at `email`; [`OfficeError::Forbidden`] unless the session is fresh.
pub async fn request_email_change(
    office: &Office,
    session: &Session,
    email: &Sensitive<String>,
) -> Result<(), OfficeError> {
    only_fresh(office, session)?;
    let email =
        Sensitive::new(customers::email(email.expose()).map_err(|problem| Problems::one("email", problem))?);
    logins::index_of(office, email.expose()).await?;
    super::attempts::count(office, super::Limit::RecoveryLogin, &session.login.to_string()).await?;
    let change = Change::begin(office, session.login).await?;
    if normalise_email(email.expose()) == normalise_email(change.contents.email.expose()) {
        return Ok(());
    }
    let taken = logins::row_by_email(office, email.expose()).await?.is_some();
    let language = change.row.language;
    let link = NewLink::new(office, LinkKind::NewEmail, session.subject, LINK_SECONDS)
        .of_login(session.login)
        .with_value(&change.keys.account, email.expose(), office);
    let text = texts::new_email(language, link.address(office, "new-email").expose());
    let mail = logins::mail(office, session.subject, &email, language, MailKind::NewEmail, text).await?;
    let notice = change.notice(office, Notice::EmailChangeAsked).await?;
    let entry =
        office.prepare(Record::new("email-change-requested", session.by()).about(session.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    store::links::end_of_login(&tx, LinkKind::NewEmail, session.login).await?;
    if !taken {
        link.insert(&tx).await?;
        mail.queue(office, &tx).await?;
    }
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Puts the new address in force, with the link that was mailed to it.
///
/// # Errors
/// [`OfficeError::NotFound`] when the link does not work (any more); [`OfficeError::Invalid`] at `email`
/// when another login took the address meanwhile.
pub async fn confirm_email_change(office: &Office, token: &Token) -> Result<LoginId, OfficeError> {
    let link = open_link(office, LinkKind::NewEmail, token).await?;
    let (Some(id), Some(value)) = (link.login, link.value.clone()) else {
        return Err(OfficeError::NotFound { what: "the link" });
    };
    let key = office.vault.key::<Account>(link.subject).await?;
    let value = key.open(&value_cell(link.row_id(), link.subject), &Sealed::from_bytes(value)?)?;
    let email = Sensitive::new(value.text()?.to_owned());
    let mut change = Change::begin(office, id).await?;
    let notice = change.notice(office, Notice::EmailChanged).await?;
    change.set_email(office, email).await?;
    let by = By::Login(link.subject);
    let record = Record::new("login-rectified", by).about(link.subject).with("fields", vec!["email"]);
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    take_link(&tx, LinkKind::NewEmail, token, office.now()).await?;
    subjects::lock_active(&tx, link.subject).await?;
    change.write(office, &tx).await?;
    // A link for a new password may be under way to the address that is left behind.
    store::links::end_of_login(&tx, LinkKind::Recovery, id).await?;
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}
