//! The shipper as a process of its own, killed with signal 9 at random moments while a writer writes 50,000 lines a second
//! and rotates. `WAARBORG_KILLS` says how often; it takes about a third of a second each.

use super::ship::{each_once, line, open, parser};
use crate::segment::Reason;
use crate::ship::request_seal;
use base::{Clock, SystemClock, SystemRandom, Timestamp};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const FOLDER: &str = "WAARBORG_KILL_FOLDER";
const KILLS: &str = "WAARBORG_KILLS";
const LINES_PER_SECOND: u64 = 50_000;
const TICK: Duration = Duration::from_millis(10);

#[test]
fn killed_at_random_each_line_is_sealed_once() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return ship(Path::new(&folder));
    }
    let kills: u32 = std::env::var(KILLS).ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let folder = tempfile::tempdir().expect("a folder");
    let stop = AtomicBool::new(false);
    let random: &dyn base::Random = &SystemRandom;
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(folder.path(), &stop));
        for kill in 0..kills {
            let mut child = Command::new(std::env::current_exe().expect("a program"))
                .args(["--exact", "tests::kill::killed_at_random_each_line_is_sealed_once"])
                .env(FOLDER, folder.path())
                .stdout(Stdio::null())
                .spawn()
                .expect("starts");
            let [byte] = random.bytes::<1>();
            let whole = Duration::from_millis(60 + 2 * u64::from(byte));
            std::thread::sleep(whole / 2);
            if kill.is_multiple_of(3) {
                // Some are killed while they seal.
                request_seal(&folder.path().join("node")).expect("asks");
            }
            std::thread::sleep(whole / 2);
            child.kill().expect("is killed");
            assert!(!child.wait().expect("ends").success(), "it ended by itself");
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().expect("writes")
    });
    let state = folder.path().join("node");
    let mut shipper = open(&state, SystemClock.now());
    let log = folder.path().join("access.log");
    shipper.follow(&log, parser(), SystemClock.now()).expect("follows");
    // Time passes for the shipper alone: renamed files become quiet.
    for second in 0..40 {
        let now = SystemClock.now().plus_seconds(second);
        while shipper.step(now).expect("steps").bytes > 0 {}
    }
    assert_eq!(shipper.counts().hits, written);
    shipper.seal_all(Reason::Day, SystemClock.now()).expect("seals");
    let seen = shipper.node().store().segments().expect("lists").len();
    assert!(seen as u32 > kills / 3, "{seen} segments: the kills came before anything was committed");
    drop(shipper);
    each_once(&state, written);
}

/// The process that is killed.
fn ship(folder: &Path) {
    let begun = SystemClock.now();
    // A clock that runs faster: it commits every eighth of a second, and a short life sees several commits.
    let now = || {
        Timestamp::from_micros(begun.as_micros() + (SystemClock.now().as_micros() - begun.as_micros()) * 8)
    };
    let mut shipper = open(&folder.join("node"), begun);
    let log = folder.join("access.log");
    shipper.follow(&log, parser(), begun).expect("follows");
    loop {
        let stepped = shipper.step(now()).expect("steps");
        if stepped.bytes == 0 {
            std::thread::sleep(TICK);
        }
    }
}

/// Writes and rotates; says how many lines there are.
fn write(folder: &Path, stop: &AtomicBool) -> u64 {
    let path = folder.join("access.log");
    let begun = SystemClock.now();
    let (mut number, mut rotations) = (0u64, 0u64);
    let mut file = BufWriter::new(File::create(&path).expect("creates"));
    while !stop.load(Ordering::Relaxed) {
        let now = SystemClock.now();
        let millis = (now.as_millis() - begun.as_millis()) as u64;
        while number < millis * LINES_PER_SECOND / 1_000 {
            file.write_all(line(number, now).as_bytes()).expect("writes");
            number += 1;
        }
        // In pieces that end anywhere in a line.
        if millis.is_multiple_of(3) {
            file.flush().expect("writes");
        }
        if millis / 400 > rotations {
            rotations += 1;
            // The server goes on writing the old file for a moment.
            fs::rename(&path, folder.join(format!("access.log.{rotations}"))).expect("renames");
            file.write_all(line(number, now).as_bytes()).expect("writes");
            number += 1;
            file.flush().expect("writes");
            file = BufWriter::new(File::create(&path).expect("creates"));
        }
        std::thread::sleep(TICK);
    }
    file.flush().expect("writes");
    number
}
