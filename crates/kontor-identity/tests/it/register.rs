//! Creating one's own account.

use kontor_core::Kind;
use kontor_identity::{NewDevice, Registration};
use kontor_policy::{Policy, Registration as Admission};
use kontor_testdb::for_each_backend;
use ruma::api::client::uiaa::{AuthData, Dummy, RegistrationToken};
use serde_json::json;

use crate::company::{Company, code, field, secret};

fn wish(name: &str, auth: Option<AuthData>) -> Registration {
    Registration {
        username: Some(name.to_owned()),
        password: Some(secret("correct horse battery")),
        device: Some(NewDevice::default()),
        auth,
    }
}

fn dummy() -> AuthData {
    AuthData::Dummy(Dummy::new())
}

fn token(token: &str) -> AuthData {
    AuthData::RegistrationToken(RegistrationToken::new(token.to_owned()))
}

fn by_token() -> Policy {
    Policy { registration: Admission::Token, ..Policy::lab() }
}

#[test]
fn in_the_lab_everybody_gets_an_account() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let identity = &company.identity;
        let asked = identity.register(&company.cx(), wish("alice", None)).await.unwrap_err();
        assert_eq!(field(&asked, "flows"), &json!([{ "stages": ["m.login.dummy"] }]));
        let made = identity.register(&company.cx(), wish("alice", Some(dummy()))).await.unwrap();
        assert_eq!(made.user_id, "@alice:firma.example");
        let token = made.signed_in.unwrap().access_token;
        let cx = company.as_holder(&token).await.unwrap();
        let profile = identity.profile(&cx, made.user_id).await.unwrap();
        assert_eq!(profile.get("displayname"), Some(&json!("alice")));
        let quiet = Registration { device: None, ..wish("bob", Some(dummy())) };
        let made = identity.register(&company.cx(), quiet).await.unwrap();
        assert!(made.signed_in.is_none());
    });
}

#[test]
fn bad_wishes_are_refused_before_anybody_is_asked() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("taken").await;
        let overlong = "x".repeat(250);
        let cases = [
            ("taken", "M_USER_IN_USE"),
            ("Upper", "M_INVALID_USERNAME"),
            ("", "M_INVALID_USERNAME"),
            ("a\0b", "M_INVALID_USERNAME"),
            ("@alice:firma.example", "M_INVALID_USERNAME"),
            (overlong.as_str(), "M_INVALID_USERNAME"),
        ];
        for (name, expected) in cases {
            for auth in [None, Some(dummy())] {
                let tried = company.identity.register(&company.cx(), wish(name, auth)).await;
                assert_eq!(code(&tried.unwrap_err()), Some(expected), "{name}");
            }
            let asked = company.identity.is_username_available(&company.cx(), name).await;
            assert_eq!(code(&asked.unwrap_err()), Some(expected), "{name}");
        }
        company.identity.is_username_available(&company.cx(), "free").await.unwrap();
        let weak = Registration { password: Some(secret("")), ..wish("free", Some(dummy())) };
        let tried = company.identity.register(&company.cx(), weak).await;
        assert_eq!(code(&tried.unwrap_err()), Some("M_WEAK_PASSWORD"));
        let without = Registration { password: None, ..wish("free", Some(dummy())) };
        let tried = company.identity.register(&company.cx(), without).await;
        assert_eq!(code(&tried.unwrap_err()), Some("M_MISSING_PARAM"));
        let users =
            company.identity.list_users(&company.operator(), String::new(), 10).await.unwrap();
        assert_eq!(users.len(), 1);
    });
}

#[test]
fn strict_tells_strangers_nothing_about_names() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        company.hire("taken").await;
        for name in ["taken", "free"] {
            let tried = company.identity.register(&company.cx(), wish(name, Some(dummy()))).await;
            assert_eq!(tried.unwrap_err().kind, Kind::Forbidden);
            let asked = company.identity.is_username_available(&company.cx(), name).await;
            assert_eq!(asked.unwrap_err().kind, Kind::Forbidden);
        }
    });
}

#[test]
fn a_token_makes_as_many_accounts_as_it_says() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, by_token()).await;
        let identity = &company.identity;
        let cx = company.cx();
        let once =
            identity.create_registration_token(&company.operator(), Some(1), None).await.unwrap();
        assert!(identity.is_registration_token_valid(&cx, &once).await.unwrap());
        assert!(!identity.is_registration_token_valid(&cx, "other").await.unwrap());
        let error = identity.register(&cx, wish("alice", Some(token("other")))).await.unwrap_err();
        assert_eq!(code(&error), Some("M_UNAUTHORIZED"));
        assert!(field(&error, "session").is_string());
        identity.register(&cx, wish("alice", Some(token(&once)))).await.unwrap();
        assert!(!identity.is_registration_token_valid(&cx, &once).await.unwrap());
        assert!(identity.register(&cx, wish("bob", Some(token(&once)))).await.is_err());
    });
}

#[test]
fn two_at_once_do_not_share_a_token_for_one() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, by_token()).await;
        let identity = &company.identity;
        let cx = company.cx();
        let once =
            identity.create_registration_token(&company.operator(), Some(1), None).await.unwrap();
        let (one, other) = tokio::join!(
            identity.register(&cx, wish("alice", Some(token(&once)))),
            identity.register(&cx, wish("bob", Some(token(&once)))),
        );
        assert!(one.is_ok() != other.is_ok());
        let users = identity.list_users(&company.operator(), String::new(), 10).await.unwrap();
        assert_eq!(users.len(), 1);
    });
}

#[test]
fn a_token_runs_out() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, by_token()).await;
        let day = std::time::Duration::from_hours(24);
        let identity = &company.identity;
        let token =
            identity.create_registration_token(&company.operator(), None, Some(day)).await.unwrap();
        assert!(identity.is_registration_token_valid(&company.cx(), &token).await.unwrap());
        company.pass(day);
        assert!(!identity.is_registration_token_valid(&company.cx(), &token).await.unwrap());
    });
}
