//! Scanning released segments: which rows answer a question.
//!
//! A scan reads as little as it can: an address is looked up in the index first, sites and chunks are left out by
//! what their heads say, patterns are tried once on each path and not on each row, and columns are read only once
//! the ones before them left something over. It works in any number of threads, gives rows in batches, and ends
//! early when it is cancelled, when whoever takes the batches says so, or at the limit of rows.

mod query;

pub use query::{Pattern, Prefix, Query, Times};

use crate::hit::Address;
use crate::segment::name::{Block, SiteId};
use crate::segment::{
    Completeness, Next, ReadError, ReleasedKeys, Run, Segment, SiteReader, SpooledRows, Strings, Unpacker,
};
use query::host_and_path;
use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Chunks that one thread takes at once.
const CHUNKS_AT_ONCE: usize = 4;

/// Ends a scan from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends the scan soon: within a chunk of each thread.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A row that was asked for. It does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Second of the day.
    pub second: u32,
    /// The visitor.
    pub address: Address,
    path: u32,
    agent: u32,
}

/// Where the texts of a batch are.
#[derive(Clone, Copy)]
enum Texts<'a> {
    Sealed(&'a SiteReader<'a>, &'a Strings),
    /// Rows of a frame that a spool left: path and browser id of a row bear its number.
    Spooled(&'a SpooledRows),
}

/// Rows of one site.
pub struct Batch<'a> {
    site: SiteId,
    texts: Texts<'a>,
    rows: &'a [Found],
}

impl<'a> Batch<'a> {
    /// The site.
    #[must_use]
    pub const fn site(&self) -> SiteId {
        self.site
    }

    /// The rows, by address and second; those that a spool left as they came.
    #[must_use]
    pub const fn rows(&self) -> &'a [Found] {
        self.rows
    }

    /// Host and path of a row; the host is empty for registered sites, whose host the site's id stands for.
    ///
    /// # Errors
    /// When the dictionary cannot be read.
    pub fn path(&self, row: &Found) -> Result<(&'a [u8], &'a [u8]), ReadError> {
        let text = match self.texts {
            Texts::Sealed(site, _) => site.path(row.path)?,
            Texts::Spooled(rows) => rows.path(row.path as usize).unwrap_or_default(),
        };
        Ok(host_and_path(self.site, text))
    }

    /// The browser id of a row.
    ///
    /// # Errors
    /// When the dictionary cannot be read.
    pub fn agent(&self, row: &Found) -> Result<&'a [u8], ReadError> {
        match self.texts {
            Texts::Sealed(site, shared) => site.agent(shared, row.agent),
            Texts::Spooled(rows) => Ok(rows.agent(row.agent as usize).unwrap_or_default()),
        }
    }
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything was looked at.
    Complete,
    /// It was cancelled, or whoever took the batches had enough.
    Stopped,
    /// At the limit of rows.
    Limit,
}

/// What a scan did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scanned {
    /// How it ended.
    pub end: End,
    /// Rows given.
    pub rows: u64,
    /// Sites whose block was opened.
    pub sites: u64,
    /// Chunks of which a column was read.
    pub chunks: u64,
}

/// The sites that saw an address, by the index alone. `None` when the index cannot say: the prefix is wider than a
/// bucket, its key was not released, or there were more addresses than it holds.
///
/// # Errors
/// When the index cannot be read.
pub fn touched(
    segment: &Segment,
    keys: &dyn ReleasedKeys,
    prefix: &Prefix,
) -> Result<Option<Vec<SiteId>>, ReadError> {
    let Some(number) = prefix.bucket(segment) else { return Ok(None) };
    let Some(bucket) = segment.bucket(keys, number)? else { return Ok(None) };
    if bucket.completeness == Completeness::Incomplete {
        return Ok(None);
    }
    let mut places = bucket.sites(|address| prefix.holds(address));
    places.sort_unstable();
    places.dedup();
    let site = |place: u32| segment.sites().get(place as usize).map(|(site, _)| *site);
    Ok(Some(places.into_iter().filter_map(site).collect()))
}

/// Scans one segment. Sites that the query names and the release does not are an error; without sites in the
/// query, the scan goes over those that were released.
///
/// # Errors
/// When something that was to be read is damaged or not released.
pub fn scan(
    segment: &Segment,
    keys: &dyn ReleasedKeys,
    query: &Query,
    threads: NonZeroUsize,
    cancel: &Cancel,
    take: &mut Take<'_>,
) -> Result<Scanned, ReadError> {
    let tasks = candidates(segment, keys, query)?;
    let shared = segment.shared_agents(keys)?;
    let scan = Scan {
        segment,
        keys,
        query,
        cancel,
        shared: &shared,
        queue: Mutex::new(Queue { tasks, running: 0, ended: None }),
        changed: Condvar::new(),
        take: Mutex::new(take),
        rows: AtomicU64::new(0),
        sites: AtomicU64::new(0),
        chunks: AtomicU64::new(0),
    };
    let result = if threads.get() == 1 {
        scan.work()
    } else {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads.get()).map(|_| scope.spawn(|| scan.work())).collect();
            let mine = scan.work();
            let theirs =
                others.into_iter().map(|thread| thread.join().expect("a scanning thread does not panic"));
            theirs.fold(mine, Result::and)
        })
    };
    result?;
    let end = lock(&scan.queue).ended.unwrap_or(End::Complete);
    let number = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    Ok(Scanned { end, rows: number(&scan.rows), sites: number(&scan.sites), chunks: number(&scan.chunks) })
}

/// The sites worth opening, the largest first.
fn candidates<'s>(
    segment: &'s Segment,
    keys: &dyn ReleasedKeys,
    query: &Query,
) -> Result<VecDeque<Task<'s>>, ReadError> {
    let mut by_address: Option<BTreeSet<SiteId>> = None;
    if let Some(prefixes) = &query.addresses {
        let mut all = Some(BTreeSet::new());
        for prefix in prefixes {
            match (touched(segment, keys, prefix)?, &mut all) {
                (Some(sites), Some(all)) => all.extend(sites),
                _ => all = None,
            }
        }
        by_address = all;
    }
    let asked = |site: SiteId| query.sites.as_ref().is_none_or(|sites| sites.contains(&site));
    let indexed = |site: SiteId| by_address.as_ref().is_none_or(|sites| sites.contains(&site));
    let sealed = segment.sites().iter().map(|(site, entry)| (Block::Rows(*site), *site, entry.rows));
    let sealed = sealed.filter(|(_, site, _)| indexed(*site));
    let spooled = segment.spooled_sites().map(|(site, entry)| (Block::Spool(site), site, entry.rows));
    let mut found = Vec::new();
    for (block, site, rows) in sealed.chain(spooled).filter(|(_, site, _)| asked(*site)) {
        match keys.key(segment.name(), block) {
            Some(_) => found.push((rows, block, site)),
            None if query.sites.is_some() => return Err(ReadError::OutOfScope { block }),
            None => {}
        }
    }
    found.sort_unstable_by_key(|(rows, ..)| core::cmp::Reverse(*rows));
    let task = |(_, block, site)| match block {
        Block::Spool(_) => Task::Spooled(site),
        _ => Task::Site(site),
    };
    Ok(found.into_iter().map(task).collect())
}

enum Task<'s> {
    Site(SiteId),
    /// What a spool left of a site.
    Spooled(SiteId),
    /// Chunks of a site from one number to before another.
    Chunks(Arc<SiteReader<'s>>, usize, usize),
}

struct Queue<'s> {
    tasks: VecDeque<Task<'s>>,
    /// Threads that may still add tasks.
    running: usize,
    ended: Option<End>,
}

/// Whoever takes the batches.
type Take<'t> = dyn FnMut(&Batch<'_>) -> ControlFlow<()> + Send + 't;

struct Scan<'s, 't> {
    segment: &'s Segment,
    keys: &'s dyn ReleasedKeys,
    query: &'s Query,
    cancel: &'s Cancel,
    shared: &'s Strings,
    queue: Mutex<Queue<'s>>,
    changed: Condvar,
    take: Mutex<&'t mut Take<'t>>,
    rows: AtomicU64,
    sites: AtomicU64,
    chunks: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'s> Scan<'s, '_> {
    fn work(&self) -> Result<(), ReadError> {
        let mut unpacker = Unpacker::default();
        while let Some(task) = self.next() {
            let result = match task {
                Task::Site(site) => self.open(site, &mut unpacker),
                Task::Spooled(site) => self.spooled(site, &mut unpacker),
                Task::Chunks(site, from, to) => self.read(&site, from..to, &mut unpacker),
            };
            let mut queue = lock(&self.queue);
            queue.running -= 1;
            if result.is_err() {
                queue.ended = Some(End::Stopped);
            }
            drop(queue);
            self.changed.notify_all();
            result?;
        }
        Ok(())
    }

    fn next(&self) -> Option<Task<'s>> {
        let mut queue = lock(&self.queue);
        loop {
            if self.cancel.is_cancelled() {
                queue.ended.get_or_insert(End::Stopped);
            }
            if queue.ended.is_some() {
                self.changed.notify_all();
                return None;
            }
            if let Some(task) = queue.tasks.pop_front() {
                queue.running += 1;
                return Some(task);
            }
            if queue.running == 0 {
                return None;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn open(&self, site: SiteId, unpacker: &mut Unpacker) -> Result<(), ReadError> {
        let Some(key) = self.keys.key(self.segment.name(), Block::Rows(site)) else { return Ok(()) };
        let reader = Arc::new(self.segment.site(site, &key)?);
        drop(key);
        self.sites.fetch_add(1, Ordering::Relaxed);
        if self.query.seconds.is_some_and(|(from, to)| reader.seconds.1 < from || reader.seconds.0 >= to) {
            return Ok(());
        }
        let chunks = reader.chunks.len();
        if chunks > CHUNKS_AT_ONCE {
            let mut queue = lock(&self.queue);
            for from in (CHUNKS_AT_ONCE..chunks).step_by(CHUNKS_AT_ONCE) {
                queue.tasks.push_front(Task::Chunks(
                    Arc::clone(&reader),
                    from,
                    chunks.min(from + CHUNKS_AT_ONCE),
                ));
            }
            drop(queue);
            self.changed.notify_all();
        }
        self.read(&reader, 0..chunks.min(CHUNKS_AT_ONCE), unpacker)
    }

    fn read(
        &self,
        site: &SiteReader<'_>,
        chunks: std::ops::Range<usize>,
        unpacker: &mut Unpacker,
    ) -> Result<(), ReadError> {
        for number in chunks {
            if self.cancel.is_cancelled() || lock(&self.queue).ended.is_some() {
                return Ok(());
            }
            let rows = self.chunk(site, number, unpacker)?;
            if !rows.is_empty() {
                self.give(site.site, Texts::Sealed(site, self.shared), rows);
            }
        }
        Ok(())
    }

    fn chunk(
        &self,
        site: &SiteReader<'_>,
        number: usize,
        unpacker: &mut Unpacker,
    ) -> Result<Vec<Found>, ReadError> {
        let head = &site.chunks[number];
        let query = self.query;
        if query.seconds.is_some_and(|(from, to)| head.seconds.1 < from || head.seconds.0 >= to) {
            return Ok(Vec::new());
        }
        let one = query.addresses.as_deref().and_then(|prefixes| match prefixes {
            [prefix] => prefix.single(),
            _ => None,
        });
        if one.is_some_and(|address| !head.spans(address)) {
            return Ok(Vec::new());
        }
        let paths_asked = match &query.path {
            Some(pattern) => {
                let asked = site.matching_paths(|paths, marks| pattern.mark(site.site, paths, marks))?;
                if !asked.iter().any(|asked| *asked) {
                    return Ok(Vec::new());
                }
                Some(asked)
            }
            None => None,
        };
        self.chunks.fetch_add(1, Ordering::Relaxed);
        let stored = site.chunk_bytes(number)?;
        let chunk = site.chunk(number, &stored);
        let runs = chunk.runs(unpacker)?;
        let kept = self.kept_runs(site, &runs)?;
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let paths = chunk.paths(unpacker)?;
        let mut found = matching_rows(&kept, &paths, paths_asked.as_deref());
        if found.is_empty() {
            return Ok(Vec::new());
        }
        if query.times == Times::Given || query.seconds.is_some() {
            let seconds = chunk.seconds(unpacker, &runs)?;
            found.iter_mut().for_each(|(row, found)| found.second = seconds[*row]);
        }
        let (from, to) = query.seconds.unwrap_or((0, u32::MAX));
        Ok(found
            .into_iter()
            .map(|(_, found)| found)
            .filter(|found| (from..to).contains(&found.second))
            .collect())
    }

    /// The runs whose address and browser id are asked for.
    fn kept_runs(&self, site: &SiteReader<'_>, runs: &[Run]) -> Result<Vec<Run>, ReadError> {
        let agents = match &self.query.agent {
            Some(pattern) => Some(site.matching_agents(self.shared, |agent| pattern.matches(agent))?),
            None => None,
        };
        let asked = |run: &&Run| {
            let prefixes = self.query.addresses.as_ref();
            prefixes.is_none_or(|prefixes| prefixes.iter().any(|prefix| prefix.holds(run.address)))
                && agents.as_ref().is_none_or(|agents| is_asked(agents, run.agent))
        };
        Ok(runs.iter().filter(asked).copied().collect())
    }

    fn spooled(&self, site: SiteId, unpacker: &mut Unpacker) -> Result<(), ReadError> {
        let Some(key) = self.keys.key(self.segment.name(), Block::Spool(site)) else { return Ok(()) };
        let mut reader = self.segment.spooled(site, &key)?;
        drop(key);
        self.sites.fetch_add(1, Ordering::Relaxed);
        let mut rows = SpooledRows::default();
        while reader.next(unpacker, &mut rows)? == Next::Rows {
            if self.cancel.is_cancelled() || lock(&self.queue).ended.is_some() {
                return Ok(());
            }
            self.chunks.fetch_add(1, Ordering::Relaxed);
            let found: Vec<Found> =
                (0..rows.len()).filter_map(|number| self.query.found(site, &rows, number)).collect();
            if !found.is_empty() {
                self.give(site, Texts::Spooled(&rows), found);
            }
        }
        Ok(())
    }

    fn give(&self, site: SiteId, texts: Texts<'_>, mut rows: Vec<Found>) {
        let mut take = lock(&self.take);
        let given = self.rows.load(Ordering::Relaxed);
        let room = self.query.rows_max.map_or(u64::MAX, |max| max.saturating_sub(given));
        let mut end = None;
        if rows.len() as u64 >= room {
            rows.truncate(usize::try_from(room).unwrap_or(usize::MAX));
            end = Some(End::Limit);
        }
        self.rows.fetch_add(rows.len() as u64, Ordering::Relaxed);
        if !rows.is_empty() && take(&Batch { site, texts, rows: &rows }).is_break() {
            end = Some(End::Stopped);
        }
        drop(take);
        if let Some(end) = end {
            lock(&self.queue).ended.get_or_insert(end);
        }
    }
}

/// The rows of these runs whose path is asked for, with their places in the chunk.
fn matching_rows(runs: &[Run], paths: &[u32], asked: Option<&Vec<bool>>) -> Vec<(usize, Found)> {
    let mut found = Vec::new();
    for run in runs {
        for (row, path) in paths.iter().enumerate().skip(run.from).take(run.rows) {
            if asked.is_none_or(|asked| is_asked(asked, *path)) {
                found.push((row, Found { second: 0, address: run.address, path: *path, agent: run.agent }));
            }
        }
    }
    found
}

#[inline]
fn is_asked(asked: &[bool], number: u32) -> bool {
    asked.get(number as usize).copied().unwrap_or(false)
}
