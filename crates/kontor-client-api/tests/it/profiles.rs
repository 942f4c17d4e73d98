//! Profiles over HTTP.

use kontor_testkit::{Setup, TestServer, for_each_server, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_is_shown_everywhere() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let room = alice.create_room(json!({ "preset": "private_chat" })).await;
        let profile = format!("/_matrix/client/v3/profile/{}", alice.user_id);
        assert_eq!(alice.get(&profile).await.ok().body, json!({ "displayname": "alice" }));
        let name = format!("{profile}/displayname");
        alice.put(&name, json!({ "displayname": "Alice Ä" })).await.ok();
        assert_eq!(alice.get(&name).await.ok().body, json!({ "displayname": "Alice Ä" }));
        let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.member/{}", alice.user_id);
        assert_eq!(alice.get(&path).await.ok().body["displayname"], "Alice Ä");
        let custom = format!("{profile}/org.example.x");
        alice.put(&custom, json!({ "org.example.x": [1, null] })).await.ok();
        assert_eq!(alice.get(&custom).await.ok().body, json!({ "org.example.x": [1, null] }));
        alice.delete(&custom).await.ok();
        alice.get(&custom).await.fails(404, "M_NOT_FOUND");
        alice.delete(&name).await.ok();
        assert_eq!(alice.get(&profile).await.ok().body, json!({}));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_have_their_error_and_change_nothing() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let own = |field: &str| format!("/_matrix/client/v3/profile/{}/{field}", alice.user_id);
    let foreign = format!("/_matrix/client/v3/profile/{}/displayname", bob.user_id);
    let long = format!("m.{}", "x".repeat(300));
    let table = [
        (foreign, json!({ "displayname": "x" }), 403, "M_FORBIDDEN"),
        (own("displayname"), json!({ "displayname": 1 }), 400, "M_BAD_JSON"),
        (own("displayname"), json!({ "displayname": "x".repeat(257) }), 400, "M_INVALID_PARAM"),
        (own("displayname"), json!({ "displayname": "a\0b" }), 400, "M_INVALID_PARAM"),
        (own("avatar_url"), json!({ "avatar_url": "http://x.example/y" }), 400, "M_INVALID_PARAM"),
        (own("custom"), json!({ "custom": 1 }), 400, "M_INVALID_PARAM"),
        (own(&long), json!({ long.as_str(): 1 }), 400, "M_KEY_TOO_LARGE"),
        (own("m.x"), json!({ "m.x": "x".repeat(66_000) }), 400, "M_PROFILE_TOO_LARGE"),
    ];
    for (path, body, status, errcode) in table {
        alice.put(&path, body).await.fails(status, errcode);
    }
    let profile = format!("/_matrix/client/v3/profile/{}", alice.user_id);
    assert_eq!(alice.get(&profile).await.ok().body, json!({ "displayname": "alice" }));
    alice.get("/_matrix/client/v3/profile/@nobody:one.example").await.fails(404, "M_NOT_FOUND");
    alice.get("/_matrix/client/v3/profile/nonsense").await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_shows_strangers_no_profile() {
    let server = TestServer::with(Setup { flags: Vec::new(), ..Setup::default() }).await;
    let stranger = server.anonymous("one.example");
    let path = "/_matrix/client/v3/profile/@a:one.example";
    stranger.get(path).await.fails(403, "M_FORBIDDEN");
}
