//! Presence (spec: "Presence"). Off unless the policy allows it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kontor_core::{Cx, Error, MatrixCode, Result, Timestamp};
use kontor_feed::Feed;
use kontor_policy::InForce;
use kontor_rooms::Rooms;
use parking_lot::Mutex;
use ruma::presence::PresenceState;
use ruma::{OwnedUserId, UserId};
use serde_json::{Value, json};

use crate::Pulse;

/// After this long without a sign, somebody counts as offline.
const OFFLINE_AFTER: Duration = Duration::from_mins(5);

/// "Currently active" means a sign within this time.
const ACTIVE_WITHIN: Duration = Duration::from_mins(1);

/// Longest status message, in bytes.
const MESSAGE_LIMIT_BYTES: usize = 1024;

/// What a notice does to the status message.
enum Message {
    Stays,
    Becomes(Option<String>),
}

/// Who is there in one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Presence {
    feed: Feed,
    policy: InForce,
    rooms: Rooms,
    pulse: Pulse,
    people: Arc<Mutex<HashMap<OwnedUserId, Person>>>,
    newest: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
struct Person {
    state: PresenceState,
    message: Option<String>,
    seen: Timestamp,
    changed: u64,
}

/// One person's presence.
#[derive(Clone, Debug)]
pub struct Status {
    /// Online, unavailable or offline.
    pub state: PresenceState,
    /// What the person says of it.
    pub message: Option<String>,
    /// Time since the last sign; `None` if there was none.
    pub last_active_ago: Option<Duration>,
    /// A sign came just now.
    pub currently_active: bool,
}

impl Presence {
    /// The service over its sources.
    #[must_use]
    pub fn new(feed: Feed, policy: InForce, rooms: Rooms, pulse: Pulse) -> Self {
        Self { feed, policy, rooms, pulse, people: Arc::default(), newest: Arc::default() }
    }

    /// Sets the caller's own presence. Ignored where the policy says so.
    ///
    /// # Errors
    /// `Forbidden` for others, `M_INVALID_PARAM` for a message that is too long.
    pub async fn set(
        &self,
        cx: &Cx,
        user: &UserId,
        state: PresenceState,
        message: Option<String>,
    ) -> Result<()> {
        if cx.user()? != user {
            return Err(Error::forbidden("You may only set your own presence."));
        }
        if message.as_ref().is_some_and(|message| message.len() > MESSAGE_LIMIT_BYTES) {
            let text = format!("status_msg: longer than {MESSAGE_LIMIT_BYTES} bytes.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        self.note(cx, state, Message::Becomes(message)).await
    }

    /// Notes that the caller's device syncs, as `state`.
    pub async fn seen(&self, cx: &Cx, state: PresenceState) -> Result<()> {
        if state == PresenceState::Offline {
            return Ok(());
        }
        self.note(cx, state, Message::Stays).await
    }

    async fn note(&self, cx: &Cx, state: PresenceState, message: Message) -> Result<()> {
        if !self.policy.now().presence_allowed {
            return Ok(());
        }
        let user = cx.user()?.to_owned();
        let changed = {
            let mut people = self.people.lock();
            let known = people.entry(user.clone()).or_insert_with(|| Person {
                state: PresenceState::Offline,
                message: None,
                seen: cx.now,
                changed: 0,
            });
            let message = match message {
                Message::Stays => known.message.clone(),
                Message::Becomes(message) => message,
            };
            let changed = known.state != state || known.message != message;
            *known = Person { state, message, seen: cx.now, changed: known.changed };
            if changed {
                known.changed = self.pulse.next();
                self.newest.store(known.changed, Ordering::SeqCst);
            }
            changed
        };
        if changed {
            let others = self.rooms.users_sharing_room(cx, &user).await?;
            self.feed.wake(others.iter().map(|other| &**other));
        }
        Ok(())
    }

    /// The presence of a person who shares a room with the caller.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub async fn get(&self, cx: &Cx, user: &UserId) -> Result<Status> {
        let caller = cx.user()?;
        if caller != user && !self.rooms.shares_room(cx, caller, user).await? {
            return Err(Error::forbidden("You share no room with this person."));
        }
        let person = self.people.lock().get(user).cloned();
        Ok(person.map_or_else(offline, |person| status(&person, cx.now)))
    }

    /// Presence events of those of `people` whose presence changed after `since`.
    #[must_use]
    pub fn changes(
        &self,
        cx: &Cx,
        people: &BTreeSet<OwnedUserId>,
        since: Option<u64>,
    ) -> Vec<Value> {
        let known = self.people.lock();
        let changed = |person: &&Person| since.is_none_or(|since| person.changed > since);
        people
            .iter()
            .filter_map(|user| Some((user, known.get(user).filter(changed)?)))
            .map(|(user, person)| event(user, &status(person, cx.now)))
            .collect()
    }

    /// Whether anybody's presence changed after `since`.
    #[must_use]
    pub fn changed_after(&self, since: Option<u64>) -> bool {
        let newest = self.newest.load(Ordering::SeqCst);
        newest > 0 && since.is_none_or(|since| newest > since)
    }
}

fn offline() -> Status {
    Status {
        state: PresenceState::Offline,
        message: None,
        last_active_ago: None,
        currently_active: false,
    }
}

fn status(person: &Person, now: Timestamp) -> Status {
    let ago = now.since(person.seen);
    let gone = ago > OFFLINE_AFTER;
    Status {
        state: if gone { PresenceState::Offline } else { person.state.clone() },
        message: person.message.clone(),
        last_active_ago: Some(ago),
        currently_active: person.state == PresenceState::Online && ago <= ACTIVE_WITHIN,
    }
}

fn event(user: &UserId, status: &Status) -> Value {
    let ago = status.last_active_ago.and_then(|ago| u64::try_from(ago.as_millis()).ok());
    let mut content = json!({
        "presence": status.state.as_str(),
        "currently_active": status.currently_active,
        "last_active_ago": ago,
    });
    if let (Value::Object(content), Some(message)) = (&mut content, &status.message) {
        content.insert("status_msg".to_owned(), Value::from(message.as_str()));
    }
    json!({ "type": "m.presence", "sender": user, "content": content })
}
