//! What the server says of itself.

use kontor_testkit::{Setup, TestServer, json};

use crate::holding;

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_told_to_everybody() {
    let server = TestServer::start().await;
    let stranger = server.anonymous("one.example");
    let holder = holding(&stranger, "kt_expired");
    for caller in [stranger, holder] {
        let answer = caller.get("/_matrix/client/versions").await.ok().body;
        let versions = answer["versions"].as_array().cloned().unwrap_or_default();
        assert!(versions.contains(&json!("v1.11")) && versions.contains(&json!("v1.19")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_address_is_the_first_host_of_the_tenant() {
    let server = TestServer::start().await;
    let path = "/.well-known/matrix/client";
    server.anonymous("one.example").get(path).await.fails(404, "M_NOT_FOUND");
    let file = "[[tenant]]\nserver_name = \"two.example\"\nhosts = [\"chat.two.example\"]\n";
    let setup = Setup { file: file.to_owned(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    let answer = server.anonymous("two.example").get(path).await.ok();
    assert_eq!(answer.body, json!({ "m.homeserver": { "base_url": "https://chat.two.example" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn capabilities_name_what_is_not_as_usual() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let answer = alice.get("/_matrix/client/v3/capabilities").await.ok().body;
    let capabilities = &answer["capabilities"];
    assert_eq!(capabilities["m.room_versions"]["default"], "12");
    assert_eq!(capabilities["m.room_versions"]["available"]["10"], "stable");
    assert_eq!(capabilities["m.3pid_changes"]["enabled"], false);
    assert_eq!(capabilities["m.profile_fields"]["enabled"], true);
    let stranger = server.anonymous("one.example");
    stranger.get("/_matrix/client/v3/capabilities").await.fails(401, "M_MISSING_TOKEN");
}
