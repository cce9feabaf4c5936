//! A flipped byte in any entry, tile or checkpoint is found, and the file is named.

use super::*;
use std::path::Path;

fn verify(folder: &Path) -> Result<VerifyReport, VerifyError> {
    verify_dir(folder, &key().verifying_key(), &mut |_, _| {})
}

/// Flips these bits of every `stride`-th byte of every file; the error must name the file.
fn flip_every_byte(folder: &Path, bits: &[u8], stride: impl Fn(&str) -> usize) -> usize {
    verify(folder).unwrap();
    let mut flipped = 0;
    for (name, bytes) in files(folder) {
        let path = folder.join(&name);
        for at in (0..bytes.len()).step_by(stride(&name)) {
            for bit in bits {
                let mut wrong = bytes.clone();
                wrong[at] ^= bit;
                std::fs::write(&path, &wrong).unwrap();
                let error = verify(folder).expect_err(&format!("byte {at} of {name} ^ {bit:02x}"));
                assert_eq!(error.path(), Some(path.as_path()), "byte {at} of {name} ^ {bit:02x}: {error}");
                flipped += 1;
            }
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    verify(folder).unwrap();
    flipped
}

#[test]
fn every_bit_of_every_file_of_a_small_ledger() {
    // Two steps: the partials of size 2 stay beside those of size 5 and are checked too.
    let (folder, ..) = ledger(&[2, 5]);
    assert_eq!(files(folder.path()).len(), 5);
    let all = [1, 2, 4, 8, 16, 32, 64, 128];
    assert!(flip_every_byte(folder.path(), &all, |_| 1) > 8 * 1_500);
}

#[test]
fn full_tiles_and_bundles_too() {
    let (folder, ..) = ledger(&[257]);
    // Every byte of tiles and checkpoint is too much for an unoptimised build: a prime step.
    flip_every_byte(folder.path(), &[1], |name| if name.contains("entries/000") { 131 } else { 13 });
}

#[test]
#[ignore = "some minutes: every byte of a ledger with full tiles; run it optimised"]
fn every_byte_of_full_tiles_and_bundles() {
    let (folder, ..) = ledger(&[100, 257]);
    flip_every_byte(folder.path(), &[1, 0x20, 0xff], |_| 1);
}

#[test]
fn files_cut_short_made_longer_or_lost_are_found() {
    let (folder, ..) = ledger(&[257, 258]);
    for (name, bytes) in files(folder.path()) {
        let path = folder.path().join(&name);
        let superseded = name.ends_with(".p/1") && !name.starts_with("tile/1/");
        for wrong in
            [&bytes[..bytes.len() - 1], &[&bytes[..], b"\n"].concat(), b"", &[&bytes[..], &bytes].concat()]
        {
            std::fs::write(&path, wrong).unwrap();
            let error = verify(folder.path()).expect_err(&name);
            assert_eq!(error.path(), Some(path.as_path()), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
        match verify(folder.path()) {
            // Only a superseded partial may be absent.
            Ok(_) => assert!(superseded, "{name}"),
            Err(error) => {
                assert!(!superseded && matches!(error, VerifyError::Missing(_)), "{name} {error}");
                assert_eq!(error.path(), Some(path.as_path()));
            }
        }
        std::fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn entries_and_tiles_changed_together_are_found() {
    let (folder, ..) = ledger(&[300]);
    let (other, ..) = {
        let folder = scratch();
        let mut changed = entries(0..300);
        changed[7] = entry(1_007).into_bytes();
        TileDir::new(folder.path()).publish(0, changed).unwrap();
        (folder,)
    };
    let checkpoint = std::fs::read(folder.path().join("checkpoint")).unwrap();
    // Level 0 and the bundle agree with each other, not with level 1.
    for name in ["tile/0/000", "tile/entries/000"] {
        std::fs::copy(other.path().join(name), folder.path().join(name)).unwrap();
    }
    let error = verify(folder.path()).unwrap_err();
    assert_eq!(error.path(), Some(folder.path().join("tile/0/000").as_path()), "{error}");
    // Everything agrees, except with what was signed.
    std::fs::write(other.path().join("checkpoint"), checkpoint).unwrap();
    assert!(matches!(verify(other.path()), Err(VerifyError::Root { .. })));
    // Signed with another key of the same name.
    let head = TileDir::new(other.path()).head_at(300).unwrap();
    let forger = SigningKey::generate(origin(), &SeededRandom::new(99));
    let forged = Checkpoint::new(origin(), head).sign(&forger).unwrap();
    std::fs::write(other.path().join("checkpoint"), forged.to_note()).unwrap();
    let error = verify(other.path()).unwrap_err();
    assert!(matches!(error, VerifyError::Checkpoint { source: CheckpointError::Unsigned, .. }), "{error}");
}

#[test]
fn the_report_tells_what_was_checked() {
    let (folder, tiles, head) = ledger(&[40, 300]);
    let mut calls = Vec::new();
    let report =
        verify_dir(folder.path(), &key().verifying_key(), &mut |done, total| calls.push((done, total)))
            .unwrap();
    assert_eq!(calls, [(256, 300), (300, 300)]);
    assert_eq!((report.entries, report.checkpoint.head()), (300, head));
    assert_eq!(report.bytes, entries(0..300).iter().map(|e| e.len() as u64).sum::<u64>());
    assert_eq!(report.first_time, Some(entry(0).time()));
    assert_eq!(report.last_time, Some(entry(299).time()));
    assert_eq!((report.warnings, report.warnings_total, report.cosigned_by), (vec![], 0, vec![]));

    // Published further than signed, and things that do not belong there.
    tiles.publish(300, entries(300..520)).unwrap();
    std::fs::write(folder.path().join("tile/0/note.txt"), b"x").unwrap();
    std::fs::write(folder.path().join("tile/entries/002.p/8.tmp"), b"x").unwrap();
    let report = verify(folder.path()).unwrap();
    let mut warnings: Vec<String> = report.warnings.iter().map(|w| format!("{w:?}")).collect();
    warnings.sort();
    assert_eq!(warnings.len(), 7, "{warnings:?}");
    assert_eq!(warnings.iter().filter(|w| w.starts_with("NotCovered")).count(), 5, "{warnings:?}");
    assert_eq!(warnings.iter().filter(|w| w.starts_with("Unexpected")).count(), 2, "{warnings:?}");

    let (folder, ..) = ledger(&[]);
    assert!(matches!(verify(folder.path()), Err(VerifyError::Missing(_))));
    TileDir::new(folder.path()).write_checkpoint(&sign(TreeHead::EMPTY)).unwrap();
    assert_eq!(verify(folder.path()).unwrap().entries, 0);
}

#[test]
fn steps_back_in_time_are_warned_of() {
    let at = |millis: i64| {
        let now = Timestamp::from_micros(NOON * 1_000_000 + millis * 1_000);
        EntryBuilder::new("tested", ORIGIN, now, &SeededRandom::new(5)).build().unwrap()
    };
    let all = [at(0), at(100_000), at(40_000), at(100_000), at(39_999), at(39_000)];
    let mut frontier = Frontier::new();
    for entry in &all {
        frontier.push(entry.leaf_hash());
    }
    let expected = Checkpoint::new(origin(), frontier.head());
    let report = verify_entries(all.iter().map(Entry::bytes), &expected).unwrap();
    assert_eq!(report.warnings, [VerifyWarning::StepBack { index: 4, seconds: 60 }]);
}

#[test]
fn entries_from_a_database_are_checked_alike() {
    let (_folder, _, head) = ledger(&[300]);
    let expected = Checkpoint::new(origin(), head);
    let all = entries(0..300);
    assert_eq!(verify_entries(&all, &expected).unwrap().entries, 300);
    assert!(matches!(
        verify_entries(&all[1..], &expected),
        Err(VerifyError::Size { found: 299, expected: 300 })
    ));
    for i in [0, 150, 299] {
        for at in 0..all[i].len() {
            let mut wrong = all.clone();
            wrong[i][at] ^= 1;
            if at % 40 == 0 {
                assert!(verify_entries(&wrong, &expected).is_err());
            }
            // With the stored hash beside it, the entry itself is named.
            let mut verifier = EntriesVerifier::new();
            for (entry, right) in wrong.iter().zip(&all).take(i) {
                verifier.push(entry, Some(leaf_hash(right))).unwrap();
            }
            let error = verifier.push(&wrong[i], Some(leaf_hash(&all[i]))).unwrap_err();
            let found = match error {
                VerifyError::Entry { index, .. } | VerifyError::EntryHash { index, .. } => index,
                other => panic!("{other}"),
            };
            assert_eq!(found, i as u64);
            if i > 0 {
                break;
            }
        }
    }
    let mut swapped = all.clone();
    swapped.swap(3, 4);
    assert!(matches!(verify_entries(&swapped, &expected), Err(VerifyError::Root { .. })));
}
