//! How measured values spread.

use std::sync::atomic::{AtomicU64, Ordering};

/// How measured values spread over steps. Recording costs two atomic additions.
#[derive(Debug)]
pub struct Histogram {
    steps: &'static [u64],
    /// One per step, and one for what is beyond the last.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// What a [`Histogram`] held at one moment; sums of them are meaningful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Upper end of each step, included, in the unit of the values.
    pub steps: &'static [u64],
    /// How many values fell on each step, and how many beyond the last.
    pub counts: Vec<u64>,
    /// Sum of all values.
    pub sum: u64,
}

impl Histogram {
    /// An empty histogram; `steps` are upper ends, included, in rising order.
    pub fn new(steps: &'static [u64]) -> Self {
        let counts = (0..=steps.len()).map(|_| AtomicU64::new(0)).collect();
        Self { steps, counts, sum: AtomicU64::new(0) }
    }

    /// Records one value.
    pub fn record(&self, value: u64) {
        let step = self.steps.partition_point(|end| *end < value);
        if let Some(count) = self.counts.get(step) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What it holds now. Values recorded meanwhile may be in the counts and not yet in the sum.
    pub fn read(&self) -> Spread {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        Spread { steps: self.steps, counts, sum: self.sum.load(Ordering::Relaxed) }
    }
}

impl Spread {
    /// Nothing, on these steps.
    pub fn empty(steps: &'static [u64]) -> Self {
        Self { steps, counts: vec![0; steps.len() + 1], sum: 0 }
    }

    /// Adds another one on the same steps.
    pub fn add(&mut self, other: &Self) {
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own += more;
        }
        self.sum = self.sum.saturating_add(other.sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_on_the_first_step_that_holds_them() {
        let histogram = Histogram::new(&[1, 10, 100]);
        for value in [0, 1, 2, 10, 11, 100, 101, 5000] {
            histogram.record(value);
        }
        let mut spread = histogram.read();
        assert_eq!((spread.counts.as_slice(), spread.sum), (&[2, 2, 2, 2][..], 5225));
        spread.add(&histogram.read());
        let mut other = Spread::empty(&[1, 10, 100]);
        other.add(&spread);
        assert_eq!((other.counts, other.sum), (vec![4, 4, 4, 4], 10_450));
    }
}
