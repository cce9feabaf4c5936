//! Tests that need more than one module, and the golden vectors.

mod envelope;
mod figures;
mod paper;
mod rotation;
mod vault;
mod vectors;

use crate::epoch::EpochDir;
use crate::tombstones::Tombstones;
use crate::{Cell, KeyStore, MemoryKeyStore, RootKey, Vault, VaultConfig};
use base::{ManualClock, SeededRandom, SubjectId};
use std::sync::Arc;

/// A place with everything a vault needs.
pub(crate) struct Place {
    pub(crate) temp: tempfile::TempDir,
    pub(crate) store: Arc<MemoryKeyStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) random: Arc<SeededRandom>,
    pub(crate) root: RootKey,
}

impl Place {
    pub(crate) fn new(seed: u64) -> Self {
        let clock = Arc::new(ManualClock::at_second(1_800_000_000));
        let random = Arc::new(SeededRandom::new(seed));
        Self {
            temp: tempfile::tempdir().expect("a folder"),
            store: Arc::new(MemoryKeyStore::new(clock.clone())),
            root: RootKey::generate(&*random),
            clock,
            random,
        }
    }

    pub(crate) fn config_over(&self, store: Arc<dyn KeyStore>) -> VaultConfig {
        let path = self.temp.path();
        VaultConfig {
            store,
            epochs: EpochDir::open(path.join("keys"), vec![path.join("copy")]).expect("opens"),
            root: self.root.clone(),
            tombstones: Tombstones::at(path.join("destroyed.list")),
            clock: self.clock.clone(),
            random: self.random.clone(),
        }
    }

    pub(crate) fn config(&self) -> VaultConfig {
        self.config_over(self.store.clone())
    }

    pub(crate) async fn vault(&self) -> Vault {
        Vault::initialise(&self.config()).await.expect("initialises");
        Vault::open(self.config()).await.expect("opens")
    }

    pub(crate) fn subject(&self) -> SubjectId {
        SubjectId::new(&*self.clock, &*self.random)
    }
}

/// A cell of a subject, in row 1 of its own table.
pub(crate) fn cell(subject: SubjectId) -> Cell {
    Cell { table: "customer", column: "email", row: [1; 16], revision: None, subject }
}
