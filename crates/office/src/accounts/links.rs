//! Links in mails: made, looked at, used up once, swept when they have run out.

use super::store::{self, links as rows};
use super::{LoginId, Role, Token};
use crate::customers::CustomerId;
use crate::subjects;
use crate::{By, Office, OfficeError, Record, schema};
use ::store::Tx;
use base::__uuid::Uuid;
use base::{SubjectId, Timestamp};
use keys::purpose::Account;
use keys::{Cell, DataKey};
use policy::schema::OnErasure;

pub(crate) use store::links::LinkKind;
pub(super) use store::links::LinkRow;

/// How many strangers one sweep lets go.
const STRANGERS_MAX: u32 = 200;
/// How long an idle session row stays, in seconds: the longest that any session may be idle.
const IDLE_SECONDS: i64 = super::sessions::IDLE_SECONDS;

/// A link to be. It holds no value unless one is sealed into it.
pub(crate) struct NewLink {
    /// What goes into the mail.
    pub token: Token,
    row: LinkRow,
    kind: LinkKind,
}

pub(super) const fn value_cell(row: [u8; 16], subject: SubjectId) -> Cell {
    Cell { table: "link_token", column: "value", row, revision: None, subject }
}

impl NewLink {
    /// A link for a subject that ends after some seconds.
    pub(crate) fn new(office: &Office, kind: LinkKind, subject: SubjectId, seconds: i64) -> Self {
        let token = Token::new(&*office.random);
        let now = office.now();
        let row = LinkRow {
            token_hash: token.hash(),
            subject,
            login: None,
            request: None,
            customer: None,
            role: None,
            value: None,
            created_at: now,
            expires_at: now.plus_seconds(seconds),
        };
        Self { token, row, kind }
    }

    /// Of a login.
    pub(crate) fn of_login(mut self, login: LoginId) -> Self {
        self.row.login = Some(login);
        self
    }

    /// For a request.
    pub(crate) fn for_request(mut self, request: Uuid) -> Self {
        self.row.request = Some(request);
        self
    }

    /// To a customer, in a role.
    pub(super) fn with_customer(mut self, customer: CustomerId, role: Role) -> Self {
        self.row.customer = Some(customer);
        self.row.role = Some(role);
        self
    }

    /// With a sealed value.
    pub(super) fn with_value(mut self, key: &DataKey<Account>, value: &str, office: &Office) -> Self {
        let cell = value_cell(self.row.row_id(), self.row.subject);
        self.row.value = Some(key.seal(&cell, value.as_bytes(), &*office.random).into_bytes());
        self
    }

    /// Its address.
    pub(crate) fn address(&self, office: &Office, path: &str) -> base::Sensitive<String> {
        base::Sensitive::new(format!("{}/{path}/{}", office.settings.base_url, self.token.text().expose()))
    }

    /// Stores it.
    pub(crate) async fn insert(&self, tx: &Tx) -> Result<(), OfficeError> {
        Ok(rows::insert(tx, self.kind, &self.row).await?)
    }
}

/// Looks at a link without using it up; it fails like one that never was when it has run out.
pub(crate) async fn peek_link(
    office: &Office,
    kind: LinkKind,
    token: &Token,
) -> Result<Option<LinkRow>, OfficeError> {
    Ok(rows::peek(&office.store, kind, &token.hash(), office.now()).await?)
}

/// The link, or what everybody gets whose link has run out, was used or never was.
pub(super) async fn open_link(
    office: &Office,
    kind: LinkKind,
    token: &Token,
) -> Result<LinkRow, OfficeError> {
    peek_link(office, kind, token).await?.ok_or(OfficeError::NotFound { what: "the link" })
}

/// Uses a link up.
pub(super) async fn take_link(
    tx: &Tx,
    kind: LinkKind,
    token: &Token,
    now: Timestamp,
) -> Result<LinkRow, OfficeError> {
    rows::take(tx, kind, &token.hash(), now).await?.ok_or(OfficeError::NotFound { what: "the link" })
}

/// Deletes what has run out: sessions, links, counts of attempts; and lets go of people who were
/// invited and never came, with their keys. For a job that runs every few minutes. Tells how many
/// rows and people there were.
///
/// # Errors
/// When a store fails; the next run goes on where this one stopped.
pub async fn sweep(office: &Office) -> Result<u64, OfficeError> {
    let now = office.now();
    let tx = office.store.begin().await?;
    let mut swept = store::sessions::delete_expired(&tx, now, now.plus_seconds(-IDLE_SECONDS)).await?;
    swept += rows::delete_expired(&tx, now).await?;
    tx.commit().await?;
    swept += super::attempts::sweep(office).await?;
    for link in rows::expired_strangers(&office.store, now, STRANGERS_MAX).await? {
        let entry = office.prepare(Record::new("invitation-expired", By::System("accounts"))).await?;
        forget_stranger(office, &link, &entry).await?;
        swept += 1;
    }
    Ok(swept)
}

/// Forgets somebody who was invited and has no login: keys first, then every row of theirs. The link
/// goes last, so that a crash in between leaves it for the next sweep.
pub(super) async fn forget_stranger(
    office: &Office,
    link: &LinkRow,
    entry: &crate::Prepared,
) -> Result<(), OfficeError> {
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::mark_erasing(&tx, link.subject, now).await?;
    tx.commit().await?;
    office.vault.destroy(link.subject).await?;
    let tx = office.store.begin().await?;
    for table in schema::tables() {
        if let OnErasure::Delete { subject } = table.erasure {
            rows::delete_of_subject(&tx, table.name, subject, link.subject).await?;
        }
    }
    subjects::mark_erased(&tx, link.subject, now).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
