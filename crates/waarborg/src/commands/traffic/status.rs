//! `waarborg traffic status`.

use super::folder::{Folder, warning};
use super::pushed;
use super::report::stored_name;
use crate::output::Out;
use anyhow::Result;
use base::Day;
use serde::Serialize;
use std::process::ExitCode;
use traffic::node::Node;
use traffic::ship::positions::FileState;
use traffic::ship::{ShipError, committed, lock};

#[derive(Serialize)]
struct Status {
    node: String,
    key: String,
    shipper: &'static str,
    warning: Option<String>,
    next_number: u32,
    lines: u64,
    rows: u64,
    bad_lines: u64,
    open: Vec<OpenDay>,
    sources: Vec<SourceStatus>,
    segments: usize,
    pushed: usize,
    first: Option<String>,
    last: Option<String>,
}

#[derive(Serialize)]
struct OpenDay {
    day: String,
    seq: u32,
    spooled_bytes: u64,
}

#[derive(Serialize)]
struct SourceStatus {
    path: String,
    files_open: usize,
    bytes_read: u64,
    truncations: u64,
    files_lost: u64,
    gaps: u64,
}

pub fn run(folder: &Folder, out: &Out) -> Result<ExitCode> {
    let node = Node::open(folder.path())?;
    let position = committed(folder.path())?.unwrap_or_default();
    let shipper = match lock(folder.path()) {
        Ok(_) => "stopped",
        Err(ShipError::Running(_)) => "running",
        Err(error) => return Err(error.into()),
    };
    let segments = node.store().segments()?;
    let sources = position.sources.iter().map(|(path, source)| SourceStatus {
        path: path.clone(),
        files_open: source.files.iter().filter(|file| file.state != FileState::Done).count(),
        bytes_read: source.files.iter().map(|file| file.offset).sum(),
        truncations: source.truncations,
        files_lost: source.lost,
        gaps: source.gaps,
    });
    let open = position.spools.iter().map(|spool| OpenDay {
        day: Day::from_number(spool.day).to_string(),
        seq: spool.seq,
        spooled_bytes: spool.bytes,
    });
    let status = Status {
        node: node.id().to_string(),
        key: hex::encode(node.public()),
        shipper,
        warning: warning(&folder.chain()?),
        next_number: node.next()?,
        lines: position.counts.lines,
        rows: position.counts.hits,
        bad_lines: position.counts.bad,
        open: open.collect(),
        sources: sources.collect(),
        segments: segments.len(),
        pushed: pushed::read(folder.path())?.numbers.len(),
        first: segments.first().map(stored_name),
        last: segments.last().map(stored_name),
    };
    out.print(&status, || words(&status))?;
    Ok(ExitCode::SUCCESS)
}

fn words(status: &Status) -> String {
    let mut text = format!(
        "node      {}\nkey       {}\nshipper   {}\nlines     {} read, {} rows, {} could not be read\nsegments  {}",
        status.node, status.key, status.shipper, status.lines, status.rows, status.bad_lines, status.segments
    );
    if let (Some(first), Some(last)) = (&status.first, &status.last) {
        text.push_str(&format!(", from {first} to {last}"));
    }
    if status.pushed > 0 {
        text.push_str(&format!("\npushed    {} segments are at the office", status.pushed));
    }
    for open in &status.open {
        text.push_str(&format!("\nopen      {} number {}, {} bytes", open.day, open.seq, open.spooled_bytes));
    }
    for source in &status.sources {
        text.push_str(&format!("\nsource    {}: {} bytes read", source.path, source.bytes_read));
        for (count, what) in [
            (source.truncations, "truncations"),
            (source.files_lost, "files gone before they were read"),
            (source.gaps, "gaps"),
        ] {
            if count > 0 {
                text.push_str(&format!(", {count} {what}"));
            }
        }
    }
    if let Some(warning) = &status.warning {
        text.push_str(&format!("\nwarning   {warning}"));
    }
    text
}
