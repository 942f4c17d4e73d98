//! Reading and changing the policy over HTTP.

use kontor_testkit::{Setup, TestServer, for_each_server, json};

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

    let ask = json!({ "act": "weaken_policy", "setting": "read_receipts", "value": true, "reason": "neue Vereinbarung" });
    let asked = admin.post("/_kontor/admin/v1/approvals", with_password(&admin, ask)).await.ok();
    let dsb = server.register_as("dsb", kontor_core::Role::Dsb).await;
    let path = format!("/_kontor/admin/v1/approvals/{}/approve", asked.body["id"]);
    dsb.post(&path, with_password(&dsb, json!({}))).await.ok();
    let shown = admin.get("/_kontor/client/v1/policy").await.ok();
    let receipts = &shown.body["settings"]["read_receipts"];
    assert_eq!((&receipts["value"], &receipts["locked"]), (&json!(true), &json!(false)));
}
