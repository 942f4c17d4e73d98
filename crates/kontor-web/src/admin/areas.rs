//! The areas of the console: one line each, in the order of the navigation.

use kontor_core::{Permission, Roles};

use crate::texts::Texts;

/// A part of the console.
struct Area {
    path: &'static str,
    /// Text: its name.
    title: &'static str,
    /// Text: one sentence on what is done there.
    summary: &'static str,
    /// Whoever holds one of these sees it; empty: everybody with an office.
    permissions: &'static [Permission],
}

const AREAS: [Area; 12] = [
    Area {
        path: "/admin/",
        title: "admin-overview-title",
        summary: "admin-overview-summary",
        permissions: &[],
    },
    Area {
        path: "/admin/people",
        title: "people-title",
        summary: "people-summary",
        permissions: &[Permission::SeePeople],
    },
    Area {
        path: "/admin/devices",
        title: "console-devices-title",
        summary: "console-devices-summary",
        permissions: &[Permission::SeeDevices],
    },
    Area {
        path: "/admin/rooms",
        title: "console-rooms-title",
        summary: "console-rooms-summary",
        permissions: &[Permission::SeeRooms],
    },
    Area {
        path: "/admin/classes",
        title: "classes-title",
        summary: "classes-summary",
        permissions: &[Permission::SeeRoomClasses],
    },
    Area {
        path: "/admin/deletion",
        title: "deletion-title",
        summary: "deletion-summary",
        permissions: &[Permission::SeeDeletion],
    },
    Area {
        path: "/admin/backups",
        title: "backups-title",
        summary: "backups-summary",
        permissions: &[Permission::SeeBackups],
    },
    Area {
        path: "/admin/erasures",
        title: "erasures-title",
        summary: "erasures-summary",
        permissions: &[Permission::SeeDeletion],
    },
    Area {
        path: "/admin/holds",
        title: "holds-title",
        summary: "holds-summary",
        permissions: &[Permission::SeeDeletion],
    },
    Area {
        path: "/admin/policy",
        title: "policy-title",
        summary: "policy-summary",
        permissions: &[Permission::ReadPolicyHistory],
    },
    Area {
        path: "/admin/approvals",
        title: "approvals-title",
        summary: "approvals-summary",
        permissions: &[Permission::SeeApprovals],
    },
    Area {
        path: "/admin/audit",
        title: "audit-title",
        summary: "audit-summary",
        permissions: &[Permission::ReadAudit],
    },
];

/// An area as the navigation shows it.
pub(crate) struct Entry {
    pub(crate) path: &'static str,
    pub(crate) title: String,
    pub(crate) summary: String,
    /// Whether the page shown is in it.
    pub(crate) current: bool,
}

/// What somebody with `roles` sees of the console; nothing without an office.
pub(crate) fn entries(texts: Texts, roles: Roles, path: &str) -> Vec<Entry> {
    if roles.offices().is_empty() {
        return Vec::new();
    }
    let may = |area: &&Area| {
        area.permissions.is_empty() || area.permissions.iter().any(|one| roles.may(*one))
    };
    let entry = |area: &Area| Entry {
        path: area.path,
        title: texts.get(area.title),
        summary: texts.get(area.summary),
        current: is_within(path, area.path),
    };
    AREAS.iter().filter(may).map(entry).collect()
}

/// Whether a page belongs to an area: `/admin/people/x` to `/admin/people`.
fn is_within(path: &str, area: &str) -> bool {
    match path.strip_prefix(area) {
        Some(rest) => rest.is_empty() || (rest.starts_with('/') && area != "/admin/"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use kontor_core::{Locale, Role};

    use super::*;

    #[test]
    fn only_offices_see_the_console() {
        let seen = |role| entries(Texts(Locale::De), Roles::of(&[role]), "/admin/").len();
        assert_eq!(seen(Role::User) + seen(Role::Guest), 0);
        for role in Role::ALL.into_iter().filter(|role| role.is_office()) {
            assert!(seen(role) > 0, "{role}");
        }
    }

    #[test]
    fn a_page_belongs_to_its_area() {
        assert!(is_within("/admin/", "/admin/"));
        assert!(!is_within("/admin/people", "/admin/"));
        assert!(is_within("/admin/people/x", "/admin/people"));
        assert!(!is_within("/admin/peoples", "/admin/people"));
    }
}
