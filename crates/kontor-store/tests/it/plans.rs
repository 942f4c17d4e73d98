//! No statement reads a whole table by accident.

use kontor_store::{audit_statements, statements};
use kontor_testdb::{Backend, cx};

use crate::backend::open_stores;

/// Statements that concern every row of a tenant's table, and why that is right.
const WHOLE_TABLE: &[(&str, &str)] = &[
    ("account_role.forget_old_administrators", "an index holds those alone; none after the first"),
    ("account_role.list_old_administrators", "an index holds those alone; none after the first"),
    ("approval.newest", "takes the last key only"),
    ("audit_checkpoint.newest", "takes the last key only"),
    ("audit_entry.head", "takes the last key only"),
    ("device_registration.count", "the register is counted when somebody looks at it"),
    ("backup.blobs", "a backup names every file"),
    ("backup.forget_files", "a restored instance forgets a handful of files, once"),
    ("backup.forget_thumbnails", "a restored instance forgets a handful of files, once"),
    ("backup.has_accounts", "takes the first key only"),
    ("deletion_run.newest_nid", "takes the last key only"),
    ("deletion_run.delete_before", "there are a handful of runs a day"),
    ("erasure_ledger.delete_before", "looks no further than to the first entry that stays"),
    ("erasure_ledger.newest", "takes the last key only"),
    ("erasure.delete_before", "people are erased rarely"),
    ("erasure.newest", "takes the last key only"),
    ("person.agreements", "decisions are few; people are erased rarely"),
    ("person.approvals", "requests are few; people are erased rarely"),
    ("person.decider", "requests are few; people are erased rarely"),
    ("person.declared_by", "the register has a row for each device; people are erased rarely"),
    ("person.floor_by", "there are a handful of programs"),
    ("person.granted_by", "roles are few; people are erased rarely"),
    ("person.guest_host", "guests are few; people are erased rarely"),
    ("person.hold_allowed", "holds are few"),
    ("person.hold_by", "holds are few"),
    ("person.inbox", "the table holds what is undelivered; people are erased rarely"),
    ("person.link_by", "links are few and live for days"),
    ("person.outbox", "the table holds what is undelivered; people are erased rarely"),
    ("person.policy_author", "decisions are few; people are erased rarely"),
    ("person.proved_by", "a row for each person; people are erased rarely"),
    ("person.report", "reports are few; people are erased rarely"),
    ("person.reported", "reports are few; people are erased rarely"),
    ("person.requester", "requests are few; people are erased rarely"),
    ("held.delete_keys", "looks at what is held when a hold has ended"),
    ("held.count", "those in charge look at the page of holds"),
    ("hold.delete_before", "holds are few"),
    ("hold.newest", "takes the last key only"),
    ("media.list_blobs", "maintenance compares every file with its row"),
    ("pusher.owners", "who has a pusher is read once, at the start"),
    ("people.list", "names are sealed, so people are searched in memory; read once per change"),
    ("people.list_roles", "read together with people.list"),
    ("policy_setting.list", "there are as many as settings, read when one changes"),
    ("policy_setting.list_changes_of", "decisions are few, and walked from the newest"),
    ("policy_setting.newest_version", "takes the last key only"),
    ("program_floor.list", "there are a handful of programs, read at the start and on a change"),
    ("profile.list_active", "names are sealed, so the directory is searched in memory"),
    ("registration_token.delete_dead", "there are a handful of tokens"),
    ("year_end.approvals", "requests are few"),
    ("year_end.count_acknowledgements", "counted when a run is certified"),
    ("year_end.count_approvals", "counted when a run is certified"),
    ("year_end.count_policy_changes", "counted when a run is certified"),
    ("year_end.acknowledgements", "one for each person in a supervised room"),
    ("year_end.policy_changes", "decisions are few"),
    ("waiting_mail.list_invitations", "the table holds what is not sent yet"),
    ("room.count_by_class", "counts on an index when somebody looks at the numbers"),
    ("room.list_published", "the directory shows all of them; an organisation has few rooms"),
    ("stream_mark.newest", "takes the last key only"),
    ("tally.count", "an administrator looks at the first page of the console"),
    ("to_device.delete_of_device", "the table holds what is undelivered; devices rarely go"),
    ("to_device.delete_of_user", "the table holds what is undelivered; people rarely go"),
    ("to_device.list_inboxes", "read once, when an organisation is opened"),
    ("room.list_sizes", "counts at most 10,000 events of each room that is shown"),
    ("room.newest_nid", "takes the last key only"),
];

#[tokio::test]
async fn no_statement_reads_a_whole_table_unless_it_says_why() {
    let backend = Backend::sqlite();
    let [tables, audit] = open_stores(&backend).await;
    let all = statements().map(|sql| (&tables, sql));
    let all = all.chain(audit_statements().map(|sql| (&audit, sql)));
    let mut found = Vec::new();
    for (db, sql) in all {
        let plan = db.read(&cx(), |tx| tx.plan(sql)).await.unwrap();
        // An index by which only the tenant is looked up is the whole table of this tenant.
        let whole =
            plan.iter().any(|step| step.starts_with("SCAN") || step.ends_with("(tenant_id=?)"));
        let allowed = WHOLE_TABLE.iter().any(|(name, _)| *name == sql.name());
        if whole != allowed {
            found.push(format!("{}: {plan:?}", sql.name()));
        }
    }
    assert!(found.is_empty(), "reads a whole table, or no longer does:\n{}", found.join("\n"));
}
