//! Lines of web servers' logs, read into [`Hit`]s.
//!
//! A line is foreign bytes: the client chose half of it. So nothing here assumes UTF-8, every field has a
//! limit, a line that cannot be read gives a reason and never an end of the stream, and what is shown of such
//! a line is its shape alone ([`shape`]).
//!
//! The query string is dropped here, before anything else sees the path: it is the one place.

mod address;
mod bad;
mod combined;
mod fields;
mod five;
mod json;
mod json_scan;
mod time;

pub use bad::{Bad, BadLines, SAMPLES_MAX, shape};
pub use fields::DefaultHost;

use crate::hit::Hit;
use time::TimeCache;

/// How the lines of a source are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Our own five fields: the format of choice, because the query string never reaches the disk. For nginx:
    /// `map $request_uri $waarborg_path { "~^(?<waarborg_p>[^?]*)" $waarborg_p; }` and
    /// `log_format waarborg '$msec\t$host\t$remote_addr\t$waarborg_path\t$http_user_agent';`
    Waarborg,
    /// `combined` of nginx and Apache: no virtual host.
    Combined,
    /// `combined` with the virtual host, with or without its port, as the first word.
    CombinedHost,
    /// JSON, one object in a line: nginx with `escape=json` and the names of its variables, or Caddy's log.
    Json,
}

/// Reads lines of one format. It keeps the last date it met, so one per thread.
#[derive(Debug, Clone)]
pub struct LineParser {
    format: Format,
    host: DefaultHost,
    time: TimeCache,
}

impl LineParser {
    /// A parser; the host counts for formats and lines that name none.
    #[must_use]
    pub fn new(format: Format, host: DefaultHost) -> Self {
        Self { format, host, time: TimeCache::default() }
    }

    /// Reads one line, without its line feed. Blank lines are `None`: they say nothing.
    ///
    /// # Errors
    /// The reason a line cannot be read.
    #[inline]
    pub fn parse<'a>(&mut self, line: &'a [u8]) -> Result<Option<Hit<'a>>, Bad> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(None);
        }
        let mut hit = match self.format {
            Format::Waarborg => five::parse(line),
            Format::Combined => combined::parse(line, combined::HostPlace::Nowhere, &mut self.time),
            Format::CombinedHost => combined::parse(line, combined::HostPlace::First, &mut self.time),
            Format::Json => json::parse(line, &mut self.time),
        }?;
        if hit.host.is_empty() {
            hit.host = self.host.bytes().to_vec().into();
        }
        Ok(Some(hit))
    }
}

#[cfg(test)]
mod tests;
