//! Officers and the chain of their documents.

use super::files::{FileError, read_identity};
use super::model::OfficerId;
use super::store::{self, NewOfficer};
use crate::accounts::{self, LoginId, Session, StaffRole};
use crate::form::{Problem, Problems};
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::StoreError;
use base::{Sensitive, Timestamp};
use keys::purpose::Account;
use keys::seal::{Chain, Officer, SignedDocument};

/// Somebody who enrolled as officer.
#[derive(Debug, Clone)]
pub struct EnrolledOfficer {
    /// The enrolment.
    pub id: OfficerId,
    /// The login.
    pub login: LoginId,
    /// Name and keys.
    pub officer: Officer,
    /// Since when.
    pub enrolled_at: Timestamp,
}

/// Takes in the identity file of the staff member who is signed in, in place of an earlier one.
///
/// # Errors
/// [`OfficeError::Invalid`] at `file` when it is no identity file, or somebody enrolled with these keys;
/// [`OfficeError::Forbidden`] unless the login is marked as officer.
pub async fn enrol(
    office: &Office,
    session: &Session,
    file: &Sensitive<String>,
) -> Result<OfficerId, OfficeError> {
    let officer = read_identity(file.expose()).map_err(|error| wrong_file(&error))?;
    if session.staff.is_none() || session.officer != accounts::Officer::Holder {
        return Err(OfficeError::Forbidden { why: "only staff who are marked as officer enrol" });
    }
    let id = OfficerId::new(&*office.clock, &*office.random);
    let key = office.vault.ensure::<Account>(session.subject).await?;
    let record = Record::new("officer-enrolled", session.by())
        .about(session.subject)
        .with("officer", id.to_string())
        .with("sign_key", hex::encode(officer.sign_key()));
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    store::withdraw_login(&tx, session.login, now).await?;
    let new = NewOfficer { id, subject: session.subject, login: session.login, officer: &officer };
    match store::insert_officer(&tx, &new, &key, &*office.random, now).await {
        Err(StoreError::Duplicate) => return Err(Problems::one("file", Problem::Taken).into()),
        other => other?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

pub(super) fn wrong_file(error: &FileError) -> OfficeError {
    tracing::info!(error = %error, "a file of an officer was refused");
    let problem = match error {
        FileError::TooLong(_) | FileError::TooMany(_) => Problem::TooLong { max: 0 },
        _ => Problem::Characters,
    };
    Problems::one("file", problem).into()
}

/// Ends the enrolment of an officer: the next roster is without. What shares exist is not changed by it; a refresh
/// among those who stay does that.
///
/// # Errors
/// [`OfficeError::Conflict`] when it ended already; [`OfficeError::Forbidden`] unless an admin, or the officer.
pub async fn withdraw(office: &Office, session: &Session, id: OfficerId) -> Result<(), OfficeError> {
    let rows = store::officers(&office.store).await?;
    let row =
        rows.into_iter().find(|row| row.id == id).ok_or(OfficeError::Conflict { what: "the officer" })?;
    if session.staff != Some(StaffRole::Admin) && session.login != row.login {
        return Err(OfficeError::Forbidden { why: "an admin withdraws an officer, or the officer" });
    }
    let record =
        Record::new("officer-withdrawn", session.by()).about(row.subject).with("officer", id.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    if !store::withdraw(&tx, id, office.now()).await? {
        return Err(OfficeError::Conflict { what: "the officer" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Who is enrolled, the oldest first.
///
/// # Errors
/// When a store fails.
pub async fn officers(office: &Office) -> Result<Vec<EnrolledOfficer>, OfficeError> {
    let mut all = Vec::new();
    for row in store::officers(&office.store).await? {
        let key = office.vault.key::<Account>(row.subject).await?;
        let name = row.open_name(&key)?;
        let officer = Officer::new(name.expose(), &row.sign_key, &row.recipient)
            .map_err(|error| OfficeError::Other(format!("an enrolled officer: {error}")))?;
        all.push(EnrolledOfficer { id: row.id, login: row.login, officer, enrolled_at: row.enrolled_at });
    }
    Ok(all)
}

/// The chain of group documents, checked anew; none before the first ceremony has ended.
///
/// # Errors
/// When a store fails, or what it holds is no chain.
pub async fn chain(office: &Office) -> Result<Option<Chain>, OfficeError> {
    let mut chain: Option<Chain> = None;
    for row in store::documents(&office.store).await? {
        let key = office.vault.key::<Account>(row.subject).await?;
        let fault = |error| OfficeError::Other(format!("a group document: {error}"));
        let signed = SignedDocument::parse(row.open_text(&key)?.expose()).map_err(fault)?;
        match &mut chain {
            Some(chain) => chain.append(signed).map_err(fault)?,
            None => {
                let hash = signed.document().hash();
                chain = Some(Chain::begin(signed, hash).map_err(fault)?);
            }
        }
    }
    Ok(chain)
}

/// Who did something to a roster, as the ledger tells it.
pub(super) const fn by(session: &Session) -> By {
    session.by()
}
