//! Wrong command lines and configurations.

use crate::binary::{command, file, finish, folder, run, succeed};

#[test]
fn every_command_has_help() {
    let commands = [
        "serve",
        "tenant",
        "tenant create",
        "tenant list",
        "tenant export-keys",
        "tenant import-keys",
        "user",
        "user create",
        "user reset-password",
        "doctor",
        "config",
        "version",
    ];
    for words in commands {
        let mut arguments: Vec<&str> = words.split(' ').collect();
        arguments.push("--help");
        let help = succeed(&arguments).stdout;
        assert!(help.contains("Usage: kontor"), "{words}: {help}");
    }
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    for arguments in [&["serv"][..], &["serve", "--lissten", "x"], &["user", "create"], &[]] {
        assert_eq!(run(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn a_wrong_key_exits_with_2_and_names_file_line_and_nearest_key() {
    let (folder, data) = folder();
    let path = file(folder.path(), "kontor.toml", "[listen]\nadress = \"127.0.0.1:1\"\n");
    let outcome = run(&["serve", "--data", &data, "--config", &path]);
    assert_eq!(outcome.code, 2);
    let place = format!("{path}:2: unknown key \"adress\" in [listen]. Did you mean address?");
    assert!(outcome.stderr.contains(&place), "{outcome:?}");
}

#[test]
fn a_wrong_variable_exits_with_2() {
    let outcome = finish(command(&["doctor"]).env("KONTOR_LISTEN_ADRESS", "127.0.0.1:1"));
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("Did you mean KONTOR_LISTEN_ADDRESS?"), "{outcome:?}");
}

#[test]
fn a_lab_open_to_the_world_exits_with_2() {
    let (_folder, data) = folder();
    let outcome = run(&["serve", "--data", &data, "--preset", "lab", "--listen", "0.0.0.0:0"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("loopback"), "{outcome:?}");
}

#[test]
fn a_server_open_to_the_network_without_tls_exits_with_2() {
    let (_folder, data) = folder();
    let outcome = run(&["serve", "--data", &data, "--listen", "0.0.0.0:0"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("--listen 0.0.0.0:0: without TLS"), "{outcome:?}");
    assert!(outcome.stderr.contains("server.trusted_proxies"), "{outcome:?}");
}

#[test]
fn the_printed_example_is_a_valid_configuration() {
    let (folder, data) = folder();
    let path = file(folder.path(), "kontor.toml", &succeed(&["config"]).stdout);
    succeed(&["tenant", "list", "--config", &path, "--data", &data]);
}

#[test]
fn the_version_is_printed_for_people_and_scripts() {
    assert!(succeed(&["version"]).stdout.starts_with("kontor "));
    let json: serde_json::Value =
        serde_json::from_str(&succeed(&["version", "--json"]).stdout).expect("JSON");
    assert_eq!(json["name"], "kontor");
}
