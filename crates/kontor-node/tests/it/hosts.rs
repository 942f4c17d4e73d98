//! Which organisation answers.

use std::net::SocketAddr;
use std::time::Duration;

use kontor_core::Random;
use kontor_vault::Vault;
use ruma::server_name;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::site::{get, read_to_end, start, status};

const PATH: &str = "/_matrix/client/versions";

#[tokio::test]
async fn known_hosts_are_answered_and_unknown_ones_are_not_found() {
    let site = start(|config| {
        config.server.name = Some(server_name!("one.example").to_owned());
        config.tenants = vec![kontor_config::Tenant {
            server_name: server_name!("two.example").to_owned(),
            hosts: vec!["chat.two.example".to_owned()],
            certificate: None,
        }];
    })
    .await;
    let address = site.node.address();
    for host in ["one.example", "ONE.example:8008", "two.example", "Chat.two.example"] {
        assert_eq!(status(&get(address, host, PATH).await), "200", "{host}");
    }
    // With two organisations, a name of this machine belongs to neither.
    for host in ["three.example", "localhost", "127.0.0.1", "one.example.evil.example"] {
        let answer = get(address, host, PATH).await;
        assert_eq!(status(&answer), "404", "{host}");
        assert!(answer.contains("M_NOT_FOUND"), "{answer}");
    }
    site.node.stop().await;
}

/// What is answered to a head written by hand.
async fn answer_to(address: SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    read_to_end(&mut stream).await
}

#[tokio::test]
async fn no_way_of_writing_a_host_leads_to_another_organisation() {
    let site = start(|config| {
        let tenant = |name: &str| kontor_config::Tenant {
            server_name: name.try_into().unwrap(),
            hosts: vec![format!("chat.{name}")],
            certificate: None,
        };
        config.server.name = None;
        config.tenants = vec![tenant("one.example"), tenant("two.example")];
    })
    .await;
    let address = site.node.address();
    let end = "Connection: close\r\n\r\n";
    // Who answers says so in the document that leads to its API.
    let path = "/.well-known/matrix/client";
    let answers = [
        (format!("GET {path} HTTP/1.1\r\nHost: one.example.\r\n{end}"), Some("one")),
        (format!("GET {path} HTTP/1.1\r\nHost: TWO.example:443\r\n{end}"), Some("two")),
        // What no proxy is trusted to say says nothing.
        (
            format!(
                "GET {path} HTTP/1.1\r\nHost: one.example\r\nX-Forwarded-Host: two.example\r\n\
                 Forwarded: host=two.example\r\nX-Host: two.example\r\n\
                 X-Original-Host: two.example\r\n{end}"
            ),
            Some("one"),
        ),
        (
            format!("GET http://two.example{path} HTTP/1.1\r\nHost: two.example\r\n{end}"),
            Some("two"),
        ),
        // Two names: a proxy in front may have looked at the other one.
        (format!("GET http://two.example{path} HTTP/1.1\r\nHost: one.example\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost: one.example\r\nHost: two.example\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost: two.example, one.example\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost: two.example/one.example\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost: one.example@two.example\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost: one.example:80:443\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost: one.example..\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost: one.example%00.two.example\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\nHost:\r\n{end}"), None),
        (format!("GET {path} HTTP/1.1\r\n{end}"), None),
    ];
    for (head, expected) in answers {
        let answer = answer_to(address, &head).await;
        let found = match status(&answer) {
            "404" | "400" => None,
            _ if answer.contains("one.example") => Some("one"),
            _ => answer.contains("two.example").then_some("two"),
        };
        assert_eq!(found, expected, "{head}{answer}");
        assert!(!(answer.contains("one.example") && answer.contains("two.example")), "{answer}");
    }
    site.node.stop().await;
}

#[tokio::test]
async fn the_only_organisation_of_a_lab_answers_to_every_name_of_this_machine() {
    let site = start(|_| {}).await;
    for host in ["localhost", "localhost:8008", "127.0.0.1:1", "[::1]"] {
        assert_eq!(status(&get(site.node.address(), host, PATH).await), "200", "{host}");
    }
    assert_eq!(status(&get(site.node.address(), "192.0.2.1", PATH).await), "404");
    site.node.stop().await;
}

#[tokio::test]
async fn an_organisation_created_meanwhile_is_found() {
    let site = start(|_| {}).await;
    let address = site.node.address();
    assert_eq!(status(&get(address, "late.example", PATH).await), "404");
    let vault = Vault::open(site.folder.path(), Random::default()).unwrap();
    vault.create_tenant(server_name!("late.example")).unwrap();
    site.clock.set(site.clock.now().plus(Duration::from_secs(3)));
    assert_eq!(status(&get(address, "late.example", PATH).await), "200");
    site.node.stop().await;
}

#[tokio::test]
async fn an_organisation_that_does_not_open_says_no_more_than_that() {
    let site = start(|_| {}).await;
    let vault = Vault::open(site.folder.path(), Random::default()).unwrap();
    vault.create_tenant(server_name!("broken.example")).unwrap();
    let folder = vault.tenant_dir(server_name!("broken.example")).unwrap();
    std::fs::write(folder.join("kontor.db"), [7; 8192]).unwrap();
    let answer = get(site.node.address(), "broken.example", PATH).await;
    assert_eq!(status(&answer), "503");
    assert!(!answer.contains(site.folder.path().to_str().unwrap()), "{answer}");
    assert_eq!(status(&get(site.node.address(), "one.example", PATH).await), "200");
    site.node.stop().await;
}
