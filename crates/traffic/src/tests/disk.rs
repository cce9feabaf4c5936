//! Segments on a disk: whole or not there, never replaced, destroyed in the right order, and verified.

use super::generator::{log, sites};
use super::{StandIn, import, name, site_id, threads};
use crate::parse::Format;
use crate::segment::name::SegmentName;
use crate::segment::{Canary, KeyObject, Limits, Reason, Record, SealOptions, Sealed, seal};
use crate::store::{Depth, Finding, LocalStore, StoreError, Stored};
use base::Day;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

fn store(folder: &Path) -> LocalStore {
    LocalStore::open(folder.join("data"), folder.join("keys")).expect("opens")
}

fn put(store: &LocalStore, seq: u32) -> (SegmentName, Result<(), StoreError>) {
    let (text, _) = log(500, 40, u64::from(seq));
    let (mut days, _) = import(text.as_bytes(), Format::Waarborg, &sites(40), Limits::default(), 1);
    let day = days.pop().expect("a day");
    let name = SegmentName { seq, ..name(day.day()) };
    (name, write(store, &name, day).map(|_| ()))
}

fn write(
    store: &LocalStore,
    name: &SegmentName,
    day: crate::segment::Gatherer,
) -> Result<Sealed, StoreError> {
    let mut writing = store.begin(name)?;
    let options = SealOptions {
        threads: threads(1),
        level: 1,
        reason: Reason::Day,
        previous: [0; 32],
        canary: Canary::Without,
    };
    let sealed = seal(day, name, &StandIn, &StandIn, options, &mut writing).expect("seals");
    writing.finish(&sealed)?;
    Ok(sealed)
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("reads") {
        let path = entry.expect("reads").path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

const LONG_AGO: Day = Day::from_number(0);

fn records_present(keys: &KeyObject) -> usize {
    keys.records.iter().filter(|record| matches!(record, Record::Present(_))).count()
}

#[test]
fn a_segment_is_stored_and_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    let (name, result) = put(&store, 1);
    result.expect("stores");
    assert_eq!(store.segments().expect("lists"), [Stored::from(&name)]);
    let keys = store.key_object(&Stored::from(&name)).expect("reads");
    let segment = store.segment(&keys).expect("opens");
    assert_eq!(segment.entries().len(), records_present(&keys));
    let verified = store.verify(LONG_AGO, Depth::Bytes).expect("verifies");
    assert_eq!((verified.segments, verified.oldest, verified.findings), (1, Some(name.day), vec![]));
    let names: Vec<PathBuf> = all_files(folder.path());
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].ends_with(format!("data/day=2025-10-10/{}-0000000001.segment", name.node)));
}

#[test]
fn a_segment_is_never_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    put(&store, 1).1.expect("stores");
    let before: Vec<Vec<u8>> =
        all_files(folder.path()).iter().map(|path| fs::read(path).expect("reads")).collect();
    assert!(matches!(put(&store, 1).1, Err(StoreError::Exists { .. })));
    let after: Vec<Vec<u8>> =
        all_files(folder.path()).iter().map(|path| fs::read(path).expect("reads")).collect();
    assert!(before == after);
}

#[test]
fn what_was_not_finished_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    let mut writing = store.begin(&name(Day::from_number(20_000))).expect("begins");
    writing.write_all(b"half").expect("writes");
    writing.flush().expect("writes");
    // As a crash leaves it.
    std::mem::forget(writing);
    assert_eq!(store.segments().expect("lists"), []);
    let verified = store.verify(LONG_AGO, Depth::Bytes).expect("verifies");
    assert!(matches!(verified.findings.as_slice(), [Finding::Stray(_)]));
    let dropped = store.begin(&name(Day::from_number(20_000))).expect("begins again");
    drop(dropped);
    assert_eq!(all_files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_day_is_destroyed_keys_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    let (name, result) = put(&store, 1);
    result.expect("stores");
    put(&store, 2).1.expect("stores");
    let stored = Stored::from(&name);
    let late = store.verify(Day::from_number(name.day.number() + 1), Depth::Objects).expect("verifies");
    assert_eq!(late.findings.len(), 2);
    assert!(late.findings.contains(&Finding::PastTerm(stored)));
    let destroyed = store.destroy_day(name.day).expect("destroys");
    assert_eq!((destroyed.keys, destroyed.data), (2, 2));
    assert_eq!(all_files(folder.path()), Vec::<PathBuf>::new());
    assert_eq!(store.destroy_day(name.day).expect("again"), crate::store::Destroyed::default());
    // Killed between the two: data that nobody opens, found and removed by repeating.
    put(&store, 3).1.expect("stores");
    fs::remove_dir_all(folder.path().join("keys/day=2025-10-10")).expect("removes");
    let verified = store.verify(LONG_AGO, Depth::Objects).expect("verifies");
    assert!(matches!(verified.findings.as_slice(), [Finding::DataWithoutKeys(_)]));
    assert_eq!(store.destroy_day(name.day).expect("destroys").data, 1);
}

#[test]
fn a_site_is_destroyed_and_the_rest_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    let (name, result) = put(&store, 1);
    result.expect("stores");
    let before = records_present(&store.key_object(&Stored::from(&name)).expect("reads"));
    assert_eq!(store.destroy_site(name.day, site_id(0)).expect("destroys").keys, 1);
    assert_eq!(store.destroy_site(name.day, site_id(0)).expect("destroys").keys, 0);
    assert_eq!(store.destroy_site(name.day, site_id(4_000)).expect("destroys").keys, 0);
    assert_eq!(records_present(&store.key_object(&Stored::from(&name)).expect("reads")), before - 1);
    assert_eq!(store.verify(LONG_AGO, Depth::Bytes).expect("verifies").findings, []);
    assert_eq!(all_files(folder.path()).len(), 2);
}

#[test]
fn a_site_is_destroyed_over_many_days_and_what_fails_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    let segments: Vec<SegmentName> = (1..=20).map(|seq| put(&store, seq).0).collect();
    let day = segments[0].day;
    let days: Vec<Day> = (0..30).map(|ahead| Day::from_number(day.number() + ahead)).collect();
    assert_eq!(store.destroy_site_over(&days, site_id(0)).expect("destroys").keys, 20);
    assert_eq!(store.destroy_site_over(&days, site_id(0)).expect("again").keys, 0);
    assert_eq!(store.destroy_site_over(&[], site_id(1)).expect("nothing").keys, 0);
    assert_eq!(store.verify(LONG_AGO, Depth::Bytes).expect("verifies").findings, []);
    let [_, path] = store.files(&Stored::from(&segments[7]));
    fs::write(&path, b"damaged").expect("writes");
    let error = store.destroy_site_over(&days, site_id(1)).expect_err("one is damaged");
    assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
}

#[test]
fn damage_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path());
    put(&store, 1).1.expect("stores");
    let files = all_files(folder.path());
    let clean: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).expect("reads")).collect();
    for (path, bytes) in files.iter().zip(&clean) {
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        for damaged in [&flipped[..], &bytes[..bytes.len() / 2], &[]] {
            fs::write(path, damaged).expect("writes");
            let verified = store.verify(LONG_AGO, Depth::Bytes).expect("verifies");
            assert!(
                matches!(verified.findings.as_slice(), [Finding::Damaged(..)]),
                "{path:?} {}",
                damaged.len()
            );
        }
        fs::write(path, bytes).expect("writes");
    }
    fs::remove_file(&files[0]).expect("removes");
    let verified = store.verify(LONG_AGO, Depth::Objects).expect("verifies");
    assert!(matches!(verified.findings.as_slice(), [Finding::KeysWithoutData(_)]));
}
