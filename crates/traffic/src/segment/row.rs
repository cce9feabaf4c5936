//! Rows while they are gathered: numbers only, small enough that millions of them fit into memory.
//!
//! IPv4 rows take 16 bytes and IPv6 rows 32, in lists of their own. Both sort as plain numbers: by address, then
//! second, browser id and path. That order is the canonical one of a segment: requests of one address in one
//! second lose the order in which they came, and a segment does not depend on the timing of threads.

/// Bits of the number of a path.
pub const PATH_BITS: u32 = 27;
/// Bits of the number of a browser id.
pub const AGENT_BITS: u32 = 20;
/// Seconds of a day.
pub const DAY_SECONDS: u32 = 86_400;

/// Second, browser id and path of a row in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rest(pub u64);

impl Rest {
    #[inline]
    pub fn new(second: u32, agent: u32, path: u32) -> Self {
        debug_assert!(second < DAY_SECONDS && agent < 1 << AGENT_BITS && path < 1 << PATH_BITS);
        Self(u64::from(second) << (AGENT_BITS + PATH_BITS) | u64::from(agent) << PATH_BITS | u64::from(path))
    }

    #[inline]
    pub const fn second(self) -> u32 {
        (self.0 >> (AGENT_BITS + PATH_BITS)) as u32
    }

    #[inline]
    pub const fn agent(self) -> u32 {
        (self.0 >> PATH_BITS) as u32 & ((1 << AGENT_BITS) - 1)
    }

    #[inline]
    pub const fn path(self) -> u32 {
        self.0 as u32 & ((1 << PATH_BITS) - 1)
    }
}

/// An IPv4 row: `u32 address ‖ u64 rest` in the low 96 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row4(u128);

impl Row4 {
    #[inline]
    pub const fn new(address: u32, rest: Rest) -> Self {
        Self((address as u128) << 64 | rest.0 as u128)
    }

    #[inline]
    pub const fn address(self) -> u32 {
        (self.0 >> 64) as u32
    }

    #[inline]
    pub const fn rest(self) -> Rest {
        Rest(self.0 as u64)
    }
}

/// An IPv6 row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row6 {
    pub address: u128,
    pub rest: Rest,
}

/// Rows of one site.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rows {
    pub v4: Vec<Row4>,
    pub v6: Vec<Row6>,
}

impl core::fmt::Debug for Rows {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Rows({} withheld)", self.len())
    }
}

impl Rows {
    pub const fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Gives each row another browser id and path, and sorts.
    pub fn renumber(&mut self, map: impl Fn(Rest) -> Rest) {
        for row in &mut self.v4 {
            *row = Row4::new(row.address(), map(row.rest()));
        }
        for row in &mut self.v6 {
            row.rest = map(row.rest);
        }
        self.sort();
    }

    pub fn sort(&mut self) {
        self.v4.sort_unstable();
        self.v6.sort_unstable();
    }

    /// Address, as the 128 bits of [`crate::hit::Address`], and rest of every row in their order.
    pub fn iter(&self) -> impl Iterator<Item = (u128, Rest)> + '_ {
        let v4 = self.v4.iter().map(|row| (crate::hit::Address::v4(row.address()).bits(), row.rest()));
        v4.chain(self.v6.iter().map(|row| (row.address, row.rest)))
    }
}
