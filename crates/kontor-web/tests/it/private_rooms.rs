//! The proof that nobody looks into a private room: every role walks through every route and every
//! page there is, and finds neither content nor name, nor that the room exists. law

use std::collections::{BTreeSet, VecDeque};

use kontor_core::Role;
use kontor_testkit::{Answer, Method, Person, TestServer, for_each_server, json};

use crate::browser::Browser;
use crate::factors::operator;

/// Every route of the API, with what a stranger gets.
const ROUTES: &str = include_str!("../../../kontor-client-api/tests/it/spec_routes.txt");

/// Pages that a walk looks at most: of lists with a page per line a few are enough.
const MOST_PAGES: usize = 120;

/// A room of two people, and everything of it that others must not find.
struct Secret {
    room: String,
    event: String,
    /// What stands in the ciphertext, as the server has it.
    ciphertext: &'static str,
    anna: Person,
    ben: Person,
}

async fn whisper(server: &TestServer, class: &str) -> Secret {
    let anna = server.register(&format!("anna-{class}")).await;
    let ben = server.register(&format!("ben-{class}")).await;
    let body =
        json!({ "invite": [ben.user_id], "creation_content": { "app.kontor.class": class } });
    let room = anna.create_room(body).await;
    ben.join(&room).await;
    let ciphertext = "AwgAEnACgAkLmjVfSIxH2bVeryWellKeptSecret";
    let content = json!({
        "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": ciphertext, "session_id": "s",
        "device_id": anna.device_id, "sender_key": "k",
    });
    let event = anna.send_event(&room, "m.room.encrypted", content).await.ok();
    Secret { event: event.text("event_id").to_owned(), room, ciphertext, anna, ben }
}

fn filled(secret: &Secret, path: &str, person: &Person) -> String {
    let (_, host) = person.user_id.split_once(':').unwrap();
    let mut path = path
        .replace("{roomIdOrAlias}", &secret.room)
        .replace("{roomId}", &secret.room)
        .replace("{eventId}", &secret.event)
        .replace("{eventType}", "m.room.name")
        .replace("{stateKey}", "")
        .replace("{userId}", &person.user_id)
        .replace("{deviceId}", &person.device_id)
        .replace("{roomAlias}", &format!("%23x:{host}"))
        .replace("{serverName}", host);
    // What is left names nothing of the room: a transaction, a tag, a version.
    while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
        path.replace_range(open..=close, "x");
    }
    path
}

async fn call(person: &Person, method: &str, path: &str) -> Answer {
    // Enough for most routes to get past the reading of the body.
    let body = json!({
        "user_id": person.user_id, "membership": "join", "reason": "x", "name": "x", "version": 1,
        "class": "intern", "new_version": "12", "visibility": "public", "join_rule": "public",
        "room_id": "!x:y", "typing": true, "timeout": 1000,
    });
    match method {
        "GET" => person.get(path).await,
        "PUT" => person.put(path, body).await,
        "POST" => person.post(path, body).await,
        other => person.send_bytes(other.parse::<Method>().unwrap(), path, vec![]).await,
    }
}

/// Every route, with the room wherever a route takes one.
async fn walk_the_api(secret: &Secret, person: &Person, role: Role) {
    for line in ROUTES.lines().filter(|line| !line.starts_with('#') && !line.contains("  absent")) {
        let Some((method, rest)) = line.split_once(' ') else { continue };
        let Some(path) = rest.trim_start().split("  ").next() else { continue };
        // What ends the sign-in would end the walk.
        if ["logout", "deactivate", "/login", "/refresh"].iter().any(|word| path.contains(word)) {
            continue;
        }
        let takes_room = path.contains("{roomId");
        let answer = call(person, method, &filled(secret, path, person)).await;
        let at = format!("{role}: {method} {path}: {} {}", answer.status, answer.body);
        let told = answer.body.to_string();
        assert!(!told.contains(secret.ciphertext), "{at}");
        assert!(!told.contains("Privater Raum") && !told.contains("Vertraulicher Raum"), "{at}");
        assert!(takes_room || !told.contains(&secret.room), "{at}");
        assert!(!told.contains(&secret.event) || takes_room, "{at}");
        if takes_room && answer.status == 200 {
            // What is answered to everybody tells nothing: reports, one's own account data.
            assert!(answer.body.as_object().is_some_and(|it| it.len() <= 1), "{at}");
        }
    }
}

/// Every page that links lead to.
async fn walk_the_pages(server: &TestServer, secret: &Secret, name: &str, role: Role) -> usize {
    let mut browser = Browser::signed_in(server, name).await;
    let mut waiting: VecDeque<String> = ["/account/", "/admin/"].map(str::to_owned).into();
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop_front() {
        if seen.len() > MOST_PAGES || path.starts_with("/assets/") || !seen.insert(path.clone()) {
            continue;
        }
        let shown = browser.get(&path).await;
        for hidden in [&secret.room, &secret.event, secret.ciphertext] {
            assert!(!shown.html.contains(hidden), "{role} finds {hidden} at {path}");
        }
        let links = shown.html.split("href=\"/").skip(1);
        waiting.extend(links.map(|part| format!("/{}", part.split('"').next().unwrap())));
    }
    seen.len()
}

async fn members(secret: &Secret) -> BTreeSet<String> {
    let path = format!("/_matrix/client/v3/rooms/{}/members", secret.room);
    let found = secret.anna.get(&path).await.ok();
    let events = found.body["chunk"].as_array().unwrap().iter();
    events.map(|event| event["state_key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_finds_a_private_or_confidential_room_on_any_way_there_is() {
    for_each_server(async |server: TestServer| {
        for class in ["privat", "vertraulich"] {
            let secret = whisper(&server, class).await;
            let before = members(&secret).await;
            for role in Role::ALL {
                let name = format!("{class}-{role}");
                let person = server.register_as(&name, role).await;
                walk_the_api(&secret, &person, role).await;
                let pages = walk_the_pages(&server, &secret, &name, role).await;
                assert!(pages > 5, "{role} has seen {pages} pages");
            }
            assert_eq!(members(&secret).await, before, "nobody has come in");
            // The rooms are still there for those whose they are.
            let path = format!("/_matrix/client/v3/rooms/{}/event/{}", secret.room, secret.event);
            secret.ben.get(&path).await.ok();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_is_told_how_many_private_rooms_there_are_and_no_more() {
    let server = TestServer::start().await;
    let secret = whisper(&server, "privat").await;
    let (cx, tenant) = operator(&server).await;
    let sizes = tenant.rooms.sizes(&cx, None, 100).await.unwrap();
    assert!(sizes.iter().all(|room| room.room_id != secret.room));
    let counts = tenant.rooms.count_by_class(&cx).await.unwrap();
    assert_eq!(counts, [(kontor_core::RoomClass::Private, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_and_no_file_has_what_members_tried_to_write_in_clear() {
    const MARK: &str = "Quittenkompottgeheimnis";
    let mut server = TestServer::start().await;
    let secret = whisper(&server, "privat").await;
    let room = format!("/_matrix/client/v3/rooms/{}", secret.room);
    for (kind, content) in [
        ("m.room.name", json!({ "name": MARK })),
        ("m.room.topic", json!({ "topic": MARK })),
        ("com.example.note", json!({ "text": MARK })),
    ] {
        let path = format!("{room}/state/{kind}");
        secret.anna.put(&path, content).await.fails(403, "M_FORBIDDEN");
    }
    let message = json!({ "msgtype": "m.text", "body": MARK });
    secret.anna.send_event(&secret.room, "m.room.message", message).await.fails(403, "M_FORBIDDEN");
    let removal = json!({ "user_id": secret.ben.user_id, "reason": MARK });
    secret.anna.post(&format!("{room}/kick"), removal).await.fails(403, "M_FORBIDDEN");
    server.stop().await;
    let mut folders = vec![server.data().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}
