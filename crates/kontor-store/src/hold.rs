//! Holds: what is kept for a claim at law although its time is over. law: R-122

use kontor_core::{Error, Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// What a hold is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldSubject {
    /// What one person has written.
    Person(String),
    /// What was written in one room.
    Room(String),
}

impl HoldSubject {
    /// As stored: the kind, and the id of the person or room.
    #[must_use]
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Person(id) => ("person", id),
            Self::Room(id) => ("room", id),
        }
    }

    /// # Errors
    /// `Internal` for a kind that is none.
    fn from_parts(kind: &str, id: String) -> Result<Self> {
        match kind {
            "person" => Ok(Self::Person(id)),
            "room" => Ok(Self::Room(id)),
            other => Err(Error::internal(format!("hold.kind: {other}"))),
        }
    }
}

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// Number, counting from 1.
    pub nid: i64,
    /// What it is on.
    pub subject: HoldSubject,
    /// Only what was written from then on; `None`: from the beginning.
    pub from: Option<Timestamp>,
    /// Only what was written until then; `None`: also what is written later.
    pub until: Option<Timestamp>,
    /// What it is about.
    pub matter: String,
    /// Which claim it serves, and by which law.
    pub basis: String,
    /// Why the people concerned are not told yet; `None`: they are.
    pub delay: Option<String>,
    /// When it was placed.
    pub placed: Timestamp,
    /// Who asked for it.
    pub placed_by: OwnedUserId,
    /// Who allowed it.
    pub allowed_by: OwnedUserId,
    /// When it ends by itself.
    pub ends: Timestamp,
    /// When somebody last said that it is still needed.
    pub reviewed: Timestamp,
    /// When it was released; `None`: it was not.
    pub released: Option<Timestamp>,
    /// When what it had kept was removed after its end.
    pub cleaned: Option<Timestamp>,
    /// How far those in charge were told, since the last look, that it waits to be looked at.
    pub asked: i64,
}

impl HoldRow {
    /// Whether it keeps something at a time.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.released.is_none() && now < self.ends
    }

    /// Whether it keeps an event of a room, by a sender, of a time.
    #[must_use]
    pub fn keeps(&self, room_id: &str, sender: &str, at: Timestamp) -> bool {
        let concerned = match &self.subject {
            HoldSubject::Person(id) => id == sender,
            HoldSubject::Room(id) => id == room_id,
        };
        let late_enough = self.from.is_none_or(|from| from <= at);
        concerned && late_enough && self.until.is_none_or(|until| at <= until)
    }

    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            nid: row.int(0)?,
            subject: HoldSubject::from_parts(row.str(1)?, row.text(2)?)?,
            from: row.opt_time(3)?,
            until: row.opt_time(4)?,
            matter: row.sealed_text(5)?,
            basis: row.sealed_text(6)?,
            delay: row.opt_sealed_text(7)?,
            placed: row.time(8)?,
            placed_by: row.id(9)?,
            allowed_by: row.id(10)?,
            ends: row.time(11)?,
            reviewed: row.time(12)?,
            released: row.opt_time(13)?,
            cleaned: row.opt_time(14)?,
            asked: row.int(15)?,
        })
    }
}

static NEWEST: Sql = Sql::new(
    "hold.newest",
    "SELECT hold_nid FROM hold WHERE tenant_id = $1 ORDER BY hold_nid DESC LIMIT 1",
);

static INSERT: Sql = Sql::new(
    "hold.insert",
    "INSERT INTO hold (tenant_id, hold_nid, kind, subject, from_ms, until_ms, matter, basis, delay,
                       placed_ms, placed_by, allowed_by, ends_ms, reviewed_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
);

static FIND: Sql = Sql::new(
    "hold.find",
    "SELECT hold_nid, kind, subject, from_ms, until_ms, matter, basis, delay, placed_ms, placed_by,
            allowed_by, ends_ms, reviewed_ms, released_ms, cleaned_ms, asked
       FROM hold WHERE tenant_id = $1 AND hold_nid = $2",
);

static LIST: Sql = Sql::new(
    "hold.list",
    "SELECT hold_nid, kind, subject, from_ms, until_ms, matter, basis, delay, placed_ms, placed_by,
            allowed_by, ends_ms, reviewed_ms, released_ms, cleaned_ms, asked
       FROM hold WHERE tenant_id = $1 AND hold_nid < $2 ORDER BY hold_nid DESC LIMIT $3",
);

static LIST_OPEN: Sql = Sql::new(
    "hold.list_open",
    "SELECT hold_nid, kind, subject, from_ms, until_ms, matter, basis, delay, placed_ms, placed_by,
            allowed_by, ends_ms, reviewed_ms, released_ms, cleaned_ms, asked
       FROM hold WHERE tenant_id = $1 AND hold_nid > $2 AND cleaned_ms IS NULL ORDER BY hold_nid",
);

static LIST_ON: Sql = Sql::new(
    "hold.list_on",
    "SELECT hold_nid, kind, subject, from_ms, until_ms, matter, basis, delay, placed_ms, placed_by,
            allowed_by, ends_ms, reviewed_ms, released_ms, cleaned_ms, asked
       FROM hold WHERE tenant_id = $1 AND subject = $2 ORDER BY hold_nid",
);

static LIST_FOR: Sql = Sql::new(
    "hold.list_for",
    "SELECT hold_nid, kind, subject, from_ms, until_ms, matter, basis, delay, placed_ms, placed_by,
            allowed_by, ends_ms, reviewed_ms, released_ms, cleaned_ms, asked
       FROM hold WHERE tenant_id = $1 AND (subject = $2 OR subject IN
         (SELECT r.room_id FROM membership m
            JOIN room r ON r.tenant_id = m.tenant_id AND r.room_nid = m.room_nid
           WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.membership IN ('join', 'leave', 'ban')))
      ORDER BY hold_nid",
);

static LIST_MEMBERS: Sql = Sql::new(
    "hold.list_members",
    "SELECT m.user_id FROM membership m
       JOIN room r ON r.tenant_id = m.tenant_id AND r.room_nid = m.room_nid
      WHERE m.tenant_id = $1 AND r.room_id = $2 AND m.membership = 'join' ORDER BY m.user_id",
);

static REVIEW: Sql = Sql::new(
    "hold.review",
    "UPDATE hold SET reviewed_ms = $3, asked = 0
      WHERE tenant_id = $1 AND hold_nid = $2 AND released_ms IS NULL AND ends_ms > $3",
);

static ASKED: Sql = Sql::new(
    "hold.asked",
    "UPDATE hold SET asked = $3
      WHERE tenant_id = $1 AND hold_nid = $2 AND released_ms IS NULL AND asked < $3",
);

static RELEASE: Sql = Sql::new(
    "hold.release",
    "UPDATE hold SET released_ms = $3
      WHERE tenant_id = $1 AND hold_nid = $2 AND released_ms IS NULL",
);

static CLEANED: Sql = Sql::new(
    "hold.cleaned",
    "UPDATE hold SET cleaned_ms = $3
      WHERE tenant_id = $1 AND hold_nid = $2 AND cleaned_ms IS NULL",
);

static DELETE_BEFORE: Sql = Sql::new(
    "hold.delete_before",
    "DELETE FROM hold WHERE tenant_id = $1 AND hold_nid IN
       (SELECT h.hold_nid FROM hold h WHERE h.tenant_id = $1 AND h.cleaned_ms < $2)",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &NEWEST,
    &INSERT,
    &FIND,
    &LIST,
    &LIST_OPEN,
    &LIST_ON,
    &LIST_FOR,
    &LIST_MEMBERS,
    &REVIEW,
    &ASKED,
    &RELEASE,
    &CLEANED,
    &DELETE_BEFORE,
];

/// The number that the next hold gets.
pub fn next_hold_number(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_opt(&NEWEST, &[], |row| row.int(0))?.unwrap_or_default() + 1)
}

/// Stores a hold under its number; what comes at its end is not looked at.
pub fn insert_hold(tx: &mut Tx<'_>, row: &HoldRow) -> Result<()> {
    let (kind, subject) = row.subject.parts();
    let params = [
        row.nid.into(),
        kind.into(),
        subject.into(),
        row.from.into(),
        row.until.into(),
        Param::sealed(row.matter.as_str()),
        Param::sealed(row.basis.as_str()),
        Param::opt_sealed(row.delay.as_deref()),
        row.placed.into(),
        (&row.placed_by).into(),
        (&row.allowed_by).into(),
        row.ends.into(),
        row.reviewed.into(),
    ];
    tx.execute(&INSERT, &params).map(drop)
}

/// The hold with this number.
pub fn find_hold(tx: &mut Tx<'_>, nid: i64) -> Result<Option<HoldRow>> {
    tx.query_opt(&FIND, &[nid.into()], HoldRow::from_row)
}

/// Up to `limit` holds before number `before`, newest first.
pub fn list_holds(tx: &mut Tx<'_>, before: i64, limit: u16) -> Result<Vec<HoldRow>> {
    tx.query(&LIST, &[before.into(), limit.into()], HoldRow::from_row)
}

/// Holds that keep something, or whose end is not carried out yet, oldest first.
pub fn list_open_holds(tx: &mut Tx<'_>) -> Result<Vec<HoldRow>> {
    tx.query(&LIST_OPEN, &[Param::Int(0)], HoldRow::from_row)
}

/// Holds that keep something at a time.
pub fn list_active_holds(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<HoldRow>> {
    let open = list_open_holds(tx)?;
    Ok(open.into_iter().filter(|hold| hold.is_active(now)).collect())
}

/// Every hold on a person or a room, by id, oldest first.
pub fn list_holds_on(tx: &mut Tx<'_>, id: &str) -> Result<Vec<HoldRow>> {
    tx.query(&LIST_ON, &[id.into()], HoldRow::from_row)
}

/// Every hold on a person and on rooms they are or were in, oldest first.
pub fn list_holds_for(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<HoldRow>> {
    tx.query(&LIST_FOR, &[user.into()], HoldRow::from_row)
}

/// Whom a hold concerns: the person, or those who are in the room.
pub fn list_concerned(tx: &mut Tx<'_>, subject: &HoldSubject) -> Result<Vec<OwnedUserId>> {
    match subject {
        HoldSubject::Person(id) => Ok(vec![id.as_str().try_into().map_err(Error::internal)?]),
        HoldSubject::Room(id) => tx.query(&LIST_MEMBERS, &[id.into()], |row| row.id(0)),
    }
}

/// Notes that a hold is still needed; `false` if it is over.
pub fn review_hold(tx: &mut Tx<'_>, nid: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&REVIEW, &[nid.into(), now.into()])? > 0)
}

/// Notes how far those in charge were told that a hold waits to be looked at; `false` if they were
/// already, or it is released.
pub fn note_asked(tx: &mut Tx<'_>, nid: i64, asked: i64) -> Result<bool> {
    Ok(tx.execute(&ASKED, &[nid.into(), asked.into()])? > 0)
}

/// Ends a hold; `false` if it was released before, or there is none.
pub fn release_hold(tx: &mut Tx<'_>, nid: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&RELEASE, &[nid.into(), now.into()])? > 0)
}

/// What a hold had kept is gone, unless another one keeps it.
pub fn note_cleaned(tx: &mut Tx<'_>, nid: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&CLEANED, &[nid.into(), now.into()])? > 0)
}

/// Removes what is known of holds that were over before a time.
pub fn delete_holds_before(tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, &[time.into()])
}
