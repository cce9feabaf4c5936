//! The golden segment of docs/vectors, kept for ever: every later release must read it, with keys that officers give
//! and not with what the sealing program kept.

use super::generator::{Expected, log, sites};
use super::officers::{group, open_all};
use super::round_trip::rows_of;
use super::{import, name, threads};
use crate::parse::Format;
use crate::scan::{Prefix, Query, touched};
use crate::segment::name::SegmentName;
use crate::segment::{
    Canary, GroupKeys, KeyObject, Limits, NodeKey, Reason, Released, SealOptions, Segment, merkle_root, seal,
    verify_manifest,
};
use base::{Day, SeededRandom};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Serialize, Deserialize)]
struct Golden {
    what: String,
    segment_id: String,
    node_public: String,
    data_sha256: String,
    records: usize,
    shared_agents: usize,
    /// Host, second of the day, address, path, browser id.
    rows: Vec<(String, u32, String, String, String)>,
}

fn file(end: &str) -> PathBuf {
    format!("{}/../../docs/vectors/traffic-segment-1.{end}", env!("CARGO_MANIFEST_DIR")).into()
}

fn golden() -> (Golden, Vec<u8>, KeyObject) {
    let read = |end| std::fs::read(file(end)).expect("the golden file is there");
    let stated = serde_json::from_slice(&read("json")).expect("reads");
    (stated, read("segment"), KeyObject::parse(&read("keys")).expect("a key object"))
}

#[test]
fn the_golden_segment_is_read_row_by_row() {
    let (golden, data, object) = golden();
    assert_eq!(hex::encode(object.name.id().bytes()), golden.segment_id);
    assert_eq!(hex::encode(Sha256::digest(&data)), golden.data_sha256);
    let manifest = object.stated().expect("a manifest");
    assert_eq!(
        (manifest.data_hash.as_slice(), manifest.data_bytes),
        (&Sha256::digest(&data)[..], data.len() as u64)
    );
    assert_eq!((object.records.len(), manifest.root), (golden.records, merkle_root(&object.records)));
    let public: [u8; 32] = hex::decode(&golden.node_public).expect("digits").try_into().expect("32 bytes");
    assert!(verify_manifest(&public, &object.manifest, &object.signature));

    let segment = Segment::open(object.name, Arc::new(data)).expect("opens");
    let mut released = Released::default();
    open_all(&object, &mut released);
    assert_eq!(released.len(), golden.records);
    let mut rows = rows_of(&segment, &released, &Query::default());
    rows.sort();
    let stated: Vec<Expected> = golden.rows.iter().map(expected).collect();
    assert_eq!(rows, stated);
    assert_eq!(segment.shared_agents(&released).expect("reads").len(), golden.shared_agents);
    // The index names as many sites for each address as its rows have, hosts that are not registered being one.
    for row in &stated {
        let address = row.address.parse::<std::net::IpAddr>().expect("an address").into();
        let found =
            touched(&segment, &released, &Prefix::exactly(address)).expect("reads").expect("is released");
        let of = |row: &Expected| if row.host.ends_with(".test") { String::new() } else { row.host.clone() };
        let hosts = stated.iter().filter(|other| other.address == row.address).map(of);
        assert_eq!(found.len(), hosts.collect::<std::collections::BTreeSet<_>>().len());
    }
    assert_eq!(segment.canary(&released).expect("reads"), Some(()));
}

fn expected((host, second, address, path, agent): &(String, u32, String, String, String)) -> Expected {
    Expected {
        host: host.clone(),
        second: *second,
        address: address.clone(),
        path: path.clone(),
        agent: agent.clone(),
    }
}

#[test]
fn the_golden_segment_opens_under_no_other_name() {
    let (_, data, object) = golden();
    let mut released = Released::default();
    open_all(&object, &mut released);
    let other = SegmentName { seq: object.name.seq + 1, ..object.name };
    assert!(Segment::open(other, Arc::new(data.clone())).is_err());
    let mut flipped = data;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    assert_ne!(Sha256::digest(&flipped)[..], object.stated().expect("a manifest").data_hash);
}

#[test]
#[ignore = "writes the golden segment if it is missing, never one that is there"]
fn write_missing() {
    if file("segment").exists() {
        return;
    }
    let (text, mut rows) = log(400, 40, 11);
    let (mut days, _) = import(text.as_bytes(), Format::Waarborg, &sites(40), Limits::default(), 1);
    let day = days.pop().expect("a day");
    let name = SegmentName { day: day.day(), ..name(Day::from_number(0)) };
    let keys = GroupKeys::new(Arc::clone(group().0.key()), Arc::new(SeededRandom::new(1)));
    let node = NodeKey::generate(&SeededRandom::new(2));
    let options = SealOptions {
        threads: threads(1),
        level: 9,
        reason: Reason::Day,
        previous: [0; 32],
        canary: Canary::With,
    };
    let mut data = Vec::new();
    let sealed = seal(day, &name, &keys, &node, options, &mut data).expect("seals");
    let object = KeyObject::parse(&sealed.key_object).expect("reads");
    let segment = Segment::open(name, Arc::new(data.clone())).expect("opens");
    let mut released = Released::default();
    open_all(&object, &mut released);
    rows.sort();
    let golden = Golden {
        what: "A segment and its key object, docs/formats/traffic-segment.md; the officers' secret is 5, their shares 5 + 3i".into(),
        segment_id: hex::encode(name.id().bytes()),
        node_public: hex::encode(node.public()),
        data_sha256: hex::encode(Sha256::digest(&data)),
        records: object.records.len(),
        shared_agents: segment.shared_agents(&released).expect("reads").len(),
        rows: rows.into_iter().map(|row| (row.host, row.second, row.address, row.path, row.agent)).collect(),
    };
    std::fs::write(file("segment"), data).expect("writes");
    std::fs::write(file("keys"), &sealed.key_object).expect("writes");
    std::fs::write(file("json"), serde_json::to_string(&golden).expect("writes") + "\n").expect("writes");
}
