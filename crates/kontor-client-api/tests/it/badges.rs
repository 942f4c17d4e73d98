//! Who confirms who somebody is, and what the organisation wants to know of people.

use kontor_core::Role;
use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

use crate::roles::with_password;

async fn badges(person: &Person, users: &[&str]) -> Vec<(String, u64)> {
    let answer = person.post("/_kontor/client/v1/badges", json!({ "users": users })).await.ok();
    let badge = |badge: &Value| {
        (badge["standing"].as_str().unwrap().to_owned(), badge["level"].as_u64().unwrap())
    };
    answer.body["badges"].as_array().unwrap().iter().map(badge).collect()
}

fn is(standing: &str, level: u64) -> (String, u64) {
    (standing.to_owned(), level)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_says_who_vouches_for_a_name() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let admin = server.register_as("olga", Role::OrgAdmin).await;
        let guest = server.register_as("gast", Role::Guest).await;
        let users = [&*alice.user_id, &guest.user_id, "@x:elsewhere.example"];
        let before = [is("unconfirmed", 0), is("external", 1), is("external", 0)];
        assert_eq!(badges(&bob, &users).await, before);

        let path = |user: &str| format!("/_kontor/admin/v1/people/{user}/identity");
        let proof = json!({ "method": "in_person", "reason": "Ausweis gesehen, Empfang" });
        bob.put(&path(&alice.user_id), proof.clone()).await.fails(403, "M_FORBIDDEN");
        let asked = admin.put(&path(&alice.user_id), proof.clone()).await;
        assert_eq!(asked.status, 401, "asks who she is: {}", asked.body);
        let sure = with_password(&admin, proof);
        admin.put(&path(&admin.user_id), sure.clone()).await.fails(403, "M_FORBIDDEN");
        admin.put(&path("@nobody:one.example"), sure.clone()).await.fails(404, "M_NOT_FOUND");
        for wrong in [
            json!({ "method": "in_person", "reason": " " }),
            json!({ "method": "guess", "reason": "x" }),
        ] {
            let wrong = with_password(&admin, wrong);
            admin.put(&path(&alice.user_id), wrong).await.fails(400, "M_INVALID_PARAM");
        }
        admin.put(&path(&alice.user_id), sure.clone()).await.ok();
        admin.put(&path(&guest.user_id), sure).await.ok();
        let after = [is("confirmed", 3), is("external", 3), is("external", 0)];
        assert_eq!(badges(&bob, &users).await, after);

        let back = with_password(&admin, json!({ "method": "unproved", "reason": "Irrtum" }));
        admin.put(&path(&alice.user_id), back).await.ok();
        assert_eq!(badges(&bob, &users[..1]).await, [is("unconfirmed", 0)]);
    })
    .await;
}

async fn call(person: &Person, name: &str) {
    let path = format!("/_matrix/client/v3/profile/{}/displayname", person.user_id);
    person.put(&path, json!({ "displayname": name })).await.ok();
}

/// How often the log says that a proof is over.
async fn ended(auditor: &Person) -> usize {
    let log = auditor.get("/_kontor/admin/v1/audit").await.ok().body.to_string();
    log.matches("user.identity.ended").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_another_name_is_unconfirmed_until_that_is_confirmed() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let admin = server.register_as("olga", Role::OrgAdmin).await;
        let dora = server.register_as("dora", Role::Dsb).await;
        let path = format!("/_kontor/admin/v1/people/{}/identity", alice.user_id);
        let confirm =
            || with_password(&admin, json!({ "method": "in_person", "reason": "Ausweis gesehen" }));
        call(&alice, "Alice Neu").await;
        assert_eq!(ended(&dora).await, 0, "there was no proof");
        admin.put(&path, confirm()).await.ok();
        let users = [&*alice.user_id];
        for same in ["Alice Neu", " Alice Neu "] {
            call(&alice, same).await;
            assert_eq!(badges(&admin, &users).await, [is("confirmed", 3)], "{same:?}");
        }
        let own = |field: &str| format!("/_matrix/client/v3/profile/{}/{field}", alice.user_id);
        alice.put(&own("m.tz"), json!({ "m.tz": "Europe/Berlin" })).await.ok();
        assert_eq!(badges(&admin, &users).await, [is("confirmed", 3)], "it is no name");

        call(&alice, "Der Vorstand").await;
        assert_eq!(badges(&admin, &users).await, [is("unconfirmed", 0)]);
        let person = format!("/_kontor/admin/v1/people/{}", alice.user_id);
        assert_eq!(admin.get(&person).await.ok().body["identity_level"], 0);
        assert_eq!(ended(&dora).await, 1);
        call(&alice, "Alice Neu").await;
        assert_eq!(badges(&admin, &users).await, [is("unconfirmed", 0)], "the way back is none");
        assert_eq!(ended(&dora).await, 1, "there was no proof any more");

        admin.put(&path, confirm()).await.ok();
        assert_eq!(badges(&admin, &users).await, [is("confirmed", 3)]);
        alice.delete(&own("displayname")).await.ok();
        assert_eq!(badges(&admin, &users).await, [is("unconfirmed", 0)], "no name is another name");
        call(&alice, "Der Vorstand").await;
        assert_eq!(badges(&admin, &users).await, [is("unconfirmed", 0)]);
        assert_eq!(ended(&dora).await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_another_name_in_one_room() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        call(&alice, "Alice").await;
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        let path = |of: &str| format!("/_matrix/client/v3/rooms/{room}/state/m.room.member/{of}");
        let other = json!({ "membership": "join", "displayname": "Der Vorstand" });
        alice.put(&path(&alice.user_id), other).await.fails(403, "M_FORBIDDEN");
        let other = json!({ "membership": "invite", "displayname": "Der Vorstand" });
        alice.put(&path(&bob.user_id), other).await.fails(403, "M_FORBIDDEN");
        for same in [json!("Alice"), Value::Null] {
            let same = json!({ "membership": "join", "displayname": same });
            alice.put(&path(&alice.user_id), same).await.ok();
        }
        let none = json!({ "membership": "invite" });
        alice.put(&path(&bob.user_id), none).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_badges_are_refused() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let users = vec![alice.user_id.as_str(); 501];
    let answer = alice.post("/_kontor/client/v1/badges", json!({ "users": users })).await;
    answer.fails(400, "M_INVALID_PARAM");
    let nonsense = alice.post("/_kontor/client/v1/badges", json!({ "users": ["alice"] })).await;
    nonsense.fails(400, "M_BAD_JSON");
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_hold_what_the_organisation_wants_and_no_more() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let admin = server.register_as("olga", Role::OrgAdmin).await;
        let own = |field: &str| format!("/_matrix/client/v3/profile/{}/{field}", alice.user_id);
        let picture = json!({ "avatar_url": "mxc://one.example/abc" });
        alice.put(&own("avatar_url"), picture.clone()).await.ok();
        for (setting, value) in [
            ("profile_picture", json!("off")),
            ("profile_name", json!("required")),
            ("profile_phone", json!("off")),
            ("profile_other_fields", json!(false)),
        ] {
            let path = format!("/_kontor/admin/v1/policy/settings/{setting}");
            let wish = json!({ "value": value, "reason": "Datensparsamkeit" });
            admin.put(&path, with_password(&admin, wish)).await.ok();
        }
        alice.put(&own("avatar_url"), picture).await.fails(403, "M_FORBIDDEN");
        alice.delete(&own("avatar_url")).await.ok();
        alice.delete(&own("displayname")).await.fails(403, "M_FORBIDDEN");
        let empty = json!({ "displayname": "" });
        alice.put(&own("displayname"), empty).await.fails(403, "M_FORBIDDEN");
        let phone = json!({ "app.kontor.phone": "+49 30 1" });
        alice.put(&own("app.kontor.phone"), phone).await.fails(403, "M_FORBIDDEN");
        let mood = json!({ "org.example.mood": "gut" });
        alice.put(&own("org.example.mood"), mood).await.fails(403, "M_FORBIDDEN");
        alice.put(&own("m.tz"), json!({ "m.tz": "Europe/Berlin" })).await.ok();
        let capabilities = alice.get("/_matrix/client/v3/capabilities").await.ok().body;
        let fields = &capabilities["capabilities"]["m.profile_fields"];
        assert_eq!(*fields, json!({ "enabled": true, "allowed": ["displayname", "m.tz"] }));
        assert_eq!(capabilities["capabilities"]["m.set_avatar_url"]["enabled"], false);

        let path = "/_kontor/admin/v1/policy/settings/profile_picture";
        let force = json!({ "value": "required", "reason": "Wunsch des Vertriebs" });
        let refused = admin.put(path, with_password(&admin, force)).await;
        refused.fails(400, "M_INVALID_PARAM");
    })
    .await;
}
