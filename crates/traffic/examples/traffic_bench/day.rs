//! One day: the parser, log lines to a sealed segment, and questions to it.

use crate::generator::World;
use crate::stand_in::{StandIn, name, site, sites};
use crate::{Result, THREADS, median, processor_millis, says, says_memory, timed};
use base::SystemRandom;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use traffic::hit::Address;
use traffic::import::{Counts, Import};
use traffic::parse::{DefaultHost, Format, LineParser};
use traffic::scan::{Cancel, Pattern, Prefix, Query, Times, scan};
use traffic::segment::name::{Block, SiteId};
use traffic::segment::{
    Canary, Gatherer, Limits, NodeKey, Reason, Released, SealOptions, Segment, seal as seal_day,
};
use traffic::store::LocalStore;

/// How much of the log is parsed for the figure of the parser.
const PARSED_BYTES: u64 = 256 << 20;
const PARSE_ROUNDS: usize = 5;

/// Parsing alone, in one thread, of lines that are in memory.
pub fn parse(format: Format, path: &Path) -> Result<()> {
    let mut log = Vec::new();
    File::open(path)?.take(PARSED_BYTES).read_to_end(&mut log)?;
    let mut parser = LineParser::new(format, DefaultHost::none());
    let lines = median("parse", PARSE_ROUNDS, || {
        let (mut lines, mut rest) = (0u64, &log[..]);
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let hit = std::hint::black_box(parser.parse(&rest[..end]));
            lines += u64::from(hit.is_ok_and(|hit| hit.is_some()));
            rest = &rest[end + 1..];
        }
        Ok(lines)
    })?;
    says("bytes", log.len());
    says("lines", lines);
    Ok(())
}

pub fn open(folder: &Path) -> Result<LocalStore> {
    Ok(LocalStore::open(folder.join("data"), folder.join("keys"))?)
}

/// Imports a log of one day and gives what was gathered to `done`, with the counts.
pub fn gather(
    source: impl Read + Send,
    format: Format,
    done: &mut (dyn FnMut(Gatherer) -> Result<()> + Send),
) -> Result<Counts> {
    let import = Import {
        parser: LineParser::new(format, DefaultHost::none()),
        sites: sites(&World::new()),
        limits: Limits::default(),
        threads: THREADS,
    };
    let mut failed = None;
    let counts = import.run(source, &mut |day| {
        done(day).map_err(|error| {
            failed = Some(error.to_string());
            "a day could not be sealed"
        })
    });
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(counts?),
    }
}

/// Seals a day into a store: encrypted, indexed, synced, with its key object.
pub fn store_day(store: &LocalStore, keys: &StandIn, day: Gatherer) -> Result<(u64, u64)> {
    let options = SealOptions {
        threads: THREADS,
        level: 3,
        reason: Reason::Day,
        previous: [0; 32],
        canary: Canary::With,
    };
    let (name, node) = (name(day.day()), NodeKey::generate(&SystemRandom));
    let mut writing = store.begin(&name)?;
    let sealed = seal_day(day, &name, keys, &node, options, &mut writing)?;
    writing.finish(&sealed)?;
    Ok((sealed.rows, sealed.manifest.data_bytes + sealed.key_object.len() as u64))
}

pub fn seal(path: &Path, folder: &Path) -> Result<()> {
    let (store, keys) = (open(folder)?, StandIn::new()?);
    let ((counts, rows, bytes), _) = timed("ingest", || {
        let (mut rows, mut bytes) = (0, 0);
        let begun = processor_millis();
        let counts = gather(File::open(path)?, Format::CombinedHost, &mut |day| {
            says("gathered.cpu_ms", processor_millis() - begun);
            let stored = store_day(&store, &keys, day)?;
            rows += stored.0;
            bytes += stored.1;
            Ok(())
        })?;
        Ok((counts, rows, bytes))
    })?;
    if counts.bad.total() > 0 || counts.lines != rows {
        return Err(format!("{} lines became {rows} rows", counts.lines).into());
    }
    says("rows", rows);
    says("bytes_per_row", format!("{:.4}", bytes as f64 / rows as f64));
    says_memory();
    Ok(())
}

pub fn ask(folder: &Path, rounds: usize) -> Result<()> {
    let store = open(folder)?;
    let stored = store.segments()?.pop().ok_or("the store is empty")?;
    let segment = store.segment(&store.key_object(&stored)?)?;
    let mut keys = Released::default();
    StandIn::new()?.release(&mut keys, &segment, |_| true)?;
    let world = World::new();
    let rows = |host: &&str| {
        let block = Block::Rows(site(host));
        segment.entries().iter().find(|entry| entry.block == block).map_or(0, |entry| entry.length())
    };
    let busiest = world.hosts().max_by_key(rows).ok_or("there are no sites")?;
    // An address of middling activity: the 40th of those that tried to log in.
    let mut active: Vec<(u64, Address)> =
        logins(&segment, &keys)?.into_iter().map(|(address, count)| (count, address)).collect();
    active.sort_unstable();
    let address = active.get(active.len().saturating_sub(40)).map_or(Address::v4(0), |(_, address)| *address);
    says("site", busiest);
    says("address", address.ip());
    let one = Query { addresses: Some(vec![Prefix::exactly(address)]), ..Query::default() };
    let hour = Query {
        sites: Some(BTreeSet::from([site(busiest)])),
        seconds: Some((14 * 3_600, 15 * 3_600)),
        ..Query::default()
    };
    says("address.rows", median("address", rounds, || count(&segment, &keys, &one, THREADS))?);
    says("site_hour.rows", median("site_hour", rounds, || count(&segment, &keys, &hour, THREADS))?);
    let found: u64 = median("logins", rounds, || Ok(logins(&segment, &keys)?.values().sum()))?;
    says("logins.rows", found);
    says(
        "every.rows",
        median("every", rounds.min(3), || count(&segment, &keys, &Query::default(), THREADS))?,
    );
    says_memory();
    Ok(())
}

/// Rows of a question, each looked at with all its fields.
pub fn count(segment: &Segment, keys: &Released, query: &Query, threads: NonZeroUsize) -> Result<u64> {
    let mut bytes = 0;
    let scanned = scan(segment, keys, query, threads, &Cancel::default(), &mut |batch| {
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

/// The site whose destruction is measured: one that has rows every day.
pub fn some_site(world: &World) -> Result<SiteId> {
    world.hosts().next().map(site).ok_or_else(|| "there are no sites".into())
}
