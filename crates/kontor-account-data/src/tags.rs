//! Room tags: favourite, low priority, own labels (spec: "Room Tagging").

use kontor_core::{Cx, Error, MatrixCode, Result, if_found};
use kontor_store::account_data;
use ruma::{RoomId, UserId};
use serde_json::{Map, Value, json};

use crate::{AccountData, require_own};

/// Most tags of one room.
const TAG_LIMIT: usize = 100;

/// Longest tag, in bytes (spec).
const TAG_LIMIT_BYTES: usize = 255;

impl AccountData {
    /// The caller's tags of a room.
    pub async fn tags(&self, cx: &Cx, user: &UserId, room: &RoomId) -> Result<Map<String, Value>> {
        let room_id = Some(room);
        let content = if_found(self.get(cx, (user, room_id), "m.tag").await)?;
        Ok(content.map_or_else(Map::new, |content| tags_of(content.get().as_bytes())))
    }

    /// Sets a tag, or removes it with `None`.
    pub async fn set_tag(
        &self,
        cx: &Cx,
        (user, room): (&UserId, &RoomId),
        tag: &str,
        value: Option<Value>,
    ) -> Result<()> {
        require_own(cx, user)?;
        if tag.len() > TAG_LIMIT_BYTES || tag.contains('\0') {
            let text = format!("tag: longer than {TAG_LIMIT_BYTES} bytes.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let nid = self.nid(cx, Some(room)).await?;
        let (this, owner, tag) = (self.clone(), user.to_owned(), tag.to_owned());
        self.db
            .write(cx, move |tx| {
                let row = account_data::find_account_data(tx, &owner, nid, "m.tag")?;
                let mut tags = row.map(|row| tags_of(&row.content)).unwrap_or_default();
                match value {
                    Some(_) if tags.len() >= TAG_LIMIT && !tags.contains_key(&tag) => {
                        let text = format!("A room has at most {TAG_LIMIT} tags.");
                        return Err(Error::limited(MatrixCode::TooLarge, text));
                    }
                    Some(value) => drop(tags.insert(tag, value)),
                    None => drop(tags.remove(&tag)),
                }
                let content = json!({ "tags": tags }).to_string();
                this.write(tx, &owner, (nid, "m.tag"), content.as_bytes())
            })
            .await
    }
}

fn tags_of(content: &[u8]) -> Map<String, Value> {
    let content: Value = serde_json::from_slice(content).unwrap_or_default();
    content.get("tags").and_then(Value::as_object).cloned().unwrap_or_default()
}
