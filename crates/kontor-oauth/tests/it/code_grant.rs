//! Codes by redirection, refreshing and giving back.

use std::time::Duration;

use kontor_oauth::{AuthorizationRequest, Denial, Grant, OAuthCode, ResponseMode, TokenRequest};
use kontor_testdb::for_each_backend;

use crate::company::{Company, ISSUER, VERIFIER, answered, scope, sign_in};

/// What is wrong with a request.
type Change = fn(&mut AuthorizationRequest);

#[test]
fn a_code_is_traded_for_tokens_of_the_device_asked_for() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let cx = company.alice();
        let question = company.oauth.look_at(&cx, ISSUER, &company.request()).await.unwrap();
        assert_eq!(question.client.name(), "Chat");
        assert_eq!(question.device_id, "TELEPHONE1");
        let url = company.oauth.allow(&cx, ISSUER, (&company.request(), None)).await.unwrap();
        assert_eq!((url.scheme(), url.path()), ("example.chat.app", "/back"));
        assert_eq!(answered(&url, "state").as_deref(), Some("xyz"));
        assert_eq!(answered(&url, "iss").as_deref(), Some(ISSUER));
        let code = answered(&url, "code").unwrap();
        let tokens = company.trade(company.shown(&code)).await.unwrap();
        assert_eq!(tokens.scope, Some(scope("TELEPHONE1")));
        // Minutes, even where the policy has no bound.
        assert_eq!(tokens.expires_in, Some(Duration::from_mins(5)));
        let holder =
            company.identity.authenticate(&tokens.access_token, &company.stranger()).await.unwrap();
        assert_eq!(holder.user().unwrap(), cx.user().unwrap());
        assert_eq!(holder.device().unwrap(), "TELEPHONE1");
        let device = company.identity.device(&holder, "TELEPHONE1".into()).await.unwrap();
        assert_eq!(device.display_name.as_deref(), Some("Chat"));
    });
}

#[test]
fn a_code_that_is_shown_twice_ends_the_sign_in() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let code = company.code().await;
        let tokens = company.trade(company.shown(&code)).await.unwrap();
        assert!(company.works(&tokens.access_token).await);
        let again = company.trade(company.shown(&code)).await;
        assert_eq!(again.unwrap_err(), OAuthCode::InvalidGrant);
        assert!(!company.works(&tokens.access_token).await);
        let refresh = company.refresh(&company.chat, &tokens.refresh_token.unwrap()).await;
        assert_eq!(refresh.unwrap_err(), OAuthCode::InvalidGrant);
    });
}

#[test]
fn a_code_is_good_for_a_minute_its_program_address_and_verifier_only() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let other = company.register_other().await;
        let changed = |change: fn(&mut Grant)| {
            move |mut request: TokenRequest| {
                change(&mut request.grant);
                request
            }
        };
        let wrong_verifier = changed(|grant| {
            if let Grant::Code { verifier, .. } = grant {
                *verifier = VERIFIER.replace('0', "1");
            }
        });
        // PKCE downgrade: no verifier at all.
        let no_verifier = changed(|grant| {
            if let Grant::Code { verifier, .. } = grant {
                verifier.clear();
            }
        });
        let wrong_address = changed(|grant| {
            if let Grant::Code { redirect_uri, .. } = grant {
                redirect_uri.push('x');
            }
        });
        for change in [wrong_verifier, no_verifier, wrong_address] {
            let code = company.code().await;
            let refused = company.trade(change(company.shown(&code))).await;
            assert_eq!(refused.unwrap_err(), OAuthCode::InvalidGrant);
            // Nobody gets a second try.
            let refused = company.trade(company.shown(&code)).await;
            assert_eq!(refused.unwrap_err(), OAuthCode::InvalidGrant);
        }
        let code = company.code().await;
        let stolen = TokenRequest { client_id: other, ..company.shown(&code) };
        assert_eq!(company.trade(stolen).await.unwrap_err(), OAuthCode::InvalidGrant);
        let unknown = TokenRequest { client_id: "nobody".to_owned(), ..company.shown(&code) };
        assert_eq!(company.trade(unknown).await.unwrap_err(), OAuthCode::InvalidClient);
        let code = company.code().await;
        company.pass(Duration::from_mins(1));
        let late = company.trade(company.shown(&code)).await;
        assert_eq!(late.unwrap_err(), OAuthCode::InvalidGrant);
    });
}

#[test]
fn a_refresh_token_is_its_programs_alone_and_its_reuse_ends_the_sign_in() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let other = company.register_other().await;
        let code = company.code().await;
        let first = company.trade(company.shown(&code)).await.unwrap().refresh_token.unwrap();
        let stolen = company.refresh(&other, &first).await;
        assert_eq!(stolen.unwrap_err(), OAuthCode::InvalidGrant);
        // Nor can it be used as one of the older API.
        let cx = company.stranger();
        assert!(company.identity.refresh(&cx, &first, None).await.is_err());
        let second = company.refresh(&company.chat, &first).await.unwrap();
        assert!(company.works(&second.access_token).await);
        let next = second.refresh_token.unwrap();
        let third = company.refresh(&company.chat, &next).await.unwrap();
        assert!(company.works(&third.access_token).await);
        let reused = company.refresh(&company.chat, &first).await;
        assert_eq!(reused.unwrap_err(), OAuthCode::InvalidGrant);
        assert!(!company.works(&third.access_token).await);
    });
}

#[test]
fn giving_a_token_back_signs_the_device_out() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let other = company.register_other().await;
        for by_refresh_token in [false, true] {
            let code = company.code().await;
            let tokens = company.trade(company.shown(&code)).await.unwrap();
            let cx = company.stranger();
            let shown = match &tokens.refresh_token {
                Some(refresh) if by_refresh_token => refresh,
                _ => &tokens.access_token,
            };
            company.oauth.revoke(&cx, &other, shown).await.unwrap();
            assert!(company.works(&tokens.access_token).await);
            company.oauth.revoke(&cx, &company.chat, "nonsense").await.unwrap();
            company.oauth.revoke(&cx, &company.chat, shown).await.unwrap();
            assert!(!company.works(&tokens.access_token).await);
            assert!(company.identity.device(&company.alice(), "TELEPHONE1".into()).await.is_err());
        }
    });
}

#[test]
fn wrong_requests_are_answered_to_the_program_but_never_to_a_stranger() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let cx = company.alice();
        let to_nobody: [Change; 3] = [
            |request| "nobody".clone_into(&mut request.client_id),
            |request| "https://evil.example/".clone_into(&mut request.redirect_uri),
            |request| request.redirect_uri.clear(),
        ];
        for change in to_nobody {
            let mut request = company.request();
            change(&mut request);
            let denial = company.oauth.allow(&cx, ISSUER, (&request, None)).await.unwrap_err();
            assert!(matches!(denial, Denial::Here(_)), "{denial:?}");
        }
        let to_the_program: [(Change, &str); 5] = [
            (|request| "token".clone_into(&mut request.response_type), "invalid_request"),
            (|request| request.code_challenge.clear(), "invalid_request"),
            (|request| "plain".clone_into(&mut request.code_challenge_method), "invalid_request"),
            (|request| request.code_challenge_method.clear(), "invalid_request"),
            (|request| "openid".clone_into(&mut request.scope), "invalid_scope"),
        ];
        for (change, expected) in to_the_program {
            let mut request = company.request();
            change(&mut request);
            let denial = company.oauth.allow(&cx, ISSUER, (&request, None)).await.unwrap_err();
            let Denial::There(url) = denial else { panic!("{denial:?}") };
            assert_eq!(answered(&url, "error").as_deref(), Some(expected));
            assert_eq!(answered(&url, "state").as_deref(), Some("xyz"));
            assert_eq!(answered(&url, "iss").as_deref(), Some(ISSUER));
            assert_eq!(answered(&url, "code"), None);
        }
        let url = company.oauth.refuse(&cx, ISSUER, &company.request()).await.unwrap();
        assert_eq!(answered(&url, "error").as_deref(), Some("access_denied"));
        let fragment =
            AuthorizationRequest { response_mode: ResponseMode::Fragment, ..company.request() };
        let url = company.oauth.allow(&cx, ISSUER, (&fragment, None)).await.unwrap();
        assert_eq!(url.query(), None);
        assert!(url.fragment().unwrap().starts_with("code=kc_"));
    });
}

#[test]
fn a_program_cannot_take_over_the_device_of_another() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let code = company.code().await;
        let tokens = company.trade(company.shown(&code)).await.unwrap();
        let other = AuthorizationRequest {
            client_id: company.register_other().await,
            redirect_uri: "https://other.example/back".to_owned(),
            ..company.request()
        };
        let denial =
            company.oauth.allow(&company.alice(), ISSUER, (&other, None)).await.unwrap_err();
        let Denial::There(url) = denial else { panic!("{denial:?}") };
        assert_eq!(answered(&url, "error").as_deref(), Some("invalid_scope"));
        // Another person may have a device of the same name.
        let bob = sign_in(&company.identity, &company.stranger(), "bob").await;
        assert!(company.oauth.allow(&bob, ISSUER, (&other, None)).await.is_ok());
        assert!(company.works(&tokens.access_token).await);
        // And the program itself signs in again on its own.
        let code = company.code().await;
        assert!(company.trade(company.shown(&code)).await.is_ok());
        assert!(!company.works(&tokens.access_token).await);
    });
}

#[test]
fn a_closed_account_gets_no_tokens() {
    for_each_backend(async |backend| {
        let company = Company::new(&backend).await;
        let code = company.code().await;
        let alice = company.alice().user().unwrap().to_owned();
        company
            .identity
            .deactivate(&company.stranger().acting_as(kontor_core::Actor::Operator), alice)
            .await
            .unwrap();
        let refused = company.trade(company.shown(&code)).await;
        assert_eq!(refused.unwrap_err(), OAuthCode::InvalidGrant);
    });
}
