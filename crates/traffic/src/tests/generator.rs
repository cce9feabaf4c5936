//! A log of one made-up day: sites, visitors, pages, bots, hosts that nobody registered.

use crate::sites::Sites;
use crate::tests::site_id;
use std::fmt::Write;
use std::sync::Arc;

/// 10 October 2025.
pub const MIDNIGHT: i64 = 1_760_054_400;

/// A repeatable row of numbers (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// A row as a test compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    pub host: String,
    pub second: u32,
    pub address: String,
    pub path: String,
    pub agent: String,
}

pub fn host(site: u64) -> String {
    format!("site{site}.example")
}

/// The sites of the generator.
pub fn sites(count: u64) -> Arc<Sites> {
    let hosts: Vec<String> = (0..count).map(host).collect();
    Arc::new(Sites::new(hosts.iter().enumerate().map(|(number, host)| (host.as_str(), site_id(number)))))
}

/// Lines in our own format, and what they say.
pub fn log(lines: usize, sites: u64, seed: u64) -> (String, Vec<Expected>) {
    let mut numbers = Numbers(seed);
    let (mut text, mut rows) = (String::new(), Vec::with_capacity(lines));
    while rows.len() < lines {
        let square = numbers.below(sites) * numbers.below(sites) / sites;
        let host =
            if numbers.below(20) == 0 { format!("elsewhere{}.test", numbers.below(5)) } else { host(square) };
        let visitor = numbers.below(400);
        let address = if visitor.is_multiple_of(7) {
            std::net::Ipv6Addr::new(0x2001, 0xdb8, visitor as u16 % 5, 0, 0, 0, 0, visitor as u16).to_string()
        } else {
            format!("192.0.{}.{}", visitor % 3, visitor % 256)
        };
        let agent = match visitor % 9 {
            0 => format!("Rare/{visitor}"),
            kind => format!("Common/{kind}"),
        };
        let mut second = numbers.below(80_000) as u32;
        for _ in 0..1 + numbers.below(12) {
            let page = numbers.below(30) * numbers.below(30);
            let path = if page == 0 { String::new() } else { format!("/page/{page}") };
            second = (second + numbers.below(400) as u32 * numbers.below(2) as u32).min(86_399);
            let seconds = MIDNIGHT + i64::from(second);
            let (shown, query) = if path.is_empty() { ("-", "") } else { (path.as_str(), "?q=secret") };
            writeln!(text, "{seconds}.125\t{host}\t{address}\t{shown}{query}\t{agent}").expect("writes");
            rows.push(Expected {
                host: host.clone(),
                second,
                address: address.clone(),
                path: path.clone(),
                agent: agent.clone(),
            });
        }
    }
    (text, rows)
}
