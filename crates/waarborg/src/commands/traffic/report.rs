//! How segments and counts are shown.

use crate::cli::{LogArgs, LogFormat};
use anyhow::{Context, Result};
use serde::Serialize;
use traffic::parse::{Bad, BadLines, DefaultHost, Format, LineParser};
use traffic::segment::Sealed;
use traffic::segment::name::SegmentName;
use traffic::store::Stored;

/// A segment that was sealed.
#[derive(Debug, Serialize)]
pub struct SealedSegment {
    day: String,
    seq: u32,
    rows: Option<u64>,
    sites: usize,
    bytes: u64,
    manifest: String,
}

impl SealedSegment {
    pub fn new(name: &SegmentName, sealed: &Sealed) -> Self {
        Self {
            day: name.day.to_string(),
            seq: name.seq,
            // Of what a crash left nobody on the machine knows how many rows it has.
            rows: (sealed.rows > 0).then_some(sealed.rows),
            sites: sealed.sites,
            bytes: sealed.manifest.data_bytes + sealed.key_object.len() as u64,
            manifest: hex::encode(sealed.manifest.hash()),
        }
    }

    pub fn words(&self) -> String {
        let rows = self.rows.map_or_else(|| "what a crash left".into(), |rows| format!("{rows} rows"));
        format!("{} number {}: {rows} of {} sites, {} bytes", self.day, self.seq, self.sites, self.bytes)
    }
}

/// Lines that could not be read.
#[derive(Debug, Serialize)]
pub struct BadReport {
    reason: String,
    lines: u64,
    /// The shape of the first of them: no word and no number.
    shape: Option<String>,
}

pub fn bad_lines(bad: &BadLines) -> Vec<BadReport> {
    let report = |reason: Bad| BadReport {
        reason: reason.to_string(),
        lines: bad.count(reason),
        shape: bad.samples().iter().find(|(of, _)| *of == reason).map(|(_, shape)| shape.clone()),
    };
    Bad::ALL.into_iter().filter(|reason| bad.count(*reason) > 0).map(report).collect()
}

pub fn bad_words(bad: &[BadReport]) -> String {
    bad.iter()
        .map(|bad| {
            let shape = bad.shape.as_deref().unwrap_or_default();
            format!("\n{} lines: {}; they look like {shape}", bad.lines, bad.reason)
        })
        .collect()
}

pub fn stored_name(stored: &Stored) -> String {
    format!("{}/{:010}", stored.day, stored.seq)
}

pub fn parser(args: &LogArgs) -> Result<LineParser> {
    let host = match &args.host {
        Some(host) => DefaultHost::new(host).with_context(|| format!("--host: {host:?} is no host name"))?,
        None => DefaultHost::none(),
    };
    let format = match args.format {
        LogFormat::Waarborg => Format::Waarborg,
        LogFormat::Combined => Format::Combined,
        LogFormat::CombinedHost => Format::CombinedHost,
        LogFormat::Json => Format::Json,
    };
    Ok(LineParser::new(format, host))
}
