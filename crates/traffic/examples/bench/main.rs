//! Measurements of the traffic log: `bench generate FILE LINES SEED` writes a log, `bench measure FILE [SITE ADDRESS]`
//! parses, seals and scans one (`combined` with the virtual host). Prints one line per figure; `clickhouse.py` beside it
//! asks the same of ClickHouse. Blocks are sealed as for officers; their keys are kept for the questions.

mod generator;

use base::{Clock, SystemClock, SystemRandom};
use keys::seal::{GroupKey, Point};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use traffic::hit::Address;
use traffic::import::Import;
use traffic::parse::{DefaultHost, Format, LineParser};
use traffic::scan::{Cancel, Pattern, Prefix, Query, Times, scan};
use traffic::segment::name::{Block, EpochId, Line, NodeId, SegmentName, SiteId};
use traffic::segment::{
    BlockKey, Canary, Gatherer, GroupKeys, Limits, NodeKey, Reason, RecordBytes, Released, SealError,
    SealOptions, Segment, SegmentKeys, seal,
};
use traffic::sites::Sites;

const THREADS: NonZeroUsize = NonZeroUsize::new(2).expect("two");
const ROUNDS: usize = 7;
/// How much of the log is parsed for the figure of the parser.
const PARSED_BYTES: u64 = 100 << 20;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", path, lines, seed] => {
            let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
            generator::write(&mut out, lines.parse()?, seed.parse()?)?;
            Ok(out.flush()?)
        }
        ["measure", path] => measure(Path::new(path), None),
        ["measure", path, site, address] => measure(Path::new(path), Some((site, address))),
        _ => Err("bench generate FILE LINES SEED, or bench measure FILE [SITE ADDRESS]".into()),
    }
}

const LINE: Line = Line::from_bytes([1; 32]);
const EPOCH: EpochId = EpochId::from_bytes([2; 16]);

/// The officers' seal under a group key made up here, whose keys are kept for the questions.
struct StandIn {
    keys: GroupKeys,
    kept: Mutex<Released>,
}

/// The generator of the group, RFC 9496 section 4.3.
const BASE: &str = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";

impl StandIn {
    fn new() -> Result<Self> {
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&BASE[2 * index..2 * index + 2], 16)?;
        }
        let group = GroupKey::new(LINE, EPOCH, Point::parse(&bytes)?);
        Ok(Self { keys: GroupKeys::new(Arc::new(group), Arc::new(SystemRandom)), kept: Mutex::default() })
    }
}

impl SegmentKeys for StandIn {
    fn seal(
        &self,
        name: &SegmentName,
        block: Block,
    ) -> std::result::Result<(RecordBytes, BlockKey), SealError> {
        let (record, key) = self.keys.seal(name, block)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(*name, block, key.clone());
        Ok((record, key))
    }

    fn group_key(&self) -> [u8; 32] {
        self.keys.group_key()
    }
}

/// Wall clock, and the processor time of this process where the system tells it.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Duration, f64)> {
    let (began, cpu) = (now(), cpu_seconds());
    let done = work()?;
    Ok((done, now().saturating_sub(began), cpu_seconds() - cpu))
}

/// The clock, in microseconds.
fn now() -> Duration {
    Duration::from_micros(u64::try_from(SystemClock.now().as_micros()).unwrap_or(0))
}

/// User and system time from `/proc/self/stat`, in ticks of 1/100 s.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn says(name: &str, figure: &str) {
    println!("{name:34} {figure}");
}

fn measure(path: &Path, asked: Option<(&str, &str)>) -> Result<()> {
    let hosts = parse_alone(path)?;
    // A generated log: its hosts and addresses are nobody's, and the comparison has to ask for the same.
    let busiest =
        hosts.iter().max_by_key(|(_, rows)| **rows).map(|(host, _)| host.clone()).unwrap_or_default();
    let busiest = asked.map_or(busiest, |(site, _)| site.to_owned());
    says("site asked for", &busiest);
    let named: Vec<&String> = hosts.keys().collect();
    let id = |index: usize| {
        SiteId::from_bytes(Sha256::digest(index.to_be_bytes())[..16].try_into().expect("16 bytes"))
    };
    let sites =
        Arc::new(Sites::new(named.iter().enumerate().map(|(index, host)| (host.as_str(), id(index)))));
    let busiest = named.iter().position(|host| **host == busiest).map(id).unwrap_or(SiteId::UNREGISTERED);

    let folder = tempfile::tempdir()?;
    let import = Import {
        parser: LineParser::new(Format::CombinedHost, DefaultHost::none()),
        sites,
        limits: Limits::default(),
        threads: THREADS,
    };
    let data = folder.path().join("data");
    let keys = StandIn::new()?;
    let ((name, rows, key_bytes), wall, cpu) = timed(|| ingest(&import, &keys, path, &data))?;
    let bytes = std::fs::metadata(&data)?.len() as usize + key_bytes;
    let rate = rows as f64 / wall.as_secs_f64();
    says(
        "log line to sealed segment",
        &format!("{rate:.0} lines/s, {:.2} s, {cpu:.2} s of processor", wall.as_secs_f64()),
    );
    says("size, index and keys included", &format!("{:.3} bytes per row", bytes as f64 / rows as f64));
    says("of which key object", &format!("{:.3} bytes per row", key_bytes as f64 / rows as f64));
    says("highest memory", &memory());
    let segment = Segment::open(name, Arc::new(File::open(&data)?))?;
    let sizes = segment.entries().iter().fold([0u64; 4], |mut sizes, entry| {
        sizes[entry.block.kind() as usize] += entry.length();
        sizes
    });
    says("rows, index, dictionary", &format!("{sizes:?} bytes"));
    let kept = keys.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    questions(&segment, &kept, busiest, asked.map(|(_, address)| address))
}

/// Parsing alone, in one thread; gives the hosts with their rows.
fn parse_alone(path: &Path) -> Result<BTreeMap<String, u64>> {
    let mut hosts: HashMap<Vec<u8>, u64> = HashMap::new();
    // A part of it, so that it does not count as memory of the import.
    let mut log = Vec::new();
    File::open(path)?.take(PARSED_BYTES).read_to_end(&mut log)?;
    let mut parser = LineParser::new(Format::CombinedHost, DefaultHost::none());
    let (hits, wall, cpu) = timed(|| {
        let mut hits = 0u64;
        let mut rest = &log[..];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            hits +=
                u64::from(std::hint::black_box(parser.parse(&rest[..end])).is_ok_and(|hit| hit.is_some()));
            rest = &rest[end + 1..];
        }
        Ok(hits)
    })?;
    says(
        "parse alone, one thread",
        &format!(
            "{:.2} GB/s, {:.2} GB/s of processor, {hits} lines",
            log.len() as f64 / wall.as_secs_f64() / 1e9,
            log.len() as f64 / cpu / 1e9
        ),
    );
    drop(log);
    for line in BufReader::new(File::open(path)?).split(b'\n') {
        if let Ok(Some(hit)) = parser.parse(&line?) {
            *hosts.entry(hit.host.to_vec()).or_default() += 1;
        }
    }
    Ok(hosts.into_iter().map(|(host, rows)| (String::from_utf8_lossy(&host).into_owned(), rows)).collect())
}

/// Imports and seals one day; the first one, when the log has several.
fn ingest(import: &Import, keys: &StandIn, path: &Path, data: &Path) -> Result<(SegmentName, u64, usize)> {
    let mut days: Vec<Gatherer> = Vec::new();
    let (_, wall, cpu) = timed(|| {
        let counts = import.run(File::open(path)?, &mut |day| -> std::result::Result<(), Infallible> {
            days.push(day);
            Ok(())
        })?;
        if counts.bad.total() > 0 {
            says("lines that cannot be read", &counts.bad.total().to_string());
        }
        Ok(())
    })?;
    says("of which reading and gathering", &format!("{:.2} s, {cpu:.2} s of processor", wall.as_secs_f64()));
    let day = days.into_iter().max_by_key(Gatherer::len).ok_or("the log is empty")?;
    let name =
        SegmentName { line: LINE, epoch: EPOCH, day: day.day(), node: NodeId::from_bytes([3; 16]), seq: 1 };
    let mut file = BufWriter::with_capacity(1 << 20, File::create(data)?);
    let options = SealOptions {
        threads: THREADS,
        level: 3,
        reason: Reason::Day,
        previous: [0; 32],
        canary: Canary::Without,
    };
    let node = NodeKey::generate(&SystemRandom);
    let sealed = seal(day, &name, keys, &node, options, &mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok((name, sealed.rows, sealed.key_object.len()))
}

fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.trim_start_matches("VmHWM:").trim().to_owned()
}

fn questions(segment: &Segment, keys: &Released, busiest: SiteId, asked: Option<&str>) -> Result<()> {
    // An address of middling activity: the 40th of those that tried to log in.
    let by_address = logins(segment, keys)?;
    let mut active: Vec<(u64, Address)> =
        by_address.into_iter().map(|(address, count)| (count, address)).collect();
    active.sort_unstable();
    let address = active.get(active.len().saturating_sub(40)).map_or(Address::v4(0), |(_, address)| *address);
    let asked = match asked {
        Some(text) => text.parse::<std::net::IpAddr>()?.into(),
        None => address,
    };
    says("address asked for", &asked.ip().to_string());
    let one = Query { addresses: Some(vec![Prefix::exactly(asked)]), ..Query::default() };
    let hour = Query {
        sites: Some(BTreeSet::from([busiest])),
        seconds: Some((14 * 3_600, 15 * 3_600)),
        ..Query::default()
    };
    best("one address in the day", || count(segment, keys, &one))?;
    best("one site in an hour", || count(segment, keys, &hour))?;
    best("log-in attempts by address", || Ok(logins(segment, keys)?.values().sum()))?;
    best("every row", || count(segment, keys, &Query::default()))
}

fn best(name: &str, work: impl Fn() -> Result<u64>) -> Result<()> {
    let (mut wall, mut rows) = (Duration::MAX, 0);
    let (_, _, cpu) = timed(|| {
        for _ in 0..ROUNDS {
            let began = now();
            rows = work()?;
            wall = wall.min(now().saturating_sub(began));
        }
        Ok(())
    })?;
    says(
        name,
        &format!(
            "{:.2} ms, {:.1} ms of processor, {rows} rows",
            wall.as_secs_f64() * 1e3,
            cpu * 1e3 / ROUNDS as f64
        ),
    );
    Ok(())
}

/// Rows of a question, each looked at with all its fields.
fn count(segment: &Segment, keys: &Released, query: &Query) -> Result<u64> {
    let mut bytes = 0;
    let scanned = scan(segment, keys, query, THREADS, &Cancel::default(), &mut |batch| {
        for row in batch.rows() {
            let texts = batch.path(row).and_then(|(_, path)| Ok(path.len() + batch.agent(row)?.len()));
            bytes += texts.unwrap_or(0) + row.second as usize;
        }
        ControlFlow::Continue(())
    })?;
    std::hint::black_box(bytes);
    Ok(scanned.rows)
}

fn logins(segment: &Segment, keys: &Released) -> Result<HashMap<Address, u64>> {
    let query =
        Query { path: Some(Pattern::contains("wp-login")), times: Times::LeftOut, ..Query::default() };
    let mut by_address = HashMap::new();
    scan(segment, keys, &query, THREADS, &Cancel::default(), &mut |batch| {
        for row in batch.rows() {
            *by_address.entry(row.address).or_default() += 1;
        }
        ControlFlow::Continue(())
    })?;
    Ok(by_address)
}
