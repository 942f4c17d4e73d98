//! Randomness, always injected: the operating system's in production, seeded in tests.

use std::sync::Arc;

use aws_lc_rs::rand;
use parking_lot::Mutex;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::{Error, Result};

/// Letters and digits without look-alikes; 32 of them, so five bits each.
const READABLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Source of random bytes.
#[derive(Clone, Debug, Default)]
pub enum Random {
    /// The operating system's generator.
    #[default]
    System,
    /// A reproducible generator for tests; shared by all clones.
    Seeded(Arc<Mutex<ChaCha20Rng>>),
}

impl Random {
    /// A reproducible generator.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    /// Fills `target` with random bytes.
    ///
    /// # Errors
    /// `Unavailable` if the operating system has no randomness.
    pub fn fill(&self, target: &mut [u8]) -> Result<()> {
        match self {
            Self::System => rand::fill(target)
                .map_err(|_| Error::unavailable("The system's random generator does not answer.")),
            Self::Seeded(rng) => {
                rng.lock().fill_bytes(target);
                Ok(())
            }
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A random word of `length` lower-case letters and digits, five bits each. 26 = 130 bits.
    pub fn word(&self, length: usize) -> Result<String> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        Ok(bytes
            .iter()
            .filter_map(|byte| READABLE.get(usize::from(byte & 31)))
            .map(|b| char::from(*b))
            .collect())
    }

    /// A password to be typed off a sheet: four words of five letters, 100 bits. The hyphens make
    /// it satisfy every rule about kinds of characters.
    pub fn password(&self) -> Result<String> {
        let words: Result<Vec<String>> = (0..4).map(|_| self.word(5)).collect();
        Ok(words?.join("-"))
    }
}
