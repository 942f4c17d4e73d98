//! Chapter 9: finding rooms and people; what an account keeps for itself.

use anyhow::{Context, Result, ensure};
use matrix_sdk::RoomState;
use matrix_sdk::notification_settings::RoomNotificationMode;
use matrix_sdk::ruma::api::client::room::Visibility;
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request as CreateRoom, RoomPreset};
use matrix_sdk::ruma::{OwnedRoomAliasId, OwnedRoomId};
use reqwest::Method;
use serde_json::json;

use crate::party::Party;
use crate::walk::Walk;

pub(crate) async fn chapter(walk: &Walk, party: &Party) -> Result<()> {
    let room = rooms(walk, party).await?;
    people(walk, party).await?;
    account(walk, party, &room).await
}

async fn rooms(walk: &Walk, party: &Party) -> Result<OwnedRoomId> {
    let Party { phone, bob, .. } = party;
    let alias = OwnedRoomAliasId::try_from("#harbour:localhost")?;
    let room = walk
        .step("Alice publishes a room with an address", async {
            let mut request = CreateRoom::new();
            request.name = Some("Harbour office".to_owned());
            request.preset = Some(RoomPreset::PublicChat);
            request.visibility = Visibility::Public;
            request.room_alias_name = Some("harbour".to_owned());
            let id = phone.client.create_room(request).await?.room_id().to_owned();
            let found = bob.client.resolve_room_alias(&alias).await?;
            ensure!(found.room_id == id, "{}", found.room_id);
            Ok(id)
        })
        .await?;
    walk.step("Bob finds it among the public rooms, and by a search", async {
        let listed = bob.client.public_rooms(Some(20), None, None).await?;
        ensure!(listed.chunk.iter().any(|one| one.room_id == room), "not listed");
        let search = |term: &str| json!({ "filter": { "generic_search_term": term }, "limit": 5 });
        let path = "client/v3/publicRooms";
        let found = bob.http().ok(Method::POST, path, Some(search("harb"))).await?;
        ensure!(found["chunk"][0]["canonical_alias"] == "#harbour:localhost", "{found}");
        let nothing = bob.http().ok(Method::POST, path, Some(search("mountain"))).await?;
        ensure!(nothing["chunk"] == json!([]), "{nothing}");
        Ok(())
    })
    .await?;
    walk.step("Bob joins by the address", async {
        let joined = bob.client.join_room_by_id_or_alias((*alias).into(), &[]).await?;
        ensure!(joined.room_id() == room, "{}", joined.room_id());
        bob.until_room(&room, RoomState::Joined).await?;
        Ok(())
    })
    .await?;
    walk.step("a second address works until it is removed; a taken one is refused", async {
        let second = OwnedRoomAliasId::try_from("#pier:localhost")?;
        phone.client.create_room_alias(&second, &room).await?;
        ensure!(bob.client.resolve_room_alias(&second).await?.room_id == room, "another room");
        let path =
            format!("client/v3/directory/room/{}", crate::messages::encode("#pier:localhost"));
        let body = json!({ "room_id": room });
        let (status, answer) = bob.http().json(Method::PUT, &path, Some(body)).await?;
        ensure!(status == 409, "{status} {answer}");
        phone.client.remove_room_alias(&second).await?;
        bob.http().refuses((Method::GET, &path, None), 404, "M_NOT_FOUND").await
    })
    .await?;
    Ok(room)
}

async fn people(walk: &Walk, party: &Party) -> Result<()> {
    let Party { phone, bob, .. } = party;
    walk.step("Bob finds Alice by a part of her name", async {
        let found = bob.client.search_users("adler", 10).await?;
        let alice = found.results.first().context("nobody")?;
        ensure!(alice.user_id == phone.user(), "{}", alice.user_id);
        ensure!(alice.display_name.as_deref() == Some("Alice Adler"), "{:?}", alice.display_name);
        Ok(())
    })
    .await?;
    walk.step("Alice sees that Bob is online", async {
        let path = format!("client/v3/presence/{}/status", bob.user());
        let body = json!({ "presence": "online", "status_msg": "on the pier" });
        bob.http().ok(Method::PUT, &path, Some(body)).await?;
        phone
            .until_heard("Bob's presence", |heard| {
                heard.event["type"] == "m.presence"
                    && heard.event["sender"] == bob.user().as_str()
                    && heard.event["content"]["status_msg"] == "on the pier"
            })
            .await?;
        Ok(())
    })
    .await?;
    walk.step("Alice ignores Bob, and no longer", async {
        phone.client.account().ignore_user(&bob.user()).await?;
        phone
            .until("the list", async || {
                Ok(phone.client.is_user_ignored(&bob.user()).await.then_some(()))
            })
            .await?;
        phone.client.account().unignore_user(&bob.user()).await?;
        phone
            .until("the empty list", async || {
                Ok((!phone.client.is_user_ignored(&bob.user()).await).then_some(()))
            })
            .await
    })
    .await
}

async fn account(walk: &Walk, party: &Party, room: &OwnedRoomId) -> Result<()> {
    let Party { phone, laptop, .. } = party;
    walk.step("a favourite on the phone is a favourite on the laptop", async {
        phone.room(room)?.set_is_favourite(true, Some(0.25)).await?;
        let known = laptop.until_room(room, RoomState::Joined).await?;
        laptop.until("the tag", async || Ok(known.is_favourite().then_some(()))).await?;
        phone.room(room)?.set_is_favourite(false, None).await?;
        laptop.until("no tag", async || Ok((!known.is_favourite()).then_some(()))).await
    })
    .await?;
    walk.step("account data travels to the laptop, also for a room", async {
        let http = phone.http();
        let user = phone.user();
        let path = format!("client/v3/user/{user}/account_data/walk.colour");
        http.ok(Method::PUT, &path, Some(json!({ "colour": "grey" }))).await?;
        laptop
            .until_heard("the colour", |heard| {
                heard.event["type"] == "walk.colour" && heard.event["content"]["colour"] == "grey"
            })
            .await?;
        let path = format!("client/v3/user/{user}/rooms/{room}/account_data/walk.shape");
        http.ok(Method::PUT, &path, Some(json!({ "shape": "round" }))).await?;
        let seen = laptop.http().ok(Method::GET, &path, None).await?;
        ensure!(seen["shape"] == "round", "{seen}");
        Ok(())
    })
    .await?;
    walk.step("a room is muted by a push rule that the laptop gets too", async {
        let settings = phone.client.notification_settings().await;
        settings.set_room_notification_mode(room, RoomNotificationMode::Mute).await?;
        let settings = laptop.client.notification_settings().await;
        laptop
            .until("the rule", async || {
                let mode = settings.get_user_defined_room_notification_mode(room).await;
                Ok((mode == Some(RoomNotificationMode::Mute)).then_some(()))
            })
            .await
    })
    .await?;
    walk.step("a stored filter comes back as it was", async {
        let path = format!("client/v3/user/{}/filter", phone.user());
        let filter = json!({ "room": { "timeline": { "limit": 3 } } });
        let stored = phone.http().ok(Method::POST, &path, Some(filter)).await?;
        let id = stored["filter_id"].as_str().context("no filter id")?;
        let back = phone.http().ok(Method::GET, &format!("{path}/{id}"), None).await?;
        ensure!(back["room"]["timeline"]["limit"] == 3, "{back}");
        let path = format!("client/v3/sync?filter={id}");
        phone.http().ok(Method::GET, &path, None).await?;
        Ok(())
    })
    .await
}
