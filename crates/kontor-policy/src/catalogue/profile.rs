//! What people tell about themselves. law: R-051

use crate::{Area, Domain, Effect, FieldRule, Policy, Setting, Shipped, Text, Value};

const RULES: Domain = Domain::Choice { strictest_first: &["off", "optional", "required"] };

pub(super) static SETTINGS: [Setting; 6] = [
    Setting {
        key: "profile_name",
        area: Area::Profile,
        name: Text { de: "Name im Profil", en: "Name in the profile" },
        reason: Text {
            de: "Ohne Namen lässt sich nicht zusammenarbeiten; ein Pseudonym genügt.",
            en: "One cannot work together without names; a pseudonym will do.",
        },
        law: "BDSG § 26",
        domain: RULES,
        shipped: Shipped::all(Value::Choice("required")),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/profile.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| Some(word(policy.profile_name)),
            apply: |policy, value| policy.profile_name = rule(value),
        },
    },
    Setting {
        key: "profile_picture",
        area: Area::Profile,
        name: Text { de: "Bild im Profil", en: "Picture in the profile" },
        reason: Text {
            de: "Ein Bild ist freiwillig; eine Pflicht dazu gibt es hier nicht.",
            en: "A picture is voluntary; nobody can be made to show one here.",
        },
        law: "DSGVO Art. 6(1)(a); KUG § 22",
        domain: Domain::Choice { strictest_first: &["off", "optional"] },
        shipped: Shipped::each(
            Some(Value::Choice("optional")),
            Some(Value::Choice("off")),
            Some(Value::Choice("optional")),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/profile.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| Some(word(policy.profile_picture)),
            apply: |policy, value| policy.profile_picture = rule(value),
        },
    },
    Setting {
        key: "profile_phone",
        area: Area::Profile,
        name: Text { de: "Telefonnummer im Profil", en: "Phone number in the profile" },
        reason: Text { de: "Wird nicht gebraucht.", en: "Is not needed." },
        law: "DSGVO Art. 5(1)(c)",
        domain: RULES,
        shipped: Shipped::each(
            Some(Value::Choice("off")),
            Some(Value::Choice("off")),
            Some(Value::Choice("optional")),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/profile.rs"],
        programs: None,
        effect: Effect::Server {
            read: |policy| Some(word(policy.profile_phone)),
            apply: |policy, value| policy.profile_phone = rule(value),
        },
    },
    Setting {
        key: "profile_mail",
        area: Area::Profile,
        name: Text { de: "E-Mail-Adresse im Profil", en: "Mail address in the profile" },
        reason: Text {
            de: "Sie dient der Anmeldung und der Verwaltung; andere sehen sie nicht.",
            en: "It serves signing in and administration; others do not see it.",
        },
        law: "DSGVO Art. 5(1)(c), 25(2)",
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
        key: "pseudonyms",
        area: Area::Profile,
        name: Text { de: "Pseudonyme", en: "Pseudonyms" },
        reason: Text {
            de: "Intern genügt ein Name, unter dem man sich findet; nach außen kann der Klarname nötig sein.",
            en: "Inside, a name by which one is found will do; towards outside the real name can be needed.",
        },
        law: "TDDDG § 19(2); DSGVO Art. 25",
        domain: Domain::Choice { strictest_first: &["allowed", "real_name_outside"] },
        shipped: Shipped::each(
            Some(Value::Choice("allowed")),
            Some(Value::Choice("allowed")),
            Some(Value::Choice("real_name_outside")),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &[],
        programs: Some(Text {
            de: "In Räumen mit Außenstehenden an den Klarnamen erinnern, wo er verlangt ist.",
            en: "Remind people of their real name in rooms with outsiders where it is asked for.",
        }),
        effect: Effect::Client,
    },
    Setting {
        key: "profile_other_fields",
        area: Area::Profile,
        name: Text { de: "Weitere Angaben im Profil", en: "Other fields in the profile" },
        reason: Text {
            de: "Was Programme sonst ins Profil schreiben, hat keinen festgelegten Zweck.",
            en: "What else programs write into profiles has no stated purpose.",
        },
        law: "DSGVO Art. 5(1)(b), (c)",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-identity/src/profile.rs"],
        programs: None,
        effect: Effect::Flag(|policy: &mut Policy| &mut policy.profile_other_fields),
    },
];

const fn word(rule: FieldRule) -> Value {
    Value::Choice(match rule {
        FieldRule::Off => "off",
        FieldRule::Optional => "optional",
        FieldRule::Required => "required",
    })
}

fn rule(value: Value) -> FieldRule {
    match value {
        Value::Choice("required") => FieldRule::Required,
        Value::Choice("optional") => FieldRule::Optional,
        _ => FieldRule::Off,
    }
}
