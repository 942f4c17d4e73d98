//! Signing in on a device without keyboard.

use std::time::Duration;

use kontor_core::Kind;
use kontor_oauth::{DeviceCodes, Grant, OAuthCode, TokenRequest, Tokens};
use kontor_testdb::for_each_backend;

use crate::company::{Company, scope};

async fn start(company: &Company) -> DeviceCodes {
    let scope = scope("TELEVISION");
    company.oauth.start_device_grant(&company.stranger(), &company.chat, &scope).await.unwrap()
}

async fn ask(company: &Company, codes: &DeviceCodes) -> Result<Tokens, OAuthCode> {
    let grant = Grant::Device(codes.device_code.clone());
    company.trade(TokenRequest { client_id: company.chat.clone(), grant }).await
}

#[test]
fn a_device_is_signed_in_once_its_owner_allows_it() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let codes = start(&company).await;
        assert_eq!(ask(&company, &codes).await.unwrap_err(), OAuthCode::AuthorizationPending);
        assert_eq!(ask(&company, &codes).await.unwrap_err(), OAuthCode::SlowDown);
        company.pass(codes.interval);
        assert_eq!(ask(&company, &codes).await.unwrap_err(), OAuthCode::AuthorizationPending);
        let typed = codes.user_code.to_lowercase().replace('-', " ");
        let question = company.oauth.look_at_user_code(&company.alice(), &typed).await.unwrap();
        assert_eq!(question.device_id, "TELEVISION");
        assert_eq!(question.client.name(), "Chat");
        company.oauth.decide_device_grant(&company.alice(), &typed, true).await.unwrap();
        let tokens = ask(&company, &codes).await.unwrap();
        let holder =
            company.identity.authenticate(&tokens.access_token, &company.stranger()).await.unwrap();
        assert_eq!(holder.user().unwrap(), company.alice().user().unwrap());
        assert_eq!(holder.device().unwrap(), "TELEVISION");
        // Good once.
        assert_eq!(ask(&company, &codes).await.unwrap_err(), OAuthCode::InvalidGrant);
        let again = company.oauth.look_at_user_code(&company.alice(), &typed).await;
        assert_eq!(again.unwrap_err().kind, Kind::NotFound);
    });
}

#[test]
fn a_refusal_and_an_expired_code_are_told() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let refused = start(&company).await;
        let alice = company.alice();
        company.oauth.decide_device_grant(&alice, &refused.user_code, false).await.unwrap();
        let twice = company.oauth.decide_device_grant(&alice, &refused.user_code, true).await;
        assert_eq!(twice.unwrap_err().kind, Kind::NotFound);
        assert_eq!(ask(&company, &refused).await.unwrap_err(), OAuthCode::AccessDenied);
        let late = start(&company).await;
        company.pass(Duration::from_mins(10));
        let alice = company.alice();
        let looked = company.oauth.look_at_user_code(&alice, &late.user_code).await;
        assert_eq!(looked.unwrap_err().kind, Kind::NotFound);
        assert_eq!(ask(&company, &late).await.unwrap_err(), OAuthCode::ExpiredToken);
    });
}

#[test]
fn codes_cannot_be_guessed_or_used_by_another_program() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let codes = start(&company).await;
        let other = company.register_other().await;
        company.oauth.decide_device_grant(&company.alice(), &codes.user_code, true).await.unwrap();
        let grant = Grant::Device(codes.device_code.clone());
        let stolen = company.trade(TokenRequest { client_id: other.clone(), grant }).await;
        assert_eq!(stolen.unwrap_err(), OAuthCode::InvalidGrant);
        let unregistered = company
            .oauth
            .start_device_grant(&company.stranger(), &other, &scope("TELEVISION"))
            .await;
        assert!(unregistered.is_err());
        let mut tries = 0;
        let limited = loop {
            tries += 1;
            let error =
                company.oauth.look_at_user_code(&company.alice(), "BCDF-GHJK").await.unwrap_err();
            if error.kind != Kind::NotFound {
                break error;
            }
        };
        assert_eq!(limited.kind, Kind::Limited);
        assert!(tries <= 12, "{tries}");
    });
}
