//! Measurements of the traffic log, each in a process of its own so that memory can be told apart; `cargo xtask bench
//! traffic` runs them all and makes the table. Prints one line per figure, `name TAB value`: times in milliseconds (wall, and user
//! and system time of the processor), sizes in bytes.
//!
//! ```text
//! log FORM LINES PARTS FILE      a log of a made-up day, form `combined` or `waarborg`; `-` is standard output
//! parse FORM FILE                the parser alone, in one thread
//! seal FILE FOLDER               log lines to a sealed segment in a store, the shape of `waarborg traffic import`
//! ask FOLDER ROUNDS              questions to that segment under a release of everything
//! stream FOLDER                  imports a log of any length from standard input
//! node FOLDER                    the shipper takes a log from standard input: spool, commits, seal
//! days FOLDER DAYS LINES MORE    seals days, asks for one address over the first DAYS, destroys
//! ```

mod day;
mod days;
mod generator;
mod long;
mod stand_in;

use base::{Clock, SystemClock};
use generator::{Form, World};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;
use traffic::parse::Format;

/// The processors of the smallest machine that the figures are meant for.
const THREADS: NonZeroUsize = NonZeroUsize::new(2).expect("two");

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["log", form, lines, parts, file] => log(form, lines.parse()?, parts.parse()?, file),
        ["parse", form, file] => day::parse(format(form)?, Path::new(file)),
        ["seal", file, folder] => day::seal(Path::new(file), Path::new(folder)),
        ["ask", folder, rounds] => day::ask(Path::new(folder), rounds.parse()?),
        ["stream", folder] => long::stream(Path::new(folder)),
        ["node", folder] => long::node(Path::new(folder)),
        ["days", folder, days, lines, more] => {
            days::measure(Path::new(folder), days.parse()?, lines.parse()?, more.parse()?)
        }
        _ => Err("see the first lines of main.rs for what it can be asked".into()),
    }
}

fn format(form: &str) -> Result<Format> {
    match form {
        "combined" => Ok(Format::CombinedHost),
        "waarborg" => Ok(Format::Waarborg),
        _ => Err(format!("{form}: neither combined nor waarborg").into()),
    }
}

/// Midnight of 10 October 2025, the day of every generated log.
const MIDNIGHT: i64 = 1_760_054_400;

fn log(form: &str, lines: usize, parts: u32, file: &str) -> Result<()> {
    let form = match format(form)? {
        Format::CombinedHost => Form::CombinedHost,
        _ => Form::Waarborg(MIDNIGHT),
    };
    let out: Box<dyn Write> =
        if file == "-" { Box::new(std::io::stdout().lock()) } else { Box::new(File::create(file)?) };
    let mut out = BufWriter::with_capacity(1 << 20, out);
    World::new().write(&mut out, form, lines, parts, 1)?;
    Ok(out.flush()?)
}

fn says(name: &str, value: impl core::fmt::Display) {
    println!("{name}\t{value}");
}

/// Does it once; says wall and processor time under a name.
fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let (begun, processor) = (now(), processor_millis());
    let done = work()?;
    let wall = now().saturating_sub(begun);
    says(&format!("{name}.ms"), millis(wall));
    says(&format!("{name}.cpu_ms"), processor_millis() - processor);
    Ok((done, wall))
}

/// Does it several times; says the median of the wall time, and the processor time of one round.
fn median<T>(name: &str, rounds: usize, mut work: impl FnMut() -> Result<T>) -> Result<T> {
    let (mut walls, processor) = (Vec::new(), processor_millis());
    loop {
        let begun = now();
        let done = work()?;
        walls.push(now().saturating_sub(begun));
        if walls.len() >= rounds {
            walls.sort_unstable();
            says(&format!("{name}.ms"), millis(walls[walls.len() / 2]));
            says(&format!("{name}.cpu_ms"), (processor_millis() - processor) / walls.len() as f64);
            return Ok(done);
        }
    }
}

fn millis(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1e3)
}

/// The clock, in microseconds.
fn now() -> Duration {
    Duration::from_micros(u64::try_from(SystemClock.now().as_micros()).unwrap_or(0))
}

/// User and system time of this process, from `/proc/self/stat`, in ticks of 10 ms.
fn processor_millis() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() * 10.0
}

/// The most memory this process ever had resident, in bytes.
fn says_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next());
    says("memory", kibibytes.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) * 1_024);
}
