//! Every setting that the server keeps: refused where it is strict, let pass where it is loose.
//! law: R-061

mod access;
mod content;
mod privacy;
mod rooms;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kontor_core::Role;
use kontor_policy::{Agreement, Change, Effect, Ground, catalogue};
use kontor_testkit::{Person, TestServer, Value, json};
use ruma::user_id;

use crate::factors::operator;

/// Settings with a strict and a loose value, and whether what only the loose one lets pass does.
type Case = (&'static str, Value, Value);

/// A server whose settings are turned one by one.
struct House {
    server: TestServer,
    admin: Person,
    /// Somebody from outside.
    guest: Person,
    made: AtomicU32,
}

impl House {
    async fn open() -> Self {
        let server = TestServer::start().await;
        let admin = server.register_as("leitung", Role::OrgAdmin).await;
        let guest = server.register_as("gast", Role::Guest).await;
        Self { server, admin, guest, made: AtomicU32::new(1) }
    }

    /// A name nobody has had.
    fn name(&self, stem: &str) -> String {
        format!("{stem}{}", self.made.fetch_add(1, Ordering::Relaxed))
    }

    async fn person(&self) -> Person {
        self.server.register(&self.name("person")).await
    }

    /// Two people in a room of the first one, who is its administrator.
    async fn pair(&self) -> (Person, Person, String) {
        let (one, other) = (self.person().await, self.person().await);
        let room = one.create_room(json!({ "invite": [other.user_id] })).await;
        other.join(&room).await;
        (one, other, room)
    }

    fn later(&self, span: Duration) {
        self.server.clock().set(self.server.clock().now().plus(span));
    }

    /// As two people decide together; `null` goes back.
    async fn set(&self, setting: &str, value: Value) {
        let (cx, tenant) = operator(&self.server).await;
        let (setting, reason) = (setting.to_owned(), "Probe".to_owned());
        let agreement = Some(Agreement {
            ground: Ground::NoWorksCouncil,
            reference: String::new(),
            date: "2025-12-01".to_owned(),
            by: "Leitung".to_owned(),
        });
        let change = Change { setting, value, reason, lock: false, agreement };
        let requester = user_id!("@leitung:one.example");
        tenant.policies.change_approved(&cx, change, requester).await.unwrap();
    }

    async fn try_all(&self, cases: Vec<Case>, passes: impl AsyncFn(&Self, &str) -> bool) {
        for (setting, strict, loose) in cases {
            self.set(setting, strict.clone()).await;
            assert!(!passes(self, setting).await, "{setting} = {strict}: was let pass");
            self.set(setting, loose.clone()).await;
            assert!(passes(self, setting).await, "{setting} = {loose}: was refused");
            self.set(setting, Value::Null).await;
        }
    }
}

#[test]
fn every_setting_that_the_server_keeps_is_tried() {
    let chapters = [access::cases(), rooms::cases(), privacy::cases(), content::cases()];
    let tried: BTreeSet<&str> = chapters.iter().flatten().map(|(setting, ..)| *setting).collect();
    let kept = catalogue().filter(|setting| setting.effect.is_kept_by_server());
    // What the operator decides needs another listener: kontor-node/tests tries it.
    let kept = kept.filter(|setting| !matches!(setting.effect, Effect::Operator(_)));
    let kept: BTreeSet<&str> = kept.map(|setting| setting.key).collect();
    assert_eq!(tried, kept);
}
