//! Second factors, invitations and forgotten passwords on the pages.

use kontor_core::{Actor, Cx, Secret};
use kontor_identity::NewInvitation;
use kontor_testkit::{Setup, TestServer, for_each_server};
use ruma::{ServerName, UserId};

use crate::browser::{Browser, PASSWORD, Shown};
use crate::second_step::enrol_app;

/// The operator, and the services of the organisation.
pub(crate) async fn operator(server: &TestServer) -> (Cx, std::sync::Arc<kontor_tenant::Tenant>) {
    let name = <&ServerName>::try_from("one.example").unwrap();
    let tenant = server.node().tenants().open(name).await.unwrap();
    let (clock, random) = (tenant.clock.clone(), tenant.random.clone());
    (Cx::new(tenant.id, Actor::Operator, clock, random).unwrap(), tenant)
}

fn between<'h>(shown: &'h Shown, start: &str, end: char) -> &'h str {
    let (_, rest) = shown.html.split_once(start).unwrap();
    rest.split(end).next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_person_makes_her_account() {
    for_each_server(async |server| {
        let (cx, tenant) = operator(&server).await;
        let new =
            NewInvitation { display_name: Some("Ada <b>".to_owned()), ..NewInvitation::default() };
        let link = tenant.identity.create_invitation(&cx, new).await.unwrap();
        let path = format!("/account/invitation/{}", link.token.expose());
        let mut browser = Browser::new(&server);
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200);
        page.shows("Datenschutzhinweis");
        assert!(!page.html.contains("Ada <b>"));
        let table: [(&[(&str, &str)], &str); 2] = [
            (&[("username", "ada"), ("password", PASSWORD)], "Bitte bestätigen Sie"),
            (
                &[("username", "Ä d"), ("password", PASSWORD), ("notice", "yes")],
                "Dieser Benutzername",
            ),
        ];
        for (fields, text) in table {
            let shown = browser.post(&path, fields).await;
            assert_eq!(shown.status, 422, "{text}");
            shown.shows(text);
            assert!(!shown.html.contains(PASSWORD));
        }
        let fields = [("username", "ada"), ("password", PASSWORD), ("notice", "yes")];
        let done = browser.post(&path, &fields).await;
        assert_eq!((done.status, done.header("location")), (303, "/?welcome"), "to her rooms");
        browser.get("/account/").await.shows("@ada:one.example");
        assert_eq!(Browser::new(&server).get(&path).await.status, 410, "it works once");
    })
    .await;
}

/// law: R-040
#[tokio::test(flavor = "multi_thread")]
async fn who_accepts_an_invitation_under_another_name_is_unconfirmed() {
    let server = TestServer::start().await;
    let (cx, tenant) = operator(&server).await;
    let cases = [
        (Some("Ada Lovelace"), " Ada Lovelace ", "confirmed"),
        (Some("Ada Lovelace"), "", "confirmed"),
        (Some("Ada Lovelace"), "Der Vorstand", "unconfirmed"),
        (None, "Ada Lovelace", "confirmed"),
    ];
    for (number, (invited_as, taken, standing)) in cases.into_iter().enumerate() {
        let display_name = invited_as.map(str::to_owned);
        let new = NewInvitation { display_name, ..NewInvitation::default() };
        let link = tenant.identity.create_invitation(&cx, new).await.unwrap();
        let path = format!("/account/invitation/{}", link.token.expose());
        let mut browser = Browser::new(&server);
        let is_told =
            browser.get(&path).await.html.contains("Unter diesem Namen sind Sie eingeladen");
        assert_eq!(is_told, invited_as.is_some());
        let name = format!("ada{number}");
        let fields = [
            ("display_name", taken),
            ("username", name.as_str()),
            ("password", PASSWORD),
            ("notice", "yes"),
        ];
        assert_eq!(browser.post(&path, &fields).await.status, 303);
        let user = UserId::parse(format!("@{name}:one.example")).unwrap();
        let badges = tenant.identity.badges(&cx, vec![user]).await.unwrap();
        assert_eq!(badges[0].standing.as_str(), standing, "{invited_as:?} {taken:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_password_sets_something_else_up_once_and_is_in_her_rooms() {
    let strict = Setup { flags: vec![("preset", "strict".to_owned())], ..Setup::default() };
    for server in [TestServer::start().await, TestServer::with(strict).await] {
        let (cx, tenant) = operator(&server).await;
        let link = tenant.identity.create_invitation(&cx, NewInvitation::default()).await.unwrap();
        let path = format!("/account/invitation/{}", link.token.expose());
        let mut browser = Browser::new(&server);
        let fields = [("display_name", "Ada"), ("username", "a da"), ("notice", "yes")];
        let refused = browser.post(&path, &fields).await;
        assert_eq!(refused.status, 422);
        refused.shows("required checked");
        let fields = [("display_name", "Ada"), ("username", "ada"), ("notice", "yes")];
        let done = browser.post(&path, &fields).await;
        let enrol = "/account/enrol?next=%2F%3Fwelcome";
        assert_eq!((done.status, done.header("location")), (303, enrol));
        let page = browser.get(enrol).await;
        assert_eq!(page.status, 200, "{}", page.html);
        page.shows("name=\"next\" value=\"/?welcome\"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_a_link() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let (cx, tenant) = operator(&server).await;
    let user = UserId::parse(&alice.user_id).unwrap();
    let link = tenant.identity.create_reset_link(&cx, user, None).await.unwrap();
    let path = format!("/account/reset/{}", link.token.expose());
    let mut browser = Browser::new(&server);
    browser.get(&path).await.shows("<bdi>alice</bdi>");
    let new = "violet tram under seven bridges";
    for (first, second) in [(new, "other"), ("x", "y")] {
        assert_eq!(browser.post(&path, &[("new", first), ("again", second)]).await.status, 422);
    }
    assert_eq!(browser.post(&path, &[("new", new), ("again", new)]).await.status, 303);
    assert_eq!(browser.get("/account/").await.status, 200);
    assert_eq!(Browser::new(&server).sign_in("alice", PASSWORD).await.status, 422);
    assert_eq!(browser.get("/account/reset/nonsense").await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_have_a_second_factor_is_led_to_it_and_nowhere_else() {
    let flags = vec![("preset", "strict".to_owned())];
    let server = TestServer::with(Setup { flags, ..Setup::default() }).await;
    let (cx, tenant) = operator(&server).await;
    let new = kontor_identity::NewUser {
        username: Some("alice".to_owned()),
        password: Some(Secret::new(PASSWORD.to_owned())),
        ..kontor_identity::NewUser::default()
    };
    let user = tenant.identity.create_user(&cx, new).await.unwrap();
    let link = tenant.identity.create_reset_link(&cx, user.clone(), None).await.unwrap();
    let path = format!("/account/reset/{}", link.token.expose());
    let before = Browser::new(&server).get(&path).await;
    before.shows("Mindestens 20 Zeichen, darunter 2 von diesen");
    before.shows("aria-describedby=\"new-hint\"");
    let weak = Browser::new(&server).post(&path, &[("new", "short"), ("again", "short")]).await;
    assert_eq!(weak.status, 422);
    weak.shows("Es braucht mindestens 20 Zeichen");
    let mut browser = Browser::new(&server);
    let done = browser.sign_in("alice", PASSWORD).await;
    assert!(done.header("location").starts_with("/account/enrol?"), "{done:?}");
    assert!(browser.get("/account/").await.header("location").starts_with("/account/enrol?"));
    let page = browser.get("/account/enrol").await;
    assert_eq!(page.status, 200, "{}", page.html);
    page.shows("einen Passkey oder eine Authenticator-App. Richten Sie eines davon jetzt ein");
    page.shows("Bis dahin öffnet diese Anmeldung nichts anderes");
    page.shows("data:image/svg+xml,");
    page.shows("data-passkey");
    page.shows("action=\"/account/logout\"");
    let token = page.token();
    let fields = [("form_token", token.as_str()), ("way", "totp"), ("code", "000000")];
    assert_eq!(browser.post("/account/enrol", &fields).await.status, 422);
    let fields = [("form_token", token.as_str()), ("way", "passkey"), ("answer", "no json")];
    assert_eq!(browser.post("/account/enrol", &fields).await.status, 400);
    assert!(
        browser.get("/account/security").await.header("location").starts_with("/account/enrol?")
    );
    // With the app, a shorter password will do, and the pages say so.
    enrol_app(&server, &mut browser).await;
    browser.get("/account/password").await.shows("id=\"new-hint\">Mindestens 12 Zeichen.<");
    let link = tenant.identity.create_reset_link(&cx, user, None).await.unwrap();
    let path = format!("/account/reset/{}", link.token.expose());
    Browser::new(&server).get(&path).await.shows("id=\"new-hint\">Mindestens 12 Zeichen.<");
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_codes_are_shown_once_and_asked_for_again_later() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let shown = browser.fill("/account/security", &[("act", "codes")]).await;
    assert_eq!(shown.status, 200, "{}", shown.html);
    let first = between(&shown, "<ul class=\"codes\"><li>", '<').to_owned();
    assert!(!browser.get("/account/security").await.html.contains(&first));
    let later = server.clock().now().plus(std::time::Duration::from_mins(6));
    server.clock().set(later);
    let late = browser.fill("/account/security", &[("act", "codes")]).await;
    assert_eq!(late.header("location"), "/account/confirm?next=%2Faccount%2Fsecurity");
    let page = browser.get(late.header("location")).await;
    assert_eq!(page.status, 200);
    let token = page.token();
    let with = |password: &'static str| {
        let token = token.clone();
        [
            ("form_token", token),
            ("way", "password".to_owned()),
            ("password", password.to_owned()),
            ("next", "/account/security".to_owned()),
        ]
    };
    let wrong = with("wrong");
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(browser.post("/account/confirm", &wrong).await.status, 422);
    let right = with(PASSWORD);
    let right: Vec<(&str, &str)> = right.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let done = browser.post("/account/confirm", &right).await;
    assert_eq!((done.status, done.header("location")), (303, "/account/security"));
    assert_eq!(browser.fill("/account/security", &[("act", "codes")]).await.status, 200);
}

/// law
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_name_or_a_password_stands_beside_the_field() {
    let flags = vec![("preset", "strict".to_owned())];
    let server = TestServer::with(Setup { flags, ..Setup::default() }).await;
    let (cx, tenant) = operator(&server).await;
    let link = tenant.identity.create_invitation(&cx, NewInvitation::default()).await.unwrap();
    let path = format!("/account/invitation/{}", link.token.expose());
    let mut browser = Browser::new(&server);
    browser.get(&path).await;
    let table = [
        ("", PASSWORD, "wie andere Sie sehen sollen"),
        ("Ada", "Xq7-tram", "mindestens 20 Zeichen"),
        ("Ada", "allesnurkleinbuchstaben", "mindestens 2 von Kleinbuchstaben"),
        ("Ada", "PasswordPasswordPassword", "die andere zuerst probieren"),
        ("Ada Lovelace", "lovelace geht ins Kino 7", "enthält einen Namen"),
    ];
    for (name, password, text) in table {
        let fields = [
            ("display_name", name),
            ("username", "ada"),
            ("password", password),
            ("notice", "yes"),
        ];
        let shown = browser.post(&path, &fields).await;
        assert_eq!(shown.status, 422, "{text}");
        shown.shows(text);
        assert!(!shown.html.contains(password));
    }
}
