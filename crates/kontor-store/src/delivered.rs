//! Ephemeral rooms: messages that have gone because every device has them, and how long they stayed.
//! law: R-114

use std::time::Duration;

use kontor_core::{Result, RoomNid, StreamPos, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedDeviceId, OwnedUserId};

/// A message that has gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredRow {
    /// Short number of its room.
    pub room: RoomNid,
    /// Position it had in the tenant's stream.
    pub pos: StreamPos,
    /// Matrix event id.
    pub event_id: String,
    /// When it was written.
    pub written: Timestamp,
}

/// How long messages stayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Residence {
    /// How many were measured.
    pub messages: u64,
    /// Half of them stayed at most so long; the end of a step: 10 s, 1 min, 10 min, 1 h, 6 h, 24 h.
    pub half: Duration,
    /// None stayed longer.
    pub longest: Duration,
}

/// Ends of the steps in which is counted; the last takes what is longer.
const STEPS_MS: [i64; 7] = [10_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, i64::MAX];
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

static DEVICES: Sql = Sql::new(
    "delivered.devices",
    "SELECT d.user_id, d.device_id
       FROM membership m CROSS JOIN device d
      WHERE m.tenant_id = $1 AND m.room_nid = $2 AND m.membership = 'join'
        AND d.tenant_id = m.tenant_id AND d.user_id = m.user_id",
);

static INSERT: Sql = Sql::new(
    "delivered.insert",
    "INSERT INTO delivered_event (tenant_id, room_nid, pos, event_id, written_ms)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, room_nid, pos) DO NOTHING",
);

static LIST_BEFORE: Sql = Sql::new(
    "delivered.list_before",
    "SELECT room_nid, pos, event_id, written_ms FROM delivered_event
      WHERE tenant_id = $1 AND written_ms < $2 ORDER BY written_ms LIMIT $3",
);

static DELETE: Sql = Sql::new(
    "delivered.delete",
    "DELETE FROM delivered_event WHERE tenant_id = $1 AND room_nid = $2 AND pos IN {in}",
);

static COUNT: Sql = Sql::new(
    "delivered.count",
    "INSERT INTO residence (tenant_id, day_ms, up_to_ms, messages, longest_ms)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, day_ms, up_to_ms) DO UPDATE
        SET messages = residence.messages + excluded.messages,
            longest_ms = CASE WHEN excluded.longest_ms > residence.longest_ms
                              THEN excluded.longest_ms ELSE residence.longest_ms END",
);

static SINCE: Sql = Sql::new(
    "delivered.since",
    "SELECT up_to_ms, CAST(SUM(messages) AS BIGINT), MAX(longest_ms) FROM residence
      WHERE tenant_id = $1 AND day_ms >= $2 GROUP BY up_to_ms ORDER BY up_to_ms",
);

static DELETE_BEFORE: Sql = Sql::new(
    "delivered.delete_before",
    "DELETE FROM residence WHERE tenant_id = $1 AND day_ms < $2",
);

/// All statements of this chapter.
pub static STATEMENTS: &[&Sql] =
    &[&DEVICES, &INSERT, &LIST_BEFORE, &DELETE, &COUNT, &SINCE, &DELETE_BEFORE];

/// Every device of everybody who is in a room.
pub fn list_devices_in(
    tx: &mut Tx<'_>,
    room: RoomNid,
) -> Result<Vec<(OwnedUserId, OwnedDeviceId)>> {
    tx.query(&DEVICES, &[room.into()], |row| Ok((row.id(0)?, row.text(1)?.into())))
}

/// Remembers that a message has gone, until devices are to forget it.
pub fn insert_delivered(tx: &mut Tx<'_>, row: &DeliveredRow) -> Result<()> {
    let params = [row.room.into(), row.pos.into(), Param::from(&row.event_id), row.written.into()];
    tx.execute(&INSERT, &params).map(drop)
}

/// Up to `limit` messages that have gone and were written before a time, oldest first.
pub fn list_delivered_before(
    tx: &mut Tx<'_>,
    time: Timestamp,
    limit: u32,
) -> Result<Vec<DeliveredRow>> {
    tx.query(&LIST_BEFORE, &[time.into(), i64::from(limit).into()], from_row)
}

/// Forgets that messages of a room have gone.
pub fn delete_delivered(tx: &mut Tx<'_>, room: RoomNid, positions: &[StreamPos]) -> Result<u64> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.execute_in(&DELETE, &[room.into()], &list)
}

/// Counts how long messages stayed that go now and were written at these times.
pub fn count_residence(tx: &mut Tx<'_>, now: Timestamp, written: &[Timestamp]) -> Result<()> {
    let mut counts = [(0_i64, 0_i64); STEPS_MS.len()];
    for at in written {
        let stayed = now.0.saturating_sub(at.0).max(0);
        let step = STEPS_MS.iter().position(|end| stayed <= *end).unwrap_or_default();
        if let Some((count, longest)) = counts.get_mut(step) {
            *count += 1;
            *longest = stayed.max(*longest);
        }
    }
    let day = now.0.div_euclid(DAY_MS) * DAY_MS;
    for (end, (count, longest)) in STEPS_MS.into_iter().zip(counts) {
        if count > 0 {
            let params = [day.into(), end.into(), count.into(), Param::Int(longest)];
            tx.execute(&COUNT, &params)?;
        }
    }
    Ok(())
}

/// How long messages stayed that went since a time.
pub fn residence_since(tx: &mut Tx<'_>, time: Timestamp) -> Result<Residence> {
    let rows =
        tx.query(&SINCE, &[time.into()], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?;
    let messages: i64 = rows.iter().map(|(_, count, _)| count).sum();
    let longest = rows.iter().map(|(.., longest)| *longest).max().unwrap_or_default();
    let (mut before, mut half) = (0, 0);
    for (end, count, _) in rows {
        before += count;
        if before * 2 >= messages {
            half = end.min(longest);
            break;
        }
    }
    let span = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or_default());
    Ok(Residence {
        messages: u64::try_from(messages).unwrap_or_default(),
        half: span(half),
        longest: span(longest),
    })
}

/// Removes numbers older than a time.
pub fn delete_residence_before(tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, &[time.into()])
}

fn from_row(row: &Row<'_>) -> Result<DeliveredRow> {
    Ok(DeliveredRow {
        room: RoomNid(row.int(0)?),
        pos: StreamPos(row.int(1)?),
        event_id: row.text(2)?,
        written: row.time(3)?,
    })
}
