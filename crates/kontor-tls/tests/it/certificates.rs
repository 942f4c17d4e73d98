//! Which certificate is shown, and which are refused.

use std::fs::{Permissions, set_permissions, write};
use std::os::unix::fs::PermissionsExt;

use kontor_config::{CertificateFiles, Config, Tenant};
use kontor_core::Kind;
use kontor_testkit::Authority;
use kontor_tls::Certificates;
use ruma::OwnedServerName;
use tempfile::TempDir;

use crate::site::{answers, config, start};

fn tenant(name: &str, host: &str, certificate: Option<CertificateFiles>) -> Tenant {
    let server_name = OwnedServerName::try_from(name).unwrap();
    Tenant { server_name, hosts: vec![host.to_owned()], certificate }
}

#[tokio::test]
async fn each_organisation_shows_its_own() {
    let site = start(|config, folder, authority| {
        let issue = |names: &[&str], file| Some(authority.issue(names).write(folder.path(), file));
        config.tls.files = issue(&["three.example"], "default");
        let one = issue(&["one.example", "chat.one.example"], "one");
        let two = issue(&["two.example", "chat.two.example"], "two");
        config.tenants = vec![
            tenant("one.example", "Chat.one.example:8448", one),
            tenant("two.example", "chat.two.example", two),
        ];
    })
    .await;
    let names = ["one.example", "chat.one.example", "CHAT.two.example", "three.example"];
    for name in names {
        assert!(answers(&mut site.connect(name).await.unwrap()).await, "{name}");
    }
    assert_eq!(site.shown("one.example").await, site.shown("chat.one.example").await);
    assert_ne!(site.shown("one.example").await, site.shown("two.example").await);
    assert!(site.connect("four.example").await.is_err());
}

#[tokio::test]
async fn without_a_default_nothing_is_shown_to_strangers() {
    let site = start(|config, folder, authority| {
        let one = authority.issue(&["one.example", "x.example"]).write(folder.path(), "one");
        config.tenants = vec![tenant("one.example", "one.example:443", Some(one))];
    })
    .await;
    assert!(site.connect("one.example").await.is_ok());
    let error = site.connect("x.example").await.unwrap_err().to_string();
    assert!(error.contains("alert"), "{error}");
}

#[tokio::test]
async fn a_new_certificate_is_shown_and_open_connections_live_on() {
    let site = start(|config, folder, authority| {
        config.tls.files = Some(authority.issue(&["one.example"]).write(folder.path(), "one"));
    })
    .await;
    let before = site.shown("one.example").await;
    let mut open = site.connect("one.example").await.unwrap();
    site.certificates.reload();
    assert_eq!(site.shown("one.example").await, before);

    let renewed = site.authority.issue(&["one.example"]);
    let files = renewed.write(site.folder.path(), "one");
    // Half of it is there already, or something else: what was there before stays.
    for text in ["garbage", site.authority.issue(&["one.example"]).key.as_str()] {
        write(&files.key, text).unwrap();
        site.certificates.reload();
        assert_eq!(site.shown("one.example").await, before);
    }
    renewed.write(site.folder.path(), "one");
    site.certificates.reload();
    assert_ne!(site.shown("one.example").await, before);
    assert!(answers(&mut open).await);
}

fn refusal(config: &Config) -> kontor_core::Error {
    Certificates::load(config).unwrap_err()
}

#[test]
fn a_key_that_others_may_read_is_refused_with_the_remedy() {
    let folder = TempDir::new().unwrap();
    let mut config = config(&folder);
    let files = Authority::new().issue(&["one.example"]).write(folder.path(), "one");
    config.tls.files = Some(files.clone());
    for mode in [0o644, 0o604, 0o620, 0o666] {
        set_permissions(&files.key, Permissions::from_mode(mode)).unwrap();
        let error = refusal(&config);
        assert_eq!(error.kind, Kind::Forbidden);
        assert!(error.public.contains("chmod 600"), "{error}");
    }
    for mode in [0o600, 0o400, 0o640] {
        set_permissions(&files.key, Permissions::from_mode(mode)).unwrap();
        assert!(Certificates::load(&config).is_ok(), "{mode:o}");
    }
}

#[test]
fn files_that_hold_something_else_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let mut config = config(&folder);
    let authority = Authority::new();
    let files = authority.issue(&["one.example"]).write(folder.path(), "one");
    let other = authority.issue(&["one.example"]).write(folder.path(), "other");
    let cases = [
        (&files.certificate, &other.key, "is not the key of"),
        (&files.certificate, &files.certificate, "others may read"),
        (&files.key, &files.key, "holds no certificate"),
        (&folder.path().join("nothing"), &files.key, "cannot be read"),
    ];
    set_permissions(&files.certificate, Permissions::from_mode(0o644)).unwrap();
    for (certificate, key, why) in cases {
        config.tls.files =
            Some(CertificateFiles { certificate: certificate.clone(), key: key.clone() });
        let error = refusal(&config);
        assert!(error.public.contains(why), "{error}");
        assert!(error.public.contains(folder.path().to_str().unwrap()), "{error}");
    }
}
