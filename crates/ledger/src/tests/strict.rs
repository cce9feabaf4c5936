//! Parsers of foreign bytes: strict, limited, and they never panic.

use super::*;
use proptest::prelude::*;

fn with(change: &dyn Fn(String) -> String) -> Result<Entry, EntryError> {
    let text = String::from_utf8(entry(3).into_bytes()).unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text);
    Entry::from_bytes(changed)
}

#[test]
fn entries_read_back() {
    let made = entry(3);
    let read = Entry::from_bytes(made.bytes()).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.kind(), "tested");
    assert_eq!(read.time(), Timestamp::from_seconds(NOON + 3));
    assert_eq!(read.data(), json!({"number": 3, "what": "tested"}));
    assert_eq!(read.actor(), &RecordedActor::System("test".into()));
    assert_eq!(read.leaf_hash(), leaf_hash(read.bytes()));
    let (salt, id) = subject(3);
    assert!(read.subjects()[0].opens(&opening(&salt, ORIGIN, read.nonce()), id));

    let builder = EntryBuilder::new("told", ORIGIN, Timestamp::from_seconds(NOON), &SeededRandom::new(1));
    let visitor = builder.clone().build().unwrap();
    assert_eq!((visitor.actor(), visitor.subjects().len()), (&RecordedActor::Visitor, 0));
    let person = builder.actor_subject(&salt, id).build().unwrap();
    let RecordedActor::Committed(commitment) = person.actor() else { panic!("a person") };
    assert!(commitment.opens(&opening(&salt, ORIGIN, person.nonce()), id));
}

#[test]
fn entries_with_anything_wrong_are_refused() {
    let replace = |from: &'static str, to: &'static str| with(&move |text| text.replacen(from, to, 1));
    assert!(matches!(replace("{", " {"), Err(EntryError::NotOneLine)));
    assert!(matches!(replace(",", ",\n"), Err(EntryError::NotOneLine)));
    assert!(matches!(replace(",", ",\t"), Err(EntryError::NotOneLine)));
    assert!(matches!(with(&|text| text + "\n"), Err(EntryError::NotOneLine)));
    assert!(matches!(with(&|text| text.clone() + &text), Err(EntryError::Json(_))));
    assert!(matches!(replace("\"v\":1", "\"v\":2"), Err(EntryError::Version(2))));
    assert!(matches!(replace("\"v\":1", "\"v\":1,\"v\":1"), Err(EntryError::Json(_))));
    assert!(matches!(replace("\"v\":1", "\"v\":1,\"x\":1"), Err(EntryError::Json(_))));
    assert!(matches!(replace("\"v\":1,", ""), Err(EntryError::Json(_))));
    assert!(matches!(replace("\"number\":3", "\"number\":3,\"number\":3"), Err(EntryError::Json(_))));
    assert!(matches!(
        with(&|text| text.replace("\"d\":{", "\"d\":[{").replace("}}", "}]}")),
        Err(EntryError::Json(_))
    ));
    assert!(matches!(replace("12:00:03.000Z", "12:00:03Z"), Err(EntryError::Time)));
    assert!(matches!(replace("12:00:03.000Z", "12:00:03.000+00:00"), Err(EntryError::Time)));
    assert!(matches!(replace("12:00:03.000Z", "12:00:60.000Z"), Err(EntryError::Time)));
    assert!(matches!(replace("\"k\":\"tested\"", "\"k\":\"Tested\""), Err(EntryError::Kind)));
    assert!(matches!(replace("\"k\":\"tested\"", "\"k\":\"\""), Err(EntryError::Kind)));
    assert!(matches!(replace("\"n\":\"", "\"n\":\"AAAA"), Err(EntryError::Nonce)));
    assert!(matches!(replace("==\"", "=\""), Err(EntryError::Nonce)));
    assert!(matches!(replace("system:test", "system:"), Err(EntryError::Actor)));
    assert!(matches!(replace("system:test", "somebody"), Err(EntryError::Actor)));
    assert!(matches!(replace("\"s\":[\"", "\"s\":[\"AAAA"), Err(EntryError::Subject(0))));
    assert!(matches!(Entry::from_bytes(vec![b'{'; 65_536]), Err(EntryError::TooLong(65_536))));
    assert!(matches!(Entry::from_bytes(b"{\xff}".to_vec()), Err(EntryError::Json(_))));

    let builder =
        |kind| EntryBuilder::new(kind, ORIGIN, Timestamp::from_seconds(NOON), &SeededRandom::new(1));
    assert!(matches!(builder("With Space").build(), Err(EntryError::Kind)));
    assert!(matches!(builder("k").actor(Actor::System("")).build(), Err(EntryError::Actor)));
    let (salt, id) = subject(1);
    let many = |n| (0..n).fold(builder("k"), |builder, _| builder.subject(&salt, id)).build();
    many(SUBJECTS_MAX).unwrap();
    assert!(matches!(many(SUBJECTS_MAX + 1), Err(EntryError::TooManySubjects(257))));
    let beyond = EntryBuilder::new("k", ORIGIN, Timestamp::from_micros(i64::MAX), &SeededRandom::new(1));
    assert!(matches!(beyond.build(), Err(EntryError::Time)));
    let mut data = serde_json::Map::new();
    data.insert("x".into(), "x".repeat(ENTRY_BYTES_MAX).into());
    assert!(matches!(builder("k").data(data).build(), Err(EntryError::TooLong(_))));
}

fn samples() -> [Vec<u8>; 4] {
    let (_folder, tiles, head) = ledger(&[9]);
    let receipt = receipts::receipt(4, 9, sign(head), &tiles).to_text().into_bytes();
    let state = SignerState { origin: origin(), size: head.size, root: head.root };
    [entry(4).into_bytes(), sign(head).to_note().into_bytes(), receipt, state.to_text().into_bytes()]
}

/// Reads bytes with every parser; what is accepted must be written back as it was.
fn read_all(bytes: &[u8]) {
    if let Ok(entry) = Entry::from_bytes(bytes) {
        assert_eq!(entry.bytes(), bytes);
        assert!(entry.data().is_object());
    }
    if let Ok(signed) = Checkpoint::parse(bytes) {
        assert_eq!(signed.to_note().as_bytes(), bytes);
    }
    if let Ok(receipt) = Receipt::parse(bytes) {
        assert_eq!(receipt.to_text().as_bytes(), bytes);
        drop(receipt.verify(&key().verifying_key(), &[witness().verifying_key()]));
    }
    if let Ok(frontier) = Frontier::from_bytes(bytes) {
        assert_eq!(frontier.to_bytes(), bytes);
        let _ = frontier.root();
    }
    if let Ok(text) = core::str::from_utf8(bytes) {
        if let Some(state) = SignerState::parse(text) {
            assert_eq!(state.to_text(), text);
        }
        if let Ok(key) = text.parse::<VerifyingKey>() {
            assert_eq!(key.to_string(), text);
        }
        if let Ok(cosignature) = Cosignature::parse(text) {
            assert_eq!(cosignature.to_line(), text);
        }
        drop(SigningKey::from_text(text));
        drop(text.parse::<Origin>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn changed_samples(which in 0usize..4, changes in proptest::collection::vec((any::<u16>(), any::<u8>(), 0u8..4), 1..6)) {
        thread_local!(static SAMPLES: [Vec<u8>; 4] = samples());
        let mut bytes = SAMPLES.with(|samples| samples[which].clone());
        for (at, byte, how) in changes {
            let at = usize::from(at) % bytes.len().max(1);
            match how {
                0 if !bytes.is_empty() => bytes[at] = byte,
                1 => bytes.insert(at.min(bytes.len()), byte),
                2 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        read_all(&bytes);
    }

    #[test]
    fn any_proof(index in any::<u64>(), size in any::<u64>(), n in 0usize..70) {
        let hashes = vec![Hash::EMPTY_TREE; n];
        let inclusion = InclusionProof { index, size, hashes: hashes.clone() };
        prop_assert!(inclusion.verify(leaf_hash(b"x"), leaf_hash(b"y")).is_err());
        let consistency = ConsistencyProof { old_size: index, new_size: size, hashes };
        prop_assert!(consistency.verify(leaf_hash(b"x"), leaf_hash(b"y")).is_err());
    }

    #[test]
    fn any_entry_that_is_built_reads_back(
        millis in -62_135_596_800_000i64..253_402_300_000_000, text in "\\PC{0,40}", seed in any::<u64>(), people in 0usize..5,
    ) {
        let (salt, id) = subject(seed);
        let mut builder =
            EntryBuilder::new("built", ORIGIN, Timestamp::from_micros(millis * 1_000), &SeededRandom::new(seed));
        for _ in 0..people {
            builder = builder.subject(&salt, id);
        }
        let data = json!({"text": text, "deep": [[{"n": seed}], null, true]});
        let made = builder.data(data.as_object().unwrap().clone()).build().unwrap();
        let read = Entry::from_bytes(made.bytes()).unwrap();
        prop_assert_eq!(read.data(), data);
        prop_assert_eq!(read.time().as_millis(), millis);
        prop_assert_eq!(read.subjects().len(), people);
    }
}

#[test]
fn the_samples_are_accepted_unchanged() {
    let [entry, checkpoint, receipt, state] = samples();
    Entry::from_bytes(entry).unwrap();
    Checkpoint::parse(&checkpoint).unwrap();
    Receipt::parse(&receipt).unwrap().verify(&key().verifying_key(), &[]).unwrap();
    SignerState::parse(core::str::from_utf8(&state).unwrap()).unwrap();
}
