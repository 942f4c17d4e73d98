//! What somebody comes back to: what she had typed before she was asked who she is, and the sentence
//! that says that a form is done. law: R-045

use std::time::Duration;

use kontor_core::Role;
use kontor_testkit::TestServer;

use crate::browser::{Browser, PASSWORD, Shown};

const SETTING: &str = "/admin/policy/setting/session_days";
const CONFIRMED: &str = "Sie haben bestätigt, wer Sie sind.";

/// The proof of who somebody is grows old.
fn six_minutes_later(server: &TestServer) {
    server.clock().set(server.clock().now().plus(Duration::from_mins(6)));
}

/// Sends a form, is asked for a proof instead, and shows it; the page one comes back to.
async fn sent_and_confirmed(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Shown {
    let asked = browser.fill(page, fields).await;
    assert_eq!(asked.status, 303, "{}", asked.html);
    let confirm = asked.header("location").to_owned();
    assert!(confirm.starts_with("/account/confirm?next="), "{page}: {confirm}");
    for (_, value) in fields.iter().filter(|(_, value)| value.len() > 8) {
        assert!(!confirm.contains(value), "no address holds what was typed: {confirm}");
    }
    let proof = [("way", "password"), ("password", PASSWORD), ("next", page)];
    let done = browser.fill(&confirm, &proof).await;
    assert_eq!((done.status, done.header("location")), (303, page), "{}", done.html);
    let back = browser.get(page).await;
    assert_eq!(back.status, 200, "{}", back.html);
    back.shows(CONFIRMED);
    back
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_still_typed_after_the_proof_and_said_to_be_saved() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let mut elsewhere = Browser::signed_in(&server, "olga").await;
    six_minutes_later(&server);
    let fields = [("value", "3"), ("reason", "Wegen <b>Audit</b>"), ("lock", "yes")];

    let token = olga.get(SETTING).await.token();
    let mut all = vec![("form_token", token.as_str())];
    all.extend(fields);
    assert_eq!(olga.post(SETTING, &all).await.status, 303);
    let before = olga.get(SETTING).await;
    assert!(!before.html.contains("Audit"), "nothing is shown before the proof");

    let back = sent_and_confirmed(&mut olga, SETTING, &fields).await;
    back.shows("name=\"value\" value=\"3\"");
    back.shows("value=\"Wegen &#60;b&#62;Audit&#60;/b&#62;\"");
    back.shows("value=\"yes\" checked");
    back.shows("role=\"status\"");
    assert_eq!(back.html.matches("Audit").count(), 1, "nothing was decided yet");
    assert!(!elsewhere.get(SETTING).await.html.contains("Audit"), "it is this browser's");
    let again = olga.get(SETTING).await;
    assert!(!again.html.contains("Audit") && !again.html.contains(CONFIRMED), "once");

    let saved = olga.fill(SETTING, &fields).await;
    assert_eq!((saved.status, saved.header("location")), (303, SETTING), "{}", saved.html);
    let shown = olga.get(SETTING).await;
    shown.shows("<p class=\"said\" role=\"status\">Gespeichert.</p>");
    shown.shows("Wegen &#60;b&#62;Audit&#60;/b&#62;");
    assert!(!olga.get(SETTING).await.html.contains("Gespeichert."), "once");
}

/// A guarded form: who fills it in, where, with what, and what is found there afterwards.
struct Guarded {
    who: &'static str,
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
    found: &'static [&'static str],
}

const PERSON: &str = "/admin/people/@subject:one.example";

const GUARDED: [Guarded; 8] = [
    Guarded {
        who: "olga",
        page: "/admin/erasures",
        fields: &[
            ("user", "@subject:one.example"),
            ("reason", "Sie will es"),
            ("with_messages", "true"),
        ],
        found: &[
            "value=\"@subject:one.example\"",
            ">Sie will es</textarea>",
            "value=\"true\" checked",
        ],
    },
    Guarded {
        who: "olga",
        page: "/admin/holds",
        fields: &[
            ("subject", "@subject:one.example"),
            ("matter", "Sache 7"),
            ("basis", "Art. 17(3)(e)"),
            ("days", "44"),
        ],
        found: &[">Sache 7</textarea>", "value=\"Art. 17(3)(e)\"", "value=\"44\""],
    },
    Guarded {
        who: "olga",
        page: "/admin/policy/compare",
        fields: &[("profile", "elevated"), ("reason", "Kanzlei seit heute")],
        found: &["value=\"Kanzlei seit heute\"", "value=\"elevated\" selected"],
    },
    Guarded {
        who: "olga",
        page: PERSON,
        fields: &[("act", "give-role"), ("role", "tech_admin"), ("reason", "Pflegt den Server")],
        found: &["value=\"tech_admin\" selected", "name=\"reason\" value=\"Pflegt den Server\""],
    },
    Guarded {
        who: "olga",
        page: PERSON,
        fields: &[("act", "close"), ("user_id", "@subject:one.example")],
        found: &["name=\"user_id\" value=\"@subject:one.example\"", "<details open>"],
    },
    Guarded {
        who: "doro",
        page: "/admin/audit",
        fields: &[
            ("pseudonym", "p1-0123456789abcdef0123456789abcdef"),
            ("reason", "Verdacht auf Missbrauch"),
        ],
        found: &[
            "value=\"p1-0123456789abcdef0123456789abcdef\"",
            "value=\"Verdacht auf Missbrauch\"",
        ],
    },
    Guarded {
        who: "subject",
        page: "/account/close",
        fields: &[("user_id", "@subject:one.example")],
        found: &["name=\"user_id\" value=\"@subject:one.example\""],
    },
    Guarded {
        who: "subject",
        page: "/account/enrol",
        fields: &[("way", "passkey"), ("name", "Mein Schlüssel"), ("answer", "{}")],
        found: &["name=\"name\" value=\"Mein Schlüssel\""],
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn no_guarded_form_is_lost() {
    let server = TestServer::start().await;
    server.register("subject").await;
    server.register_as("olga", Role::OrgAdmin).await;
    server.register_as("doro", Role::Dsb).await;
    for Guarded { who, page, fields, found } in GUARDED {
        let mut browser = Browser::signed_in(&server, who).await;
        // Some pages ask before they show their form; the proof grows old while she reads it.
        let token = browser.get(page).await.token();
        six_minutes_later(&server);
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        let asked = browser.post(page, &all).await;
        assert_eq!(asked.status, 303, "{page}: {}", asked.html);
        let confirm = asked.header("location").to_owned();
        let proof = [("way", "password"), ("password", PASSWORD), ("next", page)];
        assert_eq!(browser.fill(&confirm, &proof).await.header("location"), page);
        let back = browser.get(page).await;
        back.shows(CONFIRMED);
        for text in found {
            back.shows(text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_and_what_was_done_is_said_once() {
    let server = TestServer::start().await;
    server.register("subject").await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let person = "/admin/people/@subject:one.example";
    assert_eq!(olga.fill(person, &[("act", "suspend")]).await.status, 303);
    olga.get(person).await.shows("Erledigt.");
    assert!(!olga.get(person).await.html.contains("Erledigt."));
    let wish = [("user", "@subject:one.example"), ("reason", "Sie will es")];
    let asked = olga.fill("/admin/erasures", &wish).await;
    assert_eq!(asked.header("location"), "/admin/approvals");
    olga.get("/admin/approvals").await.shows("sobald eine zweite Person zustimmt");
    olga.cookies.insert("kontor_language".to_owned(), "en".to_owned());
    assert_eq!(olga.fill(person, &[("act", "unsuspend")]).await.status, 303);
    olga.get(person).await.shows("<p class=\"said\" role=\"status\">Done.</p>");
}

/// Sends the form of a page that was opened before the session ran out; where one signs in again.
async fn sent_too_late(server: &TestServer, browser: &mut Browser, reason: &str) -> String {
    let token = browser.get(SETTING).await.token();
    server.clock().set(server.clock().now().plus(Duration::from_hours(13)));
    let fields = [("form_token", token.as_str()), ("value", "3"), ("reason", reason)];
    let led = browser.post(SETTING, &fields).await;
    assert_eq!(led.status, 303, "{}", led.html);
    let login = led.header("location").to_owned();
    assert!(login.starts_with("/account/login?next="), "{login}");
    login
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_waits_for_whoever_signs_in_again_and_for_nobody_else() {
    let server = TestServer::start().await;
    for name in ["olga", "otto"] {
        server.register_as(name, Role::OrgAdmin).await;
    }
    let again = |name: &'static str| [("name", name), ("password", PASSWORD), ("next", SETTING)];
    let mut browser = Browser::signed_in(&server, "olga").await;
    let login = sent_too_late(&server, &mut browser, "Wegen Audit").await;
    assert!(!login.contains("Audit"), "no address holds what was typed: {login}");
    assert_eq!(browser.fill(&login, &again("olga")).await.header("location"), SETTING);
    let back = browser.get(SETTING).await;
    back.shows(CONFIRMED);
    back.shows("name=\"value\" value=\"3\"");
    back.shows("value=\"Wegen Audit\"");
    assert!(!browser.get(SETTING).await.html.contains("Audit"), "once, and nothing was decided");

    let login = sent_too_late(&server, &mut browser, "Vertraulich").await;
    assert_eq!(browser.fill(&login, &again("otto")).await.header("location"), SETTING);
    assert!(!browser.get(SETTING).await.html.contains("Vertraulich"), "it is not his");
    browser.cookies.clear();
    assert_eq!(browser.fill(&login, &again("olga")).await.header("location"), SETTING);
    assert!(!browser.get(SETTING).await.html.contains("Vertraulich"), "it is gone");

    // A form that came from elsewhere waits for nobody.
    let mut browser = Browser::signed_in(&server, "olga").await;
    server.clock().set(server.clock().now().plus(Duration::from_hours(13)));
    let forged = [("form_token", "guessed"), ("value", "3"), ("reason", "Untergeschoben")];
    assert_eq!(browser.post(SETTING, &forged).await.status, 303);
    browser.fill(&login, &again("olga")).await;
    assert!(!browser.get(SETTING).await.html.contains("Untergeschoben"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_comes_back_to_the_page_with_its_query() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut alice = Browser::signed_in(&server, "alice").await;
    six_minutes_later(&server);
    for page in ["/account/close?from=app&next=//evil.example", "/account/enrol?next=/account/data"]
    {
        let asked = alice.get(page).await;
        assert_eq!(asked.status, 303, "{page}");
        let confirm = asked.header("location").to_owned();
        let (_, next) = confirm.split_once("/account/confirm?next=").unwrap();
        assert!(!next.contains(['&', '/', '?']), "the query is part of one value: {confirm}");
        let shown = alice.get(&confirm).await;
        let escaped = page.replace('&', "&#38;");
        shown.shows(&format!("name=\"next\" value=\"{escaped}\""));
        let proof = [("way", "password"), ("password", PASSWORD), ("next", page)];
        assert_eq!(alice.fill(&confirm, &proof).await.header("location"), page);
        assert_eq!(alice.get(page).await.status, 200);
        six_minutes_later(&server);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_fills_in_no_form() {
    let server = TestServer::start().await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    for page in [SETTING, "/admin/erasures", "/admin/holds", "/admin/policy/compare"] {
        let query = "?value=3&user=Untergeschoben&subject=Untergeschoben&reason=Untergeschoben";
        let shown = olga.get(&format!("{page}{query}")).await;
        assert_eq!(shown.status, 200);
        assert!(!shown.html.contains("value=\"Untergeschoben"), "{page}");
        assert!(!shown.html.contains(">Untergeschoben"), "{page}");
    }
}
