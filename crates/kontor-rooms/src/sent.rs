//! Which transactions devices have sent to a room of late: a request that is repeated is one message.
//! spec: Transaction identifiers
//!
//! An index of them would be one more page to write with every message. A repetition comes soon, so that the
//! room remembers a few bytes of each, and looks at the rows only when these say that it may be one.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use kontor_core::{Result, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_store::{event, stream_mark};
use parking_lot::Mutex;

use crate::Event;
use crate::append::stale;

/// How long a transaction id is known.
const REMEMBERED: Duration = Duration::from_hours(24);
/// Of a room with more transactions in that time, only so many are sure to be known.
const MOST: u32 = 4_096;

/// The transactions of one room. Read at the first message after the start.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// Touched by the database's writer alone.
    known: Mutex<Option<Known>>,
}

/// Fingerprints in two generations, so that old ones go without a time for each.
#[derive(Debug)]
struct Known {
    hasher: RandomState,
    young: HashSet<u32>,
    old: HashSet<u32>,
    turned: Timestamp,
}

impl Sent {
    /// Notes the transaction of an event that is about to be written.
    ///
    /// # Errors
    /// `Conflict` if the event has been written already.
    pub(crate) fn claim(&self, tx: &mut Tx<'_>, room: RoomNid, event: &Event) -> Result<()> {
        let Some(txn) = &event.txn else { return Ok(()) };
        let now = Timestamp::from(event.pdu.origin_server_ts);
        let taken = self.known.lock().take();
        let mut known = match taken {
            Some(known) => known,
            None => Known::read(tx, room, now)?,
        };
        let (sender, kind) = (&event.pdu.sender, event.pdu.kind.to_string());
        let device = txn.device_id.as_str();
        let is_new = known.note((sender.as_str(), &kind, device, &txn.txn_id), now);
        *self.known.lock() = Some(known);
        if is_new {
            return Ok(());
        }
        let place = (room, remembered_since(tx, now)?);
        match event::find_event_by_txn(tx, place, (sender, &kind), (device, &txn.txn_id))? {
            Some(_) => Err(stale()),
            None => Ok(()),
        }
    }
}

/// Transactions behind this position are known.
pub(crate) fn remembered_since(tx: &mut Tx<'_>, now: Timestamp) -> Result<StreamPos> {
    let mark = stream_mark::mark_before(tx, now.minus(REMEMBERED))?;
    Ok(mark.map(|mark| mark.pos).unwrap_or_default())
}

impl Known {
    fn new(now: Timestamp) -> Self {
        let (young, old) = (HashSet::default(), HashSet::default());
        Self { hasher: RandomState::new(), young, old, turned: now }
    }

    fn read(tx: &mut Tx<'_>, room: RoomNid, now: Timestamp) -> Result<Self> {
        let since = remembered_since(tx, now)?;
        let mut known = Self::new(now);
        for row in event::list_txns(tx, (room, since), MOST)? {
            known.note((&row.sender, &row.kind, &row.device_id, &row.txn_id), now);
        }
        Ok(known)
    }

    /// Whether a transaction is certainly new; from now on it is not.
    fn note(&mut self, transaction: (&str, &str, &str, &str), now: Timestamp) -> bool {
        let is_full = u32::try_from(self.young.len()).is_ok_and(|length| length >= MOST);
        if is_full || now.since(self.turned) >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
            self.turned = now;
        }
        // Half of the hash is enough: what it takes for known is looked up.
        let mark = u32::try_from(self.hasher.hash_one(transaction) >> 32).unwrap_or_default();
        !self.old.contains(&mark) && self.young.insert(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_767_225_600_000);

    fn numbered(known: &mut Known, number: u32, now: Timestamp) -> bool {
        known.note(("@anna:firma.example", "m.room.message", "PHONE", &format!("m{number}")), now)
    }

    #[test]
    fn a_transaction_is_new_once_a_day() {
        let mut known = Known::new(START);
        assert!(numbered(&mut known, 1, START));
        assert!(!numbered(&mut known, 1, START));
        assert!(numbered(&mut known, 2, START));
        let almost = START.plus(REMEMBERED + REMEMBERED / 2);
        assert!(!numbered(&mut known, 1, almost), "known for a day at least");
        let later = almost.plus(REMEMBERED * 3);
        numbered(&mut known, 3, later);
        assert!(numbered(&mut known, 2, later.plus(REMEMBERED)), "and not for ever");
    }

    #[test]
    fn of_many_the_last_are_known_and_memory_is_bounded() {
        let mut known = Known::new(START);
        for number in 0..MOST * 5 {
            assert!(numbered(&mut known, number, START), "{number}");
        }
        assert!(known.young.len() + known.old.len() <= 2 * MOST as usize);
        for number in MOST * 4..MOST * 5 {
            assert!(!numbered(&mut known, number, START), "{number}");
        }
    }
}
