//! `kontor deletion …`

use serde_json::{Value, json};

use crate::binary::{Server, folder, run, succeed};

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn what_is_deleted_when_is_told_while_the_server_is_stopped() {
    let (_folder, data) = folder();
    succeed(&["tenant", "create", "localhost", "--data", &data]);
    let rules = parse(&succeed(&["--json", "deletion", "rules"]).stdout);
    assert!(rules["rules"].as_array().unwrap().len() > 10, "{rules}");
    let dry_run = ["--json", "deletion", "dry-run", "--days", "90", "--data", &data];
    let found = parse(&succeed(&dry_run).stdout);
    assert_eq!((&found["class"], &found["messages"]), (&json!("intern"), &json!(0)), "{found}");
    let bad = run(&["deletion", "dry-run", "--days", "3", "--data", &data]);
    assert_eq!(bad.code, 1, "{bad:?}");
    assert!(bad.stderr.contains("days"), "{bad:?}");
    let wrong = run(&["deletion", "dry-run", "--class", "x", "--days", "90", "--data", &data]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.stderr.contains("--class x: must be one of intern, "), "{wrong:?}");
    let slip = run(&["deletion", "dry-run", "--class", "interm", "--days", "90", "--data", &data]);
    assert!(slip.stderr.contains("Did you mean intern?"), "{slip:?}");
    for list in ["runs", "erasures", "holds"] {
        let shown = parse(&succeed(&["--json", "deletion", list, "--data", &data]).stdout);
        assert_eq!(shown[list], json!([]), "{shown}");
    }
    let done = parse(&succeed(&["--json", "deletion", "run", "--data", &data]).stdout);
    assert_eq!(done, json!({ "erased": 0 }));
    let none = run(&["deletion", "certificate", "7", "--data", &data]);
    assert_eq!(none.code, 1, "{none:?}");

    let server = Server::start(&data, &[]);
    let running = run(&["deletion", "runs", "--data", &data]);
    assert!(running.stderr.contains("in use by a running Kontor"), "{running:?}");
    drop(server);
}
