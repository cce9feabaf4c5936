//! Segments on their way to the office: beside the shipper, or once with `waarborg traffic push`.
//!
//! Invariants
//! - Data first, then keys; both may be brought again with the same bytes, so a kill anywhere loses nothing.
//! - What is here stays here until the office said that it has both, byte for byte.
//! - A segment leaves only when its spool is gone and its manifest is noted as the last one ([`Node::to_push`]).
//! - An object that the office refuses holds up no other; an office that takes nothing is asked with growing pauses.

use super::folder::Folder;
use super::office::{Brought, Office, Told};
use super::pushed;
use super::report::stored_name;
use crate::cli::OfficeArgs;
use crate::output::Out;
use anyhow::{Context, Result};
use keys::seal::Chain;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use traffic::node::Node;
use traffic::segment::Limits;
use traffic::sites::Sites;
use traffic::store::Stored;

/// How often it looks for segments.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The first pause after the office could not be reached; each next one is twice as long …
const PAUSE_MIN: Duration = Duration::from_secs(2);
/// … up to this.
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// After so long an object that was refused is tried again.
const REFUSED_AGAIN: Duration = Duration::from_secs(3_600);
/// How old what the office told may be.
const TOLD_EVERY: Duration = Duration::from_secs(600);
/// How often the pauses look whether the shipper stops.
const TICK: Duration = Duration::from_millis(100);

/// What the shipper and the pusher share: the keys to seal with, and news about sites.
#[derive(Clone)]
pub struct Shared {
    /// The chain of the officers' documents.
    pub chain: Arc<RwLock<Chain>>,
    /// Sites and limits that the shipper has not taken yet.
    pub news: Arc<Mutex<Option<News>>>,
    /// Whether the sites are the office's, or a file of whoever runs this node.
    pub sites: SitesFrom,
}

/// What counts for the days that begin from now on.
pub struct News {
    /// Other sites; none when whoever runs the node names them.
    pub sites: Option<Arc<Sites>>,
    /// What a segment may hold.
    pub limits: Limits,
}

/// Who says which domains are which sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SitesFrom {
    /// The office.
    Office,
    /// A file that was named.
    File,
}

/// What a round brought.
#[derive(Debug, Default, Serialize)]
pub struct Round {
    /// Segments that the office has now.
    pub pushed: Vec<String>,
    /// Segments that stay, with the reason.
    pub stay: Vec<Stays>,
}

/// A segment that stays.
#[derive(Debug, Serialize)]
pub struct Stays {
    segment: String,
    why: String,
}

/// Whether the office may be asked again at once.
#[derive(Debug, PartialEq, Eq)]
enum Mood {
    Well,
    Away(String),
}

/// Held while segments are pushed: a `push` beside a shipper would bring everything twice.
fn lock(folder: &Folder) -> Result<Option<File>> {
    let path = folder.path().join("push.lock");
    let place = || path.display().to_string();
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).with_context(place)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(place),
    }
}

/// `waarborg traffic push`.
pub async fn run(folder: &Folder, args: &OfficeArgs, out: &Out) -> Result<ExitCode> {
    let office = Office::of(args)?.context("--office says where to push to")?;
    let node = Arc::new(Node::open(folder.path())?);
    let Some(_lock) = lock(folder)? else {
        anyhow::bail!("a shipper of {} pushes already", folder.path().display());
    };
    let told = office.told().await?;
    let kept = folder.follow(&told)?;
    for note in kept.notes {
        out.note(&note);
    }
    let waiting = to_push(&node).await?;
    let bar = out.progress("segments", waiting.len() as u64);
    let mut round = Round::default();
    let mut away = None;
    for stored in waiting {
        if let Some(why) = &away {
            round.stay.push(Stays { segment: stored_name(&stored), why: String::clone(why) });
            continue;
        }
        match push(&node, &office, &stored).await? {
            Brought::Taken => round.pushed.push(stored_name(&stored)),
            Brought::Refused(why) => round.stay.push(Stays { segment: stored_name(&stored), why }),
            Brought::Later(why) => {
                round.stay.push(Stays { segment: stored_name(&stored), why: why.clone() });
                away = Some(why);
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.print(&round, || {
        let mut text = match round.pushed.len() {
            0 => "nothing was pushed".into(),
            _ => format!("pushed {}", round.pushed.join(", ")),
        };
        for stays in &round.stay {
            text.push_str(&format!("\n{} stays here: {}", stays.segment, stays.why));
        }
        text
    })?;
    Ok(if round.stay.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Pushes beside the shipper until it stops, and then once more.
pub async fn follow(folder: Folder, office: Office, shared: Shared, stop: Arc<AtomicBool>) {
    let mut pusher = Pusher { folder, office, shared, told_at: None, refused: BTreeMap::new() };
    let mut pause = PAUSE_MIN;
    loop {
        let last = stop.load(Ordering::Relaxed);
        let wait = match pusher.round().await {
            Ok(Mood::Well) => {
                pause = PAUSE_MIN;
                LOOK_EVERY
            }
            Ok(Mood::Away(why)) => pusher.waits(&why, &mut pause),
            Err(error) => pusher.waits(&format!("{error:#}"), &mut pause),
        };
        if last {
            return;
        }
        let end = Instant::now() + wait;
        while Instant::now() < end && !stop.load(Ordering::Relaxed) {
            sleep(TICK).await;
        }
    }
}

struct Pusher {
    folder: Folder,
    office: Office,
    shared: Shared,
    told_at: Option<Instant>,
    /// Since when an object is refused.
    refused: BTreeMap<Stored, Instant>,
}

impl Pusher {
    fn waits(&self, why: &str, pause: &mut Duration) -> Duration {
        eprintln!("waarborg: {why}; what is sealed waits here, next try in {} seconds", pause.as_secs());
        let wait = *pause;
        *pause = (*pause * 2).min(PAUSE_MAX);
        wait
    }

    async fn round(&mut self) -> Result<Mood> {
        let Some(_lock) = lock(&self.folder)? else { return Ok(Mood::Well) };
        if self.told_at.is_none_or(|at| at.elapsed() >= TOLD_EVERY) {
            match self.office.told().await {
                Ok(told) => self.take(&told)?,
                Err(error) => return Ok(Mood::Away(format!("{error:#}"))),
            }
            self.told_at = Some(Instant::now());
        }
        let node = Arc::new(Node::open(self.folder.path())?);
        self.refused.retain(|_, since| since.elapsed() < REFUSED_AGAIN);
        for stored in to_push(&node).await? {
            if self.refused.contains_key(&stored) {
                continue;
            }
            match push(&node, &self.office, &stored).await? {
                Brought::Taken => eprintln!("waarborg: pushed {}", stored_name(&stored)),
                Brought::Refused(why) => {
                    eprintln!("waarborg: {} stays here: {why}", stored_name(&stored));
                    self.refused.insert(stored, Instant::now());
                }
                Brought::Later(why) => return Ok(Mood::Away(why)),
            }
        }
        Ok(Mood::Well)
    }

    /// Takes what the office told: documents that follow ours, sites for the days that begin from now on.
    fn take(&self, told: &Told) -> Result<()> {
        let kept = self.folder.follow(told)?;
        for note in &kept.notes {
            eprintln!("waarborg: {note}");
        }
        *self.shared.chain.write().unwrap_or_else(PoisonError::into_inner) = kept.chain;
        let limits = told.caps.under(Limits::default());
        let sites = match self.shared.sites {
            SitesFrom::Office => Some(Arc::new(self.folder.write_sites(&told.sites)?)),
            SitesFrom::File => None,
        };
        *self.shared.news.lock().unwrap_or_else(PoisonError::into_inner) = Some(News { sites, limits });
        Ok(())
    }
}

async fn to_push(node: &Arc<Node>) -> Result<Vec<Stored>> {
    let node = Arc::clone(node);
    // Waits for whoever is sealing.
    Ok(tokio::task::spawn_blocking(move || node.to_push()).await??)
}

/// Brings a segment: data, then keys. The local one goes when the office has both.
async fn push(node: &Arc<Node>, office: &Office, stored: &Stored) -> Result<Brought> {
    let [data, keys] = node.store().files(stored);
    let object = node.store().key_object(stored)?;
    let brought = office.bring_data(stored, &data).await?;
    if brought != Brought::Taken {
        return Ok(brought);
    }
    let brought = office.bring_keys(stored, &keys).await?;
    if brought != Brought::Taken {
        return Ok(brought);
    }
    let manifest = object.stated().context("the manifest of a sealed segment")?.hash();
    let (node, stored) = (Arc::clone(node), *stored);
    tokio::task::spawn_blocking(move || -> Result<()> {
        pushed::note(node.folder(), &object.name, manifest)?;
        Ok(node.store().forget(&stored)?)
    })
    .await??;
    Ok(Brought::Taken)
}
