//! `waarborg traffic ship`.

use super::folder::{Folder, key_of, warning};
use super::import::LEVEL;
use super::report::{SealedSegment, parser};
use crate::cli::LogArgs;
use crate::output::Out;
use anyhow::{Context, Result};
use base::{Clock, SystemClock, SystemRandom};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use traffic::node::Node;
use traffic::segment::name::SegmentName;
use traffic::segment::{Limits, Reason, Sealed};
use traffic::ship::{Settings, Shipper};

/// Pause when nothing is new.
const IDLE: Duration = Duration::from_millis(100);
/// Pause after an error that may pass, such as a full disk.
const AGAIN: Duration = Duration::from_secs(5);

pub async fn run(folder: &Folder, args: &LogArgs, out: &Out) -> Result<ExitCode> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        told.store(true, Ordering::Relaxed);
    });
    let shipper = begin(folder, args, out)?;
    let out = *out;
    tokio::task::spawn_blocking(move || follow(shipper, &stop, &out)).await?
}

fn begin(folder: &Folder, args: &LogArgs, out: &Out) -> Result<Shipper> {
    protect_memory(out);
    let node = Node::open(folder.path())?;
    let chain = folder.chain()?;
    if let Some(warning) = warning(&chain) {
        out.note(&format!("warning: {warning}"));
    }
    let settings = Settings {
        sites: Arc::new(folder.read_sites(args.sites.as_deref())?),
        limits: Limits::default(),
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        level: LEVEL,
        key_of: Box::new(move |day| key_of(&chain, day)),
        random: Arc::new(SystemRandom),
    };
    let (mut shipper, handed) = Shipper::open(node, settings, SystemClock.now())?;
    tell(&handed, out)?;
    let parser = parser(args)?;
    for log in &args.logs {
        let packed = log.extension().is_some_and(|end| end == "gz" || end == "zst");
        if log == Path::new("-") {
            shipper.input(std::io::stdin(), parser.clone(), SystemClock.now())?;
        } else if packed {
            shipper.archive(log, parser.clone())?;
        } else {
            let path: PathBuf = std::path::absolute(log).with_context(|| log.display().to_string())?;
            shipper.follow(&path, parser.clone(), SystemClock.now())?;
        }
    }
    Ok(shipper)
}

fn follow(mut shipper: Shipper, stop: &AtomicBool, out: &Out) -> Result<ExitCode> {
    let bar = out.progress("lines", 0);
    while !stop.load(Ordering::Relaxed) && !shipper.is_done() {
        match shipper.step(SystemClock.now()) {
            Ok(stepped) => {
                bar.set_position(shipper.counts().lines);
                tell(&stepped.sealed, out)?;
                if stepped.bytes == 0 {
                    sleep(IDLE);
                }
            }
            // Nothing is lost while it waits: lines stay in their logs until they can be taken.
            Err(error) => {
                eprintln!("waarborg: {error}; trying again");
                sleep(AGAIN);
            }
        }
    }
    bar.finish_and_clear();
    let sealed = shipper.seal_all(Reason::Day, SystemClock.now())?;
    tell(&sealed, out)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(sealed: &[(SegmentName, Sealed)], out: &Out) -> Result<()> {
    for (name, sealed) in sealed {
        let segment = SealedSegment::new(name, sealed);
        out.print(&segment, || format!("sealed {}", segment.words()))?;
    }
    Ok(())
}

/// The keys of the open spool are in this process: no core dump, no other process of the user reads it, and where the limit
/// allows it no swap.
fn protect_memory(out: &Out) {
    use rustix::mm::{MlockAllFlags, mlockall};
    use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let dumps =
        set_dumpable_behavior(DumpableBehavior::NotDumpable).and_then(|()| setrlimit(Resource::Core, none));
    if let Err(error) = dumps {
        out.note(&format!("warning: this process may leave a core dump: {error}"));
    }
    // With a limit, locking all that is to come would make memory run out later.
    let locked = getrlimit(Resource::Memlock).current.is_none()
        && mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT).is_ok();
    if !locked {
        out.note("note: memory may be swapped out; LimitMEMLOCK=infinity in the unit prevents it");
    }
}
