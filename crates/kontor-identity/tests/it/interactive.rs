//! Asking once more.

use kontor_core::{Cx, Error, Kind};
use kontor_identity::Purpose;
use kontor_testdb::for_each_backend;
use ruma::api::client::uiaa::{AuthData, Dummy, FallbackAcknowledgement, Password};
use serde_json::{Value, json};

use crate::company::{Company, code, field};

fn password(name: &str, password: &str, session: &Value) -> AuthData {
    let identifier: ruma::OwnedUserId = format!("@{name}:firma.example").try_into().unwrap();
    let mut answer = Password::new(identifier.into(), password.to_owned());
    answer.session = session.as_str().map(str::to_owned);
    AuthData::Password(answer)
}

async fn ask(company: &Company, cx: &Cx, purpose: Purpose, auth: Option<AuthData>) -> Error {
    company.identity.authenticate_interactively(cx, purpose, auth).await.unwrap_err()
}

#[test]
fn the_first_answer_asks_without_an_error() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let cx = company.on_device("alice", "A").await;
        let error = ask(&company, &cx, Purpose::ChangePassword, None).await;
        assert_eq!((error.kind, code(&error)), (Kind::Unauthenticated, None));
        assert_eq!(field(&error, "flows"), &json!([{ "stages": ["m.login.password"] }]));
        assert_eq!(field(&error, "params"), &json!({}));
        assert!(field(&error, "session").is_string());
    });
}

#[test]
fn the_own_right_password_passes_once_in_its_dialogue() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        company.hire("bob").await;
        let cx = company.on_device("alice", "A").await;
        let identity = &company.identity;
        let asked = ask(&company, &cx, Purpose::ChangePassword, None).await;
        let session = field(&asked, "session");
        for (name, word) in [("alice", "wrong"), ("bob", "correct horse battery")] {
            let auth = Some(password(name, word, session));
            let error = ask(&company, &cx, Purpose::ChangePassword, auth).await;
            assert_eq!(code(&error), Some("M_FORBIDDEN"), "{name}");
            assert_eq!(field(&error, "session"), session);
            assert!(field(&error, "flows").is_array());
        }
        let right = || Some(password("alice", "correct horse battery", session));
        // A dialogue is good for the purpose it began with.
        let purpose = Purpose::DeleteDevices(vec!["A".into()]);
        let error = ask(&company, &cx, purpose, right()).await;
        assert_eq!(code(&error), None);
        assert_ne!(field(&error, "session"), session);
        identity.authenticate_interactively(&cx, Purpose::ChangePassword, right()).await.unwrap();
        let error = ask(&company, &cx, Purpose::ChangePassword, right()).await;
        assert_ne!(field(&error, "session"), session);
    });
}

#[test]
fn a_single_stage_may_come_without_a_dialogue() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let cx = company.on_device("alice", "A").await;
        let auth = Some(password("alice", "correct horse battery", &Value::Null));
        let purpose = Purpose::ReplaceCrossSigningKeys;
        company.identity.authenticate_interactively(&cx, purpose, auth).await.unwrap();
    });
}

#[test]
fn steps_that_are_not_offered_do_not_help() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let cx = company.on_device("alice", "A").await;
        let asked = ask(&company, &cx, Purpose::ChangePassword, None).await;
        let session = field(&asked, "session").as_str().unwrap().to_owned();
        let mut dummy = Dummy::new();
        dummy.session = Some(session.clone());
        let custom = serde_json::from_value(json!({ "type": "x", "session": session })).unwrap();
        let fallback = FallbackAcknowledgement::new(session.clone());
        let cases = [
            (AuthData::Dummy(dummy), "M_UNRECOGNIZED"),
            (custom, "M_UNRECOGNIZED"),
            (AuthData::FallbackAcknowledgement(fallback), "M_UNAUTHORIZED"),
        ];
        for (auth, expected) in cases {
            let error = ask(&company, &cx, Purpose::ChangePassword, Some(auth)).await;
            assert_eq!(code(&error), Some(expected));
            assert_eq!(field(&error, "session"), session.as_str());
        }
    });
}

#[test]
fn strangers_cannot_begin_what_needs_an_account() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let error = ask(&company, &company.cx(), Purpose::ChangePassword, None).await;
        assert_eq!(code(&error), Some("M_MISSING_TOKEN"));
    });
}
