//! Refreshing tokens.

use std::time::Duration;

use kontor_policy::Policy;
use kontor_testdb::for_each_backend;
use serde_json::json;

use crate::company::{Company, code, device, field, refreshing, strict_with_passwords};

const FIVE_MINUTES: Duration = Duration::from_mins(5);

fn policy() -> Policy {
    Policy { rate_limits: None, ..strict_with_passwords() }
}

#[test]
fn tokens_are_short_whether_a_client_refreshes_or_signs_in_again() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, policy()).await;
        company.hire("alice").await;
        let short = company.login("alice", refreshing("PHONE")).await.unwrap();
        assert_eq!(short.expires_in, Some(FIVE_MINUTES));
        let old = company.login("alice", device("OLD")).await.unwrap();
        assert_eq!(old.expires_in, Some(FIVE_MINUTES));
        assert!(short.refresh_token.is_some() && old.refresh_token.is_none());
        company.as_holder(&short.access_token).await.unwrap();
        company.pass(FIVE_MINUTES);
        for token in [&short.access_token, &old.access_token] {
            let error = company.as_holder(token).await.unwrap_err();
            assert_eq!(code(&error), Some("M_UNKNOWN_TOKEN"));
            assert_eq!(field(&error, "soft_logout"), &json!(true));
        }
    });
}

#[test]
fn using_new_tokens_spends_the_old_ones() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, policy()).await;
        company.hire("alice").await;
        let old = company.login("alice", refreshing("PHONE")).await.unwrap();
        company.as_holder(&old.access_token).await.unwrap();
        let refresh = old.refresh_token.unwrap();
        let new = company.identity.refresh(&company.cx(), &refresh, None).await.unwrap();
        // Nobody has used the new ones: requests under way with the old one still pass.
        company.as_holder(&old.access_token).await.unwrap();
        company.as_holder(&new.access_token).await.unwrap();
        // Spent in the background: any later write comes after it.
        company.hire("bob").await;
        let error = company.as_holder(&old.access_token).await.unwrap_err();
        assert_eq!(field(&error, "soft_logout"), &json!(true));
    });
}

#[test]
fn an_answer_that_got_lost_can_be_asked_again() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, policy()).await;
        company.hire("alice").await;
        let login = company.login("alice", refreshing("PHONE")).await.unwrap();
        let refresh = login.refresh_token.unwrap();
        let lost = company.identity.refresh(&company.cx(), &refresh, None).await.unwrap();
        let got = company.identity.refresh(&company.cx(), &refresh, None).await.unwrap();
        company.as_holder(&got.access_token).await.unwrap();
        assert!(company.as_holder(&lost.access_token).await.is_err());
        let next = got.refresh_token.unwrap();
        assert!(company.identity.refresh(&company.cx(), &next, None).await.is_ok());
    });
}

#[test]
fn a_spent_refresh_token_ends_the_sign_in_but_not_the_device() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, policy()).await;
        company.hire("alice").await;
        let stolen = company.login("alice", refreshing("PHONE")).await.unwrap().refresh_token;
        let stolen = stolen.unwrap();
        let honest = company.identity.refresh(&company.cx(), &stolen, None).await.unwrap();
        let refresh = honest.refresh_token.unwrap();
        let honest = company.identity.refresh(&company.cx(), &refresh, None).await.unwrap();
        let cx = company.as_holder(&honest.access_token).await.unwrap();
        // The thief comes.
        let error = company.identity.refresh(&company.cx(), &stolen, None).await.unwrap_err();
        assert_eq!(code(&error), Some("M_UNKNOWN_TOKEN"));
        // Neither goes on; the honest one signs in again and keeps the keys.
        let error = company.as_holder(&honest.access_token).await.unwrap_err();
        assert_eq!(field(&error, "soft_logout"), &json!(true));
        for token in [stolen, honest.refresh_token.unwrap()] {
            let error = company.identity.refresh(&company.cx(), &token, None).await.unwrap_err();
            assert_eq!(field(&error, "soft_logout"), &json!(true));
        }
        assert_eq!(company.identity.devices(&cx).await.unwrap().len(), 1);
        let again = company.login("alice", refreshing("PHONE")).await.unwrap();
        assert!(company.as_holder(&again.access_token).await.is_ok());
    });
}

#[test]
fn a_sign_in_ends_after_its_lifetime_however_often_refreshed() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, policy()).await;
        company.hire("alice").await;
        let login = company.login("alice", refreshing("PHONE")).await.unwrap();
        company.pass(Duration::from_mins(30 * 24 * 60 - 1));
        let refresh = login.refresh_token.unwrap();
        let last = company.identity.refresh(&company.cx(), &refresh, None).await.unwrap();
        assert_eq!(last.expires_in, Some(Duration::from_mins(1)));
        company.pass(Duration::from_mins(1));
        let refresh = last.refresh_token.unwrap();
        let error = company.identity.refresh(&company.cx(), &refresh, None).await.unwrap_err();
        assert_eq!(field(&error, "soft_logout"), &json!(true));
    });
}

#[test]
fn refresh_tokens_of_a_device_that_signed_out_are_unknown() {
    for_each_backend(async |backend| {
        let company = Company::with(&backend, policy()).await;
        company.hire("alice").await;
        let login = company.login("alice", refreshing("PHONE")).await.unwrap();
        let cx = company.as_holder(&login.access_token).await.unwrap();
        company.identity.logout(&cx).await.unwrap();
        for token in [login.refresh_token.unwrap().as_str(), "", "kr_x", &login.access_token] {
            let error = company.identity.refresh(&company.cx(), token, None).await.unwrap_err();
            assert_eq!(code(&error), Some("M_UNKNOWN_TOKEN"));
            assert_eq!(field(&error, "soft_logout"), &json!(false));
        }
    });
}
