//! Words that a parameter does not know, `null` for what is optional, and bodies left out.

use kontor_testkit::{Answer, Method, TestServer, json};

/// The answer is a refusal that names the parameter.
fn names(answer: &Answer, parameter: &str) {
    answer.fails(400, "M_INVALID_PARAM");
    let text = answer.text("error");
    assert!(text.starts_with(&format!("{parameter}:")), "{parameter}: {text}");
}

#[tokio::test]
async fn an_unknown_word_is_refused_by_the_name_of_its_parameter() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let event = alice.send(&room, "hello").await;
    let v1 = format!("/_matrix/client/v1/rooms/{room}");
    let v3 = format!("/_matrix/client/v3/rooms/{room}");
    for (path, parameter) in [
        (format!("{v3}/messages?dir=x"), "dir"),
        (format!("{v3}/messages?limit=10&dir=b&from=t1&to=t1&limit=x"), "limit"),
        (format!("{v1}/relations/{event}?dir=up"), "dir"),
        (format!("{v1}/timestamp_to_event?ts=1&dir=x"), "dir"),
        (format!("{v1}/threads?include=none"), "include"),
        (format!("{v3}/members?membership=here"), "membership"),
        (format!("{v3}/members?not_membership=here"), "not_membership"),
        (format!("{v3}/state/m.room.create/?format=yaml"), "format"),
        ("/_matrix/client/v3/sync?set_presence=asleep".to_owned(), "set_presence"),
        ("/_matrix/client/v3/sync?timeout=soon".to_owned(), "timeout"),
    ] {
        names(&alice.get(&path).await, parameter);
    }
    let create = "/_matrix/client/v3/createRoom";
    names(&alice.post(create, json!({ "preset": "open" })).await, "preset");
    names(&alice.post(create, json!({ "visibility": "open" })).await, "visibility");
    let setting = json!({
        "type": "m.room.history_visibility", "content": { "history_visibility": "everybody" },
    });
    let body = json!({ "initial_state": [setting] });
    names(&alice.post(create, body).await, "history_visibility");
    let put = async |path: String, body| alice.put(&path, body).await;
    let path = format!("{v3}/state/m.room.history_visibility/");
    names(&put(path, json!({ "history_visibility": "everybody" })).await, "history_visibility");
    let path = format!("/_matrix/client/v3/presence/{}/status", alice.user_id);
    names(&put(path, json!({ "presence": "asleep" })).await, "presence");
    let path = format!("/_matrix/client/v3/directory/list/room/{room}");
    names(&put(path, json!({ "visibility": "open" })).await, "visibility");
    let path = format!("{v3}/receipt/m.seen/{event}");
    names(&alice.post(&path, json!({})).await, "receiptType");
}

#[tokio::test]
async fn members_are_those_of_one_membership_or_not_of_another() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let carol = server.register("carol").await;
    let room = alice.create_room(json!({ "invite": [bob.user_id], "preset": "public_chat" })).await;
    carol.join(&room).await;
    carol.post(&format!("/_matrix/client/v3/rooms/{room}/leave"), json!({})).await.ok();
    for (query, expected) in [
        ("", vec![&alice, &bob, &carol]),
        ("?membership=join", vec![&alice]),
        ("?not_membership=leave", vec![&alice, &bob]),
        ("?membership=leave&not_membership=invite", vec![&alice, &carol]),
    ] {
        let path = format!("/_matrix/client/v3/rooms/{room}/members{query}");
        let found = alice.get(&path).await.ok().body["chunk"].as_array().unwrap().clone();
        let mut found: Vec<_> =
            found.iter().map(|event| event["state_key"].as_str().unwrap().to_owned()).collect();
        found.sort_unstable();
        let expected: Vec<_> = expected.iter().map(|person| person.user_id.clone()).collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn null_is_as_good_as_nothing_where_nothing_is_needed() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let body = json!({
        "name": null, "preset": null, "visibility": null, "invite": null, "is_direct": null,
        "initial_state": null, "creation_content": null, "room_version": null,
    });
    let room = alice.create_room(body).await;
    let event = alice.send(&room, "hello").await;
    let rooms = format!("/_matrix/client/v3/rooms/{room}");
    let receipt = format!("{rooms}/receipt/m.read/{event}");
    alice.post(&receipt, json!({ "thread_id": null })).await.ok();
    let markers = json!({ "m.fully_read": event, "m.read": null });
    alice.post(&format!("{rooms}/read_markers"), markers).await.ok();
    let typing = format!("{rooms}/typing/{}", alice.user_id);
    alice.put(&typing, json!({ "typing": false, "timeout": null })).await.ok();
    // What is needed is needed.
    alice.put(&typing, json!({ "typing": null })).await.fails(400, "M_BAD_JSON");
    // Content is kept as it is.
    let state = format!("{rooms}/state/example.null/");
    alice.put(&state, json!({ "a": null })).await.ok();
    assert_eq!(alice.get(&state).await.ok().body, json!({ "a": null }));
}

#[tokio::test]
async fn a_body_of_which_nothing_is_needed_may_be_left_out() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    let event = alice.send(&room, "hello").await;
    let rooms = format!("/_matrix/client/v3/rooms/{room}");
    for path in [
        format!("/_matrix/client/v3/join/{room}"),
        format!("{rooms}/receipt/m.read/{event}"),
        format!("{rooms}/read_markers"),
        format!("{rooms}/leave"),
        format!("{rooms}/join"),
        format!("{rooms}/leave"),
        format!("{rooms}/forget"),
        "/_matrix/client/v3/createRoom".to_owned(),
        "/_matrix/client/v3/publicRooms".to_owned(),
        "/_matrix/client/v3/logout".to_owned(),
    ] {
        let answer = bob.send_bytes(Method::POST, &path, Vec::new()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    let tag = format!("/_matrix/client/v3/user/{}/rooms/{room}/tags/u.x", alice.user_id);
    alice.send_bytes(Method::PUT, &tag, Vec::new()).await.ok();
    let redact = format!("{rooms}/redact/{event}/1");
    alice.send_bytes(Method::PUT, &redact, Vec::new()).await.ok();
    let again = server.login("bob").await;
    again.send_bytes(Method::POST, "/_matrix/client/v3/logout/all", Vec::new()).await.ok();
}

#[tokio::test]
async fn the_body_of_an_error_names_the_field_that_is_wrong() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let create = "/_matrix/client/v3/createRoom";
    for (body, field) in [
        (json!({ "invite": ["@bob:one.example", "bob"] }), "invite:"),
        (json!({ "name": 7 }), "name:"),
        (json!({ "is_direct": "yes" }), "is_direct:"),
        (json!({ "name": "x", "initial_state": [{ "type": 7 }] }), "initial_state:"),
    ] {
        let answer = alice.post(create, body).await;
        answer.fails(400, "M_BAD_JSON");
        assert!(answer.text("error").starts_with(field), "{field} {}", answer.body);
    }
    // Where the parser itself does not say which it is.
    let room = alice.create_room(json!({})).await;
    let path = format!("/_matrix/client/v3/rooms/{room}/kick");
    let answer = alice.post(&path, json!({ "reason": "x", "user_id": "bob" })).await;
    answer.fails(400, "M_BAD_JSON");
    assert!(answer.text("error").starts_with("user_id:"), "{}", answer.body);
}

#[tokio::test]
async fn a_profile_field_is_there_and_of_its_type() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let field = |name: &str| format!("/_matrix/client/v3/profile/{}/{name}", alice.user_id);
    for (name, body, code) in [
        ("displayname", json!({ "displayname": 7 }), "M_BAD_JSON"),
        ("displayname", json!({}), "M_MISSING_PARAM"),
        ("displayname", json!({ "displayname": null }), "M_BAD_JSON"),
        ("displayname", json!({ "avatar_url": "mxc://one.example/a" }), "M_MISSING_PARAM"),
        ("avatar_url", json!({ "avatar_url": {} }), "M_BAD_JSON"),
        ("avatar_url", json!({ "avatar_url": "https://x" }), "M_INVALID_PARAM"),
        ("m.tz", json!({ "m.tz": 7 }), "M_BAD_JSON"),
        ("Nickname", json!({ "Nickname": "al" }), "M_INVALID_PARAM"),
    ] {
        let answer = alice.put(&field(name), body.clone()).await;
        assert_eq!((answer.status, answer.text("errcode")), (400, code), "{body} {}", answer.body);
    }
    // What else is in the body does not count.
    let body = json!({ "avatar_url": 7, "displayname": "Alice", "x": [1] });
    alice.put(&field("displayname"), body).await.ok();
    let shown = alice.get(&field("displayname")).await.ok();
    assert_eq!(shown.body, json!({ "displayname": "Alice" }));
}
