//! What those who answer for deletion see at the command line: classes, dry runs, runs, erasures, and
//! certificates that anybody can check. law

use std::fs;
use std::path::Path;
use std::process::Output;

use kontor_testkit::Stores;
use serde_json::{Value, json};

use crate::backup::{command, said};
use crate::full_disk::carry_out;
use crate::kills::{order_erasure, room, send, turn_back};
use crate::server::{NAME, Server};

fn deletion(data: &Path, arguments: &[&str]) -> Value {
    let mut command = command(&["--json", "deletion"]);
    let output = command.args(arguments).arg("--data").arg(data).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn verify(file: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let mut command = command(&["--json", "deletion", "verify", file.to_str().unwrap()]);
    let Output { status, stdout, .. } = command.args(more).output().unwrap();
    (status.code(), serde_json::from_slice(&stdout).unwrap_or_default())
}

/// Verifies a certificate, and that neither a changed one nor one by another key passes.
fn check(certificate: &Value, folder: &Path, kind: &str) {
    let file = folder.join("certificate");
    fs::write(&file, certificate.to_string()).unwrap();
    let (code, told) = verify(&file, &[]);
    assert_eq!((code, &told["sound"], &told["statement"]), (Some(0), &json!(true), &json!(kind)));
    assert_eq!(verify(&file, &["--key", told["key"].as_str().unwrap()]).0, Some(0));
    assert_eq!(verify(&file, &["--key", "00"]).0, Some(1));
    let mut forged = certificate.clone();
    forged["verified_ts"] = json!(0);
    fs::write(&file, forged.to_string()).unwrap();
    let (code, told) = verify(&file, &[]);
    assert_eq!((code, &told["sound"], &told["key"]), (Some(1), &json!(false), &Value::Null));
    fs::write(&file, "[]").unwrap();
    assert_eq!(verify(&file, &[]).0, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_what_goes_and_gets_certificates_that_anybody_can_check() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start_in(&data, crate::server::Options::default()).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let intern = room(&anna, "intern").await;
    for _ in 0..7 {
        send(&anna, &intern, "vergeht").await.unwrap();
    }
    server.stop();
    let classes = deletion(&data, &["classes"]);
    let rows = classes["classes"].as_array().unwrap();
    let intern = rows.iter().find(|row| row["class"] == "intern").unwrap();
    assert!(intern["oldest_ts"].is_number(), "the age of the last messages is known: {intern}");
    turn_back(&data, None, 0).await;
    let stores = Stores::at(&data, NAME, None).await;
    order_erasure(&stores, &ben.user_id, 1).await;
    stores.close().await;

    let classes = deletion(&data, &["classes"]);
    let rows = classes["classes"].as_array().unwrap();
    assert_eq!(rows.len(), 8, "{classes}");
    let intern = rows.iter().find(|row| row["class"] == "intern").unwrap();
    assert_eq!((&intern["rooms"], &intern["days"]), (&json!(1), &json!(180)), "{intern}");
    assert!(intern["oldest_ts"].is_number() && intern["overdue_ms"].is_number(), "{intern}");
    let trial = deletion(&data, &["dry-run", "--class", "intern", "--days", "180"]);
    assert_eq!(trial["messages"], 7, "{trial}");
    let erasures = deletion(&data, &["erasures"]);
    assert_eq!(erasures["erasures"][0]["state"], "waits", "{erasures}");
    assert!(!erasures.to_string().contains(&ben.user_id), "{erasures}");

    let done = carry_out(&data);
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(deletion(&data, &["erasures"])["erasures"][0]["state"], "certified");
    let runs = deletion(&data, &["runs"]);
    let run = runs["runs"].as_array().unwrap().iter().find(|run| run["rule"] == "messages_intern");
    let number = run.unwrap()["run"].to_string();
    let certificate = deletion(&data, &["certificate", &number]);
    assert_eq!(certificate["removed"]["objects"], 7, "{certificate}");
    check(&certificate, folder.path(), "app.kontor.deletion_certificate");
    let certificate = deletion(&data, &["certificate", "1", "--erasure"]);
    check(&certificate, folder.path(), "app.kontor.erasure_certificate");
    let classes = deletion(&data, &["classes"]).to_string();
    assert!(!classes.contains("overdue_ms\":1"), "{classes}");
    drop(server);
}
