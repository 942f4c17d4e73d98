//! `kontor tenant …`

use std::os::unix::fs::PermissionsExt;

use crate::binary::{file, folder, run, succeed};

#[test]
fn organisations_are_created_once_and_listed() {
    let (_folder, data) = folder();
    let empty = succeed(&["tenant", "list", "--data", &data]).stdout;
    assert!(empty.contains("kontor tenant create"), "{empty}");
    assert!(empty.ends_with(&format!(" NAME --data {data}\n")), "{empty}");
    let made = succeed(&["tenant", "create", "Firma.example", "--data", &data]).stdout;
    let next = format!("kontor user create NAME --tenant firma.example --admin --data {data}\n");
    assert!(made.ends_with(&next), "{made}");
    succeed(&["tenant", "create", "other.example", "--data", &data]);
    let list = succeed(&["tenant", "list", "--data", &data]).stdout;
    assert_eq!(list, "firma.example\nother.example\n");
    let json = succeed(&["--json", "tenant", "list", "--data", &data]).stdout;
    assert_eq!(json, "[{\"server_name\":\"firma.example\"},{\"server_name\":\"other.example\"}]\n");
    let twice = run(&["tenant", "create", "firma.example", "--data", &data]);
    assert_eq!((twice.code, twice.stderr.contains("exists already")), (1, true), "{twice:?}");
    assert_eq!(run(&["tenant", "create", "a/b", "--data", &data]).code, 2);
}

#[test]
fn an_organisation_is_created_with_a_profile() {
    let (_folder, data) = folder();
    let wrong = run(&["tenant", "create", "a.example", "--profile", "best", "--data", &data]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("standard, elevated, trade"), "{}", wrong.stderr);
    succeed(&["tenant", "create", "firma.example", "--profile", "elevated", "--data", &data]);
    // Any command that opens it puts the profile in force, and into the log.
    succeed(&["user", "create", "anna", "--display-name", "Anna", "--data", &data]);
    let log = succeed(&["audit", "export", "--data", &data, "--reason", "Probe"]).stdout;
    assert!(log.contains("policy.changed") && log.contains("\"profile\""), "{log}");
}

#[test]
fn keys_travel_to_another_machine_under_a_passphrase() {
    let (here, data) = folder();
    let (_there, target) = folder();
    succeed(&["tenant", "create", "firma.example", "--data", &data]);
    let passphrase = file(here.path(), "passphrase", "correct horse battery\n");
    let export = here.path().join("keys");
    let keys = export.to_str().expect("UTF-8");
    let arguments = |output| {
        ["tenant", "export-keys", "firma.example", "--output", output, "--passphrase-file"]
    };
    let with = |more: &str, data: &str| {
        let mut all = arguments(keys).to_vec();
        all.extend([more, "--data", data]);
        run(&all)
    };
    assert_eq!(with(&passphrase, &data).code, 0);
    let mode = std::fs::metadata(&export).expect("the export").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(with(&passphrase, &data).code, 1, "an export is never overwritten");

    let import = |passphrase: &str| {
        run(&["tenant", "import-keys", keys, "--passphrase-file", passphrase, "--data", &target])
    };
    let wrong = file(here.path(), "wrong", "another horse battery\n");
    assert!(import(&wrong).stderr.contains("passphrase is wrong"));
    assert_eq!(import(&passphrase).code, 0);
    assert_eq!(succeed(&["tenant", "list", "--data", &target]).stdout, "firma.example\n");
}
