//! The shipper: rotation, copying and truncation, finished logs, standard input, midnight, a full disk; and a crash at
//! every step. Each line is in exactly one segment.

use super::generator::{MIDNIGHT, host};
use super::officers::{group, release};
use super::{site_id, threads};
use crate::node::Node;
use crate::parse::{DefaultHost, Format, LineParser};
use crate::scan::{Cancel, Query, scan};
use crate::segment::{KeyObject, Limits, Manifest, Reason, Released};
use crate::ship::{Settings, ShipError, Shipper, committed, request_seal};
use crate::sites::Sites;
use crate::store::{Depth, LocalStore};
use base::{Day, SeededRandom, SystemRandom, Timestamp};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const NOON: Timestamp = Timestamp::from_seconds(MIDNIGHT + 43_200);

/// A line that is there once: its number is its path.
pub fn line(number: u64, at: Timestamp) -> String {
    format!(
        "{}.5\t{}\t192.0.2.{}\t/n/{number}\tAgent/{}\n",
        at.as_seconds(),
        host(number % 5),
        number % 250,
        number % 3
    )
}

pub fn settings() -> Settings {
    let hosts: Vec<String> = (0..4).map(host).collect();
    let sites = hosts.iter().enumerate().map(|(number, host)| (host.as_str(), site_id(number)));
    let key = Arc::clone(group().0.key());
    Settings {
        sites: Arc::new(Sites::new(sites)),
        limits: Limits { rows_unpacked_max: 100_000, ..Limits::default() },
        threads: threads(1),
        level: 1,
        key_of: Box::new(move |_| Some(Arc::clone(&key))),
        random: Arc::new(SystemRandom),
    }
}

pub fn parser() -> LineParser {
    LineParser::new(Format::Waarborg, DefaultHost::none())
}

pub fn open(folder: &Path, now: Timestamp) -> Shipper {
    let node = match Node::open(folder) {
        Ok(node) => node,
        Err(_) => Node::create(folder, &SeededRandom::new(1)).expect("makes a node"),
    };
    Shipper::open(node, settings(), now).expect("begins").0
}

/// How often each number is sealed, of all segments of a node; its store and the chain of its manifests are right.
pub fn sealed(folder: &Path) -> BTreeMap<u64, u64> {
    let segments = folder.join("segments");
    let store = LocalStore::open(segments.join("data"), segments.join("keys")).expect("opens");
    let verified = store.verify(Day::from_number(0), Depth::Bytes).expect("verifies");
    assert_eq!(verified.findings, []);
    let mut manifests: Vec<Manifest> = Vec::new();
    let mut numbers = BTreeMap::new();
    for stored in store.segments().expect("lists") {
        let object: KeyObject = store.key_object(&stored).expect("reads");
        manifests.push(object.stated().expect("a manifest"));
        let mut released = Released::default();
        release(&object, &mut released);
        let segment = store.segment(&object).expect("opens");
        let scanned =
            scan(&segment, &released, &Query::default(), threads(1), &Cancel::default(), &mut |batch| {
                for row in batch.rows() {
                    let (_, path) = batch.path(row).expect("a path");
                    let number =
                        path.strip_prefix(b"/n/").and_then(|digits| std::str::from_utf8(digits).ok());
                    let number = number.and_then(|digits| digits.parse().ok()).expect("a number");
                    *numbers.entry(number).or_default() += 1;
                }
                ControlFlow::Continue(())
            });
        scanned.expect("scans");
    }
    // One chain: each names another one before it, and one is the first.
    let mut previous: Vec<[u8; 32]> = manifests.iter().map(|manifest| manifest.previous).collect();
    let mut hashes: Vec<[u8; 32]> = manifests.iter().map(Manifest::hash).chain([[0; 32]]).collect();
    previous.sort_unstable();
    hashes.sort_unstable();
    previous.dedup();
    assert_eq!(previous.len(), manifests.len(), "no two follow the same one");
    assert!(previous.iter().all(|one| hashes.binary_search(one).is_ok()));
    numbers
}

#[track_caller]
pub fn each_once(folder: &Path, count: u64) {
    let numbers = sealed(folder);
    let missing: Vec<u64> = (0..count).filter(|number| !numbers.contains_key(number)).take(5).collect();
    let doubles: Vec<(&u64, &u64)> = numbers.iter().filter(|(_, times)| **times != 1).take(5).collect();
    assert!(
        missing.is_empty() && doubles.is_empty() && numbers.len() as u64 == count,
        "{} of {count}, missing {missing:?}, doubles {doubles:?}",
        numbers.len()
    );
}

struct Log {
    path: PathBuf,
    next: u64,
}

impl Log {
    fn write(&mut self, count: u64, at: Timestamp) {
        let text: String = (self.next..self.next + count).map(|number| line(number, at)).collect();
        let file = OpenOptions::new().append(true).create(true).open(&self.path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("writes");
        self.next += count;
    }
}

fn log(folder: &Path) -> Log {
    Log { path: folder.join("access.log"), next: 0 }
}

fn after(seconds: i64) -> Timestamp {
    NOON.plus_seconds(seconds)
}

#[test]
fn a_log_is_followed_across_rotations_and_restarts() {
    let folder = tempfile::tempdir().expect("a folder");
    let (state, mut log) = (folder.path().join("node"), log(folder.path()));
    let rotated = |number: u32| folder.path().join(format!("access.log.{number}"));
    fs::write(folder.path().join("access.log.9"), line(999_999, NOON)).expect("writes");
    log.write(100, NOON);
    let mut shipper = open(&state, NOON);
    shipper.follow(&log.path, parser(), NOON).expect("follows");
    shipper.step(after(1)).expect("steps");
    // Renamed, and still written for a while.
    fs::rename(&log.path, rotated(1)).expect("renames");
    let mut old = OpenOptions::new().append(true).open(rotated(1)).expect("opens");
    old.write_all(line(log.next, NOON).as_bytes()).expect("writes");
    log.next += 1;
    shipper.step(after(2)).expect("steps");
    log.write(50, NOON);
    old.write_all(line(log.next, NOON).trim_end().as_bytes()).expect("writes");
    log.next += 1;
    shipper.step(after(3)).expect("steps");
    // Killed; two rotations while nobody looked.
    drop(shipper);
    log.write(10, NOON);
    fs::rename(rotated(1), rotated(2)).expect("renames");
    fs::rename(&log.path, rotated(1)).expect("renames");
    log.write(20, NOON);
    fs::rename(rotated(2), rotated(3)).expect("renames");
    fs::rename(rotated(1), rotated(2)).expect("renames");
    fs::rename(&log.path, rotated(1)).expect("renames");
    log.write(30, NOON);
    let mut shipper = open(&state, after(60));
    shipper.follow(&log.path, parser(), after(60)).expect("follows");
    for second in 61..90 {
        shipper.step(after(second)).expect("steps");
    }
    assert_eq!(shipper.counts().hits, log.next);
    shipper.seal_all(Reason::Day, after(90)).expect("seals");
    drop(shipper);
    each_once(&state, log.next);
    assert!(fs::read_dir(state.join("spool")).expect("reads").next().is_none());
    // Nothing more is read when nothing was written.
    let mut shipper = open(&state, after(100));
    shipper.follow(&log.path, parser(), after(100)).expect("follows");
    assert_eq!(shipper.step(after(101)).expect("steps").bytes, 0);
}

#[test]
fn a_copied_and_truncated_log_is_read_on_in_its_copy() {
    let folder = tempfile::tempdir().expect("a folder");
    let (state, mut log) = (folder.path().join("node"), log(folder.path()));
    log.write(100, NOON);
    let mut shipper = open(&state, NOON);
    shipper.follow(&log.path, parser(), NOON).expect("follows");
    shipper.step(after(1)).expect("steps");
    log.write(40, NOON);
    fs::copy(&log.path, folder.path().join("access.log.1")).expect("copies");
    // The copy is there and the log is not cut off yet: what both hold is read once.
    shipper.step(after(2)).expect("steps");
    log.write(7, NOON);
    fs::copy(&log.path, folder.path().join("access.log.1")).expect("copies");
    File::create(&log.path).expect("truncates");
    log.write(3, NOON);
    for second in 3..30 {
        shipper.step(after(second)).expect("steps");
    }
    shipper.seal_all(Reason::Day, after(30)).expect("seals");
    each_once(&state, log.next);
    let position = committed(&state).expect("reads").expect("committed");
    let source = position.sources.values().next().expect("a source");
    assert_eq!((source.truncations, source.lost), (1, 0));
    // Without a copy it is counted as a loss that may be.
    File::create(&log.path).expect("truncates");
    shipper.step(after(31)).expect("steps");
    shipper.seal_all(Reason::Day, after(32)).expect("seals");
    let position = committed(&state).expect("reads").expect("committed");
    let source = position.sources.values().next().expect("a source");
    assert_eq!((source.truncations, source.lost), (2, 1));
}

#[test]
fn finished_logs_and_standard_input_are_read_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("node");
    let text = |from: u64, to: u64| (from..to).map(|number| line(number, NOON)).collect::<String>();
    let packed = folder.path().join("old.log.gz");
    let mut gzip =
        flate2::write::GzEncoder::new(File::create(&packed).expect("creates"), flate2::Compression::fast());
    gzip.write_all(text(0, 20_000).as_bytes()).and_then(|()| gzip.finish().map(|_| ())).expect("packs");
    let other = folder.path().join("old.log.zst");
    let bytes = zstd::encode_all(text(20_000, 30_000).as_bytes(), 1).expect("packs");
    fs::write(&other, bytes).expect("writes");
    let mut shipper = open(&state, NOON);
    shipper.archive(&packed, parser()).expect("opens");
    shipper.step(after(1)).expect("steps");
    shipper.step(after(2)).expect("steps");
    // Killed in the middle of the first.
    drop(shipper);
    let mut shipper = open(&state, NOON);
    shipper.archive(&packed, parser()).expect("opens");
    shipper.archive(&other, parser()).expect("opens");
    shipper.input(std::io::Cursor::new(text(30_000, 31_000).into_bytes()), parser(), NOON).expect("begins");
    let mut second = 3;
    while !shipper.is_done() {
        shipper.step(after(second)).expect("steps");
        second += 1;
    }
    shipper.seal_all(Reason::Day, after(second)).expect("seals");
    drop(shipper);
    each_once(&state, 31_000);
    let gaps = || committed(&state).expect("reads").expect("committed").sources["-"].gaps;
    assert_eq!(gaps(), 0);
    let mut shipper = open(&state, after(1_000));
    shipper.input(std::io::empty(), parser(), after(1_000)).expect("begins");
    drop(shipper);
    let mut shipper = open(&state, after(1_001));
    shipper.input(std::io::empty(), parser(), after(1_001)).expect("begins");
    assert_eq!(gaps(), 1, "the run before did not see the end of its input");
    shipper.archive(&packed, parser()).expect("opens");
    assert_eq!(shipper.step(after(1_002)).expect("steps").bytes, 0, "read before");
}

#[test]
fn a_day_is_sealed_when_it_is_over_and_at_once_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (state, mut log) = (folder.path().join("node"), log(folder.path()));
    let late = Timestamp::from_seconds(MIDNIGHT + 86_390);
    log.write(10, late);
    let mut shipper = open(&state, late);
    shipper.follow(&log.path, parser(), late).expect("follows");
    shipper.step(late.plus_seconds(1)).expect("steps");
    log.write(5, late);
    log.write(10, late.plus_seconds(20));
    assert!(shipper.step(late.plus_seconds(20)).expect("steps").sealed.is_empty());
    let later = late.plus_seconds(1_200);
    log.write(1, later);
    let stepped = shipper.step(later).expect("steps");
    assert_eq!(stepped.sealed.len(), 1);
    assert_eq!((stepped.sealed[0].0.day, stepped.sealed[0].1.rows), (late.day(), 15));
    let request = request_seal(&state).expect("asks");
    let stepped = shipper.step(later.plus_seconds(1)).expect("steps");
    assert_eq!((stepped.sealed.len(), stepped.sealed[0].1.manifest.reason), (1, Reason::Now));
    assert!(!request.exists());
    // A line of the day after tomorrow is not a time.
    log.write(1, later.plus_days(2));
    log.next -= 1;
    shipper.step(later.plus_seconds(2)).expect("steps");
    assert_eq!((shipper.counts().hits, shipper.counts().bad, shipper.bad().total()), (log.next, 1, 1));
    shipper.seal_all(Reason::Day, later.plus_seconds(3)).expect("seals");
    each_once(&state, log.next);
}

#[test]
fn a_crash_at_every_step_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (state, mut log) = (folder.path().join("node"), log(folder.path()));
    log.write(1, NOON);
    for round in 0..25i64 {
        let now = after(round * 100);
        let mut shipper = open(&state, now);
        shipper.follow(&log.path, parser(), now).expect("follows");
        for step in 0..round % 7 {
            log.write(20, NOON);
            shipper.step(now.plus_seconds(step / 2)).expect("steps");
            if step == 3 {
                fs::rename(&log.path, folder.path().join(format!("access.log.{round}"))).expect("renames");
                log.write(1, NOON);
            }
            if round % 5 == 4 && step == 2 {
                shipper.seal_all(Reason::Now, now).expect("seals");
            }
        }
    }
    let mut shipper = open(&state, after(10_000));
    shipper.follow(&log.path, parser(), after(10_000)).expect("follows");
    for second in 10_001..10_030 {
        shipper.step(after(second)).expect("steps");
    }
    shipper.seal_all(Reason::Day, after(10_031)).expect("seals");
    drop(shipper);
    each_once(&state, log.next);
}

#[test]
fn one_shipper_and_never_without_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let (state, mut log) = (folder.path().join("node"), log(folder.path()));
    log.write(3, NOON);
    let shipper = open(&state, NOON);
    let second = Shipper::open(Node::open(&state).expect("opens"), settings(), NOON);
    assert!(matches!(second, Err(ShipError::Running(_))));
    drop(shipper);
    let none = Settings { key_of: Box::new(|_| None), ..settings() };
    let (mut shipper, _) = Shipper::open(Node::open(&state).expect("opens"), none, NOON).expect("begins");
    shipper.follow(&log.path, parser(), NOON).expect("follows");
    assert!(matches!(shipper.step(after(1)), Err(ShipError::NoKey(_))));
    drop(shipper);
    assert!(fs::read_dir(state.join("spool")).expect("reads").next().is_none());
    // With a key again, nothing was lost.
    let mut shipper = open(&state, after(5));
    shipper.follow(&log.path, parser(), after(5)).expect("follows");
    shipper.step(after(6)).expect("steps");
    shipper.seal_all(Reason::Day, after(7)).expect("seals");
    each_once(&state, 3);
}
