//! No byte of a segment, of its key object or of debug output shows an address, a path or a browser id, and sizes
//! do not say whether an address was there.

use super::generator::{log, sites};
use super::round_trip::made;
use super::{import, seal_day};
use crate::parse::{DefaultHost, Format, LineParser};
use crate::segment::Limits;
use memchr::memmem;

#[test]
fn nothing_of_a_visitor_is_in_the_objects() {
    let (made, rows) = made(20_000, Limits::default(), 2);
    for object in [&made.data, &made.sealed.key_object] {
        for row in rows.iter().step_by(97) {
            let ip: std::net::IpAddr = row.address.parse().expect("an address");
            let bytes = match ip {
                std::net::IpAddr::V4(ip) => [ip.octets().to_vec(), b"\xff\xff".to_vec()].concat(),
                std::net::IpAddr::V6(ip) => ip.octets().to_vec(),
            };
            let texts = [row.address.as_bytes(), row.agent.as_bytes(), row.host.as_bytes(), &bytes];
            for text in texts.into_iter().chain((row.path.len() > 6).then_some(row.path.as_bytes())) {
                assert!(memmem::find(object, text).is_none(), "{}", String::from_utf8_lossy(text));
            }
        }
        for word in ["page", "Common", "Rare", "elsewhere", "example"] {
            assert!(memmem::find(object, word.as_bytes()).is_none(), "{word}");
        }
        // zstd frames would show that something lies there unencrypted.
        assert!(memmem::find(object, &[0x28, 0xb5, 0x2f, 0xfd]).is_none());
    }
}

#[test]
fn buckets_tell_nothing_by_their_size() {
    for lines in [1, 50, 5_000] {
        let (made, _) = made(lines, Limits::default(), 1);
        let segment = made.open();
        let mut sizes: Vec<(u32, u32)> = segment
            .entries()
            .iter()
            .filter(|entry| entry.block.kind() == 2)
            .map(|entry| (entry.rows, entry.statistics))
            .collect();
        assert_eq!(sizes.len(), 256);
        sizes.dedup();
        assert_eq!(sizes.len(), 1);
    }
}

#[test]
fn debug_output_shows_nothing() {
    let (text, _) = log(200, 5, 1);
    let (mut days, counts) = import(text.as_bytes(), Format::Waarborg, &sites(5), Limits::default(), 1);
    let day = days.pop().expect("a day");
    let mut shown = format!("{day:?} {counts:?} {:?}", sites(5));
    let made = seal_day(day, 1);
    shown += &format!("{:?} {:?} {:?}", made.sealed, made.open(), made.keys().name);
    let mut parser = LineParser::new(Format::Waarborg, DefaultHost::new("site1.example").expect("a host"));
    for line in text.lines().take(50) {
        shown += &format!("{:?} {parser:?}", parser.clone().parse(line.as_bytes()));
    }
    // Damaged lines are shown as shapes.
    let damaged: String = text.lines().map(|line| format!("x{line}\n")).collect();
    let (_, counts) = import(damaged.as_bytes(), Format::Waarborg, &sites(5), Limits::default(), 1);
    assert_eq!(counts.bad.total(), counts.lines);
    shown += &format!("{counts:?}");
    let _ = parser.parse(b"");
    for word in ["192.", "2001", "page", "Common", "Rare", "site1", "elsewhere", "example"] {
        assert!(!shown.contains(word), "{word}");
    }
}
