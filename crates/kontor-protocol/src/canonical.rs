//! Canonical JSON: sorted, without blanks, integers only (spec: appendices, "Canonical JSON").

use kontor_core::{Error, MatrixCode, Result};
use ruma::canonical_json::{CanonicalJsonObject, CanonicalJsonValue};
use serde_json::Value;
use serde_json::value::RawValue;

/// Largest event, in bytes of canonical JSON (spec: "Size limits").
pub(crate) const EVENT_LIMIT_BYTES: usize = 65_535;

/// Deepest nesting of a content. Generous: clients use less than ten levels.
const DEPTH_LIMIT: usize = 64;

/// The content as canonical JSON: an object, integers only, not too deep.
pub(crate) fn canonical_content(content: &RawValue) -> Result<CanonicalJsonObject> {
    if content.get().len() > EVENT_LIMIT_BYTES {
        return Err(too_large());
    }
    let value: Value = serde_json::from_str(content.get())
        .map_err(|cause| Error::invalid(MatrixCode::BadJson, format!("content: {cause}")))?;
    let Value::Object(object) = value else {
        return Err(Error::invalid(MatrixCode::BadJson, "content: must be an object."));
    };
    object
        .into_iter()
        .map(|(name, value)| {
            let value = canonical(value, &mut vec![name.clone()])?;
            Ok((name, value))
        })
        .collect()
}

/// Converts a value; `path` names it in errors.
fn canonical(value: Value, path: &mut Vec<String>) -> Result<CanonicalJsonValue> {
    let bad = |path: &[String], why: &str| {
        Error::invalid(MatrixCode::BadJson, format!("content.{}: {why}", path.join(".")))
    };
    if path.len() > DEPTH_LIMIT {
        return Err(bad(&[], "nested too deeply."));
    }
    Ok(match value {
        Value::Null => CanonicalJsonValue::Null,
        Value::Bool(value) => CanonicalJsonValue::Bool(value),
        Value::String(text) => CanonicalJsonValue::String(text),
        Value::Number(number) => {
            let integer = number.as_i64().and_then(|number| number.try_into().ok());
            match integer {
                Some(integer) => CanonicalJsonValue::Integer(integer),
                None => return Err(bad(path, "must be an integer within ±(2^53 − 1).")),
            }
        }
        Value::Array(items) => {
            let mut array = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                path.push(index.to_string());
                array.push(canonical(item, path)?);
                path.pop();
            }
            CanonicalJsonValue::Array(array)
        }
        Value::Object(fields) => {
            let mut object = CanonicalJsonObject::new();
            for (name, field) in fields {
                path.push(name.clone());
                object.insert(name, canonical(field, path)?);
                path.pop();
            }
            CanonicalJsonValue::Object(object)
        }
    })
}

pub(crate) fn too_large() -> Error {
    let text = format!("The event is larger than {EVENT_LIMIT_BYTES} bytes.");
    Error::limited(MatrixCode::TooLarge, text)
}

#[cfg(test)]
mod tests;
