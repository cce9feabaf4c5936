//! Offices for tests: real stores in temporary places, a clock that the test moves.
//!
//! [`office_test!`] runs one body on SQLite and, when `WAARBORG_TEST_POSTGRES` names a server (as
//! `cargo xtask test` does), on PostgreSQL in schemas of its own.

use crate::{Office, Settings};
use base::{Clock, Language, ManualClock, Random, SystemRandom, Timestamp};
use keys::epoch::EpochDir;
use keys::tombstones::Tombstones;
use keys::{RootKey, Vault, VaultConfig};
use policy::Policy;
use std::sync::Arc;
use store::{DatabaseUrl, SqlKeyStore, Store};

/// Noon on a Monday, in winter time.
pub(crate) const START: &str = "2026-11-23T11:00:00Z";

/// An office in a temporary place.
pub(crate) struct TestOffice {
    pub office: Arc<Office>,
    pub clock: Arc<ManualClock>,
    pub vault_config: VaultConfig,
    pub folder: tempfile::TempDir,
}

/// On SQLite, in files.
pub(crate) async fn sqlite() -> TestOffice {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = |name: &str| DatabaseUrl::Sqlite(folder.path().join(name));
    let (data, keys) = (url("data.db"), url("keys.db"));
    build(folder, &data, &keys).await
}

/// On PostgreSQL, in two fresh schemas; none when no server is named.
pub(crate) async fn postgres() -> Option<TestOffice> {
    let Ok(server) = std::env::var("WAARBORG_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: WAARBORG_TEST_POSTGRES is not set");
        return None;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name: [u8; 8] = (&SystemRandom as &dyn Random).bytes();
    let schema = |kind: &str| format!("t{}_{kind}", hex::encode(name));
    let plain = Store::open(&server.parse().expect("an address")).await.expect("the test server");
    let tx = plain.begin().await.expect("a transaction");
    for kind in ["s", "k"] {
        tx.execute(&format!("CREATE SCHEMA {}", schema(kind)), []).await.expect("a schema");
    }
    tx.commit().await.expect("schemas");
    plain.close().await.expect("closed");
    let url =
        |kind: &str| format!("{server}?schema={}", schema(kind)).parse::<DatabaseUrl>().expect("an address");
    Some(build(folder, &url("s"), &url("k")).await)
}

async fn build(folder: tempfile::TempDir, data: &DatabaseUrl, keys: &DatabaseUrl) -> TestOffice {
    let clock = Arc::new(ManualClock::at(Timestamp::parse_rfc3339(START).expect("an instant")));
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let store = Store::open(data).await.expect("the data store");
    store.migrate().await.expect("migrations");
    let key_store = Store::open(keys).await.expect("the key store");
    key_store.migrate_keys().await.expect("key migrations");
    let vault_config = VaultConfig {
        store: Arc::new(SqlKeyStore::new(key_store, Arc::clone(&clock) as Arc<dyn Clock>)),
        epochs: EpochDir::open(folder.path().join("epochs"), vec![folder.path().join("copies")])
            .expect("a place for epoch keys"),
        root: RootKey::generate(&*random),
        tombstones: Tombstones::at(folder.path().join("destroyed.list")),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        random: Arc::clone(&random),
    };
    Vault::initialise(&vault_config).await.expect("a first epoch");
    let vault = Arc::new(Vault::open(vault_config.clone()).await.expect("a vault"));
    let policy = Arc::new(Policy::parse(policy::DEMO_POLICY).expect("the demo policy"));
    let settings = Settings {
        base_url: "https://mijn.voorbeeldhost.example".into(),
        origin: "mijn.voorbeeldhost.example/waarborg/ledger/1".into(),
        language: Language::Nl,
        billing: crate::billing::BillingSettings::default(),
    };
    let office = Office::new(store, vault, policy, Arc::clone(&clock) as Arc<dyn Clock>, random, settings);
    let log = traffic::store::LocalStore::open(folder.path().join("log"), folder.path().join("log-keys"))
        .expect("a place for the traffic log");
    let office = office.with_log(crate::traffic_log::Log {
        store: Arc::new(log),
        caps: crate::traffic_log::Caps::default(),
    });
    TestOffice { office: Arc::new(office), clock, vault_config, folder }
}

/// One body, run on each database.
macro_rules! office_test {
    ($(#[$meta:meta])* async fn $name:ident($t:ident: &TestOffice) $body:block) => {
        mod $name {
            use super::*;

            async fn body($t: &$crate::testing::TestOffice) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(&$crate::testing::sqlite().await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(t) = $crate::testing::postgres().await {
                    body(&t).await;
                }
            }
        }
    };
}
pub(crate) use office_test;
