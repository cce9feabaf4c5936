//! Our own format: `seconds.millis ⇥ host ⇥ address ⇥ path ⇥ browser id`, escaped as nginx escapes by default
//! (`\xHH`), so that a tab inside a value is not one.

use super::bad::Bad;
use super::fields::{hit, path_of_target, unescape};
use super::{address, time};
use crate::hit::Hit;
use memchr::memchr;
use std::borrow::Cow;

pub fn parse(line: &[u8]) -> Result<Hit<'_>, Bad> {
    let mut rest = line;
    let mut field = || -> Result<&[u8], Bad> {
        let at = memchr(b'\t', rest).ok_or(Bad::Fields)?;
        let (field, after) = rest.split_at(at);
        rest = &after[1..];
        Ok(field)
    };
    let (when, host, who, path) = (field()?, field()?, field()?, field()?);
    if memchr(b'\t', rest).is_some() {
        return Err(Bad::Fields);
    }
    let path = match unescape(path) {
        Cow::Borrowed(path) => Cow::Borrowed(path_of_target(path)),
        Cow::Owned(path) => Cow::Owned(path_of_target(&path).to_vec()),
    };
    let path = if *path == *b"-" { Cow::Borrowed(&b""[..]) } else { path };
    Ok(hit(time::seconds(when)?, unescape(host), address::parse(who)?, path, unescape(rest)))
}
