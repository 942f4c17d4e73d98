//! People who are shut out for a while, and people who read only. spec: "Account locking", "Account
//! suspension", "Server administration"

use std::time::{Duration, Instant};

use kontor_core::Role;
use kontor_testkit::{Answer, Method, Person, TestServer, for_each_server, json};

/// What suspended people still do; all else that is no GET and wants a token is refused.
const OPEN: &[&str] = &[
    "POST /_matrix/client/v3/account/deactivate",
    "POST /_matrix/client/v3/account/password",
    "POST /_matrix/client/v3/delete_devices",
    "PUT /_matrix/client/v3/devices/{deviceId}",
    "DELETE /_matrix/client/v3/devices/{deviceId}",
    "POST /_matrix/client/v3/keys/claim",
    "POST /_matrix/client/v3/keys/query",
    "POST /_matrix/client/v3/keys/upload",
    "POST /_matrix/client/v3/keys/signatures/upload",
    "POST /_matrix/client/v3/keys/device_signing/upload",
    "POST /_matrix/client/v3/logout",
    "POST /_matrix/client/v3/logout/all",
    "POST /_matrix/client/v3/publicRooms",
    "POST /_matrix/client/v3/pushers/set",
    "PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}",
    "DELETE /_matrix/client/v3/pushrules/global/{kind}/{ruleId}",
    "PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions",
    "PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled",
    "PUT /_matrix/client/v3/room_keys/keys",
    "DELETE /_matrix/client/v3/room_keys/keys",
    "PUT /_matrix/client/v3/room_keys/keys/{roomId}",
    "DELETE /_matrix/client/v3/room_keys/keys/{roomId}",
    "PUT /_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}",
    "DELETE /_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}",
    "POST /_matrix/client/v3/room_keys/version",
    "PUT /_matrix/client/v3/room_keys/version/{version}",
    "DELETE /_matrix/client/v3/room_keys/version/{version}",
    "POST /_matrix/client/v3/rooms/{roomId}/forget",
    "POST /_matrix/client/v3/rooms/{roomId}/leave",
    "POST /_matrix/client/v3/rooms/{roomId}/read_markers",
    "POST /_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}",
    "PUT /_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}",
    "POST /_matrix/client/v3/rooms/{roomId}/report",
    "POST /_matrix/client/v3/rooms/{roomId}/report/{eventId}",
    "PUT /_matrix/client/v3/sendToDevice/{eventType}/{txnId}",
    "PUT /_matrix/client/v3/user/{userId}/account_data/{type}",
    "POST /_matrix/client/v3/user/{userId}/filter",
    "PUT /_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}",
    "PUT /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}",
    "DELETE /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}",
    "POST /_matrix/client/v3/user_directory/search",
    "POST /_matrix/client/v3/users/{userId}/report",
    "PUT /_kontor/client/v1/device",
    "POST /_kontor/client/v1/badges",
    "POST /_kontor/client/v1/rooms/{roomId}/supervision/acknowledge",
];

/// Leave nothing to try the rest with.
const LAST: &[&str] = &["/logout", "/logout/all", "/account/deactivate"];

async fn set(chief: &Person, what: &str, who: &Person, wanted: bool) -> Answer {
    let field = if what == "lock" { "locked" } else { "suspended" };
    let path = format!("/_matrix/client/v1/admin/{what}/{}", who.user_id);
    chief.put(&path, json!({ field: wanted })).await
}

/// Waits for what is new until the server will not have it; answers when that was.
async fn until_refused(person: &Person, mut since: String) -> (Answer, Instant) {
    loop {
        let path = format!("/_matrix/client/v3/sync?timeout=30000&since={since}");
        let answer = person.get(&path).await;
        if answer.status != 200 {
            return (answer, Instant::now());
        }
        answer.text("next_batch").clone_into(&mut since);
    }
}

#[tokio::test]
async fn a_suspended_person_reads_leaves_and_takes_back_her_own_words() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_as("chefin", Role::OrgAdmin).await;
        let (ada, ben) = (server.register("ada").await, server.register("ben").await);
        let room = ben.create_room(json!({})).await;
        ben.invite(&room, &ada).await;
        ada.join(&room).await;
        let own = ada.send(&room, "vorher").await;
        let others = ben.send(&room, "von Ben").await;
        ben.put(
            &format!("/_matrix/client/v3/rooms/{room}/state/m.room.power_levels"),
            json!({ "users": { (ben.user_id.clone()): 100, (ada.user_id.clone()): 100 } }),
        )
        .await;

        assert_eq!(set(&chief, "suspend", &ada, true).await.ok().body["suspended"], true);
        let path = format!("/_matrix/client/v1/admin/suspend/{}", ada.user_id);
        assert_eq!(chief.get(&path).await.ok().body["suspended"], true);
        let message = json!({ "msgtype": "m.text", "body": "nachher" });
        ada.send_event(&room, "m.room.message", message.clone())
            .await
            .fails(403, "M_USER_SUSPENDED");
        let name = format!("/_matrix/client/v3/profile/{}/displayname", ada.user_id);
        ada.put(&name, json!({ "displayname": "X" })).await.fails(403, "M_USER_SUSPENDED");
        ben.send(&room, "sieht sie").await;
        assert!(ada.sync("").await.to_string().contains("sieht sie"));
        let redact =
            |event: &str| format!("/_matrix/client/v3/rooms/{room}/redact/{event}/t{event}");
        ada.put(&redact(&others), json!({})).await.fails(403, "M_USER_SUSPENDED");
        ada.put(&redact(&own), json!({})).await.ok();
        // A new device is no way around.
        let other = server.login("ada").await;
        other
            .send_event(&room, "m.room.message", message.clone())
            .await
            .fails(403, "M_USER_SUSPENDED");
        ada.post(&format!("/_matrix/client/v3/rooms/{room}/leave"), json!({})).await.ok();

        set(&chief, "suspend", &ada, false).await.ok();
        ben.invite(&room, &ada).await;
        ada.join(&room).await;
        ada.send_event(&room, "m.room.message", message).await.ok();
    })
    .await;
}

#[tokio::test]
async fn suspended_people_are_refused_everything_that_is_not_named() {
    let server = TestServer::start().await;
    let chief = server.register_as("chefin", Role::OrgAdmin).await;
    let ada = server.register("ada").await;
    set(&chief, "suspend", &ada, true).await.ok();
    let lines = include_str!("spec_routes.txt").lines();
    let wanted = lines.filter(|line| line.ends_with("  token") && !line.starts_with("GET"));
    let named = wanted.map(|line| line.trim_end_matches("  token").split_once(' ').unwrap());
    let mut seen = Vec::new();
    for (method, path) in named.map(|(method, path)| (method, path.trim_start())) {
        let is_older = path.contains("/unstable/");
        if LAST.iter().any(|end| path.ends_with(end)) {
            seen.push(format!("{method} {path}"));
            continue;
        }
        let filled = path
            .replace("{userId}", &ada.user_id)
            .replace("{roomId}", "!x:one.example")
            .replace("{kind}", "content");
        let filled: String = filled.replace(['{', '}'], "");
        let method_ = method.parse::<Method>().unwrap();
        let answer = ada.send_bytes(method_, &filled, b"{}".to_vec()).await;
        let refused = answer.body["errcode"] == "M_USER_SUSPENDED";
        if !refused && !is_older {
            seen.push(format!("{method} {path}"));
        }
        assert!(
            refused || is_older || OPEN.contains(&&*format!("{method} {path}")),
            "{method} {path}: {}",
            answer.body
        );
    }
    let mut expected: Vec<String> = OPEN.iter().map(|line| (*line).to_owned()).collect();
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_person_is_shut_out_at_once_and_comes_back_with_her_keys() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_as("chefin", Role::OrgAdmin).await;
        let ada = server.register("ada").await;
        let since = ada.sync("").await["next_batch"].as_str().unwrap().to_owned();
        let open = until_refused(&ada, since);
        let lock = async {
            ada.get("/_matrix/client/v3/account/whoami").await.ok();
            set(&chief, "lock", &ada, true).await.ok();
            Instant::now()
        };
        let ((answer, ended), locked) = tokio::join!(open, lock);
        answer.fails(401, "M_USER_LOCKED");
        assert_eq!(answer.body["soft_logout"], true, "her keys stay");
        assert!(ended.saturating_duration_since(locked) < Duration::from_secs(1));
        let again = ada.get("/_matrix/client/v3/account/whoami").await;
        again.fails(401, "M_USER_LOCKED");
        let login = json!({
            "type": "m.login.password", "password": "correct horse battery staple",
            "identifier": { "type": "m.id.user", "user": "ada" },
        });
        let stranger = server.anonymous("one.example");
        stranger.post("/_matrix/client/v3/login", login.clone()).await.fails(401, "M_USER_LOCKED");
        let mut wrong = login;
        wrong["password"] = "wrong".into();
        stranger.post("/_matrix/client/v3/login", wrong).await.fails(403, "M_FORBIDDEN");

        set(&chief, "lock", &ada, false).await.ok();
        ada.get("/_matrix/client/v3/account/whoami").await.ok();
        set(&chief, "lock", &ada, true).await.ok();
        ada.post("/_matrix/client/v3/logout", json!({})).await.ok();
        set(&chief, "lock", &ada, false).await.ok();
        ada.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
    })
    .await;
}

#[tokio::test]
async fn nobody_shuts_out_herself_or_those_who_administer() {
    let server = TestServer::start().await;
    let chief = server.register_as("chefin", Role::OrgAdmin).await;
    let other = server.register_as("andere", Role::OrgAdmin).await;
    let ada = server.register("ada").await;
    for what in ["lock", "suspend"] {
        for target in [&chief, &other] {
            set(&chief, what, target, true).await.fails(403, "M_FORBIDDEN");
        }
        set(&ada, what, &chief, true).await.fails(403, "M_FORBIDDEN");
        // Asked before anybody is looked up.
        let nobody = format!("/_matrix/client/v1/admin/{what}/@nobody:one.example");
        ada.get(&nobody).await.fails(403, "M_FORBIDDEN");
        chief.get(&nobody).await.fails(404, "M_NOT_FOUND");
        let elsewhere = format!("/_matrix/client/v1/admin/{what}/@ada:two.example");
        chief.get(&elsewhere).await.fails(400, "M_INVALID_PARAM");
    }
    let told = chief.get("/_matrix/client/v3/capabilities").await.ok();
    let told = &told.body["capabilities"]["m.account_moderation"];
    assert_eq!(told, &json!({ "suspend": true, "lock": true }));
    let told = ada.get("/_matrix/client/v3/capabilities").await.ok();
    assert!(told.body["capabilities"].get("m.account_moderation").is_none());
}
