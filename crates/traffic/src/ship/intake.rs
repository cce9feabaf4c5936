//! Lines taken in: parsed, dealt over days, into memory and spool. All of a piece is taken or none of it.

use super::positions::Totals;
use super::{Settings, ShipError, Taken};
use crate::hit::Hit;
use crate::lines::LINE_BYTES_MAX;
use crate::node::Node;
use crate::parse::{Bad, BadLines, LineParser};
use crate::segment::{Gatherer, GroupKeys};
use crate::sites::Sites;
use crate::spool::Spool;
use base::{Day, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Days ahead of the clock that a line may say: machines' clocks differ.
const AHEAD_DAYS_MAX: u32 = 1;

/// A day that is open.
pub struct Open {
    pub gatherer: Gatherer,
    pub spool: Spool,
    pub keys: GroupKeys,
    /// The hosts as they were when the day began: memory and spool agree.
    pub sites: Arc<Sites>,
    /// When a row last came.
    pub touched: Timestamp,
}

/// Whether something was taken since the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    Yes,
    No,
}

/// Where lines go.
pub struct Intake {
    pub node: Node,
    pub settings: Settings,
    pub folder: PathBuf,
    pub days: BTreeMap<Day, Open>,
    pub counts: Totals,
    pub bad: BadLines,
    pub fresh: Fresh,
}

impl Intake {
    /// Bytes of rows that are not durable.
    pub fn buffered(&self) -> usize {
        self.days.values().map(|open| open.spool.buffered()).sum()
    }

    /// Takes lines: all of them, or none and an error.
    pub fn take(
        &mut self,
        parser: &mut LineParser,
        lines: &[u8],
        now: Timestamp,
    ) -> Result<Taken, ShipError> {
        let last = now.day().number() + AHEAD_DAYS_MAX;
        let mut by_day: BTreeMap<Day, Vec<Hit<'_>>> = BTreeMap::new();
        let (mut counts, mut bad) = (self.counts, BadLines::default());
        let mut rest = lines;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            let parsed = if line.len() > LINE_BYTES_MAX { Err(Bad::TooLong) } else { parser.parse(line) };
            let day = |hit: &Hit<'_>| u32::try_from(hit.seconds / 86_400).ok().filter(|day| *day <= last);
            match parsed {
                Ok(None) => continue,
                Ok(Some(hit)) => match day(&hit) {
                    Some(day) => {
                        counts.hits += 1;
                        by_day.entry(Day::from_number(day)).or_default().push(hit);
                    }
                    None => bad.add(Bad::Time, line),
                },
                Err(why) => bad.add(why, line),
            }
            counts.lines += 1;
        }
        for day in by_day.keys() {
            self.begin(*day, now)?;
        }
        for (day, hits) in &by_day {
            let Some(open) = self.days.get_mut(day) else { return Err(ShipError::NoKey(*day)) };
            for hit in hits {
                let site = open.sites.id(open.sites.place(&hit.host));
                open.spool.add(&open.keys, site, hit)?;
            }
            open.gatherer.add(hits);
            open.touched = now;
        }
        counts.bad += bad.total();
        self.counts = counts;
        self.bad.merge(&bad);
        self.fresh = Fresh::Yes;
        Ok(Taken)
    }

    /// Opens a day: number, spool, and a key for it.
    fn begin(&mut self, day: Day, now: Timestamp) -> Result<(), ShipError> {
        if self.days.contains_key(&day) {
            return Ok(());
        }
        let key = (self.settings.key_of)(day).ok_or(ShipError::NoKey(day))?;
        let seq = self.node.take_seq()?;
        let name = self.node.name(&key, day, seq);
        let keys = GroupKeys::new(key, Arc::clone(&self.settings.random));
        let spool = Spool::create(&self.folder, name, &keys)?;
        let sites = Arc::clone(&self.settings.sites);
        let gatherer = Gatherer::new(day, Arc::clone(&sites), self.settings.limits);
        self.days.insert(day, Open { gatherer, spool, keys, sites, touched: now });
        Ok(())
    }
}
