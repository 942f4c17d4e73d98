//! Looks into supervised rooms: whoever supervises says why, and the room sees it. law: R-076

use std::sync::Arc;
use std::time::Duration;

use kontor_audit::Action;
use kontor_core::{Cx, Error, MatrixCode, Result, RoomNid, StreamPos, Timestamp};
use kontor_store::supervision::{self, ReadingRow};
use ruma::events::TimelineEventType;
use ruma::{MilliSecondsSinceUnixEpoch, OwnedUserId, RoomId, UInt, UserId};
use serde_json::json;
use serde_json::value::to_raw_value;

use super::acknowledgement::not_supervised;
use super::{Mode, READING, terms_of};
use crate::append::NewEvent;
use crate::{Event, Room, Rooms};

/// How long a reading on occasion stays open.
pub const READING_LASTS: Duration = Duration::from_hours(1);

/// Longest reason, in characters.
const LONGEST_REASON: usize = 1_000;

/// Said where reading all the time needs no further reason.
const CONTINUOUS: &str = "laufende Aufsicht";

/// What somebody who supervises wants to read.
#[derive(Clone, Debug)]
pub struct Look {
    /// Why; the room reads it.
    pub reason: String,
    /// Nothing earlier than this; `None`: since the person came into the room.
    pub from: Option<Timestamp>,
    /// Nothing later than this; `None`: what comes while the reading is open, too.
    pub to: Option<Timestamp>,
}

impl Rooms {
    /// Opens a reading for an hour. The room is told at once, in a message that every client
    /// shows; the audit log keeps it.
    ///
    /// # Errors
    /// `NotFound` if the room is not supervised; `Forbidden` for people who do not supervise it, or
    /// no longer; `Invalid` without a reason, or where reading needs none; `Unavailable` if it
    /// cannot be recorded.
    pub async fn look(&self, cx: &Cx, room_id: &RoomId, look: Look) -> Result<ReadingRow> {
        let room = self.joined_room(cx, room_id).await?;
        let terms = terms_of(&room).ok_or_else(not_supervised)?;
        let user = cx.user()?;
        if !terms.names(user) || !terms.lasts(cx.now) {
            return Err(Error::forbidden("You do not supervise this room."));
        }
        let reason = look.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            let text = format!("reason: is needed, up to {LONGEST_REASON} characters.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        if terms.mode == Mode::Continuous {
            let text = "This room is supervised all the time; you see it like every member.";
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let reading = ReadingRow {
            opened: cx.now,
            user_id: user.to_owned(),
            until: cx.now.plus(READING_LASTS).min(terms.until()),
            from: self.position_at(cx, &room, look.from.unwrap_or(Timestamp(0))).await?,
            to: match look.to {
                Some(to) => self.position_at(cx, &room, to).await?,
                None => StreamPos::MAX,
            },
            reason: reason.to_owned(),
        };
        self.open_reading(cx, &room, (look.from, look.to), reading).await
    }

    /// The readings of a room's last 90 days, newest first, for everybody in it.
    ///
    /// # Errors
    /// `NotFound` if the room is not supervised.
    pub async fn readings(&self, cx: &Cx, room_id: &RoomId) -> Result<Vec<ReadingRow>> {
        let room = self.joined_room(cx, room_id).await?;
        if terms_of(&room).is_none() {
            return Err(not_supervised());
        }
        let (nid, since) = (room.nid, cx.now.minus(Duration::from_hours(90 * 24)));
        self.db.read(cx, move |tx| supervision::list_readings(tx, nid, since, 1_000)).await
    }

    /// What a person who supervises on occasion may read now; `None` for everybody else, whom this
    /// does not restrict.
    pub(crate) async fn opened_for(
        &self,
        cx: &Cx,
        room: &Room,
        user: &UserId,
    ) -> Result<Option<Vec<(StreamPos, StreamPos)>>> {
        let Some(terms) = terms_of(room).filter(|terms| terms.names(user)) else { return Ok(None) };
        // A request may wait for long; what counts is the time at which it answers.
        let now = cx.clock.now();
        if terms.mode == Mode::Continuous && terms.lasts(now) {
            return Ok(None);
        }
        let key = (room.nid, user.to_owned());
        let readings = if let Some(known) = self.supervision.open.get(&key) {
            known
        } else {
            self.load_open_readings(cx, key, now).await?
        };
        let open = readings.iter().filter(|reading| reading.until > now);
        Ok(Some(open.map(|reading| (reading.from, reading.to)).collect()))
    }

    /// Tells the room, once a day, that whoever supervises it all the time has been shown messages.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be recorded: then nothing is shown.
    pub(crate) async fn note_continuous_look(
        &self,
        cx: &Cx,
        room: &Room,
        events: &[Arc<Event>],
    ) -> Result<()> {
        let Some(terms) = terms_of(room) else { return Ok(()) };
        let user = cx.user()?;
        let foreign = |event: &Arc<Event>| !event.is_state() && event.pdu.sender != *user;
        if terms.mode != Mode::Continuous || !terms.names(user) || !events.iter().any(foreign) {
            return Ok(());
        }
        let today = cx.now.day();
        if self.has_looked_since(cx, room, user, today).await? {
            return Ok(());
        }
        let reading = ReadingRow {
            opened: cx.now,
            user_id: user.to_owned(),
            until: today.plus(Duration::from_hours(24)),
            from: StreamPos::ZERO,
            to: StreamPos::MAX,
            reason: CONTINUOUS.to_owned(),
        };
        let room = self.room(cx, &room.room_id).await?;
        self.open_reading(cx, &room, (None, None), reading).await.map(drop)
    }

    async fn has_looked_since(
        &self,
        cx: &Cx,
        room: &Room,
        user: &UserId,
        since: Timestamp,
    ) -> Result<bool> {
        let key = (room.nid, user.to_owned());
        let is_today = |readings: &[ReadingRow]| readings.iter().any(|it| it.opened >= since);
        if self.supervision.open.get(&key).is_some_and(|readings| is_today(&readings)) {
            return Ok(true);
        }
        Ok(is_today(&self.load_open_readings(cx, key, cx.now).await?))
    }

    async fn load_open_readings(
        &self,
        cx: &Cx,
        key: (RoomNid, OwnedUserId),
        now: Timestamp,
    ) -> Result<Vec<ReadingRow>> {
        let (nid, user) = key.clone();
        let list =
            move |tx: &mut kontor_db::Tx<'_>| supervision::list_open_readings(tx, nid, &user, now);
        let readings = self.db.read(cx, list).await?;
        self.supervision.open.insert(key, readings.clone());
        Ok(readings)
    }

    /// Writes the reading and the room's message about it together.
    async fn open_reading(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        span: (Option<Timestamp>, Option<Timestamp>),
        reading: ReadingRow,
    ) -> Result<ReadingRow> {
        let audited = kontor_audit::Event::new(Action::SupervisorLooked).because(&reading.reason);
        let (nid, row) = (room.nid, reading.clone());
        let event = message(&reading, span)?;
        let write = self.retry(cx, &room.room_id, async |room| {
            let row = row.clone();
            let extra =
                move |tx: &mut kontor_db::Tx<'_>| supervision::insert_reading(tx, nid, &row);
            self.append(cx, &room, vec![event.clone()], Some(Box::new(extra))).await
        });
        self.audit.act(cx, audited, write).await?;
        self.supervision.open.remove(&(nid, reading.user_id.clone()));
        Ok(reading)
    }

    /// The position of the first event at or after a time.
    async fn position_at(&self, cx: &Cx, room: &Arc<Room>, at: Timestamp) -> Result<StreamPos> {
        let millis = UInt::try_from(at.0.max(0)).unwrap_or(UInt::MAX);
        let wanted = MilliSecondsSinceUnixEpoch(millis);
        self.first_position(cx, room, move |ts| ts >= wanted).await
    }
}

/// A message that every client shows. It is not encrypted: the server itself says it.
fn message(
    reading: &ReadingRow,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
) -> Result<NewEvent> {
    let content = json!({
        "msgtype": "m.notice",
        "body": format!("Aufsicht: Einsicht in diesen Raum. Grund: {}", reading.reason),
        READING: {
            "reason": reading.reason,
            "from_ms": from.map(|at| at.0),
            "to_ms": to.map(|at| at.0),
            "until_ms": reading.until.0,
        },
    });
    let content = to_raw_value(&content).map_err(Error::internal)?;
    let sender: OwnedUserId = reading.user_id.clone();
    Ok(NewEvent::message(sender, TimelineEventType::RoomMessage, content))
}
