//! Rules for new passwords that need to know whose they are. law: R-043

use kontor_core::{MatrixCode, Result};
use kontor_identity::PasswordReset;
use kontor_policy::Policy;
use kontor_testdb::for_each_backend;
use ruma::OwnedUserId;

use crate::browser::Browser;
use crate::company::{Company, field, secret, strict_with_passwords};

async fn give(company: &Company, user: &OwnedUserId, password: &str) -> Result<()> {
    let password = secret(password);
    let reset = PasswordReset { user_id: user.clone(), password, sign_out: false };
    company.identity.reset_password(&company.operator(), reset).await
}

#[test]
fn nobody_takes_one_of_the_last_ten_passwords_again() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        let alice = company.hire("alice").await;
        for (again, number) in [(false, 0), (true, 0), (false, 1), (true, 0)] {
            let given = give(&company, &alice, &format!("das {number}. lange Kennwort")).await;
            assert_eq!(given.is_err(), again, "{number}");
            company.pass(std::time::Duration::from_mins(1));
        }
        let error = give(&company, &alice, "correct horse battery").await.unwrap_err();
        assert_eq!(error.code, Some(MatrixCode::WeakPassword));
        for number in 2..12 {
            give(&company, &alice, &format!("das {number}. lange Kennwort")).await.unwrap();
            company.pass(std::time::Duration::from_mins(1));
        }
        give(&company, &alice, "correct horse battery").await.unwrap();
    });
}

#[test]
fn twelve_characters_are_accepted_only_from_whoever_has_a_second_factor() {
    for_each_backend(async |backend| {
        let policy = Policy { rate_limits: None, ..strict_with_passwords() };
        let company = Company::with(&backend, policy).await;
        let alice = company.hire("alice").await;
        let error = give(&company, &alice, "zwölf zeiche").await.unwrap_err();
        assert_eq!(field(&error, "field"), "password");
        Browser::open(&company, "alice").await.enrol_totp().await;
        give(&company, &alice, "zwölf zeiche").await.unwrap();
    });
}

#[test]
fn a_password_contains_neither_its_owners_name_nor_the_organisations() {
    for_each_backend(async |backend| {
        let company = Company::strict(&backend).await;
        let erika = company.hire("erika.muster").await;
        for bad in ["ganz-geheim-MUSTER-7788", "unsere Firma seit 1999 !"] {
            let error = give(&company, &erika, bad).await.unwrap_err();
            assert_eq!(error.code, Some(MatrixCode::WeakPassword), "{bad}");
        }
        give(&company, &erika, "unser Laden seit 1999 !").await.unwrap();
    });
}
