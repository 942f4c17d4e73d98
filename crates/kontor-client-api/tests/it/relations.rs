//! `/relations`: what relates to an event.

use kontor_testkit::{Person, TestServer, for_each_server, json};

#[tokio::test]
async fn a_path_that_says_less_of_the_relation_finds_more() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let room = alice.create_room(json!({})).await;
        let root = alice.send(&room, "Wer kommt mit?").await;
        let relate = async |kind: &str, rel_type: &str, key: &str| {
            let mut content = json!({ "msgtype": "m.text", "body": key });
            content["m.relates_to"] = json!({ "rel_type": rel_type, "event_id": root, "key": key });
            alice.send_event(&room, kind, content).await.ok().text("event_id").to_owned()
        };
        let thumb = relate("m.reaction", "m.annotation", "👍").await;
        let party = relate("m.reaction", "m.annotation", "🎉").await;
        let other = relate("example.vote", "m.annotation", "yes").await;
        let reply = relate("m.room.message", "m.thread", "ich").await;
        let path = |rest: &str| format!("/_matrix/client/v1/rooms/{room}/relations/{root}{rest}");
        let found = async |who: &Person, rest: &str| -> Vec<String> {
            let answer = who.get(&path(rest)).await.ok();
            let chunk = answer.body["chunk"].as_array().unwrap();
            chunk.iter().map(|event| event["event_id"].as_str().unwrap().to_owned()).collect()
        };
        let all = [&reply, &other, &party, &thumb].map(Clone::clone);
        assert_eq!(found(&alice, "").await, all);
        assert_eq!(found(&alice, "/m.annotation").await, all[1..]);
        assert_eq!(found(&alice, "/m.annotation/m.reaction").await, all[2..]);
        assert_eq!(found(&alice, "/m.thread").await, all[..1]);
        assert!(found(&alice, "/m.thread/m.reaction").await.is_empty());
        assert_eq!(found(&alice, "/m.annotation?dir=f&limit=1").await, all[3..]);

        // Page by page.
        let mut seen = Vec::new();
        let mut from = String::new();
        loop {
            let page = alice.get(&path(&format!("?limit=3{from}"))).await.ok().body;
            let chunk = page["chunk"].as_array().unwrap();
            seen.extend(chunk.iter().map(|e| e["event_id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_batch"].as_str() else { break };
            from = format!("&from={next}");
        }
        assert_eq!(seen, all);
        let olga = server.register("olga").await;
        for rest in ["", "/m.annotation", "/m.annotation/m.reaction"] {
            olga.get(&path(rest)).await.fails(403, "M_FORBIDDEN");
        }
    })
    .await;
}
