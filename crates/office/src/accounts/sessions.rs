//! Sessions: begun by sign-in, presented with every request, listed and ended by their owner.
//!
//! A session that still lacks its second factor lives for minutes. Staff sessions are shorter than
//! customers'. The role is read with every request, so a role that was taken away is gone at once.

use super::store::sessions::{self as store, NewSession, Renewal, SessionRow};
use super::store::{LoginRow, members};
use super::{ClientInfo, LoginId, Session, SessionId, SessionSummary, StaffRole, Stage, Token};
use crate::customers::CustomerId;
use crate::{Office, OfficeError, Record, subjects};
use ::store::Tx;
use base::{Sensitive, SubjectId, Timestamp};
use keys::purpose::Security;
use keys::{Cell, Sealed};
use subtle::ConstantTimeEq as _;

/// How long a customer's session may lie idle, in seconds.
pub(super) const IDLE_SECONDS: i64 = 12 * 3_600;
/// How long a staff session may.
const STAFF_IDLE_SECONDS: i64 = 3_600;
/// How long a customer's session lasts at most.
const LIFE_SECONDS: i64 = 30 * 86_400;
/// How long a staff session lasts at most.
const STAFF_LIFE_SECONDS: i64 = 12 * 3_600;
/// How long somebody has to find the telephone with the codes on it.
const UNFINISHED_SECONDS: i64 = 15 * 60;
/// `seen_at` is written at most this often.
const SEEN_SECONDS: i64 = 60;
/// How many sessions a login has at most.
const SESSIONS_MAX: u32 = 50;

const fn idle_seconds(staff: Option<StaffRole>) -> i64 {
    if staff.is_some() { STAFF_IDLE_SECONDS } else { IDLE_SECONDS }
}

/// When a session that is complete now ends.
const fn expiry(staff: Option<StaffRole>, now: Timestamp) -> Timestamp {
    now.plus_seconds(if staff.is_some() { STAFF_LIFE_SECONDS } else { LIFE_SECONDS })
}

/// Whether a login has a second factor, and whether it was given in a session.
#[derive(Debug, Clone, Copy)]
enum Factor {
    /// It has none.
    Absent,
    /// It has one, which was not given yet.
    Awaited,
    /// It has one, which was given.
    Given,
}

impl Factor {
    const fn of_row(row: &SessionRow) -> Self {
        match (row.has_second_factor, row.second_factor_at) {
            (false, _) => Self::Absent,
            (true, None) => Self::Awaited,
            (true, Some(_)) => Self::Given,
        }
    }
}

const fn stage(staff: Option<StaffRole>, factor: Factor) -> Stage {
    match factor {
        Factor::Awaited => Stage::NeedsSecondFactor,
        Factor::Absent if staff.is_some() => Stage::MustEnrol,
        Factor::Absent | Factor::Given => Stage::Complete,
    }
}

const fn cell(column: &'static str, id: SessionId, subject: SubjectId) -> Cell {
    Cell { table: "session", column, row: id.bytes(), revision: None, subject }
}

/// A session that waits for the transaction of the sign-in.
pub(super) struct PreparedSession {
    pub token: Token,
    pub stage: Stage,
    row: NewSession,
    now: Timestamp,
}

/// Makes a session for somebody whose password was right.
pub(super) async fn prepare(
    office: &Office,
    login: &LoginRow,
    client: &ClientInfo,
) -> Result<PreparedSession, OfficeError> {
    let now = office.now();
    let key = office.vault.ensure::<Security>(login.subject).await?;
    let token = Token::new(&*office.random);
    let id = SessionId::new(&*office.clock, &*office.random);
    let factor = if login.has_second_factor() { Factor::Awaited } else { Factor::Absent };
    let stage = stage(login.staff, factor);
    let seal = |column, text: &str| {
        key.seal(&cell(column, id, login.subject), text.as_bytes(), &*office.random).into_bytes()
    };
    let customer = members::of_login(&office.store, login.id).await?.first().map(|m| m.customer);
    let row = NewSession {
        id,
        subject: login.subject,
        login: login.id,
        customer,
        token_hash: token.hash(),
        expires_at: match stage {
            Stage::Complete => expiry(login.staff, now),
            Stage::NeedsSecondFactor | Stage::MustEnrol => now.plus_seconds(UNFINISHED_SECONDS),
        },
        agent: seal("agent", client.agent_kept().expose()),
        address: client.address.map(|address| seal("address", &address.to_string())),
    };
    Ok(PreparedSession { token, stage, row, now })
}

impl PreparedSession {
    pub(super) async fn insert(&self, tx: &Tx) -> Result<(), OfficeError> {
        store::insert(tx, &self.row, self.now).await?;
        store::end_surplus(tx, self.row.login, SESSIONS_MAX).await?;
        Ok(())
    }
}

/// What a session proved anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proved {
    Password,
    SecondFactor,
    /// The second factor was switched off, by somebody who is fresh.
    NoSecondFactor,
}

/// A renewal of a session, under a new token, that waits for its transaction.
pub(super) struct PreparedRenewal {
    pub token: Token,
    session: Session,
    presented: [u8; 32],
    renewal: Renewal,
    now: Timestamp,
}

/// Gives a session a new token because more (or less) is known of who holds it.
pub(super) fn renewal(
    office: &Office,
    session: &Session,
    presented: &Token,
    proved: Proved,
) -> PreparedRenewal {
    let now = office.now();
    let token = Token::new(&*office.random);
    let (password_at, second_factor_at) = match proved {
        Proved::Password => (now, session.second_factor_at),
        Proved::SecondFactor => (session.password_at, Some(now)),
        Proved::NoSecondFactor => (session.password_at, None),
    };
    let finished = session.stage != Stage::Complete && proved == Proved::SecondFactor;
    let expires_at = if finished { expiry(session.staff, now) } else { session.expires_at };
    let renewal = Renewal { token_hash: token.hash(), expires_at, password_at, second_factor_at };
    PreparedRenewal { token, session: *session, presented: presented.hash(), renewal, now }
}

impl PreparedRenewal {
    pub(super) async fn write(&self, tx: &Tx) -> Result<(), OfficeError> {
        match store::renew(tx, self.session.id, &self.presented, &self.renewal, self.now).await? {
            0 => Err(OfficeError::Conflict { what: "the session" }),
            _ => Ok(()),
        }
    }
}

/// The session that a token stands for; none when there is none or it has run out. Notes that it was
/// used, at most once a minute.
///
/// # Errors
/// When the database fails.
pub async fn authenticate(office: &Office, token: &Token) -> Result<Option<Session>, OfficeError> {
    let now = office.now();
    let presented = token.hash();
    let Some(row) = store::by_token(&office.store, &presented).await? else { return Ok(None) };
    if !bool::from(row.token_hash.ct_eq(&presented)) || !lives(&row, now) {
        return Ok(None);
    }
    if now.seconds_since(row.seen_at) >= SEEN_SECONDS {
        let tx = office.store.begin().await?;
        store::note_seen(&tx, row.id, now).await?;
        tx.commit().await?;
    }
    Ok(Some(Session {
        id: row.id,
        login: row.login,
        subject: row.subject,
        language: row.language,
        staff: row.staff,
        officer: row.officer,
        acting_for: row.acting_for,
        stage: stage(row.staff, Factor::of_row(&row)),
        password_at: row.password_at,
        second_factor_at: row.second_factor_at,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }))
}

fn lives(row: &SessionRow, now: Timestamp) -> bool {
    // A session from the future is one from before the clock was set back: it lives no longer than others.
    let idle = now.seconds_since(row.seen_at);
    row.disabled_at.is_none()
        && now < row.expires_at
        && idle < idle_seconds(row.staff)
        && now.seconds_since(row.created_at)
            < if row.staff.is_some() { STAFF_LIFE_SECONDS } else { LIFE_SECONDS }
}

/// The sessions of a login that still live, the last used first.
///
/// # Errors
/// When a store fails.
pub async fn sessions(office: &Office, session: &Session) -> Result<Vec<SessionSummary>, OfficeError> {
    let now = office.now();
    let key = office.vault.ensure::<Security>(session.subject).await?;
    let idle_since = now.plus_seconds(-idle_seconds(session.staff));
    let rows = store::of_login(&office.store, session.login, now).await?;
    let open = |column, id, bytes: &Option<Vec<u8>>| -> Result<Option<Sensitive<String>>, OfficeError> {
        let Some(bytes) = bytes else { return Ok(None) };
        let value = key.open(&cell(column, id, session.subject), &Sealed::from_bytes(bytes.clone())?)?;
        Ok(Some(Sensitive::new(value.text()?.to_owned())))
    };
    rows.iter()
        .filter(|row| row.seen_at > idle_since)
        .map(|row| {
            Ok(SessionSummary {
                id: row.id,
                agent: open("agent", row.id, &row.agent)?,
                address: open("address", row.id, &row.address)?,
                created_at: row.created_at,
                seen_at: row.seen_at,
            })
        })
        .collect()
}

/// Ends this session: the person signs out.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(office: &Office, session: &Session) -> Result<(), OfficeError> {
    let tx = office.store.begin().await?;
    store::end(&tx, session.id, session.login).await?;
    Ok(tx.commit().await?)
}

/// Ends one of the person's own sessions.
///
/// # Errors
/// [`OfficeError::NotFound`] when it is not one of theirs.
pub async fn end_session(office: &Office, session: &Session, id: SessionId) -> Result<(), OfficeError> {
    let entry = office.prepare(Record::new("session-ended", session.by())).await?;
    let tx = office.store.begin().await?;
    if store::end(&tx, id, session.login).await? == 0 {
        return Err(OfficeError::NotFound { what: "the session" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions of the person but this one, and tells how many there were.
///
/// # Errors
/// When a store fails.
pub async fn end_other_sessions(office: &Office, session: &Session) -> Result<u64, OfficeError> {
    let entry = office.prepare(Record::new("other-sessions-ended", session.by())).await?;
    let tx = office.store.begin().await?;
    let ended = store::end_others(&tx, session.login, session.id).await?;
    if ended > 0 {
        entry.append(&tx).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Acts for another customer of the login from now on.
///
/// # Errors
/// [`OfficeError::NotFound`] when the login is no member there.
pub async fn act_for(office: &Office, session: &Session, customer: CustomerId) -> Result<(), OfficeError> {
    let memberships = members::of_login(&office.store, session.login).await?;
    if !memberships.iter().any(|m| m.customer == customer) {
        return Err(OfficeError::NotFound { what: "the customer" });
    }
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    store::set_customer(&tx, session.id, customer).await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions of a login within a change that asks for it.
pub(super) async fn end_all(tx: &Tx, login: LoginId) -> Result<u64, OfficeError> {
    Ok(store::end_all(tx, login).await?)
}

/// Ends all sessions but one within a change that asks for it.
pub(super) async fn end_others(tx: &Tx, session: &Session) -> Result<u64, OfficeError> {
    Ok(store::end_others(tx, session.login, session.id).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages() {
        for (staff, factor, expected) in [
            (None, Factor::Absent, Stage::Complete),
            (None, Factor::Awaited, Stage::NeedsSecondFactor),
            (None, Factor::Given, Stage::Complete),
            (Some(StaffRole::Support), Factor::Absent, Stage::MustEnrol),
            (Some(StaffRole::Admin), Factor::Awaited, Stage::NeedsSecondFactor),
            (Some(StaffRole::Admin), Factor::Given, Stage::Complete),
        ] {
            assert_eq!(stage(staff, factor), expected, "{staff:?} {factor:?}");
        }
    }
}
