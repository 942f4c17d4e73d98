//! People one does not want to hear of, and invitations one does not want at all.

use kontor_testkit::{Person, TestServer, Value, json};

async fn wish(person: &Person, kind: &str, content: Value) {
    let path = format!("/_matrix/client/v3/user/{}/account_data/{kind}", person.user_id);
    person.put(&path, content).await.ok();
}

async fn ignore(person: &Person, others: &[&Person]) {
    let map: serde_json::Map<_, _> =
        others.iter().map(|other| (other.user_id.clone(), json!({}))).collect();
    wish(person, "m.ignored_user_list", json!({ "ignored_users": map })).await;
}

fn bodies(events: &Value) -> Vec<&str> {
    let events = events.as_array().map(Vec::as_slice).unwrap_or_default();
    events.iter().filter_map(|event| event["content"]["body"].as_str()).collect()
}

#[tokio::test]
async fn messages_of_the_ignored_are_not_shown_and_do_not_notify() {
    let mut server = TestServer::start().await;
    let alice = server.register("alice").await;
    let (bob, carol) = (server.register("bob").await, server.register("carol").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    carol.join(&room).await;
    let since = alice.sync("").await["next_batch"].as_str().unwrap().to_owned();
    ignore(&alice, &[&bob, &alice]).await;
    let rude = bob.send(&room, "alice: rude").await;
    carol.send(&room, "kind").await;
    alice.send_event(&room, "m.room.message", json!({ "msgtype": "m.text", "body": "own" })).await;
    carol.send(&room, "kinder").await;
    let name = json!({ "displayname": "Robert" });
    let profile = format!("/_matrix/client/v3/profile/{}/displayname", bob.user_id);
    bob.put(&profile, name).await.ok();

    let answer = alice.sync(&since).await;
    let joined = &answer["rooms"]["join"][&room];
    let events = &joined["timeline"]["events"];
    assert_eq!(bodies(events), ["kind", "own", "kinder"], "{joined}");
    let state = events.as_array().unwrap().iter().find(|event| event["type"] == "m.room.member");
    assert_eq!(state.unwrap()["content"]["displayname"], "Robert", "state is always sent");
    let counts = &joined["unread_notifications"];
    assert_eq!(*counts, json!({ "notification_count": 1, "highlight_count": 0 }));
    let list = alice.get("/_matrix/client/v3/notifications").await.ok();
    let told = list.body["notifications"].as_array().unwrap().clone();
    let told: Vec<_> = told.iter().map(|one| one["event"]["content"]["body"].clone()).collect();
    assert_eq!(told, ["kinder", "kind"]);
    let path = format!("/_matrix/client/v3/rooms/{room}");
    let page = alice.get(&format!("{path}/messages?dir=b")).await.ok();
    assert!(!bodies(&page.body["chunk"]).contains(&"alice: rude"));
    alice.get(&format!("{path}/event/{rude}")).await.fails(404, "M_NOT_FOUND");
    assert_eq!(carol.get(&format!("{path}/event/{rude}")).await.status, 200, "others see it");

    // Nobody is ignored any longer: from now on, everything comes.
    server.restart().await;
    let mut alice = alice;
    alice.base = server.base();
    let page = alice.get(&format!("{path}/messages?dir=b")).await.ok();
    assert!(!bodies(&page.body["chunk"]).contains(&"alice: rude"), "kept over a restart");
    ignore(&alice, &[]).await;
    let page = alice.get(&format!("{path}/messages?dir=b")).await.ok();
    assert!(bodies(&page.body["chunk"]).contains(&"alice: rude"));
}

#[tokio::test]
async fn invitations_of_the_ignored_do_not_arrive() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let (bob, carol) = (server.register("bob").await, server.register("carol").await);
    ignore(&alice, &[&bob]).await;
    let unwanted = bob.create_room(json!({ "invite": [alice.user_id] })).await;
    let wanted = carol.create_room(json!({ "invite": [alice.user_id] })).await;
    let invited = alice.sync("").await["rooms"]["invite"].clone();
    assert!(invited.get(&wanted).is_some() && invited.get(&unwanted).is_none(), "{invited}");
}

#[tokio::test]
async fn a_thread_of_the_ignored_is_listed_without_what_began_it() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let root = bob.send(&room, "rude").await;
    let mut reply = json!({ "msgtype": "m.text", "body": "please" });
    reply["m.relates_to"] = json!({ "rel_type": "m.thread", "event_id": root });
    alice.send_event(&room, "m.room.message", reply).await.ok();
    ignore(&alice, &[&bob]).await;
    let list = alice.get(&format!("/_matrix/client/v1/rooms/{room}/threads")).await.ok();
    let thread = &list.body["chunk"][0];
    assert_eq!((&thread["event_id"], &thread["content"]), (&json!(root), &json!({})));
    let newest = &thread["unsigned"]["m.relations"]["m.thread"]["latest_event"];
    assert_eq!(newest["content"]["body"], "please", "{thread}");
}

#[tokio::test]
async fn whoever_blocks_invitations_gets_none() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = bob.create_room(json!({})).await;
    let earlier = bob.create_room(json!({ "invite": [alice.user_id] })).await;
    let kind = "m.invite_permission_config";
    wish(&alice, kind, json!({ "default_action": "block" })).await;
    let invite = format!("/_matrix/client/v3/rooms/{room}/invite");
    let body = json!({ "user_id": alice.user_id });
    bob.post(&invite, body.clone()).await.fails(403, "M_INVITE_BLOCKED");
    let create = json!({ "invite": [alice.user_id] });
    let answer = bob.post("/_matrix/client/v3/createRoom", create).await;
    answer.fails(403, "M_INVITE_BLOCKED");
    let state = format!("/_matrix/client/v3/rooms/{room}/state/m.room.member/{}", alice.user_id);
    let membership = json!({ "membership": "invite" });
    bob.put(&state, membership).await.fails(403, "M_INVITE_BLOCKED");
    assert_eq!(alice.sync("").await["rooms"].get("invite"), None, "not the earlier one either");
    wish(&alice, kind, json!({ "default_action": "other" })).await;
    assert!(alice.sync("").await["rooms"]["invite"][&earlier].is_object());
    bob.post(&invite, body).await.ok();
}
