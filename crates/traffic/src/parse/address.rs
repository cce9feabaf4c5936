//! Addresses as web servers write them.

use super::bad::Bad;
use crate::hit::Address;
use memchr::memchr;
use std::net::Ipv6Addr;

/// Longest text of an address: IPv6 with an embedded IPv4 address, in brackets, with a zone.
const TEXT_BYTES_MAX: usize = 64;

/// Reads an address on its own. Names and sockets (`unix:`) are refused: they are nobody's address.
#[inline]
pub fn parse(text: &[u8]) -> Result<Address, Bad> {
    match v4(text) {
        Some(bits) => Ok(Address::v4(bits)),
        None => v6(text),
    }
}

/// Reads an address and the space after it, and gives what follows.
#[inline(always)]
pub fn parse_word(text: &[u8]) -> Result<(Address, &[u8]), Bad> {
    match v4_start(text) {
        Some((bits, length)) if text.get(length) == Some(&b' ') => {
            Ok((Address::v4(bits), &text[length + 1..]))
        }
        _ => v6_word(text),
    }
}

/// Not inlined: what it gives back is then copied in this case only.
#[inline(never)]
fn v6_word(text: &[u8]) -> Result<(Address, &[u8]), Bad> {
    let at = memchr(b' ', text).ok_or(Bad::Fields)?;
    Ok((v6(&text[..at])?, &text[at + 1..]))
}

#[inline]
fn v4(text: &[u8]) -> Option<u32> {
    v4_start(text).filter(|(_, length)| *length == text.len()).map(|(bits, _)| bits)
}

/// Four decimal numbers at the beginning and how long they are, by hand: std's parser takes several times as
/// long, on every line.
#[inline(always)]
fn v4_start(text: &[u8]) -> Option<(u32, usize)> {
    let (mut bits, mut at) = (0u32, 0);
    for place in 0..4 {
        if place > 0 {
            if text.get(at) != Some(&b'.') {
                return None;
            }
            at += 1;
        }
        let (mut number, from) = (0u32, at);
        while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
            && at < from + 4
        {
            number = number * 10 + u32::from(digit);
            at += 1;
        }
        // `01` may mean octal to whoever wrote it, so std refuses it too.
        if at == from || number > 255 || (text[from] == b'0' && at > from + 1) {
            return None;
        }
        bits = bits << 8 | number;
    }
    Some((bits, at))
}

fn v6(text: &[u8]) -> Result<Address, Bad> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Bad::Address);
    }
    let text = text.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(text);
    // A zone names an interface of the server, not the visitor.
    let text = text.split(|byte| *byte == b'%').next().unwrap_or(text);
    let text = core::str::from_utf8(text).map_err(|_| Bad::Address)?;
    let address: Ipv6Addr = text.parse().map_err(|_| Bad::Address)?;
    Ok(Address::from_bits(u128::from(address)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn what_is_no_address_is_refused() {
        let bad = "|1.2.3|1.2.3.4.5|256.1.1.1|01.2.3.4|1.2.3.|.1.2.3|1..2.3|1.2.3.4 |host.example|unix:|-|::1::|g::1";
        for text in bad.split('|') {
            assert_eq!(parse(text.as_bytes()), Err(Bad::Address), "{text}");
        }
        assert_eq!(parse(&[b'1'; 100]), Err(Bad::Address));
        assert_eq!(parse(b"\xff\xff::1"), Err(Bad::Address));
    }

    #[test]
    fn spellings_of_one_address() {
        let one = Address::from_bits(u128::from("fe80::1".parse::<Ipv6Addr>().expect("an address")));
        for text in ["fe80::1", "[fe80::1]", "FE80:0:0:0:0:0:0:1", "fe80::1%eth0"] {
            assert_eq!(parse(text.as_bytes()), Ok(one), "{text}");
        }
        assert_eq!(parse(b"::ffff:192.0.2.1"), parse(b"192.0.2.1"));
    }

    proptest! {
        #[test]
        fn every_v4_reads_as_std_reads_it(bits: u32) {
            prop_assert_eq!(parse(Ipv4Addr::from(bits).to_string().as_bytes()), Ok(Address::v4(bits)));
        }

        #[test]
        fn every_v6_reads_as_std_reads_it(bits: u128) {
            let ip = Ipv6Addr::from(bits);
            prop_assert_eq!(parse(ip.to_string().as_bytes()), Ok(Address::from(IpAddr::V6(ip))));
        }

        #[test]
        fn texts_near_v4_are_judged_as_std_judges_them(text in "[0-9.]{5,17}") {
            let std = text.parse::<Ipv4Addr>().map(|ip| Address::v4(u32::from(ip)));
            prop_assert_eq!(parse(text.as_bytes()).ok(), std.ok());
        }
    }
}
