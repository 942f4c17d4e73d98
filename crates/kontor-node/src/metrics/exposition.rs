//! The text format of Prometheus, version 0.0.4.

use std::fmt::Write;

use kontor_core::Spread;

/// A text in the making.
#[derive(Debug, Default)]
pub(crate) struct Exposition(String);

impl Exposition {
    /// What the samples that follow mean.
    pub(crate) fn describe(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    /// One sample. `labels`: `name="value"`, separated by commas; values need no escaping here.
    pub(crate) fn number(&mut self, name: &str, labels: &str, value: u64) {
        if labels.is_empty() {
            self.line(format_args!("{name} {value}"));
        } else {
            self.line(format_args!("{name}{{{labels}}} {value}"));
        }
    }

    /// A described sample without labels that may rise and fall.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.describe(name, "gauge", help);
        self.number(name, "", value);
    }

    /// A spread of times in microseconds, as seconds.
    pub(crate) fn seconds(&mut self, name: &str, labels: &str, spread: &Spread) {
        self.spread(name, labels, spread, seconds);
    }

    /// A spread of plain numbers.
    pub(crate) fn numbers(&mut self, name: &str, labels: &str, spread: &Spread) {
        self.spread(name, labels, spread, |value| value.to_string());
    }

    fn spread(&mut self, name: &str, labels: &str, spread: &Spread, show: fn(u64) -> String) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut total = 0;
        let ends = spread.steps.iter().map(|end| show(*end)).chain(["+Inf".to_owned()]);
        for (end, count) in ends.zip(&spread.counts) {
            total += count;
            self.number(&format!("{name}_bucket"), &format!("{labels}{comma}le=\"{end}\""), total);
        }
        let sum = show(spread.sum);
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        self.line(format_args!("{name}_sum{braces} {sum}"));
        self.number(&format!("{name}_count"), labels, total);
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to memory does not fail.
        let _ = writeln!(self.0, "{line}");
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Microseconds as seconds, exactly.
fn seconds(us: u64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_written_as_growing_buckets() {
        let spread = Spread { steps: &[500, 1_500_000], counts: vec![2, 1, 3], sum: 20_000_001 };
        let mut text = Exposition::default();
        text.seconds("x", "a=\"b\"", &spread);
        text.numbers("y", "", &spread);
        let expected = "x_bucket{a=\"b\",le=\"0.0005\"} 2\n\
                        x_bucket{a=\"b\",le=\"1.5\"} 3\n\
                        x_bucket{a=\"b\",le=\"+Inf\"} 6\n\
                        x_sum{a=\"b\"} 20.000001\n\
                        x_count{a=\"b\"} 6\n\
                        y_bucket{le=\"500\"} 2\n\
                        y_bucket{le=\"1500000\"} 3\n\
                        y_bucket{le=\"+Inf\"} 6\n\
                        y_sum 20000001\n\
                        y_count 6\n";
        assert_eq!(text.into_text(), expected);
    }

    #[test]
    fn seconds_are_exact() {
        for (us, text) in [(0, "0"), (1, "0.000001"), (2_500, "0.0025"), (30_000_000, "30")] {
            assert_eq!(seconds(us), text);
        }
    }
}
