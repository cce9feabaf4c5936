//! A line of a web server's log in each format: it is read or has a reason, what is read keeps its limits and has no
//! query string, and a shape shows no letter of the line but `a` and no digit but `9`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use traffic::hit::{AGENT_BYTES_MAX, HOST_BYTES_MAX, PATH_BYTES_MAX};
use traffic::parse::{DefaultHost, Format, LineParser, shape};

fuzz_target!(|line: &[u8]| {
    for format in [Format::Waarborg, Format::Combined, Format::CombinedHost, Format::Json] {
        let mut parser = LineParser::new(format, DefaultHost::none());
        if let Ok(Some(hit)) = parser.parse(line) {
            assert!(hit.host.len() <= HOST_BYTES_MAX && !hit.host.contains(&b' '));
            assert!(hit.path.len() <= PATH_BYTES_MAX && !hit.path.contains(&b'?'));
            assert!(hit.agent.len() <= AGENT_BYTES_MAX && hit.seconds >= 0);
        }
    }
    let shown = shape(line);
    assert!(shown.chars().all(|c| !c.is_ascii_alphanumeric() || c == 'a' || c == '9'));
});
