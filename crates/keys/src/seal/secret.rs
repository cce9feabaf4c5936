//! What one person alone may read: age (age-encryption.org/v1), to a recipient or under a passphrase. age draws its
//! keys from the operating system itself.

use super::passphrase::Passphrase;
use age::secrecy::SecretString;
use std::io::{Read, Write};
use std::iter;
use thiserror::Error;
use zeroize::Zeroizing;

/// Work factor of a share file: 0.7 s and 256 MiB on the machine it was chosen on.
pub const WORK_FACTOR: u8 = 18;
/// What age adds to a text, with room to spare.
const OVERHEAD_MAX: usize = 1024;

/// Why something did not encrypt or decrypt.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretError {
    /// Not an X25519 recipient in its one spelling.
    #[error("not an age recipient")]
    Recipient,
    /// The passphrase or key is another one, or the bytes were changed.
    #[error("it does not open: another key or passphrase, or it was changed")]
    Refused,
    /// Made with a work factor that this program does not accept.
    #[error("it asks for more work than a share file needs")]
    Work,
    /// age failed to write.
    #[error("age failed to encrypt")]
    Encrypt,
}

/// Reads a recipient: X25519 only, in its one spelling.
pub(crate) fn recipient(text: &str) -> Result<age::x25519::Recipient, SecretError> {
    let recipient: age::x25519::Recipient = text.parse().map_err(|_| SecretError::Recipient)?;
    if recipient.to_string() == text { Ok(recipient) } else { Err(SecretError::Recipient) }
}

/// Encrypts to one recipient.
pub(crate) fn encrypt(to: &str, text: &[u8]) -> Result<Vec<u8>, SecretError> {
    write(&recipient(to)?, text)
}

/// Decrypts what was encrypted to one identity.
pub(crate) fn decrypt(own: &age::x25519::Identity, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    read(own, sealed)
}

/// Encrypts under a passphrase.
pub(crate) fn lock(passphrase: &Passphrase, work_factor: u8, text: &[u8]) -> Result<Vec<u8>, SecretError> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
    recipient.set_work_factor(work_factor);
    write(&recipient, text)
}

/// Opens what was encrypted under a passphrase.
pub(crate) fn unlock(passphrase: &Passphrase, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let mut own = age::scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
    // A file that somebody else prepared must not hold the program for hours.
    own.set_max_work_factor(WORK_FACTOR);
    read(&own, sealed)
}

fn write(to: &dyn age::Recipient, text: &[u8]) -> Result<Vec<u8>, SecretError> {
    let encryptor = age::Encryptor::with_recipients(iter::once(to)).map_err(|_| SecretError::Encrypt)?;
    let mut out = Vec::with_capacity(text.len() + OVERHEAD_MAX);
    let mut writer = encryptor.wrap_output(&mut out).map_err(|_| SecretError::Encrypt)?;
    writer.write_all(text).map_err(|_| SecretError::Encrypt)?;
    writer.finish().map_err(|_| SecretError::Encrypt)?;
    Ok(out)
}

fn read(own: &dyn age::Identity, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let decryptor = age::Decryptor::new_buffered(sealed).map_err(|_| SecretError::Refused)?;
    let mut reader = decryptor.decrypt(iter::once(own)).map_err(|error| match error {
        age::DecryptError::ExcessiveWork { .. } => SecretError::Work,
        _ => SecretError::Refused,
    })?;
    // Room for all of it at once: a vector that grows leaves copies of secrets behind.
    let mut text = Zeroizing::new(Vec::with_capacity(sealed.len() + 1));
    reader.read_to_end(&mut text).map_err(|_| SecretError::Refused)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_recipient_reads_and_every_byte_counts() {
        let (own, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
        let sealed = encrypt(&own.to_public().to_string(), b"secret").expect("encrypts");
        assert_eq!(decrypt(&own, &sealed).map(|text| text.to_vec()), Ok(b"secret".to_vec()));
        assert_eq!(decrypt(&other, &sealed), Err(SecretError::Refused));
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert_eq!(decrypt(&own, &bad), Err(SecretError::Refused), "byte {at}");
        }
        assert_eq!(decrypt(&own, &sealed[..sealed.len() - 1]), Err(SecretError::Refused));
        assert_eq!(encrypt("age1", b""), Err(SecretError::Recipient));
    }

    #[test]
    fn a_passphrase_opens_and_too_much_work_is_refused() {
        let (right, wrong): (Passphrase, Passphrase) = (
            "abandon ability able about above absent".parse().expect("words"),
            "zoo zoo zoo zoo zoo zoo".parse().expect("words"),
        );
        let sealed = lock(&right, 4, b"secret").expect("encrypts");
        assert_eq!(unlock(&right, &sealed).map(|text| text.to_vec()), Ok(b"secret".to_vec()));
        assert_eq!(unlock(&wrong, &sealed), Err(SecretError::Refused));
        // The header says how much work: it is refused before it is done.
        let text = String::from_utf8_lossy(&sealed).into_owned();
        let line = text.lines().nth(1).expect("the stanza");
        assert!(line.ends_with(" 4"), "{line}");
        let mut bad = sealed[..22 + line.len() - 1].to_vec();
        bad.extend_from_slice(b"19");
        bad.extend_from_slice(&sealed[22 + line.len()..]);
        assert_eq!(unlock(&right, &bad), Err(SecretError::Work));
    }
}
