//! Forms that must act once however often they are sent. The form carries a random key
//! (`c::once`); the first time it arrives the deed is done, and every next time the visitor is led
//! where the first led. Two that arrive together wait for each other.
//!
//! Kept in the memory of the process: a browser sends twice within seconds, not across a restart.

use base::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a key is remembered, in seconds.
const REMEMBERED_SECONDS: i64 = 3_600;
/// How many keys are remembered; beyond that the oldest go.
const KEYS_MAX: usize = 20_000;
/// Characters of a key: 16 bytes in hex.
const KEY_CHARS: usize = 32;

type Place = Arc<tokio::sync::Mutex<Option<String>>>;

/// The keys of forms that came in lately.
#[derive(Debug, Default)]
pub struct Once(Mutex<HashMap<(&'static str, String), (Timestamp, Place)>>);

impl Once {
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
        if key.len() != KEY_CHARS || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return deed.await;
        }
        let place = self.place(form, key, now);
        let mut done = place.lock().await;
        if let Some(to) = &*done {
            return Ok(to.clone());
        }
        let to = deed.await?;
        *done = Some(to.clone());
        Ok(to)
    }

    fn place(&self, form: &'static str, key: &str, now: Timestamp) -> Place {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS_MAX {
            keys.retain(|_, (at, _)| now.seconds_since(*at) < REMEMBERED_SECONDS);
        }
        if keys.len() >= KEYS_MAX
            && let Some(oldest) = keys.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone())
        {
            keys.remove(&oldest);
        }
        let fresh = || (now, Place::default());
        let (at, place) = keys.entry((form, key.to_owned())).or_insert_with(fresh);
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

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const KEY: &str = "00112233445566778899aabbccddeeff";

    async fn count(once: &Once, key: &str, now: Timestamp, deeds: &AtomicU32) -> String {
        let deed = async {
            tokio::task::yield_now().await;
            Ok::<_, ()>(format!("/{}", deeds.fetch_add(1, Ordering::Relaxed)))
        };
        once.act("test", key, now, deed).await.expect("done")
    }

    #[tokio::test]
    async fn a_form_acts_once_and_a_failed_one_again() {
        let (once, deeds) = (Once::default(), AtomicU32::new(0));
        assert!(once.act("test", KEY, NOW, async { Err::<String, _>(()) }).await.is_err());
        let (a, b) = tokio::join!(count(&once, KEY, NOW, &deeds), count(&once, KEY, NOW, &deeds));
        assert_eq!((a.as_str(), b.as_str()), ("/0", "/0"));
        assert_eq!(count(&once, &"f".repeat(32), NOW, &deeds).await, "/1");
        assert_eq!(count(&once, KEY, NOW.plus_seconds(REMEMBERED_SECONDS), &deeds).await, "/2");
        assert_eq!(count(&once, "", NOW, &deeds).await, "/3");
        assert_eq!(count(&once, "", NOW, &deeds).await, "/4");
    }

    #[tokio::test]
    async fn it_does_not_grow_for_ever() {
        let (once, deeds) = (Once::default(), AtomicU32::new(0));
        for i in 0..KEYS_MAX + 10 {
            let key = format!("{i:032x}");
            count(&once, &key, NOW.plus_seconds(i64::try_from(i / 10).expect("small")), &deeds).await;
        }
        assert_eq!(once.0.lock().expect("not poisoned").len(), KEYS_MAX);
    }
}
