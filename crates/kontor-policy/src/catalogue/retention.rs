//! How long messages are kept, by class of room. law: §4.2, R-113

use std::time::Duration;

use kontor_core::RoomClass;

use crate::{
    Area, ClassRules, Domain, Effect, Policy, Setting, Shipped, Stricter, Text, Unit, Value,
};

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

type Read = fn(&Policy) -> Option<Value>;
type Apply = fn(&mut Policy, Value);

pub(super) static SETTINGS: [Setting; 8] = [
    in_days(
        (RoomClass::Internal, "retention_intern_days"),
        Text { de: "Aufbewahrung in internen Räumen", en: "Retention in internal rooms" },
        Text {
            de: "Nach einem halben Jahr hat Abgesprochenes seinen Zweck erfüllt.",
            en: "After half a year, what was agreed has served its purpose.",
        },
        (|p| days(p, RoomClass::Internal), |p, v| set(p, RoomClass::Internal, v, DAY)),
    ),
    in_days(
        (RoomClass::External, "retention_extern_days"),
        Text { de: "Aufbewahrung in externen Räumen", en: "Retention in external rooms" },
        Text {
            de: "Absprachen mit Kunden braucht man länger; Belege gehören in die Ablage.",
            en: "What was agreed with customers is needed longer; records belong into the archive.",
        },
        (|p| days(p, RoomClass::External), |p, v| set(p, RoomClass::External, v, DAY)),
    ),
    in_days(
        (RoomClass::BusinessLetter, "retention_handelsbrief_days"),
        Text {
            de: "Aufbewahrung in Handelsbrief-Räumen",
            en: "Retention in business letter rooms",
        },
        Text {
            de: "Hier geht nur die Kopie im Raum; was aufbewahrt werden muss, bleibt in der Ablage.",
            en: "Only the copy in the room goes; what must be kept stays in the archive.",
        },
        (|p| days(p, RoomClass::BusinessLetter), |p, v| set(p, RoomClass::BusinessLetter, v, DAY)),
    ),
    in_days(
        (RoomClass::Supervised, "retention_beaufsichtigt_days"),
        Text { de: "Aufbewahrung in beaufsichtigten Räumen", en: "Retention in supervised rooms" },
        Text {
            de: "Beaufsichtigtes wird nicht länger gehalten als anderes.",
            en: "What is supervised is not kept longer than the rest.",
        },
        (|p| days(p, RoomClass::Supervised), |p, v| set(p, RoomClass::Supervised, v, DAY)),
    ),
    in_days(
        (RoomClass::Private, "retention_privat_days"),
        Text { de: "Aufbewahrung in privaten Räumen", en: "Retention in private rooms" },
        Text {
            de: "Privates geht die Organisation nichts an und soll nicht liegen bleiben.",
            en: "Private matters are none of the organisation's business and should not lie around.",
        },
        (|p| days(p, RoomClass::Private), |p, v| set(p, RoomClass::Private, v, DAY)),
    ),
    in_days(
        (RoomClass::Confidential, "retention_vertraulich_days"),
        Text { de: "Aufbewahrung in vertraulichen Räumen", en: "Retention in confidential rooms" },
        Text {
            de: "Betriebsrat und Datenschutz arbeiten an längeren Vorgängen.",
            en: "Works council and data protection work on longer matters.",
        },
        (|p| days(p, RoomClass::Confidential), |p, v| set(p, RoomClass::Confidential, v, DAY)),
    ),
    Setting {
        key: "retention_fluechtig_hours",
        area: Area::Retention,
        name: Text {
            de: "Längste Zeit in flüchtigen Räumen",
            en: "Longest time in ephemeral rooms",
        },
        reason: Text {
            de: "Gelöscht wird, sobald jedes Gerät die Nachricht hat, spätestens nach dieser Zeit.",
            en: "Deleted as soon as every device has the message, after this time at the latest.",
        },
        law: "DSGVO Art. 5(1)(c), (e); R-114",
        domain: Domain::Number { min: 1, max: 72, unit: Unit::Hours, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(24)),
        locked: true,
        monitoring: false,
        personal: false,
        points: &[],
        programs: None,
        effect: Effect::Announced {
            read: |policy| Some(in_units(policy, RoomClass::Ephemeral, HOUR)),
            apply: |policy, value| set(policy, RoomClass::Ephemeral, value, HOUR),
        },
    },
    in_days(
        (RoomClass::Announcement, "retention_bekanntmachung_days"),
        Text { de: "Aufbewahrung von Bekanntmachungen", en: "Retention of announcements" },
        Text {
            de: "Was alle angeht, soll man ein Jahr lang nachlesen können.",
            en: "What concerns everybody should be there to be read for a year.",
        },
        (|p| days(p, RoomClass::Announcement), |p, v| set(p, RoomClass::Announcement, v, DAY)),
    ),
];

const fn in_days(
    (class, key): (RoomClass, &'static str),
    name: Text,
    reason: Text,
    (read, apply): (Read, Apply),
) -> Setting {
    let retention = ClassRules::of(class).retention;
    Setting {
        key,
        area: Area::Retention,
        name,
        reason,
        law: "DSGVO Art. 5(1)(e); R-113",
        domain: Domain::Number {
            min: retention.min_days as u64,
            max: retention.max_days as u64,
            unit: Unit::Days,
            stricter: Stricter::Lower,
        },
        shipped: retention.shipped(),
        locked: true,
        monitoring: false,
        personal: false,
        points: &[],
        programs: None,
        effect: Effect::Announced { read, apply },
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the catalogue calls it")]
fn days(policy: &Policy, class: RoomClass) -> Option<Value> {
    Some(in_units(policy, class, DAY))
}

fn in_units(policy: &Policy, class: RoomClass, unit: Duration) -> Value {
    Value::Number(policy.retention.of(class).as_secs() / unit.as_secs())
}

fn set(policy: &mut Policy, class: RoomClass, value: Value, unit: Duration) {
    if let Value::Number(number) = value {
        let seconds = number.saturating_mul(unit.as_secs());
        policy.retention.set(class, Duration::from_secs(seconds));
    }
}
