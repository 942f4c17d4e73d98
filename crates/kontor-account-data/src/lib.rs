//! Account data, tags and filters: what the clients of a person keep on the server.

mod filters;
mod tags;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, RoomNid, StreamPos};
use kontor_db::{Db, Tx};
use kontor_feed::Feed;
use kontor_rooms::Rooms;
use kontor_store::account_data::{self, AccountDataRow, GLOBAL};
use parking_lot::Mutex;
use ruma::{OwnedUserId, RoomId, UserId};
use serde_json::value::RawValue;

pub use filters::{check_filter, read_filter};

/// Largest content of one piece, in bytes.
const CONTENT_LIMIT_BYTES: usize = 64 * 1024;

/// Longest event type, in bytes.
const KIND_LIMIT_BYTES: usize = 255;

/// Most pieces one person may keep.
const COUNT_LIMIT: i64 = 10_000;

/// People whose newest change is remembered.
const REMEMBERED: usize = 100_000;

/// Account data of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct AccountData {
    db: Db,
    feed: Feed,
    rooms: Rooms,
    /// Position of each person's newest change, so that an idle `/sync` costs no database access.
    newest: Arc<Mutex<HashMap<OwnedUserId, StreamPos>>>,
}

/// Changes of one person's account data, as events by room; global ones under `None`.
pub type Changes = BTreeMap<Option<RoomNid>, Vec<Box<RawValue>>>;

impl AccountData {
    /// The service over its sources.
    #[must_use]
    pub fn new(db: Db, feed: Feed, rooms: Rooms) -> Self {
        Self { db, feed, rooms, newest: Arc::default() }
    }

    /// Forgets what is in memory of somebody who is erased.
    pub fn forget(&self, user: &UserId) {
        self.newest.lock().remove(user);
    }

    /// One piece of the caller's account data.
    ///
    /// # Errors
    /// `Forbidden` for other people's, `NotFound` if it was never set, and for a room that the caller
    /// neither was in nor may know of.
    pub async fn get(
        &self,
        cx: &Cx,
        (user, room): (&UserId, Option<&RoomId>),
        kind: &str,
    ) -> Result<Box<RawValue>> {
        require_own(cx, user)?;
        let nid = self.nid(cx, room).await?;
        let (owner, wanted) = (user.to_owned(), kind.to_owned());
        let found = self
            .db
            .read(cx, move |tx| account_data::find_account_data(tx, &owner, nid, &wanted))
            .await?;
        let row = found.ok_or_else(|| Error::not_found("This account data is not set."))?;
        raw(row.content)
    }

    /// Sets one piece of the caller's account data and tells the caller's devices.
    pub async fn set(
        &self,
        cx: &Cx,
        (user, room): (&UserId, Option<&RoomId>),
        kind: &str,
        content: &RawValue,
    ) -> Result<()> {
        require_own(cx, user)?;
        check(kind, content)?;
        let nid = self.nid(cx, room).await?;
        let (this, owner, kind) = (self.clone(), user.to_owned(), kind.to_owned());
        let content = content.get().as_bytes().to_vec();
        self.db
            .write(cx, move |tx| {
                if account_data::count_account_data(tx, &owner)? >= COUNT_LIMIT {
                    let text = "Too much account data is kept for this person.";
                    return Err(Error::limited(MatrixCode::TooLarge, text));
                }
                this.write(tx, &owner, (nid, &kind), &content)
            })
            .await
    }

    /// Sets one piece inside a write of another service.
    pub fn write(
        &self,
        tx: &mut Tx<'_>,
        user: &UserId,
        (room, kind): (RoomNid, &str),
        content: &[u8],
    ) -> Result<()> {
        let pos = account_data::upsert_account_data(tx, user, room, kind, content)?;
        let (this, owner, kind) = (self.clone(), user.to_owned(), kind.to_owned());
        tx.after_commit(move || {
            this.rooms.account_data_changed(&owner, &kind);
            this.remember(&owner, pos);
        });
        let (feed, owner) = (self.feed.clone(), user.to_owned());
        tx.after_visible(move || feed.wake([&*owner]));
        Ok(())
    }

    /// What changed after `from` and not after `upto`; everything if `from` is zero.
    pub async fn changes(
        &self,
        cx: &Cx,
        user: &UserId,
        from: StreamPos,
        upto: StreamPos,
    ) -> Result<Changes> {
        if self.newest.lock().get(user).is_some_and(|newest| *newest <= from) {
            return Ok(Changes::new());
        }
        let owner = user.to_owned();
        let (rows, newest) = self
            .db
            .read(cx, move |tx| {
                let rows = account_data::list_account_data_changes(tx, &owner, from, upto)?;
                Ok((rows, account_data::newest_account_data(tx, &owner)?))
            })
            .await?;
        self.remember(user, newest);
        let mut changes = Changes::new();
        for row in rows {
            let room = Some(row.room_nid).filter(|nid| *nid != GLOBAL);
            changes.entry(room).or_default().push(event(&row)?);
        }
        Ok(changes)
    }

    fn remember(&self, user: &UserId, pos: StreamPos) {
        let mut newest = self.newest.lock();
        if newest.len() >= REMEMBERED {
            newest.clear();
        }
        let known = newest.entry(user.to_owned()).or_default();
        *known = (*known).max(pos);
    }

    async fn nid(&self, cx: &Cx, room: Option<&RoomId>) -> Result<RoomNid> {
        let Some(room_id) = room else { return Ok(GLOBAL) };
        let rooms = self.rooms.rooms_of(cx, cx.user()?).await?;
        match rooms.get(room_id) {
            Some(entry) => Ok(entry.nid),
            None => Ok(self.rooms.known_room(cx, room_id).await?.nid),
        }
    }
}

/// A row as the event clients get.
fn event(row: &AccountDataRow) -> Result<Box<RawValue>> {
    let kind = serde_json::to_string(&row.kind).map_err(Error::internal)?;
    let content = std::str::from_utf8(&row.content).map_err(Error::internal)?;
    RawValue::from_string(format!("{{\"type\":{kind},\"content\":{content}}}"))
        .map_err(Error::internal)
}

fn raw(json: Vec<u8>) -> Result<Box<RawValue>> {
    let text = String::from_utf8(json).map_err(Error::internal)?;
    RawValue::from_string(text).map_err(Error::internal)
}

pub(crate) fn require_own(cx: &Cx, user: &UserId) -> Result<()> {
    match cx.user()? == user {
        true => Ok(()),
        false => Err(Error::forbidden("You may only see and change your own account data.")),
    }
}

fn check(kind: &str, content: &RawValue) -> Result<()> {
    if matches!(kind, "m.fully_read" | "m.push_rules") {
        let text = format!("type: {kind} has an endpoint of its own.");
        return Err(Error::invalid(MatrixCode::BadJson, text).not_allowed());
    }
    if kind.is_empty() || kind.len() > KIND_LIMIT_BYTES || kind.contains('\0') {
        let text = format!("type: 1 to {KIND_LIMIT_BYTES} bytes without NUL.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    if content.get().len() > CONTENT_LIMIT_BYTES {
        let text = format!("content: larger than {CONTENT_LIMIT_BYTES} bytes.");
        return Err(Error::limited(MatrixCode::TooLarge, text));
    }
    if !content.get().trim_start().starts_with('{') {
        return Err(Error::invalid(MatrixCode::BadJson, "content: must be an object."));
    }
    Ok(())
}
