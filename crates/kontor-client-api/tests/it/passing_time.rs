//! What tests of deletion share: rooms of a class, time that goes by, and what is still to be read then.

use std::time::Duration;

use kontor_testkit::{Person, TestServer, json};

pub(crate) const DAY: Duration = Duration::from_hours(24);

/// Lets `span` go by.
pub(crate) fn forward(server: &TestServer, span: Duration) {
    server.clock().set(server.clock().now().plus(span));
}

/// Lets the time of everything written so far be known, and `span` go by.
pub(crate) async fn pass(server: &TestServer, span: Duration) {
    server.node().tenants().delete_due().await;
    forward(server, span);
    server.node().tenants().delete_due().await;
}

pub(crate) async fn room_of(person: &Person, class: &str) -> String {
    person.create_room(json!({ "creation_content": { "app.kontor.class": class } })).await
}

/// The newest texts of a room, as somebody reads them.
pub(crate) async fn bodies(person: &Person, room: &str) -> Vec<String> {
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=100");
    let found = person.get(&path).await.ok();
    let chunk = found.body["chunk"].as_array().unwrap();
    let bodies = chunk.iter().filter_map(|event| event["content"]["body"].as_str());
    bodies.map(str::to_owned).collect()
}
