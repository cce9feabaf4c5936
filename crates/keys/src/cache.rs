//! The data keys a process holds: for at most 60 s, and at most 20,000 of them.
//!
//! Invariant: nothing is given out after 60 s by the clock, nor when the clock went back before the
//! moment it was kept.

use crate::data_key::Material;
use base::{SubjectId, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;

/// How long a process uses a key it holds.
pub(crate) const CACHE_SECONDS: i64 = 60;
/// The most keys held.
const CACHE_MAX: usize = 20_000;

type CacheKey = (SubjectId, &'static str);

/// The keys a process holds.
#[derive(Default)]
pub(crate) struct Cache {
    keys: HashMap<CacheKey, (Arc<Material>, Timestamp)>,
    swept: Option<Timestamp>,
}

/// Whether something noted at `since` may still be used at `now`.
pub(crate) fn fresh(since: Timestamp, now: Timestamp, seconds: i64) -> bool {
    let age = now.as_micros().saturating_sub(since.as_micros());
    (0..seconds * 1_000_000).contains(&age)
}

impl Cache {
    pub(crate) fn find(&mut self, key: CacheKey, now: Timestamp) -> Option<Arc<Material>> {
        self.sweep_now_and_then(now);
        let (material, since) = self.keys.get(&key)?;
        fresh(*since, now, CACHE_SECONDS).then(|| Arc::clone(material))
    }

    pub(crate) fn keep(&mut self, key: CacheKey, material: &Arc<Material>, now: Timestamp) {
        self.sweep_now_and_then(now);
        // When full, keys are simply read again until entries run out.
        if self.keys.len() < CACHE_MAX || self.keys.contains_key(&key) {
            self.keys.insert(key, (Arc::clone(material), now));
        }
    }

    /// Drops what is held of a subject.
    pub(crate) fn forget(&mut self, subject: SubjectId) {
        self.keys.retain(|(held, _), _| *held != subject);
    }

    fn sweep_now_and_then(&mut self, now: Timestamp) {
        if !self.swept.is_some_and(|since| fresh(since, now, CACHE_SECONDS / 2)) {
            self.sweep(now);
        }
    }

    /// How many keys are held.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn sweep(&mut self, now: Timestamp) {
        self.keys.retain(|_, (_, since)| fresh(*since, now, CACHE_SECONDS));
        self.swept = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyId;
    use base::{ManualClock, SeededRandom};
    use zeroize::Zeroizing;

    fn subject(n: u64) -> SubjectId {
        SubjectId::new(&ManualClock::at_second(1), &SeededRandom::new(n))
    }

    fn material(n: u64) -> Arc<Material> {
        let id = KeyId::new(&SeededRandom::new(n));
        Arc::new(Material::new(id, subject(n), 1, &Zeroizing::new([0; 32])))
    }

    fn keep(cache: &mut Cache, n: u64, second: i64) {
        let material = material(n);
        cache.keep((subject(n), "account"), &material, Timestamp::from_seconds(second));
    }

    #[test]
    fn what_is_old_leaves_the_memory_and_not_only_the_answers() {
        let mut cache = Cache::default();
        keep(&mut cache, 1, 0);
        keep(&mut cache, 2, 50);
        assert_eq!(cache.keys.len(), 2);
        cache.sweep(Timestamp::from_seconds(59));
        assert_eq!(cache.keys.len(), 2);
        cache.sweep(Timestamp::from_seconds(60));
        assert_eq!(cache.keys.len(), 1);
    }

    #[test]
    fn use_sweeps_every_half_minute_and_not_more_often() {
        let mut cache = Cache::default();
        keep(&mut cache, 1, 0);
        assert!(cache.find((subject(2), "account"), Timestamp::from_seconds(40)).is_none());
        assert_eq!(cache.swept, Some(Timestamp::from_seconds(40)));
        assert!(cache.find((subject(2), "account"), Timestamp::from_seconds(69)).is_none());
        assert_eq!((cache.swept, cache.keys.len()), (Some(Timestamp::from_seconds(40)), 1));
        assert!(cache.find((subject(2), "account"), Timestamp::from_seconds(70)).is_none());
        assert_eq!((cache.swept, cache.keys.len()), (Some(Timestamp::from_seconds(70)), 0));
    }

    #[test]
    fn no_more_than_its_limit_is_held() {
        let mut cache = Cache::default();
        let one = material(1);
        let clock = ManualClock::at_second(1);
        let random = SeededRandom::new(9);
        for _ in 0..CACHE_MAX + 5 {
            cache.keep((SubjectId::new(&clock, &random), "account"), &one, Timestamp::from_seconds(0));
        }
        assert_eq!(cache.keys.len(), CACHE_MAX);
    }
}
