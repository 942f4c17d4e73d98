//! What somebody has shown of herself, and whether it is enough.

use std::fmt;
use std::str::FromStr;

use kontor_core::Error;
use kontor_policy::SecondFactor;

/// A way to show who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// A password.
    Password,
    /// A code from an authenticator app (RFC 6238).
    Totp,
    /// One of the codes kept on paper.
    RecoveryCode,
    /// A passkey that has checked its owner (fingerprint, PIN): two factors in one.
    Passkey,
    /// A link that an administrator or a mail gave.
    Link,
}

/// A set of ways to show who one is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Methods(u8);

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// She has a second factor and must show it. Nothing else is open to her.
    NeedsSecondFactor,
    /// She must set up a second factor, a passkey if only that will do. Nothing else is open.
    MustEnrol,
    /// Signed in.
    Complete,
}

/// Second factors that an account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enrolled {
    /// An authenticator app.
    pub totp: bool,
    /// At least one passkey.
    pub passkey: bool,
}

/// What is asked of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Demand {
    /// She must have a second factor.
    pub(crate) second_factor: bool,
    /// It must be a passkey.
    pub(crate) passkey: bool,
}

const ALL: [(Method, &str); 5] = [
    (Method::Password, "password"),
    (Method::Totp, "totp"),
    (Method::RecoveryCode, "recovery_code"),
    (Method::Passkey, "passkey"),
    (Method::Link, "link"),
];

impl Methods {
    /// Just this one.
    #[must_use]
    pub const fn only(method: Method) -> Self {
        Self(1 << method as u8)
    }

    /// This one as well.
    #[must_use]
    pub const fn and(self, method: Method) -> Self {
        Self(self.0 | 1 << method as u8)
    }

    /// Whether it is among them.
    pub const fn contains(self, method: Method) -> bool {
        self.0 & (1 << method as u8) != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Method> {
        ALL.into_iter().map(|(method, _)| method).filter(move |method| self.contains(*method))
    }
}

impl Method {
    /// Its name in the database and in tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
            Self::Link => "link",
        }
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, method) in self.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(f, "{gap}{}", method.as_str())?;
        }
        Ok(())
    }
}

impl FromStr for Methods {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.split(' ').filter(|word| !word.is_empty()).try_fold(Self::default(), |all, word| {
            let known = ALL.iter().find(|(_, name)| *name == word);
            known
                .map(|(method, _)| all.and(*method))
                .ok_or_else(|| Error::internal(format!("unknown method of signing in: {word}")))
        })
    }
}

impl Stage {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsSecondFactor => "needs_second_factor",
            Self::MustEnrol => "must_enrol",
            Self::Complete => "complete",
        }
    }
}

impl FromStr for Stage {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::NeedsSecondFactor, Self::MustEnrol, Self::Complete]
            .into_iter()
            .find(|stage| stage.as_str() == text)
            .ok_or_else(|| Error::internal(format!("unknown stage of signing in: {text}")))
    }
}

impl Enrolled {
    /// Whether there is any.
    pub const fn any(self) -> bool {
        self.totp || self.passkey
    }
}

impl Demand {
    /// law: R-042; administrators need a passkey.
    pub(crate) const fn of(policy: SecondFactor, admin: bool) -> Self {
        match (policy, admin) {
            (SecondFactor::Passkey, _)
            | (SecondFactor::Everybody | SecondFactor::Administrators, true) => {
                Self { second_factor: true, passkey: true }
            }
            (SecondFactor::Everybody, false) => Self { second_factor: true, passkey: false },
            (SecondFactor::Administrators, false) | (SecondFactor::Optional, _) => {
                Self { second_factor: false, passkey: false }
            }
        }
    }

    /// How far somebody has come who has shown `shown` and owns `enrolled`.
    ///
    /// Whoever has a second factor never gets to set up another one by the first alone: that would
    /// let in whoever knows the password.
    pub(crate) const fn stage(self, shown: Methods, enrolled: Enrolled) -> Stage {
        if shown.contains(Method::Passkey) {
            return Stage::Complete;
        }
        // Without a password, a passkey is the only way to come back.
        let passkey = self.passkey || !shown.contains(Method::Password);
        let code = shown.contains(Method::Totp) && !(passkey && enrolled.passkey);
        let second = code || shown.contains(Method::RecoveryCode);
        if enrolled.any() && !second {
            return Stage::NeedsSecondFactor;
        }
        if passkey || (self.second_factor && !second) {
            return Stage::MustEnrol;
        }
        Stage::Complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Enrolled = Enrolled { totp: false, passkey: false };
    const TOTP: Enrolled = Enrolled { totp: true, passkey: false };
    const PASSKEY: Enrolled = Enrolled { totp: false, passkey: true };
    const BOTH: Enrolled = Enrolled { totp: true, passkey: true };

    #[test]
    fn words_become_the_same_set_again() {
        let set = Methods::only(Method::Password).and(Method::Totp).and(Method::Passkey);
        assert_eq!(set.to_string(), "password totp passkey");
        assert_eq!(set.to_string().parse::<Methods>().unwrap(), set);
        assert_eq!("".parse::<Methods>().unwrap(), Methods::default());
        assert!("password sms".parse::<Methods>().is_err());
        assert!(ALL.iter().all(|(method, name)| method.as_str() == *name));
    }

    #[test]
    fn a_password_alone_is_enough_only_where_nothing_more_is_asked_or_owned() {
        use SecondFactor::{Administrators, Everybody, Optional, Passkey};
        let password = Methods::only(Method::Password);
        let cases = [
            (Optional, false, NONE, Stage::Complete),
            (Optional, true, NONE, Stage::Complete),
            (Optional, false, TOTP, Stage::NeedsSecondFactor),
            (Administrators, false, NONE, Stage::Complete),
            (Administrators, true, NONE, Stage::MustEnrol),
            (Everybody, false, NONE, Stage::MustEnrol),
            (Everybody, false, PASSKEY, Stage::NeedsSecondFactor),
            (Passkey, false, NONE, Stage::MustEnrol),
            (Passkey, false, TOTP, Stage::NeedsSecondFactor),
        ];
        for (policy, admin, enrolled, expected) in cases {
            let stage = Demand::of(policy, admin).stage(password, enrolled);
            assert_eq!(stage, expected, "{policy:?} {admin} {enrolled:?}");
        }
    }

    #[test]
    fn whoever_came_by_a_link_without_a_password_needs_a_passkey() {
        let link = Methods::only(Method::Link);
        for policy in [SecondFactor::Optional, SecondFactor::Everybody] {
            let demand = Demand::of(policy, false);
            assert_eq!(demand.stage(link, NONE), Stage::MustEnrol);
            assert_eq!(demand.stage(link.and(Method::Totp), TOTP), Stage::MustEnrol);
            assert_eq!(demand.stage(link.and(Method::Passkey), PASSKEY), Stage::Complete);
        }
        let both = link.and(Method::Password);
        assert_eq!(Demand::of(SecondFactor::Optional, false).stage(both, NONE), Stage::Complete);
    }

    #[test]
    fn a_code_completes_unless_a_passkey_is_asked_for() {
        use SecondFactor::{Everybody, Passkey};
        let code = Methods::only(Method::Password).and(Method::Totp);
        let paper = Methods::only(Method::Password).and(Method::RecoveryCode);
        let cases = [
            (Everybody, false, code, TOTP, Stage::Complete),
            (Everybody, false, code, BOTH, Stage::Complete),
            (Everybody, false, paper, PASSKEY, Stage::Complete),
            (Everybody, true, code, TOTP, Stage::MustEnrol),
            (Everybody, true, code, BOTH, Stage::NeedsSecondFactor),
            (Everybody, true, paper, BOTH, Stage::MustEnrol),
            (Passkey, false, code, TOTP, Stage::MustEnrol),
            (Passkey, false, code, BOTH, Stage::NeedsSecondFactor),
        ];
        for (policy, admin, shown, enrolled, expected) in cases {
            let stage = Demand::of(policy, admin).stage(shown, enrolled);
            assert_eq!(stage, expected, "{policy:?} {admin} {enrolled:?}");
        }
        let passkey = Methods::only(Method::Passkey);
        assert_eq!(Demand::of(Passkey, true).stage(passkey, BOTH), Stage::Complete);
    }
}
