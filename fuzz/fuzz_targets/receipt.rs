//! A receipt: what is accepted has one spelling, and nothing but a genuine one verifies.

#![no_main]

use base::{ManualClock, Random, SeededRandom, Sensitive, SubjectId, Timestamp};
use ledger::{
    Actor, Checkpoint, EntryBuilder, Evidence, Origin, Receipt, Signer, SigningKey, TileDir, VerifyingKey,
    opening,
};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

const ORIGIN: &str = "example.org/waarborg/ledger/1";
const NOON: i64 = 1_795_348_800;

/// A receipt of a ledger with one entry, and the ledger's key.
fn genuine() -> &'static (Vec<u8>, VerifyingKey) {
    static GENUINE: OnceLock<(Vec<u8>, VerifyingKey)> = OnceLock::new();
    GENUINE.get_or_init(|| {
        let random = SeededRandom::new(7);
        let salt = Sensitive::new((&random as &dyn Random).bytes());
        let subject = SubjectId::new(&ManualClock::at_second(NOON), &random);
        let entry = EntryBuilder::new("tested", ORIGIN, Timestamp::from_seconds(NOON), &random)
            .actor(Actor::System("test"))
            .subject(&salt, subject)
            .build()
            .expect("an entry");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tiles = TileDir::new(folder.path().join("tiles"));
        let head = tiles.publish(0, [entry.bytes().to_vec()]).expect("published");
        let origin: Origin = ORIGIN.parse().expect("an origin");
        let key = SigningKey::generate(origin.clone(), &random);
        let public = key.verifying_key();
        let mut signer = Signer::create(&folder.path().join("signer"), key).expect("a signer");
        let checkpoint = signer.sign(Checkpoint::new(origin, head), Evidence::Tiles(&tiles)).expect("signed");
        let proof = tiles.inclusion_proof(0, head).expect("a proof");
        let opened = opening(&salt, ORIGIN, entry.nonce());
        let receipt = Receipt::build(&entry, opened, subject, "words", proof, checkpoint).expect("a receipt");
        (receipt.to_text().into_bytes(), public)
    })
}

fuzz_target!(|bytes: &[u8]| {
    let (text, key) = genuine();
    assert!(check(text, key), "the genuine receipt verifies");
    assert!(!check(bytes, key) || bytes == text);
    // The genuine receipt with some of its bytes replaced, so that most of it is well formed.
    if let Some((place, replacement)) = bytes.split_first_chunk::<2>() {
        let at = usize::from(u16::from_be_bytes(*place)) % text.len();
        let mut changed = text.clone();
        let end = changed.len().min(at + replacement.len());
        changed[at..end].copy_from_slice(&replacement[..end - at]);
        assert!(!check(&changed, key) || changed == *text);
    }
});

/// Whether these bytes are a receipt that the key vouches for.
fn check(bytes: &[u8], key: &VerifyingKey) -> bool {
    let Ok(receipt) = Receipt::parse(bytes) else { return false };
    assert_eq!(receipt.to_text().as_bytes(), bytes);
    receipt.verify(key, &[]).is_ok()
}
