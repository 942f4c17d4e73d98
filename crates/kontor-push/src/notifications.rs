//! The list of what a person was notified about (spec: "Listing Notifications").

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, StreamPos, Timestamp};
use kontor_rooms::{Direction, Event, Room};
use ruma::UInt;
use ruma::api::client::push::get_notifications::v3::Notification;
use ruma::events::room::member::MembershipState;
use ruma::push::Action;

use crate::Push;
use crate::tally::{is_read, thread_of};
use crate::unread::Judge;

/// Notifications per page if the client names no number, and the most it may name.
const PAGE_DEFAULT: usize = 20;
const PAGE_LIMIT: usize = 50;

/// A page of notifications, newest first.
#[derive(Clone, Debug, Default)]
pub struct NotificationsPage {
    /// The notifications.
    pub notifications: Vec<Notification>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// An event that notified, and what the rules say about it.
struct Found {
    room: Arc<Room>,
    event: Arc<Event>,
    actions: Vec<Action>,
}

impl Push {
    /// Events the caller was notified about in rooms the caller is in, read or not.
    ///
    /// What notified is worked out from the present rules. In each room the newest 2,000 events
    /// before `from` are looked at.
    pub async fn notifications(
        &self,
        cx: &Cx,
        from: Option<&str>,
        limit: Option<UInt>,
        only_highlights: bool,
    ) -> Result<NotificationsPage> {
        let from = from.map_or(Ok(StreamPos::MAX), position)?;
        let limit = limit.map_or(PAGE_DEFAULT, |limit| {
            usize::try_from(u64::from(limit)).unwrap_or(PAGE_LIMIT).clamp(1, PAGE_LIMIT)
        });
        let mut found: Vec<Found> = Vec::new();
        for room in self.joined_rooms(cx).await? {
            // Rooms come newest first: what is left is older than what fills the page.
            let full = found.len() > limit;
            if full && found.last().is_some_and(|oldest| oldest.event.pos() > room.last_pos()) {
                break;
            }
            self.find(cx, &room, (from, limit + 1, only_highlights), &mut found).await?;
            found.sort_by_key(|found| std::cmp::Reverse(found.event.pos()));
            found.truncate(limit + 1);
        }
        // One more than asked for tells whether there is a next page.
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|found| found.event.pos());
        let next = last.filter(|_| more).map(|last| last.to_string());
        let mut notifications = Vec::with_capacity(found.len());
        for found in found {
            notifications.push(self.show(cx, found).await?);
        }
        Ok(NotificationsPage { notifications, next })
    }

    /// The rooms the caller is in, the one with the newest event first.
    async fn joined_rooms(&self, cx: &Cx) -> Result<Vec<Arc<Room>>> {
        let mut rooms = Vec::new();
        for (room_id, entry) in &self.sources.rooms.rooms_of(cx, cx.user()?).await? {
            if entry.membership == MembershipState::Join {
                rooms.push(self.sources.rooms.room(cx, room_id).await?);
            }
        }
        rooms.sort_by_key(|room| std::cmp::Reverse(room.last_pos()));
        Ok(rooms)
    }

    async fn find(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        (from, limit, only_highlights): (StreamPos, usize, bool),
        found: &mut Vec<Found>,
    ) -> Result<()> {
        let user = cx.user()?;
        let rules = self.rules_of(cx, user).await?;
        let sight = self.sources.rooms.sight(cx, room, user).await?;
        let live = room.live();
        let judge = Judge::new(self, &rules, (room, &live), user);
        let ignored = self.sources.rooms.ignored_by(cx, user).await?;
        let was_told = |event: &Event| {
            !ignored.contains(&event.pdu.sender)
                && sight.membership_at(event.pos()) == MembershipState::Join
                && judge.notifies(event).is_some_and(|highlight| highlight || !only_highlights)
        };
        let start = (StreamPos(from.0.saturating_sub(1)), Direction::Backwards);
        let page = self.sources.rooms.page(cx, (room, &sight), start, (limit, &was_told)).await?;
        for event in page.events {
            let actions = judge.verdict(&event, |verdict| verdict.actions.clone());
            let actions = actions.unwrap_or_default();
            found.push(Found { room: Arc::clone(room), event, actions });
        }
        Ok(())
    }

    async fn show(&self, cx: &Cx, found: Found) -> Result<Notification> {
        let Found { room, event, actions } = found;
        let user = cx.user()?;
        let sight = self.sources.rooms.sight(cx, &room, user).await?;
        let read = self.sources.receipts.read_positions(cx, room.nid, user).await?;
        let thread = thread_of(&event, &room.live());
        let is_read = is_read((event.pos(), thread.as_ref()), &read);
        let sent = Timestamp::from(event.pdu.origin_server_ts);
        let one = std::slice::from_ref(&event);
        let shown = self.sources.rooms.show_events(cx, &room, (&sight, false), one).await?;
        let shown = shown.into_iter().next().ok_or_else(|| Error::internal("event not shown"))?;
        Ok(Notification::new(actions, shown, is_read, room.room_id.clone(), sent.into()))
    }
}

fn position(token: &str) -> Result<StreamPos> {
    let position = token.parse().ok().filter(|position| *position > 0);
    position
        .map(StreamPos)
        .ok_or_else(|| Error::invalid(MatrixCode::InvalidParam, "from: not a token of this list."))
}
