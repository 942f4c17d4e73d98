//! Chapter 7: key backup, and a new device that gets the history back.

use anyhow::{Context, Result, ensure};
use matrix_sdk::RoomState;
use matrix_sdk::encryption::VerificationState;
use matrix_sdk::encryption::recovery::RecoveryState;
use matrix_sdk::ruma::{OwnedEventId, RoomId};
use reqwest::Method;

use crate::accounts::{ALICE, ALICE_PASSWORD};
use crate::device::Device;
use crate::messages::FIRST;
use crate::party::Party;
use crate::walk::Walk;

pub(crate) async fn chapter(walk: &Walk, party: &Party, room: &RoomId) -> Result<()> {
    let Party { phone, .. } = party;
    let recovery_key = walk
        .step("Alice turns on key backup and gets a recovery key", async {
            Ok(phone.client.encryption().recovery().enable().await?)
        })
        .await?;
    walk.step("all her room keys are in the backup", async {
        phone.client.encryption().backups().wait_for_steady_state().await?;
        let version = phone.http().ok(Method::GET, "client/v3/room_keys/version", None).await?;
        ensure!(version["count"].as_u64() > Some(0), "{version}");
        Ok(())
    })
    .await?;
    let first = find_first(phone, room)?;
    let tablet = walk
        .step("a new tablet logs in and can't read the history", async {
            let tablet = Device::log_in(&party.url, "tablet", ALICE, ALICE_PASSWORD).await?;
            let known = tablet.until_room(room, RoomState::Joined).await?;
            let event = known.event(&first, None).await?;
            ensure!(event.encryption_info().is_none(), "it could read at once");
            Ok(tablet)
        })
        .await?;
    walk.step("the recovery key verifies the tablet", async {
        tablet.client.encryption().recovery().recover(&recovery_key).await?;
        tablet
            .until("recovery", async || {
                let done = tablet.client.encryption().recovery().state() == RecoveryState::Enabled;
                let state = tablet.client.encryption().verification_state().get();
                Ok((done && state == VerificationState::Verified).then_some(()))
            })
            .await
    })
    .await?;
    walk.step("the tablet reads the first message with keys from the backup", async {
        tablet.client.encryption().backups().download_room_keys_for_room(room).await?;
        let known = tablet.room(room)?;
        let event = tablet
            .until("the key", async || {
                let event = known.event(&first, None).await?;
                Ok(event.encryption_info().is_some().then_some(event))
            })
            .await?;
        let event: serde_json::Value = event.raw().deserialize_as_unchecked()?;
        ensure!(event["content"]["body"] == FIRST, "{event}");
        Ok(())
    })
    .await?;
    walk.step("the tablet logs out; its token is dead", async {
        let http = tablet.http();
        tablet.client.matrix_auth().logout().await?;
        let whoami = (Method::GET, "client/v3/account/whoami", None);
        http.refuses(whoami, 401, "M_UNKNOWN_TOKEN").await
    })
    .await
}

fn find_first(device: &Device, room: &RoomId) -> Result<OwnedEventId> {
    let heard = device.heard();
    let found = heard
        .iter()
        .find(|heard| heard.room == *room && heard.event["content"]["body"] == FIRST)
        .and_then(|heard| heard.event["event_id"].as_str());
    Ok(OwnedEventId::try_from(found.context("the first message was not heard")?)?)
}
