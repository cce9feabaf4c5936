//! Figures, not a check: `cargo test --release -p keys figures -- --ignored --nocapture`.

use super::{Place, cell};
use crate::purpose::Account;
use base::{Clock, SystemClock, SystemRandom};

fn millis_since(start: base::Timestamp) -> i64 {
    SystemClock.now().as_millis() - start.as_millis()
}

#[tokio::test]
#[ignore = "prints figures; run it in release"]
async fn figures() {
    const N: usize = 100_000;
    let place = Place::new(1);
    let vault = place.vault().await;
    let subjects: Vec<_> = (0..N).map(|_| place.subject()).collect();
    let wanted: Vec<_> = subjects.iter().map(|s| (*s, &["account"][..])).collect();
    let start = SystemClock.now();
    vault.create(&wanted).await.expect("creates");
    println!("create {N} keys: {} ms", millis_since(start));
    let start = SystemClock.now();
    let keys = vault.keys::<Account>(&subjects).await.expect("finds");
    println!("unwrap {N} keys: {} ms", millis_since(start));
    let start = SystemClock.now();
    let sealed: Vec<_> =
        subjects.iter().map(|s| keys[s].seal(&cell(*s), b"somebody@example.org", &SystemRandom)).collect();
    println!("seal {N} fields: {} ms", millis_since(start));
    let start = SystemClock.now();
    let opened = subjects.iter().zip(&sealed).filter(|(s, v)| keys[s].open(&cell(**s), v).is_ok()).count();
    println!("open {opened} fields: {} ms", millis_since(start));
    let start = SystemClock.now();
    for _ in 0..10_000 {
        vault.lookup_index("login", "email", "somebody@example.org").await.expect("an index");
    }
    println!("10000 blind indexes: {} ms", millis_since(start));
    assert_eq!(opened, N);
}
