//! `waarborg traffic ship`.

use super::folder::{Folder, key_of, warning};
use super::import::LEVEL;
use super::office::Office;
use super::push::{self, News, Shared, SitesFrom};
use super::report::{SealedSegment, parser};
use crate::cli::{LogArgs, ShipArgs};
use crate::output::Out;
use anyhow::{Context, Result};
use base::{Clock, SystemClock, SystemRandom};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
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
/// How long the end waits for the last push; systemd kills after 90 seconds.
const LAST_PUSH_MAX: Duration = Duration::from_secs(60);

pub async fn run(folder: &Folder, args: &ShipArgs, out: &Out) -> Result<ExitCode> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        told.store(true, Ordering::Relaxed);
    });
    let office = Office::of(&args.office)?;
    let limits = match &office {
        Some(office) => prepare(folder, office, &args.log, out).await,
        None => Limits::default(),
    };
    let chain = folder.chain()?;
    let sites = if args.log.sites.is_some() { SitesFrom::File } else { SitesFrom::Office };
    let shared = Shared { chain: Arc::new(RwLock::new(chain)), news: Arc::default(), sites };
    let shipper = begin(folder, &args.log, (&shared, limits), out)?;
    let ended = Arc::new(AtomicBool::new(false));
    let pusher = office
        .map(|office| tokio::spawn(push::follow(folder.clone(), office, shared.clone(), Arc::clone(&ended))));
    let out = *out;
    let shipped = tokio::task::spawn_blocking(move || follow(shipper, &shared, &stop, &out)).await?;
    // What was sealed at the end goes too, if the office takes it in time; the rest goes after the next start.
    ended.store(true, Ordering::Relaxed);
    if let Some(pusher) = pusher
        && tokio::time::timeout(LAST_PUSH_MAX, pusher).await.is_err()
    {
        out.note("note: not all of it was pushed; the rest goes when the shipper starts again");
    }
    shipped
}

/// Asks the office for documents and sites before anything is read. Without an answer the node goes on with what it has.
async fn prepare(folder: &Folder, office: &Office, args: &LogArgs, out: &Out) -> Limits {
    let kept = async {
        let told = office.told().await?;
        for note in folder.follow(&told)?.notes {
            out.note(&note);
        }
        if args.sites.is_none() {
            folder.write_sites(&told.sites)?;
        }
        anyhow::Ok(told.caps.under(Limits::default()))
    };
    kept.await.unwrap_or_else(|error| {
        eprintln!(
            "waarborg: the office did not tell what to seal with: {error:#}; going on with what is here"
        );
        Limits::default()
    })
}

fn begin(folder: &Folder, args: &LogArgs, (shared, limits): (&Shared, Limits), out: &Out) -> Result<Shipper> {
    protect_memory(out);
    let node = Node::open(folder.path())?;
    let chain = Arc::clone(&shared.chain);
    let read = move || chain.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(warning) = warning(&read()) {
        out.note(&format!("warning: {warning}"));
    }
    let settings = Settings {
        sites: Arc::new(folder.read_sites(args.sites.as_deref())?),
        limits,
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        level: LEVEL,
        key_of: Box::new(move |day| key_of(&read(), day)),
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

fn follow(mut shipper: Shipper, shared: &Shared, stop: &AtomicBool, out: &Out) -> Result<ExitCode> {
    let bar = out.progress("lines", 0);
    while !stop.load(Ordering::Relaxed) && !shipper.is_done() {
        let news = shared.news.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(News { sites, limits }) = news {
            shipper.replace_limits(limits);
            if let Some(sites) = sites {
                shipper.replace_sites(sites);
            }
        }
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
