//! What a crash leaves opens for the officers, under the scope that the rows would have had, and for nobody else.

use super::generator::{Expected, MIDNIGHT, log, sites};
use super::round_trip::rows_of;
use super::{Release, StandIn, name, site_id, threads};
use crate::hit::Hit;
use crate::parse::{DefaultHost, Format, LineParser};
use crate::scan::{Cancel, Prefix, Query, scan};
use crate::segment::name::{Block, SegmentName};
use crate::segment::{KeyObject, ReadError, Reason, Segment};
use crate::spool::{LeftSpool, Spool, file_name, hand_over};
use base::{Day, Timestamp};
use memchr::memmem;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

fn day() -> Day {
    Timestamp::from_seconds(MIDNIGHT).day()
}

fn add(spool: &mut Spool, lines: &str) {
    let sites = sites(40);
    let mut parser = LineParser::new(Format::Waarborg, DefaultHost::none());
    for line in lines.lines() {
        let hit: Hit<'_> = parser.parse(line.as_bytes()).expect("parses").expect("a hit");
        spool.add(&StandIn, sites.id(sites.place(&hit.host)), &hit).expect("takes");
    }
}

/// A spool with its rows in several flushes, and one part that never was flushed.
fn left(folder: &Path) -> (SegmentName, Vec<Expected>, u64) {
    let name = name(day());
    let mut spool = Spool::create(folder, name, &StandIn).expect("begins");
    let (text, rows) = log(6_000, 40, 11);
    let lines: Vec<&str> = text.lines().collect();
    let mut committed = 0;
    for part in lines[..rows.len() - 500].chunks(700) {
        add(&mut spool, &part.join("\n"));
        committed = spool.flush().expect("flushes");
    }
    let mut kept = rows[..rows.len() - 500].to_vec();
    add(&mut spool, &lines[rows.len() - 500..].join("\n"));
    // Killed here.
    drop(spool);
    kept.sort();
    (name, kept, committed)
}

fn hand(folder: &Path, committed: Option<u64>) -> (Vec<u8>, KeyObject) {
    let name = name(day());
    let left = LeftSpool::open(&folder.join(file_name(name.day, name.seq)), committed).expect("opens");
    let mut data = Vec::new();
    let sealed = hand_over(&left, &StandIn, [5; 32], &folder.join("scratch"), &mut data).expect("hands over");
    (data, KeyObject::parse(&sealed.key_object).expect("reads"))
}

#[test]
fn what_was_flushed_is_found_after_a_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let (name, rows, committed) = left(folder.path());
    for known in [Some(committed), None] {
        let (data, object) = hand(folder.path(), known);
        let stated = object.stated().expect("a manifest");
        assert_eq!(
            (stated.reason, stated.previous, stated.data_bytes),
            (Reason::Crash, [5; 32], data.len() as u64)
        );
        let segment = Segment::open(name, Arc::new(data)).expect("opens");
        assert!(segment.is_spool() && segment.sites().is_empty());
        assert_eq!(segment.entries().len(), object.records.len());
        let mut found = rows_of(&segment, &Release::ALL, &Query::default());
        found.sort();
        assert!(found == rows, "{} of {}", found.len(), rows.len());
    }
}

#[test]
fn questions_are_answered_within_the_scope() {
    let folder = tempfile::tempdir().expect("a folder");
    let (name, rows, committed) = left(folder.path());
    let (data, _) = hand(folder.path(), Some(committed));
    let segment = Segment::open(name, Arc::new(data)).expect("opens");
    let find = |query: &Query, is: &dyn Fn(&Expected) -> bool| {
        let mut found = rows_of(&segment, &Release::ALL, query);
        found.sort();
        let expected: Vec<Expected> = rows.iter().filter(|row| is(row)).cloned().collect();
        assert!(!expected.is_empty() && found == expected, "{query:?}");
    };
    let one = rows[rows.len() / 2].address.clone();
    let ip: std::net::IpAddr = one.parse().expect("an address");
    let addresses = Some(vec![Prefix::exactly(ip.into())]);
    find(&Query { addresses, ..Query::default() }, &|row| row.address == one);
    find(&Query { seconds: Some((10_000, 40_000)), ..Query::default() }, &|row| {
        (10_000..40_000).contains(&row.second)
    });
    let path = Some(crate::scan::Pattern::contains("page/1"));
    find(&Query { path, ..Query::default() }, &|row| row.path.contains("page/1"));
    let agent = Some(crate::scan::Pattern::begins("Rare"));
    find(&Query { agent, ..Query::default() }, &|row| row.agent.starts_with("Rare"));

    let scope = Release { sites: Some([site_id(0)].into()), index: false };
    let found = rows_of(&segment, &scope, &Query::default());
    assert!(!found.is_empty() && found.iter().all(|row| row.host == "site0.example"));
    let beyond = Query { sites: Some([site_id(1)].into()), ..Query::default() };
    let refused =
        scan(&segment, &scope, &beyond, threads(1), &Cancel::default(), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(refused, Err(ReadError::OutOfScope { block: Block::Spool(_) })));
}

#[test]
fn a_spool_cut_off_anywhere_keeps_what_was_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let (name, rows, committed) = left(folder.path());
    let path = folder.path().join(file_name(name.day, name.seq));
    let bytes = fs::read(&path).expect("reads");
    assert_eq!(bytes.len() as u64, committed, "what was not flushed is not there");
    let mut before = 0;
    for length in (120..bytes.len()).step_by(bytes.len() / 60) {
        fs::write(&path, &bytes[..length]).expect("writes");
        // Shorter than what was committed is damage, and not rows that never were.
        assert!(LeftSpool::open(&path, Some(committed)).is_err());
        if LeftSpool::open(&path, None).expect("opens").is_empty() {
            continue;
        }
        let (data, _) = hand(folder.path(), None);
        let segment = Segment::open(name, Arc::new(data)).expect("opens");
        let found = rows_of(&segment, &Release::ALL, &Query::default());
        assert!(found.iter().all(|row| rows.binary_search(row).is_ok()));
        assert!(found.len() >= before && found.len() < rows.len());
        before = found.len();
    }
    assert!(before > 0);
}

#[test]
fn a_flipped_byte_in_a_spool_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (name, rows, committed) = left(folder.path());
    let path = folder.path().join(file_name(name.day, name.seq));
    let bytes = fs::read(&path).expect("reads");
    for at in (0..bytes.len()).step_by(bytes.len() / 300) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 4;
        fs::write(&path, &flipped).expect("writes");
        let Ok(left) = LeftSpool::open(&path, Some(committed)) else { continue };
        let mut data = Vec::new();
        let Ok(sealed) = hand_over(&left, &StandIn, [0; 32], &folder.path().join("scratch"), &mut data)
        else {
            continue;
        };
        let Ok(object) = KeyObject::parse(&sealed.key_object) else { continue };
        if object.name != name {
            continue;
        }
        let segment = Segment::open(name, Arc::new(data)).expect("opens");
        let mut found = 0;
        let scanned =
            scan(&segment, &Release::ALL, &Query::default(), threads(1), &Cancel::default(), &mut |batch| {
                found += batch.rows().len();
                ControlFlow::Continue(())
            });
        // A key record is held by its proof and its commitment, when it is opened; the group key by the manifest's
        // signature.
        let keys_changed = (0..object.records.len()).any(|place| {
            let Some(Ok(record)) = object.record(place) else { return true };
            record.bytes() != super::stand_in(&name, record.block()).0
        });
        let other_group = object.stated().expect("a manifest").group_key != *super::GROUP.public().bytes();
        assert!(scanned.is_err() || found == rows.len() && (keys_changed || other_group), "byte {at}");
    }
}

#[test]
fn a_spool_shows_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, rows, _) = left(folder.path());
    let spool = fs::read(folder.path().join(file_name(day(), 1))).expect("reads");
    let (data, _) = hand(folder.path(), None);
    for bytes in [&spool, &data] {
        for row in rows.iter().step_by(53) {
            let texts = [row.address.as_bytes(), row.agent.as_bytes(), row.host.as_bytes()];
            for text in texts.into_iter().chain((row.path.len() > 6).then_some(row.path.as_bytes())) {
                assert!(memmem::find(bytes, text).is_none());
            }
        }
        assert!(memmem::find(bytes, &[0x28, 0xb5, 0x2f, 0xfd]).is_none());
    }
}

#[test]
fn a_write_that_failed_is_repeated_with_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut spool = Spool::create(folder.path(), name(day()), &StandIn).expect("begins");
    let (text, mut rows) = log(900, 40, 12);
    let lines: Vec<&str> = text.lines().collect();
    add(&mut spool, &lines[..300].join("\n"));
    // A flush that never came to the disk: its bytes stay, and more come behind them.
    spool.close_frames_for_test();
    add(&mut spool, &lines[300..].join("\n"));
    let committed = spool.flush().expect("flushes");
    assert_eq!(spool.flush().expect("again"), committed);
    drop(spool);
    let (data, _) = hand(folder.path(), Some(committed));
    let segment = Segment::open(name(day()), Arc::new(data)).expect("opens");
    let mut found = rows_of(&segment, &Release::ALL, &Query::default());
    found.sort();
    rows.sort();
    assert!(found == rows);
}
