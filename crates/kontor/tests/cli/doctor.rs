//! `kontor doctor`

use std::fs::{Permissions, set_permissions, write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kontor_testkit::Authority;
use serde_json::Value;

use crate::binary::{Outcome, Server, file, folder, run, succeed};

fn doctor(data: &str) -> Outcome {
    let outcome = run(&["--json", "doctor", "--data", data]);
    assert!(outcome.stderr.is_empty(), "{outcome:?}");
    outcome
}

fn verdict(outcome: &Outcome, check: &str) -> String {
    let list: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    let found = list.as_array().expect("a list").iter().find(|found| found["check"] == check);
    found.map(|found| format!("{} {}", found["verdict"], found["text"])).unwrap_or_default()
}

#[test]
fn a_healthy_folder_passes_stopped_and_running() {
    let (_folder, data) = folder();
    assert!(verdict(&doctor(&data), "data folder").starts_with("\"warn\""));
    succeed(&["tenant", "create", "localhost", "--data", &data]);
    let stopped = doctor(&data);
    assert!(verdict(&stopped, "database").starts_with("\"ok\""), "{stopped:?}");
    let server = Server::start(&data, &[]);
    let running = doctor(&data);
    assert_eq!(running.code, 0);
    assert!(verdict(&running, "server").starts_with("\"ok\""), "{running:?}");
    drop(server);
}

#[test]
fn backups_that_are_missing_unplanned_or_old_are_told() {
    let (folder, data) = folder();
    succeed(&["tenant", "create", "firma.example", "--data", &data]);
    let none = verdict(&doctor(&data), "backups");
    assert!(none.starts_with("\"warn\"") && none.contains("backup.target"), "{none}");

    let key = succeed(&["--json", "backup", "keygen"]).stdout;
    let key: Value = serde_json::from_str(&key).expect("JSON");
    let target = folder.path().join("target");
    let text = format!(
        "[backup]\ntarget = {target:?}\nrecipients = [{}]\nhour = \"never\"\n",
        key["recipient"]
    );
    file(Path::new(&data), "kontor.toml", &text);
    let first = doctor(&data);
    let told = verdict(&first, "backups");
    assert!(told.starts_with("\"warn\"") && told.contains("none yet"), "{told}");
    assert!(told.contains("something else must run kontor backup"), "{told}");
    assert_eq!(first.code, 0, "{first:?}");

    succeed(&["backup", "--data", &data]);
    let fresh = verdict(&doctor(&data), "backups");
    assert!(fresh.starts_with("\"ok\""), "{fresh}");
    // One that cannot be looked at is no backup.
    let sets = target.join("firma.example/sets");
    std::fs::remove_dir_all(&sets).expect("sets");
    write(&sets, "in the way").expect("a file");
    let outcome = doctor(&data);
    assert!(verdict(&outcome, "backups").starts_with("\"fail\""), "{outcome:?}");
    assert_eq!(outcome.code, 1);
}

#[test]
fn a_readable_key_and_a_damaged_database_fail_with_a_remedy() {
    let (_folder, data) = folder();
    succeed(&["tenant", "create", "localhost", "--data", &data]);
    let key = Path::new(&data).join("node.key");
    set_permissions(&key, Permissions::from_mode(0o644)).expect("chmod");
    let outcome = doctor(&data);
    assert_eq!(outcome.code, 1);
    assert!(verdict(&outcome, "keys").contains("chmod 600"), "{outcome:?}");
    set_permissions(&key, Permissions::from_mode(0o600)).expect("chmod");

    let database = Path::new(&data).join("tenants/localhost/kontor.db");
    write(database, [7; 8192]).expect("a damaged database");
    let outcome = doctor(&data);
    assert_eq!(outcome.code, 1);
    assert!(verdict(&outcome, "database").starts_with("\"fail\""), "{outcome:?}");
}

#[test]
fn a_certificate_that_is_not_for_the_organisation_fails_and_nothing_else_is_connected_to() {
    let (folder, data) = folder();
    succeed(&["tenant", "create", "one.example", "--data", &data]);
    let files = Authority::new().issue(&["two.example"]).write(folder.path(), "two");
    let text = format!(
        "[tls]\ncertificate = {:?}\nkey = {:?}\n[[tenant]]\nserver_name = \"two.example\"\n",
        files.certificate, files.key
    );
    let config = file(folder.path(), "kontor.toml", &text);
    let outcome = run(&["--json", "doctor", "--data", &data, "--config", &config]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stdout.contains("two.example: valid for"), "{outcome:?}");
    assert!(outcome.stdout.contains("one.example: the certificate is not for"), "{outcome:?}");
    assert_eq!(verdict(&outcome, "connects to"), "\"ok\" \"none.\"");
}
