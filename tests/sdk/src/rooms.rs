//! Chapter 3: an encrypted room with two people.

use anyhow::{Context, Result, ensure};
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request as CreateRoom, RoomPreset};
use matrix_sdk::ruma::events::room::encryption::RoomEncryptionEventContent;
use matrix_sdk::ruma::events::{EmptyStateKey, InitialStateEvent};
use matrix_sdk::ruma::{Int, OwnedRoomId};
use matrix_sdk::{RoomMemberships, RoomState};
use reqwest::Method;
use serde_json::json;

use crate::party::Party;
use crate::walk::Walk;

pub(crate) async fn chapter(walk: &Walk, party: &Party) -> Result<OwnedRoomId> {
    let Party { phone, laptop, bob, .. } = party;
    let id = walk
        .step("Alice creates an encrypted room with name and topic", async {
            let mut request = CreateRoom::new();
            request.name = Some("Projekt Nordlicht".to_owned());
            request.topic = Some("Who does what until Friday".to_owned());
            request.preset = Some(RoomPreset::PrivateChat);
            let encryption = RoomEncryptionEventContent::with_recommended_defaults();
            request.initial_state =
                vec![InitialStateEvent::new(EmptyStateKey, encryption).to_raw_any()];
            let room = phone.client.create_room(request).await?;
            Ok(room.room_id().to_owned())
        })
        .await?;

    walk.step("both of Alice's devices see the room, its name, topic and encryption", async {
        for device in [phone, laptop] {
            let room = device.until_room(&id, RoomState::Joined).await?;
            device
                .until("name and topic", async || {
                    let named = room.name().as_deref() == Some("Projekt Nordlicht");
                    let topic = room.topic().as_deref() == Some("Who does what until Friday");
                    Ok((named && topic).then_some(()))
                })
                .await?;
            ensure!(room.latest_encryption_state().await?.is_encrypted(), "not encrypted");
        }
        Ok(())
    })
    .await?;

    walk.step("Alice invites Bob; the invitation tells him the room's name", async {
        phone.room(&id)?.invite_user_by_id(&bob.user()).await?;
        let room = bob.until_room(&id, RoomState::Invited).await?;
        ensure!(room.name().as_deref() == Some("Projekt Nordlicht"), "{:?}", room.name());
        let invite = room.invite_details().await?;
        ensure!(invite.inviter_id == phone.user(), "invited by {}", invite.inviter_id);
        Ok(())
    })
    .await?;

    walk.step("before he joins, Bob can't read or write in the room", async {
        let path = format!("client/v3/rooms/{id}/messages?dir=b");
        bob.http().refuses((Method::GET, &path, None), 403, "M_FORBIDDEN").await?;
        let path = format!("client/v3/rooms/{id}/send/m.room.message/early");
        let body = json!({ "msgtype": "m.text", "body": "too early" });
        bob.http().refuses((Method::PUT, &path, Some(body)), 403, "M_FORBIDDEN").await
    })
    .await?;

    walk.step("Bob joins; everybody sees two members with their names", async {
        bob.room(&id)?.join().await?;
        for device in [phone, laptop, bob] {
            let room = device.until_room(&id, RoomState::Joined).await?;
            device
                .until("two members", async || {
                    let members = room.members(RoomMemberships::JOIN).await?;
                    Ok((members.len() == 2).then_some(()))
                })
                .await?;
            let members = room.members(RoomMemberships::JOIN).await?;
            let mut names: Vec<_> = members.iter().filter_map(|m| m.display_name()).collect();
            names.sort_unstable();
            ensure!(names == ["Alice Adler", "Bob Brandt"], "{}: {names:?}", device.name);
        }
        Ok(())
    })
    .await?;

    walk.step("Bob's devices list for the room contains Alice's phone and laptop", async {
        let keys = bob.client.encryption();
        bob.until("Alice's devices", async || {
            let devices = keys.get_user_devices(&phone.user()).await?;
            let known = [phone, laptop].iter().all(|device| {
                device.client.device_id().is_some_and(|id| devices.get(id).is_some())
            });
            Ok(known.then_some(()))
        })
        .await
    })
    .await?;

    walk.step("Alice renames the room and writes a new topic", async {
        let room = phone.room(&id)?;
        room.set_name("Nordlicht".to_owned()).await?;
        room.set_room_topic("Done by Thursday").await?;
        let room = bob.room(&id)?;
        bob.until("the new name and topic", async || {
            let seen = (room.name(), room.topic());
            Ok((seen == (Some("Nordlicht".to_owned()), Some("Done by Thursday".to_owned())))
                .then_some(()))
        })
        .await
    })
    .await?;

    walk.step("Bob may not rename the room until Alice gives him the power", async {
        let room = bob.room(&id)?;
        let refused = room.set_name("Bob's room".to_owned()).await.err().context("allowed")?;
        ensure!(refused.to_string().contains("M_FORBIDDEN"), "{refused}");
        let bob_id = bob.user();
        phone.room(&id)?.update_power_levels(vec![(&*bob_id, 50.into())]).await?;
        bob.until("the power", async || {
            let levels = room.power_levels().await?;
            Ok((levels.for_user(&bob_id) == Int::from(50)).then_some(()))
        })
        .await?;
        room.set_name("Nordlicht 2".to_owned()).await?;
        Ok(())
    })
    .await?;
    Ok(id)
}
