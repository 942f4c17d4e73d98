//! Chapter 8: coming and going.

use anyhow::{Context, Result, ensure};
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request as CreateRoom, RoomPreset};
use matrix_sdk::ruma::events::room::join_rules::{
    AllowRule, JoinRule, Restricted, RoomJoinRulesEventContent,
};
use matrix_sdk::ruma::events::room::member::MembershipState;
use matrix_sdk::ruma::events::{EmptyStateKey, InitialStateEvent};
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use matrix_sdk::{Room, RoomState};
use reqwest::Method;
use serde_json::json;

use crate::party::Party;
use crate::walk::Walk;

pub(crate) async fn chapter(walk: &Walk, party: &Party) -> Result<()> {
    let Party { phone, bob, .. } = party;
    let room = walk
        .step("Alice creates a second room with Bob in it", async {
            let mut request = CreateRoom::new();
            request.name = Some("Crow's nest".to_owned());
            request.invite = vec![bob.user()];
            let id = phone.client.create_room(request).await?.room_id().to_owned();
            bob.until_room(&id, RoomState::Invited).await?.join().await?;
            until_member(party, &id, &MembershipState::Join).await?;
            Ok(id)
        })
        .await?;
    kicked_and_banned(walk, party, &room).await?;
    left_and_forgotten(walk, party, &room).await?;
    walk.step("Bob declines an invitation; Alice sees that he did", async {
        phone.room(&room)?.invite_user_by_id(&bob.user()).await?;
        bob.until_room(&room, RoomState::Invited).await?.leave().await?;
        until_member(party, &room, &MembershipState::Leave).await
    })
    .await?;
    walk.step("Bob knocks at a closed room; Alice lets him in", async {
        let id = create_with_rule(party, JoinRule::Knock).await?;
        bob.client.knock(id.clone().into(), Some("open up".to_owned()), vec![]).await?;
        until_member(party, &id, &MembershipState::Knock).await?;
        phone.room(&id)?.invite_user_by_id(&bob.user()).await?;
        bob.until_room(&id, RoomState::Invited).await?.join().await?;
        until_member(party, &id, &MembershipState::Join).await
    })
    .await?;
    walk.step("a room for the members of another: Bob joins only once he is one", async {
        let id = create_with_rule(
            party,
            JoinRule::Restricted(Restricted::new(vec![AllowRule::room_membership(room.clone())])),
        )
        .await?;
        let path = format!("client/v3/join/{id}");
        bob.http().refuses((Method::POST, &path, Some(json!({}))), 403, "M_FORBIDDEN").await?;
        phone.room(&room)?.invite_user_by_id(&bob.user()).await?;
        bob.until_room(&room, RoomState::Invited).await?.join().await?;
        until_member(party, &room, &MembershipState::Join).await?;
        bob.client.join_room_by_id(&id).await?;
        until_member(party, &id, &MembershipState::Join).await
    })
    .await
}

async fn kicked_and_banned(walk: &Walk, party: &Party, room: &RoomId) -> Result<()> {
    let Party { phone, bob, .. } = party;
    walk.step("Alice removes Bob; he sees it and can't write any more", async {
        phone.room(room)?.kick_user(&bob.user(), Some("tidying")).await?;
        bob.until_room(room, RoomState::Left).await?;
        let path = format!("client/v3/rooms/{room}/send/m.room.message/late");
        let body = json!({ "msgtype": "m.text", "body": "late" });
        bob.http().refuses((Method::PUT, &path, Some(body)), 403, "M_FORBIDDEN").await
    })
    .await?;
    walk.step("invited again, Bob joins again", async {
        phone.room(room)?.invite_user_by_id(&bob.user()).await?;
        bob.until_room(room, RoomState::Invited).await?.join().await?;
        until_member(party, room, &MembershipState::Join).await
    })
    .await?;
    walk.step("Alice bans Bob; he can neither join nor be invited", async {
        phone.room(room)?.ban_user(&bob.user(), None).await?;
        bob.until("the ban", async || {
            let state = bob.client.get_room(room).map(|room| room.state());
            Ok(matches!(state, Some(RoomState::Left | RoomState::Banned)).then_some(()))
        })
        .await?;
        let path = format!("client/v3/join/{room}");
        bob.http().refuses((Method::POST, &path, Some(json!({}))), 403, "M_FORBIDDEN").await?;
        let path = format!("client/v3/rooms/{room}/invite");
        let body = json!({ "user_id": bob.user() });
        phone.http().refuses((Method::POST, &path, Some(body)), 403, "M_FORBIDDEN").await
    })
    .await?;
    walk.step("unbanned and invited, Bob joins once more", async {
        phone.room(room)?.unban_user(&bob.user(), None).await?;
        phone.room(room)?.invite_user_by_id(&bob.user()).await?;
        bob.until_room(room, RoomState::Invited).await?.join().await?;
        until_member(party, room, &MembershipState::Join).await
    })
    .await
}

async fn left_and_forgotten(walk: &Walk, party: &Party, room: &RoomId) -> Result<()> {
    let Party { bob, .. } = party;
    walk.step("Bob leaves and forgets the room; it is gone from a new sync", async {
        let left = bob.room(room)?;
        let id = bob.say(room, "goodbye").await?;
        left.leave().await?;
        bob.until_room(room, RoomState::Left).await?;
        until_member(party, room, &MembershipState::Leave).await?;
        let path = format!("client/v3/rooms/{room}/event/{id}");
        bob.http().ok(Method::GET, &path, None).await.context("what he wrote before he left")?;
        left.forget().await?;
        let filter = json!({ "room": { "include_leave": true } }).to_string();
        let path = format!("client/v3/sync?filter={}", crate::messages::encode(&filter));
        let answer = bob.http().ok(Method::GET, &path, None).await?;
        ensure!(answer["rooms"]["leave"].get(room.as_str()).is_none(), "still there");
        Ok(())
    })
    .await
}

async fn create_with_rule(party: &Party, rule: JoinRule) -> Result<OwnedRoomId> {
    let mut request = CreateRoom::new();
    request.preset = Some(RoomPreset::PrivateChat);
    let rule = RoomJoinRulesEventContent::new(rule);
    request.initial_state = vec![InitialStateEvent::new(EmptyStateKey, rule).to_raw_any()];
    let room: Room = party.phone.client.create_room(request).await?;
    Ok(room.room_id().to_owned())
}

/// Waits until Alice's phone sees Bob in this state.
async fn until_member(party: &Party, room: &RoomId, wanted: &MembershipState) -> Result<()> {
    let Party { phone, bob, .. } = party;
    let room = phone.until_room(room, RoomState::Joined).await?;
    phone
        .until(&format!("Bob's membership to be {wanted}"), async || {
            let member = room.get_member(&bob.user()).await?;
            Ok(member.filter(|member| member.membership() == wanted).map(|_| ()))
        })
        .await
}
