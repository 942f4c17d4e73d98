//! People from outside.

use super::DAY;
use crate::{Area, Domain, Effect, GuestRule, Setting, Shipped, Stricter, Text, Unit, Value};

pub(super) static SETTINGS: [Setting; 5] = [
    Setting {
        key: "guests",
        area: Area::Guests,
        name: Text { de: "Gäste", en: "Guests" },
        reason: Text {
            de: "Jeder Gast ist ein Empfänger und muss informiert werden. Wo es keine gibt, wird auch \
                 niemand eingelassen, der schon einer ist.",
            en: "Each guest is a recipient and has to be informed. Where there are none, nobody who is \
                 one already is let in.",
        },
        law: "DSGVO Art. 13",
        domain: Domain::Choice { strictest_first: &["off", "invitation"] },
        shipped: Shipped::each(
            Some(Value::Choice("invitation")),
            Some(Value::Choice("off")),
            Some(Value::Choice("invitation")),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/guests.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.guests {
                    GuestRule::Off => "off",
                    GuestRule::Invitation => "invitation",
                }))
            },
            apply: |policy, value| {
                policy.guests = match value {
                    Value::Choice("invitation") => GuestRule::Invitation,
                    _ => GuestRule::Off,
                };
            },
        },
    },
    Setting {
        key: "guest_link_days",
        area: Area::Guests,
        name: Text {
            de: "Gültigkeit einer Gasteinladung", en: "Validity of a guest's invitation"
        },
        reason: Text {
            de: "Ein Link, der in falsche Hände gerät, soll bald nichts mehr öffnen; er öffnet ohnehin nur einmal.",
            en: "A link in the wrong hands should soon open nothing; it opens once only in any case.",
        },
        law: "DSGVO Art. 32; R-082",
        domain: Domain::Number { min: 1, max: 7, unit: Unit::Days, stricter: Stricter::Lower },
        shipped: Shipped::each(Some(Value::Number(7)), None, Some(Value::Number(7))),
        locked: true,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/invitations.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.guest_link, DAY),
    },
    Setting {
        key: "guest_account_days",
        area: Area::Guests,
        name: Text { de: "Laufzeit von Gastkonten", en: "Lifetime of guest accounts" },
        reason: Text {
            de: "Wer nicht mehr mitarbeitet, hat keinen Zugang mehr.",
            en: "Who no longer takes part has no access any more.",
        },
        law: "DSGVO Art. 5(1)(e)",
        domain: Domain::Number { min: 1, max: 365, unit: Unit::Days, stricter: Stricter::Lower },
        shipped: Shipped::each(Some(Value::Number(90)), None, Some(Value::Number(180))),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/guest_lifetime.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.guest_account, DAY),
    },
    Setting {
        key: "guest_inactive_days",
        area: Area::Guests,
        name: Text {
            de: "Abschalten ruhender Gastkonten",
            en: "Switching off guest accounts at rest",
        },
        reason: Text {
            de: "Was niemand benutzt, vermisst niemand, auch wenn es missbraucht wird.",
            en: "What nobody uses nobody watches, when it is abused neither.",
        },
        law: "DSGVO Art. 5(1)(e), 32",
        domain: Domain::Number { min: 7, max: 180, unit: Unit::Days, stricter: Stricter::Lower },
        shipped: Shipped::each(Some(Value::Number(30)), None, Some(Value::Number(30))),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/guest_lifetime.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.guest_inactive, DAY),
    },
    Setting {
        key: "guest_erase_days",
        area: Area::Guests,
        name: Text {
            de: "Löschen abgeschalteter Gastkonten",
            en: "Erasing guest accounts that are off",
        },
        reason: Text {
            de: "Nach dem Abschalten bleibt eine Frist, um sich zu melden; dann wird gelöscht.",
            en: "Once off, there is some time to come forward; then it is erased.",
        },
        law: "DSGVO Art. 5(1)(e), 17",
        domain: Domain::Number { min: 7, max: 180, unit: Unit::Days, stricter: Stricter::Lower },
        shipped: Shipped::each(Some(Value::Number(30)), None, Some(Value::Number(30))),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/guest_lifetime.rs"],
        programs: None,
        effect: Effect::Span(|policy| &mut policy.guest_erase, DAY),
    },
];
