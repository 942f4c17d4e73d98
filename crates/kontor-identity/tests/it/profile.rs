//! Profiles.

use kontor_core::{Kind, Result};
use kontor_identity::set_profile_field;
use kontor_policy::{FieldRule, Policy};
use kontor_testdb::for_each_backend;
use ruma::OwnedUserId;
use serde_json::{Value, json};

use crate::company::{Company, code};

async fn set(
    company: &Company,
    user: &OwnedUserId,
    field: &'static str,
    value: Option<Value>,
) -> Result<()> {
    let user = user.clone();
    let cx = company.cx();
    let write =
        company.db.write(&cx, move |tx| set_profile_field(tx, &user, field, value.as_ref()));
    write.await
}

#[test]
fn fields_are_set_read_and_removed() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let custom = json!({ "a": [1, null, "ä"] });
        set(&company, &alice, "org.example.x", Some(custom.clone())).await.unwrap();
        set(&company, &alice, "displayname", Some(json!("Alice\nÄ"))).await.unwrap();
        let cx = company.cx();
        let profile = company.identity.profile(&cx, alice.clone()).await.unwrap();
        assert_eq!(json!(profile), json!({ "displayname": "Alice\nÄ", "org.example.x": custom }));
        set(&company, &alice, "org.example.x", None).await.unwrap();
        let gone = company.identity.profile_field(&cx, alice.clone(), "org.example.x").await;
        assert_eq!(gone.unwrap_err().kind, Kind::NotFound);
        let name = company.identity.profile_field(&cx, alice, "displayname").await.unwrap();
        assert_eq!(name, json!("Alice\nÄ"));
    });
}

#[test]
fn a_profile_stays_below_64_kib() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let alice = company.hire("alice").await;
        let half = || Some(json!("x".repeat(33_000)));
        set(&company, &alice, "org.example.a", half()).await.unwrap();
        let error = set(&company, &alice, "org.example.b", half()).await.unwrap_err();
        assert_eq!(code(&error), Some("M_PROFILE_TOO_LARGE"));
        // Replacing a value does not count it twice.
        set(&company, &alice, "org.example.a", half()).await.unwrap();
    });
}

#[test]
fn where_ids_are_opaque_strangers_see_no_profiles() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        let erika = company.hire("erika").await;
        set(&company, &erika, "displayname", Some(json!("Erika Muster"))).await.unwrap();
        let stranger = company.identity.profile(&company.cx(), erika.clone()).await;
        assert_eq!(stranger.unwrap_err().kind, Kind::Forbidden);
        let cx = company.on_device("erika", "A").await;
        assert!(company.identity.profile(&cx, erika).await.is_ok());
    });
}

#[test]
fn the_directory_knows_active_people_with_and_without_names() {
    for_each_backend(async |backend| {
        let policy = Policy { profile_name: FieldRule::Optional, ..Policy::strict() };
        let company = Company::with(&backend, policy).await;
        let named = company.hire("erika").await;
        let nameless = company.hire("max").await;
        let closed = company.hire("carol").await;
        set(&company, &named, "displayname", Some(json!("Erika"))).await.unwrap();
        set(&company, &named, "m.tz", Some(json!("Europe/Berlin"))).await.unwrap();
        company.identity.deactivate(&company.operator(), closed).await.unwrap();
        let mut people = company.identity.active_profiles(&company.cx()).await.unwrap();
        people.sort_by_key(|(_, profile)| profile.len());
        assert_eq!(people.len(), 2);
        assert_eq!((&people[0].0, json!(people[0].1)), (&nameless, json!({})));
        assert_eq!((&people[1].0, json!(people[1].1)), (&named, json!({ "displayname": "Erika" })));
    });
}

/// law: R-051
#[test]
fn a_new_account_shows_a_name_as_the_organisation_asks_for_it() {
    for (rule, shown) in [
        (FieldRule::Off, json!({})),
        (FieldRule::Optional, json!({})),
        (FieldRule::Required, json!({ "displayname": "max" })),
    ] {
        for_each_backend(async |backend| {
            let policy = Policy { profile_name: rule, ..Policy::strict() };
            let company = Company::with(&backend, policy).await;
            let max = company.hire("max").await;
            let profile = company.identity.profile(&company.operator(), max).await.unwrap();
            assert_eq!(json!(profile), shown, "{rule:?}");
        });
    }
}
