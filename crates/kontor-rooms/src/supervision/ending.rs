//! Supervision is prolonged, or ends: then whoever supervised leaves, and the room sees it.

use std::sync::Arc;

use kontor_audit::Action;
use kontor_core::{Cx, Error, Permission, Result, RoomClass, RoomNid};
use kontor_store::room;
use ruma::events::TimelineEventType;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedRoomId, RoomId, UserId};
use serde_json::Value;
use serde_json::value::to_raw_value;

use super::acknowledgement::not_supervised;
use super::{STATE, terms_of};
use crate::append::NewEvent;
use crate::{Room, Rooms, Terms};

/// Rooms looked at in one step.
const STEP: u16 = 100;

impl Rooms {
    /// Puts new terms in the place of the old; everybody acknowledges them anew. For those who may
    /// start a supervision and administer the room.
    ///
    /// # Errors
    /// As when the room was created; `NotFound` if it is not supervised.
    pub async fn prolong_supervision(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        wanted: Value,
    ) -> Result<Terms> {
        cx.require(Permission::StartSupervision)?;
        let room = self.joined_room(cx, room_id).await?;
        let old = terms_of(&room).ok_or_else(not_supervised)?;
        let terms = Terms::parse(cx, &wanted, old.version + 1)?;
        for supervisor in &terms.supervisors {
            self.require_supervisor(cx, supervisor).await?;
        }
        let audited = kontor_audit::Event::new(Action::SupervisionChanged).because(&terms.purpose);
        let written = self.set_terms(cx, &room, cx.user()?, &terms);
        self.audit.act(cx, audited, written).await?;
        for gone in old.supervisors.iter().filter(|old| !terms.names(old)) {
            self.take_away(cx, &room, gone).await?;
        }
        for new in &terms.supervisors {
            if room.live().state.membership(new) == MembershipState::Leave {
                self.invite(cx, room_id, new, None).await?;
            }
        }
        Ok(terms)
    }

    /// Ends the supervision now. Those who supervise may, and those who administer the room.
    ///
    /// # Errors
    /// `NotFound` if the room is not supervised; `Forbidden` for everybody else.
    pub async fn end_supervision(&self, cx: &Cx, room_id: &RoomId) -> Result<()> {
        let room = self.joined_room(cx, room_id).await?;
        let terms = terms_of(&room).ok_or_else(not_supervised)?;
        let user = cx.user()?;
        let may = terms.names(user) || self.power_levels(&room).may_set_state(user, STATE);
        if !may {
            return Err(Error::forbidden("You may not end the supervision of this room."));
        }
        let ended = Terms { until_ms: cx.now.0, version: terms.version + 1, ..terms.clone() };
        let sender = self.somebody_who_may_set(&room, user)?;
        let audited = kontor_audit::Event::new(Action::SupervisionEnded).because(&terms.purpose);
        self.audit.act(cx, audited, self.set_terms(cx, &room, &sender, &ended)).await?;
        self.dismiss(cx, &room, &ended).await
    }

    /// Whoever still is in a room whose supervision is over leaves it. To be called every few
    /// minutes; what it has not done yet has no effect any more, because nobody is shown anything
    /// after the end.
    pub async fn end_due_supervisions(&self, cx: &Cx) -> Result<()> {
        let mut after = RoomNid(0);
        loop {
            let list = move |tx: &mut kontor_db::Tx<'_>| {
                room::list_rooms_of_class(tx, RoomClass::Supervised, after, STEP)
            };
            let rows = self.db.read(cx, list).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.nid;
            for row in rows {
                let room_id = OwnedRoomId::try_from(row.room_id).map_err(Error::internal)?;
                let room = self.room(cx, &room_id).await?;
                if let Some(terms) = terms_of(&room).filter(|terms| !terms.lasts(cx.now)) {
                    self.dismiss(cx, &room, &terms).await?;
                }
            }
        }
    }

    async fn dismiss(&self, cx: &Cx, room: &Arc<Room>, terms: &Terms) -> Result<()> {
        for supervisor in &terms.supervisors {
            self.take_away(cx, room, supervisor).await?;
        }
        Ok(())
    }

    /// A person leaves, as everybody may at any time.
    async fn take_away(&self, cx: &Cx, room: &Arc<Room>, user: &UserId) -> Result<()> {
        self.retry(cx, &room.room_id, async |room| {
            let present = room.live().state.membership(user);
            if !matches!(present, MembershipState::Join | MembershipState::Invite) {
                return Ok(());
            }
            let content = self.member_content(cx, user, "leave", Some("Aufsicht beendet")).await?;
            let kind = TimelineEventType::RoomMember;
            let event = NewEvent::state(user.to_owned(), kind, user.as_str(), content);
            self.append_one(cx, &room, event).await.map(drop)
        })
        .await
    }

    /// The person, or somebody in the room with the power for it: those who supervise may end it
    /// even where they administer nothing.
    fn somebody_who_may_set(&self, room: &Room, user: &UserId) -> Result<ruma::OwnedUserId> {
        let levels = self.power_levels(room);
        if levels.may_set_state(user, STATE) {
            return Ok(user.to_owned());
        }
        let live = room.live();
        let other = live.joined.iter().find(|member| levels.may_set_state(member, STATE));
        other.cloned().ok_or_else(|| Error::forbidden("Nobody in this room may end it."))
    }

    async fn set_terms(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        sender: &UserId,
        terms: &Terms,
    ) -> Result<()> {
        let content = to_raw_value(terms).map_err(Error::internal)?;
        self.retry(cx, &room.room_id, async |room| {
            let event = NewEvent::state(sender.to_owned(), STATE.into(), "", content.clone());
            self.append_one(cx, &room, event).await.map(drop)
        })
        .await
    }
}

impl Rooms {
    /// Only people of the organisation supervise.
    ///
    /// # Errors
    /// `Forbidden` for people from outside, `NotFound` for unknown ones.
    pub(crate) async fn require_supervisor(&self, cx: &Cx, user: &UserId) -> Result<()> {
        self.require_known(cx, user).await?;
        match self.is_outsider(cx, user).await? {
            true => Err(Error::forbidden("Only people of the organisation supervise.")),
            false => Ok(()),
        }
    }
}
