//! Whose a device is, and what to do if it is lost.

use kontor_core::Role;
use kontor_testkit::{MailServer, Setup, TestServer, for_each_server, json};

use crate::browser::{Browser, PASSWORD, Shown};

const EVIL: &str = "<img src=x onerror=alert(1)>\"'><b>";

/// The text between two others.
fn between<'h>(shown: &'h Shown, start: &str, end: &str) -> &'h str {
    let (_, rest) = shown.html.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn people_say_whose_a_device_is() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        let path = "/account/devices";
        browser.get(path).await.shows("Privates Gerät · noch nicht eingeordnet");
        let say = [("device", alice.device_id.as_str()), ("kind", "company")];
        assert_eq!(browser.fill(path, &say).await.status, 303);
        let shown = browser.get(path).await;
        assert!(!shown.html.contains("noch nicht eingeordnet"));
        shown.shows("<option value=\"company\" selected>Dienstgerät</option>");
        let other = [("device", bob.device_id.as_str()), ("kind", "company")];
        assert_eq!(browser.fill(path, &other).await.status, 404);
        let none = [("device", alice.device_id.as_str()), ("kind", "toaster")];
        assert_eq!(browser.fill(path, &none).await.status, 400);
        alice.get("/_matrix/client/v3/account/whoami").await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_device_is_signed_out_and_the_rest_is_a_list() {
    for postgres in [false, true] {
        let mails = MailServer::start();
        let setup = Setup { postgres, file: mails.section(), ..Setup::default() };
        let server = TestServer::with(setup).await;
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let mut other = Browser::signed_in(&server, "alice").await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        browser.fill("/account/app-passwords", &[("name", "Mailprogramm")]).await;
        let path = "/account/devices/lost";
        let unchosen = browser.fill(path, &[]).await;
        assert_eq!(unchosen.status, 422);
        unchosen.shows("Bitte wählen Sie das Gerät aus.");
        assert_eq!(browser.fill(path, &[("device", &bob.device_id)]).await.status, 404);
        bob.get("/_matrix/client/v3/account/whoami").await.ok();
        let done = browser.fill(path, &[("device", &alice.device_id)]).await;
        assert_eq!(done.header("location"), "/account/devices/lost?reported=yes");
        let gone = alice.get("/_matrix/client/v3/sync").await;
        assert_eq!((gone.status, &gone.body["soft_logout"]), (401, &json!(false)));
        let list = browser.get(done.header("location")).await;
        list.shows("Sie haben eines.");
        list.shows("Ein anderer ist angemeldet.");
        assert_eq!(browser.fill(path, &[("act", "browsers")]).await.status, 303);
        assert_eq!(other.get("/account/").await.status, 303);
        let token = list.token();
        let end = [("form_token", token.as_str()), ("act", "app-passwords")];
        assert_eq!(browser.post(path, &end).await.status, 303);
        let list = browser.get(done.header("location")).await;
        list.shows("Sie haben keine.");
        list.shows("Kein anderer ist angemeldet.");
        let dsb = server.register_as("dsb", Role::Dsb).await;
        let log = dsb.get("/_kontor/admin/v1/audit").await.ok().body.to_string();
        assert!(log.contains("device.lost"), "{log}");
        assert!(mails.is_empty(), "she has no mail address");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_devices_and_programs_never_become_part_of_a_page() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let device = format!("/_matrix/client/v3/devices/{}", alice.device_id);
    alice.put(&device, json!({ "display_name": EVIL })).await.ok();
    for agent in ["<b>/1.0", "x\"><img src=x>/1.0", "Element/1.0<b>"] {
        let sync = alice.request(kontor_testkit::Method::GET, "/_matrix/client/v3/sync");
        server.raw(sync.header("user-agent", agent)).await.ok();
    }
    let mut browser = Browser::signed_in(&server, "alice").await;
    for page in ["/account/devices", "/account/devices/lost"] {
        let shown = browser.get(page).await;
        shown.shows("onerror");
        assert!(!shown.html.contains("<img src=x") && !shown.html.contains("<b>"), "{page}");
    }
    let shown = browser.get(&format!("/account/devices/lost?device={}", "%22%3E%3Cb%3E")).await;
    assert!(!shown.html.contains("<b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_program_and_a_device_not_let_in_are_named_on_the_page() {
    let server = TestServer::start().await;
    let admin = server.register_as("admin", Role::OrgAdmin).await;
    let alice = server.register("alice").await;
    let sync = alice.request(kontor_testkit::Method::GET, "/_matrix/client/v3/sync");
    server.raw(sync.header("user-agent", "Element/1.11.2 (Linux)")).await.ok();
    let floor = json!({ "minimum": "1.12", "reason": "CVE-2026-0001", "critical": true });
    admin.put("/_kontor/admin/v1/programs/Element", floor).await.ok();
    let mut browser = Browser::signed_in(&server, "alice").await;
    let shown = browser.get("/account/devices").await;
    shown.shows("Element 1.11.2");
    shown.shows("auf Version 1.12 oder neuer; ab 04.01.2026");
    let proof = json!({
        "type": "m.login.password", "password": PASSWORD,
        "identifier": { "type": "m.id.user", "user": admin.user_id },
    });
    let rule = json!({ "value": "company_only", "reason": "test", "auth": proof });
    admin.put("/_kontor/admin/v1/policy/settings/devices_allowed", rule).await.ok();
    let shown = browser.get("/account/devices").await;
    shown.shows("Ihre Organisation lässt solche Geräte nicht zu.");
    let choices = between(&shown, "<select", "</select>");
    assert!(!choices.contains("company"), "{choices}");
}
