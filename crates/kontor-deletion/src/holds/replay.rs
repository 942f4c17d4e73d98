//! Places and releases holds again in a restored instance. law

use kontor_audit::Action;
use kontor_core::{Cx, Result, RoomNid};
use kontor_db::Tx;
use kontor_ledger::{Entry, Kind};
use kontor_store::hold::{self, HoldRow, HoldSubject};
use kontor_store::{account, expiry};

use super::told;
use crate::Deletion;

/// Accounts, rooms or holds looked at in one read.
const PAGE: u16 = 500;

impl Deletion {
    /// Places the hold of an entry again, unless it is there; nothing if the backup knows neither the
    /// person nor the room. Nobody is told once more.
    pub(crate) async fn replay_hold(&self, cx: &Cx, entry: &Entry) -> Result<()> {
        let told_of = self.inner.ledger.hold_of(entry)?;
        let is_person = matches!(told_of.subject, HoldSubject::Person(_));
        let Some(id) = self.find_held(cx, &entry.subject, is_person).await? else { return Ok(()) };
        let (subject, word) = match is_person {
            true => (HoldSubject::Person(id), "person"),
            false => (HoldSubject::Room(id), "space"),
        };
        let row = HoldRow { subject, ..told_of };
        let nid = row.nid;
        let event = told(Action::HoldPlaced, nid).with_detail(word).because(&row.matter);
        let place = move |tx: &mut Tx<'_>| {
            let is_new = hold::find_hold(tx, nid)?.is_none();
            if is_new {
                hold::insert_hold(tx, &row)?;
            }
            Ok(is_new)
        };
        if self.inner.db.write(cx, place).await? {
            self.inner.audit.record(cx, event).await?;
        }
        Ok(())
    }

    /// Releases the hold of an entry again.
    pub(crate) async fn replay_release(&self, cx: &Cx, entry: &Entry) -> Result<()> {
        let (mut before, at) = (i64::MAX, entry.at);
        loop {
            let list = move |tx: &mut Tx<'_>| hold::list_holds(tx, before, PAGE);
            let rows = self.inner.db.read(cx, list).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            before = last.nid;
            let tombstone = |nid: i64| self.inner.ledger.tombstone(Kind::Release, &nid.to_string());
            let Some(found) = rows.iter().find(|row| tombstone(row.nid) == entry.subject) else {
                continue;
            };
            let nid = found.nid;
            let release = move |tx: &mut Tx<'_>| hold::release_hold(tx, nid, at);
            if self.inner.db.write(cx, release).await? {
                self.inner.audit.record(cx, told(Action::HoldReleased, nid)).await?;
            }
            return Ok(());
        }
    }

    /// The id of the person or room that a tombstone stands for.
    async fn find_held(&self, cx: &Cx, subject: &str, is_person: bool) -> Result<Option<String>> {
        let mut after = (String::new(), RoomNid(0));
        loop {
            let (user, room) = after.clone();
            let list = move |tx: &mut Tx<'_>| {
                if is_person {
                    let accounts = account::list_accounts(tx, &user, PAGE)?.into_iter();
                    return Ok(accounts.map(|it| (it.user_id.to_string(), room)).collect());
                }
                let rooms = expiry::list_aging_rooms(tx, room, PAGE)?.into_iter();
                Ok(rooms.map(|it| (it.room_id, it.nid)).collect::<Vec<_>>())
            };
            let found = self.inner.db.read(cx, list).await?;
            let Some(last) = found.last() else { return Ok(None) };
            after.clone_from(last);
            let is_meant = |id: &str| self.inner.ledger.tombstone(Kind::Hold, id) == subject;
            if let Some((id, _)) = found.into_iter().find(|(id, _)| is_meant(id)) {
                return Ok(Some(id));
            }
        }
    }
}
