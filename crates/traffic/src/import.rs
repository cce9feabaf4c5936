//! Whole logs: read, decompressed, parsed by several threads, and gathered by day.
//!
//! Memory is bounded however long the log is and however many days it spans: few days are gathered at once; when
//! another one begins, the one that was quiet for longest is handed over to be sealed. Rows that come for it later
//! make another segment of that day.

use crate::hit::Hit;
use crate::lines::Blocks;
use crate::parse::{BadLines, LineParser};
use crate::segment::{Gatherer, Limits};
use crate::sites::Sites;
use base::Day;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use thiserror::Error;

/// Days gathered at once: a log crosses midnight, and time zones are written wrongly.
pub const DAYS_OPEN_MAX: usize = 3;
/// Bytes that one thread parses at once.
const BLOCK_BYTES: usize = 1 << 20;
/// Longest window of a zstd-compressed log, as a power of two: the memory its reading takes.
const ZSTD_WINDOW_MAX: u32 = 27;

/// Why an import ended early.
#[derive(Debug, Error)]
pub enum ImportError<E> {
    /// The log cannot be read.
    #[error("the log cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A day could not be sealed.
    #[error("{0}")]
    Seal(E),
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines, blank ones left out.
    pub lines: u64,
    /// Lines that became rows.
    pub hits: u64,
    /// Lines that could not be read.
    pub bad: BadLines,
}

/// A plain, gzip or zstd stream, told apart by its first bytes.
///
/// # Errors
/// When the stream cannot be read.
pub fn decompressed<R: Read + Send + 'static>(source: R) -> io::Result<Box<dyn Read + Send>> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    let start = source.fill_buf()?;
    if start.starts_with(&[0x1f, 0x8b]) {
        // Rotated logs are often several gzip members one after another.
        Ok(Box::new(flate2::bufread::MultiGzDecoder::new(source)))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(source)?;
        decoder.window_log_max(ZSTD_WINDOW_MAX)?;
        Ok(Box::new(decoder))
    } else {
        Ok(Box::new(source))
    }
}

/// How to import.
#[derive(Debug, Clone)]
pub struct Import {
    /// The lines' format, and the host of lines that name none.
    pub parser: LineParser,
    /// Registered hosts.
    pub sites: Arc<Sites>,
    /// Limits of each segment; unpacked rows are limited over all days together.
    pub limits: Limits,
    /// Threads that parse.
    pub threads: NonZeroUsize,
}

/// A day being gathered, and when rows last came for it.
type Open = BTreeMap<Day, (Gatherer, AtomicU64)>;

struct Run<'a, R, E> {
    import: &'a Import,
    blocks: Mutex<Blocks<R>>,
    days: RwLock<Open>,
    /// Blocks read, as a clock.
    tick: AtomicU64,
    failed: AtomicBool,
    done: Mutex<&'a mut (dyn FnMut(Gatherer) -> Result<(), E> + Send)>,
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Import {
    /// Reads a log to its end. Each day is given to `done` when nothing more is expected for it.
    ///
    /// # Errors
    /// When the log cannot be read, or `done` fails; days that were given before stay as they are.
    pub fn run<E: Send>(
        &self,
        source: impl Read + Send,
        done: &mut (dyn FnMut(Gatherer) -> Result<(), E> + Send),
    ) -> Result<Counts, ImportError<E>> {
        let run = Run {
            import: self,
            blocks: Mutex::new(Blocks::new(source)),
            days: RwLock::default(),
            tick: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            done: Mutex::new(done),
        };
        let counts = std::thread::scope(|scope| {
            let others: Vec<_> = (1..self.threads.get()).map(|_| scope.spawn(|| run.work())).collect();
            let mine = run.work();
            let theirs =
                others.into_iter().map(|thread| thread.join().expect("an importing thread does not panic"));
            theirs.fold(mine, |all, one| {
                let (mut all, one) = (all?, one?);
                all.lines += one.lines;
                all.hits += one.hits;
                all.bad.merge(&one.bad);
                Ok(all)
            })
        })?;
        let days = run.days.into_inner().unwrap_or_else(PoisonError::into_inner);
        let done = run.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (_, (gatherer, _)) in days {
            done(gatherer).map_err(ImportError::Seal)?;
        }
        Ok(counts)
    }
}

impl<R: Read, E> Run<'_, R, E> {
    fn work(&self) -> Result<Counts, ImportError<E>> {
        let result = self.work_on();
        if result.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        result
    }

    fn work_on(&self) -> Result<Counts, ImportError<E>> {
        let mut parser = self.import.parser.clone();
        let mut counts = Counts::default();
        while !self.failed.load(Ordering::Relaxed) {
            let Some(lines) = lock(&self.blocks).next(BLOCK_BYTES)? else { break };
            let mut hits = Vec::with_capacity(lines.bytes.len() / 128);
            lines.each(|line| {
                match line.and_then(|line| parser.parse(line).map_err(|bad| (bad, line))) {
                    Ok(None) => return,
                    Ok(Some(hit)) => hits.push(hit),
                    Err((bad, line)) => counts.bad.add(bad, line),
                }
                counts.lines += 1;
            });
            counts.hits += hits.len() as u64;
            self.gather(&hits)?;
        }
        Ok(counts)
    }

    fn gather(&self, hits: &[Hit<'_>]) -> Result<(), ImportError<E>> {
        let tick = self.tick.fetch_add(1, Ordering::Relaxed);
        let mut left = hits.len();
        let mut days: Vec<Day> = Vec::new();
        for hit in hits {
            let day = day_of(hit);
            if days.last() != Some(&day) && !days.contains(&day) {
                days.push(day);
            }
        }
        for day in days {
            loop {
                let open = self.days.read().unwrap_or_else(PoisonError::into_inner);
                if let Some((gatherer, used)) = open.get(&day) {
                    left -= gatherer.add(hits);
                    used.fetch_max(tick, Ordering::Relaxed);
                    break;
                }
                drop(open);
                self.begin(day, tick)?;
            }
        }
        debug_assert_eq!(left, 0, "every hit lies in one of the days");
        if tick.is_multiple_of(16) {
            self.make_room();
        }
        Ok(())
    }

    fn begin(&self, day: Day, tick: u64) -> Result<(), ImportError<E>> {
        let mut open = self.days.write().unwrap_or_else(PoisonError::into_inner);
        if open.contains_key(&day) {
            return Ok(());
        }
        let quiet =
            open.iter().min_by_key(|(_, (_, used))| used.load(Ordering::Relaxed)).map(|(day, _)| *day);
        let leaves = if open.len() >= DAYS_OPEN_MAX { quiet.and_then(|day| open.remove(&day)) } else { None };
        let gatherer = Gatherer::new(day, Arc::clone(&self.import.sites), self.import.limits);
        open.insert(day, (gatherer, AtomicU64::new(tick)));
        drop(open);
        match leaves {
            Some((gatherer, _)) => lock(&self.done)(gatherer).map_err(ImportError::Seal),
            None => Ok(()),
        }
    }

    /// Each day packs its rows by itself; here those of all days together are held to the limit of one.
    fn make_room(&self) {
        let open = self.days.read().unwrap_or_else(PoisonError::into_inner);
        if open.len() < 2 {
            return;
        }
        let all: Vec<(usize, &Gatherer)> = open.values().map(|(day, _)| (day.unpacked(), day)).collect();
        if all.iter().map(|(rows, _)| rows).sum::<usize>() > self.import.limits.rows_unpacked_max
            && let Some((_, day)) = all.iter().max_by_key(|(rows, _)| rows)
        {
            day.pack();
        }
    }
}

fn day_of(hit: &Hit<'_>) -> Day {
    Day::from_number(u32::try_from(hit.seconds / 86_400).unwrap_or(0))
}
