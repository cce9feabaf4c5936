//! What can be asked of a segment.

use super::Found;
use crate::hit::Address;
use crate::segment::name::SiteId;
use crate::segment::{Segment, SpooledRows, Strings, bucket};
use core::fmt;
use memchr::memmem::Finder;
use std::collections::BTreeSet;

/// Addresses that begin alike. It does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    bits: u128,
    mask: u128,
}

impl Prefix {
    /// The address, when it is one and no network.
    pub(super) fn single(&self) -> Option<Address> {
        (self.mask == u128::MAX).then(|| Address::from_bits(self.bits))
    }

    /// Exactly this address.
    #[must_use]
    pub const fn exactly(address: Address) -> Self {
        Self { bits: address.bits(), mask: u128::MAX }
    }

    /// The network of an address, its length as people write it (`/24` for IPv4, `/48` for IPv6); none when it
    /// is too long.
    #[must_use]
    pub fn network(address: Address, length: u32) -> Option<Self> {
        let length = if address.as_v4().is_some() { length.checked_add(96)? } else { length };
        let mask = match length {
            0 => 0,
            1..=128 => u128::MAX << (128 - length),
            _ => return None,
        };
        Some(Self { bits: address.bits() & mask, mask })
    }

    /// Whether an address lies in it.
    #[must_use]
    pub const fn holds(&self, address: Address) -> bool {
        address.bits() & self.mask == self.bits
    }

    /// The one bucket of the index it lies in; none when it spans several.
    pub(super) fn bucket(&self, segment: &Segment) -> Option<u8> {
        let first = Address::from_bits(self.bits);
        let network = if first.as_v4().is_some() { 120 } else { 48 };
        (self.mask.leading_ones() >= network).then(|| bucket(segment.name().id(), first))
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prefix([withheld])")
    }
}

/// What a path or browser id has to look like.
#[derive(Clone)]
pub struct Pattern(Kind);

#[derive(Clone)]
enum Kind {
    Contains(Box<Finder<'static>>),
    Begins(Vec<u8>),
    Is(Vec<u8>),
}

impl Pattern {
    /// These bytes occur in it.
    #[must_use]
    pub fn contains(text: impl AsRef<[u8]>) -> Self {
        Self(Kind::Contains(Box::new(Finder::new(text.as_ref()).into_owned())))
    }

    /// It begins so.
    #[must_use]
    pub fn begins(text: impl Into<Vec<u8>>) -> Self {
        Self(Kind::Begins(text.into()))
    }

    /// It is exactly that.
    #[must_use]
    pub fn is(text: impl Into<Vec<u8>>) -> Self {
        Self(Kind::Is(text.into()))
    }

    /// Marks the paths of a dictionary that match.
    pub(super) fn mark(&self, site: SiteId, paths: &Strings, marks: &mut Vec<bool>) {
        match &self.0 {
            // Paths of unregistered hosts have the host before them.
            Kind::Contains(finder) if site != SiteId::UNREGISTERED => paths.mark_containing(finder, marks),
            _ => marks.extend(paths.iter().map(|text| self.matches(host_and_path(site, text).1))),
        }
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        match &self.0 {
            Kind::Contains(finder) => finder.find(text).is_some(),
            Kind::Begins(start) => text.starts_with(start),
            Kind::Is(whole) => text == whole,
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern([withheld])")
    }
}

/// A question. What is not said asks for all.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// These sites only.
    pub sites: Option<BTreeSet<SiteId>>,
    /// Addresses in any of these.
    pub addresses: Option<Vec<Prefix>>,
    /// From the first second of the day to before the second one.
    pub seconds: Option<(u32, u32)>,
    /// The path.
    pub path: Option<Pattern>,
    /// The browser id.
    pub agent: Option<Pattern>,
    /// Rows at most.
    pub rows_max: Option<u64>,
    /// Whether the answer needs to know when.
    pub times: Times,
}

impl Query {
    /// A row that a spool left, if it is asked for.
    pub(super) fn found(&self, site: SiteId, rows: &SpooledRows, number: usize) -> Option<Found> {
        let (second, address) = rows.row(number)?;
        let (from, to) = self.seconds.unwrap_or((0, u32::MAX));
        let prefixes = self.addresses.as_ref();
        let asked = (from..to).contains(&second)
            && prefixes.is_none_or(|prefixes| prefixes.iter().any(|prefix| prefix.holds(address)))
            && self.path.as_ref().is_none_or(|path| {
                path.matches(host_and_path(site, rows.path(number).unwrap_or_default()).1)
            })
            && self.agent.as_ref().is_none_or(|agent| agent.matches(rows.agent(number).unwrap_or_default()));
        let second = if self.times == Times::LeftOut && self.seconds.is_none() { 0 } else { second };
        asked.then_some(Found { second, address, path: number as u32, agent: number as u32 })
    }
}

/// Whether rows are given with their time. Without it a third less is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Times {
    /// They are.
    #[default]
    Given,
    /// Every row says second 0.
    LeftOut,
}

/// Takes a string of a site's dictionary apart.
pub(super) fn host_and_path(site: SiteId, text: &[u8]) -> (&[u8], &[u8]) {
    if site != SiteId::UNREGISTERED {
        return (&[], text);
    }
    // A host holds no space.
    match memchr::memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (&[], text),
    }
}
