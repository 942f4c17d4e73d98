//! Signing in and out.

use std::time::Duration;

use kontor_core::{Cx, Kind, Timestamp};
use kontor_identity::{Login, NewDevice};
use kontor_policy::Policy;
use kontor_testdb::for_each_backend;
use serde_json::json;

use crate::company::{Company, START, code, device, face, field, secret, strict_with_passwords};

const DAY: Duration = Duration::from_hours(24);

#[test]
fn a_token_works_until_its_device_signs_out() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let signed_in = company.login("alice", device("PHONE")).await.unwrap();
        assert_eq!(signed_in.user_id, alice);
        assert!(signed_in.access_token.starts_with("kt_"));
        let cx = company.as_holder(&signed_in.access_token).await.unwrap();
        assert_eq!(cx.user().unwrap(), alice);
        assert_eq!(cx.device().unwrap(), "PHONE");
        company.identity.logout(&cx).await.unwrap();
        let error = company.as_holder(&signed_in.access_token).await.unwrap_err();
        assert_eq!(code(&error), Some("M_UNKNOWN_TOKEN"));
        assert_eq!(field(&error, "soft_logout"), &json!(false));
        assert_eq!(company.identity.devices(&cx).await.unwrap().len(), 0);
    });
}

#[test]
fn people_sign_in_by_every_form_of_their_name() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        for name in ["alice", "Alice", " alice ", "@alice:firma.example"] {
            assert!(company.login(name, NewDevice::default()).await.is_ok(), "{name}");
        }
        for name in ["@alice:other.example", "alice:firma.example", "", "@", "a\0"] {
            let error = company.login(name, NewDevice::default()).await.unwrap_err();
            assert_eq!(error.kind, Kind::Forbidden, "{name}");
        }
    });
}

#[test]
fn where_ids_are_opaque_people_sign_in_by_login_name_or_id() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        let erika = company.hire("erika.muster").await;
        assert!(!erika.as_str().contains("erika"), "{erika}");
        for name in ["erika.muster", erika.localpart(), erika.as_str()] {
            assert_eq!(company.login(name, NewDevice::default()).await.unwrap().user_id, erika);
        }
    });
}

#[test]
fn wrong_password_unknown_name_and_closed_account_look_the_same() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        company.hire("alice").await;
        let closed = company.hire("carol").await;
        company.identity.deactivate(&company.operator(), closed.clone()).await.unwrap();
        let mut faces = Vec::new();
        for (name, password) in
            [("alice", "wrong"), ("nobody", "wrong"), (closed.as_str(), "correct horse battery")]
        {
            let tried = company.try_password(name, password, NewDevice::default()).await;
            faces.push(face(&tried.unwrap_err()));
        }
        assert_eq!(faces[0], (None, "Wrong user name or password.".to_owned()));
        assert!(faces.iter().all(|face| *face == faces[0]), "{faces:?}");
    });
}

#[test]
fn after_ten_failures_an_account_rests_and_so_does_an_unknown_name() {
    for_each_backend(async |backend| {
        let policy = Policy { rate_limits: None, ..strict_with_passwords() };
        let company = Company::with(&backend, policy).await;
        company.hire("alice").await;
        for name in ["alice", "nobody"] {
            for _ in 0..10 {
                let tried = company.try_password(name, "wrong", NewDevice::default()).await;
                assert_eq!(tried.unwrap_err().kind, Kind::Forbidden);
            }
            // Also the right password has to wait.
            let error = company.login(name, NewDevice::default()).await.unwrap_err();
            assert_eq!(code(&error), Some("M_LIMIT_EXCEEDED"));
            assert_eq!(field(&error, "retry_after_ms"), &json!(60_000));
        }
        company.pass(Duration::from_mins(1));
        assert!(company.login("alice", NewDevice::default()).await.is_ok());
        // A success forgets the failures.
        let tried = company.try_password("alice", "wrong", NewDevice::default()).await;
        assert_eq!(tried.unwrap_err().kind, Kind::Forbidden);
        assert!(company.login("alice", NewDevice::default()).await.is_ok());
    });
}

#[test]
fn one_account_gets_so_many_tries_a_minute() {
    for_each_backend(async |backend| {
        let policy = Policy { login_lock_after: None, ..strict_with_passwords() };
        let company = Company::with(&backend, policy).await;
        company.hire("alice").await;
        for _ in 0..10 {
            assert!(company.login("alice", NewDevice::default()).await.is_ok());
        }
        let error = company.login("alice", NewDevice::default()).await.unwrap_err();
        assert_eq!(code(&error), Some("M_LIMIT_EXCEEDED"));
        assert_eq!(field(&error, "retry_after_ms"), &json!(6_000));
        company.pass(Duration::from_secs(6));
        assert!(company.login("alice", NewDevice::default()).await.is_ok());
    });
}

#[test]
fn one_address_gets_so_many_tries_a_minute_for_all_names_together() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        company.hire("alice").await;
        let cx = Cx { address: Some([192, 0, 2, 1].into()), ..company.cx() };
        let login =
            |name: String| Login { name, password: secret("wrong"), device: NewDevice::default() };
        for i in 0..10 {
            let tried = company.identity.login(&cx, login(format!("nobody{i}"))).await;
            assert_eq!(tried.unwrap_err().kind, Kind::Forbidden);
        }
        let tried = company.identity.login(&cx, login("alice".to_owned())).await;
        assert_eq!(code(&tried.unwrap_err()), Some("M_LIMIT_EXCEEDED"));
        let elsewhere = Cx { address: Some([192, 0, 2, 2].into()), ..company.cx() };
        let tried = company.identity.login(&elsewhere, login("alice".to_owned())).await;
        assert_eq!(tried.unwrap_err().kind, Kind::Forbidden);
    });
}

#[test]
fn a_device_id_in_use_takes_over_the_device_and_ends_its_old_token() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let named =
            |name: &str| NewDevice { display_name: Some(name.to_owned()), ..device("PHONE") };
        let first = company.login("alice", named("Telefon")).await.unwrap();
        company.as_holder(&first.access_token).await.unwrap();
        let second = company.login("alice", named("Anderes")).await.unwrap();
        assert!(company.as_holder(&first.access_token).await.is_err());
        let cx = company.as_holder(&second.access_token).await.unwrap();
        let devices = company.identity.devices(&cx).await.unwrap();
        assert_eq!(devices.len(), 1);
        assert_eq!(devices[0].display_name.as_deref(), Some("Telefon"));
    });
}

#[test]
fn the_same_device_id_of_two_people_is_two_devices() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        company.hire("bob").await;
        let alice = company.login("alice", device("PHONE")).await.unwrap();
        let bob = company.on_device("bob", "PHONE").await;
        company.identity.logout_all(&bob).await.unwrap();
        assert!(company.as_holder(&alice.access_token).await.is_ok());
    });
}

#[test]
fn of_use_only_the_day_is_kept() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let signed_in = company.login("alice", device("PHONE")).await.unwrap();
        let midnight = Timestamp(START.0 - START.0 % 86_400_000);
        let cx = company.as_holder(&signed_in.access_token).await.unwrap();
        let seen = |devices: Vec<kontor_identity::Device>| devices[0].last_seen_day;
        assert_eq!(seen(company.identity.devices(&cx).await.unwrap()), midnight);
        company.pass(3 * DAY);
        let cx = company.as_holder(&signed_in.access_token).await.unwrap();
        // Stored in the background: any later write comes after it.
        company.hire("bob").await;
        assert_eq!(seen(company.identity.devices(&cx).await.unwrap()), midnight.plus(3 * DAY));
    });
}

#[test]
fn device_ids_and_names_against_the_rules_change_nothing() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let named = |name: String| NewDevice { display_name: Some(name), ..device("OK") };
        let bad = [
            (device(""), "M_INVALID_PARAM"),
            (device("a\0b"), "M_INVALID_PARAM"),
            (device(&"x".repeat(256)), "M_INVALID_PARAM"),
            (named("x".repeat(257)), "M_TOO_LARGE"),
            (named("a\0b".to_owned()), "M_INVALID_PARAM"),
        ];
        for (device, expected) in bad {
            let error = company.login("alice", device.clone()).await.unwrap_err();
            assert_eq!(code(&error), Some(expected), "{device:?}");
        }
        let cx = company.on_device("alice", "OK").await;
        assert_eq!(company.identity.devices(&cx).await.unwrap().len(), 1);
    });
}
