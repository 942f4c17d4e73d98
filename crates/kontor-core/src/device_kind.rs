//! Whose a device is.

use std::fmt;
use std::str::FromStr;

use crate::{Error, MatrixCode};

/// Whose a device is; decides what it may do (law: ).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum DeviceKind {
    /// The organisation's.
    Company,
    /// The person's own; also whatever nobody has said anything about.
    #[default]
    Private,
    /// Somebody else's, used through its browser.
    Browser,
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Company, Self::Private, Self::Browser];

    /// Its name in the API and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Private => "private",
            Self::Browser => "browser",
        }
    }
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeviceKind {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| {
            let text = "kind: must be one of company, private, browser.";
            Error::invalid(MatrixCode::InvalidParam, text).with_field("field", "kind")
        })
    }
}
