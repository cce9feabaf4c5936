//! The folder of an officer's program (docs/officers.md): the share file; what of the ledger was seen; what was answered.

use anyhow::{Context, Result, bail};
use base::Day;
use keys::seal::{
    Block, EpochId, Label, NodeId, Passphrase, ReadBack, RequestHash, SHARE_FILE_BYTES_MAX, ShareFile, SiteId,
};
use ledger::{CHECKPOINT_BYTES_MAX, Checkpoint, SignedCheckpoint, TreeHead, VerifyingKey};
use office::releases::Answered;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

const FOLDER: &str = ".waarborg-officer";
/// The longest list of what was answered under one request: 20,000 labels.
const ANSWERED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The folder.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
}

/// What of the ledger was seen.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenJson {
    v: u32,
    ledger: Option<String>,
    checkpoint: Option<String>,
}

/// What of the ledger was seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Its key.
    pub ledger: Option<VerifyingKey>,
    /// Its last checkpoint.
    pub checkpoint: Option<SignedCheckpoint>,
}

impl Seen {
    /// Size and root of the last checkpoint.
    pub fn head(&self) -> Option<TreeHead> {
        self.checkpoint.as_ref().map(|signed| signed.unverified().head())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnsweredJson {
    epoch: EpochId,
    day: u32,
    node: NodeId,
    seq: u32,
    kind: u8,
    part: SiteId,
    record: RequestHash,
}

impl Home {
    /// The folder that was named, or the usual one.
    pub fn at(named: Option<&Path>) -> Result<Self> {
        let folder = match named {
            Some(folder) => folder.to_owned(),
            None => match std::env::var_os("HOME") {
                Some(home) => PathBuf::from(home).join(FOLDER),
                None => bail!("there is no home folder: name one with --home"),
            },
        };
        Ok(Self { folder })
    }

    /// Makes the folder, for this user alone.
    pub fn create(&self) -> Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(&self.folder).with_context(|| self.folder.display().to_string())?;
        builder.create(self.answered_folder()).with_context(|| self.folder.display().to_string())
    }

    /// The share file.
    pub fn share_path(&self) -> PathBuf {
        self.folder.join("share.age")
    }

    fn answered_folder(&self) -> PathBuf {
        self.folder.join("answered")
    }

    /// Opens the share file.
    pub fn open(&self, passphrase: &Passphrase) -> Result<ShareFile> {
        let path = self.share_path();
        if !path.exists() {
            bail!("{}: there is no share file; begin with: waarborg officer enroll NAME", path.display());
        }
        ShareFile::load(&path, passphrase).with_context(|| path.display().to_string())
    }

    /// Stores the share file and reads it back.
    pub fn store(&self, file: &ShareFile, passphrase: &Passphrase) -> Result<Option<ReadBack>> {
        let path = self.share_path();
        file.store(&path, passphrase).with_context(|| path.display().to_string())
    }

    /// What of the ledger was seen.
    pub fn seen(&self) -> Result<Seen> {
        let path = self.folder.join("ledger.json");
        if !path.exists() {
            return Ok(Seen::default());
        }
        let text = read_text(&path, 2 * CHECKPOINT_BYTES_MAX)?;
        let json: SeenJson = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        if json.v != 1 {
            bail!("{}: version {}, this program reads version 1", path.display(), json.v);
        }
        let ledger: Option<VerifyingKey> =
            json.ledger.map(|text| text.parse()).transpose().with_context(|| path.display().to_string())?;
        let checkpoint = match (&ledger, json.checkpoint) {
            (Some(key), Some(note)) => Some(SignedCheckpoint::open(note.as_bytes(), key)?),
            _ => None,
        };
        Ok(Seen { ledger, checkpoint })
    }

    /// Keeps the ledger's key, the first time, and holds it against the one that was kept.
    pub fn pin(&self, key: &VerifyingKey) -> Result<()> {
        match self.seen()?.ledger {
            Some(known) if known == *key => Ok(()),
            Some(known) => bail!(
                "the bundle names another ledger key than the one this program knows ({known}): stop and ask the others"
            ),
            None => self.write_seen(key, None),
        }
    }

    /// Keeps a checkpoint whose consistency with the last one was checked.
    pub fn saw(&self, key: &VerifyingKey, note: &str) -> Result<()> {
        Checkpoint::parse(note.as_bytes())?;
        self.write_seen(key, Some(note.to_owned()))
    }

    fn write_seen(&self, key: &VerifyingKey, checkpoint: Option<String>) -> Result<()> {
        let json = SeenJson { v: 1, ledger: Some(key.to_string()), checkpoint };
        write_durably(&self.folder.join("ledger.json"), serde_json::to_string(&json)?.as_bytes())
    }

    /// What was answered under a request.
    pub fn answered(&self, request: RequestHash) -> Result<Answered> {
        let path = self.answered_folder().join(format!("{request}.json"));
        if !path.exists() {
            return Ok(Answered::new());
        }
        let text = read_text(&path, ANSWERED_BYTES_MAX)?;
        let list: Vec<AnsweredJson> =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let mut answered = Answered::new();
        for json in list {
            let block = Block::parse(json.kind, *json.part.bytes())?;
            let label = Label { day: Day::from_number(json.day), node: json.node, seq: json.seq, block };
            answered.insert((json.epoch, label), *json.record.bytes());
        }
        Ok(answered)
    }

    /// Keeps what is answered under a request, before the answer is written.
    pub fn keep_answered(&self, request: RequestHash, answered: &Answered) -> Result<()> {
        let json = |((epoch, label), record): (&(EpochId, Label), &[u8; 32])| AnsweredJson {
            epoch: *epoch,
            day: label.day.number(),
            node: label.node,
            seq: label.seq,
            kind: label.block.kind(),
            part: SiteId::from_bytes(label.block.part()),
            record: RequestHash::from_bytes(*record),
        };
        let list: Vec<AnsweredJson> = answered.iter().map(json).collect();
        let path = self.answered_folder().join(format!("{request}.json"));
        write_durably(&path, serde_json::to_string(&list)?.as_bytes())
    }

    /// The requests that were answered.
    pub fn answered_requests(&self) -> Result<Vec<String>> {
        let folder = self.answered_folder();
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if let Some(request) =
                name.strip_suffix(".json").filter(|name| name.parse::<RequestHash>().is_ok())
            {
                names.push(request.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// Reads a text of limited length.
pub fn read_text(path: &Path, longest: usize) -> Result<String> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut text = String::new();
    file.take(longest as u64 + 1).read_to_string(&mut text).with_context(|| path.display().to_string())?;
    if text.len() > longest {
        bail!("{}: longer than {longest} bytes", path.display());
    }
    Ok(text)
}

/// Writes a file of the officer so that a crash leaves the old one or the new one.
pub fn write_durably(path: &Path, bytes: &[u8]) -> Result<()> {
    debug_assert!(bytes.len() <= SHARE_FILE_BYTES_MAX.max(ANSWERED_BYTES_MAX));
    let temporary = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    write().with_context(|| path.display().to_string())
}
