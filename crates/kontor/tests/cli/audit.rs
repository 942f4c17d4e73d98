//! `kontor audit …`

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary::{Outcome, Server, file, folder, run, succeed};

fn export(data: &str) -> String {
    succeed(&["audit", "export", "--data", data]).stdout
}

/// The name of the act in each entry.
fn acts(export: &str) -> Vec<String> {
    let lines = export.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter_map(|line| Some(line.get("action")?.as_str()?.to_owned())).collect()
}

fn verify(file: &str) -> (Outcome, Value) {
    let outcome = run(&["--json", "audit", "verify", file]);
    let report = serde_json::from_str(&outcome.stdout).unwrap_or_default();
    (outcome, report)
}

#[test]
fn commands_are_recorded_and_an_export_is_verified_without_the_data_folder() {
    let (folder, data) = folder();
    succeed(&["tenant", "create", "firma.example", "--data", &data]);
    succeed(&["user", "create", "erika", "--data", &data]);
    succeed(&["user", "reset-password", "erika", "--data", &data]);
    let passphrase = file(folder.path(), "passphrase", "correct horse battery\n");
    let keys = folder.path().join("keys").to_str().expect("UTF-8").to_owned();
    let keys = ["tenant", "export-keys", "firma.example", "--output", &keys, "--data", &data];
    let with_passphrase = [&keys[..], &["--passphrase-file", &passphrase]].concat();
    succeed(&with_passphrase);
    assert_eq!(run(&with_passphrase).code, 1, "the file exists");
    let export = export(&data);
    assert_eq!(
        acts(&export),
        [
            "audit.started",
            "tenant.created",
            "user.created",
            "user.password.reset",
            "tenant.keys.exported",
            "tenant.keys.exported",
            "tenant.keys.exported",
            "audit.exported",
        ]
    );
    assert!(export.contains("\"of\":6"), "the second export of keys failed: {export}");

    std::fs::remove_dir_all(&data).expect("removed");
    let path = file(folder.path(), "export", &export);
    let (outcome, report) = verify(&path);
    assert_eq!((outcome.code, &report["intact"]), (0, &Value::Bool(true)), "{outcome:?}");
    assert_eq!(report["server_name"], "firma.example");
    assert_eq!(report["entries"], 8);
    let told = succeed(&["audit", "verify", &path]).stdout;
    let anchor = told.lines().last().expect("an anchor").trim();
    let again: Vec<&str> =
        ["audit", "verify", &path].into_iter().chain(anchor.split(' ')).collect();
    succeed(&again);
}

#[test]
fn a_forged_export_is_not_intact_and_one_that_is_not_there_was_not_looked_at() {
    let (folder, data) = folder();
    succeed(&["tenant", "create", "firma.example", "--data", &data]);
    succeed(&["user", "create", "erika", "--data", &data]);
    let export = export(&data);
    let forged = export.replacen("user.created", "user.deleted", 1);
    let (outcome, report) = verify(&file(folder.path(), "forged", &forged));
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let finding = &report["findings"][0];
    assert_eq!((&finding["seq"], &finding["wrong"]), (&Value::from(3), &Value::from("changed")));
    let cut = export.lines().take(3).collect::<Vec<_>>().join("\n") + "\n";
    let told = run(&["audit", "verify", &file(folder.path(), "cut", &cut)]);
    assert_eq!((told.code, told.stdout.contains("cut off")), (1, true), "{told:?}");
    assert_eq!(run(&["audit", "verify", "/nowhere"]).code, 2);
    let purpose = ["audit", "export", "--data", &data, "--purpose", "leistungskontrolle"];
    assert_eq!(run(&purpose).code, 2);
}

#[test]
fn a_running_server_records_and_lets_its_log_be_exported() {
    let (folder, data) = folder();
    let server = Server::start(&data, &["--registration-shared-secret", "not so secret secret"]);
    let body = "{\"type\":\"m.login.password\",\"password\":\"wrong\",\
                \"identifier\":{\"type\":\"m.id.user\",\"user\":\"nobody\"}}";
    let login = || server.request("POST /_matrix/client/v3/login", "", body);
    assert_eq!(login().0, "403");
    // What nobody waits for may be on its way for a tenth of a second; another process sees it then.
    let deadline = Instant::now() + Duration::from_secs(20);
    let first = loop {
        let first = export(&data);
        if acts(&first).iter().any(|act| act == "auth.login.failed") || Instant::now() > deadline {
            break first;
        }
    };
    let but_exports = acts(&first).into_iter().filter(|act| act != "audit.exported");
    let but_exports: Vec<String> = but_exports.collect();
    assert_eq!(but_exports, ["audit.started", "tenant.created", "auth.login.failed"]);
    assert_eq!(login().0, "403", "the server goes on recording");
    assert_eq!(server.stop().0, 0);
    let second = export(&data);
    let before = acts(&first).len();
    assert_eq!(acts(&second)[before..], ["auth.login.failed", "audit.exported"]);
    assert_eq!(verify(&file(folder.path(), "export", &second)).0.code, 0);
    assert!(!second.contains("nobody"), "{second}");
}
