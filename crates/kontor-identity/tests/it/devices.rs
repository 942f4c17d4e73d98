//! A person's devices.

use kontor_core::Kind;
use kontor_testdb::for_each_backend;
use ruma::api::client::uiaa::{AuthData, Password};
use ruma::owned_user_id;

use crate::company::{Company, code, device};

fn alices_password() -> AuthData {
    let identifier = owned_user_id!("@alice:firma.example").into();
    AuthData::Password(Password::new(identifier, "correct horse battery".to_owned()))
}

#[test]
fn people_see_and_rename_their_own_devices_only() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        company.hire("bob").await;
        let cx = company.on_device("alice", "A").await;
        let bob = company.on_device("bob", "B").await;
        let identity = &company.identity;
        identity.rename_device(&cx, "A".into(), Some("Büro".to_owned())).await.unwrap();
        let found = identity.device(&cx, "A".into()).await.unwrap();
        assert_eq!(found.display_name.as_deref(), Some("Büro"));
        assert_eq!(identity.device(&bob, "A".into()).await.unwrap_err().kind, Kind::NotFound);
        let renamed = identity.rename_device(&bob, "A".into(), Some("x".to_owned())).await;
        assert_eq!(renamed.unwrap_err().kind, Kind::NotFound);
        identity.rename_device(&cx, "A".into(), None).await.unwrap();
        let overlong = identity.rename_device(&cx, "A".into(), Some("x".repeat(257))).await;
        assert_eq!(code(&overlong.unwrap_err()), Some("M_TOO_LARGE"));
        let found = identity.device(&cx, "A".into()).await.unwrap();
        assert_eq!(found.display_name.as_deref(), Some("Büro"));
    });
}

#[test]
fn devices_go_after_the_password_and_their_tokens_with_them() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let lost = company.login("alice", device("LOST")).await.unwrap();
        company.as_holder(&lost.access_token).await.unwrap();
        let cx = company.on_device("alice", "A").await;
        let identity = &company.identity;
        let ids = || vec!["LOST".into(), "NONE".into(), "LOST".into()];
        let asked = identity.delete_devices(&cx, ids(), None).await.unwrap_err();
        assert_eq!(asked.kind, Kind::Unauthenticated);
        assert!(company.as_holder(&lost.access_token).await.is_ok());
        identity.delete_devices(&cx, ids(), Some(alices_password())).await.unwrap();
        assert!(company.as_holder(&lost.access_token).await.is_err());
        assert_eq!(identity.devices(&cx).await.unwrap().len(), 1);
    });
}

#[test]
fn nobody_deletes_somebody_elses_device() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        company.hire("bob").await;
        let bob = company.login("bob", device("B")).await.unwrap();
        let cx = company.on_device("alice", "A").await;
        company
            .identity
            .delete_devices(&cx, vec!["B".into()], Some(alices_password()))
            .await
            .unwrap();
        assert!(company.as_holder(&bob.access_token).await.is_ok());
    });
}

#[test]
fn signing_out_everywhere_spares_nothing() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let other = company.login("alice", device("OTHER")).await.unwrap();
        let cx = company.on_device("alice", "A").await;
        company.identity.logout_all(&cx).await.unwrap();
        assert!(company.as_holder(&other.access_token).await.is_err());
        assert_eq!(company.identity.devices(&cx).await.unwrap().len(), 0);
    });
}
