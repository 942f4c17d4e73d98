//! Behind proxies.

use kontor_testkit::{Setup, TestServer, http, json};
use reqwest::StatusCode;

/// A strict server behind a proxy on this machine; `more` are further lines of `[server]`.
async fn start(more: &str) -> TestServer {
    let file = format!("[server]\ntrusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\n{more}\n");
    let flags = vec![("preset", "strict".to_owned())];
    let server_names = vec!["one.example", "two.example"];
    TestServer::with(Setup { flags, file, server_names, ..Setup::default() }).await
}

/// Tries to sign in as somebody else each time; answers how many tries were let through.
async fn tries(server: &TestServer, from: impl Fn(usize) -> (&'static str, String)) -> usize {
    let client = http().build().unwrap();
    for number in 0..300 {
        let (header, value) = from(number);
        let body = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": format!("nobody{number}") },
            "password": "wrong",
        });
        let post = client.post(format!("{}/_matrix/client/v3/login", server.base()));
        let post = post.header("host", "one.example").header(header, value).json(&body);
        if post.send().await.unwrap().status() == StatusCode::TOO_MANY_REQUESTS {
            return number;
        }
    }
    300
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_for_the_client_whatever_it_writes_itself() {
    let server = start("").await;
    // What the client makes up stands left of what the proxy adds.
    let made_up = |number: usize| format!("6.6.{}.{}, 192.0.2.1", number / 256, number % 256);
    let through = tries(&server, |number| ("x-forwarded-for", made_up(number))).await;
    assert!((1..300).contains(&through), "{through} tries");
    // It is counted for that address, over one proxy or two, and for no other.
    let way = |_| ("x-forwarded-for", "192.0.2.1, 10.0.0.9".to_owned());
    assert_eq!(tries(&server, way).await, 0);
    let neighbour = |_| ("x-forwarded-for", "192.0.2.77".to_owned());
    assert_eq!(tries(&server, neighbour).await, through);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kind_of_header_that_the_proxy_does_not_write_is_ignored() {
    let server = start("proxy_header = \"forwarded\"").await;
    let standard = |number: usize| ("forwarded", format!("for=6.6.6.{number}, for=192.0.2.1"));
    assert!(tries(&server, standard).await < 300);
    let other = |number: usize| ("x-forwarded-for", format!("198.51.100.{}", number % 256));
    // Nothing is known of these: the proxy would have said so in its header.
    assert_eq!(tries(&server, other).await, 300);
}

#[tokio::test]
async fn the_host_a_proxy_passes_on_counts_only_if_configured() {
    for (more, expected) in [("", "two"), ("proxy_host = true", "one")] {
        let server = start(more).await;
        let client = http().build().unwrap();
        let get = client.get(format!("{}/_matrix/client/versions", server.base()));
        let get = get.header("x-forwarded-host", "one.example").header("host", "three.example");
        let status = get.send().await.unwrap().status();
        assert_eq!(status == StatusCode::OK, expected == "one", "{more}: {status}");
    }
}
