//! The key with which a node signs its manifests (Ed25519). It is enrolled at the office; it opens nothing.

use super::object::ManifestSigner;
use base::Random;
use core::fmt;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// A node's signing key: wiped when dropped, never printed.
pub struct NodeKey(SigningKey);

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeKey([withheld])")
    }
}

impl NodeKey {
    /// A new key.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        Self(SigningKey::from_bytes(&random.bytes()))
    }

    /// From the 32 bytes of its seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for the file it is kept in.
    #[must_use]
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public key, which the office enrols.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}

impl ManifestSigner for NodeKey {
    fn sign(&self, manifest: &[u8]) -> Vec<u8> {
        self.0.sign(manifest).to_bytes().to_vec()
    }
}

/// Whether the node with this public key signed a manifest.
#[must_use]
pub fn verify_manifest(public: &[u8; 32], manifest: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(public), Signature::from_slice(signature))
    else {
        return false;
    };
    key.verify_strict(manifest, &signature).is_ok()
}
