//! The words that settings can have as values, for people.

use crate::{Area, Text, Unit};

const WORDS: [(&str, Text); 36] = [
    ("1.2", Text { de: "ab TLS 1.2", en: "from TLS 1.2" }),
    ("1.3", Text { de: "nur TLS 1.3", en: "TLS 1.3 only" }),
    ("administrators", Text { de: "nur für die Verwaltung", en: "administration only" }),
    ("allow_list", Text { de: "nur genannte Server", en: "named servers only" }),
    ("allowed", Text { de: "erlaubt", en: "allowed" }),
    ("always", Text { de: "immer", en: "always" }),
    ("app_passwords", Text { de: "nur App-Passwörter", en: "app passwords only" }),
    ("browser_only", Text { de: "private nur im Browser", en: "private ones only as browsers" }),
    ("class_1", Text { de: "bis Schutzklasse 1", en: "up to protection class 1" }),
    ("class_2", Text { de: "bis Schutzklasse 2", en: "up to protection class 2" }),
    ("closed", Text { de: "geschlossen", en: "closed" }),
    ("company_only", Text { de: "nur Firmengeräte", en: "company devices only" }),
    ("everything", Text { de: "alle Dateien", en: "all files" }),
    ("everywhere", Text { de: "überall erlaubt", en: "allowed everywhere" }),
    ("forbidden", Text { de: "nicht erlaubt", en: "not allowed" }),
    ("invitation", Text { de: "auf Einladung", en: "by invitation" }),
    ("invited", Text { de: "ab der Einladung", en: "from the invitation on" }),
    ("joined", Text { de: "ab dem Beitritt", en: "from joining on" }),
    ("never", Text { de: "nie", en: "never" }),
    (
        "no_active_content",
        Text { de: "keine Programme, Skripte, Webseiten", en: "no programs, scripts, web pages" },
    ),
    ("off", Text { de: "aus", en: "off" }),
    ("on", Text { de: "an", en: "on" }),
    ("open", Text { de: "offen", en: "open" }),
    ("optional", Text { de: "freiwillig", en: "voluntary" }),
    ("organisation", Text { de: "alle in der Organisation", en: "everybody in the organisation" }),
    ("private_rooms", Text { de: "nur in privaten Räumen", en: "in private rooms only" }),
    ("private_too", Text { de: "auch private", en: "private ones too" }),
    (
        "real_name_outside",
        Text { de: "nach außen mit Klarnamen", en: "real names towards outside" },
    ),
    ("required", Text { de: "Pflicht", en: "required" }),
    ("room_and_single", Text { de: "ganzer Raum und einzelne", en: "whole room and single ones" }),
    ("shared", Text { de: "der ganze Verlauf", en: "the whole history" }),
    ("shared_rooms", Text { de: "wer einen Raum teilt", en: "those who share a room" }),
    ("signed_documents", Text { de: "dazu XML (Rechnungen)", en: "XML as well (invoices)" }),
    ("single", Text { de: "einzelne Nachrichten", en: "single messages" }),
    ("token", Text { de: "mit Anmeldeschlüssel", en: "with a registration token" }),
    ("webauthn", Text { de: "Passkey für alle", en: "passkey for everybody" }),
];

/// What a word means; `None` for one that no setting has.
pub fn word_text(word: &str) -> Option<Text> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, text)| *text)
}

impl Unit {
    /// Its name behind `number`.
    pub const fn text(self, number: u64) -> Text {
        match (self, number) {
            (Self::Count, _) => Text { de: "", en: "" },
            (Self::Characters, 1) => Text { de: "Zeichen", en: "character" },
            (Self::Characters, _) => Text { de: "Zeichen", en: "characters" },
            (Self::Minutes, 1) => Text { de: "Minute", en: "minute" },
            (Self::Minutes, _) => Text { de: "Minuten", en: "minutes" },
            (Self::Hours, 1) => Text { de: "Stunde", en: "hour" },
            (Self::Hours, _) => Text { de: "Stunden", en: "hours" },
            (Self::Days, 1) => Text { de: "Tag", en: "day" },
            (Self::Days, _) => Text { de: "Tage", en: "days" },
            (Self::OClock, _) => Text { de: "Uhr", en: "o'clock" },
            (Self::Mebibytes, _) => Text { de: "MiB", en: "MiB" },
        }
    }
}

impl Area {
    /// Every area, in the order in which people look for them.
    pub const ALL: [Self; 9] = [
        Self::Access,
        Self::Devices,
        Self::Rooms,
        Self::Retention,
        Self::Privacy,
        Self::Profile,
        Self::Content,
        Self::Guests,
        Self::Operation,
    ];

    /// Its name.
    pub const fn text(self) -> Text {
        match self {
            Self::Access => Text { de: "Zugang", en: "Access" },
            Self::Devices => Text { de: "Geräte und Sitzungen", en: "Devices and sessions" },
            Self::Rooms => Text { de: "Räume", en: "Rooms" },
            Self::Retention => {
                Text { de: "Aufbewahrung und Löschung", en: "Retention and deletion" }
            }
            Self::Privacy => Text { de: "Privatsphäre", en: "Privacy" },
            Self::Profile => Text { de: "Profile", en: "Profiles" },
            Self::Content => Text { de: "Nachrichten und Dateien", en: "Messages and files" },
            Self::Guests => Text { de: "Gäste", en: "Guests" },
            Self::Operation => Text { de: "Betrieb", en: "Operation" },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Domain, catalogue};

    #[test]
    fn every_word_of_a_setting_means_something_and_no_other() {
        let used: BTreeSet<&str> = catalogue()
            .filter_map(|setting| match setting.domain {
                Domain::Choice { strictest_first } => Some(strictest_first),
                Domain::Switch { .. } | Domain::Number { .. } => None,
            })
            .flatten()
            .copied()
            .collect();
        let known: BTreeSet<&str> = WORDS.iter().map(|(word, _)| *word).collect();
        assert_eq!(used, known);
    }

    #[test]
    fn every_setting_lies_in_an_area_that_is_shown() {
        assert!(catalogue().all(|setting| Area::ALL.contains(&setting.area)));
    }
}
