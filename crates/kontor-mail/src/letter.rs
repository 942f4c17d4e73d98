//! The mails there are.

use std::str::FromStr;

use fluent_bundle::FluentArgs;
use kontor_core::{Error, Locale, Secret};

use crate::texts::text;

/// A mail to somebody about her own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    /// Asks whether an address is hers.
    ConfirmAddress,
    /// Brings the link to a new password that she asked for. law: R-044
    ForgottenPassword,
    /// Invites somebody who has no account yet. law: R-049
    Invitation,
    /// The account rests after too many wrong passwords. law: R-044
    Locked,
    /// A device was signed in that was not known before.
    NewDevice,
    /// A second factor was set up or removed.
    FactorChanged,
    /// A recovery code stood in for the second factor.
    RecoveryCodeUsed,
    /// The password was changed.
    PasswordChanged,
    /// The address counts no more; goes to the old one.
    AddressChanged,
    /// Somebody has reported one of her devices as lost. law: R-203
    DeviceLost,
    /// The time of guests whom she has invited ends soon. law: R-049
    GuestEnds,
    /// Messages of hers, or of a room she is in, are held for a claim at law. law: R-122
    HoldPlaced,
    /// Such a hold was released. law: DSGVO Art. 18(3)
    HoldReleased,
    /// To those in charge of holds: one waits to be looked at again. law: R-122
    HoldReviewDue,
    /// To those in charge of holds: nobody has looked at one, ending it is proposed. law: R-122
    HoldReleaseProposed,
}

/// A mail in one language.
#[derive(Clone, Debug)]
pub struct Written {
    /// Subject.
    pub subject: String,
    /// Plain text; may hold a link that opens something.
    pub body: Secret<String>,
}

impl Letter {
    /// Every mail there is.
    pub const ALL: [Self; 15] = [
        Self::ConfirmAddress,
        Self::ForgottenPassword,
        Self::Invitation,
        Self::Locked,
        Self::NewDevice,
        Self::FactorChanged,
        Self::RecoveryCodeUsed,
        Self::PasswordChanged,
        Self::AddressChanged,
        Self::DeviceLost,
        Self::GuestEnds,
        Self::HoldPlaced,
        Self::HoldReleased,
        Self::HoldReviewDue,
        Self::HoldReleaseProposed,
    ];

    /// Its name in the store and among the texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmAddress => "confirm-address",
            Self::ForgottenPassword => "forgotten-password",
            Self::Invitation => "invitation",
            Self::Locked => "locked",
            Self::NewDevice => "new-device",
            Self::FactorChanged => "factor-changed",
            Self::RecoveryCodeUsed => "recovery-code-used",
            Self::PasswordChanged => "password-changed",
            Self::AddressChanged => "address-changed",
            Self::DeviceLost => "device-lost",
            Self::GuestEnds => "guest-ends",
            Self::HoldPlaced => "hold-placed",
            Self::HoldReleased => "hold-released",
            Self::HoldReviewDue => "hold-review-due",
            Self::HoldReleaseProposed => "hold-release-proposed",
        }
    }

    /// The mail about an account of `organisation` (its server name), leading to the address
    /// `link`.
    #[must_use]
    pub fn write(self, locale: Locale, organisation: &str, link: &str) -> Written {
        let mut values = FluentArgs::new();
        values.set("organisation", organisation);
        values.set("link", link);
        let say = |part: &str| text(locale, &format!("{}-{part}", self.as_str()), &values);
        let (head, tail) = (say("text"), text(locale, "closing", &values));
        Written { subject: say("subject"), body: Secret::new(format!("{head}\n\n{tail}\n")) }
    }
}

impl FromStr for Letter {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|letter| letter.as_str() == name);
        found.ok_or_else(|| Error::internal(format!("there is no mail {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_is_written_in_both_languages_and_leads_somewhere() {
        for letter in Letter::ALL {
            assert_eq!(letter.as_str().parse::<Letter>().unwrap(), letter);
            let [german, english] = [Locale::De, Locale::En]
                .map(|locale| letter.write(locale, "firma.example", "https://k.example/x"));
            assert_ne!(german.subject, english.subject);
            for written in [german, english] {
                let body = written.body.expose();
                assert!(body.contains("https://k.example/x"), "{body}");
                assert!(body.contains("firma.example"), "{body}");
                for text in [body, &written.subject] {
                    assert!(!text.contains(['{', '$', '\u{2068}', '\r']), "{text}");
                }
                assert!(!written.subject.contains('\n'));
                assert!(body.lines().all(|line| line.chars().count() <= 78), "{body}");
            }
        }
        assert!("nonsense".parse::<Letter>().is_err());
    }
}
