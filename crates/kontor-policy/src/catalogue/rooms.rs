//! Rooms and their history.

use ruma::events::room::history_visibility::HistoryVisibility;

use crate::{Area, Domain, Effect, PrivateUse, Setting, Shipped, Text, Value};

pub(super) static SETTINGS: [Setting; 8] = [
    Setting {
        key: "e2ee_in_all_rooms",
        area: Area::Rooms,
        name: Text {
            de: "Ende-zu-Ende-Verschlüsselung in allen Räumen",
            en: "End-to-end encryption in all rooms",
        },
        reason: Text {
            de: "Inhalte gehen nur die Beteiligten etwas an, nicht den Betreiber.",
            en: "Contents concern those involved, not the operator.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::ON,
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-rooms/src/create.rs"],
        programs: None,
        effect: Effect::Flag(|policy| &mut policy.e2ee_required),
    },
    Setting {
        key: "plaintext_in_encrypted_rooms_refused",
        area: Area::Rooms,
        name: Text {
            de: "Klartext in verschlüsselten Räumen abweisen",
            en: "Refuse clear text in encrypted rooms",
        },
        reason: Text {
            de: "Manche Programme senden die erste Nachricht versehentlich unverschlüsselt.",
            en: "Some clients send their first message unencrypted by mistake.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::ON,
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-rooms/src/send.rs"],
        programs: None,
        effect: Effect::Flag(|policy| &mut policy.plaintext_guard),
    },
    Setting {
        key: "discoverable_rooms",
        area: Area::Rooms,
        name: Text { de: "Öffentlich auffindbare Räume", en: "Publicly listed rooms" },
        reason: Text {
            de: "Von einem Raum erfährt, wer ihn für seine Arbeit braucht.",
            en: "Those who need a room for their work learn of it.",
        },
        law: "DSGVO Art. 25(2)",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-rooms/src/create.rs", "kontor-rooms/src/read/directory.rs"],
        programs: None,
        effect: Effect::Flag(|policy| &mut policy.publish_rooms_allowed),
    },
    Setting {
        key: "history_for_newcomers",
        area: Area::Rooms,
        name: Text { de: "Verlauf für neue Mitglieder", en: "History for new members" },
        reason: Text {
            de: "Niemand soll nachträglich lesen, was vor seinem Beitritt geschrieben wurde.",
            en: "Nobody should read in hindsight what was written before they joined.",
        },
        law: "DSGVO Art. 25(2)",
        domain: Domain::Choice { strictest_first: &["joined", "invited", "shared"] },
        shipped: Shipped::all(Value::Choice("joined")),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-rooms/src/class.rs", "kontor-rooms/src/create.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.default_history_visibility {
                    HistoryVisibility::Joined => "joined",
                    HistoryVisibility::Invited => "invited",
                    _ => "shared",
                }))
            },
            apply: |policy, value| {
                policy.default_history_visibility = match value {
                    Value::Choice("joined") => HistoryVisibility::Joined,
                    Value::Choice("invited") => HistoryVisibility::Invited,
                    _ => HistoryVisibility::Shared,
                };
            },
        },
    },
    Setting {
        key: "federation",
        area: Area::Rooms,
        name: Text { de: "Verbindung zu anderen Servern", en: "Federation" },
        reason: Text {
            de: "Kopien auf fremden Servern lassen sich nicht zuverlässig löschen.",
            en: "Copies on foreign servers cannot be deleted reliably.",
        },
        law: "DSGVO Art. 25(2)",
        domain: Domain::Choice { strictest_first: &["off", "allow_list"] },
        shipped: Shipped::each(
            Some(Value::Choice("off")),
            Some(Value::Choice("off")),
            Some(Value::Choice("allow_list")),
        ),
        locked: true,
        monitoring: false,
        personal: false,
        points: &[],
        programs: None,
        effect: Effect::Planned(Some(Value::Choice("off"))),
    },
    Setting {
        key: "private_use",
        area: Area::Rooms,
        name: Text { de: "Private Nutzung", en: "Private use" },
        reason: Text {
            de: "Ob private Nutzung erlaubt ist, entscheidet der Arbeitgeber ausdrücklich. Ob er dann dem \
                 Fernmeldegeheimnis unterliegt, ist ungeklärt; in privaten Räumen kommt es nicht darauf \
                 an, weil dort niemand mitlesen kann. Ist sie überall erlaubt, wird nichts beaufsichtigt.",
            en: "Whether private use is allowed is for the employer to decide expressly. Whether the \
                 secrecy of telecommunications then binds him is unsettled; in private rooms it does not \
                 matter, because nobody can read along there. Where it is allowed everywhere, nothing is \
                 supervised.",
        },
        law: "TDDDG § 3; BetrVG § 87(1) Nr. 1; R-073",
        domain: Domain::Choice { strictest_first: &["forbidden", "private_rooms", "everywhere"] },
        shipped: Shipped::all(Value::Choice("forbidden")),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-rooms/src/class.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.private_use {
                    PrivateUse::Forbidden => "forbidden",
                    PrivateUse::PrivateRooms => "private_rooms",
                    PrivateUse::Everywhere => "everywhere",
                }))
            },
            apply: |policy, value| {
                policy.private_use = match value {
                    Value::Choice("private_rooms") => PrivateUse::PrivateRooms,
                    Value::Choice("everywhere") => PrivateUse::Everywhere,
                    _ => PrivateUse::Forbidden,
                };
            },
        },
    },
    Setting {
        key: "supervised_rooms",
        area: Area::Rooms,
        name: Text { de: "Beaufsichtigte Räume", en: "Supervised rooms" },
        reason: Text {
            de: "Schon die Möglichkeit der Aufsicht braucht Zweck, Rechtsgrundlage und \
                 Mitbestimmung.",
            en: "Even the possibility of supervision needs a purpose, a legal basis and \
                 co-determination.",
        },
        law: "BetrVG § 87(1) Nr. 6; DSGVO Art. 35",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: true,
        personal: false,
        points: &["kontor-rooms/src/class.rs"],
        programs: None,
        effect: Effect::Flag(|policy| &mut policy.supervised_rooms_allowed),
    },
    Setting {
        key: "archive",
        area: Area::Rooms,
        name: Text { de: "Ablage von Handelsbriefen", en: "Archive of business letters" },
        reason: Text {
            de: "Was ein Handelsbrief ist, muss aufbewahrt werden; alles andere nicht.",
            en: "What is a business letter has to be kept; nothing else has.",
        },
        law: "HGB § 257; AO § 147",
        domain: Domain::Choice { strictest_first: &["off", "single", "room_and_single"] },
        shipped: Shipped::each(
            Some(Value::Choice("single")),
            Some(Value::Choice("off")),
            Some(Value::Choice("room_and_single")),
        ),
        locked: false,
        monitoring: true,
        personal: false,
        points: &[],
        programs: None,
        effect: Effect::Planned(Some(Value::Choice("off"))),
    },
];
