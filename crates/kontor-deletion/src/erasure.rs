//! Erasing people: their account, their name everywhere, files, keys, traces. law: R-128, DSGVO Art. 17
//!
//! Two people decide on it (kontor-approval), which leaves an order. It is carried out in steps, each of
//! which is whole: whoever is stopped in between goes on with the next start. What the rooms of others
//! are built on stays; the user id in it leads to nobody once the names are gone.

mod certificate;
mod replay;

use std::sync::Arc;
use std::time::Duration;

use kontor_core::{Cx, Permission, Result, RoomNid};
use kontor_db::Tx;
use kontor_rooms::{Departed, ErasureNote};
use kontor_store::erasure::{self, ErasureCounts, ErasureRow};
use kontor_store::{account, hold, person, stream_mark};
use ruma::{OwnedUserId, UserId};

use crate::Deletion;

pub use kontor_store::erasure::ErasureRow as ErasureView;

/// How long a closed account is kept. law: R-048
const AFTER_CLOSING: Duration = Duration::from_hours(24 * 30);
/// Closed accounts looked at at once.
const CLOSED: u16 = 100;
/// Times that rooms are looked for again, in case somebody is invited meanwhile.
const LOOKS: usize = 3;

/// What other services do when somebody is erased: they forget what they keep in memory.
pub type Forget<'f> = &'f (dyn Fn(&UserId) + Send + Sync);

/// Whether an erasure is new to the erasure ledger, or done again because the ledger says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recording {
    New,
    Again,
}

impl Deletion {
    /// Carries out every erasure that was decided on; answers how many people were erased. One that
    /// fails does not keep the others from it: it is tried again the next time.
    ///
    /// # Errors
    /// The last failure.
    pub async fn erase_waiting(&self, cx: &Cx, forget: Forget<'_>) -> Result<u64> {
        let _round = self.inner.round.lock().await;
        self.order_for_closed(cx).await?;
        let (mut done, mut after, mut outcome) = (0, 0, Ok(()));
        loop {
            let from = after;
            let read = move |tx: &mut Tx<'_>| erasure::list_open_erasures(tx, from, 1);
            let Some(row) = self.inner.db.read(cx, read).await?.into_iter().next() else { break };
            after = row.nid;
            // Every step of it makes it large.
            match Box::pin(self.erase(cx, &row, (forget, Recording::New))).await {
                Ok(()) => done += 1,
                Err(error) => {
                    tracing::error!(%error, erasure = row.nid, "somebody could not be erased");
                    outcome = Err(error);
                }
            }
        }
        outcome.map(|()| done)
    }

    /// Up to `limit` erasures before number `before`, newest first.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn erasures(&self, cx: &Cx, before: i64, limit: u16) -> Result<Vec<ErasureView>> {
        cx.require(Permission::SeeDeletion)?;
        self.inner.db.read(cx, move |tx| erasure::list_erasures(tx, before, limit)).await
    }

    /// Orders the erasure of those whose account was closed thirty days ago; messages go by the rule of
    /// their room. law: R-048
    async fn order_for_closed(&self, cx: &Cx) -> Result<()> {
        let before = cx.now.minus(AFTER_CLOSING);
        loop {
            let read = move |tx: &mut Tx<'_>| account::list_closed_before(tx, before, CLOSED);
            let closed = self.inner.db.read(cx, read).await?;
            let mut ordered = 0;
            for user in closed {
                let identity = self.inner.identity.clone();
                let stand_in = identity.stand_in(cx, &user)?;
                let (key, now) = (identity.erasure_key(&user), cx.now);
                let order = move |tx: &mut Tx<'_>| {
                    let is_new = !erasure::is_erased(tx, &key)?;
                    erasure::order_erasure(tx, &user, (&stand_in, &key), false, now)?;
                    Ok(is_new)
                };
                ordered += u32::from(self.inner.db.write(cx, order).await?);
            }
            // Those who are left wait for an erasure that could not be carried out.
            if ordered < u32::from(CLOSED) {
                return Ok(());
            }
        }
    }

    async fn erase(
        &self,
        cx: &Cx,
        row: &ErasureRow,
        (forget, recording): (Forget<'_>, Recording),
    ) -> Result<()> {
        let Some(user) = row.user_id.clone() else { return Ok(()) };
        if row.erased.is_none() {
            let (held, now) = (user.to_string(), cx.now);
            let read = move |tx: &mut Tx<'_>| hold::list_holds_on(tx, &held);
            if self.inner.db.read(cx, read).await?.iter().any(|hold| hold.is_active(now)) {
                tracing::info!(erasure = row.nid, "an erasure waits for the end of a hold");
                return Ok(());
            }
            self.remove_person(cx, &user, (row, recording)).await?;
        }
        forget(&user);
        self.inner.rooms.forget_person(&user);
        self.compact().await?;
        // No certificate while a file of the person lies somewhere.
        self.inner.media.delete_leftover().await?;
        if recording == Recording::New {
            // No certificate before no backup can bring the person back.
            self.inner.ledger.told(cx).await?;
        }
        self.certify_erasure(cx, row.nid, &user).await
    }

    /// Removes everything of a person; the last write says so, and tells the ledger.
    async fn remove_person(
        &self,
        cx: &Cx,
        user: &OwnedUserId,
        (row, recording): (&ErasureRow, Recording),
    ) -> Result<()> {
        self.inner.identity.close_for_erasure(cx, user.clone()).await?;
        for _ in 0..LOOKS {
            if self.leave_rooms(cx, user, row).await? == 0 {
                break;
            }
        }
        let all = row.with_messages;
        let (files, bytes) = self.inner.media.erase_files_of(cx, user, all).await?;
        let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
        let counts = ErasureCounts {
            files: number(files),
            file_bytes: number(bytes),
            ..ErasureCounts::default()
        };
        let (this, user, row, now) = (self.clone(), user.clone(), row.clone(), cx.now);
        let last = move |tx: &mut Tx<'_>| {
            let records = number(person::erase_person(tx, &user, &row.stand_in)?);
            erasure::add_to_erasure(tx, row.nid, &ErasureCounts { records, ..counts })?;
            this.inner.identity.person_gone(tx, &user);
            if recording == Recording::New {
                let messages = row.with_messages.then_some(now);
                this.inner.ledger.record_person(tx, &user, (now, messages))?;
            }
            // By a clock that was set back it would seem to lie so far back that its certificate goes.
            let newest = stream_mark::newest_mark(tx)?.map_or(now, |mark| mark.at.max(now));
            erasure::note_erased(tx, row.nid, newest.max(row.requested)).map(drop)
        };
        self.inner.db.write(cx, last).await
    }

    /// Takes the person out of every room; answers how many there were.
    async fn leave_rooms(&self, cx: &Cx, user: &UserId, row: &ErasureRow) -> Result<u64> {
        let nid = row.nid;
        let note: ErasureNote = Arc::new(move |tx, more| erasure::add_to_erasure(tx, nid, more));
        let with_messages = row.with_messages;
        let departed = Departed { user: user.to_owned(), with_messages, note };
        let (mut count, mut after) = (0, RoomNid(0));
        loop {
            let rooms = self.inner.rooms.rooms_of_departed(cx, user, after).await?;
            if rooms.is_empty() {
                return Ok(count);
            }
            for (nid, room_id) in rooms {
                let erasing = self.inner.rooms.erase_in(cx, &room_id, &departed);
                let blobs = Box::pin(erasing).await?;
                self.remove_blobs(&blobs).await;
                after = nid;
                count += 1;
            }
        }
    }
}
