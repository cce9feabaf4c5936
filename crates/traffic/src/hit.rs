//! One request, as much of it as may be kept: time, host, path, browser id, address. Whatever else a line
//! holds is not carried over, so nothing later can store it.

use core::fmt;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

/// Longest path that is kept; the rest is cut off and counted.
pub const PATH_BYTES_MAX: usize = 2_048;
/// Longest browser id that is kept.
pub const AGENT_BYTES_MAX: usize = 1_024;
/// Longest host that is kept: RFC 1035 section 2.3.4.
pub const HOST_BYTES_MAX: usize = 253;

/// A visitor's address; IPv4 as `::ffff:a.b.c.d`. It does not print.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(u128);

impl Address {
    /// From the 128 bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128 bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// From four bytes.
    #[must_use]
    pub const fn v4(bits: u32) -> Self {
        Self(0xffff_0000_0000 | bits as u128)
    }

    /// The 32 bits of an IPv4 address.
    #[must_use]
    pub const fn as_v4(self) -> Option<u32> {
        if self.0 >> 32 == 0xffff { Some(self.0 as u32) } else { None }
    }

    /// To show it, under a release.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        Ipv6Addr::from(self.0).to_canonical()
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self::v4(u32::from(ip)),
            IpAddr::V6(ip) => Self(u128::from(ip)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[withheld]")
    }
}

/// One request. Text is bytes: clients send what they like. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Lower case, without port; empty when the line names none that is well formed.
    pub host: Cow<'a, [u8]>,
    /// Without the query string; empty when the request named none.
    pub path: Cow<'a, [u8]>,
    /// The browser id, empty when the client sent none.
    pub agent: Cow<'a, [u8]>,
    /// The visitor's address.
    pub address: Address,
    /// Whether path or browser id lost their end.
    pub cut: Cut,
}

/// Whether something was too long to be kept whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// All was kept.
    Whole,
    /// Path or browser id lost their end.
    Shortened,
}

impl Hit<'_> {
    /// What is kept of a request, by name. A field that joins [`Hit`] does not compile here until it is named.
    #[must_use]
    pub const fn fields(&self) -> [&'static str; 5] {
        let Self { seconds: _, host: _, path: _, agent: _, address: _, cut: _ } = self;
        ["time", "domain", "path", "browser", "address"]
    }
}

impl fmt::Debug for Hit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hit([withheld])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_kinds_come_back_and_do_not_print() {
        for text in ["192.0.2.1", "2001:db8::7", "0.0.0.0", "255.255.255.255", "::"] {
            let ip: IpAddr = text.parse().expect("an address");
            assert_eq!(Address::from(ip).ip(), ip);
            assert_eq!(format!("{:?}", Address::from(ip)), "[withheld]");
        }
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().expect("an address");
        assert_eq!(Address::from(mapped).as_v4(), Some(0xc000_0201));
        assert_eq!(Address::from_bits(7).as_v4(), None);
    }
}
