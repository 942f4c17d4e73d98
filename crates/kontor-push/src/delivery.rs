//! Wakes devices that sleep: they are told that there is something and where to ask for it,
//! sealed for the device alone. What is written there they fetch from us.
//!
//! Nothing is queued on disk: what happens while the server is not running wakes nobody, and is
//! there when the person looks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kontor_core::{Cx, Error, Result, StreamPos};
use kontor_rooms::{Event, Room};
use kontor_store::pusher;
use kontor_webpush::{Call, Introduction, Outcome, Subscription, WebPush};
use parking_lot::Mutex;
use ruma::api::client::push::PusherIds;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedRoomId, OwnedUserId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::Push;
use crate::pushers::{WEB_PUSH, key, subscription};
use crate::tally::{is_read, thread_of, was_joined};
use crate::unread::Judge;

/// How long a message waits at the push service for its device.
const LIFETIME: Duration = Duration::from_hours(24);
/// Bytes of a topic: 32 characters, the most that is allowed.
const TOPIC_BYTES: usize = 24;
/// Pauses before a message is tried again.
const PAUSES: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(15), Duration::from_mins(2)];
/// How a reaction names what it is about, in closed rooms too. Nobody is woken for one.
const REACTION: &str = "m.annotation";
/// Two people: what is written there is for her.
const JUST_TWO: usize = 2;

/// How far the people watched for have been told, by position.
#[derive(Default)]
pub(crate) struct Told(Mutex<HashMap<OwnedUserId, StreamPos>>);

/// Something worth waking somebody for: of each room, the newest.
struct News {
    room: OwnedRoomId,
    event: String,
    is_urgent: bool,
}

/// A pusher as it is kept.
#[derive(Deserialize)]
struct Stored {
    #[serde(flatten)]
    ids: PusherIds,
    kind: String,
    #[serde(default)]
    data: Value,
}

/// A device to be woken.
struct Sleeper {
    owner: OwnedUserId,
    ids: PusherIds,
    device: Subscription,
}

/// A device to be woken, and what it is told.
pub struct Waking {
    sleeper: Arc<Sleeper>,
    /// What the device reads.
    plain: Vec<u8>,
    topic: String,
    is_urgent: bool,
}

impl Push {
    /// The public key by which push services know this organisation; `None` where nobody is woken.
    #[must_use]
    pub fn web_push_key(&self) -> Option<&str> {
        let allowed = self.sources.policy.now().push_gateways_allowed;
        let introduction = self.sources.web_push.as_ref().map(|(_, introduction)| introduction);
        introduction.filter(|_| allowed).map(Introduction::public_key)
    }

    /// Begins to watch for everybody who has a device to be woken.
    pub async fn begin_watching(&self, cx: &Cx) -> Result<()> {
        let Some((web_push, _)) = &self.sources.web_push else { return Ok(()) };
        self.sources.feed.watch().set_bell(web_push.bell());
        for owner in self.sources.db.read(cx, pusher::list_owners).await? {
            self.watch_for(&owner);
        }
        Ok(())
    }

    /// Begins to watch for somebody; what happened before is not told.
    pub(crate) fn watch_for(&self, user: &UserId) {
        let committed = self.sources.rooms.committed();
        self.told.0.lock().entry(user.to_owned()).or_insert(committed);
        self.sources.feed.watch().begin(user);
    }

    /// Whom to wake: the devices of those for whom something has happened since the last time.
    pub async fn due_wakings(&self, cx: &Cx) -> Result<Vec<Waking>> {
        let mut due = Vec::new();
        if self.web_push_key().is_none() {
            return Ok(due);
        }
        for user in self.sources.feed.watch().take() {
            let news = self.news_of(cx, &user).await?;
            if news.is_empty() {
                continue;
            }
            for sleeper in self.sleepers_of(cx, &user).await? {
                let sleeper = Arc::new(sleeper);
                due.extend(news.iter().map(|news| news.for_device(&sleeper)));
            }
        }
        Ok(due)
    }

    /// Wakes a device: tells its push service, more than once if need be, for some minutes at most.
    /// A device that is gone is forgotten.
    pub async fn wake(&self, cx: &Cx, waking: Waking) {
        let Some(way) = &self.sources.web_push else { return };
        let Sleeper { owner, ids, device } = &*waking.sleeper;
        if !tell(cx, way, device, &waking).await {
            return;
        }
        let (Ok(key), owner) = (key(ids), owner.clone()) else { return };
        let write =
            self.sources.db.write(cx, move |tx| pusher::delete_pusher(tx, &owner, &key).map(drop));
        if let Err(error) = write.await {
            tracing::error!(%error, "a device that is gone is not forgotten");
        }
    }

    /// What has happened for somebody since the last time, one event per room.
    async fn news_of(&self, cx: &Cx, user: &UserId) -> Result<Vec<News>> {
        let upto = self.sources.rooms.committed();
        let since = self.told.0.lock().insert(user.to_owned(), upto);
        let Some(since) = since else { return Ok(Vec::new()) };
        let rooms = self.sources.rooms.rooms_of(cx, user).await?;
        let mut news = Vec::new();
        for room_id in self.sources.rooms.changed_rooms(&rooms, since) {
            let Some(entry) = rooms.get(&room_id) else { continue };
            let room = self.sources.rooms.room(cx, &room_id).await?;
            let found = match entry.membership {
                MembershipState::Join => self.message_in(cx, &room, user, (since, upto)).await?,
                MembershipState::Invite => self.invitation_to(cx, &room, user, since).await?,
                _ => None,
            };
            news.extend(found);
        }
        Ok(news)
    }

    /// The newest event of a room that notifies her and that she has not read.
    async fn message_in(
        &self,
        cx: &Cx,
        room: &Room,
        user: &UserId,
        (since, upto): (StreamPos, StreamPos),
    ) -> Result<Option<News>> {
        let rules = self.rules_of(cx, user).await?;
        let ignored = self.sources.rooms.ignored_by(cx, user).await?;
        let read = self.sources.receipts.read_positions(cx, room.nid, user).await?;
        let live = room.live();
        let judge = Judge::new(self, &rules, (room, &live), user);
        let mut newest = None;
        let is_new = |event: &Event| since < event.pos() && event.pos() <= upto;
        for event in live.recent.iter().filter(|event| is_new(event)) {
            if event.pdu.sender == user {
                // Writing is reading; joining begins anew.
                let is_join = event.membership == Some(MembershipState::Join);
                if event.membership.is_none() || (is_join && !was_joined(event)) {
                    newest = None;
                }
            } else if event.relation.as_ref().is_some_and(|relation| relation.kind == REACTION) {
                // The rules know it as an encrypted message.
            } else if let Some(highlight) = judge.notifies(event)
                && !ignored.contains(&event.pdu.sender)
                && !is_read((event.pos(), thread_of(event, &live).as_ref()), &read)
            {
                newest = Some((event, highlight));
            }
        }
        let is_for_her = live.joined.len() <= JUST_TWO;
        Ok(newest.map(|(event, highlight)| News {
            room: room.room_id.clone(),
            event: event.pdu.event_id.to_string(),
            is_urgent: highlight || is_for_her,
        }))
    }

    async fn invitation_to(
        &self,
        cx: &Cx,
        room: &Room,
        user: &UserId,
        since: StreamPos,
    ) -> Result<Option<News>> {
        let live = room.live();
        let invitation = live.state.get("m.room.member", user.as_str());
        let Some(event) = invitation.filter(|event| event.pos() > since) else { return Ok(None) };
        let rules = self.rules_of(cx, user).await?;
        let notifies = Judge::new(self, &rules, (room, &live), user).notifies(event).is_some();
        if !notifies || self.sources.rooms.hides_invitation(cx, room, user).await? {
            return Ok(None);
        }
        let event = event.pdu.event_id.to_string();
        Ok(Some(News { room: room.room_id.clone(), event, is_urgent: false }))
    }

    /// The devices of somebody that can be woken. Where there are none, she is not watched for any
    /// more.
    async fn sleepers_of(&self, cx: &Cx, user: &UserId) -> Result<Vec<Sleeper>> {
        let found = self.read_sleepers(cx, user).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        self.sources.feed.watch().end(user);
        self.told.0.lock().remove(user);
        // One that came in between was watched for before the end.
        let found = self.read_sleepers(cx, user).await?;
        if !found.is_empty() {
            self.watch_for(user);
        }
        Ok(found)
    }

    async fn read_sleepers(&self, cx: &Cx, user: &UserId) -> Result<Vec<Sleeper>> {
        let owner = user.to_owned();
        let rows = self.sources.db.read(cx, move |tx| pusher::list_pushers(tx, &owner)).await?;
        let mut found = Vec::new();
        for json in rows {
            let pusher: Stored = serde_json::from_slice(&json).map_err(Error::internal)?;
            if WEB_PUSH.contains(&&*pusher.kind) {
                let device = subscription(&pusher.ids.pushkey, &pusher.data)?;
                found.push(Sleeper { owner: user.to_owned(), ids: pusher.ids, device });
            }
        }
        Ok(found)
    }
}

impl News {
    /// What a device is told, under a topic that means nothing to its push service and differs
    /// between devices.
    fn for_device(&self, sleeper: &Arc<Sleeper>) -> Waking {
        let prio = if self.is_urgent { "high" } else { "low" };
        let plain = json!({ "room_id": self.room, "event_id": self.event, "prio": prio });
        let topic = hmac::sign(&sleeper.device.topic_key(), self.room.as_bytes());
        let topic = topic.as_ref().iter().copied().take(TOPIC_BYTES).collect::<Vec<u8>>();
        Waking {
            sleeper: Arc::clone(sleeper),
            plain: plain.to_string().into_bytes(),
            topic: BASE64_URL_SAFE_NO_PAD.encode(topic),
            is_urgent: self.is_urgent,
        }
    }
}

/// Tells a device, more than once if need be; `true` if it is gone.
async fn tell(
    cx: &Cx,
    (web_push, introduction): &(WebPush, Introduction),
    device: &Subscription,
    waking: &Waking,
) -> bool {
    let host = device.host();
    let Waking { plain, topic, is_urgent, .. } = waking;
    let call = Call { plain, topic, is_urgent: *is_urgent, lifetime: LIFETIME };
    let mut pauses = PAUSES.into_iter();
    loop {
        let outcome = web_push.send(introduction, device, call, (cx.now, &cx.random)).await;
        let (pause, why) = match outcome {
            Ok(Outcome::Sent) => return false,
            Ok(Outcome::Gone) => return true,
            Ok(Outcome::Later(wanted, why)) => {
                (pauses.next().map(|pause| pause.max(wanted.unwrap_or_default())), why)
            }
            Ok(Outcome::Never(why)) => (None, why),
            Err(error) => (None, error.to_string()),
        };
        let Some(pause) = pause else {
            tracing::warn!(host, why, "a device is not woken");
            return false;
        };
        sleep(pause).await;
    }
}
