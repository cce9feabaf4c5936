//! Randomness, passed in.

use sha2::{Digest, Sha256};
use std::sync::Mutex;

/// A source of random bytes. Production code gets [`SystemRandom`]; only tests and the demo's
/// made-up people get [`SeededRandom`].
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn Random + '_ {
    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0u8; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// The operating system's source; the only one that keys, nonces and tokens may come from.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system has a random source");
    }
}

/// A repeatable source: SHA-256 of a seed and a counter. Never for secrets.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    next: Mutex<(u64, Vec<u8>)>,
}

impl SeededRandom {
    /// The stream that belongs to this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, next: Mutex::new((0, Vec::new())) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for byte in buffer {
            if state.1.is_empty() {
                let mut hash = Sha256::new();
                hash.update(self.seed.to_be_bytes());
                hash.update(state.0.to_be_bytes());
                state.0 += 1;
                state.1 = hash.finalize().to_vec();
            }
            *byte = state.1.pop().expect("just filled");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_repeats_and_system_does_not() {
        let one: [u8; 40] = (&SeededRandom::new(1) as &dyn Random).bytes();
        let again: [u8; 40] = (&SeededRandom::new(1) as &dyn Random).bytes();
        let other: [u8; 40] = (&SeededRandom::new(2) as &dyn Random).bytes();
        assert_eq!(one, again);
        assert_ne!(one, other);
        let system: [u8; 32] = (&SystemRandom as &dyn Random).bytes();
        assert_ne!(system, (&SystemRandom as &dyn Random).bytes::<32>());
    }
}
