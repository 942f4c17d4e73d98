//! Files and messages.

use crate::{Area, Domain, Effect, Setting, Shipped, Stricter, Text, Unit, Value};

const MEBIBYTE: u64 = 1024 * 1024;

pub(super) static SETTINGS: [Setting; 6] = [
    Setting {
        key: "max_upload_mebibytes",
        area: Area::Content,
        name: Text { de: "Größte Datei", en: "Largest file" },
        reason: Text { de: "Begrenzt Speicher und Missbrauch.", en: "Bounds storage and abuse." },
        law: "DSGVO Art. 32",
        domain: Domain::Number {
            min: 1,
            max: 1024,
            unit: Unit::Mebibytes,
            stricter: Stricter::Lower,
        },
        shipped: Shipped::all(Value::Number(50)),
        locked: false,
        monitoring: false,
        effect: Effect::Server {
            read: |policy| Some(Value::Number(policy.max_upload_bytes / MEBIBYTE)),
            apply: |policy, value| {
                if let Value::Number(number) = value {
                    policy.max_upload_bytes = number * MEBIBYTE;
                }
            },
        },
    },
    Setting {
        key: "link_previews",
        area: Area::Content,
        name: Text { de: "Linkvorschau", en: "Link previews" },
        reason: Text {
            de: "Eine Vorschau verrät Dritten, wer welchen Link erhält.",
            en: "A preview tells third parties who gets which link.",
        },
        law: "DSGVO Art. 25(2)",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: false,
        effect: Effect::Absent,
    },
    Setting {
        key: "call_recording",
        area: Area::Content,
        name: Text { de: "Aufzeichnung von Gesprächen", en: "Recording of calls" },
        reason: Text {
            de: "Wer unbefugt aufzeichnet, macht sich strafbar.",
            en: "Recording without authority is a crime.",
        },
        law: "StGB § 201",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: true,
        effect: Effect::Absent,
    },
    Setting {
        key: "ai_functions",
        area: Area::Content,
        name: Text { de: "KI-Funktionen", en: "AI functions" },
        reason: Text { de: "Gibt es nicht.", en: "There are none." },
        law: "BetrVG § 80(3), § 90",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::OFF,
        locked: true,
        monitoring: true,
        effect: Effect::Absent,
    },
    Setting {
        key: "message_editing",
        area: Area::Content,
        name: Text { de: "Nachrichten ändern", en: "Editing messages" },
        reason: Text {
            de: "Fehler darf man berichtigen; der Verlauf bleibt sichtbar.",
            en: "Mistakes may be corrected; the history stays visible.",
        },
        law: "DSGVO Art. 16",
        domain: Domain::Switch { stricter: false },
        shipped: Shipped::ON,
        locked: false,
        monitoring: false,
        effect: Effect::Client,
    },
    Setting {
        key: "file_download",
        area: Area::Content,
        name: Text { de: "Dateien herunterladen", en: "Downloading files" },
        reason: Text {
            de: "Was heruntergeladen ist, verlässt den geschützten Bereich.",
            en: "What is downloaded leaves the protected area.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Choice { strictest_first: &["never", "class_1", "class_2", "always"] },
        shipped: Shipped::each(
            Some(Value::Choice("class_2")),
            Some(Value::Choice("class_1")),
            Some(Value::Choice("class_2")),
        ),
        locked: false,
        monitoring: false,
        effect: Effect::Client,
    },
];
