//! Signing in: password, then the second factor; and proving it again before something binding.
//!
//! A wrong password, an unknown address, a disabled login and a login without a password get the same
//! answer after the same work.

use super::attempts::{self, Limit};
use super::passwords::{self, Verdict};
use super::sessions::{self, Proved};
use super::store::{self, LoginRow};
use super::texts::Notice;
use super::{ClientInfo, Session, Stage, Token, logins, second_factor};
use crate::form::{Problem, Problems};
use crate::messages::require_active;
use crate::{Office, OfficeError, Record, subjects};
use base::Sensitive;
use keys::normalise_email;

/// What a successful step of signing in gives: the token for the cookie, and what must follow.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The new token of the session; the one before is dead.
    pub token: Token,
    /// How far the session has come.
    pub stage: Stage,
}

/// What proves who somebody is.
#[derive(Debug, Clone)]
pub enum Proof {
    /// Their password.
    Password(Sensitive<String>),
    /// A code of their second factor, or a recovery code.
    Code(Sensitive<String>),
}

/// What an address is counted under.
fn counted(email: &str) -> Sensitive<String> {
    Sensitive::new(normalise_email(email).unwrap_or_else(|_| "no address".to_owned()))
}

fn wrong(field: &'static str) -> OfficeError {
    Problems::one(field, Problem::Wrong).into()
}

/// Refuses a session that has not come all the way.
pub(super) fn only_complete(session: &Session) -> Result<(), OfficeError> {
    match session.stage {
        Stage::Complete => Ok(()),
        Stage::NeedsSecondFactor | Stage::MustEnrol => {
            Err(OfficeError::Forbidden { why: "the second factor comes first" })
        }
    }
}

/// Refuses a session whose person has not proved who they are within ten minutes.
pub(super) fn only_fresh(office: &Office, session: &Session) -> Result<(), OfficeError> {
    only_complete(session)?;
    if session.is_fresh(office.now()) {
        Ok(())
    } else {
        Err(OfficeError::Forbidden { why: "a fresh sign-in is needed" })
    }
}

/// Signs in with an address and a password.
///
/// # Errors
/// [`OfficeError::Invalid`] at `password`, whatever was wrong; [`OfficeError::TooMany`].
pub async fn sign_in(
    office: &Office,
    email: &Sensitive<String>,
    password: &Sensitive<String>,
    client: &ClientInfo,
) -> Result<SignedIn, OfficeError> {
    let place = client.place();
    let address = counted(email.expose());
    attempts::count(office, Limit::SignInPlace, place.expose()).await?;
    attempts::count(office, Limit::SignInLogin, address.expose()).await?;
    let row = logins::row_by_email(office, email.expose()).await?;
    let stored = row.as_ref().and_then(|row| row.password_hash.clone());
    let verdict = passwords::verify(password, stored, &*office.random).await?;
    let Some(row) = row.filter(|row| verdict != Verdict::Wrong && row.disabled_at.is_none()) else {
        return Err(wrong("password"));
    };
    require_active(office, row.subject).await.map_err(erased_is_wrong)?;
    if verdict == Verdict::RightButOld {
        hash_again(office, &row, password).await?;
    }
    let session = sessions::prepare(office, &row, client).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await.map_err(erased_is_wrong)?;
    session.insert(&tx).await?;
    if session.stage == Stage::Complete {
        store::note_sign_in(&tx, row.id, office.now()).await?;
    }
    tx.commit().await?;
    attempts::take_back(office, Limit::SignInPlace, place.expose()).await?;
    attempts::forget(office, Limit::SignInLogin, address.expose()).await?;
    Ok(SignedIn { token: session.token, stage: session.stage })
}

/// Somebody whose erasure has begun is somebody unknown.
fn erased_is_wrong(error: OfficeError) -> OfficeError {
    match error {
        OfficeError::Erased => wrong("password"),
        other => other,
    }
}

async fn hash_again(
    office: &Office,
    row: &LoginRow,
    password: &Sensitive<String>,
) -> Result<(), OfficeError> {
    let Some(old) = &row.password_hash else { return Ok(()) };
    let new = passwords::hash(password, &*office.random).await?;
    let tx = office.store.begin().await?;
    store::replace_hash(&tx, row.id, old, &new).await?;
    Ok(tx.commit().await?)
}

/// Checks the present password of a login, counted like a sign-in.
pub(super) async fn check_password(
    office: &Office,
    row: &LoginRow,
    email: &str,
    password: &Sensitive<String>,
    field: &'static str,
) -> Result<(), OfficeError> {
    let address = counted(email);
    attempts::count(office, Limit::SignInLogin, address.expose()).await?;
    if passwords::verify(password, row.password_hash.clone(), &*office.random).await? == Verdict::Wrong {
        return Err(wrong(field));
    }
    attempts::forget(office, Limit::SignInLogin, address.expose()).await
}

/// Finishes signing in with a code of the second factor or a recovery code. The session gets a new
/// token.
///
/// # Errors
/// [`OfficeError::Invalid`] at `code`, also for a code that was used before; [`OfficeError::TooMany`].
pub async fn give_second_factor(
    office: &Office,
    session: &Session,
    presented: &Token,
    code: &Sensitive<String>,
) -> Result<SignedIn, OfficeError> {
    if session.stage == Stage::MustEnrol {
        return Err(OfficeError::Forbidden { why: "the second factor must be enrolled first" });
    }
    attempts::count(office, Limit::SecondFactor, &session.login.to_string()).await?;
    let change = logins::Change::begin(office, session.login).await?;
    let used = second_factor::check(office, &change, code).ok_or_else(|| wrong("code"))?;
    let notice = match &used {
        second_factor::Used::RecoveryCode(_) => Some(change.notice(office, Notice::RecoveryCodeUsed).await?),
        second_factor::Used::Step(_) => None,
    };
    let renewal = sessions::renewal(office, session, presented, Proved::SecondFactor);
    let signs_in = session.stage == Stage::NeedsSecondFactor;
    let entry = match (&notice, session.staff) {
        (Some(_), _) => Some(office.prepare(Record::new("recovery-code-used", session.by())).await?),
        (None, Some(_)) if signs_in => {
            Some(office.prepare(Record::new("staff-signed-in", session.by())).await?)
        }
        (None, _) => None,
    };
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    if used.take(&tx, session.login).await? == 0 {
        return Err(wrong("code"));
    }
    renewal.write(&tx).await?;
    if signs_in {
        store::note_sign_in(&tx, session.login, office.now()).await?;
    }
    if let Some(notice) = &notice {
        notice.queue(office, &tx).await?;
    }
    if let Some(entry) = &entry {
        entry.append(&tx).await?;
    }
    tx.commit().await?;
    attempts::forget(office, Limit::SecondFactor, &session.login.to_string()).await?;
    Ok(SignedIn { token: renewal.token, stage: Stage::Complete })
}

/// Proves again who somebody is, so that the session is fresh. It gets a new token.
///
/// # Errors
/// [`OfficeError::Invalid`] at `password` or `code`; [`OfficeError::TooMany`].
pub async fn reauthenticate(
    office: &Office,
    session: &Session,
    presented: &Token,
    proof: &Proof,
) -> Result<Token, OfficeError> {
    only_complete(session)?;
    match proof {
        Proof::Code(code) => Ok(give_second_factor(office, session, presented, code).await?.token),
        Proof::Password(password) => {
            let row = logins::row(office, session.login).await?;
            let login = logins::open(office, &row).await?;
            check_password(office, &row, login.email.expose(), password, "password").await?;
            let renewal = sessions::renewal(office, session, presented, Proved::Password);
            let tx = office.store.begin().await?;
            subjects::lock_active(&tx, session.subject).await?;
            renewal.write(&tx).await?;
            tx.commit().await?;
            Ok(renewal.token)
        }
    }
}
