//! The time of guests, and accounts that administrators close. law

use std::time::Duration;

use kontor_core::Role;
use kontor_testkit::{MailServer, Person, Setup, TestServer, Value, for_each_server, json};

use crate::browser::{Browser, PASSWORD};

const DAY: Duration = Duration::from_hours(24);
const WHOAMI: &str = "/_matrix/client/v3/account/whoami";

/// Time passes, and the server looks after its guests, as it does every few minutes.
async fn later(server: &TestServer, days: u32) {
    server.clock().set(server.clock().now().plus(days * DAY));
    server.node().tenants().look_after().await;
}

/// A link that a page shows once.
fn link(html: &str, start: &str) -> String {
    let (_, rest) = html.split_once(start).unwrap();
    format!("{start}{}", rest.split('<').next().unwrap())
}

/// Somebody whom olga has invited as a guest, with a program.
async fn invited(server: &TestServer, olga: &mut Browser, name: &str) -> Person {
    let made = olga.fill("/admin/people/invite", &[("act", "link"), ("kind", "guest")]).await;
    let path = link(&made.html, "/account/invitation/");
    let mut browser = Browser::new(server);
    browser.get(&path).await.shows("als Gast eingeladen");
    let answer =
        [("username", name), ("display_name", name), ("password", PASSWORD), ("notice", "yes")];
    assert_eq!(browser.post(&path, &answer).await.status, 303);
    server.login(name).await
}

/// A guest is here. What is kept of that is written without making her wait; a write of her own waits.
async fn visit(guest: &Person) {
    guest.get(WHOAMI).await.ok();
    let path = format!("/_matrix/client/v3/user/{}/account_data/app.test", guest.user_id);
    guest.put(&path, json!({})).await.ok();
}

/// Which members of a room have joined.
async fn joined(person: &Person, room: &str) -> Vec<String> {
    let path = format!("/_matrix/client/v3/rooms/{room}/joined_members");
    let answer = person.get(&path).await.ok();
    answer.body["joined"].as_object().unwrap().keys().cloned().collect()
}

/// Details of what the log holds about states of accounts, newest first.
async fn states(auditor: &Person) -> Vec<String> {
    let log = auditor.get("/_kontor/admin/v1/audit").await.ok();
    let entries = log.body["entries"].as_array().unwrap().clone();
    let about = |entry: &&Value| {
        matches!(entry["action"].as_str().unwrap(), "user.state.changed" | "user.deactivated")
    };
    let detail = |entry: &Value| entry["detail"].as_str().unwrap_or_default().to_owned();
    entries.iter().filter(about).map(detail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_does_not_come_is_shut_out_and_then_gone() {
    for_each_server(async |server| {
        server.register_as("olga", Role::OrgAdmin).await;
        let auditor = server.register_as("rita", Role::Auditor).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let gast = invited(&server, &mut olga, "gast").await;
        let host = server.register("wirt").await;
        let class = json!({ "app.kontor.class": "extern" });
        let room = host.create_room(json!({ "creation_content": class })).await;
        host.invite(&room, &gast).await;
        gast.join(&room).await;

        later(&server, 30).await;
        visit(&gast).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let path = format!("/admin/people/{}", gast.user_id);
        olga.get(&path).await.shows("Zugang ruht ab");
        later(&server, 30).await;
        visit(&gast).await;
        later(&server, 31).await;
        let refused = gast.get(WHOAMI).await;
        refused.fails(401, "M_USER_LOCKED");
        assert_eq!(refused.body["soft_logout"], true, "she may be needed again");
        assert_eq!(states(&auditor).await, ["guest_expired"]);

        // She is needed again, does not come, and is gone.
        let mut olga = Browser::signed_in(&server, "olga").await;
        assert_eq!(olga.fill(&path, &[("act", "unlock")]).await.status, 303);
        later(&server, 1).await;
        visit(&gast).await;
        later(&server, 30).await;
        visit(&gast).await;
        later(&server, 31).await;
        gast.get(WHOAMI).await.fails(401, "M_USER_LOCKED");
        later(&server, 29).await;
        assert!(joined(&host, &room).await.contains(&gast.user_id));
        later(&server, 1).await;
        gast.get(WHOAMI).await.fails(401, "M_UNKNOWN_TOKEN");
        assert_eq!(joined(&host, &room).await, std::slice::from_ref(&host.user_id));
        let told = ["guest_over", "guest_unused", "not_locked", "guest_expired"];
        assert_eq!(states(&auditor).await, told);
        let mut rita = Browser::signed_in(&server, "rita").await;
        rita.get("/admin/audit").await.shows("gesperrt: Gast war lange nicht hier");
        let mut olga = Browser::signed_in(&server, "olga").await;
        olga.get("/admin/people?role=guest").await.shows("Niemand gefunden");
        olga.get(&path).await.shows("geschlossen");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_invited_a_guest_is_told_in_time_and_prolongs_her() {
    for postgres in [false, true] {
        let mut mails = MailServer::start();
        let setup = Setup { postgres, file: mails.section(), ..Setup::default() };
        let server = TestServer::with(setup).await;
        let chief = server.register_as("olga", Role::OrgAdmin).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        olga.fill("/account/mail", &[("address", "olga@firma.example")]).await;
        let mail = mails.next().await;
        let path = link(mail["body"].as_str().unwrap(), "/account/mail/");
        let path = path.split_whitespace().next().unwrap();
        assert_eq!(olga.fill(path, &[]).await.status, 303);
        let guests = [
            invited(&server, &mut olga, "gast").await,
            invited(&server, &mut olga, "gastine").await,
        ];
        for _ in 0..3 {
            later(&server, 25).await;
            for guest in &guests {
                visit(guest).await;
            }
        }
        let mut olga = Browser::signed_in(&server, "olga").await;
        assert!(!olga.get("/admin/").await.html.contains("14 Tagen"), "day 75");
        later(&server, 1).await;
        later(&server, 1).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let overview = olga.get("/admin/").await;
        overview.shows("2 Gäste verlieren in den nächsten 14 Tagen den Zugang.");
        let mail = mails.next().await;
        assert_eq!(mail["to"], json!(["olga@firma.example"]));
        assert_eq!(mail["subject"], "Die Zeit von Gästen endet");
        let raw = mail["raw"].as_str().unwrap();
        assert!(!raw.contains("gast:") && !raw.contains("gastine"), "{raw}");
        let path = format!("/admin/people/{}", guests[0].user_id);
        olga.get(&path).await.shows("Zugang endet am");
        assert_eq!(olga.fill(&path, &[("act", "renew-guest")]).await.status, 303);
        olga.get("/admin/").await.shows("Ein Gast verliert");
        let about = |user: &str| format!("/_kontor/admin/v1/people/{user}");
        let shown = chief.get(&about(&guests[0].user_id)).await.ok();
        assert_eq!(shown.body["guest_ends_because"], "unused");
        let prolong = format!("{}/renew_guest", about(&chief.user_id));
        chief.post(&prolong, json!({})).await.fails(404, "M_NOT_FOUND");

        // The one who was not prolonged is shut out on day 90; nobody is told twice.
        later(&server, 13).await;
        visit(&guests[0]).await;
        guests[1].get(WHOAMI).await.fails(401, "M_USER_LOCKED");
        olga = Browser::signed_in(&server, "olga").await;
        assert_eq!(olga.fill("/account/mail", &[("remove", "yes")]).await.status, 303);
        assert_eq!(mails.next().await["subject"], "Ihre Mailadresse wurde geändert");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_closes_an_account_for_good() {
    for_each_server(async |server| {
        let (ada, ben) = (server.register("ada").await, server.register("ben").await);
        let chief = server.register_as("olga", Role::OrgAdmin).await;
        let tech = server.register_admin("tina").await;
        let room = ben.create_room(json!({})).await;
        ben.invite(&room, &ada).await;
        ada.join(&room).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let path = format!("/admin/people/{}", ada.user_id);
        let wrong = olga.fill(&path, &[("act", "close"), ("user_id", "@ben:one.example")]).await;
        assert_eq!(wrong.status, 422);
        wrong.shows("Das ist nicht die Kennung dieser Person.");
        ada.get(WHOAMI).await.ok();
        let close = [("act", "close"), ("user_id", ada.user_id.as_str())];
        assert_eq!(olga.fill(&path, &close).await.status, 303);
        ada.get(WHOAMI).await.fails(401, "M_UNKNOWN_TOKEN");
        assert_eq!(joined(&ben, &room).await, std::slice::from_ref(&ben.user_id));
        let gone = olga.get(&path).await;
        assert!(gone.html.contains("geschlossen") && !gone.html.contains("name=\"act\""));
        assert_eq!(Browser::new(&server).sign_in("ada", PASSWORD).await.status, 422);

        // Nobody closes an account that may do more, nor their own this way.
        let more = [("act", "close"), ("user_id", tech.user_id.as_str())];
        let refused = olga.fill(&format!("/admin/people/{}", tech.user_id), &more).await;
        assert_eq!(refused.status, 422);
        tech.get(WHOAMI).await.ok();
        let over_api = |user: &str| format!("/_kontor/admin/v1/people/{user}/close");
        chief.post(&over_api(&chief.user_id), json!({})).await.fails(403, "M_FORBIDDEN");
        let asked = chief.post(&over_api(&ben.user_id), json!({})).await;
        assert_eq!((asked.status, asked.body["flows"].is_array()), (401, true));
        let auth = json!({
            "type": "m.login.password", "password": PASSWORD,
            "identifier": { "type": "m.id.user", "user": chief.user_id },
        });
        chief.post(&over_api(&ben.user_id), json!({ "auth": auth })).await.ok();
        ben.get(WHOAMI).await.fails(401, "M_UNKNOWN_TOKEN");
        chief
            .post(&over_api(&ben.user_id), json!({ "auth": auth }))
            .await
            .fails(404, "M_NOT_FOUND");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    let server = TestServer::start().await;
    let chief = server.register_as("olga", Role::OrgAdmin).await;
    let room = chief.create_room(json!({})).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let fields = [("user_id", chief.user_id.as_str())];
    let shown = olga.fill("/account/close", &fields).await;
    assert_eq!(shown.status, 422);
    shown.shows("Sie sind die letzte Administration");
    assert_eq!(
        joined(&chief, &room).await,
        std::slice::from_ref(&chief.user_id),
        "nothing half done"
    );
    server.register_as("otto", Role::OrgAdmin).await;
    assert_eq!(olga.fill("/account/close", &fields).await.status, 303);
    chief.get(WHOAMI).await.fails(401, "M_UNKNOWN_TOKEN");
}
