//! Chapter 11: the laptop is lost.

use anyhow::{Context, Result, ensure};
use matrix_sdk::ruma::RoomId;
use reqwest::Method;
use serde_json::json;

use crate::party::Party;
use crate::walk::Walk;

pub(crate) async fn chapter(walk: &Walk, party: &mut Party, room: &RoomId) -> Result<()> {
    let Party { phone, laptop, bob, .. } = party;
    let lost = laptop.client.device_id().context("no device id")?.to_owned();
    let laptop_http = laptop.http();

    walk.step("Alice sees her two devices, with names; she renames the laptop", async {
        phone.client.rename_device(&lost, "laptop (lost?)").await?;
        let devices = phone.client.devices().await?.devices;
        ensure!(devices.len() == 2, "{} devices", devices.len());
        let laptop = devices.iter().find(|device| device.device_id == lost).context("no laptop")?;
        ensure!(laptop.display_name.as_deref() == Some("laptop (lost?)"), "{laptop:?}");
        Ok(())
    })
    .await?;
    walk.step("a device can't be removed without the password", async {
        let error = phone.client.delete_devices(std::slice::from_ref(&lost), None).await.err();
        let error = error.context("removed without proof")?;
        ensure!(error.as_uiaa_response().is_some(), "{error}");
        let wrong = json!({ "devices": [lost], "auth": {
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": phone.user() },
            "password": "not hers",
            "session": error.as_uiaa_response().and_then(|challenge| challenge.session.clone()),
        }});
        let path = "client/v3/delete_devices";
        let (status, answer) = phone.http().json(Method::POST, path, Some(wrong)).await?;
        ensure!(status == 401, "{status} {answer}");
        ensure!(phone.client.devices().await?.devices.len() == 2, "it is gone");
        Ok(())
    })
    .await?;
    walk.step("with the password she logs the lost laptop out", async {
        let error = phone.client.delete_devices(std::slice::from_ref(&lost), None).await.err();
        let challenge = error.context("removed without proof")?;
        let session = challenge.as_uiaa_response().context("no stages")?.session.clone();
        phone
            .client
            .delete_devices(std::slice::from_ref(&lost), Some(phone.proof(session)))
            .await?;
        ensure!(phone.client.devices().await?.devices.len() == 1, "still there");
        Ok(())
    })
    .await?;
    walk.step("the laptop's token is dead; its waiting sync ended", async {
        let whoami = (Method::GET, "client/v3/account/whoami", None);
        laptop_http.refuses(whoami, 401, "M_UNKNOWN_TOKEN").await?;
        laptop.sync_end().await
    })
    .await?;
    walk.step("Bob sees that the device is gone", async {
        let keys = bob.client.encryption();
        let alice = phone.user();
        bob.until("the device to go", async || {
            Ok(keys.get_device(&alice, &lost).await?.is_none().then_some(()))
        })
        .await?;
        let body = json!({ "device_keys": { alice.as_str(): [] } });
        let answer = bob.http().ok(Method::POST, "client/v3/keys/query", Some(body)).await?;
        let known = answer["device_keys"][alice.as_str()].as_object().map(serde_json::Map::len);
        ensure!(known == Some(1), "{answer}");
        Ok(())
    })
    .await?;
    walk.step("messages go on, encrypted for the devices that are left", async {
        let id = bob.say(room, "Without the laptop").await?;
        let event = phone.until_read(room, &id).await?;
        ensure!(event["content"]["body"] == "Without the laptop", "{event}");
        let id = phone.say(room, "Nothing lost but metal").await?;
        bob.until_read(room, &id).await?;
        Ok(())
    })
    .await?;
    walk.step("logging out everywhere ends every session of Alice, and none of Bob's", async {
        let http = phone.http();
        http.ok(Method::POST, "client/v3/logout/all", Some(json!({}))).await?;
        let whoami = (Method::GET, "client/v3/account/whoami", None);
        http.refuses(whoami, 401, "M_UNKNOWN_TOKEN").await?;
        bob.client.whoami().await?;
        Ok(())
    })
    .await
}
