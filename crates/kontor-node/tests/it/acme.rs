//! Certificates from an authority.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use kontor_core::Random;
use kontor_testkit::{Setup, TestServer, http};
use kontor_vault::Vault;
use ruma::server_name;
use tokio::time::{Instant, sleep};

use crate::pebble::{Pebble, client, free_port};

const SOON: Duration = Duration::from_mins(1);

/// A lab on `port` that asks `pebble`.
fn setup(pebble: &Pebble, port: u16) -> Setup {
    let (directory, root) = (pebble.directory(), pebble.folder().join("root.pem"));
    let file = format!(
        "[acme]\ndirectory = \"{directory}\"\nterms_agreed = true\nca_file = \"{}\"\n\
         contact = \"admin@one.example\"\n",
        root.display()
    );
    let flags = vec![
        ("preset", "lab".to_owned()),
        ("listen", format!("127.0.0.1:{port}")),
        ("admin-listen", "127.0.0.1:0".to_owned()),
    ];
    Setup { flags, file, ..Setup::default() }
}

/// Waits until `host` answers to clients that trust `root`.
async fn wait(root: &str, host: &str, port: u16) {
    let begin = Instant::now();
    let url = format!("https://{host}:{port}/_matrix/client/versions");
    loop {
        match client(root, host, port).get(&url).send().await {
            Ok(answer) => return assert_eq!(answer.status(), 200),
            Err(error) => assert!(begin.elapsed() < SOON, "no certificate: {error:?}"),
        }
        sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_name_gets_a_certificate_that_is_kept_sealed_and_renewed() {
    let port = free_port();
    let pebble = Pebble::start(port).await;
    let root = pebble.root().await;
    let mut server = TestServer::with(setup(&pebble, port)).await;
    wait(&root, "one.example", port).await;

    // An organisation that is created meanwhile gets its own.
    let data = server.data().join("data");
    Vault::open(&data, Random::System).unwrap().create_tenant(server_name!("two.example")).unwrap();
    wait(&root, "two.example", port).await;

    // What is kept is sealed.
    let mut kept: Vec<_> = fs::read_dir(data.join("kept")).unwrap().map(Result::unwrap).collect();
    kept.sort_by_key(fs::DirEntry::file_name);
    let names: Vec<_> = kept.iter().map(|file| file.file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["acme-account", "one.example", "two.example"]);
    for file in &kept {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read(file.path()).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("BEGIN") && !text.contains("127.0.0.1"), "{file:?}");
    }

    // It is renewed in the last third of its life, which is five years here.
    let before = fs::read(kept[1].path()).unwrap();
    let later = Duration::from_hours(24 * 365 * 5);
    server.clock().set(server.clock().now().plus(later));
    let begin = Instant::now();
    while fs::read(data.join("kept/one.example")).unwrap() == before {
        assert!(begin.elapsed() < SOON, "it is not renewed");
        sleep(Duration::from_millis(100)).await;
    }
    wait(&root, "one.example", port).await;

    // After a restart it is shown without asking anybody.
    drop(pebble);
    server.restart().await;
    wait(&root, "one.example", port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_forgot_the_account_gets_another() {
    let port = free_port();
    let mut pebble = Pebble::start(port).await;
    let server = TestServer::with(setup(&pebble, port)).await;
    wait(&pebble.root().await, "one.example", port).await;
    pebble.start_anew().await;
    let data = server.data().join("data");
    Vault::open(&data, Random::System).unwrap().create_tenant(server_name!("two.example")).unwrap();
    wait(&pebble.root().await, "two.example", port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_cannot_reach_a_name_keeps_nobody_from_starting() {
    let port = free_port();
    // It looks elsewhere, where nobody listens.
    let pebble = Pebble::start(free_port()).await;
    let server = TestServer::with(setup(&pebble, port)).await;
    let root = pebble.root().await;
    let url = format!("https://one.example:{port}/");
    assert!(client(&root, "one.example", port).get(url).send().await.is_err());
    let admin = server.node().admin_address().unwrap();
    let health = http().build().unwrap().get(format!("http://{admin}/health"));
    assert_eq!(health.send().await.unwrap().status(), 200);
    assert!(!server.data().join("data/kept/one.example").exists());
}
