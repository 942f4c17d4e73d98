//! Upgrading rooms, summaries, and the rooms of a space.

use kontor_testkit::{TestServer, json};

#[tokio::test]
async fn an_upgraded_room_points_to_its_successor() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let body = json!({
        "room_version": "10", "name": "Altbau", "topic": "bald leer",
        "preset": "public_chat", "room_alias_name": "haus",
    });
    let old = alice.create_room(body).await;
    bob.join(&old).await;
    let path = format!("/_matrix/client/v3/rooms/{old}/upgrade");
    bob.post(&path, json!({ "new_version": "12" })).await.fails(403, "M_FORBIDDEN");
    alice.post(&path, json!({ "new_version": "1" })).await.fails(400, "M_UNSUPPORTED_ROOM_VERSION");
    let answer = alice.post(&path, json!({ "new_version": "12" })).await.ok();
    let new = answer.text("replacement_room").to_owned();

    let state = |room: &str, kind: &str| format!("/_matrix/client/v3/rooms/{room}/state/{kind}");
    let tombstone = alice.get(&state(&old, "m.room.tombstone")).await.ok();
    assert_eq!(tombstone.body["replacement_room"], new);
    let create = alice.get(&state(&new, "m.room.create")).await.ok();
    assert_eq!(create.body["predecessor"]["room_id"], old);
    assert_eq!(create.body["room_version"], "12");
    let name = alice.get(&state(&new, "m.room.name")).await.ok();
    assert_eq!(name.body["name"], "Altbau");
    let alias = alice.get("/_matrix/client/v3/directory/room/%23haus:one.example").await.ok();
    assert_eq!(alias.body["room_id"], new);
    let message = json!({ "msgtype": "m.text", "body": "noch da?" });
    bob.send_event(&old, "m.room.message", message).await.fails(403, "M_FORBIDDEN");
    bob.join("#haus:one.example").await;
    bob.send(&new, "hier").await;
}

#[tokio::test]
async fn a_space_shows_the_rooms_one_may_know_of() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let space = alice
        .create_room(json!({
            "name": "Firma", "preset": "public_chat",
            "creation_content": { "type": "m.space" },
        }))
        .await;
    let open = alice.create_room(json!({ "name": "Kantine", "preset": "public_chat" })).await;
    let closed = alice.create_room(json!({ "name": "Vorstand" })).await;
    for (room, order) in [(&closed, "1"), (&open, "2")] {
        let path = format!("/_matrix/client/v3/rooms/{space}/state/m.space.child/{room}");
        alice.put(&path, json!({ "via": ["one.example"], "order": order })).await.ok();
    }
    let path = format!("/_matrix/client/v1/rooms/{space}/hierarchy");
    let names = |answer: kontor_testkit::Answer| -> Vec<String> {
        let rooms = answer.ok().body["rooms"].as_array().unwrap().clone();
        rooms.iter().map(|room| room["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(alice.get(&path).await), ["Firma", "Vorstand", "Kantine"]);
    assert_eq!(names(bob.get(&path).await), ["Firma", "Kantine"]);
    assert_eq!(names(alice.get(&format!("{path}?limit=1")).await), ["Firma"]);
    assert_eq!(names(alice.get(&format!("{path}?max_depth=0")).await), ["Firma"]);
    assert_eq!(names(alice.get(&format!("{path}?suggested_only=true")).await), ["Firma"]);

    let summary = format!("/_matrix/client/v1/room_summary/{open}");
    let shown = bob.get(&summary).await.ok();
    assert_eq!(shown.body["name"], "Kantine");
    assert_eq!(shown.body["num_joined_members"], 1);
    let hidden = format!("/_matrix/client/v1/room_summary/{closed}");
    bob.get(&hidden).await.fails(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn an_upgrade_takes_the_addresses_along() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    for (from, to) in [("10", "11"), ("11", "12")] {
        let name = format!("haus{to}");
        let alias = format!("#{name}:one.example");
        let old = alice.create_room(json!({ "room_version": from, "room_alias_name": name })).await;
        let last = alice.send(&old, "last").await;
        let path = format!("/_matrix/client/v3/rooms/{old}/upgrade");
        let answer = alice.post(&path, json!({ "new_version": to })).await.ok();
        let new = answer.text("replacement_room");
        let state =
            |room: &str, kind: &str| format!("/_matrix/client/v3/rooms/{room}/state/{kind}");
        let canonical = alice.get(&state(new, "m.room.canonical_alias")).await.ok();
        assert_eq!(canonical.body, json!({ "alias": alias }));
        let canonical = alice.get(&state(&old, "m.room.canonical_alias")).await.ok();
        assert_eq!(canonical.body, json!({}), "the old room is found under it no longer");
        let listed = |room: &str| format!("/_matrix/client/v3/rooms/{room}/aliases");
        assert_eq!(alice.get(&listed(&old)).await.ok().body, json!({ "aliases": [] }));
        assert_eq!(alice.get(&listed(new)).await.ok().body, json!({ "aliases": [alias] }));
        let create = alice.get(&state(new, "m.room.create")).await.ok();
        let expected = match to {
            "12" => json!({ "room_id": old }),
            _ => json!({ "room_id": old, "event_id": last }),
        };
        assert_eq!(create.body["predecessor"], expected);
    }
}

#[tokio::test]
async fn the_pages_of_a_space_are_of_one_walk() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let kind = json!({ "type": "m.space" });
    let space = alice.create_room(json!({ "name": "0", "creation_content": kind })).await;
    let inner = alice.create_room(json!({ "name": "1", "creation_content": kind })).await;
    let mut rooms = vec![(space.clone(), inner.clone(), false)];
    for number in 2..6 {
        let room = alice.create_room(json!({ "name": number.to_string() })).await;
        rooms.push((if number < 4 { &inner } else { &space }.clone(), room, number % 2 == 0));
    }
    for (number, (parent, child, suggested)) in rooms.iter().enumerate() {
        let path = format!("/_matrix/client/v3/rooms/{parent}/state/m.space.child/{child}");
        let content = json!({
            "via": ["one.example"], "order": number.to_string(), "suggested": suggested,
        });
        alice.put(&path, content).await.ok();
    }
    let path = format!("/_matrix/client/v1/rooms/{space}/hierarchy");
    let walk = async |parameters: &str| {
        let (mut names, mut from) = (Vec::new(), String::new());
        loop {
            let page = alice.get(&format!("{path}?limit=2&{parameters}{from}")).await.ok().body;
            for room in page["rooms"].as_array().unwrap() {
                names.push(room["name"].as_str().unwrap().to_owned());
            }
            let Some(next) = page["next_batch"].as_str() else { return names };
            from = format!("&from={next}");
        }
    };
    assert_eq!(walk("").await, ["0", "1", "2", "3", "4", "5"]);
    assert_eq!(walk("max_depth=1").await, ["0", "1", "4", "5"]);
    assert_eq!(walk("suggested_only=true").await, ["0", "4"]);
    let first = alice.get(&format!("{path}?limit=2")).await.ok();
    let token = first.text("next_batch");
    for other in ["max_depth=1", "suggested_only=true", "max_depth=x"] {
        let answer = alice.get(&format!("{path}?limit=2&from={token}&{other}")).await;
        answer.fails(400, "M_INVALID_PARAM");
    }
    alice.get(&format!("{path}?from=2")).await.fails(400, "M_INVALID_PARAM");
}
