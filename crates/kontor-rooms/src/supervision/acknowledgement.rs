//! Nobody writes into a supervised room who does not know that it is supervised. law: R-075

use kontor_core::{Cx, Error, MatrixCode, Result, Timestamp};
use kontor_store::supervision;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedRoomId, RoomId};

use super::terms_of;
use crate::{Room, Rooms, Terms};

impl Rooms {
    /// The terms of a supervised room, and when the caller has acknowledged them. For members and
    /// for the invited.
    ///
    /// # Errors
    /// `NotFound` if the room is not supervised.
    pub async fn supervision(
        &self,
        cx: &Cx,
        room_id: &RoomId,
    ) -> Result<(Terms, Option<Timestamp>)> {
        let room = self.joined_or_invited_room(cx, room_id).await?;
        let terms = terms_of(&room).ok_or_else(not_supervised)?;
        let (nid, user, version) = (room.nid, cx.user()?.to_owned(), terms.version);
        let find = move |tx: &mut kontor_db::Tx<'_>| {
            supervision::find_acknowledgement(tx, nid, &user, version)
        };
        Ok((terms, self.db.read(cx, find).await?))
    }

    /// The supervised rooms that the caller is in or invited to, with when their terms were
    /// acknowledged.
    pub async fn own_supervised(
        &self,
        cx: &Cx,
    ) -> Result<Vec<(OwnedRoomId, Terms, Option<Timestamp>)>> {
        let mut found = Vec::new();
        for (room_id, entry) in &self.rooms_of(cx, cx.user()?).await? {
            if !matches!(entry.membership, MembershipState::Join | MembershipState::Invite) {
                continue;
            }
            let room = self.room(cx, room_id).await?;
            if terms_of(&room).is_some_and(|terms| terms.lasts(cx.now)) {
                let (terms, acknowledged) = self.supervision(cx, room_id).await?;
                found.push((room_id.clone(), terms, acknowledged));
            }
        }
        Ok(found)
    }

    /// The caller knows that the room is supervised, as its terms of that version say. This is
    /// information, not consent.
    ///
    /// # Errors
    /// `NotFound` if the room is not supervised; `Conflict` for another version.
    pub async fn acknowledge(&self, cx: &Cx, room_id: &RoomId, version: i64) -> Result<()> {
        let room = self.joined_or_invited_room(cx, room_id).await?;
        let terms = terms_of(&room).ok_or_else(not_supervised)?;
        if terms.version != version {
            let text = "The terms have changed; please read them again.";
            let error = Error::conflict(MatrixCode::Unknown, text);
            return Err(error.with_field("version", terms.version));
        }
        let (nid, user, now) = (room.nid, cx.user()?.to_owned(), cx.now);
        let known = (nid, user.clone());
        let write = move |tx: &mut kontor_db::Tx<'_>| {
            supervision::insert_acknowledgement(tx, nid, &user, version, now)
        };
        self.db.write(cx, write).await?;
        self.supervision.acknowledged.insert(known, version);
        Ok(())
    }

    /// Lets whoever supervises write, and everybody who has acknowledged that they are supervised.
    ///
    /// # Errors
    /// `Forbidden` (`APP_KONTOR_NOTICE_REQUIRED`) for everybody else in a supervised room.
    pub(crate) async fn require_acknowledged(&self, cx: &Cx, room: &Room) -> Result<()> {
        let Some(terms) = terms_of(room) else { return Ok(()) };
        let user = cx.user()?.to_owned();
        if terms.names(&user) || !terms.lasts(cx.now) {
            return Ok(());
        }
        let key = (room.nid, user.clone());
        if self.supervision.acknowledged.get(&key) == Some(terms.version) {
            return Ok(());
        }
        let (nid, version) = (room.nid, terms.version);
        let find = move |tx: &mut kontor_db::Tx<'_>| {
            supervision::find_acknowledgement(tx, nid, &user, version)
        };
        if self.db.read(cx, find).await?.is_some() {
            self.supervision.acknowledged.insert(key, version);
            return Ok(());
        }
        let text = "This room is supervised. Please read and acknowledge by whom and for what \
                    before you write: under “Your account”, “Supervision”.";
        Err(Error::forbidden(text)
            .with_code(MatrixCode::NoticeRequired)
            .with_field("version", version))
    }
}

pub(super) fn not_supervised() -> Error {
    Error::not_found("This room is not supervised.")
}
