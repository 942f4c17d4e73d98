//! Guessing passwords and names over the network.

use std::time::{Duration, Instant};

use kontor_core::Secret;
use kontor_identity::NewUser;
use kontor_testkit::{Setup, TestServer, json};

use crate::browser::{Browser, PASSWORD};
use crate::factors::operator;

const TOO_OFTEN: &str = "Zu viele Versuche";

async fn strict() -> TestServer {
    let flags = vec![("preset", "strict".to_owned())];
    let server = TestServer::with(Setup { flags, ..Setup::default() }).await;
    let (cx, tenant) = operator(&server).await;
    let new = NewUser {
        username: Some("alice".to_owned()),
        password: Some(Secret::new(PASSWORD.to_owned())),
        ..NewUser::default()
    };
    tenant.identity.create_user(&cx, new).await.unwrap();
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_slowed_down_whatever_the_request_says_of_itself() {
    let server = strict().await;
    // Every guess from another browser that claims to be elsewhere.
    let mut tries = 0;
    let slowed = loop {
        tries += 1;
        let address = format!("203.0.113.{tries}");
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("x-forwarded-for", &*address),
            ("forwarded", &*format!("for={address}")),
            ("x-real-ip", &*address),
        ];
        let guess = format!("guess number {tries}");
        let fields = [("name", "alice"), ("password", &*guess)];
        let shown = Browser::new(&server).post_from("/account/login", &fields, &headers).await;
        assert_eq!(shown.status, 422);
        if shown.html.contains(TOO_OFTEN) || tries > 20 {
            break shown;
        }
    };
    slowed.shows(TOO_OFTEN);
    assert!(tries <= 11, "{tries}");
    let right = Browser::new(&server).sign_in("alice", PASSWORD).await;
    assert_eq!(right.status, 422);
    right.shows(TOO_OFTEN);
    server.clock().set(server.clock().now().plus(Duration::from_mins(2)));
    assert_eq!(Browser::new(&server).sign_in("alice", PASSWORD).await.status, 303);
}

/// A strict server behind a proxy, which says where somebody is.
async fn behind_a_proxy() -> TestServer {
    let file = "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n".to_owned();
    let flags = vec![("preset", "strict".to_owned())];
    TestServer::with(Setup { flags, file, ..Setup::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_links_is_slowed_down_for_whoever_guesses_and_for_nobody_else() {
    let server = behind_a_proxy().await;
    let (cx, tenant) = operator(&server).await;
    let new = kontor_identity::NewInvitation::default();
    let link = tenant.identity.create_invitation(&cx, new).await.unwrap();
    let way = |address: &'static str| {
        [
            ("sec-fetch-site", "same-origin"),
            ("x-forwarded-for", address),
            ("x-forwarded-proto", "http"),
        ]
    };
    for kind in ["invitation", "reset"] {
        let mut tries = 0;
        let slowed = loop {
            tries += 1;
            let path = format!("/account/{kind}/{tries:0>40}");
            let fields = [("new", "x"), ("again", "x"), ("notice", "yes"), ("username", "x")];
            let shown = Browser::new(&server).post_from(&path, &fields, &way("192.0.2.66")).await;
            if shown.status != 410 || tries > 200 {
                break shown;
            }
        };
        assert!(tries <= 200, "{kind}: {tries}");
        assert!(slowed.html.contains(TOO_OFTEN) || slowed.status == 429, "{}", slowed.status);
    }
    // Whoever holds a link is elsewhere, and comes in.
    let path = format!("/account/invitation/{}", link.token.expose());
    let answer =
        [("username", "ada"), ("display_name", "Ada"), ("password", PASSWORD), ("notice", "yes")];
    let shown = Browser::new(&server).post_from(&path, &answer, &way("192.0.2.7")).await;
    assert_eq!(shown.status, 303, "{}", shown.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_slowed_down_and_refused_as_any_other() {
    let mut faces = Vec::new();
    for name in ["alice", "nobody"] {
        let server = strict().await;
        let mut shown = Vec::new();
        for _ in 0..12 {
            let page = Browser::new(&server).sign_in(name, "wrong").await;
            shown.push((page.status, page.html.replace(name, "")));
        }
        faces
            .push(shown.into_iter().map(|(status, html)| (status, html.len())).collect::<Vec<_>>());
    }
    assert_eq!(faces.first(), faces.last());
}

/// The quickest of several answers: what the work itself takes.
fn least(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap()
}

/// Tries until the quickest answers must have been seen: a busy machine makes some slower, and what
/// the work itself takes stays.
const MOST_ROUNDS: usize = 80;

/// Whether the quickest answers are less than a quarter apart.
fn is_alike(times: &[Vec<Duration>; 3]) -> bool {
    let [first, others @ ..] = times.each_ref().map(|times| least(times));
    others.iter().all(|other| first.abs_diff(*other) < first / 4)
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_page_nor_api_answers_sooner_where_there_is_no_account() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let closed = server.register("carol").await;
    let (cx, tenant) = operator(&server).await;
    let user = ruma::UserId::parse(&closed.user_id).unwrap();
    tenant.identity.deactivate(&cx, user).await.unwrap();
    let stranger = server.anonymous("one.example");
    let mut browser = Browser::new(&server);
    let names = ["alice", "carol", "nobody"];
    let mut page_times = [const { Vec::new() }; 3];
    let mut api_times = [const { Vec::new() }; 3];
    for round in 0..MOST_ROUNDS {
        if round >= 12 && [&page_times, &api_times].into_iter().all(is_alike) {
            break;
        }
        for (index, name) in names.into_iter().enumerate() {
            let begun = Instant::now();
            let fields = [("name", name), ("password", "wrong horse")];
            assert_eq!(browser.post("/account/login", &fields).await.status, 422);
            page_times[index].push(begun.elapsed());
            let identifier = json!({ "type": "m.id.user", "user": name });
            let body = json!({
                "type": "m.login.password", "identifier": identifier,
                "password": format!("wrong {round}"),
            });
            let begun = Instant::now();
            let answer = stranger.post("/_matrix/client/v3/login", body).await;
            api_times[index].push(begun.elapsed());
            answer.fails(403, "M_FORBIDDEN");
            assert_eq!(answer.body["error"], "Wrong user name or password.");
        }
    }
    for times in [page_times, api_times] {
        assert!(is_alike(&times), "{:?}", times.map(|times| least(&times)));
    }
}
