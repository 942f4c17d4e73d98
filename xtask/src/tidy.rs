//! House rules that no lint knows: who may depend on whom, how long a file may be, which words
//! and which constructs belong where.
//!
//! An exception is one line in `xtask/tidy-exceptions.txt` with its reason; an exception that
//! nothing needs any more is itself a finding, so the list can only shrink on its own.

mod exceptions;
mod layers;
mod names;
mod sources;
mod workspace;

use std::fmt;

use exceptions::Exceptions;
use workspace::Workspace;

/// What one run found.
pub(crate) struct Report {
    /// Violations that no exception covers.
    pub(crate) findings: Vec<Finding>,
    /// Rust files read.
    pub(crate) files: usize,
    /// Workspace members checked.
    pub(crate) crates: usize,
}

/// One violation of one rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Short name of the rule, as used in the exception list.
    pub(crate) rule: &'static str,
    /// File or crate, relative to the repository.
    pub(crate) subject: String,
    /// What is wrong and what to do.
    pub(crate) message: String,
}

impl Finding {
    fn new(rule: &'static str, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, subject: subject.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [{}] {}", self.subject, self.rule, self.message)
    }
}

/// Checks the repository around the current directory.
pub(crate) fn run() -> Result<Report, String> {
    let workspace = Workspace::load()?;
    let mut exceptions = Exceptions::load(&workspace.root)?;
    let files = workspace.rust_files()?;

    let mut findings = layers::check(&workspace);
    for file in &files {
        findings.extend(names::check(file));
        findings.extend(sources::check(file));
    }
    findings.retain(|finding| !exceptions.cover(finding));
    findings.extend(exceptions.unused());
    findings.sort_by(|a, b| (&a.subject, a.rule).cmp(&(&b.subject, b.rule)));
    Ok(Report { findings, files: files.len(), crates: workspace.members.len() })
}
