//! What each person sees of a room's history, for each setting.

use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

/// Who sees which of the messages 0 to 3: sent before anybody was invited, after the invitations,
/// after the joins, and after those who go have gone. Nothing at all is a refusal.
const TABLE: [(&str, [(&str, &str); 5]); 4] = [
    (
        "world_readable",
        [
            ("stranger", "0123"),
            ("invited", "0123"),
            ("joined", "0123"),
            ("left", "0123"),
            ("banned", "0123"),
        ],
    ),
    (
        "shared",
        [("stranger", ""), ("invited", ""), ("joined", "0123"), ("left", "012"), ("banned", "012")],
    ),
    (
        "invited",
        [("stranger", ""), ("invited", "123"), ("joined", "123"), ("left", "12"), ("banned", "12")],
    ),
    (
        "joined",
        [("stranger", ""), ("invited", ""), ("joined", "23"), ("left", "2"), ("banned", "2")],
    ),
];

/// A room in which everything has happened.
struct Stage {
    room: String,
    /// Event ids of the messages.
    messages: Vec<String>,
}

impl Stage {
    fn path(&self, rest: &str) -> String {
        format!("/_matrix/client/v3/rooms/{}/{rest}", self.room)
    }

    async fn set(alice: &Person, people: &[Person], visibility: &str) -> Self {
        let setting = json!({
            "type": "m.room.history_visibility", "state_key": "",
            "content": { "history_visibility": visibility },
        });
        let body = json!({ "topic": "early", "initial_state": [setting] });
        let mut stage = Self { room: alice.create_room(body).await, messages: Vec::new() };
        let [_, invited, joined, left, banned] = people else { panic!("five people") };
        stage.say(alice, "0").await;
        for person in [invited, joined, left, banned] {
            alice.invite(&stage.room, person).await;
        }
        stage.say(alice, "1").await;
        for person in [joined, left, banned] {
            person.join(&stage.room).await;
        }
        stage.say(alice, "2").await;
        left.post(&stage.path("leave"), json!({})).await.ok();
        alice.post(&stage.path("ban"), json!({ "user_id": banned.user_id })).await.ok();
        stage.say(alice, "3").await;
        alice.put(&stage.path("state/m.room.topic"), json!({ "topic": "late" })).await.ok();
        stage
    }

    async fn say(&mut self, who: &Person, text: &str) {
        self.messages.push(who.send(&self.room, text).await);
    }

    /// The messages that `/messages` shows; `None` if it refuses.
    async fn pages(&self, who: &Person, dir: &str) -> Option<String> {
        let answer = who.get(&self.path(&format!("messages?dir={dir}&limit=100"))).await;
        match answer.status {
            403 => None,
            _ => Some(texts(&answer.ok().body["chunk"])),
        }
    }

    /// The messages that `/event` shows.
    async fn events(&self, who: &Person) -> String {
        let mut seen = String::new();
        for (number, event) in self.messages.iter().enumerate() {
            let answer = who.get(&self.path(&format!("event/{event}"))).await;
            match answer.status {
                404 => answer.fails(404, "M_NOT_FOUND"),
                _ => seen.push_str(answer.ok().body["content"]["body"].as_str().unwrap()),
            }
            assert!(seen.len() <= number + 1);
        }
        seen
    }

    /// The messages that `/context` shows around each that it shows at all.
    async fn contexts(&self, who: &Person) -> Vec<String> {
        let mut seen = Vec::new();
        for event in &self.messages {
            let answer = who.get(&self.path(&format!("context/{event}?limit=100"))).await;
            if answer.status != 200 {
                assert!([403, 404].contains(&answer.status), "{}", answer.body);
                continue;
            }
            let (before, after) = (&answer.body["events_before"], &answer.body["events_after"]);
            let middle = texts(&json!([answer.body["event"]]));
            seen.push([texts(before), middle, texts(after)].concat());
        }
        seen
    }

    /// The messages that a first `/sync` shows, and the section that the room is in.
    async fn synced(&self, who: &Person) -> (String, &'static str) {
        let filter = json!({ "room": { "include_leave": true, "timeline": { "limit": 100 } } });
        let answer = who.sync_with(&[("filter", &filter.to_string())]).await;
        for section in ["join", "invite", "leave"] {
            let room = &answer["rooms"][section][&self.room];
            if room.is_object() {
                return (texts(&room["timeline"]["events"]), section);
            }
        }
        (String::new(), "")
    }

    /// The topic as `/state` tells it.
    async fn topic(&self, who: &Person) -> Option<String> {
        let answer = who.get(&self.path("state/m.room.topic")).await;
        match answer.status {
            403 => None,
            _ => Some(answer.ok().text("topic").to_owned()),
        }
    }
}

/// The texts of the messages in a list of events, the oldest first.
fn texts(events: &Value) -> String {
    let texts = events.as_array().into_iter().flatten();
    let mut texts: Vec<_> = texts.filter_map(|event| event["content"]["body"].as_str()).collect();
    texts.sort_unstable();
    texts.concat()
}

#[tokio::test]
async fn everybody_sees_what_the_setting_allows() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let mut people = Vec::new();
        for name in ["stranger", "invited", "joined", "left", "banned"] {
            people.push(server.register(name).await);
        }
        for (visibility, row) in TABLE {
            let stage = Stage::set(&alice, &people, visibility).await;
            for (who, (name, expected)) in people.iter().zip(row) {
                let what = format!("{visibility}, {name}");
                let expected_page = (!expected.is_empty()).then(|| expected.to_owned());
                assert_eq!(stage.pages(who, "b").await, expected_page, "{what}: /messages");
                assert_eq!(stage.pages(who, "f").await, expected_page, "{what}: /messages");
                assert_eq!(stage.events(who).await, expected, "{what}: /event");
                let contexts = vec![expected; expected.len()];
                assert_eq!(stage.contexts(who).await, contexts, "{what}: /context");

                // Sync brings nothing from outside of the time as a member.
                let before: String = expected.chars().filter(|text| *text != '3').collect();
                let synced = match name {
                    "stranger" => (String::new(), ""),
                    "invited" => (String::new(), "invite"),
                    "joined" => (expected.to_owned(), "join"),
                    _ => (before, "leave"),
                };
                assert_eq!(stage.synced(who).await, synced, "{what}: /sync");

                let topic = match (name, visibility) {
                    ("joined", _) | (_, "world_readable") => Some("late"),
                    ("left" | "banned", _) => Some("early"),
                    _ => None,
                };
                assert_eq!(stage.topic(who).await.as_deref(), topic, "{what}: /state");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_has_left_sees_nobody_change_afterwards() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let event = alice.send(&room, "hello").await;
    let path = |rest: &str| format!("/_matrix/client/v3/rooms/{room}/{rest}");
    bob.post(&path("leave"), json!({})).await.ok();
    let profile = format!("/_matrix/client/v3/profile/{}/displayname", alice.user_id);
    alice.put(&profile, json!({ "displayname": "Frau Neumann" })).await.ok();
    let carl = server.register("carl").await;
    carl.join(&room).await;

    let lazy = "filter=%7B%22lazy_load_members%22%3Atrue%7D";
    for question in [
        format!("messages?dir=b&{lazy}"),
        format!("context/{event}?{lazy}"),
        "members".to_owned(),
        "state".to_owned(),
    ] {
        let answer = bob.get(&path(&question)).await.ok();
        assert!(answer.body.to_string().contains("m.room.member"), "{question}: {}", answer.body);
        for later in ["Neumann", "carl"] {
            assert!(!answer.body.to_string().contains(later), "{question} tells of {later}");
        }
    }
}

#[tokio::test]
async fn who_was_only_invited_learns_nothing_of_the_room() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for visibility in ["shared", "joined", "invited"] {
        for removed in [false, true] {
            let setting = json!({
                "type": "m.room.history_visibility", "state_key": "",
                "content": { "history_visibility": visibility },
            });
            let secret = json!({
                "type": "example.secret", "state_key": "", "content": { "word": "Schatz" },
            });
            let body = json!({ "initial_state": [setting, secret] });
            let room = alice.create_room(body).await;
            alice.invite(&room, &bob).await;
            let since = bob.sync("").await["next_batch"].as_str().unwrap().to_owned();
            let path = |rest: &str| format!("/_matrix/client/v3/rooms/{room}/{rest}");
            for question in ["members", "state", "state/example.secret", "joined_members"] {
                bob.get(&path(question)).await.fails(403, "M_FORBIDDEN");
            }
            match removed {
                true => alice.post(&path("kick"), json!({ "user_id": bob.user_id })).await.ok(),
                false => bob.post(&path("leave"), json!({})).await.ok(),
            };
            let filter = json!({ "room": { "include_leave": true } }).to_string();
            for answer in [bob.sync(&since).await, bob.sync_with(&[("filter", &filter)]).await] {
                let left = &answer["rooms"]["leave"][&room];
                let text = left.to_string();
                assert!(left.is_object(), "{answer}");
                assert!(!text.contains("Schatz") && !text.contains("m.room.create"), "{left}");
                // Only that oneself is out again.
                assert!(text.contains(&*bob.user_id), "{left}");
            }
        }
    }
}

#[tokio::test]
async fn an_invitation_back_shows_nothing_of_the_time_between() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat", "topic": "early" })).await;
    bob.join(&room).await;
    let path = |rest: &str| format!("/_matrix/client/v3/rooms/{room}/{rest}");
    bob.post(&path("leave"), json!({})).await.ok();
    alice.put(&path("state/m.room.topic"), json!({ "topic": "late" })).await.ok();
    server.register("carl").await.join(&room).await;
    alice.invite(&room, &bob).await;
    assert_eq!(bob.get(&path("state/m.room.topic")).await.ok().text("topic"), "early");
    let members = bob.get(&path("members")).await.ok().body.to_string();
    assert!(!members.contains("carl"), "{members}");
    let since = bob.sync("").await["next_batch"].as_str().unwrap().to_owned();
    bob.post(&path("leave"), json!({})).await.ok();
    let left = bob.sync(&since).await["rooms"]["leave"][&room].to_string();
    assert!(!left.contains("late") && !left.contains("carl"), "{left}");
}

#[tokio::test]
async fn a_forgotten_room_is_closed() {
    for_each_server(async |server: TestServer| {
        let (alice, bob) = (server.register("alice").await, server.register("bob").await);
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        bob.join(&room).await;
        let event = alice.send(&room, "hello").await;
        let path = |rest: &str| format!("/_matrix/client/v3/rooms/{room}/{rest}");
        bob.post(&path("forget"), json!({})).await.fails(400, "M_UNKNOWN");
        bob.post(&path("leave"), json!({})).await.ok();
        bob.get(&path("messages?dir=b")).await.ok();
        bob.post(&path("forget"), json!({})).await.ok();
        bob.post(&path("forget"), json!({})).await.ok();
        let context = format!("context/{event}");
        for question in ["messages?dir=b", "members", "state", &context] {
            bob.get(&path(question)).await.fails(403, "M_FORBIDDEN");
        }
        bob.get(&path(&format!("event/{event}"))).await.fails(404, "M_NOT_FOUND");
        let filter = json!({ "room": { "include_leave": true } }).to_string();
        let answer = bob.sync_with(&[("filter", &filter)]).await;
        assert!(answer["rooms"]["leave"].get(&room).is_none(), "{answer}");
        // Coming back opens it again.
        bob.join(&room).await;
        assert_eq!(bob.get(&path(&format!("event/{event}"))).await.ok().text("event_id"), event);
    })
    .await;
}

#[tokio::test]
async fn who_has_left_sees_neither_later_edits_nor_later_replies() {
    for_each_server(async |server: TestServer| {
        let (alice, bob) = (server.register("alice").await, server.register("bob").await);
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        bob.join(&room).await;
        let root = alice.send(&room, "root").await;
        let relate = async |text: &str, rel_type: &str| {
            let mut content = json!({ "msgtype": "m.text", "body": text });
            content["m.relates_to"] = json!({ "rel_type": rel_type, "event_id": root });
            content["m.new_content"] = json!({ "msgtype": "m.text", "body": text });
            let sent = alice.send_event(&room, "m.room.message", content).await.ok();
            sent.text("event_id").to_owned()
        };
        relate("first edit", "m.replace").await;
        relate("first reply", "m.thread").await;
        relate("first reference", "m.reference").await;
        let path =
            |rest: &str| format!("/_matrix/client/{}", rest.replace("/R/", &format!("/{room}/")));
        bob.post(&path("v3/rooms/R/leave"), json!({})).await.ok();
        for rel_type in ["m.replace", "m.thread"] {
            relate("second", rel_type).await;
        }
        let reference = relate("second", "m.reference").await;

        for question in [
            format!("v3/rooms/R/event/{root}"),
            format!("v3/rooms/R/context/{root}"),
            "v3/rooms/R/messages?dir=b&limit=100".to_owned(),
            format!("v1/rooms/R/relations/{root}"),
            "v1/rooms/R/threads".to_owned(),
        ] {
            let (theirs, ours) =
                (bob.get(&path(&question)).await, alice.get(&path(&question)).await);
            let (theirs, ours) = (theirs.ok().body.to_string(), ours.ok().body.to_string());
            assert!(theirs.contains("first reply"), "{question}: {theirs}");
            assert!(theirs.contains("first edit"), "{question}: {theirs}");
            assert!(ours.contains("second") && ours.contains(&reference), "{question}: {ours}");
            let late = theirs.contains("second") || theirs.contains(&reference);
            assert!(!late, "{question}: {theirs}");
        }
    })
    .await;
}
