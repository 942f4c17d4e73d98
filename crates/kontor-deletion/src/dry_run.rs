//! What a period would remove, before it does. law: R-111

use std::time::Duration;

use kontor_core::{
    Cx, Error, MatrixCode, Permission, Result, RoomClass, RoomNid, StreamPos, Timestamp,
};
use kontor_db::Tx;
use kontor_policy::ClassRules;
use kontor_store::expiry::{self, AgingRoom};
use kontor_store::hold::{HoldRow, HoldSubject};
use kontor_store::{hold, stream_mark};

use crate::Deletion;
use crate::sweep::cutoff;

/// Rooms counted in one read.
const ROOMS: u16 = 50;

/// What would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// Class by class, as asked.
    pub rows: Vec<DryRunRow>,
}

/// What would go in rooms of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DryRunRow {
    /// The class.
    pub class: RoomClass,
    /// The period looked at.
    pub period: Duration,
    /// Rooms of the class.
    pub rooms: u64,
    /// Messages that would go.
    pub messages: u64,
    /// Of these, how many a hold would keep, out of everybody's reach; at most so many where holds
    /// are on the same messages.
    pub held: u64,
    /// Their files.
    pub files: u64,
    /// Bytes of the files.
    pub file_bytes: u64,
    /// When the oldest was written, or shortly after.
    pub oldest: Option<Timestamp>,
}

impl Deletion {
    /// What would be removed if messages of these classes were kept for these periods; rooms that have
    /// chosen a period of their own keep it within the new bounds. Nothing is removed.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Invalid`, naming the bounds, for a period that the class
    /// does not allow.
    pub async fn dry_run(&self, cx: &Cx, periods: &[(RoomClass, Duration)]) -> Result<DryRun> {
        cx.require(Permission::SeeDeletion)?;
        periods.iter().try_for_each(|(class, period)| check(*class, *period))?;
        let mut rows = Vec::with_capacity(periods.len());
        for (class, period) in periods {
            rows.push(self.dry_run_of(cx, *class, *period).await?);
        }
        Ok(DryRun { rows })
    }

    async fn dry_run_of(&self, cx: &Cx, class: RoomClass, period: Duration) -> Result<DryRunRow> {
        let mut row = DryRunRow {
            class,
            period,
            rooms: 0,
            messages: 0,
            held: 0,
            files: 0,
            file_bytes: 0,
            oldest: None,
        };
        let (mut after, mut oldest, now) = (Some(RoomNid(0)), None::<StreamPos>, cx.now);
        while let Some(from) = after {
            let count = move |tx: &mut Tx<'_>| count_page(tx, from, (class, period), now);
            let page = self.inner.db.read(cx, count).await?;
            row.rooms += page.rooms;
            row.messages += page.messages;
            row.held += page.held;
            row.files += page.files;
            row.file_bytes += page.file_bytes;
            oldest = [oldest, page.oldest].into_iter().flatten().min();
            after = page.next;
        }
        if let Some(pos) = oldest {
            let mark = self.inner.db.read(cx, move |tx| stream_mark::mark_after(tx, pos)).await?;
            row.oldest = mark.map(|mark| mark.at);
        }
        Ok(row)
    }
}

#[derive(Default)]
struct Page {
    rooms: u64,
    messages: u64,
    held: u64,
    files: u64,
    file_bytes: u64,
    oldest: Option<StreamPos>,
    next: Option<RoomNid>,
}

fn count_page(
    tx: &mut Tx<'_>,
    after: RoomNid,
    (class, period): (RoomClass, Duration),
    now: Timestamp,
) -> Result<Page> {
    let rooms = expiry::list_aging_rooms(tx, after, ROOMS)?;
    let full = rooms.len() == usize::from(ROOMS);
    let mut page =
        Page { next: rooms.last().map(|room| room.nid).filter(|_| full), ..Page::default() };
    let holds = hold::list_active_holds(tx, now)?;
    for room in rooms.into_iter().filter(|room| room.class == class) {
        page.rooms += 1;
        let period = chosen(class, period, room.retention_ms);
        let Some(mark) = stream_mark::mark_before(tx, cutoff(now, period))? else { continue };
        let amount = expiry::count_messages(tx, room.nid, (StreamPos::ZERO, mark.pos))?;
        let (files, bytes) = expiry::count_files(tx, room.nid, mark.pos)?;
        page.messages += amount.count;
        if ClassRules::of(class).hold {
            page.held += count_held(tx, (&room, mark.pos), &holds)?.min(amount.count);
        }
        page.files += files;
        page.file_bytes += bytes;
        page.oldest = [page.oldest, amount.oldest].into_iter().flatten().min();
    }
    Ok(page)
}

/// How many messages of a room up to a position the holds would keep.
fn count_held(
    tx: &mut Tx<'_>,
    (room, upto): (&AgingRoom, StreamPos),
    holds: &[HoldRow],
) -> Result<u64> {
    let mut count = 0;
    for hold in holds {
        let from = match hold.from {
            Some(from) => stream_mark::mark_before(tx, from)?.map(|mark| mark.pos),
            None => None,
        };
        // Up to the first mark behind that time: what was written in between is looked at one by one.
        let until = match hold.until {
            Some(until) => stream_mark::mark_behind(tx, until)?.map(|mark| mark.pos),
            None => None,
        };
        let range = (from.unwrap_or_default(), until.unwrap_or(upto).min(upto));
        count += match &hold.subject {
            HoldSubject::Person(user) => expiry::count_messages_of(tx, (room.nid, user), range)?,
            HoldSubject::Room(id) if *id == room.room_id => {
                expiry::count_messages(tx, room.nid, range)?.count
            }
            HoldSubject::Room(_) => 0,
        };
    }
    Ok(count)
}

fn check(class: RoomClass, period: Duration) -> Result<()> {
    let bounds = ClassRules::of(class).retention;
    let days = period.as_secs() / 86_400;
    if (u64::from(bounds.min_days)..=u64::from(bounds.max_days)).contains(&days) {
        return Ok(());
    }
    let text = format!("days: between {} and {}.", bounds.min_days, bounds.max_days);
    Err(Error::invalid(MatrixCode::InvalidParam, text).with_field("field", "days"))
}

/// The period of a room under a new period of its class.
pub(crate) fn chosen(class: RoomClass, period: Duration, own_ms: Option<i64>) -> Duration {
    let own = own_ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
    let least = Duration::from_hours(24 * u64::from(ClassRules::of(class).retention.min_days));
    match (own, class) {
        (None, _) => period,
        (Some(own), RoomClass::Private | RoomClass::Confidential) => own,
        (Some(own), _) => own.clamp(least.min(period), period),
    }
}
