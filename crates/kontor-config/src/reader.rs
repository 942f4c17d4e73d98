//! Finds the value of a key: command line, environment, file, default.

use std::collections::BTreeMap;

use crate::document::{Document, Entry, Value};
use crate::nearest::{is_like, nearest, suggestion};
use crate::{ConfigError, Key, Kind};

/// The sources of one configuration, before the sections are read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// By flag name.
    pub(crate) flags: BTreeMap<&'static str, String>,
    /// Variables whose name starts with `KONTOR_`.
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) document: Document,
}

/// A value that was found, and where.
struct Found {
    text: String,
    place: String,
}

impl Reader {
    /// The value of `key`, or its default.
    pub(crate) fn required<T>(
        &self,
        key: &Key,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        if let Some(value) = self.optional(key, parse)? {
            return Ok(value);
        }
        let default = key.default.unwrap_or_default();
        parse(default).map_err(|why| format!("default of {}: {why}", key.path()).into())
    }

    /// The value of `key` if somebody gave one.
    pub(crate) fn optional<T>(
        &self,
        key: &Key,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.find(key)? else { return Ok(None) };
        let shown = match key.kind {
            Kind::Secret => "…".to_owned(),
            Kind::Text | Kind::Texts => format!("{:?}", found.text),
            Kind::Integer | Kind::Boolean => found.text.clone(),
        };
        parse(&found.text).map(Some).map_err(|why| format!("{} {shown}: {why}", found.place).into())
    }

    /// Where the value of `key` comes from, for messages.
    pub(crate) fn place(&self, key: &Key) -> String {
        match self.find(key) {
            Ok(Some(found)) => found.place,
            Ok(None) | Err(_) => format!("{} (default)", key.path()),
        }
    }

    fn find(&self, key: &Key) -> Result<Option<Found>, ConfigError> {
        if let Some((flag, text)) = key.flag.and_then(|flag| self.flags.get_key_value(flag)) {
            return Ok(Some(Found { text: text.clone(), place: format!("--{flag}") }));
        }
        let variable = key.variable();
        if let Some(text) = self.environment.get(&variable) {
            return Ok(Some(Found { text: text.clone(), place: variable }));
        }
        let entries = &self.document.entries;
        let entry = entries.iter().find(|e| e.section == key.section && e.name == key.name);
        entry.map(|entry| self.found_in_file(key, entry)).transpose()
    }

    fn found_in_file(&self, key: &Key, entry: &Entry) -> Result<Found, ConfigError> {
        let text = match (key.kind, &entry.value) {
            (Kind::Text | Kind::Secret, Value::Text(text))
            | (Kind::Integer, Value::Integer(text)) => text.clone(),
            (Kind::Boolean, Value::Boolean(value)) => value.to_string(),
            (Kind::Texts, Value::Texts(texts)) => texts.join(","),
            (kind, _) => {
                let wanted = match kind {
                    Kind::Text | Kind::Secret => "a text in quotes",
                    Kind::Integer => "a whole number without quotes",
                    Kind::Boolean => "true or false without quotes",
                    Kind::Texts => "a list of texts in quotes",
                };
                let text = format!("{} must be {wanted}.", key.path());
                return Err(self.document.problem(entry.line, &text).into());
            }
        };
        let place = self.document.problem(entry.line, &format!("{} =", key.path()));
        Ok(Found { text, place })
    }

    /// Refuses every key of the file and every variable that nobody reads.
    pub(crate) fn refuse_unknown(&self, keys: &[&Key]) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        for entry in &self.document.entries {
            if !keys.iter().any(|key| key.section == entry.section && key.name == entry.name) {
                problems.push(self.document.problem(entry.line, &unknown_key(entry, keys)));
            }
        }
        let known: Vec<String> = keys.iter().map(|key| key.variable()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for variable in self.environment.keys() {
            let ours = keys.iter().any(|key| means_section(variable, key.section));
            if ours && !known.contains(&variable.as_str()) {
                let hint = suggestion(variable, &known);
                problems.push(format!("{variable}: no such setting.{hint}"));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
    }
}

/// Whether a variable is meant for a section, perhaps misspelled. Others that begin alike may be
/// there for other reasons: Kubernetes sets `KONTOR_PORT` for a service called kontor.
fn means_section(variable: &str, section: &str) -> bool {
    let rest = variable.strip_prefix("KONTOR_").unwrap_or(variable);
    if rest.starts_with('_') {
        return true;
    }
    let words = section.split('_').count();
    let parts: Vec<&str> = rest.split('_').collect();
    let begins = parts.get(..words).filter(|_| parts.len() > words);
    begins.is_some_and(|begins| is_like(&begins.join("_"), section))
}

fn unknown_key(entry: &Entry, keys: &[&Key]) -> String {
    let section = &entry.section;
    let siblings: Vec<&str> =
        keys.iter().filter(|key| key.section == section).map(|key| key.name).collect();
    if siblings.is_empty() {
        let sections: Vec<&str> = keys.iter().map(|key| key.section).chain(["tenant"]).collect();
        let hint = suggestion(section, &sections);
        return format!("unknown section [{section}].{hint}");
    }
    let hint = key_hint(&entry.name, &siblings, keys);
    format!("unknown key \"{}\" in [{section}]. {hint}", entry.name)
}

/// What was meant by a key that its section does not have: one beside it, one of another section,
/// or, if nothing is near, the list to choose from.
fn key_hint(name: &str, siblings: &[&str], keys: &[&Key]) -> String {
    if let Some(found) = nearest(name, siblings) {
        return format!("Did you mean {found}?");
    }
    if keys.iter().any(|key| key.section == name) {
        return format!("There is a section [{name}].");
    }
    if let Some(key) = keys.iter().find(|key| is_like(name, key.name)) {
        return format!("Did you mean [{}] {}?", key.section, key.name);
    }
    format!("Its keys are: {}.", siblings.join(", "))
}
