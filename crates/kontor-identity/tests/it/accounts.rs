//! Creating, changing and closing accounts.

use kontor_core::{Kind, Role};
use kontor_identity::{NewDevice, NewUser, PasswordReset, SharedSecretRegistration};
use kontor_testdb::for_each_backend;
use ruma::api::client::uiaa::{AuthData, Password};
use ruma::owned_user_id;

use crate::company::{Company, code, device, secret};

fn alices_password(word: &str) -> AuthData {
    let identifier = owned_user_id!("@alice:firma.example").into();
    AuthData::Password(Password::new(identifier, word.to_owned()))
}

#[test]
fn a_name_is_given_once_and_never_again() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let again = || NewUser { username: Some("alice".to_owned()), ..NewUser::default() };
        let error = company.identity.create_user(&company.operator(), again()).await.unwrap_err();
        assert_eq!(code(&error), Some("M_USER_IN_USE"));
        company.identity.deactivate(&company.operator(), alice).await.unwrap();
        let error = company.identity.create_user(&company.operator(), again()).await.unwrap_err();
        assert_eq!(code(&error), Some("M_USER_IN_USE"));
    });
}

#[test]
fn a_login_name_is_given_once_at_a_time_where_ids_are_opaque() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        let erika = company.hire("erika").await;
        let again = NewUser { username: Some("erika".to_owned()), ..NewUser::default() };
        let tried = company.identity.create_user(&company.operator(), again).await;
        assert_eq!(code(&tried.unwrap_err()), Some("M_USER_IN_USE"));
        company.identity.deactivate(&company.operator(), erika.clone()).await.unwrap();
        // Her login name is erased with her account; the successor is somebody else.
        assert_ne!(company.hire("erika").await, erika);
    });
}

#[test]
fn changing_the_password_signs_the_other_devices_out() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let other = company.login("alice", device("OTHER")).await.unwrap();
        let own = company.login("alice", device("OWN")).await.unwrap();
        let cx = company.as_holder(&own.access_token).await.unwrap();
        let identity = &company.identity;
        let new = || secret("battery staple");
        let wrong =
            identity.change_password(&cx, new(), true, Some(alices_password("wrong"))).await;
        assert_eq!(wrong.unwrap_err().kind, Kind::Unauthenticated);
        let auth = Some(alices_password("correct horse battery"));
        identity.change_password(&cx, new(), true, auth).await.unwrap();
        assert!(company.as_holder(&other.access_token).await.is_err());
        assert!(company.as_holder(&own.access_token).await.is_ok());
        assert!(company.login("alice", NewDevice::default()).await.is_err());
        let tried = company.try_password("alice", "battery staple", NewDevice::default()).await;
        assert!(tried.is_ok());
    });
}

#[test]
fn the_operator_resets_a_password() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let old = company.login("alice", device("OLD")).await.unwrap();
        let reset = |user_id, password: &str| PasswordReset {
            user_id,
            password: secret(password),
            sign_out: true,
        };
        let identity = &company.identity;
        identity.reset_password(&company.operator(), reset(alice, "battery staple")).await.unwrap();
        assert!(company.as_holder(&old.access_token).await.is_err());
        let tried = company.try_password("alice", "battery staple", NewDevice::default()).await;
        assert!(tried.is_ok());
        let nobody = owned_user_id!("@nobody:firma.example");
        let error =
            identity.reset_password(&company.operator(), reset(nobody, "x")).await.unwrap_err();
        assert_eq!(error.kind, Kind::NotFound);
    });
}

#[test]
fn a_closed_account_leaves_neither_token_nor_profile_nor_way_back() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let login = company.login("alice", device("A")).await.unwrap();
        let cx = company.as_holder(&login.access_token).await.unwrap();
        let identity = &company.identity;
        let auth = Some(alices_password("correct horse battery"));
        identity.deactivate_own_account(&cx, auth).await.unwrap();
        assert!(company.as_holder(&login.access_token).await.is_err());
        assert!(company.login("alice", NewDevice::default()).await.is_err());
        let profile = identity.profile(&company.cx(), alice.clone()).await;
        assert_eq!(profile.unwrap_err().kind, Kind::NotFound);
        let (cx, person) = (company.cx(), alice.clone());
        let left = company.db.read(&cx, move |tx| kontor_store::profile::list_profile(tx, &person));
        assert!(left.await.unwrap().is_empty());
        let users = identity.list_users(&company.operator(), String::new(), 10).await.unwrap();
        assert!(users.len() == 1 && users[0].deactivated.is_some());
        let again = identity.deactivate(&company.operator(), alice).await.unwrap_err();
        assert_eq!(again.kind, Kind::NotFound);
    });
}

#[test]
fn accounts_are_listed_page_by_page() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        for name in ["carol", "alice", "bob"] {
            company.hire(name).await;
        }
        let cx = company.operator();
        let page = |after: String| company.identity.list_users(&cx, after, 2);
        let names = |users: Vec<kontor_identity::Account>| -> Vec<String> {
            users.iter().map(|user| user.user_id.localpart().to_owned()).collect()
        };
        assert_eq!(names(page(String::new()).await.unwrap()), ["alice", "bob"]);
        assert_eq!(names(page("@bob:firma.example".to_owned()).await.unwrap()), ["carol"]);
    });
}

#[test]
fn the_shared_secret_creates_administrators_once_per_nonce() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let identity = &company.identity;
        let nonce = identity.registration_nonce(&company.cx()).unwrap();
        let wish = |nonce: &str, mac: &str| SharedSecretRegistration {
            nonce: nonce.to_owned(),
            username: "root".to_owned(),
            password: secret("correct horse"),
            display_name: Some("Verwaltung".to_owned()),
            user_type: None,
            admin: true,
            mac: mac.to_owned(),
        };
        let cx = company.cx();
        let error = identity.register_by_shared_secret(&cx, wish("x", "00")).await.unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
        let error = identity.register_by_shared_secret(&cx, wish(&nonce, "00")).await.unwrap_err();
        assert_eq!(error.kind, Kind::Forbidden);
        // The nonce is spent by the failed try.
        let error = identity.register_by_shared_secret(&cx, wish(&nonce, "00")).await.unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
        let nonce = identity.registration_nonce(&cx).unwrap();
        let mac = synapses_mac(&nonce);
        let made = identity.register_by_shared_secret(&cx, wish(&nonce, &mac)).await.unwrap();
        let cx = company.as_holder(&made.access_token).await.unwrap();
        assert!(cx.session().unwrap().roles.has(Role::OrgAdmin));
    });
}

fn synapses_mac(nonce: &str) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"shared");
    let message = format!("{nonce}\0root\0correct horse\0admin");
    let tag = hmac::sign(&key, message.as_bytes());
    tag.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
