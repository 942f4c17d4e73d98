//! Which devices may be used.

use super::{DAY, HOUR};
use crate::{Area, DeviceRule, Domain, Effect, Setting, Shipped, Stricter, Text, Unit, Value};

pub(super) static SETTINGS: [Setting; 3] = [
    Setting {
        key: "devices_allowed",
        area: Area::Devices,
        name: Text { de: "Erlaubte Geräte", en: "Devices allowed" },
        reason: Text {
            de: "Ob private Geräte Daten der Organisation halten, entscheidet sie.",
            en: "The organisation decides whether private devices hold its data.",
        },
        law: "DSGVO Art. 32; R-200",
        domain: Domain::Choice {
            strictest_first: &["company_only", "browser_only", "private_too"],
        },
        shipped: Shipped::each(
            Some(Value::Choice("private_too")),
            Some(Value::Choice("company_only")),
            Some(Value::Choice("private_too")),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/device_rights.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.devices_allowed {
                    DeviceRule::CompanyOnly => "company_only",
                    DeviceRule::BrowserOnly => "browser_only",
                    DeviceRule::PrivateToo => "private_too",
                }))
            },
            apply: |policy, value| {
                policy.devices_allowed = match value {
                    Value::Choice("private_too") => DeviceRule::PrivateToo,
                    Value::Choice("browser_only") => DeviceRule::BrowserOnly,
                    _ => DeviceRule::CompanyOnly,
                };
            },
        },
    },
    Setting {
        key: "program_grace_days",
        area: Area::Devices,
        name: Text { de: "Frist für Aktualisierungen", en: "Time to update programs" },
        reason: Text {
            de: "Danach lässt der Server Programme unter der Mindestversion nicht mehr zu.",
            en: "After it the server refuses programs below the minimum version.",
        },
        law: "DSGVO Art. 32; R-204",
        domain: Domain::Number { min: 0, max: 30, unit: Unit::Days, stricter: Stricter::Lower },
        shipped: Shipped::each(
            Some(Value::Number(14)),
            Some(Value::Number(7)),
            Some(Value::Number(14)),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/program_floors.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.program_grace, DAY),
    },
    Setting {
        key: "program_grace_critical_hours",
        area: Area::Devices,
        name: Text {
            de: "Frist für dringende Aktualisierungen",
            en: "Time to update programs that are dangerous",
        },
        reason: Text {
            de: "Wo eine Lücke Menschen gefährdet, zählen Stunden.",
            en: "Where a hole puts people in danger, hours count.",
        },
        law: "DSGVO Art. 32; R-204",
        domain: Domain::Number { min: 0, max: 72, unit: Unit::Hours, stricter: Stricter::Lower },
        shipped: Shipped::each(
            Some(Value::Number(72)),
            Some(Value::Number(48)),
            Some(Value::Number(72)),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/program_floors.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.program_grace_critical, HOUR),
    },
];
