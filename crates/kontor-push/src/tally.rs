//! What one person has not read in one room, as far as it notifies.

use std::sync::Arc;

use imbl::Vector;
use kontor_core::StreamPos;
use kontor_receipts::ReadPositions;
use kontor_rooms::{Event, Ignored, Live};
use ruma::OwnedEventId;
use ruma::events::room::member::MembershipState;

use crate::rules::OwnRules;
use crate::unread::{Counts, Unread};

/// Relations followed to find an event's thread (spec: "a maximum of 3 hops").
const HOPS: usize = 3;

/// Most unread events remembered, and so counted, per room and person.
const LIMIT: usize = 1_000;

/// Unread events that notify, of one room and person. A copy costs nothing.
#[derive(Clone)]
pub(crate) struct Tally {
    /// The rules they were judged by.
    pub(crate) rules: Arc<OwnRules>,
    /// Whose events do not count.
    pub(crate) ignored: Ignored,
    /// How far the person had read.
    pub(crate) read: Arc<ReadPositions>,
    /// Events up to here are judged.
    pub(crate) upto: StreamPos,
    /// Messages up to here have expired and are not counted.
    pub(crate) purged: StreamPos,
    /// Oldest first.
    unread: Vector<Item>,
    counts: Unread,
}

/// One event that notifies.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) pos: StreamPos,
    pub(crate) highlight: bool,
    /// The first event of its thread; `None` in the main timeline.
    pub(crate) thread: Option<OwnedEventId>,
}

impl Tally {
    /// Nothing judged yet.
    pub(crate) fn new(
        (rules, ignored): (Arc<OwnRules>, Ignored),
        read: Arc<ReadPositions>,
    ) -> Self {
        let (unread, counts) = (Vector::new(), Unread::default());
        let (upto, purged) = (StreamPos::ZERO, StreamPos::ZERO);
        Self { rules, ignored, read, upto, purged, unread, counts }
    }

    /// Whether these are what it was judged by.
    pub(crate) fn is_judged_by(&self, rules: &Arc<OwnRules>, ignored: &Ignored) -> bool {
        let same = Arc::ptr_eq(&self.ignored, ignored) || self.ignored == *ignored;
        Arc::ptr_eq(&self.rules, rules) && same
    }

    pub(crate) fn counts(&self) -> &Unread {
        &self.counts
    }

    /// Number of events it lists.
    pub(crate) fn len(&self) -> usize {
        self.unread.len()
    }

    /// Takes in an event that notifies, unless it has been read.
    pub(crate) fn take(&mut self, item: Item) {
        if is_read((item.pos, item.thread.as_ref()), &self.read) {
            return;
        }
        self.counts.add(&item);
        self.unread.push_back(item);
        if self.unread.len() > LIMIT
            && let Some(oldest) = self.unread.pop_front()
        {
            self.counts.remove(&oldest);
        }
    }

    /// Takes in an event of the person: sending is reading (spec: "Marking notifications as
    /// read"), joining forgets what was before.
    pub(crate) fn take_own(&mut self, event: &Event, live: &Live) {
        match &event.membership {
            Some(MembershipState::Join) if !was_joined(event) => self.keep(|_| false),
            // A new name or picture reaches all rooms at once: nobody has read them for it.
            Some(_) => {}
            None => {
                let thread = thread_of(event, live);
                self.keep(|item| item.thread != thread);
            }
        }
    }

    /// Forgets what has been read since.
    pub(crate) fn read_to(&mut self, read: Arc<ReadPositions>) {
        if !Arc::ptr_eq(&self.read, &read) {
            self.keep(|item| !is_read((item.pos, item.thread.as_ref()), &read));
            self.read = read;
        }
    }

    /// Forgets what has expired.
    pub(crate) fn forget(&mut self, purged: StreamPos) {
        self.keep(|item| item.pos > purged);
        self.purged = purged;
    }

    fn keep(&mut self, wanted: impl Fn(&Item) -> bool) {
        if !self.unread.iter().all(&wanted) {
            // `Vector::retain` of imbl 7.0.2 reads and frees what is gone, once a long vector has lost its first item.
            self.unread = self.unread.iter().filter(|item| wanted(item)).cloned().collect();
            self.recount();
        }
    }

    fn recount(&mut self) {
        self.counts = Unread::default();
        self.unread.iter().for_each(|item| self.counts.add(item));
    }
}

impl Unread {
    fn add(&mut self, item: &Item) {
        let counts = self.counts_of(item);
        counts.notifications += 1;
        counts.highlights += u32::from(item.highlight);
    }

    fn remove(&mut self, item: &Item) {
        let counts = self.counts_of(item);
        counts.notifications = counts.notifications.saturating_sub(1);
        counts.highlights = counts.highlights.saturating_sub(u32::from(item.highlight));
        self.threads.retain(|_, counts| counts.notifications > 0);
    }

    fn counts_of(&mut self, item: &Item) -> &mut Counts {
        match &item.thread {
            None => &mut self.main,
            Some(root) => self.threads.entry(root.clone()).or_default(),
        }
    }
}

/// Whether the person has read up to an event, in its thread or altogether.
pub(crate) fn is_read(
    (pos, thread): (StreamPos, Option<&OwnedEventId>),
    read: &ReadPositions,
) -> bool {
    let thread = thread.map_or("main", |root| root.as_str());
    pos <= read.unthreaded || read.threads.get(thread).is_some_and(|upto| pos <= *upto)
}

/// The first event of the thread an event belongs to; `None` in the main timeline.
///
/// Indirect relations are followed among the events in memory.
pub(crate) fn thread_of(event: &Event, live: &Live) -> Option<OwnedEventId> {
    let mut relation = event.relation.as_ref()?;
    for _ in 0..HOPS {
        if relation.kind == "m.thread" {
            return Some(relation.target.clone());
        }
        let parent = live.recent.iter().rev().find(|e| e.pdu.event_id == relation.target)?;
        relation = parent.relation.as_ref()?;
    }
    None
}

/// Whether the person was in the room already before this membership event.
pub(crate) fn was_joined(event: &Event) -> bool {
    #[derive(serde::Deserialize)]
    struct Content {
        membership: MembershipState,
    }
    let before = event.replaced.as_ref();
    before
        .and_then(|before| serde_json::from_str::<Content>(before.content.get()).ok())
        .is_some_and(|content| content.membership == MembershipState::Join)
}

#[cfg(test)]
mod tests {
    use ruma::push::Ruleset;
    use ruma::{event_id, user_id};

    use super::*;

    fn tally(read: ReadPositions) -> Tally {
        let (ruleset, user) = (Ruleset::new(), user_id!("@alice:x"));
        let compiled = kontor_protocol::PushRules::new(user, &ruleset);
        let rules = Arc::new(OwnRules { ruleset, compiled });
        Tally::new((rules, Ignored::default()), Arc::new(read))
    }

    fn item(pos: i64, thread: Option<&OwnedEventId>) -> Item {
        Item { pos: StreamPos(pos), highlight: pos % 2 == 0, thread: thread.cloned() }
    }

    fn positions(unthreaded: i64, threads: &[(&str, i64)]) -> ReadPositions {
        let threads = threads.iter().map(|(name, pos)| ((*name).to_owned(), StreamPos(*pos)));
        ReadPositions { unthreaded: StreamPos(unthreaded), threads: threads.collect() }
    }

    fn counted(notifications: u32, highlights: u32) -> Counts {
        Counts { notifications, highlights }
    }

    #[test]
    fn receipts_clear_what_they_cover() {
        let root = event_id!("$root").to_owned();
        let table = [
            (positions(0, &[]), counted(2, 1), counted(2, 1)),
            (positions(2, &[]), counted(1, 0), counted(1, 1)),
            (positions(0, &[("main", 4)]), counted(0, 0), counted(2, 1)),
            (positions(0, &[("$root", 4)]), counted(2, 1), counted(0, 0)),
            (positions(1, &[("main", 2), ("$root", 3)]), counted(1, 0), counted(1, 1)),
            (positions(9, &[]), counted(0, 0), counted(0, 0)),
        ];
        for (read, main, thread) in table {
            let mut early = tally(ReadPositions::default());
            let mut late = tally(read.clone());
            for (pos, thread) in [(1, Some(&root)), (2, None), (3, None), (4, Some(&root))] {
                early.take(item(pos, thread));
                late.take(item(pos, thread));
            }
            early.read_to(Arc::new(read.clone()));
            for tally in [early, late] {
                let counts = tally.counts();
                let in_thread = counts.threads.get(&root).copied().unwrap_or_default();
                assert_eq!((counts.main, in_thread), (main, thread), "{read:?}");
            }
        }
    }

    #[test]
    fn only_the_newest_thousand_are_counted() {
        let mut tally = tally(ReadPositions::default());
        (0..2_500).for_each(|pos| tally.take(item(pos, None)));
        assert_eq!(tally.counts().total(), counted(1_000, 500));
        tally.read_to(Arc::new(positions(2_489, &[])));
        assert_eq!(tally.counts().total(), counted(10, 5));
    }

    #[test]
    fn what_is_read_of_many_threads_leaves_the_others_whole() {
        let mut tally = tally(ReadPositions::default());
        let mut copies = Vec::new();
        for pos in 0..3_000 {
            let root = OwnedEventId::try_from(format!("$thread{}", pos % 300)).expect("an id");
            tally.take(item(pos, Some(&root)));
            if pos % 100 == 0 {
                copies.push(tally.clone());
            }
        }
        tally.read_to(Arc::new(positions(0, &[("$thread7", 2_999), ("$thread8", 2_500)])));
        let mut wanted = (2_000..3_000).filter(|pos| pos % 300 != 7);
        let wanted = wanted.by_ref().filter(|pos| pos % 300 != 8 || *pos > 2_500);
        let found = tally.unread.iter().map(|item| (item.pos.0, item.thread.clone()));
        let root = |pos: i64| OwnedEventId::try_from(format!("$thread{}", pos % 300)).ok();
        assert!(found.eq(wanted.map(|pos| (pos, root(pos)))));
        assert!(copies.iter().all(|copy| copy.unread.iter().all(|item| item.thread.is_some())));
    }
}
