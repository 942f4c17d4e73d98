//! Every administrative route with every role. law: R-009

use std::collections::BTreeSet;

use kontor_core::{Permission, Role, Roles};
use kontor_testkit::{Answer, Method, Person, TestServer, Value, for_each_server, json};

/// Administrative routes and what they ask for. A role that holds it is not refused for its role.
const ROUTES: &[(&str, &str, Permission)] = &[
    ("GET", "/_kontor/admin/v1/policy/history", Permission::ReadPolicyHistory),
    ("PUT", "/_kontor/admin/v1/policy/settings/{setting}", Permission::DecidePolicy),
    ("GET", "/_kontor/admin/v1/policy/profile", Permission::ReadPolicyHistory),
    ("PUT", "/_kontor/admin/v1/policy/profile", Permission::DecidePolicy),
    ("GET", "/_kontor/admin/v1/roles", Permission::SeeRoles),
    ("GET", "/_kontor/admin/v1/audit", Permission::ReadAudit),
    ("GET", "/_kontor/admin/v1/people", Permission::SeePeople),
    ("GET", "/_kontor/admin/v1/people/{userId}", Permission::SeePeople),
    ("POST", "/_kontor/admin/v1/people/{userId}/sign_out", Permission::ManagePeople),
    ("POST", "/_kontor/admin/v1/people/{userId}/close", Permission::ManagePeople),
    ("POST", "/_kontor/admin/v1/people/{userId}/renew_guest", Permission::ManagePeople),
    ("POST", "/_kontor/admin/v1/people/{userId}/reset_link", Permission::ManagePeople),
    ("POST", "/_kontor/admin/v1/people/{userId}/reset_second_factors", Permission::ManagePeople),
    ("GET", "/_kontor/admin/v1/invitations", Permission::ManagePeople),
    ("POST", "/_kontor/admin/v1/invitations", Permission::ManagePeople),
    ("DELETE", "/_kontor/admin/v1/invitations/{invitationId}", Permission::ManagePeople),
    ("POST", "/_kontor/admin/v1/invitations/{invitationId}/renew", Permission::ManagePeople),
    ("GET", "/_matrix/client/v1/admin/lock/{userId}", Permission::ManagePeople),
    ("PUT", "/_matrix/client/v1/admin/lock/{userId}", Permission::ManagePeople),
    ("GET", "/_matrix/client/v1/admin/suspend/{userId}", Permission::ManagePeople),
    ("PUT", "/_matrix/client/v1/admin/suspend/{userId}", Permission::ManagePeople),
    (
        "GET",
        "/_matrix/client/unstable/uk.timedout.msc4323/admin/lock/{userId}",
        Permission::ManagePeople,
    ),
    (
        "PUT",
        "/_matrix/client/unstable/uk.timedout.msc4323/admin/lock/{userId}",
        Permission::ManagePeople,
    ),
    (
        "GET",
        "/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/{userId}",
        Permission::ManagePeople,
    ),
    (
        "PUT",
        "/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/{userId}",
        Permission::ManagePeople,
    ),
    ("GET", "/_kontor/admin/v1/approvals", Permission::SeeApprovals),
    ("POST", "/_kontor/admin/v1/approvals", Permission::DecidePolicy),
    ("POST", "/_kontor/admin/v1/approvals/{approvalId}/approve", Permission::DecideApprovals),
    ("POST", "/_kontor/admin/v1/approvals/{approvalId}/refuse", Permission::SeeApprovals),
    ("PUT", "/_kontor/admin/v1/people/{userId}/roles/{role}", Permission::ChangeRoles),
    ("PUT", "/_kontor/admin/v1/people/{userId}/identity", Permission::ManagePeople),
    ("GET", "/_kontor/admin/v1/devices", Permission::SeeDevices),
    ("POST", "/_kontor/admin/v1/devices/{userId}/{deviceId}/sign_out", Permission::ManagePeople),
    ("POST", "/_kontor/admin/v1/devices/{userId}/{deviceId}/lost", Permission::ManagePeople),
    ("PUT", "/_kontor/admin/v1/devices/{userId}/{deviceId}/kind", Permission::ManagePeople),
    ("GET", "/_kontor/admin/v1/rooms", Permission::SeeRooms),
    ("GET", "/_kontor/admin/v1/condition", Permission::SeeHealth),
    ("GET", "/_kontor/admin/v1/deletion", Permission::SeeDeletion),
    ("GET", "/_kontor/admin/v1/deletion/dry_run", Permission::SeeDeletion),
    ("POST", "/_kontor/admin/v1/deletion/runs/{run}/certificate", Permission::SeeDeletion),
    ("GET", "/_kontor/admin/v1/erasures", Permission::SeeDeletion),
    ("GET", "/_kontor/admin/v1/holds", Permission::SeeDeletion),
    ("POST", "/_kontor/admin/v1/holds/{hold}/review", Permission::PlaceHolds),
    ("POST", "/_kontor/admin/v1/holds/{hold}/release", Permission::PlaceHolds),
    ("GET", "/_kontor/admin/v1/erasures/{erasure}/certificate", Permission::SeeDeletion),
    ("GET", "/_kontor/admin/v1/programs", Permission::SeeDevices),
    ("PUT", "/_kontor/admin/v1/programs/{program}", Permission::DecidePolicy),
    ("DELETE", "/_kontor/admin/v1/programs/{program}", Permission::DecidePolicy),
    ("GET", "/_matrix/client/v3/admin/whois/{userId}", Permission::SeeDevices),
];

/// Routes under these names that ask for no role: a secret or nothing at all.
const OTHERS: &[&str] = &["/_synapse/admin/v1/register"];

fn filled(path: &str, user: &str) -> String {
    path.replace("{setting}", "read_receipts").replace("{userId}", user).replace("{role}", "guest")
}

/// A body that every route takes or does not look at.
fn body() -> Value {
    json!({
        "value": true, "reason": "Test", "held": false,
        "act": "weaken_policy", "setting": "presence", "method": "records",
        "kind": "private", "minimum": "1.0", "profile": "elevated",
        "suspended": false, "locked": false,
    })
}

/// The body, with proof of who sends it.
pub(crate) fn with_password(person: &Person, mut body: Value) -> Value {
    body["auth"] = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": person.user_id },
        "password": "correct horse battery staple",
    });
    body
}

async fn call(person: &Person, method: &str, path: &str) -> Answer {
    match method {
        "GET" => person.get(path).await,
        "PUT" => person.put(path, body()).await,
        "POST" => person.post(path, body()).await,
        other => person.send_bytes(other.parse::<Method>().unwrap(), path, vec![]).await,
    }
}

#[test]
fn the_table_names_every_administrative_route() {
    let listed: BTreeSet<(&str, &str)> = include_str!("spec_routes.txt")
        .lines()
        .filter(|line| line.contains("/admin/") && !line.contains("  absent"))
        .filter_map(|line| line.split_once(' '))
        .map(|(method, rest)| (method, rest.trim_start().split("  ").next().unwrap()))
        .filter(|(_, path)| !path.contains("/r0/") && !OTHERS.contains(path))
        .collect();
    let known: BTreeSet<(&str, &str)> =
        ROUTES.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(listed, known);
}

#[tokio::test]
async fn every_role_passes_where_the_table_lets_it_and_nowhere_else() {
    for_each_server(async |server: TestServer| {
        let subject = server.register("subject").await;
        for role in Role::ALL {
            let person = server.register_as(&format!("one-{}", role.as_str()), role).await;
            for (method, path, permission) in ROUTES {
                let answer = call(&person, method, &filled(path, &subject.user_id)).await;
                let refused = answer.body["permission"] == permission.as_str();
                let expected = !Roles::of(&[role]).may(*permission);
                assert_eq!(refused, expected, "{role}: {method} {path}: {}", answer.body);
                assert_eq!(answer.status == 403 && refused, expected, "{role}: {method} {path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_is_given_over_http_and_seen_by_those_who_may() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_admin("chefin").await;
        let ben = server.register("ben").await;
        let path = |role: &str| format!("/_kontor/admin/v1/people/{}/roles/{role}", ben.user_id);
        let wish = json!({ "held": true, "reason": "Betrieb" });
        let asked = chief.put(&path("tech_admin"), wish.clone()).await;
        assert_eq!((asked.status, asked.body["flows"].is_array()), (401, true), "{}", asked.body);
        let proven = with_password(&chief, wish.clone());
        let given = chief.put(&path("tech_admin"), proven.clone()).await.ok();
        assert_eq!(given.body["changed"], true);
        let listed = chief.get("/_kontor/admin/v1/roles").await.ok();
        let row = listed.body["roles"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["user_id"] == ben.user_id);
        let row = row.unwrap();
        assert_eq!((&row["role"], &row["reason"]), (&json!("tech_admin"), &json!("Betrieb")));
        assert_eq!(row["granted_by"], chief.user_id);
        let four = chief.put(&path("auditor"), wish.clone()).await;
        four.fails(403, "APP_KONTOR_FOUR_EYES");
        chief.put(&path("guest"), proven).await.fails(409, "APP_KONTOR_FORBIDDEN_ROLES");
        chief.put(&path("king"), wish).await.fails(400, "M_INVALID_PARAM");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_signs_somebody_out_and_the_auditor_reads_of_it() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_as("chefin", Role::OrgAdmin).await;
        let auditor = server.register_as("revision", Role::Auditor).await;
        let ben = server.register("ben").await;
        let path = format!("/_kontor/admin/v1/people/{}/sign_out", ben.user_id);
        let ended = chief.post(&path, json!({})).await.ok();
        assert_eq!(ended.body["devices"], 1);
        let gone = ben.get("/_matrix/client/v3/account/whoami").await;
        gone.fails(401, "M_UNKNOWN_TOKEN");
        assert_eq!(gone.body["soft_logout"], false, "its keys are to be discarded");
        let nobody = "/_kontor/admin/v1/people/@nobody:one.example/sign_out";
        chief.post(nobody, json!({})).await.fails(404, "M_NOT_FOUND");

        let log = auditor.get("/_kontor/admin/v1/audit").await.ok();
        let entries = log.body["entries"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["action"] == "session.ended.by_admin");
        let entry = entry.unwrap();
        assert_eq!(entry["actor"], format!("admin:{}", chief.user_id));
        assert!(entry["object"].as_str().unwrap().starts_with("user:p"), "a pseudonym: {entry}");
        let seq = entry["seq"].as_i64().unwrap();
        let older = auditor.get(&format!("/_kontor/admin/v1/audit?before={seq}")).await.ok();
        assert_eq!(older.body["entries"][0]["seq"], seq - 1);

        let people = chief.get("/_kontor/admin/v1/people").await.ok();
        assert_eq!(people.body["people"].as_array().unwrap().len(), 3);
        let found = chief.get("/_kontor/admin/v1/people?q=BEN&role=user").await.ok();
        assert_eq!(
            (&found.body["total"], &found.body["people"][0]["user_id"]),
            (&json!(1), &json!(ben.user_id))
        );
    })
    .await;
}
