//! How fast a whole ledger is checked, on one core. Run: `cargo test --release -p ledger -- --ignored speed --nocapture`.

use super::*;

/// Time that this thread has run on a core, so that a busy machine measures alike (Linux: the first
/// number of schedstat, in nanoseconds).
fn on_core() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

#[test]
#[ignore = "a measurement, for an optimised build"]
fn speed() {
    let count = 1_000_000u64;
    let folder = tempfile::tempdir().unwrap();
    let tiles = TileDir::new(folder.path());
    let (salt, id) = subject(1);
    let random = SeededRandom::new(5);
    let begun = on_core();
    let mut bytes = 0usize;
    let made = (0..count).map(|i| {
        let now = Timestamp::from_micros(NOON * 1_000_000 + i64::try_from(i).unwrap() * 1_000);
        let data = json!({"request": "0190d1f5-2b6a-7c3e-8f00-1234567890ab", "keys": 3, "number": i});
        let entry = EntryBuilder::new("erased", ORIGIN, now, &random)
            .actor(Actor::System("erase"))
            .subject(&salt, id)
            .data(data.as_object().unwrap().clone())
            .build()
            .unwrap();
        bytes += entry.bytes().len();
        entry.into_bytes()
    });
    let made: Vec<_> = made.collect();
    let built = on_core() - begun;
    let begun = on_core();
    let head = tiles.publish(0, &made).unwrap();
    let published = on_core() - begun;
    tiles.write_checkpoint(&sign(head)).unwrap();
    let begun = on_core();
    let report = verify_dir(folder.path(), &key().verifying_key(), &mut |_, _| {}).unwrap();
    let verified = on_core() - begun;
    assert_eq!(report.entries, count);
    let begun = on_core();
    verify_entries(&made, &Checkpoint::new(origin(), head)).unwrap();
    let streamed = on_core() - begun;
    let begun = on_core();
    for i in 0..1_000 {
        tiles.inclusion_proof(i * 997, head).unwrap();
    }
    let proved = (on_core() - begun) / 1_000.0;
    let rate = |seconds: f64| count as f64 / seconds;
    println!(
        "{count} entries of {} bytes: built {:.0}/s, published {:.0}/s, verify_dir {:.0}/s, verify_entries {:.0}/s, one proof {:.0} µs",
        bytes / usize::try_from(count).unwrap(),
        rate(built),
        rate(published),
        rate(verified),
        rate(streamed),
        proved * 1e6,
    );
}
