//! Running the service.

use kontor_config::TlsVersion;

use crate::{Area, Domain, Effect, Setting, Shipped, Stricter, Text, Unit, Value};

pub(super) static SETTINGS: [Setting; 7] = [
    Setting {
        key: "admin_message_search",
        area: Area::Operation,
        name: Text {
            de: "Nachrichtensuche für Verwalter",
            en: "Message search for administrators",
        },
        reason: Text {
            de: "Verwalter lesen keine Inhalte.",
            en: "Administrators read no contents.",
        },
        law: "DSGVO Art. 32; BDSG § 26",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: true,
        personal: false,
        points: &[],
        programs: None,
        effect: Effect::Absent,
    },
    Setting {
        key: "legal_hold",
        area: Area::Operation,
        name: Text { de: "Löschaussetzung im Rechtsfall", en: "Legal hold" },
        reason: Text {
            de: "Nur mit Zweck, Frist und zwei Personen.",
            en: "Only with a purpose, an end and two persons.",
        },
        law: "DSGVO Art. 17(3)(e)",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::ON,
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-approval/src/holds.rs"],
        programs: None,
        effect: Effect::Flag(|policy| &mut policy.legal_hold),
    },
    Setting {
        key: "quiet_hours",
        area: Area::Operation,
        name: Text { de: "Ruhezeiten", en: "Quiet hours" },
        reason: Text {
            de: "Außerhalb der Arbeitszeit bleibt es still.",
            en: "It stays quiet outside working hours.",
        },
        law: "BetrVG § 87(1) Nr. 2; ArbZG § 5",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::ON,
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "In Ruhezeiten keine Benachrichtigung zeigen oder tönen lassen.",
            en: "Neither show nor sound a notification in quiet hours.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "quiet_from",
        area: Area::Operation,
        name: Text { de: "Beginn der Ruhezeit", en: "Start of the quiet hours" },
        reason: Text {
            de: "Nach Feierabend soll niemand antworten müssen.",
            en: "After work nobody should have to answer.",
        },
        law: "BetrVG § 87(1) Nr. 2; ArbZG § 5",
        domain: Domain::Number { min: 15, max: 23, unit: Unit::OClock, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(18)),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Ab dieser Uhrzeit am Ort der Person still sein.",
            en: "Be quiet from this hour on, where the person is.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "quiet_until",
        area: Area::Operation,
        name: Text { de: "Ende der Ruhezeit", en: "End of the quiet hours" },
        reason: Text {
            de: "Elf Stunden Ruhe liegen zwischen zwei Arbeitstagen.",
            en: "Eleven hours of rest lie between two working days.",
        },
        law: "BetrVG § 87(1) Nr. 2; ArbZG § 5",
        domain: Domain::Number { min: 5, max: 10, unit: Unit::OClock, stricter: Stricter::Higher },
        shipped: Shipped::all(Value::Number(7)),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Bis zu dieser Uhrzeit am Ort der Person still sein.",
            en: "Be quiet until this hour, where the person is.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "quiet_weekends",
        area: Area::Operation,
        name: Text { de: "Ruhe am Wochenende", en: "Quiet on weekends" },
        reason: Text {
            de: "Samstag und Sonntag sind frei, wo kein Dienstplan etwas anderes sagt.",
            en: "Saturday and Sunday are free where no roster says otherwise.",
        },
        law: "BetrVG § 87(1) Nr. 2; ArbZG § 9",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::each(
            Some(Value::Switch(true)),
            Some(Value::Switch(false)),
            Some(Value::Switch(false)),
        ),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Samstags und sonntags den ganzen Tag still sein.",
            en: "Be quiet all day on Saturdays and Sundays.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "tls_minimum",
        area: Area::Operation,
        name: Text { de: "Älteste TLS-Version", en: "Oldest version of TLS" },
        reason: Text {
            de: "Ältere Versionen schützen schlechter. Gilt für alle Organisationen auf dem Server; \
                 der Betreiber setzt sie in kontor.toml.",
            en: "Older versions protect less. Holds for every organisation on the server; the \
                 operator sets it in kontor.toml.",
        },
        law: "DSGVO Art. 32; BSI TR-02102-2",
        domain: Domain::Choice { strictest_first: &["1.3", "1.2"] },
        shipped: Shipped::all(Value::Choice("1.3")),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-tls/src/handshakes.rs"],
        programs: None,
        effect: Effect::Operator(|policy| {
            Value::Choice(match policy.oldest_tls {
                TlsVersion::Tls12 => "1.2",
                TlsVersion::Tls13 => "1.3",
            })
        }),
    },
];
