//! The vectors and golden files in docs/vectors, kept for ever: what was once written must be read,
//! and the same inputs must give the same bytes.
//!
//! `cargo test -p ledger -- --ignored write_missing` writes a file that is not there yet; one that
//! is there is never written again.

use super::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::path::PathBuf;

fn vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors")
}

fn kept(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(vectors().join(name)).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn hexes(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hex::encode(hash.as_bytes())).collect()
}

fn hashes(value: &Value) -> Vec<Hash> {
    let one = |v: &Value| Hash::from_bytes(hex::decode(text(v)).unwrap().try_into().unwrap());
    value.as_array().unwrap().iter().map(one).collect()
}

const NAMES: [&str; 5] = [
    "ledger-tree.json",
    "ledger-commitment.json",
    "ledger-entry.json",
    "ledger-checkpoint.json",
    "ledger-golden.json",
];

fn made(name: &str) -> Value {
    match name {
        "ledger-tree.json" => made_tree(),
        "ledger-commitment.json" => made_commitments(),
        "ledger-entry.json" => made_entries(),
        "ledger-checkpoint.json" => made_checkpoints(),
        _ => made_golden(),
    }
}

fn made_tree() -> Value {
    let folder = scratch();
    let tiles = TileDir::new(folder.path());
    let leaves: Vec<Vec<u8>> = tree::KNOWN_LEAVES.iter().map(|leaf| hex::decode(leaf).unwrap()).collect();
    tiles.publish(0, &leaves).unwrap();
    let head = |size| tiles.head_at(size).unwrap();
    let mut inclusion = Vec::new();
    let mut consistency = Vec::new();
    for size in 1..=8 {
        for index in 0..size {
            let proof = tiles.inclusion_proof(index, head(size)).unwrap();
            inclusion.push(json!({"index": index, "size": size, "hashes": hexes(&proof.hashes)}));
        }
        for old in 1..=size {
            let proof = tiles.consistency_proof(head(old), head(size)).unwrap();
            consistency.push(json!({"old": old, "new": size, "hashes": hexes(&proof.hashes)}));
        }
    }
    json!({
        "what": "RFC 6962 section 2.1: roots, inclusion and consistency proofs of the first 0 to 8 leaves",
        "leaves": tree::KNOWN_LEAVES, "roots": tree::KNOWN_ROOTS,
        "inclusion": inclusion, "consistency": consistency,
    })
}

fn made_commitments() -> Value {
    let case = |seed: u64, origin: &str, nonce: [u8; 16]| {
        let (salt, id) = subject(seed);
        let o = opening(&salt, origin, &nonce);
        json!({
            "salt": hex::encode(salt.expose()), "origin": origin, "nonce": hex::encode(nonce),
            "subject_id": id, "opening": hex::encode(o.expose()),
            "commitment": hex::encode(commit(&o, id).as_bytes()),
        })
    };
    json!({
        "what": "o = HKDF(salt, T(waarborg/ledger/v1/open, origin, nonce)); C = HMAC(o, T(waarborg/ledger/v1/subject, subject_id))",
        "cases": [
            case(1, ORIGIN, [0; 16]),
            case(1, ORIGIN, [1; 16]),
            case(1, "example.org/waarborg/ledger/2", [0; 16]),
            case(2, ORIGIN, [0; 16]),
        ],
    })
}

fn made_entries() -> Value {
    let accepted: Vec<Value> = [0, 3, 700]
        .map(|i| {
            let entry = entry(i);
            json!({
                "entry": String::from_utf8(entry.bytes().to_vec()).unwrap(),
                "leaf_hash": hex::encode(entry.leaf_hash().as_bytes()),
            })
        })
        .into();
    let good = String::from_utf8(entry(3).into_bytes()).unwrap();
    let refused = [
        ("a line break at the end", format!("{good}\n")),
        ("white space in front", format!(" {good}")),
        ("two objects", format!("{good}{good}")),
        ("another version", good.replacen("\"v\":1", "\"v\":2", 1)),
        ("a repeated field", good.replacen("\"v\":1", "\"v\":1,\"v\":1", 1)),
        ("an unknown field", good.replacen("\"v\":1", "\"v\":1,\"x\":1", 1)),
        ("a missing field", good.replacen("\"v\":1,", "", 1)),
        (
            "a field repeated within the particulars",
            good.replacen("\"number\":3", "\"number\":3,\"number\":4", 1),
        ),
        ("a time without milliseconds", good.replacen(".000Z", "Z", 1)),
        ("a time with an offset", good.replacen("Z\"", "+00:00\"", 1)),
        ("a kind with a capital", good.replacen("\"tested\"", "\"Tested\"", 1)),
        ("a nonce without padding", good.replacen("==\"", "\"", 1)),
        ("an actor of no known sort", good.replacen("system:test", "somebody", 1)),
        ("a subject of other length", good.replacen("\"s\":[\"", "\"s\":[\"AAAA", 1)),
    ];
    let refused: Vec<Value> =
        refused.iter().map(|(why, entry)| json!({"why": why, "entry": entry})).collect();
    json!({"what": "ledger entries, version 1", "accepted": accepted, "refused": refused})
}

fn cosigned(head: TreeHead) -> SignedCheckpoint {
    let mut signed = sign(head);
    let cosignature = signed.cosign(&witness(), Timestamp::from_seconds(NOON + 60)).unwrap();
    signed.add_cosignature(cosignature, &witness().verifying_key()).unwrap();
    signed
}

fn made_checkpoints() -> Value {
    let (_folder, tiles, head) = ledger(&[5]);
    let note = sign(head).to_note();
    let refused = [
        ("a size with a zero in front", note.replacen("\n5\n", "\n05\n", 1)),
        ("an extension line", note.replacen("\n\n", "\nextension\n\n", 1)),
        ("another origin", note.replacen("ledger/1\n", "ledger/2\n", 1)),
        ("another size", note.replacen("\n5\n", "\n6\n", 1)),
        ("no signature", note.split_once("\n\n").map(|(body, _)| format!("{body}\n\n")).unwrap()),
        ("a signature of an older head", {
            let older = sign(tiles.head_at(4).unwrap()).to_note();
            format!("{}\n\n{}", note.split_once("\n\n").unwrap().0, older.split_once("\n\n").unwrap().1)
        }),
        ("a hyphen for the dash", note.replacen('\u{2014}', "-", 1)),
    ];
    let refused: Vec<Value> = refused.iter().map(|(why, note)| json!({"why": why, "note": note})).collect();
    json!({
        "what": "checkpoints (C2SP tlog-checkpoint, signed-note type 01) and cosignatures (tlog-cosignature type 04); the private keys are of no ledger",
        "signing_key": *key().to_text(), "verifying_key": key().verifying_key().to_string(),
        "witness_signing_key": *witness().to_text(), "witness_key": witness().verifying_key().to_string(),
        "note": note, "cosigned": cosigned(head).to_note(), "cosigned_at": NOON + 60, "refused": refused,
    })
}

fn made_golden() -> Value {
    let (folder, tiles, head) = ledger(&[3, 257, 260]);
    let mut files: serde_json::Map<String, Value> =
        files(folder.path()).into_iter().map(|(name, bytes)| (name, STANDARD.encode(bytes).into())).collect();
    let mut frontier = Frontier::new();
    for i in 0..260 {
        frontier.push(entry(i).leaf_hash());
    }
    let receipt = |signed| receipts::receipt(258, 260, signed, &tiles).to_text();
    let state = SignerState { origin: origin(), size: head.size, root: head.root };
    files.sort_keys();
    json!({
        "what": "a ledger of 260 entries published in steps of 3, 257 and 260: its files (base64), two receipts, the stored frontier and the state of the signer",
        "verifying_key": key().verifying_key().to_string(), "witness_key": witness().verifying_key().to_string(),
        "files": files, "receipt": receipt(sign(head)), "receipt_cosigned": receipt(cosigned(head)),
        "receipt_subject_id": subject(258 % 7).1, "frontier": hex::encode(frontier.to_bytes()),
        "signer_state": state.to_text(),
    })
}

#[test]
#[ignore = "writes vectors that are missing"]
fn write_missing() {
    std::fs::create_dir_all(vectors()).unwrap();
    for name in NAMES {
        if !vectors().join(name).exists() {
            let text = serde_json::to_string_pretty(&made(name)).unwrap();
            std::fs::write(vectors().join(name), text + "\n").unwrap();
        }
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    for name in NAMES {
        assert!(made(name) == kept(name), "{name}");
    }
}

#[test]
fn trees() {
    let kept = kept("ledger-tree.json");
    let leaves: Vec<Hash> = kept["leaves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leaf| leaf_hash(&hex::decode(text(leaf)).unwrap()))
        .collect();
    let roots = hashes(&kept["roots"]);
    let number = |value: &Value| value.as_u64().unwrap();
    let at = |all: &[Hash], i: u64| all[usize::try_from(i).unwrap()];
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(mth(&leaves[..size]), *root);
    }
    for case in kept["inclusion"].as_array().unwrap() {
        let (index, size) = (number(&case["index"]), number(&case["size"]));
        let proof = InclusionProof { index, size, hashes: hashes(&case["hashes"]) };
        proof.verify(at(&leaves, index), at(&roots, size)).unwrap();
        assert!(proof.verify(at(&leaves, (index + 1) % 8), at(&roots, size)).is_err());
    }
    for case in kept["consistency"].as_array().unwrap() {
        let (old_size, new_size) = (number(&case["old"]), number(&case["new"]));
        let proof = ConsistencyProof { old_size, new_size, hashes: hashes(&case["hashes"]) };
        proof.verify(at(&roots, old_size), at(&roots, new_size)).unwrap();
        assert!(proof.verify(at(&roots, old_size - 1), at(&roots, new_size)).is_err());
    }
}

#[test]
fn commitments() {
    let kept = kept("ledger-commitment.json");
    let cases = kept["cases"].as_array().unwrap();
    for case in cases {
        let bytes = |field: &str| hex::decode(text(&case[field])).unwrap();
        let salt: [u8; 32] = bytes("salt").try_into().unwrap();
        let nonce: [u8; 16] = bytes("nonce").try_into().unwrap();
        let id: SubjectId = text(&case["subject_id"]).parse().unwrap();
        let commitment = Commitment::from_bytes(bytes("commitment").try_into().unwrap());
        let o = opening(&Sensitive::new(salt), text(&case["origin"]), &nonce);
        assert_eq!(o.expose().to_vec(), bytes("opening"));
        assert!(commitment.opens(&o, id));
        for at in 0..32 {
            let mut wrong = salt;
            wrong[at] ^= 1;
            let wrong = opening(&Sensitive::new(wrong), text(&case["origin"]), &nonce);
            assert!(!commitment.opens(&wrong, id));
        }
        let same = cases.iter().filter(|other| other["commitment"] == case["commitment"]).count();
        assert_eq!(same, 1, "no two cases show the same commitment");
    }
}

#[test]
fn entries_accepted_and_refused() {
    let kept = kept("ledger-entry.json");
    for case in kept["accepted"].as_array().unwrap() {
        let entry = Entry::from_bytes(text(&case["entry"])).unwrap();
        assert_eq!(hex::encode(entry.leaf_hash().as_bytes()), text(&case["leaf_hash"]));
    }
    for case in kept["refused"].as_array().unwrap() {
        assert!(Entry::from_bytes(text(&case["entry"])).is_err(), "{}", case["why"]);
    }
}

#[test]
fn checkpoints_accepted_and_refused() {
    let kept = kept("ledger-checkpoint.json");
    let key: VerifyingKey = text(&kept["verifying_key"]).parse().unwrap();
    let witness: WitnessKey = text(&kept["witness_key"]).parse().unwrap();
    assert_eq!(SigningKey::from_text(text(&kept["signing_key"])).unwrap().verifying_key(), key);
    assert_eq!(
        WitnessSigningKey::from_text(text(&kept["witness_signing_key"])).unwrap().verifying_key(),
        witness
    );
    SignedCheckpoint::open(text(&kept["note"]).as_bytes(), &key).unwrap();
    let cosigned = SignedCheckpoint::open(text(&kept["cosigned"]).as_bytes(), &key).unwrap();
    let by = cosigned.cosigned_by(&[witness]).unwrap();
    assert_eq!(by[0].time.as_seconds(), kept["cosigned_at"].as_i64().unwrap());
    for case in kept["refused"].as_array().unwrap() {
        assert!(SignedCheckpoint::open(text(&case["note"]).as_bytes(), &key).is_err(), "{}", case["why"]);
    }
}

#[test]
fn the_golden_ledger_is_read() {
    let kept = kept("ledger-golden.json");
    let key: VerifyingKey = text(&kept["verifying_key"]).parse().unwrap();
    let witness: WitnessKey = text(&kept["witness_key"]).parse().unwrap();
    let folder = scratch();
    for (name, bytes) in kept["files"].as_object().unwrap() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, STANDARD.decode(text(bytes)).unwrap()).unwrap();
    }
    let report = verify_dir(folder.path(), &key, &mut |_, _| {}).unwrap();
    assert_eq!((report.entries, report.warnings_total), (260, 0));
    let head = report.checkpoint.head();
    let frontier = Frontier::from_bytes(&hex::decode(text(&kept["frontier"])).unwrap()).unwrap();
    assert_eq!(frontier.head(), head);
    assert_eq!(SignerState::parse(text(&kept["signer_state"])).unwrap().head(), head);
    for (field, witnesses) in [("receipt", 0), ("receipt_cosigned", 1)] {
        let receipt = Receipt::parse(text(&kept[field]).as_bytes()).unwrap();
        let proved = receipt.verify(&key, core::slice::from_ref(&witness)).unwrap();
        assert_eq!(proved.cosigned_by.len(), witnesses);
        assert_eq!(proved.subject_id.to_string(), text(&kept["receipt_subject_id"]));
        assert_eq!((proved.index, proved.checkpoint.head()), (258, head));
    }
}
