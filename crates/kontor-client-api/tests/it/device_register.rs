//! The register of devices: whose each is, old programs, signing out by administrators.

use std::time::Duration;

use kontor_core::{Role, Timestamp};
use kontor_testkit::{Answer, Method, Person, TestServer, Value, for_each_server, json};

use crate::roles::with_password;

const SYNC: &str = "/_matrix/client/v3/sync";
const OWN: &str = "/_kontor/client/v1/device";
const DEVICES: &str = "/_kontor/admin/v1/devices";

fn later(server: &TestServer, span: Duration) {
    server.clock().set(server.clock().now().plus(span));
}

/// `GET /sync` of a program that names itself.
async fn sync_as(server: &TestServer, person: &Person, agent: &str) -> Answer {
    server.raw(person.request(Method::GET, SYNC).header("user-agent", agent)).await
}

fn of<'a>(list: &'a Answer, person: &Person) -> &'a Value {
    let devices = list.body["devices"].as_array().unwrap();
    devices.iter().find(|it| it["device_id"] == *person.device_id).unwrap()
}

async fn set(admin: &Person, setting: &str, value: Value) {
    let path = format!("/_kontor/admin/v1/policy/settings/{setting}");
    let wish = json!({ "value": value, "reason": "test" });
    admin.put(&path, with_password(admin, wish)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_says_what_is_needed_and_neither_name_nor_time() {
    for_each_server(async |server| {
        let admin = server.register_as("admin", Role::OrgAdmin).await;
        let alice = server.register("alice").await;
        let path = format!("/_matrix/client/v3/devices/{}", alice.device_id);
        alice.put(&path, json!({ "display_name": "Alices Telefon" })).await.ok();
        sync_as(&server, &alice, "Element X/25.6.1 (iPhone; 10.0.0.7)").await.ok();
        let own = alice.get(OWN).await.ok();
        assert_eq!(own.body["kind"], "private");
        assert_eq!(own.body["declared"], false);
        alice.put(OWN, json!({ "kind": "company" })).await.ok();
        alice.put(OWN, json!({ "kind": "toaster" })).await.fails(400, "M_INVALID_PARAM");
        let list = admin.get(DEVICES).await.ok();
        let shown = of(&list, &alice);
        assert_eq!(shown["kind"], "company");
        assert_eq!((&shown["program"], &shown["version"]), (&json!("Element X"), &json!("25.6.1")));
        // The week that 2026-01-01 is in began on 2025-12-29.
        assert_eq!(shown["last_seen_week_ts"], 1_766_966_400_000_i64);
        assert_eq!(list.body["counts"], json!({ "company": 1, "private": 1, "browser": 0 }));
        let text = list.body.to_string();
        for hidden in ["Alices", "10.0.0.7", "iPhone", "last_seen_ts", "display_name", "\"ip\""] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        let (user, device) = (&admin.user_id, &admin.device_id);
        let rest = admin.get(&format!("{DEVICES}?after_user={user}&after_device={device}")).await;
        assert_eq!(rest.ok().body["devices"].as_array().unwrap().len(), 1);
        server.register("bob").await.get(DEVICES).await.fails(403, "M_FORBIDDEN");
        for role in [Role::Dsb, Role::Compliance, Role::Auditor] {
            let other = server.register_as(role.as_str(), role).await;
            other.get(DEVICES).await.fails(403, "M_FORBIDDEN");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_a_device_out_makes_it_forget_its_keys() {
    for_each_server(async |server| {
        let admin = server.register_as("admin", Role::OrgAdmin).await;
        let tech = server.register_as("tech", Role::TechAdmin).await;
        for act in ["sign_out", "lost"] {
            let alice = match act {
                "lost" => server.login("alice").await,
                _ => server.register("alice").await,
            };
            let path = format!("{DEVICES}/{}/{}/{act}", alice.user_id, alice.device_id);
            tech.post(&path, json!({})).await.fails(403, "M_FORBIDDEN");
            admin.post(&path, json!({})).await.ok();
            let gone = alice.get(SYNC).await;
            assert_eq!((gone.status, &gone.body["soft_logout"]), (401, &json!(false)), "{act}");
            admin.post(&path, json!({})).await.fails(404, "M_NOT_FOUND");
        }
        let dsb = server.register_as("dsb", Role::Dsb).await;
        let log = dsb.get("/_kontor/admin/v1/audit").await.ok().body.to_string();
        assert!(log.contains("device.lost") && log.contains("session.ended.by_admin"), "{log}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_only_company_devices_are_let_in_an_administrator_says_which_those_are() {
    for_each_server(async |server| {
        let admin = server.register_as("admin", Role::OrgAdmin).await;
        let alice = server.register("alice").await;
        alice.get(SYNC).await.ok();
        let kind =
            |person: &Person| format!("{DEVICES}/{}/{}/kind", person.user_id, person.device_id);
        admin.put(&kind(&admin), json!({ "kind": "company" })).await.ok();
        set(&admin, "devices_allowed", json!("company_only")).await;
        for path in [SYNC, "/_matrix/client/v3/joined_rooms", "/_matrix/client/v3/devices"] {
            let refused = alice.get(path).await;
            refused.fails(403, "APP_KONTOR_DEVICE_NOT_ALLOWED");
        }
        alice.get("/_matrix/client/v3/account/whoami").await.ok();
        assert_eq!(alice.get(OWN).await.ok().body["rights"]["admitted"], false);
        let answer = alice.put(OWN, json!({ "kind": "company" })).await;
        answer.fails(403, "APP_KONTOR_DEVICE_NOT_ALLOWED");
        admin.put(&kind(&alice), json!({ "kind": "company" })).await.ok();
        alice.get(SYNC).await.ok();
        let answer = alice.put(OWN, json!({ "kind": "private" })).await;
        answer.fails(403, "APP_KONTOR_DEVICE_NOT_ALLOWED");
        alice.post("/_matrix/client/v3/logout", json!({})).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_on_a_foreign_browser_ends_within_the_hour_and_leaves_nothing() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        alice.put(OWN, json!({ "kind": "browser" })).await.ok();
        let rights = alice.get(OWN).await.ok().body["rights"].clone();
        let expected = json!({
            "admitted": true, "downloads": false, "keeps": false, "longest_session_ms": 3_600_000,
        });
        assert_eq!(rights, expected);
        later(&server, Duration::from_mins(59));
        alice.get(SYNC).await.ok();
        alice.put(OWN, json!({ "kind": "private" })).await.ok();
        alice.put(OWN, json!({ "kind": "browser" })).await.ok();
        later(&server, Duration::from_mins(1));
        let over = alice.get(SYNC).await;
        assert_eq!((over.status, &over.body["soft_logout"]), (401, &json!(false)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_program_is_warned_of_first_and_refused_after_the_grace() {
    for_each_server(async |mut server| {
        let mut admin = server.register_as("admin", Role::OrgAdmin).await;
        let mut alice = server.register("alice").await;
        let (old, new) = ("Element/1.11.2 (Linux)", "Element/1.12.0");
        sync_as(&server, &alice, old).await.ok();
        let path = "/_kontor/admin/v1/programs/Element";
        let body = json!({ "minimum": "1.12", "reason": "CVE-2026-0001" });
        alice.put(path, body.clone()).await.fails(403, "M_FORBIDDEN");
        admin
            .put(path, json!({ "minimum": "new", "reason": "x" }))
            .await
            .fails(400, "M_INVALID_PARAM");
        admin
            .put(path, json!({ "minimum": "1.12", "reason": " " }))
            .await
            .fails(400, "M_MISSING_PARAM");
        let floor = admin.put(path, body).await.ok();
        let blocked = Timestamp(floor.body["blocked_ts"].as_i64().unwrap());
        assert_eq!(blocked.since(server.clock().now()), Duration::from_hours(14 * 24));
        sync_as(&server, &alice, old).await.ok();
        let update = alice.get(OWN).await.ok().body["update"].clone();
        assert_eq!(update, json!({ "minimum": "1.12", "blocked_ts": blocked.0 }));
        let list = admin.get(DEVICES).await.ok();
        assert_eq!(of(&list, &alice)["update"]["minimum"], "1.12");

        server.clock().set(blocked);
        server.restart().await;
        (admin.base, alice.base) = (server.base(), server.base());
        let refused = sync_as(&server, &alice, old).await;
        refused.fails(403, "APP_KONTOR_PROGRAM_TOO_OLD");
        assert!(refused.text("error").contains("Update it to version 1.12"), "{}", refused.body);
        let login = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": "alice" },
            "password": "correct horse battery staple",
        });
        let sign_in = async |agent: &str| {
            let stranger = server.anonymous("one.example");
            let request = stranger.request(Method::POST, "/_matrix/client/v3/login");
            server.raw(request.header("user-agent", agent).json(&login)).await
        };
        sign_in("ELEMENT/1.11.9").await.fails(403, "APP_KONTOR_PROGRAM_TOO_OLD");
        sign_in(new).await.ok();
        sync_as(&server, &alice, new).await.ok();
        sync_as(&server, &alice, "Mozilla/5.0 (X11)").await.ok();
        admin.delete(path).await.ok();
        sync_as(&server, &alice, old).await.ok();
    })
    .await;
}
