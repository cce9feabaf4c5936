//! A node's office over HTTP: what it tells the node, and what became of an object that was brought there.

use crate::cli::OfficeArgs;
use anyhow::{Context, Result, bail};
use base::Sensitive;
use keys::seal::{DOCUMENT_BYTES_MAX, SignedDocument, SiteId};
use office::traffic_log::Caps;
use outbound::mail::Roots;
use outbound::peer::{Answer, Peer, PeerError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use std::fs::File;
use std::path::Path;
use traffic::store::Stored;
use zeroize::Zeroizing;

/// The longest token file, in bytes.
const TOKEN_BYTES_MAX: u64 = 1024;
/// Root certificates of an office at most.
const ROOTS_MAX: usize = 16;
/// The most bytes of what the office tells: documents of many years, and 200,000 sites of about 300 bytes.
const TOLD_BYTES_MAX: usize = 32 * DOCUMENT_BYTES_MAX + (64 << 20);

/// The office of a node.
#[derive(Debug, Clone)]
pub struct Office {
    peer: Peer,
}

/// What the office tells.
#[derive(Debug)]
pub struct Told {
    /// The officers' documents, the first one first. Each is signed; the node checks them against its pinned one.
    pub documents: Vec<SignedDocument>,
    /// Domains and their sites.
    pub sites: Vec<(String, SiteId)>,
    /// The most that a segment may hold.
    pub caps: Caps,
}

#[derive(Deserialize)]
struct Written {
    v: u32,
    documents: Vec<String>,
    sites: Vec<WrittenSite>,
    caps: Caps,
}

#[derive(Deserialize)]
struct WrittenSite {
    id: String,
    domain: String,
}

/// What became of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// The office has it.
    Taken,
    /// The office refuses this one; another may pass.
    Refused(String),
    /// The office takes nothing now: why, and what helps.
    Later(String),
}

impl Office {
    /// The office that the arguments name; none when they name none.
    ///
    /// # Errors
    /// When the token or a certificate cannot be read, or the address is none.
    pub fn of(args: &OfficeArgs) -> Result<Option<Self>> {
        let Some(address) = &args.office else { return Ok(None) };
        let file = args.token_file.as_deref().context("--office needs --token-file")?;
        let roots = match &args.ca_file {
            Some(file) => Roots::Only(certificates(file)?),
            None => Roots::Public,
        };
        Ok(Some(Self { peer: Peer::new(address, &roots, &token(file)?).context("--office")? }))
    }

    /// Asks what the node needs to seal.
    ///
    /// # Errors
    /// When the office cannot be asked, does not know the token, or says what cannot be read.
    pub async fn told(&self) -> Result<Told> {
        let answer = self.peer.ask("/traffic/node", TOLD_BYTES_MAX).await?;
        if answer.status != 200 {
            bail!("{}", explained(&answer));
        }
        let written: Written = serde_json::from_slice(&answer.body).context("the office's answer")?;
        if written.v != 1 {
            bail!("the office's answer has version {}, this program reads version 1", written.v);
        }
        let documents = written.documents.iter().map(|text| SignedDocument::parse(text));
        let documents = documents.collect::<Result<_, _>>().context("a document of the office")?;
        let sites = written.sites.into_iter().map(|site| Ok((site.domain, site.id.parse()?)));
        let sites = sites.collect::<Result<_>>().context("a site of the office")?;
        Ok(Told { documents, sites, caps: written.caps })
    }

    /// Brings a data object.
    ///
    /// # Errors
    /// When the file cannot be opened or read.
    pub async fn bring_data(&self, stored: &Stored, file: &Path) -> Result<Brought> {
        self.bring("segments", stored, "segment", file).await
    }

    /// Brings a key object, with which the segment counts.
    ///
    /// # Errors
    /// When the file cannot be opened or read.
    pub async fn bring_keys(&self, stored: &Stored, file: &Path) -> Result<Brought> {
        self.bring("keys", stored, "keys", file).await
    }

    async fn bring(&self, kind: &str, stored: &Stored, extension: &str, file: &Path) -> Result<Brought> {
        let Stored { day, node, seq } = stored;
        let path = format!("/traffic/{kind}/day={day}/{node}-{seq:010}.{extension}");
        let place = || file.display().to_string();
        let object = File::open(file).with_context(place)?;
        match self.peer.bring(&path, object).await {
            Ok(answer) => Ok(judged(&answer)),
            Err(PeerError::Read(error)) => Err(error).with_context(place),
            Err(error) => Ok(Brought::Later(error.to_string())),
        }
    }
}

fn judged(answer: &Answer) -> Brought {
    match answer.status {
        200 | 201 => Brought::Taken,
        // About this object: the same bytes get the same answer.
        400 | 404 | 409 | 413 | 422 => Brought::Refused(explained(answer)),
        _ => Brought::Later(explained(answer)),
    }
}

/// What the office said, and what helps.
fn explained(answer: &Answer) -> String {
    let helps = match answer.status {
        401 => "; look at the token file, and in the staff panel whether this node is still enrolled",
        403 => "; the token is another node's",
        409 => "; it was kept here: find out which of the two is right before you remove one",
        413 => "; it was kept here",
        422 => {
            "; it was kept here: look at the clock of this machine, and whether the officers made the key it is sealed with"
        }
        429 | 500..=599 if answer.status != 507 => "; this node tries again",
        507 => "; the disk of the office is full, this node tries again",
        _ => "",
    };
    format!("the office answers {}: {}{helps}", answer.status, answer.words())
}

fn token(path: &Path) -> Result<Sensitive<String>> {
    let place = || format!("the token in {}", path.display());
    if std::fs::metadata(path).with_context(place)?.len() > TOKEN_BYTES_MAX {
        bail!("{}: too long", place());
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).with_context(place)?);
    if text.trim().is_empty() {
        bail!("{}: the file is empty", place());
    }
    Ok(Sensitive::new(text.trim().to_owned()))
}

fn certificates(path: &Path) -> Result<Vec<Vec<u8>>> {
    let place = || format!("the certificates in {}", path.display());
    let found = CertificateDer::pem_file_iter(path).with_context(place)?.take(ROOTS_MAX);
    let found: Vec<Vec<u8>> =
        found.map(|one| one.map(|one| one.to_vec())).collect::<Result<_, _>>().with_context(place)?;
    if found.is_empty() {
        bail!("{}: there is none", place());
    }
    Ok(found)
}
