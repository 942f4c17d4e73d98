//! Chapters 2 and 5: cross-signing, and verification by comparing emoji.

use anyhow::{Context, Result, ensure};
use matrix_sdk::RoomState;
use matrix_sdk::encryption::VerificationState;
use matrix_sdk::encryption::verification::{SasVerification, VerificationRequest};

use crate::device::{Device, Heard};
use crate::party::Party;
use crate::walk::Walk;

/// Both people get a signing identity; Alice's laptop becomes one of her trusted devices.
pub(crate) async fn own_devices(walk: &Walk, party: &Party) -> Result<()> {
    let Party { phone, laptop, bob, .. } = party;
    walk.step("Alice uploads her cross-signing keys", bootstrap(phone)).await?;
    walk.step("Bob uploads his cross-signing keys", bootstrap(bob)).await?;

    walk.step("Alice's laptop learns of her identity and her phone's keys", async {
        let keys = laptop.client.encryption();
        laptop
            .until("the identity", async || Ok(keys.get_user_identity(&phone.user()).await?))
            .await?;
        let id = phone.client.device_id().context("no device id")?;
        laptop
            .until("the phone, signed by its owner", async || {
                let device = keys.get_device(&phone.user(), id).await?;
                Ok(device.filter(|device| device.is_cross_signed_by_owner()).map(|_| ()))
            })
            .await?;
        Ok(())
    })
    .await?;

    walk.step("Alice compares emoji on laptop and phone: both devices trust each other", async {
        let identity = laptop.client.encryption().get_user_identity(&phone.user()).await?;
        let request = identity.context("no identity")?.request_verification().await?;
        compare_emoji(laptop, phone, request).await
    })
    .await?;

    walk.step("the laptop receives the private signing keys and is verified", async {
        let keys = laptop.client.encryption();
        laptop
            .until("the private keys", async || {
                let status = keys.cross_signing_status().await.context("no cross-signing")?;
                Ok(status.is_complete().then_some(()))
            })
            .await?;
        laptop
            .until("its own verification", async || {
                let state = keys.verification_state().get();
                Ok((state == VerificationState::Verified).then_some(()))
            })
            .await
    })
    .await
}

/// Alice verifies Bob, in a conversation the SDK opens for it.
pub(crate) async fn people(walk: &Walk, party: &Party) -> Result<()> {
    let Party { phone, laptop, bob, .. } = party;
    let request = walk
        .step("Alice asks Bob to verify, in a direct room made for it", async {
            let identity = phone.client.encryption().request_user_identity(&bob.user()).await?;
            Ok(identity.context("Bob has no identity")?.request_verification().await?)
        })
        .await?;
    let room = request.room_id().context("the request has no room")?.to_owned();
    walk.step("Bob accepts the invitation to the direct room", async {
        bob.until_room(&room, RoomState::Invited).await?.join().await?;
        bob.until_room(&room, RoomState::Joined).await?;
        Ok(())
    })
    .await?;
    walk.step("Alice and Bob compare emoji", compare_emoji(phone, bob, request)).await?;
    walk.step("each person is verified, also for Alice's laptop", async {
        for (device, other) in [(phone, bob), (bob, phone), (laptop, bob)] {
            let keys = device.client.encryption();
            device
                .until("the other's verification", async || {
                    let identity = keys.request_user_identity(&other.user()).await?;
                    Ok(identity.filter(|identity| identity.is_verified()).map(|_| ()))
                })
                .await?;
        }
        Ok(())
    })
    .await?;
    walk.step("the direct room is a direct room on both of Alice's devices", async {
        for device in [phone, laptop] {
            device
                .until("m.direct", async || {
                    let found = device.client.get_dm_room(&bob.user());
                    Ok(found.filter(|found| found.room_id() == room).map(|_| ()))
                })
                .await?;
        }
        Ok(())
    })
    .await
}

/// Uploads cross-signing keys, with the password if the server wants it.
pub(crate) async fn bootstrap(device: &Device) -> Result<()> {
    let keys = device.client.encryption();
    if let Err(error) = keys.bootstrap_cross_signing(None).await {
        let challenge = error.as_uiaa_response().with_context(|| error.to_string())?;
        keys.bootstrap_cross_signing(Some(device.proof(challenge.session.clone()))).await?;
    }
    let status = keys.cross_signing_status().await.context("no cross-signing")?;
    ensure!(status.is_complete(), "{status:?}");
    Ok(())
}

/// Both sides of an emoji comparison that `asker` has requested.
pub(crate) async fn compare_emoji(
    asker: &Device,
    other: &Device,
    request: VerificationRequest,
) -> Result<()> {
    let flow = request.flow_id().to_owned();
    let seen = other
        .until("the verification request", async || {
            let keys = other.client.encryption();
            Ok(keys.get_verification_request(&asker.user(), &flow).await)
        })
        .await?;
    seen.accept().await?;
    asker.until("the request to be ready", async || Ok(request.is_ready().then_some(()))).await?;
    let ours = request.start_sas().await?.context("emoji are not supported")?;
    let theirs = other
        .until("the start of the comparison", async || {
            let keys = other.client.encryption();
            let found = keys.get_verification(&asker.user(), &flow).await;
            Ok(found.and_then(|verification| verification.sas()))
        })
        .await?;
    theirs.accept().await?;
    let shown = (emoji(asker, &ours).await?, emoji(other, &theirs).await?);
    ensure!(shown.0 == shown.1, "different emoji: {shown:?}");
    ours.confirm().await?;
    // The SDK sends its `done` from the sync loop and its code from `confirm`: if the first of
    // these meets the second, they overtake each other and the comparison never ends.
    other
        .until_heard("the other's code", |heard| {
            let Heard { event, .. } = heard;
            let content = &event["content"];
            let flows = [&content["transaction_id"], &content["m.relates_to"]["event_id"]];
            event["type"] == "m.key.verification.mac"
                && event["sender"] == asker.user().as_str()
                && flows.into_iter().any(|id| *id == flow)
        })
        .await?;
    theirs.confirm().await?;
    for (device, side) in [(asker, &ours), (other, &theirs)] {
        device
            .until("the end of the comparison", async || {
                ensure!(!side.is_cancelled(), "cancelled: {:?}", side.cancel_info());
                Ok(side.is_done().then_some(()))
            })
            .await?;
    }
    Ok(())
}

async fn emoji(device: &Device, sas: &SasVerification) -> Result<Vec<&'static str>> {
    device
        .until("the emoji", async || {
            ensure!(!sas.is_cancelled(), "cancelled: {:?}", sas.cancel_info());
            Ok(sas.emoji().map(|emoji| emoji.iter().map(|one| one.symbol).collect()))
        })
        .await
}
