//! Where the undelivered messages of each device lie.

use std::collections::HashMap;

use kontor_core::StreamPos;
use kontor_store::to_device::InboxRow;
use parking_lot::RwLock;
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

/// The part of the stream that holds the messages of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// No message of the device lies before.
    pub(crate) oldest: StreamPos,
    /// No message of the device lies behind.
    pub(crate) newest: StreamPos,
}

/// The spans of all devices that have messages waiting; the database has no index for this.
///
/// Complete from the start: read once, then kept up with every commit. A device that was removed
/// keeps its span, which is empty then, until it is asked for or the server starts anew.
#[derive(Debug, Default)]
pub(crate) struct Inboxes(RwLock<HashMap<OwnedUserId, HashMap<OwnedDeviceId, Span>>>);

impl Inboxes {
    pub(crate) fn new(rows: Vec<InboxRow>) -> Self {
        let mut spans: HashMap<OwnedUserId, HashMap<OwnedDeviceId, Span>> = HashMap::new();
        for InboxRow { user_id, device_id, oldest, newest } in rows {
            spans.entry(user_id).or_default().insert(device_id, Span { oldest, newest });
        }
        Self(RwLock::new(spans))
    }

    /// Where the messages of a device lie; `None` if it has none.
    pub(crate) fn span(&self, user: &UserId, device: &DeviceId) -> Option<Span> {
        self.0.read().get(user)?.get(device).copied()
    }

    /// Messages were stored, in order of their positions.
    pub(crate) fn add(
        &self,
        messages: impl IntoIterator<Item = (OwnedUserId, OwnedDeviceId, StreamPos)>,
    ) {
        let mut spans = self.0.write();
        for (user, device, pos) in messages {
            let span = spans.entry(user).or_default().entry(device);
            span.or_insert(Span { oldest: pos, newest: pos }).newest = pos;
        }
    }

    /// Messages up to `until` have arrived. Answers the span to be deleted, if this is the first
    /// to say so.
    pub(crate) fn clear(&self, user: &UserId, device: &DeviceId, until: StreamPos) -> Option<Span> {
        let mut spans = self.0.write();
        let devices = spans.get_mut(user)?;
        let span = devices.get_mut(device)?;
        if span.oldest > until {
            return None;
        }
        let arrived = Span { oldest: span.oldest, newest: until.min(span.newest) };
        span.oldest = StreamPos(until.0.saturating_add(1));
        if span.newest <= until {
            devices.remove(device);
            if devices.is_empty() {
                spans.remove(user);
            }
        }
        Some(arrived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruma::{device_id, user_id};

    fn span(oldest: i64, newest: i64) -> Span {
        Span { oldest: StreamPos(oldest), newest: StreamPos(newest) }
    }

    #[test]
    fn what_arrived_is_deleted_once() {
        let (alice, device) = (user_id!("@alice:a.example"), device_id!("A"));
        let row = InboxRow {
            user_id: alice.to_owned(),
            device_id: device.to_owned(),
            oldest: StreamPos(3),
            newest: StreamPos(5),
        };
        let inboxes = Inboxes::new(vec![row]);
        inboxes.add([(alice.to_owned(), device.to_owned(), StreamPos(9))]);
        assert_eq!(inboxes.span(alice, device), Some(span(3, 9)));
        assert_eq!(inboxes.clear(alice, device, StreamPos(2)), None);
        assert_eq!(inboxes.clear(alice, device, StreamPos(6)), Some(span(3, 6)));
        assert_eq!(inboxes.clear(alice, device, StreamPos(6)), None);
        assert_eq!(inboxes.span(alice, device), Some(span(7, 9)));
        assert_eq!(inboxes.clear(alice, device, StreamPos(20)), Some(span(7, 9)));
        assert_eq!(inboxes.span(alice, device), None);
        assert!(inboxes.0.read().is_empty());
    }

    #[test]
    fn devices_have_inboxes_of_their_own() {
        let inboxes = Inboxes::default();
        let alice = user_id!("@alice:a.example");
        let message = |device: &str, pos| (alice.to_owned(), device.into(), StreamPos(pos));
        inboxes.add([message("A", 1), message("B", 2), message("A", 3)]);
        assert_eq!(inboxes.span(alice, device_id!("A")), Some(span(1, 3)));
        assert_eq!(inboxes.span(alice, device_id!("B")), Some(span(2, 2)));
        assert_eq!(inboxes.span(alice, device_id!("C")), None);
    }
}
