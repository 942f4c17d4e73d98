//! Four eyes over HTTP. law: R-010

use std::time::Duration;

use kontor_core::Role;
use kontor_testkit::{Answer, Person, Setup, TestServer, Value, for_each_server, json};

use crate::roles::with_password;

const ROOT: &str = "/_kontor/admin/v1/approvals";

/// Locked in every preset, and open to less.
fn weaken() -> Value {
    json!({
        "act": "weaken_policy", "setting": "access_token_minutes", "value": 30,
        "reason": "Altes Gerät im Lager",
    })
}

async fn ask(person: &Person, wish: Value) -> i64 {
    let answer = person.post(ROOT, with_password(person, wish)).await.ok();
    answer.body["id"].as_i64().unwrap()
}

async fn approve(person: &Person, id: i64) -> Answer {
    person.post(&format!("{ROOT}/{id}/approve"), with_password(person, json!({}))).await
}

/// A server where locked settings protect as shipped.
async fn strict() -> TestServer {
    let mut setup = Setup::default();
    setup.flags.push(("preset", "strict".to_owned()));
    let server = TestServer::with(setup).await;
    server.accept_passwords().await;
    server
}

#[tokio::test]
async fn a_locked_setting_is_weakened_by_two_people_only() {
    let server = strict().await;
    let chief = server.register_as("chefin", Role::OrgAdmin).await;
    let path = "/_kontor/admin/v1/policy/settings/access_token_minutes";
    let alone = json!({ "value": 30, "reason": "Altes Gerät" });
    chief.put(path, with_password(&chief, alone)).await.fails(403, "APP_KONTOR_FOUR_EYES");
    let id = ask(&chief, weaken()).await;
    approve(&chief, id).await.fails(403, "M_FORBIDDEN");

    let dsb = server.register_as("dsb", Role::Dsb).await;
    let shown = dsb.get(ROOT).await.ok();
    let row = &shown.body["approvals"][0];
    assert_eq!(row["proposal"]["before"], 5, "the exact difference: {row}");
    assert_eq!(row["proposal"]["value"], 30);
    assert_eq!(row["requester"], chief.user_id);
    let unproven = dsb.post(&format!("{ROOT}/{id}/approve"), json!({})).await;
    assert_eq!(unproven.status, 401, "who decides shows who they are: {}", unproven.body);
    approve(&dsb, id).await.ok();
    approve(&dsb, id).await.fails(409, "M_UNKNOWN");
    let policy = dsb.get("/_kontor/client/v1/policy").await.ok();
    assert_eq!(policy.body["settings"]["access_token_minutes"]["value"], 30);
    let history = chief.get("/_kontor/admin/v1/policy/history").await.ok();
    let author = history.body["decisions"][0]["author"].as_str().unwrap().to_owned();
    assert!(author.contains(&chief.user_id) && author.contains(&dsb.user_id), "{author}");
    let mine = chief.get(ROOT).await.ok();
    assert_eq!(mine.body["approvals"][0]["decision"], "approved");
    assert_eq!(
        mine.body["approvals"][0]["outcome"]["version"], 2,
        "the first let programs sign in by password"
    );
}

#[tokio::test]
async fn a_request_expires_after_three_days_and_can_be_refused_or_taken_back() {
    let server = strict().await;
    let chief = server.register_as("chefin", Role::OrgAdmin).await;
    let council = server.register_as("betriebsrat", Role::Betriebsrat).await;
    let (old, refused, back) =
        (ask(&chief, weaken()).await, ask(&chief, weaken()).await, ask(&chief, weaken()).await);
    council.post(&format!("{ROOT}/{refused}/refuse"), json!({})).await.ok();
    approve(&council, refused).await.fails(409, "M_UNKNOWN");
    chief.post(&format!("{ROOT}/{back}/refuse"), json!({})).await.ok();
    server.clock().set(server.clock().now().plus(Duration::from_hours(72)));
    let council = server.login("betriebsrat").await;
    approve(&council, old).await.fails(410, "APP_KONTOR_EXPIRED");
    let states: Vec<String> = council.get(ROOT).await.ok().body["approvals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["decision"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["refused", "refused", "expired"]);
    approve(&council, 99).await.fails(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn a_deciding_role_is_given_by_two_people_of_other_roles() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_admin("chefin").await;
        let dsb = server.register_as("dsb", Role::Dsb).await;
        let ben = server.register("ben").await;
        let wish = |role: &str| {
            json!({
                "act": "change_role", "user_id": ben.user_id, "role": role, "held": true,
                "reason": "Bestellung",
            })
        };
        let proven = with_password(&chief, wish("tech_admin"));
        chief.post(ROOT, proven).await.fails(400, "M_INVALID_PARAM");
        let other_dsb = ask(&chief, wish("dsb")).await;
        approve(&dsb, other_dsb).await.fails(403, "M_FORBIDDEN");
        let auditor = ask(&chief, wish("auditor")).await;
        approve(&dsb, auditor).await.ok();
        ben.get("/_kontor/admin/v1/roles").await.ok();
        let about_dsb = json!({
            "act": "change_role", "user_id": dsb.user_id, "role": "compliance", "held": true,
            "reason": "auch das",
        });
        let own = ask(&chief, about_dsb).await;
        approve(&dsb, own).await.fails(403, "M_FORBIDDEN");
        let pair = json!({
            "act": "change_role", "user_id": chief.user_id, "role": "auditor", "held": true,
            "reason": "beides",
        });
        let pair = ask(&chief, pair).await;
        approve(&dsb, pair).await.fails(409, "APP_KONTOR_FORBIDDEN_ROLES");
        let listed = chief.get(ROOT).await.ok();
        assert_eq!(listed.body["approvals"][0]["decision"], "failed");
    })
    .await;
}

#[tokio::test]
async fn a_pseudonym_is_looked_up_by_two_people_and_told_to_the_one_who_asked() {
    for_each_server(async |server: TestServer| {
        let auditor = server.register_as("revision", Role::Auditor).await;
        let council = server.register_as("betriebsrat", Role::Betriebsrat).await;
        let nobody = format!("p228-{}", "0".repeat(32));
        let wish = json!({ "act": "look_up_pseudonym", "pseudonym": nobody, "reason": "Vorfall" });
        let id = ask(&auditor, wish.clone()).await;
        let mut wrong = wish;
        wrong["pseudonym"] = json!("anna");
        let wrong = with_password(&auditor, wrong);
        auditor.post(ROOT, wrong).await.fails(400, "M_INVALID_PARAM");
        approve(&council, id).await.ok();
        let mine = auditor.get(ROOT).await.ok();
        assert_eq!(mine.body["approvals"][0]["outcome"], json!({ "user_id": null }));
        let theirs = council.get(ROOT).await.ok();
        assert_eq!(theirs.body["approvals"][0]["outcome"], json!(null));
    })
    .await;
}
