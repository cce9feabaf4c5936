//! Where a request came from. Behind a proxy the peer is the proxy; the visitor's address then
//! stands in `X-Forwarded-For`, which anyone can write. So it is believed only as far as it was
//! written by proxies that the configuration names: read from the right, the first address that is
//! not a trusted proxy is the visitor's.

use base::Sensitive;
use http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// At most so many hops are read.
const HOPS_MAX: usize = 16;

/// A visitor's address: personal data, so it does not print.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address, for the counters that limit by it.
    #[must_use]
    pub const fn expose(self) -> IpAddr {
        self.0
    }
}

impl std::fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[withheld]")
    }
}

/// A range of addresses such as `10.0.0.0/8`, `2001:db8::/32` or `127.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    network: u128,
    prefix: u32,
}

/// A text that is not a range of addresses.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an address or range of addresses: {0:?} (expected for example 10.0.0.0/8 or ::1)")]
pub struct AddressRangeError(pub String);

impl FromStr for AddressRange {
    type Err = AddressRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || AddressRangeError(text.to_owned());
        let (address, length) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let (width, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let length: u32 = length.map_or(Ok(width), str::parse).map_err(|_| error())?;
        if length > width {
            return Err(error());
        }
        let prefix = offset + length;
        Ok(Self { network: number(address) & mask(prefix), prefix })
    }
}

impl AddressRange {
    /// Whether the address lies in the range. IPv4 and its IPv6 form (`::ffff:10.0.0.1`) are one.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        number(address) & mask(self.prefix) == self.network
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

const fn mask(prefix: u32) -> u128 {
    if prefix == 0 { 0 } else { u128::MAX << (128 - prefix) }
}

/// The visitor's address, given the peer of the connection and the headers.
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[AddressRange]) -> ClientAddress {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(address));
    let mut address = canonical(peer);
    if !is_trusted(address) {
        return ClientAddress(address);
    }
    let hops: Vec<Sensitive<String>> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|hop| Sensitive::new(hop.trim().to_owned()))
        .collect();
    for hop in hops.iter().rev().take(HOPS_MAX) {
        // What is left of something unreadable was not written by a proxy we know.
        let Some(hop) = parse_hop(hop.expose()) else { break };
        address = canonical(hop);
        if !is_trusted(address) {
            break;
        }
    }
    ClientAddress(address)
}

/// With or without a port, IPv6 with or without brackets.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    if let Ok(address) = hop.parse() {
        return Some(address);
    }
    if let Some(inner) = hop.strip_prefix('[') {
        return inner
            .split_once(']')
            .and_then(|(address, _)| address.parse::<Ipv6Addr>().ok())
            .map(IpAddr::V6);
    }
    hop.split_once(':').and_then(|(address, _)| address.parse::<Ipv4Addr>().ok()).map(IpAddr::V4)
}

const fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().expect("a header value"));
        }
        let trusted: Vec<AddressRange> =
            trusted.iter().map(|range| range.parse().expect("a range")).collect();
        client_address(peer.parse().expect("an address"), &headers, &trusted).expose().to_string()
    }

    #[test]
    fn nobody_is_believed_unless_named() {
        assert_eq!(seen("192.0.2.7", &["198.51.100.1"], &[]), "192.0.2.7");
        assert_eq!(seen("192.0.2.7", &["198.51.100.1"], &["10.0.0.0/8"]), "192.0.2.7");
    }

    #[test]
    fn the_first_untrusted_from_the_right() {
        let trusted = &["10.0.0.0/8", "::1"];
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, 198.51.100.1"], trusted), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9", "198.51.100.1, 10.2.3.4"], trusted), "198.51.100.1");
        assert_eq!(seen("::1", &["[2001:db8::7]:443"], trusted), "2001:db8::7");
        assert_eq!(seen("::ffff:10.0.0.1", &["198.51.100.1:8080"], trusted), "198.51.100.1");
        // All hops trusted: the leftmost; nothing sent: the proxy itself.
        assert_eq!(seen("10.0.0.1", &["10.0.0.9, 10.0.0.8"], trusted), "10.0.0.9");
        assert_eq!(seen("10.0.0.1", &[], trusted), "10.0.0.1");
        // Rubbish stops the walk.
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, unknown, 10.0.0.8"], trusted), "10.0.0.8");
    }

    #[test]
    fn ranges() {
        for (range, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("192.0.2.1", "192.0.2.2", false),
        ] {
            let range: AddressRange = range.parse().expect("a range");
            assert_eq!(range.contains(address.parse().expect("an address")), inside, "{range:?} {address}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "a"] {
            assert!(wrong.parse::<AddressRange>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_does_not_print() {
        assert_eq!(format!("{:?}", ClientAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))), "[withheld]");
    }
}
