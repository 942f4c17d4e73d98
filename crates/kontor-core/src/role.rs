//! Who somebody is in an organisation.

use std::fmt;
use std::str::FromStr;

use crate::{Error, MatrixCode, Permission};

/// A role of an account (law: R-009). What each may do is [`Permission::holders`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everybody who is not a guest; never stored.
    User,
    /// Somebody from outside.
    Guest,
    /// Administers people, groups and policy.
    OrgAdmin,
    /// Keeps the server running; sees no content and no compliance data.
    TechAdmin,
    /// Datenschutzbeauftragte.
    Dsb,
    /// Works council: reads and approves.
    Betriebsrat,
    /// Archive, holds, requests of data subjects.
    Compliance,
    /// Reads only.
    Auditor,
    /// Staff of whoever operates the node for others.
    ProviderOperator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 9] = [
        Self::User,
        Self::Guest,
        Self::OrgAdmin,
        Self::TechAdmin,
        Self::Dsb,
        Self::Betriebsrat,
        Self::Compliance,
        Self::Auditor,
        Self::ProviderOperator,
    ];

    /// Name as stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Guest => "guest",
            Self::OrgAdmin => "org_admin",
            Self::TechAdmin => "tech_admin",
            Self::Dsb => "dsb",
            Self::Betriebsrat => "betriebsrat",
            Self::Compliance => "compliance",
            Self::Auditor => "auditor",
            Self::ProviderOperator => "provider_operator",
        }
    }

    /// Whether it gives more than taking part.
    #[must_use]
    pub const fn is_office(self) -> bool {
        !matches!(self, Self::User | Self::Guest)
    }

    /// Whether one person alone may neither give nor take it: it decides on others, or watches
    /// those who do. law: R-010
    #[must_use]
    pub const fn needs_four_eyes(self) -> bool {
        match self {
            Self::OrgAdmin | Self::Dsb | Self::Betriebsrat | Self::Compliance | Self::Auditor => {
                true
            }
            Self::User | Self::Guest | Self::TechAdmin | Self::ProviderOperator => false,
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    /// # Errors
    /// `Invalid` (`M_INVALID_PARAM`), naming the roles there are.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            Error::invalid(MatrixCode::InvalidParam, format!("role: must be one of {names}."))
        })
    }
}

/// Pairs that no person holds both of (law: R-009). Guests hold nothing else.
const FORBIDDEN_PAIRS: [(Role, Role); 3] = [
    (Role::TechAdmin, Role::Auditor),
    (Role::TechAdmin, Role::Compliance),
    // Art. 38(6) DSGVO: who decides on the processing cannot supervise it.
    (Role::OrgAdmin, Role::Dsb),
];

/// A set of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct Roles(u16);

impl Roles {
    /// No role at all.
    pub const NONE: Self = Self(0);
    /// Somebody who takes part.
    pub const USER: Self = Self::of(&[Role::User]);
    /// Whoever sets an organisation up: people, policy and operation.
    pub const ADMINISTRATOR: Self = Self::of(&[Role::OrgAdmin, Role::TechAdmin]);

    /// The set of these.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [role, others @ ..] = rest {
            bits |= role.bit();
            rest = others;
        }
        Self(bits)
    }

    /// What an account with these stored roles is: everybody but guests is a user.
    #[must_use]
    pub const fn of_account(stored: Self) -> Self {
        if stored.has(Role::Guest) { stored } else { stored.with(Role::User) }
    }

    /// These and `role`.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// These without `role`.
    #[must_use]
    pub const fn without(self, role: Role) -> Self {
        Self(self.0 & !role.bit())
    }

    /// Those of these that are not in `others`.
    #[must_use]
    pub const fn beyond(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether `role` is among them.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// Those that give more than taking part.
    #[must_use]
    pub fn offices(self) -> Self {
        self.iter().filter(|role| role.is_office()).collect()
    }

    /// Whether somebody with these may do what needs `permission`.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        self.0 & permission.holders().0 != 0
    }

    /// Two of these that no person may hold both of.
    #[must_use]
    pub fn forbidden_pair(self) -> Option<(Role, Role)> {
        if self.has(Role::Guest)
            && let Some(other) = self.iter().find(|role| *role != Role::Guest)
        {
            return Some((Role::Guest, other));
        }
        FORBIDDEN_PAIRS.into_iter().find(|(one, other)| self.has(*one) && self.has(*other))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_roles() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        }
        assert!("admin".parse::<Role>().is_err());
    }

    #[test]
    fn exactly_the_pairs_of_the_law_are_forbidden_and_guests_hold_nothing_else() {
        let forbidden = |one, other| {
            matches!(
                (one, other),
                (Role::TechAdmin, Role::Auditor | Role::Compliance) | (Role::OrgAdmin, Role::Dsb)
            )
        };
        for one in Role::ALL {
            for other in Role::ALL.into_iter().filter(|other| *other != one) {
                let guest = one == Role::Guest || other == Role::Guest;
                let expected = guest || forbidden(one, other) || forbidden(other, one);
                let found = Roles::of(&[one, other]).forbidden_pair().is_some();
                assert_eq!(found, expected, "{one} and {other}");
            }
        }
        assert_eq!(Roles::ADMINISTRATOR.forbidden_pair(), None);
    }

    #[test]
    fn everybody_but_guests_is_a_user() {
        assert!(Roles::of_account(Roles::NONE).has(Role::User));
        assert!(Roles::of_account(Roles::ADMINISTRATOR).has(Role::User));
        assert!(!Roles::of_account(Roles::of(&[Role::Guest])).has(Role::User));
        assert_eq!(Roles::of_account(Roles::ADMINISTRATOR).offices(), Roles::ADMINISTRATOR);
    }
}
