//! Every way to be signed out ends what is open.

use std::time::{Duration, Instant};

use kontor_core::Role;
use kontor_testkit::{Answer, Person, TestServer, json};

use crate::browser::{Browser, PASSWORD};
use crate::oauth::{Program, public_server};

/// How a device is signed out.
#[derive(Clone, Copy, Debug)]
enum Way {
    ItsOwn,
    Everywhere,
    ByAnotherDevice,
    OnThePage,
    ByANewPassword,
    ByAnAdministrator,
    ByClosingTheAccount,
    ByGivingTheTokenBack,
    ByAStolenRefreshToken,
}

const WAYS: [Way; 9] = [
    Way::ItsOwn,
    Way::Everywhere,
    Way::ByAnotherDevice,
    Way::OnThePage,
    Way::ByANewPassword,
    Way::ByAnAdministrator,
    Way::ByClosingTheAccount,
    Way::ByGivingTheTokenBack,
    Way::ByAStolenRefreshToken,
];

/// Everything that somebody has at hand.
struct Table<'s> {
    chief: &'s Person,
    other: Person,
    browser: Browser,
    program: Program<'s>,
    refresh: String,
    name: String,
}

impl Table<'_> {
    fn auth(&self) -> kontor_testkit::Value {
        let identifier = json!({ "type": "m.id.user", "user": self.name });
        json!({ "type": "m.login.password", "identifier": identifier, "password": PASSWORD })
    }

    async fn sign_out(&mut self, way: Way, lost: &Person) {
        let client = "/_matrix/client/v3";
        match way {
            Way::ItsOwn => drop(lost.post(&format!("{client}/logout"), json!({})).await.ok()),
            Way::Everywhere => {
                drop(self.other.post(&format!("{client}/logout/all"), json!({})).await.ok());
            }
            Way::ByAnotherDevice => {
                let body = json!({ "devices": ["TELEPHONE1"], "auth": self.auth() });
                self.other.post(&format!("{client}/delete_devices"), body).await.ok();
            }
            Way::OnThePage => {
                let fields = [("device", "TELEPHONE1")];
                assert_eq!(self.browser.fill("/account/devices", &fields).await.status, 303);
            }
            Way::ByANewPassword => {
                let new = "violet tram under seven bridges";
                let fields = [("old", PASSWORD), ("new", new), ("again", new), ("sign_out", "yes")];
                assert_eq!(self.browser.fill("/account/password", &fields).await.status, 303);
            }
            Way::ByAnAdministrator => {
                let user = &self.other.user_id;
                let path = format!("/_kontor/admin/v1/people/{user}/sign_out");
                self.chief.post(&path, json!({})).await.ok();
            }
            Way::ByClosingTheAccount => {
                let body = json!({ "auth": self.auth() });
                self.other.post(&format!("{client}/account/deactivate"), body).await.ok();
            }
            Way::ByGivingTheTokenBack => {
                self.program.send("/oauth2/revoke", &[("token", &lost.token)]).await.ok();
            }
            Way::ByAStolenRefreshToken => {
                // Twice traded already: whoever shows it now has stolen it.
                assert_eq!(self.program.refresh(&self.refresh).await.status, 400);
            }
        }
    }
}

/// Somebody with two devices and a browser; the first device signed in over OAuth.
async fn somebody<'s>(
    server: &'s TestServer,
    chief: &'s Person,
    number: usize,
) -> (Table<'s>, Person) {
    let name = format!("alice{number}");
    let other = server.register(&name).await;
    let mut browser = Browser::signed_in(server, &name).await;
    let program = Program::new(server, "Chat").await;
    let (mut lost, refresh) = program.sign_in(&mut browser).await;
    let mut next = refresh.clone();
    for _ in 0..2 {
        let tokens = program.refresh(&next).await.ok();
        tokens.text("access_token").clone_into(&mut lost.token);
        lost.get("/_matrix/client/v3/account/whoami").await.ok();
        tokens.text("refresh_token").clone_into(&mut next);
    }
    (Table { chief, other, browser, program, refresh, name }, lost)
}

/// Waits for what is new until the server will not have it; answers when that was.
async fn until_refused(lost: &Person, mut since: String) -> (Answer, Instant) {
    loop {
        let path = format!("/_matrix/client/v3/sync?timeout=30000&since={since}");
        let answer = lost.get(&path).await;
        if answer.status != 200 {
            return (answer, Instant::now());
        }
        answer.text("next_batch").clone_into(&mut since);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_sync_ends_within_a_second_of_every_way_to_be_signed_out() {
    for postgres in [false, true] {
        let server = public_server(postgres).await;
        let chief = server.register_as("chief", Role::OrgAdmin).await;
        for (number, way) in WAYS.into_iter().enumerate() {
            let (mut table, lost) = somebody(&server, &chief, number).await;
            let since = lost.sync("").await["next_batch"].as_str().unwrap().to_owned();
            let open = until_refused(&lost, since);
            let sign_out = async {
                table.other.get("/_matrix/client/v3/account/whoami").await.ok();
                table.sign_out(way, &lost).await;
                Instant::now()
            };
            let ((answer, answered), ended) = tokio::join!(open, sign_out);
            answer.fails(401, "M_UNKNOWN_TOKEN");
            let late = answered.saturating_duration_since(ended);
            assert!(late < Duration::from_secs(1), "{way:?}: {late:?} after the sign-out");
            lost.get("/_matrix/client/v3/sync").await.fails(401, "M_UNKNOWN_TOKEN");
        }
    }
}
