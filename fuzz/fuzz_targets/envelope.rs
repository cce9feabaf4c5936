//! A field envelope: foreign bytes are refused by type, and never open under a key that did not
//! make them, even when they name it.

#![no_main]

use base::{ManualClock, SeededRandom, SubjectId};
use keys::epoch::EpochDir;
use keys::purpose::Account;
use keys::tombstones::Tombstones;
use keys::{Cell, DataKey, MemoryKeyStore, RootKey, Sealed, Vault, VaultConfig};
use libfuzzer_sys::fuzz_target;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

/// A key and the one envelope it made.
fn world() -> &'static (DataKey<Account>, Cell, Vec<u8>) {
    static WORLD: OnceLock<(DataKey<Account>, Cell, Vec<u8>)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Arc::new(ManualClock::at_second(1_795_348_800));
        let random = Arc::new(SeededRandom::new(7));
        let subject = SubjectId::new(&*clock, &*random);
        let config = VaultConfig {
            store: Arc::new(MemoryKeyStore::new(clock.clone())),
            epochs: EpochDir::open(folder.path().join("keys"), Vec::new()).expect("a folder of epoch keys"),
            root: RootKey::generate(&*random),
            tombstones: Tombstones::at(folder.path().join("destroyed.list")),
            clock,
            random: random.clone(),
        };
        let key = ready(async {
            Vault::initialise(&config).await.expect("initialises");
            let vault = Vault::open(config).await.expect("opens");
            vault.create(&[(subject, &["account"])]).await.expect("a key");
            vault.key::<Account>(subject).await.expect("the key")
        });
        let cell = Cell { table: "login", column: "email", row: [1; 16], revision: None, subject };
        let sealed = key.seal(&cell, b"anna@example.org", &*random).into_bytes();
        (key, cell, sealed)
    })
}

/// The result of a future that never waits: the store is in memory.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing to wait for"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (key, cell, genuine) = world();
    if let Ok(sealed) = Sealed::<Account>::from_bytes(bytes.to_vec()) {
        assert_eq!(sealed.as_bytes(), bytes);
        assert!(bytes == genuine || key.open(cell, &sealed).is_err());
    }
    // The same bytes behind a genuine head: they reach the cipher.
    let mut named = genuine[..18].to_vec();
    named.extend_from_slice(bytes);
    if let Ok(sealed) = Sealed::<Account>::from_bytes(named) {
        assert!(sealed.as_bytes() == genuine || key.open(cell, &sealed).is_err());
    }
});
