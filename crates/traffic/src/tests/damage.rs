//! Every byte counts: what is cut off or flipped gives an error or does not matter, and never other rows.

use super::round_trip::{find, made};
use super::{Made, Release, threads};
use crate::scan::{Cancel, Query, scan};
use crate::segment::name::{NodeId, SegmentName};
use crate::segment::{KeyObject, Limits, ObjectError, ReadError, Record, Segment, TAG_BYTES};
use std::ops::ControlFlow;
use std::sync::Arc;

fn read_all(name: SegmentName, data: Vec<u8>) -> Result<u64, ReadError> {
    let segment = Segment::open(name, Arc::new(data))?;
    for number in 0..=255 {
        segment.bucket(&Release::ALL, number)?;
    }
    let mut take = |batch: &crate::scan::Batch<'_>| {
        let bad = |row| batch.path(row).is_err() || batch.agent(row).is_err();
        if batch.rows().iter().any(bad) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let all = scan(&segment, &Release::ALL, &Query::default(), threads(1), &Cancel::default(), &mut take)?;
    Ok(all.rows)
}

#[test]
fn a_flipped_byte_is_found() {
    // So many that the shared dictionary has something to read too.
    let (made, _) = made(5_000, Limits::default(), 1);
    let segment = made.open();
    let step = made.data.len() / 400 + 1;
    let ends = (0..40).chain(made.data.len() - 60..made.data.len());
    for at in (0..made.data.len()).step_by(step).chain(ends) {
        let mut data = made.data.clone();
        data[at] ^= 0x10;
        // Buckets have no statistics, so nobody reads the empty frame that stands for them.
        let unread = segment.entries().iter().any(|entry| {
            let end = (entry.offset + entry.length()) as usize;
            entry.statistics == 0 && (end - TAG_BYTES..end).contains(&at)
        });
        assert!(read_all(made.name, data).is_err() || unread, "byte {at}");
    }
}

#[test]
fn a_truncated_object_is_found() {
    let (made, _) = made(300, Limits::default(), 1);
    for length in (0..made.data.len()).step_by(made.data.len() / 200 + 1) {
        assert!(read_all(made.name, made.data[..length].to_vec()).is_err(), "{length} bytes");
    }
    let longer = [&made.data[..], b"x"].concat();
    assert!(read_all(made.name, longer).is_err());
    let other = SegmentName { node: NodeId::from_bytes([9; 16]), ..made.name };
    let refused = Segment::open(other, Arc::new(made.data.clone()));
    assert!(matches!(refused, Err(ReadError::Object(ObjectError::OtherSegment))));
}

#[test]
fn blocks_do_not_open_in_each_others_place() {
    let (made, _) = made(300, Limits::default(), 1);
    let segment = made.open();
    let buckets: Vec<_> = segment.entries().iter().filter(|entry| entry.block.kind() == 2).collect();
    let (one, other) = (buckets[3], buckets[4]);
    let mut data = made.data.clone();
    let (from, length) = (one.offset as usize, one.length() as usize);
    data[from..from + length]
        .copy_from_slice(&made.data[other.offset as usize..other.offset as usize + length]);
    let swapped = Made { data, ..made };
    assert!(matches!(swapped.open().bucket(&Release::ALL, 3), Err(ReadError::Frame { .. })));
    assert!(swapped.open().bucket(&Release::ALL, 4).is_ok());
}

#[test]
fn a_key_object_is_read_whole_or_not_at_all() {
    let (made, _) = made(100, Limits::default(), 1);
    let bytes = &made.sealed.key_object;
    let object = made.keys();
    assert_eq!(object.records.len(), made.open().entries().len());
    assert_eq!(object.bytes(), *bytes);
    for length in (0..bytes.len()).step_by(101) {
        assert!(KeyObject::parse(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert_eq!(KeyObject::parse(&[&bytes[..], b"x"].concat()), Err(ObjectError::Length));
    // Everything up to the manifest's reason is held by magic, lengths, names and root.
    for at in (0..bytes.len() - 45).step_by(37) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let read = KeyObject::parse(&damaged);
        // What the signature alone holds: group key, hashes, length.
        let manifest_changed = read.as_ref().is_ok_and(|read| read.manifest != object.manifest);
        assert!(read.is_err() || manifest_changed, "byte {at}");
    }
}

#[test]
fn a_destroyed_record_leaves_the_root() {
    let (made, rows) = made(2_000, Limits::default(), 1);
    let without = made.keys().without(280).expect("it was there");
    let read = KeyObject::parse(&without.bytes()).expect("reads");
    assert!(matches!(read.records[280], Record::Destroyed(_)));
    assert_eq!(read.manifest, made.keys().manifest);
    assert_eq!(read.without(280), None);
    assert_eq!(find(&made, &Release::ALL, &Query::default(), 1).0.len(), rows.len());
}
