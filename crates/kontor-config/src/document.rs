//! `kontor.toml`, parsed, with the line of each value.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::ConfigError;

/// A parsed file. Values are not checked yet.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// Where it was read from.
    pub(crate) path: PathBuf,
    /// `section.key = value`, in the file's order of names.
    pub(crate) entries: Vec<Entry>,
    /// One list of entries per `[[tenant]]`; their section is `tenant`.
    pub(crate) tenants: Vec<Vec<Entry>>,
}

/// One `key = value`.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) section: String,
    pub(crate) name: String,
    pub(crate) value: Value,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// A value of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Integer(String),
    Boolean(bool),
    Texts(Vec<String>),
    /// Nothing Kontor uses; the name of its type.
    Other(&'static str),
}

impl Document {
    /// Parses `text`, read from `path`.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            format!("{}:{line}: {}", path.display(), error.message())
        })?;
        let mut document = Self { path: path.to_owned(), ..Self::default() };
        for (name, value) in root.get_ref() {
            let section = name.get_ref().as_ref();
            let line = line_at(text, name.span().start);
            match value.get_ref() {
                DeValue::Table(table) => document.entries.extend(entries(text, section, table)),
                DeValue::Array(list) if section == "tenant" => {
                    let tables = list.iter().map(|item| item.get_ref().as_table());
                    let tables = tables.map(|table| table.map(|t| entries(text, section, t)));
                    let wrong = "tenants are written as [[tenant]] sections.";
                    let tables: Option<_> = tables.collect();
                    document.tenants = tables.ok_or_else(|| document.problem(line, wrong))?;
                }
                _ => {
                    let text = format!(
                        "\"{section}\" stands outside of a section; write [section] first."
                    );
                    return Err(document.problem(line, &text).into());
                }
            }
        }
        Ok(document)
    }

    /// A problem at `line` of this file.
    pub(crate) fn problem(&self, line: usize, text: &str) -> String {
        format!("{}:{line}: {text}", self.path.display())
    }
}

fn entries(text: &str, section: &str, table: &DeTable<'_>) -> Vec<Entry> {
    let entry = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let name: &Spanned<std::borrow::Cow<'_, str>> = name;
        Entry {
            section: section.to_owned(),
            name: name.get_ref().clone().into_owned(),
            value: Value::from_toml(value.get_ref()),
            line: line_at(text, name.span().start),
        }
    };
    table.iter().map(entry).collect()
}

impl Value {
    fn from_toml(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.clone().into_owned()),
            DeValue::Boolean(value) => Self::Boolean(*value),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Self::Other("integer"), |number| Self::Integer(number.to_string())),
            DeValue::Array(list) => {
                let texts = list.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
                texts.collect::<Option<_>>().map_or(Self::Other("array"), Self::Texts)
            }
            other => Self::Other(other.type_str()),
        }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
