//! Typing notices (spec: "Typing Notifications").

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use kontor_core::{Cx, Error, Result, Timestamp};
use kontor_feed::Feed;
use kontor_policy::{OwnSettings, Signal};
use kontor_rooms::{Room, Rooms};
use parking_lot::Mutex;
use ruma::{OwnedRoomId, OwnedUserId, RoomId, UserId};

use crate::Pulse;

/// Longest time a notice stands without being renewed.
const LONGEST: Duration = Duration::from_mins(2);

/// Who is typing in the rooms of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Typing {
    feed: Feed,
    own: OwnSettings,
    rooms: Rooms,
    pulse: Pulse,
    notices: Arc<Mutex<HashMap<OwnedRoomId, Notices>>>,
}

#[derive(Debug, Default)]
struct Notices {
    until: BTreeMap<OwnedUserId, Timestamp>,
    changed: u64,
}

impl Typing {
    /// The service over its sources.
    #[must_use]
    pub fn new(feed: Feed, own: OwnSettings, rooms: Rooms, pulse: Pulse) -> Self {
        let notices: Arc<Mutex<HashMap<OwnedRoomId, Notices>>> = Arc::default();
        let (kept, counter) = (Arc::downgrade(&notices), pulse.clone());
        feed.when_gone(move |user, room| {
            let Some(notices) = kept.upgrade() else { return false };
            let mut typed = false;
            for (room_id, notices) in notices.lock().iter_mut() {
                if room.is_none_or(|room| room == room_id) && notices.until.remove(user).is_some() {
                    notices.changed = counter.next();
                    typed = true;
                }
            }
            typed
        });
        Self { feed, own, rooms, pulse, notices }
    }

    /// The caller types for the next `span`, or has stopped. Ignored where the policy or the
    /// person herself says so.
    ///
    /// # Errors
    /// `Forbidden` for others' notices and outside the room.
    pub async fn set(
        &self,
        cx: &Cx,
        (room_id, user): (&RoomId, &UserId),
        typing_for: Option<Duration>,
    ) -> Result<()> {
        if cx.user()? != user {
            return Err(Error::forbidden("You may only say of yourself that you are typing."));
        }
        let room = self.rooms.joined_room(cx, room_id).await?;
        if !self.own.shows(cx, user, Signal::Typing).await? {
            return Ok(());
        }
        match typing_for {
            Some(span) => self.start(cx, room, user, span.min(LONGEST)),
            None => self.change(&room, |until| until.remove(user).is_some()),
        }
        Ok(())
    }

    fn start(&self, cx: &Cx, room: Arc<Room>, user: &UserId, span: Duration) {
        let until = cx.now.plus(span);
        self.change(&room, |notices| notices.insert(user.to_owned(), until).is_none());
        let (this, clock, user) = (self.clone(), cx.clock.clone(), user.to_owned());
        #[expect(clippy::disallowed_methods, reason = "bounded by LONGEST; holds no data")]
        tokio::spawn(async move {
            tokio::time::sleep(span).await;
            let now = clock.now();
            this.change(&room, |notices| match notices.get(&user) {
                Some(until) if *until <= now => notices.remove(&user).is_some(),
                _ => false,
            });
        });
    }

    /// Changes the notices of a room; wakes its members if `change` says that others see it.
    fn change(
        &self,
        room: &Room,
        change: impl FnOnce(&mut BTreeMap<OwnedUserId, Timestamp>) -> bool,
    ) {
        {
            let mut rooms = self.notices.lock();
            let notices = rooms.entry(room.room_id.clone()).or_default();
            if !change(&mut notices.until) {
                return;
            }
            notices.changed = self.pulse.next();
        }
        self.feed.wake(room.live().joined.iter().map(|member| &**member));
    }

    /// Who is typing, for those of `rooms` where that changed after `since`. A token from before
    /// a restart or a first sync (`None`) gets only rooms where somebody is typing.
    #[must_use]
    pub fn changes<'r>(
        &self,
        rooms: impl Iterator<Item = &'r RoomId>,
        since: Option<u64>,
    ) -> Vec<(&'r RoomId, Vec<OwnedUserId>)> {
        let notices = self.notices.lock();
        if notices.is_empty() {
            return Vec::new();
        }
        let changed = |notices: &Notices| match since {
            Some(since) => notices.changed > since,
            None => !notices.until.is_empty(),
        };
        rooms
            .filter_map(|room_id| {
                let found = notices.get(room_id).filter(|notices| changed(notices))?;
                Some((room_id, found.until.keys().cloned().collect()))
            })
            .collect()
    }
}
