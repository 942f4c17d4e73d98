//! Events whose time is over: told to the members, taken out of memory and database with all that
//! hangs on them. law: R-111 … R-113
//!
//! There is no redaction event for each: a million would have to be signed, stored and one day
//! deleted, too. A notice names the events; `/sync` turns it into redactions (`kontor-sync`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use kontor_core::{Cx, Error, MatrixCode, Result, RoomClass, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_policy::ClassRules;
use kontor_store::deletion_run::Removed;
use kontor_store::expiry::{self, ExpiredRow, NoticeRow};
use kontor_store::{content_to_purge, event, held, media, membership};
use ruma::{OwnedEventId, OwnedRoomId, ServerName};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::delivered::count_residence;
use crate::held::keep_held;
use crate::room::Notice;
use crate::{Room, Rooms};

/// Most messages that go in one write.
pub const BATCH: u32 = 200;

/// A room's own period (proposal 1763).
pub(crate) const RETENTION: &str = "m.room.retention";

/// Most notices of one room that are looked through for a device.
const MOST_NOTICES: u16 = 128;
/// Most messages that a device is told at once to forget in a room.
const MOST_FORGOTTEN: usize = 3_200;

/// What has reached its end in a room.
#[derive(Clone, Debug)]
pub struct Due {
    /// Short number of the room.
    pub nid: RoomNid,
    /// The room.
    pub room_id: OwnedRoomId,
    /// What it is for.
    pub class: RoomClass,
    /// Events behind this position have not been looked at.
    pub after: StreamPos,
    /// Events up to this position are old enough.
    pub upto: StreamPos,
    /// The time that position stands for.
    pub cutoff: Timestamp,
    /// Keys that were saved before this time open nothing that stays.
    pub keys_before: Timestamp,
}

/// Counts what a step removes, in the same write.
pub type Note = Box<dyn FnOnce(&mut Tx<'_>, &Removed) -> Result<()> + Send>;

/// What a step has removed.
#[derive(Clone, Debug, Default)]
pub struct Expired {
    /// Numbers.
    pub removed: Removed,
    /// Blobs that nothing refers to any more; the caller deletes them.
    pub blobs: Vec<String>,
    /// So many rooms have been dealt with, from the first on.
    pub finished: usize,
    /// Up to where the room behind them has been dealt with, if it was begun: there may be more in it.
    pub reached: Option<StreamPos>,
    /// How long the writer was kept, until it could commit.
    pub took: Duration,
}

impl Expired {
    /// Of the rooms that were handed in, those that are done, and the rest: to be handed in again.
    pub fn split<'d>(&self, rooms: &'d mut [Due]) -> (&'d [Due], &'d mut [Due]) {
        let done = self.finished.min(rooms.len());
        let (done, rest) = rooms.split_at_mut(done);
        if let (Some(begun), Some(reached)) = (rest.first_mut(), self.reached) {
            begun.after = reached;
        }
        (done, rest)
    }
}

impl Rooms {
    /// The organisation's server name.
    #[must_use]
    pub fn server_name(&self) -> &ServerName {
        &self.server_name
    }

    /// How long messages of a room are kept: as long as its class says, or less if the room says so.
    #[must_use]
    pub fn retention(&self, room: &Room) -> Duration {
        let live = room.live();
        let own = live.state.get(RETENTION, "").and_then(|event| lifetime(&event.pdu.content));
        self.retention_of(room.class, own)
    }

    /// How long messages are kept in rooms of a class that have chosen a period of `own_ms`.
    #[must_use]
    pub fn retention_of(&self, class: RoomClass, own_ms: Option<i64>) -> Duration {
        let period = self.policy.now().retention.of(class);
        let own = own_ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
        let Some(own) = own else { return period };
        let (least, most) = bounds(class, period);
        own.clamp(least, most)
    }

    /// Removes one batch of what is due in these rooms, from the first on, together at most `most`
    /// messages: with replaced state, their files, receipts that point to them, and saved keys that open
    /// nothing else. Their content nobody can reach any more; it is noted for whoever purges it in the
    /// order in which it lies.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it; then nothing has gone.
    pub async fn expire(&self, cx: &Cx, (due, most): (&[Due], u32), note: Note) -> Result<Expired> {
        let (due, now, rooms) = (due.to_vec(), cx.now, self.clone());
        let remove = move |tx: &mut Tx<'_>| {
            let (began, mut left) = (Instant::now(), most);
            let mut expired = Expired::default();
            let mut purged = Vec::new();
            for room in due {
                // Looked for here and not in a read before: the pages are those that are written then.
                let job = find_due(tx, room, left)?;
                left = left.saturating_sub(job.cost());
                let (more, reached) = (job.more, job.reached);
                purged.extend(rooms.remove_due(tx, job, now, &mut expired)?);
                if more {
                    expired.reached = Some(reached);
                    break;
                }
                expired.finished += 1;
                if left == 0 {
                    break;
                }
            }
            content_to_purge::insert_contents_to_purge(tx, &purged)?;
            note(tx, &expired.removed)?;
            Ok(Expired { took: began.elapsed(), ..expired })
        };
        self.db.write(cx, remove).await
    }

    /// Answers where the content of what went lies.
    fn remove_due(
        &self,
        tx: &mut Tx<'_>,
        job: Job,
        now: Timestamp,
        expired: &mut Expired,
    ) -> Result<Vec<StreamPos>> {
        let Job { due, messages, states, reached, more } = job;
        let (nid, removed) = (due.nid, &mut expired.removed);
        let mut positions: Vec<StreamPos> = messages.iter().map(|row| row.pos).collect();
        if due.class == RoomClass::Ephemeral {
            count_residence(tx, nid, &positions, now)?;
        }
        positions.extend(&states);
        let held = keep_held(tx, (nid, &due.room_id, due.class), &positions, now)?;
        let kept = i64::try_from(held.count).unwrap_or(i64::MAX);
        removed.held += kept;
        expiry::delete_replaced_states(tx, nid, reached, &states)?;
        removed.objects += count(event::delete_event_rows(tx, nid, &positions)?) - kept;
        for file in &expiry::list_files(tx, nid, &positions)? {
            let taken = media::take_media(tx, &file.media_id)?;
            let (stays, goes): (Vec<String>, Vec<String>) =
                taken.into_iter().partition(|blob| held.blobs.contains(blob));
            expired.blobs.extend(goes);
            if stays.is_empty() {
                removed.files += 1;
                removed.file_bytes += file.size_bytes;
            }
        }
        if !more {
            expiry::delete_receipts(tx, nid, reached)?;
            held::keep_keys_in(tx, nid, (due.keys_before, now))?;
            let keys = expiry::delete_backed_up_keys(tx, due.room_id.as_str(), due.keys_before)?;
            removed.keys += count(keys);
        }
        let notice = keep_notice(tx, nid, &messages, now)?;
        self.show_purged(tx, due, (reached, notice))?;
        Ok(positions)
    }

    /// Takes what has gone out of memory with the commit, and lets the members hear of it. A room that is not
    /// in memory stays out of it.
    fn show_purged(
        &self,
        tx: &mut Tx<'_>,
        due: Due,
        (reached, notice): (StreamPos, Option<Arc<Notice>>),
    ) -> Result<()> {
        let feed = self.feed.clone();
        let Some(room) = self.registry.room(&due.room_id) else {
            let members = membership::list_joined_members(tx, due.nid)?;
            let registry = Arc::clone(&self.registry);
            tx.after_commit(move || registry.changed_beside(&due.room_id));
            tx.after_visible(move || feed.wake(members.iter().map(|user| &**user)));
            return Ok(());
        };
        let shown = Arc::clone(&room);
        tx.after_commit(move || shown.update_live(|live| live.purge(reached, notice)));
        tx.after_visible(move || feed.wake(room.live().joined.iter().map(|user| &**user)));
        Ok(())
    }

    /// What devices that have heard everything up to `since` are to forget, oldest first; and whether
    /// there is more than is told.
    pub async fn notices(
        &self,
        cx: &Cx,
        room: &Room,
        (since, upto): (StreamPos, StreamPos),
    ) -> Result<(Vec<Arc<Notice>>, bool)> {
        let live = room.live();
        if live.last_notice <= since {
            return Ok((Vec::new(), false));
        }
        let wanted = |notice: &&Arc<Notice>| notice.pos > since && notice.pos <= upto;
        // All are in memory if one of them is old enough to be known.
        if live.notices.front().is_some_and(|oldest| oldest.pos <= since) {
            return Ok((live.notices.iter().filter(wanted).cloned().collect(), false));
        }
        let nid = room.nid;
        let rows = self
            .db
            .read(cx, move |tx| expiry::list_notices(tx, nid, (since, upto), MOST_NOTICES + 1))
            .await?;
        let (found, mut told) = (rows.len(), 0);
        let fits = |row: &NoticeRow| {
            told += row.event_ids.len();
            told <= MOST_FORGOTTEN
        };
        let mut rows: Vec<NoticeRow> =
            rows.into_iter().take(usize::from(MOST_NOTICES)).take_while(fits).collect();
        let more = rows.len() < found;
        rows.reverse();
        Ok((rows.into_iter().map(notice_of).collect::<Result<_>>()?, more))
    }
}

/// Keeps what the members are told.
fn keep_notice(
    tx: &mut Tx<'_>,
    room: RoomNid,
    messages: &[ExpiredRow],
    now: Timestamp,
) -> Result<Option<Arc<Notice>>> {
    if messages.is_empty() {
        return Ok(None);
    }
    let event_ids: Vec<String> = messages.iter().map(|row| row.event_id.clone()).collect();
    let row = NoticeRow { pos: tx.next_pos(), expired: now, event_ids };
    expiry::insert_notice(tx, room, &row)?;
    notice_of(row).map(Some)
}

/// Finds what one write removes in a room: at most `most` messages, and as much replaced state.
fn find_due(tx: &mut Tx<'_>, due: Due, most: u32) -> Result<Job> {
    let messages = expiry::list_messages(tx, due.nid, (due.after, due.upto), most)?;
    let states = expiry::list_replaced_states(tx, due.nid, due.upto, most)?;
    let full = |length: usize| u32::try_from(length).is_ok_and(|length| length >= most);
    let more = full(messages.len()) || full(states.len());
    // Up to here nothing is left but state; further only if all of it was found.
    let reached = match messages.last() {
        Some(last) if full(messages.len()) => last.pos,
        _ => due.upto,
    };
    Ok(Job { due, messages, states, reached, more })
}

/// What one write removes in a room.
struct Job {
    due: Due,
    messages: Vec<ExpiredRow>,
    states: Vec<StreamPos>,
    reached: StreamPos,
    more: bool,
}

impl Job {
    /// How many messages' work it is; a room is some in itself.
    fn cost(&self) -> u32 {
        const ROOM: u32 = 5;
        let rows = self.messages.len().max(self.states.len());
        u32::try_from(rows).unwrap_or(u32::MAX).saturating_add(ROOM)
    }
}

/// Shortest and longest period that a room of a class may choose: longer than the organisation's
/// only where the members alone decide. law: §4.2
fn bounds(class: RoomClass, period: Duration) -> (Duration, Duration) {
    let retention = ClassRules::of(class).retention;
    let days = |days: u16| Duration::from_hours(24 * u64::from(days));
    let most = match class {
        RoomClass::Private | RoomClass::Confidential => days(retention.max_days),
        _ => period,
    };
    (days(retention.min_days).min(most), most)
}

/// Lets a room choose a period of its own.
///
/// # Errors
/// `Invalid`, naming the field and the bounds.
pub(crate) fn check_retention(
    class: RoomClass,
    period: Duration,
    content: &RawValue,
) -> Result<Option<i64>> {
    let refuse = |text: String| {
        let error = Error::invalid(MatrixCode::InvalidParam, text);
        Err(error.with_field("field", "max_lifetime"))
    };
    let content: Value = serde_json::from_str(content.get()).map_err(Error::internal)?;
    if content.get("min_lifetime").is_some_and(|value| !value.is_null()) {
        return refuse("min_lifetime: nothing is kept longer than it has to be.".to_owned());
    }
    let chosen = match content.get("max_lifetime") {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_i64().and_then(|ms| u64::try_from(ms).ok()),
    };
    let Some(chosen) = chosen else {
        return refuse("max_lifetime: must be a number of milliseconds.".to_owned());
    };
    let (least, most) = bounds(class, period);
    let chosen = Duration::from_millis(chosen);
    if (least..=most).contains(&chosen) {
        return Ok(i64::try_from(chosen.as_millis()).ok());
    }
    let days = |span: Duration| span.as_secs() / 86_400;
    refuse(format!(
        "max_lifetime: rooms of class {class} keep messages between {} and {} days.",
        days(least),
        days(most)
    ))
}

/// The period that a room's own setting names, in milliseconds.
pub(crate) fn lifetime(content: &RawValue) -> Option<i64> {
    let content: Value = serde_json::from_str(content.get()).ok()?;
    content.get("max_lifetime")?.as_i64()
}

fn notice_of(row: NoticeRow) -> Result<Arc<Notice>> {
    let ids =
        row.event_ids.into_iter().map(|id| OwnedEventId::try_from(id).map_err(Error::internal));
    let event_ids = ids.collect::<Result<_>>()?;
    Ok(Arc::new(Notice { pos: row.pos, expired: row.expired, event_ids }))
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn chosen(class: RoomClass, days: u64) -> Result<Option<i64>> {
        let content = json!({ "max_lifetime": days * 86_400_000 });
        check_retention(class, DAY * 90, &to_raw_value(&content).unwrap())
    }

    #[test]
    fn a_room_may_choose_less_and_closed_circles_more() {
        assert_eq!(chosen(RoomClass::Internal, 30).unwrap(), Some(30 * 86_400_000));
        assert!(chosen(RoomClass::Internal, 91).is_err());
        assert!(chosen(RoomClass::Internal, 6).is_err());
        assert!(chosen(RoomClass::Private, 365).is_ok());
        assert!(chosen(RoomClass::Private, 366).is_err());
        assert!(chosen(RoomClass::Confidential, 1095).is_ok());
    }

    #[test]
    fn nothing_is_kept_for_a_least_time() {
        for content in [json!({ "min_lifetime": 1 }), json!({ "max_lifetime": "long" })] {
            let content = to_raw_value(&content).unwrap();
            let error = check_retention(RoomClass::Internal, DAY, &content).unwrap_err();
            assert_eq!(error.code, Some(MatrixCode::InvalidParam));
        }
        let none = to_raw_value(&json!({})).unwrap();
        assert_eq!(check_retention(RoomClass::Internal, DAY, &none).unwrap(), None);
    }
}
