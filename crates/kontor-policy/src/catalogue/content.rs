//! Files and messages.

use crate::{Area, Domain, Effect, Setting, Shipped, Stricter, Text, Unit, UploadTypes, Value};

const MEBIBYTE: u64 = 1024 * 1024;

pub(super) static SETTINGS: [Setting; 8] = [
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
        personal: false,
        points: &["kontor-media/src/service.rs"],
        programs: None,
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
        personal: false,
        points: &[],
        programs: None,
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
        personal: false,
        points: &[],
        programs: None,
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
        personal: false,
        points: &[],
        programs: None,
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
        personal: false,
        points: &["kontor-rooms/src/content_rules.rs"],
        programs: Some(Text {
            de: "Kein Ändern anbieten, wo es aus ist.",
            en: "Offer no editing where it is off.",
        }),
        effect: Effect::Flag(|policy| &mut policy.message_editing),
    },
    Setting {
        key: "delete_own_messages",
        area: Area::Content,
        name: Text { de: "Eigene Nachrichten löschen", en: "Deleting one's own messages" },
        reason: Text {
            de: "Was man geschrieben hat, darf man zurücknehmen. In Handelsbrief-Räumen geht nur die Kopie im Raum.",
            en: "What one has written one may take back. In business letter rooms only the copy in the room goes.",
        },
        law: "DSGVO Art. 17; HGB § 257",
        domain: Domain::Switch { stricter: true },
        shipped: Shipped::ON,
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-rooms/src/send.rs"],
        programs: None,
        effect: Effect::Flag(|policy| &mut policy.delete_own_messages),
    },
    Setting {
        key: "upload_types",
        area: Area::Content,
        name: Text { de: "Dateiarten", en: "Types of files" },
        reason: Text {
            de: "Programme, Skripte und Webseiten in Dateien sind der übliche Weg für Schadsoftware.",
            en: "Programs, scripts and web pages in files are how malware usually comes.",
        },
        law: "DSGVO Art. 32",
        domain: Domain::Choice {
            strictest_first: &["no_active_content", "signed_documents", "everything"],
        },
        shipped: Shipped::each(
            Some(Value::Choice("no_active_content")),
            Some(Value::Choice("no_active_content")),
            Some(Value::Choice("signed_documents")),
        ),
        locked: false,
        monitoring: false,
        personal: false,
        points: &["kontor-media/src/upload.rs"],
        programs: Some(Text {
            de: "Auch verschlüsselte Dateien vor dem Hochladen prüfen; der Server sieht sie nicht.",
            en: "Check encrypted files, too, before uploading them; the server does not see them.",
        }),
        effect: Effect::Server {
            read: |policy| {
                Some(Value::Choice(match policy.upload_types {
                    UploadTypes::NoActiveContent => "no_active_content",
                    UploadTypes::SignedDocuments => "signed_documents",
                    UploadTypes::Everything => "everything",
                }))
            },
            apply: |policy, value| {
                policy.upload_types = match value {
                    Value::Choice("everything") => UploadTypes::Everything,
                    Value::Choice("signed_documents") => UploadTypes::SignedDocuments,
                    _ => UploadTypes::NoActiveContent,
                };
            },
        },
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
        personal: true,
        points: &[],
        programs: Some(Text {
            de: "Dateien höherer Schutzklassen nur anzeigen; ab Klasse 2 vor dem Speichern hinweisen.",
            en: "Only show files of higher protection classes; from class 2 on, give notice before saving.",
        }),
        effect: Effect::Client,
    },
];
