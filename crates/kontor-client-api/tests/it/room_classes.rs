//! Room classes: chosen once, kept by the server for every client. law: R-070…R-078

use kontor_core::{Role, RoomClass};
use kontor_testkit::{Answer, Person, TestServer, Value, for_each_server, json};

async fn create(person: &Person, class: &str) -> Answer {
    create_with(person, class, json!({})).await
}

async fn create_with(person: &Person, class: &str, mut body: Value) -> Answer {
    body["creation_content"] = json!({ "app.kontor.class": class });
    person.post("/_matrix/client/v3/createRoom", body).await
}

async fn state(person: &Person, room: &str, kind: &str) -> Answer {
    person.get(&format!("/_matrix/client/v3/rooms/{room}/state/{kind}")).await
}

async fn set_state(person: &Person, room: &str, kind: &str, content: Value) -> Answer {
    person.put(&format!("/_matrix/client/v3/rooms/{room}/state/{kind}"), content).await
}

async fn invite(person: &Person, room: &str, user: &Person) -> Answer {
    let path = format!("/_matrix/client/v3/rooms/{room}/invite");
    person.post(&path, json!({ "user_id": user.user_id })).await
}

#[tokio::test]
async fn every_room_says_its_class_in_its_create_event() {
    for_each_server(async |server: TestServer| {
        let anna = server.register_as("anna", Role::OrgAdmin).await;
        for class in RoomClass::ALL.into_iter().filter(|class| *class != RoomClass::Supervised) {
            let room = create(&anna, class.as_str()).await.ok().text("room_id").to_owned();
            let found = state(&anna, &room, "m.room.create").await.ok();
            assert_eq!(found.body["app.kontor.class"], class.as_str());
        }
        let room = anna.create_room(json!({ "room_version": "10" })).await;
        let found = state(&anna, &room, "m.room.create").await.ok();
        assert_eq!(found.body["app.kontor.class"], "intern", "clients that know no classes");
    })
    .await;
}

#[tokio::test]
async fn a_class_is_chosen_from_the_list_and_never_changed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    create(&anna, "geheim").await.fails(400, "M_INVALID_PARAM");
    let number = json!({ "creation_content": { "app.kontor.class": 7 } });
    anna.post("/_matrix/client/v3/createRoom", number).await.fails(400, "M_INVALID_PARAM");
    let own = json!({ "creation_content": { "app.kontor.salt": "mine" } });
    anna.post("/_matrix/client/v3/createRoom", own).await.fails(400, "M_INVALID_PARAM");
    let room = create(&anna, "extern").await.ok().text("room_id").to_owned();
    let again = json!({ "app.kontor.class": "intern", "room_version": "12" });
    set_state(&anna, &room, "m.room.create", again).await.fails(403, "M_FORBIDDEN");
    assert_eq!(state(&anna, &room, "m.room.create").await.body["app.kontor.class"], "extern");
}

#[tokio::test]
async fn nobody_from_outside_comes_into_an_internal_room() {
    for_each_server(async |server: TestServer| {
        let anna = server.register("anna").await;
        let guest = server.register_as("gast", Role::Guest).await;
        for class in ["intern", "privat"] {
            let room = create(&anna, class).await.ok().text("room_id").to_owned();
            invite(&anna, &room, &guest).await.fails(403, "M_FORBIDDEN");
            let content = json!({ "membership": "invite" });
            let path = format!("m.room.member/{}", guest.user_id);
            set_state(&anna, &room, &path, content).await.fails(403, "M_FORBIDDEN");
            let with_guest = json!({ "invite": [guest.user_id] });
            create_with(&anna, class, with_guest).await.fails(403, "M_FORBIDDEN");
        }
        let open = json!({ "preset": "public_chat" });
        let room = create_with(&anna, "intern", open).await.ok().text("room_id").to_owned();
        let join = format!("/_matrix/client/v3/rooms/{room}/join");
        guest.post(&join, json!({})).await.fails(403, "M_FORBIDDEN");
        for class in ["extern", "handelsbrief", "vertraulich", "fluechtig"] {
            let room = create(&anna, class).await.ok().text("room_id").to_owned();
            invite(&anna, &room, &guest).await.ok();
            guest.join(&room).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_knows_no_classes_may_start_with_somebody_from_outside() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let guest = server.register_as("gast", Role::Guest).await;
    let direct = json!({ "is_direct": true, "invite": [guest.user_id] });
    let room = anna.create_room(direct).await;
    assert_eq!(state(&anna, &room, "m.room.create").await.body["app.kontor.class"], "extern");
    // And the guest with her.
    let direct = json!({ "is_direct": true, "invite": [anna.user_id] });
    let room = guest.create_room(direct).await;
    assert_eq!(state(&guest, &room, "m.room.create").await.body["app.kontor.class"], "extern");
    create(&guest, "intern").await.fails(403, "M_FORBIDDEN");
    let offered = guest.get("/_kontor/client/v1/room_classes").await.ok();
    let creatable = |class: &str| {
        let classes = offered.body["classes"].as_array().unwrap();
        classes.iter().find(|it| it["class"] == class).unwrap()["creatable"].clone()
    };
    assert_eq!((creatable("intern"), creatable("extern")), (json!(false), json!(true)));
}

#[tokio::test]
async fn closed_rooms_hold_no_words_in_clear() {
    for_each_server(async |server: TestServer| {
        let anna = server.register("anna").await;
        let named = json!({ "name": "Kündigung M." });
        create_with(&anna, "privat", named).await.fails(403, "M_FORBIDDEN");
        let address = json!({ "room_alias_name": "kuendigung" });
        create_with(&anna, "vertraulich", address).await.fails(403, "M_FORBIDDEN");
        for (class, neutral) in [
            ("privat", "Privater Raum"),
            ("vertraulich", "Vertraulicher Raum"),
            ("fluechtig", "Flüchtiger Raum"),
        ] {
            let room = create(&anna, class).await.ok().text("room_id").to_owned();
            assert_eq!(state(&anna, &room, "m.room.name").await.body["name"], neutral);
            for (kind, content) in [
                ("m.room.name", json!({ "name": "Kündigung M." })),
                ("m.room.topic", json!({ "topic": "Kündigung M." })),
                ("m.room.avatar", json!({ "url": "mxc://localhost/a" })),
                ("com.example.note", json!({ "text": "Kündigung M." })),
            ] {
                set_state(&anna, &room, kind, content).await.fails(403, "M_FORBIDDEN");
            }
            let sealed = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkL",
                "session_id": "s", "device_id": "D", "sender_key": "k" });
            set_state(&anna, &room, "app.kontor.name", sealed.clone()).await.ok();
            assert_eq!(state(&anna, &room, "app.kontor.name").await.body, sealed);
            let clear = json!({ "name": "Kündigung M." });
            set_state(&anna, &room, "app.kontor.name", clear).await.fails(403, "M_FORBIDDEN");
            let (_, host) = anna.user_id.split_once(':').unwrap();
            let alias = format!("/_matrix/client/v3/directory/room/%23kuendigung:{host}");
            anna.put(&alias, json!({ "room_id": room })).await.fails(403, "M_FORBIDDEN");
            anna.send_event(&room, "m.room.message", json!({ "msgtype": "m.text", "body": "x" }))
                .await
                .fails(403, "M_FORBIDDEN");
            let like = json!({ "m.relates_to":
                { "rel_type": "m.annotation", "event_id": "$x", "key": "Kündigung" } });
            anna.send_event(&room, "m.reaction", like).await.fails(403, "M_FORBIDDEN");
        }
    })
    .await;
}

#[tokio::test]
async fn closed_rooms_are_not_opened_and_not_listed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for class in ["privat", "vertraulich", "fluechtig", "extern", "handelsbrief"] {
        for body in [json!({ "visibility": "public" }), json!({ "preset": "public_chat" })] {
            create_with(&anna, class, body).await.fails(403, "M_FORBIDDEN");
        }
        let room = create(&anna, class).await.ok().text("room_id").to_owned();
        let list = format!("/_matrix/client/v3/directory/list/room/{room}");
        anna.put(&list, json!({ "visibility": "public" })).await.fails(403, "M_FORBIDDEN");
        let rule = json!({ "join_rule": "public" });
        set_state(&anna, &room, "m.room.join_rules", rule).await.fails(403, "M_FORBIDDEN");
        for visibility in ["shared", "world_readable"] {
            let content = json!({ "history_visibility": visibility });
            set_state(&anna, &room, "m.room.history_visibility", content)
                .await
                .fails(403, "M_FORBIDDEN");
        }
        let found = state(&anna, &room, "m.room.history_visibility").await;
        assert_eq!(found.body["history_visibility"], "joined");
        assert_eq!(state(&anna, &room, "m.room.encryption").await.status, 200);
    }
}

#[tokio::test]
async fn an_upgraded_room_keeps_its_class() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for version in ["11", "12"] {
        let old = json!({ "room_version": version });
        let room = create_with(&anna, "privat", old).await.ok().text("room_id").to_owned();
        let path = format!("/_matrix/client/v3/rooms/{room}/upgrade");
        let new = anna.post(&path, json!({ "new_version": "12" })).await.ok();
        let created = state(&anna, new.text("replacement_room"), "m.room.create").await;
        assert_eq!(created.body["app.kontor.class"], "privat");
    }
}

#[tokio::test]
async fn announcements_are_made_by_those_who_may() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    create(&anna, "bekanntmachung").await.fails(403, "M_FORBIDDEN");
    let council = server.register_as("betriebsrat", Role::Betriebsrat).await;
    let room = create(&council, "bekanntmachung").await.ok().text("room_id").to_owned();
    council.send(&room, "Betriebsversammlung am Montag").await;
    invite(&council, &room, &anna).await.ok();
    anna.join(&room).await;
    let answer = json!({ "msgtype": "m.text", "body": "Danke" });
    anna.send_event(&room, "m.room.message", answer).await.fails(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn what_the_organisation_does_not_allow_is_not_created() {
    let mut server = TestServer::start().await;
    let admin = server.register_admin("chefin").await;
    for (setting, value, class) in [
        ("private_use", json!("forbidden"), "privat"),
        ("supervised_rooms", json!(false), "beaufsichtigt"),
    ] {
        let path = format!("/_kontor/admin/v1/policy/settings/{setting}");
        let body = crate::roles::with_password(&admin, json!({ "value": value, "reason": "Test" }));
        admin.put(&path, body).await.ok();
        create(&admin, class).await.fails(403, "M_FORBIDDEN");
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_joins_knows_the_whole_state_of_a_room_whose_past_is_hidden() {
    for_each_server(async |server: TestServer| {
        let anna = server.register("anna").await;
        let ben = server.register("ben").await;
        for class in ["extern", "vertraulich"] {
            let invite = json!({ "invite": [ben.user_id] });
            let room = create_with(&anna, class, invite).await.ok().text("room_id").to_owned();
            let before = ben.sync("").await["next_batch"].as_str().unwrap().to_owned();
            ben.join(&room).await;
            for since in [&*before, ""] {
                let told = &ben.sync(since).await["rooms"]["join"][&room];
                assert_eq!(missing(told), [""; 0], "{class}, since {since:?}: {told}");
            }
        }
    })
    .await;
}

/// What a room in an answer of `/sync` does not say of what every member has to know.
fn missing(room: &Value) -> Vec<&'static str> {
    let parts = ["state", "timeline"].map(|part| room[part]["events"].as_array());
    let events: Vec<&Value> = parts.into_iter().flatten().flatten().collect();
    let needed = ["m.room.create", "m.room.encryption", "m.room.power_levels"];
    let is_there = |kind: &&str| events.iter().any(|event| event["type"] == *kind);
    needed.into_iter().filter(|kind| !is_there(kind)).collect()
}
