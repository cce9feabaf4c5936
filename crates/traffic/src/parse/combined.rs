//! `combined` of nginx and Apache, with or without the virtual host before it:
//!
//! ```text
//! [host] address ident user [time] "request" status bytes "referer" "browser id" …
//! ```
//!
//! Only host, address, time, the path of the request and the browser id are read. The user's name is the
//! client's choice and is not quoted, so it may hold spaces and brackets: the time is the first thing that reads
//! as one and is followed by a quotation mark, which both servers escape inside a name.

use super::address;
use super::bad::Bad;
use super::fields::{hit, path_of_request, unescape};
use super::time::{CLF_BYTES, TimeCache};
use crate::hit::{Cut, Hit};
use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// Where the virtual host stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostPlace {
    /// It is the first word.
    First,
    /// The line has none.
    Nowhere,
}

#[inline(always)]
pub fn parse<'a>(line: &'a [u8], host_place: HostPlace, times: &mut TimeCache) -> Result<Hit<'a>, Bad> {
    let (host, rest) = match host_place {
        HostPlace::First => word(line)?,
        HostPlace::Nowhere => (&b""[..], line),
    };
    let (who, rest) = address::parse_word(rest)?;
    let (seconds, rest) = time(rest, times)?;
    let (request, rest) = quoted(rest)?;
    let open = memchr(b'"', rest).ok_or(Bad::Fields)?;
    let rest = skip_quoted(&rest[open + 1..])?;
    let rest = rest.strip_prefix(b" \"").ok_or(Bad::Fields)?;
    // Servers cut a very long line off inside its last field. The request was made all the same.
    let (agent, cut) = match quoted(rest) {
        Ok((agent, _)) => (agent, None),
        Err(_) => (unescape(rest), Some(Cut::Shortened)),
    };
    let hit = hit(seconds, Cow::Borrowed(host), who, path_of_request(request), agent);
    Ok(Hit { cut: cut.unwrap_or(hit.cut), ..hit })
}

/// The bytes up to the next space, and those after it.
#[inline]
fn word(text: &[u8]) -> Result<(&[u8], &[u8]), Bad> {
    let at = memchr(b' ', text).ok_or(Bad::Fields)?;
    Ok((&text[..at], &text[at + 1..]))
}

/// The time, and what follows the quotation mark that opens the request.
#[inline]
fn time<'a>(text: &'a [u8], times: &mut TimeCache) -> Result<(i64, &'a [u8]), Bad> {
    // Nearly every line has neither ident nor user.
    if let Some((when, after)) = text.strip_prefix(b"- - [").and_then(|rest| rest.split_at_checked(CLF_BYTES))
        && let Some(after) = after.strip_prefix(b"] \"")
        && let Ok(seconds) = times.common_log(when)
    {
        return Ok((seconds, after));
    }
    let mut rest = text;
    let mut met = Bad::Fields;
    while let Some(at) = memchr(b'[', rest) {
        rest = &rest[at + 1..];
        if let Some((when, after)) = rest.split_at_checked(CLF_BYTES)
            && let Some(after) = after.strip_prefix(b"] \"")
        {
            match times.common_log(when) {
                Ok(seconds) => return Ok((seconds, after)),
                Err(bad) => met = bad,
            }
        }
    }
    Err(met)
}

/// The text up to the next quotation mark that is not escaped, and what follows it.
#[inline(always)]
fn quoted(text: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), Bad> {
    let at = memchr2(b'"', b'\\', text).ok_or(Bad::Fields)?;
    if text[at] == b'"' {
        return Ok((Cow::Borrowed(&text[..at]), &text[at + 1..]));
    }
    let rest = skip_quoted(text)?;
    let inside = &text[..text.len() - rest.len() - 1];
    Ok((unescape(inside), rest))
}

/// What follows the next quotation mark that is not escaped.
#[inline]
fn skip_quoted(text: &[u8]) -> Result<&[u8], Bad> {
    let mut from = 0;
    loop {
        let at = from + memchr2(b'"', b'\\', text.get(from..).ok_or(Bad::Fields)?).ok_or(Bad::Fields)?;
        if text[at] == b'"' {
            return Ok(&text[at + 1..]);
        }
        from = at + 2;
    }
}
