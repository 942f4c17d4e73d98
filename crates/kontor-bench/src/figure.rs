//! What one scenario measured, and what it should have been.

use std::time::Duration;

/// The outcome of many equal operations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figure {
    /// Row of the table.
    pub(crate) name: &'static str,
    /// Operations done.
    pub(crate) ops: u64,
    /// CPU time of the server for all of them.
    pub(crate) cpu_ms: f64,
    /// Wall time for all of them.
    pub(crate) wall: Duration,
    /// Latency of each, unsorted.
    pub(crate) latencies: Vec<Duration>,
    /// A value that is not about operations (memory, size), with its unit.
    pub(crate) value: Option<(f64, &'static str)>,
}

impl Figure {
    /// A figure that is one value.
    pub(crate) fn of_value(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { name, value: Some((value, unit)), ..Self::default() }
    }

    /// Adds another run of the same scenario; a value is replaced by the newer one.
    pub(crate) fn merge(&mut self, other: Self) {
        self.ops += other.ops;
        self.cpu_ms += other.cpu_ms;
        self.wall += other.wall;
        self.latencies.extend(other.latencies);
        if other.value.is_some() {
            self.value = other.value;
        }
    }

    /// CPU time per operation in milliseconds.
    pub(crate) fn cpu_per_op(&self) -> f64 {
        if self.ops == 0 { 0.0 } else { self.cpu_ms / self.ops as f64 }
    }

    /// Operations per second of wall time.
    pub(crate) fn rate(&self) -> f64 {
        let seconds = self.wall.as_secs_f64();
        if seconds > 0.0 { self.ops as f64 / seconds } else { 0.0 }
    }

    /// The latency in milliseconds that this share of the operations did not exceed.
    pub(crate) fn quantile_ms(&self, share: f64) -> Option<f64> {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        let index = (last as f64 * share).round() as usize;
        sorted.get(index).map(|latency| latency.as_secs_f64() * 1000.0)
    }

    /// What this figure should be at most.
    pub(crate) fn target(&self) -> Target {
        TARGETS.iter().find(|target| target.name == self.name).copied().unwrap_or_default()
    }

    /// Whether every part of the target is met; `None` without target.
    pub(crate) fn meets_target(&self) -> Option<bool> {
        let target = self.target();
        let parts = [
            target.cpu_ms.map(|limit| self.cpu_per_op() <= limit),
            target.p50_ms.map(|limit| self.quantile_ms(0.5).is_some_and(|ms| ms <= limit)),
            target.p99_ms.map(|limit| self.quantile_ms(0.99).is_some_and(|ms| ms <= limit)),
            target.value.map(|limit| self.value.is_some_and(|(value, _)| value <= limit)),
        ];
        let mut judged = parts.into_iter().flatten().peekable();
        judged.peek()?;
        Some(judged.all(|met| met))
    }
}

/// Upper limits of a figure.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Target {
    name: &'static str,
    /// Server CPU per operation.
    pub(crate) cpu_ms: Option<f64>,
    /// Median latency.
    pub(crate) p50_ms: Option<f64>,
    /// Latency of all but one percent.
    pub(crate) p99_ms: Option<f64>,
    /// The value itself.
    pub(crate) value: Option<f64>,
}

const fn cpu(name: &'static str, cpu_ms: f64) -> Target {
    Target { name, cpu_ms: Some(cpu_ms), p50_ms: None, p99_ms: None, value: None }
}

const fn value(name: &'static str, value: f64) -> Target {
    Target { name, cpu_ms: None, p50_ms: None, p99_ms: None, value: Some(value) }
}

/// What Kontor wants to be, on two ordinary cores.
const TARGETS: &[Target] = &[
    cpu("send, 1 sender", 0.3),
    cpu("send, 16 senders", 0.3),
    cpu("send, 64 senders", 0.3),
    cpu("empty sync, 200 rooms", 0.06),
    cpu("first sync, 200 rooms", 15.0),
    Target {
        name: "delivery at 20 msg/s",
        cpu_ms: None,
        p50_ms: Some(3.0),
        p99_ms: Some(8.0),
        value: None,
    },
    cpu("room of 1000, 100 listening", 6.0),
    cpu("whoami", 0.03),
    cpu("keys query, 100 people", 0.3),
    cpu("keys claim, 100 devices", 0.3),
    cpu("to-device, 100 devices", 0.3),
    cpu("upload 100 KiB", 0.5),
    cpu("download 100 KiB", 0.4),
    Target {
        name: "memory after load (PSS)",
        cpu_ms: None,
        p50_ms: None,
        p99_ms: None,
        value: Some(50.0),
    },
    value("backup, per 100 MB", 1000.0),
    value("backup, most memory", 100.0),
    Target {
        name: "message during a backup",
        cpu_ms: None,
        p50_ms: None,
        p99_ms: Some(100.0),
        value: None,
    },
    Target {
        name: "send while a million messages go",
        cpu_ms: None,
        p50_ms: None,
        p99_ms: Some(50.0),
        value: None,
    },
    value("a million messages gone", 10.0),
    value("CPU of deletion day by day, share", 5.0),
    value("disk after deletion, share", 50.0),
    Target {
        name: "longest delay by logins",
        cpu_ms: None,
        p50_ms: None,
        p99_ms: None,
        value: Some(50.0),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sorted_latencies() {
        let latencies = (1..=101).rev().map(Duration::from_millis).collect();
        let figure = Figure { latencies, ..Figure::default() };
        assert_eq!(figure.quantile_ms(0.5).map(|ms| ms as u64), Some(51));
        assert_eq!(figure.quantile_ms(0.99).map(|ms| ms as u64), Some(100));
        assert_eq!(Figure::default().quantile_ms(0.5), None);
    }

    #[test]
    fn a_figure_is_judged_by_its_target_only() {
        let met = Figure { name: "whoami", ops: 100, cpu_ms: 2.0, ..Figure::default() };
        let missed = Figure { name: "whoami", ops: 100, cpu_ms: 4.0, ..Figure::default() };
        let free = Figure { name: "something else", ops: 1, cpu_ms: 1e6, ..Figure::default() };
        assert_eq!(met.meets_target(), Some(true));
        assert_eq!(missed.meets_target(), Some(false));
        assert_eq!(free.meets_target(), None);
    }
}
