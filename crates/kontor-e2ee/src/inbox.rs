//! Delivery of messages between devices, and what else `/sync` tells a device.

use std::sync::Arc;

use kontor_core::{Cx, Error, Result, StreamPos};
use kontor_db::Tx;
use kontor_store::to_device::ToDeviceRow;
use kontor_store::{fallback_key, one_time_key, to_device};
use ruma::events::AnyToDeviceEvent;
use ruma::serde::Raw;
use ruma::{DeviceId, OneTimeKeyAlgorithm, UInt, UserId};

use crate::E2ee;
use crate::shelf::{KeyCounts, Known};

/// Most messages in one answer.
pub const INBOX_PAGE: u32 = 100;

/// Messages for a device.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// Oldest first, at most [`INBOX_PAGE`].
    pub events: Vec<Raw<AnyToDeviceEvent>>,
    /// The inbox is delivered up to here. Lies before the position asked for if there are more
    /// messages; then the next `/sync` must come with this position as its `since`.
    pub until: StreamPos,
}

impl E2ee {
    /// The messages for a device after `since`, up to and including `to`.
    ///
    /// Those up to `since` have arrived and are deleted, `None` being a device that starts anew.
    /// An empty inbox costs no database access.
    pub async fn take_inbox(
        &self,
        cx: &Cx,
        (user, device): (&UserId, &DeviceId),
        since: Option<StreamPos>,
        to: StreamPos,
    ) -> Result<Inbox> {
        let Some(span) = self.inboxes.span(user, device) else {
            return Ok(Inbox { events: Vec::new(), until: to });
        };
        let since = since.unwrap_or(StreamPos::ZERO);
        self.delete_delivered(user, device, since);
        if span.newest <= since {
            return Ok(Inbox { events: Vec::new(), until: to });
        }
        let (owner, id) = (user.to_owned(), device.to_owned());
        let from = since.max(StreamPos(span.oldest.0.saturating_sub(1)));
        let read = move |tx: &mut Tx<'_>| {
            to_device::list_messages(tx, (&owner, &id), from, to.min(span.newest), INBOX_PAGE)
        };
        let rows = self.db.read(cx, read).await?;
        let full = rows.len() >= usize::try_from(INBOX_PAGE).unwrap_or(usize::MAX);
        let until = rows.last().filter(|_| full).map_or(to, |last| last.pos);
        let events = rows.iter().map(event_of).collect::<Result<_>>()?;
        Ok(Inbox { events, until })
    }

    /// How many keys a device has left. Costs no database access unless they changed.
    pub async fn key_counts(
        &self,
        cx: &Cx,
        user: &UserId,
        device: &DeviceId,
    ) -> Result<Arc<KeyCounts>> {
        Ok(self.known(cx, user, device).await?.counts)
    }

    /// Deletes what has arrived; nobody waits for it. If it fails, the next start repeats it.
    fn delete_delivered(&self, user: &UserId, device: &DeviceId, until: StreamPos) {
        let Some(arrived) = self.inboxes.clear(user, device, until) else { return };
        let (user, device) = (user.to_owned(), device.to_owned());
        drop(self.db.enqueue(move |tx| {
            to_device::delete_messages(tx, (&user, &device), arrived.oldest, arrived.newest)
        }));
    }

    async fn known(&self, cx: &Cx, user: &UserId, device: &DeviceId) -> Result<Known> {
        let removals = self.feed.device_lists().removals(user);
        if let Some(known) = self.shelf.get(user, device, removals) {
            return Ok(known);
        }
        let changes = self.shelf.changes(user);
        let (owner, id) = (user.to_owned(), device.to_owned());
        let counts = self.db.read(cx, move |tx| read_counts(tx, &owner, &id)).await?;
        let known = Known { counts: Arc::new(counts), removals };
        self.shelf.keep((user, device), known.clone(), changes);
        Ok(known)
    }
}

/// How many keys a device has left.
pub(crate) fn read_counts(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<KeyCounts> {
    let mut counts = KeyCounts::default();
    counts.one_time_keys.insert(OneTimeKeyAlgorithm::SignedCurve25519, UInt::MIN);
    for pool in one_time_key::list_pools_of_device(tx, user, device)? {
        let count = UInt::try_from(pool.unclaimed).map_err(Error::internal)?;
        counts.one_time_keys.insert(OneTimeKeyAlgorithm::from(pool.algorithm), count);
    }
    for key in fallback_key::list_fallback_keys(tx, user, device)? {
        if !key.used {
            counts.unused_fallback_keys.push(OneTimeKeyAlgorithm::from(key.algorithm));
        }
    }
    Ok(counts)
}

fn event_of(row: &ToDeviceRow) -> Result<Raw<AnyToDeviceEvent>> {
    let kind = serde_json::to_string(&row.kind).map_err(Error::internal)?;
    let sender = serde_json::to_string(&row.sender).map_err(Error::internal)?;
    let content = &row.content;
    let json = format!(r#"{{"content":{content},"sender":{sender},"type":{kind}}}"#);
    Raw::from_json_string(json).map_err(Error::internal)
}
