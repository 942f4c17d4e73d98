//! Passing mails on to a real mail server.
#![expect(clippy::unwrap_used, reason = "what is missing must fail the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kontor_config::{Mail, MailAccount, MailSecurity};
use kontor_core::{Locale, Timestamp};
use kontor_mail::{Envelope, Letter, Mailer, Outcome};
use kontor_testkit::{Authority, MailServer, MailSetup};
use tempfile::TempDir;

const LINK: &str = "https://k.example/account/reset/abcdefghijklmnopqrstuvwxyz0123456789abcd";

fn plain(port: u16) -> Mail {
    Mail {
        server: "127.0.0.1".to_owned(),
        port,
        security: MailSecurity::None,
        account: None,
        from: "kontor@firma.example".to_owned(),
        ca_file: None,
    }
}

async fn send(mail: &Mail, letter: Letter) -> Outcome {
    let written = letter.write(Locale::De, "firma.example", LINK);
    let envelope = Envelope { to: "ada@firma.example", id: "m1", at: Timestamp(1_767_225_600_000) };
    Mailer::open(mail).unwrap().send(envelope, &written).await.unwrap()
}

fn password_file(folder: &Path, mode: u32) -> std::path::PathBuf {
    let path = folder.join("password");
    fs::write(&path, "hunter two\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[tokio::test]
async fn a_mail_is_plain_text_in_utf_8_with_one_addressee() {
    let mut server = MailServer::start();
    assert_eq!(send(&plain(server.port()), Letter::ConfirmAddress).await, Outcome::Sent);
    let mail = server.next().await;
    assert_eq!(mail["from"], "kontor@firma.example");
    assert_eq!(mail["to"], serde_json::json!(["ada@firma.example"]));
    assert_eq!(mail["subject"], "Bitte bestätigen Sie Ihre Mailadresse");
    let body = mail["body"].as_str().unwrap();
    assert!(body.contains(LINK) && body.contains("müssen Sie nichts tun"), "{body}");
    let raw = mail["raw"].as_str().unwrap();
    assert!(raw.contains("Content-Type: text/plain; charset=utf-8"), "{raw}");
    assert!(raw.contains("Message-ID: <m1@firma.example>"), "{raw}");
    assert!(raw.contains("Auto-Submitted: auto-generated"), "{raw}");
    assert!(raw.contains("Date: Thu, 01 Jan 2026 00:00:00 +0000"), "{raw}");
    assert_eq!(mail["encrypted"], false);
}

#[tokio::test]
async fn both_kinds_of_tls_are_spoken_and_the_password_goes_through_them_only() {
    let authority = Authority::new();
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("root.pem");
    fs::write(&root, authority.root()).unwrap();
    let password_file = password_file(folder.path(), 0o600);
    for (security, name) in [(MailSecurity::StartTls, "starttls"), (MailSecurity::Tls, "tls")] {
        let account = ("kontor", "hunter two");
        let setup = MailSetup { security: name, account, ..MailSetup::default() };
        let mut server = MailServer::with(&setup, Some((&authority, folder.path())));
        let mail = Mail {
            server: "localhost".to_owned(),
            security,
            account: Some(MailAccount {
                user: "kontor".to_owned(),
                password_file: password_file.clone(),
            }),
            ca_file: Some(root.clone()),
            ..plain(server.port())
        };
        assert_eq!(send(&mail, Letter::Locked).await, Outcome::Sent, "{name}");
        let got = server.next().await;
        assert_eq!((&got["encrypted"], &got["authenticated"]), (&true.into(), &true.into()));

        let stranger = Authority::new();
        let other = folder.path().join("other.pem");
        fs::write(&other, stranger.root()).unwrap();
        let distrustful = Mail { ca_file: Some(other), ..mail.clone() };
        assert!(matches!(send(&distrustful, Letter::Locked).await, Outcome::Later(_)), "{name}");
        let elsewhere = Mail { server: "127.0.0.1".to_owned(), ..mail };
        assert!(matches!(send(&elsewhere, Letter::Locked).await, Outcome::Later(_)), "{name}");
        assert!(server.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let authority = Authority::new();
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("root.pem");
    fs::write(&root, authority.root()).unwrap();
    let server = MailServer::start();
    let mail = Mail {
        server: "localhost".to_owned(),
        security: MailSecurity::StartTls,
        ca_file: Some(root),
        ..plain(server.port())
    };
    assert!(matches!(send(&mail, Letter::Locked).await, Outcome::Later(_)));
    assert!(server.is_empty());
}

#[tokio::test]
async fn what_a_server_refuses_for_good_is_told_from_what_it_may_take_later() {
    let table =
        [("550 5.1.1 ada@firma.example unknown", true), ("451 4.3.0 come back later", false)];
    for (refusal, for_good) in table {
        let setup = MailSetup { security: "plain", refusal, ..MailSetup::default() };
        let server = MailServer::with(&setup, None);
        let why = match send(&plain(server.port()), Letter::Locked).await {
            Outcome::Never(why) if for_good => why,
            Outcome::Later(why) if !for_good => why,
            other => panic!("{refusal}: {other:?}"),
        };
        assert!(!why.contains("ada"), "{why}");
    }
    let port = MailServer::start().port();
    assert!(matches!(send(&plain(port), Letter::Locked).await, Outcome::Later(_)), "it is down");
}

#[test]
fn a_password_that_everybody_may_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let with = |mode: u32| Mail {
        account: Some(MailAccount {
            user: "kontor".to_owned(),
            password_file: password_file(folder.path(), mode),
        }),
        ..plain(25)
    };
    assert!(Mailer::open(&with(0o600)).is_ok());
    let error = Mailer::open(&with(0o644)).unwrap_err().to_string();
    assert!(error.contains("chmod 600"), "{error}");
    assert!(!format!("{error}{:?}", with(0o644)).contains("hunter"));
}
