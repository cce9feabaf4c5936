//! SQL of logins and their recovery codes.

use super::{language, places, subject, time, time_if};
use crate::OfficeError;
use crate::accounts::{Login, LoginId, Officer, StaffRole};
use crate::customers::import::ImportId;
use ::store::{Store, StoreError, Tx};
use base::{Language, Random, Sensitive, SubjectId, Timestamp};
use keys::purpose::{Account, Security};
use keys::{BlindIndex, Cell, DataKey, Parity, Sealed};
use sea_orm::{QueryResult, Value};

const ALL: &str = "id, subject_id, revision, name, email, password_hash, totp_secret, totp_pending, \
                   language, staff_role, officer, disabled_at, created_at, signed_in_at";

/// A login row whose envelopes are still closed.
pub(crate) struct LoginRow {
    pub id: LoginId,
    pub subject: SubjectId,
    pub revision: u32,
    name: Vec<u8>,
    email: Vec<u8>,
    pub password_hash: Option<String>,
    totp_secret: Option<Vec<u8>>,
    totp_pending: Option<Vec<u8>>,
    pub language: Language,
    pub staff: Option<StaffRole>,
    pub officer: Officer,
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub signed_in_at: Option<Timestamp>,
}

/// What the revision-bound envelopes of a login hold. They are written together, under the next
/// revision, so that none of them can be put back to an older value unseen.
#[derive(Clone)]
pub(crate) struct Contents {
    pub name: Sensitive<String>,
    pub email: Sensitive<String>,
    pub totp_secret: Option<Sensitive<Vec<u8>>>,
    pub totp_pending: Option<Sensitive<Vec<u8>>>,
}

/// The keys of a login's row.
pub(crate) struct LoginKeys {
    pub account: DataKey<Account>,
    pub security: DataKey<Security>,
}

const fn cell(column: &'static str, id: LoginId, revision: u32, subject: SubjectId) -> Cell {
    Cell { table: "login", column, row: id.bytes(), revision: Some(revision), subject }
}

impl LoginRow {
    /// Whether a second factor is confirmed.
    pub(crate) const fn has_second_factor(&self) -> bool {
        self.totp_secret.is_some()
    }

    const fn cell(&self, column: &'static str) -> Cell {
        cell(column, self.id, self.revision, self.subject)
    }

    fn open_text(
        &self,
        key: &DataKey<Account>,
        column: &'static str,
        bytes: &[u8],
    ) -> Result<Sensitive<String>, OfficeError> {
        let value = key.open(&self.cell(column), &Sealed::from_bytes(bytes.to_vec())?)?;
        Ok(Sensitive::new(value.text()?.to_owned()))
    }

    /// Opens what everybody may see of a login who may see it at all.
    pub(crate) fn open(&self, key: &DataKey<Account>) -> Result<Login, OfficeError> {
        Ok(Login {
            id: self.id,
            subject: self.subject,
            name: self.open_text(key, "name", &self.name)?,
            email: self.open_text(key, "email", &self.email)?,
            language: self.language,
            staff: self.staff,
            officer: self.officer,
            has_password: self.password_hash.is_some(),
            has_second_factor: self.has_second_factor(),
            disabled_at: self.disabled_at,
            created_at: self.created_at,
            signed_in_at: self.signed_in_at,
        })
    }

    /// Opens all envelopes, to write them again under the next revision.
    pub(crate) fn contents(&self, keys: &LoginKeys) -> Result<Contents, OfficeError> {
        let secret = |column, bytes: &Option<Vec<u8>>| -> Result<Option<Sensitive<Vec<u8>>>, OfficeError> {
            let Some(bytes) = bytes else { return Ok(None) };
            let value = keys.security.open(&self.cell(column), &Sealed::from_bytes(bytes.clone())?)?;
            Ok(Some(Sensitive::new(value.bytes().to_vec())))
        };
        Ok(Contents {
            name: self.open_text(&keys.account, "name", &self.name)?,
            email: self.open_text(&keys.account, "email", &self.email)?,
            totp_secret: secret("totp_secret", &self.totp_secret)?,
            totp_pending: secret("totp_pending", &self.totp_pending)?,
        })
    }
}

/// A login to be.
pub(crate) struct NewLogin<'a> {
    pub id: LoginId,
    pub subject: SubjectId,
    pub name: &'a Sensitive<String>,
    pub email: &'a Sensitive<String>,
    pub index: BlindIndex,
    pub password_hash: Option<String>,
    pub language: Language,
    pub staff: Option<StaffRole>,
    pub officer: Officer,
    pub key: &'a DataKey<Account>,
    pub import: Option<ImportId>,
}

/// Rows of a multi-row insert, 14 values each. SQLite looks each `$n` up in a list of all of them, so
/// that long statements cost the square of their length.
const INSERT_ROWS: usize = 25;

fn bytes(index: Option<[u8; 16]>) -> Value {
    index.map(|index| index.to_vec()).into()
}

/// Inserts logins, each with the revision 1. An address that is taken makes it [`StoreError::Duplicate`].
pub(crate) async fn insert_many(
    tx: &Tx,
    logins: &[NewLogin<'_>],
    now: Timestamp,
    random: &dyn Random,
) -> Result<(), StoreError> {
    for chunk in logins.chunks(INSERT_ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * 14);
        for new in chunk {
            let seal = |column, text: &Sensitive<String>| {
                new.key
                    .seal(&cell(column, new.id, 1, new.subject), text.expose().as_bytes(), random)
                    .into_bytes()
            };
            values.extend([
                new.id.uuid().into(),
                new.subject.uuid().into(),
                1_i64.into(),
                seal("name", new.name).into(),
                seal("email", new.email).into(),
                bytes(new.index.even),
                bytes(new.index.odd),
                new.password_hash.clone().into(),
                new.language.tag().into(),
                new.staff.map(StaffRole::as_str).into(),
                (new.officer == Officer::Holder).into(),
                new.import.map(ImportId::uuid).into(),
                now.as_micros().into(),
                now.as_micros().into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO login (id, subject_id, revision, name, email, email_even, email_odd, password_hash, language, \
             staff_role, officer, import_id, created_at, updated_at) VALUES {}",
            places(chunk.len(), 14)
        );
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

pub(crate) async fn by_id(store: &Store, id: LoginId) -> Result<Option<LoginRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM login WHERE id = $1 AND import_id IS NULL");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn by_subject(store: &Store, subject: SubjectId) -> Result<Option<LoginRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM login WHERE subject_id = $1 AND import_id IS NULL");
    store.query_one(&sql, [subject.uuid().into()]).await?.as_ref().map(read).transpose()
}

const fn column(parity: Parity) -> &'static str {
    match parity {
        Parity::Even => "email_even",
        Parity::Odd => "email_odd",
    }
}

pub(crate) async fn by_index(
    store: &Store,
    index: (Parity, [u8; 16]),
) -> Result<Option<LoginRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM login WHERE {} = $1 AND import_id IS NULL", column(index.0));
    store.query_one(&sql, [index.1.to_vec().into()]).await?.as_ref().map(read).transpose()
}

/// The logins of many addresses: index, id and subject of those that are there.
pub(crate) async fn ids_by_index(
    store: &Store,
    parity: Parity,
    indexes: &[[u8; 16]],
) -> Result<Vec<([u8; 16], LoginId, SubjectId)>, StoreError> {
    let mut found = Vec::new();
    let name = column(parity);
    for chunk in indexes.chunks(1_000) {
        let list = (1..=chunk.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let sql = format!(
            "SELECT id, subject_id, {name} AS idx FROM login WHERE {name} IN ({list}) AND import_id IS NULL"
        );
        for row in store.query(&sql, chunk.iter().map(|index| index.to_vec().into())).await? {
            let index: Vec<u8> = row.try_get("", "idx")?;
            let index = index
                .try_into()
                .map_err(|_| StoreError::inconsistent("a blind index that is not 16 bytes"))?;
            found.push((index, LoginId::from_uuid(row.try_get("", "id")?), subject(&row)?));
        }
    }
    Ok(found)
}

pub(crate) async fn staff(store: &Store) -> Result<Vec<LoginRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM login WHERE staff_role IS NOT NULL AND import_id IS NULL ORDER BY created_at LIMIT 1000"
    );
    store.query(&sql, []).await?.iter().map(read).collect()
}

/// Writes the envelopes under the next revision, if nobody else has since `row` was read.
pub(crate) async fn replace_contents(
    tx: &Tx,
    row: &LoginRow,
    contents: &Contents,
    keys: &LoginKeys,
    index: BlindIndex,
    now: Timestamp,
    random: &dyn Random,
) -> Result<(), OfficeError> {
    let next = row.revision + 1;
    let text = |column, value: &Sensitive<String>| {
        keys.account
            .seal(&cell(column, row.id, next, row.subject), value.expose().as_bytes(), random)
            .into_bytes()
    };
    let secret = |column, value: &Option<Sensitive<Vec<u8>>>| {
        let seal = |value: &Sensitive<Vec<u8>>| {
            keys.security.seal(&cell(column, row.id, next, row.subject), value.expose(), random).into_bytes()
        };
        value.as_ref().map(seal)
    };
    let touched = tx
        .execute(
            "UPDATE login SET revision = $1, name = $2, email = $3, email_even = $4, email_odd = $5, totp_secret = $6, \
             totp_pending = $7, updated_at = $8 WHERE id = $9 AND revision = $10 AND import_id IS NULL",
            [
                i64::from(next).into(),
                text("name", &contents.name).into(),
                text("email", &contents.email).into(),
                bytes(index.even),
                bytes(index.odd),
                secret("totp_secret", &contents.totp_secret).into(),
                secret("totp_pending", &contents.totp_pending).into(),
                now.as_micros().into(),
                row.id.uuid().into(),
                i64::from(row.revision).into(),
            ],
        )
        .await?;
    if touched == 0 { Err(OfficeError::Conflict { what: "the login" }) } else { Ok(()) }
}

pub(crate) async fn set_password(
    tx: &Tx,
    id: LoginId,
    hash: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE login SET password_hash = $1, updated_at = $2 WHERE id = $3 AND import_id IS NULL",
        [hash.into(), now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// Puts a stronger hash of the same password in place, unless the password was changed meanwhile.
pub(crate) async fn replace_hash(tx: &Tx, id: LoginId, old: &str, new: &str) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE login SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
        [new.into(), id.uuid().into(), old.into()],
    )
    .await
}

pub(crate) async fn note_sign_in(tx: &Tx, id: LoginId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute("UPDATE login SET signed_in_at = $1 WHERE id = $2", [now.as_micros().into(), id.uuid().into()])
        .await
}

pub(crate) async fn set_language(
    tx: &Tx,
    id: LoginId,
    language: Language,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE login SET language = $1, updated_at = $2 WHERE id = $3",
        [language.tag().into(), now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// Takes a step of the second factor; zero rows when it, or a later one, was used already.
pub(crate) async fn take_step(tx: &Tx, id: LoginId, step: i64) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE login SET totp_step = $1 WHERE id = $2 AND (totp_step IS NULL OR totp_step < $1)",
        [step.into(), id.uuid().into()],
    )
    .await
}

/// Notes the step that confirmed a new secret, whatever steps the old one had used.
pub(crate) async fn set_step(tx: &Tx, id: LoginId, step: Option<i64>) -> Result<u64, StoreError> {
    tx.execute("UPDATE login SET totp_step = $1 WHERE id = $2", [step.into(), id.uuid().into()]).await
}

pub(crate) async fn set_staff(
    tx: &Tx,
    id: LoginId,
    role: Option<StaffRole>,
    officer: Officer,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE login SET staff_role = $1, officer = $2, updated_at = $3 WHERE id = $4 AND import_id IS NULL",
        [
            role.map(StaffRole::as_str).into(),
            (officer == Officer::Holder).into(),
            now.as_micros().into(),
            id.uuid().into(),
        ],
    )
    .await
}

pub(crate) async fn set_disabled(
    tx: &Tx,
    id: LoginId,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE login SET disabled_at = $1, updated_at = $2 WHERE id = $3 AND import_id IS NULL",
        [at.map(Timestamp::as_micros).into(), now.as_micros().into(), id.uuid().into()],
    )
    .await
}

/// The admins that can sign in, locked until the transaction ends, so that two cannot leave at once.
pub(crate) async fn lock_admins(tx: &Tx) -> Result<Vec<LoginId>, StoreError> {
    let sql = format!(
        "SELECT id FROM login WHERE staff_role = 'admin' AND disabled_at IS NULL AND import_id IS NULL ORDER BY id{}",
        tx.for_update()
    );
    let rows = tx.query(&sql, []).await?;
    rows.iter().map(|row| Ok(LoginId::from_uuid(row.try_get("", "id")?))).collect()
}

pub(crate) async fn replace_codes(
    tx: &Tx,
    row: &LoginRow,
    hashes: &[[u8; 32]],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM recovery_code WHERE login_id = $1", [row.id.uuid().into()]).await?;
    if hashes.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO recovery_code (login_id, subject_id, code_hash, created_at) VALUES {}",
        places(hashes.len(), 4)
    );
    let values = hashes.iter().flat_map(|hash| -> [Value; 4] {
        [row.id.uuid().into(), row.subject.uuid().into(), hash.to_vec().into(), now.as_micros().into()]
    });
    tx.execute(&sql, values.collect::<Vec<_>>()).await?;
    Ok(())
}

/// Uses a recovery code up; zero rows when there is no such code.
pub(crate) async fn take_code(tx: &Tx, id: LoginId, hash: &[u8; 32]) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM recovery_code WHERE login_id = $1 AND code_hash = $2",
        [id.uuid().into(), hash.to_vec().into()],
    )
    .await
}

pub(crate) async fn count_codes(store: &Store, id: LoginId) -> Result<u64, StoreError> {
    let row = store
        .query_one("SELECT COUNT(*) AS n FROM recovery_code WHERE login_id = $1", [id.uuid().into()])
        .await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

/// Logins, staged ones too, that lack the index of a parity; for the rotation of the epoch.
pub(crate) async fn without_index(
    store: &Store,
    parity: Parity,
    limit: u32,
) -> Result<Vec<LoginRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM login WHERE {} IS NULL ORDER BY id LIMIT $1", column(parity));
    store.query(&sql, [i64::from(limit).into()]).await?.iter().map(read).collect()
}

pub(crate) async fn fill_index(
    tx: &Tx,
    row: &LoginRow,
    parity: Parity,
    index: [u8; 16],
) -> Result<u64, StoreError> {
    let name = column(parity);
    tx.execute(
        &format!("UPDATE login SET {name} = $1 WHERE id = $2 AND revision = $3 AND {name} IS NULL"),
        [index.to_vec().into(), row.id.uuid().into(), i64::from(row.revision).into()],
    )
    .await
}

/// Empties the index of a parity in at most `limit` rows.
pub(crate) async fn clear_index(tx: &Tx, parity: Parity, limit: u32) -> Result<u64, StoreError> {
    let name = column(parity);
    tx.execute(
        &format!("UPDATE login SET {name} = NULL WHERE id IN (SELECT id FROM login WHERE {name} IS NOT NULL LIMIT $1)"),
        [i64::from(limit).into()],
    )
    .await
}

fn read(row: &QueryResult) -> Result<LoginRow, StoreError> {
    let staff: Option<String> = row.try_get("", "staff_role")?;
    Ok(LoginRow {
        id: LoginId::from_uuid(row.try_get("", "id")?),
        subject: subject(row)?,
        revision: u32::try_from(row.try_get::<i64>("", "revision")?)
            .map_err(|_| StoreError::inconsistent("a login with a wild revision"))?,
        name: row.try_get("", "name")?,
        email: row.try_get("", "email")?,
        password_hash: row.try_get("", "password_hash")?,
        totp_secret: row.try_get("", "totp_secret")?,
        totp_pending: row.try_get("", "totp_pending")?,
        language: language(row)?,
        staff: staff.as_deref().map(staff_role).transpose()?,
        officer: if row.try_get("", "officer")? { Officer::Holder } else { Officer::None },
        disabled_at: time_if(row, "disabled_at")?,
        created_at: time(row, "created_at")?,
        signed_in_at: time_if(row, "signed_in_at")?,
    })
}

pub(super) fn staff_role(text: &str) -> Result<StaffRole, StoreError> {
    StaffRole::parse(text).ok_or_else(|| StoreError::inconsistent("a staff role that is not known"))
}
