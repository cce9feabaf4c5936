//! The signer: never two histories, whatever happens in between; and the signatures of checkpoints.

use super::*;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

fn state_file(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("signer.state")
}

fn checkpoint(head: TreeHead) -> Checkpoint {
    Checkpoint::new(origin(), head)
}

#[test]
fn signs_what_continues_and_nothing_else() {
    let (_tiles_folder, tiles, head) = ledger(&[10, 21]);
    let folder = scratch();
    let path = state_file(&folder);
    let old = tiles.head_at(10).unwrap();
    let mut signer = Signer::create(&path, key()).unwrap();
    signer.sign(checkpoint(old), Evidence::Tiles(&tiles)).unwrap();
    assert_eq!(SignerState::read(&path).unwrap().head(), old);

    // The same again gives the same signature, and changes nothing.
    let again = signer.sign(checkpoint(old), Evidence::Tiles(&tiles)).unwrap();
    assert_eq!(again, sign(old));

    let fork = TreeHead { size: 10, root: head.root };
    let proof = ConsistencyProof { old_size: 10, new_size: 10, hashes: Vec::new() };
    assert!(matches!(signer.sign(checkpoint(fork), Evidence::Proof(&proof)), Err(SignerError::Fork { .. })));
    let smaller = tiles.head_at(9).unwrap();
    let result = signer.sign(checkpoint(smaller), Evidence::Tiles(&tiles));
    assert!(matches!(result, Err(SignerError::Rollback { signed: 10, given: 9 })));
    let result = signer.sign(checkpoint(TreeHead::EMPTY), Evidence::Tiles(&tiles));
    assert!(matches!(result, Err(SignerError::Rollback { signed: 10, given: 0 })));

    // A longer ledger that has another beginning, with its own tiles and its own proof.
    let other_folder = scratch();
    let other_tiles = TileDir::new(other_folder.path());
    let other = other_tiles.publish(0, entries(1..22)).unwrap();
    let result = signer.sign(checkpoint(other), Evidence::Tiles(&other_tiles));
    assert!(matches!(result, Err(SignerError::Fork { signed: 10, given: 21 })));
    let proof = other_tiles.consistency_proof(other_tiles.head_at(10).unwrap(), other).unwrap();
    let result = signer.sign(checkpoint(other), Evidence::Proof(&proof));
    assert!(matches!(result, Err(SignerError::Fork { signed: 10, given: 21 })));
    // The tiles of one, the root of the other.
    assert!(matches!(signer.sign(checkpoint(other), Evidence::Tiles(&tiles)), Err(SignerError::Tiles(_))));
    // A proof of other sizes.
    let proof = tiles.consistency_proof(tiles.head_at(9).unwrap(), head).unwrap();
    assert!(matches!(signer.sign(checkpoint(head), Evidence::Proof(&proof)), Err(SignerError::Proof { .. })));
    // Another generation.
    let next = Checkpoint::new("example.org/waarborg/ledger/2".parse().unwrap(), head);
    assert!(matches!(signer.sign(next, Evidence::Tiles(&tiles)), Err(SignerError::Origin { .. })));

    assert_eq!(SignerState::read(&path).unwrap().head(), old);
    let proof = tiles.consistency_proof(old, head).unwrap();
    let signed = signer.sign(checkpoint(head), Evidence::Proof(&proof)).unwrap();
    signed.verify(&key().verifying_key()).unwrap();
    assert_eq!(SignerState::read(&path).unwrap().head(), head);
}

#[test]
fn the_state_is_one_signers_and_cannot_be_lost_or_bent() {
    let folder = scratch();
    let path = state_file(&folder);
    assert!(matches!(Signer::open(&path, key()), Err(SignerError::Missing(_))));
    let signer = Signer::create(&path, key()).unwrap();
    assert!(matches!(Signer::open(&path, key()), Err(SignerError::Busy(_))));
    drop(signer);
    drop(reopened(&path).unwrap());
    assert!(matches!(Signer::create(&path, key()), Err(SignerError::Exists(_) | SignerError::Busy(_))));
    let other = SigningKey::generate("example.net/waarborg/ledger/1".parse().unwrap(), &SeededRandom::new(1));
    assert!(matches!(Signer::open(&path, other), Err(SignerError::Origin { .. } | SignerError::Busy(_))));
    drop(reopened(&path).unwrap());

    let text = std::fs::read(&path).unwrap();
    for at in 0..text.len() {
        for bit in [1u8, 2, 4, 8, 16, 32, 64, 128] {
            let mut wrong = text.clone();
            wrong[at] ^= bit;
            std::fs::write(&path, &wrong).unwrap();
            assert!(matches!(reopened(&path), Err(SignerError::Malformed(_))), "byte {at}");
        }
        std::fs::write(&path, &text[..at]).unwrap();
        assert!(matches!(reopened(&path), Err(SignerError::Malformed(_))));
    }
    std::fs::write(&path, &text).unwrap();
    reopened(&path).unwrap();
}

/// Opens a state that nobody holds. A test beside this one that starts a process lends it our lock
/// between fork and exec: that passes.
fn reopened(path: &std::path::Path) -> Result<Signer, SignerError> {
    for _ in 0..10_000 {
        match Signer::open(path, key()) {
            Err(SignerError::Busy(_)) => std::thread::yield_now(),
            other => return other,
        }
    }
    panic!("somebody holds the lock")
}

#[test]
fn a_state_that_cannot_be_written_signs_nothing() {
    let (_tiles_folder, tiles, head) = ledger(&[3]);
    let folder = scratch();
    let path = state_file(&folder);
    let mut signer = Signer::create(&path, key()).unwrap();
    // A folder where the temporary file should be: writing fails, for root too.
    let blocked = folder.path().join("signer.state.tmp");
    std::fs::create_dir(&blocked).unwrap();
    assert!(matches!(signer.sign(checkpoint(head), Evidence::Tiles(&tiles)), Err(SignerError::Io { .. })));
    std::fs::remove_dir(&blocked).unwrap();
    // What is on disk is known only when it is read again.
    assert!(matches!(signer.sign(checkpoint(head), Evidence::Tiles(&tiles)), Err(SignerError::Unsure)));
    drop(signer);
    let mut signer = Signer::open(&path, key()).unwrap();
    assert_eq!(signer.state().head(), TreeHead::EMPTY);
    signer.sign(checkpoint(head), Evidence::Tiles(&tiles)).unwrap();
}

/// The other process of the two tests below: this test binary, asked for this one test.
fn child(mode: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::signing::other_process", "--ignored", "--nocapture"])
        .env("LEDGER_TEST_MODE", mode)
        .env("LEDGER_TEST_FOLDER", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "is the other process of the tests that kill a signer"]
fn other_process() {
    let Ok(folder) = std::env::var("LEDGER_TEST_FOLDER").map(PathBuf::from) else { return };
    let tiles = TileDir::new(folder.join("tiles"));
    let mut signer = Signer::open(&folder.join("signer.state"), key()).unwrap();
    if std::env::var("LEDGER_TEST_MODE").is_ok_and(|mode| mode == "between") {
        let given = checkpoint(tiles.head_at(20).unwrap());
        signer.advance(&given).unwrap();
        std::process::abort();
    }
    for size in signer.state().size + 1..=600 {
        let signed = signer.sign(checkpoint(tiles.head_at(size).unwrap()), Evidence::Tiles(&tiles)).unwrap();
        println!("signed {}", signed.unverified().size);
    }
}

fn prepared(size: u64) -> (tempfile::TempDir, TileDir) {
    let folder = scratch();
    let tiles = TileDir::new(folder.path().join("tiles"));
    tiles.publish(0, entries(0..size)).unwrap();
    Signer::create(&folder.path().join("signer.state"), key()).unwrap();
    (folder, tiles)
}

#[test]
fn killed_between_state_and_signature_it_signs_that_checkpoint_and_no_other() {
    let (folder, tiles) = prepared(30);
    assert!(!child("between", folder.path()).wait_with_output().unwrap().status.success());
    let mut signer = Signer::open(&folder.path().join("signer.state"), key()).unwrap();
    assert_eq!(signer.state().head(), tiles.head_at(20).unwrap());
    let other = TreeHead { size: 20, root: tiles.head_at(21).unwrap().root };
    let proof = ConsistencyProof { old_size: 20, new_size: 20, hashes: Vec::new() };
    assert!(matches!(signer.sign(checkpoint(other), Evidence::Proof(&proof)), Err(SignerError::Fork { .. })));
    let smaller = checkpoint(tiles.head_at(19).unwrap());
    assert!(matches!(signer.sign(smaller, Evidence::Tiles(&tiles)), Err(SignerError::Rollback { .. })));
    let signed = signer.sign(checkpoint(tiles.head_at(20).unwrap()), Evidence::Tiles(&tiles)).unwrap();
    signed.verify(&key().verifying_key()).unwrap();
}

#[test]
fn killed_at_any_moment_the_state_is_never_behind_a_signature() {
    let (folder, tiles) = prepared(600);
    let path = folder.path().join("signer.state");
    for lines in [1, 2, 3, 7, 20, 31] {
        let mut process = child("run", folder.path());
        let mut seen = 0;
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut left = lines;
        for line in output.lines() {
            // The test harness writes its own words before the first one.
            if let Some((_, size)) = line.unwrap().split_once("signed ") {
                seen = size.parse().unwrap();
                left -= 1;
                if left == 0 {
                    process.kill().unwrap();
                    break;
                }
            }
        }
        process.wait().unwrap();
        assert!(seen > 0);
        let mut signer = Signer::open(&path, key()).unwrap();
        assert!(signer.state().size >= seen, "{} < {seen}", signer.state().size);
        assert_eq!(signer.state().head(), tiles.head_at(signer.state().size).unwrap());
        let behind = checkpoint(tiles.head_at(seen - 1).unwrap());
        assert!(matches!(signer.sign(behind, Evidence::Tiles(&tiles)), Err(SignerError::Rollback { .. })));
    }
}

#[test]
fn keys_have_one_text_and_guarded_files() {
    let folder = scratch();
    let path = folder.path().join("ledger.key");
    key().write_new(&path).unwrap();
    assert!(matches!(key().write_new(&path), Err(KeyError::Io(_))));
    let read = SigningKey::read(&path).unwrap();
    assert_eq!(read.verifying_key(), key().verifying_key());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
        mode(0o440);
        assert!(matches!(SigningKey::read(&path), Err(KeyError::Permissions(0o440))));
        mode(0o600);
        SigningKey::read(&path).unwrap();
    }
    let public = key().verifying_key().to_string();
    assert_eq!(public.parse::<VerifyingKey>().unwrap(), key().verifying_key());
    for at in 0..public.len() {
        let mut wrong = public.clone().into_bytes();
        wrong[at] ^= 1;
        let text = String::from_utf8(wrong).unwrap();
        assert!(text.parse::<VerifyingKey>().is_err(), "{text}");
    }
    // A key of a witness is none of a ledger, and the other way round.
    let cosigner = witness();
    assert!(matches!(cosigner.verifying_key().to_string().parse::<VerifyingKey>(), Err(KeyError::Type(4))));
    assert!(matches!(public.parse::<WitnessKey>(), Err(KeyError::Type(1))));
    assert_eq!(cosigner.verifying_key().to_string().parse::<WitnessKey>().unwrap(), cosigner.verifying_key());
    let again = WitnessSigningKey::from_text(&cosigner.to_text()).unwrap();
    assert_eq!(again.verifying_key(), cosigner.verifying_key());
    assert!(matches!(WitnessSigningKey::generate("a b", &SeededRandom::new(1)), Err(KeyError::Name)));
    assert!(!format!("{:?} {:?}", key(), witness()).contains("PRIVATE"));
    // The neutral element signs everything: no key.
    let neutral = [&[1u8, 1][..], &[0; 31]].concat();
    let text = format!("{ORIGIN}+{:08x}+{}", signed_note::key_id(ORIGIN, &neutral), {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(&neutral)
    });
    assert!(matches!(text.parse::<VerifyingKey>(), Err(KeyError::Point)));
}

#[test]
fn checkpoints_and_cosignatures() {
    let (_folder, tiles, head) = ledger(&[12]);
    let public = key().verifying_key();
    let mut signed = sign(head);
    let plain = signed.to_note();
    assert_eq!(SignedCheckpoint::open(plain.as_bytes(), &public).unwrap(), signed);
    let other = SigningKey::generate(origin(), &SeededRandom::new(9)).verifying_key();
    assert_eq!(signed.verify(&other).unwrap_err(), CheckpointError::Unsigned);
    let next = SigningKey::generate("example.org/waarborg/ledger/2".parse().unwrap(), &SeededRandom::new(42));
    assert!(matches!(signed.verify(&next.verifying_key()), Err(CheckpointError::Origin { .. })));

    let cosigner = witness();
    let time = Timestamp::from_seconds(NOON + 5);
    let cosignature = signed.cosign(&cosigner, time).unwrap();
    assert_eq!(Cosignature::parse(&cosignature.to_line()).unwrap(), cosignature);
    signed.add_cosignature(cosignature.clone(), &cosigner.verifying_key()).unwrap();
    signed.add_cosignature(cosignature.clone(), &cosigner.verifying_key()).unwrap();
    let read = Checkpoint::parse(signed.to_note().as_bytes()).unwrap();
    assert_eq!(read, signed);
    read.verify(&public).unwrap();
    let by = read.cosigned_by(&[cosigner.verifying_key()]).unwrap();
    assert_eq!(by, [CosignedBy { name: "witness.example/one".into(), time }]);
    assert_eq!(read.unknown_signatures(&public, &[]), ["witness.example/one"]);
    assert!(read.unknown_signatures(&public, &[cosigner.verifying_key()]).is_empty());

    // Not for another checkpoint, nor under another witness's key.
    let mut elsewhere = sign(tiles.head_at(11).unwrap());
    let result = elsewhere.add_cosignature(cosignature.clone(), &cosigner.verifying_key());
    assert_eq!(result, Err(CheckpointError::Cosignature));
    let stranger = WitnessSigningKey::generate("witness.example/two", &SeededRandom::new(44)).unwrap();
    assert!(sign(head).add_cosignature(cosignature, &stranger.verifying_key()).is_err());

    // Every bit of a cosigned checkpoint: refused, or that cosigner no longer counts.
    let note = signed.to_note().into_bytes();
    for at in 0..note.len() {
        for bit in [1u8, 2, 4, 8, 16, 32, 64, 128] {
            let mut wrong = note.clone();
            wrong[at] ^= bit;
            if let Ok(read) = SignedCheckpoint::open(&wrong, &public) {
                assert!(at >= plain.len(), "byte {at}");
                assert_ne!(read.cosigned_by(&[cosigner.verifying_key()]), Ok(by.clone()), "byte {at}");
            }
        }
    }
    // Lines of other logs' formats are not ours.
    for (from, to) in [
        ("\n12\n", "\n012\n"),
        ("\n12\n", "\n+12\n"),
        ("\n12\n", "\n281474976710657\n"),
        ("=\n\n", "=\nextension\n\n"),
        ("example.org/", "Example.org/"),
        ("\n\n", "\n"),
        ("\u{2014} ", "- "),
    ] {
        let wrong = plain.replacen(from, to, 1);
        assert_ne!(wrong, plain);
        assert!(Checkpoint::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
    let line = plain.lines().last().unwrap();
    let doubled = format!("{plain}{line}\n");
    assert_eq!(
        Checkpoint::parse(doubled.as_bytes()),
        Err(CheckpointError::Malformed("two signatures of one key"))
    );
    let many: String = (0..40).map(|i| line.replacen(ORIGIN, &format!("a{i}"), 1) + "\n").collect();
    assert!(Checkpoint::parse(format!("{plain}{many}").as_bytes()).is_err());
}
