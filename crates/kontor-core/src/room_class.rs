//! What a room is for, in the eyes of the law.

use std::fmt;
use std::str::FromStr;

use crate::{Error, MatrixCode};

/// What a room is for. Chosen when it is created, written into its create event, never changed
/// (law: R-070). What follows from it is decided by `kontor_policy::ClassRules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RoomClass {
    /// Work among people of the organisation.
    #[default]
    Internal,
    /// Work with people from outside.
    External,
    /// Business letters, kept in an archive.
    BusinessLetter,
    /// Supervised by named people whom everybody sees.
    Supervised,
    /// Private talk, closed to the employer.
    Private,
    /// A named circle: works council, data protection officer, reporting office.
    Confidential,
    /// Gone as soon as it has arrived.
    Ephemeral,
    /// Announcements, readable for whoever runs the server.
    Announcement,
}

impl RoomClass {
    /// Every class.
    pub const ALL: [Self; 8] = [
        Self::Internal,
        Self::External,
        Self::BusinessLetter,
        Self::Supervised,
        Self::Private,
        Self::Confidential,
        Self::Ephemeral,
        Self::Announcement,
    ];

    /// Its name in events, in the API and in the store: the German term.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "intern",
            Self::External => "extern",
            Self::BusinessLetter => "handelsbrief",
            Self::Supervised => "beaufsichtigt",
            Self::Private => "privat",
            Self::Confidential => "vertraulich",
            Self::Ephemeral => "fluechtig",
            Self::Announcement => "bekanntmachung",
        }
    }
}

impl fmt::Display for RoomClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RoomClass {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|class| class.as_str() == word).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            let text = format!("app.kontor.class: must be one of {names}.");
            Error::invalid(MatrixCode::InvalidParam, text).with_field("field", "app.kontor.class")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for class in RoomClass::ALL {
            assert_eq!(class.as_str().parse::<RoomClass>().unwrap(), class);
        }
        assert!("Intern".parse::<RoomClass>().is_err());
    }
}
