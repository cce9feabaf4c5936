//! The forms that single values must have. Only the form is checked: whether a number exists in a
//! register is for its register to say.

use crate::model::Host;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A name in the file: lower-case letters, digits and hyphens, beginning with a letter.
pub(crate) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && text.len() <= 40
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The key of a promise.
pub(crate) fn is_promise(text: &str) -> bool {
    text.parse::<crate::model::PromiseId>().is_ok()
}

/// A number of the Dutch trade register: eight digits.
pub(crate) fn is_kvk(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A VAT number; a Dutch one has the form NL123456789B01.
pub(crate) fn is_vat(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 4 || bytes.len() > 15 || !bytes[..2].iter().all(u8::is_ascii_uppercase) {
        return false;
    }
    if !text.starts_with("NL") {
        return bytes[2..].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    }
    let shape = |(at, byte): (usize, &u8)| if at == 9 { *byte == b'B' } else { byte.is_ascii_digit() };
    bytes.len() == 14 && bytes[2..].iter().enumerate().all(shape)
}

/// A country code of two capitals.
pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// An address for mail: one at sign between a local part and a host name.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_ok =
        !local.is_empty() && local.chars().all(|c| !c.is_whitespace() && !"<>()[],;:\"\\".contains(c));
    local_ok && domain.contains('.') && is_host_name(domain)
}

/// An https address.
pub(crate) fn is_https(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.contains('.')
        && host_and_port(host).is_some()
        && !rest.contains(|c: char| c.is_whitespace() || "<>\"".contains(c))
}

/// A telephone number in international form.
pub(crate) fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let Some(rest) = text.strip_prefix('+') else { return false };
    (6..=15).contains(&digits) && rest.bytes().all(|byte| byte.is_ascii_digit() || b" -()".contains(&byte))
}

/// A host, with or without a port.
pub(crate) fn host(text: &str) -> Option<Host> {
    host_and_port(text).map(|(name, port)| Host { name: name.to_ascii_lowercase(), port })
}

fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    let port_of = |digits: &str| {
        let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|port| all_digits && *port > 0)
    };
    if let Some(rest) = text.strip_prefix('[') {
        let (name, tail) = rest.split_once(']')?;
        name.parse::<Ipv6Addr>().ok()?;
        return match tail.strip_prefix(':') {
            Some(digits) => Some((name, Some(port_of(digits)?))),
            None => tail.is_empty().then_some((name, None)),
        };
    }
    match text.split_once(':') {
        Some((name, digits)) => (is_host_name(name)).then_some((name, Some(port_of(digits)?))),
        None => is_host_name(text).then_some((text, None)),
    }
}

/// Labels of letters, digits and hyphens; international names in their ASCII form. A name that
/// ends in a number must be an IPv4 address.
fn is_host_name(text: &str) -> bool {
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let numeric_end =
        text.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    text.len() <= 253 && text.split('.').all(label_ok) && (!numeric_end || text.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        type Case = (&'static str, fn(&str) -> bool, &'static [&'static str], &'static [&'static str]);
        let cases: [Case; 8] = [
            ("name", is_name, &["account", "mail-relay", "a1"], &["", "Account", "1a", "a_b", "-a", "ä"]),
            ("kvk", is_kvk, &["00000000", "12345678"], &["1234567", "123456789", "1234567a", ""]),
            (
                "vat",
                is_vat,
                &["NL123456789B01", "BE0123456789"],
                &["NL123456789", "NL12345678AB01", "nl1", "N", ""],
            ),
            ("country", is_country, &["NL", "US"], &["nl", "NLD", "N", ""]),
            (
                "e-mail",
                is_email,
                &["a@example.org", "a.b+c@x.example"],
                &["a", "@example.org", "a@b", "a b@example.org", "a@-.nl", "a@b@c.nl"],
            ),
            (
                "https",
                is_https,
                &["https://www.example.org", "https://example.org/a?b#c"],
                &["http://example.org", "https://", "https://x y.nl", "https://local", "example.org"],
            ),
            (
                "phone",
                is_phone,
                &["+31 20 000 00 00", "+1 (202) 555-0100"],
                &["020 0000000", "+31", "+31 x 000000", ""],
            ),
            (
                "host",
                |text| host(text).is_some(),
                &[
                    "smtp.example.net:587",
                    "Example.ORG",
                    "127.0.0.1:25",
                    "[::1]:25",
                    "[::1]",
                    "localhost:2525",
                ],
                &[
                    "",
                    "a b",
                    "https://x.example",
                    "x.example/",
                    "x:0",
                    "x:65536",
                    "x:",
                    "::1",
                    "[x]:1",
                    "1.2.3:25",
                    "*.example.org",
                    "x.example:+5",
                ],
            ),
        ];
        for (what, check, good, bad) in cases {
            for text in good {
                assert!(check(text), "{what}: {text} is well-formed");
            }
            for text in bad {
                assert!(!check(text), "{what}: {text} is not well-formed");
            }
        }
    }
}
