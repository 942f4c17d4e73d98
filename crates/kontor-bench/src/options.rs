//! The command line.

use std::path::PathBuf;

use crate::Result;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
usage: kontor-bench --kontor BINARY [--base BINARY] [--only NAME]… [--json]
  --kontor BINARY   release build to measure
  --base BINARY     another build to compare with, run in turns
  --only NAME       only this scenario (send, sync, first-sync, idle, delivery, fan-out, whoami,
                    keys, media); may be repeated
  --json            figures as JSON";

/// What to measure.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The binary under test.
    pub(crate) kontor: PathBuf,
    /// A binary to compare with.
    pub(crate) base: Option<PathBuf>,
    /// Print JSON instead of a table.
    pub(crate) json: bool,
    only: Vec<String>,
}

impl Options {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
            match word.as_str() {
                "--kontor" => options.kontor = value()?.into(),
                "--base" => options.base = Some(value()?.into()),
                "--only" => options.only.push(value()?),
                "--json" => options.json = true,
                _ => return Err(format!("unknown option {word}").into()),
            }
        }
        if options.kontor.as_os_str().is_empty() {
            return Err("--kontor is missing".into());
        }
        Ok(options)
    }

    /// Whether this scenario was asked for; all were if none was named.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }

    /// How often each scenario runs; a comparison takes turns.
    pub(crate) fn rounds(&self) -> u32 {
        if self.base.is_some() { 2 } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_a_choice_every_scenario_runs() {
        let options = parse("--kontor target/release/kontor").unwrap();
        assert!(options.wants("send") && options.wants("media"));
        assert_eq!(options.rounds(), 1);
    }

    #[test]
    fn a_choice_excludes_the_others() {
        let options = parse("--kontor a --base b --only send --only media").unwrap();
        assert!(options.wants("send") && options.wants("media") && !options.wants("keys"));
        assert_eq!(options.rounds(), 2);
    }

    #[test]
    fn a_missing_binary_or_value_is_refused() {
        assert!(parse("--json").is_err());
        assert!(parse("--kontor").is_err());
        assert!(parse("--kontor a --fast").is_err());
    }
}
