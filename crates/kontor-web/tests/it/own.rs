//! One's own profile, data, keys and the end of an account.

use std::time::Duration;

use kontor_core::Role;
use kontor_testkit::{TestServer, for_each_server, json};

use crate::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_changed_and_shown_in_the_rooms() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let room = alice.create_room(json!({ "preset": "private_chat" })).await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        let saved = browser.fill("/account/profile", &[("name", " Álice <b>  ")]).await;
        assert_eq!(saved.status, 303);
        browser.get("/account/profile").await.shows("value=\"Álice &#60;b&#62;\"");
        let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.member/{}", alice.user_id);
        assert_eq!(alice.get(&path).await.ok().body["displayname"], "Álice <b>");
        let long = "x".repeat(257);
        let refused = browser.fill("/account/profile", &[("name", &long)]).await;
        assert_eq!(refused.status, 422);
        refused.shows(&long);
        refused.shows("höchstens 256 Zeichen");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_name_means_is_said_before_and_after() {
    let server = TestServer::start().await;
    server.register("alice").await;
    server.register_as("olga", Role::OrgAdmin).await;
    let (mut alice, mut olga) =
        (Browser::signed_in(&server, "alice").await, Browser::signed_in(&server, "olga").await);
    assert_eq!(alice.fill("/account/profile", &[("name", "Alice Alt")]).await.status, 303);
    assert!(!alice.get("/account/profile").await.html.contains("id=\"name-proof\""));
    let person = "/admin/people/@alice:one.example";
    let prove = [("act", "prove"), ("method", "records"), ("reason", "Personalakte")];
    assert_eq!(olga.fill(person, &prove).await.status, 303);

    let before = alice.get("/account/profile").await;
    before.shows("aria-describedby=\"name-hint name-proof\"");
    before.shows("Nehmen Sie einen anderen an, gelten Sie als unbestätigt");
    assert_eq!(alice.fill("/account/profile", &[("name", "Alice Alt")]).await.status, 303);
    olga.get(person).await.shows("durch Personaldaten bestätigt (");
    assert_eq!(alice.fill("/account/profile", &[("name", "Alice Neu")]).await.status, 303);
    alice.get("/account/profile").await.shows("Seitdem gelten Sie als unbestätigt");
    alice.get("/account/data").await.shows("nicht mehr bestätigt");
    olga.get(person).await.shows("nicht mehr nachgewiesen: Die Person hat ihren Namen am");
}

#[tokio::test(flavor = "multi_thread")]
async fn own_account_are_shown_to_their_owner() {
    for_each_server(async |server| {
        let olga = server.register_as("olga", Role::OrgAdmin).await;
        olga.create_room(json!({})).await;
        let name = format!("/_matrix/client/v3/profile/{}/displayname", olga.user_id);
        olga.put(&name, json!({ "displayname": "olga" })).await.ok();
        let mut browser = Browser::signed_in(&server, "olga").await;
        let page = browser.get("/account/data").await;
        assert_eq!(page.status, 200);
        for text in [
            "@olga:one.example",
            "Administration, ",
            "von Anfang an",
            "von der Verwaltung angelegt",
            "Name, den andere sehen",
        ] {
            page.shows(text);
        }
        assert!(!page.html.contains("displayname"), "fields have a name in words");
        assert_eq!(Browser::new(&server).get("/account/data").await.status, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_closed_by_its_owner_only_and_wholly() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        bob.join(&room).await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        let wrong = browser.fill("/account/close", &[("user_id", "@bob:one.example")]).await;
        assert_eq!(wrong.status, 422);
        wrong.shows("Das ist nicht Ihre Kennung.");
        alice.get("/_matrix/client/v3/account/whoami").await.ok();
        let closed = browser.fill("/account/close", &[("user_id", &alice.user_id)]).await;
        assert_eq!((closed.status, closed.header("location")), (303, "/account/login"));
        alice.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
        let members = bob.get(&format!("/_matrix/client/v3/rooms/{room}/joined_members")).await;
        assert!(members.ok().body["joined"].get(&alice.user_id).is_none());
        assert_eq!(browser.sign_in("alice", crate::browser::PASSWORD).await.status, 422);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_lead_to_the_page_for_what_they_want() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    for (action, page) in [
        ("org.matrix.profile", "/account/profile"),
        ("org.matrix.devices_list", "/account/devices"),
        ("org.matrix.account_deactivate", "/account/close"),
        ("org.matrix.cross_signing_reset", "/account/keys"),
    ] {
        let led = browser.get(&format!("/account/?action={action}")).await;
        assert_eq!((led.status, led.header("location")), (303, page), "{action}");
        assert_eq!(browser.get(page).await.status, 200, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_long_ago_shows_again_who_she_is_first() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let token = browser.get("/account/keys").await.token();
    server.clock().set(server.clock().now().plus(Duration::from_mins(6)));
    for page in ["/account/keys", "/account/close"] {
        let led = browser.get(page).await;
        assert_eq!(led.status, 303, "{page}");
        assert!(led.header("location").starts_with("/account/confirm?"), "{page}");
        let led = browser.post(page, &[("form_token", &token)]).await;
        assert_eq!(led.status, 303, "{page}");
        assert!(led.header("location").starts_with("/account/confirm?"), "{page}");
    }
}
