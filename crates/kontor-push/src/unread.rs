//! Unread counts (spec: "Receiving notifications").

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use kontor_core::{Cx, Result, StreamPos};
use kontor_protocol::{FlatEvent, PowerLevels, Viewer};
use kontor_receipts::ReadPositions;
use kontor_rooms::{Direction, Event, Live, Room};
use ruma::{OwnedEventId, UserId};

use crate::rules::OwnRules;
use crate::tally::{Item, Tally, thread_of};
use crate::{Push, display_name};

/// Most events looked at that are not in memory.
const SCAN_LIMIT: usize = 1_000;

/// What is unread in one room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// In the main timeline.
    pub main: Counts,
    /// In threads, by first event; only threads with unread events.
    pub threads: BTreeMap<OwnedEventId, Counts>,
}

/// Number of unread events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that notify.
    pub notifications: u32,
    /// Of these, events that highlight.
    pub highlights: u32,
}

impl Unread {
    /// Main timeline and threads together.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.threads.values().fold(self.main, |sum, counts| Counts {
            notifications: sum.notifications + counts.notifications,
            highlights: sum.highlights + counts.highlights,
        })
    }
}

impl Push {
    /// What a person has not read in a room the person is in.
    ///
    /// Costs no database access as long as the person syncs regularly. People who have never
    /// read anything in the room see at most what the room keeps in memory at their first sync.
    pub async fn unread(&self, cx: &Cx, room: &Arc<Room>, user: &UserId) -> Result<Unread> {
        let rules = self.rules_of(cx, user).await?;
        let read = self.sources.receipts.read_positions(cx, room.nid, user).await?;
        let live = room.live();
        let key = (room.nid, user.to_owned());
        let ignored = self.sources.rooms.ignored_by(cx, user).await?;
        let known = self.tallies.get(&key).filter(|tally| tally.is_judged_by(&rules, &ignored));
        let current = known
            .as_ref()
            .filter(|tally| tally.upto >= live.last_pos && tally.purged == live.purged);
        if let Some(tally) = current.filter(|tally| Arc::ptr_eq(&tally.read, &read)) {
            return Ok(tally.counts().clone());
        }
        let start = first_unread(&read, &live);
        let from = known.as_ref().map_or(start, |tally| tally.upto);
        let mut events = self.events_after(cx, room, &live, from).await?;
        let mut tally = match known {
            // A redaction may concern what is counted already.
            Some(_) if events.iter().any(|event| event.pdu.redacts.is_some()) => {
                events = self.events_after(cx, room, &live, start).await?;
                Tally::new((rules, ignored), read)
            }
            Some(known) => {
                let mut tally = Tally::clone(&known);
                tally.read_to(read);
                tally
            }
            None => Tally::new((rules, ignored), read),
        };
        self.judge(&mut tally, (room, &live), user, &events);
        tally.forget(live.purged);
        tally.upto = live.last_pos;
        let counts = tally.counts().clone();
        self.tallies.insert(key, Arc::new(tally));
        Ok(counts)
    }

    /// Judges events, oldest first.
    fn judge(
        &self,
        tally: &mut Tally,
        (room, live): (&Room, &Live),
        user: &UserId,
        events: &[Arc<Event>],
    ) {
        let (rules, ignored) = (Arc::clone(&tally.rules), Arc::clone(&tally.ignored));
        let judge = Judge::new(self, &rules, (room, live), user);
        for event in events {
            if event.pdu.sender == user {
                tally.take_own(event, live);
            } else if ignored.contains(&event.pdu.sender) {
                // Not even their invitations and changes of the room notify.
            } else if let Some(highlight) = judge.notifies(event) {
                let thread = thread_of(event, live);
                tally.take(Item { pos: event.pos(), highlight, thread });
            }
        }
    }

    /// Events after `from`, oldest first; from memory if they are there.
    async fn events_after(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        live: &Live,
        from: StreamPos,
    ) -> Result<Vec<Arc<Event>>> {
        if live.covers(from) || from == StreamPos::ZERO {
            return Ok(live.recent.iter().filter(|event| event.pos() > from).cloned().collect());
        }
        let sight = self.sources.rooms.sight(cx, room, cx.user()?).await?;
        let newer = |event: &Event| event.pos() > from;
        let start = (live.last_pos, Direction::Backwards);
        let limit = usize::try_from(live.last_pos.0 - from.0).unwrap_or(0).clamp(1, SCAN_LIMIT);
        let page = self.sources.rooms.page(cx, (room, &sight), start, (limit, &newer)).await?;
        Ok(page.events.into_iter().rev().collect())
    }

    /// An event taken apart; shared by everybody who looks at it.
    pub(crate) fn flat(&self, event: &Event, levels: &PowerLevels) -> Arc<FlatEvent> {
        let flat = Arc::new(FlatEvent::new(&event.pdu, levels));
        self.events.insert(event.pos(), Arc::clone(&flat));
        flat
    }

    pub(crate) fn known_flat(&self, event: &Event) -> Option<Arc<FlatEvent>> {
        self.events.get(&event.pos())
    }
}

/// Where to start counting: behind what is read altogether; or behind what is read of the main
/// timeline, as far as memory does not reach back anyway.
fn first_unread(read: &ReadPositions, live: &Live) -> StreamPos {
    let main = read.threads.get("main").copied().unwrap_or_default();
    read.unthreaded.max(main.min(live.recent_floor))
}

/// Applies one person's rules to events of one room.
pub(crate) struct Judge<'j> {
    push: &'j Push,
    pub(crate) rules: &'j OwnRules,
    display_name: LazyLock<String, Box<dyn FnOnce() -> String + Send + 'j>>,
    levels: LazyLock<PowerLevels, Box<dyn FnOnce() -> PowerLevels + Send + 'j>>,
    members: usize,
}

impl<'j> Judge<'j> {
    pub(crate) fn new(
        push: &'j Push,
        rules: &'j OwnRules,
        (room, live): (&'j Room, &'j Live),
        user: &'j UserId,
    ) -> Self {
        Self {
            push,
            rules,
            display_name: LazyLock::new(Box::new(move || display_name(live, user))),
            levels: LazyLock::new(Box::new(move || push.sources.rooms.power_levels(room))),
            members: live.joined.len(),
        }
    }

    /// Whether an event of somebody else notifies; if so, whether it highlights.
    pub(crate) fn notifies(&self, event: &Event) -> Option<bool> {
        self.verdict(event, |verdict| verdict.highlight)
    }

    /// Shows `look` what the rules say, if the event notifies.
    pub(crate) fn verdict<T>(
        &self,
        event: &Event,
        look: impl FnOnce(&kontor_protocol::Verdict) -> T,
    ) -> Option<T> {
        // What is redacted is gone, also from the counts.
        if event.is_redacted() {
            return None;
        }
        let known = self.push.known_flat(event);
        let flat = known.unwrap_or_else(|| self.push.flat(event, &self.levels));
        let viewer = Viewer { members: self.members, display_name: &self.display_name };
        let verdict = self.rules.compiled.verdict(&flat, viewer)?;
        verdict.notify.then(|| look(verdict))
    }
}
