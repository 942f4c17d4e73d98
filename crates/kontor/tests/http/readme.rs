//! The tour of the README does what it says.

use tokio::process::Command;

use crate::server::Server;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");

/// The commands of the tour, pointed at `base`.
fn tour(base: &str) -> String {
    let text = std::fs::read_to_string(README).unwrap();
    let tour = text.split("```").map(|part| part.trim_start_matches("sh\n"));
    let commands = tour.into_iter().find(|part| part.starts_with("server=")).expect("a tour");
    commands.replace("http://localhost:8008", base)
}

#[tokio::test]
async fn the_tour_of_the_readme_works_as_written() {
    let server = Server::start().await;
    let shell = Command::new("bash")
        .args(["-euc", &tour(&server.base())])
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&shell.stdout);
    assert!(shell.status.success(), "{said}");
    assert!(!said.contains("errcode"), "{said}");
    assert!(said.lines().last().unwrap().contains(r#""body":"Mahlzeit""#), "{said}");
}
