//! Push rules: which events notify a person (spec: "Push Rules").
//!
//! Rules are compiled once per person and applied to events that are taken apart once per event,
//! because in a room of a hundred each event meets a hundred rule sets. Patterns are matched in
//! linear time: they come from clients, and so does the text.

mod defaults;
mod flat;
mod pattern;
mod rules;

pub use defaults::default_rules;
pub use flat::FlatEvent;
pub use pattern::PATTERN_LIMIT;
pub use rules::{PushRules, Verdict, Viewer};

#[cfg(test)]
mod tests;
