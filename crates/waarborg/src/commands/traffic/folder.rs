//! A node's folder: what `traffic::node` keeps there, the officers' group documents and the sites.

use super::office::Told;
use anyhow::{Context, Result, anyhow, bail};
use base::{Clock, Day, SystemClock};
use keys::seal::{
    Chain, DOCUMENT_BYTES_MAX, DOCUMENTS_MAX, DocumentHash, GroupKey, Sealing, SignedDocument, SiteId,
};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use traffic::sites::Sites;

/// Sites of one node.
const SITES_MAX: usize = 200_000;

/// What of the office's words was kept.
pub struct Kept {
    /// The documents as they are now.
    pub chain: Chain,
    /// For whoever runs the node.
    pub notes: Vec<String>,
}

/// A node's folder.
#[derive(Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn sites(&self) -> PathBuf {
        self.path.join("sites.csv")
    }

    fn groups(&self) -> PathBuf {
        self.path.join("group")
    }

    /// Whether these documents are a chain from the pinned one.
    pub fn check_groups(&self, pin: &str, files: &[PathBuf]) -> Result<()> {
        chain(pin, files).map(drop)
    }

    /// Keeps the documents; the folder's node was just made.
    pub fn write_groups(&self, pin: &str, files: &[PathBuf]) -> Result<()> {
        let folder = self.groups();
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        for (number, file) in files.iter().enumerate() {
            write(&folder.join(format!("{:04}.json", number + 1)), read(file)?.as_bytes())?;
        }
        write(&folder.join("pinned"), pin.trim().as_bytes())
    }

    /// Adds a successor to the chain.
    pub fn add_group(&self, file: &Path) -> Result<PathBuf> {
        let mut chain = self.chain()?;
        let document = document(file)?;
        if chain.documents().contains(&document) {
            bail!("{}: this node has that document", file.display());
        }
        chain
            .append(document)
            .with_context(|| format!("{} does not follow the documents of this node", file.display()))?;
        let path = self.groups().join(format!("{:04}.json", chain.documents().len()));
        write(&path, read(file)?.as_bytes())?;
        Ok(path)
    }

    /// Keeps what the office told: documents that follow the pinned one, and the sites.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn follow(&self, told: &Told) -> Result<Kept> {
        let mut chain = self.chain()?;
        let mut notes = Vec::new();
        for document in &told.documents {
            if chain.documents().contains(document) {
                continue;
            }
            if let Err(error) = chain.append(document.clone()) {
                // What follows it follows ours no more either.
                notes.push(format!(
                    "warning: the office has a document that does not follow those of this node ({error}); it was not taken. Ask the officers"
                ));
                break;
            }
            let path = self.groups().join(format!("{:04}.json", chain.documents().len()));
            write(&path, document.text().as_bytes())?;
            notes.push(format!("took over a document of the officers as {}", path.display()));
        }
        Ok(Kept { chain, notes })
    }

    /// Replaces the list of sites by the office's.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write_sites(&self, sites: &[(String, SiteId)]) -> Result<Sites> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["domain", "site"])?;
        for (domain, site) in sites.iter().take(SITES_MAX) {
            writer.write_record([domain, &site.to_string()])?;
        }
        let (path, text) = (self.sites(), writer.into_inner()?);
        if !fs::read(&path).is_ok_and(|before| before == text) {
            let fresh = path.with_extension("new");
            let _ = fs::remove_file(&fresh);
            write(&fresh, &text)?;
            fs::rename(&fresh, &path).with_context(|| path.display().to_string())?;
        }
        Ok(Sites::new(sites.iter().take(SITES_MAX).map(|(domain, id)| (domain.as_str(), *id))))
    }

    /// The chain of group documents.
    pub fn chain(&self) -> Result<Chain> {
        let folder = self.groups();
        let pin = read(&folder.join("pinned")).with_context(|| {
            format!("{} holds no node; make one with `waarborg traffic enroll`", self.path.display())
        })?;
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
        let mut files: Vec<PathBuf> =
            paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
        files.sort();
        chain(&pin, &files)
    }

    /// The hosts and their sites.
    pub fn read_sites(&self, file: Option<&Path>) -> Result<Sites> {
        let path = file.map_or_else(|| self.sites(), Path::to_owned);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_path(&path).with_context(
                || format!("{}: the sites of this node, one `domain,site id` in a line", path.display()),
            )?;
        let mut all: Vec<(String, SiteId)> = Vec::new();
        for (number, row) in reader.records().enumerate() {
            let row = row.with_context(|| path.display().to_string())?;
            let (Some(domain), Some(id)) = (row.get(0), row.get(1)) else {
                bail!("{} line {}: expected `domain,site id`", path.display(), number + 1);
            };
            if number == 0 && id.parse::<SiteId>().is_err() && !id.contains(|c: char| c.is_ascii_digit()) {
                continue; // The heading.
            }
            let id =
                id.parse().map_err(|error| anyhow!("{} line {}: {error}", path.display(), number + 1))?;
            if all.len() >= SITES_MAX {
                bail!("{}: a node has at most {SITES_MAX} sites", path.display());
            }
            all.push((domain.to_owned(), id));
        }
        Ok(Sites::new(all.iter().map(|(domain, id)| (domain.as_str(), *id))))
    }
}

/// The group key for rows of a day: that of the day's month; of days before the first ceremony today's. None when recording
/// must stop.
pub fn key_of(chain: &Chain, day: Day) -> Option<Arc<GroupKey>> {
    let key = |sealing| match sealing {
        Sealing::Valid(group) | Sealing::EndsSoon(group, _) | Sealing::Overdue(group, _) => {
            Some(Arc::clone(group.key()))
        }
        Sealing::Stop => None,
    };
    let today = SystemClock.now().day();
    // Whoever could open a month that is over may have deleted its shares; so only a month that runs or is to come has its own.
    match chain.sealing(day) {
        Sealing::Valid(group) | Sealing::EndsSoon(group, _) => Some(Arc::clone(group.key())),
        _ => key(chain.sealing(today)),
    }
}

/// What somebody must be told about the keys; nothing when all is well.
pub fn warning(chain: &Chain) -> Option<String> {
    match chain.sealing(SystemClock.now().day()) {
        Sealing::Valid(_) => None,
        Sealing::EndsSoon(_, days) => {
            Some(format!("the officers' last key ends in {days} days: their ceremony is due"))
        }
        Sealing::Overdue(_, days) => Some(format!(
            "the officers' last key ended {days} days ago: 31 days after its end recording stops"
        )),
        Sealing::Stop => Some("there is no key for today: nothing is recorded".into()),
    }
}

fn chain(pin: &str, files: &[PathBuf]) -> Result<Chain> {
    let pinned: DocumentHash = pin.trim().parse().context("the pinned hash")?;
    if files.len() > DOCUMENTS_MAX {
        bail!("a chain has at most {DOCUMENTS_MAX} documents");
    }
    let (first, rest) = files.split_first().context("there is no group document")?;
    let mut chain = Chain::begin(document(first)?, pinned).with_context(|| first.display().to_string())?;
    for file in rest {
        chain.append(document(file)?).with_context(|| file.display().to_string())?;
    }
    Ok(chain)
}

fn document(path: &Path) -> Result<SignedDocument> {
    SignedDocument::parse(&read(path)?).with_context(|| path.display().to_string())
}

fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    let limit = DOCUMENT_BYTES_MAX as u64 + 1;
    let file = File::open(path).with_context(|| path.display().to_string())?;
    file.take(limit).read_to_string(&mut text).with_context(|| path.display().to_string())?;
    Ok(text)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = File::create_new(path).with_context(|| path.display().to_string())?;
    Ok(file.write_all(bytes).and_then(|()| file.sync_all())?)
}
