//! How the writer is doing.

use std::time::Duration;

use kontor_core::{Histogram, Spread};

/// Steps of [`Load::batch_sizes`]; the last one is the largest batch.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Steps of [`Load::commits_us`], from what a fast disk takes to what a dying one does.
const TIMES_US: &[u64] =
    &[100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

/// How the writer of one database is doing.
#[derive(Debug)]
pub(crate) struct Meter {
    sizes: Histogram,
    commits_us: Histogram,
}

/// What a writer has done so far; sums over databases are meaningful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// User actions per commit.
    pub batch_sizes: Spread,
    /// Time of each commit, in microseconds.
    pub commits_us: Spread,
}

impl Meter {
    /// Nothing measured yet.
    pub(crate) fn new() -> Self {
        Self { sizes: Histogram::new(SIZES), commits_us: Histogram::new(TIMES_US) }
    }

    pub(crate) fn record(&self, size: usize, commit: Duration) {
        self.sizes.record(size as u64);
        self.commits_us.record(u64::try_from(commit.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn read(&self) -> Load {
        Load { batch_sizes: self.sizes.read(), commits_us: self.commits_us.read() }
    }
}

impl Load {
    /// Adds what another writer has done.
    pub fn add(&mut self, other: &Self) {
        self.batch_sizes.add(&other.batch_sizes);
        self.commits_us.add(&other.commits_us);
    }
}

impl Default for Load {
    fn default() -> Self {
        Self { batch_sizes: Spread::empty(SIZES), commits_us: Spread::empty(TIMES_US) }
    }
}
