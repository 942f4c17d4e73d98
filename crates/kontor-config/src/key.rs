//! What a key of the configuration is called, means and defaults to.

use std::fmt;

/// One key of one section.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// Name of the section: `listen`.
    pub section: &'static str,
    /// Name within the section: `address`.
    pub name: &'static str,
    /// Type in the file.
    pub kind: Kind,
    /// Value if nobody says otherwise; `None`: the key may be absent.
    pub default: Option<&'static str>,
    /// A sensible value, shown in the example file where there is no default.
    pub example: &'static str,
    /// Name of the command-line flag, if there is one: `listen` for `--listen`.
    pub flag: Option<&'static str>,
    /// What it means, in lines of the example file.
    pub meaning: &'static [&'static str],
}

/// Type of a value in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text in quotes.
    Text,
    /// A text in quotes that is never shown.
    Secret,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list of texts in quotes; separated by commas on the command line, in the environment and
    /// where a [`Key`] says its default or example.
    Texts,
}

impl Key {
    /// `listen.address`
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `KONTOR_LISTEN_ADDRESS`
    pub fn variable(&self) -> String {
        format!("KONTOR_{}_{}", self.section, self.name).to_ascii_uppercase()
    }
}

/// Why the configuration is refused; one line per problem, fit for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The problems; at least one.
    pub problems: Vec<String>,
}

impl From<String> for ConfigError {
    fn from(problem: String) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl std::error::Error for ConfigError {}
