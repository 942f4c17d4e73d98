//! Mails about one's own account, through a real mail server.

use std::time::{Duration, Instant};

use kontor_identity::NewInvitation;
use kontor_testkit::{MailServer, MailSetup, Setup, TestServer, Value, json};

use crate::browser::{Browser, PASSWORD, Shown};
use crate::factors::operator;
use crate::second_step::enrol_app;

const ADDRESS: &str = "ada@firma.example";
const NEW: &str = "violet tram under seven bridges";

/// Runs a test on both engines, each with a mail server.
#[expect(clippy::future_not_send, reason = "a test runs on the thread that started it")]
async fn for_each_engine(test: impl AsyncFn(TestServer, MailServer)) {
    for postgres in [false, true] {
        let mails = MailServer::start();
        let setup = Setup { postgres, file: mails.section(), ..Setup::default() };
        test(TestServer::with(setup).await, mails).await;
    }
}

/// Path of the page that a mail leads to.
fn path_of(mail: &Value) -> String {
    let body = mail["body"].as_str().unwrap();
    let (_, rest) = body.split_once("https://one.example").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

fn subject(mail: &Value) -> &str {
    mail["subject"].as_str().unwrap()
}

/// Alice's browser; her address is confirmed.
async fn alice_with_address(server: &TestServer, mails: &mut MailServer) -> Browser {
    server.register("alice").await;
    let mut alice = Browser::signed_in(server, "alice").await;
    let given = alice.fill("/account/mail", &[("address", ADDRESS)]).await;
    assert_eq!(given.status, 303, "{}", given.html);
    let path = path_of(&mails.next().await);
    assert_eq!(alice.fill(&path, &[]).await.status, 303);
    alice
}

fn later(server: &TestServer, span: Duration) {
    server.clock().set(server.clock().now().plus(span));
}

async fn ask(server: &TestServer, name: &str) -> Shown {
    Browser::new(server).post("/account/forgotten", &[("name", name)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_counts_once_its_owner_has_confirmed_it() {
    for_each_engine(async |server, mut mails| {
        server.register("alice").await;
        server.register("mallory").await;
        let mut alice = Browser::signed_in(&server, "alice").await;
        alice.get("/account/").await.shows("/account/mail");
        for wrong in ["ada", "a@b.example\r\nBcc: c@d.example", "<script>@x.example"] {
            let shown = alice.fill("/account/mail", &[("address", wrong)]).await;
            assert_eq!(shown.status, 422, "{wrong}");
            assert!(!shown.html.contains("<script>@"));
        }
        alice.fill("/account/mail", &[("address", ADDRESS)]).await;
        alice.get("/account/mail").await.shows("Noch zu bestätigen");
        let mail = mails.next().await;
        assert_eq!(mail["to"], json!([ADDRESS]));
        let text = mail["raw"].as_str().unwrap();
        assert!(!text.contains("alice"), "{text}");
        let path = path_of(&mail);
        assert_eq!(Browser::new(&server).get(&path).await.status, 303, "sign in first");
        let mut mallory = Browser::signed_in(&server, "mallory").await;
        assert_eq!(mallory.fill(&path, &[]).await.status, 410);
        assert_eq!(alice.get(&path).await.status, 200, "looking at it confirms nothing");
        alice.get("/account/mail").await.shows("Noch zu bestätigen");
        assert_eq!(alice.fill(&path, &[]).await.status, 303);
        let shown = alice.get("/account/mail").await;
        assert!(shown.html.contains("Bestätigt") && !shown.html.contains("Noch zu"));
        assert_eq!(alice.fill(&path, &[]).await.status, 410, "once");
        let used = alice.get(&path).await;
        assert_eq!(used.status, 410);
        used.shows("Dieser Link wurde schon benutzt");
        used.shows(ADDRESS);
        assert!(!used.html.contains("Ja, das ist meine Adresse"), "it asks nothing");
        let others = mallory.get(&path).await;
        assert_eq!(others.status, 410);
        assert!(!others.html.contains(ADDRESS), "whose address it is, nobody else learns");

        alice.fill("/account/mail", &[("address", "new@firma.example")]).await;
        let path = path_of(&mails.next().await);
        alice.fill(&path, &[]).await;
        let farewell = mails.next().await;
        assert_eq!(farewell["to"], json!([ADDRESS]));
        assert_eq!(subject(&farewell), "Ihre Mailadresse wurde geändert");
        assert_eq!(alice.fill("/account/mail", &[("remove", "yes")]).await.status, 303);
        assert_eq!(mails.next().await["to"], json!(["new@firma.example"]));
        alice.get("/account/mail").await.shows("Sie haben keine Mailadresse angegeben.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_mail() {
    for_each_engine(async |server, mut mails| {
        let mut before = alice_with_address(&server, &mut mails).await;
        Browser::new(&server).get("/account/login").await.shows("/account/forgotten");
        let known = ask(&server, "alice").await;
        let unknown = ask(&server, "nobody").await;
        assert_eq!((known.status, &known.html), (200, &unknown.html));
        let mail = mails.next().await;
        assert_eq!((&mail["to"], subject(&mail)), (&json!([ADDRESS]), "Neues Passwort"));
        let path = path_of(&mail);
        let mut browser = Browser::new(&server);
        assert_eq!(browser.get(&path).await.status, 200);
        let fields = [("new", NEW), ("again", NEW)];
        assert_eq!(browser.post(&path, &fields).await.status, 303);
        assert_eq!(browser.get("/account/").await.status, 200);
        assert_eq!(before.get("/account/").await.status, 303, "other browsers are signed out");
        assert_eq!(Browser::new(&server).get(&path).await.status, 410, "once");
        assert_eq!(Browser::new(&server).sign_in("alice", PASSWORD).await.status, 422);
        assert_eq!(subject(&mails.next().await), "Ihr Passwort wurde geändert");

        // By mail address, too; and half an hour later the link opens nothing.
        later(&server, Duration::from_mins(6));
        assert_eq!(ask(&server, &ADDRESS.to_uppercase()).await.html, unknown.html);
        let path = path_of(&mails.next().await);
        later(&server, Duration::from_mins(30));
        assert_eq!(Browser::new(&server).get(&path).await.status, 410);
        assert!(mails.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_often_brings_few_mails_and_the_same_refusal_for_everybody() {
    let mut mails = MailServer::start();
    let setup = Setup { file: mails.section(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    alice_with_address(&server, &mut mails).await;
    for name in ["alice", "nobody"] {
        for _ in 0..3 {
            assert_eq!(ask(&server, name).await.status, 200, "{name}");
        }
        let refused = ask(&server, name).await;
        assert_eq!(refused.status, 422, "{name}");
        refused.shows("Zu viele Versuche");
    }
    assert_eq!(subject(&mails.next().await), "Neues Passwort");
    // The next mail that comes is another one: a second request got none.
    server.login("alice").await;
    assert_eq!(subject(&mails.next().await), "Neues Gerät bei Ihrem Konto");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_time_nor_text_tells_whether_an_account_exists() {
    let mut mails = MailServer::start();
    let setup = Setup { file: mails.section(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    alice_with_address(&server, &mut mails).await;
    let mut browser = Browser::new(&server);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        for (name, times) in [("alice", &mut known), ("nobody", &mut unknown)] {
            later(&server, Duration::from_mins(1));
            let begun = Instant::now();
            let shown = browser.post("/account/forgotten", &[("name", name)]).await;
            times.push(begun.elapsed());
            assert_eq!(shown.status, 200);
        }
    }
    known.sort();
    unknown.sort();
    let apart = known[20].abs_diff(unknown[20]);
    assert!(apart < Duration::from_millis(5), "{:?} {:?}", known[20], unknown[20]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_waits_for_its_server_also_through_a_restart() {
    let mut mails = MailServer::start();
    let port = mails.port();
    let setup = Setup { file: mails.section(), ..Setup::default() };
    let mut server = TestServer::with(setup).await;
    alice_with_address(&server, &mut mails).await;
    drop(mails);
    assert_eq!(ask(&server, "alice").await.status, 200, "nobody waits for the mail server");
    server.login("alice").await;
    server.restart().await;
    let again = MailSetup { port, security: "plain", ..MailSetup::default() };
    let mut mails = MailServer::with(&again, None);
    later(&server, Duration::from_mins(5));
    // Something new to be sent wakes what waits.
    ask(&server, "nobody").await;
    let (first, second) = (mails.next().await, mails.next().await);
    let mut subjects = [subject(&first), subject(&second)];
    subjects.sort_unstable();
    assert_eq!(subjects, ["Neues Gerät bei Ihrem Konto", "Neues Passwort"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_for_good_is_not_tried_again() {
    let mut mails = MailServer::start();
    let port = mails.port();
    let setup = Setup { file: mails.section(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    alice_with_address(&server, &mut mails).await;
    drop(mails);
    let refusal = "550 5.1.1 no such mailbox";
    let mut refusing = MailServer::with(
        &MailSetup { port, security: "plain", refusal, ..MailSetup::default() },
        None,
    );
    server.login("alice").await;
    assert_eq!(refusing.next().await["refused"], ADDRESS);
    drop(refusing);
    let again = MailSetup { port, security: "plain", ..MailSetup::default() };
    let mut mails = MailServer::with(&again, None);
    later(&server, Duration::from_hours(2));
    ask(&server, "alice").await;
    assert_eq!(subject(&mails.next().await), "Neues Passwort");
    assert!(mails.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_of_new_factors_and_of_attacks_on_their_account() {
    let mut mails = MailServer::start();
    let flags = vec![("preset", "strict".to_owned())];
    let server = TestServer::with(Setup { flags, file: mails.section(), ..Setup::default() }).await;
    let (cx, tenant) = operator(&server).await;
    let new = NewInvitation {
        username: Some("alice".to_owned()),
        mail: Some(ADDRESS.to_owned()),
        ..NewInvitation::default()
    };
    let taken_back = tenant.identity.invite_by_mail(&cx, new.clone()).await.unwrap();
    let dead = path_of(&mails.next().await);
    tenant.identity.take_link_back(&cx, taken_back).await.unwrap();
    assert_eq!(Browser::new(&server).get(&dead).await.status, 410);
    tenant.identity.invite_by_mail(&cx, new).await.unwrap();
    let invitation = mails.next().await;
    assert_eq!(subject(&invitation), "Einladung zu Kontor");
    let mut alice = Browser::new(&server);
    let fields = [
        ("display_name", "Alice"),
        ("username", "alice"),
        ("password", PASSWORD),
        ("notice", "yes"),
    ];
    let done = alice.post(&path_of(&invitation), &fields).await;
    assert_eq!(done.status, 303, "{}", done.html);

    let login = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": "alice" },
        "password": "wrong",
    });
    let stranger = server.anonymous("one.example");
    for _ in 0..10 {
        later(&server, Duration::from_mins(1));
        let answer = stranger.post("/_matrix/client/v3/login", login.clone()).await;
        answer.fails(403, "M_FORBIDDEN");
    }
    let answer = stranger.post("/_matrix/client/v3/login", login).await;
    answer.fails(429, "M_LIMIT_EXCEEDED");
    assert_eq!(subject(&mails.next().await), "Viele falsche Passwörter bei Ihrem Konto");
    let user = tenant.identity.list_users(&cx, String::new(), 9).await.unwrap()[0].user_id.clone();
    tenant.identity.reset_second_factors(&cx, user, None).await.unwrap();
    assert_eq!(subject(&mails.next().await), "Zweiter Faktor geändert");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_recovery_code_was_used_is_told_so() {
    for_each_engine(async |server, mut mails| {
        let mut alice = alice_with_address(&server, &mut mails).await;
        enrol_app(&server, &mut alice).await;
        assert_eq!(subject(&mails.next().await), "Zweiter Faktor geändert");
        let shown = alice.fill("/account/security", &[("act", "codes")]).await;
        assert_eq!(subject(&mails.next().await), "Zweiter Faktor geändert");
        let (_, list) = shown.html.split_once("class=\"codes\"").unwrap();
        let code = list.split("<li>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let mut finder = Browser::new(&server);
        finder.sign_in("alice", PASSWORD).await;
        let wrong = [("way", "recovery"), ("code", "aaaa-bbbb-cccc")];
        assert_eq!(finder.fill("/account/second-factor", &wrong).await.status, 422);
        let right = [("way", "recovery"), ("code", code.as_str())];
        assert_eq!(finder.fill("/account/second-factor", &right).await.status, 303);
        let mail = mails.next().await;
        let used = "Ein Wiederherstellungscode wurde benutzt";
        assert_eq!((&mail["to"], subject(&mail)), (&json!([ADDRESS]), used));
        assert_eq!(path_of(&mail), "/account/security");
        assert!(!mail["body"].as_str().unwrap().contains(&code));
        assert!(mails.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_nothing_of_it_is_offered() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut alice = Browser::signed_in(&server, "alice").await;
    assert!(!alice.get("/account/").await.html.contains("/account/mail"));
    assert!(!Browser::new(&server).get("/account/login").await.html.contains("forgotten"));
    for path in ["/account/mail", "/account/forgotten"] {
        assert_eq!(alice.get(path).await.status, 404, "{path}");
    }
    assert_eq!(ask(&server, "alice").await.status, 404);
}
