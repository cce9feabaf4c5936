//! Logins: finding, opening and changing them, and the blind index they are found by.

use super::store::{self, Contents, LoginKeys, LoginRow};
use super::texts::{self, Notice};
use super::{Login, LoginId, Session, Token, passwords, sessions};
use crate::customers::single_line;
use crate::form::{Problem, Problems};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::require_active;
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::{StoreError, Tx};
use base::{Language, Sensitive, SubjectId};
use keys::purpose::{Account, Security};
use keys::{BlindIndex, Parity, normalise_email};
use std::collections::HashMap;

pub(crate) use store::{NewLogin, insert_many};

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 120;

pub(super) const NOT_FOUND: OfficeError = OfficeError::NotFound { what: "the login" };

/// One login, opened.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn login(office: &Office, id: LoginId) -> Result<Login, OfficeError> {
    open(office, &row(office, id).await?).await
}

pub(super) async fn row(office: &Office, id: LoginId) -> Result<LoginRow, OfficeError> {
    store::by_id(&office.store, id).await?.ok_or(NOT_FOUND)
}

pub(super) async fn open(office: &Office, row: &LoginRow) -> Result<Login, OfficeError> {
    row.open(&office.vault.key::<Account>(row.subject).await?)
}

/// The login whose data a subject's keys are for, if the subject is a login.
///
/// # Errors
/// When a store fails.
pub async fn login_of_subject(office: &Office, subject: SubjectId) -> Result<Option<Login>, OfficeError> {
    match store::by_subject(&office.store, subject).await? {
        Some(row) => Ok(Some(open(office, &row).await?)),
        None => Ok(None),
    }
}

/// The login that signs in with an address, if there is one.
///
/// # Errors
/// When a store fails.
pub async fn login_by_email(office: &Office, email: &str) -> Result<Option<Login>, OfficeError> {
    match row_by_email(office, email).await? {
        Some(row) => Ok(Some(open(office, &row).await?)),
        None => Ok(None),
    }
}

pub(super) async fn row_by_email(office: &Office, email: &str) -> Result<Option<LoginRow>, OfficeError> {
    let Ok(normal) = normalise_email(email) else { return Ok(None) };
    let index = office.vault.lookup_index("login", "email", &normal).await?;
    Ok(store::by_index(&office.store, index).await?)
}

/// What the index columns of an address hold in the present phase of rotation.
pub(crate) async fn index_of(office: &Office, email: &str) -> Result<BlindIndex, OfficeError> {
    let normal = normalise_email(email).map_err(|_| Problems::one("email", Problem::Email))?;
    Ok(office.vault.blind_index("login", "email", &normal).await?)
}

/// The logins that sign in with these addresses, by normalised address.
pub(crate) async fn logins_of_addresses(
    office: &Office,
    normalised: &[String],
) -> Result<HashMap<String, (LoginId, SubjectId)>, OfficeError> {
    let mut by_index = HashMap::with_capacity(normalised.len());
    let mut asked = None;
    for address in normalised {
        let (parity, index) = office.vault.lookup_index("login", "email", address).await?;
        // A rotation that passed in between would mix two indexes; the next run sees one.
        if asked.is_some_and(|asked| asked != parity) {
            return Err(OfficeError::Conflict { what: "the epoch" });
        }
        asked = Some(parity);
        by_index.insert(index, address.clone());
    }
    let Some(parity) = asked else { return Ok(HashMap::new()) };
    let indexes: Vec<_> = by_index.keys().copied().collect();
    let found = store::ids_by_index(&office.store, parity, &indexes).await?;
    Ok(found
        .into_iter()
        .filter_map(|(index, id, subject)| Some((by_index.remove(&index)?, (id, subject))))
        .collect())
}

/// A login about to change: its row, keys and contents.
pub(super) struct Change {
    pub row: LoginRow,
    pub keys: LoginKeys,
    pub contents: Contents,
    index: BlindIndex,
}

impl Change {
    pub(super) async fn begin(office: &Office, id: LoginId) -> Result<Self, OfficeError> {
        let row = row(office, id).await?;
        // Before any key is ensured: one that was just destroyed must not be made anew.
        require_active(office, row.subject).await?;
        let account = office.vault.key::<Account>(row.subject).await?;
        let security = office.vault.ensure::<Security>(row.subject).await?;
        let keys = LoginKeys { account, security };
        let contents = row.contents(&keys)?;
        let index = index_of(office, contents.email.expose()).await?;
        Ok(Self { row, keys, contents, index })
    }

    /// Puts another address in place of the one it has.
    pub(super) async fn set_email(
        &mut self,
        office: &Office,
        email: Sensitive<String>,
    ) -> Result<(), OfficeError> {
        self.index = index_of(office, email.expose()).await?;
        self.contents.email = email;
        Ok(())
    }

    /// Writes the contents under the next revision.
    pub(super) async fn write(&self, office: &Office, tx: &Tx) -> Result<(), OfficeError> {
        let now = office.now();
        let written = store::replace_contents(
            tx,
            &self.row,
            &self.contents,
            &self.keys,
            self.index,
            now,
            &*office.random,
        )
        .await;
        match written {
            Err(OfficeError::Store(StoreError::Duplicate)) => {
                Err(Problems::one("email", Problem::Taken).into())
            }
            other => other,
        }
    }

    /// A mail that tells the person of the change, at the address it has had until now.
    pub(super) async fn notice(&self, office: &Office, what: Notice) -> Result<PreparedMail, OfficeError> {
        notice(office, self.row.subject, &self.contents.email, self.row.language, what).await
    }
}

pub(super) async fn notice(
    office: &Office,
    subject: SubjectId,
    to: &Sensitive<String>,
    language: Language,
    what: Notice,
) -> Result<PreparedMail, OfficeError> {
    let text = texts::notice(language, what, &office.settings.base_url);
    mail(office, subject, to, language, MailKind::SecurityNotice, text).await
}

pub(super) async fn mail(
    office: &Office,
    subject: SubjectId,
    to: &Sensitive<String>,
    language: Language,
    kind: MailKind,
    text: texts::Text,
) -> Result<PreparedMail, OfficeError> {
    let body = mailing::signed(office, language, &text.body);
    mailing::prepare(office, NewMail { subject, to, kind, language, title: text.title, body }).await
}

/// Changes the name of a login.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`] when somebody else changed it meanwhile.
pub async fn rename(
    office: &Office,
    by: By,
    id: LoginId,
    name: &Sensitive<String>,
) -> Result<(), OfficeError> {
    let name =
        single_line(name.expose(), NAME_CHARS_MAX).map_err(|problem| Problems::one("name", problem))?;
    let mut change = Change::begin(office, id).await?;
    if change.contents.name.expose() == &name {
        return Ok(());
    }
    change.contents.name = name.into();
    let record = Record::new("login-rectified", by).about(change.row.subject).with("fields", vec!["name"]);
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, change.row.subject).await?;
    change.write(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Changes the language of a login's pages and mails.
///
/// # Errors
/// When the database fails.
pub async fn set_language(office: &Office, session: &Session, language: Language) -> Result<(), OfficeError> {
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    store::set_language(&tx, session.login, language, office.now()).await?;
    Ok(tx.commit().await?)
}

/// Changes the password of somebody who is signed in and knows the present one. Ends their other
/// sessions, and gives this one a new token.
///
/// # Errors
/// [`OfficeError::Invalid`] at `current` or `password`; [`OfficeError::TooMany`].
pub async fn change_password(
    office: &Office,
    session: &Session,
    presented: &Token,
    current: &Sensitive<String>,
    password: &Sensitive<String>,
) -> Result<Token, OfficeError> {
    super::sign_in::only_complete(session)?;
    let change = Change::begin(office, session.login).await?;
    super::sign_in::check_password(office, &change.row, change.contents.email.expose(), current, "current")
        .await?;
    let hash = new_hash(office, &change.contents, password).await?;
    let renewal = sessions::renewal(office, session, presented, sessions::Proved::Password);
    let notice = change.notice(office, Notice::PasswordChanged).await?;
    let entry = office.prepare(Record::new("password-changed", session.by()).about(session.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    store::set_password(&tx, session.login, &hash, office.now()).await?;
    sessions::end_others(&tx, session).await?;
    renewal.write(&tx).await?;
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(renewal.token)
}

/// Sets the password of a login from outside a session: for commands and the demo. Ends its sessions.
///
/// # Errors
/// [`OfficeError::Invalid`] at `password`; [`OfficeError::NotFound`].
pub async fn set_password(
    office: &Office,
    by: By,
    id: LoginId,
    password: &Sensitive<String>,
) -> Result<(), OfficeError> {
    let change = Change::begin(office, id).await?;
    let hash = new_hash(office, &change.contents, password).await?;
    let entry = office.prepare(Record::new("password-changed", by).about(change.row.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, change.row.subject).await?;
    store::set_password(&tx, id, &hash, office.now()).await?;
    sessions::end_all(&tx, id).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// The hash of a new password that is within the rules.
pub(super) async fn new_hash(
    office: &Office,
    contents: &Contents,
    password: &Sensitive<String>,
) -> Result<String, OfficeError> {
    checked_hash(office, contents.email.expose(), contents.name.expose(), password).await
}

pub(super) async fn checked_hash(
    office: &Office,
    email: &str,
    name: &str,
    password: &Sensitive<String>,
) -> Result<String, OfficeError> {
    passwords::check_new(password, email, name).map_err(|problem| Problems::one("password", problem))?;
    passwords::hash(password, &*office.random).await
}

/// Fills the index of a parity in at most `limit` logins that lack it (CRYPTO section 5, step 4), staged
/// ones too, and tells how many it filled: zero when there is nothing left to do. The vault must be in
/// a phase in which writers fill that parity.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn fill_email_index(office: &Office, parity: Parity, limit: u32) -> Result<u64, OfficeError> {
    let rows = store::without_index(&office.store, parity, limit).await?;
    let subjects: Vec<SubjectId> = rows.iter().map(|row| row.subject).collect();
    let keys = office.vault.keys::<Account>(&subjects).await?;
    let mut indexes = Vec::with_capacity(rows.len());
    for row in &rows {
        // A row without its key is being erased at this moment.
        let Some(key) = keys.get(&row.subject) else { continue };
        let Some(index) = index_of(office, row.open(key)?.email.expose()).await?.of(parity) else {
            return Err(OfficeError::Other("the vault is in no phase in which this index is filled".into()));
        };
        indexes.push((row, index));
    }
    let tx = office.store.begin().await?;
    let mut filled = 0;
    for (row, index) in indexes {
        filled += store::fill_index(&tx, row, parity, index).await?;
    }
    tx.commit().await?;
    Ok(filled)
}

/// Makes the whole index anew for the living epoch: after a restore, whose copy may have that of an
/// epoch that is gone. Nobody can sign in while this runs.
///
/// # Errors
/// When a store fails, or a rotation is under way; it may be run again.
pub async fn rebuild_email_index(office: &Office) -> Result<u64, OfficeError> {
    for parity in [Parity::Even, Parity::Odd] {
        while clear_email_index(office, parity, 500).await? > 0 {}
    }
    let (living, _) = office.vault.lookup_index("login", "email", "rebuild").await?;
    let mut filled = 0;
    loop {
        match fill_email_index(office, living, 500).await? {
            0 => return Ok(filled),
            some => filled += some,
        }
    }
}

/// Empties the index of a parity in at most `limit` logins, and tells in how many it did.
///
/// # Errors
/// When the database fails; it may be run again.
pub async fn clear_email_index(office: &Office, parity: Parity, limit: u32) -> Result<u64, OfficeError> {
    let tx = office.store.begin().await?;
    let cleared = store::clear_index(&tx, parity, limit).await?;
    tx.commit().await?;
    Ok(cleared)
}
