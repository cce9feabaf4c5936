//! Whole lines of each format: what is read, what is refused, and that no bytes stop the stream.

use super::*;
use crate::hit::{AGENT_BYTES_MAX, Cut, PATH_BYTES_MAX};
use proptest::prelude::*;

const WHEN: i64 = 1_760_104_536;

/// Time, host, address, path, browser id.
type Read = (i64, String, String, String, String);

fn parse(format: Format, line: &[u8]) -> Result<Option<Read>, Bad> {
    let mut parser = LineParser::new(format, DefaultHost::none());
    let hit = parser.parse(line)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(hit.map(|hit| {
        (hit.seconds, text(&hit.host), hit.address.ip().to_string(), text(&hit.path), text(&hit.agent))
    }))
}

#[track_caller]
fn reads(format: Format, line: &str, host: &str, address: &str, path: &str, agent: &str) {
    let expected = (WHEN, host.into(), address.into(), path.into(), agent.into());
    assert_eq!(parse(format, line.as_bytes()), Ok(Some(expected)), "{line}");
}

#[test]
fn combined() {
    use Format::{Combined, CombinedHost};
    let c = r#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /a?b=c HTTP/1.1" 200 2326 "https://x.example/?q=1" "Agent/1 (x)""#;
    reads(Combined, c, "", "192.0.2.1", "/a", "Agent/1 (x)");
    reads(CombinedHost, &format!("Shop.example:443 {c}"), "shop.example", "192.0.2.1", "/a", "Agent/1 (x)");
    reads(CombinedHost, &format!("- {c}"), "", "192.0.2.1", "/a", "Agent/1 (x)");
    reads(Combined, &format!("{c} 0.003 \"more\"\r"), "", "192.0.2.1", "/a", "Agent/1 (x)");
    let cases = [
        // A name of a user that holds spaces, brackets and something like a time.
        (
            r#"2001:db8::1 - a [10/Oct/2020:13:55:36 +0000] b [10/Oct/2025:15:55:36 +0200] "GET / HTTP/2.0" 200 1 "-" "-""#,
            "2001:db8::1",
            "/",
            "",
        ),
        (
            r#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /\"q\"\\ HTTP/1.1" 404 0 "a \" b" "say \"hi\" \xe2\x82\xac""#,
            "192.0.2.1",
            "/\"q\"\\",
            "say \"hi\" €",
        ),
        (r#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "-" 408 0 "-" "-""#, "192.0.2.1", "", ""),
        (r#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "\x16\x03\x01" 400 0 "-" "-""#, "192.0.2.1", "", ""),
        (
            r#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /a\x3fsecret=1 HTTP/1.1" 200 0 "-" "x""#,
            "192.0.2.1",
            "/a",
            "x",
        ),
    ];
    for (line, address, path, agent) in cases {
        reads(Combined, line, "", address, path, agent);
    }
}

#[test]
fn own_format() {
    let w = Format::Waarborg;
    reads(
        w,
        "1760104536.123\tshop.example\t192.0.2.1\t/a\tAgent",
        "shop.example",
        "192.0.2.1",
        "/a",
        "Agent",
    );
    reads(w, "1760104536.123\tshop.example\t::1\t/a?b\t-", "shop.example", "::1", "/a", "");
    reads(w, "1760104536\t_\t192.0.2.1\t-\ta\\x09b\\x22", "", "192.0.2.1", "", "a\tb\"");
    for (line, bad) in [
        ("1760104536\tshop.example\t192.0.2.1\t/a", Bad::Fields),
        ("1760104536\tshop.example\t192.0.2.1\t/a\tb\tc", Bad::Fields),
        ("now\tshop.example\t192.0.2.1\t/a\tb", Bad::Time),
        ("1760104536\tshop.example\tunix:\t/a\tb", Bad::Address),
    ] {
        assert_eq!(parse(w, line.as_bytes()), Err(bad), "{line}");
    }
}

#[test]
fn json() {
    let j = Format::Json;
    let nginx = r#"{"time_iso8601":"2025-10-10T15:55:36+02:00","remote_addr":"192.0.2.1","host":"Shop.example","request_uri":"/a\u002fb?c","http_user_agent":"say \"hi\"","status":200,"x":{"y":[1,{"request":"}"}]}}"#;
    reads(j, nginx, "shop.example", "192.0.2.1", "/a/b", "say \"hi\"");
    let line = r#"{ "request" : "GET /a?b HTTP/1.1", "msec":"1760104536.9", "server_name":"b.example","http_host":"a.example:80","remote_addr":"192.0.2.1" }"#;
    reads(j, line, "a.example", "192.0.2.1", "/a", "");
    let caddy = r#"{"level":"info","ts":1760104536.5241024,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.0.1","remote_port":"41342","client_ip":"2001:db8::1","proto":"HTTP/2.0","method":"GET","host":"shop.example:8443","uri":"/x?y","headers":{"Accept":["*/*"],"User-Agent":["curl/7","other"],"Uri":["/no"]},"tls":{"version":772}},"bytes_read":0,"user_id":"","duration":0.000929675,"status":200,"resp_headers":{"Server":["Caddy"]}}"#;
    reads(j, caddy, "shop.example", "2001:db8::1", "/x", "curl/7");
    for (line, bad) in [
        ("{", Bad::Json),
        ("[]", Bad::Json),
        ("{}", Bad::Fields),
        (r#"{"ts":1760104536,"host":"a.example","remote_addr":"192.0.2.1"}"#, Bad::Fields),
        (r#"{"ts":1760104536,"uri":"/","remote_addr":"192.0.2.1"} x"#, Bad::Json),
        (r#"{"ts":1760104536,"uri":"/","remote_addr":"192.0.2.1""#, Bad::Json),
        (r#"{"ts":1760104536 "uri":"/"}"#, Bad::Json),
    ] {
        assert_eq!(parse(j, line.as_bytes()), Err(bad), "{line}");
    }
    let deep = format!(r#"{{"a":{}"#, "[".repeat(10_000));
    assert_eq!(parse(j, deep.as_bytes()), Err(Bad::Json));
}

#[test]
fn bytes_that_are_no_utf8_are_kept() {
    let mut parser = LineParser::new(Format::Json, DefaultHost::none());
    let line = b"{\"ts\":\"1760104536\",\"uri\":\"/\xff\xfe\",\"remote_addr\":\"192.0.2.1\",\"agent\":\"\\ud83d\\ude00\\ud83d\"}";
    let hit = parser.parse(line).expect("reads").expect("a hit");
    assert_eq!((&*hit.path, &*hit.agent), (&b"/\xff\xfe"[..], "😀\u{fffd}".as_bytes()));
    let mut parser = LineParser::new(Format::Combined, DefaultHost::none());
    let line =
        b"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] \"GET /\xc3\x28 HTTP/1.1\" 200 1 \"\xff\" \"\x80\"";
    let hit = parser.parse(line).expect("reads").expect("a hit");
    assert_eq!((&*hit.path, &*hit.agent), (&b"/\xc3\x28"[..], &b"\x80"[..]));
}

#[test]
fn a_source_can_name_the_host() {
    let host = DefaultHost::new("shop.example").expect("a host");
    let line = br#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#;
    let mut parser = LineParser::new(Format::Combined, host.clone());
    assert_eq!(&*parser.parse(line).expect("reads").expect("a hit").host, b"shop.example");
    let mut parser = LineParser::new(Format::CombinedHost, host);
    let line = [b"other.example ", &line[..]].concat();
    assert_eq!(&*parser.parse(&line).expect("reads").expect("a hit").host, b"other.example");
}

#[test]
fn long_fields_lose_their_end() {
    let line = format!("1760104536\ta.example\t192.0.2.1\t/{}\t{}", "p".repeat(5_000), "a".repeat(5_000));
    let mut parser = LineParser::new(Format::Waarborg, DefaultHost::none());
    let hit = parser.parse(line.as_bytes()).expect("reads").expect("a hit");
    assert_eq!((hit.path.len(), hit.agent.len(), hit.cut), (PATH_BYTES_MAX, AGENT_BYTES_MAX, Cut::Shortened));
}

#[test]
fn a_line_cut_off_in_its_last_field_is_a_request() {
    let line = br#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" 200 1 "-" "Agent/1 (cut"#;
    let mut parser = LineParser::new(Format::Combined, DefaultHost::none());
    let hit = parser.parse(line).expect("reads").expect("a hit");
    assert_eq!((&*hit.agent, hit.cut), (&b"Agent/1 (cut"[..], Cut::Shortened));
    let before = br#"192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" 200 1 "-"#;
    assert_eq!(parse(Format::Combined, before), Err(Bad::Fields));
}

#[test]
fn blank_lines_say_nothing() {
    for format in [Format::Waarborg, Format::Combined, Format::CombinedHost, Format::Json] {
        assert_eq!(parse(format, b""), Ok(None));
        assert_eq!(parse(format, b"\r"), Ok(None));
    }
}

/// A line of each format that says the same.
fn lines(host: &str, path: &str, agent: &str) -> [(Format, String); 3] {
    // As nginx escapes by default: quotation marks, backslashes, and what is not printable ASCII.
    let nginx = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'"' | b'\\' | 0..=0x1f | 0x7f..=0xff => format!("\\x{byte:02X}"),
            _ => (byte as char).to_string(),
        };
        text.bytes().map(byte).collect()
    };
    let (path, agent) =
        (if path.is_empty() { "-" } else { path }, if agent.is_empty() { "-" } else { agent });
    [
        (Format::Waarborg, format!("1760104536.000\t{host}\t2001:db8::1\t{}\t{}", nginx(path), nginx(agent))),
        (
            Format::CombinedHost,
            format!(
                "{host} 2001:db8::1 - - [10/Oct/2025:13:55:36 +0000] \"GET {} HTTP/1.1\" 200 1 \"-\" \"{}\"",
                nginx(path),
                nginx(agent)
            ),
        ),
        (
            Format::Json,
            serde_json::json!({ "msec": "1760104536.000", "host": host, "remote_addr": "2001:db8::1",
                "request_uri": path, "http_user_agent": agent, "n": { "a": [1, "]"] } })
            .to_string(),
        ),
    ]
}

proptest! {
    #[test]
    fn formats_agree(host in "[a-z]{1,10}\\.example", path in "/[^?#\u{0}]{0,40}", agent in "\\PC{0,40}") {
        prop_assume!(agent != "-");
        let expected = (WHEN, host.clone(), "2001:db8::1".to_owned(), path.clone(), agent.clone());
        for (format, line) in lines(&host, &path, &agent) {
            prop_assert_eq!(parse(format, line.as_bytes()), Ok(Some(expected.clone())), "{}", line);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for format in [Format::Waarborg, Format::Combined, Format::CombinedHost, Format::Json] {
            let _ = parse(format, &bytes);
        }
    }

    #[test]
    fn damaged_lines_never_panic(at in 0usize..200, byte: u8, cut in 0usize..250) {
        for (format, line) in lines("shop.example", "/a\"b", "x\\y") {
            let mut line = line.into_bytes();
            let at = at % line.len();
            line[at] = byte;
            line.truncate(cut);
            let _ = parse(format, &line);
        }
    }

    /// Whatever a line is, no query string gets through.
    #[test]
    fn nothing_after_a_question_mark_is_kept(path in "[/a-z?#%\\\\\" ]{0,30}") {
        for (format, line) in lines("shop.example", &path, "x") {
            if let Ok(Some((.., path, _))) = parse(format, line.as_bytes()) {
                prop_assert!(!path.contains('?'), "{}", path);
            }
        }
    }
}
