//! What the rotation of epochs needs of its surroundings (CRYPTO section 5): the index column of
//! logins, a backup of the key store that is restored and opened, entries in the ledger.

use crate::app::App;
use crate::copies;
use async_trait::async_trait;
use core::time::Duration;
use keys::rotation::{DestroyedCopy, HostError, Rotated, RotationHost};
use keys::{KeyState, KeyStore, Parity};
use office::{By, Record};
use std::sync::Arc;

/// How long other processes may go on with the state they read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processes {
    /// Others may be running: wait until they have read the new state.
    Others,
    /// This process is the only one: it reloads by itself.
    OnlyThis,
}

/// The surroundings of a rotation in a running program.
#[derive(Debug, Clone)]
pub struct Host {
    app: App,
    processes: Processes,
}

fn failed(error: impl Into<HostError>) -> HostError {
    error.into()
}

impl Host {
    /// The surroundings of this program.
    #[must_use]
    pub const fn new(app: App, processes: Processes) -> Self {
        Self { app, processes }
    }

    /// Rotates now, or goes on with a rotation that was broken off.
    ///
    /// # Errors
    /// [`keys::rotation::RotationError`]; run it again.
    pub async fn rotate(&self) -> Result<Rotated, keys::rotation::RotationError> {
        keys::rotation::rotate(&self.app.office.vault, self).await
    }

    /// Goes on with a rotation that was broken off; none when there is none.
    ///
    /// # Errors
    /// As [`Host::rotate`].
    pub async fn resume(&self) -> Result<Option<Rotated>, keys::rotation::RotationError> {
        keys::rotation::resume(&self.app.office.vault, self).await
    }

    /// Whether the ledger has an entry of this kind for the epoch.
    async fn recorded(&self, kind: &str, epoch: u32) -> Result<bool, HostError> {
        let rows = store::entries_of_kind(&self.app.office.store, kind, 1_000).await.map_err(failed)?;
        Ok(rows.iter().any(|row| {
            serde_json::from_slice::<serde_json::Value>(&row.body)
                .is_ok_and(|entry| entry["d"]["epoch"] == epoch)
        }))
    }

    async fn append(&self, record: Record) -> Result<(), HostError> {
        let office = &self.app.office;
        let entry = office.prepare(record).await.map_err(failed)?;
        let tx = office.store.begin().await.map_err(failed)?;
        entry.append(&tx).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        store::Sequencer::new(office.store.clone()).run().await.map_err(failed)?;
        Ok(())
    }
}

#[async_trait]
impl RotationHost for Host {
    async fn await_processes(&self, _: KeyState) -> Result<(), HostError> {
        self.app.office.vault.reload().await.map_err(failed)?;
        if self.processes == Processes::Others {
            tokio::time::sleep(Duration::from_secs(keys::rotation::RELOAD_SECONDS)).await;
        }
        Ok(())
    }

    async fn fill_index(&self, _: u32, parity: Parity, limit: u32) -> Result<u64, HostError> {
        office::accounts::fill_email_index(&self.app.office, parity, limit).await.map_err(failed)
    }

    async fn empty_index(&self, _: u32, parity: Parity, limit: u32) -> Result<u64, HostError> {
        office::accounts::clear_email_index(&self.app.office, parity, limit).await.map_err(failed)
    }

    async fn restored_backup(&self) -> Result<Arc<dyn KeyStore>, HostError> {
        let folder = self.app.config.home.join("key-backup");
        let store = copies::copy_keys(&self.app, &folder).await.map_err(failed)?;
        Ok(Arc::new(store))
    }

    async fn record_retiring(&self, epoch: u32, generation: u64) -> Result<(), HostError> {
        if self.recorded("epoch-retiring", epoch).await? {
            return Ok(());
        }
        let record = Record::new("epoch-retiring", By::System("rotation"));
        self.append(record.with("epoch", epoch).with("generation", generation)).await
    }

    async fn destroy_elsewhere(&self, _: u32) -> Result<Vec<String>, HostError> {
        // Every copy this program makes is in a folder of `files.epoch_copies`, which the rotation
        // itself empties. Copies that people made are theirs to destroy; `doctor` says so.
        Ok(Vec::new())
    }

    async fn record_destroyed(&self, epoch: u32, copies: &[DestroyedCopy]) -> Result<(), HostError> {
        if !self.recorded("epoch-destroyed", epoch).await? {
            let record = Record::new("epoch-destroyed", By::System("rotation"));
            self.append(record.with("epoch", epoch).with("copies", copies.len())).await?;
        }
        office::requests::erasure::finalise(&self.app.office, epoch).await.map_err(failed)?;
        Ok(())
    }
}
