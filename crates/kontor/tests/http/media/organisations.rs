//! Media of two organisations in one process, on both engines.

use kontor_testkit::{Person, Setup, TestServer, for_each_server};
use reqwest::Method;

async fn status(person: &Person, path: &str) -> u16 {
    person.request(Method::GET, path).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn media_of_another_organisation_does_not_exist() {
    let server_names = vec!["one.example", "two.example"];
    let server = TestServer::with(Setup { server_names, ..Setup::default() }).await;
    let alice = server.register_at("one.example", "alice").await;
    let mallory = server.register_at("two.example", "mallory").await;
    let upload = alice.send_bytes(Method::POST, "/_matrix/media/v3/upload", b"secret".into());
    let uri = upload.await.ok().text("content_uri").to_owned();
    let id = uri.strip_prefix("mxc://one.example/").unwrap();
    let base = "/_matrix/client/v1/media/download";
    assert_eq!(status(&alice, &format!("{base}/one.example/{id}")).await, 200);
    assert_eq!(status(&mallory, &format!("{base}/one.example/{id}")).await, 404);
    assert_eq!(status(&mallory, &format!("{base}/two.example/{id}")).await, 404);
    // The other organisation's token is none here.
    let mut thief = alice;
    thief.token = mallory.token;
    assert_eq!(status(&thief, &format!("{base}/one.example/{id}")).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_reservations_and_restarts_work_on_both_engines() {
    for_each_server(async |mut server: TestServer| {
        let alice = server.register("alice").await;
        let created =
            alice.send_bytes(Method::POST, "/_matrix/media/v1/create", b"{}".into()).await.ok();
        let place = created.text("content_uri").strip_prefix("mxc://").unwrap().to_owned();
        let path = format!("/_matrix/media/v3/upload/{place}?filename=Plan.png");
        alice.send_bytes(Method::PUT, &path, vec![5; 200_000]).await.ok();
        alice
            .send_bytes(Method::PUT, &path, vec![6; 10])
            .await
            .fails(409, "M_CANNOT_OVERWRITE_MEDIA");
        server.restart().await;
        let alice = server.login("alice").await;
        let path = format!("/_matrix/client/v1/media/download/{place}");
        let answer = alice.request(Method::GET, &path).send().await.unwrap();
        let disposition = answer.headers()["content-disposition"].clone();
        assert_eq!(disposition, "attachment; filename=\"Plan.png\"");
        assert!(answer.bytes().await.unwrap() == vec![5; 200_000]);
    })
    .await;
}
