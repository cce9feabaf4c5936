//! Counting attempts, so that guessing gets slower and slower but nobody is shut out for ever.
//!
//! A bucket is the keyed hash of a kind and a value (a login's address, a place), under the index key
//! of the present epoch: whoever reads the table learns neither. After some free attempts each next
//! one must wait twice as long as the one before, up to a limit of minutes. The count is taken before
//! the work, so that attempts side by side do not slip through; a right answer takes it back.

use super::ClientInfo;
use super::store::attempts::{self as store, AttemptRow};
use crate::{Office, OfficeError};
use base::Timestamp;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Passwords from one place.
    SignInPlace,
    /// Passwords for one login, from anywhere: the wait stays short, for anybody can cause it.
    SignInLogin,
    /// Codes of the second factor of one login; whoever tries has its password.
    SecondFactor,
    /// Requests for a recovery link from one place.
    RecoveryPlace,
    /// Requests for a recovery link to one address.
    RecoveryLogin,
    /// Contact forms from one place.
    ContactForm,
}

struct Rule {
    name: &'static str,
    /// How many attempts need not wait.
    free: i64,
    /// The wait after the last free one, in seconds; it doubles with each.
    first_wait: i64,
    /// The longest wait, in seconds.
    longest_wait: i64,
    /// After how many seconds without an attempt all is forgotten.
    forget_after: i64,
}

const HOUR: i64 = 3_600;

impl Limit {
    const fn rule(self) -> Rule {
        let (name, free, first_wait, longest_wait, forget_after) = match self {
            Self::SignInPlace => ("sign-in-place", 20, 5, 900, 6 * HOUR),
            Self::SignInLogin => ("sign-in-login", 8, 2, 60, 6 * HOUR),
            Self::SecondFactor => ("second-factor", 5, 15, 900, 24 * HOUR),
            Self::RecoveryPlace => ("recovery-place", 10, 60, HOUR, 6 * HOUR),
            Self::RecoveryLogin => ("recovery-login", 3, 300, HOUR, 24 * HOUR),
            Self::ContactForm => ("contact-form", 10, 60, HOUR, 6 * HOUR),
        };
        Rule { name, free, first_wait, longest_wait, forget_after }
    }
}

impl Rule {
    /// How long the attempt after `tries` others waits, in seconds from the last one.
    fn wait(&self, tries: i64) -> i64 {
        match u32::try_from(tries - self.free) {
            Err(_) => 0,
            Ok(beyond) => self.first_wait.saturating_mul(1_i64 << beyond.min(20)).min(self.longest_wait),
        }
    }
}

/// Counts an attempt from the place of a client.
///
/// # Errors
/// [`OfficeError::TooMany`] when it comes too soon; it is not counted then.
pub async fn count_attempt(office: &Office, limit: Limit, client: &ClientInfo) -> Result<(), OfficeError> {
    count(office, limit, client.place().expose()).await
}

async fn bucket(office: &Office, limit: Limit, value: &str) -> Result<[u8; 16], OfficeError> {
    let (_, bucket) = office
        .vault
        .lookup_index("attempt", "bucket", &format!("{}\u{1f}{value}", limit.rule().name))
        .await?;
    Ok(bucket)
}

/// Counts an attempt for a value.
///
/// # Errors
/// [`OfficeError::TooMany`] when it comes too soon; it is not counted then.
pub(super) async fn count(office: &Office, limit: Limit, value: &str) -> Result<(), OfficeError> {
    let rule = limit.rule();
    let now = office.now();
    let bucket = bucket(office, limit, value).await?;
    let tx = office.store.begin().await?;
    let row = store::lock(&tx, &bucket, now).await?;
    let refusal = match decide(&rule, row, now) {
        Decision::Count(row) => {
            store::set(&tx, &bucket, row).await?;
            None
        }
        Decision::Wait { row, retry_seconds } => {
            store::set(&tx, &bucket, row).await?;
            Some(OfficeError::TooMany { retry_seconds })
        }
    };
    tx.commit().await?;
    refusal.map_or(Ok(()), Err)
}

enum Decision {
    Count(AttemptRow),
    Wait { row: AttemptRow, retry_seconds: i64 },
}

fn decide(rule: &Rule, row: AttemptRow, now: Timestamp) -> Decision {
    // A clock that was set back must not turn minutes into years: a last attempt in the future is now.
    let last = row.last.min(now);
    let since = now.seconds_since(last);
    let tries = if since >= rule.forget_after { 0 } else { row.tries };
    let left = rule.wait(tries) - since;
    if tries > 0 && left > 0 {
        Decision::Wait { row: AttemptRow { last, tries }, retry_seconds: left }
    } else {
        Decision::Count(AttemptRow { last: now, tries: tries + 1 })
    }
}

/// A counted attempt was fine: the one of a place is taken back, so that somebody who signs in every
/// day is not slowed down, and a guesser who has one account of his own gains nothing by it.
pub(super) async fn take_back(office: &Office, limit: Limit, value: &str) -> Result<(), OfficeError> {
    let bucket = bucket(office, limit, value).await?;
    let tx = office.store.begin().await?;
    store::take_back(&tx, &bucket).await?;
    Ok(tx.commit().await?)
}

/// The person behind a value proved who they are: all its attempts are forgotten.
pub(super) async fn forget(office: &Office, limit: Limit, value: &str) -> Result<(), OfficeError> {
    let bucket = bucket(office, limit, value).await?;
    let tx = office.store.begin().await?;
    store::forget(&tx, &bucket).await?;
    Ok(tx.commit().await?)
}

/// After a day nothing is left of any bucket.
pub(super) async fn sweep(office: &Office) -> Result<u64, OfficeError> {
    let tx = office.store.begin().await?;
    let deleted = store::delete_before(&tx, office.now().plus_seconds(-24 * HOUR)).await?;
    tx.commit().await?;
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long each of `n` attempts in a row waits, when each is made as soon as it may.
    fn waits(limit: Limit, n: usize) -> Vec<i64> {
        let rule = limit.rule();
        let mut now = Timestamp::from_seconds(1_000_000);
        let mut row = AttemptRow { last: now, tries: 0 };
        let mut waits = Vec::new();
        for _ in 0..n {
            let mut waited = 0;
            row = loop {
                match decide(&rule, row, now) {
                    Decision::Count(row) => break row,
                    Decision::Wait { row: same, retry_seconds } => {
                        assert!(retry_seconds > 0 && same.tries == row.tries);
                        waited += retry_seconds;
                        now = now.plus_seconds(retry_seconds);
                    }
                }
            };
            waits.push(waited);
        }
        waits
    }

    #[test]
    fn waits_double_and_stop_growing() {
        let sign_in = waits(Limit::SignInLogin, 20);
        assert_eq!(sign_in[..8], [0; 8]);
        assert_eq!(sign_in[8..14], [2, 4, 8, 16, 32, 60]);
        assert!(sign_in[14..].iter().all(|wait| *wait == 60));
        let code = waits(Limit::SecondFactor, 12);
        assert_eq!(code, [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900]);
    }

    #[test]
    fn all_is_forgotten_in_time_and_a_clock_set_back_does_no_harm() {
        let rule = Limit::SignInPlace.rule();
        let now = Timestamp::from_seconds(1_000_000);
        let row = AttemptRow { last: now, tries: 500 };
        let wait = |row, now| match decide(&rule, row, now) {
            Decision::Count(row) => (0, row),
            Decision::Wait { row, retry_seconds } => (retry_seconds, row),
        };
        assert_eq!(wait(row, now).0, 900);
        assert_eq!(
            wait(row, now.plus_seconds(6 * HOUR)),
            (0, AttemptRow { last: now.plus_seconds(6 * HOUR), tries: 1 })
        );
        let earlier = now.plus_days(-4_000);
        let (seconds, kept) = wait(row, earlier);
        assert_eq!((seconds, kept.last), (900, earlier));
    }

    impl PartialEq for AttemptRow {
        fn eq(&self, other: &Self) -> bool {
            (self.last, self.tries) == (other.last, other.tries)
        }
    }
}
