//! Which files an event names where the server can read it. law: R-112
//!
//! In an encrypted message only the sender's program knows; it says so when it sends the message
//! (proposal 3911, `attach_media`).

use ruma::MxcUri;
use ruma::events::TimelineEventType;
use serde_json::Value;
use serde_json::value::RawValue;

/// Where an event's content may name files.
const PLACES: [&str; 6] = [
    "/url",
    "/file/url",
    "/avatar_url",
    "/info/thumbnail_url",
    "/info/thumbnail_file/url",
    "/m.new_content/url",
];

/// Files that an event names, by media id; none for membership, whose pictures are the profile's.
pub(crate) fn named_in(kind: &TimelineEventType, content: &RawValue) -> Vec<String> {
    // What is encrypted, and most of the rest, names none.
    if *kind == TimelineEventType::RoomMember || !content.get().contains("mxc:") {
        return Vec::new();
    }
    let Ok(content) = serde_json::from_str::<Value>(content.get()) else { return Vec::new() };
    let named = PLACES.iter().filter_map(|place| content.pointer(place)?.as_str());
    named.filter_map(media_id).collect()
}

fn media_id(uri: &str) -> Option<String> {
    <&MxcUri>::from(uri).media_id().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    #[test]
    fn files_are_found_where_events_name_them() {
        let picture = json!({
            "msgtype": "m.image", "url": "mxc://firma.example/abc",
            "info": { "thumbnail_url": "mxc://firma.example/def" },
            "other": "mxc://firma.example/not-a-place", "body": "mxc://firma.example/nor-this",
        });
        let content = to_raw_value(&picture).unwrap();
        assert_eq!(named_in(&"m.room.message".into(), &content), ["abc", "def"]);
        assert!(named_in(&"m.room.member".into(), &content).is_empty());
        let words = to_raw_value(&json!({ "body": "x", "url": "https://x.example" })).unwrap();
        assert!(named_in(&"m.room.message".into(), &words).is_empty());
    }
}
