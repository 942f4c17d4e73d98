//! The log, approvals, and what everybody sees of them.

use kontor_core::Role;
use kontor_testkit::{TestServer, for_each_server};

use crate::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_filtered_and_verified_by_those_whom_it_does_not_watch() {
    for_each_server(async |server| {
        server.register_as("olga", Role::OrgAdmin).await;
        server.register_as("dora", Role::Dsb).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let decided = [("value", "false"), ("reason", "<i>Betriebsrat</i>")];
        let setting = "/admin/policy/setting/read_receipts";
        assert_eq!(olga.fill(setting, &decided).await.status, 303);
        assert_eq!(olga.get("/admin/audit").await.status, 403);

        let mut dora = Browser::signed_in(&server, "dora").await;
        let all = dora.get("/admin/audit").await;
        all.shows("Einstellung geändert");
        all.shows("Konto angelegt");
        all.shows("&#60;i&#62;Betriebsrat");
        let some = dora.get("/admin/audit?action=policy.changed").await;
        some.shows("<td>Einstellung geändert");
        assert!(!some.html.contains("<td>Konto angelegt"));
        let none = dora.get("/admin/audit?action=policy.changed&until=2020-01-01").await;
        none.shows("Dazu steht nichts im Protokoll.");
        dora.get("/admin/audit?from=yesterday").await.shows("Ein Datum hat die Form");
        let who = dora.get("/admin/audit?who=admin:@olga:one.example").await;
        who.shows("<td>Einstellung geändert");

        let verified = dora.fill("/admin/audit", &[("act", "verify")]).await;
        assert_eq!(verified.status, 200);
        verified.shows("Lückenlos:");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pseudonym_is_looked_up_by_two_people_and_its_owner_sees_it() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    server.register_as("dora", Role::Dsb).await;
    server.register_as("berta", Role::Betriebsrat).await;
    let mut thief = Browser::new(&server);
    assert_eq!(thief.sign_in("alice", "wrong").await.status, 422);
    let mut dora = Browser::signed_in(&server, "dora").await;
    let log = dora.get("/admin/audit?action=auth.login.failed").await;
    let (_, rest) = log.html.split_once("<bdi>user:").unwrap();
    let pseudonym = rest.split('<').next().unwrap().to_owned();

    let wish =
        |pseudonym, reason| [("act", "look-up"), ("pseudonym", pseudonym), ("reason", reason)];
    assert_eq!(dora.fill("/admin/audit", &wish("nobody", "Angriff")).await.status, 422);
    assert_eq!(dora.fill("/admin/audit", &wish(&pseudonym, "")).await.status, 422);
    let asked = dora.fill("/admin/audit", &wish(&pseudonym, "Angriff am Montag")).await;
    assert_eq!((asked.status, asked.header("location")), (303, "/admin/approvals"));
    let own = [("approval", "1"), ("act", "approve")];
    let refused = dora.fill("/admin/approvals", &own).await;
    assert_eq!(refused.status, 422);
    refused.shows("Das muss jemand anderes");

    let mut berta = Browser::signed_in(&server, "berta").await;
    let waiting = berta.get("/admin/approvals").await;
    waiting.shows(&pseudonym);
    waiting.shows("Angriff am Montag");
    waiting.shows("dora (@");
    assert_eq!(berta.fill("/admin/approvals", &own).await.status, 303);
    assert_eq!(berta.fill("/admin/approvals", &own).await.status, 422, "decided already");
    dora.get("/admin/approvals").await.shows(&alice.user_id);
    assert!(!berta.get("/admin/approvals").await.html.contains(&alice.user_id));

    let mut browser = Browser::signed_in(&server, "alice").await;
    let mine = browser.get("/account/protocol").await;
    mine.shows("Pseudonym aufgelöst");
    mine.shows("Angriff am Montag");
    mine.shows("Anmeldung fehlgeschlagen");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_entries_and_no_others() {
    for_each_server(async |server| {
        server.register("alice").await;
        server.register("bob").await;
        let mut thief = Browser::new(&server);
        assert_eq!(thief.sign_in("bob", "wrong").await.status, 422);
        let mut alice = Browser::signed_in(&server, "alice").await;
        alice.get("/account/protocol").await.shows("Über Sie ist nichts protokolliert.");
        let mut bob = Browser::signed_in(&server, "bob").await;
        bob.get("/account/protocol").await.shows("Anmeldung fehlgeschlagen");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_refuses_whose_role_does_not_reach() {
    let server = TestServer::start().await;
    let reads = [Role::Dsb, Role::Betriebsrat, Role::Auditor];
    let approves = [Role::OrgAdmin, Role::Dsb, Role::Betriebsrat, Role::Compliance, Role::Auditor];
    for role in Role::ALL.into_iter().filter(|role| role.is_office()) {
        let name = role.to_string();
        server.register_as(&name, role).await;
        let mut browser = Browser::signed_in(&server, &name).await;
        for (page, allowed) in [
            ("/admin/audit", reads.contains(&role)),
            ("/admin/approvals", approves.contains(&role)),
        ] {
            let status = if allowed { 200 } else { 403 };
            assert_eq!(browser.get(page).await.status, status, "{role} {page}");
            let listed = browser.get("/admin/").await.html.contains(&format!("href=\"{page}\""));
            assert_eq!(listed, allowed, "{role} {page} in the navigation");
        }
    }
}
