//! The deletion rules: one for each kind of data, and none without. law: R-110, §3.3; DIN 66398

use std::collections::BTreeSet;
use std::time::Duration;

use kontor_core::{Error, Result};
use kontor_policy::Text;
use kontor_store::inventory;

const DAY: Duration = Duration::from_hours(24);

/// When a period begins (DIN 66398: Löschklassen).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionClass {
    /// When the data came into being.
    Collection,
    /// When the matter they belong to is over.
    EndOfMatter,
    /// When the relation to the person is over.
    EndOfRelation,
}

impl DeletionClass {
    /// The letter of the matrix.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Collection => "A",
            Self::EndOfMatter => "B",
            Self::EndOfRelation => "C",
        }
    }
}

/// How long data are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// As long as the class of the room says (settings `retention_…`).
    OfRoomClass,
    /// As long as the longest class says.
    LongestRoomClass,
    /// This long.
    Fixed(Duration),
    /// To the end of the n-th year after.
    YearEnd(u8),
    /// By the class of the entry: 90 days, 12 months, end of the 3rd or of the 10th year. law: R-194
    OfAuditClass,
    /// They go together with something else, or at once when they have served.
    WithCause,
    /// Nothing personal: kept as long as the organisation.
    Never,
}

/// One kind of data and its rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Name in runs, answers and documents; never changes its meaning.
    pub key: &'static str,
    /// Kinds of data of `law.md` §3.3.
    pub data_kinds: &'static str,
    /// Name for people.
    pub name: Text,
    /// When the period begins.
    pub class: DeletionClass,
    /// How long it is.
    pub period: Period,
    /// What happens at its end.
    pub method: Text,
    /// Where the law is.
    pub law: &'static str,
    /// The words of the inventory (`deletion = …`) that mean this rule.
    pub words: &'static [&'static str],
}

use DeletionClass::{Collection, EndOfMatter, EndOfRelation};

/// All rules.
#[rustfmt::skip]
pub static RULES: &[Rule] = &[
    Rule {
        key: "messages", data_kinds: "DA-12, DA-13, DA-14, DA-15",
        name: Text { de: "Nachrichten und ersetzte Raumeinstellungen", en: "Messages and replaced room state" },
        class: Collection, period: Period::OfRoomClass,
        method: Text {
            de: "Geräte vergessen sie, dann gehen Inhalt, Dateien, Lesebestätigungen und gesicherte Schlüssel.",
            en: "Devices forget them, then content, files, receipts and saved keys go.",
        },
        law: "DSGVO Art. 5(1)(e); R-113",
        words: &["retention rule of the room class (R-113)", "with the event it points to"],
    },
    Rule {
        key: "files", data_kinds: "DA-16, DA-03",
        name: Text { de: "Dateien ohne Nachricht", en: "Files without a message" },
        class: Collection, period: Period::LongestRoomClass,
        method: Text {
            de: "Dateien einer Nachricht gehen mit ihr; alle anderen, wenn die längste Frist um ist.",
            en: "Files of a message go with it; all others when the longest period is over.",
        },
        law: "DSGVO Art. 5(1)(e); R-112",
        words: &["with the file", "24 hours after the reservation"],
    },
    Rule {
        key: "rooms", data_kinds: "DA-17",
        name: Text { de: "Verlassene Räume", en: "Abandoned rooms" },
        class: EndOfMatter, period: Period::Fixed(Duration::from_hours(24 * 7)),
        method: Text {
            de: "Sieben Tage nachdem die letzte Person gegangen ist.",
            en: "Seven days after the last person left.",
        },
        law: "DSGVO Art. 5(1)(e); R-116",
        words: &["with the last event of the room", "with the room"],
    },
    Rule {
        key: "key_backup", data_kinds: "DA-18",
        name: Text { de: "Gesicherte Schlüssel", en: "Saved keys" },
        class: Collection, period: Period::OfRoomClass,
        method: Text {
            de: "Mit den Nachrichten, die sie öffnen; sonst mit der Sicherung oder dem Konto.",
            en: "With the messages they open; else with the backup or the account.",
        },
        law: "DSGVO Art. 5(1)(e); R-112",
        words: &["when the backup is deleted, or with the account"],
    },
    Rule {
        key: "account", data_kinds: "DA-01, DA-02, DA-03, DA-27",
        name: Text { de: "Konto, Name und Profil", en: "Account, name and profile" },
        class: EndOfRelation, period: Period::WithCause,
        method: Text {
            de: "Bei der Schließung des Kontos; 30 Tage später auch die Kennung und der Name in allen Räumen.",
            en: "When the account is closed; 30 days later its id, too, and the name in every room.",
        },
        law: "DSGVO Art. 17; R-048, R-128",
        words: &[
            "with the account", "with the account's deactivation",
            "30 days after the account is deactivated (R-048)",
            "when it is removed, at the latest with the account's deactivation",
            "when the person removes it, or with the account",
            "with the account, or when the proof is taken back", "when replaced, or with the account",
            "with the role or the account", "with the account; the oldest of 100 gives way",
            "after ten further passwords, at the latest with the account's deactivation",
            "when it is used or replaced, at the latest with the account's deactivation",
            "with the signing key, or with the account of either",
            "with the room, or when the person is erased",
            "when it is taken back, at the latest with the account",
        ],
    },
    Rule {
        key: "devices", data_kinds: "DA-05, DA-28",
        name: Text { de: "Geräte, ihre Schlüssel und Push-Adressen", en: "Devices, their keys and push addresses" },
        class: EndOfRelation, period: Period::WithCause,
        method: Text {
            de: "Mit der Abmeldung des Geräts, durch die Person oder die Administration.",
            en: "When the device is signed out, by the person or by an administrator.",
        },
        law: "DSGVO Art. 5(1)(e); R-200",
        words: &[
            "with the device", "with the device: sign-out or deactivation", "when removed, or with the device",
            "when replaced, or with the device", "when delivered, or with the device",
            "with the first upload after being handed out, or with the device",
        ],
    },
    Rule {
        key: "sessions", data_kinds: "DA-04",
        name: Text { de: "Sitzungen, Zugangstoken und Links", en: "Sessions, access tokens and links" },
        class: Collection, period: Period::WithCause,
        method: Text {
            de: "Sobald sie benutzt, beendet oder abgelaufen sind.",
            en: "As soon as they are used, ended or expired.",
        },
        law: "DSGVO Art. 5(1)(e); R-046",
        words: &[
            "when it ends, at the latest a day after its last use",
            "when it is used, or half an hour after it expired", "when used up or expired",
            "when used; 7 days after it was made, an invitation 30 days after that",
            "a minute after it was given, at the next sign-in", "after a day",
            "90 days after the last sign-in, if nobody is signed in with it",
        ],
    },
    Rule {
        key: "login_failures", data_kinds: "DA-06",
        name: Text { de: "Fehlversuche beim Anmelden", en: "Failed sign-ins" },
        class: Collection, period: Period::Fixed(Duration::from_hours(24 * 7)),
        method: Text { de: "Mit der nächsten Anmeldung, spätestens nach 7 Tagen.", en: "With the next sign-in, at the latest after 7 days." },
        law: "DSGVO Art. 6(1)(f), 32; R-044",
        words: &["with the next sign-in, at the latest after 7 days"],
    },
    Rule {
        key: "mails", data_kinds: "DA-01",
        name: Text { de: "Wartende E-Mails", en: "Waiting mails" },
        class: Collection, period: Period::Fixed(Duration::from_hours(24 * 7)),
        method: Text { de: "Nach dem Versand, spätestens nach 7 Tagen.", en: "Once sent, at the latest after 7 days." },
        law: "DSGVO Art. 5(1)(e)",
        words: &["once it is sent, at the latest after seven days; with the account"],
    },
    Rule {
        key: "reports", data_kinds: "DA-25",
        name: Text { de: "Meldungen von Inhalten und Personen", en: "Reports of content and people" },
        class: Collection, period: Period::Fixed(Duration::from_hours(24 * 180)),
        method: Text { de: "180 Tage nach der Meldung.", en: "180 days after the report." },
        law: "DSGVO Art. 6(1)(f)",
        words: &["180 days after the report"],
    },
    Rule {
        key: "audit", data_kinds: "DA-08, DA-09, DA-10, DA-11",
        name: Text { de: "Protokoll", en: "Audit log" },
        class: Collection, period: Period::OfAuditClass,
        method: Text {
            de: "Nach Klasse; an der Stelle bleibt eine unterschriebene Lücke.",
            en: "By class; a signed gap stays in its place.",
        },
        law: "DSGVO Art. 5(2), 32; R-194",
        words: &[
            "90 days, 12 months, end of the 3rd or of the 10th year, by class (R-194)",
            "with the entries it vouches for",
        ],
    },
    Rule {
        key: "decisions", data_kinds: "DA-11, DA-24",
        name: Text { de: "Entscheidungen: Freigaben, Einstellungen, Löschläufe", en: "Decisions: approvals, settings, runs of deletion" },
        class: EndOfMatter, period: Period::YearEnd(3),
        method: Text { de: "Zum Ende des dritten Jahres danach.", en: "At the end of the third year after." },
        law: "DSGVO Art. 5(2); R-194",
        words: &[
            "3 years to the end of the year (R-194)",
            "3 years after the decision, with the audit log's class C", "when the decision is taken back",
        ],
    },
    Rule {
        key: "acknowledgements", data_kinds: "DA-23",
        name: Text { de: "Kenntnisnahmen", en: "Acknowledgements" },
        class: EndOfRelation, period: Period::YearEnd(3),
        method: Text { de: "Zum Ende des dritten Jahres danach.", en: "At the end of the third year after." },
        law: "DSGVO Art. 5(2); R-074",
        words: &["3 years to the end of the year (DA-23)"],
    },
    Rule {
        key: "supervision", data_kinds: "DA-31",
        name: Text { de: "Einblicke von Aufsichtspersonen", en: "Looks by those who supervise" },
        class: EndOfMatter, period: Period::YearEnd(3),
        method: Text { de: "Zum Ende des dritten Jahres danach.", en: "At the end of the third year after." },
        law: "DSGVO Art. 5(2); R-075",
        words: &["3 years to the end of the year (DA-31)"],
    },
    Rule {
        key: "notices", data_kinds: "DA-30",
        name: Text { de: "Löschhinweise an Geräte", en: "Notices to devices of what to forget" },
        class: Collection, period: Period::Fixed(Duration::from_hours(24 * 90)),
        method: Text { de: "Kennungen ohne Inhalt, 90 Tage.", en: "Ids without content, 90 days." },
        law: "DSGVO Art. 17, 19; R-111",
        words: &[
            "after 90 days", "after the longest period of a class, and a month",
            "a day after the message was written (R-114)", "after 30 days",
        ],
    },
    Rule {
        key: "holds", data_kinds: "–",
        name: Text { de: "Für Rechtsansprüche Aufbewahrtes", en: "What is held for claims at law" },
        class: EndOfMatter, period: Period::WithCause,
        method: Text {
            de: "Sobald keine Aufbewahrung mehr gilt; bis dahin liest es niemand.",
            en: "As soon as no hold keeps it any more; until then nobody reads it.",
        },
        law: "DSGVO Art. 17(3)(e), 18; R-122, R-123",
        words: &["when no hold keeps it any more (R-122)"],
    },
    Rule {
        key: "erasure_ledger", data_kinds: "DA-29",
        name: Text { de: "Löschverzeichnis für Sicherungen", en: "Erasure ledger for backups" },
        class: Collection, period: Period::Fixed(kontor_ledger::KEPT),
        method: Text {
            de: "Geschlüsselte Merkzettel ohne Kennung, bis keine Sicherung mehr älter ist, und 30 Tage.",
            en: "Keyed tombstones without ids, until no backup is older any more, and 30 days.",
        },
        law: "DSGVO Art. 17; R-233",
        words: &["60 days (R-233)"],
    },
    Rule {
        key: "technical", data_kinds: "–",
        name: Text { de: "Technisches ohne Personenbezug", en: "Technical data about nobody" },
        class: EndOfRelation, period: Period::Never,
        method: Text { de: "Mit der Organisation.", en: "With the organisation." },
        law: "–",
        words: &["never", "with the tenant"],
    },
];

/// The rule that the words of the inventory mean.
#[must_use]
pub fn rule_of(words: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.words.contains(&words))
}

/// Makes sure that every column of the inventory has exactly one rule; without, nothing is served.
///
/// # Errors
/// `Unavailable`, naming the columns.
pub fn check_inventory() -> Result<()> {
    let columns = inventory::columns()?;
    let without: BTreeSet<String> = columns
        .iter()
        .filter(|column| {
            let words = &*column.declaration.deletion;
            RULES.iter().filter(|rule| rule.words.contains(&words)).count() != 1
        })
        .map(|column| format!("{}.{}", column.table, column.column))
        .collect();
    if without.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = without.into_iter().collect();
    Err(Error::unavailable(format!(
        "These columns have no deletion rule (crates/kontor-deletion/src/rules.rs): {}",
        names.join(", ")
    )))
}

impl Rule {
    /// Longest time data of this kind are kept, where that is one number.
    #[must_use]
    pub const fn fixed(&self) -> Option<Duration> {
        match self.period {
            Period::Fixed(period) => Some(period),
            _ => None,
        }
    }
}

/// Grace before something counts as overdue. law: R-111
pub(crate) const GRACE: Duration = DAY;

#[cfg(test)]
mod tests {
    use kontor_store::inventory::Subject;

    use super::*;

    #[test]
    fn every_column_has_exactly_one_rule() {
        check_inventory().unwrap();
    }

    #[test]
    fn every_rule_is_used_and_named_once() {
        let columns = inventory::columns().unwrap();
        let mut keys = BTreeSet::new();
        for rule in RULES {
            assert!(keys.insert(rule.key), "{}", rule.key);
            for words in rule.words {
                let used = columns.iter().any(|column| column.declaration.deletion == *words);
                assert!(used, "{}: no column says \"{words}\"", rule.key);
            }
        }
    }

    #[test]
    fn nothing_about_people_is_kept_for_ever() {
        for column in inventory::columns().unwrap() {
            let rule = rule_of(&column.declaration.deletion).unwrap();
            let name = format!("{}.{}", column.table, column.column);
            let is_kept = column.declaration.deletion == "never";
            assert!(
                !is_kept || column.declaration.subject == Subject::None,
                "{name}: {}",
                rule.key
            );
        }
    }
}
