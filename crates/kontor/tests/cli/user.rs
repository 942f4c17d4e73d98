//! `kontor user …`

use serde_json::{Value, json};

use crate::binary::{Server, file, folder, run, succeed};

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn log_in(server: &Server, user: &str, password: &str) -> (String, Value) {
    let body = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": user },
        "password": password,
    });
    let (status, body) = server.request("POST /_matrix/client/v3/login", "", &body.to_string());
    (status, parse(&body))
}

#[test]
fn an_account_is_created_and_its_password_reset_while_the_server_is_stopped() {
    let (folder, data) = folder();
    succeed(&["tenant", "create", "localhost", "--data", &data]);
    let create = ["--json", "user", "create", "erika", "--admin", "--data", &data];
    let created = parse(&succeed(&create).stdout);
    let user_id = created["user_id"].as_str().expect("a user id");
    // The shipped preset is strict: names are kept out of user ids.
    assert!(!user_id.contains("erika"), "{user_id}");
    let twice = run(&create);
    assert_eq!(twice.code, 1, "{twice:?}");

    let server = Server::start(&data, &[]);
    let password = created["password"].as_str().expect("a password");
    let (status, session) = log_in(&server, "erika", password);
    assert_eq!(status, "200", "{session}");
    assert_eq!(session["user_id"], user_id);
    let running = run(&["user", "create", "max", "--data", &data]);
    assert_eq!(running.code, 1);
    assert!(running.stderr.contains("in use by a running Kontor"), "{running:?}");
    assert_eq!(server.stop().0, 0);

    let secret = file(folder.path(), "password", "quite another password\n");
    let reset = ["user", "reset-password", "erika", "--password-file", &secret, "--data", &data];
    let reset = succeed(&reset).stdout;
    assert!(!reset.contains("quite another"), "{reset}");
    let server = Server::start(&data, &[]);
    assert_eq!(log_in(&server, "erika", password).0, "403");
    assert_eq!(log_in(&server, "erika", "quite another password").0, "200");
    let token = session["access_token"].as_str().expect("a token");
    let whoami = server.request("GET /_matrix/client/v3/account/whoami", token, "");
    assert_eq!(whoami.0, "401", "devices are signed out: {whoami:?}");
}

#[test]
fn mistakes_are_explained() {
    let (folder, data) = folder();
    let missing = run(&["user", "create", "erika", "--data", &data]);
    assert_eq!((missing.code, missing.stderr.contains("--data")), (1, true), "{missing:?}");
    succeed(&["tenant", "create", "a.example", "--data", &data]);
    succeed(&["tenant", "create", "b.example", "--data", &data]);
    let several = run(&["user", "create", "erika", "--data", &data]);
    assert_eq!(several.code, 2);
    assert!(several.stderr.contains("--tenant: a.example, b.example"), "{several:?}");
    let short = file(folder.path(), "password", "short\n");
    let weak = run(&[
        "user",
        "create",
        "erika",
        "--tenant",
        "a.example",
        "--password-file",
        &short,
        "--data",
        &data,
    ]);
    assert_eq!((weak.code, weak.stderr.contains("20")), (1, true), "{weak:?}");
    let nobody =
        run(&["user", "reset-password", "nobody", "--tenant", "a.example", "--data", &data]);
    assert_eq!((nobody.code, nobody.stderr.contains("no account nobody")), (1, true));
}

#[test]
fn roles_are_given_taken_and_listed_while_the_server_is_stopped() {
    let (_folder, data) = folder();
    succeed(&["tenant", "create", "a.example", "--data", &data]);
    succeed(&["--json", "user", "create", "erika", "--data", &data]);
    let role = |verb, role| {
        ["--json", "role", verb, "erika", role, "--reason", "Bestellung", "--data", &data]
    };
    let given = parse(&succeed(&role("grant", "dsb")).stdout);
    assert_eq!((&given["role"], &given["changed"]), (&json!("dsb"), &json!(true)));
    let list = ["--json", "role", "list", "--data", &data];
    let listed = parse(&succeed(&list).stdout);
    let [only] = listed["roles"].as_array().expect("roles").as_slice() else { panic!("{listed}") };
    assert_eq!((&only["role"], &only["reason"]), (&json!("dsb"), &json!("Bestellung")));
    let pair = run(&role("grant", "org_admin"));
    assert_eq!((pair.code, pair.stderr.contains("org_admin and dsb")), (1, true), "{pair:?}");
    let unknown = run(&role("grant", "king"));
    assert_eq!((unknown.code, unknown.stderr.contains("betriebsrat")), (2, true), "{unknown:?}");
    assert_eq!(parse(&succeed(&role("revoke", "dsb")).stdout)["changed"], true);
    assert_eq!(parse(&succeed(&list).stdout)["roles"], json!([]));
}
