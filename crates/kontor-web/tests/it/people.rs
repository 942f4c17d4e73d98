//! Finding, inviting, shutting out and helping people in the console.

use std::time::Duration;

use kontor_core::Role;
use kontor_identity::NewUser;
use kontor_testkit::{TestServer, for_each_server, json};

use crate::browser::{Browser, PASSWORD, Shown};
use crate::factors::operator;

fn pass(server: &TestServer, span: Duration) {
    server.clock().set(server.clock().now().plus(span));
}

/// The path of the link that a page shows once.
fn link(shown: &Shown) -> String {
    let (_, rest) = shown.html.split_once("<p class=\"secret\"><bdi>").unwrap();
    let address = rest.split('<').next().unwrap();
    address.trim_start_matches("https://one.example").to_owned()
}

/// Confirms again who she is.
async fn confirm(browser: &mut Browser) {
    let fields = [("way", "password"), ("password", PASSWORD)];
    assert_eq!(browser.fill("/account/confirm", &fields).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_name_id_role_and_state() {
    for_each_server(async |server| {
        let (cx, tenant) = operator(&server).await;
        for (login, name) in [("joerg", "Jörg <i>Groß</i>"), ("zoe", "Zoë Adler")] {
            let new = NewUser {
                username: Some(login.to_owned()),
                display_name: Some(name.to_owned()),
                ..NewUser::default()
            };
            tenant.identity.create_user(&cx, new).await.unwrap();
        }
        let guest = server.register_as("gast", Role::Guest).await;
        server.register_as("olga", Role::OrgAdmin).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let page = olga.get("/admin/people").await;
        page.shows("4 Personen");
        page.shows("Jörg &#60;i&#62;Groß");
        for (query, found) in [
            ("q=JORG+gross", "joerg"),
            ("q=%40zoe%3Aone", "zoe"),
            ("role=guest", "gast"),
            ("q=olga&role=org_admin&state=active", "olga"),
        ] {
            let page = olga.get(&format!("/admin/people?{query}")).await;
            page.shows("Eine Person");
            page.shows(&format!("/admin/people/%40{found}%3Aone.example"));
        }
        olga.get("/admin/people?q=niemand").await.shows("Niemand gefunden");
        // What changes is found at once.
        let name = format!("/_matrix/client/v3/profile/{}/displayname", guest.user_id);
        guest.put(&name, json!({ "displayname": "Wanda" })).await.ok();
        olga.get("/admin/people?q=wanda").await.shows("Eine Person");
        let path = format!("/admin/people/{}", guest.user_id);
        assert_eq!(olga.fill(&path, &[("act", "lock")]).await.status, 303);
        olga.get("/admin/people?state=locked").await.shows("Eine Person");
        olga.get("/admin/people?state=suspended").await.shows("Niemand gefunden");
        olga.get("/admin/people/%40zoe%3Aone.example").await.shows("Zoë Adler");
        assert_eq!(olga.get("/admin/people/@nobody:one.example").await.status, 404);
        assert_eq!(olga.get("/admin/people/nonsense").await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_people_come_in_pages() {
    let server = TestServer::start().await;
    let (cx, tenant) = operator(&server).await;
    for number in 0..101 {
        let display_name = Some(format!("Person {number:03}"));
        let new = NewUser { display_name, ..NewUser::default() };
        tenant.identity.create_user(&cx, new).await.unwrap();
    }
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let first = olga.get("/admin/people?q=person").await;
    first.shows("101 Personen");
    assert!(first.html.contains("Person 000") && !first.html.contains("Person 050"));
    first.shows("/admin/people?q=person&#38;role=&#38;state=&#38;page=1");
    let last = olga.get("/admin/people?q=person&page=2").await;
    assert!(last.html.contains("Person 100") && !last.html.contains("Person 099"));
    assert!(!last.html.contains("page=3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_made_runs_out_and_is_made_again() {
    for_each_server(async |server| {
        server.register_as("olga", Role::OrgAdmin).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let page = "/admin/people/invite";
        let wrong = [("act", "link"), ("display_name", "Ada"), ("username", "Ä d")];
        let shown = olga.fill(page, &wrong).await;
        assert_eq!(shown.status, 422);
        shown.shows("Dieser Benutzername geht nicht");
        shown.shows("value=\"Ada\"");
        let fields = [
            ("act", "link"),
            ("display_name", "Ada <b>"),
            ("username", "ada"),
            ("kind", "guest"),
            ("days", "1"),
        ];
        let old = link(&olga.fill(page, &fields).await);
        olga.get(page).await.shows("Ada &#60;b&#62;");
        assert_eq!(Browser::new(&server).get(&old).await.status, 200);

        pass(&server, Duration::from_hours(24));
        let over = Browser::new(&server).get(&old).await;
        assert_eq!(over.status, 410);
        over.shows("Dieser Link gilt nicht mehr");
        let mut olga = Browser::signed_in(&server, "olga").await;
        let listed = olga.get(page).await;
        listed.shows("abgelaufen");
        let (_, rest) = listed.html.split_once("name=\"invitation\" value=\"").unwrap();
        let id = rest.split('"').next().unwrap();
        let new = link(&olga.fill(page, &[("act", "renew"), ("invitation", id)]).await);
        assert_ne!(new, old);
        let mut ada = Browser::new(&server);
        let answer = [("username", "ada"), ("password", PASSWORD), ("notice", "yes")];
        assert_eq!(ada.post(&new, &answer).await.status, 303);
        assert_eq!(Browser::new(&server).get(&new).await.status, 410, "it works once");
        assert_eq!(Browser::new(&server).post(&new, &answer).await.status, 410);
        olga.get("/admin/people?role=guest").await.shows("Eine Person");
        olga.get(page).await.shows("Keine offenen Einladungen.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_taken_back() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let made = olga.fill("/admin/people/invite", &[("act", "link")]).await;
    let path = link(&made);
    let (_, rest) = made.html.split_once("name=\"invitation\" value=\"").unwrap();
    let fields = [("act", "take-back"), ("invitation", rest.split('"').next().unwrap())];
    assert_eq!(olga.fill("/admin/people/invite", &fields).await.status, 303);
    assert_eq!(Browser::new(&server).get(&path).await.status, 410);
    assert_eq!(olga.fill("/admin/people/invite", &fields).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_person_learns_so_once_she_has_shown_who_she_is() {
    for_each_server(async |server| {
        let ada = server.register("ada").await;
        server.register_as("olga", Role::OrgAdmin).await;
        let mut browser = Browser::signed_in(&server, "ada").await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let path = format!("/admin/people/{}", ada.user_id);
        let act = async |olga: &mut Browser, act: &str| {
            let done = olga.fill(&path, &[("act", act)]).await;
            assert_eq!((done.status, done.header("location")), (303, &*path), "{act}");
        };
        act(&mut olga, "lock").await;
        olga.get(&path).await.shows("gesperrt");
        assert_eq!(browser.get("/account/").await.status, 303, "her browser is shut out");
        let shown = Browser::new(&server).sign_in("ada", PASSWORD).await;
        shown.shows("Dieses Konto ist gesperrt.");
        let shown = Browser::new(&server).sign_in("ada", "wrong").await;
        assert!(!shown.html.contains("gesperrt"), "nobody else learns it");
        act(&mut olga, "unlock").await;
        assert_eq!(browser.get("/account/").await.status, 200);

        act(&mut olga, "suspend").await;
        browser.get("/account/").await.shows("auf Lesen beschränkt");
        let shown = browser.fill("/account/profile", &[("displayname", "Neu")]).await;
        assert_eq!(shown.status, 403);
        act(&mut olga, "unsuspend").await;

        act(&mut olga, "sign-out").await;
        ada.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
        assert_eq!(browser.get("/account/").await.status, 303);
        for own in ["lock", "suspend"] {
            let own = [("act", own)];
            let refused = olga.fill("/admin/people/@olga:one.example", &own).await;
            assert_eq!(refused.status, 422);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_helps_somebody_back_in() {
    for_each_server(async |server| {
        let ada = server.register("ada").await;
        server.register_as("olga", Role::OrgAdmin).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let path = format!("/admin/people/{}", ada.user_id);
        pass(&server, Duration::from_mins(6));
        for act in ["reset-password", "reset-factors"] {
            let asked = olga.fill(&path, &[("act", act)]).await;
            assert_eq!(asked.status, 303);
            assert!(asked.header("location").starts_with("/account/confirm?next="), "{act}");
        }
        confirm(&mut olga).await;
        let made = olga.fill(&path, &[("act", "reset-password")]).await;
        made.shows("Er wird nur jetzt gezeigt");
        let reset = link(&made);
        olga.get(&path).await.shows("Offener Link für ein neues Passwort");
        let mut browser = Browser::new(&server);
        let new = "violet tram under seven bridges";
        let set = browser.post(&reset, &[("new", new), ("again", new)]).await;
        assert_eq!(set.status, 303);
        assert_eq!(Browser::new(&server).get(&reset).await.status, 410);
        assert_eq!(Browser::new(&server).sign_in("ada", new).await.status, 303);
        assert_eq!(olga.fill(&path, &[("act", "reset-factors")]).await.status, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_proofs_of_identity_are_given_with_a_reason() {
    for_each_server(async |server| {
        let ada = server.register("ada").await;
        server.register_as("olga", Role::OrgAdmin).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let path = format!("/admin/people/{}", ada.user_id);
        let give = |role, reason| [("act", "give-role"), ("role", role), ("reason", reason)];
        let refused = olga.fill(&path, &give("tech_admin", " ")).await;
        assert_eq!(refused.status, 422);
        refused.shows("Bitte begründen Sie");
        assert_eq!(olga.fill(&path, &give("tech_admin", "<i>Betrieb</i>")).await.status, 303);
        let page = olga.get(&path).await;
        page.shows("&#60;i&#62;Betrieb");
        let clash = olga.fill(&path, &give("guest", "Irrtum")).await;
        assert_eq!(clash.status, 422);
        let asked = olga.fill(&path, &give("betriebsrat", "Wahl")).await;
        assert_eq!((asked.status, asked.header("location")), (303, "/admin/approvals"));
        olga.get("/admin/approvals").await.shows("betriebsrat");
        let take = [("act", "take-role"), ("role", "tech_admin"), ("reason", "vorbei")];
        assert_eq!(olga.fill(&path, &take).await.status, 303);
        let prove = [("act", "prove"), ("method", "in_person"), ("reason", "am Empfang")];
        assert_eq!(olga.fill(&path, &prove).await.status, 303);
        olga.get(&path).await.shows("@olga:one.example)");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_device_of_somebody_is_signed_out() {
    let server = TestServer::start().await;
    let ada = server.register("ada").await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let path = format!("/admin/people/{}", ada.user_id);
    olga.get(&path).await.shows(&ada.device_id);
    let lost = [("act", "device-lost"), ("device", ada.device_id.as_str())];
    let reported = olga.fill(&path, &lost).await;
    assert_eq!(reported.status, 303);
    // What is to be done next stands above the buttons that do it.
    let next = olga.get(reported.header("location")).await;
    next.shows("Das Gerät ist abgemeldet");
    next.shows("binnen 72 Stunden");
    assert!(!olga.get(&path).await.html.contains("Das Gerät ist abgemeldet"));
    let gone = ada.get("/_matrix/client/v3/account/whoami").await;
    gone.fails(401, "M_UNKNOWN_TOKEN");
    assert_eq!(gone.body["soft_logout"], false, "its keys are to be discarded");
}
