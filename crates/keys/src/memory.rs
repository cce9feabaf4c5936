//! A key store in memory, for tests of this and other crates. Nothing is durable here.

use crate::{KeyId, KeyRow, KeyState, KeyStore, KeyStoreError, Rewrap};
use async_trait::async_trait;
use base::{Clock, SubjectId, SystemClock, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone)]
struct Inner {
    rows: BTreeMap<KeyId, KeyRow>,
    by_owner: HashMap<(SubjectId, String), KeyId>,
    inserted_at: HashMap<KeyId, Timestamp>,
    state: KeyState,
}

/// A key store in memory.
pub struct MemoryKeyStore(Mutex<Inner>, Arc<dyn Clock>);

impl Default for MemoryKeyStore {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl Clone for MemoryKeyStore {
    /// A copy that lives on by itself: a backup.
    fn clone(&self) -> Self {
        Self(Mutex::new(self.lock().clone()), Arc::clone(&self.1))
    }
}

impl MemoryKeyStore {
    /// An empty store that notes insertions by a clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let inner = Inner {
            rows: BTreeMap::new(),
            by_owner: HashMap::new(),
            inserted_at: HashMap::new(),
            state: KeyState::NEW,
        };
        Self(Mutex::new(inner), clock)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl KeyStore for MemoryKeyStore {
    async fn insert(&self, rows: &[KeyRow]) -> Result<(), KeyStoreError> {
        let mut inner = self.lock();
        let mut seen = HashSet::new();
        for row in rows {
            let owner = (row.subject, row.purpose.clone());
            if inner.rows.contains_key(&row.key_id)
                || inner.by_owner.contains_key(&owner)
                || !seen.insert((None, Some(row.key_id)))
                || !seen.insert((Some(owner), None))
            {
                return Err(KeyStoreError::Duplicate);
            }
        }
        let now = self.1.now();
        for row in rows {
            inner.by_owner.insert((row.subject, row.purpose.clone()), row.key_id);
            inner.inserted_at.insert(row.key_id, now);
            inner.rows.insert(row.key_id, row.clone());
        }
        Ok(())
    }

    async fn find(&self, subject: SubjectId, purpose: &str) -> Result<Option<KeyRow>, KeyStoreError> {
        let inner = self.lock();
        let id = inner.by_owner.get(&(subject, purpose.to_owned()));
        Ok(id.and_then(|id| inner.rows.get(id)).cloned())
    }

    async fn find_many(&self, purpose: &str, subjects: &[SubjectId]) -> Result<Vec<KeyRow>, KeyStoreError> {
        let inner = self.lock();
        let ids = subjects.iter().filter_map(|s| inner.by_owner.get(&(*s, purpose.to_owned())));
        Ok(ids.filter_map(|id| inner.rows.get(id)).cloned().collect())
    }

    async fn of_subject(&self, subject: SubjectId) -> Result<Vec<KeyRow>, KeyStoreError> {
        Ok(self.lock().rows.values().filter(|row| row.subject == subject).cloned().collect())
    }

    async fn delete(&self, keys: &[KeyId]) -> Result<u64, KeyStoreError> {
        let mut inner = self.lock();
        let mut deleted = 0;
        for key in keys {
            if let Some(row) = inner.rows.remove(key) {
                inner.by_owner.remove(&(row.subject, row.purpose));
                inner.inserted_at.remove(key);
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    async fn rewrap(&self, keys: &[Rewrap]) -> Result<u64, KeyStoreError> {
        let mut inner = self.lock();
        let mut changed = 0;
        for key in keys {
            if let Some(row) = inner.rows.get_mut(&key.key_id).filter(|row| row.epoch == key.from) {
                row.epoch = key.to;
                row.wrapped.clone_from(&key.wrapped);
                changed += 1;
            }
        }
        Ok(changed)
    }

    async fn page_of_epoch(
        &self,
        epoch: u32,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        let inner = self.lock();
        let rows = inner.rows.values().filter(|row| row.epoch == epoch && Some(row.key_id) > after);
        Ok(rows.take(limit as usize).cloned().collect())
    }

    async fn count_of_epoch(&self, epoch: u32) -> Result<u64, KeyStoreError> {
        Ok(self.lock().rows.values().filter(|row| row.epoch == epoch).count() as u64)
    }

    async fn page(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<KeyRow>, KeyStoreError> {
        let inner = self.lock();
        Ok(inner.rows.values().filter(|row| Some(row.key_id) > after).take(limit as usize).cloned().collect())
    }

    async fn page_older(
        &self,
        inserted_before: Timestamp,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, KeyStoreError> {
        let inner = self.lock();
        let old = |id: &KeyId| inner.inserted_at.get(id).is_some_and(|at| *at < inserted_before);
        let rows = inner.rows.values().filter(|row| Some(row.key_id) > after && old(&row.key_id));
        Ok(rows.take(limit as usize).cloned().collect())
    }

    async fn state(&self) -> Result<KeyState, KeyStoreError> {
        Ok(self.lock().state)
    }

    async fn set_state(&self, expected: KeyState, new: KeyState) -> Result<(), KeyStoreError> {
        let mut inner = self.lock();
        if inner.state != expected {
            return Err(KeyStoreError::Conflict);
        }
        inner.state = new;
        Ok(())
    }
}
