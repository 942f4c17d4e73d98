//! Who sees the console.

use kontor_core::Role;
use kontor_testkit::TestServer;

use crate::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_for_people_with_an_office() {
    let server = TestServer::start().await;
    server.register("alice").await;
    server.register_as("dora", Role::Dsb).await;
    assert_eq!(Browser::new(&server).get("/admin/").await.status, 303, "to the sign-in");
    let mut alice = Browser::signed_in(&server, "alice").await;
    assert_eq!(alice.get("/admin/").await.status, 403);
    assert!(!alice.get("/account/").await.html.contains("/admin/"));
    let mut dora = Browser::signed_in(&server, "dora").await;
    assert_eq!(dora.get("/admin/").await.status, 200);
    dora.get("/account/").await.shows("href=\"/admin/\"");
}
