//! Keys of the ledger and of its witnesses: Ed25519 in the text forms of C2SP signed-note.
//!
//! Two kinds, kept apart by type as the formats keep them apart by a byte: the ledger's own key
//! (type 01, its name is the origin) signs checkpoints; a witness's key (type 04, any name) makes
//! cosignatures. Signatures are verified with `verify_strict`.

use crate::{
    durable,
    origin::{Origin, OriginError},
};
use base::Random;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::{fmt, str::FromStr};
use ed25519_dalek::Signer as _;
use std::{io, path::Path};
use thiserror::Error;
use zeroize::Zeroizing;

const TYPE_NOTE: u8 = 0x01;
const TYPE_COSIGNATURE: u8 = 0x04;
const NAME_BYTES_MAX: usize = 300;
const KEY_FILE_BYTES_MAX: u64 = 4096;

/// Why a key could not be read or written.
#[derive(Debug, Error)]
pub enum KeyError {
    /// Not `name+hash+base64` (or, for a signing key, `PRIVATE+KEY+name+hash+base64`).
    #[error("not the text of a key")]
    Format,
    /// A key of another type.
    #[error("the key has type {0:02x}, which is not the one wanted here")]
    Type(u8),
    /// The hash in the text is not that of the name and the key.
    #[error("the hash in the text does not belong to the name and the key")]
    Hash,
    /// Not a point of the curve, or one that signs anything.
    #[error("not a usable Ed25519 key")]
    Point,
    /// The name of a ledger's key must be an origin.
    #[error("the name of the key is not the origin of a ledger")]
    Origin(#[from] OriginError),
    /// The name of a witness's key has a space or a plus, or is empty or too long.
    #[error("the name of the key is empty, too long, or has a space or a plus")]
    Name,
    /// Others than its owner can read the key file.
    #[error("the key file can be read by others than its owner (mode {0:03o}); it must have mode 400 or 600")]
    Permissions(u32),
    /// The file could not be read or written.
    #[error("the key file cannot be used")]
    Io(#[source] io::Error),
}

/// The public half of a ledger's key.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    origin: Origin,
    key: ed25519_dalek::VerifyingKey,
}

/// The ledger's signing key. It never prints, and is wiped when dropped.
pub struct SigningKey {
    origin: Origin,
    key: ed25519_dalek::SigningKey,
}

/// The public half of a witness's key.
#[derive(Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    key: ed25519_dalek::VerifyingKey,
}

/// A witness's signing key. It never prints, and is wiped when dropped.
pub struct WitnessSigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

impl VerifyingKey {
    /// The ledger that signs with it.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The four bytes that, with the name, tell keys apart in a note.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        key_id(self.origin.as_str(), TYPE_NOTE, &self.key)
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        verify(&self.key, message, signature)
    }
}

impl SigningKey {
    /// A fresh key for a ledger.
    #[must_use]
    pub fn generate(origin: Origin, random: &dyn Random) -> Self {
        Self { origin, key: generate(random) }
    }

    /// The ledger it signs for.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey { origin: self.origin.clone(), key: self.key.verifying_key() }
    }

    /// `PRIVATE+KEY+name+hash+base64`: whoever has it can sign.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        private_text(self.origin.as_str(), TYPE_NOTE, &self.key)
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// When the text is not that of a ledger's signing key.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let (name, key) = parse_private(text, TYPE_NOTE)?;
        Ok(Self { origin: name.parse()?, key })
    }

    /// Writes the text form to a new file with mode 0400, durably.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        write_key_file(path, &self.to_text())
    }

    /// Reads a file that [`Self::write_new`] wrote.
    ///
    /// # Errors
    /// When it cannot be read, others can read it, or it holds no such key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        Self::from_text(read_key_file(path)?.trim_end_matches('\n'))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl WitnessKey {
    /// The witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The four bytes that, with the name, tell keys apart in a note.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        key_id(&self.name, TYPE_COSIGNATURE, &self.key)
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        verify(&self.key, message, signature)
    }
}

impl WitnessSigningKey {
    /// A fresh key for a witness. The format does not bind the name to the signature: a witness
    /// with two names needs two keys.
    ///
    /// # Errors
    /// When the name is empty, too long, or has a space or a plus.
    pub fn generate(name: &str, random: &dyn Random) -> Result<Self, KeyError> {
        Ok(Self { name: checked_name(name)?.to_owned(), key: generate(random) })
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> WitnessKey {
        WitnessKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// `PRIVATE+KEY+name+hash+base64`: whoever has it can cosign.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        private_text(&self.name, TYPE_COSIGNATURE, &self.key)
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// When the text is not that of a witness's signing key.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let (name, key) = parse_private(text, TYPE_COSIGNATURE)?;
        Ok(Self { name, key })
    }

    /// Writes the text form to a new file with mode 0400, durably.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        write_key_file(path, &self.to_text())
    }

    /// Reads a file that [`Self::write_new`] wrote.
    ///
    /// # Errors
    /// When it cannot be read, others can read it, or it holds no such key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        Self::from_text(read_key_file(path)?.trim_end_matches('\n'))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl FromStr for VerifyingKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, key) = parse_public(text, TYPE_NOTE)?;
        Ok(Self { origin: name.parse()?, key })
    }
}

impl FromStr for WitnessKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, key) = parse_public(text, TYPE_COSIGNATURE)?;
        Ok(Self { name, key })
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&public_text(self.origin.as_str(), TYPE_NOTE, &self.key))
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&public_text(&self.name, TYPE_COSIGNATURE, &self.key))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[withheld] of {}", self.origin)
    }
}

impl fmt::Debug for WitnessSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[withheld] of {}", self.name)
    }
}

fn generate(random: &dyn Random) -> ed25519_dalek::SigningKey {
    let seed = Zeroizing::new(random.bytes::<32>());
    ed25519_dalek::SigningKey::from_bytes(&seed)
}

fn verify(key: &ed25519_dalek::VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    ed25519_dalek::Signature::from_slice(signature)
        .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

fn checked_name(name: &str) -> Result<&str, KeyError> {
    let fine = name.len() <= NAME_BYTES_MAX
        && signed_note::is_key_name_valid(name)
        && !name.chars().any(char::is_control);
    if fine { Ok(name) } else { Err(KeyError::Name) }
}

fn typed(key_type: u8, key: &[u8; 32]) -> Zeroizing<[u8; 33]> {
    let mut bytes = Zeroizing::new([0; 33]);
    bytes[0] = key_type;
    bytes[1..].copy_from_slice(key);
    bytes
}

fn key_id(name: &str, key_type: u8, key: &ed25519_dalek::VerifyingKey) -> u32 {
    signed_note::key_id(name, &*typed(key_type, key.as_bytes()))
}

fn public_text(name: &str, key_type: u8, key: &ed25519_dalek::VerifyingKey) -> String {
    let typed = typed(key_type, key.as_bytes());
    format!("{name}+{:08x}+{}", signed_note::key_id(name, &*typed), STANDARD.encode(&typed[..]))
}

fn private_text(name: &str, key_type: u8, key: &ed25519_dalek::SigningKey) -> Zeroizing<String> {
    let id = key_id(name, key_type, &key.verifying_key());
    let secret = Zeroizing::new(STANDARD.encode(&typed(key_type, key.as_bytes())[..]));
    Zeroizing::new(format!("PRIVATE+KEY+{name}+{id:08x}+{}", *secret))
}

/// `name+hash+base64(type ‖ 32 bytes)` into its parts; the hash is for the caller to check.
fn split(text: &str, key_type: u8) -> Result<(&str, &str, Zeroizing<[u8; 32]>), KeyError> {
    if text.len() > NAME_BYTES_MAX + 64 {
        return Err(KeyError::Format);
    }
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Format);
    };
    let bytes = Zeroizing::new(STANDARD.decode(base64).map_err(|_| KeyError::Format)?);
    let (&found, rest) = bytes.split_first().ok_or(KeyError::Format)?;
    if found != key_type {
        return Err(KeyError::Type(found));
    }
    let key: [u8; 32] = rest.try_into().map_err(|_| KeyError::Format)?;
    Ok((checked_name(name)?, id, Zeroizing::new(key)))
}

fn parse_public(text: &str, key_type: u8) -> Result<(String, ed25519_dalek::VerifyingKey), KeyError> {
    let (name, id, key) = split(text, key_type)?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| KeyError::Point)?;
    if key.is_weak() {
        return Err(KeyError::Point);
    }
    if id != format!("{:08x}", key_id(name, key_type, &key)) {
        return Err(KeyError::Hash);
    }
    Ok((name.to_owned(), key))
}

fn parse_private(text: &str, key_type: u8) -> Result<(String, ed25519_dalek::SigningKey), KeyError> {
    let text = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Format)?;
    let (name, id, seed) = split(text, key_type)?;
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    if id != format!("{:08x}", key_id(name, key_type, &key.verifying_key())) {
        return Err(KeyError::Hash);
    }
    Ok((name.to_owned(), key))
}

fn write_key_file(path: &Path, text: &str) -> Result<(), KeyError> {
    let line = Zeroizing::new(format!("{text}\n"));
    durable::write_new(path, line.as_bytes(), 0o400).map_err(KeyError::Io)
}

fn read_key_file(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(KeyError::Io)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Permissions(mode));
        }
    }
    let bytes = Zeroizing::new(durable::read_limited(path, KEY_FILE_BYTES_MAX).map_err(KeyError::Io)?);
    let text = core::str::from_utf8(&bytes).map_err(|_| KeyError::Format)?;
    Ok(Zeroizing::new(text.to_owned()))
}
