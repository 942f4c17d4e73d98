//! The settings of the organisation in the console.

use kontor_core::Role;
use kontor_testkit::{TestServer, for_each_server, json};

use crate::browser::Browser;

const SETTING: &str = "/admin/policy/setting/read_receipts";

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_finds_understands_and_locks_a_setting() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        server.register_as("olga", Role::OrgAdmin).await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let found = olga.get("/admin/policy?q=lesebest%C3%A4tigung").await;
        found.shows(SETTING);
        assert!(!found.html.contains("/admin/policy/setting/presence"));
        olga.get("/admin/policy?q=xyzzy").await.shows("Dazu gibt es keine Einstellung.");
        let page = olga.get(SETTING).await;
        for text in ["Lesebestätigungen", "BetrVG § 87", "Profil Standard", "Neu entscheiden"] {
            page.shows(text);
        }
        let silent = [("value", "false"), ("reason", " "), ("act", "decide"), ("lock", "yes")];
        let refused = olga.fill(SETTING, &silent).await;
        assert_eq!(refused.status, 422);
        refused.shows("Bitte begründen Sie die Entscheidung");
        let locked = [("value", "false"), ("reason", "<b>Betriebsrat"), ("lock", "yes")];
        assert_eq!(olga.fill(SETTING, &locked).await.status, 303);
        let policy = alice.get("/_kontor/client/v1/policy").await.ok();
        let receipts = &policy.body["settings"]["read_receipts"];
        assert_eq!(
            (receipts["value"].as_bool(), receipts["locked"].as_bool()),
            (Some(false), Some(true))
        );
        let page = olga.get(SETTING).await;
        page.shows("gesperrt von Ihrer Organisation");
        page.shows("&#60;b&#62;Betriebsrat");

        assert!(!page.html.contains("Vereinbarung BV"));
        let looser = [("value", "true"), ("reason", "doch nicht"), ("act", "decide")];
        let refused = olga.fill(SETTING, &looser).await;
        assert_eq!(refused.status, 422);
        refused.shows("Freigabe beantragen");
        let asked = [("value", "true"), ("reason", "doch nicht"), ("act", "ask")];
        let asked = olga.fill(SETTING, &asked).await;
        assert_eq!((asked.status, asked.header("location")), (303, "/admin/approvals"));
        let changed = olga.get("/admin/policy?changed=yes").await;
        changed.shows(SETTING);
        assert!(!changed.html.contains("/admin/policy/setting/presence"));
        olga.get("/admin/policy/compare?profile=elevated").await.shows("/admin/policy/setting/");
        assert_eq!(olga.get("/admin/policy/setting/colour").await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_decided_stands_there_by_name_for_those_in_charge() {
    let server = TestServer::start().await;
    server.register("alice").await;
    server.register_as("tom", Role::TechAdmin).await;
    let account = server.register_as("olga", Role::OrgAdmin).await;
    let name = format!("/_matrix/client/v3/profile/{}/displayname", account.user_id);
    account.put(&name, json!({ "displayname": "Olga <Ohm>" })).await.ok();
    let mut olga = Browser::signed_in(&server, "olga").await;
    let said = "<bdi>Olga &#60;Ohm&#62; (@olga:one.example)</bdi>";

    let locked = [("value", "false"), ("reason", "Betriebsrat")];
    assert_eq!(olga.fill(SETTING, &locked).await.status, 303);
    olga.get(SETTING).await.shows(said);
    let mut tom = Browser::signed_in(&server, "tom").await;
    let page = tom.get(SETTING).await;
    page.shows("<bdi>@olga:one.example</bdi>");
    assert!(!page.html.contains("Ohm"), "who looks after the machine sees no names");

    let invite = [("act", "link"), ("display_name", "Ada"), ("username", "ada")];
    assert_eq!(olga.fill("/admin/people/invite", &invite).await.status, 200);
    olga.get("/admin/people/invite").await.shows(&format!("von {said}"));

    let person = "/admin/people/@alice:one.example";
    let prove = [("act", "prove"), ("method", "records"), ("reason", "Ausweis")];
    assert_eq!(olga.fill(person, &prove).await.status, 303);
    let role = [("act", "give-role"), ("role", "tech_admin"), ("reason", "Vertretung")];
    assert_eq!(olga.fill(person, &role).await.status, 303);
    let page = olga.get(person).await;
    page.shows("Olga &#60;Ohm&#62; (@olga:one.example))");
    page.shows(said);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_decide_sees_no_form_and_changes_nothing() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut alice = Browser::signed_in(&server, "alice").await;
    assert_eq!(alice.get("/admin/policy").await.status, 403);
    for role in [Role::TechAdmin, Role::Dsb, Role::Betriebsrat, Role::Compliance, Role::Auditor] {
        let name = role.to_string();
        server.register_as(&name, role).await;
        let mut browser = Browser::signed_in(&server, &name).await;
        let page = browser.get(SETTING).await;
        assert_eq!(page.status, 200, "{role}");
        assert!(!page.html.contains("name=\"value\""), "{role}");
        let fields = [("form_token", &*page.token()), ("value", "false"), ("reason", "x")];
        assert_eq!(browser.post(SETTING, &fields).await.status, 403, "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_has_shown_lately_who_she_is() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let token = olga.get(SETTING).await.token();
    let later = server.clock().now().plus(std::time::Duration::from_mins(6));
    server.clock().set(later);
    let fields = [("form_token", &*token), ("value", "false"), ("reason", "x")];
    let led = olga.post(SETTING, &fields).await;
    assert_eq!(led.status, 303);
    assert!(led.header("location").starts_with("/account/confirm?"), "{}", led.header("location"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_chosen_on_its_page() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    server.register_as("rat", Role::Betriebsrat).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let page = "/admin/policy/compare?profile=elevated";
    let shown = olga.get(page).await;
    for text in ["Profil Erhöht", "session_days", "Profil wählen", "kein Profil"] {
        shown.shows(text);
    }
    let token = shown.token();
    let fields = |reason: &'static str| {
        [("form_token", token.clone()), ("profile", "elevated".into()), ("reason", reason.into())]
    };
    let send = async |olga: &mut Browser, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, it)| (*name, &**it)).collect();
        olga.post("/admin/policy/compare", &fields).await
    };
    let silent = send(&mut olga, &fields("")).await;
    assert_eq!(silent.status, 422);
    silent.shows("Bitte begründen Sie");
    let done = send(&mut olga, &fields("Kanzlei")).await;
    assert_eq!((done.status, done.header("location")), (303, "/admin/policy"), "{}", done.html);
    let policy = olga.get("/admin/policy").await;
    policy.shows("Gewählt: Profil Erhöht");
    let history = olga.get("/admin/policy/setting/session_days").await;
    history.shows("Profil Erhöht");
    history.shows("Kanzlei");
}

/// law: R-065
#[tokio::test(flavor = "multi_thread")]
async fn the_works_council_is_named_where_it_has_to_agree() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let off = [("value", "false"), ("reason", "zunächst nicht")];
    assert_eq!(olga.fill(SETTING, &off).await.status, 303);
    let on = [("value", "true"), ("reason", "Wunsch der Teams")];
    let refused = olga.fill(SETTING, &on).await;
    assert_eq!(refused.status, 422);
    refused.shows("Ohne Zustimmung des Betriebsrats");
    refused.shows("Freigabe beantragen");
    let mut named = vec![("agreement_reference", "BV <4>"), ("agreement_by", "E. Muster")];
    named.extend(on);
    let dateless = olga.fill(SETTING, &named).await;
    assert_eq!(dateless.status, 422);
    dateless.shows("Bitte nennen Sie Vereinbarung, Datum");
    dateless.shows("BV &#60;4&#62;");
    named.push(("agreement_date", "2025-12-01"));
    assert_eq!(olga.fill(SETTING, &named).await.status, 303);
    olga.get(SETTING).await.shows("Vereinbarung BV &#60;4&#62;, 2025-12-01, E. Muster");
}

/// law: R-067
#[tokio::test(flavor = "multi_thread")]
async fn people_switch_off_what_others_see_of_them() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let page = browser.get("/account/privacy").await;
    page.shows("Lesebestätigungen");
    let fields = [("setting", "read_receipts"), ("value", "false")];
    assert_eq!(browser.fill("/account/privacy", &fields).await.status, 303);
    let policy = alice.get("/_kontor/client/v1/policy").await.ok();
    assert_eq!(policy.body["settings"]["read_receipts"]["effective"], false);
    let foreign = [("setting", "session_days"), ("value", "true")];
    assert_eq!(browser.fill("/account/privacy", &foreign).await.status, 422);
}
