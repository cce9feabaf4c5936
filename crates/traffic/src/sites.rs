//! The hosts that are registered, and the sites they are.

use crate::segment::name::SiteId;
use core::fmt;
use hashbrown::{DefaultHashBuilder, HashMap};

/// Registered hosts. Every other host is [`SiteId::UNREGISTERED`].
pub struct Sites {
    places: HashMap<Box<[u8]>, u32, DefaultHashBuilder>,
    ids: Vec<SiteId>,
}

impl fmt::Debug for Sites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sites({} withheld)", self.ids.len())
    }
}

impl Sites {
    /// Hosts in lower case with the site of each; each site has one host. A host that comes twice keeps its first site.
    pub fn new<'a>(hosts: impl IntoIterator<Item = (&'a str, SiteId)>) -> Self {
        let mut sites = Self { places: HashMap::default(), ids: Vec::new() };
        for (host, id) in hosts {
            let place = sites.ids.len() as u32;
            let host = host.to_ascii_lowercase().into_bytes().into_boxed_slice();
            if let hashbrown::hash_map::Entry::Vacant(entry) = sites.places.entry(host) {
                entry.insert(place);
                sites.ids.push(id);
            }
        }
        sites
    }

    /// How many hosts are registered.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The place of a host: of the unregistered ones, one beyond the last.
    #[inline]
    pub(crate) fn place(&self, host: &[u8]) -> u32 {
        self.places.get(host).copied().unwrap_or(self.ids.len() as u32)
    }

    /// The site at a place.
    pub(crate) fn id(&self, place: u32) -> SiteId {
        self.ids.get(place as usize).copied().unwrap_or(SiteId::UNREGISTERED)
    }
}
