//! A scanner of JSON values in a line. Not serde_json, because web servers write bytes that are not UTF-8 into
//! strings (nginx leaves everything above 0x7f as it came), and because most of a line is only skipped.
//!
//! It is lenient where that harms nobody (what is skipped is not judged beyond its brackets) and never panics;
//! nesting is limited.

use super::bad::Bad;
use super::fields::hex;
use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// Deepest nesting of what is skipped.
const DEPTH_MAX: usize = 32;

/// A value that was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string, its escapes undone.
    Text(Cow<'a, [u8]>),
    /// A number, `true`, `false` or `null`, as written.
    Bare(&'a [u8]),
    /// An object begins.
    Object,
    /// A list begins.
    List,
}

/// The bytes that are left.
#[derive(Debug, Clone)]
pub struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    pub const fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    fn space(&mut self) {
        let spaces = self.rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.rest = &self.rest[spaces..];
    }

    /// Takes this byte when it comes next.
    pub fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    /// Nothing but space is left.
    pub fn ended(&mut self) -> bool {
        self.space();
        self.rest.is_empty()
    }

    /// The next value. Of objects and lists only the bracket is taken.
    pub fn value(&mut self) -> Result<Value<'a>, Bad> {
        self.space();
        match self.rest.first() {
            Some(b'"') => self.text().map(Value::Text),
            Some(b'{') => self.take(b'{').map(|()| Value::Object).ok_or(Bad::Json),
            Some(b'[') => self.take(b'[').map(|()| Value::List).ok_or(Bad::Json),
            _ => {
                let bare = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.');
                let length = self.rest.iter().take_while(bare).count();
                if length == 0 {
                    return Err(Bad::Json);
                }
                let (value, rest) = self.rest.split_at(length);
                self.rest = rest;
                Ok(Value::Bare(value))
            }
        }
    }

    /// The next name of an object with its colon; none when the object ends. `first` says that no comma is due.
    pub fn name(&mut self, place: Place) -> Result<Option<Cow<'a, [u8]>>, Bad> {
        if self.take(b'}').is_some() {
            return Ok(None);
        }
        if place == Place::Later {
            self.take(b',').ok_or(Bad::Json)?;
        }
        self.space();
        let name = self.text()?;
        self.take(b':').ok_or(Bad::Json)?;
        Ok(Some(name))
    }

    /// Skips the rest of an object or list whose bracket was taken, or nothing for other values.
    pub fn skip(&mut self, value: &Value<'_>) -> Result<(), Bad> {
        if !matches!(value, Value::Object | Value::List) {
            return Ok(());
        }
        let mut depth = 1;
        while depth > 0 {
            let at = self
                .rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
                .ok_or(Bad::Json)?;
            let byte = self.rest[at];
            if byte == b'"' {
                self.rest = &self.rest[at..];
                self.raw_text()?;
                continue;
            }
            self.rest = &self.rest[at + 1..];
            depth = if matches!(byte, b'{' | b'[') { depth + 1 } else { depth - 1 };
            if depth > DEPTH_MAX {
                return Err(Bad::Json);
            }
        }
        Ok(())
    }

    fn text(&mut self) -> Result<Cow<'a, [u8]>, Bad> {
        let raw = self.raw_text()?;
        Ok(if memchr(b'\\', raw).is_some() { Cow::Owned(undo(raw)) } else { Cow::Borrowed(raw) })
    }

    /// The inside of a string, escapes as written.
    fn raw_text(&mut self) -> Result<&'a [u8], Bad> {
        let text = self.rest.strip_prefix(b"\"").ok_or(Bad::Json)?;
        let mut from = 0;
        loop {
            let at = from + memchr2(b'"', b'\\', text.get(from..).ok_or(Bad::Json)?).ok_or(Bad::Json)?;
            if text[at] == b'"' {
                self.rest = &text[at + 1..];
                return Ok(&text[..at]);
            }
            from = at + 2;
        }
    }
}

/// Whether a name is the first of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// No comma before it.
    First,
    /// A comma before it.
    Later,
}

/// Undoes the escapes of JSON. Half of a surrogate pair becomes U+FFFD; an escape that JSON does not have stays.
fn undo(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let plain = match rest.first() {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'u') if unit(rest).is_some() => {
                let (character, length) = character(rest);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[length..];
                continue;
            }
            _ => {
                out.push(b'\\');
                continue;
            }
        };
        out.push(plain);
        rest = &rest[1..];
    }
    out.extend_from_slice(rest);
    out
}

/// The number of `uHHHH`.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"u")?.get(..4)?;
    digits.iter().try_fold(0, |number, digit| Some(number << 4 | u32::from(hex(*digit)?)))
}

/// The character that begins with `uHHHH`, and how many bytes it took.
fn character(text: &[u8]) -> (char, usize) {
    let high = unit(text).unwrap_or(0xfffd);
    if (0xd800..0xdc00).contains(&high)
        && let Some(next) = text[5..].strip_prefix(b"\\")
        && let Some(low @ 0xdc00..0xe000) = unit(next)
    {
        let joined = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}
