//! History visibility (spec: "Room history visibility").

use ruma::events::room::history_visibility::HistoryVisibility;
use ruma::events::room::member::MembershipState;

/// Whether somebody may see an event, given the setting and the membership at the event, and
/// whether the person was joined at any time after it.
#[must_use]
pub fn may_see(
    setting: &HistoryVisibility,
    membership: &MembershipState,
    joined_later: bool,
) -> bool {
    match setting {
        HistoryVisibility::WorldReadable => true,
        _ if *membership == MembershipState::Join => true,
        HistoryVisibility::Invited => *membership == MembershipState::Invite,
        HistoryVisibility::Joined => false,
        // `shared`, which is also what an unknown setting counts as.
        _ => joined_later,
    }
}
