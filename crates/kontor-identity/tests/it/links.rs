//! Invitations and links to a new password.

use std::time::Duration;

use kontor_core::{Cx, Kind, Result};
use kontor_identity::{
    Acceptance, BrowserSignIn, MadeLink, Method, NewDevice, NewInvitation, Stage,
};
use kontor_policy::Policy;
use kontor_store::accepted_notice;
use kontor_testdb::for_each_backend;

use crate::authenticator::Authenticator;
use crate::browser::Browser;
use crate::company::{Company, code, field, secret};

fn answer(password: Option<&str>) -> Acceptance {
    Acceptance {
        password: password.map(secret),
        notice_version: "2026-11".to_owned(),
        ..Acceptance::default()
    }
}

async fn invite(company: &Company, username: &str) -> MadeLink {
    let new = NewInvitation {
        display_name: Some("Erika Muster".to_owned()),
        username: Some(username.to_owned()),
        ..NewInvitation::default()
    };
    company.identity.create_invitation(&company.operator(), new).await.unwrap()
}

async fn accept(company: &Company, link: &MadeLink, answer: Acceptance) -> Result<BrowserSignIn> {
    company.identity.accept_invitation(&company.cx(), link.token.expose(), answer).await
}

#[test]
fn an_invited_person_takes_her_account_with_a_password() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let link = invite(&company, "erika").await;
        let seen = company.identity.look_at_invitation(&company.cx(), link.token.expose()).await;
        let seen = seen.unwrap().unwrap();
        assert_eq!(seen.display_name.as_deref(), Some("Erika Muster"));
        assert_eq!((seen.username.as_deref(), seen.guest), (Some("erika"), false));
        let signed_in = accept(&company, &link, answer(Some("a horse of course"))).await.unwrap();
        assert_eq!(signed_in.stage, Stage::Complete);
        let user = signed_in.user_id.clone();
        assert_eq!(user, "@erika:firma.example");
        let profile = company.identity.profile(&company.operator(), user.clone()).await.unwrap();
        assert_eq!(profile["displayname"], "Erika Muster");
        let cx = company.cx();
        let accepted =
            company.db.read(&cx, move |tx| accepted_notice::list_accepted_notices(tx, &user)).await;
        assert_eq!(accepted.unwrap(), [("2026-11".to_owned(), cx.now)]);
        company.try_password("erika", "a horse of course", NewDevice::default()).await.unwrap();
        let again = accept(&company, &link, answer(Some("x"))).await.unwrap_err();
        assert_eq!(again.kind, Kind::Gone);
    });
}

#[test]
fn an_invited_person_takes_her_account_with_a_passkey_alone() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let link = invite(&company, "erika").await;
        let signed_in = accept(&company, &link, answer(None)).await.unwrap();
        assert_eq!(signed_in.stage, Stage::MustEnrol);
        let mut browser = Browser::with(&company, signed_in);
        let mut key = Authenticator::new(1);
        assert_eq!(browser.enrol_passkey(&mut key).await.unwrap(), Stage::Complete);
        assert!(browser.session().await.methods.contains(Method::Link));
    });
}

#[test]
fn a_bad_answer_names_the_field_and_leaves_the_invitation_open() {
    for_each_backend(async |backend| {
        let policy = Policy { readable_user_ids: true, rate_limits: None, ..Policy::strict() };
        let company = Company::with(&backend, policy).await;
        company.hire("taken").await;
        let link = invite(&company, "erika").await;
        let good = answer(Some("correct horse battery"));
        let cases = [
            (
                "username",
                "M_USER_IN_USE",
                Acceptance { username: Some("taken".into()), ..good.clone() },
            ),
            (
                "username",
                "M_INVALID_USERNAME",
                Acceptance { username: Some("A b".into()), ..good.clone() },
            ),
            ("password", "M_WEAK_PASSWORD", answer(Some("short"))),
            (
                "notice_version",
                "M_MISSING_PARAM",
                Acceptance { notice_version: " ".into(), ..good.clone() },
            ),
            (
                "display_name",
                "M_INVALID_PARAM",
                Acceptance { display_name: Some("a\0".into()), ..good.clone() },
            ),
        ];
        for (name, expected, bad) in cases {
            let error = accept(&company, &link, bad).await.unwrap_err();
            assert_eq!((field(&error, "field"), code(&error)), (&name.into(), Some(expected)));
        }
        accept(&company, &link, good).await.unwrap();
    });
}

#[test]
fn invitations_end_and_are_taken_back() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let (late, back) = (invite(&company, "late").await, invite(&company, "back").await);
        let operator = company.operator();
        let listed = company.identity.links(&operator).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0].display_name.as_deref(), Some("Erika Muster"));
        company.identity.take_link_back(&operator, back.id.clone()).await.unwrap();
        let gone = company.identity.take_link_back(&operator, back.id.clone()).await.unwrap_err();
        assert_eq!(gone.kind, Kind::NotFound);
        assert!(accept(&company, &back, answer(Some("x"))).await.is_err());
        company.pass(Duration::from_hours(7 * 24));
        assert!(accept(&company, &late, answer(Some("x"))).await.is_err());
        assert!(company.identity.links(&company.operator()).await.unwrap().is_empty());
    });
}

#[test]
fn only_who_may_manage_people_makes_links() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let cx: Cx = company.on_device("alice", "A").await;
        let identity = &company.identity;
        let refused = [
            identity.create_invitation(&cx, NewInvitation::default()).await.err(),
            identity.create_reset_link(&cx, alice, None).await.err(),
            identity.links(&cx).await.err(),
            identity.take_link_back(&cx, String::new()).await.err(),
        ];
        for error in refused {
            assert_eq!(error.unwrap().kind, Kind::Forbidden);
        }
    });
}

#[test]
fn a_reset_link_sets_a_password_once_and_the_second_factor_is_still_asked_for() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let mut old = Browser::open(&company, "alice").await;
        old.enrol_totp().await;
        let operator = company.operator();
        let void =
            company.identity.create_reset_link(&operator, alice.clone(), None).await.unwrap();
        let link =
            company.identity.create_reset_link(&operator, alice.clone(), None).await.unwrap();
        let use_link = async |link: &MadeLink| {
            let new = secret("a new horse battery");
            company.identity.use_reset_link(&company.cx(), link.token.expose(), new).await
        };
        assert_eq!(use_link(&void).await.unwrap_err().kind, Kind::Gone);
        let token = link.token.expose();
        let whose = company.identity.look_at_reset_link(&company.cx(), token).await.unwrap();
        assert_eq!(whose.unwrap().0, "alice");
        assert!(company.identity.look_at_invitation(&company.cx(), token).await.unwrap().is_none());
        assert_eq!(use_link(&link).await.unwrap().stage, Stage::NeedsSecondFactor);
        assert_eq!(use_link(&link).await.unwrap_err().kind, Kind::Gone);
        let cookie = old.cookie.expose();
        assert!(company.identity.browser_session(&company.cx(), cookie).await.unwrap().is_none());
        let cx = company.cx();
        let new = secret("a new horse battery");
        company.identity.sign_in_with_password(&cx, "alice", new).await.unwrap();
    });
}

#[test]
fn a_reset_link_ends_after_a_day() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let link =
            company.identity.create_reset_link(&company.operator(), alice, None).await.unwrap();
        company.pass(Duration::from_hours(24));
        let used = company
            .identity
            .use_reset_link(&company.cx(), link.token.expose(), secret("a new horse"))
            .await;
        assert_eq!(used.unwrap_err().kind, Kind::Gone);
    });
}
