//! Passwords: what may be one, and their Argon2id hashes.
//!
//! Hashing takes tens of milliseconds of one core and 19 MiB, so it runs beside the async threads,
//! as many at a time as there are cores, and never inside a transaction.

use crate::OfficeError;
use crate::form::Problem;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use base::{Random, Sensitive};
use std::sync::LazyLock;
use tokio::sync::{OnceCell, Semaphore};

/// The fewest characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The most characters; enough for any passphrase, little enough to hash.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many hashes run at a time: a queue in front of this is a queue, not a full memory.
static CORES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// What is verified when there is no login, so that the answer takes as long.
static NOBODY: OnceCell<String> = OnceCell::const_new();

/// Passwords of twelve characters or more that stand high on the public lists of leaked ones, and
/// the stems that most of the others are made of. Compared without case and without digits and
/// signs at the end.
const MOST_USED: &str = "password passwordpassword password1234 welkomwelkom welkom wachtwoord wachtwoordwachtwoord \
    qwertyuiop qwertyuiopas qwerty qwertyqwerty asdfghjkl zxcvbnm iloveyou iloveyouiloveyou letmein letmeinletmein \
    administrator administrador admin adminadmin adminadminadmin changeme changemechangeme correcthorsebatterystaple \
    hosting webhosting waarborg test testtest testtesttest geheim geheimgeheim voetbal amsterdam rotterdam nederland \
    feyenoord sunshine princess football baseball superman batman trustno monkey dragon master shadow michael \
    computer internet microsoft default guest welcome welcomewelcome secret secretsecret summer winter lente zomer \
    herfst januari februari maandag qazwsxedc qazwsxedcrfv abcdefghijkl abcdefgh abcabcabcabc aaaaaaaaaaaa";

/// Checks a new password against the rules.
///
/// # Errors
/// [`Problem::TooShort`], [`Problem::TooLong`] or [`Problem::Guessable`].
pub fn check_new(password: &Sensitive<String>, email: &str, name: &str) -> Result<(), Problem> {
    let text = password.expose();
    let chars = text.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(Problem::TooShort { min: PASSWORD_CHARS_MIN });
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(Problem::TooLong { max: PASSWORD_CHARS_MAX });
    }
    let folded = Sensitive::new(text.to_lowercase());
    let letters = folded.expose().trim_end_matches(|c: char| !c.is_alphabetic());
    let own = |value: &str| {
        let value = value.trim().to_lowercase();
        !value.is_empty() && (*folded.expose() == value || letters == value)
    };
    let local = email.rsplit_once('@').map_or("", |(local, _)| local);
    let used = letters.is_empty() || MOST_USED.split_whitespace().any(|known| known == letters);
    let repeated = text.chars().all(|c| text.starts_with(c));
    if used || repeated || own(email) || own(name) || own(&name.replace(' ', "")) || own(local) {
        return Err(Problem::Guessable);
    }
    Ok(())
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .expect("the fixed parameters are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, OfficeError> {
    let _turn =
        CORES.acquire().await.map_err(|_| OfficeError::Other("password hashing has stopped".into()))?;
    tokio::task::spawn_blocking(work).await.map_err(|_| OfficeError::Other("password hashing failed".into()))
}

/// The PHC string of a password.
///
/// # Errors
/// When the process is ending.
pub(crate) async fn hash(password: &Sensitive<String>, random: &dyn Random) -> Result<String, OfficeError> {
    let password = password.clone();
    let salt: [u8; 16] = random.bytes();
    beside(move || {
        let hash = argon2().hash_password_with_salt(password.expose().as_bytes(), &salt);
        hash.map(|hash| hash.to_string())
            .map_err(|_| OfficeError::Other("a password could not be hashed".into()))
    })
    .await?
}

/// What came of comparing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not the password.
    Wrong,
    /// The password.
    Right,
    /// The password, hashed with lower parameters than today's: hash it again.
    RightButOld,
}

/// Compares a password with a stored hash; without one the work is the same and the answer "wrong".
///
/// # Errors
/// When the process is ending.
pub(crate) async fn verify(
    password: &Sensitive<String>,
    stored: Option<String>,
    random: &dyn Random,
) -> Result<Verdict, OfficeError> {
    let dummy = NOBODY
        .get_or_try_init(|| async { hash(&Sensitive::from("nobody has this password"), random).await })
        .await?
        .clone();
    if password.expose().chars().count() > PASSWORD_CHARS_MAX {
        return Ok(Verdict::Wrong);
    }
    let password = password.clone();
    beside(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or(dummy);
        let Ok(parsed) = PasswordHash::new(&stored) else { return Verdict::Wrong };
        let right = argon2().verify_password(password.expose().as_bytes(), &parsed).is_ok();
        match (known && right, is_old(&parsed)) {
            (false, _) => Verdict::Wrong,
            (true, false) => Verdict::Right,
            (true, true) => Verdict::RightButOld,
        }
    })
    .await
}

fn is_old(hash: &PasswordHash) -> bool {
    let Ok(params) = Params::try_from(hash) else { return true };
    hash.algorithm != Algorithm::Argon2id.ident() || params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SystemRandom;

    #[test]
    fn new_passwords() {
        let check = |text: &str| check_new(&text.into(), "fenna.proef@klant.example", "Fenna de Proef");
        for (text, expected) in [
            ("kort", Err(Problem::TooShort { min: 12 })),
            ("elf tekens.", Err(Problem::TooShort { min: 12 })),
            ("vier losse paarden", Ok(())),
            ("Wachtwoord2026!", Err(Problem::Guessable)),
            ("WELKOMWELKOM", Err(Problem::Guessable)),
            ("123456789012", Err(Problem::Guessable)),
            ("zzzzzzzzzzzz", Err(Problem::Guessable)),
            ("Fenna de Proef", Err(Problem::Guessable)),
            ("fennadeproef1", Err(Problem::Guessable)),
            ("fenna.proef@klant.example", Err(Problem::Guessable)),
            ("fenna.proef2026", Err(Problem::Guessable)),
        ] {
            assert_eq!(check(text), expected, "{text}");
        }
        assert_eq!(check(&"é".repeat(201)), Err(Problem::TooLong { max: 200 }));
        assert_eq!(check(&"éa".repeat(100)), Ok(()));
    }

    #[tokio::test]
    async fn hashes_verify_and_old_ones_are_noticed() {
        let password = Sensitive::from("vier losse paarden");
        let stored = hash(&password, &SystemRandom).await.expect("a hash");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_ne!(stored, hash(&password, &SystemRandom).await.expect("another salt"));
        let verdict = async |text: &str, stored: Option<String>| {
            verify(&text.into(), stored, &SystemRandom).await.expect("a verdict")
        };
        assert_eq!(verdict("vier losse paarden", Some(stored.clone())).await, Verdict::Right);
        assert_eq!(verdict("vijf losse paarden", Some(stored)).await, Verdict::Wrong);
        assert_eq!(verdict("vier losse paarden", None).await, Verdict::Wrong);
        assert_eq!(verdict("nobody has this password", None).await, Verdict::Wrong);
        assert_eq!(verdict("x", Some("not a hash".into())).await, Verdict::Wrong);
        let weak =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).expect("params"));
        let old = weak.hash_password_with_salt(b"vier losse paarden", &[7; 16]).expect("a hash").to_string();
        assert_eq!(verdict("vier losse paarden", Some(old)).await, Verdict::RightButOld);
    }
}
