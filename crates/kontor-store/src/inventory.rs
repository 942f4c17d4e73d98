//! The inventory of columns (`inventory.toml`): whose data each holds, why, and what becomes of it.
//! Records of processing, export, erasure and sealing are derived from it (design §7).

use std::collections::BTreeMap;

use kontor_core::{Error, Result};
use serde::Deserialize;

const TEXT: &str = include_str!("../inventory.toml");

/// The declaration of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Table.
    pub table: String,
    /// Column.
    pub column: String,
    /// What is declared.
    pub declaration: Declaration,
}

/// What is declared about a column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Whose data it is.
    pub subject: Subject,
    /// What it is stored for.
    pub purpose: String,
    /// Kind of content.
    pub category: Category,
    /// Protection class: 0 public, 1 internal, 2 confidential, 3 strictly confidential.
    pub class: u8,
    /// Legal basis; `none` for what is not personal.
    pub basis: String,
    /// When it is deleted.
    pub deletion: String,
    /// Whether it is part of an answer under DSGVO Art. 15 and 20.
    pub export: bool,
    /// What erasing the person does to it.
    pub erase: Erase,
    /// Whether PostgreSQL gets it sealed; then the column is BYTEA.
    pub sealed: bool,
}

/// Whose data a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// A person with an account.
    User,
    /// Nobody's: technical.
    None,
}

/// Kind of content of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Names a person: ids, names, addresses.
    Identity,
    /// What people wrote or uploaded.
    Content,
    /// Who did what with whom and when.
    Metadata,
    /// Proves an identity: password hashes, tokens, keys.
    Credential,
    /// Keeps the machine going.
    Technical,
}

/// What erasing a person does to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Erase {
    /// The value goes.
    Delete,
    /// The value stays, but leads to nobody any more.
    Pseudonymise,
    /// The value stays.
    Keep,
}

/// Every declared column, ordered by table and column.
///
/// # Errors
/// `Internal` if the file in the source tree is malformed; it names the line.
pub fn columns() -> Result<Vec<Column>> {
    let tables: BTreeMap<String, BTreeMap<String, Declaration>> =
        toml::from_str(TEXT).map_err(|e| Error::internal(format!("inventory.toml: {e}")))?;
    Ok(tables
        .into_iter()
        .flat_map(|(table, columns)| {
            columns.into_iter().map(move |(column, declaration)| Column {
                table: table.clone(),
                column,
                declaration,
            })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_columns_have_a_legal_basis_and_a_deletion_rule() {
        for Column { table, column, declaration } in columns().unwrap() {
            let name = format!("{table}.{column}");
            assert!(declaration.class <= 3, "{name}: class");
            assert!(!declaration.purpose.is_empty(), "{name}: purpose");
            assert!(!declaration.deletion.is_empty(), "{name}: deletion");
            if declaration.subject == Subject::User {
                assert_ne!(declaration.basis, "none", "{name}: basis");
            }
        }
    }

    #[test]
    fn content_is_sealed() {
        for Column { table, column, declaration } in columns().unwrap() {
            if declaration.category == Category::Content {
                assert!(declaration.sealed, "{table}.{column}");
            }
        }
    }
}
