//! What one person may see of a room's history (spec: "Room history visibility").

use std::sync::Arc;

use kontor_core::{Cx, Error, Result, RoomNid, StreamPos};
use kontor_db::Tx;
use kontor_protocol::may_see;
use kontor_store::room_state::StateRow;
use kontor_store::{event, room_state};
use ruma::events::room::history_visibility::HistoryVisibility;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedUserId, UserId};
use serde_json::Value;

use crate::{Event, Ignored, Room, Rooms};

/// One person's view into the history of one room.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Membership from a position on, oldest first.
    memberships: Vec<(StreamPos, MembershipState)>,
    /// Visibility setting from a position on, oldest first.
    settings: Vec<(StreamPos, HistoryVisibility)>,
    /// Where the last membership ended, or the newest join if it lasts; `None` if never joined.
    last_join: Option<StreamPos>,
    /// For whoever supervises on occasion: who that is, and the stretches opened; `None` for
    /// everybody else.
    opened: Option<(OwnedUserId, Vec<(StreamPos, StreamPos)>)>,
    /// Whose messages the person does not want to see.
    ignored: Ignored,
}

impl Sight {
    /// Whether the person may see the event.
    #[must_use]
    pub fn sees(&self, event: &Event) -> bool {
        if self.ignores(event) {
            return false;
        }
        self.may_see(event)
    }

    /// Whether the person may see the event, wanted or not.
    pub(crate) fn may_see(&self, event: &Event) -> bool {
        let pos = event.pos();
        if let Some((viewer, stretches)) = &self.opened
            && !event.is_state()
            && event.pdu.sender != *viewer
            && !stretches.iter().any(|(from, to)| (*from..=*to).contains(&pos))
        {
            return false;
        }
        let before = StreamPos(pos.0 - 1);
        // An event that changes membership or visibility is seen under the old or the new.
        self.sees_at(before, pos) || self.sees_at(pos, pos)
    }

    /// Whether it is a message of somebody who is ignored; state is never ignored.
    pub(crate) fn ignores(&self, event: &Event) -> bool {
        !event.is_state() && self.ignored.contains(&event.pdu.sender)
    }

    fn sees_at(&self, at: StreamPos, pos: StreamPos) -> bool {
        let joined_later = self.last_join.is_some_and(|join| join >= pos)
            || self.membership_at(pos) == MembershipState::Join;
        may_see(&self.setting_at(at), &self.membership_at(at), joined_later)
    }

    /// The person's membership just after a position.
    #[must_use]
    pub fn membership_at(&self, pos: StreamPos) -> MembershipState {
        let at = self.memberships.iter().rev().find(|(from, _)| *from <= pos);
        at.map_or(MembershipState::Leave, |(_, membership)| membership.clone())
    }

    /// The present membership.
    #[must_use]
    pub fn membership(&self) -> MembershipState {
        self.membership_at(StreamPos::MAX)
    }

    /// Whether anything at all can be seen: member now or before, world-readable, or invited
    /// where that is enough.
    #[must_use]
    pub fn sees_anything(&self) -> bool {
        let setting = self.setting_at(StreamPos::MAX);
        let invited = self.membership() == MembershipState::Invite;
        self.last_join.is_some()
            || setting == HistoryVisibility::WorldReadable
            || (invited && setting == HistoryVisibility::Invited)
    }

    /// Position behind which the person sees no events: after leaving, the leave event.
    #[must_use]
    pub fn horizon(&self) -> StreamPos {
        let setting = self.setting_at(StreamPos::MAX);
        match (self.memberships.last(), setting) {
            (_, HistoryVisibility::WorldReadable)
            | (Some((_, MembershipState::Join)), _)
            | (Some((_, MembershipState::Invite)), HistoryVisibility::Invited) => StreamPos::MAX,
            (Some((pos, _)), _) => *pos,
            (None, _) => StreamPos::ZERO,
        }
    }

    /// Position up to which the person may know the state of the room: the present for members
    /// and where everybody may read; for former members the end of the last membership; `None`
    /// for people who never were members.
    #[must_use]
    pub fn state_horizon(&self) -> Option<StreamPos> {
        let open = self.setting_at(StreamPos::MAX) == HistoryVisibility::WorldReadable;
        match self.membership() {
            _ if open => Some(StreamPos::MAX),
            MembershipState::Join => Some(StreamPos::MAX),
            _ => self.last_join,
        }
    }

    fn setting_at(&self, pos: StreamPos) -> HistoryVisibility {
        let at = self.settings.iter().rev().find(|(from, _)| *from <= pos);
        at.map_or(HistoryVisibility::Shared, |(_, setting)| setting.clone())
    }
}

impl Rooms {
    /// The view of `user` into the history of `room`. Whoever supervises it on occasion sees what
    /// they have opened; whoever ignores people does not see their messages.
    pub async fn sight(&self, cx: &Cx, room: &Room, user: &UserId) -> Result<Arc<Sight>> {
        let sight = self.member_sight(cx, room, user).await?;
        let stretches = self.opened_for(cx, room, user).await?;
        let ignored = self.ignored_by(cx, user).await?;
        if stretches.is_none() && ignored.is_empty() {
            return Ok(sight);
        }
        let opened = stretches.map(|stretches| (user.to_owned(), stretches));
        Ok(Arc::new(Sight { opened, ignored, ..(*sight).clone() }))
    }

    /// The view that membership and history visibility give; kept until either changes.
    async fn member_sight(&self, cx: &Cx, room: &Room, user: &UserId) -> Result<Arc<Sight>> {
        let state = room.live().state;
        let pos = |kind, key| state.get(kind, key).map_or(StreamPos::ZERO, |event| event.pos());
        let as_of = (pos("m.room.member", user.as_str()), pos("m.room.history_visibility", ""));
        let key = (room.nid, user.to_owned());
        if let Some((known, sight)) = self.sights.get(&key)
            && known == as_of
        {
            return Ok(sight);
        }
        let (nid, user) = (room.nid, user.to_owned());
        let sight = self.db.read(cx, move |tx| load_sight(tx, nid, &user)).await?;
        let sight = Arc::new(sight);
        self.sights.insert(key, (as_of, Arc::clone(&sight)));
        Ok(sight)
    }

    /// The view of the caller, who must be able to see something.
    ///
    /// # Errors
    /// `Forbidden` for people who never were in the room or have forgotten it.
    pub async fn own_sight(&self, cx: &Cx, room: &Room) -> Result<Arc<Sight>> {
        let sight = self.remembered_sight(cx, room).await?;
        match sight.sees_anything() {
            true => Ok(sight),
            false => Err(Error::forbidden("You are not in this room.")),
        }
    }

    /// The view of the caller, be there anything to see or not.
    ///
    /// # Errors
    /// `Forbidden` for people who have forgotten the room, unless everybody may read it.
    pub(crate) async fn remembered_sight(&self, cx: &Cx, room: &Room) -> Result<Arc<Sight>> {
        let user = cx.user()?;
        let sight = self.sight(cx, room, user).await?;
        let open = sight.state_horizon() == Some(StreamPos::MAX);
        let forgotten = async || {
            let rooms = self.rooms_of(cx, user).await?;
            Ok::<_, Error>(rooms.get(&room.room_id).is_some_and(|entry| entry.forgotten))
        };
        match !open && forgotten().await? {
            true => Err(Error::forbidden("You have forgotten this room.")),
            false => Ok(sight),
        }
    }
}

fn load_sight(tx: &mut Tx<'_>, room: RoomNid, user: &UserId) -> Result<Sight> {
    let members = room_state::list_state_history(tx, room, "m.room.member", user.as_str())?;
    let settings = room_state::list_state_history(tx, room, "m.room.history_visibility", "")?;
    let memberships = contents(tx, room, &members, |content| {
        let text = content.get("membership").and_then(Value::as_str).unwrap_or("leave");
        MembershipState::from(text)
    })?;
    let settings = contents(tx, room, &settings, |content| visibility_of(&content.to_string()))?;
    let mut joins =
        memberships.iter().enumerate().filter(|(_, (_, m))| *m == MembershipState::Join);
    // A join lasts until the next change, so what counts is where the last one ended.
    let last_join = joins
        .next_back()
        .map(|(index, (from, _))| memberships.get(index + 1).map_or(*from, |(until, _)| *until));
    Ok(Sight { memberships, settings, last_join, opened: None, ignored: Ignored::default() })
}

fn contents<T>(
    tx: &mut Tx<'_>,
    room: RoomNid,
    rows: &[StateRow],
    read: impl Fn(&Value) -> T,
) -> Result<Vec<(StreamPos, T)>> {
    let positions: Vec<StreamPos> = rows.iter().map(|row| row.from).collect();
    let mut found: Vec<(StreamPos, T)> = event::list_events_at(tx, room, &positions)?
        .into_iter()
        .map(|row| {
            let event: Value = serde_json::from_slice(&row.json).map_err(Error::internal)?;
            Ok((row.pos, read(event.get("content").unwrap_or(&Value::Null))))
        })
        .collect::<Result<_>>()?;
    found.sort_by_key(|(pos, _)| *pos);
    Ok(found)
}

fn visibility_of(content: &str) -> HistoryVisibility {
    let content: Value = serde_json::from_str(content).unwrap_or_default();
    match content.get("history_visibility").and_then(Value::as_str) {
        Some(text) => HistoryVisibility::from(text),
        None => HistoryVisibility::Shared,
    }
}
