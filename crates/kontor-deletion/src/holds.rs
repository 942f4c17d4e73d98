//! Holds: what a claim at law needs is kept when its time is over, out of everybody's reach, and goes as
//! soon as no hold keeps it any more. Two people decide on a hold (kontor-approval). law

mod replay;
mod review;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Permission, Result, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_identity::HoldNews;
use kontor_store::held::{self, HeldCounts, HeldRow};
use kontor_store::hold::{self, HoldRow};
use serde::Deserialize;

use crate::Deletion;

pub use kontor_store::hold::{HoldRow as HoldView, HoldSubject};
pub use review::Review;

/// Held events looked at in one step.
const BATCH: u32 = 200;

/// How much is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldAmount {
    /// Messages and replaced state.
    pub events: u64,
    /// Their files.
    pub files: u64,
    /// Entries of people's key backups.
    pub keys: u64,
}

/// Of a held event, what a hold asks for.
#[derive(Deserialize)]
struct Written {
    origin_server_ts: i64,
}

impl Deletion {
    /// Up to `limit` holds before number `before`, newest first.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn holds(&self, cx: &Cx, before: i64, limit: u16) -> Result<Vec<HoldView>> {
        cx.require(Permission::SeeDeletion)?;
        self.inner.db.read(cx, move |tx| hold::list_holds(tx, before, limit)).await
    }

    /// The holds on the caller, and on rooms they are or were in, that they may know of, oldest first.
    ///
    /// # Errors
    /// `Unauthenticated` for strangers.
    pub async fn own_holds(&self, cx: &Cx) -> Result<Vec<HoldView>> {
        let user = cx.user()?.to_owned();
        let holds = self.inner.db.read(cx, move |tx| hold::list_holds_for(tx, &user)).await?;
        Ok(holds.into_iter().filter(|hold| hold.delay.is_none()).collect())
    }

    /// How much is held at present.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn held_amount(&self, cx: &Cx) -> Result<HeldAmount> {
        cx.require(Permission::SeeDeletion)?;
        let HeldCounts { events, files, keys } = self.inner.db.read(cx, held::count_held).await?;
        Ok(HeldAmount { events, files, keys })
    }

    /// Says that a hold is still needed.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound`; `Conflict` if it is over.
    pub async fn review_hold(&self, cx: &Cx, nid: i64) -> Result<()> {
        cx.require(Permission::PlaceHolds)?;
        self.require_hold(cx, nid).await?;
        let now = cx.now;
        let write = self.inner.db.write(cx, move |tx| {
            if hold::review_hold(tx, nid, now)? {
                return Ok(());
            }
            Err(over())
        });
        self.inner.audit.act(cx, told(Action::HoldReviewed, nid), write).await
    }

    /// Ends a hold: what only it had kept goes within minutes. Those whom it concerns are told by mail.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound`; `Conflict` if it is over.
    pub async fn release_hold(&self, cx: &Cx, nid: i64) -> Result<()> {
        cx.require(Permission::PlaceHolds)?;
        let found = self.require_hold(cx, nid).await?;
        let (this, now, random) = (self.clone(), cx.now, cx.random.clone());
        let write = self.inner.db.write(cx, move |tx| {
            if !hold::release_hold(tx, nid, now)? {
                return Err(over());
            }
            this.inner.ledger.record_release(tx, nid, now)?;
            // Nobody is told of the end of what they were not told of.
            if found.delay.is_none() {
                for user in hold::list_concerned(tx, &found.subject)? {
                    this.inner.identity.tell_of_hold(
                        tx,
                        &user,
                        HoldNews::Released,
                        (&random, now),
                    )?;
                }
            }
            Ok(())
        });
        self.inner.audit.act(cx, told(Action::HoldReleased, nid), write).await
    }

    async fn require_hold(&self, cx: &Cx, nid: i64) -> Result<HoldRow> {
        let found = self.inner.db.read(cx, move |tx| hold::find_hold(tx, nid)).await?;
        found.ok_or_else(|| Error::not_found("There is no such hold."))
    }

    /// Removes what ended holds had kept, and tells once a day which ones wait to be looked at.
    pub(crate) async fn look_after_holds(&self, cx: &Cx) -> Result<()> {
        let open = self.inner.db.read(cx, hold::list_open_holds).await?;
        let (active, ended): (Vec<HoldRow>, Vec<HoldRow>) =
            open.into_iter().partition(|hold| hold.is_active(cx.now));
        if !ended.is_empty() {
            self.remove_unheld(cx, &active).await?;
            let now = cx.now;
            let note = move |tx: &mut Tx<'_>| {
                ended.iter().try_for_each(|hold| hold::note_cleaned(tx, hold.nid, now).map(drop))
            };
            self.inner.db.write(cx, note).await?;
        }
        self.tell_reviews(cx, &active).await
    }

    /// Removes held events that none of these holds keeps. Their time was over long ago.
    async fn remove_unheld(&self, cx: &Cx, active: &[HoldRow]) -> Result<()> {
        let mut after = (RoomNid(0), StreamPos::ZERO);
        loop {
            let from = after;
            let read = move |tx: &mut Tx<'_>| held::list_held(tx, from, BATCH);
            let rows = self.inner.db.read(cx, read).await?;
            let Some(last) = rows.last() else { break };
            after = (last.room, last.pos);
            let mut goes: Vec<(RoomNid, StreamPos)> = Vec::new();
            for row in &rows {
                if !is_kept(row, active)? {
                    goes.push((row.room, row.pos));
                }
            }
            let remove = move |tx: &mut Tx<'_>| {
                let mut blobs = Vec::new();
                for (room, pos) in goes {
                    blobs.extend(held::delete_held(tx, room, &[pos])?);
                }
                Ok(blobs)
            };
            let blobs = self.inner.db.write(cx, remove).await?;
            self.remove_blobs(&blobs).await;
        }
        let now = cx.now;
        self.inner.db.write(cx, move |tx| held::delete_unheld_keys(tx, now)).await.map(drop)
    }
}

fn is_kept(row: &HeldRow, active: &[HoldRow]) -> Result<bool> {
    let Written { origin_server_ts } =
        serde_json::from_slice(&row.json).map_err(Error::internal)?;
    let at = Timestamp(origin_server_ts);
    Ok(active.iter().any(|hold| hold.keeps(&row.room_id, &row.sender, at)))
}

fn told(action: Action, nid: i64) -> Event {
    Event::new(action).with_count(u64::try_from(nid).unwrap_or_default())
}

fn over() -> Error {
    Error::conflict(MatrixCode::Unknown, "This hold is over.")
}
