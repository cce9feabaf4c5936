//! Logs of any length from standard input: what memory they take.

use crate::day::{gather, open, store_day};
use crate::generator::World;
use crate::stand_in::{StandIn, name, sites};
use crate::{MIDNIGHT, Result, THREADS, says, says_memory, timed};
use base::{Day, SystemRandom, Timestamp};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use traffic::node::Node;
use traffic::parse::{DefaultHost, Format, LineParser};
use traffic::segment::name::SegmentName;
use traffic::segment::{Limits, Reason, Sealed};
use traffic::ship::{Settings, Shipper};

/// Standard input, counted.
struct Counted(Arc<AtomicU64>);

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = io::stdin().read(buffer)?;
        self.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Imports a log that is too long for memory; its days are sealed into a store.
pub fn stream(folder: &Path) -> Result<()> {
    let (store, keys) = (open(folder)?, StandIn::new()?);
    let bytes = Arc::new(AtomicU64::new(0));
    let mut rows = 0;
    let (counts, _) = timed("stream", || {
        gather(Counted(Arc::clone(&bytes)), Format::CombinedHost, &mut |day| {
            rows += store_day(&store, &keys, day)?.0;
            Ok(())
        })
    })?;
    if counts.bad.total() > 0 || counts.lines != rows {
        return Err(format!("{} lines became {rows} rows", counts.lines).into());
    }
    says("rows", rows);
    says("bytes", bytes.load(Ordering::Relaxed));
    says_memory();
    Ok(())
}

/// A node takes a day's log and seals it, as `waarborg traffic ship -` does.
pub fn node(folder: &Path) -> Result<()> {
    let keys = StandIn::new()?;
    let group = Arc::clone(keys.group());
    let settings = Settings {
        sites: sites(&World::new()),
        limits: Limits::default(),
        threads: THREADS,
        level: 3,
        key_of: Box::new(move |_| Some(Arc::clone(&group))),
        random: Arc::new(SystemRandom),
    };
    let node = Node::create(folder, &SystemRandom)?;
    // The clock of the log: nothing is due before all of it was read.
    let begun = Timestamp::from_seconds(MIDNIGHT);
    let (mut shipper, _) = Shipper::open(node, settings, begun)?;
    let bytes = Arc::new(AtomicU64::new(0));
    let parser = LineParser::new(Format::CombinedHost, DefaultHost::none());
    shipper.input(Counted(Arc::clone(&bytes)), parser, begun)?;
    let mut sealed: Vec<(SegmentName, Sealed)> = Vec::new();
    let mut done = || -> Result<()> {
        let mut read = 0u64;
        while !shipper.is_done() {
            // A commit every 2 MB: at the speed of a real day, 150 kB in each second, the disk's syncs would take most of an hour.
            let at = begun.plus_seconds(i64::try_from(read / 2_000_000)?.min(86_000));
            let stepped = shipper.step(at)?;
            read += stepped.bytes as u64;
            sealed.extend(stepped.sealed);
        }
        sealed.extend(shipper.seal_all(Reason::Day, begun.plus_seconds(86_000))?);
        Ok(())
    };
    timed("node", &mut done)?;
    let rows: u64 = sealed.iter().map(|(_, sealed)| sealed.rows).sum();
    let day = Day::from_number(u32::try_from(MIDNIGHT / 86_400)?);
    if shipper.counts().hits != rows || sealed.iter().any(|(sealed, _)| sealed.day != name(day).day) {
        return Err(format!("{} lines became {rows} rows", shipper.counts().hits).into());
    }
    says("rows", rows);
    says("segments", sealed.len());
    says("bytes", bytes.load(Ordering::Relaxed));
    says_memory();
    Ok(())
}
