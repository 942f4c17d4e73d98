//! Presence (spec: "Presence"). Off unless the policy allows it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kontor_core::{Actor, Cx, Error, MatrixCode, Result, Timestamp};
use kontor_feed::Feed;
use kontor_policy::{OwnSettings, Signal};
use kontor_rooms::Rooms;
use parking_lot::Mutex;
use ruma::presence::PresenceState;
use ruma::{OwnedUserId, UserId};
use serde_json::{Value, json};

use crate::Pulse;

/// How often it is looked who has given no sign for too long.
const LOOK_EVERY: Duration = Duration::from_secs(5);

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
pub struct Presence(Arc<Inner>);

struct Inner {
    feed: Feed,
    own: OwnSettings,
    rooms: Rooms,
    pulse: Pulse,
    /// Whoever gave a sign since the start.
    people: Mutex<HashMap<OwnedUserId, Person>>,
    /// The newest change.
    newest: AtomicU64,
    /// It is looked after who goes: as long as somebody is there.
    watched: AtomicBool,
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
    pub fn new(feed: Feed, own: OwnSettings, rooms: Rooms, pulse: Pulse) -> Self {
        Self(Arc::new(Inner {
            feed,
            own,
            rooms,
            pulse,
            people: Mutex::default(),
            newest: AtomicU64::new(0),
            watched: AtomicBool::new(false),
        }))
    }

    /// Forgets somebody who is erased.
    pub fn forget(&self, user: &UserId) {
        self.0.people.lock().remove(user);
    }

    /// Sets the caller's own presence. Ignored where the policy or the person herself says so.
    ///
    /// # Errors
    /// `Forbidden` for others, `M_INVALID_PARAM` for a state that is none and for a message that is
    /// too long.
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
        check_state("presence", &state)?;
        if message.as_ref().is_some_and(|message| message.len() > MESSAGE_LIMIT_BYTES) {
            let text = format!("status_msg: longer than {MESSAGE_LIMIT_BYTES} bytes.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        self.note(cx, state, Message::Becomes(message)).await
    }

    /// Notes that the caller's device syncs, as `state`.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` naming `set_presence` for a state that is none.
    pub async fn seen(&self, cx: &Cx, state: PresenceState) -> Result<()> {
        check_state("set_presence", &state)?;
        if state == PresenceState::Offline {
            return Ok(());
        }
        self.note(cx, state, Message::Stays).await
    }

    async fn note(&self, cx: &Cx, state: PresenceState, message: Message) -> Result<()> {
        let user = cx.user()?.to_owned();
        let shown = self.0.own.shows(cx, &user, Signal::Presence).await?;
        // What was shown before she said no goes, and nobody is told that she said so.
        let known = self.0.people.lock().get(&user).map(|person| person.state.clone());
        let (state, message) = match (shown, known) {
            (true, _) => (state, message),
            (false, None | Some(PresenceState::Offline)) => return Ok(()),
            (false, Some(_)) => (PresenceState::Offline, Message::Becomes(None)),
        };
        let changed = {
            let mut people = self.0.people.lock();
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
                known.changed = self.0.pulse.next();
                self.0.newest.store(known.changed, Ordering::SeqCst);
            }
            changed
        };
        if !self.0.watched.swap(true, Ordering::SeqCst) {
            watch(&self.0, cx.acting_as(Actor::Job("presence")));
        }
        if changed {
            self.0.tell_others(cx, &user).await?;
        }
        Ok(())
    }

    /// The presence of a person who shares a room with the caller.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub async fn get(&self, cx: &Cx, user: &UserId) -> Result<Status> {
        let caller = cx.user()?;
        if caller != user && !self.0.rooms.shares_room(cx, caller, user).await? {
            return Err(Error::forbidden("You share no room with this person."));
        }
        let person = self.0.people.lock().get(user).cloned();
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
        let known = self.0.people.lock();
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
        let newest = self.0.newest.load(Ordering::SeqCst);
        newest > 0 && since.is_none_or(|since| newest > since)
    }
}

impl Inner {
    /// Wakes everybody who shares a room with `user`.
    async fn tell_others(&self, cx: &Cx, user: &UserId) -> Result<()> {
        let others = self.rooms.users_sharing_room(cx, user).await?;
        self.feed.wake(others.iter().map(|other| &**other));
        Ok(())
    }

    /// Puts down as offline who gave no sign for too long; names them, and says whether somebody is
    /// left.
    fn part(&self, now: Timestamp) -> (Vec<OwnedUserId>, bool) {
        let mut people = self.people.lock();
        let (mut gone, mut is_left) = (Vec::new(), false);
        for (user, person) in people.iter_mut() {
            if person.state == PresenceState::Offline {
                continue;
            }
            if now.since(person.seen) <= OFFLINE_AFTER {
                is_left = true;
                continue;
            }
            person.state = PresenceState::Offline;
            person.changed = self.pulse.next();
            self.newest.store(person.changed, Ordering::SeqCst);
            gone.push(user.clone());
        }
        // Still under the lock: whoever comes now starts a new watch.
        self.watched.store(is_left, Ordering::SeqCst);
        (gone, is_left)
    }
}

/// Looks from now on who gives no sign any longer, until nobody is left.
fn watch(inner: &Arc<Inner>, mut cx: Cx) {
    let inner = Arc::downgrade(inner);
    #[expect(clippy::disallowed_methods, reason = "ends when nobody is there or all is closed")]
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let Some(inner) = inner.upgrade() else { return };
            cx.now = cx.clock.now();
            let (gone, is_left) = inner.part(cx.now);
            for user in gone {
                if let Err(error) = inner.tell_others(&cx, &user).await {
                    tracing::warn!(%error, "nobody was told that somebody went offline");
                }
            }
            if !is_left {
                return;
            }
        }
    });
}

fn check_state(parameter: &str, state: &PresenceState) -> Result<()> {
    let known = [PresenceState::Online, PresenceState::Unavailable, PresenceState::Offline];
    if known.contains(state) {
        return Ok(());
    }
    let text = format!("{parameter}: must be online, unavailable or offline.");
    Err(Error::invalid(MatrixCode::InvalidParam, text))
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
