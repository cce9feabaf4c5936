//! What every format has in common: hosts, request targets, escapes, limits.

use crate::hit::{AGENT_BYTES_MAX, Address, Cut, HOST_BYTES_MAX, Hit, PATH_BYTES_MAX};
use core::fmt;
use memchr::{memchr, memchr2, memchr3};
use std::borrow::Cow;
use std::sync::Arc;

/// The host of lines that name none: given for a source, or none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DefaultHost(Option<Arc<[u8]>>);

impl DefaultHost {
    /// This host; none when the text is not one.
    #[must_use]
    pub fn new(host: &str) -> Option<Self> {
        let host = clean_host(host.as_bytes().into());
        (!host.is_empty()).then(|| Self(Some(host.into())))
    }

    /// No host: such lines share the bucket of unregistered hosts.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Debug for DefaultHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DefaultHost([withheld])")
    }
}

/// Puts a hit together from fields whose escapes are undone.
#[inline(always)]
pub fn hit<'a>(
    seconds: i64,
    host: Cow<'a, [u8]>,
    address: Address,
    path: Cow<'a, [u8]>,
    agent: Cow<'a, [u8]>,
) -> Hit<'a> {
    let cut = if path.len() > PATH_BYTES_MAX || agent.len() > AGENT_BYTES_MAX {
        Cut::Shortened
    } else {
        Cut::Whole
    };
    let agent = if *agent == *b"-" { Cow::Borrowed(&b""[..]) } else { agent };
    Hit {
        seconds,
        host: clean_host(host),
        path: shorten(path, PATH_BYTES_MAX),
        agent: shorten(agent, AGENT_BYTES_MAX),
        address,
        cut,
    }
}

#[inline(always)]
fn shorten(text: Cow<'_, [u8]>, bytes_max: usize) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..text.len().min(bytes_max)]),
        Cow::Owned(mut text) => {
            text.truncate(bytes_max);
            Cow::Owned(text)
        }
    }
}

/// A host in lower case without port and final dot; empty when it is not well formed.
#[inline(always)]
fn clean_host(host: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    // Without a branch per byte, so that it is done for many at once.
    let plain = host.len() <= HOST_BYTES_MAX
        && host.iter().fold(true, |all, byte| {
            all & (byte.is_ascii_lowercase() | byte.is_ascii_digit() | (*byte == b'-') | (*byte == b'.'))
        });
    let outside = matches!(host.as_ref(), [] | [b'-' | b'.', ..] | [.., b'.']);
    if plain && !outside { host } else { repair_host(&host).into() }
}

#[cold]
fn repair_host(host: &[u8]) -> Vec<u8> {
    let ends =
        if host.first() == Some(&b'[') { memchr(b']', host).map(|at| at + 1) } else { memchr(b':', host) };
    let (name, port) = host.split_at(ends.unwrap_or(host.len()));
    let port_is_one = matches!(port, [] | [b':', ..]) && port.iter().skip(1).all(u8::is_ascii_digit);
    let name = name.strip_suffix(b".").unwrap_or(name).to_ascii_lowercase();
    let letters =
        |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'[' | b']' | b':');
    let good = port_is_one
        && name.len() <= HOST_BYTES_MAX
        && name.iter().all(letters)
        && !matches!(name.as_slice(), [] | [b'-' | b'.', ..] | [b'_']);
    if good { name } else { Vec::new() }
}

/// The path of a request line such as `GET /path?query HTTP/1.1`; empty when it names none (`-`, or bytes
/// of a protocol that is not HTTP).
#[inline(always)]
pub fn path_of_request(request: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match request {
        Cow::Borrowed(request) => Cow::Borrowed(target(request).map_or(&b""[..], without_authority)),
        Cow::Owned(request) => Cow::Owned(target(&request).map_or(&b""[..], without_authority).to_vec()),
    }
}

/// What stands between the method and the version. A target with spaces in it is not HTTP, but servers log it.
#[inline]
fn target(request: &[u8]) -> Option<&[u8]> {
    let rest = &request[memchr(b' ', request)? + 1..];
    match memchr3(b' ', b'?', b'#', rest) {
        None => Some(rest),
        Some(at) if rest[at] != b' ' => Some(&rest[..at]),
        Some(at) if rest[at..].starts_with(b" HTTP/") && rest.len() <= at + 9 => Some(&rest[..at]),
        Some(_) => Some(spaced_target(rest)),
    }
}

#[cold]
fn spaced_target(rest: &[u8]) -> &[u8] {
    let target = match rest.iter().rposition(|byte| *byte == b' ') {
        Some(last) if rest[last..].starts_with(b" HTTP/") => &rest[..last],
        _ => rest,
    };
    match memchr2(b'?', b'#', target) {
        Some(at) => &target[..at],
        None => target,
    }
}

/// The path of what [`target`] gave, whose query is gone already.
#[inline]
fn without_authority(target: &[u8]) -> &[u8] {
    if target.first() == Some(&b'/') { target } else { path_of_absolute(target) }
}

/// A request target without query, fragment, scheme and host.
#[inline]
pub fn path_of_target(target: &[u8]) -> &[u8] {
    let target = match memchr2(b'?', b'#', target) {
        Some(at) => &target[..at],
        None => target,
    };
    without_authority(target)
}

/// The path of `http://user@host/path`: whoever sends that to a server that is no proxy may write a
/// password into it, so nothing of the authority is kept.
#[cold]
fn path_of_absolute(target: &[u8]) -> &[u8] {
    let scheme = target.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let Some(rest) = target[scheme..].strip_prefix(b"://") else { return target };
    memchr(b'/', rest).map_or(&b"/"[..], |at| &rest[at..])
}

/// Undoes `\xHH`, `\"`, `\\` and the letters of C, as nginx and Apache write them. A sequence that neither
/// writes stays as it is.
pub fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\\', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (byte, length) = match &rest[at + 1..] {
            [b'x', high, low, ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, 4),
                _ => (b'\\', 1),
            },
            [b'"', ..] => (b'"', 2),
            [b'\\', ..] => (b'\\', 2),
            [b'n', ..] => (b'\n', 2),
            [b't', ..] => (b'\t', 2),
            [b'r', ..] => (b'\r', 2),
            [b'v', ..] => (0x0b, 2),
            [b'b', ..] => (0x08, 2),
            _ => (b'\\', 1),
        };
        out.push(byte);
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

pub fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let cases = [
            ("example.org", "example.org"),
            ("WWW.Example.ORG", "www.example.org"),
            ("example.org:8080", "example.org"),
            ("example.org.", "example.org"),
            ("example.org.:443", "example.org"),
            ("[2001:DB8::1]:443", "[2001:db8::1]"),
            ("a_b.example", "a_b.example"),
            ("_", ""),
            ("-", ""),
            ("", ""),
            (":80", ""),
            ("example.org:80x", ""),
            ("evil host", ""),
            ("e\u{301}xample", ""),
            ("[::1]x", ""),
        ];
        for (host, expected) in cases {
            let clean = clean_host(host.as_bytes().into());
            assert_eq!(String::from_utf8_lossy(&clean), expected, "{host}");
        }
        assert!(clean_host(vec![b'a'; 300].into()).is_empty());
        assert_eq!(DefaultHost::new("no host"), None);
        assert_eq!(DefaultHost::new("Shop.example").expect("a host").bytes(), b"shop.example");
        assert!(!format!("{:?}", DefaultHost::new("shop.example")).contains("shop"));
    }

    #[test]
    fn paths_of_requests() {
        let cases = [
            ("GET / HTTP/1.1", "/"),
            ("GET /a?b=c HTTP/1.1", "/a"),
            ("GET /a?b=c d HTTP/1.1", "/a"),
            ("GET /a b HTTP/1.1", "/a b"),
            ("GET /a b", "/a b"),
            ("GET /a HTTP/1.1 HTTP/2.0", "/a HTTP/1.1"),
            ("GET /a#top HTTP/1.1", "/a"),
            ("GET /a", "/a"),
            ("GET http://example.org/a?b HTTP/1.1", "/a"),
            ("GET http://jan:secret@example.org HTTP/1.1", "/"),
            ("OPTIONS * HTTP/1.1", "*"),
            ("CONNECT example.org:443 HTTP/1.1", "example.org:443"),
            ("-", ""),
            ("", ""),
            ("\u{16}\u{3}\u{1}", ""),
        ];
        for (request, expected) in cases {
            let path = path_of_request(request.as_bytes().into());
            assert_eq!(String::from_utf8_lossy(&path), expected, "{request}");
            let path = path_of_request(request.as_bytes().to_vec().into());
            assert_eq!(String::from_utf8_lossy(&path), expected, "{request}");
        }
    }

    #[test]
    fn escapes() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b"plain", b"plain"),
            (br#"a\"b\\c"#, br#"a"b\c"#),
            (br"\x22\xFf\x0a", b"\x22\xff\x0a"),
            (br"\n\t\r\v\b", b"\n\t\r\x0b\x08"),
            (br"\xg0", br"\xg0"),
            (br"\x2", br"\x2"),
            (br"\q", br"\q"),
            (br"end\", br"end\"),
            (br"\\x41", br"\x41"),
        ];
        for (text, expected) in cases {
            assert_eq!(&*unescape(text), expected);
        }
    }
}
