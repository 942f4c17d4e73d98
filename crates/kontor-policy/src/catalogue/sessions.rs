//! How long somebody stays signed in, and when a screen locks.

use std::time::Duration;

use super::{DAY, HOUR, MINUTE};
use crate::{Area, Domain, Effect, Setting, Shipped, Stricter, Text, Unit, Value};

pub(super) static SETTINGS: [Setting; 13] = [
    Setting {
        key: "access_token_minutes",
        area: Area::Devices,
        name: Text { de: "Gültigkeit eines Zugangstokens", en: "Lifetime of an access token" },
        reason: Text {
            de: "So lange nützt ein gestohlenes Token höchstens. Das eines Programms, das nur App-Passwörter kennt und nicht erneuern kann, gilt bis zu 12 Stunden.",
            en: "For that long at most, a stolen token is of use. That of a client that knows app passwords only and cannot refresh holds for up to 12 hours.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Number { min: 1, max: 60, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(5)),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/login.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| policy.access_token_lifetime.map(|span| in_units(span, MINUTE)),
            apply: |policy, value| {
                policy.access_token_lifetime =
                    spanning(value, MINUTE).or(policy.access_token_lifetime);
            },
        },
    },
    Setting {
        key: "session_days",
        area: Area::Devices,
        name: Text { de: "Längste Anmeldung", en: "Longest session" },
        reason: Text {
            de: "Ein verlorenes Gerät soll nicht ewig angemeldet bleiben.",
            en: "A lost device should not stay signed in forever.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Number { min: 1, max: 90, unit: Unit::Days, stricter: Stricter::Lower },
        shipped: Shipped::each(
            Some(Value::Number(30)),
            Some(Value::Number(7)),
            Some(Value::Number(30)),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/login.rs", "kontor-identity/src/refresh.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| policy.session_lifetime.map(|span| in_units(span, DAY)),
            apply: |policy, value| {
                policy.session_lifetime = spanning(value, DAY).or(policy.session_lifetime);
            },
        },
    },
    Setting {
        key: "browser_session_hours",
        area: Area::Devices,
        name: Text {
            de: "Längste Anmeldung auf den Kontoseiten",
            en: "Longest session on the account pages",
        },
        reason: Text {
            de: "Im Browser bleibt niemand über den Arbeitstag hinaus angemeldet.",
            en: "In a browser nobody stays signed in beyond the working day.",
        },
        law: "DSGVO Art. 32; R-046",
        domain: Domain::Number { min: 1, max: 24, unit: Unit::Hours, stricter: Stricter::Lower },
        shipped: Shipped::each(
            Some(Value::Number(12)),
            Some(Value::Number(8)),
            Some(Value::Number(12)),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/browser_session.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.browser_session, HOUR),
    },
    Setting {
        key: "foreign_browser_minutes",
        area: Area::Devices,
        name: Text { de: "Anmeldung im fremden Browser", en: "Session in a foreign browser" },
        reason: Text {
            de: "Ein fremdes Gerät soll nicht angemeldet bleiben. Das Profil Erhöht lässt fremde Geräte gar nicht zu.",
            en: "Somebody else's device should not stay signed in. The profile Elevated lets none in at all.",
        },
        law: "DSGVO Art. 32; R-201",
        domain: Domain::Number { min: 5, max: 60, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::each(Some(Value::Number(60)), None, Some(Value::Number(60))),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/device_rights.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.foreign_browser_session, MINUTE),
    },
    Setting {
        key: "admin_idle_minutes",
        area: Area::Devices,
        name: Text {
            de: "Abmeldung von Verwaltern bei Untätigkeit",
            en: "Signing out of idle administrators",
        },
        reason: Text {
            de: "Ein verlassener Verwalterplatz ist gefährlicher als andere.",
            en: "A deserted administrator's desk is more dangerous than others.",
        },
        law: "DSGVO Art. 32; R-045",
        domain: Domain::Number { min: 5, max: 60, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(15)),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/browser_session.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.admin_idle, MINUTE),
    },
    Setting {
        key: "admin_session_hours",
        area: Area::Devices,
        name: Text {
            de: "Längste Anmeldung von Verwaltern",
            en: "Longest session of administrators",
        },
        reason: Text {
            de: "Nach einem Arbeitstag zeigt sich neu, wer verwaltet.",
            en: "After a working day, who administers shows it anew.",
        },
        law: "DSGVO Art. 32; R-045",
        domain: Domain::Number { min: 1, max: 12, unit: Unit::Hours, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(8)),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/browser_session.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.admin_session, HOUR),
    },
    Setting {
        key: "step_up_minutes",
        area: Area::Devices,
        name: Text {
            de: "Erneuter Nachweis vor wichtigen Handlungen",
            en: "Proving oneself anew before critical acts",
        },
        reason: Text {
            de: "Ein Nachweis gilt nur so lange für Entscheidungen mit Folgen.",
            en: "For that long only, a proof holds for decisions that matter.",
        },
        law: "DSGVO Art. 32; R-045",
        domain: Domain::Number { min: 1, max: 15, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(5)),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/step_up.rs", "kontor-identity/src/browser_session.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.step_up, MINUTE),
    },
    Setting {
        key: "reauthentication_hours",
        area: Area::Devices,
        name: Text { de: "Erneute Anmeldung in der App", en: "Signing in again in the app" },
        reason: Text {
            de: "Begrenzt, was mit einem offenen Gerät möglich ist.",
            en: "Bounds what an open device makes possible.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Number { min: 1, max: 24, unit: Unit::Hours, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(12)),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Nach dieser Zeit erneut fragen, wer am Gerät ist.",
            en: "Ask again who is at the device after this time.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "web_idle_lock_minutes",
        area: Area::Devices,
        name: Text {
            de: "Sperre im Browser bei Untätigkeit, Schutzklasse 1",
            en: "Idle lock in the browser, protection class 1",
        },
        reason: Text {
            de: "Ein verlassener Arbeitsplatz soll nichts zeigen, je heikler, desto früher.",
            en: "A deserted desk should show nothing; the more delicate, the sooner.",
        },
        law: "DSGVO Art. 32; R-068",
        domain: Domain::Number { min: 5, max: 60, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::each(
            Some(Value::Number(60)),
            Some(Value::Number(15)),
            Some(Value::Number(60)),
        ),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Nach dieser Zeit ohne Eingabe sperren, wenn ein Raum der Schutzklasse 1 offen ist.",
            en: "Lock after this time without input while a room of protection class 1 is open.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "web_idle_lock_minutes_class_2",
        area: Area::Devices,
        name: Text {
            de: "Sperre im Browser bei Untätigkeit, Schutzklasse 2",
            en: "Idle lock in the browser, protection class 2",
        },
        reason: Text {
            de: "Ein verlassener Arbeitsplatz soll nichts zeigen, je heikler, desto früher.",
            en: "A deserted desk should show nothing; the more delicate, the sooner.",
        },
        law: "DSGVO Art. 32; R-068",
        domain: Domain::Number { min: 5, max: 30, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::each(
            Some(Value::Number(15)),
            Some(Value::Number(10)),
            Some(Value::Number(15)),
        ),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Nach dieser Zeit ohne Eingabe sperren, wenn ein Raum der Schutzklasse 2 offen ist.",
            en: "Lock after this time without input while a room of protection class 2 is open.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "web_idle_lock_minutes_class_3",
        area: Area::Devices,
        name: Text {
            de: "Sperre im Browser bei Untätigkeit, Schutzklasse 3",
            en: "Idle lock in the browser, protection class 3",
        },
        reason: Text {
            de: "Ein verlassener Arbeitsplatz soll nichts zeigen, je heikler, desto früher.",
            en: "A deserted desk should show nothing; the more delicate, the sooner.",
        },
        law: "DSGVO Art. 32; R-068",
        domain: Domain::Number { min: 1, max: 10, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(5)),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Nach dieser Zeit ohne Eingabe sperren, wenn ein Raum der Schutzklasse 3 offen ist.",
            en: "Lock after this time without input while a room of protection class 3 is open.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "app_pin_digits",
        area: Area::Devices,
        name: Text { de: "Stellen der App-PIN", en: "Digits of the app PIN" },
        reason: Text {
            de: "Schützt ein Telefon, das offen herumliegt.",
            en: "Protects a phone that lies around unlocked.",
        },
        law: "BSI ORP.4",
        domain: Domain::Number { min: 6, max: 12, unit: Unit::Count, stricter: Stricter::Higher },
        shipped: Shipped::all(Value::Number(8)),
        locked: false,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Vor dem Öffnen eine PIN verlangen, die das Gerät selbst schützt.",
            en: "Ask for a PIN, protected by the device itself, before opening.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "verified_devices_for_keys",
        area: Area::Devices,
        name: Text {
            de: "Schlüssel nur an bestätigte Geräte",
            en: "Keys to verified devices only",
        },
        reason: Text {
            de: "Ein untergeschobenes Gerät soll nichts lesen können.",
            en: "A device slipped in should read nothing.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::ON,
        locked: true,
        monitoring: false,
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Nachrichtenschlüssel nur an Geräte geben, die ihr Besitzer bestätigt hat.",
            en: "Give message keys only to devices that their owner has verified.",
        }),
        effect: Effect::Client,
    },
];

const fn in_units(span: Duration, unit: Duration) -> Value {
    Value::Number(span.as_secs() / unit.as_secs())
}

/// `None` for what is no number.
const fn spanning(value: Value, unit: Duration) -> Option<Duration> {
    match value {
        Value::Number(number) => Some(Duration::from_secs(number.saturating_mul(unit.as_secs()))),
        Value::Switch(_) | Value::Choice(_) => None,
    }
}
