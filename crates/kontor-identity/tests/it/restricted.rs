//! Sessions that no second factor has opened: what they are not good for, and how long they last.
//! law

use std::time::Duration;

use kontor_core::{Cx, Kind, Permission, Role, Roles};
use kontor_identity::{Login, NewDevice, NewProof, NewUser, ProofMethod, Registration};
use kontor_policy::{PasswordLogin, Policy, SecondFactor};
use kontor_testdb::for_each_backend;
use ruma::api::client::uiaa::{AuthData, Dummy};

use crate::browser::Browser;
use crate::company::{Company, code, device, field, refreshing, secret};

const MINUTES: Duration = Duration::from_mins(5);
const HALF_A_DAY: Duration = Duration::from_hours(12);

async fn appoint(company: &Company, name: &str) {
    let new = NewUser {
        username: Some(name.to_owned()),
        password: Some(secret("correct horse battery")),
        roles: Roles::of(&[Role::OrgAdmin]),
        ..NewUser::default()
    };
    company.identity.create_user(&company.operator(), new).await.unwrap();
}

#[test]
fn an_app_password_opens_no_office_and_lasts_half_a_day() {
    for_each_backend(async |backend| {
        let policy = Policy { access_token_lifetime: Some(MINUTES), ..Policy::lab() };
        let company = Company::with(&backend, policy).await;
        appoint(&company, "chief").await;
        let session = Browser::open(&company, "chief").await.session().await;
        let made = company.identity.create_app_password(&company.cx(), &session, "Old").await;
        let app = made.unwrap().password;

        let own = company.on_device("chief", "OWN").await;
        own.require(Permission::ManagePeople).unwrap();
        let signed_in = company.try_password("chief", app.expose(), device("OLD")).await.unwrap();
        assert_eq!(signed_in.expires_in, Some(HALF_A_DAY));
        let cx = company.as_holder(&signed_in.access_token).await.unwrap();
        assert!(cx.require(Permission::ManagePeople).is_err());
        // The same device by the password itself, and by the app password again.
        company.on_device("chief", "OLD").await.require(Permission::ManagePeople).unwrap();
        let signed_in = company.try_password("chief", app.expose(), device("OLD")).await.unwrap();
        let cx = company.as_holder(&signed_in.access_token).await.unwrap();
        assert!(cx.require(Permission::ManagePeople).is_err());

        company.pass(HALF_A_DAY);
        let over = company.as_holder(&signed_in.access_token).await.unwrap_err();
        assert_eq!(code(&over), Some("M_UNKNOWN_TOKEN"));
        assert_eq!(field(&over, "soft_logout"), true, "its keys stay");
    });
}

#[test]
fn a_program_that_cannot_refresh_gets_a_token_of_minutes() {
    for_each_backend(async |backend| {
        let policy = Policy { access_token_lifetime: Some(MINUTES), ..Policy::lab() };
        let company = Company::with(&backend, policy).await;
        company.hire("alice").await;
        for device in [device("A"), refreshing("B")] {
            let signed_in = company.login("alice", device).await.unwrap();
            assert_eq!(signed_in.expires_in, Some(MINUTES));
            company.pass(MINUTES);
            let over = company.as_holder(&signed_in.access_token).await.unwrap_err();
            assert_eq!(field(&over, "soft_logout"), true);
        }
    });
}

#[test]
fn where_a_second_factor_is_asked_for_a_password_alone_opens_nothing() {
    for_each_backend(async |backend| {
        let policy = Policy {
            password_login: PasswordLogin::On,
            second_factor: SecondFactor::Everybody,
            ..Policy::lab()
        };
        let company = Company::with(&backend, policy).await;
        company.hire("alice").await;
        let refused = company.login("alice", device("A")).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden);
        let wish = |device| Registration {
            username: Some("bob".to_owned()),
            password: Some(secret("twenty letters are a long password 7")),
            device,
            auth: Some(AuthData::Dummy(Dummy::new())),
        };
        let at_once = company.identity.register(&company.cx(), wish(Some(device("B")))).await;
        assert_eq!(at_once.unwrap_err().kind, Kind::Forbidden);
        let made = company.identity.register(&company.cx(), wish(None)).await.unwrap();
        assert!(made.signed_in.is_none());
    });
}

#[test]
fn a_program_cannot_do_by_password_what_asks_for_the_second_factor() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        appoint(&company, "chief").await;
        let cx = company.on_device("chief", "A").await;
        let proof = || NewProof {
            user_id: alice.clone(),
            method: ProofMethod::Records,
            reason: "Personalakte".to_owned(),
        };
        let asked = company.identity.prove_identity(&cx, proof(), None).await.unwrap_err();
        assert_eq!(asked.kind, Kind::Unauthenticated, "the password will do");
        Browser::open(&company, "chief").await.enrol_totp().await;
        let asked = company.identity.prove_identity(&cx, proof(), None).await.unwrap_err();
        assert_eq!(code(&asked), Some("APP_KONTOR_STEP_UP"));
        assert!(field(&asked, "url").as_str().unwrap().ends_with("/account/confirm"));
    });
}

#[test]
fn an_office_behind_one_address_begins_its_day_and_a_list_of_stolen_passwords_ends() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        let cx = Cx { address: Some([192, 0, 2, 1].into()), ..company.cx() };
        let login = |name: String, password| Login {
            name,
            password: secret(password),
            device: NewDevice::default(),
        };
        for person in 0..20 {
            company.hire(&format!("p{person}")).await;
            for _ in 0..10 {
                let right = login(format!("p{person}"), "correct horse battery");
                company.identity.login(&cx, right).await.unwrap();
            }
        }
        // Each of these was right, and still they were two hundred.
        company.hire("another").await;
        let more = login("another".to_owned(), "correct horse battery");
        let error = company.identity.login(&cx, more).await.unwrap_err();
        assert_eq!(code(&error), Some("M_LIMIT_EXCEEDED"));
    });
}
