//! What the operator is told.

use kontor_core::Timestamp;
use kontor_testkit::Authority;
use kontor_tls::{Gravity, examine};
use tempfile::TempDir;

use crate::site::config;

/// 2035-01-01, when certificates of the test's authority end.
const END_MS: i64 = 2_051_222_400_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn look(names: &[&str], hosts: &[&str], days_before_end: i64) -> Vec<(Gravity, String)> {
    let folder = TempDir::new().unwrap();
    let mut config = config(&folder);
    config.tls.files = Some(Authority::new().issue(names).write(folder.path(), "one"));
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let now = Timestamp(END_MS - days_before_end * DAY_MS);
    let remarks = examine(&config, None, &hosts, now);
    remarks.into_iter().map(|remark| (remark.gravity, remark.text)).collect()
}

#[test]
fn an_end_that_is_near_is_told_in_time() {
    let table = [
        (31, Gravity::Fine, "valid for 31 more day(s)."),
        (30, Gravity::Fine, "valid for 30 more day(s)."),
        (29, Gravity::Warning, "valid for 29 more day(s). Renew it."),
        (14, Gravity::Warning, "valid for 14 more day(s). Renew it."),
        (13, Gravity::Failure, "Renew it now."),
        (-3, Gravity::Failure, "expired 3 day(s) ago."),
    ];
    for (days, gravity, text) in table {
        let found = look(&["one.example"], &["one.example"], days);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, gravity, "{days}: {found:?}");
        assert!(found[0].1.contains(text), "{days}: {found:?}");
    }
}

#[test]
fn every_name_needs_a_certificate_that_is_for_it() {
    let hosts = ["one.example", "One.example:8448", "chat.one.example", "two.example"];
    let found = look(&["one.example", "*.one.example"], &hosts, 100);
    let failed: Vec<_> = found.iter().filter(|(gravity, _)| *gravity != Gravity::Fine).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(failed.len(), 1, "{found:?}");
    assert!(failed[0].1.starts_with("two.example: the certificate is not for this name."));
}

#[test]
fn a_name_without_any_certificate_is_told() {
    let folder = TempDir::new().unwrap();
    let found = examine(&config(&folder), None, &["one.example".to_owned()], Timestamp(0));
    assert!(found[0].text.contains("no certificate"), "{found:?}");
}

#[test]
fn an_old_version_is_told() {
    let folder = TempDir::new().unwrap();
    let mut config = config(&folder);
    config.tls.oldest = kontor_config::TlsVersion::Tls12;
    for (now, text) in [(1_800_000_000_000, "is spoken too"), (END_MS, "not spoken since 2032")] {
        let found = examine(&config, None, &[], Timestamp(now));
        assert_eq!(found[0].gravity, Gravity::Warning);
        assert!(found[0].text.contains(text), "{found:?}");
    }
}
