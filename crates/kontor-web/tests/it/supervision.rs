//! Supervision on the account pages, and the page of room classes.

use kontor_core::Role;
use kontor_testkit::{Person, TestServer, Value, json};

use crate::browser::Browser;

async fn supervised_room(server: &TestServer, admin: &Person, invited: &Person) -> String {
    let day = 24 * 60 * 60 * 1000;
    let name = format!("/_matrix/client/v3/profile/{}/displayname", admin.user_id);
    admin.put(&name, json!({ "displayname": "Lena Leitung" })).await.ok();
    let terms = json!({
        "purpose": "Qualität der Beratung", "legal_basis": "DSGVO Art. 6(1)(f)",
        "balancing": "Kunden erwarten geprüfte Auskünfte.", "agreement": "BV 12/2026",
        "impact_assessment": "DSFA 3", "supervisors": [admin.user_id], "mode": "laufend",
        "until_ms": server.clock().now().0 + 30 * day,
    });
    admin
        .create_room(json!({
            "invite": [invited.user_id],
            "creation_content": {
                "app.kontor.class": "beaufsichtigt", "app.kontor.supervision": terms,
            },
        }))
        .await
}

fn encrypted() -> Value {
    json!({
        "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkL", "session_id": "s",
        "device_id": "D", "sender_key": "k",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn with_any_client_one_acknowledges_a_supervision_on_the_account_pages() {
    let server = TestServer::start().await;
    let admin = server.register_as("leitung", Role::OrgAdmin).await;
    let anna = server.register("anna").await;
    let room = supervised_room(&server, &admin, &anna).await;
    anna.join(&room).await;
    let refused = anna.send_event(&room, "m.room.encrypted", encrypted()).await;
    refused.fails(403, "APP_KONTOR_NOTICE_REQUIRED");
    let mut browser = Browser::signed_in(&server, "anna").await;
    let page = browser.get("/account/supervision").await;
    page.shows("Qualität der Beratung");
    page.shows(&admin.user_id);
    let fields = [("room", room.as_str()), ("version", "1")];
    let done = browser.fill("/account/supervision", &fields).await;
    assert_eq!(done.status, 303, "{}", done.html);
    anna.send_event(&room, "m.room.encrypted", encrypted()).await.ok();
    let again = browser.get("/account/supervision").await;
    assert!(!again.html.contains("name=\"version\""), "acknowledged once");
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_see_their_own_supervisions_only() {
    let server = TestServer::start().await;
    let admin = server.register_as("leitung", Role::OrgAdmin).await;
    let anna = server.register("anna").await;
    supervised_room(&server, &admin, &anna).await;
    server.register_as("gast", Role::Guest).await;
    let mut guest = Browser::signed_in(&server, "gast").await;
    let page = guest.get("/account/supervision").await;
    assert_eq!(page.status, 200);
    assert!(!page.html.contains("Qualität der Beratung"));
    server.register("carl").await;
    let mut carl = Browser::signed_in(&server, "carl").await;
    let page = carl.get("/account/supervision").await;
    page.shows("Qualität der Beratung");
    page.shows("<bdi>Lena Leitung (@leitung:one.example)</bdi>");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_shows_the_classes_with_their_numbers() {
    let server = TestServer::start().await;
    let admin = server.register_as("leitung", Role::OrgAdmin).await;
    let anna = server.register("anna").await;
    supervised_room(&server, &admin, &anna).await;
    server.register_as("rat", Role::Betriebsrat).await;
    let mut council = Browser::signed_in(&server, "rat").await;
    let page = council.get("/admin/classes").await;
    assert_eq!(page.status, 200, "{}", page.html);
    page.shows("Beaufsichtigt<br><span class=\"hint\">Genannte Personen");
    page.shows("180 Tage");
    page.shows("<bdi>Lena Leitung (@leitung:one.example)</bdi>");
    page.shows("Qualität der Beratung");
    assert!(!page.html.contains("/admin/policy/setting/retention"), "the council decides nothing");
}
