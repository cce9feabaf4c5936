//! Many days: one address over all of them, and what destroying costs.

use crate::day::{count, gather, open, some_site, store_day};
use crate::generator::{Form, World};
use crate::stand_in::{StandIn, name};
use crate::{MIDNIGHT, Result, THREADS, median, says, says_memory, timed};
use base::Day;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use traffic::hit::Address;
use traffic::parse::Format;
use traffic::scan::{Cancel, Prefix, Query, scan, touched};
use traffic::segment::name::{Block, SegmentName};
use traffic::segment::{Released, bucket};
use traffic::store::LocalStore;

/// Days of the term, so many as a site can have records in.
const TERM_DAYS: u32 = 731;
const ROUNDS: usize = 7;

/// Seals `asked` days of `lines` lines and the rest of the term with `more` lines each; then asks and destroys.
pub fn measure(folder: &Path, asked: u32, lines: usize, more: usize) -> Result<()> {
    let (store, keys, world) = (open(folder)?, StandIn::new()?, World::new());
    let first = u32::try_from(MIDNIGHT / 86_400)?;
    let term: Vec<Day> = (first..first + TERM_DAYS).map(Day::from_number).collect();
    let mut rows = 0;
    timed("made", || {
        for (day, count) in
            term.iter().zip(std::iter::repeat_n(lines, asked as usize).chain(std::iter::repeat(more)))
        {
            let mut log = Vec::new();
            let form = Form::Waarborg(day.start().as_seconds());
            world.write(&mut log, form, count, 1, u64::from(day.number()))?;
            gather(&log[..], Format::Waarborg, &mut |gathered| {
                rows += store_day(&store, &keys, gathered)?.0;
                Ok(())
            })?;
        }
        Ok(())
    })?;
    says("rows", rows);
    let names: Vec<SegmentName> = term.iter().take(asked as usize).map(|day| name(*day)).collect();
    let (address, released) = release(&store, &keys, &names)?;
    says("keys", released.len());
    let query = Query { addresses: Some(vec![Prefix::exactly(address)]), ..Query::default() };
    says("days.rows", median("days", ROUNDS, || over_days(&store, &released, &names, &query))?);
    says_memory();
    destroy(&store, &world, &term)
}

/// An address that is there on many days, and the keys that a release of its buckets and then of its sites gives.
fn release(store: &LocalStore, keys: &StandIn, names: &[SegmentName]) -> Result<(Address, Released)> {
    let mut all = Released::default();
    let first = names.first().ok_or("no day")?;
    let segment = store.sealed(first)?;
    keys.release(&mut all, &segment, |_| true)?;
    let mut seen = std::collections::HashMap::<Address, u64>::new();
    scan(&segment, &all, &Query::default(), THREADS, &Cancel::default(), &mut |batch| {
        for row in batch.rows() {
            *seen.entry(row.address).or_default() += 1;
        }
        ControlFlow::Continue(())
    })?;
    let mut active: Vec<(u64, Address)> = seen.into_iter().map(|(address, rows)| (rows, address)).collect();
    active.sort_unstable();
    let address = active.get(active.len().saturating_sub(40)).ok_or("no address")?.1;
    let mut released = Released::default();
    for name in names {
        let segment = store.sealed(name)?;
        let number = bucket(name.id(), address);
        keys.release(&mut released, &segment, |block| block == Block::Addresses(number))?;
        let prefix = Prefix::exactly(address);
        let sites: BTreeSet<_> =
            touched(&segment, &released, &prefix)?.unwrap_or_default().into_iter().collect();
        keys.release(&mut released, &segment, |block| match block {
            Block::Rows(site) => sites.contains(&site),
            block => block == Block::Dictionary,
        })?;
    }
    Ok((address, released))
}

/// Opens each day and asks it; the days are dealt over the threads.
fn over_days(store: &LocalStore, released: &Released, names: &[SegmentName], query: &Query) -> Result<u64> {
    let rows = AtomicU64::new(0);
    let part = names.len().div_ceil(THREADS.get());
    std::thread::scope(|scope| {
        let work = |names: &[SegmentName]| -> std::result::Result<(), String> {
            for name in names {
                let segment = store.sealed(name).map_err(|error| error.to_string())?;
                let found =
                    count(&segment, released, query, NonZeroUsize::MIN).map_err(|error| error.to_string())?;
                rows.fetch_add(found, Ordering::Relaxed);
            }
            Ok(())
        };
        let threads: Vec<_> = names.chunks(part).map(|names| scope.spawn(move || work(names))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("a scanning thread does not panic"))
    })?;
    Ok(rows.into_inner())
}

/// One site over the whole term, then days.
fn destroy(store: &LocalStore, world: &World, term: &[Day]) -> Result<()> {
    let site = some_site(world)?;
    let (destroyed, _) = timed("destroy_site", || Ok(store.destroy_site_over(term, site)?.keys))?;
    says("destroy_site.records", destroyed);
    let mut days = term.iter();
    median("destroy_day", ROUNDS, || {
        let day = days.next().ok_or("no day left")?;
        let destroyed = store.destroy_day(*day)?;
        if destroyed.keys == 1 { Ok(()) } else { Err("a day has one key object".into()) }
    })
}
