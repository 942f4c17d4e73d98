//! What the audit log learns, and what it does not. law: R-190 … R-192

use std::io::{self, Write};
use std::sync::Arc;

use kontor_audit::{Anchor, Entry, ExportPurpose, Line, Outcome, verify};
use kontor_core::{Actor, Kind, Roles};
use kontor_identity::{NewDevice, NewUser, PasswordReset, SharedSecretRegistration};
use kontor_testdb::for_each_backend;
use parking_lot::Mutex;

use crate::company::{Company, device, secret};

/// Keeps what is written.
#[derive(Clone, Default)]
struct Sheet(Arc<Mutex<Vec<u8>>>);

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Every entry after the log's start, without that of the export itself.
async fn entries(company: &Company) -> Vec<Entry> {
    let sheet = Sheet::default();
    let about = (ExportPurpose::Accountability, "test");
    let operator = company.cx().acting_as(Actor::Operator);
    company.audit.export(&operator, about, sheet.clone()).await.unwrap();
    let export = sheet.0.lock().clone();
    assert!(verify(&*export, &Anchor::default()).unwrap().is_intact());
    let text = String::from_utf8(export).unwrap();
    for secret in ["correct horse", "wrong horse", "@anna", "@ben", "Stranger"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let entries = lines.filter_map(|line| match line {
        Line::Entry(entry) => Some(entry),
        Line::Header(_) | Line::Gap(_) | Line::Checkpoint(_) | Line::End(_) => None,
    });
    entries.filter(|entry| !entry.action.starts_with("audit.")).collect()
}

fn words(entries: &[Entry]) -> Vec<(&str, &str, Outcome)> {
    entries.iter().map(|entry| (&*entry.action, &*entry.actor, entry.result)).collect()
}

#[test]
fn failed_sign_ins_are_recorded_and_ordinary_ones_are_not() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("anna").await;
        let before = entries(&company).await.len();
        let device = NewDevice::default;
        company.login("anna", device()).await.unwrap();
        for (name, password) in [("anna", "wrong horse"), ("Stranger", "correct horse")] {
            company.try_password(name, password, device()).await.unwrap_err();
        }
        let new = &entries(&company).await[before..];
        let failed = ("auth.login.failed", "anonymous", Outcome::Refused);
        assert_eq!(words(new), [failed, failed]);
        assert!(new[0].object.as_ref().is_some_and(|object| object.starts_with("user:p")));
        assert_eq!(new[1].object, None, "a name nobody has is not kept");
    });
}

#[test]
fn administrative_acts_are_recorded_with_who_did_what_to_whom() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let operator = company.cx().acting_as(Actor::Operator);
        let new = NewUser {
            username: Some("anna".to_owned()),
            password: Some(secret("correct horse battery")),
            roles: Roles::ADMINISTRATOR,
            ..NewUser::default()
        };
        let anna = company.identity.create_user(&operator, new).await.unwrap();
        let cx = company.on_device("anna", "PHONE").await;
        let password = secret("correct horse battery");
        let reset = PasswordReset { user_id: anna.clone(), password, sign_out: true };
        company.identity.reset_password(&operator, reset).await.unwrap();
        company.identity.create_registration_token(&cx, Some(3), None).await.unwrap();
        company.identity.deactivate(&operator, anna.clone()).await.unwrap();

        let sheet = Sheet::default();
        let about = (ExportPurpose::Accountability, "test");
        company.audit.export(&operator, about, sheet.clone()).await.unwrap();
        let text = String::from_utf8(sheet.0.lock().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let entries: Vec<Entry> = lines
            .filter_map(|line| if let Line::Entry(entry) = line { Some(entry) } else { None })
            .collect();
        let admin = format!("admin:{anna}");
        let done = Outcome::Done;
        assert_eq!(
            words(&entries)[1..6],
            [
                ("user.created", "operator", done),
                ("auth.login.succeeded", &*admin, done),
                ("user.password.reset", "operator", done),
                ("registration_token.created", &*admin, done),
                ("user.deactivated", "operator", done),
            ]
        );
        assert_eq!(entries[1].detail.as_deref(), Some("admin"));
        assert_eq!(entries[1].object, entries[5].object);
        assert_eq!(entries[3].detail.as_deref(), Some("devices-signed-out"));
        assert_eq!(entries[4].count, Some(3));
    });
}

#[test]
fn removing_devices_and_signing_out_everywhere_are_recorded_but_no_single_sign_out() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        company.hire("ben").await;
        let before = entries(&company).await.len();
        let phone = company.on_device("ben", "PHONE").await;
        company.identity.logout(&phone).await.unwrap();
        let laptop = company.on_device("ben", "LAPTOP").await;
        company.login("ben", device("TABLET")).await.unwrap();
        company.identity.logout_all(&laptop).await.unwrap();
        let new = entries(&company).await;
        let [only] = &new[before..] else { panic!("{new:?}") };
        assert_eq!(only.action, "session.ended.by_owner");
        assert_eq!(Some(&only.actor), only.object.as_ref());
    });
}

#[test]
fn accounts_made_with_the_shared_secret_are_recorded_and_wrong_proofs_too() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let before = entries(&company).await.len();
        let wish = SharedSecretRegistration {
            nonce: company.identity.registration_nonce(&company.cx()).unwrap(),
            username: "ben".to_owned(),
            password: secret("correct horse battery"),
            display_name: None,
            user_type: None,
            admin: false,
            mac: "00".to_owned(),
        };
        let refused = company.identity.register_by_shared_secret(&company.cx(), wish).await;
        assert_eq!(refused.unwrap_err().kind, Kind::Forbidden);
        let new = entries(&company).await;
        let expected = ("auth.shared_secret.refused", "anonymous", Outcome::Refused);
        assert_eq!(words(&new[before..]), [expected]);
    });
}

#[test]
fn what_cannot_be_recorded_is_not_done_but_people_still_sign_in() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let anna = company.hire("anna").await;
        company.audit.close(&company.cx()).await;
        let new = NewUser { username: Some("ben".to_owned()), ..NewUser::default() };
        let refused = company.identity.create_user(&company.operator(), new).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Unavailable);
        let users =
            company.identity.list_users(&company.operator(), String::new(), 9).await.unwrap();
        assert_eq!(users.iter().map(|user| &user.user_id).collect::<Vec<_>>(), [&anna]);
        company.try_password("anna", "wrong horse", NewDevice::default()).await.unwrap_err();
        company.login("anna", NewDevice::default()).await.unwrap();
    });
}
