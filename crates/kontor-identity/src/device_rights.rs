//! What a device may do, by whose it is. law

use std::time::Duration;

use kontor_core::DeviceKind;
use kontor_policy::{DeviceRule, Policy};

/// What a device may do. The server refuses devices that are not let in and ends sessions in time;
/// the rest is up to the program, which learns it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRights {
    /// It is let in.
    pub admitted: bool,
    /// Files may be saved outside the program.
    pub downloads: bool,
    /// Keys and messages may be kept when the program is closed.
    pub keeps: bool,
    /// Longest sign-in; `None`: no shorter than that of others.
    pub longest: Option<Duration>,
}

impl DeviceRights {
    /// The rights of a device of this kind.
    #[must_use]
    pub fn of(kind: DeviceKind, policy: &Policy) -> Self {
        let is_foreign = kind == DeviceKind::Browser;
        let admitted = match policy.devices_allowed {
            DeviceRule::CompanyOnly => kind == DeviceKind::Company,
            DeviceRule::BrowserOnly => is_foreign,
            DeviceRule::PrivateToo => true,
        };
        let longest = is_foreign.then_some(policy.foreign_browser_session);
        Self { admitted, downloads: !is_foreign, keeps: !is_foreign, longest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_lets_in_whom_it_names() {
        use DeviceKind::{Browser, Company, Private};
        let table = [
            (DeviceRule::CompanyOnly, [(Company, true), (Private, false), (Browser, false)]),
            (DeviceRule::BrowserOnly, [(Company, false), (Private, false), (Browser, true)]),
            (DeviceRule::PrivateToo, [(Company, true), (Private, true), (Browser, true)]),
        ];
        for (devices_allowed, kinds) in table {
            let policy = Policy { devices_allowed, ..Policy::strict() };
            for (kind, admitted) in kinds {
                let rights = DeviceRights::of(kind, &policy);
                assert_eq!(rights.admitted, admitted, "{devices_allowed:?} {kind}");
                let is_own = kind != Browser;
                assert_eq!((rights.downloads, rights.keeps), (is_own, is_own), "{kind}");
                assert_eq!(rights.longest.is_none(), is_own, "{kind}");
            }
        }
    }
}
