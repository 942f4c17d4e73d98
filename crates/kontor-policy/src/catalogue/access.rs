//! Getting in, and devices.

use std::time::Duration;

use crate::{
    Area, Domain, Effect, PasswordLogin, Registration, SecondFactor, Setting, Shipped, Stricter,
    Text, Unit, Value,
};

pub(super) static SETTINGS: [Setting; 15] = [
    Setting {
        key: "registration",
        area: Area::Access,
        name: Text { de: "Konten selbst anlegen", en: "Registration" },
        reason: Text {
            de: "Wer dazugehört, entscheidet die Organisation.",
            en: "The organisation decides who belongs to it.",
        },
        law: "DSGVO Art. 25, 32",
        domain: Domain::Choice { strictest_first: &["closed", "token", "open"] },
        shipped: Shipped::all(Value::Choice("closed")),
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.registration {
                    Registration::Closed => "closed",
                    Registration::Token => "token",
                    Registration::Open => "open",
                }))
            },
            apply: |policy, value| {
                policy.registration = match value {
                    Value::Choice("open") => Registration::Open,
                    Value::Choice("token") => Registration::Token,
                    _ => Registration::Closed,
                };
            },
        },
    },
    Setting {
        key: "random_user_ids_only",
        area: Area::Access,
        name: Text { de: "Nur zufällige Nutzerkennungen", en: "Random user ids only" },
        reason: Text {
            de: "Eine Kennung, die nichts verrät, kann überall stehen bleiben.",
            en: "An id that tells nothing may stay wherever it is.",
        },
        law: "DSGVO Art. 5(1)(c)",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::ON,
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| Some(Value::Switch(!policy.readable_user_ids)),
            apply: |policy, value| {
                if let Value::Switch(only) = value {
                    policy.readable_user_ids = !only;
                }
            },
        },
    },
    Setting {
        key: "second_factor",
        area: Area::Access,
        name: Text { de: "Zweiter Faktor", en: "Second factor" },
        reason: Text {
            de: "Ein gestohlenes Passwort allein soll niemanden einlassen.",
            en: "A stolen password alone should let nobody in.",
        },
        law: "DSGVO Art. 32; BSIG § 30(2) Nr. 10",
        domain: Domain::Choice {
            strictest_first: &["webauthn", "required", "administrators", "optional"],
        },
        shipped: Shipped::each(
            Some(Value::Choice("required")),
            Some(Value::Choice("webauthn")),
            Some(Value::Choice("required")),
        ),
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.second_factor {
                    SecondFactor::Passkey => "webauthn",
                    SecondFactor::Everybody => "required",
                    SecondFactor::Administrators => "administrators",
                    SecondFactor::Optional => "optional",
                }))
            },
            apply: |policy, value| {
                policy.second_factor = match value {
                    Value::Choice("webauthn") => SecondFactor::Passkey,
                    Value::Choice("administrators") => SecondFactor::Administrators,
                    Value::Choice("optional") => SecondFactor::Optional,
                    _ => SecondFactor::Everybody,
                };
            },
        },
    },
    Setting {
        key: "password_login_api",
        area: Area::Access,
        name: Text {
            de: "Anmeldung mit Passwort in der Schnittstelle",
            en: "Password login over the API",
        },
        reason: Text {
            de: "Ältere Programme kennen nur diesen Weg; er umgeht den zweiten Faktor.",
            en: "Older clients know this way only; it bypasses the second factor.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Choice { strictest_first: &["off", "app_passwords", "on"] },
        shipped: Shipped::all(Value::Choice("app_passwords")),
        locked: false,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.password_login {
                    PasswordLogin::Off => "off",
                    PasswordLogin::AppPasswords => "app_passwords",
                    PasswordLogin::On => "on",
                }))
            },
            apply: |policy, value| {
                policy.password_login = match value {
                    Value::Choice("on") => PasswordLogin::On,
                    Value::Choice("app_passwords") => PasswordLogin::AppPasswords,
                    _ => PasswordLogin::Off,
                };
            },
        },
    },
    Setting {
        key: "password_min_length",
        area: Area::Access,
        name: Text { de: "Mindestlänge des Passworts", en: "Shortest password" },
        reason: Text {
            de: "Ohne zweiten Faktor schützt nur die Länge.",
            en: "Without a second factor, length is what protects.",
        },
        law: "BSI ORP.4; R-043",
        domain: Domain::Number {
            min: 12,
            max: 64,
            unit: Unit::Characters,
            stricter: Stricter::Higher,
        },
        shipped: Shipped::all(Value::Number(20)),
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| u64::try_from(policy.password_min_length).ok().map(Value::Number),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.password_min_length = usize::try_from(number).unwrap_or(usize::MAX);
                }
            },
        },
    },
    Setting {
        key: "password_min_classes",
        area: Area::Access,
        name: Text { de: "Zeichenarten im Passwort", en: "Kinds of characters in a password" },
        reason: Text {
            de: "Ohne zweiten Faktor: mindestens zwei Zeichenarten.",
            en: "Without a second factor: at least two kinds.",
        },
        law: "BSI ORP.4; R-043",
        domain: Domain::Number { min: 1, max: 4, unit: Unit::Count, stricter: Stricter::Higher },
        shipped: Shipped::all(Value::Number(2)),
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| u64::try_from(policy.password_min_classes).ok().map(Value::Number),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.password_min_classes = usize::try_from(number).unwrap_or(usize::MAX);
                }
            },
        },
    },
    Setting {
        key: "weak_passwords_refused",
        area: Area::Access,
        name: Text { de: "Erratbare Passwörter ablehnen", en: "Refuse passwords easily guessed" },
        reason: Text {
            de: "Verbreitete, frühere und Passwörter mit Namen werden zuerst probiert.",
            en: "Common and former passwords, and names, are what others try first.",
        },
        law: "BSI ORP.4; R-043",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::ON,
        locked: true,
        monitoring: false,
        effect: Effect::Flag(|policy| &mut policy.weak_passwords_refused),
    },
    Setting {
        key: "password_change_forced",
        area: Area::Access,
        name: Text { de: "Regelmäßiger Passwortwechsel", en: "Forced password change" },
        reason: Text {
            de: "Erzwungene Wechsel machen Passwörter schlechter; geändert wird aus Anlass.",
            en: "Forced changes make passwords worse; they change for a reason.",
        },
        law: "BSI ORP.4",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: false,
        effect: Effect::Absent,
    },
    Setting {
        key: "login_lock_after",
        area: Area::Access,
        name: Text { de: "Sperre nach Fehlversuchen", en: "Lock after failed log-ins" },
        reason: Text { de: "Raten muss langsam sein.", en: "Guessing must be slow." },
        law: "DSGVO Art. 32; R-044",
        domain: Domain::Number { min: 3, max: 10, unit: Unit::Count, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(10)),
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| policy.login_lock_after.map(|count| Value::Number(count.into())),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.login_lock_after = u32::try_from(number).ok();
                }
            },
        },
    },
    Setting {
        key: "access_token_minutes",
        area: Area::Devices,
        name: Text { de: "Gültigkeit eines Zugangstokens", en: "Lifetime of an access token" },
        reason: Text {
            de: "So lange nützt ein gestohlenes Token höchstens.",
            en: "For that long at most, a stolen token is of use.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Number { min: 1, max: 60, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::all(Value::Number(5)),
        locked: true,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| {
                policy.access_token_lifetime.map(|span| Value::Number(span.as_secs() / 60))
            },
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.access_token_lifetime = Some(Duration::from_secs(number * 60));
                }
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
        effect: Effect::Server {
            read: |policy| {
                policy.session_lifetime.map(|span| Value::Number(span.as_secs() / 86_400))
            },
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.session_lifetime = Some(Duration::from_secs(number * 86_400));
                }
            },
        },
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
        effect: Effect::Client,
    },
    Setting {
        key: "web_idle_lock_minutes",
        area: Area::Devices,
        name: Text { de: "Sperre im Browser bei Untätigkeit", en: "Idle lock in the browser" },
        reason: Text {
            de: "Ein verlassener Arbeitsplatz soll nichts zeigen.",
            en: "A deserted desk should show nothing.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Number { min: 5, max: 60, unit: Unit::Minutes, stricter: Stricter::Lower },
        shipped: Shipped::each(
            Some(Value::Number(60)),
            Some(Value::Number(15)),
            Some(Value::Number(60)),
        ),
        locked: false,
        monitoring: false,
        effect: Effect::Client,
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
        effect: Effect::Client,
    },
];
