//! Deciding on settings, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::io::{self, Write};
use std::sync::Arc;

use kontor_audit::{Audit, ExportPurpose};
use kontor_core::{Actor, Clock, Cx, Kind, Random, Roles, Secret, Session, TenantId, Timestamp};
use kontor_db::Db;
use kontor_policy::{Change, InForce, Policies, Policy, SettingState, Value};
use kontor_store::MIGRATIONS;
use kontor_testdb::{Backend, for_each_backend};
use parking_lot::Mutex;
use ruma::server_name;
use serde_json::json;

fn cx(actor: Actor) -> Cx {
    let clock = Clock::manual(Timestamp(1_767_225_600_000));
    Cx::new(TenantId(1), actor, clock, Random::seeded(1)).unwrap()
}

fn person(admin: bool) -> Cx {
    let roles = if admin { Roles::ADMINISTRATOR } else { Roles::USER };
    let user_id = "@chefin:firma.example".try_into().unwrap();
    let session = Session::new(user_id, "TISCH".into(), roles);
    cx(Actor::User(session.into()))
}

async fn open(backend: &Backend, db: &Db, policy: Policy) -> (Policies, InForce) {
    let in_force = InForce::new(policy);
    let (operator, place) = (cx(Actor::Operator), backend.settings());
    let (name, key) = (server_name!("firma.example"), Secret::new([5; 32]));
    let audit = Audit::open(&operator, &place, name, &key).await.unwrap();
    let policies = Policies::open(&operator, db.clone(), audit, in_force.clone()).await.unwrap();
    (policies, in_force)
}

fn change(setting: &str, value: serde_json::Value) -> Change {
    let reason = "Beschluss vom 3. Mai".to_owned();
    Change { setting: setting.to_owned(), value, reason, lock: false }
}

fn state(states: &[SettingState], key: &str) -> (Option<Value>, Option<i64>) {
    let state = states.iter().find(|state| state.setting.key == key).unwrap();
    (state.value, state.version)
}

#[test]
fn a_decision_holds_at_once_and_after_a_restart() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (policies, in_force) = open(&backend, &db, Policy::strict()).await;
        let admin = person(true);
        assert!(!in_force.now().receipts_allowed);
        assert_eq!(policies.change(&admin, change("read_receipts", json!(true))).await.unwrap(), 1);
        assert!(in_force.now().receipts_allowed);
        policies.change(&admin, change("session_days", json!(7))).await.unwrap();

        let (policies, in_force) = open(&backend, &db, Policy::strict()).await;
        assert!(in_force.now().receipts_allowed);
        let states = policies.list(&person(false)).await.unwrap();
        assert_eq!(state(&states, "read_receipts"), (Some(Value::Switch(true)), Some(1)));
        assert_eq!(state(&states, "session_days"), (Some(Value::Number(7)), Some(2)));
        assert_eq!(state(&states, "presence"), (Some(Value::Switch(false)), None));

        let back = change("read_receipts", json!(null));
        assert_eq!(policies.change(&admin, back.clone()).await.unwrap(), 3);
        assert!(!in_force.now().receipts_allowed);
        assert_eq!(policies.change(&admin, back).await.unwrap(), 3, "nothing to change");
        db.close().await;
    });
}

#[test]
fn every_decision_is_kept_with_author_and_reason() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (policies, _) = open(&backend, &db, Policy::strict()).await;
        policies.change(&person(true), change("typing_notices", json!(true))).await.unwrap();
        policies
            .change(&cx(Actor::Operator), change("typing_notices", json!(false)))
            .await
            .unwrap();
        let history = policies.history(&person(true), None).await.unwrap();
        let told: Vec<_> = history
            .iter()
            .map(|row| (row.version, &*row.old_value, &*row.new_value, &*row.author))
            .collect();
        assert_eq!(
            told,
            [(2, "true", "false", "operator"), (1, "", "true", "@chefin:firma.example")]
        );
        assert_eq!(history[0].reason, "Beschluss vom 3. Mai");
        assert_eq!(history[0].changed, Timestamp(1_767_225_600_000));
        let older = policies.history(&person(true), Some(2)).await.unwrap();
        assert_eq!(older.len(), 1);
        db.close().await;
    });
}

#[test]
fn a_locked_setting_can_be_tightened_but_not_loosened() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (policies, in_force) = open(&backend, &db, Policy::strict()).await;
        let admin = person(true);
        for (setting, looser) in [
            ("presence", json!(true)),
            ("e2ee_in_all_rooms", json!(false)),
            ("history_for_newcomers", json!("shared")),
            ("password_min_length", json!(12)),
            ("access_token_minutes", json!(6)),
        ] {
            let error = policies.change(&admin, change(setting, looser)).await.unwrap_err();
            assert_eq!(error.kind, Kind::Forbidden, "{setting}");
        }
        assert_eq!(*in_force.now(), Policy::strict());
        policies.change(&admin, change("password_min_length", json!(24))).await.unwrap();
        policies.change(&admin, change("password_min_length", json!(20))).await.unwrap();
        policies.change(&admin, change("access_token_minutes", json!(2))).await.unwrap();
        assert_eq!(in_force.now().password_min_length, 20);
        db.close().await;
    });
}

#[test]
fn mistakes_are_named_and_change_nothing() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (policies, in_force) = open(&backend, &db, Policy::strict()).await;
        let admin = person(true);
        let silent = Change { reason: " ".to_owned(), ..change("read_receipts", json!(true)) };
        for (wish, kind, word) in [
            (change("colour", json!(1)), Kind::NotFound, "colour"),
            (change("session_days", json!(0)), Kind::Invalid, "from 1 to 90"),
            (change("session_days", json!("7")), Kind::Invalid, "session_days"),
            (change("telemetry", json!(true)), Kind::Invalid, "no other value"),
            (silent, Kind::Invalid, "reason"),
        ] {
            let error = policies.change(&admin, wish).await.unwrap_err();
            assert_eq!(error.kind, kind, "{error:?}");
            assert!(error.public.contains(word), "{}", error.public);
        }
        for stranger in [person(false), cx(Actor::Anonymous)] {
            let wish = change("read_receipts", json!(true));
            assert_eq!(policies.change(&stranger, wish).await.unwrap_err().kind, Kind::Forbidden);
            assert_eq!(policies.history(&stranger, None).await.unwrap_err().kind, Kind::Forbidden);
        }
        assert!(policies.list(&cx(Actor::Anonymous)).await.is_err());
        assert_eq!(*in_force.now(), Policy::strict());
        assert!(policies.history(&admin, None).await.unwrap().is_empty());
        db.close().await;
    });
}

/// law: R-191
#[test]
fn a_decision_that_cannot_be_recorded_is_not_made() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (operator, place) = (cx(Actor::Operator), backend.settings());
        let (name, key) = (server_name!("firma.example"), Secret::new([5; 32]));
        let audit = Audit::open(&operator, &place, name, &key).await.unwrap();
        let in_force = InForce::new(Policy::strict());
        let policies =
            Policies::open(&operator, db, audit.clone(), in_force.clone()).await.unwrap();

        let admin = person(true);
        policies.change(&admin, change("session_days", json!(7))).await.unwrap();
        policies.change(&admin, change("session_days", json!(7))).await.unwrap();
        let sheet = Sheet::default();
        audit.export(&operator, (ExportPurpose::Security, "test"), sheet.clone()).await.unwrap();
        let export = String::from_utf8(sheet.0.lock().clone()).unwrap();
        let told: Vec<_> = export.lines().filter(|line| line.contains("policy.changed")).collect();
        let [only] = told.as_slice() else { panic!("{export}") };
        for word in ["\"session_days\"", "Beschluss vom 3. Mai", "admin:@chefin:firma.example"] {
            assert!(only.contains(word), "{only}");
        }

        audit.close(&operator).await;
        let refused = policies.change(&admin, change("read_receipts", json!(true))).await;
        assert_eq!(refused.unwrap_err().kind, Kind::Unavailable);
        assert!(!in_force.now().receipts_allowed);
    });
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Sheet(Arc<Mutex<Vec<u8>>>);

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
