//! Downloading: headers, ranges, caching, who may.

use reqwest::Response;
use serde_json::Value;

use super::{path_of, upload};
use crate::person::Person;
use crate::server::{NAME, Server};

async fn get(person: &Person, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = person.request("GET", path);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_headers_keep_a_browser_from_running_what_it_shows() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let table = [
        ("image/png", Some("Bild.png"), "inline; filename=\"Bild.png\""),
        ("text/html", Some("x.html"), "attachment; filename=\"x.html\""),
        ("image/svg+xml", None, "attachment"),
        (
            "text/plain; charset=utf-8",
            Some("Größe.txt"),
            "inline; filename*=utf-8''Gr%C3%B6%C3%9Fe.txt",
        ),
        ("application/pdf", Some("a\"b.pdf"), "attachment; filename=\"a\\\"b.pdf\""),
    ];
    for (content_type, name, disposition) in table {
        let id = upload(&alice, b"<script>alert(1)</script>", content_type, name).await;
        let answer = get(&alice, &path_of(&id), &[]).await;
        assert_eq!(header(&answer, "content-type"), content_type);
        assert_eq!(header(&answer, "content-disposition"), disposition);
        assert!(
            header(&answer, "content-security-policy").starts_with("sandbox; default-src 'none'")
        );
        assert_eq!(header(&answer, "cross-origin-resource-policy"), "cross-origin");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert!(header(&answer, "cache-control").contains("private"));
        assert!(header(&answer, "cache-control").contains("immutable"));
        assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn a_file_name_in_the_path_replaces_the_uploaded_one() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let id = upload(&alice, b"x", "text/plain", Some("old.txt")).await;
    let answer = get(&alice, &format!("{}/neu%20%C3%A4.txt", path_of(&id)), &[]).await;
    let expected = "inline; filename*=utf-8''neu%20%C3%A4.txt";
    assert_eq!(header(&answer, "content-disposition"), expected);
}

#[tokio::test]
async fn parts_of_a_file_are_served() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let content: Vec<u8> = (0..200_000_u32).map(|i| (i % 249).to_le_bytes()[0]).collect();
    let path = path_of(&upload(&alice, &content, "video/mp4", None).await);
    let table = [
        ("bytes=0-0", 0..1),
        ("bytes=65530-65545", 65_530..65_546),
        ("bytes=199990-", 199_990..200_000),
        ("bytes=-7", 199_993..200_000),
        ("bytes=100000-999999", 100_000..200_000),
    ];
    for (range, expected) in table {
        let answer = get(&alice, &path, &[("range", range)]).await;
        assert_eq!(answer.status(), 206, "{range}");
        let named = format!("bytes {}-{}/200000", expected.start, expected.end - 1);
        assert_eq!(header(&answer, "content-range"), named);
        assert_eq!(header(&answer, "content-length"), expected.len().to_string());
        assert!(answer.bytes().await.unwrap() == content[expected], "{range}");
    }
    let answer = get(&alice, &path, &[("range", "bytes=200000-")]).await;
    assert_eq!(answer.status(), 416);
    assert_eq!(header(&answer, "content-range"), "bytes */200000");
    let answer = get(&alice, &path, &[("range", "bytes=5-1")]).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "accept-ranges")), (200, "bytes"));
    let answer = get(&alice, &path, &[("range", "bytes=0-9"), ("if-range", "\"other\"")]).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.bytes().await.unwrap().len(), 200_000);
}

#[tokio::test]
async fn what_the_client_has_already_is_not_sent_again() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let path = path_of(&upload(&alice, b"content", "text/plain", None).await);
    let tag = header(&get(&alice, &path, &[]).await, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
    let answer = get(&alice, &path, &[("if-none-match", &tag)]).await;
    assert_eq!(answer.status(), 304);
    assert!(answer.bytes().await.unwrap().is_empty());
    let answer = get(&alice, &path, &[("if-none-match", "\"other\"")]).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_head_request_gets_the_headers_only() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let path = path_of(&upload(&alice, &vec![1; 123_456], "image/png", None).await);
    let answer = alice.request("HEAD", &path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "content-length"), "123456");
    assert_eq!(header(&answer, "content-type"), "image/png");
    assert!(answer.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_downloads_without_signing_in() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let id = upload(&alice, b"secret", "text/plain", None).await;
    let http = kontor_testkit::http().build().unwrap();
    let url = format!("{}{}", server.base(), path_of(&id));
    assert_eq!(http.get(&url).send().await.unwrap().status(), 401);
    let in_query = format!("{url}?access_token={}", alice.token);
    assert_eq!(http.get(in_query).send().await.unwrap().status(), 401);
    for frozen in [
        format!("/_matrix/media/v3/download/{NAME}/{id}"),
        format!("/_matrix/media/r0/download/{NAME}/{id}"),
        format!("/_matrix/media/v3/download/{NAME}/{id}/x.txt"),
        format!("/_matrix/media/v3/thumbnail/{NAME}/{id}?width=32&height=32"),
    ] {
        let answer = get(&alice, &frozen, &[]).await;
        assert_eq!(answer.status(), 404, "{frozen}");
        let json: Value = answer.json().await.unwrap();
        assert_eq!(json["errcode"], "M_NOT_FOUND");
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_not_found() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let id = upload(&alice, b"x", "text/plain", None).await;
    let base = "/_matrix/client/v1/media/download";
    for path in [
        format!("{base}/{NAME}/nonexistent"),
        format!("{base}/andere.example/{id}"),
        format!("{base}/{NAME}/..%2F..%2Fnode.key"),
        format!("{base}/{NAME}/%00"),
        format!("{base}/..%2F..%2F/{id}"),
    ] {
        let answer = get(&alice, &path, &[]).await;
        assert_eq!(answer.status(), 404, "{path}");
        let json: Value = answer.json().await.unwrap();
        assert_eq!(json["errcode"], "M_NOT_FOUND", "{path}");
    }
}
