//! Overview, devices and rooms in the console.

use kontor_core::Role;
use kontor_testkit::{TestServer, for_each_server, json};

use crate::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_says_what_is_to_be_done_and_how_the_server_is() {
    for_each_server(async |server| {
        server.register("alice").await;
        server.register_as("olga", Role::OrgAdmin).await;
        server.register_as("berta", Role::Betriebsrat).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let page = olga.get("/admin/").await;
        page.shows("<dt>Personen</dt><dd>3</dd>");
        page.shows(concat!("<dt>Version</dt><dd>", env!("CARGO_PKG_VERSION")));
        // The lab is looser than what is shipped, and says so.
        page.shows("schützen weniger als ausgeliefert");
        assert!(!page.html.contains("wartet auf eine Entscheidung"));
        let setting = "/admin/policy/setting/read_receipts";
        let locked = [("value", "false"), ("reason", "Betriebsrat"), ("lock", "yes")];
        assert_eq!(olga.fill(setting, &locked).await.status, 303);
        let asked = [("value", "true"), ("reason", "doch nicht"), ("act", "ask")];
        assert_eq!(olga.fill(setting, &asked).await.status, 303);

        let mut berta = Browser::signed_in(&server, "berta").await;
        let page = berta.get("/admin/").await;
        page.shows("Eine Freigabe wartet auf eine Entscheidung.");
        assert!(!page.html.contains("<dt>Personen</dt>"), "she does not look after the server");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_counted_and_never_named() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        server.register_as("tom", Role::TechAdmin).await;
        let room = alice.create_room(json!({ "name": "Betriebsrat intern" })).await;
        alice.send(&room, "streng geheim").await;
        let mut tom = Browser::signed_in(&server, "tom").await;
        let page = tom.get("/admin/rooms").await;
        page.shows(&room);
        for secret in ["Betriebsrat intern", "streng geheim", "@alice"] {
            assert!(!page.html.contains(secret), "{secret}");
        }
        let counted = alice.get("/_kontor/admin/v1/rooms").await;
        counted.fails(403, "M_FORBIDDEN");
        let mut alice = Browser::signed_in(&server, "alice").await;
        assert_eq!(alice.get("/admin/rooms").await.status, 403);
        assert_eq!(alice.get("/admin/devices").await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_the_register_and_sign_devices_out() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    server.register_as("olga", Role::OrgAdmin).await;
    server.register_as("tom", Role::TechAdmin).await;
    let device = alice.get("/_matrix/client/v3/account/whoami").await.ok();
    let device = device.text("device_id").to_owned();
    let place = [("user", alice.user_id.as_str()), ("device", device.as_str())];

    let mut tom = Browser::signed_in(&server, "tom").await;
    let page = tom.get("/admin/devices").await;
    page.shows(&device);
    assert!(!page.html.contains("value=\"sign-out\""), "he looks only");
    let act = |act| [("act", act), place[0], place[1]];
    assert_eq!(tom.fill("/admin/devices", &act("sign-out")).await.status, 403);

    let mut olga = Browser::signed_in(&server, "olga").await;
    let kind = [("act", "kind"), place[0], place[1], ("kind", "company")];
    assert_eq!(olga.fill("/admin/devices", &kind).await.status, 303);
    olga.get("/admin/devices").await.shows("<dt>Dienstgerät</dt><dd>1</dd>");
    assert_eq!(olga.fill("/admin/devices", &act("sign-out")).await.status, 303);
    alice.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
    assert_eq!(olga.fill("/admin/devices", &act("lost")).await.status, 404, "it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_version_of_a_program_is_decided_with_a_reason() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let floor = |minimum, reason| {
        [("act", "floor"), ("program", "Element"), ("minimum", minimum), ("reason", reason)]
    };
    let refused = olga.fill("/admin/devices", &floor("neu", "Lücke")).await;
    assert_eq!(refused.status, 422);
    refused.shows("Das ist kein Programmname mit Version");
    refused.shows("value=\"neu\"");
    let refused = olga.fill("/admin/devices", &floor("1.11.80", " ")).await;
    assert_eq!(refused.status, 422);
    refused.shows("Bitte begründen Sie die Entscheidung");
    let decided = olga.fill("/admin/devices", &floor("1.11.80", "<b>Lücke</b>")).await;
    assert_eq!(decided.status, 303);
    let page = olga.get("/admin/devices").await;
    page.shows("element ≥ 1.11.80");
    page.shows("&#60;b&#62;Lücke");
    let taken_back = [("act", "no-floor"), ("program", "element")];
    assert_eq!(olga.fill("/admin/devices", &taken_back).await.status, 303);
    olga.get("/admin/devices").await.shows("Noch keine festgelegt.");
}
