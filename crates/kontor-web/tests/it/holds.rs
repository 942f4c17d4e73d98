//! Holds in the console: asked for by one person, allowed by a second; whom they concern is told. Those in
//! charge are told when nobody looks at one.
//! law: R-122, DSGVO Art. 18(3)

use std::time::Duration;

use kontor_core::Role;
use kontor_testkit::{MailServer, Setup, TestServer, json};

use crate::browser::Browser;

/// Confirms a mail address.
async fn reachable(browser: &mut Browser, mails: &mut MailServer, address: &str) {
    browser.fill("/account/mail", &[("address", address)]).await;
    let mail = mails.next().await;
    let body = mail["body"].as_str().unwrap();
    let (_, rest) = body.split_once("/account/mail/").unwrap();
    let word = rest.split_whitespace().next().unwrap();
    assert_eq!(browser.fill(&format!("/account/mail/{word}"), &[]).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_hold_concerns_is_told_by_mail_and_on_their_page() {
    for postgres in [false, true] {
        let mut mails = MailServer::start();
        let setup = Setup { postgres, file: mails.section(), ..Setup::default() };
        let server = TestServer::with(setup).await;
        server.register_as("olga", Role::OrgAdmin).await;
        server.register_as("dora", Role::Dsb).await;
        let (anna, ben) = (server.register("anna").await, server.register("ben").await);
        let room = anna.create_room(json!({})).await;
        anna.invite(&room, &ben).await;
        ben.join(&room).await;
        let mut annas = Browser::signed_in(&server, "anna").await;
        reachable(&mut annas, &mut mails, "anna@firma.example").await;
        let mut bens = Browser::signed_in(&server, "ben").await;
        reachable(&mut bens, &mut mails, "ben@firma.example").await;
        let mut olga = Browser::signed_in(&server, "olga").await;
        let mut dora = Browser::signed_in(&server, "dora").await;

        // On a person: the person is told, and nobody else.
        for (number, subject, delay) in
            [(1, &*anna.user_id, "Verdunkelungsgefahr"), (2, &*anna.user_id, ""), (3, &*room, "")]
        {
            let matter = format!("Sache {number}");
            let wish = [
                ("subject", subject),
                ("matter", matter.as_str()),
                ("basis", "Art. 17(3)(e) DSGVO"),
                ("days", "30"),
                ("delay", delay),
            ];
            let asked = olga.fill("/admin/holds", &wish).await;
            assert_eq!((asked.status, asked.header("location")), (303, "/admin/approvals"));
            let approval = number.to_string();
            let fields = [("approval", &*approval), ("act", "approve")];
            assert_eq!(dora.fill("/admin/approvals", &fields).await.status, 303);
        }
        let mut told = Vec::new();
        for _ in 0..3 {
            let mail = mails.next().await;
            assert_eq!(mail["subject"], "Nachrichten werden aufbewahrt");
            // What it is about stands on the page alone.
            let body = mail["body"].as_str().unwrap();
            assert!(body.contains("/account/privacy") && !body.contains("Sache "), "{body}");
            told.push(mail["to"][0].as_str().unwrap().to_owned());
        }
        told.sort();
        assert_eq!(told, ["anna@firma.example", "anna@firma.example", "ben@firma.example"]);
        let page = annas.get("/account/privacy").await;
        page.shows("Sache 2");
        page.shows("Sache 3");
        assert!(!page.html.contains("Sache 1"), "not yet");
        let page = bens.get("/account/privacy").await;
        page.shows("Sache 3");
        assert!(!page.html.contains("Sache 2"), "hers alone");
        bens.get("/account/data").await.shows("Sache 3");

        // Its end is told, too, to whom its beginning was.
        dora.get("/admin/holds").await.shows("noch nicht informiert");
        for number in ["1", "2"] {
            let fields = [("hold", number), ("act", "release")];
            assert_eq!(olga.fill("/admin/holds", &fields).await.status, 303);
        }
        let mail = mails.next().await;
        assert_eq!(mail["subject"], "Eine Aufbewahrung ist beendet");
        assert_eq!(mail["to"], json!(["anna@firma.example"]));
        assert!(!annas.get("/account/privacy").await.html.contains("Sache 2"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_in_charge_are_told_of_a_hold_that_nobody_looks_at() {
    let mut mails = MailServer::start();
    let setup = Setup { file: mails.section(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    server.register_as("olga", Role::OrgAdmin).await;
    server.register_as("dora", Role::Dsb).await;
    server.register_as("carla", Role::Compliance).await;
    let anna = server.register("anna").await;
    for name in ["dora", "carla"] {
        let mut browser = Browser::signed_in(&server, name).await;
        reachable(&mut browser, &mut mails, &format!("{name}@firma.example")).await;
    }
    let mut olga = Browser::signed_in(&server, "olga").await;
    let wish = [
        ("subject", &*anna.user_id),
        ("matter", "Sache 1"),
        ("basis", "Art. 17(3)(e) DSGVO"),
        ("days", "300"),
    ];
    assert_eq!(olga.fill("/admin/holds", &wish).await.status, 303);
    let mut dora = Browser::signed_in(&server, "dora").await;
    let fields = [("approval", "1"), ("act", "approve")];
    assert_eq!(dora.fill("/admin/approvals", &fields).await.status, 303);

    let (review, proposal) =
        ("Eine Aufbewahrung ist zu prüfen", "Vorschlag: eine Aufbewahrung beenden");
    for (days, subject, todo) in
        [(91, review, review), (7, review, review), (7, proposal, proposal)]
    {
        let clock = server.clock();
        clock.set(clock.now().plus(Duration::from_hours(24 * days)));
        // Twice: nobody is told twice.
        server.node().tenants().delete_due().await;
        server.node().tenants().delete_due().await;
        let mail = mails.next().await;
        assert_eq!(mail["subject"], subject);
        // Dora is not in charge, Olga has no address.
        assert_eq!(mail["to"], json!(["carla@firma.example"]));
        let body = mail["body"].as_str().unwrap();
        assert!(body.contains("/admin/holds") && !body.contains("Sache"), "{body}");
        assert!(!mail["raw"].as_str().unwrap().contains("anna"));
        let mut carla = Browser::signed_in(&server, "carla").await;
        carla.get("/admin/").await.shows(todo);
        let mut dora = Browser::signed_in(&server, "dora").await;
        assert!(!dora.get("/admin/").await.html.contains(todo), "not hers to decide");
    }
    let mut carla = Browser::signed_in(&server, "carla").await;
    carla.get("/admin/holds").await.shows("Vorschlag: beenden.");
    let fields = [("hold", "1"), ("act", "review")];
    assert_eq!(carla.fill("/admin/holds", &fields).await.status, 303);
    assert!(!carla.get("/admin/holds").await.html.contains("Vorschlag"));
    assert!(!carla.get("/admin/").await.html.contains("Aufbewahrung ist zu"));
    assert!(mails.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_wish_is_said_beside_its_field() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    let anna = server.register("anna").await;
    let closed =
        anna.create_room(json!({ "creation_content": { "app.kontor.class": "privat" } })).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let right = [
        ("subject", &*anna.user_id),
        ("matter", "Rechtsstreit"),
        ("basis", "Art. 17(3)(e) DSGVO"),
        ("from", "2026-01-01"),
        ("until", "2026-06-30"),
        ("days", "30"),
        ("delay", ""),
    ];
    for (field, typed, said) in [
        ("subject", "anna", "gibt es hier nicht"),
        ("subject", "@nobody:one.example", "gibt es hier nicht"),
        ("subject", &*closed, "private, vertrauliche und flüchtige"),
        ("matter", "", "Bitte ausfüllen"),
        ("basis", " ", "Bitte ausfüllen"),
        ("from", "gestern", "wie 2026-12-31"),
        ("until", "2025-12-31", "vor dem Anfang"),
        ("days", "400", "1 bis 366"),
        ("days", "zehn", "1 bis 366"),
    ] {
        let wish = right.map(|(name, value)| (name, if name == field { typed } else { value }));
        let page = olga.fill("/admin/holds", &wish).await;
        assert_eq!(page.status, 422, "{field}: {typed}");
        let (_, beside) = page.html.split_once(&format!("id=\"{field}-wrong\">")).expect(field);
        let (text, _) = beside.split_once("</p>").unwrap();
        assert!(text.contains(said), "{field}: {text}");
        page.shows(&format!("aria-describedby=\"{field}-wrong\""));
        // What was typed is still there.
        let kept = if field == "matter" { "Art. 17(3)(e) DSGVO" } else { "Rechtsstreit" };
        page.shows(kept);
    }
    assert!(!olga.get("/admin/approvals").await.html.contains("Rechtsstreit"));
}
