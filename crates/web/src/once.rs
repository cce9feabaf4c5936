//! Forms that must act once however often they are sent. The form carries a random key
//! (`c::once`); the first time it arrives the deed is done, and every next time the visitor is led
//! where the first led. Two that arrive together wait for each other.
//!
//! The place a deed led to is noted in the database, so that it is known after a restart and to other
//! processes; it must hold no secret. [`Once::act_in_memory`] is for a place that does.

use base::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;

/// How long a key is remembered, in seconds.
const REMEMBERED_SECONDS: i64 = 3_600;
/// How many keys are remembered; beyond that the oldest go.
const KEYS_MAX: usize = 20_000;
/// Characters of a key: 16 bytes in hex.
const KEY_CHARS: usize = 32;

type Place = Arc<tokio::sync::Mutex<Option<String>>>;

/// The keys of forms that came in lately.
pub struct Once {
    store: Store,
    places: Mutex<HashMap<[u8; 16], (Timestamp, Place)>>,
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Once([withheld])")
    }
}

/// What stands for a form and its key; none when the form has no proper key.
fn token(form: &'static str, key: &str) -> Option<[u8; 16]> {
    let proper = key.len() == KEY_CHARS && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hash = proper.then(|| Sha256::digest(format!("{form}\n{key}")));
    hash.and_then(|hash| hash[..16].try_into().ok())
}

impl Once {
    /// Notes what was done in this database.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, places: Mutex::default() }
    }

    /// Does the deed of a form unless it was done, and gives what it gave: where to go next. A deed
    /// that failed may be tried again with the same key. A form without a proper key acts each time.
    ///
    /// # Errors
    /// Those of the deed.
    pub async fn act<E>(
        &self,
        form: &'static str,
        key: &str,
        now: Timestamp,
        deed: impl Future<Output = Result<String, E>>,
    ) -> Result<String, E> {
        let Some(token) = token(form, key) else { return deed.await };
        let place = self.place(token, now);
        let mut done = place.lock().await;
        if let Some(to) = &*done {
            return Ok(to.clone());
        }
        // A database that does not answer here will not answer the deed either.
        if let Ok(Some(to)) = store::submission(&self.store, &token).await {
            return Ok(to);
        }
        let to = deed.await?;
        *done = Some(to.clone());
        if let Err(error) = self.note(&token, &to, now).await {
            tracing::warn!(%error, form, "that a form was carried out could not be noted");
        }
        Ok(to)
    }

    async fn note(&self, token: &[u8; 16], to: &str, now: Timestamp) -> Result<(), store::StoreError> {
        let tx = self.store.begin().await?;
        tx.note_submission(token, to, now).await?;
        tx.commit().await
    }

    /// Like [`Once::act`], for a deed that leads to a place with a secret in it: known to this process
    /// only, until it ends.
    ///
    /// # Errors
    /// Those of the deed.
    pub async fn act_in_memory<E>(
        &self,
        form: &'static str,
        key: &str,
        now: Timestamp,
        deed: impl Future<Output = Result<String, E>>,
    ) -> Result<String, E> {
        let Some(token) = token(form, key) else { return deed.await };
        let place = self.place(token, now);
        let mut done = place.lock().await;
        if let Some(to) = &*done {
            return Ok(to.clone());
        }
        let to = deed.await?;
        *done = Some(to.clone());
        Ok(to)
    }

    fn place(&self, token: [u8; 16], now: Timestamp) -> Place {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= KEYS_MAX {
            places.retain(|_, (at, _)| now.seconds_since(*at) < REMEMBERED_SECONDS);
        }
        if places.len() >= KEYS_MAX
            && let Some(oldest) = places.iter().min_by_key(|(_, (at, _))| *at).map(|(token, _)| *token)
        {
            places.remove(&oldest);
        }
        let fresh = || (now, Place::default());
        let (at, place) = places.entry(token).or_insert_with(fresh);
        if now.seconds_since(*at) >= REMEMBERED_SECONDS {
            (*at, *place) = fresh();
        }
        Arc::clone(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use store::DatabaseUrl;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const KEY: &str = "00112233445566778899aabbccddeeff";

    async fn store(folder: &tempfile::TempDir) -> Store {
        let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("data.db"))).await.expect("a store");
        store.migrate().await.expect("migrations");
        store
    }

    async fn count(once: &Once, key: &str, deeds: &AtomicU32) -> String {
        let deed = async {
            tokio::task::yield_now().await;
            Ok::<_, ()>(format!("/{}", deeds.fetch_add(1, Ordering::Relaxed)))
        };
        once.act("test", key, NOW, deed).await.expect("done")
    }

    #[tokio::test]
    async fn a_form_acts_once_also_after_a_restart_and_a_failed_one_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (once, deeds) = (Once::new(store(&folder).await), AtomicU32::new(0));
        assert!(once.act("test", KEY, NOW, async { Err::<String, _>(()) }).await.is_err());
        let (a, b) = tokio::join!(count(&once, KEY, &deeds), count(&once, KEY, &deeds));
        assert_eq!((a.as_str(), b.as_str()), ("/0", "/0"));
        assert_eq!(count(&once, &"f".repeat(32), &deeds).await, "/1");
        assert_eq!(count(&once, "", &deeds).await, "/2");
        assert_eq!(count(&once, "", &deeds).await, "/3");
        let restarted = Once::new(store(&folder).await);
        assert_eq!(count(&restarted, KEY, &deeds).await, "/0");
        assert_eq!(
            restarted.act("other", KEY, NOW, async { Ok::<_, ()>("/x".into()) }).await.as_deref(),
            Ok("/x")
        );
    }

    #[tokio::test]
    async fn a_place_with_a_secret_is_noted_nowhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let once = Once::new(store(&folder).await);
        let deed = |to: &str| {
            let to = to.to_owned();
            async { Ok::<_, ()>(to) }
        };
        for to in ["/receipt/one", "/receipt/two"] {
            assert_eq!(once.act_in_memory("test", KEY, NOW, deed(to)).await.as_deref(), Ok("/receipt/one"));
        }
        let token = token("test", KEY).expect("a proper key");
        assert_eq!(store::submission(&once.store, &token).await.expect("the database answers"), None);
    }

    #[tokio::test]
    async fn it_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let once = Once::new(store(&folder).await);
        for i in 0..KEYS_MAX + 10 {
            let mut token = [0; 16];
            token[..8].copy_from_slice(&i.to_be_bytes());
            once.place(token, NOW.plus_seconds(i64::try_from(i / 10).expect("small")));
        }
        assert_eq!(once.places.lock().expect("not poisoned").len(), KEYS_MAX);
    }
}
