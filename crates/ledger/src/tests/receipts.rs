//! Receipts: what they prove, and that nothing else passes for one.

use super::*;

pub const WORDS: &str = "Uw gegevens zijn gewist. \"Dit\" staat erbij; het bewijst niets.\n";

pub fn receipt(index: u64, size: u64, checkpoint: SignedCheckpoint, tiles: &TileDir) -> Receipt {
    let entry = entry(index);
    let (salt, id) = subject(index % 7);
    let proof = tiles.inclusion_proof(index, checkpoint.unverified().head()).unwrap();
    assert_eq!(proof.size, size);
    let opening = opening(&salt, ORIGIN, entry.nonce());
    Receipt::build(&entry, opening, id, WORDS, proof, checkpoint).unwrap()
}

#[test]
fn a_receipt_proves_entry_subject_and_checkpoint() {
    let (_folder, tiles, head) = ledger(&[300]);
    let public = key().verifying_key();
    for index in [0, 17, 255, 256, 299] {
        let text = receipt(index, 300, sign(head), &tiles).to_text();
        let proved = Receipt::parse(text.as_bytes()).unwrap().verify(&public, &[]).unwrap();
        assert_eq!(proved.entry, entry(index));
        assert_eq!((proved.index, proved.subject_id), (index, subject(index % 7).1));
        assert_eq!(proved.checkpoint.head(), head);
        assert_eq!(proved.words, WORDS);
        assert_eq!((proved.cosigned_by, proved.unknown_signatures), (vec![], vec![]));
    }
    // A ledger of one entry has a proof without hashes.
    let (_folder, tiles, head) = ledger(&[1]);
    let text = receipt(0, 1, sign(head), &tiles).to_text();
    assert!(text.contains("\nindex 0\n\nexample.org/"));
    Receipt::parse(text.as_bytes()).unwrap().verify(&public, &[]).unwrap();
}

#[test]
fn one_bit_off_anywhere_is_refused() {
    let (_folder, tiles, head) = ledger(&[11]);
    let public = key().verifying_key();
    let text = receipt(6, 11, sign(head), &tiles).to_text().into_bytes();
    for at in 0..text.len() {
        for bit in [1u8, 2, 4, 8, 16, 32, 64, 128] {
            let mut wrong = text.clone();
            wrong[at] ^= bit;
            let proved = Receipt::parse(&wrong).and_then(|receipt| receipt.verify(&public, &[]));
            assert!(proved.is_err(), "byte {at} ^ {bit:02x}");
        }
        assert!(Receipt::parse(&text[..at]).and_then(|r| r.verify(&public, &[])).is_err(), "cut at {at}");
    }
    assert!(Receipt::parse(&[&text[..], b"\n"].concat()).is_err());
}

#[test]
fn cosignatures_count_only_when_right() {
    let (_folder, tiles, head) = ledger(&[11]);
    let (public, cosigner) = (key().verifying_key(), witness());
    let mut signed = sign(head);
    let time = Timestamp::from_seconds(NOON + 60);
    let cosignature = signed.cosign(&cosigner, time).unwrap();
    signed.add_cosignature(cosignature, &cosigner.verifying_key()).unwrap();
    let text = receipt(6, 11, signed, &tiles).to_text().into_bytes();
    let witnesses = [cosigner.verifying_key()];
    let proved = Receipt::parse(&text).unwrap().verify(&public, &witnesses).unwrap();
    assert_eq!(proved.cosigned_by, [CosignedBy { name: "witness.example/one".into(), time }]);
    let proved = Receipt::parse(&text).unwrap().verify(&public, &[]).unwrap();
    assert_eq!(proved.unknown_signatures, ["witness.example/one"]);
    for at in 0..text.len() {
        let mut wrong = text.clone();
        wrong[at] ^= 1;
        if let Ok(proved) = Receipt::parse(&wrong).and_then(|receipt| receipt.verify(&public, &witnesses)) {
            // C2SP: signatures of unknown keys are ignored. The witness then does not count.
            assert_eq!(proved.unknown_signatures.len(), 1, "byte {at}");
            assert!(proved.cosigned_by.is_empty(), "byte {at}");
        }
    }
}

#[test]
fn other_keys_origins_subjects_and_entries_are_refused() {
    let (_folder, tiles, head) = ledger(&[50]);
    let good = receipt(20, 50, sign(head), &tiles);
    let parsed = Receipt::parse(good.to_text().as_bytes()).unwrap();
    assert_eq!(parsed, good);
    let refused = |key: SigningKey| good.verify(&key.verifying_key(), &[]).unwrap_err();
    let other_key = SigningKey::generate(origin(), &SeededRandom::new(1));
    assert!(matches!(refused(other_key), ReceiptError::Checkpoint(CheckpointError::Unsigned)));
    let other_origin =
        SigningKey::generate("example.net/waarborg/ledger/1".parse().unwrap(), &SeededRandom::new(42));
    assert!(matches!(refused(other_origin), ReceiptError::Checkpoint(CheckpointError::Origin { .. })));

    let proof = || tiles.inclusion_proof(20, head).unwrap();
    let (salt, id) = subject(20 % 7);
    let right = || opening(&salt, ORIGIN, entry(20).nonce());
    let build = |entry: &Entry, opening: Opening, id: SubjectId, proof: InclusionProof| {
        Receipt::build(entry, opening, id, "", proof, sign(head)).map(drop)
    };
    build(&entry(20), right(), id, proof()).unwrap();
    // Another subject, another subject's salt, another entry's nonce, another ledger.
    let (other_salt, other_id) = subject(3);
    let subject_error = |result| matches!(result, Err(ReceiptError::Subject));
    assert!(subject_error(build(&entry(20), right(), other_id, proof())));
    assert!(subject_error(build(&entry(20), opening(&other_salt, ORIGIN, entry(20).nonce()), id, proof())));
    assert!(subject_error(build(&entry(20), opening(&salt, ORIGIN, entry(21).nonce()), id, proof())));
    let elsewhere = opening(&salt, "example.org/waarborg/ledger/2", entry(20).nonce());
    assert!(subject_error(build(&entry(20), elsewhere, id, proof())));
    // Another entry about the same subject, at this place.
    let result = build(&entry(27), opening(&salt, ORIGIN, entry(27).nonce()), id, proof());
    assert!(matches!(result, Err(ReceiptError::Proof(ProofError::Wrong))));
    // A proof of another size; words that are too long.
    let older = tiles.inclusion_proof(20, tiles.head_at(40).unwrap()).unwrap();
    assert!(matches!(
        build(&entry(20), right(), id, older),
        Err(ReceiptError::Size { proof: 40, checkpoint: 50 })
    ));
    let long = "x".repeat(WORDS_BYTES_MAX + 1);
    let result = Receipt::build(&entry(20), right(), id, &long, proof(), sign(head));
    assert!(matches!(result, Err(ReceiptError::WordsTooLong(_))));
}

#[test]
fn the_longest_receipt_fits_its_limit() {
    let folder = scratch();
    let tiles = TileDir::new(folder.path());
    let (salt, id) = subject(1);
    // Backslashes double in JSON, and again in the JSON around it.
    let build = |length: usize| {
        let mut data = serde_json::Map::new();
        data.insert("x".into(), "\\".repeat(length).into());
        EntryBuilder::new("tested", ORIGIN, Timestamp::from_seconds(NOON), &SeededRandom::new(1))
            .subject(&salt, id)
            .data(data)
            .build()
    };
    let longest = (32_000..33_000).rev().find_map(|length| build(length).ok()).unwrap();
    assert!(longest.bytes().len() > ENTRY_BYTES_MAX - 2);
    let head = tiles.publish(0, [longest.bytes()]).unwrap();
    let words = "\u{1}".repeat(WORDS_BYTES_MAX);
    let opening = opening(&salt, ORIGIN, longest.nonce());
    let proof = tiles.inclusion_proof(0, head).unwrap();
    let text = Receipt::build(&longest, opening, id, &words, proof, sign(head)).unwrap().to_text();
    assert!(text.len() < RECEIPT_BYTES_MAX - CHECKPOINT_BYTES_MAX, "{}", text.len());
    Receipt::parse(text.as_bytes()).unwrap().verify(&key().verifying_key(), &[]).unwrap();
}
