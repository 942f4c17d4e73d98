//! One event taken apart: every property under its dotted path.

use std::collections::HashMap;

use ruma::push::ScalarJsonValue;
use serde_json::Value;

use crate::{Pdu, PowerLevels};

/// An event as push rules look at it (spec: "Dot-separated property paths").
#[derive(Debug)]
pub struct FlatEvent {
    fields: HashMap<String, Leaf>,
    /// `content.body` in lower case.
    body: Option<String>,
    /// It says itself whom it mentions.
    has_mentions: bool,
    /// Its sender may notify the whole room.
    may_notify_room: bool,
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    One(Scalar),
    Many(Vec<Scalar>),
}

/// A value that is no list and no object. Fractions are left out: they are not canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
}

impl Scalar {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Bool(value) => Some(Self::Bool(value)),
            Value::Number(value) => value.as_i64().map(Self::Int),
            Value::String(value) => Some(Self::Text(value)),
            Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl From<&ScalarJsonValue> for Scalar {
    fn from(value: &ScalarJsonValue) -> Self {
        match value {
            ScalarJsonValue::Null => Self::Null,
            ScalarJsonValue::Bool(value) => Self::Bool(*value),
            ScalarJsonValue::Integer(value) => Self::Int((*value).into()),
            ScalarJsonValue::String(value) => Self::Text(value.clone()),
        }
    }
}

impl FlatEvent {
    /// Takes an event apart. `levels` are the power levels in force at the event.
    #[must_use]
    pub fn new(pdu: &Pdu, levels: &PowerLevels) -> Self {
        let mut flat = Self {
            fields: HashMap::with_capacity(16),
            body: None,
            has_mentions: false,
            may_notify_room: levels.may_notify_room(&pdu.sender),
        };
        flat.add_text("type", &pdu.kind.to_string());
        flat.add_text("sender", pdu.sender.as_str());
        flat.add_text("room_id", pdu.room_id.as_str());
        flat.add_text("event_id", pdu.event_id.as_str());
        if let Some(state_key) = &pdu.state_key {
            flat.add_text("state_key", state_key);
        }
        if let Some(redacts) = &pdu.redacts {
            flat.add_text("redacts", redacts.as_str());
        }
        let sent = Scalar::Int(i64::from(pdu.origin_server_ts.get()));
        flat.fields.insert("origin_server_ts".to_owned(), Leaf::One(sent));
        let content: Value = serde_json::from_str(pdu.content.get()).unwrap_or_default();
        flat.has_mentions = content.get("m.mentions").is_some();
        flat.body = content.get("body").and_then(Value::as_str).map(str::to_lowercase);
        flat.add("content".to_owned(), content);
        flat
    }

    fn add_text(&mut self, path: &str, text: &str) {
        self.fields.insert(path.to_owned(), Leaf::One(Scalar::Text(text.to_owned())));
    }

    /// Adds everything below `path`. The depth is bounded by the JSON parser's.
    fn add(&mut self, path: String, value: Value) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.add(format!("{path}.{}", escaped(&key)), value);
                }
            }
            Value::Array(values) => {
                let values = values.into_iter().filter_map(Scalar::read).collect();
                self.fields.insert(path, Leaf::Many(values));
            }
            value => {
                if let Some(value) = Scalar::read(value) {
                    self.fields.insert(path, Leaf::One(value));
                }
            }
        }
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        match self.fields.get(path)? {
            Leaf::One(Scalar::Text(text)) => Some(text),
            Leaf::One(_) | Leaf::Many(_) => None,
        }
    }

    pub(crate) fn is(&self, path: &str, value: &Scalar) -> bool {
        matches!(self.fields.get(path), Some(Leaf::One(found)) if found == value)
    }

    pub(crate) fn contains(&self, path: &str, value: &Scalar) -> bool {
        matches!(self.fields.get(path), Some(Leaf::Many(found)) if found.contains(value))
    }

    /// `content.body` in lower case.
    pub(crate) fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    pub(crate) fn has_mentions(&self) -> bool {
        self.has_mentions
    }

    pub(crate) fn may_notify_room(&self) -> bool {
        self.may_notify_room
    }
}

fn escaped(key: &str) -> String {
    if key.contains(['.', '\\']) {
        key.replace('\\', r"\\").replace('.', r"\.")
    } else {
        key.to_owned()
    }
}
