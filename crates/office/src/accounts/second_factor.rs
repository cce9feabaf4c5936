//! The second factor: time-based codes (RFC 6238) and ten recovery codes.
//!
//! The secret is an envelope under `security`, bound to the login's revision. The step of the last code
//! that was used is kept, and no code of it or an earlier one works again. A recovery code has 80
//! random bits and is stored as a hash bound to its login.

use super::logins::Change;
use super::sessions::{self, Proved};
use super::sign_in::{only_complete, only_fresh};
use super::store;
use super::texts::Notice;
use super::{LoginId, Session, StaffRole, Stage, Token};
use crate::form::{Problem, Problems};
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::{StoreError, Tx};
use base::{Random, Sensitive, Timestamp};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

/// How many recovery codes somebody has.
pub(super) const CODES: usize = 10;
/// Characters of a recovery code: five bits each.
const CODE_CHARS: usize = 16;
/// Letters and digits that are not mistaken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What somebody needs to put the second factor into their app.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The secret, to be typed.
    pub secret: Sensitive<String>,
    /// The `otpauth:` address, for a QR code.
    pub address: Sensitive<String>,
}

fn totp(secret: &[u8], issuer: &str, account: &str) -> Result<Totp, OfficeError> {
    // A colon separates the two in the address.
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_secret(Secret::from(secret))
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build()
        .map_err(|_| OfficeError::Other("a second factor with a secret that is too short".into()))
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_seconds()).unwrap_or(0)
}

/// The code that an app with this secret shows at an instant: for the demo and tests.
///
/// # Errors
/// When the secret is not base 32.
pub fn code_at(secret: &Sensitive<String>, now: Timestamp) -> Result<Sensitive<String>, OfficeError> {
    let secret =
        Secret::try_from_base32(secret.expose()).map_err(|_| Problems::one("secret", Problem::Characters))?;
    Ok(Sensitive::new(totp(secret.as_ref(), "", "login")?.generate(seconds(now)).to_string()))
}

/// What a code turned out to be; it is used up by [`Used::take`].
pub(super) enum Used {
    Step(i64),
    RecoveryCode([u8; 32]),
}

impl Used {
    /// Uses the code up; zero when that was done before.
    pub(super) async fn take(&self, tx: &Tx, login: LoginId) -> Result<u64, StoreError> {
        match self {
            Self::Step(step) => store::take_step(tx, login, *step).await,
            Self::RecoveryCode(hash) => store::take_code(tx, login, hash).await,
        }
    }
}

fn step_of(secret: &Sensitive<Vec<u8>>, code: &str, now: Timestamp) -> Option<i64> {
    let code: Sensitive<String> =
        Sensitive::new(code.chars().filter(|c| !c.is_whitespace()).take(12).collect());
    let totp = totp(secret.expose(), "", "login").ok()?;
    totp.check(code.expose(), seconds(now)).and_then(|step| i64::try_from(step).ok())
}

/// Reads what was typed as a code of the app or a recovery code of this login.
pub(super) fn check(office: &Office, change: &Change, code: &Sensitive<String>) -> Option<Used> {
    let secret = change.contents.totp_secret.as_ref()?;
    if let Some(step) = step_of(secret, code.expose(), office.now()) {
        return Some(Used::Step(step));
    }
    read_code(code).map(|code| Used::RecoveryCode(code_hash(change.row.id, &code)))
}

/// A recovery code in its one form: without hyphens, in capitals, look-alikes put right.
fn read_code(typed: &Sensitive<String>) -> Option<Sensitive<String>> {
    let read = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    let kept = typed.expose().chars().filter(|c| !c.is_whitespace() && *c != '-').map(read);
    let kept = Sensitive::new(kept.take(CODE_CHARS + 1).collect::<String>());
    let right = kept.expose().len() == CODE_CHARS && kept.expose().bytes().all(|b| ALPHABET.contains(&b));
    right.then_some(kept)
}

fn code_hash(login: LoginId, code: &Sensitive<String>) -> [u8; 32] {
    // Both parts have a fixed length, so no two pairs give the same input.
    Sha256::new().chain_update(login.bytes()).chain_update(code.expose()).finalize().into()
}

fn new_codes(random: &dyn Random) -> Vec<Sensitive<String>> {
    let code = |_| {
        let bytes: [u8; CODE_CHARS] = random.bytes();
        Sensitive::new(bytes.iter().map(|b| char::from(ALPHABET[usize::from(b & 31)])).collect::<String>())
    };
    (0..CODES).map(code).collect()
}

fn hashes(login: LoginId, codes: &[Sensitive<String>]) -> Vec<[u8; 32]> {
    codes.iter().map(|code| code_hash(login, code)).collect()
}

/// As they are shown: `ABCD-EFGH-JKMN-PQRS`.
fn shown(codes: &[Sensitive<String>]) -> Vec<Sensitive<String>> {
    let groups = |code: &Sensitive<String>| {
        let text = code.expose();
        Sensitive::new(format!("{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..]))
    };
    codes.iter().map(groups).collect()
}

/// Who may begin: staff who must, and anybody who is fresh.
fn may_enrol(office: &Office, session: &Session) -> Result<(), OfficeError> {
    if session.stage == Stage::MustEnrol { Ok(()) } else { only_fresh(office, session) }
}

/// Makes a secret that waits for its first code. The one in use, if any, stays in use until then.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless the session is fresh or must enrol.
pub async fn begin_enrolment(office: &Office, session: &Session) -> Result<Enrolment, OfficeError> {
    may_enrol(office, session)?;
    let mut change = Change::begin(office, session.login).await?;
    let secret = new_secret(office);
    let enrolment = enrolment(office, &change, &secret)?;
    change.contents.totp_pending = Some(secret);
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    change.write(office, &tx).await?;
    tx.commit().await?;
    Ok(enrolment)
}

fn new_secret(office: &Office) -> Sensitive<Vec<u8>> {
    let bytes: [u8; 20] = office.random.bytes();
    Sensitive::new(bytes.to_vec())
}

fn enrolment(
    office: &Office,
    change: &Change,
    secret: &Sensitive<Vec<u8>>,
) -> Result<Enrolment, OfficeError> {
    let policy = office.policy();
    let totp = totp(secret.expose(), &policy.provider().name, change.contents.email.expose())?;
    let address =
        totp.to_url().map_err(|_| OfficeError::Other("a second factor without an account name".into()))?;
    Ok(Enrolment {
        secret: Secret::from(secret.expose().as_slice()).to_base32().into(),
        address: address.into(),
    })
}

/// Confirms a new secret with its first code: the second factor is on. Gives the session a new token,
/// ends all others, and returns the recovery codes, which are never shown again.
///
/// # Errors
/// [`OfficeError::Invalid`] at `code`; [`OfficeError::TooMany`]; [`OfficeError::Forbidden`].
pub async fn confirm_enrolment(
    office: &Office,
    session: &Session,
    presented: &Token,
    code: &Sensitive<String>,
) -> Result<(Token, Vec<Sensitive<String>>), OfficeError> {
    may_enrol(office, session)?;
    let counted = session.login.to_string();
    super::attempts::count(office, super::Limit::SecondFactor, &counted).await?;
    let mut change = Change::begin(office, session.login).await?;
    let pending =
        change.contents.totp_pending.take().ok_or_else(|| Problems::one("code", Problem::Expired))?;
    let step = step_of(&pending, code.expose(), office.now())
        .ok_or_else(|| Problems::one("code", Problem::Wrong))?;
    change.contents.totp_secret = Some(pending);
    let codes = new_codes(&*office.random);
    let renewal = sessions::renewal(office, session, presented, Proved::SecondFactor);
    let notice = change.notice(office, Notice::SecondFactorOn).await?;
    let entry =
        office.prepare(Record::new("second-factor-enrolled", session.by()).about(session.subject)).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    change.write(office, &tx).await?;
    store::set_step(&tx, session.login, Some(step)).await?;
    store::replace_codes(&tx, &change.row, &hashes(session.login, &codes), now).await?;
    sessions::end_others(&tx, session).await?;
    renewal.write(&tx).await?;
    if session.stage == Stage::MustEnrol {
        store::note_sign_in(&tx, session.login, now).await?;
    }
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    super::attempts::forget(office, super::Limit::SecondFactor, &counted).await?;
    Ok((renewal.token, shown(&codes)))
}

/// Puts a second factor in place without a session: for the demo, whose codes are printed. Gives what
/// an app needs.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn enrol_outright(office: &Office, by: By, id: LoginId) -> Result<Enrolment, OfficeError> {
    let mut change = Change::begin(office, id).await?;
    let secret = new_secret(office);
    let enrolment = enrolment(office, &change, &secret)?;
    change.contents.totp_secret = Some(secret);
    change.contents.totp_pending = None;
    let entry = office.prepare(Record::new("second-factor-enrolled", by).about(change.row.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, change.row.subject).await?;
    change.write(office, &tx).await?;
    store::set_step(&tx, id, None).await?;
    sessions::end_all(&tx, id).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(enrolment)
}

/// How many recovery codes are left.
///
/// # Errors
/// When the database fails.
pub async fn codes_left(office: &Office, session: &Session) -> Result<u64, OfficeError> {
    Ok(store::count_codes(&office.store, session.login).await?)
}

/// Makes ten new recovery codes; the old ones die. They are never shown again.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless the session is fresh and has a second factor.
pub async fn renew_recovery_codes(
    office: &Office,
    session: &Session,
) -> Result<Vec<Sensitive<String>>, OfficeError> {
    only_fresh(office, session)?;
    let change = Change::begin(office, session.login).await?;
    if !change.row.has_second_factor() {
        return Err(OfficeError::Forbidden { why: "there is no second factor to recover" });
    }
    let codes = new_codes(&*office.random);
    let notice = change.notice(office, Notice::RecoveryCodesRenewed).await?;
    let entry =
        office.prepare(Record::new("recovery-codes-renewed", session.by()).about(session.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, session.subject).await?;
    store::replace_codes(&tx, &change.row, &hashes(session.login, &codes), office.now()).await?;
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(shown(&codes))
}

/// Switches the second factor off; staff cannot. Ends the other sessions.
///
/// # Errors
/// [`OfficeError::Forbidden`] for staff, and unless the session is fresh.
pub async fn disable_second_factor(
    office: &Office,
    session: &Session,
    presented: &Token,
) -> Result<Token, OfficeError> {
    only_fresh(office, session)?;
    if session.staff.is_some() {
        return Err(OfficeError::Forbidden { why: "staff keep their second factor" });
    }
    let renewal = sessions::renewal(office, session, presented, Proved::NoSecondFactor);
    switch_off(office, session.by(), session.login, Some((session, &renewal))).await?;
    Ok(renewal.token)
}

/// Takes the second factor of somebody away who has lost it and its recovery codes. Ends their sessions;
/// staff must enrol a new one when they next sign in. Only an admin may, and not for themselves.
///
/// # Errors
/// [`OfficeError::Forbidden`]; [`OfficeError::NotFound`].
pub async fn reset_second_factor(office: &Office, admin: &Session, id: LoginId) -> Result<(), OfficeError> {
    only_complete(admin)?;
    only_fresh(office, admin)?;
    if admin.staff != Some(StaffRole::Admin) || admin.login == id {
        return Err(OfficeError::Forbidden { why: "another admin must do this" });
    }
    switch_off(office, admin.by(), id, None).await
}

/// The same by the program itself, for whoever has the machine: the way back when the only admin has
/// lost the second factor.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn reset_second_factor_by(office: &Office, by: By, id: LoginId) -> Result<(), OfficeError> {
    switch_off(office, by, id, None).await
}

async fn switch_off(
    office: &Office,
    by: By,
    id: LoginId,
    own: Option<(&Session, &sessions::PreparedRenewal)>,
) -> Result<(), OfficeError> {
    let mut change = Change::begin(office, id).await?;
    change.contents.totp_secret = None;
    change.contents.totp_pending = None;
    let notice = change.notice(office, Notice::SecondFactorOff).await?;
    let entry = office.prepare(Record::new("second-factor-removed", by).about(change.row.subject)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, change.row.subject).await?;
    change.write(office, &tx).await?;
    store::set_step(&tx, id, None).await?;
    store::replace_codes(&tx, &change.row, &[], office.now()).await?;
    match own {
        Some((session, renewal)) => {
            sessions::end_others(&tx, session).await?;
            renewal.write(&tx).await?;
        }
        None => {
            sessions::end_all(&tx, id).await?;
        }
    }
    notice.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{SeededRandom, SystemRandom};
    use proptest::prelude::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of its eight digits.
        let secret = Sensitive::new(b"12345678901234567890".to_vec());
        for (at, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            let now = Timestamp::from_seconds(at);
            assert_eq!(step_of(&secret, code, now), Some(at / 30), "{at}");
            assert_eq!(step_of(&secret, &format!(" {} {}", &code[..3], &code[3..]), now), Some(at / 30));
            assert_eq!(
                step_of(&secret, code, now.plus_seconds(30)),
                Some(at / 30),
                "a code may be one step late"
            );
            assert_eq!(step_of(&secret, code, now.plus_seconds(90)), None);
            let base32 = Sensitive::new(Secret::from(secret.expose().as_slice()).to_base32());
            assert_eq!(code_at(&base32, now).expect("a code").expose(), code);
        }
    }

    #[test]
    fn recovery_codes_are_read_as_they_are_written() {
        let codes = new_codes(&SeededRandom::new(4));
        assert_eq!(codes.len(), CODES);
        let clock = base::ManualClock::at_second(1);
        let (one, two) = (LoginId::new(&clock, &SystemRandom), LoginId::new(&clock, &SystemRandom));
        for (code, written) in codes.iter().zip(shown(&codes)) {
            assert_eq!(written.expose().len(), 19);
            let sloppy = Sensitive::new(
                written.expose().to_lowercase().replace('0', "o").replace('1', "l").replace('-', " "),
            );
            assert_eq!(read_code(&sloppy).as_ref(), Some(code));
            assert_ne!(code_hash(one, code), code_hash(two, code));
        }
        let distinct: std::collections::BTreeSet<_> = hashes(one, &codes).into_iter().collect();
        assert_eq!(distinct.len(), CODES);
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_fall_over(text in "\\PC{0,40}") {
            let _ = read_code(&text.as_str().into());
            let _ = step_of(&Sensitive::new(vec![1; 20]), &text, Timestamp::from_seconds(1));
        }
    }
}
