//! Which devices may be used.

use std::time::Duration;

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
        key: "foreign_browser_minutes",
        area: Area::Devices,
        name: Text { de: "Anmeldung im fremden Browser", en: "Session in a foreign browser" },
        reason: Text {
            de: "Ein fremdes Gerät soll nicht angemeldet bleiben.",
            en: "Somebody else's device should not stay signed in.",
        },
        law: "DSGVO Art. 32; R-201",
        domain: Domain::Number { min: 5, max: 60, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(60)),
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| Some(Value::Number(policy.foreign_browser_session.as_secs() / 60)),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.foreign_browser_session = Duration::from_secs(number * 60);
                }
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
        shipped: Shipped::all(Value::Number(14)),
        locked: false,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| Some(Value::Number(policy.program_grace.as_secs() / 86_400)),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.program_grace = Duration::from_secs(number * 86_400);
                }
            },
        },
    },
];
