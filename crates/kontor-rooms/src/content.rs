//! What the server looks at in the content of events that clients send, beyond the auth rules.

use kontor_core::{Error, MatrixCode, Result};
use ruma::OwnedEventId;
use ruma::events::TimelineEventType;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::read::unknown_word;
use crate::send::MEGOLM;

/// The target and the reason in the content of a redaction.
pub(crate) fn redaction(content: &RawValue) -> Result<(OwnedEventId, Option<String>)> {
    #[derive(Deserialize)]
    struct Content {
        redacts: OwnedEventId,
        reason: Option<String>,
    }
    let content: Content = serde_json::from_str(content.get())
        .map_err(|cause| Error::invalid(MatrixCode::BadJson, format!("redacts: {cause}")))?;
    Ok((content.redacts, content.reason))
}

/// Who may read earlier messages is not left to what a client makes of a word it does not know.
///
/// # Errors
/// `M_INVALID_PARAM` naming the field.
pub(crate) fn check_state_words(kind: &TimelineEventType, content: &RawValue) -> Result<()> {
    #[derive(Deserialize)]
    struct Content {
        history_visibility: Option<String>,
    }
    if *kind != TimelineEventType::RoomHistoryVisibility {
        return Ok(());
    }
    let word = serde_json::from_str::<Content>(content.get()).ok();
    let word = word.and_then(|content| content.history_visibility);
    if matches!(word.as_deref(), Some("invited" | "joined" | "shared" | "world_readable")) {
        return Ok(());
    }
    Err(unknown_word("history_visibility", "invited, joined, shared or world_readable"))
}

/// An encrypted event has what its algorithm needs to be decrypted (spec: "m.room.encrypted"): one
/// without is lost to everybody, or was never encrypted.
///
/// # Errors
/// `M_BAD_JSON` naming the field.
pub(crate) fn check_encrypted(content: &RawValue) -> Result<()> {
    let content: Value = serde_json::from_str(content.get()).unwrap_or_default();
    let missing = |field: &str, what: &str| {
        let text = format!("{field}: an encrypted event needs {what}.");
        Err(Error::invalid(MatrixCode::BadJson, text))
    };
    let ciphertext = content.get("ciphertext");
    let is_text = ciphertext.and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    match content.get("algorithm").and_then(Value::as_str) {
        None | Some("") => missing("algorithm", "the name of its algorithm"),
        Some(MEGOLM) if !is_text => missing("ciphertext", "its ciphertext as a text"),
        Some(_) if ciphertext.is_none() => missing("ciphertext", "its ciphertext"),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    #[test]
    fn what_calls_itself_encrypted_is() {
        let megolm = |field: &str, value: Value| {
            let mut content = json!({
                "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "s",
            });
            content[field] = value;
            content
        };
        let table = [
            (megolm("m.relates_to", json!({ "rel_type": "m.thread" })), None),
            (megolm("algorithm", Value::Null), Some("algorithm")),
            (megolm("ciphertext", json!({})), Some("ciphertext")),
            (megolm("ciphertext", json!("")), Some("ciphertext")),
            (json!({ "algorithm": "m.olm.v1.curve25519-aes-sha2", "ciphertext": {} }), None),
            (json!({ "algorithm": "example.new", "body": "clear" }), Some("ciphertext")),
            (json!({ "body": "clear" }), Some("algorithm")),
        ];
        for (content, field) in table {
            let raw = to_raw_value(&content).unwrap();
            let error = check_encrypted(&raw).err().map(|error| error.public.into_owned());
            match field {
                None => assert_eq!(error, None, "{content}"),
                Some(field) => assert!(error.unwrap().starts_with(field), "{content}"),
            }
        }
    }

    #[test]
    fn visibility_is_one_of_four_words() {
        for (content, fits) in [
            (json!({ "history_visibility": "shared" }), true),
            (json!({ "history_visibility": "everybody" }), false),
            (json!({ "history_visibility": 7 }), false),
            (json!({}), false),
        ] {
            let raw = to_raw_value(&content).unwrap();
            let kind = TimelineEventType::RoomHistoryVisibility;
            assert_eq!(check_state_words(&kind, &raw).is_ok(), fits, "{content}");
            assert!(check_state_words(&TimelineEventType::RoomName, &raw).is_ok());
        }
    }
}
