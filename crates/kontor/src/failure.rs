//! How a command fails: a text for the operator and an exit code for scripts.

use std::process::ExitCode;

use kontor_config::ConfigError;
use kontor_core::Error;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong and what to do next.
    pub(crate) text: String,
    usage: bool,
}

impl Failure {
    /// The command could not do its work: exit code 1.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), usage: false }
    }

    /// The command line or configuration is wrong: exit code 2.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), usage: true }
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(if self.usage { 2 } else { 1 })
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let list = error.problems.join("\n  ");
        Self::usage(format!(
            "the configuration is refused:\n  {list}\nEvery setting is explained by: kontor config"
        ))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut text = error.public.to_string();
        // What clients must not know may help the operator.
        if let Some(cause) = &error.source {
            let cause = cause.to_string();
            if !text.contains(&cause) {
                text = format!("{text} ({cause})");
            }
        }
        Self::new(text)
    }
}
