//! Authenticator apps, recovery codes, and what is asked of whom. law

use std::time::Duration;

use kontor_core::{Kind, Result, Roles};
use kontor_identity::{BrowserSignIn, NewUser, Stage};
use kontor_policy::{Policy, SecondFactor};
use kontor_testdb::{Backend, for_each_backend};

use crate::authenticator::Authenticator;
use crate::browser::{Browser, PASSWORD};
use crate::company::{Company, code, secret};
use crate::one_time_code::{app_code, decoded};

const STEP: Duration = Duration::from_secs(30);

async fn company(backend: &Backend, second_factor: SecondFactor) -> Company {
    Company::with(backend, Policy { second_factor, ..Policy::lab() }).await
}

async fn recover(browser: &Browser<'_>, code: &str) -> Result<BrowserSignIn> {
    let (session, cx) = (browser.session().await, browser.company.cx());
    browser.company.identity.confirm_with_recovery_code(&cx, &session, code).await
}

#[test]
fn whoever_must_have_a_second_factor_sets_up_an_app_and_is_in() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Everybody).await;
        company.hire("alice").await;
        let mut browser = Browser::open(&company, "alice").await;
        assert_eq!(browser.stage, Stage::MustEnrol);
        let before = browser.session().await;
        let begun = company.identity.begin_totp(&company.cx(), &before).await.unwrap();
        let uri = begun.uri.expose();
        assert!(uri.starts_with("otpauth://totp/firma.example:alice?secret="), "{uri}");
        browser.enrol_totp().await;
        assert_eq!(browser.stage, Stage::Complete);
        let session = browser.session().await;
        let factors = company.identity.second_factors(&company.cx(), &session).await.unwrap();
        assert_eq!(factors.totp, Some(company.cx().now));
        // The cookie before the set-up opens nothing any more, not even another set-up.
        let stale = company.identity.begin_totp(&company.cx(), &before).await.unwrap();
        let code = app_code(&decoded(stale.secret.expose()), company.cx().now);
        let finish = (stale.ceremony.as_str(), code.as_str());
        let refused = company.identity.finish_totp(&company.cx(), &before, finish).await;
        assert_eq!(refused.unwrap_err().kind, Kind::Forbidden);
    });
}

#[test]
fn a_code_is_asked_for_after_the_password_and_never_accepted_twice() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Everybody).await;
        company.hire("alice").await;
        let app = Browser::open(&company, "alice").await.enrol_totp().await;
        let mut browser = Browser::open(&company, "alice").await;
        assert_eq!(browser.stage, Stage::NeedsSecondFactor);
        let code = app_code(&app, company.cx().now);
        // The code that finished the set-up is used up.
        assert_eq!(browser.show_code(&code).await.unwrap_err().kind, Kind::Forbidden);
        company.pass(STEP);
        let code = app_code(&app, company.cx().now);
        let mut other = Browser::open(&company, "alice").await;
        assert_eq!(browser.show_code(&code).await.unwrap(), Stage::Complete);
        assert_eq!(other.show_code(&code).await.unwrap_err().kind, Kind::Forbidden);
        assert_eq!(other.session().await.stage, Stage::NeedsSecondFactor);
    });
}

#[test]
fn whoever_has_shown_the_password_alone_can_not_set_up_another_factor() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Everybody).await;
        company.hire("alice").await;
        Browser::open(&company, "alice").await.enrol_totp().await;
        let mut thief = Browser::open(&company, "alice").await;
        let session = thief.session().await;
        let cx = company.cx();
        assert_eq!(
            company.identity.begin_totp(&cx, &session).await.unwrap_err().kind,
            Kind::Forbidden
        );
        let refused = thief.enrol_passkey(&mut Authenticator::new(1)).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden);
        let codes = company.identity.new_recovery_codes(&cx, &session).await;
        assert_eq!(codes.unwrap_err().kind, Kind::Forbidden);
        assert!(company.identity.remove_totp(&cx, &session).await.is_err());
    });
}

#[test]
fn guessing_codes_is_slowed_down_whatever_the_password_does() {
    for_each_backend(async |backend| {
        let policy = Policy {
            rate_limits: None,
            password_min_length: 1,
            readable_user_ids: true,
            ..Policy::strict()
        };
        let company = Company::with(&backend, policy).await;
        company.hire("alice").await;
        let app = Browser::open(&company, "alice").await.enrol_totp().await;
        company.pass(STEP);
        for _ in 0..10 {
            let mut thief = Browser::open(&company, "alice").await;
            let error = thief.show_code("000000").await.unwrap_err();
            assert_eq!(error.kind, Kind::Forbidden);
        }
        let mut thief = Browser::open(&company, "alice").await;
        let code = app_code(&app, company.cx().now);
        let error = thief.show_code(&code).await.unwrap_err();
        assert_eq!(error.kind, Kind::Limited);
        assert!(error.fields.contains_key("retry_after_ms"));
        company.pass(Duration::from_mins(2));
        let code = app_code(&app, company.cx().now);
        assert_eq!(thief.show_code(&code).await.unwrap(), Stage::Complete);
    });
}

#[test]
fn each_recovery_code_is_good_once_and_new_ones_void_the_old() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Everybody).await;
        company.hire("alice").await;
        let mut browser = Browser::open(&company, "alice").await;
        browser.enrol_totp().await;
        let session = browser.session().await;
        let cx = company.cx();
        let old = company.identity.new_recovery_codes(&cx, &session).await.unwrap();
        let codes = company.identity.new_recovery_codes(&cx, &session).await.unwrap();
        assert_eq!(codes.len(), 10);
        let mut lost = Browser::open(&company, "alice").await;
        assert!(recover(&lost, old[0].expose()).await.is_err());
        let typed = codes[0].expose().to_uppercase().replace('-', " ");
        let recovered = recover(&lost, &typed).await;
        assert_eq!(lost.take(recovered).unwrap(), Stage::Complete);
        let again = Browser::open(&company, "alice").await;
        assert_eq!(recover(&again, &typed).await.unwrap_err().kind, Kind::Forbidden);
        let factors = company.identity.second_factors(&cx, &lost.session().await).await.unwrap();
        assert_eq!(factors.recovery_codes_left, 9);
    });
}

#[test]
fn factors_change_only_shortly_after_proving_who_one_is() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Optional).await;
        company.hire("alice").await;
        let mut browser = Browser::open(&company, "alice").await;
        let app = browser.enrol_totp().await;
        company.pass(Duration::from_mins(6));
        let session = browser.session().await;
        let error = company.identity.remove_totp(&company.cx(), &session).await.unwrap_err();
        assert_eq!(code(&error), Some("APP_KONTOR_STEP_UP"));
        let code = app_code(&app, company.cx().now);
        browser.show_code(&code).await.unwrap();
        let session = browser.session().await;
        company.identity.new_recovery_codes(&company.cx(), &session).await.unwrap();
        company.identity.remove_totp(&company.cx(), &session).await.unwrap();
        let factors = company.identity.second_factors(&company.cx(), &session).await.unwrap();
        assert_eq!((factors.totp, factors.recovery_codes_left), (None, 0));
        let gone = company.identity.remove_totp(&company.cx(), &session).await.unwrap_err();
        assert_eq!(gone.kind, Kind::NotFound);
        assert_eq!(Browser::open(&company, "alice").await.stage, Stage::Complete);
    });
}

#[test]
fn the_last_factor_stays_where_one_is_needed() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Everybody).await;
        company.hire("alice").await;
        let mut browser = Browser::open(&company, "alice").await;
        browser.enrol_totp().await;
        let session = browser.session().await;
        let error = company.identity.remove_totp(&company.cx(), &session).await.unwrap_err();
        assert_eq!(error.kind, Kind::Forbidden);
        browser.enrol_passkey(&mut Authenticator::new(1)).await.unwrap();
        let session = browser.session().await;
        company.identity.remove_totp(&company.cx(), &session).await.unwrap();
    });
}

#[test]
fn an_administrator_needs_a_passkey() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Administrators).await;
        let new = NewUser {
            username: Some("root".to_owned()),
            password: Some(secret(PASSWORD)),
            roles: Roles::ADMINISTRATOR,
            ..NewUser::default()
        };
        company.identity.create_user(&company.operator(), new).await.unwrap();
        let mut browser = Browser::open(&company, "root").await;
        let app = browser.enrol_totp().await;
        assert_eq!(browser.stage, Stage::MustEnrol);
        let mut key = Authenticator::new(1);
        assert_eq!(browser.enrol_passkey(&mut key).await.unwrap(), Stage::Complete);
        company.pass(STEP);
        let mut next = Browser::open(&company, "root").await;
        let code = app_code(&app, company.cx().now);
        assert_eq!(next.show_code(&code).await.unwrap_err().kind, Kind::Forbidden);
        assert_eq!(next.show_passkey(&mut key).await.unwrap(), Stage::Complete);
        let (session, cx) = (next.session().await, company.cx());
        let step_up = company.identity.confirm_with_password(&cx, &session, secret(PASSWORD)).await;
        assert_eq!(step_up.unwrap_err().kind, Kind::Forbidden);
    });
}

#[test]
fn whoever_has_lost_everything_starts_anew() {
    for_each_backend(async |backend| {
        let company = company(&backend, SecondFactor::Everybody).await;
        let alice = company.hire("alice").await;
        let mut browser = Browser::open(&company, "alice").await;
        browser.enrol_totp().await;
        company.identity.reset_second_factors(&company.operator(), alice, None).await.unwrap();
        let cookie = browser.cookie.expose();
        assert!(company.identity.browser_session(&company.cx(), cookie).await.unwrap().is_none());
        assert_eq!(Browser::open(&company, "alice").await.stage, Stage::MustEnrol);
    });
}
