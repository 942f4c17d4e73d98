//! What is recorded, and what then stands there.

use std::time::Duration;

use kontor_audit::{Action, Event, Outcome, Pseudonym};
use kontor_core::{Error, Kind, Role, Roles, Timestamp};
use kontor_testdb::for_each_backend;
use ruma::{owned_user_id, user_id};

use crate::office::{Office, START};

#[test]
fn what_was_recorded_is_exported_and_intact() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        let anna = user_id!("@anna:a.example");
        let event = Event::new(Action::PasswordReset).about(anna).with_detail("sign-out");
        assert_eq!(office.audit.record(&office.cx(), event).await.unwrap(), 2);
        let entries = office.entries().await;
        let names: Vec<&str> = entries.iter().map(|entry| &*entry.action).collect();
        assert_eq!(names, ["audit.started", "user.password.reset", "audit.exported"]);
        assert_eq!(entries[1].actor, "operator");
        assert_eq!(entries[1].at, START.0);
        assert_eq!(entries[1].detail.as_deref(), Some("sign-out"));
        assert_eq!(entries[2].reason.as_deref(), Some("test"));
        let report = office.verified().await;
        assert!(report.is_intact(), "{:?}", report.findings);
        assert_eq!(report.entries, 4);
    });
}

/// law: R-192
#[test]
fn administrators_stand_in_clear_and_others_under_a_pseudonym_that_changes() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        let (anna, ben) = (user_id!("@anna:a.example"), user_id!("@ben:a.example"));
        for _ in 0..2 {
            let event = || Event::new(Action::SessionsEnded).about(ben);
            office.audit.record(&office.person(ben, Roles::USER), event()).await.unwrap();
            office
                .audit
                .record(&office.person(anna, Roles::of(&[Role::Auditor])), event())
                .await
                .unwrap();
            office.pass(Duration::from_hours(91 * 24));
        }
        let entries = office.entries().await;
        assert_eq!(entries[2].actor, "admin:@anna:a.example");
        assert_eq!(entries[1].object.as_ref(), Some(&entries[1].actor));
        assert_eq!(entries[2].object, entries[1].object);
        assert_ne!(entries[3].object, entries[1].object, "after 90 days it is another");
        let export = String::from_utf8(office.export().await).unwrap();
        assert!(!export.contains("@ben"), "{export}");
    });
}

/// law: R-192
#[test]
fn a_pseudonym_is_looked_up_for_a_reason_and_the_look_up_is_recorded() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        let ben = owned_user_id!("@ben:a.example");
        let event = Event::new(Action::LoginFailed).about(&ben);
        office.audit.record(&office.anonymous(), event).await.unwrap();
        let object = office.entries().await[1].object.clone().unwrap();
        let pseudonym: Pseudonym = object.strip_prefix("user:").unwrap().parse().unwrap();
        let people = [owned_user_id!("@anna:a.example"), ben.clone()];

        let look_up = |cx, reason| office.audit.look_up_approved(cx, &pseudonym, reason, &people);
        let (admin, person) = (
            office.person(&people[0], Roles::of(&[Role::Auditor])),
            office.person(&ben, Roles::USER),
        );
        for alone in [&person, &admin] {
            let refused = office.audit.look_up(alone, &pseudonym, "curious", &people).await;
            assert_eq!(refused.unwrap_err().kind, Kind::Forbidden);
        }
        assert_eq!(look_up(&admin, " ").await.unwrap_err().kind, Kind::Invalid);
        assert_eq!(look_up(&admin, "Vorfall 12").await.unwrap(), Some(ben.clone()));
        let nobody = office.audit.look_up_approved(&admin, &pseudonym, "Vorfall 12", &people[..1]);
        assert_eq!(nobody.await.unwrap(), None);

        let entries = office.entries().await;
        let looked: Vec<_> =
            entries.iter().filter(|entry| entry.action == "audit.pseudonym.looked_up").collect();
        assert_eq!(looked.len(), 2);
        assert_eq!(looked[0].object.as_ref(), Some(&object));
        assert_eq!(looked[0].reason.as_deref(), Some("Vorfall 12"));
        assert_eq!(looked[0].actor, "admin:@anna:a.example");
    });
}

#[test]
fn an_act_that_fails_is_taken_back() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        let event = Event::new(Action::KeysExported);
        let work = async { Err::<(), _>(Error::not_found("no such file")) };
        assert!(office.audit.act(&office.cx(), event.clone(), work).await.is_err());
        office.audit.act(&office.cx(), event, async { Ok(()) }).await.unwrap();
        let entries = office.entries().await;
        let told: Vec<_> = entries[1..4].iter().map(|e| (e.seq, e.result, e.of)).collect();
        let expected =
            [(2, Outcome::Done, None), (3, Outcome::Failed, Some(2)), (4, Outcome::Done, None)];
        assert_eq!(told, expected);
    });
}

#[test]
fn an_act_that_cannot_be_recorded_is_not_done() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        office.audit.close(&office.cx()).await;
        let done = std::sync::atomic::AtomicBool::new(false);
        let work = async {
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        };
        let event = Event::new(Action::KeysExported);
        let refused = office.audit.act(&office.cx(), event, work).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Unavailable);
        assert!(refused.public.contains("audit log"), "{refused}");
        assert!(!done.load(std::sync::atomic::Ordering::Relaxed));
    });
}

#[test]
fn notes_keep_their_order_and_make_nobody_wait() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        for count in 1..=600 {
            let event = Event::new(Action::DeviceRemoved).with_count(count);
            office.audit.note(&office.anonymous(), event);
        }
        let entries = office.entries().await;
        let counts: Vec<_> = entries.iter().filter_map(|entry| entry.count).collect();
        assert_eq!(counts, (1..=600).collect::<Vec<_>>());
        let report = office.verified().await;
        assert!(report.is_intact(), "{:?}", report.findings);
        assert!(report.checkpoints >= 2, "one for every 256 entries: {report:?}");
    });
}

/// law: R-190
#[test]
fn a_checkpoint_is_signed_every_hour_in_which_something_happened() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        let event = || Event::new(Action::AdminLogin);
        office.audit.record(&office.cx(), event()).await.unwrap();
        let points = async || {
            let export = String::from_utf8(office.export().await).unwrap();
            export.matches("\"kind\":\"checkpoint\"").count()
        };
        assert_eq!(points().await, 1, "the first entry's");
        office.pass(Duration::from_mins(61));
        office.audit.look_after(&office.cx()).await.unwrap();
        assert_eq!(points().await, 2);
        office.audit.look_after(&office.cx()).await.unwrap();
        assert_eq!(points().await, 2);
    });
}

/// law: R-199
#[test]
fn a_clock_that_was_set_back_is_recorded() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        office.clock.set(Timestamp(START.0 - 5000));
        office.audit.record(&office.cx(), Event::new(Action::AdminLogin)).await.unwrap();
        office.pass(Duration::from_mins(1));
        let entries = office.entries().await;
        let backs: Vec<_> = entries.iter().map(|entry| (entry.seq, entry.clock_back)).collect();
        assert_eq!(backs, [(1, 0), (2, 5000), (3, 0)]);
    });
}

#[test]
fn two_processes_write_one_chain() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        let other = office.beside().await;
        for _ in 0..3 {
            for audit in [&office.audit, &other] {
                audit.record(&office.cx(), Event::new(Action::AdminLogin)).await.unwrap();
            }
        }
        other.close(&office.cx()).await;
        office.audit.record(&office.cx(), Event::new(Action::AdminLogin)).await.unwrap();
        let report = office.verified().await;
        assert!(report.is_intact(), "{:?}", report.findings);
        assert_eq!(report.entries, 9);
    });
}

#[test]
fn what_could_not_be_written_is_told_once_writing_works_again() {
    for_each_backend(async |backend| {
        let office = Office::open(&backend).await;
        // No engine stores NUL in text: this write fails, as one on a full disk does.
        let unwritable = || Event::new(Action::UserCreated).with_detail("\0");
        office.audit.note(&office.anonymous(), unwritable());
        office.audit.note(&office.anonymous(), unwritable());
        assert!(office.audit.record(&office.cx(), unwritable()).await.is_err());
        office.audit.record(&office.cx(), Event::new(Action::AdminLogin)).await.unwrap();
        let entries = office.entries().await;
        let told: Vec<_> = entries.iter().map(|entry| (&*entry.action, entry.count)).collect();
        let expected = [
            ("audit.started", None),
            ("audit.lost", Some(2)),
            ("auth.login.succeeded", None),
            ("audit.exported", None),
        ];
        assert_eq!(told, expected);
        assert!(office.verified().await.is_intact());
    });
}
