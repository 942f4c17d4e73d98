//! Passkeys, with an authenticator in software. law: R-042

use std::time::Duration;

use kontor_core::{Kind, Result};
use kontor_identity::{BrowserSignIn, Method, Stage};
use kontor_policy::{Policy, SecondFactor};
use kontor_testdb::for_each_backend;

use crate::authenticator::Authenticator;
use crate::browser::Browser;
use crate::company::Company;

async fn sign_in(company: &Company, key: &mut Authenticator) -> Result<BrowserSignIn> {
    let cx = company.cx();
    let asked = company.identity.begin_passkey_sign_in(&cx)?;
    let answer = key.get(&asked.options);
    company.identity.finish_passkey_sign_in(&cx, &asked.ceremony, answer).await
}

#[test]
fn a_passkey_signs_in_without_name_or_password() {
    for_each_backend(async |backend| {
        let policy = Policy { second_factor: SecondFactor::Passkey, ..Policy::lab() };
        let company = Company::with(&backend, policy).await;
        let alice = company.hire("alice").await;
        let mut key = Authenticator::new(1);
        let mut first = Browser::open(&company, "alice").await;
        assert_eq!(first.enrol_passkey(&mut key).await.unwrap(), Stage::Complete);
        company.pass(Duration::from_hours(30));
        let signed_in = sign_in(&company, &mut key).await.unwrap();
        assert_eq!((&signed_in.user_id, signed_in.stage), (&alice, Stage::Complete));
        let browser = Browser::with(&company, signed_in);
        let session = browser.session().await;
        assert!(session.methods.contains(Method::Passkey));
        let factors = company.identity.second_factors(&company.cx(), &session).await.unwrap();
        assert_eq!(factors.passkeys.len(), 1);
        assert!(factors.passkeys[0].last_used_day.unwrap() > factors.passkeys[0].created);
    });
}

#[test]
fn a_browser_is_asked_for_a_passkey_it_finds_by_itself() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let browser = Browser::open(&company, "alice").await;
        let session = browser.session().await;
        let asked = company.identity.begin_passkey(&company.cx(), &session).await.unwrap();
        let options = &asked.options["publicKey"];
        assert_eq!(options["rp"]["id"], "firma.example");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert!(!options["user"]["id"].as_str().unwrap().contains("alice"));
        let asked = company.identity.begin_passkey_sign_in(&company.cx()).unwrap();
        assert_eq!(asked.options["publicKey"]["userVerification"], "required");
        assert!(
            asked.options["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty)
        );
    });
}

#[test]
fn an_answer_is_good_once_for_five_minutes_and_for_its_own_question() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let mut key = Authenticator::new(1);
        Browser::open(&company, "alice").await.enrol_passkey(&mut key).await.unwrap();
        let (identity, cx) = (&company.identity, company.cx());
        let asked = identity.begin_passkey_sign_in(&cx).unwrap();
        let other = identity.begin_passkey_sign_in(&cx).unwrap();
        let answer = key.get(&asked.options);
        let crossed = identity.finish_passkey_sign_in(&cx, &other.ceremony, answer.clone()).await;
        assert_eq!(crossed.unwrap_err().kind, Kind::Forbidden);
        identity.finish_passkey_sign_in(&cx, &asked.ceremony, answer.clone()).await.unwrap();
        let replayed = identity.finish_passkey_sign_in(&cx, &asked.ceremony, answer).await;
        assert_eq!(replayed.unwrap_err().kind, Kind::Invalid);
        let late = identity.begin_passkey_sign_in(&cx).unwrap();
        let answer = key.get(&late.options);
        company.pass(Duration::from_mins(5));
        let late = identity.finish_passkey_sign_in(&company.cx(), &late.ceremony, answer).await;
        assert_eq!(late.unwrap_err().kind, Kind::Invalid);
    });
}

#[test]
fn a_copied_a_foreign_and_an_unverified_passkey_are_refused() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let mut key = Authenticator::new(1);
        Browser::open(&company, "alice").await.enrol_passkey(&mut key).await.unwrap();
        sign_in(&company, &mut key).await.unwrap();
        // Its counter is behind: somebody else has used a copy.
        key.counter -= 1;
        assert_eq!(sign_in(&company, &mut key).await.unwrap_err().kind, Kind::Forbidden);
        key.counter += 10;
        key.verifies = false;
        assert_eq!(sign_in(&company, &mut key).await.unwrap_err().kind, Kind::Forbidden);
        key.verifies = true;
        key.origin = "https://firma.example.evil.example";
        assert_eq!(sign_in(&company, &mut key).await.unwrap_err().kind, Kind::Forbidden);
        key.origin = "https://firma.example";
        sign_in(&company, &mut key).await.unwrap();
        let mut stranger = Authenticator::new(2);
        assert_eq!(sign_in(&company, &mut stranger).await.unwrap_err().kind, Kind::Forbidden);
        // Another key that claims to be the known one.
        let mut forged = Authenticator::new(1);
        assert_eq!(sign_in(&company, &mut forged).await.unwrap_err().kind, Kind::Forbidden);
    });
}

#[test]
fn nobody_shows_somebody_elses_passkey_as_her_own() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        company.hire("bob").await;
        let (mut hers, mut his) = (Authenticator::new(1), Authenticator::new(2));
        let mut alice = Browser::open(&company, "alice").await;
        alice.enrol_passkey(&mut hers).await.unwrap();
        let mut bob = Browser::open(&company, "bob").await;
        bob.enrol_passkey(&mut his).await.unwrap();
        let mut thief = Browser::open(&company, "alice").await;
        assert_eq!(thief.stage, Stage::NeedsSecondFactor);
        assert_eq!(thief.show_passkey(&mut his).await.unwrap_err().kind, Kind::Forbidden);
        assert_eq!(thief.show_passkey(&mut hers).await.unwrap(), Stage::Complete);
        let error = bob.enrol_passkey(&mut hers).await.unwrap_err();
        assert_eq!(error.kind, Kind::Conflict);
    });
}

#[test]
fn people_name_and_remove_their_passkeys() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("alice").await;
        let mut browser = Browser::open(&company, "alice").await;
        let (mut one, mut two) = (Authenticator::new(1), Authenticator::new(2));
        browser.enrol_passkey(&mut one).await.unwrap();
        browser.enrol_passkey(&mut two).await.unwrap();
        let (identity, cx, session) = (&company.identity, company.cx(), browser.session().await);
        let listed = identity.second_factors(&cx, &session).await.unwrap().passkeys;
        assert_eq!(listed.len(), 2);
        let id = listed[0].id.clone();
        identity.rename_passkey(&cx, &session, (id.clone(), " Blue key ")).await.unwrap();
        for bad in ["", "  ", "a\0", &"x".repeat(101)] {
            let error =
                identity.rename_passkey(&cx, &session, (id.clone(), bad)).await.unwrap_err();
            assert_eq!(error.kind, Kind::Invalid, "{bad}");
        }
        let listed = identity.second_factors(&cx, &session).await.unwrap().passkeys;
        assert!(listed.iter().any(|passkey| passkey.name == "Blue key"));
        for passkey in listed {
            identity.remove_passkey(&cx, &session, passkey.id).await.unwrap();
        }
        let gone = identity.remove_passkey(&cx, &session, id).await.unwrap_err();
        assert_eq!(gone.kind, Kind::NotFound);
        assert_eq!(sign_in(&company, &mut one).await.unwrap_err().kind, Kind::Forbidden);
    });
}
