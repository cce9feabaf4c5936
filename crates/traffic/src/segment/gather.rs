//! Gathering the rows of one day, by several threads at once, in bounded memory.
//!
//! Sites are dealt over shards, each behind a lock of its own; a thread brings a batch of hits and gives each shard
//! its part, those first that nobody holds. Rows are numbers ([`super::row`]); when a shard has more of them than
//! its share of memory, they are packed into chunks as the segment has them, which takes a sixth of the room.
//!
//! What clients choose is limited: distinct hosts that are not registered, paths, browser ids, and the bytes
//! of both. What comes beyond a limit is kept as [`BEYOND`] and counted: the row itself is never lost.

use super::codec::{Malformed, Packer, Unpacker};
use super::columns::{CHUNK_ROWS, ChunkHead, ChunkReader, Scratch, put_chunk};
use super::dictionary::{Dictionary, hash};
use super::name::SiteId;
use super::row::{AGENT_BITS, DAY_SECONDS, PATH_BITS, Rest, Row4, Row6, Rows};
use crate::hit::{Cut, Hit};
use crate::sites::Sites;
use base::Day;
use hashbrown::DefaultHashBuilder;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// What a path or browser id is stored as when its segment has too many of them.
pub const BEYOND: &[u8] = b"\0";
/// A browser id on this many sites …
pub const SHARED_SITES_MIN: usize = 10;
/// … and of this many addresses tells nothing of either, and goes into the dictionary that sites share.
pub const SHARED_ADDRESSES_MIN: usize = 20;
const SHARDS: usize = 16;
/// The rows of a site that are sorted together. A site with more has several sorted stretches.
const STRETCH_ROWS_MAX: usize = 2_000_000;

/// Limits of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows that wait in memory unpacked; about 24 bytes each.
    pub rows_unpacked_max: usize,
    /// Distinct hosts that are not registered.
    pub hosts_max: usize,
    /// Distinct paths of all sites together.
    pub paths_max: usize,
    /// Distinct browser ids.
    pub agents_max: usize,
    /// Bytes of distinct paths and browser ids together.
    pub text_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows_unpacked_max: 6_000_000,
            hosts_max: 10_000,
            paths_max: 3_000_000,
            agents_max: 200_000,
            text_bytes_max: 160 << 20,
        }
    }
}

/// What is left of the limits; shared by all shards.
struct Room {
    paths: AtomicUsize,
    agents: AtomicUsize,
    text: AtomicUsize,
}

fn take(room: &AtomicUsize, amount: usize) -> bool {
    room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(amount)).is_ok()
}

/// Where a browser id was met; no more than is needed to know whether it may be shared.
#[derive(Default)]
pub struct AgentUse {
    sites: Vec<u32>,
    addresses: Vec<u128>,
}

impl AgentUse {
    #[inline]
    fn note(&mut self, site: u32, address: u128) {
        if self.sites.len() < SHARED_SITES_MIN && !self.sites.contains(&site) {
            self.sites.push(site);
        }
        if self.addresses.len() < SHARED_ADDRESSES_MIN && !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }

    /// Takes over what another shard met. A site is in one shard only; addresses may be in several.
    pub fn merge(&mut self, other: &Self) {
        self.sites.extend_from_slice(&other.sites);
        for address in &other.addresses {
            if !self.addresses.contains(address) {
                self.addresses.push(*address);
            }
        }
    }

    pub const fn is_common(&self) -> bool {
        self.sites.len() >= SHARED_SITES_MIN && self.addresses.len() >= SHARED_ADDRESSES_MIN
    }
}

/// The rows of one site.
#[derive(Default)]
pub struct SiteRows {
    pub paths: Dictionary,
    rows: Rows,
    packed: Vec<(ChunkHead, Vec<u8>)>,
    /// Rows whose path or browser id lost its end.
    pub shortened: u64,
    /// Rows whose path, browser id or host was beyond a limit.
    pub beyond: u64,
}

impl SiteRows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len() + self.packed.iter().map(|(head, _)| head.rows).sum::<usize>()
    }

    fn pack(&mut self, packer: &mut Packer, scratch: &mut Scratch) {
        let mut rows = core::mem::take(&mut self.rows);
        rows.sort();
        let mut chunks = chunks(&rows);
        while let Some((v4, v6)) = chunks() {
            let mut stored = Vec::new();
            let head = put_chunk(packer, scratch, &mut stored, v4, v6);
            self.packed.push((head, stored));
        }
    }

    /// Takes the next rows that are sorted together; none when all were taken.
    pub fn next_stretch(&mut self, unpacker: &mut Unpacker) -> Result<Option<Rows>, Malformed> {
        let mut rows = core::mem::take(&mut self.rows);
        while rows.len() < STRETCH_ROWS_MAX
            && let Some((head, stored)) = self.packed.pop()
        {
            ChunkReader { head: &head, stored: &stored }.rows(unpacker, &mut rows)?;
        }
        Ok((rows.len() > 0).then_some(rows))
    }
}

/// Cuts sorted rows into chunks, IPv4 before IPv6.
pub fn chunks<'a>(rows: &'a Rows) -> impl FnMut() -> Option<(&'a [Row4], &'a [Row6])> {
    let (mut v4, mut v6) = (rows.v4.as_slice(), rows.v6.as_slice());
    move || {
        let (first4, rest4) = v4.split_at(v4.len().min(CHUNK_ROWS));
        let (first6, rest6) = v6.split_at(v6.len().min(CHUNK_ROWS - first4.len()));
        (v4, v6) = (rest4, rest6);
        (!first4.is_empty() || !first6.is_empty()).then_some((first4, first6))
    }
}

/// Some of the sites, and the browser ids met there.
#[derive(Default)]
pub struct Shard {
    /// By the place of the site divided by the number of shards.
    sites: Vec<Option<Box<SiteRows>>>,
    agents: Dictionary,
    uses: Vec<AgentUse>,
    hosts: HashSet<Box<[u8]>, DefaultHashBuilder>,
    unpacked: usize,
    text: Vec<u8>,
}

impl Shard {
    fn pack(&mut self) {
        let (mut packer, mut scratch) = (Packer::new(1), Scratch::default());
        for site in self.sites.iter_mut().flatten() {
            site.pack(&mut packer, &mut scratch);
        }
        self.unpacked = 0;
    }
}

/// One site with all that was gathered of it.
pub struct GatheredSite {
    pub id: SiteId,
    pub shard: usize,
    pub rows: Box<SiteRows>,
}

/// The browser ids of a shard.
pub struct ShardAgents {
    pub agents: Dictionary,
    pub uses: Vec<AgentUse>,
}

/// Gathers the rows of one day.
pub struct Gatherer {
    day: Day,
    sites: Arc<Sites>,
    limits: Limits,
    room: Room,
    hasher: DefaultHashBuilder,
    shards: Vec<Mutex<Shard>>,
    rows: AtomicUsize,
}

impl Gatherer {
    /// An empty gatherer.
    #[must_use]
    pub fn new(day: Day, sites: Arc<Sites>, limits: Limits) -> Self {
        Self {
            day,
            sites,
            limits,
            room: Room {
                paths: limits.paths_max.min((1 << PATH_BITS) - SHARDS).into(),
                agents: limits.agents_max.min((1 << AGENT_BITS) - SHARDS).into(),
                text: limits.text_bytes_max.into(),
            },
            hasher: DefaultHashBuilder::default(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            rows: AtomicUsize::new(0),
        }
    }

    /// The day.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.day
    }

    /// How many rows were taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the hits that lie in its day, and says how many those were. Any number of threads may call it.
    pub fn add(&self, hits: &[Hit<'_>]) -> usize {
        let midnight = self.day.start().as_seconds();
        let mut parts: [Vec<(u32, u32, u32)>; SHARDS] = core::array::from_fn(|_| Vec::new());
        let mut taken = 0;
        for (index, hit) in hits.iter().enumerate() {
            let second = hit.seconds - midnight;
            if (0..i64::from(DAY_SECONDS)).contains(&second) {
                let place = self.sites.place(&hit.host);
                parts[place as usize % SHARDS].push((index as u32, place, second as u32));
                taken += 1;
            }
        }
        let mut left = parts.iter().enumerate().filter(|(_, part)| !part.is_empty()).collect::<Vec<_>>();
        left.retain(|(number, part)| match self.shards[*number].try_lock() {
            Ok(shard) => {
                self.add_to(shard, hits, part);
                false
            }
            Err(TryLockError::Poisoned(shard)) => {
                self.add_to(shard.into_inner(), hits, part);
                false
            }
            Err(TryLockError::WouldBlock) => true,
        });
        for (number, part) in left {
            self.add_to(self.shards[number].lock().unwrap_or_else(PoisonError::into_inner), hits, part);
        }
        self.rows.fetch_add(taken, Ordering::Relaxed);
        taken
    }

    fn add_to(&self, mut shard: MutexGuard<'_, Shard>, hits: &[Hit<'_>], part: &[(u32, u32, u32)]) {
        let shard = &mut *shard;
        for (index, place, second) in part {
            self.add_hit(shard, &hits[*index as usize], *place, *second);
        }
        shard.unpacked += part.len();
        if shard.unpacked > self.limits.rows_unpacked_max / SHARDS {
            shard.pack();
        }
    }

    fn add_hit(&self, shard: &mut Shard, hit: &Hit<'_>, place: u32, second: u32) {
        let index = place as usize / SHARDS;
        if shard.sites.len() <= index {
            shard.sites.resize_with(index + 1, || None);
        }
        let site = shard.sites[index].get_or_insert_default();
        let agent = self.number(&mut shard.agents, &self.room.agents, &hit.agent);
        let path = if place as usize == self.sites.len() {
            let known = shard.hosts.contains(&*hit.host);
            let fits = known || shard.hosts.len() < self.limits.hosts_max;
            if fits && !known {
                shard.hosts.insert((&*hit.host).into());
            }
            shard.text.clear();
            shard.text.extend_from_slice(if fits { &hit.host } else { BEYOND });
            shard.text.push(b' ');
            shard.text.extend_from_slice(&hit.path);
            site.beyond += u64::from(!fits);
            self.number(&mut site.paths, &self.room.paths, &shard.text)
        } else {
            self.number(&mut site.paths, &self.room.paths, &hit.path)
        };
        site.shortened += u64::from(hit.cut == Cut::Shortened);
        site.beyond += u64::from(agent.is_err() || path.is_err());
        let (Ok(agent) | Err(agent), Ok(path) | Err(path)) = (agent, path);
        if shard.uses.len() <= agent as usize {
            shard.uses.resize_with(agent as usize + 1, AgentUse::default);
        }
        let used = &mut shard.uses[agent as usize];
        if !used.is_common() {
            used.note(place, hit.address.bits());
        }
        let rest = Rest::new(second, agent, path);
        match hit.address.as_v4() {
            Some(bits) => site.rows.v4.push(Row4::new(bits, rest)),
            None => site.rows.v6.push(Row6 { address: hit.address.bits(), rest }),
        }
    }

    /// The number of a string; of [`BEYOND`] as an error when there is no room for it.
    #[inline]
    fn number(&self, dictionary: &mut Dictionary, room: &AtomicUsize, string: &[u8]) -> Result<u32, u32> {
        let hashed = hash(&self.hasher, string);
        if let Some(number) = dictionary.find(hashed, string) {
            return Ok(number);
        }
        // The empty string takes no room, for whoever has no path has none in any case.
        if string.is_empty() || (take(room, 1) && take(&self.room.text, string.len())) {
            return Ok(dictionary.add(hashed, string));
        }
        let hashed = hash(&self.hasher, BEYOND);
        Err(dictionary.find(hashed, BEYOND).unwrap_or_else(|| dictionary.add(hashed, BEYOND)))
    }

    /// How many rows wait unpacked.
    #[must_use]
    pub fn unpacked(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).unpacked).sum()
    }

    /// Packs all rows, to make room for those of another day.
    pub fn pack(&self) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).pack();
        }
    }

    /// Ends the gathering: the sites in the order of their ids, and the browser ids by shard.
    pub(crate) fn finish(self) -> (Vec<GatheredSite>, Vec<ShardAgents>) {
        let mut sites = Vec::new();
        let mut agents = Vec::new();
        for (number, shard) in self.shards.into_iter().enumerate() {
            let shard = shard.into_inner().unwrap_or_else(PoisonError::into_inner);
            for (index, rows) in shard.sites.into_iter().enumerate() {
                let id = self.sites.id((index * SHARDS + number) as u32);
                sites.extend(rows.map(|rows| GatheredSite { id, shard: number, rows }));
            }
            agents.push(ShardAgents { agents: shard.agents, uses: shard.uses });
        }
        sites.sort_unstable_by_key(|site| site.id);
        (sites, agents)
    }
}

impl core::fmt::Debug for Gatherer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Gatherer({}, {} rows)", self.day, self.len())
    }
}
