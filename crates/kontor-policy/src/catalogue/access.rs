//! Getting in.

use crate::{
    Area, Domain, Effect, PasswordLogin, Registration, SecondFactor, Setting, Shipped, Stricter,
    Text, Unit, Value,
};

pub(super) static SETTINGS: [Setting; 10] = [
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
        personal: false,
        points: &["kontor-identity/src/register.rs"],
        programs: None,
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
        personal: false,
        points: &["kontor-identity/src/accounts.rs"],
        programs: None,
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
        personal: false,
        points: &["kontor-identity/src/second_factor.rs"],
        programs: None,
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
            de: "Ältere Programme kennen nur diesen Weg; er umgeht den zweiten Faktor, und ihre Token gelten länger. Wer keine solchen Programme hat, schaltet ihn ab.",
            en: "Older clients know this way only; it bypasses the second factor, and their tokens hold for longer. Who has no such clients turns it off.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Choice { strictest_first: &["off", "app_passwords", "on"] },
        shipped: Shipped::all(Value::Choice("app_passwords")),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/login.rs", "kontor-identity/src/app_passwords.rs"],
        programs: None,
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
        name: Text {
            de: "Mindestlänge des Passworts ohne zweiten Faktor",
            en: "Shortest password without a second factor",
        },
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
        shipped: Shipped::each(Some(Value::Number(20)), None, Some(Value::Number(20))),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/password.rs"],
        programs: None,
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
        key: "password_min_length_with_factor",
        area: Area::Access,
        name: Text {
            de: "Mindestlänge des Passworts mit zweitem Faktor",
            en: "Shortest password with a second factor",
        },
        reason: Text {
            de: "Wer mehr als ein Passwort zeigt, braucht kein so langes.",
            en: "Who shows more than a password needs none that long.",
        },
        law: "BSI ORP.4; R-043",
        domain: Domain::Number {
            min: 12,
            max: 64,
            unit: Unit::Characters,
            stricter: Stricter::Higher,
        },
        shipped: Shipped::all(Value::Number(12)),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/password.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| {
                u64::try_from(policy.password_min_length_with_factor).ok().map(Value::Number)
            },
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.password_min_length_with_factor =
                        usize::try_from(number).unwrap_or(usize::MAX);
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
        shipped: Shipped::each(Some(Value::Number(2)), None, Some(Value::Number(2))),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/password.rs"],
        programs: None,
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
        personal: false,
        points: &["kontor-identity/src/password.rs", "kontor-identity/src/new_password.rs"],
        programs: None,
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
        personal: false,
        points: &[],
        programs: None,
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
        personal: false,
        points: &["kontor-identity/src/credentials.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| policy.login_lock_after.map(|count| Value::Number(count.into())),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.login_lock_after =
                        u32::try_from(number).ok().or(policy.login_lock_after);
                }
            },
        },
    },
];
