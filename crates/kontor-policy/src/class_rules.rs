//! What follows from a room's class: the one table. law: R-070…R-079, §4.2

use std::time::Duration;

use kontor_core::RoomClass;
use serde::Serialize;

use crate::{Profile, Shipped, Value};

/// Who may be in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Accounts of the organisation; no guests, nobody of other servers.
    Organisation,
    /// Guests and partners, too.
    Outsiders,
}

/// Whether messages are end-to-end encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Whatever the settings say.
    Always,
    /// As the setting `e2ee_in_all_rooms` says.
    AsPolicy,
    /// Only if whoever creates the room asks for it: what is announced is meant to be read.
    Optional,
}

/// How long messages are kept, in days from sending, for each profile of `law.md` §4.2; `None`
/// where the profile does not know the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    standard: u16,
    elevated: Option<u16>,
    trade: u16,
    /// Shortest period a room or an organisation may choose, in days.
    pub min_days: u16,
    /// Longest, in days.
    pub max_days: u16,
}

impl Retention {
    /// What a profile ships, in days.
    #[must_use]
    pub const fn days(&self, profile: Profile) -> Option<u16> {
        match profile {
            Profile::Standard => Some(self.standard),
            Profile::Elevated => self.elevated,
            Profile::Trade => Some(self.trade),
        }
    }

    /// The same, as the catalogue of settings has it.
    pub(crate) const fn shipped(&self) -> Shipped {
        const fn number(days: u16) -> Value {
            Value::Number(days as u64)
        }
        let elevated = match self.elevated {
            Some(days) => Some(number(days)),
            None => None,
        };
        Shipped::each(Some(number(self.standard)), elevated, Some(number(self.trade)))
    }
}

/// How long messages are kept in rooms of each class, from sending; in rooms of class
/// [`RoomClass::Ephemeral`] at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionPeriods {
    internal: Duration,
    external: Duration,
    business_letter: Duration,
    supervised: Duration,
    private: Duration,
    confidential: Duration,
    ephemeral: Duration,
    announcement: Duration,
}

impl RetentionPeriods {
    /// What a profile ships; what it does not know is as in the standard one.
    #[must_use]
    pub fn shipped(profile: Profile) -> Self {
        let period = |class| {
            let retention = ClassRules::of(class).retention;
            let days = retention.days(profile).unwrap_or(retention.standard);
            Duration::from_hours(24 * u64::from(days))
        };
        Self {
            internal: period(RoomClass::Internal),
            external: period(RoomClass::External),
            business_letter: period(RoomClass::BusinessLetter),
            supervised: period(RoomClass::Supervised),
            private: period(RoomClass::Private),
            confidential: period(RoomClass::Confidential),
            ephemeral: period(RoomClass::Ephemeral),
            announcement: period(RoomClass::Announcement),
        }
    }

    /// The period of a class.
    #[must_use]
    pub fn of(&self, class: RoomClass) -> Duration {
        *self.clone().field(class)
    }

    pub(crate) const fn set(&mut self, class: RoomClass, period: Duration) {
        *self.field(class) = period;
    }

    const fn field(&mut self, class: RoomClass) -> &mut Duration {
        match class {
            RoomClass::Internal => &mut self.internal,
            RoomClass::External => &mut self.external,
            RoomClass::BusinessLetter => &mut self.business_letter,
            RoomClass::Supervised => &mut self.supervised,
            RoomClass::Private => &mut self.private,
            RoomClass::Confidential => &mut self.confidential,
            RoomClass::Ephemeral => &mut self.ephemeral,
            RoomClass::Announcement => &mut self.announcement,
        }
    }
}

/// What follows from a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of yes and no")]
pub struct ClassRules {
    /// Who may be in it.
    pub audience: Audience,
    /// Whether messages are end-to-end encrypted.
    pub encryption: Encryption,
    /// Whether newcomers may be shown what was written before they came, if the settings allow it.
    pub earlier_history: bool,
    /// Whether it may be found in the directory and joined without an invitation, if the settings
    /// allow it.
    pub open: bool,
    /// Whether a member may supervise it, seen by everybody.
    pub supervision: bool,
    /// Whether a member may put all of it into the archive, seen by everybody.
    pub archive: bool,
    /// Whether a legal hold may reach it.
    pub hold: bool,
    /// Whether name, topic and picture may stand where the server can read them. law: R-024
    pub clear_name: bool,
    /// Schutzklasse, 0 to 3 (law: R-090).
    pub protection_class: u8,
    /// How long messages are kept. For [`RoomClass::Ephemeral`] at most; there delivery ends it.
    pub retention: Retention,
}

impl ClassRules {
    /// What follows from `class`.
    #[must_use]
    pub const fn of(class: RoomClass) -> Self {
        match class {
            RoomClass::Internal => Self {
                encryption: Encryption::AsPolicy,
                earlier_history: true,
                open: true,
                retention: days((180, Some(90), 180), 7, 365),
                ..WORK
            },
            RoomClass::External => Self {
                audience: Audience::Outsiders,
                protection_class: 2,
                retention: days((365, Some(180), 365), 30, 730),
                ..WORK
            },
            RoomClass::BusinessLetter => Self {
                audience: Audience::Outsiders,
                archive: true,
                protection_class: 2,
                retention: days((180, None, 180), 30, 730),
                ..WORK
            },
            RoomClass::Supervised => Self {
                audience: Audience::Outsiders,
                supervision: true,
                archive: true,
                retention: days((180, Some(90), 180), 7, 365),
                ..WORK
            },
            RoomClass::Private => {
                Self { retention: days((90, None, 90), 7, 365), protection_class: 2, ..CLOSED }
            }
            RoomClass::Confidential => Self {
                audience: Audience::Outsiders,
                retention: days((365, Some(180), 365), 7, 1095),
                protection_class: 3,
                ..CLOSED
            },
            RoomClass::Ephemeral => Self {
                audience: Audience::Outsiders,
                retention: days((1, Some(1), 1), 1, 3),
                protection_class: 2,
                ..CLOSED
            },
            RoomClass::Announcement => Self {
                audience: Audience::Outsiders,
                encryption: Encryption::Optional,
                earlier_history: true,
                open: true,
                retention: days((365, Some(365), 365), 30, 1095),
                ..WORK
            },
        }
    }
}

/// Names of the classes that a legal hold may reach. law: R-122
#[must_use]
pub fn classes_in_reach_of_holds() -> Vec<&'static str> {
    let reached = RoomClass::ALL.into_iter().filter(|class| ClassRules::of(*class).hold);
    reached.map(RoomClass::as_str).collect()
}

const fn days(profiles: (u16, Option<u16>, u16), min_days: u16, max_days: u16) -> Retention {
    let (standard, elevated, trade) = profiles;
    Retention { standard, elevated, trade, min_days, max_days }
}

/// Rooms for work: a hold can reach them, their names can be read.
const WORK: ClassRules = ClassRules {
    audience: Audience::Organisation,
    encryption: Encryption::Always,
    earlier_history: false,
    open: false,
    supervision: false,
    archive: false,
    hold: true,
    clear_name: true,
    protection_class: 1,
    retention: days((180, Some(90), 180), 7, 365),
};

/// Rooms that nobody else looks into.
const CLOSED: ClassRules = ClassRules { hold: false, clear_name: false, ..WORK };

#[cfg(test)]
mod tests {
    use super::*;

    /// Written a second time, as in law.md R-070 and §4.2, so that no cell changes by accident.
    #[rustfmt::skip]
    const GRID: [(RoomClass, &str); 8] = [
        //                            guests e2ee    history open superv archive hold name SK  S   E   H   min max
        (RoomClass::Internal,       "no  policy   yes yes no  no  yes yes 1 180 90  180 7  365"),
        (RoomClass::External,       "yes always   no  no  no  no  yes yes 2 365 180 365 30 730"),
        (RoomClass::BusinessLetter, "yes always   no  no  no  yes yes yes 2 180 -   180 30 730"),
        (RoomClass::Supervised,     "yes always   no  no  yes yes yes yes 1 180 90  180 7  365"),
        (RoomClass::Private,        "no  always   no  no  no  no  no  no  2 90  -   90  7  365"),
        (RoomClass::Confidential,   "yes always   no  no  no  no  no  no  3 365 180 365 7  1095"),
        (RoomClass::Ephemeral,      "yes always   no  no  no  no  no  no  2 1   1   1   1  3"),
        (RoomClass::Announcement,   "yes optional yes yes no  no  yes yes 1 365 365 365 30 1095"),
    ];

    #[test]
    fn every_cell_of_the_table_is_as_written_down() {
        assert_eq!(GRID.map(|(class, _)| class), RoomClass::ALL);
        for (class, row) in GRID {
            let rules = ClassRules::of(class);
            let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
            let profile = |it| rules.retention.days(it).map_or("-".to_owned(), |d| d.to_string());
            let encryption = match rules.encryption {
                Encryption::Always => "always",
                Encryption::AsPolicy => "policy",
                Encryption::Optional => "optional",
            };
            let cells = [
                yes(rules.audience == Audience::Outsiders),
                encryption.to_owned(),
                yes(rules.earlier_history),
                yes(rules.open),
                yes(rules.supervision),
                yes(rules.archive),
                yes(rules.hold),
                yes(rules.clear_name),
                rules.protection_class.to_string(),
                profile(Profile::Standard),
                profile(Profile::Elevated),
                profile(Profile::Trade),
                rules.retention.min_days.to_string(),
                rules.retention.max_days.to_string(),
            ];
            let written: Vec<&str> = row.split_whitespace().collect();
            assert_eq!(cells.as_slice(), written, "{class}");
        }
    }

    #[test]
    fn what_is_shipped_lies_within_the_bounds() {
        for class in RoomClass::ALL {
            let retention = ClassRules::of(class).retention;
            for profile in [Profile::Standard, Profile::Elevated, Profile::Trade] {
                let Some(days) = retention.days(profile) else { continue };
                assert!((retention.min_days..=retention.max_days).contains(&days), "{class}");
            }
        }
    }

    #[test]
    fn nobody_looks_into_closed_rooms() {
        for class in [RoomClass::Private, RoomClass::Confidential, RoomClass::Ephemeral] {
            let rules = ClassRules::of(class);
            let eyes = [rules.supervision, rules.archive, rules.hold, rules.open, rules.clear_name];
            assert_eq!(eyes, [false; 5], "{class}");
            assert_eq!(rules.encryption, Encryption::Always, "{class}");
        }
    }
}
