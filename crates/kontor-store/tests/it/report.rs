//! Reports, on both engines.

use kontor_core::{RoomNid, Timestamp};
use kontor_store::MIGRATIONS;
use kontor_store::report::{self, ReportRow};
use kontor_testdb::{cx, for_each_backend};
use ruma::{owned_event_id, owned_user_id};

fn row(created: i64, id: &str) -> ReportRow {
    ReportRow {
        created: Timestamp(created),
        report_id: id.to_owned(),
        reporter: owned_user_id!("@alice:x"),
        room: Some(RoomNid(1)),
        event_id: Some(owned_event_id!("$event")),
        user_id: Some(owned_user_id!("@bob:x")),
        reason: Some("Beleidigung".to_owned()),
    }
}

#[test]
fn reports_are_listed_newest_first_and_run_out() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let bare = ReportRow { room: None, event_id: None, reason: None, ..row(20, "b") };
        let all = [row(30, "c"), bare, row(10, "a")];
        let kept = all.clone();
        db.write(&cx(), move |tx| {
            all.iter().try_for_each(|row| report::insert_report(tx, row))?;
            assert_eq!(report::list_reports(tx, Timestamp(99), 10)?, kept);
            assert_eq!(report::list_reports(tx, Timestamp(30), 1)?, kept[1..2]);
            report::delete_reports_before(tx, Timestamp(20))?;
            assert_eq!(report::list_reports(tx, Timestamp(99), 10)?, kept[..2]);
            Ok(())
        })
        .await
        .unwrap();
    });
}
