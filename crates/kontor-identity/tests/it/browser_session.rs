//! Being signed in with a browser. law: R-044 … R-046

use std::time::Duration;

use kontor_core::{Kind, Roles};
use kontor_identity::{BrowserSession, BrowserSignIn, Method, NewDevice, NewUser, Stage};
use kontor_policy::{Policy, SecondFactor};
use kontor_testdb::for_each_backend;

use crate::company::{Company, secret};

const MINUTE: Duration = Duration::from_mins(1);

async fn sign_in(company: &Company, name: &str) -> BrowserSignIn {
    let password = secret("correct horse battery");
    company.identity.sign_in_with_password(&company.cx(), name, password).await.unwrap()
}

async fn held(company: &Company, signed_in: &BrowserSignIn) -> Option<BrowserSession> {
    let cookie = signed_in.secret.expose();
    company.identity.browser_session(&company.cx(), cookie).await.unwrap()
}

#[test]
fn a_cookie_works_until_its_browser_signs_out() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let signed_in = sign_in(&company, "alice").await;
        assert_eq!((signed_in.stage, &signed_in.user_id), (Stage::Complete, &alice));
        let session = held(&company, &signed_in).await.unwrap();
        assert_eq!(session.user_id, alice);
        assert!(session.methods.contains(Method::Password) && session.roles == Roles::USER);
        assert_eq!(session.acting(&company.cx()).unwrap().user().unwrap(), alice);
        company.identity.end_browser_session(&company.cx(), &session).await.unwrap();
        assert!(held(&company, &signed_in).await.is_none());
        for stranger in ["", "kb_", session.form_token.as_str()] {
            let none = company.identity.browser_session(&company.cx(), stranger).await.unwrap();
            assert!(none.is_none(), "{stranger}");
        }
    });
}

#[test]
fn an_unused_browser_is_signed_out_after_an_hour_and_every_one_after_twelve() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let idle = sign_in(&company, "alice").await;
        company.pass(59 * MINUTE);
        assert!(held(&company, &idle).await.is_some());
        company.pass(62 * MINUTE);
        assert!(held(&company, &idle).await.is_none());
        let busy = sign_in(&company, "alice").await;
        for _ in 0..14 {
            company.pass(50 * MINUTE);
            assert!(held(&company, &busy).await.is_some());
        }
        company.pass(20 * MINUTE);
        assert!(held(&company, &busy).await.is_none());
    });
}

#[test]
fn an_administrator_is_signed_out_sooner() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let new = NewUser {
            username: Some("root".to_owned()),
            password: Some(secret("correct horse battery")),
            roles: Roles::ADMINISTRATOR,
            ..NewUser::default()
        };
        company.identity.create_user(&company.operator(), new).await.unwrap();
        let idle = sign_in(&company, "root").await;
        company.pass(17 * MINUTE);
        assert!(held(&company, &idle).await.is_none());
        let busy = sign_in(&company, "root").await;
        for _ in 0..47 {
            company.pass(10 * MINUTE);
            assert!(held(&company, &busy).await.is_some());
        }
        company.pass(10 * MINUTE);
        assert!(held(&company, &busy).await.is_none());
    });
}

#[test]
fn proving_oneself_again_replaces_the_cookie_and_is_recent_for_five_minutes() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let first = sign_in(&company, "alice").await;
        company.pass(5 * MINUTE);
        let session = held(&company, &first).await.unwrap();
        assert!(!session.is_recent(company.cx().now));
        let cx = company.cx();
        let wrong = company.identity.confirm_with_password(&cx, &session, secret("wrong")).await;
        assert_eq!(wrong.unwrap_err().kind, Kind::Forbidden);
        let right = secret("correct horse battery");
        let second =
            company.identity.confirm_with_password(&cx, &session, right.clone()).await.unwrap();
        assert!(held(&company, &first).await.is_none());
        let again = held(&company, &second).await.unwrap();
        assert!(again.is_recent(cx.now) && again.id == session.id);
        assert!(again.form_token != session.form_token);
        let stale = company.identity.confirm_with_password(&cx, &session, right).await;
        assert_eq!(stale.unwrap_err().kind, Kind::Forbidden);
    });
}

#[test]
fn a_form_is_accepted_with_the_token_of_its_own_session_only() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let one = held(&company, &sign_in(&company, "alice").await).await.unwrap();
        let other = held(&company, &sign_in(&company, "alice").await).await.unwrap();
        assert!(one.accepts_form(&one.form_token));
        for wrong in [other.form_token.as_str(), "", "x"] {
            assert!(!one.accepts_form(wrong), "{wrong}");
        }
    });
}

#[test]
fn people_see_their_browsers_and_sign_them_out() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        company.hire("bob").await;
        let bob = held(&company, &sign_in(&company, "bob").await).await.unwrap();
        let mut mine = Vec::new();
        for _ in 0..3 {
            mine.push(sign_in(&company, "alice").await);
        }
        let session = held(&company, &mine[0]).await.unwrap();
        let cx = session.acting(&company.cx()).unwrap();
        let listed = company.identity.browser_sessions(&cx).await.unwrap();
        assert_eq!(listed.len(), 3);
        let second = held(&company, &mine[1]).await.unwrap();
        company.identity.end_named_browser_session(&cx, second.id.clone()).await.unwrap();
        assert!(held(&company, &mine[1]).await.is_none());
        for id in [second.id, bob.id.clone()] {
            let error = company.identity.end_named_browser_session(&cx, id).await.unwrap_err();
            assert_eq!(error.kind, Kind::NotFound);
        }
        assert_eq!(company.identity.end_other_browser_sessions(&cx, &session).await.unwrap(), 1);
        assert!(held(&company, &mine[2]).await.is_none());
        assert!(held(&company, &mine[0]).await.is_some());
        let bob_cx = bob.acting(&company.cx()).unwrap();
        assert_eq!(company.identity.browser_sessions(&bob_cx).await.unwrap().len(), 1);
    });
}

#[test]
fn what_ends_a_persons_sign_ins_ends_her_browsers_too() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let browser = sign_in(&company, "alice").await;
        let phone = company.on_device("alice", "PHONE").await;
        company.identity.logout_all(&phone).await.unwrap();
        assert!(held(&company, &browser).await.is_none());
        let browser = sign_in(&company, "alice").await;
        let reset = kontor_identity::PasswordReset {
            user_id: alice.clone(),
            password: secret("correct horse battery"),
            sign_out: false,
        };
        company.identity.reset_password(&company.operator(), reset).await.unwrap();
        assert!(held(&company, &browser).await.is_none());
        let browser = sign_in(&company, "alice").await;
        company.identity.deactivate(&company.operator(), alice).await.unwrap();
        assert!(held(&company, &browser).await.is_none());
    });
}

#[test]
fn a_new_password_keeps_this_browser_alone_signed_in() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let other = sign_in(&company, "alice").await;
        let phone = company.login("alice", NewDevice::default()).await.unwrap();
        let mine = sign_in(&company, "alice").await;
        let session = held(&company, &mine).await.unwrap();
        let change = async |old: &str, sign_out| {
            let passwords = (secret(old), secret("another horse battery"));
            let cx = company.cx();
            company.identity.change_password_in_browser(&cx, &session, passwords, sign_out).await
        };
        assert_eq!(change("wrong", false).await.unwrap_err().kind, Kind::Forbidden);
        let renewed = change("correct horse battery", true).await.unwrap();
        assert!(held(&company, &mine).await.is_none() && held(&company, &other).await.is_none());
        assert!(held(&company, &renewed).await.is_some());
        assert!(company.as_holder(&phone.access_token).await.is_err());
        assert!(company.login("alice", NewDevice::default()).await.is_err());
    });
}

#[test]
fn where_a_second_factor_is_asked_for_a_password_opens_nothing_but_its_set_up() {
    for_each_backend(async |backend| {
        let policy = Policy { second_factor: SecondFactor::Everybody, ..Policy::lab() };
        let company = Company::with(&backend, policy).await;
        company.hire("alice").await;
        let signed_in = sign_in(&company, "alice").await;
        assert_eq!(signed_in.stage, Stage::MustEnrol);
        let session = held(&company, &signed_in).await.unwrap();
        assert_eq!(session.acting(&company.cx()).unwrap_err().kind, Kind::Forbidden);
    });
}
