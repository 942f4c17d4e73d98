//! Deciding on settings, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may")]

mod law;

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use kontor_audit::{Audit, ExportPurpose};
use kontor_core::{
    Actor, Clock, Cx, Kind, MatrixCode, Random, Roles, Secret, Session, TenantId, Timestamp,
};
use kontor_db::Db;
use kontor_policy::{
    Agreement, Change, Ground, InForce, Policies, Policy, Profile, ProfileChange, SettingState,
    Start, Value,
};
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
    let in_force = InForce::new(policy.clone());
    let (operator, place) = (cx(Actor::Operator), backend.settings());
    let (name, key) = (server_name!("firma.example"), Secret::new([5; 32]));
    let audit = Audit::open(&operator, &place, name, &key).await.unwrap();
    let start = Start::from_preset(policy);
    let store = (db.clone(), audit);
    let opened = Box::pin(Policies::open(&operator, store, in_force.clone(), start, None));
    let policies = opened.await.unwrap();
    (policies, in_force)
}

fn agreement() -> Agreement {
    Agreement {
        ground: Ground::Agreement,
        reference: "BV Messenger § 4".to_owned(),
        date: "2025-12-01".to_owned(),
        by: "Erika Muster".to_owned(),
    }
}

fn change(setting: &str, value: serde_json::Value) -> Change {
    let reason = "Beschluss vom 3. Mai".to_owned();
    let agreement = Some(agreement());
    Change { setting: setting.to_owned(), value, reason, lock: false, agreement }
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

fn profile(profile: Profile) -> ProfileChange {
    ProfileChange { profile, reason: "Beschluss vom 3. Mai".to_owned(), agreement: None }
}

/// law
#[test]
fn a_profile_is_chosen_in_one_act_and_loosens_nothing_locked() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (policies, in_force) = open(&backend, &db, Policy::strict()).await;
        let admin = person(true);
        policies.change(&admin, change("browser_session_hours", json!(4))).await.unwrap();
        policies.change(&admin, change("max_upload_mebibytes", json!(200))).await.unwrap();
        let kept = Change { lock: true, ..change("directory_max_results", json!(50)) };
        policies.change(&admin, kept).await.unwrap();

        let preview = policies.preview_profile(&admin, Profile::Elevated).await.unwrap();
        let changes: Vec<&str> = preview.differences.iter().map(|it| it.setting.key).collect();
        for key in ["second_factor", "session_days", "guests", "max_upload_mebibytes"] {
            assert!(changes.contains(&key), "{changes:?}");
        }
        for key in ["browser_session_hours", "directory_max_results", "federation"] {
            assert!(!changes.contains(&key), "{changes:?}");
        }
        assert!(!preview.needs_second() && !preview.needs_works_council());
        assert_eq!(in_force.now().session_lifetime, Some(Duration::from_hours(30 * 24)));
        policies.choose_profile(&admin, profile(Profile::Elevated)).await.unwrap();
        let now = in_force.now();
        assert_eq!(now.session_lifetime, Some(Duration::from_hours(7 * 24)));
        assert_eq!(now.browser_session, Duration::from_hours(4), "stricter stays");
        assert_eq!(now.max_upload_bytes, 50 << 20, "looser falls");
        assert_eq!(now.directory_search.max_results, 50, "locked stays");

        let back = policies.preview_profile(&admin, Profile::Standard).await.unwrap();
        assert!(back.needs_second(), "a passkey for everybody is locked");
        let alone = policies.choose_profile(&admin, profile(Profile::Standard)).await;
        assert_eq!(alone.unwrap_err().kind, Kind::Forbidden);
        let chief = "@chefin:firma.example".try_into().unwrap();
        let two = person(true);
        policies.choose_profile_approved(&two, profile(Profile::Standard), chief).await.unwrap();

        let (policies, in_force) = open(&backend, &db, Policy::strict()).await;
        assert_eq!(policies.profile(&admin).await.unwrap(), Some(Profile::Standard));
        assert_eq!(in_force.now().session_lifetime, Some(Duration::from_hours(30 * 24)));
        let told: Vec<(String, String, String)> = policies
            .history(&admin, None)
            .await
            .unwrap()
            .into_iter()
            .take(3)
            .map(|row| (row.setting, row.old_value, row.new_value))
            .collect();
        let text =
            |one: &str, two: &str, three: &str| (one.to_owned(), two.to_owned(), three.to_owned());
        assert_eq!(
            told,
            [
                text("profile", "\"elevated\"", "\"standard\""),
                text("max_upload_mebibytes", "200", ""),
                text("profile", "", "\"elevated\""),
            ]
        );
        let of_one = policies.history_of(&admin, "session_days").await.unwrap();
        assert_eq!(of_one.len(), 2, "the choices of a profile stand in every history");
        db.close().await;
    });
}

#[test]
fn an_organisation_begins_with_the_profile_it_was_created_with() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (operator, place) = (cx(Actor::Operator), backend.settings());
        let (name, key) = (server_name!("firma.example"), Secret::new([5; 32]));
        let audit = Audit::open(&operator, &place, name, &key).await.unwrap();
        let in_force = InForce::new(Policy::strict());
        for _ in 0..2 {
            let store = (db.clone(), audit.clone());
            let start = Start::from_preset(Policy::strict());
            let first = Some(Profile::Elevated);
            let opened = Policies::open(&operator, store, in_force.clone(), start, first);
            let policies = Box::pin(opened).await;
            let history = policies.unwrap().history(&operator, None).await.unwrap();
            assert_eq!(history.len(), 1, "only once");
            assert_eq!(in_force.now().browser_session, Duration::from_hours(8));
        }
        db.close().await;
    });
}

/// law
#[test]
fn what_can_watch_people_is_loosened_with_the_works_council_only() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (policies, in_force) = open(&backend, &db, Policy::strict()).await;
        let admin = person(true);
        let silent = Change { agreement: None, ..change("read_receipts", json!(true)) };
        let refused = policies.change(&admin, silent.clone()).await.unwrap_err();
        assert_eq!(refused.code, Some(MatrixCode::WorksCouncil));
        assert_eq!(refused.kind, Kind::Conflict);
        let tomorrow = Agreement { date: "2026-01-02".to_owned(), ..agreement() };
        let early = Change { agreement: Some(tomorrow), ..silent.clone() };
        assert_eq!(policies.change(&admin, early).await.unwrap_err().kind, Kind::Invalid);
        assert!(!in_force.now().receipts_allowed);

        policies.change(&admin, change("read_receipts", json!(true))).await.unwrap();
        assert!(in_force.now().receipts_allowed);
        let stricter = Change { value: json!(false), ..silent.clone() };
        policies.change(&admin, stricter).await.unwrap();
        let history = policies.history_of(&admin, "read_receipts").await.unwrap();
        assert!(history[1].agreement.as_ref().unwrap().contains("BV Messenger"));
        assert_eq!(history[0].agreement, None, "who protects more asks nobody");
        let other = Change { setting: "session_days".to_owned(), value: json!(60), ..silent };
        policies.change(&admin, other).await.unwrap();
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
        let start = Start::from_preset(Policy::strict());
        let store = (db, audit.clone());
        let opened = Box::pin(Policies::open(&operator, store, in_force.clone(), start, None));
        let policies = opened.await.unwrap();

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
