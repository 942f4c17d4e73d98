//! The table.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::figure::Figure;

/// Figures of the binary under test and, in a comparison, of the other one.
pub(crate) struct Report {
    now: Vec<Figure>,
    base: Vec<Figure>,
}

impl Report {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { now: Vec::new(), base: Vec::new() }
    }

    /// Adds figures of the binary under test.
    pub(crate) fn add(&mut self, figures: Vec<Figure>) {
        merge(&mut self.now, figures);
    }

    /// Adds figures of the binary to compare with.
    pub(crate) fn add_base(&mut self, figures: Vec<Figure>) {
        merge(&mut self.base, figures);
    }

    /// The table for people.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!(
            "{:<30} {:>10} {:>8} {:>8} {:>9}  {:<18} {}\n",
            "work", "CPU ms/op", "p50 ms", "p99 ms", "per s", "target", "verdict"
        );
        for figure in &self.now {
            let before = self.base.iter().find(|base| base.name == figure.name);
            let _ = writeln!(text, "{}", line(figure, before));
        }
        let judged: Vec<bool> = self.now.iter().filter_map(Figure::meets_target).collect();
        let met = judged.iter().filter(|met| **met).count();
        let _ = writeln!(text, "{met} of {} targets met", judged.len());
        text
    }

    /// The same for programs.
    pub(crate) fn to_json(&self) -> Value {
        let list = |figures: &[Figure]| figures.iter().map(to_json).collect::<Vec<_>>();
        json!({ "now": list(&self.now), "base": list(&self.base) })
    }
}

fn merge(figures: &mut Vec<Figure>, more: Vec<Figure>) {
    for figure in more {
        match figures.iter_mut().find(|known| known.name == figure.name) {
            Some(known) => known.merge(figure),
            None => figures.push(figure),
        }
    }
}

fn line(figure: &Figure, before: Option<&Figure>) -> String {
    let verdict = match figure.meets_target() {
        Some(true) => "ok",
        Some(false) => "MISS",
        None => "",
    };
    let mut line = if let Some((value, unit)) = figure.value {
        format!("{:<30} {:>38}", figure.name, format!("{value:.1} {unit}"))
    } else {
        let ms =
            |share| figure.quantile_ms(share).map_or_else(String::new, |ms| format!("{ms:.2}"));
        format!(
            "{:<30} {:>10.3} {:>8} {:>8} {:>9.0}",
            figure.name,
            figure.cpu_per_op(),
            ms(0.5),
            ms(0.99),
            figure.rate()
        )
    };
    let _ = write!(line, "  {:<18} {verdict}", target(figure));
    if let Some(before) = before {
        let _ = write!(line, "  {}", ratio(figure, before));
    }
    line.trim_end().to_owned()
}

fn target(figure: &Figure) -> String {
    let target = figure.target();
    match (target.cpu_ms, target.p50_ms, target.p99_ms, target.value) {
        (Some(cpu), ..) => format!("≤ {cpu} ms CPU"),
        (_, Some(p50), Some(p99), _) => format!("≤ {p50} / {p99} ms"),
        (.., Some(value)) => format!("≤ {value}"),
        _ => String::new(),
    }
}

/// Now divided by before: below 1 is better.
fn ratio(now: &Figure, before: &Figure) -> String {
    if let (Some((now, _)), Some((before, _))) = (now.value, before.value) {
        return format!("× {:.2}", now / before);
    }
    let cpu = now.cpu_per_op() / before.cpu_per_op();
    let p50 = now.quantile_ms(0.5).zip(before.quantile_ms(0.5)).map(|(now, before)| now / before);
    match p50 {
        Some(p50) => format!("CPU × {cpu:.2}, p50 × {p50:.2}"),
        None => format!("CPU × {cpu:.2}"),
    }
}

fn to_json(figure: &Figure) -> Value {
    json!({
        "name": figure.name,
        "ops": figure.ops,
        "cpu_ms_per_op": figure.cpu_per_op(),
        "p50_ms": figure.quantile_ms(0.5),
        "p99_ms": figure.quantile_ms(0.99),
        "per_second": figure.rate(),
        "value": figure.value.map(|(value, _)| value),
        "unit": figure.value.map(|(_, unit)| unit),
        "meets_target": figure.meets_target(),
    })
}
