//! Chapter 10: the server dies without warning.

use anyhow::{Result, ensure};
use matrix_sdk::ruma::RoomId;
use reqwest::Method;

use crate::party::Party;
use crate::server::Server;
use crate::walk::Walk;

pub(crate) async fn chapter(
    walk: &Walk,
    server: &mut Server,
    party: &Party,
    room: &RoomId,
) -> Result<()> {
    let Party { phone, laptop, bob, .. } = party;
    let mut sent = Vec::new();
    for number in 0..5 {
        sent.push(phone.say(room, &format!("before the power cut {number}")).await?);
    }
    walk.step("the server is killed in the middle of it all and starts again", async {
        server.kill_and_restart().await
    })
    .await?;
    walk.step("every message that was acknowledged is still there", async {
        for id in &sent {
            let path = format!("client/v3/rooms/{room}/event/{id}");
            bob.http().ok(Method::GET, &path, None).await?;
            bob.until_read(room, id).await?;
        }
        Ok(())
    })
    .await?;
    walk.step("clients go on where they were: a new message reaches everybody", async {
        let id = bob.say(room, "lights are on again").await?;
        for device in [phone, laptop] {
            let event = device.until_read(room, &id).await?;
            ensure!(event["content"]["body"] == "lights are on again", "{event}");
        }
        Ok(())
    })
    .await
}
