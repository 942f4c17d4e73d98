//! `kontor serve`

use std::io::Read;
use std::time::Duration;

use kontor_testkit::Authority;
use serde_json::{Value, json};

use crate::binary::{Server, file, folder, run, succeed};

const WITHIN: Duration = Duration::from_secs(10);

fn register(server: &Server, name: &str) -> String {
    let body = json!({
        "username": name,
        "password": "a password of hers",
        "auth": { "type": "m.login.dummy" },
    });
    let (status, body) = server.request("POST /_matrix/client/v3/register", "", &body.to_string());
    assert_eq!(status, "200", "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn sigterm_ends_it_in_time_even_while_somebody_waits_for_news() {
    let (_folder, data) = folder();
    let server = Server::start(&data, &[]);
    let token = register(&server, "erika");
    let (_, body) = server.request("GET /_matrix/client/v3/sync", &token, "");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let since = body["next_batch"].as_str().expect("a position");
    let sync = format!("GET /_matrix/client/v3/sync?timeout=60000&since={since}");
    let mut waiting = server.begin(&sync, &token, "");
    // Whoever comes later has been answered, so the waiting request is under way.
    assert_eq!(server.request("GET /_matrix/client/versions", "", "").0, "200");
    let (code, took, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(took < WITHIN, "{took:?}");
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).expect("an answer, not a broken connection");
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
}

#[test]
fn the_log_names_nobody() {
    let (_folder, data) = folder();
    let server = Server::start(&data, &[]);
    let token = register(&server, "geheimname");
    for path in ["/_matrix/client/v3/profile/@geheimname:localhost", "/_matrix/geheimname"] {
        server.request(&format!("GET {path}?geheimname=1"), &token, "");
    }
    let (_, _, log) = server.stop();
    assert!(log.contains("/_matrix/client/v3/register"), "{log}");
    assert!(log.contains("request{id="), "{log}");
    for word in ["geheimname", token.as_str(), "127.0.0.1:5", "a password"] {
        assert!(!log.contains(word), "{word}: {log}");
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let (_folder, data) = folder();
    let server = Server::start(&data, &[]);
    let token = register(&server, "erika");
    drop(server); // SIGKILL
    let server = Server::start(&data, &[]);
    let whoami = server.request("GET /_matrix/client/v3/account/whoami", &token, "");
    assert_eq!(whoami.0, "200", "{whoami:?}");
}

#[test]
fn the_demo_prints_its_passwords_once() {
    let (_folder, data) = folder();
    let server = Server::start(&data, &["--demo"]);
    for name in ["anna", "ben", "clara"] {
        assert!(server.greeting.contains(&format!("@{name}:localhost")), "{}", server.greeting);
    }
    let line = server.greeting.lines().find(|line| line.contains("anna")).expect("Anna's line");
    let password = line.split_whitespace().nth(1).expect("a password");
    let body = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": "anna" },
        "password": password,
    });
    let (status, body) = server.request("POST /_matrix/client/v3/login", "", &body.to_string());
    assert_eq!(status, "200", "{body}");
    let session: Value = serde_json::from_str(&body).expect("JSON");
    let token = session["access_token"].as_str().expect("a token");
    let (_, sync) = server.request("GET /_matrix/client/v3/sync", token, "");
    let sync: Value = serde_json::from_str(&sync).expect("JSON");
    let rooms = sync["rooms"]["join"].as_object().expect("rooms");
    assert_eq!(rooms.len(), 2);
    let texts = sync.to_string();
    assert!(texts.contains("Willkommen bei Kontor") && texts.contains("m.megolm.v1.aes-sha2"));
    assert_eq!(server.stop().0, 0);

    let again = Server::start(&data, &["--demo"]);
    assert!(!again.greeting.contains("anna"), "{}", again.greeting);
}

#[test]
fn sighup_looks_for_new_certificates_and_ends_nothing() {
    let (folder, data) = folder();
    let authority = Authority::new();
    let files = authority.issue(&["localhost"]).write(folder.path(), "one");
    let (certificate, key) = (files.certificate.to_str().unwrap(), files.key.to_str().unwrap());
    let flags = ["--tls-certificate", certificate, "--tls-key", key];
    let mut server = Server::start(&data, &flags);
    server.hang_up("looking for new certificates");
    let (code, _, log) = server.stop();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn without_an_organisation_it_says_what_to_do() {
    let (_folder, data) = folder();
    let outcome = run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("kontor tenant create"), "{outcome:?}");
}

#[test]
fn an_organisation_named_first_and_with_its_host_names_is_created_once() {
    let (folder, data) = folder();
    let hosts = "[[tenant]]\nserver_name = \"localhost\"\nhosts = [\"chat.example\"]\n";
    let config = file(folder.path(), "hosts.toml", hosts);
    let server = Server::start(&data, &["--config", &config]);
    assert_eq!(server.request("GET /_matrix/client/versions", "", "").0, "200");
    assert_eq!(server.stop().0, 0);
    assert_eq!(succeed(&["tenant", "list", "--data", &data]).stdout, "localhost\n");
}
