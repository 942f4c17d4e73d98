//! Passwords for single programs, and what opens the password login.

use kontor_core::{Kind, Secret};
use kontor_identity::{NewDevice, Purpose};
use kontor_policy::{PasswordLogin, Policy};
use kontor_testdb::{Backend, for_each_backend};
use ruma::api::client::uiaa::{AuthData, MatrixUserIdentifier, Password, UserIdentifier};

use crate::browser::{Browser, PASSWORD};
use crate::company::{Company, device, refreshing, secret};

async fn company(backend: &Backend, password_login: PasswordLogin) -> Company {
    let company = Company::with(backend, Policy { password_login, ..Policy::lab() }).await;
    company.hire("alice").await;
    company
}

async fn app_password(company: &Company, name: &str) -> (String, Secret<String>) {
    let session = Browser::open(company, "alice").await.session().await;
    let made = company.identity.create_app_password(&company.cx(), &session, name).await.unwrap();
    (made.id, made.password)
}

#[test]
fn an_app_password_opens_the_api_until_it_is_removed() {
    for_each_backend(async |backend| {
        let company = company(&backend, PasswordLogin::AppPasswords).await;
        let (id, password) = app_password(&company, "Old phone").await;
        let refused = company.login("alice", device("A")).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden);
        let typed = password.expose().to_uppercase().replace('-', " ");
        let signed_in = company.try_password("alice", &typed, device("A")).await.unwrap();
        let cx = company.as_holder(&signed_in.access_token).await.unwrap();
        let listed = company.identity.app_passwords(&cx).await.unwrap();
        assert_eq!((listed.len(), listed[0].name.as_str()), (1, "Old phone"));
        assert!(listed[0].last_used_day.is_some());
        company.identity.remove_app_password(&cx, id.clone()).await.unwrap();
        let gone = company.identity.remove_app_password(&cx, id).await.unwrap_err();
        assert_eq!(gone.kind, Kind::NotFound);
        assert!(company.try_password("alice", &typed, device("B")).await.is_err());
    });
}

#[test]
fn whoever_signed_in_by_an_app_password_is_out_once_it_is_removed() {
    for_each_backend(async |backend| {
        let company = company(&backend, PasswordLogin::On).await;
        let (old, password) = app_password(&company, "Old phone").await;
        let (_, other) = app_password(&company, "Older phone").await;
        let typed = password.expose();
        let removed = company.try_password("alice", typed, refreshing("A")).await.unwrap();
        let stays = company.try_password("alice", other.expose(), device("B")).await.unwrap();
        // This device comes back by another way, and is none of the app password's any more.
        company.try_password("alice", typed, device("C")).await.unwrap();
        let by_own = company.login("alice", device("C")).await.unwrap();
        let cx = company.as_holder(&stays.access_token).await.unwrap();
        company.identity.remove_app_password(&cx, old).await.unwrap();
        let out = company.as_holder(&removed.access_token).await.unwrap_err();
        assert_eq!(out.kind, Kind::Unauthenticated);
        let refresh = removed.refresh_token.expect("it refreshes");
        assert!(company.identity.refresh(&company.cx(), &refresh, None).await.is_err());
        company.as_holder(&stays.access_token).await.unwrap();
        company.as_holder(&by_own.access_token).await.unwrap();
        // All of them at once, as after the loss of a device.
        let session = Browser::open(&company, "alice").await.session().await;
        company.identity.end_app_passwords(&company.cx(), &session).await.unwrap();
        company.as_holder(&stays.access_token).await.unwrap_err();
        company.as_holder(&by_own.access_token).await.unwrap();
    });
}

#[test]
fn an_app_password_opens_neither_the_pages_nor_somebody_elses_account() {
    for_each_backend(async |backend| {
        let company = company(&backend, PasswordLogin::On).await;
        company.hire("bob").await;
        let (_, password) = app_password(&company, "Old phone").await;
        let cx = company.cx();
        let pages = company.identity.sign_in_with_password(&cx, "alice", password.clone()).await;
        assert_eq!(pages.unwrap_err().kind, Kind::Forbidden);
        assert!(company.try_password("bob", password.expose(), device("B")).await.is_err());
        company.try_password("alice", password.expose(), device("A")).await.unwrap();
        company.login("alice", device("A")).await.unwrap();
    });
}

#[test]
fn whoever_has_a_second_factor_needs_an_app_password_over_the_api() {
    for_each_backend(async |backend| {
        let company = company(&backend, PasswordLogin::On).await;
        Browser::open(&company, "alice").await.enrol_totp().await;
        let refused = company.login("alice", device("A")).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden);
        let mut browser = Browser::open(&company, "alice").await;
        let session = browser.session().await;
        let early = company.identity.create_app_password(&company.cx(), &session, "x").await;
        assert_eq!(early.unwrap_err().kind, Kind::Forbidden);
        let session = {
            company.pass(std::time::Duration::from_mins(1));
            let alice = session.user_id.clone();
            company.identity.reset_second_factors(&company.operator(), alice, None).await.unwrap();
            browser = Browser::open(&company, "alice").await;
            browser.enrol_totp().await;
            browser.session().await
        };
        let made =
            company.identity.create_app_password(&company.cx(), &session, "x").await.unwrap();
        company.try_password("alice", made.password.expose(), device("A")).await.unwrap();
    });
}

#[test]
fn where_the_password_login_is_off_nothing_opens_it() {
    for_each_backend(async |backend| {
        let company = company(&backend, PasswordLogin::Off).await;
        let session = Browser::open(&company, "alice").await.session().await;
        let made = company.identity.create_app_password(&company.cx(), &session, "x").await;
        assert_eq!(made.unwrap_err().kind, Kind::Forbidden);
        let refused = company.login("alice", NewDevice::default()).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden);
        assert!(!company.identity.offers_password_login());
    });
}

#[test]
fn a_program_with_an_app_password_sets_up_its_keys_but_changes_no_password() {
    for_each_backend(async |backend| {
        let company = company(&backend, PasswordLogin::AppPasswords).await;
        let (_, password) = app_password(&company, "Old phone").await;
        let signed_in =
            company.try_password("alice", password.expose(), device("A")).await.unwrap();
        let cx = company.as_holder(&signed_in.access_token).await.unwrap();
        let auth = |password: &Secret<String>| {
            let who = MatrixUserIdentifier::new("alice".to_owned());
            let who = UserIdentifier::Matrix(who);
            Some(AuthData::Password(Password::new(who, password.expose().clone())))
        };
        let ask = async |purpose, password| {
            company.identity.authenticate_interactively(&cx, purpose, auth(password)).await
        };
        ask(Purpose::ReplaceCrossSigningKeys, &password).await.unwrap();
        assert!(ask(Purpose::ChangePassword, &password).await.is_err());
        assert!(ask(Purpose::DeactivateAccount, &password).await.is_err());
        ask(Purpose::ReplaceCrossSigningKeys, &secret(PASSWORD)).await.unwrap();
    });
}
