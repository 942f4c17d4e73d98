//! The list of accepted violations: `rule subject reason…`, one per line.

use std::path::Path;

use super::Finding;

const LIST: &str = "xtask/tidy-exceptions.txt";

/// Exceptions and whether something needed them.
pub(super) struct Exceptions(Vec<Entry>);

struct Entry {
    line: usize,
    rule: String,
    subject: String,
    used: bool,
}

impl Exceptions {
    pub(super) fn load(root: &Path) -> Result<Self, String> {
        let text =
            std::fs::read_to_string(root.join(LIST)).map_err(|error| format!("{LIST}: {error}"))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut entries = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.split_whitespace();
            let (Some(rule), Some(subject), Some(_)) = (words.next(), words.next(), words.next())
            else {
                return Err(format!("{LIST}:{}: wanted `rule subject reason`", number + 1));
            };
            entries.push(Entry {
                line: number + 1,
                rule: rule.to_owned(),
                subject: subject.to_owned(),
                used: false,
            });
        }
        Ok(Self(entries))
    }

    /// Whether an exception covers this finding; marks it as needed.
    pub(super) fn cover(&mut self, finding: &Finding) -> bool {
        let mut covered = false;
        for entry in &mut self.0 {
            if entry.rule == finding.rule && entry.subject == finding.subject {
                entry.used = true;
                covered = true;
            }
        }
        covered
    }

    /// One finding per exception that covered nothing.
    pub(super) fn unused(&self) -> Vec<Finding> {
        self.0
            .iter()
            .filter(|entry| !entry.used)
            .map(|entry| {
                Finding::new(
                    "exception",
                    format!("{LIST}:{}", entry.line),
                    format!("`{} {}` is no longer needed: delete it", entry.rule, entry.subject),
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_covers_its_rule_and_subject_only() {
        let mut list = Exceptions::parse("# why\nlength a.rs a table of codes\n").unwrap();
        assert!(list.cover(&Finding::new("length", "a.rs", "")));
        assert!(!list.cover(&Finding::new("length", "b.rs", "")));
        assert!(!list.cover(&Finding::new("name", "a.rs", "")));
        assert!(list.unused().is_empty());
    }

    #[test]
    fn an_entry_that_covers_nothing_is_reported() {
        let list = Exceptions::parse("length a.rs a table of codes\n").unwrap();
        assert_eq!(list.unused().len(), 1);
    }

    #[test]
    fn an_entry_without_a_reason_is_refused() {
        assert!(Exceptions::parse("length a.rs\n").is_err());
    }
}
