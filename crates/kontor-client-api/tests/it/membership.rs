//! Coming and going in every room version: knocks, restricted joins, removals, and who sees it.

use kontor_testkit::{Answer, Person, TestServer, Value, json};

const VERSIONS: [&str; 3] = ["10", "11", "12"];

/// A room of one version, and somebody in it who may do everything.
struct Place<'p> {
    room: String,
    owner: &'p Person,
}

impl<'p> Place<'p> {
    async fn new(owner: &'p Person, version: &str, join_rule: Value) -> Self {
        let rule = json!({ "type": "m.room.join_rules", "state_key": "", "content": join_rule });
        let body = json!({
            "room_version": version, "initial_state": [rule],
            "power_level_content_override": { "invite": 50 },
        });
        Self { room: owner.create_room(body).await, owner }
    }

    fn path(&self, rest: &str) -> String {
        format!("/_matrix/client/v3/rooms/{}/{rest}", self.room)
    }

    async fn by(&self, who: &Person, what: &str, whom: &str) -> Answer {
        who.post(&self.path(what), json!({ "user_id": whom, "reason": what })).await
    }

    async fn join(&self, who: &Person) -> Answer {
        who.post(&self.path("join"), json!({})).await
    }

    async fn knock(&self, who: &Person) -> Answer {
        let path = format!("/_matrix/client/v3/knock/{}", self.room);
        who.post(&path, json!({ "reason": "let me in" })).await
    }

    /// The membership event of a person, as the owner gets it.
    async fn member(&self, who: &Person) -> Value {
        let path = format!("state/m.room.member/{}", who.user_id);
        self.owner.get(&self.path(&path)).await.ok().body
    }

    /// The section of a first `/sync` that shows the room.
    async fn section(&self, who: &Person) -> &'static str {
        let answer = who.sync("").await;
        let sections = ["join", "invite", "knock", "leave"];
        let shows = |section: &&str| answer["rooms"][*section].get(&self.room).is_some();
        sections.into_iter().find(|section| shows(section)).unwrap_or("none")
    }
}

async fn five(server: &TestServer) -> [Person; 5] {
    [
        server.register("alice").await,
        server.register("bob").await,
        server.register("carol").await,
        server.register("dave").await,
        server.register("erin").await,
    ]
}

/// The newest place that an answer of `/sync` has got to.
fn next(answer: &Value) -> String {
    answer["next_batch"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_knock_is_accepted_denied_or_taken_back() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave, _] = five(&server).await;
    for version in VERSIONS {
        let place = Place::new(&alice, version, json!({ "join_rule": "knock" })).await;
        place.join(&bob).await.fails(403, "M_FORBIDDEN");
        for person in [&bob, &carol, &dave] {
            let since = next(&person.sync("").await);
            place.knock(person).await.ok();
            let knocked = &person.sync(&since).await["rooms"]["knock"][&place.room];
            let events = knocked["knock_state"]["events"].as_array().unwrap();
            let own = events.iter().find(|event| event["state_key"] == person.user_id).unwrap();
            assert_eq!(own["content"]["membership"], "knock");
            assert!(events.iter().any(|event| event["type"] == "m.room.create"), "{knocked}");
            assert_eq!(place.section(person).await, "knock");
            place.join(person).await.fails(403, "M_FORBIDDEN");
            person.get(&place.path("messages?dir=b")).await.fails(403, "M_FORBIDDEN");
        }
        let seen = alice.sync("").await["rooms"]["join"][&place.room].to_string();
        assert!(seen.contains("let me in"), "{seen}");

        place.by(&alice, "invite", &bob.user_id).await.ok();
        assert_eq!(place.section(&bob).await, "invite");
        place.join(&bob).await.ok();
        place.knock(&bob).await.fails(403, "M_FORBIDDEN");
        let (of_carol, of_dave) = (next(&carol.sync("").await), next(&dave.sync("").await));
        place.by(&alice, "kick", &carol.user_id).await.ok();
        dave.post(&place.path("leave"), json!({})).await.ok();
        for (person, since) in [(&carol, of_carol), (&dave, of_dave)] {
            let left = &person.sync(&since).await["rooms"]["leave"][&place.room];
            let text = left.to_string();
            assert!(text.contains("leave") && !text.contains("m.room.power_levels"), "{left}");
            assert_eq!(place.section(person).await, "none");
        }
        assert_eq!(place.member(&dave).await["membership"], "leave");
        place.knock(&carol).await.ok();
        place.by(&alice, "ban", &carol.user_id).await.ok();
        place.knock(&carol).await.fails(403, "M_FORBIDDEN");
    }
    let closed = Place::new(&alice, "12", json!({ "join_rule": "invite" })).await;
    closed.knock(&bob).await.fails(403, "M_FORBIDDEN");
    let path = "/_matrix/client/v3/knock/!nowhere:one.example";
    bob.post(path, json!({})).await.fails(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn a_restricted_room_lets_in_members_of_another() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave, erin] = five(&server).await;
    for version in VERSIONS {
        for rule in ["restricted", "knock_restricted"] {
            let what = format!("{rule}, version {version}");
            let club = alice.create_room(json!({ "preset": "public_chat" })).await;
            let allow = json!([{ "type": "m.room_membership", "room_id": club }]);
            let place =
                Place::new(&alice, version, json!({ "join_rule": rule, "allow": allow })).await;

            place.join(&bob).await.fails(403, "M_FORBIDDEN");
            bob.join(&club).await;
            place.join(&bob).await.ok();
            let member = place.member(&bob).await;
            assert_eq!(member["join_authorised_via_users_server"], alice.user_id, "{what}");
            // Leaving the one does not end the other, and a new name needs nobody's leave.
            bob.post(&format!("/_matrix/client/v3/rooms/{club}/leave"), json!({})).await.ok();
            let profile = format!("/_matrix/client/v3/profile/{}/displayname", bob.user_id);
            bob.put(&profile, json!({ "displayname": what })).await.ok();
            assert_eq!(place.member(&bob).await["displayname"], what);
            bob.send(&place.room, "still here").await;

            // An invitation is enough.
            place.by(&alice, "invite", &carol.user_id).await.ok();
            place.join(&carol).await.ok();
            let member = place.member(&carol).await;
            assert!(member.get("join_authorised_via_users_server").is_none(), "{member}");

            match rule {
                "restricted" => place.knock(&dave).await.fails(403, "M_FORBIDDEN"),
                _ => drop(place.knock(&dave).await.ok()),
            }
            // A ban counts for more than the other room.
            dave.join(&club).await;
            place.by(&alice, "ban", &dave.user_id).await.ok();
            place.join(&dave).await.fails(403, "M_FORBIDDEN");

            // Nobody is left who could let somebody in.
            alice.post(&place.path("leave"), json!({})).await.ok();
            erin.join(&club).await;
            place.join(&erin).await.fails(400, "M_UNABLE_TO_GRANT_JOIN");
        }
    }
}

#[tokio::test]
async fn who_may_not_invite_kick_or_ban_is_refused() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave, erin] = five(&server).await;
    let all = [&alice, &bob, &carol, &dave, &erin];
    let [owner, member, other, banned, outsider] = all.map(|person| &*person.user_id);
    for version in VERSIONS {
        // Alice owns the room, Bob and Carol are members, Dave is banned, Erin is not in it.
        let place = Place::new(&alice, version, json!({ "join_rule": "public" })).await;
        for person in [&bob, &carol, &dave] {
            place.join(person).await.ok();
        }
        place.by(&alice, "ban", banned).await.ok();
        let refused = [
            (&bob, "invite", outsider, 403, "M_FORBIDDEN"),
            (&erin, "invite", outsider, 403, "M_FORBIDDEN"),
            (&dave, "invite", outsider, 403, "M_FORBIDDEN"),
            (&alice, "invite", member, 403, "M_FORBIDDEN"),
            (&alice, "invite", banned, 403, "M_FORBIDDEN"),
            (&alice, "invite", "@nobody:one.example", 404, "M_NOT_FOUND"),
            (&alice, "invite", "@erin:two.example", 403, "M_FORBIDDEN"),
            (&alice, "invite", "erin", 400, "M_BAD_JSON"),
            (&bob, "kick", other, 403, "M_FORBIDDEN"),
            (&bob, "kick", owner, 403, "M_FORBIDDEN"),
            (&erin, "kick", member, 403, "M_FORBIDDEN"),
            (&alice, "kick", outsider, 403, "M_FORBIDDEN"),
            (&alice, "kick", banned, 403, "M_FORBIDDEN"),
            (&bob, "ban", other, 403, "M_FORBIDDEN"),
            (&bob, "ban", owner, 403, "M_FORBIDDEN"),
            (&erin, "ban", member, 403, "M_FORBIDDEN"),
            (&bob, "unban", banned, 403, "M_FORBIDDEN"),
            (&alice, "unban", member, 403, "M_FORBIDDEN"),
            (&alice, "unban", outsider, 403, "M_FORBIDDEN"),
            (&alice, "ban", "dave", 400, "M_BAD_JSON"),
        ];
        for (who, what, whom, status, code) in refused {
            let answer = place.by(who, what, whom).await;
            let found = (answer.status, answer.body["errcode"].as_str());
            let case = format!("{}: {what} {whom}, version {version}", who.user_id);
            assert_eq!(found, (status, Some(code)), "{case}: {}", answer.body);
        }
        place.join(&dave).await.fails(403, "M_FORBIDDEN");
        alice.post(&place.path("ban"), json!({})).await.fails(400, "M_BAD_JSON");
        // Those of the same level cannot remove each other.
        let levels = place.path("state/m.room.power_levels");
        let mut content = alice.get(&levels).await.ok().body;
        content["users"][member] = json!(60);
        content["users"][other] = json!(60);
        alice.put(&levels, content).await.ok();
        for what in ["kick", "ban"] {
            place.by(&bob, what, other).await.fails(403, "M_FORBIDDEN");
            place.by(&bob, what, owner).await.fails(403, "M_FORBIDDEN");
        }
        // What was refused has changed nothing, what is allowed works.
        for person in [&bob, &carol] {
            assert_eq!(place.member(person).await["membership"], "join");
        }
        place.by(&bob, "unban", banned).await.ok();
        place.join(&dave).await.ok();
        place.by(&bob, "kick", banned).await.ok();
        place.join(&dave).await.ok();
    }
}

#[tokio::test]
async fn a_third_person_sees_everybody_come_and_go() {
    let server = TestServer::start().await;
    let [alice, bob, carol, ..] = five(&server).await;
    for version in VERSIONS {
        let place = Place::new(&alice, version, json!({ "join_rule": "knock" })).await;
        place.by(&alice, "invite", &carol.user_id).await.ok();
        place.join(&carol).await.ok();
        let mut since = next(&carol.sync("").await);
        // What happens, the membership that follows, and the joined and invited members then.
        let steps = [
            ("knock", "knock", (2, 0)),
            ("invite", "invite", (2, 1)),
            ("join", "join", (3, 0)),
            ("kick", "leave", (2, 0)),
            ("invite", "invite", (2, 1)),
            ("leave", "leave", (2, 0)),
            ("ban", "ban", (2, 0)),
            ("unban", "leave", (2, 0)),
        ];
        let mut before = Value::Null;
        for (what, membership, (joined, invited)) in steps {
            match what {
                "knock" => place.knock(&bob).await,
                "join" => place.join(&bob).await,
                "leave" => bob.post(&place.path("leave"), json!({})).await,
                _ => place.by(&alice, what, &bob.user_id).await,
            }
            .ok();
            let answer = carol.sync(&since).await;
            let room = &answer["rooms"]["join"][&place.room];
            let case = format!("{what}, version {version}: {room}");
            let events = room["timeline"]["events"].as_array().unwrap();
            assert_eq!(events.len(), 1, "{case}");
            assert_eq!(events[0]["state_key"], bob.user_id, "{case}");
            assert_eq!(events[0]["content"]["membership"], membership, "{case}");
            assert_eq!(events[0]["unsigned"]["prev_content"]["membership"], before, "{case}");
            assert_eq!(room["summary"]["m.joined_member_count"], joined, "{case}");
            assert_eq!(room["summary"]["m.invited_member_count"], invited, "{case}");
            let reason = match what {
                "join" | "leave" => Value::Null,
                "knock" => json!("let me in"),
                _ => json!(what),
            };
            assert_eq!(events[0]["content"]["reason"], reason, "{case}");
            before = json!(membership);
            since = next(&answer);
        }
    }
}

/// What an outsider may try. `R` is the room, `E` an event in it, `M` a member, `U` oneself.
const TRIES: [(&str, &str, &str); 39] = [
    ("GET", "v3/rooms/R/messages?dir=b", ""),
    ("GET", "v3/rooms/R/members", ""),
    ("GET", "v3/rooms/R/joined_members", ""),
    ("GET", "v3/rooms/R/state", ""),
    ("GET", "v3/rooms/R/state/m.room.create", ""),
    ("GET", "v3/rooms/R/event/E", ""),
    ("GET", "v3/rooms/R/context/E", ""),
    ("GET", "v3/rooms/R/aliases", ""),
    ("GET", "v1/rooms/R/relations/E", ""),
    ("GET", "v1/rooms/R/threads", ""),
    ("GET", "v1/rooms/R/hierarchy", ""),
    ("GET", "v1/rooms/R/timestamp_to_event?ts=1&dir=f", ""),
    ("GET", "v1/room_summary/R", ""),
    ("GET", "v3/directory/list/room/R", ""),
    ("PUT", "v3/directory/list/room/R", r#"{"visibility":"public"}"#),
    ("PUT", "v3/directory/room/%23x:one.example", r#"{"room_id":"R"}"#),
    ("PUT", "v3/rooms/R/send/m.room.message/t", r#"{"msgtype":"m.text","body":"x"}"#),
    ("PUT", "v3/rooms/R/state/m.room.topic", r#"{"topic":"x"}"#),
    ("PUT", "v3/rooms/R/state/m.room.member/M", r#"{"membership":"ban"}"#),
    ("PUT", "v3/rooms/R/redact/E/t", "{}"),
    ("PUT", "v3/rooms/R/typing/U", r#"{"typing":true,"timeout":1000}"#),
    ("POST", "v3/rooms/R/receipt/m.read/E", "{}"),
    ("POST", "v3/rooms/R/read_markers", r#"{"m.read":"E"}"#),
    ("POST", "v3/rooms/R/invite", r#"{"user_id":"M"}"#),
    ("POST", "v3/rooms/R/invite", r#"{"user_id":"U"}"#),
    ("POST", "v3/rooms/R/kick", r#"{"user_id":"M"}"#),
    ("POST", "v3/rooms/R/kick", r#"{"user_id":"U"}"#),
    ("POST", "v3/rooms/R/ban", r#"{"user_id":"M"}"#),
    ("POST", "v3/rooms/R/unban", r#"{"user_id":"M"}"#),
    ("POST", "v3/rooms/R/unban", r#"{"user_id":"U"}"#),
    ("POST", "v3/rooms/R/leave", "{}"),
    ("POST", "v3/rooms/R/forget", "{}"),
    ("POST", "v3/rooms/R/upgrade", r#"{"new_version":"12"}"#),
    ("PUT", "v3/user/U/rooms/R/account_data/x", "{}"),
    ("GET", "v3/user/U/rooms/R/account_data/x", ""),
    ("PUT", "v3/user/U/rooms/R/tags/x", "{}"),
    ("GET", "v3/user/U/rooms/R/tags", ""),
    ("POST", "v3/rooms/R/report", r#"{"reason":"x"}"#),
    ("POST", "v3/rooms/R/report/E", r#"{"reason":"x"}"#),
];

#[tokio::test]
async fn an_outsider_cannot_tell_whether_a_room_exists_nor_who_is_in_it() {
    let server = TestServer::start().await;
    let [alice, olga, bob, ..] = five(&server).await;
    let place = Place::new(&alice, "12", json!({ "join_rule": "invite" })).await;
    place.by(&alice, "invite", &bob.user_id).await.ok();
    place.join(&bob).await.ok();
    let event = alice.send(&place.room, "secret").await;
    let ask = async |room: &str, (method, path, body): (&str, &str, &str)| {
        let value = |part: &str| match part {
            "R" => room.to_owned(),
            "E" => event.clone(),
            "M" => bob.user_id.clone(),
            "U" => olga.user_id.clone(),
            other => other.to_owned(),
        };
        let filled = |text: &str, at: char| text.split(at).map(value).collect::<Vec<_>>();
        let path = format!("/_matrix/client/{}", filled(path, '/').join("/"));
        let body = filled(body, '"').join("\"");
        let answer = match method {
            "GET" => olga.get(&path).await,
            _ => olga.send_bytes(method.parse().unwrap(), &path, body.into()).await,
        };
        (answer.status, answer.body)
    };
    let mut differing = Vec::new();
    for what in TRIES {
        let (real, unreal) =
            (ask(&place.room, what).await, ask("!nowhere:one.example", what).await);
        if real != unreal {
            differing.push(format!("{what:?}: {real:?} and {unreal:?}"));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}
