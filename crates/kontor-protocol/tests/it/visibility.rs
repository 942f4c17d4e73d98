//! History visibility as a table.

use kontor_protocol::may_see;
use ruma::events::room::history_visibility::HistoryVisibility;
use ruma::events::room::member::MembershipState;

#[test]
fn the_table_of_the_specification_holds() {
    let memberships = ["join", "invite", "knock", "leave", "ban"];
    // For each membership at the event: seen by who never joined later, by who did.
    let table = [
        ("world_readable", [[true, true]; 5]),
        ("shared", [[true, true], [false, true], [false, true], [false, true], [false, true]]),
        // An invitation shows what follows it at once.
        ("invited", [[true, true], [true, true], [false; 2], [false; 2], [false; 2]]),
        ("joined", [[true, true], [false; 2], [false; 2], [false; 2], [false; 2]]),
        // What is not known counts as the default, which is `shared`.
        ("own.setting", [[true, true], [false, true], [false, true], [false, true], [false, true]]),
    ];
    for (setting, rows) in table {
        for (membership, row) in memberships.into_iter().zip(rows) {
            for (joined_later, seen) in [false, true].into_iter().zip(row) {
                let (setting, membership) =
                    (HistoryVisibility::from(setting), MembershipState::from(membership));
                assert_eq!(
                    may_see(&setting, &membership, joined_later),
                    seen,
                    "{setting:?} {membership:?} {joined_later}"
                );
            }
        }
    }
}
