//! `waarborg traffic import`.

use super::folder::{Folder, key_of, warning};
use super::report::{SealedSegment, bad_lines, bad_words, parser};
use crate::cli::LogArgs;
use crate::output::Out;
use anyhow::{Context, Result, bail};
use base::SystemRandom;
use indicatif::ProgressBar;
use serde_json::json;
use std::fs::File;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::available_parallelism;
use traffic::import::{Counts, Import, ImportError, decompressed};
use traffic::node::{How, Node, NodeError};
use traffic::segment::{Gatherer, GroupKeys, Limits, Reason};

/// zstd level: as the measurements took it.
pub const LEVEL: i32 = 3;
const ONE: NonZeroUsize = NonZeroUsize::MIN;

/// A source whose reading moves a progress bar.
struct Counted<R> {
    source: R,
    bar: ProgressBar,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

pub fn run(folder: &Folder, args: &LogArgs, out: &Out) -> Result<ExitCode> {
    let node = Node::open(folder.path())?;
    let chain = folder.chain()?;
    if let Some(warning) = warning(&chain) {
        out.note(&format!("warning: {warning}"));
    }
    let threads = available_parallelism().unwrap_or(ONE);
    let import = Import {
        parser: parser(args)?,
        sites: Arc::new(folder.read_sites(args.sites.as_deref())?),
        limits: Limits::default(),
        threads,
    };
    let mut segments = Vec::new();
    let mut all = Counts::default();
    for log in &args.logs {
        let counts = import.run(open(log, out)?, &mut |day: Gatherer| -> Result<(), SealFailed> {
            if day.is_empty() {
                return Ok(());
            }
            let key = key_of(&chain, day.day()).ok_or(SealFailed::NoKey(day.day()))?;
            let name = node.name(&key, day.day(), node.take_seq()?);
            let keys = GroupKeys::new(key, Arc::new(SystemRandom));
            let how = How { threads, level: LEVEL, reason: Reason::Day };
            let sealed = node.seal(day, &name, &keys, how)?;
            segments.push(SealedSegment::new(&name, &sealed));
            Ok(())
        });
        let counts = match counts {
            Ok(counts) => counts,
            Err(error @ (ImportError::Read(_) | ImportError::Seal(_))) => {
                let sealed: Vec<String> = segments.iter().map(SealedSegment::words).collect();
                if !sealed.is_empty() {
                    out.note(&format!("sealed before it failed:\n{}", sealed.join("\n")));
                }
                bail!("{}: {error}", log.display());
            }
        };
        all.lines += counts.lines;
        all.hits += counts.hits;
        all.bad.merge(&counts.bad);
    }
    let bad = bad_lines(&all.bad);
    let shown = json!({ "lines": all.lines, "rows": all.hits, "bad": bad, "segments": segments });
    out.print(&shown, || {
        let mut text = format!("{} lines, {} sealed", all.lines, all.hits);
        for segment in &segments {
            text.push('\n');
            text.push_str(&segment.words());
        }
        text + &bad_words(&bad)
    })?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, thiserror::Error)]
enum SealFailed {
    #[error("there is no group key to seal {0} with")]
    NoKey(base::Day),
    #[error(transparent)]
    Node(#[from] NodeError),
}

fn open(path: &Path, out: &Out) -> Result<Box<dyn Read + Send>> {
    let at = || path.display().to_string();
    if path == Path::new("-") {
        return Ok(decompressed(io::stdin())?);
    }
    let file = File::open(path).with_context(at)?;
    let bar = out.progress("bytes", file.metadata().with_context(at)?.len());
    decompressed(Counted { source: file, bar }).with_context(at)
}
