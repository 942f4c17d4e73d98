//! Unread counts, and the push rules of people who never changed them.

use kontor_core::{Cx, Error, Result};
use kontor_push::{Counts, Unread};
use ruma::UInt;
use ruma::api::client::sync::sync_events::UnreadNotificationsCount;
use ruma::api::client::sync::sync_events::v3::{JoinedRoom, Response};
use ruma::events::{AnyGlobalAccountDataEvent, GlobalAccountDataEventType};
use ruma::serde::Raw;
use serde_json::json;
use serde_json::value::to_raw_value;

use crate::beside::wants_account_data;
use crate::sync::{Scope, Sync};

impl Sync {
    /// Counts of every joined room in the answer: what changes them, events and receipts, has
    /// brought the room there.
    pub(crate) async fn add_unread(
        &self,
        cx: &Cx,
        scope: &Scope,
        response: &mut Response,
    ) -> Result<()> {
        let by_thread = scope.filter.room.timeline.unread_thread_notifications;
        for (room_id, joined) in &mut response.rooms.join {
            let room = self.rooms.room(cx, room_id).await?;
            let unread = self.sources.push.unread(cx, &room, &scope.user).await?;
            count(joined, unread, by_thread);
        }
        Ok(())
    }

    /// On a first sync, the push rules of the server, if the person has no others.
    pub(crate) async fn add_default_rules(
        &self,
        cx: &Cx,
        scope: &Scope,
        response: &mut Response,
    ) -> Result<()> {
        let kind = "m.push_rules";
        if scope.since.is_some() || !wants_account_data(&scope.filter.account_data, kind) {
            return Ok(());
        }
        let is_rules = |event: &Raw<AnyGlobalAccountDataEvent>| {
            let found = event.get_field::<GlobalAccountDataEventType>("type");
            found.ok().flatten() == Some(GlobalAccountDataEventType::PushRules)
        };
        if !response.account_data.events.iter().any(is_rules) {
            let content = self.sources.push.account_data(cx).await?;
            let event = json!({ "type": kind, "content": content });
            let event = to_raw_value(&event).map_err(Error::internal)?;
            response.account_data.events.push(Raw::from_json(event));
        }
        Ok(())
    }
}

fn count(joined: &mut JoinedRoom, unread: Unread, by_thread: bool) {
    if by_thread {
        joined.unread_notifications = shown(unread.main);
        joined.unread_thread_notifications =
            unread.threads.into_iter().map(|(root, counts)| (root, shown(counts))).collect();
    } else {
        joined.unread_notifications = shown(unread.total());
    }
}

fn shown(counts: Counts) -> UnreadNotificationsCount {
    let mut shown = UnreadNotificationsCount::new();
    shown.notification_count = Some(UInt::from(counts.notifications));
    shown.highlight_count = Some(UInt::from(counts.highlights));
    shown
}
