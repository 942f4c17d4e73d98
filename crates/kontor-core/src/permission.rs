//! What roles may do: the one table.

use crate::{Role, Roles};

/// Something that not everybody may do. Whoever asks without a role that holds it is refused; so
/// is everybody where nothing is written here.
///
/// No permission reads what people write to each other: nobody on the server can (law: R-009).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Decide on the settings of the organisation.
    DecidePolicy,
    /// Read who decided what on settings, and why.
    ReadPolicyHistory,
    /// See accounts, by name.
    SeePeople,
    /// Create, invite, suspend, sign out and close accounts.
    ManagePeople,
    /// See who holds which role.
    SeeRoles,
    /// Give and take roles; those that need four eyes by request only.
    ChangeRoles,
    /// See which devices people have (law: R-202).
    SeeDevices,
    /// See that rooms exist, how many people and how much data they hold; neither names nor
    /// content.
    SeeRooms,
    /// See whether the server is well.
    SeeHealth,
    /// Read the audit log (law: R-195): those who are watched by it do not.
    ReadAudit,
    /// Ask who stands behind a pseudonym of the audit log (law: R-192).
    LookUpPseudonym,
    /// See what waits for a second person.
    SeeApprovals,
    /// Be the second person (law: R-010).
    DecideApprovals,
    /// Create rooms that inform everybody and are not end-to-end encrypted (law: R-021).
    Announce,
    /// Create and prolong supervised rooms (law: R-074).
    StartSupervision,
    /// See how many rooms of each class there are, and what follows from a class.
    SeeRoomClasses,
    /// See what is deleted when, what it has removed, and what a new period would remove; never
    /// content (law: ).
    SeeDeletion,
    /// See when backups were written, whether they could be restored, and how old they are; neither
    /// what is in them nor a key (law: ).
    SeeBackups,
    /// Ask that a person be erased (law: R-128).
    ErasePeople,
    /// Ask that data be held for a claim at law, and end that (law: R-122).
    PlaceHolds,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 20] = [
        Self::DecidePolicy,
        Self::ReadPolicyHistory,
        Self::SeePeople,
        Self::ManagePeople,
        Self::SeeRoles,
        Self::ChangeRoles,
        Self::SeeDevices,
        Self::SeeRooms,
        Self::SeeHealth,
        Self::ReadAudit,
        Self::LookUpPseudonym,
        Self::SeeApprovals,
        Self::DecideApprovals,
        Self::Announce,
        Self::StartSupervision,
        Self::SeeRoomClasses,
        Self::SeeDeletion,
        Self::SeeBackups,
        Self::ErasePeople,
        Self::PlaceHolds,
    ];

    /// The roles that hold it: the table of the organisation's powers.
    #[must_use]
    #[rustfmt::skip]
    #[expect(clippy::match_same_arms, reason = "one line per permission is what makes it a table")]
    pub const fn holders(self) -> Roles {
        use Role::{Auditor, Betriebsrat, Compliance, Dsb, OrgAdmin, ProviderOperator, TechAdmin};
        match self {
            Self::DecidePolicy      => Roles::of(&[OrgAdmin]),
            Self::ReadPolicyHistory => Roles::of(
                &[OrgAdmin, TechAdmin, Dsb, Betriebsrat, Compliance, Auditor]),
            Self::SeePeople         => Roles::of(&[OrgAdmin]),
            Self::ManagePeople      => Roles::of(&[OrgAdmin]),
            Self::SeeRoles          => Roles::of(&[OrgAdmin, Dsb, Betriebsrat, Compliance, Auditor]),
            Self::ChangeRoles       => Roles::of(&[OrgAdmin]),
            Self::SeeDevices        => Roles::of(&[OrgAdmin, TechAdmin]),
            Self::SeeRooms          => Roles::of(&[OrgAdmin, TechAdmin]),
            Self::SeeHealth         => Roles::of(&[OrgAdmin, TechAdmin, ProviderOperator]),
            Self::ReadAudit         => Roles::of(&[Dsb, Betriebsrat, Auditor]),
            Self::LookUpPseudonym   => Roles::of(&[Dsb, Auditor]),
            Self::SeeApprovals      => Roles::of(&[OrgAdmin, Dsb, Betriebsrat, Compliance, Auditor]),
            Self::DecideApprovals   => Roles::of(&[Dsb, Betriebsrat, Compliance]),
            Self::Announce          => Roles::of(&[OrgAdmin, Dsb, Betriebsrat]),
            Self::StartSupervision  => Roles::of(&[OrgAdmin, Compliance]),
            Self::SeeRoomClasses    => Roles::of(
                &[OrgAdmin, TechAdmin, Dsb, Betriebsrat, Compliance, Auditor]),
            Self::SeeDeletion       => Roles::of(&[OrgAdmin, Dsb, Betriebsrat, Compliance, Auditor]),
            Self::SeeBackups        => Roles::of(&[TechAdmin, Dsb]),
            Self::ErasePeople       => Roles::of(&[OrgAdmin, Dsb]),
            Self::PlaceHolds        => Roles::of(&[OrgAdmin, Compliance]),
        }
    }

    /// Name in answers to those who lack it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DecidePolicy => "decide_policy",
            Self::ReadPolicyHistory => "read_policy_history",
            Self::SeePeople => "see_people",
            Self::ManagePeople => "manage_people",
            Self::SeeRoles => "see_roles",
            Self::ChangeRoles => "change_roles",
            Self::SeeDevices => "see_devices",
            Self::SeeRooms => "see_rooms",
            Self::SeeHealth => "see_health",
            Self::ReadAudit => "read_audit",
            Self::LookUpPseudonym => "look_up_pseudonym",
            Self::SeeApprovals => "see_approvals",
            Self::DecideApprovals => "decide_approvals",
            Self::Announce => "announce",
            Self::StartSupervision => "start_supervision",
            Self::SeeRoomClasses => "see_room_classes",
            Self::SeeDeletion => "see_deletion",
            Self::SeeBackups => "see_backups",
            Self::ErasePeople => "erase_people",
            Self::PlaceHolds => "place_holds",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written a second time, as a grid, so that no cell changes by accident.
    #[rustfmt::skip]
    const GRID: [(&str, &str); 20] = [
        //                      user guest org tech dsb br comp aud prov
        ("decide_policy",       ".   .     x   .    .   .  .    .   ."),
        ("read_policy_history", ".   .     x   x    x   x  x    x   ."),
        ("see_people",          ".   .     x   .    .   .  .    .   ."),
        ("manage_people",       ".   .     x   .    .   .  .    .   ."),
        ("see_roles",           ".   .     x   .    x   x  x    x   ."),
        ("change_roles",        ".   .     x   .    .   .  .    .   ."),
        ("see_devices",         ".   .     x   x    .   .  .    .   ."),
        ("see_rooms",           ".   .     x   x    .   .  .    .   ."),
        ("see_health",          ".   .     x   x    .   .  .    .   x"),
        ("read_audit",          ".   .     .   .    x   x  .    x   ."),
        ("look_up_pseudonym",   ".   .     .   .    x   .  .    x   ."),
        ("see_approvals",       ".   .     x   .    x   x  x    x   ."),
        ("decide_approvals",    ".   .     .   .    x   x  x    .   ."),
        ("announce",            ".   .     x   .    x   x  .    .   ."),
        ("start_supervision",   ".   .     x   .    .   .  x    .   ."),
        ("see_room_classes",    ".   .     x   x    x   x  x    x   ."),
        ("see_deletion",        ".   .     x   .    x   x  x    x   ."),
        ("see_backups",         ".   .     .   x    x   .  .    .   ."),
        ("erase_people",        ".   .     x   .    x   .  .    .   ."),
        ("place_holds",         ".   .     x   .    .   .  x    .   ."),
    ];

    #[test]
    fn every_cell_of_the_table_is_as_written_down() {
        assert_eq!(GRID.map(|(name, _)| name), Permission::ALL.map(Permission::as_str));
        for (permission, (name, row)) in Permission::ALL.into_iter().zip(GRID) {
            let cells: Vec<&str> = row.split_whitespace().collect();
            assert_eq!(cells.len(), Role::ALL.len(), "{name}");
            for (role, cell) in Role::ALL.into_iter().zip(cells) {
                let may = Roles::of(&[role]).may(permission);
                assert_eq!(may, cell == "x", "{role} and {name}");
            }
        }
    }

    #[test]
    fn without_a_role_nothing_is_allowed() {
        for permission in Permission::ALL {
            assert!(!Roles::NONE.may(permission) && !Roles::USER.may(permission));
        }
    }
}
