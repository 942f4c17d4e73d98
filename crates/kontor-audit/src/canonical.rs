//! The one way to write a line: keys sorted, no blanks (as the Matrix specification's canonical
//! JSON). Whoever has a JSON library can check a hash.

use std::collections::BTreeMap;

use kontor_core::{Error, Result};
use serde_json::Value;

use crate::{Digest, Line};

/// The fields of a line, sorted.
fn fields(line: &Line) -> Result<BTreeMap<String, Value>> {
    match serde_json::to_value(line).map_err(Error::internal)? {
        Value::Object(fields) => Ok(fields.into_iter().collect()),
        _ => Err(Error::internal("a line of the audit log is a JSON object")),
    }
}

/// The line as written, without line end.
pub(crate) fn render(line: &Line) -> Result<String> {
    serde_json::to_string(&fields(line)?).map_err(Error::internal)
}

/// What is hashed or signed: the line as written, without the field `left_out`.
pub(crate) fn without(line: &Line, left_out: &str) -> Result<String> {
    let mut fields = fields(line)?;
    fields.remove(left_out);
    serde_json::to_string(&fields).map_err(Error::internal)
}

/// The hash that an entry must carry.
pub(crate) fn hash_of(line: &Line) -> Result<Digest> {
    Ok(Digest::of(without(line, "hash")?.as_bytes()))
}
