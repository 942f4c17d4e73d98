//! Links of programs to one place of the account pages. spec: "OAuth 2.0 account management"

use kontor_testkit::TestServer;

use crate::browser::{Browser, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn every_action_leads_to_its_page_also_by_way_of_the_sign_in() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let view = format!("/account/devices?device={}", alice.device_id);
    let table = [
        ("org.matrix.profile", "/account/profile"),
        ("org.matrix.devices_list", "/account/devices"),
        ("org.matrix.device_view", &*view),
        ("org.matrix.device_delete", &*view),
        ("org.matrix.account_deactivate", "/account/close"),
        ("org.matrix.cross_signing_reset", "/account/keys"),
    ];
    for (action, page) in table {
        let link = format!("/account/?action={action}&device_id={}", alice.device_id);
        let mut browser = Browser::new(&server);
        let led = browser.get(&link).await;
        let sign_in = led.header("location").to_owned();
        assert!(sign_in.starts_with("/account/login?next="), "{action}: {sign_in}");
        let (_, next) = sign_in.split_once("next=").unwrap();
        let next: String = url::form_urlencoded::parse(format!("n={next}").as_bytes())
            .next()
            .map(|(_, next)| next.into_owned())
            .unwrap();
        let fields = [("name", "alice"), ("password", PASSWORD), ("next", next.as_str())];
        let done = browser.fill(&sign_in, &fields).await;
        assert_eq!((done.status, done.header("location")), (303, &*link), "{action}");
        let led = browser.get(&link).await;
        assert_eq!((led.status, led.header("location")), (303, page), "{action}");
        assert_eq!(browser.get(page).await.status, 200, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_asked_for_is_marked_and_a_missing_one_is_said_to_be() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    server.login("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let page = browser.get(&format!("/account/devices?device={}", alice.device_id)).await;
    page.shows("Danach wurde gefragt");
    let page = browser.get("/account/devices?device=%3Cscript%3E").await;
    page.shows("ist nicht mehr angemeldet");
    assert!(!page.html.contains("<script>"));
    let evil = "/account/?action=org.matrix.device_view&device_id=x%26next%3D//evil.example";
    let led = browser.get(evil).await;
    assert!(led.header("location").starts_with("/account/devices?device=x%26next"));
}
