//! Migrations: numbered, never changed once released, each one transaction, run under a lock so
//! that two processes that start together do not both run them.
//!
//! The text is written once for both databases in PostgreSQL's words; [`portable`] turns the three
//! types that SQLite names differently.

mod k0001_keys;
mod k0002_epoch;
mod m0001_core;
mod m0002_office;
mod m0003_sales;
mod m0004_incidents;
mod m0005_seal;
mod m0006_traffic_log;
mod m0007_releases;
mod m0008_suppliers;
mod m0010_content_grants;

use crate::{Backend, Store, StoreError};
use sea_orm::ConnectionTrait;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use std::fs::File;

/// The migrations of the data store.
pub(crate) struct DataMigrator;

impl MigratorTrait for DataMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_core::Migration),
            Box::new(m0002_office::Migration),
            Box::new(m0003_sales::Migration),
            Box::new(m0004_incidents::Migration),
            Box::new(m0005_seal::Migration),
            Box::new(m0006_traffic_log::Migration),
            Box::new(m0007_releases::Migration),
            Box::new(m0008_suppliers::Migration),
            Box::new(m0010_content_grants::Migration),
        ]
    }
}

/// The migrations of the key store.
pub(crate) struct KeyMigrator;

impl MigratorTrait for KeyMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(k0001_keys::Migration), Box::new(k0002_epoch::Migration)]
    }
}

/// PostgreSQL's words for types in the words of the database at hand.
fn portable(sql: &str, backend: sea_orm::DbBackend) -> String {
    match backend {
        sea_orm::DbBackend::Sqlite => sql
            .replace("BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT")
            .replace(" UUID", " BLOB")
            .replace(" BYTEA", " BLOB"),
        _ => sql.to_owned(),
    }
}

/// Runs one script within the migration's transaction.
async fn run(manager: &sea_orm_migration::SchemaManager<'_>, sql: &str) -> Result<(), sea_orm::DbErr> {
    let connection = manager.get_connection();
    let script = portable(sql, manager.get_database_backend());
    for statement in script.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// One migration whose only direction is forward.
macro_rules! forward {
    ($name:literal, $sql:expr) => {
        /// This migration.
        pub(super) struct Migration;

        impl sea_orm_migration::MigrationName for Migration {
            fn name(&self) -> &'static str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm::DbErr> {
                super::run(manager, $sql).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}
pub(crate) use forward;

const MIGRATION_LOCK: i64 = 0x5741_4152_0001;

impl Store {
    /// Brings the data store to the shape this program works with.
    ///
    /// # Errors
    /// When a migration fails (nothing of it is left then), or the database is newer than the program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_with::<DataMigrator>().await
    }

    /// Brings the key store to the shape this program works with.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub async fn migrate_keys(&self) -> Result<(), StoreError> {
        self.migrate_with::<KeyMigrator>().await
    }

    async fn migrate_with<M: MigratorTrait>(&self) -> Result<(), StoreError> {
        match self.backend() {
            Backend::Sqlite => {
                let crate::DatabaseUrl::Sqlite(path) = self.url() else {
                    return Err(StoreError::inconsistent("an SQLite store without a file"));
                };
                let lock_path = path.with_extension("migrate.lock");
                let file_error = |e: std::io::Error| StoreError::File {
                    path: lock_path.display().to_string(),
                    reason: e.to_string(),
                };
                let lock = File::create(&lock_path).map_err(file_error)?;
                let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
                    .await
                    .map_err(|_| StoreError::Database("the migration lock was interrupted".into()))?
                    .map_err(file_error)?;
                let done = M::up(self.writer(), None).await.map_err(version_error);
                drop(lock);
                done
            }
            Backend::Postgres => {
                // The lock is held by a transaction of its own, so that it ends with the connection.
                let tx = self.begin().await?;
                tx.query(
                    "SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock($1)) AS l",
                    [MIGRATION_LOCK.into()],
                )
                .await?;
                let done = M::up(self.writer(), None).await.map_err(version_error);
                tx.commit().await?;
                done
            }
        }
    }
}

fn version_error(error: sea_orm::DbErr) -> StoreError {
    match error {
        sea_orm::DbErr::Custom(text) => StoreError::Version(text),
        other => other.into(),
    }
}
