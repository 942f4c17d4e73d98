//! Who comes and goes: invite, join, knock, leave, kick, ban, unban, forget.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_core::{Cx, Error, Kind, MatrixCode, Result};
use kontor_store::membership;
use ruma::api::client::room::create_room::v3::Request as CreateRequest;
use ruma::events::TimelineEventType;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, RoomOrAliasId, UserId};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::append::NewEvent;
use crate::registry::UserRoom;
use crate::send::SetState;
use crate::{Room, Rooms, State};

/// Longest reason for a membership change, in bytes.
const REASON_LIMIT_BYTES: usize = 4096;

/// A change that one member makes to another's membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Remove from the room; the person may come back if the join rules allow.
    Kick,
    /// Remove and keep out.
    Ban,
    /// Lift a ban.
    Unban,
}

/// Whose membership is to change, and why.
#[derive(Clone, Debug)]
pub struct Subject<'s> {
    /// The person.
    pub user: &'s UserId,
    /// Why, for everybody in the room to read.
    pub reason: Option<String>,
}

/// The part of `m.room.join_rules` that decides about restricted joins.
#[derive(Deserialize)]
struct JoinRules {
    join_rule: String,
    #[serde(default)]
    allow: Vec<Value>,
}

impl Rooms {
    /// Invites a person of this organisation.
    ///
    /// # Errors
    /// `M_INVITE_BLOCKED` if the person wants no invitations.
    pub async fn invite(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        user: &UserId,
        reason: Option<String>,
    ) -> Result<()> {
        self.joined_room(cx, room_id).await?;
        self.require_known(cx, user).await?;
        self.require_takes_invitations(cx, user).await?;
        let subject = Subject { user, reason };
        self.change_member(cx, room_id, subject, MembershipState::Invite).await?;
        Ok(())
    }

    /// Joins a room by id or alias. Joining twice changes nothing.
    pub async fn join(
        &self,
        cx: &Cx,
        target: &RoomOrAliasId,
        reason: Option<String>,
    ) -> Result<OwnedRoomId> {
        let room_id = self.resolve(cx, target).await?;
        let user = cx.user()?.to_owned();
        check_reason(reason.as_deref())?;
        self.retry(cx, &room_id, async |room| {
            let state = room.live().state;
            if state.membership(&user) == MembershipState::Join {
                return Ok(());
            }
            let mut content = self.member_object(cx, &user, "join", reason.as_deref()).await?;
            if let Some(via) = self.authorising_member(cx, &room, &state, &user).await? {
                let via = Value::from(via.as_str());
                content.insert("join_authorised_via_users_server".to_owned(), via);
            }
            self.append_member(cx, &room, &user, content).await.map(drop)
        })
        .await
        .map_err(hide_missing_room)?;
        Ok(room_id)
    }

    /// Asks to be let in (spec: "Knocking on rooms").
    pub async fn knock(
        &self,
        cx: &Cx,
        target: &RoomOrAliasId,
        reason: Option<String>,
    ) -> Result<OwnedRoomId> {
        let room_id = self.resolve(cx, target).await?;
        let user = cx.user()?.to_owned();
        let subject = Subject { user: &user, reason };
        self.change_member(cx, &room_id, subject, MembershipState::Knock)
            .await
            .map_err(hide_missing_room)?;
        Ok(room_id)
    }

    /// Leaves a room, or declines an invitation, or withdraws a knock. Leaving twice changes
    /// nothing.
    pub async fn leave(&self, cx: &Cx, room_id: &RoomId, reason: Option<String>) -> Result<()> {
        let user = cx.user()?.to_owned();
        match self.rooms_of(cx, &user).await?.get(room_id).map(|entry| &entry.membership) {
            Some(MembershipState::Leave | MembershipState::Ban) => return Ok(()),
            Some(_) => {}
            None => return Err(Error::forbidden("You are not in this room.")),
        }
        let subject = Subject { user: &user, reason };
        self.change_member(cx, room_id, subject, MembershipState::Leave).await?;
        Ok(())
    }

    /// Kicks, bans or unbans a person.
    pub async fn remove(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        subject: Subject<'_>,
        removal: Removal,
    ) -> Result<()> {
        let room = self.joined_room(cx, room_id).await?;
        let present = room.live().state.membership(subject.user);
        let possible = match removal {
            Removal::Kick => matches!(
                present,
                MembershipState::Join | MembershipState::Invite | MembershipState::Knock
            ),
            Removal::Ban => true,
            Removal::Unban => present == MembershipState::Ban,
        };
        if !possible {
            let text = match removal {
                Removal::Unban => "This person is not banned from the room.",
                Removal::Kick | Removal::Ban => "This person is not in the room.",
            };
            return Err(Error::forbidden(text));
        }
        let next = match removal {
            Removal::Ban => MembershipState::Ban,
            Removal::Kick | Removal::Unban => MembershipState::Leave,
        };
        self.change_member(cx, room_id, subject, next).await?;
        Ok(())
    }

    /// Forgets a room the caller has left: it disappears from the caller's lists for good.
    pub async fn forget(&self, cx: &Cx, room_id: &RoomId) -> Result<()> {
        let user = cx.user()?.to_owned();
        let rooms = self.rooms_of(cx, &user).await?;
        let Some(entry) = rooms.get(room_id) else {
            return Err(Error::not_found("You were never in this room."));
        };
        if !matches!(entry.membership, MembershipState::Leave | MembershipState::Ban) {
            let text = "Leave the room before you forget it.";
            return Err(Error::invalid(MatrixCode::Unknown, text));
        }
        let (nid, wanted) = (entry.nid, user.clone());
        self.db.write(cx, move |tx| membership::forget_membership(tx, &wanted, nid)).await?;
        self.registry.set_membership(&user, room_id, UserRoom { forgotten: true, ..entry.clone() });
        Ok(())
    }

    /// Ids of the rooms the caller has joined.
    pub async fn joined_rooms(&self, cx: &Cx) -> Result<Vec<OwnedRoomId>> {
        let rooms = self.rooms_of(cx, cx.user()?).await?;
        let joined = rooms.iter().filter(|(_, entry)| entry.membership == MembershipState::Join);
        Ok(joined.map(|(room_id, _)| room_id.clone()).collect())
    }

    /// Everybody who is joined together with `user` in at least one room, `user` included.
    pub async fn users_sharing_room(
        &self,
        cx: &Cx,
        user: &UserId,
    ) -> Result<BTreeSet<OwnedUserId>> {
        let mut users = BTreeSet::from([user.to_owned()]);
        for (room_id, entry) in &self.rooms_of(cx, user).await? {
            if entry.membership == MembershipState::Join {
                users.extend(self.room(cx, room_id).await?.live().joined);
            }
        }
        Ok(users)
    }

    /// Whether two people are joined to a common room.
    pub async fn shares_room(&self, cx: &Cx, one: &UserId, other: &UserId) -> Result<bool> {
        let theirs = self.rooms_of(cx, other).await?;
        let joined = |entry: &UserRoom| entry.membership == MembershipState::Join;
        let mine = self.rooms_of(cx, one).await?;
        Ok(mine.iter().any(|(id, entry)| joined(entry) && theirs.get(id).is_some_and(joined)))
    }

    /// The invitation event for a new room.
    pub(crate) async fn invitation(
        &self,
        cx: &Cx,
        inviter: &UserId,
        user: &UserId,
        request: &CreateRequest,
    ) -> Result<NewEvent> {
        self.require_known(cx, user).await?;
        self.require_takes_invitations(cx, user).await?;
        let mut content = self.member_object(cx, user, "invite", None).await?;
        if request.is_direct {
            content.insert("is_direct".to_owned(), Value::from(true));
        }
        let content = to_raw_value(&content).map_err(Error::internal)?;
        let kind = TimelineEventType::RoomMember;
        Ok(NewEvent::state(inviter.to_owned(), kind, user.as_str(), content))
    }

    /// `PUT …/state/m.room.member/{userId}`: the auth rules decide; people must be known here.
    pub(crate) async fn set_member_state(&self, cx: &Cx, set: SetState) -> Result<OwnedEventId> {
        let user = UserId::parse(&*set.state_key)
            .map_err(|_| Error::invalid(MatrixCode::InvalidParam, "stateKey: not a user id."))?;
        let sender = cx.user()?.to_owned();
        // One's own membership may also be a first one.
        if user == sender {
            self.room_for_member(cx, &set.room_id).await?;
        } else {
            self.joined_room(cx, &set.room_id).await?;
        }
        self.require_known(cx, &user).await?;
        self.require_name_of_profile(cx, &user, &set.content).await?;
        if invites(&set.content) {
            self.require_takes_invitations(cx, &user).await?;
        }
        self.retry(cx, &set.room_id, async |room| {
            let kind = TimelineEventType::RoomMember;
            let event = NewEvent::state(sender.clone(), kind, user.as_str(), set.content.clone());
            self.append_one(cx, &room, event).await
        })
        .await
    }

    async fn change_member(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        Subject { user, reason }: Subject<'_>,
        next: MembershipState,
    ) -> Result<OwnedEventId> {
        check_reason(reason.as_deref())?;
        self.retry(cx, room_id, async |room| {
            let content = self.member_object(cx, user, next.as_str(), reason.as_deref()).await?;
            self.append_member(cx, &room, user, content).await
        })
        .await
    }

    /// The caller sets the membership of `user`.
    async fn append_member(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        user: &UserId,
        content: serde_json::Map<String, Value>,
    ) -> Result<OwnedEventId> {
        let content = to_raw_value(&content).map_err(Error::internal)?;
        let kind = TimelineEventType::RoomMember;
        let event = NewEvent::state(cx.user()?.to_owned(), kind, user.as_str(), content);
        self.append_one(cx, room, event).await
    }

    /// The content of a membership event, with the person's name and picture.
    pub(crate) async fn member_content(
        &self,
        cx: &Cx,
        user: &UserId,
        membership: &str,
        reason: Option<&str>,
    ) -> Result<Box<RawValue>> {
        let content = self.member_object(cx, user, membership, reason).await?;
        to_raw_value(&content).map_err(Error::internal)
    }

    async fn member_object(
        &self,
        cx: &Cx,
        user: &UserId,
        membership: &str,
        reason: Option<&str>,
    ) -> Result<serde_json::Map<String, Value>> {
        let mut content = match membership {
            "join" | "invite" | "knock" => self.name_and_picture(cx, user).await?,
            _ => serde_json::Map::new(),
        };
        content.insert("membership".to_owned(), Value::from(membership));
        if let Some(reason) = reason {
            content.insert("reason".to_owned(), Value::from(reason));
        }
        Ok(content)
    }

    /// In a restricted room: the member who vouches for `user` being in an allowed room.
    async fn authorising_member(
        &self,
        cx: &Cx,
        room: &Room,
        state: &State,
        user: &UserId,
    ) -> Result<Option<OwnedUserId>> {
        let Some(rules) = state.content::<JoinRules>("m.room.join_rules", "") else {
            return Ok(None);
        };
        let restricted = matches!(&*rules.join_rule, "restricted" | "knock_restricted");
        if !restricted || state.membership(user) == MembershipState::Invite {
            return Ok(None);
        }
        if !self.is_in_allowed_room(cx, &rules, user).await? {
            return Err(Error::forbidden(
                "You are not in any of the rooms that may join this one.",
            ));
        }
        let levels = self.power_levels(room);
        let vouches = room.live().joined.iter().find(|member| levels.may_invite(member)).cloned();
        vouches.map(Some).ok_or_else(|| {
            let text = "Nobody in this room may let you in.";
            Error::invalid(MatrixCode::UnableToGrantJoin, text)
        })
    }
}

impl Rooms {
    /// Whether `user` is in a room whose members a restricted room lets in.
    pub(crate) async fn is_allowed(&self, cx: &Cx, state: &State, user: &UserId) -> Result<bool> {
        match state.content::<JoinRules>("m.room.join_rules", "") {
            Some(rules) => self.is_in_allowed_room(cx, &rules, user).await,
            None => Ok(false),
        }
    }

    async fn is_in_allowed_room(&self, cx: &Cx, rules: &JoinRules, user: &UserId) -> Result<bool> {
        let mine = self.rooms_of(cx, user).await?;
        Ok(rules.allow.iter().any(|rule| {
            rule.get("type").and_then(Value::as_str) == Some("m.room_membership")
                && rule
                    .get("room_id")
                    .and_then(Value::as_str)
                    .and_then(|id| mine.get(<&RoomId>::try_from(id).ok()?))
                    .is_some_and(|entry| entry.membership == MembershipState::Join)
        }))
    }
}

/// Whether this is the content of an invitation.
fn invites(content: &RawValue) -> bool {
    let content: Value = serde_json::from_str(content.get()).unwrap_or_default();
    content.get("membership").and_then(Value::as_str) == Some("invite")
}

/// A room that does not exist and one the caller may not see look the same.
fn hide_missing_room(error: Error) -> Error {
    match error.kind {
        Kind::NotFound => Error::not_found("There is no such room."),
        _ => error,
    }
}

pub(crate) fn check_reason(reason: Option<&str>) -> Result<()> {
    if reason.is_some_and(|reason| reason.len() > REASON_LIMIT_BYTES) {
        let text = format!("reason: longer than {REASON_LIMIT_BYTES} bytes.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    Ok(())
}
