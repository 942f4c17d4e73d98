//! What others learn of a person.

use crate::{Area, Domain, Effect, Setting, Shipped, Stricter, Text, Unit, Value};

pub(super) static SETTINGS: [Setting; 12] = [
    Setting {
        key: "presence",
        area: Area::Privacy,
        name: Text { de: "Online-Status", en: "Presence" },
        reason: Text {
            de: "Wer wann am Gerät sitzt, geht niemanden etwas an.",
            en: "Who sits at a device when is nobody's business.",
        },
        law: "DSGVO Art. 25(2); BetrVG § 87(1) Nr. 6",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: true,
        effect: Effect::Flag(|policy| &mut policy.presence_allowed),
    },
    Setting {
        key: "read_receipts",
        area: Area::Privacy,
        name: Text { de: "Lesebestätigungen", en: "Read receipts" },
        reason: Text {
            de: "Sie eignen sich, um Reaktionszeiten zu kontrollieren.",
            en: "They lend themselves to checking response times.",
        },
        law: "DSGVO Art. 25(2); BetrVG § 87(1) Nr. 6",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: false,
        monitoring: true,
        effect: Effect::Flag(|policy| &mut policy.receipts_allowed),
    },
    Setting {
        key: "typing_notices",
        area: Area::Privacy,
        name: Text { de: "Tippanzeige", en: "Typing notices" },
        reason: Text {
            de: "Sie zeigen, was jemand gerade tut.",
            en: "They show what somebody is doing.",
        },
        law: "DSGVO Art. 25(2); BetrVG § 87(1) Nr. 6",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: false,
        monitoring: true,
        effect: Effect::Flag(|policy| &mut policy.typing_allowed),
    },
    Setting {
        key: "last_seen",
        area: Area::Privacy,
        name: Text { de: "Zuletzt gesehen", en: "Last seen" },
        reason: Text { de: "Dafür gibt es keinen Zweck.", en: "There is no purpose for it." },
        law: "DSGVO Art. 5(1)(b)",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: true,
        effect: Effect::Absent,
    },
    Setting {
        key: "location_sharing",
        area: Area::Privacy,
        name: Text { de: "Standort teilen", en: "Location sharing" },
        reason: Text {
            de: "Aufenthaltsorte von Beschäftigten brauchen eine Folgenabschätzung.",
            en: "Whereabouts of employees need an impact assessment.",
        },
        law: "TDDDG § 13; DSGVO Art. 35",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: true,
        effect: Effect::Absent,
    },
    Setting {
        key: "address_book_access",
        area: Area::Privacy,
        name: Text { de: "Zugriff auf das Adressbuch", en: "Access to the address book" },
        reason: Text {
            de: "Darin stehen Menschen, die niemand gefragt hat.",
            en: "It holds people whom nobody has asked.",
        },
        law: "DSGVO Art. 6",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: false,
        effect: Effect::Absent,
    },
    Setting {
        key: "telemetry",
        area: Area::Privacy,
        name: Text { de: "Telemetrie", en: "Telemetry" },
        reason: Text {
            de: "Es wird nichts nach außen gemeldet.",
            en: "Nothing is reported outside.",
        },
        law: "DSGVO Art. 25; R-006",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: false,
        effect: Effect::Absent,
    },
    Setting {
        key: "statistics_minimum_group",
        area: Area::Privacy,
        name: Text { de: "Kleinste Gruppe in Statistiken", en: "Smallest group in statistics" },
        reason: Text {
            de: "Aus Zahlen soll niemand auf Einzelne schließen.",
            en: "Nobody should infer a person from figures.",
        },
        law: "BetrVG § 87(1) Nr. 6",
        domain: Domain::Number { min: 10, max: 100, unit: Unit::Count, stricter: Stricter::Higher },
        shipped: Shipped::all(Value::Number(10)),
        locked: true,
        monitoring: true,
        effect: Effect::Planned,
    },
    Setting {
        key: "push_with_content",
        area: Area::Privacy,
        name: Text { de: "Inhalt in Push-Nachrichten", en: "Content in push messages" },
        reason: Text {
            de: "Push läuft über Server in Drittländern.",
            en: "Push passes through servers in third countries.",
        },
        law: "DSGVO Art. 44",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: false,
        effect: Effect::Flag(|policy| &mut policy.push_content_allowed),
    },
    Setting {
        key: "push_gateways",
        area: Area::Privacy,
        name: Text { de: "Push-Dienste außerhalb", en: "Push gateways outside" },
        reason: Text {
            de: "Nach außen geht nur, was im Verzeichnis steht.",
            en: "Only what is on the register goes out.",
        },
        law: "DSGVO Art. 44; R-002",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: false,
        effect: Effect::Flag(|policy| &mut policy.push_gateways_allowed),
    },
    Setting {
        key: "directory_min_characters",
        area: Area::Privacy,
        name: Text { de: "Zeichen für die Personensuche", en: "Characters to search for people" },
        reason: Text {
            de: "Das Verzeichnis soll sich nicht abziehen lassen.",
            en: "The directory should not be harvested.",
        },
        law: "DSGVO Art. 25(2)",
        domain: Domain::Number {
            min: 1,
            max: 10,
            unit: Unit::Characters,
            stricter: Stricter::Higher,
        },
        shipped: Shipped::all(Value::Number(3)),
        locked: false,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| u64::try_from(policy.directory_search.min_chars).ok().map(Value::Number),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.directory_search.min_chars =
                        usize::try_from(number).unwrap_or(usize::MAX);
                }
            },
        },
    },
    Setting {
        key: "directory_max_results",
        area: Area::Privacy,
        name: Text { de: "Treffer der Personensuche", en: "Results of a search for people" },
        reason: Text {
            de: "Das Verzeichnis soll sich nicht abziehen lassen.",
            en: "The directory should not be harvested.",
        },
        law: "DSGVO Art. 25(2)",
        domain: Domain::Number { min: 1, max: 100, unit: Unit::Count, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(20)),
        locked: false,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| {
                u64::try_from(policy.directory_search.max_results).ok().map(Value::Number)
            },
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.directory_search.max_results =
                        usize::try_from(number).unwrap_or(usize::MAX);
                }
            },
        },
    },
];
