//! What the machine does wrong: a disk that takes no more, a clock that jumps a day, damaged state. Each is told by name, and no
//! line that was taken is lost or doubled.

use super::generator::sites;
use super::ship::{NOON, each_once, line, open, parser};
use super::{StandIn, import, name, threads};
use crate::node::Node;
use crate::parse::Format;
use crate::segment::{Canary, Limits, Reason, SealOptions, SealingError, seal};
use crate::ship::{ShipError, Shipper, committed};
use base::{SeededRandom, Timestamp};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

const FOLDER: &str = "WAARBORG_FULL_FOLDER";
const THIS: &str = "tests::faults::a_disk_that_takes_no_more_stops_the_reading_and_loses_nothing";

/// Limits of a file's length in blocks of 512 or 1,024 bytes, and lines: between them they refuse the positions, the spool, the data
/// object and the key object.
const REFUSALS: [(u32, u64); 7] =
    [(1, 300), (4, 300), (12, 300), (40, 300), (60, 300), (90, 300), (100, 30_000)];

#[test]
fn a_disk_that_takes_no_more_stops_the_reading_and_loses_nothing() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return ship_until_refused(Path::new(&folder));
    }
    for (blocks, lines) in REFUSALS {
        let folder = tempfile::tempdir().expect("a folder");
        let state = folder.path().join("node");
        Node::create(&state, &SeededRandom::new(1)).expect("makes a node");
        let log: String = (0..lines).map(|number| line(number, NOON)).collect();
        fs::write(folder.path().join("access.log"), log).expect("writes");
        // The system refuses to make any file longer than that: a full disk, as far as a program can see.
        let limited = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
        let child = Command::new("sh")
            .args(["-c", limited, "sh", &blocks.to_string()])
            .arg(std::env::current_exe().expect("a program"))
            .args(["--exact", THIS, "--nocapture"])
            .env(FOLDER, folder.path())
            .output()
            .expect("starts");
        let said = String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success(), "{blocks} blocks: {said}");
        let left = committed(&state).expect("reads").map_or(0, |position| position.counts.hits);
        assert!(left <= lines);
        // Room again.
        let mut shipper = open(&state, after(1_000));
        shipper.follow(&folder.path().join("access.log"), parser(), after(1_000)).expect("follows");
        for second in 1_001..1_020 {
            shipper.step(after(second)).expect("steps");
        }
        assert_eq!(shipper.counts().hits, lines, "{blocks} blocks");
        shipper.seal_all(Reason::Day, after(1_030)).expect("seals");
        drop(shipper);
        each_once(&state, lines);
    }
}

fn after(seconds: i64) -> Timestamp {
    NOON.plus_seconds(seconds)
}

/// The process whose files stay short: it goes on trying, as the command does, and then gives up.
fn ship_until_refused(folder: &Path) {
    let ended = try_to_ship(folder);
    let error = ended.expect_err("the disk takes all of it: the limit is too wide for this test");
    assert!(error.to_string().contains(&*folder.to_string_lossy()), "it names no file: {error}");
}

fn try_to_ship(folder: &Path) -> Result<(), ShipError> {
    let node = Node::open(&folder.join("node"))?;
    let (mut shipper, _) = Shipper::open(node, super::ship::settings(), NOON)?;
    shipper.follow(&folder.join("access.log"), parser(), NOON)?;
    let mut refused = None;
    for second in 1..12 {
        if let Err(error) = shipper.step(after(second)) {
            refused = Some(error);
        }
    }
    let sealed = shipper.seal_all(Reason::Day, after(20));
    match refused {
        Some(error) => Err(error),
        None => sealed.map(drop),
    }
}

/// Takes so many bytes and then none.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 && !bytes.is_empty() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn sealing_onto_a_full_disk_is_an_error_at_every_byte() {
    let options = SealOptions {
        threads: threads(2),
        level: 1,
        reason: Reason::Day,
        previous: [0; 32],
        canary: Canary::Without,
    };
    let text: String = (0..200).map(|number| line(number, NOON)).collect();
    let sealed = |room: usize| {
        let (mut days, _) = import(text.as_bytes(), Format::Waarborg, &sites(4), Limits::default(), 1);
        let day = days.pop().expect("a day");
        seal(day, &name(NOON.day()), &StandIn, &StandIn, options, &mut Full(room))
    };
    let whole = sealed(usize::MAX).expect("there is room").manifest.data_bytes as usize;
    for room in [0, 1, 39, 40, 41, whole / 3, whole - 45, whole - 44, whole - 1] {
        let refused = sealed(room).expect_err("there is no room");
        assert!(matches!(refused, SealingError::Write(_)), "{room} of {whole}: {refused}");
    }
    sealed(whole).expect("just enough");
}

#[test]
fn a_clock_that_jumps_a_day_loses_and_doubles_nothing() {
    for jump in [1, -1] {
        let folder = tempfile::tempdir().expect("a folder");
        let (state, path) = (folder.path().join("node"), folder.path().join("access.log"));
        let mut shipper = open(&state, NOON);
        let mut number = 0;
        let mut text = String::new();
        // The web server's clock is the same one: it jumps too, and back after an hour.
        for minute in 0..180i64 {
            let jumped = if (60..120).contains(&minute) { jump } else { 0 };
            let now = NOON.plus_seconds(minute * 60).plus_days(jumped);
            for _ in 0..5 {
                text.push_str(&line(number, now));
                number += 1;
            }
            fs::write(&path, &text).expect("writes");
            if minute == 0 {
                shipper.follow(&path, parser(), now).expect("follows");
            }
            if minute == 90 {
                // A crash while the clock is wrong.
                drop(shipper);
                shipper = open(&state, now);
                shipper.follow(&path, parser(), now).expect("follows");
            }
            shipper.step(now.plus_seconds(1)).expect("steps");
        }
        shipper.step(after(10_900)).expect("steps");
        assert_eq!((shipper.counts().hits, shipper.counts().bad), (number, 0), "{jump} days");
        shipper.seal_all(Reason::Day, after(11_000)).expect("seals");
        drop(shipper);
        each_once(&state, number);
    }
}

#[test]
fn damaged_state_of_a_node_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("node");
    fs::write(folder.path().join("access.log"), line(0, NOON)).expect("writes");
    let mut shipper = open(&state, NOON);
    shipper.follow(&folder.path().join("access.log"), parser(), NOON).expect("follows");
    for second in 1..5 {
        shipper.step(after(second)).expect("steps");
    }
    shipper.seal_all(Reason::Day, after(5)).expect("seals");
    let (id, next) = (shipper.node().id(), shipper.node().next().expect("reads"));
    drop(shipper);
    let path = state.join("node.json");
    let whole = fs::read(&path).expect("reads");
    let blank = |at: usize| whole[at].is_ascii_whitespace();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        fs::write(&path, &flipped).expect("writes");
        match Node::open(&state) {
            Err(error) => assert!(error.to_string().contains("node.json"), "{error}"),
            // A space became another blank, or a letter of a digit another spelling: it says the same.
            Ok(node) => {
                assert!(blank(at) || (node.id(), node.next().expect("reads")) == (id, next), "byte {at}");
            }
        }
        fs::write(&path, &whole[..at]).expect("writes");
        assert!(Node::open(&state).is_err(), "{at} bytes");
    }
    fs::write(&path, &whole).expect("writes");
    // The key: 32 bytes or none.
    let key = state.join("node.key");
    let seed = fs::read(&key).expect("reads");
    fs::remove_file(&key).expect("removes");
    for bytes in [&seed[..31], &[&seed[..], b"x"].concat()] {
        fs::write(&key, bytes).expect("writes");
        let refused = Node::open(&state).expect_err("it is no key");
        assert!(refused.to_string().contains("node.key"), "{refused}");
    }
    fs::write(&key, &seed).expect("writes");
    assert_eq!(Node::open(&state).expect("opens").id(), id);
    // Positions: damage before the end stops the shipper; at the end it is a write that a crash cut off.
    let path = state.join("positions.log");
    let whole = fs::read(&path).expect("reads");
    let lines = whole.iter().filter(|byte| **byte == b'\n').count();
    assert!(lines > 1);
    for at in (0..whole.len()).step_by(whole.len() / 50) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        fs::write(&path, &flipped).expect("writes");
        let last = whole[at..].iter().filter(|byte| **byte == b'\n').count() <= 1;
        let opened = Shipper::open(Node::open(&state).expect("opens"), super::ship::settings(), after(10));
        match opened {
            Err(ShipError::Positions(named)) => assert_eq!(named, path),
            Err(error) => panic!("byte {at}: {error}"),
            Ok(_) => assert!(last, "byte {at}"),
        }
    }
}
