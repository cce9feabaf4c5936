//! What is sealed is found again, all of it and nothing else, whatever is asked.

use super::generator::{Expected, host, log, sites};
use super::{Made, Release, import, seal_day, site_id, threads};
use crate::hit::Address;
use crate::parse::Format;
use crate::scan::{Cancel, End, Pattern, Prefix, Query, Scanned, scan, touched};
use crate::segment::name::{Block, SiteId};
use crate::segment::{BEYOND, Limits, ReadError, ReleasedKeys, Segment};
use std::net::IpAddr;
use std::ops::ControlFlow;

pub fn made(lines: usize, limits: Limits, count: usize) -> (Made, Vec<Expected>) {
    let (text, mut rows) = log(lines, 40, 7);
    let (mut days, counts) = import(text.as_bytes(), Format::Waarborg, &sites(40), limits, count);
    assert_eq!((counts.lines, counts.hits, counts.bad.total()), (rows.len() as u64, rows.len() as u64, 0));
    let made = seal_day(days.pop().expect("a day"), count);
    assert!(days.is_empty());
    assert_eq!(made.sealed.rows, rows.len() as u64);
    rows.sort();
    (made, rows)
}

pub fn find(made: &Made, release: &Release, query: &Query, count: usize) -> (Vec<Expected>, Scanned) {
    let (mut found, scanned) = read(&made.open(), release, query, count);
    found.sort();
    (found, scanned)
}

/// What a question finds, as the generator writes it.
pub fn rows_of(segment: &Segment, keys: &dyn ReleasedKeys, query: &Query) -> Vec<Expected> {
    read(segment, keys, query, 1).0
}

fn read(segment: &Segment, keys: &dyn ReleasedKeys, query: &Query, count: usize) -> (Vec<Expected>, Scanned) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let hosts: Vec<(SiteId, String)> =
        (0..40).map(|number| (site_id(number as usize), host(number))).collect();
    let mut found = Vec::new();
    let scanned = scan(segment, keys, query, threads(count), &Cancel::default(), &mut |batch| {
        for row in batch.rows() {
            let (named, path) = batch.path(row).expect("a path");
            let known = hosts.iter().find(|(site, _)| *site == batch.site()).map(|(_, host)| host.clone());
            found.push(Expected {
                host: known.unwrap_or_else(|| text(named)),
                second: row.second,
                address: row.address.ip().to_string(),
                path: text(path),
                agent: text(batch.agent(row).expect("a browser id")),
            });
        }
        ControlFlow::Continue(())
    });
    (found, scanned.expect("scans"))
}

#[track_caller]
fn same(made: &Made, rows: &[Expected], query: &Query, is: impl Fn(&Expected) -> bool) {
    let expected: Vec<Expected> = rows.iter().filter(|row| is(row)).cloned().collect();
    for count in [1, 3] {
        let (found, scanned) = find(made, &Release::ALL, query, count);
        assert_eq!((found.len(), scanned.end), (expected.len(), End::Complete));
        assert!(found == expected);
    }
}

fn address(text: &str) -> Address {
    text.parse::<IpAddr>().expect("an address").into()
}

#[test]
fn questions_are_answered() {
    let (made, rows) = made(20_000, Limits::default(), 2);
    same(&made, &rows, &Query::default(), |_| true);
    let one = rows[rows.len() / 2].address.clone();
    let v6 = rows.iter().find(|row| row.address.contains(':')).expect("some").address.clone();
    for one in [one, v6, "192.0.2.255".into()] {
        let query = Query { addresses: Some(vec![Prefix::exactly(address(&one))]), ..Query::default() };
        same(&made, &rows, &query, |row| row.address == one);
    }
    let network = Prefix::network(address("192.0.1.0"), 24).expect("a network");
    same(&made, &rows, &Query { addresses: Some(vec![network]), ..Query::default() }, |row| {
        row.address.starts_with("192.0.1.")
    });
    let wide = Prefix::network(address("2001:db8::"), 32).expect("a network");
    same(&made, &rows, &Query { addresses: Some(vec![wide, network]), ..Query::default() }, |row| {
        row.address.starts_with("2001:") || row.address.starts_with("192.0.1.")
    });
    let site =
        Query { sites: Some([site_id(3)].into()), seconds: Some((36_000, 39_600)), ..Query::default() };
    same(&made, &rows, &site, |row| row.host == host(3) && (36_000..39_600).contains(&row.second));
    let unregistered = Query { sites: Some([SiteId::UNREGISTERED].into()), ..Query::default() };
    same(&made, &rows, &unregistered, |row| row.host.starts_with("elsewhere"));
    let path = Query { path: Some(Pattern::contains("page/8")), ..Query::default() };
    same(&made, &rows, &path, |row| row.path.contains("page/8"));
    // A pattern is about the path, also where the host stands before it.
    let not_host = Query { path: Some(Pattern::contains("elsewhere")), ..Query::default() };
    same(&made, &rows, &not_host, |_| false);
    let empty = Query { path: Some(Pattern::is("")), ..Query::default() };
    same(&made, &rows, &empty, |row| row.path.is_empty());
    let agent = Query {
        agent: Some(Pattern::begins("Rare/")),
        path: Some(Pattern::begins("/page/1")),
        ..Query::default()
    };
    same(&made, &rows, &agent, |row| row.agent.starts_with("Rare/") && row.path.starts_with("/page/1"));
}

#[test]
fn packing_and_threads_change_nothing() {
    let (plain, rows) = made(30_000, Limits::default(), 1);
    let (packed, _) = made(30_000, Limits { rows_unpacked_max: 2_000, ..Limits::default() }, 3);
    same(&packed, &rows, &Query::default(), |_| true);
    // Keys and names are the same here, so blocks are too; only the order in which threads finish them differs.
    let blocks = |made: &Made| -> Vec<Vec<u8>> {
        let block = |entry: &crate::segment::Entry| {
            let from = entry.offset as usize;
            made.data[from..from + entry.length() as usize].to_vec()
        };
        made.open().entries().iter().map(block).collect()
    };
    assert!(blocks(&plain) == blocks(&packed));
}

#[test]
fn the_index_says_which_sites_an_address_touched() {
    let (made, rows) = made(20_000, Limits::default(), 2);
    let segment = made.open();
    let no_sites = Release { sites: Some([].into()), index: true };
    for one in ["192.0.1.1", "2001:db8:2::7", "198.51.100.9"] {
        let found =
            touched(&segment, &no_sites, &Prefix::exactly(address(one))).expect("reads").expect("known");
        let mut expected: Vec<SiteId> = (0..40)
            .filter(|site| rows.iter().any(|row| row.address == one && row.host == host(*site)))
            .map(|site| site_id(site as usize))
            .collect();
        if rows.iter().any(|row| row.address == one && row.host.starts_with("elsewhere")) {
            expected.push(SiteId::UNREGISTERED);
        }
        expected.sort();
        assert_eq!(found, expected);
    }
    let wide = Prefix::network(address("192.0.0.0"), 16).expect("a network");
    assert_eq!(touched(&segment, &no_sites, &wide).expect("reads"), None);
    let closed = Release { sites: None, index: false };
    assert_eq!(touched(&segment, &closed, &Prefix::exactly(address("192.0.1.1"))).expect("reads"), None);
}

#[test]
fn a_release_opens_its_scope_and_no_more() {
    let (made, rows) = made(10_000, Limits::default(), 1);
    let scope = Release { sites: Some([site_id(1), site_id(2)].into()), index: false };
    let (found, _) = find(&made, &scope, &Query::default(), 2);
    let expected: Vec<_> =
        rows.iter().filter(|row| row.host == host(1) || row.host == host(2)).cloned().collect();
    assert!(found == expected);
    let outside = Query { sites: Some([site_id(3)].into()), ..Query::default() };
    let refused = scan(&made.open(), &scope, &outside, threads(1), &Cancel::default(), &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(matches!(refused, Err(ReadError::OutOfScope { block: Block::Rows(site) }) if site == site_id(3)));
}

#[test]
fn a_scan_ends_at_its_limit_and_when_told() {
    let (made, _) = made(20_000, Limits::default(), 1);
    for count in [1, 2] {
        let (found, scanned) =
            find(&made, &Release::ALL, &Query { rows_max: Some(100), ..Query::default() }, count);
        assert_eq!((found.len(), scanned.rows, scanned.end), (100, 100, End::Limit));
    }
    let mut batches = 0;
    let segment = made.open();
    let stopped =
        scan(&segment, &Release::ALL, &Query::default(), threads(1), &Cancel::default(), &mut |_| {
            batches += 1;
            ControlFlow::Break(())
        });
    assert_eq!((stopped.expect("scans").end, batches), (End::Stopped, 1));
    let cancel = Cancel::default();
    cancel.cancel();
    let none =
        scan(&segment, &Release::ALL, &Query::default(), threads(2), &cancel, &mut |_| panic!("cancelled"));
    assert_eq!(none.expect("scans").rows, 0);
}

#[test]
fn what_clients_choose_is_limited() {
    let limits = Limits { paths_max: 50, agents_max: 4, hosts_max: 2, ..Limits::default() };
    let (made, rows) = made(20_000, limits, 1);
    let (found, _) = find(&made, &Release::ALL, &Query::default(), 1);
    // No row is lost, and times and addresses are all there.
    let key = |row: &Expected| (row.second, row.address.clone());
    let (mut a, mut b): (Vec<_>, Vec<_>) = (found.iter().map(key).collect(), rows.iter().map(key).collect());
    a.sort();
    b.sort();
    assert!(a == b);
    let beyond = String::from_utf8_lossy(BEYOND).into_owned();
    let distinct =
        |of: fn(&Expected) -> &String| found.iter().map(of).collect::<std::collections::BTreeSet<_>>().len();
    assert!(distinct(|row| &row.agent) <= 5 && found.iter().any(|row| row.agent == beyond));
    assert!(distinct(|row| &row.path) <= 52 && found.iter().any(|row| row.path == beyond));
}

#[test]
fn an_empty_day_can_be_sealed() {
    let day = crate::segment::Gatherer::new(base::Day::from_number(20_000), sites(1), Limits::default());
    let made = seal_day(day, 2);
    assert_eq!((made.sealed.rows, made.sealed.sites), (0, 0));
    assert_eq!(find(&made, &Release::ALL, &Query::default(), 1).0, []);
    assert_eq!(made.open().entries().len(), 257);
}
