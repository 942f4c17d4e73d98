//! Two organisations in one process can't see, search or address each other.

use kontor_testkit::{Method, Person, Setup, TestServer, json};

async fn two_organisations(postgres: bool) -> (TestServer, Person, Person) {
    let setup =
        Setup { server_names: vec!["one.example", "two.example"], postgres, ..Setup::default() };
    let server = TestServer::with(setup).await;
    let anna = server.register_at("one.example", "anna").await;
    let bert = server.register_at("two.example", "bert").await;
    (server, anna, bert)
}

#[tokio::test]
async fn they_can_neither_see_nor_search_nor_address_each_other() {
    for postgres in [false, true] {
        let (server, anna, bert) = two_organisations(postgres).await;
        let public = json!({
            "visibility": "public", "preset": "public_chat", "name": "Aushang",
            "room_alias_name": "aushang",
        });
        let room = anna.create_room(public).await;
        let event = anna.send(&room, "nur fuer uns").await;
        let upload = anna
            .send_bytes(Method::POST, "/_matrix/media/v3/upload", b"geheim".to_vec())
            .await
            .ok();
        let media = upload.text("content_uri").trim_start_matches("mxc://").to_owned();

        // Rooms: joined, read, listed, found by address.
        let join = bert.post(&format!("/_matrix/client/v3/join/{room}"), json!({})).await;
        assert_eq!(join.status, 404, "{}", join.body);
        let path = format!("/_matrix/client/v3/rooms/{room}/event/{event}");
        assert_eq!(bert.get(&path).await.status, 404);
        let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b");
        assert_eq!(bert.get(&path).await.status, 403);
        let rooms = bert.get("/_matrix/client/v3/publicRooms").await.ok();
        assert_eq!(rooms.body["chunk"], json!([]));
        let alias = "/_matrix/client/v3/directory/room/%23aushang:one.example";
        assert_eq!(bert.get(alias).await.status, 404);

        // People: searched, shown, invited, written to, their keys.
        let search = json!({ "search_term": "anna" });
        let found = bert.post("/_matrix/client/v3/user_directory/search", search).await.ok();
        assert_eq!(found.body["results"], json!([]));
        let profile = bert.get(&format!("/_matrix/client/v3/profile/{}", anna.user_id)).await;
        assert_eq!(profile.status, 404, "{}", profile.body);
        let own = bert.create_room(json!({})).await;
        let path = format!("/_matrix/client/v3/rooms/{own}/invite");
        let invite = bert.post(&path, json!({ "user_id": anna.user_id })).await;
        assert_eq!(invite.status, 403, "{}", invite.body);
        let query = json!({ "device_keys": { &anna.user_id: [] } });
        let keys = bert.post("/_matrix/client/v3/keys/query", query).await.ok();
        assert!(keys.body["device_keys"].get(&anna.user_id).is_none(), "{}", keys.body);

        // Media.
        let path = format!("/_matrix/client/v1/media/download/{media}");
        anna.get(&path).await.ok();
        assert_eq!(bert.get(&path).await.status, 404);

        // A token of one is nothing to the other.
        let mut confused = anna.clone();
        confused.set_host("two.example");
        let whoami = confused.get("/_matrix/client/v3/account/whoami").await;
        whoami.fails(401, "M_UNKNOWN_TOKEN");
        let mut nowhere = anna.clone();
        nowhere.set_host("three.example");
        assert_eq!(nowhere.get("/_matrix/client/v3/account/whoami").await.status, 404);
        drop(server);
    }
}

#[tokio::test]
async fn the_same_name_is_two_people() {
    let (server, anna, _) = two_organisations(false).await;
    let other = server.register_at("two.example", "anna").await;
    assert_eq!(anna.user_id, "@anna:one.example");
    assert_eq!(other.user_id, "@anna:two.example");
    let rooms = other.sync("").await;
    assert_eq!(rooms["rooms"]["join"].as_object().map_or(0, serde_json::Map::len), 0);
}
