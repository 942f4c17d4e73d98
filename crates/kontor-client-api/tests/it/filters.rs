//! Filters of `/sync` and `/messages`: what they leave out, and what they must not lose.

use kontor_testkit::{Person, TestServer, Value, json};

/// More events than one search looks at.
const MANY: usize = 2_100;

async fn sync(person: &Person, since: &str, filter: &Value) -> Value {
    let filter = filter.to_string();
    person.sync_with(&[("since", since), ("filter", &filter)]).await
}

async fn set(person: &Person, room: &str, kind: &str, content: Value) -> String {
    let path = format!("/_matrix/client/v3/rooms/{room}/state/{kind}/");
    person.put(&path, content).await.ok().text("event_id").to_owned()
}

fn ids(events: &Value) -> Vec<&str> {
    let events = events.as_array().map(Vec::as_slice).unwrap_or_default();
    events.iter().map(|event| event["event_id"].as_str().unwrap()).collect()
}

fn next(answer: &Value) -> String {
    answer["next_batch"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_fits_a_filter_is_found_however_far_back() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let since = next(&alice.sync("").await);
    let rare = alice.send_event(&room, "example.rare", json!({})).await.ok();
    for _ in 0..MANY {
        alice.send_event(&room, "example.noise", json!({})).await.ok();
    }
    let only_rare = json!({ "types": ["example.rare"] });
    let filter = json!({ "room": { "timeline": only_rare } });
    for since in ["", &since] {
        let answer = sync(&alice, since, &filter).await;
        let timeline = &answer["rooms"]["join"][&room]["timeline"];
        assert_eq!(timeline["limited"], true, "the search has not seen everything: {timeline}");
        let mut from = timeline["prev_batch"].as_str().map(str::to_owned);
        let mut found = Vec::new();
        while let Some(token) = from {
            let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&from={token}");
            let page = alice.get(&format!("{path}&filter={only_rare}")).await.ok().body;
            found.extend(ids(&page["chunk"]).into_iter().map(str::to_owned));
            from = page["end"].as_str().map(str::to_owned);
        }
        assert_eq!(found, [rare.text("event_id")]);
    }
}

#[tokio::test]
async fn a_page_with_an_end_does_not_go_on_behind_it() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let start = next(&alice.sync("").await);
    alice.send(&room, "one").await;
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&to={start}");
    let page = alice.get(&format!("{path}&limit=1")).await.ok().body;
    let from = page["end"].as_str().unwrap_or(&start);
    let rest = alice.get(&format!("{path}&from={from}")).await.ok().body;
    assert_eq!((&rest["chunk"], rest.get("end")), (&json!([]), None));
}

#[tokio::test]
async fn state_that_a_timeline_filter_takes_out_comes_as_state() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let since = next(&alice.sync("").await);
    let before = set(&alice, &room, "m.room.topic", json!({ "topic": "Kaffee" })).await;
    let message = alice.send(&room, "one").await;
    let name = set(&alice, &room, "m.room.name", json!({ "name": "Kantine" })).await;
    let filter = json!({ "room": { "timeline": { "types": ["m.room.message"] } } });
    for after in ["false", "true"] {
        let (filter, name_of_state) =
            (filter.to_string(), if after == "true" { "state_after" } else { "state" });
        let query = [("since", &*since), ("filter", &filter), ("use_state_after", after)];
        let answer = alice.sync_with(&query).await;
        let joined = &answer["rooms"]["join"][&room];
        assert_eq!(ids(&joined["timeline"]["events"]), [&*message]);
        assert_eq!(joined["timeline"].get("limited"), None);
        let mut state = ids(&joined[name_of_state]["events"]);
        state.sort_unstable();
        let mut expected = [&*before, &*name];
        expected.sort_unstable();
        assert_eq!(state, expected, "{joined}");
    }
    // On a first sync, too, and only once.
    let first = sync(&alice, "", &filter).await;
    let state = &first["rooms"]["join"][&room]["state"]["events"];
    let of_kind = |kind: &str| {
        let events = state.as_array().unwrap().iter();
        events.filter(|event| event["type"] == kind).cloned().collect::<Vec<_>>()
    };
    assert_eq!(of_kind("m.room.name").len(), 1);
    assert_eq!(of_kind("m.room.name")[0]["content"]["name"], "Kantine");
    assert_eq!(of_kind("m.room.topic")[0]["content"]["topic"], "Kaffee");
}

#[tokio::test]
async fn every_part_of_an_answer_has_its_filter() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let event = bob.send(&room, "hello").await;
    let rooms = "/_matrix/client/v3/rooms";
    bob.put(&format!("{rooms}/{room}/typing/{}", bob.user_id), json!({ "typing": true }))
        .await
        .ok();
    bob.post(&format!("{rooms}/{room}/receipt/m.read/{event}"), json!({})).await.ok();
    let own = format!("/_matrix/client/v3/user/{}", alice.user_id);
    for kind in ["example.one", "example.two", "other"] {
        alice.put(&format!("{own}/account_data/{kind}"), json!({})).await.ok();
        alice.put(&format!("{own}/rooms/{room}/account_data/{kind}"), json!({})).await.ok();
    }
    bob.sync("").await;
    let kinds = |events: &Value| {
        let events = events.as_array().cloned().unwrap_or_default();
        let mut kinds: Vec<_> =
            events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    let few = json!({ "types": ["example.*", "m.typing", "m.presence"], "not_types": ["*.two"] });
    let filter = json!({
        "presence": { "types": ["m.presence"], "not_senders": [alice.user_id] },
        "account_data": few,
        "room": {
            "account_data": few, "ephemeral": few,
            "timeline": { "senders": [bob.user_id], "types": ["m.room.mess*"] },
            "state": { "not_types": ["m.room.*"] },
        },
    });
    let answer = sync(&alice, "", &filter).await;
    let joined = &answer["rooms"]["join"][&room];
    assert_eq!(kinds(&answer["account_data"]["events"]), ["example.one"]);
    assert_eq!(kinds(&joined["account_data"]["events"]), ["example.one"]);
    assert_eq!(kinds(&joined["ephemeral"]["events"]), ["m.typing"]);
    assert_eq!(kinds(&joined["timeline"]["events"]), ["m.room.message"]);
    assert_eq!(kinds(&joined["state"]["events"]), Vec::<String>::new());
    let present = answer["presence"]["events"].as_array().unwrap();
    assert!(!present.is_empty() && present.iter().all(|event| event["sender"] == bob.user_id));

    // Rooms may be named in each part; what has no sender is on no list of senders.
    for part in [json!({ "not_rooms": [room] }), json!({ "rooms": [] }), json!({ "senders": [] })] {
        let filter = json!({ "room": { "account_data": part, "ephemeral": part } });
        let joined = &sync(&alice, "", &filter).await["rooms"]["join"][&room];
        assert_eq!(joined.get("account_data"), None, "{part}");
        assert_eq!(joined.get("ephemeral"), None, "{part}");
    }
    let nobody = json!({ "presence": { "senders": [] }, "account_data": { "senders": [] } });
    let answer = sync(&alice, "", &nobody).await;
    assert_eq!((answer.get("presence"), answer.get("account_data")), (None, None));
}

#[tokio::test]
async fn events_have_the_fields_and_the_format_that_are_asked_for() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let sent = alice.send(&room, "hello").await;
    let fields = json!({ "event_fields": ["type", "content.body"] });
    let answer = sync(&alice, "", &fields).await;
    let timeline = answer["rooms"]["join"][&room]["timeline"]["events"].as_array().unwrap();
    let last = timeline.last().unwrap();
    assert_eq!(*last, json!({ "type": "m.room.message", "content": { "body": "hello" } }));

    let answer = sync(&alice, "", &json!({ "event_format": "federation" })).await;
    let timeline = answer["rooms"]["join"][&room]["timeline"]["events"].as_array().unwrap();
    let last = timeline.last().unwrap();
    for field in ["hashes", "signatures", "prev_events", "auth_events", "depth", "unsigned"] {
        assert!(!last[field].is_null(), "{field}: {last}");
    }
    assert_eq!(last["event_id"], sent);
}

#[tokio::test]
async fn a_filter_of_the_wrong_shape_is_refused_by_name() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let store = format!("/_matrix/client/v3/user/{}/filter", alice.user_id);
    let table = [
        (json!({ "room": { "timeline": { "limit": "ten" } } }), "room.timeline.limit"),
        (json!({ "room": { "state": { "types": [7] } } }), "room.state.types[0]"),
        (json!({ "room": { "rooms": ["nowhere"] } }), "room.rooms"),
        (json!({ "presence": { "senders": ["nobody"] } }), "presence.senders"),
        (json!({ "event_fields": "content" }), "event_fields"),
        (json!({ "account_data": [] }), "account_data"),
        (json!({ "event_format": "yaml" }), "event_format"),
    ];
    for (filter, field) in table {
        for answer in [
            alice.post(&store, filter.clone()).await,
            alice.get(&format!("/_matrix/client/v3/sync?filter={filter}")).await,
        ] {
            assert_eq!(answer.status, 400, "{}", answer.body);
            assert!(answer.text("error").contains(field), "{field}: {}", answer.body);
            let code = answer.text("errcode");
            assert!(["M_BAD_JSON", "M_INVALID_PARAM"].contains(&code), "{}", answer.body);
        }
    }
    for (filter, code) in [("{\"room\":", "M_NOT_JSON"), ("7", "M_INVALID_PARAM")] {
        let answer = alice.get(&format!("/_matrix/client/v3/sync?filter={filter}")).await;
        answer.fails(400, code);
    }
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&filter=");
    alice.get(&format!("{path}{{\"limit\":\"ten\"}}")).await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn with_lazy_loading_a_nameless_room_still_says_who_is_in_it() {
    let server = TestServer::start().await;
    let mut people = Vec::new();
    for name in ["zoe", "yann", "xaver", "willi", "vera", "uwe", "alice"] {
        people.push(server.register(name).await);
    }
    let alice = people.pop().unwrap();
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    for person in &people {
        person.join(&room).await;
    }
    alice.send(&room, "hello").await;
    let names: Vec<&str> = people.iter().map(|person| &*person.user_id).collect();
    let filter = json!({ "room": {
        "state": { "lazy_load_members": true }, "timeline": { "limit": 1 },
    }});
    for content in [None, Some(json!({ "name": "" })), Some(json!({}))] {
        if let Some(content) = content {
            set(&alice, &room, "m.room.name", content).await;
        }
        let answer = sync(&alice, "", &filter).await;
        let joined = &answer["rooms"]["join"][&room];
        assert_eq!(joined["summary"]["m.heroes"], json!(names[..5]), "in the order they came");
        let members: Vec<&str> = joined["state"]["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["type"] == "m.room.member")
            .map(|event| event["state_key"].as_str().unwrap())
            .collect();
        for name in names[..5].iter().chain([&&*alice.user_id]) {
            assert_eq!(members.iter().filter(|member| member == &name).count(), 1, "{members:?}");
        }
        assert!(!members.contains(&names[5]), "only who is needed: {members:?}");
    }
    let since = next(&sync(&alice, "", &filter).await);
    set(&alice, &room, "m.room.name", json!({ "name": "Kantine" })).await;
    let answer = sync(&alice, &since, &filter).await;
    let joined = &answer["rooms"]["join"][&room];
    assert_eq!(joined["summary"].get("m.heroes"), None, "{joined}");
    let since = next(&answer);
    set(&alice, &room, "m.room.name", json!({ "name": "" })).await;
    let joined = &sync(&alice, &since, &filter).await["rooms"]["join"][&room];
    assert_eq!(joined["summary"]["m.heroes"], json!(names[..5]), "{joined}");
}
