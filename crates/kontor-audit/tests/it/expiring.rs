//! Entries leave when their time is over, and the chain stays whole.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_testdb::for_each_backend;

use crate::office::Office;

const DAY: Duration = Duration::from_hours(24);

/// law
#[test]
fn each_class_leaves_in_its_time_and_the_chain_stays_whole() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        let all = [
            Action::AdminLogin,
            Action::UserDeactivated,
            Action::KeysExported,
            Action::TenantCreated,
        ];
        for action in all.into_iter().chain(all) {
            office.audit.record(&office.cx(), Event::new(action)).await.unwrap();
        }
        // Years of 365 days and a few more: 90 days, 12 months, the end of 2028 and of 2035.
        for (days, left) in [(89, 8), (2, 6), (276, 4), (1040, 2), (2560, 0)] {
            office.pass(DAY * days);
            office.audit.look_after(&office.cx()).await.unwrap();
            let entries = office.entries().await;
            let ours = entries.iter().filter(|entry| (2..=9).contains(&entry.seq)).count();
            assert_eq!(ours, left, "after {days} more days: {entries:#?}");
            let report = office.verified().await;
            assert!(report.is_intact(), "{:?}", report.findings);
        }
        let report = office.verified().await;
        assert!(report.expired >= 9, "{report:?}");
        let export = String::from_utf8(office.export().await).unwrap();
        assert!(export.matches("\"kind\":\"gap\"").count() <= 4, "neighbours join:\n{export}");
    });
}

#[test]
fn expiry_tells_how_many_went_and_leaves_the_newest() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        for _ in 0..4500 {
            office.audit.note(&office.anonymous(), Event::new(Action::LoginFailed));
        }
        office.audit.record(&office.cx(), Event::new(Action::AdminLogin)).await.unwrap();
        office.pass(DAY * 100);
        assert_eq!(office.audit.expire(&office.cx()).await.unwrap(), 4501);
        assert_eq!(office.audit.expire(&office.cx()).await.unwrap(), 0);
        let entries = office.entries().await;
        let told = entries.iter().filter(|entry| entry.action == "audit.expired");
        assert_eq!(told.filter_map(|entry| entry.count).sum::<i64>(), 4501);
        let report = office.verified().await;
        assert!(report.is_intact(), "{:?}", report.findings);
        assert_eq!(report.expired, 4501);
    });
}
