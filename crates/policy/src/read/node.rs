//! Reading a TOML tree with its lines: every reader returns a value in any case and notes what was
//! wrong, so that one pass finds all mistakes.
//!
//! Invariants: a key that nobody asked for is a mistake ([`Section::finish`]); no text reaches the
//! model with control or direction-changing characters; input is bounded before it is parsed.

use super::words::Words;
use crate::error::PolicyError;
use crate::model::{Host, Text};
use crate::term::Term;
use base::Day;
use core::ops::Range;
use std::cell::RefCell;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The largest policy file.
pub(crate) const SIZE_BYTES_MAX: usize = 256 * 1024;
/// The longest line: with [`DOTS_MAX`] it bounds how deep keys can nest.
const LINE_BYTES_MAX: usize = 2_000;
/// The most dots in one line. A dotted key of thousands of parts would make a tree too deep to walk.
const DOTS_MAX: usize = 40;
/// The most mistakes that are reported.
const ERRORS_MAX: usize = 100;
/// The most entries of one table or list.
const ENTRIES_MAX: usize = 200;
/// The longest name or single value, in characters.
const VALUE_CHARS_MAX: usize = 300;
/// The longest text, in characters.
const TEXT_CHARS_MAX: usize = 6_000;

/// What all readers share: where lines begin, what was wrong so far, and what texts may refer to.
pub(crate) struct Reading {
    line_starts: Vec<usize>,
    errors: RefCell<Vec<PolicyError>>,
    pub(crate) words: Words,
}

impl Reading {
    pub(crate) fn new(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            line_starts: core::iter::once(0).chain(newlines).collect(),
            errors: RefCell::new(Vec::new()),
            words: Words::default(),
        }
    }

    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        self.line_starts.partition_point(|start| *start <= span.start).max(1)
    }

    pub(crate) fn error(
        &self,
        line: usize,
        path: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let mut errors = self.errors.borrow_mut();
        let error =
            PolicyError { line, path: path.to_owned(), found: found.into(), expected: expected.into() };
        // Parts that are walked twice tell of the same mistake once.
        if errors.len() < ERRORS_MAX && !errors.contains(&error) {
            errors.push(error);
        }
    }

    pub(crate) fn into_errors(self) -> Vec<PolicyError> {
        self.errors.into_inner()
    }

    /// Refuses what is too large or too deep to parse safely.
    pub(crate) fn bounded(&self, text: &str) -> bool {
        if text.len() > SIZE_BYTES_MAX {
            self.error(1, "", format!("{} bytes", text.len()), format!("at most {SIZE_BYTES_MAX} bytes"));
            return false;
        }
        for (index, line) in text.split('\n').enumerate() {
            let dots = line.bytes().filter(|byte| *byte == b'.').count();
            if line.len() > LINE_BYTES_MAX {
                let expected = format!("at most {LINE_BYTES_MAX}; break a long text with \"\"\"");
                self.error(index + 1, "", format!("a line of {} bytes", line.len()), expected);
                return false;
            }
            if dots > DOTS_MAX {
                self.error(index + 1, "", format!("a line with {dots} dots"), format!("at most {DOTS_MAX}"));
                return false;
            }
        }
        true
    }
}

/// A table of the file, with its path.
pub(crate) struct Section<'a, 't> {
    pub(crate) reading: &'a Reading,
    pub(crate) path: String,
    pub(crate) line: usize,
    table: Option<&'a DeTable<'t>>,
    asked: RefCell<Vec<String>>,
}

/// A value with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) line: usize,
}

impl<'a, 't> Section<'a, 't> {
    pub(crate) fn root(reading: &'a Reading, table: &'a DeTable<'t>) -> Self {
        Self { reading, path: String::new(), line: 1, table: Some(table), asked: RefCell::default() }
    }

    fn child(&self, path: String, line: usize, table: Option<&'a DeTable<'t>>) -> Self {
        Self { reading: self.reading, path, line, table, asked: RefCell::default() }
    }

    /// The path of a key below this one.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The line of a key, or of this table when the key is not there.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.table
            .and_then(|table| table.get_key_value(key))
            .map_or(self.line, |(key, _)| self.reading.line(&key.span()))
    }

    pub(crate) fn error(&self, key: &str, found: impl Into<String>, expected: impl Into<String>) {
        self.reading.error(self.line_of(key), &self.path_of(key), found, expected);
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().push(key.to_owned());
        self.table?.get(key)
    }

    /// The value of a key that was left out: the key counts as known.
    pub(crate) fn absent<T>(&self, key: &str, value: T) -> Option<T> {
        self.asked.borrow_mut().push(key.to_owned());
        Some(value)
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    fn required(&self, key: &str, expected: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        let value = self.value(key);
        // A section that is missing as a whole was reported where it was asked for.
        if value.is_none() && self.table.is_some() {
            self.error(key, "nothing", expected);
        }
        value
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self.table.into_iter().flat_map(DeTable::keys) {
            let name: &str = key.get_ref();
            if !asked.iter().any(|known| known == name) {
                let line = self.reading.line(&key.span());
                let expected = format!("only the keys {}", asked.join(", "));
                self.reading.error(line, &self.path_of(&shortened(name)), "an unknown key", expected);
            }
        }
    }

    /// A single line of text.
    pub(crate) fn string(&self, key: &'static str, expected: &str) -> String {
        self.required(key, expected)
            .and_then(|value| self.line_text(key, value, expected))
            .unwrap_or_default()
    }

    /// A single line of text that may be left out.
    pub(crate) fn optional_string(&self, key: &'static str, expected: &str) -> Option<String> {
        self.value(key).and_then(|value| self.line_text(key, value, expected))
    }

    fn line_text(&self, key: &str, value: &Spanned<DeValue<'t>>, expected: &str) -> Option<String> {
        let text = value.get_ref().as_str().map(str::trim);
        match text {
            Some(text) if is_printable(text, VALUE_CHARS_MAX) => Some(text.to_owned()),
            _ => {
                self.error(key, found(value.get_ref()), expected);
                None
            }
        }
    }

    /// A single line of text of a form that `check` knows.
    pub(crate) fn checked(&self, key: &'static str, expected: &str, check: fn(&str) -> bool) -> String {
        let text = self.string(key, expected);
        if !text.is_empty() && !check(&text) {
            self.error(key, quoted(&text), expected);
        }
        text
    }

    /// As [`Section::checked`], for a key that may be left out.
    pub(crate) fn optional_checked(
        &self,
        key: &'static str,
        expected: &str,
        check: fn(&str) -> bool,
    ) -> Option<String> {
        self.has(key).then(|| self.checked(key, expected, check)).or_else(|| {
            self.asked.borrow_mut().push(key.to_owned());
            None
        })
    }

    /// A text in both languages: `{ nl = "…", en = "…" }`.
    pub(crate) fn text(&self, key: &str) -> Text {
        self.required(key, TEXT_EXPECTED).map(|value| self.text_value(key, value)).unwrap_or_default()
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&self, key: &'static str) -> Option<Text> {
        self.value(key).map(|value| self.text_value(key, value))
    }

    fn text_value(&self, key: &str, value: &'a Spanned<DeValue<'t>>) -> Text {
        let line = self.line_of(key);
        let Some(table) = value.get_ref().as_table() else {
            self.error(key, found(value.get_ref()), TEXT_EXPECTED);
            return Text::default();
        };
        let section = self.child(self.path_of(key), line, Some(table));
        let text = Text { nl: section.prose("nl"), en: section.prose("en") };
        section.finish();
        text
    }

    fn prose(&self, key: &'static str) -> String {
        const EXPECTED: &str = "a text of at most 6000 characters without control characters";
        let Some(value) = self.required(key, EXPECTED) else { return String::new() };
        let Some(raw) = value.get_ref().as_str() else {
            self.error(key, found(value.get_ref()), EXPECTED);
            return String::new();
        };
        let text = paragraphs(raw);
        if !is_printable(&text.replace('\n', " "), TEXT_CHARS_MAX) {
            self.error(key, found(value.get_ref()), EXPECTED);
            return String::new();
        }
        match self.reading.words.fill(&text, key) {
            Ok(filled) => filled,
            Err(unknown) => {
                let known = self.reading.words.known();
                self.error(key, format!("{{{}}}", shortened(&unknown)), format!("one of {known}"));
                String::new()
            }
        }
    }

    /// A list of single lines of text.
    pub(crate) fn strings(&self, key: &'static str, expected: &str) -> Vec<At<String>> {
        let Some(value) = self.required(key, expected) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.error(key, found(value.get_ref()), expected);
            return Vec::new();
        };
        if array.len() > ENTRIES_MAX {
            self.error(key, format!("{} items", array.len()), format!("at most {ENTRIES_MAX}"));
        }
        let mut items: Vec<At<String>> = Vec::new();
        for item in array.iter().take(ENTRIES_MAX) {
            let line = self.reading.line(&item.span());
            let text =
                item.get_ref().as_str().map(str::trim).filter(|text| is_printable(text, VALUE_CHARS_MAX));
            let path = self.path_of(key);
            match text {
                None => self.reading.error(line, &path, found(item.get_ref()), expected),
                Some(text) if items.iter().any(|other| other.value == text) => {
                    self.reading.error(line, &path, format!("{} twice", quoted(text)), "each item once");
                }
                Some(text) => items.push(At { value: text.to_owned(), line }),
            }
        }
        items
    }

    /// A list of names, each of which must be known.
    pub(crate) fn names(&self, key: &'static str, what: &str, known: &[String]) -> Vec<String> {
        let expected = format!("a list of {what}");
        let items = self.strings(key, &expected);
        for item in &items {
            if !known.contains(&item.value) {
                let expected = format!("one of the {what} {}", listed(known));
                self.reading.error(item.line, &self.path_of(key), quoted(&item.value), expected);
            }
        }
        items.into_iter().map(|item| item.value).collect()
    }

    /// As [`Section::names`], with at least one.
    pub(crate) fn some_names(&self, key: &'static str, what: &str, known: &[String]) -> Vec<String> {
        let names = self.names(key, what, known);
        if names.is_empty() && self.has(key) {
            self.error(key, "an empty list", format!("at least one of the {what} {}", listed(known)));
        }
        names
    }

    /// A word out of a fixed list.
    pub(crate) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let names: Vec<String> = choices.iter().map(|(name, _)| (*name).to_owned()).collect();
        let expected = format!("one of {}", listed(&names));
        let text = self.string(key, &expected);
        let chosen = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if chosen.is_none() && !text.is_empty() {
            self.error(key, quoted(&text), expected);
        }
        chosen
    }

    /// A term.
    pub(crate) fn term(&self, key: &'static str) -> Term {
        const EXPECTED: &str = "a term such as \"2 years\", \"6 months\" or \"90 days\"";
        let text = self.string(key, EXPECTED);
        text.parse().unwrap_or_else(|_| {
            if !text.is_empty() {
                self.error(key, quoted(&text), EXPECTED);
            }
            Term::default()
        })
    }

    /// A calendar date.
    pub(crate) fn date(&self, key: &'static str) -> Day {
        const EXPECTED: &str = "a date such as 2026-11-22, without quotes";
        let Some(value) = self.required(key, EXPECTED) else { return Day::from_number(0) };
        let stamp =
            value.get_ref().as_datetime().filter(|stamp| stamp.time.is_none() && stamp.offset.is_none());
        let day = stamp.and_then(|stamp| stamp.date).and_then(|date| {
            let year = i16::try_from(date.year).ok()?;
            let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
            Day::of_date(jiff::civil::Date::new(year, month, day).ok()?)
        });
        day.unwrap_or_else(|| {
            self.error(key, found(value.get_ref()), EXPECTED);
            Day::from_number(0)
        })
    }

    /// A whole number within bounds.
    pub(crate) fn number(&self, key: &'static str, bounds: core::ops::RangeInclusive<u64>) -> u64 {
        let expected = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        let Some(value) = self.required(key, &expected) else { return *bounds.start() };
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number = number.and_then(|number| number.as_str().replace('_', "").parse().ok());
        number.filter(|number| bounds.contains(number)).unwrap_or_else(|| {
            self.error(key, found(value.get_ref()), expected);
            *bounds.start()
        })
    }

    /// Hosts, each `name` or `name:port`.
    pub(crate) fn hosts(&self, key: &'static str) -> Vec<At<Host>> {
        const EXPECTED: &str = "a list of hosts such as \"smtp.example.net:587\", without scheme or path";
        let mut hosts = Vec::new();
        for item in self.strings(key, EXPECTED) {
            match super::forms::host(&item.value) {
                Some(host) => hosts.push(At { value: host, line: item.line }),
                None => self.reading.error(item.line, &self.path_of(key), quoted(&item.value), EXPECTED),
            }
        }
        hosts
    }

    /// A table below this one.
    pub(crate) fn section(&self, key: &'static str) -> Self {
        let value = self.required(key, "a table");
        self.section_value(key, value)
    }

    /// A table below this one that may be left out.
    pub(crate) fn optional_section(&self, key: &'static str) -> Option<Self> {
        self.value(key).map(|value| self.section_value(key, Some(value)))
    }

    fn section_value(&self, key: &str, value: Option<&'a Spanned<DeValue<'t>>>) -> Self {
        let table = value.and_then(|value| value.get_ref().as_table());
        if let (Some(value), None) = (value, table) {
            self.error(key, found(value.get_ref()), "a table");
        }
        self.child(self.path_of(key), self.line_of(key), table)
    }

    /// The tables below a key, in the order of the file, each under a well-formed name.
    pub(crate) fn entries(&self, key: &'static str, name_ok: fn(&str) -> bool) -> Vec<(String, Self)> {
        let parent = self.section(key);
        let mut entries: Vec<_> = parent.table.into_iter().flat_map(|table| table.iter()).collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        if entries.len() > ENTRIES_MAX {
            parent.error("", format!("{} entries", entries.len()), format!("at most {ENTRIES_MAX}"));
        }
        let mut sections = Vec::new();
        for (name, value) in entries.into_iter().take(ENTRIES_MAX) {
            let name: &str = name.get_ref();
            if !name_ok(name) {
                let expected = "a name of lower-case letters, digits and hyphens (promises: P01 to P16)";
                parent.error(name, format!("the name {}", quoted(name)), expected);
                continue;
            }
            sections.push((name.to_owned(), parent.section_value(name, Some(value))));
        }
        sections
    }

    /// The names below a key, for checking references before the tables themselves are read.
    pub(crate) fn peek_names(&self, key: &str) -> Vec<String> {
        let table = self.table.and_then(|table| table.get(key)).and_then(|value| value.get_ref().as_table());
        let mut keys: Vec<_> = table.into_iter().flat_map(DeTable::keys).collect();
        keys.sort_by_key(|key| key.span().start);
        keys.into_iter().take(ENTRIES_MAX).map(|key| key.get_ref().to_string()).collect()
    }

    /// A string two tables down, unchecked, for the words that texts may refer to.
    pub(crate) fn peek(&self, path: &[&str]) -> Option<&'a str> {
        let (last, tables) = path.split_last()?;
        let mut table = self.table?;
        for key in tables {
            table = table.get(*key)?.get_ref().as_table()?;
        }
        table.get(*last)?.get_ref().as_str()
    }
}

const TEXT_EXPECTED: &str = "a text in both languages, { nl = \"…\", en = \"…\" }";

/// What a value is, for a message.
fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => quoted(text),
        DeValue::Integer(number) => shortened(&number.to_string()),
        DeValue::Float(number) => shortened(number.as_str()),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(stamp) => stamp.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// A text in quotes, on one line, cut where it gets long.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text))
}

fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut short: String =
        text.chars().take(CHARS_MAX).map(|c| if is_allowed(c) { c } else { '\u{fffd}' }).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

pub(crate) fn listed(names: &[String]) -> String {
    if names.is_empty() { "(none are declared)".to_owned() } else { names.join(", ") }
}

/// Joins the lines of a paragraph; blank lines separate paragraphs.
fn paragraphs(raw: &str) -> String {
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in raw.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let last = paragraphs.last_mut().expect("there is always one");
        if line.is_empty() {
            if !last.is_empty() {
                paragraphs.push(String::new());
            }
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(&line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

fn is_printable(text: &str, chars_max: usize) -> bool {
    !text.is_empty() && text.chars().count() <= chars_max && text.chars().all(is_allowed)
}

/// No control characters, and none that turn the direction of the text around them.
fn is_allowed(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
}
