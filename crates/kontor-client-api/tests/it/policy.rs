//! Reading and changing the policy over HTTP.

use kontor_core::Role;
use kontor_testkit::{Answer, Person, Setup, TestServer, Value, for_each_server, json};

use crate::roles::with_password;

#[tokio::test]
async fn everybody_reads_the_policy_and_administrators_decide() {
    for_each_server(async |server: TestServer| {
        let admin = server.register_admin("chefin").await;
        let alice = server.register("alice").await;
        let shown = alice.get("/_kontor/client/v1/policy").await.ok();
        let receipts = &shown.body["settings"]["read_receipts"];
        assert_eq!(receipts["value"], true, "the preset lab: {receipts}");
        assert_eq!(receipts["monitoring"], true);
        assert_eq!(receipts["enforced_by"], "server");
        assert_eq!(receipts["name"]["de"], "Lesebestätigungen");

        let path = "/_kontor/admin/v1/policy/settings/max_upload_mebibytes";
        let wish = json!({ "value": 1, "reason": "wenig Platz" });
        alice.put(path, wish.clone()).await.fails(403, "M_FORBIDDEN");
        let asked = admin.put(path, wish.clone()).await;
        assert_eq!(asked.status, 401, "she shows who she is: {}", asked.body);
        assert_eq!(admin.put(path, with_password(&admin, wish)).await.ok().body["version"], 1);
        let limit = alice.get("/_matrix/client/v1/media/config").await.ok();
        assert_eq!(limit.body["m.upload.size"], 1024 * 1024);

        let history = admin.get("/_kontor/admin/v1/policy/history").await.ok();
        let decision = &history.body["decisions"][0];
        assert_eq!(decision["setting"], "max_upload_mebibytes");
        assert_eq!(decision["old_value"], json!(null));
        assert_eq!(decision["new_value"], 1);
        assert_eq!(decision["author"], admin.user_id);
        assert_eq!(decision["reason"], "wenig Platz");
        let path = "/_kontor/admin/v1/policy/history";
        alice.get(path).await.fails(403, "M_FORBIDDEN");
        admin.get(&format!("{path}?before=x")).await.fails(400, "M_INVALID_PARAM");
    })
    .await;
}

#[tokio::test]
async fn a_decision_binds_every_client_at_once() {
    let mut server = TestServer::start().await;
    let admin = server.register_admin("chefin").await;
    let alice = server.register("alice").await;
    let put = async |setting: &str, value| {
        let path = format!("/_kontor/admin/v1/policy/settings/{setting}");
        let wish = json!({ "value": value, "reason": "so beschlossen" });
        admin.put(&path, with_password(&admin, wish)).await
    };
    put("e2ee_in_all_rooms", json!(true)).await.ok();
    let room = alice.create_room(json!({})).await;
    let state = format!("/_matrix/client/v3/rooms/{room}/state/m.room.encryption/");
    assert_eq!(alice.get(&state).await.ok().body["algorithm"], "m.megolm.v1.aes-sha2");
    put("discoverable_rooms", json!(false)).await.ok();
    let listed = json!({ "visibility": "public" });
    alice.post("/_matrix/client/v3/createRoom", listed.clone()).await.fails(403, "M_FORBIDDEN");

    put("session_days", json!(0)).await.fails(400, "M_INVALID_PARAM");
    put("colour", json!(0)).await.fails(404, "M_NOT_FOUND");
    put("telemetry", json!(true)).await.fails(400, "M_INVALID_PARAM");

    server.restart().await;
    let alice = server.login("alice").await;
    alice.post("/_matrix/client/v3/createRoom", listed).await.fails(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn organisations_decide_for_themselves() {
    let setup = Setup { server_names: vec!["one.example", "two.example"], ..Setup::default() };
    let server = TestServer::with(setup).await;
    let admin = server.register_admin("chefin").await;
    let path = "/_kontor/admin/v1/policy/settings/read_receipts";
    let wish = json!({ "value": false, "reason": "Betriebsrat" });
    admin.put(path, with_password(&admin, wish)).await.ok();
    let other = server.register_at("two.example", "bob").await;
    let shown = other.get("/_kontor/client/v1/policy").await.ok();
    assert_eq!(shown.body["settings"]["read_receipts"]["value"], true);
}

#[tokio::test]
async fn what_an_administrator_locks_is_weakened_by_two_people_only() {
    let server = TestServer::start().await;
    let admin = server.register_admin("chefin").await;
    let path = "/_kontor/admin/v1/policy/settings/read_receipts";
    let put = async |wish| admin.put(path, with_password(&admin, wish)).await;
    put(json!({ "value": false, "reason": "Betriebsrat", "lock": true })).await.ok();
    let shown = admin.get("/_kontor/client/v1/policy").await.ok();
    let receipts = &shown.body["settings"]["read_receipts"];
    assert_eq!((&receipts["locked"], &receipts["floor"]), (&json!(true), &json!(false)));
    let looser = json!({ "value": true, "reason": "doch nicht" });
    put(looser).await.fails(403, "APP_KONTOR_FOUR_EYES");
    let back = json!({ "value": null, "reason": "wie geliefert" });
    put(back).await.fails(403, "APP_KONTOR_FOUR_EYES");

    let ask = json!({
        "act": "weaken_policy", "setting": "read_receipts", "value": true,
        "reason": "neue Vereinbarung", "agreement": agreement(),
    });
    let asked = admin.post("/_kontor/admin/v1/approvals", with_password(&admin, ask)).await.ok();
    let dsb = server.register_as("dsb", Role::Dsb).await;
    approve(&dsb, &asked).await.ok();
    let shown = admin.get("/_kontor/client/v1/policy").await.ok();
    let receipts = &shown.body["settings"]["read_receipts"];
    assert_eq!((&receipts["value"], &receipts["locked"]), (&json!(true), &json!(false)));
}

fn agreement() -> Value {
    json!({
        "ground": "agreement", "reference": "BV Messenger § 4", "date": "2025-12-01",
        "by": "Erika Muster",
    })
}

async fn approve(person: &Person, asked: &Answer) -> Answer {
    let path = format!("/_kontor/admin/v1/approvals/{}/approve", asked.body["id"]);
    person.post(&path, with_password(person, json!({}))).await
}

/// law: R-065
#[tokio::test]
async fn the_works_council_consents_to_what_can_watch_people() {
    for_each_server(async |server: TestServer| {
        let admin = server.register_admin("chefin").await;
        let path = "/_kontor/admin/v1/policy/settings/read_receipts";
        let put = async |wish| admin.put(path, with_password(&admin, wish)).await;
        put(json!({ "value": false, "reason": "zunächst nicht" })).await.ok();
        let looser = json!({ "value": true, "reason": "Wunsch der Teams" });
        put(looser.clone()).await.fails(409, "APP_KONTOR_WORKS_COUNCIL");
        let mut dateless = looser;
        dateless["agreement"] = json!({ "ground": "agreement", "date": "", "by": "x" });
        put(dateless).await.fails(400, "M_INVALID_PARAM");

        let ask = json!({
            "act": "weaken_policy", "setting": "read_receipts", "value": true,
            "reason": "Wunsch der Teams",
        });
        let ask = with_password(&admin, ask);
        let asked = admin.post("/_kontor/admin/v1/approvals", ask).await.ok();
        let dsb = server.register_as("dsb", Role::Dsb).await;
        approve(&dsb, &asked).await.fails(403, "APP_KONTOR_WORKS_COUNCIL");
        let council = server.register_as("rat", Role::Betriebsrat).await;
        approve(&council, &asked).await.ok();
        let shown = admin.get("/_kontor/client/v1/policy").await.ok();
        assert_eq!(shown.body["settings"]["read_receipts"]["value"], true);
        let history = council.get("/_kontor/admin/v1/policy/history").await.ok();
        let consent = &history.body["decisions"][0]["agreement"];
        assert_eq!(
            (&consent["ground"], &consent["by"]),
            (&json!("consent"), &json!(council.user_id))
        );
        assert_eq!(consent["date"], "2026-01-01");
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_shown_before_it_is_chosen() {
    let server = TestServer::start().await;
    let admin = server.register_admin("chefin").await;
    // The profile lets in devices of the organisation only.
    let (user, device) = (&admin.user_id, &admin.device_id);
    let kind = format!("/_kontor/admin/v1/devices/{user}/{device}/kind");
    admin.put(&kind, json!({ "kind": "company" })).await.ok();
    let path = "/_kontor/admin/v1/policy/profile";
    let preview = admin.get(&format!("{path}?profile=elevated")).await.ok();
    assert_eq!(preview.body["profile"], json!(null));
    let differences = preview.body["differences"].as_array().unwrap();
    let session = differences.iter().find(|it| it["setting"] == "session_days").unwrap();
    assert_eq!((&session["before"], &session["after"]), (&json!(30), &json!(7)));
    admin.get(&format!("{path}?profile=best")).await.fails(400, "M_INVALID_PARAM");

    let wish = json!({ "profile": "elevated", "reason": "Kanzlei" });
    assert_eq!(admin.put(path, wish.clone()).await.status, 401, "she shows who she is");
    admin.put(path, with_password(&admin, wish)).await.ok();
    let shown = admin.get("/_kontor/client/v1/policy").await.ok();
    assert_eq!(shown.body["profile"], "elevated");
    let settings = &shown.body["settings"];
    assert_eq!(settings["web_idle_lock_minutes"]["value"], 15, "for programs, too");
    assert_eq!(settings["second_factor"]["value"], "webauthn");
}

/// law
#[tokio::test]
async fn people_decide_more_strictly_for_themselves_and_the_server_keeps_to_it() {
    for_each_server(async |server: TestServer| {
        let (alice, bob) = (server.register("alice").await, server.register("bob").await);
        let room = alice.create_room(json!({ "invite": [bob.user_id] })).await;
        bob.join(&room).await;
        let own = |setting: &str| format!("/_kontor/client/v1/policy/own/{setting}");
        let signals = async || {
            let event = bob.send(&room, "hallo").await;
            let rooms = format!("/_matrix/client/v3/rooms/{room}");
            alice.post(&format!("{rooms}/receipt/m.read/{event}"), json!({})).await.ok();
            let typing = json!({ "typing": true, "timeout": 30_000 });
            alice.put(&format!("{rooms}/typing/{}", alice.user_id), typing).await.ok();
            let presence = format!("/_matrix/client/v3/presence/{}/status", alice.user_id);
            alice.put(&presence, json!({ "presence": "online" })).await.ok();
            let seen = bob.get(&presence).await.ok().body["presence"] == "online";
            let sync = bob.sync("").await;
            let shown = sync["rooms"]["join"][&room]["ephemeral"].to_string();
            (seen, shown.matches(&*alice.user_id).count())
        };
        for setting in ["presence", "read_receipts", "typing_notices"] {
            alice.put(&own(setting), json!({ "value": false })).await.ok();
        }
        assert_eq!(signals().await, (false, 0));
        let shown = alice.get("/_kontor/client/v1/policy").await.ok();
        let receipts = &shown.body["settings"]["read_receipts"];
        let told = (&receipts["value"], &receipts["own"], &receipts["effective"]);
        assert_eq!(told, (&json!(true), &json!(false), &json!(false)));
        let others = bob.get("/_kontor/client/v1/policy").await.ok();
        assert_eq!(others.body["settings"]["read_receipts"]["own"], json!(null));

        alice.put(&own("push_with_content"), json!({ "value": false })).await.ok();
        let mut pusher = json!({
            "kind": "http", "app_id": "app", "pushkey": "key", "app_display_name": "A",
            "device_display_name": "D", "lang": "de",
            "data": { "url": "https://push.example/_matrix/push/v1/notify" },
        });
        let path = "/_matrix/client/v3/pushers/set";
        alice.post(path, pusher.clone()).await.fails(400, "M_INVALID_PARAM");
        pusher["data"]["format"] = json!("event_id_only");
        alice.post(path, pusher).await.ok();

        for setting in ["presence", "read_receipts", "typing_notices"] {
            alice.put(&own(setting), json!({ "value": null })).await.ok();
        }
        assert_eq!(signals().await, (true, 2));
    })
    .await;
}

/// law
#[tokio::test]
async fn nobody_decides_less_strictly_and_what_watches_people_waits_for_them() {
    let server = TestServer::with(Setup { flags: Vec::new(), ..Setup::default() }).await;
    server.accept_passwords().await;
    let alice = server.register_as("alice", Role::TechAdmin).await;
    let own = |setting: &str| format!("/_kontor/client/v1/policy/own/{setting}");
    let on = json!({ "value": true });
    alice.put(&own("read_receipts"), on.clone()).await.fails(403, "APP_KONTOR_POLICY_LOCKED");
    let slow = json!({ "value": 60 });
    alice.put(&own("web_idle_lock_minutes_class_2"), slow).await.fails(400, "M_INVALID_PARAM");
    let slow = json!({ "value": 30 });
    let answer = alice.put(&own("web_idle_lock_minutes_class_2"), slow).await;
    answer.fails(403, "APP_KONTOR_POLICY_LOCKED");
    alice.put(&own("web_idle_lock_minutes_class_2"), json!({ "value": 7 })).await.ok();
    alice.put(&own("session_days"), json!({ "value": 1 })).await.fails(400, "M_INVALID_PARAM");
    alice.put(&own("colour"), on).await.fails(404, "M_NOT_FOUND");
    let shown = alice.get("/_kontor/client/v1/policy").await.ok();
    let lock = &shown.body["settings"]["web_idle_lock_minutes_class_2"];
    assert_eq!((&lock["value"], &lock["effective"]), (&json!(15), &json!(7)));
}
