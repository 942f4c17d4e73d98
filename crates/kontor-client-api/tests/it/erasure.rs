//! Erasing a person: gone from every table and file, while the others go on. law: R-128

use kontor_core::Role;
use kontor_testkit::{Method, Person, TestServer, Value, for_each_server, json};

use crate::roles::with_password;

const APPROVALS: &str = "/_kontor/admin/v1/approvals";
const ERASURES: &str = "/_kontor/admin/v1/erasures";

/// The two people who decide on it.
pub(crate) struct Office {
    pub(crate) chief: Person,
    pub(crate) dsb: Person,
}

impl Office {
    pub(crate) async fn of(server: &TestServer) -> Self {
        let chief = server.register_admin("chefin").await;
        Self { chief, dsb: server.register_as("dsb", Role::Dsb).await }
    }

    /// One asks, the other allows it.
    pub(crate) async fn order(&self, whom: &str, with_messages: bool) -> i64 {
        let wish = json!({
            "act": "erase_person", "user_id": whom, "with_messages": with_messages,
            "reason": "Antrag nach Art. 17 DSGVO",
        });
        let asked = self.chief.post(APPROVALS, with_password(&self.chief, wish)).await.ok();
        let path = format!("{APPROVALS}/{}/approve", asked.body["id"]);
        self.dsb.post(&path, with_password(&self.dsb, json!({}))).await.ok();
        let mine = self.chief.get(APPROVALS).await.ok();
        mine.body["approvals"][0]["outcome"]["erasure"].as_i64().unwrap()
    }

    pub(crate) async fn certificate(&self, erasure: i64) -> Value {
        self.dsb.get(&format!("{ERASURES}/{erasure}/certificate")).await.ok().body
    }
}

async fn events(person: &Person, room: &str) -> Vec<Value> {
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=100");
    let mut found = person.get(&path).await.ok().body["chunk"].as_array().unwrap().clone();
    found.reverse();
    found
}

async fn name_in(person: &Person, room: &str, of: &str) -> Value {
    let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.member/{of}");
    person.get(&path).await.ok().body["displayname"].clone()
}

async fn rename(person: &Person, name: &str) {
    let path = format!("/_matrix/client/v3/profile/{}/displayname", person.user_id);
    person.put(&path, json!({ "displayname": name })).await.ok();
}

#[tokio::test]
async fn a_person_goes_and_the_rooms_go_on() {
    for_each_server(async |server| {
        let office = Office::of(&server).await;
        let (anna, bert) = (server.register("anna").await, server.register("bert").await);
        rename(&anna, "Anna Abendrot").await;
        let room = bert.create_room(json!({})).await;
        bert.invite(&room, &anna).await;
        anna.join(&room).await;
        let hers = anna.send(&room, "von Anna").await;
        let his = bert.send(&room, "von Bert").await;
        let since = bert.sync("").await["next_batch"].as_str().unwrap().to_owned();
        let before: Vec<Value> =
            events(&bert, &room).await.iter().map(|event| event["event_id"].clone()).collect();

        let erasure = office.order(&anna.user_id, false).await;
        server.node().tenants().delete_due().await;

        anna.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
        let profile = format!("/_matrix/client/v3/profile/{}", anna.user_id);
        bert.get(&profile).await.fails(404, "M_NOT_FOUND");
        assert_eq!(name_in(&bert, &room, &anna.user_id).await, "Gelöschtes Konto");
        let after = events(&bert, &room).await;
        let kept: Vec<Value> = after.iter().map(|event| event["event_id"].clone()).collect();
        assert_eq!(kept[..before.len()], before, "the order is as it was");
        assert!(!json!(after).to_string().contains("Abendrot"), "{after:?}");
        let bodies: Vec<&str> =
            after.iter().filter_map(|event| event["content"]["body"].as_str()).collect();
        assert_eq!(bodies, ["von Anna", "von Bert"], "messages go by the rule of their room");
        assert!(kept.contains(&json!(hers)) && kept.contains(&json!(his)));

        // Devices that had heard of the name are told to forget it, and that she has left.
        let told = bert.sync(&since).await.to_string();
        assert!(told.contains("m.room.redaction") && told.contains("Gelöschtes Konto"), "{told}");
        bert.send(&room, "weiter").await;

        let certificate = office.certificate(erasure).await;
        assert!(!certificate.to_string().contains("anna"), "{certificate}");
        assert_eq!(
            (&certificate["remaining"], &certificate["removed"]["rooms"]),
            (&json!(0), &json!(1))
        );
        assert!(kontor_audit::verify_statement(certificate.as_object().unwrap()).is_some());
        assert!(
            office.chief.get(ERASURES).await.ok().body.to_string().contains("\"certified\":true")
        );
        bert.get(ERASURES).await.fails(403, "M_FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn messages_go_too_if_that_is_decided_and_the_id_is_given_to_nobody() {
    let server = TestServer::start().await;
    let office = Office::of(&server).await;
    let (anna, bert) = (server.register("anna").await, server.register("bert").await);
    let room = bert.create_room(json!({})).await;
    bert.invite(&room, &anna).await;
    anna.join(&room).await;
    let hers = anna.send(&room, "von Anna").await;
    bert.send(&room, "von Bert").await;
    let picture = anna.send_bytes(Method::POST, "/_matrix/media/v3/upload", b"Bild".to_vec()).await;
    let picture = picture.ok().text("content_uri").to_owned();
    let erasure = office.order(&anna.user_id, true).await;
    server.node().tenants().delete_due().await;
    let after = events(&bert, &room).await;
    let bodies: Vec<&str> =
        after.iter().filter_map(|event| event["content"]["body"].as_str()).collect();
    assert_eq!(bodies, ["von Bert"]);
    let path = format!("/_matrix/client/v3/rooms/{room}/event/{hers}");
    bert.get(&path).await.fails(404, "M_NOT_FOUND");
    let address = picture.strip_prefix("mxc://").unwrap();
    let path = format!("/_matrix/client/v1/media/download/{address}");
    bert.get(&path).await.fails(404, "M_NOT_FOUND");
    let certificate = office.certificate(erasure).await;
    assert_eq!(certificate["removed"]["messages"], 1, "{certificate}");
    assert_eq!(certificate["removed"]["files"], 1, "{certificate}");

    let again = json!({
        "username": "anna", "password": "correct horse battery staple",
        "auth": { "type": "m.login.dummy" },
    });
    let register = server.anonymous("one.example").post("/_matrix/client/v3/register", again).await;
    register.fails(400, "M_USER_IN_USE");
    // A second run finds nothing to do.
    server.node().tenants().delete_due().await;
    assert_eq!(office.certificate(erasure).await, certificate);
}

#[tokio::test]
async fn nobody_is_erased_by_one_person_or_while_in_office() {
    let server = TestServer::start().await;
    let office = Office::of(&server).await;
    let anna = server.register("anna").await;
    let wish = |whom: &str| json!({ "act": "erase_person", "user_id": whom, "reason": "Test" });
    let body = with_password(&anna, wish(&office.chief.user_id));
    anna.post(APPROVALS, body).await.fails(403, "M_FORBIDDEN");
    let body = with_password(&office.chief, wish(&office.dsb.user_id));
    let refused = office.chief.post(APPROVALS, body).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    let body = with_password(&office.chief, wish("@nobody:one.example"));
    office.chief.post(APPROVALS, body).await.fails(404, "M_NOT_FOUND");
    let body = with_password(&office.chief, wish(&anna.user_id));
    let id = office.chief.post(APPROVALS, body).await.ok().body["id"].clone();
    let path = format!("{APPROVALS}/{id}/approve");
    office
        .chief
        .post(&path, with_password(&office.chief, json!({})))
        .await
        .fails(403, "M_FORBIDDEN");
    server.node().tenants().delete_due().await;
    anna.get("/_matrix/client/v3/account/whoami").await.ok();
}

#[tokio::test]
async fn the_log_names_nobody_who_was_erased() {
    for_each_server(async |server| {
        let office = Office::of(&server).await;
        let anna = server.register("anna").await;
        // Something that the log has of her, under a pseudonym.
        let lock = format!("/_matrix/client/v1/admin/lock/{}", anna.user_id);
        office.chief.put(&lock, json!({ "locked": true })).await.ok();
        let (tenant, cx) = server.operator_of("one.example").await;
        let wanted =
            kontor_audit::Wanted { action: "user.state.changed".to_owned(), ..Default::default() };
        let entries = tenant.audit.entries(&cx, wanted).await.unwrap();
        let object = entries[0].object.clone().unwrap();
        let pseudonym: kontor_audit::Pseudonym =
            object.strip_prefix("user:").unwrap().parse().unwrap();
        let everybody = [anna.user_id.as_str().try_into().unwrap()];
        let found = tenant.audit.look_up(&cx, &pseudonym, "Probe", &everybody).await.unwrap();
        assert_eq!(found, Some(everybody[0].clone()));

        office.order(&anna.user_id, false).await;
        server.node().tenants().delete_due().await;
        let found = tenant.audit.look_up(&cx, &pseudonym, "Probe", &everybody).await.unwrap();
        assert_eq!(found, None, "also for those who know the user id");
        assert!(tenant.audit.verify(&cx).await.unwrap().is_intact(), "the chain is whole");
    })
    .await;
}

#[tokio::test]
async fn without_the_media_store_nobody_is_certified_as_erased() {
    let server = TestServer::start().await;
    let office = Office::of(&server).await;
    let anna = server.register("anna").await;
    let path = "/_matrix/media/v3/upload?filename=Bild.png";
    let sent = anna.send_bytes(Method::POST, path, b"Bild".to_vec()).await.ok();
    let uri = sent.text("content_uri").to_owned();
    let avatar = format!("/_matrix/client/v3/profile/{}/avatar_url", anna.user_id);
    anna.put(&avatar, json!({ "avatar_url": uri })).await.ok();
    let erasure = office.order(&anna.user_id, false).await;
    let folder = server.data().join("data/tenants/one.example");
    let (media, away) = (folder.join("media"), folder.join("media-away"));
    std::fs::rename(&media, &away).unwrap();
    std::fs::create_dir(&media).unwrap();
    // However often it is tried.
    for _ in 0..3 {
        server.node().tenants().delete_due().await;
    }
    let path = format!("{ERASURES}/{erasure}/certificate");
    office.dsb.get(&path).await.fails(404, "M_NOT_FOUND");
    std::fs::remove_dir(&media).unwrap();
    std::fs::rename(&away, &media).unwrap();
    server.node().tenants().delete_due().await;
    office.certificate(erasure).await;
    let shelves = std::fs::read_dir(&media).unwrap().map(|it| it.unwrap().path());
    let left: usize = shelves.map(|shelf| std::fs::read_dir(shelf).unwrap().count()).sum();
    assert_eq!(left, 0, "her picture is gone");
}
