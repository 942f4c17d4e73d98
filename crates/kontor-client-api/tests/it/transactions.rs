//! A request that is repeated is one message. spec: Transaction identifiers

use kontor_testkit::{Answer, Person, TestServer, for_each_server, json};

use crate::passing_time::{DAY, forward, pass, room_of};

async fn send(person: &Person, room: &str, txn: &str) -> Answer {
    let path = format!("/_matrix/client/v3/rooms/{room}/send/m.room.message/{txn}");
    person.put(&path, json!({ "msgtype": "m.text", "body": txn })).await.ok()
}

/// More messages than a room keeps in memory.
async fn talk(person: &Person, room: &str) {
    for _ in 0..60 {
        person.send(room, "und so weiter").await;
    }
}

async fn messages(person: &Person, room: &str) -> usize {
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=1000");
    let page = person.get(&path).await.ok();
    let chunk = page.body["chunk"].as_array().unwrap();
    chunk.iter().filter(|event| event["type"] == "m.room.message").count()
}

#[tokio::test]
async fn a_repeated_request_is_the_same_message_after_many_others_and_a_restart() {
    for_each_server(async |mut server| {
        let anna = server.register("anna").await;
        let room = room_of(&anna, "intern").await;
        let first = send(&anna, &room, "t1").await;
        assert_eq!(send(&anna, &room, "t1").await.body, first.body);
        talk(&anna, &room).await;
        assert_eq!(send(&anna, &room, "t1").await.body, first.body, "not in memory any more");
        server.restart().await;
        let anna = server.again(&anna);
        assert_eq!(send(&anna, &room, "t1").await.body, first.body, "after a restart");
        talk(&anna, &room).await;
        assert_eq!(send(&anna, &room, "t1").await.body, first.body);
        assert_eq!(messages(&anna, &room).await, 121);
    })
    .await;
}

#[tokio::test]
async fn of_requests_at_once_one_is_the_message() {
    for_each_server(async |server| {
        let anna = server.register("anna").await;
        let room = room_of(&anna, "intern").await;
        talk(&anna, &room).await;
        let (one, two, three) = tokio::join!(
            send(&anna, &room, "t1"),
            send(&anna, &room, "t1"),
            send(&anna, &room, "t1")
        );
        assert_eq!((&one.body, &two.body), (&two.body, &three.body));
        assert_eq!(messages(&anna, &room).await, 61);
    })
    .await;
}

#[tokio::test]
async fn another_device_room_or_type_is_another_message() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let (room, other) = (room_of(&anna, "intern").await, room_of(&anna, "intern").await);
    let first = send(&anna, &room, "t1").await;
    let phone = server.login("anna").await;
    assert_ne!(send(&phone, &room, "t1").await.body, first.body);
    assert_ne!(send(&anna, &other, "t1").await.body, first.body);
    let path = format!("/_matrix/client/v3/rooms/{room}/send/app.kontor.test.kind/t1");
    let kind = anna.put(&path, json!({})).await.ok();
    assert_ne!(kind.body, first.body);
    assert_eq!((messages(&anna, &room).await, messages(&anna, &other).await), (2, 1));
}

#[tokio::test]
async fn a_transaction_is_known_for_a_day_and_not_for_ever() {
    let mut server = TestServer::start().await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    let first = send(&anna, &room, "t1").await;
    talk(&anna, &room).await;
    pass(&server, DAY / 2).await;
    assert_eq!(send(&anna, &room, "t1").await.body, first.body);
    // After a restart nothing is read that is older than a day.
    forward(&server, DAY);
    server.restart().await;
    let anna = server.again(&anna);
    assert_ne!(send(&anna, &room, "t1").await.body, first.body);
}
