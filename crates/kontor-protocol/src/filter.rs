//! Event filters (spec: "Filtering").

use ruma::api::client::filter::{RoomEventFilter, UrlFilter};

use crate::Pdu;

/// A room event filter, ready to be applied.
#[derive(Clone, Debug, Default)]
pub struct EventMatcher {
    types: Option<Vec<String>>,
    not_types: Vec<String>,
    senders: Option<Vec<ruma::OwnedUserId>>,
    not_senders: Vec<ruma::OwnedUserId>,
    rooms: Option<Vec<ruma::OwnedRoomId>>,
    not_rooms: Vec<ruma::OwnedRoomId>,
    contains_url: Option<bool>,
}

impl EventMatcher {
    /// The matcher for a filter.
    #[must_use]
    pub fn new(filter: &RoomEventFilter) -> Self {
        Self {
            types: filter.types.clone(),
            not_types: filter.not_types.clone(),
            senders: filter.senders.clone(),
            not_senders: filter.not_senders.clone(),
            rooms: filter.rooms.clone(),
            not_rooms: filter.not_rooms.clone(),
            contains_url: filter.url_filter.as_ref().map(|f| matches!(f, UrlFilter::EventsWithUrl)),
        }
    }

    /// Whether the filter lets every event of every room through.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        self.types.is_none()
            && self.not_types.is_empty()
            && self.senders.is_none()
            && self.not_senders.is_empty()
            && self.rooms.is_none()
            && self.not_rooms.is_empty()
            && self.contains_url.is_none()
    }

    /// Whether the filter lets the event through.
    #[must_use]
    pub fn matches(&self, pdu: &Pdu) -> bool {
        let kind = pdu.kind.to_string();
        let fits = |patterns: &[String]| patterns.iter().any(|pattern| glob(pattern, &kind));
        self.types.as_deref().is_none_or(fits)
            && !fits(&self.not_types)
            && self.senders.as_ref().is_none_or(|senders| senders.contains(&pdu.sender))
            && !self.not_senders.contains(&pdu.sender)
            && self.rooms.as_ref().is_none_or(|rooms| rooms.contains(&pdu.room_id))
            && !self.not_rooms.contains(&pdu.room_id)
            && self.contains_url.is_none_or(|wanted| wanted == has_url(pdu))
    }
}

fn has_url(pdu: &Pdu) -> bool {
    let content: Result<serde_json::Map<String, serde_json::Value>, _> =
        serde_json::from_str(pdu.content.get());
    content.is_ok_and(|content| content.get("url").is_some_and(serde_json::Value::is_string))
}

/// Whether `text` fits a pattern in which `*` stands for any number of characters. Linear time.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut last = None;
    for part in parts {
        if let Some(previous) = last.replace(part) {
            match rest.split_once(previous) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}
