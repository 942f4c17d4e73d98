//! The server against the list of operations of the specification (`spec_routes.txt`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kontor_testkit::{Answer, Method, Person, Setup, TestServer, json};

use crate::roles::with_password;

use crate::holding;

/// The methods that the specification uses, and one that it does not.
const METHODS: [Method; 5] =
    [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::PATCH];

/// What a caller without a token gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Open,
    Token,
    Absent,
}

/// One line of the table.
#[derive(Clone, Debug)]
struct Operation {
    method: Method,
    path: &'static str,
    access: Access,
}

/// The table, checked for lines that make no sense.
fn table() -> Vec<Operation> {
    let lines = include_str!("spec_routes.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(operation).collect()
}

fn operation(line: &'static str) -> Operation {
    let (method, rest) = line.split_once(' ').unwrap();
    let (path, access) = rest.trim_start().split_once("  ").unwrap();
    let access = match access.trim_start().split_once(": ") {
        None if access == "open" => Access::Open,
        None if access == "token" => Access::Token,
        Some(("absent", reason)) if !reason.is_empty() => Access::Absent,
        _ => panic!("{line}: neither open nor token nor absent with a reason"),
    };
    Operation { method: method.parse().unwrap(), path, access }
}

/// The methods with which each path is served.
fn served() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut paths: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for Operation { method, path, access } in table() {
        let methods = paths.entry(path).or_default();
        if access != Access::Absent {
            methods.insert(method.to_string());
        }
    }
    paths
}

/// A path with something sound in the place of each variable.
fn filled(path: &str) -> String {
    let value = |name: &str| match name {
        "userId" => "@nobody:one.example",
        "roomId" | "roomIdOrAlias" => "!nowhere:one.example",
        "roomAlias" => "%23nowhere:one.example",
        "eventId" => "$nothing",
        "eventType" => "m.room.message",
        "receiptType" => "m.read",
        "kind" => "content",
        "serverName" => "one.example",
        _ => "x",
    };
    path.split('/')
        .map(|part| match part.strip_prefix('{') {
            Some(name) => value(name.trim_end_matches('}')),
            None => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn call(caller: &Person, method: &Method, path: &str) -> Answer {
    let path = filled(path);
    match *method {
        Method::GET => caller.get(&path).await,
        Method::DELETE => caller.delete(&path).await,
        _ => caller.send_bytes(method.clone(), &path, json!({}).to_string().into()).await,
    }
}

fn errcode(answer: &Answer) -> &str {
    answer.body["errcode"].as_str().unwrap_or_default()
}

/// A server with everything switched on that adds routes.
async fn complete_server() -> TestServer {
    let mut setup = Setup::default();
    setup.flags.push(("registration-shared-secret", "geheim".to_owned()));
    // With a public address there is an OAuth 2.0 API.
    setup.server_names.clear();
    crate::oauth::PUBLIC.clone_into(&mut setup.file);
    TestServer::with(setup).await
}

/// What is wrong with the answer to a caller without a token, if anything.
fn complaint(operation: &Operation, answer: &Answer, elsewhere: bool) -> Option<String> {
    let found = (answer.status, errcode(answer));
    let right = match operation.access {
        Access::Open => {
            !matches!(found.1, "M_MISSING_TOKEN" | "M_UNKNOWN_TOKEN" | "M_UNRECOGNIZED")
        }
        Access::Token => found == (401, "M_MISSING_TOKEN"),
        Access::Absent => found == (if elsewhere { 405 } else { 404 }, "M_UNRECOGNIZED"),
    };
    let Operation { method, path, access } = operation;
    (!right).then(|| format!("{method} {path}: {access:?} in the table, answers {found:?}"))
}

#[tokio::test]
async fn every_operation_of_the_specification_is_served_as_the_table_says() {
    let server = complete_server().await;
    let stranger = holding(&server.register("alice").await, "");
    let served = served();
    let mut complaints = Vec::new();
    for operation in table() {
        let answer = call(&stranger, &operation.method, operation.path).await;
        let elsewhere = !served[operation.path].is_empty();
        complaints.extend(complaint(&operation, &answer, elsewhere));
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn no_path_is_served_with_a_method_that_the_table_does_not_name() {
    let server = complete_server().await;
    let stranger = holding(&server.register("alice").await, "");
    for (path, methods) in served() {
        for method in METHODS.iter().filter(|method| !methods.contains(method.as_str())) {
            let answer = call(&stranger, method, path).await;
            let status = if methods.is_empty() { 404 } else { 405 };
            let found = (answer.status, errcode(&answer));
            assert_eq!(found, (status, "M_UNRECOGNIZED"), "{method} {path}");
        }
    }
}

/// A path without the names of its variables.
fn anonymous(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.replace("/r0/", "/v3/").split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_of_the_server_is_in_the_table() {
    let known: BTreeSet<String> = served()
        .into_iter()
        .filter(|(_, methods)| !methods.is_empty())
        .map(|(path, _)| anonymous(path))
        .collect();
    // The router does not list its routes, but shows them when printed.
    let printed = format!("{:?}", kontor_client_api::router());
    let routes = printed
        .split('"')
        .filter(|t| t.starts_with("/_") || t.starts_with("/.") || t.starts_with("/oauth2"))
        .map(anonymous);
    let routes: BTreeSet<String> = routes.collect();
    assert!(routes.contains("/_matrix/client/versions"), "the router prints otherwise: {printed}");
    let unknown: Vec<_> = routes.difference(&known).collect();
    assert!(unknown.is_empty(), "routes that are not in spec_routes.txt: {unknown:#?}");
    let missing: Vec<_> = known.difference(&routes).collect();
    assert!(missing.is_empty(), "routes in spec_routes.txt that are not served: {missing:#?}");
}

/// The same person on a device whose access token has expired.
async fn expired(server: &TestServer, person: &Person) -> Person {
    let setting = "/_kontor/admin/v1/policy/settings/access_token_minutes";
    let admin = server.register_admin("chefin").await;
    let wish = json!({ "value": 5, "reason": "kurz" });
    admin.put(setting, with_password(&admin, wish)).await.ok();
    let login = json!({
        "type": "m.login.password", "refresh_token": true,
        "identifier": { "type": "m.id.user", "user": person.user_id },
        "password": "correct horse battery staple",
    });
    let answer = person.post("/_matrix/client/v3/login", login).await.ok();
    let short = holding(person, answer.text("access_token"));
    short.get("/_matrix/client/v3/account/whoami").await.ok();
    server.clock().set(server.clock().now().plus(Duration::from_mins(6)));
    let refused = short.get("/_matrix/client/v3/account/whoami").await;
    refused.fails(401, "M_UNKNOWN_TOKEN");
    assert_eq!(refused.body["soft_logout"], true, "it may be refreshed");
    short
}

#[tokio::test]
async fn a_token_of_nobody_here_opens_nothing() {
    let setup = Setup { server_names: vec!["one.example", "two.example"], ..Setup::default() };
    let server = TestServer::with(setup).await;
    let alice = server.register_at("one.example", "alice").await;
    let mut foreigner = server.register_at("two.example", "bert").await;
    foreigner.set_host("one.example");
    let gone = server.register_at("one.example", "carl").await;
    gone.post("/_matrix/client/v3/logout", json!({})).await.ok();
    let expired = expired(&server, &alice).await;
    let callers = [
        ("that has expired", expired),
        ("of another organisation", foreigner),
        ("that never was one", holding(&alice, "nonsense")),
        ("given back", gone),
    ];
    for Operation { method, path, .. } in
        table().into_iter().filter(|operation| operation.access == Access::Token)
    {
        for (whose, caller) in &callers {
            let answer = call(caller, &method, path).await;
            let found = (answer.status, errcode(&answer));
            assert_eq!(found, (401, "M_UNKNOWN_TOKEN"), "{method} {path} with a token {whose}");
        }
    }
}
